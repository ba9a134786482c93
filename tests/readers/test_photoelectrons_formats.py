"""Made files of electron spectra: metadata, warnings and refusals; each refusal has a twin that is read."""

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from support.samples import avantage_xlsx, casaxps_csv, igor_ibw, phi_spe, scienta_text, specs_xml, specs_xy, vamas


def read_bytes(folder, name, data, reader=None):
    file = folder / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return readers.read_all(file, reader=reader)


def refused(folder, name, data, match, reader=None):
    with pytest.raises(BadInputError, match=match):
        read_bytes(folder, name, data, reader)


def replaced(text, old, new, count=1):
    assert old in text
    return text.replace(old, new, count)


# ---------------------------------------------------------------------------------------------------- VAMAS


def test_casaxps_calibration_is_told_and_not_applied(tmp_path):
    record = readers.read(vamas.write_vamas_casaxps(tmp_path))
    np.testing.assert_allclose(record.kinetic_energy_electronvolt, vamas.KINETIC_EV)
    shift, moved = record.warnings
    assert shift.startswith(
        "CasaXPS shows these binding energies shifted by +3.4 eV (Calib M = 281.4 A = 284.8 BE ADD)"
    )
    assert moved.endswith("+3.4 eV of kinetic energy brought them onto that of the file")
    (peak,) = record.stored_peaks
    assert peak.position_eV == pytest.approx(1193.5 + 3.4)
    assert (peak.name, peak.fwhm_eV, peak.area) == ("C 1s C-C", 1.1454559, 739.26841)
    assert (peak.shape, peak.background) == ("LF(0.9,1.1,50,300,3)", "U 2 Tougaard")
    assert record.about.settings["CasaXPS calibration"] == "Calib M = 281.4 A = 284.8 BE ADD"
    assert record.about.settings["Analyzer lens"] == "LargeArea:1.5kV"


@pytest.mark.parametrize(
    ("line", "position"),
    [
        ("Calib M = 281.4 A = 284.8 Regions Comps BE ADD", 1193.5),
        ("Calib M = 280,290 A = 284.8 BE ADD", None),
        ("no calibration", 1193.5),
    ],
)
def test_position_of_a_stored_peak_follows_its_calibration(tmp_path, line, position):
    text = replaced(vamas.casa_text(), "Calib M = 281.4 A = 284.8 BE ADD", line)
    (record,) = read_bytes(tmp_path, "casa.vms", text)
    assert record.stored_peaks[0].position_eV == position
    assert any("by an amount it does not say" in w for w in record.warnings) is (position is None)
    assert (record.warnings == ()) is line.startswith("no")


def test_vamas_says_what_it_knows(tmp_path):
    first, second = readers.read_all(vamas.write_vamas_kratos(tmp_path))
    assert (first.region, first.about.sample, first.about.instrument) == ("C 1s", "film A", "Kratos Axis")
    assert (first.photon_energy_eV, first.pass_energy_eV, first.scans, first.dwell_time_s) == (1486.69, 20, 3, 0.26)
    assert (first.etch_time_s, second.etch_time_s) == (0, 30)
    assert first.about.start_time == "2024-05-14T10:41:24"
    np.testing.assert_allclose(first.more["Transmission"], vamas.TRANSMISSION)
    assert first.warnings == second.warnings == ()


def test_items_left_out_of_all_blocks_are_read_too(tmp_path):
    """By the standard the first block is whole; some programs thin out that one too."""
    text = replaced(vamas.depth_text(), "\n-2\n8\n9\n", "\n-1\n8\n").replace("1\nas kept by the standard\nXPS", "XPS")
    text = text.replace("24\n1\n0.5\n", "24\n1\nXPS\n0.5\n")
    standard = readers.read_all(vamas.write_vamas_depth_profile(tmp_path))
    thinned = read_bytes(tmp_path, "thin.vms", text)
    for a, b in zip(standard, thinned, strict=True):
        np.testing.assert_array_equal(a.intensity, b.intensity)
    assert [r.etch_time_s for r in thinned] == [0, 30]


def test_cut_vamas_file_is_shorter_and_says_so(tmp_path):
    lines = vamas.kratos_text().split("\r\n")
    second = lines.index("C 1s/5")
    (record,) = read_bytes(tmp_path, "cut.vms", "\r\n".join(lines[: second + 20]))
    assert "within block 2 of 2, which was left out" in record.warnings[0]
    whole, part = read_bytes(tmp_path, "cut.vms", "\r\n".join(lines[:-5]) + "\r\n")
    assert (whole.rows, part.rows) == (8, 6)
    np.testing.assert_array_equal(part.intensity, vamas.COUNTS[::-1][:6])
    # the last number may have lost digits where the file ends without an end of line
    _, part = read_bytes(tmp_path, "cut.vms", "\r\n".join(lines[:-4]))
    assert part.rows == 6
    (a, b) = read_bytes(tmp_path, "cut.vms", "\r\n".join(lines[:-2]) + "\r\n")
    assert (a.rows, b.rows) == (8, 8)
    assert a.warnings == ("the line 'end of experiment' is missing at the end of the file",)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("REGULAR", "MAPPING", r"film.vms: found maps \(MAP, MAPPING\)"),
        ("REGULAR", "SOMEHOW", r"line 8: found 'SOMEHOW', want the scan mode"),
        ("\r\nMAP\r\n", "\r\nNOEXP\r\n", "line 7: found NOEXP"),
        ("XPS", "PES", r"line \d+: found 'PES', want the technique"),
        ("Kinetic Energy\r\neV", "Time\r\ns", r"block 1 .*its abscissa is 'Time'"),
        ("Kinetic Energy\r\neV", "Kinetic Energy\r\nkeV", "in 'keV', not in eV"),
        ("1196.69\r\n0.1", "1196.69\r\n0", r"steps of 0 eV"),
        ("\r\n16\r\n95\r\n", "\r\n15\r\n95\r\n", r"found 15 ordinate values, want a multiple of the 2"),
        ("\r\n16\r\n95\r\n", "\r\n14\r\n95\r\n", r"line \d+: found "),
        ("131", "13l", r"line \d+: found '13l', want a number"),
        ("131", "nan", r"line \d+: found 'nan', want a number"),
    ],
)
def test_vamas_file_is_refused(tmp_path, old, new, match):
    text = vamas.kratos_text()
    assert len(read_bytes(tmp_path, "film.vms", text)) == 2
    text = replaced(text, old, new, -1 if "Energy" in old or old == "1196.69\r\n0.1" else 1)
    refused(tmp_path, "film.vms", text, match, reader="vamas")


def test_columns_beyond_the_limits_stated_are_doubted(tmp_path):
    text = replaced(vamas.kratos_text(), "\r\n95\r\n260\r\n27.05\r\n27.47\r\n", "\r\n27.05\r\n27.47\r\n95\r\n260\r\n")
    doubted, sound = read_bytes(tmp_path, "film.vms", text)
    assert doubted.warnings[0].startswith("Intensity runs from 95 to 260, outside the 27.05 to 27.47")
    assert sound.warnings == ()


@pytest.mark.parametrize(("label", "unit", "wanted"), [
    ("Intensity", "d", "counts"), ("Intensity", "c/s", "counts/s"), ("counts", "d", "counts"), ("CPS", "d", "counts/s"),
    ("Intensity", "n", "a.u."), ("Intensity", "A", "a.u."),
])  # fmt: skip
def test_unit_of_vamas_is_what_it_says(tmp_path, label, unit, wanted):
    text = vamas.kratos_text().replace("Intensity\r\nd", f"{label}\r\n{unit}")
    assert read_bytes(tmp_path, "film.vms", text)[0].intensity_unit == wanted


# ---------------------------------------------------------------------------------------------------- SPECS


def test_specs_text_says_what_it_knows(tmp_path):
    record = readers.read(specs_xy.write_specs_xy_specslab2(tmp_path))
    assert (record.photon_energy_eV, record.pass_energy_eV, record.scans) == (1486.61, 20, 50)
    assert (record.dwell_time_s, record.work_function_eV) == (0.1, 4.425)
    assert record.about.software == "SpecsLab2, Version 2.79-r33432"
    assert record.about.start_time == "2015-02-27T10:01:10"
    np.testing.assert_allclose(record.more["transmission"], specs_xy.TRANSMISSION)


def test_external_channel_stands_beside_its_curve(tmp_path):
    records = readers.read_all(specs_xy.write_specs_xy_prodigy(tmp_path))
    assert [list(r.more) for r in records] == [[], [], [], ["Sample temperature [K] (Laser heater)"]]
    assert records[0].about.start_time == "2023-08-24T15:05:13+00:00"
    assert records[0].about.settings["Loop"] == "1"
    assert records[2].about.settings["Loop"] == "2"
    assert records[0].warnings == (
        "1 curve left out: its points are points one after the other at fixed energies (FixedEnergies), not a spectrum",
    )


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        (
            "# Binding Energy:    139.87",
            "# Binding Energy:    50",
            "line 33: found energies from 139.87 eV under a header",
        ),
        ("# Binding Energy:    139.87", "# Kinetic Energy:    50", "binding energies under a header with a kinetic"),
        ("139.82  660.66791", "139.82  660,668,1", r"line 34: found '139.82  660,668,1"),
        ("139.82  660.66791  2.4412355", "139.82  660.66791", "line 34: found 2 numbers, want 3"),
        ("# Values/Curve:      5", "# Values/Curve:      4", "line 37: found point 5 of a curve of 4"),
        ("FixedAnalyzerTransmission", "ConstantFinalState", "photon energies at one kinetic energy"),
        ("energy counts/s", "index counts/s", "counted by index"),
    ],
)
def test_specs_text_is_refused(tmp_path, old, new, match):
    text = specs_xy.specslab2_text()
    assert len(read_bytes(tmp_path, "p.xy", text)) == 1
    refused(tmp_path, "p.xy", replaced(text, old, new), match)


def test_decimal_comma_and_missing_points_of_specs_text(tmp_path):
    head, rows = specs_xy.specslab2_text().split("# ColumnLabels")
    (record,) = read_bytes(tmp_path, "p.xy", head + "# ColumnLabels" + rows.replace(".", ","))
    np.testing.assert_allclose(record.intensity, specs_xy.RATE)
    (record,) = read_bytes(tmp_path, "p.xy", head.replace("Curve:      5", "Curve:      9") + "# ColumnLabels" + rows)
    assert record.warnings == ("5 points of 9: the measurement or the file was cut short",)
    (record,) = read_bytes(tmp_path, "p.xy", (head + "# ColumnLabels" + rows).rstrip())
    assert record.rows == 5
    assert record.warnings == ()  # all numbers have one decimal, so the last has lost none
    (record,) = read_bytes(tmp_path, "p.xy", (head + "# ColumnLabels" + rows).rstrip()[:-9])
    assert record.rows == 4
    assert "line 37 was left out" in record.warnings[0]


def test_specs_xml_counts_and_refusals(tmp_path):
    record = readers.read_all(specs_xml.write_specs_xml_one_channel(tmp_path))[0]
    assert (record.scans, record.photon_energy_eV, record.pass_energy_eV) == (2, 1253.6, 50)
    assert record.about.start_time == "2014-12-09T11:10:17+00:00"
    np.testing.assert_array_equal(record.more["scan 1"], specs_xml.SCANS[1])
    assert record.warnings[0].startswith("region Align was left out")
    short = specs_xml.region("C1s", [specs_xml.SCANS[0], specs_xml.SCANS[1][:4]], values=6)
    (record,) = read_bytes(tmp_path, "a.xml", specs_xml.document(short))
    np.testing.assert_array_equal(record.intensity, specs_xml.SCANS[0])
    assert record.warnings == ("scan 1 was left out: it has 4 counts of 6", "1 scans of 2")
    for region, match in (
        (specs_xml.region("C1s", [specs_xml.SCANS[0][:4]], values=6), "it has 4 counts of 6"),
        (specs_xml.region("C1s", [np.zeros(8)], values=6, head=1, tail=1, shifts=(0.2,)), "shifted by 20 points"),
        (specs_xml.region("C1s", [specs_xml.SCANS[0]], values=6).replace("1146", "11x6"), "found '11x6'"),
        (specs_xml.region("C1s", [specs_xml.SCANS[0]], values=6).replace(">253.6<", "><"), "kinetic_energy ''"),
        (specs_xml.region("C1s", [specs_xml.SCANS[0]], values=6, mode="FixedEnergies"), "fixed energies"),
    ):
        refused(tmp_path, "a.xml", specs_xml.document(region), match)
    refused(tmp_path, "a.xml", specs_xml.document(short)[:-40], "XML that is cut")


# ---------------------------------------------------------------------------------------------------- PHI


def test_phi_says_what_it_knows(tmp_path):
    survey, fluorine = readers.read_all(phi_spe.write_phi_spectrum(tmp_path))
    assert (survey.photon_energy_eV, survey.pass_energy_eV, survey.work_function_eV) == (1486.6, 93.9, 4.7)
    assert (fluorine.pass_energy_eV, fluorine.etch_time_s, fluorine.scans) == (29.35, 30, None)
    assert (survey.about.instrument, survey.about.sample) == ("PHI Quantum 2000", "film-pos1")
    assert survey.about.start_time == "2021-10-05"
    levels = readers.read_all(phi_spe.write_phi_profile(tmp_path))
    assert [r.etch_time_s for r in levels] == [0, 30, 60]


def test_phi_auger_energies_are_kinetic(tmp_path):
    data = replaced(phi_spe.spe_bytes(), b"Technique: XPS", b"Technique: AES")
    survey, _ = read_bytes(tmp_path, "a.spe", data)
    assert survey.binding_energy_electronvolt is None
    assert survey.kinetic_energy_electronvolt[0] == 100
    assert survey.photon_energy_eV is None
    assert survey.warnings == ("the technique is AES: not photoelectrons",)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        (b"FileType:  SPECTRUM", b"FileType: MAP", r"a file of type MAP \(a map or an image\)"),
        (b"Technique: XPS", b"Technique: TOF", "technique TOF"),
        (b"111 11 -0.4000 100.0 96.0", b"111 12 -0.4000 100.0 95.6", "12 points of 1su, and 11 in its curve"),
        (b"111 11 -0.4000 100.0 96.0", b"111 11 -0.4000 100.0 90.0", "line 16: found 11 points .* do not end at 90 eV"),
        (b"f8\0\0", b"z4\0\0", "numbers of type 'z4'"),
        (b"f8\0\0", b"f4\0\0", "11 x 1 x 1 numbers of type f4 in 88 bytes"),
        (b"SpectralRegDef: 2 2", b"SpectralRegDof: 2 2", "a curve of region 2 of 1"),
        (b"EOFH", b"EOFF", "no header from SOFH to EOFH"),
    ],
)
def test_phi_file_is_refused(tmp_path, old, new, match):
    data = phi_spe.spe_bytes()
    assert len(read_bytes(tmp_path, "a.spe", data)) == 2
    refused(tmp_path, "a.spe", replaced(data, old, new), match)


def test_cut_phi_file_is_refused(tmp_path):
    data = phi_spe.spe_bytes()
    refused(tmp_path, "a.spe", data[:-20], r"bytes \d+ to \d+ of \d+, want bytes within the file")
    refused(tmp_path, "a.spe", data[: data.index(b"EOFH") + 60], "ends within the directory")


# ---------------------------------------------------------------------------------------------------- Scienta, Igor


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("Dimension 1 name=Binding Energy", "Dimension 1 name=Kinetic Energy", "under Energy Scale=Binding"),
        ("Dimension 1 name=Binding Energy [eV]", "Dimension 1 name=Detector", None),
        ("Dimension 1 scale=540 539.95", "Dimension 1 scale=540 539.75", "line 38: found 539.95 eV where the scale"),
        ("Dimension 1 size=4", "Dimension 1 size=3", r"line 40: found row 4 of 3"),
        ("Number of Regions=0002", "Number of Regions=0001", "found 2 regions, want the 1"),
        (" 5.39950000000000E+0002 ", " 5.39950000000000E+0002 1 ", "line 38: found 3 numbers, want 2"),
        (" 5.39950000000000E+0002 ", " 5.3995000O000000E+0002 ", "line 38: found '5.3995000O"),
        ("[Data 1]", "[Data 9]", None),
    ],
)
def test_scienta_text_is_refused(tmp_path, old, new, match):
    text = scienta_text.two_regions_text()
    assert len(read_bytes(tmp_path, "a.txt", text)) == 2
    text = replaced(text, old, new)
    if match:
        refused(tmp_path, "a.txt", text, match)
    elif "Data 9" in new:
        (record,) = read_bytes(tmp_path, "a.txt", text)
        assert record.warnings == ("region 1 (O1s) has no data",)
    else:  # the scale of the settings still says which energy it is
        assert read_bytes(tmp_path, "a.txt", text)[0].binding_energy_electronvolt is not None


def test_kinetic_energy_of_scienta_only_where_limits_say_so(tmp_path):
    text = replaced(scienta_text.two_regions_text(), "Low Energy=110", "Low Energy=108")
    record = read_bytes(tmp_path, "a.txt", text)[0]
    assert record.kinetic_energy_electronvolt is None
    assert readers.read_all(scienta_text.write_scienta_two_regions(tmp_path))[0].kinetic_energy_electronvolt is not None


def test_slices_of_scienta_need_their_scale(tmp_path):
    text = scienta_text.slices_text()
    assert len(read_bytes(tmp_path, "a.txt", text)) == 2
    refused(tmp_path, "a.txt", text.replace("Dimension 2 scale=-1.5 1.5", ""), "2 columns of intensity and a second")
    refused(tmp_path, "a.txt", text.replace("Dimension 2 size=2", "Dimension 3 size=2"), "three dimensions")


def test_igor_waves_that_are_no_spectra_are_refused(tmp_path):
    values, start, step, units = igor_ibw.VALUES, (600.0,), (-0.5,), ("Binding Energy [eV]",)
    whole = igor_ibw.version_5(values, start, step, units)
    assert read_bytes(tmp_path, "a.ibw", whole)[0].warnings == ()
    for data, match in (
        (igor_ibw.version_5(values, start, step, ("s",), note=""), "over 's', which says neither kinetic nor binding"),
        (igor_ibw.version_5(np.ones((2, 2, 2)), (0.0,) * 3, (1.0,) * 3, units), "3 dimensions"),
        (whole[:400], "4 numbers in a file of 400 bytes"),
        (whole[:50], "ends in its header"),
        (whole[:80] + b"\x05" + whole[81:], "complex numbers"),
        (whole[:80] + b"\x00" + whole[81:], "text"),
        (whole[:80] + b"\x03\x01" + whole[82:], "complex"),
    ):
        refused(tmp_path, "a.ibw", data, match, reader="igor_ibw")
    damaged = bytearray(whole)
    damaged[64 + 5] ^= 0xFF  # the date of creation
    assert "check sum" in read_bytes(tmp_path, "a.ibw", bytes(damaged))[0].warnings[0]


# ---------------------------------------------------------------------------------------------------- workbooks


def test_avantage_says_what_it_knows(tmp_path):
    survey, carbon = readers.read_all(avantage_xlsx.write_avantage_fit(tmp_path))
    assert (carbon.region, carbon.pass_energy_eV, carbon.scans) == ("C1s", 20, 5)
    assert carbon.about.software == "Avantage"
    assert carbon.about.settings["Analyser Mode"] == "CAE : Pass Energy 20.0 eV"
    assert [(p.name, p.position_eV, p.area) for p in carbon.stored_peaks] == [("C1s C-C", 297.83, 14670.27)]
    assert survey.stored_peaks == ()
    np.testing.assert_array_equal(carbon.more["Backgnd. (Counts / s)"], [3.0] * 4)
    levels = readers.read_all(avantage_xlsx.write_avantage_profile(tmp_path))
    assert [r.etch_time_s for r in levels] == [0, 30]


def test_khervefitting_raw_data_is_the_intensity(tmp_path):
    record = readers.read(avantage_xlsx.write_khervefitting(tmp_path))
    np.testing.assert_allclose(record.more["Corrected Data"], avantage_xlsx.RATE / 0.8)
    (peak,) = record.stored_peaks
    assert (peak.name, peak.position_eV, peak.fwhm_eV, peak.area) == ("C1s C-C", 297.9, 0.64, 127566)
    assert (peak.shape, peak.background) == ("GL (Area)", "Smart")


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        ([["Binding Energy (keV)", "Counts"], [0.29, 5], [0.28, 6]], "sheet C1s, row 1: found energies in keV"),
        ([["Binding Energy (eV)", "Counts"], [290, 5], ["x", 6], [289, 6]], "row 3: found 'x'"),
        ([["Binding Energy (eV)", "Counts"], [290, 5], ["", ""], [289, 6]], "row 4: found '289' below the energies"),
        ([["Binding Energy (eV)", "Counts"], [290, 5], [289, ""], [288, 6]], "row 3, column 2: found an empty cell"),
        ([["Binding Energy (eV)", "Counts"], [290, 5]], "1 rows of data"),
    ],
)
def test_workbook_is_refused(tmp_path, rows, match):
    sound = avantage_xlsx.save(tmp_path / "a.xlsx", {"C1s": [["Binding Energy (eV)", "Counts"], [290, 5], [289, 6]]})
    assert readers.read(sound).intensity_unit == "counts"
    with pytest.raises(BadInputError, match=match):
        readers.read_all(avantage_xlsx.save(tmp_path / "b.xlsx", {"C1s": rows}))


# ---------------------------------------------------------------------------------------------------- tables


def test_casaxps_export_keeps_both_energies_and_tells_the_shift(tmp_path):
    plain, _ = read_bytes(tmp_path, "a.csv", casaxps_csv.casa_blocks_text())
    assert plain.warnings == ()
    assert plain.photon_energy_eV == 1486.6
    assert [(p.name, p.position_eV, p.fwhm_eV, p.area) for p in plain.stored_peaks] == [
        ("C-C", 289.9, 1.1, 1500.5),
        ("C-O", 289.8, 1.2, 200),
    ]
    shifted, _ = read_bytes(tmp_path, "a.csv", casaxps_csv.casa_blocks_text(3.0))
    assert shifted.warnings == ("binding energies are as CasaXPS shows them, +3 eV from photon minus kinetic energy",)
    tabs, _ = read_bytes(tmp_path, "a.txt", casaxps_csv.casa_blocks_text(separator="\t"))
    np.testing.assert_array_equal(tabs.intensity, plain.intensity)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("PE/eV,Abs\n270,1\n271,2\n", "line 1: found photon energies"),
        ("BE (keV),Counts\n0.29,1\n0.28,2\n", "energies in keV"),
        ("BE/eV,Counts\n290,1\n289,x\n288,2\n", "line 3: found 'x' under 'Counts'"),
        ("BE/eV,Counts\n290,1\nend\n288,2\n", "line 3: found 'end'"),
        ("BE/eV,Counts\n290,5,1,5\n289,5,2,5\n", "is the comma also in the numbers"),
        ("BE/eV,a,Background\n290,1,2\n289,2,2\n", "none called counts or intensity"),
        ("BE/eV,Counts\n290,1\n", "1 rows of data"),
    ],
)
def test_table_is_refused(tmp_path, text, match):
    refused(tmp_path, "a.csv", text, match)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("BE/eV,Counts\n290,1\n289,2\n", ["spectrum 1"]),
        ("B.E. (eV)\tfilm A\tfilm B\n290\t1\t3\n289\t2\t4\n", ["film A", "film B"]),
        ("K.E. (eV);Counts\n1200,5;1\n1200,6;2\n", ["spectrum 1"]),
        ("Binding Energy,Intensity\n(eV),(counts/s)\n290,1\n289,2\n", ["spectrum 1"]),
        ("# Binding Energy (eV)  Intensity\n290  1\n289  2\n", ["spectrum 1"]),
    ],
)
def test_table_is_read(tmp_path, text, labels):
    records = read_bytes(tmp_path, "a.csv", text)
    assert [r.label for r in records] == labels
    np.testing.assert_array_equal(records[0].intensity, [1, 2])


def test_energy_without_unit_is_taken_as_electronvolts_and_said(tmp_path):
    (record,) = read_bytes(tmp_path, "a.csv", "Binding Energy,Counts\n290,1\n289,2\n")
    assert record.warnings == ("the headers give no unit of energy; eV was taken, in which spectra are written",)


@pytest.mark.parametrize("text", ["290,1\n289,2\n", "x,y\n290,1\n289,2\n", "Energy,Counts\n290,1\n289,2\n"])
def test_table_that_names_no_kind_of_energy_is_not_claimed(tmp_path, text):
    file = tmp_path / "a.csv"
    file.write_text(text)
    with pytest.raises(BadInputError):
        readers.read_all(file, reader="casaxps_csv")
    assert not readers.registry.load("limetal.readers", "casaxps_csv").looks_like(readers.RawFile(file))
