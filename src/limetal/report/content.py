"""What a report shows, already computed: a plain table of contents for the page and the files."""

from __future__ import annotations

from dataclasses import dataclass

from limetal.claims import Verdict
from limetal.exhibits import Plot, Table
from limetal.ledger import SCHEMA, Ledger

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
