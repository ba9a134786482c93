"""Arrays that cannot be a spectrum are refused, with a twin of each that passes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.impedance.checks import check_spectrum, looks_angular, sign_evidence

F = np.logspace(5, -1, 61)


def cell(f=F, r=20.0, tau=2e-3, n=0.8, warburg=4.0):
    jw = 2j * np.pi * f
    return 5 + r / (1 + (jw * tau) ** n) + warburg / np.sqrt(jw)


def refused(f, z, words, time=None):
    with pytest.raises(BadInputError) as caught:
        check_spectrum(f, z, time)
    assert words in str(caught.value)


def changed(values, value):
    values = values.copy()
    values[7] = value
    return values


@pytest.mark.parametrize(
    ("f", "z", "words"),
    [
        (F[:2], cell()[:2], "2 points"),
        (F[:-1], cell(), "one complex impedance per point"),
        (F.reshape(1, -1), cell().reshape(1, -1), "one complex impedance per point"),
        (changed(F, np.nan), cell(), "point 8: found a frequency that is not a finite"),
        (changed(F, -1.0), cell(), "point 8: found a frequency that is not above zero"),
        (changed(F, 0.0), cell(), "point 8: found a frequency that is not above zero"),
        (F, changed(cell(), np.inf), "point 8: found an impedance that is not a finite"),
        (F, changed(cell(), 0.0), "point 8: found an impedance of zero"),
        (F, cell().conj(), "Im Z positive at 61 of 61"),
        (F, -cell(), "Re Z negative at 61 of 61"),
        (F, -cell().imag + 1j * cell().real, "are the two swapped"),
        (F, -cell().imag - 1j * cell().real, "are the two swapped"),
        (F, cell().imag + 1j * cell().real, "Re Z negative"),
        (2 * np.pi * F, cell(), "radians per second"),
        (F * 1e6, cell(), "frequencies up to 1e+11 Hz"),
    ],
)
def test_no_spectrum_is_refused(f, z, words):
    refused(f, z, words)


def test_the_twin_passes_as_given():
    f, z = check_spectrum(F, cell())
    assert f is F
    np.testing.assert_array_equal(z, cell())
    assert check_spectrum(F[::-1], cell()[::-1])[0].size == 61
    assert check_spectrum(F[:3], cell()[:3])[0].size == 3


def test_a_coil_is_no_capacitor_turned_over():
    coil = 1e-3 + 2j * np.pi * F * 1e-6
    check_spectrum(F, coil)
    refused(F, (1e-3 + 1 / (2j * np.pi * F)).conj(), "as only a capacitor's does")


def test_a_sign_that_nothing_tells_is_refused():
    f = np.array([1.0, 1.1, 1.2, 1.3])
    refused(f, np.full(4, 1 + 1j), "nothing here tells a coil")
    check_spectrum(f, np.full(4, 1 + 0.1j))


def test_kilohertz_are_seen_in_the_times():
    time = np.cumsum(3 / F)
    check_spectrum(F, cell(), time)
    refused(F / 1e3, cell(), "less than a period", time)
    refused(F, cell(), "one time for each point", time[:-1])
    check_spectrum(F / 1e3, cell(), np.arange(61.0))  # a count of points, no time


@given(
    tau=st.floats(-5, 0), n=st.floats(0.55, 1.0), r=st.floats(0, 3), warburg=st.floats(-1, 1.5), seed=st.integers(0, 99)
)
def test_a_noisy_cell_passes_and_its_mirror_does_not(tau, n, r, warburg, seed):
    rng = np.random.default_rng(seed)
    z = cell(r=10**r, tau=10**tau, n=n, warburg=10**warburg)
    z = z * (1 + 0.01 * (rng.standard_normal(61) + 1j * rng.standard_normal(61)))
    check_spectrum(F, z)
    evidence = sign_evidence(F, z)
    assert not evidence.swapped
    assert evidence.sign >= 0
    assert sign_evidence(F, z.conj()).sign == -evidence.sign


def test_angular_frequencies_by_their_ends():
    assert looks_angular(2 * np.pi * F)
    assert not looks_angular(F)
    assert not looks_angular(2 * np.pi * np.linspace(1, 2, 9))  # no half decade
