"""Shares of the gap between charge and discharge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.physics.kinetics import symmetric_cell_voltage_V
from limetal.physics.polarisation import gap_shares_V

J = st.floats(0.05, 10.0)
R = st.floats(0.1, 200.0)


@given(J, R, R, R)
def test_a_cell_of_resistances_is_split_as_it_was_built(j, lithium, electrolyte, positive):
    """Per interface of lithium R_Li, electrolyte R_E, positive R_+; charge and discharge each cross all three once."""
    gap = 2 * j * (lithium + electrolyte + positive) / 1e3
    symmetric = j * (2 * lithium + electrolyte) / 1e3
    shares = gap_shares_V(gap, j, j, symmetric, symmetric, electrolyte)
    assert shares.lithium_V == pytest.approx(2 * j * lithium / 1e3, rel=1e-9, abs=1e-12)
    assert shares.electrolyte_V == pytest.approx(2 * j * electrolyte / 1e3, rel=1e-12)
    assert shares.positive_V == pytest.approx(2 * j * positive / 1e3, rel=1e-6, abs=1e-9)


@given(J, J, R, R, R)
def test_unequal_currents_of_a_linear_cell(j_c, j_d, lithium, electrolyte, positive):
    gap = (j_c + j_d) * (lithium + electrolyte + positive) / 1e3
    symmetric = [j * (2 * lithium + electrolyte) / 1e3 for j in (j_c, j_d)]
    shares = gap_shares_V(gap, j_c, j_d, *symmetric, electrolyte)
    assert shares.lithium_V == pytest.approx((j_c + j_d) * lithium / 1e3, rel=1e-6)
    assert shares.positive_V == pytest.approx((j_c + j_d) * positive / 1e3, rel=1e-4, abs=1e-9)


@given(J, st.floats(0.001, 0.2), st.floats(0.001, 0.2), R)
def test_plating_and_stripping_need_not_be_alike(j, plate, strip, electrolyte):
    ohmic = j * electrolyte / 1e3
    shares = gap_shares_V(
        0.1 + plate + strip + 2 * ohmic, j, j, plate + strip + ohmic, plate + strip + ohmic, electrolyte
    )
    assert shares.lithium_V == pytest.approx(plate + strip, rel=1e-6)
    assert shares.positive_V == pytest.approx(0.1, rel=1e-6)


@given(J, st.floats(0.01, 1.0), st.floats(0.0, 0.5), R)
def test_shares_add_up_to_the_gap(j, gap, symmetric, electrolyte):
    shares = gap_shares_V(gap, j, j, symmetric, symmetric, electrolyte)
    assert shares.lithium_V + shares.electrolyte_V + shares.positive_V == pytest.approx(gap, rel=1e-9, abs=1e-9)


def test_kinetics_of_the_lithium_alone():
    """Butler-Volmer lithium without film: the symmetric cell of the simulation is all lithium and electrolyte."""
    volt = float(symmetric_cell_voltage_V(np.array([1.0]), 2.0, 0.0, 5.0, 298.15)[0])
    shares = gap_shares_V(0.2, 1.0, 1.0, volt, volt, 5.0)
    assert shares.electrolyte_V == pytest.approx(0.010)
    assert shares.lithium_V == pytest.approx(volt - 0.005)


def test_arrays_give_one_share_per_cycle():
    gap = np.array([0.2, 0.3])
    shares = gap_shares_V(gap, np.ones(2), np.ones(2), np.full(2, 0.05), np.full(2, 0.05), 10.0)
    np.testing.assert_allclose(shares.positive_V, [0.14, 0.24])
