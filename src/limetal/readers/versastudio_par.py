r"""VersaStudio's ``.par`` files: sections in angle brackets, and the data of all actions as rows of a segment.

``<Segment1>`` gives a line ``Definition=`` with the names of the columns, then rows parted by commas, then
``</Segment1>``. The first column counts the segments that an experiment went through; a row with a frequency is of a
spectrum, one without of a sweep or a run over time. ``<Action1>``, ``<Action2>``, ... hold what was asked for.

Traps: **the impedance in a .par file is not calibrated**, VersaStudio corrects it only on its screen and in what it
exports (its manual says so), so every spectrum carries a warning; files may be saved with binary data; an aborted
run lacks the closing bracket; the open-circuit potential carries a prefixed unit (``6.404 mV``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.echem_text import distinct, number_of
from limetal.readers._kit.potentiostat import Grid, Role, grid_of, iso_time
from limetal.readers._kit.potentiostat_records import (
    Facts,
    columns_of,
    impedance,
    over_time,
    polarisation,
    with_warnings,
)
from limetal.records.base import About, Record

_UNCALIBRATED = (
    "a .par file holds impedance before calibration; VersaStudio corrects it only on its screen and in exported text,"
    " so export the spectrum as text and read that for anything beyond a look"
)
_SECTION = re.compile(r"<(/?)([A-Za-z]+)(\d*)>")
_SWEEPS = re.compile(
    r"voltammetry|\b(?:LSV|CV|LPR)\b|tafel|potentiodynamic|polari[sz]ation|galvanodynamic|dynamic (?:scan|corrosion)",
    re.IGNORECASE,
)
_SPECTRA = re.compile(r"EIS|impedance", re.IGNORECASE)
_MV_PER_V = 1e3
_MOST_RECORDS = 10_000
_FEWEST_STEPS = 4


@dataclass(frozen=True)
class _Section:
    """A section by its name: settings, or the definition and lines of data of a segment."""

    name: str
    number: int
    settings: dict[str, str] = field(default_factory=dict)
    first: int = 0
    end: int = 0
    closed: bool = True


@dataclass(frozen=True)
class _Part:
    """Rows of one segment of one kind."""

    grid: Grid
    segment: int
    is_spectrum: bool
    action: _Section | None

    @property
    def technique(self) -> str:
        """What the action calls itself."""
        return self.action.settings.get("Name", "") if self.action else ""


def looks_like(file: RawFile) -> bool:
    r"""Whether a text begins with the sections of VersaStudio.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.par"
    >>> _ = path.write_text("<Application>\nVersion=2.61\n</Application>\n<Action0>\nName=Common\n</Action0>\n")
    >>> looks_like(RawFile(path))
    True
    """
    lines = [line.strip() for line in file.head_lines[:400]]
    first = next((line for line in lines if line), "")
    if first != "<Application>" and not first.lower().startswith(("versastudio", "<action0>", "<instrument>")):
        return False
    return any(re.fullmatch(r"<(?:Action\d+|Instrument|Experiment|Segment\d+)>", line) for line in lines)


def read(file: RawFile, options: ReadOptions) -> list[Record]:  # noqa: ARG001 - one signature for all
    r"""Read the spectra, sweeps and runs over time of an experiment.

    Raises
    ------
    BadInputError
        If there is no segment, its data are binary or garbled, or it lacks a needed column.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.par"
    >>> _ = path.write_text("<Application>\n</Application>\n<Instrument>\n</Instrument>\n<Segment1>\n"
    ...     "Definition=Segment #, Point #, E(V), I(A), Elapsed Time(s), Frequency(Hz), Z Real, Z Imag\n"
    ...     "0,0,0,0,1,100,10,-1\n0,1,0,0,2,10,12,-3\n</Segment1>\n")
    >>> read(RawFile(path), ReadOptions())[0].impedance.tolist()
    [(10-1j), (12-3j)]
    """
    sections = list(_sections(file.lines))
    actions = [s for s in sections if s.name == "Action" and s.settings.get("Name") != "Common"]
    segments = [s for s in sections if s.name == "Segment"]
    if not segments:
        raise BadInputError(file.where, "no section <Segment1>", "the data of at least one segment")
    facts = Facts(file.where, area_cm2=_area(sections), reference=_reference(sections))
    about = _about(sections)
    parts = [part for section in segments for part in _parts(file, section, actions, len(segments) == 1)]
    records: list[Record] = []
    lone = [part for part in parts if part.grid.rows < 2]
    if lone and len(lone) < len(parts):
        facts = with_warnings(facts, f"{len(lone)} segments of one row each are left out")
        parts = [part for part in parts if part.grid.rows > 1]
    for group in _measurements(parts):
        part = group[0]
        name = f"segment {part.segment}" + (f", {part.technique}" if part.technique else "")
        settings = dict(about.settings) | ({} if part.action is None else part.action.settings)
        here = replace(facts, label=name, about=replace(about, technique=part.technique, settings=settings))
        records.append(_record(group, here))
        if len(records) > _MOST_RECORDS:
            raise BadInputError(file.where, f"more than {_MOST_RECORDS} measurements", "fewer")
    cut = [s for s in segments if not s.closed]
    if cut:
        said = f"<Segment{cut[0].number}> is not closed: the run was aborted or the file was cut"
        records[-1] = records[-1].warned(said)
    if len(records) == 1:
        return [replace(records[0], label="")]
    labels = distinct([record.label for record in records], "segment")
    return [replace(record, label=label) for record, label in zip(records, labels, strict=True)]


def _record(group: Sequence[_Part], facts: Facts) -> Record:
    """Make the record of the segments of one measurement."""
    first = group[0]
    grid = _joined([part.grid for part in group])
    columns = _columns(grid)
    if first.is_spectrum:
        return impedance(grid, columns, with_warnings(facts, _UNCALIBRATED))
    if "time" not in columns or _is_sweep(first) or grid.rows < 2:
        counts = np.repeat([part.segment for part in group], [part.grid.rows for part in group]).astype(np.int64)
        rate = _scan_rate(first.action)
        return polarisation(grid, columns, replace(facts, scan_rate_V_s=rate), scan=counts if len(group) > 1 else None)
    return over_time(grid, columns, facts)


def _is_sweep(part: _Part) -> bool:
    """Whether the action sweeps: by its name, and where there is none by the potentials applied."""
    if part.technique:
        return bool(_SWEEPS.search(part.technique)) and not _SPECTRA.search(part.technique)
    headers = part.grid.headers
    if "E Applied(V)" not in headers or part.grid.rows < _FEWEST_STEPS:
        return False
    steps = part.grid.texts(headers.index("E Applied(V)")).n_unique()
    return steps > part.grid.rows / 3


def _measurements(parts: Sequence[_Part]) -> Iterator[list[_Part]]:
    """Yield segments that are one measurement: the sweeps of one action; all else stands alone."""
    group: list[_Part] = []
    for part in parts:
        goes_on = (
            group and not part.is_spectrum and not group[-1].is_spectrum and part.action is not None
            and part.action is group[-1].action and _is_sweep(part)
            and part.grid.headers == group[-1].grid.headers
        )  # fmt: skip
        if group and not goes_on:
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _parts(file: RawFile, section: _Section, actions: Sequence[_Section], alone: bool) -> Iterator[_Part]:
    """Rows of a section by segment and kind; ``alone`` where one section holds the whole experiment."""
    names = [name.strip() for name in section.settings.get("Definition", "").split(",")]
    if names[-1] == "0":  # the definition ends with a name that no field has
        names.pop()
    if len(names) < 2:
        place = f"{file.where}, <Segment{section.number}>"
        raise BadInputError(place, "no Definition of the columns", "names parted by commas")
    if section.first >= section.end:
        if section.closed and not alone:
            return
        raise BadInputError(f"{file.where}, <Segment{section.number}>", "no rows of data", "at least two rows")
    _refuse_binary(file, section)
    grid = grid_of(file.lines, section.first, section.end, ",", names, file.where)
    counter = names.index("Segment #") if "Segment #" in names else None
    numbers = grid.numbers(counter) if counter is not None and alone else np.full(grid.rows, float(section.number - 1))
    numbers = np.where(np.isfinite(numbers), numbers, -1.0)
    frequency = names.index("Frequency(Hz)") if "Frequency(Hz)" in names else None
    has_z = {"Z Real", "Z Imag"} <= set(names)
    spectral = (
        np.nan_to_num(grid.numbers(frequency)) > 0 if frequency is not None and has_z else np.zeros(grid.rows, bool)
    )
    cuts = np.flatnonzero((np.diff(numbers) != 0) | (np.diff(spectral.astype(int)) != 0)) + 1
    if cuts.size > _MOST_RECORDS:
        raise BadInputError(file.where, f"{cuts.size} changes of segment", f"at most {_MOST_RECORDS}")
    for first, end in zip([0, *cuts.tolist()], [*cuts.tolist(), grid.rows], strict=True):
        segment = int(numbers[first]) if abs(numbers[first]) < 1e9 else -1
        yield _Part(grid.slice(first, end), segment, bool(spectral[first]), _action_of(segment, actions))


def _action_of(segment: int, actions: Sequence[_Section]) -> _Section | None:
    """Which action a segment belongs to: each states how many segments it runs through."""
    if len(actions) == 1:
        return actions[0]
    at = 0
    for action in actions:
        count = number_of(action.settings.get("Segments", "1")) or 0.0
        if at <= segment < at + count:
            return action
        at += int(count)
    return None


def _columns(grid: Grid) -> dict[str, tuple[int, Role]]:
    """Columns by the names VersaStudio gives them; impedance stands without its unit, which is ohm."""
    found = columns_of(grid.headers)
    # a second electrode has names of its own (E2, Z2), so the first of each quantity is of the working electrode
    return {name: column for name, column in found.items() if column[0] < grid.frame.width}


def _refuse_binary(file: RawFile, section: _Section) -> None:
    line = file.lines[section.first]
    if not re.match(r"\s*[-+\d]", line) or not re.fullmatch(r"[-+.,\d\sEeNnAaIiFf]*", line):
        place = f"{file.where}, line {section.first + 1}"
        raise BadInputError(place, f"data that are no rows of numbers ({line[:30]!r})", "a file saved as ASCII")


def _joined(grids: Sequence[Grid]) -> Grid:
    import polars as pl

    if len(grids) == 1:
        return grids[0]
    return replace(
        grids[-1],
        frame=pl.concat([grid.frame for grid in grids]),
        line=np.concatenate([grid.line for grid in grids]),
        warnings=tuple(dict.fromkeys(sentence for grid in grids for sentence in grid.warnings)),
    )


def _sections(lines: Sequence[str]) -> Iterator[_Section]:
    """Yield the sections of a file; what stands between them is no data."""
    at = 0
    while at < len(lines):
        match = _SECTION.fullmatch(lines[at].strip())
        at += 1
        if match is None or match[1]:
            continue
        closing, begin = f"</{match[2]}{match[3]}>", at
        while at < len(lines) and lines[at].strip() != closing and not _opens(lines[at], match[2]):
            at += 1
        closed = at < len(lines) and lines[at].strip() == closing
        number = int(match[3]) if match[3] and len(match[3]) < 10 else 0
        yield _section(lines, match[2], number, begin, at, closed)


def _opens(line: str, name: str) -> bool:
    """Whether a line opens another section, so that this one was never closed; docking layouts nest freely."""
    match = _SECTION.fullmatch(line.strip())
    return match is not None and not match[1] and name != "DockingLayout" and bool(match[3] or match[2] == "Experiment")


def _section(lines: Sequence[str], name: str, number: int, begin: int, end: int, closed: bool) -> _Section:
    settings: dict[str, str] = {}
    first = begin
    for index in range(begin, end):
        key, equals, value = lines[index].partition("=")
        if not equals:
            if name == "Segment" and "Definition" in settings and lines[index].strip():
                break
            continue
        settings.setdefault(key.strip(), value.strip())
        first = index + 1
    while first < end and not lines[first].strip():
        first += 1
    return _Section(name, number, settings, first, end, closed)


def _setting(sections: Sequence[_Section], name: str, key: str) -> str:
    return next((s.settings[key] for s in sections if s.name == name and key in s.settings), "")


def _about(sections: Sequence[_Section]) -> About:
    settings: dict[str, str] = {}
    for section in sections:
        if section.name in {"Application", "Instrument", "Experiment"} or section.settings.get("Name") == "Common":
            settings |= section.settings
    instrument = " ".join(_setting(sections, "Instrument", key) for key in ("Type", "Model")).strip()
    return About(
        instrument=instrument,
        software=f"VersaStudio {_setting(sections, 'Application', 'Version')}".strip(),
        start_time=iso_time(
            _setting(sections, "Experiment", "DateAcquired"), _setting(sections, "Experiment", "TimeAcquired")
        ),
        comment=_setting(sections, "Action", "Comment"),
        settings=settings,
    )


def _area(sections: Sequence[_Section]) -> float | None:
    area = number_of(_setting(sections, "Action", "Working Electrode Area (cm2)"))
    return area if area is not None and area > 0 else None


def _reference(sections: Sequence[_Section]) -> str:
    said = _setting(sections, "Action", "Reference Electrode")
    return "" if said.startswith("(unspecified)") else said


def _scan_rate(action: _Section | None) -> float | None:
    if action is None:
        return None
    for key, factor in (("Scan Rate (V/s)", 1.0), ("Scan Rate (mV/s)", _MV_PER_V)):
        rate = number_of(action.settings.get(key, ""))
        if rate is not None:
            return rate / factor
    return None


PLUGIN = Reader(
    title="VersaStudio .par",
    looks_like=looks_like,
    read=read,
    suffixes=(".par",),
    documented_at="https://github.com/ECSHackWeek/impedance.py/issues/284",
    gives=("impedance", "polarisation", "cycling"),
    instruments=("Princeton Applied Research VersaSTAT", "PARSTAT", "VersaStudio"),
)
