"""Spectra of one cell in order: along time, cycle, charge or temperature."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

import numpy as np

from limetal.errors import BadInputError
from limetal.quantities import SERIES_UNITS
from limetal.records.cells import CellContext
from limetal.records.impedance import ImpedanceRecord

__all__ = ["Along", "ImpedanceSeries", "in_measured_order"]

Along = Literal["spectrum", "time", "cycle", "charge", "temperature"]
_SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, eq=False)
class ImpedanceSeries:
    """Impedance spectra of one cell.

    Attributes
    ----------
    records
        In order.
    along, at
        What the order means, and where each spectrum stands, in the unit of `SERIES_UNITS`: rising, but for
        temperatures, which may come in any order.
    source
        Where they came from.

    Raises
    ------
    BadInputError
        If there are fewer than two spectra, whole and per-area spectra are mixed, or places are missing or not rising.

    Examples
    --------
    >>> f = np.array([1e3, 1.0])
    >>> one = ImpedanceRecord(f, np.array([10.0, 50.0]), np.array([-0.1, -0.2]), source="a")
    >>> ImpedanceSeries((one, one), "cycle", (1.0, 50.0), "a, b").at
    (1.0, 50.0)
    """

    records: tuple[ImpedanceRecord, ...]
    along: Along
    at: tuple[float, ...]
    source: str
    warnings: tuple[str, ...] = field(default=())

    kind: ClassVar[str] = "impedance series"

    def __post_init__(self) -> None:
        """Refuse what is no series."""
        n = len(self.records)
        if n < 2:
            raise BadInputError(self.source, f"{n} spectra", "two or more for a series")
        if len({r.per_area for r in self.records}) > 1:
            raise BadInputError(self.source, "spectra in ohm and in ohm cm2", "one unit for a series")
        if len(self.at) != n or not np.isfinite(self.at).all():
            raise BadInputError(self.source, f"{len(self.at)} places for {n} spectra", "one number for each spectrum")
        falls = np.flatnonzero(np.diff(self.at) <= 0)
        if self.along != "temperature" and falls.size:
            i = int(falls[0])
            found = f"{self.along} {self.at[i]:g} before {self.at[i + 1]:g}"
            raise BadInputError(self.source, found, f"spectra in the order of {self.along}")

    @property
    def origin(self) -> Literal["measured", "simulated"]:
        """Measured only if all are."""
        return "measured" if all(r.origin == "measured" for r in self.records) else "simulated"

    @property
    def cell(self) -> CellContext | None:
        """The cell of the first spectrum that has one."""
        return next((r.cell for r in self.records if r.cell is not None), None)

    @property
    def unit(self) -> str:
        """Unit of ``at``."""
        return SERIES_UNITS[self.along]


def in_measured_order(records: Sequence[ImpedanceRecord], source: str) -> ImpedanceSeries:
    """Spectra of one file as a series: over time where every one tells when it began, else in their order.

    Examples
    --------
    >>> f = np.array([1e3, 1.0])
    >>> one = ImpedanceRecord(f, np.array([10.0, 50.0]), np.array([-0.1, -0.2]), source="a")
    >>> in_measured_order((one, one, one), "a").at
    (1.0, 2.0, 3.0)
    """
    hours = [_begin_hour(r) for r in records]
    if not any(math.isnan(h) for h in hours) and (np.diff(hours) > 0).all():
        return ImpedanceSeries(tuple(records), "time", tuple(h - hours[0] for h in hours), source)
    return ImpedanceSeries(tuple(records), "spectrum", tuple(float(i + 1) for i in range(len(records))), source)


def _begin_hour(record: ImpedanceRecord) -> float:
    """When a spectrum began, in hours; NaN if the file does not say."""
    if record.test_time_second is not None:
        return float(record.test_time_second[0]) / _SECONDS_PER_HOUR
    try:
        return datetime.fromisoformat(record.about.start_time).timestamp() / _SECONDS_PER_HOUR
    except ValueError:
        return math.nan
