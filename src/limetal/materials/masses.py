"""Formulas and their masses: a small parser, standard atomic weights, the Faraday constant.

References
----------
.. [1] T. Prohaska et al., Standard atomic weights of the elements 2021 (IUPAC Technical Report), Pure Appl.
   Chem. 94 (2022) 573, doi 10.1515/pac-2019-0603: the abridged values and their bounds.
.. [2] A. Possolo et al., Interpreting and propagating the uncertainty of the standard atomic weights, Pure
   Appl. Chem. 90 (2018) 395, doi 10.1515/pac-2016-0402: bounds as a uniform distribution.
.. [3] E. Tiesinga et al., CODATA recommended values 2018, Rev. Mod. Phys. 93 (2021) 025010,
   doi 10.1103/RevModPhys.93.025010: the Faraday and Avogadro constants, exact since the SI of 2019.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NoReturn

from limetal.errors import BadInputError
from limetal.materials.facts import Fact

__all__ = [
    "ATOMIC_MASSES",
    "AVOGADRO_PER_MOL",
    "FARADAY_C_MOL",
    "FARADAY_MAH_MOL",
    "atoms",
    "capacity_mAh_g",
    "capacity_of_lithium_mAh_g",
    "molar_mass_g_mol",
    "molar_mass_std_g_mol",
]

FARADAY_C_MOL = 96485.33212
AVOGADRO_PER_MOL = 6.02214076e23
C_PER_MAH = 3.6
FARADAY_MAH_MOL = FARADAY_C_MOL / C_PER_MAH

_SOURCE = "IUPAC abridged standard atomic weights 2021, doi 10.1515/pac-2019-0603"
_CONVENTION = "standard uncertainty = printed bound / sqrt(3) (uniform, doi 10.1515/pac-2016-0402)"
#: Abridged value and printed bound. The bound of Li is wide because 6Li is taken out of commercial lithium.
_ABRIDGED = {
    "H": (1.0080, 0.0002), "Li": (6.94, 0.06), "B": (10.81, 0.02), "C": (12.011, 0.002),
    "N": (14.007, 0.001), "O": (15.999, 0.001), "F": (18.998, 0.001), "Na": (22.990, 0.001),
    "Mg": (24.305, 0.002), "Al": (26.982, 0.001), "Si": (28.085, 0.001), "P": (30.974, 0.001),
    "S": (32.06, 0.02), "Cl": (35.45, 0.01), "K": (39.098, 0.001), "Ca": (40.078, 0.004),
    "Ti": (47.867, 0.001), "V": (50.942, 0.001), "Cr": (51.996, 0.001), "Mn": (54.938, 0.001),
    "Fe": (55.845, 0.002), "Co": (58.933, 0.001), "Ni": (58.693, 0.001), "Cu": (63.546, 0.003),
    "Zn": (65.38, 0.02), "Ga": (69.723, 0.001), "Ge": (72.630, 0.008), "Br": (79.904, 0.003),
    "Nb": (92.906, 0.001), "Ag": (107.87, 0.01), "In": (114.82, 0.01),
    "Sn": (118.71, 0.01), "Sb": (121.76, 0.01), "I": (126.90, 0.01), "La": (138.91, 0.01),
    "Ta": (180.95, 0.01), "W": (183.84, 0.01), "Au": (196.97, 0.01), "Bi": (208.98, 0.01),
}  # fmt: skip

ATOMIC_MASSES: dict[str, Fact] = {
    symbol: Fact(value, bound / math.sqrt(3), "g/mol", _SOURCE, convention=_CONVENTION)
    for symbol, (value, bound) in _ABRIDGED.items()
}

_TOKEN = re.compile(r"(?P<element>[A-Z][a-z]?)|(?P<open>[(\[{])|(?P<close>[)\]}])")
_COUNT = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_PARTNER = {")": "(", "]": "[", "}": "{"}


def atoms(formula: str, *, where: str = "formula") -> dict[str, float]:
    """Atoms of one formula unit, by element, in the order in which they first appear.

    Parameters
    ----------
    formula
        Elements with whole or decimal counts and nested brackets of any of the three kinds.
    where
        The place of the formula, for the message.

    Raises
    ------
    BadInputError
        With the position (counted from 1) of the first sign that does not fit.

    Examples
    --------
    >>> atoms("LiNi0.8Co0.1Mn0.1O2")
    {'Li': 1.0, 'Ni': 0.8, 'Co': 0.1, 'Mn': 0.1, 'O': 2.0}
    >>> atoms("Fe2(SO4)3")
    {'Fe': 2.0, 'S': 3.0, 'O': 12.0}
    >>> atoms("Zn3X2")
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: formula: found 'X' at position 4 of 'Zn3X2', want an element such as Zn
    """
    return dict(_parse(formula, where))


@lru_cache(maxsize=512)
def _parse(formula: str, where: str) -> tuple[tuple[str, float], ...]:
    if not isinstance(formula, str) or not formula.strip():
        raise BadInputError(where, repr(formula), "a formula such as Zn3N2")
    stack: list[tuple[str, int, dict[str, float]]] = [("", 0, {})]
    position = 0
    while position < len(formula):
        token = _TOKEN.match(formula, position)
        if token is None:
            _refuse(formula, position, "an element, a bracket or a count", where)
        if token["open"]:
            stack.append((token["open"], position, {}))
            position = token.end()
            continue
        if token["close"]:
            bracket, start, group = stack[-1]
            if bracket != _PARTNER[token["close"]]:
                _refuse(formula, position, "a bracket that closes an open one", where)
            if not group:
                _refuse(formula, start, "brackets with something in them", where)
            stack.pop()
        else:
            group = {_element(token["element"], formula, position, where): 1.0}
        count, position = _count(formula, token.end(), where)
        for symbol, number in group.items():
            stack[-1][2][symbol] = stack[-1][2].get(symbol, 0.0) + number * count
    if len(stack) > 1:
        _refuse(formula, stack[-1][1], "a bracket that is closed", where)
    return tuple(stack[0][2].items())


def _element(symbol: str, formula: str, position: int, where: str) -> str:
    if symbol not in ATOMIC_MASSES:
        _refuse(formula, position, "an element such as Zn", where, length=len(symbol))
    return symbol


def _count(formula: str, position: int, where: str) -> tuple[float, int]:
    match = _COUNT.match(formula, position)
    if match is None:
        return 1.0, position
    count = float(match[0])
    if count == 0:
        _refuse(formula, position, "a count above zero", where, length=len(match[0]))
    return count, match.end()


def _refuse(formula: str, position: int, wanted: str, where: str, *, length: int = 1) -> NoReturn:
    found = formula[position : position + length]
    raise BadInputError(where, f"{found!r} at position {position + 1} of {formula!r}", wanted)


def molar_mass_g_mol(formula: str, *, where: str = "formula") -> float:
    """Molar mass of a formula unit, from the abridged standard atomic weights of 2021.

    Examples
    --------
    >>> round(molar_mass_g_mol("Zn3N2"), 3)
    224.154
    >>> round(molar_mass_g_mol("Li3N"), 3)
    34.827
    """
    return sum(number * ATOMIC_MASSES[symbol].value for symbol, number in _parse(formula, where))


def molar_mass_std_g_mol(formula: str, *, where: str = "formula") -> float:
    """Return the standard uncertainty of `molar_mass_g_mol`.

    Atoms of one element are wrong together, so their errors add; those of different elements do not.

    Examples
    --------
    >>> round(molar_mass_std_g_mol("Li"), 4), round(molar_mass_std_g_mol("Li3N"), 3)
    (0.0346, 0.104)
    """
    return math.hypot(*(number * (ATOMIC_MASSES[symbol].std or 0.0) for symbol, number in _parse(formula, where)))


def capacity_mAh_g(formula: str, electrons: float, *, where: str = "formula") -> float:
    """Theoretical capacity, ``z F / M``, in mAh per gram of the formula.

    Parameters
    ----------
    formula
        What is weighed.
    electrons
        Electrons moved per formula unit.

    Examples
    --------
    >>> round(capacity_mAh_g("LiFePO4", 1), 1)
    169.9
    >>> round(capacity_mAh_g("S", 2))
    1672
    """
    if not (math.isfinite(electrons) and electrons > 0):
        raise BadInputError(where, f"{electrons} electrons per formula unit", "a positive number")
    return electrons * FARADAY_MAH_MOL / molar_mass_g_mol(formula, where=where)


def capacity_of_lithium_mAh_g() -> float:
    """Capacity of metallic lithium; papers round it to 3860.

    Examples
    --------
    >>> round(capacity_of_lithium_mAh_g(), 1)
    3861.9
    """
    return capacity_mAh_g("Li", 1)
