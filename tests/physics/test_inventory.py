"""Lithium inventory: every formula against the balance itself, walked cycle by cycle, and the numbers of papers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.physics.inventory import (
    cycles_to_retention,
    efficiency_bound,
    efficiency_for_cycles,
    lithium_excess,
    retention_after,
)

EXCESS = st.floats(0.0, 8.0)
EFFICIENCY = st.floats(0.95, 0.9995)


def walked(excess, efficiency, cycles):
    """Capacities of cycles, from the balance: deliver what is there, at most one, and lose a part of it."""
    lithium, delivered = 1.0 + excess, []
    for _ in range(cycles):
        delivered.append(min(1.0, lithium))
        lithium -= (1 - efficiency) * delivered[-1]
    return np.array(delivered)


# ----------------------------------------------------------------------------------------------- the balance


@given(EXCESS, EFFICIENCY, st.floats(0.3, 0.99))
def test_cycles_to_a_retention_are_those_of_the_balance_to_one_cycle(excess, efficiency, retention):
    formula = cycles_to_retention(excess, efficiency, retention)
    capacity = walked(excess, efficiency, int(formula) + 5)
    # whole cycles, and in the cycle in which the excess ends a line where the formula has a power: a(1-a)(1-CE)/2
    assert abs(int(np.argmax(capacity < retention)) - formula) <= 1.0 + (1 - efficiency) / 8 + 1e-9


@given(EXCESS, EFFICIENCY, st.integers(1, 600))
def test_retention_after_cycles_is_that_of_the_balance(excess, efficiency, cycles):
    capacity = walked(excess, efficiency, cycles + 1)[-1]
    assert retention_after(excess, efficiency, cycles) == pytest.approx(capacity, abs=1 - efficiency)


@given(EXCESS, EFFICIENCY, st.integers(20, 600))
def test_inverse_finds_the_efficiency_of_the_balance(excess, efficiency, cycles):
    """To the efficiencies of one cycle more and less: lithium runs out between two of them."""
    capacity = walked(excess, efficiency, cycles + 1)[-1]
    if cycles <= excess + 2:
        return
    found = efficiency_for_cycles(excess, cycles, min(capacity, 1.0))
    if capacity == 1.0:
        assert found <= efficiency + 1e-9
    else:
        lower = efficiency_for_cycles(excess, cycles - 1, capacity)
        upper = efficiency_for_cycles(excess, cycles + 1, capacity)
        assert lower <= efficiency <= upper
        assert lower <= found <= upper


@given(EXCESS, EFFICIENCY, st.floats(0.3, 1.0, exclude_max=True))
def test_inverse_undoes_the_formula(excess, efficiency, retention):
    cycles = cycles_to_retention(excess, efficiency, retention)
    assert efficiency_for_cycles(excess, cycles, retention) == pytest.approx(efficiency, abs=1e-9)


def test_inverse_for_no_loss_is_the_limit_of_little_loss():
    assert efficiency_for_cycles(1.9, 300, 1.0) == pytest.approx(efficiency_for_cycles(1.9, 300, 1 - 1e-9), abs=1e-9)


@given(EXCESS, EFFICIENCY, st.integers(2, 500), st.floats(0.0, 3e-3))
def test_bound_is_never_above_the_truth_and_meets_it_when_lithium_limits(excess, efficiency, cycles, positive_fade):
    lithium = start = 1.0 + excess
    delivered = []
    for k in range(cycles):
        delivered.append(min((1 - positive_fade) ** k, lithium))
        limited = lithium <= (1 - positive_fade) ** k
        if k < cycles - 1:
            lithium -= (1 - efficiency) * delivered[-1]
    bound = efficiency_bound(start, sum(delivered[:-1]), delivered[-1])
    assert bound <= efficiency + 1e-9
    if limited:
        assert bound == pytest.approx(efficiency, abs=1e-9)


def test_bound_holds_for_an_efficiency_that_changes():
    rng = np.random.default_rng(2)
    efficiency = rng.uniform(0.98, 1.0, 200)
    lithium, delivered = 1.8, []
    for one in efficiency:
        delivered.append(min(1.0, lithium))
        lithium -= (1 - one) * delivered[-1]
    mean = float(np.average(efficiency[:-1], weights=delivered[:-1]))
    assert delivered[-1] < 1
    assert efficiency_bound(1.8, sum(delivered[:-1]), delivered[-1]) == pytest.approx(mean, abs=1e-12)


@given(st.floats(0.98, 0.9999), st.integers(1, 300))
def test_without_excess_retention_is_a_power(efficiency, cycles):
    assert retention_after(0.0, efficiency, cycles) == pytest.approx(efficiency**cycles, rel=1e-12)
    assert efficiency_for_cycles(0.0, cycles, efficiency**cycles) == pytest.approx(efficiency, abs=1e-12)


# ------------------------------------------------------------------------------------------------ papers


@pytest.mark.parametrize(
    ("cycles", "np_ratio", "percent"),
    [(300, 1.9, 99.37), (500, 3.83, 99.23), (180, 6.38, 96.5), (120, 3.35, 97.2)],
)
def test_foils_of_a_paper_last_with_so_little(cycles, np_ratio, percent):
    """Wang et al. 2026, doi:10.1038/s41467-026-69155-z: cells and cycles of Results; the arithmetic is ours."""
    digits = 2 if percent > 99 else 1
    assert round(100 * efficiency_for_cycles(np_ratio, cycles), digits) == percent


def test_both_readings_of_a_paper():
    """91.7 % after 300 cycles at N/P 1.9: 0.029 % a cycle of the positive electrode, or CE(Li) 99.34 %."""
    assert round(100 * (1 - 0.917 ** (1 / 300)), 3) == 0.029
    assert round(100 * efficiency_for_cycles(1.9, 300, 0.917), 2) == 99.34
    assert walked(1.9, 0.99338, 301)[300] == pytest.approx(0.917, abs=0.01)


@pytest.mark.parametrize(
    ("np_ratio", "initial", "holds", "excess"),
    [(1.9, 1.0, True, 1.9), (0.0, 0.9, True, 1 / 9), (3.0, 1.0, False, 2.0), (0.8, 1.0, False, -0.2)],
)
def test_excess(np_ratio, initial, holds, excess):
    assert lithium_excess(np_ratio, initial, positive_holds_lithium=holds) == pytest.approx(excess)


def test_lithium_that_limits_from_the_start_fades_as_without_excess():
    assert cycles_to_retention(-0.2, 0.99, 0.8) == cycles_to_retention(0.0, 0.99, 0.8)


# ------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: lithium_excess(-1.0), "N/P: found -1.0"),
        (lambda: lithium_excess(1.0, 0.0), "initial Coulombic efficiency: found 0.0"),
        (lambda: lithium_excess(1.0, 1.1), "initial Coulombic efficiency: found 1.1"),
        (lambda: cycles_to_retention(1.0, 1.0), "efficiency: found 1.0"),
        (lambda: cycles_to_retention(1.0, 0.99, 0.0), "retention: found 0.0"),
        (lambda: cycles_to_retention(1.0, 0.99, 1.2), "retention: found 1.2"),
        (lambda: retention_after(1.0, 0.0, 10), "efficiency: found 0.0"),
        (lambda: efficiency_for_cycles(1.0, 0), "cycles: found 0"),
        (lambda: efficiency_for_cycles(1.0, 10, 1.5), "retention: found 1.5"),
        (lambda: efficiency_bound(2.0, 0.0, 1.0), "charge delivered before"),
        (lambda: efficiency_bound(2.0, 10.0, 2.5), "capacity of the last cycle: found 2.5"),
    ],
)
def test_what_is_no_cell_is_refused(call, words):
    with pytest.raises(BadInputError, match=words):
        call()


def test_few_cycles_ask_for_no_efficiency():
    assert efficiency_for_cycles(5.0, 4) == 0.0
    assert efficiency_for_cycles(5.0, 10) == 0.5
    assert efficiency_bound(6.0, 4.0, 1.0) <= 0
