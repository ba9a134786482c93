"""Tables as CSV with three rows above the numbers: long name, unit, comment, the column labels of Origin.

Origin reads them as such (its import calls them subheader lines). Numbers have a decimal point and the 15 digits that
a double surely holds: the 16th and 17th say how a computer rounded.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from limetal.exhibits import Table
from limetal.quantities import QUANTITIES

__all__ = ["HEADER_ROWS", "Column", "cell_text", "sheet_text", "table_columns"]

#: Rows above the first row of numbers.
HEADER_ROWS = 3
_DIGITS = 15


@dataclass(frozen=True)
class Column:
    """One column: long name, unit (``"1"`` and ``""`` are written as nothing), values, a comment."""

    name: str
    unit: str
    values: Sequence[object]
    comment: str = ""


def table_columns(table: Table) -> list[Column]:
    """Columns of a table with its comments; a word of the vocabulary in its unit has its meaning for a comment.

    Examples
    --------
    >>> [column.comment for column in table_columns(Table("t", {"thickness": ("um", [50.0]), "name": ("", ["a"])}))]
    ['Thickness of an electrode without collector.', '']
    """
    return [
        Column(name, unit, values, table.comments.get(name, _meaning(name, unit)))
        for name, (unit, values) in table.columns.items()
    ]


def _meaning(name: str, unit: str) -> str:
    word = QUANTITIES.get(name)
    return word.meaning if word is not None and word.unit == unit else ""


def sheet_text(columns: Iterable[Column]) -> str:
    """Write columns as CSV; shorter ones end in empty cells.

    Examples
    --------
    >>> columns = [Column("cycle", "1", [1, 2]), Column("voltage", "V", [0.1 + 0.2, None], "at the end")]
    >>> print(sheet_text(columns), end="")
    cycle,voltage
    ,V
    ,at the end
    1,0.3
    2,
    """
    columns = list(columns)
    rows = [
        [column.name for column in columns],
        ["" if column.unit == "1" else column.unit for column in columns],
        [column.comment for column in columns],
        *([cell_text(value) for value in row] for row in zip_longest(*(column.values for column in columns))),
    ]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([" ".join(text.split("\n")) for text in row] for row in rows)
    return buffer.getvalue()


def cell_text(value: object) -> str:
    """A value as text, a number with at most 15 digits; nothing for what is missing.

    Examples
    --------
    >>> [cell_text(value) for value in (0.1 + 0.2, 1e-9, 3, float("nan"), None, "soft short", -0.0, ("a", 1.5))]
    ['0.3', '1e-09', '3', '', '', 'soft short', '0.0', 'a, 1.5']
    """
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(cell_text(part) for part in value)
    if isinstance(value, float):
        short = float(f"{value:.{_DIGITS}g}") + 0.0
        return "" if math.isnan(value) else repr(short if math.isfinite(short) else float(value))
    return str(value)
