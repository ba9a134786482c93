r"""Activation energies from resistances or conductivities at several temperatures, in the three forms papers use.

The forms differ in what is taken to follow :math:`\exp(-E_a/RT)`:

=================  ===========================================================  ==================================
form               law                                                          used for
=================  ===========================================================  ==================================
``"ln(T/R)"``      :math:`T/R = A\,e^{-E_a/RT}`                                 films and interfaces of lithium
``"ln(1/R)"``      :math:`1/R = A\,e^{-E_a/RT}`                                 interfaces, charge transfer
``"ln(sigma T)"``  :math:`\sigma T = A\,e^{-E_a/RT}`                            solid electrolytes
=================  ===========================================================  ==================================

They are not the same number. With :math:`y = \ln(1/R)` the first and the third add :math:`\ln T` to the ordinate, so

.. math:: E_a[\ln(T/R)] - E_a[\ln(1/R)] = -R_\mathrm{gas} \frac{d \ln T}{d (1/T)} = R_\mathrm{gas} T

at the middle of the temperatures, 2.5 kJ/mol near 300 K. Papers mix the forms; a difference of that size between two
papers may be nothing but the form, and every result says how large it is for its own temperatures. For a sample of
constant geometry :math:`\sigma \propto 1/R`, and ``"ln(sigma T)"`` and ``"ln(T/R)"`` have one and the same slope.

References
----------
``"ln(T/R)"``: doi:10.1038/s41467-026-69155-z, eq. 1 (resistance of the film on lithium, 293 to 333 K; its text names
the resistance R_s where the equation has R_SEI). ``"ln(1/R)"``: activation energies from the temperature dependence of
interfacial conductivities, doi:10.1149/2.1111412jes (abstract read, not the equation). ``"ln(sigma T)"`` against
``ln(sigma)``, and how far the two activation energies are apart: doi:10.1007/s11581-019-03243-7 (abstract read).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limetal.errors import BadInputError
from limetal.physics.constants import FARADAY_C_mol, GAS_CONSTANT_J_mol_K

__all__ = ["FORMS", "Arrhenius", "Curvature", "Form", "arrhenius"]

Floats = NDArray[np.float64]
Form = Literal["ln(T/R)", "ln(1/R)", "ln(sigma T)"]
#: The names of the forms.
FORMS: tuple[str, ...] = get_args(Form)

J_PER_KJ = 1e3
#: Everything colder is taken for degrees Celsius: no lithium electrolyte conducts there.
COLDEST_K = 150.0
#: Temperatures closer together than this are one temperature: a thermostat holds no better.
SAME_TEMPERATURE_K = 0.5
#: A point is outlying where chance makes one such point in this part of all clean series.
OUTLYING_LEVEL = 0.05
#: A bend is called one where chance makes it in this part of all straight series.
CURVED_LEVEL = 0.05
_UNITS = {"ln(T/R)": "K/ohm", "ln(1/R)": "1/ohm", "ln(sigma T)": "K times the unit of the conductivity"}
#: Scatter below this part of the ordinates is rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Curvature:
    """Whether the points bend away from the straight line.

    Attributes
    ----------
    verdict
        ``"curved"`` (p < 0.05), ``"no curvature seen"``, or ``"cannot tell"``.
    change_kJ_mol
        Local activation energy at the lowest temperature minus that at the highest, from a quadratic term. Positive
        as for Vogel-Fulcher-Tammann behaviour (steeper in the cold); negative as where a second, steeper process
        takes over in the heat, or a plateau (lead resistance) begins in the cold. None where it is not identified.
    std_kJ_mol
        Its standard error.
    p_value
        Part of straight series in which chance alone makes as large a quadratic term (two-sided).
    reason
        Why it cannot be told; empty otherwise.
    """

    verdict: str
    change_kJ_mol: float | None = None
    std_kJ_mol: float | None = None
    p_value: float | None = None
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Arrhenius:
    """An activation energy, and all that is needed to judge it.

    Attributes
    ----------
    form
        One of `FORMS`.
    activation_energy_kJ_mol
        Positive where the resistance falls with temperature.
    std_kJ_mol, interval_kJ_mol
        Standard error and 95 % interval; None where two points leave nothing to tell them from (see ``reason``).
    std_from
        ``"scatter"`` of the points about the line, ``"stated errors"`` of the values, whichever is larger, or empty.
    reason
        Why there is no error, or empty.
    degrees_of_freedom
        Points minus two.
    reduced_chi2
        Mean square of the residuals in stated errors, per degree of freedom: far above one, the stated errors are too
        small or the line is wrong; far below one, they are too large. None without stated errors or for two points.
    ln_prefactor, ln_prefactor_std
        ln A in ``prefactor_unit``: an extrapolation to infinite temperature, so nearly all of its error is that of Ea.
    r_squared
        Part of the (weighted) variance of the ordinates that the line explains; None where the ordinates are equal.
    form_difference_kJ_mol
        Ea of this form's data in ``"ln(T/R)"`` minus that in ``"ln(1/R)"``, exact for these points and weights.
    curvature
        Whether the points bend.
    temperature_K, inverse_temperature_1_K, ordinate, residual : (n,) float
        The points used, in the order given: T, 1/T, ln(T/R) or the like, and ordinate minus line.
    outlying : (n,) bool
        Points that lie off the line of all the others, at 5 % for the whole series. Two wrong points can hide one
        another; of fewer than four points none can be told.
    used : (m,) bool
        Which of the points given were used (missing values are not).
    notes
        What a reader has to know.
    """

    form: str
    activation_energy_kJ_mol: float
    std_kJ_mol: float | None
    interval_kJ_mol: tuple[float, float] | None
    std_from: str
    reason: str
    degrees_of_freedom: int
    reduced_chi2: float | None
    ln_prefactor: float
    ln_prefactor_std: float | None
    r_squared: float | None
    form_difference_kJ_mol: float
    curvature: Curvature
    temperature_K: Floats
    inverse_temperature_1_K: Floats
    ordinate: Floats
    residual: Floats
    outlying: NDArray[np.bool_]
    used: NDArray[np.bool_]
    notes: tuple[str, ...] = ()

    @property
    def activation_energy_eV(self) -> float:
        """Per particle, in electronvolts."""
        return _eV(self.activation_energy_kJ_mol)

    @property
    def std_eV(self) -> float | None:
        """Standard error in electronvolts."""
        return None if self.std_kJ_mol is None else _eV(self.std_kJ_mol)

    @property
    def prefactor_unit(self) -> str:
        """Unit of A, for resistances in ohm."""
        return _UNITS[self.form]

    def line(self, temperature_K: ArrayLike) -> Floats:
        """Ordinate of the line at any temperature, ln(T/R) or the like."""
        t = np.asarray(temperature_K, dtype=float)
        return np.asarray(self.ln_prefactor - J_PER_KJ * self.activation_energy_kJ_mol / (GAS_CONSTANT_J_mol_K * t))

    def value(self, temperature_K: ArrayLike) -> Floats:
        """Resistance (or conductivity) the line gives at any temperature, in the unit of the values given."""
        t = np.asarray(temperature_K, dtype=float)
        y = self.line(t)
        if self.form == "ln(T/R)":
            return np.asarray(t * np.exp(-y))
        return np.asarray(np.exp(-y) if self.form == "ln(1/R)" else np.exp(y) / t)


def arrhenius(
    temperature_K: ArrayLike, values: ArrayLike, std: ArrayLike | None = None, form: Form = "ln(T/R)"
) -> Arrhenius:
    r"""Activation energy of a resistance or a conductivity, from a straight line over 1/T.

    .. math:: y = \ln A - \frac{E_a}{R_\mathrm{gas}} \frac1T, \qquad y = \ln\frac{T}{R},\ \ln\frac1R
        \text{ or } \ln(\sigma T)

    Least squares, weighted with the stated errors where there are any. The standard error is the larger of two: that
    from the scatter of the points (with Student's t and n - 2 degrees of freedom for the interval) and that from the
    stated errors (with the normal quantile). The interval so holds the truth in 95 % of cases where the stated errors
    are too small, and in somewhat more where they are right. Errors of the temperatures are in it only as far as they
    scatter: a thermostat that is off by a constant, or a cell that lags behind it, is not.

    Parameters
    ----------
    temperature_K : (n,)
        Absolute temperatures, spread over at least one kelvin.
    values : (n,)
        Resistances (whole cell or per area), or conductivities for ``"ln(sigma T)"``; more than zero. NaN is a missing
        value. The geometry of a sample does not change the slope: any number proportional to the conductivity will do.
    std : (n,) or None
        Standard errors of the values, in the unit of the values. A point whose error is NaN (not identified) is left
        out.
    form
        One of `FORMS`.

    Returns
    -------
    Arrhenius
        Ea in kJ/mol with standard error and 95 % interval, and the tests of the line.

    Raises
    ------
    BadInputError
        If the columns differ in length, a temperature is missing or looks like degrees Celsius, a value or an error is
        not more than zero, or fewer than two temperatures are left.

    Examples
    --------
    A film of 72.5 kJ/mol falls from 314 to 10 ohm between 293 and 333 K:

    >>> fit = arrhenius([293.0, 303.0, 313.0, 323.0, 333.0], [314.0, 121.7, 49.6, 21.9, 10.0])
    >>> round(fit.activation_energy_kJ_mol, 1), round(fit.activation_energy_eV, 3)
    (72.5, 0.751)

    The same numbers in the other form give R_gas times 312 K less:

    >>> other = arrhenius([293.0, 303.0, 313.0, 323.0, 333.0], [314.0, 121.7, 49.6, 21.9, 10.0], form="ln(1/R)")
    >>> round(fit.activation_energy_kJ_mol - other.activation_energy_kJ_mol, 2), round(fit.form_difference_kJ_mol, 2)
    (2.59, 2.59)

    References
    ----------
    The law and its forms: head of this module. Least squares, Student's interval, deleted residuals: Draper & Smith,
    Applied Regression Analysis, 3rd ed., Wiley 1998, doi:10.1002/9781118625590, chapters 1, 2 and 8 (not re-read here;
    every number is tested against another way to compute it).
    """
    if form not in FORMS:
        raise BadInputError("arrhenius, form", repr(form), f"one of {', '.join(FORMS)}")
    t, v, error, used = _checked(temperature_K, values, std, form)
    x = 1.0 / t
    y = {"ln(T/R)": np.log(t) - np.log(v), "ln(1/R)": -np.log(v), "ln(sigma T)": np.log(v) + np.log(t)}[form]
    sigma = None if error is None else error / v
    line = _line(x, y, sigma)
    weights = line.weights
    notes = _notes(line, form, t, used, std is not None)
    factor = -GAS_CONSTANT_J_mol_K / J_PER_KJ
    energy = factor * line.slope
    half = line.half_width
    std_kJ = None if line.slope_std is None else abs(factor) * line.slope_std
    return Arrhenius(
        form=form,
        activation_energy_kJ_mol=energy,
        std_kJ_mol=std_kJ,
        interval_kJ_mol=None if half is None else (energy - abs(factor) * half, energy + abs(factor) * half),
        std_from=line.std_from,
        reason="" if std_kJ is not None else "not identified: two points leave no scatter to tell an error from",
        degrees_of_freedom=x.size - 2,
        reduced_chi2=line.reduced_chi2,
        ln_prefactor=line.intercept,
        ln_prefactor_std=line.intercept_std,
        r_squared=_r_squared(y, line.residual, weights),
        form_difference_kJ_mol=factor * _slope(x, np.log(t), weights),
        curvature=_curvature(t, y, sigma),
        temperature_K=t,
        inverse_temperature_1_K=x,
        ordinate=y,
        residual=line.residual,
        outlying=_outlying(x, line),
        used=used,
        notes=notes,
    )


def _eV(kJ_mol: float) -> float:
    return kJ_mol * J_PER_KJ / FARADAY_C_mol


def _checked(
    temperature_K: ArrayLike, values: ArrayLike, std: ArrayLike | None, form: str
) -> tuple[Floats, Floats, Floats | None, NDArray[np.bool_]]:
    t, v = (np.array(a, dtype=float, ndmin=1) for a in (temperature_K, values))
    error = None if std is None else np.array(std, dtype=float, ndmin=1)
    sizes = [a.shape for a in (t, v, error) if a is not None]
    if any(len(s) != 1 for s in sizes) or len(set(sizes)) > 1:
        found = " and ".join("x".join(map(str, s)) for s in sizes)
        raise BadInputError("arrhenius", f"columns of shape {found}", "columns of one length")
    what = "conductivity" if form == "ln(sigma T)" else "resistance"
    if not np.all(np.isfinite(t)):
        raise BadInputError("arrhenius, temperature_K", "a missing temperature", "a temperature for every value")
    if t.size and t.min() < COLDEST_K:
        found = f"temperatures from {t.min():g} to {t.max():g}"
        raise BadInputError("arrhenius, temperature_K", found, "kelvin; these look like degrees Celsius (add 273.15)")
    used = ~np.isnan(v)
    _positive(v[used], f"a {what}")
    if error is not None:
        used &= ~np.isnan(error)
        _positive(error[used], "a standard error")
    t, v = t[used], v[used]
    if t.size < 2 or np.ptp(t) < 1.0:
        found = f"{t.size} values" + (f" from {t.min():g} to {t.max():g} K" if t.size else "")
        raise BadInputError("arrhenius, temperature_K", found, "two or more temperatures at least 1 K apart")
    return t, v, None if error is None else error[used], used


def _positive(numbers: Floats, what: str) -> None:
    bad = numbers[~(np.isfinite(numbers) & (numbers > 0))]
    if bad.size:
        raise BadInputError("arrhenius", f"{what} of {bad[0]:g}", f"{what} of more than zero")


@dataclass(frozen=True, eq=False)
class _Line:
    """A straight line y = intercept + slope x, with its errors."""

    slope: float
    intercept: float
    slope_std: float | None
    intercept_std: float | None
    half_width: float | None
    std_from: str
    reduced_chi2: float | None
    residual: Floats
    weights: Floats


def _slope(x: Floats, y: Floats, weights: Floats) -> float:
    dx = x - np.average(x, weights=weights)
    return float(np.sum(weights * dx * y) / np.sum(weights * dx**2))


def _line(x: Floats, y: Floats, sigma: Floats | None) -> _Line:
    n = x.size
    weights = np.ones(n) if sigma is None else sigma**-2
    slope = _slope(x, y, weights)
    mean = float(np.average(x, weights=weights))
    intercept = float(np.average(y, weights=weights)) - slope * mean
    residual = y - intercept - slope * x
    # without stated errors the weights are one and chi2 is the variance of the scatter
    chi2 = float(np.sum(weights * residual**2)) / (n - 2) if n > 2 else None
    spread = float(np.sum(weights * (x - mean) ** 2))
    unit = 1 / math.sqrt(spread)
    unit_intercept = math.sqrt(1 / float(weights.sum()) + mean**2 / spread)
    scale, half, origin = _larger(chi2, n - 2, sigma is not None)
    return _Line(
        slope,
        intercept,
        None if scale is None else scale * unit,
        None if scale is None else scale * unit_intercept,
        None if half is None else half * unit,
        origin,
        chi2 if sigma is not None else None,
        residual,
        weights,
    )


def _larger(chi2: float | None, dof: int, stated: bool) -> tuple[float | None, float | None, str]:
    """Standard error and half of the 95 % interval, in units of the formal one; and what they come from."""
    from scipy.special import ndtri, stdtrit

    scatter = None if chi2 is None else math.sqrt(chi2)
    half_scatter = None if scatter is None else scatter * float(stdtrit(dof, 0.975))
    if not stated:
        return scatter, half_scatter, "" if scatter is None else "scatter"
    half_stated = float(ndtri(0.975))
    if scatter is None or half_scatter is None:
        return 1.0, half_stated, "stated errors"
    return max(scatter, 1.0), max(half_scatter, half_stated), "scatter" if scatter > 1 else "stated errors"


def _r_squared(y: Floats, residual: Floats, weights: Floats) -> float | None:
    total = float(np.sum(weights * (y - np.average(y, weights=weights)) ** 2))
    if total <= (_ROUNDING * float(np.abs(y).max())) ** 2 * float(weights.sum()):
        return None
    return 1 - float(np.sum(weights * residual**2)) / total


def _outlying(x: Floats, line: _Line) -> NDArray[np.bool_]:
    """Points whose deleted residual is too large for chance, at one level for the whole series (Bonferroni)."""
    from scipy.special import stdtrit

    n = x.size
    none = np.zeros(n, dtype=bool)
    if n < 4:
        return none
    w, mean = line.weights, np.average(x, weights=line.weights)
    leverage = w / w.sum() + w * (x - mean) ** 2 / np.sum(w * (x - mean) ** 2)
    square = w * line.residual**2
    total = float(square.sum())
    ordinate = float(np.abs(line.intercept + line.slope * x).max())
    if total <= (_ROUNDING * ordinate) ** 2 * float(w.sum()):
        return none
    # a point that alone fixes the slope lies on the line whatever it is, and cannot be judged
    free = 1 - leverage > 1e-9
    share = np.where(free, square / np.where(free, 1 - leverage, 1.0), 0.0)
    rest = np.maximum((total - share) / (n - 3), np.finfo(float).tiny)
    limit = float(stdtrit(n - 3, 1 - OUTLYING_LEVEL / (2 * n)))
    return np.asarray(np.sqrt(share / rest) > limit)


def _curvature(t: Floats, y: Floats, sigma: Floats | None) -> Curvature:
    """The quadratic term in 1/T, as the change of the local activation energy over the temperatures."""
    from scipy.special import ndtr, stdtr

    n = t.size
    temperatures = 1 + int(np.sum(np.diff(np.sort(t)) > SAME_TEMPERATURE_K))
    if temperatures < 3 or n < 4:
        return Curvature("cannot tell", reason=f"{n} points at {temperatures} temperatures; four at three are needed")
    x = 1 / t
    centre, width = 0.5 * (x.max() + x.min()), float(np.ptp(x))
    u = (x - centre) / width
    w = np.ones(n) if sigma is None else 1 / sigma
    basis = np.stack([np.ones(n), u, u**2], axis=1) * w[:, None]
    q, r = np.linalg.qr(basis)
    coefficient = np.linalg.solve(r, q.T @ (w * y))
    residual = w * y - basis @ coefficient
    unit = float(np.linalg.norm(np.linalg.inv(r)[2]))
    scatter = math.sqrt(float(residual @ residual) / (n - 3))
    # local Ea is -R_gas dy/dx: with a term c u^2 it changes by -2 c R_gas / width from the hottest to the coldest
    factor = -2 * GAS_CONSTANT_J_mol_K / J_PER_KJ / width
    change = factor * float(coefficient[2])
    rounding = unit * _ROUNDING * float(np.abs(w * y).max())
    error = unit * (scatter if sigma is None else max(scatter, 1.0)) + rounding
    p = 2 * float(stdtr(n - 3, -abs(float(coefficient[2])) / (unit * scatter + rounding)))
    if sigma is not None:
        p = max(p, 2 * float(ndtr(-abs(float(coefficient[2])) / unit)))
    return Curvature("curved" if p < CURVED_LEVEL else "no curvature seen", change, abs(factor) * error, p)


def _notes(line: _Line, form: str, t: Floats, used: NDArray[np.bool_], stated: bool) -> tuple[str, ...]:
    notes = []
    missing = int(used.size - used.sum())
    if missing:
        notes.append(f"{missing} of {used.size} points left out: their value or its error is missing")
    if line.slope > 0:
        what = "conductivity falls" if form == "ln(sigma T)" else "resistance rises"
        notes.append(f"the activation energy is negative: the {what} with temperature")
    if line.reduced_chi2 is not None and line.std_from:
        less = "less" if line.std_from == "stated errors" else "more"
        notes.append(
            f"the points scatter {less} than their stated errors (reduced chi2 {line.reduced_chi2:.2g}); "
            f"the standard error is that of the {line.std_from}"
        )
    elif stated:
        notes.append("two points: the stated errors cannot be checked by scatter")
    if np.ptp(t) < 10:
        notes.append(f"the temperatures span only {np.ptp(t):.2g} K")
    return tuple(notes)
