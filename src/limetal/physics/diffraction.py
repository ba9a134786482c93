"""Bragg's law, in the angles and angstroms that papers print."""

from __future__ import annotations

import math

from limetal.errors import BadInputError

__all__ = ["bragg_d_angstrom", "bragg_two_theta_deg"]


def bragg_d_angstrom(two_theta_deg: float, wavelength_angstrom: float) -> float:
    r"""Spacing of lattice planes from a diffraction angle (first order).

    .. math:: d = \frac{\lambda}{2 \sin(2\theta / 2)}

    Raises
    ------
    BadInputError
        If the angle is not between 0 and 180 degrees.

    References
    ----------
    W. H. Bragg & W. L. Bragg, Proc. R. Soc. Lond. A 88 (1913) 428, doi:10.1098/rspa.1913.0040.

    Examples
    --------
    >>> round(bragg_d_angstrom(25.92, 1.5406), 3)
    3.435
    """
    if not 0 < two_theta_deg <= 180:
        raise BadInputError("two_theta", f"{two_theta_deg:g} deg", "an angle above 0 and up to 180 deg")
    return wavelength_angstrom / (2 * math.sin(math.radians(two_theta_deg) / 2))


def bragg_two_theta_deg(d_angstrom: float, wavelength_angstrom: float) -> float:
    """Diffraction angle of planes of spacing ``d`` (first order).

    Raises
    ------
    BadInputError
        If the wavelength is too long to be diffracted by these planes.

    Examples
    --------
    >>> round(bragg_two_theta_deg(3.57, 1.5406), 2)
    24.92
    """
    sine = wavelength_angstrom / (2 * d_angstrom) if d_angstrom > 0 else math.inf
    if sine > 1:
        raise BadInputError("d", f"{d_angstrom:g} angstrom", f"at least half the wavelength of {wavelength_angstrom:g}")
    return 2 * math.degrees(math.asin(sine))
