r"""Elchemea (DTU) impedance files (``.i2b``): a few lines of description, the number of points, and rows.

A row is frequency in Hz, Re Z and Im Z in ohm, parted by blanks; Im Z has its own sign, so that capacitive arcs are
negative. The columns have no header: what they are is fixed by the format. The count above them and the width of the
rows are what it is known by.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import HEAD_BYTES, RawFile
from limetal.readers._kit.echem_text import count_of, number_of, table_of
from limetal.readers._kit.open_end import has_open_end, settled
from limetal.records.base import About
from limetal.records.impedance import ImpedanceRecord

_HEAD_LINES = range(1, 40)  # where the count may stand, from 0; it is the sixth line in all files seen
_COLUMNS = 3
_MAX_POINTS = 1_000_000
_LOOKED_AT = 200  # rows


def looks_like(file: RawFile) -> bool:
    r"""Whether a lone count stands below words and above exactly that many rows of three numbers.

    The first of the three must be positive. Of files longer than 64 KiB the rows cannot be counted here.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.i2b"
    >>> _ = path.write_text("a\nb\nc\nd\n\n2\n1e3 10 -2\n1.0 11 -3\n")
    >>> looks_like(RawFile(path))
    True
    """
    lines = file.head_lines
    at = _count_line(lines)
    if at is None:
        return False
    points = count_of(lines[at]) or 0
    below = [line.split() for line in lines[at + 1 :] if line.strip()]
    if len(file.head) >= HEAD_BYTES:
        below = below[:-1]  # the last may be cut
    elif len(below) != points and not file.name.endswith(".i2b"):
        return False
    rows = below[: min(points, _LOOKED_AT)]
    return all(len(row) == _COLUMNS and all(number_of(text) is not None for text in row) for row in rows) and all(
        (number_of(row[0]) or 0) > 0 for row in rows
    )


def read(file: RawFile, options: ReadOptions) -> ImpedanceRecord:  # noqa: ARG001 - one signature for all
    r"""Read one spectrum.

    Raises
    ------
    BadInputError
        If there is no count with rows of three numbers below it.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.i2b"
    >>> _ = path.write_text("a\nb\nc\nd\n\n2\n1e3 10 -2\n1.0 11 -3\n")
    >>> read(RawFile(path), ReadOptions()).impedance.tolist()
    [(10-2j), (11-3j)]
    """
    where, lines = file.where, file.lines
    at = _count_line(lines)
    if at is None:
        raise BadInputError(where, "no number of points below the description", "an Elchemea file")
    points = count_of(lines[at]) or 0
    filled = [(n + 1, lines[n].split()) for n in range(at + 1, len(lines)) if lines[n].strip()]
    rows, warnings = filled[:points], list[str]()
    if rows and len(rows) == len(filled):
        every = [fields for _, fields in rows]
        is_short, is_open = len(rows) < points, has_open_end(lines)
        kept, warnings = settled(every, rows[-1][0], width=_COLUMNS, is_known_cut=is_short, is_open=is_open)
        rows = rows[: len(kept)]
    if len(rows) < points:
        warnings.append(f"the file has {len(rows)} of the {points} points it announces")
    if len(filled) > points:
        warnings.append(f"{len(filled) - points} lines after the {points} points announced are left out")
    for line, fields in rows:
        if len(fields) != _COLUMNS:
            raise BadInputError(f"{where}, line {line}", f"{len(fields)} fields", "frequency, Re Z and Im Z")
    numbers = table_of([fields for _, fields in rows], [line for line, _ in rows], where).reshape(-1, _COLUMNS)
    return ImpedanceRecord(
        frequency_hertz=numbers[:, 0],
        impedance_real_ohm=numbers[:, 1],
        impedance_imaginary_ohm=numbers[:, 2],
        source=where,
        about=About(
            software="Elchemea",
            technique="EIS",
            comment="\n".join(line.strip() for line in lines[:at] if line.strip()),
        ),
        warnings=tuple(warnings),
    )


def _count_line(lines: Sequence[str]) -> int | None:
    """Index of the count: the first lone whole number that stands above a row of three numbers."""
    for at in _HEAD_LINES:
        if at + 1 >= len(lines):
            return None
        count = count_of(lines[at]) if re.fullmatch(r"\s*\d+\s*", lines[at]) else None
        if count is None or not 1 <= count <= _MAX_POINTS:
            continue
        row = lines[at + 1].split()
        if len(row) == _COLUMNS and all(number_of(text) is not None for text in row):
            # words must stand above, or this is any table with a count; two counts belong to Ivium's data objects
            above = next((line for line in reversed(lines[:at]) if line.strip()), "")
            worded = any(re.search(r"[^\W\d]", line) for line in lines[:at])
            return at if worded and count_of(above) is None else None
    return None


PLUGIN = Reader(
    title="Elchemea impedance (.i2b)",
    looks_like=looks_like,
    read=read,
    suffixes=(".i2b",),
    documented_at="https://vyrjana.github.io/pyimpspec/guide_data.html",
    gives=("impedance",),
    instruments=("Elchemea",),
)
