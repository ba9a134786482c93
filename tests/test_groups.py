"""Groups of replicates from made-up outcomes: cells of different lengths, of different tables, one cell, two groups."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.analyses import Outcome
from limetal.errors import BadInputError
from limetal.exhibits import Table
from limetal.groups import Group, summarise
from limetal.groups.members import currents, lives_of, per_cycle, scalars_of
from limetal.ledger import Entry
from limetal.report.figures import svg

LIFE = ("cycle_life", "life")


def cell(name, values=(), quantity="hysteresis_mean", unit="V", life=None, ended=True, density=1.0, **scalars):
    """Outcome of one test: a per-cycle table, a life, single numbers."""
    entries = [Entry(f"tests.{name}", q, v, None, "measured", f"{name}.csv") for q, v in scalars.items()]
    if life is not None:
        bound = "=" if ended else ">"
        entries += [Entry(f"tests.{name}", q, float(life), None, "measured", name, bound=bound) for q in LIFE]
    tables = ()
    if len(values):
        columns = {
            "cycle": ("1", list(range(1, len(values) + 1))),
            "current_density": ("mA/cm2", [density] * len(values)),
            quantity: (unit, list(values)),
        }
        tables = (Table("hysteresis", columns),)
    return Outcome(name, tuple(entries), (), tables, (), ())


def group(*cells, subject="groups.Li", kind="symmetric", quantities=()):
    names = tuple(c.name for c in cells)
    return Group(subject, subject.split(".")[-1], cells, names, (kind,) * len(cells), quantities)


def numbers(outcome, quantity, subject=None):
    return [
        (dict(e.at).get("cycle"), e.value)
        for e in outcome.entries
        if e.quantity == quantity and (subject is None or e.subject == subject)
    ]


THREE = (cell("a", [0.01] * 5 + [0.02] * 5), cell("b", [0.02] * 10), cell("c", [0.03] * 10))


def test_means_at_the_first_and_last_cycle_with_interval_and_sources():
    done = summarise(group(*THREE))
    assert numbers(done, "hysteresis_mean") == [(1.0, pytest.approx(0.02)), (10.0, pytest.approx(0.07 / 3))]
    entry = next(e for e in done.entries if e.quantity == "hysteresis_mean")
    assert (entry.origin, entry.subject, entry.source) == ("derived", "groups.Li", "tests a, b, c")
    assert entry.std == pytest.approx(0.01 / np.sqrt(3))
    for words in ("mean of 3 cells (a, b, c)", "sd between cells 0.01 V", "-0.004841 V to 0.04484 V"):
        assert words in entry.note
    assert done.warnings == ()
    table = done.tables[0]
    assert table.columns["hysteresis_mean"][1][0] == pytest.approx(0.02)
    assert table.columns["hysteresis_mean cells"][1] == [3] * 10
    assert table.columns["hysteresis_mean b"][1] == [0.02] * 10


@given(st.permutations(range(3)))
def test_the_order_of_the_cells_changes_no_mean(order):
    one, other = summarise(group(*THREE)), summarise(group(*(THREE[k] for k in order)))
    np.testing.assert_allclose(numbers(one, "hysteresis_mean"), numbers(other, "hysteresis_mean"), rtol=1e-12)


def test_cells_of_different_lengths_give_a_mean_of_all_to_the_shortest_and_a_warning():
    done = summarise(group(cell("a", [0.01] * 4), cell("b", [0.02] * 10), cell("c", [0.03] * 7)))
    assert [c for c, _ in numbers(done, "hysteresis_mean")] == [1.0, 4.0]
    (words,) = done.warnings
    assert "from cycle 5 on means are of fewer than all 3 cells" in words
    assert "a after cycle 4 (end of test); c after cycle 7 (end of test)" in words
    assert done.tables[0].columns["hysteresis_mean cells"][1] == [3] * 4 + [2] * 3 + [1] * 3
    assert done.tables[0].columns["hysteresis_mean sd"][1][7:] == ["", "", ""]


def test_a_dead_symmetric_cell_counts_no_more_but_a_full_cell_below_its_criterion_does():
    dead = cell("a", [0.01] * 5 + [0.0001] * 5, life=5)
    done = summarise(group(dead, cell("b", [0.01] * 10, life=10, ended=False)))
    assert numbers(done, "hysteresis_mean") == [(1.0, 0.01), (5.0, 0.01)]
    assert "a after cycle 5 (end of life)" in done.warnings[0]
    full = group(dead, cell("b", [0.01] * 10), kind="full")
    assert per_cycle(full)["hysteresis_mean"].last.tolist() == [10, 10]


def test_tables_of_different_quantities_are_told():
    done = summarise(
        group(cell("a", [0.01] * 4), cell("b", [0.02] * 4), cell("c", [99.0] * 4, "energy_efficiency", "%"))
    )
    assert [v for _, v in numbers(done, "hysteresis_mean")] == [pytest.approx(0.015)] * 2
    assert any("hysteresis_mean is not in the tables of c" in w for w in done.warnings)
    assert any("energy_efficiency is not in the tables of a, b" in w for w in done.warnings)


def test_words_in_a_table_are_no_numbers_and_half_cycles_no_cycles():
    odd = Table("odd", {"cycle": ("1", [1, 1, 2, 2]), "hysteresis_mean": ("V", [1.0] * 4)})
    wrong = Table("unit", {"cycle": ("1", [1, 2]), "hysteresis_mean": ("mV", [10.0, 10.0])})
    words = cell("a", [0.01, "not identified", 0.01])
    assert per_cycle(group(words))["hysteresis_mean"].values[0].tolist() == pytest.approx(
        [0.01, np.nan, 0.01], nan_ok=True
    )
    for table in (odd, wrong):
        assert per_cycle(group(Outcome("x", (), (), (table,), (), ()))) == {}


def test_one_cell_has_no_spread():
    done = summarise(group(cell("a", [0.01] * 4, life=4, ended=False, areal_resistance=10.0)))
    assert numbers(done, "hysteresis_mean") == [(1.0, 0.01), (4.0, 0.01)]
    assert all(e.std is None for e in done.entries)
    assert "one cell (a): no spread is known" in done.entries[1].note
    assert [svg(p) for p in done.plots]


def test_lives_are_kaplan_meier_and_unreached_medians_are_words():
    cells = [cell(n, life=t, ended=e) for n, t, e in (("a", 100, True), ("b", 150, True), ("c", 300, False))]
    done = summarise(group(*cells))
    assert [v for _, v in numbers(done, "median_life")] == [150.0]
    entry = next(e for e in done.entries if e.quantity == "median_life")
    assert "3 cells, 2 ended, 1 outlived their test" in entry.note
    assert "fewer than six cells never bound it; here 3" in entry.note
    assert [v for _, v in numbers(done, "restricted_mean_life")] == [pytest.approx(100 + 50 * 2 / 3 + 150 / 3)]
    alive = summarise(group(*(dataclasses.replace(c, entries=cells[2].entries) for c in cells)))
    assert numbers(alive, "median_life") == [(None, "not reached")]
    lives = next(t for t in done.tables if t.name == "lives")
    assert lives.columns["life ended"][1] == ["yes", "yes", "no"]
    curve = next(t for t in done.tables if t.name == "survival_life")
    assert curve.columns["surviving"][1] == pytest.approx([200 / 3, 100 / 3, 100 / 3])


def test_a_cell_without_life_is_named_and_one_that_never_lived_is_kept():
    done = summarise(group(cell("a", life=0), cell("b", life=10), cell("c", [0.01])))
    assert any("no life of c" in w for w in done.warnings)
    assert [v for _, v in numbers(done, "median_cycle_life")] == [5.0]


def test_single_numbers_are_averaged_at_like_conditions_only():
    def at(name, value, density):
        entry = Entry(
            f"tests.{name}", "areal_resistance", value, None, "measured", name, at=(("current_density", density),)
        )
        return Outcome(name, (entry,), (), (), (), ())

    found = scalars_of(group(at("a", 10.0, 1.0), at("b", 14.0, 1.02), at("c", 30.0, 2.0)))
    assert [(s.quantity, s.values) for s in found] == [("areal_resistance", (10.0, 14.0, None))]
    done = summarise(group(at("a", 10.0, 1.0), at("b", 14.0, 1.02), at("c", 30.0, 2.0)))
    (entry,) = [e for e in done.entries if e.quantity == "areal_resistance"]
    assert entry.value == 12.0
    assert "no such number of c" in entry.note


def test_cells_of_unlike_currents_are_no_replicates():
    odd = group(cell("a", [0.01] * 3), cell("b", [0.02] * 3, density=2.0))
    assert currents(odd) == [1.0, 2.0]
    assert any("they are no replicates" in w for w in summarise(odd).warnings)
    assert summarise(group(*THREE)).warnings == ()


def test_difference_of_two_groups_is_that_of_welch_at_the_last_common_cycle():
    a = group(*(cell(n, [v] * 10) for n, v in (("a", 0.010), ("b", 0.012), ("c", 0.014))), subject="groups.A")
    b = group(*(cell(n, [v] * 6) for n, v in (("d", 0.030), ("e", 0.034), ("f", 0.032))), subject="groups.B")
    done = summarise(a, b)
    assert numbers(done, "hysteresis_mean", "groups.A.minus.B") == [(6.0, pytest.approx(-0.02))]
    entry = next(e for e in done.entries if e.subject == "groups.A.minus.B")
    assert entry.source == "tests a, b, c against tests d, e, f"
    assert entry.std == pytest.approx(0.002 * np.sqrt(2 / 3))
    back = next(e for e in summarise(b, a).entries if e.subject == "groups.B.minus.A")
    assert back.value == pytest.approx(-entry.value)
    compared = next(p for p in done.plots if p.name == "replicates_hysteresis_mean_compared")
    assert [s.label for s in compared.series] == ["A: mean of 3", "B: mean of 3"]
    assert svg(compared)


def test_one_cell_against_three_has_no_interval_and_says_so():
    a = group(cell("a", [0.01] * 4), subject="groups.A")
    done = summarise(a, group(*THREE, subject="groups.B"))
    assert ("groups.A.minus.B hysteresis_mean", "1 against 3 cells: the spread of a single one is not known") in (
        done.not_computed
    )


def test_ratio_of_lives_and_its_test():
    a = group(*(cell(n, life=t) for n, t in (("a", 200), ("b", 210), ("c", 190), ("d", 220))), subject="groups.A")
    b = group(*(cell(n, life=t) for n, t in (("e", 100), ("f", 105), ("g", 95), ("h", 110))), subject="groups.B")
    done = summarise(a, b)
    factor = next(e for e in done.entries if e.quantity == "factor" and dict(e.at)["definition"] == "life")
    assert (factor.subject, factor.value) == ("groups.A.over.B", pytest.approx(2.0))
    assert "1.73 to 2.32" in factor.note
    p = next(e for e in done.entries if e.quantity == "p_value")
    assert p.value == pytest.approx(2 / 70)
    assert "0.029 at least" in p.note
    alive = [cell(n, life=300, ended=False) for n in "abc"]
    none = summarise(group(*alive, subject="groups.A"), group(*alive, subject="groups.B"))
    assert ("groups.A.over.B factor", "no life of either group ended within its test") in none.not_computed


def test_of_capacities_the_most_normalised_one_is_shown_with_the_efficiency_below():
    def full(name):
        columns = {
            "cycle": ("1", [1, 2]),
            "specific_discharge_capacity": ("mAh/g", [200.0, 199.0]),
            "discharge_capacity": ("mAh", [2.0, 1.99]),
            "coulombic_efficiency": ("%", [99.0, 99.5]),
        }
        return Outcome(name, (), (), (Table("cycles", columns),), (), ())

    done = summarise(group(full("a"), full("b"), kind="full"))
    assert [p.name for p in done.plots] == ["replicates_specific_discharge_capacity"]
    assert [p.y.label for p in done.plots[0].panels] == ["CE", "cells"]
    assert {e.quantity for e in done.entries} == {
        "number_of_cells", "specific_discharge_capacity", "coulombic_efficiency",
    }  # fmt: skip
    asked = summarise(group(full("a"), full("b"), kind="full", quantities=("discharge_capacity", "life")))
    assert [p.name for p in asked.plots] == ["replicates_discharge_capacity"]
    assert [what for what, _ in asked.not_computed] == ["groups.Li life"]


def test_lives_of_unlike_conditions_stay_apart():
    def at(name, life, retention):
        entry = Entry(
            f"tests.{name}", "cycle_life", life, None, "measured", name, at=(("capacity_retention", retention),)
        )
        return Outcome(name, (entry,), (), (), (), ())

    found = lives_of(group(at("a", 10.0, 80.0), at("b", 20.0, 80.0), at("c", 30.0, 70.0), kind="full"))
    assert [(f.names, f.missing) for f in found] == [(("a", "b"), ("c",)), (("c",), ("a", "b"))]


def test_what_are_no_replicates_is_refused():
    with pytest.raises(
        BadInputError, match=r"groups.X: found cells of kind full and symmetric, want cells of one kind"
    ):
        Group("groups.X", "X", THREE[:2], ("a", "b"), ("symmetric", "full"))
    with pytest.raises(BadInputError, match="found no test"):
        Group("groups.X", "X", (), (), ())
    with pytest.raises(BadInputError, match=r"groups.Li.against: found cells of kind full"):
        summarise(group(*THREE), group(*THREE, kind="full"))


def test_a_spread_of_rounding_is_none():
    same = [cell(n, [v] * 3) for n, v in (("a", 0.01), ("b", 0.01 * (1 + 1e-15)))]
    entry = next(e for e in summarise(group(*same)).entries if e.quantity == "hysteresis_mean")
    assert entry.std is None
    assert "which give one and the same number" in entry.note
    done = summarise(group(*same, subject="groups.A"), group(*same, subject="groups.B"))
    assert [why for what, why in done.not_computed] == ["all cells of each group give one number: no spread"]


def test_cells_that_would_be_needed_are_those_of_the_common_spread():
    """Two groups of sd 1 whose means differ by 1 need 17 cells each; sd of the difference would ask for 33."""
    a = group(cell("a", factor=1.0), cell("b", factor=2.0), cell("c", factor=3.0), subject="groups.A")
    b = group(cell("d", factor=2.0), cell("e", factor=3.0), cell("f", factor=4.0), subject="groups.B")
    note = next(e.note for e in summarise(a, b).entries if e.subject == "groups.A.minus.B")
    assert "in 4 of 5 trials 17 cells each" in note


def test_of_two_lives_of_a_cell_the_shorter_one_ends_its_cycles():
    ends = [Entry("tests.a", "cycle_life", n, None, "measured", "a.csv") for n in (4.0, 8.0)]
    one = cell("a", [0.01] * 4 + [0.9] * 6)
    dead = Outcome("a", (*one.entries, *ends), (), one.tables, (), ())
    done = summarise(group(dead, cell("b", [0.02] * 10)))
    assert numbers(done, "hysteresis_mean") == [(1.0, pytest.approx(0.015)), (4.0, pytest.approx(0.015))]
