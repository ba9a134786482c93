"""Cycles: which two runs make one, by the kind of the cell, and what each gave.

The kind of the cell decides: a full cell is charged, then discharged, unless it was built with a charged positive
electrode (sulfur) and starts with a discharge; in a Li|Cu or anode-free cell lithium is plated, then stripped; a half
cell begins with whatever its test begins with. What comes before the first regular half-cycle is no cycle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.runs import Runs, runs
from limetal.errors import BadInputError
from limetal.records.cycling import CyclingRecord

__all__ = ["Cycles", "counted_from", "cycles", "first_sign", "pair"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: The instrument's count of cycles is followed where it rises by one at this part of the cycles.
COUNTED_SHARE = 0.9
#: A record whose first cycle has a higher count than this goes on with a test that began before.
BEGINNING = 2


@dataclass(frozen=True, eq=False)
class Cycles:
    """Complete cycles in order; every attribute but ``runs`` and the words is an array of one value a cycle.

    Attributes
    ----------
    number
        Counted from 1; a cycle that the record cuts is left out and keeps its number.
    first, second
        Index of the runs in ``runs``: of full cells charge and discharge, in the order of ``first_sign``.
    charge, discharge
        The same runs by direction: positive current is charge.
    first_sign
        +1 if a cycle begins with charge.
    before
        Index of a run before the first cycle, -1 if there is none.
    warnings
        What was left out, and where something was read from the data.
    counted_from
        What the instrument counted in the first cycle, where that is clearly not the first of the cell: this record
        goes on with a test that began in another. 1 otherwise.
    """

    runs: Runs
    number: Integers
    first: Integers
    second: Integers
    first_sign: int
    before: int
    warnings: tuple[str, ...]
    counted_from: int = 1

    @property
    def charge(self) -> Integers:
        """Index of the charging runs."""
        return self.first if self.first_sign > 0 else self.second

    @property
    def discharge(self) -> Integers:
        """Index of the discharging runs."""
        return self.second if self.first_sign > 0 else self.first

    @property
    def count(self) -> int:
        """Number of complete cycles."""
        return int(self.number.size)

    def charge_mAh(self) -> Floats:
        """Charge of each cycle in the charging direction."""
        return np.asarray(self.runs.charge_mAh[self.charge])

    def discharge_mAh(self) -> Floats:
        """Charge of each cycle in the discharging direction."""
        return np.asarray(self.runs.charge_mAh[self.discharge])


def first_sign(record: CyclingRecord, found: Runs) -> tuple[int, str]:
    """Direction in which a cycle begins, and words where it was read from the data.

    Raises
    ------
    BadInputError
        If nobody said what cell this is, or the cell is symmetric.
    """
    cell = record.cell
    if cell is None:
        raise BadInputError(record.source, "a cell nobody described", "its kind (--cell kind=full): it decides a cycle")
    if cell.kind == "symmetric":
        raise BadInputError(record.source, "a symmetric cell", "a cell that is charged and discharged")
    if cell.starts:
        return (1 if cell.starts == "charge" else -1), ""
    if cell.kind == "half":
        sign = int(found.sign[0])
        words = "charge" if sign > 0 else "discharge"
        return (
            sign,
            f"a cycle is taken to begin with {words}, as the test does (a half cell; starts=charge or discharge)",
        )
    return 1, ""


def cycles(record: CyclingRecord, found: Runs | None = None) -> Cycles:
    """Complete cycles of a cell that is charged and discharged.

    Raises
    ------
    BadInputError
        If nobody said what cell this is, the cell is symmetric, the record has no current, or no cycle is complete.

    Examples
    --------
    >>> from limetal.records.cells import CellContext
    >>> t = np.arange(0.0, 14401.0, 60.0)
    >>> current = np.where(t % 7200 < 3600, 1e-3, -1e-3)
    >>> record = CyclingRecord(t, np.where(current > 0, 3.9, 3.7), current, source="two", cell=CellContext("full"))
    >>> found = cycles(record)
    >>> found.number.tolist(), found.discharge_mAh().round(2).tolist()
    ([1, 2], [1.0, 1.0])
    """
    found = found or runs(record)
    sign, words = first_sign(record, found)
    return pair(found, sign, record.source, (words,) if words else (), record.cycle_count)


def _numbers(counts: Integers) -> tuple[Integers, str]:
    """Numbers of cycles in a row, from 1, and words for those that the instrument counted and the record lacks.

    Its counts are followed where they rise by one from cycle to cycle, but for a few gaps.
    """
    if counts.size < 3:
        return np.arange(1, counts.size + 1), ""
    steps = np.diff(counts)
    if (steps < 1).any() or np.mean(steps == 1) < COUNTED_SHARE or not (steps > 1).any():
        return np.arange(1, counts.size + 1), ""
    numbers = 1 + np.concatenate([[0], np.cumsum(steps)])
    lost = np.setdiff1d(np.arange(1, numbers[-1] + 1), numbers)
    listed = ", ".join(map(str, lost[:6])) + (", ..." if lost.size > 6 else "")
    return numbers, f"not in the record, by the instrument's count: cycle{'s' * (lost.size > 1)} {listed}"


def counted_from(counts: Integers) -> int:
    """Count of the instrument in the first cycle, if the test began before the record; else 1.

    Instruments count from 0 or 1, and a half-cycle before the first cycle may have taken a number: up to 2 is a
    beginning.

    Examples
    --------
    >>> counted_from(np.arange(1, 9)), counted_from(np.arange(51, 59))
    (1, 51)
    """
    steps = np.diff(counts)
    if counts.size < 2 or (steps < 1).any() or np.mean(steps == 1) < COUNTED_SHARE or counts[0] <= BEGINNING:
        return 1
    return int(counts[0])


def pair(
    found: Runs, sign: int, source: str, words: tuple[str, ...] = (), cycle_count: Integers | None = None
) -> Cycles:
    """Pair runs into cycles that begin with one sign of current; ``cycle_count`` is the instrument's, row by row.

    Raises
    ------
    BadInputError
        If no cycle is complete.
    """
    skip = int(found.sign[0] != sign)  # runs alternate: the first one belongs to no cycle
    firsts = np.arange(skip, found.count - 1, 2)
    seconds = firsts + 1
    whole = found.complete[firsts] & found.complete[seconds]
    numbers, lost, began = np.arange(1, firsts.size + 1), "", 1
    if cycle_count is not None:
        numbers, lost = _numbers(cycle_count[found.first[seconds]])
        began = counted_from(cycle_count[found.first[seconds]])
    notes = [*found.warnings, *words, *([lost] if lost else [])]
    if began > 1:
        notes.append(
            f"the instrument counts {began} where the record begins: cycles are numbered from 1 here, and cycle 1 is "
            "not the first of the cell"
        )
    if skip:
        way = "charge" if found.sign[0] > 0 else "discharge"
        notes.append(f"the {way} of {found.charge_mAh[0]:.4g} mAh before the first cycle is not counted")
    if (~whole).any():
        cut = numbers[~whole]
        listed = ", ".join(map(str, cut[:6])) + (", ..." if cut.size > 6 else "")
        notes.append(f"unfinished and left out: cycle{'s' * (cut.size > 1)} {listed}")
    if not whole.any():
        kind = "charge and discharge" if sign > 0 else "discharge and charge"
        raise BadInputError(source, f"{found.count} half-cycles and no complete cycle", f"a complete {kind}")
    return Cycles(
        runs=found,
        number=numbers[whole],
        first=firsts[whole],
        second=seconds[whole],
        first_sign=sign,
        before=0 if skip else -1,
        warnings=tuple(notes),
        counted_from=began,
    )
