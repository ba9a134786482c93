"""What the tests of a group have in common: per-cycle columns, single numbers, and lives.

Cells of one group are replicates: the same electrode in the same cell under the same protocol. Nothing is read from
files here; everything comes from the numbers and tables that the tests have already given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limetal.analyses import Outcome
from limetal.errors import BadInputError
from limetal.exhibits import Table
from limetal.ledger import Entry
from limetal.quantities import QUANTITIES

__all__ = ["CONDITIONS", "LIVES", "Group", "Lives", "PerCycle", "Scalars", "lives_of", "per_cycle", "scalars_of"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
At = tuple[tuple[str, float | str], ...]

#: Lives, with the names of their median, restricted mean, and the words for one.
LIVES = {
    "life": ("median_life", "restricted_mean_life"),
    "cycle_life": ("median_cycle_life", "restricted_mean_cycle_life"),
}
#: Columns of a per-cycle table that say under which condition, not what came of it.
CONDITIONS = frozenset({"cycle", "current_density", "c_rate", "cycled_capacity", "duration", "temperature"})
#: Numbers that describe a file, not a cell.
BOOKKEEPING = frozenset(
    {
        "number_of_points", "number_of_cells", "half_cycles", "complete_cycles", "cycles", "steps", "duration", "area",
        "current_density", "current_max", "voltage_min", "voltage_max", "charge_passed_positive",
        "charge_passed_negative", "frequency_min", "frequency_max",
    }
)  # fmt: skip
#: Conditions within this part of each other are alike.
ALIKE = 0.05


@dataclass(frozen=True)
class Group:
    """Tests of replicate cells.

    Attributes
    ----------
    subject
        Path in the ledger, as ``groups.LZNC``.
    label
        Name in pictures.
    members
        What each test gave.
    names
        Name of each test.
    kinds
        Kind of the cell of each test.
    quantities
        The quantities to summarise; empty for all that are found.
    """

    subject: str
    label: str
    members: tuple[Outcome, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    quantities: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what are no replicates."""
        if not self.members:
            raise BadInputError(self.subject, "no test", "at least one")
        if len(set(self.kinds)) > 1:
            kinds = " and ".join(sorted(set(self.kinds)))
            raise BadInputError(self.subject, f"cells of kind {kinds}", "cells of one kind: replicates")

    @property
    def kind(self) -> str:
        """Kind of the cells."""
        return self.kinds[0]

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.members)

    def wants(self, quantity: str) -> bool:
        """Whether a quantity shall be summarised."""
        return not self.quantities or quantity in self.quantities


@dataclass(frozen=True, eq=False)
class PerCycle:
    """One quantity of every cycle of every cell.

    Attributes
    ----------
    cycle : (m,) int
        From the first to the last cycle of any cell.
    values : (n_cells, m) float
        NaN where a cell has no value: its test ended, its life did, or the value is not known.
    last : (n_cells,) int
        Last cycle of each cell with a value; 0 for a cell that has none.
    ended
        Why each cell has no later one: ``life`` or ``test``.
    """

    quantity: str
    cycle: Integers
    values: Floats
    last: Integers
    ended: tuple[str, ...]


@dataclass(frozen=True)
class Scalars:
    """One number of every cell at one condition; None for a cell without it."""

    quantity: str
    at: At
    values: tuple[float | None, ...]


@dataclass(frozen=True, eq=False)
class Lives:
    """Lives of the cells by one criterion; ``names`` are those of the cells that have one."""

    quantity: str
    at: At
    time: Floats
    ended: NDArray[np.bool_]
    names: tuple[str, ...]
    missing: tuple[str, ...] = field(default=())


def per_cycle(group: Group) -> dict[str, PerCycle]:
    """Every quantity that a per-cycle table of some cell holds, by name.

    A per-cycle table has a column ``cycle`` that holds every number once. In symmetric cells cycles after the end of
    life count no more: a shorted cell would else pull the mean down.
    """
    columns = [_columns(member.tables) for member in group.members]
    until = [_life_cycles(member.entries) if group.kind == "symmetric" else np.inf for member in group.members]
    found: dict[str, PerCycle] = {}
    for quantity in dict.fromkeys(name for own in columns for name in own):
        cells = [own.get(quantity) for own in columns]
        kept = [
            (cell[0][cell[0] <= end], cell[1][cell[0] <= end]) if cell is not None else (np.empty(0, int), np.empty(0))
            for cell, end in zip(cells, until, strict=True)
        ]
        last = np.array([int(c[np.isfinite(v)].max(initial=0)) for c, v in kept], dtype=np.int64)
        if not last.any():
            continue
        cycle = np.arange(min(int(c.min()) for c, _ in kept if c.size), int(last.max()) + 1)
        values = np.full((group.size, cycle.size), np.nan)
        for row, (own, numbers) in enumerate(kept):
            inside = own <= cycle[-1]
            values[row, own[inside] - cycle[0]] = numbers[inside]
        why = tuple("life" if np.isfinite(end) else "test" for end in until)
        found[quantity] = PerCycle(quantity, cycle, values, last, why)
    return found


def _columns(tables: tuple[Table, ...]) -> dict[str, tuple[Integers, Floats]]:
    """Quantities of the per-cycle tables of one test; the first table that has one gives it."""
    found: dict[str, tuple[Integers, Floats]] = {}
    for table in tables:
        if "cycle" not in table.columns or not table.rows:
            continue
        cycle = _numbers(table.columns["cycle"][1])
        if not np.isfinite(cycle).all() or np.unique(cycle).size != cycle.size or cycle.min() < 1:
            continue  # several rows a cycle: half-cycles, points
        for name, (unit, values) in table.columns.items():
            if name in CONDITIONS or name in found or name not in QUANTITIES or QUANTITIES[name].unit != unit:
                continue
            found[name] = cycle.astype(np.int64), _numbers(values)
    return found


def _numbers(values: list[float] | list[str] | list[int] | list[float | str]) -> Floats:
    return np.array([float(v) if isinstance(v, int | float) else np.nan for v in values])


def _life_cycles(entries: tuple[Entry, ...]) -> float:
    """Cycle after which a cell was dead; infinite if it never was."""
    ends = [e.number for e in entries if e.quantity == "cycle_life" and e.bound == "=" and e.number is not None]
    return min(ends, default=np.inf)


def currents(group: Group) -> list[float | None]:
    """Median current density of every cell, from its per-cycle tables; None where they have none."""
    found: list[float | None] = []
    for member in group.members:
        columns = [
            t.columns["current_density"][1] for t in member.tables if {"cycle", "current_density"} <= {*t.columns}
        ]
        numbers = _numbers(columns[0]) if columns else np.empty(0)
        numbers = numbers[np.isfinite(numbers)]
        found.append(float(np.median(numbers)) if numbers.size else None)
    return found


def scalars_of(group: Group) -> list[Scalars]:
    """Numbers that each test gives once at a condition, of every quantity and condition that two cells share."""
    own = [list(_single(member.entries)) for member in group.members]
    found: list[Scalars] = []
    for entry in (entry for entries in own for entry in entries):
        if not group.wants(entry.quantity) or any(
            s.quantity == entry.quantity and alike(s.at, entry.at) for s in found
        ):
            continue
        values: list[float | None] = []
        for entries in own:
            match = [e.number for e in entries if e.quantity == entry.quantity and alike(e.at, entry.at)]
            values.append(match[0] if len(match) == 1 else None)  # several: which one is not known
        if sum(v is not None for v in values) >= min(2, group.size):
            found.append(Scalars(entry.quantity, entry.at, tuple(values)))
    return found


def _single(entries: tuple[Entry, ...]) -> Iterator[Entry]:
    for entry in entries:
        named = {name for name, _ in entry.at}
        if entry.number is None or entry.bound != "=" or entry.origin not in {"measured", "simulated", "derived"}:
            continue
        if entry.quantity in BOOKKEEPING or entry.quantity in LIVES or "cycle" in named or entry.claim:
            continue
        yield entry


def lives_of(group: Group) -> list[Lives]:
    """Lives by quantity and condition; a test that gives none at a condition is named as missing."""
    found: list[Lives] = []
    own = [[e for e in m.entries if e.quantity in LIVES and e.number is not None] for m in group.members]
    for entry in (entry for entries in own for entry in entries):
        if any(f.quantity == entry.quantity and alike(f.at, entry.at) for f in found):
            continue
        match = [[e for e in entries if e.quantity == entry.quantity and alike(e.at, entry.at)] for entries in own]
        have = [(name, hits[0]) for name, hits in zip(group.names, match, strict=True) if hits]
        lost = tuple(name for name, hits in zip(group.names, match, strict=True) if not hits)
        time = np.array([e.number for _, e in have], dtype=float)
        ended = np.array([e.bound == "=" for _, e in have])
        found.append(Lives(entry.quantity, entry.at, time, ended, tuple(name for name, _ in have), lost))
    return found


def alike(first: At, second: At) -> bool:
    """Whether two sets of conditions are the same, numbers within 5 %.

    Examples
    --------
    >>> alike((("current_density", 1.0),), (("current_density", 1.02),)), alike((), (("current_density", 1.0),))
    (True, False)
    """
    one, other = dict(first), dict(second)
    if one.keys() != other.keys():
        return False
    for name, value in one.items():
        twin = other[name]
        if isinstance(value, str) or isinstance(twin, str):
            if value != twin:
                return False
        elif abs(value - twin) > ALIKE * max(abs(value), abs(twin)):
            return False
    return True
