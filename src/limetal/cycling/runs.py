"""Runs: stretches of one direction of current, with the charge and the energy that flowed.

A run is what a half-cycle is made of. Rests inside it (an interrupt, a GITT relaxation) belong to it and carry no
charge; small reverse pulses (a resistance measurement) and slips of the logging are left out. Charge is the counter of
the instrument where the file has one that agrees with the current, else the integral of the logged current over time:
between two rows of a run by the trapezoid, from the row before the run (the end of another step) with the current of
its first row.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.charges import Charges, charges_of_pieces
from limetal.cycling.currents import directions
from limetal.cycling.held import held_from
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
        What flowed, counted positive; the energy is the charge times the mean voltage as logged, negative where the
        voltage is negative.
    held_charge_mAh
        Part of the charge that flowed at constant voltage at the end.
    mean_volt
        Energy over charge: the charge-weighted mean, by the integral of the logged current.
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
    charge_resolution_mAh
        Half-width of the interval in which the charge lies by the resolution of the record: the smallest step of the
        counter; or that of the current, how it changed between rows, and when steps began and ended between two
        rows. How well the instrument is calibrated is not in it.
    counted
        Whether the charge of a run is the counter's.
    charge_from
        Where charge comes from, in words.
    warnings
        What was left out, and where counter and current disagree.
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
    charge_resolution_mAh: Floats
    counted: NDArray[np.bool_]
    charge_from: str
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Make the arrays read-only: several analyses hold the same runs."""
        for values in vars(self).values():
            if isinstance(values, np.ndarray):
                values.flags.writeable = False

    @property
    def count(self) -> int:
        """Number of runs."""
        return int(self.sign.size)


#: Many analyses ask for the runs of one record: they are found once, and go with it.
_FOUND: WeakKeyDictionary[CyclingRecord, Runs] = WeakKeyDictionary()
_FOUND_WITHOUT_COUNTERS: WeakKeyDictionary[CyclingRecord, Runs] = WeakKeyDictionary()


def runs(record: CyclingRecord, *, counters: bool = True) -> Runs:
    """Runs of one direction of current of a record.

    Parameters
    ----------
    record
        With current.
    counters
        False: charge is the integral of the current, also where the file has a counter.

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
    kept = _FOUND if counters else _FOUND_WITHOUT_COUNTERS
    if record not in kept:
        kept[record] = _runs(record, counters=counters)
    return kept[record]


def _runs(record: CyclingRecord, *, counters: bool) -> Runs:
    t, v, current = record.test_time_second, record.voltage_volt, record.current_ampere
    if current is None:
        raise BadInputError(record.source, "no current", "a record with current: charge is its integral")
    stops = pauses(t, v, current)
    dt = np.diff(t)
    dt[stops] = 0.0
    seconds = np.empty(t.size)
    seconds[:-1] = dt
    seconds[-1] = 0.0
    seconds[1:] += dt
    seconds *= 0.5
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
    pieces = charges_of_pieces(record, told.direction, dt, seconds, stops, counters=counters)
    direction = told.direction
    while True:
        starts = pieces.of_runs()
        moved, length = (np.add.reduceat(x, starts) for x in (pieces.integral_mAh, pieces.seconds))
        first, stop = pieces.ends(starts)
        small = (moved < SMALL_CHARGE * _least_beside(moved)) & (length < SMALL_TIME * _least_beside(length))
        small &= ~_beside(stops, first, stop)
        if first.size <= 2 or not small.any():
            break
        words.append(_small_words(small, first, t))
        gone = np.repeat(small, np.diff(np.append(starts, pieces.sign.size)))
        if direction is told.direction:
            direction = direction.copy()
        for begin, end in zip(pieces.first[gone], pieces.stop[gone], strict=True):
            direction[begin:end] = 0
        pieces = pieces.without(gone)
    return _measured(record, direction, pieces, starts, stops, words)


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
    record: CyclingRecord, direction: Integers, pieces: Charges, starts: Integers, stops: Integers, words: list[str]
) -> Runs:
    """Numbers of the runs that begin with these pieces."""
    t, v, current = record.test_time_second, record.voltage_volt, record.current_ampere
    assert current is not None  # asked before
    sign, (first, stop) = pieces.sign[starts], pieces.ends(starts)
    charge, resolution, counted, charge_from, notes = pieces.charge(starts, t)
    seconds, integral, spent, largest = (
        np.add.reduceat(pieces.seconds, starts),
        np.add.reduceat(pieces.integral_mAh, starts),
        np.add.reduceat(pieces.energy_mWh, starts),
        np.maximum.reduceat(pieces.largest_A, starts),
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_volt = np.where(integral > 0, spent / integral, v[first])
        mean_current = np.where(seconds > 0, charge * SECONDS_PER_HOUR / seconds, np.abs(current[first]) * MA_PER_A)
    last = v[stop - 1]
    complete = ~_beside(stops, first, stop)
    if stop[-1] == t.size and sign.size > 2 and complete[-1]:
        span = float(v.max() - v.min())
        enough = charge[-1] >= ENOUGH_CHARGE * charge[-3] or abs(last[-1] - last[-3]) <= ENOUGH_VOLT * span
        complete[-1] = enough
    held = held_from(v, current, pieces.first[np.append(starts[1:] - 1, pieces.sign.size - 1)], stop, largest)
    return Runs(
        sign=sign,
        first=first,
        stop=stop,
        start_second=t[np.maximum(first - 1, 0)],
        end_second=t[stop - 1],
        seconds=seconds,
        charge_mAh=charge,
        energy_mWh=mean_volt * charge,
        held_charge_mAh=np.maximum(pieces.between(held, stop, sign, counted), 0.0),
        mean_volt=mean_volt,
        mean_current_mA=mean_current,
        largest_current_mA=largest * MA_PER_A,
        first_volt=v[first],
        last_volt=last,
        complete=complete,
        direction=direction,
        charge_resolution_mAh=resolution,
        counted=counted,
        charge_from=charge_from,
        warnings=(*words, *notes),
    )
