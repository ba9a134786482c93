"""BioLogic .mpr and .mpt: pairs agree, real values, metadata, and every refusal with a twin that is read."""

import struct
from pathlib import Path

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from support.data_files import real
from support.samples._biologic_files import data_module, module, mpr, mpt, settings
from support.samples.biologic_mpr import write_cv, write_gcpl, write_gcpl_long, write_unknown_column
from support.samples.biologic_mpt import write_gcpl as write_gcpl_text
from support.samples.biologic_mpt import write_lsv

PAIRS = (
    "cycling/biologic/yadg_gcpl.issue_211.mpr",
    "cycling/biologic/yadg_mb.mpr",
    "eis/yadg/geis.mpr",
    "eis/yadg/geis.issue_149.mpr",
    "eis/yadg/peis.mpr",
    "eis/yadg/peis.issue_225.ewe_ece.mpr",
    "eis/yadg/peis.issue_225.no_ece.mpr",
    "eis/yadg/peis.issue_225.with_ece.mpr",
    "eis/yadg/vsp_peis_with.mpr",
    "tafel_cv/yadg/cv.mpr",
    "tafel_cv/yadg/lsv.mpr",
    "eis/hybrid-drt/PEIS_LPSCl_IonBlocking_-25C.mpr",
)
#: Newer programs call some columns otherwise in their text exports.
RENAMED = {
    "P/W": "Pwe/W",
    "Energy charge/W.h": "Energy we charge/W.h",
    "Energy discharge/W.h": "Energy we discharge/W.h",
}
#: Columns of the binary file that somebody left out of the export.
NOT_EXPORTED = {"eis/hybrid-drt/PEIS_LPSCl_IonBlocking_-25C.mpr": 6}
#: Eight digits were written.
DIGITS = 5.1e-8
#: Where limetal computes from two such numbers.
COMPUTED = 1.1e-7
TIME = np.arange(4.0)
VOLTS = np.array([3.0, 3.1, 3.2, 3.1])


def text_of(binary: Path) -> Path:
    export = binary.with_suffix(".mpt")
    return export if export.exists() else binary.with_suffix(".txt")


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def cycling(tmp_path: Path, columns: dict[int, np.ndarray], technique: int = 0x04, **how: object) -> Path:
    numbers = [1 if number == 0 else number for number in columns]
    data = data_module(numbers, columns, long=bool(how.get("long", False)))
    return write(tmp_path / "cell.mpr", mpr(module("VMP Set", settings(technique)), data))


def export(tmp_path: Path, names: list[str], columns: list[np.ndarray], **how: object) -> Path:
    technique = str(how.pop("technique", "Galvanostatic Cycling with Potential Limitation"))
    return mpt(tmp_path, technique, names, columns, **how)


# --- real files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAIRS)
def test_binary_and_text_agree_in_every_column(name):
    binary = real(name)
    of_binary, of_text = readers.read_all(binary), readers.read_all(text_of(binary))
    assert [(r.kind, r.rows, r.label) for r in of_binary] == [(r.kind, r.rows, r.label) for r in of_text]
    compared, left_out = 0, set()
    for one, other in zip(of_binary, of_text, strict=True):
        assert set(one.columns()) == set(other.columns())
        there = {**other.columns(), **other.more}
        for column, values in {**one.columns(), **one.more}.items():
            other_name = column if column in there else RENAMED.get(column)
            if other_name not in there:
                left_out.add(column)
                continue
            here, there_values = values.astype(float), there[other_name].astype(float)
            if column.startswith(("THD", "NSD", "NSR", "|Ewe h", "|I h")):
                shown = ~np.isin(there_values, (-1.0, 0.0))  # EC-Lab hides these quality marks at high frequency
                here, there_values = here[shown], there_values[shown]
            rtol = COMPUTED if column in {"voltage_volt", *one.columns()} else DIGITS
            np.testing.assert_allclose(here, there_values, rtol=rtol, atol=1e-30, err_msg=column)
            compared += 1
    assert compared >= 6
    assert len(left_out) == NOT_EXPORTED.get(name, 0)


@pytest.mark.parametrize("name", [n for n in PAIRS if "vsp_peis" not in n])
def test_binary_and_text_say_the_same_of_themselves(name):
    binary = real(name)
    one, other = readers.read_all(binary)[-1], readers.read_all(text_of(binary))[-1]
    assert one.about.start_time == other.about.start_time != ""
    assert one.about.technique == other.about.technique != ""
    for said in ("area_cm2", "scan_rate_V_s"):
        assert getattr(one, said, None) == getattr(other, said, None)
    assert one.about.comment == other.about.comment


def test_values_of_one_row_are_those_of_the_text():
    file = real("cycling/biologic/yadg_gcpl.issue_211.mpt")
    lines = file.read_bytes().decode("cp1252").splitlines()
    names, row = lines[79].split("\t"), lines[80 + 1000].split("\t")
    (record,) = readers.read_all(file.with_suffix(".mpr"))
    assert record.test_time_second[1000] == float(row[names.index("time/s")])
    assert record.current_ampere[1000] == pytest.approx(float(row[names.index("<I>/mA")]) / 1e3, rel=1e-7)
    assert record.voltage_volt[1000] == pytest.approx(float(row[names.index("Ewe-Ece/V")]), rel=1e-6)
    assert record.more["Ewe/V"][1000] == pytest.approx(float(row[names.index("Ewe/V")]), rel=1e-7)
    assert record.cycle_count[1000] == float(row[names.index("cycle number")])
    assert record.more["half cycle"][1000] == float(row[names.index("half cycle")])
    for flag in ("mode", "ox/red", "error", "control changes", "Ns changes", "counter inc."):
        assert record.more[flag][1000] == int(row[names.index(flag)])


def test_current_without_column_is_what_was_controlled():
    (record,) = readers.read_all(real("cycling/biologic/jdb11-1_c3_gcpl_5cycles_2V-3p8V_C-24_data_C09.mpr"))
    assert record.rows == 46102
    galvanostatic = record.more["mode"] == 1
    off = np.abs(record.current_ampere * 1e3 - record.more["control/V/mA"])[galvanostatic]
    assert np.median(off) < 5e-5
    assert np.all(record.current_ampere[record.more["mode"] == 3] == 0)
    assert any("from dq/mA.h" in warning for warning in record.warnings)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("cycling/biologic/aurora_250116_kigr_gen6_01_02_GCPL_CD8.mpr", [3791]),
        ("cycling/biologic/aurora_PEIS.mpr", [61] * 4),
        ("cycling/biologic/yadg_gcpl.issue_175.mpr", [11399]),
        ("cycling/biologic/yadg_gcpl.mpr", [12057]),
        ("cycling/biologic/yadg_mb.mpr", [1028, *[70] * 8]),
        ("cycling/biologic/pyprobe_Sample_data_biologic_01_MB_CA1.txt", [1397]),
        ("eis/yadg/geis.mpr", [29, *[41] * 60, 39]),
        ("eis/hybrid-drt/PEIS_SSB.mpr", [89]),
        ("eis/PyEIS/ex1.mpt", [59, 59]),
        ("eis/PyEIS/ex2.mpt", [59, 59]),
        ("eis/EISFitting/MPT_example.mpt", [70]),
        ("eis/impedance.py/exampleDataBioLogic.mpt", [43]),
        ("tafel_cv/yadg/ca.mpr", [721]),
        ("tafel_cv/ixdat/Pt_poly_cv_CUT.mpt", [223]),
    ],
)
def test_real_file_gives_so_many_rows(name, rows):
    assert [record.rows for record in readers.read_all(real(name))] == rows


def test_text_with_decimal_commas():
    (record,) = readers.read_all(real("tafel_cv/ixdat/Pt_poly_cv_CUT.mpt"))
    assert record.potential_volt[0] == 0.87869531
    assert record.current_ampere[-1] == pytest.approx(1.777131863198953e-05, rel=1e-15)
    assert record.cycle_count[-1] == 5
    assert record.scan_rate_V_s == 0.1
    assert record.area_cm2 is None  # EC-Lab's 0,001 cm2 is what nobody typed


def test_bt_lab_text():
    (record,) = readers.read_all(real("cycling/biologic/pyprobe_Sample_data_biologic_01_MB_CA1.txt"))
    assert record.about.software.startswith("BT-Lab")
    assert record.about.instrument == "BioLogic BCS-815 (SN 0433)"
    assert "Temperature/°C" in record.more


def test_numbers_under_no_name_are_refused():
    with pytest.raises(BadInputError, match="18 numbers under 17 names"):
        readers.read_all(real("eis/impedance.py/exampleDataBioLogic_MissingFreq.mpt"))
    assert readers.read_all(real("eis/impedance.py/exampleDataBioLogic.mpt"))[0].frequency_hertz[0] == 1000.3201


def test_electrode_of_the_settings():
    spectrum = readers.read_all(real("eis/yadg/peis.issue_225.no_ece.mpr"))[0]
    assert spectrum.area_cm2 == 1.131  # typed as 113.1 mm2
    assert spectrum.about.settings["characteristic mass"] == "1.39 mg"
    sweep = readers.read_all(real("tafel_cv/yadg/lsv.mpr"))[0]
    assert (sweep.reference, sweep.scan_rate_V_s) == ("SCE Saturated Calomel Electrode", 0.02)


# --- binary files made here --------------------------------------------------------------------------------------


def test_flags_are_unpacked_and_metadata_is_there(tmp_path):
    (record,) = readers.read_all(write_gcpl_long(tmp_path))
    assert set(np.unique(record.more["mode"])) == {1}
    assert set(np.unique(record.more["ox/red"])) == {0}
    assert record.about.start_time == "2025-05-28T12:00:00"
    assert record.about.settings["electrode surface area"] == "0.5 cm2"
    assert record.about.settings["channel"] == "3 (SN 4711)"
    assert record.about.comment == "made by a test"


@pytest.mark.parametrize(
    ("byte", "raised"), [(0b101, {"mode": 1, "ox/red": 1}), (0b10111010, {"mode": 2, "error": 1, "control changes": 1,
                                                                        "Ns changes": 1, "counter inc.": 1})],
)  # fmt: skip
def test_each_bit_is_its_own_column(tmp_path, byte, raised):
    columns = {0: np.full(4, byte, np.uint8), 4: TIME, 6: VOLTS, 8: TIME}
    data = data_module([1, 2, 3, 21, 31, 65, 4, 6, 8], columns, long=False)
    (record,) = readers.read_all(write(tmp_path / "a.mpr", mpr(module("VMP Set", settings(4)), data)))
    for name in ("mode", "ox/red", "error", "control changes", "Ns changes", "counter inc."):
        assert set(record.more[name].tolist()) == {raised.get(name, 0)}


def test_unknown_column_is_kept_under_its_number(tmp_path):
    (record,) = readers.read_all(write_unknown_column(tmp_path))
    np.testing.assert_array_equal(record.more["column 9999"], np.arange(12) + 0.5)
    assert any("column 9999 has no known name" in warning for warning in record.warnings)


def test_unknown_whole_numbers_are_no_floating_point(tmp_path):
    columns = {4: TIME, 6: VOLTS, 8: TIME, 9999: np.array([1, 2, 3, 4], "<u4")}
    (record,) = readers.read_all(cycling(tmp_path, columns))
    assert record.more["column 9999"].tolist() == [1, 2, 3, 4]


def test_unknown_columns_at_the_end_leave_the_others_readable(tmp_path):
    columns = {4: TIME, 6: VOLTS, 8: TIME, 9998: np.zeros(4, "<f4"), 9999: np.zeros(4, "<u2")}
    (record,) = readers.read_all(cycling(tmp_path, columns))
    assert record.voltage_volt.tolist() == pytest.approx(VOLTS.tolist(), rel=1e-7)
    assert any("9998, 9999" in warning and "left out" in warning for warning in record.warnings)


def test_unknown_columns_that_move_a_known_one_are_refused_by_number(tmp_path):
    columns = {4: TIME, 9998: np.zeros(4, "<f4"), 9999: np.zeros(4, "<u2"), 6: VOLTS, 8: TIME}
    with pytest.raises(BadInputError, match=r"columns 9998, 9999 of unknown width, in 6 bytes"):
        readers.read_all(cycling(tmp_path, columns))


@pytest.mark.parametrize(("kind", "name"), [("<f4", "|Ece h2|/V"), ("<f8", "Q charge/mA.h")])
def test_size_of_the_record_tells_which_of_two_columns_it_is(tmp_path, kind, name):
    (record,) = readers.read_all(cycling(tmp_path, {4: TIME, 498: VOLTS.astype(kind), 6: VOLTS, 8: TIME}))
    np.testing.assert_allclose(record.more[name], VOLTS, rtol=1e-7)


def test_records_that_do_not_add_up_are_refused(tmp_path):
    data = write_gcpl(tmp_path).read_bytes()
    at = data.index(b"MODULEVMP data") + 57
    rows = bytearray(data)
    struct.pack_into("<I", rows, at, 6)  # half the rows, so that each seems twice as long
    with pytest.raises(BadInputError, match="records of 94 bytes, where its columns need 47"):
        readers.read_all(write(tmp_path / "b.mpr", bytes(rows)))


def test_file_that_was_not_closed_is_read_with_a_warning(tmp_path):
    data = bytearray(write_gcpl(tmp_path).read_bytes())
    struct.pack_into("<I", data, data.index(b"MODULEVMP data") + 57, 0)
    (record,) = readers.read_all(write(tmp_path / "b.mpr", bytes(data)))
    assert record.rows == 12
    assert any("not closed" in warning for warning in record.warnings)


def test_cut_file_is_shorter_and_says_so(tmp_path):
    whole = write_gcpl(tmp_path).read_bytes()
    end = whole.index(b"MODULEVMP LOG")
    (record,) = readers.read_all(write(tmp_path / "b.mpr", whole[: end - 60]))
    assert record.rows == 10
    assert any("10 of 12 rows" in warning for warning in record.warnings)
    with pytest.raises(BadInputError, match="no data"):
        readers.read_all(write(tmp_path / "c.mpr", whole[:3000]))


def test_charge_that_does_not_add_up_gives_no_current(tmp_path):
    charge = np.array([0.0, 1.0, 1.0, -1.0])
    (good,) = readers.read_all(cycling(tmp_path, {4: TIME, 7: charge, 13: np.cumsum(charge), 6: VOLTS}))
    assert good.current_ampere.tolist() == [0.0, 3.6, 3.6, -3.6]
    (bad,) = readers.read_all(cycling(tmp_path, {4: TIME, 7: charge, 13: 3 * np.cumsum(charge), 6: VOLTS}))
    assert bad.current_ampere is None
    assert any("does not add up" in warning for warning in bad.warnings)


def test_open_circuit_has_no_current_and_other_files_without_current_say_so(tmp_path):
    flags = np.full(4, 3, np.uint8)
    (rest,) = readers.read_all(cycling(tmp_path, {0: flags, 4: TIME, 6: VOLTS}, 0x0B))
    assert rest.current_ampere.tolist() == [0, 0, 0, 0]
    (other,) = readers.read_all(cycling(tmp_path, {4: TIME, 6: VOLTS}))
    assert other.current_ampere is None
    assert "the file has no current" in other.warnings


def test_voltage_of_the_cell_is_preferred(tmp_path):
    (record,) = readers.read_all(cycling(tmp_path, {4: TIME, 6: VOLTS, 9: np.full(4, 0.5), 8: TIME}))
    np.testing.assert_allclose(record.voltage_volt, VOLTS - 0.5, rtol=1e-6)
    np.testing.assert_allclose(record.more["Ewe/V"], VOLTS, rtol=1e-6)
    assert any("Ewe/V minus Ece/V" in warning for warning in record.warnings)


def test_sweep_of_unknown_technique_is_known_by_its_control(tmp_path):
    sweep = np.linspace(0, 1, 40)
    columns = {4: np.arange(40.0), 19: sweep, 6: sweep, 11: sweep}
    (record,) = readers.read_all(cycling(tmp_path, columns, 0xE0))
    assert record.kind == "polarisation"
    assert record.about.technique == "technique 224"
    held = {**columns, 19: np.full(40, 0.5)}
    assert readers.read_all(cycling(tmp_path, held, 0xE0))[0].kind == "cycling"


def test_scan_rate_is_believed_where_the_data_agree(tmp_path):
    data = bytearray(write_cv(tmp_path).read_bytes())
    assert readers.read(tmp_path / "cell_CV.mpr").scan_rate_V_s is None
    sweep = readers.read(tmp_path / "cell_CV.mpr").more["control/V"].astype(float)
    rate = float(np.median(np.abs(np.diff(sweep)[np.diff(sweep) != 0]))) / 60 * 1e3
    struct.pack_into("<fB", data, 52 + 57 + 0x1845 + 4 + 5, rate, 1)
    said = readers.read(write(tmp_path / "b.mpr", bytes(data))).scan_rate_V_s
    assert said == pytest.approx(rate / 1e3, rel=1e-6)


# --- text made here ----------------------------------------------------------------------------------------------

NAMES = ["time/s", "Ewe/V", "I/mA"]
COLUMNS = [TIME, VOLTS, np.array([0.0, 1.0, 1.0, -1.0])]


def test_missing_numbers_leave_their_rows_out(tmp_path):
    volts = np.array(["3.0E+000", "XXX", "3.2E+000", "NaN"], dtype=object)
    (record,) = readers.read_all(export(tmp_path, NAMES, [TIME, volts, COLUMNS[2]]))
    assert record.voltage_volt.tolist() == [3.0, 3.2]
    assert any("2 rows without a number" in warning for warning in record.warnings)


def test_word_in_a_column_of_numbers_is_refused_with_its_line(tmp_path):
    volts = np.array(["3.0E+000", "three", "3.2E+000", "3.1E+000"], dtype=object)
    with pytest.raises(BadInputError, match=r"line \d+: found 'three' in column 'Ewe/V'") as refused:
        readers.read_all(export(tmp_path, NAMES, [TIME, volts, COLUMNS[2]]))
    line = int(refused.value.where.rsplit(" ", 1)[1])
    assert "three" in (tmp_path / "cell.mpt").read_text("cp1252").splitlines()[line - 1]


def test_last_line_cut_in_a_number_is_left_out(tmp_path):
    whole = write_gcpl_text(tmp_path).read_bytes().rstrip(b"\r\n")
    assert readers.read_all(write(tmp_path / "b.mpt", whole))[0].rows == 12
    (record,) = readers.read_all(write(tmp_path / "c.mpt", whole[: whole.rindex(b"\t")]))
    assert record.rows == 11
    assert "the last line is cut and was left out" in record.warnings


def test_a_cut_last_column_that_no_record_has_costs_no_row(tmp_path):
    whole = write_gcpl_text(tmp_path).read_bytes().rstrip(b"\r\n")
    (record,) = readers.read_all(write(tmp_path / "c.mpt", whole[:-2]))
    assert record.rows == 12
    assert any(warning.startswith("the last line has no end") for warning in record.warnings)


@pytest.mark.parametrize("micro", ["µ", "μ", "\ufffd", "?", "Âµ"])
def test_broken_micro_is_mended(tmp_path, micro):
    path = write_gcpl_text(tmp_path)
    text = path.read_bytes().decode("cp1252").replace("/µF", f"/{micro}F")
    (record,) = readers.read_all(write(path, text.encode()))
    assert "Capacitance charge/µF" in record.more


def test_flags_that_are_none_tell_of_shifted_names(tmp_path):
    names = ["mode", "ox/red", "error", *NAMES]
    flags = [np.ones(4, int), np.zeros(4, int), np.zeros(4, int)]
    assert readers.read_all(export(tmp_path, names, [*flags, *COLUMNS]))[0].rows == 4
    with pytest.raises(BadInputError, match="found error 2, want a whole number from 0 to 1"):
        readers.read_all(export(tmp_path, names, [*flags[:2], np.full(4, 2), *COLUMNS]))


def test_modulus_that_is_not_that_of_the_parts_is_refused(tmp_path):
    names = ["freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm", "|Z|/Ohm", "time/s"]
    f, size = np.array([1e3, 1e2, 10.0]), np.full(3, 5.0)
    columns = [f, np.full(3, 3.0), np.full(3, 4.0), size, f]
    (spectrum,) = readers.read_all(export(tmp_path, names, columns))
    assert spectrum.impedance_imaginary_ohm.tolist() == [-4.0] * 3
    with pytest.raises(BadInputError, match="make 5 ohm"):
        readers.read_all(export(tmp_path, names, [*columns[:3], 10 * size, f]))


def test_points_and_commas_in_one_number_are_refused(tmp_path):
    assert readers.read_all(export(tmp_path, NAMES, COLUMNS, mark=","))[0].rows == 4
    volts = np.array(["1.000,5E+000"] * 4, dtype=object)
    with pytest.raises(BadInputError, match=r"'1\.000,5E\+000'"):
        readers.read_all(export(tmp_path, NAMES, [TIME, volts, COLUMNS[2]]))


def test_rows_of_other_length_are_refused_with_their_line(tmp_path):
    path = write_gcpl_text(tmp_path)
    lines = path.read_bytes().split(b"\r\n")
    lines[-3] = lines[-3].split(b"\t", 1)[1]
    with pytest.raises(BadInputError, match=rf"line {len(lines) - 2}: found 8 fields, want 9"):
        readers.read_all(write(path, b"\r\n".join(lines)))


def test_dates_with_the_day_first_are_refused(tmp_path):
    clock = np.array([f"28/05/2025 12:00:0{i}.5" for i in range(4)], dtype=object)
    with pytest.raises(BadInputError, match="day first"):
        readers.read_all(export(tmp_path, NAMES, [clock, *COLUMNS[1:]]))


def test_time_that_restarts_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="time that falls from 2 s to 0 s"):
        readers.read_all(export(tmp_path, NAMES, [np.array([0.0, 1, 2, 0]), *COLUMNS[1:]]))


def test_sweep_keeps_the_working_electrode(tmp_path):
    (record,) = readers.read_all(write_lsv(tmp_path))
    assert record.potential_volt[-1] == 1.0
    assert record.more["Ewe-Ece/V"][-1] == 2.0
    assert record.scan_rate_V_s == 0.02
    assert record.area_cm2 == 0.5
    assert record.reference.startswith("SCE")


def test_spectra_part_where_the_frequency_starts_again(tmp_path):
    f = np.array([1e3, 1e2, 10.0, 1e3, 1e2, 10.0])
    names = ["freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm", "time/s"]
    records = readers.read_all(export(tmp_path, names, [f, f, f, np.arange(6.0)]))
    assert [(r.label, r.rows) for r in records] == [("spectrum 1", 3), ("spectrum 2", 3)]
    wobble = np.array([1e3, 1.01e3, 1e2, 99.0, 10.0, 10.5])
    assert len(readers.read_all(export(tmp_path, names, [wobble, f, f, np.arange(6.0)]))) == 1


def test_table_of_other_names_is_left_to_others(tmp_path):
    path = write(tmp_path / "a.txt", b"Time (h)\tVoltage (V)\n0\t3\n1\t3.1\n")
    assert readers.recognise(path) == "delimited"
    with pytest.raises(BadInputError, match="no row with the names"):
        readers.read_all(path, reader="biologic_mpt")


def test_utf16_export_is_read(tmp_path):
    path = export(tmp_path, NAMES, COLUMNS, encoding="utf-16")
    assert readers.recognise(path) == "biologic_mpt"
    assert readers.read_all(path)[0].voltage_volt.tolist() == VOLTS.tolist()


def test_charge_after_a_spectrum_is_taken_over_its_own_time(tmp_path):
    """The row after a spectrum was charged since the last row of the spectrum, not since the row of cycling before."""
    time = np.arange(8.0)
    charge = np.concatenate([[0.0], np.full(7, 1 / 3.6)])
    f = np.array([0.0, 0, 0, 1e3, 1e2, 10.0, 0, 0])
    columns = {4: time, 7: charge, 13: np.cumsum(charge), 6: np.full(8, 3.0), 32: f, 36: f, 35: 0 * f}
    cycles, spectrum = readers.read_all(cycling(tmp_path, columns, 0x7F))
    np.testing.assert_allclose(cycles.current_ampere, [0, 1, 1, 1, 1], rtol=1e-12)
    assert spectrum.rows == 3


def test_oldest_data_have_numbers_of_one_byte(tmp_path):
    rows = b"".join(struct.pack("<dff", t, v, 1.0) for t, v in zip(TIME, VOLTS, strict=True))
    head = struct.pack("<IB3B", 4, 3, 4, 6, 8).ljust(100, b"\0")
    (record,) = readers.read_all(write(tmp_path / "a.mpr", mpr(module("VMP data", head + rows, 0))))
    assert record.test_time_second.tolist() == TIME.tolist()
    assert record.current_ampere.tolist() == [0.001] * 4


@pytest.mark.parametrize("version", [3, 4])
def test_data_of_an_unknown_version_are_read_if_one_layout_fits(tmp_path, version):
    data = bytearray(write_gcpl(tmp_path).read_bytes())
    struct.pack_into("<I", data, data.index(b"MODULEVMP data") + 45, version)
    (record,) = readers.read_all(write(tmp_path / "b.mpr", bytes(data)))
    assert record.rows == 12
    assert any("version 4" in warning for warning in record.warnings) == (version == 4)


def test_wrong_length_of_the_data_is_found_out(tmp_path):
    data = bytearray(write_gcpl(tmp_path).read_bytes())
    struct.pack_into("<I", data, data.index(b"MODULEVMP data") + 41, 0)
    (record,) = readers.read_all(write(tmp_path / "b.mpr", bytes(data)))
    assert record.rows == 12
    assert record.about.start_time == "2025-05-28T12:00:00"
    assert any("length of the module of data is wrong" in warning for warning in record.warnings)


@pytest.mark.parametrize(
    ("names", "factors"),
    [(["time/h", "Ewe/V", "I/mA"], (3600, 1, 1e-3)), (["time/s", "Ewe/mV", "I/A"], (1, 1e-3, 1)),
     (["time/s", "Ecell/V", "<I>/µA"], (1, 1, 1e-6))],
)  # fmt: skip
def test_units_are_those_of_the_names(tmp_path, names, factors):
    flags = [np.ones(4, int), np.zeros(4, int), np.zeros(4, int)]
    (record,) = readers.read_all(export(tmp_path, ["mode", "ox/red", "error", *names], [*flags, *COLUMNS]))
    for values, column, factor in zip(
        (record.test_time_second, record.voltage_volt, record.current_ampere), COLUMNS, factors, strict=True
    ):
        np.testing.assert_allclose(values, column * factor, rtol=1e-14)
    assert not set(names) & set(record.more)


@pytest.mark.parametrize("technique", ["Chronoamperometry / Chronocoulometry", "Some New Technique"])
def test_other_techniques_are_cycling(tmp_path, technique):
    (record,) = readers.read_all(export(tmp_path, NAMES, COLUMNS, technique=technique))
    assert (record.kind, record.about.technique) == ("cycling", technique)


def test_blank_and_commented_lines_are_left_out_and_said(tmp_path):
    path = write_gcpl_text(tmp_path)
    lines = path.read_bytes().split(b"\r\n")
    lines[-3:-3] = [b"", b"# stirred"]
    (record,) = readers.read_all(write(path, b"\r\n".join(lines)))
    assert record.rows == 12
    assert "2 blank or commented lines left out" in record.warnings


def test_blank_lines_and_tabs_at_the_end_change_nothing(tmp_path):
    whole = write_gcpl_text(tmp_path).read_bytes()
    for end in (b"\r\n\r\n", b"\n", b"\r\n \r\n"):
        (record,) = readers.read_all(write(tmp_path / "b.mpt", whole + end))
        assert (record.rows, record.warnings) == (12, ())
    at = whole.index(b"\r\n", whole.index(b"mode\t")) + 2
    tabbed = whole[:at] + whole[at:].replace(b"\r\n", b"\t\r\n")
    (record,) = readers.read_all(write(tmp_path / "c.mpt", tabbed))
    assert (record.rows, record.warnings) == (12, ())
