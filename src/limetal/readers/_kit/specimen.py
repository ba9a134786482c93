"""What a machine's file says about its specimen: sizes, names, dates, and results of the machine itself."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from limetal.readers._kit.mechanics import SPECIMEN_NAMES, plain, read_unit

__all__ = ["Specimen", "date_of", "loading_of", "number_in", "specimen_of", "triples"]

_DIMENSION = {"gauge_length": "length", "width": "length", "thickness": "length", "diameter": "length", "area": "area"}
_EXCEL_ZERO = datetime.datetime(1899, 12, 30)
_FIRST_DAY, _LAST_DAY = 29_221.0, 73_050.0  # 1980 to 2099, as a spreadsheet counts days

_LOADINGS = (
    ("bending", r"flexur\w*|bending|biege\w*|flexion|3.?pt.?b\w*|3.?point.?bend\w*|three.point|4.?pt.?b\w*"),
    ("compression", r"compress\w*|druckversuch|druckprufung|essai de compression|stauch\w*"),
    ("tension", r"tensile|tension|zug|zugversuch|zug-versuch|zugprufung|essai de traction|traction"),
)


@dataclass
class Specimen:
    """Sizes in the units of the record (None where the file says nothing), and everything as it was written."""

    gauge_length_mm: float | None = None
    area_mm2: float | None = None
    width_mm: float | None = None
    thickness_mm: float | None = None
    diameter_mm: float | None = None
    settings: dict[str, str] = field(default_factory=dict)
    machine_values: dict[str, float] = field(default_factory=dict)
    gauge_length_key: str = ""


def number_in(text: str, mark: str | None = None) -> float | None:
    """Return the number that a field of metadata holds; None where it holds none, or a comma could mean two things.

    Examples
    --------
    >>> number_in("19,601", ","), number_in("19,601"), number_in("10,0"), number_in("1.5 mm")
    (19.601, None, 10.0, None)
    """
    text = text.strip().strip('"').strip()
    if not re.fullmatch(r"[+-]?[\d.,]*\d[\d.,]*(?:[eE][+-]?\d{1,3})?", text):
        return None
    if mark == "," or (mark is None and text.count(",") == 1 and "." not in text):
        if mark is None and re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", text):
            return None
        text = text.replace(".", "") if text.count(",") == 1 and "." in text else text
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e100 else None


def specimen_of(
    entries: Iterable[tuple[str, str, str]], *, results: Sequence[str] = (), mark: str | None = None
) -> Specimen:
    """Return what entries of key, value and unit say.

    ``results`` are patterns of plain keys whose numbers the machine computed.

    Examples
    --------
    >>> specimen = specimen_of([("Section", "5.96", "mm²"), ("Fmax", "1.2", "kN")], results=("fmax",))
    >>> specimen.area_mm2, specimen.machine_values
    (5.96, {'Fmax / kN': 1.2})
    """
    found = Specimen()
    for key, value, unit in entries:
        key, value, unit = key.strip(), value.strip(), unit.strip().strip("()[]").strip()
        if not key or not value:
            continue
        name = key
        while name in found.settings:
            name += "'"
        found.settings[name] = f"{value} {unit}".strip()
        number = number_in(value, mark)
        if number is None:
            continue
        plain_key = plain(key)
        if any(re.fullmatch(pattern, plain_key) for pattern in results):
            found.machine_values[f"{key} / {unit}" if unit else key] = number
        read = read_unit(unit) if unit else None
        for quantity, names in SPECIMEN_NAMES.items():
            if plain_key in names and read is not None and read.dimension == _DIMENSION[quantity] and number > 0:
                attribute = f"{quantity}_mm2" if quantity == "area" else f"{quantity}_mm"
                if getattr(found, attribute) is None:
                    setattr(found, attribute, number * read.factor)
                    found.gauge_length_key = plain_key if quantity == "gauge_length" else found.gauge_length_key
    return found


def triples(rows: Iterable[Sequence[str]]) -> list[tuple[str, str, str]]:
    """Key, value and unit of rows that begin so; rows of other shapes give what they have.

    Examples
    --------
    >>> triples([("Width", "5", "mm"), ("Operator", "NN"), ("Title",), ("Gauge length (mm)", "25")])
    [('Width', '5', 'mm'), ('Operator', 'NN', ''), ('Gauge length', '25', 'mm')]
    """
    found = []
    for row in rows:
        cells = [cell.strip() for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        while cells and not cells[0]:
            cells.pop(0)
        if len(cells) < 2 or not cells[1] or len(cells) > 4:
            continue
        key, value, unit = cells[0].rstrip(" :="), cells[1], cells[2] if len(cells) > 2 else ""
        inside = re.fullmatch(r"(.*\S)\s*[(\[]([^()\[\]]*)[)\]]", key)
        if not unit and inside and read_unit(inside[2]):
            key, unit = inside[1], inside[2]
        behind = re.fullmatch(r"([+-]?[\d.,]+)\s*(\D\S*)", value)
        if not unit and behind and read_unit(behind[2]):
            value, unit = behind[1], behind[2]
        found.append((key, value, unit))
    return found


def loading_of(*texts: str) -> str:
    """Return how the specimen was loaded, if words of the file say one way only; else nothing.

    Examples
    --------
    >>> loading_of("Flexure extension", "Load"), loading_of("ZUG-Versuch"), loading_of("Load")
    ('bending', 'tension', '')
    """
    joined = plain(" | ".join(texts))
    said = {kind for kind, pattern in _LOADINGS if re.search(rf"(?<![a-z])(?:{pattern})(?![a-z])", joined)}
    return said.pop() if len(said) == 1 else ""


def date_of(text: str) -> str:
    """Return a date or time of a file as ISO 8601; empty where day and month cannot be told apart.

    Examples
    --------
    >>> date_of("09.08.2022"), date_of("2005-02-18 at 23:19:14"), date_of("43173.4"), date_of("45434.434282407405")
    ('2022-08-09', '2005-02-18T23:19:14', '2018-03-14', '2024-05-22T10:25:22')
    >>> date_of("02/03/2022"), date_of("14/03/2018 10:05")
    ('', '2018-03-14T10:05:00')
    """
    text = text.strip().strip('"')
    try:
        if re.fullmatch(r"\d{5}(?:[.,]\d+)?", text):
            return _from_days(text.replace(",", "."))
        clock = re.search(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?", text)
        year_first = re.search(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text)
        dotted = re.search(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
        slashed = re.search(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", text)
        if year_first:
            day = datetime.date(*map(int, year_first.groups()))
        elif dotted:
            day = datetime.date(int(dotted[3]), int(dotted[2]), int(dotted[1]))
        elif slashed and int(slashed[1]) != int(slashed[2]) and max(int(slashed[1]), int(slashed[2])) <= 12:
            return ""
        elif slashed:
            first, second = int(slashed[1]), int(slashed[2])
            day = datetime.date(int(slashed[3]), *((first, second) if second > 12 else (second, first)))
        else:
            return ""
        if not clock:
            return day.isoformat()
        hour = int(clock[1]) % 12 + 12 * (clock[4].lower() == "pm") if clock[4] else int(clock[1])
        return datetime.datetime(day.year, day.month, day.day, hour, int(clock[2]), int(clock[3] or 0)).isoformat()
    except (ValueError, OverflowError):
        return ""


def _from_days(text: str) -> str:
    """Days since 1899-12-30, as a spreadsheet counts; the time of day only where there are digits enough for it."""
    days = float(text)
    if not _FIRST_DAY < days < _LAST_DAY:
        return ""
    moment = _EXCEL_ZERO + datetime.timedelta(days=days)
    digits = len(text.partition(".")[2])
    if digits < 4:
        return moment.date().isoformat()
    return (moment + datetime.timedelta(milliseconds=500)).replace(microsecond=0).isoformat()
