"""Sheets of a workbook: .xlsx, .xlsm, .xlsb, .xls and .ods, through calamine."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from limetal.errors import BadInputError
from limetal.readers._kit.old_sheets import old_sheets
from limetal.readers._kit.sheet_limits import refuse_endless_sheets

if TYPE_CHECKING:
    from limetal.readers._file import RawFile

__all__ = ["CellValue", "Sheet", "cell_text", "sheets_of"]

#: What a cell may hold; an empty one holds "".
CellValue = object
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK_MEMBERS = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
_MAX_CELLS = 60_000_000


@dataclass(frozen=True, eq=False)
class Sheet:
    """One sheet; ``rows`` are lists of cells from the first row and column of the sheet, all of one length."""

    name: str
    rows: list[list[CellValue]]


def is_workbook(file: RawFile) -> bool:
    """Whether a file is a workbook, by its members or its mark."""
    return bool(_WORKBOOK_MEMBERS & set(file.members)) or file.head.startswith(_OLE)


def sheets_of(file: RawFile) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook; none if it is no workbook or a broken one.

    Raises
    ------
    BadInputError
        If it unpacks to more than a workbook may, or its cells lie further apart.
    """
    if not is_workbook(file):
        return ()
    from python_calamine import CalamineError, CalamineWorkbook

    if not file.is_zip:
        return tuple(Sheet(name, rows) for name, rows in old_sheets(file.data))
    file.check_zip(deep=True)
    refuse_endless_sheets(file)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.data))
        sheets = []
        for name in book.sheet_names:
            try:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            except CalamineError:
                continue  # a sheet of a chart
            if sum(map(len, rows)) > _MAX_CELLS:
                raise BadInputError(f"{file.where}, sheet {name}", "a sheet without end", "fewer cells")
            sheets.append(Sheet(name, [list(row) for row in rows]))
    except (CalamineError, OSError, ValueError) as error:
        if isinstance(error, BadInputError):
            raise
        return ()
    except BaseException as error:  # a panic of calamine is no Exception
        if type(error).__name__ != "PanicException":
            raise
        return ()
    return tuple(sheets)


def cell_text(value: CellValue) -> str:
    """A cell as text a table reader understands.

    Examples
    --------
    >>> import datetime
    >>> cell_text(1.5), cell_text(3.0), cell_text(" a "), cell_text(datetime.datetime(2024, 5, 1, 12))
    ('1.5', '3', 'a', '2024-05-01 12:00:00')
    """
    import datetime

    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.timedelta):
        total = value.total_seconds()
        hours, rest = divmod(total, 3600)
        minutes, seconds = divmod(rest, 60)
        return f"{int(hours)}:{int(minutes):02d}:{seconds:09.6f}"
    return str(value).strip()
