r"""Text files of CH Instruments: date, technique, ``Instrument Model``, parameters, a row of names, then data.

Techniques seen: A.C. Impedance, Cyclic Voltammetry, Linear Sweep Voltammetry, Tafel Plot, i-t Curve,
Chronopotentiometry, Open Circuit Potential. ``Z"`` is Im Z, negative for a capacitor.

Traps: **the sign of the current is an option of the program that its text does not tell.** As delivered it counts
cathodic currents positive. What the data show decides (an anodic current rises with the potential, and a rising scan
lies above a falling one), and a sentence says what was taken; where the data do not tell, the sign of the file is
kept and the sentence says so. A current may be written as its logarithm only, which has no sign: refused. Results
(``Ep = ...``) may stand between the parameters and the data, and ``Segment 1:`` between the rows: a segment is one
sweep, so a cycle of cyclic voltammetry has two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.echem_text import number_of
from limetal.readers._kit.potentiostat import Grid, Role, grid_of, iso_time, others, polarity, separator_of, take
from limetal.readers._kit.potentiostat_records import (
    Facts,
    columns_of,
    impedance,
    over_time,
    polarisation,
    with_warnings,
)
from limetal.records.base import About, Record
from limetal.records.cycling import CyclingRecord

_MODEL = re.compile(r"^\s*Instrument Model:\s*(.*)$")
_PARAMETER = re.compile(r"^\s*([^=:]{1,60}?)\s*=\s*(.*?)\s*$")
_SEGMENT = re.compile(r"^\s*Segment\s+(\d{1,9})\s*:?\s*$", re.IGNORECASE)
_LOGARITHM = re.compile(r"^log\s*\(", re.IGNORECASE)
_RUNS = re.compile(r"chrono|i\s*-\s*t\b|amperometric|open circuit|galvano|coulometry|charge", re.IGNORECASE)
_CYCLIC = re.compile(r"cyclic voltammetry", re.IGNORECASE)
_HEADER_WITHIN = 3000
_WORDS = ("File", "Data Source", "Instrument Model", "Header", "Note")


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has the first lines of CH Instruments.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.txt"
    >>> _ = path.write_text("Feb. 20, 2020   15:55:08\nTafel Plot\nInstrument Model:  CHI660E\n")
    >>> looks_like(RawFile(path))
    True
    """
    head = file.head_lines[:25]
    models = [match[1] for line in head if (match := _MODEL.match(line))]
    if any("CHI" in model.upper() for model in models):
        return True
    return bool(models) and any(line.strip().startswith("Data Source:") for line in head)


def read(file: RawFile, options: ReadOptions) -> Record:  # noqa: ARG001 - one signature for all
    r"""Read one measurement.

    Raises
    ------
    BadInputError
        If there is no table of a known kind, or a row of it is garbled.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.txt"
    >>> head = "Feb. 20, 2020   15:55:08\nA.C. Impedance\nInstrument Model:  CHI660E\n\n"
    >>> _ = path.write_text(head + "Freq/Hz, Z'/ohm, Z\"/ohm\n\n1e+2, 10, -1\n1e+1, 12, -3\n")
    >>> read(RawFile(path), ReadOptions()).impedance.tolist()
    [(10-1j), (12-3j)]
    """
    lines = file.lines
    at, names, mark = _header(lines, file.where)
    about, settings = _about(lines[:at])
    rows, segments = _without_segments(lines, at + 1)
    grid = grid_of(rows, at + 1, len(rows), mark, names, file.where)
    columns = {name: column for name, column in columns_of(names).items() if column[0] < grid.frame.width}
    facts = Facts(file.where, about, scan_rate_V_s=number_of(settings.get("Scan Rate (V/s)", "")))
    if "frequency" in columns:
        return impedance(grid, columns, facts)
    if "current" not in columns and any(_LOGARITHM.match(name) for name in names):
        found = "the logarithm of a current, which has lost its sign"
        raise BadInputError(f"{file.where}, line {at + 1}", found, "a text file with the current itself")
    is_run = "time" in columns and _RUNS.search(about.technique) is not None
    if "potential" in columns and "current" in columns and not is_run and names[0].lower().startswith("potential"):
        turn, said = _sign(grid, columns)
        segment = _segment_of_rows(grid, segments)
        cycle = None if segment is None or not _CYCLIC.search(about.technique) else (segment + 1) // 2
        record = polarisation(grid, columns, with_warnings(facts, said), scan=cycle, turn_current=turn)
        return record if segment is None else replace(record, more={**record.more, "Segment": segment[: record.rows]})
    if "time" in columns and ("potential" in columns or "current" in columns):
        return _over_time(grid, columns, facts, settings)
    found = f"the columns {', '.join(names)[:80]}"
    raise BadInputError(f"{file.where}, line {at + 1}", found, "frequency, potential or time with what was measured")


def _over_time(
    grid: Grid, columns: dict[str, tuple[int, Role]], facts: Facts, settings: dict[str, str]
) -> CyclingRecord:
    """Potential or current (or both) against time; a constant potential stands among the parameters."""
    if "potential" in columns:
        if "current" in columns:
            turn, said = _sign(grid, columns)
            return over_time(grid, columns, with_warnings(facts, said), turn_current=turn)
        return over_time(grid, columns, facts)
    held = number_of(settings.get("Init E (V)", ""))
    if held is None:
        raise BadInputError(
            f"{grid.where}, line {grid.line[0]}", "a current and no potential", "Init E (V) = ... above"
        )
    grid, values = take(grid, {name: (columns[name][0], columns[name][1].times) for name in ("time", "current")})
    return CyclingRecord(
        test_time_second=values["time"],
        voltage_volt=np.full(grid.rows, held),
        current_ampere=values["current"],
        source=facts.where,
        about=facts.about,
        more=others(grid, [columns["time"][0], columns["current"][0]]),
        warnings=(
            *grid.warnings,
            f"the potential is the {held:g} V that was set (Init E), not a measured one",
            "the file does not say which sign an anodic current has; its own sign was kept (as delivered, CH"
            " Instruments' program counts cathodic currents positive)",
        ),
    )


def _sign(grid: Grid, columns: dict[str, tuple[int, Role]]) -> tuple[bool, str]:
    """Whether to turn the current, and the sentence that says why."""
    _, values = take(grid, {name: (columns[name][0], 1.0) for name in ("potential", "current")})
    verdict = polarity(values["potential"], values["current"])
    begin = "the file does not say which sign an anodic current has; "
    if verdict > 0:
        return False, begin + "the current rises with the potential, so anodic is positive in it and was kept"
    if verdict < 0:
        said = "the current falls as the potential rises, so cathodic is positive in it and the sign was turned"
        return True, begin + said
    return False, begin + (
        "neither do its data, so its own sign was kept (as delivered, CH Instruments' program counts cathodic"
        " currents positive)"
    )


def _header(lines: Sequence[str], where: str) -> tuple[int, tuple[str, ...], str]:
    """Find the row of names: the first with two known columns and numbers below."""
    for at, line in enumerate(lines[:_HEADER_WITHIN]):
        mark = "\t" if "\t" in line else ","
        names = tuple(name.strip() for name in line.split(mark))
        known = columns_of(names)
        is_log = any(_LOGARITHM.match(name) for name in names)
        if len(names) < 2 or len(known) + is_log < 2 or "=" in line:
            continue
        below = next((text for text in lines[at + 1 : at + 10] if text.strip() and not _SEGMENT.match(text)), "")
        return at, names, separator_of(below) if below else mark
    raise BadInputError(where, "no row of names with units", "one like Potential/V, Current/A")


def _without_segments(lines: Sequence[str], first: int) -> tuple[list[str], list[tuple[int, int]]]:
    """Blank the lines ``Segment n:`` among the rows; return the lines, and line and number of each."""
    rows = list(lines)
    segments: list[tuple[int, int]] = []
    for index in range(first, len(rows)):
        if "egment" in rows[index] and (match := _SEGMENT.match(rows[index])):
            segments.append((index + 1, int(match[1])))
            rows[index] = ""
    return rows, segments


def _segment_of_rows(grid: Grid, segments: Sequence[tuple[int, int]]) -> NDArray[np.int64] | None:
    """Segment of each row; None where the file does not part its rows."""
    if not segments:
        return None
    starts = np.array([line for line, _ in segments])
    numbers = np.array([segments[0][1], *[number for _, number in segments]], dtype=np.int64)
    return np.asarray(numbers[np.searchsorted(starts, grid.line)], dtype=np.int64)


def _about(head: Sequence[str]) -> tuple[About, dict[str, str]]:
    settings: dict[str, str] = {}
    words: dict[str, str] = {}
    for line in head:
        key, colon, value = line.partition(":")
        if colon and key.strip() in _WORDS:
            words.setdefault(key.strip(), value.strip())
        elif match := _PARAMETER.match(line):
            settings.setdefault(match[1].strip(), match[2])
    filled = [line.strip() for line in head if line.strip()]
    date = filled[0] if filled else ""
    clock = re.search(r"\d{1,2}:\d{2}:\d{2}.*", date)
    about = About(
        instrument=words.get("Instrument Model", ""),
        software="CH Instruments",
        technique=filled[1] if len(filled) > 1 and ":" not in filled[1] else "",
        start_time=iso_time(date, clock[0] if clock else ""),
        comment=words.get("Note", ""),
        sample=words.get("Header", ""),
        settings=settings | {key: words[key] for key in ("File", "Data Source") if words.get(key)},
    )
    return about, settings


PLUGIN = Reader(
    title="CH Instruments text",
    looks_like=looks_like,
    read=read,
    suffixes=(".txt", ".csv"),
    documented_at="https://www.chinstruments.com",
    gives=("impedance", "polarisation", "cycling"),
    instruments=("CH Instruments",),
)
