"""Every reader keeps the contract: documented, knows its files by content, fails only with BadInputError."""

import doctest
import importlib
import random
from pathlib import Path

import numpy as np
import pytest

from limetal import readers, registry
from limetal.errors import BadInputError
from limetal.readers import Reader, ReadOptions
from limetal.records.cycling import CyclingRecord
from support.reader_samples import TRUTH, WRITERS

NAMES = registry.names("limetal.readers")
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10\x08\x06\x00\x00\x00\x1f\xf3\xffa"
every_reader = pytest.mark.parametrize("name", NAMES)


def plugin(name: str) -> Reader:
    return registry.load("limetal.readers", name)


def read_or_refuse(name: str, file: Path) -> CyclingRecord | BadInputError:
    """What a reader makes of a file; any exception but BadInputError fails the test."""
    try:
        return plugin(name).read(file, ReadOptions())
    except BadInputError as error:
        return error


@every_reader
def test_reader_is_described(name):
    reader = plugin(name)
    assert isinstance(reader, Reader)
    assert reader.title
    assert reader.documented_at.startswith("https://")
    assert reader.suffixes
    assert all(s.startswith(".") and s == s.lower() for s in reader.suffixes)


@every_reader
def test_reader_has_examples(name):
    module = importlib.import_module(f"limetal.readers.{name}")
    examples = [e for test in doctest.DocTestFinder().find(module) for e in test.examples]
    assert module.__doc__
    assert examples


@every_reader
def test_reader_has_a_sample(name):
    assert name in WRITERS, f"write a sample of {name} in tests/support/reader_samples.py"
    assert name in TRUTH


@every_reader
@pytest.mark.parametrize("ending", [None, ".bin", ".csv", ".xlsx", ""])
def test_sample_is_recognised_by_content_and_read(name, ending, tmp_path):
    file = WRITERS[name](tmp_path)
    if ending is not None:
        file = file.rename(tmp_path / f"renamed{ending}")
    assert readers.recognise(file) == name
    record = readers.read(file)
    truth = TRUTH[name]
    np.testing.assert_allclose(record.test_time_second, truth.time_s, rtol=1e-9)
    np.testing.assert_allclose(record.voltage_volt, truth.voltage_V, rtol=1e-6, atol=1e-12)
    if truth.current_A is None:
        assert record.current_ampere is None
    else:
        np.testing.assert_allclose(record.current_ampere, truth.current_A, rtol=1e-6, atol=1e-12)
    assert record.source == str(file)


@every_reader
def test_cut_sample_is_read_or_refused(name, tmp_path):
    whole = WRITERS[name](tmp_path).read_bytes()
    file = tmp_path / f"cut{plugin(name).suffixes[0]}"
    rows = []
    for end in range(1, len(whole), max(1, len(whole) // 150)):
        file.write_bytes(whole[:end])
        outcome = read_or_refuse(name, file)
        if isinstance(outcome, CyclingRecord):
            rows.append(outcome.rows)
    assert all(n <= TRUTH[name].time_s.size for n in rows)
    assert rows == sorted(rows)


@every_reader
def test_sample_with_flipped_bytes_is_read_or_refused(name, tmp_path):
    whole = WRITERS[name](tmp_path).read_bytes()
    file = tmp_path / f"flipped{plugin(name).suffixes[0]}"
    dice = random.Random(7)
    for _ in range(150):
        garbled = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            garbled[dice.randrange(len(garbled))] = dice.randrange(256)
        file.write_bytes(bytes(garbled))
        outcome = read_or_refuse(name, file)
        assert outcome.rows >= 2 if isinstance(outcome, CyclingRecord) else str(file) in outcome.where


@every_reader
def test_empty_file_is_refused(name, tmp_path):
    file = tmp_path / f"empty{plugin(name).suffixes[0]}"
    file.write_bytes(b"")
    assert isinstance(read_or_refuse(name, file), BadInputError)
    with pytest.raises(BadInputError, match="empty file"):
        readers.read(file)


@every_reader
def test_folder_and_missing_file_are_refused(name, tmp_path):
    missing = tmp_path / "missing.csv"
    assert isinstance(read_or_refuse(name, tmp_path), BadInputError)
    assert isinstance(read_or_refuse(name, missing), BadInputError)
    with pytest.raises(BadInputError, match="folder"):
        readers.read(tmp_path, reader=name)
    with pytest.raises(BadInputError, match="no such file"):
        readers.read(missing, reader=name)


@every_reader
@pytest.mark.parametrize("ending", [".csv", ".nda", ".ndax", ".mpr", ".txt"])
def test_bytes_of_no_instrument_are_refused(name, ending, tmp_path):
    dice = random.Random(11)
    for data in (
        PNG,
        dice.randbytes(5000),
        b"PK\x03\x04" + dice.randbytes(500),
        b"NEWARE" + dice.randbytes(2000),
    ):
        file = tmp_path / f"other{ending}"
        file.write_bytes(data)
        assert isinstance(read_or_refuse(name, file), BadInputError)


@every_reader
def test_reader_leaves_the_samples_of_others_alone(name, tmp_path):
    """Content decides: two readers that claim one file would make the name decide."""
    for other, write in WRITERS.items():
        if other == name or plugin(name).last_resort:
            continue
        file = write(tmp_path)
        assert not plugin(name).looks_like(file.read_bytes()[:65536], file.name)
    own = WRITERS[name](tmp_path)
    assert plugin(name).looks_like(own.read_bytes()[:65536], own.name)


def test_picture_and_spreadsheet_are_not_recognised(tmp_path):
    for ending in (".csv", ".txt", ".ndax"):
        picture = tmp_path / f"picture{ending}"
        picture.write_bytes(PNG)
        with pytest.raises(BadInputError, match="binary data of no known format"):
            readers.recognise(picture)
    sheet = tmp_path / "sheet.ndax"
    sheet.write_bytes(b"PK\x03\x04" + bytes(22) + b"\x13\x00\x00\x00[Content_Types].xml" + bytes(50))
    with pytest.raises(BadInputError, match="a zip archive of no known kind"):
        readers.recognise(sheet)
