"""Resistance of a cell from every change of its current: steps, reversals, interrupts, pulses.

A step is where the current changes between two rows and is steady on both sides; it happens when the step before it
ends, at the time of the last row with the old current. The resistance is the change of the voltage from that row to a
stated time after it, over the change of the current. What flows in between is in it: the ohmic part within
milliseconds, films and charge transfer within seconds, concentration in minutes; so the time belongs to the number.
Nothing is extrapolated to times that were not logged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.currents import directions
from limetal.cycling.pauses import pauses
from limetal.cycling.runs import Runs, runs
from limetal.cycling.voltage_steps import voltage_step_V
from limetal.errors import BadInputError
from limetal.physics.constants import MA_PER_A
from limetal.records.cycling import CyclingRecord

__all__ = ["KINDS", "CurrentSteps", "current_steps"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

#: What a step is, in the order of their codes.
KINDS = ("start", "interrupt", "reversal", "step up", "step down", "pulse", "end of pulse")
#: The current is steady if it changes by less than this part of itself from row to row, and a step if by more.
STEADY = 0.02
STEP = 0.05
#: Rows of a current on its way, within this many seconds, are one step.
SLEW_S = 2.0
#: A step that is taken back within this time is a pulse.
PULSE_S = 180.0
#: Standard deviations of the noise of the current that are no step.
NOISE = 5.0


@dataclass(frozen=True, eq=False)
class CurrentSteps:
    """Steps of the current in order of time; arrays of one value (or one row) each.

    Attributes
    ----------
    row
        Last row with the old current; the step is at its time.
    second
        That time.
    kind
        Index into `KINDS`.
    sign
        Direction of current of the half-cycle it belongs to: +1 charge (in an interrupt, of the current before it).
    cycle
        Number of the cycle, counted from 1.
    before_mA, after_mA
        Current on both sides.
    used_s : (n, times) float
        Time after the step of each reading; NaN where there is none.
    resistance_ohm, std_ohm : (n, times) float
        Change of voltage over change of current there, and its standard error from the noise and the step of the
        voltmeter and the noise of the current.
    times_s
        Times asked for.
    volt_std_V
        Standard error of one reading of the voltage.
    late
        Steps left out because their first row comes too late, and how late the earliest of them is in seconds.
    """

    row: Integers
    second: Floats
    kind: Integers
    sign: Integers
    cycle: Integers
    before_mA: Floats
    after_mA: Floats
    used_s: Floats
    resistance_ohm: Floats
    std_ohm: Floats
    times_s: tuple[float, ...]
    volt_std_V: float
    late: tuple[int, float] = (0, 0.0)

    @property
    def count(self) -> int:
        """Number of steps."""
        return int(self.row.size)


def current_steps(
    record: CyclingRecord, times_s: tuple[float, ...] = (1.0, 10.0), latest_s: float = 60.0
) -> CurrentSteps:
    """Resistance at every change of the current.

    Parameters
    ----------
    record
        With current.
    times_s
        Times after a step at which the voltage is read, by a straight line between the rows beside each. If the first
        row comes after the first of them, that row is read and its time is in ``used_s``.
    latest_s
        Steps whose first row comes later than this are left out.

    Raises
    ------
    BadInputError
        If the record has no current.

    Examples
    --------
    A cell of 20 ohm is charged with 2 mA, logged every second:

    >>> t = np.arange(0.0, 60.0)
    >>> current = np.where(t < 30, 0.0, 2e-3)
    >>> found = current_steps(CyclingRecord(t, 3.7 + 20 * current, current, source="resistor"))
    >>> KINDS[found.kind[0]], found.resistance_ohm.round(6).tolist(), found.used_s.tolist()
    ('start', [[20.0, 20.0]], [[1.0, 10.0]])
    """
    t, v, current = record.test_time_second, record.voltage_volt, record.current_ampere
    if current is None:
        raise BadInputError(record.source, "no current", "a record with current: a resistance is a ratio to it")
    seconds = np.diff(t, append=t[-1])
    told = directions(current, seconds)
    stops = pauses(t, v, current)
    before, after, jumps = _found(t, current, told.band_A, told.noise_A, stops)
    end = _steady_until(jumps, stops, after, t.size)
    volt_std = _volt_std(v, jumps)
    used, volt = _readings(t, v, before, after, end, times_s)
    change = current[after] - current[before]
    ohm = (volt - v[before][:, None]) / change[:, None]
    relative = np.sqrt(2.0) / np.abs(change)[:, None]
    std = relative * np.hypot(volt_std, np.abs(ohm) * told.noise_A)
    kind, sign = _kinds(t, current, before, after, end, told.band_A)
    soon = used[:, 0] <= latest_s
    late = used[:, 0][~soon & np.isfinite(used[:, 0])]
    return CurrentSteps(
        row=before[soon],
        second=t[before][soon],
        kind=kind[soon],
        sign=sign[soon],
        cycle=_cycles(record, after)[soon],
        before_mA=MA_PER_A * current[before][soon],
        after_mA=MA_PER_A * current[after][soon],
        used_s=used[soon],
        resistance_ohm=ohm[soon],
        std_ohm=std[soon],
        times_s=times_s,
        volt_std_V=volt_std,
        late=(int(late.size), float(late.min()) if late.size else 0.0),
    )


def _found(
    t: Floats, current: Floats, band: float, noise: float, stops: Integers
) -> tuple[Integers, Integers, Booleans]:
    """Last row before and first row after every step, and where the current is not steady from row to row."""
    size = np.abs(current)
    larger = np.maximum(size[:-1], size[1:])
    change = np.diff(current)
    floor = max(band, NOISE * noise)
    jumps = np.abs(change) > np.maximum(STEADY * larger, floor)
    steps = np.flatnonzero(np.abs(change) > np.maximum(STEP * larger, floor))
    if not steps.size:
        return steps, steps, jumps
    same = (np.diff(steps) == 1) & (np.sign(change[steps[1:]]) == np.sign(change[steps[:-1]]))
    first = np.flatnonzero(np.append(True, ~same))
    last = np.append(first[1:] - 1, steps.size - 1)
    before, after = steps[first], steps[last] + 1
    quick = (after - before == 1) | (t[after] - t[before] <= SLEW_S)
    steady_before = ~np.append(False, jumps)[before] | np.isin(before, after)
    steady_after = ~np.append(jumps, False)[after] | np.isin(after, before)
    whole = ~np.isin(before, stops) & ~np.isin(after - 1, stops)
    keep = quick & steady_before & steady_after & whole
    return before[keep], after[keep], jumps


def _steady_until(jumps: Booleans, stops: Integers, after: Integers, rows: int) -> Integers:
    """Last row of the steady current that begins at each row."""
    breaks = np.union1d(np.flatnonzero(jumps), stops)
    return np.append(breaks, rows - 1)[np.searchsorted(breaks, after)]


def _volt_std(v: Floats, jumps: Booleans) -> float:
    """Standard error of a reading: noise from second differences while the current is steady, or the step."""
    steady = ~(jumps[1:] | jumps[:-1])
    bends = np.diff(v, 2)[steady]
    noise = 1.4826 * float(np.median(np.abs(bends))) / np.sqrt(6.0) if bends.size else 0.0
    return float(max(noise, voltage_step_V(v) / np.sqrt(12.0)))


def _readings(
    t: Floats, v: Floats, before: Integers, after: Integers, end: Integers, times_s: tuple[float, ...]
) -> tuple[Floats, Floats]:
    """Time after the step and voltage of every reading; NaN where the steady current does not last so long."""
    zero = t[before]
    # a row at the very time of the step may hold the voltage of either side
    first = np.maximum(np.searchsorted(t, zero, side="right"), after)
    there = first <= end
    first = np.minimum(first, t.size - 1)
    used = np.full((before.size, len(times_s)), np.nan)
    volt = np.full_like(used, np.nan)
    for k, wanted in enumerate(times_s):
        above = np.searchsorted(t, zero + wanted)
        above = np.minimum(np.maximum(above, first), t.size - 1)
        below = np.maximum(above - 1, first)
        inside = there & (t[first] - zero <= wanted) & (above <= end) & (t[above] - zero >= wanted)
        span = t[above] - t[below]
        part = np.divide(zero + wanted - t[below], span, out=np.ones(span.size), where=span > 0)
        used[inside, k] = wanted
        volt[inside, k] = (v[below] + part * (v[above] - v[below]))[inside]
        if k == 0:
            other = there & ~inside
            used[other, 0] = (t[first] - zero)[other]
            volt[other, 0] = v[first][other]
    return used, volt


def _kinds(
    t: Floats, current: Floats, before: Integers, after: Integers, end: Integers, band: float
) -> tuple[Integers, Integers]:
    """Kind and direction of every step."""
    old, new = current[before], current[after]
    rested, rests = np.abs(old) <= band, np.abs(new) <= band
    kind = np.select(
        [rested, rests, np.sign(old) != np.sign(new), np.abs(new) > np.abs(old)], [0, 1, 2, 3], default=4
    ).astype(np.int64)
    sign = np.where(rests, np.sign(old), np.sign(new)).astype(np.int64)
    if before.size > 1:
        back = np.abs(new[1:] - old[:-1]) <= STEP * np.abs(new[:-1] - old[:-1])
        short = (t[before[1:]] - t[before[:-1]] <= PULSE_S) & (end[:-1] == before[1:])
        # a short interrupt stays one, and so do the half-cycles of a fast symmetric cell
        first = np.flatnonzero(back & short & ~np.isin(kind[:-1], (1, 2)))
        first = first[~np.isin(first - 1, first)]  # an end of a pulse is no beginning of the next
        sign[first + 1] = sign[first]
        kind[first], kind[first + 1] = KINDS.index("pulse"), KINDS.index("end of pulse")
    return kind, sign


def _cycles(record: CyclingRecord, after: Integers) -> Integers:
    """Number of the cycle of each row: of the half-cycle it lies in, or that ended before it."""
    try:
        found: Runs = runs(record)
    except BadInputError:
        return np.ones(after.size, dtype=np.int64)
    run = np.maximum(np.searchsorted(found.first, after, side="right") - 1, 0)
    starts = record.cell.starts if record.cell is not None else ""
    kind = record.cell.kind if record.cell is not None else "half"
    begins = {"charge": 1, "discharge": -1}.get(starts, int(found.sign[0]) if kind in {"half", "symmetric"} else 1)
    skip = int(found.sign[0] != begins)
    return np.asarray(np.maximum(run - skip, 0) // 2 + 1)
