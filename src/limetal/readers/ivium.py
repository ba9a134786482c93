r"""Ivium data files: ``.idf`` (one measurement) and ``.ids`` (a data set of several) of IviumSoft.

Mostly text with binary bytes between its blocks: ``KEY=VALUE`` lines of the method, then data objects, each a line
with its number and name (``0  primary_data``), a line with the number of columns, one with the number of rows, and
the rows. The columns have no names; the method fixes them:

* ``Impedance``: Z', Z'' (with its own sign, so that capacitive arcs are negative), frequency.
* ``CyclicVoltammetry``, ``LinearSweep``: potential, current, and a third column (the measured potential).
* ``Transients`` and battery tests: time, then current and potential (``ChronoAmperometry``, ``Mixed Mode``) or
  potential and current (``ChronoPotentiometry``).

All in volts, amperes, ohms, hertz and seconds, whatever the display showed. An aborted run has fewer rows than its
method has frequencies. Other data objects (``ocpdata``, ``osc_data``, ...) are named in a warning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.decode import split_lines
from limetal.readers._kit.echem_text import blocks_of, count_of, distinct, iso_time, lone_point, number_of, table_of
from limetal.readers._kit.open_end import has_open_end, settled
from limetal.records.base import About, Record
from limetal.records.cycling import CyclingRecord
from limetal.records.impedance import ImpedanceRecord
from limetal.records.polarisation import PolarisationRecord

Floats = NDArray[np.float64]

_PRIMARY = "primary_data"
_OBJECT = re.compile(r"(?:^|\D)(\d{1,4})\s+(\w*data)\s*$")
_SETTING = re.compile(r"([A-Za-z][^=]{0,60})=(.*)")
_INNER_BREAKS = re.compile(r"[\x1c\x1e]+")
_BINARY = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1b\x1d\x1f\x7f-\xa0]")
_WIDEST = 20  # columns
_SWEEPS = {"cyclicvoltammetry", "linearsweep", "linearsweepvoltammetry"}
_CURRENT_FIRST = {"chronoamperometry", "mixedmode"}
_POTENTIAL_FIRST = {"chronopotentiometry"}
_OFFSET_SPREAD_V = 2e-3  # a third column this close to column 1 plus a constant is the same potential


@dataclass
class _Set:
    """One measurement: settings, rows of its primary data, names of its other data objects."""

    settings: dict[str, str]
    rows: list[list[str]]
    lines: list[int]
    announced: int
    notes: list[str]
    others: list[str] = field(default_factory=list)


def looks_like(file: RawFile) -> bool:
    r"""Whether the first bytes hold a method and the data objects of IviumSoft.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.idf"
    >>> _ = path.write_bytes(b"\0\0\r\0Version=12\r\nMethod=Impedance\r\nTitle=a\r\n0 primary_data\r\n3\r\n")
    >>> looks_like(RawFile(path))
    True
    """
    head = file.head
    if b"primary_data" in head:
        return b"Method=" in head or b"Title=" in head
    return b"QR=QR" in head and b"Method=" in head


def read(file: RawFile, options: ReadOptions) -> list[Record]:  # noqa: ARG001 - one signature for all
    r"""Read every measurement: a spectrum, a voltammogram, or a run in time.

    Raises
    ------
    BadInputError
        If there is no primary data, a row is no row of numbers, or the method does not say what the columns are.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.idf"
    >>> rows = "1.0E+01 -2.0E+00 1.0E+03\r\n1.1E+01 -3.0E+00 1.0E+00\r\n"
    >>> _ = path.write_text("Method=Impedance\r\nTitle=a\r\n0  primary_data\r\n3\r\n2\r\n" + rows)
    >>> [record] = read(RawFile(path), ReadOptions())
    >>> record.impedance.tolist()
    [(10-2j), (11-3j)]
    """
    where = file.where
    lines = split_lines(_BINARY.sub("", file.data.decode("latin-1")))
    sets = _sets(lines, where)
    if not sets:
        raise BadInputError(where, "no primary_data", "a data file of IviumSoft with its data")
    records: list[Record] = []
    failures: list[BadInputError] = []
    for one in sets:
        try:
            records += _records(one, where)
        except BadInputError as error:
            failures.append(error)
    if not records:
        raise failures[0]
    records[0] = records[0].warned(*(f"left out: {error}" for error in failures))
    if len(records) == 1:
        return [replace(records[0], label="")]
    labels = distinct([record.label for record in records], "measurement")
    return [replace(record, label=label) for record, label in zip(records, labels, strict=True)]


def _sets(lines: Sequence[str], where: str) -> list[_Set]:
    """Walk through the blocks; a set ends where settings begin again."""
    sets: list[_Set] = []
    settings: dict[str, str] = {}
    in_objects = False
    at = 0
    while at < len(lines):
        line = lines[at]
        named = _OBJECT.search(line) if "data" in line else None
        if named and named[2] == _PRIMARY:
            found, at = _primary(lines, at, settings, where)
            sets.append(found)
            in_objects = True
            continue
        if named and sets and in_objects:
            sets[-1].others.append(named[2])
        elif "=" in line:
            match = _SETTING.search(_INNER_BREAKS.sub("; ", line))
            if match:
                if in_objects:
                    settings, in_objects = {}, False
                settings[match[1].strip()] = match[2].strip(" ;")
        at += 1
    return sets


def _primary(lines: Sequence[str], at: int, settings: dict[str, str], where: str) -> tuple[_Set, int]:
    """Read the primary data whose name stands at ``at``; and the line after it."""
    columns, count = (count_of(line) for line in (*lines[at + 1 : at + 3], "", "")[:2])
    if columns is None or count is None or not 2 <= columns <= _WIDEST:
        found = " and ".join(repr(line.strip()[:20]) for line in lines[at + 1 : at + 3]) or "the end of the file"
        raise BadInputError(f"{where}, line {at + 2}", found, "the number of columns and of rows")
    rows: list[list[str]] = []
    first = at + 3
    end = min(first + count, len(lines))
    for number in range(first, end):
        parts = lines[number].split()
        if len(parts) != columns or any(number_of(part) is None for part in parts):
            if not any(lines[number + 1 : number + 3]):
                end = number  # the file ends within this row
                break
            raise BadInputError(f"{where}, line {number + 1}", repr(lines[number][:40]), f"{columns} numbers")
        rows.append(parts)
    notes: list[str] = []
    if rows and end == len(lines) and has_open_end(lines):
        rows, notes = settled(rows, end, width=columns)
    return _Set(dict(settings), rows, list(range(first + 1, first + 1 + len(rows))), count, notes), max(end, first)


def _records(one: _Set, where: str) -> list[Record]:
    """Records of one set.

    Raises
    ------
    BadInputError
        If its method does not say what the columns are, or the numbers make no record.
    """
    if not one.rows:
        raise BadInputError(where, f"primary_data with none of its {one.announced} rows", "rows of numbers")
    numbers = table_of(one.rows, one.lines, where)
    warnings = list(one.notes)
    if len(one.rows) < one.announced:
        warnings.append(f"the file has {len(one.rows)} of the {one.announced} rows it announces")
    if one.others:
        warnings.append(f"also in the file and not read: {', '.join(dict.fromkeys(one.others))}")
    method, technique = (_plain(one.settings.get(key, "")) for key in ("Method", "Technique"))
    if not method and _third_is_frequency(numbers):
        warnings.append("the method is not named; the third column falls or rises like frequencies, so it is impedance")
        method = "impedance"
    if method == "impedance":
        return list(_impedance(one, numbers, where, warnings))
    if method in _SWEEPS:
        return [_sweep(one, numbers, where, warnings)]
    if technique in _CURRENT_FIRST | _POTENTIAL_FIRST:
        return [_in_time(one, numbers, technique, where, warnings)]
    named = f"the method {one.settings.get('Method', '')!r} with technique {one.settings.get('Technique', '')!r}"
    wanted = "one whose columns are known: time, current, potential could as well be time, potential, current"
    raise BadInputError(where, named, wanted)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def _third_is_frequency(numbers: Floats) -> bool:
    if numbers.shape[0] < 3 or numbers.shape[1] != 3:
        return False
    third = numbers[:, 2]
    steps = np.sign(np.diff(third))
    return bool((third > 0).all() and abs(steps.sum()) == steps.size and third.max() >= 10 * third.min())


def _impedance(one: _Set, numbers: Floats, where: str, warnings: list[str]) -> list[ImpedanceRecord]:
    if numbers.shape[1] < 3:
        raise BadInputError(where, f"impedance in {numbers.shape[-1]} columns", "Z', Z'' and frequency")
    title = one.settings.get("Title", "")
    records = []
    parts = blocks_of(numbers[:, 2])
    warnings += lone_point(parts, len(numbers))
    for number, part in enumerate(parts, start=1):
        records.append(
            ImpedanceRecord(
                frequency_hertz=numbers[part, 2],
                impedance_real_ohm=numbers[part, 0],
                impedance_imaginary_ohm=numbers[part, 1],
                source=where,
                label=title if len(parts) == 1 else f"{title}, spectrum {number}".lstrip(", "),
                about=_about(one.settings),
                more=_further(numbers[part], 3),
                warnings=tuple(warnings) if number == 1 else (),
            )
        )
    return records


def _sweep(one: _Set, numbers: Floats, where: str, warnings: list[str]) -> PolarisationRecord:
    against_ocp = one.settings.get("Apply wrt OCP", "").lower() == "true"
    if numbers.shape[1] >= 3:
        apart = numbers[:, 2] - numbers[:, 0]
        middle = float(np.median(apart))
        if abs(middle) > _OFFSET_SPREAD_V and float(np.max(np.abs(apart - middle))) < 10 * _OFFSET_SPREAD_V:
            warnings.append(
                f"column 3 is the potential plus {middle:.4g} V: the potential read here (column 1) is "
                f"{'against open circuit' if against_ocp else 'not the one measured'}, column 3 is kept as it is"
            )
    rate = number_of(one.settings.get("Scanrate", ""))
    return PolarisationRecord(
        potential_volt=numbers[:, 0],
        current_ampere=numbers[:, 1],
        scan_rate_V_s=rate if rate and rate > 0 else None,
        reference="open circuit (Apply wrt OCP=true)" if against_ocp else "",
        source=where,
        label=one.settings.get("Title", ""),
        about=_about(one.settings),
        more=_further(numbers, 2),
        warnings=tuple(warnings),
    )


def _in_time(one: _Set, numbers: Floats, technique: str, where: str, warnings: list[str]) -> CyclingRecord:
    if numbers.shape[1] < 3:
        raise BadInputError(where, f"a run in time in {numbers.shape[-1]} columns", "time, current and potential")
    current, voltage = (1, 2) if technique in _CURRENT_FIRST else (2, 1)
    return CyclingRecord(
        test_time_second=numbers[:, 0],
        voltage_volt=numbers[:, voltage],
        current_ampere=numbers[:, current],
        source=where,
        label=one.settings.get("Title", ""),
        about=_about(one.settings),
        more=_further(numbers, 3),
        warnings=tuple(warnings),
    )


def _further(numbers: Floats, known: int) -> dict[str, NDArray[np.generic]]:
    return {f"column {at + 1}": numbers[:, at].copy() for at in range(known, numbers.shape[1])}


def _about(settings: Mapping[str, str]) -> About:
    report = settings.get("Report.Process data", "")
    software = re.search(r"software vs\s*:\s*([^;]*)", report)
    technique = " ".join(t for t in (settings.get("Method", ""), settings.get("Technique", "")) if t)
    return About(
        instrument=" ".join(["Ivium", *re.findall(r"hw config\s*:\s*([^;]*)", report)[:1]]).strip(),
        software=f"IviumSoft {software[1].strip()}" if software else "IviumSoft",
        technique=technique,
        start_time=_start(settings.get("starttime", ""), report),
        sample=settings.get("Title", ""),
        comment=settings.get("Report.Remarks", ""),
        settings={k: v for k, v in settings.items() if v and not k.startswith("Frequencies.")},
    )


def _start(text: str, report: str) -> str:
    """Start as ISO 8601 where day and month cannot be mistaken for each other, else as written."""
    written = re.search(r"start time\s*:\s*(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)", report)
    if written:
        return f"{written[1]}T{written[2]}"
    parts = re.match(r"(\d{1,2})/(\d{1,2})/\d{4} ", text)
    if parts is None or (int(parts[1]) <= 12 and int(parts[2]) <= 12):
        return iso_time(text, "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S")
    return iso_time(text, "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S")


PLUGIN = Reader(
    title="Ivium data",
    looks_like=looks_like,
    read=read,
    suffixes=(".idf", ".ids"),
    documented_at="https://github.com/SF-Tec/pyvium",
    gives=("impedance", "polarisation", "cycling"),
    instruments=("Ivium",),
)
