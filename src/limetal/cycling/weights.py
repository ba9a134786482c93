"""Time weights and weighted quantiles: records are logged unevenly, so points do not count alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["time_weights", "weighted_median", "weighted_quantile"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: So many values are not sorted all; only those of one of so many bins are.
_BINNED_FROM = 20_000
_BINS = 4096


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
    if values.size > _BINNED_FROM:
        values, weights, before = _bin_of(values, weights, wanted)
        wanted -= before
    order = np.argsort(values)
    below = np.cumsum(weights[order])
    at = min(int(np.searchsorted(below, wanted)), values.size - 1)
    return float(values[order][at])


def _bin_of(values: Floats, weights: Floats, wanted: float) -> tuple[Floats, Floats, float]:
    """The values among which the weight below reaches a wanted one, their weights, and the weight below them all."""
    low, high = float(values.min()), float(values.max())
    if not high > low:
        return values[:1], weights[:1], 0.0
    place = ((values - low) * ((_BINS - 1) / (high - low))).astype(np.int64)
    below = np.cumsum(np.bincount(place, weights, _BINS))
    at = int(np.searchsorted(below, wanted))
    at = min(at, int(place.max()))
    inside = place == at
    return values[inside], weights[inside], float(below[at - 1]) if at else 0.0


def weighted_median(values: Floats, weights: Floats) -> float:
    """Value with half of the weight below it.

    Examples
    --------
    >>> weighted_median(np.array([1.0, 2.0, 10.0]), np.array([1.0, 1.0, 5.0]))
    10.0
    """
    return weighted_quantile(values, weights, 0.5)
