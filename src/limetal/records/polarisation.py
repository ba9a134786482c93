"""Polarisation of an electrode: potential against current, from Tafel, linear-sweep or cyclic voltammetry.

The sign rule is that of IUPAC: positive current is anodic (oxidation at the working electrode).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from limetal.errors import BadInputError
from limetal.records.base import Column, Floats, Integers, Record

__all__ = ["PolarisationRecord"]


@dataclass(frozen=True, eq=False)
class PolarisationRecord(Record):
    """One polarisation measurement.

    Attributes
    ----------
    potential_volt : (n,) float
        Of the working electrode, against what ``reference`` says; an overpotential if ``reference`` is
        ``"equilibrium"``.
    current_ampere : (n,) float or None
        Positive is anodic.
    current_density_mA_cm2 : (n,) float or None
        Where the file gives current per area; one of the two is there.
    test_time_second : (n,) float or None
    cycle_count : (n,) int or None
        Number of the scan, as the file counts.
    scan_rate_V_s
        As the file states it; None if it does not.
    reference
        Reference electrode in the file's words; empty if it does not say.
    area_cm2
        Electrode area as the file states it; None if it does not.

    Examples
    --------
    >>> import numpy as np
    >>> PolarisationRecord(np.array([0.0, 0.1]), np.array([0.0, 1e-3]), source="two points").kind
    'polarisation'
    """

    potential_volt: Floats
    current_ampere: Floats | None = None
    current_density_mA_cm2: Floats | None = None
    test_time_second: Floats | None = None
    cycle_count: Integers | None = None
    scan_rate_V_s: float | None = None
    reference: str = ""
    area_cm2: float | None = None

    kind: ClassVar[str] = "polarisation"
    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("potential_volt", "V", "potential", needed=True),
        Column("current_ampere", "A", "current"),
        Column("current_density_mA_cm2", "mA/cm2", "current density"),
        Column("test_time_second", "s", "test time"),
        Column("cycle_count", "1", "scan", count=True),
    )

    def __post_init__(self) -> None:
        """Refuse a record without current."""
        super().__post_init__()
        if self.current_ampere is None and self.current_density_mA_cm2 is None:
            raise BadInputError(self.source, "a potential and no current", "a current or a current density")
