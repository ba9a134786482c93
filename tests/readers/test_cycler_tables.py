"""Exports of cyclers as instruments wrote them: exact rows, pairs of formats that agree, and what is refused."""

import csv

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from limetal.readers import ColumnHint
from support.data_files import real
from support.reader_samples import samples
from support.samples._cycler_tables import write_lines

NEWARE = "cycling/neware/neware_uio.csv"
ARBIN = "cycling/arbin/bs542_004_gr_li_50ua_50mv_1v_191020_Channel_11.xlsx"
LANDT = "cycling/landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv"
LANDT_BDF = "cycling/bdf/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.bdf.csv"
NEWARE_BDF = "cycling/bdf/SINTEF__G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv"
BATTMO = "cycling/bdf/batmo_bdf.csv"

# reader, rows, last second, lowest and highest ampere, first and last cycle, highest step
REAL = {
    "cycling/neware/interp-test.csv": ("neware_text", 333, 1800.0, 0.0, 0.0, 1, 1, 1),
    NEWARE: ("neware_text", 9065, 518_538.0, -0.00099180, 0.00099174, 1, 4, 14),
    "cycling/maccor/beep_xTESLADIAG_000038.078": (
        "maccor_text", 10_714, 161_827.16, -4.7067978943, 4.7067978943, 0, 23, 6),
    "cycling/maccor/cellpy_maccor_001.txt": ("maccor_text", 6704, 183_171.57, -10.01831, 1.50233, 0, 0, 24),
    "cycling/arbin/beep_2017-05-09_test-TC-contact_CH33.csv": (
        "arbin_table", 287, 1022.8913, 0.00015544891357421875, 6.600643157958984, None, None, None),
    ARBIN: ("arbin_table", 4526, 1_204_815.81068, -5.002680700272322e-05, 5.2616000175476074e-05, 1, 1, 3),
    LANDT: ("landt_csv", 25_162, 262_657.764, -0.0002, 0.0002, 1, 2, 3),
    LANDT_BDF: ("bdf_csv", 25_162, 262_657.764, -0.0002, 0.0002, None, None, 3),
    NEWARE_BDF: ("bdf_csv", 17_587, 175_734.14, -0.16502713012695314, 0.1650509948730469, 1, 1, 6),
    BATTMO: ("bdf_csv", 21_206, 1_411_480.0, -0.1211031601813, 0.1211031601813, 1, 109, 5),
    "cycling/novonix/sample_data_novonix.csv": ("novonix", 207, 3.4131889 * 3600, 0.0, 0.49999475, 1, 1, 1),
    "cycling/basytec/sample_data_basytec.txt": ("basytec", 74, 70.2358036666668, 0.0, 0.453505656857602, 0, 1, 4),
}  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_real_file(name):
    reader, rows, seconds, least, most, first, last, step = REAL[name]
    file = real(name)
    assert readers.recognise(file) == reader
    record = readers.read(file)
    assert record.rows == rows
    assert record.test_time_second[-1] == pytest.approx(seconds, rel=1e-9)
    assert (record.current_ampere.min(), record.current_ampere.max()) == pytest.approx((least, most), rel=1e-7)
    cycles = record.cycle_count
    assert (first, last) == (None, None) if cycles is None else (cycles.min(), cycles.max()) == (first, last)
    assert (record.step_count is None) if step is None else record.step_count.max() == step


def test_neware_csv_and_ndax_of_one_test_agree():
    text, binary = (readers.read(real(f"cycling/neware/interp-test.{end}")) for end in ("csv", "ndax"))
    # the text has times to the millisecond and voltages to 0.1 mV
    np.testing.assert_allclose(text.test_time_second, binary.test_time_second, atol=1e-3)
    np.testing.assert_allclose(text.voltage_volt, binary.voltage_volt, atol=5.1e-5)
    np.testing.assert_array_equal(text.current_ampere, binary.current_ampere)


def test_landt_and_the_battery_data_format_of_one_test_agree():
    landt, bdf = readers.read(real(LANDT)), readers.read(real(LANDT_BDF))
    for name in ("test_time_second", "voltage_volt", "current_ampere", "step_count"):
        np.testing.assert_array_equal(getattr(landt, name), getattr(bdf, name))
    np.testing.assert_array_equal(landt.more["discharge_capacity_Ah"], bdf.more["discharging_capacity_ah"])


def test_arbin_capacity_is_the_integral_of_its_current():
    record = readers.read(real(ARBIN))
    hours, current = np.diff(record.test_time_second) / 3600, record.current_ampere
    middle = (current[1:] + current[:-1]) / 2
    charged = float((middle * hours)[middle > 0].sum())
    discharged = -float((middle * hours)[middle < 0].sum())
    assert charged == pytest.approx(record.more["Charge_Capacity(Ah)"][-1], rel=5e-3)
    assert discharged == pytest.approx(record.more["Discharge_Capacity(Ah)"][-1], rel=5e-3)


@pytest.mark.parametrize("row", [0, 1500, 9064])
def test_neware_rows_are_those_of_the_text(row):
    file = real(NEWARE)
    with file.open(encoding="utf-8") as stream:
        text = list(csv.DictReader(stream))[row]
    record = readers.read(file)
    hours, minutes, seconds = map(int, text["Cumulative Time"].split(":"))
    assert record.test_time_second[row] == hours * 3600 + minutes * 60 + seconds
    assert record.voltage_volt[row] == float(text["Voltage(V)"])
    assert record.current_ampere[row] == float(text["Current(A)"])
    assert record.more["Date"][row] == text["Date"]
    assert record.more["Chg. Cap.(Ah)"][row] == float(text["Chg. Cap.(Ah)"])
    assert record.more["Step Type"][row] == text["Step Type"]


@pytest.mark.parametrize("row", [2, 2000, 6703])
def test_maccor_clock_and_state_of_the_text(row):
    file = real("cycling/maccor/cellpy_maccor_001.txt")
    fields = file.read_text().splitlines()[4 + row].split("\t")
    record = readers.read(file)
    days, clock = fields[3].split("d")
    hours, minutes, seconds = clock.split(":")
    told = int(days) * 86_400 + int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    assert record.test_time_second[row] == pytest.approx(told, abs=1e-9)
    sign = {"C": 1, "D": -1}.get(fields[9], 0)
    assert record.current_ampere[row] == sign * float(fields[7])
    assert "sign was taken from column 'State'" in record.warnings[0]


def test_a_signed_maccor_current_stays_as_it_is():
    record = readers.read(real("cycling/maccor/beep_xTESLADIAG_000038.078"))
    states = record.more["State"].astype(str)
    assert record.current_ampere[states == "D"].max() < 0 < record.current_ampere[states == "C"].min()
    assert not [w for w in record.warnings if "sign" in w]


def test_positive_current_discharges_in_battmo_so_it_is_turned():
    record = readers.read(real(BATTMO))
    kinds = record.more["Step Type / 1"].astype(str)
    assert record.current_ampere[kinds == "discharge"].max() <= 0
    assert any("its sign was turned" in w for w in record.warnings)


def test_counts_times_two_pi_are_divided():
    record = readers.read(real(NEWARE_BDF))
    assert set(record.cycle_count.tolist()) == {1}
    assert any("counts times 2 pi" in w for w in record.warnings)
    assert record.about.start_time == "2025-12-22T08:44:24.885000+00:00"


def test_what_files_say_of_themselves():
    arbin = readers.read(real(ARBIN)).about
    assert (arbin.start_time, arbin.technique) == ("2020-10-19T11:33:31", "Ben\\bs542_graphite_slow_rate.sdu")
    assert arbin.software == "PV7.0 Build: 180508USB"
    maccor = readers.read(real("cycling/maccor/beep_xTESLADIAG_000038.078")).about
    assert (maccor.start_time, maccor.technique) == ("2019-08-13T19:17:53", "xTESLADIAG_000038.000")
    assert maccor.settings["Comment/Barcode"] == "EXP, SOH 30 cyc 4.3V 1C"
    assert maccor.settings["Filename"].endswith("xTESLADIAG_000038.078")
    assert readers.read(real("cycling/maccor/cellpy_maccor_001.txt")).about.start_time == "2020-12-11T12:22:12"
    basytec = readers.read(real("cycling/basytec/sample_data_basytec.txt")).about
    assert (basytec.start_time, basytec.sample) == ("2023-06-19T17:56:53", "cell")
    novonix = readers.read(real("cycling/novonix/sample_data_novonix.csv")).about
    assert (novonix.start_time, novonix.comment) == ("2025-07-19T15:26:20", "LGM50LT-Co10-1C")
    assert readers.read(real(LANDT)).about.start_time == "2024-04-30T14:33:19"


SAMPLES = {s.id: (name, s) for name in ("maccor_text", "neware_text", "arbin_table", "pec", "bdf_csv", "landt_csv")
           for s in samples(name)}  # fmt: skip


def sample(name, folder):
    return SAMPLES[name][1].write(folder)


def changed(file, old, new, *, times=-1):
    text = file.read_bytes()
    assert old in text
    file.write_bytes(text.replace(old, new, times))
    return file


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("write_maccor_clock", "sign was taken from column 'State'"),
        ("write_maccor_european", "no unit: it is in min by the dates"),
        ("write_maccor_millivolts", "holds millivolts"),
        ("write_maccor_thousands", "marks between thousands"),
        ("write_maccor_without_state", "has no unit, so the record has no current"),
        ("write_neware_lost_micro", "it is uA, by column 'Power(mW)'"),
        ("write_neware_step_time", "restarts with every step"),
        ("write_neware_step_time", "test time spans 540 s and the dates of the rows 660 s"),
        ("write_bdf_battmo", "its sign was turned"),
        ("write_bdf_turns", "counts times 2 pi"),
    ],
)
def test_repairs_are_said(name, sentence, tmp_path):
    record = readers.read(sample(name, tmp_path))
    assert any(sentence in warning for warning in record.warnings), record.warnings


@pytest.mark.parametrize("name", ["write_maccor_seconds", "write_neware_flat", "write_arbin_csv", "write_landt_new",
                                  "write_bdf_machine_names", "write_pec_millivolts"])  # fmt: skip
def test_nothing_is_said_where_nothing_was_done(name, tmp_path):
    assert readers.read(sample(name, tmp_path)).warnings == ()


def test_bare_test_time_without_dates_is_refused(tmp_path):
    file = sample("write_maccor_european", tmp_path)
    assert readers.read(file).test_time_second[-1] == 660.0
    with pytest.raises(BadInputError, match="no unit for 'TestTime'"):
        readers.read(changed(file, b"DPT Time", b"Remarks"))


def test_bare_test_time_in_hours_is_told_by_the_dates(tmp_path):
    file = sample("write_maccor_european", tmp_path)
    text = file.read_text("cp1252")
    for minute in range(11, -1, -1):
        text = text.replace(f"\t{minute},000000\t", f"\t{minute / 60:.6f}\t".replace(".", ","))
    file.write_text(text, "cp1252")
    record = readers.read(file)
    assert record.test_time_second[-1] == pytest.approx(660, abs=0.01)
    assert any("it is in h by the dates" in w for w in record.warnings)


def test_volts_that_may_be_millivolts_are_refused_without_energy(tmp_path):
    file = sample("write_maccor_millivolts", tmp_path)
    assert readers.read(file).voltage_volt.max() == 3.1
    with pytest.raises(BadInputError, match=r"3000 V or 3 V \(mV\)"):
        readers.read(changed(file, b"mWatt-hr", b"Watts per"))


def test_a_lost_micro_sign_without_power_is_refused(tmp_path):
    file = sample("write_neware_lost_micro", tmp_path)
    assert readers.read(file).current_ampere.max() == pytest.approx(1e-3)
    with pytest.raises(BadInputError, match=r"unit '\?A'"):
        readers.read(changed(file, b"Power(mW)", b"Pressure"))


def test_step_time_that_restarts_inside_a_step_is_refused(tmp_path):
    file = sample("write_neware_step_time", tmp_path)
    assert readers.read(file).test_time_second[-1] == 540.0
    with pytest.raises(BadInputError, match="time that falls"):
        readers.read(changed(file, b"\t00:03:00.000", b"\t00:00:30.000", times=1))


def test_workbook_without_matching_steps_has_none(tmp_path):
    record = readers.read(sample("write_neware_book", tmp_path))
    assert record.step_count.tolist() == [1] * 4 + [2] * 4 + [3] * 4
    assert record.about.settings["Barcode"] == "A7"


def test_arbin_statistics_are_no_test(tmp_path):
    head = "Cycle_Index,Test_Time(s),Date_Time,Current(A),Voltage(V),Charge_Capacity(Ah),Charge_Time(s)"
    file = write_lines(tmp_path / "a.csv", [head, "1,30.0,2011-01-03,0,4.1,0,1", "2,60.0,2011-01-03,0,4.1,0,1"])
    with pytest.raises(BadInputError, match="one row a cycle"):
        readers.read(file)


def test_arbin_sheets_that_start_again_are_two_records(tmp_path):
    from support.samples._cycler_tables import write_book
    from support.samples.arbin_table import _BOOK, _rows

    sheets = {"Channel_3_1": [_BOOK, *_rows(0, 12)], "Channel_3_2": [_BOOK, *_rows(0, 6)]}
    records = readers.read_all(write_book(tmp_path / "a.xlsx", sheets))
    assert [(r.label, r.rows) for r in records] == [("Channel_3", 12), ("Channel_3 part 2", 6)]


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("write_neware_flat", b",0.00100000,", b",?,", "'\\?' in column 'Current\\(A\\)'"),
        ("write_arbin_csv", b"Current (A)", b"Current (lb)", "unit 'lb'"),
        ("write_pec_clock", b"00:02:00.000,", b"2 min,", "line 15: found '2 min'.*hh:mm:ss"),
        ("write_bdf_machine_names", b"\n120.0,", b"\n12.0,", "line 4: found time that falls from 60 s to 12 s"),
        ("write_maccor_seconds", b"\t120.0000\t", b"\t\t120.0000\t", "fields"),
        ("write_landt_new", b"voltage_V,", b"voltage_V,voltage_V,", "fields|several"),
    ],
)
def test_broken_rows_are_refused_with_their_place(name, old, new, sentence, tmp_path):
    file = sample(name, tmp_path)
    readers.read(file)
    with pytest.raises(BadInputError, match=sentence):
        readers.read(changed(file, old, new, times=1), reader=SAMPLES[name][0])


@pytest.mark.parametrize("name", ["write_neware_flat", "write_maccor_seconds", "write_landt_new", "write_arbin_csv"])
@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_line_ends_do_not_matter(name, end, tmp_path):
    file = sample(name, tmp_path)
    before = readers.read(file)
    file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", end))
    after = readers.read(file)
    for column, values in before.columns().items():
        np.testing.assert_array_equal(values, after.columns()[column])


def test_a_last_row_that_is_cut_is_left_out_and_said(tmp_path):
    file = sample("write_maccor_seconds", tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[:-60])
    record = readers.read(file)
    assert record.rows == 11
    assert any("was left out" in w for w in record.warnings)


def test_a_last_field_that_may_be_cut_is_said_or_left_out(tmp_path):
    file = tmp_path / "a.csv"
    head = "cycle_index,test_time_s,current_A,voltage_V\n"
    rows = [f"1,{k},0.1,{3.01 + k / 7:.7g}\n" for k in range(12)]
    whole = head + "".join(rows)
    file.write_text(whole[:-2])
    record = readers.read(file, reader="landt_csv")
    assert record.rows == 12
    assert any("has no end" in w for w in record.warnings)
    file.write_text(whole[:-6])
    record = readers.read(file, reader="landt_csv")
    assert record.rows == 11
    assert any("was left out" in w for w in record.warnings)


def test_a_last_field_that_no_record_has_costs_no_row(tmp_path):
    file = sample("write_bdf_machine_names", tmp_path)  # its last column holds 9 in every row
    whole = file.read_bytes()
    for end in (b"\n", b"9\n"):
        file.write_bytes(whole.rstrip(end))
        assert readers.read(file).rows == 12


def test_half_cell_text_without_headers_needs_columns_from_the_user(tmp_path):
    rows = [f"{k}.000000000000000E+000\t{3 - k / 100:.7E}\t{k / 1000:.15E}" for k in range(12)]
    file = write_lines(tmp_path / "half_cell.txt", rows)
    with pytest.raises(BadInputError, match="numbers without headers"):
        readers.read(file)
    hints = {"time": ColumnHint(1, "h"), "voltage": ColumnHint(2, "V"), "current": ColumnHint(3, "mA")}
    record = readers.read(file, columns=hints)
    assert record.test_time_second[-1] == 11 * 3600
    assert record.voltage_volt[1] == 2.99
    assert record.current_ampere[-1] == pytest.approx(11e-6)
