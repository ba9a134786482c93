"""Rate test: the ladder of currents is recognised; capacity at every rate, against the lowest, and at return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings, Number
from limetal.analyses.capacity_fade import returned_capacity
from limetal.cycling.cycles import Cycles, cycles
from limetal.cycling.like import centre_and_std, cycles_in_words
from limetal.cycling.rate_levels import Levels, ladder, levels
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Plot, Series, Span, Table
from limetal.physics.constants import MG_PER_G
from limetal.records.cycling import CyclingRecord

__all__ = ["Options", "RateBlock", "RateCapability", "rate_capability"]

#: No cell gives more than this percentage of its capacity at the lowest rate at a higher one: such cycles are pulses.
MOST_RETENTION = 200.0
#: More than this percentage is told: a cell that still activates, or cycles that are cut short.
ODD_RETENTION = 105.0
#: Rates whose capacities differ by less than this part are limited by charge, not by the cell.
SAME_CHARGE = 0.002

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Varies = Literal["discharge", "charge", "charge and discharge"]


@dataclass(frozen=True)
class Options:
    """Choices that change the number.

    Attributes
    ----------
    same_current
        Currents within this part of each other are one rate.
    fewest_rates
        A rate test has at least so many.
    fewest_cycles
        Shorter blocks of cycles at one rate are left out.
    longest_block
        A longer block is cycling at one rate and ends the rate test.
    of
        ``"returned"`` (discharge; charge in a half cell that begins with discharge), ``"discharge"`` or ``"charge"``.
    """

    same_current: float = 0.05
    fewest_rates: int = 3
    fewest_cycles: int = 2
    longest_block: int = 30
    of: str = "returned"

    def __post_init__(self) -> None:
        """Refuse what is no choice."""
        where = "analyses.rate_capability"
        if not 0 <= self.same_current < 0.5:
            raise BadInputError(f"{where}.same_current", repr(self.same_current), "a part from 0 to below 0.5")
        for name, least in (("fewest_rates", 2), ("fewest_cycles", 1), ("longest_block", 1)):
            if getattr(self, name) < least:
                raise BadInputError(f"{where}.{name}", repr(getattr(self, name)), f"{least} or more")
        if self.longest_block < self.fewest_cycles:
            raise BadInputError(f"{where}.longest_block", repr(self.longest_block), "at least fewest_cycles")
        if self.of not in {"returned", "discharge", "charge"}:
            raise BadInputError(f"{where}.of", repr(self.of), "'returned', 'discharge' or 'charge'")


@dataclass(frozen=True, eq=False)
class RateBlock:
    """Consecutive cycles at one rate.

    Attributes
    ----------
    number : (n,) int
        Cycle numbers.
    charge_mA, discharge_mA
        Median currents.
    capacity_mAh, spread_mAh, std_mAh
        Median of the cycles, 1.4826 times the median deviation from it, and the standard error of the median
        (None for fewer than three cycles, or without spread).
    rate_retention
        Percent of the capacity of the first block at the lowest rate.
    recovery
        Percent of the first block at the same rate; None if this is the first one.
    """

    number: Integers
    charge_mA: float
    discharge_mA: float
    capacity_mAh: float
    spread_mAh: float
    std_mAh: float | None
    rate_retention: float
    recovery: float | None


@dataclass(frozen=True, eq=False)
class RateCapability:
    """The rate test of a record, in order of time; no blocks if there is none.

    Attributes
    ----------
    blocks
        Of cycles at one rate.
    varies
        Which current the rates differ in.
    way
        ``discharge`` or ``charge``: which capacity.
    """

    blocks: tuple[RateBlock, ...]
    varies: Varies
    way: Literal["discharge", "charge"]
    all_number: Integers
    all_capacity_mAh: Floats
    levels: Levels
    found: Cycles
    record: CyclingRecord
    options: Options

    def rate_mA(self, block: RateBlock) -> float:
        """The current that is the rate of a block: of the discharge, unless only the charge varies."""
        return block.charge_mA if self.varies == "charge" else block.discharge_mA


def rate_capability(record: CyclingRecord, options: Options | None = None) -> RateCapability:
    """Capacity at each rate of a rate test.

    Cycles are sorted by the currents of both directions and the voltage window; a rate test is a stretch of short
    blocks of at least three levels (`limetal.cycling.rate_levels.ladder`).

    Parameters
    ----------
    record
        Of a full, half or anode-free cell, with current.
    options
        See `Options`.

    Raises
    ------
    BadInputError
        If nobody said what cell this is, or no cycle is complete.

    References
    ----------
    The table is the one in use; no standard defines it.

    Examples
    --------
    Two cycles each at 1, 2 and 4 mA, and back, with 2, 1.8, 1.5 and 1.98 mAh:

    >>> from limetal.records.cells import CellContext
    >>> mA, mAh = np.repeat([1.0, 2.0, 4.0, 1.0], 4), np.repeat([2.0, 1.8, 1.5, 1.98], 4)
    >>> ends = 3600 * np.cumsum(mAh / mA)
    >>> t = np.sort(np.concatenate([[0.0], ends, ends[:-1] + 1e-3]))
    >>> sign = np.repeat(np.tile([1, -1], 8), 2)
    >>> cell = CellContext("full")
    >>> test = CyclingRecord(t, 3.8 + 0.2 * sign, 1e-3 * sign * np.repeat(mA, 2), source="rates", cell=cell)
    >>> found = rate_capability(test)
    >>> [(round(found.rate_mA(b), 2), round(b.rate_retention, 1)) for b in found.blocks]
    [(1.0, 100.0), (2.0, 90.0), (4.0, 75.0), (1.0, 99.0)]
    >>> round(found.blocks[-1].recovery, 1)
    99.0
    """
    options = options or Options()
    found = cycles(record)
    capacity, way = returned_capacity(record, found, options.of)
    sorted_ = levels(found, options.same_current)
    steps = ladder(
        sorted_.label,
        fewest_levels=options.fewest_rates,
        fewest_cycles=options.fewest_cycles,
        longest_block=options.longest_block,
    )
    used = sorted({step.level for step in steps})
    varies = _varies(sorted_.charge_mA[used], sorted_.discharge_mA[used], options.same_current)
    size = sorted_.charge_mA if varies == "charge" else sorted_.discharge_mA
    medians = [float(np.median(capacity[step.cycles])) for step in steps]
    lowest = min(range(len(steps)), key=lambda k: (size[steps[k].level], k), default=0)
    blocks = []
    for k, step in enumerate(steps):
        centre, spread, std = centre_and_std(capacity[step.cycles])
        first = next(j for j in range(k + 1) if steps[j].level == step.level)
        blocks.append(
            RateBlock(
                number=found.number[step.cycles],
                charge_mA=float(sorted_.charge_mA[step.level]),
                discharge_mA=float(sorted_.discharge_mA[step.level]),
                capacity_mAh=centre,
                spread_mAh=spread,
                std_mAh=std,
                rate_retention=100 * centre / medians[lowest] if medians[lowest] > 0 else 0.0,
                recovery=100 * centre / medians[first] if first < k and medians[first] > 0 else None,
            )
        )
    return RateCapability(tuple(blocks), varies, way, found.number, capacity, sorted_, found, record, options)


def _varies(charge_mA: Floats, discharge_mA: Floats, same: float) -> Varies:
    def changes(size: Floats) -> bool:
        return size.size > 0 and float(size.max()) > float(size.min()) * (1 + same)

    if changes(charge_mA) and changes(discharge_mA):
        return "charge and discharge"
    return "charge" if changes(charge_mA) else "discharge"


def tell(result: RateCapability) -> Findings:
    """Say the result to the ledger and the report."""
    if not result.blocks:
        options = result.options
        why = (
            f"no rate test: no stretch of blocks of {options.fewest_cycles} to {options.longest_block} cycles at "
            f"{options.fewest_rates} or more rates"
        )
        return Findings(not_computed=(("rate capability", why),))
    largest = max(block.rate_retention for block in result.blocks)
    if largest > MOST_RETENTION:
        why = (
            f"cycles at a higher rate move {largest / 100:.3g} times the charge of those at the lowest: no full cycles"
        )
        return Findings(not_computed=(("rate capability", why),))
    cell = result.record.cell
    missing = []
    if cell is None or cell.nominal_capacity_mAh is None:
        missing.append(("C rates", "the capacity that C rates count is not given (capacity='2 mAh')"))
    if cell is None or cell.area_cm2 is None:
        missing.append(("current densities", "the electrode area is not given (area='1.13 cm2')"))
    numbers = [number for block in result.blocks for number in _numbers(result, block)]
    plots = (_plot_cycles(result), _plot_rates(result))
    return Findings(tuple(numbers), plots, (_table(result),), tuple(_warnings(result)), tuple(missing))


def _warnings(result: RateCapability) -> list[str]:
    words = list(result.found.warnings)
    capacities = np.array([block.capacity_mAh for block in result.blocks])
    largest = max(result.blocks, key=lambda block: block.rate_retention)
    if float(np.ptp(capacities)) < SAME_CHARGE * float(capacities.max()):
        words.append("all rates move the same charge: the test limits it, and this is no rate capability")
    elif largest.rate_retention > ODD_RETENTION:
        words.append(
            f"{cycles_in_words(largest.number - 1)} give {largest.rate_retention:.4g} % of the capacity at the lowest "
            "rate: the cell still activates, or cycles are cut short"
        )
    return words


def _rate_words(result: RateCapability, block: RateBlock) -> str:
    """The rate as it stands in a picture: a C rate, a current density, or a current."""
    cell, size = result.record.cell, result.rate_mA(block)
    if cell is not None and cell.nominal_capacity_mAh is not None:
        return f"{size / cell.nominal_capacity_mAh:.2g}C"
    if cell is not None and cell.area_cm2 is not None:
        return f"{size / cell.area_cm2:.3g} mA/cm2"
    return f"{size:.3g} mA"


def _conditions(result: RateCapability, block: RateBlock) -> tuple[tuple[str, float | str], ...]:
    cell, size = result.record.cell, result.rate_mA(block)
    if cell is not None and cell.nominal_capacity_mAh is not None:
        return (("c_rate", float(f"{size / cell.nominal_capacity_mAh:.3g}")),)
    if cell is not None and cell.area_cm2 is not None:
        return (("current_density", float(f"{size / cell.area_cm2:.4g}")),)
    return ()


def _capacity_names(result: RateCapability) -> list[tuple[str, str, float]]:
    """Name, unit and divisor of every way in which capacity can be told."""
    cell = result.record.cell
    names = [(f"{result.way}_capacity", "mAh", 1.0)]
    if cell is not None and cell.mass_mg is not None:
        names.append((f"specific_{result.way}_capacity", "mAh/g", cell.mass_mg / MG_PER_G))
    if cell is not None and cell.area_cm2 is not None:
        names.append((f"areal_{result.way}_capacity", "mAh/cm2", cell.area_cm2))
    return names


def _numbers(result: RateCapability, block: RateBlock) -> list[Number]:
    at = _conditions(result, block)
    where = cycles_in_words(block.number - 1)
    rate = f"{result.varies} at {result.rate_mA(block):.4g} mA"
    unlike = abs(block.charge_mA - block.discharge_mA) > result.options.same_current * block.discharge_mA
    if result.varies != "charge and discharge":
        other = "charge" if result.varies == "discharge" else "discharge"
        fixed = block.charge_mA if other == "charge" else block.discharge_mA
        rate += f", {other} at {fixed:.4g} mA"
    elif unlike:  # both vary, and are not alike: the rate is that of the discharge
        rate = f"discharge at {block.discharge_mA:.4g} mA, charge at {block.charge_mA:.4g} mA"
    back = "; back at this rate" if block.recovery is not None else ""
    numbers = []
    for name, unit, divisor in _capacity_names(result):
        std = None if block.std_mAh is None else block.std_mAh / divisor
        note = f"median of {where}; {rate}{back}; spread between cycles {block.spread_mAh / divisor:.2g} {unit}"
        numbers.append(Number(name, block.capacity_mAh / divisor, std, note, at))
    note = f"{where} over the first block at the lowest rate; {rate}{back}"
    numbers.append(Number("rate_retention", block.rate_retention, None, note, at))
    if block.recovery is not None:
        note = f"{where} over the first block at this rate; {rate}"
        numbers.append(Number("rate_recovery", block.recovery, None, note, at))
    return numbers


def _axis(result: RateCapability) -> tuple[float, Axis]:
    names = _capacity_names(result)
    name, unit, divisor = names[1] if len(names) > 1 else names[0]
    largest = max(b.capacity_mAh for b in result.blocks) / divisor
    return divisor, Axis(name.replace("_", " "), unit, low=0.0, high=1.1 * largest if largest > 0 else None)


def _plot_cycles(result: RateCapability) -> Plot:
    divisor, axis = _axis(result)
    first, last = result.blocks[0].number[0], result.blocks[-1].number[-1]
    shown = (result.all_number >= first) & (result.all_number <= last)
    x = result.all_number[shown].astype(float)
    spans = tuple(
        Span(float(b.number[0]) - 0.5, float(b.number[-1]) + 0.5, _rate_words(result, b)) for b in result.blocks
    )
    caption = f"{result.way.capitalize()} capacity of every cycle of the rate test; above, the rate ({result.varies})."
    series = (Series(x, result.all_capacity_mAh[shown] / divisor, "", "points"),)
    return Plot("rate_cycles", "Rate test", Axis("cycle", "1"), axis, series, caption, overlay=0, spans=spans)


def _plot_rates(result: RateCapability) -> Plot:
    divisor, axis = _axis(result)
    cell = result.record.cell
    label, unit, per = f"{result.varies} current", "mA", 1.0
    if cell is not None and cell.nominal_capacity_mAh is not None:
        label, unit, per = f"{result.varies} rate", "1/h", cell.nominal_capacity_mAh
    elif cell is not None and cell.area_cm2 is not None:
        label, unit, per = f"{result.varies} current density", "mA/cm2", cell.area_cm2
    series = []
    for name, blocks in (
        ("first visit", [b for b in result.blocks if b.recovery is None]),
        ("back", [b for b in result.blocks if b.recovery is not None]),
    ):
        if blocks:
            blocks = sorted(blocks, key=result.rate_mA)
            x = np.array([result.rate_mA(b) for b in blocks]) / per
            y = np.array([b.capacity_mAh for b in blocks]) / divisor
            spread = np.array([b.spread_mAh for b in blocks]) / divisor
            series.append(Series(x, y, name, "line+points" if name == "first visit" else "points", y_std=spread))
    caption = "Median capacity of the cycles at each rate; bars: spread between cycles."
    return Plot(
        "rate_capability",
        "Rate capability",
        Axis(label, unit, scale="log"),
        axis,
        tuple(series),
        caption,
        overlay=0,
    )


def _table(result: RateCapability) -> Table:
    blocks, cell = result.blocks, result.record.cell
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = {
        "first_cycle": ("1", [int(b.number[0]) for b in blocks]),
        "last_cycle": ("1", [int(b.number[-1]) for b in blocks]),
        "cycles": ("1", [int(b.number.size) for b in blocks]),
        "charge_current": ("mA", [b.charge_mA for b in blocks]),
        "discharge_current": ("mA", [b.discharge_mA for b in blocks]),
    }
    if cell is not None and cell.area_cm2 is not None:
        columns["charge_current_density"] = ("mA/cm2", [b.charge_mA / cell.area_cm2 for b in blocks])
        columns["discharge_current_density"] = ("mA/cm2", [b.discharge_mA / cell.area_cm2 for b in blocks])
    if cell is not None and cell.nominal_capacity_mAh is not None:
        columns["charge_c_rate"] = ("1/h", [b.charge_mA / cell.nominal_capacity_mAh for b in blocks])
        columns["discharge_c_rate"] = ("1/h", [b.discharge_mA / cell.nominal_capacity_mAh for b in blocks])
    for name, unit, divisor in _capacity_names(result):
        columns[name] = (unit, [b.capacity_mAh / divisor for b in blocks])
        columns[f"{name}_spread"] = (unit, [b.spread_mAh / divisor for b in blocks])
    columns["rate_retention"] = ("%", [b.rate_retention for b in blocks])
    columns["rate_recovery"] = ("%", ["" if b.recovery is None else b.recovery for b in blocks])
    return Table("rate_capability", columns)


PLUGIN = Analysis(
    title="rate capability: capacity at every rate of a rate test, against the lowest, and at return",
    takes=CyclingRecord,
    cells=("full", "half", "anode-free"),
    analyse=rate_capability,
    tell=tell,
    options=Options,
    sources=("the table in use: capacity at each rate over that at the lowest (docs: rate capability)",),
)
