"""The normalised negative capacity must follow from the foil's capacity, its collector and N/P."""

from __future__ import annotations

from collections.abc import Iterator

from limetal.claims.base import Case, Relation, Verdict, VerdictWord
from limetal.claims.compare import Comparison, as_uncertain, compare, flipped, pushed, written_entry
from limetal.claims.partners import Attempt, condition, conditions_meet, partners, settle
from limetal.design.library import density_of
from limetal.design.uncertain import Uncertain, split, uncertain
from limetal.ledger import Entry
from limetal.materials import FOILS
from limetal.physics.constants import UM_PER_CM
from limetal.study.models import Collector, FullCell

NAME = "normalised capacity (NSC)"
#: A usual copper foil to compare with, two-sided; an assumption, said in the explanation.
COPPER_UM = 6.0


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare ``NSC = q d rho / ((d rho + m_cc) N/P)`` with the stated one.

    Capacity per mass of foil and N/P are taken as stated, every pair under the same conditions; the collector as
    the study gives it for the cell. What 6 um of two-sided copper would make of it is said beside it, because
    papers compare with foils on copper; if the study says nothing of a collector and copper would change the
    answer, it cannot be told.

    References
    ----------
    Definition: Wang et al., Nat. Commun. 2026, doi:10.1038/s41467-026-69155-z.
    """
    for claim in case.claims("normalised_specific_capacity"):
        cell = case.study.model.cells.get(claim.subject.removeprefix("cells."))
        if not isinstance(cell, FullCell):
            continue
        capacities = partners(case, claim, "specific_capacity", f"electrodes.{cell.negative}")
        ratios = partners(case, claim, "np_ratio", claim.subject)
        pairs = [(q, r) for q in capacities for r in ratios if q.number and r.number and conditions_meet(case, q, r)]
        if not pairs:
            missing = "specific capacity of the foil" if not capacities else "N/P under the same conditions"
            why = f"{claim.subject}: no {missing} is stated."
            yield Verdict(NAME, "cannot tell", (claim.claim,), claim.number, None, None, "mAh/g", why)
            continue
        yield settle(NAME, claim, [_attempt(case, claim, cell, *pair) for pair in pairs], "mAh/g")


def _attempt(case: Case, claim: Entry, cell: FullCell, capacity: Entry, ratio: Entry) -> Attempt:
    free_standing = as_uncertain(capacity) / as_uncertain(ratio)
    bound = pushed(capacity.bound, flipped(ratio.bound))
    foil = _foil_g_cm2(case, claim, cell, capacity)
    head = f"{capacity.number:g} mAh/g over N/P {ratio.number:g} is"
    collector = cell.negative_collector
    used = (capacity, ratio)
    if isinstance(collector, Collector):
        words = f"on {collector.thickness.text} {collector.material}"
        if foil is None:
            # the collector only lowers the number, by how much nobody can say without the mass of the foil
            outcome = _untold(claim, free_standing, pushed(bound, "<"))
            text = (
                f"{head} {split(free_standing)[0]:.0f} mAh/g before the collector; the mass of the foil {words} is not "
                "known."
            )
            return Attempt(used, outcome, text)
        computed = free_standing * foil / (foil + _collector_g_cm2(case, collector))
        text = f"{head} {split(computed)[0]:.0f} mAh/g {words}."
        return Attempt(used, compare(as_uncertain(claim), computed, claim.bound, bound), text)
    outcome = compare(as_uncertain(claim), free_standing, claim.bound, bound)
    text = f"{head} {split(free_standing)[0]:.0f} mAh/g without collector."
    on_copper = None
    if foil is not None:
        copper = FOILS["Cu"].density.value * COPPER_UM / UM_PER_CM / 2
        on_copper = free_standing * foil / (foil + copper)
        number = split(on_copper)[0]
        text += f" On {COPPER_UM:g} um copper shared by two faces it would be {number:.0f}: compare like with like."
    if collector is None:
        text += " No collector is given; taken as none."
        outcome = _with_doubt(claim, outcome, free_standing, on_copper, bound)
        if outcome.word == "cannot tell" and not outcome.only_bounded:
            text += " A collector would change the answer."
    return Attempt(used, outcome, text)


def _untold(claim: Entry, ceiling: Uncertain, bound: str) -> Comparison:
    """Compare with a ceiling only: above it a claim is wrong, below it nothing can be told."""
    outcome = compare(as_uncertain(claim), ceiling, claim.bound, bound)
    word: VerdictWord = "disagrees" if outcome.word == "disagrees" else "cannot tell"
    return Comparison(word, outcome.stated, outcome.computed, outcome.tolerance, outcome.std)


def _with_doubt(
    claim: Entry, outcome: Comparison, free_standing: Uncertain, on_copper: Uncertain | None, bound: str
) -> Comparison:
    """Keep the word without collector only if copper gives the same one."""
    if on_copper is None:
        other = _untold(claim, free_standing, pushed(bound, "<"))
    else:
        other = compare(as_uncertain(claim), on_copper, claim.bound, bound)
    if other.word == outcome.word:
        return outcome
    return Comparison("cannot tell", outcome.stated, outcome.computed, outcome.tolerance, outcome.std)


def _collector_g_cm2(case: Case, collector: Collector) -> Uncertain:
    """Mass of the collector per area of one face of the foil; the study's own density first."""
    known = FOILS.get(collector.material)
    density = density_of(case.study, collector.material, known.density if known else None)
    if density is None:  # the study reader refuses such a collector
        raise ValueError(f"no density of {collector.material}")
    thickness = as_uncertain(written_entry("collector", "thickness", collector.thickness))
    return uncertain(density.value, density.std, "collector") * thickness / UM_PER_CM / collector.faces


def _foil_g_cm2(case: Case, claim: Entry, cell: FullCell, capacity: Entry) -> Uncertain | None:
    """Mass of the foil per area, from stated capacities where there are any, else from the recipe."""
    subject = f"electrodes.{cell.negative}"
    thickness = condition(case, claim, "thickness")
    if thickness is None:
        inputs = [e for s in (claim.subject, subject) for e in case.ledger.find(s, "thickness", "stated")]
        thickness = next((e for e in inputs if not e.claim), None)
    if thickness is None:
        return None
    um = as_uncertain(thickness)
    volumes = [v for v in partners(case, capacity, "volumetric_capacity", subject) if v.bound in {"=", "~"}]
    if volumes and capacity.bound in {"=", "~"}:
        return as_uncertain(volumes[0]) / as_uncertain(capacity) * um / UM_PER_CM
    density = case.ledger.number(subject, "density")
    return None if density is None else density * um / UM_PER_CM


PLUGIN = Relation(
    NAME,
    check,
    ("normalised_specific_capacity", "specific_capacity", "np_ratio"),
    ("doi:10.1038/s41467-026-69155-z",),
)
