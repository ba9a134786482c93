"""Arbin's binary results (``.res``): a Microsoft Access database, read without Access or any other program.

``Channel_Normal_Table`` holds the rows in seconds, amperes, volts, ampere hours and watt hours; the table says no
units, but MITS Pro exports the same columns with them, and they are fixed. Charging current is positive. Traps: rows
lie in the order in which pages were filled, so they are put in the order of ``Data_Point``; one database may hold
several tests (``Test_ID``), which become several records; ``Step_Index`` is the number of the step in the schedule,
so it comes again in every cycle; dates are days since 30 December 1899, in the clock of the computer without zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.jet import JET_MARKS, Database, Table
from limetal.records.base import About
from limetal.records.cycling import CyclingRecord

__all__ = ["PLUGIN", "looks_like", "read"]

_ROWS, _TESTS, _CYCLES, _AUXILIARY = (
    "Channel_Normal_Table", "Global_Table", "Channel_Statistic_Table", "Auxiliary_Table",
)  # fmt: skip
_AUXILIARY_NAMES, _EVENTS, _VERSION = "Aux_Global_Data_Table", "Event_Table", "Version_Table"
_TEST, _POINT = "Test_ID", "Data_Point"
_DAY_ZERO = datetime(1899, 12, 30)
_S_PER_DAY = 86_400
#: Column of the table -> as MITS Pro heads it in its exports, with the unit.
_HEADERS = {
    "Step_Time": "Step_Time(s)", "DateTime": "DateTime(days since 1899-12-30)",
    "Charge_Capacity": "Charge_Capacity(Ah)", "Discharge_Capacity": "Discharge_Capacity(Ah)",
    "Charge_Energy": "Charge_Energy(Wh)", "Discharge_Energy": "Discharge_Energy(Wh)", "dV/dt": "dV/dt(V/s)",
    "Internal_Resistance": "Internal_Resistance(Ohm)", "AC_Impedance": "AC_Impedance(Ohm)",
    "ACI_Phase_Angle": "ACI_Phase_Angle(Deg)", "Vmax_On_Cycle": "Vmax_On_Cycle(V)",
    "Charge_Time": "Charge_Time(s)", "Discharge_Time": "Discharge_Time(s)",
}  # fmt: skip
_MAX_AUXILIARY = 256
_MAX_EVENTS = 100

_Numbers = NDArray[np.float64] | NDArray[np.int64]


@dataclass(frozen=True)
class _Rows:
    """Rows of one test in their order: which rows of the table, their points, and what was noticed."""

    rows: NDArray[np.int64]
    points: NDArray[np.int64] | None
    notes: tuple[str, ...]


def looks_like(file: RawFile) -> bool:
    """Whether the bytes are an Access database with Arbin's table of rows.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "addresses.mdb"
    >>> _ = path.write_bytes(JET_MARKS[0] + bytes(100))
    >>> looks_like(RawFile(path))
    False
    """
    if not file.head.startswith(JET_MARKS):
        return False
    try:
        data = file.data
    except BadInputError:
        return False
    return any(_ROWS.encode(encoding) in data for encoding in ("utf-16-le", "ascii"))


def read(file: RawFile, options: ReadOptions) -> list[CyclingRecord]:  # noqa: ARG001 - one signature for all
    """Read every test of an Arbin database.

    Raises
    ------
    BadInputError
        If it is cut before the rows, damaged, encrypted, or no database of Arbin's.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.res"
    >>> _ = path.write_bytes(JET_MARKS[0] + bytes(100))
    >>> read(RawFile(path), ReadOptions())  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: ...cell.res: found an Access database cut after 120 bytes, want a whole one
    """
    database = Database(file.data, file.where)
    table = database.table(_ROWS)
    if table is None:
        raise BadInputError(file.where, f"an Access database without {_ROWS}", "one of Arbin's")
    missing = [name for name in ("Test_Time", "Voltage", "Current") if name not in table.columns]
    if missing:
        raise BadInputError(file.where, f"{_ROWS} without {' and '.join(missing)}", "a complete Arbin database")
    if not table.rows:
        raise BadInputError(file.where, f"{_ROWS} without a row", "a test with data")
    columns: dict[str, _Numbers] = {}
    for name in table.columns:
        try:
            columns[name] = table.numbers(name)
        except BadInputError:
            if name in {"Test_Time", "Voltage", "Current", _POINT, _TEST}:
                raise
    return _records(database, table, columns, file.where)


def _records(database: Database, table: Table, columns: dict[str, _Numbers], where: str) -> list[CyclingRecord]:
    tests = _whole(columns.get(_TEST, np.ones(table.rows, dtype=np.int64)), _TEST, where)
    numbers = np.unique(tests)
    chosen = {int(number): _ordered(np.flatnonzero(tests == number), columns, where) for number in numbers}
    notes = _notes(database, table)
    short = [number for number, rows in chosen.items() if rows.rows.size < CyclingRecord.MIN_ROWS]
    if short and len(short) < len(chosen):
        notes.append(f"left out, having fewer than two rows: Test_ID {', '.join(map(str, short))}")
        chosen = {number: rows for number, rows in chosen.items() if number not in short}
    abouts = {number: _about(database, number) for number in chosen}
    names = [about.settings.get("Test_Name", "") for about in abouts.values()]
    records = []
    for number, rows in chosen.items():
        name = abouts[number].settings.get("Test_Name", "")
        label = name if name and names.count(name) == 1 else f"{name} Test_ID {number}".strip()
        step, cycle = (_counts(columns.get(c), rows.rows) for c in ("Step_Index", "Cycle_Index"))
        used = {"Test_Time", "Voltage", "Current"} | {
            c for c, counts in (("Step_Index", step), ("Cycle_Index", cycle)) if counts is not None
        }
        more: dict[str, NDArray[Any]] = {
            _HEADERS.get(c, c): values[rows.rows] for c, values in columns.items() if c not in used
        }
        extra, said = _beside(database, number, rows)
        records.append(
            CyclingRecord(
                test_time_second=columns["Test_Time"][rows.rows].astype(np.float64),
                voltage_volt=columns["Voltage"][rows.rows].astype(np.float64),
                current_ampere=columns["Current"][rows.rows].astype(np.float64),
                cycle_count=cycle,
                step_count=step,
                source=where,
                label=label if len(chosen) > 1 else "",
                about=abouts[number],
                more={**extra, **more},
                warnings=(*notes, *rows.notes, *said),
            )
        )
    return records


def _ordered(rows: NDArray[np.int64], columns: dict[str, _Numbers], where: str) -> _Rows:
    """Put the rows of one test in the order of its points, each point once."""
    time = columns["Test_Time"][rows]
    if _POINT not in columns:
        return _Rows(rows[np.argsort(time, kind="stable")], None, (f"no {_POINT}: rows were put in order of time",))
    points = _whole(columns[_POINT][rows], _POINT, where)
    order = np.lexsort((time, points))
    rows, points = rows[order], points[order]
    again = np.flatnonzero(np.diff(points) == 0) + 1
    if not again.size:
        return _Rows(rows, points, ())
    same = np.ones(again.size, dtype=bool)
    for values in columns.values():
        now, before = values[rows[again]], values[rows[again - 1]]
        same &= (now == before) | (np.isnan(now) & np.isnan(before))
    if not same.all():
        point = int(points[again[np.argmin(same)]])
        raise BadInputError(f"{where}, {_POINT} {point}", "two different rows of one number", "one row for each")
    kept = np.ones(rows.size, dtype=bool)
    kept[again] = False
    return _Rows(rows[kept], points[kept], (f"{again.size} rows that were in the table twice were left out",))


def _whole(values: _Numbers, name: str, where: str) -> NDArray[np.int64]:
    if values.dtype.kind == "f":
        if not (np.isfinite(values) & (np.abs(values) < 2**53) & (values == np.round(values))).all():
            raise BadInputError(f"{where}, column {name}", "rows without a whole number", "one in every row")
        return values.astype(np.int64)
    return values.astype(np.int64)


def _counts(values: _Numbers | None, rows: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Return counts of these rows; None if there are none, or gaps among them."""
    if values is None or values.dtype.kind != "i":
        return None
    return values[rows].astype(np.int64)


def _notes(database: Database, table: Table) -> list[str]:
    """What speaks for a database that is not whole."""
    lost = []
    if database.missing_bytes:
        lost.append("it ends within a page")
    if table.missing_pages:
        lost.append(f"{table.missing_pages} pages of its table are missing")
    if table.rows != table.stated_rows:
        lost.append(f"its table counts {table.stated_rows} rows and holds {table.rows}")
    return [f"the database was cut, or was copied while it was written: {', '.join(lost)}"] if lost else []


def _beside(database: Database, test: int, rows: _Rows) -> tuple[dict[str, NDArray[Any]], list[str]]:
    """Columns of the tables that add to points: per cycle, and of auxiliary channels; NaN where there is none."""
    columns: dict[str, NDArray[Any]] = {}
    said = []
    for name, add in ((_CYCLES, _of_cycles), (_AUXILIARY, _of_auxiliary)):
        try:
            table = database.table(name)
            if table is not None and table.rows and rows.points is not None:
                columns |= add(database, table, test, rows.points)
        except (BadInputError, KeyError):
            said.append(f"{name} is damaged and was left out")
    return columns, said


def _placed(points: NDArray[np.int64], at: _Numbers, values: _Numbers) -> NDArray[np.float64]:
    """Values of some points as a column of all points."""
    column = np.full(points.size, np.nan)
    where = np.searchsorted(points, at)
    where[where == points.size] = 0
    there = points[where] == at
    column[where[there]] = values[there]
    return column


def _of_cycles(_: Database, table: Table, test: int, points: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    mine, at = table.numbers(_TEST) == test, table.numbers(_POINT)
    names = [name for name in table.columns if name not in {_TEST, _POINT}] if mine.any() else []
    return {_HEADERS.get(name, name): _placed(points, at[mine], table.numbers(name)[mine]) for name in names}


def _of_auxiliary(database: Database, table: Table, test: int, points: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    mine = table.numbers(_TEST) == test
    at, values = table.numbers(_POINT)[mine], table.numbers("X")[mine]
    kind, index = table.numbers("Data_Type")[mine], table.numbers("Auxiliary_Index")[mine]
    named = database.table(_AUXILIARY_NAMES)
    names = {(r.get("Data_Type"), r.get("Auxiliary_Index")): r for r in (named.records() if named else [])}
    columns: dict[str, NDArray[Any]] = {}
    for one in np.unique(np.stack([kind, index], axis=1), axis=0)[:_MAX_AUXILIARY]:
        rows = (kind == one[0]) & (index == one[1])
        key = (f"{one[0]:g}", f"{one[1]:g}")
        said = names.get(key, {})
        # which quantity a Data_Type is stands nowhere in the database, so only its own unit is given
        unit = f"({said['Unit']})" if said.get("Unit") else ""
        nickname = f" {said['Nickname']}" if said.get("Nickname") else ""
        columns[f"Auxiliary type {key[0]} number {key[1]}{nickname}{unit}"] = _placed(points, at[rows], values[rows])
    return columns


def _about(database: Database, test: int) -> About:
    """What the database says of a test; nothing where its small tables are damaged."""
    found = [r for r in _small(database, _TESTS) if r.get(_TEST) == str(test)]
    settings = {key: value for key, value in (found[0] if found else {}).items() if value}
    version = next(iter(_small(database, _VERSION)), {})
    events = [r for r in _small(database, _EVENTS) if r.get(_TEST) == str(test)]
    for number, event in enumerate(events[:_MAX_EVENTS], 1):
        settings[f"Event {number}"] = f"{_moment(event.get('DateTime', ''))} {event.get('Event_Describe', '')}".strip()
    return About(
        instrument="Arbin",
        software=settings.get("Software_Version", "") or version.get("Version_Schema_Field", ""),
        start_time=_moment(settings.get("Start_DateTime", "")),
        sample=settings.get("Item_ID", "") or settings.get("Test_Name", ""),
        comment=settings.get("Comments", ""),
        settings=settings,
    )


def _small(database: Database, name: str) -> list[dict[str, str]]:
    try:
        table = database.table(name)
        return table.records() if table else []
    except BadInputError:
        return []


def _moment(days: str) -> str:
    """ISO 8601 of a date of Access; empty if it is none."""
    try:
        moment = _DAY_ZERO + timedelta(seconds=round(float(days) * _S_PER_DAY))
    except (ValueError, OverflowError):
        return ""
    return moment.isoformat(timespec="seconds") if moment.year > 1980 else ""


PLUGIN = Reader(
    title="Arbin .res",
    looks_like=looks_like,
    read=read,
    suffixes=(".res",),
    documented_at="https://github.com/mdbtools/mdbtools/blob/dev/HACKING.md",
    instruments=("Arbin (MITS Pro)",),
)
