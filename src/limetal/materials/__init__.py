"""Facts about materials, each with its spread, its source and its convention.

A fact that nobody has checked against a source says so (``assumed``); reports repeat it.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator, Mapping

from limetal.errors import BadInputError
from limetal.materials.additives import ADDITIVES, Additive
from limetal.materials.cathodes import CATHODES, Cathode
from limetal.materials.crystals import Crystal, d_spacing_angstrom, two_theta_deg, xray_density
from limetal.materials.electrolytes import ELECTROLYTES, Electrolyte
from limetal.materials.facts import Fact
from limetal.materials.foils import FOILS, Foil
from limetal.materials.masses import (
    ATOMIC_MASSES,
    FARADAY_C_MOL,
    atoms,
    capacity_mAh_g,
    capacity_of_lithium_mAh_g,
    molar_mass_g_mol,
)
from limetal.materials.phases import PHASES, LithiumRelease, Phase
from limetal.materials.reactions import REACTIONS, Reaction, unbalanced
from limetal.materials.separators import SEPARATORS, Separator

__all__ = [
    "ADDITIVES",
    "ATOMIC_MASSES",
    "CATHODES",
    "ELECTROLYTES",
    "FARADAY_C_MOL",
    "FOILS",
    "PHASES",
    "REACTIONS",
    "SEPARATORS",
    "Additive",
    "Cathode",
    "Crystal",
    "Electrolyte",
    "Fact",
    "Foil",
    "LithiumRelease",
    "Phase",
    "Reaction",
    "Separator",
    "all_facts",
    "atoms",
    "capacity_mAh_g",
    "capacity_of_lithium_mAh_g",
    "d_spacing_angstrom",
    "find_phase",
    "molar_mass_g_mol",
    "two_theta_deg",
    "unbalanced",
    "xray_density",
]

_TABLES: dict[str, Mapping[str, object]] = {
    "elements": ATOMIC_MASSES,
    "phases": PHASES,
    "cathodes": CATHODES,
    "electrolytes": ELECTROLYTES,
    "separators": SEPARATORS,
    "foils": FOILS,
    "additives": ADDITIVES,
}


def find_phase(name: str, *, where: str = "phase") -> Phase:
    """Return the phase of that name.

    Raises
    ------
    BadInputError
        With the nearest name, if no phase is called so.

    Examples
    --------
    >>> find_phase("Zn3N2").formula
    'Zn3N2'
    >>> find_phase("Zn2N3", where="foil")
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: foil: found the phase 'Zn2N3', want a known phase (nearest: 'Zn3N2')
    """
    if name in PHASES:
        return PHASES[name]
    by_lower = {known.lower(): known for known in PHASES}
    near = difflib.get_close_matches(name.lower(), by_lower, n=1)
    hint = f" (nearest: {by_lower[near[0]]!r})" if near else f": {', '.join(PHASES)}"
    raise BadInputError(where, f"the phase {name!r}", f"a known phase{hint}")


def all_facts() -> Iterator[tuple[str, str, str, Fact]]:
    """Every fact of the room as table, row, field and fact; nested fields are joined with a dot.

    Examples
    --------
    >>> [(row, field, fact.value) for table, row, field, fact in all_facts() if row == "PVDF"]
    [('PVDF', 'density', 1.78)]
    """
    for table, rows in _TABLES.items():
        for name, row in rows.items():
            for path, fact in _facts_of(row, ""):
                yield table, name, path, fact


def _facts_of(thing: object, path: str) -> Iterator[tuple[str, Fact]]:
    if isinstance(thing, Fact):
        yield path or "molar_mass", thing
    elif isinstance(thing, Crystal):
        yield from ((f"{path}.{name}", fact) for name, fact in thing.facts())
    elif dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            yield from _facts_of(getattr(thing, field.name), f"{path}.{field.name}" if path else field.name)
