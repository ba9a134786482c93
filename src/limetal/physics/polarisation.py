r"""Whose share of the gap between charge and discharge a symmetric cell tells.

A full cell of a lithium electrode, an electrolyte and a positive electrode, and a symmetric cell Li|Li with the same
electrolyte, separator, current density and history of the lithium. Magnitudes of overpotentials at current density j:

.. math::
    U_\mathrm{charge}    &= U_0 + \eta_+^\mathrm{c} + \eta_\mathrm{plate} + j R_E \\
    U_\mathrm{discharge} &= U_0 - \eta_+^\mathrm{d} - \eta_\mathrm{strip} - j R_E \\
    U_\mathrm{sym}       &= \eta_\mathrm{plate} + \eta_\mathrm{strip} + j R_E

because in the symmetric cell one electrode plates while the other strips, and the electrolyte is crossed once. In the
full cell charge plates and discharge strips, and the electrolyte is crossed in both, so the gap of one cycle is

.. math::
    \Delta U = \Delta U_+ + \underbrace{(U_\mathrm{sym} - j R_E)}_{\text{lithium}}
             + \underbrace{2 j R_E}_{\text{electrolyte}} .

The share of the lithium needs no symmetry of plating and stripping. With different currents of charge and discharge it
does: then each takes half of what the symmetric cell shows at its current. If the resistance of the electrolyte is not
known, lithium and electrolyte together take from U_sym (no electrolyte resistance) to 2 U_sym (nothing but it).

What is left, :math:`\Delta U_+`, holds the positive electrode's kinetics, its diffusion, its contact, any hysteresis of
its equilibrium voltage, and everything in which the two cells differ. These are sums of series voltages (Kirchhoff's
voltage law); no further source is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from limetal.physics.constants import MA_PER_A

__all__ = ["GapShares", "gap_shares_V"]

Floats = NDArray[np.float64]
#: A number or an array of one value per cycle.
V = TypeVar("V", float, Floats)


@dataclass(frozen=True)
class GapShares:
    """Shares of the gap between mean charge and mean discharge voltage, in volts; their sum is the gap."""

    lithium_V: float | Floats
    electrolyte_V: float | Floats
    positive_V: float | Floats


def gap_shares_V(
    gap_V: V,
    charge_mA_cm2: V,
    discharge_mA_cm2: V,
    symmetric_charge_V: V,
    symmetric_discharge_V: V,
    electrolyte_ohm_cm2: float,
) -> GapShares:
    r"""Shares of lithium, electrolyte and positive electrode in the gap of a full cell.

    .. math::
        \Delta U_\mathrm{Li} = \tfrac12 (U_\mathrm{sym}(j_c) - j_c R_E) + \tfrac12 (U_\mathrm{sym}(j_d) - j_d R_E),
        \quad \Delta U_E = (j_c + j_d) R_E

    Parameters
    ----------
    gap_V
        Mean charge voltage minus mean discharge voltage of a cycle.
    charge_mA_cm2, discharge_mA_cm2
        Magnitudes of the current densities.
    symmetric_charge_V, symmetric_discharge_V
        \|Voltage\| of the symmetric cell (both interfaces and the electrolyte: the mean of plating and stripping, not
        the full gap) at these current densities.
    electrolyte_ohm_cm2
        Resistance of separator and electrolyte times area.

    Examples
    --------
    Two interfaces of 20 and an electrolyte of 10 ohm cm2 at 2 mA/cm2: the symmetric cell shows 2 x (2 x 20 + 10) mV.
    In the full cell lithium takes 80, the electrolyte 40 of 300 mV:

    >>> shares = gap_shares_V(0.300, 2.0, 2.0, 0.100, 0.100, 10.0)
    >>> round(shares.lithium_V, 6), round(shares.electrolyte_V, 6), round(shares.positive_V, 6)
    (0.08, 0.04, 0.18)
    """
    electrolyte = (charge_mA_cm2 + discharge_mA_cm2) * electrolyte_ohm_cm2 / MA_PER_A
    lithium = (symmetric_charge_V + symmetric_discharge_V - electrolyte) / 2
    return GapShares(lithium, electrolyte, gap_V - lithium - electrolyte)
