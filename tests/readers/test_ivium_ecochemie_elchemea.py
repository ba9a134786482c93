"""Ivium, Eco Chemie and Elchemea: one spectrum in five formats, signs, aborted runs, every refusal."""

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from limetal.readers import ecochemie_p00
from limetal.readers.elchemea_i2b import looks_like
from support.samples.common import FREQUENCY_HZ, Z_OHM
from support.samples.ecochemie_dfr import dfr, write_aborted_dfr, write_comma_dfr, write_dfr
from support.samples.ecochemie_p00 import HEADER, write_aborted_p00, write_p00
from support.samples.elchemea_i2b import i2b, write_i2b
from support.samples.ivium import (
    CV_METHOD,
    E_V,
    I_A,
    OCP,
    SPECTRUM,
    VOLTAMMOGRAM,
    eis_method,
    measurement,
    write_aborted_idf,
    write_idf,
    write_ids,
)


def test_one_spectrum_in_five_formats(tmp_path):
    spectra = [readers.read(write(tmp_path)).impedance for write in (write_dfr, write_p00, write_i2b, write_idf)] + [
        readers.read_all(write_ids(tmp_path))[0].impedance
    ]
    for z in spectra:
        np.testing.assert_allclose(z, Z_OHM, rtol=1e-5)
        assert np.all(z.imag < 0)  # a resistor beside a capacitor


# ---------------------------------------------------------------- Ivium


def save(tmp_path, data):
    file = tmp_path / "cell.idf"
    file.write_bytes(data)
    return file


def test_about_an_idf(tmp_path):
    record = readers.read(write_idf(tmp_path))
    about = record.about
    assert (about.instrument, about.software) == ("Ivium OctoStat30+FRA", "IviumSoft 4.1061")
    assert (about.technique, about.sample) == ("Impedance Constant E", "Rope")
    assert (about.start_time, about.comment) == ("2022-06-16T13:02:28", "before cycling")
    assert about.settings["Current Range"] == "1uA"
    assert record.warnings == ("also in the file and not read: ocpdata",)


def test_aborted_runs_say_so(tmp_path):
    record = readers.read(write_aborted_idf(tmp_path))
    assert record.rows == 9
    assert "the file has 9 of the 15 rows it announces" in record.warnings


def test_fewer_rows_before_another_object_are_refused(tmp_path):
    """Only the end of the file ends data early; in the middle the count and the rows must agree."""
    data = measurement(eis_method("a"), [(0, "primary_data", SPECTRUM), (3, "ocpdata", OCP)], lost=2)
    with pytest.raises(BadInputError, match="want 3 numbers"):
        readers.read(save(tmp_path, data))


def test_spectra_of_one_title_have_labels_that_differ(tmp_path):
    assert [r.label for r in readers.read_all(write_ids(tmp_path))] == [
        "Rope", "Tafel", "plating", "cycling", "Rope (2)",
    ]  # fmt: skip


def test_spectra_in_a_row_are_parted(tmp_path):
    data = measurement(eis_method("series"), [(0, "primary_data", np.vstack([SPECTRUM, SPECTRUM * [3, 3, 1]]))])
    first, second = readers.read_all(save(tmp_path, data))
    assert (first.label, second.label) == ("series, spectrum 1", "series, spectrum 2")
    np.testing.assert_allclose(second.impedance, 3 * first.impedance, rtol=1e-4)


def test_voltammogram_against_open_circuit(tmp_path):
    method = tuple(line.replace("wrt OCP=false", "wrt OCP=true") for line in CV_METHOD)
    shifted = np.column_stack([E_V, I_A, E_V + 2.5])
    record = readers.read(save(tmp_path, measurement(method, [(0, "primary_data", shifted)])))
    np.testing.assert_allclose(record.potential_volt, E_V, atol=1e-6)
    assert record.reference == "open circuit (Apply wrt OCP=true)"
    assert record.more["column 3"][0] == pytest.approx(2.4)
    assert any(w.startswith("column 3 is the potential plus 2.5 V") for w in record.warnings)
    plain = readers.read(save(tmp_path, measurement(CV_METHOD, [(0, "primary_data", VOLTAMMOGRAM)])))
    assert plain.warnings == () or (len(plain.warnings) == 1 and "has no end" in plain.warnings[0])
    assert plain.scan_rate_V_s == 0.005


@pytest.mark.parametrize("technique", ["ChronoAmperometry", "Mixed Mode", "ChronoPotentiometry"])
def test_order_of_columns_follows_the_technique(technique, tmp_path):
    table = np.column_stack([np.arange(4.0), np.full(4, 0.25), np.full(4, 3.5)])
    method = ("Method=Transients", f"Technique={technique}", "Title=run")
    record = readers.read(save(tmp_path, measurement(method, [(0, "primary_data", table)])))
    voltage, current = (0.25, 3.5) if technique == "ChronoPotentiometry" else (3.5, 0.25)
    assert record.voltage_volt.tolist() == [voltage] * 4
    assert record.current_ampere.tolist() == [current] * 4


def test_unknown_techniques_are_refused_with_both_readings(tmp_path):
    method = ("Method=Transients", "Technique=Novelty", "Title=run")
    table = np.column_stack([np.arange(4.0), np.full(4, 0.25), np.full(4, 3.5)])
    with pytest.raises(BadInputError, match=r"'Novelty', want .* time, current, potential could as well be time, pot"):
        readers.read(save(tmp_path, measurement(method, [(0, "primary_data", table)])))


def test_a_method_without_name_is_told_by_its_frequencies(tmp_path):
    record = readers.read(save(tmp_path, measurement(("Title=a",), [(0, "primary_data", SPECTRUM)])))
    np.testing.assert_allclose(record.frequency_hertz, FREQUENCY_HZ, rtol=1e-5)
    assert any("the method is not named" in w for w in record.warnings)
    with pytest.raises(BadInputError, match="the method ''"):
        readers.read(save(tmp_path, measurement(("Title=a",), [(0, "primary_data", VOLTAMMOGRAM)])))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ((b"3         \r\n15        ", b"x         \r\n15        "), "want the number of columns and of rows"),
        ((b"3         \r\n15        ", b"3         \r\n0         "), "none of its 0 rows"),
        ((b"primary_data", b"secondary___"), "no primary_data"),
    ],
)
def test_broken_objects_are_refused(change, match, tmp_path):
    data = measurement(eis_method("a"), [(0, "primary_data", SPECTRUM)])
    assert change[0] in data
    with pytest.raises(BadInputError, match=match):
        readers.read(save(tmp_path, data.replace(*change)), reader="ivium")


def test_numbers_of_american_and_european_dates_are_not_guessed(tmp_path):
    data = measurement(eis_method("a"), [(0, "primary_data", SPECTRUM)]).replace(b"\x1estart time  : 2022", b"\x1ex")
    assert readers.read(save(tmp_path, data)).about.start_time == "2022-06-16T13:02:28"  # no month 16
    data = data.replace(b"16/06/2022", b"06/05/2022")
    assert readers.read(save(tmp_path, data)).about.start_time == "06/05/2022 13:02:28"


# ---------------------------------------------------------------- Eco Chemie


def test_further_numbers_of_a_dfr_are_kept_under_their_place(tmp_path):
    record = readers.read(write_comma_dfr(tmp_path))
    assert record.more["number 6"].tolist() == [59.3] * Z_OHM.size
    assert any("not documented" in w for w in record.warnings)
    assert readers.read(write_dfr(tmp_path)).warnings == ()
    assert readers.read(write_dfr(tmp_path)).about.settings == {
        "date 1": "2022-07-13T22:32:00",
        "date 2": "2018-11-12T22:33:00",
    }


def test_aborted_dfr_and_p00_say_so(tmp_path):
    assert "the file is cut: 5 of 15 points are whole" in readers.read(write_aborted_dfr(tmp_path)).warnings
    assert "the file has 6 of the 15 points it announces" in readers.read(write_aborted_p00(tmp_path)).warnings


def test_other_versions_of_dfr_are_doubted(tmp_path):
    file = tmp_path / "cell.dfr"
    file.write_bytes(dfr().replace(b"VERSION8.0", b"VERSION9.1"))
    assert readers.read(file).warnings == ("version 9.1 was never seen: it was read as version 8.0",)


def test_letters_in_a_dfr_are_named(tmp_path):
    file = tmp_path / "cell.dfr"
    lines = dfr().split(b"\r\n")
    file.write_bytes(b"\r\n".join([*lines[:4], b" ten", *lines[5:]]))
    with pytest.raises(BadInputError, match="line 5: found 'ten', want a number"):
        readers.read(file)


def test_about_a_p00(tmp_path):
    about = readers.read(write_p00(tmp_path)).about
    assert (about.sample, about.comment) == ("Li|Li 7", "before cycling")
    assert about.start_time == "2022-07-13T22:32:00"
    assert about.settings["t"] == "736.4 s"


def test_anonymised_dates_do_not_make_a_read_fail(tmp_path):
    file = write_p00(tmp_path)
    file.write_bytes(file.read_bytes().replace(b"13.07.2022 22:32:00", b"DD.MM.YYYY HH:MM:SS"))
    assert readers.read(file).about.start_time == "2022-07-13T22:52:00"
    file.write_bytes(file.read_bytes().replace(b"13.07.2022 22:52:00", b"DD.MM.YYYY HH:MM:SS"))
    assert readers.read(file).about.start_time == ""


def test_the_header_of_a_p00_says_the_sign(tmp_path):
    file = write_p00(tmp_path)
    text = file.read_text(encoding="latin-1")
    file.write_text(text.replace("-Z''/Ohm ", " Z''/Ohm "), encoding="latin-1")
    unchecked = ecochemie_p00.read(readers.RawFile(file), readers.ReadOptions())
    np.testing.assert_allclose(unchecked.impedance_imaginary_ohm, -Z_OHM.imag, rtol=1e-7)
    file.write_text(text.replace(HEADER, HEADER.replace("-Z''", "|Z|")), encoding="latin-1")
    with pytest.raises(BadInputError, match="want a print of the FRA program"):
        readers.read(file, reader="ecochemie_p00")


def test_rows_of_another_width_are_refused(tmp_path):
    file = write_p00(tmp_path)
    lines = file.read_bytes().split(b"\r\n")
    file.write_bytes(b"\r\n".join([*lines[:8], lines[8] + b" 1.0\t", *lines[9:]]))
    with pytest.raises(BadInputError, match=r"line 9: found 7 fields .*want 6 as in the header"):
        readers.read(file)


# ---------------------------------------------------------------- Elchemea


def test_description_is_kept(tmp_path):
    assert readers.read(write_i2b(tmp_path)).about.comment == "Some words\nof the\noperator"


def test_count_and_rows_of_an_i2b_must_agree(tmp_path):
    file = tmp_path / "cell.i2b"
    file.write_bytes(i2b() + b"1.0 2.0 -3.0\n")
    assert "1 lines after the 15 points announced are left out" in readers.read(file).warnings
    file.write_bytes(b"\n".join(i2b().split(b"\n")[:-4]) + b"\n")
    record = readers.read(file)
    assert record.rows == 12
    assert "the file has 12 of the 15 points it announces" in record.warnings
    other = file.rename(tmp_path / "cell.txt")
    assert not looks_like(readers.RawFile(other))  # without the name and the count it could be anything


def test_a_last_line_without_end_is_doubted(tmp_path):
    file = tmp_path / "cell.i2b"
    file.write_bytes(i2b()[:-1])
    record = readers.read(file)
    assert record.rows == 15
    assert any("line 20 has no end" in said for said in record.warnings)
    file.write_bytes(i2b()[:-15])
    record = readers.read(file)
    assert record.rows == 14
    assert "line 20 was left out: the file ends within it" in record.warnings


def test_words_among_the_numbers_of_an_i2b_are_refused(tmp_path):
    file = tmp_path / "cell.i2b"
    lines = i2b().split(b"\n")
    file.write_bytes(b"\n".join([*lines[:7], b"1.0 two -3.0", *lines[8:]]))
    with pytest.raises(BadInputError, match="line 8: found 'two', want a number"):
        readers.read(file, reader="elchemea_i2b")
