"""What records of other kinds than cycling span."""

import numpy as np
import pytest

from limetal.analyses import apply
from limetal.records.diffraction import DiffractionRecord
from limetal.records.impedance import ImpedanceRecord
from limetal.records.photoelectrons import PhotoelectronRecord
from limetal.records.polarisation import PolarisationRecord
from limetal.records.tensile import TensileRecord
from limetal.records.thickness import ThicknessRecord
from limetal.records.voltage_curve import VoltageCurveRecord

TWO = np.array([1.0, 2.0])
F = np.array([1e3, 1.0])

CASES = [
    (
        ImpedanceRecord(F, np.array([10.0, 50.0]), np.array([-1.0, -2.0]), source="x"),
        {"frequency_min": 1.0, "frequency_max": 1e3, "impedance_real_min": 10.0, "impedance_real_max": 50.0},
        "nyquist",
    ),
    (
        ImpedanceRecord(F, TWO, -TWO, source="x", per_area=True, area_cm2=1.5),
        {"areal_impedance_real_max": 2.0, "area": 1.5},
        "nyquist",
    ),
    (
        PolarisationRecord(np.array([-0.2, 0.2]), np.array([-3e-3, 1e-3]), source="x", scan_rate_V_s=1e-3),
        {"potential_min": -0.2, "potential_max": 0.2, "current_max": 3.0, "scan_rate": 1.0},
        "polarisation",
    ),
    (
        DiffractionRecord(np.array([10.0, 10.1]), np.array([5.0, 9.0]), source="x", wavelength_angstrom=1.5406),
        {"two_theta_min": 10.0, "two_theta_max": 10.1, "intensity_max": 9.0, "wavelength": 1.5406},
        "pattern",
    ),
    (
        PhotoelectronRecord(np.array([290.0, 280.0]), None, TWO, source="x", photon_energy_eV=1486.6),
        {"binding_energy_min": 280.0, "binding_energy_max": 290.0, "photon_energy": 1486.6},
        "spectrum",
    ),
    (
        TensileRecord(force_newton=np.array([0.0, -7.0]), strain_percent=TWO, source="x", area_mm2=50.0),
        {"force_max": 7.0, "strain_max": 2.0, "area": 0.5},
        "load_curve",
    ),
    (
        VoltageCurveRecord(np.array([3.0, 4.2]), np.array([0.0, 150.0]), source="x"),
        {"voltage_min": 3.0, "voltage_max": 4.2, "capacity": 0.15},
        "voltage_curve",
    ),
    (
        ThicknessRecord(np.array([0.0, 60.0]), np.array([50.0, 51.5]), source="x"),
        {"thickness_min": 50.0, "thickness_max": 51.5},
        "thickness_curve",
    ),
]


@pytest.mark.parametrize(
    ("record", "expected", "picture"), CASES, ids=[f"{c[0].kind}-{i}" for i, c in enumerate(CASES)]
)
def test_ranges_and_picture_of_each_kind(record, expected, picture):
    done = apply(record, "file", "file", ["overview"], {})
    numbers = {e.quantity: e.value for e in done.entries}
    for quantity, value in expected.items():
        assert numbers[quantity] == pytest.approx(value, rel=1e-12), quantity
    assert numbers["number_of_points"] == 2
    assert [p.name for p in done.plots] == [picture]
    assert not done.not_computed, "analyses of other kinds of records are not missed"


def test_binding_energy_runs_from_high_to_low():
    record = PhotoelectronRecord(np.array([290.0, 280.0]), None, TWO, source="x")
    assert apply(record, "f", "f", (), {}).plots[0].x.reverse


def test_nyquist_has_equal_axes_and_minus_im_up():
    record = ImpedanceRecord(F, TWO, np.array([-3.0, -4.0]), source="x")
    plot = apply(record, "f", "f", ["overview"], {}).plots[0]
    assert plot.equal_axes
    assert plot.series[0].y.tolist() == [3.0, 4.0]
