"""Workbooks that ZwickRoell testXpert exports (.xlsx, .xls): sheets of results and sheets of values, in pairs.

A sheet of values has the name of the specimen above each column, then names, units and rows; several specimens stand
side by side or on sheets of their own. A sheet of results has names, units and one row for each specimen. Traps:
``Strain`` in mm is an extension; a stop of the test may leave a time of 0 in every row; `a0` is a thickness here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.load_tables import Table, find_sheet_head, sheet_tables
from limetal.readers._kit.mechanics import Heading, plain, read_unit
from limetal.readers._kit.sheets import Sheet, cell_text
from limetal.readers._kit.specimen import specimen_of
from limetal.readers._kit.tensile import fits_tensile, groups_of, roles_of, tensile_record
from limetal.readers._kit.zwick import CHANNELS, RESULTS, SAMPLE_KEYS, about_zwick, with_extensometer
from limetal.records.tensile import TensileRecord

__all__ = ["PLUGIN", "looks_like", "read"]

Entries = list[tuple[str, str, str]]


def looks_like(file: RawFile) -> bool:
    """Whether a workbook has a sheet with testXpert's channels and a row of units.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.xlsx"
    >>> _write(path)
    >>> looks_like(RawFile(path))
    True
    """
    try:
        return any(_is_curve(sheet) for sheet in file.sheets)
    except BadInputError:
        return False


def read(file: RawFile, options: ReadOptions) -> list[TensileRecord]:  # noqa: ARG001 - one signature for all
    """Read every curve of a workbook.

    Raises
    ------
    BadInputError
        If no sheet has a curve, a unit is missing or a field is no number.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.xlsx"
    >>> _write(path)
    >>> [(r.force_newton.tolist(), r.area_mm2) for r in read(RawFile(path), ReadOptions())]
    [([0.0, 100.0], 12.5)]
    """
    sheets = [sheet for sheet in file.sheets if _is_curve(sheet)]
    if not sheets:
        raise BadInputError(file.where, "no sheet with a curve", "a workbook of testXpert with its values")
    results: list[Entries] = [entries for sheet in file.sheets if sheet not in sheets for entries in _results(sheet)]
    records: list[TensileRecord] = []
    for sheet in sheets:
        for found in sheet_tables(file, sheet, fits_tensile):
            table = with_extensometer(found)
            groups = groups_of(table)
            for columns in groups:
                name = _title(table, columns)
                records.append(_record(table, columns, name, results, alone=len(sheets) * len(groups) == 1))
    if len(records) == 1:
        return records
    labels = [r.label or f"curve {i + 1}" for i, r in enumerate(records)]
    if len(set(labels)) < len(labels):
        labels = [f"{label} ({i + 1})" for i, label in enumerate(labels)]
    return [replace(record, label=label) for record, label in zip(records, labels, strict=True)]


def _fits(headings: Sequence[Heading]) -> bool:
    return fits_tensile(headings) and any(h.name in CHANNELS for h in headings)


def _is_curve(sheet: Sheet) -> bool:
    return find_sheet_head(sheet, _fits) is not None


def _title(table: Table, columns: Sequence[int]) -> str:
    """Name of the specimen in the row above the names, of the first column that has one."""
    if not table.above:
        return ""
    return next((table.above[-1][i].strip() for i in columns if i < len(table.above[-1]) and table.above[-1][i]), "")


def _record(table: Table, columns: Sequence[int], name: str, results: list[Entries], *, alone: bool) -> TensileRecord:
    """Join a curve with the row of results of its specimen; by name, or where both are the only ones."""
    mine = [e for e in results if any(plain(k) in SAMPLE_KEYS and v.strip() == name.strip() for k, v, _ in e)]
    if not mine and alone and len(results) == 1:
        mine = results
    entries = mine[0] if len(mine) == 1 else []
    warnings = [f"{len(mine)} rows of results have the name {name!r}, so none is joined"] if len(mine) > 1 else []
    specimen = specimen_of(entries, results=RESULTS, mark=".")
    about = about_zwick(entries, specimen.settings, name)
    return tensile_record(
        table, roles_of(table, columns), columns, specimen, about=about, label=name, warnings=warnings
    )  # fmt: skip


def _results(sheet: Sheet) -> list[Entries]:
    """Return the rows of a sheet of results: names, then units, then a row for each specimen."""
    rows = [[cell_text(cell) for cell in row] for row in sheet.rows[:1000]]
    for at in range(min(len(rows) - 1, 50)):
        names, units = rows[at], rows[at + 1]
        if not any(plain(n) in SAMPLE_KEYS for n in names) or not any(u and read_unit(u) for u in units):
            continue
        found = []
        for row in rows[at + 2 :]:
            entries = [(n, v, u) for n, v, u in zip(names, row, units, strict=False) if n and v]
            if len(entries) > 1:
                found.append(entries)
        return found
    return []


def _write(path: object) -> None:
    """Write a small workbook for the examples."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        results, values = book.add_worksheet("Results A"), book.add_worksheet("Values A")
        for i, row in enumerate((["", "Specimen designation", "S0"], ["", "", "mm²"], ["", "A", 12.5])):
            results.write_row(i, 0, row)
        rows = (["A"] * 3, ["Time", "Standard force", "Strain"], ["s", "kN", "mm"], [0, 0, 0], [1, 0.1, 0.01])
        for i, row in enumerate(rows):
            values.write_row(i, 0, row)


PLUGIN = Reader(
    title="ZwickRoell testXpert workbook",
    looks_like=looks_like,
    read=read,
    suffixes=(".xlsx", ".xls"),
    documented_at="https://github.com/a-hilhorst/Tensile-test-Analysis",
    gives=("tensile",),
    instruments=("ZwickRoell",),
)
