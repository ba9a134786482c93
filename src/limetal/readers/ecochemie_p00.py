r"""Eco Chemie (Autolab) FRA prints (``.P00``): a head, named columns, the number of points, and rows parted by tabs.

The usual columns are ``f/Hz``, ``Z'/Ohm``, ``-Z''/Ohm``, ``time/s``, ``Edc/V`` and ``Idc/A``. Numbers have five
digits in engineering form (``71.969e+02``). The head names the procedure, two dates and the current at begin and end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.echem_text import count_of, iso_time, table_of
from limetal.readers._kit.open_end import has_open_end, settled
from limetal.records.base import About
from limetal.records.impedance import ImpedanceRecord

Floats = NDArray[np.float64]

_HEADER_WITHIN = 60  # lines
_WRITTEN = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d{2}:\d{2}")
#: Columns of the record by the names of the file, small and without blanks; the sign is that of Im Z in the column.
_COLUMNS = {"f/hz": "frequency", "z'/ohm": "real", "time/s": "time", "edc/v": "voltage", "idc/a": "current"}
_IMAGINARY = {"-z''/ohm": -1.0, "z''/ohm": 1.0}


def looks_like(file: RawFile) -> bool:
    r"""Whether a line of the head names the columns as the FRA program does, and the next is a count.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.P00"
    >>> _ = path.write_text("Procedure : a\n f/Hz \t Z'/Ohm \t -Z''/Ohm \t\n 29 \n")
    >>> looks_like(RawFile(path))
    True
    """
    return _header(file.head_lines[:_HEADER_WITHIN]) is not None


def read(file: RawFile, options: ReadOptions) -> ImpedanceRecord:  # noqa: ARG001 - one signature for all
    r"""Read one spectrum.

    Raises
    ------
    BadInputError
        If columns are missing or a number is none.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.P00"
    >>> rows = [" 10.000e+03\t 10.900e+01\t 26.556e+00\t", " 10.000e+00\t 48.420e+01\t 99.399e+00\t"]
    >>> _ = path.write_text("\n".join(["Procedure : a", " f/Hz \t Z'/Ohm \t -Z''/Ohm \t", " 2 ", *rows]))
    >>> read(RawFile(path), ReadOptions()).impedance.tolist()
    [(109-26.556j), (484.2-99.399j)]
    """
    where, lines = file.where, file.lines
    at = _header(lines[:_HEADER_WITHIN])
    if at is None:
        raise BadInputError(where, "no line with f/Hz, Z'/Ohm and -Z''/Ohm above a count", "a print of the FRA program")
    headers = _fields(lines[at])
    count_line = next(n for n in range(at + 1, len(lines)) if lines[n].strip())
    points = count_of(lines[count_line]) or 0
    filled = [(n + 1, _fields(lines[n])) for n in range(count_line + 1, len(lines)) if lines[n].strip()]
    warnings: list[str] = []
    rows = filled[:points]
    if rows and (rows[-1][0] == len(lines) or (len(rows) == len(filled) and len(rows[-1][1]) < len(headers))):
        is_used = _plain(headers[-1]) in {*_COLUMNS, *_IMAGINARY}
        every = [fields for _, fields in rows]
        kept, warnings = settled(
            every, rows[-1][0], width=len(headers), is_used=is_used, is_known_cut=len(rows) < points,
            is_open=has_open_end(lines),
        )  # fmt: skip
        rows = rows[: len(kept)]
    if len(rows) < points:
        warnings.append(f"the file has {len(rows)} of the {points} points it announces")
    if len(filled) > points:
        warnings.append(f"{len(filled) - points} lines after the {points} points announced are left out")
    for line, fields in rows:
        if len(fields) != len(headers):
            found = f"{len(fields)} fields ({' '.join(fields)[:40]})"
            raise BadInputError(f"{where}, line {line}", found, f"{len(headers)} as in the header")
    numbers = table_of([fields for _, fields in rows], [line for line, _ in rows], where).reshape(-1, len(headers))
    return _record(headers, numbers, _about(lines[:at]), where, warnings)


def _record(
    headers: Sequence[str], numbers: Floats, about: About, where: str, warnings: Sequence[str]
) -> ImpedanceRecord:
    found: dict[str, Floats] = {}
    more: dict[str, NDArray[np.generic]] = {}
    for header, values in zip(headers, numbers.T, strict=True):
        plain = _plain(header)
        name = "imaginary" if plain in _IMAGINARY else _COLUMNS.get(plain)
        if name is None or name in found:
            more[header if header not in more else f"{header} [{len(more)}]"] = values.copy()
        else:
            found[name] = values * _IMAGINARY.get(plain, 1.0)
    time = found.get("time")
    return ImpedanceRecord(
        frequency_hertz=found["frequency"],
        impedance_real_ohm=found["real"],
        impedance_imaginary_ohm=found["imaginary"],
        test_time_second=time,
        voltage_volt=found.get("voltage"),
        current_ampere=found.get("current"),
        source=where,
        about=about,
        more=more,
        warnings=tuple(warnings),
    )


def _header(lines: Sequence[str]) -> int | None:
    """Index of the line that names the columns, if a count follows."""
    for at, line in enumerate(lines):
        names = {_plain(field) for field in _fields(line)}
        if {"f/hz", "z'/ohm"} <= names and names & set(_IMAGINARY):
            below = next((other for other in lines[at + 1 :] if other.strip()), "")
            return at if count_of(below) is not None else None
    return None


def _fields(line: str) -> list[str]:
    parts = [field.strip() for field in line.strip().split("\t")] if "\t" in line else line.split()
    return [part for part in parts if part]


def _plain(header: str) -> str:
    return header.lower().replace(" ", "").replace('"', "''")


def _about(lines: Sequence[str]) -> About:
    """Take the head: procedure, dates and currents, and the operator's words."""
    settings: dict[str, str] = {}
    title, start, words = "", "", []
    for line in (text.strip() for text in lines):
        if line.lower().startswith("procedure"):
            title = line.partition(":")[2].strip()
        elif "i(init)" in line or "i(end)" in line:
            written = _WRITTEN.search(line)
            start = iso_time(written[0], "%d.%m.%Y %H:%M:%S") if written else ""
            settings["measured"] = line
        elif re.match(r"t\s*=", line):
            settings["t"] = line.partition("=")[2].strip()
        elif line:
            words.append(line)
    return About(
        instrument="Eco Chemie Autolab",
        software="FRA",
        technique="EIS",
        start_time=start,
        sample=title,
        comment="\n".join(words),
        settings=settings,
    )


PLUGIN = Reader(
    title="Eco Chemie FRA print (.P00)",
    looks_like=looks_like,
    read=read,
    suffixes=(".p00",),
    documented_at="https://vyrjana.github.io/pyimpspec/guide_data.html",
    gives=("impedance",),
    instruments=("Eco Chemie (Metrohm Autolab)",),
)
