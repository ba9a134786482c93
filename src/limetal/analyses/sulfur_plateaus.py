"""Plateaus of a lithium-sulfur cell: charge of the upper and the lower one, their ratio, voltages and the dip."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings, Number
from limetal.cycling.cycles import cycles
from limetal.cycling.profiles import AUTO, chosen_cycles, profile, read_cycles
from limetal.cycling.sulfur import LOWER_THEORY_MAH_G, UPPER_THEORY_MAH_G, Plateaus, plateaus
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Plot, Series, Table
from limetal.records.cells import CellContext
from limetal.records.cycling import CyclingRecord

__all__ = ["Options", "SulfurPlateaus", "sulfur_plateaus"]

Floats = NDArray[np.float64]
NAME = "analyses.sulfur_plateaus"
KINDS = ("full", "half")
#: Discharges of sulfur stay between these voltages.
WINDOW_V = (1.0, 3.1)
MG_PER_G = 1e3


NO_SULFUR = "the cell is not said to start with a discharge (--cell starts=discharge)"


@dataclass(frozen=True)
class Options:
    """Choices that change the number.

    Attributes
    ----------
    cycles
        Numbers of cycles, as ``"1,10,50"``; ``auto`` takes the first, the last and a few between.
    significance
        How far dQ/dV rises from the valley between the plateaus to the upper one at least, in standard errors.
    """

    cycles: str = AUTO
    significance: float = 4.0

    def __post_init__(self) -> None:
        """Refuse what selects nothing."""
        read_cycles(self.cycles, f"{NAME}.cycles")
        if not (isinstance(self.significance, float | int) and 1 <= self.significance < float("inf")):
            raise BadInputError(f"{NAME}.significance", repr(self.significance), "a number of one or more")


@dataclass(frozen=True, eq=False)
class SulfurPlateaus:
    """Plateaus of the chosen discharges; ``why_not`` says why there are none at all."""

    found: tuple[Plateaus, ...]
    cell: CellContext
    why_not: str = ""
    warnings: tuple[str, ...] = field(default=())


def sulfur_plateaus(record: CyclingRecord, options: Options | None = None) -> SulfurPlateaus:
    """Upper and lower plateau of chosen discharges of a sulfur cell.

    Only for cells that are said to start with a discharge: sulfur is built charged.

    Raises
    ------
    BadInputError
        If the cell is of another kind.

    References
    ----------
    A quarter and three quarters of the charge: Shen, Andrei and Zheng 2019, doi:10.1021/acsaem.9b00524.

    Examples
    --------
    >>> q = np.linspace(0.0, 4.0, 400)
    >>> down = 2.1 + 0.115 * (1 - np.tanh((q - 1.0) / 0.05)) - 0.005 * q
    >>> cell = CellContext("full", starts="discharge", mass_mg=3.0)
    >>> current = np.repeat([-1e-3, 1e-3], 400)
    >>> volt = np.concatenate([down, down[::-1] + 0.1])
    >>> record = CyclingRecord(36.0 * np.arange(800.0), volt, current, source="one", cell=cell)
    >>> (one,) = sulfur_plateaus(record).found
    >>> round(one.upper_mAh, 1), round(one.lower_mAh, 1)
    (1.0, 3.0)
    """
    options = options or Options()
    cell = record.cell
    if cell is None or cell.kind not in KINDS:
        kind = "a cell nobody described" if cell is None else f"a cell of kind {cell.kind!r}"
        raise BadInputError(record.source, kind, f"a cell of kind {' or '.join(KINDS)} (--cell kind=full)")
    if cell.starts != "discharge":
        return SulfurPlateaus((), cell, NO_SULFUR)
    low, high = float(record.voltage_volt.min()), float(record.voltage_volt.max())
    if low < WINDOW_V[0] or high > WINDOW_V[1]:
        why = (
            f"the voltage goes from {low:.3g} to {high:.3g} V, sulfur stays within {WINDOW_V[0]:g} to {WINDOW_V[1]:g} V"
        )
        return SulfurPlateaus((), cell, why)
    try:
        every = cycles(record)
    except BadInputError as error:
        return SulfurPlateaus((), cell, f"found {error.found}, want {error.wanted}")
    numbers, words = chosen_cycles(options.cycles, every, f"{NAME}.cycles")
    places = np.searchsorted(every.number, numbers)
    found = tuple(
        plateaus(profile(record, every.runs, int(every.discharge[at]), number), options.significance)
        for at, number in zip(places, numbers, strict=True)
    )
    why = ""
    if not numbers:
        why = "none of the cycles asked for is there and complete"
    elif all(one.why_not for one in found):
        why = found[0].why_not
    return SulfurPlateaus(found, cell, why, (*every.warnings, *words))


def tell(result: SulfurPlateaus) -> Findings:
    """Say the result to the ledger and the report."""
    if result.why_not == NO_SULFUR:
        return Findings()  # an ordinary full cell lacks nothing
    if result.why_not:
        return Findings(warnings=result.warnings, not_computed=(("plateaus of sulfur", result.why_not),))
    told = [one for one in result.found if not one.why_not]
    ends = told if len(told) < 3 else [told[0], told[-1]]
    numbers = [number for one in ends for number in _numbers(one, result.cell)]
    not_computed = tuple(
        (f"plateaus of sulfur in cycle {one.cycle}", one.why_not) for one in result.found if one.why_not
    )
    return Findings(tuple(numbers), (_plot(told),), (_table(told, result.cell),), result.warnings, not_computed)


def _numbers(one: Plateaus, cell: CellContext) -> list[Number]:
    at = (("cycle", float(one.cycle)),)
    where = "at the dip" if one.by_dip else "where the voltage falls steepest"
    note = f"discharge of cycle {one.cycle}, boundary {where}"
    std = one.boundary_mAh_std
    ratio = one.lower_mAh / one.upper_mAh
    ratio_std = ratio * std * (1 / one.upper_mAh + 1 / one.lower_mAh)
    theory = f"complete reaction: {LOWER_THEORY_MAH_G / UPPER_THEORY_MAH_G:.3g}"
    found = [
        Number("upper_plateau_capacity", one.upper_mAh, std, note, at),
        Number("lower_plateau_capacity", one.lower_mAh, std, f"{note}; to the end of the discharge", at),
        Number("plateau_ratio", ratio, ratio_std, f"{note}; {theory}", at),
        Number("upper_plateau_voltage", one.upper_V, None, note, at),
        Number("lower_plateau_voltage", one.lower_V, None, f"{note}; to the end of the discharge", at),
    ]
    if np.isfinite(one.dip_V):
        depth = f"{1e3 * one.dip_depth_V:.3g} mV below the lower plateau"
        found.append(Number("dip_voltage", one.dip_V, None, f"{note}; {depth}", at))
    if cell.mass_mg is not None:
        gram = cell.mass_mg / MG_PER_G
        for which, amount, theory_mAh_g in (
            ("upper", one.upper_mAh, UPPER_THEORY_MAH_G),
            ("lower", one.lower_mAh, LOWER_THEORY_MAH_G),
        ):
            part = 100 * amount / gram / theory_mAh_g
            words = f"{note}; {part:.3g} % of {theory_mAh_g:.4g} mAh/g, if the mass is that of sulfur"
            found.append(Number(f"specific_{which}_plateau_capacity", amount / gram, std / gram, words, at))
    return found


def _plot(told: list[Plateaus]) -> Plot:
    x = np.array([float(one.cycle) for one in told])
    std = np.array([one.boundary_mAh_std for one in told])
    series = tuple(
        Series(x, np.array([getattr(one, f"{which}_mAh") for one in told]), f"{which} plateau", "line+points", std)
        for which in ("upper", "lower")
    )
    return Plot(
        "sulfur_plateaus",
        "Plateaus of the sulfur cell",
        Axis("cycle", "1"),
        Axis("capacity", "mAh"),
        series,
        "Charge of the discharge before and after the boundary between the plateaus.",
    )


def _table(told: list[Plateaus], cell: CellContext) -> Table:
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = {
        "cycle": ("1", [one.cycle for one in told]),
    }
    for key, unit, name in (
        ("upper_capacity", "mAh", "upper_mAh"), ("lower_capacity", "mAh", "lower_mAh"),
        ("boundary_std", "mAh", "boundary_mAh_std"), ("upper_voltage", "V", "upper_V"),
        ("lower_voltage", "V", "lower_V"), ("dip_voltage", "V", "dip_V"), ("dip_depth", "V", "dip_depth_V"),
    ):  # fmt: skip
        columns[key] = (unit, [float(getattr(one, name)) for one in told])
    if cell.mass_mg is not None:
        for which in ("upper", "lower"):
            columns[f"{which}_specific_capacity"] = (
                "mAh/g",
                [float(getattr(one, f"{which}_mAh")) * MG_PER_G / cell.mass_mg for one in told],
            )
    return Table("sulfur_plateaus", columns)


PLUGIN = Analysis(
    title="plateaus of a lithium-sulfur cell",
    takes=CyclingRecord,
    cells=KINDS,
    analyse=sulfur_plateaus,
    tell=tell,
    options=Options,
    sources=("Shen, Andrei and Zheng 2019, doi:10.1021/acsaem.9b00524: three quarters in the lower plateau",),
)
