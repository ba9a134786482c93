"""Whether the numbers of an electron spectrum belong together: energies, counts, and how they were measured."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from limetal.records.base import Floats
from limetal.records.photoelectrons import PhotoelectronRecord

__all__ = ["checked"]

#: Electrons from above the Fermi level do not exist; noise is measured this far beyond it.
_BEYOND_FERMI_EV = 30.0
#: Energies that are written with few digits differ by this from equal steps.
_STEP_SPREAD = 0.05
_ROUNDING_EV = 1e-3
#: Kinetic and binding energies of one file agree to this, with the work function (up to 6 eV) or without it.
_SUM_EV, _WORK_FUNCTION_EV = 0.02, 6.5
_PHOTON_EV = (4.0, 20_000.0)
_DWELL_S = (1e-6, 1e5)
#: Where lines of solids lie, to 15 eV (X-ray Data Booklet, LBNL 2009, table 1-1; N, O and F as in oxides and salts).
_LINES_EV = {
    "li1s": 55, "b1s": 188, "c1s": 284, "n1s": 402, "o1s": 533, "f1s": 687, "na1s": 1071, "mg1s": 1303, "mg2p": 50,
    "al2p": 73, "si2p": 99, "p2p": 132, "s2p": 163, "cl2p": 200, "ca2p": 347, "ti2p": 456, "cr2p": 575, "mn2p": 640,
    "fe2p": 707, "co2p": 780, "ni2p": 854, "cu2p": 934, "zn2p": 1022, "sn3d": 486, "ag3d": 369, "au4f": 84, "pt4f": 71,
}  # fmt: skip
_NEAR_EV = 25.0


def checked(record: PhotoelectronRecord) -> PhotoelectronRecord:
    """Return the record with what was noticed; nothing is repaired, because no other reading is certain.

    Examples
    --------
    >>> import numpy as np
    >>> energy = np.array([1203.0, 1202.0, 1201.0])
    >>> spectrum = PhotoelectronRecord(energy, None, np.array([1.0, 5.0, 2.0]), source="x", photon_energy_eV=1000.0)
    >>> checked(spectrum).warnings
    ('binding energies reach 1203 eV, beyond the photons of 1000 eV: are they kinetic, or is the photon energy wrong?',)
    """
    said = [*_axes(record), *_limits(record), *_line(record), *_intensity(record), *_measurement(record)]
    return record.warned(*(sentence for sentence in said if sentence not in record.warnings))


def _axes(record: PhotoelectronRecord) -> Iterator[str]:
    """Direction and steps of the energy, and the sum of both energies."""
    for name, energy in _energies(record):
        steps = np.diff(energy)
        if (steps == 0).any() or ((steps > 0).any() and (steps < 0).any()):
            turn = steps * np.sign(np.median(steps) or 1.0) <= 0
            yield f"{name} energy turns or stands still at point {int(np.argmax(turn)) + 2}: are two scans joined?"
            continue
        size = np.abs(steps)
        middle = float(np.median(size))
        off = np.abs(size - middle) > _STEP_SPREAD * middle + _ROUNDING_EV
        if off.any():
            yield (
                f"{name} energy moves in steps of {size.min():.4g} to {size.max():.4g} eV, first another at point "
                f"{int(np.argmax(off)) + 2}: are points missing, or scans joined?"
            )
    binding, kinetic = record.binding_energy_electronvolt, record.kinetic_energy_electronvolt
    if binding is None or kinetic is None:
        return
    total = binding + kinetic
    if float(np.ptp(total)) > _SUM_EV + _ROUNDING_EV:
        yield f"binding plus kinetic energy runs from {total.min():.6g} to {total.max():.6g} eV: one of them is wrong"
    elif record.photon_energy_eV is not None:
        left = record.photon_energy_eV - float(np.median(total))
        if not -_WORK_FUNCTION_EV <= left <= _WORK_FUNCTION_EV:
            photon = record.photon_energy_eV
            yield f"binding plus kinetic energy is {left:+.4g} eV from the photon energy of {photon:g} eV"


def _limits(record: PhotoelectronRecord) -> Iterator[str]:
    """What photons of the energy stated cannot do."""
    photon = record.photon_energy_eV
    for name, energy in _energies(record):
        other = "kinetic" if name == "binding" else "binding"
        if photon is not None and photon > 0:
            room = 0.0 if name == "binding" else _BEYOND_FERMI_EV
            if float(energy.max()) > photon + room:
                yield (
                    f"{name} energies reach {energy.max():g} eV, beyond the photons of {photon:g} eV: "
                    f"are they {other}, or is the photon energy wrong?"
                )
        if name == "binding" and float(energy.max()) < -_BEYOND_FERMI_EV:
            yield f"binding energies are all below {energy.max():g} eV: is their sign the other one?"
        if name == "kinetic" and float(energy.min()) < -_ROUNDING_EV:
            yield f"kinetic energies reach {energy.min():g} eV, below zero: are they binding energies?"


def _line(record: PhotoelectronRecord) -> Iterator[str]:
    """Whether the line that the region is named for lies in it, or would if binding and kinetic were exchanged."""
    photon = record.photon_energy_eV
    name = re.match(r"[a-z]{1,2}[1-4][spdf]", re.sub(r"[\s_]", "", record.region.lower()))
    line = _LINES_EV.get(name[0]) if name else None
    if (
        line is None
        or photon is None
        or (record.binding_energy_electronvolt is not None) == (record.kinetic_energy_electronvolt is not None)
    ):
        return
    ((kind, energy),) = _energies(record)
    stated = energy if kind == "binding" else photon - energy
    exchanged = photon - energy if kind == "binding" else energy
    if not _holds(stated, line) and _holds(exchanged, line):
        other = "kinetic" if kind == "binding" else "binding"
        yield (
            f"the region is named {record.region}, near {line} eV of binding energy, which lies in it if its energies "
            f"({energy.min():g} to {energy.max():g} eV) are {other}, not if they are {kind} as the file says"
        )


def _holds(binding: Floats, line: float) -> bool:
    return float(binding.min()) - _NEAR_EV <= line <= float(binding.max()) + _NEAR_EV


def _intensity(record: PhotoelectronRecord) -> Iterator[str]:
    low, high = float(record.intensity.min()), float(record.intensity.max())
    if low < 0 and record.intensity_unit != "a.u.":
        count = int((record.intensity < 0).sum())
        yield f"{record.intensity_unit} are negative in {count} of {record.rows} points: was a background subtracted?"
    if low == high:
        yield f"the intensity is {low:g} throughout"


def _measurement(record: PhotoelectronRecord) -> Iterator[str]:
    """Photon energy, pass energy, dwell time, scans and etching that no instrument has."""
    photon, passing, dwell = record.photon_energy_eV, record.pass_energy_eV, record.dwell_time_s
    if photon is not None and not _PHOTON_EV[0] <= photon <= _PHOTON_EV[1]:
        yield f"the photon energy is {photon:g} eV"
    if passing is not None and not 0 < passing <= 5000:
        yield f"the pass energy is {passing:g} eV"
    if dwell is not None and not _DWELL_S[0] <= dwell <= _DWELL_S[1]:
        yield f"the dwell time is {dwell:g} s"
    if record.scans is not None and (record.scans < 1 or record.scans != round(record.scans)):
        yield f"the number of scans is {record.scans:g}"
    if record.etch_time_s is not None and record.etch_time_s < 0:
        yield f"the etch time is {record.etch_time_s:g} s"


def _energies(record: PhotoelectronRecord) -> list[tuple[str, Floats]]:
    both = (("binding", record.binding_energy_electronvolt), ("kinetic", record.kinetic_energy_electronvolt))
    return [(name, energy) for name, energy in both if energy is not None]
