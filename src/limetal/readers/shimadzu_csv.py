"""Curves that Shimadzu Trapezium exports as csv: names of specimens, names of channels, units, rows.

Several specimens stand side by side, each with its own time, and end at different rows. The unit of time is ``sec``,
numbers may stand in quotes, the encoding is that of Windows. The file does not say how the specimen was loaded.
"""

from __future__ import annotations

from dataclasses import replace

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.load_tables import Head, find_head, text_tables
from limetal.readers._kit.specimen import loading_of
from limetal.readers._kit.tensile import fits_tensile, groups_of, roles_of, tensile_record
from limetal.readers._kit.text import fields
from limetal.records.base import About
from limetal.records.tensile import TensileRecord

__all__ = ["PLUGIN", "looks_like", "read"]


def looks_like(file: RawFile) -> bool:
    r"""Whether a text begins with channels (or specimens and channels) and units, time in ``sec``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text('"C35",,\n"Time","Force","Stroke"\n"sec","N","mm"\n"0","1","0"\n')
    >>> looks_like(RawFile(path))
    True
    """
    head = find_head(file.head_lines[:6], fits_tensile)
    return head is not None and head.at <= 1 and _is_trapezium(file, head)


def read(file: RawFile, options: ReadOptions) -> list[TensileRecord]:  # noqa: ARG001 - one signature for all
    r"""Read every specimen.

    Raises
    ------
    BadInputError
        If rows have other widths than the header, a field is no number, or a unit is missing.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> text = "A,,,B,,\nTime,Force,Stroke,Time,Force,Stroke\nsec,kN,mm,sec,kN,mm\n"
    >>> _ = path.write_text(text + "0,0,0,0,0,0\n0.1,0.2,0.01,0.1,0.3,0.01\n,,,0.2,0.4,0.02\n")
    >>> [(r.label, r.force_newton.tolist()) for r in read(RawFile(path), ReadOptions())]
    [('A', [0.0, 200.0]), ('B', [0.0, 300.0, 400.0])]
    """
    table = next(text_tables(file, fits_tensile), None)
    if table is None:
        raise BadInputError(file.where, "no names of channels", "Time, Force, Stroke and the like")
    titles = table.above[-1] if table.above else ()
    records: list[TensileRecord] = []
    for columns in groups_of(table):
        title = next((titles[i].strip() for i in columns if i < len(titles) and titles[i].strip()), "")
        about = About(instrument="Shimadzu", software="Trapezium", sample=title)
        roles = roles_of(table, columns)
        named = [table.headings[i].text for i in columns]
        records.append(tensile_record(table, roles, columns, about=about, label=title, loading=loading_of(*named)))
    labels = [record.label for record in records]
    if len(records) > 1:
        labels = [label or f"specimen {i + 1}" for i, label in enumerate(labels)]
        if len(set(labels)) < len(labels):
            labels = [f"{label} ({i + 1})" for i, label in enumerate(labels)]
    return [replace(record, label=label) for record, label in zip(records, labels, strict=True)]


def _is_trapezium(file: RawFile, head: Head) -> bool:
    """Whether the row of units gives time in ``sec``, as Trapezium does, and without brackets."""
    if head.first != head.at + 2:
        return False
    units = fields(file.head_lines[head.at + 1], head.delimiter)
    return "sec" in units


PLUGIN = Reader(
    title="Shimadzu Trapezium csv",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv", ".txt"),
    documented_at="https://github.com/raballito/tensile_test_analyzer",
    gives=("tensile",),
    instruments=("Shimadzu",),
)
