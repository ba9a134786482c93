"""Bruker's BRML, RAW and UXD: the same scan in several formats, kinds of scan, broken files."""

import struct

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from support.data_files import real
from support.samples import bruker_brml as brml
from support.samples import bruker_raw as raw
from support.samples import uxd
from support.samples.patterns import COUNTS, TWO_THETA_DEG


@pytest.mark.parametrize(("name", "rows", "seconds"), [("SbI3", 1399, 76.8), ("BaZrS3", 2448, 38.4)])
def test_raw_and_brml_of_one_scan_agree(name, rows, seconds):
    binary, archive = (readers.read(real(f"xrd/xrdconversion/{name}.{e}")) for e in ("raw", "brml"))
    assert binary.rows == archive.rows == rows
    np.testing.assert_array_equal(binary.intensity, archive.intensity)
    # the archive prints four decimals
    np.testing.assert_allclose(binary.two_theta_degree, archive.two_theta_degree, atol=0.51e-4)
    assert binary.counting_time_s == archive.counting_time_s == seconds
    assert binary.anode == archive.anode == "Cu"
    for line in ("wavelength_angstrom", "wavelength_2_angstrom", "ratio_2_to_1"):
        assert getattr(binary, line) == pytest.approx(getattr(archive, line), abs=1e-7)
    assert binary.about.sample == archive.about.sample
    assert binary.about.start_time == archive.about.start_time[:19]
    assert binary.warnings == archive.warnings == ()


def test_raw_agrees_with_the_rates_and_counts_of_its_text_exports():
    binary = readers.read(real("xrd/xrdconversion/SbI3.raw"))
    rates, counts = readers.read(real("xrd/xrdconversion/SbI3.xy")), readers.read(real("xrd/xrdconversion/SbI3.xye"))
    np.testing.assert_array_equal(counts.intensity, binary.intensity)
    np.testing.assert_allclose(counts.intensity_std, np.sqrt(binary.intensity), atol=1e-6)
    # the time is in seconds: rates times it are counts
    np.testing.assert_allclose(rates.intensity * binary.counting_time_s, binary.intensity, atol=0.05)
    np.testing.assert_allclose(rates.two_theta_degree, binary.two_theta_degree, atol=0.51e-4)


def test_raw_and_uxd_of_one_scan_agree():
    binary, text = readers.read(real("xrd/xylib/BT86.raw")), readers.read(real("xrd/xylib/BT86_.UXD"))
    assert binary.rows == text.rows == 2374
    np.testing.assert_array_equal(binary.intensity, text.intensity)
    np.testing.assert_allclose(binary.two_theta_degree, text.two_theta_degree, atol=6e-3)
    assert binary.counting_time_s == text.counting_time_s == 0.5
    assert binary.about.start_time == text.about.start_time == "2010-03-04T20:59:14"
    assert binary.about.sample == text.about.sample == "BT86"
    assert binary.wavelength_angstrom == pytest.approx(text.wavelength_angstrom)


def test_ranges_of_a_real_file_are_records():
    records = readers.read_all(real("xrd/xylib/format1.raw"))
    assert [r.rows for r in records] == [101, 26, 51]
    assert [r.two_theta_degree[[0, -1]].round(6).tolist() for r in records] == [[10, 20], [30, 35], [40, 45]]
    assert [r.intensity[0] for r in records] == [10.0, 6.0, 4.0]
    assert [r.counting_time_s for r in records] == [0.1, 0.2, 0.1]


def test_absorber_is_contained_in_the_counts_of_a_real_archive():
    record = readers.read(real("xrd/nomad-measurements/23-012-AG_2thomegascan_long.brml"))
    factor = record.more["AbsorptionFactor"]
    assert set(np.unique(factor)) == {1.0, 8.3}
    bare = record.intensity / factor
    np.testing.assert_allclose(bare, np.rint(bare), atol=1e-6)
    assert record.omega_degree[0] == 18.028
    assert "contain the factor of the absorber (1 to 8.3)" in record.warnings[0]


def test_eight_bytes_a_point_and_values_that_are_no_counts():
    record = readers.read(real("xrd/nomad-measurements/TwoTheta_scan_scrambled.raw"))
    assert (record.rows, record.intensity_unit, record.counting_time_s) == (7134, "a.u.", 310.003)
    assert set(record.more["value 2 of a point"]) == {1}
    assert any("2320 of 7134 intensities are negative" in note for note in record.warnings)


def _raw(tmp_path, data):
    file = tmp_path / "a.raw"
    file.write_bytes(data)
    return file


@pytest.mark.parametrize(("kind", "name"), [(3, "omega"), (4, "chi"), (5, "phi"), (13, "hkl"), (77, "scan type 77")])
def test_kinds_of_scan_of_raw_1_01(kind, name, tmp_path):
    other = raw.v3_range(COUNTS, 10.0, kind=kind)
    with pytest.raises(BadInputError, match=f"a scan along '{name}'"):
        readers.read(_raw(tmp_path, raw.v3_header(1) + other))
    (left,) = readers.read_all(_raw(tmp_path, raw.v3_header(2) + other + raw.v3_range(COUNTS, 10.0, kind=2)))
    assert left.label == "scan 2"
    assert f"scan 1 was left out: a scan along '{name}'" in left.warnings[0]


@pytest.mark.parametrize(
    ("scan", "drive"), [("Rocking Curve", "Theta"), ("Phi Scan", "Phi"), ("Locked Coupled", "Chi")]
)
def test_kinds_of_scan_of_raw_4_00(scan, drive, tmp_path):
    with pytest.raises(BadInputError, match="a scan along"):
        readers.read(_raw(tmp_path, raw.v4_header() + raw.v4_range(COUNTS, 10.0, scan=scan, scanned=drive)))
    for twin in ("Locked Coupled", "Unlocked Coupled", "Detector Scan"):
        assert readers.read(_raw(tmp_path, raw.v4_header() + raw.v4_range(COUNTS, 10.0, scan=twin))).rows == 24


def test_drive_that_begins_elsewhere_is_refused(tmp_path):
    with pytest.raises(BadInputError, match=r"from 10 deg whose drive 2Theta begins at 5 deg"):
        readers.read(_raw(tmp_path, raw.v4_header() + raw.v4_range(COUNTS, 10.0, stands=5.0)))


def test_detector_frames_are_refused(tmp_path):
    with pytest.raises(BadInputError, match="detector frame of 192 channels"):
        readers.read(_raw(tmp_path, raw.v4_header() + raw.v4_range(COUNTS, 10.0, width=768)))
    row = [f"1,1,{x:.4f},{x / 2:.4f},0,{','.join(['5'] * 192)}" for x in TWO_THETA_DEG]
    file = brml.write(tmp_path, brml.raw_data(row, views=brml.VIEWS.format(channels=192)))
    with pytest.raises(BadInputError, match="detector frame of 192 channels"):
        readers.read(file)


@pytest.mark.parametrize(
    "part", [raw.v4_header() + raw.v4_range(COUNTS, 10.0), raw.v3_header(1) + raw.v3_range(COUNTS, 10.0)]
)
def test_cut_binary_is_shorter_and_said(part, tmp_path):
    record = readers.read(_raw(tmp_path, part[:-30]))
    assert record.rows == 16
    np.testing.assert_array_equal(record.intensity, COUNTS[:16])
    assert record.warnings[0] == "the file ends after 16 of 24 points: it is cut off"
    assert readers.read(_raw(tmp_path, part)).warnings == ()


def test_huge_counts_are_refused_or_cut_before_anything_is_allocated(tmp_path):
    for size, part, at in ((712, raw.v3_header(1) + raw.v3_range(COUNTS, 10.0), 4),):
        data = bytearray(part)
        struct.pack_into("<I", data, size + at, 0xFFFFFFFF)
        assert readers.read(_raw(tmp_path, bytes(data))).rows == 24
    data = bytearray(raw.v4_header() + raw.v4_range(COUNTS, 10.0))
    struct.pack_into("<I", data, len(raw.v4_header()) + 140, 0xFFFFFFF0)
    with pytest.raises(BadInputError, match="want a range that fits"):
        readers.read(_raw(tmp_path, bytes(data)))


def test_status_and_missing_ranges_are_said(tmp_path):
    record = readers.read(_raw(tmp_path, raw.v3_header(2, status=3) + raw.v3_range(COUNTS, 10.0)))
    assert record.warnings == (
        "the measurement is aborted",
        "the file announces 2 ranges and holds 1: it is cut off",
    )


@pytest.mark.parametrize(("mark", "name"), [(b"RAW ", "RAW1"), (b"RAW2", "RAW2")])
def test_older_versions_are_recognised_and_refused(mark, name, tmp_path):
    file = _raw(tmp_path, mark + bytes(400))
    assert readers.recognise(file) == "bruker_raw"
    with pytest.raises(BadInputError, match=f"version {name} of the format"):
        readers.read(file)


def test_routes_and_axes_of_an_archive(tmp_path):
    with pytest.raises(BadInputError, match="a scan along 'Theta'"):
        readers.read(brml.write(tmp_path, brml.raw_data(brml.full(), axes=("Theta",), kind="RockingCurve")))
    with pytest.raises(BadInputError, match="only routes of kind Final"):
        readers.read(brml.write(tmp_path, brml.raw_data(brml.full(), flag="Final")))
    rows = brml.full()
    short = [*rows[:2], rows[2].rpartition(",")[0], *rows[3:]]
    with pytest.raises(BadInputError, match=r"datum 3: found 5 numbers, want 6"):
        readers.read(brml.write(tmp_path, brml.raw_data(short)))
    with pytest.raises(BadInputError, match=r"2θ that stays at 10 deg"):
        readers.read(brml.write(tmp_path, brml.raw_data(brml.full(np.full(24, 10.0)))))
    wrong = [*rows[:2], rows[2].replace("76.8", "76x8"), *rows[3:]]
    with pytest.raises(BadInputError, match="want a number"):
        readers.read(brml.write(tmp_path, brml.raw_data(wrong)))
    record = readers.read(brml.write(tmp_path, brml.raw_data(brml.full())))
    assert (record.about.sample, record.about.comment, record.counting_time_s) == ("LMZG 3", "pressed", 76.8)
    assert record.more["RecSpX"].tolist() == [-0.1] * 24


def test_archive_with_points_missing_is_said(tmp_path):
    text = brml.raw_data(brml.full()).replace("<MeasurementPoints>24", "<MeasurementPoints>99")
    text = text.replace("<MeasurementStatus>Measured", "<MeasurementStatus>Aborted")
    record = readers.read(brml.write(tmp_path, text))
    assert record.warnings == (
        "the scan is aborted",
        "the file announces 99 points and holds 24: the scan was cut short",
    )


@pytest.mark.parametrize("drive", ["THETA", "PHI", "KHI"])
def test_drive_of_uxd_decides_and_not_the_word_above_the_points(drive, tmp_path):
    rocking = uxd.one_range(uxd.pairs(TWO_THETA_DEG, COUNTS), drive=drive)
    with pytest.raises(BadInputError, match=f"a scan along '{drive}'"):
        readers.read(uxd.write(tmp_path, rocking))
    (left,) = readers.read_all(uxd.write(tmp_path, rocking, uxd.one_range(uxd.alone(COUNTS), number=2)))
    assert left.label == "scan 2"
    assert "left out" in left.warnings[0]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_units_and_keys_of_uxd(newline, tmp_path):
    counts, rates = readers.read_all(uxd.write(tmp_path, uxd.one_range(uxd.pairs(TWO_THETA_DEG, COUNTS)),
        uxd.one_range(uxd.pairs(TWO_THETA_DEG, COUNTS * 2, "_2THETACPS"), number=2), newline=newline))  # fmt: skip
    assert (counts.intensity_unit, rates.intensity_unit) == ("counts", "counts/s")
    assert (counts.counting_time_s, counts.wavelength_angstrom, counts.ratio_2_to_1) == (0.5, 1.5406, 0.5)
    assert counts.about.settings["GONIOMETER_RADIUS"] == "200.500000"
    file = uxd.write(tmp_path, uxd.one_range(uxd.alone(COUNTS)))
    file.write_text(file.read_text().replace("_WL_UNIT='A'", "_WL_UNIT='NM'").replace("=1.54", "=0.154"))
    assert readers.read(file).wavelength_angstrom == pytest.approx(1.5406)


def test_points_without_start_are_refused(tmp_path):
    file = uxd.write(tmp_path, uxd.one_range(uxd.alone(COUNTS)))
    file.write_text(file.read_text().replace("_START=10.000000\n", ""))
    with pytest.raises(BadInputError, match="both as numbers, for points without angles"):
        readers.read(file)
    with pytest.raises(BadInputError, match="found 24 points, want the 30 of _STEPCOUNT"):
        readers.read(uxd.write(tmp_path, uxd.one_range(uxd.alone(COUNTS), keys="_STEPCOUNT=30\n")))
