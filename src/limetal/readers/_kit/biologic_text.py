"""The table of an EC-Lab text export: bytes in, columns of numbers out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._kit.open_end import NO_END, is_cut_row

__all__ = ["Body", "numbers_of"]

#: What stands where a number could not be had.
_MISSING = ("", "XXX", "xxx", "-", "NaN", "nan", "-nan", "#QNAN", "-1.#IND", "1.#QNAN", "-1.#QNAN", "1.#INF", "-1.#INF")
_MISSING_TEXT = re.compile(r"(?:x+|-?nan|-?inf|[-+]?1?[.,]?#\w+|[-+]?1[.,]#\w+|\*+|-+|n/?a)?", re.IGNORECASE)
#: Columns that become part of a record, or of what is reckoned from them.
_USED = re.compile(
    r"<?(?:time|E|I|control|freq|Re\(|-?Im\(|\|Z|Phase\(|dq|dQ|\(Q-Qo)[^ ]*"
    r"|Ns|cycle number|half cycle|z cycle|mode|ox/red"
)
_TAIL = 2**20
_COMPARED = 200  # rows above the last one


@dataclass(frozen=True)
class Body:
    """The bytes below the names; ``first_line`` is the number of the line at which they begin.

    ``last_name`` is the name of the last column, which may be cut.
    """

    data: bytes
    start: int
    first_line: int
    where: str
    last_name: str = "time/s"

    @cached_property
    def end(self) -> int:
        """Byte at which the rows end: before a cut last line and blank ones."""
        if self.is_cut is True:
            return max(self.start, self.data.rfind(b"\n") + 1)
        tail = self.data[max(self.start, len(self.data) - _TAIL) :]
        return len(self.data) - len(tail) + len(tail.rstrip(b"\r\n \t"))

    @property
    def first_row(self) -> bytes:
        """Return the first row that is not blank."""
        lines = self.data[self.start : min(self.end, self.start + _TAIL)].split(b"\n", 200)
        return next((line.rstrip(b"\r") for line in lines if line.strip()), b"")

    @cached_property
    def is_cut(self) -> bool | None:
        """Whether the last line has no end and shows that it stops in the middle of a number; None if it may."""
        if self.data.endswith((b"\n", b"\r")) or len(self.data) <= self.start:
            return False
        tail = self.data[max(self.start, len(self.data) - _TAIL) :].decode("utf-8", "replace")
        *above, last = [line.rstrip("\r").split("\t") for line in tail.rsplit("\n", _COMPARED)]
        if not any(field.strip() for field in last):
            return False
        above = [fields for fields in above[-_COMPARED + 1 :] if any(fields)]
        if above and len(last) < len(above[-1]):
            return True
        is_used = _USED.fullmatch(self.last_name) is not None
        return is_cut_row(last[-1], [fields[-1] for fields in above if len(fields) == len(last)], is_used=is_used)

    def place(self, row: int) -> str:
        """Say where a row is, blank lines not counted."""
        return f"{self.where}, line {self.first_line + row}"


def numbers_of(body: Body, names: list[str]) -> tuple[dict[str, NDArray[np.generic]], list[str]]:
    r"""Columns by name, and what to warn about; a column that holds words stays words.

    Raises
    ------
    BadInputError
        If rows and names differ in number, or a column of EC-Lab's numbers holds something else.

    Examples
    --------
    >>> body = Body(b"1,5E+000\t2\nXXX\t3\n", 0, 2, "a.mpt")
    >>> {name: column.tolist() for name, column in numbers_of(body, ["time/s", "Ns", ""])[0].items()}
    {'time/s': [1.5, nan], 'Ns': [2.0, 3.0]}
    """
    warnings = ["the last line is cut and was left out"] if body.is_cut else []
    if body.is_cut is None:
        warnings.append(f"the last line {NO_END}")
    first = body.first_row
    if not first:
        raise BadInputError(body.where, "no rows below the names", "at least two")
    names, note = _fitting(names, first, body)
    warnings += note
    width = first.count(b"\t") + 1
    frame = _fast(body, width)
    if frame is None:
        frame, note = _slow(body, width, names)
        warnings += note
    columns: dict[str, NDArray[np.generic]] = {}
    for index, name in enumerate(names):
        column = frame.to_series(index)
        key = name or f"column {index + 1}"
        key = f"{key} (column {index + 1})" if key in columns else key
        if column.dtype == pl.Float64:
            columns[key] = column.fill_null(np.nan).to_numpy()
        else:
            columns[key] = column.fill_null("").to_numpy()
    return columns, warnings


def _fitting(names: list[str], first: bytes, body: Body) -> tuple[list[str], list[str]]:
    """Names that stand above the numbers of the first row."""
    fields = first.rstrip(b"\r\n").split(b"\t")
    width = len(fields) - (len(fields) > 1 and not fields[-1].strip())
    while names and not names[-1]:
        names = names[:-1]
    if width == len(names):
        return names, []
    gap = names.index("") if "" in names else len(names)
    if width == gap:
        lost = ", ".join(name for name in names[gap:] if name)
        return names[:gap], [f"the names {lost} stand above no numbers"]
    raise BadInputError(
        f"{body.where}, line {body.first_line}",
        f"{width} numbers under {len(names)} names, so no name is sure",
        "as many names as numbers",
    )


def _fast(body: Body, width: int) -> pl.DataFrame | None:
    """All fields as numbers in one go; None where a field is none, or rows differ in length."""
    data, start, end = body.data, body.start, body.end
    comma = data.find(b",", start, end) >= 0
    if comma and data.find(b".", start, end) >= 0:
        return None
    whole = data.count(b"\n", end) <= 1 and not body.is_cut  # then the bytes need no copy
    try:
        frame = pl.read_csv(
            data if whole else data[start:end],
            skip_lines=data.count(b"\n", 0, start) if whole else 0,
            has_header=False,
            separator="\t",
            schema={f"c{i}": pl.Float64 for i in range(width)},
            null_values=list(_MISSING),
            quote_char=None,
            decimal_comma=comma,
        )
    except (pl.exceptions.PolarsError, ValueError):
        return None
    # the last row may have lost tabs to the search for its end
    tabs = data.count(b"\t", start) if whole else data.count(b"\t", start, end)
    return frame if tabs == frame.height * (width - 1) else None


def _slow(body: Body, width: int, names: list[str]) -> tuple[pl.DataFrame, list[str]]:
    """Fields one by one, with the line of what is wrong."""
    lines = body.data[body.start : body.end].decode("utf-8", "replace").split("\n")
    kept = [(number, line) for number, line in enumerate(lines) if line.strip() and not line.startswith("#")]
    table: list[list[str]] = []
    warnings: list[str] = []
    for number, line in kept:
        fields = [field.strip() for field in line.split("\t")]
        if number == kept[-1][0]:
            fields += [""] * (len(names) - len(fields) if body.data[body.end : body.end + 1] == b"\t" else 0)
        if len(fields) != width and not (
            len(fields) == len(names) or (len(fields) == len(names) + 1 and not fields[-1])
        ):
            place = f"{body.where}, line {body.first_line + number}"
            raise BadInputError(place, f"{len(fields)} fields", f"{len(names)} as in the row of names")
        table.append(fields[: len(names)])
    left_out = kept[-1][0] + 1 - len(kept) if kept else 0  # blank lines at the end are none of the table
    if left_out:
        warnings.append(f"{left_out} blank or commented lines left out")
    columns: list[pl.Series] = []
    for index, name in enumerate(names):
        texts = pl.Series(f"c{index}", [row[index] for row in table], pl.String)
        columns.append(_column(texts, name, [number for number, _ in kept], body))
    return pl.DataFrame(columns), warnings


def _column(texts: pl.Series, name: str, lines: list[int], body: Body) -> pl.Series:
    """Numbers of one column; words where it holds words and EC-Lab has no number of this name."""
    numbers = texts.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    for row in np.flatnonzero(numbers.is_null().to_numpy()).tolist():
        text = texts[row]
        if _MISSING_TEXT.fullmatch(text):
            continue
        if name == "time/s" and re.match(r"\d{1,4}[/.\-]\d", text):
            return texts
        if "/" in name or name in {"mode", "ox/red", "error", "Ns"}:
            place = f"{body.where}, line {body.first_line + lines[row]}"
            raise BadInputError(place, f"{text[:40]!r} in column {name!r}", "a number")
        return texts
    return numbers
