"""Battery Data Format tables in Parquet."""

import pickle

import numpy as np
import polars as pl
import pytest

from limetal.errors import BadInputError
from limetal.readers import ColumnHint, read, recognise
from limetal.records.base import ParquetColumns
from limetal.records.cycling import CyclingRecord
from limetal.records.files import write_record

GOOD = {"test_time_second": [0.0, 1.0, 2.0], "voltage_volt": [0.1, 0.2, 0.3]}


def table(folder, **columns):
    path = folder / "cell.parquet"
    pl.DataFrame(GOOD | columns).write_parquet(path)
    return path


def test_a_written_record_reads_back(tmp_path):
    record = CyclingRecord(
        np.array([0.0, 1.5]), np.array([0.1, -0.1]), np.array([1e-3, -1e-3]), source="x", cycle_count=np.array([1, 2])
    )
    path = tmp_path / "cell.bdf.parquet"
    write_record(record, path)
    assert recognise(path) == "bdf_parquet"
    back = read(path)
    for name in ("test_time_second", "voltage_volt", "current_ampere", "cycle_count"):
        np.testing.assert_array_equal(getattr(back, name), getattr(record, name))


def test_other_columns_are_kept(tmp_path):
    assert read(table(tmp_path, pressure=[1.0, 2.0, 3.0])).more["pressure"].tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"voltage_volt": ["a", "b", "c"]}, "want numbers"),
        ({"voltage_volt": [0.1, None, 0.3]}, "data row 2: found no number in voltage_volt"),
        ({"test_time_second": [0.0, 2.0, 1.0]}, "want time that never falls"),
        ({"cycle_count": [1.0, 6.283, 6.283]}, "data row 2: found cycle_count 6.283, want a whole number"),
    ],
)
def test_bad_columns_are_named(tmp_path, columns, words):
    with pytest.raises(BadInputError, match=words):
        read(table(tmp_path, **columns))


def test_missing_columns_damage_and_hints_are_named(tmp_path):
    path = tmp_path / "x.parquet"
    pl.DataFrame({"t": [0.0, 1.0], "voltage_volt": [1.0, 2.0]}).write_parquet(path)
    with pytest.raises(BadInputError, match="want BDF columns with test_time_second"):
        read(path)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(BadInputError, match="damaged Parquet"):
        read(path)
    with pytest.raises(BadInputError, match="says itself what they are"):
        read(table(tmp_path), columns={"time": ColumnHint("t")})


def test_further_columns_are_unpacked_when_they_are_asked_for(tmp_path):
    path = table(tmp_path, zz=[1, 2, 3], words=["a", None, "b"])
    more = read(path).more
    path.unlink()  # they are in memory
    assert list(more) == ["zz", "words"]
    assert (more["zz"].tolist(), more["words"].tolist()) == ([1.0, 2.0, 3.0], ["a", "", "b"])
    again = pickle.loads(pickle.dumps(more))
    assert again["zz"].tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(KeyError):
        more["voltage_volt"]


def test_a_damaged_column_is_told_by_the_name_of_the_file():
    columns = ParquetColumns(b"PAR1 and nothing more", ("zz",), 3, "cell.bdf.parquet")
    with pytest.raises(BadInputError, match=r"cell\.bdf\.parquet: found a damaged column 'zz'"):
        columns["zz"]
