"""A circuit fitted to spectra without a guess, with errors that mean what they say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.impedance._uncertainty import Data, Walk, described, is_rival
from limetal.impedance.checks import checked_arrays, shaped_arrays
from limetal.impedance.circuit import Circuit
from limetal.impedance.grammar import parse
from limetal.impedance.program import Program, program
from limetal.impedance.result import CircuitFit, FitOptions, aicc

__all__ = ["fit", "fit_many"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

_TOLERANCE, _ITERATIONS = 1e-9, 150


def fit(
    circuit: Circuit | str,
    frequency_hertz: Floats,
    impedance: Complexes,
    options: FitOptions | None = None,
    *,
    std_ohm: Floats | None = None,
    where: str = "spectrum",
) -> CircuitFit:
    """The values of a circuit that describe a spectrum best, found without a guess.

    Parts in series have one linear scale each, which is eliminated; shapes are searched on a grid and by inserting
    one part after another; from the best starts Levenberg-Marquardt walks in the logarithms of resistances and time
    constants with exact derivatives, until two starts end at the same best cost and what is left is like noise.

    Parameters
    ----------
    circuit
        A circuit or its text in either notation, ``"R(RQ)(RQ)W"`` or ``"R0-p(R1,CPE1)-W1"``. Values in it are tried as
        one more start; fixed ones stay, bounds hold.
    frequency_hertz : (m,) float
        In any order.
    impedance : (m,) complex
        Z in ohm (Im Z of a capacitor negative), or in ohm cm2: then all results are per area.
    options
        `FitOptions`; modulus weights by default.
    std_ohm : (m,) float, optional
        Standard deviation of one component of each point, for ``weighting="measured"``.
    where
        What to call the data in an error.

    Returns
    -------
    CircuitFit
        Values, errors, what is not identified, residuals.

    Raises
    ------
    BadInputError
        If the circuit or the data are none, or there are no more numbers than parameters.

    References
    ----------
    Golub & Pereyra, SIAM J. Numer. Anal. 10 (1973) 413, doi:10.1137/0710036 (linear scales eliminated); Marquardt, J.
    SIAM 11 (1963) 431, doi:10.1137/0111030.

    Examples
    --------
    >>> f = np.logspace(5, -1, 61)
    >>> jw = 2j * np.pi * f
    >>> z = 4 + 20 / (1 + 20 * 1e-4 * jw**0.9)
    >>> found = fit("R(RQ)", f, z)
    >>> {name: round(float(value), 6) for name, value in zip(found.names, found.values)}
    {'R0': 4.0, 'R1': 20.0, 'Q1.Y': 0.0001, 'Q1.n': 0.9}
    """
    return _Fitter(circuit, options).one(frequency_hertz, impedance, std_ohm, where)


def fit_many(
    circuit: Circuit | str,
    spectra: Iterable[tuple[Floats, Complexes]],
    options: FitOptions | None = None,
    *,
    std_ohm: Sequence[Floats] | None = None,
) -> list[CircuitFit]:
    """`fit` of one circuit to many spectra, of the same or different frequencies.

    Examples
    --------
    >>> f = np.logspace(5, 0, 40)
    >>> spectra = [(f, r + 5 / (1 + 2j * np.pi * f * 1e-3)) for r in (1.0, 2.0)]
    >>> [round(found.value("R0"), 6) for found in fit_many("R(RC)", spectra)]
    [1.0, 2.0]
    """
    fitter = _Fitter(circuit, options)
    several = list(spectra)
    if std_ohm is not None and len(std_ohm) != len(several):
        raise BadInputError("spectra of a fit", f"std_ohm of {len(std_ohm)} spectra", f"of all {len(several)}")
    noise = [None] * len(several) if std_ohm is None else std_ohm
    return [
        fitter.one(f, z, std, f"spectrum {i}") for i, ((f, z), std) in enumerate(zip(several, noise, strict=True), 1)
    ]


def refitted(found: CircuitFit, values: Floats) -> CircuitFit:
    """The same data fitted again with the same options, with values of the circuit as one more start."""
    std = 1 / found.weights if found.options.weighting == "measured" else None
    start = found._program.coordinates(np.asarray(values, dtype=np.float64))
    return _Fitter(found._fitted, found.options).one(
        found.frequency_hertz, found.impedance, std, "spectrum", start[None, :]
    )


@lru_cache(maxsize=64)
def parsed(text: str) -> Circuit:
    """`limetal.impedance.grammar.parse`, kept for the texts used last."""
    return parse(text)


@dataclass(frozen=True, eq=False)
class Searched:
    """Where a search ended; the errors, which may take longer than the search, are found when asked for."""

    fitter: _Fitter
    data: Data
    walk: Walk
    rivals: list[Floats]

    @property
    def aicc(self) -> float:
        """As `CircuitFit.aicc`."""
        return aicc(self.walk.cost, 2 * self.data.f.size, int(self.fitter.program.free.size))

    def described(self) -> CircuitFit:
        """The fit with errors and status of every parameter."""
        own = self.fitter
        return described(own.program, own.circuit, own.options, self.data, self.walk, self.rivals)


class _Fitter:
    """One circuit with its options, ready for spectra."""

    def __init__(self, circuit: Circuit | str, options: FitOptions | None) -> None:
        self.circuit = parsed(circuit) if isinstance(circuit, str) else circuit
        self.options = options or FitOptions()
        self.program = program(self.circuit)
        self.arcs = _as_numbers(orderings(self.program))
        wholly = not np.isnan(self.program.given[self.program.free]).any()
        self.given = self.program.given[None, :].copy() if wholly else np.empty((0, len(self.program.names)))

    def one(
        self,
        frequency_hertz: Floats,
        impedance: Complexes,
        std_ohm: Floats | None,
        where: str,
        starts: Floats | None = None,
    ) -> CircuitFit:
        """Fit one spectrum; ``starts`` are further inner coordinates to walk from."""
        return self.search(frequency_hertz, impedance, std_ohm, where, starts).described()

    def search(
        self,
        frequency_hertz: Floats,
        impedance: Complexes,
        std_ohm: Floats | None,
        where: str,
        starts: Floats | None = None,
        counts: tuple[int, int] | None = None,
    ) -> Searched:
        """The best minimum, as yet without errors; ``counts`` instead of the options' fewest and most starts."""
        from limetal.impedance import _around, _search
        from limetal.impedance._starts import shapes

        p, options = self.program, self.options
        f, z = shaped_arrays(frequency_hertz, impedance, where)
        sound, omega, re, im, weight, low, high = _around.spectrum(f, z, p.ohm, p.second, p.logarithmic, p.low, p.high)
        if not sound:
            checked_arrays(f, z, where)
        if 2 * f.size <= p.free.size:
            found = f"{f.size} points for {p.free.size} parameters"
            raise BadInputError(where, found, f"more than {p.free.size // 2} points")
        if std_ohm is not None or options.weighting != "modulus":
            weight = _weights(f, z, std_ohm, options, where)
        shape = shapes(p, omega)
        x = _around.weighted(shape.columns, weight)
        fewest, most = counts or (options.starts or min(shape.starts, options.most_starts), options.most_starts)
        tried, ends, costs, hessian, agree, walked, converged = _search.solve(
            p.code, p.free, p.is_free, low, high, p.ohm, p.given,
            (shape.tables, shape.own, shape.groups), shape.singles,
            x, x @ x.T, omega, re, im, weight,
            self.given if starts is None else np.vstack((self.given, starts)), fewest, most, _ITERATIONS, _TOLERANCE,
        )  # fmt: skip
        best, q, hessian = _around.best_of(ends, costs, tried, hessian, p.free, *self.arcs)
        cost = float(costs[best])
        near = [i for i, other in enumerate(costs[:tried].tolist()) if is_rival(other, cost, 2 * f.size)]
        rivals = [_around.ordered(ends[i], *self.arcs) for i in near]
        walk = Walk(q, cost, hessian, tried, agree, walked, converged)
        return Searched(self, Data(f, z, weight, omega, low, high), walk, rivals)


def search_limits(p: Program, frequency_hertz: Floats, impedance: Complexes) -> tuple[Floats, Floats]:
    """Inner coordinates between which a fit searches: the circuit's bounds, and what the measured range allows."""
    from limetal.impedance import _around

    f, z = shaped_arrays(frequency_hertz, impedance)
    low, high = _around.limits(f, z, p.ohm, p.second, p.logarithmic, p.low, p.high)
    return low, high


def _weights(f: Floats, z: Complexes, std_ohm: Floats | None, options: FitOptions, where: str) -> Floats:
    """1/ohm per point."""
    if std_ohm is not None:
        std = np.asarray(std_ohm, dtype=np.float64)
        if options.weighting != "measured":
            raise BadInputError(where, f"std_ohm with {options.weighting} weights", 'weighting="measured"')
        if std.shape != f.shape or not (np.isfinite(std).all() and (std > 0).all()):
            raise BadInputError(where, "std_ohm that is not one number above zero per point", f"{f.size} such numbers")
        return 1 / std
    if options.weighting == "unit":
        return np.ones(f.size)
    size = np.abs(z)
    if options.weighting == "modulus":
        return 1 / size
    from limetal.impedance.kramers_kronig import kramers_kronig

    test = kramers_kronig(f, z)
    if not np.isfinite(test.std_ohm).all():
        raise BadInputError(where, f"no measured noise ({test.why})", "more points, or std_ohm")
    return 1 / test.std_ohm


def orderings(p: Program) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp]], ...]:
    """Arcs in series that may change places: where their time constants stand, and all their parameters."""
    tau = {arc.r: arc.y for arc in p.arcs} | {arc.y: arc.y for arc in p.arcs}
    groups: dict[tuple[object, ...], list[tuple[int, tuple[int, ...]]]] = {}
    for block in p.blocks:
        own = block.parameters
        if not block.is_arc or not p.is_free[list(own)].all():
            continue
        key = tuple((p.kinds[k].name, p.low[k], p.high[k]) for k in own)
        groups.setdefault(key, []).append((tau[own[0]], own))
    return tuple(
        (np.array([t for t, _ in members]), np.array([own for _, own in members]))
        for members in groups.values()
        if len(members) > 1
    )


def _as_numbers(
    groups: tuple[tuple[NDArray[np.intp], NDArray[np.intp]], ...],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`orderings` for compiled code: places of time constants, of all parameters; -1 behind the last."""
    members = max((times.size for times, _ in groups), default=0)
    width = max((parts.shape[1] for _, parts in groups), default=0)
    every_time = np.full((len(groups), members), -1, dtype=np.int64)
    every_part = np.full((len(groups), members, width), -1, dtype=np.int64)
    for g, (times, parts) in enumerate(groups):
        every_time[g, : times.size] = times
        every_part[g, : len(parts), : parts.shape[1]] = parts
    return every_time, every_part
