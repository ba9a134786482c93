"""Mean and spread of a few values, their t-interval, and the difference of two means."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError

__all__ = [
    "CONFIDENCE",
    "ColumnMeans",
    "Difference",
    "Mean",
    "cells_needed",
    "columns_mean",
    "difference_of_means",
    "mean_of",
    "ratio_of_means",
    "welch",
]

Floats = NDArray[np.float64]

#: Part of the intervals that shall hold the truth, unless asked otherwise.
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Mean:
    """Mean of n values.

    Attributes
    ----------
    n
        How many values.
    mean
        Their mean.
    sd
        Standard deviation between them (n - 1 in the denominator); None for one value.
    low, high
        Ends of the t-interval of the mean; None for one value.
    """

    n: int
    mean: float
    sd: float | None
    low: float | None
    high: float | None

    @property
    def standard_error(self) -> float | None:
        """Standard deviation of the mean."""
        return None if self.sd is None else self.sd / math.sqrt(self.n)


@dataclass(frozen=True)
class Difference:
    """First minus second mean, or their ratio, with its interval and the p-value of no difference."""

    value: float
    standard_error: float
    low: float
    high: float
    p: float
    degrees_of_freedom: float


def mean_of(values: Floats, confidence: float = CONFIDENCE) -> Mean:
    """Mean, standard deviation and t-interval.

    The interval is mean ± t(n - 1) sd / sqrt(n): right for values that scatter normally about one mean, whatever
    their number (Student, Biometrika 6 (1908) 1, doi:10.1093/biomet/6.1.1).

    Raises
    ------
    BadInputError
        If there is no value, or one is not finite.

    Examples
    --------
    Of three values the interval is 2.48 standard deviations wide to either side:

    >>> found = mean_of(np.array([1.0, 2.0, 3.0]))
    >>> found.mean, found.sd, round(found.low, 3), round(found.high, 3)
    (2.0, 1.0, -0.484, 4.484)
    """
    values = _finite(values, "values")
    _part(confidence)
    centre = float(values.mean())
    if values.size == 1:
        return Mean(1, centre, None, None, None)
    sd = float(values.std(ddof=1))
    wide = _t(confidence, values.size - 1) * sd / math.sqrt(values.size)
    return Mean(int(values.size), centre, sd, centre - wide, centre + wide)


@dataclass(frozen=True, eq=False)
class ColumnMeans:
    """`Mean` of every column of a table; NaN where a column has too few values."""

    n: NDArray[np.int64]
    mean: Floats
    sd: Floats
    low: Floats
    high: Floats


def columns_mean(table: Floats, confidence: float = CONFIDENCE) -> ColumnMeans:
    """Mean, standard deviation and t-interval of every column over the rows that have a value there (not NaN).

    Examples
    --------
    >>> found = columns_mean(np.array([[1.0, 5.0], [3.0, np.nan]]))
    >>> found.n.tolist(), found.mean.tolist(), found.sd.round(4).tolist()
    ([2, 1], [2.0, 5.0], [1.4142, nan])
    """
    _part(confidence)
    from scipy.special import stdtrit

    known = np.isfinite(table)
    n = known.sum(axis=0)
    filled = np.where(known, table, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(n > 0, filled.sum(axis=0) / n, np.nan)
        squares = (np.where(known, table - mean, 0.0) ** 2).sum(axis=0)
        sd = np.where(n > 1, np.sqrt(squares / (n - 1)), np.nan)
        wide = stdtrit(np.maximum(n - 1, 1), (1 + confidence) / 2) * sd / np.sqrt(n)
    return ColumnMeans(n.astype(np.int64), mean, sd, mean - wide, mean + wide)


def welch(
    first: tuple[float, float, int], second: tuple[float, float, int], confidence: float = CONFIDENCE
) -> Difference:
    """Difference of two means from (mean, standard deviation, number) of each, without assuming equal spread.

    Standard error, degrees of freedom and interval after Welch, Biometrika 34 (1947) 28,
    doi:10.1093/biomet/34.1-2.28.

    Raises
    ------
    BadInputError
        If a group has fewer than two values, or neither has any spread.

    Examples
    --------
    >>> found = welch((3.0, 1.0, 3), (1.0, 1.0, 3))
    >>> found.value, round(found.low, 3), round(found.high, 3), round(found.p, 4)
    (2.0, -0.267, 4.267, 0.0705)
    """
    _part(confidence)
    (a, sd_a, n_a), (b, sd_b, n_b) = first, second
    if min(n_a, n_b) < 2:
        raise BadInputError("difference of means", f"{n_a} and {n_b} values", "two or more of each")
    part_a, part_b = sd_a**2 / n_a, sd_b**2 / n_b
    if part_a + part_b <= 0:
        raise BadInputError("difference of means", "two groups without spread", "values that differ within a group")
    from scipy.special import stdtr

    error = math.sqrt(part_a + part_b)
    freedom = (part_a + part_b) ** 2 / (part_a**2 / (n_a - 1) + part_b**2 / (n_b - 1))
    wide = _t(confidence, freedom) * error
    p = 2 * float(stdtr(freedom, -abs(a - b) / error))
    return Difference(a - b, error, a - b - wide, a - b + wide, p, freedom)


def difference_of_means(first: Floats, second: Floats, confidence: float = CONFIDENCE) -> Difference:
    """First mean minus second mean, with Welch's interval.

    Examples
    --------
    >>> found = difference_of_means(np.array([2.0, 3.0, 4.0]), np.array([0.0, 1.0, 2.0]))
    >>> found.value, round(found.p, 4)
    (2.0, 0.0705)
    """
    first, second = _finite(first, "first group"), _finite(second, "second group")
    return welch(_summary(first), _summary(second), confidence)


def ratio_of_means(first: Floats, second: Floats, confidence: float = CONFIDENCE) -> Difference:
    """Ratio of the geometric means of positive values, with Welch's interval of the difference of their logarithms.

    For values that scatter by a factor, as lives do; ``standard_error`` is that of the logarithm.

    Raises
    ------
    BadInputError
        If a value is not positive, a group has fewer than two, or neither has any spread.

    Examples
    --------
    >>> found = ratio_of_means(np.array([200.0, 220.0, 180.0]), np.array([100.0, 110.0, 90.0]))
    >>> round(found.value, 6), round(found.low, 2), round(found.high, 2)
    (2.0, 1.59, 2.51)
    """
    first, second = _finite(first, "first group"), _finite(second, "second group")
    if min(first.min(), second.min()) <= 0:
        raise BadInputError("ratio of means", f"{min(first.min(), second.min()):g}", "values above zero")
    found = welch(_summary(np.log(first)), _summary(np.log(second)), confidence)
    return Difference(
        math.exp(found.value),
        found.standard_error,
        math.exp(found.low),
        math.exp(found.high),
        found.p,
        found.degrees_of_freedom,
    )


def cells_needed(difference: float, sd: float, power: float = 0.8, confidence: float = CONFIDENCE) -> int:
    """How many cells each of two groups needs, that a difference of means be found with this probability.

    Two-sided t-test of two equal groups of one standard deviation, by the noncentral t distribution (Cohen,
    Statistical Power Analysis, 1988, chapter 2).

    Raises
    ------
    BadInputError
        If the difference or the standard deviation is not positive, or more than a million would be needed.

    Examples
    --------
    A difference as large as the standard deviation needs 17 cells of each, one of three times only 4:

    >>> cells_needed(1.0, 1.0), cells_needed(3.0, 1.0)
    (17, 4)
    """
    if not (difference > 0 and sd > 0 and 0 < power < 1):
        found = f"difference {difference:g}, standard deviation {sd:g}, power {power:g}"
        raise BadInputError("number of cells", found, "all above zero, the power below 1")
    _part(confidence)
    low, high = 1, 2
    while _power(high, difference / sd, confidence) < power:
        low, high = high, 2 * high
        if high > 2_000_000:
            raise BadInputError("number of cells", f"a difference of {difference / sd:.2g} sd", "a larger one")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _power(middle, difference / sd, confidence) >= power else (middle, high)
    return high


def _power(n: int, effect: float, confidence: float) -> float:
    from scipy.stats import nct

    freedom, shift = 2 * n - 2, effect * math.sqrt(n / 2)
    critical = _t(confidence, freedom)
    return float(nct.sf(critical, freedom, shift) + nct.cdf(-critical, freedom, shift))


def _summary(values: Floats) -> tuple[float, float, int]:
    return float(values.mean()), float(values.std(ddof=1)) if values.size > 1 else 0.0, int(values.size)


def _t(confidence: float, freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + confidence) / 2))


def _finite(values: Floats, what: str) -> Floats:
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or values.size == 0 or not np.isfinite(values).all():
        raise BadInputError(what, f"{values.size} numbers, {int(np.isfinite(values).sum())} finite", "finite numbers")
    return values


def _part(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise BadInputError("confidence", f"{confidence:g}", "a number between 0 and 1, as 0.95")
