"""Resistance from steps of the current: starts, interrupts, reversals, steps and pulses, over the cycles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings, Number
from limetal.cycling.current_steps import KINDS, CurrentSteps, current_steps
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Plot, Series, Table
from limetal.physics.constants import SECONDS_PER_HOUR
from limetal.records.cells import CELL_KINDS
from limetal.records.cycling import CyclingRecord

__all__ = ["Group", "Options", "StepResistance", "step_resistance"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
NAME = "analyses.step_resistance"
#: Changes of current within this part of each other are alike.
ALIKE = 0.05
#: So many groups of steps are numbers of the ledger, those with the most steps; the table has all.
MOST_GROUPS = 4
#: A reading later than this many times the time asked for is no number of the ledger: the cell has polarised meanwhile.
LATE = 3.0
#: Growth is given from so many cycles on.
FEWEST_CYCLES = 3


@dataclass(frozen=True)
class Options:
    """Choices that change the number.

    Attributes
    ----------
    first_s, second_s
        Times after a step at which the voltage is read.
    latest_s
        Steps whose first row comes later than this give no resistance.
    """

    first_s: float = 1.0
    second_s: float = 10.0
    latest_s: float = 60.0

    def __post_init__(self) -> None:
        """Refuse times that are none."""
        for name in ("first_s", "second_s", "latest_s"):
            value = getattr(self, name)
            if not (isinstance(value, float | int) and 0 < value < float("inf")):
                raise BadInputError(f"{NAME}.{name}", repr(value), "a number of seconds above zero")
        if self.second_s <= self.first_s:
            raise BadInputError(f"{NAME}.second_s", repr(self.second_s), f"more than first_s, {self.first_s:g}")


@dataclass(frozen=True, eq=False)
class Group:
    """Like steps: one kind, one direction, one change of current."""

    kind: str
    sign: int
    change_mA: float
    members: Integers

    def words(self, symmetric: bool) -> str:
        """Name of the group."""
        way = (
            ("positive" if self.sign > 0 else "negative") if symmetric else ("charge" if self.sign > 0 else "discharge")
        )
        joint = "to" if self.kind == "reversal" else "of"
        return f"{self.kind} {joint} {way}{' current' if symmetric else ''} by {abs(self.change_mA):.3g} mA"


@dataclass(frozen=True, eq=False)
class StepResistance:
    """Steps of a record, in groups of like ones; ``why_not`` says why there are none."""

    steps: CurrentSteps | None
    groups: tuple[Group, ...]
    area_cm2: float | None
    symmetric: bool
    options: Options
    why_not: str = ""


def step_resistance(record: CyclingRecord, options: Options | None = None) -> StepResistance:
    """Change of voltage over change of current at every step of the current, some time after it.

    The number holds everything that answers within that time: it is the ohmic resistance only where the time is
    milliseconds. Its standard error comes from the noise and the step of the voltmeter.

    Raises
    ------
    BadInputError
        If nobody said what cell this is.

    Examples
    --------
    >>> from limetal.records.cells import CellContext
    >>> t = np.arange(0.0, 4000.0)
    >>> current = np.where(t % 1000 < 500, 0.0, np.where(t < 2000, 2e-3, -2e-3))
    >>> record = CyclingRecord(t, 3.7 + 20 * current, current, source="resistor", cell=CellContext("full", 1.5))
    >>> found = step_resistance(record)
    >>> [(group.kind, group.sign, group.members.size) for group in found.groups]
    [('start', -1, 2), ('start', 1, 2), ('interrupt', -1, 1), ('interrupt', 1, 2)]
    """
    options = options or Options()
    if record.cell is None:
        raise BadInputError(record.source, "a cell nobody described", "its kind (--cell kind=full): it decides a cycle")
    symmetric = record.cell.kind == "symmetric"
    if record.current_ampere is None:
        return StepResistance(None, (), record.cell.area_cm2, symmetric, options, "the record has no current")
    steps = current_steps(record, (options.first_s, options.second_s), options.latest_s)
    why = ""
    if not steps.count:
        why = "the current never changes from one steady value to another"
        if steps.late[0]:
            why = (
                f"after {steps.late[0]} steps of the current the first row comes {steps.late[1]:.3g} s later or more, "
                f"the most allowed is {options.latest_s:g} s"
            )
    return StepResistance(steps, _groups(steps), record.cell.area_cm2, symmetric, options, why)


def _groups(steps: CurrentSteps) -> tuple[Group, ...]:
    change = np.abs(steps.after_mA - steps.before_mA)
    groups = []
    for kind in range(len(KINDS)):
        for sign in (-1, 1):
            members = np.flatnonzero((steps.kind == kind) & (steps.sign == sign))
            members = members[np.argsort(change[members], kind="stable")]
            edges = np.flatnonzero(change[members][1:] > (1 + ALIKE) * change[members][:-1]) + 1
            groups += [
                Group(KINDS[kind], sign, float(np.median(change[part])), np.sort(part))
                for part in np.split(members, edges)
                if part.size
            ]
    return tuple(groups)


def tell(result: StepResistance) -> Findings:
    """Say the result to the ledger and the report."""
    if result.why_not or result.steps is None:
        return Findings(not_computed=(("direct_current_resistance", result.why_not),))
    shown = sorted(result.groups, key=lambda group: -group.members.size)[:MOST_GROUPS]
    numbers: list[Number] = []
    not_computed: list[tuple[str, str]] = []
    for which in range(2):
        late: list[float] = []
        for group in shown:
            rows, earliest = _in_time(result.steps, group, which)
            if rows.size:
                numbers += _numbers(result, group, which, rows)
            elif np.isfinite(earliest):
                late.append(earliest)
        if late:
            asked = result.steps.times_s[which]
            when = f"{min(late):.3g}" + (f" to {max(late):.3g}" if max(late) > 1.05 * min(late) else "")
            why = f"after steps of {len(late)} kinds the first row comes {when} s after the step"
            not_computed.append((f"direct_current_resistance at {asked:g} s", why))
    warnings = []
    if result.steps.late[0]:
        why = f"their first row comes after {result.options.latest_s:g} s"
        not_computed.append((f"direct_current_resistance of {result.steps.late[0]} steps", why))
    against = (result.steps.resistance_ohm[:, 0] < -3 * result.steps.std_ohm[:, 0]).sum()
    if against:
        warnings.append(f"in {against} steps the voltage moves against the current: their resistance is negative")
    return Findings(tuple(numbers), (_plot(result, shown),), (_table(result),), tuple(warnings), tuple(not_computed))


def _in_time(steps: CurrentSteps, group: Group, which: int) -> tuple[Integers, float]:
    """Steps of a group that were read about when it was asked for, and the earliest reading of all."""
    rows = group.members[np.isfinite(steps.resistance_ohm[group.members, which])]
    used = steps.used_s[rows, which]
    return rows[used <= LATE * steps.times_s[which]], float(used.min()) if rows.size else float("inf")


def _numbers(result: StepResistance, group: Group, which: int, rows: Integers) -> list[Number]:
    """Value of a group at one time, and its growth per cycle."""
    steps = result.steps
    assert steps is not None
    ohm, std, cycle = steps.resistance_ohm[rows, which], steps.std_ohm[rows, which], steps.cycle[rows]
    used = steps.used_s[rows, which]
    when = f"read {used[0]:.3g} s after the step" if np.ptp(used) < 0.05 * used[0] else (
        f"read {used.min():.3g} to {used.max():.3g} s after the step"
    )  # fmt: skip
    if used.min() > 1.05 * steps.times_s[which]:
        when += f" (its first row; {steps.times_s[which]:g} s were asked for)"
    name = group.words(result.symmetric)
    at: tuple[tuple[str, float | str], ...] = (("definition", name),)
    spread = float(np.std(ohm, ddof=1)) / np.sqrt(rows.size) if rows.size > 2 else 0.0
    error = max(float(np.sqrt(np.sum(std**2))) / rows.size, spread)
    note = f"{name}, {when}; " + (
        f"mean of {rows.size} steps, {ohm.min():.4g} to {ohm.max():.4g} ohm" if rows.size > 1 else f"cycle {cycle[0]}"
    )
    found = [Number("direct_current_resistance", float(ohm.mean()), error or None, note, at)]
    if result.area_cm2 is not None:
        area = result.area_cm2
        found.append(
            Number("areal_direct_current_resistance", float(ohm.mean()) * area, error * area or None, note, at)
        )
    growth = _growth(cycle.astype(float), ohm, std)
    if growth is not None:
        found.append(
            Number(
                "direct_current_resistance_growth", growth[0], growth[1] or None,
                f"{name}, {when}; straight line through cycles {cycle.min()} to {cycle.max()}", at,
            )
        )  # fmt: skip
    return found


def _growth(cycle: Floats, ohm: Floats, std: Floats) -> tuple[float, float] | None:
    """Slope of a straight line through means of cycles, and its standard error from their scatter or their errors."""
    numbers, where = np.unique(cycle, return_inverse=True)
    if numbers.size < FEWEST_CYCLES:
        return None
    count = np.bincount(where)
    mean = np.bincount(where, ohm) / count
    error = np.sqrt(np.bincount(where, std**2)) / count
    x = numbers - numbers.mean()
    slope = float(x @ mean / (x @ x))
    scatter = float(np.sqrt(np.sum((mean - mean.mean() - slope * x) ** 2) / (numbers.size - 2)))
    return slope, max(scatter, float(np.sqrt(np.mean(error**2)))) / float(np.sqrt(x @ x))


def _plot(result: StepResistance, groups: list[Group]) -> Plot:
    steps = result.steps
    assert steps is not None
    which = int(np.isfinite(steps.resistance_ohm[:, 1]).sum() > steps.count / 2)
    many = int(steps.cycle.max()) > 1
    x = steps.cycle.astype(float) if many else steps.second / SECONDS_PER_HOUR
    series = []
    for group in groups:
        rows = group.members[np.isfinite(steps.resistance_ohm[group.members, which])]
        if rows.size:
            label = group.words(result.symmetric)
            series.append(
                Series(x[rows], steps.resistance_ohm[rows, which], label, "points", steps.std_ohm[rows, which])
            )
    when = f"{steps.times_s[which]:g} s" if which else "the first reading"
    return Plot(
        "step_resistance",
        "Resistance from steps of the current",
        Axis("cycle", "1") if many else Axis("time", "h"),
        Axis("dU/dI", "ohm"),
        tuple(series),
        f"Change of voltage over change of current, {when} after each step; bars are one standard error of a reading.",
    )


def _table(result: StepResistance) -> Table:
    steps = result.steps
    assert steps is not None
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = {
        "cycle": ("1", steps.cycle.tolist()),
        "time": ("h", (steps.second / SECONDS_PER_HOUR).tolist()),
        "step": ("", [KINDS[k] for k in steps.kind]),
        "direction": ("1", steps.sign.tolist()),
        "current_before": ("mA", steps.before_mA.tolist()),
        "current_after": ("mA", steps.after_mA.tolist()),
    }
    for k, name in enumerate(("first", "second")):
        columns[f"{name}_time"] = ("s", steps.used_s[:, k].tolist())
        columns[f"{name}_resistance"] = ("ohm", steps.resistance_ohm[:, k].tolist())
        columns[f"{name}_resistance_std"] = ("ohm", steps.std_ohm[:, k].tolist())
        if result.area_cm2 is not None:
            areal = steps.resistance_ohm[:, k] * result.area_cm2
            columns[f"{name}_areal_resistance"] = ("ohm cm2", areal.tolist())
    return Table("step_resistance", columns)


PLUGIN = Analysis(
    title="resistance from steps and interrupts of the current",
    takes=CyclingRecord,
    cells=CELL_KINDS,
    analyse=step_resistance,
    tell=tell,
    options=Options,
    sources=("change of voltage over change of current at a stated time after the step (docs: step_resistance)",),
)
