"""Voltage of every half-cycle of a symmetric cell in the definitions in use: end, mean, plateau; all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.grouped import grouped_median, grouped_quantile, grouped_time_weights, owners
from limetal.cycling.half_cycles import HalfCycle, HalfCycles
from limetal.records.cycling import CyclingRecord

__all__ = ["HalfCycleNumbers", "half_cycle_numbers", "pairs_of"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class HalfCycleNumbers:
    """One value per half-cycle, in order of time.

    Attributes
    ----------
    end_V, mean_V, plateau_V
        Cell voltage with the sign of the half-cycle taken out: median of the last part, time-weighted mean, and
        time-weighted median of the settled part.
    plain_mean_V
        Mean over points, for comparison.
    mean_current_A
        Time-weighted mean of |current|; 0 without current.
    start_second
        Test time of its first row.
    sign, complete
        As in `limetal.cycling.half_cycles.HalfCycle`.
    """

    end_V: Floats
    mean_V: Floats
    plateau_V: Floats
    plain_mean_V: Floats
    mean_current_A: Floats
    start_second: Floats
    sign: Integers
    complete: NDArray[np.bool_]


def half_cycle_numbers(
    record: CyclingRecord, found: HalfCycles, settled_from: float = 0.2, end_fraction: float = 0.02
) -> HalfCycleNumbers:
    """Numbers of every half-cycle of a record.

    Parameters
    ----------
    record
        Of a symmetric cell.
    found
        Its half-cycles, at least one.
    settled_from, end_fraction
        Part of the half-cycle's time from which on it counts as settled, and length of its end.

    Examples
    --------
    >>> from limetal.cycling.half_cycles import half_cycles
    >>> v = np.repeat([0.01, -0.03, 0.01, -0.03], 25)
    >>> record = CyclingRecord(np.arange(100.0), v, None, source="square wave")
    >>> half_cycle_numbers(record, half_cycles(record)).mean_V.round(6).tolist()
    [0.01, 0.03, 0.01, 0.03]
    """
    rows = np.concatenate([half.rows for half in found.items])
    sizes = np.array([half.rows.size for half in found.items])
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    sign = np.array([half.sign for half in found.items])
    group = owners(first, rows.size)
    t = record.test_time_second[rows]
    u = sign[group] * record.voltage_volt[rows]
    weights = grouped_time_weights(rows, first, record.test_time_second, found.pauses)
    whole = np.add.reduceat(weights, first)
    begin, stop = t[first], t[first + sizes - 1]
    settled = t >= (begin + settled_from * (stop - begin))[group]
    last = t >= (stop - end_fraction * (stop - begin))[group]
    current = np.zeros(first.size)
    if record.current_ampere is not None:
        current = np.add.reduceat(np.abs(record.current_ampere[rows]) * weights, first) / whole
    return HalfCycleNumbers(
        end_V=grouped_median(u[last], _first_of(last, first)),
        mean_V=np.add.reduceat(u * weights, first) / whole,
        plateau_V=grouped_quantile(u[settled], np.maximum(weights[settled], 1e-300), _first_of(settled, first), 0.5),
        plain_mean_V=np.add.reduceat(u, first) / sizes,
        mean_current_A=current,
        start_second=begin,
        sign=sign,
        complete=np.array([half.complete for half in found.items]),
    )


def pairs_of(items: tuple[HalfCycle, ...]) -> Integers:
    """Positions of complete half-cycles and of the complete ones of the other direction right after them.

    Returns
    -------
    (n, 2) int
        Each half-cycle is in one pair at most.

    Examples
    --------
    >>> halves = tuple(HalfCycle(np.arange(2), sign, done) for sign, done in ((1, False), (-1, True), (1, True)))
    >>> pairs_of(halves).tolist()
    [[1, 2]]
    """
    pairs: list[tuple[int, int]] = []
    at = 0
    while at + 1 < len(items):
        one, two = items[at], items[at + 1]
        if one.complete and two.complete and one.sign != two.sign:
            pairs.append((at, at + 1))
            at += 2
        else:
            at += 1
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _first_of(chosen: NDArray[np.bool_], first: Integers) -> Integers:
    """First positions of the groups among the chosen rows; every group has one."""
    counts = np.add.reduceat(chosen.astype(np.int64), first)
    return np.concatenate([[0], np.cumsum(counts)[:-1]])
