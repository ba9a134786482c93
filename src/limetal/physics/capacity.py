"""Capacities of foils and balances of cells: arithmetic that papers do, with the convention in each name.

The functions take floats or numbers with uncertainty (`uncertainties.ufloat`) and return the same.
"""

from __future__ import annotations

from typing import TypeVar

from limetal.physics.constants import UM_PER_CM

__all__ = [
    "areal_capacity_mAh_cm2",
    "density_from_capacities_g_cm3",
    "normalised_specific_capacity_mAh_g",
    "np_ratio",
    "positive_areal_capacity_mAh_cm2",
]

#: A float or a number with uncertainty.
N = TypeVar("N")

MG_PER_G = 1e3


def areal_capacity_mAh_cm2(volumetric_capacity_mAh_cm3: N, thickness_um: N) -> N:
    """Capacity of a foil per area of one face, from its volumetric capacity and thickness.

    Examples
    --------
    >>> round(areal_capacity_mAh_cm2(1915.0, 100.0), 2)
    19.15
    """
    return volumetric_capacity_mAh_cm3 * thickness_um / UM_PER_CM  # type: ignore[operator, no-any-return]


def density_from_capacities_g_cm3(volumetric_capacity_mAh_cm3: N, specific_capacity_mAh_g: N) -> N:
    """Apparent density that a volumetric and a gravimetric capacity of the same foil imply.

    Examples
    --------
    >>> round(density_from_capacities_g_cm3(1915.0, 1800.0), 3)
    1.064
    """
    return volumetric_capacity_mAh_cm3 / specific_capacity_mAh_g  # type: ignore[operator, no-any-return]


def positive_areal_capacity_mAh_cm2(mass_loading_mg_cm2: N, specific_capacity_mAh_g: N) -> N:
    """Capacity of a positive electrode per area of one face, from the loading of active material on that face.

    Examples
    --------
    >>> round(positive_areal_capacity_mAh_cm2(5.4, 200.0), 2)
    1.08
    """
    return mass_loading_mg_cm2 * specific_capacity_mAh_g / MG_PER_G  # type: ignore[operator, no-any-return]


def np_ratio(negative_mAh_cm2: N, positive_mAh_cm2: N) -> N:
    """N/P: areal capacity of the fresh negative foil over that of the positive electrode it faces.

    The lithium that comes with the positive electrode is not counted; papers that count it print one more.

    Examples
    --------
    >>> round(np_ratio(15.32, 8.0), 3)
    1.915
    """
    return negative_mAh_cm2 / positive_mAh_cm2  # type: ignore[operator, no-any-return]


def normalised_specific_capacity_mAh_g(
    negative_capacity_mAh: float, negative_mass_g: float, collector_mass_g: float, np_ratio: float
) -> float:
    r"""Normalised total negative specific capacity (NSC).

    .. math:: \mathrm{NSC} = \frac{Q_\mathrm{neg}}{(m_\mathrm{neg} + m_\mathrm{cc})\,\mathrm{N/P}}

    Since ``Q_neg / (N/P)`` is the positive capacity, 1000/NSC is the negative side's mass in grams per Ah of cell.

    References
    ----------
    Wang et al., Nat. Commun. 2026, doi:10.1038/s41467-026-69155-z, Results.

    Examples
    --------
    Free-standing foil of 1800 mAh/g at N/P 1.9:

    >>> round(normalised_specific_capacity_mAh_g(1800, 1.0, 0.0, 1.9))
    947
    """
    return negative_capacity_mAh / ((negative_mass_g + collector_mass_g) * np_ratio)
