"""Every half-cycle beside the ones before it: what its voltage should be, row by row.

The test of a short circuit is the cell's own history: the same direction, the same current, the same time since the
reversal. Voltages are compared as differences and divided by the mean of both directions, so that an offset of the
voltmeter changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.half_cycles import HalfCycles
from limetal.records.cycling import CyclingRecord

__all__ = ["GRID", "Profiles", "profiles"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Places within a half-cycle at which half-cycles are compared, as parts of its length.
GRID = np.concatenate([np.geomspace(0.005, 0.1, 10), np.linspace(0.13, 0.985, 30)])
#: Half-cycles of one direction before the one that is judged.
HISTORY = 8
#: Currents within the first part, lengths within the second of each other are alike.
SAME_CURRENT = 0.02
SAME_LENGTH = 0.08
#: The level of a half-cycle is the mean over these places.
LEVEL_FROM, LEVEL_TO = 0.3, 0.97


@dataclass(frozen=True, eq=False)
class Profiles:
    """Half-cycles on one grid, with what is expected of each.

    Attributes
    ----------
    rows, owner : (n,) int
        Rows of the record in half-cycles, and which half-cycle each belongs to.
    elapsed, u : (n,) float
        Seconds since the reversal; voltage with the sign of the half-cycle taken out.
    residual : (n,) float
        (u - expected)/scale; NaN where nothing can be expected.
    ahead : (n,) float
        The residual against the lowest of what is expected at this time and soon after: a fall that belongs to the
        half-cycle and comes a little early is none.
    scale : (n,) float
        Expected size of the voltage, both directions together.
    first : (halves,) int
        Position of the first row of each half-cycle in ``rows``.
    sign, group : (halves,) int
        Direction, and which half-cycles have one current and one length.
    start_second, seconds, current_A : (halves,) float
        Begin, usual length of its group, |current| (NaN where not logged).
    grid_u, expected : (halves, places) float
        Voltage at the places of `GRID`, and the median of the half-cycles before.
    seen : (halves,) int
        How many half-cycles the expectation rests on; negative where it had to be taken from later ones.
    """

    rows: Integers
    owner: Integers
    elapsed: Floats
    u: Floats
    residual: Floats
    ahead: Floats
    scale: Floats
    first: Integers
    sign: Integers
    group: Integers
    start_second: Floats
    seconds: Floats
    current_A: Floats
    grid_u: Floats
    expected: Floats
    seen: Integers

    @property
    def count(self) -> int:
        """Number of half-cycles."""
        return int(self.sign.size)

    def levels(self) -> Floats:
        """Mean voltage of the settled part of every half-cycle, NaN where it has too few rows."""
        part = (GRID >= LEVEL_FROM) & (GRID <= LEVEL_TO)
        values = self.grid_u[:, part]
        count = np.isfinite(values).sum(axis=1)
        return np.where(count > 0, np.nansum(values, axis=1) / np.maximum(count, 1), np.nan)


def profiles(record: CyclingRecord, halves: HalfCycles, changes: Integers | None = None) -> Profiles:
    """Half-cycles of a record on one grid, each beside its own history.

    Parameters
    ----------
    record, halves
        The test, and its half-cycles.
    changes
        Half-cycles in which the cell changed for good: history starts anew after each.
    """
    t, v = record.test_time_second, record.voltage_volt
    sizes = np.array([h.rows.size for h in halves.items])
    rows = np.concatenate([h.rows for h in halves.items])
    sign = np.array([h.sign for h in halves.items])
    owner = np.repeat(np.arange(sizes.size), sizes)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    start = t[rows[first]]
    length = t[rows[first + sizes - 1]] - start
    u = sign[owner] * v[rows]
    current = np.full(sizes.size, np.nan)
    if halves.from_current and record.current_ampere is not None:
        size = np.abs(record.current_ampere[rows])
        middle = first + sizes // 2
        current = size[middle]
    complete = np.array([h.complete for h in halves.items])
    group, usual = _groups(length, current, complete)
    if changes is not None and changes.size:
        epoch = np.searchsorted(np.unique(changes), np.arange(sizes.size))
        _, group = np.unique(group * (int(epoch.max()) + 1) + epoch, return_inverse=True)
    grid_u = _on_grid(t[rows], u, start, length, usual)
    expected, seen = _expected(grid_u, group, sign)
    size_of = _size(expected, group, sign)
    elapsed = t[rows] - start[owner]
    part = elapsed / np.maximum(usual[owner], 1e-12)
    place = np.clip(np.searchsorted(GRID, part) - 1, 0, GRID.size - 2)
    weight = np.clip((part - GRID[place]) / (GRID[place + 1] - GRID[place]), 0.0, 1.0)
    at_row = _between(expected, owner, place, weight)
    scale = _between(size_of, owner, place, weight)
    with np.errstate(invalid="ignore", divide="ignore"):
        known = (scale > 0) & (part >= GRID[0])  # earlier than the first place nothing is expected
        known &= ~_broken(halves)[owner]
        residual = np.where(known, (u - at_row) / scale, np.nan)
        later = [expected[owner, np.minimum(place + k, GRID.size - 1)] for k in (1, 2, 3)]
        lowest = np.fmin(at_row, np.fmin(later[0], np.fmin(later[1], later[2])))
        ahead = np.where(known, (u - lowest) / scale, np.nan)
    return Profiles(
        rows,
        owner,
        elapsed,
        u,
        residual,
        ahead,
        scale,
        first,
        sign,
        group,
        start,
        usual,
        current,
        grid_u,
        expected,
        seen,
    )


def _broken(halves: HalfCycles) -> NDArray[np.bool_]:
    """Whether the recording paused in or beside a half-cycle, so that its time since the reversal is not known."""
    begin = np.array([h.rows[0] - 1 for h in halves.items])
    end = np.array([h.rows[-1] for h in halves.items])
    stops = np.sort(halves.pauses)
    return np.asarray(np.searchsorted(stops, end, "right") > np.searchsorted(stops, begin, "left"))


def _between(grid: Floats, owner: Integers, place: Integers, weight: Floats) -> Floats:
    values: Floats = grid[owner, place] * (1 - weight) + grid[owner, place + 1] * weight
    return values


def _groups(length: Floats, current: Floats, complete: NDArray[np.bool_]) -> tuple[Integers, Floats]:
    """Group of every half-cycle, and the usual length of its group; one cut short goes with the one before it."""
    by_current = _alike(current, SAME_CURRENT) if np.isfinite(current).all() else np.zeros(length.size, np.int64)
    by_length = np.full(length.size, -1)
    if complete.any():
        by_length[complete] = _alike(length[complete], SAME_LENGTH)
    key = by_current * (by_length.max() + 2) + by_length
    last: dict[int, int] = {}
    for k in np.flatnonzero(complete).tolist():
        last.setdefault(int(by_current[k]), int(key[k]))
    for k in range(length.size):
        if complete[k]:
            last[int(by_current[k])] = int(key[k])
        else:
            key[k] = last.get(int(by_current[k]), key[k])
    _, group = np.unique(key, return_inverse=True)
    usual = np.ones(length.size)
    order = np.argsort(group, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        whole = members[complete[members]]
        usual[members] = float(np.median(length[whole if whole.size else members]))
    return group, np.maximum(usual, 1e-9)


def _alike(values: Floats, width: float) -> Integers:
    """Number of the cluster of every value: sorted values with no gap between neighbours above a part."""
    order = np.argsort(values)
    logs = np.log(np.maximum(values[order], 1e-300))
    cluster = np.concatenate([[0], np.cumsum(np.diff(logs) > width)])
    found = np.empty(values.size, dtype=np.int64)
    found[order] = cluster
    return found


def _on_grid(t: Floats, u: Floats, start: Floats, length: Floats, usual: Floats) -> Floats:
    where = usual[:, None] * GRID
    values = np.interp((start[:, None] + where).ravel(), t, u).reshape(where.shape)
    return np.where(where <= length[:, None], values, np.nan)


def _expected(grid_u: Floats, group: Integers, sign: Integers) -> tuple[Floats, Integers]:
    """Median of the half-cycles of the same group and direction before each one; of later ones for the first two."""
    expected = np.full(grid_u.shape, np.nan)
    seen = np.zeros(sign.size, dtype=np.int64)
    channel = 2 * group + (sign > 0)
    order = np.argsort(channel, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(channel[order])) + 1):
        if members.size < 3:
            continue
        own = grid_u[members]
        padded = np.concatenate([np.full((HISTORY, GRID.size), np.nan), own[:-1]])
        windows = np.lib.stride_tricks.sliding_window_view(padded, HISTORY, axis=0)
        expected[members] = _median(windows)
        seen[members] = np.minimum(np.arange(members.size), HISTORY)
        later = _median(own[2 : 2 + HISTORY].T[None, :, :])
        expected[members[:2]] = later
        seen[members[:2]] = -1
    return expected, seen


def _median(windows: Floats) -> Floats:
    """Median over the last axis without the NaN."""
    ordered = np.sort(windows, axis=-1)
    count = np.isfinite(ordered).sum(axis=-1)
    low = np.maximum((count - 1) // 2, 0)[..., None]
    high = np.minimum(count // 2, ordered.shape[-1] - 1)[..., None]
    middle = (np.take_along_axis(ordered, low, -1) + np.take_along_axis(ordered, high, -1))[..., 0] / 2
    return np.where(count > 0, middle, np.nan)


def _size(expected: Floats, group: Integers, sign: Integers) -> Floats:
    """Mean of the expectations of both directions: an offset of the voltmeter drops out."""
    size = expected.copy()
    for one in np.unique(group).tolist():
        members = np.flatnonzero(group == one)
        for way in (1, -1):
            mine, theirs = members[sign[members] == way], members[sign[members] != way]
            if not theirs.size:
                continue
            beside = theirs[np.clip(np.searchsorted(theirs, mine), 0, theirs.size - 1)]
            both = (expected[mine] + expected[beside]) / 2
            size[mine] = np.where(np.isfinite(both), both, expected[mine])
    return size
