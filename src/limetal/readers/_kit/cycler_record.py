"""From a cycler's table to a record: which column is what, units, test time, signs, and everything else kept.

Positive current charges. Some cyclers write a magnitude and a state beside it; the sign is then taken from the
state, and said. A sign that contradicts the file's own words in every row is turned, and said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._kit.columns import Quantity, Unit, read_header, read_unit
from limetal.readers._kit.cycler_grid import Grid, clock_seconds
from limetal.readers._kit.test_time import PLACED, is_date_header, placed_by_dates, rebuilt_test_time
from limetal.records.base import About, handed_over, words_in_runs
from limetal.records.cycling import CyclingRecord

__all__ = ["Found", "Layout", "cycling_record", "direction_of", "find_roles", "header_name", "signed", "text_array"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_WIDE = str.maketrans("（）［］／：　", "()[]/: ")
_QUANTITY: dict[str, Quantity] = {
    "time": "time", "step_time": "time", "voltage": "voltage", "current": "current",
}  # fmt: skip
_EXAMPLES = {"time": "Test Time (s)", "step_time": "Step Time (s)", "voltage": "Voltage (V)", "current": "Current (A)"}
#: Shares of rows: of those that flow, how many must agree for "all", and how many for "as said".
_ALL, _MOST = 0.99, 0.9
_DISCHARGE = re.compile(r"d(?:is|is-|is )?[_ ]?ch|entlad|放电|放電|^d$", re.IGNORECASE)
_CHARGE = re.compile(r"ch(?:g|ar)|\bcha?$|_chg|laden|ladung|充电|充電|^c$", re.IGNORECASE)
_COUNT_LIMIT = 2**53


@dataclass(frozen=True)
class Found:
    """A column that plays a role; ``unit`` as the header writes it."""

    role: str
    index: int
    text: str
    unit: str | None


@dataclass(frozen=True)
class Layout:
    """What the headers of a format mean.

    Attributes
    ----------
    names
        Role -> names of headers without unit, in lower case, the best first.
    units
        Role -> unit the format fixes where its header has none.
    direction
        Whether a state charges (1), discharges (-1) or neither (0).
    """

    names: Mapping[str, tuple[str, ...]]
    units: Mapping[str, str] = field(default_factory=dict)
    direction: Callable[[str], int] | None = None


def header_name(text: str) -> tuple[str, str | None]:
    """Name and unit of a header; brackets of Chinese fonts count as brackets.

    Examples
    --------
    >>> header_name("Test_Time(s)"), header_name("电压（V）"), header_name("mAmps"), header_name("Total Time")
    (('test time', 's'), ('电压', 'V'), ('mamps', None), ('total time', None))
    """
    header = read_header(text.translate(_WIDE))
    return header.name, header.unit


def direction_of(state: str) -> int:
    """Whether the name of a state charges (1), discharges (-1), or says neither (0).

    Examples
    --------
    >>> [direction_of(s) for s in ("CC Chg", "CC DChg", "Rest", "discharge CC", "恒流放电", "CCCV_Chg", "Charge", "D")]
    [1, -1, 0, -1, -1, 1, 1, -1]
    """
    if _DISCHARGE.search(state):
        return -1
    return 1 if _CHARGE.search(state) else 0


def find_roles(headers: Sequence[str], layout: Layout, where: str) -> dict[str, Found]:
    """Columns of a table by role.

    Raises
    ------
    BadInputError
        If two columns are called the same and are needed.
    """
    parsed = [header_name(text) for text in headers]
    found: dict[str, Found] = {}
    for role, names in layout.names.items():
        for name in names:
            indices = [i for i, (own, _) in enumerate(parsed) if own == name]
            if not indices:
                continue
            if len(indices) > 1 and role in _QUANTITY:
                named = ", ".join(repr(headers[i]) for i in indices[:4])
                raise BadInputError(where, f"several columns of {role}: {named}", "one of them")
            found[role] = Found(role, indices[0], headers[indices[0]], parsed[indices[0]][1])
            break
    return found


def cycling_record(
    grid: Grid,
    layout: Layout,
    *,
    about: About,
    label: str = "",
    source: str,
    found: dict[str, Found] | None = None,
    extra: Mapping[str, NDArray[np.generic]] | None = None,
    warnings: Sequence[str] = (),
) -> CyclingRecord:
    """Build a record from a table.

    ``extra`` are further columns for ``more``; ``found`` overrides the search for roles.

    Raises
    ------
    BadInputError
        For a column that is missing or has no unit, a field that is no number, and a time that falls.
    """
    found = find_roles(grid.headers, layout, grid.where) if found is None else found
    grid = grid.settled_end({column.index for column in found.values()})
    extra = {name: values[: grid.rows] for name, values in (extra or {}).items()}
    grid, values = _whole(grid, found, layout)
    notes = [*grid.warnings, *warnings]
    cycle, step = (_counts(grid, found.get(role), notes) for role in ("cycle", "step"))
    clock = _clock(found, grid.where)
    time, grid = _test_time(grid, found[clock], values[clock], cycle, step, notes)
    n = time.size
    cycle, step = (None if count is None else _first_of(count, n) for count in (cycle, step))
    extra = {name: column[:n] for name, column in extra.items()}
    voltage = _first_of(values["voltage"], n)
    current = _first_of(values["current"], n) if "current" in values else None
    if current is not None and "state" in found:
        current, said = signed(current, grid.texts(found["state"].index), layout.direction or direction_of,
                               found["state"].text, step)  # fmt: skip
        notes += said
    used = {found[role].index for role in (clock, "voltage", "current") if role in found}
    used |= {found[r].index for r, count in (("cycle", cycle), ("step", step)) if r in found and count is not None}
    return CyclingRecord(
        test_time_second=time,
        voltage_volt=voltage,
        current_ampere=current,
        cycle_count=cycle,
        step_count=step,
        source=source,
        label=label,
        about=about,
        more={**_other_columns(grid, used), **extra},
        warnings=tuple(dict.fromkeys(notes)),
    )


def signed(
    current: Floats, states: pl.Series, direction: Callable[[str], int], text: str, step: Integers | None = None
) -> tuple[Floats, list[str]]:
    """Give a current the sign of its state, where the file writes a magnitude.

    Examples
    --------
    >>> i, said = signed(np.array([0.0, 2.0, 3.0]), pl.Series(["R", "C", "D"]), direction_of, "State")
    >>> i.tolist(), said
    ([0.0, 2.0, -3.0], ["current is a magnitude in the file: its sign was taken from column 'State'"])
    """
    kinds = states.unique(maintain_order=True)
    table = {str(kind): direction(str(kind)) for kind in kinds}
    ways = states.replace_strict(list(table), list(table.values()), default=0, return_dtype=pl.Int8).to_numpy()
    ways = ways.astype(np.int64)
    flows = (current != 0) & (ways != 0)
    into, out = current[flows & (ways > 0)], current[flows & (ways < 0)]
    if not flows.any() or (_share(into > 0) >= _MOST and _share(out < 0) >= _MOST):
        return current, []
    if out.size and _share(out > 0) >= _ALL and _share(into > 0) >= _ALL:
        known = _filled_ways(ways, current, step)
        result = np.where(known < 0, -np.abs(current), current)
        notes = [f"current is a magnitude in the file: its sign was taken from column {text!r}"]
        lost = int(((known == 0) & (current != 0)).sum())
        if lost:
            notes.append(f"{lost} rows with current are in a state that neither charges nor discharges; left positive")
        return result, notes
    if into.size and out.size and _share(into < 0) >= _ALL and _share(out > 0) >= _ALL:
        said = f"current is positive in rows that column {text!r} calls discharge, and negative in those of charge"
        return -current, [f"{said}: its sign was turned"]
    return current, []  # what is left is for the check of every record, which looks at the voltage too


def _share(mask: NDArray[np.bool_]) -> float:
    return float(np.mean(mask)) if mask.size else 1.0


def _filled_ways(ways: Integers, current: Floats, step: Integers | None) -> Integers:
    """Directions, where rows of no direction that carry current take that of the row before in the same step."""
    filled = ways.copy()
    for row in np.flatnonzero((ways == 0) & (current != 0)):
        if row and (step is None or step[row] == step[row - 1]):
            filled[row] = filled[row - 1]
    return filled


def _clock(found: Mapping[str, Found], where: str) -> str:
    """Role of the column that time is taken from."""
    clock = "time" if "time" in found else "step_time"
    if clock not in found:
        raise BadInputError(where, "no column of time", "one of test time")
    return clock


def _first_of(values: NDArray[Any], n: int) -> NDArray[Any]:
    """Return the first numbers; the array itself where that is all, because records keep those without a copy."""
    return values if values.size == n else values[:n]


def _whole(grid: Grid, found: dict[str, Found], layout: Layout) -> tuple[Grid, dict[str, Floats]]:
    """Numbers of the needed columns by role; a last row that is cut is left out, others without numbers refused."""
    if "voltage" not in found:
        raise BadInputError(grid.where, "no column of voltage", "one")
    needed = [found[role] for role in (_clock(found, grid.where), "voltage", "current") if role in found]
    values = {column.role: _numbers(grid, column, layout) for column in needed}
    firsts = [int(np.argmin(finite)) for v in values.values() if not (finite := np.isfinite(v)).all()]
    if not firsts:
        return grid, values
    row = min(firsts)
    if row == grid.rows - 1 and grid.rows > 2 and not grid.ends:
        shorter = grid.without_last("it ends within a number, as if the file was cut off")
        return shorter, {role: numbers[:-1] for role, numbers in values.items()}
    column = next(column for column in needed if not np.isfinite(values[column.role][row]))
    text = str(grid.texts(column.index)[row])
    found_text = f"{text!r} in column {column.text!r}" if text else f"an empty field in column {column.text!r}"
    wanted = "a number"
    if "," in text:
        wanted = "a number in which the comma is either decimal or parts thousands, all over the file"
    elif _QUANTITY[column.role] == "time" and ":" in str(grid.texts(column.index)[0]):
        wanted = "a time as hh:mm:ss"
    raise BadInputError(grid.place(row), found_text, wanted)


def _numbers(grid: Grid, column: Found, layout: Layout) -> Floats:
    """Values of a column in seconds, volts or amperes; not-a-number where a field holds none."""
    values = grid.columns[column.index]
    quantity = _QUANTITY[column.role]
    if quantity == "time" and values.dtype == pl.String:
        clock = clock_seconds(values)
        if np.isfinite(clock).any():
            return clock
    unit = _unit(column, layout, grid.where)
    if unit.factor is None:
        # a bare number under hh:mm:ss may be a day's fraction of a spreadsheet or seconds
        return np.full(grid.rows, np.nan)
    if values.dtype == pl.String:
        values = values.str.strip_chars().cast(pl.Float64, strict=False)
    numbers = _floats(values)
    factor = unit.factor
    if factor == 1.0:
        return numbers
    with np.errstate(over="ignore"):  # what is beyond a float is no number, and said so
        return handed_over(numbers / round(1 / factor) if factor < 1 else numbers * factor)


def _floats(column: pl.Series) -> Floats:
    """Return a column of numbers as the table holds it, not-a-number where it is null; nobody writes into it."""
    column = column.cast(pl.Float64)
    return handed_over((column.fill_null(np.nan) if column.null_count() else column).to_numpy())


def _unit(column: Found, layout: Layout, where: str) -> Unit:
    quantity = _QUANTITY[column.role]
    written = column.unit if column.unit is not None else layout.units.get(column.role)
    if written is None:
        raise BadInputError(where, f"no unit for {column.text!r}", f"a unit as in '{_EXAMPLES[column.role]}'")
    unit = read_unit(written, quantity) or _other_unit(written, quantity)
    if unit is None:
        raise BadInputError(where, f"the unit {written!r} of {column.text!r}", f"a unit of {quantity}")
    return unit


def _other_unit(text: str, quantity: Quantity) -> Unit | None:
    """Units that cyclers write in words of their own."""
    text = text.strip().lower()
    if quantity == "time" and text == "decimal hours":
        return Unit("time", 3600.0)
    if quantity == "time" and text.startswith("hours in hh:mm:ss"):
        return Unit("time", None)
    return None


def _counts(grid: Grid, column: Found | None, notes: list[str]) -> Integers | None:
    """Counts of a column; None where it has none, or something that is no count."""
    if column is None:
        return None
    values = grid.columns[column.index]
    if values.dtype == pl.String or values.null_count():
        if values.null_count() < len(values):
            notes.append(f"column {column.text!r} is no {column.role} count: it has rows without a whole number")
        return None
    numbers = _floats(values)
    with np.errstate(invalid="ignore"):
        counts = numbers.astype(np.int64)
    # a number without decimals, not too large to have one, comes back as it was
    whole = (counts == numbers) & (np.abs(numbers) <= _COUNT_LIMIT)
    if not whole.all():
        row = int(np.argmin(whole))
        notes.append(f"column {column.text!r} is no {column.role} count: {grid.unit} {grid.line[row]} has "
                     f"{numbers[row]:.16g}")  # fmt: skip
        return None
    return handed_over(counts)


def _test_time(
    grid: Grid, column: Found, time: Floats, cycle: Integers | None, step: Integers | None, notes: list[str]
) -> tuple[Floats, Grid]:
    """Time since the start of the test, from the column it is read from, and the table it belongs to."""
    if column.role == "step_time":
        with np.errstate(over="ignore", invalid="ignore"):
            summed, note = rebuilt_test_time(time, step, cycle, is_step_time=True)
            time, note = _by_dates(grid, time, summed, note)
        notes += [f"column {column.text!r} {note}"] if note else []
    falls = np.flatnonzero(time[1:] < time[:-1]) + 1
    if not falls.size:
        return time, grid
    row = int(falls[0])
    if row == time.size - 1 and time.size > 2 and not grid.ends:
        grid = grid.without_last("its time falls, as if the file was cut off")
        notes.append(grid.warnings[-1])
        return time[:-1], grid
    raise BadInputError(
        grid.place(row),
        f"time that falls from {time[row - 1]:g} s to {time[row]:g} s in column {column.text!r}",
        "time since the start of the test that never falls",
    )


def _by_dates(grid: Grid, time: Floats, summed: Floats, note: str | None) -> tuple[Floats, str | None]:
    """Test time by the dates of the rows where the sum of the steps lost pauses; else the sum."""
    index = next((i for i, header in enumerate(grid.headers) if is_date_header(header)), None)
    if index is None or note is None or summed is time:
        return summed, note
    placed = placed_by_dates(time, summed, grid.texts(index))
    return (summed, note) if placed is None else (placed, f"{PLACED} {grid.headers[index]!r}")


def _other_columns(grid: Grid, used: set[int]) -> dict[str, NDArray[np.generic]]:
    """Keep every other column that holds anything under its own header."""
    more: dict[str, NDArray[np.generic]] = {}
    for index, (header, column) in enumerate(zip(grid.headers, grid.columns, strict=True)):
        if index in used or column.null_count() == len(column):
            continue
        name = header or f"column {index + 1}"
        name = f"{name} (column {index + 1})" if name in more else name
        if column.dtype == pl.String:
            more[name] = text_array(column)
        else:
            more[name] = _floats(column)
    return more


def text_array(column: pl.Series) -> NDArray[np.generic]:
    """Text of a column; equal texts share one object, because states repeat a million times."""
    if len(column) < 1000:
        return np.array([text or "" for text in column.to_list()], dtype=object)
    column = column.fill_null("")
    words = words_in_runs(column)
    if words is not None:
        return words
    kinds = column.unique()
    if len(kinds) > 1000:
        return column.to_numpy()
    codes = column.cast(pl.Enum(kinds)).to_physical().to_numpy()
    result: NDArray[np.generic] = np.array(kinds.to_list(), dtype=object)[codes]
    return result
