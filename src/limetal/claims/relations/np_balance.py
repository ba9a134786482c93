"""N/P must follow from the foil's thickness and capacity and the areal capacity of the positive electrode."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import Comparison, as_uncertain, compare, pushed, verdict
from limetal.claims.partners import Attempt, condition, partners, settle
from limetal.claims.positive import Reading, brings_lithium, readings
from limetal.design.uncertain import Uncertain, split, uncertain
from limetal.ledger import Entry
from limetal.physics.capacity import areal_capacity_mAh_cm2, np_ratio
from limetal.study.models import FullCell

NAME = "N/P balance"
POSITIVE = "positive electrode capacity"


@dataclass(frozen=True)
class _Foil:
    """Areal capacity of the negative foil, its bound, words for it, and the claim it rests on."""

    number: Uncertain
    bound: str
    words: str
    claims: tuple[Entry, ...] = ()


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare ``N/P = q_v d / q_positive`` with a stated N/P, in every reading the study allows.

    Readings of the positive electrode: as stated for the cell, as stated for the electrode, or loading times
    nominal capacity, twice the last two where the cell counts both faces. If two of them exclude each other, that
    is a verdict of its own, and N/P can be told only if all give one answer. The negative is counted from stated
    volumetric capacity where there is one, else from the recipe, which is an upper bound if no porosity is stated;
    the thickness is that of the claim, else of the cell, else of the electrode. The lithium that comes with the
    positive electrode is not counted; a paper that counts it prints one more, which is tried last and only where
    the positive electrode holds lithium.

    References
    ----------
    Definition in use; the convention must be said (fresh foil over positive, per face).
    """
    for name, cell in case.study.model.cells.items():
        if not isinstance(cell, FullCell):
            continue
        found = readings(case, cell, name)
        excluding = list(_excluding(found))
        yield from excluding
        apart = any(v.verdict == "disagrees" for v in excluding)
        for claim in case.claims("np_ratio", f"cells.{name}"):
            yield _balance(case, claim, cell, found, apart)


def _excluding(found: list[Reading]) -> Iterator[Verdict]:
    """Verdicts on pairs of stated inputs that give the areal capacity of the same electrode."""
    for one, other in combinations([r for r in found if not r.nominal], 2):
        outcome = compare(one.number, other.number)
        if outcome.word == "agrees":
            continue
        inputs = tuple(Entry(place, "areal_capacity", 0.0, None, "stated", "study") for place in _places(one, other))
        text = (
            f"{one.words} is {outcome.stated:.3g} mAh/cm2, {other.words} is {outcome.computed:.3g} mAh/cm2: two "
            "capacities of one positive electrode."
        )
        yield verdict(POSITIVE, inputs, outcome, "mAh/cm2", text)


def _places(one: Reading, other: Reading) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one.places, *other.places)))


def _balance(case: Case, claim: Entry, cell: FullCell, found: list[Reading], apart: bool) -> Verdict:
    foils = _negative(case, claim, cell)
    if isinstance(foils, str) or not found:
        words = foils if isinstance(foils, str) else "no areal capacity of the positive electrode"
        return Verdict(NAME, "cannot tell", (claim.claim,), claim.number, None, None, "1", f"{claim.subject}: {words}.")
    holds = brings_lithium(case, cell)
    return settle(NAME, claim, [_attempt(claim, foil, found, holds, apart) for foil in foils], "1")


def _negative(case: Case, claim: Entry, cell: FullCell) -> tuple[_Foil, ...] | str:
    """Readings of the foil's areal capacity, or words for what is missing."""
    subject = f"electrodes.{cell.negative}"
    thickness = condition(case, claim, "thickness")
    if thickness is None:
        inputs = [e for s in (claim.subject, subject) for e in case.ledger.find(s, "thickness", "stated")]
        thickness = next((e for e in inputs if not e.claim), None)
    if thickness is None:
        return f"no thickness of {cell.negative} is given"
    um = as_uncertain(thickness)
    claims = partners(case, claim, "volumetric_capacity", subject)
    if claims:
        return tuple(
            _Foil(
                areal_capacity_mAh_cm2(as_uncertain(c), um),
                pushed(c.bound, thickness.bound),
                f"{thickness.number:g} um of {c.number:g} mAh/cm3",
                (c,),
            )
            for c in claims
        )
    derived = [e for e in case.ledger.find(subject, "volumetric_capacity", "derived") if e.number is not None]
    if not derived:
        return f"the composition of {cell.negative} is not known"
    volumetric = uncertain(derived[0].number or 0.0, derived[0].std, "recipe")
    dense = not case.ledger.find(subject, "porosity", "stated")
    words = f"{thickness.number:g} um by the recipe" + (" without pores" if dense else "")
    bound = pushed("<" if dense else "=", thickness.bound)
    return (_Foil(areal_capacity_mAh_cm2(volumetric, um), bound, words),)


def _attempt(claim: Entry, foil: _Foil, found: list[Reading], holds_lithium: bool, apart: bool) -> Attempt:
    """Claim against every reading of the positive electrode, for one reading of the foil."""
    stated = as_uncertain(claim)
    plain = [compare(stated, np_ratio(foil.number, r.number), claim.bound, foil.bound) for r in found]
    more = [compare(stated, np_ratio(foil.number, r.number) + 1, claim.bound, foil.bound) for r in found]
    words = "; ".join(f"over {r.words}: {split(o.computed)[0]:.3g}" for r, o in zip(found, plain, strict=True))
    text = f"{foil.words}, {words}. Fresh foil over positive electrode, its lithium not counted."
    best = _first(plain)
    outcomes = plain
    if best.word != "agrees" and holds_lithium and any(o.word == "agrees" for o in more):
        outcomes = [m if m.word == "agrees" else p for p, m in zip(plain, more, strict=True)]
        best = _first(outcomes)
        fits = found[outcomes.index(best)].words
        text += f" Counting the lithium of the positive electrode (one more) it fits over {fits}."
    if apart and len({o.word for o in outcomes}) > 1:
        text += " The study gives its positive electrode two capacities that exclude each other."
        best = Comparison("cannot tell", best.stated, best.computed, best.tolerance, best.std)
    return Attempt(foil.claims, best, text)


def _first(outcomes: list[Comparison]) -> Comparison:
    """First comparison that agrees, else the first that cannot be told, else the first."""
    order = ("agrees", "cannot tell", "disagrees")
    return min(outcomes, key=lambda o: order.index(o.word))


PLUGIN = Relation(
    NAME, check, ("np_ratio", "volumetric_capacity", "areal_capacity", "mass_loading"), ("definition in use",)
)
