"""What the modules of a .mpr file beside the data say: technique, comments, electrode, program, start.

Offsets were found by comparing files with their text exports; what does not look as it should is left out, because no
description of the modules is public. Nothing here makes a read fail.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from limetal.readers._kit.biologic import Cell
from limetal.records.base import About

__all__ = ["about_of", "cell_of", "loops_of"]

#: First byte of the settings -> technique as EC-Lab's text export calls it.
_TECHNIQUES = {
    0x04: "Galvanostatic Cycling with Potential Limitation",
    0x06: "Cyclic Voltammetry",
    0x0B: "Open Circuit Voltage",
    0x16: "Modular Potentio",
    0x18: "Chronoamperometry / Chronocoulometry",
    0x19: "Chronopotentiometry",
    0x1C: "Wait",
    0x1D: "Potentio Electrochemical Impedance Spectroscopy",
    0x1E: "Galvano Electrochemical Impedance Spectroscopy",
    0x33: "Cyclic Voltammetry Advanced",
    0x6C: "Linear Sweep Voltammetry",
    0x75: "Constant Voltage",
    0x76: "Constant Current",
    0x77: "Galvanostatic Cycling with Potential Limitation",
    0x7F: "Modulo Bat",
}
_COMMENTS, _MATERIAL, _ELECTROLYTE, _REFERENCE = 0x0007, 0x011E, 0x01C0, 0x0215
_AREA, _MASS, _AREA_UNIT, _MASS_UNIT, _CAPACITY = 0x0211, 0x024C, 0x0250, 0x0251, 0x025C
_AREA_UNITS, _MASS_UNITS = {2: "cm2", 3: "mm2"}, {1: "g", 2: "mg"}  # of the list in EC-Lab, those seen in files
_MM2_PER_CM2 = 100.0
_CHANNEL, _SERIAL, _STARTS = 0x0009, 0x00AB, (0x0249, 465, 469, 473)
_LOG_WORDS = {
    "file": 0x0251,
    "host": 0x0351,
    "address": 0x0384,
    "server version": 0x03BE,
    "interpreter version": 0x03C5,
}
_VERSION, _DEVICE = 0x03B7, 0x03CF
_OLE_ZERO = datetime(1899, 12, 30)
_OLE_RANGE = (36526.0, 73051.0)  # years 2000 to 2100
UNSET_CM2 = 0.001  # what EC-Lab writes where nobody typed an area
_PARAMETERS = (0x0572, 0x1845, 0x1846, 0x1847)
#: Technique -> bytes from the count of parameters to the scan rate; "vs." was one byte and became four.
_SCAN_RATE = {0x06: (5, 8), 0x33: (13, 16), 0x6C: (16,)}
_RATE_UNITS = (1.0, 1e-3, 1e-3 / 60)  # V/s, mV/s, mV/min
_RATE_AGREES = 0.02


def about_of(modules: Mapping[str, bytes], dates: Mapping[str, str], technique: int | None) -> About:
    """Return what the settings and the log say.

    Examples
    --------
    >>> about_of({}, {"VMP Set": "05/28/25"}, 4).start_time
    '2025-05-28'
    """
    settings_of, log = modules.get("VMP Set", b""), modules.get("VMP LOG", b"")
    settings: dict[str, str] = {}
    for key, offset in (("electrode material", _MATERIAL), ("electrolyte", _ELECTROLYTE), ("reference", _REFERENCE)):
        settings[key] = _words(settings_of, offset).replace("(unspecified)", "")
    for key, offset, unit in (
        ("electrode surface area", _AREA, _unit(settings_of, _AREA_UNIT, _AREA_UNITS)),
        ("characteristic mass", _MASS, _unit(settings_of, _MASS_UNIT, _MASS_UNITS)),
        ("battery capacity", _CAPACITY, "mA.h"),
    ):
        number = _float(settings_of, offset)
        if number is not None and number > 0:
            settings[key] = f"{number:.7g} {unit}".strip()
    for key, offset in _LOG_WORDS.items():
        settings[key] = _words(log, offset)
    if len(log) > _SERIAL + 2:
        settings["channel"] = f"{log[_CHANNEL] + 1} (SN {struct.unpack_from('<H', log, _SERIAL)[0]})"
    for key, date in dates.items():
        settings[f"date of {key}"] = date
    device, version = _words(log, _DEVICE), _words(log, _VERSION)
    return About(
        instrument=f"BioLogic (SN {device})" if device else "BioLogic",
        software=f"EC-Lab or BT-Lab v{version}" if version else "",
        technique="" if technique is None else _TECHNIQUES.get(technique, f"technique {technique}"),
        start_time=_start(log, dates.get("VMP Set", "")),
        comment=_words(settings_of, _COMMENTS),
        settings={key: value for key, value in settings.items() if value},
    )


def cell_of(settings: bytes, technique: int | None, sweep_rate_V_s: float | None) -> Cell:
    """Return area, reference electrode and scan rate, each only where it is certain.

    ``sweep_rate_V_s`` is the rate found in the data: the layout of the settings changed over the years, so a rate in
    them is believed only where it agrees.

    Examples
    --------
    >>> cell_of(b"", 6, 0.1).scan_rate_V_s is None
    True
    """
    area, unit = _float(settings, _AREA), _unit(settings, _AREA_UNIT, _AREA_UNITS)
    if area is None or not unit or area <= 0 or abs(area - UNSET_CM2) < 1e-9:
        area = None
    else:
        area = float(f"{area:.7g}") / (_MM2_PER_CM2 if unit == "mm2" else 1.0)
    reference = _words(settings, _REFERENCE)
    return Cell(area, _scan_rate(settings, technique, sweep_rate_V_s), "" if "unspecified" in reference else reference)


def _scan_rate(settings: bytes, technique: int | None, measured: float | None) -> float | None:
    if measured is None or technique is None:
        return None
    for base in _PARAMETERS:
        for offset in _SCAN_RATE.get(technique, ()):
            stated = _float(settings, base + 4 + offset)
            code = base + 8 + offset
            if stated is None or code >= len(settings) or settings[code] >= len(_RATE_UNITS):
                continue
            rate = float(f"{stated:.7g}") * _RATE_UNITS[settings[code]]
            if rate > 0 and abs(rate - measured) < _RATE_AGREES * rate:
                return rate
    return None


def loops_of(module: bytes, rows: int) -> list[int]:
    """Rows at which loops begin.

    Examples
    --------
    >>> loops_of(struct.pack("<4I", 3, 0, 21, 42), 42)
    [0, 21]
    """
    if len(module) < 4:
        return []
    count = min(struct.unpack_from("<I", module)[0], (len(module) - 4) // 4)
    starts: NDArray[np.uint32] = np.frombuffer(module, "<u4", count, 4)
    return [int(row) for row in starts if row < rows]


def _words(data: bytes, offset: int) -> str:
    """Text of a string whose first byte is its length; empty where there is none."""
    if offset >= len(data):
        return ""
    text = data[offset + 1 : offset + 1 + data[offset]].decode("cp1252", "replace")
    if any(ord(c) < 32 and c not in "\r\n\t" for c in text):
        return ""
    return text.replace("\r\n", "\n").strip()


def _float(data: bytes, offset: int) -> float | None:
    if offset + 4 > len(data):
        return None
    value = float(struct.unpack_from("<f", data, offset)[0])
    return value if 1e-12 < abs(value) < 1e12 else None


def _unit(data: bytes, offset: int, units: Mapping[int, str]) -> str:
    return units.get(data[offset], "") if offset < len(data) else ""


def _start(log: bytes, date: str) -> str:
    """Return the start of acquisition: of the log, if it is on the day the settings were written; else that day."""
    day = _day(date)
    for offset in _STARTS:
        if offset + 8 > len(log):
            continue
        value = struct.unpack_from("<d", log, offset)[0]
        if not _OLE_RANGE[0] < value < _OLE_RANGE[1]:
            continue
        start = _OLE_ZERO + timedelta(milliseconds=round(value * 86_400_000))
        if not day or start.date().isoformat() == day:
            text = start.isoformat(timespec="milliseconds")
            return text.removesuffix(".000")
    return day


def _day(date: str) -> str:
    """ISO date of month, day and year, which EC-Lab writes in this order in every country."""
    parts = date.replace("-", "/").replace(".", "/").split("/")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return ""
    month, day, year = map(int, parts)
    try:
        return datetime(2000 + year % 100, month, day).date().isoformat()
    except ValueError:
        return ""
