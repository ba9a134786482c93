"""A theoretical capacity must follow from the lithium of the recipe: the free, the strippable, or all of it."""

from __future__ import annotations

from collections.abc import Iterator

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import Comparison, as_uncertain, at_most, compare, or_with_integer_masses, verdict
from limetal.claims.partners import Attempt, condition, partners, settle
from limetal.design import Composition, compose
from limetal.design.electrode import DEFAULT_CUTOFF_V
from limetal.ledger import Entry
from limetal.study.models import LithiumElectrode

NAME = "theoretical capacity"
REFERENCE = "reference of the utilisation"


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare with ``q = n_Li F / m`` for three readings of the lithium, and ask whether it is the right reference.

    Readings, in this order: metallic lithium only; all that can be stripped up to the cut-off voltage (of the
    claim, else of the electrode, else 1 V); every lithium atom. The one that fits is named.

    A capacity measured up to a cut-off voltage contains the lithium of every phase that gives it up below that
    voltage (LiZn does below 1 V). If the same electrode has a delivered capacity stated at a cut-off, the
    reference for its utilisation is all strippable lithium up to there.

    References
    ----------
    Faraday's law with CODATA 2018, doi:10.1103/RevModPhys.93.025010; LiZn de-alloying on stripping to 1 V is seen
    by in-situ XRD in doi:10.1038/s41467-026-69155-z, Fig. 3a.
    """
    for claim in case.claims("theoretical_specific_capacity"):
        name = claim.subject.removeprefix("electrodes.")
        electrode = case.study.model.electrodes.get(name)
        if not isinstance(electrode, LithiumElectrode):
            continue
        cutoff_V = _cutoff_V(case, claim, electrode)
        composition = compose(electrode.recipe, cutoff_V=cutoff_V, library=case.library)
        if composition.free_lithium_mAh_g is None:
            why = f"{claim.subject}: amounts of {', '.join(composition.unknown)} are not known."
            yield Verdict(NAME, "cannot tell", (claim.claim,), claim.number, None, None, "mAh/g", why)
            continue
        integer = compose(electrode.recipe, cutoff_V=cutoff_V, library=case.library, integer_masses=True)
        outcome, text = _readings(claim, name, composition, integer)
        yield verdict(NAME, (claim,), outcome, "mAh/g", text)
        yield from _reference(case, electrode, claim)


def _cutoff_V(case: Case, claim: Entry, electrode: LithiumElectrode) -> float:
    at = condition(case, claim, "cutoff_voltage")
    if at is not None and at.number is not None:
        return at.number
    return electrode.cutoff.value if electrode.cutoff else DEFAULT_CUTOFF_V


def _readings(claim: Entry, name: str, found: Composition, integer: Composition) -> tuple[Comparison, str]:
    """Comparison with the reading that fits, else with the free lithium, and words that name it."""
    words = ("free lithium", f"strippable lithium (to {found.cutoff_V:g} V)", "total lithium")
    standard = _three(found)
    stated = as_uncertain(claim)
    exact = [compare(stated, value, claim.bound) for value in standard]
    outcomes = [(outcome, "") for outcome in exact]
    if not any(outcome.word == "agrees" for outcome in exact):
        pairs = zip(standard, _three(integer), strict=True)
        outcomes = [or_with_integer_masses(stated, a, b, claim.bound) for a, b in pairs]
    order = ("agrees", "cannot tell", "disagrees")
    index = min(range(len(words)), key=lambda k: (order.index(outcomes[k][0].word), k))
    outcome, masses = outcomes[index]
    text = f"The {words[index]} of the recipe of {name} is {standard[index]:.0f} mAh/g.{masses}"
    if outcome.word != "agrees":
        numbers = "; ".join(f"{w} {q:.0f}" for w, q in zip(words, standard, strict=True))
        text = f"No reading of the recipe of {name} gives {claim.number:g} mAh/g: {numbers}."
    return outcome, text


def _three(composition: Composition) -> tuple[float, float, float]:
    c = composition
    return c.free_lithium_mAh_g or 0.0, c.strippable_mAh_g or 0.0, c.total_lithium_mAh_g or 0.0


def _reference(case: Case, electrode: LithiumElectrode, limit: Entry) -> Iterator[Verdict]:
    """Verdicts on what was delivered up to a cut-off: more than can be, and the reference for it."""
    attempts = []
    for delivered in partners(case, limit, "specific_capacity", limit.subject):
        at = condition(case, delivered, "cutoff_voltage")
        if at is None or not at.number or not delivered.number or not limit.number:
            continue
        attempt, over = _delivered(case, electrode, limit, delivered, at.number)
        if over.word == "disagrees":
            text = attempt.words + " More was delivered than the recipe holds."
            yield verdict(REFERENCE, (limit, delivered), over, "mAh/g", text)
        else:
            attempts.append(attempt)
    if attempts:
        yield settle(REFERENCE, limit, attempts, "mAh/g")


def _delivered(
    case: Case, electrode: LithiumElectrode, limit: Entry, delivered: Entry, cutoff_V: float
) -> tuple[Attempt, Comparison]:
    """Stated limit against what can be stripped, and the delivered capacity against the same."""
    composition = compose(electrode.recipe, cutoff_V=cutoff_V, library=case.library)
    integer = compose(electrode.recipe, cutoff_V=cutoff_V, library=case.library, integer_masses=True)
    strippable = composition.strippable_mAh_g or 0.0
    outcome, _ = or_with_integer_masses(as_uncertain(limit), strippable, integer.strippable_mAh_g, limit.bound)
    over = at_most(as_uncertain(delivered), strippable, delivered.bound, own_bound=True)
    used, against = (100 * (delivered.number or 0.0) / (whole or 1.0) for whole in (strippable, limit.number))
    text = (
        f"Up to {cutoff_V:g} V the alloys give their lithium too: {strippable:.0f} mAh/g can be stripped, so "
        f"{delivered.number:g} mAh/g is a utilisation of {used:.1f} %, not {against:.1f} %."
    )
    if outcome.word == "agrees":
        text = f"{strippable:.0f} mAh/g can be stripped up to {cutoff_V:g} V; utilisation {used:.1f} %."
    return Attempt((delivered,), outcome, text), over


PLUGIN = Relation(
    NAME,
    check,
    ("theoretical_specific_capacity", "specific_capacity"),
    ("doi:10.1103/RevModPhys.93.025010", "doi:10.1038/s41467-026-69155-z"),
)
