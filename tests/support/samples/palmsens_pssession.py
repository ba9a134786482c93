"""PalmSens sessions: capital keys of today, small ones of old, scans, spectra, runs in time."""

import json
from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import FREQUENCY_HZ, Z_OHM

E_V = np.array([-0.5, -0.4, -0.3, -0.4, -0.5])
I_UA = np.array([[-48.5, -40.0, -30.1, -39.5, -47.0], [-47.3, -39.9, -29.9, -39.4, -46.8]])
T_S = 0.1 * np.arange(5)
UNITS = {
    "Time": ("s", "Time", "t"),
    "Volt": ("V", "Potential", "E"),
    "MicroAmpere": ("A", "Current", "i"),
    "MicroCoulomb": ("C", "Charge", "Q"),
    "Hertz": ("Hz", "Frequency", "f"),
    "ZRe": ("Ω", "Z'", "Z"),
    "ZIm": ("Ω", "-Z''", "Z"),
    "Phase": ("°", "-Phase", "Phase"),
    "FixedUnit": ("npoints", None, None),
}
CLASSES = {0: "DataArrayTime", 1: "DataArrayPotentials", 2: "DataArrayCurrents", 3: "DataArrayCharge"}


def array(kind: int, description: str, unit: str, values: np.ndarray, **further) -> dict:
    """One array as PSTrace writes it."""
    s, q, a = UNITS[unit]
    status = {"S": 0} if unit in {"Volt", "MicroAmpere"} else {}
    return {
        "Type": f"PalmSens.Data.{CLASSES.get(kind, 'DataArray')}",
        "ArrayType": kind,
        "Description": description,
        "DataValueType": "PalmSens.Data.GenericValue",
        **further,
        "Unit": {"Type": f"PalmSens.Units.{unit}", "S": s, "Q": q, "A": a},
        "DataValues": [{"V": float(v), **status} for v in values],
    }


def method(technique: str, *lines: str) -> str:
    """Text of a method."""
    head = ["#PSTrace, Version=5.11.1006.19013", "#2025-07-15 14:25:51", "#cell.pssession", "#Method file version"]
    settings = [
        "METHOD_VERSION=1",
        "#Technique and application",
        f"METHOD_ID={technique}",
        "NOTES=1%20M%20LiPF6%crlfLi",
    ]
    return "\r\n".join([*head, *settings, "REF_ELECTRODE_NAME=", "AREA=0.0000000E+000", *lines, ""])


def measurement(title: str, technique: str, arrays: list[dict], *lines: str, **further) -> dict:
    """One measurement with a data set; its curves show the same."""
    return {
        "Title": title,
        "TimeStamp": 638881863267491192,
        "UTCTimeStamp": 638881791267491192,
        "DeviceUsed": 15,
        "DeviceSerial": "ES4HR20B0008",
        "DeviceFW": "1.307 Oct  7 2024 11:57:21",
        "Type": "PalmSens.Measurement",
        "Method": method(technique, *lines),
        "DataSet": {"Type": "PalmSens.Data.DataSetCommon", "Values": arrays},
        "Curves": [],
        "EISDataList": [],
        **further,
    }


def session(*measurements: dict) -> dict:
    """The outermost object."""
    return {
        "Type": "PalmSens.DataFiles.SessionFile",
        "CoreVersion": "5.11.1006.0",
        "MethodForMeasurement": method("cv"),
        "Measurements": list(measurements),
    }


def small_keys(thing: object) -> object:
    """The same with the keys as older versions wrote them."""
    if isinstance(thing, dict):
        return {key.lower(): small_keys(value) for key, value in thing.items()}
    return [small_keys(value) for value in thing] if isinstance(thing, list) else thing


def save(folder: Path, name: str, content: object) -> Path:
    """UTF-16 with a mark before and after, no blanks, raw control characters in texts."""
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    file = folder / name
    file.write_bytes(text.replace("1.307 Oct", "1.307\tOct").encode("utf-16") + b"\xff\xfe")
    return file


def cv() -> dict:
    """Two scans; the first has times, the charge of the second one value more than points."""
    return measurement(
        "Cyclic Voltammetry",
        "cv",
        [
            array(0, "time", "Time", T_S, IntervalTime=0.1),
            array(1, "scan1", "Volt", E_V),
            array(2, "scan1", "MicroAmpere", I_UA[0]),
            array(3, "scan1", "MicroCoulomb", I_UA[0] * 0.1),
            array(1, "scan2", "Volt", E_V),
            array(2, "scan2", "MicroAmpere", I_UA[1]),
            array(3, "scan2", "MicroCoulomb", np.zeros(6)),
        ],
        "N_SCANS=2",
        "SCAN_RATE=1.0000000E+000",
    )


def spectrum_arrays(z: np.ndarray) -> list[dict]:
    """Arrays of one spectrum, with what PSTrace hides."""
    return [
        array(2, "Idc", "MicroAmpere", np.full(z.size, 2.5)),
        array(1, "potential", "Volt", np.full(z.size, 0.1)),
        array(0, "time", "Time", np.arange(z.size) + 0.5),
        array(5, "Frequency", "Hertz", FREQUENCY_HZ),
        array(7, "ZRe", "ZRe", z.real),
        array(8, "ZIm", "ZIm", -z.imag),
        array(6, "Phase", "Phase", -np.degrees(np.angle(z))),
        array(16383, "nPointsAC", "FixedUnit", np.zeros(z.size), Hidden=True),
    ]


def eis(*spectra: np.ndarray) -> dict:
    """An impedance measurement of one or several spectra."""
    entries = [
        {
            "Title": f"CH {channel}: {z.size} freqs",
            "Type": "PalmSens.Plottables.EISData",
            "ScanType": 2,
            "FreqType": 1,
            "DataSet": {"Type": "PalmSens.Data.DataSetEIS", "Values": spectrum_arrays(z)},
        }
        for channel, z in enumerate(spectra, start=1)
    ]
    return measurement("Impedance Spectroscopy", "eis", spectrum_arrays(spectra[0]), EISDataList=entries)


def run_in_time() -> dict:
    """A chronopotentiometry."""
    arrays = [
        array(0, "time", "Time", T_S),
        array(1, "potential", "Volt", 0.01 * T_S),
        array(2, "current", "MicroAmpere", np.full(5, 250.0)),
    ]
    return measurement("Chronopotentiometry", "pot", arrays)


def write_session(folder: Path) -> Path:
    """Scans, spectra and a run in time in one session."""
    return save(folder, "cell.pssession", session(cv(), eis(Z_OHM, 2 * Z_OHM), run_in_time()))


def write_older_session(folder: Path) -> Path:
    """Small keys, one spectrum."""
    return save(folder, "older.pssession", small_keys(session(eis(Z_OHM))))


def write_oldest_session(folder: Path) -> Path:
    """PSTrace 5.0: small keys, arrays without types, curves and an empty data set, no times."""
    pair = [array(-1, "potential", "Volt", E_V), array(-1, "current", "MicroAmpere", I_UA[0])]
    for one in pair:
        one["index"] = one.pop("ArrayType")
        one["DataValues"] = [{"v": point["V"]} for point in one["DataValues"]]
    curve = {"Title": "swv", "Type": "PalmSens.Plottables.Curve", "XAxisDataArray": pair[0], "YAxisDataArray": pair[1]}
    old = measurement("Square Wave Voltammetry", "swv", [], Curves=[curve])
    for key in ("TimeStamp", "UTCTimeStamp", "DeviceUsed", "DeviceSerial", "DeviceFW"):
        del old[key]
    return save(folder, "oldest.pssession", small_keys(session(old)))


def _scan(number: int) -> Expected:
    columns = {
        "potential_volt": E_V,
        "current_ampere": I_UA[number - 1] * 1e-6,
        "cycle_count": np.full(5, number),
        "test_time_second": T_S if number == 1 else None,
    }
    return Expected("polarisation", columns, f"Cyclic Voltammetry: scan {number}")


def _spectrum(z: np.ndarray, label: str) -> Expected:
    columns = {
        "frequency_hertz": FREQUENCY_HZ,
        "impedance_real_ohm": z.real,
        "impedance_imaginary_ohm": z.imag,
        "test_time_second": np.arange(z.size) + 0.5,
        "voltage_volt": np.full(z.size, 0.1),
        "current_ampere": np.full(z.size, 2.5e-6),
    }
    return Expected("impedance", columns, label)


_RUN = {"test_time_second": T_S, "voltage_volt": 0.01 * T_S, "current_ampere": np.full(5, 250e-6)}
_N = Z_OHM.size
SAMPLES = (
    Sample(
        write_session,
        (
            _scan(1),
            _scan(2),
            _spectrum(Z_OHM, f"Impedance Spectroscopy: CH 1: {_N} freqs"),
            _spectrum(2 * Z_OHM, f"Impedance Spectroscopy: CH 2: {_N} freqs"),
            Expected("cycling", _RUN, "Chronopotentiometry"),
        ),
    ),
    Sample(write_older_session, (_spectrum(Z_OHM, ""),)),
    Sample(
        write_oldest_session,
        (Expected("polarisation", {"potential_volt": E_V, "current_ampere": I_UA[0] * 1e-6}, ""),),
    ),
)
