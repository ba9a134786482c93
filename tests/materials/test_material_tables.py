"""Walks over all tables, and the numbers that are known from elsewhere."""

import dataclasses
import subprocess
import sys

import pytest

import limetal.materials
from limetal.errors import BadInputError
from limetal.materials import (
    ADDITIVES,
    CATHODES,
    ELECTROLYTES,
    FOILS,
    PHASES,
    REACTIONS,
    SEPARATORS,
    Phase,
    Reaction,
    all_facts,
    unbalanced,
)
from limetal.units import FIELD_UNITS

FACTS = list(all_facts())
#: An assumed fact must say in its source why it is believed or that nobody checked it.
HONEST = ("assumed", "not verified", "no source", "verified in a source", "other models use")


def test_walk_visits_every_table_and_row():
    tables = {table for table, *_ in FACTS}
    assert tables == {"elements", "phases", "cathodes", "electrolytes", "separators", "foils", "additives"}
    rows = {(table, row) for table, row, *_ in FACTS}
    for name in PHASES:
        assert ("phases", name) in rows
    for field in ("theoretical_capacity", "practical_capacity", "mean_voltage", "solid_density"):
        assert ("cathodes", "LFP", field) in {(t, r, f) for t, r, f, _ in FACTS}
    assert ("phases", "LiZn", "crystal.a") in {(t, r, f) for t, r, f, _ in FACTS}
    assert ("phases", "LiZn", "lithium_release.released_by") in {(t, r, f) for t, r, f, _ in FACTS}


@pytest.mark.parametrize(("place", "fact"), [(".".join(f[:3]), f[3]) for f in FACTS])
def test_every_fact_has_a_unit_and_a_source(place, fact):
    assert fact.unit in FIELD_UNITS
    assert len(fact.source) > 8
    if fact.assumed:
        assert any(word in fact.source for word in HONEST), fact.source
    else:
        assert not any(word in fact.source for word in ("not verified", "recalled")), place


def test_every_density_says_what_it_counts():
    for table, row, field, fact in FACTS:
        if fact.unit == "g/cm3" and table != "separators":
            assert fact.convention, (table, row, field)


def test_keys_are_names():
    for table in (PHASES, REACTIONS, CATHODES, ELECTROLYTES, SEPARATORS, FOILS, ADDITIVES):
        assert all(row.name == key for key, row in table.items())


@pytest.mark.parametrize("reaction", REACTIONS.values(), ids=REACTIONS)
def test_reactions_balance(reaction):
    assert unbalanced(reaction) == {}


@pytest.mark.parametrize("reaction", REACTIONS.values(), ids=REACTIONS)
def test_a_wrong_coefficient_is_noticed(reaction):
    (number, name), *rest = reaction.reactants
    assert unbalanced(dataclasses.replace(reaction, reactants=((number + 1, name), *rest)))


def test_default_reactions():
    assert {r.equation for r in REACTIONS.values() if r.default} == {
        "9 Li + Zn3N2 -> 2 Li3N + 3 LiZn",
        "Li + Zn -> LiZn",
    }
    assert {r.equation for r in REACTIONS.values() if "CNT" in r.name} == {
        "Li + 6 CNT -> LiC6",
        "Li + 12 CNT -> LiC12",
    }


def test_bad_reactions_are_refused():
    good = Reaction("made", ((1, "Li"),), ((1, "Li"),), "made", default=False)
    assert unbalanced(good) == {}
    for change in (
        {"reactants": ()},
        {"products": ((0, "Li"),)},
        {"products": ((-1, "Li"),)},
        {"source": ""},
    ):
        with pytest.raises(BadInputError, match=r"^reaction made: "):
            dataclasses.replace(good, **change)
    with pytest.raises(BadInputError, match="found 'Xx'"):
        unbalanced(dataclasses.replace(good, products=((1, "Xx"),)))
    own = PHASES | {"Xx": Phase("Xx", "Li2", PHASES["Li"].density)}
    assert unbalanced(dataclasses.replace(good, products=((1, "Xx"),)), own) == {"Li": 1.0}


@pytest.mark.parametrize(("name", "capacity"), [("NCM811", 275.5), ("Ni98", 274.6), ("LFP", 169.9), ("S", 1672.0)])
def test_theoretical_capacities(name, capacity):
    assert CATHODES[name].theoretical_capacity.value == pytest.approx(capacity, abs=0.06)


def test_cathodes_stay_within_theory_and_windows():
    for row in CATHODES.values():
        assert row.practical_capacity.value < row.theoretical_capacity.value
        assert row.lower_voltage.value < row.mean_voltage.value < row.upper_voltage.value
        assert row.electrode_density.value < row.solid_density.value
        assert row.holds_lithium == ("Li" in row.formula)


@pytest.mark.parametrize(("name", "density"), [("NCM811", 4.78), ("LFP", 3.60), ("S", 2.07)])
def test_cathode_densities(name, density):
    assert CATHODES[name].solid_density.value == pytest.approx(density, abs=0.02)


def test_celgard_2500():
    row = SEPARATORS["Celgard 2500"]
    assert row.areal_mass_mg_cm2 == pytest.approx(1.02, abs=0.005)  # 25 um x 45 % x 0.91 g/cm3
    assert row.pore_volume_uL_cm2 == pytest.approx(1.375)  # 25 um x 55 %
    assert (row.macmullin_number.value, row.macmullin_number.std) == (4.5, 0.3)


def test_foils():
    assert FOILS["Cu"].areal_mass_mg_cm2 == pytest.approx(7.15, abs=0.02)  # 8 um
    assert FOILS["Al"].areal_mass_mg_cm2 == pytest.approx(3.78, abs=0.01)  # 14 um
    assert FOILS["laminate"].areal_mass_mg_cm2 == pytest.approx(17.7, abs=0.1)
    for row in FOILS.values():
        assert row.thinnest.value <= row.thickness.value <= row.thickest.value


def test_plausible_liquids_and_powders():
    for row in ELECTROLYTES.values():
        assert 1.0 < row.density.value < 1.7
        assert 0.5 < row.conductivity.value < 20
        assert 0 < row.transference_number.value < 1
    assert {name for name, row in ADDITIVES.items() if row.role == "carbon"} == {"Super P", "CNT"}
    assert ADDITIVES["CNT"].density is PHASES["CNT"].density


def test_rows_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        PHASES["Li"].formula = "Na"


def test_all_is_what_is_exported():
    public = {n for n in vars(limetal.materials) if not n.startswith("_")}
    modules = {"additives", "cathodes", "crystals", "electrolytes", "facts", "foils", "masses", "phases"}
    modules |= {"reactions", "separators"}
    helpers = {"annotations", "dataclasses", "difflib", "Iterator", "Mapping", "BadInputError"}
    assert public - modules - helpers == set(limetal.materials.__all__)
    assert len(set(limetal.materials.__all__)) == len(limetal.materials.__all__)


def test_the_room_needs_no_library():
    code = "import sys, limetal.materials; print([m for m in ('numpy', 'pint', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
