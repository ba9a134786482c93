"""Censored lives: the leukaemia data of every textbook, scipy as a second opinion, and coverage for few cells."""

import itertools
import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.statistics.survival import (
    kaplan_meier,
    life_ratio,
    log_rank,
    median_life,
    restricted_mean,
    smallest_p,
)

#: Freireich et al., Blood 21 (1963) 699; Gehan 1965: weeks in remission with 6-mercaptopurine and with placebo.
DRUG = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35.0])
DRUG_ENDED = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], bool)
PLACEBO = np.array([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23.0])
ALL = np.ones(21, bool)

LIVES = st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=8).map(
    lambda rows: (np.array([float(t) for t, _ in rows]), np.array([e for _, e in rows], bool))
)


def test_curve_of_the_textbooks():
    found = kaplan_meier(DRUG, DRUG_ENDED, interval="log-log")
    at = np.flatnonzero(found.ended)
    assert found.time[at].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.at_risk[at].tolist() == [21, 17, 15, 12, 11, 7, 6]
    np.testing.assert_allclose(found.surviving[at], [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], atol=6e-4)
    np.testing.assert_allclose(
        found.standard_error[at], [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], atol=6e-5
    )
    assert (round(found.low[0], 3), round(found.high[0], 3)) == (0.620, 0.952)


def test_medians_and_means_of_the_textbooks():
    drug, placebo = kaplan_meier(DRUG, DRUG_ENDED), kaplan_meier(PLACEBO, ALL)
    assert median_life(drug).value == 23
    assert median_life(placebo).value == 8
    mean = restricted_mean(drug)
    assert (round(mean.value, 2), round(mean.standard_error, 2), mean.horizon) == (23.29, 2.83, 35)
    mean = restricted_mean(placebo)
    assert mean.value == pytest.approx(PLACEBO.mean())
    assert mean.standard_error == pytest.approx(PLACEBO.std() / np.sqrt(21))  # nothing censored


def test_log_rank_test_of_the_textbooks():
    found = log_rank((DRUG, DRUG_ENDED), (PLACEBO, ALL))
    assert found.z**2 == pytest.approx(16.79, abs=0.005)
    assert not found.exact
    theirs = scipy.stats.logrank(scipy.stats.CensoredData(DRUG[DRUG_ENDED], right=DRUG[~DRUG_ENDED]), PLACEBO)
    assert (found.z, found.p) == (pytest.approx(theirs.statistic), pytest.approx(theirs.pvalue))
    ratio, low, high = life_ratio((DRUG, DRUG_ENDED), (PLACEBO, ALL))
    assert low < ratio < high
    assert low > 1


@given(LIVES)
def test_curve_is_that_of_scipy(lives):
    time, ended = lives
    found = kaplan_meier(time, ended)
    data = scipy.stats.CensoredData(uncensored=time[ended], right=time[~ended])
    theirs = scipy.stats.ecdf(data).sf
    np.testing.assert_allclose([found.at(t) for t in theirs.quantiles], theirs.probabilities, atol=1e-12)
    assert np.all(found.low <= found.surviving + 1e-12)
    assert np.all(found.high >= found.surviving - 1e-12)
    assert np.all(np.diff(found.surviving) <= 0)
    assert found.censored.size == np.sum(~ended)


@pytest.mark.parametrize("n", [1, 3, 5, 12])
def test_without_censoring_the_interval_is_that_of_clopper_and_pearson(n):
    time = np.arange(1.0, n + 1)
    found = kaplan_meier(time, np.ones(n, bool))
    lows, highs = [found.low_before, *found.low], [found.high_before, *found.high]
    for alive, low, high in zip(range(n, -1, -1), lows, highs, strict=True):
        theirs = scipy.stats.binomtest(alive, n).proportion_ci(0.95, "exact")
        assert (low, high) == (pytest.approx(theirs.low, abs=1e-9), pytest.approx(theirs.high, abs=1e-9))


@pytest.mark.parametrize(("n", "horizon"), [(3, 150.0), (5, 150.0), (5, 80.0), (8, 300.0)])
def test_coverage_of_the_curve_and_the_median_for_few_cells(n, horizon):
    """Weibull lives of median 100, tests ended at random between half of the horizon and all of it."""
    rng, runs = np.random.default_rng(n), 1000
    truth = 0.5 ** ((60 / 100) ** 2)
    curve = median = narrow = 0
    for _ in range(runs):
        life = 100 * (rng.exponential(1 / np.log(2), n)) ** 0.5
        end = rng.uniform(horizon / 2, horizon, n)
        lives = np.minimum(life, end), life <= end
        found = kaplan_meier(*lives)
        at = int(np.searchsorted(found.time, 60, side="right"))
        low, high = (found.low_before, found.high_before) if at == 0 else (found.low[at - 1], found.high[at - 1])
        curve += low <= truth <= high
        middle = median_life(found)
        median += middle.low <= 100 <= middle.high
        other = median_life(kaplan_meier(*lives, interval="log-log"))
        narrow += other.low <= 100 <= other.high
    assert curve / runs > 0.94
    assert median / runs > 0.94
    assert narrow / runs <= median / runs  # the usual interval is never the safer one


def test_fewer_than_six_cells_never_bound_a_median():
    for n, bounded in ((5, False), (6, True)):
        found = median_life(kaplan_meier(np.arange(1.0, n + 1), np.ones(n, bool)))
        assert found.reached
        assert math.isfinite(found.high) is bounded
        assert (found.low > 0) is bounded


def test_median_over_a_flat_half_is_its_middle_and_unreached_where_most_live():
    assert median_life(kaplan_meier(np.array([1.0, 2.0, 5.0, 7.0]), np.ones(4, bool))).value == 3.5
    found = median_life(kaplan_meier(np.array([1.0, 9.0, 9.0]), np.array([True, False, False])))
    assert not found.reached
    assert found.value == math.inf


@settings(max_examples=40)
@given(LIVES, LIVES)
def test_exact_p_is_the_naive_count_of_divisions(first, second):
    time, ended = np.concatenate([first[0], second[0]]), np.concatenate([first[1], second[1]])
    if time.size > 9:
        return
    found = log_rank(first, second)

    def excess(members):
        total = 0.0
        for t in np.unique(time[ended]):
            risk = np.flatnonzero(time >= t)
            deaths = [i for i in range(time.size) if ended[i] and time[i] == t]
            total += len(set(deaths) & members) - len(deaths) * len(set(risk.tolist()) & members) / risk.size
        return abs(total)

    seen = excess(set(range(first[0].size)))
    every = [excess(set(m)) for m in itertools.combinations(range(time.size), first[0].size)]
    assert found.exact
    assert found.p == pytest.approx(np.mean(np.array(every) >= seen - 1e-9))
    back = log_rank(second, first)
    assert (back.p, back.z) == (pytest.approx(found.p), pytest.approx(-found.z))


@pytest.mark.parametrize("n", [3, 5])
def test_the_exact_test_keeps_its_level(n):
    rng, runs = np.random.default_rng(n), 800
    p = []
    for _ in range(runs):
        life = rng.weibull(3.0, 2 * n) * 100
        lives = np.minimum(life, 110.0), life <= 110
        p.append(log_rank((lives[0][:n], lives[1][:n]), (lives[0][n:], lives[1][n:])).p)
    for level in (0.05, 0.1, 0.2):
        assert np.mean(np.array(p) <= level) <= level + 3 * np.sqrt(level * (1 - level) / runs)
    assert min(p) >= smallest_p(n, n) - 1e-12


@pytest.mark.slow
@pytest.mark.parametrize(("n", "horizon"), [(4, math.inf), (5, 230.0)])
def test_coverage_of_the_ratio_of_lives(n, horizon):
    rng, runs, inside, ratios = np.random.default_rng(7), 150, 0, []
    for _ in range(runs):
        a, b = 200 * rng.weibull(3.0, n), 100 * rng.weibull(3.0, n)
        ratio, low, high = life_ratio((np.minimum(a, horizon), a <= horizon), (np.minimum(b, horizon), b <= horizon))
        inside += low <= 2.0 <= high
        ratios.append(ratio)
    assert inside / runs > 0.92  # 0.95 less two standard errors of 150 runs
    assert np.nanmedian(ratios) == pytest.approx(2.0, rel=0.1)


def test_three_against_three_cannot_bound_a_ratio_and_four_can():
    yes = np.ones(4, bool)
    a, b = np.array([200.0, 210.0, 190.0, 205.0]), np.array([100.0, 105.0, 95.0, 101.0])
    assert life_ratio((a[:3], yes[:3]), (b[:3], yes[:3]))[1:] == (0.0, math.inf)
    ratio, low, high = life_ratio((a, yes), (b, yes))
    assert 1.5 < low < ratio < high < 2.5
    turned = life_ratio((b, yes), (a, yes))
    np.testing.assert_allclose(turned, (1 / ratio, 1 / high, 1 / low), rtol=0.02)
    none = np.zeros(4, bool)
    assert life_ratio((a, none), (b, yes))[1:] == (0.0, math.inf)


def test_a_horizon_nobody_was_watched_to_is_refused():
    alive = kaplan_meier(np.array([1.0, 9.0]), np.array([True, False]))
    with pytest.raises(BadInputError, match="horizon: found 10, want a time up to 9"):
        restricted_mean(alive, 10.0)
    assert restricted_mean(alive, 9.0).value == pytest.approx(0.5 * 1 + 0.5 * 9)
    dead = kaplan_meier(np.array([1.0, 9.0]), np.array([True, True]))
    assert restricted_mean(dead, 10.0).value == pytest.approx(5.0)
    assert math.isnan(alive.at(10.0))
    assert dead.at(10.0) == 0.0


@pytest.mark.parametrize(
    ("time", "ended", "words"),
    [([], [], "lives"), ([1.0, -1.0], [True, True], "a life of -1"), ([1.0], [True, False], "alike")],
)
def test_lives_that_cannot_be_are_refused(time, ended, words):
    with pytest.raises(BadInputError, match=words):
        kaplan_meier(np.array(time), np.array(ended, bool))
    with pytest.raises(BadInputError, match="interval"):
        kaplan_meier(np.ones(1), np.ones(1, bool), interval="plain")
