"""Text from Zahner's Thales: prefixed numbers, saved ASCII, a series of spectra, a logged run."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import FREQUENCY_HZ, Z_OHM

MAGNITUDE, DEGREES = np.abs(Z_OHM), np.degrees(np.angle(Z_OHM))
TIMES = [f"2024-12-06 10:06:{54 + n / 2:09.6f}" for n in range(6)]
E_V = np.array([0.9972541, 0.9972259, 0.997242, 0.9972329, 0.9972359, 0.9972332])
I_A = np.array([0.1000569, 0.1000569, 0.1000565, 0.1000566, 0.1000567, 0.1000565])


def prefixed(value: float) -> str:
    """A number with an SI prefix behind it, as Thales Remote writes it."""
    for factor, prefix in ((1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "u")):
        if abs(value) >= factor:
            return f"{value / factor:.9f}{prefix}"
    return f"{value:.9f}"


def write_remote_csv(folder: Path) -> Path:
    """Frequency;Impedance;Phase with prefixes."""
    rows = zip(FREQUENCY_HZ, MAGNITUDE / 1e3, DEGREES, strict=True)
    lines = ["Frequency;Impedance;Phase", *(";".join(prefixed(x) for x in row) for row in rows)]
    file = folder / "EIS.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    return file


def ascii_rows(mark: str, delimiter: str, factor: float = 1.0) -> list[str]:
    """Rows of a saved spectrum: number, frequency, magnitude, phase, significance, time."""
    return [
        delimiter.join([str(n), *(f"{x:.9e}".replace(".", mark) for x in (f, factor * z, p, 0.998, 4.0 * n))])
        for n, (f, z, p) in enumerate(zip(FREQUENCY_HZ, MAGNITUDE, DEGREES, strict=True), start=1)
    ]


NAMES = ["Number", "Frequency/Hz", "Impedance/Ohm", "Phase/deg", "Significance", "Time/s"]


def write_saved_ascii(folder: Path) -> Path:
    """As Thales saves it: lines of description, blanks between the columns, decimal commas."""
    head = ["File name: cell", "System: Li|Li 7", "Potential: 0.0000V, Ampl: 10mV", "Current: 1.0000mA", ""]
    file = folder / "cell.txt"
    text = "\r\n".join([*head, "  ".join(NAMES), *ascii_rows(",", "  ")]) + "\r\n"
    file.write_text(text, encoding="latin-1", newline="")
    return file


def write_series(folder: Path) -> Path:
    """Two spectra below one header."""
    file = folder / "series.csv"
    text = "\n".join([",".join(NAMES), *ascii_rows(".", ","), *ascii_rows(".", ",", 2.0)]) + "\n"
    file.write_text(text, encoding="utf-8", newline="")
    return file


def write_logged_run(folder: Path) -> Path:
    """A run through Thales Remote with four further channels."""
    names = ["time", "voltage", "current", "PAD4Ch1", "PAD4Ch2", "PAD4Ch3", "PAD4Ch4", "index"]
    rows = [
        [time, repr(float(e)), repr(float(i)), "0.99757", "0.99701", "0.99774", "0.99705", str(n)]
        for n, (time, e, i) in enumerate(zip(TIMES, E_V, I_A, strict=True))
    ]
    file = folder / "polarization.txt"
    file.write_text("\n".join("\t".join(row) for row in [names, *rows]) + "\n", encoding="utf-8", newline="")
    return file


def _spectrum(factor: float, label: str | None = None, *, timed: bool = True) -> Expected:
    columns = {
        "frequency_hertz": FREQUENCY_HZ,
        "impedance_real_ohm": factor * Z_OHM.real,
        "impedance_imaginary_ohm": factor * Z_OHM.imag,
        "test_time_second": 4.0 * np.arange(1, Z_OHM.size + 1) if timed else None,
    }
    return Expected("impedance", columns, label, rtol=1e-6)


SAMPLES = (
    Sample(write_remote_csv, (_spectrum(1e-3, "", timed=False),)),
    Sample(write_saved_ascii, (_spectrum(1, ""),)),
    Sample(write_series, (_spectrum(1, "spectrum 1"), _spectrum(2, "spectrum 2"))),
    Sample(
        write_logged_run,
        (
            Expected(
                "polarisation",
                {"potential_volt": E_V, "current_ampere": I_A, "test_time_second": 0.5 * np.arange(6)},
                "",
            ),
        ),
    ),
)
