"""Short circuits of symmetric cells: found where they were made, none where none is, and the laws that must hold."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import limetal
from limetal.cycling._short_noise import record_noise
from limetal.cycling.shorts import ShortLimits, find_shorts
from limetal.errors import BadInputError
from limetal.records.cells import CellContext
from limetal.records.cycling import CyclingRecord
from limetal.simulate.recording import CYCLERS, record_as
from limetal.simulate.short_trials import HEALTHY, make_trial
from limetal.simulate.shorted_symmetric_cell import Disturbance, Leak, ShortableCell, Stage, make_cell
from support.data_files import real

HOUR = 3600.0
STAGE = (Stage(1.0, 1.0, 20),)
POLYMER = ShortableCell(concentration_ohm_cm2=400.0, electrolyte_ohm_cm2=100.0, diffusion_second=600.0)
STYLES = [name for name in CYCLERS if name != "1 s, uV"]
SYMMETRIC = "cycling/limetal_symmetric"


def recorded(leaks=(), disturbances=(), style="60 s, 0.1 mV", cell=POLYMER, stage=STAGE, seed=1):
    made = make_cell(cell, stage, leaks, disturbances, seed=seed)
    return record_as(
        CYCLERS[style],
        made.time_second,
        made.voltage_volt,
        made.current_ampere,
        cell=CellContext("symmetric"),
        seed=seed,
    )


def told(record, limits=None):
    return [(f.kind, f.indicator, f.half_cycle, round(f.drop, 1)) for f in find_shorts(record, limits).findings]


# ------------------------------------------------------------------------------------------- what was made is found


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("cell", [POLYMER, ShortableCell()], ids=["polymer", "liquid"])
def test_a_hard_short_is_found_whatever_the_instrument(style, cell):
    found = find_shorts(recorded((Leak(20.4 * HOUR, 0.95),), style=style, cell=cell)).findings
    assert [(f.kind, f.half_cycle) for f in found] == [("hard", 21)]
    assert found[0].start_second == pytest.approx(20.4 * HOUR, abs=700)
    assert found[0].drop == pytest.approx(0.95, abs=0.06)
    assert found[0].confidence > 0.9


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("drop", [0.2, 0.5])
def test_a_soft_short_is_found_whatever_the_instrument(style, drop):
    found = find_shorts(recorded((Leak(20.4 * HOUR, drop, 4 * HOUR, 0.3),), style=style)).findings
    assert [(f.kind, f.indicator, f.half_cycle) for f in found] == [("soft", "sudden drop", 21)]
    assert found[0].start_second == pytest.approx(20.4 * HOUR, abs=700)
    assert found[0].drop == pytest.approx(drop, abs=0.07)


def test_a_short_that_recovers_has_its_end():
    found = find_shorts(recorded((Leak(20.3 * HOUR, 0.4, 0.3 * HOUR),), cell=ShortableCell())).findings
    assert len(found) == 1
    assert found[0].end_second == pytest.approx(20.6 * HOUR, abs=130)
    assert "regained" in found[0].evidence


def test_several_shorts_in_several_half_cycles():
    begins = (15.3, 18.6, 22.4, 27.5)
    found = find_shorts(recorded(tuple(Leak(b * HOUR, 0.3, 0.25 * HOUR) for b in begins))).findings
    assert [f.half_cycle for f in found] == [16, 19, 23, 28]


def test_a_leak_that_grows_is_told_by_the_loss_of_slope_where_there_is_one():
    leak = (Leak(15 * HOUR, 0.6, np.inf, 0.0, 10 * HOUR),)
    found = find_shorts(recorded(leak)).findings
    assert [f.indicator for f in found] == ["loss of slope"]
    assert 15 * HOUR <= found[0].start_second <= 26 * HOUR
    assert told(recorded(leak, cell=ShortableCell(concentration_ohm_cm2=0.0))) == []  # nothing tells it from warmth


def test_a_loss_at_the_reversal_is_told_with_current_and_doubted_without():
    leak = (Leak(20 * HOUR + 1, 0.4),)
    flat = ShortableCell(concentration_ohm_cm2=0.0)
    assert told(recorded(leak, cell=flat)) == [("soft", "drop at a reversal", 21, 0.4)]
    without = find_shorts(recorded(leak, cell=flat, style="60 s, volts only"))
    assert without.findings == ()
    assert "a smaller current would look the same" in without.doubts[0]


def test_a_hard_short_has_a_voltage_in_proportion_to_the_current():
    stage = (Stage(1.0, 1.0, 10), Stage(0.5, 1.0, 5), Stage(2.0, 1.0, 5))
    found = find_shorts(recorded((Leak(10.4 * HOUR, 0.97),), stage=stage)).findings
    assert [f.kind for f in found] == ["hard"]
    assert "proportional to the current" in found[0].evidence


# -------------------------------------------------------------------------------------------- what is none is none


@pytest.mark.parametrize("what", HEALTHY)
def test_no_false_finding_on_healthy_cells(what):
    for seed, style in enumerate(STYLES[:6]):
        assert told(make_trial(what, 7000 + seed, cycler=style, cycles=25).record) == []


def test_a_contact_that_fails_for_a_while_and_heals_is_no_short():
    for hours in (0.3, 3.0, 14.0):
        assert told(recorded(disturbances=(Disturbance("contact", 15.3 * HOUR, hours * HOUR, 0.5),))) == []


def test_an_interruption_is_none_with_current_and_a_doubt_without():
    stop = (Disturbance("interrupt", 20.3 * HOUR, 0.4 * HOUR),)
    assert told(recorded(disturbances=stop)) == []
    assert told(recorded(disturbances=stop, style="60 s, volts only")) == []


def test_a_rest_at_the_end_is_no_hard_short_without_current():
    stage = (Stage(1.0, 1.0, 15), Stage(1e-9, 20.0, 1))
    found = find_shorts(recorded(stage=stage, style="60 s, volts only"))
    assert found.findings == ()
    assert found.doubts


def test_a_smaller_current_between_half_cycles_is_no_hard_short_without_current():
    stage = (Stage(1.0, 1.0, 10), Stage(0.1, 1.0, 10))
    found = find_shorts(recorded(stage=stage, style="60 s, volts only"))
    assert found.findings == ()
    assert "a smaller current would look the same" in " ".join(found.doubts)
    assert told(recorded(stage=stage)) == []


@pytest.mark.parametrize("style", ["5 mV trigger", "5 mV trigger, volts only"])
def test_a_pause_of_the_recording_is_no_short(style):
    made = make_cell(POLYMER, STAGE)
    cycler = replace(CYCLERS[style], pauses=((20.3 * HOUR, 5000.0),))
    cell = CellContext("symmetric")
    record = record_as(cycler, made.time_second, made.voltage_volt, made.current_ampere, cell=cell)
    found = find_shorts(record)
    assert (found.findings, found.doubts) == ((), ())


def test_the_first_half_cycles_have_no_history_and_are_doubted():
    found = find_shorts(recorded((Leak(1.5 * HOUR, 0.4, 0.3 * HOUR),)))
    assert found.findings == ()
    assert "to compare with" in found.doubts[0]


def test_a_cell_that_never_reverses_is_refused():
    t = np.arange(100.0)
    with pytest.raises(BadInputError, match=r"reverses|one direction"):
        find_shorts(CyclingRecord(t, np.full(100, 0.05), np.full(100, 1e-3), source="one way"))
    assert find_shorts(recorded()).findings == ()


# --------------------------------------------------------------------------------------------------- real files


def real_record():
    path = sorted(real(SYMMETRIC).glob("*.csv"))[0]
    return replace(limetal.read(str(path)), cell=CellContext("symmetric"))


def test_no_finding_on_the_real_symmetric_cells():
    for path in sorted(real(SYMMETRIC).glob("*.csv")):
        found = find_shorts(replace(limetal.read(str(path)), cell=CellContext("symmetric")))
        assert found.findings == ()
        assert found.doubts == ()


@pytest.mark.parametrize(("drop", "hours"), [(0.15, 0.2), (0.3, 0.2), (0.6, 30.0)])
def test_a_leak_put_into_the_real_record_is_found(drop, hours):
    record = real_record()
    t, v = record.test_time_second, record.voltage_volt.copy()
    begin = 300.15 * HOUR
    v[(t >= begin) & (t < begin + hours * HOUR)] *= 1 - drop
    found = find_shorts(replace(record, voltage_volt=v)).findings
    assert found[0].indicator == "sudden drop"
    assert found[0].start_second == pytest.approx(begin, abs=65)
    assert found[0].drop == pytest.approx(drop, abs=0.05)


# --------------------------------------------------------------------------------------------------------- laws


@given(st.floats(-0.01, 0.01))
@settings(max_examples=15, deadline=None)
def test_an_offset_of_the_voltmeter_changes_nothing(offset):
    record = recorded((Leak(20.4 * HOUR, 0.3, 3 * HOUR),))
    moved = replace(record, voltage_volt=record.voltage_volt + offset)
    one, two = find_shorts(record).findings, find_shorts(moved).findings
    assert [(f.kind, f.start_second) for f in one] == [(f.kind, f.start_second) for f in two]
    assert two[0].drop == pytest.approx(one[0].drop, abs=0.02)


@given(st.floats(0.01, 100.0), st.booleans())
@settings(max_examples=15, deadline=None)
def test_scale_and_swapped_leads_change_nothing(factor, swapped):
    record = recorded((Leak(20.4 * HOUR, 0.3, 3 * HOUR), Leak(30.4 * HOUR, 0.95)))
    way = -factor if swapped else factor
    moved = replace(record, voltage_volt=way * record.voltage_volt, current_ampere=way * record.current_ampere)
    one, two = find_shorts(record).findings, find_shorts(moved).findings
    assert [(f.kind, f.start_second) for f in one] == [(f.kind, f.start_second) for f in two]
    assert [f.drop for f in two] == pytest.approx([f.drop for f in one], rel=1e-6)


@given(st.integers(2, 4))
@settings(max_examples=3, deadline=None)
def test_fewer_rows_find_the_same_within_their_distance(step):
    record = recorded((Leak(20.4 * HOUR, 0.4, 3 * HOUR),), style="10 s, 0.1 mV")
    rows = np.arange(0, record.rows, step)
    fewer = CyclingRecord(
        record.test_time_second[rows], record.voltage_volt[rows], record.current_ampere[rows], source="fewer"
    )
    one, two = find_shorts(record).findings[0], find_shorts(fewer).findings[0]
    assert two.start_second == pytest.approx(one.start_second, abs=10 * step + 1)
    assert two.drop == pytest.approx(one.drop, abs=0.03)


def test_a_shift_of_the_clock_moves_the_findings_and_nothing_else():
    record = recorded((Leak(20.4 * HOUR, 0.4, 3 * HOUR),))
    later = replace(record, test_time_second=record.test_time_second + 5000.0)
    one, two = find_shorts(record).findings[0], find_shorts(later).findings[0]
    assert two.start_second - one.start_second == pytest.approx(5000.0)
    assert (two.half_cycle, two.confidence) == (one.half_cycle, one.confidence)


def test_limits_decide():
    record = recorded((Leak(20.4 * HOUR, 0.12, 3 * HOUR),))
    assert len(told(record)) == 1
    assert told(record, ShortLimits(smallest_drop=0.2)) == []
    assert told(record, ShortLimits(sigmas=1e5)) == []


def test_confidence_keeps_its_word_on_made_up_cells():
    """Of findings with a confidence of 0.9 and more at least 90 % are true."""
    good: list[bool] = []
    for seed in range(12):
        trial = make_trial("recovering", 8000 + seed, drop=0.15, cycler=STYLES[seed % len(STYLES)], cycles=25)
        sure = [f.start_second for f in find_shorts(trial.record).findings if f.confidence >= 0.9]
        good += [any(s.start_second - 1000 <= x <= s.end_second + HOUR for s in trial.shorts) for x in sure]
    assert len(good) >= 6
    assert np.mean(good) >= 0.9


# -------------------------------------------------------------------------------------------------------- noise


def test_noise_is_not_the_trigger():
    rng = np.random.default_rng(1)
    t = np.linspace(0, 2000, 2000)
    v = 2e-4 * t + 2e-8 * t**2
    seen = record_as(CYCLERS["5 mV trigger"], t, v, np.ones(t.size), seed=2)
    found = record_noise(seen.test_time_second, seen.voltage_volt, np.ones(seen.rows - 1, dtype=bool))
    assert found.noise_volt < 1e-3 < np.median(np.abs(np.diff(seen.voltage_volt)))
    noisy = record_noise(t, v + rng.normal(0, 1e-3, t.size), np.ones(t.size - 1, dtype=bool))
    assert noisy.noise_volt == pytest.approx(1e-3, rel=0.1)
    assert noisy.trigger_volt == 0.0
