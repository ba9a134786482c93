"""Which circuit: R and some arcs, with or without diffusion and inductance, by Akaike's criterion."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.impedance.checks import checked_arrays
from limetal.impedance.fit import fit
from limetal.impedance.result import CircuitFit, FitOptions

__all__ = ["Candidate", "Choice", "ChooseOptions", "choose", "choose_many"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

#: A circuit whose AICc is higher by less than this has substantial support too.
UNDECIDED = 2.0
#: Arcs are added until AICc rose so often in a row.
_PATIENCE = 2
#: Residuals above the noise of the Kramers-Kronig test by this factor are said.
_MISSES_NOISE = 1.3


@dataclass(frozen=True)
class ChooseOptions:
    """Circuits that compete.

    Attributes
    ----------
    arcs
        Numbers of arcs R beside Q.
    tails
        What stands in series behind them: ``""`` for nothing, ``"W"``, ``"Wo"`` (to a wall), ``"Ws"`` (to a sink),
        ``"Q"`` (a blocking cell), or any circuit text.
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
    fit
        Its fit.
    aicc, delta
        Criterion, and how far it lies above that of the best circuit.
    needless
        Parts without which the spectrum is described nearly as well: such a circuit ranks behind all others.
    """

    text: str
    fit: CircuitFit
    aicc: float
    delta: float
    needless: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Choice:
    """Circuits that competed, the best first.

    Attributes
    ----------
    ranking
        Those without needless parts by AICc, then the others by AICc.
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
        """The next best circuit without needless parts; None if there is none."""
        return next((c for c in self.ranking[1:] if not c.needless), None)

    @property
    def undecided(self) -> bool:
        """Whether the runner-up has substantial support too: its AICc is higher by less than 2.

        The rule is that of Burnham & Anderson, Model Selection and Multimodel Inference, 2nd ed., Springer 2002,
        section 2.6 (not looked up again).
        """
        return self.runner_up is not None and self.runner_up.delta < UNDECIDED


def choose(
    frequency_hertz: Floats,
    impedance: Complexes,
    options: ChooseOptions | None = None,
    *,
    std_ohm: Floats | None = None,
    where: str = "spectrum",
) -> Choice:
    """The circuit that describes a spectrum best for its number of parameters.

    Arcs are added until AICc has risen twice or an arc is needless. A circuit with a part that is needless (see
    `CircuitFit.status`) ranks behind all others, whatever its AICc: that of a part at the edge of the data is not to be
    trusted.

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
    Hurvich & Tsai, Biometrika 76 (1989) 297, doi:10.1093/biomet/76.2.297.

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
    f, z = checked_arrays(frequency_hertz, impedance, where)
    if chosen.fit.weighting == "measured" and std_ohm is None:
        std_ohm = _measured(f, z, where)
    found: list[tuple[str, CircuitFit]] = []
    failure: BadInputError | None = None
    for tail in chosen.tails:
        for inductor in chosen.inductor:
            try:
                found += _grown(f, z, tail, inductor, chosen, std_ohm, where)
            except BadInputError as error:  # too few points even for the fewest arcs with this tail
                failure = error
    if not found:
        raise failure or BadInputError(where, "no circuit", "one to choose")
    return Choice(_ranked(found), _notes(f, z, found, chosen))


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


def _grown(
    f: Floats, z: Complexes, tail: str, inductor: bool, options: ChooseOptions, std: Floats | None, where: str
) -> list[tuple[str, CircuitFit]]:
    """Fits with more and more arcs, until more do not help."""
    found: list[tuple[str, CircuitFit]] = []
    rises, best = 0, math.inf
    for n in sorted(options.arcs):
        text = f"R{'(RQ)' * n}{tail}{'L' if inductor else ''}"
        try:
            one = fit(text, f, z, options.fit, std_ohm=std, where=where)
        except BadInputError:
            if not found:
                raise
            break
        if math.isinf(one.aicc):
            break
        found.append((text, one))
        rises = rises + 1 if one.aicc >= best else 0
        best = min(best, one.aicc)
        if rises == _PATIENCE or any(name.startswith("R") for name in _needless(one)):
            break
    return found


def _needless(one: CircuitFit) -> tuple[str, ...]:
    """Resistances, inductances and diffusion terms that are not identified."""
    kinds = [p for leaf in one.circuit.leaves for p in leaf.kind.parameters]
    return tuple(
        name
        for name, kind, status in zip(one.names, kinds, one.status, strict=True)
        if status == "not identified" and kind.ohm == 1
    )


def _ranked(found: list[tuple[str, CircuitFit]]) -> tuple[Candidate, ...]:
    rows = [(text, one, _needless(one)) for text, one in found]
    rows.sort(key=lambda row: (bool(row[2]), row[1].aicc))
    lowest = rows[0][1].aicc
    return tuple(Candidate(text, one, one.aicc, one.aicc - lowest, lost) for text, one, lost in rows)


def _measured(f: Floats, z: Complexes, where: str) -> Floats:
    """Standard deviation of each point by the Kramers-Kronig test, once for all circuits."""
    from limetal.impedance.kramers_kronig import kramers_kronig

    test = kramers_kronig(f, z)
    if not np.isfinite(test.std_ohm).all():
        raise BadInputError(where, f"no measured noise ({test.why})", "more points, or std_ohm")
    return test.std_ohm


def _notes(f: Floats, z: Complexes, found: list[tuple[str, CircuitFit]], options: ChooseOptions) -> tuple[str, ...]:
    """Whether the best circuit leaves more than noise."""
    from limetal.impedance.kramers_kronig import kramers_kronig

    if options.fit.weighting != "modulus":
        return ()
    noise = kramers_kronig(f, z).noise
    best = min((one for _, one in found), key=lambda one: one.aicc)
    left = math.sqrt(best.reduced_chi_squared)
    if not (math.isfinite(noise) and noise > 0 and left > _MISSES_NOISE * noise):
        return ()
    return (
        f"the best circuit leaves {100 * left:.2g} % of |Z|, {left / noise:.2g} times the noise of the Kramers-Kronig "
        "test: none of those tried describes the spectrum",
    )
