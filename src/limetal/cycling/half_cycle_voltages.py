"""Voltage, current and time of every half-cycle of a symmetric cell, also where a short circuit hides reversals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.half_cycles import HalfCycles, half_cycles
from limetal.cycling.runs import runs
from limetal.cycling.weights import time_weights, weighted_quantile
from limetal.errors import BadInputError
from limetal.physics.constants import SECONDS_PER_HOUR
from limetal.records.cycling import CyclingRecord

__all__ = ["HalfCycleVoltages", "half_cycle_voltages"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: The end voltage is the median of the points in this last part of the half-cycle's time.
END_FRACTION = 0.02
#: Without current, a last half-cycle so many times as long as usual hides several, or is no half-cycle at all.
OVERLONG = 2.5
#: It is flat where |voltage| stays below this part of the usual.
LOW = 0.2
#: Where half-cycles cannot be found because most of a record is flat, the usual |voltage| is this quantile by time.
TOP = 0.98
FEWEST_ROWS = 20
#: It hides several if there are this many pieces of the usual length, and their alternating part is this many times
#: its own standard error.
FEWEST_PIECES = 6
ALTERNATES = 6.0
#: The usual length is the mean over at most so many half-cycles.
USUAL_OF = 60


@dataclass(frozen=True, eq=False)
class HalfCycleVoltages:
    """Half-cycles in order; every attribute of numbers is an array with one value for each.

    Attributes
    ----------
    sign
        +1 for positive current (or voltage, where there is no current).
    start_hour, end_hour
        Time since the first row of the record.
    mean_V, end_V
        Voltage with the sign of the half-cycle and the offset of the voltmeter taken out: time-weighted mean, and
        median of the last 2 % of the time. Negative where the cell works against its current.
    current_mA
        Mean |current|; None where the record has none.
    complete
        False for a half-cycle that the record or a pause cuts.
    offset_V
        What was taken for the offset: the median of the middles of neighbouring half-cycles.
    cut_by_end
        Whether the last half-cycle is unfinished because the record ends, not because of a pause.
    """

    sign: Integers
    start_hour: Floats
    end_hour: Floats
    mean_V: Floats
    end_V: Floats
    current_mA: Floats | None
    complete: NDArray[np.bool_]
    offset_V: float
    cut_by_end: bool
    source: str
    warnings: tuple[str, ...] = ()


def half_cycle_voltages(record: CyclingRecord) -> HalfCycleVoltages:
    """Voltages of all half-cycles of a symmetric cell, with or without a current column.

    Raises
    ------
    BadInputError
        If the cell never reverses.

    Examples
    --------
    >>> v = np.repeat([0.011, -0.009, 0.011, -0.009], 25)
    >>> found = half_cycle_voltages(CyclingRecord(np.arange(100.0), v, None, source="square wave, 1 mV off"))
    >>> found.mean_V.round(6).tolist(), round(found.offset_V, 6)
    ([0.01, 0.01, 0.01, 0.01], 0.001)
    """
    current = record.current_ampere
    with_current = current is not None and bool(np.any(current != 0))
    found = _from_current(record) if with_current else _from_voltage(record)
    if len(set(found.sign.tolist())) < 2:
        what = "current of one direction" if with_current else "a voltage that never reverses"
        raise BadInputError(record.source, what, "plating and stripping half-cycles of a symmetric cell")
    found = _without_offset(found)
    if with_current and float(np.median(found.mean_V)) < 0:
        words = "current and voltage have opposite signs throughout: leads swapped; the voltage was negated"
        found = replace(found, mean_V=-found.mean_V, end_V=-found.end_V, warnings=(*found.warnings, words))
    return found


def _from_current(record: CyclingRecord) -> HalfCycleVoltages:
    """Half-cycles are runs of one direction of current, whatever the voltage does."""
    found = runs(record)
    t, v = record.test_time_second, record.voltage_volt
    start = float(t[0])
    ends = []
    for begin, stop, sign in zip(found.first, found.stop, found.sign, strict=True):
        late = t[stop - 1] - END_FRACTION * (t[stop - 1] - t[begin])
        rows = np.arange(begin + int(np.searchsorted(t[begin:stop], late)), stop)
        rows = rows[found.direction[rows] == sign]
        ends.append(float(np.median(v[rows])))
    return HalfCycleVoltages(
        sign=found.sign,
        start_hour=(found.start_second - start) / SECONDS_PER_HOUR,
        end_hour=(found.end_second - start) / SECONDS_PER_HOUR,
        mean_V=found.mean_volt,
        end_V=np.array(ends),
        current_mA=found.mean_current_mA,
        complete=found.complete,
        offset_V=0.0,
        cut_by_end=bool(not found.complete[-1] and found.stop[-1] >= t.size - 1),
        source=record.source,
        warnings=found.warnings,
    )


def _from_voltage(record: CyclingRecord) -> HalfCycleVoltages:
    """Half-cycles lie between reversals of the voltage; a long flat end is looked at on the grid of the others."""
    try:
        found = half_cycles(record)
    except BadInputError:
        head = _head(record)
        if head is None:
            raise
        found = half_cycles(head)  # a cell that died young: most of its record is flat
    t, v = record.test_time_second, record.voltage_volt
    rows = [half.rows for half in found.items]
    seen = HalfCycleVoltages(
        sign=np.array([half.sign for half in found.items]),
        start_hour=np.array([t[r[0]] - t[0] for r in rows]) / SECONDS_PER_HOUR,
        end_hour=np.array([t[r[-1]] - t[0] for r in rows]) / SECONDS_PER_HOUR,
        mean_V=np.array([_mean(r, t, v, found.pauses) for r in rows]),
        end_V=np.array([_end(r, t, v) for r in rows]),
        current_mA=None,
        complete=np.array([half.complete for half in found.items]),
        offset_V=0.0,
        cut_by_end=bool(not found.items[-1].complete and rows[-1][-1] >= t.size - 4),
        source=record.source,
        warnings=found.warnings,
    )
    return _with_end(record, seen, found)


def _head(record: CyclingRecord) -> CyclingRecord | None:
    """The record up to the last row well above its flat end; None if it has no long flat end."""
    t, v = record.test_time_second, record.voltage_volt
    weights = time_weights(np.arange(t.size), t)
    top = weighted_quantile(np.abs(v), weights, TOP)
    high = np.flatnonzero(np.abs(v) > LOW * top)
    last = int(high[-1]) + 1 if high.size else 0
    if last < FEWEST_ROWS or t[-1] - t[last - 1] < 0.5 * (t[-1] - t[0]):
        return None
    return CyclingRecord(t[:last], v[:last], None, source=record.source, cell=record.cell)


def _mean(rows: Integers, t: Floats, v: Floats, pauses: Integers) -> float:
    return float(np.average(v[rows], weights=time_weights(rows, t, pauses)))


def _end(rows: Integers, t: Floats, v: Floats) -> float:
    late = t[rows[-1]] - END_FRACTION * (t[rows[-1]] - t[rows[0]])
    return float(np.median(v[rows[int(np.searchsorted(t[rows], late)) :]]))


def _with_end(record: CyclingRecord, seen: HalfCycleVoltages, found: HalfCycles) -> HalfCycleVoltages:
    """Divide a long end without reversals by the usual length: a short circuit leaves them below the dead band.

    Where its pieces do not alternate it may as well be a rest: it is left out, and a warning says so.
    """
    whole = np.flatnonzero(seen.complete)
    if whole.size < 4:
        return seen
    begins = seen.start_hour[whole][-USUAL_OF:]
    steps = np.diff(begins) / np.diff(whole)[-(begins.size - 1) :]
    middle = float(np.median(steps))
    near = np.abs(steps - middle) < 0.1 * middle
    if not near.any():
        return seen  # half-cycles without a usual length
    usual = float(np.mean(steps[near]))
    t, v = (record.test_time_second - record.test_time_second[0]) / SECONDS_PER_HOUR, record.voltage_volt
    cut = not seen.complete[-1]
    begin = float(seen.start_hour[-1] if cut else seen.end_hour[-1])
    length = float(t[-1]) - begin
    if length < OVERLONG * usual:
        return seen
    edges = begin + usual * np.arange(int(length / usual) + 1)
    pieces = [np.arange(a, b) for a, b in pairwise(np.searchsorted(t, edges))]
    means = np.array([_mean(r, t, v, found.pauses) if r.size > 1 else np.nan for r in pieces])
    kept = _first(seen, seen.sign.size - int(cut))
    high = np.abs(v) > LOW * float(np.median(np.abs(seen.mean_V[whole])))
    flat = edges[:-1] >= float(t[high][-1]) - 0.05 * usual
    shut = f"from {float(t[high][-1]):.4g} h to the end of the record the voltage does not leave the noise of zero"
    if flat.sum() < FEWEST_PIECES or not np.isfinite(means).all() or not alternates(means[flat]):
        count = int((~flat).sum()) if flat.any() else 0
        words = f"{shut}: a rest or a hard short circuit, which cannot be told without the current; it is left out"
    else:
        count = means.size
        words = f"{shut} but still alternates: a short circuit, divided into half-cycles of the usual {usual:.4g} h"
    return replace(
        kept,
        sign=np.concatenate([kept.sign, -kept.sign[-1] * np.where(np.arange(count) % 2 == 0, 1, -1)]),
        start_hour=np.concatenate([kept.start_hour, edges[:count]]),
        end_hour=np.concatenate([kept.end_hour, edges[1 : count + 1]]),
        mean_V=np.concatenate([kept.mean_V, means[:count]]),
        end_V=np.concatenate([kept.end_V, [_end(r, t, v) for r in pieces[:count]]]),
        complete=np.concatenate([kept.complete, np.ones(count, dtype=bool)]),
        cut_by_end=False,
        warnings=(*seen.warnings, words),
    )


def alternates(means: Floats) -> bool:
    """Whether numbers alternate beyond their scatter about a straight line.

    Examples
    --------
    >>> alternates(np.array([1.0, -1.1, 1.0, -0.9, 1.0, -1.0])), alternates(np.array([6.0, 5.0, 4.1, 3.0, 2.0, 1.0]))
    (True, False)
    """
    place = np.arange(means.size, dtype=float)
    turn = np.where(place % 2 == 0, 1.0, -1.0)
    parts = np.stack([np.ones(means.size), place, turn], axis=1)
    inverse = np.linalg.inv(parts.T @ parts)
    found = inverse @ (parts.T @ means)
    rest = means - parts @ found
    error = np.sqrt(float(rest @ rest) / (means.size - 3) * inverse[2, 2])
    return bool(abs(found[2]) > ALTERNATES * error and abs(found[2]) > 0)


def _first(seen: HalfCycleVoltages, count: int) -> HalfCycleVoltages:
    names = ("sign", "start_hour", "end_hour", "mean_V", "end_V", "complete")
    return replace(seen, **{name: getattr(seen, name)[:count] for name in names})


def _without_offset(found: HalfCycleVoltages) -> HalfCycleVoltages:
    """Take out the middle between neighbouring half-cycles of both directions, the median of all pairs."""
    both = found.complete[:-1] & found.complete[1:] & (found.sign[:-1] != found.sign[1:])
    middles = ((found.mean_V[:-1] + found.mean_V[1:]) / 2)[both]
    offset = float(np.median(middles)) if middles.size else 0.0
    return replace(
        found,
        mean_V=found.sign * (found.mean_V - offset),
        end_V=found.sign * (found.end_V - offset),
        offset_V=offset,
    )
