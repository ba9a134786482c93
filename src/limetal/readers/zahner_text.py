r"""Text from Zahner's Thales: spectra as ``|Z|`` and phase, and runs logged through Thales Remote.

Three layouts are known. Spectra saved as ASCII have ``Frequency/Hz``, ``Impedance/Ohm`` and ``Phase/deg`` (often with
``Number``, ``Significance`` and ``Time/s``) below lines such as ``Potential: 0 V``; where ``Number`` begins anew
another spectrum begins. Spectra from Thales Remote are ``Frequency;Impedance;Phase`` without units and with SI
prefixes behind the numbers (``735.948m``, ``1.462k``): hertz, ohm and degrees. Runs from Thales Remote are
``time, voltage, current`` with the date of every row, further channels (``PAD4Ch1``) and an ``index``: volts and
amperes. Phases have the sign of Z.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import pi

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.echem_text import free_name, number_of, settings_of, table_of
from limetal.readers._kit.open_end import has_open_end, settled
from limetal.records.base import About, Record
from limetal.records.impedance import ImpedanceRecord
from limetal.records.polarisation import PolarisationRecord

Floats = NDArray[np.float64]

_HEADER_WITHIN = 80  # lines
_PREFIXES = {
    "f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "m": 1e-3,
    "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
}  # fmt: skip
_BARE = ["frequency", "impedance", "phase"]
_NAMED = {"frequency/hz", "impedance/ohm", "phase/deg"}
_LOGGED = ["time", "voltage", "current"]
_CHANNEL = re.compile(r"pad4ch\d+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?", re.ASCII)
_MAX_DEGREES = 400.0
_RADIANS = 1.6  # no phase beyond: it may be in radians


@dataclass(frozen=True)
class _Table:
    """Where the table is: its kind, headers, delimiter (None: blanks) and line, counted from 0."""

    kind: str
    headers: list[str]
    delimiter: str | None
    line: int


def looks_like(file: RawFile) -> bool:
    r"""Whether one of the first lines names the columns as Thales does.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "EIS.csv"
    >>> _ = path.write_text("Frequency;Impedance;Phase\n5.000;14.151;-88.811\n1.462k;78.668m;-44.011\n")
    >>> looks_like(RawFile(path))
    True
    """
    return _find(file.head_lines) is not None


def read(file: RawFile, options: ReadOptions) -> list[Record]:  # noqa: ARG001 - one signature for all
    r"""Read the spectra, or the run, of a text from Thales.

    Raises
    ------
    BadInputError
        If the columns are not there or a field is no number.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "EIS.csv"
    >>> _ = path.write_text("Frequency;Impedance;Phase\n5.000;14.000;-90.000\n1.462k;70.000m;0.000\n")
    >>> [record] = read(RawFile(path), ReadOptions())
    >>> record.frequency_hertz.tolist(), record.impedance.round(9).tolist()
    ([5.0, 1462.0], [-14j, (0.07+0j)])
    """
    where, lines = file.where, file.lines
    table = _find(lines)
    if table is None:
        wanted = "Frequency/Hz, Impedance/Ohm and Phase/deg, or time, voltage and current as Thales names them"
        raise BadInputError(where, "no line with the columns of a Zahner text", wanted)
    rows, numbers, warnings = _rows(lines, table, where)
    settings, words = settings_of(lines[: table.line])
    sample = settings.pop("System", "") or settings.pop("Sample", "")
    about = About(instrument="Zahner", software="Thales", sample=sample, comment=words, settings=settings)
    if table.kind == "logged":
        return [_run(table, rows, numbers, about, where, warnings)]
    return list(_spectra(table, rows, numbers, about, where, warnings))


def _find(lines: Sequence[str]) -> _Table | None:
    for at, line in enumerate(lines[:_HEADER_WITHIN]):
        if "requency" not in line and "oltage" not in line:
            continue
        for delimiter in (";", "\t", ",", None):
            if delimiter is not None and delimiter not in line:
                continue
            headers = _fields(line, delimiter)
            small = [header.lower() for header in headers]
            kind = _kind(small, lines[at + 1] if at + 1 < len(lines) else "", delimiter)
            if kind:
                return _Table(kind, headers, delimiter, at)
    return None


def _kind(small: Sequence[str], below: str, delimiter: str | None) -> str:
    if set(small) >= _NAMED:
        return "named"
    if list(small[:3]) == _BARE:
        return "bare"
    logged = list(small[:3]) == _LOGGED and (any(map(_CHANNEL.fullmatch, small)) or small[-1] == "index")
    dated = re.match(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d", (_fields(below, delimiter) or [""])[0])
    return "logged" if logged and dated else ""


def _fields(line: str, delimiter: str | None) -> list[str]:
    parts = [part.strip() for part in line.split(delimiter)]
    while parts and not parts[-1]:
        parts = parts[:-1]
    return parts


def _rows(lines: Sequence[str], table: _Table, where: str) -> tuple[list[list[str]], list[int], list[str]]:
    """Fields of every row and the line it stands in, counted from 1."""
    rows, numbers, warnings = [], [], []
    width = len(table.headers)
    last = max((n for n, line in enumerate(lines) if line.strip()), default=0)
    for at in range(table.line + 1, last + 1):
        if not lines[at].strip():
            continue
        parts = _fields(lines[at], table.delimiter)
        if len(parts) != width:
            if at == last and len(parts) < width:
                warnings.append(f"line {at + 1} was left out: the file ends within it")
                break
            raise BadInputError(f"{where}, line {at + 1}", f"{len(parts)} fields", f"{width} as in the header")
        rows.append(parts)
        numbers.append(at + 1)
    if numbers and numbers[-1] == len(lines) and has_open_end(lines):
        rows, warnings = settled(rows, len(lines), width=width)
        numbers = numbers[: len(rows)]
    if not rows:
        raise BadInputError(f"{where}, line {table.line + 1}", "no rows below the header", "a row of numbers")
    return rows, numbers, warnings


def _spectra(
    table: _Table, rows: list[list[str]], lines: list[int], about: About, where: str, warnings: list[str]
) -> list[ImpedanceRecord]:
    small = [header.lower() for header in table.headers]
    values = _prefixed(rows, lines, where) if table.kind == "bare" else table_of(rows, lines, where)
    names = _BARE if table.kind == "bare" else ["frequency/hz", "impedance/ohm", "phase/deg"]
    at = [small.index(name) for name in names]
    frequency, magnitude, degrees = (values[:, column] for column in at)
    far = ~((np.abs(degrees) <= _MAX_DEGREES) & (magnitude >= 0) & np.isfinite(magnitude))
    if far.any():
        row = int(np.argmax(far))
        found = f"|Z| {magnitude[row]:g} ohm at {degrees[row]:g} degrees"
        raise BadInputError(f"{where}, line {lines[row]}", found, "a magnitude and a phase")
    if table.kind == "bare" and np.abs(degrees).max() <= _RADIANS:
        warnings.append("the column Phase has no unit and is small everywhere: it was read as degrees")
    time = small.index("time/s") if "time/s" in small else None
    more: dict[str, NDArray[np.generic]] = {}
    for column, header in enumerate(table.headers):
        if column != time and column not in (at[0],):
            more[free_name(header, more)] = values[:, column]
    radians = degrees * (pi / 180)
    parts = _parts(values[:, small.index("number")] if "number" in small else None, values.shape[0])
    records = []
    for number, part in enumerate(parts, start=1):
        records.append(
            ImpedanceRecord(
                frequency_hertz=frequency[part],
                impedance_real_ohm=(magnitude * np.cos(radians))[part],
                impedance_imaginary_ohm=(magnitude * np.sin(radians))[part],
                test_time_second=None if time is None else values[part, time],
                source=where,
                label="" if len(parts) == 1 else f"spectrum {number}",
                about=about,
                more={name: column[part] for name, column in more.items()},
                warnings=tuple(warnings) if number == 1 else (),
            )
        )
    return records


def _prefixed(rows: list[list[str]], lines: list[int], where: str) -> Floats:
    """Numbers with an SI prefix behind them."""
    values = np.empty((len(rows), len(rows[0])))
    for index, (row, line) in enumerate(zip(rows, lines, strict=True)):
        for column, text in enumerate(row):
            factor = _PREFIXES.get(text[-1:], 1.0)
            value = number_of(text[:-1] if text[-1:] in _PREFIXES else text)
            if value is None:
                raise BadInputError(f"{where}, line {line}", repr(text[:40]), "a number, with an SI prefix or without")
            values[index, column] = value * factor
    return values


def _parts(number: Floats | None, rows: int) -> list[slice]:
    """Spectra of a series: one ends where the numbers of the points begin anew."""
    if number is None:
        return [slice(0, rows)]
    starts = [0, *(np.flatnonzero(np.diff(number) <= 0) + 1).tolist(), rows]
    return [slice(a, b) for a, b in pairwise(starts)]


def _run(
    table: _Table, rows: list[list[str]], lines: list[int], about: About, where: str, warnings: list[str]
) -> PolarisationRecord:
    """Read a run logged row by row."""
    bad = next((line for line, row in zip(lines, rows, strict=True) if not _is_date(row[0])), None)
    if bad is not None:
        raise BadInputError(f"{where}, line {bad}", "a time that is no date", "a date and time of day")
    clock = np.array([row[0] for row in rows], dtype="datetime64[us]")
    values = table_of([row[1:] for row in rows], lines, where)
    warnings.append("the columns have no units: they were read as volts and amperes, as Thales Remote gives them")
    return PolarisationRecord(
        potential_volt=values[:, 0],
        current_ampere=values[:, 1],
        test_time_second=(clock - clock[0]) / np.timedelta64(1, "s"),
        source=where,
        about=About(
            instrument=about.instrument,
            software="Thales Remote",
            technique="polarisation",
            start_time=str(clock[0]),
            settings=about.settings,
        ),
        more={header: values[:, at] for at, header in enumerate(table.headers[3:], start=2)},
        warnings=tuple(warnings),
    )


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        return not np.isnat(np.datetime64(text, "us"))
    except ValueError:
        return False


PLUGIN = Reader(
    title="Zahner text",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv", ".txt"),
    documented_at="https://github.com/Zahner-elektrik/Thales-Remote-Python",
    gives=("impedance", "polarisation"),
    instruments=("Zahner",),
)
