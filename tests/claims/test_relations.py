"""Every relation with a clean case, a dirty case, and one it cannot tell."""

import pytest

from limetal import registry
from limetal.ledger import Entry
from support.studies import claim, make, of, verdicts

CAPACITY = claim("q", "electrodes.foil", "specific_capacity", "1800 mAh/g", cutoff_voltage="1 V")


def words(found):
    return [v.verdict for v in found]


@pytest.mark.parametrize(
    ("value", "phase", "word"),
    [("8.63 wt%", "Li3N", "agrees"), ("8.7 wt%", "Li3N", "agrees"), ("9.9 wt%", "Li3N", "disagrees"),
     ("25.3 wt%", "Li3N+CNT", "agrees"), ("12 wt%", "MgZn2", "cannot tell")],
)  # fmt: skip
def test_composition(tmp_path, value, phase, word):
    found = of(
        make(tmp_path, claim("w", f"electrodes.foil.{phase}", "mass_fraction", value)), "composition by reaction"
    )
    assert words(found) == [word]
    assert ("rounded to integers" in found[0].explanation) == (value == "8.7 wt%")


def test_composition_of_an_unknown_recipe_cannot_be_told(tmp_path):
    found = of(make(tmp_path, claim("w", "electrodes.mystery.Li", "mass_fraction", "50 %")), "composition by reaction")
    assert words(found) == ["cannot tell"]
    assert "G" in found[0].explanation


@pytest.mark.parametrize(
    ("value", "word"), [("1847", "agrees"), ("1842", "agrees"), ("1910.0", "disagrees"), ("1900", "cannot tell")]
)
def test_theoretical_capacity(tmp_path, value, word):
    text = claim("t", "electrodes.foil", "theoretical_specific_capacity", f"{value} mAh/g")
    assert words(of(make(tmp_path, text), "theoretical capacity")) == [word]


def test_free_lithium_is_the_wrong_reference_for_a_capacity_to_one_volt(tmp_path):
    text = claim("t", "electrodes.foil", "theoretical_specific_capacity", "1842 mAh/g") + CAPACITY
    (found,) = of(make(tmp_path, text), "reference of the utilisation")
    assert found.verdict == "disagrees"
    assert found.computed == pytest.approx(1946, abs=1)
    assert "92.5 %" in found.explanation
    text = claim("t", "electrodes.foil", "theoretical_specific_capacity", "1946 mAh/g") + CAPACITY
    assert words(of(make(tmp_path, text), "reference of the utilisation")) == ["agrees"]


def test_more_than_the_recipe_holds(tmp_path):
    text = claim("t", "electrodes.foil", "theoretical_specific_capacity", "1946 mAh/g")
    text += claim("q", "electrodes.foil", "specific_capacity", "2111 mAh/g", cutoff_voltage="1 V")
    (found,) = of(make(tmp_path, text), "reference of the utilisation")
    assert found.verdict == "disagrees"
    assert "More was delivered" in found.explanation


@pytest.mark.parametrize(("volumetric", "word"), [("1915", "disagrees"), ("1620", "agrees"), ("1203", "agrees")])
def test_density_closure(tmp_path, volumetric, word):
    text = CAPACITY + claim(
        "v", "electrodes.foil", "volumetric_capacity", f"{volumetric} mAh/cm3", cutoff_voltage="1 V"
    )
    (found,) = of(make(tmp_path, text), "density closure")
    assert found.verdict == word
    assert found.stated == pytest.approx(float(volumetric) / 1800)
    assert ("porosity" in found.explanation) == (word == "agrees")


def test_density_closure_needs_the_same_cutoff(tmp_path):
    text = CAPACITY + claim("v", "electrodes.foil", "volumetric_capacity", "1915 mAh/cm3", cutoff_voltage="0.1 V")
    assert of(make(tmp_path, text), "density closure") == []


@pytest.mark.parametrize(
    ("areal", "thickness", "word"),
    [("19.15", "100 um", "agrees"), ("1.5", "8 um", "agrees"), ("1.6", "8 um", "agrees"), ("2.5", "8 um", "disagrees")],
)
def test_thickness_and_capacity(tmp_path, areal, thickness, word):
    text = claim("v", "electrodes.foil", "volumetric_capacity", "1915 mAh/cm3")
    text += claim("a", "electrodes.foil", "areal_capacity", f"{areal} mAh/cm2", thickness=thickness)
    found = of(make(tmp_path, text), "thickness and areal capacity")
    # 8 um printed with one digit is 7.5 to 8.5 um: 1.6 mAh/cm2 is within it
    assert words(found) == [word]


@pytest.mark.parametrize(
    ("value", "word"), [("4", "agrees"), ("3.55", "agrees"), ("4.55", "agrees"), ("6.4", "disagrees")]
)
def test_np_balance(tmp_path, value, word):
    text = claim("v", "electrodes.foil", "volumetric_capacity", "1915 mAh/cm3") + claim(
        "n", "cells.full", "np_ratio", value
    )
    (found,) = of(make(tmp_path, text), "N/P balance")
    assert found.verdict == word
    assert ("one more" in found.explanation) == (value == "4.55")


def test_np_balance_by_the_recipe_when_no_capacity_is_stated(tmp_path):
    (found,) = of(make(tmp_path, claim("n", "cells.full", "np_ratio", "3.2")), "N/P balance")
    assert found.verdict == "agrees"
    assert "by the recipe" in found.explanation


@pytest.mark.parametrize(("value", "word"), [("450", "agrees"), ("720", "disagrees")])
def test_nsc(tmp_path, value, word):
    text = CAPACITY + claim("n", "cells.full", "np_ratio", "4.0")
    text += claim("c", "cells.full", "normalised_specific_capacity", f"{value} mAh/g")
    (found,) = of(make(tmp_path, text), "normalised capacity (NSC)")
    assert found.verdict == word
    assert "copper" in found.explanation


def test_nsc_without_np_cannot_be_told(tmp_path):
    text = CAPACITY + claim("c", "cells.full", "normalised_specific_capacity", "450 mAh/g")
    assert words(of(make(tmp_path, text), "normalised capacity (NSC)")) == ["cannot tell"]


@pytest.mark.parametrize(("d", "word"), [("3.435", "agrees"), ("3.44", "agrees"), ("3.57", "disagrees")])
def test_bragg(tmp_path, d, word):
    text = claim("d", "electrodes.foil.CNT", "d_spacing", f"{d} angstrom", two_theta="25.92 deg")
    (found,) = of(make(tmp_path, text), "Bragg: spacing and angle")
    assert found.verdict == word
    assert "assumed" in found.explanation  # nobody gave the wavelength


def test_bragg_uses_a_stated_wavelength(tmp_path):
    at = {"two_theta": "25.92 deg", "wavelength": "0.7093 angstrom"}
    text = claim("d", "electrodes.foil.CNT", "d_spacing", "1.581 angstrom", **at)
    (found,) = of(make(tmp_path, text), "Bragg: spacing and angle")
    assert (found.verdict, "stated" in found.explanation) == ("agrees", True)


@pytest.mark.parametrize("d", ["0.5 angstrom", "0 angstrom", "-1 angstrom"])
def test_a_spacing_below_half_the_wavelength_is_a_verdict_not_a_crash(tmp_path, d):
    text = claim("d", "electrodes.foil.CNT", "d_spacing", d, two_theta="25.92 deg")
    (found,) = of(make(tmp_path, text), "Bragg: spacing and angle")
    assert (found.verdict, "reflects nowhere" in found.explanation) == ("disagrees", True)
    (found,) = of(make(tmp_path, text.replace("25.92 deg", "0 deg")), "Bragg: spacing and angle")
    assert found.verdict == "cannot tell"


def test_formulation_sum(tmp_path):
    assert words(of(make(tmp_path), "formulation sum")) == ["agrees"]
    dirty = """
[electrodes.typo]
kind = "positive"
active = "NCM811"
areal_capacity = "3 mAh/cm2"
formulation = { NCM811 = "96.8 %", "Super P" = "1.9 %", PVDF = "1.9 %" }
"""
    found = of(make(tmp_path, dirty), "formulation sum")
    assert words(found) == ["disagrees", "agrees"]
    assert found[0].stated == pytest.approx(100.6)


@pytest.mark.parametrize(
    ("j0", "hysteresis", "word"),
    [("0.089", "8 mV", "disagrees"), ("6.9", "8 mV", "agrees"), ("0.089", "<62 mV", "disagrees"),
     ("0.089", ">50 mV", "agrees"), ("0.089", "300 mV", "agrees")],
)  # fmt: skip
def test_exchange_current_and_hysteresis(tmp_path, j0, hysteresis, word):
    text = claim("k", "cells.sym", "exchange_current_density", f"{j0} mA/cm2")
    text += claim("h", "cells.sym", "hysteresis", hysteresis, current_density="1 mA/cm2")
    (found,) = of(make(tmp_path, text), "exchange current and hysteresis")
    assert found.verdict == word
    assert set(found.claims) == {"h", "k"}


def test_hysteresis_without_a_current_cannot_be_told(tmp_path):
    text = claim("k", "cells.sym", "exchange_current_density", "1 mA/cm2") + claim(
        "h", "cells.sym", "hysteresis", "8 mV"
    )
    assert words(of(make(tmp_path, text), "exchange current and hysteresis")) == ["cannot tell"]


@pytest.mark.parametrize(("value", "word"), [("190 mV", "agrees"), ("0.38 V", "agrees"), ("120 mV", "disagrees")])
def test_stated_against_measured(tmp_path, value, word):
    (tmp_path / "x.csv").write_text("Time (s),Voltage (V)\n0,0.1\n1,0.1\n")
    study = make(
        tmp_path,
        '[tests.t]\nkind = "file"\ncell = "sym"\nfile = "x.csv"\n' + claim("h", "tests.t", "hysteresis", value),
    )
    measured = [
        Entry("tests.t", name, number, 0.002, "measured", "x.csv", name)
        for name, number in (("hysteresis_mean", 0.19), ("hysteresis_full_gap", 0.38), ("hysteresis_end", 0.238))
    ]
    (found,) = of(study, "stated and measured", measured)
    assert found.verdict == word
    if value == "0.38 V":
        assert "fits as hysteresis full gap" in found.explanation


def test_a_clean_study_raises_no_contradiction(tmp_path):
    text = (
        claim("w", "electrodes.foil.Li3N", "mass_fraction", "8.6 wt%")
        + claim("t", "electrodes.foil", "theoretical_specific_capacity", "1946 mAh/g")
        + CAPACITY
    )
    text = text.replace('"theoretical_specific_capacity"\nvalue = "1946', '"strippable_capacity"\nvalue = "1946')
    text += claim("v", "electrodes.foil", "volumetric_capacity", "1600 mAh/cm3", cutoff_voltage="1 V")
    text += claim("a", "electrodes.foil", "areal_capacity", "8.0 mAh/cm2", thickness="50 um")
    text += claim("n", "cells.full", "np_ratio", "2.96")
    text += claim("c", "cells.full", "normalised_specific_capacity", "608 mAh/g")
    text += claim("d", "electrodes.foil.CNT", "d_spacing", "3.43 angstrom", two_theta="25.92 deg")
    text += claim("k", "cells.sym", "exchange_current_density", "7 mA/cm2")
    text += claim("h", "cells.sym", "hysteresis", "9 mV", current_density="1 mA/cm2")
    found = verdicts(make(tmp_path, text))
    assert [v for v in found if v.verdict == "disagrees"] == []
    assert len({v.relation for v in found if v.verdict == "agrees"}) >= 8


@pytest.mark.parametrize("name", registry.names("limetal.claims.relations"))
def test_an_empty_study_gives_no_verdict(tmp_path, name):
    study = make(tmp_path, base='[study]\ntitle = "empty"\n')
    assert verdicts(study) == ()
    relation = registry.load("limetal.claims.relations", name)
    assert relation.sources
    assert relation.quantities
    assert "References" in relation.check.__doc__
