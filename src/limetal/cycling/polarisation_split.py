"""The gap between charge and discharge of a full cell, split by what a symmetric cell of the same lithium shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.cycles import cycles
from limetal.errors import BadInputError
from limetal.physics.constants import MA_PER_A
from limetal.physics.polarisation import GapShares, gap_shares_V
from limetal.records.cycling import CyclingRecord

__all__ = ["PolarisationSplit", "SymmetricCell", "polarisation_split"]

Floats = NDArray[np.float64]

#: Currents of a ladder are not used beyond its ends by more than this part.
BEYOND = 0.02


@dataclass(frozen=True, eq=False)
class SymmetricCell:
    r"""What a symmetric cell of the same lithium and electrolyte shows.

    Attributes
    ----------
    current_density_mA_cm2, volt : (n,) float
        A ladder: current densities, rising, and \|voltage\| at each (mean of plating and stripping). One pair is a
        resistance, taken for every current.
    electrolyte_ohm_cm2
        Resistance of separator and electrolyte times area; None if not known.

    Raises
    ------
    BadInputError
        If currents do not rise, a value is not above zero, or the electrolyte has more than the whole cell.
    """

    current_density_mA_cm2: Floats
    volt: Floats
    electrolyte_ohm_cm2: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is no symmetric cell."""
        j, volt = self.current_density_mA_cm2, self.volt
        if j.ndim != 1 or j.shape != volt.shape or not j.size:
            raise BadInputError("symmetric cell", f"shapes {j.shape} and {volt.shape}", "a voltage for every current")
        if not ((j > 0).all() and (volt > 0).all() and (np.diff(j) > 0).all()):
            raise BadInputError(
                "symmetric cell", "a ladder that does not rise from zero", "rising currents, voltages > 0"
            )
        least = float((MA_PER_A * volt / j).min())
        if self.electrolyte_ohm_cm2 is not None and not 0 <= self.electrolyte_ohm_cm2 <= least * (1 + 1e-9):
            found = f"an electrolyte of {self.electrolyte_ohm_cm2:g} ohm cm2"
            raise BadInputError("symmetric cell", found, f"zero to the {least:.4g} ohm cm2 of the symmetric cell")

    def at(self, j: Floats) -> Floats:
        r"""\|Voltage\| at current densities: along the ladder, from zero; NaN beyond its last current.

        Examples
        --------
        >>> SymmetricCell(np.array([1.0, 2.0]), np.array([0.02, 0.03])).at(np.array([0.5, 1.5, 3.0])).tolist()
        [0.01, 0.025, nan]
        """
        if self.volt.size == 1:
            return np.asarray(j * self.volt[0] / self.current_density_mA_cm2[0])
        ladder = np.concatenate([[0.0], self.current_density_mA_cm2])
        found = np.interp(j, ladder, np.concatenate([[0.0], self.volt]))
        return np.where(j > ladder[-1] * (1 + BEYOND), np.nan, found)


@dataclass(frozen=True, eq=False)
class PolarisationSplit:
    """Gap and shares of every complete cycle; arrays of one value each.

    Attributes
    ----------
    cycle
        Number of the cycle.
    gap_V
        Mean charge voltage minus mean discharge voltage (charge-weighted).
    charge_mA_cm2, discharge_mA_cm2
        Mean current densities.
    least, most
        Shares if the electrolyte had no resistance, and if it had the whole of the symmetric cell's; both are the
        same where the resistance of the electrolyte is known.
    warnings
        What was left out.
    """

    cycle: NDArray[np.int64]
    gap_V: Floats
    charge_mA_cm2: Floats
    discharge_mA_cm2: Floats
    least: GapShares
    most: GapShares
    warnings: tuple[str, ...]


def polarisation_split(record: CyclingRecord, symmetric: SymmetricCell) -> PolarisationSplit:
    """Shares of lithium, electrolyte and positive electrode in the gap of every complete cycle.

    Raises
    ------
    BadInputError
        If the record has no complete cycle or its area is not given.

    References
    ----------
    Sums of voltages in series; see `limetal.physics.polarisation` for the formula and what it assumes.

    Examples
    --------
    >>> from limetal.records.cells import CellContext
    >>> t = np.arange(0.0, 7201.0, 60.0)
    >>> current = np.where(t < 3600, 2e-3, -2e-3)
    >>> cell = CellContext("full", area_cm2=1.0)
    >>> record = CyclingRecord(t, np.where(current > 0, 3.9, 3.6), current, source="one cycle", cell=cell)
    >>> symmetric = SymmetricCell(np.array([2.0]), np.array([0.1]), electrolyte_ohm_cm2=10.0)
    >>> split = polarisation_split(record, symmetric)
    >>> split.most.lithium_V.round(4).tolist(), split.most.positive_V.round(4).tolist()
    ([0.08], [0.18])
    """
    found = cycles(record)
    area = record.cell.area_cm2 if record.cell is not None else None
    if area is None:
        raise BadInputError(record.source, "an area that is not given", "the area (--cell area=1.13cm2)")
    runs = found.runs
    gap = runs.mean_volt[found.charge] - runs.mean_volt[found.discharge]
    j_charge, j_discharge = runs.mean_current_mA[found.charge] / area, runs.mean_current_mA[found.discharge] / area
    both = symmetric.at(j_charge), symmetric.at(j_discharge)
    known = symmetric.electrolyte_ohm_cm2
    least = gap_shares_V(gap, j_charge, j_discharge, *both, 0.0 if known is None else known)
    most = least if known is not None else GapShares(0.0 * gap, both[0] + both[1], gap - both[0] - both[1])
    words = list(found.warnings)
    beyond = int(np.isnan(both[0] + both[1]).sum())
    if beyond:
        words.append(f"in {beyond} cycles the current density is above that of the symmetric cell's ladder: no shares")
    unequal = int((np.abs(j_charge - j_discharge) > 0.05 * j_discharge).sum())
    if unequal:
        words.append(
            f"in {unequal} cycles charge and discharge differ in current: plating and stripping are taken to need the "
            "same overpotential"
        )
    return PolarisationSplit(found.number, gap, j_charge, j_discharge, least, most, tuple(words))
