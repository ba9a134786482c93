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
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import ColumnHint, Reader, ReadOptions
from limetal.readers._checks import rebuilt_test_time, sense_warnings, sign_warnings
from limetal.readers._columns import (
    PLAIN_TIME,
    QUANTITIES,
    STEP_TIME,
    Quantity,
    Unit,
    read_header,
    read_unit,
    unreadable,
)
from limetal.readers._decode import split_lines
from limetal.readers._file import RawFile
from limetal.readers._rows import Rows, as_clock, as_numbers, is_clock, is_date, read_rows
from limetal.readers._text import (
    Layout,
    fields,
    find_layout,
    is_number,
    likely_headers,
)
from limetal.records.cycling import CyclingRecord

Floats = NDArray[np.float64]
_EXAMPLE_UNITS: dict[Quantity, str] = {"time": "h", "voltage": "V", "current": "mA"}
_SPECTRUM = "--column frequency=1:Hz --column z_real=2:ohm --column z_imag=3:ohm"
_PER_AREA_OR_MASS = re.compile(r"cm|m2|m\^2|m²|/\s*g|g\s*\^?-1|g⁻¹")


@dataclass(frozen=True)
class _Column:
    """A column that holds a quantity; unit None where the numbers have none (counts)."""

    quantity: Quantity
    index: int
    text: str
    unit: Unit | None
    rank: int


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
    if not file.head_text or file.head_text.lstrip().startswith(("{", "<", "[{")):
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
    where, text = file.where, file.text
    lines = split_lines(text.replace("\N{MINUS SIGN}", "-"))
    hints = _checked_hints(options.columns, where)
    layout = find_layout(lines, hints)
    if layout is None:
        raise _no_table(lines, hints, where)
    layout = _with_row_of_units(layout, lines)
    rows = read_rows(lines, layout, where)
    columns, warnings = _choose(layout, rows, hints, where)
    return _record(rows, layout, columns, warnings, where)


def _checked_hints(columns: Mapping[str, ColumnHint], where: str) -> dict[str, ColumnHint]:
    for key, hint in columns.items():
        if key not in QUANTITIES:
            raise BadInputError(f"{where}, columns", repr(key), f"one of {', '.join(QUANTITIES)}")
        if isinstance(hint.column, int) and hint.column < 1:
            raise BadInputError(f"{where}, columns.{key}", f"column {hint.column}", "a column counted from 1")
    return dict(columns)


def _no_table(lines: list[str], hints: Mapping[str, ColumnHint], where: str) -> BadInputError:
    """Say which headers there are instead of time and voltage, or instead of those asked for."""
    hint = 'columns = { time = { column = "t", unit = "h" }, voltage = { column = "E", unit = "V" } }'
    option = "or --column time=t:h --column voltage=E:V"
    likely = likely_headers(lines)
    if likely is None:
        return BadInputError(where, "no table of numbers", "a row of headers above rows of numbers")
    if likely.header_line < 0:
        numbered = hint.replace('"t"', "1").replace('"E"', "2")
        told = f"{numbered}, {option.replace('=t', '=1').replace('=E', '=2')}; of a spectrum {_SPECTRUM}"
        return BadInputError(f"{where}, line {likely.first_line + 1}", "numbers without headers", told)
    names = ", ".join(repr(h.text.strip()) for h in likely.headers[:8])
    more = ", ..." if len(likely.headers) > 8 else ""
    here = {h.text.strip().lower() for h in likely.headers}
    lost = [h.column for h in hints.values() if isinstance(h.column, str) and h.column.strip().lower() not in here]
    if lost:
        asked = f"no header {lost[0]!r} but {names}{more}"
        return BadInputError(
            f"{where}, line {likely.header_line + 1}", asked, "a header of the file, or a column number"
        )
    return BadInputError(
        f"{where}, line {likely.header_line + 1}",
        f"the headers {names}{more}",
        f"one of time and one of voltage; or, in the study, {hint}, {option}",
    )


def _with_row_of_units(layout: Layout, lines: list[str]) -> Layout:
    """Take units from a row below the headers, where there is one."""
    for at in range(layout.first_line, min(len(lines), layout.first_line + 3)):
        if not lines[at].strip():
            continue
        units = [u.strip("()[]{} ") for u in fields(lines[at], layout.delimiter)]
        known = any(read_unit(u, q) for u in units for q in ("time", "voltage", "current"))
        if any(map(is_number, units)) or not known:
            return layout
        padded = units + [""] * len(layout.headers)
        headers = tuple(
            replace(h, unit=u) if h.unit is None and u else h for h, u in zip(layout.headers, padded, strict=False)
        )
        return replace(layout, headers=headers, first_line=at + 1)
    return layout


def _choose(
    layout: Layout, rows: Rows, hints: dict[str, ColumnHint], where: str
) -> tuple[dict[Quantity, _Column], list[str]]:
    """Which column holds which quantity, and what to warn about."""
    columns: dict[Quantity, _Column] = {}
    warnings: list[str] = []
    place = f"{where}, line {layout.header_line + 1}" if layout.headers else where
    unitless: list[tuple[Quantity, str]] = []
    for quantity in QUANTITIES:
        if quantity in hints:
            index, unit_text = _hinted(layout, rows, quantity, hints[quantity], where, warnings)
            rank = 0
        else:
            found = _recognised(layout, rows, quantity, place)
            if found is None:
                continue
            index, rank = found
            unit_text = layout.headers[index].unit
        text = layout.headers[index].text.strip() if index < len(layout.headers) else f"column {index + 1}"
        unit: Unit | None = None
        if quantity in _EXAMPLE_UNITS:
            if quantity == "time" and is_clock(_first(rows, index)):
                unit = Unit("time", None)
            elif unit_text is None:
                unitless.append((quantity, text))
                continue
            elif quantity == "current" and _PER_AREA_OR_MASS.search(unit_text):
                warnings.append(f"column {text!r} is a current per area or mass, so the record has no current")
                continue
            else:
                unit = _unit(unit_text, quantity, text, place)
        columns[quantity] = _Column(quantity, index, text, unit, rank)
    if unitless:
        raise _no_unit(unitless, place)
    for quantity in ("time", "voltage"):
        if quantity not in columns:
            raise BadInputError(place, f"no column of {quantity}", f"a column of {quantity} with its unit")
    return columns, warnings


def _hinted(
    layout: Layout, rows: Rows, quantity: Quantity, hint: ColumnHint, where: str, warnings: list[str]
) -> tuple[int, str | None]:
    """Column and unit that the user named."""
    key = f"{where}, columns.{quantity}"
    if isinstance(hint.column, int):
        index = hint.column - 1
        if index >= rows.frame.width:
            raise BadInputError(key, f"column {hint.column}", f"a column between 1 and {rows.frame.width}")
    else:
        texts = [h.text.strip() for h in layout.headers]
        asked = hint.column.strip()
        if asked not in texts:
            texts, asked = [t.lower() for t in texts], asked.lower()
        if asked not in texts:
            known = ", ".join(repr(h.text.strip()) for h in layout.headers)
            raise BadInputError(key, repr(hint.column), f"a header of the file: {known}")
        index = texts.index(asked)
        if texts.count(asked) > 1:
            raise BadInputError(key, f"{hint.column!r}, which heads {texts.count(asked)} columns", "a column number")
    own = layout.headers[index].unit if index < len(layout.headers) else None
    said = read_unit(own, quantity) if own else None
    if hint.unit and said and read_unit(hint.unit, quantity) != said:
        warnings.append(f"{quantity} is read in {hint.unit} as told, although the file says {own}")
    return index, hint.unit or own


def _recognised(layout: Layout, rows: Rows, quantity: Quantity, place: str) -> tuple[int, int] | None:
    """Column whose header names the quantity best, and how well; None if there is none."""
    ranked: list[tuple[int, int]] = []
    for index, header in enumerate(layout.headers):
        rank = header.rank(quantity)
        if rank is None or index >= rows.frame.width:
            continue
        if quantity == "time" and is_date(_first(rows, index)):
            continue
        ranked.append((rank, index))
    if not ranked:
        return None
    best = min(ranked)[0]
    equals = [index for rank, index in ranked if rank == best]
    if len(equals) > 1 and quantity in _EXAMPLE_UNITS:
        named = ", ".join(repr(layout.headers[i].text.strip()) for i in equals)
        text = layout.headers[equals[0]].text.strip()
        remedy = f'columns = {{ {quantity} = {{ column = "{text}" }} }} in the study'
        raise BadInputError(place, f"several columns of {quantity}: {named}", remedy)
    return equals[0], best


def _first(rows: Rows, index: int) -> str:
    """First field of a column that is not empty."""
    column = rows.column(index)
    filled = column.filter(column != "")
    return str(filled[0]) if len(filled) else ""


def _unit(unit_text: str, quantity: Quantity, text: str, place: str) -> Unit:
    known = read_unit(unit_text, quantity)
    if known is not None:
        return known
    try:
        return unreadable(unit_text, quantity, place)
    except BadInputError as error:
        remedy = f'columns = {{ {quantity} = {{ column = "{text}", unit = "{_EXAMPLE_UNITS[quantity]}" }} }}'
        raise BadInputError(
            place, f"the unit {unit_text!r} of {text!r}", f"a unit of {quantity}; or, in the study, {remedy}"
        ) from error


def _no_unit(unitless: list[tuple[Quantity, str]], place: str) -> BadInputError:
    names = ", ".join(repr(text) for _, text in unitless)
    inner = ", ".join(f'{q} = {{ column = "{text}", unit = "{_EXAMPLE_UNITS[q]}" }}' for q, text in unitless)
    example = f"{unitless[0][1]} ({_EXAMPLE_UNITS[unitless[0][0]]})"
    return BadInputError(
        place, f"no unit for {names}", f"a unit as in '{example}'; or, in the study, columns = {{ {inner} }}"
    )


def _record(
    rows: Rows, layout: Layout, columns: dict[Quantity, _Column], warnings: list[str], where: str
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
        time, note = rebuilt_test_time(time, counts.get("step"), counts.get("cycle"), rank == STEP_TIME)
        warnings += [f"column {columns['time'].text!r} {note}"] if note else []
    rows, time, values = _refuse_falling(rows, time, values, columns["time"].text, where)
    counts = {name: count[: time.size] for name, count in counts.items()}
    used = {c.index for q, c in columns.items() if q in values or q in counts}
    more = _other_columns(rows, layout, used, comma)
    _refuse_impedance(layout, more, where)
    current = values.get("current")
    warnings += sense_warnings(time, values["voltage"], current)
    warnings += sign_warnings(current, counts.get("cycle"), more)
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


def _decimal_comma(rows: Rows, columns: dict[Quantity, _Column], where: str, *, quoted: bool) -> bool:
    """Whether numbers have decimal commas; refuse where a comma may also part thousands.

    ``quoted``: columns are parted by commas too, so numbers with commas stand in quotes, as thousands do.
    """
    needed = [c for c in columns.values() if c.quantity in _EXAMPLE_UNITS and (c.unit is None or c.unit.factor)]
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
    rows: Rows, columns: dict[Quantity, _Column], comma: bool, where: str
) -> tuple[Rows, dict[Quantity, Floats]]:
    """Time, voltage and current in seconds, volts and amperes; a cut last row is left out."""
    values: dict[Quantity, Floats] = {}
    broken = np.zeros(rows.line.size, dtype=bool)
    needed = [c for c in columns.values() if c.unit is not None]
    for column in needed:
        assert column.unit is not None
        texts = rows.column(column.index)
        factor = column.unit.factor
        numbers = as_clock(texts) if factor is None else _scaled(as_numbers(texts, comma), factor)
        values[column.quantity] = numbers
        broken |= ~np.isfinite(numbers)
    at = np.flatnonzero(broken)
    if not at.size:
        return rows, values
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


def _scaled(numbers: Floats, factor: float) -> Floats:
    """Multiply, by division where that is exact in decimal (12.3 mV is 0.0123 V and nothing after it)."""
    return numbers / round(1 / factor) if factor < 1 else numbers * factor


def _whole_numbers(rows: Rows, column: _Column, comma: bool, warnings: list[str]) -> NDArray[np.int64] | None:
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
