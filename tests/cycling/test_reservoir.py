"""The reservoir protocol: recognised from charges, its formula, its error, and what it does not tell."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.cycling.plating import plating
from limetal.cycling.reservoir import reservoir_efficiency, reservoir_std, reservoirs
from limetal.errors import BadInputError
from support.copper_cells import Cell, Logging, cycling, made, reservoir

CHARGE = st.floats(0.01, 20.0)


@given(st.floats(0.3, 0.9999), st.integers(1, 60), CHARGE, CHARGE)
def test_formula_returns_the_efficiency_of_a_cell_that_loses_the_same_part_of_all_it_plates(ce, n, cycled, extra):
    """Balance of charge: each plating loses (1 - CE) of itself; what is left at the end is stripped."""
    reservoir_mAh = n * (1 - ce) * cycled / ce + cycled + extra
    left = ce * (reservoir_mAh + n * cycled) - n * cycled
    assert reservoir_efficiency(n, cycled, reservoir_mAh, left) == pytest.approx(ce, rel=1e-9)


@pytest.mark.parametrize(
    ("values", "ce"), [((10, 1.0, 5.0, 4.85), 0.99), ((10, 0.5, 2.0, 1.5), 6.5 / 7), ((0, 1.0, 4.0, 3.6), 0.9)]
)
def test_formula_by_hand(values, ce):
    assert reservoir_efficiency(*values) == pytest.approx(ce)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((-1, 1.0, 5.0, 4.0), "n of -1"),
        ((10, -1.0, 5.0, 4.0), "Q_C of -1"),
        ((10, 1.0, float("nan"), 4.0), "Q_T of nan"),
        ((0, 1.0, 0.0, 0.0), "nothing plated"),
    ],
)
def test_wrong_charges_are_refused(values, words):
    with pytest.raises(BadInputError, match=words):
        reservoir_efficiency(*values)


@given(st.integers(1, 50), CHARGE, CHARGE, st.floats(0, 1))
def test_efficiency_does_not_depend_on_the_unit_of_charge(n, cycled, reservoir_mAh, part):
    values = (cycled, reservoir_mAh, part * reservoir_mAh)
    twice = reservoir_efficiency(n, *(2 * v for v in values))
    assert twice == pytest.approx(reservoir_efficiency(n, *values), rel=1e-12)


@pytest.mark.parametrize("copper", ["negative", "positive"])
@pytest.mark.parametrize("conditioning", [0.0, 5.0, 2.0])
@pytest.mark.parametrize("n", [1, 10])
def test_protocol_is_recognised(n, conditioning, copper):
    steps = reservoir(n, 1.0, 4.0, conditioning)
    ce = [0.9, *[0.985] * (n + 1)] if conditioning else 0.985
    log = Logging(every_s=30, noise_V=2e-4, noise_mA=2e-4, resolution_mA=1e-4)
    (found,) = reservoirs(plating(made(steps, ce, log=log, copper=copper).record))
    assert (found.n, found.regular, found.exhausted) == (n, True, False)
    assert (found.conditioning >= 0) == bool(conditioning)
    assert found.reservoir_mAh == pytest.approx(4.0, rel=1e-4)
    assert found.cycled_mAh == pytest.approx(1.0, rel=1e-4)
    assert found.efficiency == pytest.approx(0.985, abs=3e-4)
    by_formula = reservoir_efficiency(n, found.cycled_mAh, found.reservoir_mAh, found.last_mAh)
    assert found.efficiency == pytest.approx(by_formula, abs=1e-4)
    assert found.loss_per_cycle_mAh == pytest.approx(0.015, abs=3e-4)
    assert found.reservoir_weight == pytest.approx(4 / (4 + n), rel=1e-3)


def test_plain_cycles_are_no_reservoir():
    assert reservoirs(plating(made(cycling(5)).record)) == ()


def test_two_protocols_in_one_record():
    found = reservoirs(plating(made(reservoir(3, 1.0, 3.0, 3.0) + reservoir(5, 0.5, 2.0, 0.0), 0.98).record))
    assert [(r.n, round(r.reservoir_mAh, 2)) for r in found] == [(3, 3.0), (5, 2.0)]
    assert [round(r.efficiency, 3) for r in found] == [0.98, 0.98]


def test_protocol_without_its_last_stripping_gives_nothing():
    record = made(reservoir(), 0.98).record
    keep = record.test_time_second < record.test_time_second[-1] - 3600
    names = ("test_time_second", "voltage_volt", "current_ampere")
    cut = dataclasses.replace(record, **{n: getattr(record, n)[keep] for n in names})
    assert len(reservoirs(plating(record))) == 1
    assert reservoirs(plating(cut)) == ()


def test_unlike_partial_cycles_are_told_and_the_mean_stays_total_over_total():
    steps = [("plate", 4.0), ("strip", 1.0), ("plate", 1.0), ("strip", 0.5), ("plate", 0.5), ("strip", None)]
    (found,) = reservoirs(plating(made(steps, 0.97).record))
    assert not found.regular
    assert found.efficiency == pytest.approx(0.97, abs=5e-4)


def test_a_reservoir_that_is_used_up_early_is_told():
    truth = made(reservoir(10, 1.0, 2.0, 0.0), 0.7)
    assert truth.to_cutoff[:-1].any()  # or this test tests nothing
    first = reservoirs(plating(truth.record))[0]
    assert first.exhausted
    assert first.n < 10
    assert first.efficiency == pytest.approx(0.7, abs=1e-3)


def test_error_of_equal_runs_is_that_of_the_formula():
    log = Logging(every_s=60, grid=True, ends=False)
    result = plating(made([("rest", 90.0), *reservoir(10, 1.013, 5.017, 0.0)], 0.98, log=log).record, "positive")
    (found,) = reservoirs(result)
    one = float(np.median(result.resolution.random_mAh[found.runs[1:-1]]))
    by_formula = reservoir_std(10, found.cycled_mAh, found.reservoir_mAh, found.last_mAh, one)
    assert found.std == pytest.approx(by_formula, rel=0.1)


def test_error_falls_with_more_cycles_unless_it_is_common_to_all():
    random = [reservoir_std(n, 1.0, 5.0, 4.9, 0.005) for n in (1, 10, 100)]
    common = [reservoir_std(n, 1.0, 5.0, 4.9, 0.0, 1e-3) for n in (1, 10, 100)]
    assert random[0] > random[1] > random[2]
    assert common[2] >= common[0]


def test_error_is_that_of_drawn_charges():
    """Twenty thousand protocols with every charge drawn about its truth."""
    rng = np.random.default_rng(4)
    n, q_c, q_t, q_s, std = 10, 1.0, 5.0, 4.85, 0.01
    parts = rng.normal(q_c, std, (20_000, n, 2))
    stripped = parts[..., 0].sum(1) + rng.normal(q_s, std, 20_000)
    plated = parts[..., 1].sum(1) + rng.normal(q_t, std, 20_000)
    assert np.std(stripped / plated) == pytest.approx(reservoir_std(n, q_c, q_t, q_s, std), rel=0.02)


def test_error_covers_the_truth():
    rng = np.random.default_rng(8)
    away = []
    for seed in range(60):
        ce = rng.uniform(0.95, 0.995)
        steps = [("rest", rng.uniform(30, 60)), *reservoir(6, rng.uniform(0.3, 0.4), rng.uniform(1, 1.5), 0.0)]
        log = Logging(every_s=rng.choice([15.0, 30.0]), grid=True, ends=False)
        (found,) = reservoirs(plating(made(steps, ce, Cell(knee_mAh=0.02), log, seed=seed).record, "positive"))
        away.append(abs(found.efficiency - ce) / found.std)
    away = np.array(away)
    assert np.mean(away < 2) >= 0.92
    assert 0.3 < np.mean(away) < 1.1
