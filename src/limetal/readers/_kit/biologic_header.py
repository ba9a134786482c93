"""The lines above the table of an EC-Lab text export: what they say, word for word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from limetal.readers._kit.biologic import Cell
from limetal.readers._kit.biologic_settings import UNSET_CM2
from limetal.records.base import About

__all__ = ["about_of", "cell_of", "loops_of", "moment"]

_PAIR = re.compile(r"^\s*([^:\t]{1,60}?) :(?: |$)(.*)$")
_PROGRAM = re.compile(r"^(E[Cc]|BT)-L(?:ab|AB) for windows v(\S+)", re.IGNORECASE)
_MOMENT = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})\s+(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d+))?")
_LOOP = re.compile(r"^Loop \d+ from point number (\d+) to (\d+)")
_COLUMN = 20  # characters of each value in the table of settings
_AREA = re.compile(r"^([\d.,]+)\s*([cm]?m)")
_CM2 = {"m": 1e4, "cm": 1.0, "mm": 1e-2}
_RATE_V_S = {"V/s": 1.0, "mV/s": 1e-3, "mV/mn": 1e-3 / 60, "V/mn": 1 / 60}


def about_of(lines: Sequence[str]) -> About:
    """Return what the header says; the technique is the first line of words after the two of the format.

    Examples
    --------
    >>> about_of(["EC-Lab ASCII FILE", "Nb header lines : 5", "", "Modulo Bat", "Device : VMP3 (SN 0858)"]).technique
    'Modulo Bat'
    """
    settings: dict[str, str] = {}
    comments: list[str] = []
    software = technique = ""
    for line in lines[2:]:
        program, pair = _PROGRAM.match(line), _PAIR.match(line)
        if program:
            software = line.strip()
        elif pair and pair[1].strip() == "Comments":
            comments.append(pair[2].strip())
        elif pair:
            key, value = pair[1].strip(), pair[2].strip()
            if value:
                settings[_free(key, settings)] = value
        elif line.strip() and not technique and not settings:
            technique = line.strip()
        elif len(line) > _COLUMN and line[:_COLUMN].strip() and not line.startswith(("\t", " ", "Loop ")):
            values = [line[i : i + _COLUMN].strip() for i in range(_COLUMN, len(line.rstrip()), _COLUMN)]
            if any(values):
                settings[_free(line[:_COLUMN].strip(), settings)] = " | ".join(values)
    started = moment(settings.get("Acquisition started on", ""))
    return About(
        instrument=f"BioLogic {settings.get('Device', '')}".strip(),
        software=software,
        technique=technique,
        start_time="" if started is None else started.isoformat(timespec="milliseconds").removesuffix(".000"),
        comment="\n".join(c for c in comments if c),
        settings=settings,
    )


def cell_of(about: About) -> Cell:
    """Return area, scan rate and reference electrode as the header states them.

    Examples
    --------
    >>> cell_of(About(settings={"Electrode surface area": "113.100 mm2"})).area_cm2
    1.131
    """
    settings = about.settings
    area = None
    found = _AREA.match(settings.get("Electrode surface area", ""))
    number = _number(found[1]) if found else None
    if found and number is not None and number > 0 and not (found[2] == "cm" and abs(number - UNSET_CM2) < 1e-9):
        area = float(f"{number * _CM2[found[2]]:.10g}")
    rate, unit = _number(settings.get("dE/dt", "")), _RATE_V_S.get(settings.get("dE/dt unit", ""))
    reference = settings.get("Reference electrode", "")
    return Cell(
        area,
        float(f"{rate * unit:.10g}") if rate is not None and rate > 0 and unit is not None else None,
        "" if "unspecified" in reference else reference,
    )


def loops_of(lines: Sequence[str], rows: int) -> list[int]:
    """Rows at which loops begin.

    Examples
    --------
    >>> loops_of(["Number of loops : 2", "Loop 0 from point number 0 to 20", "Loop 1 from point number 21 to 41"], 42)
    [0, 21]
    """
    starts = [int(match[1]) for match in map(_LOOP.match, lines) if match and len(match[1]) < 12]
    return [row for row in starts if row < rows]


def moment(text: str) -> datetime | None:
    """Date and time, month first as EC-Lab writes in every country; day first only where it cannot be a month.

    Examples
    --------
    >>> moment("05/28/2025 14:23:16.145").isoformat(timespec="milliseconds")
    '2025-05-28T14:23:16.145'
    """
    match = _MOMENT.search(text)
    if match is None:
        return None
    month, day = int(match[1]), int(match[2])
    if month > 12:
        month, day = day, month
    try:
        return datetime(
            int(match[3]), month, day, int(match[4]), int(match[5]), int(match[6]),
            int((match[7] or "0")[:6].ljust(6, "0")),
        )  # fmt: skip
    except ValueError:
        return None


def _free(key: str, settings: dict[str, str]) -> str:
    """Return a key that is not taken yet: several settings are called 'vs.'."""
    number, free = 1, key
    while free in settings:
        number += 1
        free = f"{key} ({number})"
    return free


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None
