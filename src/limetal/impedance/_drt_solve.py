"""From a spectrum to the numbers of its distribution: weighting, compression, and the two estimators."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.impedance._drt_grid import Grid
from limetal.impedance._drt_kernels import covariance, hierarchical, non_negative, ridge_penalties

__all__ = ["Compressed", "CurvaturePrior", "Estimate", "compress", "solve_hierarchical", "solve_ridge"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

#: Noise below this part of the weights' unit cannot be told from the discretisation.
_LEAST_NOISE = 3e-5
#: Part of a point of the data that the compression may leave out.
_LEFT_OUT = 3e-5
_MOST_ITERATIONS = 100
#: Prior of ln(gamma) where the data say nothing: about the mean, with a precision per unit of ln(tau), and level.
_LEVEL, _SLOPE = 0.002, 0.05
#: Times the degrees of freedom are counted in the cross-validation: with one, it takes noise for peaks.
_GCV_COST = 1.4
_PENALTIES = np.logspace(-13, -1, 49)
_PIVOT_ROUNDS = 200


@dataclass(frozen=True)
class CurvaturePrior:
    """Student's distribution of the curvature of ln(gamma), and over how much of ln(tau) neighbours share it."""

    freedom: float
    scale: float
    shared: float


@dataclass(frozen=True)
class Compressed:
    """A weighted spectrum in the coordinates of its grid; gamma and series terms in units of ``scale``."""

    grid: Grid
    scale: float
    upper: Floats
    terms: Floats
    points: Floats
    data: Floats
    rest: float
    count: int


@dataclass(frozen=True)
class Estimate:
    """Numbers on the knots, in ohm.

    Attributes
    ----------
    values : (N,)
        gamma, or ln(gamma/ohm) where ``logarithmic``.
    covariance : (N, N)
    terms, terms_std : (ne,)
        Series terms in the grid's columns; a term held at zero has no standard error (NaN).
    noise
        Standard deviation of the weighted data.
    used
        Degrees of freedom that the model took.
    penalty
        Of the ridge; NaN otherwise.
    """

    values: Floats
    covariance: Floats
    logarithmic: bool
    terms: Floats
    terms_std: Floats
    noise: float
    used: float
    penalty: float
    iterations: int
    converged: bool


def compress(grid: Grid, impedance: Complexes, weight: Floats) -> Compressed:
    """Weighted data and model in the few coordinates that the model can reach."""
    scale = float(np.ptp(impedance.real)) or float(np.abs(impedance).max())
    double = np.concatenate([weight, weight])
    data = np.concatenate([impedance.real, impedance.imag]) * double
    # what is left out is small against every point of the data
    least = max(_LEFT_OUT * float(np.min(1 / weight) / np.max(1 / weight)), 1e-10)
    r = int(np.count_nonzero(grid.sizes > least))
    q, upper = np.linalg.qr(grid.basis[:, :r] * double[:, None])
    reached = q.T @ data
    model = (upper @ grid.coordinates[:r]) * scale
    ne = len(grid.terms)
    rest = max(float(data @ data - reached @ reached), 0.0)
    return Compressed(
        grid, scale, upper, np.ascontiguousarray(model[:, :ne]), np.ascontiguousarray(model[:, ne:].T),
        reached, rest, data.size,
    )  # fmt: skip


def solve_hierarchical(spectrum: Compressed, prior: CurvaturePrior, known_noise: bool) -> Estimate:
    """Maximum of the posterior of ln(gamma), and its covariance there."""
    grid = spectrum.grid
    n, ne = grid.spline.shape[1], spectrum.terms.shape[1]
    level = -math.log(n * grid.step)
    u, e = np.full(n, level), np.zeros(ne)
    width = prior.shared / grid.step
    half = math.ceil(3 * width)
    window = np.exp(-0.5 * (np.arange(-half, half + 1) / max(width, 1e-9)) ** 2)
    shape = (grid.step, prior.freedom, prior.scale, window, _SLOPE, _LEVEL, level)
    noise, used, iterations, settled, held = hierarchical(
        spectrum.terms, spectrum.points, grid.phases, spectrum.data, spectrum.rest, float(spectrum.count), u, e,
        *shape, 1.0, not known_noise, _LEAST_NOISE**2, _MOST_ITERATIONS,
    )  # fmt: skip
    if known_noise:
        left = spectrum.data - np.exp(grid.spline @ u) @ spectrum.points - spectrum.terms @ e
        noise = max(1.0, (float(left @ left) + spectrum.rest) / max(spectrum.count - used, 1.0))
    cov, terms, _ = covariance(spectrum.terms, spectrum.points, grid.phases, u, noise, held, *shape)
    std = np.sqrt(np.where(held, np.nan, np.diag(terms)))
    return Estimate(
        u + math.log(spectrum.scale), cov, True, e * spectrum.scale, std * spectrum.scale,
        math.sqrt(noise), used, math.nan, iterations, settled,
    )  # fmt: skip


def solve_ridge(spectrum: Compressed, choice: Literal["gcv", "l-curve"], penalty: float | None) -> Estimate:
    """Non-negative ridge; the covariance is that of the values not held at zero, the penalty taken as a prior."""
    grid = spectrum.grid
    n, ne, r = grid.spline.shape[1], spectrum.terms.shape[1], spectrum.data.size
    # the basis begins with the series terms: what lies below their rows is free of them
    below = spectrum.upper[ne:, ne:]
    own, frame = np.linalg.eigh((below @ grid.gram[ne:r, ne:r] @ below.T) * spectrum.scale**2)
    own = np.maximum(own, 0.0)
    if penalty is None:
        penalties = _PENALTIES * own[-1]
        scores = ridge_penalties(
            own, frame.T @ spectrum.data[ne:], ne, spectrum.rest, spectrum.count, penalties, _GCV_COST
        )
        best = int(np.argmin(scores[0])) if choice == "gcv" else _corner(scores[1], scores[2])
        strength = float(penalties[best])
    else:
        strength = penalty
    model = np.column_stack([spectrum.terms, spectrum.points.T @ grid.spline])
    h = model.T @ model
    h[ne:, ne:] += strength * grid.penalty
    free = np.ones(ne + n, dtype=np.bool_)
    x, rounds = non_negative(h, model.T @ spectrum.data, free, _PIVOT_ROUNDS)
    left = spectrum.data - model @ x
    used = float(np.sum(own / (own + strength))) + ne
    noise = max((float(left @ left) + spectrum.rest) / max(spectrum.count - used, 1.0), _LEAST_NOISE**2)
    kept = np.flatnonzero(free)
    cov = np.zeros((ne + n, ne + n))
    cov[np.ix_(kept, kept)] = np.linalg.inv(h[np.ix_(kept, kept)]) * noise
    std = np.sqrt(np.where(free[:ne], np.diag(cov)[:ne], np.nan))
    s = spectrum.scale
    return Estimate(
        x[ne:] * s, cov[ne:, ne:] * s**2, False, x[:ne] * s, std * s, math.sqrt(noise), used, strength, rounds,
        rounds < _PIVOT_ROUNDS,
    )  # fmt: skip


def _corner(residual: Floats, norm: Floats) -> int:
    """Point of largest curvature of ln(norm) against ln(residual)."""
    x, y = np.log(residual), np.log(norm)
    dx, dy = np.gradient(x), np.gradient(y)
    ddx, ddy = np.gradient(dx), np.gradient(dy)
    bend = (dx * ddy - dy * ddx) / np.maximum(dx * dx + dy * dy, 1e-300) ** 1.5
    return int(np.argmax(bend[2:-2])) + 2
