"""Eco Chemie FRA prints: five digits in engineering form, parted by tabs."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import FREQUENCY_HZ, Z_OHM

TIME_S = 59.3 + np.arange(FREQUENCY_HZ.size)
HEADER = " f/Hz       \t Z'/Ohm     \t -Z''/Ohm   \t time/s    \t Edc/V     \t Idc/A     \t"


def print_of(points: int, mark: str = ".", end: str = "\r\n") -> str:
    """A whole print: head, columns, count, rows."""
    head = [
        "Procedure : Li|Li 7",
        "13.07.2022 22:32:00 - 13.07.2022 22:52:00 i(init)= 183.1nA - i(end)= 7.88nA",
        "before cycling",
        "t =  736.4 s",
        HEADER,
        f" {FREQUENCY_HZ.size} ",
    ]
    rows = [
        "".join(f" {x:.8e}\t" for x in (f, z.real, -z.imag, t, 0.30981, 1.8311e-7)).replace(".", mark)
        for f, z, t in zip(FREQUENCY_HZ[:points], Z_OHM[:points], TIME_S[:points], strict=True)
    ]
    return end.join([*head, *rows]) + end


def write_p00(folder: Path) -> Path:
    """As the FRA program prints it."""
    file = folder / "cell.P00"
    file.write_bytes(print_of(FREQUENCY_HZ.size).encode("latin-1"))
    return file


def write_comma_p00(folder: Path) -> Path:
    """Decimal commas and line feeds only."""
    file = folder / "comma.P00"
    file.write_bytes(print_of(FREQUENCY_HZ.size, ",", "\n").encode("latin-1"))
    return file


def write_aborted_p00(folder: Path) -> Path:
    """Fewer rows than announced."""
    file = folder / "aborted.P00"
    file.write_bytes(print_of(6).encode("latin-1"))
    return file


_COLUMNS = {
    "frequency_hertz": FREQUENCY_HZ,
    "impedance_real_ohm": Z_OHM.real,
    "impedance_imaginary_ohm": Z_OHM.imag,
    "test_time_second": TIME_S,
    "voltage_volt": np.full(FREQUENCY_HZ.size, 0.30981),
    "current_ampere": np.full(FREQUENCY_HZ.size, 1.8311e-7),
}
SAMPLES = (
    Sample(write_p00, (Expected("impedance", _COLUMNS, rtol=1e-8),)),
    Sample(write_comma_p00, (Expected("impedance", _COLUMNS, rtol=1e-8),)),
    Sample(write_aborted_p00, (Expected("impedance", {k: v[:6] for k, v in _COLUMNS.items()}, rtol=1e-8),)),
)
