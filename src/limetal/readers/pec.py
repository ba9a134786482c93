"""PEC exports: lines ``Key:,value``, a block ``#RESULTS CHECK``, then a comma table that ends each line with a comma.

Units stand in the headers and differ from file to file (``Voltage (mV)`` or ``(V)``, ``Total Time (Seconds)``,
``(Decimal Hours)`` or ``(Hours in hh:mm:ss.xxx)``); ``Charge Capacity (mWh)`` is an energy under a wrong name and
stays under it. Discharge is negative. One file may hold several cells: each gives a record.
"""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.cycler_blocks import file_grid
from limetal.readers._kit.cycler_dates import iso_time
from limetal.readers._kit.cycler_grid import Grid, find_header
from limetal.readers._kit.cycler_record import Layout, cycling_record, find_roles, header_name
from limetal.records.base import About
from limetal.records.cycling import CyclingRecord

_HINT = re.compile(r"Total Time")
_CELL = ("test", "cell", "rack", "shelf", "position")
_LAYOUT = Layout(
    {
        "time": ("total time",),
        "step_time": ("step time",),
        "voltage": ("voltage",),
        "current": ("current",),
        "cycle": ("cycle",),
        "step": ("step",),
    }
)


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has PEC's headers.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = path.write_text("Test:,1\nTest,Cell,Rack,Shelf,Position,Cell ID,Step,Cycle,Total Time (Seconds),"
    ...     "Voltage (mV),Current (mA),\n")
    >>> looks_like(RawFile(path))
    True
    """
    return find_header(file.head_lines, _HINT, _fits, (",", ";", "\t")) is not None


def read(file: RawFile, options: ReadOptions) -> list[CyclingRecord]:  # noqa: ARG001 - one signature for all
    r"""Read one file: a record for each cell.

    Raises
    ------
    BadInputError
        If there is no such table, or a row is broken.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = path.write_text("Test:,1\nTest,Cell,Rack,Shelf,Position,Step,Cycle,Total Time (Decimal Hours),"
    ...     "Voltage (mV),Current (mA),\n1,1,A,1,1,0,0,0,3300,-5,\n1,1,A,1,1,0,0,0.5,3290,-5,\n")
    >>> [record] = read(RawFile(path), ReadOptions())
    >>> record.test_time_second.tolist(), record.voltage_volt.tolist(), record.current_ampere.tolist()
    ([0.0, 1800.0], [3.3, 3.29], [-0.005, -0.005])
    """
    header = find_header(file.head_lines, _HINT, _fits, (",", ";", "\t"))
    if header is None:
        raise BadInputError(file.where, "no row of headers with Test, Cell and Total Time", "a PEC table")
    lines = file.head_lines[: header.at]
    grid = file_grid(file, header)
    records = []
    for label, part in _by_cell(grid):
        found = find_roles(part.headers, _LAYOUT, part.where)
        about = _about(lines, part, header.separator)
        records.append(cycling_record(part, _LAYOUT, about=about, label=label, source=file.where, found=found))
    return records


def _fits(texts: list[str]) -> bool:
    names = {header_name(text)[0] for text in texts}
    return {"test", "cell", "step", "cycle", "total time", "voltage", "current"} <= names | {""} and (
        "rack" in names or "shelf" in names or "load on time" in names
    )


def _by_cell(grid: Grid) -> list[tuple[str, Grid]]:
    """Part a table by test, cell and place."""
    keys = [i for i, text in enumerate(grid.headers) if header_name(text)[0] in _CELL]
    marks = pl.DataFrame([grid.texts(i).alias(str(i)) for i in keys])
    kinds = marks.unique(maintain_order=True)
    if kinds.height < 2:
        return [("", grid)]
    parts = []
    joint = marks.select(pl.concat_str(pl.all(), separator="\0").alias("key"))["key"]
    for row in kinds.iter_rows():
        chosen = (joint == "\0".join(row)).to_numpy()
        if int(np.count_nonzero(chosen)) < 2:
            continue
        values = [value.removesuffix(".0") for value in row]
        words = [f"{header_name(grid.headers[i])[0]} {value}" for i, value in zip(keys, values, strict=True) if value]
        parts.append((", ".join(words), grid.take(chosen)))
    if not parts:
        raise BadInputError(grid.where, "no cell with two rows", "at least two rows")
    return parts


def _about(lines: list[str], grid: Grid, separator: str) -> About:
    pairs = {}
    for line in lines:
        key, mark, value = line.strip().partition(separator)
        if mark and key.endswith(":") and value.strip(separator + " "):
            pairs[key.rstrip(":").strip()] = value.strip(separator + " ")
    names = {text: index for index, text in enumerate(grid.headers)}
    dates = [str(grid.texts(names["Real Time"])[row]) for row in (0, -1)] if "Real Time" in names else []
    serial = str(grid.texts(names["Cell ID"])[0]) if "Cell ID" in names else ""
    return About(
        instrument="PEC",
        technique=pairs.get("TestRegime Name", ""),
        start_time=iso_time(dates[0] if dates else pairs.get("Start Time", ""), [*dates, *pairs.values()]),
        sample=serial or pairs.get("Product ID", ""),
        comment=pairs.get("Test Description", ""),
        settings=pairs,
    )


PLUGIN = Reader(
    title="PEC csv",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv",),
    documented_at="https://www.peccorp.com/battery-cell-testing/",
    instruments=("PEC",),
)
