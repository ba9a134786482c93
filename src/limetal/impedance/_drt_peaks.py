"""Peaks of a distribution of relaxation times: which of its maxima are more than noise, how large each is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from limetal.impedance._drt_kernels import area, difference_std, steepest

__all__ = ["Curve", "RawPeak", "find_peaks"]

Floats = NDArray[np.float64]

#: Maxima lower than this part of the highest are not looked at.
_LOWEST = 1e-3
#: Standard error of how two neighbours share what lies about their valley, as part of the scale of `_tails`, and of
#: how long their tails are, as part of both areas, and of the peak alone, as part of it. Found on made-up spectra (the
#: tests hold their coverage).
_SHARE, _TAILS, _OWN = 0.8, 0.012, 0.003
#: Area beyond the last peak, as part of the peak's, from which it is a neighbour.
_SOMETHING = 0.02
#: Flanks flatter than this power of tau count as this steep.
_FLATTEST = 0.2


@dataclass(frozen=True)
class Curve:
    """A distribution on a fine grid, and how it moves with the quantities that were estimated.

    Attributes
    ----------
    log_tau, gamma : (M,)
    phases : (p, 4)
        B-splines from the estimated quantities, gamma itself or its logarithm, to the curve.
    covariance, covariance_given : (N, N)
        Of the estimated quantities: for areas, and, the prior's precisions taken as known, for shapes.
    logarithmic
        Whether the spline is that of ln(gamma).
    """

    log_tau: Floats
    gamma: Floats
    phases: Floats
    covariance: Floats
    covariance_given: Floats
    logarithmic: bool

    @property
    def step(self) -> float:
        """Distance of the points."""
        return float(self.log_tau[1] - self.log_tau[0])

    def area(self, low: int, high: int) -> tuple[float, float]:
        """Integral between two points and its standard error."""
        total, std = area(self.gamma, self.covariance, self.phases, self.step, low, high, self.logarithmic)
        return float(total), float(std)


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


def find_peaks(curve: Curve, least_significance: float, tail_beyond: bool) -> list[RawPeak]:
    """Peaks in order of tau; maxima that do not stand out from a neighbour are parts of it.

    Two maxima are one peak when the valley between them is less than ``least_significance`` standard errors below
    the lower of them. The area runs from valley to valley and is corrected for tails that go on as powers of tau.
    A peak whose area is not ``least_significance`` standard errors above zero is left out. ``tail_beyond`` tells that
    a series term goes on where the last peak ends.
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
            _depth(curve, min(pair, key=lambda k: g[k]), v) for pair, v in zip(pairwise(tops), valleys, strict=True)
        ]
        weakest = int(np.argmin(depth))
        if depth[weakest] >= least_significance:
            break
        del valleys[weakest]
        del tops[weakest if g[tops[weakest]] < g[tops[weakest + 1]] else weakest + 1]
    borders = [ends[0], *valleys, ends[1]]
    plain = [_sum(curve, a, b) for a, b in pairwise(borders)]
    last = curve.log_tau.size - 1
    before = _sum(curve, 0, borders[0]) if borders[0] else 0.0
    after = _sum(curve, borders[-1], last) if borders[-1] < last else 0.0
    found = []
    for i in range(len(tops)):
        alone = i + 1 == len(tops)
        left = plain[i - 1] if i else float(before > _SOMETHING * plain[0]) * plain[0]
        something = tail_beyond or after > _SOMETHING * plain[-1]
        right = float(something) * plain[i] if alone else plain[i + 1]
        shared = [plain[i] + other if other else 0.0 for other in (left, right)]
        ends = [tops[i - 1] if i else 0, last if alone else tops[i + 1]]
        peak = _peak(curve, tops[i], borders[i], borders[i + 1], ends, shared)
        if peak.area > least_significance * peak.area_std:
            found.append(peak)
    return found


def _sum(curve: Curve, low: int, high: int) -> float:
    """Area between two points."""
    g = curve.gamma
    return float(g[low : high + 1].sum() - 0.5 * (g[low] + g[high])) * curve.step


def _depth(curve: Curve, top: int, valley: int) -> float:
    """How many standard errors a top stands above a valley."""
    if top == valley:
        return 0.0
    if curve.logarithmic:
        difference = math.log(curve.gamma[top] / max(curve.gamma[valley], 1e-300))
    else:
        difference = float(curve.gamma[top] - curve.gamma[valley])
    std = difference_std(curve.covariance_given, curve.phases, top, valley, 1.0)
    return difference / max(float(std), 1e-12 * max(difference, 1e-300))


def _peak(curve: Curve, top: int, low: int, high: int, ends: list[int], shared: list[float]) -> RawPeak:
    """One peak; ``ends`` are its neighbours' tops, ``shared`` the areas it shares tails with."""
    x, g = curve.log_tau, curve.gamma
    size, std = curve.area(low, high)
    variance = std * std + (_OWN * size) ** 2
    for border, beyond, both in zip((low, high), ends, shared, strict=True):
        correction, scale = _tails(curve, top, border, beyond)
        size += correction
        variance += (_SHARE * scale) ** 2 + (_TAILS * both) ** 2
    place, place_std = _place(curve, top)
    sides = [b for b in (low, high) if b not in (0, x.size - 1)] or [low, high]
    valley = max(float(g[b]) for b in sides) / float(g[top])
    weakest = min(_depth(curve, top, b) for b in sides)
    return RawPeak(
        place, place_std, float(g[top]), size, math.sqrt(variance), float(x[low]), float(x[high]), valley, weakest
    )


def _tails(curve: Curve, top: int, border: int, beyond: int) -> tuple[float, float]:
    """What a peak loses beyond a border less what it gets from its neighbour there, and the scale of both.

    Flanks that go on as powers of tau, gamma_1 falling with exponent b and gamma_2 rising with a, and sum to the
    valley's height with no slope there, leave c/b - c'/a = gamma (1/b - 1/a). At the end of the grid there is no
    neighbour.
    """
    step = curve.step
    own = max(steepest(curve.gamma, min(top, border), max(top, border)) / step, _FLATTEST)
    height = float(curve.gamma[border])
    if border == beyond:
        return height / own, height / own
    other = max(steepest(curve.gamma, min(beyond, border), max(beyond, border)) / step, _FLATTEST)
    return height * (1 / own - 1 / other), 0.5 * height * (1 / own + 1 / other)


def _place(curve: Curve, top: int) -> tuple[float, float]:
    """Maximum of the parabola through three points, and its standard error."""
    step = curve.step
    three = curve.gamma[top - 1 : top + 2]
    v = np.log(np.maximum(three, 1e-300)) if curve.logarithmic else three
    bend = float(v[0] - 2 * v[1] + v[2]) / step**2
    if not bend < 0:
        return float(curve.log_tau[top]), math.inf
    tilt = float(v[2] - v[0]) / (2 * step)
    std = difference_std(curve.covariance_given, curve.phases, top + 1, top - 1, 0.5 / step)
    return float(curve.log_tau[top]) - tilt / bend, float(std) / -bend
