"""Ivium .idf and .ids: text blocks with binary lengths before them, data objects without column names."""

import struct
from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import CURRENT_A, FREQUENCY_HZ, TIME_S, VOLTAGE_V, Z_OHM

E_V = np.concatenate([np.linspace(-0.1, 0.1, 11), np.linspace(0.08, -0.1, 10)])
I_A = 1e-3 * E_V + 2e-5


def block(*lines: str, end: str) -> bytes:
    """Lines of text with their length in four bytes before them."""
    text = (end.join(lines) + end).encode("latin-1")
    return struct.pack("<I", len(text)) + text


def data_object(number: int, name: str, table: np.ndarray, mark: str, announced: int | None = None) -> list[str]:
    """Lines of one data object: twelve characters a number, padded."""
    rows = [" ".join(f"{x:.5E}".replace(".", mark).ljust(12) for x in row) for row in table]
    head = [
        f"{number}".ljust(10) + name.ljust(17),
        f"{table.shape[1]}".ljust(10),
        f"{announced or len(table)}".ljust(10),
    ]
    return [*head, *rows]


def measurement(
    method: tuple[str, ...],
    objects: list[tuple[int, str, np.ndarray]],
    mark: str = ".",
    end: str = "\r\n",
    lost: int = 0,
) -> bytes:
    """One measurement as IviumSoft stores it; ``lost`` rows are announced and not there."""
    device = ("    Version=12", "starttime=16/06/2022 13:02:28", "endtime=", "serialnumber=R31591", "software=0")
    report = (
        "Report=",
        "Report.Remarks=before cycling",
        "Report.Process data=instrument  : R31591\x1echannel     : 0\x1esoftware vs : 4.1061"
        "\x1ehw config   : OctoStat30+FRA\x1estart time  : 2022-06-16 13:02:28\x1eend time    : :endtime",
        "Mconfig=0",
    )
    lines = [f"{len(objects)}".ljust(10) + "Data Objects     "]
    for index, (number, name, table) in enumerate(objects):
        lines += data_object(number, name, table, mark, len(table) + (lost if index == 0 else 0))
    queue = block("    Version=12", "QR=QR,2,_20220616135818,,0,0.000000,,Rope 0cycles", "Peaks=false", end=end)
    return (
        bytes(16)
        + queue
        + block(*device, end=end)
        + block("Version=15", *method, *report, end=end)
        + block(*lines, end=end)
    )


def eis_method(title: str) -> tuple[str, ...]:
    """Method of an impedance measurement."""
    frequencies = [f"Frequencies.freq[{n}]={f:g}" for n, f in enumerate(FREQUENCY_HZ, start=1)]
    return (
        "Method=Impedance", "Technique=Constant E", "Dconfig=16904", f"Title={title}", "E start=0",
        f"Frequencies={FREQUENCY_HZ.size}", *frequencies, "Current Range=1uA", "Data Options.Area=1",
    )  # fmt: skip


CV_METHOD = (
    "Method=CyclicVoltammetry", "Technique=Standard", "Title=Tafel", "E start=0", "Vertex 1=0.1", "Vertex 2=-0.1",
    "N scans=1", "Scanrate=0.005", "Apply wrt OCP=false", "Current Range=1mA",
)  # fmt: skip
CC_METHOD = ("Method=Transients", "Technique=ChronoPotentiometry", "Title=plating", "Stages=3", "Interval time=60")
MIXED_METHOD = ("Method=MixedMode", "Technique=Mixed Mode", "Title=cycling", "Tasks=2", "Tasks.Mode[1]=CC")
SPECTRUM = np.column_stack([Z_OHM.real, Z_OHM.imag, FREQUENCY_HZ])
OCP = np.column_stack([np.arange(3) * 2.0, [-0.5, -0.2, -0.1], np.ones(3)])
VOLTAMMOGRAM = np.column_stack([E_V, I_A, E_V])


def write_idf(folder: Path) -> Path:
    """A spectrum with the open-circuit record that goes before it."""
    file = folder / "cell.idf"
    file.write_bytes(measurement(eis_method("Rope"), [(0, "primary_data", SPECTRUM), (3, "ocpdata", OCP)]))
    return file


def write_aborted_idf(folder: Path) -> Path:
    """A spectrum with decimal commas, line feeds and fewer rows than announced, because the file was cut."""
    file = folder / "aborted.idf"
    whole = measurement(eis_method("cut"), [(0, "primary_data", SPECTRUM[:9])], ",", "\n", lost=6)
    file.write_bytes(whole)
    return file


def write_ids(folder: Path) -> Path:
    """A data set: a spectrum, a voltammogram, two runs in time; the spectra of one title twice."""
    in_time = np.column_stack([TIME_S, VOLTAGE_V, CURRENT_A])
    parts = [
        (eis_method("Rope"), SPECTRUM),
        (CV_METHOD, VOLTAMMOGRAM),
        (CC_METHOD, in_time),
        (MIXED_METHOD, in_time[:, [0, 2, 1]]),
        (eis_method("Rope"), SPECTRUM * [2, 2, 1]),
    ]
    file = folder / "cell.ids"
    file.write_bytes(b"".join(measurement(method, [(0, "primary_data", table)]) for method, table in parts))
    return file


def _eis(factor: float, label: str, rows: int = FREQUENCY_HZ.size) -> Expected:
    columns = {
        "frequency_hertz": FREQUENCY_HZ[:rows],
        "impedance_real_ohm": factor * Z_OHM.real[:rows],
        "impedance_imaginary_ohm": factor * Z_OHM.imag[:rows],
    }
    return Expected("impedance", columns, label, rtol=1e-5)


_RUN = {"test_time_second": TIME_S, "voltage_volt": VOLTAGE_V, "current_ampere": CURRENT_A}
SAMPLES = (
    Sample(write_idf, (_eis(1, ""),)),
    Sample(write_aborted_idf, (_eis(1, "", 9),)),
    Sample(
        write_ids,
        (
            _eis(1, "Rope"),
            Expected("polarisation", {"potential_volt": E_V, "current_ampere": I_A}, "Tafel", rtol=1e-5),
            Expected("cycling", _RUN, "plating", rtol=1e-5),
            Expected("cycling", _RUN, "cycling", rtol=1e-5),
            _eis(2, "Rope (2)"),
        ),
    ),
)
