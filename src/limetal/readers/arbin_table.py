"""Arbin exports of MITS Pro as csv and workbook: ``Test_Time(s)``, ``Test Time (s)`` or ``Test_Time``.

A workbook has ``Global_Info`` and one sheet a channel and part (``Channel_11_1``, ``Channel_11_2``: one test that goes
on, because a sheet is full), besides statistics and charts, which are no record. Arbin stores seconds, volts and
amperes, so headers without a unit are read in those; charging is positive.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import replace

import numpy as np

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.cycler_blocks import file_grid
from limetal.readers._kit.cycler_dates import iso_time
from limetal.readers._kit.cycler_grid import Grid, find_header, joined
from limetal.readers._kit.cycler_record import Layout, cycling_record, header_name
from limetal.readers._kit.cycler_sheets import header_row, sheet_grid
from limetal.readers._kit.sheets import Sheet, cell_text
from limetal.records.base import About
from limetal.records.cycling import CyclingRecord

_HINT = re.compile(r"test[ _]?time", re.IGNORECASE)
_OTHER_SPELLING = re.compile(r"test[ _]?time\s*/.*|test_time_[a-z]+", re.IGNORECASE)
_PART = re.compile(r"(?i)(?P<channel>channel[ _-]?.+?)_(?P<part>\d+)")
_STATISTICS = {"vmax on cycle", "charge time", "discharge time", "coulombic efficiency"}
_LAYOUT = Layout(
    {
        "time": ("test time", "testtime"),
        "step_time": ("step time",),
        "voltage": ("voltage",),
        "current": ("current",),
        "cycle": ("cycle index",),
        "step": ("step index",),
    },
    units={"time": "s", "step_time": "s", "voltage": "V", "current": "A"},
)
#: Test time of a first row that is written as its test begins; dates have no finer digits in most exports.
_AT_ONCE = 1.0  # s
_DATES = ("date time", "datetime", "date_time")


def looks_like(file: RawFile) -> bool:
    r"""Whether a text or a sheet has Arbin's headers.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = path.write_text("Data_Point,Test_Time(s),Step_Index,Cycle_Index,Current(A),Voltage(V)\n")
    >>> looks_like(RawFile(path))
    True
    """
    if file.head_text:
        return find_header(file.head_lines, _HINT, _fits) is not None
    return any(header_row(sheet, _fits) is not None for sheet in file.sheets)


def read(file: RawFile, options: ReadOptions) -> CyclingRecord | list[CyclingRecord]:  # noqa: ARG001
    r"""Read a csv, or every channel of a workbook.

    Raises
    ------
    BadInputError
        If there is no such table, it has one row a cycle (statistics), or a row is broken.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = path.write_text("Data_Point,Test_Time(s),Step_Index,Cycle_Index,Current(A),Voltage(V)\n"
    ...     "1,0.5,1,1,0,3\n2,1.5,2,1,-0.1,2.9\n")
    >>> read(RawFile(path), ReadOptions()).step_count.tolist()
    [1, 2]
    """
    if not file.head_text:
        return _workbook(file)
    header = find_header(file.head_lines, _HINT, _fits)
    if header is None:
        raise BadInputError(file.where, "no columns as Test_Time(s), Voltage(V) and Current(A)", "an Arbin table")
    _refuse_statistics(header.texts, file.where)
    grid = file_grid(file, header)
    rows: list[list[object]] = [[*line.split(header.separator)] for line in file.head_lines[: header.at]]
    return cycling_record(grid, _LAYOUT, about=_about(rows, grid, ""), source=file.where)


def _fits(texts: list[str]) -> bool:
    if any(_OTHER_SPELLING.fullmatch(text) for text in texts):
        return False
    names = {header_name(text)[0] for text in texts}
    if not {"voltage", "current"} <= names or not names & {"test time", "testtime"}:
        return False
    return "cycle index" in names and bool(names & {"step index", "data point"} or names & _STATISTICS)


def _refuse_statistics(texts: tuple[str, ...], where: str) -> None:
    names = {header_name(text)[0] for text in texts}
    if names & _STATISTICS and not names & {"step index", "step time"}:
        raise BadInputError(where, "Arbin's statistics, one row a cycle", "the export of the channel's data")


def _workbook(file: RawFile) -> list[CyclingRecord]:
    sheets = [(sheet, at) for sheet in file.sheets if (at := header_row(sheet, _fits)) is not None]
    info = next((sheet.rows for sheet in file.sheets if sheet.name.lower().startswith("global")), [])
    groups: dict[str, list[Grid]] = {}
    for sheet, at in sheets:
        texts = tuple(cell_text(cell) for cell in sheet.rows[at])
        names = {header_name(text)[0] for text in texts}
        if names & _STATISTICS and not names & {"step index", "step time"}:
            continue
        if sheet.name.lower().startswith("statis") or len(sheet.rows) < at + 3:
            continue
        groups.setdefault(_channel(sheet), []).append(sheet_grid(sheet, at, file.where))
    if not groups:
        raise BadInputError(file.where, "no sheet of a channel with two rows", "an Arbin workbook")
    records = []
    for channel, parts in groups.items():
        for number, grid in enumerate(_continued(parts), start=1):
            several = len(groups) > 1 or len(_continued(parts)) > 1
            label = (channel if number == 1 else f"{channel} part {number}") if several else ""
            about = _about(info, grid, channel)
            records.append(cycling_record(grid, _LAYOUT, about=about, label=label, source=file.where))
    return records


def _channel(sheet: Sheet) -> str:
    """Name of the channel of a sheet, without the number of the part."""
    match = _PART.fullmatch(sheet.name)
    return match["channel"] if match else sheet.name


def _continued(parts: list[Grid]) -> list[Grid]:
    """Join tables of one channel whose time goes on."""
    result: list[Grid] = []
    for grid in parts:
        last = result[-1] if result else None
        if last is not None and last.headers == grid.headers and _last_time(last) <= _first_time(grid):
            result[-1] = replace(joined([last, grid]), where=last.where)
        else:
            result.append(grid)
    return result


def _time_column(grid: Grid) -> int | None:
    names = [header_name(text)[0] for text in grid.headers]
    return next((i for i, name in enumerate(names) if name in {"test time", "testtime"}), None)


def _edge(grid: Grid, row: int) -> float:
    index = _time_column(grid)
    value = grid.columns[index][row] if index is not None else None
    return float(value) if isinstance(value, float) else float(np.nan)


def _first_time(grid: Grid) -> float:
    return _edge(grid, 0)


def _last_time(grid: Grid) -> float:
    return _edge(grid, -1)


def _about(rows: list[list[object]], grid: Grid, channel: str) -> About:
    """What Global_Info says of a channel: a row of headers, below it a row a channel."""
    texts = [[_plain(cell) for cell in row] for row in rows[:200]]
    at = next((i for i, row in enumerate(texts) if "Channel" in row and any("Start" in cell for cell in row)), None)
    pairs: dict[str, str] = {}
    number = re.sub(r"(?i)^channel[ _-]?", "", channel)
    if at is not None:
        below = [row for row in texts[at + 1 :] if any(row)]
        heads = texts[at]
        chosen = next((r for r in below if r[heads.index("Channel")] == number), below[0] if below else [])
        pairs = {key: value for key, value in zip(heads, chosen, strict=False) if key and value}
    above = [cell for row in texts[:at] for cell in row if cell and cell != "TEST REPORT"] if at else []
    start = iso_time(pairs.get("Start DateTime", ""))
    if not start:
        index = next((i for i, text in enumerate(grid.headers) if header_name(text)[0] in _DATES), None)
        if index is not None:
            column = grid.texts(index)
            start = _begin(iso_time(str(column[0]), [str(column[-1])]), _first_time(grid))
    return About(
        instrument="Arbin",
        software=pairs.get("Software Version", ""),
        technique=pairs.get("Schedule File Name", ""),
        start_time=start,
        sample=pairs.get("Item ID", "") or (above[0] if above else ""),
        comment=pairs.get("Comments", ""),
        settings=pairs,
    )


def _begin(date: str, passed: float) -> str:
    """Start of a test whose first row has a date and a test time; empty where one of them is none.

    Examples
    --------
    >>> _begin("2024-09-20T08:32:34.500", 30.0), _begin("2024-09-20T08:32:34", 0.004), _begin("2024-09-20", 5.0)
    ('2024-09-20T08:32:04.500', '2024-09-20T08:32:34', '')
    """
    if not np.isfinite(passed) or not date or abs(passed) < _AT_ONCE:
        return date
    try:
        moment = datetime.datetime.fromisoformat(date) - datetime.timedelta(seconds=passed)
    except (ValueError, OverflowError):
        return ""
    if "T" not in date:
        return ""
    return moment.isoformat(timespec="milliseconds" if "." in date or moment.microsecond else "seconds")


def _plain(cell: object) -> str:
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ")
    return cell_text(cell).strip()


PLUGIN = Reader(
    title="Arbin csv and workbook",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv", ".xlsx", ".xls", ".txt"),
    documented_at="https://www.arbin.com/software/mits-pro/",
    instruments=("Arbin",),
)
