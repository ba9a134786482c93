"""Compiled code: impedance of a circuit with its derivatives, and Levenberg-Marquardt on it.

Every function takes ``code``, the flat arrays of `limetal.impedance.program.Program`. Elements are called by the
address of their code; only arcs, of which fits are full, are written out here, with the logarithms of the frequencies
computed once. Coordinates ``q`` are logarithms of parameters that have a dimension.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from limetal.impedance._compile import compiled

__all__ = [
    "against",
    "dot",
    "exponentials",
    "levenberg_marquardt",
    "logarithms",
    "model",
    "model_at",
    "normal_equations",
    "products",
]

_KERNEL_ARGUMENTS = (
    types.float64[::1],
    types.float64[::1],
    types.complex128[::1],
    types.complex128[:, ::1],
)
FLOAT, COMPLEX, INTEGER, TRUTH = types.float64, types.complex128, types.int64, types.boolean
#: Type of ``code``.
CODE = types.Tuple(
    (INTEGER[:, ::1], INTEGER[::1], INTEGER[::1], INTEGER[::1], INTEGER[:, ::1], INTEGER[::1], TRUTH[::1], FLOAT[::1])
)
LEAF, SERIES, PARALLEL, ARC = 0, 1, 2, 3
#: Above it an arc has vanished.
_HIGHEST_LOG = 700.0
_QUARTER_TURN = 0.5 * math.pi
#: ln 2 in two parts, the first with so few digits that its product with an exponent is exact; 1/2!, 1/3!, ...
_PER_LN_2, _LN_2_HIGH, _LN_2_LOW = 1 / math.log(2), 6.93147180369123816490e-01, 1.90821492927058770002e-10
_SERIES = tuple(1 / math.factorial(k) for k in range(2, 14))
#: Sums in any order: the compiler may use vector instructions.
_SUMS = {"reassoc", "contract", "nsz"}
#: Longest step of a logarithm, and of another coordinate as a part of its breadth, in one iteration.
_LONGEST_LOG_STEP, _LONGEST_PART = 2.0, 0.36
_FIRST_DAMPING, _MOST_DAMPING = 1e-3, 1e10


@intrinsic
def _call(_context: Any, _address: Any, _omega: Any, _p: Any, _z: Any, _dz: Any) -> Any:
    """Call the code of an element by its address."""
    signature = types.void(types.int64, *_KERNEL_ARGUMENTS)

    def generate(context: Any, builder: Any, given: Any, arguments: Any) -> Any:
        kinds = [context.get_value_type(kind) for kind in _KERNEL_ARGUMENTS]
        pointer = builder.inttoptr(arguments[0], ir.FunctionType(ir.VoidType(), kinds).as_pointer())
        values = [
            context.cast(builder, value, found, wanted)
            for value, found, wanted in zip(arguments[1:], given.args[1:], _KERNEL_ARGUMENTS, strict=True)
        ]
        builder.call(pointer, values)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def _power_of_two(_context: Any, _exponent: Any) -> Any:
    """2^k of an integer, put together from its bits."""
    signature = types.float64(types.int64)

    def generate(_context: Any, builder: Any, _given: Any, arguments: Any) -> Any:
        bits = ir.IntType(64)
        return builder.bitcast(
            builder.shl(builder.add(arguments[0], ir.Constant(bits, 1023)), ir.Constant(bits, 52)), ir.DoubleType()
        )

    return signature, generate


@compiled(fastmath={"contract", "nsz"})
def exponentials(factor, values, shift, found):
    """Fill exp(factor (values + shift)), to a unit in the last place; the compiler makes vector instructions of it.

    x = k ln 2 + r with |r| < 0.35, and exp(r) by its series to r^13, whose rest is below a rounding. Cut off at
    exp(-700) and exp(700).
    """
    for i in range(values.size):
        x = min(max(factor * (values[i] + shift), -_HIGHEST_LOG), _HIGHEST_LOG)
        k = math.floor(x * _PER_LN_2 + 0.5)
        r = (x - k * _LN_2_HIGH) - k * _LN_2_LOW
        rest = _SERIES[11]
        rest = rest * r + _SERIES[10]
        rest = rest * r + _SERIES[9]
        rest = rest * r + _SERIES[8]
        rest = rest * r + _SERIES[7]
        rest = rest * r + _SERIES[6]
        rest = rest * r + _SERIES[5]
        rest = rest * r + _SERIES[4]
        rest = rest * r + _SERIES[3]
        rest = rest * r + _SERIES[2]
        rest = rest * r + _SERIES[1]
        rest = rest * r + _SERIES[0]
        found[i] = (1.0 + (r + r * r * rest)) * _power_of_two(np.int64(k))


@compiled()
def logarithms(values):
    """Natural logarithms."""
    found = np.empty(values.size)
    for i in range(values.size):
        found[i] = math.log(values[i])
    return found


@compiled(fastmath={"contract", "nsz"})
def _part(size, cosine, sine, re, im):
    """Fill 1/(1 + u), u of that size and direction."""
    for i in range(size.size):
        u_re, u_im = size[i] * cosine, size[i] * sine
        below = 1.0 / ((1.0 + u_re) * (1.0 + u_re) + u_im * u_im)
        re[i], im[i] = (1.0 + u_re) * below, -u_im * below


@compiled(fastmath={"contract", "nsz"})
def _slope(size, cosine, sine, part_re, part_im, r, re, im):
    """Fill -r u/(1 + u)^2: the derivative of r/(1 + u) by ln u."""
    for i in range(size.size):
        u_re, u_im = size[i] * cosine, size[i] * sine
        rest_re, rest_im = u_re * part_re[i] - u_im * part_im[i], u_re * part_im[i] + u_im * part_re[i]
        re[i] = -r * (part_re[i] * rest_re - part_im[i] * rest_im)
        im[i] = -r * (part_re[i] * rest_im + part_im[i] * rest_re)


@compiled(fastmath={"contract", "nsz"})
def _arc(log_omega, r, log_tau, n, z, dz):
    """Fill R/(1 + (j omega tau)^n) and its derivatives: what the element Zarc says.

    In real numbers, in loops of few arrays: only those become vector instructions.
    """
    m = log_omega.size
    cosine, sine = math.sin(_QUARTER_TURN * (1.0 - n)), math.sin(_QUARTER_TURN * n)
    size, part_re, part_im, slope_re, slope_im = np.empty(m), np.empty(m), np.empty(m), np.empty(m), np.empty(m)
    exponentials(n, log_omega, log_tau, size)
    _part(size, cosine, sine, part_re, part_im)
    _slope(size, cosine, sine, part_re, part_im, r, slope_re, slope_im)
    per_tau = n * math.exp(-log_tau)
    for i in range(m):
        z[i] = complex(r * part_re[i], r * part_im[i])
        dz[0, i] = complex(part_re[i], part_im[i])
    for i in range(m):
        log_x = log_omega[i] + log_tau
        dz[1, i] = complex(per_tau * slope_re[i], per_tau * slope_im[i])
        dz[2, i] = complex(
            slope_re[i] * log_x - slope_im[i] * _QUARTER_TURN, slope_re[i] * _QUARTER_TURN + slope_im[i] * log_x
        )


@compiled()
def model_at(code, omega, log_omega, q, p, zn, dz):
    """Fill the impedance of every node (``zn``), the derivatives of every element (``dz``); the last node is all."""
    nodes, parts, offset, addresses, slots, counts, logarithmic, _ = code
    n = q.size
    for k in range(n):
        p[k] = math.exp(q[k]) if logarithmic[k] else q[k]
    p[n] = 1.0
    own = np.empty(slots.shape[1])
    for i in range(nodes.shape[0]):
        kind = nodes[i, 0]
        leaf = nodes[i, 1]
        if kind == ARC:
            _arc(log_omega, p[slots[leaf, 0]], q[slots[leaf, 1]], p[slots[leaf, 2]], zn[i], dz[leaf])
        elif kind == LEAF:
            for s in range(counts[leaf]):
                own[s] = p[slots[leaf, s]]
            _call(addresses[leaf], omega, own, zn[i], dz[leaf])
        elif kind == SERIES:
            first = parts[offset[i]]
            for f in range(omega.size):
                zn[i, f] = zn[first, f]
            for part in range(offset[i] + 1, offset[i + 1]):
                child = parts[part]
                for f in range(omega.size):
                    zn[i, f] += zn[child, f]
        else:
            for f in range(omega.size):
                total = 0j
                for part in range(offset[i], offset[i + 1]):
                    total += 1.0 / zn[parts[part], f]
                zn[i, f] = 1.0 / total


@compiled(
    types.void(CODE, FLOAT[::1], FLOAT[::1], FLOAT[::1], COMPLEX[:, ::1], COMPLEX[:, :, ::1]),
)
def model(code, omega, q, p, zn, dz):
    """`model_at` without logarithms at hand."""
    model_at(code, omega, logarithms(omega), q, p, zn, dz)


@compiled(fastmath=_SUMS)
def dot(a, b):
    """Sum of products."""
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i]
    return total


@compiled(fastmath=_SUMS)
def _residual(z, re, im, weight, r):
    """Fill the weighted residual, real parts first, and return the sum of its squares."""
    m = re.size
    total = 0.0
    for f in range(m):
        a = (z[f].real - re[f]) * weight[f]
        b = (z[f].imag - im[f]) * weight[f]
        r[f] = a
        r[m + f] = b
        total += a * a + b * b
    return total


@compiled()
def _jacobian(code, column, p, zn, dz, factor, weight, jac):
    """Fill ``jac`` (free, 2m): the derivative of the weighted residual by the free coordinates.

    ``factor[i]`` is the derivative of the whole by the impedance of node i, found from the whole downwards: one in
    series, (Z of the parallel over Z of the part) squared beside others.
    """
    nodes, parts, offset, _, slots, counts, logarithmic, _ = code
    m = weight.size
    for c in range(jac.shape[0]):
        for f in range(jac.shape[1]):
            jac[c, f] = 0.0
    last = nodes.shape[0] - 1
    plain = np.zeros(nodes.shape[0], dtype=np.bool_)  # factor is one everywhere
    plain[last] = True
    for i in range(last, -1, -1):
        kind = nodes[i, 0]
        if kind in (LEAF, ARC):
            leaf = nodes[i, 1]
            for s in range(counts[leaf]):
                k = slots[leaf, s]
                if k >= column.size or column[k] < 0:
                    continue
                c = column[k]
                chain = p[k] if logarithmic[k] else 1.0
                if plain[i]:
                    for f in range(m):
                        scale = chain * weight[f]
                        jac[c, f] += dz[leaf, s, f].real * scale
                        jac[c, m + f] += dz[leaf, s, f].imag * scale
                else:
                    for f in range(m):
                        g = dz[leaf, s, f] * factor[i, f]
                        scale = chain * weight[f]
                        jac[c, f] += g.real * scale
                        jac[c, m + f] += g.imag * scale
            continue
        for part in range(offset[i], offset[i + 1]):
            child = parts[part]
            if kind == SERIES:
                plain[child] = plain[i]
                if not plain[i]:
                    for f in range(m):
                        factor[child, f] = factor[i, f]
            else:
                for f in range(m):
                    ratio = zn[i, f] / zn[child, f]
                    factor[child, f] = ratio * ratio
                    if not plain[i]:
                        factor[child, f] *= factor[i, f]


@compiled(fastmath=_SUMS)
def against(rows, columns, found):
    """Fill the inner products of all ``rows`` (n, k) with all ``columns`` (m, k): ``found`` (n, m)."""
    for a in range(rows.shape[0]):
        for b in range(columns.shape[0]):
            total = 0.0
            for f in range(rows.shape[1]):
                total += rows[a, f] * columns[b, f]
            found[a, b] = total


@compiled(fastmath=_SUMS)
def products(jac, r, g, hessian):
    """Fill -J'r and J'J."""
    n, rows = jac.shape
    for a in range(n):
        total = 0.0
        for f in range(rows):
            total += jac[a, f] * r[f]
        g[a] = -total
        for b in range(0, a, 2):  # two at once: each number of row a is fetched half as often
            one, two = 0.0, 0.0
            for f in range(rows):
                one += jac[a, f] * jac[b, f]
                two += jac[a, f] * jac[b + 1, f]
            hessian[a, b] = hessian[b, a] = one
            hessian[a, b + 1] = hessian[b + 1, a] = two
        if a % 2 == 0:
            total = 0.0
            for f in range(rows):
                total += jac[a, f] * jac[a, f]
            hessian[a, a] = total


@compiled()
def _solve(h, g, held, x, work):
    """Solve h x = g by Cholesky without the held coordinates, whose x is zero; False if h is not positive."""
    n = g.size
    for i in range(n):
        if held[i]:
            continue
        for j in range(i + 1):
            if held[j]:
                continue
            total = h[i, j]
            for k in range(j):
                if not held[k]:
                    total -= work[i, k] * work[j, k]
            if i == j:
                if not total > 0.0:
                    return False
                work[i, i] = math.sqrt(total)
            else:
                work[i, j] = total / work[j, j]
    for i in range(n):
        x[i] = 0.0
        if held[i]:
            continue
        total = g[i]
        for k in range(i):
            if not held[k]:
                total -= work[i, k] * x[k]
        x[i] = total / work[i, i]
    for i in range(n - 1, -1, -1):
        if held[i]:
            continue
        total = x[i]
        for k in range(i + 1, n):
            if not held[k]:
                total -= work[k, i] * x[k]
        x[i] = total / work[i, i]
    return True


@compiled(
    types.Tuple((FLOAT, INTEGER, TRUTH))(
        CODE,
        INTEGER[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        INTEGER,
        FLOAT,
        FLOAT[:, ::1],
    ),
)
def levenberg_marquardt(code, free, low, high, omega, re, im, weight, q, most, tolerance, hessian):
    """Walk ``q`` downhill in place; return cost, iterations, whether it converged.

    ``hessian`` (free, free) is left at J'J of the end. A free coordinate on a bound that would leave it is held for
    the iteration. Converged: the next step would lower the cost by less than ``tolerance`` of it.
    """
    nodes, _, _, addresses, slots, _, logarithmic, breadth = code
    m, n = omega.size, free.size
    column = np.empty(q.size, dtype=np.int64)
    for k in range(q.size):
        column[k] = -1
    for c in range(n):
        column[free[c]] = c
    p = np.empty(q.size + 1)
    zn = np.empty((nodes.shape[0], m), dtype=np.complex128)
    factor = np.empty((nodes.shape[0], m), dtype=np.complex128)
    dz = np.empty((addresses.size, slots.shape[1], m), dtype=np.complex128)
    r = np.empty(2 * m)
    jac = np.empty((n, 2 * m))
    g, step = np.empty(n), np.empty(n)
    damped, work = np.empty((n, n)), np.empty((n, n))
    held = np.zeros(n, dtype=np.bool_)
    trial = q.copy()
    last = nodes.shape[0] - 1
    log_omega = logarithms(omega)
    model_at(code, omega, log_omega, q, p, zn, dz)
    cost = _residual(zn[last], re, im, weight, r)
    damping, iterations = _FIRST_DAMPING, 0
    growth = 4.0
    converged = False
    while True:
        _jacobian(code, column, p, zn, dz, factor, weight, jac)
        products(jac, r, g, hessian)
        if iterations >= most:
            break
        iterations += 1
        for a in range(n):
            k = free[a]
            held[a] = (q[k] <= low[k] and g[a] < 0.0) or (q[k] >= high[k] and g[a] > 0.0)
        moved = False
        while damping < _MOST_DAMPING:
            for a in range(n):
                for b in range(n):
                    damped[a, b] = hessian[a, b]
                damped[a, a] = hessian[a, a] * (1.0 + damping) + 1e-14 * cost
            if not _solve(damped, g, held, step, work):
                damping *= 10.0
                continue
            gain = 0.0
            for a in range(n):
                k = free[a]
                longest = _LONGEST_LOG_STEP if logarithmic[k] else _LONGEST_PART * breadth[k]
                trial[k] = min(max(q[k] + min(max(step[a], -longest), longest), low[k]), high[k])
                gain += step[a] * (g[a] + damping * hessian[a, a] * step[a])
            if gain < tolerance * cost:
                converged = True
                break
            model_at(code, omega, log_omega, trial, p, zn, dz)
            lower = _residual(zn[last], re, im, weight, r)
            if lower < cost:
                moved = True
                ratio = (cost - lower) / gain
                cost = lower
                for a in range(n):
                    q[free[a]] = trial[free[a]]
                if ratio > 0.75:
                    damping = max(damping * 0.1, 1e-12)
                elif ratio < 0.25:
                    damping *= 3.0
                growth = 4.0
                break
            damping *= growth
            growth *= 2.0
        if not moved:  # the next step is worth nothing, or no step leads down
            converged = True
            break
    return cost, iterations, converged


@compiled(
    FLOAT(
        CODE,
        INTEGER[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[:, ::1],
        COMPLEX[::1],
    ),
)
def normal_equations(code, free, omega, re, im, weight, q, r, jac, z):
    """Fill weighted residual, Jacobian by the free coordinates and impedance at ``q``; return the cost."""
    nodes, _, _, addresses, slots, _, _, _ = code
    m = omega.size
    column = np.empty(q.size, dtype=np.int64)
    for k in range(q.size):
        column[k] = -1
    for c in range(free.size):
        column[free[c]] = c
    p = np.empty(q.size + 1)
    zn = np.empty((nodes.shape[0], m), dtype=np.complex128)
    factor = np.empty((nodes.shape[0], m), dtype=np.complex128)
    dz = np.empty((addresses.size, slots.shape[1], m), dtype=np.complex128)
    model(code, omega, q, p, zn, dz)
    cost = _residual(zn[nodes.shape[0] - 1], re, im, weight, r)
    _jacobian(code, column, p, zn, dz, factor, weight, jac)
    for f in range(m):
        z[f] = zn[nodes.shape[0] - 1, f]
    return cost
