"""Steps of a ladder, its linear resistance and its kinetics on made-up ladders whose truth is known."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from limetal.cycling.ladder import ladder_steps
from limetal.cycling.ladder_kinetics import kinetics, linear_polarisation
from limetal.physics.constants import thermal_voltage_V
from limetal.physics.kinetics import overpotential_V, symmetric_cell_voltage_V

LADDER = np.array([0.5, 1.0, 2.0, 3.0, 5.0, 10.0])


def true_voltage(j, exchange, series):
    return symmetric_cell_voltage_V(j, exchange, 0.0, series)


def linear(j, u, relative=0.01, below=0.01):
    return linear_polarisation(j, u, np.full(j.size, relative), np.full(j.size, math.nan), below)


# steps


def test_returns_are_told_from_first_visits():
    j = np.repeat([0.5, 1.0, 2.0, 0.505, 1.0], [3, 4, 2, 3, 1])
    u = np.repeat([4.0, 8.0, 15.0, 6.0, 9.0], [3, 4, 2, 3, 1]) / 1e3
    steps = ladder_steps(j, u)
    assert steps.first.tolist() == [0, 3, 7, 9, 12]
    assert steps.stop.tolist() == [3, 7, 9, 12, 13]
    assert steps.first_visit.tolist() == [0, 1, 2, 0, 1]
    assert steps.fresh.tolist() == [True, True, True, False, False]
    np.testing.assert_allclose(steps.voltage_V, [0.004, 0.008, 0.015, 0.006, 0.009])


def test_the_error_of_a_step_is_that_of_its_median():
    u = np.array([1.0, 2.0, 3.0, 4.0])
    assert ladder_steps(np.ones(4), u).std_V[0] == pytest.approx(1.4826 / 2 * math.sqrt(math.pi / 2) * (1 + 2.8 / 16))
    assert math.isnan(ladder_steps(np.ones(2), u[:2]).std_V[0])


# linear polarisation


def test_linear_resistance_counts_both_interfaces_and_the_exchange_current_one():
    """Two electrodes of 2 mA/cm2 alone: R = 2 RT/(F j0), so j0 comes back."""
    j = np.array([1e-3, 2e-3])
    found = linear(j, 2 * overpotential_V(j, 2.0))
    assert found.resistance_ohm_cm2 == pytest.approx(2 * 25.693 / 2.0, rel=1e-4)
    assert found.exchange_current_mA_cm2 == pytest.approx(2.0, rel=1e-6)


def test_only_small_overpotentials_are_linear():
    u = true_voltage(LADDER, 5.0, 2.0)
    found = linear(LADDER, u, below=0.01)
    assert found.steps == int(np.sum(u <= 0.02))
    assert found.largest_current_mA_cm2 == LADDER[u <= 0.02].max()
    assert linear(LADDER, u, below=1e-4) is None


def test_one_step_has_the_error_of_its_cycles():
    found = linear_polarisation(np.array([1.0]), np.array([0.01]), np.array([0.01]), np.array([2e-4]), 0.01)
    assert found.std_ohm_cm2 == pytest.approx(0.2)
    assert found.exchange_std_mA_cm2 / found.exchange_current_mA_cm2 == pytest.approx(0.02)
    assert found.low_ohm_cm2 is None
    unknown = linear_polarisation(np.array([1.0]), np.array([0.01]), np.array([0.01]), np.array([math.nan]), 0.01)
    assert unknown.std_ohm_cm2 is None


@pytest.mark.parametrize("steps", [2, 3, 5])
def test_intervals_of_the_linear_resistance_hold_what_they_promise(steps):
    rng = np.random.default_rng(steps)
    j = np.linspace(0.5, 1.0, steps)
    inside = 0
    for _ in range(1000):
        found = linear(j, 12e-3 * j * (1 + rng.normal(0, 0.02, steps)), below=1.0)
        inside += found.low_ohm_cm2 <= 12.0 <= found.high_ohm_cm2
    assert 0.93 < inside / 1000 < 0.97


# kinetics


@settings(max_examples=40, deadline=None)
@given(st.floats(0.02, 3.0), st.floats(0.0, 60.0))
def test_data_without_noise_give_back_what_made_them(exchange, series):
    u = true_voltage(LADDER, exchange, series)
    found = kinetics(LADDER, u, 0.01 * u)
    assert found.exchange_current_mA_cm2 == pytest.approx(exchange, rel=1e-3)
    assert found.resistance_ohm_cm2 == pytest.approx(series, rel=1e-3, abs=1e-3 * 51.4 / exchange)
    np.testing.assert_allclose(found.voltage_V, u, rtol=1e-6)
    assert found.identified
    assert found.exchange_low <= found.exchange_current_mA_cm2 <= found.exchange_high


@pytest.mark.parametrize(
    ("exchange", "series", "noise"), [(1.0, 10.0, 0.01), (0.1, 50.0, 0.02), (0.5, 2.0, 0.03), (5.0, 5.0, 0.005)]
)
def test_intervals_of_the_kinetics_hold_what_they_promise(exchange, series, noise):
    """95 % intervals of both numbers on 300 ladders each; the error assumed of the data is wrong on purpose."""
    rng = np.random.default_rng(7)
    truth = true_voltage(LADDER, exchange, series)
    n, inside, inside_r, known_r, logs, claimed = 300, 0, 0, 0, [], []
    reach = student.ppf(0.975, LADDER.size - 2)
    for _ in range(n):
        u = truth * (1 + rng.normal(0, noise, LADDER.size))
        found = kinetics(LADDER, u, 0.05 * u)
        inside += found.exchange_low <= exchange <= found.exchange_high
        if found.resistance_std_ohm_cm2 is not None:
            known_r += 1
            inside_r += abs(found.resistance_ohm_cm2 - series) <= reach * found.resistance_std_ohm_cm2
        logs.append(math.log(found.exchange_current_mA_cm2))
        claimed.append(found.exchange_std_mA_cm2 / found.exchange_current_mA_cm2)
    assert 0.92 <= inside / n <= 0.98
    assert 0.92 <= inside_r / known_r <= 0.98
    spread = 1.4826 * np.median(np.abs(np.array(logs) - np.median(logs)))
    assert np.sqrt(np.median(np.square(claimed))) == pytest.approx(spread, rel=0.25)
    assert np.median(logs) == pytest.approx(math.log(exchange), abs=spread / 3)


def test_a_pure_resistance_identifies_no_kinetics():
    """The interval of the exchange current then has no upper end in 95 % of the ladders, and AICc wants the line."""
    rng = np.random.default_rng(2)
    identified = better = 0
    for _ in range(400):
        u = 15e-3 * LADDER * (1 + rng.normal(0, 0.01, LADDER.size))
        found = kinetics(LADDER, u, 0.01 * u)
        identified += found.identified
        better += found.aicc < found.ohmic_aicc
        assert found.ohmic_resistance_ohm_cm2 == pytest.approx(15.0, rel=0.03)
        assert found.identified == math.isfinite(found.exchange_high)
        assert found.identified == math.isfinite(found.exchange_std_mA_cm2)
    assert identified / 400 < 0.05
    assert better / 400 < 0.05


def test_curved_data_want_kinetics():
    u = true_voltage(LADDER, 0.3, 3.0)
    found = kinetics(LADDER, u * (1 + np.random.default_rng(0).normal(0, 0.01, u.size)), 0.01 * u)
    assert found.aicc < found.ohmic_aicc - 10


def test_few_steps_leave_no_aicc_for_kinetics():
    u = true_voltage(LADDER, 0.3, 3.0)
    assert math.isinf(kinetics(LADDER[:4], u[:4], u[:4]).aicc)
    assert math.isfinite(kinetics(LADDER[:5], u[:5], u[:5]).aicc)


def test_resistance_is_never_negative():
    """Steeper than kinetics allows: U falls behind asinh, as where a film thins while the current rises."""
    u = 0.9 * true_voltage(LADDER, 0.5, 0.0) * (LADDER / LADDER[0]) ** -0.1
    found = kinetics(LADDER, u, 0.01 * u)
    assert found.resistance_ohm_cm2 == 0
    assert found.resistance_std_ohm_cm2 is None
    assert found.correlation is None


def test_exchange_current_and_resistance_are_tied():
    u = true_voltage(LADDER, 1.0, 10.0)
    assert 0.5 < kinetics(LADDER, u, 0.01 * u).correlation < 1


@settings(max_examples=20, deadline=None)
@given(st.floats(0.1, 10.0))
def test_twice_the_area_halves_current_densities_and_doubles_resistances(exchange):
    u = true_voltage(LADDER, exchange, 10.0)
    one, two = kinetics(LADDER, u, 0.01 * u), kinetics(LADDER / 2, u, 0.01 * u)
    assert two.exchange_current_mA_cm2 == pytest.approx(one.exchange_current_mA_cm2 / 2, rel=1e-3)
    assert two.resistance_ohm_cm2 == pytest.approx(2 * one.resistance_ohm_cm2, rel=1e-3)


def test_temperature_scales_the_kinetics():
    u = symmetric_cell_voltage_V(LADDER, 1.0, 0.0, 10.0, 333.15)
    assert kinetics(LADDER, u, 0.01 * u, 333.15).exchange_current_mA_cm2 == pytest.approx(1.0, rel=1e-4)
    ratio = linear(LADDER, u, below=1.0).exchange_current_mA_cm2 * linear(LADDER, u, below=1.0).resistance_ohm_cm2
    assert ratio == pytest.approx(2e3 * thermal_voltage_V(), rel=1e-12)


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 20.0])
def test_voltages_of_any_size_are_fitted(scale):
    found = kinetics(LADDER, scale * LADDER**0.9, 0.01 * scale * LADDER)
    assert math.isfinite(found.aicc)
    assert np.isfinite(found.voltage_V).all()
