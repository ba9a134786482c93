"""Zahner files: numbers against the bytes, order as measured, what is missing is said."""

import struct

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from limetal.readers import zahner_ism
from support.data_files import real
from support.samples.common import Z_OHM
from support.samples.zahner_ism import (
    F_HZ,
    STAMPS_S,
    TEXTS,
    Z,
    description,
    numbers,
    write_older_ism,
    write_python_ism,
    write_thales_ism,
)
from support.samples.zahner_text import write_logged_run, write_remote_csv, write_saved_ascii

ISM = "eis/Zahner-Analysis-Python"
# file: points, first and last frequency, has times, has the mean voltage of every point
REAL = {
    "ComplexFitConfigurations_li-ion-battery": (128, 5e-4, 5e3, False, False),
    "BasicIntroduction_rc-data": (75, 1049.3, 0.2, True, True),
    "ImpedanceVsVoltageSeriesFit_measured_spectras_150_mvdc": (38, 100.0, 5e5, True, True),
    "SetupCompensation_ExampleData_500uR_measurement_pro": (250, 1029.2, 1.0, True, True),
    "EditImpedanceData_li-ion-battery-edited": (116, 1e-5, 960.0, False, False),
    "ZHIT_drift": (47, 5e4, 0.1, True, True),
}


@pytest.mark.parametrize("name", REAL)
def test_real_spectrum(name):
    points, first, last, timed, tracked = REAL[name]
    record = readers.read(real(f"{ISM}/{name}.ism"))
    assert record.rows == points
    assert record.frequency_hertz[[0, -1]] == pytest.approx([first, last], rel=1e-3)
    assert (record.test_time_second is not None) is timed
    assert (record.voltage_volt is not None) is tracked


def test_real_numbers_are_those_of_the_bytes():
    path = real(f"{ISM}/BasicIntroduction_rc-data.ism")
    record, data, n = readers.read(path), path.read_bytes(), 75
    for row in (0, 40, 74):
        f, z, phi, t = (struct.unpack_from(">d", data, 12 + 8 * (column * n + row))[0] for column in range(4))
        assert record.frequency_hertz[row] == f
        assert record.impedance[row] == pytest.approx(z * np.exp(1j * phi), rel=1e-14)
        assert record.test_time_second[row] == t - struct.unpack_from(">d", data, 12 + 24 * n)[0]
    assert record.about.comment == "First Line\n2\n3\nLast Line"
    assert record.about.sample == "RC HIZ"
    assert record.about.start_time == "2024-07-16T09:32:48.071"  # the file's own clock says 09:32:45 - 09:37:42


def test_real_dummy_is_a_capacitor_beside_a_resistor():
    """The vendor's fit of this file: 98.87 MOhm beside 147.8 pF."""
    record = readers.read(real(f"{ISM}/BasicIntroduction_rc-data.ism"))
    low = record.frequency_hertz < 1e3  # its leads matter above
    model = 98.87e6 / (1 + 2j * np.pi * record.frequency_hertz * 98.87e6 * 147.8e-12)
    np.testing.assert_allclose(np.abs(record.impedance - model)[low] / np.abs(model)[low], 0, atol=0.02)
    assert np.all(record.impedance_imaginary_ohm < 0)


def test_real_bias_of_a_series_is_in_the_tracks():
    for milli in (0, 100, 300):
        record = readers.read(real(f"{ISM}/ImpedanceVsVoltageSeriesFit_measured_spectras_{milli:03d}_mvdc.ism"))
        assert record.voltage_volt.mean() == pytest.approx(milli / 1e3 + 0.025, abs=2e-3)


def test_real_text_of_thales_remote():
    record = readers.read(real("eis/Thales-Remote-Python/EIS.csv"))
    assert record.rows == 25
    assert record.frequency_hertz[[0, 16, -1]].tolist() == [5.0, 13791.0, 500e3]
    assert np.abs(record.impedance[[0, 16]]).tolist() == pytest.approx([14.151, 51.480e-3])
    assert np.degrees(np.angle(record.impedance[[0, 19, -1]])).tolist() == pytest.approx([-88.811, 0.786197, 42.507])


def test_real_logged_run():
    record = readers.read(real("tafel_cv/Thales-Remote-Python/polarization.txt"))
    assert record.potential_volt[[0, -1]].tolist() == [0.9972541, 0.997224]
    assert record.current_ampere[-1] == 0.1000566
    assert record.test_time_second[-1] == pytest.approx(9.003764)
    assert record.more["PAD4Ch2"][3] == 0.9970369
    assert any("no units" in warning for warning in record.warnings)


# ---------------------------------------------------------------- binary


def test_description_area_and_turn(tmp_path):
    record = readers.read(write_thales_ism(tmp_path))
    assert record.area_cm2 == 1.54
    assert record.about.sample == "Li|Li 7"
    assert record.about.settings["potential"] == "0.5000V, Ampl: 10mV"
    assert record.about.settings["amplitude (V or A)"] == "0.01"
    assert record.more["significance"].tolist() == [0.998] * F_HZ.size
    (turn,) = record.warnings
    assert turn.startswith("the sweep turns once (from 100 Hz")


def test_area_without_unit_is_no_area(tmp_path):
    texts = (*TEXTS[:10], "1.54", "")
    file = tmp_path / "cell.ism"
    file.write_bytes(numbers(-2, F_HZ, Z, STAMPS_S) + description(*texts, flag=0, flags=0.0))
    record = readers.read(file)
    assert record.area_cm2 is None
    assert record.about.settings["electrode area"] == "1.54"


def test_counted_points_are_no_times(tmp_path):
    for record in (readers.read(write_older_ism(tmp_path)), readers.read(write_python_ism(tmp_path))):
        assert record.test_time_second is None
        assert any("only count the points" in w for w in record.warnings)
        assert record.more["time stamp"].tolist() == list(range(Z_OHM.size))
    assert readers.read(write_older_ism(tmp_path)).about.start_time == "2009-05-25"


@pytest.mark.parametrize(
    ("share", "words", "missing"),
    [(24, "cut after the phases", "significance"), (32, "cut after the times", "significance")],
)
def test_cut_after_the_phases_gives_the_spectrum(share, words, missing, tmp_path):
    file = write_thales_ism(tmp_path)
    file.write_bytes(file.read_bytes()[: 12 + share * F_HZ.size])
    record = zahner_ism.read(readers.RawFile(file), readers.ReadOptions())  # points that repeat are dropped later
    np.testing.assert_allclose(record.impedance, Z)
    assert any(words in warning for warning in record.warnings)
    assert missing not in record.more


def test_cut_description_is_said(tmp_path):
    file = write_thales_ism(tmp_path)
    file.write_bytes(file.read_bytes()[: 12 + 34 * F_HZ.size + 30])
    record = readers.read(file)
    np.testing.assert_allclose(record.impedance, Z)
    assert any("the description ends before its 'potential'" in warning for warning in record.warnings)


def test_cut_before_the_end_of_the_phases_is_refused(tmp_path):
    file = write_thales_ism(tmp_path)
    file.write_bytes(file.read_bytes()[: 12 + 24 * F_HZ.size - 1])
    with pytest.raises(BadInputError, match=f"a count of {F_HZ.size} points and room for {F_HZ.size - 1}"):
        readers.read(file)


@pytest.mark.parametrize("index", [0xFFFFFFFFFFFF, 10_000_001, 5000])
def test_counts_beyond_the_file_are_refused(index, tmp_path):
    file = write_thales_ism(tmp_path)
    data = bytearray(file.read_bytes())
    data[6:12] = index.to_bytes(6, "big")
    file.write_bytes(bytes(data))
    with pytest.raises(BadInputError, match="a count of"):
        readers.read(file, reader="zahner_ism")


def test_phases_in_degrees_are_refused(tmp_path):
    file = tmp_path / "cell.ism"
    for factor, fails in ((1.0, False), (180 / np.pi, True)):
        data = bytearray(numbers(-2, F_HZ, Z, STAMPS_S))
        n = F_HZ.size
        data[12 + 16 * n : 12 + 24 * n] = (np.angle(Z) * factor).astype(">f8").tobytes()
        file.write_bytes(bytes(data) + bytes(24))
        if fails:
            with pytest.raises(BadInputError, match="want an angle in radians"):
                readers.read(file)
        else:
            np.testing.assert_allclose(readers.read(file).impedance, Z)


def test_unknown_version_is_named(tmp_path):
    file = tmp_path / "cell.ism"
    file.write_bytes(numbers(-7, F_HZ, Z, STAMPS_S) + bytes(24))
    assert "version -7, which was never seen" in readers.read(file).warnings[0]


# ---------------------------------------------------------------- text


def test_lines_above_the_table_are_the_description(tmp_path):
    record = readers.read(write_saved_ascii(tmp_path))
    assert record.about.sample == "Li|Li 7"
    assert record.about.settings["Potential"] == "0.0000V, Ampl: 10mV"
    assert record.more["Number"].tolist() == list(range(1, Z_OHM.size + 1))


@pytest.mark.parametrize(
    ("bad", "match"), [("abc", "found 'abc', want a number"), ("1.5x", "found '1.5x'"), ("1;2", "4 fields, want 3")]
)
def test_bad_fields_are_named(bad, match, tmp_path):
    file = write_remote_csv(tmp_path)
    lines = file.read_text().split("\n")
    fields = lines[3].split(";")
    file.write_text("\n".join([*lines[:3], ";".join([fields[0], bad, fields[2]]), *lines[4:]]))
    with pytest.raises(BadInputError, match=f"line 4: found .*{match.removeprefix('found ')}"):
        readers.read(file)


def test_small_phases_without_unit_are_doubted(tmp_path):
    file = tmp_path / "EIS.csv"
    file.write_text("Frequency;Impedance;Phase\n1.000;10.0;-1.0\n1.000k;10.0;-0.5\n")
    assert "read as degrees" in readers.read(file).warnings[0]
    file.write_text("Frequency;Impedance;Phase\n1.000;10.0;-10.0\n1.000k;10.0;-0.5\n")
    assert readers.read(file).warnings == ()


def test_a_time_that_is_none_is_refused(tmp_path):
    file = write_logged_run(tmp_path)
    file.write_text(file.read_text().replace("2024-12-06 10:06:54.5", "2024-13-06 10:06:54.5"))
    with pytest.raises(BadInputError, match="line 3: found a time that is no date"):
        readers.read(file)


def test_cut_text_gives_the_rows_that_are_whole(tmp_path):
    file = write_logged_run(tmp_path)
    text = file.read_text()
    file.write_text(text[: text.rindex("\t0.99774")])
    record = readers.read(file)
    assert record.rows == 5
    assert "line 7 was left out: the file ends within it" in record.warnings
