"""XRDML: versions, attenuators, scans that are none, and a csv of the same scan."""

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from support.data_files import real
from support.samples import xrdml as sample
from support.samples.patterns import COUNTS, TWO_THETA_DEG, join

# rows, first and last angle, first intensity, counting time, Kα2 is in the beam
REAL = {
    "datalab/CG20396_jdb12-1.xrdml": (7181, 5.00835563, 124.99489438, 1678, 62.23, True),
    "datalab/HL1-2_5-90_60min.xrdml": (6474, 5.00116513, 89.99351513, 1426, 133.62, True),
    "datalab/Scan_C10.xrdml": (7181, 5.00475563, 124.99129438, 342, 15.24, True),
    "nomad-measurements/XRD-918-16_10.xrdml": (5027, 4.00656513, 69.9994, 1305, 39.27, True),
    "xrayutilities/simpack_xrd_AlGaAs.xrdml.gz": (2999, 65.46, 66.6592, 1, 0.5, False),
    "xylib/empyrean.xrdml": (196, 30.05, 41.75, 8, 0.44, True),
    "yadg/210520step1_30min.xrdml": (4489, 5.00835563, 80.00853082, 1719, 50.165, False),
}


@pytest.mark.parametrize("name", REAL)
def test_real_file(name):
    rows, first, last, counts, seconds, two_lines = REAL[name]
    (record,) = readers.read_all(real(f"xrd/{name}"))
    assert record.rows == rows
    assert record.two_theta_degree[[0, -1]] == pytest.approx([first, last], abs=5e-3)
    assert record.intensity[0] == counts
    assert record.intensity_unit == "counts"
    assert record.counting_time_s == seconds
    assert record.wavelength_angstrom == 1.540598
    assert record.wavelength_2_angstrom == (1.544426 if two_lines else None)
    assert record.ratio_2_to_1 == (0.5 if two_lines else None)
    assert record.anode == "Cu"
    assert record.about.start_time.startswith("20")
    assert record.warnings == ()


def test_every_mixture_of_the_aeris_is_read():
    folder = real("xrd/dara")
    records = [readers.read(file) for file in sorted(folder.glob("*.xrdml"))]
    assert {r.rows for r in records} == {2071, 8281} or all(r.rows > 2000 for r in records)
    assert {r.about.settings["schema"][-3:] for r in records} == {"2.2", "2.3"}
    assert all(r.warnings == () and r.intensity.min() >= 0 for r in records)


def test_scan_and_its_csv_and_xy_agree():
    xml, csv, xy = (readers.read(real(f"xrd/yadg/210520step1_30min.{e}")) for e in ("xrdml", "csv", "xy"))
    for other in (csv, xy):
        np.testing.assert_allclose(other.two_theta_degree, xml.two_theta_degree, atol=1e-8)
        np.testing.assert_array_equal(other.intensity, xml.intensity)
    assert (csv.wavelength_angstrom, csv.counting_time_s, csv.anode) == (1.540598, 50.165, "Cu")
    assert xml.wavelength_2_angstrom is None and csv.wavelength_2_angstrom is None  # noqa: PT018 - one fact of both


def test_counts_of_an_attenuated_peak_are_multiplied_and_said():
    record = readers.read(real("xrd/nomad-measurements/m54313_om2th_10.xrdml"))
    factors, counts = record.more["beamAttenuationFactors"], record.more["counts"]
    assert set(np.unique(factors)) == {1.0, 188.0}
    np.testing.assert_array_equal(record.intensity, counts * factors)
    at = int(np.argmax(record.intensity))
    assert counts[at] < counts[at - 1]  # as stored the top of the peak is a hole
    assert record.intensity[at] > record.intensity[at - 1] > record.intensity[at - 2]
    assert "were multiplied by the factors of the beam attenuator (1 to 188)" in record.warnings[0]


def test_intensities_of_version_1_contain_the_factor_already(tmp_path):
    points = f"<beamAttenuationFactors>{join(sample.FACTORS)}</beamAttenuationFactors>{sample.TIME}"
    points += f'<intensities unit="counts">{join(COUNTS)}</intensities>'
    file = tmp_path / "a.xrdml"
    file.write_text(sample.document("1.5", sample.scan(points, sample.GONIO)))
    record = readers.read(file)
    np.testing.assert_array_equal(record.intensity, COUNTS)
    assert "intensities contain the factors" in record.warnings[0]


def test_hot_stage_and_fixed_incidence(tmp_path):
    record = readers.read(sample.write_xrdml_listed(tmp_path))
    assert record.temperature_K == 423.5
    assert record.counting_time_s == 2.5
    assert record.about.settings["Omega (deg)"] == "1.5"
    assert record.about.sample == "LMZG-3"


def test_aborted_scan_and_rocking_curve_are_said(tmp_path):
    first, third = readers.read_all(sample.write_xrdml_two_scans(tmp_path))
    assert first.warnings == ("scan 2 was left out: a scan along 'Omega'",)
    assert third.warnings[0] == "the scan is aborted: 10 points up to 10.18 deg, step 0.02 deg"


def _write(tmp_path, points, positions=sample.GONIO, **more):
    file = tmp_path / "a.xrdml"
    file.write_text(sample.document("2.1", sample.scan(points, positions, **more)))
    return file


WHOLE = f'<counts unit="counts">{join(COUNTS)}</counts>'


@pytest.mark.parametrize(
    ("points", "positions", "axis", "message"),
    [
        (WHOLE, sample.fixed("2Theta", 34.0) + sample.span("Omega", 16, 18), "Omega", "scan along 'Omega', want"),
        (WHOLE, sample.fixed("2Theta", 34.0) + sample.span("Phi", 0, 90), "Phi", "scan along 'Phi', want"),
        ("", sample.GONIO, "Gonio", "neither intensities nor counts"),
        (WHOLE.replace("48", "4x"), sample.GONIO, "Gonio", "'4x' as value"),
        (WHOLE + "<beamAttenuationFactors>1 1</beamAttenuationFactors>", sample.GONIO, "Gonio", "2 values, want 24"),
        (WHOLE, sample.GONIO.replace('unit="deg"', 'unit="rad"'), "Gonio", "the unit 'rad', want deg"),
        (WHOLE, sample.GONIO.replace("10.00000000", "ten"), "Gonio", "start 'ten' and end"),
        ('<counts unit="counts">5</counts>', sample.GONIO, "Gonio", "1 point, want at least two"),
    ],
)
def test_what_is_no_pattern_is_refused(points, positions, axis, message, tmp_path):
    with pytest.raises(BadInputError, match=message):
        readers.read(_write(tmp_path, points, positions, axis=axis))
    assert readers.read(_write(tmp_path, WHOLE)).rows == 24


def test_other_units_are_kept_apart(tmp_path):
    rate = readers.read(_write(tmp_path, WHOLE.replace('"counts"', '"cps"')))
    assert (rate.intensity_unit, rate.warnings) == ("counts/s", ())
    other = readers.read(_write(tmp_path, WHOLE.replace('unit="counts"', 'unit="furlongs"')))
    assert other.intensity_unit == "a.u."
    assert "furlongs" in other.warnings[0]


def test_beta_line_and_nanometres(tmp_path):
    lines = '<usedWavelength intended="K-Beta"><kAlpha1 unit="nm">0.1540598</kAlpha1><kBeta unit="nm">0.139225</kBeta>'
    file = tmp_path / "a.xrdml"
    scan = sample.scan(WHOLE, sample.GONIO)
    file.write_text(sample.document("2.1", scan, wavelength=lines + "</usedWavelength>"))
    record = readers.read(file)
    assert record.wavelength_angstrom == pytest.approx(1.39225)
    assert record.wavelength_2_angstrom is None
    np.testing.assert_allclose(record.two_theta_degree, TWO_THETA_DEG)
