"""Voltage against capacity in text or workbooks of any origin, where the table has no time.

Half-cell exports, digitised figures and tables of publications are of this kind. Units must stand in the headers, or be
given with the columns by the user.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from limetal.errors import BadInputError
from limetal.readers._base import ColumnHint, Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.columns import read_header, read_unit
from limetal.readers._kit.potentiostat import Grid, others, same_names, take, without_cut_row
from limetal.readers._kit.tables import lines_of, numbered_table
from limetal.records.voltage_curve import VoltageCurveRecord

__all__ = ["PLUGIN", "looks_like", "read"]

HINTS = ("voltage", "capacity", "cycle")
_CAPACITY = re.compile(
    r"(?:(?:dis)?charge |dchg |chg |specific |areal |spec\.? |cell )*(?:capacity|cap\.?|q)", re.IGNORECASE
)
_COLUMNS = {"capacity_mAh", "specific_capacity_mAh_g", "areal_capacity_mAh_cm2"}
G_PER_KG = 1e3
_FORBIDDEN = re.compile(r"time|date|\bfreq", re.IGNORECASE)


def looks_like(file: RawFile) -> bool:
    r"""Whether a table names a voltage and a capacity with units, and no time.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "curve.csv"
    >>> _ = path.write_text("cycle number,Ecell/V,Capacity/mA.h\n1,2.9,0\n1,3.0,0.1\n")
    >>> looks_like(RawFile(path))
    True
    """
    try:
        for _, lines in lines_of(file, whole=False):
            found = numbered_table(lines[:400], file.where)
            if found is not None:
                return _roles(found.headers, {}, file.where) is not None
    except BadInputError:
        return False
    return False


def read(file: RawFile, options: ReadOptions) -> list[VoltageCurveRecord]:
    r"""Read the curve of each sheet.

    Raises
    ------
    BadInputError
        With the line, for fields that are no numbers, and for columns that are missing or have no unit.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "curve.csv"
    >>> _ = path.write_text("cycle number,Ecell/V,Capacity/mA.h\n1,2.9,0\n1,3.0,0.1\n")
    >>> curve, = read(RawFile(path), ReadOptions())
    >>> curve.voltage_volt.tolist(), curve.capacity_mAh.tolist(), curve.cycle_count.tolist()
    ([2.9, 3.0], [0.0, 0.1], [1, 1])
    """
    curves: list[VoltageCurveRecord] = []
    for sheet, lines in lines_of(file, whole=True):
        where = f"{file.where}, sheet {sheet}" if sheet else file.where
        grid = numbered_table(lines, where)
        if grid is None:
            continue
        roles = _roles(grid.headers, options.columns, where)
        if roles is not None:
            curves.append(replace(_curve(grid, roles, where), source=file.where, label=sheet))
    if not curves:
        wanted = "columns of voltage and capacity with units; or --column voltage=1:V --column capacity=2:mAh"
        raise BadInputError(file.where, "no table of voltage and capacity", wanted)
    return curves if len(curves) > 1 else [replace(curves[0], label="")]


def _roles(
    headers: tuple[str, ...], hints: Mapping[str, ColumnHint], where: str
) -> dict[str, tuple[int, float]] | None:
    """Column of the record -> index and factor; None where the headers name no such table."""
    roles: dict[str, tuple[int, float]] = {}
    for index, (name, unit) in _hinted(hints, headers, where) if hints else _named(headers):
        if name == "voltage" and unit is not None and (known := read_unit(unit, "voltage")) and known.factor:
            roles.setdefault("voltage_volt", (index, known.factor))
        elif name == "capacity" and unit is not None and (capacity := _capacity_unit(unit)):
            roles.setdefault(capacity[0], (index, capacity[1]))
        elif name == "cycle":
            roles.setdefault("cycle_count", (index, 1.0))
        elif hints:
            raise BadInputError(f"{where}, columns.{name}", f"the unit {unit!r}", "V or mV; mAh, Ah, mAh/g or mAh/cm2")
    enough = "voltage_volt" in roles and bool(_COLUMNS & set(roles))
    if not enough and hints:
        raise BadInputError(f"{where}, columns", f"only {', '.join(hints)}", "voltage and capacity")
    return roles if enough and (hints or not any(map(_FORBIDDEN.search, headers))) else None


def _named(headers: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, str | None]]]:
    for index, text in enumerate(headers):
        header = read_header(text)
        if header.rank("voltage") is not None:
            yield index, ("voltage", header.unit)
        elif _CAPACITY.fullmatch(header.name):
            yield index, ("capacity", header.unit)
        elif header.rank("cycle") is not None:
            yield index, ("cycle", None)


def _hinted(
    hints: Mapping[str, ColumnHint], headers: tuple[str, ...], where: str
) -> Iterator[tuple[int, tuple[str, str | None]]]:
    texts = [h.strip().lower() for h in headers]
    for key, hint in hints.items():
        if key not in HINTS:
            raise BadInputError(f"{where}, columns", repr(key), f"one of {', '.join(HINTS)}")
        if isinstance(hint.column, int):
            index = hint.column - 1
        elif hint.column.strip().lower() in texts:
            index = texts.index(hint.column.strip().lower())
        else:
            raise BadInputError(
                f"{where}, columns.{key}", repr(hint.column), f"a header of the file: {', '.join(headers)}"
            )
        if not 0 <= index < len(headers):
            raise BadInputError(
                f"{where}, columns.{key}", f"column {hint.column}", f"a column between 1 and {len(headers)}"
            )
        yield index, (key, hint.unit or read_header(headers[index]).unit)


def _capacity_unit(text: str) -> tuple[str, float] | None:
    """Column of the record and factor for a unit such as ``mA.h``, ``Ah``, ``mAh g-1``; None for any other."""
    plain = re.sub(r"[µμ]", "u", re.sub(r"[\s.·*()^]", "", text)).replace("²", "2").replace("⁻¹", "-1")
    match = re.fullmatch(r"([mu]?)Ah(?:(?:/(k?g|cm2))|(?:(k?g|cm2?)(?:-1|-2)))?", plain)
    if match is None:
        return None
    factor = {"": 1e3, "m": 1.0, "u": 1e-3}[match[1]]
    per = match[2] or match[3]
    if per in {"g", "kg"}:
        return "specific_capacity_mAh_g", factor if per == "g" else factor / G_PER_KG
    return ("areal_capacity_mAh_cm2" if per else "capacity_mAh"), factor


def _curve(grid: Grid, roles: dict[str, tuple[int, float]], where: str) -> VoltageCurveRecord:
    grid, values = take(grid, roles)
    columns: dict[str, Any] = {k: v for k, v in values.items() if k != "cycle_count"}
    cycles = values.get("cycle_count")
    grid = without_cut_row(grid, used := [index for index, _ in roles.values()])
    warnings = [*grid.warnings, *same_names(grid, used)]
    if cycles is not None:
        if (cycles == cycles.round()).all():
            columns["cycle_count"] = cycles.astype("int64")
        else:
            warnings.append("the column of cycles holds no whole numbers, so cycles are not counted")
    more = others(grid, used)
    return VoltageCurveRecord(**columns, source=where, more=more, warnings=tuple(warnings))


PLUGIN = Reader(
    title="voltage-capacity table",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv", ".txt", ".dat", ".xlsx", ".xls", ".ods"),
    documented_at="https://www.rfc-editor.org/rfc/rfc4180",
    gives=("voltage curve",),
    instruments=("any origin",),
    rank=1,
    takes_columns=HINTS,
)
