"""Battery Data Format tables as text, in both spellings: ``Voltage / V`` and ``voltage_volt``.

Positive current charges by definition. Older files (BattMo) give time in hours and current the other sign; the unit
stands in the header, and a sign that contradicts the file's own step types or capacities is turned, and said. Some
converters multiplied counts by 2 pi (a cycle is 2 pi rad to a unit library); that is undone, and said.
"""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import replace

import numpy as np
import polars as pl

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.cycler_blocks import file_grid
from limetal.readers._kit.cycler_grid import Grid, find_header
from limetal.readers._kit.cycler_record import Layout, cycling_record, find_roles
from limetal.records.base import About
from limetal.records.cycling import CyclingRecord

_HINT = re.compile(r"test[ _]time", re.IGNORECASE)
_MACHINE = re.compile(
    r"(test_time_(?:milli)?(?:second|minute|hour)s?)|(voltage_(?:micro|milli|kilo)?volts?)", re.IGNORECASE
)
_LABEL = re.compile(r"(Test Time / \w+)|(Voltage / \w+)", re.IGNORECASE)
_TURN = 2 * math.pi
_UNIX = ("unix_time_second", "Unix Time / s")
_LAYOUT = Layout(
    {
        "time": ("test time",),
        "voltage": ("voltage",),
        "current": ("current",),
        "cycle": ("cycle count", "cycle index"),
        "step": ("step count", "step index", "step id"),
        "state": ("step type",),
    },
    units={"time": "s"},
)


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has BDF's columns of time and voltage, spelled in one of its two ways.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = path.write_text("Test Time / s,Voltage / V\n0,3\n1,3\n")
    >>> looks_like(RawFile(path))
    True
    """
    return find_header(file.head_lines[:50], _HINT, _fits) is not None


def read(file: RawFile, options: ReadOptions) -> CyclingRecord:  # noqa: ARG001 - one signature for all
    r"""Read a table; columns beyond the known ones are kept in ``more``.

    Raises
    ------
    BadInputError
        If it is no BDF table, or a row is broken.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = path.write_text("test_time_hour,voltage_volt,current_ampere\n0,3,0.1\n1,3.1,0.1\n")
    >>> read(RawFile(path), ReadOptions()).test_time_second.tolist()
    [0.0, 3600.0]
    """
    where = file.where
    header = find_header(file.head_lines[:50], _HINT, _fits)
    if header is None:
        raise BadInputError(where, "no columns test_time_second and voltage_volt", "a table of the Battery Data Format")
    grid, notes = _counts_in_turns(file_grid(file, header))
    return cycling_record(grid, _LAYOUT, about=_about(grid), source=where, warnings=notes)


def _fits(texts: list[str]) -> bool:
    for spelling in (_MACHINE, _LABEL):
        matches = [match for text in texts if (match := spelling.fullmatch(text))]
        if any(m[1] for m in matches) and any(m[2] for m in matches):
            return True
    return False


def _counts_in_turns(grid: Grid) -> tuple[Grid, list[str]]:
    """Divide counts by 2 pi where that makes every one of them whole, and nothing else does."""
    columns, notes = list(grid.columns), []
    found = find_roles(grid.headers, _LAYOUT, grid.where)
    for role in ("cycle", "step"):
        if role not in found or columns[found[role].index].dtype != pl.Float64:
            continue
        index = found[role].index
        values = columns[index].fill_null(np.nan).to_numpy()
        if not np.isfinite(values).all():
            continue
        turns = values / _TURN
        whole = np.abs(turns - np.round(turns)) < 1e-9
        if whole.all() and np.round(turns).any():
            columns[index] = pl.Series(values=np.round(turns))
            largest = float(np.max(values))
            notes.append(f"column {grid.headers[index]!r} holds counts times 2 pi (up to {largest!r}), as if a cycle "
                         "were an angle: they were divided by it")  # fmt: skip
    return replace(grid, columns=tuple(columns)), notes


def _about(grid: Grid) -> About:
    """Start of the test by its Unix time, if it has one."""
    for name in _UNIX:
        if name in grid.headers:
            column = grid.columns[grid.headers.index(name)]
            first = column[0] if len(column) else None
            if isinstance(first, float) and 0 < first < 1e11:
                moment = datetime.datetime.fromtimestamp(first, datetime.UTC)
                return About(start_time=moment.isoformat())
    return About()


PLUGIN = Reader(
    title="Battery Data Format (csv)",
    looks_like=looks_like,
    read=read,
    suffixes=(".bdf.csv", ".csv", ".txt"),
    documented_at="https://github.com/battery-data-alliance/battery-data-format",
    rank=1,
)
