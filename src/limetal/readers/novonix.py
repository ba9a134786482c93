"""Novonix UHPC exports: ``[Summary]``, ``[Protocol]`` and ``[Data]``, a comma table with hours, amperes and volts.

Run time is in hours. ``Step Type`` is a number of the program and says nothing certain, so signs are taken as written
(charging is positive).
"""

from __future__ import annotations

import re

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.cycler_dates import iso_time
from limetal.readers._kit.cycler_grid import Header, split_fields, text_grid
from limetal.readers._kit.cycler_record import Layout, cycling_record
from limetal.records.base import About
from limetal.records.cycling import CyclingRecord

_SECTION = "[Summary]"
_DATA = re.compile(r"^\[Data\][\s,;]*$", re.MULTILINE)
_LAYOUT = Layout(
    {
        "time": ("run time", "runtime", "test time"),
        "step_time": ("step time", "steptime"),
        "voltage": ("potential", "voltage", "cell voltage"),
        "current": ("current",),
        "cycle": ("cycle number", "cycle"),
        "step": ("step number",),
    }
)


def looks_like(file: RawFile) -> bool:
    r"""Whether a text begins with the summary of a Novonix file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = path.write_text("[Summary]\nNovonix UHPC data file\n")
    >>> looks_like(RawFile(path))
    True
    """
    head = file.head_text.lstrip("\ufeff \r\n")[:4000]
    return head.startswith(_SECTION) and ("novonix" in head.lower() or "uhpc" in head.lower())


def read(file: RawFile, options: ReadOptions) -> CyclingRecord:  # noqa: ARG001 - one signature for all
    r"""Read one file.

    Raises
    ------
    BadInputError
        If there is no ``[Data]``, or it is broken.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = path.write_text("[Summary]\nNovonix\nCellID: 7\n[End Summary]\n[Data]\n"
    ...     "Cycle Number,Run Time (h),Current (A),Potential (V)\n1,0,0.5,3.1\n1,0.5,0.5,3.2\n")
    >>> record = read(RawFile(path), ReadOptions())
    >>> record.test_time_second.tolist(), record.about.sample
    ([0.0, 1800.0], '7')
    """
    where, text = file.where, file.text.replace("\r\n", "\n").replace("\r", "\n")
    mark = _DATA.search(text)
    if mark is None:
        raise BadInputError(where, "no [Data]", "a Novonix file with [Data]")
    at = text.count("\n", 0, mark.end()) + 1
    rest = text[text.find("\n", mark.end()) + 1 :] if "\n" in text[mark.end() :] else ""
    line = rest.partition("\n")[0]
    separator = max(",;\t", key=line.count)
    headers = split_fields(line, separator)
    if len(headers) < 3:
        raise BadInputError(f"{where}, line {at + 1}", repr(line[:60]), "the headers of the columns")
    grid = text_grid(text, Header(at, separator, tuple(headers)), where)
    return cycling_record(grid, _LAYOUT, about=_about(text[: mark.start()]), source=where)


def _about(text: str) -> About:
    """What the summary says."""
    summary = text.partition("[End Summary]")[0]
    pairs = {}
    for line in summary.splitlines():
        key, colon, value = line.strip().partition(":")
        if colon and key and value.strip():
            pairs[key.strip()] = value.strip()
    return About(
        instrument="Novonix UHPC",
        software=f"UHPC Control {pairs['Version']}" if "Version" in pairs else "",
        start_time=iso_time(pairs.get("Started", "")),
        sample=pairs.get("CellID", "") or pairs.get("Cell", ""),
        comment=pairs.get("Description", ""),
        settings=pairs,
    )


PLUGIN = Reader(
    title="Novonix UHPC csv",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv",),
    documented_at="https://novonixgroup.com/battery-testing-equipment/",
    instruments=("Novonix",),
)
