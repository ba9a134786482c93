"""Workbooks of any origin (.xlsx, .xls, .ods) with a table of time, voltage and current in a sheet.

A sheet is read as a text table is, with the same words for columns and units; sheets without such a table are left out,
and said. Several sheets with one become several records.
"""

from __future__ import annotations

from dataclasses import replace

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.columns import QUANTITIES
from limetal.readers._kit.cycling_columns import checked_hints
from limetal.readers._kit.sheets import is_workbook
from limetal.readers._kit.tables import lines_of
from limetal.readers._kit.text import find_layout
from limetal.readers.delimited import read_lines
from limetal.records.cycling import CyclingRecord

__all__ = ["PLUGIN", "looks_like", "read"]


def looks_like(file: RawFile) -> bool:
    """Whether a file is a workbook with cells in it.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.xlsx"
    >>> _ = path.write_bytes(b"PK no workbook")
    >>> looks_like(RawFile(path))
    False
    """
    try:
        return is_workbook(file) and any(sheet.rows for sheet in file.sheets)
    except BadInputError:
        return False


def read(file: RawFile, options: ReadOptions) -> list[CyclingRecord]:
    """Read every sheet with a table of cycling.

    Raises
    ------
    BadInputError
        If no sheet has one; with sheet and row for anything wrong in one that has.

    Examples
    --------
    >>> import pathlib, tempfile, xlsxwriter
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.xlsx"
    >>> with xlsxwriter.Workbook(path) as book:
    ...     sheet = book.add_worksheet("cell 7")
    ...     for row, cells in enumerate([["Time (h)", "Voltage (mV)"], [0, 10], [0.5, 12]]):
    ...         _ = sheet.write_row(row, 0, cells)
    >>> read(RawFile(path), ReadOptions())[0].test_time_second.tolist()
    [0.0, 1800.0]
    """
    hints = checked_hints(options.columns, file.where)
    records: list[CyclingRecord] = []
    without: list[str] = []
    refusal: BadInputError | None = None
    for name, lines in lines_of(file, whole=True):
        where = f"{file.where}, sheet {name}"
        if find_layout(lines, hints) is None:
            without.append(name)
            try:
                read_lines([*lines, ""], hints, where)
            except BadInputError as error:
                refusal = refusal or error
            continue
        records.append(replace(read_lines([*lines, ""], hints, where), source=file.where, label=name))
    if not records:
        refusal = refusal or file.why_no_sheets
        raise refusal or BadInputError(file.where, "a workbook without a table", "a sheet with time and voltage")
    if without:
        said = f"no table of time and voltage in {', '.join(without)}: left out"
        records[0] = records[0].warned(said)
    return records if len(records) > 1 else [replace(records[0], label="")]


PLUGIN = Reader(
    title="workbook",
    looks_like=looks_like,
    read=read,
    suffixes=(".xlsx", ".xls", ".xlsm", ".ods"),
    documented_at="https://www.iso.org/standard/71691.html",
    instruments=("any origin",),
    rank=2,
    takes_columns=QUANTITIES,
)
