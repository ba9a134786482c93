"""Test time from a time that restarts with every step; and two names that have become part of `_check_cycling`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["rebuilt_test_time", "sense_warnings", "sign_warnings"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def rebuilt_test_time(
    time: Floats, step: Integers | None, cycle: Integers | None, is_step_time: bool
) -> tuple[Floats, str | None]:
    """Test time from a time that may restart with every step, and a note if it was put together.

    A time that never falls is returned as it is. One that restarts exactly where the step (or cycle) count
    changes is summed up; anything else is returned as it is, for the caller to refuse.

    Examples
    --------
    >>> rebuilt_test_time(np.array([0.0, 10, 20, 0, 10]), np.array([1, 1, 1, 2, 2]), None, False)[0].tolist()
    [0.0, 10.0, 20.0, 20.0, 30.0]
    >>> rebuilt_test_time(np.array([0.0, 10, 5]), np.array([1, 1, 1]), None, False)[1] is None
    True
    """
    falls = np.diff(time) < 0
    if not falls.any():
        return (
            time,
            "is time within a step; it never restarts, so it was taken as test time" if is_step_time else None,
        )
    changes = np.zeros(falls.size, dtype=bool)
    for count in (step, cycle):
        if count is not None:
            changes |= np.diff(count) != 0
    before, after = time[:-1][changes], time[1:][changes]
    # a clock that was set back a little is no restart: after one, a step begins near zero
    if (falls & ~changes).any() or not ((after < 0.5 * before) | (after == 0)).all():
        return time, None
    total = time + np.concatenate([[0.0], np.cumsum(np.where(changes, time[:-1], 0.0))])
    return (
        total,
        "restarts with every step, so test time was summed from its steps (pauses between steps are lost)",
    )


def sense_warnings(time: Floats, voltage: Floats, current: Floats | None) -> list[str]:  # noqa: ARG001
    """Return nothing: `_check_cycling.checked` says it of every record; for readers that still ask here."""
    return []


def sign_warnings(
    current: Floats | None,  # noqa: ARG001
    cycle: Integers | None,  # noqa: ARG001
    more: Mapping[str, NDArray[np.generic]],  # noqa: ARG001
) -> list[str]:
    """Return nothing: `_check_cycling.checked` says it of every record; for readers that still ask here."""
    return []
