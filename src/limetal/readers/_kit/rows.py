"""From the lines below a header to columns of numbers, with the line of the file that each row came from."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._kit.text import SPACES, WIDE_SPACES, Layout, fields

__all__ = ["Rows", "as_clock", "as_numbers", "is_clock", "is_date", "read_rows"]

_CLOCK = r"^(?:(\d+)\s*(?:d|days?|[-.,])?\s+|(\d+)\s*(?:d|[-]))?\s*(\d+):(\d{1,2}):(\d{1,2}(?:[.,]\d*)?)$"
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?:\D|$)|\d{4}-\d\d-\d\dT")
_SHEET_ERROR = r"^#(?:VALUE|N/A|DIV/0|REF|NUM|NAME|NULL)"  # of a spreadsheet: a broken field, no remark
_QUOTED = r'"(?:[^"]|"")*"'


@dataclass(frozen=True)
class Rows:
    """The body of a table as text.

    Attributes
    ----------
    frame
        Columns of text, named ``0``, ``1``, ... from the left.
    line : (n,) int
        Line of the file for each row, counted from 1.
    ends
        Whether the last line of the file ends; if not, its last number may be cut.
    warnings
        What was dropped, in sentences.
    """

    frame: pl.DataFrame
    line: NDArray[np.int64]
    ends: bool
    warnings: tuple[str, ...] = ()

    def column(self, index: int) -> pl.Series:
        """Text of a column without blanks around it."""
        return self.frame[str(index)].fill_null("").str.strip_chars()

    def without_last(self, reason: str) -> Rows:
        """Drop the last row, and say so."""
        warning = f"line {self.line[-1]} was left out: {reason}"
        return replace(self, frame=self.frame[:-1], line=self.line[:-1], ends=True, warnings=(*self.warnings, warning))


def read_rows(lines: list[str], layout: Layout, where: str) -> Rows:
    """Part the lines below the header into columns.

    Raises
    ------
    BadInputError
        If there are no rows, or a row has fields too few or too many; a last row that is cut off is left out.
    """
    spaced = layout.delimiter in (SPACES, WIDE_SPACES)
    separator = "\t" if spaced else layout.delimiter
    every = pl.Series("line", lines[layout.first_line :], dtype=pl.String)
    bare = every.str.strip_chars(' \t"' + separator)
    remark = bare.str.contains(r"^[~#]") & ~bare.str.contains(_SHEET_ERROR)
    keep = (bare != "") & ~remark
    line = keep.arg_true().to_numpy().astype(np.int64) + layout.first_line + 1
    body = every.filter(keep)
    if not len(body):
        raise BadInputError(where, "headers and no rows of data", "at least two rows")
    if spaced:
        body = body.str.strip_chars().str.replace_all(r"\s+", "\t")
    quoted = bool(body.str.contains('"', literal=True).any())
    ends = not lines[-1].strip()
    warnings: tuple[str, ...] = ()
    if quoted and _open_quotes(body, line, ends, where):
        body, line, warnings = body[:-1], line[:-1], (_cut_off(int(line[-1])),)
    counts = _count_fields(body, separator, quoted)
    width = _usual(counts)
    if counts.size > 1 and counts[-1] < width:
        body, line, counts, warnings = body[:-1], line[:-1], counts[:-1], (_cut_off(int(line[-1])),)
    _refuse_other_widths(body, line, counts, width, separator, where)
    frame = _parse(body, separator, width, quoted, where)
    rows = Rows(frame, line, ends or bool(warnings), warnings)
    _refuse_unnamed(rows, layout, width, where)
    if width < len(layout.headers):
        said = f"rows have {width} fields under {len(layout.headers)} headers; they were counted from the left"
        rows = replace(rows, warnings=(*warnings, said))
    return rows


def as_numbers(texts: pl.Series, decimal_comma: bool) -> NDArray[np.float64]:
    """Numbers of a column, not-a-number where a field holds none.

    Examples
    --------
    >>> as_numbers(pl.Series(["1,5", "-2e3", "x"]), True).tolist()
    [1.5, -2000.0, nan]
    """
    if decimal_comma:
        texts = texts.str.replace(",", ".", literal=True)
    return texts.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().astype(np.float64)


def as_clock(texts: pl.Series) -> NDArray[np.float64]:
    """Seconds of a column of ``hh:mm:ss``, with days in front or decimals behind if it has them.

    Examples
    --------
    >>> as_clock(pl.Series(["00:00:01.5", "144:00:00", "2d 02:52:51", "1 00:00:00", "00:61:00"])).tolist()
    [1.5, 518400.0, 183171.0, 86400.0, nan]
    """
    parts = texts.str.extract_groups(_CLOCK).struct.unnest()
    days, other, hours, minutes, seconds = (
        parts.to_series(i).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False) for i in range(5)
    )
    minutes = minutes.set(minutes >= 60, None)
    seconds = seconds.set(seconds >= 60, None)
    total = days.fill_null(0) * 86400 + other.fill_null(0) * 86400 + hours * 3600 + minutes * 60 + seconds
    return total.fill_null(np.nan).to_numpy().astype(np.float64)


def is_clock(text: str) -> bool:
    """Whether a field is a time as ``hh:mm:ss``.

    Examples
    --------
    >>> is_clock("144:02:18.5"), is_clock("2025-06-17 09:26:39"), is_clock("12:30")
    (True, False, False)
    """
    return re.match(_CLOCK, text.strip()) is not None


def is_date(text: str) -> bool:
    """Whether a field begins with a date.

    Examples
    --------
    >>> is_date("2025-06-17 09:26:39"), is_date("04/30/2024 14:33:19"), is_date("0.25")
    (True, True, False)
    """
    return _DATE.match(text.strip()) is not None


def _cut_off(line: int) -> str:
    return f"line {line} was left out: it has too few fields, as if the file was cut off"


def _open_quotes(body: pl.Series, line: NDArray[np.int64], ends: bool, where: str) -> bool:
    """Whether the last line is cut inside quotation marks; elsewhere such a line is an error."""
    odd = (body.str.count_matches('"', literal=True) % 2 == 1).to_numpy()
    at = np.flatnonzero(odd)
    if not at.size:
        return False
    if at[0] == odd.size - 1 and odd.size > 1 and not ends:
        return True
    raise BadInputError(f"{where}, line {line[at[0]]}", "a quotation mark that is not closed", "pairs of them")


def _count_fields(body: pl.Series, separator: str, quoted: bool) -> NDArray[np.int64]:
    bare = body.str.replace_all(_QUOTED, "") if quoted else body
    return bare.str.count_matches(separator, literal=True).to_numpy().astype(np.int64) + 1


def _usual(counts: NDArray[np.int64]) -> int:
    """Fields that most rows have; of equals the larger."""
    table = np.bincount(counts)
    return int(table.size - 1 - np.argmax(table[::-1]))


def _refuse_other_widths(
    body: pl.Series,
    line: NDArray[np.int64],
    counts: NDArray[np.int64],
    width: int,
    separator: str,
    where: str,
) -> None:
    """Refuse rows with another number of fields; empty ones beyond the usual are a habit of writers."""
    other = np.flatnonzero(counts != width)
    for at in other[:10_000]:
        extra = fields(str(body[int(at)]), separator)[width:]
        if counts[at] < width or any(extra):
            comma = ": is the comma also in the numbers?" if separator == "," else ""
            raise BadInputError(
                f"{where}, line {line[at]}", f"{counts[at]} fields{comma}", f"{width} as in the other rows"
            )


def _parse(body: pl.Series, separator: str, columns: int, quoted: bool, where: str) -> pl.DataFrame:
    data = io.BytesIO(str(body.str.join("\n")[0]).encode())
    try:
        frame = pl.read_csv(
            data,
            has_header=False,
            separator=separator,
            quote_char='"' if quoted else None,
            schema={str(i): pl.String for i in range(columns)},
            truncate_ragged_lines=True,
        )
    except pl.exceptions.PolarsError as error:
        raise BadInputError(where, "rows that cannot be parted into columns", "one row of data a line") from error
    if frame.height != len(body):
        raise BadInputError(where, "quotation marks across lines", "one row of data a line")
    return frame


def _refuse_unnamed(rows: Rows, layout: Layout, width: int, where: str) -> None:
    """Refuse rows with more fields than headers, where nobody knows which header is whose."""
    if not layout.headers:
        points = any(rows.column(i).str.contains(".", literal=True).any() for i in range(rows.frame.width))
        if layout.delimiter == "," and not points:
            found = "commas and no point, so that a comma may part columns or be decimal"
            raise BadInputError(f"{where}, line {rows.line[0]}", found, "a row of headers, or semicolons")
        return
    named = len(layout.headers)
    for index in range(named, rows.frame.width):
        filled = (rows.column(index) != "").to_numpy()
        if filled.any():
            wanted = "one header for each column"
            if layout.delimiter == ",":
                wanted = "a header for each column (and no comma between columns if numbers have commas)"
            line = rows.line[int(np.argmax(filled))]
            raise BadInputError(f"{where}, line {line}", f"{width} fields under {named} headers", wanted)
