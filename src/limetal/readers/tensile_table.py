"""Tables of load against deformation from any machine, spreadsheet or repository, as text or workbook.

The names of the columns say what they hold and in which unit; a row of units may follow, lines of metadata stand
above. Several specimens may stand side by side under the same names, one below the other, or on sheets of their own.
What a file does not say is not assumed: a stress without unit, or a strain that may be a fraction or percent, is
refused with a sentence that shows what to write.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
from limetal.readers._kit.specimen import date_of, loading_of, specimen_of, triples
from limetal.readers._kit.tensile import HINTS, LOADS, fits_tensile, groups_of, roles_of, tensile_record
from limetal.records.base import About
from limetal.records.tensile import TensileRecord

__all__ = ["PLUGIN", "looks_like", "read"]

_RESULTS = (
    r"f ?max.*", r"max(?:imum)? (?:load|force|stress).*", r"(?:ultimate )?tensile strength.*", r"uts", r"rm",
    r"rp ?0[.,]2.*", r"yield.*", r".*modulus.*", r"elongation at break.*",
)  # fmt: skip
_WHEN = ("date", "datum", "fecha")
_SAMPLE = ("sample", "sample name", "sample id", "specimen", "specimen name", "specimen id", "probe", "echantillon")


def looks_like(file: RawFile) -> bool:
    r"""Whether a text or a sheet names a load and a deformation above numbers.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("Strain (%),Stress (MPa)\n0,0\n0.1,70\n")
    >>> looks_like(RawFile(path))
    True
    """
    if file.head_lines:
        return is_table(file.head_lines, fits_tensile)
    try:
        return any(find_sheet_head(sheet, fits_tensile) for sheet in file.sheets)
    except BadInputError:
        return False


def read(file: RawFile, options: ReadOptions) -> list[TensileRecord]:
    r"""Read every specimen of a table.

    Raises
    ------
    BadInputError
        If there is no load or no deformation, one has no unit or an unknown one, a field is no number, or a comma
        may be decimal or part thousands.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("Extension / mm;Kraft / kN\n0,0;0,0\n0,1;0,25\n")
    >>> [record] = read(RawFile(path), ReadOptions())
    >>> record.force_newton.tolist(), record.displacement_millimetre.tolist()
    ([0.0, 250.0], [0.0, 0.1])
    """
    hints = _checked(options.columns, file.where)
    fits = fits_hints(hints, fits_tensile)
    if hints and all(isinstance(h.column, int) for h in hints.values()) and find_head(file.head_lines, fits) is None:
        table = bare_table(file)
        return [_record(table, range(len(table.headings)), hints)]
    curves = [(table, columns) for table in tables_of(file, fits) for columns in _groups(table, hints)]
    if not curves:
        names = "a row of headers with a load and a deformation and their units, such as 'Force (N)', 'Strain (%)'"
        raise BadInputError(file.where, "no load against deformation", names)
    records = [_record(table, columns, hints) for table, columns in curves]
    if len(records) == 1:
        return records
    labels = [r.label or f"specimen {i + 1}" for i, r in enumerate(records)]
    if len(set(labels)) < len(labels):
        labels = [f"{label} ({i + 1})" for i, label in enumerate(labels)]
    return [replace(record, label=label) for record, label in zip(records, labels, strict=True)]


def _checked(columns: Mapping[str, ColumnHint], where: str) -> dict[str, ColumnHint]:
    for key, hint in columns.items():
        if key not in HINTS:
            raise BadInputError(f"{where}, columns", repr(key), f"one of {', '.join(HINTS)}")
        if isinstance(hint.column, int) and hint.column < 1:
            raise BadInputError(f"{where}, columns.{key}", f"column {hint.column}", "a column counted from 1")
    return dict(columns)


def _groups(table: Table, hints: Mapping[str, ColumnHint]) -> list[list[int]]:
    return [list(range(len(table.headings)))] if hints else groups_of(table)


def _record(table: Table, columns: Sequence[int], hints: Mapping[str, ColumnHint]) -> TensileRecord:
    roles = roles_of(table, columns, hints)
    mark = table.mark([i for q, i in roles.index.items() if q in LOADS])[0]
    entries = triples(table.above)
    specimen = specimen_of(entries, results=_RESULTS, mark=mark)
    by_name = {plain(key): value for key, value, _ in entries}
    title = _title(table, columns)
    about = About(
        start_time=next(
            (d for k, v in by_name.items() if k.startswith(("date", "datum", "fecha")) and (d := date_of(v))), ""
        ),
        sample=next((by_name[k] for k in _SAMPLE if k in by_name), title),
        settings=dict(specimen.settings),
    )
    sheet = table.where.partition(", sheet ")[2]
    named = [table.headings[i].text for i in columns]
    loading = loading_of(*named, *(f"{key} {value}" for key, value, _ in entries))
    return tensile_record(table, roles, columns, specimen, about=about, label=title or sheet, loading=loading)


def _title(table: Table, columns: Sequence[int]) -> str:
    """Return the word above one of several groups of columns."""
    if not table.above or len(columns) == len(table.headings):
        return ""
    row = table.above[-1]
    words = (row[i].strip() for i in columns if i < len(row))
    return next((word for word in words if word and not re.fullmatch(r"[-+\d.,\s]+", word)), "")


PLUGIN = Reader(
    title="table of load and deformation",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv", ".txt", ".tsv", ".dat", ".xlsx", ".xls", ".ods"),
    documented_at="https://www.iso.org/standard/78322.html",
    gives=("tensile",),
    rank=1,
    takes_columns=tuple(HINTS),
)
