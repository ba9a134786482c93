"""Areal capacities of one foil at several thicknesses must lie on the line of its volumetric capacity."""

from __future__ import annotations

from collections.abc import Iterator

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import as_uncertain, compare, condition_entry, verdict
from limetal.ledger import Entry
from limetal.physics.capacity import areal_capacity_mAh_cm2

NAME = "thickness and areal capacity"


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare ``q_A = q_v d`` with areal capacities stated at a thickness.

    References
    ----------
    Geometry of a foil of one composition and porosity.
    """
    for areal in case.claims("areal_capacity"):
        thickness = dict(areal.at).get("thickness")
        volumetric = case.claims("volumetric_capacity", areal.subject)
        if not isinstance(thickness, float) or not volumetric:
            continue
        yield _verdict(case, areal, thickness, volumetric[0])


def _verdict(case: Case, areal: Entry, thickness_um: float, volumetric: Entry) -> Verdict:
    computed = areal_capacity_mAh_cm2(as_uncertain(volumetric), _thickness(case, areal, thickness_um))
    outcome = compare(as_uncertain(areal), computed, areal.bound)
    text = (
        f"{volumetric.number:g} mAh/cm3 times {thickness_um:g} um is {outcome.computed:.4g} mAh/cm2; "
        f"stated {areal.number:g}."
    )
    return verdict(NAME, (areal, volumetric), outcome, "mAh/cm2", text)


def _thickness(case: Case, areal: Entry, thickness_um: float) -> object:
    """Thickness with the rounding of its printed digits, read from the condition of the claim."""
    for claim in case.study.model.claims:
        if claim.id == areal.claim:
            return as_uncertain(condition_entry(claim.subject, "thickness", claim.at["thickness"]))
    return thickness_um


PLUGIN = Relation(NAME, check, ("areal_capacity", "volumetric_capacity"), ("geometry of a foil",))
