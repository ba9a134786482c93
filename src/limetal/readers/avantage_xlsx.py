"""Workbooks with a spectrum a sheet: exports of Thermo's Avantage, and the workbooks of KherveFitting.

An Avantage sheet has ``Binding Energy (E)`` above ``eV`` in its first column, ``Counts / s`` in the third, components,
background, envelope and residuals of a fit in further ones, acquisition parameters to the right, and other sheets
(``Peak Table``, ``Quantifications``) with the numbers of the components. KherveFitting keeps ``Raw Data``, which is
what is read, beside ``Corrected Data`` (through the transmission), and its table of peaks to the right. Traps: a
sheet of a profile has one column of counts a level under one unit; the unit of ``Raw Data`` is not stated (counts
or counts/s, as the file it came from); the table of peaks has two rows a peak, values and constraints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.sheets import CellValue, Sheet, cell_text
from limetal.readers._kit.spectra import (
    distinct,
    energy_kind,
    energy_unit,
    intensity_unit_of,
    number_or_none,
    seconds_of,
    with_distinct_labels,
)
from limetal.records.base import About
from limetal.records.photoelectrons import PhotoelectronRecord, StoredPeak

Floats = NDArray[np.float64]
_HEADER_WITHIN, _WIDTH = 60, 200
_MOST = 1e60
_SIGNAL = re.compile(r"raw data|counts?\b|\bcps\b|intensity", re.IGNORECASE)
_FIT = re.compile(r"residual|background|backgnd|envelope|fit\b|height|area|offset", re.IGNORECASE)
_PEAKS_AT = re.compile(r"peak\s*label", re.IGNORECASE)
_LEVELS = re.compile(r"etch|level|sputter|position|angle|time|sample", re.IGNORECASE)
_PASS = re.compile(r"pass energy\s*:?\s*([\d.,]+)\s*ev", re.IGNORECASE)


@dataclass(frozen=True)
class _Table:
    """Where the spectrum of a sheet stands; rows and columns are counted from 0."""

    row: int
    first: int
    energy: int
    kind: str
    signals: list[int]
    others: list[int]
    names: dict[int, str]
    peaks_at: int | None


@dataclass(frozen=True)
class _Level:
    """One of several columns of counts."""

    label: str = ""
    etch_time_s: float | None = None
    settings: dict[str, str] = field(default_factory=dict)


def looks_like(file: RawFile) -> bool:
    r"""Whether a sheet has a binding or kinetic energy beside counts or raw data.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.xlsx"
    >>> _ = path.write_bytes(b"PK\x03\x04 and no more")
    >>> looks_like(RawFile(path))
    False
    """
    try:
        return any(_find(sheet) is not None for sheet in file.sheets)
    except BadInputError:
        return False


def read(file: RawFile, options: ReadOptions) -> list[PhotoelectronRecord]:  # noqa: ARG001 - one signature for all
    r"""Read every sheet that holds a spectrum.

    Raises
    ------
    BadInputError
        With sheet and row: for a cell that is no number, energies in another unit than eV, or if no sheet holds a
        spectrum.

    Examples
    --------
    >>> import pathlib, tempfile, xlsxwriter
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.xlsx"
    >>> book = xlsxwriter.Workbook(str(path))
    >>> sheet = book.add_worksheet("C1s Scan")
    >>> for row, cells in enumerate([["Binding Energy (E)"], ["eV", "", "Counts / s"], [290.1, "", 5], [290.0, "", 7]]):
    ...     _ = sheet.write_row(row, 0, cells)
    >>> _ = book.close()
    >>> record = read(RawFile(path), ReadOptions())[0]
    >>> record.label, record.binding_energy_electronvolt.tolist(), record.intensity.tolist(), record.intensity_unit
    ('C1s Scan', [290.1, 290.0], [5.0, 7.0], 'counts/s')
    """
    sheets = file.sheets
    if not sheets:
        raise BadInputError(file.where, "no workbook, or a broken one", "a workbook of Avantage or KherveFitting")
    quantified = [peak for sheet in sheets for peak in _quantification(sheet)]
    records = []
    for sheet in sheets:
        table = _find(sheet)
        if table is not None:
            records += _records(sheet, table, quantified, file.where)
    if not records:
        names = ", ".join(repr(sheet.name) for sheet in sheets[:6])
        raise BadInputError(file.where, f"sheets {names} without a spectrum", "binding or kinetic energies and counts")
    return with_distinct_labels(records)


def _find(sheet: Sheet) -> _Table | None:
    """Find the row of headers: an energy, numbers below it, and counts, an intensity or raw data to its right."""
    for at, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
        places = [
            i for i, cell in enumerate(row[:_WIDTH]) if isinstance(cell, str) and len(cell) < 40 and energy_kind(cell)
        ]
        if not places:
            continue
        energy = places[0]
        below = [r for r in range(at + 1, min(at + 3, len(sheet.rows))) if _number(sheet.rows[r][energy]) is not None]
        if not below:
            continue
        units = sheet.rows[at + 1] if below[0] == at + 2 else []
        names = {i: _header(row, units, i) for i in range(len(row[:_WIDTH]))}
        peaks_at = next((i for i, cell in enumerate(row) if isinstance(cell, str) and _PEAKS_AT.search(cell)), None)
        end = min(peaks_at if peaks_at is not None else len(row), _WIDTH)
        filled = [i for i in range(energy + 1, end) if _number(sheet.rows[below[0]][i]) is not None]
        signals = _signals(sheet, at, row, units, filled)
        if signals:
            others = [i for i in filled if i not in signals]
            return _Table(at, below[0], energy, energy_kind(str(row[energy])), signals, others, names, peaks_at)
    return None


def _header(row: list[CellValue], units: list[CellValue], place: int) -> str:
    name = re.sub(r"\s+", " ", cell_text(row[place])) if place < len(row) else ""
    unit = cell_text(units[place]) if place < len(units) else ""
    return f"{name} ({unit})" if name and unit else name or unit


def _signals(sheet: Sheet, at: int, row: list[CellValue], units: list[CellValue], filled: list[int]) -> list[int]:
    """Columns of the spectrum: raw data; else counts without a name, and the levels beside them."""
    texts = {i: cell_text(row[i]) for i in filled}
    raw = [i for i in filled if re.search(r"raw data", texts[i], re.IGNORECASE)]
    if raw:
        return raw[:1]
    unnamed = [i for i in filled if not texts[i] and i < len(units) and _SIGNAL.search(cell_text(units[i]))]
    if unnamed:
        levels = _levels_stated(sheet, at)
        first = unnamed[0]
        if levels > 1 and all(i in filled and not texts[i] for i in range(first, first + levels)):
            return list(range(first, first + levels))
        return unnamed if len(unnamed) > 1 else unnamed[:1]
    return [i for i in filled if _SIGNAL.search(texts[i]) and not _FIT.search(texts[i])][:1]


def _levels_stated(sheet: Sheet, at: int) -> int:
    """Number of elements of the second ``Axis`` that Avantage writes above the table; 1 if there is none."""
    counts = []
    for row in sheet.rows[:at]:
        words = [cell_text(cell) for cell in row[:8]]
        if words[:1] == ["Axis"] and "Elements=" in words:
            place = words.index("Elements=") + 1
            value = _number(row[place]) if place < len(row) else None
            counts.append(int(value) if value and 0 < value < 1e6 else 1)
    return counts[1] if len(counts) > 1 else 1


def _records(sheet: Sheet, table: _Table, quantified: list[StoredPeak], where: str) -> list[PhotoelectronRecord]:
    place = f"{where}, sheet {sheet.name}"
    header = cell_text(sheet.rows[table.row][table.energy])
    unit = energy_unit(table.names[table.energy]) or "eV"
    if unit != "eV":
        raise BadInputError(f"{place}, row {table.row + 1}", f"energies in {unit} ({header!r})", "energies in eV")
    rows = _data_rows(sheet, table, place)
    energy = _column(sheet, rows, table.energy, place)
    region = re.sub(r"\s+scan\b.*$", "", sheet.name, flags=re.IGNORECASE).strip()
    settings = _settings(sheet, table)
    levels = _levels(sheet, table)
    more = _more(sheet, table, rows) if len(table.signals) == 1 else {}
    peaks = _kherve_peaks(sheet, table) or _own(quantified, region, energy)
    scans = number_or_none(settings.get("Number of Scans", ""))
    passing = _PASS.search(" ".join(f"{k}: {v}" for k, v in settings.items()))
    records = []
    for signal, level in zip(table.signals, levels, strict=True):
        records.append(
            PhotoelectronRecord(
                binding_energy_electronvolt=energy if table.kind == "binding" else None,
                kinetic_energy_electronvolt=energy if table.kind == "kinetic" else None,
                intensity=_column(sheet, rows, signal, place),
                intensity_unit=intensity_unit_of(table.names[signal] or table.names[table.signals[0]]),
                region=region,
                pass_energy_eV=number_or_none(passing[1]) if passing else None,
                scans=scans if scans and scans > 0 else None,
                etch_time_s=level.etch_time_s,
                stored_peaks=peaks,
                source=where,
                label=", ".join(w for w in (sheet.name, level.label) if w),
                about=About(
                    software="Avantage" if "Avantage" in settings else "",
                    settings={k: v for k, v in {**settings, **level.settings}.items() if k != "Avantage"},
                ),
                more=dict(more),
            )
        )
    return records


def _data_rows(sheet: Sheet, table: _Table, place: str) -> list[int]:
    """Rows from the first with an energy to the last; a gap or a word among them is refused."""
    filled = [at for at in range(table.first, len(sheet.rows)) if cell_text(sheet.rows[at][table.energy])]
    rows: list[int] = []
    for at in filled:
        if _number(sheet.rows[at][table.energy]) is None or at != table.first + len(rows):
            found = repr(cell_text(sheet.rows[at][table.energy])[:40])
            raise BadInputError(f"{place}, row {at + 1}", f"{found} below the energies", "an energy in each row")
        rows.append(at)
    if len(rows) < 2:
        raise BadInputError(f"{place}, row {table.first + 1}", f"{len(rows)} rows of data", "at least two")
    return rows


def _column(sheet: Sheet, rows: list[int], place: int, where: str) -> Floats:
    values = [_number(sheet.rows[at][place]) for at in rows]
    for at, value in zip(rows, values, strict=True):
        if value is None:
            found = repr(cell_text(sheet.rows[at][place])[:40]) if cell_text(sheet.rows[at][place]) else "an empty cell"
            raise BadInputError(f"{where}, row {at + 1}, column {place + 1}", found, "a number")
    return np.array(values, dtype=np.float64)


def _more(sheet: Sheet, table: _Table, rows: list[int]) -> dict[str, NDArray[np.generic]]:
    """Further columns of numbers; empty cells of a fit that covers a part of the spectrum are not-a-number."""
    names = distinct([table.names[i] or f"column {i + 1}" for i in table.others])
    more: dict[str, NDArray[np.generic]] = {}
    for name, place in zip(names, table.others, strict=True):
        values = [_number(sheet.rows[at][place]) for at in rows]
        more[name] = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    return more


def _levels(sheet: Sheet, table: _Table) -> list[_Level]:
    """What tells the columns of a profile apart: a row of numbers above the headers, with its name to the left."""
    if len(table.signals) == 1:
        return [_Level()]
    for at in range(table.row - 1, -1, -1):
        row = sheet.rows[at]
        numbers = [_number(row[i]) for i in table.signals]
        words = [cell_text(cell) for cell in row[: table.signals[0]] if cell_text(cell)]
        known = [n for n in numbers if n is not None]
        if len(known) == len(numbers) and words and _LEVELS.search(words[0]):
            name = words[0]
            unit = words[1] if len(words) > 1 else (re.findall(r"\(([^)]*)\)", name) or [""])[0]
            etched = re.search(r"etch|sputter", name, re.IGNORECASE) is not None
            return [
                _Level(f"{name} {n:g} {unit}".strip(), seconds_of(n, unit) if etched else None, {name: f"{n:g} {unit}"})
                for n in known
            ]
    return [_Level(f"level {number}") for number in range(1, len(table.signals) + 1)]


def _settings(sheet: Sheet, table: _Table) -> dict[str, str]:
    """Acquisition parameters to the right of Avantage's heading, and the file the spectrum came from."""
    settings: dict[str, str] = {}
    for at, row in enumerate(sheet.rows[: table.row]):
        for place, cell in enumerate(row[:_WIDTH]):
            text = cell_text(cell)
            if text.lower().startswith("acquisition parameters"):
                settings["Avantage"] = "yes"
                for below in sheet.rows[at + 1 : table.row]:
                    key, value = cell_text(below[place]), cell_text(below[place + 1]) if place + 1 < len(below) else ""
                    if key and value and key.lower() != "parameter":
                        settings.setdefault(key, value)
            elif text.upper().endswith((".VGD", ".VGP")):
                settings["Avantage"], settings["data file"] = "yes", text
            elif text == "Elements=":
                settings["Avantage"] = "yes"
    return settings


def _kherve_peaks(sheet: Sheet, table: _Table) -> tuple[StoredPeak, ...]:
    """Peaks of the table to the right; the row below each holds its constraints and has no letter."""
    if table.peaks_at is None or table.peaks_at == 0:
        return ()
    headers = [re.sub(r"\s+", " ", cell_text(cell)).lower() for cell in sheet.rows[table.row]]

    def place(pattern: str) -> int | None:
        return next((i for i in range(table.peaks_at or 0, len(headers)) if re.match(pattern, headers[i])), None)

    at = {key: place(key) for key in ("position", "fwhm", "area", "fitting model", "bkg type")}
    peaks = []
    for row in sheet.rows[table.row + 1 :]:
        name = cell_text(row[table.peaks_at])
        if not cell_text(row[table.peaks_at - 1]) or not name:
            continue
        number = {key: _number(row[i]) if i is not None else None for key, i in at.items()}
        words = {key: cell_text(row[i]) if i is not None else "" for key, i in at.items()}
        peaks.append(
            StoredPeak(
                name, number["position"], number["fwhm"], number["area"], words["fitting model"], words["bkg type"]
            )
        )
    return tuple(peaks)


def _quantification(sheet: Sheet) -> Iterator[StoredPeak]:
    """Rows of Avantage's tables of peaks: a name, ``Peak BE``, and width and area where they are given."""
    for at, row in enumerate(sheet.rows[:10]):
        headers = [cell_text(cell).lower() for cell in row]
        if "peak be" not in headers or "name" not in headers:
            continue
        where = {key: next((i for i, h in enumerate(headers) if h.startswith(key)), None)
                 for key in ("name", "peak be", "fwhm", "area", "peak type", "backgnd")}  # fmt: skip
        for below in sheet.rows[at + 1 :]:
            texts = {key: cell_text(below[i]) if i is not None else "" for key, i in where.items()}
            if texts["name"] and number_or_none(texts["peak be"]) is not None:
                yield StoredPeak(
                    texts["name"],
                    number_or_none(texts["peak be"]),
                    number_or_none(texts["fwhm"]),
                    number_or_none(texts["area"]),
                    texts["peak type"],
                    texts["backgnd"],
                )
        return


def _own(peaks: list[StoredPeak], region: str, energy: Floats) -> tuple[StoredPeak, ...]:
    """Peaks whose name begins with the name of the region, within its energies and with a width: those of a fit."""

    def plain(text: str) -> str:
        return re.sub(r"[\s_]+", "", text).lower()

    low, high = float(energy.min()), float(energy.max())
    return tuple(
        p for p in peaks
        if region and plain(p.name).startswith(plain(region)) and p.fwhm_eV is not None
        and p.position_eV is not None and low <= p.position_eV <= high
    )  # fmt: skip


def _number(cell: CellValue) -> float | None:
    """Number of a cell, also of one that holds it as text; truth values and dates are none."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell) if -_MOST < cell < _MOST else None
    return number_or_none(cell) if isinstance(cell, str) else None


PLUGIN = Reader(
    title="Thermo Avantage and KherveFitting workbooks",
    looks_like=looks_like,
    read=read,
    suffixes=(".xlsx", ".xls"),
    documented_at="https://github.com/KherveFitting/KherveFitting",
    gives=("photoelectrons",),
    instruments=("Thermo", "KherveFitting"),
)
