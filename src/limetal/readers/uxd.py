"""Siemens and Bruker UXD: the text form of their ``.raw`` files.

Lines ``_KEY=value`` (texts in single quotes) for the file and again for each range; ``;`` begins a comment. The word
that opens the points says what they are: ``_2THETACOUNTS`` and ``_2THETACPS`` are rows of angle and intensity,
``_COUNTS`` and ``_CPS`` intensities alone, several in a line, with ``_START`` and ``_STEPSIZE``. Traps: the first
column is the axis that ``_DRIVE`` names, also under ``_2THETACOUNTS``; angles are rounded to the digits printed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.diffraction import (
    ANGSTROM_PER_NM,
    along_two_theta,
    evenly,
    iso_time,
    lines_to_columns,
    number,
    other_axis,
    patterns,
    positive,
    single_line_or_two,
)
from limetal.readers._kit.open_end import has_open_end, settled
from limetal.records.base import About, Floats
from limetal.records.diffraction import DiffractionRecord

__all__ = ["PLUGIN", "looks_like", "read"]

_KEY = re.compile(r"_(\w+)\s*=\s*(.*?)\s*$")
_POINTS = re.compile(r"_([A-Z0-9]*?)(COUNTS|CPS)(TIME)?\s*$")
_FILE_MARK = re.compile(r"^\s*_FILEVERSION\s*=", re.MULTILINE)
_RANGE_BEGINS = re.compile(r";\s*\(?Data for Range number", re.IGNORECASE)
_TIMES = ("%d-%b-%Y %H:%M:%S", "%d-%b-%Y", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S")


@dataclass
class _Range:
    """Keys of a range, the file's own beneath them, and where its points stand."""

    keys: dict[str, str]
    columns: str = ""
    unit: str = ""
    has_time: bool = False
    first: int = 0
    rows: list[str] = field(default_factory=list)


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has the first key of a UXD file, or the mark of its points.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.uxd"
    >>> _ = path.write_text("; converted\n_FILEVERSION=2\n_SAMPLE='A'\n")
    >>> looks_like(RawFile(path))
    True
    """
    text = file.head_text  # UTF-8, UTF-16 or of one byte a letter
    if "_FILEVERSION" not in text and "_STEPSIZE" not in text:
        return False
    if _FILE_MARK.search(text):
        return True
    return any(_POINTS.match(line.strip()) for line in file.head_lines) and "_STEPSIZE" in text


def read(file: RawFile, options: ReadOptions) -> list[DiffractionRecord]:  # noqa: ARG001 - one signature for all
    r"""Read every range along 2θ.

    Raises
    ------
    BadInputError
        If there is no range, none along 2θ, or a row that is no row of numbers.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.uxd"
    >>> header = "_FILEVERSION=2\n_DRIVE='COUPLED'\n_STEPTIME=1.0\n_STEPSIZE=0.02\n_START=10.0\n"
    >>> _ = path.write_text(header + "_COUNTS\n 5 7\n 6\n")
    >>> record = read(RawFile(path), ReadOptions())[0]
    >>> record.two_theta_degree.round(6).tolist(), record.intensity.tolist()
    ([10.0, 10.02, 10.04], [5.0, 7.0, 6.0])
    """
    ranges = _ranges(file.lines)
    if not ranges:
        raise BadInputError(file.where, "no line _COUNTS, _CPS or the like", "a UXD file with points")
    outcomes = [
        _record(file, one, f"{file.where}, range {at + 1}", is_last=one is ranges[-1]) for at, one in enumerate(ranges)
    ]
    return patterns(outcomes, file.where)


def _ranges(lines: list[str]) -> list[_Range]:
    """Part the file into ranges; keys of the file hold until a range has its own."""
    of_file: dict[str, str] = {}
    keys: dict[str, str] | None = None
    ranges: list[_Range] = []
    inside = False
    for at, line in enumerate(lines):
        bare = line.strip()
        if not bare or bare.startswith(";"):
            if _RANGE_BEGINS.match(bare):
                keys, inside = dict(of_file), False
            continue
        if bare.startswith("_"):
            if (mark := _POINTS.match(bare)) is not None:
                ranges.append(_Range(dict(of_file if keys is None else keys), mark[1], mark[2], bool(mark[3]), at + 1))
                inside = True
            elif (pair := _KEY.match(bare)) is not None:
                if inside:  # a new range without its comment
                    keys, inside = dict(of_file), False
                elif keys is None and pair[1] in {"DRIVE", "STEPTIME"}:
                    keys = dict(of_file)
                (of_file if keys is None else keys)[pair[1]] = pair[2].strip("'\" ")
            continue
        if inside:
            one = ranges[-1]
            one.rows += [""] * (at - one.first - len(one.rows)) + [line]
    return ranges


def _record(file: RawFile, one: _Range, where: str, *, is_last: bool) -> DiffractionRecord | BadInputError:
    drive = one.keys.get("DRIVE", "")
    named = one.columns or drive
    if not along_two_theta(drive or named):
        return other_axis(where, drive or named)
    if one.columns and not along_two_theta(one.columns):
        return other_axis(where, one.columns)
    notes: list[str] = []
    if one.columns:
        open_end = file.lines if is_last else ()
        table, notes = lines_to_columns(one.rows, one.first + 1, where, ended=not is_last, open_end=open_end)
        if table.shape[0] >= 2 and table.shape[1] != 2 + one.has_time:
            raise BadInputError(f"{where}, line {one.first + 1}", f"{table.shape[1]} columns", "angle and intensity")
        if table.shape[0] < 2:
            return BadInputError(where, f"{table.shape[0]} points", "at least two")
        two_theta, intensity = table[:, 0], table[:, 1]
        more: dict[str, NDArray[np.generic]] = {"time (s)": table[:, 2]} if one.has_time else {}
    else:
        (two_theta, intensity), more = _counted(one, where, file.lines if is_last else (), notes), {}
    _compare(one, two_theta, notes)
    unit = {"A": 1.0, "NM": ANGSTROM_PER_NM}.get(one.keys.get("WL_UNIT", "A").upper())
    second, ratio = single_line_or_two(one.keys.get("WL2"), one.keys.get("WLRATIO"))
    main = positive(one.keys.get("WL1"))
    if unit is None:
        notes.append(f"the wavelengths have the unit {one.keys['WL_UNIT']!r}, so they are left out")
    return DiffractionRecord(
        two_theta_degree=two_theta,
        intensity=intensity,
        intensity_unit="counts" if one.unit == "COUNTS" else "counts/s",
        wavelength_angstrom=main * unit if main and unit else None,
        wavelength_2_angstrom=second * unit if second and unit else None,
        ratio_2_to_1=ratio if unit else None,
        anode=one.keys.get("ANODE", ""),
        counting_time_s=positive(one.keys.get("STEPTIME")),
        source=file.where,
        about=_about(one.keys),
        more=more,
        warnings=tuple(notes),
    )


def _counted(one: _Range, where: str, open_end: Sequence[str], notes: list[str]) -> tuple[Floats, Floats]:
    """Angles and intensities of points that are given without their angles."""
    start, step = number(one.keys.get("START")), number(one.keys.get("STEPSIZE"))
    if start is None or not step:
        found = f"_START={one.keys.get('START')} and _STEPSIZE={one.keys.get('STEPSIZE')}"
        raise BadInputError(where, found, "both as numbers, for points without angles")
    words = [word for row in one.rows for word in row.split()]
    if has_open_end(open_end):
        kept, said = settled([[word] for word in words], len(open_end), width=1)
        words = words[: len(kept)]
        notes += said
    flat, _ = lines_to_columns(words, 1, where, ended=True) if words else (np.empty((0, 1)), [])
    if flat.size < 2:
        raise BadInputError(where, f"{flat.size} points", "at least two")
    announced = number(one.keys.get("STEPCOUNT"))
    if announced is not None and announced != flat.size:
        raise BadInputError(where, f"{flat.size} points", f"the {announced:g} of _STEPCOUNT")
    return evenly(start, step, flat.size), flat[:, 0]


def _compare(one: _Range, two_theta: Floats, notes: list[str]) -> None:
    """Say where the angles printed are not those of start and step."""
    start, step = number(one.keys.get("START")), number(one.keys.get("STEPSIZE"))
    if start is None or not step or not one.columns:
        return
    off = float(np.max(np.abs(two_theta - evenly(start, step, two_theta.size))))
    if off > abs(step):
        notes.append(f"angles differ by up to {off:.3g} deg from _START and _STEPSIZE; the angles printed are kept")


def _about(keys: dict[str, str]) -> About:
    used = {"SAMPLE", "DATEMEASURED", "DRIVE", "COMMENT"}
    return About(
        instrument="Siemens or Bruker",
        software=f"UXD version {keys.get('FILEVERSION', '')}".strip(),
        technique=keys.get("DRIVE", ""),
        start_time=iso_time(keys.get("DATEMEASURED", ""), *_TIMES),
        sample=keys.get("SAMPLE", ""),
        comment=keys.get("COMMENT", ""),
        settings={key: value for key, value in keys.items() if value and key not in used},
    )


PLUGIN = Reader(
    title="UXD (Siemens, Bruker)",
    looks_like=looks_like,
    read=read,
    suffixes=(".uxd",),
    documented_at="https://github.com/wojdyr/xylib/blob/main/xylib/uxd.cpp",
    gives=("diffraction",),
    instruments=("Siemens", "Bruker"),
)
