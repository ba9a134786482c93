"""What Rigaku's ``.ras`` and ``.rasx`` share: three columns, and conditions under the same names.

The third column is the factor of the attenuator at each point. Whether the second column already contains it is not
documented, so a file in which it changes is asked itself: a diffraction pattern is continuous where the attenuator
goes in or out, so the reading without a jump is right. If neither is clearly better, the file is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._kit.diffraction import ZERO_CELSIUS_K, along_two_theta, is_whole, number, other_axis, positive
from limetal.records.base import About, Floats
from limetal.records.diffraction import DiffractionRecord

__all__ = ["Conditions", "is_cut_short", "scan_record"]

SECONDS_PER_MINUTE = 60.0
_UNITS = {"counts": "counts", "count": "counts", "cps": "counts/s", "counts/s": "counts/s"}
_CLEARLY = 3.0  # the jumps of the wrong reading are larger by such a factor at least
_IN_PLANE = "chi"


@dataclass(frozen=True)
class Conditions:
    """What a file says of one scan, word for word."""

    axis: str = ""
    unit_x: str = ""
    unit_y: str = ""
    mode: str = ""
    step: str = ""
    speed: str = ""
    speed_unit: str = ""
    points: str = ""
    anode: str = ""
    alpha_1: str = ""
    alpha_2: str = ""
    beta: str = ""
    line: str = ""
    temperature: str = ""
    temperature_unit: str = ""


def scan_record(
    table: Floats, conditions: Conditions, about: About, where: str, source: str, notes: list[str]
) -> DiffractionRecord | BadInputError:
    """Return the record of one scan; an error as value if it is none along 2θ.

    Raises
    ------
    BadInputError
        If the table has not two or three columns, or its third can be read in two ways.
    """
    if table.shape[0] < 2:
        return BadInputError(where, f"{table.shape[0]} point{'s' * (table.shape[0] != 1)}", "at least two")
    if table.shape[1] not in (2, 3):
        raise BadInputError(where, f"{table.shape[1]} columns", "angle, intensity and factor of the attenuator")
    if not along_two_theta(conditions.axis):
        return other_axis(where, conditions.axis)
    if conditions.unit_x and conditions.unit_x.lower() not in {"deg", "degree", "degrees", "°"}:
        raise BadInputError(where, f"angles in {conditions.unit_x!r}", "deg")
    said = list(notes)
    if _IN_PLANE in conditions.axis.lower():
        said.append(f"an in-plane scan: its angle is {conditions.axis}, turned about the normal of the sample")
    intensity, more = _unattenuated(table, where, said)
    unit = _UNITS.get(conditions.unit_y.lower(), "a.u.")
    if unit == "a.u.":
        said.append(f"the unit of intensity is {conditions.unit_y!r}, so it is kept as arbitrary units")
    elif unit == "counts" and not is_whole(table[:, 1]):
        said.append("the file calls the intensities counts, but they are no whole numbers: interpolated, or rates")
    planned = number(conditions.points)
    if planned is not None and planned != table.shape[0]:
        said.append(f"the file announces {planned:g} points and holds {table.shape[0]}: the scan was cut short")
    main, second = positive(conditions.alpha_1), positive(conditions.alpha_2)
    line = conditions.line.lower().replace("α", "a").replace("β", "b")
    if line.startswith("kb"):
        main, second = positive(conditions.beta), None
    elif line == "ka1":
        second = None
    return DiffractionRecord(
        two_theta_degree=table[:, 0],
        intensity=intensity,
        intensity_unit=unit,
        wavelength_angstrom=main,
        wavelength_2_angstrom=second,
        anode=conditions.anode,
        counting_time_s=_counting_time(conditions),
        temperature_K=_kelvin(conditions),
        source=source,
        about=about,
        more=more,
        warnings=tuple(said),
    )


def _unattenuated(table: Floats, where: str, notes: list[str]) -> tuple[Floats, dict[str, NDArray[np.generic]]]:
    """Intensity without attenuator, and the columns to keep beside it."""
    stored = table[:, 1]
    if table.shape[1] == 2 or np.all(table[:, 2] == 1.0):
        return stored, {}
    factor = table[:, 2]
    more: dict[str, NDArray[np.generic]] = {"attenuator": factor}
    if np.ptp(factor) == 0:
        # one factor for the whole scan changes no peak against another
        notes.append(
            f"the attenuator has the factor {factor[0]:g} throughout; intensities are as they stand in the file"
        )
        return stored, more
    if not np.all(factor > 0):
        raise BadInputError(f"{where}, third column", f"a factor of {factor.min():g}", "factors above zero")
    as_stored, multiplied = _jump(stored, factor), _jump(stored * factor, factor)
    span = f"the factor of the attenuator goes from {factor.min():g} to {factor.max():g}"
    if as_stored > _CLEARLY * multiplied:
        notes.append(f"{span}; intensities were multiplied by it, because they jump where it changes")
        return stored * factor, {**more, "intensity as stored": stored}
    if multiplied > _CLEARLY * as_stored:
        notes.append(f"{span}; intensities contain it already, because they do not jump where it changes")
        return stored, more
    found = f"{span}, and intensities that may or may not contain it (both readings are about as smooth)"
    raise BadInputError(f"{where}, third column", found, "a scan with one factor, or an export without attenuator")


def _jump(values: Floats, factor: Floats) -> float:
    """Median step of the logarithm of the intensities where the factor changes."""
    at = np.flatnonzero(np.diff(factor) != 0)
    steps = np.abs(np.diff(np.log(np.maximum(values, 0.5))))
    return float(np.median(steps[at])) + 1e-3


def _counting_time(conditions: Conditions) -> float | None:
    """Seconds for each point: from step and speed of a continuous scan, or as a step scan says it."""
    speed, step, unit = positive(conditions.speed), positive(conditions.step), conditions.speed_unit.lower()
    if speed is None:
        return None
    if unit in {"deg/min", "°/min"} and step is not None:
        return step / speed * SECONDS_PER_MINUTE
    return speed if unit in {"sec", "s", "sec/step", "sec."} else None


def _kelvin(conditions: Conditions) -> float | None:
    value, unit = number(conditions.temperature), conditions.temperature_unit.strip().lower().lstrip("°")
    if value is None:
        return None
    if unit in {"c", "degc", "℃"}:
        return value + ZERO_CELSIUS_K
    return value if unit == "k" and value > 0 else None


def is_cut_short(settings: Mapping[str, str]) -> bool:
    """Whether the conditions say that the scan was stopped.

    Examples
    --------
    >>> is_cut_short({"MEAS_SCAN_STATUS": "Aborted"}), is_cut_short({})
    (True, False)
    """
    return any("abort" in value.lower() for value in settings.values())
