"""Where a spectrum meets the real axis at high frequency, and its resistance at a low one, without a circuit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limetal.errors import BadInputError

__all__ = ["Intercept", "LowFrequency", "high_frequency_intercept", "low_frequency_resistance"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

#: Steeper than this (in degrees from the real axis), the real part at the highest frequency says nothing of the
#: resistance there.
STEEPEST_DEG = 45.0
#: A crossing is one at high frequency if -Im Z above it stays below this part of its largest value below it.
LARGEST_ABOVE = 0.5
#: Part of the spectra that must reach a frequency for it to be the common one: one aborted sweep moves no other.
REACHED_BY = 0.8
#: Instruments repeat a frequency to this relative accuracy.
SAME_FREQUENCY = 0.02


@dataclass(frozen=True)
class Intercept:
    """Real-axis intercept of one spectrum at high frequency.

    Attributes
    ----------
    value_ohm
        Re Z where Im Z passes through zero; NaN where it is not identified. Lead and contact resistance are in it.
    std_ohm
        Its standard error from noise and interpolation; None where it cannot be told.
    how
        In words: between which frequencies it crosses, or what stands in its place.
    status
        ``"crossed"``, ``"not reached"`` (another point stands for it, see ``how``) or ``"not identified"``.
    frequency_hertz
        Of the crossing or the point; None where it is not identified.
    """

    value_ohm: float
    std_ohm: float | None
    how: str
    status: str
    frequency_hertz: float | None


@dataclass(frozen=True, eq=False)
class LowFrequency:
    """Re Z of spectra at their lowest common frequency.

    Attributes
    ----------
    frequency_hertz
        The lowest frequency that at least four in five of the spectra reach; None if there is none.
    value_ohm : (n,) float
        Re Z there, of each spectrum; NaN for a spectrum that does not reach it.
    """

    frequency_hertz: float | None
    value_ohm: Floats


def checked_spectrum(frequency_hertz: ArrayLike, impedance: ArrayLike, where: str) -> tuple[Floats, Complexes]:
    """A spectrum from its highest to its lowest frequency.

    Raises
    ------
    BadInputError
        If the columns differ in length or are empty, a number is missing, or a frequency is not more than zero.
    """
    f = np.array(frequency_hertz, dtype=float, ndmin=1)
    z = np.array(impedance, dtype=complex, ndmin=1)
    if f.ndim != 1 or f.shape != z.shape or not f.size:
        raise BadInputError(where, f"{f.size} frequencies and {z.size} impedances", "one impedance for each frequency")
    if not (np.all(np.isfinite(f)) and np.all(np.isfinite(z))):
        raise BadInputError(where, "a missing number", "spectra without gaps")
    if f.min() <= 0:
        raise BadInputError(where, f"a frequency of {f.min():g} Hz", "more than zero")
    order = np.argsort(-f, kind="stable")
    return f[order], z[order]


def high_frequency_intercept(
    frequency_hertz: ArrayLike, impedance: ArrayLike, relative_noise: float | None = None
) -> Intercept:
    """Real-axis intercept at high frequency: the series resistance, without a circuit.

    Where the spectrum comes down from an inductive branch, Im Z and Re Z are interpolated over the logarithm of the
    frequency, with the cubic through two points on each side. A crossing counts only if the capacitive arcs lie below
    it, so that loops at low frequency are none. Where there is none, the smallest Re Z of the highest decade stands in
    its place, and ``how`` says so.

    Parameters
    ----------
    frequency_hertz : (n,)
        In any order.
    impedance : (n,) complex
        Im Z of a capacitor negative.
    relative_noise
        Standard deviation of Re and Im as a part of ``|Z|``, from a Kramers-Kronig test; estimated from the roughness
        of the spectrum about the crossing if not given.

    Returns
    -------
    Intercept
        Value, error and how it was found.

    Raises
    ------
    BadInputError
        If the columns differ in length or are empty, a number is missing, or a frequency is not more than zero.

    Examples
    --------
    5 ohm and 1 uH in series with an arc of 100 ohm:

    >>> f = np.logspace(6, -1, 71)
    >>> omega = 2j * np.pi * f
    >>> found = high_frequency_intercept(f, 5 + 1e-6 * omega + 100 / (1 + 100 * 1e-7 * omega))
    >>> round(found.value_ohm, 2), found.status
    (5.1, 'crossed')

    It lies 0.1 ohm above 5 ohm because the arc has not closed there: an intercept is not the resistance of a fit.
    """
    f, z = checked_spectrum(frequency_hertz, impedance, "high_frequency_intercept")
    u = np.log(f)
    keep = np.flatnonzero(np.append(True, np.diff(u) < 0))
    f, u, z = f[keep], u[keep], z[keep]
    falling = np.flatnonzero((z.imag[:-1] > 0) & (z.imag[1:] <= 0))
    for i in falling:
        # the arcs lie below the crossing; a loop at low frequency has them above
        if np.max(-z.imag[: i + 1]) <= LARGEST_ABOVE * np.max(-z.imag[i + 1 :]):
            return _crossing(f, u, z, int(i), relative_noise)
    return _not_reached(f, z)


def _not_reached(f: Floats, z: Complexes) -> Intercept:
    """The point that stands for a crossing: Re Z falls towards it as the frequency rises."""
    steepness = np.degrees(np.abs(np.arctan2(z.imag, z.real)))
    if np.all(z.imag > 0):
        best, what = int(np.argmin(steepness)), "inductive at all frequencies; Re Z where it is flattest"
    else:
        top = np.flatnonzero(f >= f[0] / 10)
        if np.any(z.real[top] <= 0):
            best = int(top[np.argmin(steepness[top])])
            what = "not reached, and Re Z is negative at higher frequencies; Re Z of the flattest point of that decade"
        else:
            flat = top[steepness[top] <= STEEPEST_DEG]
            best = int(flat[np.argmin(z.real[flat])]) if flat.size else 0
            what = "not reached; an upper bound is the smallest Re Z of the highest decade"
    if steepness[best] > STEEPEST_DEG:
        how = f"the spectrum is steeper than {STEEPEST_DEG:g} degrees down from its highest frequency, {f[0]:.3g} Hz"
        return Intercept(math.nan, None, how, "not identified", None)
    return Intercept(float(z.real[best]), None, f"{what}, at {f[best]:.3g} Hz", "not reached", float(f[best]))


def _crossing(f: Floats, u: Floats, z: Complexes, i: int, relative_noise: float | None) -> Intercept:
    """Where Im Z passes through zero between points i and i + 1."""
    low, high = max(0, i - 1), min(f.size, i + 3)
    at = _root(u, z, i, low, high)
    value = _interpolated(u, z, at, low, high)
    how = f"crosses between {f[i]:.3g} and {f[i + 1]:.3g} Hz"
    noise = relative_noise if relative_noise is not None else _roughness(u, z, i)
    error = None
    if noise is not None:
        weight = _weights(u[low:high], at) * np.abs(z[low:high])
        step = 1e-3 * (u[i] - u[i + 1])
        ahead = _interpolated(u, z, at + step, low, high) - _interpolated(u, z, at - step, low, high)
        # an error of Im Z moves the crossing, and Re Z with it
        lean = ahead.real / ahead.imag if ahead.imag else 0.0
        sides = [_interpolated(u, z, _root(u, z, i, a, b), a, b).real for a, b in ((low, high - 1), (low + 1, high))]
        interpolation = 0.5 * abs(sides[0] - sides[1]) if high - low == 4 else 0.0
        error = math.hypot(noise * math.hypot(1.0, lean) * float(np.linalg.norm(weight)), interpolation)
    return Intercept(float(value.real), error, how, "crossed", math.exp(at))


def _weights(u: Floats, at: float) -> Floats:
    """Lagrange weights of points at u for a place."""
    others = u[:, None] - u[None, :]
    np.fill_diagonal(others, 1.0)
    away = np.broadcast_to(at - u, others.shape).copy()
    np.fill_diagonal(away, 1.0)
    return np.asarray(np.prod(away / others, axis=1))


def _interpolated(u: Floats, z: Complexes, at: float, low: int, high: int) -> complex:
    return complex(_weights(u[low:high], at) @ z[low:high])


def _root(u: Floats, z: Complexes, i: int, low: int, high: int) -> float:
    """Zero of the interpolated Im Z in the bracket, by bisection: sure, also where noise bends the polynomial."""
    width = float(u[i] - u[i + 1])
    powers = np.vander((u[low:high] - u[i + 1]) / width)
    coefficients = np.linalg.solve(powers, z.imag[low:high]).tolist()
    above, below = 1.0, 0.0
    for _ in range(45):
        at = 0.5 * (above + below)
        height = 0.0
        for c in coefficients:
            height = height * at + c
        above, below = (at, below) if height > 0 else (above, at)
    return float(u[i + 1]) + width * 0.5 * (above + below)


def _roughness(u: Floats, z: Complexes, i: int) -> float | None:
    """Relative noise near point i: how far points lie off the cubic through their four neighbours."""
    low, high = max(0, i - 7), min(u.size, i + 9)
    found = []
    for k in range(low, high - 4):
        window = slice(k, k + 5)
        # the fourth divided difference, zero for a cubic, scaled to unit variance
        others = u[window][:, None] - u[window][None, :]
        np.fill_diagonal(others, 1.0)
        c = 1 / np.prod(others, axis=1)
        found.append(abs(c @ (z[window] / np.abs(z[k + 2]))) / np.linalg.norm(c))
    if not found:
        return None
    # |r|^2 of complex noise is exponential: its median is 2 ln 2 times the variance of one part
    return math.sqrt(float(np.median(np.square(found))) / (2 * math.log(2)))


def low_frequency_resistance(frequency_hertz: Sequence[ArrayLike], impedance: Sequence[ArrayLike]) -> LowFrequency:
    """Re Z of several spectra at their lowest common frequency.

    The lowest frequency that at least four in five spectra reach; between points Re Z is interpolated over the
    logarithm of the frequency. It holds all that is resistive down to there: series resistance, film, charge transfer,
    and part of the diffusion.

    Parameters
    ----------
    frequency_hertz, impedance
        One array for each spectrum.

    Returns
    -------
    LowFrequency
        The frequency, and Re Z of each spectrum (NaN where it is not reached).

    Raises
    ------
    BadInputError
        If a spectrum is not one (see `high_frequency_intercept`).

    Examples
    --------
    >>> f = [np.array([1e3, 1.0, 0.1]), np.array([1e3, 1.0])]
    >>> low_frequency_resistance(f, [np.array([5.0, 9.0, 10.0]) + 0j, np.array([5.0, 8.0]) + 0j]).value_ohm.tolist()
    [9.0, 8.0]
    """
    pairs = zip(frequency_hertz, impedance, strict=True)
    spectra = [checked_spectrum(f, z, f"spectrum {i + 1}") for i, (f, z) in enumerate(pairs)]
    if not spectra:
        return LowFrequency(None, np.empty(0))
    ends = np.sort([f[-1] for f, _ in spectra])
    target = float(ends[math.ceil(REACHED_BY * ends.size) - 1])
    return LowFrequency(target, np.array([real_part(f, z, target) for f, z in spectra]))


def real_part(f: Floats, z: Complexes, at_hertz: float) -> float:
    """Re Z of a checked spectrum at one frequency, interpolated over its logarithm; NaN outside the spectrum."""
    if f[-1] > at_hertz * (1 + SAME_FREQUENCY) or f[0] < at_hertz / (1 + SAME_FREQUENCY):
        return math.nan
    return float(np.interp(math.log(at_hertz), np.log(f[::-1]), z.real[::-1]))
