"""Records as cyclers write them: triggers, digits, lost rows, pauses, joined files, reversals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.simulate.recording import CYCLERS, Cycler, record_as

T = np.array([0.0, 1000.0, 1000.0, 2000.0])
V = np.array([0.05, 0.10, -0.05, -0.10])
I = np.array([1e-3, 1e-3, -1e-3, -1e-3])  # noqa: E741 - the current


def test_interval_and_both_ends_of_a_reversal():
    record = record_as(Cycler(300.0), T, V, I)
    assert record.test_time_second.tolist() == [0, 300, 600, 900, 1000, 1000, 1300, 1600, 1900, 2000]
    assert (np.diff(record.test_time_second) == 0).sum() == 1
    assert record.current_ampere is not None
    assert np.sign(record.current_ampere).tolist() == [1] * 5 + [-1] * 5
    np.testing.assert_allclose(record.voltage_volt[:4], [0.05, 0.065, 0.08, 0.095])


def test_without_both_ends_no_two_rows_have_one_time():
    record = record_as(Cycler(300.0, both_ends=False), T, V, I)
    assert (np.diff(record.test_time_second) > 0).all()


def test_no_current_column_where_none_is_written():
    assert record_as(Cycler(300.0, current=False), T, V, I).current_ampere is None
    assert record_as(Cycler(300.0), T, V, I).current_ampere is not None


@given(st.floats(1e-3, 2e-2), st.floats(20.0, 500.0))
@settings(max_examples=40, deadline=None)
def test_voltage_trigger_leaves_no_larger_gap_and_no_needless_row(trigger, interval):
    record = record_as(Cycler(interval, voltage_trigger_volt=trigger), T, V, I)
    for sign in (1, -1):
        rows = np.flatnonzero(np.sign(record.voltage_volt) == sign)
        dv = np.abs(np.diff(record.voltage_volt[rows]))
        dt = np.diff(record.test_time_second[rows])
        look = 0.05 / 1000  # what the voltage moves in one look
        assert (dv <= trigger + 1.01 * look).all()
        assert (dt <= interval + 1.0 + 1e-6).all()
        assert ((dv >= trigger - 1e-9) | (dt >= interval - 1e-6))[:-1].all()


def test_charge_trigger():
    record = record_as(Cycler(1e5, charge_trigger_mAh=0.05), T, V, I)  # 1 mA: 0.05 mAh are 180 s
    assert np.diff(record.test_time_second)[:5].tolist() == [180.0] * 5


def test_digits():
    cycler = Cycler(7.0, voltage_digit_volt=1e-3, current_digit_ampere=5e-4, time_digit_second=10.0)
    record = record_as(cycler, T, V, I)
    np.testing.assert_allclose(record.voltage_volt * 1e3, np.round(record.voltage_volt * 1e3), atol=1e-9)
    np.testing.assert_allclose(record.test_time_second / 10, np.round(record.test_time_second / 10), atol=1e-9)


def test_noise_has_its_size():
    t = np.array([0.0, 1e5])
    record = record_as(Cycler(10.0, voltage_noise_volt=1e-3), t, np.zeros(2), np.ones(2))
    assert np.std(record.voltage_volt) == pytest.approx(1e-3, rel=0.03)


def test_lost_rows_and_slips_are_as_many_as_asked_for():
    t = np.array([0.0, 1e5])
    record = record_as(Cycler(10.0, lost=0.2, slips=0.05), t, np.full(2, 0.1), np.ones(2))
    assert record.rows == pytest.approx(8000, rel=0.03)
    assert np.mean(record.voltage_volt != 0.1) == pytest.approx(0.05, rel=0.15)


def test_pauses_have_no_rows():
    record = record_as(Cycler(10.0, pauses=((500.0, 800.0),)), T, V, I)
    t = record.test_time_second
    assert not ((t > 500) & (t < 1300)).any()
    assert np.diff(t).max() == 800.0


def test_joined_files_keep_their_rows_and_get_the_gap_that_was_put_between():
    plain = record_as(Cycler(10.0), T, V, I)
    joined = record_as(Cycler(10.0, files=2, between_files_second=500.0), T, V, I)
    assert joined.rows == plain.rows
    np.testing.assert_array_equal(joined.voltage_volt, plain.voltage_volt)
    assert np.diff(joined.test_time_second).max() == 500.0


def test_one_seed_is_one_record_and_another_is_another():
    cycler = CYCLERS["30 s, lost rows"]
    one, same, other = (record_as(cycler, T, V, I, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.voltage_volt, same.voltage_volt)
    assert one.rows != other.rows or (one.voltage_volt != other.voltage_volt).any()


@pytest.mark.parametrize("wrong", [{"interval_second": 0.0}, {"files": 0}, {"lost": 1.0}, {"sampling_second": -1.0}])
def test_an_instrument_that_writes_nothing_is_refused(wrong):
    with pytest.raises(BadInputError, match="cycler"):
        Cycler(**wrong)
    assert Cycler(interval_second=1.0, files=2, lost=0.5).files == 2


@pytest.mark.parametrize("name", sorted(CYCLERS))
def test_every_known_instrument_writes_a_record(name):
    record = record_as(CYCLERS[name], T, V, I, seed=3)
    assert record.rows >= 4
    assert (record.current_ampere is None) == ("volts only" in name)
