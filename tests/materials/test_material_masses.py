"""Formulas, molar masses and theoretical capacities."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.materials import (
    ATOMIC_MASSES,
    FARADAY_C_MOL,
    Fact,
    atoms,
    capacity_mAh_g,
    capacity_of_lithium_mAh_g,
    molar_mass_g_mol,
)
from limetal.materials.masses import molar_mass_std_g_mol

COUNTS = st.integers(min_value=1, max_value=40)
FORMULAS = st.lists(st.tuples(st.sampled_from(sorted(ATOMIC_MASSES)), COUNTS), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("formula", "mass"),
    [  # hand sums of the IUPAC 2021 abridged weights, doi 10.1515/pac-2019-0603
        ("Li", 6.94),
        ("Zn3N2", 224.154),
        ("Li3N", 34.827),
        ("LiZn", 72.32),
        ("LiNi0.8Co0.1Mn0.1O2", 97.2795),
        ("LiFePO4", 157.755),
        ("Fe2(SO4)3", 399.858),
        ("Mg[N(SO2)2]2", 308.551),
    ],
)
def test_molar_masses(formula, mass):
    assert molar_mass_g_mol(formula) == pytest.approx(mass, abs=2e-3)


def test_brackets_nest_and_elements_repeat():
    assert atoms("{Li[Zn(NH2)2]2}0.5H") == {"Li": 0.5, "Zn": 1.0, "N": 2.0, "H": 5.0}
    assert atoms("CoCO3") == {"Co": 1.0, "C": 1.0, "O": 3.0}
    assert atoms("Li.5N") == {"Li": 0.5, "N": 1.0}


def test_the_answer_may_be_changed_without_changing_the_next_one():
    atoms("Li3N")["Li"] = 99.0
    assert atoms("Li3N") == {"Li": 3.0, "N": 1.0}


@pytest.mark.parametrize(
    ("formula", "position"),
    [
        ("Zn3X2", 4), ("LI", 1), ("3Li", 1), ("Li(NO3", 3), ("LiNO3)", 6), ("Li(N]", 5), ("Li()2", 3),
        ("Li 3", 3), ("Li0N", 3), ("Li-N", 3), ("li", 1), ("Li3.N", 4),
    ],
)  # fmt: skip
def test_bad_formulas_name_the_position(formula, position):
    with pytest.raises(BadInputError, match=rf"recipe\.foil: found .* at position {position} of "):
        atoms(formula, where="recipe.foil")


@pytest.mark.parametrize("formula", ["", "  "])
def test_empty_formulas_are_refused(formula):
    with pytest.raises(BadInputError, match="want a formula such as"):
        molar_mass_g_mol(formula)


@given(FORMULAS, COUNTS)
def test_scaling_a_formula_scales_its_mass(parts, factor):
    plain = "".join(f"{symbol}{count}" for symbol, count in parts)
    spread = "".join(f"{symbol}{count * factor}" for symbol, count in parts)
    want = factor * molar_mass_g_mol(plain)
    assert molar_mass_g_mol(spread) == pytest.approx(want, rel=1e-12)
    assert molar_mass_g_mol(f"({plain}){factor}") == pytest.approx(want, rel=1e-12)
    assert molar_mass_std_g_mol(spread) == pytest.approx(factor * molar_mass_std_g_mol(plain), rel=1e-12)


@given(FORMULAS, FORMULAS)
def test_masses_add(one, other):
    left, right = ("".join(f"{symbol}{count}" for symbol, count in parts) for parts in (one, other))
    assert molar_mass_g_mol(left + right) == pytest.approx(molar_mass_g_mol(left) + molar_mass_g_mol(right))


def test_capacities():
    assert capacity_of_lithium_mAh_g() == pytest.approx(3861.9, abs=0.05)
    assert capacity_of_lithium_mAh_g() * 3.6 * 6.94 == pytest.approx(FARADAY_C_MOL, rel=1e-12)
    assert capacity_mAh_g("S", 2) == pytest.approx(1672, abs=0.5)
    with pytest.raises(BadInputError, match="electrons"):
        capacity_mAh_g("S", 0)


def test_faraday_is_avogadro_times_the_elementary_charge():
    assert pytest.approx(6.02214076e23 * 1.602176634e-19, rel=1e-9) == FARADAY_C_MOL


def test_atomic_mass_bounds_became_standard_uncertainties():
    assert ATOMIC_MASSES["Li"].std == pytest.approx(0.06 / math.sqrt(3))
    assert all(0 < fact.std < 0.01 * fact.value for fact in ATOMIC_MASSES.values())


def test_facts_refuse_what_cannot_be_a_fact():
    assert Fact(1.0, 0.0, "V", "a source").std == 0.0
    for value, std, unit, source in [
        (math.nan, None, "V", "s"),
        (math.inf, None, "V", "s"),
        (1.0, -0.1, "V", "s"),
        (1.0, math.nan, "V", "s"),
        (1.0, None, "volt", "s"),
        (1.0, None, "V", " "),
    ]:
        with pytest.raises(BadInputError, match=r"^fact: "):
            Fact(value, std, unit, source)
