"""Find plating and stripping half-cycles of a lithium symmetric cell, with or without a current column.

With current, a half-cycle is a run of one sign of current. Without, it lies between reversals of the cell
voltage: sign changes alone are not enough, because a reversal is logged in several points and a trigger on the
voltage leaves points of the old sign behind (1,438 false voltage drops in 1,992 half-cycles of a real file), so
reversals are found with a dead band, cut at the largest jump, and edge points are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.records.cycling import CyclingRecord

__all__ = ["HalfCycle", "HalfCycles", "half_cycles", "time_weights", "weighted_median"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Parts of the typical |voltage| (no current) or largest |current| below which a point belongs to no direction.
DEAD_BAND_VOLTAGE = 0.02
DEAD_BAND_CURRENT = 0.005
#: Without current, a run shorter than this part of the typical half-cycle is noise around a reversal; with
#: current, a run of fewer rows than this is a point logged while the current switched.
SHORTEST_RUN = 0.03
FEWEST_ROWS = 3
#: The first or last half-cycle of a test is complete if its length is within this part of its neighbours'.
SAME_LENGTH = 0.05
#: Without current, half-cycles are called irregular if more than this part of them differ by more than
#: `IRREGULAR_BY` from the one before of the same direction.
IRREGULAR_SHARE = 0.1
IRREGULAR_BY = 0.2
#: Without current, a voltage that falls at once to less than this part and stays there until the reversal is a
#: rest, if most half-cycles end so after about the same time (a short circuit does it once).
REST_BELOW = 0.6
REST_SHARE = 0.6
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
    t, v = record.test_time_second, record.voltage_volt
    warnings: list[str] = []
    if record.current_ampere is not None and np.any(record.current_ampere != 0):
        direction, flipped = _directions_from_current(record.current_ampere, v)
        if flipped:
            warnings.append("current and voltage have opposite signs throughout: leads swapped; current was negated")
        from_current = True
    else:
        direction = _directions_from_voltage(t, v)
        from_current = False
        warnings.append("no current in the record: half-cycles were found from reversals of the voltage")
    runs = _runs(direction)
    runs = _drop_switching(runs) if from_current else _merge_short(runs, t)
    halves = _join_same_sign(runs)
    if len({sign for _, sign in halves}) < 2:
        what = "current of one direction" if from_current else "a voltage that never reverses"
        raise BadInputError(record.source, what, "plating and stripping half-cycles of a symmetric cell")
    if not from_current:
        halves, words = _without_rests(halves, t, v)
        warnings += words
    trimmed = [(_trim(rows, sign, v), sign) for rows, sign in halves]
    dropped = sum(rows.size for rows, _ in halves) - sum(rows.size for rows, _ in trimmed)
    trimmed = [(rows, sign) for rows, sign in trimmed if rows.size >= 2]
    spans = np.array([t[rows[-1]] - t[rows[0]] for rows, _ in trimmed])
    complete = _complete(spans, both_ways=not from_current)
    if not from_current and _irregular(spans):
        warnings.append(
            "reversals of the voltage are irregular: where the voltage is near its noise (a short circuit, a very "
            "small current) half-cycles cannot be told without the current, and the values are not reliable"
        )
    items = tuple(HalfCycle(r, s, c) for (r, s), c in zip(trimmed, complete, strict=True))
    return HalfCycles(items, from_current, dropped, tuple(warnings))


def time_weights(rows: Integers, t: Floats) -> Floats:
    """Trapezoid weights in seconds of the points of one half-cycle; gaps between pieces weigh nothing.

    Examples
    --------
    >>> time_weights(np.array([0, 1, 2]), np.array([0.0, 1.0, 3.0])).tolist()
    [0.5, 1.5, 1.0]
    """
    dt = np.where(np.diff(rows) == 1, np.diff(t[rows]), 0.0)
    weights = np.zeros(rows.size)
    weights[:-1] += dt / 2
    weights[1:] += dt / 2
    return weights if weights.sum() > 0 else np.ones(rows.size)


def weighted_median(values: Floats, weights: Floats) -> float:
    """Value with half of the weight below it.

    Examples
    --------
    >>> weighted_median(np.array([1.0, 2.0, 10.0]), np.array([1.0, 1.0, 5.0]))
    10.0
    """
    order = np.argsort(values)
    below = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(below, below[-1] / 2)])


def _directions_from_current(current: Floats, v: Floats) -> tuple[Integers, bool]:
    band = DEAD_BAND_CURRENT * np.abs(current).max()
    flipped = bool(np.sum(current * v) < 0)
    direction = np.where(np.abs(current) > band, np.sign(current), 0).astype(np.int64)
    return (-direction if flipped else direction), flipped


def _directions_from_voltage(t: Floats, v: Floats) -> Integers:
    """Return +1 or -1 for every point; a reversal is cut at its largest jump."""
    whole = time_weights(np.arange(v.size), t)
    band = DEAD_BAND_VOLTAGE * weighted_median(np.abs(v), whole)
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


def _runs(direction: Integers) -> list[tuple[Integers, int]]:
    """Runs of one direction; rest (0) is left out."""
    edges = np.flatnonzero(np.diff(direction)) + 1
    pieces = np.split(np.arange(direction.size), edges)
    return [(rows, int(direction[rows[0]])) for rows in pieces if direction[rows[0]] != 0]


def _drop_switching(runs: list[tuple[Integers, int]]) -> list[tuple[Integers, int]]:
    """Leave out runs of a few rows between longer ones: logged while the current switched."""
    longest = max((rows.size for rows, _ in runs), default=0)
    return [(rows, sign) for rows, sign in runs if rows.size >= min(FEWEST_ROWS, longest)]


def _merge_short(runs: list[tuple[Integers, int]], t: Floats) -> list[tuple[Integers, int]]:
    """Give runs that are far too short to be half-cycles to the run before them."""
    if len(runs) < 3:
        return runs
    spans = np.array([t[rows[-1]] - t[rows[0]] for rows, _ in runs])
    typical = weighted_median(spans, np.maximum(spans, 1e-12))
    merged: list[tuple[Integers, int]] = []
    for (rows, sign), span in zip(runs, spans, strict=True):
        if span < SHORTEST_RUN * typical and merged:
            before, before_sign = merged[-1]
            merged[-1] = (np.concatenate([before, rows]), before_sign)
        elif span >= SHORTEST_RUN * typical:
            merged.append((rows, sign))
    return merged


def _without_rests(
    halves: list[tuple[Integers, int]], t: Floats, v: Floats
) -> tuple[list[tuple[Integers, int]], list[str]]:
    """Cut rests off the ends of half-cycles, if most half-cycles end with one of about the same length."""
    cuts = [_rest_begins(sign * v[rows]) for rows, sign in halves]
    tails = np.array([t[rows[-1]] - t[rows[cut]] for (rows, _), cut in zip(halves, cuts, strict=True) if cut])
    if tails.size < max(2, REST_SHARE * len(halves)):
        return halves, []
    usual = float(np.median(tails))
    if np.median(np.abs(tails - usual)) > 0.2 * usual or usual <= 0:
        return halves, []
    shorter = [(rows[:cut] if cut else rows, sign) for (rows, sign), cut in zip(halves, cuts, strict=True)]
    return shorter, [f"half-cycles end with a rest of about {usual:.3g} s, seen by its voltage; it is left out"]


def _rest_begins(u: Floats) -> int:
    """Row at which the voltage collapses and stays low until the end; 0 if it does not."""
    if u.size < 6:
        return 0
    fall = u[:-1] - u[1:]
    cut = int(np.argmax(fall)) + 1
    before = float(u[cut - 1])
    stays = cut >= 3 and u.size - cut >= 2 and float(u[cut:].max()) < REST_BELOW * before
    return cut if stays else 0


def _join_same_sign(runs: list[tuple[Integers, int]]) -> list[tuple[Integers, int]]:
    """Join pieces of one direction that a rest or a removed blip has parted."""
    joined: list[tuple[Integers, int]] = []
    for rows, sign in runs:
        if joined and joined[-1][1] == sign:
            joined[-1] = (np.concatenate([joined[-1][0], rows]), sign)
        else:
            joined.append((rows, sign))
    return joined


def _trim(rows: Integers, sign: int, v: Floats) -> Integers:
    """Drop points of the reversal: the other sign at either end, and a collapse in the last few points."""
    u = sign * v[rows]
    own = np.flatnonzero(u > 0)
    if own.size < 2:
        return rows[:0]
    begin, end = int(own[0]), int(own[-1]) + 1
    usual = float(np.median(np.abs(np.diff(u[begin:end])))) if end - begin > 2 else 0.0
    for _ in range(MOST_EDGE_POINTS):
        if end - begin <= MOST_EDGE_POINTS + 2:
            break
        fall = u[end - 2] - u[end - 1]
        if fall > 0.1 * u[end - 2] and fall > 4 * usual:
            end -= 1
        else:
            break
    return rows[begin:end]


def _complete(spans: Floats, *, both_ways: bool) -> list[bool]:
    """Whether the first and last half-cycles are as long as their neighbours; the inner ones are.

    Without current a first half-cycle may also be too long, because it contains the rest before it.
    """
    complete = [True] * spans.size
    if spans.size >= 3:
        for edge, near in ((0, spans[1:3]), (spans.size - 1, spans[-3:-1])):
            enough = spans[edge] >= (1 - SAME_LENGTH) * near.min()
            complete[edge] = bool(enough and not (both_ways and spans[edge] > (1 + SAME_LENGTH) * near.max()))
    return complete


def _irregular(spans: Floats) -> bool:
    if spans.size < 6:
        return False
    change = np.abs(spans[2:] / np.maximum(spans[:-2], 1e-12) - 1)
    return bool(np.mean(change[1:-1] > IRREGULAR_BY) > IRREGULAR_SHARE)
