"""Voltage profiles: voltage against capacity of chosen cycles, charge and discharge apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings
from limetal.cycling.cycles import cycles
from limetal.cycling.profiles import AUTO, THIN_TOLERANCE, Profile, chosen_cycles, cycle_profiles, read_cycles, thinned
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Plot, Series, Table
from limetal.records.cells import CellContext
from limetal.records.cycling import CyclingRecord

__all__ = ["Options", "VoltageProfiles", "voltage_profiles"]

Floats = NDArray[np.float64]
WHERE = "analyses.voltage_profiles.cycles"
MG_PER_G = 1e3
KINDS = ("full", "half", "anode-free")  # of Li|Cu the coulombic efficiency draws them, in the order of plating


@dataclass(frozen=True)
class Options:
    """Choices of what is shown; they change no number.

    Attributes
    ----------
    cycles
        Numbers of cycles, as ``"1,10,50"``; ``auto`` takes the first, the last and a few between.
    """

    cycles: str = AUTO

    def __post_init__(self) -> None:
        """Refuse what names no cycles."""
        read_cycles(self.cycles, WHERE)


@dataclass(frozen=True, eq=False)
class VoltageProfiles:
    """Half-cycles of the chosen cycles with every row, and the points that are drawn and tabled.

    Attributes
    ----------
    profiles
        Charge and discharge of each chosen cycle, in the order of the test.
    kept
        For each profile, indices of the points between which a straight line stays within ``tolerance_V``.
    tolerance_V
        Asked for; doubled for profiles that would need more than 1500 points.
    cell
        What the study says of it.
    why_not
        Why there is no profile; empty if there is one.
    warnings
        What was left out.
    """

    profiles: tuple[Profile, ...]
    kept: tuple[NDArray[np.int64], ...]
    tolerance_V: float
    cell: CellContext
    why_not: str = ""
    warnings: tuple[str, ...] = ()

    def scales(self) -> tuple[tuple[str, float], ...]:
        """Units of capacity that can be given, the one to draw first, and mAh over each unit."""
        units = []
        if self.cell.mass_mg is not None:
            units.append(("mAh/g", self.cell.mass_mg / MG_PER_G))
        if self.cell.area_cm2 is not None:
            units.append(("mAh/cm2", self.cell.area_cm2))
        return (*units, ("mAh", 1.0))


def voltage_profiles(record: CyclingRecord, options: Options | None = None) -> VoltageProfiles:
    """Voltage against capacity of chosen cycles, each half-cycle from zero capacity.

    Capacity grows as the integral of the logged current from the beginning of the half-cycle, rests inside left out,
    and ends at the charge of the half-cycle, which may be the instrument's own counter. It is given per gram and per
    area where the study gives mass and area.

    Raises
    ------
    BadInputError
        If nobody said what cell this is, or it is symmetric.

    Examples
    --------
    >>> t = np.arange(0.0, 14401.0, 60.0)
    >>> current = np.where(t % 7200 < 3600, 1e-3, -1e-3)
    >>> cell = CellContext("full", area_cm2=0.5)
    >>> record = CyclingRecord(t, np.where(current > 0, 3.9, 3.7), current, source="two cycles", cell=cell)
    >>> found = voltage_profiles(record, Options("2"))
    >>> [(half.cycle, half.half, round(float(half.charge_mAh[-1]), 3)) for half in found.profiles]
    [(2, 'charge', 1.0), (2, 'discharge', 1.0)]
    """
    options = options or Options()
    if record.cell is None or record.cell.kind not in KINDS:
        kind = "a cell nobody described" if record.cell is None else f"a cell of kind {record.cell.kind!r}"
        raise BadInputError(record.source, kind, f"a cell of kind {' or '.join(KINDS)} (--cell kind=full)")
    tolerance = THIN_TOLERANCE * float(np.ptp(record.voltage_volt))
    try:
        found = cycles(record)
    except BadInputError as error:
        return VoltageProfiles((), (), tolerance, record.cell, f"found {error.found}, want {error.wanted}")
    numbers, words = chosen_cycles(options.cycles, found, WHERE)
    halves = cycle_profiles(record, found, numbers)
    kept = tuple(thinned(half.charge_mAh, half.volt, max(tolerance, 1e-12)) for half in halves)
    why = "" if numbers else "none of the cycles asked for is there and complete"
    return VoltageProfiles(halves, kept, tolerance, record.cell, why, (*found.warnings, *words))


def tell(result: VoltageProfiles) -> Findings:
    """Say the result to the report: one figure and one long table."""
    if result.why_not:
        return Findings(warnings=result.warnings, not_computed=(("voltage profiles", result.why_not),))
    return Findings(plots=(_plot(result),), tables=(_table(result),), warnings=result.warnings)


def _plot(result: VoltageProfiles) -> Plot:
    unit, over = result.scales()[0]
    series = tuple(
        Series(half.charge_mAh[kept] / over, half.volt[kept], value=float(half.cycle))
        for half, kept in zip(result.profiles, result.kept, strict=True)
    )
    numbers = sorted({half.cycle for half in result.profiles})
    shown = ", ".join(map(str, numbers[:12])) + (", ..." if len(numbers) > 12 else "")
    return Plot(
        "voltage_profiles",
        "Voltage profiles",
        Axis("capacity", unit),
        Axis("cell voltage", "V"),
        series,
        f"Charge and discharge of cycle{'s' * (len(numbers) > 1)} {shown}, each half-cycle from zero capacity.",
        colour=Axis("cycle", "1"),
    )


def _table(result: VoltageProfiles) -> Table:
    pairs = list(zip(result.profiles, result.kept, strict=True))
    cycle = np.concatenate([np.full(kept.size, half.cycle) for half, kept in pairs])
    halves = [half.half for half, kept in pairs for _ in range(kept.size)]
    charge = np.concatenate([half.charge_mAh[kept] for half, kept in pairs])
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = {
        "cycle": ("1", cycle.tolist()),
        "half_cycle": ("", halves),
    }
    names = {"mAh": "capacity", "mAh/g": "specific_capacity", "mAh/cm2": "areal_capacity"}
    for unit, over in reversed(result.scales()):
        columns[names[unit]] = (unit, (charge / over).tolist())
    columns["voltage"] = ("V", np.concatenate([half.volt[kept] for half, kept in pairs]).tolist())
    return Table("voltage_profiles", columns)


PLUGIN = Analysis(
    title="voltage against capacity of chosen cycles",
    takes=CyclingRecord,
    cells=KINDS,
    analyse=voltage_profiles,
    tell=tell,
    options=Options,
    sources=("charge from the beginning of each half-cycle, as the capacity of cycles has it (docs: capacity)",),
)
