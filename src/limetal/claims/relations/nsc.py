"""The normalised negative capacity must follow from the foil's capacity, its collector and N/P."""

from __future__ import annotations

from collections.abc import Iterator

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import as_uncertain, compare, verdict
from limetal.design.uncertain import Uncertain, split
from limetal.ledger import Entry
from limetal.materials import FOILS
from limetal.physics.constants import UM_PER_CM
from limetal.study.models import Collector, FullCell

NAME = "normalised capacity (NSC)"
#: The usual copper foil of a comparison, two-sided (notes of the cell-design room).
COPPER_UM = 6.0


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare ``NSC = q d rho / ((d rho + m_cc) N/P)`` with the stated one.

    Capacity per mass of foil and N/P are taken as stated; the collector as the study gives it for the cell. What
    6 um of two-sided copper would make of it is said beside it, because papers compare with foils on copper.

    References
    ----------
    Definition: Wang et al., Nat. Commun. 2026, doi:10.1038/s41467-026-69155-z.
    """
    for claim in case.claims("normalised_specific_capacity"):
        cell = case.study.model.cells.get(claim.subject.removeprefix("cells."))
        if not isinstance(cell, FullCell):
            continue
        subject = f"electrodes.{cell.negative}"
        capacity = case.claims("specific_capacity", subject)
        ratio = case.claims("np_ratio", claim.subject)
        if not capacity or not ratio:
            missing = "specific capacity of the foil" if not capacity else "N/P"
            why = f"{claim.subject}: no {missing} is stated."
            yield Verdict(NAME, "cannot tell", (claim.claim,), claim.number, None, None, "mAh/g", why)
            continue
        yield _verdict(case, claim, cell, capacity[0], ratio[0])


def _verdict(case: Case, claim: Entry, cell: FullCell, capacity: Entry, ratio: Entry) -> Verdict:
    free_standing = as_uncertain(capacity) / as_uncertain(ratio)
    foil = _foil_g_cm2(case, cell)
    with_copper = FOILS["Cu"].density.value * COPPER_UM / UM_PER_CM / 2
    computed: Uncertain = free_standing
    words = "without collector"
    if isinstance(cell.negative_collector, Collector) and foil is not None:
        c = cell.negative_collector
        mass = FOILS[c.material].density.value * c.thickness.value / UM_PER_CM / c.faces
        computed = free_standing * foil / (foil + mass)
        words = f"on {c.thickness.text} {c.material}"
    outcome = compare(as_uncertain(claim), computed, claim.bound)
    text = f"{capacity.number:g} mAh/g over N/P {ratio.number:g} is {split(computed)[0]:.0f} mAh/g {words}."
    if foil is not None and not isinstance(cell.negative_collector, Collector):
        on_copper = split(free_standing)[0] * foil / (foil + with_copper)
        text += f" On {COPPER_UM:g} um copper shared by two faces it would be {on_copper:.0f}: compare like with like."
    return verdict(NAME, (claim, capacity, ratio), outcome, "mAh/g", text)


def _foil_g_cm2(case: Case, cell: FullCell) -> float | None:
    """Mass of the foil per area, from stated capacities where there are any, else from the recipe."""
    subject = f"electrodes.{cell.negative}"
    thickness = cell.negative_thickness.value if cell.negative_thickness else case.ledger.number(subject, "thickness")
    mass, volume = case.claims("specific_capacity", subject), case.claims("volumetric_capacity", subject)
    if thickness is None:
        return None
    if mass and volume:
        return (volume[0].number or 0.0) / (mass[0].number or 1.0) * thickness / UM_PER_CM
    density = case.ledger.number(subject, "density")
    return None if density is None else density * thickness / UM_PER_CM


PLUGIN = Relation(
    NAME,
    check,
    ("normalised_specific_capacity", "specific_capacity", "np_ratio"),
    ("doi:10.1038/s41467-026-69155-z",),
)
