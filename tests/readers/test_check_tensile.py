"""What is noticed about a mechanical test: each wrong record beside a right twin."""

import numpy as np
import pytest

from limetal.errors import BadInputError
from limetal.readers._checks.tensile import checked
from limetal.records.tensile import TensileRecord

LBF_N = 4.4482216152605
TIME = np.arange(100.0)
TRAVEL = np.linspace(0, 1, 100)
FORCE = 500 * np.minimum(1, TRAVEL * 4)
AREA, LENGTH = 5.0, 25.0
STRAIN = 100 * TRAVEL / LENGTH


def record(**changes):
    columns = {"test_time_second": TIME, "force_newton": FORCE, "displacement_millimetre": TRAVEL}
    return TensileRecord(**{**columns, **changes}, source="x.csv")


def test_a_plain_curve_is_given_back_as_it_is():
    right = record(stress_megapascal=FORCE / AREA, area_mm2=AREA, strain_percent=STRAIN, gauge_length_mm=LENGTH)
    assert checked(right) is right or checked(right).warnings == ()


@pytest.mark.parametrize(
    ("factor", "units"), [(1e-3, "N and kN"), (1e3, "N and kN"), (1 / LBF_N, "N and lbf"), (1e-6, "N and MN")]
)
def test_force_of_another_unit_than_stress_times_area_is_refused(factor, units):
    wrong = record(force_newton=FORCE * factor, stress_megapascal=FORCE / AREA, area_mm2=AREA)
    with pytest.raises(BadInputError, match=f"the factor is that between {units}") as refused:
        checked(wrong)
    assert f"{500 * factor:.4g} N" in refused.value.found
    assert "500 N" in refused.value.found
    checked(record(force_newton=FORCE, stress_megapascal=FORCE / AREA, area_mm2=AREA))


def test_true_stress_is_a_warning():
    other = checked(record(stress_megapascal=1.1 * FORCE / AREA, area_mm2=AREA))
    assert any("another area, or true stress" in w for w in other.warnings)


def test_fraction_called_percent_is_repaired_where_an_extension_proves_it():
    wrong = record(strain_percent=STRAIN / 100, extension_millimetre=TRAVEL, gauge_length_mm=LENGTH)
    repaired = checked(wrong)
    np.testing.assert_allclose(repaired.strain_percent, STRAIN)
    assert any("strain was a fraction" in w for w in repaired.warnings)
    right = checked(record(strain_percent=STRAIN, extension_millimetre=TRAVEL, gauge_length_mm=LENGTH))
    assert right.warnings == ()
    np.testing.assert_array_equal(right.strain_percent, STRAIN)


def test_percent_called_fraction_is_repaired():
    wrong = record(strain_percent=STRAIN * 100, extension_millimetre=TRAVEL, gauge_length_mm=LENGTH)
    np.testing.assert_allclose(checked(wrong).strain_percent, STRAIN)


def test_strain_far_below_what_the_crosshead_moves_is_refused_with_both_readings():
    wrong = record(strain_percent=STRAIN / 100, gauge_length_mm=LENGTH)
    with pytest.raises(BadInputError, match=r"a strain of 0\.04 %, but a displacement over the gauge length of 4 %"):
        checked(wrong)
    soft_machine = record(strain_percent=STRAIN / 15, gauge_length_mm=LENGTH)
    assert checked(soft_machine).rows == 100


def test_extension_in_micrometres_is_refused():
    wrong = record(strain_percent=STRAIN, extension_millimetre=TRAVEL * 1e3, gauge_length_mm=LENGTH)
    with pytest.raises(BadInputError, match="between mm and um"):
        checked(wrong)


@pytest.mark.parametrize(
    ("key", "value"), [("Fmax / N", 500.0), ("Maximum Load / lbf", 500 / LBF_N), ("Zugfestigkeit / MPa", 100.0)]
)
def test_greatest_load_is_held_against_what_the_machine_states(key, value):
    assert checked(record(machine_values={key: value}, area_mm2=AREA)).warnings == ()
    with pytest.raises(BadInputError, match="the factor is that between"):
        checked(record(machine_values={key: value * 1e3}, area_mm2=AREA))
    other = checked(record(machine_values={key: value * 1.3}, area_mm2=AREA))
    assert any("but the machine states" in w for w in other.warnings)


def test_pounds_read_as_newtons_are_refused_by_the_stated_maximum():
    with pytest.raises(BadInputError, match="between N and lbf"):
        checked(record(force_newton=FORCE / LBF_N, machine_values={"Maximum Load / lbf": 500 / LBF_N}))


def test_stress_no_material_bears_is_refused_with_the_other_readings():
    with pytest.raises(BadInputError, match="more than any material bears") as refused:
        checked(record(stress_megapascal=FORCE * 1e3))
    assert "kPa would be 500 MPa" in refused.value.wanted
    assert checked(record(stress_megapascal=FORCE * 10)).rows == 100


def test_load_that_never_changes_is_said():
    assert any("never loads" in w for w in checked(record(force_newton=FORCE * 0)).warnings)
    assert checked(record()).warnings == ()


def test_time_that_falls_and_time_that_stands_are_said():
    falls = TIME.copy()
    falls[50:] -= 40
    assert any(
        "time falls from 49 s to 10 s at data row 51" in w for w in checked(record(test_time_second=falls)).warnings
    )
    stands = checked(record(test_time_second=TIME * 0))
    assert stands.test_time_second is None
    assert any("same in every row" in w for w in stands.warnings)


def test_extensometer_that_was_taken_off_is_said():
    strain = np.where(np.arange(100) < 40, STRAIN, -0.3)
    warnings = checked(record(strain_percent=strain)).warnings
    assert any("stands still from data row 41" in w for w in warnings)
    assert checked(record(strain_percent=STRAIN)).warnings == ()


def test_negative_loads_in_tension_are_said():
    assert any("mostly negative" in w for w in checked(record(force_newton=-FORCE, loading="tension")).warnings)
    assert checked(record(force_newton=-FORCE, loading="compression")).warnings == ()


def test_area_is_held_against_width_and_thickness():
    wrong = checked(record(area_mm2=AREA, width_mm=5.0, thickness_mm=2.0))
    assert any("width times thickness 10 mm2" in w for w in wrong.warnings)
    assert checked(record(area_mm2=AREA, width_mm=5.0, thickness_mm=1.0)).warnings == ()


def test_repeated_rows_are_counted():
    again = np.insert(np.arange(100), 30, 30)
    warnings = checked(
        record(test_time_second=TIME[again], force_newton=FORCE[again], displacement_millimetre=TRAVEL[again])
    ).warnings
    assert warnings == ("1 row repeats the row before, the first at data row 32",)
