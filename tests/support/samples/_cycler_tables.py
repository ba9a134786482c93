"""How the samples of cycler exports write the common measurement: rows of text, clocks, dates, workbooks."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xlsxwriter

from support.reader_samples import Expected
from support.samples.common import CURRENT_A, STEP, TIME_S, VOLTAGE_V

START = datetime.datetime(2024, 4, 30, 14, 33, 19)
CYCLE = np.repeat([1, 1, 2], 4)
STEP_TIME_S = TIME_S - np.repeat([0.0, 240.0, 480.0], 4)
CYCLING = {
    "test_time_second": TIME_S,
    "voltage_volt": VOLTAGE_V,
    "current_ampere": CURRENT_A,
    "cycle_count": CYCLE,
    "step_count": STEP,
}


def gives(label: str = "", **columns: object) -> tuple[Expected, ...]:
    """One cycling record: the common measurement, but for some columns."""
    return (Expected("cycling", {**CYCLING, **columns}, label),)


def number(value: float, *, comma: bool = False, decimals: int = 8) -> str:
    text = f"{value:.{decimals}f}"
    return text.replace(".", ",") if comma else text


def clock(seconds: float, *, millis: bool = False) -> str:
    whole = int(seconds)
    text = f"{whole // 3600:02d}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    return f"{text}.{round((seconds - whole) * 1000):03d}" if millis else text


def date(seconds: float, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    return (START + datetime.timedelta(seconds=seconds)).strftime(form)


def write_lines(
    path: Path, lines: Sequence[str], *, encoding: str = "utf-8", end: str = "\r\n", last: bool = True
) -> Path:
    path.write_bytes((end.join(lines) + (end if last else "")).encode(encoding))
    return path


def write_book(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    """A workbook; dates are written as dates and durations as times of a spreadsheet."""
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
        hours = book.add_format({"num_format": "[h]:mm:ss"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if isinstance(cell, datetime.datetime):
                        sheet.write_datetime(i, j, cell, day)
                    elif isinstance(cell, datetime.timedelta):
                        sheet.write_datetime(i, j, cell, hours)
                    elif cell not in ("", None):
                        sheet.write(i, j, cell)
    return path
