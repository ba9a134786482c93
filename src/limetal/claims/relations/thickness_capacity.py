"""Areal capacities of one foil at several thicknesses must lie on the line of its volumetric capacity."""

from __future__ import annotations

from collections.abc import Iterator

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import as_uncertain, compare, pushed
from limetal.claims.partners import Attempt, condition, partners, settle
from limetal.ledger import Entry
from limetal.physics.capacity import areal_capacity_mAh_cm2

NAME = "thickness and areal capacity"


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare ``q_A = q_v d`` with areal capacities stated at a thickness.

    Every volumetric capacity of the foil under the same conditions (cut-off voltage, temperature) is tried.

    References
    ----------
    Geometry of a foil of one composition and porosity.
    """
    for areal in case.claims("areal_capacity"):
        thickness = condition(case, areal, "thickness")
        volumetric = partners(case, areal, "volumetric_capacity", areal.subject)
        if thickness is not None and volumetric:
            yield settle(NAME, areal, [_attempt(areal, thickness, v) for v in volumetric], "mAh/cm2")


def _attempt(areal: Entry, thickness: Entry, volumetric: Entry) -> Attempt:
    computed = areal_capacity_mAh_cm2(as_uncertain(volumetric), as_uncertain(thickness))
    outcome = compare(as_uncertain(areal), computed, areal.bound, pushed(volumetric.bound, thickness.bound))
    text = (
        f"{volumetric.number:g} mAh/cm3 times {thickness.number:g} um is {outcome.computed:.4g} mAh/cm2; "
        f"stated {areal.number:g}."
    )
    return Attempt((volumetric,), outcome, text)


PLUGIN = Relation(NAME, check, ("areal_capacity", "volumetric_capacity"), ("geometry of a foil",))
