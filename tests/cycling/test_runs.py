"""Runs of one direction of current: charge, energy, what is left out, and the laws that charge obeys."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from limetal.cycling.runs import runs
from limetal.errors import BadInputError
from limetal.readers import read_all
from limetal.records.cycling import CyclingRecord
from support.cells import stepped
from support.data_files import real
from support.full_cells import make

HOUR = 3600.0
PER_ROW = ("sign", "charge_mAh", "energy_mWh", "held_charge_mAh", "mean_volt", "seconds", "complete", "mean_current_mA")


def of_steps(steps, dt=10.0, **kwargs):
    t, _, i = stepped(steps, dt)
    return CyclingRecord(t, 3.7 + 20 * i, i, source="made up", **kwargs)


def cccv(cycles=3, every_s=20.0, current_mA=1.0, noise=0.0, seed=0):
    """CCCV charge (exact charge known), rest, discharge, rest; charge and discharge of each cycle in mAh."""
    rng = np.random.default_rng(seed)
    tau, t, i, v, start = 2400.0, [np.arange(0.0, 3601.0, 60.0)], [np.zeros(61)], [np.full(61, 3.4)], 3600.0
    for _ in range(cycles):
        for length, way in ((2 * HOUR, "cc"), (2 * HOUR, "cv"), (HOUR, "rest"), (2.5 * HOUR, "d"), (HOUR, "rest")):
            s = np.append(np.arange(0.02, length, every_s), length)
            size = {"cc": 1.0, "cv": np.exp(-s / tau), "rest": 0.0, "d": -1.0}[way] * np.ones(s.size)
            volt = {"cc": 3.5 + 0.7 * s / length, "cv": 4.2, "rest": 4.0, "d": 4.1 - 1.1 * s / length}[way]
            t.append(start + s)
            i.append(1e-3 * current_mA * size * (1 + noise * rng.standard_normal(s.size)))
            v.append(volt * np.ones(s.size))
            start += length
    up = 2.0 + tau / HOUR * (1 - np.exp(-2 * HOUR / tau))
    record = CyclingRecord(*(np.concatenate(x) for x in (t, v, i)), source="CCCV")
    return record, current_mA * up, current_mA * 2.5


def kept(record, rows):
    return CyclingRecord(
        record.test_time_second[rows], record.voltage_volt[rows], record.current_ampere[rows], source=record.source
    )


# ---------------------------------------------------------------------------------------------- known charges


def test_charge_time_and_voltage_of_a_cccv_test():
    record, up, down = cccv()
    found = runs(record)
    assert found.sign.tolist() == [1, -1] * 3
    np.testing.assert_allclose(found.charge_mAh, [up, down] * 3, rtol=1e-5)
    np.testing.assert_allclose(found.seconds, [4 * HOUR, 2.5 * HOUR] * 3, atol=0.03)
    np.testing.assert_allclose(found.held_charge_mAh, [up - 2.0, 0.0] * 3, atol=0.04)
    np.testing.assert_allclose(found.mean_volt[1], 3.55, atol=1e-4)
    np.testing.assert_allclose(found.mean_volt[0], (2 * 3.85 + (up - 2) * 4.2) / up, atol=1e-4)
    np.testing.assert_allclose(found.energy_mWh, found.charge_mAh * found.mean_volt, rtol=1e-12)
    np.testing.assert_allclose(found.largest_current_mA, 1.0, rtol=1e-12)
    np.testing.assert_allclose(found.last_volt, [4.2, 3.0] * 3)
    assert found.complete.all()
    assert (np.abs(found.charge_mAh - [up, down] * 3) <= found.charge_resolution_mAh + 1e-12).all()


def test_no_current_and_none_that_flows_are_refused():
    t = np.arange(100.0)
    with pytest.raises(BadInputError, match="no current, want a record with current"):
        runs(CyclingRecord(t, t, None, source="x"))
    with pytest.raises(BadInputError, match="no current that stands out of its noise"):
        runs(CyclingRecord(t, t, np.zeros(100), source="x"))
    assert runs(CyclingRecord(t, t, np.full(100, 1e-3), source="x")).count == 1


def test_rests_inside_a_run_carry_no_charge():
    found = runs(of_steps([(1, 600), (0, 3600)] * 6 + [(-1, 600), (0, 3600)] * 6))
    assert found.sign.tolist() == [1, -1]
    np.testing.assert_allclose(found.charge_mAh, 1.0, rtol=1e-9)
    np.testing.assert_allclose(found.seconds, 3600.0)


def test_reverse_pulses_are_left_out_and_said():
    found = runs(of_steps([(1, 3600), (-1, 10), (1, 3600), (-1, 7200)] * 2))
    assert found.sign.tolist() == [1, -1] * 2
    np.testing.assert_allclose(found.charge_mAh, 2.0, rtol=1e-9)
    np.testing.assert_allclose(found.mean_current_mA, 1.0, rtol=1e-9)
    assert "2 short reverse pulses left out" in found.warnings[0]
    assert runs(of_steps([(1, 7200), (-1, 7200)] * 2)).warnings == ()


def test_single_slips_are_left_out_but_rows_of_pulses_are_not():
    record = of_steps([(1, 3600), (-1, 3600)] * 2)
    current = record.current_ampere.copy()
    current[100] = 50e-3
    slipped = runs(CyclingRecord(record.test_time_second, record.voltage_volt, current, source="x"))
    np.testing.assert_allclose(slipped.charge_mAh, 1.0, rtol=6e-3)
    assert "1 single row of current far above all others" in slipped.warnings[0]
    pulses = np.where(np.arange(current.size) % 2 == 0, 10 * record.current_ampere, record.current_ampere)
    found = runs(CyclingRecord(record.test_time_second, record.voltage_volt, pulses, source="x"))
    assert found.warnings == ()
    np.testing.assert_allclose(found.charge_mAh, 5.5, rtol=6e-3)


def test_a_pause_is_not_counted_and_its_run_not_complete():
    record = of_steps([(1, 3600), (-1, 3600)] * 4)
    t = record.test_time_second
    found = runs(kept(record, (t < 3600 * 2 + 1000) | (t > 3600 * 2 + 2800)))
    assert found.complete.tolist() == [True, True, False, True, True, True, True, True]
    assert found.charge_mAh[2] == pytest.approx((990 + 790) / HOUR, rel=1e-9)
    assert "the recording pauses" in found.warnings[0]


@pytest.mark.parametrize(("keep", "complete"), [(1.0, True), (0.97, True), (0.6, False)])
def test_last_run_is_complete_if_it_went_as_far_as_the_one_before(keep, complete):
    record, _, _ = cccv()
    t = record.test_time_second
    last = runs(record).first[-1]
    end = t[last] + keep * 2.5 * HOUR
    assert bool(runs(kept(record, t <= end)).complete[-1]) is complete


# --------------------------------------------------------------------------------------------------- laws


@settings(max_examples=40, deadline=None)
@given(st.floats(0.02, 0.98), st.integers(1, 3))
def test_parts_of_a_record_move_what_the_whole_moves(part, cycles):
    """Split at any row, with that row in both parts: charge of each direction adds up."""
    record, _, _ = cccv(cycles, every_s=60.0)
    row = int(part * record.rows)
    rows = np.arange(record.rows)
    whole = runs(record)
    for sign in (1, -1):
        total = 0.0
        for part_of in (kept(record, rows <= row), kept(record, rows >= row)):
            try:
                found = runs(part_of)
            except BadInputError:
                continue
            assume(not any("pulse" in w for w in found.warnings))  # a rest of a run at the edge passes for one
            total += float(found.charge_mAh[found.sign == sign].sum())
        assert total == pytest.approx(float(whole.charge_mAh[whole.sign == sign].sum()), rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 600))
def test_splitting_and_rejoining_changes_nothing(row):
    record, _, _ = cccv(2, every_s=60.0)
    parts = [kept(record, slice(None, row + 1)), kept(record, slice(row + 1, None))]
    joined = CyclingRecord(
        *(
            np.concatenate([getattr(p, c) for p in parts])
            for c in ("test_time_second", "voltage_volt", "current_ampere")
        ),
        source="joined",
    )
    one, two = runs(record), runs(joined)
    for name in PER_ROW:
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("every", [2, 3, 7, 20])
def test_fewer_rows_change_charge_within_the_resolution(every, seed):
    rng = np.random.default_rng(seed)
    record, up, down = cccv(3, every_s=rng.uniform(5, 30), current_mA=rng.uniform(0.1, 10), noise=1e-4, seed=seed)
    coarse = runs(kept(record, slice(int(rng.integers(every)), None, every)))
    fine = runs(record)
    assert coarse.count == 6
    allowed = coarse.charge_resolution_mAh + fine.charge_resolution_mAh
    assert (np.abs(coarse.charge_mAh - fine.charge_mAh) <= allowed).all()
    assert (np.abs(coarse.charge_mAh - [up, down] * 3) <= coarse.charge_resolution_mAh + 5e-5 * up).all()
    assert (coarse.charge_resolution_mAh < 0.02 * every * fine.charge_mAh).all()  # not by saying nothing


@settings(max_examples=25, deadline=None)
@given(st.floats(1e-3, 1e3), st.floats(-0.5, 0.5))
def test_scale_of_the_current_and_offset_of_the_voltmeter(factor, offset):
    record, _, _ = cccv(2, every_s=60.0)
    other = CyclingRecord(
        record.test_time_second, record.voltage_volt + offset, factor * record.current_ampere, source="x"
    )
    one, two = runs(record), runs(other)
    np.testing.assert_allclose(two.charge_mAh, factor * one.charge_mAh, rtol=1e-9)
    np.testing.assert_allclose(two.mean_volt, one.mean_volt + offset, rtol=1e-9)
    np.testing.assert_allclose(two.held_charge_mAh, factor * one.held_charge_mAh, rtol=1e-9, atol=1e-12)


def test_the_other_sign_of_current_swaps_the_directions():
    record, _, _ = cccv(2, every_s=60.0)
    turned = CyclingRecord(record.test_time_second, record.voltage_volt, -record.current_ampere, source="x")
    one, two = runs(record), runs(turned)
    np.testing.assert_array_equal(two.sign, -one.sign)
    np.testing.assert_array_equal(two.charge_mAh, one.charge_mAh)
    np.testing.assert_array_equal(two.energy_mWh, one.energy_mWh)


@settings(max_examples=25, deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(0.01, 100.0))
def test_time_shifted_or_stretched(shift, factor):
    record, _, _ = cccv(2, every_s=60.0)
    other = CyclingRecord(
        shift + factor * record.test_time_second, record.voltage_volt, record.current_ampere, source="x"
    )
    np.testing.assert_allclose(runs(other).charge_mAh, factor * runs(record).charge_mAh, rtol=1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_the_resolution_covers_the_truth_where_switches_fall_between_rows(seed):
    """Rows on a clock that knows nothing of steps: the charge is wrong by up to an interval, and within its width."""
    rng = np.random.default_rng(seed)
    every, length = rng.uniform(60, 600), rng.uniform(1.5, 3.0) * HOUR
    switches = np.cumsum(np.append(rng.uniform(0, every), np.full(6, length)))
    t = np.arange(0.0, switches[-1] + 2 * every, every)
    which = np.searchsorted(switches, t, "right")
    current = np.where((which == 0) | (which == 7), 0.0, np.where(which % 2 == 1, 1e-3, -1e-3))
    found = runs(CyclingRecord(t, 3 + current, current, source="clock"))
    apart = np.abs(found.charge_mAh - length / HOUR)
    assert (apart <= found.charge_resolution_mAh + 1e-9).all()
    np.testing.assert_allclose(found.charge_resolution_mAh, every / HOUR, rtol=1e-6)


def test_a_rounded_current_widens_the_charge_of_a_measured_record_only():
    t = np.arange(0.0, 4 * HOUR, 20.0)
    current = np.round(np.where(t < 2 * HOUR, 1.234e-3, -1.234e-3), 5)
    kwargs = {"more": {"T": np.full(t.size, 25.0)}, "source": "x"}
    logged = runs(CyclingRecord(t, 3 + current, current, **kwargs))
    np.testing.assert_allclose(logged.charge_resolution_mAh, 0.01 + 1.23 * 20 / HOUR, rtol=0.02)
    assert (np.abs(logged.charge_mAh - 2.468) <= logged.charge_resolution_mAh + 1e-9).all()
    exact = runs(CyclingRecord(t, 3 + current, current, **kwargs, origin="simulated"))
    np.testing.assert_allclose(exact.charge_resolution_mAh, 1.23 * 20 / HOUR, rtol=0.02)


# ------------------------------------------------------------------------------------------------- real files


def test_large_real_file():
    (made,) = read_all(real("cycling/neware/TESTCELL0001-B2-2025-M50T_NewareNDA_Investigation.ndax"))
    found = runs(made)
    assert found.sign.tolist() == [-1, 1] * 7 + [-1]
    assert found.charge_from == "counter 'capacity_mAh'"
    np.testing.assert_allclose(found.held_charge_mAh[1], 548.2, rtol=2e-3)
    np.testing.assert_allclose(np.abs(found.mean_volt[found.sign > 0] - 3.9), 0, atol=0.2)


def test_real_pulses_of_one_row_are_counted():
    (made,) = read_all(real("cycling/neware/unz/2-1-6_61_07005012.nda"))
    found = runs(made)
    np.testing.assert_allclose(found.charge_mAh, 299.8, atol=0.1)
    assert found.warnings


def test_a_tail_at_constant_voltage_is_no_noise_of_rests():
    """Slow cycles beside fast ones: the ends of their tails are small beside the largest current, and are charge."""
    current = np.array([0.2, 0.2, 4.0, 4.0, 4.0])
    made = make(np.full(5, 2.0), current_mA=current, held_part=0.2, efficiency=0.99)
    found = runs(made.record)
    assert found.charge_mAh[0::2] == pytest.approx(made.charge_mAh, rel=1e-4)
    assert found.charge_mAh[1::2] == pytest.approx(made.discharge_mAh, rel=1e-4)


def test_a_short_run_that_moves_much_is_no_pulse():
    """A tenth of the charge of its neighbours in a tenth of their time: a half-cycle, not a measurement."""
    found = runs(of_steps([(1, 7200), (-1, 720), (1, 7200), (-1, 7200)]))
    assert found.charge_mAh == pytest.approx([2.0, 0.2, 2.0, 2.0])
    assert runs(of_steps([(1, 7200), (-1, 72), (1, 7200), (-1, 7200)])).count == 2


def test_a_last_run_that_ends_near_is_not_there():
    """A plateau: nine tenths of the time, yet the voltage is a tenth of its range from where the others ended."""
    steps = [(1, 3600), (-1, 3600), (1, 3600), (-1, 3240)]
    record = of_steps(steps)
    t, i = record.test_time_second, record.current_ampere
    sloping = 3.0 + np.concatenate([[0.0], np.cumsum(i[1:] * np.diff(t))]) / 3.6  # 1 V per mAh
    found = runs(CyclingRecord(t, sloping, i, source="x"))
    assert found.complete.tolist() == [True, True, True, False]


def test_a_run_begins_where_the_row_before_it_ends_another_step():
    t = 60.0 * np.arange(121)
    found = runs(CyclingRecord(t, np.full(121, 3.7), np.where(t <= 3600, 1e-3, -1e-3), source="x"))
    assert (found.start_second.tolist(), found.end_second.tolist()) == ([0.0, 3600.0], [3600.0, 7200.0])
    assert found.charge_mAh == pytest.approx([1.0, 1.0])


def test_runs_are_found_once_and_nobody_can_change_them():
    record = make(np.full(3, 2.0)).record
    assert runs(record) is runs(record)
    assert runs(record, counters=False) is not runs(record)
    with pytest.raises(ValueError, match="read-only"):
        runs(record).charge_mAh[0] = 0.0
