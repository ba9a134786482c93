"""How capacity fades: retention, cycles to a retention, fade per cycle. Only like cycles are compared.

All functions take the numbers of like cycles (one current, one voltage window), rising, with gaps where the test did
something else, and the capacities of these cycles. Nothing is interpolated: a cycle that was not measured has no
retention.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError

__all__ = ["Life", "Slope", "cycles_to", "geometric_fade", "linear_fade", "noise", "retention_at"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: With fewer like cycles no slope is told.
FEWEST_FOR_SLOPE = 5
#: Longer tests are reduced to medians of so many blocks of cycles: the slopes of all pairs are sorted.
MOST_POINTS = 300
#: 1.4826 times the median deviation is the standard deviation of a normal distribution.
NORMAL_MAD = 1.4826
#: 95 % of a normal distribution lie within so many standard deviations.
NORMAL_95 = 1.959964


@dataclass(frozen=True)
class Life:
    """How long the retention stayed at or above a limit.

    Attributes
    ----------
    cycle
        Number of the last like cycle before the criterion was met, or, if it was not, of the last one that still
        counts as above.
    reached
        False for a test that ended first: the life is then more than ``cycle``.
    first_below
        Number of the first like cycle of those that met the criterion; of a test that ended with too few of them in
        a row, the first of these; 0 if there is none.
    at_end
        How many cycles at the end lie below without meeting the criterion.
    """

    cycle: int
    reached: bool
    first_below: int
    at_end: int


@dataclass(frozen=True)
class Slope:
    """Fade per cycle in percent, counted positive, with its 95 % confidence interval."""

    percent: float
    low: float
    high: float

    @property
    def std(self) -> float:
        """Standard uncertainty: a 95 % interval is 3.92 of them wide."""
        return (self.high - self.low) / 3.92


def retention_at(number: Integers, capacity: Floats, reference: float, cycle: int) -> float | None:
    """Retention at a cycle in percent of a reference; None if that cycle is none of the like ones.

    Examples
    --------
    >>> n, q = np.array([4, 5, 7]), np.array([2.0, 1.9, 1.8])
    >>> retention_at(n, q, 2.0, 7), retention_at(n, q, 2.0, 6)
    (90.0, None)
    """
    at = np.flatnonzero(number == cycle)
    return 100 * float(capacity[at[0]]) / reference if at.size else None


def noise(capacity: Floats) -> float | None:
    """Standard deviation between neighbouring cycles, from second differences; None for fewer than six cycles.

    A trend, also one that bends, is not counted.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> bool(0.008 < noise(2 - 0.001 * np.arange(500.0) + rng.normal(0, 0.01, 500)) < 0.012)
    True
    """
    if capacity.size < 6:
        return None
    bends = capacity[2:] - 2 * capacity[1:-1] + capacity[:-2]
    return NORMAL_MAD * float(np.median(np.abs(bends))) / 6**0.5


def cycles_to(number: Integers, retention: Floats, limit: float, in_a_row: int = 3) -> Life:
    """How many cycles the retention stays at or above a limit.

    The criterion is met where ``in_a_row`` like cycles, one after another, lie below the limit; single ones (a bad
    contact, a cold night) do not count. Where the test ends before it is met, the life is more than the last cycle
    at or above the limit.

    Parameters
    ----------
    number, retention
        Like cycles from the reference on; retention and limit in the same unit.
    limit
        The end of life, for example 80 (percent).
    in_a_row
        Cycles that must lie below, one after another.

    Raises
    ------
    BadInputError
        If no cycle is asked for.

    Examples
    --------
    >>> cycles = np.arange(1, 8)
    >>> cycles_to(cycles, np.array([100.0, 90, 79, 85, 79, 78, 77]), 80)
    Life(cycle=4, reached=True, first_below=5, at_end=0)
    >>> cycles_to(cycles, np.array([100.0, 95, 90, 85, 83, 79, 78]), 80)
    Life(cycle=5, reached=False, first_below=6, at_end=2)
    """
    if in_a_row < 1:
        raise BadInputError("cycles in a row", repr(in_a_row), "one or more")
    below = retention < limit
    ends = np.flatnonzero(np.append(below, False) != np.append(False, below))  # first, stop, first, stop, ...
    firsts, stops = ends[::2], ends[1::2]
    met = np.flatnonzero(stops - firsts >= in_a_row)
    if met.size:
        at = int(firsts[met[0]])
        return Life(int(number[max(at - 1, 0)]), True, int(number[at]), 0)
    at_end = int(stops[-1] - firsts[-1]) if below.size and below[-1] else 0
    if at_end:
        at = int(firsts[-1])
        return Life(int(number[max(at - 1, 0)]), False, int(number[at]), at_end)
    return Life(int(number[-1]), False, 0, 0)


def linear_fade(number: Integers, capacity: Floats, reference: float) -> Slope | None:
    r"""Loss per cycle in percent of a reference: the median of the slopes between all pairs of cycles (Theil-Sen).

    The interval is that of Sen from Kendall's tau, made wider where the residuals of neighbouring cycles go together
    (by the root of (1+ρ)/(1-ρ), with ρ their correlation): of a fade that is no line it tells how well its mean slope
    is known if the test were made again, not that it is a line.

    Returns
    -------
    Slope or None
        None for fewer than five cycles.

    References
    ----------
    Sen, J. Am. Stat. Assoc. 63 (1968) 1379, doi:10.1080/01621459.1968.10480934.

    Examples
    --------
    >>> n = np.arange(1, 101)
    >>> round(linear_fade(n, 2.0 - 0.001 * n, 2.0).percent, 6)
    0.05
    """
    return _slope(number.astype(float), 100 * capacity / reference)


def geometric_fade(number: Integers, capacity: Floats) -> Slope | None:
    r"""Loss per cycle in percent of the capacity of the cycle before, from the Theil-Sen slope of ln capacity.

    .. math:: Q_{n+1} = Q_n (1 - p/100)

    Returns
    -------
    Slope or None
        None for fewer than five cycles, or if a capacity is not above zero.

    Examples
    --------
    >>> n = np.arange(1, 101)
    >>> round(geometric_fade(n, 2.0 * 0.995**n).percent, 6)
    0.5
    """
    if not (capacity > 0).all():
        return None
    found = _slope(number.astype(float), np.log(capacity))
    if found is None:
        return None
    lost = [-100 * float(np.expm1(-value)) for value in (found.percent, found.low, found.high)]
    return Slope(*lost)


def _slope(n: Floats, y: Floats) -> Slope | None:
    """Median of the slopes between all pairs, counted positive where y falls."""
    if n.size < FEWEST_FOR_SLOPE:
        return None
    if n.size > MOST_POINTS:
        pieces = np.array_split(np.arange(n.size), MOST_POINTS)
        n, y = np.array([n[p].mean() for p in pieces]), np.array([np.median(y[p]) for p in pieces])
    first, second = np.triu_indices(n.size, 1)
    slopes = np.sort((y[second] - y[first]) / (n[second] - n[first]))
    middle = float(np.median(slopes))
    rest = y - middle * n
    rest -= np.median(rest)
    power = float(rest @ rest)
    together = float(rest[1:] @ rest[:-1]) / power if power > 0 else 0.0
    together = (together + 1 / n.size) / (1 - min(4 / n.size, 0.5))  # the estimate is low in short series
    together = min(max(together, 0.0), 0.98)
    kendall = np.sqrt(n.size * (n.size - 1) * (2 * n.size + 5) / 18 * (1 + together) / (1 - together))
    reach = NORMAL_95 * kendall
    low = max(int(np.floor((slopes.size - reach) / 2)), 0)
    high = min(int(np.ceil((slopes.size + reach) / 2)), slopes.size - 1)
    return Slope(-middle, -float(slopes[high]), -float(slopes[low]))
