"""Raw data that Instron Bluehill exports as csv: metadata, results, names, units in brackets, quoted numbers.

Units are what the method was set to, inches and pounds-force as often as mm and kN, each in brackets in the row below
the names (Bluehill 2 and 3) or behind them. Metadata are ``key,value,unit``; blocks ``Results Table 1`` may stand
before the curve, and several specimens may follow each other, each with its own names, its number in front. Numbers
have the decimal mark of the operator's Windows, which quotes keep apart from the commas between columns. Traps:
``Extension`` is the crosshead's; loads of compression and bending are positive where the method counts them so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.load_tables import Table, find_head, text_tables
from limetal.readers._kit.mechanics import plain
from limetal.readers._kit.specimen import Specimen, date_of, loading_of, number_in, specimen_of, triples
from limetal.readers._kit.tensile import fits_tensile, groups_of, roles_of, tensile_record
from limetal.readers._kit.text import fields, is_number
from limetal.records.base import About
from limetal.records.tensile import TensileRecord

__all__ = ["PLUGIN", "looks_like", "read"]

Entries = list[tuple[str, str, str]]

_SAID = re.compile(
    r'"?(?:Results Table \d+|Specimen properties : |Specimen label\b|General : |Bluehill|Maximum Load : |Raw Data\b)'
)
_RESULTS = (
    r"maximum .*", r".* at .*", r".*modulus.*", r".*strength.*", r"(?:peak|max|break|yield|ultimate|energy)\b.*",
)  # fmt: skip
_SAMPLE = ("specimen label", "specimen id", "specimen name", "sample id", "sample name", "specimen note 1")
_IN_BRACKETS = re.compile(r"\([^()]*\)")


def looks_like(file: RawFile) -> bool:
    r"""Whether a text has names of load and extension above units in brackets, or Bluehill's words before them.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text('Time,Extension,Load\n(s),(in),(lbf)\n"0.0","0.1","15.1"\n')
    >>> looks_like(RawFile(path))
    True
    """
    lines = file.head_lines
    head = find_head(lines, fits_tensile)
    if head is None:
        return False
    if any(_SAID.match(line) for line in lines[: head.at]):
        return True
    units = [] if head.first == head.at + 1 else fields(lines[head.first - 1], head.delimiter)
    filled = [u for u in units if u]
    return bool(filled) and all(_IN_BRACKETS.fullmatch(u) for u in filled)


def read(file: RawFile, options: ReadOptions) -> list[TensileRecord]:  # noqa: ARG001 - one signature for all
    r"""Read every specimen of a file.

    Raises
    ------
    BadInputError
        If there is no curve, a unit is missing or unknown, or a field is no number.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> text = 'Maximum Load : Maximum Load,"2.0",lbf\n\nTime,Extension,Load\n(s),(in),(lbf)\n'
    >>> _ = path.write_text(text + '"0.0","0.0","1.0"\n"0.1","0.1","2.0"\n')
    >>> [record] = read(RawFile(path), ReadOptions())
    >>> record.force_newton.round(4).tolist(), record.machine_values
    ([4.4482, 8.8964], {'Maximum Load / lbf': 2.0})
    """
    tables = list(text_tables(file, fits_tensile))
    if not tables:
        raise BadInputError(file.where, "no names of columns", "Time, Extension, Load and the like with their units")
    common, by_number = _metadata([row for table in tables for row in table.above])
    curves = [(table, columns) for table in tables for columns in groups_of(table)]
    records = []
    for at, (table, columns) in enumerate(curves):
        number = _number(table, at)
        mine = triples(table.above) if len(tables) > 1 and at else common
        results = by_number.get(number, []) if len(by_number) in (1, len(curves)) else []
        records.append(_record(table, columns, mine, results))
    if len(records) == 1:
        return records
    labels = [record.about.sample or f"specimen {i + 1}" for i, record in enumerate(records)]
    if len(set(labels)) < len(labels):
        labels = [f"specimen {i + 1}" for i in range(len(records))]
    return [replace(record, label=label) for record, label in zip(records, labels, strict=True)]


def _metadata(rows: Sequence[Sequence[str]]) -> tuple[Entries, dict[str, Entries]]:
    """Entries of the whole file, and those of the results tables by number of the specimen."""
    common: list[Sequence[str]] = []
    by_number: dict[str, Entries] = {}
    at = 0
    while at < len(rows):
        row = rows[at]
        if row and re.fullmatch(r"Results Table \d+", row[0].strip()):
            block = []
            at += 1
            while at < len(rows) and any(rows[at]):
                block.append(rows[at])
                at += 1
            _add_results(block, by_number)
            continue
        common.append(row)
        at += 1
    return triples(common), by_number


def _add_results(block: Sequence[Sequence[str]], by_number: dict[str, Entries]) -> None:
    if len(block) < 2:
        return
    names, units, rows = block[0], block[1], block[2:]
    if any(map(is_number, units)):
        units, rows = ("",) * len(names), block[1:]
    for row in rows:
        if not row or not re.fullmatch(r"\d+", row[0].strip()):
            continue  # mean and deviation
        entries = [
            (n, v, u) for n, v, u in zip(names[1:], row[1:], [*units[1:], *[""] * len(names)], strict=False) if n
        ]
        by_number.setdefault(row[0].strip(), []).extend(entries)


def _number(table: Table, at: int) -> str:
    """Return the number of the specimen in front of the names, or its place in the file."""
    first = table.headings[0].text.strip().strip('"')
    return first if re.fullmatch(r"\d+", first) else str(at + 1)


def _record(table: Table, columns: Sequence[int], common: Entries, results: Entries) -> TensileRecord:
    roles = roles_of(table, columns)
    mark = table.mark([i for q, i in roles.index.items() if q != "time"])[0]
    entries = [(key.rpartition(" : ")[2], value, unit) for key, value, unit in (*common, *results)]
    specimen = specimen_of(entries, results=_RESULTS, mark=mark)
    by_name = {plain(key): value for key, value, _ in reversed(entries)}
    about = About(
        instrument="Instron",
        software="Bluehill",
        start_time=next((d for k, v in by_name.items() if "date" in k and (d := date_of(v))), ""),
        sample=next((by_name[k] for k in _SAMPLE if k in by_name), ""),
        comment=by_name.get("specimen note 1", ""),
        settings=dict(specimen.settings),
    )
    loading = loading_of(*(table.headings[i].text for i in columns), *(k for k, _, _ in entries), about.sample)
    return tensile_record(
        _without_number(table), roles, columns, specimen, about=about, loading=loading, is_crosshead=True,
        warnings=_unlike_maximum(specimen, table, roles.index.get("force"), mark),
    )  # fmt: skip


def _without_number(table: Table) -> Table:
    """Table whose column of the specimen's number is no column of data."""
    first = table.headings[0]
    if not re.fullmatch(r"\d+", first.text.strip().strip('"')):
        return table
    return replace(table, headings=(replace(first, text=""), *table.headings[1:]))


def _unlike_maximum(specimen: Specimen, table: Table, index: int | None, mark: str) -> list[str]:
    """Say that the stated unit of the greatest load is not that of the column: one of the two is wrong."""
    if index is None:
        return []
    unit = table.headings[index].unit or ""
    for key, value in specimen.machine_values.items():
        name, _, said = key.partition(" / ")
        if plain(name) not in ("maximum load", "maximum force") or not said or said == unit:
            continue
        texts = table.rows.column(index)
        numbers = [n for n in (number_in(str(t), mark) for t in texts) if n is not None]
        if numbers and abs(max(map(abs, numbers)) - abs(value)) <= 1e-3 * abs(value):
            return [f"the greatest load is {value:g} {said} in the metadata, and {value:g} {unit} in the curve"]
    return []


PLUGIN = Reader(
    title="Instron Bluehill csv",
    looks_like=looks_like,
    read=read,
    suffixes=(".csv", ".txt"),
    documented_at="https://github.com/UML-AppliedSolidMechanicsLab/TensileDataAnalysis",
    gives=("tensile",),
    instruments=("Instron",),
)
