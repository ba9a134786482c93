"""Text files of CH Instruments, each technique with its parameters."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import CURRENT_A, FREQUENCY_HZ, TIME_S, VOLTAGE_V, Z_OHM

E_V = np.concatenate([np.linspace(-0.5, 0.5, 9), np.linspace(0.4, -0.5, 9)])
I_A = 1e-3 * np.sinh(4 * E_V) + np.repeat([2e-5, -2e-5], 9)


def head(technique: str, parameters: str) -> str:
    """Lines above the names."""
    return (
        f"Feb. 20, 2020   15:55:08\n{technique}\nFile: c:\\data\\cell 7.bin\nData Source:  Experiment\n"
        f"Instrument Model:  CHI660E\nHeader: cell 7\nNote: dry\n\n{parameters}\n"
    )


def _write(folder: Path, name: str, text: str, ends: str = "\r\n") -> Path:
    file = folder / name
    file.write_bytes(text.replace("\n", ends).encode())
    return file


def rows(*columns, mark: str = ", ") -> str:
    """Numbers as the program writes them."""
    return "".join(mark.join(repr(float(x)) for x in row) + "\n" for row in zip(*columns, strict=True))


def write_impedance(folder: Path) -> Path:
    """A.C. Impedance."""
    text = head("A.C. Impedance", "Init E (V) = 0\nHigh Frequency (Hz) = 1e+5\nLow Frequency (Hz) = 0.01\nImp SF\n")
    text += "Freq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, Phase/deg\n\n"
    columns = (FREQUENCY_HZ, Z_OHM.real, Z_OHM.imag, np.abs(Z_OHM), np.angle(Z_OHM, deg=True))
    return _write(folder, "imp.txt", text + rows(*columns))


_CV = "Init E (V) = -0.5\nHigh E (V) = 0.5\nLow E (V) = -0.5\nInit P/N = P\nScan Rate (V/s) = 0.1\nSegment = 2\n"


def write_voltammetry_counting_cathodic_positive(folder: Path) -> Path:
    """Cyclic voltammetry as the program is delivered: the current falls as the potential rises."""
    text = head("Cyclic Voltammetry", _CV) + "Segment 1:\nEp = 0.193V\nip = 4.5e-4A\n\nPotential/V, Current/A\n\n"
    return _write(folder, "cv.txt", text + rows(E_V, -I_A), ends="\n")


def write_voltammetry_in_segments(folder: Path) -> Path:
    """Anodic positive, with lines that part the segments, charge and time."""
    time = np.arange(18.0)
    text = head("Cyclic Voltammetry", _CV) + "Potential/V, Current/A, Charge/C, Time/s\n\nSegment 1:\n"
    text += rows(E_V[:9], I_A[:9], 0 * time[:9], time[:9]) + "\nSegment 2:\n"
    return _write(folder, "segments.txt", text + rows(E_V[9:], I_A[9:], 0 * time[9:], time[9:]))


def write_linear_sweep_with_tabs(folder: Path) -> Path:
    """Linear sweep exported with tabs."""
    text = head("Linear Sweep Voltammetry", "Init E (V) = -0.5\nFinal E (V) = 0.5\nScan Rate (V/s) = 0.005\n")
    return _write(folder, "lsv.csv", text + "Potential/V\tCurrent/A\n\n" + rows(E_V[:9], I_A[:9], mark="\t"))


def write_current_over_time(folder: Path) -> Path:
    """Current against time at a potential that stands among the parameters."""
    text = head("i-t Curve", "Init E (V) = 0.25\nSample Interval (s) = 60\nRun Time (sec) = 720\n")
    return _write(folder, "it.txt", text + "Time/sec, Current/A\n\n" + rows(TIME_S, CURRENT_A))


def write_open_circuit(folder: Path) -> Path:
    """Potential against time."""
    text = head("Open Circuit Potential - Time", "Run Time (sec) = 720\n") + "Time/sec, Potential/V\n\n"
    return _write(folder, "ocpt.txt", text + rows(TIME_S, VOLTAGE_V))


_EIS = {"frequency_hertz": FREQUENCY_HZ, "impedance_real_ohm": Z_OHM.real, "impedance_imaginary_ohm": Z_OHM.imag}
_SWEEPS = {"potential_volt": E_V, "current_ampere": I_A}
_IT = {"test_time_second": TIME_S, "voltage_volt": np.full(12, 0.25), "current_ampere": CURRENT_A}
SAMPLES = (
    Sample(write_impedance, (Expected("impedance", _EIS),)),
    Sample(write_voltammetry_counting_cathodic_positive, (Expected("polarisation", {**_SWEEPS, "cycle_count": None}),)),
    Sample(
        write_voltammetry_in_segments,
        (
            Expected(
                "polarisation",
                {**_SWEEPS, "cycle_count": np.ones(18), "test_time_second": np.arange(18.0)},
            ),
        ),
    ),
    Sample(write_linear_sweep_with_tabs, (Expected("polarisation", {k: v[:9] for k, v in _SWEEPS.items()}),)),
    Sample(write_current_over_time, (Expected("cycling", _IT),)),
    Sample(
        write_open_circuit,
        (Expected("cycling", {"test_time_second": TIME_S, "voltage_volt": VOLTAGE_V, "current_ampere": None}),),
    ),
)
