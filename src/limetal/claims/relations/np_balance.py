"""N/P must follow from the foil's thickness and capacity and the areal capacity of the positive electrode."""

from __future__ import annotations

from collections.abc import Iterator

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import Comparison, as_uncertain, compare, verdict
from limetal.design.uncertain import Uncertain, split, uncertain
from limetal.ledger import Entry
from limetal.physics.capacity import areal_capacity_mAh_cm2, np_ratio, positive_areal_capacity_mAh_cm2
from limetal.study.models import FullCell, PositiveElectrode

NAME = "N/P balance"


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare ``N/P = q_v d / q_positive`` with a stated N/P, in every reading the study allows.

    Readings: the positive capacity as stated for the cell, or loading times the nominal capacity. The negative
    is counted from stated volumetric capacity where there is one, else from the recipe. The lithium that comes
    with the positive electrode is not counted; a paper that counts it prints one more, which is tried last.

    References
    ----------
    Definition in use; the convention must be said (fresh foil over positive, per face).
    """
    for claim in case.claims("np_ratio"):
        name = claim.subject.removeprefix("cells.")
        cell = case.study.model.cells.get(name)
        if not isinstance(cell, FullCell):
            continue
        negative, from_words, used = _negative(case, name, cell)
        readings = _positive(case, cell) if negative is not None else []
        if negative is None or not readings:
            why = (
                f"{claim.subject}: {from_words if negative is None else 'no areal capacity of the positive electrode'}."
            )
            yield Verdict(NAME, "cannot tell", (claim.claim,), claim.number, None, None, "1", why)
            continue
        outcomes = [
            (words, compare(as_uncertain(claim), np_ratio(negative, positive), claim.bound))
            for words, positive in readings
        ]
        yield _verdict(claim, used, from_words, outcomes)


def _negative(case: Case, name: str, cell: FullCell) -> tuple[Uncertain | None, str, tuple[Entry, ...]]:
    """Areal capacity of the foil, words for it, and the claims it rests on."""
    subject = f"electrodes.{cell.negative}"
    thickness = [e for e in case.ledger.find(f"cells.{name}", "thickness", "stated") if not e.claim]
    thickness = thickness or [e for e in case.ledger.find(subject, "thickness", "stated") if not e.claim]
    if not thickness:
        return None, f"no thickness of {cell.negative} is given", ()
    claims = case.claims("volumetric_capacity", subject)
    if claims:
        number = areal_capacity_mAh_cm2(as_uncertain(claims[0]), as_uncertain(thickness[0]))
        return number, f"{thickness[0].number:g} um of {claims[0].number:g} mAh/cm3", (claims[0],)
    derived = case.ledger.find(subject, "volumetric_capacity", "derived")
    if derived and derived[0].number is not None:
        volumetric = uncertain(derived[0].number, derived[0].std, "recipe")
        return (
            areal_capacity_mAh_cm2(volumetric, as_uncertain(thickness[0])),
            f"{thickness[0].number:g} um by the recipe",
            (),
        )
    return None, f"the composition of {cell.negative} is not known", ()


def _positive(case: Case, cell: FullCell) -> list[tuple[str, Uncertain]]:
    electrode = case.study.model.electrodes.get(cell.positive)
    readings: list[tuple[str, Uncertain]] = []
    if cell.areal_capacity is not None:
        w = cell.areal_capacity
        entry = Entry("cell", "areal_capacity", w.value, w.std, "stated", "study", rounding=w.rounding)
        readings.append((f"{w.text} {cell.areal_capacity_is}", as_uncertain(entry)))
    if isinstance(electrode, PositiveElectrode) and electrode.areal_capacity is not None:
        w = electrode.areal_capacity
        entry = Entry("electrode", "areal_capacity", w.value, w.std, "stated", "study", rounding=w.rounding)
        readings.append((f"{w.text} of {cell.positive}", as_uncertain(entry)))
    if isinstance(electrode, PositiveElectrode) and electrode.loading is not None:
        nominal = electrode.specific_capacity.value if electrode.specific_capacity else cell.one_C and cell.one_C.value
        if nominal:
            w = electrode.loading
            entry = Entry("electrode", "mass_loading", w.value, w.std, "stated", "study", rounding=w.rounding)
            number = positive_areal_capacity_mAh_cm2(as_uncertain(entry), nominal)
            readings.append((f"{w.text} x {nominal:g} mAh/g", number))
    return readings


def _verdict(claim: Entry, used: tuple[Entry, ...], foil: str, outcomes: list[tuple[str, Comparison]]) -> Verdict:
    best = next((o for _, o in outcomes if o.word == "agrees"), outcomes[0][1])
    found = "; ".join(f"over {words}: {outcome.computed:.3g}" for words, outcome in outcomes)
    text = f"{foil}, {found}. Fresh foil over positive electrode, its lithium not counted."
    if best.word != "agrees":
        for words, outcome in outcomes:
            with_cathode = compare(claim.number, split(outcome.computed + 1)[0])
            if abs((claim.number or 0) - with_cathode.computed) <= outcome.tolerance:
                text += f" Counting the lithium of the positive electrode (one more) it fits over {words}."
                return Verdict(
                    NAME, "agrees", (claim.claim, *(u.claim for u in used)), claim.number, with_cathode.computed,
                    outcome.std, "1", text,
                )  # fmt: skip
    return verdict(NAME, (claim, *used), best, "1", text)


PLUGIN = Relation(NAME, check, ("np_ratio", "volumetric_capacity"), ("definition in use",))
