"""Lithium inventory of made-up cells that lose lithium at a known efficiency."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.analyses.lithium_inventory import Options, lithium_inventory, tell
from limetal.errors import BadInputError
from limetal.records.cycling import CellContext, CyclingRecord
from support.full_cells import SULFUR, kneed, ladder, linear, make


def losing(excess, efficiency, cycles, first=2.0, positive_fade=0.0):
    """Capacities of a cell that loses lithium, from the balance."""
    lithium, delivered = first * (1 + excess), []
    for k in range(cycles):
        delivered.append(min(first * (1 - positive_fade) ** k, lithium))
        lithium -= (1 - efficiency) * delivered[-1]
    return np.array(delivered)


def cell(np_ratio, **more):
    return CellContext("full", np_ratio=np_ratio, **more)


def value(findings, quantity):
    return next(n.value for n in findings.numbers if n.quantity == quantity)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.3, 4.0), st.floats(0.95, 0.985), st.floats(0.0, 3e-3))
def test_bound_lies_at_or_below_the_truth(np_ratio, efficiency, positive_fade):
    cycles = int(min(np_ratio / (1 - efficiency) + 15, 150))
    capacity = losing(np_ratio, efficiency, cycles, positive_fade=positive_fade)
    result = lithium_inventory(make(capacity, cell=cell(np_ratio), rows=6, rest_s=0).record)
    assert result.bound <= efficiency + 1e-6


def test_cell_whose_lithium_ran_out_tells_its_efficiency():
    result = lithium_inventory(make(losing(1.9, 0.98, 130), cell=cell(1.9), rows=15).record)
    assert result.retention < 0.7
    assert result.bound == pytest.approx(0.98, abs=1e-6)
    assert result.if_limiting == pytest.approx(0.98, abs=1e-4)
    assert result.lasted == pytest.approx(1.9 / 0.02, rel=1e-2)


def test_cell_whose_lithium_did_not_run_out_tells_only_a_bound():
    """300 cycles at N/P 1.9 need no more than 99.37 %, however good the lithium is."""
    result = lithium_inventory(make(np.full(301, 2.0), cell=cell(1.9), rows=8, rest_s=0).record)
    assert 100 * result.bound == pytest.approx(99.367, abs=1e-3)
    findings = tell(result)
    assert value(findings, "lithium_efficiency_bound") == pytest.approx(99.367, abs=1e-3)
    assert "lithium_efficiency_if_limiting" in dict(findings.not_computed)
    note = next(n.note for n in findings.numbers if n.quantity == "lithium_efficiency_bound")
    assert "says nothing of the lithium electrode (Xiao 2020" in note


def test_fade_that_comes_too_early_for_lithium_shows_in_the_note():
    findings = tell(lithium_inventory(make(linear(301, 2.0, 0.0277), cell=cell(1.9), rows=8, rest_s=0).record))
    assert value(findings, "lithium_efficiency_if_limiting") == pytest.approx(99.34, abs=0.01)
    note = next(n.note for n in findings.numbers if n.quantity == "lithium_efficiency_if_limiting")
    assert "positive electrode fades by 0.0289 % a cycle" in note
    assert "the capacity is full until cycle 28" in note
    assert "measured in cycle 28" in note


def test_anode_free_cell_is_a_power():
    record = make(losing(0.0, 0.99, 80), cell=CellContext("anode-free"), rows=15).record
    result = lithium_inventory(record)
    assert result.if_limiting == pytest.approx(0.99, abs=1e-9)
    assert result.bound == pytest.approx(0.99, abs=1e-6)
    assert "Xiao" not in next(n.note for n in tell(result).numbers if n.quantity == "lithium_efficiency_bound")


def test_charged_positive_electrode_brings_no_lithium():
    capacity = losing(2.2, 0.96, 100)
    made = make(capacity, cell=cell(3.2), chemistry=SULFUR, starts="discharge", rows=15)
    result = lithium_inventory(made.record)
    assert result.lithium_mAh == pytest.approx(3.2 * 2.0)
    assert result.bound == pytest.approx(0.96, abs=1e-6)


def test_lithium_of_the_first_charge_counts():
    efficiency = np.append(0.88, np.full(49, 0.999))
    record = make(np.full(50, 2.0), efficiency=efficiency, cell=cell(1.0), rows=15).record
    assert lithium_inventory(record).lithium_mAh == pytest.approx(2.0 + 2.0 / 0.88)
    assert lithium_inventory(record, Options(first_charge=False)).lithium_mAh == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("nominal", "which", "positive"),
    [
        (None, "largest", 2.0),
        (2.2, "largest", 2.2),
        (1.8, "largest", 2.0),
        (2.2, "measured", 2.0),
        (1.8, "nominal", 1.8),
    ],
)
def test_capacity_that_np_counts(nominal, which, positive):
    record = make(np.full(30, 2.0), cell=cell(1.0, nominal_capacity_mAh=nominal), rows=10).record
    assert lithium_inventory(record, Options(positive_capacity=which)).positive_mAh == pytest.approx(positive)


def test_last_cycle_is_one_at_the_usual_current():
    current = ladder((1, 40), (5, 3))
    capacity = ladder((2.0, 40), (0.5, 3))
    result = lithium_inventory(make(capacity, current_mA=current, cell=cell(1.0), rows=10).record)
    assert (result.last_cycle, result.retention) == (40, pytest.approx(1.0))


def test_a_knee_of_lithium_that_runs_out_is_read():
    result = lithium_inventory(make(kneed(120, 2.0, 80, 0.02, 1.0), cell=cell(1.0), rows=10).record)
    assert 0.98 < result.bound < 0.995


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (lambda: make(np.full(5, 2.0)).record, "N/P is not given"),
        (lambda: make([2.0, 2.0], current_mA=[1.0, 2.0], cell=cell(1.0)).record, "fewer than two cycles"),
        (
            lambda: make(np.full(9, 2.0), starts="discharge", chemistry=SULFUR, cell=cell(0.5)).record,
            "more than all lithium by N/P",
        ),
    ],
)
def test_what_cannot_be_known_has_a_reason(record, why):
    findings = tell(lithium_inventory(record()))
    assert not findings.numbers
    assert why in dict(findings.not_computed)["lithium inventory"]


def test_short_tests_say_nothing():
    findings = tell(lithium_inventory(make(np.full(2, 2.0), cell=cell(1.9)).record))
    assert "would last if none of it came back" in dict(findings.not_computed)["lithium_efficiency_bound"]


def test_nominal_capacity_must_be_given_to_be_used():
    record = make(np.full(5, 2.0), cell=cell(1.0)).record
    assert "nominal capacity" in lithium_inventory(record, Options(positive_capacity="nominal")).why


def test_wrong_cells_and_options_are_refused():
    with pytest.raises(BadInputError, match="another cell"):
        lithium_inventory(make(np.full(5, 2.0), cell=CellContext("half")).record)
    with pytest.raises(BadInputError, match="positive_capacity: found 'both'"):
        Options(positive_capacity="both")
    with pytest.raises(BadInputError, match=r"same_current: found 0\.5"):
        Options(same_current=0.5)


def test_lithium_left_is_that_before_the_discharge():
    """Before the first discharge nothing is lost, and before the last one the bound leaves just what it delivers."""
    result = lithium_inventory(make(losing(1.9, 0.98, 130), cell=cell(1.9), rows=15).record)
    left = tell(result).tables[0].columns["lithium_left_at_bound"][1]
    assert left[0] == pytest.approx(result.lithium_mAh)
    assert left[-1] == pytest.approx(result.discharge_mAh[-1])


def test_first_charge_counts_also_where_its_cycle_is_cut():
    """What the positive electrode gives once is lithium that can be lost, whether its discharge was logged or not."""
    efficiency = np.append(0.8, np.full(59, 0.999))
    whole = make(np.full(60, 2.0), efficiency=efficiency, cell=cell(1.0), rows=15).record
    t = whole.test_time_second
    start = np.flatnonzero(whole.current_ampere < 0)[4]
    gone = (t > t[start]) & (t < t[start] + 3 * 3600)
    cut = CyclingRecord(t[~gone], whole.voltage_volt[~gone], whole.current_ampere[~gone], source="cut", cell=whole.cell)
    found = lithium_inventory(cut)
    assert found.number[0] > 1
    assert found.lithium_mAh == pytest.approx(2.0 + 2.0 / 0.8)
    assert found.bound <= lithium_inventory(whole).bound
    late = t > t[5]
    begun = CyclingRecord(
        *(x[late] for x in (t, whole.voltage_volt, whole.current_ampere)), source="b", cell=whole.cell
    )
    assert lithium_inventory(begun).lithium_mAh < 4.5


def test_discharge_before_the_first_charge_is_no_lithium_of_the_positive_electrode():
    """1 mAh goes into it first and comes out again: the first charge of 3 mAh gives 2 of its own."""
    steps = [(-1, 3600), (1, 3 * 3600), *[(-1, 2 * 3600), (1, 2 * 3600)] * 3, (-1, 2 * 3600)]
    edges = np.cumsum([0.0, *(s for _, s in steps)])
    t = np.sort(np.concatenate([edges, edges[1:-1] + 1e-3]))
    sign = np.repeat([s for s, _ in steps], 2)
    record = CyclingRecord(t, 3.7 + 0.2 * sign, 1e-3 * sign, source="x", cell=cell(1.0))
    assert lithium_inventory(record).lithium_mAh == pytest.approx(2.0 + 2.0, rel=1e-3)
