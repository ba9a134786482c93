"""From the columns of a potentiostat's text file to records, one way for all its makers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.physics.constants import MA_PER_A
from limetal.readers._kit.potentiostat import Grid, Role, others, role_of, same_names, scaled, take, without_cut_row
from limetal.records.base import About
from limetal.records.cycling import CyclingRecord
from limetal.records.impedance import ImpedanceRecord
from limetal.records.polarisation import PolarisationRecord

__all__ = ["Facts", "columns_of", "impedance", "over_time", "polarisation", "with_warnings"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Facts:
    """What a reader knows beside the columns: of the file (about), of the record (label), of the cell (area)."""

    where: str
    about: About = field(default_factory=About)
    label: str = ""
    area_cm2: float | None = None
    scan_rate_V_s: float | None = None
    reference: str = ""
    warnings: tuple[str, ...] = ()


def columns_of(headers: Sequence[str], units: Sequence[str] | None = None) -> dict[str, tuple[int, Role]]:
    """Index and role of the first column of each quantity; the rest of the file is kept beside them.

    Examples
    --------
    >>> columns_of(("Index", "Frequency (Hz)", "Z' (Ω)", "-Z'' (Ω)"))["imaginary"]
    (3, Role(quantity='imaginary', factor=1.0, sign=-1.0, per_area=False))
    """
    found: dict[str, tuple[int, Role]] = {}
    for index, header in enumerate(headers):
        role = role_of(header, None if units is None else (units[index] if index < len(units) else ""))
        if role is not None:
            found.setdefault(role.quantity, (index, role))
    return found


def impedance(grid: Grid, columns: Mapping[str, tuple[int, Role]], facts: Facts) -> ImpedanceRecord:
    """One spectrum of all rows of a block.

    Raises
    ------
    BadInputError
        If frequency or impedance is missing, or a field of them is no number.
    """
    names = ("frequency", "real", "imaginary")
    missing = [name for name in names if name not in columns]
    if missing:
        raise BadInputError(_place(grid), _lacking(missing, grid), "frequency, Re Z and Im Z with known units")
    per_area = {columns[name][1].per_area for name in ("real", "imaginary")}
    if len(per_area) > 1:
        raise BadInputError(facts.where, "Re Z in ohm and Im Z in ohm cm2, or the other way", "one unit for both")
    grid, values = take(grid, {name: _scale(columns[name]) for name in names})
    optional, warnings = _optional(grid, columns, ("time", "potential", "current"))
    used = [columns[name][0] for name in (*names, *optional)]
    grid, values, optional = _without_cut_row(grid, used, values, optional)
    return ImpedanceRecord(
        frequency_hertz=values["frequency"],
        impedance_real_ohm=values["real"],
        impedance_imaginary_ohm=values["imaginary"],
        test_time_second=optional.get("time"),
        voltage_volt=optional.get("potential"),
        current_ampere=optional.get("current"),
        per_area=per_area.pop(),
        area_cm2=facts.area_cm2,
        source=facts.where,
        label=facts.label,
        about=facts.about,
        more=others(grid, used),
        warnings=(*facts.warnings, *grid.warnings, *warnings, *same_names(grid, used)),
    )


def polarisation(
    grid: Grid,
    columns: Mapping[str, tuple[int, Role]],
    facts: Facts,
    *,
    scan: NDArray[np.int64] | None = None,
    counted: int | None = None,
    turn_current: bool = False,
) -> PolarisationRecord:
    """Potential against current of all rows of a block; ``turn_current`` where cathodic currents are positive.

    ``counted`` is the column that ``scan`` was read from, if it is one.

    Raises
    ------
    BadInputError
        If potential or current is missing, or a field of them is no number.
    """
    flows = [name for name in ("current", "current density") if name in columns]
    if "potential" not in columns or not flows:
        lacks = "potential" if "potential" not in columns else "current"
        raise BadInputError(_place(grid), _lacking([lacks], grid), "potential and current with known units")
    names = ["potential", *flows]
    grid, values = take(grid, {name: _scale(columns[name]) for name in names})
    optional, warnings = _optional(grid, columns, ("time",))
    used = [columns[name][0] for name in (*names, *optional)]
    grid, values, optional = _without_cut_row(grid, [*used, *([] if counted is None else [counted])], values, optional)
    sign = -1.0 if turn_current else 1.0
    return PolarisationRecord(
        potential_volt=values["potential"],
        current_ampere=sign * values["current"] if "current" in values else None,
        current_density_mA_cm2=sign * values["current density"] if "current density" in values else None,
        test_time_second=optional.get("time"),
        cycle_count=None if scan is None else scan[: grid.rows],
        scan_rate_V_s=facts.scan_rate_V_s,
        reference=facts.reference,
        area_cm2=facts.area_cm2,
        source=facts.where,
        label=facts.label,
        about=facts.about,
        more=others(grid, used),
        warnings=(*facts.warnings, *grid.warnings, *warnings, *same_names(grid, used)),
    )


def over_time(
    grid: Grid,
    columns: Mapping[str, tuple[int, Role]],
    facts: Facts,
    *,
    cycle: NDArray[np.int64] | None = None,
    turn_current: bool = False,
) -> CyclingRecord:
    """Potential (and current) against time of all rows of a block.

    A density becomes a current where the file states the area.

    Raises
    ------
    BadInputError
        If time or potential is missing, a field of them is no number, or time falls.
    """
    missing = [name for name in ("time", "potential") if name not in columns]
    if missing:
        raise BadInputError(_place(grid), _lacking(missing, grid), "time and potential with known units")
    warnings = list(facts.warnings)
    flow = next((name for name in ("current", "current density") if name in columns), None)
    if flow == "current density" and facts.area_cm2 is None:
        warnings.append("the current is per area and the file states no area, so it is kept beside the record")
        flow = None
    names = ["time", "potential", *([flow] if flow else [])]
    grid, values = take(grid, {name: _scale(columns[name]) for name in names})
    used = [columns[name][0] for name in names]
    grid, values, _ = _without_cut_row(grid, used, values, {})
    current = values[flow] * (-1.0 if turn_current else 1.0) if flow else None
    if flow == "current density" and current is not None and facts.area_cm2 is not None:
        current = current * facts.area_cm2 / MA_PER_A
        warnings.append(f"current was made from current density and the area of {facts.area_cm2:g} cm2 in the file")
    return CyclingRecord(
        test_time_second=values["time"],
        voltage_volt=values["potential"],
        current_ampere=current,
        cycle_count=None if cycle is None else cycle[: grid.rows],
        source=facts.where,
        label=facts.label,
        about=facts.about,
        more=others(grid, used),
        warnings=(*warnings, *grid.warnings, *same_names(grid, used)),
    )


def with_warnings(facts: Facts, *warnings: str) -> Facts:
    """Return the same facts with more warnings at the end."""
    return replace(facts, warnings=(*facts.warnings, *warnings))


def _place(grid: Grid) -> str:
    return f"{grid.where}, line {grid.line[0]}" if grid.rows else grid.where


def _lacking(names: Sequence[str], grid: Grid) -> str:
    headers = ", ".join(header.strip()[:30] for header in grid.headers[:12] if header.strip())
    return f"no column of {' and '.join(names)} among {headers or 'columns without headers'}"


def _scale(column: tuple[int, Role]) -> tuple[int, float]:
    return column[0], column[1].times


def _without_cut_row(
    grid: Grid, used: Sequence[int], values: dict[str, Floats], optional: dict[str, Floats]
) -> tuple[Grid, dict[str, Floats], dict[str, Floats]]:
    """Leave out a last row whose last number is cut from the grid and from what was read of it."""
    grid = without_cut_row(grid, used)
    n = grid.rows
    return grid, {name: v[:n] for name, v in values.items()}, {name: v[:n] for name, v in optional.items()}


def _optional(
    grid: Grid, columns: Mapping[str, tuple[int, Role]], names: Sequence[str]
) -> tuple[dict[str, Floats], list[str]]:
    """Columns a record can do without: left among the others where they hold something else than numbers."""
    values: dict[str, Floats] = {}
    warnings: list[str] = []
    for name in names:
        if name not in columns:
            continue
        index, role = columns[name]
        if index >= grid.frame.width:
            continue
        numbers = _either_mark(grid, index)
        finite = np.isfinite(numbers)
        if name == "time" and finite.all() and grid.rows > 1 and not numbers.any():
            continue  # a program that has no clock writes zeros
        if finite.all() or (name != "time" and finite.any()):
            with np.errstate(over="ignore"):
                values[name] = scaled(numbers, role.times)
        elif finite.any():
            row = int(np.argmin(finite))
            header = grid.headers[index] if index < len(grid.headers) else f"column {index + 1}"
            text = str(grid.texts(index)[row])[:40]
            warnings.append(f"column {header!r} has {text!r} in line {grid.line[row]}, so the record has no time")
    return values, warnings


def _either_mark(grid: Grid, index: int) -> Floats:
    texts = grid.texts(index)
    comma = bool(texts.str.contains(",", literal=True).any()) and not texts.str.contains(".", literal=True).any()
    return grid.numbers(index, comma)
