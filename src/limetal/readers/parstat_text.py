r"""PARSTAT text tables: ``Potential (V)  Current (A)  Elapsed Time (s)  Frequency (Hz)  Zre (ohms)  Zim (ohms) ...``.

One table holds all steps of an experiment. Rows of a spectrum have a frequency; rows with the frequency 0 are of a
step over time, and their impedance of 0 ohm means nothing. ``Zim`` is Im Z, negative for a capacitor. The current is
positive where the electrode is oxidised.
"""

from __future__ import annotations

import numpy as np

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.echem_text import distinct
from limetal.readers._kit.potentiostat import grid_of, take
from limetal.readers._kit.potentiostat_records import Facts, columns_of, impedance, over_time
from limetal.records.base import About, Record

_NEEDED = ("potential", "current", "time")
_HEADER_WITHIN = 60
_MOST_STEPS = 10_000


def _header_at(lines: list[str]) -> int | None:
    """Index of the row of names; None if there is none."""
    for at, line in enumerate(lines[:_HEADER_WITHIN]):
        if "\t" in line and "Elapsed Time (s)" in line and "Potential (V)" in line and "Current (A)" in line:
            names = [name.strip() for name in line.split("\t")]
            if "Elapsed Time (s)" in names and set(_NEEDED) <= set(columns_of(names)):
                return at
    return None


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has the row of names of PARSTAT's tables.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.txt"
    >>> _ = path.write_text("Potential (V)\tCurrent (A)\tElapsed Time (s)\tFrequency (Hz)\tZre (ohms)\tZim (ohms)\t\n")
    >>> looks_like(RawFile(path))
    True
    """
    return _header_at(file.head_lines) is not None


def read(file: RawFile, options: ReadOptions) -> list[Record]:  # noqa: ARG001 - one signature for all
    r"""Read each spectrum and each step over time.

    Raises
    ------
    BadInputError
        If there are no rows, or a needed field is no number.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.txt"
    >>> names = "Potential (V)\tCurrent (A)\tElapsed Time (s)\tFrequency (Hz)\tZre (ohms)\tZim (ohms)\t\n"
    >>> _ = path.write_text(names + "3.5\t0\t1\t100\t10\t-1\t\n3.5\t0\t2\t10\t12\t-3\t\n")
    >>> read(RawFile(path), ReadOptions())[0].impedance.tolist()
    [(10-1j), (12-3j)]
    """
    at = _header_at(file.lines)
    if at is None:
        raise BadInputError(file.where, "no row of names with Elapsed Time (s)", "a table of PARSTAT")
    names = tuple(name.strip() for name in file.lines[at].split("\t"))
    grid = grid_of(file.lines, at + 1, len(file.lines), "\t", names, file.where)
    columns = {name: column for name, column in columns_of(names).items() if column[0] < grid.frame.width}
    if "frequency" in columns:
        grid, values = take(grid, {"frequency": (columns["frequency"][0], columns["frequency"][1].times)})
        spectral = values["frequency"] > 0
    else:
        spectral = np.zeros(grid.rows, dtype=bool)
    facts = Facts(file.where, About(instrument="PARSTAT"))
    cuts = np.flatnonzero(np.diff(spectral.astype(int))) + 1
    if cuts.size > _MOST_STEPS:
        raise BadInputError(file.where, f"{cuts.size} changes between spectra and steps over time", "fewer")
    records: list[Record] = []
    lone = []
    for first, end in zip([0, *cuts.tolist()], [*cuts.tolist(), grid.rows], strict=True):
        part = grid.slice(first, end)
        name = f"lines {part.line[0]} to {part.line[-1]}"
        if part.rows < 2 and cuts.size:
            lone.append(int(part.line[0]))
            continue
        here = Facts(facts.where, facts.about, label=name)
        records.append(impedance(part, columns, here) if spectral[first] else over_time(part, columns, here))
    if not records:
        raise BadInputError(file.where, "rows that are alone in their kind", "at least two rows of one kind")
    if lone:
        said = f"line {', '.join(map(str, lone[:5]))} was left out: one row alone is no measurement"
        records[0] = records[0].warned(said)
    return _labelled(records)


def _labelled(records: list[Record]) -> list[Record]:
    """Return records that a label tells apart: steps and spectra counted, or no label where there is one."""
    from dataclasses import replace

    if len(records) == 1:
        return [replace(records[0], label="")]
    words = ["spectrum" if record.kind == "impedance" else "over time" for record in records]
    return [replace(record, label=label) for record, label in zip(records, distinct(words, "step"), strict=True)]


PLUGIN = Reader(
    title="PARSTAT text",
    looks_like=looks_like,
    read=read,
    suffixes=(".txt",),
    documented_at="https://github.com/ECSHackWeek/impedance.py",
    gives=("impedance", "cycling"),
    instruments=("Princeton Applied Research PARSTAT",),
)
