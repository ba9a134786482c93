"""Find pauses of the recording: intervals without rows that are no habit of the logging."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.weights import weighted_median
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
    usual = float(np.median(dt[dt > 0]))
    suspect = (dt > TIMES_NEIGHBOURS * usual) & (dt > TIMES_NEIGHBOURS * _longest_beside(dt))
    signal = v if current is None or not np.any(current) else current
    if signal is current:
        idle = np.abs(signal) < IDLE * np.abs(signal).max()
        suspect &= ~(idle[:-1] & idle[1:])
    if not suspect.any():
        return np.empty(0, dtype=np.int64)
    clock = np.concatenate([[0.0], np.cumsum(np.where(suspect, 0.0, dt))])
    begins = np.concatenate([[0], np.flatnonzero(np.diff(np.sign(signal)) != 0) + 1])
    spans = np.diff(np.append(clock[begins], clock[-1]))
    typical = weighted_median(spans, spans) if spans.sum() > 0 else 0.0
    long = (dt > TIMES_USUAL_STEP * usual) & (dt > PART_OF_HALF_CYCLE * typical)
    found = np.flatnonzero(suspect & (long | (dt > typical)))
    lengths = np.sort(dt[found])
    alike = np.searchsorted(lengths, 2 * dt[found], "right") - np.searchsorted(lengths, dt[found] / 2)
    half_cycles = int(np.sum(spans > PART_OF_HALF_CYCLE * typical))
    return found[alike <= max(2.0, HABIT_SHARE * half_cycles)]


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


def _longest_beside(dt: Floats) -> Floats:
    """Longest of the few steps before and after each."""
    longest = np.zeros(dt.size)
    for k in range(1, NEIGHBOURS + 1):
        if k < dt.size:
            longest[k:] = np.maximum(longest[k:], dt[:-k])
            longest[:-k] = np.maximum(longest[:-k], dt[k:])
    return longest
