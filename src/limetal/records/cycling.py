"""Cycling of one cell: time, voltage, and current where it was logged.

Columns carry the machine names of the Battery Data Format (ontology 1.3.0): ``test_time_second``,
``voltage_volt``, ``current_ampere``, ``cycle_count``, ``step_count``.

The sign rule of limetal is written here and nowhere else. ``voltage_volt`` is the positive terminal against the
negative one. Positive current charges the cell (BDF), so it plates lithium on the electrode at the negative
terminal, which is the *working electrode* of symmetric and Li|Cu cells. Current and voltage of a symmetric cell
therefore have the same sign while current flows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from limetal.errors import BadInputError
from limetal.records.base import Column, Floats, Integers, Record
from limetal.records.cells import CELL_KINDS, CellContext, CellKind

__all__ = ["CELL_KINDS", "CellContext", "CellKind", "CyclingRecord"]


@dataclass(frozen=True, eq=False)
class CyclingRecord(Record):
    """One test of one cell, as an instrument logged it or a model computed it.

    Attributes
    ----------
    test_time_second : (n,) float
        Time since the start of the test; never falls (equal times occur in real files and are kept).
    voltage_volt : (n,) float
        Positive against negative terminal.
    current_ampere : (n,) float or None
        Positive charges the cell; None where the file has no current.
    cycle_count, step_count : (n,) int or None
        As the instrument counted; None where it did not.

    Raises
    ------
    BadInputError
        If columns differ in length, fewer than two rows exist, a number is missing, or time falls.

    Examples
    --------
    >>> import numpy as np
    >>> CyclingRecord(np.array([0.0, 1.0]), np.array([0.01, 0.01]), None, source="two points").rows
    2
    >>> CyclingRecord(np.array([0.0, -1.0]), np.zeros(2), None, source="x.csv")
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: x.csv, data row 2: found time that falls from 0 s to -1 s, want time that never falls
    """

    test_time_second: Floats
    voltage_volt: Floats
    current_ampere: Floats | None
    cycle_count: Integers | None = None
    step_count: Integers | None = None

    kind: ClassVar[str] = "cycling"
    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("test_time_second", "s", "test time", needed=True),
        Column("voltage_volt", "V", "voltage", needed=True),
        Column("current_ampere", "A", "current"),
        Column("cycle_count", "1", "cycle", count=True),
        Column("step_count", "1", "step", count=True),
    )

    def __post_init__(self) -> None:
        """Refuse a record that no analysis could use."""
        super().__post_init__()
        falls = self.test_time_second[1:] < self.test_time_second[:-1]
        if falls.any():
            at = int(np.argmax(falls))
            before, after = self.test_time_second[at], self.test_time_second[at + 1]
            raise BadInputError(
                f"{self.source}, data row {at + 2}",
                f"time that falls from {before:g} s to {after:g} s",
                "time that never falls",
            )
        if self.test_time_second[-1] <= self.test_time_second[0]:
            raise BadInputError(self.source, "time that stands still", "time that rises")
