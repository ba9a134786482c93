"""Tables of cyclers in workbooks: a sheet under its row of headers, durations as a spreadsheet keeps them."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import numpy as np
import polars as pl

from limetal.errors import BadInputError
from limetal.readers._kit.cycler_grid import MAX_FIELDS, Grid, typed_columns
from limetal.readers._kit.sheets import CellValue, Sheet, cell_text

__all__ = ["header_row", "sheet_grid"]

#: Spreadsheets keep a time beyond a day as a date counted from here.
_DAY_ZERO = datetime.datetime(1899, 12, 31)
_LEAP_BUG = datetime.datetime(1900, 3, 1)  # spreadsheets think 1900 had a 29 February
_LAST_DURATION = datetime.datetime(1930, 1, 1)


def header_row(sheet: Sheet, fits: Callable[[list[str]], bool], within: int = 60) -> int | None:
    """Index of the first row of a sheet whose cells are the headers of a format.

    Examples
    --------
    >>> header_row(Sheet("a", [["note", ""], ["t", "V"]]), lambda texts: texts == ["t", "V"])
    1
    """
    for at, row in enumerate(sheet.rows[:within]):
        texts = [cell_text(cell) for cell in row if isinstance(cell, str)]
        while texts and not texts[-1]:
            texts.pop()
        if 2 <= len(texts) <= MAX_FIELDS and fits(texts):
            return at
    return None


def sheet_grid(sheet: Sheet, at: int, where: str) -> Grid:
    """Read the table of a sheet below the row of headers with index ``at``.

    Examples
    --------
    >>> grid = sheet_grid(Sheet("a", [["t", "V"], [0.0, 3.5], ["", ""], [1.0, 3.6]]), 0, "book.xlsx")
    >>> grid.columns[1].to_list(), grid.line.tolist()
    ([3.5, 3.6], [2, 4])
    """
    headers = [cell_text(cell) for cell in sheet.rows[at]]
    while headers and not headers[-1]:
        headers.pop()
    rows = sheet.rows[at + 1 :]
    width = len(headers)
    kept = [i for i, row in enumerate(rows) if any(cell not in ("", None) for cell in row[:width])]
    columns = []
    for index in range(width):
        cells = [rows[i][index] if index < len(rows[i]) else "" for i in kept]
        columns.append(_column_of_cells(cells))
    line = np.array(kept, dtype=np.int64) + at + 2
    name = f"{where}, sheet {sheet.name}"
    if not kept:
        raise BadInputError(name, "headers and no rows of data", "at least two rows")
    return Grid(name, tuple(headers), tuple(columns), line, unit="row")


def _column_of_cells(cells: list[CellValue]) -> pl.Series:
    if all(isinstance(cell, float | int) and not isinstance(cell, bool) for cell in cells):
        return pl.Series(values=np.array(cells, dtype=np.float64))
    filled = [cell for cell in cells if cell not in ("", None)]
    if all(isinstance(cell, float | int) and not isinstance(cell, bool) for cell in filled):
        return pl.Series(values=[float(c) if isinstance(c, float | int) else None for c in cells], dtype=pl.Float64)
    return typed_columns([pl.Series(values=[_cell(cell) for cell in cells], dtype=pl.String)])[0]


def _cell(cell: CellValue) -> str:
    """A cell as text; a duration that a spreadsheet shows as a date of 1900 is one again."""
    if isinstance(cell, datetime.datetime) and cell < _LAST_DURATION:
        days = (cell - _DAY_ZERO).days + (1 if cell >= _LEAP_BUG else 0)
        seconds = (cell - cell.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
        if days >= 0:
            return cell_text(datetime.timedelta(days=days, seconds=seconds))
    return cell_text(cell) if cell is not None else ""
