"""A number stated for a test must be what the analysis of its raw file gives."""

from __future__ import annotations

from collections.abc import Iterator

from limetal.claims.base import Case, Relation, Verdict
from limetal.claims.compare import Comparison, as_uncertain, compare, verdict
from limetal.design.uncertain import uncertain
from limetal.ledger import Entry
from limetal.quantities import QUANTITIES

NAME = "stated and measured"
#: Conditions given as numbers are the same within this part of each other.
SAME = 0.02
SAME_K = 1.0
#: Conditions that say when in a test: only the measured number itself can carry them.
MOMENTS = frozenset(("cycle", "duration"))
_HYSTERESIS = ("hysteresis_end", "hysteresis_mean", "hysteresis_plateau", "hysteresis_full_gap")


def check(case: Case) -> Iterator[Verdict]:
    r"""Compare claims about a test with measured numbers of the same test, quantity and conditions.

    A hysteresis whose definition is not stated is compared with all four definitions, and the one that fits is
    named. A condition of the claim must be carried by the measured number, or stated for the test or its cell: a
    claim at cycle 500 says nothing of the median of six cycles. If the claim names no condition and the test
    measured several (a rate ladder), it cannot be told which is meant. Simulated records are left out: their
    parameters are assumptions.

    References
    ----------
    The analysis that made each number; see its entry in the ledger.
    """
    for claim in case.ledger:
        if not claim.claim or not claim.subject.startswith("tests.") or claim.number is None:
            continue
        names = _HYSTERESIS if claim.quantity == "hysteresis" else (claim.quantity,)
        measured = [e for n in names for e in case.ledger.find(claim.subject, n, "measured") if e.number is not None]
        if measured:
            yield _verdict(case, claim, measured)


def _verdict(case: Case, claim: Entry, measured: list[Entry]) -> Verdict:
    wanted = {name: value for name, value in claim.at if isinstance(value, float)}
    missing: list[str] = []
    found = []
    for entry in measured:
        lacking = _lacking(case, claim, wanted, entry)
        missing += lacking
        if not lacking and ("cycle" in wanted or "cycle" not in dict(entry.at)):
            found.append(entry)
    if not found:
        why = f"{measured[0].source} gives no number for it: {'; '.join(dict.fromkeys(missing)) or 'other cycles'}."
        return Verdict(NAME, "cannot tell", (claim.claim,), claim.number, None, None, claim.unit, why)
    outcomes = [(e, _compared(claim, e)) for e in found]
    levels = dict.fromkeys(_level(e, wanted) for e in found)
    if len(levels) > 1:
        return _several_levels(claim, outcomes, list(levels), wanted)
    entry, outcome = next(((e, o) for e, o in outcomes if o.word == "agrees"), outcomes[0])
    values = ", ".join(f"{e.quantity.replace('_', ' ')} {e.number:.4g} ({e.note})" for e in found)
    text = f"{entry.source} gives {values}."
    if claim.quantity == "hysteresis" and outcome.word == "agrees":
        text += f" It fits as {entry.quantity.replace('_', ' ')}."
    return verdict(NAME, (claim,), outcome, claim.unit, text)


def _compared(claim: Entry, entry: Entry) -> Comparison:
    return compare(as_uncertain(claim), uncertain(entry.number or 0.0, entry.std, "measured"), claim.bound)


def _lacking(case: Case, claim: Entry, wanted: dict[str, float], entry: Entry) -> list[str]:
    """Say which conditions of a claim neither the measured number nor the study of the test fulfils."""
    carried = {name: value for name, value in entry.at if isinstance(value, float)}
    lacking = []
    for name, value in wanted.items():
        words = name.replace("_", " ")
        unit = "" if QUANTITIES[name].unit == "1" else QUANTITIES[name].unit
        others = [carried[name]] if name in carried else _stated(case, claim.subject, name)
        if not others:
            lacking.append(f"the {words} of the test is not known, the claim is at {value:g} {unit}".rstrip())
        elif not any(
            abs(value - other) <= (SAME_K if name == "temperature" else SAME * abs(value)) for other in others
        ):
            lacking.append(f"the claim is at {words} {value:g}, the test at {others[0]:g} {unit}".rstrip())
    return lacking


def _stated(case: Case, subject: str, name: str) -> list[float]:
    """Values the study or the analyses give for a condition of a test or its cell, claims left out."""
    if name in MOMENTS:
        return []
    test = case.study.model.tests.get(subject.removeprefix("tests."))
    subjects = [subject, *([f"cells.{test.cell}"] if test is not None else [])]
    entries = [e for s in subjects for e in case.ledger.find(s, name) if e.origin in {"stated", "measured"}]
    return [e.number for e in entries if not e.claim and e.number is not None and not e.at]


def _level(entry: Entry, wanted: dict[str, float]) -> tuple[tuple[str, float | str], ...]:
    """Conditions of a measured number that the claim does not name."""
    return tuple((name, value) for name, value in entry.at if name not in wanted)


def _several_levels(
    claim: Entry,
    outcomes: list[tuple[Entry, Comparison]],
    levels: list[tuple[tuple[str, float | str], ...]],
    wanted: dict[str, float],
) -> Verdict:
    said = []
    for level in levels:
        here = [(e, o) for e, o in outcomes if _level(e, wanted) == level]
        fits = [e.quantity.replace("_", " ") for e, o in here if o.word == "agrees"]
        name = ", ".join(
            f"{key.replace('_', ' ')} {value:g} {QUANTITIES[key].unit}" if isinstance(value, float) else f"{value}"
            for key, value in level
        )
        numbers = ", ".join(f"{e.number:.4g}" for e, _ in here)
        said.append(f"at {name or 'no condition'}: {numbers} ({'fits as ' + ', '.join(fits) if fits else 'no fit'})")
    why = (
        f"{claim.claim} names no condition, and {outcomes[0][0].source} measured {len(levels)}; "
        + "; ".join(said)
        + "."
    )
    return Verdict(NAME, "cannot tell", (claim.claim,), claim.number, None, None, claim.unit, why)


PLUGIN = Relation(NAME, check, ("hysteresis", *_HYSTERESIS), ("the analysis named in the ledger",))
