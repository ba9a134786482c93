"""Curves of Walter+Bai machines (csv): a serial number, then channels ``C_1_Force[kN]`` with unit in brackets.

Semicolons part the columns, the prefix counts the controller, names are in the operator's language. ``Déform1`` is
the first extensometer. Traps: a semicolon may end every line; the serial number may skip (a thinned curve); virtual
channels carry no unit and are kept beside the record.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.load_tables import text_tables
from limetal.readers._kit.mechanics import Heading, plain, quantity_of, read_heading
from limetal.readers._kit.specimen import loading_of
from limetal.readers._kit.tensile import LOADS, roles_of, tensile_record
from limetal.records.base import About
from limetal.records.tensile import TensileRecord

__all__ = ["PLUGIN", "looks_like", "read"]

_CHANNEL = re.compile(r'"?[A-Z]{1,2}_\d+_.+\[[^\]]*\]"?')
_PREFIX = re.compile(r"^[A-Z]{1,2}_\d+_")
_EXTENSOMETER = re.compile(r"(?:deform|ext|extens|extenso|extensometer|dehn|clip)\.? ?\d*")


def looks_like(file: RawFile) -> bool:
    r"""Whether a text begins with a serial number and channels of a controller.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("S/No;C_1_Temps[s];C_1_Force[kN];C_1_Déplacement[mm];\n")
    >>> looks_like(RawFile(path))
    True
    """
    return any(_is_header(line) for line in file.head_lines[:20])


def read(file: RawFile, options: ReadOptions) -> TensileRecord:  # noqa: ARG001 - one signature for all
    r"""Read one test.

    Raises
    ------
    BadInputError
        If a row has too few or too many fields, or a field is no number.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("S/No;C_1_Temps[s];C_1_Force[kN];C_1_Déform1[mm];\n1;0.1;0.5;0.01;\n2;0.2;0.6;0.02;\n")
    >>> record = read(RawFile(path), ReadOptions())
    >>> record.force_newton.tolist(), record.extension_millimetre.tolist()
    ([500.0, 600.0], [0.01, 0.02])
    """
    table = next(text_tables(file, _fits), None)
    if table is None:
        raise BadInputError(file.where, "no row of channels", "S/No, C_1_Force[kN], C_1_Displacement[mm] and the like")
    table = replace(table, headings=tuple(map(_without_prefix, table.headings)))
    columns = range(len(table.headings))
    roles = roles_of(table, columns)
    named = [heading.text for heading in table.headings]
    about = About(instrument="Walter+Bai")
    return tensile_record(table, roles, columns, about=about, loading=loading_of(*named))


def _is_header(line: str) -> bool:
    cells = re.split(r"[;,\t]", line)
    return len(cells) > 2 and sum(_CHANNEL.fullmatch(c.strip()) is not None for c in cells) >= 2


def _fits(headings: Sequence[Heading]) -> bool:
    if sum(_CHANNEL.fullmatch(h.text.strip()) is not None for h in headings) < 2:
        return False
    found = {q[0] for h in map(_without_prefix, headings) if (q := quantity_of(h))}
    return bool(found & set(LOADS)) and len(found) > 1


def _without_prefix(heading: Heading) -> Heading:
    """Heading read without the prefix of the controller, its text as in the file."""
    bare = read_heading(_PREFIX.sub("", heading.text.strip().strip('"')))
    if _EXTENSOMETER.fullmatch(plain(bare.name)):
        bare = replace(bare, name="extensometer")
    return replace(bare, text=heading.text)


PLUGIN = Reader(
    title="Walter+Bai csv",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv", ".txt"),
    documented_at="https://github.com/raballito/tensile_test_analyzer",
    gives=("tensile",),
    instruments=("Walter+Bai",),
)
