"""Kernels of a frequency grid, made once and kept: columns of the distribution and of the free series terms."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["CAPACITOR", "INDUCTOR", "RESISTOR", "WARBURG", "Grid", "grid_of"]

Floats = NDArray[np.float64]

_LN10 = math.log(10.0)
RESISTOR, INDUCTOR, WARBURG, CAPACITOR = "resistor", "inductor", "warburg", "capacitor"
#: Grids that are kept; one of 70 frequencies takes about 0.3 MB.
MOST_GRIDS = 32
#: Points of tau for every knot of the splines.
REFINED = 4
#: Singular values below this part of the largest are noise of rounding.
_SMALLEST = 1e-10


@dataclass(frozen=True)
class Grid:
    """What depends on the frequencies and the options alone.

    Attributes
    ----------
    step
        Distance of the N knots in ln(tau/s).
    log_tau : (M,)
        Where the distribution is calculated, `REFINED` points for a knot.
    spline : (M, N)
        Uniform cubic B-splines there.
    phases : (REFINED, 4)
        The rows of ``spline`` that differ: point ``REFINED k + p`` takes ``phases[p]`` of knots k to k + 3.
    terms
        Names of the free series terms, in the order of the columns.
    units : (ne,)
        Value of each term whose column has modulus one at its own end of the frequencies, for one ohm.
    basis : (2m, r)
        Orthonormal columns that hold every column of the model, series terms first, then by size.
    sizes : (r,)
        Part of the largest that the columns of the distribution have along each; infinite for the series terms.
    series : (r, ne)
        The series terms in that basis.
    points : (M, r)
        The distribution at each tau in that basis.
    knots : (r, N)
        The splines in that basis: gamma itself as a spline.
    penalty : (N, N)
        Penalty of the ridge: integral of the squared second derivative by ln(tau), and a little of the value.
    gram : (r, r)
        Columns of the distribution over that penalty, in that basis.
    """

    step: float
    log_tau: Floats
    spline: Floats
    phases: Floats
    terms: tuple[str, ...]
    units: Floats
    basis: Floats
    sizes: Floats
    series: Floats
    points: Floats
    knots: Floats
    penalty: Floats
    gram: Floats


_kept: OrderedDict[tuple[object, ...], Grid] = OrderedDict()


def grid_of(frequency_hertz: Floats, points_per_decade: int, beyond_decades: float, terms: tuple[str, ...]) -> Grid:
    """Kernels of a frequency grid; the last `MOST_GRIDS` are kept."""
    key = (frequency_hertz.tobytes(), points_per_decade, beyond_decades, terms)
    found = _kept.get(key)
    if found is None:
        found = _make(frequency_hertz, points_per_decade, beyond_decades, terms)
        _kept[key] = found
        while len(_kept) > MOST_GRIDS:
            _kept.popitem(last=False)
    else:
        _kept.move_to_end(key)
    return found


def _make(frequency_hertz: Floats, points_per_decade: int, beyond_decades: float, terms: tuple[str, ...]) -> Grid:
    omega = 2.0 * math.pi * frequency_hertz
    beyond = beyond_decades * _LN10
    low, high = -math.log(omega.max()) - beyond, -math.log(omega.min()) + beyond
    intervals = math.ceil((high - low) / _LN10 * points_per_decade)
    log_tau = np.linspace(low, high, REFINED * intervals + 1)
    step = (high - low) / intervals
    phases = _cubic(np.arange(REFINED) / REFINED)
    count = intervals + 3
    spline = np.zeros((log_tau.size, count))
    for m in range(log_tau.size):
        k, phase = divmod(m, REFINED)
        spline[m, k : k + 4] = phases[phase, : count - k]
    columns, units = [], []
    for name in terms:
        column, unit = _series_term(name, omega)
        columns.append(column)
        units.append(unit)
    # equal steps of a smooth curve: the sum is the integral; half of the last steps
    part = np.full(log_tau.size, step / REFINED)
    part[[0, -1]] *= 0.5
    model = np.column_stack([*columns, part / (1.0 + 1j * np.outer(omega, np.exp(log_tau)))])
    stacked = np.concatenate([model.real, model.imag])
    ne = len(terms)
    own, _ = np.linalg.qr(stacked[:, :ne])
    rest = stacked[:, ne:] - own @ (own.T @ stacked[:, ne:])
    left, size, _ = np.linalg.svd(rest, full_matrices=False)
    size = size / size[0]
    kept = size > _SMALLEST
    basis = np.ascontiguousarray(np.column_stack([own, left[:, kept]]))
    second = np.diff(np.eye(count), 2, axis=0)
    penalty = second.T @ second / step**3 + 1e-6 * step * np.eye(count)
    coordinates = basis.T @ stacked
    series, points = np.ascontiguousarray(coordinates[:, :ne]), np.ascontiguousarray(coordinates[:, ne:].T)
    smooth = np.ascontiguousarray(points.T @ spline)
    gram = smooth @ np.linalg.solve(penalty, smooth.T)
    sizes = np.concatenate([np.full(ne, np.inf), size[kept]])
    return Grid(
        step, log_tau, spline, phases, terms, np.array(units), basis, sizes, series, points, smooth, penalty, gram
    )


def _cubic(t: Floats) -> Floats:
    """Four uniform cubic B-splines at the part ``t`` of an interval, (n, 4)."""
    return np.column_stack(
        [(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3]
    ) / 6.0  # fmt: skip


def _series_term(name: str, omega: Floats) -> tuple[NDArray[np.complex128], float]:
    """Column of modulus one at its own end of the frequencies, and the value it stands for."""
    jw = 1j * omega
    if name == RESISTOR:
        return np.ones_like(jw), 1.0
    if name == INDUCTOR:
        return jw / omega.max(), 1.0 / omega.max()
    if name == WARBURG:
        return (jw / omega.min()) ** -0.5, math.sqrt(omega.min())
    return omega.min() / jw, omega.min()
