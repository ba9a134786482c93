"""Which circuit: R and some arcs, with or without diffusion and inductance, by Akaike's criterion."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.impedance._contest import Contest, Kind
from limetal.impedance.checks import checked_arrays
from limetal.impedance.fit import Searched
from limetal.impedance.result import CircuitFit, FitOptions

__all__ = ["Candidate", "Choice", "ChooseOptions", "choose", "choose_for_all", "choose_many"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

#: A circuit whose AICc is higher by less than this has substantial support too.
UNDECIDED = 2.0
#: AICc has to rise by this without a part, or the part is not needed.
NEEDED = 10.0
#: Angular frequency times tau at the top of a Ws: where -Im tanh(sqrt(jx))/sqrt(jx) is largest.
WS_TOP = 2.5407
_AS_WELL = " does as well"
#: Residuals above the noise of the Kramers-Kronig test by this factor are said.
_MISSES_NOISE = 1.3
#: So is a circuit with a further part whose AICc is lower by this.
_SIGN = 4.0


@dataclass(frozen=True)
class ChooseOptions:
    """Circuits that compete.

    Attributes
    ----------
    arcs
        Numbers of arcs R beside Q.
    tails
        What stands in series behind them: ``""`` for nothing, ``"W"``, ``"Wo"`` (to a wall), ``"Ws"`` (to a sink),
        ``"Q"`` or ``"C"`` (a blocking cell, Li|Cu before plating), or any circuit text.
    inductor
        Whether a series inductance is tried.
    fit
        How each is fitted.
    """

    arcs: tuple[int, ...] = (1, 2, 3, 4)
    tails: tuple[str, ...] = ("", "W", "Wo", "Ws")
    inductor: tuple[bool, ...] = (False, True)
    fit: FitOptions = field(default_factory=FitOptions)

    def __post_init__(self) -> None:
        """Refuse choices without a circuit."""
        if not self.arcs or not self.tails or not self.inductor or min(self.arcs) < 0:
            found = f"arcs {self.arcs}, tails {self.tails}, inductor {self.inductor}"
            raise BadInputError("ChooseOptions", found, "at least one of each, and no negative number of arcs")


@dataclass(frozen=True, eq=False)
class Candidate:
    """One circuit that competed.

    Attributes
    ----------
    text
        The circuit.
    aicc, delta
        Criterion, and how far it lies above that of the best circuit; below zero for a circuit with a part that is not
        needed.
    weight
        Akaike weight among all that competed: the likelihood of the circuit given the data, if one of them is right.
    behind
        Why it ranks behind all circuits that have nothing here: one with fewer parts does as well (its AICc is not
        higher by `NEEDED` for each part), or its Ws is faster than every arc.
    """

    text: str
    aicc: float
    delta: float
    weight: float
    behind: str
    _searched: Searched

    @cached_property
    def fit(self) -> CircuitFit:
        """Its fit; errors are found when first asked for."""
        return self._searched.described()


@dataclass(frozen=True, eq=False)
class Choice:
    """Circuits that competed, the best first.

    Attributes
    ----------
    ranking
        Those that need all their parts by AICc, then the others by AICc.
    notes
        What a reader has to know.
    """

    ranking: tuple[Candidate, ...]
    notes: tuple[str, ...] = ()

    @property
    def best(self) -> CircuitFit:
        """Fit of the best circuit."""
        return self.ranking[0].fit

    @property
    def runner_up(self) -> Candidate | None:
        """The next best circuit that needs all its parts; None if there is none."""
        return next((c for c in self.ranking[1:] if not c.behind), None)

    @property
    def undecided(self) -> bool:
        """Whether the runner-up has substantial support too: its AICc is higher by 2 at most.

        The rule of Burnham & Anderson, Sociol. Methods Res. 33 (2004) 261, p. 270: up to 2 substantial, 4 to 7
        considerably less, above 10 essentially no support. (Quoted by others; the paper itself was not at hand.)
        """
        return self.runner_up is not None and self.runner_up.delta <= UNDECIDED


def choose(
    frequency_hertz: Floats,
    impedance: Complexes,
    options: ChooseOptions | None = None,
    *,
    std_ohm: Floats | None = None,
    where: str = "spectrum",
) -> Choice:
    """The circuit that describes a spectrum best and needs all its parts.

    Circuits are compared by AICc. A part without which AICc rises by less than 10 is not needed: such a circuit ranks
    behind all others, however low its own AICc (the best of many wrong circuits easily lies some units below the right
    one; a fit also says `not identified` of such a part). So an inductor, or a Wo or Ws instead of a W, is there only
    where the data show it. A Ws that is faster than every arc is no tail, and its circuit ranks behind too. Of the
    others the one with the lowest AICc is the best; `Choice.undecided` says whether the data tell it from the
    runner-up.

    Circuits that contain one whose residuals are noise already, and which no further part improves, are not fitted.

    Parameters
    ----------
    frequency_hertz : (m,) float
        In any order.
    impedance : (m,) complex
        In ohm; Im Z of a capacitor is negative.
    options
        The circuits that compete.
    std_ohm
        As for `fit`, with measured weights.
    where
        What to call the data in an error.

    Raises
    ------
    BadInputError
        If there are too few points for the smallest circuit.

    References
    ----------
    Hurvich & Tsai, Biometrika 76 (1989) 297, doi:10.1093/biomet/76.2.297. How often the right circuit is chosen is told
    in numbers in ``docs/choice_of_circuit.md``.

    Examples
    --------
    >>> f = np.logspace(5, -1, 61)
    >>> rng = np.random.default_rng(1)
    >>> z = 4 + 20 / (1 + 20 * 1e-4 * (2j * np.pi * f) ** 0.9)
    >>> z *= 1 + 1e-3 * (rng.normal(size=61) + 1j * rng.normal(size=61))
    >>> choose(f, z).ranking[0].text
    'R(RQ)'
    """
    chosen = options or ChooseOptions()
    contest = _contest(frequency_hertz, impedance, chosen, std_ohm, where)
    noise = contest.noise
    while True:
        ranking = _ranked(contest.found)
        best = next(kind for kind, one in contest.found.items() if one is ranking[0]._searched)
        if best in contest.searched:
            break
        contest.search(best)
    return Choice(ranking, _notes(contest.f.size, ranking, noise))


def choose_many(spectra: Iterable[tuple[Floats, Complexes]], options: ChooseOptions | None = None) -> list[Choice]:
    """`choose` for each of many spectra.

    Examples
    --------
    >>> f = np.logspace(5, -1, 61)
    >>> spectra = [(f, r + 5 / (1 + 2j * np.pi * f * 1e-3)) for r in (1.0, 2.0)]
    >>> few = ChooseOptions(arcs=(1,), tails=("",), inductor=(False,))
    >>> [choice.ranking[0].text for choice in choose_many(spectra, few)]
    ['R(RQ)', 'R(RQ)']
    """
    return [choose(f, z, options, where=f"spectrum {i + 1}") for i, (f, z) in enumerate(spectra)]


def choose_for_all(
    spectra: Sequence[tuple[Floats, Complexes]], options: ChooseOptions | None = None
) -> tuple[tuple[str, float], ...]:
    """One circuit for all of several spectra: circuits by the sum of their AICc, the best first.

    A circuit with a part that the spectra together do not need ranks behind, as in `choose`.

    Returns
    -------
    tuple
        Text of each circuit, and how far its sum lies above that of the best.

    Examples
    --------
    >>> f = np.logspace(5, -1, 61)
    >>> rng = np.random.default_rng(1)
    >>> spectra = [(f, (r + 5 / (1 + 2j * np.pi * f * 1e-3)) * (1 + 1e-3 * rng.normal(size=61))) for r in (1.0, 2.0)]
    >>> choose_for_all(spectra)[0]
    ('R(RQ)', 0.0)
    """
    chosen = options or ChooseOptions()
    contests = [_contest(f, z, chosen, None, f"spectrum {i + 1}") for i, (f, z) in enumerate(spectra)]
    seen = {kind for contest in contests for kind in contest.found}
    kinds = [kind for kind in _kinds(chosen) if kind in seen]
    for contest in contests:
        contest.enter(kinds)
    sums = {k: sum(c.found[k].aicc for c in contests) for k in kinds if all(k in c.found for c in contests)}
    if not sums:
        raise BadInputError("spectra", "no circuit that all have points enough for", "more points")
    behind = needless(sums)
    order = sorted(sums, key=lambda kind: (kind in behind, sums[kind]))
    return tuple((kind.text, sums[kind] - sums[order[0]]) for kind in order)


def _contest(f: Floats, z: Complexes, options: ChooseOptions, std_ohm: Floats | None, where: str) -> Contest:
    """All that can win, fitted."""
    f, z = checked_arrays(f, z, where)
    if options.fit.weighting == "measured" and std_ohm is None:
        std_ohm = _measured(f, z, where)
    contest = Contest(f, z, std_ohm, options.fit, where, _noise(f, z, options.fit.weighting))
    contest.hold(_kinds(options))
    if not contest.found:
        found = f"{f.size} points"
        raise BadInputError(where, found, f"more points than half the parameters of {_kinds(options)[0].text}")
    return contest


def _kinds(options: ChooseOptions) -> list[Kind]:
    """Circuits in an order in which those with fewer parts come first."""
    tails = sorted(set(options.tails), key=lambda tail: (tail not in {"", "W", "C"}, len(tail)))
    return [
        Kind(n, tail, with_inductor)
        for n in sorted(set(options.arcs))
        for tail in tails
        for with_inductor in sorted(set(options.inductor))
    ]


def _ranked(found: dict[Kind, Searched]) -> tuple[Candidate, ...]:
    aicc = {kind: one.aicc for kind, one in found.items()}
    no_tail = {kind for kind, one in found.items() if _is_no_tail(kind, one)}
    behind = {kind: f"{simpler.text}{_AS_WELL}" for kind, simpler in needless(aicc, no_tail).items()}
    behind |= dict.fromkeys(no_tail, "its Ws is faster than every arc: an arc, not a tail")
    order = sorted(found, key=lambda kind: (kind in behind, aicc[kind]))
    best, lowest = aicc[order[0]], min(aicc.values())
    total = sum(math.exp(-0.5 * (value - lowest)) for value in aicc.values())
    return tuple(
        Candidate(
            kind.text,
            aicc[kind],
            aicc[kind] - best,
            math.exp(-0.5 * (aicc[kind] - lowest)) / total,
            behind.get(kind, ""),
            found[kind],
        )
        for kind in order
    )


def _is_no_tail(kind: Kind, one: Searched) -> bool:
    """Whether a Ws has its top above that of every arc: it has taken the place of a fast arc, with less to fit."""
    p, q = one.fitter.program, one.walk.q
    if kind.tail != "Ws" or not p.arcs:
        return False
    tau = float(q[p.names.index("Ws1.tau")])
    return math.log(WS_TOP) - tau > max(-float(q[arc.y]) for arc in p.arcs)


def needless(aicc: dict[Kind, float], out: Collection[Kind] = ()) -> dict[Kind, Kind]:
    """Circuits with a part that is not needed -> the circuit without it, that of the lowest AICc if there are several.

    Every part has to lower AICc by `NEEDED`. The smallest circuits are never among them; those that are ``out`` for
    another reason do not count as simpler.
    """
    found: dict[Kind, Kind] = {}
    for kind, value in aicc.items():
        below = [
            o for o in aicc if o not in out and kind.contains(o) and aicc[o] < value + NEEDED * kind.parts_beyond(o)
        ]
        if below:
            found[kind] = min(below, key=lambda one: aicc[one])
    return found


def _measured(f: Floats, z: Complexes, where: str) -> Floats:
    """Standard deviation of each point by the Kramers-Kronig test, once for all circuits."""
    from limetal.impedance.kramers_kronig import kramers_kronig

    test = kramers_kronig(f, z)
    if not np.isfinite(test.std_ohm).all():
        raise BadInputError(where, f"no measured noise ({test.why})", "more points, or std_ohm")
    return test.std_ohm


def _noise(f: Floats, z: Complexes, weighting: str) -> float:
    """Noise of a number in units of the weights by the Kramers-Kronig test, NaN where it is not known."""
    from limetal.impedance.kramers_kronig import kramers_kronig

    if weighting == "measured":
        return 1.0
    try:
        return kramers_kronig(f, z).noise if weighting == "modulus" else math.nan
    except BadInputError:  # no spectrum of a cell, yet one that can be fitted
        return math.nan


def _notes(points: int, ranking: tuple[Candidate, ...], noise: float) -> tuple[str, ...]:
    """Whether the best circuit leaves more than noise, and whether there are signs of a further part."""
    notes = []
    one = ranking[0]._searched
    left = math.sqrt(one.walk.cost / (2 * points - one.fitter.program.free.size))
    if math.isfinite(noise) and noise > 0 and left > _MISSES_NOISE * noise:
        notes.append(
            f"the best circuit leaves {left / noise:.2g} times the noise found by the Kramers-Kronig test: "
            "none of those tried describes the spectrum"
        )
    lower = min(ranking, key=lambda c: c.aicc)
    if lower.delta < -_SIGN:
        further = f"a sign of a further part, less than the {NEEDED:g} asked for each"
        why = further if lower.behind.endswith(_AS_WELL) else lower.behind
        notes.append(f"{lower.text} has an AICc lower by {-lower.delta:.1f}: {why}")
    return tuple(notes)
