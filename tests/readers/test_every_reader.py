"""Every reader keeps the contract: documented, knows its files by content, fails only with BadInputError."""

import doctest
import importlib
import random
from pathlib import Path

import pytest

from limetal import readers, registry
from limetal.errors import BadInputError
from limetal.readers import RawFile, Reader
from limetal.records.base import Record
from support.reader_samples import all_samples, assert_gives, samples

NAMES = registry.names("limetal.readers")
KINDS = {
    "cycling",
    "impedance",
    "polarisation",
    "diffraction",
    "photoelectrons",
    "tensile",
    "thickness",
    "image",
    "voltage curve",
}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10\x08\x06\x00\x00\x00\x1f\xf3\xffa"
every_reader = pytest.mark.parametrize("name", NAMES)
every_sample = pytest.mark.parametrize(
    ("name", "sample"), [pytest.param(n, s, id=f"{n}-{s.id}") for n, s in all_samples()]
)


def plugin(name: str) -> Reader:
    return registry.load("limetal.readers", name)


def read_or_refuse(name: str, file: Path) -> tuple[Record, ...] | BadInputError:
    """What a reader makes of a file; any exception but BadInputError fails the test."""
    try:
        return readers.read_all(file, reader=name)
    except BadInputError as error:
        return error


def rows(outcome: tuple[Record, ...]) -> int:
    return sum(record.rows for record in outcome)


@every_reader
def test_reader_is_described(name):
    reader = plugin(name)
    assert isinstance(reader, Reader)
    assert reader.title
    assert reader.documented_at.startswith("https://")
    assert reader.suffixes
    assert all(s.startswith(".") and s == s.lower() for s in reader.suffixes)
    assert reader.gives
    assert set(reader.gives) <= KINDS
    assert reader.rank in {0, 1, 2}


@every_reader
def test_reader_has_examples(name):
    module = importlib.import_module(f"limetal.readers.{name}")
    examples = [e for test in doctest.DocTestFinder().find(module) for e in test.examples]
    assert module.__doc__
    assert examples


@every_reader
def test_reader_has_a_sample(name):
    assert samples(name), f"write a sample of {name} in tests/support/samples/{name}.py"


@every_sample
@pytest.mark.parametrize("ending", [None, ".bin", ".csv", ".xlsx", ""])
def test_sample_is_recognised_by_content_and_read(name, sample, ending, tmp_path):
    file = sample.write(tmp_path)
    if ending is not None:
        file = file.rename(tmp_path / f"renamed{ending}")
    assert readers.recognise(file) == name
    records = readers.read_all(file)
    assert_gives(records, sample)
    assert {r.kind for r in records} <= set(plugin(name).gives)
    assert all(r.source == str(file) for r in records)
    if len(records) > 1:
        assert len({r.label for r in records}) == len(records)


@every_sample
def test_cut_sample_is_read_or_refused(name, sample, tmp_path):
    whole = sample.write(tmp_path).read_bytes()
    file = tmp_path / f"cut{plugin(name).suffixes[0]}"
    most = rows(readers.read_all(sample.write(tmp_path), reader=name))
    for end in range(1, len(whole), max(1, len(whole) // 60)):
        file.write_bytes(whole[:end])
        outcome = read_or_refuse(name, file)
        assert isinstance(outcome, BadInputError) or rows(outcome) <= most


@every_sample
def test_sample_with_flipped_bytes_is_read_or_refused(name, sample, tmp_path):
    whole = sample.write(tmp_path).read_bytes()
    file = tmp_path / f"flipped{plugin(name).suffixes[0]}"
    dice = random.Random(7)
    for _ in range(60):
        garbled = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            garbled[dice.randrange(len(garbled))] = dice.randrange(256)
        file.write_bytes(bytes(garbled))
        outcome = read_or_refuse(name, file)
        assert outcome.where.startswith(str(file)) if isinstance(outcome, BadInputError) else rows(outcome) >= 1


@every_reader
def test_empty_file_is_refused(name, tmp_path):
    file = tmp_path / f"empty{plugin(name).suffixes[0]}"
    file.write_bytes(b"")
    with pytest.raises(BadInputError, match="empty file"):
        readers.read_all(file, reader=name)


@every_reader
def test_folder_and_missing_file_are_refused(name, tmp_path):
    with pytest.raises(BadInputError, match="folder"):
        readers.read_all(tmp_path, reader=name)
    with pytest.raises(BadInputError, match="no such file"):
        readers.read_all(tmp_path / "missing.csv", reader=name)


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
def test_looking_never_fails(name, tmp_path):
    dice = random.Random(5)
    for data in (
        PNG,
        dice.randbytes(3000),
        b"PK\x03\x04" + dice.randbytes(500),
        b"\xff\xfe\x00",
        b"\x1f\x8b12",
        b"<a><b>",
    ):
        file = tmp_path / "other.bin"
        file.write_bytes(data)
        try:
            raw = RawFile(file)
            assert raw.head
        except BadInputError:
            continue
        assert plugin(name).looks_like(raw) in {True, False}


@every_sample
def test_readers_leave_the_samples_of_others_alone(name, sample, tmp_path):
    """Content decides: two readers of one rank that claim one file would make the name decide."""
    file = sample.write(tmp_path)
    claims = {
        other for other in NAMES if plugin(other).rank <= plugin(name).rank and plugin(other).looks_like(RawFile(file))
    }
    assert claims == {name}


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
