"""Capacity, efficiency and mean voltages of every cycle, against cells whose truth is known."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.analyses import apply
from limetal.analyses.capacity import Options, capacity, tell
from limetal.errors import BadInputError
from limetal.readers import read
from limetal.records.cells import CellContext
from limetal.records.cycling import CyclingRecord
from support.data_files import real
from support.full_cells import SULFUR, linear, make


def numbers(findings, quantity, cycle=None):
    return [
        n.value for n in findings.numbers if n.quantity == quantity and (cycle is None or dict(n.at)["cycle"] == cycle)
    ]


def test_made_up_cells_come_back():
    made = make(linear(6, 2.0, 1.0), efficiency=0.98, current_mA=0.5, held_part=0.2)
    found = capacity(made.record)
    assert found.discharge_mAh == pytest.approx(made.discharge_mAh, rel=1e-9)
    assert found.charge_mAh == pytest.approx(made.charge_mAh, rel=1e-9)
    assert found.coulombic_efficiency == pytest.approx(98.0, rel=1e-9)
    assert found.discharge_mA == pytest.approx(0.5, rel=1e-6)
    assert found.held_percent == pytest.approx(20.0, abs=0.8)
    assert found.number.tolist() == [1, 2, 3, 4, 5, 6]


def test_mean_voltages_are_energy_over_charge():
    t = np.array([0.0, 0.0, 1800.0, 1800.0, 3600.0, 3600.0, 7200.0])
    i = np.array([0.0, 2e-3, 2e-3, 1e-3, 1e-3, -1e-3, -1e-3])
    v = np.array([3.0, 4.0, 4.0, 4.2, 4.2, 3.7, 3.7])
    found = capacity(CyclingRecord(t, v, i, source="x", cell=CellContext("full")))
    assert found.charge_mAh == pytest.approx([1.5])
    assert found.charge_mWh == pytest.approx([1.0 * 4.0 + 0.5 * 4.2])
    assert found.mean_charge_volt == pytest.approx([(4.0 + 0.5 * 4.2) / 1.5])  # the charge counts, not the time (4.1)
    assert found.energy_efficiency == pytest.approx([100 * 3.7 / 6.1])


@settings(deadline=None, max_examples=25)
@given(st.floats(0.5, 5.0), st.floats(0.9, 1.0), st.floats(0.2, 4.0))
def test_efficiency_times_charge_is_discharge(first, efficiency, current):
    found = capacity(make(linear(4, first, 0.5), efficiency=efficiency, current_mA=current).record)
    assert found.coulombic_efficiency / 100 * found.charge_mAh == pytest.approx(found.discharge_mAh)


@settings(deadline=None, max_examples=25)
@given(st.floats(1.5, 10.0), st.floats(0.5, 20.0))
def test_area_and_mass_divide(factor, mass):
    def told(area, grams):
        cell = CellContext("full", area_cm2=area, mass_mg=grams)
        return tell(capacity(make(linear(3, 2.0, 1.0), cell=cell).record))

    one, other = told(1.0, mass), told(factor, factor * mass)
    for name in ("areal_discharge_capacity", "specific_discharge_capacity"):
        assert np.array(numbers(other, name)) * factor == pytest.approx(np.array(numbers(one, name)))
    assert numbers(one, "specific_charge_capacity", 1.0)[0] * mass / 1e3 == pytest.approx(
        numbers(one, "charge_capacity", 1.0)[0]
    )
    assert numbers(one, "coulombic_efficiency") == pytest.approx(numbers(other, "coulombic_efficiency"))


def test_without_mass_and_area_nothing_is_said_per_gram():
    findings = tell(capacity(make([1.0, 1.0]).record))
    assert {"specific capacity", "areal capacity"} <= {what for what, _ in findings.not_computed}
    assert not numbers(findings, "specific_discharge_capacity")
    assert "specific_discharge_capacity" not in findings.tables[0].columns


def test_a_cell_that_starts_with_discharge():
    made = make([1.2, 1.0, 0.9], efficiency=[1.0, 0.95, 0.95], starts="discharge", chemistry=SULFUR)
    found = capacity(made.record)
    assert found.found.first_sign == -1
    assert found.coulombic_efficiency == pytest.approx([100.0, 95.0, 95.0])
    before = capacity(made.record, Options(efficiency="charge before"))
    assert np.isnan(before.coulombic_efficiency[0])
    assert before.coulombic_efficiency[1:] == pytest.approx(100 * made.discharge_mAh[1:] / made.charge_mAh[:-1])
    table = tell(before).tables[0].columns["coulombic_efficiency"][1]
    assert table[0] == "not identified"


def test_a_half_cell_that_is_discharged_first_gives_back_what_was_put_in():
    made = make([2.0, 1.0], efficiency=[2.0, 1.25], starts="discharge", cell=CellContext("half"))
    found = capacity(made.record.in_cell(CellContext("half")))  # nobody said what it starts with
    assert found.returned == "charge"
    assert found.coulombic_efficiency == pytest.approx([50.0, 80.0])  # charge over discharge
    assert any("begin with discharge" in w for w in found.found.warnings)


def test_an_unfinished_cycle_is_left_out_and_said():
    made = make(linear(5, 2.0, 1.0), keep=0.4)
    found = capacity(made.record)
    assert found.number.tolist() == [1, 2, 3, 4]
    assert any("unfinished" in w for w in tell(found).warnings)


def test_median_efficiency_is_of_settled_cycles_at_one_current():
    efficiency = np.array([0.8, 0.9, 0.95, 0.995, 0.996, 0.995, 0.994, 0.995])
    current = np.array([0.1, 0.1, 1, 1, 1, 1, 1, 1])
    findings = tell(capacity(make(np.full(8, 2.0), efficiency=efficiency, current_mA=current).record))
    (mean,) = numbers(findings, "mean_coulombic_efficiency")
    assert mean == pytest.approx(99.5)
    assert numbers(findings, "initial_coulombic_efficiency") == pytest.approx([80.0])
    assert not numbers(tell(capacity(make(np.full(4, 2.0)).record)), "mean_coulombic_efficiency")


def test_efficiency_above_one_hundred_is_doubted():
    bad = tell(capacity(make(np.full(5, 2.0), efficiency=1.03).record))
    good = tell(capacity(make(np.full(5, 2.0), efficiency=0.99).record))
    assert any("above 100.5 %" in w for w in bad.warnings)
    assert not any("above 100.5 %" in w for w in good.warnings)


def test_what_is_no_cell_that_is_charged_and_discharged():
    made = make(linear(3, 2.0, 1.0))
    with pytest.raises(BadInputError, match="kind=full"):
        capacity(dataclasses.replace(made.record, cell=None))
    with pytest.raises(BadInputError, match="no current"):
        capacity(dataclasses.replace(made.record, current_ampere=None))
    half = made.record.rows // 8
    one_way = made.record.at_rows(slice(0, half), "")
    with pytest.raises(BadInputError, match="no complete cycle"):
        capacity(one_way)
    outcome = apply(one_way, "x", "x", (), {})  # nobody asked for it: the other analyses go on
    assert any("no complete cycle" in why for _, why in outcome.not_computed)
    assert any(e.quantity == "number_of_points" for e in outcome.entries)
    with pytest.raises(BadInputError, match="no complete cycle"):
        apply(one_way, "x", "x", ("capacity",), {})


@pytest.mark.parametrize(
    "options",
    [{"efficiency": "both"}, {"settled_from": 0}],
)
def test_options_that_are_none(options):
    with pytest.raises(BadInputError, match=r"analyses\.capacity"):
        Options(**options)


def test_pictures_hold_the_numbers_of_the_table():
    cell = CellContext("full", mass_mg=10.0)
    findings = tell(capacity(make(linear(4, 2.0, 1.0), cell=cell).record))
    plot = next(p for p in findings.plots if p.name == "capacity")
    columns = findings.tables[0].columns
    assert plot.series[0].y.tolist() == columns["specific_discharge_capacity"][1]
    assert plot.y.unit == "mAh/g"


def test_a_real_file_agrees_with_the_counter_of_the_instrument():
    record = read(real("cycling/biologic/aurora_250116_kigr_gen6_01_02_GCPL_CD8.mpr")).in_cell(CellContext("full"))
    found = capacity(record)
    counter = record.more["Q charge/discharge/mA.h"]
    ends = found.found.runs.stop[found.found.charge] - 1
    assert found.charge_mAh == pytest.approx(np.abs(counter[ends]), rel=1e-3)
    assert 75 < found.coulombic_efficiency[0] < 77


def test_discharge_over_the_charge_before_needs_the_cycle_before():
    """A cycle that the record lacks has no charge that could have come back."""
    made = make([1.0, 1.0, 1.0, 1.0, 1.0], starts="discharge", chemistry=SULFUR, missing=(3,), counted=True)
    found = capacity(made.record, Options(efficiency="charge before"))
    assert 3 not in found.number
    after = int(np.flatnonzero(found.number > 3)[0])
    assert np.isnan(found.coulombic_efficiency[[0, after]]).all()
    assert np.isfinite(np.delete(found.coulombic_efficiency, [0, after])).all()


def test_without_the_first_cycle_there_is_no_initial_efficiency():
    """A file that goes on with a test: its first cycle is not the one that forms films."""
    made = make(np.ones(8), missing=(1, 2, 3), counted=True)
    findings = tell(capacity(made.record))
    assert not numbers(findings, "initial_coulombic_efficiency")
    why = dict(findings.not_computed)["initial_coulombic_efficiency"]
    assert why == "the instrument counts 4 in the first cycle of the record"
    assert any("counts 4 where the record begins" in w for w in findings.warnings)
    for whole in (make(np.ones(8), counted=True), make(np.ones(8), missing=(1,), counted=True), make(np.ones(8))):
        assert numbers(tell(capacity(whole.record)), "initial_coulombic_efficiency")


def test_a_discharge_before_the_first_cycle_is_told_with_the_initial_efficiency():
    record = make([1.0, 1.0, 1.0], starts="discharge").record
    record = dataclasses.replace(record, cell=CellContext("full"))
    note = next(n.note for n in tell(capacity(record)).numbers if n.quantity == "initial_coulombic_efficiency")
    assert "begins with a discharge of 1 mAh" in note


def test_settled_cycles_begin_with_the_one_that_is_named():
    made = make(np.ones(8), efficiency=[0.9, 0.95, 0.97, 0.98, 0.99, 0.992, 0.994, 0.996])
    told = next(n for n in tell(capacity(made.record)).numbers if n.quantity == "mean_coulombic_efficiency")
    assert told.value == pytest.approx(100 * np.median([0.98, 0.99, 0.992, 0.994, 0.996]))
    assert "cycles 4 to 8" in told.note


def test_rates_and_hours_of_the_table():
    cell = CellContext("full", nominal_capacity_mAh=4.0)
    columns = tell(capacity(make([2.0, 2.0], current_mA=2.0, rest_s=0.0, cell=cell).record)).tables[0].columns
    assert columns["discharge_c_rate"] == ("1/h", pytest.approx([0.5, 0.5], rel=1e-6))
    assert columns["start"] == ("h", pytest.approx([0.0, 2.0], abs=0.02))


def test_errors_of_capacity_and_efficiency_cover_the_instants_of_switching():
    """Half-cycles that begin anywhere between two rows: the charge of most lies within two standard errors."""
    rng = np.random.default_rng(5)
    hits, charges, total = 0, 0, 0
    for _ in range(40):
        length = rng.uniform(3000, 3600, 12)  # seconds of half-cycles at 1 mA, logged each 97 s
        edges = np.concatenate([[0.0], np.cumsum(length)])
        t = np.arange(0.0, edges[-1], 97.0)
        sign = np.where((np.searchsorted(edges, t, "right") - 1) % 2 == 0, 1.0, -1.0)
        record = CyclingRecord(t, 3.7 + 0.1 * sign, 1e-3 * sign, source="x", cell=CellContext("full"))
        found = capacity(record)
        keep = (found.number > 1) & (found.number < 6)
        truth = (length / 3600).reshape(6, 2)[found.number[keep] - 1]
        ratio = 100 * truth[:, 1] / truth[:, 0]
        error = np.abs(found.coulombic_efficiency[keep] - ratio)
        hits += int(np.sum(error <= 2 * found.coulombic_efficiency_std[keep]))
        charges += int(np.sum(np.abs(found.charge_mAh[keep] - truth[:, 0]) <= 2 * found.charge_std_mAh[keep]))
        total += int(keep.sum())
    assert total > 100
    assert hits > 0.9 * total
    assert charges > 0.93 * total
    assert np.median(found.charge_std_mAh) < 0.03  # no empty promise: 97 s are 0.027 mAh


def test_the_error_of_the_efficiency_is_printed_with_its_source():
    t = np.arange(0.0, 4 * 3600.0, 60.0)
    sign = np.where(t % 7200 < 3600, 1.0, -1.0)
    record = CyclingRecord(t, 3.7 + 0.1 * sign, 1e-3 * sign, source="x", cell=CellContext("full"))
    (number,) = [
        n for n in tell(capacity(record)).numbers if n.quantity == "coulombic_efficiency" and dict(n.at)["cycle"] == 1.0
    ]
    assert 0.1 < number.std < 3.0
    assert "resolution of both charges" in number.note
