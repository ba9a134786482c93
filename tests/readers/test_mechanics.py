"""Curves of testing machines: real files against their raw text, and what must be refused."""

import re
from pathlib import Path

import numpy as np
import pytest

from limetal import readers, registry
from limetal.errors import BadInputError
from limetal.readers import ColumnHint
from limetal.readers._kit.load_tables import text_tables
from limetal.readers._kit.mechanics import read_heading, read_unit
from limetal.readers._kit.tensile import fits_tensile
from support.data_files import real

LBF_N, INCH_MM = 4.4482216152605, 25.4


def write(folder: Path, text: str, name: str = "a.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def raw_numbers(path: Path, line: int, delimiter: str, encoding: str = "latin-1") -> list[float]:
    """Numbers of one line of the raw text (counted from 1), decimal commas and quotes undone."""
    text = re.split(r"\r?\n", path.read_bytes().decode(encoding))[line - 1].replace('"', "")
    return [float(field.replace(",", ".") if delimiter != "," else field) for field in text.split(delimiter) if field]


@pytest.mark.parametrize(("name", "strength_MPa"), [("Tensile_C_08", 236), ("Tensile_E_01", 331)])
def test_bam_strength_from_force_and_area_is_that_of_the_header(name, strength_MPa):
    path = real(f"tensile/strenpy/{name}.lis")
    record = readers.read(path)
    assert record.machine_values["Zugfestigkeit / MPa"] == strength_MPa
    assert record.force_newton.max() / record.area_mm2 == pytest.approx(strength_MPa, rel=0.01)
    assert record.stress_megapascal.max() == pytest.approx(strength_MPa, rel=0.01)
    assert record.gauge_length_mm == 25
    assert record.loading == "tension"


def test_bam_rows_are_those_of_the_raw_text():
    path = real("tensile/strenpy/Tensile_C_08.lis")
    record = readers.read(path)
    lines = path.read_bytes().decode("latin-1").split("\r\n")
    first = lines.index("[Daten]") + 4  # counted from 1: names and units lie between
    for row in (0, 868, 1500, record.rows - 1):
        time, travel, force_kN, strain, stress = raw_numbers(path, first + row, "\t")
        assert record.test_time_second[row] == time
        assert record.displacement_millimetre[row] == travel
        assert record.force_newton[row] == pytest.approx(force_kN * 1000, rel=1e-12)
        assert record.strain_percent[row] == strain
        assert record.stress_megapascal[row] == stress
    assert record.about.start_time == "2022-08-09"
    assert record.about.settings["Werkstoff"] == "CuNiSi"
    assert any("extensometer was taken off" in w for w in record.warnings)


def test_zwick_text_gives_specimen_and_both_travels():
    path = real("tensile/Tensile-test-Analysis/mDB1pct.TRA")
    record = readers.read(path)
    time, absolute, force, travel = raw_numbers(path, 13 + 2000, ",")
    assert (record.test_time_second[2000], record.force_newton[2000]) == (time, force)
    assert record.extension_millimetre[2000] == travel
    assert record.displacement_millimetre[2000] == pytest.approx(absolute + 755.377, abs=1e-9)
    assert (record.area_mm2, record.width_mm, record.thickness_mm, record.gauge_length_mm) == (6.3812, 6.02, 1.06, 20)
    assert record.about.start_time == "2018-12-13"  # 43447.4 days have no digits for a time of day


@pytest.mark.parametrize(
    ("name", "rows", "peak_N", "sizes"),
    [
        ("FSP_AB_1_Traction-11.XLSX", 12330, 5939.4990234375, {"area_mm2": 12.566370616, "diameter_mm": 4.0}),
        ("Traction-1.XLSX", 20135, 3467.22998046875, {"area_mm2": 8.94, "thickness_mm": 6.0, "width_mm": 1.49}),
        ("Traction-10_cryo.XLSX", 8298, 9645.828125, {"area_mm2": 8.76, "thickness_mm": 1.46, "width_mm": 6.0}),
        ("chargé_gaz.xls", 6970, 3564.11328125, {"area_mm2": None, "gauge_length_mm": 20.0}),
    ],
)
def test_zwick_workbooks(name, rows, peak_N, sizes):
    record = readers.read(real(f"tensile/Tensile-test-Analysis/{name}"))
    assert record.rows == rows
    assert record.force_newton.max() == peak_N
    for key, value in sizes.items():
        assert getattr(record, key) == value, key


def test_zwick_strain_in_mm_is_an_extension_and_the_grips_give_the_displacement():
    record = readers.read(real("tensile/Tensile-test-Analysis/FSP_AB_1_Traction-11.XLSX"))
    assert record.strain_percent is None
    assert record.extension_millimetre[-1] == 0.33480000495910645
    assert record.displacement_millimetre[-1] == pytest.approx(35.46266105637483 - 33.42447712883882, abs=1e-12)
    assert "Standard travel (mm)" in record.more
    assert record.about.start_time == "2024-05-22T10:25:22"


def test_deben_points_are_seconds_and_the_stop_mark_is_left_out():
    record = readers.read(real("tensile/TDA/NANOCEL_KW.CHAL_450PPM_15.MTR"))
    assert record.rows == 2701
    assert record.test_time_second[[0, -1]].tolist() == [0.1, 270.5]
    assert record.force_newton.max() == 30.47
    assert record.displacement_millimetre.max() == record.machine_values["Max extension / mm"] == 0.621
    assert (record.gauge_length_mm, record.width_mm, record.thickness_mm) == (10, 5, 1)
    assert any("'Default'" in w for w in record.warnings)


@pytest.mark.parametrize("number", [1, 2, 4, 5])
def test_instron_pounds_and_inches_become_newtons_and_millimetres(number):
    path = real(f"tensile/TensileDataAnalysis/Specimen_RawData_{number}.csv")
    record = readers.read(path)
    for row in (0, 1234, record.rows - 1):
        time, inches, pounds = raw_numbers(path, 7 + row, ",")
        assert record.test_time_second[row] == time
        assert record.displacement_millimetre[row] == pytest.approx(inches * INCH_MM, rel=1e-14)
        assert record.force_newton[row] == pytest.approx(pounds * LBF_N, rel=1e-14)
    assert record.force_newton.max() == pytest.approx(record.machine_values["Maximum Load / lbf"] * LBF_N, rel=1e-6)
    assert record.loading == "bending"


def test_shimadzu_specimens_side_by_side():
    records = readers.read_all(real("tensile/tensile_test_analyzer/Exemple_MS_Shimadzu_Flex_L20_D2.csv"))
    labels = ["Brut 1", "Brut 2", "Recuit", "Recuit test 250°C", "Etiré test amb", "Etiré test 250°C"]
    assert [r.label for r in records] == labels
    assert records[0].rows == 1608
    assert records[3].force_newton[-1] == 432.9999
    assert records[5].displacement_millimetre[-1] == 5.001237


def test_walter_bai_channels():
    path = real("tensile/tensile_test_analyzer/Exemple_WB100kN_2_Tract_L100_D2.csv")
    record = readers.read(path)
    _, time, force_kN, extension, travel = raw_numbers(path, 1668, ";")
    assert record.test_time_second[-1] == time
    assert record.force_newton[-1] == pytest.approx(force_kN * 1000, rel=1e-12)
    assert record.extension_millimetre[-1] == extension
    assert record.displacement_millimetre[-1] == travel


def test_workbook_of_a_lecture_gives_the_change_of_its_length():
    record = readers.read(real("tensile/tensile_test/datos.xlsx"))
    assert record.force_newton[1] == pytest.approx(330.77625446990755, rel=1e-12)
    assert record.displacement_millimetre[-1] == pytest.approx(13.22)
    assert record.gauge_length_mm is None


@pytest.mark.parametrize("number", [1, 2, 3])
def test_table_without_units_is_refused_with_what_to_write_and_read_with_it(number):
    path = real(f"tensile/TensileDataAnalysis/SampleInput_Specimen{number}.csv")
    with pytest.raises(BadInputError, match="no unit for 'strain' and 'stress'") as refused:
        readers.read(path)
    assert 'columns = { strain = { column = "strain", unit = "%" }' in str(refused.value)
    units = {"strain": ColumnHint("strain", "mm/mm"), "stress": ColumnHint("stress", "ksi")}
    record = readers.read(path, columns=units)
    assert record.stress_megapascal.max() > 100


def test_matlab_needs_units_and_is_read_with_them():
    path = real("tensile/Tensile-test-Analysis/stainless_steel_304L_01.mat")
    with pytest.raises(BadInputError, match="no unit for 'u' and 'F'"):
        readers.read(path)
    said = {
        "force": ColumnHint("F", "N"),
        "extension": ColumnHint("u", "mm"),
        "area": ColumnHint("A0", "mm2"),
        "gauge_length": ColumnHint("L0", "mm"),
    }
    record = readers.read(path, columns=said)
    assert (record.rows, record.area_mm2, record.gauge_length_mm) == (19622, 8.34, 25.0)
    assert record.force_newton[[0, -1]].tolist() == [148.54, 2.37397]
    assert record.about.start_time == "2020-02-07T15:22:02"


def test_matlab_agrees_with_scipy():
    import scipy.io

    from limetal.readers._kit.matlab import read_variables

    for name in ("stainless_steel_304L_LT_02.mat", "stainless_steel_316L_01.mat"):
        path = real(f"tensile/Tensile-test-Analysis/{name}")
        theirs = {k: v for k, v in scipy.io.loadmat(path).items() if not k.startswith("__")}
        ours = read_variables(path.read_bytes(), str(path)).arrays
        assert set(ours) == set(theirs)
        for key, values in theirs.items():
            np.testing.assert_array_equal(ours[key], values)


def test_matlab_of_hdf5_is_refused_and_its_twin_is_not(tmp_path):
    head = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(126) + b"IM"
    (tmp_path / "a.mat").write_bytes(head + b"\x89HDF\r\n\x1a\n" + bytes(200))
    with pytest.raises(BadInputError, match=r"version 7\.3, which is HDF5"):
        readers.read(tmp_path / "a.mat")
    import scipy.io

    scipy.io.savemat(tmp_path / "b.mat", {"force_N": [0.0, 1.0], "displacement_mm": [0.0, 0.1]})
    assert readers.read(tmp_path / "b.mat").force_newton.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("unit", "newtons"),
    [("N", 1), ("kN", 1e3), ("lbf", LBF_N), ("kip", 1e3 * LBF_N), ("kgf", 9.80665), ("mN", 1e-3), ("gf", 9.80665e-3)],
)
def test_every_unit_of_force_is_exact(tmp_path, unit, newtons):
    path = write(tmp_path, f"Load ({unit}),Stroke (mm)\n0,0\n2,0.1\n")
    assert readers.read(path).force_newton.tolist() == pytest.approx([0, 2 * newtons], rel=1e-14)


@pytest.mark.parametrize(
    ("unit", "megapascal"),
    [("MPa", 1), ("GPa", 1e3), ("kPa", 1e-3), ("Pa", 1e-6), ("ksi", 6.894757293168361), ("psi", 0.006894757293168361),
     ("N/mm²", 1), ("kgf/mm2", 9.80665)],
)  # fmt: skip
def test_every_unit_of_stress_is_exact(tmp_path, unit, megapascal):
    path = write(tmp_path, f"Stress ({unit}),Strain (%)\n0,0\n2,0.1\n")
    assert readers.read(path).stress_megapascal.tolist() == pytest.approx([0, 2 * megapascal], rel=1e-14)


@pytest.mark.parametrize(
    ("unit", "percent"), [("%", 1), ("mm/mm", 100), ("-", 100), ("µε", 1e-4), ("‰", 0.1), ("in/in", 100)]
)
def test_every_unit_of_strain(tmp_path, unit, percent):
    path = write(tmp_path, f"Stress (MPa),Strain ({unit})\n0,0\n2,0.5\n")
    assert readers.read(path).strain_percent.tolist() == pytest.approx([0, 0.5 * percent], rel=1e-14)


@pytest.mark.parametrize("unit", ["mPa", "Nm", "lbsf", "mn"])
def test_unit_that_is_none_is_refused(tmp_path, unit):
    path = write(tmp_path, f"Stress ({unit}),Strain (%)\n0,0\n2,0.1\n")
    with pytest.raises(BadInputError, match="the unit"):
        readers.read(path)


@pytest.mark.parametrize("header", ["True stress (MPa),True strain (%)", "Stress rate (MPa),Strain rate (%)"])
def test_other_quantities_are_not_taken(header):
    headings = [read_heading(text) for text in header.split(",")]
    assert not fits_tensile(headings)
    assert fits_tensile([read_heading("Stress (MPa)"), read_heading("Strain (%)")])


def test_mass_is_read_as_its_weight_and_said(tmp_path):
    record = readers.read(write(tmp_path, "Load (kg),Stroke (mm)\n0,0\n2,0.1\n"))
    assert record.force_newton[1] == pytest.approx(2 * 9.80665)
    assert any("a mass" in w for w in record.warnings)


def test_comma_that_could_be_two_things_is_refused_and_others_are_not(tmp_path):
    head = "Time,Extension,Load\n(s),(mm),(N)\n"
    with pytest.raises(BadInputError, match="may be decimal or part thousands"):
        readers.read(write(tmp_path, head + '"1","2","1,234"\n"2","3","1,250"\n'))
    decimal = readers.read(write(tmp_path, head + '"1","2","1,234"\n"2","3","1,2500"\n'))
    assert decimal.force_newton.tolist() == [1.234, 1.25]
    thousands = readers.read(write(tmp_path, head + '"1","2.5","1,234.5"\n"2","3.5","1,250.0"\n'))
    assert thousands.force_newton.tolist() == [1234.5, 1250.0]


def test_decimal_commas_between_unquoted_commas_are_refused(tmp_path):
    path = write(tmp_path, "Time,Extension,Load\n(s),(mm),(N)\n0,1,2,3,4,5\n0,2,2,4,4,6\n")
    with pytest.raises(BadInputError, match=r"is the comma also in the numbers|under 3 headers"):
        readers.read(path)


def test_row_with_another_width_is_refused_with_its_line(tmp_path):
    head = "S/No;C_1_Temps[s];C_1_Force[kN];C_1_Déplacement[mm]\n1;0.1;1.5;0.1\n2;0.2;1.6;0.2\n"
    with pytest.raises(BadInputError, match="line 4: found 6 fields"):
        readers.read(write(tmp_path, head + "3;0.3;1.7;0.3;9;9\n4;0.4;1.8;0.4\n"))
    assert readers.read(write(tmp_path, head + "3;0.3;1.7;0.3\n")).rows == 3


def test_words_between_rows_of_numbers_are_refused(tmp_path):
    head = "Force (N),Stroke (mm)\n1,0.1\n2,0.2\n"
    with pytest.raises(BadInputError, match="line 4: found 'pause,pause' between rows of numbers"):
        readers.read(write(tmp_path, head + "pause,pause\n3,0.3\n"))
    record = readers.read(write(tmp_path, head + "\nTested by,NN\n"))
    assert record.rows == 2


def test_letters_in_a_number_are_refused_with_line_and_column(tmp_path):
    with pytest.raises(BadInputError, match=r"line 3: found '0\.2x' in column 'Stroke \(mm\)'"):
        readers.read(write(tmp_path, "Force (N),Stroke (mm)\n1,0.1\n2,0.2x\n3,0.3\n"))
    with pytest.raises(BadInputError, match="'inf'"):
        readers.read(write(tmp_path, "Force (N),Stroke (mm)\n1,0.1\ninf,0.2\n3,0.3\n"))
    record = readers.read(write(tmp_path, "Force (N),Stroke (mm)\n1,0.1\n,0.2\n3,0.3\n"))
    assert np.isnan(record.force_newton[1])


def test_number_that_was_cut_is_left_out_and_one_that_may_be_is_said(tmp_path):
    rows = "".join(f"{i}.125,0.{i}25\n" for i in range(1, 8))
    record = readers.read(write(tmp_path, "Force (N),Stroke (mm)\n" + rows + "8.125,0.8"))
    assert record.rows == 7
    assert any("line 9 was left out" in w for w in record.warnings)
    whole = readers.read(write(tmp_path, "Force (N),Stroke (mm)\n" + rows + "8.125,0.825"))
    assert (whole.rows, whole.warnings) == (8, ())
    unlike = "1.5,0.1\n2.5,0.25\n3.5,0.333\n4.5,0.41"
    open_end = readers.read(write(tmp_path, "Force (N),Stroke (mm)\n" + unlike))
    assert open_end.rows == 4
    assert any("line 5 has no end" in w for w in open_end.warnings)
    assert readers.read(write(tmp_path, "Force (N),Stroke (mm)\n" + unlike + "\n")).warnings == ()


def test_two_loads_that_are_no_groups_are_refused(tmp_path):
    with pytest.raises(BadInputError, match="several columns 'force'"):
        readers.read(write(tmp_path, "Force (N),Force (N),Stroke (mm)\n1,2,0.1\n2,3,0.2\n"))


def test_extension_beside_a_crosshead_is_the_extensometers(tmp_path):
    record = readers.read(write(tmp_path, "Force (N),Stroke (mm),Extension (mm)\n1,0.1,0.01\n2,0.2,0.02\n"))
    assert record.extension_millimetre.tolist() == [0.01, 0.02]
    assert record.displacement_millimetre.tolist() == [0.1, 0.2]
    alone = readers.read(write(tmp_path, "Force (N),Extension (mm)\n1,0.01\n2,0.02\n"))
    assert alone.extension_millimetre is None
    assert any("does not say of what" in w for w in alone.warnings)


def test_cycling_and_thickness_are_not_taken_for_tensile(tmp_path):
    cell = write(tmp_path, "Time (h),Voltage (V),Force (N),Displacement (mm)\n0,3.1,5,0.1\n1,3.2,6,0.2\n")
    assert readers.recognise(cell) == "thickness_table"
    machine = write(tmp_path, "Time (h),Force (N),Displacement (mm)\n0,5,0.1\n1,6,0.2\n")
    assert readers.recognise(machine) == "tensile_table"


def test_prose_that_names_quantities_is_no_table(tmp_path):
    prose = "the record holds time, hoop strain, ambient\nmore of it, and more\nand still more, with words\n"
    for name in ("thickness_table", "tensile_table"):
        looks_like = registry.load("limetal.readers", name).looks_like
        assert not looks_like(readers.RawFile(write(tmp_path, prose, "a.txt")))
    table = write(tmp_path, "time (s), hoop strain (%)\n0,0\n1,0.5\n", "b.txt")
    assert registry.load("limetal.readers", "thickness_table").looks_like(readers.RawFile(table))


def test_columns_of_a_file_without_headers_are_named_by_number(tmp_path):
    path = write(tmp_path, "1.5,0.1\n2.5,0.2\n3.5,0.3\n")
    said = {"force": ColumnHint(1, "kN"), "displacement": ColumnHint(2, "mm")}
    assert readers.read(path, columns=said).force_newton.tolist() == [1500, 2500, 3500]
    with pytest.raises(BadInputError, match="a column between 1 and 2"):
        readers.read(path, columns={**said, "stress": ColumnHint(3, "MPa")})
    with pytest.raises(BadInputError, match="no unit for 'column 1'"):
        readers.read(path, columns={**said, "force": ColumnHint(1)})


def test_units_of_the_table_and_of_the_users_language():
    assert read_unit("MPa") != read_unit("mPa")
    assert read_unit("N mm-2").dimension == "stress"
    assert read_heading("Kraft in kN").unit == "kN"
    assert read_heading("Longitud [mm]").name == "longitud"


def test_table_begins_where_its_header_stands(tmp_path):
    from limetal.readers import RawFile

    path = write(tmp_path, "Title\n\nWidth,5,mm\nForce,Stroke\nN,mm\n1,2\n3,4\n")
    [table] = text_tables(RawFile(path), fits_tensile)
    assert table.header_line == 4
    assert table.rows.line.tolist() == [6, 7]
    assert ("Width", "5", "mm") in table.above
