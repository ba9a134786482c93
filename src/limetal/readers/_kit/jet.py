"""Tables of a Microsoft Access (Jet 3, Jet 4, ACE) database, without any program of Microsoft's.

Only what instrument files need: the catalogue, the definition of a table, and its rows, which are decoded column by
column with numpy. Indexes, queries and long values over several pages are not read. Every pointer and count of the
file is checked against the bytes there are.

The layout (facts, not code) is from the HACKING document of mdbtools: pages of 2 KiB (Jet 3) or 4 KiB whose first
byte says what they are; a definition page for each table; data pages that name the definition page they belong to,
with rows stored from the end of the page; in a row first the columns of fixed width, last a mask with one bit for
each column that is not null.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError

__all__ = ["JET_MARKS", "Database", "Table"]

JET_MARKS = (b"\0\1\0\0Standard Jet DB\0", b"\0\1\0\0Standard ACE DB\0")
_VERSION_AT = 0x14
_CATALOG_PAGE = 2
_DATA_PAGE, _TABLE_PAGE, _MAP_PAGE = 1, 2, 5
_DELETED, _ELSEWHERE, _OFFSET = 0x8000, 0x4000, 0x1FFF
_USER_TABLE = 1
_BOOL, _TEXT, _MEMO = 1, 10, 12
#: Type of a column of fixed width -> numpy type.
_NUMBERS = {2: "<u1", 3: "<i2", 4: "<i4", 5: "<i8", 6: "<f4", 7: "<f8", 8: "<f8"}
_MONEY, _MONEY_SCALE = 5, 10_000
_INLINE_MEMO, _ONE_PAGE_MEMO = 0x80, 0x40
#: Access allows 255 columns in a table, and 2 GiB in a file.
_MAX_COLUMNS = 255


@dataclass(frozen=True)
class _Layout:
    """Where things stand in the pages of one version."""

    page: int
    row_count_at: int
    rows_in_table_at: int
    width_at: int
    used_pages_at: int
    columns_at: int
    index_bytes: int
    column_bytes: int
    fixed_at: int
    flags_at: int
    count_bytes: int


_JET3 = _Layout(2048, 8, 12, 21, 35, 43, 8, 18, 14, 13, 1)
_JET4 = _Layout(4096, 12, 16, 41, 55, 63, 12, 25, 21, 15, 2)
_NUMBER_AT = {_JET3: (1, 3), _JET4: (5, 7)}


@dataclass(frozen=True)
class Column:
    """One column of a table: ``number`` is its bit in the mask, ``place`` its byte or its rank among the long ones."""

    name: str
    type: int
    number: int
    place: int
    fixed: bool


class Database:
    """The tables of the bytes of an Access database.

    Raises
    ------
    BadInputError
        If the bytes are none, are cut before the catalogue, or are encrypted.

    Examples
    --------
    >>> Database(b"PK", "cell.res")
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: cell.res: found no mark of Microsoft Access, want an Access database
    """

    def __init__(self, data: bytes, where: str) -> None:
        if not data.startswith(JET_MARKS) or len(data) <= _VERSION_AT:
            raise BadInputError(where, "no mark of Microsoft Access", "an Access database")
        self.where, self.layout = where, _JET4 if data[_VERSION_AT] else _JET3
        size = self.layout.page
        self.missing_bytes = -len(data) % size
        self.pages = len(data) // size
        self.bytes: NDArray[np.uint8] = np.frombuffer(data, dtype=np.uint8, count=self.pages * size)
        self.raw = data
        if self.pages <= _CATALOG_PAGE:
            raise BadInputError(where, f"an Access database cut after {len(data)} bytes", "a whole one")
        if self.kinds[_CATALOG_PAGE] != _TABLE_PAGE:
            raise BadInputError(where, "an Access database that is damaged or encrypted", "a plain one")

    @cached_property
    def tables(self) -> dict[str, int]:
        """Page of the definition of every table, by name."""
        catalog = Table(self, _CATALOG_PAGE)
        wanted = {"Id", "Name", "Type"}
        if not wanted <= set(catalog.columns):
            raise BadInputError(self.where, "an Access database without a catalogue", "a whole one")
        kinds, pages = catalog.numbers("Type"), catalog.numbers("Id")
        return {
            name: int(page) & 0xFFFFFF
            for name, kind, page in zip(catalog.texts("Name"), kinds, pages, strict=True)
            if name and kind == _USER_TABLE and np.isfinite(page)
        }

    def table(self, name: str) -> Table | None:
        """Return a table; None if there is none of that name."""
        page = self.tables.get(name)
        return None if page is None else Table(self, page)

    def page(self, page: int, what: str) -> bytes:
        """Bytes of one page."""
        if not 0 < page < self.pages:
            raise BadInputError(self.where, f"{what} on page {page} of {self.pages}", "a whole Access database")
        size = self.layout.page
        return self.raw[page * size : (page + 1) * size]

    @cached_property
    def kinds(self) -> NDArray[np.uint8]:
        """First byte of every page."""
        return self.bytes[:: self.layout.page]

    @cached_property
    def owners(self) -> NDArray[np.uint32]:
        """Page of the table definition that every data page names."""
        return self._column(4, "<u4")

    @cached_property
    def row_counts(self) -> NDArray[np.int64]:
        """Rows that every data page says it holds."""
        return self._column(self.layout.row_count_at, "<u2").astype(np.int64)

    def _column(self, at: int, kind: str) -> NDArray[Any]:
        width = np.dtype(kind).itemsize
        return np.ascontiguousarray(self.bytes.reshape(self.pages, -1)[:, at : at + width]).view(kind).ravel()


class Table:
    """One table: its columns, and the rows that are not deleted, in the order of the pages.

    Attributes
    ----------
    columns
        By name.
    stated_rows
        Rows its definition counts.
    rows
        Rows there are.
    """

    def __init__(self, database: Database, page: int) -> None:
        self._database, self._layout = database, database.layout
        self._where = database.where
        definition = self._definition(page)
        read = self._reader(definition)
        self.stated_rows = read("<I", self._layout.rows_in_table_at)
        self._used = read("<I", self._layout.used_pages_at)
        self.columns = self._columns(definition)
        self._has_long = any(not c.fixed and c.type != _BOOL for c in self.columns.values())
        self.missing_pages = 0
        self._start, self._end = self._find_rows(page)
        self.rows = int(self._start.size)

    def numbers(self, name: str) -> NDArray[np.float64] | NDArray[np.int64]:
        """Return a column of numbers: integers if it holds integers and no nulls, floats (NaN where null) if not.

        Raises
        ------
        BadInputError
            If it holds no numbers, or a row is too short to hold it.
        """
        column = self.columns[name]
        there = self._present(column)
        if column.type == _BOOL:
            return there.astype(np.int64)
        if column.type not in _NUMBERS or not column.fixed:
            raise BadInputError(self._where, f"column {name} of type {column.type}", "numbers")
        kind = np.dtype(_NUMBERS[column.type])
        at = self._start + self._layout.count_bytes + column.place
        short = there & (at + kind.itemsize > self._end)
        if short.any():
            row = int(np.argmax(short)) + 1
            raise BadInputError(f"{self._where}, row {row} of the table", f"a row too short for {name}", "a whole one")
        at = np.where(there, at, 0)
        windows = np.lib.stride_tricks.sliding_window_view(self._database.bytes, kind.itemsize)
        values = np.ascontiguousarray(windows[at]).view(kind).ravel()
        if kind.kind == "f" or not there.all():
            with np.errstate(invalid="ignore"):  # damaged bytes may be a NaN that signals
                values = np.where(there, values, np.nan).astype(np.float64)
        else:
            values = values.astype(np.int64)
        return values / _MONEY_SCALE if column.type == _MONEY else values

    def texts(self, name: str) -> list[str]:
        """Return a column of texts, empty where null; numbers and dates are written out."""
        column = self.columns[name]
        if column.type not in {_TEXT, _MEMO}:
            if column.type not in _NUMBERS and column.type != _BOOL:
                return [""] * self.rows
            return ["" if v != v else f"{v:.15g}" for v in self.numbers(name).tolist()]
        there = self._present(column)
        return [self._text(row, column) if there[row] else "" for row in range(self.rows)]

    def records(self, limit: int = 10_000) -> list[dict[str, str]]:
        """Return rows as texts by column name, at most ``limit``; for small tables."""
        columns = {name: self.texts(name) for name in self.columns} if self.rows <= limit else {}
        return [{name: values[row] for name, values in columns.items()} for row in range(self.rows if columns else 0)]

    def _definition(self, page: int) -> bytes:
        """Join the definition, which may go over several pages."""
        parts: list[bytes] = []
        seen: set[int] = set()
        while page:
            data = self._database.page(page, "a table")
            if data[0] != _TABLE_PAGE or page in seen:
                raise BadInputError(self._where, f"no table definition on page {page}", "a whole Access database")
            seen.add(page)
            parts.append(data[8:] if parts else data)
            page = struct.unpack_from("<I", data, 4)[0]
        return b"".join(parts)

    def _reader(self, definition: bytes) -> Callable[[str, int], int]:
        def read(form: str, at: int) -> int:
            if at + struct.calcsize(form) > len(definition):
                raise BadInputError(self._where, "a table definition that is cut", "a whole Access database")
            return int(struct.unpack_from(form, definition, at)[0])

        return read

    def _columns(self, definition: bytes) -> dict[str, Column]:
        layout, read = self._layout, self._reader(definition)
        count = read("<H", layout.width_at + 4)
        indexes = read("<I", layout.width_at + 10)
        if count > _MAX_COLUMNS or indexes > _MAX_COLUMNS:
            raise BadInputError(self._where, f"a table of {count} columns, {indexes} indexes", "at most 255")
        at = layout.columns_at + indexes * layout.index_bytes
        names_at = at + count * layout.column_bytes
        columns: dict[str, Column] = {}
        number_at, long_at = _NUMBER_AT[layout]
        for i in range(count):
            one = at + i * layout.column_bytes
            width = read("<H" if layout is _JET4 else "<B", names_at)
            names_at += layout.count_bytes
            name = definition[names_at : names_at + width].decode(
                "utf-16-le" if layout is _JET4 else "cp1252", "replace"
            )
            names_at += width
            fixed = bool(read("<B", one + layout.flags_at) & 1)
            columns[name] = Column(
                name=name,
                type=read("<B", one),
                number=read("<H", one + number_at),
                place=read("<H", one + (layout.fixed_at if fixed else long_at)),
                fixed=fixed,
            )
        return columns

    def _find_rows(self, page: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where every row begins and ends in the file."""
        base = self._database
        owned = (base.kinds == _DATA_PAGE) & (base.owners == page)
        mapped = self._mapped_pages()
        if mapped is not None and (mapped.size or not self.stated_rows):
            self.missing_pages = int(np.sum(mapped >= base.pages))
            mapped = mapped[mapped < base.pages]
            # a page that was given back keeps its rows, so the map of used pages decides, not the pages' own words
            owned &= np.isin(np.arange(base.pages), mapped)
        pages = np.flatnonzero(owned).astype(np.int64)
        counts = base.row_counts[pages]
        size, table_at = self._layout.page, self._layout.row_count_at + 2
        if (table_at + 2 * counts > size).any():
            bad = int(pages[np.argmax(counts)])
            raise BadInputError(f"{self._where}, page {bad}", f"{counts.max()} rows on one page", "an undamaged page")
        page_start = np.repeat(pages * size, counts)
        first = np.cumsum(counts) - counts
        rank = np.arange(counts.sum()) - np.repeat(first, counts)
        at = page_start + table_at + 2 * rank
        marks = base.bytes[at].astype(np.int64) | base.bytes[at + 1].astype(np.int64) << 8
        offset = marks & _OFFSET
        end = np.where(rank == 0, size, np.roll(offset, 1))
        bad_rows = (offset > end) | (end > size) | (offset < table_at)
        if bad_rows.any():
            bad = int(page_start[np.argmax(bad_rows)] // size)
            raise BadInputError(f"{self._where}, page {bad}", "rows that lie over each other", "an undamaged page")
        live = (marks & _DELETED) == 0
        start, stop = page_start + offset, page_start + end
        for row in np.flatnonzero(live & ((marks & _ELSEWHERE) != 0)):
            start[row], stop[row] = self._elsewhere(int(start[row]), int(stop[row]))
        return start[live], stop[live]

    def _elsewhere(self, start: int, stop: int) -> tuple[int, int]:
        """Follow the pointer of a row that had grown too long for its page."""
        if stop - start < 4:
            raise BadInputError(self._where, "a row that points nowhere", "a whole Access database")
        pointer = struct.unpack_from("<I", self._database.raw, start)[0]
        return self._row_at(pointer >> 8, pointer & 0xFF)

    def _row_at(self, page: int, row: int) -> tuple[int, int]:
        data = self._database.page(page, "a row")
        table_at = self._layout.row_count_at + 2
        if row >= struct.unpack_from("<H", data, self._layout.row_count_at)[0] or table_at + 2 * row + 2 > len(data):
            raise BadInputError(f"{self._where}, page {page}", f"no row {row}", "a whole Access database")
        start = struct.unpack_from("<H", data, table_at + 2 * row)[0] & _OFFSET
        stop = struct.unpack_from("<H", data, table_at + 2 * row - 2)[0] & _OFFSET if row else len(data)
        if not table_at <= start <= stop <= len(data):
            raise BadInputError(f"{self._where}, page {page}", f"no row {row}", "a whole Access database")
        return page * len(data) + start, page * len(data) + stop

    def _mapped_pages(self) -> NDArray[np.int64] | None:
        """Pages the table uses by its own map; None if the map cannot be read."""
        try:
            start, stop = self._row_at(self._used >> 8, self._used & 0xFF)
        except BadInputError:
            return None
        entry = self._database.raw[start:stop]
        if len(entry) < 5:
            return None
        if entry[0] == 0:
            return _set_bits(entry[5:]) + int(struct.unpack_from("<I", entry, 1)[0])
        if entry[0] != 1:
            return None
        found, size = [], self._layout.page
        for rank, page in enumerate(struct.unpack_from(f"<{(len(entry) - 1) // 4}I", entry, 1)):
            if not page:
                continue
            if page >= self._database.pages or self._database.kinds[page] != _MAP_PAGE:
                return None
            found.append(_set_bits(self._database.page(page, "a map")[4:]) + rank * (size - 4) * 8)
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)

    def _widths(self) -> NDArray[np.int64]:
        """Columns each row holds: rows are not rewritten when a table gets a column."""
        widths = self._database.bytes[self._start].astype(np.int64)
        if self._layout is _JET4:
            widths |= self._database.bytes[self._start + 1].astype(np.int64) << 8
        return widths

    def _present(self, column: Column) -> NDArray[np.bool_]:
        """Rows in which a column is not null (or, of a column of booleans, is true)."""
        widths = self._widths()
        mask = self._end - (widths + 7) // 8
        if (mask < self._start + self._layout.count_bytes).any():
            raise BadInputError(self._where, "a row that is shorter than its mask", "an undamaged Access database")
        there = column.number < widths
        at = np.where(there, mask + column.number // 8, 0)
        set_here: NDArray[np.bool_] = (self._database.bytes[at] & np.uint8(1 << column.number % 8)) != 0
        return there & set_here

    def _text(self, row: int, column: Column) -> str:
        """Return one text of one row."""
        start, stop = int(self._start[row]), int(self._end[row])
        data = self._database.raw[start:stop]
        if column.fixed:
            return ""
        width = data[0] if self._layout is _JET3 else struct.unpack_from("<H", data)[0]
        span = _long_span(data, len(data) - (width + 7) // 8, column.place, self._layout)
        if span is None:
            return ""
        value = data[span[0] : span[1]]
        if column.type == _MEMO:
            value = self._memo(value)
        return _decoded(value, self._layout)

    def _memo(self, value: bytes) -> bytes:
        """Return a long text that stands in its row, or whole on another page; else none."""
        if len(value) < 12:
            return b""
        length, where = struct.unpack_from("<II", value)
        if length >> 24 & _INLINE_MEMO:
            return value[12:]
        if length >> 24 & _ONE_PAGE_MEMO:
            try:
                start, stop = self._row_at(where >> 8, where & 0xFF)
            except BadInputError:
                return b""
            return self._database.raw[start:stop]
        return b""


def _set_bits(bitmap: bytes) -> NDArray[np.int64]:
    return np.flatnonzero(np.unpackbits(np.frombuffer(bitmap, dtype=np.uint8), bitorder="little")).astype(np.int64)


def _long_span(data: bytes, mask_at: int, rank: int, layout: _Layout) -> tuple[int, int] | None:
    """Where in a row the ``rank``-th column without fixed width lies; None if the row has none."""
    step = layout.count_bytes
    if mask_at < step:
        return None
    count = data[mask_at - 1] if layout is _JET3 else struct.unpack_from("<H", data, mask_at - 2)[0]
    if rank >= count:
        return None
    if layout is _JET4:
        at = mask_at - 4 - 2 * rank
        if at < 2:
            return None
        begin, end = struct.unpack_from("<H", data, at)[0], struct.unpack_from("<H", data, at - 2)[0]
    else:
        # offsets of one byte; where a row is longer than 256, a table says at which column each 256 begins
        jumps = (len(data) - 1) // 256
        table = [data[mask_at - 2 - i] for i in range(jumps) if mask_at - 2 - i >= 0]
        at = mask_at - 2 - jumps - rank
        if at < 1:
            return None
        begin = data[at] + 256 * sum(jump <= rank for jump in table)
        end = data[at - 1] + 256 * sum(jump <= rank + 1 for jump in table)
    return (begin, end) if begin <= end <= mask_at else None


def _decoded(value: bytes, layout: _Layout) -> str:
    """Text of Jet: cp1252 in version 3; UTF-16 in version 4, or single bytes behind a mark."""
    if layout is _JET3:
        return value.decode("cp1252", "replace")
    if not value.startswith(b"\xff\xfe"):
        return value.decode("utf-16-le", "replace")
    text, squeezed = "", True
    # a zero byte switches between single bytes and UTF-16
    rest = value[2:]
    while rest:
        if squeezed:
            part, zero, rest = rest.partition(b"\0")
            text += part.decode("latin-1")
            squeezed = not zero
        else:
            end = next((i for i in range(0, len(rest) - 1, 2) if rest[i] == 0), len(rest))
            text += rest[:end].decode("utf-16-le", "replace")
            rest, squeezed = rest[end + 1 :], True
    return text
