r"""PalmSens' CSV exports (PSTrace, PStouch, MultiTrace): UTF-16, curves side by side, spectra one below another.

Curves stand in pairs of columns: a line of titles (one above each pair), a line of dates
(``Date and time measurement:``), a line of units (``V,µA,V,µA``), then the numbers; a shorter curve leaves blanks.
Spectra have a line of named columns (``freq / Hz``, ``neg. Phase / °``, ``Z' / Ohm``, ``Z'' / Ohm``), also several
side by side. Traps: the column called ``Z'' / Ohm`` holds -Z'' in many versions, which the phase beside it tells; a
line may be quoted as a whole; semicolons and decimal commas in some countries. Currents are positive when anodic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.echem_text import distinct, free_name, iso_time, number_of, table_of
from limetal.readers._kit.open_end import NO_END, is_cut_row
from limetal.records.base import About, Record
from limetal.records.cycling import CyclingRecord
from limetal.records.impedance import ImpedanceRecord
from limetal.records.polarisation import PolarisationRecord

Floats = NDArray[np.float64]

_FIRST = re.compile(r'"?\ufeff?(?:Date and time|File date):', re.IGNORECASE)
_DATED = "date and time measurement:"
#: Numbers of a column per unit of limetal.
_VOLTS = {"v": 1.0, "mv": 1e3}
_AMPERES = {"a": 1.0, "ma": 1e3, "µa": 1e6, "μa": 1e6, "ua": 1e6, "na": 1e9, "pa": 1e12}
_SECONDS = {"s": 1.0}
_KNOWN_UNITS = {*_VOLTS, *_AMPERES, *_SECONDS, "µc", "μc", "uc", "mc", "c", "°c", "hz", "ohm", "ω", "µw", "w"}
_SCAN = re.compile(r"\bscan\s+(\d{1,6})\b", re.IGNORECASE)
_IMAGINARY = {"-z''": -1.0, "z''": 1.0}
_PHASE = {"neg. phase": -1.0, "-phase": -1.0, "phase": 1.0}


@dataclass
class _Curve:
    """Two columns that belong together."""

    title: str
    date: str
    units: tuple[str, str]
    values: Floats

    @property
    def kinds(self) -> str:
        """What is against what, by the units: ``VA``, ``sV``, ``sA`` or something else."""
        return "".join(
            "V" if unit in _VOLTS else "A" if unit in _AMPERES else "s" if unit in _SECONDS else "?"
            for unit in self.units
        )

    def column(self, at: int) -> Floats:
        """One column in limetal's unit."""
        return self.values[:, at] / (_VOLTS | _AMPERES | _SECONDS)[self.units[at]]


@dataclass
class _File:
    """What was found on the way through the lines."""

    where: str
    date: str = ""
    notes: str = ""
    warnings: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)


def looks_like(file: RawFile) -> bool:
    r"""Whether the file begins with PSTrace's date and has its line of measurement dates, units or frequencies.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cv.csv"
    >>> _ = path.write_text("Date and time:,2025-01-01 12:00:00\nNotes:\n\nCV\nDate and time measurement:,2025\n")
    >>> looks_like(RawFile(path))
    True
    """
    lines = file.head_lines
    if not lines or not _FIRST.match(lines[0].lstrip()):
        return False
    return any(
        _DATED in line.lower()
        or "freq / hz" in line.lower()
        or line.lower().startswith(("measurement:", '"measurement:'))
        or _are_units(_fields(line, _delimiter(lines)))
        for line in lines[1:400]
    )


def read(file: RawFile, options: ReadOptions) -> list[Record]:  # noqa: ARG001 - one signature for all
    r"""Read every curve and spectrum of an export.

    Raises
    ------
    BadInputError
        If it holds nothing that can be read, or a field is no number.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cv.csv"
    >>> head = "Date and time:,2025-01-01 12:00:00\nNotes:\n\nCyclic Voltammetry: CV i vs E Scan 1,\n"
    >>> table = "Date and time measurement:,2025-01-01\nV,µA\n-0.5,1.5\n-0.4,2.5\n"
    >>> _ = path.write_text(head + table, encoding="utf-16")
    >>> [record] = read(RawFile(path), ReadOptions())
    >>> record.potential_volt.tolist(), record.current_ampere.tolist()
    ([-0.5, -0.4], [1.5e-06, 2.5e-06])
    """
    lines = file.lines
    delimiter = _delimiter(lines)
    rows = [_fields(line, delimiter) for line in lines]
    found = _File(file.where)
    at = 0
    while at < len(rows):
        at = _step(rows, at, found)
    if not found.records:
        held = "; ".join(found.warnings)[:200] or "no curves and no spectra"
        raise BadInputError(file.where, held, "potential against current, both against time, or a spectrum")
    found.records[0] = found.records[0].warned(*found.warnings)
    if len(found.records) == 1:
        return [replace(found.records[0], label="")]
    labels = distinct([record.label for record in found.records], "curve")
    return [replace(record, label=label) for record, label in zip(found.records, labels, strict=True)]


def _step(rows: Sequence[Sequence[str]], at: int, found: _File) -> int:
    """Deal with the row at ``at``; where to go on."""
    row = rows[at]
    first = row[0].strip().lower() if row else ""
    if first in {"date and time:", "file date:"} and len(row) > 1:
        found.date = row[1]
    elif first == "notes:":
        found.notes = " ".join(field for field in row[1:] if field) or found.notes
    elif any(field.lower().startswith("freq / hz") for field in row):
        return _spectra(rows, at, found)
    elif _are_units(row):
        return _curves(rows, at, found)
    return at + 1


def _delimiter(lines: Sequence[str]) -> str:
    """The mark that parts the first line: a semicolon where the comma is the decimal mark."""
    first = lines[0] if lines else ""
    marks = {mark: first.find(mark) for mark in (";", "\t", ",") if mark in first}
    return min(marks, key=lambda mark: marks[mark]) if marks else ","


def _fields(line: str, delimiter: str) -> list[str]:
    line = line.strip("\ufeff\r\n ")
    if len(line) > 1 and line[0] == line[-1] == '"' and line.count('"') == 2:
        line = line[1:-1].lstrip("\ufeff")
    return [field.strip().strip('"').strip() for field in line.split(delimiter)]


def _are_units(row: Sequence[str]) -> bool:
    filled = [field.lower() for field in row if field]
    return len(filled) >= 2 and all(field in _KNOWN_UNITS for field in filled)


def _curves(rows: Sequence[Sequence[str]], at: int, found: _File) -> int:
    """Read the pairs of columns whose units stand at ``at``."""
    units = [field.lower() for field in rows[at]]
    above = [row for row in rows[max(0, at - 3) : at] if any(row)]
    dates = above.pop() if above and above[-1] and above[-1][0].lower() == _DATED else []
    titles = above[-1] if dates and above and above[-1][0].lower() not in {"notes:", "date and time:"} else []
    end = at + 1
    while end < len(rows) and _is_row(rows[end]):
        end += 1
    body = _without_cut_end(rows[at + 1 : end], end, found) if end == len(rows) else rows[at + 1 : end]
    curves = []
    for left in range(0, len(units) - 1, 2):
        if not (units[left] and units[left + 1]):
            continue
        title = titles[left] if left < len(titles) else ""
        date = dates[left + 1] if left + 1 < len(dates) else ""
        values = _pair(body, left, at + 2, found.where)
        curves.append(_Curve(title, date, (units[left], units[left + 1]), values))
    _records_of_curves(curves, found)
    return end


def _without_cut_end(body: Sequence[Sequence[str]], line: int, found: _File) -> list[Sequence[str]]:
    """Rows without the last numbers, if the end of the file, which ends no line, cut them; pairs stand side by side."""
    rows = list(body)
    last = list(rows[-1]) if rows else []
    if not last or not last[-1]:
        return rows
    column = len(last) - 1
    left = column - column % 2  # of the pair
    verdict = is_cut_row(last[-1], [row[column] for row in rows[:-1] if column < len(row)], is_used=True)
    if verdict or left == column:
        found.warnings.append(f"the last pair of line {line} was left out: the file ends within it")
        rows[-1] = last[:left]
    elif verdict is None:
        found.warnings.append(f"line {line} {NO_END}")
    return rows


def _is_row(row: Sequence[str]) -> bool:
    filled = [field for field in row if field]
    return bool(filled) and number_of(filled[0]) is not None


def _pair(body: Sequence[Sequence[str]], left: int, first_line: int, where: str) -> Floats:
    """Numbers of two columns, down to where the curve ends."""
    pairs, lines = [], []
    ended = 0
    for number, row in enumerate(body, start=first_line):
        pair = [*row[left : left + 2], "", ""][:2]
        if not any(pair):
            ended = ended or number
            continue
        if ended:
            raise BadInputError(f"{where}, line {ended}", "a gap within a curve", "numbers down to its end")
        if not all(pair):
            if number == first_line + len(body) - 1:
                break  # the file ends within its last row
            raise BadInputError(f"{where}, line {number}", "half a pair of numbers", "both")
        pairs.append(pair)
        lines.append(number)
    return table_of(pairs, lines, where).reshape(-1, 2)


def _records_of_curves(curves: Sequence[_Curve], found: _File) -> None:
    in_time: dict[tuple[str, bytes], dict[str, _Curve]] = {}
    for curve in curves:
        if curve.values.shape[0] < 2:
            found.warnings.append(f"the curve {curve.title!r} has {curve.values.shape[0]} points and is left out")
        elif curve.kinds == "VA":
            found.records.append(_polarisation(curve, found))
        elif curve.kinds in {"sV", "sA"}:
            key = (curve.title.partition(":")[0], curve.values[:, 0].tobytes())
            in_time.setdefault(key, {}).setdefault(curve.kinds, curve)
        else:
            against = " against ".join(reversed(curve.units))
            found.warnings.append(f"the curve {curve.title!r} ({against}) is left out")
    for (title, _), pair in in_time.items():
        if "sV" in pair:
            found.records.append(_run(title, pair, found))
        else:
            found.warnings.append(f"{title or 'a curve'}: a current against time without its potential is left out")


def _polarisation(curve: _Curve, found: _File) -> PolarisationRecord:
    scan = _SCAN.search(curve.title)
    pulsed = re.match(r"(differential|square wave|normal) ?pulse|square wave", curve.title, re.IGNORECASE)
    notes = (
        ["the current of a pulse technique is a difference of samples, not the current of the cell"] if pulsed else []
    )
    return PolarisationRecord(
        potential_volt=curve.column(0),
        current_ampere=curve.column(1),
        cycle_count=np.full(curve.values.shape[0], int(scan[1])) if scan else None,
        source=found.where,
        label=curve.title,
        about=_about(curve.title, curve.date, found),
        warnings=tuple(notes),
    )


def _run(title: str, pair: dict[str, _Curve], found: _File) -> CyclingRecord:
    voltage, current = pair["sV"], pair.get("sA")
    return CyclingRecord(
        test_time_second=voltage.column(0),
        voltage_volt=voltage.column(1),
        current_ampere=None if current is None else current.column(1),
        source=found.where,
        label=title,
        about=_about(title, voltage.date, found),
    )


def _about(title: str, date: str, found: _File) -> About:
    return About(
        instrument="PalmSens",
        technique=title.partition(":")[0].strip(),
        start_time=iso_time(date or found.date, "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"),
        comment=found.notes,
    )


def _spectra(rows: Sequence[Sequence[str]], at: int, found: _File) -> int:
    """Read the spectra whose column names stand at ``at``, side by side."""
    names = rows[at]
    titles = rows[at - 1] if at else []
    end = at + 1
    while end < len(rows) and _is_row(rows[end]):
        end += 1
    starts = [n for n, name in enumerate(names) if name.lower().startswith("freq / hz")]
    open_end = end == len(rows)
    for left, right in zip(starts, [*starts[1:], len(names)], strict=True):
        width = next((n - left for n in range(left, right) if not names[n]), right - left)
        body: list[list[str]] = []
        lines: list[int] = []
        for number, row in enumerate(rows[at + 1 : end], start=at + 2):
            fields = list(row[left : left + width])
            if not any(fields):
                continue
            if len(fields) < width or not all(fields):
                if number == end == len(rows):
                    found.warnings.append(f"line {number} was left out: the file ends within it")
                    break
                raise BadInputError(f"{found.where}, line {number}", f"{len(fields)} fields", f"{width}")
            if open_end and number == end and left + width >= len(row):
                column = [body_row[-1] for body_row in body]
                verdict = is_cut_row(fields[-1], column, is_used=True)
                if verdict:
                    found.warnings.append(f"line {number} was left out: the file ends within it")
                    break
                found.warnings += [f"line {number} {NO_END}"] if verdict is None else []
            body.append(fields)
            lines.append(number)
        title = next((t for t in titles[left:right] if t), "")
        titled = title if not title.lower().startswith(("date and time", "notes:", "measurement:")) else ""
        numbers = table_of(body, lines, found.where).reshape(-1, width)
        found.records.append(_spectrum(titled, names[left : left + width], numbers, found))
    return end


def _spectrum(title: str, names: Sequence[str], numbers: Floats, found: _File) -> ImpedanceRecord:
    columns: dict[str, int] = {}
    for at, name in enumerate(names):
        columns.setdefault(_plain(name), at)
    imaginary = next((n for n in columns if n.partition(" / ")[0] in _IMAGINARY and n.endswith("/ ohm")), None)
    if "z' / ohm" not in columns or imaginary is None:
        raise BadInputError(found.where, f"the columns {', '.join(names)[:80]}", "freq / Hz, Z' / Ohm and Z'' / Ohm")
    stored = numbers[:, columns[imaginary]]
    sign = _im_sign(imaginary.partition(" / ")[0], stored, columns, numbers, found.where)
    direct = next((n for n in ("idc / ua", "idc / µa", "idc / μa") if n in columns), None)
    used = {columns["freq / hz"], columns["z' / ohm"], columns[imaginary]} | ({columns[direct]} if direct else set())
    more: dict[str, NDArray[np.generic]] = {}
    for at, name in enumerate(names):
        if at not in used:
            more[free_name(name, more)] = numbers[:, at].copy()
    return ImpedanceRecord(
        frequency_hertz=numbers[:, columns["freq / hz"]],
        impedance_real_ohm=numbers[:, columns["z' / ohm"]],
        impedance_imaginary_ohm=sign * stored,
        current_ampere=numbers[:, columns[direct]] / _AMPERES["ua"] if direct else None,
        source=found.where,
        label=title,
        about=_about("Impedance Spectroscopy", found.date, found),
        more=more,
    )


def _im_sign(name: str, stored: Floats, columns: dict[str, int], numbers: Floats, where: str) -> float:
    """Factor from what is stored to Im Z, told by the phase beside it; by the name alone only if it says minus.

    Raises
    ------
    BadInputError
        If name and phase leave it open.
    """
    phase = next((n for n in columns if n.partition(" / ")[0] in _PHASE), None)
    if phase is not None:
        product = np.sign(numbers[:, columns[phase]]) * np.sign(stored)
        product = product[product != 0]
        if product.size and abs(product.mean()) > 0.5:
            shown = float(_PHASE[phase.partition(" / ")[0]] * np.sign(product.mean()))
            if name == "-z''" and shown > 0:
                raise BadInputError(where, f"a column {name!r} of the other sign than {phase!r}", "one sign of Z''")
            return shown
    if name == "-z''":
        return -1.0
    raise BadInputError(
        where, "a column Z'' / Ohm without a phase beside it", "a phase: some versions store -Z'' there"
    )


def _plain(name: str) -> str:
    return re.sub(r"\s*/\s*", " / ", name.lower().replace('"', "''").replace("ω", "ohm"))


PLUGIN = Reader(
    title="PalmSens CSV export",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv",),
    documented_at="https://github.com/PalmSens/PalmSens_SDK",
    gives=("polarisation", "impedance", "cycling"),
    instruments=("PalmSens",),
)
