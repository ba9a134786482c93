"""Text files of Scienta's SES (``[Info]``, ``[Region 1]``, ``[Info 1]``, ``[Data 1]``).

A region has an energy axis and one column of intensity, or one for each slice (angle, position, sweep), where it states
a second dimension; each slice becomes a record, nothing is added up. The unit of the intensity is not stated. The
energy of a row stands twice, in the scale of the region and in the row, which must agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.open_end import has_open_end, settled
from limetal.readers._kit.ses import MAX_SLICES, ses_records, ses_settings
from limetal.readers._kit.spectra import is_sound, number_or_none, with_distinct_labels
from limetal.records.photoelectrons import PhotoelectronRecord

Floats = NDArray[np.float64]
_SECTION = re.compile(r"\[(\D*?)\s*(\d*)(?::(\d+))?\]\s*")


def looks_like(file: RawFile) -> bool:
    r"""Whether the file begins with the sections of SES.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.txt"
    >>> _ = path.write_text("[Info]\nNumber of Regions=1\nVersion=1.3.1\n")
    >>> looks_like(RawFile(path))
    True
    """
    lines = [line.strip() for line in file.head_lines[:10] if line.strip()]
    return bool(lines) and lines[0] == "[Info]" and any(line.startswith("Number of Regions=") for line in lines)


def read(file: RawFile, options: ReadOptions) -> list[PhotoelectronRecord]:  # noqa: ARG001 - one signature for all
    r"""Read every region.

    Raises
    ------
    BadInputError
        With the line of a row that does not fit, or if a region is missing.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.txt"
    >>> region = "[Region 1]|Region Name=C1s|Dimension 1 name=Kinetic Energy [eV]|Dimension 1 size=3|"
    >>> scale = "Dimension 1 scale=100 100.1 100.2|[Info 1]|Pass Energy=20|"
    >>> data = "[Data 1]| 1.000E+0002  5.0E+0000| 1.001E+0002  7.0E+0000| 1.002E+0002  9.0E+0000|"
    >>> _ = path.write_text(("[Info]|Number of Regions=1|Version=1.3.1|" + region + scale + data).replace("|", "\n"))
    >>> record = read(RawFile(path), ReadOptions())[0]
    >>> record.region, record.kinetic_energy_electronvolt.tolist(), record.intensity.tolist()
    ('C1s', [100.0, 100.1, 100.2], [5.0, 7.0, 9.0])
    """
    where, lines = file.where, file.lines
    sections = {(name, number): (first, body) for name, number, first, body in _sections(lines)}
    wanted = number_or_none(ses_settings(sections.get(("Info", ""), (0, []))[1]).get("Number of Regions", ""))
    numbers = [number for name, number in sections if name == "Region"]
    said: list[str] = []
    if wanted is not None and len(numbers) != wanted:
        if len(numbers) > wanted or not numbers:
            raise BadInputError(where, f"{len(numbers)} regions", f"the {wanted:g} that the file states")
        said.append(f"the file states {wanted:g} regions and has {len(numbers)}: it was cut short")
    records: list[PhotoelectronRecord] = []
    for number in numbers:
        definition = ses_settings(sections["Region", number][1])
        info = {**definition, **ses_settings(sections.get(("Info", number), (0, []))[1])}
        if ("Data", number) not in sections:
            said.append(f"region {number} ({info.get('Region Name', '')}) has no data")
            continue
        first, body = sections["Data", number]
        is_last = first - 1 + len(body) >= len(lines)
        energy, columns, notes = _table(definition, body, first, where, is_last and bool(lines[-1].strip()))
        place = f"{where}, [Region {number}]"
        info = {key: value for key, value in info.items() if not key.startswith("Dimension 1 scale")}
        slices = _slices(definition, columns.shape[1], place)
        info = {key: value for key, value in info.items() if not key.endswith("scale")}
        axis = definition.get("Dimension 1 name", "")
        found = ses_records(energy, columns, axis, info, place, source=where, slices=slices)
        records += [record.warned(*notes) for record in found]
    if not records:
        raise BadInputError(where, said[0] if said else "no region", "a region with data")
    return with_distinct_labels([record.warned(*said) for record in records])


def _sections(lines: list[str]) -> Iterator[tuple[str, str, int, list[str]]]:
    """Name, number, line (counted from 1) of the first line and lines of every section."""
    marks = [
        (at, match) for at, line in enumerate(lines) if line.startswith("[") and (match := _SECTION.fullmatch(line))
    ]
    ends = [*(at for at, _ in marks[1:]), len(lines)]
    for (at, match), end in zip(marks, ends, strict=False):
        yield match[1].strip(), match[2], at + 2, lines[at + 1 : end]


def _table(
    definition: dict[str, str], body: list[str], first: int, where: str, unsure: bool
) -> tuple[Floats, Floats, list[str]]:
    """Energies and columns of a region, checked against its definition."""
    rows = [(first + at, line.replace(",", ".").split()) for at, line in enumerate(body) if line.strip()]
    notes: list[str] = []
    size = number_or_none(definition.get("Dimension 1 size", ""))
    if unsure and rows:
        is_short = size is not None and len(rows) < size
        every = [row for _, row in rows]
        kept, notes = settled(
            every, rows[-1][0], width=len(every[0]), is_known_cut=is_short, is_open=has_open_end(body)
        )
        rows = rows[: len(kept)]
    if len(rows) < 2:
        raise BadInputError(f"{where}, line {first}", f"{len(rows)} rows of data", "at least two")
    if size is not None and len(rows) > size:
        raise BadInputError(
            f"{where}, line {rows[int(size)][0]}", f"row {int(size) + 1} of {size:g}", "the next region"
        )
    if size is not None and len(rows) < size and not unsure:
        notes.append(f"{len(rows)} points of {size:g}: the measurement or the file was cut short")
    width = len(rows[0][1])
    for line, row in rows:
        if len(row) != width or width < 2 or "_" in "".join(row):
            raise BadInputError(f"{where}, line {line}", f"{len(row)} numbers", f"{max(width, 2)} as in the first row")
    try:
        table = np.array([row for _, row in rows], dtype="U").astype(np.float64)
    except ValueError as error:
        line, row = next((n, r) for n, r in rows if any(number_or_none(t) is None for t in r))
        raise BadInputError(f"{where}, line {line}", repr(" ".join(row)[:60]), "numbers") from error
    if not is_sound(table):
        line = rows[next(at for at, row in enumerate(table) if not is_sound(row))][0]
        raise BadInputError(f"{where}, line {line}", "values that are no numbers", "finite numbers")
    _check_scale(definition, table[:, 0], [line for line, _ in rows], where)
    return table[:, 0], table[:, 1:], notes


def _check_scale(definition: dict[str, str], energy: Floats, lines: list[int], where: str) -> None:
    scale = [number_or_none(w) for w in definition.get("Dimension 1 scale", "").split()]
    if not scale or len(scale) < energy.size or any(value is None for value in scale):
        return
    stated = np.array(scale[: energy.size], dtype=np.float64)
    off = np.abs(stated - energy) > 0.02 * abs(float(energy[1] - energy[0])) + 1e-6 * np.abs(stated)
    if off.any():
        at = int(np.argmax(off))
        found = f"{energy[at]:g} eV where the scale of the region has {stated[at]:g}"
        raise BadInputError(f"{where}, line {lines[at]}", found, "one energy")


def _slices(definition: dict[str, str], columns: int, place: str) -> tuple[str, Floats] | None:
    """Name and values of the second dimension, which must be as many as there are columns."""
    if "Dimension 3 size" in definition:
        raise BadInputError(place, "three dimensions (a map)", "one or two")
    if columns == 1:
        return None
    scale = [number_or_none(w) for w in definition.get("Dimension 2 scale", "").split()]
    name = definition.get("Dimension 2 name", "")
    if columns > MAX_SLICES or len(scale) != columns or any(value is None for value in scale):
        found = f"{columns} columns of intensity and a second dimension of {len(scale)}"
        raise BadInputError(place, found, f"as many, and at most {MAX_SLICES}")
    return name or "slice", np.array(scale, dtype=np.float64)


PLUGIN = Reader(
    title="Scienta SES text",
    looks_like=looks_like,
    read=read,
    suffixes=(".txt",),
    documented_at="https://fairmat-nfdi.github.io/pynxtools-xps/reference/scienta.html",
    gives=("photoelectrons",),
    instruments=("Scienta",),
)
