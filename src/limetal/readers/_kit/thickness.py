"""From a table to a record of thickness or strain over time: names in several languages, units, what was not said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import ColumnHint
from limetal.readers._kit.load_tables import Table
from limetal.readers._kit.mechanics import THICKNESS_NAMES, Heading, Unit, quantity_of, read_unit
from limetal.readers._kit.rows import as_clock, is_clock, is_date
from limetal.readers._kit.tensile import LOADS, hinted, scaled
from limetal.records.base import About
from limetal.records.thickness import ThicknessRecord

__all__ = ["HINTS", "fits_thickness", "thickness_of", "thickness_record"]

Floats = NDArray[np.float64]
UM_PER_MM = 1e3

#: Quantity -> dimension and an example of its unit.
HINTS: Mapping[str, tuple[str, str]] = {
    "time": ("time", "s"), "thickness": ("length", "um"), "thickness_change": ("length", "um"),
    "strain": ("strain", "%"),
    "pressure": ("stress", "MPa"), "voltage": ("voltage", "V"), "current": ("current", "A"),
    "capacity": ("capacity", "Ah"), "temperature": ("temperature", "degC"), "cycle": ("count", ""),
}  # fmt: skip
_EVIDENCE = ("thickness", "thickness_change", "strain")
_OF_A_CELL = ("voltage", "current", "capacity", "temperature", "cycle", "pressure")


def thickness_of(heading: Heading) -> tuple[str, int] | None:
    """Quantity of a thickness series that a heading names, and how well (0 best); None if it names another.

    Examples
    --------
    >>> from limetal.readers._kit.mechanics import read_heading
    >>> [thickness_of(read_heading(t)) for t in ("Expansion (um)", "Expansion (%)", "Range (um)")]
    [('thickness_change', 7), ('strain', 9), None]
    """
    unit = read_unit(heading.unit) if heading.unit else None
    name = heading.name.replace("\u2206", "\u03b4").replace("\u0394", "\u03b4")
    for quantity, names in THICKNESS_NAMES.items():
        if name in names and (unit is None or unit.dimension == HINTS[quantity][0]):
            return quantity, names.index(name)
    return None


def fits_thickness(headings: Sequence[Heading]) -> bool:
    """Whether columns hold a thickness or strain, over time or with what drove a cell, and are no tensile test.

    Examples
    --------
    >>> from limetal.readers._kit.mechanics import read_heading
    >>> rows = ("Time (s),Thickness (um)", "Displacement (mm),Force (N)", "Voltage (V),Current (A)")
    >>> [fits_thickness([read_heading(t) for t in row.split(",")]) for row in rows]
    [True, False, False]
    """
    found = {q[0] for h in headings if (q := thickness_of(h))}
    if not found & set(_EVIDENCE):
        return False
    if found & {"voltage", "current", "capacity"}:
        return True
    loads = any((q := quantity_of(h)) and q[0] in LOADS for h in headings)
    return not loads and bool(found & {"time", *_OF_A_CELL})


def thickness_record(
    table: Table, hints: Mapping[str, ColumnHint], *, about: About | None = None, label: str = ""
) -> ThicknessRecord:
    """Build the record of a table.

    Raises
    ------
    BadInputError
        For a thickness without unit, an unknown unit, or a field that is no number.
    """
    warnings = list(table.rows.warnings)
    index, given = _choose(table, hints, warnings)
    units = _units(table, index, given, warnings)
    mark = table.mark([index[q] for q in units])
    values = {q: _values(table, index[q], unit, mark) for q, unit in units.items()}
    cycle = _cycle(table, index, mark, warnings)
    used = {index[q] for q in units} | ({index["cycle"]} if cycle is not None else set())
    more = {
        table.headings[i].text.strip().strip('"') or f"column {i + 1}": table.other(i, mark)
        for i in range(len(table.headings))
        if i not in used and not table.is_empty(i)
    }
    time = values.get("time")
    if time is not None and not np.isfinite(time).all():
        row = int(np.argmin(np.isfinite(time)))
        raise BadInputError(table.place(row), "an empty time", "a time in every row")
    thick = values.get("thickness")
    change = None if thick is not None else values.get("thickness_change")
    if thick is not None and "thickness_change" in values:
        more[table.headings[index["thickness_change"]].text.strip()] = values["thickness_change"]
    return ThicknessRecord(
        test_time_second=time,
        thickness_micrometre=thick if thick is not None else change,
        strain_percent=values.get("strain"),
        pressure_megapascal=values.get("pressure"),
        voltage_volt=values.get("voltage"),
        current_ampere=values.get("current"),
        capacity_ampere_hour=values.get("capacity"),
        temperature_kelvin=values.get("temperature"),
        cycle_count=cycle,
        is_change=change is not None,
        source=table.where.partition(", sheet ")[0],
        label=label,
        about=about or About(),
        more=more,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _choose(
    table: Table, hints: Mapping[str, ColumnHint], warnings: list[str]
) -> tuple[dict[str, int], dict[str, str]]:
    index = {quantity: hinted(table, quantity, hint) for quantity, hint in hints.items()}
    given = {quantity: hint.unit for quantity, hint in hints.items() if hint.unit}
    best: dict[str, int] = {}
    taken = set(index.values())
    for i, heading in enumerate(table.headings):
        found = thickness_of(heading)
        if found is None or found[0] in hints or i in taken or table.is_empty(i):
            continue
        quantity, rank = found
        if quantity == "time" and _is_calendar(table, i):
            continue
        if quantity not in best or rank < best[quantity]:
            index[quantity], best[quantity] = i, rank
        elif rank == best[quantity]:
            kept, other = (table.headings[k].text.strip() for k in (index[quantity], i))
            warnings.append(f"{kept!r} is taken as {quantity}; {other!r} is kept beside it")
    return index, given


def _is_calendar(table: Table, index: int) -> bool:
    texts = table.rows.column(index)
    filled = texts.filter(texts != "")
    return bool(len(filled)) and is_date(str(filled[0]))


def _units(table: Table, index: Mapping[str, int], given: Mapping[str, str], warnings: list[str]) -> dict[str, Unit]:
    """Units of the chosen columns; a thickness or strain without unit is refused if there is no other."""
    units: dict[str, Unit] = {}
    without: list[str] = []
    for quantity, i in index.items():
        if quantity == "cycle":
            continue
        heading = table.headings[i]
        texts = table.rows.column(i)
        if quantity == "time" and len(texts) and is_clock(str(texts[0])):
            units[quantity] = Unit("hh:mm:ss", "time", 0.0)
            continue
        text = given.get(quantity) or heading.unit
        if text is None:
            without.append(quantity)
            continue
        unit = read_unit(text)
        dimension, example = HINTS[quantity]
        if unit is None or unit.dimension != dimension:
            raise BadInputError(
                table.header_place,
                f"the unit {text!r} of {heading.text.strip()!r}",
                f"a unit of {quantity} such as {example}",
            )
        units[quantity] = unit
    needed = [q for q in without if q in (*_EVIDENCE, "time")]
    if needed and (not any(q in units for q in _EVIDENCE) or "time" in needed):
        names = " and ".join(repr(table.headings[index[q]].text.strip()) for q in needed)
        inner = ", ".join(
            f'{q} = {{ column = "{table.headings[index[q]].text.strip()}", unit = "{HINTS[q][1]}" }}' for q in needed
        )
        example = f"{table.headings[index[needed[0]]].text.strip()} ({HINTS[needed[0]][1]})"
        wanted = f"a unit as in '{example}'; or, where that is the unit, columns = {{ {inner} }}"
        raise BadInputError(table.header_place, f"no unit for {names}", wanted)
    for quantity in without:
        name = table.headings[index[quantity]].text.strip()
        warnings.append(f"{name!r} has no unit, so it is kept beside the record and is no {quantity} of it")
    return units


def _values(table: Table, index: int, unit: Unit, mark: str) -> Floats:
    if unit.dimension == "time" and unit.factor == 0:
        return as_clock(table.rows.column(index))
    if unit.dimension == "length":
        unit = replace(unit, factor=unit.factor * UM_PER_MM)
    return scaled(table.numbers(index, mark), unit)


def _cycle(table: Table, index: Mapping[str, int], mark: str, warnings: list[str]) -> NDArray[np.int64] | None:
    if "cycle" not in index:
        return None
    values = table.other(index["cycle"], mark)
    if values.dtype.kind != "f":
        return None
    numbers = np.asarray(values, dtype=np.float64)
    if not np.isfinite(numbers).all() or (numbers != np.round(numbers)).any() or (np.abs(numbers) > 2**53).any():
        warnings.append(f"{table.headings[index['cycle']].text.strip()!r} has gaps or fractions, so it is no count")
        return None
    return numbers.astype(np.int64)
