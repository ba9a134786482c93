"""Powder patterns as text: what is claimed, what is not, and what is refused with both readings."""

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from limetal.readers import ColumnHint
from support.data_files import real
from support.samples import diffraction_text as sample
from support.samples.patterns import COUNTS, TWO_THETA_DEG

ROWS = "".join(f"{x:.2f} {y:g}\n" for x, y in zip(TWO_THETA_DEG, COUNTS, strict=True))
BARE = "the file does not say what its columns are: the first was taken as 2θ in degrees"

# rows, first and last angle, first intensity, first deviation, wavelength, said
REAL = {
    "datalab/example_bmb.xye": (575, 0.5, 1.0731031250, 662.407183, 37.744249, 0.414581, ()),
    "datalab/example_evadiffract.xy": (28, 5.0001, 5.2743, 4.852, None, None, ()),
    "datalab/example_mac.xye": (599, 0.0, 0.598, 11.632, 2.65, None, (BARE,)),
    "datalab/example_mythen.xye": (74, 2.038, 2.33, 76131.0, 275.918466, None, (BARE,)),
    "datalab/example_mythen.dat": (730, 2.084, 5.0, 2866.694378, 53.54152, None, (BARE,)),
    "xrayutilities/LaB6_d500_si_psd.xye.bz2": (17381, 4.57208, 150.57837, 950.18403, 548.589, None, (BARE,)),
    "xrdconversion/SbI3.xye": (1399, 10.0001, 59.9875, 1493.0, 38.639358, None, ()),
    "xylib/D1A5.dat": (1680, -10.0, 157.9, 0.8, None, None, ()),
    "xylib/PSI_DMC.dat": (3200, 2.948, 162.898, 7444.0, None, 1.494, ()),
}


@pytest.mark.parametrize("name", REAL)
def test_real_file(name):
    rows, first, last, counts, std, wavelength, said = REAL[name]
    record = readers.read(real(f"xrd/{name}"))
    assert record.rows == rows
    assert record.two_theta_degree[[0, -1]] == pytest.approx([first, last], abs=1e-4)
    assert record.intensity[0] == counts
    assert record.wavelength_angstrom == wavelength
    if std is not None:
        assert record.intensity_std[0] == std
    assert record.warnings == said


def test_deviations_of_the_neutron_files_follow_all_intensities():
    ill, psi = readers.read(real("xrd/xylib/D1A5.dat")), readers.read(real("xrd/xylib/PSI_DMC.dat"))
    assert (ill.intensity[-1], ill.intensity_std[0], ill.intensity_std[-1]) == (155.1, 0.58, 7.35)
    assert (psi.intensity_std[0], psi.intensity_std[-1]) == (81.5, 89.7)
    assert psi.about.start_time == "2001-06-16T06:25:59"
    assert psi.temperature_K is None  # T=0.000 is no temperature


def test_header_of_11_bm_is_kept():
    record = readers.read(real("xrd/datalab/example_bmb.xye"))
    assert record.temperature_K == 300.03
    assert record.about.sample == "eel69B"
    assert record.about.settings["Barcode ID"] == "UserControl Data"
    assert record.about.start_time == "2017-04-12T01:23:16"


def test_column_headed_theta_is_refused_with_both_readings():
    file = real("xrd/datalab/example_ocx.xy")
    with pytest.raises(BadInputError, match=r"'theta' from 5 to 80 deg, which may be 2θ itself, or θ \(2θ 10 to 160"):
        readers.read(file)
    told = readers.read(file, columns={"two_theta": ColumnHint("theta"), "intensity": ColumnHint("intensity")})
    assert (told.rows, told.two_theta_degree[-1], told.intensity[0]) == (1876, 80.0, 2.732)


def test_column_headed_theta_that_passes_90_degrees_is_two_theta(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("theta,intensity\n" + ROWS.replace("10.", "98.").replace(" ", ","))
    record = readers.read(file)
    assert record.two_theta_degree[0] == 98.0
    assert "which θ cannot" in record.warnings[0]


@pytest.mark.parametrize("ending", [".csv", ".txt", ".dat", ".asc"])
def test_two_columns_without_words_are_not_claimed(ending, tmp_path):
    file = tmp_path / f"a{ending}"
    file.write_text(ROWS)
    assert readers.recognise(file) == "delimited"
    twin = tmp_path / "a.xy"
    twin.write_text(ROWS)
    assert readers.recognise(twin) == "diffraction_text"
    assert readers.read(twin).warnings == (BARE,)


@pytest.mark.parametrize(
    "text",
    [
        "# Excitation Energy: 1486.6\n" + ROWS,  # a spectrum of electrons
        "Raman shift, intensity\n" + ROWS,
        ROWS.replace("10.", "710."),  # no angle
        "".join(f"{x:.2f} {y:g}\n" for x, y in zip(np.geomspace(10, 90, 24), COUNTS, strict=True)),  # no equal steps
        "\n".join(ROWS.splitlines()[::-1]),
        "10 5\n11 6\n12 7\n",  # too short to look like anything
    ],
)
def test_xy_that_does_not_look_like_a_pattern_is_not_claimed(text, tmp_path):
    file = tmp_path / "a.xy"
    file.write_text(text)
    try:
        assert readers.recognise(file) != "diffraction_text"
    except BadInputError as error:
        assert "no known format" in str(error)  # noqa: PT017 - either answer is right


@pytest.mark.parametrize(
    "name", ["datalab/cod_9004112.cif", "xrayutilities/Silicon.cif", "xrdconversion/SbI3.metadata"]
)
def test_structures_and_notes_are_no_patterns(name):
    file = real(f"xrd/{name}")
    with pytest.raises(BadInputError):
        readers.read(file)
    with pytest.raises(BadInputError):
        readers.read(file, reader="diffraction_text")


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("2theta intensity", "a.u."),
        ("2-Theta (deg)  Intensity (cps)", "counts/s"),
        ("# 2θ/°  counts", "counts"),
        ("Two Theta [°]\tI [a.u.]", "a.u."),
        ("! tth Iobs", "a.u."),
        ("Pos. [°2Th.], Intensity [counts]", "counts"),
        ("Angle Counts", "counts"),
        ("XYDATA\n! anything", "a.u."),
    ],
)
def test_headers_that_say_two_theta(header, unit, tmp_path):
    file = tmp_path / "a.txt"
    file.write_text(f"Sample LMZG 3\n{header}\n" if "XYDATA" not in header else f"{header}\n")
    with file.open("a") as stream:
        stream.write(ROWS)
    assert readers.recognise(file) == "diffraction_text"
    record = readers.read(file)
    np.testing.assert_allclose(record.two_theta_degree, TWO_THETA_DEG)
    np.testing.assert_array_equal(record.intensity, COUNTS)
    assert record.intensity_unit == unit


def test_columns_in_another_order_and_more_columns(tmp_path):
    file = tmp_path / "a.csv"
    rows = "".join(f"{i},{y:g},{x:.2f},{y / 2:g}\n" for i, (x, y) in enumerate(zip(TWO_THETA_DEG, COUNTS, strict=True)))
    file.write_text("Index,Intensity (counts),2Theta (deg),Background\n" + rows)
    record = readers.read(file)
    np.testing.assert_array_equal(record.intensity, COUNTS)
    assert list(record.more) == ["Index", "Background"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2theta,h,k,l,intensity\n28.4,1,1,1,100\n47.3,2,2,0,55\n56.1,3,1,1,30\n", "a list of reflections"),
        ("2theta,Intensity,Intensity\n10.0,5,6\n10.1,6,7\n10.2,7,8\n", "several columns of intensity"),
        ("2theta,A,B\n10.0,5,6\n10.1,6,7\n10.2,7,8\n", "no column of intensity"),
        ("2theta intensity\n10.0 5\n10.1 6\n10.2 7\n10.3 x7\n10.4 8\n", r"line 5: found 'x7', want a number"),
        ("2theta intensity\n10.0 5\n10.1 6\n10.2 7\n10.3\n10.4 8\n", r"line 5: found 1 fields, want 2"),
    ],
)
def test_tables_that_are_refused(text, message, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(text)
    assert readers.recognise(file) == "diffraction_text"
    with pytest.raises(BadInputError, match=message):
        readers.read(file)


def test_radians_in_the_header_are_turned_and_said(tmp_path):
    file = tmp_path / "a.txt"
    rows = "".join(f"{np.deg2rad(x):.9f}\t{y:g}\n" for x, y in zip(TWO_THETA_DEG, COUNTS, strict=True))
    file.write_text("2theta (rad)\tintensity\n" + rows)
    record = readers.read(file)
    np.testing.assert_allclose(record.two_theta_degree, TWO_THETA_DEG, atol=1e-6)
    assert "from radians" in record.warnings[0]


def test_rocking_curve_of_eva_is_refused(tmp_path):
    file = sample.write_eva(tmp_path)
    file.write_text(file.read_text().replace("Coupled TwoTheta/Theta", "Rocking Curve"))
    with pytest.raises(BadInputError, match="a scan along 'Rocking Curve'"):
        readers.read(file)


def test_omega_scan_of_data_viewer_is_refused_and_a_cut_one_said(tmp_path):
    file = sample.write_data_viewer(tmp_path)
    whole = file.read_text()
    assert readers.read(file).counting_time_s == 50.165
    file.write_text(whole.replace("Scan axis,Gonio", "Scan axis,Omega"))
    with pytest.raises(BadInputError, match="a scan along 'Omega'"):
        readers.read(file)
    file.write_text(whole[: whole.index("10.300000000")])
    record = readers.read(file)
    assert record.rows == 15
    assert record.warnings == ("the file announces 24 points and holds 15: it is cut off",)


def test_semicolons_and_decimal_commas_of_data_viewer(tmp_path):
    file = sample.write_data_viewer(tmp_path)
    head, _, rows = file.read_text().partition("Angle,Intensity\n")
    german = rows.replace(",", ";").replace(".", ",")
    file.write_text(head.replace(",", ";", 30) + "Angle;Intensity\n" + german)
    np.testing.assert_array_equal(readers.read(file).intensity, COUNTS)


def test_blanks_and_decimal_commas(tmp_path):
    file = tmp_path / "a.xy"
    file.write_text("# 2theta  intensity\n" + ROWS.replace(".", ","))
    np.testing.assert_allclose(readers.read(file).two_theta_degree, TWO_THETA_DEG)


def test_last_line_that_may_be_cut_is_said(tmp_path):
    file = tmp_path / "a.txt"
    text = "2theta intensity\n" + "".join(f"{x:.2f} {y + 1000:g}\n" for x, y in zip(TWO_THETA_DEG, COUNTS, strict=True))
    for end in (-3, -1):  # whole numbers do not show whether digits are missing
        file.write_text(text[:end])
        (said,) = readers.read(file).warnings
        assert said.startswith(f"line {len(text.splitlines())} has no end")
    file.write_text(text)
    assert readers.read(file).warnings == ()


def test_neutron_file_that_is_cut(tmp_path):
    file = sample.write_ill(tmp_path)
    lines = file.read_text().splitlines()
    file.write_text("\n".join(lines[:8]) + "\n")
    record = readers.read(file)
    assert (record.rows, record.intensity_std) == (24, None)
    assert "deviations" in record.warnings[0]
    file.write_text("\n".join(lines[:7]) + "\n")
    assert readers.read(file).warnings[0] == "the file ends after 20 of 24 points: it is cut off"


def test_columns_the_user_names(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text(ROWS)
    hints = {"two_theta": ColumnHint(1), "intensity": ColumnHint(2)}
    record = readers.read(file, reader="diffraction_text", columns=hints)
    np.testing.assert_array_equal(record.intensity, COUNTS)
    with pytest.raises(BadInputError, match="a column between 1 and 2"):
        readers.read(file, reader="diffraction_text", columns={**hints, "intensity": ColumnHint(3)})
    with pytest.raises(BadInputError, match="both two_theta and intensity"):
        readers.read(file, reader="diffraction_text", columns={"intensity": ColumnHint(2)})
