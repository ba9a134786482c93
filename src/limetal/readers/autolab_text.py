r"""Text exports of Autolab's NOVA: a row of names with units, then columns parted by tabs, semicolons or commas.

Spectra: ``Index;Frequency (Hz);Z' (Ω);-Z'' (Ω);Z (Ω);-Phase (°);Time (s)``. Voltammetry: ``Potential applied (V)``,
``Time (s)``, ``WE(1).Current (A)``, ``WE(1).Potential (V)``, ``Scan``, ``Index``; runs over time have no potential
applied. The current is positive where the electrode is oxidised.

Traps: columns come in any order and number; ``-Z''`` is the negative of Im Z; the Greek omega and the degree sign
are lost (``?``) where the export was saved in an old code page; decimal commas follow the language of Windows; where
``Index`` begins anew another measurement begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.echem_text import distinct
from limetal.readers._kit.potentiostat import Grid, Role, grid_of
from limetal.readers._kit.potentiostat_records import (
    Facts,
    columns_of,
    impedance,
    over_time,
    polarisation,
    with_warnings,
)
from limetal.records.base import About, Record

_HEADER_WITHIN = 60
_SEPARATORS = ("\t", ";", ",")
_WORKING = re.compile(r"^WE\(\d\)\.(?:Potential|Current) \((?:V|A|mA|µA|mV)\)$")
_REAL = re.compile(r"^Z'\s*\(")
_IMAGINARY = re.compile(r"^-?Z''\s*\(")
_LOST = re.compile(r"\((?:\?|�|Â|Ã|\ufffd|O)+\)|\(\s*\)")
_MOST_RECORDS = 10_000


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has a row of names as NOVA writes them.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.txt"
    >>> _ = path.write_text("Index;Frequency (Hz);Z' (Ω);-Z'' (Ω);Z (Ω);-Phase (°);Time (s)\n", encoding="utf-8")
    >>> looks_like(RawFile(path))
    True
    """
    return _header(file.head_lines) is not None


def read(file: RawFile, options: ReadOptions) -> list[Record]:  # noqa: ARG001 - one signature for all
    r"""Read the spectra, sweeps or runs over time of an export.

    Raises
    ------
    BadInputError
        If there are no rows, a needed column is missing, or a field of it is no number.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.txt"
    >>> names = "Index;Frequency (Hz);Z' (Ω);-Z'' (Ω)\n"
    >>> _ = path.write_text(names + "1;100;10,5;1,5\n2;10;12,5;3,5\n", encoding="utf-8")
    >>> read(RawFile(path), ReadOptions())[0].impedance.tolist()
    [(10.5-1.5j), (12.5-3.5j)]
    """
    found = _header(file.lines)
    if found is None:
        raise BadInputError(file.where, "no row of names as NOVA writes them", "an exported table of NOVA")
    at, names, mark = found
    grid = grid_of(file.lines, at + 1, len(file.lines), mark, names, file.where)
    plain = [_restored(name) for name in names]
    columns = {name: column for name, column in columns_of(plain).items() if column[0] < grid.frame.width}
    facts = Facts(file.where, About(instrument="Autolab", software="NOVA"))
    parts = _parts(grid)
    records = []
    for number, part in enumerate(parts, start=1):
        here = replace(facts, label=f"measurement {number}")
        records.append(_record(part, columns, plain, here))
    if len(records) == 1:
        return [replace(records[0], label="")]
    labels = distinct([record.label for record in records], "measurement")
    return [replace(record, label=label) for record, label in zip(records, labels, strict=True)]


def _record(grid: Grid, columns: dict[str, tuple[int, Role]], names: Sequence[str], facts: Facts) -> Record:
    if "frequency" in columns and ("real" in columns or "imaginary" in columns):
        direct = _direct(names, grid.frame.width)
        return impedance(grid, {**columns, **direct}, facts)
    # the measured potential and current of the working electrode, not those applied or of a second one
    for quantity, words in (("potential", "WE(1).Potential"), ("current", "WE(1).Current")):
        at = next((i for i, name in enumerate(names) if name.startswith(words) and i < grid.frame.width), None)
        if at is not None:
            columns = {**columns, quantity: columns_of([names[at]]).get(quantity, (0, Role(quantity, 1.0)))}
            columns[quantity] = (at, columns[quantity][1])
    applied = any(name.startswith(("Potential applied", "Current applied")) for name in names)
    if (applied or "time" not in columns or "Scan" in names) and "current" in columns:  # only sweeps count scans
        scan = _scan(grid, names)
        if scan is None and "Scan" in names:
            facts = with_warnings(facts, "column 'Scan' holds no whole numbers and is kept as it is")
        counted = names.index("Scan") if scan is not None else None
        return polarisation(grid, columns, facts, scan=scan, counted=counted)
    return over_time(grid, columns, facts)


def _direct(names: Sequence[str], width: int) -> dict[str, tuple[int, Role]]:
    """Columns of the mean potential and current of a spectrum, which NOVA calls DC."""
    found: dict[str, tuple[int, Role]] = {}
    for index, name in enumerate(names[:width]):
        match = re.fullmatch(r"(Potential|Current) (?:\(DC\)|DC) (\([^()]*\))", name)
        if match:
            for quantity, (_, role) in columns_of([f"{match[1]} {match[2]}"]).items():
                found.setdefault(quantity, (index, role))
    return found


def _scan(grid: Grid, names: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]] | None:
    if "Scan" not in names or names.index("Scan") >= grid.frame.width:
        return None
    numbers = grid.numbers(names.index("Scan"))
    if not np.isfinite(numbers).all() or (numbers != np.round(numbers)).any() or (np.abs(numbers) > 2**53).any():
        return None
    return numbers.astype(np.int64)


def _parts(grid: Grid) -> list[Grid]:
    """Blocks of rows between restarts of the index; one block where there is no index."""
    at = next((i for i, name in enumerate(grid.headers) if name.strip() == "Index" and i < grid.frame.width), None)
    if at is None:
        return [grid]
    index = grid.numbers(at)
    with np.errstate(invalid="ignore"):
        cuts = np.flatnonzero((np.diff(index) < 0) & (index[1:] == index[0])) + 1
    if cuts.size > _MOST_RECORDS:
        raise BadInputError(grid.where, f"{cuts.size} restarts of the index", f"at most {_MOST_RECORDS}")
    parts = [grid.slice(a, b) for a, b in zip([0, *cuts.tolist()], [*cuts.tolist(), grid.rows], strict=True)]
    return [replace(part, warnings=()) if k else part for k, part in enumerate(parts)]


def _restored(name: str) -> str:
    """Name with the unit an old code page lost: NOVA writes impedance in ohm and phase in degrees only."""
    if _REAL.match(name) or _IMAGINARY.match(name) or re.match(r"^-?Z\s*\(", name):
        return _LOST.sub("(ohm)", name)
    return _LOST.sub("(°)", name) if re.match(r"^-?Phase\s*\(", name) else name


def _header(lines: Sequence[str]) -> tuple[int, tuple[str, ...], str] | None:
    """Index, names and separator of the row of names; None if there is none."""
    for at, line in enumerate(lines[:_HEADER_WITHIN]):
        if "WE(" not in line and "Z'" not in line:
            continue
        mark = next((mark for mark in _SEPARATORS if mark in line), "")
        if not mark:
            continue
        names = tuple(name.strip().strip('"').strip() for name in line.split(mark))
        if any(_WORKING.match(name) for name in names):
            return at, names, mark
        has_z = any(_REAL.match(name) for name in names) and any(_IMAGINARY.match(name) for name in names)
        if has_z and any(name.startswith("Frequency (") for name in names):
            return at, names, mark
    return None


PLUGIN = Reader(
    title="Autolab NOVA text",
    looks_like=looks_like,
    read=read,
    suffixes=(".txt", ".csv"),
    documented_at="https://www.metrohm.com/en/products/nova.html",
    gives=("impedance", "polarisation", "cycling"),
    instruments=("Metrohm Autolab NOVA",),
)
