"""Whether two numbers agree within their stated uncertainties and the rounding of their printed digits.

Rounding is a hard bound, so the bounds of several rounded numbers add up; standard uncertainties add in squares
and count twice (95 %). Both are carried through formulas by `uncertainties`, correlations included. A number that is
only a bound (``> 1500``) is carried through a monotonic formula by `pushed`; what such a bound allows is never called
wrong.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from uncertainties import UFloat, ufloat

from limetal.claims.base import Verdict, VerdictWord
from limetal.design.uncertain import Uncertain, split, uncertain
from limetal.ledger import Entry
from limetal.quantities import QUANTITIES
from limetal.units import Written, read_written

__all__ = [
    "COVERAGE",
    "Comparison",
    "as_uncertain",
    "at_least",
    "at_most",
    "compare",
    "condition_entry",
    "flipped",
    "or_with_integer_masses",
    "pushed",
    "verdict",
    "written_entry",
]

#: Standard uncertainties count this often: 95 % of a normal distribution.
COVERAGE = 2.0
_ROUNDING = "rounding"


@dataclass(frozen=True)
class Comparison:
    """Outcome of a comparison in numbers.

    ``tolerance`` is what the difference may be, ``std`` the standard uncertainty of the difference with rounding
    taken as a uniform distribution; ``only_loosely`` is true when the two agree only if zeros at the end of a
    whole number are fill, ``only_bounded`` when a number that is only a bound allows more than one answer.
    """

    word: VerdictWord
    stated: float
    computed: float
    tolerance: float
    std: float | None
    only_loosely: bool = False
    only_bounded: bool = False


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
    return written_entry(subject, quantity, read_written(text, QUANTITIES[quantity].unit), "condition of a claim")


def written_entry(subject: str, quantity: str, written: Written, source: str = "study") -> Entry:
    """Entry of a number as the study file writes it, with the rounding of its digits."""
    return Entry(
        subject,
        quantity,
        written.value,
        written.std,
        "stated",
        source,
        rounding=written.rounding,
        loose_rounding=written.loose_rounding,
        bound=written.bound,
    )


def flipped(bound: str) -> str:
    """Return the bound of a number that falls when the bounded one rises."""
    return {"<": ">", ">": "<"}.get(bound, bound)


def pushed(*bounds: str) -> str:
    """Bound of a result that rises with every input: ``=``, ``<``, ``>``, or ``?`` when they pull both ways.

    Examples
    --------
    A density is a volumetric over a gravimetric capacity; more than 1500 mAh/g makes it less than the quotient:

    >>> pushed("=", flipped(">"))
    '<'
    >>> pushed("<", ">")
    '?'
    """
    real = {b for b in bounds if b in {"<", ">", "?"}}
    if not real:
        return "="
    return real.pop() if len(real) == 1 else "?"


def compare(stated: Uncertain, computed: Uncertain, bound: str = "=", computed_bound: str = "=") -> Comparison:
    """Compare a stated with a computed number.

    Parameters
    ----------
    stated, computed
        Floats or numbers with uncertainty; variables made by `as_uncertain` are treated as rounding.
    bound
        ``=`` or ``~``: must be equal; ``<``: the computed number may be smaller; ``>``: larger.
    computed_bound
        ``<``: what was computed is only an upper bound of the true number; ``>``: a lower one; ``?``: neither. If
        it leaves room for both answers the word is ``cannot tell``.

    Examples
    --------
    >>> compare(ufloat(1.9, 0.05, "rounding*1"), 1.915).word
    'agrees'
    >>> compare(8.0, 16.0).word
    'disagrees'
    >>> compare(62.0, 30.0, bound="<").word
    'agrees'
    >>> compare(8.0, 16.0, computed_bound="<").word
    'cannot tell'
    """
    difference = computed - stated
    tight, loose, variance, squares = _parts(difference)
    spread = COVERAGE * math.sqrt(variance)
    off = split(difference)[0]
    allowance = 1e-9 * max(abs(split(stated)[0]), abs(split(computed)[0]))
    std = math.sqrt(variance + squares / 3) or None
    word = _word(off, tight + spread + allowance, bound, computed_bound)
    only_bounded = word == "cannot tell"
    only_loosely = word == "disagrees" and _word(off, loose + spread + allowance, bound, computed_bound) != "disagrees"
    if only_loosely:
        word = "cannot tell"
    return Comparison(word, split(stated)[0], split(computed)[0], tight + spread, std, only_loosely, only_bounded)


def _word(off: float, tolerance: float, bound: str, computed_bound: str) -> VerdictWord:
    """Word for a difference (computed less stated) when either number may be only a bound."""
    below, above = off < -tolerance, off > tolerance
    wrong = {"<": above, ">": below}.get(bound, above or below)
    if computed_bound == "?":
        return "cannot tell"
    if computed_bound == "<":  # the true difference is anything up to this one
        if bound == "<":
            return "cannot tell" if above else "agrees"
        return "disagrees" if below else "cannot tell" if above or bound == ">" else "agrees"
    if computed_bound == ">":
        if bound == ">":
            return "cannot tell" if below else "agrees"
        return "disagrees" if above else "cannot tell" if below or bound == "<" else "agrees"
    return "disagrees" if wrong else "agrees"


def at_most(
    value: Uncertain, limit: Uncertain, bound: str = "=", limit_bound: str = "=", *, own_bound: bool = False
) -> Comparison:
    """Compare a number with a limit it must not exceed.

    Parameters
    ----------
    value, limit
        Floats or numbers with uncertainty.
    bound, limit_bound
        Whether either is only a bound, as in `compare`.
    own_bound
        The bound of ``value`` is that of the audited claim itself: a claim ``> 1500`` under a limit of 2000 agrees,
        because it can be true.

    Returns
    -------
    Comparison
        ``stated`` is the value, ``computed`` the limit.

    Examples
    --------
    >>> at_most(1.07, 0.90).word, at_most(1.07, 0.90, bound="<").word
    ('disagrees', 'cannot tell')
    """
    return _ordered(value, limit, "<", pushed(bound, flipped(limit_bound)), own_bound and limit_bound in {"=", "~"})


def at_least(
    value: Uncertain, limit: Uncertain, bound: str = "=", limit_bound: str = "=", *, own_bound: bool = False
) -> Comparison:
    """Compare a number with a limit it must not fall below; see `at_most`.

    Examples
    --------
    >>> at_least(8.0, 249.0).word, at_least(8.0, 249.0, limit_bound="<").word
    ('disagrees', 'cannot tell')
    """
    return _ordered(value, limit, ">", pushed(bound, flipped(limit_bound)), own_bound and limit_bound in {"=", "~"})


def _ordered(value: Uncertain, limit: Uncertain, side: str, bound: str, own_bound: bool) -> Comparison:
    outcome = compare(limit, value, side, bound)
    word: VerdictWord = "agrees" if own_bound and outcome.only_bounded else outcome.word
    return replace(outcome, word=word, stated=outcome.computed, computed=outcome.stated)


def _parts(number: Uncertain) -> tuple[float, float, float, float]:
    """Sum of the rounding bounds, the same with fill zeros, variance of the rest, sum of squares of the bounds."""
    if not isinstance(number, UFloat):
        return 0.0, 0.0, 0.0, 0.0
    tight = loose = variance = squares = 0.0
    for variable, part in number.error_components().items():
        tag = variable.tag or ""
        if tag.startswith(_ROUNDING):
            tight += abs(part)
            squares += part**2
            loose += abs(part) * float(tag.partition("*")[2] or 1)
        else:
            variance += part**2
    return tight, loose, variance, squares


def verdict(relation: str, claims: tuple[Entry, ...], outcome: Comparison, unit: str, explanation: str) -> Verdict:
    """Build a verdict from a comparison; says so when it hangs on fill zeros or on a bound."""
    explanation += _why(outcome)
    names = tuple(dict.fromkeys(c.claim or c.subject for c in claims))
    return Verdict(relation, outcome.word, names, outcome.stated, outcome.computed, outcome.std, unit, explanation)


def _why(outcome: Comparison) -> str:
    """Sentence for a comparison that could not be settled."""
    if outcome.only_loosely:
        return " They agree only if the zeros at the end of a printed whole number are not significant."
    if outcome.only_bounded and outcome.word == "cannot tell":
        return " One of the numbers is only a bound: it allows this, and does not settle it."
    return ""


def or_with_integer_masses(
    stated: Uncertain, standard: Uncertain, integer: Uncertain, bound: str, *, capacity: bool = True
) -> tuple[Comparison, str]:
    """Compare with standard atomic masses, and if that fails with masses rounded to integers.

    ``capacity`` says whether the number is a capacity, in which 3860 mAh/g for lithium enters too.

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
    also = " (and 3860 mAh/g for lithium)" if capacity else ""
    words = (
        f" Atomic masses rounded to integers{also} give {split(integer)[0]:.4g}: the printed number comes from rounded "
        "masses."
    )
    return replace(outcome, word="agrees", only_loosely=False), words
