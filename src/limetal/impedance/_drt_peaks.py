"""Peaks of a distribution of relaxation times: which of its maxima are more than noise, how large each is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["Curve", "RawPeak", "find_peaks"]

Floats = NDArray[np.float64]

#: Maxima lower than this part of the highest are not looked at.
_LOWEST = 1e-3
#: Standard error of the share of two neighbours in what lies about their valley, as part of the largest it can be:
#: of two arcs that are ZARCs the share is known to about that (coverage is tested).
_SHARE = 0.4
#: Flanks flatter than this power of tau count as this steep.
_FLATTEST = 0.2


@dataclass(frozen=True)
class Curve:
    """A distribution on a fine grid, and how it moves with the quantities that were estimated.

    Attributes
    ----------
    log_tau, gamma : (M,)
    refine : (M, N)
        Estimated quantities to the curve: gamma itself, or its logarithm if ``logarithmic``.
    covariance : (N, N)
        Of the estimated quantities.
    logarithmic
        Whether ``refine`` leads to ln(gamma).
    """

    log_tau: Floats
    gamma: Floats
    refine: Floats
    covariance: Floats
    logarithmic: bool

    def std(self, gradient: Floats) -> float:
        """Standard error of a number whose derivative by the estimated quantities is ``gradient``."""
        return math.sqrt(max(float(gradient @ self.covariance @ gradient), 0.0))

    def slope(self, at: int) -> Floats:
        """Derivative of gamma at one point by the estimated quantities, (N,)."""
        return self.refine[at] * self.gamma[at] if self.logarithmic else self.refine[at]


@dataclass(frozen=True)
class RawPeak:
    """One peak; areas in the unit of gamma, places in ln(tau)."""

    place: float
    place_std: float
    height: float
    area: float
    area_std: float
    low: float
    high: float
    valley: float
    significance: float


def find_peaks(curve: Curve, least_significance: float) -> list[RawPeak]:
    """Peaks in order of tau; maxima that do not stand out from a neighbour are parts of it.

    Two maxima are one peak when the valley between them is less than ``least_significance`` standard errors below
    the lower of them. The area runs from valley to valley and is corrected for tails that go on as powers of tau.
    """
    g = curve.gamma
    inner = np.arange(1, g.size - 1)
    tops = inner[(g[1:-1] > g[:-2]) & (g[1:-1] >= g[2:]) & (g[1:-1] > _LOWEST * g.max())].tolist()
    if not tops:
        return []
    valleys = [a + int(np.argmin(g[a : b + 1])) for a, b in pairwise(tops)]
    ends = [int(np.argmin(g[: tops[0] + 1])), tops[-1] + int(np.argmin(g[tops[-1] :]))]
    while valleys:
        depth = [
            _depth(curve, *sorted((tops[i], tops[i + 1]), key=lambda k: g[k])[:1], v) for i, v in enumerate(valleys)
        ]
        weakest = int(np.argmin(depth))
        if depth[weakest] >= least_significance:
            break
        del valleys[weakest]
        del tops[weakest if g[tops[weakest]] < g[tops[weakest + 1]] else weakest + 1]
    borders = [ends[0], *valleys, ends[1]]
    return [_peak(curve, tops, borders, i) for i in range(len(tops))]


def _depth(curve: Curve, top: int, valley: int) -> float:
    """How many standard errors a top stands above a valley."""
    if top == valley:
        return 0.0
    if curve.logarithmic:
        gradient = curve.refine[top] - curve.refine[valley]
        difference = math.log(curve.gamma[top] / max(curve.gamma[valley], 1e-300))
    else:
        gradient = curve.slope(top) - curve.slope(valley)
        difference = float(curve.gamma[top] - curve.gamma[valley])
    return difference / max(curve.std(gradient), 1e-12 * max(difference, 1e-300))


def _peak(curve: Curve, tops: list[int], borders: list[int], i: int) -> RawPeak:
    x, g = curve.log_tau, curve.gamma
    top, low, high = tops[i], borders[i], borders[i + 1]
    weights = np.zeros(x.size)
    step = float(x[1] - x[0])
    weights[low : high + 1] = step
    weights[[low, high]] = 0.5 * step
    area = float(weights @ g)
    gradient = (weights * g if curve.logarithmic else weights) @ curve.refine
    share = 0.0
    for border, other in ((low, i - 1), (high, i + 1)):
        if 0 <= other < len(tops):
            correction, size = _tails(curve, top, border, tops[other])
            area += correction
            share += (_SHARE * size) ** 2
    place, place_std = _place(curve, top)
    sides = [b for b in (low, high) if b not in (0, x.size - 1)] or [low, high]
    valley = max(float(g[b]) for b in sides) / float(g[top])
    weakest = min(_depth(curve, top, b) for b in sides)
    return RawPeak(
        place, place_std, float(g[top]), area, math.hypot(curve.std(gradient), math.sqrt(share)),
        float(x[low]), float(x[high]), valley, weakest,
    )  # fmt: skip


def _tails(curve: Curve, top: int, valley: int, other: int) -> tuple[float, float]:
    """What a peak loses beyond the valley less what it gets from its neighbour, and the scale of both.

    Flanks that go on as powers of tau, gamma_1 falling with exponent b and gamma_2 rising with a, and sum to the
    valley's height with no slope there, leave c/b - c'/a = gamma (1/b - 1/a).
    """
    step = float(curve.log_tau[1] - curve.log_tau[0])
    own = _steepest(curve.gamma[min(top, valley) : max(top, valley) + 1], step)
    next_one = _steepest(curve.gamma[min(other, valley) : max(other, valley) + 1], step)
    height = float(curve.gamma[valley])
    return height * (1 / own - 1 / next_one), 0.5 * height * (1 / own + 1 / next_one)


def _steepest(g: Floats, step: float) -> float:
    """Largest power of tau on a flank."""
    if g.size < 2:
        return _FLATTEST
    slopes = np.abs(np.diff(np.log(np.maximum(g, 1e-12 * g.max())))) / step
    return max(float(slopes.max()), _FLATTEST)


def _place(curve: Curve, top: int) -> tuple[float, float]:
    """Maximum of the parabola through three points, and its standard error."""
    step = float(curve.log_tau[1] - curve.log_tau[0])
    three = curve.gamma[top - 1 : top + 2]
    v = np.log(np.maximum(three, 1e-300)) if curve.logarithmic else three
    bend = float(v[0] - 2 * v[1] + v[2]) / step**2
    if not bend < 0:
        return float(curve.log_tau[top]), math.inf
    tilt = float(v[2] - v[0]) / (2 * step)
    gradient = (curve.refine[top + 1] - curve.refine[top - 1]) / (2 * step)
    return float(curve.log_tau[top]) - tilt / bend, curve.std(gradient) / -bend
