"""Which claims belong together: partners under the same conditions, and one word from several of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from limetal.claims.base import Case, Verdict
from limetal.claims.compare import Comparison, condition_entry, verdict
from limetal.ledger import Entry
from limetal.quantities import QUANTITIES

__all__ = ["Attempt", "condition", "conditions_meet", "partners", "settle"]

#: Conditions within their rounding are the same, unless they are further apart than this: "1 V" is not 0.5 V.
SAME = 0.05


@dataclass(frozen=True)
class Attempt:
    """A claim tried with one choice of partners: the partners, the comparison, and words for it."""

    partners: tuple[Entry, ...]
    outcome: Comparison
    words: str


def condition(case: Case, claim: Entry, name: str) -> Entry | None:
    """Entry of a numeric condition of a claim with the rounding of its printed digits; None if it has none."""
    if QUANTITIES[name].unit == "text":
        return None
    for model in case.study.model.claims:
        if model.id == claim.claim and name in model.at:
            return condition_entry(claim.subject, name, model.at[name])
    return None


def _named(claim: Entry) -> set[str]:
    """Names of the numeric conditions of a claim."""
    return {name for name, value in claim.at if isinstance(value, float)}


def conditions_meet(case: Case, one: Entry, other: Entry) -> bool:
    """Whether two claims can be of the same state: every condition both name has the same value."""
    for name in _named(one) & _named(other):
        a, b = condition(case, one, name), condition(case, other, name)
        if a is None or b is None or a.number is None or b.number is None:
            continue
        apart = abs(a.number - b.number)
        if apart > min(a.rounding + b.rounding, SAME * max(abs(a.number), abs(b.number))) * (1 + 1e-9):
            return False
    return True


def partners(case: Case, claim: Entry, quantity: str, subject: str) -> tuple[Entry, ...]:
    """Claims of another quantity that may be put beside a claim.

    Those under other conditions are left out. If some name exactly the same conditions, only they are taken; else
    those that share the most.
    """
    found = [p for p in case.claims(quantity, subject) if p.claim != claim.claim and conditions_meet(case, claim, p)]
    exact = [p for p in found if _named(p) == _named(claim)]
    shared = max((len(_named(p) & _named(claim)) for p in found), default=0)
    return tuple(exact or [p for p in found if len(_named(p) & _named(claim)) == shared])


def settle(relation: str, claim: Entry, attempts: Sequence[Attempt], unit: str) -> Verdict:
    """One verdict from a claim tried with several partners: their common word, else that it cannot be told.

    Partners that are only bounds and settle nothing are left out if others do.
    """
    attempts = [a for a in attempts if not (a.outcome.only_bounded and a.outcome.word == "cannot tell")] or attempts
    first = attempts[0]
    everyone = tuple(dict.fromkeys((claim, *(p for attempt in attempts for p in attempt.partners))))
    if len({attempt.outcome.word for attempt in attempts}) == 1:
        return verdict(relation, everyone, first.outcome, unit, first.words)
    words = [
        f"With {' and '.join(p.claim for p in a.partners) or 'the study'} it {_says(a.outcome.word)}: {a.words}"
        for a in attempts
    ]
    text = "The stated numbers it could belong to do not give one answer, and nothing says which is meant. "
    names = tuple(dict.fromkeys(e.claim or e.subject for e in everyone))
    return Verdict(relation, "cannot tell", names, first.outcome.stated, None, None, unit, text + " ".join(words))


def _says(word: str) -> str:
    return "cannot be told" if word == "cannot tell" else word
