r"""Eco Chemie (Autolab) FRA data files (``.dfr``): one number a line.

``VERSION8.0``, the number of points, a number whose meaning is not documented, then nine numbers a point: frequency,
Z', **-Z''** and six more (the FRA program keeps mean potential, mean current and time there; which is which is not
documented), and after the last point a few numbers and dates. The imaginary part is turned around here. The same
program prints ``.P00`` files with named columns.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.echem_text import count_of, iso_time, table_of
from limetal.readers._kit.open_end import has_open_end, settled
from limetal.records.base import About
from limetal.records.impedance import ImpedanceRecord

_VERSION = re.compile(r"version\s*(\d{1,2}\.\d{1,2})", re.IGNORECASE)
_KNOWN_VERSION = "8.0"
_PER_POINT = 9
_BEFORE = 3  # lines before the first point
_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d{2}:\d{2}")


def looks_like(file: RawFile) -> bool:
    r"""Whether the first line is a version and the second a count.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.dfr"
    >>> _ = path.write_text("VERSION8.0\n 29\n 1\n")
    >>> looks_like(RawFile(path))
    True
    """
    lines = [line for line in file.head_lines[:8] if line.strip()]
    return len(lines) >= 2 and _VERSION.fullmatch(lines[0].strip()) is not None and count_of(lines[1]) is not None


def read(file: RawFile, options: ReadOptions) -> ImpedanceRecord:  # noqa: ARG001 - one signature for all
    r"""Read one spectrum.

    Raises
    ------
    BadInputError
        If no whole point is there or a number is none.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.dfr"
    >>> points = ["1000", "10", "2"] + ["0"] * 6 + ["1", "11", "3"] + ["0"] * 6
    >>> _ = path.write_text("\n ".join(["VERSION8.0", "2", "1", *points]))
    >>> read(RawFile(path), ReadOptions()).impedance.tolist()
    [(10-2j), (11-3j)]
    """
    where = file.where
    filled = [(number, line.strip()) for number, line in enumerate(file.lines, start=1) if line.strip()]
    version = _VERSION.fullmatch(filled[0][1])
    if version is None or len(filled) <= _BEFORE:
        raise BadInputError(f"{where}, line {filled[0][0]}", repr(filled[0][1][:40]), "VERSION8.0, a count and points")
    points = count_of(filled[1][1])
    if points is None:
        raise BadInputError(f"{where}, line {filled[1][0]}", repr(filled[1][1][:40]), "the number of points")
    warnings = []
    if version[1] != _KNOWN_VERSION:
        warnings.append(f"version {version[1]} was never seen: it was read as version {_KNOWN_VERSION}")
    body = filled[_BEFORE:]
    there = min(points, len(body) // _PER_POINT)
    if there < points:
        warnings.append(f"the file is cut: {there} of {points} points are whole")
    body, rest = body[: there * _PER_POINT], body[there * _PER_POINT :]
    if body and body[-1][0] == len(file.lines) and has_open_end(file.lines):
        # the last number of a point is none of the record, so it never costs the point
        same = [[text] for _, text in body[_PER_POINT - 1 :: _PER_POINT]]
        warnings += settled(same, len(file.lines), width=1, is_used=False)[1]
    numbers = table_of([[text] for _, text in body], [line for line, _ in body], where).reshape(-1, _PER_POINT)
    more: dict[str, NDArray[np.generic]] = {}
    if np.any(numbers[:, 3:]):
        warnings.append(
            "numbers 4 to 9 of each point (mean potential, mean current, time and others in an order that is not "
            "documented) are kept as they are"
        )
        more = {f"number {at + 1}": numbers[:, at].copy() for at in range(3, _PER_POINT)}
    dates = [text for _, text in rest if _DATE.fullmatch(text)] if there == points else []
    return ImpedanceRecord(
        frequency_hertz=numbers[:, 0],
        impedance_real_ohm=numbers[:, 1],
        impedance_imaginary_ohm=-numbers[:, 2],
        source=where,
        about=About(
            instrument="Eco Chemie Autolab",
            software="FRA",
            technique="EIS",
            settings={f"date {n}": iso_time(date, "%d.%m.%Y %H:%M:%S") for n, date in enumerate(dates, start=1)},
        ),
        more=more,
        warnings=tuple(warnings),
    )


PLUGIN = Reader(
    title="Eco Chemie FRA data (.dfr)",
    looks_like=looks_like,
    read=read,
    suffixes=(".dfr",),
    documented_at="https://vyrjana.github.io/pyimpspec/guide_data.html",
    gives=("impedance",),
    instruments=("Eco Chemie (Metrohm Autolab)",),
)
