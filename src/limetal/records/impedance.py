"""Impedance spectra of one cell.

The sign rule: ``impedance_imaginary_ohm`` is Im Z itself, so a capacitive arc is negative; what a file calls
``-Z''`` or ``-Im(Z)`` is turned around by its reader. Frequencies keep the order in which they were measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from limetal.errors import BadInputError
from limetal.records.base import Column, Floats, Record

__all__ = ["ImpedanceRecord"]


@dataclass(frozen=True, eq=False)
class ImpedanceRecord(Record):
    """One impedance spectrum.

    Attributes
    ----------
    frequency_hertz : (n,) float
        More than zero, in the order measured.
    impedance_real_ohm, impedance_imaginary_ohm : (n,) float
        Re Z and Im Z of the whole cell; Im Z of a capacitor is negative. Ohm cm2 where ``per_area`` is true.
    test_time_second : (n,) float or None
        When each point was measured.
    voltage_volt, current_ampere : (n,) float or None
        Mean (direct-current) voltage and current while each point was measured.
    per_area
        Whether the impedance is already multiplied by an area (ohm cm2), as some exports are.
    area_cm2
        Electrode area as the file states it; None if it does not.

    Raises
    ------
    BadInputError
        If columns differ in length, a number is missing, or a frequency is not more than zero.

    Examples
    --------
    >>> f = np.array([1e3, 1.0])
    >>> ImpedanceRecord(f, np.array([10.0, 10.0]), np.array([-0.1, -0.2]), source="RC").impedance.tolist()
    [(10-0.1j), (10-0.2j)]
    """

    frequency_hertz: Floats
    impedance_real_ohm: Floats
    impedance_imaginary_ohm: Floats
    test_time_second: Floats | None = None
    voltage_volt: Floats | None = None
    current_ampere: Floats | None = None
    per_area: bool = False
    area_cm2: float | None = None

    kind: ClassVar[str] = "impedance"
    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("frequency_hertz", "Hz", "frequency", needed=True),
        Column("impedance_real_ohm", "ohm", "Re Z", needed=True),
        Column("impedance_imaginary_ohm", "ohm", "Im Z", needed=True),
        Column("test_time_second", "s", "test time"),
        Column("voltage_volt", "V", "mean voltage", gaps=True),
        Column("current_ampere", "A", "mean current", gaps=True),
    )

    def __post_init__(self) -> None:
        """Refuse what is no spectrum."""
        super().__post_init__()
        bad = np.flatnonzero(self.frequency_hertz <= 0)
        if bad.size:
            row = int(bad[0])
            raise BadInputError(
                f"{self.source}, data row {row + 1}",
                f"a frequency of {self.frequency_hertz[row]:g} Hz",
                "more than zero",
            )

    @property
    def impedance(self) -> np.ndarray[tuple[int], np.dtype[np.complex128]]:
        """Z as complex numbers, (n,), in ohm (ohm cm2 where ``per_area``)."""
        return np.asarray(self.impedance_real_ohm + 1j * self.impedance_imaginary_ohm, dtype=np.complex128).reshape(-1)
