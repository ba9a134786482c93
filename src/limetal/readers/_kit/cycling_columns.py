"""Which column of a table of cycling holds which quantity, and in which unit: by its headers, or by a user's word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from limetal.errors import BadInputError
from limetal.readers._base import ColumnHint
from limetal.readers._kit.columns import QUANTITIES, Quantity, Unit, read_unit, unreadable
from limetal.readers._kit.rows import Rows, is_clock, is_date
from limetal.readers._kit.text import Layout, fields, is_number, likely_headers

__all__ = ["EXAMPLE_UNITS", "Chosen", "checked_hints", "choose", "no_table", "with_row_of_units"]

EXAMPLE_UNITS: dict[Quantity, str] = {"time": "h", "voltage": "V", "current": "mA"}
_SPECTRUM = "--column frequency=1:Hz --column z_real=2:ohm --column z_imag=3:ohm"
_FREQUENCY = {"f", "freq", "freq.", "frequency", "frequency hz", "frequency hertz"}
_PER_AREA_OR_MASS = re.compile(r"cm|m2|m\^2|m²|/\s*g|g\s*\^?-1|g⁻¹")


@dataclass(frozen=True)
class Chosen:
    """A column that holds a quantity; unit None where the numbers have none (counts)."""

    quantity: Quantity
    index: int
    text: str
    unit: Unit | None
    rank: int


def checked_hints(columns: Mapping[str, ColumnHint], where: str) -> dict[str, ColumnHint]:
    for key, hint in columns.items():
        if key not in QUANTITIES:
            raise BadInputError(f"{where}, columns", repr(key), f"one of {', '.join(QUANTITIES)}")
        if isinstance(hint.column, int) and hint.column < 1:
            raise BadInputError(f"{where}, columns.{key}", f"column {hint.column}", "a column counted from 1")
    return dict(columns)


def no_table(lines: list[str], hints: Mapping[str, ColumnHint], where: str) -> BadInputError:
    """Say which headers there are instead of time and voltage, or instead of those asked for."""
    hint = 'columns = { time = { column = "t", unit = "h" }, voltage = { column = "E", unit = "V" } }'
    option = "or --column time=t:h --column voltage=E:V"
    likely = likely_headers(lines)
    if likely is None:
        return BadInputError(where, "no table of numbers", "a row of headers above rows of numbers")
    if likely.header_line < 0:
        numbered = hint.replace('"t"', "1").replace('"E"', "2")
        told = f"{numbered}, {option.replace('=t', '=1').replace('=E', '=2')}; of a spectrum {_SPECTRUM}"
        return BadInputError(f"{where}, line {likely.first_line + 1}", "numbers without headers", told)
    names = ", ".join(repr(h.text.strip()) for h in likely.headers[:8])
    more = ", ..." if len(likely.headers) > 8 else ""
    here = {h.text.strip().lower() for h in likely.headers}
    lost = [h.column for h in hints.values() if isinstance(h.column, str) and h.column.strip().lower() not in here]
    if lost:
        asked = f"no header {lost[0]!r} but {names}{more}"
        return BadInputError(
            f"{where}, line {likely.header_line + 1}", asked, "a header of the file, or a column number"
        )
    wanted = f"one of time and one of voltage; or, in the study, {hint}, {option}"
    if any(h.name in _FREQUENCY for h in likely.headers):
        wanted += f"; of a spectrum with its frequency, say, {_SPECTRUM}"
    return BadInputError(f"{where}, line {likely.header_line + 1}", f"the headers {names}{more}", wanted)


def with_row_of_units(layout: Layout, lines: list[str]) -> Layout:
    """Take units from a row below the headers, where there is one."""
    for at in range(layout.first_line, min(len(lines), layout.first_line + 3)):
        if not lines[at].strip():
            continue
        units = [u.strip("()[]{} ") for u in fields(lines[at], layout.delimiter)]
        if len(units) == 1 and _is_only_units(units[0]):
            return replace(layout, first_line=at + 1)  # parted by other marks than the headers, so of no use
        known = any(read_unit(u, q) for u in units for q in ("time", "voltage", "current"))
        if any(map(is_number, units)) or not known:
            return layout
        padded = units + [""] * len(layout.headers)
        headers = tuple(
            replace(h, unit=u) if h.unit is None and u else h for h, u in zip(layout.headers, padded, strict=False)
        )
        return replace(layout, headers=headers, first_line=at + 1)
    return layout


def _is_only_units(text: str) -> bool:
    """Whether a line is units alone, as Digatron writes below headers that have them too."""
    words = re.split(r"[\t;,| ]+", text.strip())
    return len(words) > 1 and all(any(read_unit(w, q) for q in ("time", "voltage", "current")) for w in words)


def choose(
    layout: Layout, rows: Rows, hints: dict[str, ColumnHint], where: str
) -> tuple[dict[Quantity, Chosen], list[str]]:
    """Which column holds which quantity, and what to warn about."""
    columns: dict[Quantity, Chosen] = {}
    warnings: list[str] = []
    place = f"{where}, line {layout.header_line + 1}" if layout.headers else where
    unitless: list[tuple[Quantity, str]] = []
    for quantity in QUANTITIES:
        if quantity in hints:
            index, unit_text = _hinted(layout, rows, quantity, hints[quantity], where, warnings)
            rank = 0
        else:
            found = _recognised(layout, rows, quantity, place)
            if found is None:
                continue
            index, rank = found
            unit_text = layout.headers[index].unit
        text = layout.headers[index].text.strip() if index < len(layout.headers) else f"column {index + 1}"
        unit: Unit | None = None
        if quantity in EXAMPLE_UNITS:
            if quantity == "time" and is_clock(_first(rows, index)):
                unit = Unit("time", None)
            elif unit_text is None:
                unitless.append((quantity, text))
                continue
            elif quantity == "current" and _PER_AREA_OR_MASS.search(unit_text):
                warnings.append(f"column {text!r} is a current per area or mass, so the record has no current")
                continue
            else:
                unit = _unit(unit_text, quantity, text, place)
        columns[quantity] = Chosen(quantity, index, text, unit, rank)
    if unitless:
        raise _no_unit(unitless, place)
    for quantity in ("time", "voltage"):
        if quantity not in columns:
            raise BadInputError(place, f"no column of {quantity}", f"a column of {quantity} with its unit")
    return columns, warnings


def _hinted(
    layout: Layout, rows: Rows, quantity: Quantity, hint: ColumnHint, where: str, warnings: list[str]
) -> tuple[int, str | None]:
    """Column and unit that the user named."""
    key = f"{where}, columns.{quantity}"
    if isinstance(hint.column, int):
        index = hint.column - 1
        if index >= rows.frame.width:
            raise BadInputError(key, f"column {hint.column}", f"a column between 1 and {rows.frame.width}")
    else:
        texts = [h.text.strip() for h in layout.headers]
        asked = hint.column.strip()
        if asked not in texts:
            texts, asked = [t.lower() for t in texts], asked.lower()
        if asked not in texts:
            known = ", ".join(repr(h.text.strip()) for h in layout.headers)
            raise BadInputError(key, repr(hint.column), f"a header of the file: {known}")
        index = texts.index(asked)
        if texts.count(asked) > 1:
            raise BadInputError(key, f"{hint.column!r}, which heads {texts.count(asked)} columns", "a column number")
    own = layout.headers[index].unit if index < len(layout.headers) else None
    said = read_unit(own, quantity) if own else None
    if hint.unit and said and read_unit(hint.unit, quantity) != said:
        warnings.append(f"{quantity} is read in {hint.unit} as told, although the file says {own}")
    return index, hint.unit or own


def _recognised(layout: Layout, rows: Rows, quantity: Quantity, place: str) -> tuple[int, int] | None:
    """Column whose header names the quantity best, and how well; None if there is none."""
    ranked: list[tuple[int, int]] = []
    for index, header in enumerate(layout.headers):
        rank = header.rank(quantity)
        if rank is None or index >= rows.frame.width:
            continue
        if quantity == "time" and is_date(_first(rows, index)):
            continue
        ranked.append((rank, index))
    if not ranked:
        return None
    best = min(ranked)[0]
    equals = [index for rank, index in ranked if rank == best]
    if len(equals) > 1 and quantity in EXAMPLE_UNITS:
        named = ", ".join(repr(layout.headers[i].text.strip()) for i in equals)
        text = layout.headers[equals[0]].text.strip()
        remedy = f'columns = {{ {quantity} = {{ column = "{text}" }} }} in the study'
        raise BadInputError(place, f"several columns of {quantity}: {named}", remedy)
    return equals[0], best


def _first(rows: Rows, index: int) -> str:
    """First field of a column that is not empty."""
    column = rows.column(index)
    filled = column.filter(column != "")
    return str(filled[0]) if len(filled) else ""


def _unit(unit_text: str, quantity: Quantity, text: str, place: str) -> Unit:
    known = read_unit(unit_text, quantity)
    if known is not None:
        return known
    try:
        return unreadable(unit_text, quantity, place)
    except BadInputError as error:
        remedy = f'columns = {{ {quantity} = {{ column = "{text}", unit = "{EXAMPLE_UNITS[quantity]}" }} }}'
        raise BadInputError(
            place, f"the unit {unit_text!r} of {text!r}", f"a unit of {quantity}; or, in the study, {remedy}"
        ) from error


def _no_unit(unitless: list[tuple[Quantity, str]], place: str) -> BadInputError:
    names = ", ".join(repr(text) for _, text in unitless)
    inner = ", ".join(f'{q} = {{ column = "{text}", unit = "{EXAMPLE_UNITS[q]}" }}' for q, text in unitless)
    example = f"{unitless[0][1]} ({EXAMPLE_UNITS[unitless[0][0]]})"
    return BadInputError(
        place, f"no unit for {names}", f"a unit as in '{example}'; or, in the study, columns = {{ {inner} }}"
    )
