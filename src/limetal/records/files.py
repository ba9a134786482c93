"""Write records as tables: .csv, .parquet or .xlsx; cycling under the machine names of the Battery Data Format.

Columns a record has beyond the known ones follow under their own headers. A ``.metadata.json`` beside the table
(JSON-LD) says what each column is, in which unit, and what the instrument's file said of itself; a Parquet table also
holds it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limetal.errors import BadInputError
from limetal.records.base import Record
from limetal.records.image import ImageRecord
from limetal.records.metadata import METADATA_KEY, metadata_of, sidecar

if TYPE_CHECKING:
    import polars as pl

__all__ = ["file_mask", "write_record", "write_records"]

ENDINGS = (".csv", ".parquet", ".xlsx")
#: Rows a sheet of a workbook can have, without the header.
_SHEET_ROWS = 1_048_575
_SHEET_NAME = 31


def write_record(record: Record, path: Path) -> None:
    """Write one record; see `write_records`.

    Examples
    --------
    >>> import numpy as np
    >>> from limetal.records.cycling import CyclingRecord
    >>> file = Path(tempfile.mkdtemp()) / "cell.bdf.csv"
    >>> write_record(CyclingRecord(np.array([0.0, 1.0]), np.array([0.1, 0.2]), None, source="x"), file)
    >>> file.read_text().splitlines()
    ['test_time_second,voltage_volt', '0.0,0.1', '1.0,0.2']
    """
    write_records((record,), path)


def write_records(records: Sequence[Record], path: Path) -> None:
    """Write the records of one file so that `limetal.readers` and other tools read them back; nothing half-written.

    Several records become sheets of an .xlsx, or one long table with their label in the first column.

    Raises
    ------
    BadInputError
        If the ending is none of .csv, .parquet and .xlsx, the folder does not exist, an image is to become a table,
        a table is too long for a sheet, or records of several kinds are to become one table.
    """
    if path.suffix not in ENDINGS:
        raise BadInputError(str(path), f"the ending {path.suffix!r}", ".csv, .parquet or .xlsx")
    if not path.absolute().parent.is_dir():
        raise BadInputError(str(path), "no such folder", "a file in an existing folder")
    for record in records:
        if isinstance(record, ImageRecord):
            raise BadInputError(str(path), "an image", "a record with columns; an image is no table")
    text = json.dumps(sidecar(records, path.name), ensure_ascii=False, indent=1)
    side = path.with_name(path.name.removesuffix(path.suffix) + ".metadata.json")
    if path.suffix == ".xlsx":
        sheets = _sheets(records, path)
        _replace(path, lambda file: _write_workbook(sheets, file))
    else:
        table = _long_table(records, path)
        if path.suffix == ".csv":
            _replace(path, table.write_csv)
        else:
            inside = {METADATA_KEY: json.dumps([metadata_of(r) for r in records], ensure_ascii=False)}
            _replace(path, lambda file: table.write_parquet(file, metadata=inside))
    _replace(side, lambda file: Path(file).write_text(text + "\n", encoding="utf-8"))


def _table(record: Record) -> pl.DataFrame:
    import polars as pl

    columns: dict[str, Any] = {**record.columns()}
    for name, values in record.more.items():
        columns[name if name not in columns else f"{name} (file)"] = values
    series = []
    for name, values in columns.items():
        text = values.dtype.kind in "OUS"
        series.append(pl.Series(name, [str(v) for v in values] if text else values))
    return pl.DataFrame(series)


def _long_table(records: Sequence[Record], path: Path) -> pl.DataFrame:
    import polars as pl

    if len(records) == 1:
        return _table(records[0])
    kinds = sorted({r.kind for r in records})
    if len(kinds) > 1:
        raise BadInputError(str(path), f"records of {' and '.join(kinds)}", "an .xlsx file, which has a sheet for each")
    tables = [_table(r).insert_column(0, pl.Series("record", [r.label] * r.rows)) for r in records]
    return pl.concat(tables, how="diagonal_relaxed")


def _sheets(records: Sequence[Record], path: Path) -> dict[str, pl.DataFrame]:
    sheets: dict[str, pl.DataFrame] = {}
    for number, record in enumerate(records, start=1):
        if record.rows > _SHEET_ROWS:
            raise BadInputError(
                str(path), f"{record.rows} rows", f"at most {_SHEET_ROWS} in a sheet; .parquet takes all"
            )
        name = "".join("_" if c in "[]:*?/\\'" else c for c in record.label or record.kind)[:_SHEET_NAME]
        if not name.strip() or name.lower() in {known.lower() for known in sheets}:
            name = f"{number} {name}"[:_SHEET_NAME]
        sheets[name] = _table(record)
    return sheets


def _write_workbook(sheets: dict[str, pl.DataFrame], file: str) -> None:
    import xlsxwriter

    options = {"nan_inf_to_errors": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        for name, table in sheets.items():
            table.write_excel(book, name, float_precision=6, dtype_formats={}, autofit=False)


def _replace(path: Path, write: Any) -> None:  # noqa: ANN401 - a function of a file name
    """Let a function write a temporary file, which then takes the place of ``path`` at once."""
    handle, temporary = tempfile.mkstemp(dir=path.absolute().parent, suffix=path.suffix)
    os.close(handle)
    try:
        write(temporary)
        Path(temporary).chmod(0o666 & ~file_mask())
        Path(temporary).replace(path)
    except OSError as error:
        raise BadInputError(
            str(path), f"a place that cannot be written ({error.strerror})", "a writable file"
        ) from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def file_mask() -> int:
    """Permissions that new files of this user do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
