"""Tables of numbers below named columns, in text and in workbooks: where they begin, where they end, their numbers.

Readers of testing machines and of thickness series share it. A table is found by the names of its columns; a row of
units may follow, rows of words above it are handed on, and it ends where a line holds no number at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import ColumnHint
from limetal.readers._file import RawFile
from limetal.readers._kit.columns import Header
from limetal.readers._kit.mechanics import Heading, read_heading, read_unit
from limetal.readers._kit.open_end import NO_END, is_cut_row
from limetal.readers._kit.rows import Rows, as_numbers, read_rows
from limetal.readers._kit.sheets import Sheet, cell_text
from limetal.readers._kit.text import Layout, fields, is_number, likely_headers

__all__ = [
    "Table", "bare_table", "find_head", "find_sheet_head", "fits_hints", "is_table", "sheet_tables", "tables_of",
    "text_tables",
]  # fmt: skip

Floats = NDArray[np.float64]
Fits = Callable[[Sequence[Heading]], bool]

_HEAD_WITHIN = 400  # rows; the longest block of metadata seen (testXpert III) has about 120
_HEAD_OF_AN_EMPTY_TABLE = 30  # rows within which a header without rows is that of an aborted test, and no prose
_WIDEST = 20_000  # characters of a header row
_DELIMITERS = ("\t", ";", ",", "|")
#: A row of numbers; a header row may have the number of a specimen in front, but then a word.
_BEGINS_WITH_NUMBER = re.compile(r'[\s"]*[-+.,]?\d(?!\d*"?[,;\t]\s*"?[^\W\d_])')
_GAPS = {"", "nan", "n/a", "na", "-", "--", "---", "----", "*", "***", "null", "none"}
_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(?:,\d{3})+$"
_THOUSANDS_AND_POINT = r"^[+-]?\d{1,3}(?:,\d{3})+\.\d*$"
_THOUSANDS_AND_COMMA = r"^[+-]?\d{1,3}(?:\.\d{3})+,\d*$"
_COMPARED = 200  # rows before the last


@dataclass(frozen=True)
class Head:
    """The header row of a table: where, how it is parted, and whether a row of units follows."""

    at: int
    delimiter: str
    headings: tuple[Heading, ...]
    first: int


@dataclass(frozen=True)
class Table:
    """Named columns of text.

    Attributes
    ----------
    where
        File, and sheet if it is one of a workbook.
    word
        What a row is called in messages: ``line`` or ``row``.
    header_line
        Of the header row, counted from 1.
    headings
        One for each column.
    rows
        The text of the cells.
    above
        Rows above the header as fields, from the end of the table before.
    below
        Rows below the table that hold words only.
    """

    where: str
    word: str
    header_line: int
    headings: tuple[Heading, ...]
    rows: Rows
    above: tuple[tuple[str, ...], ...] = ()
    below: tuple[tuple[str, ...], ...] = ()
    delimiter: str = ""
    warnings: tuple[str, ...] = field(default=())

    @property
    def header_place(self) -> str:
        """The header row as a message names it."""
        return f"{self.where}, {self.word} {self.header_line}" if self.header_line else self.where

    def place(self, row: int) -> str:
        """Return a row of data as a message names it."""
        return f"{self.where}, {self.word} {self.rows.line[row]}"

    def is_empty(self, index: int) -> bool:
        """Whether a column holds nothing."""
        return bool((self.rows.column(index) == "").all())

    def mark(self, indexes: Sequence[int]) -> str:
        """Return the decimal mark of some columns, with the mark of thousands behind it if they have one.

        Raises
        ------
        BadInputError
            If a comma may be decimal or part thousands.
        """
        first = ("", 0, "")
        both = comma = point = ""
        only_thousands = True
        for index in indexes:
            texts = self.rows.column(index)
            with_comma = texts.str.contains(",", literal=True)
            with_point = texts.str.contains(".", literal=True)
            if with_comma.any():
                row = int(with_comma.arg_max() or 0)
                first = first if first[0] else (str(texts[row]), row, self.headings[index].text)
                alone = texts.filter(with_comma & ~with_point)
                comma = comma or (str(alone[0]) if len(alone) else "")
                only_thousands = only_thousands and bool(alone.str.contains(_THOUSANDS).all())
                pairs = texts.filter(with_comma & with_point)
                for pattern, mark in ((_THOUSANDS_AND_POINT, ".,"), (_THOUSANDS_AND_COMMA, ",.")):
                    if len(pairs) and pairs.str.contains(pattern).all():
                        both = mark if both in ("", mark) else "?"
                        break
                else:
                    both = "?" if len(pairs) else both
            alone = texts.filter(with_point & ~with_comma)
            point = point or (str(alone[0]) if len(alone) else "")
        if not first[0]:
            return "."
        if both == ".," and only_thousands:
            return ".,"
        if both == ",." and not point:
            return ",."
        if not both and not point and not only_thousands:
            return ","
        raise BadInputError(
            self.place(first[1]),
            f"{first[0]!r} in column {first[2].strip()!r}, where the comma may be decimal or part thousands",
            "one decimal mark in the whole file, and no mark between thousands",
        )

    def numbers(self, index: int, mark: str) -> Floats:
        """Return the numbers of a column; not-a-number where a field is empty or says that there is none.

        Raises
        ------
        BadInputError
            At the first field that is something else, or infinite.
        """
        texts = self.rows.column(index)
        values = _values(texts, mark)
        bad = ~np.isfinite(values)
        if bad.any():
            bad &= ~texts.str.to_lowercase().is_in(list(_GAPS)).to_numpy()
        if bad.any():
            row = int(np.argmax(bad))
            found = f"{str(texts[row])[:40]!r} in column {self.headings[index].text.strip()!r}"
            raise BadInputError(self.place(row), found, "a number")
        return values

    def other(self, index: int, mark: str) -> NDArray[np.generic]:
        """Return a column that is not a quantity of the record: numbers if all its fields are, else text."""
        texts = self.rows.column(index)
        values = _values(texts, mark)
        filled = (texts != "").to_numpy()
        if np.isfinite(values[filled]).all():
            return values
        return texts.to_numpy()

    def only(self, keep: NDArray[np.bool_]) -> Table:
        """Return the table with some of its rows."""
        rows = replace(self.rows, frame=self.rows.frame.filter(pl.Series(keep)), line=self.rows.line[keep])
        return replace(self, rows=rows)


def _values(texts: pl.Series, mark: str) -> Floats:
    if len(mark) == 2:
        texts = texts.str.replace_all(mark[1], "", literal=True)
    return as_numbers(texts, mark[0] == ",")


def find_head(lines: Sequence[str], fits: Fits, start: int = 0, delimiters: Sequence[str] = _DELIMITERS) -> Head | None:
    """Return the first header row at or after ``start`` whose names fit, None if there is none."""
    for at in range(start, min(len(lines), start + _HEAD_WITHIN)):
        line = lines[at]
        if len(line) > _WIDEST or _BEGINS_WITH_NUMBER.match(line) or not line.strip():
            continue
        for delimiter in delimiters:
            if delimiter in line:
                head = _head_in([fields(text, delimiter) for text in lines[at : at + 3]], fits)
                if head is not None:
                    return Head(at, delimiter, head[0], at + head[1])
    return None


def is_table(lines: Sequence[str], fits: Fits) -> bool:
    """Whether lines have a header row whose names fit, and rows of numbers below it if they have any."""
    head = find_head(lines, fits)
    if head is None:
        return False
    below = [line for line in lines[head.first : head.first + 12] if line.strip()][:3]
    if not below:
        return head.at < _HEAD_OF_AN_EMPTY_TABLE
    return any(sum(map(is_number, fields(line, head.delimiter))) > 1 for line in below)


def find_sheet_head(sheet: Sheet, fits: Fits, start: int = 0) -> Head | None:
    """Return the first header row of a sheet whose names fit, None if there is none."""
    for at in range(start, min(len(sheet.rows), start + _HEAD_WITHIN)):
        if sum(isinstance(cell, str) and bool(cell.strip()) for cell in sheet.rows[at]) < 2:
            continue
        head = _head_in([[cell_text(cell) for cell in row] for row in sheet.rows[at : at + 3]], fits)
        if head is not None:
            return Head(at, "", head[0], at + head[1])
    return None


def _head_in(rows: list[list[str]], fits: Fits) -> tuple[tuple[Heading, ...], int] | None:
    """Headings of the first row, with units from the next that is not empty; and how many rows they take."""
    texts = rows[0]
    if len(texts) < 2 or sum(map(is_number, texts)) > len(texts) // 3:
        return None
    headings = tuple(map(read_heading, texts))
    if not fits(headings):
        return None
    for below in range(1, len(rows)):
        units = rows[below]
        if not any(units):
            continue
        words = [u for u in units if u]
        if any(is_number(u) for u in words if u != "1") or not any(map(read_unit, words)):
            break
        padded = [*units, *[""] * len(headings)]
        named = (
            replace(h, unit=u.strip("()[]{} ") or None) if h.unit is None else h
            for h, u in zip(headings, padded, strict=False)
        )
        headings = tuple(named)
        return (headings, below + 1) if fits(headings) else None
    return headings, 1


def text_tables(
    file: RawFile, fits: Fits, *, delimiters: Sequence[str] = _DELIMITERS, start: int = 0
) -> Iterator[Table]:
    """Tables of a text file, one below the other.

    Raises
    ------
    BadInputError
        If rows have too few or too many fields, or there are none.
    """
    lines = file.lines if "\N{MINUS SIGN}" not in file.text else [s.replace("\N{MINUS SIGN}", "-") for s in file.lines]
    head = find_head(lines, fits, start, delimiters)
    above_from = start
    while head is not None:
        end, next_head = _end_of_text(lines, head, fits, file.where)
        layout = Layout(
            head.delimiter, tuple(Header(h.text, h.name, h.unit) for h in head.headings), head.at, head.first
        )
        rows = read_rows(lines[:end], layout, file.where) if end < len(lines) else read_rows(lines, layout, file.where)
        rows = replace(rows, ends=True) if end < len(lines) else _without_cut_number(rows)
        rows = _as_wide(rows, head, file.where)
        headings = (*head.headings, *[Heading("", "", None)] * max(0, rows.frame.width - len(head.headings)))
        above = tuple(tuple(fields(s, head.delimiter)) for s in lines[above_from : head.at])
        below = tuple(tuple(fields(s, head.delimiter)) for s in lines[end : next_head.at if next_head else len(lines)])
        yield Table(
            file.where, "line", head.at + 1, headings[: max(len(head.headings), rows.frame.width)],
            rows, above, () if next_head else tuple(r for r in below if any(r)), head.delimiter, rows.warnings,
        )  # fmt: skip
        above_from, head = end, next_head


def bare_table(file: RawFile) -> Table:
    """Return the numbers of a text without headers, as columns that only a number names.

    Raises
    ------
    BadInputError
        If there are none.
    """
    layout = likely_headers(file.head_lines)
    if layout is None or layout.header_line >= 0:
        raise BadInputError(file.where, "no rows of numbers without headers", "a table of numbers")
    rows = _without_cut_number(read_rows(file.lines, layout, file.where))
    headings = tuple(Heading(f"column {i + 1}", "", None) for i in range(rows.frame.width))
    return Table(file.where, "line", 0, headings, rows, (), (), layout.delimiter)


def _end_of_text(lines: Sequence[str], head: Head, fits: Fits, where: str) -> tuple[int, Head | None]:
    """Index of the line behind the table, and the header row of the next table if there is one."""
    separator = head.delimiter
    names = lines[head.at].partition(separator)[2].strip()  # the number of a specimen may stand before them
    for at in range(head.first, len(lines)):
        line = lines[at]
        if names and line.rstrip().endswith(names):
            return at, find_head(lines, fits, at, (separator,))
        if not line.strip(' "' + separator):
            continue
        letter = next((c for c in line if c not in ' "\t' + separator), "")
        if letter.isdigit() or letter in "+-.,#~":
            continue
        if not any(map(is_number, fields(line, separator))):
            _refuse_words_within(lines, at, head, where)
            return at, find_head(lines, fits, at, (separator,))
    return len(lines), None


def _as_wide(rows: Rows, head: Head, where: str) -> Rows:
    """Rows as wide as the header; refused where a header with a name has no column, as all may be shifted."""
    width, wanted = rows.frame.width, len(head.headings)
    if any(heading.text.strip() for heading in head.headings[width:]):
        place = f"{where}, line {rows.line[0]}"
        raise BadInputError(place, f"{width} fields under {wanted} headers", "one field for each header")
    empty = [pl.lit("").alias(str(i)) for i in range(width, wanted)]
    said = tuple(w for w in rows.warnings if "counted from the left" not in w)
    return replace(rows, frame=rows.frame.with_columns(empty), warnings=said) if empty else rows


def _refuse_words_within(lines: Sequence[str], at: int, head: Head, where: str) -> None:
    """Refuse a line of words right between rows of numbers: what follows would be lost without a word."""
    if at == head.first or at + 1 >= len(lines):
        return
    before, after = (fields(lines[i], head.delimiter) for i in (at - 1, at + 1))
    if len(before) == len(after) and sum(map(is_number, after)) >= max(2, sum(map(is_number, before))):
        raise BadInputError(f"{where}, line {at + 1}", f"{lines[at].strip()[:60]!r} between rows of numbers", "numbers")


def _without_cut_number(rows: Rows) -> Rows:
    """Leave out a last row whose last number was cut, where the last line does not end; or say that it may be."""
    if rows.ends or rows.frame.height < 2:
        return rows
    texts = rows.column(rows.frame.width - 1)
    above = [str(text) for text in texts[-_COMPARED - 1 : -1]]
    if not str(texts[-1]).strip() and all(text.strip() for text in above):
        return rows.without_last("the file ends before its last number")
    verdict = is_cut_row(str(texts[-1]), above, is_used=True)
    if verdict:
        return rows.without_last("the file ends within its last number")
    said = (f"line {rows.line[-1]} {NO_END}",) if verdict is None else ()
    return replace(rows, warnings=(*rows.warnings, *said))


def tables_of(file: RawFile, fits: Fits) -> Iterator[Table]:
    """Tables of a text, or of every sheet of a workbook.

    Raises
    ------
    BadInputError
        If the file is neither.
    """
    if file.head_lines:
        yield from text_tables(file, fits)
        return
    if not file.sheets:
        raise BadInputError(file.where, "neither text nor a workbook that can be opened", "a table")
    for sheet in file.sheets:
        yield from sheet_tables(file, sheet, fits)


def fits_hints(hints: Mapping[str, ColumnHint], otherwise: Fits) -> Fits:
    """What a row of headers must have: the headers that the user named, else what the kind of table needs."""
    named = {h.column.strip().lower() for h in hints.values() if isinstance(h.column, str)}

    def fits(headings: Sequence[Heading]) -> bool:
        texts = {h.text.strip().strip('"').lower() for h in headings}
        return named <= texts if named else otherwise(headings)

    return fits


def sheet_tables(file: RawFile, sheet: Sheet, fits: Fits) -> Iterator[Table]:
    """Tables of one sheet, one below the other."""
    where = f"{file.where}, sheet {sheet.name}"
    head = find_sheet_head(sheet, fits)
    above_from = 0
    while head is not None:
        texts: list[list[str]] = []
        line: list[int] = []
        following: Head | None = None
        end = len(sheet.rows)
        for at in range(head.first, len(sheet.rows)):
            row = [cell_text(cell) for cell in sheet.rows[at]]
            if any(row) and not any(map(is_number, row)):
                following = find_sheet_head(sheet, fits, at)
                end = at
                break
            texts.append(row)
            line.append(at + 1)
        while texts and not any(texts[-1]):
            del texts[-1], line[-1]
        if not texts:
            raise BadInputError(f"{where}, row {head.at + 1}", "headers and no rows of data", "at least two rows")
        width = len(texts[0])
        frame = pl.DataFrame({str(i): [row[i] for row in texts] for i in range(width)}, schema_overrides=None)
        headings = (*head.headings, *[Heading("", "", None)] * (width - len(head.headings)))
        above = tuple(tuple(cell_text(c) for c in row) for row in sheet.rows[above_from : head.at])
        below = () if following else tuple(tuple(cell_text(c) for c in row) for row in sheet.rows[end:])
        rows = Rows(frame, np.array(line, dtype=np.int64), True)
        yield Table(where, "row", head.at + 1, headings, rows, above, tuple(r for r in below if any(r)))
        above_from, head = end, following
