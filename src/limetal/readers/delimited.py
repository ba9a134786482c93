"""Text with one row of data a line: from any instrument, spreadsheet or repository.

Encoding, line ends, delimiter, decimal mark, the row of headers and the units are read from the file itself.
What a file does not say is never assumed: a header without a unit is refused with a sentence that shows how
to give it, time within a step is never taken for test time without a warning, and a current whose unit
arrived broken (``Current(?A)``) is not taken as amperes. Signs are taken as they are written.

``looks_like`` is True for any text with a table of numbers: the user may say which column is which.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import ColumnHint, Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.clean import read_clean, scaled
from limetal.readers._kit.columns import (
    PLAIN_TIME,
    QUANTITIES,
    STEP_TIME,
    Quantity,
    read_header,
)
from limetal.readers._kit.cycling_columns import (
    EXAMPLE_UNITS,
    Chosen,
    checked_hints,
    choose,
    no_table,
    with_row_of_units,
)
from limetal.readers._kit.decode import split_lines
from limetal.readers._kit.open_end import NO_END, looks_cut
from limetal.readers._kit.rows import Rows, as_clock, as_numbers, read_rows
from limetal.readers._kit.test_time import PLACED, is_date_header, placed_by_dates, rebuilt_test_time
from limetal.readers._kit.text import (
    Layout,
    find_layout,
    likely_headers,
)
from limetal.records.cycling import CyclingRecord

Floats = NDArray[np.float64]
_COMPARED = 200  # numbers above the last one
#: A crystal structure, which is text with numbers and no table of a measurement.
_CIF = re.compile(r"^(?:data_\S*|loop_)\s*$", re.MULTILINE)


def looks_like(file: RawFile) -> bool:
    r"""Whether the bytes are text with a table of numbers.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("Time (h);Voltage (mV)\n0;10\n1;12\n")
    >>> looks_like(RawFile(path))
    True
    """
    if not file.head_text or file.head_text.lstrip().startswith(("{", "<", "[{")) or _CIF.search(file.head_text):
        return False
    return find_layout(file.head_lines, {}) is not None or likely_headers(file.head_lines) is not None


def read(file: RawFile, options: ReadOptions) -> CyclingRecord:
    r"""Read a table of time, voltage and, where it has one, current.

    Raises
    ------
    BadInputError
        With file, line and text: for a column that is missing or has no unit, for a field that is no number,
        for time that falls, for rows of unequal length, and for commas that may be decimal or not.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.txt"
    >>> table = "Test Time\tI/mA\tEcell/mV\n00:00:00\t0\t1,5\n01:00:00\t-2\t-7,5\n"
    >>> _ = path.write_text("Cell: A7\n" + table)
    >>> record = read(RawFile(path), ReadOptions())
    >>> record.test_time_second.tolist(), record.voltage_volt.tolist(), record.current_ampere.tolist()
    ([0.0, 3600.0], [0.0015, -0.0075], [0.0, -0.002])
    """
    hints = checked_hints(options.columns, file.where)
    clean = read_clean(file, hints)
    if clean is not None:
        return clean
    lines = split_lines(file.text.replace("\N{MINUS SIGN}", "-"))
    return read_lines(lines, hints, file.where)


def read_lines(lines: list[str], hints: dict[str, ColumnHint], where: str) -> CyclingRecord:
    r"""Read a table line by line, so that whatever is wrong is told with its line.

    Raises
    ------
    BadInputError
        As `read`.

    Examples
    --------
    >>> read_lines(["Time (s)\tVoltage (V)", "0\t1", "5\t2", ""], {}, "x").voltage_volt.tolist()
    [1.0, 2.0]
    """
    layout = find_layout(lines, hints)
    if layout is None:
        raise no_table(lines, hints, where)
    layout = with_row_of_units(layout, lines)
    rows = read_rows(lines, layout, where)
    columns, warnings = choose(layout, rows, hints, where)
    return _record(rows, layout, columns, warnings, where)


def _record(
    rows: Rows, layout: Layout, columns: dict[Quantity, Chosen], warnings: list[str], where: str
) -> CyclingRecord:
    comma = _decimal_comma(rows, columns, where, quoted=layout.delimiter == ",")
    rows, values = _needed_numbers(rows, columns, comma, where)
    counts: dict[str, NDArray[np.int64]] = {}
    for quantity in ("cycle", "step"):
        column = columns.get(quantity)
        if column is not None:
            whole = _whole_numbers(rows, column, comma, warnings)
            if whole is not None:
                counts[quantity] = whole
    time = values["time"]
    rank = columns["time"].rank
    if rank in (PLAIN_TIME, STEP_TIME):
        summed, note = rebuilt_test_time(time, counts.get("step"), counts.get("cycle"), rank == STEP_TIME)
        dated = next((i for i, h in enumerate(layout.headers) if is_date_header(h.text) and i < rows.frame.width), None)
        placed = None
        if note and summed is not time and dated is not None:
            placed = placed_by_dates(time, summed, rows.column(dated))
            note = note if placed is None else f"{PLACED} {layout.headers[dated].text.strip()!r}"
        time = summed if placed is None else placed
        warnings += [f"column {columns['time'].text!r} {note}"] if note else []
    rows, time, values = _refuse_falling(rows, time, values, columns["time"].text, where)
    counts = {name: count[: time.size] for name, count in counts.items()}
    used = {c.index for q, c in columns.items() if q in values or q in counts}
    if not rows.ends and rows.frame.width - 1 in used:
        warnings.append(f"line {rows.line[-1]} {NO_END}")
    more = _other_columns(rows, layout, used, comma)
    _refuse_impedance(layout, more, where)
    current = values.get("current")
    return CyclingRecord(
        test_time_second=time,
        voltage_volt=values["voltage"],
        current_ampere=current,
        source=where,
        cycle_count=counts.get("cycle"),
        step_count=counts.get("step"),
        more=more,
        warnings=(*rows.warnings, *warnings),
    )


def _decimal_comma(rows: Rows, columns: dict[Quantity, Chosen], where: str, *, quoted: bool) -> bool:
    """Whether numbers have decimal commas; refuse where a comma may also part thousands.

    ``quoted``: columns are parted by commas too, so numbers with commas stand in quotes, as thousands do.
    """
    needed = [c for c in columns.values() if c.quantity in EXAMPLE_UNITS and (c.unit is None or c.unit.factor)]
    texts = {c.text: rows.column(c.index) for c in needed}
    commas = {text: column.str.contains(",", literal=True) for text, column in texts.items()}
    if not any(has.any() for has in commas.values()):
        return False
    points = [text for text, column in texts.items() if column.str.contains(".", literal=True).any()]
    for text, has in commas.items():
        if not has.any():
            continue
        at = has.arg_max() or 0
        place = f"{where}, line {rows.line[at]}"
        with_comma = texts[text].filter(has)
        thousands = bool(with_comma.str.contains(r"^[+-]?[1-9]\d{0,2}(?:,\d{3})+$").all()) and (quoted or not has.all())
        if points or thousands or bool(with_comma.str.contains(r",.*,").any()):
            found = f"{texts[text][at]!r}, where the comma may be decimal or part thousands"
            raise BadInputError(place, found, "one decimal mark in the whole file, and no mark between thousands")
    return True


def _needed_numbers(
    rows: Rows, columns: dict[Quantity, Chosen], comma: bool, where: str
) -> tuple[Rows, dict[Quantity, Floats]]:
    """Time, voltage and current in seconds, volts and amperes; a cut last row is left out."""
    values: dict[Quantity, Floats] = {}
    broken = np.zeros(rows.line.size, dtype=bool)
    needed = [c for c in columns.values() if c.unit is not None]
    for column in needed:
        assert column.unit is not None
        texts = rows.column(column.index)
        factor = column.unit.factor
        numbers = as_clock(texts) if factor is None else scaled(as_numbers(texts, comma), factor)
        values[column.quantity] = numbers
        broken |= ~np.isfinite(numbers)
    at = np.flatnonzero(broken)
    if not at.size:
        return _without_cut_number(rows, needed, values)
    if at[0] == broken.size - 1 and broken.size > 1 and not rows.ends:
        return rows.without_last("it ends within a number, as if the file was cut off"), {
            quantity: numbers[:-1] for quantity, numbers in values.items()
        }
    row = int(at[0])
    column = next(c for c in needed if not np.isfinite(values[c.quantity][row]))
    text = str(rows.column(column.index)[row])
    is_clocked = column.unit is not None and column.unit.factor is None
    wanted = "a time as hh:mm:ss" if is_clocked else "a number"
    raise BadInputError(
        f"{where}, line {rows.line[row]}", f"{text!r} in column {column.text!r}" if text else
        f"an empty field in column {column.text!r}", wanted,
    )  # fmt: skip


def _without_cut_number(
    rows: Rows, needed: list[Chosen], values: dict[Quantity, Floats]
) -> tuple[Rows, dict[Quantity, Floats]]:
    """Leave out a last row whose last number shows that the end of the file cut it."""
    last = rows.frame.width - 1
    if rows.ends or rows.line.size < 2 or not any(column.index == last for column in needed):
        return rows, values
    texts = rows.column(last).tail(_COMPARED).to_list()
    if rows.line.size > 2 and looks_cut(texts[-1], texts[:-1]):
        shorter = {quantity: numbers[:-1] for quantity, numbers in values.items()}
        return rows.without_last("its last number is shorter than those above, as if the file was cut off"), shorter
    return rows, values


def _whole_numbers(rows: Rows, column: Chosen, comma: bool, warnings: list[str]) -> NDArray[np.int64] | None:
    numbers = as_numbers(rows.column(column.index), comma)
    bad = np.flatnonzero(~np.isfinite(numbers) | (numbers != np.round(numbers)) | (np.abs(numbers) > 2**53))
    if bad.size:
        text = str(rows.column(column.index)[int(bad[0])])
        found = repr(text) if text else "an empty field"
        line = rows.line[bad[0]]
        warnings.append(f"column {column.text!r} is no {column.quantity} count: line {line} has {found}")
        return None
    return numbers.astype(np.int64)


def _refuse_falling(
    rows: Rows, time: Floats, values: dict[Quantity, Floats], text: str, where: str
) -> tuple[Rows, Floats, dict[Quantity, Floats]]:
    falls = np.flatnonzero(np.diff(time) < 0) + 1
    if not falls.size:
        return rows, time, values
    row = int(falls[0])
    if row == time.size - 1 and time.size > 2 and not rows.ends:
        shorter = {quantity: numbers[:-1] for quantity, numbers in values.items()}
        return rows.without_last("its time falls, as if the file was cut off"), time[:-1], shorter
    raise BadInputError(
        f"{where}, line {rows.line[row]}",
        f"time that falls from {time[row - 1]:g} s to {time[row]:g} s in column {text!r}",
        "time since the start of the test, not of a step",
    )


def _other_columns(rows: Rows, layout: Layout, used: set[int], comma: bool) -> dict[str, NDArray[np.generic]]:
    """Keep every other column under its header: numbers where all filled fields are numbers, else text."""
    more: dict[str, NDArray[np.generic]] = {}
    for index in range(rows.frame.width):
        header = layout.headers[index].text.strip() if index < len(layout.headers) else ""
        if index in used:
            continue
        texts = rows.column(index)
        filled = texts != ""
        if not filled.any():
            continue
        name = header or f"column {index + 1}"
        name = f"{name} (column {index + 1})" if name in more else name
        numbers = as_numbers(texts, comma)
        if np.isnan(numbers[filled.to_numpy()]).any():
            more[name] = texts.to_numpy()
        else:
            more[name] = numbers
    return more


def _refuse_impedance(layout: Layout, more: Mapping[str, NDArray[np.generic]], where: str) -> None:
    """Refuse a table of an impedance measurement, which may have a time and a voltage too."""
    for name, column in more.items():
        header = read_header(name)
        if header.name not in {"freq", "frequency", "f"} or column.dtype.kind != "f":
            continue
        if float(np.mean(np.asarray(column, dtype=np.float64) > 0)) > 0.5:
            place = f"{where}, line {layout.header_line + 1}"
            raise BadInputError(place, f"an impedance table (column {name!r})", "cycling data")


PLUGIN = Reader(
    title="delimited text",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv", ".txt", ".tsv", ".dat", ".asc"),
    documented_at="https://www.rfc-editor.org/rfc/rfc4180",
    rank=2,
    takes_columns=QUANTITIES,
)
