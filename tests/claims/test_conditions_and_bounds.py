"""Partners under the same conditions, numbers that are only bounds, and readings of one printed number."""

import pytest
from uncertainties import ufloat

from limetal.claims.compare import at_least, at_most, compare, flipped, pushed
from limetal.design import compose
from limetal.ledger import Entry
from support.studies import CELLS, FOIL, claim, make, of, verdicts

PAIR = '[tests.t]\nkind = "file"\ncell = "sym"\nfile = "x.csv"\n'


def words(found):
    return [v.verdict for v in found]


def capacity(ident, value, **at):
    return claim(ident, "electrodes.foil", "specific_capacity", f"{value} mAh/g", **at)


def volumetric(ident, value, **at):
    return claim(ident, "electrodes.foil", "volumetric_capacity", f"{value} mAh/cm3", **at)


# ---- the mechanism -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "computed", "bound", "computed_bound", "word"),
    [
        (8.0, 16.0, "=", "=", "disagrees"), (8.0, 16.0, "=", "<", "cannot tell"), (8.0, 16.0, "=", ">", "disagrees"),
        (16.0, 8.0, "=", "<", "disagrees"), (16.0, 8.0, "=", ">", "cannot tell"), (8.0, 8.0, "=", "<", "agrees"),
        (8.0, 16.0, "<", "<", "cannot tell"), (8.0, 16.0, "<", ">", "disagrees"), (16.0, 8.0, "<", "<", "agrees"),
        (16.0, 8.0, "<", ">", "cannot tell"), (8.0, 16.0, ">", ">", "agrees"), (8.0, 16.0, ">", "<", "cannot tell"),
        (16.0, 8.0, ">", "<", "disagrees"), (16.0, 8.0, ">", ">", "cannot tell"), (8.0, 16.0, "=", "?", "cannot tell"),
    ],
)  # fmt: skip
def test_bounds_of_both_sides(stated, computed, bound, computed_bound, word):
    assert compare(stated, computed, bound, computed_bound).word == word


def test_a_bound_is_pushed_through_a_formula():
    assert [pushed("=", "~"), pushed("<", "="), pushed("<", flipped(">")), pushed("<", ">")] == ["=", "<", "<", "?"]
    assert at_most(1.07, 0.9).word == "disagrees"
    assert at_most(1.07, 0.9, limit_bound=">").word == "cannot tell"
    assert at_most(1.07, 0.9, "<", own_bound=True).word == "agrees"
    assert at_most(1.07, 0.9, ">", own_bound=True).word == "disagrees"
    outcome = at_least(8.0, 249.0)
    assert (outcome.word, outcome.stated, outcome.computed) == ("disagrees", 8.0, 249.0)


def test_std_of_several_rounded_numbers_adds_their_squares():
    """Two uniform distributions of half width 3 and 4 have variance (9 + 16)/3, not (3 + 4)^2/3."""
    outcome = compare(ufloat(1, 3, "rounding*1"), ufloat(1, 4, "rounding*1"))
    assert outcome.std == pytest.approx((25 / 3) ** 0.5)
    assert outcome.tolerance == 7.0


# ---- theoretical capacity: three readings --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "at", "word", "named"),
    [
        ("1847", {}, "agrees", "free lithium"), ("1842", {}, "agrees", "free lithium"),
        ("1946", {}, "agrees", "strippable lithium (to 1 V)"), ("2145", {}, "agrees", "total lithium"),
        ("1946", {"cutoff_voltage": "0.1 V"}, "disagrees", "No reading"), ("1912", {}, "disagrees", "No reading"),
    ],
)  # fmt: skip
def test_the_reading_that_fits_is_named(tmp_path, value, at, word, named):
    text = claim("t", "electrodes.foil", "theoretical_specific_capacity", f"{value} mAh/g", **at)
    (found,) = of(make(tmp_path, text), "theoretical capacity")
    assert (found.verdict, named in found.explanation) == (word, True)


def test_integer_masses_say_3860_only_of_capacities(tmp_path):
    text = claim("w", "electrodes.foil.Li3N", "mass_fraction", "8.7 wt%")
    text += claim("t", "electrodes.foil", "theoretical_specific_capacity", "1842 mAh/g")
    study = make(tmp_path, text)
    assert "3860" not in of(study, "composition by reaction")[0].explanation
    assert "3860" in of(study, "theoretical capacity")[0].explanation


# ---- partners ------------------------------------------------------------------------------------------------------


def test_the_partner_of_the_same_cutoff_is_taken(tmp_path):
    text = volumetric("v1", "1500", cutoff_voltage="0.5 V") + volumetric("v2", "1600", cutoff_voltage="1 V")
    at = {"thickness": "50.0 um", "cutoff_voltage": "1 V"}
    text += claim("q", "electrodes.foil", "areal_capacity", "8.00 mAh/cm2", **at)
    (found,) = of(make(tmp_path, text), "thickness and areal capacity")
    assert (found.verdict, found.claims) == ("agrees", ("q", "v2"))


def test_partners_that_differ_cannot_be_told_and_are_named(tmp_path):
    text = volumetric("v1", "1200", cutoff_voltage="0.2 V") + volumetric("v2", "1600", cutoff_voltage="1 V")
    text += claim("n", "cells.full", "np_ratio", "2.96")
    (found,) = of(make(tmp_path, text), "N/P balance")
    assert (found.verdict, set(found.claims)) == ("cannot tell", {"n", "v1", "v2"})
    assert "With v2 it agrees" in found.explanation
    (found,) = of(make(tmp_path, text.replace("2.96", "9.96")), "N/P balance")
    assert found.verdict == "disagrees"  # no partner allows it


def test_nsc_tries_every_capacity(tmp_path):
    text = capacity("g1", "1500", cutoff_voltage="0.2 V") + capacity("g2", "1800", cutoff_voltage="1 V")
    text += claim("n", "cells.full", "np_ratio", "4.0")
    text += claim("c", "cells.full", "normalised_specific_capacity", "450 mAh/g")
    assert words(of(make(tmp_path, text), "normalised capacity (NSC)")) == ["cannot tell"]


def test_np_uses_the_thickness_of_its_claim(tmp_path):
    text = volumetric("v", "1600") + claim("n", "cells.full", "np_ratio", "5.93", thickness="40.0 um")
    (found,) = of(make(tmp_path, text), "N/P balance")
    assert (found.verdict, "40 um" in found.explanation) == ("agrees", True)
    text = text.replace("40.0 um", "20.0 um")
    assert words(of(make(tmp_path, text), "N/P balance")) == ["disagrees"]


def test_density_closure_with_one_cutoff_named(tmp_path):
    text = capacity("q", "1800", cutoff_voltage="1 V") + volumetric("v", "1915")
    assert words(of(make(tmp_path, text), "density closure")) == ["disagrees"]
    assert words(of(make(tmp_path, text.replace("1915", "1600")), "density closure")) == ["agrees"]


# ---- bounds of partners --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mass", "volume", "word"),
    [
        ("> 1500", "1600", "cannot tell"), ("1800", "< 1900", "cannot tell"), ("> 1800", "1600", "agrees"),
        ("< 1500", "1600", "disagrees"), ("1800", "> 1915", "disagrees"), ("< 1800", "< 1900", "cannot tell"),
    ],
)  # fmt: skip
def test_bounds_in_the_density_closure(tmp_path, mass, volume, word):
    text = capacity("q", mass) + volumetric("v", volume)
    assert words(of(make(tmp_path, text), "density closure")) == [word]


@pytest.mark.parametrize(("volume", "word"), [("> 1500", "cannot tell"), ("> 1700", "disagrees"), ("1600", "agrees")])
def test_bounds_in_thickness_and_np(tmp_path, volume, word):
    text = volumetric("v", volume)
    text += claim("q", "electrodes.foil", "areal_capacity", "8.00 mAh/cm2", thickness="50.0 um")
    text += claim("n", "cells.full", "np_ratio", "2.96", thickness="20.0 um")
    study = make(tmp_path, text)
    assert words(of(study, "thickness and areal capacity")) == [word]
    if word != "disagrees":
        assert words(of(study, "N/P balance")) == [word]


def test_bounds_in_nsc_and_kinetics(tmp_path):
    text = capacity("g", "> 1500") + claim("n", "cells.full", "np_ratio", "4.0")
    text += claim("c", "cells.full", "normalised_specific_capacity", "450 mAh/g")
    text += claim("k", "cells.sym", "exchange_current_density", "> 0.5 mA/cm2")
    text += claim("h", "cells.sym", "hysteresis", "8 mV", current_density="1 mA/cm2")
    study = make(tmp_path, text)
    assert words(of(study, "normalised capacity (NSC)")) == ["cannot tell"]
    assert words(of(study, "exchange current and hysteresis")) == ["cannot tell"]
    study = make(tmp_path, text.replace("> 0.5", "< 0.5").replace("> 1500", "< 1500"))
    assert words(of(study, "exchange current and hysteresis")) == ["disagrees"]
    assert words(of(study, "normalised capacity (NSC)")) == ["disagrees"]


# ---- N/P and its positive electrode --------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "word"), [("1.60", "agrees"), ("3.20", "disagrees")])
def test_both_faces(tmp_path, value, word):
    text = volumetric("v", "1600") + claim("n", "cells.pouch", "np_ratio", value)
    (found,) = of(make(tmp_path, CELLS + text), "N/P balance")
    assert found.verdict == word
    assert "2 x 20.0 mg/cm2 x 200 mAh/g: 1.6" in found.explanation
    assert of(make(tmp_path, CELLS + text), "positive electrode capacity") == []


@pytest.mark.parametrize(("value", "word"), [("2.00", "agrees"), ("3.00", "disagrees")])
def test_sulfur_brings_no_lithium(tmp_path, value, word):
    text = volumetric("v", "1600") + claim("n", "cells.sulfur", "np_ratio", value)
    assert words(of(make(tmp_path, CELLS + text), "N/P balance")) == [word]


@pytest.mark.parametrize(("value", "word"), [("4.00", "cannot tell"), ("2.00", "cannot tell"), ("9.00", "disagrees")])
def test_two_capacities_of_one_positive_electrode(tmp_path, value, word):
    cells = CELLS.replace('"8.00 mAh/cm2"', '"2.00 mAh/cm2"').replace("both faces", "per face")
    cells = cells.replace('negative_thickness = "80.0 um"', 'negative_thickness = "50.0 um"')
    text = volumetric("v", "1600") + claim("n", "cells.pouch", "np_ratio", value)
    study = make(tmp_path, cells + text)
    (found,) = of(study, "positive electrode capacity")
    assert found.verdict == "disagrees"
    assert found.claims[:2] == ("cells.pouch.areal_capacity", "electrodes.thick.loading")
    assert words(of(study, "N/P balance")) == [word]


def test_the_library_capacity_is_said_to_be_assumed(tmp_path):
    cells = CELLS.replace('areal_capacity = "8.00 mAh/cm2"\nareal_capacity_is = "both faces"\n', "")
    cells = cells.replace('loading = "20.0 mg/cm2"\nspecific_capacity = "200 mAh/g"', 'loading = "20.0 mg/cm2"')
    text = volumetric("v", "1600") + claim("n", "cells.pouch", "np_ratio", "3.2")
    (found,) = of(make(tmp_path, cells + text), "N/P balance")
    assert (found.verdict, "assumed" in found.explanation) == ("agrees", True)


def test_the_rounding_of_the_nominal_capacity_enters(tmp_path):
    """1.0 mg/cm2 x 200 mAh/g: 0.5 of 200 widens the tolerance by 0.25 %."""
    text = volumetric("v", "1600.0") + claim("n", "cells.sulfur", "np_ratio", "2.0000", thickness="60.000 um")
    loose = CELLS.replace('"3.00 mg/cm2"', '"3.0000 mg/cm2"')
    tight = loose.replace('"1600 mAh/g"', '"1600.0 mAh/g"')
    found = [of(make(tmp_path, cells + text), "N/P balance")[0] for cells in (loose, tight)]
    assert found[0].std > 2 * found[1].std


def test_a_recipe_without_pores_is_only_an_upper_bound(tmp_path):
    assert words(of(make(tmp_path, claim("n", "cells.full", "np_ratio", "2.00")), "N/P balance")) == ["cannot tell"]
    assert words(of(make(tmp_path, claim("n", "cells.full", "np_ratio", "6.00")), "N/P balance")) == ["disagrees"]


# ---- NSC and its collector -----------------------------------------------------------------------------------------

NSC = capacity("g", "1800") + claim("n", "cells.full", "np_ratio", "2.00")


def nsc(tmp_path, value, base):
    text = NSC + claim("c", "cells.full", "normalised_specific_capacity", f"{value} mAh/g")
    (found,) = of(make(tmp_path, text, base=base), "normalised capacity (NSC)")
    return found


def test_a_collector_under_a_foil_of_unknown_thickness_cannot_be_told(tmp_path):
    base = FOIL.replace('"none"', '{ material = "Cu", thickness = "8 um", faces = 1 }')
    base = base.replace('negative_thickness = "20 um"\n', "").replace('thickness = "50 um"\ncutoff', "cutoff")
    found = nsc(tmp_path, "900", base)
    assert (found.verdict, "not known" in found.explanation) == ("cannot tell", True)
    assert nsc(tmp_path, "951", base).verdict == "disagrees"  # a collector only lowers it


def test_the_own_density_of_a_collector_is_used(tmp_path):
    base = FOIL.replace('"none"', '{ material = "Cu", thickness = "8.0 um", faces = 2 }')
    base = base.replace('negative_thickness = "20 um"', 'negative_thickness = "50.0 um"')
    mesh = base + '[materials.Cu]\nsource = "perforated"\ndensity = "4.5 g/cm3"\n'
    foil, solid, open_ = 0.9005 * 50e-4, 8.96 * 4e-4, 4.5 * 4e-4
    assert nsc(tmp_path, f"{900 * foil / (foil + solid):.0f}", base).verdict == "agrees"
    assert nsc(tmp_path, f"{900 * foil / (foil + open_):.0f}", mesh).verdict == "agrees"
    assert nsc(tmp_path, f"{900 * foil / (foil + open_):.0f}", base).verdict == "disagrees"


def test_a_collector_nobody_speaks_of(tmp_path):
    base = FOIL.replace('negative_collector = "none"\n', "")
    found = nsc(tmp_path, "901", base)
    assert (found.verdict, "taken as none" in found.explanation) == ("cannot tell", True)
    assert nsc(tmp_path, "2001", base).verdict == "disagrees"
    assert nsc(tmp_path, "901", FOIL).verdict == "agrees"


# ---- kinetics ------------------------------------------------------------------------------------------------------


def kinetics(tmp_path, *claims, cold=False):
    base = FOIL.replace('electrode = "foil"\n', 'electrode = "foil"\ntemperature = "-20 degC"\n') if cold else FOIL
    return of(make(tmp_path, "".join(claims), base=base), "exchange current and hysteresis")


def j0(ident, value, **at):
    return claim(ident, "cells.sym", "exchange_current_density", f"{value} mA/cm2", **at)


def gap(quantity, value, **at):
    return claim("h", "cells.sym", quantity, f"{value} mV", current_density="1.00 mA/cm2", **at)


def test_the_temperature_of_the_cell_counts(tmp_path):
    text = (j0("k", "0.500"), gap("hysteresis", "80.0"))  # needs 77 mV at -20 degC, 91 mV at 25 degC
    assert words(kinetics(tmp_path, *text)) == ["disagrees"]
    (found,) = kinetics(tmp_path, *text, cold=True)
    assert (found.verdict, "-20 degC (of the cell)" in found.explanation) == ("agrees", True)
    (found,) = kinetics(tmp_path, j0("k", "0.500"), gap("hysteresis", "99.0", temperature="60 degC"))
    assert (found.verdict, "60 degC (of h)" in found.explanation) == ("disagrees", True)


def test_the_exchange_current_of_the_same_temperature_is_taken(tmp_path):
    hot, room = j0("hot", "10", temperature="60 degC"), j0("room", "0.5", temperature="25 degC")
    (found,) = kinetics(tmp_path, hot, room, gap("hysteresis", "8", temperature="25 degC"))
    assert (found.verdict, found.claims) == ("disagrees", ("h", "room"))
    (found,) = kinetics(tmp_path, hot, gap("hysteresis", "8", temperature="25 degC"))
    assert (found.verdict, "other conditions" in found.explanation) == ("cannot tell", True)


@pytest.mark.parametrize(
    ("quantity", "value", "word"),
    [("hysteresis_mean", "95.0", "agrees"), ("hysteresis_end", "85.0", "disagrees"),
     ("hysteresis_plateau", "85.0", "disagrees"), ("hysteresis_full_gap", "95.0", "disagrees"),
     ("hysteresis_full_gap", "185", "agrees")],
)  # fmt: skip
def test_defined_hystereses_are_audited(tmp_path, quantity, value, word):
    assert words(kinetics(tmp_path, j0("k", "0.500"), gap(quantity, value))) == [word]


# ---- stated and measured -------------------------------------------------------------------------------------------


def measured(tmp_path, value, levels=((1.0, 0.01),), more=(), base=FOIL, **at):
    (tmp_path / "x.csv").write_text("Time (s),Voltage (V)\n0,0.1\n1,0.1\n")
    entries = [
        Entry("tests.t", "hysteresis_mean", v, 0.0001, "measured", "x.csv", at=(("current_density", j),))
        for j, v in levels
    ]
    text = PAIR + claim("h", "tests.t", "hysteresis_mean", value, **at)
    (found,) = of(make(tmp_path, text, base=base), "stated and measured", [*entries, *more])
    return found


def test_a_cycle_that_was_not_measured_cannot_be_told(tmp_path):
    found = measured(tmp_path, "10.0 mV", cycle="500")
    assert (found.verdict, "cycle" in found.explanation) == ("cannot tell", True)
    at = (("current_density", 1.0), ("cycle", 6.0))
    last = Entry("tests.t", "hysteresis_mean", 0.02, None, "measured", "x.csv", at=at)
    assert measured(tmp_path, "20.0 mV", more=[last], cycle="6").verdict == "agrees"
    assert measured(tmp_path, "10.0 mV", more=[last], cycle="6").verdict == "disagrees"
    assert measured(tmp_path, "10.0 mV", more=[last]).verdict == "agrees"


def test_a_temperature_must_be_stated_for_the_test_or_its_cell(tmp_path):
    warm = FOIL.replace('electrode = "foil"\n', 'electrode = "foil"\ntemperature = "60 degC"\n')
    assert measured(tmp_path, "10.0 mV", temperature="60 degC").verdict == "cannot tell"
    assert measured(tmp_path, "10.0 mV", base=warm, temperature="60 degC").verdict == "agrees"
    assert measured(tmp_path, "15.0 mV", base=warm, temperature="60 degC").verdict == "disagrees"
    assert measured(tmp_path, "15.0 mV", base=warm, temperature="55 degC").verdict == "cannot tell"


def test_a_ladder_without_a_condition_cannot_be_told(tmp_path):
    ladder = ((0.5, 0.004), (1.0, 0.008), (5.0, 0.040))
    found = measured(tmp_path, "40.0 mV", ladder)
    assert found.verdict == "cannot tell"
    assert "at current density 5 mA/cm2: 0.04 (fits" in found.explanation
    assert measured(tmp_path, "40.0 mV", ladder, current_density="5 mA/cm2").verdict == "agrees"
    assert measured(tmp_path, "40.0 mV", ladder, current_density="1 mA/cm2").verdict == "disagrees"
    assert measured(tmp_path, "40.0 mV", ladder, current_density="3 mA/cm2").verdict == "cannot tell"


# ---- what the recipe holds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "value", "at", "word"),
    [
        ("specific_capacity", "3000 mAh/g", {}, "disagrees"), ("specific_capacity", "1800 mAh/g", {}, "agrees"),
        ("specific_capacity", "> 1500 mAh/g", {}, "agrees"), ("specific_capacity", "> 2500 mAh/g", {}, "disagrees"),
        ("volumetric_capacity", "2111 mAh/cm3", {}, "disagrees"), ("volumetric_capacity", "1600 mAh/cm3", {}, "agrees"),
        ("areal_capacity", "30.1 mAh/cm2", {}, "disagrees"), ("areal_capacity", "8.0 mAh/cm2", {}, "agrees"),
        ("areal_capacity", "12.1 mAh/cm2", {"thickness": "100 um"}, "agrees"),
        ("areal_capacity", "12.1 mAh/cm2", {"thickness": "< 50 um"}, "disagrees"),
        ("free_lithium_capacity", "3001 mAh/g", {}, "disagrees"), ("strippable_capacity", "1946 mAh/g", {}, "agrees"),
    ],
)  # fmt: skip
def test_capacity_above_the_lithium(tmp_path, quantity, value, at, word):
    text = claim("x", "electrodes.foil", quantity, value, **at)
    assert words(of(make(tmp_path, text), "capacity above the lithium")) == [word]


def test_capacity_of_an_unknown_recipe_cannot_be_told(tmp_path):
    text = claim("x", "electrodes.mystery", "specific_capacity", "9000 mAh/g")
    assert words(of(make(tmp_path, text), "capacity above the lithium")) == ["cannot tell"]


@pytest.mark.parametrize(
    ("subject", "quantity", "value", "at", "word"),
    [
        ("foil", "density", "1.50 g/cm3", {}, "disagrees"), ("foil", "density", "0.85 g/cm3", {}, "agrees"),
        ("foil", "pore_free_density", "1.50 g/cm3", {}, "disagrees"),
        ("foil", "pore_free_density", "0.90 g/cm3", {}, "agrees"),
        ("foil", "free_lithium_capacity", "1847 mAh/g", {}, "agrees"),
        ("foil", "free_lithium_capacity", "1842 mAh/g", {}, "agrees"),
        ("foil", "free_lithium_capacity", "1946 mAh/g", {}, "disagrees"),
        ("foil", "strippable_capacity", "1946 mAh/g", {}, "agrees"),
        ("foil", "strippable_capacity", "1800.5 mAh/g", {"cutoff_voltage": "1 V"}, "disagrees"),
        ("foil", "total_lithium_capacity", "2145 mAh/g", {}, "agrees"),
        ("foil", "total_lithium_capacity", "1946 mAh/g", {}, "disagrees"),
        ("foil.Li", "volume_fraction", "80.8 %", {}, "agrees"),
        ("foil.Li", "volume_fraction", "47.8 %", {}, "disagrees"),
        ("foil.Li", "volume_fraction", "47.8 %", {"cycle": "10"}, "cannot tell"),
        ("cathode", "areal_capacity", "1.08 mAh/cm2", {}, "agrees"),
        ("cathode", "areal_capacity", "2.08 mAh/cm2", {}, "disagrees"),
        ("mystery", "density", "2 g/cm3", {}, "cannot tell"),
    ],
)  # fmt: skip
def test_stated_and_derived(tmp_path, subject, quantity, value, at, word):
    text = claim("x", f"electrodes.{subject}", quantity, value, **at)
    assert words(of(make(tmp_path, text), "stated and derived")) == [word]


def test_strippable_lithium_is_that_of_the_cutoff_of_the_claim(tmp_path):
    study = make(tmp_path)
    low, high = (compose(study.model.electrodes["foil"].recipe, cutoff_V=v).strippable_mAh_g for v in (0.05, 1.0))
    assert low < high
    for value, at, word in ((low, "0.05 V", "agrees"), (high, "0.05 V", "disagrees"), (high, "1 V", "agrees")):
        text = claim("x", "electrodes.foil", "strippable_capacity", f"{value:.1f} mAh/g", cutoff_voltage=at)
        assert words(of(make(tmp_path, text), "stated and derived")) == [word]


@pytest.mark.parametrize(("value", "word"), [("2.16 mAh/cm2", "disagrees"), ("1.08 mAh/cm2", "agrees")])
def test_the_positive_electrode_of_a_cell(tmp_path, value, word):
    for text in (
        claim("x", "cells.full", "areal_capacity", value, definition="positive electrode"),
        claim("x", "cells.full.positive", "areal_capacity", value),
    ):
        assert words(of(make(tmp_path, text), "stated and derived")) == [word]


def test_a_stated_porosity_enters(tmp_path):
    porous = FOIL.replace('cutoff = "1 V"', 'cutoff = "1 V"\nporosity = "30 %"')
    text = capacity("q", "1801") + volumetric("v", "1620")
    text += claim("r", "electrodes.foil", "density", "0.90 g/cm3") + claim("p", "electrodes.foil", "porosity", "1 %")
    study = make(tmp_path, text, base=porous)
    assert words(of(study, "density closure")) == ["disagrees"]
    assert words(of(study, "stated and derived")) == ["disagrees", "disagrees"]
    right = text.replace("1620", "1135").replace("0.90", "0.63").replace("1 %", "30 %")
    assert [v for v in verdicts(make(tmp_path, right, base=porous)) if v.verdict != "agrees"] == []


def test_a_porosity_and_a_density_belong_together(tmp_path):
    text = claim("r", "electrodes.foil", "density", "0.72 g/cm3")
    right = make(tmp_path, text + claim("p", "electrodes.foil", "porosity", "20 %"))
    assert words(of(right, "stated and derived")) == ["agrees", "agrees"]
    wrong = make(tmp_path, text + claim("p", "electrodes.foil", "porosity", "44 %"))
    assert words(of(wrong, "stated and derived")) == ["disagrees", "agrees"]
