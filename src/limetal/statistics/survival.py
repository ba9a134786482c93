"""Lives of which some are only known to be longer than the test: curve, median, mean, and the test of two groups.

A life is a time and whether it ended (``True``) or was censored (``False``: the test ended first). Where both come
at one time the ends come first, as everywhere in the field.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.statistics.samples import CONFIDENCE

__all__ = [
    "LogRank",
    "Median",
    "RestrictedMean",
    "Survival",
    "kaplan_meier",
    "life_ratio",
    "log_rank",
    "median_life",
    "restricted_mean",
    "smallest_p",
]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: All divisions into two groups are looked at if there are at most so many; else the normal distribution is used.
MOST_DIVISIONS = 200_000


@dataclass(frozen=True, eq=False)
class Survival:
    """Kaplan-Meier curve of one group.

    Attributes
    ----------
    time : (m,) float
        Times at which lives ended or were censored, rising.
    at_risk, ended : (m,) int
        How many were known to live just before, and how many ended then (0: censored only).
    surviving : (m,) float
        Part that lives on after each time.
    standard_error : (m,) float
        After Greenwood; 0 where nobody lives on.
    low, high : (m,) float
        Pointwise interval from each time up to the next.
    low_before, high_before : float
        Interval before the first end.
    interval
        How the interval was made: ``beta product`` or ``log-log``.
    """

    time: Floats
    at_risk: NDArray[np.int64]
    ended: NDArray[np.int64]
    surviving: Floats
    standard_error: Floats
    low: Floats
    high: Floats
    low_before: float
    high_before: float
    interval: str

    @property
    def last(self) -> float:
        """Largest time of all."""
        return float(self.time[-1])

    @property
    def censored(self) -> Floats:
        """Times at which tests ended before the life, each once for every cell."""
        left = np.append(self.at_risk[1:], 0)
        return np.repeat(self.time, self.at_risk - left - self.ended)

    def at(self, time: float) -> float:
        """Part that lives longer than a time; NaN beyond the last, where nobody was watched."""
        if time > self.last and self.surviving[-1] > 0:
            return math.nan
        before = int(np.searchsorted(self.time, time, side="right"))
        return 1.0 if before == 0 else float(self.surviving[before - 1])


def kaplan_meier(
    time: Floats, ended: Flags, confidence: float = CONFIDENCE, interval: str = "beta product"
) -> Survival:
    """Kaplan-Meier curve with Greenwood's standard error and an interval at every time.

    ``beta product`` holds its coverage for few cells and heavy censoring and is the interval of Clopper and Pearson
    where nothing is censored; ``log-log`` is the one most programs print, and is too narrow for few cells.

    Parameters
    ----------
    time, ended : (n,)
        Time of each life, and whether it ended then (else the test ended first).

    Raises
    ------
    BadInputError
        If there is no life, or a time is below zero.

    References
    ----------
    Kaplan and Meier, J. Am. Stat. Assoc. 53 (1958) 457, doi:10.1080/01621459.1958.10501452. Beta product: Fay,
    Brittain and Proschan, Biostatistics 14 (2013) 723; Fay and Brittain, Stat. Med. 2016, doi:10.1002/sim.6905; here by
    the method of moments.
    Log-log: Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 1980.

    Examples
    --------
    Five cells, two of them alive at the end:

    >>> found = kaplan_meier(np.array([100.0, 150.0, 150.0, 300.0, 300.0]), np.array([1, 1, 1, 0, 0], bool))
    >>> found.time.tolist(), found.surviving.round(3).tolist(), found.standard_error.round(3).tolist()
    ([100.0, 150.0, 300.0], [0.8, 0.4, 0.4], [0.179, 0.219, 0.219])
    """
    time, ended = _lives(time, ended)
    if interval not in {"beta product", "log-log"}:
        raise BadInputError("interval", repr(interval), "'beta product' or 'log-log'")
    at, place = np.unique(time, return_inverse=True)
    deaths: Floats = np.asarray(np.bincount(place, weights=ended.astype(float), minlength=at.size), dtype=float)
    leaving: Floats = np.asarray(np.bincount(place, minlength=at.size), dtype=float)
    risk: Floats = leaving[::-1].cumsum()[::-1]
    surviving = np.asarray(np.cumprod(1 - deaths / risk), dtype=float)
    terms = np.cumsum(np.where(risk > deaths, deaths / (risk * np.maximum(risk - deaths, 1.0)), 0.0))
    if interval == "beta product":
        low, high = _beta_product(risk, deaths, risk - leaving, confidence)
    else:
        low, high = _log_log(surviving, terms, confidence)
    return Survival(
        time=at,
        at_risk=risk.astype(np.int64),
        ended=deaths.astype(np.int64),
        surviving=surviving,
        standard_error=surviving * np.sqrt(terms),
        low=low[1:],
        high=high[1:],
        low_before=float(low[0]),
        high_before=float(high[0]),
        interval=interval,
    )


def _log_log(surviving: Floats, terms: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Ends of S^exp(± z σ / ln S), σ² the sum of Greenwood, before the first time and at each; NaN at S = 0."""
    from scipy.special import ndtri

    z = float(ndtri((1 + confidence) / 2))
    low, high = np.ones(surviving.size + 1), np.ones(surviving.size + 1)
    low[1:][surviving <= 0] = high[1:][surviving <= 0] = np.nan
    inside = (surviving > 0) & (surviving < 1)
    wide = np.exp(z * np.sqrt(terms[inside]) / -np.log(surviving[inside]))
    low[1:][inside], high[1:][inside] = surviving[inside] ** wide, surviving[inside] ** (1 / wide)
    return low, high


def _beta_product(risk: Floats, deaths: Floats, left: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Quantiles of products of beta variables, one factor B(Y - d + 1, d) for d ends among Y.

    The lower end supposes one more end at once, among those left just after each time: 0 where nobody is.
    """
    from scipy.special import betaincinv

    def quantile(first: Floats, second: Floats, part: float) -> Floats:
        scale = (first - second) / (second - first**2)
        return np.asarray(betaincinv(first * scale, (1 - first) * scale, part))

    tail = (1 - confidence) / 2
    first = np.concatenate([[1.0], np.cumprod((risk - deaths + 1) / (risk + 1))])
    second = np.concatenate([[1.0], np.cumprod((risk - deaths + 1) * (risk - deaths + 2) / (risk + 1) / (risk + 2))])
    low, high = np.zeros(first.size), np.ones(first.size)
    some = np.concatenate([[0], np.cumsum(deaths)]) > 0
    high[some] = quantile(first[some], second[some], 1 - tail)
    left = np.concatenate([risk[:1], left])
    some = left > 0
    y = left[some]
    low[some] = quantile(first[some] * y / (y + 1), second[some] * y / (y + 2), tail)
    return low, high


@dataclass(frozen=True)
class Median:
    """Median life; infinite where it was not reached, and interval ends that the data cannot tell (0 and infinity)."""

    value: float
    low: float
    high: float

    @property
    def reached(self) -> bool:
        """Whether half of the cells, by the curve, ended within the test."""
        return math.isfinite(self.value)


def median_life(survival: Survival) -> Median:
    """Time at which the curve falls to one half or below, with the interval of all times at which it may.

    The interval holds every time whose pointwise interval contains one half (Brookmeyer and Crowley, Biometrics 38
    (1982) 29, doi:10.2307/2530286). With the beta product fewer than six cells never bound it at 95 %.
    Where the curve is one half over a stretch the median is its middle.

    Examples
    --------
    >>> lives = np.array([80.0, 100.0, 120.0, 300.0, 300.0])
    >>> median_life(kaplan_meier(lives, np.array([1, 1, 1, 0, 0], bool)))
    Median(value=120.0, low=0.0, high=inf)
    >>> median_life(kaplan_meier(lives, np.array([1, 1, 0, 0, 0], bool))).reached
    False
    """
    curve, time = survival.surviving, survival.time
    value = _first(time, curve <= 0.5 + 1e-12)
    below = _first(time, curve < 0.5 - 1e-12)
    if math.isfinite(below) and value < below:
        value = (value + below) / 2
    low = 0.0 if survival.low_before <= 0.5 else _first(time, ~(survival.low > 0.5))
    return Median(value, low, _first(time, survival.high < 0.5))


def _first(time: Floats, which: Flags) -> float:
    at = np.flatnonzero(which)
    return float(time[at[0]]) if at.size else math.inf


@dataclass(frozen=True)
class RestrictedMean:
    """Mean life up to a horizon: the area below the curve, with its standard error."""

    value: float
    standard_error: float
    horizon: float


def restricted_mean(survival: Survival, horizon: float | None = None) -> RestrictedMean:
    """Mean of the lives, each counted up to a horizon (by default the last time of all).

    The variance is the sum over ends of A² d / (Y (Y - d)), A the area below the curve after the end (Klein and
    Moeschberger, Survival Analysis, 2003, section 4.5).

    Raises
    ------
    BadInputError
        If cells were alive at the last time and the horizon lies beyond it.

    Examples
    --------
    >>> found = restricted_mean(kaplan_meier(np.array([1.0, 2.0, 3.0]), np.ones(3, bool)))
    >>> found.value, round(found.standard_error, 4)
    (2.0, 0.4714)
    """
    horizon = survival.last if horizon is None else float(horizon)
    alive = survival.surviving[-1] > 0
    if not horizon > 0 or (horizon > survival.last and alive):
        wanted = f"a time up to {survival.last:g}, the last at which a cell was watched"
        raise BadInputError("horizon", f"{horizon:g}", wanted)
    inside = survival.time < horizon
    edges = np.concatenate([[0.0], survival.time[inside], [horizon]])
    height = np.concatenate([[1.0], survival.surviving[inside]])
    areas = np.diff(edges) * height
    after = np.cumsum(areas[::-1])[::-1][1:]
    risk, deaths = survival.at_risk[inside].astype(float), survival.ended[inside]
    terms = np.where(risk > deaths, after**2 * deaths / (risk * np.maximum(risk - deaths, 1.0)), 0.0)
    return RestrictedMean(float(areas.sum()), math.sqrt(float(terms.sum())), horizon)


@dataclass(frozen=True)
class LogRank:
    """Test whether two groups live alike.

    Attributes
    ----------
    z
        Ends of the first group more than expected, over the standard deviation: negative if it lives longer.
    p
        Two-sided p-value.
    exact
        Whether p counts all divisions of the lives into two groups; else it is that of the normal distribution.
    smallest_p
        The smallest p that groups of this size can give; 0 where p is not exact.
    """

    z: float
    p: float
    exact: bool
    smallest_p: float


def log_rank(
    first: tuple[Floats, Flags], second: tuple[Floats, Flags], most_divisions: int = MOST_DIVISIONS
) -> LogRank:
    """Log-rank test of two groups, exact for few cells.

    The observed less the expected ends of the first group are a sum of one score for each cell, so all divisions of
    the cells into two groups of this size can be counted (Peto and Peto, J. R. Stat. Soc. A 135 (1972) 185,
    doi:10.2307/2344317). Exact if the tests of both groups were ended alike.

    Parameters
    ----------
    first, second
        Times and whether they ended, of each group.

    Examples
    --------
    Three against three, all of the first longer: no arrangement is more extreme, and still p is 0.1:

    >>> yes = np.ones(3, bool)
    >>> found = log_rank((np.array([7.0, 8.0, 9.0]), yes), (np.array([1.0, 2.0, 3.0]), yes))
    >>> round(found.p, 6), found.exact, found.smallest_p
    (0.1, True, 0.1)
    """
    (t1, e1), (t2, e2) = _lives(*first), _lives(*second)
    time, ended = np.concatenate([t1, t2]), np.concatenate([e1, e2])
    scores, variance = _scores(time, ended, t1.size)
    observed = float(scores[: t1.size].sum())
    z = observed / math.sqrt(variance) if variance > 0 else 0.0
    if math.comb(time.size, t1.size) <= most_divisions:
        sums = _all_sums(scores, t1.size)
        p = float(np.mean(np.abs(sums) >= abs(observed) - 1e-9 * max(1.0, float(np.abs(scores).sum()))))
        return LogRank(z, p, True, smallest_p(t1.size, t2.size))
    return LogRank(z, math.erfc(abs(z) / math.sqrt(2)), False, 0.0)


def smallest_p(first: int, second: int) -> float:
    """Smallest two-sided p-value that an exact test of so many against so many cells can give.

    Examples
    --------
    >>> [round(smallest_p(n, n), 4) for n in (2, 3, 4, 5)], round(smallest_p(3, 4), 4)
    ([0.3333, 0.1, 0.0286, 0.0079], 0.0286)
    """
    divisions = math.comb(first + second, first)
    alike = 2 if first == second else 1  # of equal groups each division has its mirror
    return min(1.0, alike / divisions)


def life_ratio(
    first: tuple[Floats, Flags], second: tuple[Floats, Flags], confidence: float = CONFIDENCE
) -> tuple[float, float, float]:
    """By which factor the first group lives longer, with the interval of all factors the log-rank test allows.

    Every life of the second group is multiplied by a factor; those with a p-value of 1 - confidence or more make
    the interval, and the estimate is where observed and expected ends are equal. Holds for groups whose lives differ
    by one factor. Ends are 0 and infinity where so few cells cannot tell, the ratio is
    NaN where no life of a group ended or one is zero.

    Returns
    -------
    tuple of float
        Ratio, lower end, upper end.

    Examples
    --------
    >>> yes = np.ones(4, bool)
    >>> a, b = np.array([200.0, 210.0, 190.0, 220.0]), np.array([100.0, 105.0, 95.0, 110.0])
    >>> [round(x, 2) for x in life_ratio((a, yes), (b, yes))]
    [1.98, 1.73, 2.32]
    """
    (t1, e1), (t2, e2) = _lives(*first), _lives(*second)
    if not (e1.any() and e2.any() and t1.min() > 0 and t2.min() > 0):
        return math.nan, 0.0, math.inf
    steps = np.unique(np.outer(t1, 1 / t2))  # the order of the lives changes here only
    between = np.sqrt(steps[1:] * steps[:-1])
    places = np.sort(np.concatenate([steps[:1] / 2, between, steps, steps[-1:] * 2]))
    tests = [log_rank((t1, e1), (t2 * factor, e2), 20_000) for factor in places]
    z, p = np.array([test.z for test in tests]), np.array([test.p for test in tests])
    allowed = np.flatnonzero(p >= 1 - confidence - 1e-12)
    low = 0.0 if allowed[0] == 0 else float(steps[np.searchsorted(steps, places[allowed[0]], side="right") - 1])
    at = np.searchsorted(steps, places[allowed[-1]], side="left")
    high = math.inf if allowed[-1] == places.size - 1 or at >= steps.size else float(steps[at])
    # z rises with the factor: the longer the second group is made to live, the more the first ends early
    longer, shorter = np.flatnonzero(z < 0), np.flatnonzero(z > 0)
    if not (longer.size and shorter.size):
        return math.nan, low, high
    ratio = math.sqrt(float(places[longer[-1]]) * float(places[shorter[0]]))
    return ratio, low, high


def _scores(time: Floats, ended: Flags, first: int) -> tuple[Floats, float]:
    """Log-rank score of every life (ended less expected ends up to its time), and the variance of their sum."""
    at = np.unique(time[ended])
    risk = (time[None, :] >= at[:, None]).astype(float)
    deaths = np.array([float(np.sum(ended & (time == t))) for t in at])
    total = risk.sum(axis=1)
    scores = ended - (risk * (deaths / total)[:, None]).sum(axis=0)
    own = risk[:, :first].sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        each = deaths * own / total * (1 - own / total) * (total - deaths) / (total - 1)
    return scores, float(np.where(total > 1, each, 0.0).sum())


def _all_sums(scores: Floats, count: int) -> Floats:
    """Sum of the scores of every choice of so many lives."""
    small = min(count, scores.size - count)
    if small == 0:
        return np.zeros(1)
    sums: Floats = scores[_choices(scores.size, small)].sum(axis=1)
    return sums if small == count else float(scores.sum()) - sums


@lru_cache(maxsize=2)
def _choices(size: int, count: int) -> NDArray[np.int64]:
    flat = np.fromiter(chain.from_iterable(combinations(range(size), count)), dtype=np.int64)
    return flat.reshape(-1, count)


def _lives(time: Floats, ended: Flags) -> tuple[Floats, Flags]:
    time, ended = np.asarray(time, dtype=float), np.asarray(ended, dtype=bool)
    if time.ndim != 1 or time.shape != ended.shape or time.size == 0:
        raise BadInputError("lives", f"{time.shape} times and {ended.shape} ends", "one or more of each, alike")
    if not (np.isfinite(time).all() and (time >= 0).all()):
        raise BadInputError("lives", f"a life of {float(time.min()):g}", "finite times of zero or more")
    return time, ended
