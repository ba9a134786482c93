"""Fade of capacity over many cycles: retention, cycles to a retention, fade per cycle, knee; like cycles only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings, Number
from limetal.cycling import fade
from limetal.cycling.cycles import Cycles, cycles
from limetal.cycling.knee import FEWEST as FEWEST_FOR_KNEE
from limetal.cycling.knee import Knee, find_knee
from limetal.cycling.like import ROUNDING, cycles_in_words
from limetal.cycling.rate_levels import Levels, ladder, levels
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Line, Plot, Series, Table
from limetal.records.cycling import CyclingRecord

__all__ = ["CapacityFade", "Options", "capacity_fade", "returned_capacity"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: A capacity that rises by more than this percentage above the reference is told.
RISE = 2.0


@dataclass(frozen=True)
class Options:
    """Choices that change the number.

    Attributes
    ----------
    reference_cycle
        The cycle that retention counts from; 0: the first cycle at the currents of most cycles (forming is at
        others) that is not in a rate test.
    end_of_life
        Retention in percent that ends a life.
    in_a_row
        Like cycles, one after another, that must lie below it.
    at_cycles
        Cycles whose retention is asked for, with commas ("100,200"); empty: the last like cycle.
    of
        ``"returned"`` (discharge; charge in a half cell that begins with discharge), ``"discharge"`` or ``"charge"``.
    same_current
        Currents within this part of each other are one level.
    knee_evidence
        By how much the AICc of two lines must be lower than that of every smooth curve.
    """

    reference_cycle: int = 0
    end_of_life: float = 80.0
    in_a_row: int = 3
    at_cycles: str = ""
    of: str = "returned"
    same_current: float = 0.05
    knee_evidence: float = 10.0

    def __post_init__(self) -> None:
        """Refuse what is no choice."""
        where = "analyses.capacity_fade"
        if self.reference_cycle < 0:
            raise BadInputError(f"{where}.reference_cycle", repr(self.reference_cycle), "a cycle from 1 on, or 0")
        if not 0 < self.end_of_life < 100:
            raise BadInputError(f"{where}.end_of_life", repr(self.end_of_life), "percent between 0 and 100")
        if self.in_a_row < 1:
            raise BadInputError(f"{where}.in_a_row", repr(self.in_a_row), "one cycle or more")
        if self.of not in {"returned", "discharge", "charge"}:
            raise BadInputError(f"{where}.of", repr(self.of), "'returned', 'discharge' or 'charge'")
        if not 0 <= self.same_current < 0.5:
            raise BadInputError(f"{where}.same_current", repr(self.same_current), "a part from 0 to below 0.5")
        if not self.knee_evidence >= 0:
            raise BadInputError(f"{where}.knee_evidence", repr(self.knee_evidence), "zero or more")
        self.asked()

    def asked(self) -> tuple[int, ...]:
        """The cycles of ``at_cycles``."""
        words = [word for word in self.at_cycles.replace(" ", "").split(",") if word]
        if not all(word.isdigit() and int(word) > 0 for word in words):
            raise BadInputError("analyses.capacity_fade.at_cycles", repr(self.at_cycles), "cycles such as '100,200'")
        return tuple(int(word) for word in words)


@dataclass(frozen=True, eq=False)
class CapacityFade:
    """Like cycles of a test from the reference on, and how their capacity falls.

    Attributes
    ----------
    number : (n,) int
        Cycle numbers of the like cycles from the reference on.
    capacity_mAh : (n,) float
        Their capacities.
    retention : (n,) float
        Percent of the reference, which is the first of them.
    life, linear, geometric, knee
        See `limetal.cycling.fade` and `limetal.cycling.knee`.
    noise_mAh
        Standard deviation between neighbouring cycles.
    way
        ``discharge`` or ``charge``: which capacity.
    all_number, all_capacity_mAh, levels
        Of all complete cycles.
    """

    number: Integers
    capacity_mAh: Floats
    retention: Floats
    life: fade.Life
    linear: fade.Slope | None
    geometric: fade.Slope | None
    knee: Knee
    noise_mAh: float | None
    way: Literal["discharge", "charge"]
    level: int
    all_number: Integers
    all_capacity_mAh: Floats
    levels: Levels
    found: Cycles
    record: CyclingRecord
    options: Options


def returned_capacity(
    record: CyclingRecord, found: Cycles, of: str = "returned"
) -> tuple[Floats, Literal["discharge", "charge"]]:
    """Capacity of every complete cycle in mAh, and in which direction it flowed.

    ``returned``: discharge, but charge in a half cell whose cycles begin with discharge (lithium is put into it first).
    """
    half = record.cell is not None and record.cell.kind == "half"
    charge = of == "charge" or (of == "returned" and half and found.first_sign < 0)
    return (found.charge_mAh(), "charge") if charge else (found.discharge_mAh(), "discharge")


def capacity_fade(record: CyclingRecord, options: Options | None = None) -> CapacityFade:
    """How the capacity of like cycles falls from a reference cycle on.

    Like cycles have the same currents in both directions and the same voltage window; forming, rate tests and capacity
    checks at other currents are left out. The first regular cycle is the first at the currents of most cycles, outside
    a rate test. Nothing is interpolated.

    Parameters
    ----------
    record
        Of a full, half or anode-free cell, with current.
    options
        See `Options`.

    Raises
    ------
    BadInputError
        If nobody said what cell this is, no cycle is complete, or the reference cycle is none of them.

    References
    ----------
    The definitions are those in use; slope: Sen 1968, doi:10.1080/01621459.1968.10480934; knee: Fermín-Cueto et al.
    2020, doi:10.1016/j.egyai.2020.100006.

    Examples
    --------
    Ten cycles at 1 mA that lose 1 % of the first each:

    >>> from limetal.records.cells import CellContext
    >>> hours = np.repeat(1 - 0.01 * np.arange(10), 2)
    >>> ends = 3600 * np.cumsum(hours)
    >>> t = np.sort(np.concatenate([[0.0], ends, ends[:-1] + 1e-3]))
    >>> sign = np.repeat(np.tile([1, -1], 10), 2)
    >>> record = CyclingRecord(t, 3.8 + 0.2 * sign, 1e-3 * sign, source="ten", cell=CellContext("full"))
    >>> found = capacity_fade(record)
    >>> found.retention.round(1).tolist()[:3], round(found.linear.percent, 3)
    ([100.0, 99.0, 98.0], 1.0)
    """
    options = options or Options()
    found = cycles(record)
    capacity, way = returned_capacity(record, found, options.of)
    sorted_ = levels(found, options.same_current)
    level = sorted_.usual
    if options.reference_cycle:
        at = np.flatnonzero(found.number == options.reference_cycle)
        if not at.size:
            complete = f"one of the complete cycles, {cycles_in_words(found.number - 1)}"
            raise BadInputError("analyses.capacity_fade.reference_cycle", repr(options.reference_cycle), complete)
        level = int(sorted_.label[at[0]])
    like = (sorted_.label == level) & (found.number >= options.reference_cycle)
    if not options.reference_cycle:
        like = _outside_rate_test(like, sorted_.label)
    number, of_like = found.number[like], capacity[like]
    if not of_like[0] > 0:
        raise BadInputError(record.source, f"no {way} capacity in cycle {number[0]}", "a reference above zero")
    retention = 100 * of_like / of_like[0]
    return CapacityFade(
        number=number,
        capacity_mAh=of_like,
        retention=retention,
        life=fade.cycles_to(number, retention, options.end_of_life, options.in_a_row),
        linear=fade.linear_fade(number, of_like, float(of_like[0])),
        geometric=fade.geometric_fade(number, of_like),
        knee=find_knee(number.astype(float), retention / 100, options.knee_evidence),
        noise_mAh=fade.noise(of_like),
        way=way,
        level=level,
        all_number=found.number,
        all_capacity_mAh=capacity,
        levels=sorted_,
        found=found,
        record=record,
        options=options,
    )


def _outside_rate_test(like: NDArray[np.bool_], label: Integers) -> NDArray[np.bool_]:
    """Like cycles without those of a rate test, if most are outside: long cycling is not counted from within one."""
    in_test = np.zeros(like.size, dtype=bool)
    for block in ladder(label):
        in_test[block.cycles] = True
    outside = like & ~in_test
    return outside if 2 * outside.sum() > like.sum() else like


def tell(result: CapacityFade) -> Findings:
    """Say the result to the ledger and the report."""
    few = result.number.size < fade.FEWEST_FOR_SLOPE and not result.options.reference_cycle
    if result.number.size < 2 or (few and ladder(result.levels.label)):
        why = f"no other complete cycle is like cycle {result.number[0]}"
        if result.number.size > 1:
            why = f"the test is a rate test: only {cycles_in_words(result.number - 1)} are alike"
        return Findings(not_computed=(("capacity fade", why),))
    numbers, missing = _retentions(result)
    numbers.append(_life(result))
    slopes, no_slopes = _slopes(result)
    numbers += slopes
    missing += no_slopes
    knee = _knee(result)
    if isinstance(knee, Number):
        numbers.append(knee)
    else:
        missing.append(knee)
    return Findings(tuple(numbers), (_plot(result),), (_table(result),), tuple(_warnings(result)), tuple(missing))


def _reference_words(result: CapacityFade) -> str:
    which = "asked for" if result.options.reference_cycle else "the first regular one"
    first = f"cycle {result.number[0]} ({which})"
    return f"{result.way} capacity over {result.capacity_mAh[0]:.4g} mAh of {first}"


def _retentions(result: CapacityFade) -> tuple[list[Number], list[tuple[str, str]]]:
    numbers: list[Number] = []
    missing: list[tuple[str, str]] = []
    reference = float(result.capacity_mAh[0])
    for cycle in result.options.asked() or (int(result.number[-1]),):
        value = fade.retention_at(result.number, result.capacity_mAh, reference, cycle)
        if value is None:
            missing.append((f"capacity_retention at cycle {cycle}", _why_not(result, cycle)))
            continue
        std = None
        if result.noise_mAh is not None and result.noise_mAh > ROUNDING * reference and cycle != result.number[0]:
            std = 100 * result.noise_mAh / reference * float(np.hypot(1, value / 100))
        last = "the last like cycle; " if cycle == result.number[-1] else ""
        note = f"cycle {cycle}; {last}{_reference_words(result)}"
        note += "; std from the scatter between neighbouring cycles" if std is not None else ""
        numbers.append(Number("capacity_retention", value, std, note, (("cycle", float(cycle)),)))
    return numbers, missing


def _why_not(result: CapacityFade, cycle: int) -> str:
    if cycle < result.number[0]:
        return f"it comes before the reference, cycle {result.number[0]}"
    if cycle > result.all_number[-1]:
        return f"the last complete cycle is {result.all_number[-1]}"
    if cycle in result.all_number:
        return "it is at other currents or in another voltage window than the reference"
    return "it is unfinished or missing"


def _life(result: CapacityFade) -> Number:
    options, life = result.options, result.life
    limit = f"{options.end_of_life:g} %"
    at = (("capacity_retention", options.end_of_life),)
    if life.reached:
        note = (
            f"the last like cycle before {options.in_a_row} in a row below {limit}, from cycle {life.first_below} on; "
            f"{_reference_words(result)}"
        )
        return Number("cycle_life", float(life.cycle), None, note, at)
    note = f"last like cycle at or above {limit}; {_reference_words(result)}"
    return Number("cycle_life", float(life.cycle), None, note, at, bound=">")


def _slopes(result: CapacityFade) -> tuple[list[Number], list[tuple[str, str]]]:
    if result.linear is None:
        why = f"{result.number.size} like cycles, {fade.FEWEST_FOR_SLOPE} are needed"
        return [], [("fade_per_cycle", why)]
    span = f"like cycles {result.number[0]} to {result.number[-1]}"
    numbers = []
    for name, slope, words in (
        ("fade_per_cycle", result.linear, f"percent of cycle {result.number[0]}, Theil-Sen slope"),
        ("relative_fade_per_cycle", result.geometric, "percent of the cycle before, Theil-Sen slope of ln capacity"),
    ):
        if slope is None:
            continue
        note = f"{words}, {span}; 95 % interval {slope.low:.3g} to {slope.high:.3g} %"
        note += "; negative: the capacity rises" if slope.percent < 0 else ""
        std = slope.std if slope.std > ROUNDING * abs(slope.percent) else None
        numbers.append(Number(name, slope.percent, std, note))
    return numbers, []


def _knee(result: CapacityFade) -> Number | tuple[str, str]:
    knee = result.knee
    if result.number.size < FEWEST_FOR_KNEE:
        return "knee_cycle", f"{result.number.size} like cycles, {FEWEST_FOR_KNEE} are needed"
    if knee.cycle is None:
        return Number("knee_cycle", "not identified", None, knee.reason)
    note = (
        f"where two lines meet, 95 % interval {knee.low:.4g} to {knee.high:.4g}; fade {knee.before_percent:.3g} % per "
        f"cycle before, {knee.after_percent:.3g} % after"
    )
    note += f"; the turn takes about {4 * knee.width_cycles:.0f} cycles" if knee.width_cycles else ""
    note += f"; AICc {knee.evidence:.0f} below that of the best smooth curve"
    return Number("knee_cycle", knee.cycle, (knee.high - knee.low) / 3.92, note)


def _warnings(result: CapacityFade) -> list[str]:
    words = list(result.found.warnings)
    after = result.all_number[_others(result)]
    if after.size:
        why = "in a rate test, at other currents or in another voltage window"
        words.append(f"{cycles_in_words(after - 1)} {why} left out of the fade")
    highest = int(np.argmax(result.retention))
    if result.retention[highest] > 100 + RISE:
        words.append(
            f"the capacity rises to {result.retention[highest]:.1f} % of the reference in cycle "
            f"{result.number[highest]}: retention over the largest capacity would be lower"
        )
    if result.life.at_end:
        words.append(
            f"the test ends with {result.life.at_end} like cycle{'s' * (result.life.at_end > 1)} below "
            f"{result.options.end_of_life:g} %, fewer than the {result.options.in_a_row} in a row that end a life here"
        )
    if result.knee.left_out:
        words.append(f"{result.knee.left_out} cycles far from their neighbours were not used to look for a knee")
    return words


def _others(result: CapacityFade) -> NDArray[np.bool_]:
    """Cycles after the reference that are not compared."""
    return np.asarray((result.all_number > result.number[0]) & ~np.isin(result.all_number, result.number))


def _plot(result: CapacityFade) -> Plot:
    mark: Literal["points", "line+points"] = "points" if result.number.size > 60 else "line+points"
    series = [Series(result.number.astype(float), result.retention, "like cycles", mark)]
    others = _others(result)
    if others.any():
        values = 100 * result.all_capacity_mAh[others] / result.capacity_mAh[0]
        series.append(Series(result.all_number[others].astype(float), values, "other cycles", "points"))
    marks = []
    if result.retention.min() < result.options.end_of_life + 10:
        marks.append(Line(result.options.end_of_life, f"{result.options.end_of_life:g} %", "y"))
    if result.knee.cycle is not None:
        marks.append(Line(result.knee.cycle, "knee"))
    caption = f"{result.way.capitalize()} capacity over that of cycle {result.number[0]}."
    return Plot(
        "capacity_retention",
        "Capacity retention",
        Axis("cycle", "1"),
        Axis("capacity retention", "%"),
        tuple(series),
        caption,
        overlay=0,
        marks=tuple(marks),
    )


def _table(result: CapacityFade) -> Table:
    return Table(
        "capacity_fade",
        {
            "cycle": ("1", result.number.tolist()),
            f"{result.way}_capacity": ("mAh", result.capacity_mAh.tolist()),
            "capacity_retention": ("%", result.retention.tolist()),
        },
    )


PLUGIN = Analysis(
    title="fade of capacity: retention, cycles to a retention, fade per cycle, knee",
    takes=CyclingRecord,
    cells=("full", "half", "anode-free"),
    analyse=capacity_fade,
    tell=tell,
    options=Options,
    sources=(
        "slope: Sen, J. Am. Stat. Assoc. 63 (1968) 1379, doi:10.1080/01621459.1968.10480934",
        "knee: Fermín-Cueto et al., Energy AI 1 (2020) 100006, doi:10.1016/j.egyai.2020.100006; "
        "Attia et al., J. Electrochem. Soc. 169 (2022) 060517, doi:10.1149/1945-7111/ac6d13",
    ),
    order=35,
)
