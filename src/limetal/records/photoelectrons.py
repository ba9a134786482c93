"""Photoelectron (and related electron) spectra: intensity against binding or kinetic energy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from limetal.errors import BadInputError
from limetal.records.base import Column, Floats, Record

__all__ = ["PhotoelectronRecord", "StoredPeak"]


@dataclass(frozen=True)
class StoredPeak:
    """One component of a fit that another program stored in the file, in that program's own numbers.

    ``position_eV`` is in the energy scale of the record; what the file does not give is None. ``shape`` is the
    program's name of the line shape, word for word.
    """

    name: str
    position_eV: float | None = None
    fwhm_eV: float | None = None
    area: float | None = None
    shape: str = ""
    background: str = ""


@dataclass(frozen=True, eq=False)
class PhotoelectronRecord(Record):
    """One region of one spectrum (of one level of a depth profile).

    Attributes
    ----------
    binding_energy_electronvolt, kinetic_energy_electronvolt : (n,) float or None
        At least one is there; both where the file gives the photon energy and says how they belong together.
    intensity : (n,) float
        In ``intensity_unit``.
    intensity_unit
        ``"counts"``, ``"counts/s"`` or ``"a.u."`` where the file does not say.
    region
        As the file calls it: ``"C 1s"``, ``"survey"``.
    photon_energy_eV, pass_energy_eV, dwell_time_s, work_function_eV
        As the file states them; None if it does not.
    scans
        Sweeps summed up or averaged; None if the file does not say.
    etch_time_s
        Sputtering before this spectrum; None if it is no depth profile.
    stored_peaks
        Fit that another program stored in the file.

    Examples
    --------
    >>> import numpy as np
    >>> PhotoelectronRecord(np.array([290.0, 284.8]), None, np.array([5.0, 70.0]), source="x", region="C 1s").rows
    2
    """

    binding_energy_electronvolt: Floats | None
    kinetic_energy_electronvolt: Floats | None
    intensity: Floats
    intensity_unit: str = "counts"
    region: str = ""
    photon_energy_eV: float | None = None
    pass_energy_eV: float | None = None
    dwell_time_s: float | None = None
    work_function_eV: float | None = None
    scans: float | None = None
    etch_time_s: float | None = None
    stored_peaks: tuple[StoredPeak, ...] = ()

    kind: ClassVar[str] = "photoelectrons"
    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("binding_energy_electronvolt", "eV", "binding energy"),
        Column("kinetic_energy_electronvolt", "eV", "kinetic energy"),
        Column("intensity", "", "intensity", needed=True),
    )

    def __post_init__(self) -> None:
        """Refuse a spectrum without an energy."""
        super().__post_init__()
        if self.binding_energy_electronvolt is None and self.kinetic_energy_electronvolt is None:
            raise BadInputError(self.source, "an intensity and no energy", "binding or kinetic energy")
