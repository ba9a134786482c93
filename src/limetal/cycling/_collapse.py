"""The voltage over the current collapses and stays: a hard short, or, without current, what looks like one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling._short_noise import RecordNoise
from limetal.cycling._short_profiles import Profiles
from limetal.cycling.weights import weighted_median

__all__ = ["Collapse", "collapse"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Half-cycles, or blocks of the length of two, before the collapse that say how high the voltage was.
BEFORE = 8
FEWEST_BEFORE = 3
#: So many must follow.
FEWEST_AFTER = 2
#: A row is above the collapse with this part of the voltage expected of it.
STILL_HIGH = 0.5
#: A collapse lies between half-cycles if its two rows are this near to a reversal, as part of a half-cycle.
AT_REVERSAL = 0.02
#: The voltage follows the current in what remains if it changes its sign so many times a test can have.
FEWEST_TURNS = 3


@dataclass(frozen=True)
class Collapse:
    """A level that fell and stays.

    Attributes
    ----------
    row
        Last row of the record before it.
    half
        Half-cycle of that row.
    left
        What is left of the voltage, at the same current.
    before, after
        Median |voltage| over current (ohm) before and after, or |voltage| (V) where there is no current.
    halves_after
        Half-cycles (or their number in time) that follow.
    inside
        Whether it happened within a half-cycle, where nobody changes the current.
    follows
        Whether what remains still follows the current; None where it is too small to say.
    flatter
        Spread of the voltage within half-cycles after over that before; NaN if not told.
    proportional
        Largest deviation of |voltage|/current between the currents that follow; NaN for one current.
    """

    row: int
    half: int
    left: float
    before: float
    after: float
    halves_after: float
    inside: bool
    follows: bool | None
    flatter: float
    proportional: float


def collapse(p: Profiles, t: Floats, v: Floats, noise: RecordNoise, left: float) -> Collapse | None:
    """The collapse of a test to at most the part ``left`` of its former level, or None."""
    if np.isfinite(p.current_A).all() and (p.current_A > 0).all():
        return _with_current(p, left)
    return _without_current(p, t, v, noise, left)


def _with_current(p: Profiles, left: float) -> Collapse | None:
    ohm = p.levels() / p.current_A
    steady = _pairs(ohm, p.sign)
    known = np.flatnonzero(np.isfinite(steady))
    half = _falls_for_good(steady[known], left)
    if half is None:
        return None
    first = int(known[half])
    before = float(np.median(steady[known[max(half - BEFORE, 0) : half]]))
    after = float(np.median(steady[known[half:]]))
    position = _last_high(p, first, before)
    at = int(p.owner[position])
    inside = position + 1 < p.owner.size and int(p.owner[position + 1]) == at
    return Collapse(
        row=int(p.rows[position]),
        half=at,
        left=after / before,
        before=before,
        after=after,
        halves_after=float(p.count - first),
        inside=bool(inside),
        follows=True,
        flatter=_flatter(p, at, first + 1),
        proportional=_proportional(steady[first + 1 :], p.current_A[first + 1 :]),
    )


def _pairs(values: Floats, sign: Integers) -> Floats:
    """Mean of each value and the next one of the other direction: the offset of the voltmeter drops out."""
    both = values.copy()
    other = sign[1:] != sign[:-1]
    both[:-1] = np.where(other & np.isfinite(values[1:]), (values[:-1] + values[1:]) / 2, values[:-1])
    return both


def _falls_for_good(levels: Floats, left: float) -> int | None:
    """Index from which on every level is at most a part of the median before."""
    if levels.size < FEWEST_BEFORE + FEWEST_AFTER:
        return None
    highest = np.maximum.accumulate(levels[::-1])[::-1]
    padded = np.concatenate([np.full(BEFORE, np.nan), levels])
    windows = np.lib.stride_tricks.sliding_window_view(padded, BEFORE)[: levels.size]
    ordered = np.sort(windows, axis=1)
    count = np.isfinite(ordered).sum(axis=1)
    usual = np.take_along_axis(ordered, np.maximum(count // 2, 0)[:, None].clip(0, BEFORE - 1), 1)[:, 0]
    ok = (np.arange(levels.size) >= FEWEST_BEFORE) & (np.arange(levels.size) <= levels.size - FEWEST_AFTER)
    found = np.flatnonzero(ok & (highest <= left * usual))
    return int(found[0]) if found.size else None


def _last_high(p: Profiles, first: int, before_ohm: float) -> int:
    """Position of the last row that is still high, up to the first half-cycle whose level has fallen."""
    begin = int(p.first[max(first - 2, 0)])
    end = int(p.first[first + 1]) if first + 1 < p.count else p.u.size
    part = slice(begin, end)
    scale = np.where(np.isfinite(p.scale[part]), p.scale[part], np.nan)
    high = p.u[part] > STILL_HIGH * scale
    if not high.any():
        high = p.u[part] > STILL_HIGH * before_ohm * np.nan_to_num(p.current_A[p.owner[part]], nan=1.0)
    return begin + (int(np.flatnonzero(high)[-1]) if high.any() else max(int(p.first[first]) - 1 - begin, 0))


def _flatter(p: Profiles, last: int, first: int) -> float:
    """Spread within half-cycles after, in parts of the level, over that before."""
    known = np.isfinite(p.grid_u)
    count = np.maximum(known.sum(axis=1), 1)
    u = np.where(known, p.grid_u, 0.0)
    mean = u.sum(axis=1) / count
    away = np.where(known, p.grid_u - mean[:, None], 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt((away**2).sum(axis=1) / count) / np.abs(p.levels())
    before, after = spread[max(last - BEFORE, 0) : last], spread[first:]
    if not (np.isfinite(before).any() and np.isfinite(after).any()):
        return float("nan")
    return float(np.nanmedian(after) / max(float(np.nanmedian(before)), 1e-9))


def _proportional(ohm: Floats, current: Floats) -> float:
    known = np.isfinite(ohm) & (ohm > 0)
    ohm, current = ohm[known], current[known]
    if ohm.size < 4 or current.max() < 1.3 * current.min():
        return float("nan")
    low = current < np.sqrt(current.max() * current.min())
    if low.sum() < 2 or (~low).sum() < 2:
        return float("nan")
    return float(abs(np.median(ohm[low]) / np.median(ohm[~low]) - 1))


def _without_current(p: Profiles, t: Floats, v: Floats, noise: RecordNoise, left: float) -> Collapse | None:
    """By the envelope of |voltage| in blocks of two half-cycles: half-cycles cannot be trusted after a collapse."""
    levels = p.levels()
    spans = p.seconds
    high = np.nan_to_num(levels) > 0.3 * float(np.nanmax(levels)) if np.isfinite(levels).any() else levels > 0
    if high.sum() < FEWEST_BEFORE:
        return None
    period = 2 * weighted_median(spans[high], spans[high])
    middle = _offset(p)
    size = np.abs(v - middle)
    blocks = np.minimum(((t - t[0]) / period).astype(np.int64), 10**7)
    edges = np.flatnonzero(np.diff(blocks)) + 1
    first = np.append(0, edges)
    top = np.array([float(np.quantile(part, 0.9)) for part in np.split(size, edges)])
    found = _falls_for_good(top, left)
    if found is None:
        return None
    usual = float(np.median(top[max(found - BEFORE, 0) : found]))
    begin = int(first[found - 1])
    end = int(first[found + 1]) if found + 1 < first.size else t.size
    row, at, inside = _onset(p, size, t, begin, end, usual)
    after = size[row + 1 :]
    rest = v[row + 1 :] - middle
    remains = float(np.quantile(after, 0.9))
    visible = remains > max(3 * noise.noise_volt, 2 * noise.digit_volt)
    halves_after = float((t[-1] - t[row]) / (period / 2))
    return Collapse(
        row=row,
        half=at,
        left=remains / usual,
        before=usual,
        after=remains,
        halves_after=halves_after,
        inside=inside,
        follows=_turns(t[row + 1 :], rest, period, remains) if visible else None,
        flatter=_spread_of(rest, remains) / max(_spread_of(v[: row + 1][-4 * 400 :] - middle, usual), 1e-9),
        proportional=float("nan"),
    )


def _offset(p: Profiles) -> float:
    levels = p.levels() * p.sign
    pair = (p.sign[1:] != p.sign[:-1]) & np.isfinite(levels[1:]) & np.isfinite(levels[:-1])
    return float(np.median((levels[1:] + levels[:-1])[pair] / 2)) if pair.any() else 0.0


def _onset(p: Profiles, size: Floats, t: Floats, begin: int, end: int, usual: float) -> tuple[int, int, bool]:
    """Last high row, its half-cycle, and whether the next row belongs to the same half-cycle by the clock."""
    rows = (p.rows >= begin) & (p.rows < end) & np.isfinite(p.scale)
    high = np.flatnonzero(rows & (p.u > STILL_HIGH * p.scale))
    if high.size:
        row, half = int(p.rows[high[-1]]), int(p.owner[high[-1]])
    else:
        candidates = begin + np.flatnonzero(size[begin:end] > STILL_HIGH * usual)
        row = int(candidates[-1]) if candidates.size else begin
        half = int(np.clip(np.searchsorted(p.start_second, t[row], "right") - 1, 0, p.count - 1))
    nxt = min(row + 1, t.size - 1)
    part = (float(t[nxt]) - float(p.start_second[half])) / float(p.seconds[half])
    return row, half, AT_REVERSAL < part < 1 - AT_REVERSAL and bool(t[nxt] > t[row])


def _turns(t: Floats, rest: Floats, period: float, remains: float) -> bool:
    """Whether the remaining voltage changes its sign about once in half a period, as the current does."""
    clear = np.flatnonzero(np.abs(rest) > 0.3 * remains)
    if clear.size < 4:
        return False
    signs = np.sign(rest[clear])
    turns = t[clear[1:]][np.diff(signs) != 0]
    if turns.size < FEWEST_TURNS:
        return False
    spaced = np.sum(np.diff(turns) > 0.3 * period)
    expected = (t[-1] - t[0]) / (period / 2)
    return bool(spaced >= FEWEST_TURNS - 1 and spaced >= 0.3 * expected)


def _spread_of(values: Floats, level: float) -> float:
    size = np.abs(values)
    size = size[size > 0.2 * level]
    return float(np.std(size) / level) if size.size > 3 else float("nan")
