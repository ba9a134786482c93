"""What a study says of the areal capacity of a positive electrode, in every reading it allows."""

from __future__ import annotations

from dataclasses import dataclass

from limetal.claims.base import Case
from limetal.claims.compare import as_uncertain, written_entry
from limetal.design.uncertain import Uncertain, uncertain
from limetal.materials import CATHODES
from limetal.physics.capacity import positive_areal_capacity_mAh_cm2
from limetal.study.models import FullCell, PositiveElectrode
from limetal.units import Written

__all__ = ["FACES", "Reading", "brings_lithium", "electrode_readings", "readings"]

#: A foil between two coated faces serves both.
FACES = 2


@dataclass(frozen=True)
class Reading:
    """One reading of the areal capacity: words, the number, and the places of the study it rests on.

    ``nominal`` is true where a number that only defines 1C, or a library value, stands for the capacity: such a
    reading is a guess and contradicts nothing.
    """

    words: str
    number: Uncertain
    places: tuple[str, ...]
    nominal: bool = False

    @property
    def derived(self) -> bool:
        """Whether it was computed from a loading."""
        return self.places[0].endswith(".loading")


def readings(case: Case, cell: FullCell, name: str) -> list[Reading]:
    """Areal capacities of the positive electrode of a cell, all counted as the cell counts its faces."""
    both = cell.areal_capacity is not None and cell.areal_capacity_is == "both faces"
    found = []
    if cell.areal_capacity is not None:
        number = as_uncertain(written_entry("cell", "areal_capacity", cell.areal_capacity))
        words = f"{cell.areal_capacity.text} {cell.areal_capacity_is}"
        found.append(Reading(words, number, (f"cells.{name}.areal_capacity",)))
    electrode = case.study.model.electrodes.get(cell.positive)
    if not isinstance(electrode, PositiveElectrode):
        return found
    for reading in electrode_readings(electrode, cell.positive, cell.one_C, library=not found):
        times = f"{FACES} x " if both else ""
        number = reading.number * FACES if both else reading.number
        found.append(Reading(times + reading.words, number, reading.places, reading.nominal))
    return found


def electrode_readings(
    electrode: PositiveElectrode, name: str, one_C: Written | None = None, *, library: bool = True
) -> list[Reading]:
    """Areal capacities per face: as stated, and loading times capacity (of the electrode, 1C, else the library)."""
    found = []
    where = f"electrodes.{name}"
    if electrode.areal_capacity is not None:
        number = as_uncertain(written_entry(where, "areal_capacity", electrode.areal_capacity))
        found.append(Reading(f"{electrode.areal_capacity.text} of {name}", number, (f"{where}.areal_capacity",)))
    if electrode.loading is None:
        return found
    loading = as_uncertain(written_entry(where, "mass_loading", electrode.loading))
    nominal = electrode.specific_capacity or one_C
    places: tuple[str, ...] = (f"{where}.loading",)
    if nominal is not None:
        capacity = as_uncertain(written_entry(where, "nominal_specific_capacity", nominal))
        words = f"{electrode.loading.text} x {nominal.value:g} mAh/g"
        guessed = electrode.specific_capacity is None
        if not guessed:
            places = (*places, f"{where}.specific_capacity")
        found.append(Reading(words, positive_areal_capacity_mAh_cm2(loading, capacity), places, guessed))
    elif library and not found and electrode.active in CATHODES:
        fact = CATHODES[electrode.active].practical_capacity
        words = f"{electrode.loading.text} x {fact.value:g} mAh/g (assumed, library value of {electrode.active})"
        number = positive_areal_capacity_mAh_cm2(loading, uncertain(fact.value, fact.std, "practical capacity"))
        found.append(Reading(words, number, places, True))
    return found


def brings_lithium(case: Case, cell: FullCell) -> bool:
    """Whether the positive electrode comes with lithium of its own, as oxides do and sulfur does not."""
    electrode = case.study.model.electrodes.get(cell.positive)
    if not isinstance(electrode, PositiveElectrode) or electrode.active not in CATHODES:
        return False
    return CATHODES[electrode.active].holds_lithium
