"""Median of like cycles and its standard error, against the scatter of medians of made-up cycles."""

from __future__ import annotations

import numpy as np
import pytest

from limetal.cycling.like import centre_and_std


@pytest.mark.parametrize("n", [3, 4, 5, 6, 7, 10, 11, 30, 101])
def test_standard_error_is_the_scatter_of_the_median(n):
    """Spread over root n, that of a mean, would be 1.25 to 1.7 times too small."""
    told = [centre_and_std(values) for values in np.random.default_rng(n).normal(5.0, 0.3, (12000, n))]
    scatter = np.std([centre for centre, _, _ in told])
    assert np.mean([std or 0.0 for _, _, std in told]) == pytest.approx(scatter, rel=0.04)


def test_spread_and_error_are_of_the_values_and_not_of_their_place():
    centre, spread, std = centre_and_std(np.array([1.0, 2.0, 3.0, 4.0, 50.0]))
    moved = centre_and_std(np.array([50.0, 3.0, 1.0, 2.0, 4.0]) * 1e-3 + 7.0)
    assert (centre, spread) == (3.0, pytest.approx(1.4826))
    assert moved == (pytest.approx(7.003), pytest.approx(1e-3 * spread), pytest.approx(1e-3 * std))


@pytest.mark.parametrize("values", [[5.0, 5.1], [5.0, 5.0, 5.0]])
def test_two_values_and_equal_ones_have_no_standard_error(values):
    assert centre_and_std(np.array(values))[2] is None
