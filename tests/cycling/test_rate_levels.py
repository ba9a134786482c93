"""Levels of current and the ladder of a rate test, on made-up cells."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.cycling.cycles import cycles
from limetal.cycling.rate_levels import blocks_of, currents_mA, groups, levels, windows
from limetal.cycling.rate_levels import ladder as find_ladder
from support.full_cells import NCM, ladder, linear, make, rate_test


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=40), st.floats(0.0, 0.4))
def test_groups_are_numbered_by_size_and_narrow(values, tolerance):
    values = np.array(values)
    label = groups(values, tolerance)
    for k in range(label.max() + 1):
        of_group = values[label == k]
        assert of_group.size
        assert of_group.max() <= of_group.min() * (1 + tolerance)
        if k:
            assert values[label == k - 1].max() < of_group.min()


def test_currents_are_those_of_the_constant_part():
    made = make(linear(6, 2.0, 0.5), current_mA=1.0, charge_current_mA=0.5, held_part=0.2)
    charge, discharge = currents_mA(cycles(made.record))
    assert charge == pytest.approx(0.5)
    assert discharge == pytest.approx(1.0)


def test_levels_part_both_currents():
    discharge = ladder((1, 3), (2, 3), (2, 3))
    charge = ladder((1, 6), (0.5, 3))
    made = make(np.full(9, 2.0), current_mA=discharge, charge_current_mA=charge)
    found = levels(cycles(made.record))
    assert found.label.tolist() == [0, 0, 0, 2, 2, 2, 1, 1, 1]
    assert found.discharge_mA == pytest.approx([1, 2, 2])
    assert found.charge_mA == pytest.approx([1, 0.5, 1])


def test_noise_and_drift_of_a_percent_make_no_levels():
    rng = np.random.default_rng(0)
    current = ladder((1, 10), (2, 10)) * (1 + rng.normal(0, 0.003, 20))
    assert levels(cycles(make(np.full(20, 2.0), current_mA=current).record)).label.tolist() == [0] * 10 + [1] * 10


def test_usual_level_is_that_of_most_cycles_and_the_first_of_equals():
    found = levels(cycles(make(np.full(12, 2.0), current_mA=ladder((0.2, 3), (1, 9))).record))
    assert found.usual == 1
    found = levels(cycles(make(np.full(8, 2.0), current_mA=ladder((1, 4), (0.2, 4))).record))
    assert found.discharge_mA[found.usual] == pytest.approx(1.0)


def test_another_voltage_window_is_another_level():
    span = NCM.high_V - NCM.low_V
    ends = np.array([4.3] * 5 + [4.2] * 5)
    assert windows(ends, span).tolist() == [1] * 5 + [0] * 5
    assert windows(ends + np.linspace(0, 0.003, 10), span).max() == 1
    assert windows(np.linspace(4.0, 4.3, 30), span).max() == 0
    assert windows(np.full(4, 4.3), span).max() == 0
    assert windows(np.full(4, 0.0), 0.0).max() == 0


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 6)), min_size=1, max_size=12))
def test_blocks_hold_every_cycle_once(parts):
    label = np.concatenate([np.full(count, level) for level, count in parts])
    blocks = blocks_of(label)
    assert np.concatenate([b.cycles for b in blocks]).tolist() == list(range(label.size))
    assert all((label[b.cycles] == b.level).all() for b in blocks)
    assert all(a.level != b.level for a, b in itertools.pairwise(blocks))


def test_rate_test_is_found_with_its_return():
    current, capacity = rate_test()
    found = levels(cycles(make(capacity, current_mA=current).record))
    steps = find_ladder(found.label)
    assert [s.level for s in steps] == [0, 1, 2, 3, 4, 5, 0]
    assert all(s.cycles.size == 5 for s in steps)


def label_of(*blocks):
    return np.concatenate([np.full(count, level) for level, count in blocks])


@pytest.mark.parametrize(
    ("blocks", "wanted"),
    [
        ([(0, 200)], []),
        ([(0, 3), (1, 200)], []),  # forming, then cycling
        ([(0, 3), (1, 3), (2, 3)], [0, 1, 2]),
        ([(0, 1), (1, 1), (2, 300)], []),  # forming at two rates of one cycle each
        ([(0, 5), (1, 5), (2, 5), (1, 200)], [0, 1, 2]),  # the cycling that follows is no part of it
        ([(1, 100), (0, 4), (1, 4), (2, 4), (0, 4), (1, 100)], [0, 1, 2, 0]),
        ([(0, 2), (1, 20)] * 20, []),  # checks in between
        ([(0, 2), (1, 20), (2, 2)] * 20, []),
        ([(0, 5), (1, 2), (9, 1), (1, 3), (2, 5)], [0, 1, 2]),  # one odd cycle inside a block
    ],
)
def test_ladders(blocks, wanted):
    assert [s.level for s in find_ladder(label_of(*blocks))] == wanted


def test_choices_of_the_ladder():
    label = label_of((0, 1), (1, 1), (2, 1))
    assert find_ladder(label) == []
    assert len(find_ladder(label, fewest_cycles=1)) == 3
    label = label_of((0, 5), (1, 5))
    assert find_ladder(label) == []
    assert len(find_ladder(label, fewest_levels=2)) == 2
    label = label_of((0, 5), (1, 5), (2, 40))
    assert find_ladder(label) == []
    assert len(find_ladder(label, longest_block=40)) == 3
