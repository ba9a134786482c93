"""Battery Data Format tables in Parquet: machine names of ontology 1.3.0, units in the names."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import polars as pl

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.records.base import ParquetColumns, handed_over
from limetal.records.cycling import CyclingRecord
from limetal.records.metadata import METADATA_KEY, about_from

__all__ = ["PLUGIN", "looks_like", "read"]

MAGIC = b"PAR1"
NEEDED = ("test_time_second", "voltage_volt")
COUNTS = ("cycle_count", "step_count")


def looks_like(file: RawFile) -> bool:
    """Whether a file begins as Parquet does.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "cell.bdf.parquet"
    >>> _ = path.write_bytes(b"PAR1...")
    >>> looks_like(RawFile(path))
    True
    """
    return file.head.startswith(MAGIC)


def read(file: RawFile, options: ReadOptions) -> CyclingRecord:  # noqa: ARG001 - one signature for all
    """Read a BDF table; columns beyond the known ones are kept in ``more``.

    Raises
    ------
    BadInputError
        If it is no Parquet file, lacks time or voltage under their BDF names.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "cell.bdf.parquet"
    >>> pl.DataFrame({"test_time_second": [0.0, 1.0], "voltage_volt": [3.0, 3.1]}).write_parquet(path)
    >>> read(RawFile(path), ReadOptions()).voltage_volt.tolist()
    [3.0, 3.1]
    """
    path = file.path
    known = (*NEEDED, "current_ampere", *COUNTS)
    try:
        packed = path.read_bytes()
        names = pl.read_parquet_schema(io.BytesIO(packed))
        missing = [name for name in NEEDED if name not in names]
        if missing:
            found = f"the columns {', '.join(list(names)[:8])}"
            raise BadInputError(str(path), found, f"BDF columns with {' and '.join(missing)}")
        table = pl.read_parquet(io.BytesIO(packed), columns=[name for name in known if name in names]).rechunk()
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise BadInputError(str(path), f"a damaged Parquet file ({reason})", "a whole one") from error
    about, origin, warnings = about_from(_own_words(path))
    more = ParquetColumns(packed, tuple(name for name in names if name not in known), table.height, str(path))
    return CyclingRecord(
        test_time_second=_numbers(table, "test_time_second", path),
        voltage_volt=_numbers(table, "voltage_volt", path),
        current_ampere=_numbers(table, "current_ampere", path) if "current_ampere" in table.columns else None,
        cycle_count=_counts(table, "cycle_count", path),
        step_count=_counts(table, "step_count", path),
        source=str(path),
        origin="simulated" if origin == "simulated" else "measured",
        about=about,
        more=more,
        warnings=warnings,
    )


def _own_words(path: Path) -> str:
    """What limetal itself wrote into the file beside the table; empty if another program wrote it."""
    try:
        return pl.read_parquet_metadata(path).get(METADATA_KEY, "")
    except (pl.exceptions.PolarsError, OSError):
        return ""


def _numbers(table: pl.DataFrame, name: str, path: Path) -> np.ndarray:
    column = table[name]
    if not column.dtype.is_numeric():
        raise BadInputError(str(path), f"{name} of type {column.dtype}", "numbers")
    if column.dtype == pl.Float64 and not column.null_count():
        return handed_over(column.to_numpy())
    return handed_over(np.array(column.cast(pl.Float64).fill_null(float("nan")).to_numpy()))


def _counts(table: pl.DataFrame, name: str, path: Path) -> np.ndarray | None:
    if name not in table.columns:
        return None
    column = table[name]
    if column.dtype == pl.Int64 and not column.null_count():
        return handed_over(column.to_numpy())
    numbers = _numbers(table, name, path)
    bad = ~(np.isfinite(numbers) & (numbers == np.round(numbers)))
    if bad.any():
        row = int(np.argmax(bad))
        raise BadInputError(f"{path}, data row {row + 1}", f"{name} {numbers[row]:g}", "a whole number")
    return numbers.astype(np.int64)


PLUGIN = Reader(
    title="Battery Data Format (Parquet)",
    looks_like=looks_like,
    read=read,
    suffixes=(".bdf.parquet", ".parquet"),
    documented_at="https://github.com/battery-data-alliance/battery-data-format",
)
