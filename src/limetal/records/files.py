"""Write a record as a Battery Data Format table: .csv or .parquet with machine names."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from limetal.errors import BadInputError
from limetal.records.cycling import CyclingRecord

__all__ = ["file_mask", "write_record"]

#: Columns written, where the record has them.
_COLUMNS = ("test_time_second", "voltage_volt", "current_ampere", "cycle_count", "step_count")


def write_record(record: CyclingRecord, path: Path) -> None:
    """Write a record so that `limetal.read` and other BDF tools read it back; nothing half-written.

    Raises
    ------
    BadInputError
        If the ending is neither .csv nor .parquet, or the folder does not exist.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> file = Path(tempfile.mkdtemp()) / "cell.bdf.csv"
    >>> write_record(CyclingRecord(np.array([0.0, 1.0]), np.array([0.1, 0.2]), None, source="x"), file)
    >>> file.read_text().splitlines()
    ['test_time_second,voltage_volt', '0.0,0.1', '1.0,0.2']
    """
    import polars as pl

    if path.suffix not in {".csv", ".parquet"}:
        raise BadInputError(str(path), f"the ending {path.suffix!r}", ".csv or .parquet")
    if not path.absolute().parent.is_dir():
        raise BadInputError(str(path), "no such folder", "a file in an existing folder")
    columns = {name: getattr(record, name) for name in _COLUMNS if getattr(record, name) is not None}
    table = pl.DataFrame({name: pl.Series(name, values) for name, values in columns.items()})
    handle, temporary = tempfile.mkstemp(dir=path.absolute().parent, suffix=path.suffix)
    os.close(handle)
    try:
        if path.suffix == ".csv":
            table.write_csv(temporary)
        else:
            table.write_parquet(temporary)
        Path(temporary).chmod(0o666 & ~file_mask())
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise BadInputError(
            str(path), f"a place that cannot be written ({error.strerror})", "a writable file"
        ) from error


def file_mask() -> int:
    """Permissions that new files of this user do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
