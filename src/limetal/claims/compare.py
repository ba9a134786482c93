"""Whether two numbers agree within their stated uncertainties and the rounding of their printed digits.

Rounding is a hard bound, so the bounds of several rounded numbers add up; standard uncertainties add in squares
and count twice (95 %). Both are carried through formulas by `uncertainties`, correlations included.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from uncertainties import UFloat, ufloat

from limetal.claims.base import Verdict, VerdictWord
from limetal.design.uncertain import Uncertain, split, uncertain
from limetal.ledger import Entry
from limetal.quantities import QUANTITIES
from limetal.units import read_written

__all__ = ["COVERAGE", "Comparison", "as_uncertain", "compare", "condition_entry", "or_with_integer_masses", "verdict"]

#: Standard uncertainties count this often: 95 % of a normal distribution.
COVERAGE = 2.0
_ROUNDING = "rounding"


@dataclass(frozen=True)
class Comparison:
    """Outcome of a comparison in numbers.

    ``tolerance`` is what the difference may be, ``std`` the standard uncertainty of the difference with rounding
    taken as a uniform distribution; ``only_loosely`` is true when the two agree only if zeros at the end of a
    whole number are fill.
    """

    word: VerdictWord
    stated: float
    computed: float
    tolerance: float
    std: float | None
    only_loosely: bool = False


def as_uncertain(entry: Entry) -> Uncertain:
    """Return the number of an entry with its rounding and its standard uncertainty as separate variables.

    A number printed with *about* is taken as rounded to a whole unit of its last digit.
    """
    value = entry.number
    if value is None:
        raise ValueError(f"{entry.subject} {entry.quantity} is not a number")
    number: Uncertain = value
    half = entry.rounding * (2 if entry.bound == "~" else 1)
    if half > 0:
        # zeros beside a printed uncertainty are significant
        loose = 1.0 if entry.std else max(entry.loose_rounding / entry.rounding, 1.0)
        number = ufloat(value, half, f"{_ROUNDING}*{loose:g}")
    if entry.std:
        number = number + uncertain(0.0, entry.std, "std")
    return number


def condition_entry(subject: str, quantity: str, text: str) -> Entry:
    """Entry of a condition of a claim, so that its printed digits count like those of the claim."""
    w = read_written(text, QUANTITIES[quantity].unit)
    return Entry(
        subject,
        quantity,
        w.value,
        w.std,
        "stated",
        "condition of a claim",
        rounding=w.rounding,
        loose_rounding=w.loose_rounding,
        bound=w.bound,
    )


def compare(stated: Uncertain, computed: Uncertain, bound: str = "=") -> Comparison:
    """Compare a stated with a computed number.

    Parameters
    ----------
    stated, computed
        Floats or numbers with uncertainty; variables made by `as_uncertain` are treated as rounding.
    bound
        ``=`` or ``~``: must be equal; ``<``: the computed number may be smaller; ``>``: larger.

    Examples
    --------
    >>> compare(ufloat(1.9, 0.05, "rounding*1"), 1.915).word
    'agrees'
    >>> compare(8.0, 16.0).word
    'disagrees'
    >>> compare(62.0, 30.0, bound="<").word
    'agrees'
    """
    difference = computed - stated
    tight, loose, variance = _parts(difference)
    spread = COVERAGE * math.sqrt(variance)
    off = split(difference)[0]
    if (bound == "<" and off < 0) or (bound == ">" and off > 0):
        off = 0.0
    allowance = 1e-9 * max(abs(split(stated)[0]), abs(split(computed)[0]))
    std = math.sqrt(variance + tight**2 / 3) or None
    word: VerdictWord = "agrees" if abs(off) <= tight + spread + allowance else "disagrees"
    only_loosely = word == "disagrees" and abs(off) <= loose + spread + allowance
    if only_loosely:
        word = "cannot tell"
    return Comparison(word, split(stated)[0], split(computed)[0], tight + spread, std, only_loosely)


def _parts(number: Uncertain) -> tuple[float, float, float]:
    """Sum of the rounding bounds, the same with fill zeros, and the variance of everything else."""
    if not isinstance(number, UFloat):
        return 0.0, 0.0, 0.0
    tight = loose = variance = 0.0
    for variable, part in number.error_components().items():
        tag = variable.tag or ""
        if tag.startswith(_ROUNDING):
            tight += abs(part)
            loose += abs(part) * float(tag.partition("*")[2] or 1)
        else:
            variance += part**2
    return tight, loose, variance


def verdict(relation: str, claims: tuple[Entry, ...], outcome: Comparison, unit: str, explanation: str) -> Verdict:
    """Build a verdict from a comparison; says so when it hangs on fill zeros."""
    if outcome.only_loosely:
        explanation += " They agree only if the zeros at the end of a printed whole number are not significant."
    names = tuple(dict.fromkeys(c.claim or c.subject for c in claims))
    return Verdict(relation, outcome.word, names, outcome.stated, outcome.computed, outcome.std, unit, explanation)


def or_with_integer_masses(
    stated: Uncertain, standard: Uncertain, integer: Uncertain, bound: str
) -> tuple[Comparison, str]:
    """Compare with standard atomic masses, and if that fails with masses rounded to integers.

    Returns
    -------
    tuple
        The comparison with standard masses (its word raised to ``agrees`` where integer masses explain the number)
        and a sentence about it.
    """
    outcome = compare(stated, standard, bound)
    if outcome.word == "agrees":
        return outcome, ""
    rounded = compare(stated, integer, bound)
    if rounded.word != "agrees":
        return outcome, ""
    words = (
        f" Atomic masses rounded to integers (and 3860 mAh/g for lithium) give {split(integer)[0]:.4g}: the printed "
        f"number comes from rounded masses."
    )
    return replace(outcome, word="agrees", only_loosely=False), words
