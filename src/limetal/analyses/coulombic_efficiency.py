"""Coulombic efficiency of lithium plating and stripping on a collector, per cycle, as means, and over a reservoir."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings, Number
from limetal.analyses._copper_plots import cycle_table, plot_cycles, plot_profiles, plot_reservoir, reservoir_table
from limetal.cycling.cycles import counted_from
from limetal.cycling.efficiency import MeanEfficiency, alike, mean_efficiency, outliers
from limetal.cycling.like import cycles_in_words
from limetal.cycling.plating import Plating, PlatingDirection, plating
from limetal.cycling.reservoir import Reservoir, reservoirs
from limetal.errors import BadInputError
from limetal.records.cycling import CyclingRecord

__all__ = ["CoulombicEfficiency", "Level", "Options", "coulombic_efficiency"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Cycles whose currents, and in Li|Cu cells plated charges, are within this part of each other make one level.
SAME = 0.05
#: A cycle is above 100 % if it is so by this many standard uncertainties of its charge resolution.
BEYOND = 3.0
UNKNOWN_CHARGE = (
    "the recording pauses there, or a stripping is so small beside the platings around it that it was taken for a pulse"
)


@dataclass(frozen=True)
class Options:
    """Choices that change the number.

    Attributes
    ----------
    plating
        Sign of the current that plates: ``positive``, ``negative``, or ``auto``: found from the direction that ends
        at a large |voltage|, which strips.
    cutoff_V
        |Voltage| at which stripping ends; 0: found from the record.
    settled_from
        The means count cycles from this one on: the first ones form films.
    """

    plating: str = "auto"
    cutoff_V: float = 0.0
    settled_from: int = 2

    def __post_init__(self) -> None:
        """Refuse what is no choice."""
        where = "analyses.coulombic_efficiency"
        if self.plating not in get_args(PlatingDirection):
            raise BadInputError(
                f"{where}.plating", repr(self.plating), f"one of {', '.join(get_args(PlatingDirection))}"
            )
        if not (np.isfinite(self.cutoff_V) and self.cutoff_V >= 0):
            raise BadInputError(f"{where}.cutoff_V", repr(self.cutoff_V), "a |voltage|, or 0 to find it")
        if self.settled_from < 1:
            raise BadInputError(f"{where}.settled_from", repr(self.settled_from), "a cycle, from 1 on")


@dataclass(frozen=True, eq=False)
class Level:
    """Regular cycles of one current and plated charge, and their means; ``mean`` is None where they are unlike."""

    blocks: Integers
    mean: MeanEfficiency | None
    outside: Integers
    without: MeanEfficiency | None


@dataclass(frozen=True, eq=False)
class CoulombicEfficiency:
    """What plating and stripping gave.

    Attributes
    ----------
    found
        Platings, strippings, and the blocks between finished strippings.
    initial
        Block of the first plating on bare copper if it is an ordinary cycle, else -1.
    above
        Blocks with an efficiency above 100 % beyond charge resolution.
    levels
        Means of the regular cycles, by current and plated charge.
    reservoirs
        Reservoir protocols.
    """

    found: Plating
    initial: int
    above: Integers
    levels: tuple[Level, ...]
    reservoirs: tuple[Reservoir, ...]
    options: Options


def coulombic_efficiency(record: CyclingRecord, options: Options | None = None) -> CoulombicEfficiency:
    """Coulombic efficiency of plating and stripping: stripped over plated charge of every cycle.

    Only strippings that end at the cut-off voltage count, because only then all lithium that can be stripped is. Where
    stripping is limited by charge, the ratio would be the one that was set, and none is given. Stretches with partial
    strippings are reservoir protocols.

    Parameters
    ----------
    record
        Of a Li|Cu or anode-free cell, with current.
    options
        See `Options`.

    Raises
    ------
    BadInputError
        If the record is of another cell or has no current.

    References
    ----------
    Adams et al., Adv. Energy Mater. 8, 1702097 (2018), doi:10.1002/aenm.201702097; Xiao et al., Nat. Energy 5, 561
    (2020), doi:10.1038/s41560-020-0648-z.

    Examples
    --------
    One hour of plating, 0.975 h of stripping that ends at 1 V, three times:

    >>> from limetal.records.cells import CellContext
    >>> t = np.arange(0.0, 3 * 7110.0, 10.0)
    >>> part = t % 7110.0
    >>> strips = part >= 3600
    >>> v = np.where(strips, np.where(part > 7090, 1.0, 0.05), -0.05)
    >>> record = CyclingRecord(t, v, np.where(strips, 1e-3, -1e-3), source="three", cell=CellContext("copper"))
    >>> result = coulombic_efficiency(record)
    >>> result.found.blocks.efficiency.round(3).tolist()
    [0.978, 0.975, 0.975]
    """
    options = options or Options()
    found = plating(record, cast("PlatingDirection", options.plating), options.cutoff_V)
    blocks = found.blocks
    std = np.hypot(blocks.std_random, blocks.std_common)
    above = np.flatnonzero(blocks.cycles & (blocks.stripped_mAh > blocks.plated_mAh * (1 + BEYOND * std)))
    real = np.flatnonzero(~blocks.forming)
    initial = -1
    if real.size and blocks.cycles[real[0]] and found.runs.sign[0] == found.sign and _began(found) == 1:
        initial = int(real[0])
    return CoulombicEfficiency(
        found=found,
        initial=initial,
        above=above,
        levels=_levels(found, options.settled_from),
        reservoirs=reservoirs(found),
        options=options,
    )


def _began(found: Plating) -> int:
    """Count of the instrument in the first plating; above 1 where the record goes on with a test."""
    counts = found.record.cycle_count
    return 1 if counts is None else counted_from(counts[found.runs.first[found.platings]])


def _levels(found: Plating, settled_from: int) -> tuple[Level, ...]:
    """Regular cycles, grouped by current and plated charge, in order of appearance."""
    blocks, runs = found.blocks, found.runs
    regular = np.flatnonzero(blocks.cycles & (blocks.number >= settled_from))
    copper = found.record.cell is not None and found.record.cell.kind == "copper"
    keys = np.column_stack(
        [
            runs.mean_current_mA[blocks.first[regular]],
            runs.mean_current_mA[blocks.last[regular]],
            blocks.plated_mAh[regular] if copper else np.ones(regular.size),
        ]
    )
    groups: list[list[int]] = []
    for k, key in enumerate(keys):
        for group in groups:
            if np.all(np.abs(key - keys[group[0]]) <= SAME * keys[group[0]]):
                group.append(k)
                break
        else:
            groups.append([k])
    return tuple(_level(found, regular[np.array(group)]) for group in groups)


def _level(found: Plating, which: Integers) -> Level:
    blocks = found.blocks
    ratio = blocks.efficiency[which]
    std = np.hypot(blocks.std_random, blocks.std_common)[which]
    outside = outliers(ratio) | (ratio > 1 + BEYOND * std)

    def mean(chosen: Integers) -> MeanEfficiency:
        return mean_efficiency(
            blocks.plated_mAh[chosen], blocks.stripped_mAh[chosen], blocks.std_random[chosen], blocks.std_common[chosen]
        )

    inside = which[~outside]
    return Level(
        blocks=which,
        mean=mean(which) if alike(ratio) else None,
        outside=which[outside],
        without=mean(inside) if outside.any() and inside.size else None,
    )


def tell(result: CoulombicEfficiency) -> Findings:
    """Say the result to the ledger and the report."""
    found = result.found
    numbers = [Number("plating_direction", found.how)] if found.sign else []
    if not found.sign:
        why = f"{found.how}; say it with the option plating=positive or plating=negative"
        return Findings(tuple(numbers), warnings=found.warnings, not_computed=(("coulombic_efficiency", why),))
    blocks = found.blocks
    if found.cutoff_V is not None and not found.limited:
        numbers.append(Number("cutoff_voltage", found.cutoff_V, None, "|voltage| at which stripping ends; median"))
    if not blocks.count:
        return Findings(tuple(numbers), warnings=found.warnings, not_computed=(("coulombic_efficiency", "no plating"),))
    numbers.append(Number("complete_cycles", float(blocks.cycles.sum()), note="plated, then stripped to the cut-off"))
    told, not_computed = _single_cycles(result)
    numbers += told
    warnings = [*found.warnings, *_doubts(result)]
    for level in result.levels:
        more, missing, words = _means(result, level)
        numbers, not_computed = numbers + more, not_computed + missing
        warnings += words
    for item in result.reservoirs:
        numbers += _reservoir_numbers(result, item)
        warnings += _reservoir_doubts(item)
    plots = [plot_cycles(found)] if np.sum(blocks.partial == 0) > 1 else []
    # of an anode-free cell the voltage profiles draw the same
    profiles = plot_profiles(found) if _own_capacities(result) else None
    plots += [profiles] if profiles is not None else []
    plots += [plot_reservoir(found, item) for item in result.reservoirs[:1]]
    tables = [cycle_table(found), *(reservoir_table(found, item) for item in result.reservoirs[:1])]
    return Findings(tuple(numbers), tuple(plots), tuple(tables), tuple(warnings), tuple(not_computed))


def _own_capacities(result: CoulombicEfficiency) -> bool:
    """Whether plated and stripped charges are told here; of an anode-free cell they are the capacities."""
    cell = result.found.record.cell
    return cell is None or cell.kind != "anode-free"


def _of_charge(std: float) -> str:
    """Words for an error that is of charge resolution; a set current of few digits cancels, and leaves none."""
    return "std from charge resolution alone" if std > 0 else "the resolution of the charge cancels"


def _of_lithium(result: CoulombicEfficiency) -> str:
    """Words that part an anode-free cell, whose efficiency has two electrodes in it, from Li|Cu."""
    cell = result.found.record.cell
    if cell is not None and cell.kind == "anode-free":
        return "; of the whole cell, losses of the positive electrode included"
    return ""


def _single_cycles(result: CoulombicEfficiency) -> tuple[list[Number], list[tuple[str, str]]]:
    """Charges and efficiency of the first and last cycle, the initial efficiency, and why where there is none."""
    found, blocks = result.found, result.found.blocks
    cell = found.record.cell
    std = 100 * np.hypot(blocks.std_random, blocks.std_common)
    numbers: list[Number] = []
    missing: list[tuple[str, str]] = []
    if found.limited:
        missing.append(("coulombic_efficiency", f"{found.limited}: the ratio would be the one that was set"))
    elif not blocks.finished.any():
        why = "no stripping ends at a cut-off voltage: how much lithium was left is not known"
        missing.append(("coulombic_efficiency", why))
    ordinary = np.flatnonzero(blocks.partial == 0)
    shown = {int(ordinary[-1]): "the last", int(ordinary[0]): "the first"} if ordinary.size > 1 else {}
    shown = (
        dict.fromkeys((int(k) for k in ordinary), "the only one") if ordinary.size == 1 else dict(sorted(shown.items()))
    )
    for k, which in shown.items():
        at = (("cycle", float(blocks.number[k])),)
        note = f"cycle {blocks.number[k]}, {which}"
        moved = (("plated", blocks.plated_mAh), ("stripped", blocks.stripped_mAh)) if _own_capacities(result) else ()
        for way, values in moved:
            numbers.append(Number(f"{way}_capacity", float(values[k]), None, note, at))
            if cell is not None and cell.area_cm2 is not None:
                numbers.append(Number(f"areal_{way}_capacity", float(values[k] / cell.area_cm2), None, note, at))
        if blocks.cycles[k]:
            words = f"{note}: stripped over plated; {_of_charge(float(std[k]))}{_of_lithium(result)}"
            numbers.append(Number("coulombic_efficiency", 100 * float(blocks.efficiency[k]), float(std[k]), words, at))
        elif blocks.finished.any():
            why = "the voltage stayed above that of lithium" if blocks.forming[k] else "its stripping did not reach"
            why += "" if blocks.forming[k] else " the cut-off"
            missing.append((f"coulombic_efficiency of cycle {blocks.number[k]}", why))
    numbers += _initial(result)
    if result.initial < 0 and blocks.finished.any():
        missing.append(("initial_coulombic_efficiency", _why_no_initial(result)))
    return numbers, missing


def _initial(result: CoulombicEfficiency) -> list[Number]:
    k, blocks = result.initial, result.found.blocks
    if k < 0:
        return []
    std = 100 * float(np.hypot(blocks.std_random[k], blocks.std_common[k]))
    note = f"cycle {blocks.number[k]}, the first on the bare collector; {_of_charge(std)}{_of_lithium(result)}"
    if blocks.above_mAh[k] > 0:
        note += f"; {blocks.above_mAh[k]:.3g} mAh of the plated charge flowed above 0 V of lithium (films, oxides)"
    return [Number("initial_coulombic_efficiency", 100 * float(blocks.efficiency[k]), std, note)]


def _why_no_initial(result: CoulombicEfficiency) -> str:
    found = result.found
    if (began := _began(found)) > 1:
        return f"the instrument counts {began} in the first plating of the record: it goes on with a test"
    if found.runs.sign[0] != found.sign:
        return "the test begins with stripping: its first plating is not on a bare collector"
    if found.blocks.partial[0] > 0:
        return "the first plating is the reservoir: no cycle conditions the copper before it"
    return "the first cycle did not end at the cut-off"


def _doubts(result: CoulombicEfficiency) -> list[str]:
    blocks = result.found.blocks
    words = []
    if result.above.size:
        worst = result.above[np.argmax(blocks.efficiency[result.above])]
        words.append(
            f"the coulombic efficiency is above 100 % by more than {BEYOND:g} standard uncertainties of the charge in "
            f"{cycles_in_words(blocks.number[result.above] - 1)} (up to {100 * blocks.efficiency[worst]:.4g} %): "
            "lithium left from cycles before was stripped, or a soft short circuit let current pass in plating"
        )
    if blocks.forming.any():
        words.append(
            f"{int(blocks.forming.sum())} cycles never come below 0 V of lithium: they form films and plate nothing, "
            "and are left out of all efficiencies"
        )
    if result.found.resolution.open_ends:
        words.append(
            f"{result.found.resolution.open_ends} ends of steps lie between two rows: their charge is known only to "
            "the interval, which is in the standard uncertainties"
        )
    cell = result.found.record.cell
    open_blocks = ~blocks.finished & (np.arange(blocks.count) < blocks.count - 1)
    if open_blocks.any():
        where = cycles_in_words(blocks.number[open_blocks] - 1)
        words.append(f"no efficiency for {where}: {UNKNOWN_CHARGE}")
    if cell is not None and cell.kind == "copper" and not blocks.finished[-1] and blocks.finished.any():
        words.append(f"the record ends before the stripping of cycle {blocks.number[-1]} reaches the cut-off")
    return words


def _means(result: CoulombicEfficiency, level: Level) -> tuple[list[Number], list[tuple[str, str]], list[str]]:
    """Three means of one level, or why there is none, and warnings."""
    blocks, runs = result.found.blocks, result.found.runs
    which = cycles_in_words(blocks.number[level.blocks] - 1)
    k = int(level.blocks[0])
    cell = result.found.record.cell
    current, charge = float(runs.mean_current_mA[blocks.first[k]]), float(blocks.plated_mAh[k])
    at: tuple[tuple[str, float | str], ...] = ()
    if cell is not None and cell.area_cm2 is not None:
        at = (("current_density", float(f"{current / cell.area_cm2:.4g}")),)
        if cell.kind == "copper":
            at = (*at, ("cycled_capacity", float(f"{charge / cell.area_cm2:.4g}")))
    mean = level.mean
    if mean is None:
        low, high = 100 * blocks.efficiency[level.blocks].min(), 100 * blocks.efficiency[level.blocks].max()
        why = f"{which} are unlike, from {low:.4g} to {high:.4g} %: a mean would be the efficiency of no cycle"
        return [], [("mean_coulombic_efficiency", why)], []
    words = []
    if level.outside.size and level.without is not None:
        words.append(
            f"{cycles_in_words(blocks.number[level.outside] - 1)} lie more than 10 percentage points from the median "
            f"or above 100 %; without them the arithmetic mean of {which} is {100 * level.without.arithmetic:.4g} %"
        )
    larger, smaller = (round(x, 9) for x in (mean.spread, mean.resolution))
    note = (
        f"of {which}; spread between cycles {100 * larger:.2g} %, charge resolution of one {100 * smaller:.2g} %"
        + (f" and {100 * mean.common:.2g} % common to all" if mean.common else "")
        + f": the {mean.dominant} dominates{_of_lithium(result)}"
    )
    kinds = (
        ("arithmetic", "arithmetic mean", mean.arithmetic, mean.arithmetic_std),
        ("geometric", "geometric mean (N-th root of the product)", mean.geometric, mean.geometric_std),
        ("total", "total stripped over total plated", mean.total, mean.total_std),
    )
    numbers = [
        Number(
            "mean_coulombic_efficiency",
            100 * value,
            None if std is None else 100 * std,
            f"{text} {note}",
            (*at, ("definition", kind)),
        )
        for kind, text, value, std in kinds
    ]
    return numbers, [], words


def _reservoir_numbers(result: CoulombicEfficiency, item: Reservoir) -> list[Number]:
    found, cell = result.found, result.found.record.cell
    at = (("definition", "reservoir protocol"), ("cycle", float(found.blocks.number[item.block])))
    formula = f"(n Q_C + Q_S)/(n Q_C + Q_T), n = {item.n}" if item.regular else "total stripped over total plated"
    before = ""
    if item.conditioning >= 0:
        k = item.conditioning
        blocks = found.blocks
        before = (
            f"; after a conditioning cycle of {blocks.plated_mAh[k]:.4g} mAh with {100 * blocks.efficiency[k]:.4g} %"
        )
    note = (
        f"{formula}: Q_C = {item.cycled_mAh:.4g}, Q_T = {item.reservoir_mAh:.4g}, Q_S = {item.last_mAh:.4g} mAh; the "
        f"plating of the reservoir weighs {100 * item.reservoir_weight:.2g} % of it; std from charge resolution{before}"
    )
    loss = f"(1 - CE) Q_C; in all {item.plated_mAh - item.stripped_mAh:.4g} mAh of {item.plated_mAh:.4g} mAh plated"
    numbers = [
        Number("mean_coulombic_efficiency", 100 * item.efficiency, 100 * item.std, note, at),
        Number("reservoir_capacity", item.reservoir_mAh, None, "plated before the partial cycles", at),
        Number("lithium_loss_per_cycle", item.loss_per_cycle_mAh, item.loss_std_mAh, loss, at),
    ]
    if cell is not None and cell.area_cm2 is not None:
        area = cell.area_cm2
        numbers += [
            Number("areal_reservoir_capacity", item.reservoir_mAh / area, None, "", at),
            Number("areal_lithium_loss_per_cycle", item.loss_per_cycle_mAh / area, item.loss_std_mAh / area, loss, at),
        ]
    return numbers


def _reservoir_doubts(item: Reservoir) -> list[str]:
    words = []
    if not item.regular:
        words.append(
            f"the {item.n} partial cycles of the reservoir protocol move unlike charges: the mean efficiency is total "
            "stripped over total plated, and the loss per cycle that of a mean one"
        )
    if item.exhausted:
        words.append(
            f"the reservoir was used up after {item.n} partial strippings: the last took {item.last_mAh:.3g} mAh, less "
            f"than the {item.cycled_mAh:.3g} mAh of the others"
        )
    return words


PLUGIN = Analysis(
    title="coulombic efficiency of plating and stripping, per cycle and over a reservoir",
    takes=CyclingRecord,
    cells=("copper", "anode-free"),
    analyse=coulombic_efficiency,
    tell=tell,
    options=Options,
    sources=(
        "Adams et al., Adv. Energy Mater. 8, 1702097 (2018), doi:10.1002/aenm.201702097",
        "Xiao et al., Nat. Energy 5, 561 (2020), doi:10.1038/s41560-020-0648-z",
    ),
    order=30,
)
