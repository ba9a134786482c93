"""The quick way through a large table of cycling in which nothing is wrong.

It gives exactly what the careful way gives, or nothing at all: then the careful way says what is wrong, and in which
line.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import ColumnHint
from limetal.readers._file import RawFile
from limetal.readers._kit.columns import PLAIN_TIME, STEP_TIME, Quantity
from limetal.readers._kit.cycler_blocks import Body, body_by_blocks
from limetal.readers._kit.cycling_columns import EXAMPLE_UNITS, Chosen, choose, with_row_of_units
from limetal.readers._kit.rows import read_rows
from limetal.readers._kit.test_time import is_date_header, rebuilt_test_time
from limetal.readers._kit.text import Layout, find_layout
from limetal.records.base import LazyColumns, handed_over
from limetal.records.cycling import CyclingRecord

__all__ = ["read_clean", "scaled"]

Floats = NDArray[np.float64]
#: Smaller files are read the careful way, which is quick enough for them.
MIN_BYTES = 2**20
_SAMPLED_ROWS = 300
_LARGEST_COUNT = 2**53


def read_clean(file: RawFile, hints: dict[str, ColumnHint], *, min_bytes: int = MIN_BYTES) -> CyclingRecord | None:
    """Return the record of a large, clean table; None if it is small, packed, or in any way unusual."""
    if file.is_packed or file.path.stat().st_size < min_bytes:
        return None
    lines = file.head_lines[:-1]
    layout = find_layout(lines, hints)
    if layout is None or len(layout.delimiter) != 1:
        return None
    layout = with_row_of_units(layout, lines)
    warnings: list[str] = []
    try:
        sample = read_rows([*lines[: layout.first_line + _SAMPLED_ROWS], ""], layout, file.where)
        columns, warnings = choose(layout, sample, hints, file.where)
    except BadInputError:
        return None
    needed = {q: c for q, c in columns.items() if q in EXAMPLE_UNITS}
    if sample.warnings or any(c.unit is None or c.unit.factor is None for c in needed.values()):
        return None
    frame = _frame(file.path, layout, columns, sample.frame)
    return None if frame is None else _record(frame, layout, columns, warnings, file.where)


def scaled(numbers: Floats, factor: float) -> Floats:
    """Multiply, by division where that is exact in decimal (12.3 mV is 0.0123 V and nothing after it).

    Examples
    --------
    >>> scaled(np.array([12.3]), 1e-3).tolist()
    [0.0123]
    """
    if factor == 1.0:
        return numbers
    return numbers / round(1 / factor) if factor < 1 else numbers * factor


def _frame(path: Path, layout: Layout, columns: dict[Quantity, Chosen], sample: pl.DataFrame) -> pl.DataFrame | None:
    """Return the columns of the table; None where one that is needed is not clean, or the file is not plain."""
    wanted = {str(c.index): pl.Float64 for c in columns.values()}
    numeric = {
        name: pl.Float64
        for name in sample.columns
        if (sample[name].fill_null("").str.strip_chars() != "").all()
        and sample[name].cast(pl.Float64, strict=False).null_count() == 0
    }
    for typed in ({**numeric, **wanted}, wanted):  # the second, where a number became a word further down
        body = _body(path, layout, [typed.get(name, pl.String) for name in sample.columns])
        if body is None:
            continue
        frame = pl.DataFrame([c.rename(name) for c, name in zip(body.columns, sample.columns, strict=True)])
        if frame.height > 1 and not any(frame[name].null_count() for name in wanted):
            return frame
    return None


def _body(path: Path, layout: Layout, kinds: list[type[pl.DataType]]) -> Body | None:
    """Rows below the headers; None where one is odd, a quotation mark stands, or the last line is cut."""
    try:
        with path.open("rb") as stream:
            if any(b'"' in stream.readline() for _ in range(layout.first_line)):
                return None
            body = body_by_blocks(stream, layout.delimiter, kinds, stripped=False)
    except OSError:
        return None
    return None if body is None or body.cut is not None else body


def _record(
    frame: pl.DataFrame, layout: Layout, columns: dict[Quantity, Chosen], warnings: list[str], where: str
) -> CyclingRecord | None:
    values: dict[str, Floats] = {}
    counts: dict[str, NDArray[np.int64]] = {}
    for quantity, column in columns.items():
        numbers = frame[str(column.index)].to_numpy()
        if not np.isfinite(numbers).all():
            return None
        if column.unit is not None and column.unit.factor is not None:
            values[quantity] = handed_over(scaled(numbers, column.unit.factor))
        elif (numbers == np.round(numbers)).all() and float(np.abs(numbers).max()) <= _LARGEST_COUNT:
            counts[quantity] = handed_over(numbers.astype(np.int64))
        else:
            return None
    time, chosen = values["time"], columns["time"]
    if chosen.rank in (PLAIN_TIME, STEP_TIME):
        summed, note = rebuilt_test_time(time, counts.get("step"), counts.get("cycle"), chosen.rank == STEP_TIME)
        if summed is not time and any(is_date_header(header.text) for header in layout.headers):
            return None  # the careful way looks at the dates
        time = summed
        warnings += [f"column {chosen.text!r} {note}"] if note else []
    if (time[1:] < time[:-1]).any():
        return None
    used = {c.index for q, c in columns.items() if q in values or q in counts}
    more = _others(frame, layout, used)
    if more is None:
        return None
    return CyclingRecord(
        test_time_second=time,
        voltage_volt=values["voltage"],
        current_ampere=values.get("current"),
        source=where,
        cycle_count=counts.get("cycle"),
        step_count=counts.get("step"),
        more=more,
        warnings=tuple(warnings),
    )


def _others(frame: pl.DataFrame, layout: Layout, used: set[int]) -> LazyColumns | None:
    """Every other column under its header; None where two headers are the same, or a spectrum is among them."""
    names: dict[str, str] = {}
    for index in range(frame.width):
        header = layout.headers[index] if index < len(layout.headers) else None
        if index in used:
            continue
        if header is not None and header.name in {"freq", "frequency", "f"}:
            return None
        name = (header.text.strip() if header else "") or f"column {index + 1}"
        if name in names.values():
            return None
        column = frame[str(index)]
        if column.dtype == pl.String:
            column = column.fill_null("")
            if not (column.str.strip_chars() != "").any():
                continue  # an empty column is no column
            numbers = column.str.strip_chars().cast(pl.Float64, strict=False)
            if numbers.null_count() == (column.str.strip_chars() == "").sum():
                frame = frame.with_columns(numbers)
        names[str(index)] = name
    return LazyColumns(frame.select(list(names)).rename(names))
