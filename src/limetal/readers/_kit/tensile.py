"""From a table of load and deformation to tensile records: which column holds what, in which unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import ColumnHint
from limetal.readers._kit.load_tables import Table
from limetal.readers._kit.mechanics import Heading, Unit, quantity_of, read_unit
from limetal.readers._kit.rows import as_clock, is_clock, is_date
from limetal.readers._kit.specimen import Specimen, loading_of
from limetal.records.base import About
from limetal.records.tensile import TensileRecord

__all__ = [
    "DEFORMATIONS",
    "HINTS",
    "LOADS",
    "Roles",
    "fits_tensile",
    "groups_of",
    "hinted",
    "roles_of",
    "scaled",
    "tensile_record",
    "trimmed",
]

Floats = NDArray[np.float64]
LOADS = ("force", "stress")
DEFORMATIONS = ("displacement", "extension", "strain", "travel", "position")
#: Quantity -> dimension and example, for what a user may say.
HINTS: Mapping[str, tuple[str, str]] = {
    "time": ("time", "s"), "force": ("force", "N"), "stress": ("stress", "MPa"), "displacement": ("length", "mm"),
    "extension": ("length", "mm"), "strain": ("strain", "%"),
}  # fmt: skip
_DIMENSION = {**{q: d for q, (d, _) in HINTS.items()}, "travel": "length", "position": "length"}
#: Names that do not say whether crosshead or extensometer moved.
_UNSAID = {"extension", "elongation", "deformation", "allongement", "verlangerung", "elongacion", "alargamiento",
           "allungamento", "delta l", "δl", "change in length", "u"}  # fmt: skip
#: A travel that differs from the crosshead's by more than this share of it is an extensometer's.
_SAME_TRAVEL = 0.02
_BATTERY = re.compile(
    r"(?:cell )?(?:voltage|potential|current|capacity|strom|kapazitat|ecell|ewe|cycle(?: (?:number|index))?)"
)


@dataclass(frozen=True)
class Roles:
    """Column of each quantity, with the units a user gave; and sentences about the choice."""

    index: dict[str, int]
    unit: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def fits_tensile(headings: Sequence[Heading]) -> bool:
    """Whether columns hold a load and a deformation, and nothing of a cell.

    Examples
    --------
    >>> from limetal.readers._kit.mechanics import read_heading
    >>> [fits_tensile([read_heading(t) for t in row.split(",")]) for row in ("Load (N),Extension (mm)", "Load,Time")]
    [True, False]
    """
    found = {q[0] for h in headings if (q := quantity_of(h))}
    if any(_BATTERY.fullmatch(h.name) for h in headings):
        return False
    return bool(found & set(LOADS)) and bool(found & set(DEFORMATIONS))


def groups_of(table: Table) -> list[list[int]]:
    """Columns of each specimen, where several stand side by side under repeated headings.

    Raises
    ------
    BadInputError
        If loads repeat but the groups are unlike, so that nobody knows which belongs to which.
    """
    named = [i for i, h in enumerate(table.headings) if h.text.strip()]
    roles = [quantity_of(table.headings[i]) for i in named]
    names = [table.headings[i].name for i in named]
    loads = [n for n, r in zip(names, roles, strict=True) if r and r[0] in LOADS]
    if len(loads) == len(set(loads)):
        return [list(range(len(table.headings)))]
    first = names[0]
    starts = [k for k, name in enumerate(names) if name == first]
    spans = [named[a:b] for a, b in zip(starts, [*starts[1:], len(named)], strict=True)]
    kinds = {tuple(table.headings[i].name for i in span) for span in spans}
    if len(spans) < 2 or len(kinds) != 1:
        twice = next(n for n in loads if loads.count(n) > 1)
        raise BadInputError(
            table.header_place, f"several columns {twice!r} that are no groups of equal columns",
            "one load and one deformation, or the same columns for each specimen",
        )  # fmt: skip
    return spans


def roles_of(table: Table, columns: Sequence[int], hints: Mapping[str, ColumnHint] | None = None) -> Roles:
    """Choose a column for each quantity; what the user said goes first."""
    hints = hints or {}
    index: dict[str, int] = {}
    unit: dict[str, str] = {}
    warnings: list[str] = []
    best: dict[str, int] = {}
    for quantity, hint in hints.items():
        index[quantity] = hinted(table, quantity, hint)
        if hint.unit:
            unit[quantity] = hint.unit
    taken = set(index.values())
    for i in columns:
        found = quantity_of(table.headings[i])
        if found is None or i in taken or found[0] in hints or table.is_empty(i):
            continue
        quantity, rank = found
        if quantity == "time" and _is_calendar(table, i):
            continue
        if quantity not in best or rank < best[quantity]:
            index[quantity], best[quantity] = i, rank
        elif rank == best[quantity]:
            kept, other = (table.headings[k].text.strip() for k in (index[quantity], i))
            warnings.append(f"{kept!r} is taken as {quantity}; {other!r} is kept beside it")
    # an "Extension" beside the travel of the crosshead is the extensometer's
    second = [
        i for i in columns
        if i not in index.values() and table.headings[i].name in _UNSAID and not table.is_empty(i)
        and (q := quantity_of(table.headings[i])) and q[0] == "displacement"
    ]  # fmt: skip
    if second and "extension" not in index and "displacement" in index:
        index["extension"] = second[0]
    return Roles(index, unit, tuple(warnings))


def _is_calendar(table: Table, index: int) -> bool:
    texts = table.rows.column(index)
    filled = texts.filter(texts != "")
    return bool(len(filled)) and is_date(str(filled[0]))


def hinted(table: Table, quantity: str, hint: ColumnHint) -> int:
    place = f"{table.where}, columns.{quantity}"
    if isinstance(hint.column, int):
        if not 1 <= hint.column <= len(table.headings):
            raise BadInputError(place, f"column {hint.column}", f"a column between 1 and {len(table.headings)}")
        return hint.column - 1
    asked = hint.column.strip().lower()
    hits = [i for i, h in enumerate(table.headings) if h.text.strip().strip('"').lower() == asked]
    if len(hits) != 1:
        names = ", ".join(repr(h.text.strip()) for h in table.headings[:8])
        found = f"{hint.column!r}, which heads {len(hits)} columns"
        raise BadInputError(place, found, f"one header of the file: {names}")
    return hits[0]


def tensile_record(
    table: Table,
    roles: Roles,
    columns: Sequence[int],
    specimen: Specimen | None = None,
    *,
    about: About | None = None,
    label: str = "",
    loading: str | None = None,
    fixed_units: Mapping[str, str] | None = None,
    is_crosshead: bool = False,
    warnings: Sequence[str] = (),
) -> TensileRecord:
    """Build the record of one specimen.

    ``fixed_units`` are those a format fixes where it does not write them; ``is_crosshead``: in this format a plain
    extension is the crosshead's.

    Raises
    ------
    BadInputError
        For a load or deformation without unit, or a field that is no number.
    """
    specimen = specimen or Specimen()
    said = [*table.rows.warnings, *warnings, *roles.warnings]
    units = _units(table, roles, fixed_units or {}, said)
    mark = table.mark([roles.index[q] for q in units])
    table = trimmed(table, [roles.index[q] for q in units if q != "time"])
    values: dict[str, Floats] = {}
    for quantity, unit in units.items():
        index = roles.index[quantity]
        values[quantity] = _in_unit(table, index, unit, mark)
    kept = _settle(values, roles, table, specimen, said)
    used = {roles.index[q] for q in units if q not in kept}
    heading = table.headings[roles.index["displacement"]] if "displacement" in roles.index else None
    if heading is not None and heading.name in _UNSAID and "extension" not in values and not is_crosshead:
        said.append(f"{heading.text.strip()!r} does not say of what; it is taken as travel of the crosshead")
    more = _more(table, [i for i in columns if i not in used], mark)
    named = [table.headings[i].text for i in columns]
    return TensileRecord(
        test_time_second=values.get("time"),
        force_newton=values.get("force"),
        displacement_millimetre=values.get("displacement"),
        extension_millimetre=values.get("extension"),
        stress_megapascal=values.get("stress"),
        strain_percent=values.get("strain"),
        gauge_length_mm=specimen.gauge_length_mm,
        area_mm2=specimen.area_mm2,
        width_mm=specimen.width_mm,
        thickness_mm=specimen.thickness_mm,
        diameter_mm=specimen.diameter_mm,
        loading=loading_of(*named) if loading is None else loading,
        machine_values=dict(specimen.machine_values),
        source=table.where.partition(", sheet ")[0],
        label=label,
        about=about or About(settings=dict(specimen.settings)),
        more=more,
        warnings=tuple(dict.fromkeys(said)),
    )


def trimmed(table: Table, indexes: Sequence[int]) -> Table:
    """Leave out rows at the end where none of these columns holds anything."""
    filled = np.zeros(table.rows.frame.height, dtype=bool)
    for index in indexes:
        filled |= (table.rows.column(index) != "").to_numpy()
    at = np.flatnonzero(filled)
    if not at.size or at[-1] == filled.size - 1:
        return table
    keep = np.arange(filled.size) <= at[-1]
    return table.only(keep)


def _units(table: Table, roles: Roles, fixed: Mapping[str, str], said: list[str]) -> dict[str, Unit]:
    """Units of the chosen columns; a load or deformation that has none is refused if no other is there."""
    units: dict[str, Unit] = {}
    without: list[str] = []
    for quantity, index in roles.index.items():
        heading = table.headings[index]
        if quantity == "time" and _is_clocked(table, index):
            units[quantity] = Unit("hh:mm:ss", "time", 0.0)
            continue
        text = roles.unit.get(quantity) or heading.unit or fixed.get(quantity)
        if text is None:
            without.append(quantity)
            continue
        unit = read_unit(text)
        if unit is None or unit.dimension != _DIMENSION[quantity]:
            example = next(e for d, e in HINTS.values() if d == _DIMENSION[quantity])
            raise BadInputError(
                table.header_place,
                f"the unit {text!r} of {heading.text.strip()!r}",
                f"a unit of {quantity} such as {example}",
            )
        if unit.is_weight:
            said.append(f"{heading.text.strip()!r} is in {unit.text}, a mass: it is read as the force that holds it")
        units[quantity] = unit
    no_load = not any(q in units for q in LOADS)
    no_deformation = not any(q in units for q in DEFORMATIONS)
    if no_load or no_deformation:
        raise _without_unit(table, roles, [q for q in without if q != "time"])
    for quantity in without:
        name = table.headings[roles.index[quantity]].text.strip()
        said.append(f"{name!r} has no unit, so it is kept beside the record and is no {quantity} of it")
    return units


def _without_unit(table: Table, roles: Roles, without: Sequence[str]) -> BadInputError:
    if not without:
        names = ", ".join(repr(h.text.strip()) for h in table.headings[:8])
        return BadInputError(table.header_place, f"the headers {names}", "a load and a deformation")
    names = " and ".join(repr(table.headings[roles.index[q]].text.strip()) for q in without)
    first = without[0]
    example = next(e for d, e in HINTS.values() if d == _DIMENSION[first])
    header = table.headings[roles.index[first]].text.strip()
    inner = ", ".join(
        f'{q if q in HINTS else "displacement"} = {{ column = "{table.headings[roles.index[q]].text.strip()}", '
        f'unit = "{next(e for d, e in HINTS.values() if d == _DIMENSION[q])}" }}'
        for q in without
    )
    wanted = f"a unit as in '{header} ({example})'; or, where that is the unit, columns = {{ {inner} }}"
    return BadInputError(table.header_place, f"no unit for {names}", wanted)


def _is_clocked(table: Table, index: int) -> bool:
    texts = table.rows.column(index)
    filled = texts.filter(texts != "")
    return bool(len(filled)) and is_clock(str(filled[0]))


def _in_unit(table: Table, index: int, unit: Unit, mark: str) -> Floats:
    if unit.dimension == "time" and unit.factor == 0:
        values = as_clock(table.rows.column(index))
        if not np.isfinite(values).all():
            row = int(np.argmin(np.isfinite(values)))
            found = f"{str(table.rows.column(index)[row])!r} in column {table.headings[index].text.strip()!r}"
            raise BadInputError(table.place(row), found, "a time as hh:mm:ss")
        return values
    return scaled(table.numbers(index, mark), unit)


def scaled(values: Floats, unit: Unit) -> Floats:
    """Return values in the unit of the record; divided where that is exact in decimal.

    Examples
    --------
    >>> scaled(np.array([12.3]), Unit("um", "length", 1e-3)).tolist()
    [0.0123]
    """
    inverse = round(1 / unit.factor) if 0 < unit.factor < 1 else 0
    with np.errstate(over="ignore"):
        result = values / inverse if inverse and abs(inverse * unit.factor - 1) < 1e-12 else values * unit.factor
    return result + unit.offset if unit.offset else result


def _settle(values: dict[str, Floats], roles: Roles, table: Table, specimen: Specimen, said: list[str]) -> set[str]:
    """Make displacement or extension of travels and positions; and name the quantities that keep their column."""
    names = {q: table.headings[i].text.strip() for q, i in roles.index.items()}
    position = values.pop("position", None)
    change = None if position is None else position - _first_finite(position)
    travel = values.pop("travel", None)
    crosshead = values.get("displacement", change)
    extension = values.get("extension")
    unused = {"position"}
    if travel is not None:
        key = specimen.gauge_length_key
        has_gauge_length = "course standard" in key or key.endswith(("travel", "sw", "standardweg"))
        if crosshead is not None and (has_gauge_length or not _same(travel, crosshead)):
            values.setdefault("extension", travel)
            unused |= set() if extension is None else {"travel"}
        elif crosshead is None and (extension is None or not _same(travel, extension)):
            values["displacement"] = travel
            said.append(f"{names['travel']!r} is crosshead or extensometer as the method chose; the file does not say")
        else:
            unused.add("travel")
    if "displacement" not in values and change is not None:
        values["displacement"] = change
        said.append(f"displacement is the change of {names['position']!r} since the first row")
    return unused


def _first_finite(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(finite[0]) if finite.size else 0.0


def _same(travel: Floats, crosshead: Floats) -> bool:
    """Whether two travels move together: compared where both are known, as changes."""
    both = np.isfinite(travel) & np.isfinite(crosshead)
    if both.sum() < 2:
        return True
    a, b = travel[both] - travel[both][0], crosshead[both] - crosshead[both][0]
    span = float(np.max(np.abs(b)))
    return span == 0 or float(np.median(np.abs(a - b))) <= _SAME_TRAVEL * span


def _more(table: Table, columns: Sequence[int], mark: str) -> dict[str, NDArray[np.generic]]:
    more: dict[str, NDArray[np.generic]] = {}
    for index in columns:
        if table.is_empty(index):
            continue
        heading = table.headings[index]
        name = heading.text.strip().strip('"') or f"column {index + 1}"
        if heading.unit and heading.unit not in name:
            name = f"{name} ({heading.unit})"
        name = f"{name} (column {index + 1})" if name in more else name
        more[name] = table.other(index, mark)
    return more
