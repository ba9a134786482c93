"""What a reader can notice about a record without knowing the cell: test time, magnitudes, signs."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["rebuilt_test_time", "sense_warnings", "sign_warnings"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_YEAR_S = 365.25 * 86400
_LABELS = {"step type", "step name", "state", "status", "mode", "command", "step", "md"}
_DISCHARGE = re.compile(r"d(?:is|is-|is )?_?ch(?:g|ar|$)|\bdch|^d$", re.IGNORECASE)
_CHARGE = re.compile(r"ch(?:g|ar)|\bcha?$|^c$", re.IGNORECASE)


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


def sense_warnings(time: Floats, voltage: Floats, current: Floats | None) -> list[str]:
    """Sentences about magnitudes that no lithium cell has.

    Examples
    --------
    >>> sense_warnings(np.array([0.0, 3600.0]), np.array([3200.0, 3300.0]), None)
    ['median |voltage| is 3250 V: it looks like millivolts']
    """
    if time.size < 2:
        return []
    warnings = []
    middle = float(np.median(np.abs(voltage)))
    if middle > 6.0:
        warnings.append(
            f"median |voltage| is {middle:.4g} V: "
            + ("it looks like millivolts" if middle > 50 else "more than a cell has")
        )
    elif 0 < float(np.max(np.abs(voltage))) < 2e-4:
        warnings.append(f"no voltage above {float(np.max(np.abs(voltage))):.2g} V: is the unit right?")
    span = float(time[-1] - time[0])
    if span > 20 * _YEAR_S:
        warnings.append(f"the test lasts {span / _YEAR_S:.3g} years: is the unit of time right?")
    elif span < 1.0:
        warnings.append(f"the test lasts {span:.3g} s: is the unit of time right?")
    if float(time[0]) > 10 * _YEAR_S:
        warnings.append("time begins decades after zero: it looks like a date, not test time")
    if current is not None and float(np.max(np.abs(current))) > 1000.0:
        warnings.append(f"current reaches {float(np.max(np.abs(current))):.4g} A: it looks like milliamperes")
    return warnings


def sign_warnings(current: Floats | None, cycle: Integers | None, more: Mapping[str, NDArray[np.generic]]) -> list[str]:
    """Sentences about currents that do not carry a sign, or the other one.

    Examples
    --------
    >>> i = np.array([1.0, 1.0, 1.0])
    >>> sign_warnings(i, None, {"Step Type": np.array(["CC Chg", "CC DChg", "CC DChg"], dtype=object)})
    ["current is positive in rows that column 'Step Type' calls discharge: it has no sign, or the other sign"]
    """
    if current is None or not np.any(current):
        return []
    for name, labels in more.items():
        plain = re.sub(r"[\s_]+", " ", re.sub(r"[/(\[].*", "", name)).strip().lower()
        if plain not in _LABELS or labels.dtype.kind not in "OUT":
            continue
        kinds, inverse = np.unique(labels.astype(str), return_inverse=True)
        out = np.array([_DISCHARGE.search(kind) is not None for kind in kinds])
        into = np.array([_CHARGE.search(kind) is not None for kind in kinds]) & ~out
        for word, rows, sign in (("discharge", out[inverse], 1), ("charge", into[inverse], -1)):
            flowing = current[rows & (current != 0)] * sign
            if flowing.size and float(np.mean(flowing > 0)) > 0.9:
                wrong = "positive" if sign > 0 else "negative"
                has = "no sign, or the other sign" if sign > 0 else "the other sign"
                return [f"current is {wrong} in rows that column {name!r} calls {word}: it has {has}"]
    if float(current.min()) >= 0 and cycle is not None and np.unique(cycle).size > 2:
        return ["current is never negative over several cycles: it may be a magnitude without sign"]
    return []
