"""Whether the numbers of a diffraction pattern belong together: angles, intensities, wavelength."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from limetal.errors import BadInputError
from limetal.records.diffraction import DiffractionRecord

__all__ = ["checked"]

#: Wavelengths in use: synchrotrons and Ag Kα near 0.1 to 0.6, Cr Kα 2.29, neutrons up to 3 angstrom.
SHORTEST_ANGSTROM, LONGEST_ANGSTROM = 0.1, 3.0
ANGSTROM_PER_NM = 10.0
#: Kα1 of the anodes in use (International Tables for Crystallography C, table 4.2.2.4), to tell a unit from another.
K_ALPHA_1_ANGSTROM = {
    "Ag": 0.55942, "Mo": 0.70932, "Ga": 1.34014, "Cu": 1.54059, "Co": 1.78900, "Fe": 1.93608, "Mn": 2.10185,
    "Cr": 2.28973,
}  # fmt: skip
_SAME = 0.01
_FULL_TURN_RAD = 2.0 * np.pi
_FINEST_STEP_DEG = 9e-4  # in radians a step of 0.05 deg is below it
_FEW = 10


def checked(record: DiffractionRecord) -> DiffractionRecord:
    """Return the record with what was noticed.

    Raises
    ------
    BadInputError
        If angle and intensity can only have changed places.

    Examples
    --------
    >>> import numpy as np
    >>> angles = 10 + 0.02 * np.arange(20)
    >>> counts = np.where(np.arange(20) == 9, 900.0, 40.0)
    >>> checked(DiffractionRecord(angles, counts, source="x")).warnings
    ()
    >>> checked(DiffractionRecord(angles, counts - 50, source="x")).warnings
    ('19 of 20 intensities are negative, to -10: a background was taken off, or it is another quantity',)
    """
    _refuse_swapped(record)
    record, repaired = _in_angstrom(record)
    notes = [*_of_angles(record), *_of_intensities(record), *repaired, *_of_wavelengths(record)]
    return record.warned(*(note for note in notes if note not in record.warnings))


def _rises_evenly(values: np.ndarray) -> bool:
    steps = np.diff(values)
    middle = float(np.median(steps))
    return middle > 0 and bool(np.all(np.abs(steps - middle) <= 0.02 * middle + 1e-4))


def _refuse_swapped(record: DiffractionRecord) -> None:
    """Refuse a pattern whose intensities rise in equal steps like angles while its angles jump like intensities."""
    angle, intensity = record.two_theta_degree, record.intensity
    if record.rows < _FEW or np.any(np.abs(intensity) > 180.0) or not _rises_evenly(intensity):
        return
    if np.any(np.diff(angle) < 0) and np.any(np.diff(angle) > 0):
        found = "angles that go up and down, and intensities that rise in equal steps"
        raise BadInputError(record.source, found, "2θ and intensity, not one in the place of the other")


def _of_angles(record: DiffractionRecord) -> list[str]:
    angle = record.two_theta_degree
    steps = np.diff(angle)
    notes = []
    if np.all(steps < 0):
        notes.append("2θ falls from point to point: the scan ran downwards")
    elif not np.all(steps > 0):
        row = int(np.argmax(steps <= 0))
        notes.append(
            f"2θ does not rise at row {row + 2}: {angle[row + 1]:g} deg after {angle[row]:g} deg "
            f"({int(np.sum(steps <= 0))} such places)"
        )
    span = float(np.ptp(angle))
    finest = float(np.median(np.abs(steps)))
    if record.rows > 100 and 0 < finest < _FINEST_STEP_DEG and np.max(np.abs(angle)) < _FULL_TURN_RAD and span > 0.3:
        reach = f"2θ goes from {angle.min():.4g} to {angle.max():.4g} in steps of {finest:.2g}"
        notes.append(f"{reach}: these may be radians, not degrees")
    return notes


def _of_intensities(record: DiffractionRecord) -> list[str]:
    intensity = record.intensity
    if np.ptp(intensity) == 0:
        return [f"all intensities are {intensity[0]:g}"]
    notes = []
    below = intensity < 0
    if below.any():
        notes.append(
            f"{int(below.sum())} of {intensity.size} intensities are negative, to {intensity.min():g}: "
            "a background was taken off, or it is another quantity"
        )
    std = record.intensity_std
    if std is not None and np.any(std < 0):
        notes.append(f"{int(np.sum(std < 0))} standard uncertainties of the intensity are negative")
    return notes


def _in_angstrom(record: DiffractionRecord) -> tuple[DiffractionRecord, list[str]]:
    """Return the record with wavelengths in angstrom where the anode shows that the file has them in nm."""
    known, main = K_ALPHA_1_ANGSTROM.get(record.anode.strip().capitalize()), record.wavelength_angstrom
    if known is None or main is None or abs(main * ANGSTROM_PER_NM / known - 1.0) > _SAME:
        return record, []
    second = record.wavelength_2_angstrom
    if second is not None and abs(second / main - 1.0) < _SAME:
        second *= ANGSTROM_PER_NM
    mended = replace(record, wavelength_angstrom=main * ANGSTROM_PER_NM, wavelength_2_angstrom=second)
    return mended, [f"the wavelength {main:g} is that of {record.anode} in nm, so it was multiplied by 10"]


def _of_wavelengths(record: DiffractionRecord) -> list[str]:
    notes = []
    main, second = record.wavelength_angstrom, record.wavelength_2_angstrom
    for length in (main, second):
        if length is not None and not SHORTEST_ANGSTROM <= length <= LONGEST_ANGSTROM:
            span = f"{SHORTEST_ANGSTROM} to {LONGEST_ANGSTROM}"
            doubt = "it may be in nm" if length < SHORTEST_ANGSTROM else "is its unit right?"
            notes.append(f"a wavelength of {length:g} angstrom is outside {span}: {doubt}")
    known = K_ALPHA_1_ANGSTROM.get(record.anode.strip().capitalize())
    if known is not None and main is not None and not 0.85 * known < main < 1.02 * known:  # Kβ is 10 % shorter
        notes.append(f"the wavelength {main:g} angstrom is none of {record.anode}, whose Kα1 has {known:g}")
    if main is not None and second is not None and not 1.0 <= second / main < 1.02:
        notes.append(f"the wavelengths {main:g} and {second:g} angstrom are not those of Kα1 and Kα2 of one anode")
    ratio = record.ratio_2_to_1
    if ratio is not None and not 0 < ratio <= 1:
        notes.append(f"Kα2 is said to be {ratio:g} times as strong as Kα1, where about 0.5 is usual")
    return notes
