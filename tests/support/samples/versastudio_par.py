"""VersaStudio's .par files: one spectrum; open circuit, voltammetry and a spectrum; an aborted run."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import FREQUENCY_HZ, Z_OHM

E_V = np.concatenate([np.linspace(-0.5, 0.5, 6), np.linspace(0.4, -0.5, 6)])
I_A = 1e-3 * np.sinh(4 * E_V) + np.repeat([2e-5, -2e-5], 6)
_HEAD = """<Application>
Version=2.61.2.0
LoggedIn=Security Disabled
Language [VersaStudio]=English (United States) [en-US]
</Application>

<Instrument>
Options=FRA, EIS <Filter:Normal>
Model=-400
SN=16334007
Type=VersaSTAT4
</Instrument>

<Experiment>
TimeAcquired=10:44:37 PM
DateAcquired=Tuesday, May 16, 2023
</Experiment>

<Action0>
Measured Open Circuit=-30.999 µV
Working Electrode Area (cm2)=12.57
Reference Electrode=(unspecified) (0 Volts)
Segments=0
Comment=dummy cell
Name=Common
</Action0>
"""
_EIS_ACTION = (
    "\n<Action{n}>\nAmplitude (mV RMS)=10\nSegments=1\nParentNode=Common\nName=Potentiostatic EIS\n</Action{n}>\n"
)
_OC_ACTION = "\n<Action1>\nDuration (s)=3\nSegments=1\nName=Open Circuit\n</Action1>\n"
_CV_ACTION = (
    "\n<Action2>\nScan Rate (V/s)=0.05\nCycles=1\nSegments=2\nName=Cyclic Voltammetry (Multiple Cycles)\n</Action2>\n"
)
_DEFINITION = (
    "Definition=Segment #, Point #, E(V), I(A), Elapsed Time(s), ADC Sync Input(V), Current Range, Status, "
    "E Applied(V), Frequency(Hz), E Real, E Imag, I Real, I Imag, Z Real, Z Imag, "
    "E2 Status, E2(V), E2 Real, E2 Imag, Z2 Real, Z2 Imag, ActionId, AC Amplitude, 0\n"
)
_TAIL = (
    "\n<Graph1>\nAnalysis=0\nYAxisNegateValues=True\n</Graph1>\n\n<DockingLayout>\n"
    '<?xml version="1.0"?>\n</DockingLayout>\n'
)


def row(segment, point, e, i, t, f=0.0, z=0j) -> str:
    """One row of 24 fields."""
    numbers = (e, i, t, 0.0, 5, 53, e, f, 0.0, 0.0, 0.0, 0.0, z.real, z.imag, 0, 0, 0, 0, 0, 0, 21, 0.01)
    return ",".join([str(segment), str(point), *(repr(float(x)) for x in numbers)]) + "\n"


def spectrum(segment: int, t0: float) -> str:
    """Rows of a spectrum."""
    return "".join(
        row(segment, k, 0.1, 1e-6, t0 + k, float(FREQUENCY_HZ[k]), complex(Z_OHM[k])) for k in range(FREQUENCY_HZ.size)
    )


def _write(folder: Path, name: str, text: str, ends: str = "\r\n") -> Path:
    file = folder / name
    file.write_bytes(text.replace("\n", ends).encode())
    return file


def write_spectrum(folder: Path) -> Path:
    """One potentiostatic spectrum."""
    text = _HEAD + _EIS_ACTION.format(n=1) + "\n<Segment1>\nType=2\nVersion=3\n" + _DEFINITION + spectrum(0, 1.0)
    return _write(folder, "eis.par", text + '</Segment1>\n"frequency": [\n  10000,\n' + _TAIL)


def write_three_actions(folder: Path) -> Path:
    """Open circuit, two sweeps of a voltammogram, a spectrum: four segments in one section."""
    text = _HEAD + _OC_ACTION + _CV_ACTION + _EIS_ACTION.format(n=3)
    text += "\n<Segment1>\nType=2\nVersion=3\n" + _DEFINITION
    text += "".join(row(0, k, 0.1 + 0.01 * k, 0.0, 1.0 + k) for k in range(3))
    text += "".join(row(1 + k // 6, k % 6, E_V[k], I_A[k], 10.0 + k) for k in range(12))
    return _write(folder, "three.par", text + spectrum(3, 40.0) + "</Segment1>\n" + _TAIL, ends="\n")


def write_aborted(folder: Path) -> Path:
    """A spectrum whose segment was never closed."""
    text = _HEAD + _EIS_ACTION.format(n=1) + "\n<Segment1>\nType=2\nVersion=3\n" + _DEFINITION + spectrum(0, 1.0)
    return _write(folder, "aborted.par", text)


def eis(t0: float) -> dict:
    """Columns of the spectrum."""
    return {
        "frequency_hertz": FREQUENCY_HZ,
        "impedance_real_ohm": Z_OHM.real,
        "impedance_imaginary_ohm": Z_OHM.imag,
        "test_time_second": t0 + np.arange(FREQUENCY_HZ.size),
        "voltage_volt": np.full(FREQUENCY_HZ.size, 0.1),
        "current_ampere": np.full(FREQUENCY_HZ.size, 1e-6),
    }


_REST = {"test_time_second": [1.0, 2, 3], "voltage_volt": [0.1, 0.11, 0.12], "current_ampere": [0.0, 0, 0]}
_CV = {
    "potential_volt": E_V,
    "current_ampere": I_A,
    "test_time_second": 10.0 + np.arange(12),
    "cycle_count": np.repeat([1, 2], 6),
}
SAMPLES = (
    Sample(write_spectrum, (Expected("impedance", eis(1.0), ""),)),
    Sample(
        write_three_actions,
        (
            Expected("cycling", _REST, "segment 0, Open Circuit"),
            Expected("polarisation", _CV, "segment 1, Cyclic Voltammetry (Multiple Cycles)"),
            Expected("impedance", eis(40.0), "segment 3, Potentiostatic EIS"),
        ),
    ),
    Sample(write_aborted, (Expected("impedance", eis(1.0)),)),
)
