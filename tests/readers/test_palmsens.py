"""PalmSens sessions and exports: numbers as stored, microamperes, -Z'', several scans, everything odd is said."""

import json
import time

import numpy as np
import pytest

from limetal import readers
from limetal.errors import BadInputError
from limetal.readers import palmsens_pssession
from support.data_files import real
from support.samples import palmsens_csv as csv
from support.samples.common import FREQUENCY_HZ, Z_OHM
from support.samples.palmsens_pssession import (
    E_V,
    I_UA,
    T_S,
    array,
    cv,
    eis,
    measurement,
    save,
    session,
    spectrum_arrays,
    write_older_session,
    write_session,
)

SDK = "eis/PalmSens_SDK"
DEMO = "Demo CV DPV EIS IS-C electrode.pssession"
REAL = {
    "CV example.pssession": [("polarisation", 437), ("polarisation", 436), ("polarisation", 436)],
    "DPV example.pssession": [("polarisation", 201)],
    DEMO: [
        ("polarisation", 219),
        ("polarisation", 437),
        ("polarisation", 436),
        ("polarisation", 436),
        ("impedance", 71),
    ],
    "PSDiffPulse.pssession": [("polarisation", 201)],
    "PSNoiseTest.pssession": [("polarisation", 198)],
    "cv_1scan.pssession": [("polarisation", 41)],
    "cv_3scan.pssession": [("polarisation", 40), ("polarisation", 40), ("polarisation", 41)],
    "eis_5freq.pssession": [("impedance", 5)],
}


def raw(path):
    """The JSON by itself: measurements with small keys, for comparison."""
    text = path.read_bytes().decode("utf-16").strip("\ufeff")
    return {k.lower(): v for k, v in json.loads(text, strict=False).items()}["measurements"]


def values(bag):
    small = {k.lower(): v for k, v in bag.items()}
    return [point.get("V", point.get("v")) for point in small["datavalues"]]


@pytest.mark.parametrize("name", REAL)
def test_real_session(name):
    records = readers.read_all(real(f"{SDK}/{name}"))
    assert [(r.kind, r.rows) for r in records] == REAL[name]


def test_real_demo_is_quick():
    path = real(f"{SDK}/{DEMO}")
    readers.recognise(path)  # loads the readers
    began = time.perf_counter()
    readers.read_all(path)
    assert time.perf_counter() - began < 1.0


def test_real_demo_has_the_numbers_of_its_json():
    path = real(f"{SDK}/{DEMO}")
    records = readers.read_all(path)
    sets = [m["dataset"]["values"] for m in raw(path)]
    np.testing.assert_allclose(records[0].current_ampere, np.array(values(sets[0][2])) * 1e-6, rtol=1e-14)
    for scan in range(3):
        assert records[1 + scan].potential_volt.tolist() == values(sets[1][1 + 3 * scan])
        np.testing.assert_allclose(records[1 + scan].current_ampere, np.array(values(sets[1][2 + 3 * scan])) / 1e6)
    spectrum = records[4]
    arrays = {a["description"]: values(a) for a in sets[2]}
    assert spectrum.frequency_hertz.tolist() == arrays["Frequency"]
    assert spectrum.impedance_real_ohm.tolist() == arrays["ZRe"]
    assert spectrum.impedance_imaginary_ohm.tolist() == [-z for z in arrays["ZIm"]]
    assert spectrum.test_time_second.tolist() == arrays["time"]
    np.testing.assert_allclose(np.degrees(np.angle(spectrum.impedance)), -np.array(arrays["Phase"]), atol=1e-3)
    assert np.all(spectrum.impedance_imaginary_ohm < 0)


def test_real_scan_rate_is_that_of_the_times():
    records = readers.read_all(real(f"{SDK}/CV example.pssession"))
    first = records[0]
    rate = np.abs(np.diff(first.potential_volt) / np.diff(first.test_time_second))
    assert first.scan_rate_V_s == pytest.approx(float(np.median(rate)), rel=0.02)
    assert records[1].test_time_second is None
    assert "the file has times for the first scan only" in first.warnings
    assert first.about.start_time == "2017-07-12T14:33:10+02:00"
    assert first.about.comment.startswith("IS-1 (screen printed carbon electrode) in 2.5 mM K3[Fe(CN)6]")


def test_real_charge_is_the_integral_of_the_microamperes():
    record = readers.read(real(f"{SDK}/cv_1scan.pssession"))
    charge = np.diff(record.more["scan1channel1 (uC)"]) * 1e-6
    mean = (record.current_ampere[1:] + record.current_ampere[:-1]) / 2
    np.testing.assert_allclose(charge, mean * np.diff(record.test_time_second), rtol=1e-6)


# ---------------------------------------------------------------- sessions


def test_about_a_session(tmp_path):
    first = readers.read_all(write_session(tmp_path))[0]
    about = first.about
    assert (about.software, about.technique, about.comment) == (
        "PSTrace 5.11.1006.19013",
        "Cyclic Voltammetry",
        "1 M LiPF6\nLi",
    )
    assert about.start_time == "2025-07-15T14:25:26+02:00"
    assert about.settings["DeviceFW"] == "1.307\tOct  7 2024 11:57:21"  # a raw tab within the JSON
    assert first.scan_rate_V_s == 1.0


def test_arrays_of_another_length_are_named(tmp_path):
    records = readers.read_all(write_session(tmp_path))
    assert records[0].more["scan1 (uC)"].tolist() == pytest.approx((I_UA[0] * 0.1).tolist())
    assert "scan2 (uC) has 6 values for 5 points and is left out" in records[1].warnings


def test_hidden_arrays_are_left_out_and_the_others_kept(tmp_path):
    record = readers.read(write_older_session(tmp_path))
    assert list(record.more) == ["Phase (°)"]
    assert record.label == ""
    assert record.warnings == ()


@pytest.mark.parametrize(("quantity", "sign"), [("-Z''", -1), ("Z''", 1)])
def test_sign_of_the_imaginary_part_is_what_the_unit_says(quantity, sign, tmp_path):
    arrays = [a for a in spectrum_arrays(Z_OHM) if a["ArrayType"] != 6]
    imaginary = next(a for a in arrays if a["ArrayType"] == 8)
    imaginary["Unit"]["Q"] = quantity
    file = save(tmp_path, "x.pssession", session(measurement("EIS", "eis", arrays)))
    (record,) = palmsens_pssession.read(readers.RawFile(file), readers.ReadOptions())
    np.testing.assert_allclose(record.impedance_imaginary_ohm, sign * -Z_OHM.imag)


@pytest.mark.parametrize(
    ("quantity", "phased", "match"),
    [("", False, "an imaginary part called ''"), ("Z''", True, "of the other sign than '-Phase'")],
)
def test_an_open_sign_is_refused(quantity, phased, match, tmp_path):
    arrays = [a for a in spectrum_arrays(Z_OHM) if phased or a["ArrayType"] != 6]
    next(a for a in arrays if a["ArrayType"] == 8)["Unit"]["Q"] = quantity
    with pytest.raises(BadInputError, match=match):
        readers.read(save(tmp_path, "x.pssession", session(measurement("EIS", "eis", arrays))))


def test_a_sign_left_open_is_told_by_the_phase(tmp_path):
    arrays = spectrum_arrays(Z_OHM)
    next(a for a in arrays if a["ArrayType"] == 8)["Unit"]["Q"] = None
    record = readers.read(save(tmp_path, "x.pssession", session(measurement("EIS", "eis", arrays))))
    np.testing.assert_allclose(record.impedance_imaginary_ohm, Z_OHM.imag)


def test_spectra_in_a_row_are_parted(tmp_path):
    """Scans of potential or time have all spectra in one data set; the last was aborted after one point."""
    arrays = spectrum_arrays(Z_OHM)
    for one in arrays:
        one["DataValues"] = one["DataValues"] * 3 + one["DataValues"][:1]
    records = readers.read_all(save(tmp_path, "x.pssession", session(measurement("EIS", "eis", arrays))))
    assert [r.label for r in records] == [f"EIS, spectrum {n}" for n in (1, 2, 3)]
    assert all(np.array_equal(r.frequency_hertz, FREQUENCY_HZ) for r in records)
    assert any("the last point begins another spectrum" in w for w in records[0].warnings)


def test_overloads_are_counted(tmp_path):
    one = cv()
    for point in one["DataSet"]["Values"][2]["DataValues"][1:3]:
        point["S"] = 1
    records = readers.read_all(save(tmp_path, "x.pssession", session(one)))
    assert "2 currents are marked as overloads of their range" in records[0].warnings


def test_unknown_techniques_and_arrays_are_named(tmp_path):
    arrays = [array(1, "potential", "Volt", E_V), array(2, "current", "MicroAmpere", I_UA[0])]
    arrays.append(array(77, "novelty", "Volt", E_V))
    record = readers.read(save(tmp_path, "x.pssession", session(measurement("New", "zzz", arrays))))
    assert record.kind == "polarisation"
    assert "the technique 'zzz' is not known: potential and current are read as they are" in record.warnings
    assert "the array 'novelty' has the type 77 (Volt), which is not understood" in record.warnings
    assert record.more["novelty (V)"].tolist() == E_V.tolist()


@pytest.mark.parametrize(("unit", "amperes"), [("MicroAmpere", 1e-6), ("Ampere", 1.0)])
def test_units_of_current(unit, amperes, tmp_path):
    current = array(2, "current", "MicroAmpere", I_UA[0])
    current["Unit"]["Type"] = f"PalmSens.Units.{unit}"
    arrays = [array(1, "potential", "Volt", E_V), current]
    record = readers.read(save(tmp_path, "x.pssession", session(measurement("LSV", "lsv", arrays))))
    np.testing.assert_allclose(record.current_ampere, I_UA[0] * amperes)


def test_an_unknown_unit_is_refused(tmp_path):
    current = array(2, "current", "MicroAmpere", I_UA[0])
    current["Unit"]["Type"] = "PalmSens.Units.Log10Current"
    arrays = [array(1, "potential", "Volt", E_V), current]
    with pytest.raises(BadInputError, match="'current' in the unit Log10Current, want Ampere or MicroAmpere"):
        readers.read(save(tmp_path, "x.pssession", session(measurement("LSV", "lsv", arrays))))


def test_open_circuit_has_no_current(tmp_path):
    arrays = [array(0, "time", "Time", T_S), array(1, "potential", "Volt", E_V)]
    record = readers.read(save(tmp_path, "x.pssession", session(measurement("OCP", "ocp", arrays))))
    assert record.kind == "cycling"
    assert record.current_ampere is None
    assert record.voltage_volt.tolist() == E_V.tolist()


def test_a_current_in_time_without_potential_is_refused(tmp_path):
    arrays = [array(0, "time", "Time", T_S), array(2, "current", "MicroAmpere", I_UA[0])]
    file = save(tmp_path, "x.pssession", session(measurement("CA", "ad", arrays)))
    with pytest.raises(BadInputError, match=r"'CA': found arrays that make no record \(time \(5\), current \(5\)\)"):
        readers.read(file)
    file = save(tmp_path, "y.pssession", session(measurement("CA", "ad", arrays), cv()))
    records = readers.read_all(file)
    assert len(records) == 2
    assert any(w.startswith("left out: 'CA': arrays that make no record") for w in records[0].warnings)


def test_a_value_that_is_no_number_is_refused(tmp_path):
    one = cv()
    one["DataSet"]["Values"][1]["DataValues"][2] = {"V": "much"}
    with pytest.raises(BadInputError, match="array 'scan1': found a value that is no number"):
        readers.read(save(tmp_path, "x.pssession", session(one)))


def test_unequal_potentials_and_currents(tmp_path):
    one, two = cv(), cv()
    del one["DataSet"]["Values"][2]["DataValues"][-1]
    first = readers.read_all(save(tmp_path, "x.pssession", session(one)))[0]
    assert first.rows == 4
    assert "5 potentials and 4 currents: the last was not finished and is left out" in first.warnings
    del two["DataSet"]["Values"][2]["DataValues"][-2:]
    with pytest.raises(BadInputError, match="5 potentials and 3 currents"):
        readers.read_all(save(tmp_path, "x.pssession", session(two)))


def test_cut_sessions_are_refused_and_deep_ones_too(tmp_path):
    file = write_session(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInputError, match="JSON that is cut or garbled"):
        readers.read(file)
    file.write_bytes(('{"Type":"PalmSens.DataFiles.SessionFile","a":' + "[" * 100_000).encode("utf-16"))
    with pytest.raises(BadInputError, match="JSON that is cut or garbled"):
        readers.read(file)


def test_words_after_the_session_are_said(tmp_path):
    file = write_older_session(tmp_path)
    file.write_bytes(file.read_bytes() + "and more".encode("utf-16-le"))
    assert "8 characters after the session are left out" in readers.read(file).warnings


def test_utf_8_without_mark_is_read(tmp_path):
    file = tmp_path / "x.pssession"
    file.write_text(json.dumps(session(eis(Z_OHM))), encoding="utf-8")
    np.testing.assert_allclose(readers.read(file).impedance, Z_OHM)


# ---------------------------------------------------------------- exports


def test_about_an_export(tmp_path):
    records = readers.read_all(csv.write_export(tmp_path))
    assert records[0].about.start_time == "2026-05-27T10:38:50"
    assert records[0].about.technique == "Cyclic Voltammetry [1]"
    assert records[2].about.start_time == "2026-05-28T11:00:00"
    assert list(records[2].more) == ["neg. Phase / °", "Z / Ohm", "Cs / F"]


def test_curves_of_no_use_are_named(tmp_path):
    record = readers.read(csv.write_run_export(tmp_path))
    assert record.warnings[0] == "the curve 'Chronopotentiometry: CP Q vs t' (µc against s) is left out"


@pytest.mark.parametrize(
    ("name", "phase", "sign"),
    [("Z'' / Ohm", True, 1), ("-Z'' / Ohm", True, 1), ("-Z'' / Ohm", False, 1), ("Z'' / Ohm", "true", -1)],
)
def test_sign_in_an_export(name, phase, sign, tmp_path):
    """Whatever the column is called, the phase beside it tells; ``sign`` is that of -Im Z in the column."""
    rows = csv.spectrum_rows(Z_OHM, "CH 1: Fixed at some freqs")
    rows[1] = [name if field == "Z'' / Ohm" else field for field in rows[1]]
    for row in rows[2:]:
        row[5] = repr(sign * float(row[5]))
    if not phase:
        rows[1][1] = "A / B"
    record = readers.read(csv.save(tmp_path, "x.csv", [*csv.HEAD, *rows]))
    np.testing.assert_allclose(record.impedance, Z_OHM)


def test_an_open_sign_in_an_export_is_refused(tmp_path):
    rows = csv.spectrum_rows(Z_OHM, "CH 1: Fixed at some freqs")
    rows[1][1] = "A / B"
    with pytest.raises(BadInputError, match="a column Z'' / Ohm without a phase beside it"):
        readers.read(csv.save(tmp_path, "x.csv", [*csv.HEAD, *rows]))


def test_spectra_side_by_side(tmp_path):
    one, two = csv.spectrum_rows(Z_OHM, "CH 1"), csv.spectrum_rows(2 * Z_OHM, "CH 2")
    rows = [["CH 1", *[""] * 6, "CH 2"], *([*a, *b] for a, b in zip(one[1:], two[1:], strict=True))]
    first, second = readers.read_all(csv.save(tmp_path, "x.csv", [*csv.HEAD, *rows]))
    assert (first.label, second.label) == ("CH 1", "CH 2")
    np.testing.assert_allclose(second.impedance, 2 * first.impedance)


def test_lines_quoted_as_a_whole(tmp_path):
    file = csv.write_export(tmp_path)
    text = file.read_bytes().decode("utf-16")
    quoted = "\r\n".join(f'"{line}"' if line and n % 2 else line for n, line in enumerate(text.split("\r\n")))
    plain = readers.read_all(file)
    file.write_bytes(quoted.encode("utf-16"))
    for a, b in zip(plain, readers.read_all(file), strict=True):
        assert {k: v.tolist() for k, v in a.columns().items()} == {k: v.tolist() for k, v in b.columns().items()}


@pytest.mark.parametrize(("bad", "match"), [("abc", "'abc', want a number"), ("", "half a pair of numbers")])
def test_bad_numbers_in_an_export_are_named(bad, match, tmp_path):
    rows = csv.grid(["LSV: i vs E"], ["V", "µA"], [E_V, I_UA[0]])
    rows[4][1] = bad
    with pytest.raises(BadInputError, match=f"line 8: found {match}"):
        readers.read(csv.save(tmp_path, "x.csv", [*csv.HEAD, *rows]))


@pytest.mark.parametrize(
    ("lost", "rows", "said"), [(1, 4, ""), (2, 3, "last pair of line 10 was left out"), (6, 3, "left")]
)
def test_a_pair_that_the_end_of_the_file_cut_is_left_out(lost, rows, said, tmp_path):
    head = "Date and time:,2025-01-01 12:00:00\nNotes:\n\nCyclic Voltammetry: CV i vs E Scan 1,\n"
    table = "Date and time measurement:,2025-01-01\nV,µA\n-0.5,1.54e-3\n-0.4,2.56e-3\n-0.3,3.58e-3\n-0.2,4.59e-3\n"
    file = tmp_path / "cv.csv"
    file.write_text((head + table)[:-lost], encoding="utf-16")
    record = readers.read(file)
    assert record.rows == rows
    assert said in "; ".join(record.warnings)
