"""Mass fractions of phases must follow from the weighed recipe by the stoichiometry of its reactions."""

from __future__ import annotations

from collections.abc import Iterator

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import as_uncertain, or_with_integer_masses, verdict
from limetal.design import compose
from limetal.study.models import LithiumElectrode

NAME = "composition by reaction"


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare stated mass fractions with ``w = n M / sum(n_i M_i)`` after complete reaction.

    Molar masses are the standard atomic weights of IUPAC (2021); where a number only fits masses rounded to
    integers it is explained by that. Sums of phases are written ``electrodes.X.Li3N+CNT``.

    References
    ----------
    T. Prohaska et al., Pure Appl. Chem. 94 (2022) 573, doi:10.1515/pac-2019-0603 (standard atomic weights).
    """
    for claim in case.claims("mass_fraction"):
        room, _, rest = claim.subject.partition(".")
        name, _, phase = rest.partition(".")
        electrode = case.study.model.electrodes.get(name)
        if room != "electrodes" or not isinstance(electrode, LithiumElectrode) or not phase:
            continue
        composition = compose(electrode.recipe, library=case.library)
        computed = composition.mass_percent(phase)
        if computed is None:
            why = (
                f"amounts of {', '.join(composition.unknown)} are not known"
                if composition.unknown
                else f"the reactions of the library give no {phase}"
            )
            yield Verdict(
                NAME, "cannot tell", (claim.claim,), claim.number, None, None, "%", f"{claim.subject}: {why}."
            )
            continue
        integer = compose(electrode.recipe, library=case.library, integer_masses=True).mass_percent(phase) or 0.0
        outcome, words = or_with_integer_masses(as_uncertain(claim), computed, integer, claim.bound, capacity=False)
        reactions = "; ".join(r.equation for r in composition.reactions) or "no reaction"
        text = f"The recipe of {name} gives {computed:.2f} wt% {phase} ({reactions}).{words}"
        yield verdict(NAME, (claim,), outcome, "%", text)


PLUGIN = Relation(NAME, check, ("mass_fraction",), ("doi:10.1515/pac-2019-0603",))
