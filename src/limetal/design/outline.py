"""Design a whole study: every electrode, then every cell, then the pictures of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from limetal.design.cell import cell_entries
from limetal.design.electrode import LithiumDesign, PositiveDesign, lithium, positive
from limetal.design.library import Library, library
from limetal.design.uncertain import split
from limetal.exhibits import Axis, Plot, Series
from limetal.ledger import Entry, Origin
from limetal.materials import ATOMIC_MASSES, atoms
from limetal.physics.capacity import areal_capacity_mAh_cm2
from limetal.study import Study
from limetal.study.models import LithiumElectrode, PositiveElectrode

__all__ = ["Design", "design"]


@dataclass(frozen=True)
class Design:
    """Everything that follows from the recipes and cells of a study."""

    entries: tuple[Entry, ...]
    lithium: Mapping[str, LithiumDesign]
    positive: Mapping[str, PositiveDesign]
    plots: tuple[Plot, ...]
    warnings: tuple[str, ...]
    not_computed: tuple[tuple[str, str], ...]


def design(study: Study) -> Design:
    """Work out every material, electrode and cell of a study."""
    materials = library(study)
    foils: dict[str, LithiumDesign] = {}
    coatings: dict[str, PositiveDesign] = {}
    for name, electrode in study.model.electrodes.items():
        if isinstance(electrode, LithiumElectrode):
            foils[name] = lithium(study, name, electrode, materials)
        elif isinstance(electrode, PositiveElectrode):
            coatings[name] = positive(study, name, electrode)
    entries = [*_materials(study, materials, foils)]
    not_computed: list[tuple[str, str]] = []
    for foil in foils.values():
        entries += foil.entries
        not_computed += foil.not_computed
    for coating in coatings.values():
        entries += coating.entries
        not_computed += coating.not_computed
    for name, cell in study.model.cells.items():
        more, lost = cell_entries(study, name, cell, foils, coatings)
        entries += more
        not_computed += lost
    warnings = tuple(w for worked in foils.values() for w in worked.warnings)
    return Design(tuple(entries), foils, coatings, _plots(study, foils), warnings, tuple(not_computed))


def _materials(study: Study, materials: Library, foils: Mapping[str, LithiumDesign]) -> list[Entry]:
    """Densities that were used, with their sources; compositions of mixtures; what stays unknown."""
    used = {share.phase.name: share.phase for foil in foils.values() for share in foil.composition.shares}
    entries = []
    for name, phase in used.items():
        fact = phase.density
        subject = f"materials.{name}"
        if name in materials.own and study.model.materials[name].density is not None:
            place = study.place("materials", name, "density")
            entries.append(Entry(subject, "density", fact.value, fact.std, "stated", f"{place}: {fact.source}"))
            continue
        origin: Origin = "assumed" if fact.assumed else "stated"
        entries.append(Entry(subject, "density", fact.value, fact.std, origin, fact.source, fact.convention))
    for name, mixture in materials.mixtures.items():
        entries += _mixture(study, name, mixture)
    for name in sorted(materials.unknown):
        note = study.model.materials[name].source
        place = study.place("materials", name)
        entries.append(Entry(f"materials.{name}", "definition", "unknown", None, "stated", place, note))
    return entries


def _mixture(study: Study, name: str, mixture: Mapping[str, float]) -> list[Entry]:
    moles: dict[str, float] = {}
    for part, mass in mixture.items():
        if part in ATOMIC_MASSES and atoms(part) == {part: 1.0}:
            moles[part] = mass / ATOMIC_MASSES[part].value
    place = study.place("materials", name, "mixture")
    text = f"{':'.join(mixture)} = {':'.join(f'{m:g}' for m in mixture.values())} by mass"
    source = study.model.materials[name].source
    entries = [Entry(f"materials.{name}", "definition", text, None, "stated", f"{place}: {source}")]
    if len(moles) == len(mixture):
        whole = sum(moles.values())
        entries += [
            Entry(
                f"materials.{name}.{part}",
                "mole_fraction",
                100 * n / whole,
                None,
                "derived",
                f"mixture, {place}",
            )
            for part, n in moles.items()
        ]
    return entries


def _plots(study: Study, foils: Mapping[str, LithiumDesign]) -> tuple[Plot, ...]:
    known = {n: f for n, f in foils.items() if not f.composition.unknown}
    if not known:
        return ()
    labels = {n: study.model.electrodes[n].label or n for n in known}
    plots = [_composition_plot(known, labels)]
    composites = {n: f for n, f in known.items() if f.volumetric_mAh_cm3 is not None}
    thickness = np.linspace(0.0, 100.0, 51)
    series = tuple(
        Series(thickness, areal_capacity_mAh_cm2(np.asarray(split(f.volumetric_mAh_cm3)[0]), thickness), labels[n])
        for n, f in composites.items()
    )
    plots.append(
        Plot(
            "thickness_capacity",
            "Areal capacity against thickness",
            Axis("thickness", "um"),
            Axis("areal capacity", "mAh/cm2"),
            series,
            "Strippable capacity of each recipe times its density; no pores unless the study gives a porosity.",
        )
    )
    return tuple(plots)


def _composition_plot(known: Mapping[str, LithiumDesign], labels: Mapping[str, str]) -> Plot:
    names = list(dict.fromkeys(s.phase.name for f in known.values() for s in f.composition.shares))
    x = np.arange(float(len(known)))
    series = tuple(
        Series(x, np.array([f.composition.mass_percent(phase) or 0.0 for f in known.values()]), phase, "bars")
        for phase in names
    )
    return Plot(
        "composition",
        "Composition of the electrodes by mass",
        Axis("electrode", "1"),
        Axis("mass fraction", "%"),
        series,
        "From the recipes, if every reaction of the library runs to its end.",
        categories=tuple(labels.values()),
    )
