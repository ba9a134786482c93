"""Find rests between half-cycles by their voltage alone.

A rest is a stretch between two plateaus in which the voltage stays near zero. Its rows can lie at the end of the
half-cycle before it or at the beginning of the one after it, whichever sign noise and offset give them, so rests
belong to the boundary between two half-cycles and are recognised for each direction apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.grouped import grouped_quantile, grouped_time_weights, owners

__all__ = ["LEVEL_QUANTILE", "levels_of", "without_rests"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Half = tuple[Integers, int]

#: The level of a half-cycle is this quantile, by time, of its |voltage|: rests may fill most of the rest.
LEVEL_QUANTILE = 0.85
#: It is taken from about so many rows of each half-cycle.
MOST_ROWS = 128
#: In a rest |voltage| stays below this part of the level of its half-cycle ...
LOW = 0.5
#: ... it begins, or ends, with a jump of this part of the level, which a ramp of concentration polarisation lacks ...
JUMP = 0.25
#: ... and it has this many rows and this part of the plateau's time, which the points of a reversal lack.
FEWEST_ROWS = 3
SHORTEST = 0.005
#: Rests are believed if this part of the half-cycles of one direction has them (a short circuit comes once), and if
#: their lengths are this alike.
SHARE = 0.6
#: A last half-cycle of less than this part of the level before it may be the end of a rest.
PIECE = 0.3
ALIKE = 0.2
LONGEST = 1.3


@dataclass(frozen=True)
class _Plateau:
    """First and last-but-one row of the plateau, as positions in the half-cycle, and whether jumps bound it."""

    begin: int
    end: int
    rises: bool
    falls: bool


def levels_of(halves: list[Half], t: Floats, v: Floats) -> Floats:
    """Voltage under current of every half-cycle, also where a rest fills much of it.

    Examples
    --------
    >>> v = np.array([1.0, 1.0, 0.1, -2.0, -2.0, -2.0])
    >>> levels_of([(np.arange(3), 1), (np.arange(3, 6), -1)], np.arange(6.0), v).tolist()
    [1.0, 2.0]
    """
    rows = np.concatenate([rows for rows, _ in halves])
    first = np.concatenate([[0], np.cumsum([rows.size for rows, _ in halves])[:-1]]).astype(np.int64)
    signs = np.array([float(sign) for _, sign in halves])
    weights = grouped_time_weights(rows, first, t, np.empty(0, dtype=np.int64))
    every = rows.size // (MOST_ROWS * first.size)
    if every > 1:  # every so manieth row stands for its neighbours: a quantile needs no more
        starts = np.concatenate([np.arange(a, b, every) for a, b in pairwise(np.append(first, rows.size))])
        counts = -(-np.diff(first, append=rows.size) // every)
        middle = np.minimum(starts + every // 2, np.append(starts[1:], rows.size) - 1)
        weights, rows = np.add.reduceat(weights, starts), rows[middle]
        first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return grouped_quantile(signs[owners(first, rows.size)] * v[rows], weights, first, LEVEL_QUANTILE)


def without_rests(halves: list[Half], t: Floats, v: Floats, pauses: Integers) -> tuple[list[Half], list[str]]:
    """Leave out rests between half-cycles where most half-cycles of one direction are followed by one."""
    tops = levels_of(halves, t, v)
    if len(halves) > 3 and tops[-1] < PIECE * tops[-2]:
        shorter, words = _cut_rests(halves[:-1], tops[:-1], t, v, pauses)  # perhaps a piece of the last rest
        if words and shorter[-1][0].size < halves[-2][0].size:
            return shorter, words
    return _cut_rests(halves, tops, t, v, pauses)


def _cut_rests(
    halves: list[Half], tops: Floats, t: Floats, v: Floats, pauses: Integers
) -> tuple[list[Half], list[str]]:
    plateaus = [_plateau(rows, sign, v, float(top)) for (rows, sign), top in zip(halves, tops, strict=True)]
    lengths = np.array([_rest(halves, plateaus, k, t, pauses) for k in range(len(halves) - 1)])
    signs = np.array([sign for _, sign in halves])
    usual = {sign: _usual(lengths[signs[:-1] == sign]) for sign in (1, -1)}
    if not any(usual.values()):
        return halves, []
    cuts = [[0, rows.size] for rows, _ in halves]
    for k, (rows, sign) in enumerate(halves):
        last = k == len(halves) - 1
        if not usual[sign] or (not last and lengths[k] <= 0):
            continue
        low_from = t[rows[plateaus[k].end]] if plateaus[k].end < rows.size else t[rows[-1]]
        until = t[rows[-1]] if last else t[halves[k + 1][0][plateaus[k + 1].begin]]
        tail = plateaus[k].end
        if until - low_from > LONGEST * usual[sign]:  # the voltage fell earlier than the rest: keep what was before
            tail = int(np.searchsorted(t[rows], until - usual[sign]))
        if not last or plateaus[k].falls:
            cuts[k][1] = max(tail, cuts[k][0] + 2)
        if not last and plateaus[k + 1].rises:
            cuts[k + 1][0] = plateaus[k + 1].begin
    shorter = [(rows[begin:end], sign) for (rows, sign), (begin, end) in zip(halves, cuts, strict=True)]
    return shorter, [_words(usual)]


def _plateau(rows: Integers, sign: int, v: Floats, top: float) -> _Plateau:
    u = sign * v[rows]
    high = np.flatnonzero(u >= LOW * top)
    if u.size < FEWEST_ROWS or high.size == 0 or top <= 0:
        return _Plateau(0, int(u.size), rises=False, falls=False)
    begin, end = int(high[0]), int(high[-1]) + 1
    rises = falls = False
    if begin > 0:
        inside = float(np.max(np.diff(u[:begin]), initial=0.0))
        rise = float(u[begin] - u[begin - 1])
        rises = rise > JUMP * top and rise > 2 * inside
    if end < u.size:
        falls = float(u[max(end - 2, begin) : end].max() - u[end : end + 2].min()) > JUMP * top
    return _Plateau(begin, end, rises, falls)


def _rest(halves: list[Half], plateaus: list[_Plateau], k: int, t: Floats, pauses: Integers) -> float:
    """Seconds of rest between half-cycle k and the next; 0 for none."""
    (rows, _), (after, _) = halves[k], halves[k + 1]
    one, two = plateaus[k], plateaus[k + 1]
    last, first = int(rows[one.end - 1]), int(after[two.begin])
    if np.any((pauses >= last) & (pauses < first)):
        return 0.0
    tail, head = rows.size - one.end, two.begin
    if tail + head < FEWEST_ROWS or (tail >= FEWEST_ROWS and not one.falls) or (head >= FEWEST_ROWS and not two.rises):
        return 0.0
    length = float(t[first] - t[last + 1])
    return length if length > SHORTEST * float(t[rows[one.end - 1]] - t[rows[one.begin]]) else 0.0


def _usual(lengths: Floats) -> float:
    """Length that the rests of one direction share; 0 if they are too few or unlike."""
    rests = lengths[lengths > 0]
    if rests.size < max(2, SHARE * lengths.size):
        return 0.0
    usual = float(np.median(rests))
    return usual if float(np.median(np.abs(rests - usual))) <= ALIKE * usual else 0.0


def _words(usual: dict[int, float]) -> str:
    if all(usual.values()) and abs(usual[1] - usual[-1]) <= ALIKE * usual[1]:
        which, length = "half-cycles end", f"{usual[1]:.3g} s"
    elif all(usual.values()):
        which, length = "half-cycles end", f"{usual[1]:.3g} s (positive voltage) or {usual[-1]:.3g} s (negative)"
    else:
        sign = 1 if usual[1] else -1
        which = f"half-cycles of {'positive' if sign > 0 else 'negative'} voltage end"
        length = f"{usual[sign]:.3g} s"
    return f"{which} with a rest of about {length}, seen by its voltage; it is left out"
