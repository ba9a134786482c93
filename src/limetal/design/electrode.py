"""Ledger entries of electrodes: what the study states, what the recipe gives, what had to be assumed."""

from __future__ import annotations

from dataclasses import dataclass

from limetal.design.library import Library
from limetal.design.recipe import Composition, compose
from limetal.design.uncertain import Uncertain, split, uncertain
from limetal.ledger import Entry, Origin
from limetal.materials import CATHODES, atoms
from limetal.physics.capacity import areal_capacity_mAh_cm2, positive_areal_capacity_mAh_cm2
from limetal.study import Study
from limetal.study.models import LithiumElectrode, PositiveElectrode
from limetal.units import Written

__all__ = ["DEFAULT_CUTOFF_V", "LithiumDesign", "PositiveDesign", "derived", "lithium", "positive", "stated"]

#: Up to 1 V every lithium-zinc alloy has given its lithium up; the usual end of a stripping test.
DEFAULT_CUTOFF_V = 1.0
#: Phases that stay beside molten lithium as they are, or (carbon) are asked about in the recipe.
BESIDE_LITHIUM = frozenset(
    {"Li", "LiZn", "Li3N", "beta-Li3N", "CNT", "graphite", "LiC6", "LiC12", "Cu", "Li2O", "LiF", "Li2S", "Mg"}
)


@dataclass(frozen=True)
class LithiumDesign:
    """A lithium electrode worked out: entries, and the numbers a cell needs."""

    entries: tuple[Entry, ...]
    composition: Composition
    apparent_density_g_cm3: Uncertain | None
    volumetric_mAh_cm3: Uncertain | None
    thickness_um: Uncertain | None
    warnings: tuple[str, ...] = ()
    not_computed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class PositiveDesign:
    """A positive electrode worked out: entries, and its areal capacity per face."""

    entries: tuple[Entry, ...]
    areal_mAh_cm2: Uncertain | None
    not_computed: tuple[tuple[str, str], ...] = ()


def stated(
    subject: str, quantity: str, written: Written, source: str, note: str = "", *, assumed: bool = False
) -> Entry:
    """Entry of a value the study file gives; ``assumed`` if its author says that nobody stated it."""
    return Entry(
        subject,
        quantity,
        written.value,
        written.std,
        "assumed" if assumed else "stated",
        source,
        note,
        rounding=written.rounding,
        loose_rounding=written.loose_rounding,
    )


def derived(subject: str, quantity: str, number: Uncertain, source: str, note: str = "") -> Entry:
    """Entry of a number computed from others."""
    value, std = split(number)
    return Entry(subject, quantity, value, std, "derived", source, note)


def lithium(study: Study, name: str, electrode: LithiumElectrode, library: Library) -> LithiumDesign:
    """Composition, density and capacities of one lithium electrode of a study."""
    subject = f"electrodes.{name}"
    recipe_place = study.place("electrodes", name, "recipe")
    cutoff_V = electrode.cutoff.value if electrode.cutoff else DEFAULT_CUTOFF_V
    composition = compose(electrode.recipe, cutoff_V=cutoff_V, library=library, where=f"{subject}.recipe.parts")
    entries = [Entry(subject, "definition", _recipe_text(electrode), None, "stated", recipe_place, "recipe as weighed")]
    entries += _inputs(study, name, electrode)
    if composition.unknown or composition.pore_free_density_g_cm3 is None or composition.strippable_mAh_g is None:
        why = f"nobody gave the amount or identity of {', '.join(composition.unknown)}"
        for quantity in ("pore_free_density", "free_lithium_capacity", "strippable_capacity"):
            entries.append(Entry(subject, quantity, "unknown", None, "derived", f"recipe, {recipe_place}", why))
        lost = (f"{subject}: composition and capacities", why)
        return LithiumDesign(tuple(entries), composition, None, None, None, (), (lost,))
    source = f"recipe, {recipe_place}" + "".join(f"; {r.equation}" for r in composition.reactions)
    entries += _shares(subject, composition, source)
    porosity = electrode.porosity.value if electrode.porosity else 0.0
    density = composition.pore_free_density_g_cm3 * (1 - porosity / 100)
    volumetric = uncertain(composition.strippable_mAh_g, composition.strippable_std_mAh_g, "released") * density
    entries += _capacities(subject, composition, density, volumetric, source, electrode, library)
    thickness = None
    if electrode.thickness:
        thickness = uncertain(electrode.thickness.value, electrode.thickness.std, "thickness")
        areal = areal_capacity_mAh_cm2(volumetric, thickness)
        note = f"at {electrode.thickness.text}, to {cutoff_V:g} V"
        entries.append(derived(subject, "areal_capacity", areal, source, note))
    warnings = _doubts(subject, composition, library)
    return LithiumDesign(tuple(entries), composition, density, volumetric, thickness, warnings)


def _doubts(subject: str, composition: Composition, library: Library) -> tuple[str, ...]:
    """Say where complete reaction by the library's equations is not what the melt would do."""
    warnings = []
    if composition.lithium_poor:
        nitrogen = any("N" in atoms(library.phases[n].formula) for n in composition.weighed_g)
        ternary = "; ternary phases such as LiZnN form then" if nitrogen else ""
        warnings.append(
            f"{subject}: lithium-poor recipe, {composition.lithium_poor} left unreacted{ternary}; the products of "
            "this complete reaction are bookkeeping, not a prediction"
        )
    reacted = {name for reaction in composition.reactions for _, name in reaction.reactants}
    idle = [n for n in composition.weighed_g if n not in reacted and n not in BESIDE_LITHIUM]
    if idle and composition.weighed_g.get("Li"):
        warnings.append(
            f"{subject}: {', '.join(idle)} computed as inert beside lithium: the library runs no reaction for it"
        )
    return tuple(warnings)


def _recipe_text(electrode: LithiumElectrode) -> str:
    recipe = electrode.recipe
    amounts = ":".join("?" if a == "unknown" else f"{a:g}" for a in recipe.parts.values())
    text = f"{':'.join(recipe.parts)} = {amounts} by {recipe.by}"
    for name, percent in recipe.added.items():
        text += f", then {name} {percent.text} of the mass of the parts"
    return text if recipe.carbon == "inert" else f"{text}; carbon takes lithium to {recipe.carbon}"


def _inputs(study: Study, name: str, electrode: LithiumElectrode) -> list[Entry]:
    subject = f"electrodes.{name}"
    entries = []
    if electrode.thickness:
        entries.append(stated(subject, "thickness", electrode.thickness, study.place("electrodes", name, "thickness")))
    if electrode.porosity:
        entries.append(stated(subject, "porosity", electrode.porosity, study.place("electrodes", name, "porosity")))
    else:
        source = "default of limetal: pore-free, which gives the highest density and capacity per volume"
        entries.append(Entry(subject, "porosity", 0.0, None, "assumed", source))
    if electrode.cutoff:
        entries.append(stated(subject, "cutoff_voltage", electrode.cutoff, study.place("electrodes", name, "cutoff")))
    else:
        source = "default of limetal: usual end of a stripping test against lithium"
        entries.append(Entry(subject, "cutoff_voltage", DEFAULT_CUTOFF_V, None, "assumed", source))
    return entries


def _shares(subject: str, composition: Composition, source: str) -> list[Entry]:
    entries = []
    for share in composition.shares:
        phase = f"{subject}.{share.phase.name}"
        entries.append(derived(phase, "mass_fraction", share.mass_percent, source))
        entries.append(derived(phase, "volume_fraction", share.volume_percent, f"{source}; densities of [materials]"))
    return entries


def _capacities(
    subject: str,
    composition: Composition,
    density: Uncertain,
    volumetric: Uncertain,
    source: str,
    electrode: LithiumElectrode,
    library: Library,
) -> list[Entry]:
    uses = ", ".join(f"{s.phase.name} {s.phase.density.value:.3g}" for s in composition.shares)
    cutoff = f"to {composition.cutoff_V:g} V vs Li+/Li"
    free, total = composition.free_lithium_mAh_g, composition.total_lithium_mAh_g
    strip = uncertain(composition.strippable_mAh_g or 0.0, composition.strippable_std_mAh_g)
    part = " (between none and all of the alloys': the cut-off lies among their plateaus)"
    left = f"all lithium that leaves {cutoff}, alloys included" + (part if composition.strippable_std_mAh_g else "")
    return [
        derived(
            subject,
            "pore_free_density",
            composition.pore_free_density_g_cm3,
            source,
            f"densities in g/cm3: {uses}",
        ),
        derived(subject, "density", density, source, "pore-free density times (1 - porosity)"),
        derived(
            subject,
            "free_lithium_capacity",
            free,
            source,
            "metallic lithium only" + _carbon_note(composition, electrode, library),
        ),
        derived(
            subject,
            "strippable_capacity",
            strip,
            source,
            left,
        ),
        derived(subject, "total_lithium_capacity", total, source, "every lithium atom, also those of Li3N"),
        derived(subject, "volumetric_capacity", volumetric, source, f"strippable capacity {cutoff} times density"),
    ]


def _carbon_note(composition: Composition, electrode: LithiumElectrode, library: Library) -> str:
    """Say what carbon would take if it took lithium, because nobody knows whether it does."""
    if electrode.recipe.carbon != "inert":
        return ""
    carbon = composition.mass_percent("CNT")
    if carbon is None:
        return ""
    recipe = electrode.recipe.model_copy(update={"carbon": "LiC6"})
    other = compose(recipe, cutoff_V=composition.cutoff_V, library=library)
    if other.free_lithium_mAh_g is None or other.lithium_poor:
        return ""
    return f"; carbon taken as inert, {other.free_lithium_mAh_g:.0f} mAh/g if it became LiC6"


def positive(study: Study, name: str, electrode: PositiveElectrode) -> PositiveDesign:
    """Areal capacity per face and formulation of one positive electrode of a study."""
    subject = f"electrodes.{name}"
    place = study.place
    entries: list[Entry] = []
    total = 0.0
    for part, percent in electrode.formulation.items():
        source = place("electrodes", name, "formulation", part)
        entries.append(stated(f"{subject}.{part}", "formulation_fraction", percent, source))
        total += percent.value
    if electrode.formulation:
        source = f"sum of the formulation, {place('electrodes', name, 'formulation')}"
        entries.append(derived(subject, "formulation_sum", float(f"{total:.10g}"), source))
    if electrode.loading:
        source = place("electrodes", name, "loading")
        entries.append(stated(subject, "mass_loading", electrode.loading, source, "active material on one face"))
    capacity, entry = _specific_capacity(study, name, electrode)
    if entry is not None:
        entries.append(entry)
    areal: Uncertain | None = None
    not_computed: tuple[tuple[str, str], ...] = ()
    if electrode.areal_capacity:
        areal = uncertain(electrode.areal_capacity.value, electrode.areal_capacity.std, "areal_capacity")
        entries.append(
            stated(
                subject,
                "areal_capacity",
                electrode.areal_capacity,
                place("electrodes", name, "areal_capacity"),
                "per face",
            )
        )
    elif electrode.loading and capacity is not None:
        loading = uncertain(electrode.loading.value, electrode.loading.std, "loading")
        areal = positive_areal_capacity_mAh_cm2(loading, capacity)
        entries.append(derived(subject, "areal_capacity", areal, "loading times specific capacity", "per face"))
    else:
        not_computed = ((f"{subject}: areal capacity", "neither areal_capacity nor loading is given"),)
    return PositiveDesign(tuple(entries), areal, not_computed)


def _specific_capacity(study: Study, name: str, electrode: PositiveElectrode) -> tuple[Uncertain | None, Entry | None]:
    subject = f"electrodes.{name}"
    written = electrode.specific_capacity
    if written is not None:
        place = study.place("electrodes", name, "specific_capacity")
        entry = stated(subject, "nominal_specific_capacity", written, place, "per active material")
        return uncertain(written.value, written.std, "capacity"), entry
    if electrode.active in CATHODES and electrode.areal_capacity is None:
        fact = CATHODES[electrode.active].practical_capacity
        origin: Origin = "assumed"
        note = f"{fact.convention}; library default for {electrode.active}"
        entry = Entry(subject, "nominal_specific_capacity", fact.value, fact.std, origin, fact.source, note)
        return uncertain(fact.value, fact.std, "capacity"), entry
    return None, None
