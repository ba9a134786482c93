"""Resistor, capacitor, inductor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limetal.impedance.element import Parameter, element

__all__ = ["capacitor", "inductor", "resistor"]

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
