"""LANDT (LAND) exports as text or workbook: ``test_time_s``, ``TestTime/Sec`` and the like, units in the headers.

Both the new export (snake case, lines such as ``cell model:`` above) and the one of LANDdt (``Voltage/V``,
``Current/mA``) are read. Charging is positive; a current without sign takes it from the name of the step.
"""

from __future__ import annotations

import re

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.cycler_blocks import file_grid
from limetal.readers._kit.cycler_dates import iso_time
from limetal.readers._kit.cycler_grid import Grid, find_header
from limetal.readers._kit.cycler_record import Layout, cycling_record, header_name
from limetal.readers._kit.cycler_sheets import header_row, sheet_grid
from limetal.records.base import About
from limetal.records.cycling import CyclingRecord

_HINT = re.compile(r"test_?\s?time\s*[/_]\s*\w", re.IGNORECASE)
_SNAKE = {"test_time_s", "voltage_v", "current_a"}
_SLASH = re.compile(r"test[ _]?time\s*/\s*(?:sec|s|min|h|hour)\w*", re.IGNORECASE)
_LAYOUT = Layout(
    {
        "time": ("test time", "testtime"),
        "step_time": ("step time", "steptime"),
        "voltage": ("voltage",),
        "current": ("current",),
        "cycle": ("cycle index", "cycle", "cycle number"),
        "step": ("step index", "step", "step number"),
        "state": ("step name", "mode", "state", "step type", "workmode"),
    }
)


def looks_like(file: RawFile) -> bool:
    r"""Whether a text or workbook has LANDT's headers.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = path.write_text("cycle_index,test_time_s,current_A,voltage_V\n1,0,0,3\n")
    >>> looks_like(RawFile(path))
    True
    """
    if file.head_text:
        return find_header(file.head_lines, _HINT, _fits) is not None
    return any(header_row(sheet, _fits) is not None for sheet in file.sheets)


def read(file: RawFile, options: ReadOptions) -> CyclingRecord | list[CyclingRecord]:  # noqa: ARG001
    r"""Read one file; a workbook with several tables gives several records.

    Raises
    ------
    BadInputError
        If there is no such table, or a row is broken.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = path.write_text("cycle_index,test_time_s,current_A,voltage_V\n1,0,0,3\n1,5,0.1,3.1\n")
    >>> read(RawFile(path), ReadOptions()).current_ampere.tolist()
    [0.0, 0.1]
    """
    if file.head_text:
        header = find_header(file.head_lines, _HINT, _fits)
        if header is None:
            raise BadInputError(file.where, "no columns as test_time_s, voltage_V and current_A", "a LANDT table")
        grid = file_grid(file, header)
        return cycling_record(grid, _LAYOUT, about=_about(file.head_lines[: header.at], grid), source=file.where)
    records = []
    for sheet in file.sheets:
        at = header_row(sheet, _fits)
        if at is not None and len(sheet.rows) > at + 2:
            grid = sheet_grid(sheet, at, file.where)
            records.append(cycling_record(grid, _LAYOUT, about=_about([], grid), label=sheet.name, source=file.where))
    if not records:
        raise BadInputError(file.where, "no table of LANDT", "a LANDT export")
    return records


def _fits(texts: list[str]) -> bool:
    lower = {text.lower() for text in texts}
    if lower >= _SNAKE:
        return True
    if not any(_SLASH.fullmatch(text) for text in texts) or any(" / " in text for text in texts):
        return False
    names = {header_name(text)[0] for text in texts}
    return {"voltage", "current"} <= names


def _about(lines: list[str], grid: Grid) -> About:
    """Lines as ``cell id: 7,,,`` above the table, and the first date in it."""
    pairs = {}
    for line in lines:
        key, colon, value = line.strip(",; \t").partition(":")
        value = value.strip(",; \t")
        if colon and value:
            pairs[key.strip()] = value
    start = ""
    for name, column in zip(grid.headers, grid.columns, strict=True):
        if name.lower() in {"date_time_iso_string", "systime", "date time", "date_time"} and len(column):
            texts = grid.texts(grid.headers.index(name))
            start = iso_time(str(texts[0]), [str(texts[-1])])
            break
    return About(
        instrument="LANDT",
        start_time=start,
        sample=pairs.get("cell id", "") or pairs.get("cell model", ""),
        comment=pairs.get("test", ""),
        settings=pairs,
    )


PLUGIN = Reader(
    title="LANDT export",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv", ".xlsx", ".txt"),
    documented_at="https://www.landtinst.com/battery-test-software/",
    instruments=("LANDT", "LAND", "LANHE"),
)
