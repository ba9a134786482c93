"""Layouts of public files: numbers are made up, each layout once was misread or refused."""

from pathlib import Path

import numpy as np
import pytest

from limetal.errors import BadInputError
from limetal.readers import read_all
from support.samples._cycler_tables import write_book

GAMRY = (
    "EXPLAIN\nTAG\tCV\nSCANRATE\tQUANT\t1.0E2\tScan Rate (mV/s)\nCONVENTION\tIQUANT\t1\tCurrent Convention\n"
    "CURVE1\tTABLE\n\tPt\tT\tVf\tIm\tVu\tSig\n\t#\ts\tV vs. Ref.\tA\tV\tV\n"
    "\t0\t0.1\t0.5\t1E-6\t0\t0.5\n\t1\t0.2\t0.4\t2E-6\t0\t0.4\n\t2\t0.3\t0.3\t3E-6\t0\t0.3\n"
    "CURVE2\tTABLE\n\tPt\tT\tVf\tIm\tVu\tSig\n\t#\ts\tV vs. Ref.\tA\tV\tV\n"
    "\t3\t0.4\t0.5\t1E-6\t0\t0.5\n\t4\t0.5\t0.4"
)


def read(folder: Path, name: str, text: str, encoding: str = "utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return read_all(path)


def cut_is_said_or_dropped(record, column: str, whole: np.ndarray) -> bool:
    values = getattr(record, column)
    return len(values) < len(whole) or any("cut" in w or "no end" in w for w in record.warnings)


@pytest.mark.parametrize(
    ("name", "head", "row"),
    [
        ("landt.csv", "Record,SysTime,StepTime,Current/mA,Voltage/V,Capacity/mAh,Cycle,Step",
         "{n},2023-01-01 10:0{m}:{s:02d},00:0{a}:{b:02d},{i},3.0,0.0,1,{k}"),
        ("generic.csv", "Step Time (s),Voltage (V),Current (A),Step", "{t},3.0,{i},{k}"),
    ],
)  # fmt: skip
def test_a_step_time_that_does_not_fall_at_a_new_step_is_not_test_time(tmp_path, name, head, row):
    times, steps = [0, 10, 60, 120], [1, 1, 2, 2]
    rows = [
        row.format(n=n, m=(t + 10 * (k - 1)) // 60, s=(t + 10 * (k - 1)) % 60, a=t // 60, b=t % 60, t=t, i=k - 1, k=k)
        for n, (t, k) in enumerate(zip(times, steps, strict=True))
    ]
    record = read(tmp_path, name, head + "\n" + "\n".join(rows) + "\n")[0]
    assert record.test_time_second.tolist() == [0.0, 10.0, 70.0, 130.0]


@pytest.mark.parametrize("lost", range(1, 6))
@pytest.mark.parametrize(
    ("name", "head", "row", "column"),
    [
        ("a.csv", "Time (h),Ewe (V),I (uA)\n", "{a:.1f},{b:.4f},{c:d}\n", "current_ampere"),
        ("b.csv", "time(s),voltage(mV),current(A)\n", "{a:.0f},{b:.1f},{d:.9f}\n", "current_ampere"),
        ("c.csv", "Time,Force,Stroke\nsec,N,mm\n", "{a:.2f},{b:.3f},{e:.7g}\n", "displacement_millimetre"),
        ("d.dat", "", "{g:.2f} {c:d} {f:.2f}\n", "intensity_std"),
    ],
)
def test_a_number_cut_at_the_end_of_the_file_is_dropped_or_said(tmp_path, name, head, row, column, lost):
    text = head + "".join(
        row.format(
            a=i / 10,
            b=20.5 + i / 7,
            c=500 + i,
            d=0.002 + i * 1e-6,
            e=0.2132375 * (i + 1),
            f=(500 + i) ** 0.5,
            g=10 + i / 50,
        )
        for i in range(40)
    )
    whole = getattr(read(tmp_path, name, text)[0], column)
    record = read(tmp_path, name, text[: -1 - lost])[0]
    assert np.allclose(getattr(record, column)[:39], whole[:39])
    assert cut_is_said_or_dropped(record, column, whole)


@pytest.mark.parametrize("lost", [1, 5, 8])
def test_a_cut_exponent_of_p00_does_not_become_amperes(tmp_path, lost):
    head = "Procedure : x\n01.01.2020 10:00:00 - 01.01.2020 10:10:00 i(init)= 1nA - i(end)= 1nA\nd\nt =  7.4 s\n"
    names = " f/Hz       \t Z'/Ohm     \t -Z''/Ohm   \t time/s    \t Edc/V     \t Idc/A     \t\n 3 \n"
    row = " {f}\t 10.900e+01\t 26.556e+00\t 59.300e+00\t 30.981e-02\t 18.311e-08"
    text = head + names + "\t\n".join(row.format(f=f) for f in ("10.000e+03", "10.000e+02", "10.000e+01"))
    record = read(tmp_path, "x.P00", text[:-lost])[0]
    assert cut_is_said_or_dropped(record, "current_ampere", np.zeros(3))
    assert np.all(record.current_ampere < 1e-6)


def test_a_whole_last_row_of_ec_lab_without_line_end_is_kept(tmp_path):
    names = "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/deg\n"
    rows = "1000,5\t10,25\t1,5\t10,3592\t-8,33\n100,25\t12,5\t4,75\t13,3721\t-20,8068\n"
    rows += "10,125\t20,25\t9,5\t22,3677\t-25,132"
    record = read(tmp_path, "x.mpt", "EC-Lab ASCII FILE\nNb header lines : 3\n" + names + rows, "latin-1")[0]
    assert record.frequency_hertz.tolist() == [1000.5, 100.25, 10.125]


def test_a_trailing_zero_is_no_cut_number(tmp_path):
    text = (
        "Data Point,Date Time,Test Time (s),Step Time (s),Cycle Index,Step Index,Current (A),Voltage (V),"
        "Charge Capacity (Ah),Aux_Temperature_1 (C)\n"
        + "\n".join(
            f"{i + 1},10/20/2023 16:09:{i:02d}.000,{i}.0,{i}.0,1,1,2.000,4.05,0.000{i},25.{i}0" for i in range(5)
        )
    )
    assert len(read(tmp_path, "x.csv", text)[0].test_time_second) == 5


def test_a_shorter_specimen_beside_a_longer_one_is_no_cut_file(tmp_path):
    rows = [
        f'"{i / 100:.2f}","{100 + i}","{i / 1000:.3f}",'
        + (f'"{i / 100:.2f}","{200 + i}","{i / 500:.3f}"' if i < 4 else ",,")
        for i in range(6)
    ]
    text = (
        '"A",,,"B",,\n"Temps","Force","Stroke","Temps","Force","Stroke"\n"sec","N","mm","sec","N","mm"\n'
        + "\n".join(rows)
    )
    longer, shorter = read(tmp_path, "x.csv", text)
    assert (len(longer.force_newton), len(shorter.force_newton)) == (6, 4)


def test_segments_of_chi_are_half_cycles(tmp_path):
    head = "Aug. 27, 2023   16:03:21\nCyclic Voltammetry\nInstrument Model:  CHI660E\n\n"
    head += "Segment = 4\n\nPotential/V, Current/A\n\n"
    body = "".join(f"Segment {k}:\n0.{k}, 1.{k}e-6\n0.2, 1.2e-6\n" for k in (1, 2, 3, 4))
    record = read(tmp_path, "x.txt", head + body)[0]
    assert record.cycle_count.tolist() == [1, 1, 1, 1, 2, 2, 2, 2]
    assert record.more["Segment"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4]
    sweep = read(tmp_path, "y.txt", head.replace("Cyclic", "Linear Sweep") + body)[0]
    assert sweep.cycle_count is None


def test_start_time_of_arbin_is_the_first_date_less_its_test_time(tmp_path):
    text = (
        "Data Point,Date Time,Test Time (s),Step Time (s),Cycle Index,Step Index,Current (A),Voltage (V)\n"
        "1,09/20/2024 08:32:34.500,30.0,30.0,1,1,0,3.5\n2,09/20/2024 08:33:04.500,60.0,60.0,1,1,0,3.5\n"
    )
    assert read(tmp_path, "x.csv", text)[0].about.start_time == "2024-09-20T08:32:04.500"


def test_the_mean_voltage_of_constant_current_is_a_voltage(tmp_path):
    text = (
        "EC-Lab ASCII FILE\nNb header lines : 5\n\nConstant Current\n"
        "mode\ttime/s\tcontrol/mA\t<Ewe/V>\tI/mA\n1\t1.0E+000\t1.0E-002\t6.0E-002\t1.1E-002\n"
        "1\t2.0E+000\t1.0E-002\t6.1E-002\t1.1E-002\n"
    )
    assert read(tmp_path, "x.mpt", text, "latin-1")[0].voltage_volt.tolist() == [0.06, 0.061]


def test_the_last_curve_of_gamry_cut_after_one_row_and_a_half_keeps_the_others(tmp_path):
    record = read(tmp_path, "x.DTA", GAMRY)[0]
    assert record.potential_volt.tolist() == [0.5, 0.4, 0.3, 0.5]
    assert any("cut" in w or "left out" in w for w in record.warnings)


def test_two_columns_of_current_are_said(tmp_path):
    record = read(tmp_path, "x.txt", "E /V\tI /uA\tI /uA\n0.5\t0.13\t7.04\n0.4\t0.10\t6.99\n0.3\t0.12\t6.97\n")[0]
    assert any("I /uA" in w for w in record.warnings)


@pytest.mark.parametrize("head", ["Frequency,Data Real,Data Imag", "Frequency,Real_Z,Imag_Z"])
def test_a_spectrum_under_plain_names_is_read(tmp_path, head):
    record = read(tmp_path, "x.csv", head + "\n1000,10,-5\n100,20,-8\n10,25,-9\n")[0]
    assert record.impedance.tolist() == [10 - 5j, 20 - 8j, 25 - 9j]


def test_a_refused_table_with_a_frequency_says_how_to_give_a_spectrum(tmp_path):
    with pytest.raises(BadInputError, match=r"want .*of a spectrum .*--column frequency=1:Hz"):
        read(tmp_path, "x.csv", "Frequency,First,Second\n1000,10,-5\n100,20,-8\n")
    with pytest.raises(BadInputError) as refused:
        read(tmp_path, "y.csv", "Number,First,Second\n1000,10,-5\n100,20,-8\n")
    assert "spectrum" not in str(refused.value)


def test_nova_counts_scans_of_a_voltammogram_with_time(tmp_path):
    text = "Scan;Index;Time (s);WE(1).Potential (V);WE(1).Current (A)\n"
    text += "1;1;0,0;-0,1;-1,0E-06\n1;2;0,1;0,05;5,0E-07\n2;3;0,2;-0,1;-1,2E-06\n"
    record = read(tmp_path, "x.txt", text)[0]
    assert record.cycle_count is not None
    assert record.cycle_count.tolist() == [1, 1, 2]


@pytest.mark.parametrize("units", ["", "V\tV\tV\tV\tV\tV\tV\tV\n"])
def test_digatron_units_behind_a_hash_are_read(tmp_path, units):
    names = "Step,Status,Timestamp,Program Duration#s,Step Duration#s,Voltage#V,Current#A,AhCha#Ah\n"
    rows = "1,CC_CHG,2025-01-01 00:00:00,0.0,0.0,3.8,0.0,0.0\n2,CC_CHG,2025-01-01 00:00:01,1.0,0.0,4.05,2.0,0.0006\n"
    record = read(tmp_path, "x.csv", names + units + rows)[0]
    assert record.voltage_volt.tolist() == [3.8, 4.05]
    assert record.test_time_second.tolist() == [0.0, 1.0]
    assert "AhCha#Ah" in record.more


def test_uxd_in_utf16_is_recognised(tmp_path):
    text = "; x\n_FILEVERSION=2\n_SAMPLE='a'\n_WL1=1.5406\n_ANODE='Cu'\n"
    text += "; (Data for Range number 1)\n_STEPSIZE=0.02\n_START=3.0\n_2THETACOUNTS\n3.00\t187\n3.02\t183\n3.04\t178\n"
    assert read(tmp_path, "x.UXD", text, "utf-16")[0].intensity.tolist() == [187.0, 183.0, 178.0]


def test_pauses_between_steps_are_taken_from_dates_that_cannot_be_swapped(tmp_path):
    head = "Record,SysTime,StepTime,Current/mA,Voltage/V,Step\n"
    rows = "1,{d} 10:00:00,00:00:00,0,3.0,1\n2,{d} 10:01:00,00:01:00,0,3.0,1\n"
    rows += "3,{e} 10:31:00,00:00:00,1,3.0,2\n4,{e} 10:32:00,00:01:00,1,3.0,2\n"
    record = read(tmp_path, "x.csv", head + rows.format(d="2024-02-01", e="2024-02-01"))[0]
    assert record.test_time_second.tolist() == [0.0, 60.0, 1860.0, 1920.0]
    assert any("placed by the dates in column 'SysTime'" in w for w in record.warnings)
    record = read(tmp_path, "y.csv", head + rows.format(d="02/01/2024", e="03/01/2024"))[0]
    assert record.test_time_second.tolist() == [0.0, 60.0, 60.0, 120.0]


def test_a_table_of_two_widths_of_equal_number_has_that_of_its_header(tmp_path):
    text = "Frequency (Hz),Z' (Ohm),Z'' (Ohm)\n1000,10.5,-1.5\n100,12.5"
    with pytest.raises(BadInputError, match="1 row of data"):
        read(tmp_path, "x.csv", text)
    record = read(tmp_path, "y.csv", text.replace("100,12.5", "100,12.5,-2.5\n10,13"))[0]
    assert record.impedance.tolist() == [10.5 - 1.5j, 12.5 - 2.5j]


def test_a_blank_line_at_the_end_of_ec_lab_is_no_news(tmp_path):
    names = "mode\ttime/s\tEwe/V\tI/mA\tNote\n"
    rows = "1\t0.0E+000\t3.0E+000\t1.0E+000\ta\n1\t1.0E+000\t3.1E+000\t1.0E+000\tb\n\n"
    assert (
        read(tmp_path, "x.mpt", "EC-Lab ASCII FILE\nNb header lines : 3\n" + names + rows, "latin-1")[0].warnings == ()
    )


def test_a_row_of_ec_lab_whose_last_number_lost_its_end_is_left_out(tmp_path):
    names = "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\n"
    rows = "1000,5\t10,25\t1,52\n100,25\t12,5\t4,75\n10,125\t20,25\t9,"
    record = read(tmp_path, "x.mpt", "EC-Lab ASCII FILE\nNb header lines : 3\n" + names + rows, "latin-1")[0]
    assert record.frequency_hertz.tolist() == [1000.5, 100.25]
    assert "the last line is cut and was left out" in record.warnings


def test_a_sheet_has_no_open_end(tmp_path):
    rows = [["E (V)", "I (uA)"], [0.5, 1.25], [0.4, 1.5], [0.3, 2]]
    write_book(tmp_path / "x.xlsx", {"a": rows})
    record = read_all(tmp_path / "x.xlsx")[0]
    assert record.rows == 3
    assert not any("no end" in w or "left out" in w for w in record.warnings)


def test_zive_columns_that_contradict_each_other_are_refused(tmp_path):
    head = "þ«Z11\nA\nEIS\n2\n"
    right = "100\t5\t-53.1301\t0\t0\t0\t3\t4\t0\n10\t10\t-36.8699\t0\t0\t0\t8\t6\t0\n"
    assert read(tmp_path, "x.crv", head + right, "latin-1")[0].impedance.tolist() == [3 - 4j, 8 - 6j]
    with pytest.raises(BadInputError, match=r"line 6: .* want one impedance in both"):
        read(tmp_path, "y.crv", head + right.replace("-36.8699", "36.8699"), "latin-1")


@pytest.mark.parametrize(("last", "rows"), [("0.4,", 3), ("0.4,40.0", 4)])
def test_a_load_that_the_end_of_the_file_took_is_no_gap(tmp_path, last, rows):
    file = tmp_path / "tensile.csv"
    file.write_text(f"Displacement (mm),Force (N)\n0.1,10.0\n0.2,20.0\n0.3,30.0\n{last}")
    (record,) = read_all(file)
    assert record.rows == rows
    assert np.isfinite(record.force_newton).all()
    assert any("the file ends before its last number" in w for w in record.warnings) is (rows == 3)
