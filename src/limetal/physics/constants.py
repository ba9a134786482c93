"""Constants of nature, exact since the SI of 2019, and the factors between field units."""

from __future__ import annotations

from limetal.materials.masses import FARADAY_C_MOL
from limetal.units import UM_PER_CM

__all__ = [
    "MA_PER_A",
    "MG_PER_G",
    "ROOM_TEMPERATURE_K",
    "SECONDS_PER_HOUR",
    "UM_PER_CM",
    "FARADAY_C_mol",
    "GAS_CONSTANT_J_mol_K",
    "thermal_voltage_V",
]

#: Faraday's constant stands with the atomic masses, which need it first.
FARADAY_C_mol = FARADAY_C_MOL
#: CODATA 2018, exact (doi:10.1103/RevModPhys.93.025010).
GAS_CONSTANT_J_mol_K = 8.314462618

SECONDS_PER_HOUR = 3600.0
MA_PER_A = 1e3
MG_PER_G = 1e3

#: 25 degC, the temperature of a laboratory test where none is given.
ROOM_TEMPERATURE_K = 298.15


def thermal_voltage_V(temperature_K: float = ROOM_TEMPERATURE_K) -> float:
    """RT/F, the voltage scale of electrode kinetics.

    Parameters
    ----------
    temperature_K
        Absolute temperature, above zero.

    Returns
    -------
    float
        Volts; 25.69 mV at 25 degC.

    Examples
    --------
    >>> round(1e3 * thermal_voltage_V(), 3)
    25.693
    """
    return GAS_CONSTANT_J_mol_K * temperature_K / FARADAY_C_mol
