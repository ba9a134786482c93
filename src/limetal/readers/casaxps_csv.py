"""Tables of text whose headers name binding or kinetic energies: exports of CasaXPS, LG4X, and of anybody.

CasaXPS' "Export to ASCII" writes blocks (``Cycle 0:sample:region``, the photon energy, names and numbers of the
components, then ``K.E.  Counts  ...  B.E.  CPS  ...``) one below the other, or all spectra side by side. Plain tables
have a row of headers with an energy in it. Traps: CasaXPS writes binding energies as it shows them, after its
calibration, beside kinetic energies as measured; ``PE/eV`` is a photon energy (absorption, no photoelectrons); two
columns without headers could be anything and are not claimed; a comma may part columns or numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.open_end import has_open_end, settled
from limetal.readers._kit.spectra import (
    distinct,
    energy_kind,
    energy_unit,
    intensity_unit_of,
    number_or_none,
    with_distinct_labels,
)
from limetal.readers._kit.text import SPACES, WIDE_SPACES, fields
from limetal.records.base import About
from limetal.records.photoelectrons import PhotoelectronRecord, StoredPeak

Floats = NDArray[np.float64]
_DELIMITERS = ("\t", ";", "|", ",", WIDE_SPACES, SPACES)
_HEADER_WITHIN = 200
_MOST_TABLES = 20_000
_LONG_LINE = 200_000
_INTENSITY = re.compile(r"count|\bcps\b|intens|\braw\b|\by\b|signal", re.IGNORECASE)
_FIT = re.compile(r"background|backgnd|envelope|residual|\bfit\b|baseline|transmission", re.IGNORECASE)
_PHOTON = re.compile(r"\W*(?:PE|photon energy|excitation energy|h[nν])\s*(?:[/(\[]\s*eV\W*)?", re.IGNORECASE)
_CYCLE = re.compile(r"\W*Cycle\s+(\d+)\s*:\s*(.*)")
#: CasaXPS' shift of the binding energies is told from this on.
_SHIFT_EV = 0.005


@dataclass(frozen=True)
class _Table:
    """Headers, rows and what stands above them; lines are counted from 0."""

    delimiter: str
    headers: list[str]
    header_line: int
    rows: list[list[str]]
    first_line: int
    above: list[str]
    decimal_comma: bool


@dataclass(frozen=True)
class _Group:
    """Columns of one spectrum: places of its energies and of its other columns."""

    energies: dict[str, int]
    others: list[int]


def looks_like(file: RawFile) -> bool:
    r"""Whether a row of headers near the top names a binding, kinetic or photon energy, above rows of numbers.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("BE/eV,In_C1s\n290.0,5\n289.9,7\n")
    >>> looks_like(RawFile(path))
    True
    """
    if not file.head_text or file.head_text.lstrip()[:1] in "{<":
        return False
    return next(_headers(file.head_lines, 0, _HEADER_WITHIN), None) is not None


def read(file: RawFile, options: ReadOptions) -> list[PhotoelectronRecord]:  # noqa: ARG001 - one signature for all
    r"""Read every spectrum of the tables in the file.

    Raises
    ------
    BadInputError
        With the line of a row that does not fit, for energies in another unit than eV, for photon energies, and
        where several columns could be the intensity.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("Binding Energy (eV);Counts/s;Background\n290,0;5,5;1\n289,9;7,5;1\n")
    >>> record = read(RawFile(path), ReadOptions())[0]
    >>> record.binding_energy_electronvolt.tolist(), record.intensity.tolist(), record.intensity_unit
    ([290.0, 289.9], [5.5, 7.5], 'counts/s')
    """
    where, lines = file.where, file.lines
    records: list[PhotoelectronRecord] = []
    warnings: list[str] = []
    for table in _tables(lines, where, warnings):
        for group in _groups(table, where):
            records += _records(table, group, where)
    if not records:
        raise BadInputError(where, "no row of headers with a binding or kinetic energy above numbers", "one")
    return with_distinct_labels([record.warned(*warnings) for record in records])


def _headers(lines: Sequence[str], begin: int, within: int) -> Iterator[tuple[int, str, list[str], int]]:
    """Yield line, delimiter and texts of rows of headers with an energy, and the line of the first row of numbers."""
    for at in range(begin, min(len(lines), begin + within)):
        line = lines[at].lstrip("#%").strip("\n")
        if not line.strip() or len(line) > _LONG_LINE or not re.search(r"e", line, re.IGNORECASE):
            continue
        for delimiter in _DELIMITERS:
            if len(delimiter) == 1 and delimiter not in line:
                continue
            if delimiter in (SPACES, WIDE_SPACES) and re.search(r"[,;\t|]", line):
                continue
            texts = fields(line, delimiter)
            places = [i for i, text in enumerate(texts) if _is_energy(text)]
            if not places or sum(map(bool, texts)) < 2 or any(number_or_none(t) is not None for t in texts):
                continue
            first = _first_numbers(lines, at + 1, delimiter, places[0])
            if first is not None:
                yield at, delimiter, texts, first
                break


def _is_energy(text: str) -> bool:
    """Whether a header is the name of an energy axis and not a sentence that mentions one."""
    return len(text) < 60 and bool(energy_kind(text) or _PHOTON.fullmatch(text))


def _first_numbers(lines: Sequence[str], begin: int, delimiter: str, place: int) -> int | None:
    """Line of the first row of numbers below headers; a row of units may stand between."""
    below = [at for at in range(begin, min(len(lines), begin + 5)) if lines[at].strip()][:2]
    for at in below:
        texts = fields(lines[at], _row_delimiter(delimiter))
        if place < len(texts) and number_or_none(texts[place]) is not None and len(texts) > 1:
            return at
        if any(number_or_none(text) is not None for text in texts):
            return None
    return None


def _row_delimiter(delimiter: str) -> str:
    return SPACES if delimiter == WIDE_SPACES else delimiter


def _tables(lines: list[str], where: str, warnings: list[str]) -> Iterator[_Table]:
    """Yield the tables of a file from the top; a last row that may be cut is left out, and said."""
    begin, count = 0, 0
    while (found := next(_headers(lines, begin, _HEADER_WITHIN), None)) is not None:
        header_line, delimiter, headers, first = found
        count += 1
        if count > _MOST_TABLES:
            raise BadInputError(f"{where}, line {header_line + 1}", f"more than {_MOST_TABLES} tables", "fewer")
        units = fields(lines[first - 1], delimiter) if first - 1 > header_line else []
        headers = [f"{h} ({u})" if u and u not in h else h for h, u in _paired(headers, units)]
        rows, end = [], first
        for at in range(first, len(lines)):
            texts = fields(lines[at], _row_delimiter(delimiter))
            if not any(number_or_none(text) is not None for text in texts):
                break
            rows.append(texts)
            end = at + 1
        if end == len(lines) and lines[-1].strip():
            rows, said = settled(rows, end, width=len(rows[0]), is_open=has_open_end(lines))
            warnings += said
        elif end < len(lines) and lines[end].strip() and not _begins_block(lines[end]):
            raise BadInputError(f"{where}, line {end + 1}", repr(lines[end].strip()[:60]), "a row of numbers")
        _refuse_widths(rows, headers, first, delimiter, where)
        comma = delimiter != "," and any("," in text for row in rows for text in row)
        yield _Table(delimiter, headers, header_line, rows, first, lines[begin:header_line], comma)
        begin = end


def _paired(headers: list[str], units: list[str]) -> Iterator[tuple[str, str]]:
    return ((header, units[i].strip("()[] ") if i < len(units) else "") for i, header in enumerate(headers))


def _begins_block(line: str) -> bool:
    """Whether a line below a table begins the next block, or is a remark."""
    return bool(_CYCLE.match(line) or line.lstrip().startswith(("#", "%")) or not line.strip('",;\t| '))


def _refuse_widths(rows: list[list[str]], headers: list[str], first: int, delimiter: str, where: str) -> None:
    width = len(headers)
    for at, row in enumerate(rows):
        if len(row) > width and any(row[width:]):
            comma = ": is the comma also in the numbers?" if delimiter == "," else ""
            raise BadInputError(f"{where}, line {first + at + 1}", f"{len(row)} fields{comma}", f"{width} as headers")


def _groups(table: _Table, where: str) -> list[_Group]:
    """Part the columns: a further energy of a kind that a spectrum has already begins the next one."""
    groups: list[_Group] = []
    for place, header in enumerate(table.headers):
        kind = energy_kind(header) if _is_energy(header) else ""
        if _is_energy(header) and not kind:
            found = f"photon energies ({header!r}): an absorption spectrum or a yield"
            raise BadInputError(f"{where}, line {table.header_line + 1}", found, "binding or kinetic energies")
        if kind:
            if energy_unit(header) not in ("", "eV"):
                found = f"energies in {energy_unit(header)} ({header!r})"
                raise BadInputError(f"{where}, line {table.header_line + 1}", found, "energies in eV")
            if not groups or kind in groups[-1].energies:
                groups.append(_Group({}, []))
            groups[-1].energies[kind] = place
        elif header or any(place < len(row) and row[place] for row in table.rows[:3]):
            (groups[-1].others if groups else []).append(place)
    if len(groups) == 1:  # columns to the left of the energy belong to it too
        left = [i for i in range(min(groups[0].energies.values())) if table.headers[i]]
        groups = [_Group(groups[0].energies, left + groups[0].others)]
    return groups


def _records(table: _Table, group: _Group, where: str) -> list[PhotoelectronRecord]:
    """One spectrum, or one for each column where no header says which is the intensity and none is part of a fit."""
    place = f"{where}, line {table.header_line + 1}"
    rows = _used_rows(table, group)
    columns = {i: _column(table, rows, i, where) for i in (*group.energies.values(), *group.others)}
    others = [i for i in group.others if columns[i] is not None]
    named = [i for i in others if _INTENSITY.search(table.headers[i]) and not _FIT.search(table.headers[i])]
    if not others:
        raise BadInputError(place, "energies and no column of intensity", "at least one")
    if len(named) > 1 and len(group.energies) == 1:
        named = [i for i in named if re.search(r"\braw\b", table.headers[i], re.IGNORECASE)] or named
    if named:
        signals = named[:1] if len(group.energies) > 1 or len(others) > len(named) or len(named) == 1 else named
    elif any(_FIT.search(table.headers[i]) for i in others) and len(others) > 1:
        found = f"the columns {', '.join(repr(table.headers[i]) for i in others[:6])}, none called counts or intensity"
        raise BadInputError(place, found, "a header that says which is the intensity")
    else:
        signals = others
    several = len(signals) > 1
    return [_record(table, group, columns, i, [] if several else others, rows, where) for i in signals]


def _used_rows(table: _Table, group: _Group) -> list[int]:
    """Rows in which the spectrum has an energy; spectra side by side may be of unequal length."""
    first = min(group.energies.values())
    used = [at for at, row in enumerate(table.rows) if first < len(row) and row[first]]
    return used if used and used == list(range(len(used))) else list(range(len(table.rows)))


def _column(table: _Table, rows: list[int], place: int, where: str) -> Floats | None:
    """Numbers of a column; None if it is empty throughout or holds words."""
    texts = [table.rows[at][place] if place < len(table.rows[at]) else "" for at in rows]
    if table.decimal_comma:
        texts = [text.replace(".", "").replace(",", ".") if "," in text else text for text in texts]
    values = [number_or_none(text) for text in texts]
    known = sum(value is not None for value in values)
    if known * 2 < len(values) and not _is_energy(table.headers[place]):
        return None
    for at, value in zip(rows, values, strict=True):
        if value is None:
            found = repr(table.rows[at][place][:60]) if place < len(table.rows[at]) else "a row that ends before it"
            line = table.first_line + at + 1
            raise BadInputError(f"{where}, line {line}", f"{found} under {table.headers[place]!r}", "a number")
    return np.array(values, dtype=np.float64)


def _record(
    table: _Table,
    group: _Group,
    columns: dict[int, Floats | None],
    signal: int,
    others: list[int],
    rows: list[int],
    where: str,
) -> PhotoelectronRecord:
    energies = {kind: columns[place] for kind, place in group.energies.items()}
    intensity = columns[signal]
    if intensity is None or len(rows) < 2:
        raise BadInputError(f"{where}, line {table.first_line + 1}", f"{len(rows)} rows of data", "at least two")
    casa = _CasaHead(table, group)
    warnings = list(casa.warnings(energies))
    if not any(energy_unit(table.headers[i]) for i in group.energies.values()) and not casa.is_casa:
        warnings.append("the headers give no unit of energy; eV was taken, in which spectra are written")
    names = [i for i in others if i != signal]
    labels = distinct([table.headers[i] for i in names])
    more: dict[str, NDArray[np.generic]] = {
        label: values for label, i in zip(labels, names, strict=True) if (values := columns[i]) is not None
    }
    header = table.headers[signal]
    region = casa.region or ("" if _INTENSITY.search(header) else header)
    return PhotoelectronRecord(
        binding_energy_electronvolt=energies.get("binding"),
        kinetic_energy_electronvolt=energies.get("kinetic"),
        intensity=intensity,
        intensity_unit=intensity_unit_of(header),
        region=region,
        photon_energy_eV=casa.photon_eV,
        stored_peaks=casa.peaks(energies.get("binding")),
        source=where,
        label=casa.label or region,
        about=casa.about(),
        more=more,
        warnings=tuple(warnings),
    )


class _CasaHead:
    """What CasaXPS writes above a block: name, photon energy, components of the fit."""

    def __init__(self, table: _Table, group: _Group) -> None:
        rows = [fields(line, table.delimiter) for line in table.above if len(line) < _LONG_LINE]
        self.table, self.group = table, group
        self.title = next((m[2].strip(' ",;\t') for r in table.above if (m := _CYCLE.match(r))), "")
        first, last = min(group.energies.values()), max([*group.energies.values(), *group.others])
        self.columns = range(first, last + 1)
        self.words: dict[str, list[str]] = {}
        self.pairs: dict[str, str] = {}
        for row in rows:
            for at, text in enumerate(row):
                if text in ("Characteristic Energy eV", "Acquisition Time s") and at + 1 < len(row):
                    self.pairs[text] = row[at + 1]
                elif text in ("Name", "Position", "FWHM", "Area", "Lineshape") and at in self.columns:
                    self.words[text] = row[at + 1 :][: len(self.columns)]
        self.is_casa = bool(self.title or self.pairs or "Lineshape" in self.words)
        if self.is_casa and not self.title:
            names = [m for i in group.others if (m := _CYCLE.match(table.headers[i]))]
            self.title = re.sub(r":CPS$", "", names[0][2]) if names else ""

    @property
    def photon_eV(self) -> float | None:
        value = number_or_none(self.pairs.get("Characteristic Energy eV", ""))
        return value if value and value > 0 else None

    @property
    def region(self) -> str:
        return self.title.rsplit(":", 1)[-1].strip()

    @property
    def label(self) -> str:
        return self.title.replace(":", ", ").strip()

    def peaks(self, binding: Floats | None) -> tuple[StoredPeak, ...]:
        """Components, their positions where they lie on the binding energies of the table."""
        numbers = {key: [number_or_none(w) for w in words] for key, words in self.words.items()}
        found = []
        for at, name in enumerate(self.words.get("Name", [])):
            position = _at(numbers.get("Position", []), at)
            if not name or position is None:
                continue
            inside = binding is not None and float(binding.min()) <= position <= float(binding.max())
            shapes = self.words.get("Lineshape", [])
            found.append(
                StoredPeak(
                    name=name,
                    position_eV=position if inside else None,
                    fwhm_eV=_at(numbers.get("FWHM", []), at),
                    area=_at(numbers.get("Area", []), at),
                    shape=shapes[at] if at < len(shapes) else "",
                )
            )
        return tuple(found)

    def warnings(self, energies: dict[str, Floats | None]) -> Iterator[str]:
        """Sentences about a calibration that CasaXPS applied to the binding energies it wrote."""
        binding, kinetic = energies.get("binding"), energies.get("kinetic")
        if binding is None or not self.is_casa:
            return
        if kinetic is None or self.photon_eV is None:
            yield "binding energies are as CasaXPS shows them, after a calibration if there was one"
            return
        shift = float(np.median(binding + kinetic)) - self.photon_eV
        if abs(shift) > _SHIFT_EV:
            yield f"binding energies are as CasaXPS shows them, {shift:+.4g} eV from photon minus kinetic energy"

    def about(self) -> About:
        """Title and acquisition time."""
        if not self.is_casa:
            return About()
        return About(software="CasaXPS", sample=self.title.split(":")[0], settings=dict(self.pairs))


def _at(values: list[float | None], index: int) -> float | None:
    return values[index] if index < len(values) else None


PLUGIN = Reader(
    title="table with binding or kinetic energies (CasaXPS, LG4X)",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv", ".txt", ".tsv", ".dat"),
    documented_at="https://github.com/hidecode221b/LG4X",
    gives=("photoelectrons",),
    instruments=("CasaXPS", "LG4X"),
    rank=1,
)
