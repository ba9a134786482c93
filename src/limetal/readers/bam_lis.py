"""Listings (.lis) of the tensile tests at BAM, the German federal institute for materials.

Text in German: a block of padded keys with unit and value, the line ``[Daten]``, names, units, rows; parted by tabs,
numbers with decimal commas, Windows-1252. Traps: force is in kN beside stress in MPa; the extensometer is taken off
at about 3 %, after which its column holds the zero it came to rest at, which is no strain of the specimen.
"""

from __future__ import annotations

import re

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.load_tables import text_tables
from limetal.readers._kit.specimen import date_of, loading_of, number_in, specimen_of
from limetal.readers._kit.tensile import fits_tensile, roles_of, tensile_record
from limetal.records.base import About
from limetal.records.tensile import TensileRecord

__all__ = ["PLUGIN", "looks_like", "read"]

_DATA = "[Daten]"
#: Keys whose values the machine computed, as regular expressions on plain letters.
_RESULTS = (
    r"dehngrenze.*", r"streckgrenze.*", r"obere streckgrenze.*", r"zugfestigkeit.*", r"bruchdehnung.*",
    r"brucheinschnurung.*", r"gleichmassdehnung.*", r"steigung des elastischen teils.*", r"hochstkraft.*",
    r"e-modul.*", r"elastizitatsmodul.*",
)  # fmt: skip


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has BAM's name in its first line or its keys, and the mark of data.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.lis"
    >>> _ = path.write_text("BAM 5.2 *ZUG01-V03* a.lis\n[Daten]\nZeit\tWeg\tKraft\n")
    >>> looks_like(RawFile(path))
    True
    """
    lines = file.head_lines
    return bool(lines) and (lines[0].startswith("BAM ") or "*ZUG" in lines[0]) and _DATA in lines


def read(file: RawFile, options: ReadOptions) -> TensileRecord:  # noqa: ARG001 - one signature for all
    r"""Read one test with the machine's own results.

    Raises
    ------
    BadInputError
        If there is no data, or a field is no number.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.lis"
    >>> text = "BAM 5.2 *ZUG01-V03* a.lis\nZugfestigkeit    \t\t\t\tMPa\t236\n[Daten]\n"
    >>> _ = path.write_text(text + "Zeit\tWeg\tKraft\nsec\tmm\tkN\n0\t0\t0,1\n1\t0,5\t2,36\n")
    >>> record = read(RawFile(path), ReadOptions())
    >>> record.force_newton.tolist(), record.machine_values
    ([100.0, 2360.0], {'Zugfestigkeit / MPa': 236.0})
    """
    lines = file.lines
    if _DATA not in lines:
        raise BadInputError(file.where, "no line [Daten]", "a whole listing")
    start = lines.index(_DATA)
    entries = _entries(lines[:start])
    specimen = specimen_of(entries, results=_RESULTS, mark=",")
    settings = dict(specimen.settings)
    table = next(text_tables(file, fits_tensile, delimiters=("\t",), start=start), None)
    if table is None:
        raise BadInputError(f"{file.where}, line {start + 2}", "no names of columns", "Zeit, Weg, Kraft and the like")
    columns = range(len(table.headings))
    technique = settings.get("Versuchsbezeichnung", "")
    about = About(
        instrument=f"BAM {settings.get('Prüfmaschine', '')}".strip(),
        software=next(iter(re.findall(r"\*(\S+)\*", lines[0])), ""),
        technique=technique,
        start_time=date_of(settings.get("Versuchs-Datum", "")),
        sample=settings.get("Probenbezeichnung", ""),
        settings=settings,
    )
    return tensile_record(
        table, roles_of(table, columns), columns, specimen, about=about, loading=loading_of(technique)
    )


def _entries(lines: list[str]) -> list[tuple[str, str, str]]:
    """Key, value and unit of the block above the data; the value is the last field, the unit the one before it."""
    entries = []
    for line in lines[1:]:
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) < 2 or not cells[0] or not cells[-1]:
            continue
        unit = cells[-2] if len(cells) > 2 and number_in(cells[-1], ",") is not None else ""
        entries.append((cells[0], cells[-1], unit))
    return entries


PLUGIN = Reader(
    title="BAM listing of a tensile test",
    looks_like=looks_like,
    read=read,
    suffixes=(".lis",),
    documented_at="https://dataportal.material-digital.de/de/dataset/kupferdigital_bam_tensile_c_08",
    gives=("tensile",),
    instruments=("BAM",),
)
