"""Elements of diffusion: without an end, to a wall, to a sink, with a reaction on the way."""

from __future__ import annotations

import cmath
import math

import numpy as np
from numpy.typing import NDArray

from limetal.impedance.element import Parameter, element
from limetal.impedance.elements._functions import coth_ratio, log1p, tanh_ratio

__all__ = [
    "finite_gerischer",
    "generalised_gerischer",
    "gerischer",
    "open_warburg",
    "short_warburg",
    "warburg",
]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

_BISQUERT_2000 = "Bisquert, Phys. Chem. Chem. Phys. 2 (2000) 4185, doi:10.1039/b001708f"
_BISQUERT_2002 = "Bisquert, J. Phys. Chem. B 106 (2002) 325 (doi not verified)"
_DIFFUSION_TIME = Parameter("tau", "s", "diffusion time, thickness squared over diffusion coefficient", second=1)
_REACTION_TIME = Parameter("tau", "s", "life before the reaction", second=1)


def _same(value: float) -> float:
    return value


def _sigma_of_admittance(value: float) -> float:
    """Warburg coefficient of Z = 1/(Y √(jω))."""
    return 1.0 / (math.sqrt(2.0) * value)


@element(
    "W",
    "Warburg element: diffusion without an end",
    [Parameter("sigma", "ohm s^-1/2", "Warburg coefficient", ohm=1, second=-0.5)],
    equation=r"Z = \frac{\sigma (1 - j)}{\sqrt{\omega}}",
    limits=("infinite, at -45 degrees", "0"),
    source="Warburg, Ann. Phys. 303 (1899) 493, doi:10.1002/andp.18993030302",
    aliases={"Aw": ("sigma", _same), "Y": ("sigma", _sigma_of_admittance)},
    constants={"n": 0.5},
)
def warburg(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = σ(1-j)/√ω."""
    for i in range(omega.size):
        size = 1.0 / math.sqrt(omega[i])
        dz[0, i] = complex(size, -size)
        z[i] = p[0] * dz[0, i]


@element(
    "Wo",
    "finite-space Warburg element: diffusion to a wall that nothing passes (open, reflecting, blocking)",
    [Parameter("R", "ohm", "diffusion resistance; a third of it is real at low frequency", ohm=1), _DIFFUSION_TIME],
    equation=r"Z = R \frac{\coth\sqrt{j\omega\tau}}{\sqrt{j\omega\tau}}",
    limits=("infinite, as R/3 in series with the capacitance tau/R", "0, as W with sigma = R/sqrt(2 tau)"),
    source=f"{_BISQUERT_2000}; {_BISQUERT_2002}",
)
def open_warburg(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = R coth(√(jωτ))/√(jωτ)."""
    for i in range(omega.size):
        ratio, slope = coth_ratio(complex(0.0, omega[i] * p[1]))
        z[i] = p[0] * ratio
        dz[0, i] = ratio
        dz[1, i] = p[0] * slope / p[1]


@element(
    "Ws",
    "finite-length Warburg element: diffusion to a sink of fixed concentration (short, absorbing, transmissive)",
    [Parameter("R", "ohm", "diffusion resistance, all of it real at low frequency", ohm=1), _DIFFUSION_TIME],
    equation=r"Z = R \frac{\tanh\sqrt{j\omega\tau}}{\sqrt{j\omega\tau}}",
    limits=("R", "0, as W with sigma = R/sqrt(2 tau)"),
    source=f"Boukamp, Electrochim. Acta 252 (2017) 154 (doi not verified); {_BISQUERT_2002}",
)
def short_warburg(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = R tanh(√(jωτ))/√(jωτ)."""
    for i in range(omega.size):
        ratio, slope = tanh_ratio(complex(0.0, omega[i] * p[1]))
        z[i] = p[0] * ratio
        dz[0, i] = ratio
        dz[1, i] = p[0] * slope / p[1]


@element(
    "G",
    "Gerischer element: diffusion with a reaction on the way, without an end",
    [Parameter("R", "ohm", "resistance at low frequency", ohm=1), _REACTION_TIME],
    equation=r"Z = \frac{R}{\sqrt{1 + j\omega\tau}}",
    limits=("R", "0, as W with sigma = R/sqrt(2 tau)"),
    source="Lu, Kreller & Adler, J. Electrochem. Soc. 156 (2009) B513, doi:10.1149/1.3079337; "
    "Boukamp & Bouwmeester, Solid State Ionics 157 (2003) 29 (doi not verified)",
)
def gerischer(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = R/√(1 + jωτ)."""
    for i in range(omega.size):
        base = complex(1.0, omega[i] * p[1])
        dz[0, i] = 1.0 / cmath.sqrt(base)
        z[i] = p[0] * dz[0, i]
        dz[1, i] = -0.5 * z[i] * complex(0.0, omega[i]) / base


@element(
    "Ga",
    "Gerischer element with a free exponent, also the Cole-Davidson relaxation",
    [
        Parameter("R", "ohm", "resistance at low frequency", ohm=1),
        _REACTION_TIME,
        Parameter("n", "1", "exponent; 1/2 is a Gerischer element", low=0.1, high=1.0, typical=(0.3, 0.9)),
    ],
    equation=r"Z = \frac{R}{(1 + j\omega\tau)^n}",
    limits=("R", "0, as Q with Y = tau^n/R"),
    source="Davidson & Cole, J. Chem. Phys. 19 (1951) 1484, doi:10.1063/1.1748105",
)
def generalised_gerischer(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = R/(1 + jωτ)^n."""
    for i in range(omega.size):
        u = complex(0.0, omega[i] * p[1])
        log_base = log1p(u)
        dz[0, i] = cmath.exp(-p[2] * log_base)
        z[i] = p[0] * dz[0, i]
        dz[1, i] = -p[2] * z[i] * (u / (1.0 + u)) / p[1]
        dz[2, i] = -log_base * z[i]


@element(
    "Gs",
    "finite-length Gerischer element: diffusion with a reaction on the way, to a wall that nothing passes",
    [
        Parameter("R", "ohm", "resistance at low frequency if the wall were far", ohm=1),
        _REACTION_TIME,
        Parameter("phi", "1", "thickness over the length diffused in tau", low=1e-3, high=100.0, typical=(0.2, 3.0)),
    ],
    equation=r"Z = \frac{R}{\sqrt{1 + j\omega\tau}\,\tanh(\phi\sqrt{1 + j\omega\tau})}",
    limits=("R/tanh(phi)", "0, as W with sigma = R/sqrt(2 tau)"),
    source="Green, Liu & Adler, Solid State Ionics 179 (2008) 647, doi:10.1016/j.ssi.2008.04.024",
)
def finite_gerischer(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = R/(√(1 + jωτ) tanh(φ√(1 + jωτ)))."""
    for i in range(omega.size):
        base = complex(1.0, omega[i] * p[1])
        ratio, slope = coth_ratio(p[2] * p[2] * base)
        dz[0, i] = p[2] * ratio
        z[i] = p[0] * dz[0, i]
        dz[1, i] = p[0] * p[2] * slope * complex(0.0, omega[i]) / base
        dz[2, i] = p[0] * (ratio + 2.0 * slope)
