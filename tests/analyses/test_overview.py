"""Range, length and charge of a record."""

import numpy as np
import pytest

from limetal.analyses.overview import overview, tell
from limetal.readers import read
from limetal.records.cycling import CellContext, CyclingRecord
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
    record = CyclingRecord(np.arange(3.0), np.ones(3), None, source="x")
    findings = tell(overview(record))
    assert ("charge_passed_positive", "the record has no current") in findings.not_computed
    assert "current_max" not in {n.quantity for n in findings.numbers}


def test_symmetric_cells_are_drawn_by_the_hysteresis_analysis():
    assert tell(overview(steps())).plots
    assert not tell(overview(steps().in_cell(CellContext("symmetric")))).plots


def test_charge_agrees_with_the_counter_of_the_instrument():
    """The 700 k-row file's own capacity counter: 19.402 mAh of charge in all steps."""
    seen = overview(read(real("cycling/neware/BTS85-36-6-5-110-20240424.ndax")))
    assert seen.charge_positive_mAh == pytest.approx(19.402, rel=2e-4)
    assert seen.points == 699_677
