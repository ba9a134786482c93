r"""EC-Lab's columns of a spectrum without EC-Lab's header, as they leave a spreadsheet.

``freq/Hz  Re(Z)/Ohm  #NAME?  |Z|/Ohm  Phase(Z)/deg  time/s  <Ewe>/V  <I>/mA  Cycle number ...``: a spreadsheet takes
the name ``-Im(Z)/Ohm`` for a formula and writes its error ``#NAME?`` in its place. The column is -Im Z all the same:
it stands between Re Z and ``|Z|``, and ``|Z|`` and the phase of the same rows prove it, which is checked here.

A file holds several spectra, one a cycle number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.potentiostat import Grid, Role, grid_of, take
from limetal.readers._kit.potentiostat_records import Facts, columns_of, impedance
from limetal.records.base import About, Record

_LOST = "#NAME?"
_HEADER_WITHIN = 20
_MOST_SPECTRA = 10_000
_AGREE = 0.05  # of |Z|: three digits are written, and small parts of a large |Z| lose them


def _header_at(lines: Sequence[str]) -> int | None:
    for at, line in enumerate(lines[:_HEADER_WITHIN]):
        names = [name.strip() for name in line.split("\t")]
        if "freq/Hz" in names and "Re(Z)/Ohm" in names:
            after = names[names.index("Re(Z)/Ohm") + 1 :]
            if after and (after[0] == _LOST or any("* Area" in name for name in names)):
                return at
    return None


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has EC-Lab's names with one that a spreadsheet lost, or times an area.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.txt"
    >>> _ = path.write_text("freq/Hz\tRe(Z)/Ohm\t#NAME?\t|Z|/Ohm\tPhase(Z)/deg\n")
    >>> looks_like(RawFile(path))
    True
    """
    return _header_at(file.head_lines) is not None


def read(file: RawFile, options: ReadOptions) -> list[Record]:  # noqa: ARG001 - one signature for all
    r"""Read a spectrum for each cycle number.

    Raises
    ------
    BadInputError
        If the column that lost its name cannot be told by ``|Z|`` and the phase, or a field is no number.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.txt"
    >>> _ = path.write_text("freq/Hz\tRe(Z)/Ohm\t#NAME?\t|Z|/Ohm\tPhase(Z)/deg\n"
    ...                     "100\t3\t4\t5\t-53.1\n10\t6\t8\t10\t-53.1\n")
    >>> read(RawFile(path), ReadOptions())[0].impedance.tolist()
    [(3-4j), (6-8j)]
    """
    at = _header_at(file.lines)
    if at is None:
        raise BadInputError(file.where, "no row of names freq/Hz, Re(Z)/Ohm, #NAME?", "EC-Lab's columns")
    names = tuple(name.strip() for name in file.lines[at].split("\t"))
    grid = grid_of(file.lines, at + 1, len(file.lines), "\t", names, file.where)
    columns = {name: column for name, column in columns_of(names).items() if column[0] < grid.frame.width}
    facts = Facts(file.where, About(software="EC-Lab"))
    if "imaginary" not in columns:
        columns["imaginary"] = (names.index("Re(Z)/Ohm") + 1, Role("imaginary", 1.0, -1.0))
        _prove(grid, columns, f"{file.where}, line {at + 1}")
        said = f"column 3 lost its name to a spreadsheet ({_LOST}); |Z| and the phase prove that it is -Im(Z)/Ohm"
        facts = replace(facts, warnings=(said,))
    parts = _by_cycle(grid, names)
    records: list[Record] = []
    for label, part in parts:
        records.append(impedance(part, columns, replace(facts, label=label if len(parts) > 1 else "")))
    return records


def _prove(grid: Grid, columns: dict[str, tuple[int, Role]], place: str) -> None:
    """Refuse a nameless column that is not -Im Z by the other columns of the same rows."""
    if "modulus" not in columns or "phase" not in columns:
        raise BadInputError(place, f"a column {_LOST} and no |Z| and phase beside it", "-Im(Z)/Ohm by its name")
    wanted = ("real", "imaginary", "modulus", "phase")
    _, values = take(grid, {name: (columns[name][0], columns[name][1].times) for name in wanted})
    z = values["real"] + 1j * values["imaginary"]
    other = values["modulus"] * np.exp(1j * np.radians(values["phase"]))
    for sign, said in ((1, "-Im Z"), (-1, "Im Z")):
        agree = np.abs((z if sign > 0 else z.conj()) - other) <= _AGREE * np.abs(other)
        if float(np.mean(agree)) > 0.9:
            if sign > 0:
                return
            raise BadInputError(place, f"a column {_LOST} that |Z| and the phase show to be {said}", "-Im(Z)/Ohm")
    raise BadInputError(place, f"a column {_LOST} that |Z| and the phase do not show to be Im Z", "-Im(Z)/Ohm")


def _by_cycle(grid: Grid, names: Sequence[str]) -> list[tuple[str, Grid]]:
    """Rows of each cycle number, in the order of the file; all of them where it has no such column."""
    at = next((i for i, name in enumerate(names) if name.lower() == "cycle number" and i < grid.frame.width), None)
    if at is None:
        return [("", grid)]
    numbers = grid.numbers(at)
    if not np.isfinite(numbers).all():
        return [("", grid)]
    cuts = np.flatnonzero(np.diff(numbers) != 0) + 1
    if cuts.size > _MOST_SPECTRA:
        raise BadInputError(grid.where, f"{cuts.size} changes of the cycle number", f"at most {_MOST_SPECTRA}")
    bounds = zip([0, *cuts.tolist()], [*cuts.tolist(), grid.rows], strict=True)
    parts = [(f"cycle {numbers[first]:g}", grid.slice(first, end)) for first, end in bounds]
    from limetal.readers._kit.echem_text import distinct

    labels = distinct([label for label, _ in parts], "cycle")
    return [(label, part) for label, (_, part) in zip(labels, parts, strict=True)]


PLUGIN = Reader(
    title="EC-Lab columns out of a spreadsheet",
    looks_like=looks_like,
    read=read,
    suffixes=(".txt",),
    documented_at="https://github.com/Samuel-Buteau/EISFitting",
    gives=("impedance",),
    instruments=("BioLogic EC-Lab",),
)
