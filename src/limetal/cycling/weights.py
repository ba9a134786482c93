"""Time weights and weighted quantiles: records are logged unevenly, so points do not count alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["plain_quantile", "time_weights", "weighted_median", "weighted_quantile"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: So many values are not sorted all, only those between two guesses from a sample of about so many.
_BRACKETED_FROM = 20_000
_SAMPLE = 2048


def time_weights(rows: Integers, t: Floats, pauses: Integers | None = None) -> Floats:
    """Trapezoid weights in seconds of the points of one half-cycle.

    Gaps between pieces, and the interval after each row in ``pauses``, weigh nothing.

    Examples
    --------
    >>> time_weights(np.array([0, 1, 2]), np.array([0.0, 1.0, 3.0])).tolist()
    [0.5, 1.5, 1.0]
    >>> time_weights(np.array([0, 1, 2]), np.array([0.0, 1.0, 3.0]), np.array([1])).tolist()
    [0.5, 0.5, 0.0]
    """
    dt = np.where(np.diff(rows) == 1, np.diff(t[rows]), 0.0)
    if pauses is not None and pauses.size:
        dt[np.isin(rows[:-1], pauses)] = 0.0
    weights = np.zeros(rows.size)
    weights[:-1] += dt / 2
    weights[1:] += dt / 2
    return weights if weights.sum() > 0 else np.ones(rows.size)


def weighted_quantile(values: Floats, weights: Floats, part: float) -> float:
    """Value with this part of the weight below it.

    Examples
    --------
    >>> weighted_quantile(np.array([1.0, 2.0, 10.0]), np.array([1.0, 1.0, 5.0]), 0.2)
    2.0
    """
    wanted = part * float(weights.sum())
    if values.size > _BRACKETED_FROM:
        values, weights, before = _bracketed(values, weights, part, wanted)
        wanted -= before
    order = np.argsort(values)
    below = np.cumsum(weights[order])
    at = min(int(np.searchsorted(below, wanted)), values.size - 1)
    return float(values[order][at])


def _bracketed(values: Floats, weights: Floats, part: float, wanted: float) -> tuple[Floats, Floats, float]:
    """The values between two guesses, their weights, and the weight below them; all where the guesses are wrong."""
    step = values.size // _SAMPLE
    sample, sample_weights = values[::step], weights[::step]
    order = np.argsort(sample)
    shares = np.cumsum(sample_weights[order])
    if not shares[-1] > 0:
        return values, weights, 0.0
    ends = np.searchsorted(shares, np.array([part - 0.1, part + 0.1]) * shares[-1])
    low = float(sample[order[ends[0]]]) if ends[0] > 0 else -np.inf
    high = float(sample[order[ends[1]]]) if ends[1] < order.size else np.inf
    beneath = values < low
    before = float(np.dot(beneath.astype(np.float64), weights))
    inside = (values <= high) & ~beneath
    few, few_weights = values[inside], weights[inside]
    if not before < wanted <= before + float(few_weights.sum()):
        return values, weights, 0.0
    if low == high:
        return few[:1], few_weights[:1], before
    return few, few_weights, before


def weighted_median(values: Floats, weights: Floats) -> float:
    """Value with half of the weight below it.

    Examples
    --------
    >>> weighted_median(np.array([1.0, 2.0, 10.0]), np.array([1.0, 1.0, 5.0]))
    10.0
    """
    return weighted_quantile(values, weights, 0.5)


def plain_quantile(values: Floats, part: float) -> float:
    """Quantile of values that count alike, as numpy has it, without sorting many.

    Examples
    --------
    >>> plain_quantile(np.array([3.0, 1.0, 2.0, 4.0]), 0.5)
    2.5
    >>> many = np.random.default_rng(0).normal(size=100_001)
    >>> plain_quantile(many, 0.8) == float(np.quantile(many, 0.8))
    True
    """
    n = values.size
    if n <= _BRACKETED_FROM:
        return float(np.quantile(values, part))
    sample = np.sort(values[:: n // _SAMPLE])
    at = part * (sample.size - 1)
    low, high = (float(sample[k]) for k in np.clip([at - 100, at + 100], 0, sample.size - 1).astype(np.int64))
    place = part * (n - 1)
    rank = int(place)
    below = int(np.count_nonzero(values < low))
    inside = values[(values >= low) & (values <= high)]
    if not below <= rank or not rank + 1 < below + inside.size:
        return float(np.quantile(values, part))
    if low == high:
        return low
    first, second = np.partition(inside, [rank - below, rank + 1 - below])[[rank - below, rank + 1 - below]]
    return float(np.interp(place - rank, [0.0, 1.0], [first, second]))
