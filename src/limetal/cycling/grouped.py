"""The same number of many groups at once: groups are stretches of one long array, told by their first positions.

A test has thousands of half-cycles of a few hundred rows; a loop over them costs more than the numbers do. Groups are
never empty: ``first`` rises strictly from 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.weights import time_weights

__all__ = ["grouped_median", "grouped_quantile", "grouped_time_steps", "grouped_time_weights", "owners"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Groups of more rows than this on average are not sorted whole; only those values are that fall into one of so many
#: bins between the lowest and the highest of their group.
_BINNED_FROM = 64
_BINS = 64
#: Half of the weight is reached within rounding: sums of the same weights in another order differ in the last digits.
_ROUNDING = 1e-9


def owners(first: Integers, n: int) -> Integers:
    """Group of every one of ``n`` rows.

    Examples
    --------
    >>> owners(np.array([0, 3]), 5).tolist()
    [0, 0, 0, 1, 1]
    """
    return np.repeat(np.arange(first.size), np.diff(first, append=n))


def grouped_time_steps(rows: Integers, first: Integers, t: Floats, pauses: Integers) -> Floats:
    """Seconds from each row to the next of its group, 0 for the last and across what a group leaves out.

    ``rows`` are positions in the record, those of one group after those of another; the interval after each row in
    ``pauses`` counts nothing.

    Examples
    --------
    >>> grouped_time_steps(np.array([0, 1, 3, 4]), np.array([0, 2]), np.arange(5.0) ** 2, np.array([])).tolist()
    [1.0, 0.0, 7.0, 0.0]
    """
    steps = np.zeros(rows.size)
    at = t[rows]
    np.subtract(at[1:], at[:-1], out=steps[:-1])
    steps[:-1][np.diff(rows) != 1] = 0.0
    steps[first[1:] - 1] = 0.0
    if pauses.size:
        steps[np.isin(rows, pauses)] = 0.0
    return steps


def grouped_time_weights(rows: Integers, first: Integers, t: Floats, pauses: Integers) -> Floats:
    """`limetal.cycling.weights.time_weights` of every group.

    Examples
    --------
    >>> grouped_time_weights(np.arange(4), np.array([0, 2]), np.array([0.0, 1, 5, 8]), np.array([])).tolist()
    [0.5, 0.5, 1.5, 1.5]
    """
    half = 0.5 * grouped_time_steps(rows, first, t, pauses)
    weights = half.copy()
    weights[1:] += half[:-1]
    for g in np.flatnonzero(np.add.reduceat(weights, first) <= 0):  # rows at one time: rare
        stop = first[g + 1] if g + 1 < first.size else rows.size
        weights[first[g] : stop] = time_weights(rows[first[g] : stop], t, pauses)
    return weights


def grouped_quantile(values: Floats, weights: Floats, first: Integers, part: float) -> Floats:
    """Value of each group with this part of the weight of the group below it.

    Examples
    --------
    >>> grouped_quantile(np.array([1.0, 2, 10, 4]), np.array([1.0, 1, 5, 1]), np.array([0, 3]), 0.2).tolist()
    [2.0, 4.0]
    """
    wanted = (part - _ROUNDING) * np.add.reduceat(weights, first)
    return _reached(values, weights, first, np.maximum(wanted, 0.0))


def grouped_median(values: Floats, first: Integers) -> Floats:
    """Plain median of each group; the middle between two values for an even number.

    Examples
    --------
    >>> grouped_median(np.array([3.0, 1, 2, 4, 8]), np.array([0, 3])).tolist()
    [2.0, 6.0]
    """
    order = np.lexsort((values, owners(first, values.size)))
    ordered = values[order]
    sizes = np.diff(first, append=values.size)
    middle: Floats = 0.5 * (ordered[first + (sizes - 1) // 2] + ordered[first + sizes // 2])
    return middle


def _reached(values: Floats, weights: Floats, first: Integers, wanted: Floats) -> Floats:
    """Smallest value of each group at which the weight up to and with it reaches what is wanted."""
    group = owners(first, values.size)
    if values.size > _BINNED_FROM * first.size:
        low = np.minimum.reduceat(values, first)
        width = np.maximum.reduceat(values, first) - low
        scale = np.divide(_BINS - 1, width, out=np.zeros_like(width), where=width > 0)
        place = ((values - low[group]) * scale[group]).astype(np.int64)
        cells = group * _BINS + place
        in_bins = np.bincount(cells, weights, first.size * _BINS).reshape(first.size, _BINS)
        below = np.cumsum(in_bins, axis=1)
        at = np.minimum((below < wanted[:, None]).sum(axis=1), np.maximum.reduceat(place, first))
        inside = place == at[group]
        picked = np.add.reduceat(inside.astype(np.int64), first)
        if not picked.all():  # rounding put the wanted weight into an empty bin
            return _sorted(values, weights, group, first, wanted)
        before = np.where(at > 0, below[np.arange(first.size), np.maximum(at - 1, 0)], 0.0)
        first = np.concatenate([[0], np.cumsum(picked)[:-1]])
        values, weights, group, wanted = values[inside], weights[inside], group[inside], wanted - before
    return _sorted(values, weights, group, first, wanted)


def _sorted(values: Floats, weights: Floats, group: Integers, first: Integers, wanted: Floats) -> Floats:
    order = np.lexsort((values, group))
    below = np.cumsum(weights[order])
    base = np.where(first > 0, below[first - 1], 0.0)
    short = below < (base + wanted)[group]
    at = first + np.add.reduceat(short.astype(np.int64), first)
    last = np.append(first[1:], values.size) - 1
    reached: Floats = values[order][np.minimum(at, last)]
    return reached
