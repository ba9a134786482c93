"""Sudden falls in a series of positive numbers whose noise nobody knows.

The numbers are taken as logarithms. A value is compared with what those before it let expect: the last one, or, where
that was a single high value, the one before it with the growth so far; and if the series was already falling, it may go
on at the mean rate of the last three steps. A decay that slows down, as in forming (any sum of a constant and decaying
exponentials is such), never falls below that, however fast it is; the first step of a series has nothing before it and
cannot be told from the first step of forming, so it is not judged.

The scale is a step of the series, the smaller of two: the steps themselves, and their differences over the square root
of two, which a smooth decay does not inflate. For a random walk both are the standard deviation of its step; for
independent noise none is below 1.4 of its standard deviations. Each is taken a third of the way up the sorted
differences between all pairs (after Rousseeuw and Croux, J. Am. Stat. Assoc. 88, 1273 (1993), who take a quarter): up
to four in ten may be wrong. Thresholds are quantiles of the deepest fall in simulated Gaussian walks and noise about a
steep line, the hardest of the clean series, whichever is deeper; ``benchmarks/impedance_trends.py --thresholds``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FEWEST", "Steps", "pair_scale", "steps", "threshold"]

Floats = NDArray[np.float64]

#: Fewest values for which a fall can be told from scatter.
FEWEST = 6
#: Part of the sorted pair differences, and what a normal distribution of unit variance has there.
PAIR_PART = 1 / 3
PAIR_NORMAL = 0.6091403883
#: Steps whose mean rate tells how a falling series goes on.
STEPS_BEFORE = 3
#: More second differences than this are thinned out evenly for the scale: pairs grow with the square.
MOST_PAIRED = 1000

_LEVELS = np.array([1e-2, 3e-3, 1e-3, 3e-4])
_COUNTS = np.array([6, 7, 8, 9, 10, 12, 15, 20, 30, 50, 100, 200, 500])
_DEPTHS = np.array(
    [
        [5.36, 9.19, 15.6, 26.7],
        [4.59, 6.84, 9.56, 14.2],
        [4.25, 6.09, 8.63, 12.9],
        [3.97, 5.32, 6.91, 9.08],
        [3.85, 5.06, 6.46, 8.43],
        [3.60, 4.48, 5.50, 6.62],
        [3.50, 4.19, 4.93, 5.80],
        [3.45, 3.96, 4.49, 5.13],
        [3.46, 3.88, 4.35, 4.72],
        [3.55, 3.94, 4.23, 4.62],
        [3.75, 4.05, 4.33, 4.57],
        [3.94, 4.25, 4.45, 4.65],
        [4.28, 4.48, 4.72, 4.90],
    ]
)


@dataclass(frozen=True, eq=False)
class Steps:
    """What each value of a series is compared with; the first two values are compared with nothing.

    Attributes
    ----------
    expected : (n - 2,) float
        Lowest value those before let expect, for values 3 to n.
    depth : (n - 2,) float
        Expected minus found.
    scale : (n - 2,) float
        Standard deviation of the depth in a clean series, from the scatter of the series.
    stated : (n - 2,) float or None
        Standard error of the depth that follows from the errors of the values.
    step
        Standard deviation of a step of usual length, if the series is a walk.
    """

    expected: Floats
    depth: Floats
    scale: Floats
    stated: Floats | None
    step: float


def pair_scale(x: Floats) -> float:
    """Standard deviation of numbers, robust against four in ten of them being wrong."""
    if x.size > MOST_PAIRED:
        x = x[np.linspace(0, x.size - 1, MOST_PAIRED).astype(int)]
    first, second = np.triu_indices(x.size, 1)
    return float(np.quantile(np.abs(x[first] - x[second]), PAIR_PART)) / PAIR_NORMAL


def steps(at: Floats, y: Floats, std: Floats | None) -> Steps:
    """Compare each value with the two before it.

    Parameters
    ----------
    at : (n,) float
        Rising places of the values (time, cycle).
    y, std : (n,) float
        The values and their standard errors, logarithmic.
    """
    gap, rise = np.diff(at), np.diff(y)
    ratio = gap[1:] / gap[:-1]
    # a longer gap holds more steps of a walk; a shorter one no less noise
    length = np.maximum(1.0, gap[1:] / np.median(gap))
    second = (rise[1:] - ratio * rise[:-1]) / np.sqrt(0.5 * (1 + ratio) * length)
    last = np.arange(1, y.size - 1)
    first = np.maximum(last - STEPS_BEFORE, 0)
    onward = gap[1:] / (at[last] - at[first])
    # both are a step of a walk, and neither is below the noise; forming inflates the one, alternating noise the other
    step = min(pair_scale(second) / math.sqrt(2), pair_scale(rise / np.sqrt(np.maximum(1.0, gap / np.median(gap)))))
    scale = step * np.sqrt(length * 0.5 * (1 + onward**2 + (1 + onward) ** 2))
    rate = np.minimum(0.0, y[last] - y[first])
    expected = np.minimum(y[last] + onward * rate, _from_before(at, y, last))
    stated = None
    if std is not None:
        falling = (1 + onward) ** 2 * std[last] ** 2 + onward**2 * std[first] ** 2
        stated = np.sqrt(np.where(rate < 0, falling, np.maximum(std[last], std[:-2]) ** 2) + std[2:] ** 2)
    return Steps(expected, expected - y[2:], scale, stated, step)


def _from_before(at: Floats, y: Floats, last: NDArray[np.intp]) -> Floats:
    """What the value two before lets expect: so a single high value does not make its return a fall."""
    before = last - 1
    first = np.maximum(before - STEPS_BEFORE, 0)
    growth = np.zeros(last.size)
    known = before > first
    growth[known] = ((y[before] - y[first]) / np.where(known, at[before] - at[first], 1.0))[known]
    return np.asarray(y[before] + np.maximum(0.0, growth) * (at[last] - at[before]))


def threshold(count: int, level: float) -> float:
    """Depth in scales that clean series of so many values exceed anywhere with a probability of ``level``."""
    logs = -np.log(_LEVELS)
    place = -math.log(level)
    by_count = []
    for row in _DEPTHS:
        slope = (row[-1] - row[-2]) / (logs[-1] - logs[-2])
        beyond = max(0.0, place - logs[-1]) * slope
        by_count.append(float(np.interp(place, logs, row)) + beyond)
    inside = float(np.interp(math.log(count), np.log(_COUNTS), by_count))
    return inside + 0.25 * max(0.0, math.log(count / _COUNTS[-1]))
