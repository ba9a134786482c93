"""What a voltmeter resolves: the step of its readings, single wrong readings, and readings that repeat.

A reading that repeats says little by itself: the voltage lies anywhere within half a step of it. What it says well is
where the voltage passes from one level to the next.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["crossings", "share_repeated", "spikes", "voltage_step_V"]

Floats = NDArray[np.float64]

#: Readings are rounded to this before they are compared: what is finer is the arithmetic of computers.
DUST_V = 1e-9
#: The step is told if this part of the distances between neighbouring readings are whole multiples of it.
WHOLE_SHARE = 0.95
WHOLE_WITHIN = 0.05
MOST_LEVELS = 200_000
#: A single reading is a slip if it lies this many standard deviations of the noise (and steps) from the median of five.
SLIP = 12.0
#: A level held for longer gets a point for every such part of the charge, on a straight line and of this weight.
LONG_LEVEL = 0.01
LINE_WEIGHT = 0.1
#: Weight of the ends of a curve, where the voltage is known to half a step only.
END_WEIGHT = 0.01


def voltage_step_V(volt: Floats) -> float:
    """Step between the readings of a voltmeter; 0 where readings are so fine that no step is seen.

    Examples
    --------
    >>> voltage_step_V(np.array([3.700, 3.701, 3.704, 3.702, 3.709, 3.701]))
    0.001
    >>> voltage_step_V(3.7 + 0.1 * np.sin(np.arange(100.0)))
    0.0
    """
    levels = np.unique(np.round(volt[:MOST_LEVELS] / DUST_V).astype(np.int64))
    gaps = np.diff(levels)
    if gaps.size < 2:
        return float(gaps[0] * DUST_V) if gaps.size else 0.0
    step = int(gaps.min())
    whole = np.abs(gaps / step - np.round(gaps / step)) <= WHOLE_WITHIN
    if step * DUST_V < 100 * DUST_V or whole.mean() < WHOLE_SHARE:
        return 0.0
    return float(round(step * DUST_V, 12))


def share_repeated(volt: Floats) -> float:
    """Part of the readings that equal the one before.

    Examples
    --------
    >>> share_repeated(np.array([3.7, 3.7, 3.7, 3.8, 3.8]))
    0.75
    """
    return float(np.mean(np.diff(volt) == 0)) if volt.size > 1 else 0.0


def spikes(volt: Floats, step_V: float) -> NDArray[np.bool_]:
    """Single readings far from the four beside them.

    Examples
    --------
    >>> rising = 3.0 + 0.01 * np.arange(20.0)
    >>> rising[7] = 4.9
    >>> np.flatnonzero(spikes(rising, 1e-4)).tolist()
    [7]
    """
    if volt.size < 7:
        return np.zeros(volt.size, dtype=bool)
    windows = np.lib.stride_tricks.sliding_window_view(volt, 5)
    off = np.zeros(volt.size)  # the two at each end have no four beside them
    off[2:-2] = np.abs(volt[2:-2] - np.median(windows, axis=1))
    noise = max(1.4826 * float(np.median(off)), float(np.quantile(off, 0.9)) / 1.64, step_V, DUST_V)
    beside = np.pad(off, 2)
    largest = np.lib.stride_tricks.sliding_window_view(beside, 5).max(axis=1)
    return np.asarray((off > SLIP * noise) & (off == largest))


def crossings(charge: Floats, volt: Floats) -> tuple[Floats, Floats, Floats]:
    """Points where the voltage passes from one reading to the next, in place of readings that repeat.

    The voltage is half way between two readings where one follows the other. Where it goes to and fro between the
    same two, the charge is the mean of these places. Levels held long get points on the line through them besides,
    and both ends of the curve are kept, with small weights.

    Parameters
    ----------
    charge, volt : (n,) float
        ``charge`` never falls.

    Returns
    -------
    tuple of (k,) float
        Charge, voltage and weight.

    Examples
    --------
    A straight line read to the full volt is passed half way:

    >>> q = np.linspace(0.0, 3.0, 301)
    >>> x, y, weight = crossings(q, np.round(q))
    >>> x[weight == 1].round(2).tolist(), y[weight == 1].tolist()
    ([0.5, 1.5, 2.5], [0.5, 1.5, 2.5])
    """
    after = np.flatnonzero(np.diff(volt) != 0)
    if not after.size:
        return charge[:1], volt[:1], np.ones(1)
    place, level = (charge[after] + charge[after + 1]) / 2, (volt[after] + volt[after + 1]) / 2
    first = np.flatnonzero(np.append(True, np.abs(np.diff(level)) > DUST_V))
    count = np.diff(np.append(first, level.size))
    place, level = np.add.reduceat(place, first) / count, level[first]
    edges = np.concatenate([[0], after + 1, [volt.size]])
    begin, end = charge[edges[:-1]], charge[edges[1:] - 1]
    share = (end - begin) / max(float(charge[-1] - charge[0]), 1e-300)
    share[[0, -1]] = 0.0  # the first and the last level are cut by the ends of the curve
    within, on_line = _along(share, begin, end, volt, after)
    x = np.concatenate([charge[:1], place, within, charge[-1:]])
    order = np.argsort(x, kind="stable")
    y = np.concatenate([volt[:1], level, on_line, volt[-1:]])
    weight = np.full(x.size, LINE_WEIGHT)
    weight[1 : place.size + 1] = 1.0
    weight[[0, -1]] = END_WEIGHT
    return x[order], y[order], weight[order]


def _along(share: Floats, begin: Floats, end: Floats, volt: Floats, after: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Points within long levels, on the line from where the voltage comes in to where it goes out."""
    count = np.where(share > LONG_LEVEL, np.floor(share / LONG_LEVEL), 0).astype(np.int64)
    owner = np.repeat(np.arange(share.size), count)
    part = (np.arange(owner.size) - np.repeat(np.cumsum(count) - count, count) + 0.5) / np.maximum(count[owner], 1)
    passed = (volt[after] + volt[after + 1]) / 2
    enters, leaves = np.append(passed[:1], passed)[owner], np.append(passed, passed[-1:])[owner]
    return begin[owner] + part * (end - begin)[owner], enters + part * (leaves - enters)
