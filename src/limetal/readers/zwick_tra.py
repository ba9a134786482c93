"""Curves that ZwickRoell testXpert exports as text (.TRA): one specimen, its sizes above, names and units in rows.

The language and the decimal mark are those of the operator's Windows, the delimiter is what the export was set to
(comma, semicolon or tab), the encoding Windows-1252. Traps: ``Standard travel`` is crosshead or extensometer, as the
test method chose; ``Crosshead absolute`` is a place and not a displacement; a date may be days since 1899.
"""

from __future__ import annotations

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.load_tables import find_head, text_tables
from limetal.readers._kit.specimen import loading_of, specimen_of, triples
from limetal.readers._kit.tensile import fits_tensile, roles_of, tensile_record
from limetal.readers._kit.zwick import CHANNELS, RESULTS, about_zwick, with_extensometer
from limetal.records.tensile import TensileRecord

__all__ = ["PLUGIN", "looks_like", "read"]


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has a row of testXpert's channels, and a row of units below it.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.TRA"
    >>> _ = path.write_text('"Time","Standard force","Standard travel"\n"s","N","mm"\n0,1,2\n')
    >>> looks_like(RawFile(path))
    True
    """
    head = find_head(file.head_lines, fits_tensile)
    if head is None or not any(h.name in CHANNELS for h in head.headings):
        return False
    return head.first == head.at + 2 or any(h.unit for h in head.headings)


def read(file: RawFile, options: ReadOptions) -> TensileRecord:  # noqa: ARG001 - one signature for all
    r"""Read the curve of one specimen.

    Raises
    ------
    BadInputError
        If there is no table, a unit is missing or a field is no number.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.TRA"
    >>> text = '"Cross-section",5,"mm²"\n"Time","Standard force","Standard travel"\n"s","kN","mm"\n'
    >>> _ = path.write_text(text + "0,0.1,0\n1,0.2,0.01\n")
    >>> record = read(RawFile(path), ReadOptions())
    >>> record.force_newton.tolist(), record.area_mm2
    ([100.0, 200.0], 5.0)
    """
    table = next(text_tables(file, fits_tensile), None)
    if table is None:
        raise BadInputError(file.where, "no row of channels", "Time, Standard force, Standard travel and the like")
    table = with_extensometer(table)
    columns = range(len(table.headings))
    roles = roles_of(table, columns)
    mark = table.mark([i for q, i in roles.index.items() if q != "time"])
    entries = triples(table.above)
    specimen = specimen_of(entries, results=RESULTS, mark=mark[0])
    about = about_zwick(entries, specimen.settings)
    loading = loading_of(*(f"{key} {value}" for key, value, _ in entries))
    return tensile_record(table, roles, columns, specimen, about=about, loading=loading)


PLUGIN = Reader(
    title="ZwickRoell testXpert curve (.TRA)",
    looks_like=looks_like,
    read=read,
    suffixes=(".tra", ".txt", ".csv"),
    documented_at="https://github.com/a-hilhorst/Tensile-test-Analysis",
    gives=("tensile",),
    instruments=("ZwickRoell",),
)
