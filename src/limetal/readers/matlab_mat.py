"""MATLAB files (.mat) of mechanical tests and thickness series: vectors of one length under names, scalars beside.

The format carries names and numbers and no units. Names that say the unit (``force_N``, ``strain_pct``) are read as
they stand; for others the user says it (``columns = { force = { column = "F", unit = "N" } }``), because a force in N
and one in kN look alike. Level 5 of the format is read (MATLAB 5 to 7.2 and Octave's ``-v6``, ``-v7``); level 7.3 is
HDF5 and refused. Area and gauge length stand beside the curve as scalars without unit: they become the record's
only where the user names them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from limetal.errors import BadInputError
from limetal.readers._base import ColumnHint, Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.load_tables import Table
from limetal.readers._kit.matlab import HEADER_BYTES, Variables, read_variables
from limetal.readers._kit.mechanics import Heading, plain, read_heading, read_unit
from limetal.readers._kit.rows import Rows
from limetal.readers._kit.specimen import Specimen, date_of
from limetal.readers._kit.tensile import HINTS, fits_tensile, roles_of, tensile_record
from limetal.readers._kit.thickness import HINTS as THICKNESS_HINTS
from limetal.readers._kit.thickness import fits_thickness, thickness_record
from limetal.records.base import About
from limetal.records.tensile import TensileRecord
from limetal.records.thickness import ThicknessRecord

__all__ = ["PLUGIN", "looks_like", "read"]

_LEVEL_5, _LEVEL_73 = b"MATLAB 5.0 MAT-file", b"MATLAB 7.3 MAT-file"
#: Scalars that a user may name, with the dimension of their unit.
_SCALARS = {"area": "area", "gauge_length": "length"}
_MOST_COLUMNS = 200


def looks_like(file: RawFile) -> bool:
    r"""Whether a file begins as MATLAB's files do.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.mat"
    >>> _ = path.write_bytes(b"MATLAB 5.0 MAT-file, Platform: PCWIN64".ljust(126) + b"IM")
    >>> looks_like(RawFile(path))
    True
    """
    return file.head.startswith((_LEVEL_5, _LEVEL_73)) and len(file.head) >= HEADER_BYTES


def read(file: RawFile, options: ReadOptions) -> TensileRecord | ThicknessRecord:
    """Read the curve of a file.

    Raises
    ------
    BadInputError
        If the file is of level 7.3, cut or garbled, holds no load and deformation (or thickness), or does not say
        their units.

    Examples
    --------
    >>> import pathlib, tempfile, scipy.io
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.mat"
    >>> scipy.io.savemat(path, {"F": [0.0, 10.0], "u": [0.0, 0.1], "A0": 8.34})
    >>> units = {"force": ColumnHint("F", "N"), "extension": ColumnHint("u", "mm"), "area": ColumnHint("A0", "mm2")}
    >>> record = read(RawFile(path), ReadOptions(units))
    >>> record.force_newton.tolist(), record.area_mm2
    ([0.0, 10.0], 8.34)
    """
    if file.head.startswith(_LEVEL_73):
        raise BadInputError(
            file.where, "a MATLAB file of version 7.3, which is HDF5", "one saved with save(..., '-v7') or as csv"
        )
    if not file.head.startswith(_LEVEL_5) or len(file.head) < HEADER_BYTES:
        raise BadInputError(file.where, "no header of MATLAB at its beginning", "a MAT-file of level 5")
    variables = read_variables(file.data, file.where)
    hints = _checked(options.columns, file.where)
    table, warnings = _table(variables, file.where, [str(h.column) for h in hints.values()])
    header = file.head[:116].decode("latin-1").strip("\0 ")
    scalars = {
        name: _plain_number(values) for name, values in variables.arrays.items() if values.size == 1
    } | variables.texts
    about = About(
        software=header.partition(", Created on: ")[0],
        start_time=_created(header),
        settings={name: value for name, value in scalars.items() if len(value) < 500},
    )
    curve = {key: hint for key, hint in hints.items() if key not in _SCALARS}
    if set(curve) - set(HINTS) or (not curve and not fits_tensile(table.headings) and fits_thickness(table.headings)):
        record: TensileRecord | ThicknessRecord = thickness_record(table, curve, about=about)
        return record.warned(*warnings)
    columns = range(len(table.headings))
    specimen = _specimen(variables, hints, scalars, warnings, file.where)
    roles = roles_of(table, columns, curve)
    return tensile_record(table, roles, columns, specimen, about=about, warnings=warnings)


def _checked(columns: Mapping[str, ColumnHint], where: str) -> dict[str, ColumnHint]:
    known = [*HINTS, *THICKNESS_HINTS, *_SCALARS]
    for key, hint in columns.items():
        if key not in known:
            raise BadInputError(f"{where}, columns", repr(key), f"one of {', '.join(dict.fromkeys(known))}")
        if isinstance(hint.column, int):
            raise BadInputError(f"{where}, columns.{key}", f"column {hint.column}", "the name of a variable")
    return dict(columns)


def _table(variables: Variables, where: str, asked: list[str]) -> tuple[Table, list[str]]:
    """Vectors of the length that a curve has, as a table; and sentences about the others."""
    vectors = {n: np.ravel(v) for n, v in variables.arrays.items() if v.size > 1 and max(v.shape) == v.size}
    lengths: dict[int, list[str]] = {}
    for name, values in vectors.items():
        lengths.setdefault(values.size, []).append(name)
    wanted = [size for size, names in lengths.items() if set(asked) & set(names)] or [
        size for size, names in lengths.items() if _is_curve([_heading(n) for n in names])
    ]
    if not wanted:
        here = ", ".join(list(variables.arrays)[:10]) or "none"
        left = "".join(f", {name} ({kind})" for name, kind in list(variables.left_out.items())[:5])
        raise BadInputError(
            where, f"the variables {here}{left}", "vectors of one length that name a load and a deformation"
        )
    if len(set(wanted)) > 1:
        raise BadInputError(where, f"curves of {len(set(wanted))} lengths", "vectors of one length")
    names = lengths[wanted[0]][:_MOST_COLUMNS]
    frame = pl.DataFrame({str(i): _texts(vectors[name]) for i, name in enumerate(names)})
    rows = Rows(frame, np.arange(1, wanted[0] + 1, dtype=np.int64), True)
    warnings = ["the file is cut: variables after the last one read are lost"] if variables.is_cut else []
    other = [name for name, values in variables.arrays.items() if name not in names and values.size > 1]
    other += [f"{name} ({kind})" for name, kind in variables.left_out.items()]
    if other:
        warnings.append(f"not read: {', '.join(other[:8])}{', ...' if len(other) > 8 else ''}")
    return Table(where, "row", 0, tuple(map(_heading, names)), rows), warnings


def _texts(values: np.ndarray) -> list[str]:
    """Numbers as text that gives them back exactly."""
    return [repr(float(v)) for v in values.astype(np.float64).tolist()]


def _heading(name: str) -> Heading:
    """Heading of a variable, by the last part of its name."""
    last = name.rpartition(".")[2]
    return replace(read_heading(last), text=name)


def _is_curve(headings: list[Heading]) -> bool:
    return fits_tensile(headings) or fits_thickness(headings)


def _plain_number(values: np.ndarray) -> str:
    return f"{float(values.ravel()[0]):.12g}"


def _created(header: str) -> str:
    """Date of ``Created on: Fri Feb 07 15:22:02 2020``."""
    parts = header.partition("Created on: ")[2].split()
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    if len(parts) < 5 or parts[1] not in months:
        return ""
    return date_of(f"{parts[4]}-{months.index(parts[1]) + 1:02d}-{parts[2]} {parts[3]}")


def _specimen(
    variables: Variables, hints: Mapping[str, ColumnHint], scalars: Mapping[str, str], warnings: list[str], where: str
) -> Specimen:
    specimen = Specimen()
    for key, dimension in _SCALARS.items():
        hint = hints.get(key)
        if hint is None:
            continue
        values = variables.arrays.get(str(hint.column))
        unit = read_unit(hint.unit or "")
        if values is None or values.size != 1:
            raise BadInputError(f"{where}, columns.{key}", f"{hint.column!r}", "the name of one number in the file")
        if unit is None or unit.dimension != dimension:
            raise BadInputError(f"{where}, columns.{key}", f"the unit {hint.unit!r}", f"a unit of {dimension}")
        size = float(values.ravel()[0]) * unit.factor
        if not np.isfinite(size) or size <= 0:
            raise BadInputError(f"{where}, columns.{key}", f"{size:g}", "a number above zero")
        setattr(specimen, "area_mm2" if key == "area" else "gauge_length_mm", size)
    sizes = [n for n in scalars if plain(n.rpartition(".")[2]) in ("a0", "s0", "area", "l0", "gauge length", "af")]
    named = {str(hint.column) for hint in hints.values()}
    unused = [name for name in sizes if name not in named]
    if unused:
        warnings.append(f"{', '.join(unused)} have no unit in the file, so they are kept among the settings")
    return specimen


PLUGIN = Reader(
    title="MATLAB file",
    looks_like=looks_like,
    read=read,
    suffixes=(".mat",),
    documented_at="https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf",
    gives=("tensile", "thickness"),
    instruments=("MATLAB", "Octave"),
    takes_columns=tuple(dict.fromkeys([*HINTS, *THICKNESS_HINTS, *_SCALARS])),
)
