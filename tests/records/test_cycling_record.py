"""The cycling record: what it refuses, what it keeps, how it is written, and what words say of the cell."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.readers import read
from limetal.records.cycling import CELL_KINDS, CellContext, CyclingRecord
from limetal.records.files import write_record
from limetal.records.words import cell_from_words

COLUMNS = ("test_time_second", "voltage_volt", "current_ampere", "cycle_count", "step_count")


def record(**changes) -> CyclingRecord:
    given = {
        "test_time_second": np.array([0.0, 10.0, 10.0, 30.0]),
        "voltage_volt": np.array([0.1, 0.2, -0.1, -0.2]),
        "current_ampere": np.array([1e-3, 1e-3, -1e-3, -1e-3]),
        "source": "cell7.csv",
        "cycle_count": np.array([1, 1, 1, 2]),
        "step_count": np.array([1, 1, 2, 3]),
    }
    return CyclingRecord(**{**given, **changes})


# ------------------------------------------------------------------------------------------------ refusals


def test_good_record_and_its_rows():
    assert record().rows == 4
    assert record(current_ampere=None, cycle_count=None, step_count=None).rows == 4
    assert record().origin == "measured"


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_rows(n):
    with pytest.raises(BadInputError, match=rf"^cell7.csv: found {n} row(s)? of data, want at least two rows$"):
        CyclingRecord(np.zeros(n), np.zeros(n), None, source="cell7.csv")
    assert CyclingRecord(np.array([0.0, 1.0]), np.zeros(2), None, source="x").rows == 2


@pytest.mark.parametrize("name", COLUMNS[1:])
@pytest.mark.parametrize("n", [0, 3, 5])
def test_columns_of_another_length(name, n):
    words = rf"^cell7.csv: found {name} with {n} rows, want 4 rows as in test_time_second$"
    with pytest.raises(BadInputError, match=words):
        record(**{name: np.ones(n)})


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("row", [0, 2, 3])
def test_missing_number_names_column_and_row(name, wrong, row):
    column = getattr(record(), name).astype(float)
    assert record(**{name: column.copy()}).rows == 4
    column[row] = wrong
    words = rf"^cell7.csv, data row {row + 1}: found no number in {name} \(1 of 4 rows\), want a number in every row$"
    with pytest.raises(BadInputError, match=words):
        record(**{name: column})


def test_column_without_any_number():
    with pytest.raises(BadInputError, match=r"data row 1: found no number in voltage_volt \(4 of 4 rows\)"):
        record(voltage_volt=np.full(4, np.nan))


@pytest.mark.parametrize(
    ("time", "row", "words"),
    [
        ([0, -1, 2, 3], 2, "from 0 s to -1 s"),
        ([0, 10, 20, 5], 4, "from 20 s to 5 s"),
        ([5, 3, 1, 0], 2, "from 5 s to 3 s"),
        ([0, 10, 9.5, 9], 3, "from 10 s to 9.5 s"),
    ],
)
def test_falling_time_names_the_row(time, row, words):
    with pytest.raises(BadInputError, match=rf"^cell7.csv, data row {row}: found time that falls {words}, want time"):
        record(test_time_second=np.array(time, dtype=float))
    assert record(test_time_second=np.sort(np.array(time, dtype=float))).rows == 4


def test_time_that_stands_still():
    with pytest.raises(BadInputError, match=r"^cell7.csv: found time that stands still, want time that rises$"):
        record(test_time_second=np.full(4, 7.0))
    assert record(test_time_second=np.array([7.0, 7.0, 7.0, 7.1])).rows == 4


def test_table_for_a_column_is_refused():
    with pytest.raises(BadInputError, match="voltage_volt with 8 rows"):
        record(voltage_volt=np.zeros((4, 2)))


def test_time_of_two_dimensions_is_named():
    with pytest.raises(BadInputError, match=r"dimension|shape|column"):
        CyclingRecord(np.arange(8.0).reshape(4, 2), np.zeros(8), None, source="x")


# ------------------------------------------------------------------------------------- nothing is changed


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_cannot_be_written(name):
    column = getattr(record(), name)
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 3


def test_record_and_context_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        record().source = "other"
    with pytest.raises(dataclasses.FrozenInstanceError):
        CellContext("symmetric").kind = "half"


def test_arrays_of_the_caller_stay_writable():
    time = np.array([0.0, 1.0, 2.0, 3.0])
    record(test_time_second=time)
    time[0] = -1.0
    assert time[0] == -1.0


def test_view_of_an_array_does_not_change_the_record():
    base = np.array([0.0, 1.0, 2.0, 3.0])
    made = record(test_time_second=base[:])
    base[3] = 99.0
    assert made.test_time_second[3] == 3.0


def test_in_cell_gives_a_new_record():
    bare, context = record(), CellContext("symmetric", 1.13, "cells.coin")
    placed = bare.in_cell(context)
    assert (bare.cell, placed.cell) == (None, context)
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(placed, name), getattr(bare, name))
    assert placed.source == bare.source
    assert context.working_electrode == "the electrode at the negative terminal"


def test_records_are_told_apart_by_identity():
    one = record()
    assert one != record()
    assert len({one, one, record()}) == 2


# ----------------------------------------------------------------------------------------- written and read


@pytest.mark.parametrize("ending", [".csv", ".bdf.csv", ".parquet", ".bdf.parquet"])
@pytest.mark.parametrize("lacks", [(), ("current_ampere",), ("cycle_count", "step_count")])
def test_written_record_reads_back_equal(ending, lacks, tmp_path):
    made = record(**dict.fromkeys(lacks))
    file = tmp_path / f"cell{ending}"
    write_record(made, file)
    back = read(file)
    for name in COLUMNS:
        if name in lacks:
            assert getattr(back, name) is None
        else:
            np.testing.assert_array_equal(getattr(back, name), getattr(made, name))
    side = f"{file.name.removesuffix(file.suffix)}.metadata.json"
    assert {p.name for p in tmp_path.iterdir()} == {file.name, side}


@given(
    st.lists(
        st.tuples(st.floats(0, 1e8, allow_subnormal=False), st.floats(-10, 10, allow_subnormal=False)),
        min_size=2,
        max_size=9,
    ).filter(lambda rows: len({t for t, _ in rows}) > 1)
)
def test_every_digit_survives(tmp_path_factory, rows):
    time, volt = np.array(sorted(t for t, _ in rows)), np.array([v for _, v in rows])
    file = tmp_path_factory.mktemp("digits") / "cell.csv"
    write_record(CyclingRecord(time, volt, None, source="x"), file)
    back = read(file)
    np.testing.assert_array_equal(back.test_time_second, time)
    np.testing.assert_array_equal(back.voltage_volt, volt)


def test_header_has_the_machine_names_of_the_battery_data_format(tmp_path):
    write_record(record(), tmp_path / "cell.csv")
    assert (tmp_path / "cell.csv").read_text().splitlines()[0] == ",".join(COLUMNS)


@pytest.mark.parametrize("name", ["cell.txt", "cell", "cell.xls", "cell.CSV ", "cell.csv.gz"])
def test_other_endings_are_refused(name, tmp_path):
    with pytest.raises(BadInputError, match=r"want \.csv, \.parquet or \.xlsx$"):
        write_record(record(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="found no such folder"):
        write_record(record(), tmp_path / "no" / "cell.csv")


def test_folder_in_the_place_of_the_file_is_refused_and_nothing_is_left(tmp_path):
    (tmp_path / "cell.csv").mkdir()
    with pytest.raises(BadInputError, match="a place that cannot be written"):
        write_record(record(), tmp_path / "cell.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["cell.csv"]


def test_earlier_file_is_replaced(tmp_path):
    file = tmp_path / "cell.csv"
    file.write_text("old")
    write_record(record(), file)
    assert file.read_text().startswith("test_time_second")


def test_written_file_can_be_read_by_others_in_the_group(tmp_path):
    """A file made in place would have these rights; a temporary one has not."""
    plain = tmp_path / "plain"
    plain.write_text("")
    write_record(record(), tmp_path / "cell.csv")
    assert (tmp_path / "cell.csv").stat().st_mode == plain.stat().st_mode


# ---------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize("kind", CELL_KINDS)
def test_kind_alone_is_enough(kind):
    assert cell_from_words({"kind": kind}) == CellContext(kind)


def test_words_say_mass_first_half_cycle_capacity_balance_and_temperature():
    words = {"kind": "full", "mass": "12 mg", "starts": "discharge", "capacity": "2.5 mAh", "np": "1.9"}
    context = cell_from_words({**words, "temperature": "25 degC"})
    assert context == CellContext(
        "full",
        mass_mg=12.0,
        starts="discharge",
        nominal_capacity_mAh=2.5,
        np_ratio=1.9,
        temperature_K=pytest.approx(298.15),
    )


@pytest.mark.parametrize(
    ("word", "value", "wanted"),
    [("mass", "0 mg", "more than zero"), ("starts", "rest", "starts=charge"), ("np", "-1", "more than zero"),
     ("capacity", "2 mg", "mAh"), ("temperature", "25", "degC")],
)  # fmt: skip
def test_words_that_are_no_value_are_refused(word, value, wanted):
    with pytest.raises(BadInputError, match=wanted):
        cell_from_words({"kind": "full", word: value})


@pytest.mark.parametrize(
    ("words", "area"),
    [
        ({"area": "1.13 cm2"}, 1.13),
        ({"area": "113 mm²"}, 1.13),
        ({"diameter": "12 mm"}, math.pi * 0.36),
        ({"diameter": "1.2 cm"}, math.pi * 0.36),
        ({}, None),
    ],
)
def test_area_or_diameter(words, area):
    context = cell_from_words({"kind": "symmetric", "name": "c", **words})
    assert context.name == "c"
    assert context.area_cm2 == (None if area is None else pytest.approx(area, rel=1e-12))


@given(st.floats(1e-3, 1e3))
def test_twice_the_diameter_is_four_times_the_area(d):
    one, two = (cell_from_words({"kind": "half", "diameter": f"{x!r} mm"}).area_cm2 for x in (d, 2 * d))
    assert two == pytest.approx(4 * one, rel=1e-12)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({}, "no kind"),
        ({"area": "1 cm2"}, "no kind"),
        ({"kind": ""}, "no kind"),
        ({"kind": "symetric"}, "kind=symetric, want .*did you mean 'symmetric'"),
        ({"kind": "Symmetric"}, "kind=Symmetric, want .*did you mean 'symmetric'"),
        ({"kind": "symmetric", "aera": "1 cm2"}, "'aera', want one of kind, area, .*did you mean 'area'"),
        ({"kind": "symmetric", "area": "1.13"}, "'1.13', want a number with a unit"),
        ({"kind": "symmetric", "area": "1.13 cm"}, "a length, want an area"),
        ({"kind": "symmetric", "area": "0 cm2"}, "an area of 0 cm2, want more than zero"),
        ({"kind": "symmetric", "area": "-1 cm2"}, "an area of -1 cm2, want more than zero"),
        ({"kind": "symmetric", "area": "1,13 cm2"}, "comma"),
        ({"kind": "symmetric", "diameter": "0 mm"}, "an area of 0 cm2, want more than zero"),
        ({"kind": "symmetric", "diameter": "12 cm2"}, "an area, want a length"),
        ({"kind": "symmetric", "area": "1 cm2", "diameter": "1 cm"}, "both area and diameter, want one of them"),
    ],
)
def test_refused_words(words, found):
    with pytest.raises(BadInputError, match=rf"^tests\.a.*: found .*{found}"):
        cell_from_words(words, where="tests.a")


def test_negative_diameter_is_refused():
    with pytest.raises(BadInputError):
        cell_from_words({"kind": "symmetric", "diameter": "-12 mm"})
