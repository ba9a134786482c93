r"""Spectra exported as text by RelaxIS: a line that names the program, the date, a row of names, rows of data.

``RelaxIS 3.0 Spectrum export``, ``Date: ...``, then names like ``Data: Frequency``, ``Data: Z'``, ``Data: Z''``, then
a row that describes the spectrum (``DC=..., TM=...`` and the name of its file), then the data, parted by tabs. The
units are hertz, ohm and degrees; ``Z''`` is Im Z, negative for a capacitor.

Several spectra stand below each other, each under a row that describes it, or beside each other under repeated names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.echem_text import distinct, number_of
from limetal.readers._kit.potentiostat import Grid, Role, grid_of, iso_time
from limetal.readers._kit.potentiostat_records import Facts, impedance
from limetal.records.base import About, Record

_FIRST = re.compile(r"^\s*RelaxIS\s+[\d.]+\s+Spectr(?:um|a) export", re.IGNORECASE)
_QUANTITIES = {"frequency": "frequency", "z'": "real", "z''": "imaginary"}
_UNIT = re.compile(r"\s*[(\[](?:Hz|Ω|Ω|ohm|Ohm)[)\]]\s*$")
_MOST_SPECTRA = 10_000


@dataclass(frozen=True)
class _Block:
    """Names, description and lines of data below each other."""

    names: tuple[str, ...]
    said: tuple[str, ...]
    first: int
    end: int


def looks_like(file: RawFile) -> bool:
    r"""Whether a text begins as the exports of RelaxIS do.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.txt"
    >>> _ = path.write_text("RelaxIS 3.0 Spectrum export\n")
    >>> looks_like(RawFile(path))
    True
    """
    return any(_FIRST.match(line) for line in file.head_lines[:3])


def read(file: RawFile, options: ReadOptions) -> list[Record]:  # noqa: ARG001 - one signature for all
    r"""Read every spectrum.

    Raises
    ------
    BadInputError
        If there is no row of names or no data, or a row is garbled.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.txt"
    >>> head = "RelaxIS 3.0 Spectrum export\nDate: 12/16/2025 2:29:15 PM\nData: Frequency\tData: Z'\tData: Z''\n"
    >>> _ = path.write_text(head + "DC=0.1, TM=25\tModel: none\tcell 7\n100\t10\t-1\n10\t12\t-3\n")
    >>> record = read(RawFile(path), ReadOptions())[0]
    >>> record.impedance.tolist(), record.about.sample
    ([(10-1j), (12-3j)], 'cell 7')
    """
    about = _about(file.lines)
    records: list[Record] = []
    for block in _blocks(file.lines, file.where):
        for offset, width in _groups(block.names):
            names = block.names[offset : offset + width]
            grid = _grid(file, block, offset, width)
            if grid is None:
                continue
            said = [text for text in block.said[offset : offset + width] if text]
            here = replace(about, sample=_sample(said), settings=dict(about.settings) | _settings(said))
            columns = _columns(names)
            records.append(impedance(grid, columns, Facts(file.where, here, label=here.sample)))
            if len(records) > _MOST_SPECTRA:
                raise BadInputError(file.where, f"more than {_MOST_SPECTRA} spectra", "fewer")
    if not records:
        raise BadInputError(file.where, "no row of names with Frequency, Z' and Z''", "a spectrum exported by RelaxIS")
    if len(records) == 1:
        return [replace(records[0], label="")]
    labels = distinct([record.label for record in records], "spectrum")
    return [replace(record, label=label) for record, label in zip(records, labels, strict=True)]


def _grid(file: RawFile, block: _Block, offset: int, width: int) -> Grid | None:
    """Rows of one spectrum; those beside each other end with empty fields where they are shorter."""
    whole = grid_of(file.lines, block.first, block.end, "\t", block.names, file.where)
    if whole.frame.width < offset + width:
        place = f"{file.where}, line {block.first + 1}"
        raise BadInputError(place, f"{whole.frame.width} fields", f"{len(block.names)} as there are names")
    part = whole.frame.select([str(i) for i in range(offset, offset + width)])
    part = part.rename({str(i): str(i - offset) for i in range(offset, offset + width)})
    grid = replace(whole, frame=part, headers=block.names[offset : offset + width])
    grid = replace(grid, open_end=grid.open_end and offset + width == len(block.names))
    filled = np.logical_or.reduce([(part[str(i)] != "").to_numpy() for i in range(width)])
    return grid.keep(filled) if filled.any() else None


def _blocks(lines: Sequence[str], where: str) -> Iterator[_Block]:
    """Yield blocks of data: each begins below a row that is no numbers."""
    names: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    at = 0
    while at < len(lines):
        fields = tuple(field.strip() for field in lines[at].split("\t"))
        if not any(fields):
            at += 1
        elif _is_names(fields):
            names, said = fields, ()
            at += 1
        elif number_of(next(field for field in fields if field)) is None:
            said = fields if names else said
            at += 1
        elif not names:
            raise BadInputError(f"{where}, line {at + 1}", "numbers above any row of names", "Data: Frequency, ...")
        else:
            first = at
            while at < len(lines) and _is_data(lines[at]):
                at += 1
            yield _Block(names, said, first, at)


def _is_data(line: str) -> bool:
    """Whether a line is blank or its first filled field looks like a number (perhaps a broken one)."""
    bare = line.strip()
    return not bare or bare[0].isdigit() or bare[0] in "+-.,"


def _is_names(fields: Sequence[str]) -> bool:
    return {"frequency", "z'", "z''"} <= {_plain(field) for field in fields}


def _plain(name: str) -> str:
    """Name without ``Data:`` and unit, in small letters; those of a fit or a test stay apart by their own word."""
    return _UNIT.sub("", re.sub(r"^Data:\s*", "", name.strip())).strip().lower().replace('"', "''")


def _groups(names: Sequence[str]) -> list[tuple[int, int]]:
    """Offset and width of the columns of each spectrum beside each other."""
    starts = [index for index, name in enumerate(names) if _plain(name) == "frequency"]
    starts[0] = 0
    ends = [*starts[1:], len(names)]
    return [(start, end - start) for start, end in zip(starts, ends, strict=True)]


def _columns(names: Sequence[str]) -> dict[str, tuple[int, Role]]:
    found: dict[str, tuple[int, Role]] = {}
    for index, name in enumerate(names):
        quantity = _QUANTITIES.get(_plain(name))
        if quantity:
            found.setdefault(quantity, (index, Role(quantity, 1.0)))
    return found


def _sample(said: Sequence[str]) -> str:
    """What names the spectrum: the description that is neither parameters nor model."""
    names = [text for text in said if not text.startswith("Model:") and not re.match(r"^\w+=", text)]
    return names[0] if names else ""


def _settings(said: Sequence[str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for text in said:
        if text.startswith("Model:"):
            settings["Model"] = text.removeprefix("Model:").strip()
        elif re.match(r"^\w+=", text):
            pairs = (part.partition("=") for part in re.split(r",\s+", text))
            settings |= {key.strip(): value.strip() for key, _, value in pairs}
    return settings


def _about(lines: Sequence[str]) -> About:
    date = next((line.partition(":")[2].strip() for line in lines[:10] if line.startswith("Date:")), "")
    day, _, clock = date.partition(" ")
    settings = {"Date": date} if date else {}
    exported = iso_time(day, clock)
    if exported:  # of the export, not of the measurement
        settings["exported"] = exported
    return About(software=lines[0].strip().split(" Spectr")[0], settings=settings)


PLUGIN = Reader(
    title="RelaxIS text",
    looks_like=looks_like,
    read=read,
    suffixes=(".txt",),
    documented_at="https://www.rhd-instruments.de/en/products/software/relaxis",
    gives=("impedance",),
    instruments=("rhd instruments RelaxIS",),
)
