"""Hysteresis on cells whose truth is known: laws, traps of real files, and one real file."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.analyses.hysteresis import DEFINITIONS, Options, hysteresis, tell
from limetal.errors import BadInputError
from limetal.readers import read
from limetal.records.cycling import CellContext, CyclingRecord
from support.cells import SYMMETRIC, polarisation, record, triggered, true_mean, uniform
from support.data_files import real

FORTY = [0.2] * 40


def resistor(i_A, r_ohm, offset_V=0.0, area=1.0, cell_kind="symmetric"):
    i = np.repeat([i_A, -i_A] * 3, 40)
    cell = CellContext(cell_kind, area)
    return CyclingRecord(np.arange(240.0), i * r_ohm + offset_V, i, source="resistor", cell=cell)


@given(st.floats(1e-4, 0.02), st.floats(1, 200))
def test_a_resistor_gives_ohms_law_in_every_definition(i, r):
    found = hysteresis(resistor(i, r))
    for name in DEFINITIONS:
        factor = 2 if name == "hysteresis_full_gap" else 1
        np.testing.assert_allclose(getattr(found, name.removeprefix("hysteresis_") + "_V"), factor * i * r, rtol=1e-9)


@given(st.floats(1e-3, 0.02), st.floats(10, 200), st.floats(-0.9, 0.9))
def test_an_offset_of_the_voltmeter_cancels(i, r, part):
    clean, shifted = hysteresis(resistor(i, r)), hysteresis(resistor(i, r, offset_V=part * i * r))
    np.testing.assert_allclose(shifted.mean_V, clean.mean_V, rtol=1e-9)
    np.testing.assert_allclose(shifted.full_gap_V, clean.full_gap_V, rtol=1e-9)
    np.testing.assert_allclose(shifted.end_V, clean.end_V, rtol=1e-9)


def test_swapped_leads_do_not_matter():
    a = resistor(1e-3, 50.0)
    swapped = dataclasses.replace(a, voltage_volt=-a.voltage_volt, current_ampere=-a.current_ampere)
    np.testing.assert_allclose(hysteresis(swapped).mean_V, hysteresis(a).mean_V)
    only_voltage = dataclasses.replace(a, voltage_volt=-a.voltage_volt)
    found = hysteresis(only_voltage)
    np.testing.assert_allclose(found.mean_V, hysteresis(a).mean_V)
    assert any("leads swapped" in w for w in found.warnings)


def test_twice_the_area_halves_the_current_density_and_doubles_the_areal_resistance():
    one, two = tell(hysteresis(resistor(1e-3, 50.0))), tell(hysteresis(resistor(1e-3, 50.0, area=2.0)))

    def number(findings, quantity):
        return next(n.value for n in findings.numbers if n.quantity == quantity)

    assert number(one, "areal_resistance") == pytest.approx(50.0)
    assert number(two, "areal_resistance") == pytest.approx(100.0)


def test_points_on_a_voltage_trigger_are_weighted_by_time():
    t, v = triggered(FORTY)
    found = hysteresis(record(t, v))
    truth = true_mean(0.2, 0.6)
    np.testing.assert_allclose(found.mean_V, truth, rtol=2e-3)
    assert np.all(found.unweighted_mean_V < 0.95 * truth)  # the plain mean is wrong, or this test tests nothing
    assert any("unevenly spaced" in w for w in tell(found).warnings)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_thinning_the_points_does_not_change_the_mean(seed):
    t, v = uniform(FORTY[:8], points=400)
    edge = np.zeros(t.size, bool)
    for k in range(8):
        edge[[400 * k, 400 * k + 399]] = True
    keep = edge | (np.random.default_rng(seed).random(t.size) < 0.4)
    np.testing.assert_allclose(hysteresis(record(t[keep], v[keep])).mean_V, true_mean(0.2), rtol=2e-3)


def test_with_and_without_current_say_the_same():
    t, v = uniform(FORTY)
    current = 1e-3 * np.sign(v)
    a, b = hysteresis(record(t, v, current)), hysteresis(record(t, v))
    np.testing.assert_allclose(a.mean_V, b.mean_V, rtol=1e-9)
    assert a.half_cycles == b.half_cycles == 40
    assert b.current_density_mA_cm2 is None


def test_the_end_is_the_end_and_the_plateau_is_above_the_mean_of_a_rising_curve():
    t, v = uniform(FORTY)
    found = hysteresis(record(t, v))
    np.testing.assert_allclose(found.end_V, polarisation(0.99, 0.2, 0.4), rtol=5e-3)
    assert np.all(found.mean_V < found.plateau_V)
    assert np.all(found.plateau_V < found.end_V)


@pytest.mark.parametrize("noise", [0.004, 0.04])
def test_noise_makes_no_half_cycles(noise):
    t, v = uniform(FORTY)
    found = hysteresis(record(t, v + np.random.default_rng(1).normal(0, noise, v.size)))
    assert found.half_cycles == 40
    of_a_cycle = noise / np.sqrt(2 * 60)  # standard error of the mean of its points
    np.testing.assert_allclose(found.mean_V, true_mean(0.2), atol=4 * of_a_cycle)


@pytest.mark.parametrize("with_current", [False, True])
def test_a_point_of_the_old_sign_after_the_switch_is_dropped(with_current):
    t, v = uniform(FORTY)
    times, volts, amperes = [], [], []
    for k in range(40):
        rows = slice(60 * k, 60 * k + 60)
        times += [*t[rows], t[60 * k + 59]]
        volts += [*v[rows], 0.3 * v[60 * k + 59]]
        sign = 1 if k % 2 == 0 else -1
        amperes += [1e-3 * sign] * 60 + [-1e-3 * sign]
    found = hysteresis(record(times, volts, np.array(amperes) if with_current else None))
    assert found.half_cycles == 40
    assert found.dropped_points >= 39
    np.testing.assert_allclose(found.end_V, polarisation(0.99, 0.2, 0.4), rtol=5e-3)


@pytest.mark.parametrize("with_current", [False, True])
def test_rests_between_half_cycles_are_left_out(with_current):
    times, volts, amperes, start = [], [], [], 0.0
    for k in range(20):
        sign = 1 if k % 2 == 0 else -1
        part = np.linspace(0, 1, 60)
        times += list(start + 1800 * part)
        volts += list(sign * polarisation(part, 0.2, 0.4))
        amperes += [sign * 1e-3] * 60
        part = np.linspace(0.02, 1, 20)
        times += list(start + 1800 + 600 * part)
        volts += list(sign * 0.05 * np.exp(-8 * part))
        amperes += [0.0] * 20
        start += 2400
    found = hysteresis(record(times, volts, np.array(amperes) if with_current else None))
    np.testing.assert_allclose(found.mean_V, true_mean(0.2), rtol=1e-3)
    if not with_current:
        assert any("rest of about" in w for w in found.warnings)


def test_one_sudden_drop_is_a_short_circuit_and_not_a_rest():
    t, v = uniform(FORTY)
    v = v.copy()
    v[60 * 11 + 20 : 60 * 12] *= 0.2
    found = hysteresis(record(t, v))
    assert not any("rest" in w for w in found.warnings)
    assert found.mean_V[5] < 0.8 * true_mean(0.2)


def test_rate_ladder_from_small_to_large_voltage():
    levels = [0.004] * 10 + [0.008] * 10 + [0.03] * 10 + [0.06] * 10 + [0.4] * 10
    t, v = uniform(levels)
    found = hysteresis(record(t, v))
    np.testing.assert_allclose(found.mean_V, [true_mean(x) for x in levels[::2]], rtol=1e-3)


def test_ladder_with_current_gives_one_set_of_numbers_per_current():
    parts, start = [], 0.0
    for j in (0.5, 1.0, 2.0):
        for k in range(6):
            part = np.linspace(0, 1, 30)
            sign = 1 if k % 2 == 0 else -1
            parts.append((start + 3600 / j * part, np.full(30, sign * 0.01 * j), np.full(30, sign * j * 1e-3)))
            start += 3600 / j
    t, v, i = (np.concatenate(column) for column in zip(*parts, strict=True))
    findings = tell(hysteresis(record(t, v, i)))
    means = {dict(n.at)["current_density"]: n.value for n in findings.numbers
             if n.quantity == "hysteresis_mean" and "cycle" not in dict(n.at)}  # fmt: skip
    assert means == pytest.approx({0.5: 0.005, 1.0: 0.01, 2.0: 0.02})
    assert "hysteresis_current" in {p.name for p in findings.plots}


def test_unequal_half_cycles_are_found():
    parts, start = [], 0.0
    for k in range(20):
        part = np.linspace(0, 1, 40)
        length = 3600 if k % 2 == 0 else 120
        parts.append((start + length * part, (1 if k % 2 == 0 else -1) * polarisation(part, 0.1, 0.3)))
        start += length
    t, v = (np.concatenate(column) for column in zip(*parts, strict=True))
    assert hysteresis(record(t, v)).half_cycles == 20


def test_an_unfinished_half_cycle_is_left_out():
    t, v = uniform(FORTY)
    found = hysteresis(record(t[:-30], v[:-30]))
    assert found.incomplete == 1
    assert found.mean_V.size == 19
    np.testing.assert_allclose(found.mean_V, true_mean(0.2), rtol=1e-3)


def test_open_circuit_before_the_test_is_left_out():
    t, v = uniform(FORTY)
    t = np.concatenate([np.arange(0, 3600, 60.0), 3600 + t])
    found = hysteresis(record(t, np.concatenate([np.full(60, 0.03), v])))
    np.testing.assert_allclose(found.mean_V, true_mean(0.2), rtol=1e-3)


def test_a_voltage_lost_in_noise_is_said():
    t, v = uniform([0.002] * 40)
    found = hysteresis(record(t, v + np.random.default_rng(1).normal(0, 0.003, v.size)))
    assert any("irregular" in w for w in found.warnings)


@pytest.mark.parametrize(("points", "said"), [(3, True), (30, False)])
def test_half_cycles_of_few_rows_are_said(points, said):
    t, v = uniform(FORTY, points=points)
    assert any("usually has 3 rows" in w for w in tell(hysteresis(record(t, v))).warnings) is said


def test_options_change_the_plateau():
    t, v = uniform(FORTY)
    early, late = hysteresis(record(t, v), Options(0.0)), hysteresis(record(t, v), Options(0.8))
    assert np.all(early.plateau_V < late.plateau_V)


@pytest.mark.parametrize("bad", [{"settled_from": 1.0}, {"settled_from": -0.1}, {"end_fraction": 2}])
def test_options_that_select_nothing_are_refused(bad):
    with pytest.raises(BadInputError, match="from 0 to below 1"):
        Options(**bad)


@pytest.mark.parametrize("cell", [None, CellContext("full"), CellContext("copper")])
def test_only_symmetric_cells(cell):
    t, v = uniform(FORTY)
    with pytest.raises(BadInputError, match="want a symmetric cell"):
        hysteresis(record(t, v, cell=cell))


def test_a_cell_that_is_not_symmetric_is_doubted():
    t, v = uniform(FORTY)
    current = 1e-3 * np.sign(v)
    odd, plain = hysteresis(record(t, v + 3.7, current)), hysteresis(record(t, v, current))
    assert any("does not look like a symmetric cell" in w for w in odd.warnings)
    assert not any("symmetric cell" in w for w in plain.warnings)


def test_one_direction_is_named():
    with pytest.raises(BadInputError, match="never reverses"):
        hysteresis(record(np.arange(9.0), np.ones(9)))
    with pytest.raises(BadInputError, match="current of one direction"):
        hysteresis(record(np.arange(9.0), np.ones(9), np.ones(9)))


def test_the_record_is_not_changed():
    t, v = uniform(FORTY)
    cell = record(t, v)
    before = cell.voltage_volt.copy()
    tell(hysteresis(cell))
    np.testing.assert_array_equal(cell.voltage_volt, before)


def test_real_symmetric_cell():
    """700 h of a polymer cell, time and voltage only: 1,400 half-cycles of half an hour, |U| at the end near 0.24 V."""
    file = real("cycling/limetal_symmetric/NickAlba_Data_Figure_3bc_PHJ_13_201.csv")
    found = hysteresis(read(file).in_cell(SYMMETRIC))
    assert found.half_cycles == 1400
    assert found.mean_V.size == 700
    assert np.median(found.end_V) == pytest.approx(0.238, abs=0.003)
    bias = np.median(found.unweighted_mean_V / found.mean_V - 1)
    assert -0.13 < bias < -0.08
