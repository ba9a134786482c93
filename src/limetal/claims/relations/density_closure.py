"""Gravimetric and volumetric capacity of one foil imply its density; it cannot exceed that of its phases."""

from __future__ import annotations

from collections.abc import Iterator

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import as_uncertain, at_most, compare, flipped, pushed, written_entry
from limetal.claims.partners import Attempt, partners, settle
from limetal.design import compose
from limetal.design.uncertain import Uncertain, split
from limetal.ledger import Entry
from limetal.physics.capacity import density_from_capacities_g_cm3
from limetal.study.models import LithiumElectrode

NAME = "density closure"


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare ``rho = q_v / q_m`` with the pore-free density ``1 / sum(w_i / rho_i)`` of the recipe.

    Pores only lower the density, so a foil may be lighter than pore-free (the difference is its porosity) but
    never heavier. If the study states a porosity ``p``, the density must be ``(1 - p)`` of pore-free. Densities of
    phases and their spread are in the ledger. The two capacities must not name different conditions; it is enough
    that one names its cut-off.

    References
    ----------
    Conservation of mass and volume; X-ray densities of the phases from their unit cells (materials room).
    """
    for volumetric in case.claims("volumetric_capacity"):
        name = volumetric.subject.removeprefix("electrodes.")
        electrode = case.study.model.electrodes.get(name)
        gravimetric = [m for m in partners(case, volumetric, "specific_capacity", volumetric.subject) if m.number]
        if not isinstance(electrode, LithiumElectrode) or not gravimetric:
            continue
        composition = compose(electrode.recipe, library=case.library)
        if composition.pore_free_density_g_cm3 is None:
            why = f"{volumetric.subject}: amounts of {', '.join(composition.unknown)} are not known."
            implied = density_from_capacities_g_cm3(volumetric.number or 0.0, gravimetric[0].number or 1.0)
            ids = (*(g.claim for g in gravimetric), volumetric.claim)
            yield Verdict(NAME, "cannot tell", ids, implied, None, None, "g/cm3", why)
            continue
        attempts = [_attempt(m, volumetric, electrode, composition.pore_free_density_g_cm3, name) for m in gravimetric]
        yield settle(NAME, volumetric, attempts, "g/cm3")


def _attempt(mass: Entry, volumetric: Entry, electrode: LithiumElectrode, pore_free: Uncertain, name: str) -> Attempt:
    implied = density_from_capacities_g_cm3(as_uncertain(volumetric), as_uncertain(mass))
    bound = pushed(volumetric.bound, flipped(mass.bound))
    rho, rho_free = split(implied)[0], split(pore_free)[0]
    text = (
        f"{volumetric.number:g} mAh/cm3 over {mass.number:g} mAh/g is {rho:.3f} g/cm3; the phases of {name} without "
        f"pores have {rho_free:.3f}."
    )
    dense = pore_free
    if electrode.porosity is None:
        outcome = at_most(implied, dense, bound)
    else:
        porosity = written_entry(f"electrodes.{name}", "porosity", electrode.porosity)
        dense = pore_free * (1 - as_uncertain(porosity) / 100)
        outcome = compare(implied, dense, computed_bound=flipped(bound))
        text += f" With the stated porosity of {electrode.porosity.text} that is {split(dense)[0]:.3f}."
    if outcome.word == "disagrees" and rho > split(dense)[0]:
        ceiling = (mass.number or 0.0) * split(dense)[0]
        pores = " with those pores" if electrode.porosity else ""
        text += f" The foil would be denser than its phases{pores}: with {mass.number:g} mAh/g at most {ceiling:.0f}"
        text += " mAh/cm3."
    elif rho < rho_free and bound == "=":
        text += f" The difference is a porosity of {max(100 * (1 - rho / rho_free), 0):.0f} %."
    elif outcome.word == "agrees":
        text += " They are the same within the digits: no pores."
    return Attempt((mass,), outcome, text)


PLUGIN = Relation(NAME, check, ("volumetric_capacity", "specific_capacity"), ("conservation of mass and volume",))
