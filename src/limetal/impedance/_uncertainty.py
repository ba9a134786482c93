"""Errors and verdicts of a fit: what the data say of each parameter at the minimum."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from limetal.impedance.circuit import Circuit
from limetal.impedance.program import Program
from limetal.impedance.result import CircuitFit, FitOptions, Status

__all__ = [
    "Data",
    "Walk",
    "described",
    "inverse",
    "is_rival",
    "needless",
    "outside_covariance",
    "widened",
    "with_errors",
]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

#: A parameter is not identified if its standard error is above this factor (of a logarithm) or part of its breadth,
WIDEST_LOG_STD, WIDEST_PART = math.log(2.0), 0.25
#: if AICc without its part rises by less than this (asked where the size of the part is less certain than that),
NEEDED_AICC, SURE_LOG_STD = 10.0, 0.15
#: or if another minimum whose chi squared is higher by less than this lies further away than so many standard errors.
RIVAL, RIVAL_STD, SAME_COST = 8.0, 2.0, 1e-5
#: Errors above these (of a logarithm, of a part of the breadth) are widened along the cost itself, as far as that.
DOUBTFUL_LOG_STD, DOUBTFUL_PART, FARTHEST_LOG = 0.1, 0.043, 3.0
#: Of an inner coordinate; logarithm of the size of a part that is taken out; iterations of what is left.
NEAR_BOUND, VANISHING, PARTIAL_ITERATIONS = 1e-7, -40.0, 25


#: Square of the rounding of a number.
ROUNDING = float(np.finfo(float).eps) ** 2
#: By the numbers of `limetal.impedance._around`.
_STATUSES: tuple[Status, ...] = ("fixed", "fitted", "at bound", "not identified")


@dataclass(frozen=True, eq=False)
class Data:
    """What was fitted, with weights and the limits of the search."""

    f: Floats
    z: Complexes
    weight: Floats
    omega: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Walk:
    """Where the best walk ended."""

    q: Floats
    cost: float
    hessian: Floats
    tried: int
    agree: int
    iterations: int
    converged: bool


@dataclass(frozen=True, eq=False)
class _Limits:
    """Standard errors above which the cost itself is asked, ``(n,)``: of inner coordinates, of sizes of parts.

    ``nothing`` says of every parameter that it is not doubtful.
    """

    doubtful: Floats
    sure_size: Floats
    nothing: NDArray[np.bool_]


@lru_cache(maxsize=256)
def _limits(p: Program) -> _Limits:
    doubtful = _doubtful(p) if p.free.size > 1 else np.full(p.is_free.size, np.inf)
    sure_size = np.full(p.is_free.size, np.inf)
    for _, sizes in p.sized_blocks:
        sure_size[list(sizes)] = SURE_LOG_STD
    return _Limits(doubtful, sure_size, np.zeros(p.is_free.size, dtype=np.bool_))


def _doubtful(p: Program) -> Floats:
    found: Floats = np.where(p.logarithmic, DOUBTFUL_LOG_STD, DOUBTFUL_PART * p.breadth)
    return found


def is_rival(cost: float, best: float, rows: int) -> bool:
    """Whether another minimum is as likely as the best one, within the noise."""
    return bool(best * (1 + SAME_COST) < cost < best * (1 + RIVAL / rows))


def described(
    p: Program, circuit: Circuit, options: FitOptions, data: Data, walk: Walk, rivals: list[Floats]
) -> CircuitFit:
    """Errors and status of every parameter, and all of it as a result."""
    from limetal.impedance import _around

    # a spectrum computed from the circuit itself leaves nothing: its digits still end somewhere
    rounding = ROUNDING
    if options.weighting != "modulus":
        rounding *= float(np.mean((np.abs(data.z) * data.weight) ** 2))
    scale = max(walk.cost / max(2 * data.f.size - p.free.size, 1), rounding)
    if options.weighting == "measured":
        scale = max(scale, 1.0)
    limits = _limits(p)
    sure, clear, inner, covariance = _around.errors(
        walk.hessian, scale, walk.q, p.free, p.is_free, p.arc_rows, limits.doubtful, limits.sure_size
    )
    doubtful = limits.nothing
    if not clear:
        inner = inner if sure else inverse(walk.hessian * (1 / scale))
        wide = widened(p, data, walk, inner, scale)
        covariance = _no_narrower(outside_covariance(p, walk.q, wide), outside_covariance(p, walk.q, inner))
        doubtful = needless(p, data, walk, np.sqrt(np.diagonal(covariance)), scale)
    if rivals:
        outer, log_std = p.outside(walk.q), np.sqrt(np.diagonal(covariance))
        for rival in rivals:
            doubtful = doubtful | (np.abs(p.outside(rival) - outer) > RIVAL_STD * log_std)
    return with_errors(p, circuit, options, data, walk, covariance, doubtful)


def with_errors(
    p: Program,
    circuit: Circuit,
    options: FitOptions,
    data: Data,
    walk: Walk,
    covariance: Floats,
    doubtful: NDArray[np.bool_],
) -> CircuitFit:
    """A result from the covariance of the circuit's parameters (logarithms), and what is doubtful besides."""
    from limetal.impedance import _around

    numbers, values, std, log_std = _around.statuses(
        walk.q, covariance, doubtful, p.free, p.arc_rows, p.logarithmic, p.breadth, data.low, data.high, p.low, p.high,
        NEAR_BOUND, WIDEST_LOG_STD, WIDEST_PART,
    )  # fmt: skip
    return CircuitFit(
        frequency_hertz=data.f,
        impedance=data.z,
        values=values,
        std=std,
        log_std=log_std,
        status=tuple([_STATUSES[number] for number in numbers.tolist()]),
        cost=walk.cost,
        weights=data.weight,
        starts=walk.tried,
        starts_agree=walk.agree,
        iterations=walk.iterations,
        converged=walk.converged,
        options=options,
        _fitted=circuit,
        _program=p,
        _inner=walk.q,
        _covariance=covariance,
    )


def widened(p: Program, data: Data, walk: Walk, covariance: Floats, scale: float) -> Floats:
    """Covariance of the free inner coordinates, each no narrower than the rise of the cost along it says.

    Where errors are large the cost is no parabola: the distance at which it has risen as much as at two standard errors
    of a parabola, all others at their best, then takes the place of the two standard errors.
    """
    std = np.sqrt(np.diagonal(covariance))
    doubtful = np.flatnonzero(std > _doubtful(p)[p.free])
    if not doubtful.size or p.free.size < 2:
        return covariance
    from limetal.impedance._profile import reach

    factor = np.ones(std.size)
    re, im = np.ascontiguousarray(data.z.real), np.ascontiguousarray(data.z.imag)
    for a in doubtful:
        k = int(p.free[a])
        farthest = 2 * (FARTHEST_LOG if p.logarithmic[k] else data.high[k] - data.low[k])
        if std[a] > farthest:
            continue
        direction = np.zeros(walk.q.size)
        direction[p.free] = covariance[a] / covariance[a, a]
        sides = [
            reach(
                p.code, p.free, data.low, data.high, data.omega, re, im, data.weight, walk.q, walk.cost, k,
                sign * direction, 2 * float(std[a]), farthest, 4 * scale,
            )[0]
            for sign in (-1.0, 1.0)
        ]  # fmt: skip
        factor[a] = max(1.0, max(sides) / (2 * std[a]))
    factor = np.minimum(factor, 1e6)
    found: Floats = covariance * np.outer(factor, factor)
    return found


def outside_covariance(p: Program, q: Floats, free_covariance: Floats) -> Floats:
    """Covariance of the logarithms of the circuit's parameters; NaN for fixed ones.

    A parameter on a bound is not held: what the data say of the others does not grow by a bound.
    """
    from limetal.impedance import _around

    inner = np.ascontiguousarray(free_covariance)
    found: Floats = _around.outside_covariance(inner, p.free, p.is_free, p.arc_rows, q)
    return found


def _no_narrower(wide: Floats, plain: Floats) -> Floats:
    """``wide`` with no variance below that of ``plain``.

    Y of an arc is made of R, tau and n whose errors cancel: widened by different factors they can cancel further.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.sqrt(np.fmax(np.diagonal(plain) / np.diagonal(wide), 1.0))
    found: Floats = wide * np.outer(factor, factor)
    return found


def needless(p: Program, data: Data, walk: Walk, log_std: Floats, scale: float) -> NDArray[np.bool_]:
    """Parameters of the parts in series without which the spectrum is described nearly as well (by AICc).

    Only parts whose size is uncertain are tried: those certain to a few percent are needed.
    """
    from limetal.impedance import _machine

    found = np.zeros(walk.q.size, dtype=bool)
    for block, sizes in p.sized_blocks:
        if not log_std[list(sizes)].max() > SURE_LOG_STD:
            continue
        own = list(block)
        free = np.array([k for k in p.free if k not in own], dtype=np.int64)
        q, hessian = walk.q.copy(), np.empty((free.size, free.size))
        q[own] += p.ohm[own] * VANISHING
        low, high = np.minimum(data.low, q), np.maximum(data.high, q)
        cost, _, _ = _machine.levenberg_marquardt(
            p.code, free, low, high, data.omega, np.ascontiguousarray(data.z.real), np.ascontiguousarray(data.z.imag),
            data.weight, q, PARTIAL_ITERATIONS, 1e-4, hessian,
        )  # fmt: skip
        if (cost - walk.cost) / scale < 2 * len(own) + NEEDED_AICC:
            found[own] = True
    return found


def inverse(h: Floats) -> Floats:
    """Inverse of J'J, scaled first; directions the data do not see get an enormous variance instead of an error."""
    diagonal = np.diagonal(h)
    size = np.sqrt(np.maximum(diagonal, max(1e-30 * float(diagonal.max()), 1e-250)))
    scaled = h / np.outer(size, size)
    values, vectors = np.linalg.eigh(scaled)
    found: Floats = (vectors / np.maximum(values, 1e-14)) @ vectors.T / np.outer(size, size)
    return found
