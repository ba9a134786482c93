"""Compiled search for starts, and the walk from all of them.

Two families of starts. `combinations` ranks every choice of one shape per part from inner products alone. `insertions`
asks, at the minimum of the circuit without one of its parts, which shape of that part would lower the cost most if all
other parameters give way (the tangent space of the fit is projected out); a small arc in the flank of a large one is
found only so. `solve` walks from both in turn until two starts agree. Two can agree on a wrong minimum, where parts of
different kinds have taken each other's place; then the residuals run in waves along the frequencies, and the search
goes on, with insertions in the reverse order and more of them.
"""

from __future__ import annotations

import math

import numpy as np
from numba import types

from limetal.impedance._combinations import (
    add_multiple,
    combinations,
    gains_of,
    inner_coordinates,
    order_of,
    project_out,
)
from limetal.impedance._compile import compiled
from limetal.impedance._machine import (
    CODE,
    FLOAT,
    INTEGER,
    TRUTH,
    against,
    dot,
    levenberg_marquardt,
    model,
    normal_equations,
    products,
)

__all__ = ["solve"]

#: Type of ``shape``: coordinates of every column, parameters of every part, columns of the groups.
SHAPE = types.Tuple((FLOAT[:, ::1], INTEGER[:, ::1], INTEGER[:, ::1]))
#: Two inserted shapes are one start if the cosine between what is left of them is above this.
_SAME_INSERTED = 0.9
#: Iterations and tolerance of a fit of a circuit without some of its parts; how many that differ by
#: that part in cost are kept to go on from.
_PARTIAL_ITERATIONS, _PARTIAL_TOLERANCE, _PARTIALS, _PARTIAL_SAME = 4, 1e-3, 2, 1e-3
#: Insertions tried into each of those; the last logarithm of a scale of a part that is not there.
_INSERTED, _INSERTED_BETWEEN, _ABSENT = 4, 2, -50.0
#: Iterations before starts that lag behind are given up, and how far behind that is.
_FIRST_ITERATIONS, _BEHIND = 12, 1.5
#: Two costs are one minimum if they differ by less than this part.
_AGREE = 1e-5
#: Costs below this part of the squares of the data are rounding, and alike.
_ROUNDING = 1e-24
#: Residuals are noise if the correlation of neighbours is below this many of its standard deviations. If it is not, so
#: many starts have to agree; after so many without that, parts are inserted more widely.
_LIKE_NOISE, _SURE, _WIDEN_AFTER = 2.0, 99, (6, 10)
#: `_PARTIALS`, `_INSERTED_BETWEEN` and `_INSERTED` of that.
_WIDE_PARTIALS, _WIDE_BETWEEN, _WIDE_INSERTED = 6, 4, 3


@compiled()
def _insertions(code, free, low, high, omega, re, im, weight, q, x, gram, first, end, most):
    """Shapes whose insertion lowers the cost at the minimum ``q`` most, with scale and how the others give way.

    Returns how many, columns ``(k,)``, scales ``(k,)`` and the moved coordinates ``(k, n)``.
    """
    n, m, count = free.size, omega.size, end - first
    r, jac, z = np.empty(2 * m), np.empty((n, 2 * m)), np.empty(m, dtype=np.complex128)
    normal_equations(code, free, omega, re, im, weight, q, r, jac, z)
    logarithmic, breadth = code[6], code[7]
    h, slope = np.empty((n, n)), np.empty(n)
    products(jac, r, slope, h)
    low_h, rest, step = np.empty((n, n)), np.empty(n), np.empty(n)
    for a in range(n):
        for b in range(a + 1):
            total = h[a, b] * (1.0 + (1e-9 if a == b else 0.0))
            for k in range(b):
                total -= low_h[a, k] * low_h[b, k]
            low_h[a, b] = math.sqrt(max(total, 1e-300)) if a == b else total / low_h[b, b]
        total = -slope[a]
        for k in range(a):
            total -= low_h[a, k] * rest[k]
        rest[a] = total / low_h[a, a]
    own, left, score = np.empty(count), np.empty(count), np.empty(count)
    parts, towards = np.empty((n, count)), np.empty((1, count))
    against(jac, x[first:end], parts)
    against(r.reshape((1, 2 * m)), x[first:end], towards)
    along = towards[0]
    for k in range(count):
        own[k] = left[k] = gram[first + k, first + k]
        along[k] = -along[k]
    for a in range(n):
        for b in range(a):
            add_multiple(parts[a], -low_h[a, b], parts[b])
        project_out(parts[a], 1.0 / low_h[a, a], -rest[a], left, along)
    gains_of(left, along, own, score)
    columns, scales, moved = np.empty(most, dtype=np.int64), np.empty(most), np.empty((most, q.size))
    found = 0
    while found < most:
        k = np.argmax(score)
        if not score[k] > 0.0:
            break
        score[k] = 0.0
        new = True
        for j in range(found):
            other = columns[j] - first
            inner = gram[first + k, columns[j]]
            for a in range(n):
                inner -= parts[a, k] * parts[a, other]
            if inner > _SAME_INSERTED * math.sqrt(left[k] * left[other]):
                new = False
                break
        if not new:
            continue
        scale = along[k] / left[k]
        for c in range(q.size):
            moved[found, c] = q[c]
        for a in range(n - 1, -1, -1):
            total = -rest[a] - parts[a, k] * scale
            for b in range(a + 1, n):
                total -= low_h[b, a] * step[b]
            step[a] = total / low_h[a, a]
            c = free[a]
            longest = 0.7 if logarithmic[c] else 0.14 * breadth[c]
            moved[found, c] = min(max(q[c] + min(max(step[a], -longest), longest), low[c]), high[c])
        columns[found], scales[found] = k + first, scale
        found += 1
    return found, columns, scales, moved


@compiled()
def _grown(code, is_free, low, high, ohm, shape, singles, omega, re, im, weight, x, gram, linear, wide):
    """Starts found by adding one part after another to the best fits of the circuit without it, ``(k, n)``.

    ``linear`` are the coordinates of the parts of one shape at their linear scales, all others absent. ``wide`` is 1
    for the reverse order with more branches, 2 for the last part before the others. Returns how many.
    """
    partials = _WIDE_PARTIALS if wide else _PARTIALS
    inserted = _WIDE_INSERTED if wide else _INSERTED
    between = _WIDE_BETWEEN if wide else _INSERTED_BETWEEN
    room = partials * max(inserted, between)
    tables, own, groups = shape
    n = linear.size
    depth = groups.shape[0]
    active = is_free.copy()
    for g in range(depth):
        for j in range(own.shape[1]):
            if own[singles + g, j] >= 0:
                active[own[singles + g, j]] = False
    count, bases = 1, np.empty((room, n))
    for c in range(n):
        bases[0, c] = linear[c]
    for step in range(depth):
        g = step
        if wide == 1 or (wide == 2 and step == 0):
            g = depth - 1 - step
        elif wide == 2:
            g = step - 1
        free = np.flatnonzero(active)
        costs = np.zeros(count)
        hessian = np.empty((free.size, free.size))
        for b in range(count):
            if free.size and step:  # parts of one shape are linear: projected out, they need no fit
                costs[b], _, _ = levenberg_marquardt(
                    code,
                    free,
                    low,
                    high,
                    omega,
                    re,
                    im,
                    weight,
                    bases[b],
                    _PARTIAL_ITERATIONS,
                    _PARTIAL_TOLERANCE,
                    hessian,
                )
        order = order_of(costs)
        found, starts = 0, np.empty((room, n))
        kept, last = 0, -1.0
        few = inserted if step == depth - 1 else between
        for position in range(count):
            b = order[position]
            if kept == partials:
                break
            if costs[b] < last * (1.0 + _PARTIAL_SAME):
                continue
            kept, last = kept + 1, costs[b]
            new, columns, scales, moved = _insertions(
                code, free, low, high, omega, re, im, weight, bases[b], x, gram, groups[g, 0], groups[g, 1], few
            )
            for k in range(new):
                for c in range(n):
                    starts[found, c] = moved[k, c]
                for j in range(own.shape[1]):
                    c = own[singles + g, j]
                    if c >= 0 and is_free[c]:
                        value = tables[columns[k], j] + ohm[c] * math.log(scales[k])
                        starts[found, c] = min(max(value, low[c]), high[c])
                found += 1
        count, bases = found, starts
        for j in range(own.shape[1]):
            if own[singles + g, j] >= 0:
                active[own[singles + g, j]] = is_free[own[singles + g, j]]
        if not count:
            break
    return count, bases


@compiled()
def _waves(code, omega, order, re, im, weight, q):
    """Correlation of the residuals of neighbouring frequencies, in its standard deviations for noise (about 0)."""
    nodes, _, _, addresses, slots, _, _, _ = code
    m = omega.size
    p = np.empty(q.size + 1)
    zn = np.empty((nodes.shape[0], m), dtype=np.complex128)
    dz = np.empty((addresses.size, slots.shape[1], m), dtype=np.complex128)
    model(code, omega, q, p, zn, dz)
    z, squares, products, before = zn[nodes.shape[0] - 1], 0.0, 0.0, 0j
    for position in range(m):
        f = order[position]
        r = complex((z[f].real - re[f]) * weight[f], (z[f].imag - im[f]) * weight[f])
        squares += r.real * r.real + r.imag * r.imag
        products += r.real * before.real + r.imag * before.imag
        before = r
    return products / max(squares, 1e-300) * math.sqrt(2.0 * m)


@compiled(
    types.Tuple((INTEGER, FLOAT[:, ::1], FLOAT[::1], FLOAT[:, ::1], INTEGER, INTEGER, TRUTH))(
        CODE,
        INTEGER[::1],
        TRUTH[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        SHAPE,
        INTEGER,
        FLOAT[:, ::1],
        FLOAT[:, ::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[:, ::1],
        INTEGER,
        INTEGER,
        INTEGER,
        FLOAT,
    ),
)
def solve(
    code,
    free,
    is_free,
    low,
    high,
    ohm,
    given,
    shape,
    singles,
    x,
    gram,
    omega,
    re,
    im,
    weight,
    given_starts,
    fewest,
    most,
    iterations,
    tolerance,
):
    """Best end of walks from many starts.

    ``given_starts`` are tried first, then others until ``fewest`` were and two of the best cost agree (many, if what is
    left is not like noise), or ``most`` were, or none is left. Returns how many were tried, where each ended and at
    what cost, J'J of the best, how many ended at the best cost, iterations in all, and whether the best walk converged.
    """
    tables, own, groups = shape
    m, n = omega.size, given.size
    y = np.empty(2 * m)
    for f in range(m):
        y[f], y[m + f] = re[f] * weight[f], im[f] * weight[f]
    inner = np.empty((1, x.shape[0]))
    against(y.reshape((1, 2 * m)), x, inner)
    along = inner[0]
    rounding = _ROUNDING * dot(y, y)
    picked, scales = combinations(gram, along, dot(y, y), singles, groups, most)
    grid = inner_coordinates(picked, scales, singles, tables, own, ohm, given, is_free, gram, y.size)
    grown_count, grown = 0, np.empty((0, n))
    best_cost, best_hessian = np.inf, np.empty((free.size, free.size))
    costs, ends = np.empty(most), np.empty((most, n))
    tried, walked, converged, agreeing, asked = 0, 0, False, 0, False
    hessian = np.empty((free.size, free.size))
    next_given, next_grid, next_grown = 0, 0, 0
    order, waves, widened = order_of(omega), np.inf, 0
    while tried < most:
        widen = widened < 2 and groups.shape[0] > 1 + widened and tried >= _WIDEN_AFTER[widened]
        if groups.shape[0] and ((next_grid == 1 and not asked) or widen):
            asked, widened = True, widened + widen
            linear = grid[0].copy()  # its parts of one shape; the others made to vanish
            for g in range(groups.shape[0]):
                for j in range(own.shape[1]):
                    c = own[singles + g, j]
                    if c >= 0 and is_free[c]:
                        linear[c] += ohm[c] * _ABSENT
            grown_count, grown = _grown(
                code, is_free, low, high, ohm, shape, singles, omega, re, im, weight, x, gram, linear, widened
            )
            next_grown = 0
        # one from the grid, then two grown ones, and so on
        use_grown = next_grown < grown_count and (next_grown < 2 * next_grid or next_grid >= grid.shape[0])
        if next_given < given_starts.shape[0]:
            q = given_starts[next_given].copy()
            next_given += 1
        elif not use_grown and next_grid >= grid.shape[0]:
            break
        elif use_grown:
            q = grown[next_grown].copy()
            next_grown += 1
        else:
            q = grid[next_grid].copy()
            next_grid += 1
        for k in range(n):
            if is_free[k]:
                q[k] = min(max(q[k], low[k]), high[k])
        cost, steps, done = levenberg_marquardt(
            code, free, low, high, omega, re, im, weight, q, _FIRST_ITERATIONS, tolerance, hessian
        )
        walked += steps
        if not done and cost < _BEHIND * best_cost:
            cost, steps, done = levenberg_marquardt(
                code, free, low, high, omega, re, im, weight, q, iterations, tolerance, hessian
            )
            walked += steps
        costs[tried] = cost
        for k in range(n):
            ends[tried, k] = q[k]
        tried += 1
        if cost < best_cost:
            if cost < best_cost * (1.0 - _AGREE):
                waves = _waves(code, omega, order, re, im, weight, q) if cost > rounding else 0.0
            best_cost, converged = cost, done
            for a in range(free.size):
                for b in range(free.size):
                    best_hessian[a, b] = hessian[a, b]
        agreeing = 0
        for s in range(tried):
            if costs[s] <= max(best_cost * (1.0 + _AGREE), rounding):
                agreeing += 1
        if tried >= fewest and agreeing >= (2 if waves < _LIKE_NOISE else _SURE):
            break
    return tried, ends, costs, best_hessian, agreeing, walked, converged
