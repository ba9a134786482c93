"""Stoe raw files: sizes of counts, scaling, ranges, other scans. No real file is at hand."""

import struct

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from support.samples import stoe_raw as stoe
from support.samples.patterns import COUNTS


def test_what_the_headers_say(tmp_path):
    first, second = readers.read_all(stoe.write_stoe(tmp_path))
    assert (first.anode, first.wavelength_angstrom, first.wavelength_2_angstrom) == ("Cu", 1.540598, 1.544426)
    assert first.counting_time_s == 20.0
    assert first.about.sample == "LMZG 3"
    assert first.about.start_time == "2010-11-26T10:27:00"
    assert first.about.settings["scan mode"] == "transmission"
    assert (first.warnings, second.warnings) == ((), ())


def test_header_of_any_length(tmp_path):
    record = readers.read(stoe.write(tmp_path, stoe.one_range(COUNTS, 10.0), first=513))
    np.testing.assert_array_equal(record.intensity, COUNTS)


def test_scaled_and_changed_counts_are_said(tmp_path):
    record = readers.read(stoe.write(tmp_path, stoe.one_range(COUNTS, 10.0, factor=4.0, history=1 << 6)))
    np.testing.assert_array_equal(record.intensity, COUNTS / 4)
    assert record.warnings == (
        "counts were divided by their scaling factor 4",
        "the data were changed before: background subtraction",
    )


def test_omega_scan_is_refused_and_its_twin_read(tmp_path):
    with pytest.raises(BadInputError, match="a scan along 'Omega'"):
        readers.read(stoe.write(tmp_path, stoe.one_range(COUNTS, 10.0), scan_type=2))
    assert readers.read(stoe.write(tmp_path, stoe.one_range(COUNTS, 10.0), scan_type=1)).rows == 24


def test_counts_that_are_not_those_announced_are_refused(tmp_path):
    """Four bytes read as two, or a record number that points elsewhere, show here."""
    data = bytearray(stoe.one_range(COUNTS, 10.0))
    struct.pack_into("<H", data, 38, 1)
    with pytest.raises(BadInputError, match="where the header says"):
        readers.read(stoe.write(tmp_path, bytes(data)))
    struct.pack_into("<H", data, 38, 7)
    with pytest.raises(BadInputError, match="data format 7"):
        readers.read(stoe.write(tmp_path, bytes(data)))


def test_cut_file_is_shorter_and_said(tmp_path):
    file = stoe.write(tmp_path, stoe.one_range(COUNTS, 10.0))
    file.write_bytes(file.read_bytes()[: 5 * 512 + 40])
    record = readers.read(file)
    np.testing.assert_array_equal(record.intensity, COUNTS[:10])
    assert record.warnings[0] == "the file ends after 10 of 24 points: it is cut off"


def test_other_versions_are_named(tmp_path):
    file = stoe.write(tmp_path, stoe.one_range(COUNTS, 10.0), version=b"RAW_1.04")
    assert readers.recognise(file) == "stoe_raw"
    with pytest.raises(BadInputError, match=r"'RAW_1.04' at its beginning"):
        readers.read(file)
    assert readers.read(stoe.write(tmp_path, stoe.one_range(COUNTS, 10.0), version=b"RAW_1.05")).rows == 24
