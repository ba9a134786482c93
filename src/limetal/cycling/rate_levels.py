"""Cycles at one current: levels, blocks of consecutive cycles, the ladder of a rate test.

Only cycles at the same currents, in both directions, and in the same voltage window can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.cycles import Cycles

__all__ = ["Block", "Levels", "blocks_of", "currents_mA", "groups", "ladder", "levels", "windows"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Ends of the voltage are two windows if they lie further apart than this part of the range of the voltage, ...
WINDOW_APART = 0.03
#: ... and within a window no more than this part; ends that drift (a capacity limit) make no windows.
WINDOW_WIDTH = 0.01
#: More returns to one level than this are checks in a long test, no ladder.
MOST_RETURNS = 3


@dataclass(frozen=True, eq=False)
class Levels:
    """Cycles sorted by their currents and voltage window.

    Attributes
    ----------
    label : (n_cycles,) int
        Level of each cycle; levels are numbered from 0 in order of the discharge, then the charge current.
    discharge_mA, charge_mA : (n_levels,) float
        Median currents of each level.
    """

    label: Integers
    discharge_mA: Floats
    charge_mA: Floats

    @property
    def usual(self) -> int:
        """The level of most cycles; of several the one that comes first in time."""
        count = np.bincount(self.label)
        most = np.flatnonzero(count == count.max())
        return int(self.label[np.isin(self.label, most)][0])


@dataclass(frozen=True, eq=False)
class Block:
    """Consecutive cycles at one level.

    Attributes
    ----------
    level
        Index in `Levels`.
    cycles : (n,) int
        Their positions among all complete cycles, from 0.
    """

    level: int
    cycles: Integers


def currents_mA(found: Cycles) -> tuple[Floats, Floats]:
    """Current of the charge and of the discharge of each cycle.

    The mean under current; of a half-cycle that ends at constant voltage, where the current falls, the largest.

    Returns
    -------
    tuple of (n_cycles,) float
        Charge and discharge, mA, both positive.
    """
    runs = found.runs
    held = runs.held_charge_mAh > 0
    size = np.where(held, runs.largest_current_mA, runs.mean_current_mA)
    return np.asarray(size[found.charge]), np.asarray(size[found.discharge])


def groups(values: Floats, tolerance: float) -> Integers:
    """Group of each value, numbered from the smallest; values of a group lie within a part of its smallest.

    Examples
    --------
    >>> groups(np.array([1.0, 5.0, 1.02, 2.0]), 0.05).tolist()
    [0, 2, 0, 1]
    """
    order = np.argsort(values, kind="stable")
    label = np.empty(values.size, dtype=np.int64)
    group, lowest = -1, -np.inf
    for k in order:
        if group < 0 or values[k] > lowest * (1 + tolerance):
            group, lowest = group + 1, float(values[k])
        label[k] = group
    return label


def windows(ends_V: Floats, span_V: float) -> Integers:
    """Which of several cut-off voltages ended each half-cycle; all 0 where the ends drift or there is one.

    Examples
    --------
    >>> windows(np.array([4.3, 4.301, 4.5, 4.5]), 1.5).tolist()
    [0, 0, 1, 1]
    >>> windows(np.array([4.0, 4.02, 4.05, 4.1, 4.15]), 1.5).tolist()
    [0, 0, 0, 0, 0]
    """
    order = np.argsort(ends_V, kind="stable")
    sizes = ends_V[order]
    new = np.append(False, np.diff(sizes) > WINDOW_APART * span_V)
    group = np.cumsum(new)
    starts = np.flatnonzero(np.append(True, new[1:]))
    widths = np.maximum.reduceat(sizes, starts) - np.minimum.reduceat(sizes, starts)
    label = np.zeros(ends_V.size, dtype=np.int64)
    if (widths <= WINDOW_WIDTH * span_V).all():
        label[order] = group
    return label


def levels(found: Cycles, tolerance: float = 0.05) -> Levels:
    """Sort cycles by the currents of both directions and by the voltage window.

    Parameters
    ----------
    tolerance
        Currents within this part of each other are one level.
    """
    charge, discharge = currents_mA(found)
    ends = found.runs.last_volt
    span = float(np.ptp(ends[np.concatenate([found.charge, found.discharge])]))
    keys = np.column_stack(
        [
            groups(discharge, tolerance),
            groups(charge, tolerance),
            windows(ends[found.discharge], span),
            windows(ends[found.charge], span),
        ]
    )
    _, label = np.unique(keys, axis=0, return_inverse=True)
    label = np.asarray(label, dtype=np.int64).ravel()
    n = int(label.max()) + 1
    medians = [[float(np.median(size[label == k])) for k in range(n)] for size in (discharge, charge)]
    return Levels(label, np.array(medians[0]), np.array(medians[1]))


def blocks_of(label: Integers, fewest: int = 1) -> list[Block]:
    """Consecutive cycles of one level; blocks of fewer cycles are left out and their neighbours joined.

    Examples
    --------
    >>> [(b.level, b.cycles.tolist()) for b in blocks_of(np.array([0, 0, 1, 0, 0, 2, 2]), 2)]
    [(0, [0, 1, 3, 4]), (2, [5, 6])]
    """
    pieces = np.split(np.arange(label.size), np.flatnonzero(np.diff(label)) + 1)
    joined: list[Block] = []
    for rows in pieces:
        if rows.size < fewest:
            continue
        level = int(label[rows[0]])
        if joined and joined[-1].level == level:
            rows = np.concatenate([joined.pop().cycles, rows])
        joined.append(Block(level, rows))
    return joined


def ladder(label: Integers, *, fewest_levels: int = 3, fewest_cycles: int = 2, longest_block: int = 30) -> list[Block]:
    """Blocks of a rate test, in order of time; none where the cycles are no rate test.

    A rate test is a stretch of blocks, none longer than ``longest_block`` cycles, that holds at least
    ``fewest_levels`` levels, none of which it comes back to more than three times. Of several such stretches (parted
    by long cycling at one current) the one of most levels counts.

    Examples
    --------
    Three rates, back to the first, then 100 cycles at one:

    >>> label = np.repeat([0, 1, 2, 0, 1], [5, 5, 5, 5, 100])
    >>> [b.level for b in ladder(label)]
    [0, 1, 2, 0]
    >>> ladder(np.zeros(50, dtype=np.int64))
    []
    """
    best: list[Block] = []
    stretch: list[Block] = []
    for block in [*blocks_of(label, fewest_cycles), None]:
        if block is not None and block.cycles.size <= longest_block:
            stretch.append(block)
            continue
        if _is_ladder(stretch, fewest_levels) and _count(stretch) > _count(best):
            best = stretch
        stretch = []
    return best


def _count(blocks: list[Block]) -> int:
    return len({b.level for b in blocks})


def _is_ladder(blocks: list[Block], fewest_levels: int) -> bool:
    if _count(blocks) < fewest_levels:
        return False
    visits = np.bincount([b.level for b in blocks])
    return bool(visits.max() <= MOST_RETURNS + 1)
