"""Polarisation split as an analysis: what is told with and without the resistances."""

import dataclasses

import pytest

from limetal.analyses.polarisation_split import Options, polarisation_split, tell
from limetal.errors import BadInputError
from limetal.records.cells import SymmetricPartner
from limetal.records.cycling import CellContext
from support.known_curves import LAYERED, cell


def values(findings, quantity):
    return [(dict(n.at)["definition"].partition(":")[0], n.value) for n in findings.numbers if n.quantity == quantity]


KNOWN = "electrolyte of 10 ohm cm2"
ENDS = ["electrolyte without resistance", "electrolyte with all of the symmetric cell's resistance"]


def test_known_electrolyte_gives_one_reading():
    record = cell(LAYERED, cycles=4, gap_V=0.3, area_cm2=1.5)
    findings = tell(polarisation_split(record, Options(25.0, 10.0)))
    assert values(findings, "lithium_polarisation") == [(KNOWN, pytest.approx(0.03))]
    assert values(findings, "electrolyte_polarisation") == [(KNOWN, pytest.approx(0.04))]
    assert values(findings, "positive_polarisation") == [(KNOWN, pytest.approx(0.23, abs=2e-3))]
    assert not findings.warnings
    assert [s.label for s in findings.plots[0].series][1:] == ["lithium", "electrolyte", "positive electrode"]


def test_unknown_electrolyte_gives_both_ends():
    record = cell(LAYERED, cycles=4, gap_V=0.3, area_cm2=1.5)
    findings = tell(polarisation_split(record, Options(25.0)))
    assert [at for at, _ in values(findings, "positive_polarisation")] == ENDS
    least, most = (value for _, value in values(findings, "positive_polarisation"))
    assert least - most == pytest.approx(0.05)
    assert "positive_polarisation_all_electrolyte" in findings.tables[0].columns


def test_a_symmetric_cell_that_exceeds_the_gap_is_told():
    record = cell(LAYERED, cycles=2, gap_V=0.02, area_cm2=1.5)
    assert any("not alike" in w for w in tell(polarisation_split(record, Options(25.0, 10.0))).warnings)


def test_what_is_not_given_is_said():
    record = cell(LAYERED, cycles=2, area_cm2=1.5)
    assert tell(polarisation_split(record)).not_computed == (
        ("positive_polarisation", "no symmetric cell is named, and symmetric_areal_resistance_ohm_cm2 is not given"),
    )
    bare = tell(polarisation_split(cell(LAYERED, cycles=2), Options(25.0)))
    assert "area" in bare.not_computed[0][1]


def test_the_symmetric_cell_of_a_study_stands_for_the_option():
    record = cell(LAYERED, cycles=4, gap_V=0.3, area_cm2=1.5)
    j = polarisation_split(record, Options(25.0, 10.0)).shares.charge_mA_cm2[0]
    partner = SymmetricPartner("sym", (j / 2, 2 * j), (25e-3 * j / 2, 25e-3 * 2 * j))
    named = record.in_cell(dataclasses.replace(record.cell, symmetric=partner))
    same = tell(polarisation_split(named, Options(0.0, 10.0)))
    assert values(same, "positive_polarisation") == [(KNOWN, pytest.approx(0.23, abs=2e-3))]
    assert "symmetric cell of sym at" in same.numbers[0].note
    other = tell(polarisation_split(named, Options(50.0, 10.0)))  # the option is stronger
    assert values(other, "lithium_polarisation") == [(KNOWN, pytest.approx(0.08, abs=2e-3))]
    slow = dataclasses.replace(partner, current_density_mA_cm2=(j / 9, j / 8), hysteresis_V=(1e-3, 2e-3))
    beyond = record.in_cell(dataclasses.replace(record.cell, symmetric=slow))
    assert "every cycle has a larger current density" in tell(polarisation_split(beyond)).not_computed[0][1]


def test_wrong_options_and_other_cells_are_refused():
    for wrong in ((-1.0, 0.0), (25.0, 30.0), (float("nan"), 0.0)):
        with pytest.raises(BadInputError, match=r"analyses.polarisation_split"):
            Options(*wrong)
    assert Options(25.0, 25.0).electrolyte_areal_resistance_ohm_cm2 == 25.0
    record = cell(LAYERED, cycles=1)
    with pytest.raises(BadInputError, match="kind full"):
        polarisation_split(record.in_cell(CellContext("copper")))
