"""Rests, forming, noise, slips, pauses and unlike cycles: traps whose truth is known from construction."""

import numpy as np
import pytest

from limetal.analyses.hysteresis import DEFINITIONS, hysteresis, tell
from limetal.cycling.half_cycles import half_cycles
from limetal.cycling.like import centre_and_std
from limetal.cycling.pauses import pauses
from limetal.readers import read
from support.cells import SYMMETRIC, cycles, record, rested, stepped, uniform
from support.data_files import real

HOUR = 3600.0


def of_cycles(truth):
    return (truth[::2] + truth[1::2]) / 2


def medians(findings, quantity="hysteresis_mean"):
    return [n for n in findings.numbers if n.quantity == quantity and "cycle" not in dict(n.at)]


def said(findings, words):
    return any(words in w for w in findings.warnings)


# rests without current


@pytest.mark.parametrize("offset", [0.0, 2e-4, -5e-4, 3e-3])
@pytest.mark.parametrize(
    ("rest", "decay", "noise"),
    [(60, 20, 1e-5), (600, 60, 1e-4), (600, 300, 2e-5), (3600, 60, 5e-5), (7200, 60, 2e-5)],
)
def test_rests_are_left_out_whatever_the_offset(offset, rest, decay, noise):
    t, v, truth = rested(16, rest, decay, noise, offset)
    found = hysteresis(record(t, v))
    assert found.half_cycles == 16
    np.testing.assert_allclose(found.mean_V, of_cycles(truth), rtol=3e-3)
    np.testing.assert_allclose(found.end_V, 0.01, rtol=0.01)
    assert said(tell(found), f"rest of about {rest:.3g} s")


@pytest.mark.parametrize("offset", [0.0, 4e-4, -4e-4])
def test_rests_after_one_direction_only(offset):
    t, v, truth = rested(16, offset_V=offset, after_stripping=False)
    findings = tell(hysteresis(record(t, v)))
    assert medians(findings)[0].value == pytest.approx(truth[0], rel=2e-3)
    assert medians(findings, "hysteresis_end")[0].value == pytest.approx(0.01, rel=5e-3)
    assert said(findings, "half-cycles of positive voltage end with a rest of about 600 s")


def test_rests_at_zero_volts_and_noise():
    t, v, _ = stepped([(1, HOUR), (0, 600), (-1, HOUR), (0, 600)] * 8)
    found = hysteresis(record(t, v + np.random.default_rng(0).normal(0, 5e-5, v.size)))
    np.testing.assert_allclose(found.mean_V, 0.01, rtol=2e-3)
    np.testing.assert_allclose(found.end_V, 0.01, rtol=0.02)
    assert not said(tell(found), "irregular")


def test_rests_of_a_ladder():
    levels = np.repeat([0.005, 0.01, 0.05, 0.005], 6)
    t, v, truth = rested(24, offset_V=2e-4, levels_V=levels)
    np.testing.assert_allclose(hysteresis(record(t, v)).mean_V, of_cycles(truth), rtol=5e-3)


def test_a_pulse_of_more_current_is_no_rest():
    t, v, _ = stepped([(1, 1800), (3, 30), (1, 1800), (-1, 1800), (-3, 30), (-1, 1800)] * 6)
    found = hysteresis(record(t, v))
    assert not said(tell(found), "rest of")
    np.testing.assert_allclose(found.mean_V, (3600 * 10e-3 + 30 * 30e-3) / 3630, rtol=1e-3)
    np.testing.assert_allclose(found.end_V, 0.01, rtol=1e-9)


@pytest.mark.parametrize(("rows", "decay"), [(30, 5), (10, 5), (300, 20)])
def test_a_ramp_of_concentration_polarisation_is_no_rest(rows, decay):
    part = np.linspace(0, 1, rows)
    u = 0.03 + 0.285 * (1 - np.exp(-decay * part))
    t = np.concatenate([1800 * (k + part) for k in range(20)])
    v = np.concatenate([(-1) ** k * u for k in range(20)])
    found = hysteresis(record(t, v))
    assert not said(tell(found), "rest of")
    np.testing.assert_allclose(found.mean_V, np.trapezoid(u, part), rtol=1e-9)


def test_an_end_in_a_rest_that_cannot_be_seen_is_not_printed():
    """Slow decay from most of the voltage: no jump parts rest and plateau."""
    part = np.arange(0, HOUR, 10.0)
    on, off = 0.3 * (1 - 0.9 * np.exp(-part / 300)), 0.3 * np.exp(-part[:120] / 200)
    u = np.concatenate([on, off])
    t = np.concatenate([10.0 * (u.size * k + np.arange(u.size)) for k in range(16)])
    findings = tell(hysteresis(record(t, np.concatenate([(-1) ** k * u for k in range(16)]))))
    assert not medians(findings, "hysteresis_end")
    assert "hysteresis_end" in dict(findings.not_computed)
    assert said(findings, "below half the plateau")


# current


@pytest.mark.parametrize("dt", [10.0, 60.0, 600.0])
def test_every_step_of_a_ladder_is_there_however_sparse_the_log(dt):
    t, v, i = stepped(cycles(0.5, 1, 3) + cycles(1, 0.5, 3) + cycles(5, 0.1, 3) + cycles(0.5, 1, 3), dt)
    found = hysteresis(record(t, v, i))
    np.testing.assert_allclose(found.current_density_mA_cm2, np.repeat([0.5, 1, 5, 0.5], 3))
    np.testing.assert_allclose(found.mean_V, np.repeat([5e-3, 1e-2, 5e-2, 5e-3], 3))
    assert not found.warnings


@pytest.mark.parametrize("dt", [10.0, 1800.0])
def test_forming_at_a_two_hundredth_of_the_current_survives(dt):
    t, v, i = stepped(cycles(0.05, 5, 2) + cycles(10, 0.5, 5), dt)
    found = hysteresis(record(t, v, i))
    np.testing.assert_allclose(found.current_density_mA_cm2, [0.05] * 2 + [10] * 5)
    np.testing.assert_allclose(found.mean_V, [5e-4] * 2 + [0.1] * 5)


def test_a_current_too_small_to_be_seen_is_said():
    t, v, i = stepped(cycles(0.01, 5, 2) + cycles(10, 0.5, 5))
    found = hysteresis(record(t, v, i))
    assert found.mean_V.size == 5
    assert said(tell(found), "taken for rest")


@pytest.mark.parametrize("dt", [10.0, 300.0])
@pytest.mark.parametrize("noise_mA", [0.01, 0.03])
def test_noise_of_the_current_in_rests_makes_no_cycles(noise_mA, dt):
    t, v, i = stepped([(1, HOUR), (0, 600), (-1, HOUR), (0, 600)] * 8, dt)
    found = hysteresis(record(t, v, i + np.random.default_rng(1).normal(0, 1e-3 * noise_mA, i.size)))
    assert found.half_cycles == 16
    np.testing.assert_allclose(found.mean_V, 0.01, rtol=1e-6)


@pytest.mark.parametrize("offset_mA", [0.005, -0.02])
def test_an_offset_of_the_current_sensor_makes_no_cycles_of_rests(offset_mA):
    t, v, i = stepped([(1, HOUR), (0, 600), (-1, HOUR), (0, 600)] * 8)
    found = hysteresis(record(t, v, i + 1e-3 * offset_mA))
    np.testing.assert_allclose(found.mean_V, 0.01, rtol=1e-6)
    assert found.mean_V.size == 8


@pytest.mark.parametrize(("dt", "row"), [(10.0, 700), (600.0, 10)])
def test_one_wrong_row_of_current_is_left_out_and_said(dt, row):
    t, v, i = stepped(cycles(1, 1, 6), dt)
    i[row] = 0.3
    found = hysteresis(record(t, v, i))
    np.testing.assert_allclose(found.current_density_mA_cm2, 1.0)
    assert found.mean_V.size == 6
    assert said(tell(found), "1 row of current far above all others")


def test_short_reverse_pulses_are_counted_and_said():
    t, v, i = stepped([(1, 1800), (-1, 20), (1, 1800), (-1, 1800), (1, 20), (-1, 1800)] * 6, 5.0)
    found = hysteresis(record(t, v, i))
    assert found.half_cycles == 12
    assert said(tell(found), "12 runs of current far shorter")


def test_half_cycles_with_a_voltage_against_their_current_are_said():
    t, v, i = stepped(cycles(1, 1, 6), 60.0)
    v[4 * 61 : 5 * 61] *= -1
    assert said(tell(hysteresis(record(t, v, i))), "against the sign of the current")


def test_an_offset_larger_than_the_hysteresis_cancels_with_current():
    t, v, i = stepped(cycles(1, 1, 6))
    np.testing.assert_allclose(hysteresis(record(t, v + 0.012, i)).mean_V, 0.01)


# pauses


@pytest.mark.parametrize("with_current", [True, False])
def test_a_pause_of_twenty_hours_weighs_nothing(with_current):
    t, v, i = stepped(cycles(1.5, 1, 10), 60.0)
    v = v * np.where(t < 4.5 * HOUR, 0.5, 1.0)  # unlike before and after, so that a wrong weight would show
    late = t + np.where(t > 4.5 * HOUR, 20 * HOUR, 0)
    found = hysteresis(record(late, v, i if with_current else None))
    np.testing.assert_allclose(found.mean_V, [7.5e-3] * 2 + [15e-3] * 7)
    assert found.incomplete == 2
    assert said(tell(found), "for 20 h from 4.5 h on")


@pytest.mark.parametrize("with_current", [True, False])
def test_a_pause_fuses_no_half_cycles(with_current):
    t, v, i = stepped(cycles(1.5, 1, 10), 60.0)
    keep = ~((t > 4.2 * HOUR) & (t < 8.9 * HOUR))
    seen = half_cycles(record(t[keep], v[keep], i[keep] if with_current else None))
    assert [h.complete for h in seen.items[:7]] == [True] * 4 + [False] * 2 + [True]
    assert max(np.ptp(t[keep][h.rows]) for h in seen.items) <= HOUR
    assert seen.pauses.size == 1


def test_a_pause_between_half_cycles_breaks_none():
    t, v, i = stepped(cycles(1.5, 1, 10), 60.0)
    late = (
        t
        + np.where(i * np.sign(t - 4 * HOUR) * (np.abs(t - 4 * HOUR) < 1) > 0, 0, 0)
        + np.where(np.arange(t.size) >= 4 * 61, 20 * HOUR, 0)
    )
    found = hysteresis(record(late, v, i))
    assert found.mean_V.size == 10
    assert said(tell(found), "for 20 h from 4 h on")


def test_a_voltage_trigger_is_no_pause():
    file = real("cycling/limetal_symmetric/NickAlba_Data_Figure_3bc_PHJ_13_201.csv")
    seen = read(file)
    assert pauses(seen.test_time_second, seen.voltage_volt, None).size == 0
    found = tell(hysteresis(seen.in_cell(SYMMETRIC)))
    assert not any(said(found, w) for w in ("pauses", "rest of", "unlike", "irregular"))


# several cycles at once


def test_a_ladder_without_current_has_no_median():
    t, v, _ = stepped(cycles(0.5, 1, 3) + cycles(1, 0.5, 3) + cycles(5, 0.1, 3) + cycles(0.5, 1, 3))
    findings = tell(hysteresis(record(t, v)))
    for name in DEFINITIONS:
        assert not medians(findings, name)
    assert said(findings, "unlike, from 5 to 50 mV")
    assert any("medians" in what for what, _ in findings.not_computed)
    singles = {dict(n.at)["cycle"]: n.value for n in findings.numbers if n.quantity == "hysteresis_mean"}
    assert singles == pytest.approx({1: 5e-3, 3: 5e-3, 4: 1e-2, 6: 1e-2, 7: 5e-2, 9: 5e-2, 10: 5e-3, 12: 5e-3})


@pytest.mark.parametrize("part", [0.5, 0.7])
def test_a_short_circuit_on_the_way_leaves_no_median(part):
    t, v, i = stepped(cycles(1, 1, 20), 60.0)
    v = v * np.where(t > part * t[-1] + 900, 0.02, 1.0)
    findings = tell(hysteresis(record(t, v, i)))
    assert not medians(findings)
    assert not medians(findings, "areal_resistance")
    assert said(findings, "the cycles at 1 mA/cm2 are unlike, from 0.2 to 10 mV")


def test_a_shorted_cell_without_current_keeps_its_cycles():
    t, v, _ = stepped(cycles(1, 1, 20))
    v = v * np.where(t > 20.3 * HOUR, 0.02, 1.0) + np.random.default_rng(0).normal(0, 5e-5, v.size)
    found = hysteresis(record(t, v))
    np.testing.assert_allclose(found.mean_V[[0, 9, 11, 19]], [0.01, 0.01, 2e-4, 2e-4], rtol=0.05)
    assert not medians(tell(found))


def test_a_few_unlike_cycles_are_said_and_the_median_stands():
    t, v = uniform([0.02] * 6 + [0.1] * 34, rise=0.0)
    findings = tell(hysteresis(record(t, v)))
    assert medians(findings)[0].value == pytest.approx(0.1)
    assert said(findings, "3 of 20 cycles differ from the median by more than 20 %")


def test_like_cycles_have_a_median_and_no_warning():
    levels = 0.1 * (1 + 0.005 * np.arange(20))
    t, v = uniform(np.repeat(levels, 2), rise=0.0)
    findings = tell(hysteresis(record(t, v)))
    number = medians(findings)[0]
    spread = 1.4826 * np.median(np.abs(levels - np.median(levels)))
    of_a_mean = spread / np.sqrt(20)  # that of a median is 1.25 times as large, and more for few values
    assert number.value == pytest.approx(np.median(levels))
    assert number.std == pytest.approx(centre_and_std(levels)[2])
    assert 1.2 * of_a_mean < number.std < 1.4 * of_a_mean
    assert f"spread between cycles {1e3 * spread:.2g} mV" in number.note
    assert not said(findings, "unlike")
    assert not said(findings, "differ from the median")


def test_the_runs_of_cycles_are_named_and_no_spread_is_no_uncertainty():
    t, v, i = stepped(cycles(0.5, 1, 3) + cycles(1, 0.5, 6) + cycles(0.5, 1, 3))
    numbers = medians(tell(hysteresis(record(t, v, i))))
    assert ["cycles 1 to 3 and 10 to 12" in n.note for n in numbers] == [True, False]
    assert "cycles 4 to 9" in numbers[1].note
    assert [n.std for n in numbers] == [None, None]
