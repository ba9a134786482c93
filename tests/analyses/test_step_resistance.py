"""Groups of like steps, their numbers, growth over the cycles."""

import numpy as np
import pytest

from limetal.analyses.step_resistance import Options, step_resistance, tell
from limetal.errors import BadInputError
from limetal.records.cycling import CellContext, CyclingRecord


def grown(kind="full", cycles=6, growth=2.0, area=1.5, dt=1.0, noise_V=1e-4, seed=0):
    """Cell of 20 ohm that gains some ohm in every cycle; rests of 60 s between half-cycles of 600 s."""
    t, v, i, now = [], [], [], 0.0
    for k in range(cycles):
        for current, length in ((1e-3, 600), (0.0, 60), (-1e-3, 600), (0.0, 60)):
            part = np.arange(dt, length + dt / 2, dt)
            t.append(now + part)
            i.append(np.full(part.size, current))
            v.append((3.7 if kind == "full" else 0.0) + current * (20 + growth * k) * np.ones(part.size))
            now += length
    v = np.concatenate(v)
    v += noise_V * np.random.default_rng(seed).standard_normal(v.size)
    return CyclingRecord(np.concatenate(t), v, np.concatenate(i), source="x", cell=CellContext(kind, area))


def numbers(findings, quantity, words):
    return [n for n in findings.numbers if n.quantity == quantity and words in n.note]


def test_growth_per_cycle_is_found():
    findings = tell(step_resistance(grown()))
    for words in ("interrupt of charge", "interrupt of discharge"):
        growth = numbers(findings, "direct_current_resistance_growth", words)
        assert len(growth) == 2
        for number in growth:
            assert abs(number.value - 2.0) < 4 * number.std
            assert number.std < 0.1
    mean = numbers(findings, "direct_current_resistance", "interrupt of charge by 1 mA, read 1 s")[0]
    assert abs(mean.value - 25.0) < 4 * mean.std


def test_errors_of_the_growth_cover_the_truth():
    z = []
    for seed in range(12):
        findings = tell(step_resistance(grown(cycles=8, noise_V=5e-4, seed=seed)))
        z += [(n.value - 2.0) / n.std for n in numbers(findings, "direct_current_resistance_growth", "interrupt")]
    assert np.mean(np.abs(z) < 2) > 0.85
    assert np.std(z) > 0.4


def test_twice_the_area_doubles_the_areal_resistance():
    one, two = tell(step_resistance(grown(area=1.0))), tell(step_resistance(grown(area=2.0)))
    for a, b in zip(
        numbers(one, "areal_direct_current_resistance", ""),
        numbers(two, "areal_direct_current_resistance", ""),
        strict=True,
    ):
        assert b.value == pytest.approx(2 * a.value)
        assert b.std == pytest.approx(2 * a.std)
    bare = tell(step_resistance(grown(area=None)))
    assert not numbers(bare, "areal_direct_current_resistance", "")
    assert "first_areal_resistance" not in bare.tables[0].columns


def test_symmetric_cells_have_directions_of_current_only():
    findings = tell(step_resistance(grown("symmetric")))
    assert numbers(findings, "direct_current_resistance", "interrupt of positive current")
    assert not numbers(findings, "direct_current_resistance", "charge")


def test_the_time_that_was_used_is_printed():
    late = tell(step_resistance(grown(dt=2.5)))
    assert numbers(late, "direct_current_resistance", "read 2.5 s after the step (its first row; 1 s were asked for)")
    other = tell(step_resistance(grown(), Options(2.0, 30.0)))
    assert numbers(other, "direct_current_resistance", "read 30 s after the step")


def test_a_reading_long_after_the_time_asked_for_is_no_number():
    slow = tell(step_resistance(grown(dt=20.0)))  # 1 s and 10 s were asked for
    assert not numbers(slow, "direct_current_resistance", "")
    assert any("at 1 s" in what and "first row comes 20 s" in why for what, why in slow.not_computed)
    assert slow.tables[0].columns["first_time"][1][0] == 20.0  # the table has it, with its time


def test_one_row_for_every_step_and_one_series_for_every_group():
    findings = tell(step_resistance(grown()))
    assert findings.tables[0].rows == 23
    (plot,) = findings.plots
    assert plot.x.label == "cycle"
    assert len(plot.series) == 4
    single = tell(step_resistance(grown(cycles=1)))
    assert single.plots[0].x.label == "time"
    assert not numbers(single, "direct_current_resistance_growth", "")


def test_many_kinds_of_steps_are_cut_to_the_most_frequent():
    t, i = [], []
    for k in range(12):
        t.append(1000.0 * k + np.arange(1000.0))
        i.append(np.full(1000, 1e-3 * (1 + k) * (-1) ** k))
    i = np.concatenate(i)
    record = CyclingRecord(np.concatenate(t), 20 * i, i, source="x", cell=CellContext("symmetric"))
    findings = tell(step_resistance(record))
    assert len({dict(n.at)["definition"] for n in findings.numbers if n.quantity == "direct_current_resistance"}) == 4
    assert findings.tables[0].rows == 11


def test_what_cannot_be_computed_is_said():
    t = np.arange(0.0, 3600.0, 10.0)
    cell = CellContext("symmetric")
    steady = CyclingRecord(t, np.full(t.size, 0.01), np.full(t.size, 1e-3), source="x", cell=cell)
    assert tell(step_resistance(steady)).not_computed == (
        ("direct_current_resistance", "the current never changes from one steady value to another"),
    )
    bare = CyclingRecord(t, np.full(t.size, 0.01), None, source="x", cell=cell)
    assert "no current" in tell(step_resistance(bare)).not_computed[0][1]
    slow = tell(step_resistance(grown(dt=60.0), Options(latest_s=30.0)))
    assert "the first row comes 60 s later or more, the most allowed is 30 s" in slow.not_computed[0][1]


def test_a_voltage_against_the_current_is_warned_of():
    record = grown()
    turned = CyclingRecord(
        record.test_time_second, 7.4 - record.voltage_volt, record.current_ampere, source="x", cell=record.cell
    )
    assert any("against the current" in w for w in tell(step_resistance(turned)).warnings)
    assert not tell(step_resistance(record)).warnings


def test_wrong_options_and_unknown_cells_are_refused():
    for wrong in ({"first_s": 0.0}, {"second_s": 0.5}, {"latest_s": float("inf")}):
        with pytest.raises(BadInputError, match=r"analyses.step_resistance"):
            Options(**wrong)
    assert Options(0.1, 1.0, 5.0).first_s == 0.1
    record = grown()
    with pytest.raises(BadInputError, match="its kind"):
        step_resistance(CyclingRecord(record.test_time_second, record.voltage_volt, record.current_ampere, source="x"))
