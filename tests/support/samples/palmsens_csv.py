"""PalmSens' CSV exports: voltammograms side by side, spectra below one another, runs in time, decimal commas."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import FREQUENCY_HZ, Z_OHM

E_V = np.array([-0.5, -0.4, -0.3, -0.4, -0.5])
I_UA = np.array([[-48.5, -40.0, -30.1, -39.5, -47.0], [-47.3, -39.9, -29.9, -39.4, -46.8]])
T_S = 0.1 * np.arange(5)
DATE = "2026-05-27 10:38:50"
EIS_NAMES = ["freq / Hz", "neg. Phase / °", "Idc / uA", "Z / Ohm", "Z' / Ohm", "Z'' / Ohm", "Cs / F"]


def grid(titles: list[str], units: list[str], columns: list[np.ndarray]) -> list[list[str]]:
    """Rows of curves side by side; a shorter one leaves blanks."""
    header = [field for title in titles for field in (title, "")]
    dates = ["Date and time measurement:", DATE] * len(titles)
    depth = max(map(len, columns))
    body = [[repr(float(c[n])) if n < len(c) else "" for c in columns] for n in range(depth)]
    return [header, dates, units, *body]


def spectrum_rows(z: np.ndarray, title: str) -> list[list[str]]:
    """One spectrum; the column called Z'' holds -Z'', as the negative phase shows."""
    rows = [
        [repr(float(x)) for x in (f, -np.degrees(np.angle(v)), 2.5, abs(v), v.real, -v.imag, 1e-9)]
        for f, v in zip(FREQUENCY_HZ, z, strict=True)
    ]
    return [[title], list(EIS_NAMES), *rows]


def save(
    folder: Path, name: str, rows: list[list[str]], delimiter: str = ",", mark: str = ".", encoding: str = "utf-16"
) -> Path:
    """Write the fields; only numbers get the decimal mark."""
    swapped = [
        [field.replace(".", mark) if field[:1] in "-0123456789" and ":" not in field else field for field in row]
        for row in rows
    ]
    file = folder / name
    file.write_bytes(("\r\n".join(delimiter.join(row) for row in swapped) + "\r\n").encode(encoding))
    return file


HEAD = [["Date and time:", "2026-05-28 10:38:50"], ["Notes:", "1 M LiPF6"], []]


def write_export(folder: Path) -> Path:
    """Two scans, the second shorter; a spectrum; all as PSTrace writes them."""
    titles = [f"Cyclic Voltammetry [1]: CV i vs E Scan {n}" for n in (1, 2)]
    curves = grid(titles, ["V", "µA"] * 2, [E_V, I_UA[0], E_V[:4], I_UA[1][:4]])
    below = [["Measurement:", "Impedance Spectroscopy"], ["Notes:", ""], ["Date and time:", "2026-05-28 11:00:00"]]
    rows = [*HEAD, *curves, [], *below, *spectrum_rows(Z_OHM, f"CH 3: Fixed at {Z_OHM.size} freqs")]
    return save(folder, "export.csv", rows)


def write_german_export(folder: Path) -> Path:
    """Semicolons and decimal commas; milliamperes."""
    return save(
        folder,
        "german.csv",
        [*HEAD, *grid(["Linear Sweep Voltammetry: LSV i vs E"], ["V", "mA"], [E_V, I_UA[0]])],
        ";",
        ",",
    )


def write_run_export(folder: Path) -> Path:
    """Potential and current against the same times; a charge is of no use; UTF-8."""
    titles = [f"Chronopotentiometry: CP {what}" for what in ("E vs t", "i vs t", "Q vs t")]
    columns = [T_S, 0.01 * T_S, T_S, np.full(5, 250.0), T_S, 250 * T_S]
    return save(
        folder, "run.csv", [*HEAD, *grid(titles, ["s", "V", "s", "µA", "s", "µC"], columns)], encoding="utf-8-sig"
    )


def _scan(number: int, rows: int) -> Expected:
    columns = {
        "potential_volt": E_V[:rows],
        "current_ampere": I_UA[number - 1][:rows] * 1e-6,
        "cycle_count": np.full(rows, number),
    }
    return Expected("polarisation", columns, f"Cyclic Voltammetry [1]: CV i vs E Scan {number}")


_SPECTRUM = {
    "frequency_hertz": FREQUENCY_HZ,
    "impedance_real_ohm": Z_OHM.real,
    "impedance_imaginary_ohm": Z_OHM.imag,
    "current_ampere": np.full(Z_OHM.size, 2.5e-6),
}
_RUN = {"test_time_second": T_S, "voltage_volt": 0.01 * T_S, "current_ampere": np.full(5, 250e-6)}
SAMPLES = (
    Sample(
        write_export,
        (_scan(1, 5), _scan(2, 4), Expected("impedance", _SPECTRUM, f"CH 3: Fixed at {Z_OHM.size} freqs")),
    ),
    Sample(
        write_german_export,
        (Expected("polarisation", {"potential_volt": E_V, "current_ampere": I_UA[0] * 1e-3}, ""),),
    ),
    Sample(write_run_export, (Expected("cycling", _RUN, ""),)),
)
