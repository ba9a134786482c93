"""Transmission lines: a pore that conducts ions along its length and charges, or reacts, at its wall.

All have ζ for the wall and R_ion along the pore; the far end reflects (open: the current collector) or absorbs
(short), and the wall blocks (a constant phase element) or also lets charge through (R_ct beside it).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from limetal.impedance.element import Parameter, element
from limetal.impedance.elements._functions import coth_ratio, csch_ratio, imaginary_power, tanh_ratio

__all__ = [
    "absorbing_line",
    "absorbing_reacting_line",
    "reflecting_line",
    "reflecting_reacting_line",
    "two_phase_line",
]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

_BISQUERT = "Bisquert, Phys. Chem. Chem. Phys. 2 (2000) 4185, doi:10.1039/b001708f"
_BISQUERT_REACTING = "Bisquert et al., J. Phys. Chem. B 104 (2000) 2287, doi:10.1021/jp993148h (not verified)"
_R_ION = Parameter("R_ion", "ohm", "resistance of the ions along the whole pore", ohm=1)
_R_CT = Parameter("R_ct", "ohm", "charge-transfer resistance of the whole wall", ohm=1)
_Y = Parameter("Y", "S s^n", "admittance of the whole wall at 1 rad/s", ohm=-1, second="n")
_N = Parameter("n", "1", "exponent of the wall; 1 is a capacitor", low=0.3, high=1.0, typical=(0.6, 1.0))


def _same(value: float) -> float:
    return value


_ALIASES = {"R_i": ("R_ion", _same)}
#: pyimpspec gives what it calls R_i and Y for a unit of length, and a length; for another length its equations differ.
_UNIT_LENGTH = {"L": 1.0}


@element(
    "Tlmbo",
    "transmission line, blocking wall, reflecting end (open)",
    [_R_ION, _Y, _N],
    equation=r"Z = \sqrt{R_{ion}\zeta}\,\coth\sqrt{R_{ion}/\zeta},\quad \zeta = \frac{1}{Y (j\omega)^n}",
    limits=("infinite, as R_ion/3 in series with Q", "0, as Q with Y = sqrt(Y/R_ion) and n/2"),
    source=f"{_BISQUERT}, equation 31; "
    "Landesfeind et al., J. Electrochem. Soc. 163 (2016) A1373, doi:10.1149/2.1141607jes, equation 11",
    synonyms=("TLMQ",),
    aliases=_ALIASES,
    constants=_UNIT_LENGTH,
)
def reflecting_line(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = √(R_ion ζ) coth √(R_ion/ζ), ζ = 1/(Y (jω)^n)."""
    for i in range(omega.size):
        ratio, slope = coth_ratio(p[0] * p[1] * imaginary_power(omega[i], p[2]))
        z[i] = p[0] * ratio
        dz[0, i] = ratio + slope
        dz[1, i] = p[0] * slope / p[1]
        dz[2, i] = p[0] * slope * complex(math.log(omega[i]), 0.5 * math.pi)


@element(
    "Tlmbs",
    "transmission line, blocking wall, absorbing end (short)",
    [_R_ION, _Y, _N],
    equation=r"Z = \sqrt{R_{ion}\zeta}\,\tanh\sqrt{R_{ion}/\zeta},\quad \zeta = \frac{1}{Y (j\omega)^n}",
    limits=("R_ion", "0, as Q with Y = sqrt(Y/R_ion) and n/2"),
    source=f"{_BISQUERT}, equation 34 with nothing at the end",
    aliases=_ALIASES,
    constants=_UNIT_LENGTH,
)
def absorbing_line(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = √(R_ion ζ) tanh √(R_ion/ζ), ζ = 1/(Y (jω)^n)."""
    for i in range(omega.size):
        ratio, slope = tanh_ratio(p[0] * p[1] * imaginary_power(omega[i], p[2]))
        z[i] = p[0] * ratio
        dz[0, i] = ratio + slope
        dz[1, i] = p[0] * slope / p[1]
        dz[2, i] = p[0] * slope * complex(math.log(omega[i]), 0.5 * math.pi)


@element(
    "Tlmno",
    "transmission line, reacting wall, reflecting end (Bisquert open)",
    [_R_ION, _R_CT, _Y, _N],
    equation=r"Z = \sqrt{R_{ion}\zeta}\,\coth\sqrt{R_{ion}/\zeta},"
    r"\quad \zeta = \frac{R_{ct}}{1 + R_{ct} Y (j\omega)^n}",
    limits=(
        "sqrt(R_ion R_ct) coth sqrt(R_ion/R_ct); R_ct + R_ion/3 where R_ct is much larger",
        "0, as Q with Y = sqrt(Y/R_ion) and n/2",
    ),
    source=_BISQUERT_REACTING,
    aliases=_ALIASES,
    constants=_UNIT_LENGTH,
)
def reflecting_reacting_line(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = √(R_ion ζ) coth √(R_ion/ζ), ζ = R_ct/(1 + R_ct Y (jω)^n)."""
    for i in range(omega.size):
        through, charged = p[0] / p[1], p[0] * p[2] * imaginary_power(omega[i], p[3])
        ratio, slope = coth_ratio(through + charged)
        part = p[0] * slope * (charged / (through + charged))
        z[i] = p[0] * ratio
        dz[0, i] = ratio + slope
        dz[1, i] = -p[0] * slope * (through / (through + charged)) / p[1]
        dz[2, i] = part / p[2]
        dz[3, i] = part * complex(math.log(omega[i]), 0.5 * math.pi)


@element(
    "Tlmns",
    "transmission line, reacting wall, absorbing end (Bisquert short)",
    [_R_ION, _R_CT, _Y, _N],
    equation=r"Z = \sqrt{R_{ion}\zeta}\,\tanh\sqrt{R_{ion}/\zeta},"
    r"\quad \zeta = \frac{R_{ct}}{1 + R_{ct} Y (j\omega)^n}",
    limits=("sqrt(R_ion R_ct) tanh sqrt(R_ion/R_ct)", "0, as Q with Y = sqrt(Y/R_ion) and n/2"),
    source=f"{_BISQUERT}; {_BISQUERT_REACTING}",
    aliases=_ALIASES,
    constants=_UNIT_LENGTH,
)
def absorbing_reacting_line(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = √(R_ion ζ) tanh √(R_ion/ζ), ζ = R_ct/(1 + R_ct Y (jω)^n)."""
    for i in range(omega.size):
        through, charged = p[0] / p[1], p[0] * p[2] * imaginary_power(omega[i], p[3])
        ratio, slope = tanh_ratio(through + charged)
        part = p[0] * slope * (charged / (through + charged))
        z[i] = p[0] * ratio
        dz[0, i] = ratio + slope
        dz[1, i] = -p[0] * slope * (through / (through + charged)) / p[1]
        dz[2, i] = part / p[2]
        dz[3, i] = part * complex(math.log(omega[i]), 0.5 * math.pi)


@element(
    "T",
    "macrohomogeneous porous electrode: both the pore and the solid resist; without their parallel resistance",
    [
        Parameter("A", "ohm", "thickness times (r1² + r2²)/(r1 + r2) of the two phases' resistivities", ohm=1),
        Parameter("B", "ohm", "thickness times 2 r1 r2/(r1 + r2); A at most", ohm=1),
        Parameter("a", "1", "reaction rate times b; 0 is a blocking wall", low=0.0, high=1e3, typical=(0.0, 3.0)),
        Parameter("b", "s", "thickness squared over the diffusion coefficient of the potential", second=1),
    ],
    equation=r"Z = A\frac{\coth\beta}{\beta} + \frac{B}{\beta\sinh\beta},\quad \beta = \sqrt{a + j\omega b}",
    limits=(
        "A coth(sqrt a)/sqrt(a) + B/(sqrt(a) sinh(sqrt a)); infinite for a = 0",
        "0, as W with sigma = A/sqrt(2 b)",
    ),
    source="Paasch, Micka & Gersdorf, Electrochim. Acta 38 (1993) 2653, doi:10.1016/0013-4686(93)85083-B",
)
def two_phase_line(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = A coth(β)/β + B/(β sinh β), β = √(a + jωb)."""
    for i in range(omega.size):
        u = complex(p[2], omega[i] * p[3])
        reflected, reflected_slope = coth_ratio(u)
        through, through_slope = csch_ratio(u)
        dz[0, i] = reflected
        dz[1, i] = through
        z[i] = p[0] * reflected + p[1] * through
        dz[2, i] = (p[0] * reflected_slope + p[1] * through_slope) / u
        dz[3, i] = dz[2, i] * complex(0.0, omega[i])
