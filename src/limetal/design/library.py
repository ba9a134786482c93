"""The library of materials with what a study adds to it or overrides."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from limetal.materials import PHASES, Fact, Phase
from limetal.study import Study

__all__ = ["Library", "density_of", "library"]


@dataclass(frozen=True)
class Library:
    """Phases by name, mixtures by mass of phases, and names nobody has identified.

    ``own`` names the materials that come from the study.
    """

    phases: Mapping[str, Phase]
    mixtures: Mapping[str, Mapping[str, float]]
    unknown: frozenset[str]
    own: frozenset[str] = frozenset()


def library(study: Study | None = None) -> Library:
    """Return the library, with the ``[materials]`` of a study in front.

    Examples
    --------
    >>> library().phases["LiZn"].formula
    'LiZn'
    """
    phases = dict(PHASES)
    mixtures: dict[str, Mapping[str, float]] = {}
    unknown: set[str] = set()
    if study is None:
        return Library(phases, mixtures, frozenset())
    for name, note in study.model.materials.items():
        if note.mixture:
            mixtures[name] = dict(note.mixture)
        elif note.unknown:
            unknown.add(name)
        elif note.density is not None:
            density = Fact(note.density.value, note.density.std, "g/cm3", f"study: {note.source}")
            if name in phases:
                phases[name] = dataclasses.replace(
                    phases[name], density=density, formula=note.formula or phases[name].formula
                )
            elif note.formula:
                phases[name] = Phase(name, note.formula, density)
    return Library(phases, mixtures, frozenset(unknown), frozenset(study.model.materials))


def density_of(study: Study, name: str, default: Fact | None) -> Fact | None:
    """Return the density of an electrolyte or a collector: the study's own value before that of the library."""
    note = study.model.materials.get(name)
    if note is None or note.density is None:
        return default
    return Fact(note.density.value, note.density.std, "g/cm3", f"study: {note.source}")
