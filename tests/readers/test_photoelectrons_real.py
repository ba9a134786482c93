"""Real electron spectra: what each file gives, formats of one measurement against each other, and what is refused."""

import json
import re

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from support.data_files import real

# records, first label, axis, first and last energy, rows, first two intensities, unit: read off the raw text or bytes
FILES = {
    "KherveFitting/Pt4f.vms": (1, "Pt4f PE20", "kinetic", 1396.68, 1424.68, 281, (544.369, 590.509), "counts"),
    "LG4X/0-150W.vms": (5, "wide", "kinetic", 286.69, 1491.69, 1206, (2106, 2115), "counts"),
    "LG4X/Mutlipak_vms.npl": (5, "Block No.1", "binding", 305, 275, 601, (2047.5, 2052.5), "counts/s"),
    "pynxtools-xps/regular.vms": (1, "Survey", "kinetic", 136.61, 1486.61, 1351, (1559.87, 1586.79), "counts"),
    "pynxtools-xps/irregular.vms": (
        *(1, "Counts per Second", "kinetic", 136.61, 1486.61, 1351, (15598.7, 15867.9), "counts"),
    ),
    "xylib/mjr9_116a.vms": (7, "Wide/2", "kinetic", 386.69, 1486.69, 1101, (8085, 8163), "counts"),
    "xylib/mjr9_59c.vms": (9, "Wide/2", "kinetic", 386.69, 1486.69, 1101, (2751, 2775), "counts"),
    "xylib/mm-specs.xy": (1, "P 2p", "binding", 139.87, 119.87, 401, (661.88211, 660.66791), "counts/s"),
    "xylib/specsxy_example.xy": (*(3, "over_1400eV", "kinetic", 100, 1402, 1303, (8974.5144, 8422.512), "counts/s"),),
    "pynxtools-xps/MgFe2O4_small.xy": (2, "Survey", "binding", 1350, 0, 1351, (15598.679, 15867.872), "counts/s"),
    "pynxtools-xps/MgFe2O4.xy": (
        *(292, "1 as-loaded, Survey", "binding", 1350, 0, 1351, (15598.679, 15867.872), "counts/s"),
    ),
    "PyExpLabSys/specs_iss_sample.xy": (1, "1:3 Cu:Ru", "kinetic", 6.6, 1099.6, 1094, (0, 0), "counts/s"),
    "PyExpLabSys/specs_iss_sample.xml": (2, "1:3 Cu:Ru", "kinetic", 6.6, 1099.6, 1094, (0, 0), "counts"),
    "PyExpLabSys/specs_xps_sample.xy": (
        *(1, "CrO overview Mg anode", "kinetic", 253.6, 1258.6, 2011, (11175.2, 11145.2), "counts/s"),
    ),
    "PyExpLabSys/specs_xps_sample.xml": (
        *(4, "CrO overview Mg anode", "kinetic", 253.6, 1258.6, 2011, (27938, 27863), "counts"),
    ),
    "pynxtools-xps/In-situ_PBTTT_XPS_SPECS.xml": (
        *(3, "1 Survey", "kinetic", 553.6, 1254.6, 1403, (254, 236), "counts"),
    ),
    "yadg/test0.spe": (2, "1su", "binding", 1355, -5, 3401, (13712.5, 14000), "counts/s"),
    "yadg/test1.spe": (2, "F1s", "binding", 695, 675, 201, (2325, 2197.91674805), "counts/s"),
    "pynxtools-xps/SnO2_10nm.spe": (1, "Su1s", "binding", 1400, 0, 1751, (54866.667969, 53283.335938), "counts/s"),
    "pynxtools-xps/SnO2_10nm_1.pro": (84, "Su1s, cycle 1", "binding", 1400, 0, 1751, (54300, 56000), "counts/s"),
    "KherveFitting/Hard_carbon_Thermo.xlsx": (
        *(5, "Survey", "binding", 1350.08, -9.92, 2721, (123177, 122826), "counts/s"),
    ),
    "KherveFitting/Hard_carbon_Thermo_Kfitting.xlsx": (
        *(5, "Survey XPS", "binding", 1350.08, -9.92, 2721, (123177, 122826), "a.u."),
    ),
    "KherveFitting/LaSrTiO3.xlsx": (6, "Sr3d", "binding", 142.08, 126.08, 161, (1321.18, 1369.78), "a.u."),
    "KherveFitting/Pt4f.xlsx": (1, "Pt4f", "binding", 89.99, 61.99, 281, (544.369, 590.509), "a.u."),
    "KherveFitting/STO.xlsx": (4, "Ti2p", "binding", 475.08, 448.08, 271, (39754.6, 39971.8), "a.u."),
    "KherveFitting/STO_2doublets.xlsx": (4, "Ti2p", "binding", 475.08, 448.08, 271, (5188.75, 5142.21), "a.u."),
    "KherveFitting/Tougaard_Fit.xlsx": (6, "Na1s", "binding", 1079.08, 1062.08, 171, (7485.26, 7520.84), "a.u."),
    "LG4X/111126_0100.csv": (1, "PE: 600 eV", "kinetic", 26, 606, 291, (220.730699, 215.438199), "a.u."),
    "LG4X/C1s_sample.csv": (1, "InC1s_sample", "binding", 301.5, 266.5, 351, (1709, 1798), "a.u."),
    "LG4X/PET_C1s.csv": (1, "InPET_C1s", "binding", 299.300817, 279.300817, 401, (324.2826, 352.4358), "a.u."),
}


def axis(record):
    both = {"binding": record.binding_energy_electronvolt, "kinetic": record.kinetic_energy_electronvolt}
    return next((name, energy) for name, energy in both.items() if energy is not None)


@pytest.mark.parametrize("name", FILES)
def test_real_file_gives(name):
    count, label, kind, first, last, rows, intensity, unit = FILES[name]
    records = readers.read_all(real(f"xps/{name}"))
    assert len(records) == count
    assert len({r.label for r in records}) == count
    record = records[0]
    found, energy = axis(record)
    assert (record.label, found, record.rows, record.intensity_unit) == (label, kind, rows, unit)
    np.testing.assert_allclose(energy[[0, -1]], [first, last], atol=1e-6)
    np.testing.assert_allclose(record.intensity[:2], intensity, rtol=1e-8)


@pytest.mark.parametrize("name", ["casa_header", "casa_process", "kratos", "phi", "specs_block", "specs_header"])
def test_piece_of_a_vamas_file_is_refused_with_its_line(name):
    with pytest.raises(BadInputError, match=r"tests_\w+\.vms, line 1: found '\d+', want 'VAMAS Surface"):
        readers.read_all(real(f"xps/pynxtools-xps/tests_{name}.vms"))


def test_absorption_spectrum_is_refused():
    with pytest.raises(BadInputError, match="line 1: found photon energies"):
        readers.read_all(real("xps/LG4X/CK.csv"))


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_wave_and_text_of_one_measurement_agree(number):
    stem = f"xps/pynxtools-xps/Cu-HHTP_000{number}"
    text = readers.read(real(f"{stem}.txt"))
    wave = readers.read(real(f"{stem}Cu-HHTP__00{number}.ibw"))
    np.testing.assert_allclose(wave.binding_energy_electronvolt, text.binding_energy_electronvolt, atol=1e-9)
    np.testing.assert_allclose(wave.kinetic_energy_electronvolt, text.kinetic_energy_electronvolt, atol=1e-9)
    np.testing.assert_allclose(wave.intensity, text.intensity, rtol=1e-12)
    assert wave.region == text.region
    assert wave.about.start_time == text.about.start_time
    assert (wave.photon_energy_eV, wave.pass_energy_eV, wave.scans) == (
        *(text.photon_energy_eV, text.pass_energy_eV, text.scans),
    )


def test_kinetic_energy_follows_where_the_file_states_both_limits():
    record = readers.read(real("xps/pynxtools-xps/Cu-HHTP_0002.txt"))
    np.testing.assert_allclose(record.kinetic_energy_electronvolt[[0, -1]], [110, 125])
    assert record.warnings == ()


@pytest.mark.parametrize("name", ["iss", "xps"])
def test_counts_of_the_xml_are_the_rates_of_the_text(name):
    binary = readers.read_all(real(f"xps/PyExpLabSys/specs_{name}_sample.xml"))[0]
    text = readers.read(real(f"xps/PyExpLabSys/specs_{name}_sample.xy"))
    np.testing.assert_allclose(binary.kinetic_energy_electronvolt, text.kinetic_energy_electronvolt, atol=1e-9)
    rate = binary.intensity / binary.scans / binary.dwell_time_s
    np.testing.assert_allclose(rate, text.intensity, rtol=1e-7, atol=1e-9)
    assert binary.photon_energy_eV == text.photon_energy_eV


def test_vamas_and_text_of_one_measurement_agree():
    """Photon minus kinetic energy of SPECS is the binding energy that SPECS writes, without the work function."""
    text = readers.read_all(real("xps/pynxtools-xps/MgFe2O4_small.xy"))[0]
    counts = readers.read(real("xps/pynxtools-xps/regular.vms"))
    rate = readers.read(real("xps/pynxtools-xps/irregular.vms"))
    np.testing.assert_allclose(counts.intensity / counts.dwell_time_s, text.intensity, rtol=1e-5)
    np.testing.assert_allclose(rate.intensity, text.intensity, rtol=1e-5)
    for vamas in (counts, rate):
        binding = vamas.photon_energy_eV - vamas.kinetic_energy_electronvolt
        np.testing.assert_allclose(binding, text.binding_energy_electronvolt, atol=1e-9)
        assert vamas.binding_energy_electronvolt is None


def test_channels_of_an_mcd_meet_on_one_scale():
    """Five channels, each shifted: on one scale they agree, so the C 1s line is as narrow as in one of them."""
    survey, carbon, sulphur = readers.read_all(real("xps/pynxtools-xps/In-situ_PBTTT_XPS_SPECS.xml"))
    assert carbon.photon_energy_eV - carbon.kinetic_energy_electronvolt[carbon.intensity.argmax()] == pytest.approx(
        285.0
    )
    assert sulphur.photon_energy_eV - sulphur.kinetic_energy_electronvolt[sulphur.intensity.argmax()] == pytest.approx(
        164
    )
    np.testing.assert_array_equal(sum(carbon.more[f"scan {n}"] for n in range(10)), carbon.intensity)
    assert (survey.scans, carbon.scans, sulphur.scans) == (1, 10, 15)
    assert any("5 channels" in w for w in carbon.warnings)


def test_workbook_vamas_and_json_of_one_fit_agree():
    stored = json.loads(real("xps/KherveFitting/Pt4f.json").read_text())["Core levels"]["Pt4f"]
    book = readers.read(real("xps/KherveFitting/Pt4f.xlsx"))
    vamas = readers.read(real("xps/KherveFitting/Pt4f.vms"))
    np.testing.assert_allclose(book.binding_energy_electronvolt, stored["B.E."], atol=0.0051)
    np.testing.assert_allclose(book.intensity, vamas.intensity)
    binding = vamas.photon_energy_eV - vamas.kinetic_energy_electronvolt
    # KherveFitting took 1486.67 eV for the photons where the file states 1486.68
    np.testing.assert_allclose(binding - 0.01, book.binding_energy_electronvolt, atol=1e-9)
    np.testing.assert_allclose(book.more["Transmission"], vamas.more["Transmission"])
    # the workbook's "Corrected Data" is what the json calls raw
    np.testing.assert_allclose(book.more["Corrected Data"], stored["Raw Data"], atol=0.0051)
    for peak, kept in zip(book.stored_peaks, stored["Fitting"]["Peaks"].values(), strict=True):
        assert (peak.position_eV, peak.fwhm_eV) == (kept["Position"], kept["FWHM"])
        assert peak.area == pytest.approx(kept["Area"], abs=0.5)
        assert (peak.shape, peak.background) == (kept["Fitting Model"], kept["Bkg Type"])


def test_export_of_avantage_and_its_fit_are_one_measurement():
    thermo = {r.region: r for r in readers.read_all(real("xps/KherveFitting/Hard_carbon_Thermo.xlsx"))}
    kherve = {r.region: r for r in readers.read_all(real("xps/KherveFitting/Hard_carbon_Thermo_Kfitting.xlsx"))}
    for region in ("O1s", "Na1s", "C1s", "CKLL"):
        np.testing.assert_array_equal(thermo[region].intensity, kherve[region].intensity)
        np.testing.assert_array_equal(
            thermo[region].binding_energy_electronvolt, kherve[region].binding_energy_electronvolt
        )
    names = [p.name for p in thermo["C1s"].stored_peaks]
    assert names == ["C1s C-C", "C1s C-O-C", "C1s C=O", "C1s Shake up sat", "C1s sp2 C"]
    assert thermo["C1s"].stored_peaks[4].fwhm_eV == 0.61
    assert [p.position_eV for p in kherve["C1s"].stored_peaks] == [284.53, 291.03, 284.88, 286.2, 287.73, 289.2]
    assert thermo["Survey"].stored_peaks == ()


def test_depth_profile_has_its_sputter_times():
    records = readers.read_all(real("xps/pynxtools-xps/SnO2_10nm_1.pro"))
    tin = [r for r in records if r.region == "Sn3d5"]
    assert [r.etch_time_s for r in tin] == [30.0 * n for n in range(21)]
    assert [r.intensity.max() for r in tin[:3]] == [120375, 192475, 193350]
    assert tin[0].pass_energy_eV == 55
    assert tin[0].work_function_eV == 4.506
    peaks = [r.binding_energy_electronvolt[r.intensity.argmax()] for r in tin]
    assert all(484.5 < peak < 486 for peak in peaks)  # tin 3d5/2, metal and oxide
    assert readers.read_all(real("xps/yadg/test1.spe"))[0].etch_time_s == 30


def test_metadata_of_kratos_and_multipak():
    wide = readers.read_all(real("xps/LG4X/0-150W.vms"))[0]
    assert wide.about.settings["Resolution"] == "160.00"
    assert wide.about.sample == "Ni-W"
    assert wide.work_function_eV == -4.5  # as the file states it
    assert (wide.dwell_time_s, wide.scans, wide.pass_energy_eV) == (0.0995024875621891, 1, 160)
    oxygen = readers.read_all(real("xps/LG4X/Mutlipak_vms.npl"))[1]
    assert (oxygen.region, oxygen.about.start_time, oxygen.photon_energy_eV) == ("O 1s", "2019-01-22", 1486.6)
    assert oxygen.about.instrument == "PHI VersaProbe II"
    etched = readers.read_all(real("xps/xylib/mjr9_59c.vms"))
    assert {r.etch_time_s for r in etched} == {0.0}


def test_regions_that_do_not_scan_the_energy_are_left_out_and_said():
    for name, words in (
        ("xylib/specsxy_example.xy", "photon energies at one kinetic energy"),
        ("pynxtools-xps/MgFe2O4.xy", "2 curves left out: .*fixed energies"),
        ("PyExpLabSys/specs_xps_sample.xml", "it has 1 points"),
    ):
        warnings = readers.read_all(real(f"xps/{name}"))[0].warnings
        assert any(re.search(words, w) for w in warnings), warnings
    for end in ("xy", "xml"):
        ions = readers.read_all(real(f"xps/PyExpLabSys/specs_iss_sample.{end}"))[0]
        assert "the method is ISS: not photoelectrons" in ions.warnings
        assert ions.photon_energy_eV is None
