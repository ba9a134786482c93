"""The gap of made-up full cells, split by a made-up symmetric cell."""

import numpy as np
import pytest

from limetal.cycling.polarisation_split import SymmetricCell, polarisation_split
from limetal.errors import BadInputError
from limetal.records.cycling import CellContext
from support.known_curves import LAYERED, cell

LADDER = SymmetricCell(np.array([1.0, 2.0, 4.0]), np.array([0.03, 0.05, 0.08]), 10.0)


def test_the_gap_is_split_in_every_cycle():
    record = cell(LAYERED, cycles=3, gap_V=0.3, area_cm2=1.5)  # 3 mA: 2 mA/cm2
    split = polarisation_split(record, LADDER)
    assert split.cycle.tolist() == [1, 2, 3]
    np.testing.assert_allclose(split.gap_V, 0.3, atol=2e-3)
    np.testing.assert_allclose(split.charge_mA_cm2, 2.0, rtol=1e-6)
    np.testing.assert_allclose(split.least.lithium_V, 0.05 - 0.02)
    np.testing.assert_allclose(split.least.electrolyte_V, 0.04)
    np.testing.assert_allclose(split.least.positive_V, split.gap_V - 0.07)
    assert split.most is split.least


def test_an_unknown_electrolyte_gives_both_ends():
    record = cell(LAYERED, cycles=1, gap_V=0.3, area_cm2=1.5)
    split = polarisation_split(record, SymmetricCell(np.array([1.0]), np.array([0.025])))
    np.testing.assert_allclose(split.least.lithium_V, 0.05)
    np.testing.assert_allclose(split.least.electrolyte_V, 0.0)
    np.testing.assert_allclose(split.most.lithium_V, 0.0)
    np.testing.assert_allclose(split.most.electrolyte_V, 0.10)
    for some in (5.0, 20.0):
        known = polarisation_split(record, SymmetricCell(np.array([1.0]), np.array([0.025]), some)).least
        assert split.most.positive_V[0] < known.positive_V[0] < split.least.positive_V[0]


def test_twice_the_area_halves_the_current_density():
    one, two = (
        polarisation_split(cell(LAYERED, cycles=1, area_cm2=a), SymmetricCell(np.array([1.0]), np.array([0.02])))
        for a in (1.5, 3.0)
    )
    np.testing.assert_allclose(two.charge_mA_cm2, one.charge_mA_cm2 / 2)
    np.testing.assert_allclose(two.least.lithium_V, one.least.lithium_V / 2)


def test_a_ladder_is_not_extended():
    split = polarisation_split(cell(LAYERED, cycles=2, area_cm2=0.5), LADDER)  # 6 mA/cm2
    assert np.isnan(split.least.positive_V).all()
    assert any("above that of the symmetric cell's ladder" in w for w in split.warnings)
    assert LADDER.at(np.array([4.0]))[0] == pytest.approx(0.08)


@pytest.mark.parametrize(
    ("j", "volt", "electrolyte"),
    [([2.0, 1.0], [0.1, 0.2], None), ([1.0], [-0.1], None), ([0.0, 1.0], [0.1, 0.2], None), ([1.0], [0.1, 0.2], None),
     ([1.0], [0.02], 30.0), ([1.0], [0.02], -1.0)],
)  # fmt: skip
def test_what_is_no_symmetric_cell_is_refused(j, volt, electrolyte):
    with pytest.raises(BadInputError, match="symmetric cell"):
        SymmetricCell(np.array(j), np.array(volt), electrolyte)
    assert SymmetricCell(np.array([1.0]), np.array([0.02]), 20.0).electrolyte_ohm_cm2 == 20.0


def test_without_area_there_is_no_current_density():
    with pytest.raises(BadInputError, match="area that is not given"):
        polarisation_split(cell(LAYERED, cycles=1), LADDER)


def test_unequal_currents_are_told():
    record = cell(LAYERED, cycles=1, area_cm2=1.5)
    t = record.test_time_second.copy()
    half = t.size // 2
    t[half:] = t[half] + 2 * (t[half:] - t[half])
    current = record.current_ampere.copy()
    current[half:] /= 2
    slow = type(record)(t, record.voltage_volt, current, source="x", cell=CellContext("full", 1.5))
    split = polarisation_split(slow, LADDER)
    np.testing.assert_allclose(split.discharge_mA_cm2, 1.0, rtol=1e-2)
    np.testing.assert_allclose(split.least.lithium_V, (0.05 + 0.03 - 3.0 * 0.01) / 2, rtol=1e-2)
    assert any("differ in current" in w for w in split.warnings)
