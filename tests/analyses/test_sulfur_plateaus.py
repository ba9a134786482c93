"""Plateaus of sulfur in the ledger."""

import dataclasses

import numpy as np
import pytest

from limetal.analyses import Findings
from limetal.analyses.sulfur_plateaus import Options, sulfur_plateaus, tell
from limetal.errors import BadInputError
from limetal.records.cycling import CellContext, CyclingRecord
from support.full_cells import NCM, SULFUR, make

CELL = CellContext("full", area_cm2=1.13, mass_mg=3.0)


def sulfur(capacities=(3.0, 2.8, 2.6), cell=CELL, **more):
    return make(
        list(capacities), chemistry=SULFUR, starts="discharge", rows=300, noise_V=2e-4, step_V=1e-4, cell=cell, **more
    ).record


def values(findings, quantity):
    return [n for n in findings.numbers if n.quantity == quantity]


def test_first_and_last_cycle_are_told():
    findings = tell(sulfur_plateaus(sulfur()))
    upper = values(findings, "upper_plateau_capacity")
    assert [dict(n.at)["cycle"] for n in upper] == [1.0, 3.0]
    assert upper[0].value == pytest.approx(0.75, rel=0.05)
    assert values(findings, "lower_plateau_capacity")[0].value == pytest.approx(2.25, rel=0.05)
    assert values(findings, "plateau_ratio")[0].value == pytest.approx(3.0, rel=0.07)
    assert "complete reaction: 3" in values(findings, "plateau_ratio")[0].note
    assert values(findings, "specific_upper_plateau_capacity")[0].value == pytest.approx(250, rel=0.05)
    assert "% of 418 mAh/g" in values(findings, "specific_upper_plateau_capacity")[0].note
    assert findings.tables[0].rows == 3
    assert len(findings.plots[0].series) == 2


def test_without_mass_nothing_is_per_gram():
    findings = tell(sulfur_plateaus(sulfur(cell=CellContext("full"))))
    assert not values(findings, "specific_upper_plateau_capacity")
    assert values(findings, "upper_plateau_capacity")


def test_a_cell_that_starts_with_charge_is_none():
    record = sulfur()
    charged = record.in_cell(CellContext("full"))
    result = sulfur_plateaus(charged)
    assert "starts=discharge" in result.why_not
    assert tell(result) == Findings()  # an ordinary full cell lacks nothing
    assert tell(sulfur_plateaus(record)).numbers


def test_other_cells_are_not_identified():
    layered = make([2.0, 2.0], chemistry=NCM, starts="discharge", rows=200, cell=CellContext("full")).record
    assert "sulfur stays within" in tell(sulfur_plateaus(layered)).not_computed[0][1]
    t = np.arange(0.0, 7201.0, 10.0)
    volt = np.where(t <= 3600, 2.2 - 0.3 * t / 3600, 1.9 + 0.3 * (t - 3600) / 3600)
    current = np.where(t <= 3600, -1e-3, 1e-3)
    single = CyclingRecord(t, volt, current, source="x", cell=CellContext("full", starts="discharge"))
    assert tell(sulfur_plateaus(single)).not_computed[0][1].startswith("not identified")


def test_a_record_without_a_cycle_is_no_error():
    record = sulfur()
    bare = dataclasses.replace(record, current_ampere=None)
    assert "no current" in tell(sulfur_plateaus(bare)).not_computed[0][1]
    assert "none of the cycles" in tell(sulfur_plateaus(record, Options("9"))).not_computed[0][1]


def test_wrong_options_and_other_kinds_are_refused():
    for wrong in ({"cycles": "all"}, {"significance": 0.0}):
        with pytest.raises(BadInputError, match=r"analyses.sulfur_plateaus"):
            Options(**wrong)
    assert Options("1", 5.0).significance == 5.0
    with pytest.raises(BadInputError, match="kind full"):
        sulfur_plateaus(sulfur().in_cell(CellContext("anode-free")))
