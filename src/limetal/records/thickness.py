"""Thickness, or strain, of a cell or electrode over time, with what drove it where that was logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from limetal.errors import BadInputError
from limetal.records.base import Column, Floats, Integers, Record

__all__ = ["ThicknessRecord"]


@dataclass(frozen=True, eq=False)
class ThicknessRecord(Record):
    """Thickness or strain of one body.

    Attributes
    ----------
    test_time_second : (n,) float or None
    thickness_micrometre : (n,) float or None
        Thickness, or its change where ``is_change`` is true.
    strain_percent : (n,) float or None
        One of thickness and strain is there.
    pressure_megapascal, voltage_volt, current_ampere, capacity_ampere_hour, temperature_kelvin : (n,) float or None
        Where the file has them. Positive current charges the cell.
    cycle_count : (n,) int or None
    is_change
        Whether thickness is a change from the start.

    Examples
    --------
    >>> import numpy as np
    >>> ThicknessRecord(np.array([0.0, 60.0]), np.array([50.0, 50.2]), source="x").kind
    'thickness'
    """

    test_time_second: Floats | None = None
    thickness_micrometre: Floats | None = None
    strain_percent: Floats | None = None
    pressure_megapascal: Floats | None = None
    voltage_volt: Floats | None = None
    current_ampere: Floats | None = None
    capacity_ampere_hour: Floats | None = None
    temperature_kelvin: Floats | None = None
    cycle_count: Integers | None = None
    is_change: bool = False

    kind: ClassVar[str] = "thickness"
    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("test_time_second", "s", "test time"),
        Column("thickness_micrometre", "um", "thickness", gaps=True),
        Column("strain_percent", "%", "strain", gaps=True),
        Column("pressure_megapascal", "MPa", "pressure", gaps=True),
        Column("voltage_volt", "V", "voltage", gaps=True),
        Column("current_ampere", "A", "current", gaps=True),
        Column("capacity_ampere_hour", "Ah", "capacity", gaps=True),
        Column("temperature_kelvin", "K", "temperature", gaps=True),
        Column("cycle_count", "1", "cycle", count=True),
    )

    def __post_init__(self) -> None:
        """Refuse a record without thickness."""
        super().__post_init__()
        if self.thickness_micrometre is None and self.strain_percent is None:
            raise BadInputError(self.source, "no thickness and no strain", "one of them")
