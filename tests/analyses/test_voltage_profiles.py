"""Figure and table of voltage profiles."""

import numpy as np
import pytest

from limetal.analyses.voltage_profiles import Options, tell, voltage_profiles
from limetal.errors import BadInputError
from limetal.records.cycling import CellContext, CyclingRecord
from support.known_curves import LAYERED, cell


def test_one_line_for_every_half_cycle_coloured_by_its_cycle():
    findings = tell(voltage_profiles(cell(LAYERED, cycles=10), Options("1,5,10")))
    (plot,) = findings.plots
    assert [s.value for s in plot.series] == [1, 1, 5, 5, 10, 10]
    assert (plot.x.unit, plot.colour.label) == ("mAh", "cycle")
    assert plot.series[0].x[0] == 0
    assert plot.series[0].x[-1] == pytest.approx(3.0)


def test_capacity_is_given_per_gram_and_per_area_where_they_are_known():
    findings = tell(voltage_profiles(cell(LAYERED, area_cm2=1.5, mass_mg=20.0), Options("1")))
    columns = findings.tables[0].columns
    assert list(columns) == ["cycle", "half_cycle", "capacity", "areal_capacity", "specific_capacity", "voltage"]
    assert max(columns["capacity"][1]) == pytest.approx(3.0)
    assert max(columns["areal_capacity"][1]) == pytest.approx(2.0)
    assert max(columns["specific_capacity"][1]) == pytest.approx(150.0)
    assert findings.plots[0].x.unit == "mAh/g"
    only = tell(voltage_profiles(cell(LAYERED, area_cm2=1.5), Options("1")))
    assert "specific_capacity" not in only.tables[0].columns
    assert only.plots[0].x.unit == "mAh/cm2"


def test_twice_the_area_halves_the_areal_capacity():
    one, two = (
        tell(voltage_profiles(cell(LAYERED, area_cm2=a), Options("1"))).tables[0].columns["areal_capacity"][1]
        for a in (1.0, 2.0)
    )
    np.testing.assert_allclose(two, np.array(one) / 2)


def test_the_table_holds_the_curve():
    record = cell(LAYERED, cycles=1, rows=2000)
    columns = tell(voltage_profiles(record)).tables[0].columns
    half = np.array(columns["half_cycle"][1]) == "charge"
    x, y = np.array(columns["capacity"][1])[half], np.array(columns["voltage"][1])[half]
    assert x.size < 300
    q = np.linspace(0, 3, 500)
    np.testing.assert_allclose(np.interp(q, x, y), LAYERED.volt(q / 3) + 0.025, atol=1.2e-3)


def test_a_record_without_a_complete_cycle_is_no_error():
    t = np.arange(0.0, 3600.0, 10.0)
    record = CyclingRecord(t, 3.0 + t / 3600, np.full(t.size, 1e-3), source="x", cell=CellContext("full"))
    findings = tell(voltage_profiles(record))
    assert not findings.plots
    assert "no complete cycle" in findings.not_computed[0][1]
    no_current = CyclingRecord(t, 3.0 + t / 3600, None, source="x", cell=CellContext("full"))
    assert "no current" in tell(voltage_profiles(no_current)).not_computed[0][1]


def test_cycles_that_are_not_there():
    record = cell(LAYERED, cycles=2, rows=50)
    findings = tell(voltage_profiles(record, Options("9")))
    assert findings.not_computed == (("voltage profiles", "none of the cycles asked for is there and complete"),)
    assert any("cycle 9 is not there" in w for w in findings.warnings)
    assert not tell(voltage_profiles(record, Options("1"))).not_computed


@pytest.mark.parametrize("kind", ["symmetric", None])
def test_other_cells_are_refused(kind):
    record = cell(LAYERED, cycles=2, rows=50)
    other = (
        record.in_cell(CellContext(kind))
        if kind
        else CyclingRecord(record.test_time_second, record.voltage_volt, record.current_ampere, source="x")
    )
    with pytest.raises(BadInputError, match="kind full"):
        voltage_profiles(other)


def test_wrong_options_are_refused():
    with pytest.raises(BadInputError, match=r"analyses.voltage_profiles.cycles: found 'last'"):
        Options("last")
    assert Options("1,2").cycles == "1,2"
