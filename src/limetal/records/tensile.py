"""Mechanical tests of one specimen: load against deformation.

The sign rule: tension and elongation are positive; a compression test has negative force and displacement only if its
file has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from limetal.errors import BadInputError
from limetal.records.base import Column, Floats, Record

__all__ = ["TensileRecord"]


@dataclass(frozen=True, eq=False)
class TensileRecord(Record):
    """One specimen on a testing machine.

    Attributes
    ----------
    test_time_second : (n,) float or None
    force_newton, stress_megapascal : (n,) float or None
        At least one is there; stress is engineering stress as the file gives it.
    displacement_millimetre : (n,) float or None
        Of the crosshead.
    extension_millimetre : (n,) float or None
        Of an extensometer on the gauge length.
    strain_percent : (n,) float or None
        As the file gives it. At least one of the three deformations is there.
    gauge_length_mm, area_mm2, width_mm, thickness_mm, diameter_mm
        Of the specimen as the file states them; None if it does not.
    loading
        ``"tension"``, ``"compression"``, ``"bending"`` or empty where the file does not say.
    machine_values
        Results that the machine computed itself, by the file's names, with unit (``"Rp0.2 / MPa"``).

    Examples
    --------
    >>> import numpy as np
    >>> TensileRecord(force_newton=np.array([0.0, 5.0]), displacement_millimetre=np.array([0, 0.1]), source="x").rows
    2
    """

    test_time_second: Floats | None = None
    force_newton: Floats | None = None
    displacement_millimetre: Floats | None = None
    extension_millimetre: Floats | None = None
    stress_megapascal: Floats | None = None
    strain_percent: Floats | None = None
    gauge_length_mm: float | None = None
    area_mm2: float | None = None
    width_mm: float | None = None
    thickness_mm: float | None = None
    diameter_mm: float | None = None
    loading: str = ""
    machine_values: Mapping[str, float] = field(default_factory=dict)

    kind: ClassVar[str] = "tensile"
    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("test_time_second", "s", "test time", gaps=True),
        Column("force_newton", "N", "force", gaps=True),
        Column("displacement_millimetre", "mm", "crosshead displacement", gaps=True),
        Column("extension_millimetre", "mm", "extension of the gauge length", gaps=True),
        Column("stress_megapascal", "MPa", "engineering stress", gaps=True),
        Column("strain_percent", "%", "strain", gaps=True),
    )

    def __post_init__(self) -> None:
        """Refuse a record without load or without deformation."""
        super().__post_init__()
        if self.force_newton is None and self.stress_megapascal is None:
            raise BadInputError(self.source, "no force and no stress", "one of them")
        deformations = (self.displacement_millimetre, self.extension_millimetre, self.strain_percent)
        if all(d is None for d in deformations):
            raise BadInputError(self.source, "no displacement, extension or strain", "one of them")
