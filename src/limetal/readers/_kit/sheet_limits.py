"""Whether a workbook is as large as it claims: calamine makes room for every cell between the first and the last.

One cell in the last row and column of a sheet would take 400 GB, and what a library in Rust cannot get ends the
process. So the addresses of cells are looked at before calamine is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from limetal.errors import BadInputError

if TYPE_CHECKING:
    from limetal.readers._file import RawFile

__all__ = ["MAX_CELLS", "refuse_endless_sheets"]

#: Cells of one sheet, empty ones between filled ones among them; the largest real sheets seen have 5 million.
MAX_CELLS = 20_000_000
_ADDRESS = re.compile(rb'<c\b[^>]{0,60}?\br="([A-Z]{1,3})(\d{1,7})"|<row\b[^>]{0,80}?\br="(\d{1,10})"')
_REPEATED = re.compile(rb'number-(rows|columns)-repeated="(\d{1,12})"')


def refuse_endless_sheets(file: RawFile) -> None:
    """Refuse a workbook (.xlsx, .ods) with a sheet whose filled cells lie too far apart.

    Raises
    ------
    BadInputError
        Naming the limit.
    """
    for name in file.members:
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
            _refuse_far_cells(file.member(name), f"{file.where}, member {name}")
        elif name == "content.xml":
            _refuse_repeats(file.member(name), f"{file.where}, member {name}")


def _refuse(cells: int, where: str) -> None:
    if cells > MAX_CELLS:
        raise BadInputError(where, f"a sheet of {cells} cells", f"at most {MAX_CELLS}")


def _refuse_far_cells(xml: bytes, where: str) -> None:
    rows = columns = 1
    for match in _ADDRESS.finditer(xml):
        if match[1]:
            column = 0
            for letter in match[1]:
                column = 26 * column + letter - 64
            columns = max(columns, column)
            rows = max(rows, int(match[2]))
        else:
            rows = max(rows, int(match[3]))
    _refuse(rows * columns, where)


def _refuse_repeats(xml: bytes, where: str) -> None:
    """Empty ends of a sheet repeat a thousand columns in a million rows, which calamine leaves out; filled ones not."""
    if xml.count(b"<table:table-row") > MAX_CELLS:
        raise BadInputError(where, "rows without end", f"at most {MAX_CELLS} cells")
    for row in re.finditer(rb"<table:table-row\b([^>]*)>(.*?)</table:table-row>", xml, re.DOTALL):
        if b"office:value" not in row[2] and b"<text:p" not in row[2]:
            continue
        repeated = _REPEATED.search(row[1])
        rows = int(repeated[2]) if repeated else 1
        width = 0
        for cell in re.finditer(rb"<table:(?:covered-)?table-cell\b([^>]*?)(/?)>", row[2]):
            times = _REPEATED.search(cell[1])
            filled = not cell[2] or b"office:value" in cell[1]
            width += int(times[2]) if times and filled else 1
        _refuse(rows * width, where)
