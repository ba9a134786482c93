"""What the header of a column says: which quantity it holds, and in which unit.

Only whole names are recognised (``Voltage``, not everything that contains it), because ``Voltage range``,
``dV/dt (V/h)`` or ``Step Time`` beside ``Total Time`` are other quantities with plausible numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from limetal.errors import BadInputError
from limetal.units import read_quantity

__all__ = ["QUANTITIES", "Header", "Quantity", "Unit", "read_header", "read_unit", "unreadable"]

Quantity = Literal["time", "voltage", "current", "cycle", "step"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)

#: Ranks of the time column: test time, a plain "Time" (total, unless it restarts), time within a step.
TEST_TIME, PLAIN_TIME, STEP_TIME = 0, 1, 2

_NAMES: dict[tuple[Quantity, int], tuple[str, ...]] = {
    ("time", TEST_TIME): (
        "test time", "testtime", "total time", "totaltime", "cumulative time", "run time", "runtime", "test",
        "elapsed time", "running time", "time since start", "total test time", "total testing time",
        "program duration",
    ),
    ("time", PLAIN_TIME): ("time", "t"),
    ("time", STEP_TIME): ("step time", "steptime", "time in step", "t step", "relative time", "step", "step duration"),
    # voltage_volt is the positive against the negative terminal: the cell, before one electrode of it
    ("voltage", 0): (
        "voltage", "potential", "cell voltage", "cell potential", "ecell", "vcell", "e cell", "v cell",
        "u cell", "ewe ece", "terminal voltage", "battery voltage",
    ),
    ("voltage", 1): (
        "u", "e", "v", "δe", "∆e", "delta e", "δv", "∆v", "delta v", "δu", "potential difference",
    ),
    ("voltage", 2): ("ewe", "we potential", "working electrode potential"),
    ("current", 0): ("current", "cell current", "test current"),
    ("current", 1): ("i", "i cell", "icell"),
    ("current", 2): ("<i>",),
    ("cycle", 0): ("cycle count",),
    ("cycle", 1): (
        "cycle index", "cycle number", "cycle", "cycle no", "cycle no.", "cycle id", "cycleindex",
        "cyclenumber", "cyc#", "cyc count", "cycle nr", "cycle#", "cycle num",
    ),
    ("step", 0): ("step count",),
    ("step", 1): (
        "step index", "step number", "step", "step id", "step no", "step no.", "stepindex", "stepnumber",
        "step#", "ns", "step nr", "step num",
    ),
}  # fmt: skip
_ROLES: dict[str, dict[Quantity, int]] = {}
for (_quantity, _rank), _spellings in _NAMES.items():
    for _spelling in _spellings:
        _ROLES.setdefault(_spelling, {}).setdefault(_quantity, _rank)

#: Names that are units themselves; Maccor heads its columns so.
_UNIT_NAMES = {
    "volts": ("voltage", "V"),
    "volt": ("voltage", "V"),
    "amps": ("current", "A"),
    "amp": ("current", "A"),
}

#: Spelling -> quantity and factor to seconds, volts or amperes; the case of a prefix counts (mA is not MA).
_EXACT: dict[str, tuple[Quantity, float]] = {
    "s": ("time", 1.0), "ms": ("time", 1e-3), "min": ("time", 60.0), "h": ("time", 3600.0),
    "d": ("time", 86400.0),
    "V": ("voltage", 1.0), "mV": ("voltage", 1e-3), "uV": ("voltage", 1e-6),
    "A": ("current", 1.0), "mA": ("current", 1e-3), "uA": ("current", 1e-6), "nA": ("current", 1e-9),
}  # fmt: skip
#: Words and small letters, where no other unit could be meant.
_LOWER = {
    "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "millisecond": "ms", "milliseconds": "ms", "min": "min", "mins": "min", "minute": "min", "minutes": "min",
    "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d", "days": "d",
    "v": "V", "volt": "V", "volts": "V", "millivolt": "mV", "millivolts": "mV",
    "a": "A", "amp": "A", "amps": "A", "ampere": "A", "amperes": "A",
    "milliampere": "mA", "milliamperes": "mA", "milliamp": "mA", "milliamps": "mA",
    "microampere": "uA", "microamperes": "uA", "microamp": "uA", "microamps": "uA",
}  # fmt: skip
_SMALL_PREFIXED = {"mv": "mV", "uv": "uV", "ma": "mA", "ua": "uA", "na": "nA"}
#: The micro sign as two encodings, and as what wrong decoding makes of it (UTF-8 and GB2312 read as cp1252).
_MICRO = ("µ", "μ", "Âµ", "Î¼", "¦Ì")
_FIELD_UNIT: dict[Quantity, tuple[str, float]] = {
    "time": ("s", 1.0),
    "voltage": ("V", 1.0),
    "current": ("mA", 1e-3),
}


@dataclass(frozen=True)
class Unit:
    """A unit of time, voltage or current, as the factor to seconds, volts or amperes.

    ``factor`` is None for times written as a clock (``hh:mm:ss``).
    """

    quantity: Quantity
    factor: float | None


@dataclass(frozen=True)
class Header:
    """The header of a column.

    Attributes
    ----------
    text
        As it stands in the file.
    name
        Without unit, in lower case, words parted by one space.
    unit
        The unit as written; None if there is none.
    """

    text: str
    name: str
    unit: str | None

    def rank(self, quantity: Quantity) -> int | None:
        """How well the name fits a quantity (0 best), None if it is another one's."""
        rank = _ROLES.get(self.name, {}).get(quantity)
        if self.name == "step" and quantity == "time":
            return rank if self.unit is not None and read_unit(self.unit, "time") else None
        if self.name == "step" and self.unit is not None and read_unit(self.unit, "time"):
            return None
        if self.name == "test" and self.unit is None:
            return None
        return rank


def read_unit(text: str, quantity: Quantity) -> Unit | None:
    """Return the unit of ``quantity`` that ``text`` spells, None if it spells none.

    Examples
    --------
    >>> read_unit("mA", "current"), read_unit("hh:mm:ss", "time")
    (Unit(quantity='current', factor=0.001), Unit(quantity='time', factor=None))
    >>> read_unit("MA", "current") is None and read_unit("?A", "current") is None
    True
    """
    text = text.strip().strip(".")
    if quantity == "time" and re.fullmatch(
        r"(?:d+\s?)?h+:m(?:in|m)?:s(?:ec|s)?(?:\.(?:m?s+|f+|0+|\d+))?", text.lower()
    ):
        return Unit("time", None)
    for micro in _MICRO:
        if text.startswith(micro):
            text = "u" + text.removeprefix(micro)
    text = "uA" if text == "㎂" else text
    lower = text.lower()
    spelling = text if text in _EXACT else _LOWER.get(lower)
    if spelling is None and text == lower:
        spelling = _SMALL_PREFIXED.get(lower)
    if spelling is None or _EXACT[spelling][0] != quantity:
        return None
    return Unit(quantity, _EXACT[spelling][1])


def unreadable(text: str, quantity: Quantity, where: str) -> Unit:
    """Read a unit outside the table, as every other unit of limetal is read.

    Raises
    ------
    BadInputError
        If it is no unit of ``quantity``.

    Examples
    --------
    >>> unreadable("kV", "voltage", "cell.csv")
    Unit(quantity='voltage', factor=1000.0)
    """
    if quantity not in _FIELD_UNIT:
        return Unit(quantity, 1.0)
    if not re.match(r"[A-Za-z]", text) or re.fullmatch(r"M\w", text):  # a mega is a milli in capitals
        raise BadInputError(where, f"the unit {text!r}", f"a unit of {quantity}")
    field_unit, factor = _FIELD_UNIT[quantity]
    return Unit(quantity, read_quantity(f"1 {text}", field_unit, where=where) * factor)


def read_header(text: str) -> Header:
    """Split the header of a column into name and unit.

    Examples
    --------
    >>> for text in ("Time (h)", "<I>/mA", "Test Time / h", "voltage_volt", "Volts", "cycle_count"):
    ...     header = read_header(text)
    ...     print(header.name, header.unit)
    time h
    <i> mA
    test time h
    voltage volt
    voltage V
    cycle count None
    """
    clean = text.strip().strip("\"'").strip()
    clean = clean.lstrip("#~%").strip()
    for pattern in (
        r"(.*?)\s*[(\[{]\s*([^)\]}]*?)\s*[)\]}]\.?",
        r"(.*?)\s*/\s*([^/]+)",
        r"(.*?)\s*[,;:]\s+(\S+)",
        r"([^#]*\w)#([A-Za-zµμ°%Ω]\S*)",  # Digatron
    ):
        match = re.fullmatch(pattern, clean)
        if match and match[1]:
            unit = match[2].strip()
            return Header(text, _name(match[1]), None if unit in {"", "1", "-", "#"} else unit)
    named = _UNIT_NAMES.get(clean.lower())
    if named:
        return Header(text, named[0], named[1])
    match = re.fullmatch(r"(.*?)(?:\s+in)?[\s_]+([^\s_]+)", clean)
    if match and _name(match[1]) in _ROLES and any(read_unit(match[2], q) for q in _ROLES[_name(match[1])]):
        return Header(text, _name(match[1]), match[2])
    return Header(text, _name(clean), None)


def _name(text: str) -> str:
    """Name in lower case with one space between words, so that Test_Time and "Test Time" are one name."""
    name = re.sub(r"[\s_\-]+", " ", text.strip()).strip(" .:").lower()
    return name if name == "<i>" else name.replace("<", "").replace(">", "")
