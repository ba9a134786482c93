r"""Compiled code of the Kramers-Kronig test: a least-squares fit whose columns come one at a time, and what it leaves.

Every spectrum is ``2 n`` rows: real parts of all points, then imaginary parts, each divided by the standard deviation
it is thought to have but for one common factor. A row of weight zero is a point left out. Columns are stored as rows
of an array, orthonormal ones in ``q``: first the ``k`` of the fit, then those of what is systematic beside it.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["fit_columns", "free_parts", "noise_profile", "outlier_falls", "search", "systematic", "waviness"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Truths = NDArray[np.bool_]

_FEWEST_FREEDOM = 4  # degrees of freedom below which a noise says nothing
_MOST_OF_ROWS = 0.6  # columns per row of data
_PATIENCE = 4  # sizes that may be worse than the best before the search for a better one ends
_ROUNDING = 1e-31  # of the sum of squares of the data
_SMALLEST_COLUMN = 1e-13  # of a column's length; what is left below is rounding
_SMALLEST_SYSTEMATIC = 1e-9
_SMALLEST_FREE_PART = 0.1  # of a variance: a point that pulls the fit wholly to itself shows no noise
_LOG_EXPONENTIAL_VARIANCE = math.pi**2 / 6  # of the logarithm of a variable with chi-squared (2 degrees) distribution
_NO_NOISE = 1e-6  # of a negligible variance: what is below is rounding, and has no profile
_SUMS = {"reassoc", "contract", "nsz"}


@numba.njit(cache=True, error_model="numpy", fastmath=_SUMS)
def _dot(a: Floats, b: Floats) -> float:
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i]
    return total


@numba.njit(cache=True, error_model="numpy", fastmath=_SUMS)
def _add(a: Floats, factor: float, b: Floats) -> None:
    for i in range(a.size):
        a[i] += factor * b[i]


@numba.njit(cache=True, error_model="numpy")
def _orthonormalise(q: Floats, k: int, smallest: float) -> float:
    """Make row k a unit vector orthogonal to those before (Gram and Schmidt, twice); zero where nothing is left.

    Returns the length of what was left.
    """
    row = q[k]
    before = math.sqrt(_dot(row, row))
    for _ in range(2):
        for j in range(k):
            _add(row, -_dot(q[j], row), q[j])
    length = math.sqrt(_dot(row, row))
    if not length > smallest * before:
        row[:] = 0.0
        return 0.0
    for i in range(row.size):
        row[i] /= length
    return length


@numba.njit(cache=True, error_model="numpy")
def fit_columns(
    columns: Floats,
    sizes: Integers,
    values: Floats,
    weight: Floats,
    rows: int,
    q: Floats,
    residual: Floats,
    squares: Floats,
) -> int:
    """Fit with the number of columns that has the smallest corrected Akaike criterion; returns it, 0 for too few rows.

    ``values`` are weighted, ``rows`` counts those of a weight above zero. Fills ``q``, ``residual`` and, for each size
    tried, the sum of squares (NaN for the others).
    """
    residual[:] = values
    squares[:] = np.nan
    along = np.zeros(q.shape[0])
    rounding = _ROUNDING * _dot(values, values)
    best, best_aicc, tried, done = -1, np.inf, 0, 0
    while tried < sizes.size and sizes[tried] <= _MOST_OF_ROWS * rows and sizes[tried] <= rows - _FEWEST_FREEDOM:
        for j in range(done, sizes[tried]):
            for i in range(values.size):
                q[j, i] = columns[j, i] * weight[i]
            _orthonormalise(q, j, _SMALLEST_COLUMN)
            along[j] = _dot(q[j], residual)
            _add(residual, -along[j], q[j])
        done = sizes[tried]
        squares[tried] = max(_dot(residual, residual), rounding)
        aicc = akaike(squares[tried], rows, done)
        if aicc < best_aicc:
            best, best_aicc = tried, aicc
        elif tried - best >= _PATIENCE:
            break
        tried += 1
    if best < 0:
        return 0
    for j in range(sizes[best], done):
        _add(residual, along[j], q[j])
    return int(sizes[best])


@numba.njit(cache=True, error_model="numpy")
def akaike(squares: float, rows: int, columns: int) -> float:
    """Corrected Akaike criterion of a least-squares fit, but for a constant."""
    return rows * math.log(squares) + 2.0 * columns * rows / (rows - columns - 1)


@numba.njit(cache=True, error_model="numpy")
def systematic(q: Floats, k: int, drift: Floats, knots: Floats, size: Floats) -> tuple[float, int]:
    """Put behind the columns of the fit that of a drift, and hat functions over frequency in Im Z alone.

    ``drift`` is a column; ``size`` the weighted size of the fitted impedance, which makes the hats parts of abs(Z). It
    has to be that of the fit: made of the measured sizes, hats hold the noise that stands in the weights.
    Returns the length of the drift's new part, and the number of hats with a new part.
    """
    n = size.size
    q[k] = drift
    length = _orthonormalise(q, k, _SMALLEST_SYSTEMATIC)
    more = 0
    for m in range(knots.shape[0]):
        row = q[k + 1 + more]
        row[:n] = 0.0
        for i in range(n):
            row[n + i] = knots[m, i] * size[i]
        if _orthonormalise(q, k + 1 + more, _SMALLEST_SYSTEMATIC) > 0:
            more += 1
    return length, more


@numba.njit(cache=True, error_model="numpy")
def free_parts(q: Floats, k: int) -> Floats:
    """Blocks of one minus the hat matrix, one of each point: real-real, imaginary-imaginary, real-imaginary (3, n)."""
    n = q.shape[1] // 2
    free = np.zeros((3, n))
    free[:2] = 1.0
    for j in range(k):
        for i in range(n):
            re, im = q[j, i], q[j, n + i]
            free[0, i] -= re * re
            free[1, i] -= im * im
            free[2, i] -= re * im
    return free


@numba.njit(cache=True, error_model="numpy")
def outlier_falls(residual: Floats, free: Floats) -> Floats:
    r"""How much leaving out each point lowers the sum of squares: :math:`d_i = r_i^T B_i^{-1} r_i`, B_i its block."""
    n = residual.size // 2
    falls = np.zeros(n)
    for i in range(n):
        re, im = residual[i], residual[n + i]
        determinant = free[0, i] * free[1, i] - free[2, i] ** 2
        if determinant > 1e-8:
            falls[i] = (free[1, i] * re * re - 2 * free[2, i] * re * im + free[0, i] * im * im) / determinant
    return falls


@numba.njit(cache=True, error_model="numpy")
def noise_profile(residual: Floats, free: Floats, hats: Floats, used: Truths) -> tuple[Floats, float, float]:
    """Noise over frequency: logarithm of the variance (n,) with mean zero, its chi-squared, degrees of freedom.

    The logarithm of a point's squared residual, freed of its leverage, is the logarithm of its variance plus noise of
    known variance (pi^2 / 6: two squares), whatever that variance is. So a regression on hat functions over ln f
    finds the profile, a single wild point moves it little, and its test is a chi-squared test. A point that the fit
    follows wherever it goes has no part in it. The degrees of freedom are, roughly, those of a variance at one point.
    """
    n, count = used.size, hats.shape[0]
    level, told = np.zeros(n), np.zeros(n, dtype=np.bool_)
    normal, right = 1e-3 * np.eye(count), np.zeros(count)
    points, middle = 0, 0.0
    for i in range(n):
        if used[i] and min(free[0, i], free[1, i]) > _SMALLEST_FREE_PART:
            square = residual[i] ** 2 / free[0, i] + residual[n + i] ** 2 / free[1, i]
            level[i] = math.log(max(square, 1e-290))
            told[i] = True
            points += 1
            middle += level[i]
    smooth = np.zeros(n)
    if points < 3 * count:
        return smooth, 0.0, float(n)
    middle /= points
    for i in range(n):
        if told[i]:
            for a in range(count):
                right[a] += hats[a, i] * (level[i] - middle)
                for b in range(count):
                    normal[a, b] += hats[a, i] * hats[b, i]
    at_knots = np.linalg.solve(normal, right)
    told_mean = 0.0
    for i in range(n):
        for a in range(count):
            smooth[i] += at_knots[a] * hats[a, i]
        if told[i]:
            told_mean += smooth[i] / points
    statistic = 0.0
    for i in range(n):
        if told[i]:
            statistic += (smooth[i] - told_mean) ** 2 / _LOG_EXPONENTIAL_VARIANCE
    return smooth - smooth.mean(), statistic, 2.0 * points / count / _LOG_EXPONENTIAL_VARIANCE


@numba.njit(cache=True, error_model="numpy")
def waviness(q: Floats, k: int, residual: Floats, used: Truths) -> float:
    r"""How far the residuals are from white, towards alike from one frequency to the next, in standard deviations.

    The ratio :math:`r^T A r / r^T r`, with A the sum of squared differences of neighbours, has under white noise the
    mean :math:`\mathrm{tr}(AM)/\nu` and the variance :math:`2(\nu\,\mathrm{tr}(AM)^2 - \mathrm{tr}^2(AM)) /
    (\nu^2(\nu+2))` with M one minus the hat matrix (Durbin and Watson). Negative is wavy.
    """
    n = used.size
    kept = np.flatnonzero(used)
    m = kept.size
    applied = np.zeros((k, 2 * n))
    trace, ratio = 4.0 * (m - 1), 0.0
    for half in range(2):
        for step in range(m - 1):
            a, b = half * n + kept[step], half * n + kept[step + 1]
            ratio += (residual[b] - residual[a]) ** 2
            for j in range(k):
                difference = q[j, b] - q[j, a]
                applied[j, b] += difference
                applied[j, a] -= difference
                trace -= difference * difference
    square = 2.0 * (2 + 4 * (m - 2) + 2 * (m - 1))  # of A: its ends 1, inside 2, beside the diagonal -1
    for i in range(k):
        square -= 2 * _dot(applied[i], applied[i])
        for j in range(k):
            square += _dot(q[i], applied[j]) ** 2
    nu = 2 * m - k
    total = _dot(residual, residual)
    variance = 2 * (square * nu - trace * trace) / (nu * nu * (nu + 2.0))
    if m < 3 or not total > 0 or not variance > 0:
        return 0.0
    return (ratio / total - trace / nu) / math.sqrt(variance)


@numba.njit(cache=True, error_model="numpy")
def search(
    columns: Floats,
    sizes: Integers,
    knots: Floats,
    hats: Floats,
    re: Floats,
    im: Floats,
    elapsed: Floats,
    uneven_from: float,
    outlier_alarm: float,
    most_outliers: int,
    negligible: float,
) -> tuple[Truths, Floats, float, Floats, int, int, Floats, Floats, Floats, float]:
    """Fit; weight by a noise that varies over frequency where it does; leave out the worst point while it is one.

    ``uneven_from`` is the chi-squared of the noise's profile above which it is used.
    Returns used (n,), relative (n,), freedom of the profile's variance (0: even), q, k, number of hats, residual,
    fitted, squares of each size, length of the drift's new part.
    """
    n = re.size
    used, relative, asked, scale = np.ones(n, dtype=np.bool_), np.ones(n), False, 0.0
    q = np.zeros((columns.shape[0] + 1 + knots.shape[0], 2 * n))
    weight, values, residual, drift = np.zeros(2 * n), np.zeros(2 * n), np.zeros(2 * n), np.zeros(2 * n)
    squares, size, rest = np.zeros(sizes.size), np.zeros(n), np.zeros(2 * n)
    left_out = 0
    while True:
        for i in range(n):
            weight[i] = weight[n + i] = used[i] / (math.hypot(re[i], im[i]) * relative[i])
            values[i], values[n + i] = re[i] * weight[i], im[i] * weight[i]
        rows = 2 * (n - left_out)
        k = fit_columns(columns, sizes, values, weight, rows, q, residual, squares)
        fitted = values - residual
        for i in range(n):
            size[i] = math.hypot(fitted[i], fitted[n + i])
            drift[i], drift[n + i] = elapsed[i] * fitted[i], elapsed[i] * fitted[n + i]
        length, more = systematic(q, k, drift, knots, size)
        rest[:] = residual
        taken = k
        if k and rows - k >= 3 * (1 + more):  # what is systematic is neither noise nor an outlier
            taken = k + 1 + more
            for j in range(k, taken):
                _add(rest, -_dot(q[j], rest), q[j])
        free = free_parts(q, taken)
        if not asked and k and _dot(rest, rest) > rows * _NO_NOISE * negligible**2:
            asked = True
            smooth, statistic, freedom = noise_profile(rest, free, hats, used)
            if statistic > uneven_from:
                scale = freedom
                for i in range(n):
                    relative[i] = math.exp(0.5 * smooth[i])
                continue
        worst = _worst(rest, free, rows - taken, used)
        small = worst >= 0 and math.hypot(rest[worst], rest[n + worst]) * relative[worst] < negligible
        chance = 1.0
        if worst >= 0 and not small and left_out < most_outliers:
            chance = _chance(rest, free, rows - taken, scale, worst)
        if not k or chance * (n - left_out) >= outlier_alarm:
            return used, relative, scale, q, k, more, residual, fitted, squares, length
        used[worst] = False
        left_out += 1


@numba.njit(cache=True, error_model="numpy")
def _worst(residual: Floats, free: Floats, freedom: int, used: Truths) -> int:
    """Point that lies farthest from a fit of the others, -1 if nothing can be said."""
    if freedom <= 2:
        return -1
    falls = outlier_falls(residual, free)
    worst = -1
    for i in range(used.size):
        if used[i] and falls[i] > 0 and (worst < 0 or falls[i] > falls[worst]):
            worst = i
    return worst


@numba.njit(cache=True, error_model="numpy")
def _chance(residual: Floats, free: Floats, freedom: int, scale: float, point: int) -> float:
    r"""Probability that a good point lies as far from a fit of the others.

    :math:`F = (d/2) / ((S-d)/(\nu-2))` has the distribution F(2, nu - 2), whose tail is
    :math:`(1 + 2F/(\nu-2))^{-(\nu-2)/2}`. Where the standard deviation comes from a profile, its degrees of freedom
    (``scale``) take the place of nu - 2 in the tail.
    """
    fall, total = float(outlier_falls(residual, free)[point]), float(_dot(residual, residual))
    others = max(total - fall, 1e-12 * total) / (freedom - 2)
    tail = freedom - 2.0 if scale == 0 else min(freedom - 2.0, scale)
    return float((1 + fall / others / tail) ** (-tail / 2))
