"""A theoretical capacity must follow from the metallic lithium that the recipe leaves."""

from __future__ import annotations

from collections.abc import Iterator

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import as_uncertain, compare, or_with_integer_masses, verdict
from limetal.design import compose
from limetal.ledger import Entry
from limetal.study.models import LithiumElectrode

NAME = "theoretical capacity"
REFERENCE = "reference of the utilisation"


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare with the free lithium, ``q = n_Li F / m``, and ask whether that is the right reference.

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
        composition = compose(electrode.recipe, library=case.library)
        if composition.free_lithium_mAh_g is None:
            why = f"{claim.subject}: amounts of {', '.join(composition.unknown)} are not known."
            yield Verdict(NAME, "cannot tell", (claim.claim,), claim.number, None, None, "mAh/g", why)
            continue
        integer = compose(electrode.recipe, library=case.library, integer_masses=True)
        outcome, words = or_with_integer_masses(
            as_uncertain(claim), composition.free_lithium_mAh_g, integer.free_lithium_mAh_g, claim.bound
        )
        text = f"The free lithium of the recipe of {name} is {composition.free_lithium_mAh_g:.0f} mAh/g.{words}"
        yield verdict(NAME, (claim,), outcome, "mAh/g", text)
        for delivered in case.claims("specific_capacity", claim.subject):
            yield from _reference(case, electrode, claim, delivered)


def _reference(case: Case, electrode: LithiumElectrode, limit: Entry, delivered: Entry) -> Iterator[Verdict]:
    cutoff = dict(delivered.at).get("cutoff_voltage")
    if not isinstance(cutoff, float) or not delivered.number or not limit.number:
        return
    composition = compose(electrode.recipe, cutoff_V=cutoff, library=case.library)
    strippable = composition.strippable_mAh_g or 0.0
    outcome, _ = or_with_integer_masses(
        as_uncertain(limit),
        strippable,
        compose(electrode.recipe, cutoff_V=cutoff, library=case.library, integer_masses=True).strippable_mAh_g,
        limit.bound,
    )
    over = compare(as_uncertain(delivered), strippable, ">")
    text = (
        f"Up to {cutoff:g} V the alloys give their lithium too: {strippable:.0f} mAh/g can be stripped, so "
        f"{delivered.number:g} mAh/g is a utilisation of {100 * delivered.number / strippable:.1f} %, not "
        f"{100 * delivered.number / limit.number:.1f} %."
    )
    if outcome.word == "agrees":
        used = 100 * delivered.number / strippable
        text = f"{strippable:.0f} mAh/g can be stripped up to {cutoff:g} V; utilisation {used:.1f} %."
    if over.word == "disagrees":
        text += " More was delivered than the recipe holds."
        outcome = over
    yield verdict(REFERENCE, (limit, delivered), outcome, "mAh/g", text)


PLUGIN = Relation(
    NAME,
    check,
    ("theoretical_specific_capacity", "specific_capacity"),
    ("doi:10.1103/RevModPhys.93.025010", "doi:10.1038/s41467-026-69155-z"),
)
