"""Numbers of many groups at once are those of a loop over the groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.cycling.grouped import grouped_median, grouped_quantile, grouped_time_weights, owners
from limetal.cycling.half_cycle_numbers import half_cycle_numbers, pairs_of
from limetal.cycling.half_cycles import HalfCycle, half_cycles
from limetal.cycling.weights import time_weights, weighted_quantile
from support.cells import record, triggered, uniform

NONE = np.empty(0, dtype=np.int64)


def groups(seed, mean_size):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 2 * mean_size, rng.integers(1, 12))
    return rng, np.concatenate([[0], np.cumsum(sizes)[:-1]]), int(sizes.sum())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 8, 300]), st.floats(0, 1), st.booleans())
def test_quantiles_of_groups_are_those_of_a_loop(seed, mean_size, part, rounded):
    rng, first, n = groups(seed, mean_size)
    values, weights = rng.normal(size=n), rng.random(n) ** 3 + 1e-6
    if rounded:
        values = values.round(1)
    slices = np.split(np.arange(n), first[1:])
    wanted = [weighted_quantile(values[s], weights[s], part) for s in slices]
    np.testing.assert_array_equal(grouped_quantile(values, weights, first, part), wanted)
    np.testing.assert_allclose(grouped_median(values, first), [np.median(values[s]) for s in slices])


def test_half_of_equal_weights_is_the_lower_middle_value_in_any_order_of_sums():
    values = np.tile(np.arange(10.0), 40)
    for weight in (0.1, 1 / 3, 7.7):
        found = grouped_quantile(values, np.full(400, weight), np.arange(0, 400, 10), 0.5)
        assert found.tolist() == [4.0] * 40


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_time_weights_of_groups_are_those_of_a_loop(seed):
    rng, first, n = groups(seed, 6)
    t = np.cumsum(rng.exponential(size=3 * n) * (rng.random(3 * n) < 0.8))
    rows = np.sort(rng.choice(3 * n, n, replace=False))
    pauses = np.sort(rng.choice(3 * n - 1, 2, replace=False))
    wanted = np.concatenate([time_weights(r, t, pauses) for r in np.split(rows, first[1:])])
    np.testing.assert_allclose(grouped_time_weights(rows, first, t, pauses), wanted, atol=1e-12)


def test_owners_of_rows():
    assert owners(np.array([0, 1, 4]), 5).tolist() == [0, 1, 1, 1, 2]


@pytest.mark.parametrize("make", [uniform, triggered])
def test_numbers_of_half_cycles_are_those_of_a_loop(make):
    t, v = make([0.1, 0.2, 0.3, 0.2])
    cell = record(t, v)
    found = half_cycles(cell)
    numbers = half_cycle_numbers(cell, found, 0.3, 0.05)
    for k, half in enumerate(found.items):
        at, u = t[half.rows], half.sign * v[half.rows]
        weights = time_weights(half.rows, t)
        length = at[-1] - at[0]
        late = at >= at[0] + 0.3 * length
        assert numbers.mean_V[k] == pytest.approx(np.average(u, weights=weights), rel=1e-12)
        assert numbers.plateau_V[k] == weighted_quantile(u[late], weights[late], 0.5)
        assert numbers.end_V[k] == pytest.approx(np.median(u[at >= at[-1] - 0.05 * length]), rel=1e-12)
        assert numbers.plain_mean_V[k] == pytest.approx(u.mean(), rel=1e-12)
        assert numbers.start_second[k] == at[0]
    assert numbers.mean_current_A.tolist() == [0.0] * 4


def test_pairs_skip_what_is_unfinished_and_join_no_like_directions():
    def halves(*signs_done):
        return tuple(HalfCycle(np.arange(2), sign, done) for sign, done in signs_done)

    assert pairs_of(halves((1, True), (-1, True), (1, True))).tolist() == [[0, 1]]
    assert pairs_of(halves((1, True), (1, True), (-1, True))).tolist() == [[1, 2]]
    assert pairs_of(halves((1, True), (-1, False), (1, True), (-1, True))).tolist() == [[2, 3]]
    assert pairs_of(halves((1, True))).shape == (0, 2)
