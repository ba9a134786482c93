"""Delimited text as instruments and repositories wrote it, and in bulk."""

import time

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from limetal.readers import ColumnHint
from support.data_files import real


def test_symmetric_lithium_cell():
    record = readers.read(real("cycling/limetal_symmetric/NickAlba_Data_Figure_3bc_PHJ_13_201.csv"))
    assert record.rows == 57_820
    assert record.test_time_second[-1] / 3600 == pytest.approx(699.98249)
    assert record.current_ampere is None
    assert record.cycle_count is None
    assert (record.voltage_volt.min(), record.voltage_volt.max()) == (-0.2564, 0.2424)
    assert record.warnings == ()


def test_neware_export_has_total_time():
    record = readers.read(real("cycling/neware/neware_uio.csv"))
    assert record.rows == 9065
    assert record.test_time_second[-1] == 144 * 3600 + 2 * 60 + 18
    assert record.cycle_count.max() == 4
    assert np.abs(record.current_ampere).max() == pytest.approx(0.00099180)


def test_neware_export_in_microamperes():
    record = readers.read(real("cycling/neware/interp-test.csv"))
    assert record.rows == 333
    assert record.test_time_second[-1] == 1800
    assert record.voltage_volt[0] == 0.0002


def test_landt_and_its_battery_data_format_agree():
    text = readers.read(real("cycling/landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv"))
    bdf = readers.read(real("cycling/bdf/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.bdf.csv"))
    assert text.rows == bdf.rows == 25_162
    np.testing.assert_array_equal(text.test_time_second, bdf.test_time_second)
    np.testing.assert_array_equal(text.voltage_volt, bdf.voltage_volt)
    np.testing.assert_array_equal(text.current_ampere, bdf.current_ampere)


def test_hours_are_not_seconds_and_discharge_is_not_positive():
    record = readers.read(real("cycling/bdf/batmo_bdf.csv"))
    assert record.test_time_second[-1] == pytest.approx(1_411_480)
    assert record.cycle_count.max() == 109
    assert "calls discharge" in record.warnings[0]


def test_cycle_count_of_two_pi_is_ignored():
    file = real("cycling/bdf/SINTEF__G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv")
    record = readers.read(file, reader="delimited")
    assert record.cycle_count is None
    assert "'6.283185307179586'" in record.warnings[0]


@pytest.mark.parametrize(
    ("name", "rows", "seconds"),
    [
        ("basytec/sample_data_basytec.txt", 74, 70.2358036666668),
        ("novonix/sample_data_novonix.csv", 207, 3.4131889 * 3600),
    ],
)
def test_lines_above_the_headers(name, rows, seconds):
    record = readers.read(real(f"cycling/{name}"), reader="delimited")
    assert record.rows == rows
    assert record.test_time_second[-1] == pytest.approx(seconds)


def test_arbin_export_without_units_is_refused_and_read_when_told():
    file = real("cycling/arbin/beep_2017-05-09_test-TC-contact_CH33.csv")
    with pytest.raises(BadInputError, match="no unit for 'Test_Time', 'Voltage', 'Current'"):
        readers.read(file, reader="delimited")
    hints = {
        "time": ColumnHint("Test_Time", "s"),
        "voltage": ColumnHint("Voltage", "V"),
        "current": ColumnHint("Current", "A"),
    }
    record = readers.read(file, reader="delimited", columns=hints)
    assert record.test_time_second[-1] == 1022.8913


def test_capacity_table_without_time_is_refused():
    with pytest.raises(BadInputError, match="headers 'cycle number', 'Ecell/V'"):
        readers.read(real("cycling/li_counter_halfcell/petermattia_cellC_10C_CF3.txt"), reader="delimited")


def test_text_with_null_bytes_further_down_is_refused(tmp_path):
    file = tmp_path / "cell.csv"
    file.write_bytes(b"Time (h);Voltage (V);Current (mA)\n" + b"0;1;1\n" * 20_000 + b"\0\0\0")
    with pytest.raises(BadInputError, match="binary data"):
        readers.read(file)


def test_half_a_million_rows_take_seconds(tmp_path):
    n = 500_000
    file = tmp_path / "long.csv"
    row = "\n".join(f"{k},3.{k % 1000:03d},-0.00{k % 10},{k % 7},Rest" for k in range(n))
    file.write_text("time/s,U/V,I/A,T1,Step Type\n" + row + "\n")
    start = time.process_time()
    record = readers.read(file)
    assert record.rows == n
    assert record.test_time_second[-1] == n - 1
    assert time.process_time() - start < 30  # about 1.5 s on the machine it was written on
