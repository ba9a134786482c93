r"""CorrWare's ``.cor`` files (Scribner), and those CorrTest writes in the same form.

``CORRW ASCII``, comments, a row of names ``E(Volts)  I(A/cm2)  T(Seconds)``, ``End Comments``, then columns parted by
tabs or blanks. The current is per area (the program divides by ``Surface Area``), positive where the electrode is
oxidised.

Traps: CorrTest writes ``0 CYCLE`` behind the last row of a cycle; a run at open circuit has currents of no meaning;
``Surface Area`` is 1 unless somebody typed it in, and then the density is a current.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.echem_text import number_of
from limetal.readers._kit.potentiostat import Role, grid_of, iso_time, separator_of
from limetal.readers._kit.potentiostat_records import Facts, columns_of, over_time, polarisation
from limetal.records.base import About, Record

_FIRST = re.compile(r'^"?\s*CORRW ASCII', re.IGNORECASE)
_NAMES = re.compile(r"^\s*E\s*\(V(?:olts)?\)\s+[Ii]\s*\(", re.IGNORECASE)
_END = re.compile(r"^\s*End Comments:?\s*$", re.IGNORECASE)
_CYCLE = re.compile(r"\s+(\d{1,9})\s+CYCLE\s*$", re.IGNORECASE)
_RUNS = re.compile(
    r"potentiostatic|galvanostatic|galvanic|galstatic|potstatic|open circuit|opencircuit|\bOCP\b|ID_OCP|squarewave",
    re.IGNORECASE,
)
_COMMENT_LINES = 2000
_MV_PER_V = 1e3


def looks_like(file: RawFile) -> bool:
    r"""Whether a text begins as CorrWare's files do.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.cor"
    >>> _ = path.write_text("CORRW ASCII\n")
    >>> looks_like(RawFile(path))
    True
    """
    first = next((line for line in file.head_lines[:20] if line.strip()), "")
    return _FIRST.match(first) is not None


def read(file: RawFile, options: ReadOptions) -> Record:  # noqa: ARG001 - one signature for all
    r"""Read one sweep or one run over time.

    Raises
    ------
    BadInputError
        If there is no row of names or no data below the comments, or a row is garbled.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.cor"
    >>> head = "CORRW ASCII\n  Potentiodynamic\nE(Volts)\tI(A/cm2)\tT(Seconds)\nEnd Comments\n"
    >>> _ = path.write_text(head + "-0.1\t-1E-3\t0\n0.1\t1E-3\t1\n")
    >>> read(RawFile(path), ReadOptions()).current_density_mA_cm2.tolist()
    [-1.0, 1.0]
    """
    lines = file.lines
    at, end = _layout(lines, file.where)
    names = tuple(lines[at].split())
    first = next((i for i in range(end, len(lines)) if lines[i].strip()), None)
    if first is None:
        raise BadInputError(file.where, "comments and no row of data", "at least two rows")
    rows, counts = _without_cycles(lines, first)
    mark = "\t" if separator_of(rows[first]) == "\t" and "\t\t" not in rows[first] else ""
    grid = grid_of(rows, first, len(rows), mark, names, file.where)
    columns = _columns(names, file.where, at)
    settings = _settings(lines[:at])
    about = _about(lines[:at], settings)
    facts = Facts(file.where, about, area_cm2=_area(settings), scan_rate_V_s=_scan_rate(lines[:at]))
    if _RUNS.search(about.technique) and "time" in columns:
        return over_time(grid, columns, facts)
    return polarisation(grid, columns, facts, scan=_scan(grid.line, counts))


def _columns(names: Sequence[str], where: str, at: int) -> dict[str, tuple[int, Role]]:
    columns = columns_of([re.sub(r"^E\(Volts\)", "E(V)", name) for name in names])
    if "potential" not in columns or not {"current", "current density"} & set(columns):
        found = f"the names {', '.join(names)[:80]}"
        raise BadInputError(f"{where}, line {at + 1}", found, "E(Volts), I(A/cm2), T(Seconds)")
    return columns


def _layout(lines: Sequence[str], where: str) -> tuple[int, int]:
    """Index of the row of names and of the first line below the comments."""
    within = lines[:_COMMENT_LINES]
    names = next((index for index, line in enumerate(within) if _NAMES.match(line)), None)
    if names is None:
        raise BadInputError(where, "no row of names", "E(Volts), I(A/cm2), T(Seconds)")
    end = next((index for index, line in enumerate(within) if _END.match(line)), names)
    return names, max(names, end) + 1


def _without_cycles(lines: Sequence[str], first: int) -> tuple[list[str], list[tuple[int, int]]]:
    """Rows without the words that end a cycle; and line and number of each end."""
    rows = list(lines)
    counts: list[tuple[int, int]] = []
    for index in range(first, len(rows)):
        if "YCLE" in rows[index].upper() and (match := _CYCLE.search(rows[index])):
            counts.append((index + 1, int(match[1])))
            rows[index] = rows[index][: match.start()]
    return rows, counts


def _scan(line: NDArray[np.int64], counts: Sequence[tuple[int, int]]) -> NDArray[np.int64] | None:
    """Cycle of each row: a row belongs to the next line that ends one."""
    if not counts:
        return None
    ends = np.array([end for end, _ in counts])
    numbers = np.array([*[number for _, number in counts], counts[-1][1] + 1], dtype=np.int64)
    return np.asarray(numbers[np.searchsorted(ends, line)], dtype=np.int64)


def _settings(head: Sequence[str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for line in head:
        key, colon, value = line.strip().partition(":")
        if colon and key and not key.startswith(("Begin ", "End ")):
            settings.setdefault(key.strip(), value.strip())
    return settings


def _about(head: Sequence[str], settings: dict[str, str]) -> About:
    filled = [line.strip() for line in head if line.strip()]
    technique = filled[2].split("\t")[0] if len(filled) > 2 else ""
    if len(filled) > 1 and ":" not in filled[1]:
        technique = filled[1].split("\t")[0]
    text = " ".join(filled[:12])
    date = re.search(r"Dat[ea]:\s*([\d/.-]+)", text)
    clock = re.search(r"Time:\s*([\d:.]+(?:\s*[AP]M)?)", text)
    software = filled[1] if len(filled) > 1 and " for Windows" in filled[1] else "CorrWare"
    start = iso_time(date[1], clock[1] if clock else "", "" if date[1][:4].isdigit() else "mdy") if date else ""
    return About(software=software, technique=technique, start_time=start, settings=settings)


def _area(settings: dict[str, str]) -> float | None:
    area = number_of(settings.get("Surface Area", ""))
    return area if area is not None and area > 0 else None


def _scan_rate(head: Sequence[str]) -> float | None:
    """Scan rate where a line gives it with its unit."""
    for line in head:
        match = re.search(r"Scan Rate\s*\((m?)V/s\)\s*:\s*([-+.,\deE]+)", line)
        rate = number_of(match[2].rstrip(",")) if match else None
        if match and rate is not None:
            return rate / _MV_PER_V if match[1] else rate
    return None


PLUGIN = Reader(
    title="CorrWare .cor",
    looks_like=looks_like,
    read=read,
    suffixes=(".cor",),
    documented_at="https://www.scribner.com/software/",
    gives=("polarisation", "cycling"),
    instruments=("Scribner CorrWare", "CorrTest"),
)
