"""What is inside PalmSens' JSON: arrays with a type, a unit and readings, and the text of a method.

Keys are capitalised in newer files and small in older ones, so they are looked up without regard to case. Type
numbers are those of the SDK's ``DataArrayType``; files before 5.8 write -1 there and only the unit tells what an
array is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import nan
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._kit.echem_text import ticks_to_iso

__all__ = [
    "CHARGE", "CURRENT", "DC_CURRENT", "DC_POTENTIAL", "FREQUENCY", "PHASE", "POTENTIAL", "TIME", "Z_IMAGINARY",
    "Z_REAL", "Array", "Method", "arrays_of", "get", "items", "start_of",
]  # fmt: skip

Floats = NDArray[np.float64]

TIME, POTENTIAL, CURRENT, CHARGE, FREQUENCY, PHASE, Z_REAL, Z_IMAGINARY = 0, 1, 2, 3, 5, 6, 7, 8
DC_POTENTIAL, DC_CURRENT = 33, 36
_LAST_TYPE = 37
_DEBUG_TYPES = range(16383, 16400)  # nPointsAC, realtintac, ymean, debugtext: the SDK hides them
_UNTYPED = -1
_TYPE_OF_UNIT = {
    "Time": TIME, "Volt": POTENTIAL, "MicroAmpere": CURRENT, "Ampere": CURRENT, "MicroCoulomb": CHARGE,
    "Hertz": FREQUENCY, "Phase": PHASE, "ZRe": Z_REAL, "ZIm": Z_IMAGINARY,
}  # fmt: skip
#: Stored numbers per unit of limetal, by the class of the unit; their symbols leave the micro out.
_PER_UNIT = {
    "Time": 1.0, "Volt": 1.0, "MicroAmpere": 1e6, "Ampere": 1.0, "Hertz": 1.0, "Phase": 1.0,
    "ZRe": 1.0, "ZIm": 1.0, "Ohm": 1.0, "Z": 1.0,
}  # fmt: skip
_UNITS_OF_TYPE = {
    TIME: {"Time"}, POTENTIAL: {"Volt"}, CURRENT: {"MicroAmpere", "Ampere"}, FREQUENCY: {"Hertz"},
    Z_REAL: {"ZRe", "Ohm"}, Z_IMAGINARY: {"ZIm", "Ohm"}, DC_POTENTIAL: {"Volt"},
    DC_CURRENT: {"MicroAmpere", "Ampere"},
}  # fmt: skip
_MICRO = {"MicroAmpere", "MicroCoulomb", "MicroWatt"}
_OVERLOAD = 1
_MAX_OFFSET_MIN = 14 * 60
_TICKS_PER_MIN = 600_000_000


@dataclass(frozen=True, eq=False)
class Array:
    """One array of a measurement, as stored.

    Attributes
    ----------
    kind
        Type number; told by the unit where the file writes none.
    unit
        Class of the unit (``"MicroAmpere"``).
    symbol, quantity
        Of the unit, as the file writes them: ``"A"``, ``"-Z''"``.
    """

    kind: int
    description: str
    unit: str
    symbol: str
    quantity: str
    stored: Floats
    overloads: int = 0

    @property
    def rows(self) -> int:
        """Number of values."""
        return int(self.stored.size)

    @property
    def header(self) -> str:
        """Name with the unit the stored numbers have."""
        symbol = ("u" if self.unit in _MICRO else "") + self.symbol
        return f"{self.description} ({symbol})" if symbol else self.description

    def values(self, where: str) -> Floats:
        """Values in limetal's unit.

        Raises
        ------
        BadInputError
            If the unit is none that this type of array has.
        """
        allowed = _UNITS_OF_TYPE.get(self.kind, set())
        if self.unit not in allowed:
            wanted = " or ".join(sorted(allowed)) or "an array of a known type"
            raise BadInputError(where, f"{self.description!r} in the unit {self.unit or 'none'}", wanted)
        return self.stored / _PER_UNIT[self.unit]


@dataclass(frozen=True)
class Method:
    """Text of a method: ``KEY=VALUE`` lines, the last of a key counts."""

    settings: Mapping[str, str] = field(default_factory=dict)
    software: str = ""

    @classmethod
    def of(cls, text: object) -> Method:
        r"""Read the text.

        Examples
        --------
        >>> method = Method.of("#PSTrace, Version=5.8.1\r\nMETHOD_ID=cv\r\nNOTES=in%20KCl%crlfat%20rest\r\n")
        >>> method.id, method.software, method.notes
        ('cv', 'PSTrace 5.8.1', 'in KCl\nat rest')
        """
        settings: dict[str, str] = {}
        software = ""
        for line in (text if isinstance(text, str) else "").splitlines():
            if line.startswith("#"):
                name, mark, version = line[1:].partition(", Version=")
                software = software or (f"{name} {version}" if mark else "")
                continue
            key, mark, value = line.partition("=")
            if mark and value:
                settings[key] = value
        return cls(settings, software)

    @property
    def id(self) -> str:
        """Short name of the technique, for example ``cv``."""
        return self.settings.get("METHOD_ID", "").strip().lower()

    @property
    def notes(self) -> str:
        """Words of the operator."""
        return unquote(self.settings.get("NOTES", "").replace("%crlf", "%0A"), errors="replace").strip()

    def number(self, key: str) -> float | None:
        """A setting as a number; None if it is none."""
        try:
            value = float(self.settings.get(key, ""))
        except ValueError:
            return None
        return value if np.isfinite(value) else None


def get(bag: object, key: str) -> Any:  # noqa: ANN401 - whatever JSON may hold
    """Value of a key in any case; None if there is no such key or the thing is no object.

    Examples
    --------
    >>> get({"DataSet": 1}, "dataset"), get({"dataset": 2}, "dataset"), get([], "dataset")
    (1, 2, None)
    """
    if not isinstance(bag, dict):
        return None
    if key in bag:
        return bag[key]
    return next((value for name, value in bag.items() if name.lower() == key), None)


def items(bag: object, key: str) -> list[Any]:
    """Value of a key if it is a list, else an empty one."""
    found = get(bag, key)
    return found if isinstance(found, list) else []


def arrays_of(bags: Sequence[object], notes: list[str], where: str) -> list[Array]:
    """Arrays that hold anything; unknown types are noted.

    Raises
    ------
    BadInputError
        If a value is no number.
    """
    found = []
    for bag in bags:
        data = items(bag, "datavalues")
        kind = get(bag, "arraytype")
        kind = kind if isinstance(kind, int) and not isinstance(kind, bool) else _UNTYPED
        if not data or kind in _DEBUG_TYPES or get(bag, "hidden") is True:
            continue
        unit = get(bag, "unit")
        name = str(get(unit, "type") or "").rpartition(".")[2]
        description = str(get(bag, "description") or "").strip() or f"type {kind}"
        if kind == _UNTYPED:
            kind = _TYPE_OF_UNIT.get(name, _UNTYPED)
        if kind > _LAST_TYPE or kind == _UNTYPED:
            notes.append(
                f"the array {description!r} has the type {kind} ({name or 'no unit'}), which is not understood"
            )
        stored, overloads = _readings(data, f"{where}, array {description!r}")
        symbol, quantity = (str(get(unit, key) or "") for key in ("s", "q"))
        found.append(Array(kind, description, name, symbol, quantity, stored, overloads))
    return found


def _readings(data: list[Any], where: str) -> tuple[Floats, int]:
    first = data[0]
    key = "V" if isinstance(first, dict) and "V" in first else "v"
    try:
        numbers = [point[key] for point in data]
        if all(type(number) in (float, int) for number in numbers):
            values = np.array(numbers, dtype=np.float64)
        else:
            values = np.array([_number(number) for number in numbers], dtype=np.float64)
    except (KeyError, TypeError, IndexError, ValueError, OverflowError) as error:
        raise BadInputError(where, "a value that is no number", "numbers, each under the key V") from error
    status = "S" if key == "V" else "s"
    overloads = sum(1 for point in data if point.get(status) == _OVERLOAD)
    return values, overloads


def _number(value: object) -> float:
    """A number, or one of the names JSON writers give to numbers that are none."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if value in ("NaN", "Infinity", "-Infinity"):
        return nan
    raise ValueError(value)


def start_of(measurement: object) -> str:
    """Start as ISO 8601, with the offset from UTC where the file has both times."""
    local, utc = get(measurement, "timestamp"), get(measurement, "utctimestamp")
    text = ticks_to_iso(local)
    if text and ticks_to_iso(utc):
        minutes, rest = divmod(local - utc, _TICKS_PER_MIN)
        if not rest and minutes % 15 == 0 and abs(minutes) <= _MAX_OFFSET_MIN:
            sign = "-" if minutes < 0 else "+"
            hours, minutes = divmod(abs(minutes), 60)
            text += f"{sign}{hours:02d}:{minutes:02d}"
    return text
