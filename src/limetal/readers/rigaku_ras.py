"""Rigaku ``.ras``: the text file of SmartLab, MiniFlex and Ultima.

Every scan has a header of ``*KEY "value"`` lines between ``*RAS_HEADER_START`` and ``*RAS_HEADER_END``, and rows of
angle, intensity and factor of the attenuator between ``*RAS_INT_START`` and ``*RAS_INT_END``. Traps: a file may hold
several scans; the axis need not be 2θ; the unit in the header is not always true (``counts`` over numbers with
decimals); names are in Japanese (Shift-JIS) and English, parted by ``|``.
"""

from __future__ import annotations

import re

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.diffraction import iso_time, lines_to_columns, lines_were_cut, patterns
from limetal.readers._kit.rigaku import Conditions, is_cut_short, scan_record
from limetal.records.base import About
from limetal.records.diffraction import DiffractionRecord

__all__ = ["PLUGIN", "looks_like", "read"]

_HEADER, _HEADER_END = "*RAS_HEADER_START", "*RAS_HEADER_END"
_ROWS, _ROWS_END = "*RAS_INT_START", "*RAS_INT_END"
_KEY = re.compile(r'\*(\S+)\s+"?(.*?)"?\s*$')
_TIMES = ("%m/%d/%y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S")
_KEPT = re.compile(
    r"MEAS_COND_(XG|OPT|COUNTER|AXIS_(NAME|POSITION|UNIT)-)|MEAS_SCAN|HW_(XG|GONIO|COUNTER_SELECT|ATTACH)|FILE_|DISP_TAB"
)


def looks_like(file: RawFile) -> bool:
    r"""Whether the first line is ``*RAS_DATA_START``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.ras"
    >>> _ = path.write_text('*RAS_DATA_START\n*RAS_HEADER_START\n')
    >>> looks_like(RawFile(path))
    True
    """
    return file.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"*RAS_DATA_START", b"*RAS_HEADER_START"))


def read(file: RawFile, options: ReadOptions) -> list[DiffractionRecord]:  # noqa: ARG001 - one signature for all
    r"""Read every scan along 2θ.

    Raises
    ------
    BadInputError
        If there is no scan, none along 2θ, or a row that is no row of numbers.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.ras"
    >>> _ = path.write_text('''*RAS_DATA_START
    ... *RAS_HEADER_START
    ... *MEAS_SCAN_AXIS_X_INTERNAL "TwoThetaTheta"
    ... *MEAS_SCAN_UNIT_Y "counts"
    ... *RAS_HEADER_END
    ... *RAS_INT_START
    ... 10.00 5 1.0
    ... 10.02 7 1.0
    ... *RAS_INT_END
    ... *RAS_DATA_END
    ... ''')
    >>> read(RawFile(path), ReadOptions())[0].intensity.tolist()
    [5.0, 7.0]
    """
    lines = file.lines
    marks = [line.strip() for line in lines]
    outcomes: list[DiffractionRecord | BadInputError] = []
    header: dict[str, str] = {}
    inside, at = False, 0
    while at < len(marks):
        mark = marks[at]
        if mark == _HEADER:
            header, inside = {}, True
        elif mark == _HEADER_END:
            inside = False
        elif mark == _ROWS:
            end = next((i for i in range(at + 1, len(marks)) if marks[i].startswith("*")), len(marks))
            outcomes.append(_scan(file, header, at + 1, end, f"{file.where}, scan {len(outcomes) + 1}"))
            at, inside = end, False
            continue
        elif inside and (match := _KEY.match(mark)):
            header[match[1]] = match[2].strip()
        at += 1
    if not outcomes:
        raise BadInputError(file.where, "no rows of a scan", f"rows below {_ROWS}")
    return patterns(outcomes, file.where)


def _scan(file: RawFile, header: dict[str, str], begin: int, end: int, where: str) -> DiffractionRecord | BadInputError:
    ended = end < len(file.lines)
    rows, notes = lines_to_columns(
        file.lines[begin:end], begin + 1, where, ended=ended, last_is_cut=not ended and lines_were_cut(file.text)
    )
    if not ended:
        notes.append(f"the file ends before {_ROWS_END}: it is cut off")
    if is_cut_short(header):
        notes.append("the scan was aborted")
    return scan_record(rows, _conditions(header), _about(header), where, file.where, notes)


def _conditions(header: dict[str, str]) -> Conditions:
    axes = {header[key]: key.rpartition("-")[2] for key in header if key.startswith("MEAS_COND_AXIS_NAME_INTERNAL-")}
    place = axes.get("Temp") or axes.get("Temperature") or ""
    return Conditions(
        axis=header.get("MEAS_SCAN_AXIS_X_INTERNAL") or header.get("MEAS_SCAN_AXIS_X", ""),
        unit_x=header.get("MEAS_SCAN_UNIT_X", ""),
        unit_y=header.get("MEAS_SCAN_UNIT_Y", ""),
        mode=header.get("MEAS_SCAN_MODE", ""),
        step=header.get("MEAS_SCAN_STEP", ""),
        speed=header.get("MEAS_SCAN_SPEED", ""),
        speed_unit=header.get("MEAS_SCAN_SPEED_UNIT", ""),
        points=header.get("MEAS_DATA_COUNT", ""),
        anode=header.get("HW_XG_TARGET_NAME", ""),
        alpha_1=header.get("HW_XG_WAVE_LENGTH_ALPHA1", ""),
        alpha_2=header.get("HW_XG_WAVE_LENGTH_ALPHA2", ""),
        beta=header.get("HW_XG_WAVE_LENGTH_BETA", ""),
        line=header.get("MEAS_COND_XG_WAVE_TYPE", ""),
        temperature=header.get(f"MEAS_COND_AXIS_POSITION-{place}", "") if place else "",
        temperature_unit=header.get(f"MEAS_COND_AXIS_UNIT-{place}", "") if place else "",
    )


def _about(header: dict[str, str]) -> About:
    started = header.get("MEAS_SCAN_START_TIME", "")
    goniometer = header.get("HW_GONIOMETER_NAME", "").rpartition("|")[2]
    return About(
        instrument=header.get("FILE_SYSTEM_NAME") or (f"Rigaku {goniometer}" if goniometer else "Rigaku"),
        software=header.get("FILE_TYPE", ""),
        technique=header.get("MEAS_SCAN_AXIS_X", ""),
        start_time=iso_time(started, *_TIMES),
        sample=header.get("FILE_SAMPLE", ""),
        comment=header.get("FILE_COMMENT") or header.get("FILE_MEMO", ""),
        settings={key: value.rpartition("|")[2] for key, value in header.items() if value and _KEPT.match(key)},
    )


PLUGIN = Reader(
    title="Rigaku RAS",
    looks_like=looks_like,
    read=read,
    suffixes=(".ras",),
    documented_at="https://github.com/garrekstemo/RigakuFiles.jl",
    gives=("diffraction",),
    instruments=("Rigaku",),
)
