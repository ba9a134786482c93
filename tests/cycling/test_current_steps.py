"""Steps of the current: which are found, when they are read, and what a resistance in series and an RC give."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.cycling.current_steps import KINDS, current_steps
from limetal.errors import BadInputError
from limetal.records.cycling import CellContext, CyclingRecord


def logged(steps, dt=1.0, series=10.0, parallel=0.0, tau=20.0, noise_V=0.0, step_V=0.0, drift_V_s=0.0, **more):
    """Cell of a resistance in series with an RC under (mA, seconds) steps, each logged from dt after its start."""
    t, v, i, now, over = [], [], [], 0.0, 0.0
    for current, length in steps:
        part = np.arange(dt, length + 1e-9, dt)
        part = np.append(part, length) if part[-1] < length - 1e-9 else part
        a = 1e-3 * current
        over_t = a * parallel + (over - a * parallel) * np.exp(-part / tau)
        t.append(now + part)
        v.append(3.7 + drift_V_s * (now + part) + a * series + over_t)
        i.append(np.full(part.size, a))
        over = float(over_t[-1])
        now += length
    v = np.concatenate(v)
    v = v + noise_V * np.random.default_rng(0).standard_normal(v.size)
    v = np.round(v / step_V) * step_V if step_V else v
    return CyclingRecord(np.concatenate(t), v, np.concatenate(i), source="steps", **more)


LADDER = [(0, 300), (1, 600), (2, 600), (1, 600), (-1, 600), (0, 600), (-2, 600)]


def test_every_kind_is_found_with_its_current():
    found = current_steps(logged(LADDER))
    assert [KINDS[k] for k in found.kind] == ["start", "step up", "step down", "reversal", "interrupt", "start"]
    assert found.sign.tolist() == [1, 1, 1, -1, -1, -1]
    np.testing.assert_allclose(found.after_mA - found.before_mA, [1, 1, -1, -2, 1, -2])
    np.testing.assert_allclose(found.second, [300, 900, 1500, 2100, 2700, 3300])
    np.testing.assert_allclose(found.resistance_ohm, 10.0)


@given(st.floats(0.5, 200.0), st.floats(0.5, 100.0), st.floats(5.0, 60.0))
@settings(max_examples=25, deadline=None)
def test_the_time_belongs_to_the_number(series, parallel, tau):
    """A rest of 600 s, then a current: R(t) = R + R_p (1 - exp(-t/tau))."""
    found = current_steps(logged([(0, 600), (2, 900)], dt=0.5, series=series, parallel=parallel, tau=tau))
    for k, time in enumerate((1.0, 10.0)):
        assert found.used_s[0, k] == pytest.approx(time)
        assert found.resistance_ohm[0, k] == pytest.approx(series + parallel * (1 - np.exp(-time / tau)), rel=2e-3)


def test_a_reading_lies_between_the_rows_beside_its_time():
    found = current_steps(logged([(0, 600), (2, 900)], dt=3.0, parallel=5.0), (4.0, 10.0))
    at = [10 + 5 * (1 - np.exp(-x / 20)) for x in (3.0, 6.0)]
    assert found.resistance_ohm[0, 0] == pytest.approx(at[0] + (at[1] - at[0]) / 3)
    assert found.used_s[0].tolist() == [4.0, 10.0]


def test_where_the_first_row_comes_late_its_time_is_told():
    found = current_steps(logged([(0, 600), (2, 900)], dt=5.0, parallel=5.0))
    assert found.used_s[0].tolist() == [5.0, 10.0]
    assert found.resistance_ohm[0, 0] == pytest.approx(10 + 5 * (1 - np.exp(-5 / 20)))
    slow = current_steps(logged([(0, 600), (2, 900)], dt=30.0))
    assert slow.used_s[0, 0] == 30.0
    assert np.isnan(slow.used_s[0, 1])
    slower = current_steps(logged([(0, 600), (2, 900)], dt=90.0))
    assert (slower.count, slower.late) == (0, (1, 90.0))


def test_a_row_at_the_time_of_the_step_is_not_read():
    t = np.array([0.0, 1.0, 2.0, 2.0, 3.0, 4.0])
    i = np.array([0.0, 0.0, 0.0, 1e-3, 1e-3, 1e-3])
    v = np.array([3.7, 3.7, 3.7, 3.7, 3.71, 3.71])
    found = current_steps(CyclingRecord(t, v, i, source="x"))
    assert (found.used_s[0, 0], found.resistance_ohm[0, 0]) == (1.0, pytest.approx(10.0))


def test_a_current_that_does_not_last_has_no_second_reading():
    found = current_steps(logged([(0, 300), (2, 5), (0, 300)]))
    assert [KINDS[k] for k in found.kind] == ["pulse", "end of pulse"]
    assert found.sign.tolist() == [1, 1]
    assert np.isnan(found.resistance_ohm[0, 1])
    assert found.resistance_ohm[1].tolist() == pytest.approx([10.0, 10.0])


def test_short_interrupts_and_reversals_are_no_pulses():
    found = current_steps(logged([(1, 300), (0, 10), (1, 300), (-1, 60), (1, 60), (-1, 60)]))
    assert [KINDS[k] for k in found.kind] == ["interrupt", "start", "reversal", "reversal", "reversal"]


def test_a_current_that_falls_slowly_is_no_step():
    t = np.arange(0.0, 4000.0, 10.0)
    i = np.where(t < 2000, 1e-3, 1e-3 * np.exp(-(t - 2000) / 300))
    found = current_steps(CyclingRecord(t, np.where(t < 2000, 3 + 1.2 * t / 2000, 4.2), i, source="cccv"))
    assert found.count == 0
    ends = np.append(i, np.zeros(60))
    more = np.append(t, t[-1] + 10.0 * np.arange(1, 61))
    volt = np.append(np.where(t < 2000, 3 + 1.2 * t / 2000, 4.2), np.full(60, 4.19))
    assert [KINDS[k] for k in current_steps(CyclingRecord(more, volt, ends, source="then rest")).kind] in (
        [],
        ["interrupt"],
    )


def test_rows_of_a_current_on_its_way_are_one_step():
    t = np.concatenate([np.arange(0.0, 100.0), [99.2, 99.4], np.arange(100.0, 200.0)])
    t = np.sort(t)
    i = np.where(t <= 99, 0.0, np.where(t < 99.3, 0.7e-3, np.where(t < 99.5, 1.4e-3, 2e-3)))
    found = current_steps(CyclingRecord(t, 3.7 + 25 * i, i, source="slew"))
    assert found.count == 1
    assert found.after_mA[0] == pytest.approx(2.0)
    assert found.resistance_ohm[0, 0] == pytest.approx(25.0)


def test_noise_of_the_current_is_no_step():
    rng = np.random.default_rng(0)
    t = np.arange(0.0, 2000.0)
    i = np.where((t > 500) & (t < 1500), 1e-3, 0.0) + 3e-6 * rng.standard_normal(t.size)
    found = current_steps(CyclingRecord(t, 3.7 + 20 * i, i, source="noisy"))
    assert [KINDS[k] for k in found.kind] == ["start", "interrupt"]
    np.testing.assert_allclose(found.resistance_ohm, 20.0, rtol=0.01)


@pytest.mark.parametrize(("noise", "step"), [(2e-4, 1e-4), (1e-4, 1e-3), (2e-3, 1e-4)])
def test_two_standard_errors_cover_the_truth(noise, step):
    steps = [(0, 200), (1, 200)] * 150
    found = current_steps(logged(steps, noise_V=noise, step_V=step, drift_V_s=3e-6))
    inside = np.abs(found.resistance_ohm[:, 0] - 10) < 2 * found.std_ohm[:, 0]
    assert found.count > 250
    assert inside.mean() > 0.88
    assert np.std(found.resistance_ohm[:, 0] - 10) > 0.3 * np.median(found.std_ohm[:, 0])


def test_swapped_leads_an_offset_and_a_larger_current_change_nothing():
    record = logged(LADDER, parallel=4.0)
    base = current_steps(record)
    swapped = dataclasses.replace(record, voltage_volt=-record.voltage_volt, current_ampere=-record.current_ampere)
    for other in (swapped, dataclasses.replace(record, voltage_volt=record.voltage_volt + 0.3)):
        np.testing.assert_allclose(current_steps(other).resistance_ohm, base.resistance_ohm, rtol=1e-9)
    larger = logged([(3 * i, s) for i, s in LADDER], parallel=4.0)
    np.testing.assert_allclose(current_steps(larger).resistance_ohm, base.resistance_ohm, rtol=1e-9)


def test_a_pause_of_the_recording_is_no_step():
    record = logged([(1, 7200), (-1, 7200), (1, 7200)], dt=10.0)
    keep = (record.test_time_second < 7000) | (record.test_time_second > 9500)
    cut = CyclingRecord(
        record.test_time_second[keep], record.voltage_volt[keep], record.current_ampere[keep], source="paused"
    )
    assert current_steps(cut).second.tolist() == [14400.0]
    assert current_steps(record).second.tolist() == [7200.0, 14400.0]


def test_cycles_are_counted_as_the_kind_of_cell_has_them():
    steps = [(0, 600), *[(1, 3600), (0, 600), (-1, 3600), (0, 600)] * 3]
    for kind, starts in (("full", ""), ("symmetric", ""), ("full", "discharge")):
        record = logged(steps, dt=10.0, cell=CellContext(kind, starts=starts))
        found = current_steps(record, (10.0, 20.0))
        wanted = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3] if not starts else [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3]
        assert found.cycle.tolist() == wanted


def test_without_current_there_is_no_step():
    with pytest.raises(BadInputError, match="no current"):
        current_steps(CyclingRecord(np.arange(3.0), np.ones(3), None, source="x"))
    assert current_steps(CyclingRecord(np.arange(3.0), np.ones(3), np.zeros(3), source="x")).count == 0
