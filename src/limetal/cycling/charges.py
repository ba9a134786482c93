"""Charge of every stretch of one direction of current: by the integral of the current and by the counter.

The two are compared here. A counter is the better witness, because an instrument integrates far more often than it
logs, but only where it agrees with the current as logged: its unit may be wrong, it may count one step of many. Where
it does not agree, the integral counts, and a warning names both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.counters import Counted, counted
from limetal.cycling.quantum import quantum
from limetal.physics.constants import MA_PER_A, SECONDS_PER_HOUR
from limetal.records.base import About
from limetal.records.cycling import CyclingRecord

__all__ = ["AGREES", "Charges", "charges_of_pieces"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: A counter is believed where it agrees with the integral of the current within this part, or within the resolution
#: of both.
AGREES = 0.02
#: An interval differs from the one before by more than this part: the row at its end was logged because a step ended.
OFF_BEAT = 0.01
_MAH_PER_AS = MA_PER_A / SECONDS_PER_HOUR


@dataclass(frozen=True, eq=False)
class Charges:
    """Stretches of one direction, rests left out; every attribute but the last few has one value for each.

    Attributes
    ----------
    sign, first, stop
        Direction, first row, and the row after the last one.
    seconds, integral_mAh, energy_mWh, largest_A
        Time under current; charge and energy by the integral of the current, positive; largest |current|.
    width_mAh
        Half-width of the charge by the integral.
    counter_mAh, counter_width_mAh
        Charge by the counter, and its half-width; zeros without one.
    flow_mAh
        (rows,) signed charge since the row before by the integral.
    counter
        The counter, None without one.
    current_step_A
        Smallest step of the logged current; 0 where none is seen.
    """

    sign: Integers
    first: Integers
    stop: Integers
    seconds: Floats
    integral_mAh: Floats
    energy_mWh: Floats
    largest_A: Floats
    width_mAh: Floats
    counter_mAh: Floats
    counter_width_mAh: Floats
    flow_mAh: Floats
    counter: Counted | None
    current_step_A: float

    def without(self, gone: NDArray[np.bool_]) -> Charges:
        """Return the other stretches."""
        names = ("sign", "first", "stop", "seconds", "integral_mAh", "energy_mWh", "largest_A", "width_mAh")
        kept = {name: getattr(self, name)[~gone] for name in (*names, "counter_mAh", "counter_width_mAh")}
        return replace(self, **kept)

    def of_runs(self) -> Integers:
        """Return the index of the first stretch of every run: of stretches of one direction that follow each other."""
        return np.flatnonzero(np.append(True, self.sign[1:] != self.sign[:-1]))

    def ends(self, starts: Integers) -> tuple[Integers, Integers]:
        """First row of every run, and the row after its last."""
        return self.first[starts], self.stop[np.append(starts[1:] - 1, self.sign.size - 1)]

    def charge(self, starts: Integers, t: Floats) -> tuple[Floats, Floats, NDArray[np.bool_], str, tuple[str, ...]]:
        """Charge of every run, its half-width, whether the counter gave it, and words: where from, and doubts."""
        integral, width = (np.add.reduceat(x, starts) for x in (self.integral_mAh, self.width_mAh))
        none = np.zeros(starts.size, dtype=bool)
        if self.counter is None:
            return integral, width, none, "integral of the current", ()
        count, error = (np.add.reduceat(x, starts) for x in (self.counter_mAh, self.counter_width_mAh))
        apart = np.abs(count - integral)
        agrees = (apart <= np.maximum(AGREES * integral, width + error)) & ((count > 0) | (apart == 0))
        words = [self._disagree(~agrees, count, integral, t[self.first[starts]])] if not agrees.all() else []
        if not agrees.any() or float(error[agrees].sum()) > float(width[agrees].sum()):
            return integral, width, none, "integral of the current", tuple(words)
        far = agrees & (apart > AGREES * np.abs(integral))
        if far.any():
            words.append(self._apart(far, count, integral))
        name = f"counter {self.counter.header}"
        if not agrees.all():
            name += f"; integral of the current in {int((~agrees).sum())} of {agrees.size} half-cycles"
        charge = np.where(agrees, count, integral)
        return charge, np.where(agrees, error, width), agrees, name, tuple(words)

    def between(self, begin: Integers, stop: Integers, sign: Integers, by_counter: NDArray[np.bool_]) -> Floats:
        """Charge from one row to the last one of each run."""
        charge = np.zeros(begin.size)
        some = begin < stop - 1
        ends = np.stack([begin[some] + 1, stop[some]], axis=1).ravel()
        if not ends.size:
            return charge
        count = self.flow_mAh if self.counter is None else self.counter.flow_mAh
        for flow, chosen in ((self.flow_mAh, ~by_counter), (count, by_counter)):
            if chosen.any():
                sums = np.add.reduceat(np.append(flow, 0.0), ends)[::2] * sign[some]
                charge[some] = np.where(chosen[some], sums, charge[some])
        return charge

    def _disagree(self, which: NDArray[np.bool_], count: Floats, integral: Floats, begins: Floats) -> str:
        assert self.counter is not None  # asked before
        k = int(np.flatnonzero(which)[np.argmax(integral[which])])
        where = "all" if which.all() else f"{int(which.sum())} of {which.size}"
        return (
            f"the counter {self.counter.header} disagrees with the integral of the current in {where} half-cycles "
            f"(in the largest, at {begins[k] / SECONDS_PER_HOUR:.4g} h, it has {count[k]:.4g} mAh, the integral "
            f"{integral[k]:.4g} mAh): there the integral counts"
        )

    def _apart(self, which: NDArray[np.bool_], count: Floats, integral: Floats) -> str:
        assert self.counter is not None  # asked before
        off = 100 * (float(integral[which].sum()) / float(count[which].sum()) - 1)
        rounded = f"is logged in steps of {MA_PER_A * self.current_step_A:.2g} mA" if self.current_step_A else ""
        if 0.5 * self.current_step_A < AGREES * float(np.median(self.largest_A)):
            rounded = "is logged too rarely"  # its steps are too small to be the cause
        where = "" if which.all() else f" in {int(which.sum())} of {which.size} half-cycles"
        return (
            f"the current {rounded}, so that its integral is {off:+.3g} % off the counter {self.counter.header}"
            f"{where}: charge is the counter's"
        )


def charges_of_pieces(
    record: CyclingRecord,
    direction: Integers,
    dt: Floats,
    seconds: Floats,
    stops: Integers,
    *,
    cuts: Integers | None = None,
    counters: bool = True,
) -> Charges:
    """Charge of every stretch of one direction.

    Parameters
    ----------
    direction
        Of every row.
    dt, seconds, stops
        Interval after each row, zero in pauses; time weight of each row; rows after which the recording pauses.
    cuts
        Rows at which a stretch begins although the direction stays.
    counters
        False: the counter is not looked at.

    Examples
    --------
    >>> t = 360.0 * np.arange(6)
    >>> current = np.array([1.0, 1.0, 1.0, -2.0, -2.0, 0.0]) * 1e-3
    >>> record = CyclingRecord(t, np.full(6, 3.7), current, source="x")
    >>> found = charges_of_pieces(record, np.sign(current).astype(int), np.diff(t), np.ones(6), np.empty(0, int))
    >>> found.sign.tolist(), found.first.tolist(), found.stop.tolist(), found.integral_mAh.round(6).tolist()
    ([1, -1], [0, 3], [3, 5], [0.2, 0.4])
    """
    t, v, current = record.test_time_second, record.voltage_volt, record.current_ampere
    assert current is not None  # asked before
    way = direction.astype(np.int8)
    edge = np.flatnonzero(way[1:] != way[:-1])
    flow, energy = _integrals(dt, v, current, way, edge)
    begins = np.concatenate([[0], edge + 1])
    if cuts is not None:
        begins = np.union1d(begins, cuts)
    ends = np.append(begins[1:], t.size)
    works = way[begins] != 0
    first, stop, sign = begins[works], ends[works], direction[begins[works]]
    moved, spent = (np.add.reduceat(x, begins)[works] * sign for x in (flow, energy))
    size = np.abs(current)
    lost = np.concatenate([[0.0], np.cumsum(np.diff(t)[stops])])
    before = np.maximum(first - 1, 0)
    length = t[stop - 1] - t[before]
    if stops.size:
        length = length - lost[np.searchsorted(stops, stop - 1)] + lost[np.searchsorted(stops, before)]
    step = quantum(current) if _is_logged(record) else 0.0
    width = _timing(size, dt, first, stop, begins) + _MAH_PER_AS * 0.5 * step * length
    width += _between_rows(current, dt, seconds, first, stop)
    counter = counted(record, way, flow) if counters else None
    count = error = np.zeros(first.size)
    if counter is not None:
        count, error = _by_counter(counter, size, dt, (first, stop, sign, begins, works), stops, way)
    return Charges(
        sign=sign,
        first=first,
        stop=stop,
        seconds=length,
        integral_mAh=moved,
        energy_mWh=spent,
        largest_A=np.maximum.reduceat(size, begins)[works],
        width_mAh=width,
        counter_mAh=count,
        counter_width_mAh=error,
        flow_mAh=flow,
        counter=counter,
        current_step_A=step,
    )


def _integrals(dt: Floats, v: Floats, current: Floats, way: NDArray[np.int8], edge: Integers) -> tuple[Floats, Floats]:
    """Signed charge in mAh and energy in mWh since the row before each row; zero where that belongs to no stretch.

    An interval belongs to the later row: a step begins where the one before it ended. Where that row was of another
    direction its current and voltage do not count.
    """
    half = dt * (0.5 * _MAH_PER_AS)
    power = current * v
    works = way[1:] != 0
    results = []
    for rate in (current, power):
        flow = np.empty(v.size)
        flow[0] = 0.0
        inside = flow[1:]
        np.add(rate[1:], rate[:-1], out=inside)
        inside *= half
        inside[edge] = 2 * half[edge] * rate[edge + 1]
        if not works.all():
            inside *= works
        results.append(flow)
    return results[0], results[1]


def _is_logged(record: CyclingRecord) -> bool:
    """Whether an instrument wrote the numbers, with the digits it has; those of a model have all of theirs."""
    return record.origin == "measured" and (bool(len(record.more)) or record.about != About())


def _timing(size: Floats, dt: Floats, first: Integers, stop: Integers, begins: Integers) -> Floats:
    """Half-width from the instants at which each stretch began and ended, somewhere between two rows.

    Charge counts from the row before the stretch to its last row. It began up to that interval later and ended up to
    the next one later, so the larger of the two bounds the error. An instrument that logs the last row of a step out
    of its beat leaves no doubt.
    """
    before = np.maximum(first - 1, 0)
    begin = np.where((first > 0) & ~_out_of_beat(dt, before, begins), size[first] * dt[before], 0.0)
    after = np.minimum(stop - 1, dt.size - 1)
    end = np.where((stop - 1 < dt.size) & ~_out_of_beat(dt, stop - 1, begins), size[stop - 1] * dt[after], 0.0)
    return np.asarray(_MAH_PER_AS * np.maximum(begin, end))


def _out_of_beat(dt: Floats, row: Integers, begins: Integers) -> NDArray[np.bool_]:
    """Whether the interval before a row differs from the two even ones before it, all in one step.

    A rest has a beat of its own: the interval in which it began tells nothing about its end.
    """
    if dt.size < 3:
        return np.zeros(row.size, dtype=bool)
    at = np.maximum(row - 1, 2)
    last, usual, other = dt[np.minimum(at, dt.size - 1)], dt[at - 1], dt[at - 2]
    even = np.abs(usual - other) <= OFF_BEAT * usual
    inside = row - 3 >= begins[np.searchsorted(begins, row, side="right") - 1]
    return np.asarray(inside & even & (np.abs(last - usual) > OFF_BEAT * usual))


def _between_rows(current: Floats, dt: Floats, seconds: Floats, first: Integers, stop: Integers) -> Floats:
    """Half-width from what the current did between rows.

    A quarter of its second differences times the interval: for a jump between two rows that is the whole doubt of
    when it came, for a smooth current three times the error of the trapezoid (h**3/12 times the second derivative).
    And the difference to the sum with the current of the later row, because some instruments log the mean since the
    row before.
    """
    steps = np.diff(current)
    bends = np.empty(current.size + 1)
    bends[0] = bends[-2] = bends[-1] = 0.0
    inside = bends[1:-2]
    np.subtract(steps[1:], steps[:-1], out=inside)
    np.abs(inside, out=inside)
    inside *= seconds[1:-1]
    bends[first] = bends[stop - 1] = 0.0
    bent = np.add.reduceat(bends, np.stack([first, stop], axis=1).ravel())[::2]
    steps *= dt
    long = stop - 1 > first
    shifted = np.zeros(first.size)
    ends = np.stack([first[long], stop[long] - 1], axis=1).ravel()
    if ends.size:
        shifted[long] = np.abs(np.add.reduceat(np.append(steps, 0.0), ends)[::2])
    return np.asarray(_MAH_PER_AS * (0.25 * bent + 0.5 * shifted))


def _by_counter(
    counter: Counted,
    size: Floats,
    dt: Floats,
    pieces: tuple[Integers, Integers, Integers, Integers, NDArray[np.bool_]],
    stops: Integers,
    way: NDArray[np.int8],
) -> tuple[Floats, Floats]:
    """Charge and half-width of every stretch by the counter.

    What was counted between the last row of a stretch and the first one of another belongs to the one of its
    direction.
    """
    first, stop, sign, begins, works = pieces
    flow, up, down = counter.flow_mAh, counter.into_mAh, counter.out_mAh
    if stops.size:
        flow = flow.copy()
        flow[stops + 1] = 0.0

    def own(rows: Integers) -> Floats:
        if up is None or down is None:
            found = np.maximum(sign * flow[rows], 0.0)
        else:
            found = np.where(sign > 0, up[rows], down[rows])
        return np.asarray(np.where(np.isin(rows - 1, stops), 0.0, found))

    behind = np.minimum(stop, flow.size - 1)
    charge = sign * (np.add.reduceat(flow, begins)[works] - flow[first])
    ends = (stop < flow.size) & (way[behind] != sign)
    charge += np.where(first > 0, own(first), 0.0) + np.where(ends, own(behind), 0.0)
    anew = np.searchsorted(counter.restarts, stop) - np.searchsorted(counter.restarts, first)
    error: Floats = np.asarray(counter.resolution_mAh * (1.0 + anew), dtype=np.float64)
    if up is None:  # one counter for both: what it counted between two directions is their difference
        for row in (first, behind):
            last = np.maximum(row - 1, 0)
            turns = (way[row] * way[last] < 0) & ~np.isin(row, counter.restarts) & ~_out_of_beat(dt, last, begins)
            error += np.where(turns, _MAH_PER_AS * np.minimum(size[row], size[last]) * dt[last], 0.0)
    return charge, error
