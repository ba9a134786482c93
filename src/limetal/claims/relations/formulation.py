"""The mass fractions of an electrode coating must sum to 100 %."""

from __future__ import annotations

from collections.abc import Iterator

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import as_uncertain, compare, verdict

NAME = "formulation sum"


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare ``sum(w_i)`` with 100 % within the rounding of the printed fractions.

    References
    ----------
    Conservation of mass; fractions are of the dry coating.
    """
    for subject in case.ledger.subjects("electrodes"):
        if not case.ledger.find(subject, "formulation_sum", "derived"):
            continue
        parts = tuple(
            e
            for e in case.ledger.find(quantity="formulation_fraction", origin="stated")
            if e.subject.rsplit(".", 1)[0] == subject and not e.claim
        )
        total = sum(as_uncertain(part) for part in parts)
        outcome = compare(total, 100.0)
        numbers = " + ".join(f"{part.number:g}" for part in parts)
        text = f"{numbers} = {outcome.stated:.4g} % for {subject.removeprefix('electrodes.')}; must be 100 %."
        yield verdict(NAME, parts, outcome, "%", text)


PLUGIN = Relation(NAME, check, ("formulation_fraction",), ("conservation of mass",))
