"""Maccor text exports: some lines about the test, then ``Rec#``, ``Cyc#``, ``Step``, test time, amperes, volts, state.

Traps, all seen in real files: the current is a magnitude in some exports (the sign is taken from ``State`` or ``Md``:
C charges, D discharges) and signed in others; test time is a clock (``0d 00:00:05.05``), seconds, minutes or hours,
and a bare ``TestTime`` says no unit (it is compared with the dates of the rows); ``Volts`` may hold millivolts when
the other columns are in milliamperes (energy over capacity tells); commas are decimal or part thousands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.cycler_blocks import file_grid
from limetal.readers._kit.cycler_dates import iso_time, wall_clock_seconds
from limetal.readers._kit.cycler_grid import Grid, find_header
from limetal.readers._kit.cycler_record import Found, Layout, cycling_record, find_roles, header_name
from limetal.records.base import About
from limetal.records.cycling import CyclingRecord

_HINT = re.compile(r"(?i)\brec(?:#|\b)")
_DIRECTIONS = {"C": 1, "D": -1}
_LAYOUT = Layout(
    {
        "time": ("test", "test time", "testtime"),
        "voltage": ("voltage", "mvolts"),
        "current": ("current", "mamps", "uamps", "µamps"),
        "cycle": ("cyc#", "cycle c", "cycle", "cycle#", "cyc", "cycle p"),
        "step": ("step",),
        "state": ("state", "md", "mode"),
    },
    direction=lambda state: _DIRECTIONS.get(state.strip().upper(), 0),
)
#: Names that are units: Maccor heads its columns so.
_UNITS = {"mvolts": "mV", "mamps": "mA", "uamps": "uA", "µamps": "uA"}
_ENERGY = {"watt-hr": 1.0, "mwatt-hr": 1e-3, "wh": 1.0, "mwh": 1e-3}
_CHARGE = {"amp-hr": 1.0, "mamp-hr": 1e-3, "ah": 1.0, "mah": 1e-3}
_TIME_UNITS = {1.0: "s", 60.0: "min", 3600.0: "h"}
_UNCERTAIN_V = 200.0
_KEYS = (
    "Today's Date", "Today''s Date", "Date of Test", "Filename", "Tester Channel", "Procedure", "Comment/Barcode",
    "Description", "Name", "Channel", "Tester", "Started", "SCap", "C Rate", "Ch. max. V", "DisCh. min. V",
    "Ch. max. I", "DisCh. max. I", "Barcode", "Comment", "Mass", "Area", "Operator", "Software Version",
)  # fmt: skip


@dataclass(frozen=True)
class _Mended:
    """A table whose units are certain, its roles, and what was decided."""

    grid: Grid
    found: dict[str, Found]
    units: dict[str, str]
    notes: list[str]


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has Maccor's headers.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.txt"
    >>> _ = path.write_text("Today's Date 08/15/2019\nRec#\tCyc#\tStep\tTest (Sec)\tAmps\tVolts\tState\n")
    >>> looks_like(RawFile(path))
    True
    """
    return find_header(file.head_lines, _HINT, _fits) is not None


def read(file: RawFile, options: ReadOptions) -> CyclingRecord:  # noqa: ARG001 - one signature for all
    r"""Read one file.

    Raises
    ------
    BadInputError
        If there is no row of headers, a row is broken, or a unit is neither said nor certain.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.txt"
    >>> _ = path.write_text("Today's Date 08/15/2019\nRec#\tCyc#\tStep\tTest (Min)\tAmps\tVolts\tState\n"
    ...     "1\t0\t1\t0\t0\t3\tR\n2\t0\t2\t1\t0.5\t2.9\tD\n")
    >>> record = read(RawFile(path), ReadOptions())
    >>> record.test_time_second.tolist(), record.current_ampere.tolist()
    ([0.0, 60.0], [0.0, -0.5])
    """
    where = file.where
    header = find_header(file.head_lines, _HINT, _fits)
    if header is None:
        raise BadInputError(where, "no row of headers with Rec#, a test time and volts", "a Maccor table")
    grid = file_grid(file, header)
    about = _about(file.head_lines[: header.at], grid)
    mended = _volts(_time_unit(_current(_start(grid))))
    layout = replace(_LAYOUT, units=mended.units)
    return cycling_record(mended.grid, layout, about=about, source=where, found=mended.found, warnings=mended.notes)


def _fits(texts: list[str]) -> bool:
    names = [header_name(text)[0] for text in texts]
    if names[0] not in {"rec#", "rec"} or "step" not in names:
        return False
    return bool({"test", "test time", "testtime"} & set(names)) and bool({"voltage", "mvolts"} & set(names))


def _start(grid: Grid) -> _Mended:
    found = find_roles(grid.headers, _LAYOUT, grid.where)
    if "time" not in found:  # "Test (Sec)" is a test time, "Test" alone is not known
        raise BadInputError(grid.where, "no column of test time", "TestTime, Test (Sec) or Test (Min)")
    units = {role: _UNITS[name] for role, f in found.items() if (name := header_name(f.text)[0]) in _UNITS}
    return _Mended(grid, found, units, [])


def _current(state: _Mended) -> _Mended:
    """Leave a current without a unit, or a magnitude without a state, out of the record."""
    if "current" not in state.found:
        return state
    column, found = state.found["current"], dict(state.found)
    if column.unit is None and "current" not in state.units:
        said = f"column {column.text!r} has no unit, so the record has no current; the column is kept as it is"
        del found["current"]
        return replace(state, found=found, notes=[*state.notes, said])
    values = state.grid.columns[column.index]
    if (
        "state" not in found
        and values.dtype == pl.Float64
        and not bool((values < 0).any())
        and bool((values > 0).any())
    ):
        said = (f"column {column.text!r} is never negative and the file has no State, so the direction of the current "
                "is not known: the record has no current; the column is kept as it is")  # fmt: skip
        del found["current"]
        return replace(state, found=found, notes=[*state.notes, said])
    return state


def _time_unit(state: _Mended) -> _Mended:
    """Find the unit of a bare TestTime by the dates of the rows."""
    grid, column = state.grid, state.found["time"]
    values = grid.columns[column.index]
    if column.unit is not None or values.dtype == pl.String:
        return state
    dates = next((i for i, text in enumerate(grid.headers) if header_name(text)[0] == "dpt time"), None)
    clock = wall_clock_seconds(grid.texts(dates)) if dates is not None else None
    wanted = "a unit as in 'Test (Sec)', or dates of the rows that show it"
    if clock is None:
        raise BadInputError(grid.where, f"no unit for {column.text!r}", wanted)
    with np.errstate(all="ignore"):
        steps, passed = np.diff(values.fill_null(np.nan).to_numpy()), np.diff(clock)
    usable = np.isfinite(steps) & (steps > 0) & (passed >= 10) & (passed < 43_200)
    if usable.sum() < 2:
        raise BadInputError(grid.where, f"no unit for {column.text!r}", wanted)
    ratio = float(np.median(passed[usable] / steps[usable]))
    factor = next((f for f in _TIME_UNITS if abs(ratio / f - 1) < 0.1), None)
    if factor is None:
        found = f"no unit for {column.text!r}, and {ratio:.4g} s by the dates for each 1 of it"
        raise BadInputError(grid.where, found, wanted)
    unit = _TIME_UNITS[factor]
    said = f"column {column.text!r} has no unit: it is in {unit} by the dates of the rows"
    return replace(state, units={**state.units, "time": unit}, notes=[*state.notes, said])


def _volts(state: _Mended) -> _Mended:
    """Tell volts from millivolts by energy over capacity, where the numbers are no cell's."""
    grid, column = state.grid, state.found["voltage"]
    values = grid.columns[column.index]
    if values.dtype == pl.String or column.unit == "mV":
        return state
    numbers = np.abs(values.fill_null(np.nan).to_numpy())
    middle = float(np.nanmedian(numbers)) if np.isfinite(numbers).any() else 0.0
    by_energy = _volts_by_energy(grid, numbers)
    if by_energy is not None and abs(by_energy / 1000 - 1) < 0.2:
        said = f"column {column.text!r} holds millivolts: energy over capacity of the file is a thousandth of it"
        found = {**state.found, "voltage": replace(column, unit="mV")}
        return replace(state, found=found, notes=[*state.notes, said])
    if by_energy is None and middle > _UNCERTAIN_V:
        numbers_said = f"{middle:.5g} in column {column.text!r}, which is {middle:.5g} V or {middle / 1000:.5g} V (mV)"
        raise BadInputError(grid.where, numbers_said, "volts of a cell, or an energy that tells which")
    if column.unit is None and "voltage" not in state.units:
        said = f"column {column.text!r} has no unit: Maccor writes volts"
        return replace(state, units={**state.units, "voltage": "V"}, notes=[*state.notes, said])
    return state


def _volts_by_energy(grid: Grid, volts: np.ndarray) -> float | None:
    """Median of the voltage column over the volts that the file's energy and capacity give; None if they rest."""
    energy, charge = _column(grid, _ENERGY), _column(grid, _CHARGE)
    if energy is None or charge is None or volts.size < 3:
        return None
    with np.errstate(all="ignore"):
        de, dq, mean = np.diff(energy), np.diff(charge), (volts[1:] + volts[:-1]) / 2
        usable = (de > 0) & (dq > 0) & np.isfinite(mean)
        if usable.sum() < 3:
            return None
        return float(np.median(mean[usable] / (de[usable] / dq[usable])))


def _column(grid: Grid, names: dict[str, float]) -> np.ndarray | None:
    """Values of the first column whose header, or whose unit in brackets, is one of these."""
    for index, text in enumerate(grid.headers):
        inside = re.search(r"[\[(]([^\])]*)[\])]", text)
        key = text.strip().lower() if not inside else inside[1].strip().lower()
        if key in names and grid.columns[index].dtype == pl.Float64:
            return grid.columns[index].fill_null(np.nan).to_numpy() * names[key]
    return None


def _about(lines: list[str], grid: Grid) -> About:
    """Keys with their values, several in a line, parted by tabs or blanks."""
    text = "\n".join(lines)[:20_000]
    keys = "|".join(re.escape(key) for key in sorted(_KEYS, key=len, reverse=True))
    spoken = rf"(?:^|\s)(?P<a>{keys})\s*:|^\s*(?P<b>{keys})(?=[\t ,;])"  # in the middle of a line only with a colon
    marks = list(re.finditer(spoken, text, re.MULTILINE))
    pairs: dict[str, str] = {}
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=False):
        value = text[mark.end() : end]
        value = value.partition("\n")[0].strip("\t ,;:")
        if value:
            pairs.setdefault((mark["a"] or mark["b"]).replace("''", "'"), value)
    dates = next((i for i, name in enumerate(grid.headers) if header_name(name)[0] == "dpt time"), None)
    rows = [str(grid.texts(dates)[row]) for row in (0, -1)] if dates is not None else []
    start = iso_time(pairs.get("Started", "") or pairs.get("Date of Test", ""), rows)
    if not start or "T" not in start:
        start = iso_time(rows[0], rows) if rows and iso_time(rows[0], rows) else start
    return About(
        instrument="Maccor",
        technique=pairs.get("Procedure", ""),
        start_time=start,
        sample=pairs.get("Name", "") or pairs.get("Barcode", "") or pairs.get("Comment/Barcode", ""),
        comment=pairs.get("Comment/Barcode", "") or pairs.get("Description", ""),
        settings=pairs,
    )


PLUGIN = Reader(
    title="Maccor text",
    looks_like=looks_like,
    read=read,
    suffixes=(".txt", ".csv", ".078", ".tsv"),
    documented_at="https://www.maccor.com/Products/Software.aspx",
    instruments=("Maccor",),
)
