"""Gravimetric and volumetric capacity of one foil imply its density; it cannot exceed that of its phases."""

from __future__ import annotations

from collections.abc import Iterator

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import as_uncertain, compare, verdict
from limetal.design import compose
from limetal.design.uncertain import split
from limetal.ledger import Entry
from limetal.physics.capacity import density_from_capacities_g_cm3
from limetal.study.models import LithiumElectrode

NAME = "density closure"


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare ``rho = q_v / q_m`` with the pore-free density ``1 / sum(w_i / rho_i)`` of the recipe.

    Pores only lower the density, so a foil may be lighter than pore-free (the difference is its porosity) but
    never heavier. Densities of phases and their spread are in the ledger.

    References
    ----------
    Conservation of mass and volume; X-ray densities of the phases from their unit cells (materials room).
    """
    for volumetric in case.claims("volumetric_capacity"):
        name = volumetric.subject.removeprefix("electrodes.")
        electrode = case.study.model.electrodes.get(name)
        gravimetric = [c for c in case.claims("specific_capacity", volumetric.subject) if _same_cutoff(c, volumetric)]
        if not isinstance(electrode, LithiumElectrode) or not gravimetric:
            continue
        composition = compose(electrode.recipe, library=case.library)
        for mass in gravimetric:
            claims = (mass, volumetric)
            implied = density_from_capacities_g_cm3(as_uncertain(volumetric), as_uncertain(mass))
            if composition.pore_free_density_g_cm3 is None:
                why = f"{volumetric.subject}: amounts of {', '.join(composition.unknown)} are not known."
                ids = tuple(c.claim for c in claims)
                yield Verdict(NAME, "cannot tell", ids, split(implied)[0], None, None, "g/cm3", why)
                continue
            yield _verdict(claims, implied, composition.pore_free_density_g_cm3, name)


def _same_cutoff(a: Entry, b: Entry) -> bool:
    return dict(a.at).get("cutoff_voltage") == dict(b.at).get("cutoff_voltage")


def _verdict(claims: tuple[Entry, Entry], implied: object, dense: object, name: str) -> Verdict:
    rho, rho_dense = split(implied)[0], split(dense)[0]
    mass, volumetric = claims
    outcome = compare(implied, dense, ">")  # the pore-free density may be larger: then there are pores
    text = (
        f"{volumetric.number:g} mAh/cm3 over {mass.number:g} mAh/g is {rho:.3f} g/cm3; the phases of {name} without "
        f"pores have {rho_dense:.3f}."
    )
    if outcome.word == "disagrees":
        ceiling = (mass.number or 0.0) * rho_dense
        text += f" The foil would be denser than its phases: with {mass.number:g} mAh/g at most {ceiling:.0f} mAh/cm3."
    else:
        text += f" The difference is a porosity of {100 * (1 - rho / rho_dense):.0f} %."
    return verdict(NAME, claims, outcome, "g/cm3", text)


PLUGIN = Relation(NAME, check, ("volumetric_capacity", "specific_capacity"), ("conservation of mass and volume",))
