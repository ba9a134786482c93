"""The knee of a fade curve: a cycle at which a slow fade turns into a faster one, if the data know one.

Two straight lines that meet (Bacon and Watts, with a corner or a rounded one) are held against one line and against
smooth curves, all with and without a fast fade of the first cycles. Only where the two lines are clearly better is
there a knee.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["FEWEST", "Knee", "find_knee"]

Floats = NDArray[np.float64]

#: With fewer like cycles no knee is looked for.
FEWEST = 20
#: Longer tests are averaged to so many points.
POINTS = 240
#: A knee has this part of the cycles, and this many points, on either side.
MARGIN = 0.05
MARGIN_POINTS = 4
#: Widths of the turn over the range of cycles; 0 is a corner. Half the change of slope comes within 2.2 widths.
WIDTHS = (0.0, 0.012, 0.02, 0.032, 0.05, 0.08)
#: Smooth curves: powers of the cycle, and exponentials that grow by these factors e over the test.
POWERS = (1.5, 2.0, 2.5, 3.0, 4.0, 6.0)
GROWTHS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)
#: Fast fade of the first cycles: exponentials that die out in these parts of the test.
DECAYS = (4.0, 7.0, 12.0, 20.0, 30.0, 50.0, 100.0)
#: The fade after a knee is at least this many times the fade before.
FASTER = 1.5
#: Capacities are not known better than this part, whatever the scatter.
SMALLEST_SCATTER = 1e-5
#: A value further from its neighbours than this many times the usual distance is not used.
OUTLIER = 6.0


@dataclass(frozen=True)
class Knee:
    """The knee, or why there is none to be told.

    Attributes
    ----------
    cycle
        Cycle number where the two lines meet; None if not identified.
    low, high
        95 % confidence interval, by the profile of the likelihood.
    before_percent, after_percent
        Fade per cycle on both sides, in percent of the reference.
    width_cycles
        Cycles that the turn takes (softplus width; 0 is a corner).
    evidence
        AICc of the best smooth curve minus that of the two lines.
    reason
        Why it is not identified; empty if it is.
    left_out
        Cycles far from their neighbours that were not used.
    """

    cycle: float | None
    low: float
    high: float
    before_percent: float
    after_percent: float
    width_cycles: float
    evidence: float
    reason: str
    left_out: int


class _Fit(NamedTuple):
    rss: float
    parameters: int
    base: Floats
    column: Floats | None
    place: float
    width: float


def find_knee(number: Floats, retention: Floats, evidence: float = 10.0) -> Knee:
    r"""Knee of a fade curve.

    .. math:: R(n) = a + b\,n + c\,w \ln\left(1 + e^{(n - n_k)/w}\right)

    whose limit for small *w* is two lines that meet at :math:`n_k`. It is held by AICc against :math:`a + b n` with
    nothing, a power of *n*, an exponential, or a square and a cube; all of them also with a square root or a dying
    exponential for a fast fade of the first cycles. Residuals that follow each other count for fewer points.

    Parameters
    ----------
    number, retention
        Cycle numbers, rising, and capacity over that of the reference, of like cycles.
    evidence
        By how much the AICc of two lines must be lower than that of every smooth curve.

    Examples
    --------
    >>> n = np.arange(1.0, 301.0)
    >>> rng = np.random.default_rng(1)
    >>> fade = 1 - 3e-4 * (n - 1) - 2e-3 * np.maximum(n - 200, 0) + rng.normal(0, 1e-3, 300)
    >>> knee = find_knee(n, fade)
    >>> abs(knee.cycle - 200) < 2, knee.low < 200 < knee.high
    (True, True)
    >>> find_knee(n, 1 - 3e-4 * n).reason
    'one line describes the fade'

    References
    ----------
    Bacon, Watts, Biometrika 58 (1971) 525 (two lines that meet; not verified here), as used for cells by Fermín-Cueto
    et al., Energy AI 1 (2020) 100006, doi:10.1016/j.egyai.2020.100006. Definitions of knees: Attia et al.,
    J. Electrochem. Soc. 169 (2022) 060517, doi:10.1149/1945-7111/ac6d13.
    """
    keep = _near_neighbours(retention)
    left_out = int(retention.size - keep.sum())
    number, retention = number[keep], retention[keep]
    if number.size < FEWEST:
        return _none(f"{number.size} like cycles, {FEWEST} are needed", left_out=left_out)
    n, y = _averaged(number, retention)
    first, span = float(n[0]), float(n[-1] - n[0])
    x = (n - first) / span
    low, high = _room(x)
    places = np.linspace(low, high, min(x.size, 120))
    bases = _bases(x)
    smooth = [fit for base, extra in bases for fit in _smooth(x, y, base, extra)]
    turned = _turned(x, y, bases, places)
    if not turned:
        return _none("the fade nowhere turns into a faster one", left_out=left_out)
    both = [*smooth, *turned]
    count = _independent(y, min(both, key=lambda fit: _aicc(fit, x.size)))
    if count < 12:
        words = "neither a smooth curve nor two lines describes the fade: neighbouring cycles lie off them together"
        return _none(words, left_out=left_out)
    best_smooth = min(smooth, key=lambda fit: _aicc(fit, count, x.size))
    best = min(turned, key=lambda fit: _aicc(fit, count, x.size))
    better = _aicc(best_smooth, count, x.size) - _aicc(best, count, x.size)
    if better < evidence:
        one = best_smooth.column is None and best_smooth.base.shape[1] == 2
        words = "one line describes the fade" if one else "a smooth curve describes the fade as well as two lines"
        return _none(words, better, left_out)
    return _told(x, y, turned, count, better, left_out, first, span)


def _told(
    x: Floats, y: Floats, turned: list[_Fit], count: float, better: float, left_out: int, first: float, span: float
) -> Knee:
    """Knee with its interval and the fade on both sides."""
    best = min(turned, key=lambda fit: _aicc(fit, count, x.size))
    low, high = _interval(x, y, best, turned, count)
    cycle = first + span * best.place
    assert best.column is not None  # a fit with a turn has one
    coefficients = np.linalg.lstsq(np.column_stack([best.base, best.column]), y, rcond=None)[0]
    curve = np.column_stack([best.base, best.column]) @ coefficients
    step = np.gradient(curve, x) / span
    inside = (x >= best.place - 3 * best.width) & (x <= best.place + 3 * best.width)
    at = int(np.searchsorted(x, best.place))
    before_at, after_at = (np.flatnonzero(inside)[[0, -1]] if inside.any() else (at - 1, at)) + np.array([-1, 1])
    before = float(-step[max(before_at, 0)])
    after = float(-step[min(after_at, x.size - 1)])
    edges = _room(x)
    if after < FASTER * before:
        return _none(f"the fade grows by less than a factor of {FASTER}", better, left_out)
    if low <= edges[0] or high >= edges[1]:
        return _none(f"the turn lies at an end of the test (about cycle {cycle:.0f})", better, left_out)
    return Knee(
        cycle=cycle,
        low=first + span * low,
        high=first + span * high,
        before_percent=100 * before,
        after_percent=100 * after,
        width_cycles=span * best.width,
        evidence=better,
        reason="",
        left_out=left_out,
    )


def _none(reason: str, evidence: float = 0.0, left_out: int = 0) -> Knee:
    return Knee(None, 0.0, 0.0, 0.0, 0.0, 0.0, evidence, reason, left_out)


def _near_neighbours(y: Floats) -> NDArray[np.bool_]:
    """Values that do not stick out of the medians of the three before and the three after."""
    if y.size < 7:
        return np.ones(y.size, dtype=bool)
    three = np.median(np.lib.stride_tricks.sliding_window_view(np.pad(y, 3, "reflect", reflect_type="odd"), 3), axis=1)
    before, after = three[: y.size], three[4:]
    usual = 1.4826 * float(np.median(np.abs(y - (before + after) / 2)))  # no part of a straight trend
    out = np.maximum(y - np.maximum(before, after), np.minimum(before, after) - y)
    return np.asarray(out <= OUTLIER * max(usual, SMALLEST_SCATTER))


def _averaged(n: Floats, y: Floats) -> tuple[Floats, Floats]:
    if n.size <= POINTS:
        return n, y
    edges = np.linspace(0, n.size, POINTS + 1).astype(int)
    width = np.diff(edges)
    return np.add.reduceat(n, edges[:-1]) / width, np.add.reduceat(y, edges[:-1]) / width


def _room(x: Floats) -> tuple[float, float]:
    """Where a knee may lie."""
    at = min(MARGIN_POINTS, x.size // 4)
    return max(MARGIN, float(x[at])), min(1 - MARGIN, float(x[-1 - at]))


def _bases(x: Floats) -> list[tuple[Floats, int]]:
    """A line, alone and with a fast fade of the first cycles; with the number of hidden parameters."""
    line = np.column_stack([np.ones(x.size), x])
    decays = [(np.column_stack([line, np.exp(-k * x)]), 1) for k in DECAYS]
    return [(line, 0), (np.column_stack([line, np.sqrt(x)]), 0), *decays]


def _rest(base: Floats, y: Floats) -> Floats:
    q = np.linalg.qr(base)[0]
    return np.asarray(y - q @ (q.T @ y))


def _with_column(base: Floats, y: Floats, columns: Floats) -> tuple[Floats, Floats]:
    """Sum of squares, and coefficient, with each of several columns (one a row) beside a base."""
    q = np.linalg.qr(base)[0]
    rest = y - q @ (q.T @ y)
    across = columns - (columns @ q) @ q.T
    size = np.einsum("ij,ij->i", across, across)
    size = np.where(size > 1e-12, size, np.inf)
    share = across @ rest
    return float(rest @ rest) - share**2 / size, share / size


def _smooth(x: Floats, y: Floats, base: Floats, extra: int) -> list[_Fit]:
    width = base.shape[1] + extra + 1
    rest = _rest(base, y)
    fits = [_Fit(float(rest @ rest), width, base, None, 0.0, 0.0)]
    for columns in (
        np.array([x**p for p in POWERS]),
        np.array([np.exp(k * (x - 1)) for k in GROWTHS]),
    ):
        rss, _ = _with_column(base, y, columns)
        at = int(np.argmin(rss))
        fits.append(_Fit(float(rss[at]), width + 2, base, columns[at], 0.0, 0.0))
    cubic = np.column_stack([base, x**2])
    rss, _ = _with_column(cubic, y, (x**3)[None])
    fits.append(_Fit(float(rss[0]), width + 2, cubic, x**3, 0.0, 0.0))
    return fits


def _turned(x: Floats, y: Floats, bases: list[tuple[Floats, int]], places: Floats) -> list[_Fit]:
    """The best place of a turn for each width and beginning, where the fade gets faster."""
    fits = []
    step = float(places[1] - places[0])
    for width in WIDTHS:
        turns = _turns(x, places, width)
        for base, extra in bases:
            rss = _faster(y, base, turns)
            if not np.isfinite(rss).any():
                continue
            best, reach = float(places[np.argmin(rss)]), step
            for _ in range(2):  # finer about the best place
                near = np.linspace(max(best - reach, places[0]), min(best + reach, places[-1]), 17)
                columns = _turns(x, near, width)
                rss = _faster(y, base, columns)
                at = int(np.argmin(rss))
                best, reach = float(near[at]), reach / 8
            count = base.shape[1] + extra + 3 + (width > 0)
            fits.append(_Fit(float(rss[at]), count, base, columns[at], best, width))
    return fits


def _faster(y: Floats, base: Floats, turns: Floats) -> Floats:
    """Sum of squares with each turn; infinite where the fade would get slower."""
    rss, coefficient = _with_column(base, y, turns)
    return np.asarray(np.where(coefficient < 0, rss, np.inf))


def _turns(x: Floats, places: Floats, width: float) -> Floats:
    ahead = x[None, :] - places[:, None]
    return np.asarray(np.maximum(ahead, 0.0) if width == 0 else width * np.logaddexp(0.0, ahead / width))


def _aicc(fit: _Fit, count: float, points: int | None = None) -> float:
    """AICc of a fit that counts for so many independent points."""
    scatter = max(fit.rss / (points or count), SMALLEST_SCATTER**2)
    return float(count * np.log(scatter)) + _paid(fit.parameters, count)


def _paid(k: int, count: float) -> float:
    """What k parameters cost."""
    return 2 * k + 2 * k * (k + 1) / max(count - k - 1, 1e-9)


def _independent(y: Floats, fit: _Fit) -> float:
    """How many independent points there are, from how much neighbouring residuals go together."""
    columns = fit.base if fit.column is None else np.column_stack([fit.base, fit.column])
    rest = _rest(columns, y)
    power = float(rest @ rest)
    together = float(rest[1:] @ rest[:-1]) / power if power > 0 else 0.0
    if power / y.size < SMALLEST_SCATTER**2:
        together = 0.0
    together = min(max(together + 1 / y.size, 0.0), 0.95)
    return y.size * (1 - together) / (1 + together)


def _interval(x: Floats, y: Floats, best: _Fit, turned: list[_Fit], count: float) -> tuple[float, float]:
    """Places at which no fit of any width or beginning is much better than the best one (F test, 95 %).

    Fits with more parameters pay for them as in the AICc.
    """
    from scipy.special import stdtrit

    room = _room(x)
    least = _aicc(best, count, x.size)
    free = max(count - best.parameters, 1.0)
    allowed = count * float(np.log1p(stdtrit(free, 0.975) ** 2 / free))
    rivals = [fit for fit in turned if _aicc(fit, count, x.size) - least <= allowed]
    ends = room
    for _ in range(2):  # the second time on a finer grid about the interval
        places = np.linspace(ends[0], ends[1], 121)
        value = np.full(places.size, np.inf)
        for width in {fit.width for fit in rivals}:
            turns = _turns(x, places, width)
            for fit in rivals:
                if fit.width == width:
                    scatter = np.maximum(_faster(y, fit.base, turns) / x.size, SMALLEST_SCATTER**2)
                    value = np.minimum(value, count * np.log(scatter) + _paid(fit.parameters, count))
        inside = places[value - least <= allowed]
        inside = inside if inside.size else np.array([best.place])
        step = float(places[1] - places[0])
        ends = (max(float(inside[0]) - step, room[0]), min(float(inside[-1]) + step, room[1]))
    return ends
