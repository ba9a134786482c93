"""What the exports of SPECS programs (SpecsLab 2, Prodigy) share: which scan modes move along the energy."""

from __future__ import annotations

__all__ = ["PHOTON_METHODS", "no_energy_scan", "photon_energy"]

#: In these modes each point has its own energy, in equal steps.
_ENERGY_MODES = ("FixedAnalyzerTransmission", "FixedRetardingRatio", "FixedTransmission", "FAT", "FRR")
_SNAPSHOTS = ("Snapshot", "SnapshotFAT")
#: What the points of other modes stand for.
_OTHER = {
    "FixedEnergies": "points one after the other at fixed energies",
    "ConstantFinalState": "photon energies at one kinetic energy",
    "ConstantInitialState": "photon energies at one binding energy",
    "DetectorVoltageScan": "voltages of the detector",
    "LogicalVoltageScan": "voltages",
}
PHOTON_METHODS = ("XPS", "UPS", "XPS/UPS", "ARPES", "ESCA")


def no_energy_scan(mode: str) -> str:
    """Say what the points of a scan mode are; empty where they are energies.

    Examples
    --------
    >>> no_energy_scan("FixedAnalyzerTransmission"), no_energy_scan("ConstantFinalState")
    ('', 'its points are photon energies at one kinetic energy (ConstantFinalState), not a spectrum')
    """
    if not mode or mode in _ENERGY_MODES or mode in _SNAPSHOTS:
        return ""
    return f"its points are {_OTHER.get(mode, 'of an unknown kind')} ({mode}), not a spectrum"


def photon_energy(method: str, excitation: float | None) -> float | None:
    """Photon energy where the method works with photons; other methods use the same field for ions or electrons.

    Examples
    --------
    >>> photon_energy("XPS", 1486.61), photon_energy("ISS", 0.0)
    (1486.61, None)
    """
    return excitation if excitation and excitation > 0 and method in PHOTON_METHODS else None
