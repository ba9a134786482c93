"""Neware files: total time, signs and units; what fastnda says reaches the record or the error."""

import logging
import shutil
import zipfile

import fastnda
import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from limetal.readers import ColumnHint
from support.data_files import real
from support.reader_samples import TRUTH, write_neware

# rows, seconds since the start (it agrees with the wall clock in the file), highest count of cycles and steps
REAL = {
    "20260302_IFE_BTS85_2_9_8_1.ndax": (252_951, 252_946.0, 1, 5),
    "21_10_7_85.ndax": (141, 140.0, 1, 1),
    "46_1_5_60_bts16.ndax": (84, 80.0, 1, 4),
    "BTS85-36-6-5-110-20240424.ndax": (699_677, 692_462.7, 15, 45),
    "TESTCELL0001-B2-2025-M50T_NewareNDA_Investigation.ndax": (77_745, 77_704.2, 7, 32),
    "interp-test.ndax": (333, 1_800.0, 1, 1),
    "navani_test.nda": (439, 721.6, 1, 6),
    "navani_test.ndax": (1_464, 43_800.0, 1, 4),
    "nw4-120-1-6-53.ndax": (18_700, 173_045.9, 150, 480),
    "unz/2-1-6_61_07005012.nda": (15_567, 3_602.11755, None, 1),
    "unz/SINTEF__G20M7_BTS91.nda": (17_587, 175_734.133, 1, 6),
    "unz/nda8.nda": (46_805, 46_803.0, 1, 3),
    "unz/nda_v22.nda": (1_380, 41_298.9, 1, 3),
}


@pytest.mark.parametrize("name", REAL)
def test_real_file_gives_total_time(name):
    rows, seconds, cycles, steps = REAL[name]
    record = readers.read(real(f"cycling/neware/{name}"))
    assert record.rows == rows
    assert record.test_time_second[-1] == pytest.approx(seconds, abs=1e-3)
    assert (None if record.cycle_count is None else record.cycle_count.max()) == cycles
    assert record.step_count.max() == steps
    clock = record.more["unix_time_s"]
    assert record.test_time_second[-1] - record.test_time_second[0] == pytest.approx(
        clock[-1] - clock[0], rel=2e-3, abs=3
    )


@pytest.mark.parametrize("name", REAL)
def test_charging_steps_have_positive_amperes(name):
    record = readers.read(real(f"cycling/neware/{name}"))
    kinds = record.more["step_type"].astype(str)
    for kind, sign in (("CC_Chg", 1), ("CC_DChg", -1)):
        flowing = record.current_ampere[kinds == kind]
        assert flowing.size == 0 or sign * np.median(flowing) > 0
    assert np.abs(record.current_ampere).max() <= 6.0


def test_no_counter_of_cycles_is_said_and_none_is_made_up():
    record = readers.read(real("cycling/neware/unz/2-1-6_61_07005012.nda"))
    assert record.cycle_count is None
    assert record.warnings == ("the file has no cycle counter",)


def test_binary_and_exported_text_of_one_test_agree():
    binary = readers.read(real("cycling/neware/interp-test.ndax"))
    text = readers.read(real("cycling/neware/interp-test.csv"))
    assert binary.rows == text.rows == 333
    np.testing.assert_allclose(binary.test_time_second, text.test_time_second, atol=1e-3)
    np.testing.assert_allclose(binary.voltage_volt, text.voltage_volt, atol=0.51e-4)
    np.testing.assert_array_equal(binary.current_ampere, text.current_ampere)
    np.testing.assert_array_equal(binary.cycle_count, text.cycle_count)
    np.testing.assert_array_equal(binary.step_count, text.step_count)


def test_binary_and_battery_data_format_of_one_test_agree():
    binary = readers.read(real("cycling/neware/unz/SINTEF__G20M7_BTS91.nda"))
    text = readers.read(real("cycling/bdf/SINTEF__G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv"))
    assert binary.rows == text.rows
    np.testing.assert_allclose(binary.test_time_second, text.test_time_second, atol=0.02)
    np.testing.assert_allclose(binary.voltage_volt, text.voltage_volt, atol=1e-6)
    np.testing.assert_allclose(binary.current_ampere, text.current_ampere, atol=1e-7)


def test_sample_has_the_layout_of_the_instrument(tmp_path):
    table = fastnda.read(write_neware(tmp_path), cycle_mode="raw")
    assert table["total_time_s"].to_list() == TRUTH["neware"].time_s.tolist()
    assert table["step_type"].cast(str).unique(maintain_order=True).to_list() == ["Rest", "CC_Chg", "CC_DChg"]


def test_counts_and_other_columns_are_kept(tmp_path):
    record = readers.read(write_neware(tmp_path))
    assert record.cycle_count.tolist() == [1] * 12
    assert record.step_count.tolist() == [1] * 4 + [2] * 4 + [3] * 4
    assert record.more["step_type"].tolist() == ["Rest"] * 4 + ["CC_Chg"] * 4 + ["CC_DChg"] * 4
    assert record.more["unix_time_s"][0] == 1_700_000_000
    assert not {"total_time_s", "voltage_V", "current_mA"} & set(record.more)
    assert record.warnings == ()


def test_doubt_of_fastnda_is_a_warning_of_the_record(tmp_path, monkeypatch):
    monkeypatch.setattr("fastnda.nda._CONFIRMED_NDA_VERSIONS", frozenset())
    (warning,) = readers.read(write_neware(tmp_path)).warnings
    assert warning.startswith("nda_version 22 has not been verified")


def test_log_of_fastnda_is_left_as_it_was(tmp_path):
    logger = logging.getLogger("fastnda")
    before = (list(logger.handlers), logger.propagate)
    readers.read(write_neware(tmp_path))
    assert (list(logger.handlers), logger.propagate) == before


def test_wrong_ending_leaves_no_copy_behind(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    file = write_neware(tmp_path).rename(tmp_path / "cell.dat")
    assert readers.read(file).source == str(file)
    assert list(scratch.iterdir()) == []


def test_unknown_version_is_named(tmp_path):
    file = write_neware(tmp_path)
    data = bytearray(file.read_bytes())
    data[14] = 99
    file.write_bytes(bytes(data))
    with pytest.raises(BadInputError, match=r"cell\.nda: found a Neware file .*version 99 is not yet supported"):
        readers.read(file)


def test_error_names_the_file_and_not_a_copy(tmp_path):
    file = write_neware(tmp_path).rename(tmp_path / "cell.bin")
    file.write_bytes(file.read_bytes()[:300])
    with pytest.raises(BadInputError) as caught:
        readers.read(file)
    assert caught.value.where == str(file)
    assert "copy" not in str(caught.value)


def test_columns_cannot_be_named(tmp_path):
    with pytest.raises(BadInputError, match="a Neware file says itself"):
        readers.read(write_neware(tmp_path), columns={"time": ColumnHint(1, "s")})


def test_zip_of_something_else_is_not_neware(tmp_path):
    file = tmp_path / "table.ndax"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(BadInputError, match="zip archive of no known kind"):
        readers.recognise(file)
    with pytest.raises(BadInputError, match="cut or garbled"):
        readers.read(file, reader="neware")


@pytest.mark.parametrize("share", [0.0005, 0.01, 0.3, 0.6, 0.9, 0.999])
def test_real_zip_cut_anywhere_is_refused(share, tmp_path):
    whole = real("cycling/neware/21_10_7_85.ndax").read_bytes()
    file = tmp_path / "cut.ndax"
    file.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(BadInputError) as caught:
        readers.read(file, reader="neware")
    assert caught.value.where == str(file)


def test_real_zip_with_garbled_contents_is_refused(tmp_path):
    """With the optional isal the errors are of a class that is not there without it."""
    file = tmp_path / "garbled.ndax"
    shutil.copyfile(real("cycling/neware/navani_test.ndax"), file)
    data = bytearray(file.read_bytes())
    for at in range(20_000, 30_000, 97):
        data[at] ^= 0x5A
    file.write_bytes(bytes(data))
    with pytest.raises(BadInputError, match="cut or garbled"):
        readers.read(file)
