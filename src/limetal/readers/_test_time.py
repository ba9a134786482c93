"""Test time from a time that restarts with every step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["rebuilt_test_time"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
#: Changes of the step without a fall after which a time is surely none of steps.
_SURELY = 3


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


def _summed(time: Floats, changes: NDArray[np.bool_]) -> Floats:
    return time + np.concatenate([[0.0], np.cumsum(np.where(changes, time[:-1], 0.0))])
