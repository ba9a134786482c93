"""Compiled work before and after the search of a fit: limits, weights, order of arcs, covariance, status.

A handful of numbers each, but a spectrum is fitted in less than a millisecond, and after a search the caches hold
nothing of the interpreter: as Python statements these steps would take as long as the search.
"""

from __future__ import annotations

import math

import numpy as np
from numba import types

from limetal.impedance._compile import compiled
from limetal.impedance._machine import FLOAT, INTEGER, TRUTH

__all__ = [
    "best_of",
    "errors",
    "inverse",
    "limits",
    "ordered",
    "outside_covariance",
    "spectrum",
    "statuses",
    "weighted",
]

#: Frequencies and impedances, which a record keeps read-only.
_FREQUENCY, _IMPEDANCE = (types.Array(kind, 1, "C", readonly=True) for kind in (types.float64, types.complex128))
#: The search leaves resistances and times within these factors of what was measured.
_LEAST_OHM, _MOST_OHM, _LEAST_SECOND, _MOST_SECOND = 1e-7, 1e5, 1e-4, 1e5
#: Smallest square of a pivot, of a matrix whose diagonal is one, from which its inverse is certain.
_SURE_PIVOT = 1e-8
FIXED, FITTED, AT_BOUND, NOT_IDENTIFIED = 0, 1, 2, 3


@compiled(FLOAT[:, ::1](FLOAT[:, ::1], FLOAT[::1]))
def weighted(columns, weight):
    """Columns (k, 2m), real parts first, times the weights of the m points."""
    m = weight.size
    x = np.empty_like(columns)
    for k in range(columns.shape[0]):
        for half in range(2):
            given, found = columns[k, half * m : (half + 1) * m], x[k, half * m : (half + 1) * m]
            for i in range(m):
                found[i] = given[i] * weight[i]
    return x


@compiled(
    types.Tuple((FLOAT[::1], FLOAT[::1]))(
        _FREQUENCY, _IMPEDANCE, FLOAT[::1], FLOAT[::1], TRUTH[::1], FLOAT[::1], FLOAT[::1]
    ),
)
def limits(f, z, ohm, second, logarithmic, own_low, own_high):
    """Inner coordinates between which a fit searches."""
    top, slowest, fastest = 0.0, np.inf, 0.0
    for i in range(f.size):
        top = max(top, abs(z[i]))
        slowest, fastest = min(slowest, 2 * np.pi * f[i]), max(fastest, 2 * np.pi * f[i])
    r_low, r_high = math.log(top * _LEAST_OHM), math.log(top * _MOST_OHM)
    t_low, t_high = math.log(_LEAST_SECOND / fastest), math.log(_MOST_SECOND / slowest)
    low, high = own_low.copy(), own_high.copy()
    for k in range(ohm.size):
        if not logarithmic[k]:
            continue
        least = min(ohm[k] * r_low, ohm[k] * r_high) + min(second[k] * t_low, second[k] * t_high)
        most = max(ohm[k] * r_low, ohm[k] * r_high) + max(second[k] * t_low, second[k] * t_high)
        if max(least, own_low[k]) <= min(most, own_high[k]):  # else the user's bounds are elsewhere: they count
            low[k], high[k] = max(least, own_low[k]), min(most, own_high[k])
    return low, high


@compiled(
    types.Tuple((TRUTH, FLOAT[::1], FLOAT[::1], FLOAT[::1], FLOAT[::1], FLOAT[::1], FLOAT[::1]))(
        _FREQUENCY, _IMPEDANCE, FLOAT[::1], FLOAT[::1], TRUTH[::1], FLOAT[::1], FLOAT[::1]
    )
)
def spectrum(f, z, ohm, second, logarithmic, own_low, own_high):
    """Whether all numbers are those of a spectrum; angular frequency, Re Z, Im Z, 1/|Z|; `limits`."""
    m = f.size
    omega, re, im, weight = np.empty(m), np.empty(m), np.empty(m), np.empty(m)
    sound = True
    for i in range(m):
        omega[i], re[i], im[i] = 2 * np.pi * f[i], z[i].real, z[i].imag
        size = abs(z[i])
        sound = sound and 0.0 < f[i] < np.inf and 0.0 < size < np.inf
        weight[i] = 1 / size
    low, high = limits(f, z, ohm, second, logarithmic, own_low, own_high)
    return sound, omega, re, im, weight, low, high


@compiled()
def _order(q, times, parts, swap):
    """Fill ``swap`` with the coordinates of ``q`` that put arcs of one kind in order of their time constants."""
    for k in range(q.size):
        swap[k] = k
    order = np.empty(times.shape[1], dtype=np.int64)
    for g in range(times.shape[0]):
        members = 0
        while members < times.shape[1] and times[g, members] >= 0:
            place = members
            while place > 0 and q[times[g, order[place - 1]]] > q[times[g, members]]:
                order[place] = order[place - 1]
                place -= 1
            order[place] = members
            members += 1
        for member in range(members):
            for j in range(parts.shape[2]):
                if parts[g, member, j] >= 0:
                    swap[parts[g, member, j]] = parts[g, order[member], j]


@compiled()
def inverse(h):
    """Inverse of J'J by Cholesky, and whether it is certain; if not, it is nothing."""
    n = h.shape[0]
    low, found = np.zeros((n, n)), np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            total = h[i, j] / math.sqrt(h[i, i] * h[j, j])
            for k in range(j):
                total -= low[i, k] * low[j, k]
            if i != j:
                low[i, j] = total / low[j, j]
            elif total > _SURE_PIVOT:
                low[i, i] = math.sqrt(total)
            else:
                return False, found
    for c in range(n):  # columns of the inverse of the factor
        for i in range(c, n):
            total = 1.0 if i == c else 0.0
            for k in range(c, i):
                total -= low[i, k] * found[k, c]
            found[i, c] = total / low[i, i]
    for a in range(n):
        for b in range(a + 1):
            total = 0.0
            for k in range(a, n):
                total += found[k, a] * found[k, b]
            low[a, b] = total / math.sqrt(h[a, a] * h[b, b])
    for a in range(n):
        for b in range(a + 1):
            found[a, b] = found[b, a] = low[a, b]
    return True, found


@compiled()
def outside_covariance(inner, free, is_free, arcs, q):
    """Covariance of the logarithms of the circuit's parameters from that of the free inner coordinates."""
    n = q.size
    found = np.zeros((n, n))
    for a in range(free.size):
        for b in range(free.size):
            found[free[a], free[b]] = inner[a, b]
    lost = np.empty(n, dtype=np.bool_)
    for k in range(n):
        lost[k] = not is_free[k]
    for i in range(arcs.shape[0]):  # ln Y = n ln tau - ln R: first the rows, then the columns
        r, y, e = arcs[i]
        lost[y] = False
        exponent = q[e] if e >= 0 else 1.0
        for b in range(n):
            found[y, b] = exponent * found[y, b] - found[r, b] + (q[y] * found[e, b] if e >= 0 else 0.0)
        for a in range(n):
            found[a, y] = exponent * found[a, y] - found[a, r] + (q[y] * found[a, e] if e >= 0 else 0.0)
    for a in range(n):
        for b in range(n):
            if lost[a] or lost[b]:
                found[a, b] = np.nan
    return found


@compiled(
    types.Tuple((INTEGER, FLOAT[::1], FLOAT[:, ::1]))(
        FLOAT[:, ::1], FLOAT[::1], INTEGER, FLOAT[:, ::1], INTEGER[::1], INTEGER[:, ::1], INTEGER[:, :, ::1]
    ),
)
def best_of(ends, costs, tried, hessian, free, times, parts):
    """Which end is the best; its coordinates and J'J with arcs of one kind in order of their time constants."""
    best = 0
    for i in range(1, tried):
        if costs[i] < costs[best]:
            best = i
    n = ends.shape[1]
    swap, column = np.empty(n, dtype=np.int64), np.full(n, -1)
    _order(ends[best], times, parts, swap)
    for a in range(free.size):
        column[free[a]] = a
    q, found = np.empty(n), np.empty_like(hessian)
    for k in range(n):
        q[k] = ends[best, swap[k]]
    for a in range(free.size):
        for b in range(free.size):
            found[a, b] = hessian[column[swap[free[a]]], column[swap[free[b]]]]
    return best, q, found


@compiled()
def ordered(q, times, parts):
    """Coordinates with arcs of one kind in order of their time constants."""
    swap = np.empty(q.size, dtype=np.int64)
    _order(q, times, parts, swap)
    return q[swap]


@compiled(
    types.Tuple((TRUTH, TRUTH, FLOAT[:, ::1], FLOAT[:, ::1]))(
        FLOAT[:, ::1],
        FLOAT,
        FLOAT[::1],
        INTEGER[::1],
        TRUTH[::1],
        INTEGER[:, ::1],
        FLOAT[::1],
        FLOAT[::1],
    ),
)
def errors(hessian, scale, q, free, is_free, arcs, doubtful, sure_size):
    """Whether the covariance is certain, whether none of it has to be asked of the cost itself; inner and outer one.

    ``doubtful`` are the standard errors of inner coordinates, ``sure_size`` those of the logarithms of the circuit's
    parameters, above which that has to be asked; infinite where it never is.
    """
    sure, inner = inverse(hessian)
    if not sure:
        return False, False, inner, inner
    clear = True
    for a in range(free.size):
        for b in range(free.size):
            inner[a, b] *= scale
        clear = clear and math.sqrt(inner[a, a]) <= doubtful[free[a]]
    outer = outside_covariance(inner, free, is_free, arcs, q)
    for a in range(free.size):
        clear = clear and math.sqrt(outer[free[a], free[a]]) <= sure_size[free[a]]
    return True, clear, inner, outer


@compiled(
    types.Tuple((INTEGER[::1], FLOAT[::1], FLOAT[::1], FLOAT[::1]))(
        FLOAT[::1],
        FLOAT[:, ::1],
        TRUTH[::1],
        INTEGER[::1],
        INTEGER[:, ::1],
        TRUTH[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT,
        FLOAT,
        FLOAT,
    ),
)
def statuses(
    q, covariance, doubtful, free, arcs, logarithmic, breadth, low, high, own_low, own_high, near, widest, widest_part
):
    """Status (a number of this module), value, standard error and that of the logarithm of every parameter."""
    n = q.size
    found, std, log_std = np.full(n, FIXED), np.full(n, np.nan), np.full(n, np.nan)
    values = q.copy()
    for i in range(arcs.shape[0]):
        r, y, e = arcs[i]
        values[y] = (q[e] if e >= 0 else 1.0) * q[y] - q[r]
    for k in range(n):
        if logarithmic[k]:
            values[k] = math.exp(values[k])
    for a in range(free.size):
        k = free[a]
        error = math.sqrt(covariance[k, k])
        most = widest if logarithmic[k] else widest_part * max(breadth[k], abs(q[k]))
        known = error <= most and not doubtful[k]
        if known:
            log_std[k] = error
            std[k] = values[k] * error if logarithmic[k] else error
        at_low = q[k] <= low[k] + near and low[k] == own_low[k]
        at_high = q[k] >= high[k] - near and high[k] == own_high[k]
        if (at_low or at_high) and not doubtful[k]:
            found[k] = AT_BOUND
        else:
            found[k] = FITTED if known else NOT_IDENTIFIED
    return found, values, std, log_std
