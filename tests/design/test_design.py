"""Designs of whole studies: balances, conventions, what is assumed and what stays unknown."""

import pytest

from limetal.design import design
from limetal.errors import StudyFileError
from support.studies import FOIL, make


def numbers(study):
    return {(e.subject, e.quantity): e for e in design(study).entries}


def test_full_cell_by_hand(tmp_path):
    found = numbers(make(tmp_path))
    volumetric = found["electrodes.foil", "volumetric_capacity"].value
    assert volumetric == pytest.approx(1946 * 0.900, rel=3e-3)
    assert found["electrodes.foil", "areal_capacity"].value == pytest.approx(volumetric * 50e-4)
    assert found["electrodes.cathode", "areal_capacity"].value == pytest.approx(1.08)
    assert found["cells.full.negative", "areal_capacity"].value == pytest.approx(volumetric * 20e-4)
    ratio = found["cells.full", "np_ratio"]
    assert ratio.value == pytest.approx(volumetric * 20e-4 / 1.08)
    assert "per face" in ratio.note
    assert found["cells.full", "normalised_specific_capacity"].value == pytest.approx(1946.2 / ratio.value, rel=1e-3)


def test_electrolyte_to_capacity_of_a_coin_cell(tmp_path):
    """80 uL at 1.26 g/mL over 1.08 mAh/cm2 of a 10 mm disc: 118.8 g/Ah."""
    assert numbers(make(tmp_path))["cells.full", "electrolyte_to_capacity"].value == pytest.approx(118.8, rel=0.03)


def test_collector_lowers_the_nsc(tmp_path):
    bare = numbers(make(tmp_path))["cells.full", "normalised_specific_capacity"].value
    copper = FOIL.replace('"none"', '{ material = "Cu", thickness = "6 um", faces = 2 }')
    entry = numbers(make(tmp_path, base=copper))["cells.full", "normalised_specific_capacity"]
    foil_g_cm2 = 0.900 * 20e-4
    assert entry.value == pytest.approx(bare * foil_g_cm2 / (foil_g_cm2 + 8.94 * 6e-4 / 2), rel=3e-3)
    assert "6 um Cu" in entry.note


@pytest.mark.parametrize(("convention", "words"), [("per face", "per face"), ("both faces", "shared by two faces")])
def test_convention_is_said(tmp_path, convention, words):
    base = FOIL.replace('diameter = "10 mm"', f'areal_capacity = "8 mAh/cm2"\nareal_capacity_is = "{convention}"')
    assert words in numbers(make(tmp_path, base=base))["cells.full", "np_ratio"].note


def test_porosity_thins_the_capacity(tmp_path):
    dense = numbers(make(tmp_path))["electrodes.foil", "volumetric_capacity"].value
    base = FOIL.replace('cutoff = "1 V"', 'cutoff = "1 V"\nporosity = "20 %"')
    found = numbers(make(tmp_path, base=base))
    assert found["electrodes.foil", "volumetric_capacity"].value == pytest.approx(0.8 * dense)
    assert found["electrodes.foil", "porosity"].origin == "stated"
    with pytest.raises(StudyFileError, match="want a porosity below 100 %"):
        make(tmp_path, base=base.replace('"20 %"', '"100 %"'))


def test_what_is_not_given_is_assumed_and_says_so(tmp_path):
    found = numbers(make(tmp_path))
    assert found["electrodes.foil", "porosity"].origin == "assumed"
    assert found["electrodes.mystery", "cutoff_voltage"].origin == "assumed"
    assert found["materials.CNT", "density"].origin == "assumed"
    assert found["materials.CNT", "density"].std > 0


def test_unknown_component_is_unknown_never_zero(tmp_path):
    done = design(make(tmp_path))
    found = {(e.subject, e.quantity): e for e in done.entries}
    for quantity in ("pore_free_density", "free_lithium_capacity", "strippable_capacity"):
        entry = found["electrodes.mystery", quantity]
        assert (entry.value, entry.std) == ("unknown", None)
    assert any("mystery" in what for what, _ in done.not_computed)


def test_study_overrides_a_material(tmp_path):
    plain = numbers(make(tmp_path))["electrodes.foil", "pore_free_density"].value
    more = '[materials.CNT]\ndensity = "1.3 g/cm3"\nsource = "data sheet"\n'
    found = numbers(make(tmp_path, more))
    assert found["electrodes.foil", "pore_free_density"].value == pytest.approx(0.864, abs=0.002) != plain
    assert (found["materials.CNT", "density"].value, found["materials.CNT", "density"].origin) == (1.3, "stated")


def test_own_phase_and_mixture(tmp_path):
    more = """
[materials.LiAl]
formula = "LiAl"
density = "1.75 g/cm3"
source = "data sheet"
[materials.powder]
mixture = { Mg = 20, Zn = 80 }
source = "supplier"
[electrodes.alloy]
kind = "lithium"
recipe = { by = "mass", parts = { Li = 3, LiAl = 1, powder = 1 } }
"""
    found = numbers(make(tmp_path, more))
    assert found["materials.powder.Mg", "mole_fraction"].value == pytest.approx(40.2, abs=0.05)
    total = sum(e.value for (s, q), e in found.items() if s.startswith("electrodes.alloy.") and q == "mass_fraction")
    assert total == pytest.approx(100)
    assert ("electrodes.alloy.LiZn", "mass_fraction") in found


def test_lithium_poor_recipe_warns(tmp_path):
    more = '[electrodes.poor]\nkind = "lithium"\nrecipe = { by = "mole", parts = { Li = 5, Zn3N2 = 1 } }\n'
    (warning,) = design(make(tmp_path, more)).warnings
    assert "lithium-poor" in warning
    assert "Zn3N2" in warning


def test_missing_thickness_is_said(tmp_path):
    base = FOIL.replace('thickness = "50 um"\n', "", 1).replace('negative_thickness = "20 um"\n', "")
    assert ("cells.full: N/P and NSC", "no thickness of foil is given") in design(
        make(tmp_path, base=base)
    ).not_computed


def test_every_entry_of_a_design_is_stated_derived_or_assumed(tmp_path):
    entries = design(make(tmp_path)).entries
    assert {e.origin for e in entries} == {"stated", "derived", "assumed"}
    assert all(e.source for e in entries)


def test_lithium_poor_without_nitrogen_names_no_nitride(tmp_path):
    more = '[electrodes.poor]\nkind = "lithium"\nrecipe = { by = "mass", parts = { Li = 1, Zn = 30 } }\n'
    (warning,) = design(make(tmp_path, more)).warnings
    assert "LiZnN" not in warning


@pytest.mark.parametrize(
    ("part", "warned"), [("S", True), ("Al", True), ("MgZn2", True), ("CNT", False), ("Cu", False)]
)
def test_what_the_library_cannot_react_is_said(tmp_path, part, warned):
    more = f'[electrodes.odd]\nkind = "lithium"\nrecipe = {{ by = "mass", parts = {{ Li = 1, {part} = 1 }} }}\n'
    assert any("computed as inert" in w for w in design(make(tmp_path, more)).warnings) == warned


def test_an_input_nobody_stated_is_assumed(tmp_path):
    base = FOIL.replace(
        'diameter = "10 mm"',
        'areal_capacity = "8 mAh/cm2"\nareal_capacity_is = "per face"\n'
        'assumed = ["areal_capacity", "areal_capacity_is"]\nnote = "carried over"',
    )
    found = numbers(make(tmp_path, base=base))
    assert found["cells.full.positive", "areal_capacity"].origin == "assumed"
    assert "per face (assumed)" in found["cells.full", "np_ratio"].note
    assert found["cells.full", "definition"].value == "carried over"
    with pytest.raises(StudyFileError, match="keys of this cell that nobody stated"):
        make(tmp_path, base=base.replace('["areal_capacity", ', '["pressure", '))


def test_pictures_show_the_numbers_of_the_ledger(tmp_path):
    done = design(make(tmp_path))
    found = {(e.subject, e.quantity): e.value for e in done.entries}
    plots = {p.name: p for p in done.plots}
    line = plots["thickness_capacity"].series[0]
    at_50_um = float(line.y[line.x == 50.0][0])
    assert at_50_um == pytest.approx(found["electrodes.foil", "areal_capacity"])
    bars = {series.label: series.y[0] for series in plots["composition"].series}
    assert bars["Li3N"] == pytest.approx(found["electrodes.foil.Li3N", "mass_fraction"])
    assert sum(bars.values()) == pytest.approx(100)
