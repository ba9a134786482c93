"""Polarisation curves in text or workbooks of any origin: potential (or overpotential) against current under headers.

Units must stand in the headers. A table that also has a time is one of cycling, unless it names an overpotential.
Pairs of columns side by side, as digitised figures have, become a record each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.potentiostat import Grid, Role
from limetal.readers._kit.potentiostat_records import Facts, polarisation
from limetal.readers._kit.tables import Block, blocks, hinted_block, lines_of, names_overpotential
from limetal.records.polarisation import PolarisationRecord

__all__ = ["PLUGIN", "looks_like", "read"]

#: What a user may say about a column.
HINTS = {"potential": Role("potential", None), "current": Role("current", None), "time": Role("time", None)}
#: A column of cycling, under any name.
_OF_CYCLING = re.compile(r"time|date|capacity|energy|cycle|\bstep\b", re.IGNORECASE)
_FLOWS = ("current", "current density")


def looks_like(file: RawFile) -> bool:
    r"""Whether a table names a potential and a current, each with a unit, and is none of cycling.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "tafel.csv"
    >>> _ = path.write_text("Overpotential (mV),Current density (mA/cm2)\n-100,-2\n-50,-1\n")
    >>> looks_like(RawFile(path))
    True
    """
    try:
        for _, lines in lines_of(file, whole=False):
            block = next(blocks(lines[:400], _is_curve, file.where), None)
            if block is not None:
                return _is_no_cycling(block)
    except BadInputError:
        return False
    return False


def read(file: RawFile, options: ReadOptions) -> list[PolarisationRecord]:
    r"""Read every curve of a table.

    Raises
    ------
    BadInputError
        With the line, for fields that are no numbers, and for columns that are missing or have no unit.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "tafel.csv"
    >>> _ = path.write_text("Overpotential (mV),Current density (mA/cm2)\n-100,-2\n-50,-1\n")
    >>> curve, = read(RawFile(path), ReadOptions())
    >>> curve.potential_volt.tolist(), curve.current_density_mA_cm2.tolist(), curve.reference
    ([-0.1, -0.05], [-2.0, -1.0], 'equilibrium')
    """
    wrong = next((key for key in options.columns if key not in HINTS), None)
    if wrong is not None:
        raise BadInputError(f"{file.where}, columns", repr(wrong), f"one of {', '.join(HINTS)}")
    curves: list[PolarisationRecord] = []
    for sheet, lines in lines_of(file, whole=True):
        where = f"{file.where}, sheet {sheet}" if sheet else file.where
        if options.columns:
            found: Iterator[Block] = iter((hinted_block(lines, options.columns, HINTS, where, sheet),))
        else:
            found = blocks(lines, _is_curve, where, sheet)
        for block in found:
            curves += [replace(c, source=file.where) for c in _curves(block, where)]
    if not curves:
        wanted = "columns of potential and current with their units; or --column potential=1:V --column current=2:mA"
        raise BadInputError(file.where, "no table of polarisation", wanted)
    if len(curves) == 1:
        return [replace(curves[0], label="")]
    labels = [c.label or f"curve {n}" for n, c in enumerate(curves, start=1)]
    return [
        replace(c, label=label if labels.count(label) == 1 else f"{label}, curve {n}")
        for n, (c, label) in enumerate(zip(curves, labels, strict=True), start=1)
    ]


def _is_curve(roles: tuple[Role | None, ...]) -> bool:
    known = {role.quantity for role in roles if role is not None and role.factor is not None}
    return "potential" in known and bool(known & set(_FLOWS)) and "frequency" not in known


def _is_no_cycling(block: Block) -> bool:
    quantities = {role.quantity for role in block.roles if role is not None}
    over = any(names_overpotential(h) for h in block.grid.headers)
    return over or ("time" not in quantities and not any(_OF_CYCLING.search(h) for h in block.grid.headers))


def _curves(block: Block, where: str) -> Iterator[PolarisationRecord]:
    """One curve for each pair of a potential and the current that follows or precedes it."""
    groups: list[dict[str, tuple[int, Role]]] = [{}]
    for index, role in enumerate(block.roles):
        if role is None or index >= block.grid.frame.width:
            continue
        name = "current" if role.quantity in _FLOWS else role.quantity
        if name in groups[-1] and name in {"potential", "current"}:
            groups.append({})
        groups[-1].setdefault(name, (index, role))
    groups = [g for g in groups if {"potential", "current"} <= set(g)]
    for number, group in enumerate(groups):
        columns = {role.quantity: (index, role) for index, role in group.values()}
        silent = [name for name, (_, role) in columns.items() if role.factor is None]
        if silent:
            place = f"{where}, line {block.header_line + 1}" if block.header_line >= 0 else where
            example = "in the header, as in 'current (mA)', or --column current=2:mA"
            raise BadInputError(place, f"no unit for {' and '.join(silent)}", f"a unit {example}")
        index = group["potential"][0]
        header = block.grid.headers[index] if index < len(block.grid.headers) else ""
        above = block.above[index].strip() if index < len(block.above) and len(groups) > 1 else ""
        label = ", ".join(
            word for word in (block.label, above or (f"curve {number + 1}" if groups[1:] else "")) if word
        )
        grid = _only(block.grid, [i for i, _ in group.values()]) if len(groups) > 1 else block.grid
        facts = Facts(where, label=label, reference="equilibrium" if names_overpotential(header) else "")
        if len(groups) > 1:  # the other columns are other curves
            columns = {
                name: (sorted(i for i, _ in group.values()).index(i), role) for name, (i, role) in columns.items()
            }
        yield polarisation(grid, columns, facts)


def _only(grid: Grid, indices: list[int]) -> Grid:
    """Columns of one curve, without the rows below its end."""
    indices = sorted(indices)
    frame = grid.frame.select([str(i) for i in indices]).rename({str(i): str(n) for n, i in enumerate(indices)})
    filled = np.zeros(grid.rows, dtype=bool)
    for name in frame.columns:
        filled |= (frame[name] != "").to_numpy()
    last = int(np.flatnonzero(filled)[-1]) + 1 if filled.any() else 0
    headers = tuple(grid.headers[i] for i in indices if i < len(grid.headers))
    return replace(grid, frame=frame, headers=headers).slice(0, last)


PLUGIN = Reader(
    title="polarisation table",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv", ".txt", ".dat", ".xlsx", ".xls", ".ods"),
    documented_at="https://www.rfc-editor.org/rfc/rfc4180",
    gives=("polarisation",),
    instruments=("any origin",),
    rank=1,
    takes_columns=tuple(HINTS),
)
