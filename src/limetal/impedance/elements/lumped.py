"""Resistor, capacitor, inductor, and the inductor that is not quite one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from limetal.impedance.element import Parameter, element
from limetal.impedance.elements._functions import imaginary_power

__all__ = ["capacitor", "inductor", "modified_inductor", "resistor"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

_TEXTBOOK = "Barsoukov & Macdonald, Impedance Spectroscopy, 3rd ed., Wiley 2018, chapter 1"


@element(
    "R",
    "resistor",
    [Parameter("R", "ohm", "resistance", ohm=1)],
    equation="Z = R",
    limits=("R", "R"),
    source=_TEXTBOOK,
)
def resistor(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = R."""
    for i in range(omega.size):
        z[i] = p[0]
        dz[0, i] = 1.0


@element(
    "C",
    "capacitor",
    [Parameter("C", "F", "capacitance", ohm=-1, second=1)],
    equation=r"Z = \frac{1}{j\omega C}",
    limits=("infinite", "0"),
    source=_TEXTBOOK,
)
def capacitor(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = 1/(jωC)."""
    for i in range(omega.size):
        z[i] = complex(0.0, -1.0 / (omega[i] * p[0]))
        dz[0, i] = -z[i] / p[0]


@element(
    "L",
    "inductor",
    [Parameter("L", "H", "inductance", ohm=1, second=1)],
    equation=r"Z = j\omega L",
    limits=("0", "infinite"),
    source=_TEXTBOOK,
)
def inductor(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = jωL."""
    for i in range(omega.size):
        z[i] = complex(0.0, omega[i] * p[0])
        dz[0, i] = complex(0.0, omega[i])


@element(
    "La",
    "modified inductor",
    [
        Parameter("L", "H s^(n-1)", "size of the impedance at 1 rad/s", ohm=1, second="n"),
        Parameter("n", "1", "exponent; 1 is an inductor", low=0.3, high=1.0, typical=(0.6, 1.0)),
    ],
    equation=r"Z = L (j\omega)^n",
    limits=("0", "infinite"),
    source="BioLogic, EC-Lab application note 42 (2019); impedance.py 1.7.1 computes (jωL)^n instead, its issue 286",
)
def modified_inductor(omega: Floats, p: Floats, z: Complexes, dz: Complexes) -> None:
    """Z = L (jω)^n."""
    for i in range(omega.size):
        dz[0, i] = imaginary_power(omega[i], p[1])
        z[i] = p[0] * dz[0, i]
        dz[1, i] = z[i] * complex(math.log(omega[i]), 0.5 * math.pi)
