"""How real cyclers write down a test: triggers, resolution, lost rows, pauses, joined files.

An analysis that was only shown the voltage of a model at even times fails on files: a trigger on the voltage makes
rows dense where it moves and rare where it rests, a reversal is two rows of one time, and noise is smaller than the
last digit or larger than the trigger.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.physics.constants import SECONDS_PER_HOUR
from limetal.records.cells import CellContext
from limetal.records.cycling import CyclingRecord

__all__ = ["CYCLERS", "Cycler", "record_as"]

Floats = NDArray[np.float64]

#: Rows looked at in one go while waiting for a trigger.
_LOOK_AHEAD = 64


@dataclass(frozen=True)
class Cycler:
    """When an instrument writes a row, and with which digits.

    Attributes
    ----------
    interval_second
        A row at the latest after this time.
    voltage_trigger_volt, charge_trigger_mAh
        A row as soon as the voltage has moved, or charge has flowed, so far since the last one; None: no such trigger.
    sampling_second
        How often the instrument looks.
    voltage_noise_volt
        Standard deviation of what it sees.
    voltage_digit_volt, current_digit_ampere, time_digit_second
        Last digit that is written; 0 for all digits.
    lost
        Part of the rows that are missing, at random.
    pauses
        Begin and length, in seconds, of stretches in which no row was written while the cell worked.
    files
        The test was logged in so many files, each with a clock of its own, which were joined later.
    between_files_second
        What the one who joined them put between the last time of one file and the first of the next.
    both_ends
        Whether the end of a step and the begin of the next are two rows at one time.
    current
        Whether there is a current column.
    slips
        Part of the rows with a voltage that is wrong by up to its own size (one row each).
    """

    interval_second: float = 60.0
    voltage_trigger_volt: float | None = None
    charge_trigger_mAh: float | None = None
    sampling_second: float = 1.0
    voltage_noise_volt: float = 0.0
    voltage_digit_volt: float = 0.0
    current_digit_ampere: float = 0.0
    time_digit_second: float = 0.0
    lost: float = 0.0
    pauses: tuple[tuple[float, float], ...] = ()
    files: int = 1
    between_files_second: float = 0.0
    both_ends: bool = True
    current: bool = True
    slips: float = 0.0

    def __post_init__(self) -> None:
        """Refuse an instrument that writes nothing."""
        if not (self.interval_second > 0 and self.sampling_second > 0 and self.files >= 1):
            raise BadInputError("cycler", str(self), "an interval, a sampling and a number of files above zero")
        if not (0 <= self.lost < 1 and 0 <= self.slips < 1):
            raise BadInputError("cycler", f"lost={self.lost:g}, slips={self.slips:g}", "parts from 0 to below 1")


#: Ways of recording that occur: name and instrument. Those with ``volts`` in the name have no current column.
CYCLERS: dict[str, Cycler] = {
    "1 s, uV": Cycler(1.0, voltage_noise_volt=5e-6, voltage_digit_volt=1e-6, current_digit_ampere=1e-9),
    "10 s, 0.1 mV": Cycler(10.0, voltage_noise_volt=1e-4, voltage_digit_volt=1e-4, current_digit_ampere=1e-7),
    "60 s, 0.1 mV": Cycler(60.0, voltage_noise_volt=1e-4, voltage_digit_volt=1e-4, current_digit_ampere=1e-6),
    "60 s, 1 mV": Cycler(60.0, voltage_noise_volt=3e-4, voltage_digit_volt=1e-3, time_digit_second=1.0),
    "5 mV trigger": Cycler(60.0, 5e-3, voltage_noise_volt=1e-4, voltage_digit_volt=1e-4),
    "5 mV trigger, volts only": Cycler(
        60.0, 5e-3, voltage_noise_volt=1e-4, voltage_digit_volt=1e-4, time_digit_second=0.036, current=False
    ),
    "60 s, volts only": Cycler(60.0, voltage_noise_volt=1e-4, voltage_digit_volt=1e-4, current=False),
    "charge trigger": Cycler(1800.0, None, 0.01, voltage_noise_volt=5e-5, voltage_digit_volt=1e-5),
    "30 s, lost rows": Cycler(30.0, voltage_noise_volt=2e-4, voltage_digit_volt=1e-4, lost=0.05, slips=2e-4),
    "30 s, joined files": Cycler(
        30.0, voltage_noise_volt=1e-4, voltage_digit_volt=1e-4, files=3, between_files_second=30.0
    ),
}


def record_as(
    cycler: Cycler,
    time_second: Floats,
    voltage_volt: Floats,
    current_ampere: Floats,
    *,
    cell: CellContext | None = None,
    seed: int = 0,
    source: str = "simulated test",
) -> CyclingRecord:
    """Record of a test as an instrument would have written it.

    Parameters
    ----------
    cycler
        The instrument.
    time_second, voltage_volt, current_ampere : (n,) float
        The test. Between rows the voltage is a straight line; two rows of one time are a jump. The current of a row
        flows until the next.
    cell
        What is known about the cell.
    seed
        Of noise, lost rows and slips.
    source
        For the record.

    Examples
    --------
    A ramp of 10 mV, written on a trigger of 5 mV:

    >>> t, v = np.array([0.0, 100.0]), np.array([0.0, 0.010])
    >>> record = record_as(Cycler(60.0, voltage_trigger_volt=0.005), t, v, np.ones(2))
    >>> record.test_time_second.tolist()
    [0.0, 50.0, 100.0]
    """
    rng = np.random.default_rng(seed)
    jumps = np.flatnonzero((np.diff(time_second) == 0) & (np.diff(current_ampere) != 0))
    pieces = []
    for first, stop in zip(np.append(0, jumps + 1), np.append(jumps + 1, time_second.size), strict=True):
        t, v, i = time_second[first:stop], voltage_volt[first:stop], current_ampere[first:stop]
        looks = _looks(cycler, float(t[0]), float(t[-1]), last=cycler.both_ends or stop == time_second.size)
        seen = np.interp(looks, t, v) + rng.normal(0.0, 1.0, looks.size) * cycler.voltage_noise_volt
        flows = i[np.clip(np.searchsorted(t, looks, "right") - 1, 0, t.size - 1)]
        keep = _written(cycler, looks, seen, flows)
        if cycler.both_ends or stop == time_second.size:
            keep = np.union1d(keep, looks.size - 1)
        pieces.append((looks[keep], seen[keep], flows[keep]))
    t, v, current = (np.concatenate(part) for part in zip(*pieces, strict=True))
    wrong = rng.random(t.size) < cycler.slips
    v = np.where(wrong, v * (1 + rng.uniform(-1, 1, t.size)), v)
    stays = rng.random(t.size) >= cycler.lost
    stays[[0, -1]] = True
    for begin, length in cycler.pauses:
        stays &= ~((t > begin) & (t < begin + length))
    t, v, current = t[stays], v[stays], current[stays]
    t = _joined(cycler, _rounded(t, cycler.time_digit_second))
    return CyclingRecord(
        test_time_second=t,
        voltage_volt=_rounded(v, cycler.voltage_digit_volt),
        current_ampere=_rounded(current, cycler.current_digit_ampere) if cycler.current else None,
        source=source,
        origin="simulated",
        cell=cell,
    )


def _looks(cycler: Cycler, begin: float, end: float, *, last: bool) -> Floats:
    """Times at which the instrument looks during a step; without triggers only where it writes."""
    triggered = cycler.voltage_trigger_volt is not None or cycler.charge_trigger_mAh is not None
    every = cycler.sampling_second if triggered else cycler.interval_second
    looks: Floats = np.asarray(begin + every * np.arange(math.ceil((end - begin) / every - 1e-9)), dtype=float)
    return np.append(looks, end) if last or looks.size == 0 else looks


def _written(cycler: Cycler, t: Floats, v: Floats, current: Floats) -> NDArray[np.int64]:
    """Rows that an interval or a trigger makes the instrument write."""
    if cycler.voltage_trigger_volt is None and cycler.charge_trigger_mAh is None:
        return np.arange(t.size)
    step = max(t[1] - t[0], 1e-9) if t.size > 1 else 1.0
    charge = np.concatenate([[0.0], np.cumsum(np.diff(t) * np.abs(current[:-1]))]) * 1e3 / SECONDS_PER_HOUR
    rows = [0]
    at = 0
    while at < t.size - 1:
        until = min(t.size, at + 1 + max(1, math.ceil(cycler.interval_second / step)))
        begin = at + 1
        found = -1
        while begin < until and found < 0:
            part = slice(begin, min(begin + _LOOK_AHEAD, until))
            due = t[part] - t[at] >= cycler.interval_second - 1e-6
            if cycler.voltage_trigger_volt is not None:
                due |= np.abs(v[part] - v[at]) >= cycler.voltage_trigger_volt - 1e-12
            if cycler.charge_trigger_mAh is not None:
                due |= charge[part] - charge[at] >= cycler.charge_trigger_mAh - 1e-12
            found = begin + int(np.argmax(due)) if due.any() else -1
            begin += _LOOK_AHEAD
        if found < 0:
            break
        rows.append(found)
        at = found
    return np.array(rows)


def _joined(cycler: Cycler, t: Floats) -> Floats:
    """Times after the files were put one behind the other: the pause between two files is what someone chose."""
    t = t.copy()
    for k in range(1, cycler.files):
        row = k * t.size // cycler.files
        t[row:] += cycler.between_files_second - (t[row] - t[row - 1])
    return t


def _rounded(values: Floats, digit: float) -> Floats:
    return np.asarray(np.round(values / digit) * digit) if digit > 0 else values
