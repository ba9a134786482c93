"""Neware files: total time, signs and units; what fastnda says reaches the record or the error."""

import logging
import shutil
import time
import zipfile

import fastnda
import numpy as np
import polars as pl
import pytest

from limetal import readers
from limetal.errors import BadInputError
from limetal.readers import ColumnHint
from limetal.readers.neware import _each_record_once
from support.data_files import real
from support.samples.common import TIME_S
from support.samples.neware import (
    write_neware,
    write_neware_ndax_of_one_member,
    write_neware_ndax_of_three_members,
)

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
    """The text is taken apart here, so that no other reader vouches for this one."""
    record = readers.read(real("cycling/neware/interp-test.ndax"))
    header, *lines = real("cycling/neware/interp-test.csv").read_text(encoding="latin-1").splitlines()
    columns = {name: [line.split(",")[i] for line in lines] for i, name in enumerate(header.split(",")) if name}
    clock = [[float(part) for part in text.split(":")] for text in columns["Total Time"]]
    seconds = np.array([3600 * h + 60 * m + s for h, m, s in clock])
    assert record.rows == len(lines) == 333
    np.testing.assert_allclose(record.test_time_second, seconds, atol=1e-3)
    np.testing.assert_allclose(record.voltage_volt * 1e3, np.array(columns["Voltage(mV)"], dtype=float), atol=0.051)
    np.testing.assert_array_equal(record.current_ampere, 0)
    (current,) = [values for name, values in columns.items() if name.startswith("Current(")]
    assert set(current) == {"0"}
    np.testing.assert_array_equal(record.cycle_count, np.array(columns["Cycle Index"], dtype=int))
    np.testing.assert_array_equal(record.step_count, np.array(columns["Step Index"], dtype=int))
    # the clock of the binary file is in UTC, that of the export in the zone of the computer that wrote it
    days = np.array([t[:19].replace(" ", "T") for t in columns["Date"]], dtype="datetime64[s]").astype(float)
    offset = np.round((days - record.more["unix_time_s"]) / 3600)
    assert np.unique(offset).size == 1


def test_binary_and_battery_data_format_of_one_test_agree():
    binary = readers.read(real("cycling/neware/unz/SINTEF__G20M7_BTS91.nda"))
    text = readers.read(real("cycling/bdf/SINTEF__G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv"))
    assert binary.rows == text.rows
    np.testing.assert_allclose(binary.test_time_second, text.test_time_second, atol=0.02)
    np.testing.assert_allclose(binary.voltage_volt, text.voltage_volt, atol=1e-6)
    np.testing.assert_allclose(binary.current_ampere, text.current_ampere, atol=1e-7)


# software, technique, start, sample, comment, device, active mass: as the XML files and headers say
ABOUT = {
    "21_10_7_85.ndax": ("BTSServer(R3)-8.0.0.390 (2024.06.24)", "testOCV.xml", "2025-11-05T16:55:02", "test3",
                        "Hello there", "21", "4"),
    "BTS85-36-6-5-110-20240424.ndax": ("BTSServer(R3)-8.0.0.369 (2024.02.23)", "20240424_ic634_HJ19_09_fccc.xml",
                                       "2024-05-06T08:58:57", "09", "20240424_ic634_HJ19_09_fccc", "36", "0.591"),
    "nw4-120-1-6-53.ndax": ("BTSServer(R3)-8.0.0.390 (2024.06.24)", "250403_kigr_gen9_06__2025-04-07_12-44-12.xml",
                            "2025-04-07T12:44:13", "250403_kigr_gen9_06", "250403_kigr_gen9_06", "120", None),
    "navani_test.nda": ("BTSServer(R3)-7.6.0.301 (2018.07.30)", "", "2020-03-25T11:16:21", "", "", None, "1.0"),
    "unz/nda8.nda": ("BTS_XWJ_6.83_20100320", "", "2020-01-28T10:26:22", "", "", None, "0.0"),
    "unz/nda_v22.nda": ("", "", "2015-10-14T11:28:31", "", "", None, "1.0"),
    "unz/2-1-6_61_07005012.nda": ("9.0.3.16616.20160408.R5", "", "2016-04-19T12:21:01.022+00:00", "", "", None, "0.0"),
    "unz/SINTEF__G20M7_BTS91.nda": ("9.1.5.7.20250527.R5", "", "2025-12-22T08:44:24.914+00:00", "2025-12",
                                    "C30 Charge", None, "0.0"),
}  # fmt: skip


@pytest.mark.parametrize("name", ABOUT)
def test_file_says_what_it_is(name):
    software, technique, start, sample, comment, device, mass = ABOUT[name]
    about = readers.read(real(f"cycling/neware/{name}")).about
    assert about.instrument == "Neware"
    assert about.software.startswith(software)
    assert (about.technique, about.start_time, about.sample, about.comment) == (technique, start, sample, comment)
    assert about.settings.get("DevID") == device
    assert about.settings.get("active_mass_mg") == mass
    assert all(isinstance(value, str) for value in about.settings.values())


def repacked(source, folder, **members):
    """A copy of an .ndax with some members replaced, or left out where None."""
    file = folder / "changed.ndax"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            data = members.get(name.replace(".", "_"), old.read(name))
            if data is not None:
                new.writestr(name, data)
    return file


@pytest.mark.parametrize(
    "xml",
    [
        None,
        b"",
        b"\xff\xfe\x00garbage",
        b"<root><config><TestInfo></config></root>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><root><config><TestInfo SN="&b;"/></config></root>',
        b"<a>" * 5000,
    ],
)
def test_damaged_metadata_never_fails_a_read(xml, tmp_path):
    source = real("cycling/neware/21_10_7_85.ndax")
    whole = readers.read(source)
    record = readers.read(repacked(source, tmp_path, TestInfo_xml=xml, VersionInfo_xml=xml, Step_xml=xml))
    np.testing.assert_array_equal(record.voltage_volt, whole.voltage_volt)
    assert record.about.sample == "" != whole.about.sample
    assert record.about.start_time == ""


def test_metadata_in_chinese_is_read(tmp_path):
    xml = '<?xml version="1.0" encoding="GB2312"?><root><config><TestInfo Remark="\u7535\u6c60 A" /></config></root>'
    file = repacked(real("cycling/neware/21_10_7_85.ndax"), tmp_path, TestInfo_xml=xml.encode("gb2312"))
    assert readers.read(file).about.comment == "\u7535\u6c60 A"


def test_header_that_names_the_whole_file_as_metadata_does_not_hang(tmp_path):
    data = bytearray(real("cycling/neware/unz/SINTEF__G20M7_BTS91.nda").read_bytes())
    data[42:50] = len(data).to_bytes(8, "little")
    file = tmp_path / "damaged.nda"
    file.write_bytes(bytes(data))
    began = time.perf_counter()
    record = readers.read(file)
    assert time.perf_counter() - began < 2
    assert record.about.start_time == ""
    assert record.rows == 17_587


def test_clock_that_jumps_back_is_said_and_test_time_is_not_hurt():
    record = readers.read(real("cycling/neware/BTS85-36-6-5-110-20240424.ndax"))
    assert record.warnings == ("the clock in column 'unix_time_s' jumps back; test time does not rest on it",)
    assert (np.diff(record.more["unix_time_s"]) < 0).sum() == 17
    assert (np.diff(record.test_time_second) >= 0).all()


def records_of(file):
    """Header and records of the made file, apart."""
    data = file.read_bytes()
    return data[:1024], [data[at : at + 86] for at in range(1024, len(data), 86)]


def joined(file, header, parts):
    header = bytearray(header)
    header[68:72] = (86 * len(parts)).to_bytes(4, "little")
    file.write_bytes(bytes(header) + b"".join(parts))
    return file


def test_record_written_twice_counts_once(tmp_path):
    file = write_neware(tmp_path)
    whole = readers.read(file)
    header, parts = records_of(file)
    record = readers.read(joined(file, header, [*parts[:3], parts[2], *parts[3:]]))
    np.testing.assert_array_equal(record.test_time_second, whole.test_time_second)
    np.testing.assert_array_equal(record.more["index"], np.arange(1, 13))


def test_records_out_of_order_are_refused(tmp_path):
    """fastnda counts steps in the order of the file, so their total time would be wrong."""
    file = write_neware(tmp_path)
    header, parts = records_of(file)
    with pytest.raises(BadInputError, match="time that falls"):
        readers.read(joined(file, header, parts[6:] + parts[:6]))


def test_records_of_one_number_must_be_the_same():
    table = pl.DataFrame({"index": [1, 2, 2, 3], "voltage_V": [1.0, 2.0, 2.0, 3.0]})
    notes = []
    assert _each_record_once(table, "x.ndax", notes)["voltage_V"].to_list() == [1.0, 2.0, 3.0]
    assert notes == ["1 records that were in the file twice were left out"]
    other = table.with_columns(pl.Series("voltage_V", [1.0, 2.0, 2.5, 3.0]))
    with pytest.raises(BadInputError, match=r"x\.ndax, record 2: found two different rows of one number"):
        _each_record_once(other, "x.ndax", [])


def test_missing_records_are_counted(tmp_path):
    file = write_neware(tmp_path)
    header, parts = records_of(file)
    record = readers.read(joined(file, header, parts[:5] + parts[7:]))
    assert record.rows == 10
    assert record.warnings == ("2 of 12 record numbers are missing from the file",)


def test_large_file_is_held_once():
    """The arrays of the record are the memory of the table fastnda made, where its type is the record's."""
    record = readers.read(real("cycling/neware/21_10_7_85.ndax"))
    assert not record.test_time_second.flags.writeable
    assert record.warned("x").test_time_second is record.test_time_second


def test_sample_has_the_layout_of_the_instrument(tmp_path):
    table = fastnda.read(write_neware(tmp_path), cycle_mode="raw")
    assert table["total_time_s"].to_list() == TIME_S.tolist()
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


@pytest.mark.parametrize("silenced", ["all", "logger", "level"])
def test_missing_counter_is_noticed_where_logging_is_silenced(silenced):
    logger = logging.getLogger("fastnda")
    if silenced == "all":
        logging.disable(logging.CRITICAL)
    logger.disabled = silenced == "logger"
    logger.setLevel(logging.CRITICAL if silenced == "level" else logging.NOTSET)
    try:
        record = readers.read(real("cycling/neware/unz/2-1-6_61_07005012.nda"))
        assert logging.root.manager.disable == (logging.CRITICAL if silenced == "all" else logging.NOTSET)
        assert logger.disabled == (silenced == "logger")
    finally:
        logging.disable(logging.NOTSET)
        logger.disabled = False
        logger.setLevel(logging.NOTSET)
    assert record.cycle_count is None
    assert record.warnings == ("the file has no cycle counter",)


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
    with pytest.raises(BadInputError, match="Neware binary"):
        readers.read(write_neware(tmp_path), reader="neware", columns={"time": ColumnHint(1, "s")})


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


def test_member_that_cannot_be_inflated_never_fails_a_read(tmp_path):
    """fastnda puts another inflater into zlib, whose error is a class of its own."""
    source = real("cycling/neware/21_10_7_85.ndax")
    whole = readers.read(source)
    data = bytearray(source.read_bytes())
    with zipfile.ZipFile(source) as archive:
        info = archive.getinfo("VersionInfo.xml")
    begin = info.header_offset + 30 + len(info.filename)
    data[begin : begin + 40] = b"\xff" * 40
    file = tmp_path / "garbled.ndax"
    file.write_bytes(bytes(data))
    record = readers.read(file)
    np.testing.assert_array_equal(record.voltage_volt, whole.voltage_volt)
    assert record.about.software == ""


@pytest.mark.parametrize("write", [write_neware_ndax_of_one_member, write_neware_ndax_of_three_members])
def test_made_archive_says_what_it_is(write, tmp_path):
    record = readers.read(write(tmp_path))
    assert record.about.sample == "Li-Li \u9502 7"
    assert record.about.technique == "plate_strip.xml"
    assert record.about.start_time == "2026-02-02T02:40:00"
    assert record.about.comment == "second foil"
    assert record.about.settings["active_mass_mg"] == "4"
    assert record.more["step_type"].tolist() == ["Rest"] * 4 + ["CC_Chg"] * 4 + ["CC_DChg"] * 4
    assert record.more["capacity_mAh"][7] == pytest.approx(4 / 60, rel=1e-6)
    assert record.warnings == ()
