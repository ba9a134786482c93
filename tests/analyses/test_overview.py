"""Range, length and charge of a record."""

import numpy as np
import pytest

from limetal.analyses.overview import overview, tell
from limetal.readers import read
from limetal.records.cycling import CellContext, CyclingRecord
from support.cells import cycles, record, stepped
from support.data_files import real


def steps():
    t = np.array([0.0, 3600.0, 3600.0, 7200.0, 7200.0, 9000.0])
    i = np.array([2e-3, 2e-3, -1e-3, -1e-3, 0.0, 0.0])
    return CyclingRecord(t, np.linspace(3.0, 4.0, 6), i, source="steps", cycle_count=np.array([1, 1, 1, 1, 2, 2]))


def test_charge_of_each_direction():
    seen = overview(steps())
    assert seen.charge_positive_mAh == pytest.approx(2.0)
    assert seen.charge_negative_mAh == pytest.approx(1.0)
    assert (seen.duration_h, seen.voltage_min_V, seen.voltage_max_V, seen.cycles) == (2.5, 3.0, 4.0, 2)
    assert seen.current_max_mA == pytest.approx(2.0)


def test_without_current_the_charge_is_not_computed():
    findings = tell(overview(CyclingRecord(np.arange(3.0), np.ones(3), None, source="x")))
    assert ("charge_passed_positive", "the record has no current") in findings.not_computed
    assert "current_max" not in {n.quantity for n in findings.numbers}


def test_no_charge_is_counted_for_a_pause_of_the_recording():
    t, v, i = stepped(cycles(1.0, 1.0, 2), dt=60.0)
    whole = overview(record(t, v, i))
    assert whole.charge_positive_mAh == pytest.approx(2.0)
    assert not whole.warnings
    t = t + np.where(t > 0.5 * 3600, 20 * 3600.0, 0.0)  # 20 h without rows in the first plating
    seen = overview(record(t, v, i))
    assert seen.charge_positive_mAh == pytest.approx(2.0 - 60 / 3600)
    assert seen.charge_negative_mAh == pytest.approx(2.0)
    assert any("for 20 h from 0.5 h on" in w for w in tell(seen).warnings)


@pytest.mark.parametrize("dt", [1.0, 60.0, 600.0, 3600.0])
def test_sparse_logging_is_no_pause(dt):
    t, v, i = stepped(cycles(1.0, 2.0, 4), dt=dt)
    seen = overview(record(t, v, i))
    assert seen.charge_positive_mAh == pytest.approx(8.0)
    assert not seen.warnings


def test_long_steps_that_come_back_are_no_pause():
    """A minute of every half-cycle is logged each second, then only its end."""
    part = np.append(np.arange(0.0, 60.0), 3600.0)
    t = np.concatenate([3600 * k + part for k in range(8)])
    i = np.concatenate([np.full(part.size, 1e-3 * (-1) ** k) for k in range(8)])
    seen = overview(record(t, 10 * i, i))
    assert seen.charge_positive_mAh == pytest.approx(4.0)
    assert not seen.warnings


def test_symmetric_cells_are_drawn_by_the_hysteresis_analysis():
    assert tell(overview(steps())).plots
    assert not tell(overview(steps().in_cell(CellContext("symmetric")))).plots


def test_charge_agrees_with_the_counter_of_the_instrument():
    """The 700 k-row file's own capacity counter: 19.402 mAh of charge in all steps."""
    seen = overview(read(real("cycling/neware/BTS85-36-6-5-110-20240424.ndax")))
    assert seen.charge_positive_mAh == pytest.approx(19.402, rel=2e-4)
    assert seen.points == 699_677


def test_the_counter_of_the_instrument_is_named_where_the_integral_differs():
    """A current of 0.176 mA logged as 0.2 mA: the integral is 14 % too large, the counter is right."""
    t = np.arange(0.0, 7201.0, 10.0)
    sign = np.where(t <= 3600, 1.0, -1.0)
    counter = np.where(t <= 3600, t, t - 3600) / 3600 * 0.176
    made = CyclingRecord(t, 3.7 + 0.1 * sign, 2e-4 * sign, source="x", more={"capacity_mAh": counter})
    (number,) = [n for n in tell(overview(made)).numbers if n.quantity == "charge_passed_positive"]
    assert number.value == pytest.approx(0.2, rel=0.01)
    assert "the instrument's counter gives 0.176 mAh in and 0.176 mAh out" in number.note
    exact = CyclingRecord(t, 3.7 + 0.1 * sign, 1.76e-4 * sign, source="x", more={"capacity_mAh": counter})
    (number,) = [n for n in tell(overview(exact)).numbers if n.quantity == "charge_passed_positive"]
    assert number.note == "trapezoid integral over test time"


def test_the_real_file_with_few_digits_names_its_counter():
    record = read(real("cycling/landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv"))
    note = next(n.note for n in tell(overview(record)).numbers if n.quantity == "charge_passed_negative")
    assert "counter gives" in note
