"""One file per instrument format: bytes in, record out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from limetal import registry
from limetal.errors import BadInputError
from limetal.readers._base import ColumnHint, Reader, ReadOptions
from limetal.records.cycling import CyclingRecord

__all__ = ["ColumnHint", "ReadOptions", "Reader", "read", "recognise"]

_ROOM = "limetal.readers"
_HEAD_BYTES = 65536


def recognise(path: str | os.PathLike[str]) -> str:
    """Name of the reader for a file, from its content first and its name second.

    Raises
    ------
    BadInputError
        If there is no such file, it is a directory, it is empty, or no reader knows it.
    """
    path = Path(path)
    head = _head(path)
    plugins: dict[str, Reader] = {name: registry.load(_ROOM, name) for name in registry.names(_ROOM)}
    fits = [name for name, reader in plugins.items() if reader.looks_like(head, path.name.lower())]
    fits.sort(key=lambda name: (plugins[name].last_resort, not path.name.lower().endswith(plugins[name].suffixes)))
    if not fits:
        known = "; ".join(f"{r.title} ({', '.join(r.suffixes)})" for r in plugins.values())
        raise BadInputError(str(path), _describe(head), f"a file limetal can read: {known}")
    return fits[0]


def read(
    path: str | os.PathLike[str],
    *,
    reader: str | None = None,
    columns: Mapping[str, ColumnHint] | None = None,
) -> CyclingRecord:
    r"""Read an instrument file of any known format.

    Parameters
    ----------
    path
        The file.
    reader
        Name of the reader; by default the content decides.
    columns
        Which column holds what, for files without usable headers.

    Returns
    -------
    CyclingRecord
        In SI-based BDF columns; nothing about the cell is guessed.

    Raises
    ------
    BadInputError
        With the file, the place, what was found and what was wanted.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = file.write_text("Time (h);Voltage (mV)\n0,0;10,0\n0,5;12,0\n")
    >>> record = read(file)
    >>> record.test_time_second.tolist(), record.voltage_volt.tolist()
    ([0.0, 1800.0], [0.01, 0.012])
    """
    path = Path(path)
    _head(path)
    name = reader or recognise(path)
    plugin: Reader = registry.load(_ROOM, name)
    return plugin.read(path, ReadOptions(dict(columns or {})))


def _head(path: Path) -> bytes:
    """Return the first bytes of a file that can be read at all."""
    if path.is_dir():
        raise BadInputError(str(path), "a folder", "a file")
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except FileNotFoundError as error:
        raise BadInputError(str(path), "no such file", "an instrument file") from error
    except OSError as error:
        raise BadInputError(str(path), f"a file that cannot be opened ({error.strerror})", "a file") from error
    if not head:
        raise BadInputError(str(path), "an empty file", "an instrument file")
    return head


def _describe(head: bytes) -> str:
    """Say in words what an unknown file begins with."""
    if head[:4] == b"PK\x03\x04":
        return "a zip archive of no known kind"
    if b"\0" in head[:4096]:
        return "binary data of no known format"
    first = head.split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    return f"text of no known format, beginning {first[:60]!r}"
