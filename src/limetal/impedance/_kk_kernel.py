r"""Compiled code of the Kramers-Kronig test: a least-squares fit whose columns come one at a time, and what it leaves.

Every spectrum is ``2 n`` rows: real parts of all points, then imaginary parts, each divided by the standard deviation
it is thought to have but for one common factor. ``mask`` (2 n,) is one, and zero in the rows of points left out:
these have no part in any sum, but go through every step, so that their residuals are those of a prediction. Columns are
stored as rows of an array, orthonormal ones in ``q``: first the ``k`` of the fit, then what is systematic beside it.
"""

# numba's decorators have types in some versions and none in others
# mypy: disable-error-code="untyped-decorator,no-any-return"

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

import limetal.impedance._first_use  # noqa: F401 - says that functions are compiled

__all__ = [
    "averaged_noise",
    "explained",
    "fit_columns",
    "free_parts",
    "noise_profile",
    "outlier_falls",
    "search",
    "systematic",
    "waviness",
]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

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
def _dot(a: Floats, b: Floats, mask: Floats) -> float:
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i] * mask[i]
    return total


@numba.njit(cache=True, error_model="numpy", fastmath=_SUMS)
def _add(a: Floats, factor: float, b: Floats) -> None:
    for i in range(a.size):
        a[i] += factor * b[i]


@numba.njit(cache=True, error_model="numpy")
def _orthonormalise(q: Floats, k: int, mask: Floats, smallest: float) -> float:
    """Make row k a unit vector orthogonal to those before (Gram and Schmidt, twice); zero where nothing is left.

    Returns the length of what was left.
    """
    row = q[k]
    before = math.sqrt(_dot(row, row, mask))
    for _ in range(2):
        for j in range(k):
            _add(row, -_dot(q[j], row, mask), q[j])
    length = math.sqrt(_dot(row, row, mask))
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
    mask: Floats,
    q: Floats,
    residual: Floats,
    squares: Floats,
) -> int:
    """Fit with the number of columns that has the smallest corrected Akaike criterion; returns it, 0 for too few rows.

    ``values`` are weighted. Fills ``q``, ``residual`` and, for each size tried, the sum of squares (NaN where not).
    """
    rows = int(mask.sum())
    residual[:] = values
    squares[:] = np.nan
    along = np.zeros(q.shape[0])
    rounding = _ROUNDING * _dot(values, values, mask)
    best, best_aicc, tried, done = -1, np.inf, 0, 0
    while tried < sizes.size and sizes[tried] <= _MOST_OF_ROWS * rows and sizes[tried] <= rows - _FEWEST_FREEDOM:
        for j in range(done, sizes[tried]):
            for i in range(values.size):
                q[j, i] = columns[j, i] * weight[i]
            _orthonormalise(q, j, mask, _SMALLEST_COLUMN)
            along[j] = _dot(q[j], residual, mask)
            _add(residual, -along[j], q[j])
        done = sizes[tried]
        squares[tried] = max(_dot(residual, residual, mask), rounding)
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
def systematic(q: Floats, k: int, mask: Floats, drift: Floats, knots: Floats, size: Floats) -> tuple[float, int]:
    """Put behind the columns of the fit that of a drift, and hat functions over frequency in Im Z alone.

    ``drift`` is a column; ``size`` the weighted size of the fitted impedance, which makes the hats parts of abs(Z). It
    has to be that of the fit: made of the measured sizes, hats hold the noise that stands in the weights.
    Returns the length of the drift's new part, and the number of hats with a new part.
    """
    n = size.size
    q[k] = drift
    length = _orthonormalise(q, k, mask, _SMALLEST_SYSTEMATIC)
    more = 0
    for m in range(knots.shape[0]):
        row = q[k + 1 + more]
        row[:n] = 0.0
        for i in range(n):
            row[n + i] = knots[m, i] * size[i]
        if _orthonormalise(q, k + 1 + more, mask, _SMALLEST_SYSTEMATIC) > 0:
            more += 1
    return length, more


@numba.njit(cache=True, error_model="numpy")
def free_parts(q: Floats, k: int, mask: Floats) -> Floats:
    """Covariance of the residuals of each point: real-real, imaginary-imaginary, real-imaginary (3, n).

    That is its block of one minus the hat matrix, and of one plus it for a point left out.
    """
    n = q.shape[1] // 2
    free = np.zeros((3, n))
    free[:2] = 1.0
    for j in range(k):
        for i in range(n):
            re, im, sign = q[j, i], q[j, n + i], 1 - 2 * mask[i]
            free[0, i] += sign * re * re
            free[1, i] += sign * im * im
            free[2, i] += sign * re * im
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
def noise_profile(residual: Floats, free: Floats, hats: Floats) -> tuple[Floats, float, float]:
    """Noise over frequency: logarithm of the variance (n,) with mean zero, its chi-squared, degrees of freedom.

    The logarithm of a point's squared residual, freed of its leverage, is the logarithm of its variance plus noise
    of known variance (pi^2 / 6: two squares), whatever that variance is. So a regression on hat functions over ln f
    finds the profile, a single wild point moves it little, and its test is a chi-squared test. A point that the fit
    follows wherever it goes has no part in it; one that was left out has, or a noisy region would look even. The
    degrees of freedom are, roughly, those of a variance at one point.
    """
    n, count = residual.size // 2, hats.shape[0]
    level, told = np.zeros(n), np.zeros(n, dtype=np.bool_)
    normal, right = 1e-3 * np.eye(count), np.zeros(count)
    points, middle = 0, 0.0
    for i in range(n):
        if min(free[0, i], free[1, i]) > _SMALLEST_FREE_PART:
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
def waviness(q: Floats, k: int, residual: Floats, mask: Floats) -> float:
    r"""How far the residuals are from white, towards alike from one frequency to the next, in standard deviations.

    The ratio :math:`r^T A r / r^T r`, with A the sum of squared differences of neighbours, has under white noise the
    mean :math:`\mathrm{tr}(AM)/\nu` and the variance :math:`2(\nu\,\mathrm{tr}(AM)^2 - \mathrm{tr}^2(AM)) /
    (\nu^2(\nu+2))` with M one minus the hat matrix (Durbin and Watson). Negative is wavy.
    """
    n = mask.size // 2
    kept = np.flatnonzero(mask[:n])
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
        square -= 2 * _dot(applied[i], applied[i], mask)
        for j in range(k):
            square += _dot(q[i], applied[j], mask) ** 2
    nu = 2 * m - k
    total = _dot(residual, residual, mask)
    variance = 2 * (square * nu - trace * trace) / (nu * nu * (nu + 2.0))
    if m < 3 or not total > 0 or not variance > 0:
        return 0.0
    return (ratio / total - trace / nu) / math.sqrt(variance)


@numba.njit(cache=True, error_model="numpy")
def explained(
    q: Floats, k: int, more: int, residual: Floats, mask: Floats, relative: Floats
) -> tuple[float, float, float, float]:
    """What the columns behind the fit explain of the residual.

    Returns the residual along the drift, the sum of squares along the others, that of the whole residual, and the
    largest deviation of a point, as part of abs(Z).
    """
    n = relative.size
    both = np.zeros(2 * n)
    drift, others, largest = 0.0, 0.0, 0.0
    for j in range(k, k + 1 + more):
        along = _dot(q[j], residual, mask)
        _add(both, along, q[j])
        if j == k:
            drift = along
        else:
            others += along * along
    for i in range(n):
        largest = max(largest, mask[i] * relative[i] * math.hypot(both[i], both[n + i]))
    return drift, others, _dot(residual, residual, mask), largest


@numba.njit(cache=True, error_model="numpy")
def averaged_noise(squares: Floats, sizes: Integers, rows: int) -> tuple[float, float]:
    """Noise and its standard error, averaged over the numbers of columns tried by their Akaike weights."""
    lowest, total, noise, variance = np.inf, 0.0, 0.0, 0.0
    for squared, size in zip(squares, sizes):  # noqa: B905 - numba knows no strict
        if squared >= 0:
            lowest = min(lowest, akaike(squared, rows, size))
    for turn in range(2):
        for squared, size in zip(squares, sizes):  # noqa: B905
            if squared >= 0:
                weight = math.exp(0.5 * (lowest - akaike(squared, rows, size)))
                each, freedom = math.sqrt(squared / (rows - size)), rows - size
                if turn == 0:
                    total += weight
                    noise += weight * each
                else:
                    variance += weight * (each * each / (2.0 * freedom) + (each - noise) ** 2)
        if turn == 0:
            noise /= total
    return noise, math.sqrt(variance / total)


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
) -> tuple[Floats, Floats, float, Floats, int, int, Floats, Floats, Floats, float]:
    """Fit; leave out the worst point while it is wild; weight by the noise over frequency if it varies, and begin anew.

    ``uneven_from`` is the chi-squared of the noise's profile above which it is used.
    Returns mask, relative (n,), freedom of the profile's variance (0: even), q, k, number of hats, residual,
    fitted, squares of each size, length of the drift's new part.
    """
    n = re.size
    relative, asked, scale, left_out = np.ones(n), False, 0.0, 0
    q = np.zeros((columns.shape[0] + 1 + knots.shape[0], 2 * n))
    weight, values, residual, mask = np.zeros(2 * n), np.zeros(2 * n), np.zeros(2 * n), np.ones(2 * n)
    squares, size, rest, drift = np.zeros(sizes.size), np.zeros(n), np.zeros(2 * n), np.zeros(2 * n)
    while True:
        for i in range(n):
            weight[i] = weight[n + i] = 1 / (math.hypot(re[i], im[i]) * relative[i])
            values[i], values[n + i] = re[i] * weight[i], im[i] * weight[i]
        k = fit_columns(columns, sizes, values, weight, mask, q, residual, squares)
        fitted = values - residual
        for i in range(n):
            size[i] = math.hypot(fitted[i], fitted[n + i])
            drift[i], drift[n + i] = elapsed[i] * fitted[i], elapsed[i] * fitted[n + i]
        length, more = systematic(q, k, mask, drift, knots, size)
        rest[:] = residual
        taken, rows = k, 2 * (n - left_out)
        if k and rows - k >= 3 * (1 + more):  # what is systematic is neither noise nor an outlier
            taken = k + 1 + more
            for j in range(k, taken):
                _add(rest, -_dot(q[j], rest, mask), q[j])
        free = free_parts(q, taken, mask)
        worst = _worst(rest, free, rows - taken, mask)
        if k and worst >= 0 and left_out < most_outliers:
            small = math.hypot(rest[worst], rest[n + worst]) * relative[worst] < negligible
            chance = _chance(rest, free, rows - taken, scale, mask, worst)
            if not small and chance * (n - left_out) < outlier_alarm:
                mask[worst] = mask[n + worst] = 0.0
                left_out += 1
                continue
        if k and not asked and _dot(rest, rest, mask) > rows * _NO_NOISE * negligible**2:
            asked = True
            smooth, statistic, freedom = noise_profile(rest, free, hats)
            if statistic > uneven_from:  # points that seemed wild beside an even noise are asked again
                scale, left_out = freedom, 0
                mask[:] = 1.0
                for i in range(n):
                    relative[i] = math.exp(0.5 * smooth[i])
                continue
        return mask, relative, scale, q, k, more, residual, fitted, squares, length


@numba.njit(cache=True, error_model="numpy")
def _worst(residual: Floats, free: Floats, freedom: int, mask: Floats) -> int:
    """Point that lies farthest from a fit of the others, -1 if nothing can be said."""
    if freedom <= 2:
        return -1
    falls = outlier_falls(residual, free)
    worst = -1
    for i in range(falls.size):
        if mask[i] > 0 and falls[i] > 0 and (worst < 0 or falls[i] > falls[worst]):
            worst = i
    return worst


@numba.njit(cache=True, error_model="numpy")
def _chance(residual: Floats, free: Floats, freedom: int, scale: float, mask: Floats, point: int) -> float:
    r"""Probability that a good point lies as far from a fit of the others.

    :math:`F = (d/2) / ((S-d)/(\nu-2))` has the distribution F(2, nu - 2), whose tail is
    :math:`(1 + 2F/(\nu-2))^{-(\nu-2)/2}`. Where the standard deviation comes from a profile, its degrees of freedom
    (``scale``) take the place of nu - 2 in the tail.
    """
    fall, total = float(outlier_falls(residual, free)[point]), float(_dot(residual, residual, mask))
    others = max(total - fall, 1e-12 * total) / (freedom - 2)
    tail = freedom - 2.0 if scale == 0 else min(freedom - 2.0, scale)
    return float((1 + fall / others / tail) ** (-tail / 2))
