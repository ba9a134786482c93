"""Arbin .res: an Access database read without Access; rows in the order of their points, every test a record."""

import struct
import time

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from limetal.readers._kit.jet import Database
from support.data_files import real
from support.samples.arbin_res import (
    CATALOG,
    INT,
    LONG,
    NORMAL,
    TEXT,
    MadeTable,
    arbin_tables,
    jet,
    normal_rows,
    write_arbin_res,
    write_arbin_res_of_access_97,
    write_arbin_res_of_two_tests,
)

REAL = "cycling/arbin/navani_arbin_example.res"
# by mdb-export of mdbtools, at data points 1, 2, 1000, 2150 (it prints single precision with 9 digits)
ORACLE = {
    "test_time_second": (0.07259541979508601, 300.0801607718582),
    "voltage_volt": (3.8591957, 3.8588884),
    "current_ampere": (0.0, 0.0),
}


def save(folder, tables, **options):
    file = folder / "cell.res"
    file.write_bytes(jet(tables, **options))
    return file


def test_real_file():
    record = readers.read(real(REAL))
    assert record.rows == 2150
    assert record.warnings == ()
    assert record.more["Data_Point"].tolist() == list(range(1, 2151))
    for name, values in ORACLE.items():
        np.testing.assert_allclose(getattr(record, name)[:2], values, rtol=1e-7)
    assert record.test_time_second[-1] == pytest.approx(345_733.389457, abs=1e-3)
    assert (record.cycle_count[0], record.cycle_count[-1]) == (1, 5)
    assert record.more["Vmax_On_Cycle(V)"][971] == pytest.approx(4.300055, abs=1e-6)
    assert np.isfinite(record.more["Vmax_On_Cycle(V)"]).sum() == 4


def test_real_file_says_what_it_is():
    about = readers.read(real(REAL)).about
    assert about.instrument == "Arbin"
    assert about.software == "Results File 5.23"
    assert about.start_time == "2023-07-24T18:50:00"
    assert about.sample == "ajm314_LCO_ajm5-SSB1-F_Wait48hr-Repeat-01-012"
    assert about.settings["Schedule_File_Name"] == "AliceM\\LCO-ajm5-SSA8-N_5xCo10.sdu"
    assert about.settings["Event 2"] == "2023-07-28T18:52:20 Test end"


def test_real_capacity_is_the_integral_of_the_current():
    """The columns belong together only if each was decoded from its own bytes."""
    record = readers.read(real(REAL))
    moved = np.diff(record.test_time_second) * (record.current_ampere[1:] + record.current_ampere[:-1]) / 2 / 3600
    charge = record.more["Charge_Capacity(Ah)"]
    rises = np.diff(charge) > 0
    assert np.sum(np.diff(charge)[rises]) == pytest.approx(np.sum(moved[rises]), rel=5e-3)


def test_real_file_is_read_in_a_blink():
    path = real(REAL)
    readers.read(path)
    began = time.perf_counter()
    readers.read(path)
    assert time.perf_counter() - began < 0.5


def test_date_and_test_time_agree():
    record = readers.read(real(REAL))
    days = record.more["DateTime(days since 1899-12-30)"]
    np.testing.assert_allclose((days - days[0]) * 86_400, record.test_time_second, rtol=1e-4, atol=2)


def test_other_tables_stand_beside_the_rows(tmp_path):
    record = readers.read(write_arbin_res(tmp_path))
    assert record.about.sample == "Li|Li µ1"
    assert record.about.start_time == "2023-07-24T18:00:00"
    assert record.about.settings["Event 1"] == "2023-07-24T18:00:00 Test start"
    assert record.about.settings["Log_Aux_Data_Flag"] == "1"
    np.testing.assert_array_equal(
        record.more["Auxiliary type 1 number 1 chamber(C)"], [26.0, 27.0, 28.0] + [np.nan] * 9
    )
    assert record.more["Vmax_On_Cycle(V)"][7] == pytest.approx(0.041)
    assert np.isnan(record.more["Vmax_On_Cycle(V)"]).sum() == 11


def test_both_versions_give_the_same(tmp_path):
    new, old = readers.read(write_arbin_res(tmp_path)), readers.read(write_arbin_res_of_access_97(tmp_path))
    assert new.about == old.about
    assert new.more.keys() == old.more.keys()
    for name in new.more:
        np.testing.assert_array_equal(new.more[name], old.more[name], err_msg=name)


def test_several_tests_need_a_choice(tmp_path):
    with pytest.raises(BadInputError, match=r"2 records \(Li\|Li µ1, Li\|Li µ7\)"):
        readers.read(write_arbin_res_of_two_tests(tmp_path))


def test_tests_of_one_name_are_told_apart(tmp_path):
    tables = arbin_tables([*normal_rows(1), *normal_rows(2)], (1, 2))
    tables[1] = MadeTable("Global_Table", (("Test_ID", LONG), ("Test_Name", TEXT)), [(1, "same"), (2, "same")])
    labels = [r.label for r in readers.read_all(save(tmp_path, tables))]
    assert labels == ["same Test_ID 1", "same Test_ID 2"]


def test_test_of_one_row_does_not_hide_the_other(tmp_path):
    tables = arbin_tables([*normal_rows(1), normal_rows(2)[0]], (1, 2))
    record = readers.read(save(tmp_path, tables))
    assert record.rows == 12
    assert record.warnings == ("left out, having fewer than two rows: Test_ID 2",)


def test_row_stored_twice_is_left_out_and_said(tmp_path):
    rows = normal_rows()
    record = readers.read(save(tmp_path, arbin_tables([*rows, rows[3]])))
    assert record.rows == 12
    assert record.warnings == ("1 rows that were in the table twice were left out",)


def test_two_rows_of_one_point_are_refused(tmp_path):
    rows = normal_rows()
    other = (*rows[3][:9], 1.5, *rows[3][10:])
    with pytest.raises(BadInputError, match="Data_Point 4: found two different rows of one number"):
        readers.read(save(tmp_path, arbin_tables([*rows, other])))


def test_cut_database_gives_a_shorter_record_and_says_so(tmp_path):
    tables = [t for t in arbin_tables(normal_rows(), per_page=4) if t.name == "Channel_Normal_Table"]
    whole = jet(tables)
    assert len(whole) == (4 + 1 + 3) * 4096
    file = tmp_path / "cut.res"
    file.write_bytes(whole[:-5000])
    record = readers.read(file)
    assert record.rows == 4
    assert record.warnings == (
        "the database was cut, or was copied while it was written: it ends within a page, "
        "2 pages of its table are missing, its table counts 12 rows and holds 4",
    )
    file.write_bytes(whole)
    assert readers.read(file).warnings == ()


def test_lost_pages_are_said(tmp_path):
    whole = bytearray(jet(arbin_tables(normal_rows(), per_page=4)))
    at = next(
        p for p in range(4, len(whole) // 4096)
        if whole[p * 4096] == 1 and struct.unpack_from("<H", whole, p * 4096 + 12)[0] == 4
    )  # fmt: skip
    whole[at * 4096] = 0
    file = tmp_path / "lost.res"
    file.write_bytes(bytes(whole))
    record = readers.read(file)
    assert record.rows == 8
    assert record.warnings[0].endswith("its table counts 12 rows and holds 8")


def test_empty_table_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="without a row"):
        readers.read(save(tmp_path, arbin_tables([])))


@pytest.mark.parametrize("lost", ["Test_Time", "Voltage", "Current"])
def test_missing_column_is_named(lost, tmp_path):
    at = [name for name, _ in NORMAL].index(lost)
    rows = [row[:at] + row[at + 1 :] for row in normal_rows()]
    table = MadeTable("Channel_Normal_Table", NORMAL[:at] + NORMAL[at + 1 :], rows)
    with pytest.raises(BadInputError, match=f"Channel_Normal_Table without {lost}"):
        readers.read(save(tmp_path, [table]))


@pytest.mark.parametrize("lost", ["AC_Impedance", "Step_Index", "Cycle_Index", "Data_Point", "Test_ID", "DateTime"])
def test_other_columns_may_be_missing(lost, tmp_path):
    at = [name for name, _ in NORMAL].index(lost)
    rows = [row[:at] + row[at + 1 :] for row in normal_rows()]
    table = MadeTable("Channel_Normal_Table", NORMAL[:at] + NORMAL[at + 1 :], rows)
    record = readers.read(save(tmp_path, [table]))
    assert record.rows == 12
    assert (record.step_count is None) == (lost == "Step_Index")
    assert (record.cycle_count is None) == (lost == "Cycle_Index")


def test_null_voltage_is_refused_and_null_impedance_kept(tmp_path):
    rows = normal_rows()
    rows[2] = (*rows[2][:16], None, rows[2][17])
    assert np.isnan(readers.read(save(tmp_path, arbin_tables(rows))).more["AC_Impedance(Ohm)"][2])
    rows[2] = (*rows[2][:9], None, *rows[2][10:])
    with pytest.raises(BadInputError, match=r"data row 3: found no number in voltage_volt \(1 of 12 rows\)"):
        readers.read(save(tmp_path, arbin_tables(rows)))


def test_database_of_something_else_is_not_arbin(tmp_path):
    file = save(tmp_path, [MadeTable("Addresses", (("Name", TEXT), ("Number", INT)), [("a", 1), ("b", 2)])])
    with pytest.raises(BadInputError, match="binary data of no known format"):
        readers.recognise(file)
    with pytest.raises(BadInputError, match="an Access database without Channel_Normal_Table"):
        readers.read(file, reader="arbin_res")


def test_encrypted_database_is_told(tmp_path):
    data = bytearray(write_arbin_res(tmp_path).read_bytes())
    for at in range(4096, len(data)):
        data[at] ^= 0x5A
    file = tmp_path / "locked.res"
    file.write_bytes(bytes(data))
    with pytest.raises(BadInputError, match="damaged or encrypted"):
        readers.read(file, reader="arbin_res")


def test_row_that_moved_to_another_page_is_followed():
    """A row that grew is replaced by a pointer; its new place is marked so that it is not read twice."""
    columns = (("Number", LONG), ("Name", TEXT))
    data = bytearray(jet([MadeTable("T", columns, [(1, "first"), (2, "second")], per_page=1)]))
    first, second = 5 * 4096, 6 * 4096
    # page 5 holds (1, first); let the row of page 6 be where it went, and the row of page 5 the pointer
    offset = struct.unpack_from("<H", data, first + 14)[0]
    struct.pack_into("<I", data, first + offset, 6 << 8)
    struct.pack_into("<H", data, first + 14, offset | 0x4000)
    struct.pack_into("<H", data, second + 14, struct.unpack_from("<H", data, second + 14)[0] | 0x8000)
    table = Database(bytes(data), "x.res").table("T")
    assert table.records() == [{"Number": "2", "Name": "second"}]


def test_texts_of_both_kinds():
    rows = [(1, "plain"), (2, "µΩ é"), (3, None), (4, "")]
    table = Database(jet([MadeTable("T", (("Number", LONG), ("Name", TEXT)), rows)]), "x.res").table("T")
    assert table.texts("Name") == ["plain", "µΩ é", "", ""]
    assert table.numbers("Number").tolist() == [1, 2, 3, 4]
    assert Database(jet([], version=4), "x.res").table("T") is None
    assert [name for name, _ in CATALOG][:3] == ["Id", "Name", "Type"]
