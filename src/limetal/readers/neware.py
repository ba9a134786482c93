"""Neware's binary files: ``.nda`` (one block of records) and ``.ndax`` (a zip of them), through fastnda.

fastnda gives total test time, volts, and milliamperes with charging positive, which is also the sign of
limetal's records. Cycles are counted as the instrument counted them (``cycle_mode="raw"``); where a file has
no counter the record has none, instead of one made up from charge and discharge.
"""

from __future__ import annotations

import logging
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.physics.constants import MA_PER_A
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.neware_about import about_neware
from limetal.records.base import handed_over, words_in_runs
from limetal.records.cycling import CyclingRecord

_NDA, _ZIP = b"NEWARE", b"PK\x03\x04"
_RECORD_COLUMNS = ("total_time_s", "voltage_V", "current_mA", "cycle_count", "step_count")


@dataclass(frozen=True)
class _Decoded:
    """What fastnda read, and what it said meanwhile."""

    table: pl.DataFrame
    remarks: tuple[str, ...]


class _Listener(logging.Handler):
    """Keeps what fastnda logs, so that it reaches the record instead of the terminal."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self.said.append(record.getMessage())


def looks_like(file: RawFile) -> bool:
    r"""Whether the bytes begin a Neware file: its mark, or a zip with Neware's members.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.nda"
    >>> _ = path.write_bytes(b"NEWARE" + bytes(100))
    >>> looks_like(RawFile(path))
    True
    """
    if file.head.startswith(_NDA):
        return True
    return file.is_zip and (any(map(_is_member, file.members)) or any(map(_is_member, _members(file.head))))


def read(file: RawFile, options: ReadOptions) -> CyclingRecord:  # noqa: ARG001 - one signature for all
    """Read a Neware file of any version that fastnda knows, whatever its name ends in.

    Raises
    ------
    BadInputError
        If the file is cut, garbled, empty of records or of an unknown version.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.nda"
    >>> _ = path.write_text("Time (h);Voltage (V)")
    >>> read(RawFile(path), ReadOptions())  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: ...cell.nda: found neither NEWARE nor a zip at its beginning, want
    a Neware file
    """
    where = file.where
    decoded = _decode(file)
    table = decoded.table
    missing = [c for c in ("total_time_s", "voltage_V", "current_mA") if c not in table.columns]
    if missing:
        raise BadInputError(where, f"no {' and no '.join(missing)}", "a complete Neware file")
    no_counter = any("cycle column missing" in remark for remark in decoded.remarks)
    notes = [_tidy(remark) for remark in decoded.remarks if "cycle" not in remark.lower()]
    if no_counter:
        notes.append("the file has no cycle counter")
    table = _each_record_once(table, where, notes)
    return CyclingRecord(
        test_time_second=_floats(table["total_time_s"]),
        voltage_volt=_floats(table["voltage_V"]),
        current_ampere=_floats(table["current_mA"].cast(pl.Float64) / MA_PER_A),
        source=where,
        cycle_count=None if no_counter else _counts(table, "cycle_count"),
        step_count=_counts(table, "step_count"),
        about=about_neware(file),
        more={c: _other(table[c]) for c in table.columns if c not in _RECORD_COLUMNS},
        warnings=tuple(notes),
    )


def _each_record_once(table: pl.DataFrame, where: str, notes: list[str]) -> pl.DataFrame:
    """Records in the order of their numbers, each once; what is missing or double is noted."""
    if "index" not in table.columns or table.height < 2:
        return table
    steps = table["index"].cast(pl.Int64).diff().drop_nulls()
    if (steps == 1).all():
        return table
    if (steps <= 0).any():
        once = table.unique(subset="index", keep="first", maintain_order=True)
        twice = table.height - once.height
        if twice and table.unique().height != once.height:
            again = int(table["index"].filter(table["index"].is_duplicated())[0])
            raise BadInputError(f"{where}, record {again}", "two different rows of one number", "one row for each")
        if twice:
            notes.append(f"{twice} records that were in the file twice were left out")
        table = once.sort("index")
    lost = int(table["index"][-1]) - int(table["index"][0]) + 1 - table.height
    if lost:
        notes.append(f"{lost} of {table.height + lost} record numbers are missing from the file")
    return table


def _decode(file: RawFile) -> _Decoded:
    """Hand the file to fastnda, which goes by the ending of the name, so a wrong ending gets a copy."""
    suffix = ".nda" if file.head.startswith(_NDA) else ".ndax"
    if suffix == ".ndax" and not file.is_zip:
        raise BadInputError(file.where, "neither NEWARE nor a zip at its beginning", "a Neware file")
    if file.is_zip:
        file.check_zip()
    with file.on_disk(suffix) as path:
        return _through_fastnda(path, file.path)


def _through_fastnda(file: Path, named: Path) -> _Decoded:
    import fastnda

    listener, logger = _Listener(), logging.getLogger("fastnda")
    before = (logger.propagate, logger.level, logger.disabled, logging.root.manager.disable)
    logger.addHandler(listener)
    # what it says decides whether there is a cycle counter, so it is heard even where the user silenced it
    logger.propagate, logger.disabled = False, False
    logger.setLevel(logging.WARNING)
    logging.disable(logging.NOTSET)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            table = fastnda.read(file, cycle_mode="raw")
    except Exception as error:
        raise BadInputError(
            str(named), f"a Neware file that is cut or garbled ({_reason(error)})", "a whole one"
        ) from error
    finally:
        logger.removeHandler(listener)
        logger.propagate, logger.disabled = before[0], before[2]
        logger.setLevel(before[1])
        logging.disable(before[3])
    remarks = dict.fromkeys([*listener.said, *(str(w.message) for w in caught)])
    return _Decoded(table, tuple(remarks))


def _reason(error: BaseException) -> str:
    """First line of what fastnda said, without the path of a temporary copy."""
    lines = str(error).strip().splitlines()
    said = re.sub(r"\S*[/\\]copy\.ndax?", "it", lines[0]) if lines else ""
    return f"{type(error).__name__}: {said[:100]}" if said else type(error).__name__


def _tidy(remark: str) -> str:
    """One sentence of fastnda's, without shouting."""
    if "negative jumps in the 'unix_time_s'" in remark:
        return "the clock in column 'unix_time_s' jumps back; test time does not rest on it"
    return remark.splitlines()[0].removeprefix("IMPORTANT: ")


def _members(head: bytes) -> list[str]:
    """Names of the members of a zip archive whose headers lie in these bytes."""
    names = []
    for match in re.finditer(re.escape(_ZIP), head):
        length = int.from_bytes(head[match.start() + 26 : match.start() + 28], "little")
        names.append(head[match.start() + 30 : match.start() + 30 + length].decode("latin-1"))
    return names


def _is_member(name: str) -> bool:
    return name.endswith(".ndc") or name in {"VersionInfo.xml", "TestInfo.xml", "Step.xml"}


def _floats(column: pl.Series) -> NDArray[np.float64]:
    column = column.cast(pl.Float64)
    # nobody keeps the table, so its memory is the record's
    return handed_over((column.fill_null(np.nan) if column.null_count() else column).to_numpy())


def _counts(table: pl.DataFrame, name: str) -> NDArray[np.int64] | None:
    """Return the counts of a column; None where the file has none or leaves gaps."""
    if name not in table.columns or table[name].null_count():
        return None
    return handed_over(table[name].cast(pl.Int64).to_numpy())


def _other(column: pl.Series) -> NDArray[np.generic]:
    if column.dtype == pl.Categorical:
        return _words(column)
    if column.dtype.is_numeric():
        return _floats(column) if column.null_count() else column.to_numpy()
    return column.cast(pl.String).fill_null("").to_numpy()


def _words(column: pl.Series) -> NDArray[np.generic]:
    """Texts of which there are few, as one object each and not one a row."""
    if not column.null_count() and (in_runs := words_in_runs(column)) is not None:
        return in_runs
    codes = column.to_physical()
    absent = int(codes.max() or 0) + 1  # type: ignore[arg-type]
    names = np.full(absent + 1, "", dtype=object)
    each = column.unique().drop_nulls()
    names[each.to_physical().to_numpy()] = each.cast(pl.String).to_list()
    words: NDArray[np.generic] = names[codes.fill_null(absent).to_numpy()]
    return words


PLUGIN = Reader(
    title="Neware binary",
    looks_like=looks_like,
    read=read,
    suffixes=(".nda", ".ndax"),
    documented_at="https://github.com/empaeconversion/fastnda",
    instruments=("Neware",),
)
