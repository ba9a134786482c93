"""Plateaus of made-up sulfur cells with known charge before and after the boundary."""

import numpy as np
import pytest

from limetal.cycling.profiles import Profile
from limetal.cycling.sulfur import LOWER_THEORY_MAH_G, UPPER_THEORY_MAH_G, plateaus
from support.full_cells import LFP, NCM, SULFUR


def discharge(upper=1.0, lower=2.6, dip_V=0.0, noise_V=2e-4, step_V=1e-4, rows=1200, seed=0, drop_V=0.0):
    """Slope from 2.42 to 2.28 V, fall to 2.1 V, an optional dip there, flat, end of the discharge."""
    q = np.linspace(0, upper + lower, rows)
    x = q - upper
    volt = 2.10 + (0.18 - 0.14 * np.minimum(x / upper, 0)) / (1 + np.exp(np.clip(x / 0.02, -300, 300)))
    volt += 0.03 * np.exp(np.clip(-q / 0.02, -300, 0))
    volt -= dip_V * np.exp(-(((x - 0.12) / 0.05) ** 2))
    volt -= 0.01 * np.maximum(x, 0) + 0.3 * np.exp((q - q[-1]) / 0.05) + drop_V
    volt += noise_V * np.random.default_rng(seed).standard_normal(rows)
    volt = np.round(volt / step_V) * step_V
    return Profile(1, -1, np.arange(rows), q, volt, np.full(rows, -1.0), np.inf)


def test_theory_is_a_quarter_and_three_quarters():
    """1672 mAh/g in all: doi:10.1021/acsaem.9b00524; papers that take 32.0 g/mol print 419 and 1256."""
    assert pytest.approx(418.0, abs=0.1) == UPPER_THEORY_MAH_G
    assert pytest.approx(1254.0, abs=0.1) == LOWER_THEORY_MAH_G
    assert pytest.approx(419, abs=1) == UPPER_THEORY_MAH_G * 32.06 / 32.0
    assert pytest.approx(1256.2, abs=0.5) == LOWER_THEORY_MAH_G * 32.06 / 32.0


@pytest.mark.parametrize(("noise", "step"), [(1e-4, 1e-4), (1e-3, 1e-4), (2e-4, 1e-3)])
@pytest.mark.parametrize("ratio", [1.2, 2.0, 3.0])
def test_the_charges_are_those_put_in(noise, step, ratio):
    found = plateaus(discharge(1.0, ratio, noise_V=noise, step_V=step))
    assert found.why_not == ""
    assert found.upper_mAh == pytest.approx(1.0, abs=0.03)
    assert found.upper_mAh + found.lower_mAh == pytest.approx(1 + ratio)
    assert not found.by_dip
    assert np.isnan(found.dip_V)
    assert found.upper_V == pytest.approx(2.34, abs=0.01)
    assert found.lower_V == pytest.approx(2.08, abs=0.02)


@pytest.mark.parametrize("depth", [0.015, 0.03])
def test_a_dip_is_found_with_its_depth(depth):
    found = plateaus(discharge(1.0, 2.6, dip_V=depth))
    assert found.by_dip
    assert found.dip_depth_V == pytest.approx(depth, abs=4e-3)
    assert found.upper_mAh == pytest.approx(1.12, abs=0.03)
    assert found.dip_V == pytest.approx(2.10 - depth, abs=4e-3)


def test_the_error_of_the_boundary_covers_the_truth():
    z = []
    for seed in range(6):
        found = plateaus(discharge(1.0, 2.6, noise_V=1e-3, seed=seed))
        z.append((found.upper_mAh - 1.0) / found.boundary_mAh_std)
    assert np.mean(np.abs(z) < 2.5) >= 0.8


def test_polarisation_moves_the_plateaus_not_the_charges():
    base, low = plateaus(discharge()), plateaus(discharge(drop_V=0.08))
    assert low.upper_mAh == pytest.approx(base.upper_mAh, abs=0.02)
    assert low.upper_V == pytest.approx(base.upper_V - 0.08, abs=5e-3)


@pytest.mark.parametrize("chemistry", [LFP, NCM])
def test_other_chemistries_have_no_such_plateaus(chemistry):
    part = np.linspace(0, 1, 600)
    volt = np.asarray(chemistry.discharge_volt(part), dtype=float)
    found = plateaus(Profile(1, -1, np.arange(600), 2 * part, volt, np.full(600, -1.0), np.inf))
    assert found.why_not.startswith("not identified")
    assert np.isnan(found.upper_mAh)


def test_one_plateau_is_not_two():
    """Sulfurised polymer: one slope around 2 V."""
    q = np.linspace(0, 3, 800)
    volt = 2.2 - 0.12 * q + 2e-4 * np.random.default_rng(0).standard_normal(800)
    found = plateaus(Profile(1, -1, np.arange(800), q, volt, np.full(800, -1.0), np.inf))
    assert found.why_not.startswith("not identified")


def test_the_made_up_sulfur_cell_of_the_other_tests():
    part = np.linspace(0, 1, 800)
    volt = np.asarray(SULFUR.discharge_volt(part), dtype=float)
    found = plateaus(Profile(1, -1, np.arange(800), 4 * part, volt, np.full(800, -1.0), np.inf))
    assert found.lower_mAh / found.upper_mAh == pytest.approx(3.0, rel=0.05)


def test_too_few_rows_are_said():
    assert plateaus(discharge(rows=10)).why_not == "only 10 rows at one current"
