r"""Gamry's ``.DTA`` files: lines of ``KEY TAB TYPE TAB VALUE``, and tables whose rows begin with a tab.

A table begins with ``NAME TAB TABLE`` (then, if the run ended in order, its number of rows), a row of names and a
row of units. ``ZCURVE`` is a spectrum; ``CURVE``, ``CURVE1``, ... hold potential and current against time;
``OCVCURVE`` is the wait at open circuit before a measurement, read only where the file holds nothing else.

Traps: the decimal mark and the order of day and month follow the language of Windows; a cyclic voltammogram has one
table a cycle; ``CONVENTION 0`` means that cathodic currents are positive; an aborted run ends with
``EXPERIMENTABORTED`` and has fewer rows than it states; ``Vf`` is the potential after correction, ``Vu`` before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.echem_text import distinct, number_of
from limetal.readers._kit.potentiostat import Grid, Role, grid_of, iso_time, polarity, take
from limetal.readers._kit.potentiostat_records import (
    Facts,
    columns_of,
    impedance,
    over_time,
    polarisation,
    with_warnings,
)
from limetal.records.base import About, Record

_FIRST = "EXPLAIN"
_OPEN_CIRCUIT = "OCVCURVE"
_CATHODIC_POSITIVE = "0"
_MV_PER_V = 1e3
_MAX_TABLES = 100_000


@dataclass(frozen=True)
class _Table:
    """Where a table is: its name, the rows it states, and the indices of its lines."""

    name: str
    stated: int | None
    names_at: int
    first: int
    end: int
    headers: tuple[str, ...]
    units: tuple[str, ...]

    @property
    def number(self) -> int:
        """The number at the end of its name."""
        match = re.search(r"(\d{1,9})$", self.name)
        return int(match[1]) if match else 0


@dataclass(frozen=True)
class _Content:
    """Header lines and tables of a file."""

    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: str = ""
    tables: list[_Table] = field(default_factory=list)

    def value(self, key: str) -> str:
        """Text a header line gives; empty if there is none."""
        fields = self.keys.get(key, ())
        return fields[1].strip() if len(fields) > 1 else (fields[0].strip() if fields else "")

    def label(self, key: str) -> str:
        """How the program's window calls a header line, where its unit stands."""
        return " ".join(self.keys.get(key, ())[2:]).replace("&", "")


def looks_like(file: RawFile) -> bool:
    r"""Whether a text begins as Gamry's files do.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.DTA"
    >>> _ = path.write_text("EXPLAIN\nTAG\tCV\n")
    >>> looks_like(RawFile(path))
    True
    """
    lines = [line for line in file.head_lines[:20] if line.strip()]
    return len(lines) > 1 and lines[0].strip() == _FIRST and any(line.startswith("TAG\t") for line in lines[1:])


def read(file: RawFile, options: ReadOptions) -> list[Record]:  # noqa: ARG001 - one signature for all
    r"""Read the spectra, sweeps and runs over time of a file.

    Raises
    ------
    BadInputError
        If a table is garbled, lacks a needed column or gives a unit that is not known, or there is none to read.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.DTA"
    >>> _ = path.write_text("EXPLAIN\nTAG\tEISPOT\nZCURVE\tTABLE\n\tPt\tFreq\tZreal\tZimag\n\t#\tHz\tohm\tohm\n"
    ...                     "\t0\t100\t10\t-1\n\t1\t10\t12\t-3\n")
    >>> read(RawFile(path), ReadOptions())[0].impedance.tolist()
    [(10-1j), (12-3j)]
    """
    content = _content(file.lines, file.where)
    facts = Facts(
        file.where, _about(content), area_cm2=_area(content), scan_rate_V_s=_scan_rate(content),
        warnings=(*_aborted(content), *_without_empty_last(content, file.lines)),
    )  # fmt: skip
    kinds: dict[str, list[_Table]] = {"spectrum": [], "wait": [], "run": [], "other": []}
    for table in content.tables:
        kinds[_kind(table)].append(table)
    spectra, waits, runs, other = kinds.values()
    if other and (spectra or runs):
        facts = with_warnings(facts, *(f"table {t.name} is not read: it holds {_words(t)}" for t in other[:5]))
    if not spectra and not runs:
        if not waits:
            raise BadInputError(file.where, _no_table(other), "a table ZCURVE, or one with Vf and Im against time")
        facts = with_warnings(facts, "the file holds the wait at open circuit and no measurement after it")
        runs = waits
    records: list[Record] = [_spectrum(file, table, facts, content) for table in spectra]
    for group in _groups(runs):
        records += _of_group(file, group, facts, content)
    if len(records) == 1:
        return [replace(records[0], label="")]
    labels = distinct([record.label for record in records], "measurement")
    return [replace(record, label=label) for record, label in zip(records, labels, strict=True)]


def _kind(table: _Table) -> str:
    """What a table holds: a spectrum, the wait at open circuit, a sweep or run, or anything else."""
    if table.name.startswith("ZCURVE") or "Zreal" in table.headers:
        return "spectrum"
    if table.name.startswith(_OPEN_CIRCUIT):
        return "wait"
    return "run" if "Vf" in table.headers else "other"


def _spectrum(file: RawFile, table: _Table, facts: Facts, content: _Content) -> Record:
    grid, said = _grid(file, table)
    if any(header.endswith("DrCor") for header in table.headers):
        said = (*said, "the file also holds a spectrum corrected for drift (ZrealDrCor, ZimagDrCor), kept beside it")
    columns = columns_of(table.headers, table.units)
    record: Record = impedance(grid, columns, with_warnings(replace(facts, label=table.name), *said))
    return _turned(record, content)


def _turned(record: Record, content: _Content) -> Record:
    """Turn the direct current of a spectrum whose file counts cathodic currents positive."""
    current = getattr(record, "current_ampere", None)
    if current is None or content.value("CONVENTION") != _CATHODIC_POSITIVE or not np.any(current):
        return record
    return replace(record, current_ampere=-current).warned(  # type: ignore[call-arg]
        "CONVENTION 0 counts cathodic currents positive, so the sign of the direct current was turned"
    )


def _groups(tables: Sequence[_Table]) -> Iterator[list[_Table]]:
    """Yield tables that follow each other and have the same columns: the curves of one measurement."""
    group: list[_Table] = []
    for table in tables:
        if group and (table.headers, table.units) != (group[-1].headers, group[-1].units):
            yield group
            group = []
        group.append(table)
    if group:
        yield group


def _of_group(file: RawFile, group: list[_Table], facts: Facts, content: _Content) -> list[Record]:
    """Records of the curves of one measurement: one, or one a curve where their time starts anew."""
    parts = [_grid(file, table) for table in group]
    said = tuple(sentence for _, sentences in parts for sentence in sentences)
    columns = columns_of(group[0].headers, group[0].units)
    facts = with_warnings(replace(facts, label=group[0].name), *said)
    sweep = "SCANRATE" in content.keys and "current" in columns and group[0].name != _OPEN_CIRCUIT
    grids = [grid for grid, _ in parts]
    whole, counts = _joined(grids, [table.number for table in group])
    starts = np.cumsum([grid.rows for grid in grids])[:-1].tolist()
    goes_on = _time_goes_on(whole, starts, columns)
    if not sweep and not goes_on:
        return [
            over_time(grid, columns, replace(facts, label=table.name), turn_current=_turn(grid, columns, content)[0])
            for grid, table in zip(grids, group, strict=True)
        ]
    turn, why = _turn(whole, columns, content)
    facts = with_warnings(facts, *why)
    count = counts if len(group) > 1 else None
    if not sweep:
        return [over_time(whole, columns, facts, cycle=count, turn_current=turn)]
    if not goes_on:
        columns = {name: column for name, column in columns.items() if name != "time"}
        facts = with_warnings(facts, "time starts anew with every curve, so it is kept beside the record")
    facts = replace(facts, reference=_reference(group[0]))
    return [polarisation(whole, columns, facts, scan=count, turn_current=turn)]


def _turn(grid: Grid, columns: Mapping[str, tuple[int, Role]], content: _Content) -> tuple[bool, tuple[str, ...]]:
    """Whether the current has to be turned to make anodic currents positive, and the sentence that says so."""
    if content.value("CONVENTION") != _CATHODIC_POSITIVE or "current" not in columns or "potential" not in columns:
        return False, ()
    _, values = take(grid, {name: (columns[name][0], 1.0) for name in ("potential", "current")})
    if polarity(values["potential"], values["current"]) > 0:
        return False, ("CONVENTION 0 counts cathodic currents positive, but the current rises with potential as an"
                       " anodic one does: its sign was kept",)  # fmt: skip
    return True, ("CONVENTION 0 counts cathodic currents positive, so the sign of the current was turned",)


def _joined(grids: Sequence[Grid], numbers: Sequence[int]) -> tuple[Grid, NDArray[np.int64]]:
    """One block of several with the same columns, and the number of the curve of each row."""
    if len({grid.frame.width for grid in grids}) > 1:
        widths = " and ".join(str(width) for width in sorted({grid.frame.width for grid in grids}))
        raise BadInputError(grids[0].where, f"curves of {widths} columns", "the same columns in every curve")
    counts = np.repeat(np.asarray(numbers, dtype=np.int64), [grid.rows for grid in grids])
    whole = replace(
        grids[-1],
        frame=pl.concat([grid.frame for grid in grids]),
        line=np.concatenate([grid.line for grid in grids]),
        warnings=tuple(sentence for grid in grids for sentence in grid.warnings),
    )
    return whole, counts


def _time_goes_on(whole: Grid, starts: Sequence[int], columns: Mapping[str, tuple[int, Role]]) -> bool:
    """Whether no curve after the first begins before the one above it ended."""
    if not starts or "time" not in columns:
        return True
    _, values = take(whole, {"time": (columns["time"][0], 1.0)})
    first = np.asarray(starts)
    first = first[first < values["time"].size]  # the last row may be left out
    return bool((values["time"][first] >= values["time"][first - 1]).all())


def _grid(file: RawFile, table: _Table) -> tuple[Grid, tuple[str, ...]]:
    """Rows of a table, and what its number of rows says."""
    pairs = zip_longest(table.headers, table.units[: len(table.headers)], fillvalue="")
    headers = [f"{name} ({unit})" if name and unit not in {"", "#"} else name for name, unit in pairs]
    grid = grid_of(file.lines, table.first, table.end, "\t", headers, file.where)
    if table.stated is not None and table.stated > grid.rows:
        return grid, (
            f"table {table.name} states {table.stated} rows and has {grid.rows}: the run or the file was cut",
        )
    return grid, ()


def _content(lines: Sequence[str], where: str) -> _Content:
    """Header lines and places of the tables."""
    content = _Content()
    notes: list[str] = []
    at = next((index + 1 for index, line in enumerate(lines) if line.strip() == _FIRST), 0)
    while at < len(lines):
        line = lines[at]
        fields = [part.strip() for part in line.split("\t")]
        at += 1
        if line.startswith("\t") or len(fields) < 2 or not fields[0]:
            if line.strip():
                notes.append(line.strip())
            continue
        if fields[1] == "TABLE":
            table = _table(fields, lines, at)
            if table is not None:
                content.tables.append(table)
                at = table.end
            if len(content.tables) > _MAX_TABLES:
                raise BadInputError(where, f"more than {_MAX_TABLES} tables", "fewer")
            continue
        content.keys.setdefault(fields[0], tuple(fields[1:]))
    return replace(content, notes="\n".join(notes))


def _without_empty_last(content: _Content, lines: Sequence[str]) -> tuple[str, ...]:
    """Leave out a last table of which the end of the file left no whole row, where there are others."""
    if len(content.tables) < 2:
        return ()
    table = content.tables[-1]
    rows = [line for line in lines[table.first : table.end] if line.strip()]
    names = len(table.headers)
    is_cut = len(rows) == 1 and table.end >= len(lines) and lines[-1].strip() and rows[0].count("\t") + 1 < names
    if rows and not is_cut:
        return ()
    content.tables.pop()
    return (f"table {table.name} is left out: the file ends before its first row does",)


def _table(fields: list[str], lines: Sequence[str], at: int) -> _Table | None:
    """Find the names, units and rows of a table; None where nothing follows its first line."""
    end = at
    while end < len(lines) and (lines[end].startswith("\t") or not lines[end].strip()):
        end += 1
    filled = [index for index in range(at, end) if lines[index].strip()]
    if len(filled) < 2:
        return None
    names = tuple(part.strip() for part in lines[filled[0]].split("\t"))
    units = tuple(part.strip() for part in lines[filled[1]].split("\t"))
    has_units = not any(number_of(unit) is not None for unit in units)
    first = filled[1] + 1 if has_units else filled[1]
    stated = (
        int(fields[2])
        if len(fields) > 2 and fields[2].isascii() and fields[2].isdigit() and len(fields[2]) < 10
        else None
    )
    return _Table(fields[0], stated, filled[0], first, end, names, units if has_units else ())


def _about(content: _Content) -> About:
    settings = {key: "\t".join(fields[1:]) or fields[0] for key, fields in content.keys.items()}
    version = content.value("FRAMEWORKVERSION")
    model = content.value("PSTATSECTION") or content.value("PSTAT")
    return About(
        instrument=f"Gamry {model}".strip(),
        software=f"Gamry Framework {version}".strip() if version else "Gamry",
        technique=content.keys.get("TAG", ("",))[0],
        start_time=iso_time(content.value("DATE"), content.value("TIME")),
        sample=content.value("TITLE"),
        comment=content.notes,
        settings=settings,
    )


def _area(content: _Content) -> float | None:
    """Electrode area where the header gives it in cm2."""
    area = number_of(content.value("AREA"))
    is_cm2 = re.search(r"cm\s*(\^?2|²)", content.label("AREA")) is not None
    return area if area is not None and area > 0 and is_cm2 else None


def _scan_rate(content: _Content) -> float | None:
    rate = number_of(content.value("SCANRATE"))
    if rate is None:
        return None
    label = content.label("SCANRATE")
    if "(mV/s)" in label:
        return rate / _MV_PER_V
    return rate if "(V/s)" in label else None


def _reference(table: _Table) -> str:
    """Words after ``vs.`` in the unit of the potential."""
    unit = table.units[table.headers.index("Vf")] if table.units and "Vf" in table.headers[: len(table.units)] else ""
    match = re.search(r"vs\.?\s*(.+)", unit)
    return match[1].strip() if match else ""


def _aborted(content: _Content) -> tuple[str, ...]:
    for key in content.keys:
        if "ABORT" in key.upper() and content.value(key).upper() not in {"F", "FALSE", "0"}:
            return (f"the experiment was aborted ({key})",)
    return ()


def _words(table: _Table) -> str:
    return ", ".join(header for header in table.headers if header)[:80]


def _no_table(other: Sequence[_Table]) -> str:
    if not other:
        return "no table of data"
    return f"no table it can read, but {other[0].name} ({_words(other[0])})"


PLUGIN = Reader(
    title="Gamry DTA",
    looks_like=looks_like,
    read=read,
    suffixes=(".dta",),
    documented_at="https://help.gamry.com/eis-data-analysis-data-curve",
    gives=("impedance", "polarisation", "cycling"),
    instruments=("Gamry Framework",),
)
