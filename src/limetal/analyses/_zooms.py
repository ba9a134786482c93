"""Zooms into the voltage of a long test: a few cycles early, in the middle and late, in full detail."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._decimate import min_max
from limetal.exhibits import Inset, Series

__all__ = ["zooms"]

Floats = NDArray[np.float64]

#: Cycles of one zoom, and the fewest cycles of a test that needs zooms.
CYCLES = 3
FEWEST = 12
#: Where the zooms begin, in parts of the test.
PLACES = (0.05, 0.5, 1.0)
#: A zoom is moved where its cycles take longer than this many times what cycles near by take: a pause is in it.
_LONG = 1.5
_NEAR = 10


def zooms(time_hour: Floats, volt: Floats, start_hour: Floats, end_hour: float) -> tuple[Inset, ...]:
    """Zooms of three cycles each, early, in the middle and late; none for a test of few cycles.

    Parameters
    ----------
    time_hour, volt : (n,) float
        The record, in order of time.
    start_hour : (n_cycles,) float
        When each complete cycle begins, rising.
    end_hour
        When the last one ends.

    Examples
    --------
    >>> t = np.arange(0.0, 100.0, 0.1)
    >>> [(z.low, z.high) for z in zooms(t, np.sin(np.pi * t), np.arange(0.0, 100.0, 2.0), 100.0)]
    [(4.0, 10.0), (48.0, 54.0), (94.0, 100.0)]
    """
    count = start_hour.size
    if count < FEWEST:
        return ()
    edges = np.append(start_hour, end_hour)
    length = edges[CYCLES:] - edges[:-CYCLES]
    usual = CYCLES * np.array([np.median(np.diff(edges[max(k - _NEAR, 0) : k + _NEAR + 1])) for k in range(count)])
    plain = np.flatnonzero((length <= _LONG * usual[: length.size]) & (length > 0))
    if plain.size == 0:
        return ()
    wanted = [round(place * (length.size - 1)) for place in PLACES]
    found = []
    for k in dict.fromkeys(int(plain[np.argmin(np.abs(plain - w))]) for w in wanted):
        first, last = np.searchsorted(time_hour, [edges[k], edges[k + CYCLES]])
        rows = slice(int(first), int(last) + 1)
        x, y = min_max(time_hour[rows], volt[rows])
        found.append(Inset(float(edges[k]), float(edges[k + CYCLES]), series=(Series(x, y),)))
    return tuple(found)
