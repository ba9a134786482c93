"""What a report shows, already computed: a plain table of contents for the page and the files."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING

from limetal.exhibits import Plot, Table
from limetal.ledger import SCHEMA, Ledger
from limetal.report.wording import file_name

if TYPE_CHECKING:
    from limetal.claims import Verdict

__all__ = ["Content", "Section"]


@dataclass(frozen=True)
class Section:
    """One part of the report: a heading, words, pictures and tables.

    ``key`` is the path in the study and begins the names of the files.
    """

    key: str
    title: str
    words: str = ""
    plots: tuple[Plot, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Content:
    """Everything a report shows; ``documents`` are key, citation, DOI and note."""

    name: str
    title: str
    description: str
    ledger: Ledger
    verdicts: tuple[Verdict, ...]
    counts: dict[str, int]
    sections: tuple[Section, ...]
    warnings: tuple[str, ...]
    not_computed: tuple[tuple[str, str], ...]
    software: dict[str, str]
    documents: tuple[tuple[str, str, str, str], ...] = ()
    author: str = ""

    def picture_names(self) -> tuple[tuple[str, ...], ...]:
        """Name of every picture of every section, without folder and ending; no two alike, whatever the sections say.

        Pictures of several records of a file, or of tests whose names differ by a character that no file name
        may have, would else share a file and the ids within the page.
        """
        return _names([(s.key, tuple(plot.name for plot in s.plots)) for s in self.sections], set())

    def table_names(self) -> tuple[tuple[str, ...], ...]:
        """Name of every table of every section, in the same way."""
        return _names([(s.key, tuple(t.name for t in s.tables)) for s in self.sections], {"ledger", "verdicts"})

    def as_json(self) -> dict[str, object]:
        """Return the published schema, ``limetal/1``."""
        return {
            "schema": SCHEMA,
            "ledger": [entry.as_json() for entry in self.ledger],
            "verdicts": [verdict.as_json() for verdict in self.verdicts],
            "warnings": list(self.warnings),
            "not_computed": [{"what": what, "why": why} for what, why in self.not_computed],
            "software": dict(self.software),
        }


def _names(sections: list[tuple[str, tuple[str, ...]]], taken: set[str]) -> tuple[tuple[str, ...], ...]:
    """File names of exhibits by section, all different also where a system ignores capitals."""
    found = []
    for key, exhibits in sections:
        own = []
        for exhibit in exhibits:
            wanted = file_name(key, exhibit)
            numbered = (f"{wanted}_{number}" for number in count(2))
            name = next(n for n in chain([wanted], numbered) if n.casefold() not in taken)
            taken.add(name.casefold())
            own.append(name)
        found.append(tuple(own))
    return tuple(found)
