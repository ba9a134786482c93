"""Every half-cycle on one grid of its own time: means over equal parts, however unevenly it was logged.

Between two rows the voltage is taken as a straight line, so the mean over a part is an integral: rows dense on a
voltage trigger count no more than rare ones. A single row that stands out of both its neighbours, a slip of the
logging, is cut to the nearer of them; slopes and turns of two rows or more stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.grouped import grouped_quantile, grouped_time_steps, owners
from limetal.cycling.half_cycles import HalfCycles
from limetal.records.cycling import CyclingRecord

__all__ = ["TimeBins", "time_bins"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Half-cycles worked on at a time: the grid of a hundred thousand would fill the memory.
_AT_ONCE = 8192
#: 1.4826 times the median of |x| is the standard deviation of a normal distribution.
_NORMAL_MEDIAN = 1.4826


@dataclass(frozen=True, eq=False)
class TimeBins:
    """Half-cycles in equal parts of their time under current.

    Attributes
    ----------
    mean_V : (n_halves, n_parts) float
        Mean of the voltage, sign taken out, over each part.
    rows : (n_halves, n_parts) int
        How many rows lie in each part.
    noise_V : (n_halves,) float
        Standard deviation of a row about the straight line between its neighbours in time, by the median: a trigger
        on the voltage does not show in it. NaN for fewer than five rows.
    widest : (n_halves,) float
        Longest time between two rows as part of the half-cycle.
    seconds : (n_halves,) float
        Time under current.
    """

    mean_V: Floats
    rows: Integers
    noise_V: Floats
    widest: Floats
    seconds: Floats

    def windows(self, width: int) -> tuple[Floats, Floats]:
        """Means over so many neighbouring parts, ``(n_halves, n_parts - width + 1)``, and their standard errors."""
        if width == 1:
            return self.mean_V, self.noise_V[:, None] / np.sqrt(np.maximum(self.rows, 1))
        sums = np.cumsum(np.pad(self.mean_V, ((0, 0), (1, 0))), axis=1)
        counts = np.cumsum(np.pad(self.rows, ((0, 0), (1, 0))), axis=1)
        means = (sums[:, width:] - sums[:, :-width]) / width
        return means, self.noise_V[:, None] / np.sqrt(np.maximum(counts[:, width:] - counts[:, :-width], 1))


def time_bins(record: CyclingRecord, found: HalfCycles, parts: int = 100) -> TimeBins:
    """Half-cycles of a record in equal parts of their time.

    Rests inside a half-cycle and pauses of the recording take no time.

    Examples
    --------
    A straight line logged at four uneven times:

    >>> from limetal.cycling.half_cycles import HalfCycle
    >>> record = CyclingRecord(np.array([0.0, 1, 2, 10]), np.array([0.0, 0.1, 0.2, 1.0]), None, source="line")
    >>> found = HalfCycles((HalfCycle(np.arange(4), 1, True),), False, 0, (), np.array([], dtype=np.int64))
    >>> time_bins(record, found, 5).mean_V.round(6).tolist()
    [[0.1, 0.3, 0.5, 0.7, 0.9]]
    """
    pieces = [
        _some(record, found, slice(begin, begin + _AT_ONCE), parts) for begin in range(0, len(found.items), _AT_ONCE)
    ]
    return TimeBins(*(np.concatenate(column) for column in zip(*pieces, strict=True)))


def _some(
    record: CyclingRecord, found: HalfCycles, which: slice, parts: int
) -> tuple[Floats, Integers, Floats, Floats, Floats]:
    items = found.items[which]
    rows = np.concatenate([half.rows for half in items])
    sizes = np.array([half.rows.size for half in items])
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    group = owners(first, rows.size)
    u = np.array([float(half.sign) for half in items])[group] * record.voltage_volt[rows]
    raw = u
    u = _without_single_rows(u, first)
    dt = grouped_time_steps(rows, first, record.test_time_second, found.pauses)
    span = np.add.reduceat(dt, first)
    clock = np.concatenate([[0.0], np.cumsum(dt)[:-1]])
    area = np.concatenate([[0.0], np.cumsum(dt[:-1] * (u[:-1] + u[1:]) / 2)])
    edges = clock[first][:, None] + span[:, None] * np.linspace(0.0, 1.0, parts + 1)
    at = np.searchsorted(clock, edges, "right") - 1
    last = np.maximum(first + sizes - 2, first)[:, None]
    at = np.clip(at, first[:, None], last)
    after = np.minimum(at + 1, rows.size - 1)
    ahead = np.clip(edges - clock[at], 0.0, dt[at])
    slope = np.divide(u[after] - u[at], dt[at], out=np.zeros_like(ahead), where=dt[at] > 0)
    integral = area[at] + ahead * (u[at] + slope * ahead / 2)
    width = np.where(span > 0, span, 1.0)[:, None] / parts
    place = ((clock - clock[first][group]) / np.where(span > 0, span, 1.0)[group] * parts).astype(np.int64)
    counts = np.bincount(group * parts + np.clip(place, 0, parts - 1), minlength=sizes.size * parts)
    return (
        np.diff(integral, axis=1) / width,
        counts.reshape(sizes.size, parts),
        _noise(raw, dt, first, sizes),
        np.maximum.reduceat(dt, first) / np.where(span > 0, span, 1.0),
        span,
    )


def _without_single_rows(u: Floats, first: Integers) -> Floats:
    """Median of each row and its two neighbours; the first and last row of a half-cycle stay."""
    if u.size < 3:
        return u
    calm = u.copy()
    low, high = np.minimum(u[:-2], u[2:]), np.maximum(u[:-2], u[2:])
    calm[1:-1] = np.clip(u[1:-1], low, high)
    edges = np.concatenate([first, first[1:] - 1])
    calm[edges] = u[edges]
    return calm


def _noise(u: Floats, dt: Floats, first: Integers, sizes: Integers) -> Floats:
    """Standard deviation of rows about the line between their neighbours, by the median of each half-cycle."""
    noise = np.full(sizes.size, np.nan)
    if u.size < 3:
        return noise
    before, behind = dt[:-2], dt[1:-1]
    whole = before + behind
    part = np.divide(before, whole, out=np.full_like(whole, 0.5), where=whole > 0)
    off = np.abs(u[1:-1] - (1 - part) * u[:-2] - part * u[2:]) / np.sqrt(1 + (1 - part) ** 2 + part**2)
    group = owners(first, u.size)[1:-1]
    inner = (before > 0) & (behind > 0)  # both neighbours belong to the half-cycle and lie at other times
    count = np.bincount(group[inner], minlength=sizes.size)
    enough = count >= 3
    chosen = inner & enough[group]
    if chosen.any():
        starts = np.concatenate([[0], np.cumsum(count[enough])[:-1]])
        values = off[chosen]
        noise[enough] = _NORMAL_MEDIAN * grouped_quantile(values, np.ones(values.size), starts, 0.5)
    return noise
