"""Find plating and stripping half-cycles of a lithium symmetric cell, with or without a current column.

With current, a half-cycle is a run of one sign of current. Without, it lies between reversals of the cell
voltage: sign changes alone are not enough, because a reversal is logged in several points and a trigger on the
voltage leaves points of the old sign behind (1,438 false voltage drops in 1,992 half-cycles of a real file), so
reversals are found with a dead band, cut at the largest jump, and edge points are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.currents import Run, current_runs, join_same_sign, noise_of_low, runs_of
from limetal.cycling.pauses import pauses, pauses_in_words
from limetal.cycling.rests import LEVEL_QUANTILE, levels_of, without_rests
from limetal.cycling.weights import time_weights, weighted_median, weighted_quantile
from limetal.errors import BadInputError
from limetal.records.cycling import CyclingRecord

__all__ = ["HalfCycle", "HalfCycles", "half_cycles"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Without current, a point belongs to no direction below this part of the typical |voltage|.
DEAD_BAND_VOLTAGE = 0.02
#: ... or, if half-cycles are irregular otherwise and none gets this much longer than the others, this many standard
#: deviations of the noise of points below this part of the `LEVEL_QUANTILE` of |voltage|, at most the next part, ...
LONGEST_HALF = 2.5
DEAD_BAND_NOISE = 4.0
LOW_VOLTAGE = 0.15
WIDEST_BAND = 0.15
#: ... which is the median of |voltage| above this part of its `LEVEL_QUANTILE`: rests do not count.
REST_VOLTAGE = 0.01
#: An offset of the voltmeter below this part of the usual voltage moves no reversal out of the dead band.
SMALL_OFFSET = 0.002
#: Without current, a run shorter than this part of the typical half-cycle is noise around a reversal.
SHORTEST_RUN = 0.03
#: Without current, a run is a piece of a rest if its level is below this part of the levels on both sides, within
#: this many runs, and it is shorter than this part of the longest there.
LOW_LEVEL = 0.3
LOW_WINDOW = 4
LOW_SPAN = 0.5
MOST_PASSES = 5
#: Without current, a run is noise about zero if its level is below `LOW_LEVEL` of the usual one and the time with its
#: own sign exceeds that with the other by less than this part of the whole.
OWN_SIGN = 0.6
#: The first or last half-cycle of a test is complete if its length is within this part of its neighbours'.
SAME_LENGTH = 0.05
#: Without current, half-cycles are called irregular if more than this part of them differ by more than
#: `IRREGULAR_BY` from the one before and the one after of the same direction.
IRREGULAR_SHARE = 0.1
IRREGULAR_BY = 0.2
#: At most this many points are dropped at the end of a half-cycle because they belong to the reversal.
MOST_EDGE_POINTS = 3


@dataclass(frozen=True, eq=False)
class HalfCycle:
    """Rows of one half-cycle, its sign (+1: positive cell voltage), and whether the test let it finish."""

    rows: Integers
    sign: int
    complete: bool


@dataclass(frozen=True, eq=False)
class HalfCycles:
    """All half-cycles in order, and what was noticed on the way."""

    items: tuple[HalfCycle, ...]
    from_current: bool
    dropped_points: int
    warnings: tuple[str, ...]
    pauses: Integers


#: Several analyses ask for the half-cycles of one record; records do not change.
_FOUND: WeakKeyDictionary[CyclingRecord, HalfCycles] = WeakKeyDictionary()


def half_cycles(record: CyclingRecord) -> HalfCycles:
    """Half-cycles of a symmetric cell.

    Raises
    ------
    BadInputError
        If the cell never reverses.

    Examples
    --------
    >>> v = np.repeat([0.01, -0.01, 0.01, -0.01], 25)
    >>> found = half_cycles(CyclingRecord(np.arange(100.0), v, None, source="square wave"))
    >>> [(h.sign, h.rows.size) for h in found.items]
    [(1, 25), (-1, 25), (1, 25), (-1, 25)]
    """
    if record not in _FOUND:
        _FOUND[record] = _half_cycles(record)
    return _FOUND[record]


def _half_cycles(record: CyclingRecord) -> HalfCycles:
    t, v, current = record.test_time_second, record.voltage_volt, record.current_ampere
    from_current = current is not None and bool(np.any(current != 0))
    stops = pauses(t, v, current)
    warnings: list[str] = []
    if current is not None and from_current:
        halves, words = current_runs(t, current, v, stops)
        v = v - _offset(halves, t, v)[0]
    else:
        halves, v, words = _halves_from_voltage(t, v, stops)
    warnings += words
    if len({sign for _, sign in halves}) < 2:
        what = "current of one direction" if from_current else "a voltage that never reverses"
        raise BadInputError(record.source, what, "plating and stripping half-cycles of a symmetric cell")
    if stops.size:
        words_of = pauses_in_words(stops, record.test_time_second)
        warnings.append(f"the recording pauses, {words_of}: half-cycles that it breaks are left out")
    if not from_current:
        halves, words = without_rests(halves, t, v, stops)
        warnings += words
    broken = [bool(np.any((stops >= rows[0] - 1) & (stops <= rows[-1]))) for rows, _ in halves]
    trimmed = [(_trim(rows, sign, v), sign, cut) for (rows, sign), cut in zip(halves, broken, strict=True)]
    dropped = sum(rows.size for rows, _ in halves) - sum(rows.size for rows, _, _ in trimmed)
    lost = sum(rows.size < 2 and not cut for rows, _, cut in trimmed)
    if lost and from_current:
        warnings.append(
            f"{lost} of {len(trimmed)} half-cycles left out: they have fewer than two rows, or a voltage against the "
            "sign of the current"
        )
    trimmed = [half for half in trimmed if half[0].size >= 2]
    if not trimmed:
        raise BadInputError(record.source, "no half-cycle of two rows or more", "half-cycles of a symmetric cell")
    spans = np.array([t[rows[-1]] - t[rows[0]] for rows, _, _ in trimmed])
    complete = _complete(spans, np.array([cut for _, _, cut in trimmed], dtype=bool), both_ways=not from_current)
    if not from_current and _irregular(spans[complete]):
        warnings.append(
            "reversals of the voltage are irregular: where the voltage is near its noise (a short circuit, a very "
            "small current) half-cycles cannot be told without the current, and the values are not reliable"
        )
    items = tuple(HalfCycle(r, s, bool(c)) for (r, s, _), c in zip(trimmed, complete, strict=True))
    return HalfCycles(items, from_current, dropped, tuple(warnings), stops)


def _halves_from_voltage(t: Floats, v: Floats, stops: Integers) -> tuple[list[Run], Floats, list[str]]:
    """Half-cycles between reversals, and the voltage without its offset.

    The dead band is made as wide as the noise only if half-cycles come out irregular without, and regular with it:
    a shorted cell may work far below its former voltage for the rest of the test.
    """
    halves, shift = _without_offset(t, v, stops, noise=False)
    spans = _spans(halves, t)
    if _irregular(spans):
        calmer, other = _without_offset(t, v, stops, noise=True)
        fewer = _spans(calmer, t)
        if len(calmer) > 3 and not _irregular(fewer) and fewer.max() < LONGEST_HALF * np.median(fewer):
            halves, shift = calmer, other
    return halves, v - shift, ["no current in the record: half-cycles were found from reversals of the voltage"]


def _without_offset(t: Floats, v: Floats, stops: Integers, *, noise: bool) -> tuple[list[Run], float]:
    """Half-cycles found with the offset of the voltmeter, then without it; and the offset."""
    halves = _between_reversals(t, v, stops, noise=noise)
    shift, usual = _offset(halves, t, v)
    if abs(shift) <= SMALL_OFFSET * usual:
        return halves, shift
    if len(halves) > 2:
        again = _between_reversals(t, v - shift, stops, noise=noise)
        if len({sign for _, sign in again}) == 2:
            return again, shift
    return halves, 0.0


def _spans(halves: list[Run], t: Floats) -> Floats:
    return np.array([t[rows[-1]] - t[rows[0]] for rows, _ in halves])


def _between_reversals(t: Floats, v: Floats, stops: Integers, *, noise: bool) -> list[Run]:
    runs = runs_of(_directions_from_voltage(t, v, stops, noise=noise), stops)
    halves = join_same_sign(_merge_short(runs, t, stops), stops)
    halves = join_same_sign(_merge_noise(halves, t, v, stops), stops)
    for _ in range(MOST_PASSES):
        fewer = join_same_sign(_merge_low(halves, t, v, stops), stops)
        if len(fewer) == len(halves):
            break
        halves = fewer
    return halves


def _offset(halves: list[Run], t: Floats, v: Floats) -> tuple[float, float]:
    """Offset of the voltmeter, the middle between neighbouring half-cycles of both directions (median of all pairs).

    With it the usual size of the voltage.
    """
    if len(halves) < 2:
        return 0.0, 0.0
    levels = np.array([sign for _, sign in halves]) * levels_of(halves, t, v)
    spans = np.array([t[rows[-1]] - t[rows[0]] for rows, _ in halves])
    opposite = np.array([a != b for (_, a), (_, b) in pairwise(halves)])
    usual = float(np.median(np.abs(levels)))
    if not opposite.any():
        return 0.0, usual
    middles, shorter = (levels[1:] + levels[:-1]) / 2, np.minimum(spans[1:], spans[:-1])
    return weighted_median(middles[opposite], np.maximum(shorter[opposite], 1e-12)), usual


def _directions_from_voltage(t: Floats, v: Floats, stops: Integers, *, noise: bool) -> Integers:
    """Return +1 or -1 for every point; a reversal is cut at its largest jump."""
    whole = time_weights(np.arange(v.size), t, stops)
    size = np.abs(v)
    high = weighted_quantile(size, whole, LEVEL_QUANTILE)
    widest = min(DEAD_BAND_NOISE * noise_of_low(size, LOW_VOLTAGE * high), WIDEST_BAND * high) if noise else 0.0
    works = size > max(REST_VOLTAGE * high, widest)
    if not works.any():
        return np.ones(v.size, dtype=np.int64)
    typical = weighted_median(size[works], whole[works])
    band = max(DEAD_BAND_VOLTAGE * typical, widest)
    clear = np.flatnonzero(np.abs(v) > band)
    if clear.size == 0:
        return np.ones(v.size, dtype=np.int64)
    signs = np.sign(v[clear]).astype(np.int64)
    turns = np.flatnonzero(np.diff(signs) != 0)
    direction = np.empty(v.size, dtype=np.int64)
    begin, sign = 0, int(signs[0])
    for turn in turns:
        first, last = int(clear[turn]), int(clear[turn + 1])
        cut = first + 1 + int(np.argmax(np.abs(np.diff(v[first : last + 1]))))
        direction[begin:cut] = sign
        begin, sign = cut, int(signs[turn + 1])
    direction[begin:] = sign
    return direction


def _merge_short(runs: list[Run], t: Floats, stops: Integers) -> list[Run]:
    """Give runs that are far too short to be half-cycles to the run before them; not those that a pause cut short."""
    if len(runs) < 3:
        return runs
    spans = np.array([t[rows[-1]] - t[rows[0]] for rows, _ in runs])
    typical = weighted_median(spans, np.maximum(spans, 1e-12))
    return _merge(runs, spans < SHORTEST_RUN * typical, stops)


def _merge_noise(runs: list[Run], t: Floats, v: Floats, stops: Integers) -> list[Run]:
    """Give runs of noise about zero to the run before them; before the first half-cycle they are dropped.

    There, and after the last one, short runs of low voltage are noise too, whatever their sign.
    """
    if len(runs) < 3:
        return runs
    spans = _spans(runs, t)
    levels = levels_of(runs, t, v)
    usual = weighted_quantile(levels, np.maximum(spans, 1e-12), LEVEL_QUANTILE)
    low = levels < LOW_LEVEL * usual
    noise = low.copy()
    for k in np.flatnonzero(low):
        rows, sign = runs[k]
        weights = time_weights(rows, t)
        noise[k] = float(weights @ np.sign(sign * v[rows])) < OWN_SIGN * float(weights.sum())
    short = low & (spans < LOW_SPAN * weighted_median(spans, np.maximum(spans, 1e-12)))
    gone = noise | short
    noise |= np.cumprod(gone).astype(bool) | np.cumprod(gone[::-1]).astype(bool)[::-1]
    return _merge(runs, noise, stops)


def _merge_low(runs: list[Run], t: Floats, v: Floats, stops: Integers) -> list[Run]:
    """Give runs that are short and far lower than those on both sides, pieces of a rest, to the run before them."""
    if len(runs) < 3:
        return runs
    spans = np.array([t[rows[-1]] - t[rows[0]] for rows, _ in runs])
    levels = levels_of(runs, t, v)
    low = np.zeros(len(runs), dtype=bool)
    for k in range(1, len(runs) - 1):
        before, after = slice(max(k - LOW_WINDOW, 0), k), slice(k + 1, k + 1 + LOW_WINDOW)
        near = min(levels[before].max(), levels[after].max())
        longest = min(spans[before].max(), spans[after].max())
        low[k] = levels[k] < LOW_LEVEL * near and spans[k] < LOW_SPAN * longest
    return _merge(runs, low, stops)


def _merge(runs: list[Run], away: NDArray[np.bool_], stops: Integers) -> list[Run]:
    merged: list[Run] = []
    for (rows, sign), gone in zip(runs, away, strict=True):
        if not gone or np.any((stops >= rows[0] - 1) & (stops <= rows[-1])):
            merged.append((rows, sign))
        elif merged:
            before, before_sign = merged[-1]
            merged[-1] = (np.concatenate([before, rows]), before_sign)
    return merged


def _trim(rows: Integers, sign: int, v: Floats) -> Integers:
    """Drop points of the reversal: the other sign at either end, and a collapse in the last few points."""
    u = sign * v[rows]
    own = u > 0
    if np.count_nonzero(own) < 2:
        return rows[:0]
    begin, end = int(np.argmax(own)), int(own.size - np.argmax(own[::-1]))
    whole = end
    for _ in range(MOST_EDGE_POINTS):
        if end - begin <= MOST_EDGE_POINTS + 2:
            break
        fall = u[end - 2] - u[end - 1]
        if not fall > 0.1 * u[end - 2] or not fall > 4 * float(np.median(np.abs(np.diff(u[begin:whole])))):
            break
        end -= 1
    return rows[begin:end]


def _complete(spans: Floats, broken: NDArray[np.bool_], *, both_ways: bool) -> NDArray[np.bool_]:
    """Whether the first and last half-cycles, and those beside a pause, are as long as their neighbours.

    The other inner ones are. Without current a first half-cycle may also be too long, because it contains the rest
    before it.
    """
    complete = ~broken
    whole = np.flatnonzero(~broken)
    if spans.size < 3:
        return complete
    for edge, near in ((0, whole[whole > 0][:2]), (spans.size - 1, whole[whole < spans.size - 1][-2:])):
        if near.size and not broken[edge]:
            enough = spans[edge] >= (1 - SAME_LENGTH) * spans[near].min()
            complete[edge] = enough and not (both_ways and spans[edge] > (1 + SAME_LENGTH) * spans[near].max())
    for k in np.flatnonzero(broken):
        near = np.concatenate([whole[whole < k][-2:], whole[whole > k][:2]])
        complete[k] = near.size > 0 and spans[k] >= (1 - SAME_LENGTH) * spans[near].min()
    return complete


def _irregular(spans: Floats) -> bool:
    if spans.size < 6:
        return False
    change = np.abs(spans[2:] / np.maximum(spans[:-2], 1e-12) - 1) > IRREGULAR_BY
    alone = change[:-2] & change[2:]  # unlike the one before and the one after: a ladder changes once per step
    return bool(np.mean(alone) > IRREGULAR_SHARE)
