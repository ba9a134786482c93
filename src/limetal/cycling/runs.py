"""Runs: stretches of one direction of current, with the charge and the energy that flowed.

A run is what a half-cycle is made of. Rests inside it (an interrupt, a GITT relaxation) belong to it and carry no
charge; small reverse pulses (a resistance measurement) and slips of the logging are left out. Charge is the integral
of the logged current over time: between two rows of a run by the trapezoid, from the row before the run (the end of
another step) with the current of its first row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.currents import directions
from limetal.cycling.pauses import pauses, pauses_in_words
from limetal.errors import BadInputError
from limetal.physics.constants import MA_PER_A, SECONDS_PER_HOUR
from limetal.records.cycling import CyclingRecord

__all__ = ["Runs", "runs"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: A run with less than this part of the charge and of the time of both neighbours is a pulse, no half-cycle.
SMALL_CHARGE = 0.02
SMALL_TIME = 0.2
#: The end of a run is at constant voltage if the voltage stays within this part of the range of the record, ...
HELD_VOLT = 0.0015
#: ... while the current falls by more than this part of its largest.
FALLEN = 0.1
#: The last run of a record is complete if it moved this part of the charge of the one before it in its direction, ...
ENOUGH_CHARGE = 0.95
#: ... or ended within this part of the range of the voltage of where that one ended.
ENOUGH_VOLT = 0.02


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs in order of time; every attribute is an array with one value for each.

    Attributes
    ----------
    sign
        +1 where current is positive (charges the cell), -1 where it is negative.
    first, stop
        First row, and the row after the last one; rests inside lie between them.
    start_second, end_second
        Test time where it begins (the row before it, where that ends another step) and ends.
    seconds
        Time under current.
    charge_mAh, energy_mWh
        What flowed, counted positive; the energy is negative where the voltage is against the current.
    held_charge_mAh
        Part of the charge that flowed at constant voltage at the end.
    mean_volt
        Energy over charge: the charge-weighted mean.
    mean_current_mA
        Charge over time under current.
    largest_current_mA
        Largest |current| of the run.
    first_volt, last_volt
        Voltage of the first and last row under current.
    complete
        False for a run the record cuts: by its end, its beginning, or a pause of the recording.
    direction
        (rows,) direction of every row of the record, 0 at rest and in pulses.
    warnings
        What was left out.
    """

    sign: Integers
    first: Integers
    stop: Integers
    start_second: Floats
    end_second: Floats
    seconds: Floats
    charge_mAh: Floats
    energy_mWh: Floats
    held_charge_mAh: Floats
    mean_volt: Floats
    mean_current_mA: Floats
    largest_current_mA: Floats
    first_volt: Floats
    last_volt: Floats
    complete: NDArray[np.bool_]
    direction: Integers
    warnings: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Number of runs."""
        return int(self.sign.size)


def runs(record: CyclingRecord) -> Runs:
    """Runs of one direction of current of a record.

    Raises
    ------
    BadInputError
        If the record has no current, or none ever flows.

    Examples
    --------
    One hour of 1 mA at 3.9 V, a rest, half an hour back at 3.7 V:

    >>> t = np.arange(0.0, 7201.0, 60.0)
    >>> current = np.where(t <= 3600, 1e-3, np.where(t <= 5400, 0.0, -1e-3))
    >>> found = runs(CyclingRecord(t, np.where(current > 0, 3.9, 3.7), current, source="one cycle"))
    >>> found.sign.tolist(), found.charge_mAh.round(6).tolist(), found.mean_volt.round(6).tolist()
    ([1, -1], [1.0, 0.5], [3.9, 3.7])
    """
    t, v, current = record.test_time_second, record.voltage_volt, record.current_ampere
    if current is None:
        raise BadInputError(record.source, "no current", "a record with current: charge is its integral")
    stops = pauses(t, v, current)
    dt = np.diff(t)
    dt[stops] = 0.0
    seconds = np.empty(t.size)
    seconds[:-1] = dt / 2
    seconds[-1] = 0.0
    seconds[1:] += dt / 2
    told = directions(current, seconds)
    if not told.direction.any():
        raise BadInputError(record.source, "no current that stands out of its noise", "charge and discharge")
    words: list[str] = []
    if told.spikes.size:
        k = told.spikes[0]
        words.append(
            f"{told.spikes.size} single row{'s' * (told.spikes.size > 1)} of current far above all others left out: "
            f"{MA_PER_A * current[k]:.3g} mA at {t[k] / SECONDS_PER_HOUR:.4g} h"
        )
    if stops.size:
        words.append(f"the recording pauses, {pauses_in_words(stops, t)}: charge that flowed meanwhile is not counted")
    charge, energy = _steps(dt, v, current, told.direction)
    first, stop, sign = _edges(told.direction)
    direction = told.direction
    while True:
        first, stop, sign = _joined(first, stop, sign)
        moved = _sums(charge, first)
        length = _sums(np.append(dt, 0.0) * (direction != 0), first)
        small = (moved < SMALL_CHARGE * _least_beside(moved)) & (length < SMALL_TIME * _least_beside(length))
        small &= ~_beside(stops, first, stop)
        if first.size <= 2 or not small.any():
            break
        words.append(_small_words(small, first, t))
        for begin, end in zip(first[small], stop[small], strict=True):
            if direction is told.direction:
                direction = direction.copy()
            direction[begin:end] = 0
            charge[max(begin - 1, 0) : end] = 0.0
            energy[max(begin - 1, 0) : end] = 0.0
        first, stop, sign = _edges(direction)
    return _measured(record, direction, (first, stop, sign), (charge, energy, dt), stops, tuple(words))


def _steps(dt: Floats, v: Floats, current: Floats, direction: Integers) -> tuple[Floats, Floats]:
    """Charge in mAh and energy in mWh of the interval after each row; zero where it belongs to no run.

    An interval belongs to the later row: a step begins where the one before it ended. Where that row was of another
    direction its current and voltage do not count.
    """
    same = direction[:-1] == direction[1:]
    scale = MA_PER_A / SECONDS_PER_HOUR
    charge = np.zeros(v.size)
    energy = np.zeros(v.size)
    before = np.where(same, current[:-1], current[1:])
    charge[:-1] = (before + current[1:]) * (0.5 * scale * dt)
    energy[:-1] = (before * np.where(same, v[:-1], v[1:]) + current[1:] * v[1:]) * (0.5 * scale * dt)
    idle = direction[1:] == 0
    charge[:-1][idle] = 0.0
    energy[:-1][idle] = 0.0
    turned = direction[1:] < 0
    charge[:-1][turned] *= -1.0
    energy[:-1][turned] *= -1.0
    return charge, energy


def _edges(direction: Integers) -> tuple[Integers, Integers, Integers]:
    """First rows, stops and signs of stretches of one direction; rests are no stretches."""
    edge = np.flatnonzero(np.diff(direction)) + 1
    first = np.concatenate([[0], edge])
    stop = np.append(edge, direction.size)
    works = direction[first] != 0
    return first[works], stop[works], direction[first[works]]


def _joined(first: Integers, stop: Integers, sign: Integers) -> tuple[Integers, Integers, Integers]:
    """Join stretches of one direction that follow each other."""
    new = np.append(True, sign[1:] != sign[:-1])
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:] - 1, sign.size - 1)
    return first[starts], stop[ends], sign[starts]


def _sums(values: Floats, first: Integers) -> Floats:
    """Sums from the interval before each first row up to the one before the next."""
    at = np.maximum(first - 1, 0)
    return np.asarray(np.add.reduceat(values, at))


def _least_beside(values: Floats) -> Floats:
    beside: Floats = np.minimum(np.append(np.inf, values[:-1]), np.append(values[1:], np.inf))
    return beside


def _beside(stops: Integers, first: Integers, stop: Integers) -> NDArray[np.bool_]:
    """Whether a pause lies in or at an end of each run."""
    return np.asarray(np.searchsorted(stops, first - 1) < np.searchsorted(stops, stop))


def _small_words(small: NDArray[np.bool_], first: Integers, t: Floats) -> str:
    when = ", ".join(f"{t[k] / SECONDS_PER_HOUR:.4g} h" for k in first[small][:4])
    more = ", ..." if small.sum() > 4 else ""
    few = f"{int(small.sum())} short reverse pulses" if small.sum() > 1 else "1 short reverse pulse"
    return f"{few} left out, far shorter and smaller in charge than the neighbours (at {when}{more})"


def _measured(
    record: CyclingRecord,
    direction: Integers,
    edges: tuple[Integers, Integers, Integers],
    intervals: tuple[Floats, Floats, Floats],
    stops: Integers,
    words: tuple[str, ...],
) -> Runs:
    (first, stop, sign), (charge, energy, dt) = edges, intervals
    t, v, current = record.test_time_second, record.voltage_volt, record.current_ampere
    assert current is not None  # asked before
    works = np.append(dt, 0.0)
    works[:-1][direction[1:] == 0] = 0.0
    seconds, moved, spent = _sums(works, first), _sums(charge, first), _sums(energy, first)
    held = _held(v, np.abs(current), direction, first, stop)
    cumulated = np.concatenate([[0.0], np.cumsum(charge)])
    held_charge = cumulated[stop - 1] - cumulated[np.minimum(held, stop - 1)]
    last = v[stop - 1]
    cut = _beside(stops, first, stop)
    at_end = stop[-1] == t.size
    complete = ~cut
    if at_end and sign.size > 2 and not cut[-1]:
        span = float(v.max() - v.min())
        enough = moved[-1] >= ENOUGH_CHARGE * moved[-3] or abs(last[-1] - last[-3]) <= ENOUGH_VOLT * span
        complete[-1] = enough
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_volt = np.where(moved > 0, spent / moved, v[first])
        mean_current = np.where(seconds > 0, moved * SECONDS_PER_HOUR / seconds, np.abs(current[first]) * MA_PER_A)
    size = np.where(direction != 0, np.abs(current), 0.0)
    return Runs(
        sign=sign,
        first=first,
        stop=stop,
        start_second=t[np.maximum(first - 1, 0)],
        end_second=t[stop - 1],
        seconds=seconds,
        charge_mAh=moved,
        energy_mWh=spent,
        held_charge_mAh=np.maximum(held_charge, 0.0),
        mean_volt=mean_volt,
        mean_current_mA=mean_current,
        largest_current_mA=np.maximum.reduceat(size, first) * MA_PER_A,
        first_volt=v[first],
        last_volt=last,
        complete=complete,
        direction=direction,
        warnings=words,
    )


def _held(v: Floats, size: Floats, direction: Integers, first: Integers, stop: Integers) -> Integers:
    """Row from which each run stays at its last voltage while the current falls; its last row where it does not."""
    band = HELD_VOLT * float(v.max() - v.min())
    run = np.zeros(v.size, dtype=np.int64)
    run[first] = 1
    run = np.cumsum(run) - 1
    away = np.abs(v - v[stop - 1][np.maximum(run, 0)]) > band
    away |= direction == 0
    rows = np.where(away, np.arange(v.size), -1)
    begin = np.maximum(np.maximum.reduceat(rows, first) + 1, first)
    # rows of a rest behind the run are away: look only at those before its stop
    behind = begin > stop - 1
    for k in np.flatnonzero(behind):
        inside = np.flatnonzero(away[first[k] : stop[k]])
        begin[k] = first[k] + (inside[-1] + 1 if inside.size else 0)
    begin = np.minimum(begin, stop - 1)
    falls = size[begin] - size[stop - 1] > FALLEN * size[begin]
    return np.asarray(np.where(falls, begin, stop - 1))
