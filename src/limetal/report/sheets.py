"""Tables as CSV with three rows above the numbers: long name, unit, comment, the column labels of Origin.

Origin reads them as such (its import calls them subheader lines). Numbers have a decimal point and as many digits as
tell them apart from every other double, no more.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from limetal.exhibits import Table

__all__ = ["HEADER_ROWS", "Column", "cell_text", "sheet_text", "table_columns"]

#: Rows above the first row of numbers.
HEADER_ROWS = 3


@dataclass(frozen=True)
class Column:
    """One column: long name, unit (``"1"`` and ``""`` are written as nothing), values, a comment."""

    name: str
    unit: str
    values: Sequence[object]
    comment: str = ""


def table_columns(table: Table) -> list[Column]:
    """Columns of a table with its comments."""
    return [Column(name, unit, values, table.comments.get(name, "")) for name, (unit, values) in table.columns.items()]


def sheet_text(columns: Iterable[Column]) -> str:
    """Write columns as CSV; shorter ones end in empty cells.

    Examples
    --------
    >>> columns = [Column("cycle", "1", [1, 2]), Column("voltage", "V", [0.1 + 0.2, None], "at the end")]
    >>> print(sheet_text(columns), end="")
    cycle,voltage
    ,V
    ,at the end
    1,0.30000000000000004
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
    """A value as text; nothing for what is missing.

    Examples
    --------
    >>> [cell_text(value) for value in (0.1, 1e-9, 3, float("nan"), None, "soft short", -0.0, ("a", 1.5))]
    ['0.1', '1e-09', '3', '', '', 'soft short', '0.0', 'a, 1.5']
    """
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(cell_text(part) for part in value)
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(float(value) + 0.0)
    return str(value)
