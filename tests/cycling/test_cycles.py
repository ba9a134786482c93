"""Cycles: which two runs make one, by the kind of the cell."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.cycling.cycles import cycles, first_sign, pair
from limetal.cycling.runs import runs
from limetal.errors import BadInputError
from limetal.records.cells import CellContext
from limetal.records.cycling import CyclingRecord
from support.cells import stepped
from support.full_cells import make


def of_steps(steps, kind="full", **cell):
    t, _, i = stepped(steps, 30.0)
    context = CellContext(kind, **cell) if kind else None
    return CyclingRecord(t, 3.7 + 20 * i, i, source="made up", cell=context)


CHARGED_FIRST = [(1.0, 3600), (-1.0, 3400)] * 3
DISCHARGED_FIRST = [(-1.0, 3600), (1.0, 3400)] * 3


@pytest.mark.parametrize(
    ("kind", "cell", "steps", "sign", "count", "before"),
    [
        ("full", {}, CHARGED_FIRST, 1, 3, -1),
        ("full", {}, DISCHARGED_FIRST, 1, 2, 0),
        ("full", {"starts": "discharge"}, DISCHARGED_FIRST, -1, 3, -1),
        ("full", {"starts": "discharge"}, CHARGED_FIRST, -1, 2, 0),
        ("half", {}, DISCHARGED_FIRST, -1, 3, -1),
        ("half", {}, CHARGED_FIRST, 1, 3, -1),
        ("half", {"starts": "charge"}, DISCHARGED_FIRST, 1, 2, 0),
        ("copper", {}, CHARGED_FIRST, 1, 3, -1),
        ("anode-free", {}, CHARGED_FIRST, 1, 3, -1),
    ],
)
def test_the_kind_of_the_cell_decides(kind, cell, steps, sign, count, before):
    found = cycles(of_steps(steps, kind, **cell))
    assert (found.first_sign, found.count, found.before) == (sign, count, before)
    charge, discharge = (1.0, 3400 / 3600) if steps is CHARGED_FIRST else (3400 / 3600, 1.0)
    np.testing.assert_allclose(found.charge_mAh(), charge, rtol=1e-9)
    np.testing.assert_allclose(found.discharge_mAh(), discharge, rtol=1e-9)
    assert found.number.tolist() == list(range(1, count + 1))
    assert any("before the first cycle" in w for w in found.warnings) is (before == 0)


@pytest.mark.parametrize(
    ("kind", "words"),
    [("", "a cell nobody described, want its kind"), ("symmetric", "a symmetric cell, want a cell that is charged")],
)
def test_cells_without_cycles_of_charge_and_discharge_are_refused(kind, words):
    record = of_steps(CHARGED_FIRST, kind)
    with pytest.raises(BadInputError, match=words):
        cycles(record)
    assert cycles(record.in_cell(CellContext("full"))).count == 3


def test_half_cell_says_how_its_cycles_begin():
    sign, words = first_sign(of_steps(DISCHARGED_FIRST, "half"), runs(of_steps(DISCHARGED_FIRST)))
    assert sign == -1
    assert "begin with discharge" in words
    assert first_sign(of_steps(DISCHARGED_FIRST), runs(of_steps(DISCHARGED_FIRST))) == (1, "")


def test_one_direction_is_no_cycle():
    with pytest.raises(
        BadInputError, match="1 half-cycles and no complete cycle, want a complete charge and discharge"
    ):
        cycles(of_steps([(1.0, 3600)]))


def test_unfinished_cycles_are_left_out_and_keep_their_number():
    record = of_steps([(1.0, 3600), (-1.0, 3600)] * 4)
    t = record.test_time_second
    keep = (t < 7200 + 600) | (t > 7200 + 3000)
    found = cycles(
        CyclingRecord(t[keep], record.voltage_volt[keep], record.current_ampere[keep], source="x", cell=record.cell)
    )
    assert found.number.tolist() == [1, 3, 4]
    assert "unfinished and left out: cycle 2" in found.warnings


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.5, 2.0), min_size=2, max_size=6), st.floats(0.9, 1.0))
def test_efficiency_times_charge_is_discharge(hours, efficiency):
    steps = [x for h in hours for x in ((1.0, 3600 * h), (-1.0, 3600 * h * efficiency), (0.0, 600))]
    found = cycles(of_steps(steps))
    coulombic = found.discharge_mAh() / found.charge_mAh()
    np.testing.assert_allclose(coulombic * found.charge_mAh(), found.discharge_mAh(), rtol=1e-12)
    np.testing.assert_allclose(found.charge_mAh(), hours[: found.count], rtol=1e-9)
    np.testing.assert_allclose(coulombic, efficiency, rtol=1e-9)


def test_turned_current_exchanges_charge_and_discharge():
    record = of_steps([(1.0, 3600), (-1.0, 3400)] * 3)
    turned = CyclingRecord(record.test_time_second, record.voltage_volt, -record.current_ampere, source="x")
    one, two = pair(runs(record), 1, "x"), pair(runs(turned), -1, "x")
    np.testing.assert_array_equal(one.charge_mAh(), two.discharge_mAh())
    np.testing.assert_array_equal(one.discharge_mAh(), two.charge_mAh())
    np.testing.assert_array_equal(one.number, two.number)


def test_cycles_that_the_record_lacks_keep_their_numbers_where_the_instrument_counts():
    made = make(np.full(30, 2.0), missing=(12, 13), counted=True)
    found = cycles(made.record)
    assert found.number[-1] == 30
    assert not set(found.number) & {12, 13}
    assert any("by the instrument's count" in w and "12" in w for w in found.warnings)
    whole = cycles(make(np.full(30, 2.0), counted=True).record)
    assert whole.number.tolist() == list(range(1, 31))
    assert not any("instrument's count" in w for w in whole.warnings)


def test_a_count_that_means_something_else_is_not_followed():
    made = make(np.full(10, 2.0))
    half_cycles = np.cumsum(np.append(1, np.abs(np.diff(np.sign(made.record.current_ampere))) > 0))
    found = cycles(dataclasses.replace(made.record, cycle_count=half_cycles))
    assert found.number.tolist() == list(range(1, 11))
