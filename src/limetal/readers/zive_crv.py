r"""Spectra of WonATech's ZIVE potentiostats (``.crv`` of ZIVE Data Manager).

The first line is ``þ«Z11``, the third the technique; below a line with the number of points stand rows of nine numbers
parted by tabs: frequency, |Z|, phase in degrees, three zeros, Z', -Z'', zero. The columns have no names, so a file in
which |Z| and phase are not those of Z' and -Z'' is refused. The line of date and time has eight numbers whose order is
not documented; it is kept as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.echem_text import count_of, number_of, table_of
from limetal.readers._kit.open_end import has_open_end, settled
from limetal.records.base import About
from limetal.records.impedance import ImpedanceRecord

Floats = NDArray[np.float64]

_MARKS = (b"\xfe\xabZ11", "þ«Z11".encode())
_COLUMNS = 9
_TECHNIQUE_LINE, _SETTINGS_LINE = 2, 3
_HEADER_WITHIN = 200  # lines
_AGREE = 1e-3  # relative to |Z|; the numbers have six digits
#: Names of the columns that are kept beside the record, by their index.
_MORE = {1: "|Z| (ohm)", 2: "phase (deg)", 3: "column 4", 4: "column 5", 5: "column 6", 8: "column 9"}


def looks_like(file: RawFile) -> bool:
    r"""Whether a file begins as these files do.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.crv"
    >>> _ = path.write_bytes(b"\xfe\xabZ11\nUSER\nEIS\n")
    >>> looks_like(RawFile(path))
    True
    """
    return file.head.startswith(_MARKS)


def read(file: RawFile, options: ReadOptions) -> ImpedanceRecord:  # noqa: ARG001 - one signature for all
    r"""Read one spectrum.

    Raises
    ------
    BadInputError
        If there is no count with rows of nine numbers below it, or the columns contradict each other.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.crv"
    >>> rows = [b"1E+03\t5\t-53.1301\t0\t0\t0\t3\t4\t0", b"1E+01\t10\t-36.8699\t0\t0\t0\t8\t6\t0"]
    >>> _ = path.write_bytes(b"\n".join([b"\xfe\xabZ11", b"USER", b"EIS", b"2  ", *rows, b""]))
    >>> read(RawFile(path), ReadOptions()).impedance.tolist()
    [(3-4j), (8-6j)]
    """
    where, lines = file.where, file.lines
    at = _count_line(lines)
    if at is None:
        raise BadInputError(where, "no number of points above rows of nine numbers", "a spectrum of ZIVE")
    points = count_of(lines[at]) or 0
    filled = [(n + 1, lines[n].split()) for n in range(at + 1, len(lines)) if lines[n].strip()]
    rows, warnings = filled[:points], list[str]()
    if len(rows) == len(filled) and lines[-1].strip():
        every = [fields for _, fields in rows]
        kept, warnings = settled(
            every, len(lines), width=_COLUMNS, is_used=False, is_known_cut=len(rows) < points,
            is_open=has_open_end(lines),
        )  # fmt: skip
        rows = rows[: len(kept)]
    if len(rows) < points:
        warnings.append(f"the file has {len(rows)} of the {points} points it announces")
    if len(filled) > points:
        warnings.append(f"{len(filled) - points} lines after the {points} points announced are left out")
    for line, fields in rows:
        if len(fields) != _COLUMNS:
            raise BadInputError(f"{where}, line {line}", f"{len(fields)} fields", f"{_COLUMNS} numbers")
    numbers = table_of([fields for _, fields in rows], [line for line, _ in rows], where).reshape(-1, _COLUMNS)
    _prove(numbers, [line for line, _ in rows], where)
    return ImpedanceRecord(
        frequency_hertz=numbers[:, 0],
        impedance_real_ohm=numbers[:, 6],
        impedance_imaginary_ohm=-numbers[:, 7],
        source=where,
        about=_about(lines[:at]),
        more={name: numbers[:, index].copy() for index, name in _MORE.items() if index < 3 or numbers[:, index].any()},
        warnings=tuple(warnings),
    )


def _count_line(lines: Sequence[str]) -> int | None:
    """Index of the first whole number above a row of nine numbers."""
    for at in range(_TECHNIQUE_LINE, min(len(lines) - 1, _HEADER_WITHIN)):
        if count_of(lines[at]) is None:
            continue
        below = next((line for line in lines[at + 1 :] if line.strip()), "").split()
        if len(below) == _COLUMNS and all(number_of(text) is not None for text in below):
            return at
    return None


def _prove(numbers: Floats, lines: Sequence[int], where: str) -> None:
    """Refuse columns that are not those of the format: the file says each impedance twice."""
    z = numbers[:, 6] - 1j * numbers[:, 7]
    with np.errstate(over="ignore", invalid="ignore"):
        other = numbers[:, 1] * np.exp(1j * np.radians(numbers[:, 2]))
        far = ~(np.abs(z - other) <= _AGREE * np.abs(z))
    if far.any():
        row = int(np.argmax(far))
        found = f"Z' {z[row].real:g} and Z'' {z[row].imag:g} beside |Z| {numbers[row, 1]:g} at {numbers[row, 2]:g} deg"
        raise BadInputError(f"{where}, line {lines[row]}", found, "one impedance in both")


def _about(head: Sequence[str]) -> About:
    words = [line.strip() for line in head]
    settings = (
        {"settings": words[_SETTINGS_LINE]} if len(words) > _SETTINGS_LINE and "|" in words[_SETTINGS_LINE] else {}
    )
    date = next((word for word in words[_TECHNIQUE_LINE + 1 :] if word.startswith("/")), "")
    return About(
        instrument="WonATech ZIVE",
        software="ZIVE Data Manager",
        technique=words[_TECHNIQUE_LINE] if len(words) > _TECHNIQUE_LINE else "",
        settings=settings | ({"date": date} if date else {}),
    )


PLUGIN = Reader(
    title="ZIVE spectrum (.crv)",
    looks_like=looks_like,
    read=read,
    suffixes=(".crv",),
    documented_at="https://vyrjana.github.io/pyimpspec/guide_data.html",
    gives=("impedance",),
    instruments=("WonATech ZIVE",),
)
