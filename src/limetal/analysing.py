"""What files say, without a study: many at once, side by side, or as one series of spectra of a cell."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from limetal import registry
from limetal.analyses import ROOM as ANALYSES
from limetal.analyses import Outcome
from limetal.errors import BadInputError, MissingExtraError
from limetal.file_content import analyse, nothing_read, places, series_content, spectra_of
from limetal.groups import Group, summarise
from limetal.ledger import Ledger
from limetal.quantities import SERIES_UNITS
from limetal.readers import ColumnHint
from limetal.reading import Failure
from limetal.records.cells import CellContext
from limetal.records.impedance import ImpedanceRecord
from limetal.records.series import ImpedanceSeries
from limetal.report import Content, Section

__all__ = ["Asked", "analyse_many", "analyse_series", "replicates", "with_replicates"]

#: From so many files on, all processors work.
_SIDE_BY_SIDE = 8


@dataclass(frozen=True)
class Asked:
    """What a user asked of every file: the arguments of `limetal.run.analyse`."""

    cell: CellContext | None = None
    analyses: tuple[str, ...] = ()
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    reader: str | None = None
    columns: Mapping[str, ColumnHint] = field(default_factory=dict)

    def of(self, file: str, subject: str | None = None) -> Content:
        """What one file says of it; raises `BadInputError` if it cannot be read."""
        return analyse(
            file,
            cell=self.cell,
            analyses=self.analyses,
            options=self.options,
            reader=self.reader,
            columns=self.columns,
            subject=subject,
        )


def analyse_many(
    files: Sequence[str],
    asked: Asked,
    *,
    jobs: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[list[Content], list[Failure]]:
    """What each of several files says; one that cannot be read does not stop the others.

    Parameters
    ----------
    jobs
        Files analysed side by side; by default one, and all processors from eight files on.

    Raises
    ------
    BadInputError
        If an analysis or an option is none.
    """
    for name in asked.analyses:
        registry.load(ANALYSES, name)  # a wrong name is told once, not of every file
    tell = progress or (lambda *_: None)
    subjects = {file: _subject(file, files) for file in files}
    workers = min(jobs or (os.cpu_count() or 1 if len(files) >= _SIDE_BY_SIDE else 1), len(files))
    contents: list[Content] = []
    failed: list[Failure] = []
    if workers <= 1:
        for done, file in enumerate(files):
            tell(file, done, len(files))
            _sort(file, _outcome(file, subjects[file], asked), contents, failed)
        return contents, failed
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # spawn: polars and numpy hold threads that a forked child would inherit in an unknown state
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(_outcome, file, subjects[file], asked) for file in files]
        for done, (file, future) in enumerate(zip(files, waiting, strict=True)):
            tell(file, done, len(files))
            _sort(file, future.result(), contents, failed)
    return contents, failed


def replicates(contents: Sequence[Content], kind: str) -> Content:
    """What several files say together as replicates: tests of cells of one kind, built and cycled alike.

    Parameters
    ----------
    contents
        What each file says (`analyse_many`).
    kind
        Kind of their cells.

    Raises
    ------
    BadInputError
        If there is no file.

    Examples
    --------
    >>> from limetal.ledger import Entry, Ledger
    >>> def of(name, life):
    ...     entry = Entry(name, "life", life, None, "measured", name)
    ...     return dataclasses.replace(nothing_read(), name=name, ledger=Ledger((entry,)))
    >>> found = replicates([of("a.csv", 100.0), of("b.csv", 140.0), of("c.csv", 120.0)], "symmetric")
    >>> found.ledger.number("replicates", "median_life")
    120.0
    """
    members = tuple(
        Outcome(
            content.name,
            content.ledger.entries,
            (),
            tuple(table for section in content.sections for table in section.tables),
            (),
            (),
        )
        for content in contents
    )
    names = tuple(content.name for content in contents)
    told = summarise(Group("replicates", "replicates", members, names, (kind,) * len(members)))
    return dataclasses.replace(
        nothing_read(),
        name="replicates",
        title=f"What {len(names)} replicates say",
        ledger=Ledger(told.entries),
        sections=(Section("replicates", told.title, told.words, told.plots, told.tables),),
        warnings=told.warnings,
        not_computed=told.not_computed,
    )


def with_replicates(contents: Sequence[Content], kind: str) -> list[Content]:
    """What files say together as replicates, then what each says, its pictures and tables under its own name."""
    own = [
        dataclasses.replace(
            content,
            sections=tuple(
                dataclasses.replace(s, key="_".join(filter(None, (Path(content.name).stem, s.key))))
                for s in content.sections
            ),
        )
        for content in contents
    ]
    return [replicates(contents, kind), *own]


def _outcome(file: str, subject: str, asked: Asked) -> Content | str:
    """What a file says, or why it cannot be read."""
    try:
        return asked.of(file, subject)
    except (BadInputError, MissingExtraError) as error:
        return str(error)


def _sort(file: str, outcome: Content | str, contents: list[Content], failed: list[Failure]) -> None:
    if isinstance(outcome, Content):
        contents.append(outcome)
    else:
        failed.append(Failure(file, outcome))


def _subject(file: str, files: Sequence[str]) -> str:
    """Name of a file in the ledger: without folder, unless two files have one name."""
    names = [Path(other).name for other in files]
    return file if names.count(Path(file).name) > 1 else Path(file).name


def analyse_series(
    files: Sequence[str],
    asked: Asked,
    along: str,
    at: Sequence[str] = (),
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> Content:
    """What the impedance spectra of several files say as one series of one cell, in the order of the files.

    Raises
    ------
    BadInputError
        If a file cannot be read or holds no spectrum, or the places do not fit.
    """
    if along not in SERIES_UNITS:
        raise BadInputError("--series", repr(along), f"one of {', '.join(SERIES_UNITS)}")
    tell = progress or (lambda *_: None)
    records: list[ImpedanceRecord] = []
    for done, file in enumerate(files):
        tell(file, done, len(files))
        records += spectra_of(file, asked.reader, asked.columns, asked.cell)
    name = f"{len(files)} files" if len(files) > 1 else Path(files[0]).name
    series = ImpedanceSeries(tuple(records), along, places(along, at, len(records), "--at"), name)  # type: ignore[arg-type]
    return series_content(series, name, asked.analyses, asked.options)
