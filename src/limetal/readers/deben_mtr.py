"""Curves of Deben Microtest stages (.MTR): quoted lines of metadata, a row of names, rows with points.

The metadata have the decimal mark of the operator's Windows, the rows always a point and no zero before it. Names
carry no units: the program works in mm, N and s. Traps: ``Point`` is the time in seconds, which the stated duration
proves; a last row with code 1 is the stop mark and no measurement; width and thickness of a sample called ``Default``
are what the program started with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.load_tables import Table, find_head, text_tables
from limetal.readers._kit.mechanics import Heading, quantity_of
from limetal.readers._kit.specimen import Specimen, date_of, loading_of, number_in
from limetal.readers._kit.tensile import Roles, fits_tensile, tensile_record
from limetal.records.base import About
from limetal.records.tensile import TensileRecord

__all__ = ["PLUGIN", "looks_like", "read"]

#: Units of Deben's program, which the file does not write.
_UNITS = {"time": "s", "force": "N", "displacement": "mm", "extension": "mm"}
_STOP = 1.0
_SAME_DURATION = 0.01


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has Deben's columns of code and motor speed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.MTR"
    >>> _ = path.write_text('"Point","Elongation","Force","Position","Code","Samplerate","Motorspeed"\n')
    >>> looks_like(RawFile(path))
    True
    """
    head = find_head(file.head_lines, _fits)
    return head is not None


def read(file: RawFile, options: ReadOptions) -> TensileRecord:  # noqa: ARG001 - one signature for all
    r"""Read one test.

    Raises
    ------
    BadInputError
        If there are no rows, or a field is no number.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.MTR"
    >>> head = '"Span : 10,0"\n"Test duration : 0,2s"\n"Point","Elongation","Force","Position","Code","Motorspeed"\n'
    >>> _ = path.write_text(head + '.1,0,.05,.1,2,"0.1"\n.2,.01,.3,.11,0,"0.1"\n')
    >>> record = read(RawFile(path), ReadOptions())
    >>> record.force_newton.tolist(), record.test_time_second.tolist(), record.gauge_length_mm
    ([0.05, 0.3], [0.1, 0.2], 10.0)
    """
    table = next(text_tables(file, _fits, delimiters=(",", ";", "\t")), None)
    if table is None:
        raise BadInputError(file.where, "no row of Point, Elongation, Force", "a whole file")
    settings = _settings(table)
    warnings: list[str] = []
    names = [h.name for h in table.headings]
    index = {q[0]: i for i, h in enumerate(table.headings) if h.name != "point" and (q := quantity_of(h))}
    index.pop("position", None)
    table, stated = _without_stop_mark(table, settings, names, warnings)
    if "point" in names and "time" not in index and _is_time(table, names.index("point"), settings):
        index["time"] = names.index("point")
    table = replace(table, headings=tuple(_with_unit(h) for h in table.headings))
    specimen = Specimen(
        gauge_length_mm=_size(settings, "Span"),
        width_mm=_size(settings, "Width"),
        thickness_mm=_size(settings, "Thickness"),
    )
    specimen.machine_values |= stated
    sample = settings.get("Sample", "")
    if sample.lower() == "default" and specimen.thickness_mm:
        warnings.append("the sample is 'Default', so its width and thickness may be those the program starts with")
    about = About(
        instrument="Deben Microtest",
        software=settings.pop("Version", ""),
        start_time=date_of(settings.get("File", "").rpartition(" saved ")[2]),
        sample=sample,
        comment=settings.get("Comment", ""),
        settings=settings,
    )
    return tensile_record(
        table, Roles(index), range(len(names)), specimen, about=about, fixed_units=_UNITS, is_crosshead=True,
        warnings=warnings, loading=loading_of(settings.get("Mode", "")),
    )  # fmt: skip


def _fits(headings: Sequence[Heading]) -> bool:
    names = {h.name for h in headings}
    return "motorspeed" in names and "code" in names and fits_tensile(headings)


def _settings(table: Table) -> dict[str, str]:
    settings: dict[str, str] = {}
    for row in table.above:
        text = ",".join(row).strip().strip('"')
        key, colon, value = text.partition(" : ")
        if colon:
            settings[key.strip()] = value.strip()
        elif re.fullmatch(r"Ver\s?[\d.]+", text):
            settings["Version"] = text
    return settings


def _size(settings: dict[str, str], key: str) -> float | None:
    size = number_in(re.sub(r"\s*mm$", "", settings.get(key, "")), None)
    return size if size is not None and size > 0 else None


def _with_unit(heading: Heading) -> Heading:
    return replace(heading, unit="mm") if heading.name == "position" and heading.unit is None else heading


def _is_time(table: Table, index: int, settings: dict[str, str]) -> bool:
    """Whether the points end where the stated duration does, so that they are seconds."""
    duration = number_in(re.sub(r"\s*s$", "", settings.get("Test duration", "")), None)
    if duration is None:
        text = settings.get("Test duration", "").removesuffix("s").strip().replace(",", ".")
        try:
            duration = float(text)
        except ValueError:
            return False
    last = table.numbers(index, ".")[-1]
    return bool(abs(last - duration) <= _SAME_DURATION * abs(duration) + 1.0)


def _without_stop_mark(
    table: Table, settings: dict[str, str], names: list[str], warnings: list[str]
) -> tuple[Table, dict[str, float]]:
    """Leave out the row that only says that the motor stopped; and what the head states of the curve."""
    points = number_in(settings.get("Number of points", ""), ".")
    height = table.rows.frame.height
    codes = table.numbers(names.index("code"), ".")
    if height > 2 and codes[-1] == _STOP and (points is None or height == points + 1):
        keep = np.arange(height) < height - 1
        table = table.only(keep)
    elif points is not None and height < points:
        warnings.append(f"the file states {points:g} points and has {height}")
    stated = {}
    for key in ("Max travel", "Max extension", "Max force"):
        match = re.fullmatch(r"([\d.,]+)\s*(mm|N)", settings.get(key, ""))
        value = None if match is None else _plain_number(match[1])
        if match and value is not None:
            stated[f"{key} / {match[2]}"] = value
    return table, stated


def _plain_number(text: str) -> float | None:
    """Read a number of the program, which writes three decimals and no mark of thousands."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


PLUGIN = Reader(
    title="Deben Microtest (.MTR)",
    looks_like=looks_like,
    read=read,
    suffixes=(".mtr",),
    documented_at="https://github.com/ppieczywek/TDA",
    gives=("tensile",),
    instruments=("Deben",),
)
