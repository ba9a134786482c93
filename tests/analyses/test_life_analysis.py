"""What the analysis of life says: numbers with bounds, criteria in words, picture and table."""

import numpy as np
import pytest

from limetal.analyses.life import PLUGIN, symmetric_life, tell
from limetal.cycling.life import Criteria
from limetal.errors import BadInputError
from limetal.records.cells import CellContext
from limetal.report.figures import svg
from support.cells import record, uniform


def made(levels_V, current_mA=1.0, area=2.0, kind="symmetric"):
    t, v = uniform(levels_V)
    i = 1e-3 * np.repeat(current_mA * np.where(np.arange(len(levels_V)) % 2 == 0, 1, -1), 60)
    return record(t, v, i if current_mA else None, CellContext(kind, area))


def numbers(findings):
    return {n.quantity: n for n in findings.numbers}


def test_a_cell_that_dies_has_a_life_and_the_note_says_every_choice():
    found = numbers(tell(symmetric_life(made([0.02] * 40 + [0.1] * 10), Criteria(limit_V=0.3))))
    assert (found["cycle_life"].value, found["cycle_life"].bound) == (20.0, "=")
    assert found["life"].value == pytest.approx(20, abs=0.02)
    note = found["life"].note
    for words in ("first met", "above 2 x its reference in 3 cycles in a row", "above 0.3 V", "not met",
                  "below 0.3 x", "4 half-cycles", "median of cycles 3 to 10 at the same current"):  # fmt: skip
        assert words in note
    assert found["life"].at == (("current_density", 0.5),)


def test_a_cell_that_lives_is_censored():
    found = numbers(tell(symmetric_life(made([0.02] * 40))))
    assert (found["cycle_life"].value, found["cycle_life"].bound) == (20.0, ">")
    assert found["life"].bound == ">"
    assert "no criterion met" in found["life"].note


def test_twice_the_area_changes_the_condition_only():
    one = numbers(tell(symmetric_life(made([0.02] * 40 + [0.1] * 10, area=1.0))))
    two = numbers(tell(symmetric_life(made([0.02] * 40 + [0.1] * 10, area=2.0))))
    assert one["life"].value == two["life"].value
    assert one["life"].at[0][1] == 2 * two["life"].at[0][1]


def test_few_cycles_give_a_reason_and_no_number():
    findings = tell(symmetric_life(made([0.02] * 6)))
    assert findings.numbers == ()
    assert [what for what, _ in findings.not_computed] == ["cycle_life", "life"]
    assert tell(symmetric_life(made([0.02] * 6), Criteria(limit_V=1.0))).numbers[0].bound == ">"


def test_without_current_the_doubt_is_said():
    findings = tell(symmetric_life(made([0.02] * 40 + [0.1] * 10, current_mA=0)))
    assert any("holds only for a test at one current" in w for w in findings.warnings)
    assert numbers(findings)["life"].at == ()
    assert not any("one current" in w for w in tell(symmetric_life(made([0.02] * 40 + [0.1] * 10))).warnings)


def test_picture_and_table_hold_the_same_cycles():
    findings = tell(symmetric_life(made([0.02] * 40 + [3.0] * 10), Criteria(limit_V=1.0)))
    (plot,), (table,) = findings.plots, findings.tables
    assert plot.series[0].x.size == table.rows == 25
    assert plot.y.scale == "log"
    assert [line.axis for line in plot.marks] == ["y", "x"]
    assert plot.marks[1].at == pytest.approx(20, abs=0.02)
    assert plot.series[1].low is not None
    assert "end of life" in svg(plot)


@pytest.mark.parametrize("kind", ["half", "full", "copper"])
def test_other_cells_are_refused(kind):
    with pytest.raises(BadInputError, match="want a symmetric cell"):
        symmetric_life(made([0.02] * 40, kind=kind))
    assert PLUGIN.cells == ("symmetric",)
