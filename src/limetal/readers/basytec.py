"""Basytec text exports: lines that begin with ``~``, the last of them the headers with units in square brackets.

Time may be in seconds, minutes or hours, columns parted by tabs, semicolons or blanks, numbers with points or commas.
``Time`` is test time; ``t-Step``, ``t-Set`` and ``t-Cyc`` are others. ``Line`` is the line of the test plan.
"""

from __future__ import annotations

import re

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.cycler_dates import iso_time
from limetal.readers._kit.cycler_grid import Header, split_fields, text_grid
from limetal.readers._kit.cycler_record import Layout, cycling_record
from limetal.readers._kit.decode import split_lines
from limetal.records.base import About
from limetal.records.cycling import CyclingRecord

_HEADERS = re.compile(r"^~\s*Time\s*\[", re.IGNORECASE)
_TAB = "\t"
_LAYOUT = Layout(
    {
        "time": ("time",),
        "voltage": ("u", "u1"),
        "current": ("i", "i1"),
        "cycle": ("cyc count",),
        "step": ("line",),
        "state": ("command",),
    }
)


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has the headers of Basytec.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.txt"
    >>> _ = path.write_text("~Resultfile from Basytec Battery Test System\n~Time[h]\tU[V]\tI[A]\n")
    >>> looks_like(RawFile(path))
    True
    """
    if not file.head_text.lstrip("\ufeff").startswith("~"):
        return False
    return "basytec" in file.head_text[:2000].lower() or any(
        _HEADERS.match(line) and "U[" in line for line in file.head_lines[:200]
    )


def read(file: RawFile, options: ReadOptions) -> CyclingRecord:  # noqa: ARG001 - one signature for all
    r"""Read one file.

    Raises
    ------
    BadInputError
        If there is no row of headers, or a row is broken.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.txt"
    >>> _ = path.write_text("~Battery: A7\n~Time[h]\tCommand\tU[V]\tI[A]\n0\tCharge\t3,1\t0,5\n0,5\tCharge\t3,2\t0,5\n")
    >>> record = read(RawFile(path), ReadOptions())
    >>> record.test_time_second.tolist(), record.voltage_volt.tolist(), record.about.sample
    ([0.0, 1800.0], [3.1, 3.2], 'A7')
    """
    where, text = file.where, file.text
    lines = split_lines(text)
    at = next((i for i, line in enumerate(lines[:500]) if _HEADERS.match(line.lstrip("\ufeff"))), None)
    if at is None:
        raise BadInputError(where, "no line of headers ('~Time[h] ...')", "a Basytec file with its headers")
    about = _about(lines[:at])
    line = lines[at].lstrip("\ufeff~ ")
    separator = next((mark for mark in (_TAB, ";") if mark in line), None)
    if separator is None:
        # columns parted by blanks: the date of a row is two of them
        headers = line.split()
        body = [re.sub(r"\s+", _TAB, row.strip()) for row in lines[at + 1 :]]
        first = next((row for row in body if row), "")
        if first.count(_TAB) + 1 == len(headers) + 1 and "DateTime" in headers:
            where_date = headers.index("DateTime")
            headers[where_date : where_date + 1] = ["Date", "Clock"]
        text, header = "\n".join([*lines[: at + 1], *body]), Header(at, _TAB, tuple(headers))
    else:
        header = Header(at, separator, tuple(split_fields(line, separator)))
    return cycling_record(text_grid(text, header, where), _LAYOUT, about=about, source=where)


def _about(lines: list[str]) -> About:
    pairs = {}
    for line in lines:
        key, colon, value = line.lstrip("\ufeff~").strip().partition(":")
        if colon and value.strip():
            pairs[key.strip()] = value.strip()
    return About(
        instrument="Basytec",
        technique=pairs.get("Testplan", ""),
        start_time=iso_time(pairs.get("Start of Test", "")),
        sample=pairs.get("Battery", ""),
        comment=pairs.get("Name of Test", ""),
        settings=pairs,
    )


PLUGIN = Reader(
    title="Basytec text",
    looks_like=looks_like,
    read=read,
    suffixes=(".txt", ".csv", ".dat"),
    documented_at="https://www.basytec.de/prod_en.html",
    instruments=("Basytec",),
)
