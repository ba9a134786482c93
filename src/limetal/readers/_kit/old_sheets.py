"""Sheets of a workbook of old Excel (.xls), read in a process of its own.

calamine aborts the process on some garbled files of this format (it asks for more memory than there is), and an abort
cannot be caught. So the bytes go to a child with a limit of memory and time, and rows come back as JSON.
"""

from __future__ import annotations

import datetime
import json
import subprocess
import sys

__all__ = ["old_sheets"]

_MEMORY_BYTES = 2 * 2**30
_TIME_S = 120.0
_CHILD = """
import datetime, io, json, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (@bytes, @bytes))
except (ImportError, ValueError, OSError):
    pass
from python_calamine import CalamineError, CalamineWorkbook
def plain(cell):
    if isinstance(cell, datetime.timedelta):
        return {"seconds": cell.total_seconds()}
    if isinstance(cell, (datetime.datetime, datetime.date, datetime.time)):
        return {type(cell).__name__: cell.isoformat()}
    return cell
book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
sheets = []
for name in book.sheet_names:
    try:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except CalamineError:
        continue
    sheets.append([name, [[plain(cell) for cell in row] for row in rows]])
json.dump(sheets, sys.stdout)
"""


def old_sheets(data: bytes) -> list[tuple[str, list[list[object]]]]:
    """Name and rows of each sheet; none if the file is broken.

    Examples
    --------
    >>> old_sheets(b"no workbook")
    []
    """
    command = [sys.executable, "-I", "-c", _CHILD.replace("@bytes", str(_MEMORY_BYTES))]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_TIME_S, check=False)
        if done.returncode:
            return []
        sheets = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return []
    return [(str(name), [[_cell(cell) for cell in row] for row in rows]) for name, rows in sheets]


def _cell(cell: object) -> object:
    """Give a cell back its type."""
    if not isinstance(cell, dict):
        return cell
    kind, value = next(iter(cell.items()))
    if kind == "seconds":
        return datetime.timedelta(seconds=value)
    if kind == "time":
        return datetime.time.fromisoformat(value)
    return (datetime.datetime if kind == "datetime" else datetime.date).fromisoformat(value)
