"""Powder patterns as text: columns of 2θ, intensity and its deviation, with or without words above them.

Read are the exports of DIFFRAC.EVA (one quoted line of ``Key: "value"``), of PANalytical's Data Viewer (sections
``[Measurement conditions]`` and ``[Scan points]``), files of 11-BM at APS, of D1A at ILL and of DMC and HRPT at PSI,
and every table whose headers say 2θ. Traps: two columns of numbers say nothing by themselves, so a file without words
is only taken for a pattern if it is called ``.xy`` or ``.xye`` and its first column rises in equal steps (and the
record says so); a column headed ``theta`` may hold θ or 2θ, which is refused with both readings unless it passes 90
degrees.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import ColumnHint, Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.diffraction import (
    along_two_theta,
    is_whole,
    iso_time,
    lines_to_columns,
    number,
    other_axis,
    patterns,
    positive,
    single_line_or_two,
)
from limetal.readers._kit.powder_banks import bank_kind, read_bank
from limetal.readers._kit.powder_table import Table, find_table, is_angle_like, role_of, to_blanks
from limetal.records.base import About, Floats
from limetal.records.diffraction import DiffractionRecord

__all__ = ["PLUGIN", "looks_like", "read"]

_SECTION = "[measurement conditions]"
_POINTS = "[scan points]"
_EVA = re.compile(r"^'?\s*Id:\s*\"")
_EVA_PAIR = re.compile(r"(\w[\w ]*?):\s*\"([^\"]*)\"")
_XYDATA = re.compile(r"^\s*XYDATA\b")
_KEY_OF_HEADER = re.compile(r"(.{2,60}?)\s*[=:]\s*(.*)")
_NAMES = (".xy", ".xye", ".xys")
#: Words in a header of other kinds of measurement.
_NO_PATTERN = re.compile(
    r"energy|\bev\b|specslab|casaxps|\bxps\b|raman|wave\s?number|volt|current|freq|\btime\b|absorb|transmitt|\bnm\b"
    r"|capacity|q\s*[\[(]|angstrom\^?-1|d-spacing\s*$|pressure|strain|stress|load",
    re.IGNORECASE,
)
_REFLECTIONS = {"h", "k", "l", "hkl", "(hkl)", "fwhm", "mult", "multiplicity", "|f|", "d-spacing", "dspacing"}
_SQUARE_ROOT = 0.002  # how near a third column comes to the square root of the second, relatively
_DEGREES_OF_THETA = 90.0
_HINTS = ("two_theta", "intensity", "intensity_std")


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has the marks or headers of a powder pattern, or is named so and looks like one.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> rows = "".join(f"{10 + 0.02 * i:.2f} {i}\n" for i in range(20))
    >>> for name, head in (("a.xy", ""), ("a.txt", ""), ("a.txt", "2theta intensity\n")):
    ...     _ = (folder / name).write_text(head + rows)
    ...     print(looks_like(RawFile(folder / name)))
    True
    False
    True
    """
    if b"\0" in file.head[:256] and not file.head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    lines = file.head_lines
    if not lines:
        return False
    lines = lines[:-1] if len(file.head) >= 65536 else lines
    first = lines[0].strip().lstrip("\ufeff").lower()
    if first.startswith(_SECTION) or bank_kind(lines):
        return True
    if _is_eva(lines[0]):
        return True
    table = find_table(lines)
    return table is not None and _is_pattern(table, lines, file.name)


def _is_eva(line: str) -> bool:
    line = line.strip().lstrip("\ufeff")
    return bool(_EVA.match(line)) and ("Scantype:" in line or "Anode:" in line)


def _is_pattern(table: Table, lines: list[str], name: str) -> bool:
    """Whether headers, or else the name and the numbers, speak for a pattern."""
    roles = table.roles
    if "two_theta" in roles:
        return True
    if roles[:2] in (("theta", "intensity"), ("angle", "intensity")):
        return True
    if any(_XYDATA.match(text) for text in table.above[:2]) or _is_beamline(table.above):
        return True
    if table.header or table.width not in (2, 3) or any(_NO_PATTERN.search(text) for text in table.above):
        return False
    if name.endswith(_NAMES):
        return is_angle_like(lines, table)
    return name.endswith(".dat") and table.width == 3 and is_angle_like(lines, table) and _has_roots(lines, table)


def _is_beamline(above: tuple[str, ...]) -> bool:
    return any(text.lower().startswith("start 2theta") for text in above) and any("step" in t.lower() for t in above)


def _has_roots(lines: list[str], table: Table) -> bool:
    """Whether the third column is the square root of the second, as the deviation of counts is."""
    whole = lines[:-1]  # the last line may be cut
    rows = [to_blanks(line, table).split() for line in whole[table.first : table.first + 500]]
    pairs = [(number(r[1]), number(r[2])) for r in rows if len(r) == 3]
    good = [(y, s) for y, s in pairs if y is not None and s is not None and y > 0]
    return len(good) > 8 and all(abs(s - y**0.5) <= _SQUARE_ROOT * s for y, s in good)


def read(file: RawFile, options: ReadOptions) -> list[DiffractionRecord]:
    r"""Read a pattern, or several.

    Raises
    ------
    BadInputError
        If there is no table, the axis is not 2θ or may be another, or a row is no row of numbers.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "pattern.xye"
    >>> _ = path.write_text("# Two-Theta Intensity Error\n10.0 4 2\n10.1 9 3\n10.2 16 4\n")
    >>> record = read(RawFile(path), ReadOptions())[0]
    >>> record.intensity.tolist(), record.intensity_std.tolist(), record.intensity_unit
    ([4.0, 9.0, 16.0], [2.0, 3.0, 4.0], 'a.u.')
    """
    unknown = [name for name in options.columns if name not in _HINTS]
    if unknown:
        raise BadInputError(f"{file.where}, columns", f"a column of {unknown[0]!r}", f"one of {', '.join(_HINTS)}")
    lines = file.lines
    if options.columns:
        return [_table(file, lines, 0, len(lines), file.where, options)]
    first = lines[0].strip().lstrip("\ufeff")
    if first.lower().startswith(_SECTION):
        return [_sections(file, lines)]
    if bank_kind(lines):
        return [read_bank(file)]
    if _is_eva(first):
        return _eva(file, lines)
    return [_table(file, lines, 0, len(lines), file.where, options)]


def _numbers(lines: list[str], table: Table, end: int, where: str) -> tuple[Floats, list[str]]:
    """Rows of a table as numbers; the last may be cut if the file ends with it."""
    rows = [to_blanks(line, table) for line in lines[table.first : end]]
    rows = ["" if row.lstrip().startswith(("#", "!", "*/")) else row for row in rows]
    at_end = end == len(lines)
    used = max((at + 1 for at, role in enumerate(table.roles) if role), default=3)
    values, notes = lines_to_columns(
        rows, table.first + 1, where, ended=not at_end, open_end=lines if at_end else (), used=used
    )
    if values.shape[0] < 2:
        raise BadInputError(where, f"{values.shape[0]} row{'s' * (values.shape[0] != 1)} of numbers", "at least two")
    return values, notes


def _sections(file: RawFile, lines: list[str]) -> DiffractionRecord:
    """Read the csv of PANalytical's Data Viewer."""
    begin = next((at for at, line in enumerate(lines) if line.strip().lower().startswith(_POINTS)), None)
    if begin is None:
        raise BadInputError(file.where, "no [Scan points]", "a table of points below that line")
    table = find_table(lines, begin + 1)
    if table is None or "intensity" not in table.roles or table.roles[0] not in {"angle", "two_theta"}:
        raise BadInputError(f"{file.where}, line {begin + 1}", "no table of angle and intensity", "one below that line")
    said: dict[str, str] = {}
    for line in lines[1:begin]:
        key, _, value = line.partition(";" if table.delimiter == ";" else ",")
        said[key.strip().strip('"')] = value.strip().strip('"').strip()
    axis = said.get("Scan axis", "")
    if not along_two_theta(axis):
        raise other_axis(file.where, axis)
    values, notes = _numbers(lines, table, len(lines), file.where)
    places = {role: at for at, role in enumerate(table.roles)}
    intensity = values[:, places["intensity"]]
    planned = number(said.get("No. of points"))
    if planned is not None and planned != values.shape[0]:
        notes.append(f"the file announces {planned:g} points and holds {values.shape[0]}: it is cut off")
    second, ratio = single_line_or_two(said.get("K-Alpha2 wavelength"), said.get("Ratio K-Alpha2/K-Alpha1"))
    more: dict[str, NDArray[np.generic]] = {
        name: values[:, at]
        for at, name in enumerate(table.header)
        if at < values.shape[1] and at not in {0, places["intensity"], places.get("std")}
    }
    return DiffractionRecord(
        two_theta_degree=values[:, 0],
        intensity=intensity,
        intensity_std=values[:, places["std"]] if "std" in places else None,
        intensity_unit="counts" if is_whole(intensity) else "a.u.",
        wavelength_angstrom=positive(said.get("K-Alpha1 wavelength")),
        wavelength_2_angstrom=second,
        ratio_2_to_1=ratio,
        anode=said.get("Anode material", ""),
        counting_time_s=positive(said.get("Time per step")),
        source=file.where,
        about=About(
            instrument="PANalytical",
            technique=axis,
            start_time=iso_time(said.get("File date and time", ""), "%d/%b/%Y %H:%M", "%d-%b-%Y %H:%M"),
            sample=said.get("Sample identification", ""),
            settings={key: value for key, value in said.items() if value},
        ),
        more=more,
        warnings=tuple(notes),
    )


def _eva(file: RawFile, lines: list[str]) -> list[DiffractionRecord]:
    """Read an export of DIFFRAC.EVA: a line of keys above each range."""
    begins = [at for at, line in enumerate(lines) if _is_eva(line)]
    outcomes: list[DiffractionRecord | BadInputError] = []
    for at, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        said = {key.strip(): value for key, value in _EVA_PAIR.findall(lines[at])}
        where = f"{file.where}, line {at + 1}"
        kind = said.get("Scantype", "")
        if kind and not along_two_theta(re.sub(r"\s*\(.*\)", "", kind)):
            outcomes.append(other_axis(where, kind))
            continue
        table = find_table(lines[:end], at + 1)
        if table is None or table.width not in (2, 3):
            raise BadInputError(where, "no two columns below the line of keys", "angle and intensity")
        values, notes = _numbers(lines, table, end, file.where)
        outcomes.append(
            DiffractionRecord(
                two_theta_degree=values[:, 0],
                intensity=values[:, 1],
                intensity_std=values[:, 2] if values.shape[1] == 3 else None,
                intensity_unit="a.u.",
                anode=said.get("Anode", ""),
                wavelength_angstrom=positive(said.get("WL1") or said.get("Wavelength")),
                counting_time_s=positive(said.get("TimePerStep")),
                source=file.where,
                about=About(
                    instrument="Bruker",
                    software="DIFFRAC.EVA",
                    technique=kind,
                    sample=said.get("Id", ""),
                    comment=said.get("Comment", ""),
                    settings={key: value for key, value in said.items() if value},
                ),
                warnings=tuple(notes),
            )
        )
    return patterns(outcomes, file.where)


def _table(
    file: RawFile, lines: list[str], begin: int, end: int, where: str, options: ReadOptions
) -> DiffractionRecord:
    table = find_table(lines[:end], begin)
    if table is None:
        raise BadInputError(where, "no rows of numbers", "columns of 2θ and intensity")
    place = f"{where}, line {table.first}" if table.header else where
    if _REFLECTIONS & {name.lower() for name in table.header}:
        raise BadInputError(place, "a list of reflections", "a pattern measured point by point")
    values, notes = _numbers(lines, table, end, where)
    places = _places(table, values, place, file, options, notes)
    two_theta = values[:, places["two_theta"]]
    unit_x, unit_y = (_unit(table, places.get(role)) for role in ("two_theta", "intensity"))
    if unit_x.lower().startswith("rad"):
        two_theta = np.rad2deg(two_theta)
        notes.append("angles were turned from radians, as the header says, to degrees")
    used = set(places.values())
    more: dict[str, NDArray[np.generic]] = {
        (table.header[at] if at < len(table.header) else "") or f"column {at + 1}": values[:, at]
        for at in range(values.shape[1])
        if at not in used
    }
    said = {m[1].strip(): m[2].strip() for text in table.above if (m := _KEY_OF_HEADER.fullmatch(text))}
    return DiffractionRecord(
        two_theta_degree=two_theta,
        intensity=values[:, places["intensity"]],
        intensity_std=values[:, places["intensity_std"]] if "intensity_std" in places else None,
        intensity_unit={"counts": "counts", "count": "counts", "cps": "counts/s", "counts/s": "counts/s"}.get(
            unit_y.lower(), "a.u."
        ),
        wavelength_angstrom=positive(said.get("Calibrated wavelength")) if _is_beamline(table.above) else None,
        temperature_K=positive(said.get("Temp (K)")),
        source=file.where,
        about=About(
            start_time=iso_time(said.get("Scan time", "").partition(".")[0], "%b %d, %Y %H:%M:%S"),
            sample=said.get("User sample name", ""),
            comment="\n".join(text for text in table.above if not _KEY_OF_HEADER.fullmatch(text))[:2000],
            settings=dict(list(said.items())[:200]),
        ),
        more=more,
        warnings=tuple(notes),
    )


def _unit(table: Table, at: int | None) -> str:
    return role_of(table.header[at])[1] if at is not None and at < len(table.header) else ""


def _places(
    table: Table, values: Floats, place: str, file: RawFile, options: ReadOptions, notes: list[str]
) -> dict[str, int]:
    """Which column holds the angle, the intensity and its deviation."""
    if options.columns:
        return {name: _hinted(table, hint, values.shape[1], f"{place}, columns.{name}")
                for name, hint in _complete(options, place).items()}  # fmt: skip
    roles = table.roles[: values.shape[1]]
    places: dict[str, int] = {}
    for name, role in (("intensity", "intensity"), ("intensity_std", "std"), ("two_theta", "two_theta")):
        same = [at for at, one in enumerate(roles) if one == role]
        if len(same) > 1 and name != "intensity_std":
            names = ", ".join(repr(table.header[at]) for at in same[:4])
            remedy = f'columns = {{ {name} = {{ column = "{table.header[same[0]]}" }} }}'
            raise BadInputError(place, f"several columns of {role}: {names}", remedy)
        if same:
            places[name] = same[0]
    if "two_theta" not in places and roles and roles[0] in {"theta", "angle"}:
        if roles[0] == "theta":
            _refuse_theta(table, values[:, 0], place, notes)
        places["two_theta"] = 0
    if "two_theta" not in places:
        places["two_theta"] = 0
        if not (_is_beamline(table.above) or any(_XYDATA.match(text) for text in table.above[:2])):
            if not _is_pattern(table, file.lines[:5000], file.name):
                raise BadInputError(place, "columns that do not say what they are", "headers with 2theta and intensity")
            notes.append("the file does not say what its columns are: the first was taken as 2θ in degrees")
    free = [at for at in range(values.shape[1]) if at not in places.values()]
    if "intensity" not in places:
        named = [at for at in free if at < len(roles)]
        if not free or (table.header and len(named) > 1):
            raise BadInputError(place, "no column of intensity", "a column headed intensity or counts")
        places["intensity"] = free[0]
    if "intensity_std" not in places and not table.header and values.shape[1] == 3:
        places["intensity_std"] = 2
    return places


def _complete(options: ReadOptions, place: str) -> dict[str, ColumnHint]:
    if not {"two_theta", "intensity"} <= set(options.columns):
        raise BadInputError(f"{place}, columns", ", ".join(options.columns), "both two_theta and intensity")
    return dict(options.columns)


def _hinted(table: Table, hint: ColumnHint, width: int, key: str) -> int:
    if isinstance(hint.column, int):
        if not 1 <= hint.column <= width:
            raise BadInputError(key, f"column {hint.column}", f"a column between 1 and {width}")
        return hint.column - 1
    if hint.column not in table.header[:width]:
        raise BadInputError(key, repr(hint.column), f"a header of the file: {', '.join(map(repr, table.header))}")
    return table.header.index(hint.column)


def _refuse_theta(table: Table, angles: Floats, place: str, notes: list[str]) -> None:
    """A column headed theta is 2θ if it passes 90 degrees, and may be either if not."""
    name = table.header[0]
    if angles.max() > _DEGREES_OF_THETA:
        notes.append(f"column {name!r} goes to {angles.max():g} deg, which θ cannot: it is 2θ")
        return
    low, high = angles.min(), angles.max()
    found = (
        f"a column {name!r} from {low:g} to {high:g} deg, which may be 2θ itself, or θ (2θ {2 * low:g} to {2 * high:g})"
    )
    raise BadInputError(place, found, "a header 2theta; or, if it is 2θ, --column two_theta=1 --column intensity=2")


PLUGIN = Reader(
    title="powder pattern as text",
    looks_like=looks_like,
    read=read,
    suffixes=(".xy", ".xye", ".xys", ".dat", ".csv", ".txt"),
    documented_at="https://github.com/wojdyr/xylib",
    gives=("diffraction",),
    instruments=("Bruker", "PANalytical", "APS 11-BM", "ILL D1A", "PSI DMC"),
    rank=1,
    takes_columns=_HINTS,
)
