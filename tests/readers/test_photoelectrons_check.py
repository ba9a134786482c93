"""What the check of electron spectra notices; each with a twin that must pass in silence."""

import re

import numpy as np
import pytest

from limetal.readers._checks.photoelectrons import checked
from limetal.records.photoelectrons import PhotoelectronRecord

BINDING = 300.0 - 0.1 * np.arange(100)
PHOTON = 1486.6
COUNTS = 100.0 + np.arange(100) % 7


def spectrum(binding=BINDING, kinetic=None, intensity=COUNTS, **known):
    known.setdefault("photon_energy_eV", PHOTON)
    return PhotoelectronRecord(binding, kinetic, intensity, source="x", **known)


SOUND = (
    spectrum(region="C 1s"),
    spectrum(None, PHOTON - BINDING, region="C1s"),
    spectrum(BINDING, PHOTON - BINDING),
    spectrum(BINDING, PHOTON - BINDING - 4.5),
    spectrum(BINDING[::-1]),
    spectrum(np.round(BINDING, 2)),
    spectrum(photon_energy_eV=None, dwell_time_s=0.1, scans=50, pass_energy_eV=20, etch_time_s=0),
    spectrum(intensity=COUNTS - 105, intensity_unit="a.u."),
    spectrum(BINDING - 295),  # a valence band with noise above the Fermi level
    spectrum(None, np.linspace(1480, 1500, 100)),
)
JOINED = np.concatenate([BINDING[:50], BINDING[:50]])
ODD = (
    (spectrum(None, BINDING + PHOTON), r"kinetic energies reach 1786.6 eV, beyond the photons.*are they binding"),
    (spectrum(PHOTON + 50 + BINDING), "binding energies reach .* beyond the photons of 1486.6 eV: are they kinetic"),
    (spectrum(PHOTON - BINDING, region="C 1s"), r"named C 1s, near 284 eV.* are kinetic, not if they are binding"),
    (spectrum(None, BINDING, region="C1s loss"), r"are binding, not if they are kinetic as the file says"),
    (spectrum(-BINDING, photon_energy_eV=None), "is their sign the other one"),
    (spectrum(None, BINDING - 295), "kinetic energies reach .* below zero"),
    (spectrum(intensity=COUNTS - 105), r"counts are negative in \d+ of 100 points"),
    (spectrum(intensity=COUNTS - 105, intensity_unit="counts/s"), "counts/s are negative"),
    (spectrum(intensity=np.zeros(100)), "the intensity is 0 throughout"),
    (spectrum(JOINED), "binding energy turns or stands still at point 51"),
    (
        spectrum(np.delete(BINDING, 40).repeat(1), None, COUNTS[:99]),
        "steps of 0.1 to 0.2 eV, first another at point 41",
    ),
    (spectrum(BINDING, PHOTON - BINDING[::-1]), "binding plus kinetic energy runs from"),
    (spectrum(BINDING, PHOTON - BINDING - 30), r"is \+30 eV from the photon energy"),
    (spectrum(photon_energy_eV=1.4866e6), "the photon energy is 1.4866e"),
    (spectrum(pass_energy_eV=-20), "the pass energy is -20 eV"),
    (spectrum(dwell_time_s=0), "the dwell time is 0 s"),
    (spectrum(scans=2.5), "the number of scans is 2.5"),
    (spectrum(scans=0), "the number of scans is 0"),
    (spectrum(etch_time_s=-1), "the etch time is -1 s"),
)


@pytest.mark.parametrize("record", SOUND)
def test_sound_spectrum_passes_in_silence(record):
    assert checked(record) is record


@pytest.mark.parametrize(("record", "sentence"), ODD)
def test_what_is_odd_is_said_once(record, sentence):
    warned = checked(record)
    assert [w for w in warned.warnings if re.search(sentence, w)], warned.warnings
    assert checked(warned).warnings == warned.warnings
    np.testing.assert_array_equal(warned.intensity, record.intensity)
