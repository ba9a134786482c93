r"""Distribution of relaxation times (DRT) of an impedance spectrum.

The impedance is written as a sum of free series terms and a distribution :math:`\gamma(\ln\tau) \ge 0` of RC elements:

.. math:: Z(\omega) = R_\infty + j\omega L + \frac{A}{\sqrt{j\omega}} + \frac{1}{j\omega C}
   + \int_{-\infty}^{\infty} \frac{\gamma(\ln\tau)}{1 + j\omega\tau}\, d\ln\tau

so that :math:`\gamma` is in ohm per unit of the natural logarithm of tau, and the area under a peak is the resistance
of its process. [1]_ Finding :math:`\gamma` is ill-posed; what is known beforehand decides what comes out. Two ways:

``hierarchical``
    ln(gamma) is a curve that bends little, but sharply where the data ask for it: its curvature by ln(tau) has a
    normal prior whose precision has a gamma hyper-prior (so Student's distribution of the curvature) and is shared
    by neighbours. Powers of tau, the flanks of every constant-phase, Warburg or Gerischer process, cost nothing. The
    scale of the curvature has no dimension, so nothing is chosen per spectrum; the noise is estimated along. The
    idea of local precisions with a hyper-prior is that of [2]_; that they act on ln(gamma) is our own choice.
``ridge``
    Tikhonov regularisation: gamma >= 0 with a penalty on its squared second derivative [1]_, whose strength is
    chosen by generalised cross-validation or at the corner of the L-curve. [3]_

References
----------
.. [1] T. H. Wan, M. Saccoccio, C. Chen, F. Ciucci, Electrochim. Acta 184 (2015) 483,
   doi:10.1016/j.electacta.2015.09.097.
.. [2] F. Ciucci, C. Chen, Electrochim. Acta 167 (2015) 439, doi:10.1016/j.electacta.2015.03.123; taken further by
   hybrid-drt, doi:10.1016/j.electacta.2022.141493 (this one was not looked up).
.. [3] P. C. Hansen, SIAM Rev. 34 (1992) 561, doi:10.1137/1034115.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.impedance._drt_grid import CAPACITOR, INDUCTOR, RESISTOR, WARBURG, Grid, grid_of
from limetal.impedance.checks import checked_arrays

if TYPE_CHECKING:
    from limetal.impedance._drt_solve import Estimate

__all__ = ["Drt", "DrtMap", "DrtOptions", "DrtPeak", "drt", "drt_many", "drt_map"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Status = Literal["computed", "not converged", "not enough points"]

_LN10 = math.log(10.0)
#: Series terms of the low frequencies count as a neighbour of the last peak from this part of the range of Re Z.
_NOTICED = 0.02


@dataclass(frozen=True)
class DrtOptions:
    """Choices that change the numbers.

    Attributes
    ----------
    method
        ``"hierarchical"`` or ``"ridge"``, see the module.
    low_frequency
        Series terms that grow without end at low frequency: ``"warburg"`` (semi-infinite diffusion), ``"capacitor"``,
        ``"both"`` or ``"none"``. They are never negative and become zero where nothing asks for them.
    inductance
        Whether a series inductance (never negative) is free.
    penalty_choice
        How ``"ridge"`` finds its penalty: ``"gcv"`` or ``"l-curve"``.
    penalty
        Penalty of ``"ridge"`` if it is not to be chosen; dimensionless: gamma is taken in units of the range of Re Z.
    points_per_decade
        Knots of the splines over ln(tau); the result has four times as many points.
    beyond_decades
        How far tau goes beyond the measured frequencies at either end.
    curvature_scale, curvature_freedom, shared_decades
        ``"hierarchical"``: scale and degrees of freedom of Student's distribution of the curvature of ln(gamma) by
        ln(tau), and the width (standard deviation) over which neighbours share their precision.
    credible_level
        Of the bands.
    least_significance
        Standard errors a maximum stands above the valley beside it to be called a peak of its own.
    fewest_points, fewest_decades, fewest_per_decade
        What a spectrum needs for a distribution at all.
    """

    method: Literal["hierarchical", "ridge"] = "hierarchical"
    low_frequency: Literal["warburg", "capacitor", "both", "none"] = "both"
    inductance: bool = True
    penalty_choice: Literal["gcv", "l-curve"] = "gcv"
    penalty: float | None = None
    points_per_decade: int = 10
    beyond_decades: float = 1.0
    curvature_scale: float = 0.6
    curvature_freedom: float = 1.0
    shared_decades: float = 0.15
    credible_level: float = 0.95
    least_significance: float = 2.0
    fewest_points: int = 15
    fewest_decades: float = 2.0
    fewest_per_decade: float = 3.0

    def __post_init__(self) -> None:
        """Refuse choices that mean nothing."""
        for name, allowed in (
            ("method", ("hierarchical", "ridge")),
            ("low_frequency", ("warburg", "capacitor", "both", "none")),
            ("penalty_choice", ("gcv", "l-curve")),
        ):
            if getattr(self, name) not in allowed:
                raise BadInputError(f"DrtOptions.{name}", repr(getattr(self, name)), f"one of {', '.join(allowed)}")
        for name, low, high in (
            ("points_per_decade", 3, 60),
            ("beyond_decades", 0.0, 4.0),
            ("curvature_scale", 1e-3, 1e3),
            ("curvature_freedom", 0.1, 1e3),
            ("shared_decades", 0.0, 2.0),
            ("credible_level", 0.5, 0.9999),
            ("least_significance", 0.0, 100.0),
            ("penalty", 1e-30, 1e30),
        ):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise BadInputError(f"DrtOptions.{name}", f"{value!r}", f"a number from {low:g} to {high:g}")

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the free series terms."""
        low = {"warburg": (WARBURG,), "capacitor": (CAPACITOR,), "both": (WARBURG, CAPACITOR), "none": ()}
        return (RESISTOR, *((INDUCTOR,) if self.inductance else ()), *low[self.low_frequency])


DEFAULT = DrtOptions()


@dataclass(frozen=True)
class DrtPeak:
    """One process: a peak of gamma within the measured range.

    Attributes
    ----------
    tau_second, tau_std_decades
        Where its maximum is, and the standard error of log10 of it.
    frequency_hertz
        1/(2 pi tau).
    height_ohm
        gamma there.
    resistance_ohm, resistance_std_ohm
        Area from valley to valley, corrected for tails beyond the valleys, and its standard error (noise, and how
        neighbours share what lies about a valley).
    low_second, high_second
        The valleys.
    valley
        Height of the higher valley as part of the peak's: 0 is a peak that stands alone, 1 one that hardly shows.
    significance
        Standard errors its top stands above the valley that is less deep.
    measured
        Whether tau lies within 1/(2 pi f) of the measured frequencies; a peak outside is an extrapolation.
    """

    tau_second: float
    tau_std_decades: float
    frequency_hertz: float
    height_ohm: float
    resistance_ohm: float
    resistance_std_ohm: float
    low_second: float
    high_second: float
    valley: float
    significance: float
    measured: bool


@dataclass(frozen=True, eq=False)
class Drt:
    """Distribution of relaxation times of one spectrum of m points.

    Where ``status`` is ``"not enough points"`` the arrays are empty and the numbers NaN.

    Attributes
    ----------
    status, reason
        ``"computed"``, ``"not converged"`` (numbers of the last iteration) or ``"not enough points"``; one sentence
        where it is not computed, otherwise empty.
    tau_second : (n,)
        Rising; reaches ``beyond_decades`` beyond the measured range on either side.
    gamma_ohm, gamma_low_ohm, gamma_high_ohm : (n,)
        Ohm per unit of ln(tau), and its credible band. Without the free series terms.
    measured : (n,) bool
        Where tau is 1/(2 pi f) of a frequency within the measured range.
    resistance_inf_ohm, resistance_inf_std_ohm
        Series resistance: the limit at high frequency.
    inductance_henry, inductance_std_henry
        0 where the data ask for none (then without a standard error, NaN), NaN where none was free; so are the next.
    warburg_ohm_per_root_second, warburg_std_ohm_per_root_second
        A in A/sqrt(j omega); the Warburg coefficient sigma of ``sigma (1 - j)/sqrt(omega)`` is A/sqrt(2). gamma can
        rise as sqrt(tau) itself, so how much of a diffusion is here and how much there is a matter of the error.
    series_elastance_per_farad, series_elastance_std_per_farad
        1/C of a series capacitance C.
    polarisation_resistance_ohm, polarisation_resistance_std_ohm
        Area under gamma, all of it.
    peaks
        In order of tau.
    noise
        Standard deviation of Re Z, and of Im Z, as part of abs(Z); in units of ``std_ohm`` where that was given.
    penalty
        Of the ridge; NaN otherwise.
    residual_ohm : (m,)
        Measured minus calculated impedance, in the order given.
    degrees_of_freedom
        Used by the model, of 2m.
    iterations
        What it took.
    options
        As given.
    """

    status: Status
    reason: str
    tau_second: Floats
    gamma_ohm: Floats
    gamma_low_ohm: Floats
    gamma_high_ohm: Floats
    measured: NDArray[np.bool_]
    resistance_inf_ohm: float
    resistance_inf_std_ohm: float
    inductance_henry: float
    inductance_std_henry: float
    warburg_ohm_per_root_second: float
    warburg_std_ohm_per_root_second: float
    series_elastance_per_farad: float
    series_elastance_std_per_farad: float
    polarisation_resistance_ohm: float
    polarisation_resistance_std_ohm: float
    peaks: tuple[DrtPeak, ...]
    noise: float
    penalty: float
    residual_ohm: Complexes
    degrees_of_freedom: float
    iterations: int
    options: DrtOptions

    @property
    def series_gamma_ohm(self) -> Floats:
        """Distribution of the Warburg term alone, ``A sqrt(tau)/pi``, on the same tau."""
        a = self.warburg_ohm_per_root_second
        return np.sqrt(self.tau_second) * ((a if a > 0 else 0.0) / math.pi)


def drt(
    frequency_hertz: Floats, impedance: Complexes, options: DrtOptions = DEFAULT, *, std_ohm: Floats | None = None
) -> Drt:
    """Distribution of relaxation times of one spectrum.

    Parameters
    ----------
    frequency_hertz : (m,) float
        In any order and spacing.
    impedance : (m,) complex
        Z in ohm (or ohm cm2: then everything is per area); Im Z of a capacitor is negative.
    options
        Choices.
    std_ohm : (m,) float, optional
        Standard error of Re Z and of Im Z at each point. Without it the noise is taken as an unknown part of abs(Z).
        Where the residuals are larger than it says, the errors of the result grow with them.

    Returns
    -------
    Drt
        Too few points are a status of it, not an exception.

    Raises
    ------
    BadInputError
        If the arrays are no spectrum, or ``std_ohm`` is not above zero.

    Examples
    --------
    Two RC elements of 10 ohm at 1 ms and 30 ohm at 0.1 s behind 5 ohm:

    >>> f = np.logspace(5, -1, 61)
    >>> jw = 2j * np.pi * f
    >>> found = drt(f, 5 + 10 / (1 + 1e-3 * jw) + 30 / (1 + 0.1 * jw))
    >>> [(round(p.tau_second, 3), round(p.resistance_ohm, 1)) for p in found.peaks]
    [(0.001, 10.0), (0.1, 30.0)]
    >>> round(found.resistance_inf_ohm, 2)
    5.0
    """
    from limetal.impedance._drt_solve import CurvaturePrior, compress, solve_hierarchical, solve_ridge

    given_f, given_z = checked_arrays(frequency_hertz, impedance)
    order = np.argsort(-given_f, kind="stable")
    f, z = given_f[order], given_z[order]
    weight = 1.0 / np.abs(z) if std_ohm is None else 1.0 / _checked_std(std_ohm, given_f.size)[order]
    lacking = _too_little(f, options)
    if lacking:
        return _nothing(lacking, options)
    grid = grid_of(f, options.points_per_decade, options.beyond_decades, options.terms)
    spectrum = compress(grid, z, weight)
    if options.method == "ridge":
        estimate = solve_ridge(spectrum, options.penalty_choice, options.penalty)
    else:
        prior = CurvaturePrior(options.curvature_freedom, options.curvature_scale, options.shared_decades * _LN10)
        estimate = solve_hierarchical(spectrum, prior, known_noise=std_ohm is not None)
    return _result(f, z, order, grid, estimate, options)


def drt_many(spectra: Iterable[tuple[Floats, Complexes]], options: DrtOptions = DEFAULT) -> list[Drt]:
    """Distribution of every spectrum of a series, in order; spectra of equal frequencies share their kernels.

    Examples
    --------
    >>> f = np.logspace(5, -1, 61)
    >>> series = [(f, 5 + r / (1 + 2j * np.pi * f * 1e-3)) for r in (10.0, 20.0, 40.0)]
    >>> [round(d.polarisation_resistance_ohm) for d in drt_many(series)]
    [10, 20, 40]
    """
    return [drt(f, z, options) for f, z in spectra]


@dataclass(frozen=True, eq=False)
class DrtMap:
    """Distributions of a series on one grid of tau.

    Attributes
    ----------
    along : (k,)
        Time, charge or cycle of each spectrum.
    tau_second : (n,)
        Rising, equal ratios.
    gamma_ohm : (k, n)
        NaN where a spectrum was not measured (tau outside its range) or has no distribution.
    """

    along: Floats
    tau_second: Floats
    gamma_ohm: Floats


def drt_map(results: Sequence[Drt], along: Floats | None = None, points_per_decade: int = 40) -> DrtMap:
    """Distributions of a series on the tau that any of them measured.

    Parameters
    ----------
    results
        From `drt_many`.
    along : (k,) float, optional
        Time, charge or cycle; 0, 1, 2, ... if not given.
    points_per_decade
        Of the common grid.

    Raises
    ------
    BadInputError
        If ``along`` has another length.

    Examples
    --------
    >>> f = np.logspace(5, -1, 61)
    >>> series = drt_many([(f, 5 + r / (1 + 2j * np.pi * f * 1e-3)) for r in (10.0, 20.0)])
    >>> drt_map(series, np.array([0.0, 3600.0])).gamma_ohm.shape
    (2, 241)
    """
    position = np.arange(len(results), dtype=np.float64) if along is None else np.asarray(along, dtype=np.float64)
    if position.shape != (len(results),):
        raise BadInputError("along", f"{position.shape} numbers for {len(results)} spectra", "one for each spectrum")
    ranges = [(d.tau_second[d.measured][0], d.tau_second[d.measured][-1]) for d in results if d.tau_second.size]
    if not ranges:
        return DrtMap(position, np.empty(0), np.empty((len(results), 0)))
    low, high = np.log10(min(a for a, _ in ranges)), np.log10(max(b for _, b in ranges))
    tau = np.logspace(low, high, round((high - low) * points_per_decade) + 1)
    gamma = np.full((len(results), tau.size), np.nan)
    slack = 1e-9
    for row, d in zip(gamma, results, strict=True):
        if d.tau_second.size:
            x = np.log(d.tau_second[d.measured])
            inside = (np.log(tau) >= x[0] - slack) & (np.log(tau) <= x[-1] + slack)
            row[inside] = np.interp(np.log(tau[inside]), x, d.gamma_ohm[d.measured])
    return DrtMap(position, tau, gamma)


def _checked_std(std_ohm: Floats, n: int) -> Floats:
    std = np.asarray(std_ohm, dtype=np.float64)
    if std.shape != (n,):
        raise BadInputError("std_ohm", f"{std.shape} numbers for {n} points", "one standard error for each point")
    bad = ~(np.isfinite(std) & (std > 0))
    if bad.any():
        k = int(np.argmax(bad))
        raise BadInputError(f"std_ohm, point {k + 1}", f"{std[k]:g}", "a standard error above zero")
    return std


def _too_little(f: Floats, options: DrtOptions) -> str:
    """Why there is no distribution; empty if there is."""
    n = int(np.unique(f).size)
    decades = math.log10(f[0] / f[-1])
    said = f"{n} frequencies over {decades:.1f} decades"
    if n < options.fewest_points:
        return f"{said}; a distribution needs {options.fewest_points} frequencies"
    if decades < options.fewest_decades:
        return f"{said}; a distribution needs {options.fewest_decades:g} decades"
    if (n - 1) / decades < options.fewest_per_decade:
        return f"{said}; a distribution needs {options.fewest_per_decade:g} frequencies per decade"
    return ""


def _nothing(reason: str, options: DrtOptions) -> Drt:
    empty, none = np.empty(0), math.nan
    return Drt(
        status="not enough points", reason=reason, tau_second=empty, gamma_ohm=empty, gamma_low_ohm=empty,
        gamma_high_ohm=empty, measured=np.empty(0, dtype=np.bool_), resistance_inf_ohm=none,
        resistance_inf_std_ohm=none, inductance_henry=none, inductance_std_henry=none,
        warburg_ohm_per_root_second=none, warburg_std_ohm_per_root_second=none, series_elastance_per_farad=none,
        series_elastance_std_per_farad=none, polarisation_resistance_ohm=none, polarisation_resistance_std_ohm=none,
        peaks=(), noise=none, penalty=none, residual_ohm=np.empty(0, dtype=np.complex128), degrees_of_freedom=none,
        iterations=0, options=options,
    )  # fmt: skip


def _result(f: Floats, z: Complexes, order: NDArray[np.intp], grid: Grid, est: Estimate, options: DrtOptions) -> Drt:
    from limetal.impedance._drt_peaks import Curve, find_peaks

    x = grid.log_tau
    fine = grid.spline @ est.values
    wide = NormalDist().inv_cdf(0.5 + 0.5 * options.credible_level) * est.std
    if est.logarithmic:
        gamma, low, high = np.exp(fine), np.exp(fine - wide), np.exp(fine + wide)
    else:
        gamma = np.maximum(fine, 0.0)
        low, high = np.maximum(gamma - wide, 0.0), gamma + wide
    first, last = -math.log(2 * math.pi * f[0]), -math.log(2 * math.pi * f[-1])
    measured = (x >= first - 1e-9) & (x <= last + 1e-9)
    low_terms = [abs(c) for name, c in zip(grid.terms, est.terms, strict=True) if name in (WARBURG, CAPACITOR)]
    tail_beyond = sum(low_terms) > _NOTICED * float(np.ptp(z.real))
    curve = Curve(x, gamma, grid.phases, est.covariance, est.covariance_given, est.logarithmic)
    peaks = tuple(
        DrtPeak(
            math.exp(p.place), p.place_std / _LN10, 1 / (2 * math.pi * math.exp(p.place)), p.height, p.area,
            p.area_std, math.exp(p.low), math.exp(p.high), p.valley, p.significance,
            bool(first <= p.place <= last),
        )
        for p in find_peaks(curve, options.least_significance, tail_beyond)
    )  # fmt: skip
    polarisation, polarisation_std = curve.area(0, x.size - 1)
    value = dict(zip(grid.terms, (est.terms * grid.units).tolist(), strict=True))
    error = dict(zip(grid.terms, (est.terms_std * grid.units).tolist(), strict=True))
    residual = np.empty_like(z)
    model = grid.basis @ (grid.series @ est.terms + gamma @ grid.points)
    residual[order] = z - (model[: f.size] + 1j * model[f.size :])
    return Drt(
        status="computed" if est.converged else "not converged",
        reason="" if est.converged else f"no end after {est.iterations} iterations; the numbers are those of the last",
        tau_second=np.exp(x),
        gamma_ohm=gamma,
        gamma_low_ohm=low,
        gamma_high_ohm=high,
        measured=measured,
        resistance_inf_ohm=value[RESISTOR],
        resistance_inf_std_ohm=error[RESISTOR],
        inductance_henry=value.get(INDUCTOR, math.nan),
        inductance_std_henry=error.get(INDUCTOR, math.nan),
        warburg_ohm_per_root_second=value.get(WARBURG, math.nan),
        warburg_std_ohm_per_root_second=error.get(WARBURG, math.nan),
        series_elastance_per_farad=value.get(CAPACITOR, math.nan),
        series_elastance_std_per_farad=error.get(CAPACITOR, math.nan),
        polarisation_resistance_ohm=polarisation,
        polarisation_resistance_std_ohm=polarisation_std,
        peaks=peaks,
        noise=est.noise,
        penalty=est.penalty,
        residual_ohm=residual,
        degrees_of_freedom=est.used,
        iterations=est.iterations,
        options=options,
    )
