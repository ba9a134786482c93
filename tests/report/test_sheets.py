"""Tables: three rows of labels as Origin reads them, then numbers that read back as they were."""

import csv
import io

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.claims import Verdict
from limetal.exhibits import Table
from limetal.ledger import Entry, Ledger
from limetal.report import Content, Section, write_report
from limetal.report.files import table_text
from limetal.report.sheets import HEADER_ROWS, Column, sheet_text

VALUES = st.floats(allow_nan=False, allow_infinity=False)


def content(*sections):
    ledger = Ledger((Entry("electrodes.a", "thickness", 50.123456789012345, 0.1 + 0.2, "stated", "study.toml:3"),))
    verdict = Verdict("density closure", "disagrees", ("q", "r"), 1.06, 0.9, None, "g/cm3", "too, dense")
    return Content("n", "t", "", ledger, (verdict,), {}, sections, (), (), {"limetal": "0"})


def rows(path):
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))


def test_a_table_has_names_units_and_comments_above_its_values():
    table = Table(
        "t", {"row": ("1", [1, 2]), "voltage": ("V", [0.25, float("nan")]), "word": ("", ["a,b", "µ"])},
        comments={"voltage": "time-weighted mean"},
    )  # fmt: skip
    assert table_text(table) == 'row,voltage,word\n,V,\n,time-weighted mean,\n1,0.25,"a,b"\n2,,µ\n'


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=20))
def test_numbers_read_back_to_fifteen_digits_with_polars_and_with_numpy(pairs):
    first, second = (list(values) for values in zip(*pairs, strict=True))
    text = sheet_text([Column("time", "h", first), Column("voltage", "V", second, "µ")])
    frame = pl.read_csv(io.BytesIO(text.encode()), skip_rows_after_header=2, infer_schema_length=None)
    assert frame.columns == ["time", "voltage"]
    assert frame["time"].cast(pl.Float64).to_list() == pytest.approx(first, rel=5.1e-15, abs=0.0)
    assert frame["voltage"].cast(pl.Float64).to_list() == pytest.approx(second, rel=5.1e-15, abs=0.0)
    read = np.genfromtxt(io.StringIO(text), delimiter=",", skip_header=HEADER_ROWS)
    assert read.reshape(-1, 2).ravel().tolist() == pytest.approx(
        [x for pair in pairs for x in pair], rel=5.1e-15, abs=0.0
    )


def test_a_number_has_no_more_digits_than_it_needs():
    """One third has 15 digits; a sum that a computer rounds to 0.30000000000000004 is 0.3."""
    values = [0.1 + 0.2, 1 / 3, 1e-9, np.float64(2.5), np.int64(3), 1.7976931348623157e308]
    assert sheet_text([Column("a", "V", values)]).splitlines()[3:] == [
        "0.3", "0.333333333333333", "1e-09", "2.5", "3", "1.7976931348623157e+308",
    ]  # fmt: skip


@given(st.integers(-(10**14), 10**14), st.integers(-20, 20))
def test_a_number_that_was_written_with_fifteen_digits_is_written_so_again(digits, power):
    value = float(f"{digits}e{power}")
    (text,) = sheet_text([Column("a", "V", [value])]).splitlines()[3:]
    assert float(text) == value


def test_a_word_of_the_vocabulary_is_explained_unless_the_table_says_more():
    columns = {name: (unit, [1.0]) for name, unit in (("thickness", "um"), ("area", "cm2"), ("density", "kg/m3"))}
    text = table_text(Table("t", columns, comments={"area": "of one face"}))
    assert text.splitlines()[2] == "Thickness of an electrode without collector.,of one face,"


def test_columns_of_different_length_end_in_empty_cells_and_lines_stay_lines():
    text = sheet_text([Column("a", "s", [1.0, 2.0]), Column("b", "", ["x\ny"], "two\nlines")])
    assert text == "a,b\ns,\n,two lines\n1.0,x y\n2.0,\n"


def test_every_table_of_a_report_has_three_rows_of_labels_and_all_of_its_rows(tmp_path):
    table = Table("numbers", {"cycle": ("1", [1, 2]), "charge": ("mAh", [0.1, 1 / 3])}, "Charge of every cycle")
    out = write_report(content(Section("tests.t", "T", tables=(table,))), tmp_path / "out")
    files = {path.name: rows(path) for path in (out / "tables").glob("*.csv")}
    assert set(files) == {"ledger.csv", "verdicts.csv", "tests.t.numbers.csv"}
    for lines in files.values():
        assert len({len(line) for line in lines}) == 1
        assert all(name for name in lines[0])
    assert files["tests.t.numbers.csv"][1] == ["", "mAh"]
    assert [line[1] for line in files["tests.t.numbers.csv"][HEADER_ROWS:]] == ["0.1", "0.333333333333333"]
    ledger = files["ledger.csv"]
    assert ledger[0] == ["subject", "quantity", "value", "std", "unit", "origin", "source", "note"]
    assert ledger[HEADER_ROWS][2:4] == ["50.1234567890123", "0.3"]
    assert files["verdicts.csv"][HEADER_ROWS:] == [
        ["disagrees", "density closure", "q r", "1.06", "0.9", "", "g/cm3", "too, dense"]
    ]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Charge of every cycle <code>tables/tests.t.numbers.csv</code>" in page


@pytest.mark.parametrize("name", ["numbers", "ledger", "Verdicts"])
def test_tables_of_one_name_have_files_of_their_own(name, tmp_path):
    """Several records of one file, and a table that is called like one of ours."""
    sections = [Section("", "T", tables=(Table(name, {"a": ("V", [value])}),)) for value in (1.0, 2.0)]
    out = write_report(content(*sections), tmp_path / "out")
    files = [rows(path) for path in (out / "tables").glob("*.csv") if path.stem not in {"ledger", "verdicts"}]
    assert sorted(lines[HEADER_ROWS] for lines in files) == [["1.0"], ["2.0"]]
    assert rows(out / "tables" / "ledger.csv")[HEADER_ROWS][0] == "electrodes.a"
    assert rows(out / "tables" / "verdicts.csv")[HEADER_ROWS][0] == "disagrees"
