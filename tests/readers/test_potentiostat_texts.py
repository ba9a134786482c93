"""Text files of potentiostats: real ones to the digit, what they say of themselves, and each refusal with its twin."""

from pathlib import Path

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from support.data_files import real
from support.samples import autolab_text, chi_text, corrware_cor, dahn_text, gamry_dta, relaxis_text, zplot
from support.samples import versastudio_par as versa
from support.samples.common import FREQUENCY_HZ, Z_OHM

EIS = "eis/impedance.py"


def changed(file: Path, old: str, new: str, count: int = 1) -> Path:
    """The file with a piece of its text replaced; the piece must be there."""
    data = file.read_bytes()
    assert old.encode() in data
    file.write_bytes(data.replace(old.encode(), new.encode(), count))
    return file


def raw_rows(file: Path, first: int, columns: tuple[int, ...], mark: str | None = None) -> np.ndarray:
    """Columns of a table below line ``first``, read with nothing but split and float."""
    rows = [line.split(mark) for line in file.read_text(encoding="utf-8", errors="replace").split("\n")[first:]]
    return np.array([[float(row[c].strip()) for c in columns] for row in rows if len(row) > max(columns)])


# ---------------------------------------------------------------------------------------------- real files


@pytest.mark.parametrize(
    ("name", "reader", "first", "columns", "mark"),
    [
        ("exampleDataGamry.DTA", "gamry_dta", 448, (3, 4, 5), "\t"),
        ("exampleDataZPlot.z", "zplot", 123, (0, 4, 5), "\t"),
        ("Circuit1_EIS_1.z", "zplot", 123, (0, 4, 5), "\t"),
        ("exampleDataAutolab.txt", "zplot", 11, (0, 4, 5), ","),
        ("exampleDataCHInstruments.txt", "chi_text", 18, (0, 1, 2), ","),
        ("exampleDataPowersuite.txt", "powersuite_text", 1, (0, 1, 2), "\t"),
    ],
)
def test_real_spectrum_is_read_to_the_digit(name, reader, first, columns, mark):
    file = real(f"{EIS}/{name}")
    assert readers.recognise(file) == reader
    record = readers.read(file)
    table = raw_rows(file, first, columns, mark)
    assert record.rows == len(table) > 20
    np.testing.assert_array_equal(record.frequency_hertz, table[:, 0])
    np.testing.assert_array_equal(record.impedance_real_ohm, table[:, 1])
    np.testing.assert_array_equal(record.impedance_imaginary_ohm, table[:, 2])


def test_real_gamry_spectrum_says_what_it_is():
    record = readers.read(real(f"{EIS}/exampleDataGamry.DTA"))
    assert record.warnings == ()
    assert record.area_cm2 == 1.0
    assert record.about.technique == "EISPOT"
    assert record.about.instrument == "Gamry REF3000-34128"
    assert record.about.start_time == "2018-04-23T16:43:15"
    assert record.about.comment == "-50mV +5.66X10^-4 D8"
    assert record.about.settings["VAC"].startswith("1.00000E+001")
    assert record.test_time_second[[0, -1]].tolist() == [1.0, 861.0]
    assert record.voltage_volt[0] == -0.3413299
    assert record.current_ampere[-1] == -2.233894e-06
    np.testing.assert_allclose(record.more["Zmod (ohm)"], np.abs(record.impedance), rtol=1e-6)


def test_real_inductive_spectrum_keeps_its_sign_without_a_word():
    record = readers.read(real("eis/hybrid-drt/EISGALV_EISTest3.DTA"))
    assert record.warnings == ()
    assert record.impedance_imaginary_ohm[[0, -1]].tolist() == [0.1695821, -0.001175554]
    assert record.area_cm2 is None


def test_real_corrosion_sweep_is_read_to_the_digit():
    file = real("tafel_cv/potentiodynamic-polarization-handler/test_file_Icorr10uA.DTA")
    record = readers.read(file)
    table = raw_rows(file, 79, (2, 3, 4), "\t")
    assert record.kind == "polarisation"
    assert record.rows == len(table) == 1163
    np.testing.assert_array_equal(record.test_time_second, table[:, 0])
    np.testing.assert_array_equal(record.potential_volt, table[:, 1])
    np.testing.assert_array_equal(record.current_ampere, table[:, 2])
    assert record.area_cm2 == 2.929
    assert record.scan_rate_V_s == pytest.approx(1.667e-4)
    assert record.reference == "Ref."
    assert record.warnings == ()


def test_real_versastudio_spectrum_carries_its_warning():
    record = readers.read(real(f"{EIS}/exampleDataVersaStudio.par"))
    assert record.rows == 61
    assert record.impedance[0] == 55.31571 + 4.575431j
    assert record.frequency_hertz[-1] == 0.02154435
    assert len(record.warnings) == 1
    assert "before calibration" in record.warnings[0]
    assert record.about.start_time == "2018-07-19T09:40:30"


def test_real_parstat_file_is_a_run_and_a_spectrum():
    run, spectrum = readers.read_all(real(f"{EIS}/exampleDataParstat.txt"))
    assert (run.kind, run.rows, run.label) == ("cycling", 781, "over time")
    assert run.current_ampere[0] == -0.149962306022644
    assert (spectrum.kind, spectrum.rows, spectrum.label) == ("impedance", 31, "spectrum")
    assert spectrum.impedance[1] == 0.0311342528064856 + 0.0114148267514142j
    assert spectrum.warnings == (
        "Re Z is negative at 1 of 31 points (1e+04 to 1e+04 Hz), which no cell has: wiring or the range of the"
        " instrument",
    )


def test_real_export_of_relaxis_agrees_with_the_spectrum_it_was_made_from():
    export = readers.read(real("eis/hybrid-drt/PEIS_LPSCl_IonBlocking_-25C_RelaxIS.txt"))
    table = raw_rows(real("eis/hybrid-drt/PEIS_LPSCl_IonBlocking_-25C.txt"), 65, (0, 1, 2), "\t")
    assert export.rows == len(table) == 79
    order = np.argsort(export.frequency_hertz)[::-1]
    np.testing.assert_allclose(export.frequency_hertz[order], table[:, 0], rtol=1e-6)
    np.testing.assert_allclose(export.impedance_real_ohm[order], table[:, 1], rtol=1e-6)
    np.testing.assert_allclose(export.impedance_imaginary_ohm[order], -table[:, 2], rtol=1e-6)
    assert export.about.settings["DC"] == "-0.080042"
    assert "PEIS_TSeq7" in export.about.sample


def test_real_columns_out_of_a_spreadsheet_are_read_to_the_digit():
    file = real("eis/EISFitting/DAHN_TXT_example.txt")
    assert readers.recognise(file) == "dahn_text"
    record = readers.read(file)
    table = raw_rows(file, 1, (0, 1, 2), "\t")
    np.testing.assert_array_equal(record.impedance, table[:, 1] - 1j * table[:, 2])
    assert "prove that it is -Im(Z)/Ohm" in record.warnings[0]


# ---------------------------------------------------------------------------------------------- Gamry


def test_gamry_aborted_run_says_so(tmp_path):
    assert readers.read(gamry_dta.write_aborted_eis(tmp_path)).warnings == (
        "the experiment was aborted (EXPERIMENTABORTED)",
    )


def test_gamry_table_shorter_than_stated_says_so_and_whole_one_does_not(tmp_path):
    file = gamry_dta.write_chronoamperometry(tmp_path)
    assert readers.read(file).warnings == ()
    lines = file.read_bytes().split(b"\r\n")
    file.write_bytes(b"\r\n".join(lines[:-4]) + b"\r\n")
    assert readers.read(file).warnings == ("table CURVE states 12 rows and has 9: the run or the file was cut",)


def test_gamry_turned_current_is_said(tmp_path):
    record = readers.read(gamry_dta.write_potentiodynamic_counting_cathodic_positive(tmp_path))
    assert record.warnings == ("CONVENTION 0 counts cathodic currents positive, so the sign of the current was turned",)


def test_gamry_convention_that_the_data_contradict_is_said_and_not_followed(tmp_path):
    rate = "SCANRATE\tQUANT\t1.00000E+002\t&Scan Rate (mV/s)\n"
    text = gamry_dta.head("CV", "CV", extra=rate) + "CONVENTION\tIQUANT\t0\tCurrent Convention\n"
    file = tmp_path / "cv.DTA"
    file.write_text(text + gamry_dta.curve("CURVE1", gamry_dta.T_S, gamry_dta.E_V, gamry_dta.I_A), encoding="cp1252")
    record = readers.read(file)
    np.testing.assert_array_equal(record.current_ampere, gamry_dta.I_A)
    assert "its sign was kept" in record.warnings[0]


def test_gamry_scan_whose_clock_starts_anew_has_no_time(tmp_path):
    rate = "SCANRATE\tQUANT\t1.00000E+002\t&Scan Rate (mV/s)\n"
    curves = [gamry_dta.curve(f"CURVE{k}", gamry_dta.T_S, gamry_dta.E_V, gamry_dta.I_A) for k in (1, 2)]
    file = tmp_path / "cv.DTA"
    file.write_text(gamry_dta.head("CV", "CV", extra=rate) + "".join(curves), encoding="cp1252")
    record = readers.read(file)
    assert record.test_time_second is None
    assert record.more["T (s)"].tolist() == [*gamry_dta.T_S, *gamry_dta.T_S]
    assert "time starts anew" in record.warnings[0]


@pytest.mark.parametrize(("unit", "factor"), [("ohm", 1.0), ("kohm", 1e3), ("mohm", 1e-3)])
def test_gamry_units_are_read_from_their_row(unit, factor, tmp_path):
    file = gamry_dta.write_two_spectra(tmp_path)
    changed(file, "\tHz\tohm\tohm\tV\tohm", f"\tHz\t{unit}\t{unit}\tV\t{unit}", 2)
    np.testing.assert_allclose(readers.read_all(file)[0].impedance, factor * Z_OHM)


def test_gamry_unknown_unit_is_refused(tmp_path):
    file = changed(gamry_dta.write_aborted_eis(tmp_path), "\tHz\tohm\tohm", "\tHz\tbel\tohm")
    with pytest.raises(BadInputError, match="no column of real among"):
        readers.read(file)


def test_gamry_capacities_alone_are_refused_with_what_they_are(tmp_path):
    file = tmp_path / "ccd.DTA"
    file.write_text(
        "EXPLAIN\nTAG\tPWR800\nCAPACITYCURVE\tTABLE\n\tPt\tTime\tCharge\n\t#\ts\tC\n\t1\t3493\t4362\n\t2\t6701\t4013\n"
    )
    with pytest.raises(BadInputError, match=r"CAPACITYCURVE .*want a table ZCURVE, or one with Vf and Im"):
        readers.read(file)


def test_gamry_wait_alone_is_read_with_a_word(tmp_path):
    file = tmp_path / "wait.DTA"
    file.write_text(gamry_dta.head("EISPOT", "EIS") + gamry_dta._WAIT, encoding="cp1252")
    record = readers.read(file)
    assert (record.kind, record.rows, record.current_ampere) == ("cycling", 3, None)
    assert "no measurement after it" in record.warnings[0]


def test_gamry_comma_and_point_in_one_table_are_refused(tmp_path):
    file = gamry_dta.write_aborted_eis(tmp_path)
    assert readers.read(file).rows == 5
    with pytest.raises(BadInputError, match="comma may be decimal or part thousands"):
        readers.read(changed(file, "\t100000.0\t", "\t100,000\t"))


@pytest.mark.parametrize(
    ("date", "iso"),
    [("4/23/2018", "2018-04-23T16:43:15"), ("23/4/2018", "2018-04-23T16:43:15"), ("2018-04-23", "2018-04-23T16:43:15"),
     ("23.04.2018", "2018-04-23T16:43:15"), ("4/5/2018", ""), ("DD-M-YYYY", ""), ("99/99/2018", "")],
)  # fmt: skip
def test_gamry_date_is_iso_only_where_it_is_sure(date, iso, tmp_path):
    record = readers.read(changed(gamry_dta.write_open_circuit(tmp_path), "4/23/2018", date))
    assert record.about.start_time == iso
    assert record.about.settings["DATE"].startswith(date)


# ---------------------------------------------------------------------------------------------- the others


def test_zplot_without_names_says_what_order_was_taken(tmp_path):
    record = readers.read(zplot.write_blanks_and_decimal_commas(tmp_path))
    assert record.warnings == (
        "the file has no row of names, so its columns were taken in the order ZPlot writes them",
    )


def test_zplot_bare_columns_are_known_by_their_name_only(tmp_path):
    file = tmp_path / "bare.z"
    file.write_text(zplot.rows())
    assert readers.recognise(file) == "zplot"
    np.testing.assert_array_equal(readers.read(file).impedance, Z_OHM)
    other = file.rename(tmp_path / "bare.txt")
    with pytest.raises(BadInputError):
        readers.read(other)


def test_zplot_names_in_another_order_are_followed(tmp_path):
    file = tmp_path / "order.z"
    names = "Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ''(b)\tZ'(a)\tGD\tErr\tRange\n"
    rows = [line.split("\t") for line in zplot.rows().splitlines()]
    swapped = "".join("\t".join([*row[:4], row[5], row[4], *row[6:]]) + "\n" for row in rows)
    file.write_text("ZPLOT2 ASCII\n" + names + "End Comments\n" + swapped)
    np.testing.assert_array_equal(readers.read(file).impedance, Z_OHM)
    file.write_text("ZPLOT2 ASCII\n" + names + "End Comments\n" + zplot.rows())
    with pytest.raises(BadInputError, match="Re Z and Im Z swapped"):
        readers.read(file)


def test_zplot_area_and_start(tmp_path):
    record = readers.read(zplot.write_zplot_3(tmp_path))
    assert record.area_cm2 == 1.77
    assert record.about.start_time == "2018-10-12T11:04:34"
    assert record.about.comment == "symmetric cell 7"
    assert record.warnings == ()


def test_versastudio_aborted_run_says_so(tmp_path):
    record = readers.read(versa.write_aborted(tmp_path))
    assert any("is not closed" in sentence for sentence in record.warnings)
    assert not any("is not closed" in sentence for sentence in readers.read(versa.write_spectrum(tmp_path)).warnings)


def test_versastudio_sweep_has_no_warning_of_calibration(tmp_path):
    rest, sweep, spectrum = readers.read_all(versa.write_three_actions(tmp_path))
    assert rest.warnings == sweep.warnings == ()
    assert "before calibration" in spectrum.warnings[0]
    assert sweep.scan_rate_V_s == 0.05
    assert spectrum.area_cm2 == 12.57
    assert spectrum.about.start_time == "2023-05-16T22:44:37"


def test_versastudio_binary_data_are_refused(tmp_path):
    file = changed(versa.write_spectrum(tmp_path), "\n0,0,0.1,", "\nAAECAwQF0,0,0.1,")
    with pytest.raises(BadInputError, match="want a file saved as ASCII"):
        readers.read(file)


def test_chi_sign_is_told_by_the_data_and_said(tmp_path):
    turned = readers.read(chi_text.write_voltammetry_counting_cathodic_positive(tmp_path))
    kept = readers.read(chi_text.write_voltammetry_in_segments(tmp_path))
    assert "the sign was turned" in turned.warnings[0]
    assert "was kept" in kept.warnings[0]
    assert turned.scan_rate_V_s == 0.1
    assert turned.about.technique == "Cyclic Voltammetry"
    assert turned.about.sample == "cell 7"


def test_chi_sign_that_nothing_tells_is_kept_and_said(tmp_path):
    file = tmp_path / "flat.txt"
    rows = chi_text.rows(chi_text.E_V, 1e-6 * np.cos(np.pi * chi_text.E_V))
    file.write_text(
        chi_text.head("Cyclic Voltammetry", "Scan Rate (V/s) = 0.1\n") + "Potential/V, Current/A\n\n" + rows
    )
    record = readers.read(file)
    assert "its own sign was kept" in record.warnings[0]
    assert record.current_ampere[4] == 1e-6


def test_chi_logarithm_of_a_current_is_refused_and_the_current_beside_it_read(tmp_path):
    file = tmp_path / "tafel.txt"
    e, i = chi_text.E_V[:9], chi_text.I_A[:9]
    head = chi_text.head("Tafel Plot", "Scan Rate (V/s) = 0.001\n")
    file.write_text(head + "Potential/V, log(Current/A)\n\n" + chi_text.rows(e, np.log10(np.abs(i))))
    with pytest.raises(BadInputError, match="the logarithm of a current, which has lost its sign"):
        readers.read(file)
    file.write_text(head + "Potential/V, Current/A, log(Current/A)\n\n" + chi_text.rows(e, i, np.log10(np.abs(i))))
    np.testing.assert_array_equal(readers.read(file).current_ampere, i)


def test_chi_current_without_its_potential_is_refused(tmp_path):
    file = chi_text.write_current_over_time(tmp_path)
    assert "was set (Init E), not a measured one" in readers.read(file).warnings[0]
    with pytest.raises(BadInputError, match="a current and no potential"):
        readers.read(changed(file, "Init E (V) = 0.25", "Other = 0.25"))


def test_autolab_decimal_commas_between_commas_are_refused(tmp_path):
    file = tmp_path / "fra.csv"
    names = "Frequency (Hz),Z' (ohm),-Z'' (ohm)\n"
    rows = [f"{f:.4f},{z.real:.4f},{-z.imag:.4f}" for f, z in zip(FREQUENCY_HZ, Z_OHM, strict=True)]
    file.write_text(names + "\n".join(rows) + "\n")
    assert readers.read(file).rows == FREQUENCY_HZ.size
    file.write_text(names + "\n".join(row.replace(".", ",") for row in rows) + "\n")
    with pytest.raises(BadInputError, match="6 fields under 3 names: is the comma also the decimal mark"):
        readers.read(file)


def test_autolab_sign_of_names_counts(tmp_path):
    file = changed(autolab_text.write_two_spectra(tmp_path), "-Z''", "Z''")
    changed(file, "-Phase", "Phase")
    with pytest.raises(BadInputError, match="the file may hold -Im Z"):
        readers.read_all(file)


def test_dahn_column_that_is_not_proved_is_refused(tmp_path):
    file = dahn_text.write_dahn(tmp_path)
    assert len(readers.read_all(file)) == 2
    with pytest.raises(BadInputError, match=r"no .Z. and phase beside it"):
        readers.read_all(changed(file, "|Z|/Ohm", "other"))
    file = changed(
        dahn_text.write_dahn(tmp_path), "#NAME?\t|Z|/Ohm\tPhase(Z)/deg\ttime/s", "#NAME?\ttime/s\tPhase(Z)/deg\t|Z|/Ohm"
    )
    with pytest.raises(BadInputError, match="do not show to be Im Z"):
        readers.read_all(file)


def test_relaxis_date_is_that_of_the_export(tmp_path):
    record = readers.read(relaxis_text.write_one(tmp_path))
    assert record.about.start_time == ""
    assert record.about.settings["exported"] == "2025-12-16T14:29:15"
    assert record.about.settings["TM"] == "25.1"


def test_corrware_area_makes_a_current_and_is_said(tmp_path):
    run = readers.read(corrware_cor.write_galvanostatic(tmp_path))
    assert run.warnings == ("current was made from current density and the area of 2 cm2 in the file",)
    sweep = readers.read(corrware_cor.write_potentiodynamic(tmp_path))
    assert sweep.area_cm2 == 2.5
    assert sweep.about.start_time == "2018-10-12T11:04:34"
    assert readers.read(corrware_cor.write_corrtest_cycles(tmp_path)).scan_rate_V_s == 0.01


def test_number_that_the_end_of_the_file_may_have_cut_is_said(tmp_path):
    file = chi_text.write_linear_sweep_with_tabs(tmp_path)
    whole = readers.read(file)
    file.write_bytes(file.read_bytes()[:-4])
    cut = readers.read(file)
    assert any("has lost digits" in sentence for sentence in cut.warnings)
    assert not any("has lost digits" in sentence for sentence in whole.warnings)
