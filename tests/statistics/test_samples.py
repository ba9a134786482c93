"""Means, intervals and differences of a few values: published numbers, scipy as a second opinion, and coverage."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.statistics.samples import cells_needed, columns_mean, difference_of_means, mean_of, ratio_of_means, welch

VALUES = st.lists(st.integers(-1000, 1000), min_size=2, max_size=8).map(lambda x: np.array(x) / 8)


def test_certified_mean_and_deviation_of_nist():
    """StRD univariate set NumAcc1: three values, mean 10000002 and standard deviation 1, certified."""
    found = mean_of(np.array([10000001.0, 10000003.0, 10000002.0]))
    assert (found.mean, found.sd) == (10000002.0, 1.0)


def test_published_welch_test_of_nist():
    """NIST/SEMATECH e-Handbook, two-sample t-test of AUTO83B.DAT, unequal variances: T = -12.94627, 136.87499."""
    found = welch((20.14458, 6.41470, 249), (30.48101, 6.10771, 79))
    assert found.value / found.standard_error == pytest.approx(-12.94627, abs=2e-5)
    assert found.degrees_of_freedom == pytest.approx(136.87499, abs=2e-4)
    assert found.p == pytest.approx(1.571e-25, rel=2e-3)


@given(VALUES)
def test_interval_is_that_of_scipy(values):
    found = mean_of(values)
    if found.sd:
        theirs = scipy.stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
        np.testing.assert_allclose((found.low, found.high), theirs, rtol=1e-6, atol=1e-9)
    else:
        assert found.low == pytest.approx(found.mean)


@given(VALUES, VALUES)
def test_welch_is_that_of_scipy(a, b):
    if min(a.std(), b.std()) < 1e-3:
        return
    found, theirs = difference_of_means(a, b), scipy.stats.ttest_ind(a, b, equal_var=False)
    np.testing.assert_allclose((found.low, found.high), theirs.confidence_interval(0.95), rtol=1e-6, atol=1e-6)
    assert found.p == pytest.approx(theirs.pvalue, abs=1e-9)


def test_columns_are_means_of_what_is_there():
    table = np.array([[1.0, 2.0, np.nan, np.nan], [3.0, np.nan, np.nan, 4.0], [5.0, 4.0, np.nan, np.nan]])
    found = columns_mean(table)
    assert found.n.tolist() == [3, 2, 0, 1]
    for k in (0, 1):
        one = mean_of(table[np.isfinite(table[:, k]), k])
        np.testing.assert_allclose((found.mean[k], found.sd[k], found.low[k], found.high[k]),
                                   (one.mean, one.sd, one.low, one.high))  # fmt: skip
    assert np.isnan(found.mean[2])
    assert found.mean[3] == 4.0
    assert np.isnan(found.low[3])


@given(st.floats(0.1, 10))
def test_units_change_a_difference_by_their_factor_and_a_ratio_not(factor):
    a, b = np.array([2.0, 2.5, 3.1]), np.array([1.0, 1.2, 0.9])
    np.testing.assert_allclose(
        difference_of_means(factor * a, factor * b).low, factor * difference_of_means(a, b).low, rtol=1e-9
    )
    np.testing.assert_allclose(ratio_of_means(factor * a, factor * b).low, ratio_of_means(a, b).low, rtol=1e-9)


@pytest.mark.parametrize("n", [2, 3, 5])
def test_coverage_of_the_mean(n):
    rng, runs = np.random.default_rng(n), 4000
    found = columns_mean(rng.normal(1.0, 0.3, (n, runs)))
    assert np.mean((found.low <= 1) & (found.high >= 1)) == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / runs))


@pytest.mark.parametrize(("sd", "n"), [((1.0, 1.0), (3, 3)), ((1.0, 5.0), (3, 4)), ((3.0, 1.0), (5, 5))])
def test_coverage_of_the_difference(sd, n):
    """Welch's interval is approximate: 95 % within a few percent even for three cells of unlike spread."""
    rng, runs, inside = np.random.default_rng(5), 1000, 0
    for _ in range(runs):
        a, b = rng.normal(2.0, sd[0], n[0]), rng.normal(1.0, sd[1], n[1])
        found = difference_of_means(a, b)
        inside += found.low <= 1.0 <= found.high
    assert 0.93 <= inside / runs <= 0.985


def test_coverage_of_the_ratio():
    rng, runs, inside = np.random.default_rng(6), 1000, 0
    for _ in range(runs):
        found = ratio_of_means(rng.lognormal(np.log(200), 0.4, 4), rng.lognormal(np.log(100), 0.4, 4))
        inside += found.low <= 2.0 <= found.high
    assert 0.94 <= inside / runs <= 0.975


def test_cells_needed_reaches_its_power_and_one_less_does_not():
    """Cohen 1988, table 2.4.1: 64 a group for d = 0.5, 26 for d = 0.8, power 0.80, two-sided 0.05."""
    assert cells_needed(0.5, 1.0) == 64
    assert cells_needed(0.8, 1.0) == 26
    assert cells_needed(5.0, 10.0) == 64
    rng, runs = np.random.default_rng(1), 2000
    a, b = rng.normal(0, 1, (4, runs)), rng.normal(3, 1, (4, runs))
    p = scipy.stats.ttest_ind(a, b, axis=0).pvalue
    assert np.mean(p < 0.05) > 0.8


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mean_of(np.array([])), "values"),
        (lambda: mean_of(np.array([1.0, np.nan])), "1 finite"),
        (lambda: mean_of(np.array([1.0]), 1.0), "confidence"),
        (lambda: difference_of_means(np.array([1.0]), np.array([1.0, 2.0])), "1 and 2 values"),
        (lambda: difference_of_means(np.ones(2), np.ones(2)), "without spread"),
        (lambda: ratio_of_means(np.array([1.0, 0.0]), np.array([1.0, 2.0])), "above zero"),
        (lambda: cells_needed(0.0, 1.0), "number of cells"),
        (lambda: cells_needed(1e-9, 1.0), "number of cells"),
    ],
)
def test_what_cannot_be_is_refused(call, words):
    with pytest.raises(BadInputError, match=words):
        call()
