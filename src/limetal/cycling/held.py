"""Where a voltage is held: the end of a step during which it stands still while the current falls."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["held_from"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: The end of a step is at constant voltage if the voltage stays within this part of the range of the record, ...
HELD_VOLT = 0.0015
#: ... while the current falls by more than this part of its largest.
FALLEN = 0.1
#: It is held from the last row on in which the current is still this part of what it was near that voltage.
FULL = 0.98


def held_from(v: Floats, current: Floats, first: Integers, stop: Integers, largest: Floats) -> Integers:
    """Last row before each stretch is held at its last voltage while the current falls; its last row where it is not.

    Parameters
    ----------
    v, current
        Of every row.
    first, stop
        First row of each stretch, and the row after its last.
    largest
        Largest |current| of each.

    Examples
    --------
    >>> v = np.array([3.0, 3.5, 4.0, 4.2, 4.2, 4.2])
    >>> i = np.array([1.0, 1.0, 1.0, 1.0, 0.5, 0.2])
    >>> held_from(v, i, np.array([0]), np.array([6]), np.array([1.0])).tolist()
    [3]
    """
    band = HELD_VOLT * float(v.max() - v.min())
    last = np.abs(current[stop - 1])
    held = stop - 1
    some = np.flatnonzero(last < (1 - FALLEN) * largest)  # the current of the others did not fall
    begin = _since_steady(v, band, first[some], stop[some])
    falls = np.abs(current[begin]) - last[some] > FALLEN * np.abs(current[begin])
    some, begin = some[falls], begin[falls]
    if some.size:
        held[some] = _last_full(current, begin, stop[some])
    return np.asarray(held)


def _last_full(current: Floats, begin: Integers, stop: Integers) -> Integers:
    """Last row of each stretch with the current of its first: rows near the voltage come before it is held."""
    starts = np.cumsum(stop - begin) - (stop - begin)
    rows = np.arange(int(np.sum(stop - begin))) + np.repeat(begin - starts, stop - begin)
    full = np.abs(current[rows]) >= FULL * np.repeat(np.abs(current[begin]), stop - begin)
    return np.asarray(np.maximum.reduceat(np.where(full, rows, -1), starts))


def _since_steady(v: Floats, band: float, first: Integers, stop: Integers) -> Integers:
    """Row from which the voltage of each stretch stays within a band about its last one."""
    begin = first.copy()
    todo, end, width = np.arange(first.size), stop.copy(), 64
    while todo.size:
        rows = end[todo, None] - 1 - np.arange(width)
        away = np.abs(v[np.maximum(rows, 0)] - v[stop[todo] - 1][:, None]) > band
        away &= rows >= first[todo, None]
        hit = away.any(axis=1)
        begin[todo[hit]] = rows[hit, np.argmax(away[hit], axis=1)] + 1
        end[todo] -= width
        todo = todo[~hit & (end[todo] > first[todo])]
        width *= 2
    return begin
