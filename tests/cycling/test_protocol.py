"""What a test did: recognised in made-up tests whose protocol is known, and never a failure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.analyses.protocol import PLUGIN, Options, recognise, tell
from limetal.cycling.protocol import protocol
from limetal.errors import BadInputError
from limetal.quantities import QUANTITIES
from limetal.readers import read_all
from limetal.records.cells import CELL_KINDS, CellContext
from limetal.records.cycling import CyclingRecord
from support.cells import SYMMETRIC, stepped, uniform
from support.copper_cells import made as made_copper
from support.copper_cells import reservoir
from support.data_files import real
from support.full_cells import ladder, make

FULL = CellContext("full")


def said(record, **options):
    (number,) = tell(recognise(record, Options(**options))).numbers
    assert number.quantity == "protocol"
    return number.value.split("; ")


def of_steps(steps, cell=None, dt=10.0):
    t, _, i = stepped(steps, dt)
    return CyclingRecord(t, 3.7 + 20 * i, i, source="made up", cell=cell)


def cycles(current_mA, n, hours=1.0):
    return [(current_mA, 3600 * hours), (-current_mA, 3600 * hours)] * n


# --------------------------------------------------------------------------------------------------- recognised


def test_plain_cycling():
    assert said(of_steps(cycles(2.0, 30))) == ["30 cycles at 2 mA"]
    assert said(of_steps([*cycles(2.0, 30), (2.0, 3600)])) == ["30 cycles at 2 mA", "a last charge alone"]


@pytest.mark.parametrize(("few", "forming"), [(1, True), (3, True), (5, True), (6, False)])
def test_forming_cycles(few, forming):
    record = of_steps([*cycles(0.2, few, 5.0), *cycles(1.0, 20)], FULL)
    found = protocol(record)
    assert found.forming_cycles == (few if forming else 0)
    assert [(s.first, s.count) for s in found.stretches] == [(1, few), (few + 1, 20)]
    name = "forming cycle" if forming else "cycle"
    assert said(record) == [f"{few} {name}{'s' * (few > 1)} at 0.2 mA", "20 cycles at 1 mA"]


def test_slower_cycles_later_or_faster_ones_first_are_not_forming():
    assert protocol(of_steps([*cycles(1.0, 20), *cycles(0.2, 2)])).forming == 0
    assert protocol(of_steps([*cycles(2.0, 2), *cycles(1.0, 20)])).forming == 0
    assert protocol(of_steps([*cycles(0.2, 2), *cycles(1.0, 20)]), most_forming=1).forming == 0


def test_rate_ladder_with_forming_and_return():
    rates = [0.1] * 2 + [0.5] * 5 + [1.0] * 5 + [2.0] * 5 + [5.0] * 5 + [0.5] * 10
    record = of_steps([x for rate in rates for x in cycles(rate, 1)], FULL, dt=30.0)
    found = protocol(record)
    assert found.ladder == (1, 2, 3, 4)
    assert found.returns == (5,)
    assert found.forming_cycles == 2
    assert said(record) == [
        "2 forming cycles at 0.1 mA",
        "rate ladder: 5 cycles each at 0.5 mA, 1 mA, 2 mA, 5 mA, back at 0.5 mA for 10 cycles",
    ]


def test_ladder_of_discharge_only_falling_and_in_c_rates():
    current = ladder((2.0, 3), (1.0, 3), (0.5, 3), (0.2, 3))
    cell = CellContext("full", nominal_capacity_mAh=2.0)
    record = make(np.full(12, 1.8), current_mA=current, charge_current_mA=0.2, cell=cell).record
    found = protocol(record)
    assert len(found.ladder) == 4
    words = said(record)[0]
    assert words.startswith("rate ladder: 3 cycles each at C/10 charge and 1C discharge, C/10 charge and C/2 discharge")


def test_long_stretches_are_no_ladder():
    record = of_steps([x for rate in (0.5, 1.0, 2.0) for x in cycles(rate, 40)], dt=100.0)
    assert protocol(record).ladder == ()
    assert said(record) == ["40 cycles at 0.5 mA", "40 cycles at 1 mA", "40 cycles at 2 mA"]


def test_many_changes_are_summed_up():
    rng = np.random.default_rng(1)
    sizes = rng.choice([0.5, 1.0, 2.0], 40)
    words = said(of_steps([x for size in sizes for x in cycles(size, 1)], dt=60.0))
    assert words[0].startswith("40 cycles at currents that change")
    assert "from 0.5 mA to 2 mA" in words[0]


def test_constant_voltage_and_rests():
    record = make(np.full(6, 2.0), current_mA=1.0, held_part=0.2, rest_s=600.0, cell=FULL).record
    words = said(record)
    assert "6 cycles at 1 mA" in words
    assert any(w.startswith("charge held at") and w.endswith("(6 of 6)") for w in words)
    assert "rest of 10 min after each half-cycle" in words
    assert not any("held" in w for w in said(make(np.full(6, 2.0), current_mA=1.0).record))


def test_rests_of_two_lengths():
    steps = [(0, 43200), *[(1, 3600), (0, 600), (-1, 3600), (0, 1800)] * 5]
    assert said(of_steps(steps)) == [
        "rest of 12 h",
        "5 cycles at 1 mA",
        "rest of 10 min after charge and 30 min after discharge",
    ]


def test_titration():
    pulses = [(1, 600), (0, 3600)] * 12 + [(-1, 600), (0, 3600)] * 12
    record = of_steps(pulses)
    found = protocol(record)
    assert found.intermittent is not None
    assert (found.intermittent.pieces, found.intermittent.half_cycles) == (12, 2)
    np.testing.assert_allclose([found.intermittent.on_second, found.intermittent.off_second], [600, 3600], atol=20)
    assert (
        "intermittent (GITT): 12 times 10 min of current and 1 h of rest in a half-cycle (2 of 2 half-cycles)"
        in said(record)
    )
    assert protocol(of_steps(cycles(1.0, 3))).intermittent is None


def test_pulses():
    steps = [(1, 7200), (0, 600), *[(-3, 10), (0, 60), (2, 10), (0, 600)], (-1, 7200), (0, 600)] * 3
    words = said(of_steps(steps, dt=2.0))
    assert any(w.startswith("6 pulses of 10 s at") for w in words)
    assert words[0] == "3 cycles at 1 mA"


@pytest.mark.parametrize(("n", "conditioning"), [(10, 5.0), (3, 0.0)])
def test_reservoir_protocol_of_a_copper_cell(n, conditioning):
    record = made_copper(reservoir(n, 1.0, 5.0, conditioning))
    record = getattr(record, "record", record)
    record = record[0] if isinstance(record, tuple) else record
    found = protocol(record)
    assert len(found.reservoirs) == 1
    assert found.reservoirs[0].n == n
    (words,) = [w for w in said(record) if w.startswith("reservoir protocol")]
    assert ("a conditioning cycle" in words) is (conditioning > 0)
    assert f"5 mAh plated, {n} times 1 mAh stripped and plated" in words


def test_current_is_told_as_the_cell_is_described():
    steps = cycles(2.0, 4)
    assert said(of_steps(steps, CellContext("symmetric", 4.0)))[0] == "4 cycles at 0.5 mA/cm2"
    assert said(of_steps(steps, CellContext("full", nominal_capacity_mAh=4.0)))[0] == "4 cycles at C/2"
    assert said(of_steps(steps, CellContext("full", nominal_capacity_mAh=1.0)))[0] == "4 cycles at 2C"
    assert said(of_steps(cycles(2500.0, 4)))[0] == "4 cycles at 2.5 A"


def test_symmetric_cell_without_current():
    t, v = uniform([0.01] * 20)
    assert said(CyclingRecord(t, v, None, source="x", cell=SYMMETRIC)) == ["10 cycles with half-cycles of 30 min"]


def test_rest_only():
    t = np.arange(0.0, 7200.0, 10.0)
    assert said(CyclingRecord(t, np.full(t.size, 3.0), np.zeros(t.size), source="x")) == ["rest of 2 h, no current"]


# ----------------------------------------------------------------------------------------------- never a failure


def test_without_current_another_cell_shows_no_protocol():
    t, v = uniform([0.01] * 8)
    findings = tell(recognise(CyclingRecord(t, v, None, source="x", cell=FULL)))
    assert findings.numbers == ()
    assert findings.not_computed == (
        ("protocol", "no current; want a current, or a symmetric cell whose voltage shows its steps"),
    )


@settings(max_examples=50, deadline=None)
@given(
    st.integers(2, 60),
    st.integers(0, 10_000),
    st.sampled_from(["", *CELL_KINDS]),
    st.sampled_from(["random", "zero", "blocks", "none", "one"]),
)
def test_any_record_is_answered(rows, seed, kind, current):
    rng = np.random.default_rng(seed)
    t = np.cumsum(rng.choice([0.0, 1.0, 10.0, 1000.0], rows))
    t[-1] += 1.0
    flows = {
        "random": rng.normal(0, 1e-3, rows),
        "zero": np.zeros(rows),
        "blocks": 1e-3 * rng.choice([-1.0, 0.0, 1.0], rows // 4 + 1).repeat(4)[:rows],
        "none": None,
        "one": np.eye(1, rows, int(rng.integers(rows)))[0] * 1e-3,
    }
    cell = CellContext(kind) if kind else None
    step = np.sort(rng.integers(0, 5, rows)) if seed % 2 else None
    record = CyclingRecord(t, rng.normal(0, 1, rows), flows[current], step_count=step, source="any", cell=cell)
    findings = tell(recognise(record))
    assert len(findings.numbers) + len(findings.not_computed) == 1
    for table in findings.tables:
        assert table.rows > 0


@pytest.mark.parametrize("options", [{"same_current": 0.0}, {"same_current": 1.0}, {"most_forming": -1}])
def test_options_that_recognise_nothing_are_refused(options):
    with pytest.raises(BadInputError, match=r"analyses\.protocol"):
        Options(**options)
    assert Options(same_current=0.1, most_forming=0) == Options(0.1, 0)


def test_same_current_is_a_choice():
    record = of_steps([*cycles(1.0, 5), *cycles(1.1, 5)])
    assert len(protocol(record).stretches) == 2
    assert len(protocol(record, same_current=0.2).stretches) == 1


def test_table_of_steps_and_picture():
    record = of_steps([(0, 3600), *[(1, 3600), (0, 600), (-1, 3600), (0, 600)] * 3])
    findings = tell(recognise(record))
    (table,) = findings.tables
    assert table.rows == 13
    assert table.columns["kind"][1][:3] == ["rest", "constant current", "rest"]
    np.testing.assert_allclose(table.columns["charge"][1][1], 1.0, rtol=1e-9)
    (plot,) = findings.plots
    assert [s.label for s in plot.panels[0].series] == ["", "rest", "constant current"]
    assert PLUGIN.cells == ()
    assert {n.quantity for n in findings.numbers} <= set(QUANTITIES)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("neware/TESTCELL0001-B2-2025-M50T_NewareNDA_Investigation.ndax", "charge held at 4.2 V at its end (7 of 7)"),
        ("biologic/jdb11-1_c3_gcpl_5cycles_2V-3p8V_C-24_data_C09.mpr", "6 cycles at 0.0888 mA"),
        ("biologic/yadg_gcpl.issue_175.mpr", "rest of 5 min after each half-cycle"),
        ("neware/interp-test.ndax", "rest of 30 min, no current"),
    ],
)
def test_protocols_of_real_files(file, words):
    (record,) = [r for r in read_all(real(f"cycling/{file}")) if isinstance(r, CyclingRecord)]
    assert words in said(record)


@pytest.mark.slow
def test_ladder_of_a_real_file():
    (record,) = read_all(real("cycling/neware/BTS85-36-6-5-110-20240424.ndax"))
    words = said(record)
    assert words[1].startswith("rate ladder: 3 cycles each at 0.0664 mA, 0.133 mA, 0.266 mA")
    assert words[1].endswith("2.66 mA")
