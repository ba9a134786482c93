"""What a relation is, what it looks at, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from limetal.design import Library
from limetal.ledger import Entry, Ledger
from limetal.study import Study

__all__ = ["Case", "Relation", "Verdict", "VerdictWord"]

VerdictWord = Literal["agrees", "disagrees", "cannot tell"]


@dataclass(frozen=True)
class Verdict:
    """What one relation says of one or more claims.

    Attributes
    ----------
    relation
        Name of the relation.
    verdict
        ``agrees``, ``disagrees`` or ``cannot tell``.
    claims
        Ids of the claims it speaks of, or paths of stated inputs of the study.
    stated, computed
        The stated number and what it should be, in ``unit``; None where there is no single one.
    std
        Standard uncertainty of the difference, rounding of the printed digits included; None if not identified.
    explanation
        Why, in sentences a reader can check.
    """

    relation: str
    verdict: VerdictWord
    claims: tuple[str, ...]
    stated: float | str | None
    computed: float | str | None
    std: float | None
    unit: str
    explanation: str

    def as_json(self) -> dict[str, Any]:
        """Return the verdict with the keys of the published schema."""
        return {
            "relation": self.relation,
            "verdict": self.verdict,
            "claims": list(self.claims),
            "stated": self.stated,
            "computed": self.computed,
            "std": self.std,
            "unit": self.unit,
            "explanation": self.explanation,
        }


@dataclass(frozen=True)
class Case:
    """What a relation may look at: the ledger, the study behind it, and the materials."""

    ledger: Ledger
    study: Study
    library: Library

    def claims(self, quantity: str, subject: str | None = None) -> tuple[Entry, ...]:
        """Return stated numbers of a quantity that are to be audited."""
        return self.ledger.claims(quantity, subject)


@dataclass(frozen=True)
class Relation:
    """One physical relation between quantities; it knows no paper.

    Attributes
    ----------
    name
        In words, as the report shows it.
    check
        Takes a `Case`, gives verdicts; nothing where the ledger has nothing to compare.
    quantities
        The claim quantities it speaks of.
    sources
        Where the physics is written down.
    """

    name: str
    check: Callable[[Case], Iterable[Verdict]]
    quantities: tuple[str, ...]
    sources: tuple[str, ...]
