"""Slope of a series whose noise may be a walk: Theil-Sen for the value, a walk plus independent noise for its error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.impedance._falls import pair_scale

__all__ = ["MOST_POINTS", "Slope", "robust_slope"]

Floats = NDArray[np.float64]

#: Longer series are thinned out evenly: pairs grow with the square, the error with the cube.
MOST_POINTS = 300
#: Steps further than this many scales from the median step are jumps.
JUMP = 4.0
#: Variance of one step of the walk over that of the noise, tried as one; zero is noise alone.
_RATIOS = np.concatenate([[0.0], np.logspace(-3, 2, 11)])


@dataclass(frozen=True)
class Slope:
    """A slope with standard error and 95 % interval; None where fewer than five points leave no error."""

    value: float
    std: float | None
    interval: tuple[float, float] | None


def robust_slope(at: Floats, values: Floats) -> Slope:
    r"""Median of the slopes between all pairs of points, with an error that allows for a random walk.

    Sen's own interval (J. Am. Stat. Assoc. 63, 1379 (1968)) takes the scatter of neighbours as independent, which a
    resistance that wanders from cycle to cycle is not: it would call most random walks a trend. Here the covariance is
    that of noise plus a walk, :math:`K = \sigma^2 (1 + \lambda \min(t_i, t_j))`; the variance of a least-squares slope
    under it is averaged over :math:`\lambda`, weighted with the restricted likelihood. In simulations the interval
    holds the truth in 99 % of series of independent noise, and in 93 % of random walks of 30 values (85 % of 10).
    """
    if at.size > MOST_POINTS:
        keep = np.linspace(0, at.size - 1, MOST_POINTS).astype(int)
        at, values = at[keep], values[keep]
    n = at.size
    first, second = np.triu_indices(n, 1)
    slope = float(np.median((values[second] - values[first]) / (at[second] - at[first])))
    if n < 5:
        return Slope(slope, None, None)
    std = _error(at, values)
    from scipy.special import stdtrit

    half = std * float(stdtrit(n - 2, 0.975))
    return Slope(slope, std, (slope - half, slope + half))


def _error(at: Floats, values: Floats) -> float:
    n = at.size
    t = (at - at[0]) / np.median(np.diff(at))
    basis = np.stack([np.ones(n), t - t.mean()], axis=1)
    walk = np.minimum(t[:, None], t[None, :])
    weights = basis[:, 1] / float(basis[:, 1] @ basis[:, 1])
    rise = np.diff(values)
    usual = pair_scale(rise)
    if usual > 0:
        # a jump is an event and no step of a walk: it does not widen the error of the rest
        middle = float(np.median(rise))
        rise = np.clip(rise, middle - JUMP * usual, middle + JUMP * usual)
        values = np.concatenate([[0.0], np.cumsum(rise)])
    scale = float(np.ptp(values)) or 1.0
    logs, variances = [], []
    for ratio in _RATIOS:
        root = np.linalg.cholesky(np.eye(n) + ratio * walk)
        white = np.linalg.solve(root, np.column_stack([basis, values / scale]))
        q, r = np.linalg.qr(white[:, :2])
        left = white[:, 2] - q @ (q.T @ white[:, 2])
        variance = float(left @ left) / (n - 2)
        # rounding: a line without any noise
        variance = max(variance, 1e-24)
        log_determinants = 2 * float(np.log(np.diag(root)).sum()) + 2 * float(np.log(np.abs(np.diag(r))).sum())
        logs.append(-0.5 * log_determinants - 0.5 * (n - 2) * math.log(variance))
        variances.append(variance * float(np.sum((root.T @ weights) ** 2)))
    likelihood = np.exp(np.array(logs) - max(logs))
    mean = float(np.sum(likelihood * variances) / np.sum(likelihood))
    return math.sqrt(mean) * scale / float(np.median(np.diff(at)))
