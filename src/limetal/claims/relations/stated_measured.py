"""A number stated for a test must be what the analysis of its raw file gives."""

from __future__ import annotations

from collections.abc import Iterator

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import as_uncertain, compare, verdict
from limetal.design.uncertain import uncertain
from limetal.ledger import Entry

NAME = "stated and measured"
#: Conditions given as numbers are the same within this part of each other.
SAME = 0.02
_HYSTERESIS = ("hysteresis_end", "hysteresis_mean", "hysteresis_plateau", "hysteresis_full_gap")


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare claims about a test with measured numbers of the same test, quantity and conditions.

    A hysteresis whose definition is not stated is compared with all four definitions, and the one that fits is
    named. Simulated records are left out: their parameters are assumptions.

    References
    ----------
    The analysis that made each number; see its entry in the ledger.
    """
    for claim in case.ledger:
        if not claim.claim or not claim.subject.startswith("tests.") or claim.number is None:
            continue
        names = _HYSTERESIS if claim.quantity == "hysteresis" else (claim.quantity,)
        found = [e for n in names for e in case.ledger.find(claim.subject, n, "measured") if _same_conditions(claim, e)]
        if not found:
            continue
        outcomes = [
            (e, compare(as_uncertain(claim), uncertain(e.number or 0.0, e.std, "measured"), claim.bound)) for e in found
        ]
        entry, outcome = next(((e, o) for e, o in outcomes if o.word == "agrees"), outcomes[0])
        values = ", ".join(f"{e.quantity.replace('_', ' ')} {e.number:.4g} ({e.note})" for e in found)
        text = f"{entry.source} gives {values}."
        if claim.quantity == "hysteresis" and outcome.word == "agrees":
            text += f" It fits as {entry.quantity.replace('_', ' ')}."
        yield verdict(NAME, (claim,), outcome, claim.unit, text)


def _same_conditions(claim: Entry, measured: Entry) -> bool:
    """Whether the measured number is of the whole test or of the conditions the claim names."""
    if measured.number is None:
        return False
    wanted, found = dict(claim.at), dict(measured.at)
    if "cycle" in found and "cycle" not in wanted:
        return False
    for key, value in wanted.items():
        other = found.get(key)
        if isinstance(value, float) and isinstance(other, float) and abs(value - other) > SAME * abs(value):
            return False
    return True


PLUGIN = Relation(NAME, check, ("hysteresis",), ("the analysis named in the ledger",))
