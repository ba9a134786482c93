"""A table of a cycler read block by block is the table read in one go, or is not read by blocks at all."""

import io
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limetal import readers
from limetal.errors import BadInputError
from limetal.readers import RawFile
from limetal.readers._kit.cycler_blocks import MIN_BYTES, body_by_blocks, grid_by_blocks
from limetal.readers._kit.cycler_grid import find_header, text_grid, utf8_of
from support.data_files import real

VOLTAGE = re.compile("[Vv]olt")
HEAD = b"Test_Time(s),Voltage(V),State,Current(A)\n"
ROWS = b"0,3.1,R,0\n1.5,3.2,C,1e-3\n2,3.25,C,0.001\n3,,D,-2\n4,3.5, D ,-2.5\n"
PIECES = [
    b",",
    b"\n",
    b"\r\n",
    b"\r",
    b'"',
    b";",
    b" ",
    b"x",
    b"-",
    b"\xb5",
    "µ".encode(),
    b"\0",
    b"nan",
    b"inf",
    b"1,5",
]

pieces = st.lists(st.tuples(st.integers(0, len(HEAD + ROWS)), st.integers(0, 3), st.sampled_from(PIECES)), max_size=2)


def header_of(file):
    return find_header(file.head_lines, VOLTAGE, lambda texts: len(texts) > 2)


def assert_same(quick, careful):
    assert (quick.headers, quick.ends, quick.tail, quick.warnings) == (
        careful.headers, careful.ends, careful.tail, careful.warnings)  # fmt: skip
    np.testing.assert_array_equal(quick.line, careful.line)
    for one, other in zip(quick.columns, careful.columns, strict=True):
        assert one.dtype == other.dtype
        assert one.rename("").equals(other.rename(""), null_equal=True)


@pytest.mark.parametrize(
    "name",
    [
        "neware/neware_uio.csv", "maccor/cellpy_maccor_001.txt", "arbin/beep_2017-05-09_test-TC-contact_CH33.csv",
        "landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv", "bdf/batmo_bdf.csv",
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [30_000, 10**9])
def test_real_tables_are_the_same_in_blocks(name, size):
    file = RawFile(real(f"cycling/{name}"))
    header = header_of(file)
    quick = grid_by_blocks(file, header, min_bytes=0, block_bytes=size)
    if "batmo" in name:  # a column of numbers that holds words further down is not for the quick way
        assert quick is None
    else:
        assert quick is not None
        assert_same(quick, text_grid(utf8_of(file), header, file.where))


def test_a_plain_table_goes_by_blocks_of_any_size(tmp_path):
    path = tmp_path / "cell.csv"
    path.write_bytes(HEAD + ROWS)
    file = RawFile(path)
    for size in range(1, len(ROWS) + 2):
        quick = grid_by_blocks(file, header_of(file), min_bytes=0, block_bytes=size)
        if quick is not None:  # the first block decides what is a number, so it may be too short for it
            assert_same(quick, text_grid(utf8_of(file), header_of(file), file.where))
    assert quick is not None
    assert quick.columns[1].to_list() == [3.1, 3.2, 3.25, None, 3.5]
    assert quick.columns[2].to_list() == ["R", "C", "C", "D", "D"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(pieces, st.integers(0, 6), st.sampled_from([12, 25, 1000]))
def test_a_damaged_table_is_read_as_in_one_go_or_not_at_all(tmp_path, pieces, cut, size):
    data = HEAD + ROWS
    for at, taken, piece in pieces:
        data = data[:at] + piece + data[at + taken :]
    path = Path(tmp_path / "cell.csv")
    path.write_bytes(data[: len(data) - cut])
    file = RawFile(path)
    header = header_of(file)
    if header is None:
        return
    try:
        quick = grid_by_blocks(file, header, min_bytes=0, block_bytes=size)
    except BadInputError as error:
        with pytest.raises(BadInputError, match=re.escape(str(error))):
            text_grid(utf8_of(file), header, file.where)
        return
    if quick is not None:
        assert_same(quick, text_grid(utf8_of(file), header, file.where))


def long_table(path, rows, *, wrong=None):
    """Write a table of one long charge; ``wrong`` stands in one field far below."""
    lines = [f"{i},{i}.25,1,{1 + i // 5000},{3 + i * 1e-7:.9f},0.001\n" for i in range(rows)]
    if wrong is not None:
        lines[rows - 10] = lines[rows - 10].replace(",0.001", f",{wrong}")
    path.write_text("Data_Point,Test_Time(s),Cycle_Index,Step_Index,Voltage(V),Current(A)\n" + "".join(lines))
    assert path.stat().st_size > MIN_BYTES
    return path


def test_a_long_table_and_a_wrong_field_far_below(tmp_path):
    rows = 250_000
    record = readers.read(long_table(tmp_path / "cell.csv", rows))
    np.testing.assert_array_equal(record.test_time_second, np.arange(rows) + 0.25)
    np.testing.assert_array_equal(record.step_count, 1 + np.arange(rows) // 5000)
    np.testing.assert_array_equal(record.more["Data_Point"], np.arange(rows))
    assert not record.voltage_volt.flags.writeable
    wrong = long_table(tmp_path / "wrong.csv", rows, wrong="0.0O1")
    with pytest.raises(BadInputError, match=rf"line {rows - 10 + 2}: found '0.0O1' in column 'Current\(A\)'"):
        readers.read(wrong)


@pytest.mark.parametrize("size", [4, 1000])
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (b"1,a\nnan,b\n", [1.0, "nan"]),
        (b"1,a\n,b\n", [1.0, None]),
        (b"1,a\nnan,b\n,c\n", None),  # an array cannot hold both apart
        (b"1,a\nx,b\n", None),
        (b"1,a\n2\n", None),
        (b"1,a\n\n2,b\n", None),
    ],
)
def test_gaps_and_not_a_numbers_stay_apart(rows, expected, size):
    body = body_by_blocks(io.BytesIO(rows), ",", (pl.Float64, pl.String), block_bytes=size)
    found = None if body is None else ["nan" if x is not None and x != x else x for x in body.columns[0].to_list()]
    assert found == expected


def test_words_of_a_large_plain_table_are_shared_and_read_only(tmp_path):
    path = tmp_path / "plain.csv"
    rows = "".join(f"{i},{3 + i * 1e-6:.6f},{'rest' if i % 5000 < 100 else 'charge'}\n" for i in range(100_000))
    path.write_text("Time (s),E (V),State\n" + rows)
    record = readers.read(path)
    words = record.more["State"]
    assert words[99:101].tolist() == ["rest", "charge"]
    assert words[200] is words[99_999]
    assert not words.flags.writeable
