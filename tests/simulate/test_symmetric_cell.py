"""The simulated cell obeys its own formula, sign rule, timing and inventory; the analysis reads it back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.analyses.hysteresis import hysteresis
from limetal.errors import BadInputError
from limetal.physics.kinetics import symmetric_cell_voltage_V
from limetal.records.cycling import CellContext
from limetal.simulate import Block, PlanarSymmetricCell, simulate

CELL = CellContext("symmetric", 2.0)


def test_record_has_the_sign_rule_the_time_and_the_charge():
    record = simulate(PlanarSymmetricCell(1.0, 5.0, 0.5), (Block(0.5, 1.0, 3),), CELL)
    assert record.origin == "simulated"
    assert record.test_time_second[-1] == pytest.approx(3 * 2 * 2 * 3600)
    assert record.current_ampere[0] == pytest.approx(0.5e-3 * 2.0)
    assert np.all(np.sign(record.current_ampere) == np.sign(record.voltage_volt))
    assert np.unique(record.cycle_count).tolist() == [1, 2, 3]
    charge = np.trapezoid(np.maximum(record.current_ampere, 0), record.test_time_second) / 3.6
    assert charge == pytest.approx(3 * 1.0 * 2.0, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.01, 20), st.floats(0, 300), st.floats(0, 20), st.floats(0.1, 10))
def test_the_analysis_returns_the_voltage_that_went_in(j0, film, electrolyte, j):
    record = simulate(PlanarSymmetricCell(j0, film, electrolyte), (Block(j, 1.0, 2),), CELL)
    want = float(symmetric_cell_voltage_V(j, j0, film, electrolyte))
    found = hysteresis(record)
    for name in ("end_V", "mean_V", "plateau_V"):
        np.testing.assert_allclose(getattr(found, name), want, rtol=1e-9)
    np.testing.assert_allclose(found.full_gap_V, 2 * want, rtol=1e-9)
    np.testing.assert_allclose(found.current_density_mA_cm2, j, rtol=1e-9)


def test_film_grows_by_the_stated_amount_per_cycle():
    record = simulate(PlanarSymmetricCell(1.0, 10.0, 0.0, film_growth_ohm_cm2=2.0), (Block(1.0, 1.0, 5),), CELL)
    mean = hysteresis(record).mean_V
    np.testing.assert_allclose(np.diff(mean), 2 * 2.0 * 1.0 / 1e3, rtol=1e-6)


def test_blocks_follow_each_other():
    record = simulate(PlanarSymmetricCell(1.0, 0.0, 1.0), (Block(1.0, 1.0, 2), Block(4.0, 1.0, 3)), CELL)
    np.testing.assert_allclose(hysteresis(record).current_density_mA_cm2, [1, 1, 4, 4, 4])
    assert np.all(np.diff(record.test_time_second) >= 0)


def test_unknown_area_is_one_square_centimetre():
    record = simulate(PlanarSymmetricCell(1.0, 0.0, 0.0), (Block(1.0, 1.0, 1),), CellContext("symmetric"))
    assert record.cell.area_cm2 == 1.0


def test_no_more_lithium_than_there_is():
    model = PlanarSymmetricCell(1.0, 0.0, 0.0, inventory_mAh_cm2=3.0)
    simulate(model, (Block(1.0, 3.0, 1),), CELL)
    with pytest.raises(BadInputError, match="at most the 3 mAh/cm2 the foil holds"):
        simulate(model, (Block(1.0, 3.1, 1),), CELL)


def test_no_negative_film():
    with pytest.raises(BadInputError, match="film"):
        simulate(PlanarSymmetricCell(1.0, 1.0, 0.0, film_growth_ohm_cm2=-0.5), (Block(1.0, 1.0, 3),), CELL)


@pytest.mark.parametrize("block", [(0.0, 1.0, 1), (1.0, 0.0, 1), (1.0, 1.0, 0)])
def test_empty_blocks_are_refused(block):
    with pytest.raises(BadInputError, match="protocol"):
        Block(*block)
