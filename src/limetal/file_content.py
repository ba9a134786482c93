"""What files say, without a study: records, analyses, and the content of a report."""

from __future__ import annotations

import dataclasses
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from limetal import registry
from limetal.analyses import ROOM as ANALYSES
from limetal.analyses import apply
from limetal.errors import BadInputError
from limetal.ledger import Entry, Ledger
from limetal.quantities import SERIES_UNITS
from limetal.readers import ColumnHint, read_all, recognise
from limetal.records.base import Record
from limetal.records.cells import CellContext
from limetal.records.image import ImageRecord
from limetal.records.impedance import ImpedanceRecord
from limetal.records.series import ImpedanceSeries, in_measured_order
from limetal.report import Content, Section
from limetal.units import read_quantity

__all__ = ["analyse", "content_of", "nothing_read", "places", "series_content", "software", "spectra_of"]

#: Spectra of one file from which on they are also looked at as a series.
_FEWEST_SPECTRA = 3


def analyse(
    path: str | os.PathLike[str],
    *,
    cell: CellContext | None = None,
    analyses: Sequence[str] = (),
    options: Mapping[str, Mapping[str, Any]] | None = None,
    reader: str | None = None,
    columns: Mapping[str, ColumnHint] | None = None,
    subject: str | None = None,
) -> Content:
    """Say what one file says, without a study.

    Parameters
    ----------
    path
        An instrument file.
    cell
        What the file does not tell; without it analyses that need the kind of cell are not run, and say so.
    analyses
        Names of analyses; empty for all that fit.
    options, reader, columns
        As in a study.
    subject
        Name of the file in the ledger; by default its name without folder.

    Raises
    ------
    BadInputError
        If the file cannot be read or an analysis was asked for that does not fit.
    """
    path = Path(path)
    name = reader or recognise(path, columns)
    records = read_all(path, reader=name, columns=columns)
    return content_of(records, name, subject or path.name, cell=cell, analyses=analyses, options=options)


def content_of(
    records: Sequence[Record],
    reader: str,
    subject: str,
    *,
    cell: CellContext | None = None,
    analyses: Sequence[str] = (),
    options: Mapping[str, Mapping[str, Any]] | None = None,
    described: bool = False,
) -> Content:
    """What the records of one file say; ``described`` adds what the file says about itself."""
    title = registry.load("limetal.readers", reader).title
    entries: list[Entry] = []
    sections: list[Section] = []
    warnings: list[tuple[str, str]] = []
    not_computed: list[tuple[str, str]] = []
    each, whole = _for_series(analyses)
    placed = [record if cell is None else record.in_cell(cell) for record in records]
    for record in placed:
        name = f"{subject}, {record.label}" if len(records) > 1 and record.label else subject
        if analyses and not each and not described:
            continue  # only the series was asked for
        done = apply(record, name, subject, each, options or {})
        entries.append(Entry(name, "file_format", title, None, "measured", subject))
        entries += [Entry(name, q, words, None, "measured", subject) for q, words in _words(record) if described]
        entries += done.entries
        key = record.label if len(records) > 1 else ""  # begins the names of the files of its pictures
        sections.append(Section(key, name, f"read as {title}", done.plots, done.tables))
        warnings += [(name, w.removeprefix(f"{name}: ")) for w in done.warnings]
        not_computed += done.not_computed
    spectra = [record for record in placed if isinstance(record, ImpedanceRecord)]
    if len(spectra) >= (2 if whole else _FEWEST_SPECTRA) and (whole or not analyses):
        name = f"{subject}, series"
        done = apply(in_measured_order(spectra, subject), name, subject, whole, options or {})
        entries += done.entries
        sections.append(Section("series", name, f"{len(spectra)} spectra in order", done.plots, done.tables))
        warnings += [(name, w.removeprefix(f"{name}: ")) for w in done.warnings]
        not_computed += done.not_computed
    elif whole:
        raise BadInputError(subject, f"{len(spectra)} impedance spectra", f"two or more for {', '.join(whole)}")
    return dataclasses.replace(
        nothing_read(),
        name=subject,
        title=f"What {subject} says",
        ledger=Ledger(tuple(entries)),
        sections=tuple(sections),
        warnings=_said_once(warnings, subject),
        not_computed=tuple(not_computed),
    )


def _for_series(analyses: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names of analyses of single records, and of those of a series."""
    of_series = [name for name in analyses if registry.load(ANALYSES, name).takes is ImpedanceSeries]
    return [name for name in analyses if name not in of_series], of_series


def series_content(
    series: ImpedanceSeries,
    subject: str,
    analyses: Sequence[str] = (),
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> Content:
    """What a series of spectra says."""
    done = apply(series, subject, series.source, analyses, options or {})
    words = f"{len(series.records)} spectra along {series.along}"
    return dataclasses.replace(
        nothing_read(),
        name=subject,
        title=f"What {subject} say as a series along {series.along}",
        ledger=Ledger(done.entries),
        sections=(Section("series", subject, words, done.plots, done.tables),),
        warnings=done.warnings,
        not_computed=done.not_computed,
    )


def spectra_of(
    path: str | os.PathLike[str],
    reader: str | None = None,
    columns: Mapping[str, ColumnHint] | None = None,
    cell: CellContext | None = None,
) -> list[ImpedanceRecord]:
    """Impedance spectra of one file, of the cell a user described.

    Raises
    ------
    BadInputError
        If the file cannot be read or holds none.
    """
    found = read_all(path, reader=reader or recognise(path, columns), columns=columns)
    spectra = [record for record in found if isinstance(record, ImpedanceRecord)]
    if not spectra:
        kinds = ", ".join(sorted({record.kind for record in found}))
        raise BadInputError(Path(path).name, f"a record of {kinds}", "impedance spectra for a series")
    return spectra if cell is None else [record.in_cell(cell) for record in spectra]


def places(along: str, words: Sequence[str], count: int, where: str) -> tuple[float, ...]:
    """Where spectra stand along a series, from what a user wrote; 1, 2, 3 where nothing was written.

    Raises
    ------
    BadInputError
        If a place cannot be read, or there is not one for each spectrum; ``where`` is the place of the words.

    Examples
    --------
    >>> places("temperature", ["25 degC", "35 degC"], 2, "--at"), places("spectrum", [], 3, "--at")
    ((298.15, 308.15), (1.0, 2.0, 3.0))
    """
    if not words and along in {"spectrum", "cycle"}:
        return tuple(float(i + 1) for i in range(count))
    if len(words) != count:
        wanted = f"one for each of {count} spectra, in their order"
        raise BadInputError(where, f"{len(words)} places along {along}", wanted)
    unit = SERIES_UNITS[along]
    return tuple(read_quantity(word, unit, where=where) for word in words)


def _said_once(warnings: list[tuple[str, str]], subject: str) -> tuple[str, ...]:
    """Warnings with the record they belong to; one that several records share is said once, for all of them."""
    sharing: dict[str, list[str]] = {}
    for name, words in warnings:
        sharing.setdefault(words, []).append(name)
    return tuple(
        f"{names[0]}: {words}" if len(names) == 1 else f"{subject}: {words} ({len(names)} records)"
        for words, names in sharing.items()
    )


def nothing_read() -> Content:
    """Return the answer of no file at all."""
    return Content("", "", "", Ledger(), (), {}, (), (), (), software())


def _words(record: Record) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """What a file says about itself, and which columns it has."""
    yield "record_kind", record.kind
    for quantity in ("instrument", "software", "technique", "start_time", "sample", "comment"):
        said = getattr(record.about, quantity)
        if said:
            yield quantity, said
    if isinstance(record, ImageRecord):
        yield "voxels", " x ".join(map(str, record.voxels.shape))
        return
    units = {c.name: c.unit or getattr(record, f"{c.name}_unit", "") for c in record.COLUMNS}
    own = (f"{name} / {units[name]}" if units[name] != "1" else name for name in record.columns())
    yield "columns", (*own, *record.more)


def software() -> dict[str, str]:
    """Versions of what made the numbers."""
    found = {"limetal": version("limetal"), "python": platform.python_version()}
    for package in ("numpy", "scipy", "numba", "polars", "pint", "uncertainties", "fastnda", "matplotlib"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
