"""No electrode gives more charge than all the lithium of its recipe, without pores."""

from __future__ import annotations

from collections.abc import Iterator

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import as_uncertain, at_most, verdict, written_entry
from limetal.claims.partners import condition
from limetal.design import compose
from limetal.design.uncertain import Uncertain, split
from limetal.ledger import Entry
from limetal.physics.capacity import areal_capacity_mAh_cm2
from limetal.study.models import LithiumElectrode

NAME = "capacity above the lithium"
PER_MASS = ("specific_capacity", "free_lithium_capacity", "strippable_capacity")
QUANTITIES = (*PER_MASS, "volumetric_capacity", "areal_capacity")


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare a capacity with all lithium atoms of the recipe, ``q <= n_Li F / m``.

    Per volume it is multiplied by the pore-free density, per area by that and the thickness (of the claim, else of
    the electrode). Every atom is counted, also those of compounds that do not give their lithium up: what lies
    above this is impossible whatever the cut-off.

    References
    ----------
    Faraday's law with CODATA 2018, doi:10.1103/RevModPhys.93.025010; conservation of mass and volume.
    """
    for quantity in QUANTITIES:
        for claim in case.claims(quantity):
            electrode = case.study.model.electrodes.get(claim.subject.removeprefix("electrodes."))
            if isinstance(electrode, LithiumElectrode):
                yield from _verdict(case, claim, electrode)


def _verdict(case: Case, claim: Entry, electrode: LithiumElectrode) -> Iterator[Verdict]:
    composition = compose(electrode.recipe, library=case.library)
    if composition.total_lithium_mAh_g is None or composition.pore_free_density_g_cm3 is None:
        why = f"{claim.subject}: amounts of {', '.join(composition.unknown)} are not known."
        yield Verdict(NAME, "cannot tell", (claim.claim,), claim.number, None, None, claim.unit, why)
        return
    limit: Uncertain = composition.total_lithium_mAh_g
    limit_bound = "="
    words = "All lithium of the recipe is"
    if claim.quantity not in PER_MASS:
        limit = limit * composition.pore_free_density_g_cm3
        words = "All lithium of the recipe without pores is"
    if claim.quantity == "areal_capacity":
        thickness = condition(case, claim, "thickness")
        if thickness is None and electrode.thickness is not None:
            thickness = written_entry(claim.subject, "thickness", electrode.thickness)
        if thickness is None:
            return
        limit = areal_capacity_mAh_cm2(limit, as_uncertain(thickness))
        limit_bound = thickness.bound
        words = f"All lithium of {thickness.number:g} um without pores is"
    outcome = at_most(as_uncertain(claim), limit, claim.bound, limit_bound, own_bound=True)
    text = f"{words} {split(limit)[0]:.4g} {claim.unit}; stated {claim.number:g}."
    if outcome.word == "disagrees":
        text += " More than the recipe holds."
    yield verdict(NAME, (claim,), outcome, claim.unit, text)


PLUGIN = Relation(NAME, check, QUANTITIES, ("doi:10.1103/RevModPhys.93.025010", "conservation of mass and volume"))
