"""What no file tells about a cell, and a user must say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["CELL_KINDS", "CellContext", "CellKind", "SymmetricPartner"]

CellKind = Literal["symmetric", "half", "full", "copper", "anode-free"]
CELL_KINDS: tuple[str, ...] = get_args(CellKind)


@dataclass(frozen=True)
class SymmetricPartner:
    """What a symmetric cell of the same lithium and electrolyte showed in another test.

    Attributes
    ----------
    name
        Of the test.
    current_density_mA_cm2, hysteresis_V
        Its rising current densities, and its hysteresis (mean of plating and stripping, both interfaces) at each.
    """

    name: str
    current_density_mA_cm2: tuple[float, ...]
    hysteresis_V: tuple[float, ...]


@dataclass(frozen=True)
class CellContext:
    """What a user must say about the cell, because no file tells it.

    Attributes
    ----------
    kind
        ``symmetric`` (Li|Li), ``half`` (any electrode against lithium), ``full``, ``copper`` (Li|Cu) or
        ``anode-free``. It decides what a cycle is and is never guessed.
    area_cm2
        Area of one face; None if unknown, then nothing is given per area.
    name
        Path of the cell in the study.
    working_electrode
        The electrode at the negative terminal: positive current plates lithium on it.
    mass_mg
        Active mass that capacities per gram count: of the positive electrode in full cells; None if unknown, then
        nothing is given per gram.
    starts
        What the first regular half-cycle is: a full cell is built discharged and charged first (``charge``), one
        with a charged positive electrode, as sulfur, is discharged first (``discharge``). Empty: as its kind does.
    nominal_capacity_mAh
        Capacity that C rates count; None if unknown, then rates are given as currents.
    np_ratio
        Areal capacity of the fresh negative over that of the positive electrode; None if unknown.
    temperature_K
        Of the test; None if unknown, then 298.15 K is taken where a formula needs one, and said.
    symmetric
        A symmetric cell that a study names for the split of a full cell's polarisation.
    """

    kind: CellKind
    area_cm2: float | None = None
    name: str = ""
    working_electrode: str = "the electrode at the negative terminal"
    mass_mg: float | None = None
    starts: Literal["", "charge", "discharge"] = ""
    nominal_capacity_mAh: float | None = None
    np_ratio: float | None = None
    temperature_K: float | None = None
    symmetric: SymmetricPartner | None = None
