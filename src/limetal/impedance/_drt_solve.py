"""From a spectrum to the numbers of its distribution: weighting, compression, and the two estimators."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.impedance._drt_grid import Grid
from limetal.impedance._drt_kernels import band_std, covariance, hierarchical, non_negative, ridge_penalties

__all__ = ["Compressed", "CurvaturePrior", "Estimate", "compress", "solve_hierarchical", "solve_ridge"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

#: Noise below this part of the weights' unit cannot be told from the discretisation.
_LEAST_NOISE = 3e-5
#: Part of a point of the data that the compression may leave out.
_LEFT_OUT = 1e-4
#: Smallest over largest pivot from which the normal equations are exact enough.
_WELL_CONDITIONED = 1e-4
_MOST_ITERATIONS = 500
#: Prior of ln(gamma) where the data say nothing: about the mean, with a precision per unit of ln(tau), and level.
_LEVEL, _SLOPE = 0.002, 0.05
#: Times the degrees of freedom are counted in the cross-validation: with one, it takes noise for peaks.
_GCV_COST = 2.0
_PENALTIES = np.logspace(-19, -3, 65)
#: ln of the residual over its least up to which the corner of the L-curve is looked for.
_NEAR = math.log(10.0)
_PIVOT_ROUNDS = 200


@dataclass(frozen=True)
class CurvaturePrior:
    """Student's distribution of the curvature of ln(gamma), and over how much of ln(tau) neighbours share it."""

    freedom: float
    scale: float
    shared: float


@dataclass(frozen=True)
class Compressed:
    """A weighted spectrum in the coordinates of its grid; gamma and series terms in units of ``scale``.

    ``upper`` weights what is given in the grid's basis, ``scaled`` does and brings it to these units.
    """

    grid: Grid
    scale: float
    upper: Floats
    scaled: Floats
    terms: Floats
    data: Floats
    rest: float
    count: int

    @property
    def points(self) -> Floats:
        """Weighted columns of gamma at every tau, (M, r)."""
        return self.grid.points[:, : self.data.size] @ self.scaled.T

    @property
    def knots(self) -> Floats:
        """Weighted columns of the splines of gamma, (r, N)."""
        return self.scaled @ self.grid.knots[: self.data.size]


@dataclass(frozen=True)
class Estimate:
    """Numbers on the knots, in ohm.

    Attributes
    ----------
    values : (N,)
        gamma, or ln(gamma/ohm) where ``logarithmic``.
    covariance, covariance_given : (N, N)
        With the uncertainty of the prior's precisions, and with these taken as known.
    std : (M,)
        Of the spline at its points.
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
    covariance_given: Floats
    std: Floats
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
    upper, reached = _triangle(grid.basis[:, :r] * double[:, None], data)
    rest = max(float(data @ data - reached @ reached), 0.0)
    scaled = upper * scale
    return Compressed(grid, scale, upper, scaled, scaled @ grid.series[:r], reached, rest, data.size)


def _triangle(columns: Floats, data: Floats) -> tuple[Floats, Floats]:
    """Upper triangle R of columns = QR, and Q'data.

    The columns are orthonormal but for the weights, so the normal equations lose nothing that matters unless the
    weights spread widely.
    """
    try:
        lower = np.linalg.cholesky(columns.T @ columns)
    except np.linalg.LinAlgError:
        lower = np.zeros((1, 1))
    size = np.abs(np.diag(lower))
    if size.min() > _WELL_CONDITIONED * size.max():
        return np.asarray(lower.T, dtype=np.float64), np.linalg.solve(lower, columns.T @ data)
    q, upper = np.linalg.qr(columns)
    return upper, q.T @ data


def solve_hierarchical(spectrum: Compressed, prior: CurvaturePrior, known_noise: bool) -> Estimate:
    """Maximum of the posterior of ln(gamma), and its covariance there."""
    grid = spectrum.grid
    n, ne = grid.spline.shape[1], spectrum.terms.shape[1]
    level = -math.log(n * grid.step)
    points = spectrum.points
    u, e = np.full(n, level), np.zeros(ne)
    width = prior.shared / grid.step
    half = math.ceil(3 * width)
    window = np.exp(-0.5 * (np.arange(-half, half + 1) / max(width, 1e-9)) ** 2)
    shape = (grid.step, prior.freedom, prior.scale, window, _SLOPE, _LEVEL, level)
    noise, used, iterations, settled, held = hierarchical(
        spectrum.terms, points, grid.phases, spectrum.data, spectrum.rest, float(spectrum.count), u, e,
        *shape, 1.0, not known_noise, _LEAST_NOISE**2, _MOST_ITERATIONS,
    )  # fmt: skip
    if known_noise:
        left = spectrum.data - np.exp(grid.spline @ u) @ points - spectrum.terms @ e
        noise = max(1.0, (float(left @ left) + spectrum.rest) / max(spectrum.count - used, 1.0))
    place = (spectrum.terms, points, grid.phases, u, noise, held, *shape)
    given, _ = covariance(*place, False)
    cov, terms = covariance(*place, True)
    std = np.sqrt(np.where(held, np.nan, np.diag(terms)))
    bands = band_std(cov, grid.phases, grid.log_tau.size)
    return Estimate(
        u + math.log(spectrum.scale), cov, given, bands, True, e * spectrum.scale, std * spectrum.scale,
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
    model = np.column_stack([spectrum.terms, spectrum.knots])
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
    inner = np.ascontiguousarray(cov[ne:, ne:]) * s**2
    bands = band_std(inner, grid.phases, grid.log_tau.size)
    return Estimate(
        x[ne:] * s, inner, inner, bands, False, x[:ne] * s, std * s, math.sqrt(noise), used, strength, rounds,
        rounds < _PIVOT_ROUNDS,
    )  # fmt: skip


def _corner(residual: Floats, norm: Floats) -> int:
    """Point of largest curvature of ln(norm) against ln(residual), where the residual is near its least.

    A second corner, where the penalty leaves nothing but a parabola, lies far above it.
    """
    x, y = np.log(residual), np.log(norm)
    dx, dy = np.gradient(x), np.gradient(y)
    ddx, ddy = np.gradient(dx), np.gradient(dy)
    bend = (dx * ddy - dy * ddx) / np.maximum(dx * dx + dy * dy, 1e-300) ** 1.5
    near = np.flatnonzero(x < x[0] + _NEAR)
    near = near[(near > 1) & (near < x.size - 2)]
    return int(near[np.argmax(bend[near])]) if near.size else 0
