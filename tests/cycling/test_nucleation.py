"""The dip of nucleation: its value, its error, and every reason for which none may be told."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.cycling.nucleation import dip
from limetal.cycling.runs import runs
from support.copper_cells import Cell, Logging, cycling, made


def first_plating(cell=Cell(), log=Logging(every_s=5), seed=0):  # noqa: B008
    """Dip of the first plating of a made-up cell."""
    record = made(cycling(1), 0.95, cell, log, seed=seed).record
    found = runs(record)
    rows = slice(found.first[0], found.stop[0])
    return dip(record.test_time_second[rows], record.voltage_volt[rows], found.start_second[0])


def truth(cell):
    """Extreme and plateau of the first plating, from its formula."""
    t = np.linspace(0, 3600 / cell.current_mA - cell.film_mAh / cell.current_mA * 3600, 20_001)
    u = cell.plateau_V * (1 - np.exp(-t)) + cell.dip_V * (1 - np.exp(-t / cell.rise_s)) * np.exp(-t / cell.decay_s)
    return u.max(), np.median(u[t >= 0.2 * t[-1]])


def shape(t, height=0.03, plateau=0.05, at=60.0):
    return plateau + height * (t / at) * np.exp(1 - t / at)


T = np.arange(0.0, 3600.0, 10.0)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.005, 0.3), st.floats(0.01, 0.2), st.floats(40, 100))
def test_a_smooth_dip_is_measured(height, plateau, at):
    found = dip(T, shape(T, height, plateau, at), 0.0)
    assert found.verdict == "identified"
    assert found.dip_V == pytest.approx(plateau + height, rel=0.01)
    assert found.plateau_V == pytest.approx(plateau, rel=0.02)
    assert found.difference_V == pytest.approx(found.dip_V - found.plateau_V, rel=1e-9)


@given(st.floats(-0.03, 0.1))
@settings(max_examples=20, deadline=None)
def test_an_offset_of_the_voltmeter_cancels_in_the_difference(offset):
    plain, moved = dip(T, shape(T), 0.0), dip(T, shape(T) + offset, 0.0)
    assert moved.difference_V == pytest.approx(plain.difference_V, abs=1e-9)
    assert moved.dip_V == pytest.approx(plain.dip_V + offset, abs=1e-9)


def test_thinning_the_settled_part_changes_nothing_beyond_the_error():
    rng = np.random.default_rng(0)
    u = shape(T) + rng.normal(0, 2e-4, T.size)
    keep = (T < 720) | (rng.random(T.size) < 0.3)
    one, two = dip(T, u, 0.0), dip(T[keep], u[keep], 0.0)
    assert abs(one.difference_V - two.difference_V) < 2 * two.difference_std_V


SETTINGS = [
    Logging(every_s=1, noise_V=1e-3, resolution_V=1e-4),
    Logging(every_s=5, noise_V=3e-4, resolution_V=1e-3),
    Logging(every_s=10, noise_V=3e-4),
    Logging(every_s=60, trigger_V=0.005, noise_V=3e-4, resolution_V=1e-4),
    Logging(every_s=60, trigger_V=0.002, noise_V=1e-4, resolution_V=1e-4),
]


@pytest.mark.parametrize("log", SETTINGS, ids=lambda log: f"{log.every_s:g}s-{1e3 * log.trigger_V:g}mV")
def test_errors_cover_the_truth(log):
    rng = np.random.default_rng(5)
    away = []
    for seed in range(30):
        cell = Cell(
            dip_V=rng.choice([0.02, 0.08, 0.3]) * rng.uniform(0.7, 1.3),
            rise_s=rng.uniform(14, 26),
            film_mAh=rng.uniform(0.01, 0.03),
        )
        top, plateau = truth(cell)
        found = first_plating(cell, log, seed)
        if found.verdict == "identified":
            away.append(abs(found.difference_V - (top - plateau)) / found.difference_std_V)
        else:
            assert found.verdict == "at least"
            assert found.difference_V < top - plateau + 3 * found.noise_V
    assert len(away) >= 22
    assert np.mean(np.array(away) < 2) >= 0.92


@pytest.mark.parametrize("log", SETTINGS, ids=lambda log: f"{log.every_s:g}s-{1e3 * log.trigger_V:g}mV")
def test_no_dip_is_seen_where_there_is_none(log):
    for seed in range(25):
        found = first_plating(Cell(dip_V=0.0), log, seed)
        assert found.verdict == "not identified"
        assert np.isnan(found.dip_V)
        assert found.plateau_V == pytest.approx(0.05, abs=1e-3)
        assert "mV" in found.why


def test_dips_are_seen_from_the_smallest_that_is_said_to_be():
    """Flat dips twice as high as said to be visible are seen nearly always, half as high hardly ever."""
    rng = np.random.default_rng(2)
    t = np.arange(0.0, 3600.0, 5.0)
    seen = {2.0: 0, 0.5: 0}
    smallest = dip(t, 0.05 + rng.normal(0, 1e-3, t.size), 0.0).smallest_V
    assert smallest == pytest.approx(4e-3, rel=0.2)
    for factor in seen:
        for _ in range(60):
            u = 0.05 + factor * smallest * ((t > 20) & (t < 200)) + rng.normal(0, 1e-3, t.size)
            seen[factor] += dip(t, u, 0.0).verdict == "identified"
    assert seen[2.0] >= 57
    assert seen[0.5] <= 3


@pytest.mark.parametrize("row", [0, 1, 5])
def test_one_row_at_the_switch_is_no_dip(row):
    u = np.full(T.size, 0.05)
    u[row] = 0.5
    found = dip(T, u, 0.0)
    assert found.verdict == "not identified"
    if row:
        assert "single rows stand out by up to 4.5e+02 mV" in found.why


def test_one_row_on_top_of_a_dip_does_not_raise_it():
    t = np.arange(0.0, 3600.0, 20.0)
    u = shape(t)
    plain = dip(t, u, 0.0)
    u[int(np.argmax(u))] += 0.5
    assert dip(t, u, 0.0).dip_V == pytest.approx(plain.dip_V, abs=2e-3)


@pytest.mark.parametrize(("rows", "verdict"), [(360, "identified"), (30, "too sparse"), (4, "too sparse")])
def test_sparse_rows_are_told(rows, verdict):
    t = np.linspace(0, 3600, rows)
    found = dip(t, shape(t), 0.0)
    assert found.verdict == verdict
    assert ("rows" in found.why) == (verdict == "too sparse")


def test_a_dip_of_two_rows_is_too_sparse():
    t = np.arange(0.0, 3600.0, 40.0)
    u = 0.05 + np.random.default_rng(0).normal(0, 1e-4, t.size)
    u[2:4] += 0.03
    found = dip(t, u, 0.0)
    assert (found.verdict, found.why[:19]) == ("too sparse", "2 rows stand out, w")


def test_a_fall_from_the_first_rows_on_is_a_lower_bound():
    u = 0.05 + 0.05 * np.exp(-T / 60)
    found = dip(T, u, 0.0)
    assert found.verdict == "at least"
    assert found.dip_V <= 0.1
    assert "may have come before" in found.why


def test_a_voltage_that_never_settles_has_no_plateau():
    found = dip(T, 0.2 - 0.15 * T / T[-1], 0.0)
    assert found.verdict == "not identified"
    assert "drifts" in found.why


def test_a_rising_voltage_has_no_dip():
    assert dip(T, 0.03 + 0.3 * T / T[-1], 0.0).verdict == "not identified"


def test_a_first_plating_counts_from_zero_volt_of_lithium():
    cell = Cell(film_mAh=0.1)
    found = first_plating(cell, Logging(every_s=2))
    assert found.zero_second == pytest.approx(360, abs=4)
    top, plateau = truth(cell)
    assert found.dip_V == pytest.approx(top, abs=1e-3)
    assert found.plateau_V == pytest.approx(plateau, abs=1e-3)
    # without the descent in between the truth is the same
    bare = first_plating(dataclasses.replace(cell, film_mAh=0.0), Logging(every_s=2))
    assert found.dip_V == pytest.approx(bare.dip_V, abs=1e-3)


def test_scattered_rows_below_zero_are_noise_not_a_descent():
    u = np.full(T.size, 0.002) + np.random.default_rng(0).normal(0, 0.002, T.size)
    found = dip(T, u, 0.0)
    assert found.zero_second == 0.0
    assert found.verdict == "not identified"


def test_rounding_is_part_of_what_can_be_told():
    """A dip of 4 mV in a voltage of 5 mV steps is not told; in one of 1 mV steps it is, with the step in the error."""
    u = shape(T, height=0.004)
    coarse, fine = (dip(T, np.round(u / step) * step, 0.0) for step in (0.005, 0.001))
    assert coarse.verdict == "not identified"
    assert coarse.smallest_V >= 0.005
    assert fine.verdict == "identified"
    assert abs(fine.difference_V - 0.004) < 2 * fine.difference_std_V
    assert fine.difference_std_V > 0.001 / np.sqrt(12)
