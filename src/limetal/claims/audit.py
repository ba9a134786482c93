"""Put claims into the ledger, ask every relation, and count."""

from __future__ import annotations

from limetal import registry
from limetal.claims.base import Case, Relation, Verdict
from limetal.ledger import Entry
from limetal.study import Study

__all__ = ["audit", "stated_entries", "tally"]

_ROOM = "limetal.claims.relations"


def stated_entries(study: Study) -> tuple[Entry, ...]:
    """Ledger entries of the claims of a study; the source begins with the id of the claim."""
    entries = []
    for index, claim in enumerate(study.model.claims):
        written = claim.written
        conditions = claim.conditions
        parts = [claim.id, *(p for p in (claim.document, claim.place) if p)]
        source = ", ".join(parts) if len(parts) > 1 else f"{claim.id}, {study.place('claims', index)}"
        words = [f"{name.replace('_', ' ')} {claim.at[name]}" for name, _ in conditions]
        printed = [f"printed {written.text!r}"] if written is not None and written.bound != "=" else []
        quoted = [f"“{claim.quote}”"] if claim.quote else []
        note = "; ".join([*printed, *(["at " + ", ".join(words)] if words else []), *quoted])
        entries.append(
            Entry(
                subject=claim.subject,
                quantity=claim.quantity,
                value=claim.value if written is None else written.value,
                std=None if written is None else written.std,
                origin="stated",
                source=source,
                note=note,
                at=conditions,
                claim=claim.id,
                rounding=0.0 if written is None else written.rounding,
                loose_rounding=0.0 if written is None else written.loose_rounding,
                bound="=" if written is None else written.bound,
            )
        )
    return tuple(entries)


def audit(case: Case) -> tuple[Verdict, ...]:
    """Verdicts of every relation on a case: those that disagree first, then by relation."""
    verdicts: list[Verdict] = []
    for name in registry.names(_ROOM):
        relation: Relation = registry.load(_ROOM, name)
        verdicts += relation.check(case)
    order = {"disagrees": 0, "cannot tell": 1, "agrees": 2}
    return tuple(sorted(verdicts, key=lambda v: (order[v.verdict], v.relation)))


def tally(study: Study, verdicts: tuple[Verdict, ...]) -> dict[str, int]:
    """Count claims, each once: one verdict that disagrees is enough, else one that agrees.

    Returns
    -------
    dict
        ``agrees``, ``disagrees``, ``cannot tell`` (the last includes claims no relation reaches) and
        ``not reached``.
    """
    word_of: dict[str, str] = {}
    for verdict in verdicts:
        for name in verdict.claims:
            known = word_of.get(name)
            if known is None or verdict.verdict == "disagrees" or (known == "cannot tell"):
                word_of[name] = verdict.verdict
    counts = {"agrees": 0, "disagrees": 0, "cannot tell": 0, "not reached": 0}
    for claim in study.model.claims:
        word = word_of.get(claim.id)
        if word is None:
            counts["not reached"] += 1
            word = "cannot tell"
        counts[word] += 1
    return counts
