"""A large table of a cycler, parsed block by block into the memory that its record will hold.

Neither the whole text nor a second copy of the numbers is ever in memory. It gives exactly what `text_grid` gives, or
nothing at all: then `text_grid` says what is wrong, and in which line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limetal.readers._file import RawFile
from limetal.readers._kit.cycler_grid import (
    MAX_FIELDS,
    SAMPLE_ROWS,
    Grid,
    Header,
    named,
    parsed,
    sample_kinds,
    text_grid,
    typed_columns,
    utf8_of,
)

__all__ = ["Body", "body_by_blocks", "file_grid", "grid_by_blocks", "line_blocks"]

#: Smaller files are read in one go.
MIN_BYTES = 2**23
BLOCK_BYTES = 2**22
_LONGEST_LINE = 2**16
_FEED = ord("\n")
#: Rows beyond those that the first lines let expect, so that a table whose lines get shorter is seldom moved.
_SPARE = 1.05


def file_grid(file: RawFile, header: Header) -> Grid:
    r"""Read the table below a row of headers of a text file.

    Raises
    ------
    BadInputError
        As `text_grid`, and if the file is no text.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = path.write_text("t,E\n0,3\n1,3.5\n")
    >>> file_grid(RawFile(path), Header(0, ",", ("t", "E"))).columns[1].to_list()
    [3.0, 3.5]
    """
    grid = grid_by_blocks(file, header)
    return text_grid(utf8_of(file), header, file.where) if grid is None else grid


def grid_by_blocks(
    file: RawFile, header: Header, *, min_bytes: int = MIN_BYTES, block_bytes: int = BLOCK_BYTES
) -> Grid | None:
    r"""Return the table of a large file in which nothing is unusual; None of any other.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = path.write_text("t,state\n0,R\n1,C\n2,\n")
    >>> grid = grid_by_blocks(RawFile(path), Header(0, ",", ("t", "state")), min_bytes=0, block_bytes=6)
    >>> grid.columns[0].to_list(), grid.columns[1].to_list(), grid.line.tolist()
    ([0.0, 1.0, 2.0], ['R', 'C', None], [2, 3, 4])
    """
    if file.is_packed or file.path.stat().st_size < min_bytes:
        return None
    try:
        with file.path.open("rb") as stream:
            if not all(stream.readline(_LONGEST_LINE).endswith(b"\n") for _ in range(header.at + 1)):
                return None
            before = stream.tell()
            stream.seek(0)
            if not _is_plain(stream.read(before), quotes=True):
                return None
            return _grid(stream, header, file.where, block_bytes)
    except OSError:
        return None  # whoever reads it whole says why


def line_blocks(stream: IO[bytes], size: int) -> Iterator[bytes]:
    r"""Whole lines of a stream from where it stands, about ``size`` bytes at once; the last may lack its end.

    Examples
    --------
    >>> import io
    >>> list(line_blocks(io.BytesIO(b"1,2\n3,4\n5,6"), 5))
    [b'1,2\n3,4\n', b'5,6']
    """
    at, end = stream.tell(), stream.seek(0, os.SEEK_END)
    while at < end:
        # the end of the line is looked for first, so that a block is read once and never moved
        stream.seek(at + size - 1)
        stop = min(end, at + size - 1 + len(stream.readline())) if at + size < end else end
        stream.seek(at)
        yield stream.read(stop - at)
        at = stop


@dataclass
class _Numbers:
    """A column of numbers that grows: its memory becomes the record's, so it is reserved at once."""

    values: NDArray[np.float64]
    rows: int = 0
    gaps: bool = False
    nans: bool = False

    def put(self, column: pl.Series) -> bool:
        """Add a block; False where the column holds both empty fields and not-a-numbers, which an array cannot part."""
        numbers = column.to_numpy()
        empty = column.null_count()
        self.gaps |= empty > 0
        self.nans |= int(np.count_nonzero(np.isnan(numbers))) > empty
        if self.gaps and self.nans:
            return False
        if self.rows + numbers.size > self.values.size:
            grown = np.empty(int(_SPARE * (self.rows + numbers.size)) + numbers.size)
            grown[: self.rows] = self.values[: self.rows]
            self.values = grown
        self.values[self.rows : self.rows + numbers.size] = numbers
        self.rows += numbers.size
        return True

    def column(self) -> pl.Series:
        """Return the column, null where fields were empty."""
        column = pl.Series(self.values[: self.rows])
        return column.fill_nan(None) if self.gaps else column


@dataclass
class _Words:
    """A column of text that grows."""

    parts: list[pl.Series]

    def put(self, column: pl.Series) -> bool:
        """Add a block."""
        self.parts.append(column)
        return True

    def column(self) -> pl.Series:
        """Return the column."""
        return pl.concat(self.parts)


@dataclass(frozen=True, eq=False)
class Body:
    """The rows of a table: its columns, how many rows, and its last line if that does not end."""

    columns: list[pl.Series]
    rows: int
    cut: str | None


def body_by_blocks(
    stream: IO[bytes],
    separator: str,
    kinds: Sequence[type[pl.DataType]],
    *,
    block_bytes: int = BLOCK_BYTES,
    stripped: bool = True,
) -> Body | None:
    r"""Parse rows from where a stream stands to its end; None where a field is not of its kind or a row is odd.

    ``stripped``: words have no blanks around them, and those that are nothing else are null.

    Examples
    --------
    >>> import io
    >>> body = body_by_blocks(io.BytesIO(b"0,R\n1, C\n"), ",", (pl.Float64, pl.String), block_bytes=4)
    >>> body.rows, body.columns[1].to_list(), body.cut
    (2, ['R', 'C'], None)
    """
    start = stream.tell()
    size = stream.seek(0, os.SEEK_END) - start
    stream.seek(start)
    words = {i for i, kind in enumerate(kinds) if kind == pl.String}
    columns: list[_Numbers | _Words] = []
    rows, block = 0, b""
    for block in line_blocks(stream, block_bytes):
        count = _lines(block)
        if not _is_plain(block):
            return None
        if not columns:
            expected = int(_SPARE * count * size / len(block)) + 1
            columns = [_Words([]) if i in words else _Numbers(np.empty(expected)) for i in range(len(kinds))]
        parts = _parts(block, count, separator, kinds)
        if parts is None:
            return None
        if stripped:
            parts = typed_columns(parts, words)
        if not all(column.put(part) for column, part in zip(columns, parts, strict=True)):
            return None
        rows += count
    cut = None if block.endswith(b"\n") else block[block.rfind(b"\n") + 1 :].decode("utf-8", "replace")
    return Body([column.column() for column in columns], rows, cut) if columns else None


def _grid(stream: IO[bytes], header: Header, where: str, block_bytes: int) -> Grid | None:
    start, separator = stream.tell(), header.separator
    sample = _sample(stream, separator)
    stream.seek(start)
    kinds = sample_kinds(sample, len(sample[0])) if _has_one_width(sample) else None
    body = None if kinds is None else body_by_blocks(stream, separator, kinds, block_bytes=block_bytes)
    if kinds is None or body is None:
        return None
    words = {i for i, kind in enumerate(kinds) if kind == pl.String}
    first = header.at + 1
    line = np.arange(first + 1, first + 1 + body.rows, dtype=np.int64)
    grid = named(body.columns, header.texts, line, body.cut is None, where, words)
    if body.cut is None:
        return grid
    above = [fields[-1] for fields in sample[: body.rows - 1]]
    return replace(grid, tail=(len(kinds) - 1, (*above, body.cut.rpartition(separator)[2])))


def _lines(block: bytes) -> int:
    feeds = int(np.count_nonzero(np.frombuffer(block, np.uint8) == _FEED))
    return feeds + (not block.endswith(b"\n"))


def _is_plain(block: bytes, *, quotes: bool = False) -> bool:
    """Whether bytes are UTF-8 as it is parsed: lines end in a line feed, no quotation marks, no odd characters."""
    if (b'"' in block and not quotes) or b"\0" in block or b"\x1a" in block or block.startswith(b"\xef\xbb\xbf"):
        return False
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return False
    if block.isascii():
        return True
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _sample(stream: IO[bytes], separator: str) -> list[list[str]]:
    """Fields of the next lines."""
    lines = [line for _ in range(SAMPLE_ROWS) if (line := stream.readline(_LONGEST_LINE))]
    text = b"".join(lines).decode("utf-8", "replace").replace("\r", "").removesuffix("\n")
    return [line.split(separator) for line in text.split("\n")]


def _has_one_width(sample: list[list[str]]) -> bool:
    return 2 <= len(sample[0]) <= MAX_FIELDS and all(len(fields) == len(sample[0]) for fields in sample)


def _parts(block: bytes, count: int, separator: str, kinds: Sequence[type[pl.DataType]]) -> list[pl.Series] | None:
    """Columns of a block; None where a field is no number, or a row has another number of fields."""
    frame = parsed(block, separator, kinds, quoted=False)
    if frame is None or frame.height != count:
        return None
    # a row with too few fields leaves the last column empty: only then must separators be counted
    if frame.to_series(-1).null_count() and block.count(separator.encode()) != count * (len(kinds) - 1):
        return None
    return frame.get_columns()
