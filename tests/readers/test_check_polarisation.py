"""Sweeps with made-up mistakes are repaired, refused or doubted; their correct twins pass without a word."""

import numpy as np
import pytest

from limetal.errors import BadInputError
from limetal.readers._checks.polarisation import checked
from limetal.records.polarisation import PolarisationRecord

RATE_V_S = 0.01
E = np.concatenate([np.linspace(-0.3, 0.3, 61), np.linspace(0.29, -0.3, 60)])
UP = np.concatenate([np.ones(61), -np.ones(60)])
I = 1e-4 * np.sinh(15 * E) + 1e-5 * UP  # noqa: E741 - a current
TIME = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(E)))]) / RATE_V_S


def sweep(e=E, i=I, **other) -> PolarisationRecord:
    return PolarisationRecord(e, i, source="x.txt", **other)


def test_correct_sweeps_pass_without_a_word():
    assert checked(sweep(test_time_second=TIME, scan_rate_V_s=RATE_V_S)).warnings == ()
    assert checked(sweep(E[:61], I[:61])).warnings == ()
    peak = np.exp(-(((E - 0.05) / 0.03) ** 2)) * UP
    assert checked(sweep(i=1e-4 * peak + 1e-6 * UP)).warnings == ()
    density = PolarisationRecord(E, None, 400 * I, source="x", area_cm2=2.5)
    assert checked(density).warnings == ()
    assert checked(sweep(current_density_mA_cm2=I * 1e3 / 2.5, area_cm2=2.5)).warnings == ()


def test_millivolts_that_the_scan_rate_proves_become_volts():
    got = checked(sweep(1e3 * E, test_time_second=TIME, scan_rate_V_s=RATE_V_S))
    np.testing.assert_allclose(got.potential_volt, E, atol=1e-12)
    assert len(got.warnings) == 1
    assert "were made volts" in got.warnings[0]


def test_millivolts_without_proof_are_refused():
    with pytest.raises(BadInputError, match="they look like millivolts"):
        checked(sweep(1e3 * E))


def test_small_potentials_with_another_scan_rate_are_doubted():
    got = checked(sweep(1e3 * E * 0.05, test_time_second=TIME, scan_rate_V_s=RATE_V_S * 0.05))
    assert "a thousand times" in got.warnings[0]
    assert "a thousand times" in checked(sweep(test_time_second=TIME, scan_rate_V_s=1e3 * RATE_V_S)).warnings[0]


def test_current_and_density_that_do_not_fit_the_area_are_refused():
    with pytest.raises(BadInputError, match=r"where the file states an area of 2\.5 cm2"):
        checked(sweep(current_density_mA_cm2=I / 2.5, area_cm2=2.5))


def test_milliamperes_are_refused_and_large_currents_doubted():
    with pytest.raises(BadInputError, match="they look like milliamperes"):
        checked(sweep(i=1e8 * I))
    assert "is the unit right" in checked(sweep(i=5e4 * I)).warnings[0]


def test_swapped_columns_are_refused():
    with pytest.raises(BadInputError, match="are they swapped"):
        checked(sweep(I, E))


def test_sweep_of_the_current_passes():
    steps = np.linspace(-1e-3, 1e-3, 51)
    assert checked(sweep(np.arcsinh(steps / 1e-4) / 15, steps)).warnings == ()


def test_magnitude_of_a_current_is_doubted():
    got = checked(sweep(E[:61], np.abs(I[:61])))
    assert "looks like a magnitude without sign" in got.warnings[0]


def test_cathodic_current_alone_is_no_magnitude():
    assert checked(sweep(E[:61], -1e-4 * np.exp(-10 * E[:61]))).warnings == ()


def test_current_that_counts_the_other_way_is_doubted():
    assert "may count cathodic currents positive" in checked(sweep(i=-I)).warnings[0]


def test_current_of_zero_is_said():
    assert checked(sweep(i=0 * I)).warnings == ("the current is zero in every row",)


def test_high_potentials_are_doubted():
    assert "is the unit right" in checked(sweep(E * 50)).warnings[0]
