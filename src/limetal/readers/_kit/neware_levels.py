"""Neware's "regular" export: three tables in one, told apart by how far a row is indented.

A cycle's row begins in the first column, a step's in the second, a record's in the third; some exports join the row of
a cycle and that of its first step in one line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from limetal.errors import BadInputError
from limetal.readers._kit.cycler_grid import Grid, Header, split_fields, text_grid
from limetal.readers._kit.cycler_record import header_name
from limetal.readers._kit.decode import split_lines

__all__ = ["levels_grid", "step_columns"]

CYCLE_NAMES = ("cycle index", "cycle id", "cycle", "cycle number", "循环号", "循环序号", "循环", "循環號", "循環序號")
STEP_NAMES = (
    "step index", "step id", "step", "steps", "step number", "工步号", "工步序号", "步次", "工步", "工步號", "工步序號",
)  # fmt: skip
STATE_NAMES = (
    "step type", "step name", "status", "state", "工步类型", "工步名称", "状态", "工步類型", "狀態", "工作模式",
)  # fmt: skip


@dataclass(frozen=True)
class _Marks:
    """Rows of one level: line of each (index), its number, and for steps the name of what they do."""

    at: list[int]
    numbers: list[int]
    states: list[str]


def levels_grid(text: str, header: Header, where: str) -> Grid:
    """Read the records, with the numbers of their cycles and steps beside them.

    Raises
    ------
    BadInputError
        If the rows of cycles and steps, or the records, are broken.
    """
    lines = split_lines(text)
    separator = header.separator
    above = [split_fields(line, separator) for line in lines[max(0, header.at - 3) : header.at] if line.strip()]
    if len(above) < 2:
        raise BadInputError(where, "no headers of cycles and steps above those of the records", "three rows of headers")
    cycle_heads, step_heads = above[-2], above[-1]
    every = pl.Series("line", lines[header.at + 1 :], dtype=pl.String)
    record = every.str.starts_with(separator * 2) & (every.str.strip_chars(separator + " ") != "")
    other = (~record & (every.str.strip_chars(separator + " ") != "")).arg_true().to_list()
    cycles, steps = _marks(every, other, separator, cycle_heads, step_heads, header, where)
    at = record.arg_true().to_numpy().astype(np.int64)
    if not at.size:
        raise BadInputError(where, "headers and no records", "at least two records")
    ends = text.endswith(("\n", "\r")) or (bool(other) and other[-1] > int(at[-1]))
    body = "\n".join(["header", *every.filter(record).to_list()]) + ("\n" if ends else "")
    grid = text_grid(body, Header(0, separator, header.texts), where)
    rows = at[grid.line - 2]
    grid = replace(grid, line=rows + header.at + 2)
    return _beside(grid, rows, cycles, steps, cycle_heads, step_heads)


def _marks(
    every: pl.Series,
    other: list[int],
    separator: str,
    cycle_heads: list[str],
    step_heads: list[str],
    header: Header,
    where: str,
) -> tuple[_Marks, _Marks]:
    """Rows of cycles and of steps."""
    cycles, steps = _Marks([], [], []), _Marks([], [], [])
    width = len([head for head in cycle_heads if head])
    state = next((i for i, head in enumerate(step_heads) if header_name(head)[0] in STATE_NAMES), None)
    number = _position(step_heads, STEP_NAMES)
    for index in other:
        fields = split_fields(str(every[index]), separator)
        place = f"{where}, line {index + header.at + 2}"
        if fields[0]:
            cycles.at.append(index)
            cycles.numbers.append(_whole(fields[0], place, "cycle"))
            if not any(fields[width:]):
                continue
            fields = ["", *fields[width:]]  # the row of the first step in the same line
        if number is None or len(fields) <= number:
            continue
        steps.at.append(index)
        steps.numbers.append(_whole(fields[number], place, "step"))
        steps.states.append(fields[state] if state is not None and state < len(fields) else "")
    return cycles, steps


def _position(heads: list[str], names: tuple[str, ...]) -> int | None:
    parsed = [header_name(head)[0] for head in heads]
    return next((parsed.index(name) for name in names if name in parsed), None)


def _whole(text: str, place: str, what: str) -> int:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not value == int(value if abs(value) < 1e15 else 0):
        raise BadInputError(place, repr(text[:40]), f"the number of a {what}, or an indented row of records")
    return int(value)


def _beside(
    grid: Grid, rows: np.ndarray, cycles: _Marks, steps: _Marks, cycle_heads: list[str], step_heads: list[str]
) -> Grid:
    """Put numbers of cycles and steps, and names of states, beside the records."""
    headers, columns = list(grid.headers), list(grid.columns)
    for marks, heads, names, default in (
        (cycles, cycle_heads, CYCLE_NAMES, "Cycle Index"),
        (steps, step_heads, STEP_NAMES, "Step Index"),
    ):
        if not marks.at:
            continue
        index = np.searchsorted(np.array(marks.at), rows, side="right") - 1
        if (index < 0).any():
            continue
        position = _position(heads, names)
        headers.append(heads[position] if position is not None else default)
        columns.append(pl.Series(values=np.array(marks.numbers, dtype=np.float64)[index]))
        if marks.states and any(marks.states):
            state = next(head for head in heads if header_name(head)[0] in STATE_NAMES)
            headers.append(state)
            columns.append(pl.Series(values=marks.states, dtype=pl.String).gather(pl.Series(index)))
    return replace(grid, headers=tuple(headers), columns=tuple(columns))


def step_columns(grid: Grid, steps: Grid, found_time: int, state: int | None) -> Grid:
    """Number the records of a workbook whose records carry no step, by its sheet of steps.

    A step begins where the time within it restarts or the name of the state changes. The numbers are used only if
    as many steps are found as the sheet lists, with the same states.
    """
    from limetal.readers._kit.cycler_grid import clock_seconds

    time = grid.columns[found_time]
    seconds = clock_seconds(time) if time.dtype == pl.String else time.fill_null(np.nan).to_numpy()
    starts = np.concatenate([[True], np.diff(seconds) < 0])
    if state is not None:
        states = grid.texts(state)
        starts[1:] |= (states[1:] != states[:-1]).to_numpy()
    index = np.cumsum(starts) - 1
    names = [header_name(text)[0] for text in steps.headers]
    if int(index[-1]) + 1 != steps.rows:
        return grid
    listed = next((names.index(name) for name in STATE_NAMES if name in names), None)
    if state is not None and listed is not None:
        told = steps.texts(listed).to_list()
        if told != [grid.texts(state)[int(row)] for row in np.flatnonzero(starts)]:
            return grid
    headers, columns = list(grid.headers), list(grid.columns)
    for wanted in (CYCLE_NAMES, STEP_NAMES):
        position = next((names.index(name) for name in wanted if name in names), None)
        if position is None or steps.columns[position].dtype != pl.Float64 or steps.columns[position].null_count():
            continue
        if any(header_name(text)[0] in wanted for text in grid.headers):
            continue
        headers.append(steps.headers[position])
        columns.append(pl.Series(values=steps.columns[position].to_numpy()[index]))
    return replace(grid, headers=tuple(headers), columns=tuple(columns))
