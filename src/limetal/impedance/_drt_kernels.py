"""Compiled code of the distribution of relaxation times: small dense and banded linear algebra, no physics.

Every function works on a spectrum that is already weighted and compressed (see `limetal.impedance._drt_grid`):
``y`` (r,) are the data, ``te`` (r, ne) the columns of the free series terms, ``ta`` (M, r) those of the distribution
on its fine grid (transposed), ``phases`` the B-splines from the N knots to the M points; ``rest`` is the sum of
squares that no model can reach, ``n`` the number of real data.
"""

# The types are those that numba finds.
# mypy: ignore-errors
# ruff: noqa: ANN001, ANN202

from __future__ import annotations

import math

import numba
import numpy as np

import limetal.impedance._first_use  # noqa: F401 - says that functions are compiled

__all__ = [
    "area",
    "band_std",
    "covariance",
    "difference_std",
    "hierarchical",
    "non_negative",
    "ridge_penalties",
    "steepest",
]

#: Sums in any order: the compiler may use vector instructions.
_SUMS = {"reassoc", "contract", "nsz"}
#: Longest change of ln(gamma) in one iteration.
_LONGEST_STEP = 2.0
_FIRST_DAMPING, _LEAST_DAMPING, _MOST_DAMPING = 1e-2, 1e-6, 1e8
#: The posterior has settled when neither its logarithm nor that of the noise moves by more.
_SETTLED = 0.03


@numba.njit(cache=True, error_model="numpy", fastmath=_SUMS)
def _dot(a, b, m):
    total = 0.0
    for i in range(m):
        total += a[i] * b[i]
    return total


@numba.njit(cache=True, error_model="numpy")
def _cholesky(a, m):
    """Lower factor of the leading m by m block, in place; False if it is not positive."""
    for i in range(m):
        for j in range(i):
            a[i, j] = (a[i, j] - _dot(a[i], a[j], j)) / a[j, j]
        d = a[i, i] - _dot(a[i], a[i], i)
        if not d > 0.0:
            return False
        a[i, i] = math.sqrt(d)
    return True


@numba.njit(cache=True, error_model="numpy")
def _forward(a, x, m):
    """Solve L x = x in place."""
    for i in range(m):
        x[i] = (x[i] - _dot(a[i], x, i)) / a[i, i]


@numba.njit(cache=True, error_model="numpy")
def _backward(a, x, m):
    """Solve L' x = x in place."""
    for i in range(m - 1, -1, -1):
        v = x[i] / a[i, i]
        x[i] = v
        for k in range(i):
            x[k] -= a[i, k] * v


@numba.njit(cache=True, error_model="numpy")
def non_negative(h, c, free, most):
    """Minimise x'hx/2 - c'x over x >= 0 by block principal pivoting; ``free`` (n,) bool is the start and the end.

    Kim and Park, SIAM J. Sci. Comput. 33 (2011) 3261, doi:10.1137/110821172. Returns x and the rounds, ``most``
    if it did not end.
    """
    n = c.size
    x = np.zeros(n)
    work = np.empty((n, n))
    small = np.empty(n)
    index = np.empty(n, dtype=np.int64)
    fewest, lives = n + 1, 3
    scale = 0.0
    for i in range(n):
        scale = max(scale, abs(c[i]))
    for it in range(most):
        m = 0
        for i in range(n):
            if free[i]:
                index[m] = i
                m += 1
        for a in range(m):
            small[a] = c[index[a]]
            for b in range(a + 1):
                work[a, b] = h[index[a], index[b]]
        if not _cholesky(work, m):
            return x, most
        _forward(work, small, m)
        _backward(work, small, m)
        x[:] = 0.0
        for a in range(m):
            x[index[a]] = small[a]
        bad, last = 0, -1
        for i in range(n):
            wrong = x[i] < 0.0 if free[i] else _dot(h[i], x, n) - c[i] < -1e-12 * scale
            small[i] = 1.0 if wrong else 0.0
            if wrong:
                bad += 1
                last = i
        if bad == 0:
            return x, it
        if bad < fewest:
            fewest, lives = bad, 3
        else:
            lives -= 1
        for i in range(n):
            if small[i] > 0.0 and (lives >= 0 or i == last):
                free[i] = not free[i]
    for i in range(n):
        x[i] = max(x[i], 0.0)
    return x, most


@numba.njit(cache=True, error_model="numpy")
def ridge_penalties(d, y, ne, rest, n, penalties, cost):
    """Modified GCV score, residual and penalty norm at each penalty, from the eigenvalues ``d`` of the ridge.

    ``y`` are the data in the eigenvectors' frame. GCV: Golub, Heath and Wahba, Technometrics 21 (1979) 215,
    doi:10.1080/00401706.1979.10489751; ``cost`` above one counts every degree of freedom that often.
    """
    m = penalties.size
    score, residual, norm = np.empty(m), np.empty(m), np.empty(m)
    for k in range(m):
        lam = penalties[k]
        rss, used, size = rest, float(ne), 0.0
        for i in range(d.size):
            keep = 1.0 / (d[i] + lam)
            rss += (lam * keep * y[i]) ** 2
            used += d[i] * keep
            size += d[i] * (keep * y[i]) ** 2
        spare = max(n - cost * used, 1e-3)
        score[k], residual[k], norm[k] = n * rss / (spare * spare), rss, size
    return score, residual, norm


@numba.njit(cache=True, error_model="numpy")
def _roughness(u, h, nu, s, window, slope, level, u0, weights):
    """Minus the logarithm of the prior of u, and into ``weights`` the precision of every curvature.

    The precision of a curvature has a gamma hyper-prior and is shared with its neighbours within the window;
    integrated over it, the curvature has Student's distribution with ``nu`` degrees of freedom and scale ``s``.
    """
    n = u.size - 2
    half = window.size // 2
    total = 0.0
    inverse = 1.0 / (h * h)
    square = np.empty(n)
    for k in range(n):
        square[k] = ((u[k] - 2.0 * u[k + 1] + u[k + 2]) * inverse) ** 2
        weights[k] = 0.0
    for k in range(n):
        low, high = max(k - half, 0), min(k + half + 1, n)
        mean, weight = 0.0, 0.0
        for j in range(low, high):
            weight += window[half + j - k]
            mean += window[half + j - k] * square[j]
        mean /= weight
        total += 0.5 * (nu + 1.0) * h * math.log1p(mean / (nu * s * s))
        precision = (nu + 1.0) * h / (nu * s * s + mean) / weight
        for j in range(low, high):
            weights[j] += window[half + j - k] * precision
    for k in range(n + 1):
        total += 0.5 * slope * (u[k + 1] - u[k]) ** 2 / h
    for k in range(n + 2):
        total += 0.5 * level * h * (u[k] - u0) ** 2
    return total


@numba.njit(cache=True, error_model="numpy")
def _band(weights, h, slope, extra, b0, b1, b2):
    """Diagonals of the prior's precision."""
    n = b0.size
    b0[:] = extra
    b1[:] = 0.0
    b2[:] = 0.0
    tilt = slope / h
    for k in range(n - 1):
        b0[k] += tilt
        b0[k + 1] += tilt
        b1[k] -= tilt
    scale = 1.0 / h**4
    for k in range(n - 2):
        w = weights[k] * scale
        b0[k] += w
        b0[k + 1] += 4.0 * w
        b0[k + 2] += w
        b1[k] -= 2.0 * w
        b1[k + 1] -= 2.0 * w
        b2[k] += w


@numba.njit(cache=True, error_model="numpy")
def _band_factor(b0, b1, b2):
    """LDL' of a matrix with two side diagonals, in place: b0 becomes D, b1 and b2 become L."""
    n = b0.size
    for k in range(n):
        if k > 0:
            b0[k] -= b1[k - 1] * b1[k - 1] * b0[k - 1]
        if k > 1:
            b0[k] -= b2[k - 2] * b2[k - 2] * b0[k - 2]
        if k + 1 < n:
            v = b1[k]
            if k > 0:
                v -= b2[k - 1] * b1[k - 1] * b0[k - 1]
            b1[k] = v / b0[k]
        if k + 2 < n:
            b2[k] /= b0[k]


@numba.njit(cache=True, error_model="numpy")
def _band_solve(b0, b1, b2, x):
    """Solve the factorised system for every column of x (N, m), in place."""
    n, m = x.shape
    for k in range(1, n):
        f1 = b1[k - 1]
        if k > 1:
            f2 = b2[k - 2]
            for c in range(m):
                x[k, c] -= f1 * x[k - 1, c] + f2 * x[k - 2, c]
        else:
            for c in range(m):
                x[k, c] -= f1 * x[k - 1, c]
    for k in range(n - 1, -1, -1):
        d = 1.0 / b0[k]
        if k + 2 < n:
            f1, f2 = b1[k], b2[k]
            for c in range(m):
                x[k, c] = x[k, c] * d - f1 * x[k + 1, c] - f2 * x[k + 2, c]
        elif k + 1 < n:
            f1 = b1[k]
            for c in range(m):
                x[k, c] = x[k, c] * d - f1 * x[k + 1, c]
        else:
            for c in range(m):
                x[k, c] *= d


@numba.njit(cache=True, error_model="numpy")
def _series_terms(q, right, e, step, held):
    """Step of the free series terms (q step = right) that keeps e + step >= 0; at most one term is let go a round."""
    ne = e.size
    work = np.empty((ne, ne))
    small = np.empty(ne)
    index = np.empty(ne, dtype=np.int64)
    held[:] = False
    for _ in range(2 * ne + 1):
        m = 0
        for i in range(ne):
            if not held[i]:
                index[m] = i
                m += 1
            else:
                step[i] = -e[i]
        for a in range(m):
            v = right[index[a]]
            for i in range(ne):
                if held[i]:
                    v -= q[index[a], i] * step[i]
            small[a] = v
            for b in range(a + 1):
                work[a, b] = q[index[a], index[b]]
            work[a, a] *= 1.0 + 1e-12
        if not _cholesky(work, m):
            return
        _forward(work, small, m)
        _backward(work, small, m)
        worst, which = 0.0, -1
        for a in range(m):
            i = index[a]
            step[i] = small[a]
            below = -(e[i] + step[i]) * math.sqrt(q[i, i])
            if below > worst:
                worst, which = below, i
        if which < 0:
            return
        held[which] = True


@numba.njit(cache=True, error_model="numpy")
def _misfit(te, ta, phases, y, u, e, g, r):
    """Fill g = exp(spline of u) and the residual r; return its sum of squares."""
    refined = phases.shape[0]
    r[:] = y
    for a in range(e.size):
        if e[a] != 0.0:
            for i in range(r.size):
                r[i] -= te[i, a] * e[a]
    for m in range(g.size):
        k, p = m // refined, m % refined
        v = phases[p, 0] * u[k] + phases[p, 1] * u[k + 1] + phases[p, 2] * u[k + 2]
        if p > 0:
            v += phases[p, 3] * u[k + 3]
        v = math.exp(v)
        g[m] = v
        for i in range(r.size):
            r[i] -= ta[m, i] * v
    return _dot(r, r, r.size)


@numba.njit(cache=True, error_model="numpy")
def _jacobian(ta, phases, g, jt):
    """Fill jt (N, r): derivative of the model by u, transposed."""
    refined = phases.shape[0]
    jt[:] = 0.0
    for m in range(g.size):
        k, p = m // refined, m % refined
        for j in range(3 if p == 0 else 4):
            f = phases[p, j] * g[m]
            for i in range(jt.shape[1]):
                jt[k + j, i] += f * ta[m, i]


@numba.njit(cache=True, error_model="numpy")
def _linearise(jt, te, noise, weights, h, slope, extra, x, s, z, b0, b1, b2):
    """Fill x = P^-1 J' (N, r), the Cholesky factor s of S = noise + J P^-1 J', z = L^-1 te, and P's own factor."""
    r = jt.shape[1]
    _band(weights, h, slope, extra, b0, b1, b2)
    _band_factor(b0, b1, b2)
    x[:] = jt
    _band_solve(b0, b1, b2, x)
    s[:] = np.dot(jt.T, x)
    for i in range(r):
        s[i, i] += noise
    good = _cholesky(s, r)
    z[:] = te
    for i in range(r):
        for k in range(i):
            for a in range(z.shape[1]):
                z[i, a] -= s[i, k] * z[k, a]
        for a in range(z.shape[1]):
            z[i, a] /= s[i, i]
    return good


@numba.njit(cache=True, error_model="numpy")
def _left_over(s, z, held):
    """Trace of S^-1 without the part that the free series terms take."""
    r, ne = z.shape
    inverse = np.zeros((r, r))
    total = 0.0
    # columns of L^-1: the trace of S^-1 is the sum of their squares
    for j in range(r):
        inverse[j, j] = 1.0 / s[j, j]
        for i in range(j + 1, r):
            inverse[j, i] = -_dot(s[i, j:i], inverse[j, j:i], i - j) / s[i, i]
        total += _dot(inverse[j, j:], inverse[j, j:], r - j)
    # te G^-1 te' inside: G = z'z, and S^-1 te = L'^-1 z
    q = np.zeros((ne, ne))
    t = np.zeros((ne, ne))
    m = 0
    v = np.empty((ne, r))
    w = np.empty((ne, r))
    for a in range(ne):
        if held[a]:
            continue
        for i in range(r):
            v[m, i] = z[i, a]
        for j in range(r):
            w[m, j] = _dot(inverse[j], v[m], r)
        for b in range(m + 1):
            q[m, b] = q[b, m] = _dot(v[m], v[b], r)
            t[m, b] = t[b, m] = _dot(w[m], w[b], r)
        m += 1
    if m and _cholesky(q, m):
        for a in range(m):
            column = t[a].copy()
            _forward(q, column, m)
            _backward(q, column, m)
            total -= column[a]
    return total


@numba.njit(cache=True, error_model="numpy")
def hierarchical(te, ta, phases, y, rest, n, u, e, h, nu, s, window, slope, level, u0, noise, estimate, floor, most):
    """Walk u (knots of ln gamma) and e to the maximum of the posterior, in place.

    Gauss-Newton with damping, each step solved in the space of the data. The noise variance is estimated between the
    steps (residual over the data not used up) where ``estimate`` is true. Returns noise, degrees of freedom used,
    iterations, whether it settled, and which series terms are held at zero.
    """
    nn, r, ne, points = u.size, y.size, e.size, ta.shape[0]
    g, res = np.empty(points), np.empty(r)
    trial_u, trial_e = np.empty(nn), np.empty(ne)
    trial_g, trial_r = np.empty(points), np.empty(r)
    weights, trial_w = np.empty(nn - 2), np.empty(nn - 2)
    held = np.zeros(ne, dtype=np.bool_)
    step_e = np.zeros(ne)
    jt, x = np.empty((nn, r)), np.empty((nn, r))
    ss, z = np.empty((r, r)), np.empty((r, ne))
    b0, b1, b2 = np.empty(nn), np.empty(nn), np.empty(nn)
    step = np.empty((nn, 1))
    rss = _misfit(te, ta, phases, y, u, e, g, res) + rest
    if estimate:
        noise = max(rss / n, floor)
    prior = _roughness(u, h, nu, s, window, slope, level, u0, weights)
    damping, used = _FIRST_DAMPING, 0.0
    settled, it = False, 0
    while it < most and not settled:
        it += 1
        cost = 0.5 * rss / noise + prior
        _jacobian(ta, phases, g, jt)
        moved = False
        while damping < _MOST_DAMPING:
            good = _linearise(jt, te, noise, weights, h, slope, (level + 10.0 * damping) * h, x, ss, z, b0, b1, b2)
            _gradient(u, weights, h, slope, level, u0, step)
            _band_solve(b0, b1, b2, step)
            _newton(jt, x, ss, z, res, e, step, step_e, held)
            for k in range(nn):
                trial_u[k] = u[k] + min(max(step[k, 0], -_LONGEST_STEP), _LONGEST_STEP)
            for a in range(ne):
                trial_e[a] = max(e[a] + step_e[a], 0.0)
            trial_rss = _misfit(te, ta, phases, y, trial_u, trial_e, trial_g, trial_r) + rest
            prior = _roughness(trial_u, h, nu, s, window, slope, level, u0, trial_w)
            gain = cost - 0.5 * trial_rss / noise - prior
            if good and gain >= -1e-9:
                moved = True
                break
            damping *= 4.0
        if not moved:
            break
        damping = max(damping / 5.0, _LEAST_DAMPING)
        u[:], e[:], g[:], res[:], weights[:], rss = trial_u, trial_e, trial_g, trial_r, trial_w, trial_rss
        change = 0.0
        used = r - noise * _left_over(ss, z, held)
        if estimate:
            fresh = max(rss / max(n - used, 1.0), floor)
            change = abs(math.log(fresh / noise))
            noise = fresh
        settled = gain < _SETTLED and change < _SETTLED
    return noise, used, it, settled, held


@numba.njit(cache=True, error_model="numpy")
def _newton(jt, x, ss, z, res, e, step, step_e, held):
    """Finish the step: ``step`` comes as the prior's own pull; series terms first, then the data's pull."""
    nn, r = jt.shape
    ne = e.size
    inner = res.copy()
    for k in range(nn):
        v = step[k, 0]
        for i in range(r):
            inner[i] -= jt[k, i] * v
    _forward(ss, inner, r)
    right, q = np.zeros(ne), np.zeros((ne, ne))
    for i in range(r):
        for a in range(ne):
            right[a] += z[i, a] * inner[i]
            for b in range(ne):
                q[a, b] += z[i, a] * z[i, b]
    _series_terms(q, right, e, step_e, held)
    for i in range(r):
        for a in range(ne):
            inner[i] -= z[i, a] * step_e[a]
    _backward(ss, inner, r)
    for k in range(nn):
        step[k, 0] += _dot(x[k], inner, r)


@numba.njit(cache=True, error_model="numpy")
def _gradient(u, weights, h, slope, level, u0, out):
    """Minus the gradient of the prior at u, into out (N, 1)."""
    n = u.size
    for k in range(n):
        out[k, 0] = -level * h * (u[k] - u0)
    for k in range(n - 1):
        d = slope * (u[k + 1] - u[k]) / h
        out[k, 0] += d
        out[k + 1, 0] -= d
    scale = 1.0 / h**4
    for k in range(n - 2):
        d = weights[k] * scale * (u[k] - 2.0 * u[k + 1] + u[k + 2])
        out[k, 0] -= d
        out[k + 1, 0] += 2.0 * d
        out[k + 2, 0] -= d


@numba.njit(cache=True, error_model="numpy")
def _loosen(u, h, nu, s, window, weights):
    """Fill ``weights`` with the precision of every curvature for the errors.

    The precision at the maximum is itself uncertain, the more so the more it bends there: minus the second derivative
    of the logarithm of Student's distribution without its negative part.
    """
    n = u.size - 2
    half = window.size // 2
    square = np.empty(n)
    for k in range(n):
        square[k] = ((u[k] - 2.0 * u[k + 1] + u[k + 2]) / (h * h)) ** 2
        weights[k] = 0.0
    for k in range(n):
        low, high = max(k - half, 0), min(k + half + 1, n)
        mean, weight = 0.0, 0.0
        for j in range(low, high):
            weight += window[half + j - k]
            mean += window[half + j - k] * square[j]
        mean /= weight
        loose = 1.0 + mean / (nu * s * s)
        precision = (nu + 1.0) * h / (nu * s * s * loose * loose) / weight
        for j in range(low, high):
            weights[j] += window[half + j - k] * precision


@numba.njit(cache=True, error_model="numpy")
def covariance(te, ta, phases, u, noise, held, h, nu, s, window, slope, level, u0, loose):
    """Covariance of u and of the free series terms at the maximum, (N, N) and (ne, ne).

    The precisions of the curvature are taken as known, or, where ``loose`` is true, as uncertain (`_loosen`).
    """
    nn, r, ne, refined = u.size, te.shape[0], te.shape[1], phases.shape[0]
    weights = np.empty(nn - 2)
    if loose:
        _loosen(u, h, nu, s, window, weights)
    else:
        _roughness(u, h, nu, s, window, slope, level, u0, weights)
    g = np.empty(ta.shape[0])
    for m in range(g.size):
        k, p = m // refined, m % refined
        v = 0.0
        for j in range(3 if p == 0 else 4):
            v += phases[p, j] * u[k + j]
        g[m] = math.exp(v)
    jt, x = np.empty((nn, r)), np.empty((nn, r))
    ss, z = np.empty((r, r)), np.empty((r, ne))
    b0, b1, b2 = np.empty(nn), np.empty(nn), np.empty(nn)
    _jacobian(ta, phases, g, jt)
    _linearise(jt, te, noise, weights, h, slope, level * h, x, ss, z, b0, b1, b2)
    prior = np.eye(nn)
    _band_solve(b0, b1, b2, prior)
    # L^-1 x', all columns at once
    half = np.ascontiguousarray(x.T)
    for i in range(r):
        for k in range(i):
            f = ss[i, k]
            for c in range(nn):
                half[i, c] -= f * half[k, c]
        f = 1.0 / ss[i, i]
        for c in range(nn):
            half[i, c] *= f
    cov = prior - np.dot(half.T, half)
    terms = np.zeros((ne, ne))
    free = np.flatnonzero(~held)
    if free.size:
        zf = np.empty((r, free.size))
        for a in range(free.size):
            zf[:, a] = z[:, free[a]]
        inverse = np.linalg.inv(np.dot(zf.T, zf))
        xz = np.dot(half.T, zf)
        # what the series terms add to the uncertainty of u
        cov += np.dot(xz, np.dot(inverse, xz.T))
        for a in range(free.size):
            for b in range(free.size):
                terms[free[a], free[b]] = inverse[a, b]
    return cov, terms


@numba.njit(cache=True, error_model="numpy")
def _row_into(phases, m, factor, gradient):
    """Add ``factor`` times the derivative of the spline at point m by its knots."""
    k, p = m // phases.shape[0], m % phases.shape[0]
    for j in range(3 if p == 0 else 4):
        gradient[k + j] += factor * phases[p, j]


@numba.njit(cache=True, error_model="numpy")
def _std(cov, gradient):
    """Standard deviation of a linear combination."""
    total = 0.0
    for i in range(gradient.size):
        if gradient[i] != 0.0:
            total += gradient[i] * _dot(cov[i], gradient, gradient.size)
    return math.sqrt(max(total, 0.0))


@numba.njit(cache=True, error_model="numpy")
def difference_std(cov, phases, first, second, factor):
    """Standard deviation of ``factor`` times the difference of the spline between two points."""
    gradient = np.zeros(cov.shape[0])
    _row_into(phases, first, factor, gradient)
    _row_into(phases, second, -factor, gradient)
    return _std(cov, gradient)


@numba.njit(cache=True, error_model="numpy")
def area(gamma, cov, phases, step, low, high, logarithmic):
    """Integral of gamma (its spline, or the exponential of that) between two points, and its standard deviation."""
    gradient = np.zeros(cov.shape[0])
    total = 0.0
    for m in range(low, high + 1):
        weight = 0.5 * step if m in (low, high) else step
        total += weight * gamma[m]
        _row_into(phases, m, weight * gamma[m] if logarithmic else weight, gradient)
    return total, _std(cov, gradient)


@numba.njit(cache=True, error_model="numpy")
def steepest(gamma, first, last):
    """Largest step of ln(gamma) between neighbours from ``first`` to ``last``."""
    top = 0.0
    for m in range(first, last + 1):
        top = max(top, gamma[m])
    least = 1e-12 * top + 1e-300
    largest = 0.0
    before = math.log(max(gamma[first], least))
    for m in range(first + 1, last + 1):
        here = math.log(max(gamma[m], least))
        largest = max(largest, abs(here - before))
        before = here
    return largest


@numba.njit(cache=True, error_model="numpy")
def band_std(cov, phases, points):
    """Standard deviation of the spline at its M points, from the covariance of its knots."""
    refined = phases.shape[0]
    std = np.empty(points)
    for m in range(points):
        k, p = m // refined, m % refined
        width = 3 if p == 0 else 4
        total = 0.0
        for i in range(width):
            for j in range(width):
                total += phases[p, i] * phases[p, j] * cov[k + i, k + j]
        std[m] = math.sqrt(max(total, 0.0))
    return std
