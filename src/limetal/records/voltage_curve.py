"""Voltage against capacity without a time: published curves, half-cell exports, digitised figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from limetal.errors import BadInputError
from limetal.records.base import Column, Floats, Integers, Record

__all__ = ["VoltageCurveRecord"]


@dataclass(frozen=True, eq=False)
class VoltageCurveRecord(Record):
    """Voltage against charge of one cell, over one or several cycles.

    Attributes
    ----------
    voltage_volt : (n,) float
        Positive against negative terminal.
    capacity_mAh, specific_capacity_mAh_g, areal_capacity_mAh_cm2 : (n,) float or None
        Charge as the file counts it, of the cell, per mass or per area; at least one is there. What it is counted from,
        and whether it falls on discharge, is the file's own way.
    cycle_count : (n,) int or None

    Raises
    ------
    BadInputError
        If there is no capacity at all, or a number is missing.

    Examples
    --------
    >>> import numpy as np
    >>> VoltageCurveRecord(np.array([3.0, 3.1]), np.array([0.0, 0.2]), source="two points").kind
    'voltage curve'
    """

    voltage_volt: Floats
    capacity_mAh: Floats | None = None
    specific_capacity_mAh_g: Floats | None = None
    areal_capacity_mAh_cm2: Floats | None = None
    cycle_count: Integers | None = None

    kind: ClassVar[str] = "voltage curve"
    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("voltage_volt", "V", "voltage", needed=True),
        Column("capacity_mAh", "mAh", "capacity"),
        Column("specific_capacity_mAh_g", "mAh/g", "specific capacity"),
        Column("areal_capacity_mAh_cm2", "mAh/cm2", "areal capacity"),
        Column("cycle_count", "1", "cycle", count=True),
    )

    def __post_init__(self) -> None:
        """Refuse a curve without capacity."""
        super().__post_init__()
        if all(c is None for c in (self.capacity_mAh, self.specific_capacity_mAh_g, self.areal_capacity_mAh_cm2)):
            raise BadInputError(self.source, "a voltage and no capacity", "a capacity beside it")
