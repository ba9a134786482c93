"""Retention, life, slopes and knees of made-up fades whose truth is known; intervals by how often they hold it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.cycling.fade import cycles_to, geometric_fade, linear_fade, noise, retention_at
from limetal.cycling.knee import find_knee
from limetal.errors import BadInputError
from support.full_cells import geometric, kneed, linear, rooted

N = np.arange(1, 301)


def scattered(rng, size, std, together=0.0):
    """Noise of a standard deviation; neighbours go together by a correlation."""
    white = rng.normal(0.0, std, size)
    if together:
        for k in range(1, size):
            white[k] = together * white[k - 1] + np.sqrt(1 - together**2) * white[k]
    return white


# -------------------------------------------------------------------------------------------- retention, life


def test_retention_is_told_of_measured_cycles_only():
    number, capacity = np.array([3, 4, 6]), np.array([2.0, 1.8, 1.0])
    assert retention_at(number, capacity, 2.0, 4) == pytest.approx(90.0)
    assert retention_at(number, capacity, 2.0, 5) is None
    assert retention_at(number, capacity, 2.0, 7) is None


@given(st.lists(st.floats(60, 100), min_size=2, max_size=40), st.integers(1, 4))
def test_life_is_where_cycles_in_a_row_lie_below(values, in_a_row):
    """Against a plain search."""
    retention, number = np.array([100.0, *values]), np.arange(4, 5 + len(values))
    first = next(
        (
            k
            for k in range(retention.size - in_a_row + 1)
            if all(retention[j] < 80 for j in range(k, k + in_a_row)) and (k == 0 or retention[k - 1] >= 80)
        ),
        None,
    )
    life = cycles_to(number, retention, 80.0, in_a_row)
    assert life.reached == (first is not None)
    if first is not None:
        assert (life.first_below, life.cycle) == (number[first], number[first - 1])
    else:
        below_at_end = next((k for k, value in enumerate(retention[::-1]) if value >= 80), retention.size)
        assert life.at_end == below_at_end
        assert life.cycle == number[-1 - below_at_end]


def test_one_low_cycle_ends_no_life_and_three_do():
    retention = np.linspace(100, 85, 50)
    retention[20] = 70
    assert not cycles_to(N[:50], retention, 80.0).reached
    retention[20:23] = 70
    found = cycles_to(N[:50], retention, 80.0)
    assert (found.reached, found.cycle, found.first_below) == (True, 20, 21)


def test_life_counts_only_like_cycles_as_a_row():
    number = np.array([1, 50, 100, 150, 200])
    found = cycles_to(number, np.array([100.0, 90, 79, 78, 77]), 80.0)
    assert (found.cycle, found.first_below) == (50, 100)


def test_no_cycle_in_a_row_is_refused():
    with pytest.raises(BadInputError, match="cycles in a row: found 0"):
        cycles_to(N, np.ones(300), 0.8, 0)


# ------------------------------------------------------------------------------------------------- slopes


@given(st.floats(0.001, 0.2), st.floats(0.1, 1e4))
def test_slope_of_a_line_is_exact_whatever_the_capacity(percent, first):
    capacity = linear(100, first, percent)
    assert linear_fade(N[:100], capacity, first).percent == pytest.approx(percent, rel=1e-9)


@given(st.floats(0.9, 0.99999))
def test_slope_of_a_power_is_exact(efficiency):
    found = geometric_fade(N[:60], geometric(60, 2.0, efficiency))
    assert found.percent == pytest.approx(100 * (1 - efficiency), rel=1e-6)


def test_gaps_between_like_cycles_do_not_change_the_slope():
    keep = np.array([0, 1, 2, 50, 51, 52, 98, 99])
    assert linear_fade(N[keep], linear(100, 2.0, 0.1)[keep], 2.0).percent == pytest.approx(0.1)


def test_few_cycles_and_no_capacity_have_no_slope():
    assert linear_fade(N[:4], np.ones(4), 1.0) is None
    assert linear_fade(N[:5], np.ones(5), 1.0) is not None
    assert geometric_fade(N[:5], np.array([1.0, 1, 1, 1, 0])) is None


def test_a_few_wild_cycles_do_not_change_the_slope():
    capacity = linear(100, 2.0, 0.1)
    capacity[[10, 40, 41, 77]] = 0.2
    assert linear_fade(N[:100], capacity, 2.0).percent == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize(("cycles", "together"), [(12, 0.0), (50, 0.0), (200, 0.6), (400, 0.0)])
def test_interval_of_the_slope_holds_the_truth_as_often_as_it_says(cycles, together):
    rng = np.random.default_rng(cycles)
    number, trials = np.arange(1, cycles + 1), 100
    held = 0
    for _ in range(trials):
        found = linear_fade(number, linear(cycles, 2.0, 0.05) + scattered(rng, cycles, 0.01, together), 2.0)
        held += found.low <= 0.05 <= found.high
    # 95 of 100 with a standard deviation of 2.2
    assert held >= 88


def test_interval_of_the_slope_is_not_wide_for_nothing():
    rng = np.random.default_rng(5)
    widths = []
    for _ in range(30):
        found = linear_fade(N[:100], linear(100, 2.0, 0.05) + rng.normal(0, 0.01, 100), 2.0)
        widths.append(found.std)
    true = 100 * 0.01 / 2.0 / np.sqrt(np.sum((N[:100] - 50.5) ** 2))  # of least squares
    assert 0.9 * true < np.median(widths) < 1.5 * true


def test_noise_is_that_between_neighbours_not_the_trend():
    rng = np.random.default_rng(4)
    for trend in (linear(2000, 2.0, 0.03), rooted(2000, 2.0, 30)):
        assert noise(trend + rng.normal(0, 0.01, 2000)) == pytest.approx(0.01, rel=0.1)
    assert noise(np.ones(5)) is None


# -------------------------------------------------------------------------------------------------- knees

KNEES = {
    "corner": lambda: kneed(300, 1, 200, 0.03, 0.2),
    "weak corner": lambda: kneed(300, 1, 150, 0.03, 0.1),
    "rounded": lambda: kneed(300, 1, 180, 0.03, 0.2, width=10),
    "after fast fade of the first cycles": lambda: kneed(300, 1, 200, 0.03, 0.2) - 0.03 * (1 - np.exp(-N / 10)),
    "few cycles": lambda: kneed(60, 1, 40, 0.1, 1.0),
}
PLACES = {
    "corner": 200,
    "weak corner": 150,
    "rounded": 180,
    "after fast fade of the first cycles": 200,
    "few cycles": 40,
}
SMOOTH = {
    "line": lambda: linear(300, 1, 0.05),
    "power": lambda: geometric(300, 1, 0.9992),
    "root": lambda: rooted(300, 1, 15),
    "square": lambda: 1 - 0.2 * (N / 300) ** 2,
    "fifth power": lambda: 1 - 0.2 * (N / 300) ** 5,
    "exponential": lambda: 1 - 0.2 * np.exp(8 * (N / 300 - 1)),
    "fast fade of the first cycles": lambda: linear(300, 1, 0.03) - 0.03 * (1 - np.exp(-N / 10)),
    "activation": lambda: linear(300, 1, 0.03) + 0.03 * (1 - np.exp(-N / 10)),
}


@pytest.mark.parametrize("name", KNEES)
def test_knees_are_found_and_their_intervals_hold_them(name):
    rng = np.random.default_rng(len(name))
    fade, trials = KNEES[name](), 6
    held = 0
    for _ in range(trials):
        found = find_knee(np.arange(1.0, fade.size + 1), fade + rng.normal(0, 0.002, fade.size))
        assert found.cycle is not None, found.reason
        assert found.after_percent > found.before_percent
        held += found.low <= PLACES[name] <= found.high
    assert held >= 4  # of 6 with 95 % each, fewer come in 2 of 1,000


@pytest.mark.slow
def test_interval_of_a_knee_holds_it_as_often_as_it_says():
    rng = np.random.default_rng(11)
    held = trials = 0
    for name, fade in KNEES.items():
        for together in (0.0, 0.5):
            truth = fade()
            for _ in range(12):
                found = find_knee(np.arange(1.0, truth.size + 1), truth + scattered(rng, truth.size, 0.002, together))
                if found.cycle is not None:
                    trials += 1
                    held += found.low <= PLACES[name] <= found.high
    assert trials > 100
    assert held / trials > 0.9


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("std", [5e-4, 3e-3])
def test_smooth_fades_have_no_knee(name, std):
    rng = np.random.default_rng(3)
    for _ in range(2):
        found = find_knee(N.astype(float), SMOOTH[name]() + rng.normal(0, std, 300))
        assert found.cycle is None
        assert found.reason


def test_scatter_that_goes_together_makes_no_knee():
    rng = np.random.default_rng(9)
    found = [find_knee(N.astype(float), linear(300, 1, 0.05) + scattered(rng, 300, 3e-3, 0.8)) for _ in range(8)]
    assert sum(one.cycle is not None for one in found) <= 1


def test_sudden_death_at_the_end_is_named_but_no_knee():
    found = find_knee(N.astype(float), kneed(300, 1, 292, 0.03, 5.0))
    assert found.cycle is None
    assert "end of the test" in found.reason


def test_a_fade_that_slows_down_has_no_knee():
    assert find_knee(N.astype(float), kneed(300, 1, 100, 0.2, 0.03)).cycle is None


def test_noise_free_corner_is_found_exactly():
    found = find_knee(N.astype(float), kneed(300, 1, 200, 0.03, 0.2))
    assert found.cycle == pytest.approx(200, abs=0.3)
    assert found.before_percent == pytest.approx(0.03, rel=1e-3)
    assert found.after_percent == pytest.approx(0.2, rel=1e-3)
    assert found.width_cycles == 0


def test_wild_cycles_are_counted_and_change_no_knee():
    rng = np.random.default_rng(6)
    fade = kneed(300, 1, 200, 0.03, 0.2) + rng.normal(0, 1e-3, 300)
    fade[[20, 120, 250]] = [0.5, 0.2, 0.1]
    found = find_knee(N.astype(float), fade)
    assert found.left_out == 3
    assert found.cycle == pytest.approx(200, abs=2)


def test_a_long_test_is_as_good_as_its_averages():
    number = np.arange(1.0, 3001.0)
    rng = np.random.default_rng(8)
    found = find_knee(number, kneed(3000, 1, 2000, 0.003, 0.02) + rng.normal(0, 3e-3, 3000))
    assert found.low < 2000 < found.high
    assert found.high - found.low < 60


def test_few_cycles_have_no_knee():
    assert "20 are needed" in find_knee(N[:19].astype(float), kneed(19, 1, 10, 0.1, 2)).reason
    assert find_knee(N[:24].astype(float), kneed(24, 1, 12, 0.1, 2)).cycle == pytest.approx(12, abs=0.5)
