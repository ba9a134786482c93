"""Neware exports of BTSDA as csv, txt and workbook: flat, of several versions and languages, and in three levels.

``Time`` and ``Relative Time`` are times within a step, ``Total Time`` and ``Cumulative Time`` those of the test; where
only the first exists, test time is summed from the steps and compared with the dates. Units stand in the headers
(``Current(A)``, ``(mA)``, ``(µA)``); a micro sign that was lost (``Current(?A)``) is told by the power if the file has
it. Charging is positive; a magnitude takes its sign from the step type.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import numpy as np
import polars as pl

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.cycler_blocks import file_grid
from limetal.readers._kit.cycler_dates import iso_time, wall_clock_seconds
from limetal.readers._kit.cycler_grid import Grid, Header, find_header, joined, text_grid
from limetal.readers._kit.cycler_record import Found, Layout, cycling_record, find_roles, header_name
from limetal.readers._kit.cycler_sheets import header_row, sheet_grid
from limetal.readers._kit.decode import split_lines
from limetal.readers._kit.neware_levels import CYCLE_NAMES, STATE_NAMES, STEP_NAMES, levels_grid, step_columns
from limetal.readers._kit.sheets import Sheet, cell_text
from limetal.records.base import About
from limetal.records.cycling import CyclingRecord

_CHINESE = "gb18030"
_RECORD_NAMES = (
    "datapoint", "record id", "record index", "record number", "数据序号", "记录序号", "数据点号", "數據序號",
    "記錄序號",
)  # fmt: skip
_DATE_NAMES = (
    "date", "absolute time", "realtime", "datetime", "绝对时间", "系统时间", "日期", "实时时间", "絕對時間", "系統時間",
)  # fmt: skip
_LAYOUT = Layout(
    {
        "time": ("total time", "cumulative time", "test time", "总时间", "总测试时间", "累计时间", "測試時間",
                 "测试时间", "總時間", "累計時間"),
        "step_time": ("time", "relative time", "step time", "record time", "时间", "相对时间", "工步时间", "時間",
                      "相對時間", "工步時間"),
        "voltage": ("voltage", "vol", "电压", "電壓"),
        "current": ("current", "cur", "电流", "電流"),
        "cycle": CYCLE_NAMES,
        "step": STEP_NAMES,
        "state": STATE_NAMES,
        "date": _DATE_NAMES,
    }
)  # fmt: skip
_HINT = re.compile(r"(?i)datapoint|record|序号|序號|点号")
_LOST_MICRO = re.compile(r"[?\ufffd]+A")
_POWER = {"w": 1.0, "mw": 1e-3}
_CURRENT_UNITS = {1.0: "A", 1e-3: "mA", 1e-6: "uA", 1e-9: "nA"}


def looks_like(file: RawFile) -> bool:
    r"""Whether a text or a sheet has Neware's headers.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = path.write_text("DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(A),Voltage(V)\n")
    >>> looks_like(RawFile(path))
    True
    """
    if file.head_text:
        return _header(file) is not None
    return any(header_row(sheet, _fits) is not None for sheet in file.sheets)


def read(file: RawFile, options: ReadOptions) -> CyclingRecord | list[CyclingRecord]:  # noqa: ARG001
    r"""Read one file.

    Raises
    ------
    BadInputError
        If there is no such table, a row is broken, or a unit is neither said nor certain.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.csv"
    >>> _ = path.write_text("DataPoint,Step Index,Step Type,Time,Current(mA),Voltage(V)\n"
    ...     "1,1,Rest,00:00:00,0,3\n2,1,Rest,00:00:05,0,3\n3,2,CC Chg,00:00:00,1,3.1\n4,2,CC Chg,00:00:05,1,3.2\n")
    >>> record = read(RawFile(path), ReadOptions())
    >>> record.test_time_second.tolist(), record.current_ampere.tolist()
    ([0.0, 5.0, 5.0, 10.0], [0.0, 0.0, 0.001, 0.001])
    """
    if not file.head_text:
        return _workbook(file)
    found = _header(file)
    if found is None:
        raise BadInputError(file.where, "no row of headers with DataPoint, Current and Voltage", "a Neware export")
    header, encoding = found
    levels = not any(header.texts[:2])
    if encoding is None and not levels:
        grid = file_grid(file, header)
    else:
        text = file.text if encoding is None else file.data.decode(encoding, "replace")
        grid = levels_grid(text, header, file.where) if levels else text_grid(text, header, file.where)
    return _record(grid, {}, "", file.where)


def _header(file: RawFile) -> tuple[Header, str | None] | None:
    """Row of headers, and the encoding if it is not the one the file was taken for."""
    header = find_header(file.head_lines, _HINT, _fits)
    if header is not None:
        return header, None
    if file.head.isascii() or file.head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    header = find_header(split_lines(file.head.decode(_CHINESE, "ignore")), _HINT, _fits)
    return (header, _CHINESE) if header is not None else None


def _fits(texts: list[str]) -> bool:
    names = {header_name(text)[0] for text in texts}
    roles = _LAYOUT.names
    if not all(names & set(roles[role]) for role in ("voltage", "current")):
        return False
    clocks = names & {*roles["time"], *roles["step_time"]}
    return bool(names & set(_RECORD_NAMES)) and bool(clocks)


def _record(grid: Grid, settings: dict[str, str], label: str, source: str) -> CyclingRecord:
    found = find_roles(grid.headers, _LAYOUT, grid.where)
    found, notes = _lost_micro(grid, found)
    if "state" not in found and "step" in found and grid.columns[found["step"].index].dtype == pl.String:
        found = {**found, "state": replace(found["step"], role="state")}
    about = About(
        instrument="Neware",
        software=settings.get("BTS Version", ""),
        technique=settings.get("Process Name", ""),
        start_time=_start(grid, found),
        sample=settings.get("Barcode", "") or settings.get("Battery number", ""),
        comment=settings.get("Remarks", "") or settings.get("Remark", ""),
        settings=settings,
    )
    record = cycling_record(grid, _LAYOUT, about=about, label=label, source=source, found=found, warnings=notes)
    return record if "time" in found else record.warned(*_against_dates(record, grid, found))


def _lost_micro(grid: Grid, found: dict[str, Found]) -> tuple[dict[str, Found], list[str]]:
    """Find the unit of ``Current(?A)`` by the power, which is voltage times current."""
    column = found.get("current")
    if column is None or column.unit is None or not _LOST_MICRO.fullmatch(column.unit):
        return found, []
    for text, values in zip(grid.headers, grid.columns, strict=True):
        name, unit = header_name(text)
        if name not in {"power", "功率"} or (unit or "").lower() not in _POWER or values.dtype != pl.Float64:
            continue
        volt_unit = {"v": 1.0, "mv": 1e-3}.get((found["voltage"].unit or "").lower())
        if volt_unit is None or any(grid.columns[found[r].index].dtype != pl.Float64 for r in ("current", "voltage")):
            continue
        current = grid.columns[column.index].fill_null(np.nan).to_numpy()
        voltage = grid.columns[found["voltage"].index].fill_null(np.nan).to_numpy() * volt_unit
        power = values.fill_null(np.nan).to_numpy() * _POWER[(unit or "").lower()]
        with np.errstate(all="ignore"):
            product = current * voltage
            usable = (np.abs(power) > 0) & (np.abs(product) > 0) & np.isfinite(product)
            if usable.sum() < 3:
                continue
            ratio = float(np.median(np.abs(power[usable] / product[usable])))
        factor = next((f for f in _CURRENT_UNITS if abs(ratio / f - 1) < 0.1), None)
        if factor is not None:
            told = _CURRENT_UNITS[factor]
            said = f"the unit of column {column.text!r} was lost: it is {told}, by column {text!r}"
            return {**found, "current": replace(column, unit=told)}, [said]
    flat = grid.columns[column.index]
    if flat.dtype == pl.Float64 and not bool((flat != 0).any()):
        said = f"the unit of column {column.text!r} was lost; all its numbers are 0"
        return {**found, "current": replace(column, unit="A")}, [said]
    return found, []


def _start(grid: Grid, found: dict[str, Found]) -> str:
    """Date of the first row, if it is the start."""
    if "date" not in found:
        return ""
    texts = grid.texts(found["date"].index)
    return iso_time(str(texts[0]), [str(texts[-1])])


def _against_dates(record: CyclingRecord, grid: Grid, found: dict[str, Found]) -> list[str]:
    """Compare a time that was put together with the dates of the rows."""
    if "date" not in found:
        return []
    clock = wall_clock_seconds(grid.texts(found["date"].index)[: record.rows])
    if clock is None:
        return []
    span, passed = float(record.test_time_second[-1] - record.test_time_second[0]), float(clock[-1])
    if abs(span - passed) <= max(60.0, 0.01 * abs(passed)):
        return []
    return [
        f"test time spans {span:.0f} s and the dates of the rows {passed:.0f} s: the test paused, or steps are lost"
    ]


def _workbook(file: RawFile) -> list[CyclingRecord]:
    sheets = [(sheet, at) for sheet in file.sheets if (at := header_row(sheet, _fits)) is not None]
    grids: list[tuple[str, Grid]] = []
    for sheet, at in sheets:
        if len(sheet.rows) < at + 3:
            continue
        grid = sheet_grid(sheet, at, file.where)
        if grids and _goes_on(grids[-1][1], grid):
            grids[-1] = (grids[-1][0], joined([grids[-1][1], grid]))
        else:
            grids.append((sheet.name, grid))
    if not grids:
        raise BadInputError(file.where, "no sheet of records with two rows", "a Neware workbook")
    settings = _settings(file.sheets)
    records = []
    for name, grid in grids:
        whole = _with_steps(grid, file.sheets, file.where) if len(grids) == 1 else grid
        records.append(_record(whole, settings, name if len(grids) > 1 else "", file.where))
    return records


def _goes_on(last: Grid, grid: Grid) -> bool:
    """Whether a sheet goes on where another ended: same headers, and record numbers that go on."""
    if last.headers != grid.headers:
        return False
    index = next((i for i, text in enumerate(grid.headers) if header_name(text)[0] in _RECORD_NAMES), 0)
    before, after = last.columns[index], grid.columns[index]
    if before.dtype != pl.Float64 or after.dtype != pl.Float64:
        return False
    return bool(before[-1] is not None and after[0] is not None and after[0] == before[-1] + 1)


def _with_steps(grid: Grid, sheets: tuple[Sheet, ...], where: str) -> Grid:
    """Numbers of cycles and steps by the sheet of steps, where the records carry none."""
    found = find_roles(grid.headers, _LAYOUT, grid.where)
    if "step" in found or "step_time" not in found:
        return grid
    for sheet in sheets:
        at = header_row(sheet, _fits_steps)
        if at is not None and len(sheet.rows) > at + 1:
            state = found["state"].index if "state" in found else None
            return step_columns(grid, sheet_grid(sheet, at, where), found["step_time"].index, state)
    return grid


def _fits_steps(texts: list[str]) -> bool:
    names = {header_name(text)[0] for text in texts}
    return bool(names & set(STEP_NAMES)) and bool(names & set(STATE_NAMES)) and not names & set(_RECORD_NAMES)


def _settings(sheets: tuple[Sheet, ...]) -> dict[str, str]:
    """Words beside words on the sheets that describe the test."""
    pairs: dict[str, str] = {}
    for sheet in sheets:
        if sheet.name.lower() not in {"test", "unit", "info", "test info", "测试信息", "单位"}:
            continue
        for row in sheet.rows[:60]:
            cells = [cell_text(cell) for cell in row]
            for key, value in itertools.pairwise(cells):
                if key and value and not re.fullmatch(r"[\d.:/ -]+", key) and len(pairs) < 200:
                    pairs.setdefault(key.rstrip(":："), value)
    return pairs


PLUGIN = Reader(
    title="Neware csv, txt and workbook",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv", ".xlsx", ".txt", ".xls"),
    documented_at="https://www.neware.net/",
    instruments=("Neware",),
)
