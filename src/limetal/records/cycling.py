"""Cycling of one cell: time, voltage, and current where it was logged.

Columns carry the machine names of the Battery Data Format (ontology 1.3.0): ``test_time_second``,
``voltage_volt``, ``current_ampere``, ``cycle_count``, ``step_count``.

The sign rule of limetal is written here and nowhere else. ``voltage_volt`` is the positive terminal against the
negative one. Positive current charges the cell (BDF), so it plates lithium on the electrode at the negative
terminal, which is the *working electrode* of symmetric and Li|Cu cells. Current and voltage of a symmetric cell
therefore have the same sign while current flows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError

__all__ = ["CellContext", "CellKind", "CyclingRecord"]

CellKind = Literal["symmetric", "half", "full", "copper", "anode-free"]
CELL_KINDS: tuple[str, ...] = get_args(CellKind)
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class CellContext:
    """What a user must say about the cell, because no file tells it.

    Attributes
    ----------
    kind
        ``symmetric`` (Li|Li), ``half`` (any electrode against lithium), ``full``, ``copper`` (Li|Cu) or
        ``anode-free``. It decides what a cycle is and is never guessed.
    area_cm2
        Area of one face; None if unknown, then nothing is given per area.
    name
        Path of the cell in the study.
    working_electrode
        The electrode at the negative terminal: positive current plates lithium on it.
    """

    kind: CellKind
    area_cm2: float | None = None
    name: str = ""
    working_electrode: str = "the electrode at the negative terminal"


@dataclass(frozen=True, eq=False)
class CyclingRecord:
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
    source
        File or model the record came from.
    origin
        ``measured`` or ``simulated``.
    cell
        What is known about the cell; None until a study or ``--cell`` says it.
    more
        Further columns of the file under their own headers, unread.
    warnings
        What a reader noticed and a user should know.

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
    source: str
    origin: Literal["measured", "simulated"] = "measured"
    cycle_count: Integers | None = None
    step_count: Integers | None = None
    cell: CellContext | None = None
    more: dict[str, NDArray[np.generic]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a record that no analysis could use."""
        n = self.test_time_second.size
        if n < 2:
            raise BadInputError(self.source, f"{n} row{'s' * (n != 1)} of data", "at least two rows")
        for name in ("test_time_second", "voltage_volt", "current_ampere", "cycle_count", "step_count"):
            given = getattr(self, name)
            if given is None:
                continue
            column = _own(given)
            object.__setattr__(self, name, column)
            if column.shape != (n,):
                found = f"{name} with {column.size} rows" + (f" in shape {column.shape}" if column.ndim != 1 else "")
                raise BadInputError(self.source, found, f"{n} rows as in time" if column.ndim == 1 else "one column")
            finite = np.isfinite(column)
            if not finite.all():
                raise BadInputError(
                    f"{self.source}, data row {int(np.argmin(finite)) + 1}",
                    f"no number in {name} ({int(n - finite.sum())} of {n} rows)",
                    "a number in every row",
                )
        falls = np.flatnonzero(np.diff(self.test_time_second) < 0)
        if falls.size:
            at = int(falls[0])
            before, after = self.test_time_second[at], self.test_time_second[at + 1]
            raise BadInputError(
                f"{self.source}, data row {at + 2}",
                f"time that falls from {before:g} s to {after:g} s",
                "time that never falls",
            )
        if self.test_time_second[-1] <= self.test_time_second[0]:
            raise BadInputError(self.source, "time that stands still", "time that rises")

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.test_time_second.size)

    def in_cell(self, cell: CellContext) -> CyclingRecord:
        """Return the same record with what is known about the cell."""
        return replace(self, cell=cell)


def _own(column: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return a read-only array nobody else can change; the caller's stays as it is."""
    if column.flags.writeable or column.base is not None:
        column = column.copy()
        column.flags.writeable = False
    return column
