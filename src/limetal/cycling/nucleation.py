"""Nucleation in the voltage of a plating: the dip in which it begins, the plateau it settles on, and their difference.

The voltage is taken in the direction of the current, so that the dip, a minimum of the copper against lithium, is a
maximum here. A dip is only told where three rows or more stand out of noise, resolution and the trigger of the
logging: one row at the switch is the charging of the double layer, or a slip of the logging.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.charge_resolution import rounding_step
from limetal.cycling.weights import time_weights, weighted_median, weighted_quantile

__all__ = ["Dip", "Verdict", "dip"]

Floats = NDArray[np.float64]
Verdict = Literal["identified", "at least", "not identified", "too sparse"]

#: A dip stands out of the plateau by this many standard deviations of a row, and by this at least.
BEYOND = 4.0
LEAST_V = 2e-4
#: A start this far above the plateau is no nucleation: the electrode was not at the voltage of lithium, or is none.
MOST_V = 1.0
#: A voltage of no more different values than this is rounded to the smallest difference between them.
FEW_VALUES = 12
#: So many rows in a row must stand out, and so many must lie before the settled part.
FEWEST_ROWS = 3
FEWEST_EARLY = 8
#: The voltage settles if it drifts over the settled part by less than this part of the dip's height.
DRIFT = 0.5
#: Where this many rows or more lie within the second number of standard deviations of the top, a parabola is laid
#: through them.
FEWEST_TOP = 7
TOP_NOISE = 6.0
#: A row stands alone on top of the others if it is higher than both neighbours by this many steps of the flanks.
ALONE = 2.5
#: 1.4826 times the median deviation is the standard deviation of a normal distribution; the deviation of a row from
#: the line between its neighbours has 3/2 of the variance of a row.
NORMAL_MAD = 1.4826
OF_THREE = 1.5


@dataclass(frozen=True)
class Dip:
    """Dip and plateau of one plating.

    Attributes
    ----------
    verdict
        ``identified``; ``at least`` where the first rows are the highest, so that the extreme may have come before
        them; ``not identified`` where nothing stands out; ``too sparse`` where too few rows were logged early.
    why
        The reason in words, where it is not ``identified``.
    dip_V, plateau_V, difference_V
        Voltages in the direction of the current; the dip is NaN where none was found, the plateau where there is no
        settled part.
    dip_std_V, plateau_std_V, difference_std_V
        Standard uncertainties from noise, resolution, and the steps between rows.
    smallest_V
        The smallest difference that could have been told.
    noise_V
        Standard deviation of one row, rounding included.
    dip_second
        When the dip stood, since the current began to work against the cell (in a first plating, since 0 V of lithium).
    zero_second
        Test time from which it is counted.
    early_rows, early_second
        Rows before the settled part, and the time that they span.
    """

    verdict: Verdict
    why: str
    dip_V: float
    plateau_V: float
    difference_V: float
    dip_std_V: float
    plateau_std_V: float
    difference_std_V: float
    smallest_V: float
    noise_V: float
    dip_second: float
    zero_second: float
    early_rows: int
    early_second: float


def dip(t: Floats, u: Floats, start_second: float, settled_from: float = 0.2, settled_to: float = 1.0) -> Dip:
    """Dip and plateau of one plating of one current.

    Parameters
    ----------
    t, u
        (n,) time in seconds, rising, and voltage in the direction of the current, of the rows under current.
    start_second
        When the current was switched on.
    settled_from, settled_to
        The plateau is the time-weighted median between these parts of the time, counted from where the voltage last
        became positive; the dip is looked for before it.

    References
    ----------
    Pei et al., Nano Lett. 17, 1132 (2017), doi:10.1021/acs.nanolett.6b04755, call the extreme the nucleation
    overpotential and the settled value the plateau overpotential, both against lithium; many later papers call the
    difference of both nucleation overpotential (wording of the papers not verified here; all three are given).

    Examples
    --------
    A dip of 80 mV that falls to 50 mV:

    >>> t = np.arange(0.0, 3600.0, 10.0)
    >>> found = dip(t, 0.05 + 0.03 * (t / 60) * np.exp(1 - t / 60), 0.0)
    >>> found.verdict, round(found.dip_V, 3), round(found.plateau_V, 3), round(found.difference_V, 3)
    ('identified', 0.08, 0.05, 0.03)
    """
    begin = _begins(u)
    t, u = t[begin:], u[begin:]
    if t.size < FEWEST_EARLY or t[-1] <= t[0]:
        return _none("too sparse", f"{t.size} rows in which the voltage works against the current")
    zero = start_second if begin == 0 else float(t[0])
    length = float(t[-1]) - zero
    settled = (t >= zero + settled_from * length) & (t <= zero + settled_to * length)
    early = t < zero + settled_from * length
    n_early = int(early.sum())
    if settled.sum() < FEWEST_ROWS:
        return _none("too sparse", f"{int(settled.sum())} rows in the settled part")
    weights = np.maximum(time_weights(np.flatnonzero(settled), t), 1e-12)
    plateau = weighted_median(u[settled], weights)
    noise, resolution = _noise(t[settled], u[settled]), _resolution(u)
    row_std = float(np.hypot(noise, resolution / np.sqrt(12)))
    steps = np.abs(np.diff(u[settled]))
    between = float(np.median(steps)) if steps.size else 0.0
    plateau_std = float(
        np.hypot(max(row_std / np.sqrt(settled.sum()), resolution / np.sqrt(12)), between / np.sqrt(12))
    )
    smallest = max(BEYOND * row_std, resolution, LEAST_V)
    base = Dip(
        "not identified", "", np.nan, plateau, np.nan, np.nan, plateau_std, np.nan, smallest, row_std, np.nan, zero,
        n_early, settled_from * length,
    )  # fmt: skip
    first_gap = float(t[0]) - zero
    if n_early < FEWEST_EARLY:
        why = f"{n_early} rows in the first {_duration(settled_from * length)}: log faster after the switch"
        return _replaced(base, "too sparse", f"{why} (the first {_duration(first_gap)} after it)" if first_gap else why)
    return _judge(base, t, u, early, settled, zero)


def _judge(base: Dip, t: Floats, u: Floats, early: NDArray[np.bool_], settled: NDArray[np.bool_], zero: float) -> Dip:
    """Look for rows that stand out before the settled part."""
    rows = u[: int(early.sum()) + 1]
    middle = _median_of_three(rows)[:-1]
    top = int(np.argmax(middle))
    height = float(middle[top]) - base.plateau_V
    out = rows[:-1] > base.plateau_V + base.smallest_V
    gap = float(t[rows.size - 1] - t[0]) / (rows.size - 1)
    unseen = f"a dip shorter than {_duration(FEWEST_ROWS * gap)} would not be seen"
    if height <= base.smallest_V:
        high = float(rows[:-1].max()) - base.plateau_V
        why = f"no {FEWEST_ROWS} rows stand out of the plateau by {1e3 * base.smallest_V:.2g} mV; {unseen}"
        if high > base.smallest_V:
            why = f"single rows stand out by up to {1e3 * high:.2g} mV, as the switch itself makes them; {unseen}"
        return _replaced(base, "not identified", why)
    standing = _run_around(out, top)
    if standing < FEWEST_ROWS:
        why = f"{standing} rows stand out, want {FEWEST_ROWS}: the first rows after the switch are too sparse"
        return _replaced(base, "too sparse", why)
    if height > MOST_V:
        why = (
            f"the voltage begins {height:.3g} V above its plateau: it comes from a rest far away, no nucleus costs that"
        )
        return _replaced(base, "not identified", why)
    drift = _drift(t[settled], u[settled])
    if drift > DRIFT * height:
        why = f"the voltage drifts by {1e3 * drift:.2g} mV over the settled part: there is no plateau to compare with"
        return _replaced(base, "not identified", why)
    first = top <= 1
    extreme, dip_std, at = _extreme(t[: rows.size - 1], rows[:-1], top, float(middle[top]), base.noise_V)
    height = extreme - base.plateau_V
    return Dip(
        verdict="at least" if first else "identified",
        why="the voltage falls from its first rows on: the extreme may have come before them" if first else "",
        dip_V=extreme,
        plateau_V=base.plateau_V,
        difference_V=height,
        dip_std_V=dip_std,
        plateau_std_V=base.plateau_std_V,
        difference_std_V=float(np.hypot(dip_std, base.plateau_std_V)),
        smallest_V=base.smallest_V,
        noise_V=base.noise_V,
        dip_second=at - zero,
        zero_second=zero,
        early_rows=base.early_rows,
        early_second=base.early_second,
    )


def _extreme(t: Floats, rows: Floats, top: int, middle: float, noise: float) -> tuple[float, float, float]:
    """Value of the extreme, its standard uncertainty, and when it stood.

    Where many rows lie within the noise of the top, that of a parabola through them: the highest of many noisy rows
    lies above the truth. Else the highest row, unless it stands alone on top of the others.
    """
    close = rows > middle - TOP_NOISE * noise
    first = top - int(np.argmin(close[: top + 1][::-1])) + 1 if not close[: top + 1].all() else 0
    stop = top + int(np.argmin(close[top:])) if not close[top:].all() else rows.size
    if stop - first >= FEWEST_TOP:
        x = t[first:stop] - t[top]
        scale = max(float(np.abs(x).max()), 1e-12)
        design = np.column_stack([np.ones(x.size), x / scale, (x / scale) ** 2])
        (c0, c1, c2), *_ = np.linalg.lstsq(design, rows[first:stop], rcond=None)
        vertex = float(np.clip(-c1 / (2 * c2), x.min() / scale, x.max() / scale)) if c2 < 0 else 0.0
        at = np.array([1.0, vertex, vertex**2])
        inverse = np.linalg.pinv(design.T @ design)
        misfit = float(np.std(rows[first:stop] - design @ np.array([c0, c1, c2]), ddof=3))
        std = max(misfit, noise) * float(np.sqrt(at @ inverse @ at))
        return float(at @ np.array([c0, c1, c2])), std, float(t[top] + vertex * scale)
    peak = max(top - 1, 0) + int(np.argmax(rows[max(top - 1, 0) : top + 2]))
    around = rows[max(peak - 2, 0) : peak + 3]
    beside = np.abs(np.diff(around))
    own = np.array([rows[peak] - rows[k] for k in (peak - 1, peak + 1) if 0 <= k < rows.size])
    flank = np.delete(beside, [k for k in (min(peak, 2) - 1, min(peak, 2)) if 0 <= k < beside.size])
    alone = flank.size > 0 and own.min() > ALONE * flank.max() + BEYOND * noise
    gain = 0.0 if alone else max(float(rows[peak]) - middle - noise, 0.0)
    step = max(float(own.max()) - noise, 0.0)
    return middle + gain, float(np.hypot(noise, step / np.sqrt(3))), float(t[top])


def _begins(u: Floats) -> int:
    """First row that counts: a first plating comes down from the open circuit and counts from 0 V of lithium on.

    Where rows below zero are scattered among others, they are noise and all count.
    """
    against = np.flatnonzero(u <= 0)
    if against.size == 0:
        return 0
    after = int(against[-1]) + 1
    return after if against.size >= after / 2 else 0


def _none(verdict: Verdict, why: str) -> Dip:
    nan = float("nan")
    return Dip(verdict, why, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, 0, nan)


def _replaced(base: Dip, verdict: Verdict, why: str) -> Dip:
    return replace(base, verdict=verdict, why=why)


def _noise(t: Floats, u: Floats) -> float:
    """Standard deviation of a row, from its distance to the line between its neighbours.

    The steps of a trigger in one direction are no noise.
    """
    if u.size < FEWEST_ROWS:
        return 0.0
    span = t[2:] - t[:-2]
    part = np.where(span > 0, (t[1:-1] - t[:-2]) / np.where(span > 0, span, 1.0), 0.5)
    away = u[1:-1] - ((1 - part) * u[:-2] + part * u[2:])
    variance = 1 + (1 - part) ** 2 + part**2
    return NORMAL_MAD * float(np.median(np.abs(away) / np.sqrt(variance)))


def _resolution(u: Floats) -> float:
    """Step to which the voltage is rounded; where it takes few values, the smallest difference between them."""
    values = np.unique(_median_of_three(u)[1:-1])  # a slip of one row is no step
    if 1 < values.size <= FEW_VALUES:
        return float(np.diff(values).min())
    return rounding_step(u)


def _median_of_three(u: Floats) -> Floats:
    """Median of each row and its neighbours; a single row that stands out does not show in it, nor the first one."""
    padded = np.concatenate([[-np.inf], u, [-np.inf]])
    low, high = np.minimum(padded[:-2], padded[1:-1]), np.maximum(padded[:-2], padded[1:-1])
    return np.asarray(np.maximum(low, np.minimum(high, padded[2:])))


def _run_around(out: NDArray[np.bool_], at: int) -> int:
    """Rows in a row that stand out, around one of them or beside it."""
    if not out[at]:
        return 0
    before = np.flatnonzero(~out[:at])
    after = np.flatnonzero(~out[at:])
    first = int(before[-1]) + 1 if before.size else 0
    stop = at + int(after[0]) if after.size else out.size
    return stop - first


def _drift(t: Floats, u: Floats) -> float:
    """How far the voltage falls from the first to the last quarter of the settled part (medians)."""
    quarter = (t[-1] - t[0]) / 4
    first, last = t <= t[0] + quarter, t >= t[-1] - quarter
    middle = weighted_quantile(u[first], np.ones(int(first.sum())), 0.5)
    return middle - weighted_quantile(u[last], np.ones(int(last.sum())), 0.5)


def _duration(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds < 120 else f"{seconds / 60:.3g} min"
