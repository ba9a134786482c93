"""Short circuits as an analysis: verdict, numbers, pictures, and the signs in cells that are charged."""

import numpy as np
import pytest

from limetal.analyses.short_circuit import Options, short_circuit, tell
from limetal.cycling.shorts_charged import ChargedLimits, find_charged_shorts
from limetal.errors import BadInputError
from limetal.quantities import QUANTITIES
from limetal.records.cells import CellContext
from limetal.records.cycling import CyclingRecord
from limetal.simulate.recording import CYCLERS, record_as
from limetal.simulate.shorted_symmetric_cell import Leak, ShortableCell, Stage, make_cell
from support.full_cells import make

HOUR = 3600.0


def symmetric(leaks=(), style="60 s, 0.1 mV", cycles=20, area=1.13):
    made = make_cell(ShortableCell(concentration_ohm_cm2=200.0), (Stage(1.0, 1.0, cycles),), leaks)
    cell = CellContext("symmetric", area)
    return record_as(CYCLERS[style], made.time_second, made.voltage_volt, made.current_ampere, cell=cell)


def values(findings, quantity):
    return [n.value for n in findings.numbers if n.quantity == quantity]


# ---------------------------------------------------------------------------------------------- symmetric cells


def test_none_found():
    result = short_circuit(symmetric())
    told = tell(result)
    assert result.verdict == "none found"
    assert values(told, "short_circuit") == ["none found"]
    assert values(told, "short_circuit_time") == []
    assert told.tables[0].rows == 0
    assert [p.name for p in told.plots] == ["short_half_cycles"]  # V-t without an event is drawn by others


def test_soft_and_hard_in_one_test():
    result = short_circuit(symmetric((Leak(15.4 * HOUR, 0.4, 0.3 * HOUR), Leak(28.4 * HOUR, 0.96))))
    told = tell(result)
    assert [p.name for p in told.plots][:2] == ["short_voltage_time", "short_half_cycles"]
    assert told.plots[0].marks
    assert result.verdict.startswith("hard short at 28.38 h; before it soft short at 15.38 h (confidence 0.9")
    assert values(told, "short_circuit_time") == pytest.approx([15.4, 28.4], abs=0.05)
    assert values(told, "short_circuit_voltage_loss") == pytest.approx([40, 96], abs=7)  # seen a minute later
    assert told.tables[0].columns["kind"][1] == ["soft", "hard"]
    assert {"short_event_1", "short_event_2"} <= {p.name for p in told.plots}
    assert [round(m.at, 1) for m in told.plots[0].marks] == [15.4, 28.4]
    assert {n.quantity for n in told.numbers} <= set(QUANTITIES)


def test_areal_resistance_where_the_area_is_known():
    axis = {area: tell(short_circuit(symmetric(area=area))).plots[0].y.unit for area in (1.13, None)}
    assert axis == {1.13: "ohm cm2", None: "ohm"}
    assert tell(short_circuit(symmetric(style="60 s, volts only"))).plots[0].y.unit == "mV"


def test_few_half_cycles_cannot_tell():
    result = short_circuit(symmetric(cycles=2))
    assert result.verdict == "cannot tell: 4 half-cycles are too few to compare any with its own history"
    assert values(tell(result), "short_circuit") == [result.verdict]


def test_a_collapse_that_may_be_a_smaller_current_cannot_be_told():
    made = make_cell(ShortableCell(), (Stage(1.0, 1.0, 10), Stage(0.1, 1.0, 10)))
    record = record_as(
        CYCLERS["60 s, volts only"],
        made.time_second,
        made.voltage_volt,
        made.current_ampere,
        cell=CellContext("symmetric"),
    )
    result = short_circuit(record)
    assert result.verdict.startswith("cannot tell: |V| falls from")
    assert "a smaller current would look the same" in result.verdict


def test_a_record_without_half_cycles_cannot_tell_and_says_why():
    t = np.arange(100.0)
    record = CyclingRecord(t, np.full(100, 0.05), np.full(100, 1e-3), source="x", cell=CellContext("symmetric"))
    result = short_circuit(record)
    assert result.verdict.startswith("cannot tell")
    assert tell(result).not_computed[0][0] == "short_circuit"


def test_doubts_are_warnings():
    told = tell(short_circuit(symmetric((Leak(1.4 * HOUR, 0.4, 0.3 * HOUR),))))
    assert values(told, "short_circuit") == ["none found"]
    assert any("may be a short circuit" in w for w in told.warnings)


def test_a_cell_nobody_described_is_refused():
    record = CyclingRecord(np.arange(3.0), np.array([0.1, -0.1, 0.1]), None, source="x")
    with pytest.raises(BadInputError, match="nobody described"):
        short_circuit(record)
    assert short_circuit(symmetric()).verdict


@pytest.mark.parametrize(
    "wrong", [{"smallest_drop": 0.0}, {"hard_left": 1.0}, {"sigmas": -1.0}, {"excess_charge": float("nan")}]
)
def test_options_that_find_everything_or_nothing_are_refused(wrong):
    with pytest.raises(BadInputError, match=r"analyses\.short_circuit\."):
        Options(**wrong)
    assert Options(smallest_drop=0.2).smallest_drop == 0.2


def test_options_reach_the_search_and_the_note():
    record = symmetric((Leak(15.4 * HOUR, 0.15, 0.3 * HOUR),))
    assert short_circuit(record).verdict.startswith("soft")
    result = short_circuit(record, Options(smallest_drop=0.3))
    assert result.verdict == "none found"
    assert "30 %" in tell(result).numbers[0].note


# -------------------------------------------------------------------------------------------- cells with charge


def full(**more):
    return make(np.full(10, 2.0), rows=120, noise_V=1e-4, step_V=1e-4, **more).record


def with_noise(record, cycle, falls, size, length=200.0):
    """Voltage falls in one charge, each for some seconds."""
    t, v, i = record.test_time_second, record.voltage_volt.copy(), record.current_ampere
    charges = np.flatnonzero(np.diff(np.append(0, (i > 0).astype(int))) == 1)
    begin = t[charges[cycle - 1]]
    for k in range(falls):
        at = begin + 1800 + 900 * k
        v[(t >= at) & (t < at + length) & (i > 0)] -= size
    return CyclingRecord(t, v, i, source="noise", cell=record.cell)


def test_a_healthy_full_cell_has_none():
    result = short_circuit(full())
    assert (result.verdict, result.doubts) == ("none found", ())
    assert not tell(result).plots


@pytest.mark.parametrize("size", [0.03, 0.2])
def test_voltage_noise_of_a_full_cell(size):
    found = find_charged_shorts(with_noise(full(), 6, 4, size))
    assert [(f.indicator, f.cycle) for f in found.findings] == [("voltage noise", 6)]
    assert found.falls.tolist() == [0, 0, 0, 0, 0, 4, 0, 0, 0, 0]
    assert found.fallen_V[5] == pytest.approx(4 * size, rel=0.15)


def test_a_single_fall_and_a_contact_are_no_verdict():
    one = find_charged_shorts(with_noise(full(), 6, 1, 0.05))
    assert one.findings == ()
    assert "contact" in one.doubts[0]
    contact = find_charged_shorts(with_noise(full(), 6, 5, -0.05))
    assert (contact.findings, contact.doubts) == ((), ())


def test_charge_that_was_not_stored():
    efficiency = np.full(10, 0.999)
    efficiency[6] = 0.6
    found = find_charged_shorts(full(efficiency=efficiency))
    assert [(f.indicator, f.cycle) for f in found.findings] == [("charge not stored", 7)]
    assert "mAh were not stored" in found.findings[0].evidence
    assert find_charged_shorts(full(efficiency=0.97)).findings == ()


def copper(efficiency):
    """Li|Cu: plated at 1 mA for an hour at -50 mV, stripped to 1 V."""
    t, v, i, now = [], [], [], 0.0
    for part in efficiency:
        up = np.arange(0.0, HOUR + 1, 60.0)
        down = np.append(np.arange(0.0, HOUR * part, 60.0), HOUR * part)
        t += [now + up, now + HOUR + down]
        v += [np.full(up.size, -0.05), np.append(np.full(down.size - 1, 0.05), 1.0)]
        i += [np.full(up.size, -1e-3), np.full(down.size, 1e-3)]
        now += HOUR + HOUR * part
    return CyclingRecord(*(np.concatenate(x) for x in (t, v, i)), source="Li|Cu", cell=CellContext("copper"))


def test_more_stripped_than_plated_in_sum_is_a_short_and_after_a_bad_cycle_a_doubt():
    leak = find_charged_shorts(copper([0.99, 0.99, 0.99, 1.2, 0.99]))
    assert [(f.indicator, f.cycle) for f in leak.findings] == [("coulombic efficiency", 4)]
    refound = find_charged_shorts(copper([0.99, 0.5, 0.99, 1.2, 0.99]))
    assert refound.findings == ()
    assert "lithium left from earlier cycles" in refound.doubts[0]
    assert find_charged_shorts(copper([0.99] * 5)).doubts == ()


def rests(rates):
    """A full cell that rests for two hours after every charge and loses so many mV/h."""
    t, v, i, now = [], [], [], 0.0
    for rate in rates:
        s = np.arange(0.0, HOUR + 1, 60.0)
        r = np.arange(60.0, 2 * HOUR + 1, 60.0)
        t += [now + s, now + HOUR + r, now + 3 * HOUR + 60.0 + s]
        v += [3.5 + 0.6 * s / HOUR, 4.05 + 0.05 * np.exp(-r / 600) - 1e-3 * rate * r / HOUR, 4.0 - 0.6 * s / HOUR]
        i += [np.full(s.size, 1e-3), np.zeros(r.size), np.full(s.size, -1e-3)]
        now += 4 * HOUR + 120.0
    return CyclingRecord(*(np.concatenate(x) for x in (t, v, i)), source="rests", cell=CellContext("full"))


def test_a_rest_that_decays_faster_than_the_ones_before():
    found = find_charged_shorts(rests([1, 1.1, 0.9, 1, 25, 1]))
    assert [(f.indicator, f.cycle) for f in found.findings] == [("rest decay", 5)]
    assert found.rest_loss_V_h[4] == pytest.approx(0.025, rel=0.1)
    assert find_charged_shorts(rests([1, 1.1, 0.9, 1, 1.3, 1])).findings == ()


def test_other_cells_need_their_kind_and_current():
    with pytest.raises(BadInputError, match="symmetric"):
        find_charged_shorts(symmetric())
    record = full()
    bare = CyclingRecord(record.test_time_second, record.voltage_volt, None, source="x", cell=CellContext("full"))
    assert short_circuit(bare).verdict == "cannot tell: no current"


def test_limits_of_other_cells_decide():
    record = with_noise(full(), 6, 5, 0.03)
    assert find_charged_shorts(record, ChargedLimits(smallest_fall_V=0.1)).findings == ()
    assert len(find_charged_shorts(record).findings) == 1
