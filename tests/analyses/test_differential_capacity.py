"""What the ledger and the report are told of dQ/dV."""

import numpy as np
import pytest

from limetal.analyses.differential_capacity import Options, differential_capacity, tell
from limetal.errors import BadInputError
from limetal.records.cycling import CellContext, CyclingRecord
from support.full_cells import make
from support.known_curves import LAYERED, cell


@pytest.fixture(scope="module")
def ten():
    return cell(LAYERED, cycles=10, noise_V=2e-4, step_V=1e-4, shift_V=2e-3, rows=600)


def numbers(findings, quantity, half="charge"):
    return [n for n in findings.numbers if n.quantity == quantity and ("definition", half) in n.at]


def test_peaks_and_their_shift_are_told(ten):
    findings = tell(differential_capacity(ten))
    first = [n for n in numbers(findings, "dqdv_peak_voltage") if ("cycle", 1.0) in n.at]
    assert len(first) in {3, 4}
    assert abs(first[-1].value - (4.18 + 0.025)) < 4 * first[-1].std
    columns = next(t for t in findings.tables if t.name.endswith("peaks")).columns
    rows = zip(columns["cycle"][1], columns["half_cycle"][1], columns["area"][1], strict=True)
    assert sum(area for cycle, half, area in rows if (cycle, half) == (1, "charge")) == pytest.approx(3.0, rel=1e-6)
    assert all(n.std is None for n in findings.numbers if n.quantity == "dqdv_peak_charge")
    last = numbers(findings, "dqdv_peak_shift")[-1]
    assert abs(last.value - 2e-3) < 4 * last.std
    back = numbers(findings, "dqdv_peak_shift", "discharge")[-1]
    assert abs(back.value) < 4 * back.std


def test_charge_is_drawn_upwards_and_discharge_downwards(ten):
    capacity, slope = tell(differential_capacity(ten, Options("1,10"))).plots
    assert [s.value for s in capacity.series] == [1, 1, 10, 10]
    assert capacity.series[0].y.max() > 5
    assert capacity.series[1].y.min() < -5
    assert capacity.y.unit == "mAh/V"
    assert slope.x.unit == "mAh"


def test_the_table_integrates_to_the_charge(ten):
    columns = tell(differential_capacity(ten, Options("3"))).tables[0].columns
    half = np.array(columns["half_cycle"][1])
    volt, density = np.array(columns["voltage"][1]), np.array(columns["dq_dv"][1])
    for name in ("charge", "discharge"):
        v, y = volt[half == name], density[half == name]
        assert y.sum() * (v[1] - v[0]) == pytest.approx(3.0, rel=1e-6)


def test_mass_and_area_scale_the_picture_only():
    record = cell(LAYERED, cycles=1, rows=400)
    plain, heavy, wide = (
        tell(differential_capacity(record.in_cell(CellContext("full", **known))))
        for known in ({}, {"mass_mg": 20.0}, {"area_cm2": 2.0})
    )
    assert heavy.plots[0].y.unit == "mAh/(g V)"
    np.testing.assert_allclose(heavy.plots[0].series[0].y, plain.plots[0].series[0].y / 0.02)
    np.testing.assert_allclose(wide.plots[0].series[0].y, plain.plots[0].series[0].y / 2)
    assert [n.value for n in heavy.numbers] == [n.value for n in plain.numbers]


def test_the_width_of_the_intervals_is_an_option(ten):
    findings = tell(differential_capacity(ten, Options("1", width_mV=10.0)))
    volt = findings.tables[0].columns["voltage"][1]
    assert volt[1] - volt[0] == pytest.approx(0.01)
    assert any("intervals of 10 mV" in n.note for n in findings.numbers)


def test_a_voltage_that_turns_is_told():
    part = np.linspace(0, 1, 400)
    down = 2.15 - 0.1 * part - 0.03 * np.exp(-(((part - 0.3) / 0.03) ** 2))
    volt = np.concatenate([down, 2.3 + 0.1 * part])
    current = np.repeat([-1e-3, 1e-3], 400)
    record = CyclingRecord(
        9.0 * np.arange(800), volt, current, source="dip", cell=CellContext("full", starts="discharge")
    )
    findings = tell(differential_capacity(record))
    assert any("turns back" in w and "discharge of cycle 1" in w for w in findings.warnings)
    assert not any("turns back" in w and " charge of cycle 1" in w for w in findings.warnings)


def test_what_cannot_be_computed_is_said():
    t = np.arange(0.0, 3600.0, 10.0)
    single = CyclingRecord(t, 3.0 + t / 3600, np.full(t.size, 1e-3), source="x", cell=CellContext("full"))
    assert "no complete cycle" in tell(differential_capacity(single)).not_computed[0][1]
    few = cell(LAYERED, cycles=2, rows=8)
    findings = tell(differential_capacity(few))
    assert "only 8 rows" in findings.not_computed[0][1]
    assert findings.not_computed[-1] == ("dQ/dV and dV/dQ", "no chosen half-cycle has a curve")
    record = cell(LAYERED, cycles=2, rows=100)
    assert "none of the cycles" in tell(differential_capacity(record, Options("7"))).not_computed[-1][1]


@pytest.mark.parametrize("kind", ["symmetric", "copper", None])
def test_other_cells_are_refused(kind):
    record = cell(LAYERED, cycles=2, rows=50)
    bare = CyclingRecord(record.test_time_second, record.voltage_volt, record.current_ampere, source="x")
    with pytest.raises(BadInputError, match="kind full"):
        differential_capacity(bare.in_cell(CellContext(kind)) if kind else bare)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [({"cycles": "x"}, "cycles"), ({"width_mV": -1.0}, "width_mV"), ({"significance": 0.5}, "significance"),
     ({"match_within_mV": float("inf")}, "match_within_mV")],
)  # fmt: skip
def test_wrong_options_are_refused(wrong, name):
    with pytest.raises(BadInputError, match=f"analyses.differential_capacity.{name}"):
        Options(**wrong)
    assert Options("1", 5.0, 3.0, 10.0).width_mV == 5.0


def test_peaks_are_followed_at_one_current_only():
    """A cell that does not age, at two rates: the voltage of its peaks moves with the rate, not with the cycles."""
    current = np.repeat([0.2, 2.0], 4)
    record = make(np.full(8, 2.0), current_mA=current, resistance_ohm=40.0, noise_V=1e-4, rows=400).record
    findings = tell(differential_capacity(record, Options("1,2,3,4,5,6,7,8")))
    shifts = [n for n in findings.numbers if n.quantity == "dqdv_peak_shift"]
    assert shifts
    assert all(abs(n.value) < 1e-3 for n in shifts)  # across the rates it is 9 mV a cycle
    assert all("cycles at one current" in n.note for n in shifts)
