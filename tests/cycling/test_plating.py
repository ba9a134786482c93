"""Plating and stripping: direction, cut-off, charge and its resolution, on made-up cells whose truth is known."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.cycling.charge_resolution import charge_resolution, rounding_step
from limetal.cycling.efficiency import mean_efficiency
from limetal.cycling.plating import plating
from limetal.cycling.runs import runs
from limetal.errors import BadInputError
from limetal.records.cycling import CellContext, CyclingRecord
from support.copper_cells import Cell, Logging, anode_free, cycling, made, reservoir

LOGS = {
    "time": Logging(every_s=30),
    "trigger": Logging(every_s=60, trigger_V=0.005, noise_V=2e-4, resolution_V=1e-4),
    "noise": Logging(every_s=20, noise_V=1e-3, resolution_V=1e-3, noise_mA=1e-3, resolution_mA=1e-3),
}


@pytest.mark.parametrize("log", LOGS.values(), ids=LOGS)
@pytest.mark.parametrize("copper", ["negative", "positive"])
def test_efficiency_and_direction_are_those_of_the_maker(copper, log):
    ce = np.array([0.88, 0.97, 0.985, 0.97])
    truth = made(cycling(4), ce, log=log, copper=copper)
    found = plating(truth.record)
    assert found.sign == (1 if copper == "negative" else -1)
    assert f"the copper is at the {copper} terminal" in found.how
    assert found.polarity == 1
    assert found.cutoff_V == pytest.approx(1.0, abs=0.01)
    assert found.finished[found.strippings].all()
    np.testing.assert_allclose(found.blocks.efficiency, ce, atol=1e-3)
    np.testing.assert_allclose(found.blocks.plated_mAh, truth.plated_mAh, rtol=1e-3)
    np.testing.assert_allclose(found.blocks.stripped_mAh, truth.stripped_mAh, rtol=1e-3)
    assert found.blocks.number.tolist() == [1, 2, 3, 4]


@settings(max_examples=15, deadline=None)
@given(st.floats(0.5, 0.999), st.floats(0.3, 1.5), st.floats(0.02, 0.06), st.integers(0, 1000))
def test_exchanged_terminals_change_nothing_but_the_direction(ce, cutoff, plateau, seed):
    log = Logging(every_s=60, noise_V=2e-4, noise_mA=1e-4)
    cell = Cell(cutoff_V=cutoff, plateau_V=plateau, strip_V=plateau)
    one, two = (plating(made(cycling(3), ce, cell, log, copper=c, seed=seed).record) for c in ("negative", "positive"))
    assert one.sign == -two.sign == 1
    np.testing.assert_array_equal(one.blocks.efficiency, two.blocks.efficiency)
    np.testing.assert_array_equal(one.blocks.std_random, two.blocks.std_random)
    assert one.cutoff_V == two.cutoff_V


def test_one_pair_of_swapped_leads_is_told_and_changes_no_efficiency():
    record = made(cycling(3), 0.95).record
    swapped = dataclasses.replace(record, voltage_volt=-record.voltage_volt)
    found = plating(swapped)
    assert (found.sign, found.polarity) == (1, -1)
    np.testing.assert_array_equal(found.blocks.efficiency, plating(record).blocks.efficiency)
    assert not found.blocks.forming.any()
    assert any("leads of one of them are swapped" in w for w in found.warnings)
    assert not any("swapped" in w for w in plating(record).warnings)


def test_without_a_cut_off_the_direction_cannot_be_told_unless_said():
    record = made([("plate", 3.0), *[("strip", 1.0), ("plate", 1.0)] * 4], 1.0, copper="positive").record
    found = plating(record)
    assert found.sign == 0
    assert found.how.startswith("cannot tell: no half-cycle rises to a cut-off")
    assert found.blocks.count == found.platings.size == found.strippings.size == 0
    said = plating(record, "negative")
    assert said.sign == -1
    assert said.platings.size == 5
    assert not said.finished.any()


def test_cut_offs_in_both_directions_cannot_be_told():
    t = np.arange(0.0, 4 * 3600.0, 10.0)
    part, sign = t % 3600, np.where(t % 7200 < 3600, 1, -1)
    v = sign * np.where(part > 3500, 1.0, 0.05)
    record = CyclingRecord(t, v, 1e-3 * sign, source="both", cell=CellContext("copper"))
    assert plating(record).how.startswith("cannot tell: half-cycles of both directions")
    one_way = dataclasses.replace(record, voltage_volt=np.where(sign < 0, v, 0.05))
    assert plating(one_way).sign == 1


def test_one_cut_off_that_would_make_a_test_begin_with_stripping_does_not_tell():
    """A dying cell whose plating ended at a safety limit, strippings limited by charge."""
    record = made([("plate", 2.0), ("strip", 1.0)], 1.0).record
    v = record.voltage_volt.copy()
    end = np.flatnonzero(record.current_ampere > 0)[-1]
    v[end - 5 : end + 1] = 1.0
    found = plating(dataclasses.replace(record, voltage_volt=v))
    assert found.sign == 0
    assert "so is the first one" in found.how


def test_a_test_that_begins_with_stripping_is_told():
    record = made(cycling(4), 0.95).record
    rows = np.flatnonzero(record.current_ampere < 0)[0]
    late = CyclingRecord(
        record.test_time_second[rows:], record.voltage_volt[rows:], record.current_ampere[rows:], source="late",
        cell=record.cell,
    )  # fmt: skip
    found = plating(late)
    assert found.sign == 1
    assert found.blocks.count == 3
    assert any("begins with 0.95 mAh of stripping" in w for w in found.warnings)
    assert not any("begins with" in w for w in plating(record).warnings)


def test_stripping_limited_by_charge_gives_no_efficiency():
    steps = [("plate", 3.0), ("strip", 1.0), *[("plate", 1.0), ("strip", 1.0)] * 8]
    found = plating(made(steps, 1.0).record, "positive")
    assert "limited by charge" in found.limited
    assert not found.finished.any()
    assert np.isnan(found.blocks.efficiency).all()
    np.testing.assert_allclose(found.blocks.plated_mAh, [3.0, *[1.0] * 8], rtol=1e-6)
    free = plating(made(cycling(8), 0.9999).record)
    assert free.limited == ""
    np.testing.assert_allclose(free.blocks.efficiency, 0.9999, atol=2e-4)


def test_cut_off_may_be_given():
    record = made(cycling(3), 0.9, Cell(cutoff_V=0.5)).record
    assert plating(record, cutoff_V=0.5).blocks.finished.all()
    high = plating(record, "positive", cutoff_V=1.0)
    assert not high.blocks.finished.any()


def test_two_cut_offs_are_warned_of():
    one, two = made(cycling(2), 0.9).record, made(cycling(2), 0.9, Cell(cutoff_V=0.6, film_mAh=0.0)).record
    record = CyclingRecord(
        np.concatenate([one.test_time_second, two.test_time_second + one.test_time_second[-1]]),
        np.concatenate([one.voltage_volt, two.voltage_volt]),
        np.concatenate([one.current_ampere, two.current_ampere]),
        source="two",
        cell=one.cell,
    )
    found = plating(record)
    assert found.blocks.finished.all()
    assert any("end between 0.6 and 1 V" in w for w in found.warnings)


def test_forming_above_lithium_plates_nothing():
    form = Cell(current_mA=0.1)
    t = np.arange(0.0, 4 * 1800.0, 10.0)
    sign = np.where(t % 3600 < 1800, 1, -1)
    part = t % 1800 / 1800
    v = np.where(sign > 0, -(1 - part) * 1.0 - 0.01, -part * 1.0)
    later = made(cycling(3), 0.95, dataclasses.replace(form, film_mAh=0.0)).record
    record = CyclingRecord(
        np.concatenate([t, later.test_time_second + t[-1] + 10]),
        np.concatenate([v, later.voltage_volt]),
        np.concatenate([1e-4 * sign, later.current_ampere]),
        source="forming",
        cell=later.cell,
    )
    found = plating(record, "positive")
    assert found.blocks.forming.tolist() == [True, True, False, False, False]
    assert found.blocks.cycles.sum() == 3
    assert not plating(later).blocks.forming.any()


def test_charge_before_zero_volt_is_told():
    found = plating(made(cycling(2), 0.9, Cell(film_mAh=0.1), Logging(every_s=5)).record)
    np.testing.assert_allclose(found.blocks.above_mAh, [0.1, 0.0], atol=0.003)


def test_a_record_that_ends_early_leaves_the_last_block_open():
    record = made(cycling(3), 0.9).record
    keep = record.test_time_second < record.test_time_second[-1] - 900
    cut = CyclingRecord(
        record.test_time_second[keep], record.voltage_volt[keep], record.current_ampere[keep], source="cut",
        cell=record.cell,
    )  # fmt: skip
    assert plating(cut).blocks.finished.tolist() == [True, True, False]


def test_a_pause_in_a_plating_leaves_its_cycle_out():
    record = made(cycling(5), 0.9).record
    t = record.test_time_second
    begin = t[np.flatnonzero(np.diff(np.sign(record.current_ampere)) > 0)[0]]
    keep = (t < begin + 600) | (t > begin + 2400)
    gap = CyclingRecord(t[keep], record.voltage_volt[keep], record.current_ampere[keep], source="gap", cell=record.cell)
    found = plating(gap).blocks
    assert found.finished.tolist() == [True, False, True, True, True]
    np.testing.assert_allclose(found.efficiency[found.finished], 0.9, atol=1e-3)


def test_a_stripping_taken_for_a_pulse_gives_no_efficiency():
    """A cell that gives back one percent: its stripping is as small as a pulse beside the platings."""
    found = plating(made(cycling(6), [0.9, 0.9, 0.01, 0.9, 0.9, 0.9]).record)
    wrong = found.blocks.finished & (np.abs(found.blocks.efficiency - 0.9) > 0.01)
    assert not wrong.any()
    assert found.blocks.finished.sum() == 4


def test_anode_free_cell_plates_while_charging():
    found = plating(anode_free(6, 0.98))
    assert (found.sign, found.limited) == (1, "")
    np.testing.assert_allclose(found.blocks.efficiency, 0.98, atol=2e-3)
    limited = plating(anode_free(6, limited=True))
    assert "limited by charge" in limited.limited
    assert not limited.blocks.finished.any()


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("full", {}, "a cell of kind 'full', want a Li|Cu or anode-free cell"),
        (None, {}, "a cell nobody described"),
        ("copper", {"direction": "up"}, "'up', want one of auto, positive, negative"),
        ("copper", {"cutoff_V": -1.0}, "cutoff_V: found -1"),
        ("copper", {"cutoff_V": float("nan")}, "cutoff_V: found nan"),
    ],
)
def test_bad_input_is_refused(kind, options, words):
    record = made(cycling(1)).record
    record = dataclasses.replace(record, cell=CellContext(kind) if kind else None)
    with pytest.raises(BadInputError, match=words.replace("|", r"\|")):
        plating(record, **options)


def test_a_record_without_current_is_refused():
    record = dataclasses.replace(made(cycling(1)).record, current_ampere=None)
    with pytest.raises(BadInputError, match="no current"):
        plating(record)


# --------------------------------------------------------------------------------------------- charge resolution


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([0.5012, 0.4998, 0.5001, 0.4987], 1e-4),
        ([0.51, 0.5, 0.49, 0.52], 0.01),
        ([1.0, 1.0, -1.0], 0.0),
        (np.random.default_rng(0).normal(1, 0.1, 50), 0.0),
        (np.float32([0.123, 0.124, 0.125, 0.129]).astype(float), 1e-3),
    ],
)
def test_rounding_of_a_column_is_found(values, step):
    assert rounding_step(np.array(values, float)) == pytest.approx(step)


def test_ends_that_were_logged_leave_no_doubt_and_others_do():
    log = Logging(every_s=60)
    sure = made(cycling(3), 0.97, log=log).record
    open_ = made(cycling(3), 0.97, log=dataclasses.replace(log, grid=True, ends=False)).record
    assert charge_resolution(sure, runs(sure)).total_mAh[1:].max() < 2e-3
    doubt = charge_resolution(open_, runs(open_))
    assert doubt.open_ends >= 5
    # 60 s at 1 mA and both ends open: 1/60 mAh times sqrt(2/8)
    np.testing.assert_allclose(doubt.total_mAh[1:-1], 1 / 60 * np.sqrt(2 / 8), rtol=0.01)


def test_rounded_constant_current_is_an_error_of_all_cycles():
    record = made(cycling(3), 0.97, Cell(current_mA=0.5043), Logging(noise_mA=0.0)).record
    levels = np.where(np.arange(record.rows) % 400 < 4, 0.51, 0.50) * np.sign(record.current_ampere)
    levels[:4] = [0.49, 0.5, 0.51, 0.52]
    rounded = dataclasses.replace(record, current_ampere=1e-3 * levels)
    found = charge_resolution(rounded, runs(rounded))
    hours = runs(rounded).seconds / 3600
    np.testing.assert_allclose(found.common_mAh[1:], 0.01 / np.sqrt(12) * hours[1:], rtol=1e-6)


def test_charge_resolution_covers_the_truth():
    """Rows on the grid of the test, ends between them: two of its uncertainties hold at least nine tenths."""
    rng = np.random.default_rng(11)
    away = []
    for seed in range(40):
        q, ce = rng.uniform(0.5, 0.6), rng.uniform(0.9, 0.98)
        log = Logging(every_s=rng.choice([10.0, 30.0]), grid=True, ends=False)
        truth = made([("rest", rng.uniform(60, 120)), *cycling(5, q)], ce, log=log, seed=seed)
        blocks = plating(truth.record, "positive").blocks
        done = blocks.finished
        away += ((blocks.efficiency - ce) / np.hypot(blocks.std_random, blocks.std_common))[done].tolist()
    away = np.abs(away)
    assert away.size > 150
    assert 0.6 < np.mean(away < 1) < 0.95
    assert np.mean(away < 2) >= 0.9
    assert np.mean(away) > 0.3  # not far too wide either


# ------------------------------------------------------------------------------------------------------- means


def test_three_means_of_known_cycles():
    plated, stripped = np.array([1.0, 1.0, 2.0]), np.array([0.9, 0.99, 1.9])
    found = mean_efficiency(plated, stripped, np.zeros(3), np.zeros(3))
    assert found.arithmetic == pytest.approx((0.9 + 0.99 + 0.95) / 3)
    assert found.geometric == pytest.approx((0.9 * 0.99 * 0.95) ** (1 / 3))
    assert found.total == pytest.approx(3.79 / 4)
    assert found.arithmetic_std == pytest.approx(np.std([0.9, 0.99, 0.95], ddof=1) / np.sqrt(3))
    assert found.dominant == "spread"


@pytest.mark.parametrize(("strip_mA", "std"), [(0.5, 0.0), (0.3, 0.1 / np.sqrt(12) * np.hypot(1 / 0.3, 1 / 0.5))])
def test_a_set_current_of_few_digits_cancels_only_if_it_is_one(strip_mA, std):
    """0.5 mA and 0.5 mA are off by the same part, 0.5 and 0.3 by one each."""
    plain = made(cycling(3), 0.97, Cell(current_mA=0.5), Logging(every_s=60)).record
    i = np.where(plain.current_ampere < 0, -1e-3 * strip_mA, plain.current_ampere)
    t = plain.test_time_second.copy()
    dt = np.diff(t) * np.where(i[1:] < 0, 0.5 / strip_mA, 1.0)
    record = dataclasses.replace(
        plain, test_time_second=np.append(0.0, np.cumsum(dt)), current_ampere=i, more={"note": np.zeros(t.size)}
    )
    blocks = plating(record).blocks
    np.testing.assert_allclose(blocks.std_common, 0.97 * std, atol=1e-6, rtol=1e-3)


@pytest.mark.parametrize("kind", ["arithmetic", "geometric", "total"])
@pytest.mark.parametrize(("sd", "noise"), [(0.003, 0.0003), (0.0003, 0.003)])
def test_standard_errors_of_means_cover_the_truth(kind, sd, noise):
    rng = np.random.default_rng(3)
    truth, inside, dominant = 0.97, [], []
    for _ in range(400):
        plated = rng.uniform(0.98, 1.02, 12)
        stripped = plated * (truth + rng.normal(0, sd, 12) + rng.normal(0, noise, 12))
        found = mean_efficiency(plated, stripped, np.full(12, noise), np.zeros(12))
        inside.append(abs(getattr(found, kind) - truth) <= 2.2 * getattr(found, f"{kind}_std"))  # t of 11 at 95 %
        dominant.append(found.dominant)
    assert 0.92 <= np.mean(inside) <= 0.99
    assert np.mean(np.array(dominant) == ("spread" if sd > noise else "resolution")) > 0.8


def test_what_all_cycles_have_in_common_does_not_average_out():
    plated, stripped = np.ones(100), np.full(100, 0.98)
    found = mean_efficiency(plated, stripped, np.full(100, 1e-3), np.full(100, 2e-3))
    assert found.arithmetic_std == pytest.approx(np.hypot(1e-4, 2e-3))
    assert found.dominant == "resolution"


def test_few_cycles_have_no_error_of_spread():
    found = mean_efficiency(np.ones(2), np.array([0.9, 0.95]), np.zeros(2), np.zeros(2))
    assert found.arithmetic_std is found.total_std is found.geometric_std is None


def test_reservoir_steps_are_one_block():
    found = plating(made(reservoir(), 0.98).record)
    assert found.blocks.partial.tolist() == [0, 10]
    np.testing.assert_allclose(found.blocks.efficiency, 0.98, atol=1e-3)


def test_error_of_total_over_total_by_hand():
    """Residuals stripped - R plated of a ratio of sums: 0.9, 0.99, 1.9 of 1, 1, 2 mAh."""
    plated, stripped = np.array([1.0, 1.0, 2.0]), np.array([0.9, 0.99, 1.9])
    rest = stripped - 3.79 / 4 * plated
    by_hand = np.sqrt((rest**2).sum() / 2 / 3) / plated.mean()
    assert mean_efficiency(plated, stripped, np.zeros(3), np.zeros(3)).total_std == pytest.approx(by_hand)
