"""Kinetics of the lithium electrode: Butler-Volmer, its inverse and its limits, films and ohmic drop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limetal.physics.constants import MA_PER_A, ROOM_TEMPERATURE_K, thermal_voltage_V

__all__ = [
    "areal_charge_transfer_resistance_ohm_cm2",
    "butler_volmer_mA_cm2",
    "overpotential_V",
    "symmetric_cell_voltage_V",
]


def butler_volmer_mA_cm2(
    overpotential_V: float, exchange_current_mA_cm2: float, temperature_K: float = ROOM_TEMPERATURE_K
) -> float:
    r"""Current density of a one-electron electrode with equal transfer coefficients (1/2).

    .. math:: j = 2 j_0 \sinh\left(\frac{F \eta}{2RT}\right)

    Parameters
    ----------
    overpotential_V
        Of one electrode; the sign of the current follows it.
    exchange_current_mA_cm2
        Per geometric area, above zero.
    temperature_K
        Absolute temperature.

    Returns
    -------
    float
        mA/cm2.

    References
    ----------
    Newman & Balsara, Electrochemical Systems, 4th ed., Wiley 2021, chapter 8: the Butler-Volmer equation with both
    transfer coefficients 1/2.

    Examples
    --------
    At small overpotential the electrode is a resistor RT/(F j0):

    >>> j = butler_volmer_mA_cm2(1e-6, 1.0)
    >>> round(1e-6 / j * 1e3, 3)  # V over mA/cm2, in ohm cm2
    25.693
    """
    return float(2 * exchange_current_mA_cm2 * np.sinh(overpotential_V / (2 * thermal_voltage_V(temperature_K))))


def overpotential_V(
    current_mA_cm2: float | NDArray[np.float64],
    exchange_current_mA_cm2: float,
    temperature_K: float = ROOM_TEMPERATURE_K,
) -> NDArray[np.float64]:
    r"""Overpotential of one electrode: the inverse of `butler_volmer_mA_cm2`.

    .. math:: \eta = \frac{2RT}{F} \operatorname{arsinh}\left(\frac{j}{2 j_0}\right)

    Parameters
    ----------
    current_mA_cm2
        Current density, any shape, any sign.
    exchange_current_mA_cm2
        Above zero.
    temperature_K
        Absolute temperature.

    Returns
    -------
    ndarray
        Volts, in the shape of the current.

    Examples
    --------
    The exchange current of 0.089 mA/cm2 needs 125 mV per electrode at 1 mA/cm2:

    >>> round(1e3 * float(overpotential_V(1.0, 0.089)), 1)
    124.7
    """
    ratio = np.asarray(current_mA_cm2, dtype=float) / (2 * exchange_current_mA_cm2)
    return np.asarray(2 * thermal_voltage_V(temperature_K) * np.arcsinh(ratio))


def areal_charge_transfer_resistance_ohm_cm2(
    exchange_current_mA_cm2: float, temperature_K: float = ROOM_TEMPERATURE_K
) -> float:
    r"""Charge-transfer resistance of one electrode times its area, in the limit of small current.

    .. math:: R_{ct} A = \frac{RT}{F j_0}

    Examples
    --------
    >>> round(areal_charge_transfer_resistance_ohm_cm2(0.089))
    289
    """
    return MA_PER_A * thermal_voltage_V(temperature_K) / exchange_current_mA_cm2


def symmetric_cell_voltage_V(
    current_mA_cm2: float | NDArray[np.float64],
    exchange_current_mA_cm2: float,
    film_resistance_ohm_cm2: float | NDArray[np.float64] = 0.0,
    electrolyte_resistance_ohm_cm2: float = 0.0,
    temperature_K: float = ROOM_TEMPERATURE_K,
) -> NDArray[np.float64]:
    r"""Steady cell voltage of two equal planar lithium electrodes.

    .. math:: U = 2\left[\frac{2RT}{F}\operatorname{arsinh}\frac{j}{2 j_0} + R_f j\right] + R_E j

    Concentration changes in the electrolyte are left out: they are small while the current is far below the
    limiting current of the separator, which nothing here checks.

    Parameters
    ----------
    current_mA_cm2
        Current density; the voltage takes its sign.
    exchange_current_mA_cm2, film_resistance_ohm_cm2
        Of one electrode, per geometric area.
    electrolyte_resistance_ohm_cm2
        Of separator and electrolyte, whole cell.
    temperature_K
        Absolute temperature.

    Returns
    -------
    ndarray
        Volts of the whole cell.

    Examples
    --------
    Two electrodes of 0.089 mA/cm2 alone need 249 mV at 1 mA/cm2:

    >>> round(1e3 * float(symmetric_cell_voltage_V(1.0, 0.089)))
    249
    """
    j = np.asarray(current_mA_cm2, dtype=float)
    eta = overpotential_V(j, exchange_current_mA_cm2, temperature_K)
    ohmic = (2 * np.asarray(film_resistance_ohm_cm2) + electrolyte_resistance_ohm_cm2) * j / MA_PER_A
    return np.asarray(2 * eta + ohmic)
