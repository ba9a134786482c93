"""Every analysis of cycling lives through short and odd records: a number, a word why there is none, never a crash."""

import json

import numpy as np
import pytest

from limetal.analyses import apply
from limetal.records.cells import CELL_KINDS, CellContext
from limetal.records.cycling import CyclingRecord
from support.odd_records import odd_record

#: Records of one test; each kind of cell has its own.
COUNT = 40


def lives(record):
    """What all analyses say of a record; warnings are errors here, and a ledger entry refuses NaN and infinity."""
    with np.errstate(all="warn", under="ignore"):
        found = apply(record, "cell", "a file", (), {})
    json.dumps([entry.as_json() for entry in found.entries], allow_nan=False)
    return found


@pytest.mark.parametrize("kind", CELL_KINDS)
def test_odd_records_stop_no_analysis(kind):
    for seed in range(COUNT):
        assert any(e.quantity == "duration" for e in lives(odd_record(seed, kind)).entries)


@pytest.mark.parametrize("kind", CELL_KINDS)
@pytest.mark.parametrize("current", [None, 0.0, 1e-3])
@pytest.mark.parametrize("volt", [0.0, 3.7])
@pytest.mark.parametrize("rows", [2, 3, 4, 7])
def test_records_in_which_nothing_happens_give_no_cycle(kind, current, volt, rows):
    t = np.arange(float(rows))
    i = None if current is None else np.full(rows, current)
    found = lives(CyclingRecord(t, np.full(rows, volt), i, source="still", cell=CellContext(kind, 1.0, mass_mg=1.0)))
    told = {entry.quantity for entry in found.entries}
    assert not told & {"coulombic_efficiency", "hysteresis_mean", "capacity_retention", "life"}
    assert found.not_computed


@pytest.mark.parametrize("kind", CELL_KINDS)
def test_a_record_of_one_cycle_has_its_charge(kind):
    """The twin of the records above: two half-cycles of some rows are told by every kind of cell."""
    t = np.arange(0.0, 7201.0, 60.0)
    i = np.where(t < 3600, 1e-3, -1e-3)
    v = 4.0 * i if kind in ("symmetric", "copper") else 3.7 + 50 * i
    found = lives(CyclingRecord(t, v, i, source="one cycle", cell=CellContext(kind, 1.0)))
    charge = next(e.number for e in found.entries if e.quantity == "charge_passed_positive")
    assert charge == pytest.approx(1.0, rel=0.01)
