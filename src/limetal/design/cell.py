"""Ledger entries of cells: inputs as stated, balances with their convention."""

from __future__ import annotations

import math
from collections.abc import Mapping

from limetal.design.electrode import LithiumDesign, PositiveDesign, derived, stated
from limetal.design.library import density_of
from limetal.design.uncertain import Uncertain, uncertain
from limetal.ledger import Entry
from limetal.materials import ELECTROLYTES, FOILS
from limetal.physics.capacity import areal_capacity_mAh_cm2, normalised_specific_capacity_mAh_g, np_ratio
from limetal.physics.constants import UM_PER_CM
from limetal.study import Study
from limetal.study.models import AnodeFreeCell, Cell, Collector, FullCell, PositiveElectrode

__all__ = ["area_cm2", "cell_entries"]

UL_PER_CM3 = 1e3
MAH_PER_AH = 1e3
#: Keys of a cell that enter the ledger as they stand, with the quantity they are.
_STATED = {
    "area": "area",
    "diameter": "diameter",
    "thickness": "thickness",
    "negative_thickness": "thickness",
    "electrolyte_volume": "electrolyte_volume",
    "electrolyte_ratio": "electrolyte_to_capacity",
    "temperature": "temperature",
    "pressure": "pressure",
    "capacity": "capacity",
    "one_C": "specific_current_1C",
    "cutoff": "cutoff_voltage",
    "mass": "active_mass",
}


def area_cm2(cell: Cell) -> float | None:
    """Area of one face of a cell, from its area or its diameter; None if neither is given."""
    if cell.area is not None:
        return cell.area.value
    if cell.diameter is not None:
        return math.pi * cell.diameter.value**2 / 4
    return None


def cell_entries(
    study: Study,
    name: str,
    cell: Cell,
    lithium: Mapping[str, LithiumDesign],
    positive: Mapping[str, PositiveDesign],
) -> tuple[tuple[Entry, ...], tuple[tuple[str, str], ...]]:
    """Entries of one cell, and what could not be computed."""
    subject = f"cells.{name}"
    entries: list[Entry] = []
    for key, quantity in _STATED.items():
        written = getattr(cell, key, None)
        if written is not None:
            note = "foil thickness in this cell" if quantity == "thickness" else ""
            place = study.place("cells", name, key)
            entries.append(stated(subject, quantity, written, place, note, assumed=key in cell.assumed))
    if cell.note:
        entries.append(
            Entry(subject, "definition", cell.note, None, "stated", study.place("cells", name, "note"), "note")
        )
    if cell.diameter is not None:
        entries.append(derived(subject, "area", area_cm2(cell), "disc of the stated diameter"))
    entries += _active_mass(study, subject, cell)
    if not isinstance(cell, FullCell):
        return tuple(entries), ()
    more, not_computed = _full(study, name, cell, lithium[cell.negative], positive[cell.positive])
    return (*entries, *more), not_computed


def _active_mass(study: Study, subject: str, cell: Cell) -> list[Entry]:
    """Active mass of one face of the positive electrode, where the cell gives none but its area and a loading are."""
    area = area_cm2(cell)
    if (
        not isinstance(cell, FullCell | AnodeFreeCell)
        or cell.mass is not None
        or area is None
        or cell.format == "pouch"
    ):
        return []
    positive = study.model.electrodes[cell.positive]
    if not isinstance(positive, PositiveElectrode) or positive.loading is None:
        return []
    mass = uncertain(positive.loading.value, positive.loading.std, "loading") * area
    return [derived(subject, "active_mass", mass, f"loading of electrodes.{cell.positive} times area", "one face")]


def _full(
    study: Study, name: str, cell: FullCell, negative: LithiumDesign, positive: PositiveDesign
) -> tuple[list[Entry], tuple[tuple[str, str], ...]]:
    subject = f"cells.{name}"
    entries: list[Entry] = []
    if cell.window is not None:
        for quantity, written in zip(("voltage_window_low", "voltage_window_high"), cell.window, strict=True):
            place = study.place("cells", name, "window")
            entries.append(stated(subject, quantity, written, place, assumed="window" in cell.assumed))
    cathode, convention = _positive_capacity(cell, positive)
    if cell.areal_capacity is not None:
        place = study.place("cells", name, "areal_capacity")
        assumed = "areal_capacity" in cell.assumed
        entries.append(
            stated(f"{subject}.positive", "areal_capacity", cell.areal_capacity, place, convention, assumed=assumed)
        )
    elif cathode is not None:
        entries.append(
            derived(f"{subject}.positive", "areal_capacity", cathode, f"electrodes.{cell.positive}", convention)
        )
    if cathode is not None:
        entries += _electrolyte(study, subject, cell, cathode)
    thickness = (
        uncertain(cell.negative_thickness.value, cell.negative_thickness.std, "thickness")
        if cell.negative_thickness is not None
        else negative.thickness_um
    )
    missing = _missing(cell, negative, thickness, cathode)
    if missing or negative.volumetric_mAh_cm3 is None or thickness is None or cathode is None:
        return entries, ((f"{subject}: N/P and NSC", missing),)
    anode = areal_capacity_mAh_cm2(negative.volumetric_mAh_cm3, thickness)
    ratio = np_ratio(anode, cathode)
    note = f"fresh foil over positive electrode, {convention}; lithium of the positive electrode not counted"
    entries.append(
        derived(
            f"{subject}.negative",
            "areal_capacity",
            anode,
            f"electrodes.{cell.negative}, recipe times thickness",
        )
    )
    entries.append(
        derived(subject, "np_ratio", ratio, "areal capacities of the recipe and the positive electrode", note)
    )
    entries += _nsc(study, subject, cell, negative, thickness, ratio)
    return entries, ()


def _positive_capacity(cell: FullCell, positive: PositiveDesign) -> tuple[Uncertain | None, str]:
    if cell.areal_capacity is None:
        return positive.areal_mAh_cm2, "per face"
    words = str(cell.areal_capacity_is)
    if words == "both faces":
        words = "both faces, one foil shared by two faces"
    if "areal_capacity_is" in cell.assumed:
        words += " (assumed)"
    return uncertain(cell.areal_capacity.value, cell.areal_capacity.std, "positive"), words


def _missing(cell: FullCell, negative: LithiumDesign, thickness: Uncertain | None, cathode: Uncertain | None) -> str:
    if negative.volumetric_mAh_cm3 is None:
        return f"the composition of {cell.negative} is not known"
    if thickness is None:
        return f"no thickness of {cell.negative} is given"
    return "" if cathode is not None else f"no areal capacity of {cell.positive} is given"


def _electrolyte(study: Study, subject: str, cell: FullCell, cathode: Uncertain) -> list[Entry]:
    area = area_cm2(cell)
    known = ELECTROLYTES.get(cell.electrolyte)
    density = density_of(study, cell.electrolyte, known.density if known else None)
    if cell.electrolyte_volume is None or area is None or density is None:
        return []
    grams = cell.electrolyte_volume.value / UL_PER_CM3 * uncertain(density.value, density.std, "electrolyte")
    note = f"density of the electrolyte {density.value:g} g/cm3" + (" (assumed)" if density.assumed else "")
    ratio = grams / (cathode * area / MAH_PER_AH)
    return [
        derived(
            subject,
            "electrolyte_to_capacity",
            ratio,
            "volume times density over area times areal capacity",
            note,
        )
    ]


def _nsc(
    study: Study, subject: str, cell: FullCell, negative: LithiumDesign, thickness: Uncertain, ratio: Uncertain
) -> list[Entry]:
    if cell.negative_collector is None:
        return []
    collector, words = _collector_g_cm2(study, cell.negative_collector)
    mass = negative.apparent_density_g_cm3 * thickness / UM_PER_CM
    capacity = negative.volumetric_mAh_cm3 * thickness / UM_PER_CM
    nsc = normalised_specific_capacity_mAh_g(capacity, mass, collector, ratio)
    return [derived(subject, "normalised_specific_capacity", nsc, "capacity of the recipe; N/P above", words)]


def _collector_g_cm2(study: Study, collector: Collector | str) -> tuple[Uncertain, str]:
    """Collector mass per area of one foil face."""
    if not isinstance(collector, Collector):
        return 0.0, "no collector"
    density = density_of(study, collector.material, None) or FOILS[collector.material].density
    mass = collector.thickness.value / UM_PER_CM * uncertain(density.value, density.std, "collector") / collector.faces
    return mass, f"{collector.thickness.text} {collector.material}, shared by {collector.faces} face(s)"
