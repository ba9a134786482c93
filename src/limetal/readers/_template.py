"""A reader plug-in to start from, for ``limetal new reader``."""

from __future__ import annotations

import re
from pathlib import Path

from limetal.errors import BadInputError

__all__ = ["reader_text", "write_reader"]

_TEMPLATE = '''\
"""Text files of the {title} cycler: a header line that begins with ``{title}``, then time, voltage, current."""

from __future__ import annotations

import numpy as np

from limetal.errors import BadInputError
from limetal.readers import RawFile, Reader, ReadOptions
from limetal.records.cycling import CyclingRecord

MARK = b"{title} "
SECONDS_PER_MINUTE = 60.0
MA_PER_A = 1e3


def looks_like(file: RawFile) -> bool:
    """Whether a file begins as these files do; the content decides, not the name."""
    return file.head.startswith(MARK)


def read(file: RawFile, options: ReadOptions) -> CyclingRecord:
    """Read one file: minutes, volts and milliamperes, parted by tabs.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.txt"
    >>> _ = path.write_text("{title} 1.0\\\\n0\\\\t3.0\\\\t1.0\\\\n1\\\\t3.1\\\\t1.0\\\\n")
    >>> read(RawFile(path), ReadOptions()).test_time_second.tolist()
    [0.0, 60.0]
    """
    rows = []
    for number, line in enumerate(file.lines[1:], start=2):
        if not line:
            continue
        try:
            minute, volt, milliampere = (float(field) for field in line.split("\\t"))
        except ValueError as error:
            place = f"{{file.where}}, line {{number}}"
            raise BadInputError(place, repr(line), "three numbers parted by tabs") from error
        rows.append((minute, volt, milliampere))
    table = np.array(rows, dtype=float).reshape(-1, 3)
    return CyclingRecord(
        test_time_second=table[:, 0] * SECONDS_PER_MINUTE,
        voltage_volt=table[:, 1],
        current_ampere=table[:, 2] / MA_PER_A,
        source=file.where,
    )


PLUGIN = Reader(
    title="{title} text",
    looks_like=looks_like,
    read=read,
    suffixes=(".txt",),
    documented_at="where the format is described, or whose files it was learnt from",
)
'''


def reader_text(name: str) -> str:
    """Text of a new reader."""
    return _TEMPLATE.format(title=name.upper())


def write_reader(name: str) -> Path:
    """Write ``NAME.py`` here; an existing file is never overwritten.

    Raises
    ------
    BadInputError
        If the name is no module name, or the file exists.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise BadInputError(
            "limetal new reader", repr(name), "a name of small letters, digits and '_', for example acme"
        )
    path = Path(f"{name}.py")
    try:
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(reader_text(name))
    except FileExistsError as error:
        raise BadInputError(str(path), "a file that exists", "another name, or the file moved away") from error
    return path
