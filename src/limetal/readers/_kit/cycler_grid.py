"""Tables of cyclers as columns: the body of a text export under its row of headers.

Columns are numbers where every filled field is one, else text. The usual file is parsed in one go; a file with
quotation marks, decimal commas, blank or odd lines goes through a slower path that can say which line is wrong.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._kit.open_end import NO_END, is_cut_row

if TYPE_CHECKING:
    from limetal.readers._file import RawFile

__all__ = [
    "MAX_FIELDS",
    "SAMPLE_ROWS",
    "Grid",
    "Header",
    "clock_seconds",
    "find_header",
    "joined",
    "named",
    "parsed",
    "sample_kinds",
    "split_fields",
    "text_grid",
    "typed_columns",
    "utf8_of",
]

SEPARATORS = ("\t", ";", ",", "|")
SAMPLE_ROWS = 200
_NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
_COMMA_NUMBER = r"^[+-]?\d*,\d+(?:[eE][+-]?\d+)?$"
_POINT_NUMBER = r"^[+-]?\d*\.\d+(?:[eE][+-]?\d+)?$"
_THOUSANDS = r"^[+-]?\d{1,3}(?:,\d{3})*(?:\.\d*)?$"
_NO_THOUSANDS = r"^[+-]?(?:0\d*,\d+|\d*,\d{1,2}|\d*,\d{4,})(?:[eE][+-]?\d+)?$"
_CLOCK = r"^(?:(\d+)\s*(?:d|days?|[-.])?\s+|(\d+)\s*(?:d|days?|[-.])\s*)?(\d+):(\d{1,2}):(\d{1,2}(?:[.,]\d*)?)$"
_QUOTED = r'"(?:[^"]|"")*"'
MAX_FIELDS = 2000
_HEADER_WITHIN = 500


@dataclass(frozen=True)
class Header:
    """The row of headers: its index among the lines, what parts its fields, and the fields."""

    at: int
    separator: str
    texts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Grid:
    """A table.

    Attributes
    ----------
    where
        File (and sheet) as a message names it.
    headers
        As they stand in the file, without blanks around them.
    columns
        One for each header: Float64 or String, null where a field is empty.
    line : (n,) int
        Line of the file, or row of the sheet, counted from 1.
    ends
        Whether the last line ends; if not, its last field may be cut.
    tail
        Index of the last column of a file whose last line does not end, and its fields as they stand there, the last
        one last: `settled_end` judges it.
    unit
        ``line`` or ``row``.
    warnings
        What was dropped or repaired, in sentences.
    """

    where: str
    headers: tuple[str, ...]
    columns: tuple[pl.Series, ...]
    line: NDArray[np.int64]
    ends: bool = True
    tail: tuple[int, tuple[str, ...]] | None = None
    unit: str = "line"
    warnings: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.line.size)

    def place(self, row: int) -> str:
        """Where a row stands, for messages."""
        return f"{self.where}, {self.unit} {self.line[row]}"

    def take(self, rows: NDArray[np.bool_] | slice) -> Grid:
        """Return some of the rows."""
        line = self.line[rows]
        tail = self.tail if line.size and line[-1] == self.line[-1] else None
        if isinstance(rows, slice):
            columns = tuple(column[rows] for column in self.columns)
        else:
            mask = pl.Series(rows)
            columns = tuple(column.filter(mask) for column in self.columns)
        return replace(self, columns=columns, line=line, tail=tail)

    def without_last(self, reason: str) -> Grid:
        """Drop the last row, and say so."""
        said = f"{self.unit} {self.line[-1]} was left out: {reason}"
        return replace(self.take(slice(0, self.rows - 1)), ends=True, warnings=(*self.warnings, said))

    def settled_end(self, used: Set[int]) -> Grid:
        """Leave out a last row whose last field the end of the file cut, or say that it may have.

        ``used`` are the columns that a record has; another one never costs a row.
        """
        if self.tail is None or self.rows < 2:
            return self
        index, texts = self.tail
        is_used = index in used
        last, above = texts[-1].strip().strip('"').strip(), texts[:-1]
        if not last and is_used and all(text.strip() for text in above):
            return self.without_last("its last field is empty, as if the file was cut off")
        verdict = is_cut_row(last, above, is_used=is_used)
        if verdict and self.rows > 2:
            return self.without_last("its last number is shorter than all others, as if the file was cut off")
        if verdict is False:
            return replace(self, tail=None)
        said = f"{self.unit} {self.line[-1]} {NO_END}"
        return replace(self, tail=None, warnings=(*self.warnings, said))

    def texts(self, index: int) -> pl.Series:
        """Return a column as text; empty where a field is."""
        column = self.columns[index]
        return column.cast(pl.String).fill_null("") if column.dtype != pl.String else column.fill_null("")


def split_fields(line: str, separator: str) -> list[str]:
    """Fields of one line, without quotation marks and blanks around them.

    Examples
    --------
    >>> split_fields('Rec#,"Test (Sec)", Volts ', ",")
    ['Rec#', 'Test (Sec)', 'Volts']
    """
    try:
        parts = next(csv.reader([line], delimiter=separator), []) if '"' in line else line.split(separator)
    except csv.Error:
        return []
    return [part.strip() for part in parts]


def find_header(
    lines: Sequence[str],
    hint: re.Pattern[str],
    fits: Callable[[list[str]], bool],
    separators: Sequence[str] = SEPARATORS,
) -> Header | None:
    """Find the first line whose fields are the headers of a format.

    Parameters
    ----------
    lines
        From the beginning of the file; the first hundreds are looked at.
    hint
        What such a line holds somewhere; most lines are passed over by it.
    fits
        Whether fields are these headers.
    separators
        What may part the fields.

    Examples
    --------
    >>> find_header(["Cell: 7", "a;b"], re.compile("a"), lambda texts: texts == ["a", "b"]).separator
    ';'
    """
    for at, line in enumerate(lines[:_HEADER_WITHIN]):
        if len(line) > 100_000 or not hint.search(line):
            continue
        for separator in separators:
            if separator not in line:
                continue
            texts = split_fields(line.lstrip("\ufeff"), separator)
            if 2 <= len(texts) <= MAX_FIELDS and fits(texts):
                return Header(at, separator, tuple(texts))
    return None


def clock_seconds(texts: pl.Series) -> NDArray[np.float64]:
    """Seconds of ``hh:mm:ss`` with days in front or decimals behind; not-a-number for anything else.

    Examples
    --------
    >>> clock_seconds(pl.Series(["  0d 00:00:5.25", "144:00:00", "1-00:00:01", "00:05.0"])).tolist()
    [5.25, 518400.0, 86401.0, nan]
    """
    parts = texts.str.strip_chars().str.extract_groups(_CLOCK).struct.unnest()
    days, other, hours, minutes, seconds = (
        parts.to_series(i).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False) for i in range(5)
    )
    bad = (minutes >= 60) | (seconds >= 60)
    total = (days.fill_null(0) + other.fill_null(0)) * 86400 + hours * 3600 + minutes * 60 + seconds
    return total.set(bad.fill_null(value=False), None).fill_null(np.nan).to_numpy().astype(np.float64)


def utf8_of(file: RawFile) -> bytes:
    """Return the whole of a text file as UTF-8 with plain line ends; without any copy if it is that already.

    Raises
    ------
    BadInputError
        If it is no text.
    """
    data = file.data
    if data.isascii() and b"\0" not in data:
        return _plain_ends(data)
    return _plain_ends(file.text.encode())


def _plain_ends(data: bytes) -> bytes:
    """Lines that end in a line feed; those of Windows are left, because blanks are stripped from fields anyway."""
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        data = data.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data


def text_grid(text: str | bytes, header: Header, where: str, *, headers: Sequence[str] | None = None) -> Grid:
    """Read the table below a row of headers.

    Parameters
    ----------
    text
        The whole file: text, or what `utf8_of` gives.
    header
        Its row of headers.
    headers
        Names to use instead.

    Raises
    ------
    BadInputError
        If there are no rows, or a row has fields too few or too many; a last row that is cut is left out.
    """
    data = _plain_ends(text.encode()) if isinstance(text, str) else text
    first = header.at + 1
    start = 0
    for _ in range(first):
        start = data.find(b"\n", start) + 1
        if start == 0:
            raise BadInputError(where, "headers and no rows of data", "at least two rows")
    if not data[start : start + 4096].strip() and not data[start:].strip():
        raise BadInputError(where, "headers and no rows of data", "at least two rows")
    names = tuple(headers or header.texts)
    quick = _quick(data, start, first, header.separator, names, where)
    if quick is not None:
        return quick
    body = data[start:].decode("utf-8", "replace").replace("\r\n", "\n")
    return _slow(body, first, header.separator, names, where)


def _quick(data: bytes, start: int, first: int, separator: str, names: tuple[str, ...], where: str) -> Grid | None:
    """Parse what stands from ``start`` on, the line after ``first`` others, in one go; None if anything is unusual.

    The body is never cut out of the file: that would copy it.
    """
    if data.find(b'"', start) >= 0:
        return None
    ends = data.endswith(b"\n")
    count = data.count(b"\n", start) + (not ends)
    end = start
    for _ in range(min(SAMPLE_ROWS, count)):
        end = data.find(b"\n", end) + 1 or len(data)
    lines = data[start:end].decode("utf-8", "replace").replace("\r", "").removesuffix("\n").split("\n")
    width = lines[0].count(separator) + 1
    if width > MAX_FIELDS or width < 2:
        return None
    sample = [line.split(separator) for line in lines]
    if any(len(fields) != width for fields in sample):
        return None
    kinds = sample_kinds(sample, width)
    if kinds is None:
        return None
    words = {i for i, kind in enumerate(kinds) if kind == pl.String}
    frame = parsed(data, separator, kinds, quoted=False, skip=first)
    if frame is None:
        frame, words = parsed(data, separator, [pl.String] * width, quoted=False, skip=first), set()
    if frame is None or frame.height != count:
        return None
    # a row with too few fields leaves the last column empty: only then must separators be counted
    if frame.to_series(width - 1).null_count() and data.count(separator.encode(), start) != count * (width - 1):
        return None
    line = np.arange(first + 1, first + 1 + count, dtype=np.int64)
    grid = named(typed_columns(frame.get_columns(), words), names, line, ends, where, words)
    if ends:
        return grid
    last = data[data.rfind(b"\n") + 1 :].decode("utf-8", "replace").rpartition(separator)[2]
    return replace(grid, tail=(width - 1, (*[fields[-1] for fields in sample[: count - 1]], last)))


def sample_kinds(sample: list[list[str]], width: int) -> list[type[pl.DataType]] | None:
    """Types of the columns by their first rows; None for decimal commas, which take the slower path."""
    number, comma = re.compile(_NUMBER), re.compile(_COMMA_NUMBER)
    kinds: list[type[pl.DataType]] = []
    for index in range(width):
        fields = [row[index].strip() for row in sample]
        if any(map(comma.match, fields)):
            return None
        kinds.append(pl.Float64 if all(not field or number.match(field) for field in fields) else pl.String)
    return kinds


def parsed(
    data: bytes, separator: str, kinds: Sequence[type[pl.DataType]], *, quoted: bool, skip: int = 0
) -> pl.DataFrame | None:
    """Rows of text as columns of these kinds; None where a field is none, or a row has fields too many."""
    try:
        return pl.read_csv(
            data,
            has_header=False,
            separator=separator,
            quote_char='"' if quoted else None,
            skip_rows=skip,
            schema={str(i): kind for i, kind in enumerate(kinds)},
            truncate_ragged_lines=False,
        )
    except (pl.exceptions.PolarsError, ValueError):
        return None


def _slow(body: str, first: int, separator: str, names: tuple[str, ...], where: str) -> Grid:
    """Part a body line by line, and name the line that does not fit."""
    every = pl.Series("line", body.split("\n"), dtype=pl.String)
    keep = every.str.strip_chars(' \t"' + separator) != ""
    line = keep.arg_true().to_numpy().astype(np.int64) + first + 1
    rows = every.filter(keep)
    ends = body.endswith("\n")
    warnings: list[str] = []
    quoted = bool(rows.str.contains('"', literal=True).any())
    if quoted:
        odd = (rows.str.count_matches('"', literal=True) % 2 == 1).to_numpy()
        at = np.flatnonzero(odd)
        if at.size and (at[0] < odd.size - 1 or odd.size == 1 or ends):
            found = "a quotation mark that is not closed"
            raise BadInputError(f"{where}, line {line[at[0]]}", found, "pairs of them")
        if at.size:
            rows, line = rows[:-1], line[:-1]
            warnings.append(f"line {line[-1] + 1} was left out: it has too few fields, as if the file was cut off")
    bare = rows.str.replace_all(_QUOTED, "") if quoted else rows
    counts = bare.str.count_matches(separator, literal=True).to_numpy().astype(np.int64) + 1
    width = int(np.argmax(np.bincount(counts)))
    if counts.size > 1 and counts[-1] < width and not ends:
        warnings.append(f"line {line[-1]} was left out: it has too few fields, as if the file was cut off")
        rows, line, counts = rows[:-1], line[:-1], counts[:-1]
    rows = _one_width(rows, counts, line, width, separator, where)
    if width > MAX_FIELDS:
        raise BadInputError(f"{where}, line {line[0]}", f"{width} fields", f"at most {MAX_FIELDS}")
    data = "\n".join(rows.to_list()).encode()
    frame = parsed(data, separator, [pl.String] * width, quoted=quoted)
    if frame is None or frame.height != len(rows):
        raise BadInputError(where, "rows that cannot be parted into columns", "one row of data a line")
    grid = named(typed_columns(frame.get_columns()), names, line, ends or bool(warnings), where)
    grid = replace(grid, warnings=(*warnings, *grid.warnings))
    if grid.ends:
        return grid
    tails = (str(row).rpartition(separator)[2] for row in rows[-SAMPLE_ROWS:].to_list())
    return replace(grid, tail=(width - 1, tuple(tails)))


def _one_width(
    rows: pl.Series, counts: NDArray[np.int64], line: NDArray[np.int64], width: int, separator: str, where: str
) -> pl.Series:
    """Rows of one width: empty fields at the end of a row more than the usual are dropped, others refused."""
    other = np.flatnonzero(counts != width)
    if not other.size:
        return rows
    mended = {}
    for at in other[:10_000]:
        fields = split_fields(str(rows[int(at)]), separator)
        if counts[at] < width or any(fields[width:]) or '"' in str(rows[int(at)]):
            found = f"{counts[at]} fields"
            if separator == "," and counts[at] > width:
                found += ": is the comma also in the numbers?"
            raise BadInputError(f"{where}, line {line[at]}", found, f"{width} as in the other rows")
        mended[int(at)] = separator.join(fields[:width])
    texts = rows.to_list()
    for index, text in mended.items():
        texts[index] = text
    return pl.Series("line", texts, dtype=pl.String)


def named(
    columns: list[pl.Series],
    names: tuple[str, ...],
    line: NDArray[np.int64],
    ends: bool,
    where: str,
    words: Set[int] = frozenset(),
) -> Grid:
    """Put headers above columns; columns beyond the headers may hold nothing. ``words`` are known to be text."""
    for index in range(len(names), len(columns)):
        if columns[index].null_count() < len(columns[index]):
            row = int(columns[index].is_not_null().arg_max() or 0)
            found = f"{len(columns)} fields under {len(names)} headers"
            raise BadInputError(f"{where}, line {line[row]}", found, "one header for each column")
    columns = columns[: len(names)]
    names = tuple(name.strip() for name in names)
    if len(columns) < len(names):
        if any(names[len(columns) :]):
            found = f"{len(columns)} fields under {len(names)} headers"
            raise BadInputError(f"{where}, line {line[0]}", found, "one field for each header")
        names = names[: len(columns)]
    return _with_decimal_marks(Grid(where, names, tuple(columns), line, ends), words)


def typed_columns(
    columns: Sequence[pl.Series], words: Set[int] = frozenset(), *, comma: bool = False
) -> list[pl.Series]:
    """Columns as numbers where all filled fields are, else as text; empty fields are null."""
    result = list(columns)
    left = [i for i, column in enumerate(columns) if column.dtype == pl.String]
    if not left:
        return result
    # all at once: one call of polars costs more than a small column
    texts = pl.DataFrame([columns[i].alias(str(i)) for i in left]).with_columns(pl.all().str.strip_chars())
    texts = texts.with_columns(pl.when(pl.all() != "").then(pl.all()))
    for i in words:
        result[i] = texts[str(i)]
    left = [i for i in left if i not in words]
    if not left:
        return result
    texts = texts.select(str(i) for i in left)
    plain = texts.with_columns(pl.all().str.replace(",", ".", literal=True)) if comma else texts
    fits = plain.select(pl.all().str.contains(_NUMBER).all()).row(0)
    for i, fit in zip(left, fits, strict=True):
        result[i] = plain[str(i)].cast(pl.Float64, strict=False) if fit else texts[str(i)]
    return result


def _with_decimal_marks(grid: Grid, words: Set[int]) -> Grid:
    """Read decimal commas, and commas between thousands, where the whole table leaves no doubt."""
    left = [i for i, column in enumerate(grid.columns) if column.dtype == pl.String and i not in words]
    if not left:
        return grid
    texts = pl.DataFrame([grid.columns[i].alias(str(i)) for i in left])
    if not any(texts.select(pl.all().str.contains(",", literal=True).any()).row(0)):
        return grid
    numeric = pl.all().str.contains(_COMMA_NUMBER) | pl.all().str.contains(_THOUSANDS)
    suspects = [i for i, has in zip(left, texts.select(numeric.any()).row(0), strict=True) if has]
    points = any(column.dtype == pl.Float64 and bool((column % 1 != 0).any()) for column in grid.columns) or any(
        bool(grid.columns[i].str.contains(_POINT_NUMBER).any()) for i in suspects
    )
    # 0,137 or 1,25 cannot be thousands
    plain = any(bool(grid.columns[i].str.contains(_NO_THOUSANDS).any()) for i in suspects)
    columns, warnings = list(grid.columns), list(grid.warnings)
    for index in suspects:
        column = columns[index]
        thousands = bool(column.str.contains(_THOUSANDS).all())
        if points and not plain and thousands:
            columns[index] = column.str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)
            warnings.append(f"commas in column {grid.headers[index]!r} were read as marks between thousands")
        elif plain and not points:
            columns[index] = typed_columns([column], comma=True)[0]
    return replace(grid, columns=tuple(columns), warnings=tuple(warnings))


def joined(grids: Sequence[Grid]) -> Grid:
    """Put tables with the same headers one below the other."""
    first = grids[0]
    columns = []
    for index in range(len(first.headers)):
        parts = [grid.columns[index] for grid in grids]
        if any(part.dtype == pl.String for part in parts):
            parts = [part.cast(pl.String) for part in parts]
        columns.append(pl.concat(parts))
    line = np.concatenate([grid.line for grid in grids])
    return replace(first, columns=tuple(columns), line=line, tail=grids[-1].tail)
