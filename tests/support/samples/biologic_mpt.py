"""EC-Lab .mpt: points and commas, CRLF and LF, with header and without, relative and absolute time."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples._biologic_files import mpt
from support.samples.common import CURRENT_A, FREQUENCY_HZ, STEP, TIME_S, VOLTAGE_V, Z_OHM

_ROWS = TIME_S.size
_ONES = np.ones(_ROWS, int)
_CYCLE = np.repeat([0.0, 1.0, 1.0], 4)
_NAMES = ["mode", "ox/red", "error", "Ns", "time/s", "Ewe/V", "<I>/mA", "cycle number", "Capacitance charge/µF"]
_COLUMNS = [_ONES, 0 * _ONES, 0 * _ONES, STEP, TIME_S, VOLTAGE_V, CURRENT_A * 1e3, _CYCLE, np.zeros(_ROWS)]
_CYCLING = {
    "test_time_second": TIME_S,
    "voltage_volt": VOLTAGE_V,
    "current_ampere": CURRENT_A,
    "cycle_count": _CYCLE.astype(int),
    "step_count": STEP,
}
_SPECTRUM = {
    "frequency_hertz": FREQUENCY_HZ,
    "impedance_real_ohm": Z_OHM.real,
    "impedance_imaginary_ohm": Z_OHM.imag,
    "voltage_volt": np.full(Z_OHM.size, 0.25),
}
_GCPL = "Galvanostatic Cycling with Potential Limitation"


def write_gcpl(folder: Path) -> Path:
    return mpt(folder, _GCPL, _NAMES, _COLUMNS)


def write_gcpl_commas_lf_utf8(folder: Path) -> Path:
    return mpt(folder, _GCPL, _NAMES, _COLUMNS, mark=",", end="\n", encoding="utf-8")


def write_bt_lab_txt(folder: Path) -> Path:
    names = [name.replace("Ewe", "Ecell") for name in _NAMES]
    return mpt(folder, "Modulo Bat", names, _COLUMNS, name="cell.txt", program="BT-Lab")


def write_absolute_time(folder: Path) -> Path:
    clock = np.array([f"05/28/2025 12:{int(t) // 60:02d}:{int(t) % 60:02d}.0000" for t in TIME_S], dtype=object)
    return mpt(folder, _GCPL, _NAMES, [*_COLUMNS[:4], clock, *_COLUMNS[5:]])


def write_names_alone(folder: Path) -> Path:
    """Export for other programs: a row of names and the numbers."""
    path = mpt(folder, _GCPL, _NAMES, _COLUMNS)
    lines = path.read_bytes().split(b"\r\n")
    at = next(i for i, line in enumerate(lines) if line.startswith(b"mode\t"))
    path.write_bytes(b"\r\n".join(lines[at:]))
    return path


def write_wrong_count_of_lines(folder: Path) -> Path:
    """Somebody took a line out of the header."""
    path = mpt(folder, _GCPL, _NAMES, _COLUMNS)
    path.write_bytes(path.read_bytes().replace(b"User : \r\n", b""))
    return path


def write_geis(folder: Path) -> Path:
    """Two loops, each a rest of two rows and a spectrum."""
    f = np.tile(np.concatenate([[0.0, 0.0], FREQUENCY_HZ]), 2)
    z = np.tile(np.concatenate([[0.0, 0.0], Z_OHM]), 2)
    half = f.size // 2
    return mpt(
        folder,
        "Galvano Electrochemical Impedance Spectroscopy",
        ["freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm", "|Z|/Ohm", "time/s", "<Ewe>/V", "<I>/mA", "cycle number"],
        [f, z.real, -z.imag, np.abs(z), np.arange(f.size) * 2.0, np.full(f.size, 0.25), np.ones(f.size),
         np.repeat([1.0, 2.0], half)],
        settings=("Number of loops : 2", f"Loop 0 from point number 0 to {half - 1}",
                  f"Loop 1 from point number {half} to {f.size - 1}"),
    )  # fmt: skip


def write_lsv(folder: Path) -> Path:
    sweep = np.linspace(0, 1, _ROWS)
    return mpt(
        folder,
        "Linear Sweep Voltammetry",
        ["mode", "ox/red", "error", "control changes", "time/s", "control/V", "Ewe/V", "<I>/mA", "Ewe-Ece/V"],
        [2 * _ONES, 0 * _ONES, 0 * _ONES, _ONES, TIME_S, sweep, sweep, CURRENT_A * 1e3, 2 * sweep],
        settings=(
            "Reference electrode : SCE Saturated Calomel Electrode (0.241 V)",
            "dE/dt               20,000              ",
            "dE/dt unit          mV/s                ",
        ),
        mark=",",
    )


_LSV = {"potential_volt": np.linspace(0, 1, _ROWS), "current_ampere": CURRENT_A, "test_time_second": TIME_S}
_REST = {"test_time_second": np.array([0.0, 2, 34, 36]), "current_ampere": np.full(4, 1e-3)}
SAMPLES = (
    *(
        Sample(write, (Expected("cycling", _CYCLING, ""),))
        for write in (
            write_gcpl,
            write_gcpl_commas_lf_utf8,
            write_bt_lab_txt,
            write_absolute_time,
            write_names_alone,
            write_wrong_count_of_lines,
        )
    ),
    Sample(
        write_geis,
        (
            Expected("cycling", _REST, "cycling"),
            Expected("impedance", _SPECTRUM, "spectrum 1"),
            Expected("impedance", _SPECTRUM, "spectrum 2"),
        ),
    ),
    Sample(write_lsv, (Expected("polarisation", _LSV, ""),)),
)
