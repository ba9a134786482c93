"""A lattice spacing and its diffraction angle must obey Bragg's law."""

from __future__ import annotations

from collections.abc import Iterator

from uncertainties import wrap

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import as_uncertain, compare, condition_entry, verdict
from limetal.design.uncertain import split
from limetal.physics.diffraction import bragg_d_angstrom, bragg_two_theta_deg

NAME = "Bragg: spacing and angle"
#: Cu K-alpha1 and the weighted mean of both lines, when nobody said the wavelength.
CU_ANGSTROM = (1.5406, 1.5418)
STRAIGHT_BACK_DEG = 180.0

_d = wrap(bragg_d_angstrom)


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare ``d = lambda / (2 sin theta)`` with a spacing stated beside an angle (first order).

    Without a stated wavelength Cu K-alpha is assumed, once as K-alpha1 and once as the weighted mean.

    References
    ----------
    W. H. Bragg & W. L. Bragg, Proc. R. Soc. Lond. A 88 (1913) 428, doi:10.1098/rspa.1913.0040.
    """
    conditions = {c.id: c.at for c in case.study.model.claims}
    for claim in case.claims("d_spacing"):
        at = conditions[claim.claim]
        if "two_theta" not in at or claim.number is None:
            continue
        angle = condition_entry(claim.subject, "two_theta", at["two_theta"])
        if angle.number is None or not 0 < angle.number <= STRAIGHT_BACK_DEG:
            why = f"{angle.number:g} deg is no diffraction angle."
            yield Verdict(NAME, "cannot tell", (claim.claim,), claim.number, None, None, "angstrom", why)
            continue
        stated_wavelength = dict(claim.at).get("wavelength")
        wavelengths = (stated_wavelength,) if isinstance(stated_wavelength, float) else CU_ANGSTROM
        outcomes = [compare(as_uncertain(claim), _d(as_uncertain(angle), w), claim.bound) for w in wavelengths]
        outcome = next((o for o in outcomes if o.word == "agrees"), outcomes[0])
        how = "stated" if isinstance(stated_wavelength, float) else "assumed, Cu K-alpha"
        text = (
            f"{angle.number:g} deg is {split(outcome.computed)[0]:.3f} angstrom "
            f"(wavelength {wavelengths[outcomes.index(outcome)]:g}, {how}); {_where(claim.number, wavelengths[0])}."
        )
        yield verdict(NAME, (claim,), outcome, "angstrom", text)


def _where(d_angstrom: float, wavelength_angstrom: float) -> str:
    """Words for the angle a spacing would have; below half the wavelength it has none."""
    if d_angstrom < wavelength_angstrom / 2:
        return f"{d_angstrom:g} angstrom is below half the wavelength and reflects nowhere"
    return f"{d_angstrom:g} angstrom would be at {bragg_two_theta_deg(d_angstrom, wavelength_angstrom):.2f} deg"


PLUGIN = Relation(NAME, check, ("d_spacing",), ("doi:10.1098/rspa.1913.0040",))
