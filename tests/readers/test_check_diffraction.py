"""What every pattern is checked for, whichever reader gave it; each with a twin that is right."""

import numpy as np
import pytest

from limetal.errors import BadInputError
from limetal.readers._checks import checked
from limetal.records.diffraction import DiffractionRecord

N = 800
ANGLES = 10 + 0.05 * np.arange(N)
COUNTS = np.round(40 + 900 * np.exp(-((np.arange(N) - 300.0) ** 2) / 50))


def notes(angles=ANGLES, counts=COUNTS, **more):
    return checked(DiffractionRecord(angles, counts, source="x", **more)).warnings


def test_a_good_pattern_is_left_alone():
    record = DiffractionRecord(ANGLES, COUNTS, source="x", wavelength_angstrom=1.5406, anode="Cu")
    assert checked(record) is record
    assert notes(wavelength_angstrom=0.414581) == ()
    assert notes(wavelength_angstrom=1.494) == ()


def test_negative_intensities_and_constant_ones():
    below = int((COUNTS < 45).sum())
    assert notes(counts=COUNTS - 45)[0].startswith(f"{below} of 800 intensities are negative, to -5")
    assert notes(counts=np.full(N, 7.0)) == ("all intensities are 7",)
    assert notes(counts=np.zeros(N)) == ("all intensities are 0",)


def test_angles_that_do_not_rise():
    angles = ANGLES.copy()
    angles[5] = angles[4]
    assert notes(angles) == ("2θ does not rise at row 6: 10.2 deg after 10.2 deg (1 such places)",)
    assert notes(ANGLES[::-1]) == ("2θ falls from point to point: the scan ran downwards",)


def test_radians_for_degrees():
    (note,) = notes(np.deg2rad(ANGLES))
    assert note.endswith("these may be radians, not degrees")
    # a synchrotron begins at small angles too, in steps of a thousandth
    assert notes(0.5 + 0.001 * np.arange(N)) == ()


def test_wavelengths():
    assert "it may be in nm" in notes(wavelength_angstrom=0.0414581)[0]
    assert "is its unit right?" in notes(wavelength_angstrom=154.06)[0]
    assert "none of Cu" in notes(wavelength_angstrom=0.7093, anode="Cu")[0]
    assert notes(wavelength_angstrom=1.39225, anode="Cu") == ()  # its Kβ
    assert "not those of Kα1 and Kα2" in notes(wavelength_angstrom=1.5406, wavelength_2_angstrom=1.39222)[0]
    assert notes(wavelength_angstrom=1.5406, wavelength_2_angstrom=1.54439, ratio_2_to_1=0.5) == ()
    assert "2 times as strong" in notes(wavelength_angstrom=1.5406, wavelength_2_angstrom=1.54439, ratio_2_to_1=2.0)[0]


def test_nanometres_of_a_known_anode_are_repaired_and_said():
    record = DiffractionRecord(
        ANGLES, COUNTS, source="x", anode="Cu", wavelength_angstrom=0.15406, wavelength_2_angstrom=0.154439
    )
    mended = checked(record)
    assert mended.wavelength_angstrom == pytest.approx(1.5406)
    assert mended.wavelength_2_angstrom == pytest.approx(1.54439)
    assert mended.warnings == ("the wavelength 0.15406 is that of Cu in nm, so it was multiplied by 10",)


def test_swapped_columns_are_refused():
    counts = np.round(20 + 100 * np.exp(-((np.arange(N) - 300.0) ** 2) / 50) + np.arange(N) % 3)
    with pytest.raises(BadInputError, match="not one in the place of the other"):
        notes(counts, ANGLES)
    assert notes(ANGLES, counts) == ()
