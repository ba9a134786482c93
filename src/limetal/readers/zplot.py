r"""Spectra of ZPlot and ZView (Scribner): ``.z`` files, and the ``Z60W`` files other programs write for ZView.

Comments, then a row of names ``Freq(Hz)  Ampl  Bias  Time(Sec)  Z'(a)  Z''(b)  GD  Err  Range``, then (mostly) the
line ``End Comments``, then nine columns parted by tabs, blanks or commas. The program fixes the order, the units
(Hz, V, s, ohm) and the sign: ``Z''`` is Im Z, negative for a capacitor.

Traps: the row of names or ``End Comments`` may be missing; older versions write names and lines in quotation marks,
and a row of settings that looks like data above the names; programs without a clock write zeros for the time;
``Surface Area`` is 1 or 0 unless somebody typed it in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.echem_text import number_of
from limetal.readers._kit.potentiostat import WHITESPACE, Role, grid_of, iso_time, separator_of
from limetal.readers._kit.potentiostat_records import Facts, impedance, with_warnings
from limetal.records.base import About
from limetal.records.impedance import ImpedanceRecord

_MARK = re.compile(
    r'^"?\s*(?:ZPLOT2 ASCII|ZPlotW? Data File|Z60W Data File|ZView (?:Calculated )?Data File)', re.IGNORECASE
)
_NAMES = re.compile(r"""^\s*"?\s*Freq(?:uency)?\s*(?:\(Hz\))?"?[\s,]+"?\s*Ampl""", re.IGNORECASE)
_END = re.compile(r'^\s*"?End Comments"?:?\s*$', re.IGNORECASE)
_ORDER = ("Freq(Hz)", "Ampl", "Bias", "Time(Sec)", "Z'(a)", "Z''(b)", "GD", "Err", "Range")
_COLUMNS = {
    "frequency": (0, Role("frequency", 1.0)),
    "real": (4, Role("real", 1.0)),
    "imaginary": (5, Role("imaginary", 1.0)),
    "time": (3, Role("time", 1.0)),
}
_FEWEST_COLUMNS = 6
_COMMENT_LINES = 2000


@dataclass(frozen=True)
class _Layout:
    """Indices of the row of names and of End Comments (-1: none) and of the first row of data."""

    names: int
    end: int
    first: int


def looks_like(file: RawFile) -> bool:
    r"""Whether a text begins as ZPlot's files do, has their row of names, or is their nine columns under ``.z``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.z"
    >>> _ = path.write_text("ZPLOT2 ASCII\n")
    >>> looks_like(RawFile(path))
    True
    """
    lines = file.head_lines
    first = next((line for line in lines[:20] if line.strip()), "")
    if _MARK.match(first):
        return True
    if any(_NAMES.match(line) and "Z'" in line and "Bias" in line for line in lines[:_COMMENT_LINES]):
        return True
    return file.name.endswith(".z") and _is_bare(lines)


def read(file: RawFile, options: ReadOptions) -> ImpedanceRecord:  # noqa: ARG001 - one signature for all
    r"""Read one spectrum.

    Raises
    ------
    BadInputError
        If there are no data below the comments, or a row of them is garbled.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.z"
    >>> _ = path.write_text("ZPLOT2 ASCII\nEnd Comments\n1E2,0,0,1,10,-1,0,0,4\n1E1,0,0,2,12,-3,0,0,4\n")
    >>> read(RawFile(path), ReadOptions()).impedance.tolist()
    [(10-1j), (12-3j)]
    """
    lines = file.lines
    layout = _layout(lines, file.where)
    settings = _settings(lines[: layout.first])
    names = _names(lines[layout.names]) if layout.names >= 0 else _ORDER
    facts = Facts(file.where, _about(settings, lines), area_cm2=_area(settings))
    if layout.names < 0:
        said = "the file has no row of names, so its columns were taken in the order ZPlot writes them"
        facts = with_warnings(facts, said)
    mark = _mark(lines[layout.first])
    if layout.names < 0:
        names = (*names, *[f"column {k + 1}" for k in range(len(names), len(_fields(lines[layout.first])))])
    grid = grid_of(lines, layout.first, len(lines), mark, names, file.where)
    if grid.frame.width < _FEWEST_COLUMNS:
        place = f"{file.where}, line {layout.first + 1}"
        raise BadInputError(place, f"{grid.frame.width} columns", "nine, with Re Z and Im Z in the fifth and sixth")
    stated = number_of(settings.get("Data Points", ""))
    if stated is not None and stated > grid.rows:
        facts = with_warnings(
            facts, f"the file states {stated:g} points and has {grid.rows}: the run or the file was cut"
        )
    return impedance(grid, _columns(names, file.where, layout), facts)


def _columns(names: Sequence[str], where: str, layout: _Layout) -> dict[str, tuple[int, Role]]:
    """Columns in the order the program fixes; names in another order are followed, unknown ones refused."""
    plain = [re.sub(r"[\s\"]", "", name).lower() for name in names]
    found: dict[str, tuple[int, Role]] = {}
    for quantity, (index, role) in _COLUMNS.items():
        starts = {"frequency": "freq", "real": "z'(a)", "imaginary": "z''(b)", "time": "time"}[quantity]
        at = next((i for i, name in enumerate(plain) if name.startswith(starts)), None)
        if at is None and quantity in {"real", "imaginary"}:
            spelt = "z'" if quantity == "real" else "z''"
            at = next((i for i, name in enumerate(plain) if name.split("(")[0] == spelt), None)
        if at is None and quantity != "time":
            place = f"{where}, line {layout.names + 1}"
            raise BadInputError(place, f"the names {', '.join(names)[:80]}", f"one that begins with {_ORDER[index]}")
        if at is not None:
            found[quantity] = (at, role)
    return found


def _layout(lines: Sequence[str], where: str) -> _Layout:
    """Find names, end of the comments and first row of data; a row of numbers above the names is no data."""
    within = lines[:_COMMENT_LINES]
    names = next((index for index, line in enumerate(within) if _NAMES.match(line)), -1)
    end = next((index for index, line in enumerate(within) if _END.match(line)), -1)
    begin = max(names, end) + 1
    first = next((i for i in range(begin, min(len(lines), begin + _COMMENT_LINES)) if _numbers(lines[i]) >= 2), None)
    if first is None:
        raise BadInputError(where, "comments and no row of data", "at least two rows")
    return _Layout(names, end, first)


def _mark(line: str) -> str:
    """Separator that parts a line into numbers: a comma may be in them, where blanks or tabs part them."""
    for mark in ("\t", ";", WHITESPACE, ","):
        parts = line.strip().split(mark or None)
        if len(parts) >= _FEWEST_COLUMNS and all(number_of(part) is not None for part in parts if part.strip()):
            return mark
    return separator_of(line)


def _fields(line: str) -> list[str]:
    return [part.strip() for part in line.strip().split(_mark(line) or None)]


def _numbers(line: str) -> int:
    fields = _fields(line) if line.strip() else []
    return len(fields) if fields and all(number_of(part) is not None for part in fields if part) else 0


def _names(line: str) -> tuple[str, ...]:
    line = line.strip().strip('"').strip()
    if "\t" in line:
        parts = line.split("\t")
    elif "," in line:
        parts = line.split(",")
    else:
        parts = re.split(r"\s{2,}|(?<=\))\s+|(?<=[a-zA-Z])\s+(?=[A-Z])", line)
    return tuple(part.strip().strip('"').strip() for part in parts)


def _is_bare(lines: Sequence[str]) -> bool:
    """Whether the first lines are nine columns as ZPlot writes them, with whole numbers in the last two."""
    filled = [line for line in lines[:-1] if line.strip()][:20]
    if len(filled) < 2 or any(_numbers(line) != len(_ORDER) for line in filled):
        return False
    values = np.array([[number_of(part) or 0.0 for part in _fields(line)] for line in filled])
    whole = values[:, 7:] == np.round(values[:, 7:])
    return bool((values[:, 0] > 0).all() and whole.all() and (np.diff(values[:, 3]) >= 0).all())


def _settings(lines: Sequence[str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for line in lines:
        key, colon, value = line.strip().strip('"').partition(":")
        if colon and key and not key.startswith(("Begin ", "End ")):
            settings.setdefault(key.strip(), value.strip().strip('"'))
    return settings


def _about(settings: dict[str, str], lines: Sequence[str]) -> About:
    version = next((settings[key] for key in settings if key.startswith("Measured Data, ")), "")
    first = lines[0].strip().strip('"')
    begin = next((i for i, line in enumerate(lines[:100]) if line.strip().startswith("Begin User Comments")), None)
    end = next((i for i, line in enumerate(lines[:400]) if line.strip().startswith("End User Comments")), None)
    comment = (
        "\n".join(line.strip() for line in lines[begin + 1 : end]) if begin is not None and end is not None else ""
    )
    return About(
        software=f"ZPlot {version}".strip() if version else first,
        technique=settings.get("Experiment Type", ""),
        start_time=iso_time(settings.get("Date", ""), settings.get("Time", ""), "mdy"),
        comment=comment,
        settings=settings,
    )


def _area(settings: dict[str, str]) -> float | None:
    area = number_of(settings.get("Surface Area", ""))
    return area if area is not None and area > 0 else None


PLUGIN = Reader(
    title="ZPlot/ZView spectrum",
    looks_like=looks_like,
    read=read,
    suffixes=(".z", ".z60"),
    documented_at="https://github.com/ECSHackWeek/impedance.py",
    gives=("impedance",),
    instruments=("Scribner ZPlot", "Solartron", "Autolab FRA"),
)
