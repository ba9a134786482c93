"""Linear Kramers-Kronig test: how noisy a spectrum is, and whether it belongs to a cell that stood still.

A linear, causal cell that does not change while it is measured has an impedance whose real and imaginary part follow
from each other. A resistance, an inductance, a capacitance and RC elements of fixed time constants in series obey
that by construction and, with strengths of either sign, describe nearly every such spectrum; finding the strengths is
one linear least-squares problem. [1]_ What such a chain leaves is noise, or the part of the spectrum that breaks the
relation. How many elements to take, Schönleber et al. [2]_ judge by the sum of negative strengths; here the corrected
Akaike criterion (AICc) decides, and the noise is the residual over its degrees of freedom.

What a test of this kind can see, and what it cannot, stands in ``docs/validity.md`` in numbers.

References
----------
.. [1] B. A. Boukamp, J. Electrochem. Soc. 142 (1995) 1885, doi:10.1149/1.2044210.
.. [2] M. Schönleber, D. Klotz, E. Ivers-Tiffée, Electrochim. Acta 131 (2014) 20, doi:10.1016/j.electacta.2014.01.034.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.impedance._rc_basis import SERIES_COLUMNS, RcBasis, rc_basis
from limetal.impedance.checks import check_spectrum

__all__ = ["Drift", "KramersKronig", "KramersKronigOptions", "Verdict", "kramers_kronig", "kramers_kronig_many"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Verdict = Literal["consistent", "drift", "inconsistent", "cannot tell"]

_PERIODS_PER_POINT = 3.0
_SLOWER = 3.0  # than the period of the lowest frequency over 2 pi
_TINY = float(np.finfo(float).tiny)
_PROFILE_POINTS = 15  # from which a noise that varies with frequency can be told


@dataclass(frozen=True)
class KramersKronigOptions:
    """Choices that change the answer.

    Attributes
    ----------
    drift_alarm, drift_alarm_beside_slow
        A drift is called where its probability is below the first, and below the second where a process slower than
        the sweep may explain the residuals as well.
    inconsistent_alarm, outlier_alarm
        Probability, per spectrum, of calling a good spectrum inconsistent, and one of its points an outlier.
    uneven_alarm
        Probability of finding the noise uneven over frequency where it is even.
    negligible
        Part of abs(Z) below which no systematic deviation and no outlier counts, however significant: about what a
        good instrument itself is off by.
    largest_noise
        Noise, as part of abs(Z), above which nothing else is told of a spectrum.
    fewest_points, fewest_decades
        What a spectrum needs for any number.
    fewest_freedom
        Degrees of freedom that it needs for a verdict; with fewer, the noise is an upper bound.
    most_outliers
        Largest part of the points that may be called outliers.
    """

    drift_alarm: float = 0.01
    drift_alarm_beside_slow: float = 0.03
    inconsistent_alarm: float = 0.001
    outlier_alarm: float = 0.01
    uneven_alarm: float = 0.005
    negligible: float = 2e-3
    largest_noise: float = 0.1
    fewest_points: int = 7
    fewest_decades: float = 0.5
    fewest_freedom: int = 15
    most_outliers: float = 0.1


DEFAULT = KramersKronigOptions()


@dataclass(frozen=True)
class Drift:
    """Change of the whole impedance from the first to the last point of a sweep, linear in time.

    Attributes
    ----------
    relative
        0.05 is a growth of abs(Z) by 5 %; NaN if it cannot be told.
    std
        Its standard error.
    probability
        That noise alone shows as much, of either sign.
    probability_beside_slow
        The same where an RC element three times slower than the lowest frequency is part of the fit. A sweep ends
        where such a process begins, and what it leaves looks much like a drift. One if it was not asked.
    assumed_times
        Whether the times are those of three periods a point, in the order given, because none were given.
    """

    relative: float
    std: float
    probability: float
    probability_beside_slow: float
    assumed_times: bool


@dataclass(frozen=True, eq=False)
class KramersKronig:
    """What a linear Kramers-Kronig test says of one spectrum of n points, in the order given.

    Attributes
    ----------
    verdict
        ``"consistent"``; ``"drift"``: systematic residuals of the kind that a change during the sweep leaves;
        ``"inconsistent"``: systematic residuals of another kind; ``"cannot tell"``.
    why
        One sentence.
    noise
        Standard deviation of Re Z, and of Im Z, as part of abs(Z): the geometric mean over the points. In a spectrum
        that is not consistent, what the RC elements cannot describe counts as noise.
    noise_std
        Standard error of ``noise``; NaN where too few points make the noise an upper bound.
    noise_by_point : (n,) float
        The same of each point; all alike unless ``noise_is_uneven``.
    fitted_ohm : (n,) complex
        Impedance of the RC elements, NaN where no test was possible.
    residuals : (n,) complex
        (Z - fitted) / abs(Z).
    rc_elements, degrees_of_freedom
        Number of RC elements beside R, L and C; rows (two a point) minus columns.
    outliers
        Indices of single points that do not belong; the fit, the noise and the tests are without them.
    drift
        Estimate of the change during the sweep.
    systematic
        Largest systematic deviation found, as part of abs(Z); chance alone makes it about as large as the noise.
    probability_linked
        That noise alone parts Re Z and Im Z as much, after the drift (F test).
    probability_white
        That white noise has residuals so alike from one frequency to the next (Durbin and Watson).
    options
        As used.
    """

    verdict: Verdict
    why: str
    noise: float
    noise_std: float
    noise_by_point: Floats
    noise_is_uneven: bool
    fitted_ohm: Complexes
    residuals: Complexes
    rc_elements: int
    degrees_of_freedom: int
    outliers: tuple[int, ...]
    drift: Drift
    systematic: float
    probability_linked: float
    probability_white: float
    options: KramersKronigOptions

    @property
    def std_ohm(self) -> Floats:
        """Standard deviation of Re Z and of Im Z of each point ``(n,)``, in the unit of Z; one over it is a weight."""
        return np.asarray(self.noise_by_point * np.abs(self.fitted_ohm))


def kramers_kronig(
    frequency_hertz: Floats,
    impedance: Complexes,
    options: KramersKronigOptions = DEFAULT,
    test_time_second: Floats | None = None,
) -> KramersKronig:
    """Noise of a spectrum, points that do not belong, and whether Re Z and Im Z belong together.

    Parameters
    ----------
    frequency_hertz : (n,) float
        In the order measured, which is any order; frequencies may repeat.
    impedance : (n,) complex
        Z in any unit; Im Z of a capacitor is negative.
    options
        See there.
    test_time_second : (n,) float, optional
        When each point was measured. Without it each point is thought to have taken three periods.

    Raises
    ------
    BadInputError
        If the arrays are no spectrum, see `limetal.impedance.checks.check_spectrum`.

    References
    ----------
    Boukamp, doi:10.1149/1.2044210, for the test; AICc, F test and outliers as said in ``docs/validity.md``.

    Examples
    --------
    >>> f = np.logspace(5, -1, 61)
    >>> rng = np.random.default_rng(1)
    >>> z = 5 + 20 / (1 + (2j * np.pi * f * 2e-3) ** 0.8) + 4 / np.sqrt(2j * np.pi * f)
    >>> z = z + 0.003 * np.abs(z) * (rng.standard_normal(61) + 1j * rng.standard_normal(61))
    >>> result = kramers_kronig(f, z)
    >>> result.verdict, round(result.noise, 4), round(result.noise_std, 4), result.outliers
    ('consistent', 0.0028, 0.0002, ())
    """
    f, z = check_spectrum(frequency_hertz, impedance, test_time_second)
    order = np.argsort(-f, kind="stable")
    decades = float(np.log10(f[order[0]] / f[order[-1]]))
    if f.size < options.fewest_points:
        return _cannot_tell(f.size, f"{f.size} points are too few: {options.fewest_points} are needed", options)
    if decades < options.fewest_decades:
        return _cannot_tell(f.size, f"the frequencies span {decades:.2g} decades only", options)
    assumed = test_time_second is None or float(np.ptp(test_time_second)) == 0.0
    times = np.cumsum(_PERIODS_PER_POINT / f) if assumed else np.asarray(test_time_second, dtype=np.float64)
    elapsed = ((times - times.mean()) / np.ptp(times))[order]
    spectrum = _Spectrum(z[order], elapsed, rc_basis(f[order]), f[order])
    found = _search(spectrum, assumed, options)
    if found is None:
        return _cannot_tell(f.size, f"{f.size} points leave no degrees of freedom", options)
    return _result(spectrum, found, order, options)


def kramers_kronig_many(
    spectra: Iterable[tuple[Floats, Complexes]], options: KramersKronigOptions = DEFAULT
) -> list[KramersKronig]:
    """Results of `kramers_kronig` for pairs of frequencies and impedances; each grid of frequencies is prepared once.

    Raises
    ------
    BadInputError
        As `kramers_kronig`, with the number of the spectrum, counted from one.

    Examples
    --------
    >>> f = np.logspace(4, 0, 25)
    >>> z = 1 + 3 / (1 + 2j * np.pi * f * 1e-2)
    >>> [result.verdict for result in kramers_kronig_many([(f, z), (f, 2 * z)])]
    ['consistent', 'consistent']
    """
    results = []
    for number, (frequency_hertz, impedance) in enumerate(spectra, 1):
        try:
            results.append(kramers_kronig(frequency_hertz, impedance, options))
        except BadInputError as error:
            where = error.where.replace("spectrum", f"spectrum {number}", 1)
            raise BadInputError(where, error.found, error.wanted) from error
    return results


# ------------------------------------------------------------------------------------------------ one spectrum


@dataclass(frozen=True, eq=False)
class _Spectrum:
    """A spectrum in falling order of frequency, with its columns; time from -1 to 1, its mean zero."""

    z: Complexes
    elapsed: Floats
    basis: RcBasis
    f: Floats


@dataclass(frozen=True, eq=False)
class _Found:
    """What the search ended with, points in falling order of frequency.

    ``fitted`` (2 n,) is weighted, that of a point left out predicted; ``by_drift``, ``by_others`` are the sums of
    squares that a drift explains, and what is in Im Z alone; ``largest`` their largest part of abs(Z); ``freedom``
    is rows minus columns.
    """

    used: NDArray[np.bool_]
    relative: Floats
    uneven: bool
    columns: int
    freedom: int
    fitted: Floats
    by_drift: float
    by_others: float
    largest: float
    noise: float
    noise_std: float
    drift: Drift
    linked: float
    white: float


def _search(spectrum: _Spectrum, assumed: bool, options: KramersKronigOptions) -> _Found | None:
    from scipy.special import fdtrc, ndtr, stdtr

    from limetal.impedance import _kk_kernel as kernel

    basis, n = spectrum.basis, spectrum.z.size
    mask, relative, scale, q, k, more, residual, fitted, squares, length = kernel.search(
        basis.columns,
        basis.sizes,
        basis.knots,
        basis.coarse,
        np.ascontiguousarray(spectrum.z.real),
        np.ascontiguousarray(spectrum.z.imag),
        spectrum.elapsed,
        _chi_squared_limit(basis.coarse.shape[0] - 1, options.uneven_alarm) if n >= _PROFILE_POINTS else np.inf,
        options.outlier_alarm,
        int(options.most_outliers * n),
        options.negligible,
    )
    if not k:
        return None
    rows = int(mask.sum())
    freedom = rows - k
    along, by_others, total, largest = kernel.explained(q, k, more, residual, mask, relative)
    by_drift = along * along
    drift = Drift(float("nan"), float("nan"), 1.0, 1.0, assumed)
    if length > 0:
        change = along / length
        std = math.sqrt(max(total - by_drift, _TINY) / (freedom - 1)) / length
        probability, beside = float(2 * stdtr(freedom - 1, -abs(change) / std)), 1.0
        if probability < options.drift_alarm:
            beside = _beside_slow(spectrum, q[:k] * mask, residual * mask, fitted * mask, mask[:n] / relative)
        drift = Drift(change, std, probability, beside, assumed)
    rest = freedom - more - (length > 0)
    linked = 1.0
    if more and rest > 0:
        variance = max(total - by_drift - by_others, _TINY) / rest
        linked = float(fdtrc(more, rest, by_others / more / variance))
    noise, noise_std = kernel.averaged_noise(squares, basis.sizes, rows)
    return _Found(
        used=mask[:n] > 0,
        relative=relative,
        uneven=scale > 0,
        columns=k,
        freedom=freedom,
        fitted=fitted,
        by_drift=by_drift,
        by_others=by_others,
        largest=largest,
        noise=noise,
        noise_std=noise_std,
        drift=drift,
        linked=linked,
        white=float(ndtr(kernel.waviness(q, k, residual, mask))),
    )


def _beside_slow(spectrum: _Spectrum, q: Floats, residual: Floats, fitted: Floats, precision: Floats) -> float:
    """Probability that noise alone shows as much drift beside an RC element slower than the sweep."""
    from scipy.special import stdtr

    slow = precision / np.abs(spectrum.z) / (1 + 1j * _SLOWER * spectrum.f / spectrum.f[-1])
    columns = [np.concatenate([slow.real, slow.imag]), np.tile(spectrum.elapsed, 2) * fitted]
    for column in columns:
        for _ in range(2):
            column -= q.T @ (q @ column)
    slower, drift = columns
    slower /= np.sqrt(max(float(slower @ slower), _TINY))
    drift -= (slower @ drift) * slower
    left = residual - (slower @ residual) * slower
    along = float(drift @ left) ** 2 / max(float(drift @ drift), _TINY)
    freedom = int(2 * np.count_nonzero(precision)) - q.shape[0] - 2
    if freedom < 1:
        return 1.0
    return float(2 * stdtr(freedom, -np.sqrt(along / max(float(left @ left) - along, _TINY) * freedom)))


@lru_cache(maxsize=64)
def _chi_squared_limit(freedom: int, alarm: float) -> float:
    from scipy.special import chdtri

    return float(chdtri(freedom, alarm))


# ------------------------------------------------------------------------------------------------ verdict


def _result(
    spectrum: _Spectrum, found: _Found, order: NDArray[np.intp], options: KramersKronigOptions
) -> KramersKronig:
    z, n = spectrum.z, spectrum.z.size
    back = np.empty(n, dtype=np.intp)
    back[order] = np.arange(n)
    size = np.abs(z)
    fitted = (found.fitted[:n] + 1j * found.fitted[n:]) * (size * found.relative)
    verdict, why = _verdict(found, options)
    few = found.freedom < options.fewest_freedom
    return KramersKronig(
        verdict=verdict,
        why=why,
        noise=found.noise,
        noise_std=float("nan") if few else found.noise_std,
        noise_by_point=(found.noise * found.relative)[back],
        noise_is_uneven=found.uneven,
        fitted_ohm=np.asarray(fitted[back], dtype=np.complex128),
        residuals=((z - fitted) / size)[back],
        rc_elements=found.columns - SERIES_COLUMNS,
        degrees_of_freedom=found.freedom,
        outliers=tuple(sorted(order[~found.used].tolist())),
        drift=found.drift,
        systematic=found.largest,
        probability_linked=found.linked,
        probability_white=found.white,
        options=options,
    )


def _verdict(found: _Found, options: KramersKronigOptions) -> tuple[Verdict, str]:
    left_out, size = int(found.used.size - found.used.sum()), found.largest
    rest = f" without {left_out} outlier{'s' * (left_out > 1)}" if left_out else ""
    noise = f"{100 * found.noise:.2g} %"
    if found.freedom < options.fewest_freedom:
        points = int(found.used.sum())
        return "cannot tell", f"{points} points cannot part noise from shape: the noise is {noise} at most"
    if found.noise > options.largest_noise:
        return "cannot tell", f"the residuals are {noise} of |Z|, too much to tell anything else"
    drifts = found.drift.probability < options.drift_alarm
    drifts = drifts and found.drift.probability_beside_slow < options.drift_alarm_beside_slow
    apart = found.linked < options.inconsistent_alarm
    wavy = found.white < options.inconsistent_alarm
    small = ""
    if (drifts or apart or wavy) and (size if drifts or apart else found.noise) < options.negligible:
        drifts = apart = wavy = False
        small = f"; systematic deviations stay below {100 * options.negligible:.2g} %"
    if not (drifts or apart or wavy):
        return "consistent", f"Re Z and Im Z belong together within a noise of {noise}{rest}{small}"
    if drifts and (not apart or found.by_drift > found.by_others):
        more = ", and more that it does not explain" if apart else ""
        change = f"{100 * found.drift.relative:+.2g} ± {100 * found.drift.std:.1g} %"
        return "drift", f"a change of |Z| by {change} during the sweep explains systematic residuals{more}{rest}"
    if apart or drifts:
        return "inconsistent", f"Re Z and Im Z do not belong together: they part by {100 * size:.2g} % of |Z|{rest}"
    return "inconsistent", f"residuals of {noise} of |Z| run in waves that RC elements cannot follow{rest}"


def _cannot_tell(n: int, why: str, options: KramersKronigOptions) -> KramersKronig:
    nan = float("nan")
    nothing = np.full(n, complex(nan, nan))
    return KramersKronig(
        verdict="cannot tell",
        why=why,
        noise=nan,
        noise_std=nan,
        noise_by_point=np.full(n, nan),
        noise_is_uneven=False,
        fitted_ohm=nothing,
        residuals=nothing.copy(),
        rc_elements=0,
        degrees_of_freedom=0,
        outliers=(),
        drift=Drift(nan, nan, 1.0, 1.0, True),
        systematic=nan,
        probability_linked=1.0,
        probability_white=1.0,
        options=options,
    )
