"""The made-up cell: its voltage against closed forms, its diffusion against finite differences, its shorts."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.physics.kinetics import symmetric_cell_voltage_V
from limetal.simulate.short_trials import ELECTROLYTES, HEALTHY, SHORTED, make_trial
from limetal.simulate.shorted_symmetric_cell import Disturbance, Leak, ShortableCell, Stage, make_cell

PLAIN = ShortableCell(area_cm2=2.0, concentration_ohm_cm2=0.0)
STAGE = (Stage(1.0, 1.0, 3),)


def at(made, second, *, last=True):
    """Voltage at a time; of two rows there, the last or the first."""
    rows = np.flatnonzero(made.time_second == second)
    return float(made.voltage_volt[rows[-1 if last else 0]])


def test_without_diffusion_and_leak_it_is_the_handbook_formula():
    made = make_cell(PLAIN, STAGE)
    wanted = symmetric_cell_voltage_V(1.0, 1.0, 30.0, 20.0)  # 60 ohm cm2 of film are 30 for each electrode
    np.testing.assert_allclose(np.abs(made.voltage_volt), float(wanted), rtol=1e-9)
    np.testing.assert_allclose(np.abs(made.current_ampere), 2e-3)


def test_diffusion_between_two_electrodes_against_finite_differences():
    """Fick's law with the flux of the current at both walls, D = L = 1, so tau = 1/pi^2; shown as part of the end."""
    n, dt = 101, 2e-5
    x = np.linspace(0, 1, n)
    h = x[1] - x[0]
    c = np.zeros(n)
    seen = []
    for step in range(int(0.3 / dt)):
        if step % 500 == 0:
            seen.append((step * dt, c[0] - c[-1]))
        new = c.copy()
        new[1:-1] += dt * (c[2:] - 2 * c[1:-1] + c[:-2]) / h**2
        new[0] += 2 * dt / h * ((c[1] - c[0]) / h + 1.0)
        new[-1] += 2 * dt / h * (-(c[-1] - c[-2]) / h - 1.0)
        c = new
    t, difference = np.array(seen).T  # in the end the difference is L times the gradient: 1
    seconds = 1000.0
    cell = ShortableCell(
        electrolyte_ohm_cm2=0.0,
        film_ohm_cm2=0.0,
        exchange_current_mA_cm2=1e9,
        concentration_ohm_cm2=100.0,
        diffusion_second=seconds,
        limiting_mA_cm2=1e6,
    )
    made = make_cell(cell, (Stage(1.0, 3.0, 1),))
    inside = made.time_second <= 10000
    shown = np.interp(t[1:] * np.pi**2 * seconds, made.time_second[inside], made.voltage_volt[inside]) / 0.1
    np.testing.assert_allclose(shown, difference[1:], atol=0.035)  # three modes of the series, the rest at once
    np.testing.assert_allclose(shown[t[1:] > 0.02], difference[1:][t[1:] > 0.02], atol=0.015)


@given(st.floats(0.05, 0.97), st.floats(3700.0, 21000.0))
@settings(max_examples=30, deadline=None)
def test_a_leak_takes_the_part_of_the_voltage_it_says(drop, start):
    made = make_cell(ShortableCell(), STAGE, (Leak(start, drop),))
    if start % 3600:
        assert at(made, start) / at(made, start, last=False) == pytest.approx(1 - drop, rel=1e-6)
    assert made.shorts[0].kind == ("hard" if drop >= 0.8 else "soft")


def test_current_through_an_ohmic_cell_and_its_leak_adds_up():
    """80 ohm cm2 in parallel with a leak that halves the voltage (80 ohm cm2 too) are 40."""
    cell = ShortableCell(exchange_current_mA_cm2=1e9, concentration_ohm_cm2=0.0)
    made = make_cell(cell, STAGE, (Leak(4000.0, 0.5),))
    before, after = made.time_second < 3600, made.time_second > 4000
    np.testing.assert_allclose(np.abs(made.voltage_volt[before]), 0.080, rtol=1e-6)
    np.testing.assert_allclose(np.abs(made.voltage_volt[after]), 0.040, rtol=1e-6)


def test_a_leak_that_closes_leaves_the_cell_as_it_was_and_one_that_stays_in_part_does_not():
    whole = make_cell(PLAIN, STAGE)
    closed = make_cell(PLAIN, STAGE, (Leak(4000.0, 0.5, 1000.0),))
    left = make_cell(PLAIN, STAGE, (Leak(4000.0, 0.5, 1000.0, 0.3),))
    end = float(abs(whole.voltage_volt[-1]))
    assert abs(closed.voltage_volt[-1]) == pytest.approx(end, rel=1e-6)
    assert 0.5 * end < abs(left.voltage_volt[-1]) < 0.99 * end


def test_a_leak_makes_a_rest_decay_faster():
    cell = ShortableCell(diffusion_second=3000.0, concentration_ohm_cm2=200.0)
    stage = (Stage(1.0, 2.0, 2, rest_hours=1.0),)
    whole, leaky = make_cell(cell, stage), make_cell(cell, stage, (Leak(3000.0, 0.5),))
    rest = (whole.time_second > 7500) & (whole.time_second < 10500)
    t = whole.time_second[rest]
    assert (np.interp(t, leaky.time_second, leaky.voltage_volt) < 0.8 * whole.voltage_volt[rest]).all()


@pytest.mark.parametrize(
    ("kind", "size", "ratio"), [("contact", 0.5, 1.5), ("temperature", 0.5, 1 / 1.5), ("interrupt", 0.0, 0.0)]
)
def test_disturbances_do_what_they_say(kind, size, ratio):
    cell = ShortableCell(electrolyte_ohm_cm2=0.0, exchange_current_mA_cm2=1e9, concentration_ohm_cm2=0.0)
    made = make_cell(cell, (Stage(1.0, 10.0, 1),), (), (Disturbance(kind, 3600.0, 18000.0, size),))
    rows = (made.time_second > 3600 + 9 * 1200) & (made.time_second < 21600)  # nine time constants of the warming
    assert rows.any()
    np.testing.assert_allclose(np.abs(made.voltage_volt[rows]), 0.06 * ratio, rtol=1e-3, atol=1e-12)


def test_wrong_stages_and_leaks_are_refused():
    with pytest.raises(BadInputError, match="limiting"):
        make_cell(ShortableCell(limiting_mA_cm2=1.0), STAGE)
    with pytest.raises(BadInputError, match="leaks"):
        make_cell(PLAIN, STAGE, (Leak(1e9, 0.5),))
    with pytest.raises(BadInputError, match="leaks"):
        make_cell(PLAIN, STAGE, (Leak(100.0, 1.5),))
    assert make_cell(PLAIN, STAGE, (Leak(100.0, 0.5),)).shorts[0].end_second == 21600.0


@pytest.mark.parametrize("what", HEALTHY + SHORTED)
def test_trials_have_the_truth_they_say_and_one_seed_is_one_trial(what):
    trial, again = (make_trial(what, 11, cycler="60 s, 0.1 mV", cycles=12) for _ in range(2))
    np.testing.assert_array_equal(trial.record.voltage_volt, again.record.voltage_volt)
    assert bool(trial.shorts) == (what in SHORTED)
    for short in trial.shorts:
        assert 0 < short.start_second < short.end_second <= trial.record.test_time_second[-1] + 1
        assert (short.kind == "hard") == (what == "hard")
        assert short.sudden == (what != "growing")


@pytest.mark.parametrize("wrong", [{"what": "none"}, {"cycler": "x"}, {"electrolyte": "x"}])
def test_unknown_trials_are_refused(wrong):
    with pytest.raises(BadInputError, match="trial"):
        make_trial(**{"what": "plain", "seed": 1, **wrong})
    assert make_trial("plain", 1, electrolyte=ELECTROLYTES[0], cycler="60 s, 1 mV", cycles=5).shorts == ()


def test_a_polymer_rises_within_the_half_cycle_and_a_solid_does_not():
    def rise(electrolyte):
        record = make_trial("plain", 4, electrolyte=electrolyte, cycler="60 s, 0.1 mV", cycles=10).record
        works = np.flatnonzero(record.current_ampere)
        last = works[np.flatnonzero(np.diff(record.current_ampere[works]))[-1] + 1 :]  # the last half-cycle
        u = np.abs(record.voltage_volt[last])
        return float(u[-1] / u.min() - 1)

    assert rise("polymer") > 0.15
    assert math.isfinite(rise("solid"))
    assert rise("solid") < rise("polymer")
