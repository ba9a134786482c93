"""Whether the numbers of a thickness series can be those of a cell or an electrode."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.records.thickness import ThicknessRecord

__all__ = ["checked"]

Floats = NDArray[np.float64]

_THICKEST_UM = 3e5  # 30 cm: a module; a cell is at most some 10 cm
_THINNEST_UM = 0.5  # below every electrode; a film of it would be given in nm
_CELL_UM = 5e4  # thicker than every cell but a cylinder standing up
_LARGEST_STRAIN = 500.0
_COLD_K, _HOT_K = 150.0, 600.0
_NEAR = 0.05


def checked(record: ThicknessRecord) -> ThicknessRecord:
    """Return the record with what was noticed; repaired where only one reading is possible.

    Raises
    ------
    BadInputError
        If time falls, or a thickness can only be one in another unit.

    Examples
    --------
    >>> import numpy as np
    >>> checked(ThicknessRecord(np.array([0.0, 60.0]), np.array([5.1e6, 5.2e6]), source="x"))
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: x: found a thickness of 5150 mm, want the unit it has: 5150 um would be 5.15 mm
    """
    _refuse_falling_time(record)
    _refuse_impossible(record)
    record = _strain_in_one_unit(_without_strange_temperature(record))
    return record.warned(*_remarks(record))


def _refuse_falling_time(record: ThicknessRecord) -> None:
    time = record.test_time_second
    if time is None:
        return
    falls = np.flatnonzero(np.diff(time) < 0)
    if falls.size:
        at = int(falls[0])
        raise BadInputError(
            f"{record.source}, data row {at + 2}",
            f"time that falls from {time[at]:g} s to {time[at + 1]:g} s",
            "time since the start of the test",
        )


def _middle(values: Floats | None) -> float | None:
    if values is None:
        return None
    finite = np.abs(values[np.isfinite(values)])
    return float(np.median(finite)) if finite.size else None


def _refuse_impossible(record: ThicknessRecord) -> None:
    """Refuse what is no thickness in its unit, with the reading that would be one."""
    middle = _middle(record.thickness_micrometre)
    if middle is not None:
        if middle > _THICKEST_UM:
            mm = middle / 1e3
            wanted = f"the unit it has: {mm:.4g} um would be {mm / 1e3:.4g} mm"
            raise BadInputError(record.source, f"a thickness of {mm:.4g} mm", wanted)
        if not record.is_change and 0 < middle < _THINNEST_UM:
            wanted = f"the unit it has: {middle:.4g} mm would be {middle * 1e3:.4g} um"
            raise BadInputError(record.source, f"a thickness of {middle:.4g} um", wanted)
    strain = record.strain_percent
    if strain is not None and np.isfinite(strain).any():
        top = float(np.nanmax(np.abs(strain)))
        if top > _LARGEST_STRAIN:
            wanted = f"the unit it has: {top / 100:.4g} % if percent were meant, {top / 1e6:.4g} % if microstrain"
            raise BadInputError(record.source, f"a strain of {top:.4g} %", wanted)


def _without_strange_temperature(record: ThicknessRecord) -> ThicknessRecord:
    """Keep a temperature that no cell has beside the record: its unit is not the one it says."""
    temperature = record.temperature_kelvin
    middle = _middle(temperature)
    if temperature is None or middle is None or _COLD_K <= middle <= _HOT_K:
        return record
    more = {**record.more, "temperature as written (K)": np.array(temperature)}
    said = f"a temperature of {middle:.4g} K is none of a cell, so the record has none (is the unit degC?)"
    return replace(record, temperature_kelvin=None, more=more).warned(said)


def _strain_in_one_unit(record: ThicknessRecord) -> ThicknessRecord:
    """Compare strain with the change of an absolute thickness, which proves whether it is a fraction."""
    strain, thickness = record.strain_percent, record.thickness_micrometre
    if strain is None or thickness is None or record.is_change:
        return record
    both = np.isfinite(strain) & np.isfinite(thickness)
    if both.sum() < 3 or thickness[both][0] <= 0:
        return record
    change = 100 * (thickness[both] / thickness[both][0] - 1)
    strained = strain[both] - strain[both][0]
    row = int(np.argmax(np.abs(change)))
    if strained[row] == 0 or change[row] == 0:
        return record
    ratio = float(change[row] / strained[row])
    by = 100.0 if abs(ratio / 100 - 1) < _NEAR else 0.01 if abs(ratio * 100 - 1) < _NEAR else 0.0
    if not by:
        return record
    said = f"strain was multiplied by {by:g}: only then is it the change of the thickness"
    return replace(record, strain_percent=strain * by).warned(said)


def _remarks(record: ThicknessRecord) -> list[str]:
    said = []
    middle = _middle(record.thickness_micrometre)
    if middle is not None and not record.is_change and middle > _CELL_UM:
        said.append(f"a thickness of {middle / 1e3:.4g} mm is more than a cell has: is the unit right?")
    for name, values in (("thickness", record.thickness_micrometre), ("strain", record.strain_percent)):
        if values is None:
            continue
        finite = values[np.isfinite(values)]
        if not finite.size:
            said.append(f"no row has a {name}")
        elif finite.size > 1 and float(np.ptp(finite)) == 0:
            said.append(f"the {name} is {finite[0]:.4g} in every row: it never changes")
        elif name == "thickness" and not record.is_change and float(finite.min()) < 0 < float(finite.max()):
            said.append("the thickness changes sign: it may be a change from the start")
    pressure = _middle(record.pressure_megapascal)
    if pressure is not None and pressure > 1e3:
        said.append(f"a pressure of {pressure:.4g} MPa: is the unit right?")
    voltage = _middle(record.voltage_volt)
    if voltage is not None and voltage > 50:
        said.append(f"median |voltage| is {voltage:.4g} V: it looks like millivolts")
    return said
