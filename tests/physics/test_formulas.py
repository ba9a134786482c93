"""Every formula against pint (factors), its own limits, and numbers published or computed by hand elsewhere."""

import math

import numpy as np
import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.physics import capacity, constants, diffraction, kinetics

UREG = pint.UnitRegistry()
POSITIVE = st.floats(1e-3, 1e3)
CURRENT = st.floats(1e-3, 50)


@given(POSITIVE, POSITIVE)
def test_areal_capacity_agrees_with_pint(q_v, d):
    oracle = UREG.Quantity(q_v, "mA*h/cm^3") * UREG.Quantity(d, "um")
    assert capacity.areal_capacity_mAh_cm2(q_v, d) == pytest.approx(oracle.to("mA*h/cm^2").magnitude, rel=1e-12)


@given(POSITIVE, POSITIVE)
def test_positive_capacity_agrees_with_pint(loading, q):
    oracle = UREG.Quantity(loading, "mg/cm^2") * UREG.Quantity(q, "mA*h/g")
    got = capacity.positive_areal_capacity_mAh_cm2(loading, q)
    assert got == pytest.approx(oracle.to("mA*h/cm^2").magnitude, rel=1e-12)


@given(POSITIVE, POSITIVE)
def test_density_agrees_with_pint(q_v, q_m):
    oracle = UREG.Quantity(q_v, "mA*h/cm^3") / UREG.Quantity(q_m, "mA*h/g")
    assert capacity.density_from_capacities_g_cm3(q_v, q_m) == pytest.approx(oracle.to("g/cm^3").magnitude, rel=1e-12)


@given(POSITIVE, POSITIVE, POSITIVE, POSITIVE)
def test_nsc_is_the_positive_capacity_over_the_negative_mass(q, m, m_cc, ratio):
    nsc = capacity.normalised_specific_capacity_mAh_g(q, m, m_cc, ratio)
    assert nsc == pytest.approx((q / ratio) / (m + m_cc), rel=1e-12)


def test_balances_printed_in_the_literature():
    """N/P 1.9 and NSC 947 of doi:10.1038/s41467-026-69155-z follow from 80 um, 1915 mAh/cm3, 8 mAh/cm2, 1800 mAh/g."""
    assert capacity.np_ratio(capacity.areal_capacity_mAh_cm2(1915.0, 80.0), 8.0) == pytest.approx(1.915)
    assert capacity.normalised_specific_capacity_mAh_g(1800, 1, 0, 1.9) == pytest.approx(947.368, abs=1e-3)


@given(st.floats(200, 400))
def test_thermal_voltage_agrees_with_pint(kelvin):
    gas, faraday = UREG.Quantity(1, "molar_gas_constant"), UREG.Quantity(1, "faraday_constant")
    oracle = (gas * UREG.Quantity(kelvin, "kelvin") / faraday).to("V").magnitude
    assert constants.thermal_voltage_V(kelvin) == pytest.approx(oracle, rel=1e-9)


@given(st.floats(-0.3, 0.3), CURRENT, st.floats(250, 350))
def test_overpotential_inverts_butler_volmer(eta, j0, kelvin):
    j = kinetics.butler_volmer_mA_cm2(eta, j0, kelvin)
    assert float(kinetics.overpotential_V(j, j0, kelvin)) == pytest.approx(eta, abs=1e-12)


@given(CURRENT, st.floats(250, 350))
def test_small_current_limit_is_the_charge_transfer_resistance(j0, kelvin):
    j = 1e-6 * j0
    slope = float(kinetics.overpotential_V(j, j0, kelvin)) / j * 1e3
    assert slope == pytest.approx(kinetics.areal_charge_transfer_resistance_ohm_cm2(j0, kelvin), rel=1e-9)


def test_large_current_limit_is_the_tafel_line():
    """A decade of current costs 2 ln(10) RT/F for a transfer coefficient of one half: 118.3 mV at 25 degC."""
    step = float(kinetics.overpotential_V(1e5, 1.0) - kinetics.overpotential_V(1e4, 1.0))
    assert step == pytest.approx(2 * math.log(10) * constants.thermal_voltage_V(), rel=1e-6)
    assert 1e3 * step == pytest.approx(118.3, abs=0.1)


@given(CURRENT, CURRENT, st.floats(0, 500), st.floats(0, 50))
def test_cell_voltage_is_odd_and_adds_films_and_electrolyte(j, j0, film, electrolyte):
    v = float(kinetics.symmetric_cell_voltage_V(j, j0, film, electrolyte))
    assert float(kinetics.symmetric_cell_voltage_V(-j, j0, film, electrolyte)) == pytest.approx(-v)
    ohmic = UREG.Quantity(2 * film + electrolyte, "ohm*cm^2") * UREG.Quantity(j, "mA/cm^2")
    assert v == pytest.approx(2 * float(kinetics.overpotential_V(j, j0)) + ohmic.to("V").magnitude, rel=1e-9)


@pytest.mark.parametrize(("j", "j0", "mV"), [(1, 0.011, 463), (1, 0.089, 249), (10, 0.011, 700), (10, 0.089, 485)])
def test_cell_voltages_computed_independently(j, j0, mV):
    """Numbers of a separate hand calculation for two flat electrodes at 25 degC."""
    assert 1e3 * float(kinetics.symmetric_cell_voltage_V(j, j0)) == pytest.approx(mV, abs=0.6)


def test_arrays_keep_their_shape():
    j = np.array([[1.0, -2.0], [0.0, 4.0]])
    assert kinetics.symmetric_cell_voltage_V(j, 1.0).shape == (2, 2)
    assert kinetics.symmetric_cell_voltage_V(j, 1.0)[1, 0] == 0.0


@given(st.floats(5, 150), st.floats(0.5, 2.5))
def test_bragg_both_ways(two_theta, wavelength):
    d = diffraction.bragg_d_angstrom(two_theta, wavelength)
    assert diffraction.bragg_two_theta_deg(d, wavelength) == pytest.approx(two_theta, rel=1e-9)


def test_bragg_of_silicon_standard():
    """Silicon (111), a = 5.431179 angstrom (NIST SRM 640f): 28.441 deg with Cu K-alpha1 1.5405929 angstrom."""
    assert diffraction.bragg_two_theta_deg(5.431179 / math.sqrt(3), 1.5405929) == pytest.approx(28.441, abs=2e-3)


@pytest.mark.parametrize("angle", [0.0, -3.0, 181.0])
def test_bragg_refuses_impossible_angles(angle):
    with pytest.raises(BadInputError, match="two_theta"):
        diffraction.bragg_d_angstrom(angle, 1.54)


@pytest.mark.parametrize("d", [0.0, 0.5, -1.0])
def test_bragg_refuses_spacings_below_half_the_wavelength(d):
    with pytest.raises(BadInputError, match="half the wavelength"):
        diffraction.bragg_two_theta_deg(d, 1.54)
