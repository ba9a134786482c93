"""Delimited text: whatever the spelling, the same numbers; whatever is doubtful, a sentence."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limetal import readers
from limetal.errors import BadInputError
from limetal.readers import ColumnHint, RawFile
from limetal.readers._kit.clean import read_clean
from limetal.readers.delimited import looks_like

HEAD = "Time (h);Voltage (V);Current (mA)\n"
TIME_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "ms": 1e-3, "Sec": 1.0, "hours": 3600.0}
VOLTAGE_UNITS = {"V": 1.0, "mV": 1e-3, "volts": 1.0}
CURRENT_UNITS = {"A": 1.0, "mA": 1e-3, "µA": 1e-6, "uA": 1e-6, "μA": 1e-6, "nA": 1e-9}
SPELLINGS = ["{} ({})", "{}[{}]", "{}/{}", "{} / {}", "{}, {}", "{}_{}", "{}({})"]


@pytest.fixture
def read(tmp_path):
    def read_text(text, encoding="utf-8", name="cell.csv", **columns):
        file = tmp_path / name
        file.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
        hints = {key: ColumnHint(*hint) for key, hint in columns.items()}
        return readers.read(file, reader="delimited", columns=hints)

    return read_text


def refused(read, text, match, **columns):
    with pytest.raises(BadInputError, match=match) as caught:
        read(text, **columns)
    assert "cell.csv" in caught.value.where


# ---------------------------------------------------------------- any spelling gives the same numbers


@st.composite
def spelt_tables(draw):
    """A table as text, with the numbers it should give."""
    n = draw(st.integers(2, 12))
    steps = draw(st.lists(st.integers(0, 500), min_size=n, max_size=n))
    steps[-1] += 1
    thousandths = np.cumsum(steps) + 1500  # so that the test never looks shorter than a second
    volts = draw(st.lists(st.integers(-4999, 4999), min_size=n, max_size=n))
    amps = draw(st.lists(st.integers(-99_999, 99_999), min_size=n, max_size=n))
    delimiter = draw(st.sampled_from([";", "\t", "|", ",", " ", "   "]))
    mark = draw(st.sampled_from([".", ","])) if delimiter != "," else "."
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    units = [draw(st.sampled_from(sorted(u))) for u in (TIME_UNITS, VOLTAGE_UNITS, CURRENT_UNITS)]
    if encoding == "cp1252":
        units[2] = units[2].replace("μ", "µ")
    names = [
        draw(st.sampled_from(["Time", "Test Time", "Total_Time", "time", "TestTime"])),
        draw(st.sampled_from(["Voltage", "Ecell", "Ewe", "U", "Potential", "ΔE"])),
        draw(st.sampled_from(["Current", "I", "<I>", "current"])),
    ]
    if encoding == "cp1252":
        names[1] = names[1].replace("Δ", "")
    blanks = [s for s in SPELLINGS if "," not in s or delimiter != ","]
    spelling = draw(st.sampled_from([s for s in blanks if " " not in delimiter or " " not in s or "(" in s]))
    if " " in delimiter:
        names[0] = names[0].replace(" ", "")
    headers = [spelling.format(n, u) for n, u in zip(names, units, strict=True)]
    body = [
        delimiter.join(f"{x / 1000:.3f}".replace(".", mark) for x in row)
        for row in zip(thousandths, volts, amps, strict=True)
    ]
    trailing = delimiter if draw(st.booleans()) else ""
    meta = ["Cell 7", "Operator: nobody, at all"][: draw(st.integers(0, 2))]
    lines = [*meta, *(line + trailing for line in [delimiter.join(headers), *body])]
    text = end.join(lines) + (end if draw(st.booleans()) else "")
    truth = (
        thousandths / 1000 * TIME_UNITS[units[0]],
        np.array(volts) / 1000 * VOLTAGE_UNITS[units[1]],
        np.array(amps) / 1000 * CURRENT_UNITS[units[2]],
    )
    return text.encode(encoding), truth


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=spelt_tables())
def test_any_spelling_gives_the_same_numbers(table, tmp_path):
    data, (seconds, volts, amps) = table
    file = tmp_path / "any.txt"
    file.write_bytes(data)
    record = readers.read(file, reader="delimited")
    np.testing.assert_allclose(record.test_time_second, seconds, rtol=1e-12)
    np.testing.assert_allclose(record.voltage_volt, volts, rtol=1e-12)
    np.testing.assert_allclose(record.current_ampere, amps, rtol=1e-12)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Time (h)", 3600), ("Time [s]", 1), ("time/s", 1), ("Time / h", 3600), ("test_time_second", 1),
        ("Test Time / h", 3600), ("Test (Sec)", 1), ("total_time_s", 1), ("Run Time (h)", 3600),
        ("Cumulative Time/min", 60), ("t[min]", 60), ('"Time (h)"', 3600), ("Elapsed Time (d)", 86400),
        ("Time in h", 3600),
    ],
)  # fmt: skip
def test_headers_of_time(read, header, seconds):
    assert read(f"{header};U[V]\n0;1\n10;2\n").test_time_second.tolist() == [0, 10 * seconds]


@pytest.mark.parametrize(
    ("header", "volts"),
    [
        ("ΔE (V)", 1), ("Ewe/V", 1), ("Ecell/V", 1), ("Voltage(mV)", 1e-3), ("U[V]", 1), ("voltage_V", 1),
        ("voltage_volt", 1), ("Volts", 1), ("Potential (V)", 1), ("Ewe-Ece/V", 1),
        ("Cell Voltage (mV)", 1e-3),
        ("E/kV", 1e3),
    ],
)  # fmt: skip
def test_headers_of_voltage(read, header, volts):
    assert read(f"time/s;{header}\n0;1\n10;2\n").voltage_volt.tolist() == pytest.approx([volts, 2 * volts])


@pytest.mark.parametrize(
    ("header", "amps"),
    [
        ("Current(µA)", 1e-6), ("Current(Î¼A)", 1e-6), ("Current(ÂµA)", 1e-6), ("Current(¦ÌA)", 1e-6),
        ("I/mA", 1e-3), ("<I>/mA", 1e-3), ("current_A", 1), ("current_ampere", 1), ("Amps", 1),
        ("I [pA]", 1e-12),
    ],
)  # fmt: skip
def test_headers_of_current(read, header, amps):
    assert read(f"time/s;U/V;{header}\n0;1;1\n10;2;-2\n").current_ampere.tolist() == pytest.approx([amps, -2 * amps])


@pytest.mark.parametrize("header", ["Cycle Index", "cycle number", "cycle_count", "Cyc#", "Cycle Count / 1", "cycle"])
def test_headers_of_cycle(read, header):
    assert read(f"time/s;U/V;{header}\n0;1;1\n10;2;2.0\n").cycle_count.tolist() == [1, 2]


@pytest.mark.parametrize("header", ["Step Index", "step_count", "Step", "Step Number", "Ns"])
def test_headers_of_step(read, header):
    assert read(f"time/s;U/V;{header}\n0;1;1\n10;2;2\n").step_count.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("first", "second", "seconds"),
    [
        ("00:00:00", "144:02:18.5", 518_538.5), ("0d 00:00:0", "2d 02:52:51.5", 183_171.5),
        ("0:00:00", "1 00:00:01", 86_401),
        ("00:00:00,000", "00:00:03,250", 3.25),
    ],
)  # fmt: skip
def test_clock_times(read, first, second, seconds):
    assert read(f"Test Time;U/V\n{first};1\n{second};2\n").test_time_second.tolist() == [0, seconds]


def test_row_of_units_below_the_headers(read):
    record = read("Test Time\tVoltage\tCurrent\n(h)\t(mV)\t(mA)\n0\t10\t1\n1\t20\t-1\n")
    assert record.test_time_second.tolist() == [0, 3600]
    assert record.voltage_volt.tolist() == [0.01, 0.02]
    assert record.current_ampere.tolist() == [0.001, -0.001]


def test_quoted_fields_keep_their_delimiters(read):
    record = read('"Time (h)","Voltage (V)","Note"\n"0,0","0,5","a, b"\n"1,5","0,7","c"\n')
    assert record.test_time_second.tolist() == [0, 5400]
    assert record.voltage_volt.tolist() == [0.5, 0.7]
    assert record.more["Note"].tolist() == ["a, b", "c"]


def test_other_columns_are_kept_unread(read):
    record = read("time/s,U/V,T1,Date,Date,hole,\n0,1,25.5,2025-06-17,x,,\n10,2,,2025-06-18,y,,\n")
    assert set(record.more) == {"T1", "Date", "Date (column 5)"}
    assert record.more["T1"].tolist()[0] == 25.5
    assert np.isnan(record.more["T1"][1])
    assert record.more["Date"].tolist() == ["2025-06-17", "2025-06-18"]


def test_comments_blank_lines_and_minus_signs(read):
    record = read("# made by hand\n#time/s U/V\n0 1\n\n# a remark\n10 \N{MINUS SIGN}2\n")
    assert record.voltage_volt.tolist() == [1, -2]


# ---------------------------------------------------------------- test time is not step time


def test_total_time_wins_over_time(read):
    record = read("Step,Time,Total Time,U/V\n1,00:00:00,00:00:00,1\n1,00:00:10,00:00:10,1\n2,00:00:00,00:00:10,1\n")
    assert record.test_time_second.tolist() == [0, 10, 10]
    assert record.warnings == ()


def test_time_beside_step_time_is_test_time(read):
    record = read("Time[s],t-Step[s],U/V\n0,0,1\n10,0,1\n20,10,1\n")
    assert record.test_time_second.tolist() == [0, 10, 20]


def test_time_that_restarts_is_summed_where_steps_allow_it(read):
    record = read("Step Index,Time (s),U/V\n1,0,1\n1,10,1\n2,0,1\n2,5,1\n1,0,1\n1,7,1\n")
    assert record.test_time_second.tolist() == [0, 10, 10, 15, 15, 22]
    assert record.warnings == (
        "column 'Time (s)' restarts with every step, so test time was summed from its steps "
        "(pauses between steps are lost)",
    )


def test_time_that_restarts_without_steps_is_refused(read):
    refused(
        read,
        "Time (s),U/V\n0,1\n10,1\n0,1\n5,1\n",
        r"line 4: found time that falls from 10 s to 0 s.*not of a step",
    )


def test_clock_set_back_is_not_taken_for_a_restart(read):
    refused(
        read,
        "Step;Time (s);U/V\n1;0;1\n1;100;1\n2;99.9;1\n2;120;1\n",
        "line 4: found time that falls from 100 s",
    )


def test_restart_within_a_step_is_refused(read):
    refused(read, "Step;Time (s);U/V\n1;0;1\n1;100;1\n1;0;1\n2;0;1\n", "line 4: found time that falls")


def test_step_time_alone_is_said(read):
    record = read("Step Time (s);U/V\n0;1\n10;1\n")
    assert "time within a step" in record.warnings[0]


def test_dates_are_not_test_time(read):
    refused(read, "Time;U/V\n2025-06-17 09:26:39;1\n2025-06-17 09:26:49;2\n", "no column of time")
    record = read("Time;Elapsed Time (s);U/V\n2025-06-17 09:26:39;0;1\n2025-06-17 09:26:49;10;2\n")
    assert record.test_time_second.tolist() == [0, 10]


def test_several_equal_columns_are_refused(read):
    refused(read, "time/s;U/V;U/V\n0;1;2\n10;1;2\n", "several columns of voltage: 'U/V', 'U/V'")


def test_cell_voltage_wins_over_one_electrode(read):
    assert read("time/s;Ewe/V;Ecell/V\n0;1;2\n10;1;2\n").voltage_volt.tolist() == [2, 2]


# ---------------------------------------------------------------- what the file does not say


def test_header_without_unit_says_how_to_give_it(read):
    text = "Test_Time,Voltage\n0,3\n10,3.1\n"
    refused(read, text, r"no unit for 'Test_Time', 'Voltage'.*time = \{ column = \"Test_Time\", unit = \"h\" \}")
    record = read(text, time=("Test_Time", "h"), voltage=("Voltage", "V"))
    assert record.test_time_second.tolist() == [0, 36_000]


@pytest.mark.parametrize("unit", ["?A", "\N{REPLACEMENT CHARACTER}A", "MA", "C", "_A"])
def test_broken_unit_of_current_is_never_taken_as_amperes(read, unit):
    refused(read, f"time/s;U/V;Current({unit})\n0;1;1\n10;2;2\n", "Current")


def test_current_without_unit_is_refused_too(read):
    refused(read, "time/s;U/V;Current\n0;1;1\n10;2;2\n", "no unit for 'Current'")


def test_current_per_area_is_not_a_current(read):
    record = read("time/s;U/V;I (mA/cm2)\n0;1;1\n10;2;2\n")
    assert record.current_ampere is None
    assert "per area" in record.warnings[0]


def test_no_current_column(read):
    assert read("time/s;U/V\n0;1\n10;2\n").current_ampere is None


def test_columns_by_number_need_no_headers(read):
    record = read("0;1,5;0,1\n10;2,5;0,2\n", time=(1, "s"), voltage=(3, "V"))
    assert record.voltage_volt.tolist() == [0.1, 0.2]
    assert record.more["column 2"].tolist() == [1.5, 2.5]


def test_columns_by_number_take_the_unit_of_the_header(read):
    assert read("t (s);foo (mV)\n0;10\n10;20\n", voltage=(2,)).voltage_volt.tolist() == [0.01, 0.02]


def test_numbers_without_headers_say_what_to_do(read):
    refused(read, "0;1\n10;2\n", r"line 1: found numbers without headers, want columns = \{ time = \{ column = 1")


@pytest.mark.parametrize(
    ("hints", "match"),
    [
        ({"time": ("nope", "s")}, "nope|headers"),
        ({"time": (9, "s")}, "column 9, want a column between 1 and 3"),
        ({"time": (0, "s")}, "column 0, want a column counted from 1"),
        ({"volts": (2, "V")}, "'volts', want one of time, voltage, current, cycle, step"),
        ({"time": (1, "V")}, "unit 'V' of"),
    ],
)
def test_wrong_hints_are_refused(read, hints, match):
    refused(read, HEAD + "0;1;1\n1;2;2\n", match, **hints)


def test_hint_against_the_header_is_said(read):
    record = read(HEAD + "0;1;1\n1;2;2\n", time=("Time (h)", "min"))
    assert record.test_time_second.tolist() == [0, 60]
    assert record.warnings == ("time is read in min as told, although the file says h",)


# ---------------------------------------------------------------- broken numbers and rows


@pytest.mark.parametrize("bad", ["NaN", "nan", "inf", "-Infinity", "err", "", "1.2.3", "#VALUE!", "1e999"])
@pytest.mark.parametrize("column", [0, 1, 2])
def test_needed_field_without_number_is_named_with_its_line(read, bad, column):
    row = ["1", "2", "3"]
    row[column] = bad
    text = "Cell 7\n" + HEAD + "0;1;1\n" + ";".join(row) + "\n2;1;1\n"
    refused(read, text, r"line 4: found .* want a number")
    assert read(text.replace(";".join(row), "1;2;3")).rows == 3


def test_line_numbers_count_blank_lines_and_carriage_returns(read):
    refused(read, "x\r\r" + HEAD.strip() + "\r0;1;1\r\r1;x;1\r2;1;1\r", "line 6: found 'x' in column 'Voltage")


def test_falling_time_is_named_with_its_line(read):
    refused(read, HEAD + "0;1;1\n2;1;1\n1;1;1\n3;1;1\n", "line 4: found time that falls from 7200 s to 3600 s")


def test_cut_last_line_is_left_out(read):
    record = read(HEAD + "0;1;1\n1;1;1\n2;1")
    assert record.rows == 2
    assert record.warnings == ("line 4 was left out: it has too few fields, as if the file was cut off",)


def test_last_line_cut_within_a_number_is_left_out(read):
    for cut in ("2;1;-", "2;1;1e", "0.0;1;1"):
        record = read(HEAD + "0;1;1\n1;1;1\n" + cut)
        assert record.rows == 2
        assert record.warnings[0].startswith("line 4 was left out")


def test_short_line_elsewhere_is_refused(read):
    refused(read, HEAD + "0;1;1\n1;1\n2;1;1\n", "line 3: found 2 fields, want 3 as in the other rows")


def test_long_line_is_refused_unless_its_end_is_empty(read):
    refused(read, HEAD + "0;1;1\n1;1;1;7\n2;1;1\n", "line 3: found 4 fields, want 3 as in the other rows")
    assert read(HEAD + "0;1;1\n1;1;1;\n2;1;1\n").rows == 3


def test_commas_between_and_within_numbers_are_refused(read):
    refused(read, "Time (h),Voltage (V)\n0,5,3,2\n1,5,3,3\n", "4 fields under 2 headers.*no comma between columns")


def test_comma_of_thousands_is_refused(read):
    refused(read, "time/s;U/V\n999;0.5\n1,000;0.6\n", "line 3: found '1,000', where the comma may be decimal")
    refused(read, "time/s;U/V\n999;3\n1,000;3\n1,001;3\n", "where the comma may be decimal or part thousands")
    refused(read, "time/s;U/V\n1,000,000;3\n1,000,001;3\n", "where the comma may be decimal or part thousands")


def test_three_decimals_after_a_comma_are_decimals(read):
    assert read("time/s;U/V\n0,000;3,123\n1,000;3,124\n").voltage_volt.tolist() == [3.123, 3.124]


def test_open_quotation_mark_is_refused(read):
    refused(read, 'time/s,U/V,note\n0,1,"a\n1,2,b\n2,3,c\n', "line 2: found a quotation mark that is not closed")


def test_header_without_rows_is_refused(read):
    refused(read, HEAD, "headers and no rows of data")
    refused(read, HEAD + "0;1;1\n", "1 row of data")


def test_counts_that_are_no_counts_are_not_used(read):
    record = read("time/s,U/V,cycle_count,step\n0,1,6.283185,\n1,1,6.283185,1\n")
    assert record.cycle_count is None
    assert record.step_count is None
    assert record.warnings == (
        "column 'cycle_count' is no cycle count: line 2 has '6.283185'",
        "column 'step' is no step count: line 2 has an empty field",
    )
    assert record.more["cycle_count"].tolist() == [6.283185, 6.283185]


# ---------------------------------------------------------------- plausible and wrong


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time/s;U/V\n0;3200\n10;3300\n", "looks like millivolts"),
        ("time/s;U/V\n0;8\n10;9\n", "more than a cell has"),
        ("time/h;U/V\n0;3\n1000000;3\n", "years: is the unit of time right"),
        ("time/s;U/V\n0;3\n0.5;3\n", "lasts 0.5 s"),
        ("time/s;U/V\n1766393064;3\n1766393164;3\n", "looks like a date"),
        ("time/s;U/V;I/A\n0;3;1500\n10;3;-1500\n", "looks like milliamperes"),
        ("time/s;U/V;I/A;Step Type\n0;3;1;CC Chg\n10;3;1;CC DChg\n", "calls discharge: it has no sign"),
        ("time/s;U/V;I/A;State\n0;3;-1;C\n10;3;-1;C\n20;3;0;R\n", "calls charge: it has the other sign"),
        ("time/s;U/V;I/A;cycle\n0;3;1;1\n10;3;1;2\n20;3;1;3\n", "may be a magnitude"),
    ],
)
def test_plausible_wrong_data_is_said(read, text, said):
    assert any(said in warning for warning in read(text).warnings)


def test_ordinary_cell_gives_no_warning(read):
    text = "time/s;U/V;I/A;Step Type;cycle\n0;3;1;CC Chg;1\n3600;3;-1;CC DChg;1\n7200;3;0;Rest;2\n"
    assert read(text).warnings == ()


# ---------------------------------------------------------------- what is no cycling table


def test_table_of_something_else_names_its_headers(read):
    refused(
        read,
        "freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm\n1,2,3\n2,3,4\n",
        "headers 'freq/Hz', .*want one of time and one of voltage",
    )


def test_impedance_with_time_and_voltage_is_refused(read):
    refused(read, "freq/Hz,time/s,Ewe/V\n100,0,3\n50,1,3\n", "an impedance table")


def test_integers_and_commas_without_headers_are_refused(read):
    with pytest.raises(BadInputError, match="a comma may part columns or be decimal"):
        read("0,5,3,2\n1,5,3,3\n", time=(1, "h"), voltage=(2, "V"))
    assert read("0,3.5\n1,3.6\n", time=(1, "h"), voltage=(2, "V")).voltage_volt.tolist() == [3.5, 3.6]


def test_more_headers_than_fields_is_said(read):
    assert read("time/s;U/V;note\n0;1\n1;2\n").warnings == (
        "rows have 2 fields under 3 headers; they were counted from the left",
    )


def test_last_character_cut_in_half_does_not_change_the_encoding(read):
    data = "Time (h);ΔE (V);note\n0;1;x\n1;2;µ".encode()[:-1]
    assert read(data).voltage_volt.tolist() == [1, 2]


def test_end_of_file_mark_of_old_systems_is_no_row(read):
    assert read(b"time/s;U/V\n0;1\n1;2\n\x1a").rows == 2


@pytest.mark.parametrize("number", ["1_000", "0x10", "1e3x", "1 000", "1d3"])
def test_spellings_of_numbers_that_are_none(read, number):
    refused(read, f"time/s;U/V\n0;1\n{number};2\n2000;2\n", "line 3: found")


def test_prose_is_refused(read):
    refused(read, "Dear colleague,\nthe cell is dead.\n", "no table of numbers")


@pytest.mark.parametrize(
    "head",
    [
        b"\x89PNG\r\n\x1a\n\0\0",
        b"PK\x03\x04\0\0",
        b"\xff\xfe\x00",
        b'{"a": [1, 2]}',
        b"<html>1,2</html>",
        b"   \n",
        b"\xd0\xcf\x11\xe0\0",
    ],
)
def test_does_not_look_like_text(head, tmp_path):
    (tmp_path / "cell.csv").write_bytes(head)
    assert not looks_like(RawFile(tmp_path / "cell.csv"))


def test_head_that_ends_within_a_character_looks_like_text(tmp_path):
    head = "Zeit µ\n".encode() + HEAD.encode() + b"0;1;1\n1;1;1\n" + "µ".encode()[:1]
    (tmp_path / "cell.csv").write_bytes(head)
    assert looks_like(RawFile(tmp_path / "cell.csv"))


# --------------------------------------------------------------------------------------- the quick way through


def big_table(tmp_path, last="", sep=",", extra="word"):
    rows = [
        f"{t}{sep}{3 + t * 1e-6:.6f}{sep}{-1.5 if t % 2 else 1.5}{sep}{1 + t // 50}{sep}{extra}" for t in range(400)
    ]
    head = sep.join(("Time (h)", "Voltage (V)", "Current (mA)", "Cycle", "State"))
    file = tmp_path / "big.csv"
    file.write_text("\n".join(["Cell: A7", head, *rows]) + "\n" + last, encoding="utf-8")
    return file


@pytest.mark.parametrize("sep", [",", ";", "\t"])
@pytest.mark.parametrize("extra", ["word", "1.5", ""])
def test_quick_way_gives_what_the_careful_way_gives(tmp_path, sep, extra):
    file = big_table(tmp_path, sep=sep, extra=extra)
    quick = read_clean(RawFile(file), {}, min_bytes=0)
    careful = readers.read(file, reader="delimited")
    assert quick is not None
    assert list(quick.columns()) == list(careful.columns())
    for name, values in careful.columns().items():
        np.testing.assert_array_equal(getattr(quick, name), values)
    assert {k: v.tolist() for k, v in quick.more.items()} == {k: v.tolist() for k, v in careful.more.items()}
    assert quick.warnings == careful.warnings


@pytest.mark.parametrize(
    "last",
    [
        "400,3.1",  # cut
        "400,x,1,9,w\n",
        "400,3.1,nan,9,w\n",
        "1,3.1,1,9,w\n",  # time falls
        '400,3.1,1,9,"w"\n',
        "400,3.1,1,9.5,w\n",
        "400,3.1,1,9,w,7\n",
        "# a remark\n",
        "400;3,1;1;9;w\n",
    ],
)
def test_quick_way_leaves_anything_unusual_to_the_careful_way(tmp_path, last):
    assert read_clean(RawFile(big_table(tmp_path)), {}, min_bytes=0) is not None
    assert read_clean(RawFile(big_table(tmp_path, last)), {}, min_bytes=0) is None


def test_a_word_far_down_in_another_column_is_kept(tmp_path):
    file = big_table(tmp_path, "400,3.1,1,9,stop\n", extra="1.5")
    quick = read_clean(RawFile(file), {}, min_bytes=0)
    assert quick.more["State"].tolist() == readers.read(file, reader="delimited").more["State"].tolist()
    assert quick.more["State"][-1] == "stop"


@pytest.mark.parametrize(
    ("last", "kept"),
    [("0.09", False), ("0.0981", True), ("0.", False), ("0", False), ("9.8e-2", False)],
)
def test_a_number_cut_at_the_end_of_the_file(read, last, kept):
    """A row whose last number lacks decimals of all above it is cut; one that could be whole is kept, and doubted."""
    record = read(f"time/s;U/V\n0;0.0986\n1;0.0984\n2;0.0983\n3;{last}")
    assert record.rows == (4 if kept else 3)
    assert len(record.warnings) == 1
    assert read(f"time/s;U/V\n0;0.0986\n1;0.0984\n2;0.0983\n3;{last}\n").warnings == ()


def test_a_lost_exponent_is_seen(read):
    record = read("time/s;I/A;U/V\n0;1;3.1e-06\n1;1;3.2e-06\n2;1;3.3")
    assert record.rows == 2
    assert record.voltage_volt.max() < 1e-5
