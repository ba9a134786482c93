"""A number stated for an electrode must be what its own recipe and inputs give."""

from __future__ import annotations

from collections.abc import Iterator

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import (
    Comparison,
    as_uncertain,
    at_most,
    compare,
    flipped,
    or_with_integer_masses,
    verdict,
    written_entry,
)
from limetal.claims.partners import Attempt, condition, partners, settle
from limetal.claims.positive import electrode_readings, readings
from limetal.design import Composition, compose
from limetal.design.electrode import DEFAULT_CUTOFF_V
from limetal.design.uncertain import split, uncertain
from limetal.ledger import Entry
from limetal.study.models import FullCell, LithiumElectrode, PositiveElectrode

NAME = "stated and derived"
LITHIUM = ("free_lithium_capacity", "strippable_capacity", "total_lithium_capacity")
OF_FOIL = ("density", "pore_free_density", "porosity")
FRACTIONS = ("volume_fraction", "mole_fraction")
#: Conditions under which an electrode is still the one that was made.
FRESH = frozenset(("temperature", "thickness", "pressure"))


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare densities, lithium contents, porosities, fractions and positive capacities with derived ones.

    Lithium per mass follows from stoichiometry (strippable lithium at the cut-off of the claim, else of the
    electrode, else 1 V). An apparent density is at most the pore-free one, and exactly ``(1 - p)`` of it where the
    study states a porosity ``p``; a claimed porosity is compared with that of the study, else with
    ``1 - rho / rho_0`` of a claimed density. Areal capacities of positive electrodes are compared with loading
    times capacity. A claim of a cycled or stripped electrode cannot be told from the recipe.

    References
    ----------
    Conservation of mass and volume; Faraday's law with CODATA 2018, doi:10.1103/RevModPhys.93.025010.
    """
    for claim in (c for q in (*LITHIUM, *OF_FOIL, *FRACTIONS) for c in case.claims(q)):
        other = _other_state(claim)
        if other:
            why = f"{claim.claim} is of the electrode at {', '.join(other)}; the recipe gives the fresh one."
            yield Verdict(NAME, "cannot tell", (claim.claim,), claim.number, None, None, claim.unit, why)
            continue
        if claim.quantity in FRACTIONS:
            yield from _fraction(case, claim)
            continue
        electrode = case.study.model.electrodes.get(claim.subject.removeprefix("electrodes."))
        if isinstance(electrode, LithiumElectrode):
            yield from _of_recipe(case, claim, electrode)
    for claim in case.claims("areal_capacity"):
        yield from _positive(case, claim)


def _other_state(claim: Entry) -> list[str]:
    """Conditions of a claim that make it one of a cycled or stripped electrode."""
    usual = FRESH | {"cutoff_voltage"} if claim.quantity in LITHIUM else FRESH
    return [f"{n.replace('_', ' ')} {v:g}" for n, v in claim.at if isinstance(v, float) and n not in usual]


def _of_recipe(case: Case, claim: Entry, electrode: LithiumElectrode) -> Iterator[Verdict]:
    at = condition(case, claim, "cutoff_voltage")
    cutoff_V = electrode.cutoff.value if electrode.cutoff else DEFAULT_CUTOFF_V
    if at is not None and at.number is not None:
        cutoff_V = at.number
    found = compose(electrode.recipe, cutoff_V=cutoff_V, library=case.library)
    if found.unknown or found.pore_free_density_g_cm3 is None:
        why = f"{claim.subject}: amounts of {', '.join(found.unknown)} are not known."
        yield Verdict(NAME, "cannot tell", (claim.claim,), claim.number, None, None, claim.unit, why)
    elif claim.quantity in LITHIUM:
        integer = compose(electrode.recipe, cutoff_V=cutoff_V, library=case.library, integer_masses=True)
        yield _lithium(claim, found, integer)
    elif claim.quantity == "porosity":
        yield from _porosity(case, claim, electrode, found)
    else:
        yield _density(claim, electrode, found)


def _lithium(claim: Entry, found: Composition, integer: Composition) -> Verdict:
    index = LITHIUM.index(claim.quantity)
    standard, integral = (
        (c.free_lithium_mAh_g, c.strippable_mAh_g, c.total_lithium_mAh_g)[index] or 0.0 for c in (found, integer)
    )
    outcome, masses = or_with_integer_masses(as_uncertain(claim), standard, integral, claim.bound)
    words = ("free lithium", f"strippable lithium (to {found.cutoff_V:g} V)", "total lithium")[index]
    text = f"The {words} of the recipe is {standard:.0f} mAh/g; stated {claim.number:g}.{masses}"
    return verdict(NAME, (claim,), outcome, "mAh/g", text)


def _density(claim: Entry, electrode: LithiumElectrode, found: Composition) -> Verdict:
    dense = found.pore_free_density_g_cm3
    text = f"The phases of the recipe without pores have {split(dense)[0]:.3f} g/cm3; stated {claim.number:g}."
    outcome: Comparison
    if claim.quantity == "pore_free_density":
        outcome = compare(as_uncertain(claim), dense, claim.bound)
    elif electrode.porosity is None:
        outcome = at_most(as_uncertain(claim), dense, claim.bound, own_bound=True)
        if outcome.word == "agrees" and claim.bound in {"=", "~"}:
            porosity = max(100 * (1 - (claim.number or 0.0) / split(dense)[0]), 0.0)
            text += f" The difference is a porosity of {porosity:.0f} %."
    else:
        pores = as_uncertain(written_entry(claim.subject, "porosity", electrode.porosity))
        outcome = compare(as_uncertain(claim), dense * (1 - pores / 100), claim.bound)
        text += f" With the stated porosity of {electrode.porosity.text} it is {outcome.computed:.3f}."
    return verdict(NAME, (claim,), outcome, "g/cm3", text)


def _porosity(case: Case, claim: Entry, electrode: LithiumElectrode, found: Composition) -> Iterator[Verdict]:
    if electrode.porosity is not None:
        stated = as_uncertain(written_entry(claim.subject, "porosity", electrode.porosity))
        text = f"The study gives the electrode a porosity of {electrode.porosity.text}; stated {claim.number:g} %."
        yield verdict(NAME, (claim,), compare(as_uncertain(claim), stated, claim.bound), "%", text)
        return
    attempts = []
    for density in partners(case, claim, "density", claim.subject):
        computed = 100 * (1 - as_uncertain(density) / found.pore_free_density_g_cm3)
        outcome = compare(as_uncertain(claim), computed, claim.bound, flipped(density.bound))
        text = f"{density.number:g} g/cm3 is a porosity of {split(computed)[0]:.0f} %; stated {claim.number:g} %."
        attempts.append(Attempt((density,), outcome, text))
    if attempts:
        yield settle(NAME, claim, attempts, "%")


def _fraction(case: Case, claim: Entry) -> Iterator[Verdict]:
    derived = [e for e in case.ledger.find(claim.subject, claim.quantity, "derived") if e.number is not None]
    if not derived:
        return
    computed = uncertain(derived[0].number or 0.0, derived[0].std, "derived")
    outcome = compare(as_uncertain(claim), computed, claim.bound)
    text = f"{derived[0].source} gives {derived[0].number:.4g} %; stated {claim.number:g}."
    yield verdict(NAME, (claim,), outcome, "%", text)


def _positive(case: Case, claim: Entry) -> Iterator[Verdict]:
    """Compare the areal capacity of a positive electrode with loading times capacity."""
    room, _, rest = claim.subject.partition(".")
    name, _, side = rest.partition(".")
    if room == "electrodes":
        electrode = case.study.model.electrodes.get(name)
        found = electrode_readings(electrode, name) if isinstance(electrode, PositiveElectrode) else []
    else:
        cell = case.study.model.cells.get(name)
        said = side or str(dict(claim.at).get("definition", ""))
        positive = isinstance(cell, FullCell) and "positive" in said.lower()
        found = readings(case, cell, name) if isinstance(cell, FullCell) and positive else []
    found = [r for r in found if r.derived]
    if not found:
        return
    outcomes = [compare(as_uncertain(claim), r.number, claim.bound) for r in found]
    order = ("agrees", "cannot tell", "disagrees")
    index = min(range(len(found)), key=lambda k: order.index(outcomes[k].word))
    outcome = outcomes[index]
    text = "; ".join(f"{r.words} is {split(r.number)[0]:.3g} mAh/cm2" for r in found) + f"; stated {claim.number:g}."
    if outcome.word == "disagrees" and all(r.nominal for r in found):
        text += " The capacity per mass is only nominal, so nothing is contradicted."
        names = (claim.claim,)
        yield Verdict(NAME, "cannot tell", names, claim.number, outcome.computed, outcome.std, "mAh/cm2", text)
        return
    yield verdict(NAME, (claim,), outcome, "mAh/cm2", text)


PLUGIN = Relation(
    NAME,
    check,
    (*LITHIUM, *OF_FOIL, *FRACTIONS, "areal_capacity"),
    ("doi:10.1103/RevModPhys.93.025010", "conservation of mass and volume"),
)
