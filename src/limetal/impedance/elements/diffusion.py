"""Elements of diffusion: without an end, to a wall, to a sink, with a reaction on the way."""

from __future__ import annotations

import cmath

import numpy as np
from numpy.typing import NDArray

from limetal.impedance.element import Parameter, element

__all__ = ["open_warburg", "short_warburg", "warburg"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

_SQRT2 = 1.4142135623730951


def _coth_ratio(u: complex) -> tuple[complex, complex]:
    """coth(√u)/√u and u times its derivative, for u anywhere but on the negative real axis and at 0.

    Small u by the series of sinh and cosh, because 1/u would swallow the 1/3 that is the resistance; large u by
    exp(-2√u), which cannot overflow.
    """
    if abs(u) < 1.0:
        sinh, cosh, sinh_slope, cosh_slope = _hyperbolic(u)
        ratio = cosh / (u * sinh)
        return ratio, (cosh_slope * sinh - cosh * sinh_slope) / (sinh * sinh) - ratio
    root = cmath.sqrt(u)
    decay = cmath.exp(-2.0 * root)
    ratio = (1.0 + decay) / (1.0 - decay) / root
    return ratio, -0.5 * ratio - 2.0 * decay / ((1.0 - decay) * (1.0 - decay))


def _tanh_ratio(u: complex) -> tuple[complex, complex]:
    """tanh(√u)/√u and u times its derivative, as `_coth_ratio`."""
    if abs(u) < 1.0:
        sinh, cosh, sinh_slope, cosh_slope = _hyperbolic(u)
        return sinh / cosh, u * (sinh_slope * cosh - sinh * cosh_slope) / (cosh * cosh)
    root = cmath.sqrt(u)
    decay = cmath.exp(-2.0 * root)
    ratio = (1.0 - decay) / (1.0 + decay) / root
    return ratio, -0.5 * ratio + 2.0 * decay / ((1.0 + decay) * (1.0 + decay))


def _hyperbolic(u: complex) -> tuple[complex, complex, complex, complex]:
    """sinh(√u)/√u and cosh(√u), and their derivatives by u, for |u| up to 1 (ten terms: 1/19! is below rounding)."""
    sinh = cosh = 1.0 + 0.0j
    sinh_slope = cosh_slope = 0.0j
    for k in range(9, 0, -1):
        inner, outer = 1.0 / (2 * k * (2 * k + 1)), 1.0 / (2 * k * (2 * k - 1))
        sinh_slope = inner * (sinh + u * sinh_slope)
        cosh_slope = outer * (cosh + u * cosh_slope)
        sinh = 1.0 + u * inner * sinh
        cosh = 1.0 + u * outer * cosh
    return sinh, cosh, sinh_slope, cosh_slope


@element(
    "W",
    "Warburg element: diffusion without an end",
    [Parameter("sigma", "ohm s^-1/2", "Warburg coefficient", ohm=1, second=-0.5)],
    equation=r"Z = \frac{\sigma (1 - j)}{\sqrt{\omega}}",
    limits=("infinite, at -45 degrees", "0"),
    source="Warburg, Ann. Phys. 303 (1899) 493, doi:10.1002/andp.18993030302",
    aliases={"Aw": ("sigma", lambda value: value), "Y": ("sigma", lambda value: 1.0 / (_SQRT2 * value))},
)
def warburg(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = σ(1-j)/√ω."""
    for i in range(omega.size):
        size = 1.0 / np.sqrt(omega[i])
        dz[0, i] = complex(size, -size)
        z[i] = p[0] * dz[0, i]


@element(
    "Wo",
    "finite-space Warburg element: diffusion to a wall that nothing passes (open, reflecting)",
    [
        Parameter("R", "ohm", "diffusion resistance; a third of it is real at low frequency", ohm=1),
        Parameter("tau", "s", "diffusion time, thickness squared over diffusion coefficient", second=1),
    ],
    equation=r"Z = R \frac{\coth\sqrt{j\omega\tau}}{\sqrt{j\omega\tau}}",
    limits=("R/3 in series with the capacitance tau/R", "0, as W with sigma = R/sqrt(2 tau)"),
    source="not verified",
    aliases={"Z0": ("R", lambda value: value)},
)
def open_warburg(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = R coth(√(jωτ))/√(jωτ)."""
    for i in range(omega.size):
        ratio, slope = _coth_ratio(complex(0.0, omega[i] * p[1]))
        z[i] = p[0] * ratio
        dz[0, i] = ratio
        dz[1, i] = p[0] * slope / p[1]


@element(
    "Ws",
    "finite-length Warburg element: diffusion to a sink of fixed concentration (short, transmissive)",
    [
        Parameter("R", "ohm", "diffusion resistance, all of it real at low frequency", ohm=1),
        Parameter("tau", "s", "diffusion time, thickness squared over diffusion coefficient", second=1),
    ],
    equation=r"Z = R \frac{\tanh\sqrt{j\omega\tau}}{\sqrt{j\omega\tau}}",
    limits=("R", "0, as W with sigma = R/sqrt(2 tau)"),
    source="not verified",
    aliases={"Z0": ("R", lambda value: value)},
)
def short_warburg(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = R tanh(√(jωτ))/√(jωτ)."""
    for i in range(omega.size):
        ratio, slope = _tanh_ratio(complex(0.0, omega[i] * p[1]))
        z[i] = p[0] * ratio
        dz[0, i] = ratio
        dz[1, i] = p[0] * slope / p[1]
