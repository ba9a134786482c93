"""Elements of distributed time constants."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limetal.impedance.element import Parameter, element

__all__ = ["constant_phase"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]


@element(
    "Q",
    "constant phase element",
    [
        Parameter("Y", "S s^n", "admittance at 1 rad/s", ohm=-1, second="n"),
        Parameter("n", "1", "exponent; 1 is a capacitor", low=0.3, high=1.0, typical=(0.6, 1.0)),
    ],
    equation=r"Z = \frac{1}{Y (j\omega)^n}",
    limits=("infinite", "0"),
    source="Brug et al., J. Electroanal. Chem. 176 (1984) 275, doi:10.1016/S0022-0728(84)80324-1",
    synonyms=("CPE",),
)
def constant_phase(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = 1/(Y (jω)^n)."""
    real, imaginary = np.cos(0.5 * np.pi * p[1]) / p[0], -np.sin(0.5 * np.pi * p[1]) / p[0]
    for i in range(omega.size):
        log_omega = np.log(omega[i])
        size = np.exp(-p[1] * log_omega)
        z[i] = complex(size * real, size * imaginary)
        dz[0, i] = -z[i] / p[0]
        dz[1, i] = -z[i] * complex(log_omega, 0.5 * np.pi)
