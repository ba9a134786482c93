"""The cache of large files: same numbers, never stale, never half-written."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import polars as pl
import pytest

from limetal.readers import _cache, read, read_all
from limetal.readers._base import ColumnHint
from support.data_files import real

ROWS = 40_000


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LIMETAL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(_cache, "SMALLEST_BYTES", 1000)
    return tmp_path / "cache"


def table(path, current=0.001):
    t = np.arange(ROWS) * 10.0
    i = np.where(t % 7200 < 3600, current, -current)
    words = np.where(i > 0, "charge", "discharge")
    frame = pl.DataFrame(
        {
            "test_time_second": t,
            "voltage_volt": 3.7 + 100 * i,
            "current_ampere": i,
            "cycle_count": (t // 7200).astype(int) + 1,
            "state": words,
            "room (degC)": np.where(t < 100, np.nan, 25.0),
        }
    )
    frame.write_csv(path)
    return path


def same(a, b):
    assert a.columns().keys() == b.columns().keys()
    for name, values in a.columns().items():
        assert np.array_equal(values, b.columns()[name])
        assert values.dtype == b.columns()[name].dtype
    assert list(a.more) == list(b.more)
    for name in a.more:
        gaps = a.more[name].dtype.kind == "f"
        assert np.array_equal(a.more[name], b.more[name], equal_nan=gaps)
        assert a.more[name].dtype == b.more[name].dtype
    assert (a.source, a.origin, a.label, a.about, a.warnings) == (b.source, b.origin, b.label, b.about, b.warnings)


def test_the_second_reading_gives_the_same_record_without_the_reader(folder, tmp_path, monkeypatch):
    path = table(tmp_path / "cell.bdf.csv")
    first = read(path)
    assert len(list(folder.glob("*.parquet"))) == 1
    monkeypatch.setattr("limetal.readers._read_anew", lambda *_: pytest.fail("read anew"))
    second = read(path)
    same(first, second)
    assert not second.voltage_volt.flags.writeable


def test_a_changed_file_is_read_anew(folder, tmp_path):
    path = table(tmp_path / "cell.bdf.csv")
    before = read(path).current_ampere.max()
    stat = path.stat()
    table(path, current=0.002)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # the content counts, not the time
    assert (before, read(path).current_ampere.max()) == (0.001, 0.002)
    assert len(list(folder.glob("*.parquet"))) == 2


@pytest.mark.usefixtures("folder")
def test_other_words_of_the_user_are_another_entry(tmp_path):
    path = tmp_path / "cell.csv"
    rows = "\n".join(f"{k},{3.7 + k % 2},{3000 + k % 5}" for k in range(5000))
    path.write_text(f"t,a,b\n{rows}\n")
    one = read(path, columns={"time": ColumnHint("t", "s"), "voltage": ColumnHint("a", "V")})
    other = read(path, columns={"time": ColumnHint("t", "s"), "voltage": ColumnHint("b", "mV")})
    assert one.voltage_volt.max() == pytest.approx(4.7)
    assert other.voltage_volt.max() == pytest.approx(3.004)


@pytest.mark.usefixtures("folder")
def test_a_copy_is_known_and_called_by_its_own_name(tmp_path, monkeypatch):
    path = table(tmp_path / "cell.bdf.csv")
    read(path)
    copy = tmp_path / "copy.bdf.csv"
    copy.write_bytes(path.read_bytes())
    monkeypatch.setattr("limetal.readers._read_anew", lambda *_: pytest.fail("read anew"))
    assert read(copy).source == str(copy)


@pytest.mark.parametrize("damage", ["cut", "garbage", "empty", "other"])
def test_a_damaged_entry_is_thrown_away_and_made_anew(folder, tmp_path, damage):
    path = table(tmp_path / "cell.bdf.csv")
    first = read(path)
    (entry,) = folder.glob("*.parquet")
    whole = entry.read_bytes()
    if damage == "other":
        pl.DataFrame({"a": [1]}).write_parquet(entry)
    else:
        entry.write_bytes({"cut": whole[: len(whole) // 2], "garbage": b"x" * 500, "empty": b""}[damage])
    same(first, read(path))
    assert entry.stat().st_size > len(whole) / 2


def test_code_of_the_readers_is_part_of_the_name(folder, tmp_path, monkeypatch):
    path = table(tmp_path / "cell.bdf.csv")
    read(path)
    monkeypatch.setattr(_cache, "_code", lambda: b"another version")
    read(path)
    assert len(list(folder.glob("*.parquet"))) == 2


def test_off_and_small_files_leave_nothing(folder, tmp_path, monkeypatch):
    path = table(tmp_path / "cell.bdf.csv")
    monkeypatch.setattr(_cache, "SMALLEST_BYTES", 2**30)
    read(path)
    monkeypatch.setattr(_cache, "SMALLEST_BYTES", 1000)
    monkeypatch.setenv("LIMETAL_CACHE", "off")
    read(path)
    assert not folder.exists()


@pytest.mark.usefixtures("folder")
def test_a_place_that_cannot_be_written_changes_nothing(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("LIMETAL_CACHE", str(tmp_path / "file"))
    path = table(tmp_path / "cell.bdf.csv")
    assert read(path).rows == ROWS


@pytest.mark.usefixtures("folder")
def test_the_oldest_entries_go_first(tmp_path, monkeypatch):
    for k in range(3):
        read(table(tmp_path / f"cell{k}.bdf.csv", current=0.001 * (k + 1)))
        (newest,) = set(_cache.entries()) - ({*_cache.entries()[:-1]} if k else set())
        os.utime(newest, (1000 + k, 1000 + k))
    size = max(entry.stat().st_size for entry in _cache.entries())
    oldest = _cache.entries()[0]
    monkeypatch.setattr(_cache, "MOST_BYTES", 3 * size)
    read(table(tmp_path / "cell3.bdf.csv", current=0.004))
    assert len(_cache.entries()) == 3
    assert oldest not in _cache.entries()
    files, _ = _cache.throw_away()
    assert (files, _cache.entries()) == (3, [])


@pytest.mark.usefixtures("folder")
def test_a_killed_process_leaves_an_entry_whole_or_none(tmp_path):
    path = table(tmp_path / "cell.bdf.csv")
    code = (
        "import os, sys\n"
        "from limetal.readers import _cache, read\n"
        "_cache.SMALLEST_BYTES = 1000\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    read(sys.argv[1])\n"
        "    _cache.throw_away()\n"
    )
    expected = read_all(path)[0]
    for wait in (0.0, 0.02, 0.05, 0.11):
        process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(wait)
        process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        process.wait()
        process.stdout.close()
        same(expected, read(path))
    assert all(pl.read_parquet(entry).height == ROWS for entry in _cache.entries())


def test_what_killed_processes_left_is_swept(folder, tmp_path):
    folder.mkdir()
    old, young = folder / "a.part", folder / "b.part"
    for part in (old, young):
        part.write_bytes(b"half")
    os.utime(old, (1000, 1000))
    read(table(tmp_path / "cell.bdf.csv"))
    assert (old.exists(), young.exists()) == (False, True)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "name",
    [
        "neware/20260302_IFE_BTS85_2_9_8_1.ndax",
        "landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv",
        "biologic/jdb11-1_c3_gcpl_5cycles_2V-3p8V_C-24_data_C09.mpr",
        "maccor/cellpy_maccor_001.txt",
    ],
)
def test_real_files_come_back_as_they_were(name):
    path = real(f"cycling/{name}")
    first, second = read(path), read(path)
    assert len(_cache.entries()) == 1
    same(first, second)
