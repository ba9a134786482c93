r"""Text exports of EC-Lab and BT-Lab, ``.mpt`` (also named ``.txt``), with their header or without it.

Traps: decimal commas; a header whose count of lines is wrong after editing; names above no numbers, and numbers under
no name (then nothing tells which name is missing, and the file is refused); ``µ`` in three encodings, or broken; time
as seconds since the start of acquisition or as date and time; ``XXX`` where a number could not be had; a last line
that is cut in the middle of a number.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.biologic import Table, records_of
from limetal.readers._kit.biologic_header import about_of, cell_of, loops_of, moment
from limetal.readers._kit.biologic_text import Body, numbers_of
from limetal.readers._kit.decode import decode
from limetal.records.base import About, Record

MAGICS = (b"EC-Lab ASCII FILE", b"BT-Lab ASCII FILE")
_HEADER_LINES = re.compile(r"Nb header lines\s*:\s*(\d{1,6})")
_SEARCH_LINES = 5000
_HEADER_BYTES = 2**22
_FLAG_NAMES = {"mode", "ox/red", "error"}
_SIGNATURES = (
    _FLAG_NAMES,
    {"freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm"},
    {"time/s", "Ewe/V"},
    {"time/s", "<Ewe>/V"},
    {"time/s", "<Ewe/V>"},
    {"time/s", "Ecell/V"},
    {"Ewe/V", "<I>/mA"},
    {"Ewe/V", "I/mA"},
)
_EPOCH = datetime(2000, 1, 1)
_WHOLE = {
    "mode",
    "ox/red",
    "error",
    "control changes",
    "Ns changes",
    "counter inc.",
    "I Range",
    "half cycle",
    "z cycle",
}


@dataclass(frozen=True)
class _Head:
    """Lines before the table, the names of the columns, and where the table begins."""

    lines: list[str]
    names: list[str]
    end: int
    warnings: tuple[str, ...]


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has the first line of these exports, or begins with a row of EC-Lab's column names.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.mpt"
    >>> _ = path.write_text("EC-Lab ASCII FILE\nNb header lines : 3\n")
    >>> looks_like(RawFile(path))
    True
    """
    head = file.head.removeprefix(codecs.BOM_UTF8)
    if head.lstrip().startswith(MAGICS):
        return True
    if b"\t" not in head and b"\t\0" not in head:
        return False
    lines = [line for line in file.head_lines[:20] if line.strip()]
    if not lines or "#NAME?" in lines[0]:  # a spreadsheet took -Im(Z)/Ohm for a formula: dahn_text reads what is left
        return False
    return lines[0].startswith(tuple(m.decode() for m in MAGICS)) or _is_names(_split(lines[0]))


def read(file: RawFile, options: ReadOptions) -> list[Record]:  # noqa: ARG001 - one signature for all
    r"""Read a text export of any technique: cycling, polarisation, and one record for each spectrum.

    Raises
    ------
    BadInputError
        With file and line: for a table without names, names that do not fit the numbers, a field that is no number,
        and what makes no record.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.mpt"
    >>> table = "time/s\tEwe/V\tI/mA\t\n0,0E+000\t3,0E+000\t1,0E+000\n1,0E+000\t3,1E+000\t1,0E+000\n"
    >>> _ = path.write_text("EC-Lab ASCII FILE\nNb header lines : 3\n" + table)
    >>> read(RawFile(path), ReadOptions())[0].voltage_volt.tolist()
    [3.0, 3.1]
    """
    where = file.where
    data = _plain_bytes(file)
    head = _head(data, where)
    last_name = next((name for name in reversed(head.names) if name), "")
    body = Body(data, head.end, len(head.lines) + 2, where, last_name)
    columns, warnings = numbers_of(body, head.names)
    about = about_of(head.lines) if head.lines else About(instrument="BioLogic")
    columns, more = _with_test_time(columns, about, body)
    columns = {name: _whole(values) if name in _WHOLE else values for name, values in columns.items()}
    rows = len(next(iter(columns.values()))) if columns else 0
    table = Table(
        where,
        columns,
        about,
        cell_of(about),
        loops_of(head.lines, rows),
        (*head.warnings, *warnings, *more),
        row_word="line",
        first=len(head.lines) + 2,
    )
    return records_of(table)


def _plain_bytes(file: RawFile) -> bytes:
    """Bytes of the file in an encoding that keeps ASCII, lines ended by a line feed."""
    data = file.data.removeprefix(codecs.BOM_UTF8)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = file.text.encode()
    if b"\0" in data:
        raise BadInputError(file.where, "binary data", "a text file")
    if b"\r" in data and b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    return data


def _head(data: bytes, where: str) -> _Head:
    """Find the row of names: where the header says it is, else the first row of EC-Lab's names."""
    raw = data[:_HEADER_BYTES].split(b"\n", _SEARCH_LINES)[:_SEARCH_LINES]
    lines = [decode(line, where).rstrip("\r") if line else "" for line in raw[:5]]
    said = next((int(match[1]) for match in map(_HEADER_LINES.search, lines) if match), None)
    if said is not None:
        lines += [decode(line, where).rstrip("\r") if line else "" for line in raw[5:said]]
    warnings: list[str] = []
    if said is not None and 0 < said <= len(lines) and _is_names(_split(lines[said - 1]), loose=True):
        at = said - 1
    else:
        lines += [decode(line, where).rstrip("\r") if line else "" for line in raw[len(lines) :]]
        found = next((i for i, line in enumerate(lines) if _is_names(_split(line))), None)
        if found is None:
            wanted = "a row of names such as time/s and Ewe/V, or freq/Hz and Re(Z)/Ohm"
            raise BadInputError(where, "no row with the names of columns", wanted)
        at = found
        warnings += [] if said is None else [f"the header says it has {said} lines, but names stand in line {at + 1}"]
    end = sum(len(line) + 1 for line in raw[: at + 1])
    return _Head(lines[:at], [_tidy(name) for name in _split(lines[at])], end, tuple(warnings))


def _split(line: str) -> list[str]:
    return [part.strip() for part in line.strip("\r\n").split("\t")]


def _is_names(parts: list[str], *, loose: bool = False) -> bool:
    """Whether parts of a line are EC-Lab's names; ``loose`` where the header says so anyway."""
    if len(parts) < 2 or any(re.fullmatch(r"[+-]?[\d.,]+(?:[eE][+-]?\d+)?", part) for part in parts):
        return False
    present = set(parts)
    return any(signature <= present for signature in _SIGNATURES) or (
        loose and sum("/" in part or "(" in part for part in parts) >= 2
    )


def _tidy(name: str) -> str:
    """Name with one kind of micro and degree sign; broken ones are mended where only they make a unit."""
    name = name.replace("Âµ", "µ").replace("Î¼", "µ").replace("μ", "µ").replace("Â°", "°")
    name = re.sub(r"/(?:\ufffd|\?|ï¿½)(?=F\b|F-2|A\b)", "/µ", name)
    name = re.sub(r"/µF-2$", "/µF-2", name)
    return re.sub(r"/(?:\ufffd|\?|ï¿½)C$", "/°C", name)


def _whole(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return whole numbers as such, if all of them are."""
    if values.dtype.kind != "f":
        return values
    numbers = values.astype(np.float64)
    whole = np.isfinite(numbers) & (numbers == np.round(numbers)) & (np.abs(numbers) < 2**31)
    return numbers.astype(np.int64) if whole.all() else values


def _with_test_time(
    columns: dict[str, NDArray[np.generic]], about: About, body: Body
) -> tuple[dict[str, NDArray[np.generic]], list[str]]:
    """Put seconds in place of a date and time."""
    texts = columns.get("time/s")
    if texts is None or texts.dtype.kind in "fiu":
        return columns, []
    started = moment(about.settings.get("Acquisition started on", ""))
    seconds = np.empty(texts.size)
    days_first = False
    for row, text in enumerate(texts.tolist()):
        when = moment(str(text))
        if when is None:
            raise BadInputError(body.place(row), f"time {str(text)[:40]!r}", "seconds, or month/day/year and time")
        first = re.match(r"\s*(\d{1,2})", str(text))
        days_first |= first is not None and int(first[1]) > 12
        seconds[row] = (when - _EPOCH).total_seconds()
    if days_first:
        raise BadInputError(body.place(0), "dates with the day first", "dates with the month first, as EC-Lab writes")
    zero = seconds[0]
    since = "the first row"
    if started is not None and (started - _EPOCH).total_seconds() <= zero:
        zero, since = (started - _EPOCH).total_seconds(), "the start of acquisition"
    note = f"time is given as date and time; test time was counted from {since}"
    return {**columns, "time/s": seconds - zero}, [note]


PLUGIN = Reader(
    title="BioLogic EC-Lab text export",
    looks_like=looks_like,
    read=read,
    suffixes=(".mpt", ".txt"),
    documented_at="https://www.biologic.net/support-software/ec-lab-software/",
    gives=("cycling", "impedance", "polarisation"),
    instruments=("BioLogic",),
)
