"""Tables of thickness or strain of a cell over time: dilatometers, gap sensors, strain gauges, from any origin.

The names of the columns say what they hold and in which unit (``Thickness (um)``, ``Expansion / %``, ``Hoop strain
[µε]``); voltage, current, capacity, pressure, temperature and cycle are read where they are named. A table with a
force and nothing of a cell is a mechanical test and not read here. Traps: an expansion is a change and no thickness;
a strain without unit may be a fraction, percent or microstrain and is refused; a file without any names is read only
when the user says which column is which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from limetal.errors import BadInputError
from limetal.readers._base import ColumnHint, Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.load_tables import (
    Table,
    bare_table,
    find_head,
    find_sheet_head,
    fits_hints,
    is_table,
    tables_of,
)
from limetal.readers._kit.mechanics import plain
from limetal.readers._kit.specimen import date_of, triples
from limetal.readers._kit.thickness import HINTS, fits_thickness, thickness_record
from limetal.records.base import About
from limetal.records.thickness import ThicknessRecord

__all__ = ["PLUGIN", "looks_like", "read"]

_SAMPLE = ("sample", "sample name", "cell", "cell name", "cell id", "probe", "zelle")


def looks_like(file: RawFile) -> bool:
    r"""Whether a text or a sheet names a thickness or strain, and a time or what a cell did.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("Time (h),Voltage (V),Expansion (um)\n0,3.0,0\n1,3.1,0.5\n")
    >>> looks_like(RawFile(path))
    True
    """
    if file.head_lines:
        return is_table(file.head_lines, fits_thickness)
    try:
        return any(find_sheet_head(sheet, fits_thickness) for sheet in file.sheets)
    except BadInputError:
        return False


def read(file: RawFile, options: ReadOptions) -> list[ThicknessRecord]:
    r"""Read every table of thickness or strain.

    Raises
    ------
    BadInputError
        If there is no thickness and no strain, one has no unit or an unknown one, a field is no number, or a comma
        may be decimal or part thousands.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("Time / h;Thickness / mm\n0;5,02\n0,5;5,04\n")
    >>> [record] = read(RawFile(path), ReadOptions())
    >>> record.test_time_second.tolist(), record.thickness_micrometre.tolist()
    ([0.0, 1800.0], [5020.0, 5040.0])
    """
    hints = _checked(options.columns, file.where)
    fits = fits_hints(hints, fits_thickness)
    if hints and all(isinstance(h.column, int) for h in hints.values()) and find_head(file.head_lines, fits) is None:
        return [thickness_record(bare_table(file), hints)]
    records = [_record(table, hints) for table in tables_of(file, fits)]
    if not records:
        wanted = "a row of headers with a thickness or strain and its unit, such as 'Time (h)', 'Expansion (um)'"
        raise BadInputError(file.where, "no thickness and no strain", wanted)
    if len(records) == 1:
        return records
    labels = [r.label or f"table {i + 1}" for i, r in enumerate(records)]
    if len(set(labels)) < len(labels):
        labels = [f"{label} ({i + 1})" for i, label in enumerate(labels)]
    return [replace(record, label=label) for record, label in zip(records, labels, strict=True)]


def _checked(columns: Mapping[str, ColumnHint], where: str) -> dict[str, ColumnHint]:
    for key, hint in columns.items():
        if key not in HINTS:
            raise BadInputError(f"{where}, columns", repr(key), f"one of {', '.join(HINTS)}")
        if isinstance(hint.column, int) and hint.column < 1:
            raise BadInputError(f"{where}, columns.{key}", f"column {hint.column}", "a column counted from 1")
    if columns and not {"thickness", "thickness_change", "strain"} & set(columns):
        wanted = "one of thickness, thickness_change and strain"
        raise BadInputError(f"{where}, columns", ", ".join(columns), wanted)
    return dict(columns)


def _record(table: Table, hints: Mapping[str, ColumnHint]) -> ThicknessRecord:
    entries = triples(table.above)
    by_name = {plain(key): value for key, value, _ in entries}
    about = About(
        start_time=next((d for k, v in by_name.items() if k.startswith(("date", "datum")) and (d := date_of(v))), ""),
        sample=next((by_name[k] for k in _SAMPLE if k in by_name), ""),
        settings={key: f"{value} {unit}".strip() for key, value, unit in entries},
    )
    return thickness_record(table, hints, about=about, label=table.where.partition(", sheet ")[2])


PLUGIN = Reader(
    title="table of thickness or strain",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv", ".txt", ".tsv", ".dat", ".xlsx", ".xls", ".ods"),
    documented_at=(
        "https://github.com/ARTS-Laboratory/dataset-electrothermal-deformation-characterization-for-samsung-30Q-cell"
    ),
    gives=("thickness",),
    rank=1,
    takes_columns=tuple(HINTS),
)
