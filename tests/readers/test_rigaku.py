"""Rigaku RAS and RASX: axes, units, attenuators, scans cut short."""

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from support.data_files import real
from support.samples import rigaku_ras as ras
from support.samples import rigaku_rasx as rasx
from support.samples.patterns import COUNTS, TWO_THETA_DEG


def test_real_archives():
    powder = readers.read(real("xrd/datalab/JO_KL_16_ZF_3_60deg_0.02step_12degpermin_001.rasx"))
    assert (powder.rows, powder.two_theta_degree[-1], powder.intensity[0]) == (2851, 60.0, 2589.0)
    assert (powder.counting_time_s, powder.wavelength_angstrom, powder.anode) == (pytest.approx(0.1), 1.540593, "Cu")
    assert powder.warnings == ()
    hot = readers.read(real("xrd/nomad-measurements/Omega-2Theta_scan_high_temperature.rasx"))
    assert (hot.rows, hot.two_theta_degree[0], hot.intensity[0]) == (1042, 44.0, 2.16424083709717)
    assert hot.temperature_K == 823.15
    assert "no whole numbers" in hot.warnings[0]


def test_real_text_has_two_scans():
    first, second = readers.read_all(real("xrd/xrayutilities/inas_layer_radial_002_004.ras.bz2"))
    assert (first.rows, first.two_theta_degree[0], first.intensity[0]) == (1501, 26.5, 51.4986)
    assert (second.rows, second.two_theta_degree[-1], second.intensity[-1]) == (2501, 66.0, 107.0164)
    assert first.about.start_time == "2015-12-05T22:01:01"
    assert first.wavelength_2_angstrom is None  # the monochromator lets one line pass
    assert first.about.settings["MEAS_COND_AXIS_POSITION-29"] == "1/10000"


def test_text_and_archive_give_the_same(tmp_path):
    text = readers.read_all(ras.write_ras_two_scans(tmp_path))[0]
    archive = readers.read(rasx.write_rasx(tmp_path))
    np.testing.assert_array_equal(text.intensity, archive.intensity)
    assert text.counting_time_s == archive.counting_time_s == pytest.approx(0.1)
    assert archive.temperature_K == 423.15
    assert (text.about.sample, archive.about.sample) == ("LMZG 3", "LMZG 3")


PEAK = np.round(50 + 2e5 * np.exp(-((np.arange(24) - 11.0) ** 2) / 30))
FACTOR = np.where(np.abs(np.arange(24) - 11) < 5, 100.0, 1.0)


@pytest.mark.parametrize("write", ["ras", "rasx"])
def test_attenuator_is_read_by_where_the_pattern_jumps(write, tmp_path):
    def record(stored, factor=FACTOR):
        if write == "ras":
            return readers.read(ras.write(tmp_path, ras.header(), ras.rows(TWO_THETA_DEG, stored, factor)))
        return readers.read(rasx.write(tmp_path, (rasx.profile(TWO_THETA_DEG, stored, factor), rasx.conditions())))

    multiplied = record(np.round(PEAK / FACTOR))
    np.testing.assert_array_equal(multiplied.intensity, np.round(PEAK / FACTOR) * FACTOR)
    assert "intensities were multiplied by it" in multiplied.warnings[0]
    np.testing.assert_array_equal(multiplied.more["attenuator"], FACTOR)
    kept = record(PEAK)
    np.testing.assert_array_equal(kept.intensity, PEAK)
    assert "contain it already" in kept.warnings[0]
    with pytest.raises(BadInputError, match="both readings"):
        record(COUNTS, np.where(FACTOR > 1, 1.2, 1.0))
    constant = record(COUNTS, np.full(24, 8.0))
    np.testing.assert_array_equal(constant.intensity, COUNTS)
    assert "the factor 8 throughout" in constant.warnings[0]


@pytest.mark.parametrize("axis", ["Omega", "Phi", "Chi", "Ts"])
def test_other_axes_are_refused(axis, tmp_path):
    rows = ras.rows(TWO_THETA_DEG, COUNTS)
    with pytest.raises(BadInputError, match=f"a scan along '{axis}'"):
        readers.read(ras.write(tmp_path, ras.header(axis, axis), rows))
    with pytest.raises(BadInputError, match=f"a scan along '{axis}'"):
        readers.read(rasx.write(tmp_path, (rasx.profile(TWO_THETA_DEG, COUNTS), rasx.conditions(axis))))
    left = readers.read_all(ras.write(tmp_path, ras.header(axis, axis), rows, ras.header(), rows))
    assert [r.label for r in left] == ["scan 2"]
    assert f"scan 1 was left out: a scan along '{axis}'" in left[0].warnings[0]


def test_in_plane_scan_is_said(tmp_path):
    profile = rasx.profile(TWO_THETA_DEG, COUNTS)
    record = readers.read(rasx.write(tmp_path, (profile, rasx.conditions("TwoThetaChi"))))
    assert "in-plane" in record.warnings[0]


def test_scan_that_stopped_early_is_said(tmp_path):
    record = readers.read(ras.write(tmp_path, ras.header(points=30), ras.rows(TWO_THETA_DEG, COUNTS)))
    assert record.warnings == ("the file announces 30 points and holds 24: the scan was cut short",)


def test_cut_file_is_shorter_and_said(tmp_path):
    file = ras.write(tmp_path, ras.header(), ras.rows(TWO_THETA_DEG, COUNTS))
    data = file.read_bytes()
    file.write_bytes(data[: data.index(b"10.4000") + 10])
    record = readers.read(file)
    assert record.rows == 20
    assert any("was left out: it is cut off" in note for note in record.warnings)


def test_decimal_commas_of_a_profile(tmp_path):
    profile = rasx.profile(TWO_THETA_DEG, COUNTS).replace(".", ",")
    record = readers.read(rasx.write(tmp_path, (profile, rasx.conditions())))
    np.testing.assert_allclose(record.two_theta_degree, TWO_THETA_DEG)


def test_profile_without_conditions_is_refused(tmp_path):
    import zipfile

    file = tmp_path / "a.rasx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("Data0/Profile0.txt", rasx.profile(TWO_THETA_DEG, COUNTS))
    with pytest.raises(BadInputError, match="without its measurement conditions"):
        readers.read(file)


def test_row_with_a_letter_names_its_line(tmp_path):
    rows = ras.rows(TWO_THETA_DEG, COUNTS).replace("10.1000", "1O.1000")
    with pytest.raises(BadInputError, match=r"line \d+: found '1O.1000', want a number"):
        readers.read(ras.write(tmp_path, ras.header(), rows))
