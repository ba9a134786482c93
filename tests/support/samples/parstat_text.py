"""PARSTAT's tables: a spectrum, and a rest with a spectrum after it."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import CURRENT_A, FREQUENCY_HZ, TIME_S, VOLTAGE_V, Z_OHM

_NAMES = (
    "Potential (V)\tCurrent (A)\tElapsed Time (s)\tFrequency (Hz)\tZre (ohms)\tZim (ohms)\t|Vac| (V)\t|Iac| (A)\t\n"
)
CLOCK_S = 1000.0 + np.arange(FREQUENCY_HZ.size)


def row(*numbers) -> str:
    """Fields that each end with a tab."""
    return "".join(repr(float(number)) + "\t" for number in numbers) + "\n"


def spectrum() -> str:
    """Rows with a frequency."""
    return "".join(
        row(3.5, 0.02, t, f, z.real, z.imag, 0.005, 0.19) for t, f, z in zip(CLOCK_S, FREQUENCY_HZ, Z_OHM, strict=True)
    )


def write_spectrum(folder: Path) -> Path:
    """One spectrum."""
    file = folder / "eis.txt"
    file.write_bytes((_NAMES + spectrum()).replace("\n", "\r\n").encode())
    return file


def write_run_and_spectrum_with_commas(folder: Path) -> Path:
    """Rows over time and then a spectrum, with decimal commas."""
    file = folder / "both.txt"
    run = "".join(row(e, i, t, 0, 0, 0, 0, 0) for t, e, i in zip(TIME_S, VOLTAGE_V, CURRENT_A, strict=True))
    file.write_text(_NAMES + (run + spectrum()).replace(".", ","))
    return file


_EIS = {
    "frequency_hertz": FREQUENCY_HZ,
    "impedance_real_ohm": Z_OHM.real,
    "impedance_imaginary_ohm": Z_OHM.imag,
    "test_time_second": CLOCK_S,
    "voltage_volt": np.full(FREQUENCY_HZ.size, 3.5),
    "current_ampere": np.full(FREQUENCY_HZ.size, 0.02),
}
_RUN = {"test_time_second": TIME_S, "voltage_volt": VOLTAGE_V, "current_ampere": CURRENT_A}
SAMPLES = (
    Sample(write_spectrum, (Expected("impedance", _EIS, ""),)),
    Sample(
        write_run_and_spectrum_with_commas,
        (Expected("cycling", _RUN, "over time"), Expected("impedance", _EIS, "spectrum")),
    ),
)
