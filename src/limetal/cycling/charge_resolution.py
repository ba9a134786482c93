"""How well a record knows the charge of a run: rounding of its columns, and ends of steps that were not logged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.quantum import last_digit
from limetal.cycling.runs import Runs
from limetal.errors import BadInputError
from limetal.physics.constants import MA_PER_A, SECONDS_PER_HOUR
from limetal.records.base import About
from limetal.records.cycling import CyclingRecord

__all__ = ["ChargeResolution", "charge_resolution", "rounding_step"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: A column is taken to be rounded if all values are multiples of 10^-d within this part of the largest (single
#: precision keeps 6e-8); finer steps than `FINEST` of the largest change nothing here.
SAME = 2e-7
FINEST = 2e-6
#: Fewer different values than this are set values, which tell no rounding.
FEWEST_VALUES = 4
#: So many rows are looked at for the rounding of a column.
MOST_ROWS = 20_000
#: The end of a step was logged if the interval before its last row is below this part of the usual one there, or the
#: next row follows within the second part of it.
SHORTER = 0.9
AT_ONCE = 0.1
#: Intervals before the last row that say what is usual.
NEAR = 4


@dataclass(frozen=True, eq=False)
class ChargeResolution:
    """Standard uncertainty of the charge of every run that the columns themselves cause; calibration is not in it.

    Attributes
    ----------
    random_mAh
        (n_runs,) differs from run to run: instants of switching between rows or rounded, noise of the current.
    common_mAh
        (n_runs,) the same for all runs of one direction and current: a constant current, rounded.
    open_ends
        Number of switches whose instant lies somewhere between two rows.
    set_values
        Whether the current takes so few values that they are those that were set.
    current_step_mA, time_step_s
        Rounding of the columns; 0 where it cannot be told or changes nothing.
    """

    random_mAh: Floats
    common_mAh: Floats
    open_ends: int
    set_values: bool
    current_step_mA: float
    time_step_s: float

    @property
    def total_mAh(self) -> Floats:
        """(n_runs,) both parts together."""
        return np.asarray(np.hypot(self.random_mAh, self.common_mAh))


def rounding_step(values: Floats) -> float:
    """Decimal step to which a column is rounded; 0 where there is none or it cannot be told.

    Examples
    --------
    >>> rounding_step(np.array([1.02, 0.5, 0.77, 0.31])), rounding_step(np.array([1.0, -1.0, 0.0]))
    (0.01, 0.0)
    """
    some = values[:: max(1, values.size // MOST_ROWS)]
    different = np.unique(np.abs(some[some != 0]))
    if different.size < FEWEST_VALUES:
        return 0.0
    largest = float(different[-1])
    first = int(np.floor(np.log10(largest)))
    for power in range(first, first - 7, -1):
        step = 10.0**power
        if step < FINEST * largest:
            break
        if np.all(np.abs(different - np.round(different / step) * step) <= SAME * largest):
            return step
    return 0.0


def charge_resolution(record: CyclingRecord, found: Runs) -> ChargeResolution:
    """Standard uncertainty of the charge of every run, from the rounding of the columns and the logging of ends.

    A switch between two rows may have happened anywhere between them. The charge of that interval goes to the later
    run; what one run has too much the other lacks, so the errors of the two add in a ratio, and the variance of each is
    taken as 1/8 of the squared interval (1/12 for each alone). The ends of steps count as logged where the last
    interval of a step is shorter than usual, or the next row follows at once.

    Raises
    ------
    BadInputError
        If the record has no current.

    Examples
    --------
    Rows every 60 s, the switch between two of them: each of two runs of 1 mA is known to some 0.006 mAh:

    >>> from limetal.cycling.runs import runs
    >>> t = np.arange(0.0, 7201.0, 60.0)
    >>> record = CyclingRecord(t, np.zeros(t.size), np.where(t < 3590, 1e-3, -1e-3), source="two runs")
    >>> charge_resolution(record, runs(record)).random_mAh.round(4).tolist()
    [0.0059, 0.0059]
    """
    t, current = record.test_time_second, record.current_ampere
    if current is None:
        raise BadInputError(record.source, "no current", "a record with current: charge is its integral")
    size = np.abs(current) * MA_PER_A
    works = found.direction != 0
    working = size[works]
    step_mA, step_s = rounding_step(working), min(rounding_step(t), 1.0)
    few = np.unique(working[:: max(1, working.size // MOST_ROWS)]).size < FEWEST_VALUES
    if few and _is_logged(record):
        step_mA = last_digit(working)
    before, after = _open_ends(t, found)
    first_mA, last_mA = size[found.first], size[found.stop - 1]
    edges = (before * first_mA) ** 2 + (after * last_mA) ** 2
    edges = edges / 8 + step_s**2 / 12 * (first_mA**2 + last_mA**2)
    hours = found.seconds / SECONDS_PER_HOUR
    noise, rounded = _noise(size, found, step_mA)
    by_current = np.sqrt(edges / SECONDS_PER_HOUR**2 + (noise * hours) ** 2)
    ours = ~found.counted
    return ChargeResolution(
        # a counter is known to its half-width, evenly; it does not care when rows were logged
        random_mAh=np.where(ours, by_current, found.charge_resolution_mAh / np.sqrt(3)),
        common_mAh=np.where(ours, rounded * hours, 0.0),
        open_ends=int(np.sum((before > 0) & ours) + np.sum((after > 0) & ours)),
        set_values=few,
        current_step_mA=step_mA,
        time_step_s=step_s,
    )


def _is_logged(record: CyclingRecord) -> bool:
    """Whether an instrument wrote the numbers, with the digits it has."""
    return record.origin == "measured" and (len(record.more) > 0 or record.about != About())


def _open_ends(t: Floats, found: Runs) -> tuple[Floats, Floats]:
    """Seconds before the first and after the last row of each run in which the switch lies; 0 where it was logged."""
    before, after = np.zeros(found.count), np.zeros(found.count)
    begins = np.append(0, np.flatnonzero(np.diff(found.direction)) + 1)
    inside = np.flatnonzero(found.first > 0)
    before[inside] = _open(t, found.first[inside] - 1, begins)
    inside = np.flatnonzero(found.stop < t.size)
    after[inside] = _open(t, found.stop[inside] - 1, begins)
    return before, after


def _open(t: Floats, last: Integers, begins: Integers) -> Floats:
    """Length of the interval after each of these rows, 0 where the row is the logged end of a step.

    How often rows are written is compared within one step: rests have a rhythm of their own.
    """
    gap = t[last + 1] - t[last]
    begin = begins[np.searchsorted(begins, last, side="right") - 1]
    usual, within = np.zeros(last.size), np.zeros(last.size)
    for k in range(1, NEAR + 1):
        at = np.maximum(last - k, 0)
        length = t[at] - t[np.maximum(at - 1, 0)]
        usual = np.maximum(usual, length)
        within = np.maximum(within, np.where(at > begin, length, 0.0))
    own = np.where(last > 0, t[last] - t[np.maximum(last - 1, 0)], 0.0)
    usual = np.where(usual > 0, usual, own)
    logged = (own < SHORTER * within) | (gap <= AT_ONCE * usual)
    return np.asarray(np.where(logged, 0.0, gap))


def _noise(size: Floats, found: Runs, step_mA: float) -> tuple[Floats, Floats]:
    """Standard error of the mean current of each run from its noise, and from rounding where noise does not blur it."""
    noise, rounded = np.zeros(found.count), np.zeros(found.count)
    for k, (a, b) in enumerate(zip(found.first, found.stop, strict=True)):
        rows = size[a:b][found.direction[a:b] != 0]
        steps = np.diff(rows)
        scatter = float(np.median(np.abs(steps))) * 1.4826 / np.sqrt(2) if steps.size else 0.0
        if scatter >= step_mA / 2:
            noise[k] = scatter / np.sqrt(rows.size)
        elif step_mA:
            rounded[k] = step_mA / np.sqrt(12)
    return noise, rounded
