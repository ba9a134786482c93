"""Text exports of NOVA in several locales."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import CURRENT_A, FREQUENCY_HZ, TIME_S, VOLTAGE_V, Z_OHM

E_V = np.concatenate([np.linspace(-0.5, 0.5, 9), np.linspace(0.4, -0.5, 9)])
I_A = 1e-3 * np.sinh(4 * E_V) + np.repeat([2e-5, -2e-5], 9)
CLOCK_S = 5.0 + np.arange(FREQUENCY_HZ.size)
_NAMES = "Index;Frequency (Hz);Z' (Ω);-Z'' (Ω);Z (Ω);-Phase (°);Time (s)"


def rows(*columns, mark: str = ";", comma: bool = False) -> str:
    """Numbers, with decimal commas if wanted."""
    text = "".join(mark.join(f"{x:d}" if isinstance(x, int) else repr(float(x)) for x in r) + "\n" for r in columns)
    return text.replace(".", ",") if comma else text


def spectrum(mark: str = ";", comma: bool = False, z=Z_OHM) -> str:
    """Rows of a spectrum with an index from 1."""
    angles = -np.angle(z, deg=True)
    table = zip(range(1, z.size + 1), FREQUENCY_HZ, z.real, -z.imag, np.abs(z), angles, CLOCK_S, strict=True)
    return rows(*table, mark=mark, comma=comma)


def _write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes(text.replace("\n", "\r\n").encode(encoding, "replace"))
    return file


def write_impedance_with_commas(folder: Path) -> Path:
    """Semicolons and decimal commas, as NOVA 2.1 writes on a European Windows."""
    return _write(folder, "fra.txt", _NAMES + "\n" + spectrum(comma=True), "utf-8-sig")


def write_impedance_in_old_code_page(folder: Path) -> Path:
    """Commas between the columns; the Greek letter became a question mark."""
    return _write(folder, "fra.csv", _NAMES.replace(";", ",") + "\n" + spectrum(mark=","), "cp1252")


def write_two_spectra(folder: Path) -> Path:
    """The index begins anew."""
    return _write(folder, "two.txt", _NAMES.replace(";", "\t") + "\n" + spectrum("\t") + spectrum("\t", z=2 * Z_OHM))


def write_voltammetry(folder: Path) -> Path:
    """Two scans; the potential applied stands before the one measured."""
    names = "Potential applied (V)\tTime (s)\tWE(1).Current (A)\tWE(1).Potential (V)\tScan\tIndex\tQ+\tQ-\n"
    table = zip(E_V + 0.001, range(18), I_A, E_V, [1] * 9 + [2] * 9, range(1, 19), [0.0] * 18, [0.0] * 18, strict=True)
    return _write(folder, "cv.txt", names + rows(*table, mark="\t"))


def write_run_over_time(folder: Path) -> Path:
    """Chronopotentiometry."""
    names = "Time (s);WE(1).Potential (V);WE(1).Current (A);Index\n"
    return _write(folder, "cp.txt", names + rows(*zip(TIME_S, VOLTAGE_V, CURRENT_A, range(1, 13), strict=True)))


def eis(z=Z_OHM) -> dict:
    """Columns of a spectrum."""
    return {
        "frequency_hertz": FREQUENCY_HZ,
        "impedance_real_ohm": z.real,
        "impedance_imaginary_ohm": z.imag,
        "test_time_second": CLOCK_S,
    }


_CV = {
    "potential_volt": E_V,
    "current_ampere": I_A,
    "test_time_second": np.arange(18.0),
    "cycle_count": np.repeat([1, 2], 9),
}
_RUN = {"test_time_second": TIME_S, "voltage_volt": VOLTAGE_V, "current_ampere": CURRENT_A}
SAMPLES = (
    Sample(write_impedance_with_commas, (Expected("impedance", eis(), ""),)),
    Sample(write_impedance_in_old_code_page, (Expected("impedance", eis()),)),
    Sample(
        write_two_spectra,
        (Expected("impedance", eis(), "measurement 1"), Expected("impedance", eis(2 * Z_OHM), "measurement 2")),
    ),
    Sample(write_voltammetry, (Expected("polarisation", _CV),)),
    Sample(write_run_over_time, (Expected("cycling", _RUN),)),
)
