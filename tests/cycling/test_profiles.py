"""Voltage against capacity of single half-cycles: what flowed, what is kept, which cycles."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.cycling.cycles import cycles
from limetal.cycling.profiles import chosen_cycles, cycle_profiles, profile, read_cycles, thinned
from limetal.cycling.runs import runs
from limetal.errors import BadInputError
from limetal.records.cycling import CellContext, CyclingRecord
from support.known_curves import LAYERED, cell


def test_the_curve_is_the_one_that_was_put_in():
    record = cell(LAYERED, cycles=2)
    charge, discharge = cycle_profiles(record, cycles(record), [2])
    assert (charge.half, discharge.half) == ("charge", "discharge")
    np.testing.assert_allclose(charge.volt, LAYERED.volt(charge.charge_mAh / 3.0) + 0.025, atol=1e-4)
    np.testing.assert_allclose(discharge.volt, LAYERED.volt(1 - discharge.charge_mAh / 3.0) - 0.025, atol=1e-4)
    assert charge.charge_mAh[-1] == pytest.approx(3.0)
    assert (charge.current_mA > 0).all()
    assert (discharge.current_mA < 0).all()


@given(
    st.lists(st.tuples(st.sampled_from([1.0, -1.0, 0.0]), st.integers(3, 30)), min_size=3, max_size=12),
    st.floats(0.1, 5.0),
)
@settings(max_examples=60, deadline=None)
def test_the_last_charge_is_that_of_the_run(steps, current_mA):
    t, i, now = [], [], 0.0
    for sign, rows in steps:
        t.append(now + 10.0 * np.arange(rows))
        i.append(np.full(rows, 1e-3 * sign * current_mA))
        now = t[-1][-1] + 10.0
    t, i = np.concatenate(t), np.concatenate(i)
    if not i.any():
        return
    found = runs(CyclingRecord(t, 3.5 + 50 * i, i, source="steps"))
    record = CyclingRecord(t, 3.5 + 50 * i, i, source="steps")
    for run in np.flatnonzero(found.complete):
        half = profile(record, found, int(run))
        assert half.charge_mAh[-1] == pytest.approx(found.charge_mAh[run], rel=1e-9)
        assert (np.diff(half.charge_mAh) >= 0).all()


def test_the_charge_ends_at_that_of_the_run():
    """The instrument's counter may say one per cent more than the integral: the curve is stretched to it."""
    record = cell(LAYERED, cycles=1, rows=200)
    found = runs(record)
    plain = profile(record, found, 0)
    more = profile(record, dataclasses.replace(found, charge_mAh=1.01 * found.charge_mAh), 0)
    np.testing.assert_allclose(more.charge_mAh, 1.01 * plain.charge_mAh)


def test_a_rest_inside_carries_no_charge_and_no_rows():
    t = np.arange(0.0, 7201.0, 10.0)
    i = np.where((t > 1800) & (t <= 3600), 0.0, 1e-3)
    i[-1] = -1e-3
    record = CyclingRecord(t, np.where(i != 0, 3.8, 3.7), i, source="interrupt")
    half = profile(record, runs(record), 0)
    assert half.charge_mAh[-1] == pytest.approx(1.5, rel=5e-3)
    assert np.all(half.volt == 3.8)
    assert not np.any((t[half.rows] > 1800) & (t[half.rows] <= 3600))


def test_where_the_voltage_is_held_is_told():
    t = np.arange(0.0, 7201.0, 10.0)
    held = t > 3600
    i = np.where(held, 1e-3 * np.exp(-(t - 3600) / 1200), 1e-3)
    record = CyclingRecord(t, np.where(held, 4.2, 3.2 + t / 3600), i, source="cccv")
    half = profile(record, runs(record), 0)
    assert half.held_from_mAh == pytest.approx(1.0, abs=0.02)
    assert profile(record_of_rise(), runs(record_of_rise()), 0).held_from_mAh == np.inf


def record_of_rise():
    t = np.arange(0.0, 3601.0, 10.0)
    return CyclingRecord(t, 3.2 + t / 3600, np.full(t.size, 1e-3), source="cc")


@given(st.integers(0, 1000), st.floats(1e-4, 1e-2), st.integers(3, 400))
@settings(max_examples=60, deadline=None)
def test_thinning_keeps_within_the_tolerance(seed, tolerance, n):
    rng = np.random.default_rng(seed)
    x = np.cumsum(rng.integers(0, 3, n)).astype(float)
    y = np.cumsum(rng.normal(0, 2e-3, n))
    kept = thinned(x, y, tolerance, most=n)
    assert kept[0] == 0
    assert kept[-1] == n - 1
    assert (np.diff(kept) > 0).all()
    for a, b in pairwise(kept):
        width = x[b] - x[a]
        line = y[a] + (y[b] - y[a]) * ((x[a : b + 1] - x[a]) / width if width > 0 else np.zeros(b - a + 1))
        assert np.abs(y[a:b] - line[:-1]).max() <= tolerance + 1e-12


def test_thinning_keeps_a_dip_of_one_row_and_stays_few():
    x = np.arange(100_000.0)
    y = 3.0 + 1e-5 * x
    y[54_321] -= 0.02
    kept = thinned(x, y, 1e-3)
    assert 54_321 in kept
    assert kept.size < 10
    noisy = thinned(x, np.random.default_rng(0).normal(0, 0.1, x.size), 1e-3, most=500)
    assert noisy.size <= 500


@pytest.mark.parametrize("text", ["", "0", "1,", "-1", "1.5", "first", "1;2", "²"])
def test_words_that_name_no_cycles_are_refused(text):
    with pytest.raises(BadInputError, match="numbers of cycles"):
        read_cycles(text, "option")
    assert read_cycles("3,1,3", "option") == (1, 3)


def test_cycles_that_are_not_there_are_told():
    found = cycles(cell(LAYERED, cycles=3, rows=50))
    assert chosen_cycles("2", found, "o") == ((2,), ())
    numbers, words = chosen_cycles("7,2,9", found, "o")
    assert numbers == (2,)
    assert words == ("o: cycles 7, 9 are not there or not complete (the record has 1 to 3)",)
    record = cell(LAYERED, cycles=3, rows=50)
    with pytest.raises(BadInputError, match="cycle 9"):
        cycle_profiles(record, cycles(record), [9])


def test_auto_takes_the_first_and_the_last():
    found = cycles(cell(LAYERED, cycles=40, rows=12))
    numbers, _ = chosen_cycles("auto", found, "o")
    assert (numbers[0], numbers[-1], len(numbers)) == (1, 40, 6)
    assert chosen_cycles("auto", cycles(cell(LAYERED, cycles=2, rows=12)), "o")[0] == (1, 2)


def test_a_cell_that_starts_with_discharge_keeps_its_order():
    record = cell(LAYERED, cycles=3, rows=50)
    turned = dataclasses.replace(
        record, current_ampere=-record.current_ampere, cell=CellContext("full", starts="discharge")
    )
    first, second = cycle_profiles(turned, cycles(turned), [1])
    assert (first.half, second.half) == ("discharge", "charge")
