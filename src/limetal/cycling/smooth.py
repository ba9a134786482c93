"""A smooth curve through voltages along the charge, how well it is known, and curves that the data allow as well.

Penalised cubic B-splines (Eilers and Marx 1996, doi:10.1214/ss/1038425655). Knots lie densely where voltage or charge
moves much, the third derivative is penalised, and its weight is chosen by generalised cross-validation in which every
degree of freedom counts 1.4 times (Kim and Gu 2004, J. R. Stat. Soc. B 66, 337), because plain cross-validation
follows the noise now and then. Further fits let the curve bend where the one before did: what is straight gets
straighter, what bends keeps its freedom. The covariance is the Bayesian one (Wahba 1983, J. R. Stat. Soc. B 45, 133),
whose intervals hold across the curve, what smoothing cuts off included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FEWEST_POINTS", "Smooth", "smooth"]

Floats = NDArray[np.float64]

DEGREE = 3
DIFFERENCE = 3
MOST_PIECES = 200
#: Rows in the shortest piece: between rows nothing holds the curve.
ROWS_A_PIECE = 1.5
CLIPPED = 20
FEWEST_POINTS = 12
#: Shares of charge, of voltage and of the number of points in the density of the knots.
SHARES = (0.4, 0.4, 0.2)
#: Knots are spread over this part of their number, first from the raw data, then from the fit.
SPREAD_RAW, SPREAD_FIT = 0.1, 0.02
COUNT_FREEDOM = 1.4
#: Powers of ten of the weight of the penalty that are tried first, before the best is searched around.
PENALTIES = (-10.0, -8.0, -6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0)
STEPS = (2.0, 2.0, 1.0, 0.5, 0.25)
#: Neighbours over which the bends of the first fit are averaged.
BENDS = 15
#: The curve is fitted anew with the bends of the fit before so often, or until its freedom changes by less than a part.
BENT_AGAIN = 6
SETTLED = 0.02
#: The noise is that of the usual points where it is this many times as large with the few that are far off.
FEW_OFF = 1.5
#: Of the penalty in every fit: pieces without rows stay in place.
RIDGE = 1e-10


@dataclass(frozen=True, eq=False)
class Smooth:
    """A smooth curve V(q) and what is known about it.

    Attributes
    ----------
    knots, coefficients
        Of the cubic B-spline.
    root : (p, p) float
        Root of the covariance of the coefficients: covariance = root @ root.T.
    noise_V
        Standard deviation of the points about the curve.
    freedom
        Effective number of parameters.
    power
        Power of ten of the weight of the penalty.
    """

    knots: Floats
    coefficients: Floats
    root: Floats
    noise_V: float
    freedom: float
    power: float = 0.0

    def at(self, q: Floats, derivative: int = 0) -> tuple[Floats, Floats]:
        """Value of the curve or of a derivative, and its standard error.

        Examples
        --------
        >>> x = np.linspace(0.0, 1.0, 200)
        >>> value, std = smooth(x, 3.0 + x).at(np.array([0.5]), 1)
        >>> round(float(value[0]), 4)
        1.0
        """
        from scipy.interpolate import BSpline

        basis = BSpline(self.knots, np.column_stack([self.coefficients, self.root]), DEGREE)(q, derivative)
        return basis[:, 0], np.sqrt(np.sum(basis[:, 1:] ** 2, axis=1))

    def draws(self, q: Floats, count: int, seed: int = 0) -> Floats:
        """(count, n) curves that the data allow: the best one first, then draws from its distribution."""
        from scipy.interpolate import BSpline

        normal = np.random.default_rng(seed).standard_normal((self.root.shape[1], count - 1))
        many = self.coefficients[:, None] + self.root @ normal
        return np.asarray(BSpline(self.knots, np.column_stack([self.coefficients, many]), DEGREE)(q).T)


def smooth(q: Floats, volt: Floats, weight: Floats | None = None, least_noise_V: float = 0.0) -> Smooth:
    """Smooth curve through voltages that rise or fall on the whole; they need not be monotone.

    Parameters
    ----------
    q : (n,) float
        Charge, never falls, `FEWEST_POINTS` points at least.
    volt : (n,) float
        Voltage.
    weight : (n,) float, optional
        Weights of the points; 1 for all if not given.
    least_noise_V
        The noise is not taken for less than this.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = np.linspace(0.0, 1.0, 400)
    >>> curve = smooth(x, 3.5 + 0.1 * np.sin(6 * x) + 0.002 * rng.standard_normal(400))
    >>> value, std = curve.at(x)
    >>> float(np.sqrt(np.mean((value - 3.5 - 0.1 * np.sin(6 * x)) ** 2))) < 0.0006, round(1e3 * curve.noise_V, 1)
    (True, 2.0)
    """
    from scipy.optimize import isotonic_regression

    weight = np.ones(q.size) if weight is None else weight
    sign = 1.0 if volt[-1] >= volt[0] else -1.0
    pieces = int(min(MOST_PIECES, q.size / (ROWS_A_PIECE + 0.5)))
    monotone = np.asarray(isotonic_regression(sign * volt).x)
    few = max(pieces // 2, 4)
    first = _fit(q, volt, weight, _knots(q, monotone, weight, few, SPREAD_RAW), None, least_noise_V)
    path = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(first.at(q)[0])))])
    knots = _knots(q, path, weight, pieces, SPREAD_FIT)
    found = _fit(q, volt, weight, knots, None, least_noise_V)
    for _ in range(BENT_AGAIN):
        before, found = found, _fit(q, volt, weight, knots, found, least_noise_V)
        if abs(found.freedom - before.freedom) < SETTLED * before.freedom:
            break
    return found


def _knots(q: Floats, path: Floats, weight: Floats, pieces: int, spread: float) -> Floats:
    """Knots whose density follows charge and the way the voltage goes; a piece has more than one row."""
    length = np.ptp(q)
    count = np.minimum(weight[1:], weight[:-1])
    share = SHARES[0] * np.diff(q) / length + SHARES[2] * count / count.sum()
    share += SHARES[1] * np.diff(path) / max(float(path[-1] - path[0]), 1e-12)
    for _ in range(CLIPPED):  # what is cut off goes to the others, and may lift some of them above
        share = np.minimum(share / share.sum(), 1.0 / (ROWS_A_PIECE * pieces))
    place = np.concatenate([[0.0], np.cumsum(share)])
    inner = np.interp(np.linspace(0.0, 1.0, pieces + 1), place / place[-1], q)
    window = max(3, int(spread * pieces)) | 1
    log_width = np.log(np.maximum(np.diff(inner), 1e-9 * length))
    log_width = np.convolve(np.pad(log_width, window // 2, mode="edge"), np.ones(window) / window, "valid")
    inner = np.concatenate([[0.0], np.cumsum(np.exp(log_width))])
    inner = q[0] + inner * (length / inner[-1])
    beyond = np.arange(1, DEGREE + 1)
    left, right = inner[1] - inner[0], inner[-1] - inner[-2]
    return np.concatenate([inner[0] - left * beyond[::-1], inner, inner[-1] + right * beyond])


def _fit(q: Floats, volt: Floats, weight: Floats, knots: Floats, before: Smooth | None, least_V: float) -> Smooth:
    """Penalised least squares; all matrices are bands, so that no other threads are woken."""
    from scipy.interpolate import BSpline
    from scipy.linalg.lapack import dtbtrs
    from scipy.sparse import diags_array

    basis = BSpline.design_matrix(np.clip(q, knots[DEGREE], knots[-DEGREE - 1]), knots, DEGREE)
    middle = float(volt.mean())
    y = volt - middle
    normal = _band(basis.T @ diags_array(weight) @ basis)
    penalty = _penalty(knots, None if before is None else before.coefficients)
    penalty *= normal[0].sum() / penalty[0].sum()
    right, total = np.asarray(basis.T @ (weight * y)), float(weight @ y**2)
    tried: dict[float, _Try] = {}
    start = PENALTIES if before is None else (before.power,)
    for step in STEPS:
        best = min(tried, key=lambda p: tried[p].score) if tried else 0.0
        places = (best - step, best + step) if tried else start
        for place in places:
            if place not in tried and (one := _try(10.0**place, normal, penalty, right, total, q.size)):
                tried[place] = one
    if not tried and before is not None:
        return before
    power = min(tried, key=lambda p: tried[p].score)
    found = tried[power]
    free = max(q.size - found.freedom, 1.0)
    noise = float(np.sqrt(found.residual / free))
    off = np.abs(y - basis @ found.coefficients)[weight == 1.0]
    usual = 1.4826 * float(np.median(off)) * np.sqrt(q.size / free) if off.size else noise
    if noise > FEW_OFF * usual:  # a jump between two rows that no curve follows says nothing about the noise elsewhere
        noise = usual
    noise = max(noise, least_V)
    root, _ = dtbtrs(found.lower, np.eye(right.size), uplo="L", trans="T")
    return Smooth(knots, middle + found.coefficients, noise * np.asarray(root), noise, found.freedom, power)


@dataclass(frozen=True, eq=False)
class _Try:
    """A fit with one weight of the penalty."""

    lower: Floats
    coefficients: Floats
    residual: float
    freedom: float
    score: float


def _try(much: float, normal: Floats, penalty: Floats, right: Floats, total: float, points: int) -> _Try | None:
    """None where rounding leaves nothing to solve: charges that lie as 1 to 1e9 apart, with almost no penalty."""
    from scipy.linalg import LinAlgError, cho_solve_banded, cholesky_banded

    try:
        lower = cholesky_banded(normal + (much + RIDGE) * penalty, lower=True)
    except LinAlgError:
        return None
    coefficients = cho_solve_banded((lower, True), right)
    size = right.size
    dense = np.zeros((size, size))
    for k in range(DEGREE + 1):
        at = np.arange(size - k)
        dense[at + k, at] = dense[at, at + k] = normal[k, : size - k]
    freedom = float(np.trace(cho_solve_banded((lower, True), dense)))
    residual = max(total - 2 * float(coefficients @ right) + float(coefficients @ dense @ coefficients), 1e-16 * total)
    counted = COUNT_FREEDOM * freedom
    score = residual / (points - counted) ** 2 if counted < 0.95 * points else np.inf
    return _Try(lower, coefficients, residual, freedom, score)


def _band(matrix: Any) -> Floats:  # noqa: ANN401 - one of scipy's many sparse classes
    """Lower bands of a symmetric matrix, as LAPACK wants them."""
    band = np.zeros((DEGREE + 1, matrix.shape[0]))
    for k in range(DEGREE + 1):
        diagonal = matrix.diagonal(-k)
        band[k, : diagonal.size] = diagonal
    return band


def _penalty(knots: Floats, bends: Floats | None) -> Floats:
    """Bands of the squares of third differences, weighted where a fit before tells how much the curve bends.

    The differences are those of the third derivative times the cube of the local distance of knots (general P-splines:
    Li and Cao 2022, doi:10.48550/arXiv.2201.06808), so that parabolas cost nothing however the knots lie.
    """
    from scipy.sparse import csr_array, diags_array

    size = knots.size - DEGREE - 1
    dense = np.eye(size)
    for order in range(1, DIFFERENCE + 1):
        reach = DEGREE + 1 - order
        inner = knots[order : knots.size - order]
        dense = np.diff(dense, axis=0) * (reach / (inner[reach:] - inner[:-reach]))[:, None]
    spacing = np.diff(knots)[DEGREE : knots.size - 1 - DEGREE]
    difference = csr_array(dense * (spacing**DIFFERENCE)[:, None])
    weight = np.ones(size - DIFFERENCE)
    if bends is not None:
        window = min(BENDS, weight.size) | 1
        bent = np.pad(np.asarray(difference @ bends) ** 2, window // 2, mode="edge")
        bent = np.convolve(bent, np.ones(window) / window, "valid")[: weight.size]
        weight = 1.0 / (bent + float(np.median(bent)) + 1e-300)
        weight /= np.exp(np.mean(np.log(weight)))
    return _band(difference.T @ diags_array(weight) @ difference)
