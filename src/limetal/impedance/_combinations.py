"""Compiled: every choice of one shape per part ranked from inner products alone."""

from __future__ import annotations

import math

import numpy as np

from limetal.impedance._compile import compiled

__all__ = ["add_multiple", "combinations", "gains_of", "inner_coordinates", "order_of", "project_out"]

#: Two shapes are one start if the cosine between what is left of them is above this.
_SAME = 0.985
#: Best combinations kept while parts are added.
_BEAM = 128


@compiled()
def add_multiple(a, factor, b):
    """Add a multiple of ``b`` to ``a`` in place."""
    for i in range(a.size):
        a[i] += factor * b[i]


@compiled()
def _eliminate(gram, along, square, singles):
    """Project the columns that are always there out of all others; return what is left of matrix, vector and square."""
    g, t = gram.copy(), along.copy()
    n = t.size
    for s in range(singles):
        pivot = g[s, s]
        if not pivot > 1e-12 * gram[s, s]:
            continue
        square -= t[s] * t[s] / pivot
        for i in range(s + 1, n):
            part = g[i, s] / pivot
            if part == 0.0:
                continue
            t[i] -= part * t[s]
            add_multiple(g[i, s + 1 :], -part, g[s, s + 1 :])
    return g, t, square


@compiled()
def _scales(gram, along, rows, x):
    """Solve for the scales of the columns ``rows``; return whether all are positive."""
    n = rows.size
    a, b = np.empty((n, n)), np.empty(n)
    for i in range(n):
        b[i] = along[rows[i]]
        for j in range(n):
            a[i, j] = gram[rows[i], rows[j]]
        a[i, i] *= 1.0 + 1e-12
    for i in range(n):
        for k in range(i + 1, n):
            part = a[k, i] / a[i, i]
            b[k] -= part * b[i]
            for j in range(i, n):
                a[k, j] -= part * a[i, j]
    positive = True
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            b[i] -= a[i, j] * x[j]
        x[i] = b[i] / a[i, i]
        positive = positive and x[i] > 0.0
    return positive


@compiled()
def _keep(cost, code, costs, codes):
    """Put a cost that is below the largest in its place: a heap with the largest on top."""
    size = costs.size
    hole = 0
    while True:
        child = 2 * hole + 1
        if child >= size:
            break
        if child + 1 < size and costs[child + 1] > costs[child]:
            child += 1
        if not costs[child] > cost:
            break
        costs[hole], codes[hole] = costs[child], codes[child]
        hole = child
    costs[hole], codes[hole] = cost, code


@compiled()
def order_of(values):
    """Places of the values from small to large, equal ones as they stand: np.argsort takes seconds to compile."""
    n, width = values.size, 1
    order, other = np.arange(n), np.empty(n, dtype=np.int64)
    while width < n:  # runs of this length are in order
        for start in range(0, n, 2 * width):
            middle, end = min(start + width, n), min(start + 2 * width, n)
            i, j = start, middle
            for place in range(start, end):
                if i < middle and (j >= end or not values[order[j]] < values[order[i]]):
                    other[place] = order[i]
                    i += 1
                else:
                    other[place] = order[j]
                    j += 1
        order, other = other, order
        width *= 2
    return order


@compiled()
def project_out(v, scale, ahead, left, along):
    """Finish a row of the inverse Cholesky factor times the candidates, and take its part from what is left of them."""
    for i in range(v.size):
        v[i] *= scale
        left[i] -= v[i] * v[i]
        along[i] -= v[i] * ahead


@compiled()
def gains_of(left, along, own, gain):
    """By how much every candidate lowers the cost; nothing if its scale were negative or it is none of its own."""
    for c in range(left.size):
        alone = along[c] > 0.0 and left[c] > 1e-9 * own[c]
        gain[c] = along[c] * along[c] / left[c] if alone else 0.0


@compiled()
def _extend(g, t, old_costs, old_rows, depth, first, end, ordered, costs, codes):
    """Add every candidate of a set to every kept combination; keep the best whose scales are positive."""
    inverse, chosen = np.empty((depth, t.size)), np.empty(depth, dtype=np.int64)
    own, lefts, alongs, gains = np.empty(t.size), np.empty(t.size), np.empty(t.size), np.empty(t.size)
    for c in range(t.size):
        own[c] = g[c, c]
    x = np.empty(depth)
    low = np.empty((depth, depth))
    ahead = np.empty(depth)
    for kept in range(old_costs.size):
        if not old_costs[kept] < np.inf:
            break
        for i in range(depth):
            chosen[i] = old_rows[kept, i]
        for i in range(depth):  # Cholesky of the kept combination
            for j in range(i + 1):
                total = g[chosen[i], chosen[j]]
                for k in range(j):
                    total -= low[i, k] * low[j, k]
                low[i, j] = math.sqrt(max(total, 1e-300)) if i == j else total / low[j, j]
            total = t[chosen[i]]
            for k in range(i):
                total -= low[i, k] * ahead[k]
            ahead[i] = total / low[i, i]
        begin = max(first, chosen[depth - 1] + 1) if ordered and depth else first
        count = max(end - begin, 0)
        left, along, gain = lefts[:count], alongs[:count], gains[:count]
        for c in range(count):
            left[c], along[c] = own[begin + c], t[begin + c]
        for i in range(depth):  # all candidates at once, so that the loops become vector instructions
            v = inverse[i, :count]
            row = g[chosen[i], begin : begin + count]
            for c in range(count):
                v[c] = row[c]
            for k in range(i):
                add_multiple(v, -low[i, k], inverse[k, :count])
            project_out(v, 1.0 / low[i, i], ahead[i], left, along)
        gains_of(left, along, own[begin : begin + count], gain)
        for c in range(count):
            needed = max(old_costs[kept] - costs[0], 0.0)
            if not gain[c] > needed:
                continue
            cost, candidate = old_costs[kept] - gain[c], begin + c
            positive, last = True, along[c] / left[c]
            for i in range(depth - 1, -1, -1):
                total = ahead[i] - inverse[i, c] * last
                for k in range(i + 1, depth):
                    total -= low[k, i] * x[k]
                x[i] = total / low[i, i]
                positive = positive and x[i] > 0.0
            if not positive:
                continue
            _keep(cost, kept * t.size + candidate, costs, codes)


@compiled()
def _same(g, rows, i, picked, j):
    """Whether every column of a combination is nearly that of another one."""
    for k in range(rows.shape[1]):
        a, b = rows[i, k], picked[j, k]
        if not g[a, b] > _SAME * math.sqrt(g[a, a] * g[b, b]):
            return False
    return True


@compiled()
def combinations(gram, along, square, singles, groups, most):
    """Best combinations, one candidate of each group, that differ; and the scales of all their columns.

    Returns ``(k, groups)`` columns and ``(k, singles + groups)`` scales, k at most ``most``; scales of columns that
    are always there may be negative.
    """
    depth = groups.shape[0]
    g, t, left = _eliminate(gram, along, square, singles)
    costs = np.empty(1)
    costs[0] = left
    rows = np.zeros((1, depth), dtype=np.int64)
    for level in range(depth):
        size = _BEAM if level else groups[level, 1] - groups[level, 0]
        if level == 0 and depth == 1:
            size = min(size, _BEAM)
        found, codes = np.full(size, np.inf), np.zeros(size, dtype=np.int64)
        ordered = level > 0 and groups[level, 0] == groups[level - 1, 0]
        _extend(g, t, costs, rows, level, groups[level, 0], groups[level, 1], ordered, found, codes)
        order = order_of(found)
        if not found[order[0]] < np.inf:  # no candidate with positive scales: take any
            for i in range(size):
                found[i] = costs[0]
                codes[i] = groups[level, 0] + i % (groups[level, 1] - groups[level, 0])
        more_rows = np.zeros((size, depth), dtype=np.int64)
        for i in range(size):
            kept = codes[order[i]] // t.size
            for j in range(level):
                more_rows[i, j] = rows[kept, j]
            more_rows[i, level] = codes[order[i]] % t.size
        more_costs = np.empty(size)
        for i in range(size):
            more_costs[i] = found[order[i]]
        costs, rows = more_costs, more_rows
    picked = np.zeros((most, depth), dtype=np.int64)
    count = 0
    for i in range(costs.size):
        if count == most or not costs[i] < np.inf:
            break
        new = True
        for j in range(count):
            if depth and _same(g, rows, i, picked, j):
                new = False
                break
        if new:
            for j in range(depth):
                picked[count, j] = rows[i, j]
            count += 1
    scales = np.zeros((count, singles + depth))
    every = np.empty(singles + depth, dtype=np.int64)
    for c in range(count):
        for s in range(singles):
            every[s] = s
        for j in range(depth):
            every[singles + j] = picked[c, j]
        _scales(gram, along, every, scales[c])
    return picked[:count], scales


@compiled()
def inner_coordinates(picked, scales, singles, tables, own, ohm, given, free, gram, rows):
    """Inner coordinates of combinations of shapes at their scales, ``(k, n)``.

    ``tables`` holds the coordinates of each column, ``own`` the parameters of each part (-1 behind the last). A scale
    that is not positive becomes so small that the part is a thousandth of the data.
    """
    found = np.empty((picked.shape[0], given.size))
    for c in range(picked.shape[0]):
        for k in range(given.size):
            found[c, k] = 0.0 if np.isnan(given[k]) else given[k]
        for part in range(own.shape[0]):
            column = part if part < singles else picked[c, part - singles]
            smallest = 1e-3 * math.sqrt(rows / max(gram[column, column], 1e-300))
            log_scale = math.log(max(scales[c, part], smallest))
            for j in range(own.shape[1]):
                k = own[part, j]
                if k >= 0 and free[k]:
                    found[c, k] = tables[column, j] + ohm[k] * log_scale
    return found
