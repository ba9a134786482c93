"""X-ray (or neutron) diffraction patterns: intensity against the scattering angle 2θ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from limetal.errors import BadInputError
from limetal.records.base import Column, Floats, Record

__all__ = ["DiffractionRecord"]


@dataclass(frozen=True, eq=False)
class DiffractionRecord(Record):
    """One scan along 2θ.

    Attributes
    ----------
    two_theta_degree : (n,) float
        Between -180 and 180; in the order of the file.
    intensity : (n,) float
        In ``intensity_unit``.
    intensity_std : (n,) float or None
        Standard uncertainty of the intensity, where the file gives it.
    omega_degree : (n,) float or None
        Angle of incidence, where it moved and the file gives it.
    intensity_unit
        ``"counts"``, ``"counts/s"`` or ``"a.u."`` where the file does not say.
    wavelength_angstrom
        Of the strongest line (Kα1 for a tube); None if the file does not say.
    wavelength_2_angstrom, ratio_2_to_1
        Of Kα2, and its intensity over that of Kα1; None if the beam has one line or the file does not say.
    anode
        Element of the tube (``"Cu"``); empty if unknown.
    counting_time_s
        Time per point; None if the file does not say.
    temperature_K
        Of the sample; None if the file does not say.

    Examples
    --------
    >>> DiffractionRecord(np.array([10.0, 10.02]), np.array([5.0, 7.0]), source="x").intensity_unit
    'counts'
    """

    two_theta_degree: Floats
    intensity: Floats
    intensity_std: Floats | None = None
    omega_degree: Floats | None = None
    intensity_unit: str = "counts"
    wavelength_angstrom: float | None = None
    wavelength_2_angstrom: float | None = None
    ratio_2_to_1: float | None = None
    anode: str = ""
    counting_time_s: float | None = None
    temperature_K: float | None = None

    kind: ClassVar[str] = "diffraction"
    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("two_theta_degree", "deg", "2θ", needed=True),
        Column("intensity", "", "intensity", needed=True),
        Column("intensity_std", "", "standard uncertainty of the intensity"),
        Column("omega_degree", "deg", "ω"),
    )

    def __post_init__(self) -> None:
        """Refuse angles that are none."""
        super().__post_init__()
        bad = np.flatnonzero(np.abs(self.two_theta_degree) > 180.0)
        if bad.size:
            row = int(bad[0])
            found = f"an angle of {self.two_theta_degree[row]:g} deg"
            raise BadInputError(f"{self.source}, data row {row + 1}", found, "2θ between -180 and 180 deg")
