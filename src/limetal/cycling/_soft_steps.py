"""Sudden drops of the voltage within a half-cycle, below what the cell's own history lets expect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling._short_noise import NORMAL_MAD, RecordNoise
from limetal.cycling._short_profiles import Profiles

__all__ = ["Drop", "sudden_drops"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: A drop may take so many intervals between rows, ...
LAGS = (1, 2, 4, 8)
#: ... but if more than one, at most this part of the half-cycle, and this many seconds: warmth takes minutes.
LONGEST_FALL = 0.02
LONGEST_FALL_SECOND = 60.0
#: Rows on each side whose median is the voltage before and after.
SIDE = 3
#: Rows further away on each side that show the trend, which is no drop.
TREND_ROWS = 6
#: Places within the half-cycle, as parts of its length, between which the scatter is taken as one.
BINS = np.concatenate([[0.0, 0.01, 0.02, 0.04, 0.07], np.linspace(0.1, 1.0, 11)])
#: After the drop the voltage lies below what is expected by at least this part of the drop: what falls from above
#: back to it (a contact that heals, an arc that ends) is none.
BELOW = 0.6
#: That holds, less this part of the voltage, also against what is expected a few percent of the half-cycle later.
EARLY = 0.02
#: Before it, it lies no further below than this part of the drop: else the expectation is not that of this cell.
FRESH = 0.5
#: After it, it lies no further below than this many drops: what falls on and on is no drop.
DEEPEST = 1.7
#: The voltage itself falls by at least this part of the drop, not only its distance from what is expected, ...
ITSELF = 0.5
#: ... and this part of it within the one interval, which a quick change of the temperature lacks.
AT_ONCE = 0.5
#: Recovered: back by this part of the drop.
RECOVERED = 0.6
#: The voltage had risen before if it was lower than this part of the drop above its later level, after the first part
#: of the half-cycle.
ROSE = 0.35
SETTLED = 0.03
#: Without current, what comes later in the half-cycle may be the end of it or a rest.
LATEST_WITHOUT_CURRENT = 0.95
#: Drops of one half-cycle are so many rows apart.
APART = 6
#: More are not looked at one by one.
MOST = 400


@dataclass(frozen=True)
class Drop:
    """One sudden drop.

    Attributes
    ----------
    half
        Half-cycle.
    row, row_after
        Rows of the record before and after it.
    drop
        Part of the voltage that is lost.
    sigmas
        Its size over the scatter of this record at this place of the half-cycle.
    below
        Part of the expected voltage by which it lies lower afterwards, over that of the drop.
    until_second
        When it had come back by `RECOVERED` within the same half-cycle; NaN if it did not.
    back
        Part of the drop that was regained by the end of the half-cycle.
    lowest
        Lowest voltage afterwards over the expected one, before it comes back.
    seen
        Half-cycles the expectation rests on.
    rose
        Whether the voltage was already so low earlier in the half-cycle, and had risen since.
    """

    half: int
    row: int
    row_after: int
    drop: float
    sigmas: float
    below: float
    until_second: float
    back: float
    lowest: float
    seen: int
    rose: bool


@dataclass(frozen=True, eq=False)
class _Falls:
    """For every row: how far the residual falls beyond the trend right after it, and over how many rows."""

    fall: Floats
    lag: Integers


def sudden_drops(p: Profiles, t: Floats, noise: RecordNoise, smallest: float, sigmas: float) -> list[Drop]:
    """Drops larger than a part of the voltage and than so many standard deviations of the record's own scatter."""
    falls = _falls(p, t)
    scatter = _scatter(p, falls.fall)
    with np.errstate(invalid="ignore", divide="ignore"):
        least = np.maximum(np.maximum(smallest, sigmas * scatter), noise.floor_volt / p.scale)
        over = falls.fall >= least
    found: list[Drop] = []
    candidates = np.flatnonzero(over)
    candidates = candidates[np.argsort(-falls.fall[candidates], kind="stable")]
    taken = np.zeros(p.u.size, dtype=bool)
    for k in candidates:
        if taken[k] or len(found) >= MOST:
            continue
        begin = int(p.first[p.owner[k]])
        end = int(p.first[p.owner[k] + 1]) if p.owner[k] + 1 < p.count else p.u.size
        taken[max(begin, k - APART) : min(end, k + APART)] = True
        drop = _judged(p, t, falls, scatter, int(k), begin, end)
        if drop is not None:
            found.append(drop)
    return sorted(found, key=lambda d: d.row)


def _falls(p: Profiles, t: Floats) -> _Falls:
    r, owner = p.residual, p.owner
    n = r.size
    best, lag = np.full(n, -np.inf), np.ones(n, dtype=np.int64)
    if n < 2 * SIDE + max(LAGS):
        return _Falls(best, lag)
    middle = np.full(n, np.nan)  # of the rows k, k+1, k+2
    a, b, c = r[:-2], r[1:-1], r[2:]
    same = owner[2:] == owner[:-2]
    middle[:-2] = np.where(same, np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c)), np.nan)
    time = t[p.rows]
    joined = np.append(np.diff(p.rows) == 1, False)
    broken = np.concatenate([[0], np.cumsum(~joined)])
    before = np.full(n, np.nan)
    before[SIDE - 1 :] = middle[: n - SIDE + 1]
    falling = _rates(middle, time, owner)
    for step in LAGS:
        k = np.arange(n - step)
        after = middle[k + step]
        length = time[k + step] - time[k]
        ok = owner[k + step] == owner[k]
        ok &= broken[k + step] == broken[np.maximum(k - SIDE + 1, 0)]  # no row left out in between
        if step > 1:
            ok &= length <= np.minimum(LONGEST_FALL * p.seconds[owner[k]], LONGEST_FALL_SECOND)
        span = time[np.minimum(k + step + 1, n - 1)] - time[np.maximum(k - 1, 0)]
        trend = np.maximum(falling[np.maximum(k - SIDE + 1 - TREND_ROWS, 0)], falling[np.minimum(k + step, n - 1)])
        fall = np.where(ok, before[k] - after - np.nan_to_num(trend) * span, np.nan)
        better = np.nan_to_num(fall, nan=-np.inf) > best[k] + 0.02
        best[k] = np.where(better, fall, best[k])
        lag[k] = np.where(better, step, lag[k])
    return _Falls(best, lag)


def _rates(middle: Floats, time: Floats, owner: Integers) -> Floats:
    """Fall of the residual per second from each row over the next `TREND_ROWS`; 0 where it rises or is not told."""
    n = middle.size
    rate = np.zeros(n)
    if n <= TREND_ROWS:
        return rate
    same = owner[TREND_ROWS:] == owner[:-TREND_ROWS]
    dt = np.maximum(time[TREND_ROWS:] - time[:-TREND_ROWS], 1e-9)
    fall = np.where(same, (middle[:-TREND_ROWS] - middle[TREND_ROWS:]) / dt, 0.0)
    rate[:-TREND_ROWS] = np.maximum(np.nan_to_num(fall), 0.0)
    return rate


def _scatter(p: Profiles, fall: Floats) -> Floats:
    """Standard deviation of the falls at this place of the half-cycle, from all half-cycles."""
    part = p.elapsed / p.seconds[p.owner]
    place = np.clip(np.searchsorted(BINS, part) - 1, 0, BINS.size - 2)
    known = np.isfinite(fall)
    spread = np.full(BINS.size - 1, np.nan)
    for k in range(BINS.size - 1):
        values = fall[known & (place == k)]
        if values.size >= 8:
            spread[k] = NORMAL_MAD * float(np.median(np.abs(values - np.median(values))))
    usual = float(np.nanmedian(spread)) if np.isfinite(spread).any() else np.inf
    return np.where(np.isfinite(spread), np.maximum(spread, 0.3 * usual), 3 * usual)[place]


def _judged(p: Profiles, t: Floats, falls: _Falls, scatter: Floats, k: int, begin: int, end: int) -> Drop | None:
    """The drop after one row, or None if the voltage comes from above, or rows around it are of the other sign."""
    lag, size = int(falls.lag[k]), float(falls.fall[k])
    tries = np.arange(max(begin, k - 2), min(end - lag, k + 3))  # medians cannot tell between neighbouring rows
    k = int(tries[np.argmax(p.residual[tries] - p.residual[tries + lag])])
    at = k + lag
    before = float(np.median(p.residual[max(begin, k - SIDE + 1) : k + 1]))
    later = p.residual[at : min(end, at + 5)]
    after = float(np.median(later[np.isfinite(later)])) if np.isfinite(later).any() else np.nan
    known = bool(np.isfinite(p.current_A).all())
    if not known and p.elapsed[at] > LATEST_WITHOUT_CURRENT * p.seconds[p.owner[k]]:
        return None
    near = slice(max(begin, k - 4), min(end, at + 5))
    close = p.rows[max(begin, k - SIDE + 1) : min(end, at + SIDE)]
    if close[-1] - close[0] != close.size - 1:
        return None  # rows left out in between: a pulse, a rest
    if np.any(p.u[near] < -0.1 * p.scale[near]) or not (
        DEEPEST * size >= -after >= BELOW * size and before >= -FRESH * size and 1 + before > 0.2
    ):
        return None
    itself = float(p.u[k] - p.u[at])
    at_once = float(p.residual[k] - p.residual[at])
    if itself < ITSELF * size * float(p.scale[k]) or at_once < AT_ONCE * size:
        return None
    ahead = p.ahead[at : min(end, at + 5)]
    ahead = ahead[np.isfinite(ahead)]
    if not ahead.size or -float(np.median(ahead)) < BELOW * size - EARLY:
        return None
    rest = p.residual[at:end]
    back = rest >= before - (1 - RECOVERED) * size
    again = np.flatnonzero(back[:-2] & back[1:-1] & back[2:]) if rest.size >= 3 else np.empty(0, int)
    stop = int(again[0]) if again.size else rest.size
    known_rest = rest[np.isfinite(rest)]
    last = float(np.median(known_rest[-3:])) if known_rest.size else after
    return Drop(
        half=int(p.owner[k]),
        row=int(p.rows[k]),
        row_after=int(p.rows[at]),
        drop=min(size / (1 + before), 1.0),
        sigmas=size / max(float(scatter[k]), 1e-6),
        below=-after / size,
        until_second=float(t[p.rows[at + stop]]) if again.size else np.nan,
        back=(last - after) / size,
        lowest=1 + float(np.min(known_rest[: max(stop, 1)], initial=after)),
        seen=int(p.seen[p.owner[k]]),
        rose=_rose(p, begin, k, after + ROSE * size),
    )


def _rose(p: Profiles, begin: int, k: int, level: float) -> bool:
    """Whether three rows in a row earlier in the half-cycle lie below a residual."""
    settled = p.elapsed[begin : max(k - SIDE, begin)] >= SETTLED * p.seconds[p.owner[k]]
    low = settled & (p.residual[begin : max(k - SIDE, begin)] <= level)
    return bool(np.any(low[:-2] & low[1:-1] & low[2:])) if low.size >= 3 else False
