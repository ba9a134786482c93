"""Thickness series: real files, units, refusals; and what is checked about them, each beside a right twin."""

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from limetal.readers import ColumnHint
from limetal.readers._checks.thickness import checked
from limetal.records.thickness import ThicknessRecord
from support.data_files import real

FOLDER = "swelling/dataset-electrothermal-deformation-characterization-for-samsung-30Q-cell"
COLUMNS = {
    "time": ColumnHint(1, "s"),
    "current": ColumnHint(2, "A"),
    "voltage": ColumnHint(3, "V"),
    "temperature": ColumnHint(5, "degC"),
    "strain": ColumnHint(6, "mm/mm"),
}
TIME = np.arange(50.0)


def write(folder, text, name="a.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.mark.parametrize(("name", "rows"), [("Q30_S001_1C", 3548), ("Q30_S001_2C", 1768), ("Q30_S001_C10", 35605)])
def test_file_without_headers_is_refused_and_read_when_the_user_names_the_columns(name, rows):
    path = real(f"{FOLDER}/{name}.csv")
    with pytest.raises(BadInputError, match="numbers without headers"):
        readers.read(path)
    record = readers.read(path, columns=COLUMNS)
    raw = np.loadtxt(path, delimiter=",", encoding="utf-8-sig")
    assert record.rows == rows == len(raw)
    np.testing.assert_array_equal(record.test_time_second, raw[:, 0])
    np.testing.assert_array_equal(record.current_ampere, raw[:, 1])
    np.testing.assert_array_equal(record.voltage_volt, raw[:, 2])
    np.testing.assert_allclose(record.strain_percent, 100 * raw[:, 5], rtol=1e-14)
    np.testing.assert_allclose(record.temperature_kelvin, raw[:, 4] + 273.15, rtol=1e-14)
    np.testing.assert_allclose(record.more["column 4"], raw[:, 1] * raw[:, 2], atol=0.05)  # the power they logged


def test_thickness_without_unit_is_refused_with_what_to_write(tmp_path):
    path = write(tmp_path, "Time (s),Thickness\n0,50\n1,51\n2,52\n")
    with pytest.raises(BadInputError, match="no unit for 'Thickness'") as refused:
        readers.read(path)
    assert 'columns = { thickness = { column = "Thickness", unit = "um" } }' in refused.value.wanted
    record = readers.read(path, columns={"thickness": ColumnHint("Thickness", "um")})
    assert record.thickness_micrometre.tolist() == [50, 51, 52]


@pytest.mark.parametrize(("unit", "micrometres"), [("um", 1), ("µm", 1), ("mm", 1e3), ("mil", 25.4), ("nm", 1e-3)])
def test_every_unit_of_thickness_is_exact(tmp_path, unit, micrometres):
    record = readers.read(write(tmp_path, f"Time (s),Expansion ({unit})\n0,0\n1,12.3\n2,3\n"))
    assert record.thickness_micrometre.tolist() == pytest.approx([0, 12.3 * micrometres, 3 * micrometres], rel=1e-15)
    assert record.is_change


def test_thickness_is_no_change_and_goes_before_one(tmp_path):
    path = write(tmp_path, "Time (s),Thickness (um),Thickness change (um)\n0,50,0\n1,51,1\n")
    record = readers.read(path)
    assert not record.is_change
    assert record.thickness_micrometre.tolist() == [50, 51]
    assert record.more["Thickness change (um)"].tolist() == [0, 1]


def test_expansion_in_percent_is_a_strain(tmp_path):
    record = readers.read(write(tmp_path, "Time (s),Expansion (%),Voltage (V)\n0,0,3\n1,1.5,3.1\n"))
    assert record.thickness_micrometre is None
    assert record.strain_percent.tolist() == [0, 1.5]


def test_columns_must_name_a_thickness_or_strain(tmp_path):
    path = write(tmp_path, "1,2,3\n4,5.5,6\n")
    with pytest.raises(BadInputError, match="want one of thickness, thickness_change and strain"):
        readers.read(path, reader="thickness_table", columns={"time": ColumnHint(1, "s")})
    with pytest.raises(BadInputError, match="'width'"):
        readers.read(path, reader="thickness_table", columns={"width": ColumnHint(1, "s")})


def record(**columns):
    return ThicknessRecord(TIME, **columns, source="x.csv")


def test_time_that_falls_is_refused():
    time = TIME.copy()
    time[20] = 3
    with pytest.raises(BadInputError, match="data row 21: found time that falls from 19 s to 3 s"):
        checked(ThicknessRecord(time, TIME + 50, source="x.csv"))
    assert checked(ThicknessRecord(TIME, TIME + 50, source="x.csv")).warnings == ()


@pytest.mark.parametrize(
    ("thickness_um", "sentence"),
    [(5.2e6, "5213 um would be 5.213 mm"), (0.05, "0.05012 mm would be 50.12 um")],
)
def test_thickness_in_the_wrong_unit_is_refused_with_the_other_reading(thickness_um, sentence):
    with pytest.raises(BadInputError, match="want the unit it has") as refused:
        checked(record(thickness_micrometre=thickness_um * (1 + TIME / 1e4)))
    assert sentence in refused.value.wanted


@pytest.mark.parametrize("thickness_um", [5200.0, 50.0, 2.0, 18_300.0])
def test_thickness_of_foils_pouches_and_cylinders_is_right(thickness_um):
    assert checked(record(thickness_micrometre=thickness_um * (1 + TIME / 1e4))).warnings == ()


def test_small_change_is_no_wrong_unit():
    assert checked(record(thickness_micrometre=TIME * 1e-3, is_change=True)).warnings == ()


def test_strain_is_repaired_where_the_thickness_proves_it():
    thickness = 50 * (1 + TIME / 1000)
    fraction = checked(record(thickness_micrometre=thickness, strain_percent=TIME / 1000))
    np.testing.assert_allclose(fraction.strain_percent, TIME / 10)
    assert any("multiplied by 100" in w for w in fraction.warnings)
    right = checked(record(thickness_micrometre=thickness, strain_percent=TIME / 10))
    assert right.warnings == ()


def test_strain_of_no_cell_is_refused():
    with pytest.raises(BadInputError, match=r"a strain of 4\.9e\+04 %"):
        checked(record(strain_percent=TIME * 1000))
    assert checked(record(strain_percent=TIME)).warnings == ()


def test_degrees_called_kelvin_are_kept_beside_the_record():
    cold = checked(record(thickness_micrometre=TIME + 50, temperature_kelvin=TIME * 0 + 25))
    assert cold.temperature_kelvin is None
    assert cold.more["temperature as written (K)"].tolist() == [25] * 50
    assert any("is the unit degC" in w for w in cold.warnings)
    warm = checked(record(thickness_micrometre=TIME + 50, temperature_kelvin=TIME * 0 + 298))
    assert warm.temperature_kelvin is not None


def test_thickness_that_never_changes_is_said():
    assert any("never changes" in w for w in checked(record(thickness_micrometre=TIME * 0 + 50)).warnings)
