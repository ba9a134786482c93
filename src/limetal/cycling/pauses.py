"""Find pauses of the recording: intervals without rows that are no habit of the logging."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.weights import plain_quantile, weighted_median
from limetal.physics.constants import SECONDS_PER_HOUR

__all__ = ["pauses", "pauses_in_words"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: A pause is longer than this many times the longest of the neighbouring steps ...
TIMES_NEIGHBOURS = 5
NEIGHBOURS = 3
#: ... and than this many usual steps and this part of the usual half-cycle, or else than a whole half-cycle.
TIMES_USUAL_STEP = 20
PART_OF_HALF_CYCLE = 0.1
#: Steps of about one length (within a factor of two) that occur in more than this part of the half-cycles are a
#: habit of the logging (a rest logged at its ends only), not pauses.
HABIT_SHARE = 0.25
#: With a current below this part of the largest on both sides nothing flowed: the pause changes no number.
IDLE = 0.002


def pauses(t: Floats, v: Floats, current: Floats | None) -> Integers:
    """Rows after which the recording pauses while the cell worked.

    Half-cycles, to know what is long, are taken from the signs of the current, or else of the voltage. Sparse
    logging and logging on a voltage trigger are no pauses: their long steps are in company or come back.

    Examples
    --------
    Ten hours logged every minute, nothing from the third hour to the fifth:

    >>> t = np.arange(0.0, 36000.0, 60.0)
    >>> keep = (t < 10800) | (t >= 18000)
    >>> v = np.where(t % 7200 < 3600, 0.01, -0.01)
    >>> found = pauses(t[keep], v[keep], None)
    >>> t[keep][found].tolist()
    [10740.0]
    """
    dt = np.diff(t)
    suspect = _lonely(dt)
    if suspect.size:
        usual = plain_quantile(dt if dt.min() > 0 else dt[dt > 0], 0.5)
        suspect = suspect[dt[suspect] > TIMES_NEIGHBOURS * usual]
    signal = v if current is None or not np.any(current) else current
    if signal is current and suspect.size:
        idle = IDLE * max(float(signal.max()), -float(signal.min()))
        works = (np.abs(signal[suspect]) >= idle) | (np.abs(signal[suspect + 1]) >= idle)
        suspect = suspect[works]
    if not suspect.size:
        return np.empty(0, dtype=np.int64)
    spans = _spans(t, dt, signal, suspect)
    typical = weighted_median(spans, spans) if spans.sum() > 0 else 0.0
    waits = dt[suspect]
    long = (waits > TIMES_USUAL_STEP * usual) & (waits > PART_OF_HALF_CYCLE * typical)
    found = suspect[long | (waits > typical)]
    lengths = np.sort(dt[found])
    alike = np.searchsorted(lengths, 2 * dt[found], "right") - np.searchsorted(lengths, dt[found] / 2)
    half_cycles = int(np.sum(spans > PART_OF_HALF_CYCLE * typical))
    return np.asarray(found[alike <= max(2.0, HABIT_SHARE * half_cycles)])


def _lonely(dt: Floats) -> Integers:
    """Intervals far longer than the few before and after."""
    lonely = dt > 0
    lonely[1:] &= dt[1:] > TIMES_NEIGHBOURS * dt[:-1]
    lonely[:-1] &= dt[:-1] > TIMES_NEIGHBOURS * dt[1:]
    found = np.flatnonzero(lonely)
    for way in (-1, 1):
        for k in range(2, NEIGHBOURS + 1):
            beside = found + way * k
            there = (beside >= 0) & (beside < dt.size)
            other = np.where(there, dt[np.clip(beside, 0, dt.size - 1)], 0.0)
            found = found[dt[found] > TIMES_NEIGHBOURS * other]
    return found


def _spans(t: Floats, dt: Floats, signal: Floats, suspect: Integers) -> Floats:
    """Length of the stretches of one sign of the signal, without the suspected pauses."""
    way = (signal > 0).view(np.int8) - (signal < 0).view(np.int8)
    begins = np.concatenate([[0], np.flatnonzero(way[1:] != way[:-1]) + 1])
    waited = np.concatenate([[0.0], np.cumsum(dt[suspect])])
    ends = np.append(begins, t.size - 1)
    clock = t[ends] - t[0] - waited[np.searchsorted(suspect, ends)]
    return np.asarray(np.maximum(np.diff(clock), 0.0))


def pauses_in_words(found: Integers, t: Floats) -> str:
    """When and how long: the first few.

    Examples
    --------
    >>> pauses_in_words(np.array([1]), np.array([0.0, 3600.0, 10800.0]))
    'no rows for 2 h from 1 h on'
    """
    shown = [
        f"for {(t[k + 1] - t[k]) / SECONDS_PER_HOUR:.3g} h from {t[k] / SECONDS_PER_HOUR:.4g} h on" for k in found[:4]
    ]
    return "no rows " + ", ".join(shown) + (f" and {found.size - 4} times more" if found.size > 4 else "")
