"""Elements of one relaxation time or of many around one."""

from __future__ import annotations

import cmath
import math

import numpy as np
from numpy.typing import NDArray

from limetal.impedance.element import Parameter, element
from limetal.impedance.elements._functions import imaginary_power, log1p

__all__ = ["constant_phase", "debye", "dielectric_havriliak_negami", "havriliak_negami", "zarc"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

_R = Parameter("R", "ohm", "resistance", ohm=1)
_TAU = Parameter("tau", "s", "time constant", second=1)
_N = Parameter("n", "1", "exponent; 1 is a capacitor", low=0.3, high=1.0, typical=(0.6, 1.0))
_A = Parameter("a", "1", "breadth; 1 is the narrowest", low=0.3, high=1.0, typical=(0.6, 1.0))
_B = Parameter("b", "1", "asymmetry; 1 is symmetric", low=0.1, high=1.0, typical=(0.4, 1.0))
_HAVRILIAK_NEGAMI = "Havriliak & Negami, Polymer 8 (1967) 161, doi:10.1016/0032-3861(67)90021-3"


@element(
    "Q",
    "constant phase element",
    [Parameter("Y", "S s^n", "admittance at 1 rad/s", ohm=-1, second="n"), _N],
    equation=r"Z = \frac{1}{Y (j\omega)^n}",
    limits=("infinite", "0"),
    source="Brug et al., J. Electroanal. Chem. 176 (1984) 275, doi:10.1016/S0022-0728(84)80324-1",
    synonyms=("CPE",),
)
def constant_phase(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = 1/(Y (jω)^n)."""
    real, imaginary = math.sin(0.5 * math.pi * (1.0 - p[1])) / p[0], -math.sin(0.5 * math.pi * p[1]) / p[0]
    for i in range(omega.size):
        log_omega = math.log(omega[i])
        size = math.exp(-p[1] * log_omega)
        z[i] = complex(size * real, size * imaginary)
        dz[0, i] = -z[i] / p[0]
        dz[1, i] = -z[i] * complex(log_omega, 0.5 * math.pi)


@element(
    "K",
    "Debye relaxation: R beside C, by its time constant",
    [_R, _TAU],
    equation=r"Z = \frac{R}{1 + j\omega\tau}",
    limits=("R", "0, as the capacitance tau/R"),
    source="Boukamp, J. Electrochem. Soc. 142 (1995) 1885, doi:10.1149/1.2044210 (not verified)",
)
def debye(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = R/(1 + jωτ)."""
    for i in range(omega.size):
        u = complex(0.0, omega[i] * p[1])
        dz[0, i] = 1.0 / (1.0 + u)
        z[i] = p[0] * dz[0, i]
        dz[1, i] = -z[i] * u / (1.0 + u) / p[1]


@element(
    "Zarc",
    "Cole-Cole relaxation: R beside a constant phase element, by its time constant",
    [_R, _TAU, _N],
    equation=r"Z = \frac{R}{1 + (j\omega\tau)^n}",
    limits=("R", "0, as Q with Y = tau^n/R"),
    source="Cole & Cole, J. Chem. Phys. 9 (1941) 341, doi:10.1063/1.1750906",
)
def zarc(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = R/(1 + (jωτ)^n)."""
    # real arithmetic: fits of arcs spend most of their time here
    r, tau, n = p[0], p[1], p[2]
    cosine, sine = math.sin(0.5 * math.pi * (1.0 - n)), math.sin(0.5 * math.pi * n)
    for i in range(omega.size):
        log_x = math.log(omega[i] * tau)
        size = math.exp(n * log_x)
        u = complex(size * cosine, size * sine)
        below = 1.0 / ((1.0 + u.real) * (1.0 + u.real) + u.imag * u.imag)
        part = complex((1.0 + u.real) * below, -u.imag * below)
        slope = -r * part * (u * part)
        z[i] = r * part
        dz[0, i] = part
        dz[1, i] = (n / tau) * slope
        dz[2, i] = slope * complex(log_x, 0.5 * math.pi)


@element(
    "Ha",
    "Havriliak-Negami relaxation of an impedance",
    [_R, _TAU, _A, _B],
    equation=r"Z = \frac{R}{(1 + (j\omega\tau)^a)^b}",
    limits=("R", "0, as Q with Y = tau^(ab)/R and n = ab"),
    source=_HAVRILIAK_NEGAMI,
)
def havriliak_negami(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = R/(1 + (jωτ)^a)^b."""
    for i in range(omega.size):
        x = omega[i] * p[1]
        u = imaginary_power(x, p[2])
        log_base = log1p(u)
        dz[0, i] = cmath.exp(-p[3] * log_base)
        z[i] = p[0] * dz[0, i]
        slope = -p[3] * z[i] * (u / (1.0 + u))
        dz[1, i] = p[2] * slope / p[1]
        dz[2, i] = slope * complex(math.log(x), 0.5 * math.pi)
        dz[3, i] = -log_base * z[i]


@element(
    "H",
    "Havriliak-Negami relaxation of a capacitance, as of a dielectric",
    [Parameter("dC", "F", "capacitance at low frequency", ohm=-1, second=1), _TAU, _A, _B],
    equation=r"Z = \frac{(1 + (j\omega\tau)^a)^b}{j\omega\,\Delta C}",
    limits=("infinite, as the capacitance dC", "0, as Q with Y = dC/tau^(ab) and n = 1 - ab; for ab = 1 tau/dC"),
    source=_HAVRILIAK_NEGAMI,
)
def dielectric_havriliak_negami(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = (1 + (jωτ)^a)^b/(jω ΔC)."""
    for i in range(omega.size):
        x = omega[i] * p[1]
        u = imaginary_power(x, p[2])
        log_base = log1p(u)
        z[i] = cmath.exp(p[3] * log_base) * complex(0.0, -1.0 / (omega[i] * p[0]))
        dz[0, i] = -z[i] / p[0]
        slope = p[3] * z[i] * (u / (1.0 + u))
        dz[1, i] = p[2] * slope / p[1]
        dz[2, i] = slope * complex(math.log(x), 0.5 * math.pi)
        dz[3, i] = log_base * z[i]
