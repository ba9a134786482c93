"""Test time from a time that restarts with every step."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limetal.readers._kit.cycler_dates import wall_clock_seconds

__all__ = ["PLACED", "is_date_header", "placed_by_dates", "rebuilt_test_time"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
#: Changes of the step without a fall after which a time is surely none of steps.
_SURELY = 3
#: Dates whose day and month cannot be swapped: year first, day before a point, or the month by its name.
_SURE_DATE = re.compile(r"\d{4}\D|\d{1,2}\.\d|\d{1,2}[- ][A-Za-z]{3}")
_CLOCK_TICK = 2.0  # s
_ROUNDED = 60.0  # s that a sum of steps may lose before its dates are asked
_DATE_HEADERS = {
    "systime", "sys time", "system time", "date time", "datetime", "date_time", "date", "absolute time", "realtime",
    "real time", "timestamp", "time stamp", "dpt time", "date_time_iso_string",
}  # fmt: skip
#: Note beside a time that `placed_by_dates` gave.
PLACED = "restarts with every step, so its steps were placed by the dates in column"


def is_date_header(text: str) -> bool:
    """Whether a column is one of dates by its header.

    Examples
    --------
    >>> is_date_header("SysTime"), is_date_header("Step Time (s)")
    (True, False)
    """
    return text.strip().strip('"').lower() in _DATE_HEADERS


def rebuilt_test_time(
    time: Floats, step: Integers | None, cycle: Integers | None, is_step_time: bool
) -> tuple[Floats, str | None]:
    """Test time from a time that may restart with every step, and a note if it was put together.

    A plain time that never falls is returned as it is; one that restarts exactly where the step (or cycle) count
    changes is summed up; anything else is returned as it is, for the caller to refuse. A time that its header calls one
    of a step is summed up wherever the count changes, unless it goes on through three changes and more without ever
    falling: then the header is wrong, and that is said.

    Examples
    --------
    >>> rebuilt_test_time(np.array([0.0, 10, 20, 0, 10]), np.array([1, 1, 1, 2, 2]), None, False)[0].tolist()
    [0.0, 10.0, 20.0, 20.0, 30.0]
    >>> rebuilt_test_time(np.array([0.0, 10, 5]), np.array([1, 1, 1]), None, False)[1] is None
    True
    >>> rebuilt_test_time(np.array([0.0, 10, 60, 120]), np.array([1, 1, 2, 2]), None, True)[0].tolist()
    [0.0, 10.0, 70.0, 130.0]
    """
    falls = np.diff(time) < 0
    changes = np.zeros(falls.size, dtype=bool)
    for count in (step, cycle):
        if count is not None:
            changes |= np.diff(count) != 0
    summed = "restarts with every step, so test time was summed from its steps (pauses between steps are lost)"
    if not falls.any():
        if not is_step_time:
            return time, None
        if not changes.any() or int(changes.sum()) >= _SURELY:
            return time, "is time within a step; it never restarts, so it was taken as test time"
        return _summed(time, changes), summed
    before, after = time[:-1][changes], time[1:][changes]
    # a clock that was set back a little is no restart: after one, a step begins near zero
    near_zero = (after < 0.5 * before) | (after == 0)
    if (falls & ~changes).any() or not (is_step_time or near_zero.all()):
        return time, None
    return _summed(time, changes), summed


def placed_by_dates(time: Floats, summed: Floats, dates: pl.Series) -> Floats | None:
    """Test time whose steps begin when the dates of their rows say, where pauses between steps were lost.

    None where the dates tell nothing: the sum agrees with them, they may be read in two ways, or they contradict the
    time within steps.

    Parameters
    ----------
    time
        Time within steps, in seconds.
    summed
        Test time that was summed from it.
    dates
        Of the rows, as the file writes them.

    Examples
    --------
    >>> dates = pl.Series([f"2024-01-01 10:{m:02d}:00" for m in (0, 1, 31, 32)])
    >>> placed_by_dates(np.array([0.0, 60, 0, 60]), np.array([0.0, 60, 60, 120]), dates).tolist()
    [0.0, 60.0, 1860.0, 1920.0]
    """
    if not len(dates) or len(dates) != time.size:
        return None
    first, last = str(dates[0]).strip(), str(dates[-1]).strip()
    is_sure = _SURE_DATE.match(first) is not None or first.split()[:1] == last.split()[:1]
    clock = wall_clock_seconds(dates.str.strip_chars()) if is_sure else None
    if clock is None:
        return None
    passed = float(clock[-1])
    if abs(passed - float(summed[-1] - summed[0])) <= max(_ROUNDED, 0.01 * abs(passed)):
        return None
    offset = summed - time
    begins = np.flatnonzero(np.append(True, np.diff(offset) != 0))
    placed = time + np.repeat((clock - time)[begins], np.diff(np.append(begins, time.size)))
    placed += time[0]
    agrees = np.abs(placed - time[0] - clock).max() <= _CLOCK_TICK
    if not agrees:
        return None
    return np.maximum.accumulate(placed)  # the clock has whole seconds, so a step may seem to begin a tick too early


def _summed(time: Floats, changes: NDArray[np.bool_]) -> Floats:
    total: Floats = time + np.concatenate([[0.0], np.cumsum(np.where(changes, time[:-1], 0.0))])
    return total
