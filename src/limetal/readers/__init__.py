"""One file per instrument format: bytes in, records out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from limetal import registry
from limetal.errors import BadInputError
from limetal.readers._base import ColumnHint, Reader, ReadOptions
from limetal.readers._cache import is_own, kept
from limetal.readers._checks import checked
from limetal.readers._file import RawFile
from limetal.records.base import Record

__all__ = ["ColumnHint", "RawFile", "ReadOptions", "Reader", "column_names", "read", "read_all", "recognise"]

_ROOM = "limetal.readers"


def recognise(path: str | os.PathLike[str], columns: Mapping[str, ColumnHint] | None = None) -> str:
    """Name of the reader for a file, from its content first and its name second.

    Where a user says which column holds what (``columns``), a reader of tables that takes these quantities is named.

    Raises
    ------
    BadInputError
        If there is no such file, it is a directory, it is empty, or no reader knows it.
    """
    return _recognise(RawFile(Path(path)), columns)


def read_all(
    path: str | os.PathLike[str],
    *,
    reader: str | None = None,
    columns: Mapping[str, ColumnHint] | None = None,
) -> tuple[Record, ...]:
    r"""Every record of an instrument file of any known format, checked for what no cell or instrument does.

    Parameters
    ----------
    path
        The file.
    reader
        Name of the reader; by default the content decides.
    columns
        Which column holds what, for tables without usable headers.

    Returns
    -------
    tuple of Record
        At least one; several where the file holds several measurements (spectra, regions, scans), each with a
        ``label``. Nothing about the cell is guessed.

    Raises
    ------
    BadInputError
        With the file, the place, what was found and what was wanted.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = file.write_text("Time (h);Voltage (mV)\n0,0;10,0\n0,5;12,0\n")
    >>> [record.kind for record in read_all(file)]
    ['cycling']
    """
    file = RawFile(Path(path))
    name = reader or _recognise(file, columns)
    plugin: Reader = registry.load(_ROOM, name)
    options = ReadOptions(dict(columns or {}))
    if options.columns and not plugin.takes_columns:
        wanted = f"none: a file of {plugin.title} says itself what they are"
        raise BadInputError(f"{file.where}, columns", "named columns", wanted)
    if not is_own(name):
        return _read_anew(file, plugin, options)  # code that the cache does not know may change
    return kept(file.path, name, options.columns, lambda: _read_anew(file, plugin, options))


def _read_anew(file: RawFile, plugin: Reader, options: ReadOptions) -> tuple[Record, ...]:
    found = plugin.read(file, options)
    records = (found,) if isinstance(found, Record) else tuple(found)
    if not records:
        raise BadInputError(file.where, f"{plugin.title} without any measurement", "at least one")
    return tuple(checked(record) for record in records)


def read(
    path: str | os.PathLike[str],
    *,
    reader: str | None = None,
    columns: Mapping[str, ColumnHint] | None = None,
    record: str | None = None,
) -> Record:
    r"""Read the one record of an instrument file of any known format.

    Parameters, errors and checks are those of `read_all`. Of a file that holds several records, ``record`` names one by
    its label, or by its kind if it is the only one of it; without that such a file is refused, with the labels.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = file.write_text("Time (h);Voltage (mV)\n0,0;10,0\n0,5;12,0\n")
    >>> record = read(file)
    >>> record.test_time_second.tolist(), record.voltage_volt.tolist()
    ([0.0, 1800.0], [0.01, 0.012])
    """
    records = read_all(path, reader=reader, columns=columns)
    labels = _some([r.label or r.kind for r in records])
    if record is not None:
        chosen = [r for r in records if r.label == record] or [r for r in records if r.kind == record]
        if len(chosen) != 1:
            raise BadInputError(str(path), f"{len(chosen)} records called {record!r}", f"one of {labels}")
        return chosen[0]
    if len(records) > 1:
        raise BadInputError(str(path), f"{len(records)} records ({labels})", f"one: record = {labels.split(', ')[0]!r}")
    return records[0]


def column_names() -> tuple[str, ...]:
    """Return the quantities whose column a user may name, over all readers.

    Examples
    --------
    >>> {"time", "voltage", "frequency", "z_real", "potential"} <= set(column_names())
    True
    """
    readers: list[Reader] = [registry.load(_ROOM, name) for name in registry.names(_ROOM)]
    named = (quantity for reader in sorted(readers, key=lambda r: -r.rank) for quantity in reader.takes_columns)
    return tuple(dict.fromkeys(named))


def _recognise(file: RawFile, columns: Mapping[str, ColumnHint] | None = None) -> str:
    """Name of the reader: by what the user says of the columns, else by content."""
    plugins: dict[str, Reader] = {name: registry.load(_ROOM, name) for name in registry.names(_ROOM)}
    if columns:
        able = [name for name, r in plugins.items() if set(columns) <= set(r.takes_columns)]
        closest = sorted(able, key=lambda name: len(plugins[name].takes_columns))
        fits = [name for name in closest if plugins[name].looks_like(file)]
        if fits:
            return fits[0]
        if closest and not any(r.looks_like(file) for r in plugins.values() if not r.takes_columns):
            return closest[0]
    for rank in sorted({reader.rank for reader in plugins.values()}):
        ranked = {name: reader for name, reader in plugins.items() if reader.rank == rank}
        fits = [name for name, reader in ranked.items() if reader.looks_like(file)]
        if fits:
            return min(fits, key=lambda name: not file.name.endswith(plugins[name].suffixes))
    if file.why_no_sheets is not None:
        raise file.why_no_sheets
    raise BadInputError(file.where, _describe(file), "a file limetal can read ('limetal list readers' names them)")


def _some(words: Sequence[str]) -> str:
    return ", ".join(words[:6]) + (", ..." if len(words) > 6 else "")


def _describe(file: RawFile) -> str:
    """Say in words what an unknown file begins with."""
    head = file.head
    if file.is_zip:
        return "a zip archive of no known kind"
    if head.startswith(b"\x93NUMPY"):
        return "an array of NumPy, which says nothing of units"
    if b"\0" in head[:4096]:
        return "binary data of no known format"
    if head.lstrip().startswith((b"{", b"[{", b"<")):
        return f"{'XML' if head.lstrip().startswith(b'<') else 'JSON'} of no known format"
    first = head.split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    return f"text of no known format, beginning {first[:60]!r}"
