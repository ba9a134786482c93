"""Voltage against capacity of single half-cycles, and which cycles are worth drawing.

Charge is counted from the beginning of the half-cycle: it grows as the integral of the current does, and ends at the
charge that `limetal.cycling.runs` gives, which may be the instrument's own. Rests inside carry none and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.cycles import Cycles
from limetal.cycling.runs import Runs
from limetal.errors import BadInputError
from limetal.physics.constants import MA_PER_A, SECONDS_PER_HOUR
from limetal.records.cycling import CyclingRecord

__all__ = ["AUTO", "Profile", "chosen_cycles", "cycle_profiles", "profile", "read_cycles", "thinned"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: The word that lets limetal choose cycles, and how many it takes.
AUTO = "auto"
AUTO_COUNT = 6
#: Points between which a straight line stays this close to the curve, in parts of the range of the voltage, are enough.
THIN_TOLERANCE = 5e-4
MOST_POINTS = 1500


@dataclass(frozen=True, eq=False)
class Profile:
    """One half-cycle: what flowed up to every row, and the voltage there.

    Attributes
    ----------
    cycle
        Number of the cycle, counted from 1; 0 where it belongs to none.
    sign
        +1 for charge (positive current), -1 for discharge.
    rows : (n,) int
        Rows of the record under current.
    charge_mAh : (n,) float
        Charge since the beginning of the half-cycle, never falls, counted positive in both directions.
    volt : (n,) float
        Voltage of the cell.
    current_mA : (n,) float
        Current, positive in charge.
    held_from_mAh
        Charge from which the voltage was held constant at the end; infinite if it was not.
    """

    cycle: int
    sign: int
    rows: Integers
    charge_mAh: Floats
    volt: Floats
    current_mA: Floats
    held_from_mAh: float

    @property
    def half(self) -> str:
        """``charge`` or ``discharge``."""
        return "charge" if self.sign > 0 else "discharge"


def profile(record: CyclingRecord, found: Runs, run: int, cycle: int = 0) -> Profile:
    """Voltage against charge of one run.

    Parameters
    ----------
    record
        With current.
    found
        Its runs.
    run
        Index of the run in ``found``; it must be complete, because the charge of a pause is not known.
    cycle
        Number of the cycle it belongs to.

    Examples
    --------
    An hour of 1 mA from 3.0 to 3.6 V:

    >>> from limetal.cycling.runs import runs
    >>> t = np.arange(0.0, 3601.0, 600.0)
    >>> record = CyclingRecord(t, 3.0 + t / 6000, np.full(7, 1e-3), source="charge")
    >>> half = profile(record, runs(record), 0)
    >>> half.charge_mAh.round(3).tolist(), half.volt.tolist()
    ([0.0, 0.167, 0.333, 0.5, 0.667, 0.833, 1.0], [3.0, 3.1, 3.2, 3.3, 3.4, 3.5, 3.6])
    """
    assert record.current_ampere is not None  # runs need it
    first, stop, sign = int(found.first[run]), int(found.stop[run]), int(found.sign[run])
    begin = max(first - 1, 0)
    direction = found.direction[begin:stop]
    current = record.current_ampere[begin:stop]
    before = np.where(direction[:-1] == direction[1:], current[:-1], current[1:])
    step = sign * (before + current[1:]) * (0.5 * MA_PER_A / SECONDS_PER_HOUR)
    step *= np.diff(record.test_time_second[begin:stop])
    step[direction[1:] != sign] = 0.0
    charge = np.concatenate([[0.0], np.cumsum(step)])
    if charge[-1] > 0:  # where the charge is that of a counter, the current says how it grew
        charge *= float(found.charge_mAh[run]) / charge[-1]
    inside = np.flatnonzero(direction == sign)
    held = float(found.held_charge_mAh[run])
    return Profile(
        cycle=cycle,
        sign=sign,
        rows=inside + begin,
        charge_mAh=charge[inside],
        volt=record.voltage_volt[begin + inside],
        current_mA=MA_PER_A * current[inside],
        held_from_mAh=float(charge[-1]) - held if held > 0 else np.inf,
    )


def cycle_profiles(record: CyclingRecord, found: Cycles, numbers: Sequence[int]) -> tuple[Profile, ...]:
    """Both half-cycles of some complete cycles, in the order of the test.

    Raises
    ------
    BadInputError
        If a number is that of no complete cycle.

    Examples
    --------
    >>> from limetal.cycling.cycles import cycles
    >>> from limetal.records.cells import CellContext
    >>> t = np.arange(0.0, 14401.0, 60.0)
    >>> current = np.where(t % 7200 < 3600, 1e-3, -1e-3)
    >>> record = CyclingRecord(t, np.where(current > 0, 3.9, 3.7), current, source="two", cell=CellContext("full"))
    >>> [(half.cycle, half.half) for half in cycle_profiles(record, cycles(record), [2])]
    [(2, 'charge'), (2, 'discharge')]
    """
    halves: list[Profile] = []
    for number in numbers:
        at = np.flatnonzero(found.number == number)
        if not at.size:
            raise BadInputError("cycles", f"cycle {number}", "the number of a complete cycle")
        halves += [profile(record, found.runs, int(runs[at[0]]), number) for runs in (found.first, found.second)]
    return tuple(halves)


def read_cycles(text: str, where: str) -> tuple[int, ...]:
    """Numbers of cycles as an option writes them; empty for ``auto``.

    Raises
    ------
    BadInputError
        If the text is no list of whole numbers above zero.

    Examples
    --------
    >>> read_cycles("1, 10,50", "analyses.voltage_profiles.cycles"), read_cycles("auto", "x")
    ((1, 10, 50), ())
    """
    wanted = 'numbers of cycles such as "1,10,50", or "auto"'
    if not isinstance(text, str):
        raise BadInputError(where, repr(text), wanted)
    if text.strip() == AUTO:
        return ()
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and int(part) > 0 for part in parts):
        raise BadInputError(where, repr(text), wanted)
    return tuple(sorted({int(part) for part in parts}))


def chosen_cycles(text: str, found: Cycles, where: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Complete cycles that an option names, and words for those that are not there.

    ``auto`` takes the first, the last and some between, six at most.

    Examples
    --------
    >>> from limetal.cycling.cycles import cycles
    >>> from limetal.records.cells import CellContext
    >>> t = np.arange(0.0, 72001.0, 60.0)
    >>> current = np.where(t % 7200 < 3600, 1e-3, -1e-3)
    >>> record = CyclingRecord(t, np.where(current > 0, 3.9, 3.7), current, source="ten", cell=CellContext("full"))
    >>> chosen_cycles("auto", cycles(record), "option")[0]
    (1, 3, 5, 6, 8, 10)
    >>> chosen_cycles("1,50", cycles(record), "option")
    ((1,), ('option: cycle 50 is not there or not complete (the record has 1 to 10)',))
    """
    asked = read_cycles(text, where)
    if not asked:
        places = np.unique(np.round(np.linspace(0, found.count - 1, min(AUTO_COUNT, found.count))).astype(int))
        return tuple(int(n) for n in found.number[places]), ()
    there = set(found.number.tolist())
    missing = [n for n in asked if n not in there]
    words: tuple[str, ...] = ()
    if missing:
        listed = ", ".join(map(str, missing[:6])) + (", ..." if len(missing) > 6 else "")
        has = f"the record has {found.number[0]} to {found.number[-1]}"
        verb = "are" if len(missing) > 1 else "is"
        words = (f"{where}: cycle{'s' * (len(missing) > 1)} {listed} {verb} not there or not complete ({has})",)
    return tuple(n for n in asked if n in there), words


def thinned(x: Floats, y: Floats, tolerance: float, most: int = MOST_POINTS) -> Integers:
    """Indices of points whose straight connection stays within a tolerance of ``y`` everywhere.

    Ramer-Douglas-Peucker on the vertical distance, all pieces of one round at once. Where more than ``most`` points
    would be needed (noise), the tolerance is doubled until they suffice.

    Parameters
    ----------
    x, y : (n,) float
        ``x`` never falls.
    tolerance
        In the unit of ``y``, above zero.

    Examples
    --------
    Two straight lines need three points:

    >>> x = np.arange(0.0, 101.0)
    >>> thinned(x, np.abs(x - 40.0), 0.01).tolist()
    [0, 40, 100]
    """
    while True:
        kept = _thinned(x, y, tolerance, most)
        if kept.size <= most:
            return kept
        tolerance *= 2.0


def _thinned(x: Floats, y: Floats, tolerance: float, most: int) -> Integers:
    """Points kept at one tolerance; more than ``most`` are not followed to the end."""
    n = x.size
    if n <= 2:
        return np.arange(n)
    kept = np.array([0, n - 1])
    open_ = np.array([True])
    while open_.any() and kept.size <= most:
        left, right = kept[:-1], kept[1:]
        piece = np.repeat(np.arange(left.size), right - left)
        inside = np.arange(n - 1)
        width = x[right] - x[left]
        slope = np.divide(y[right] - y[left], width, out=np.zeros(left.size), where=width > 0)
        off = np.abs(y[:-1] - (y[left][piece] + slope[piece] * (x[inside] - x[left][piece])))
        off[left] = 0.0
        worst = np.maximum.reduceat(off, left)
        open_ = worst > tolerance
        if open_.any():
            hit = np.flatnonzero((off == worst[piece]) & open_[piece])
            new = hit[np.unique(piece[hit], return_index=True)[1]]
            kept = np.union1d(kept, new)
    return kept
