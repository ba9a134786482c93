"""Zahner .ism: as Thales writes a measurement, as its older versions and its Python tools do, and a cut one."""

import struct
from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import FREQUENCY_HZ, Z_OHM

#: A sweep as Thales runs it: from the middle up, and then all the way down.
UP_AND_DOWN = np.concatenate([np.arange(6, 0, -1), np.arange(FREQUENCY_HZ.size)])
F_HZ, Z = FREQUENCY_HZ[UP_AND_DOWN], Z_OHM[UP_AND_DOWN]
STAMPS_S = 1_405_589_568.0 + 4.0 * np.arange(F_HZ.size)  # 16 July 2024
SIGNIFICANCE = np.full(F_HZ.size, 998)
VOLTAGE_V = 0.5 + 1e-4 * np.arange(F_HZ.size)
CURRENT_A = 1e-3 - 1e-6 * np.arange(F_HZ.size)


def counted(text: str) -> bytes:
    """A text as Thales stores it: its length, then the letters in swapped case."""
    return len(text).to_bytes(2, "big") + text.swapcase().encode("latin-1")


def numbers(version: int, frequency: np.ndarray, z: np.ndarray, stamps: np.ndarray) -> bytes:
    """Head and columns."""
    head = b"\0\0" + struct.pack(">i", version) + (frequency.size - 1).to_bytes(6, "big")
    columns = b"".join(c.astype(">f8").tobytes() for c in (frequency, np.abs(z), np.angle(z), stamps))
    return head + columns + np.full(frequency.size, 998).astype(">i2").tobytes()


def description(*texts: str, flag: int, flags: float) -> bytes:
    """Texts, and the parameters after them: the 26th is the amplitude in mV, the 28th says which tracks follow."""
    parameters = np.zeros(32)
    parameters[0], parameters[25], parameters[27] = 1.0, 10.0, flags
    return b"".join(map(counted, texts)) + struct.pack(">h", flag) + parameters.astype(">f8").tobytes()


TEXTS = (
    "160724", "Li|Li 7", "0.5000V, Ampl: 10mV", "1.0000mA", "23.8+-0.1C", "09:32:45 - 09:37:42",
    "First Line", "2", "3", "Last Line", "1.54 cm2", "",
)  # fmt: skip


def write_thales_ism(folder: Path) -> Path:
    """A measurement of today's Thales, with voltage and current of every point."""
    tracks = np.column_stack([VOLTAGE_V, CURRENT_A]).astype(">f8").tobytes()
    file = folder / "cell.ism"
    file.write_bytes(numbers(-2, F_HZ, Z, STAMPS_S) + description(*TEXTS, flag=864, flags=32944.0) + tracks)
    return file


def write_older_ism(folder: Path) -> Path:
    """Version -1, counted points instead of times, no tracks."""
    texts = ("250509", "Simulation", "0V", "0A", "RT", "11:11:11 - 12:12:12", "Akku", "", "", "", "", "")
    file = folder / "old.ism"
    counts = np.arange(FREQUENCY_HZ.size, dtype=float)
    file.write_bytes(numbers(-1, FREQUENCY_HZ, Z_OHM, counts) + description(*texts, flag=0, flags=0.0))
    return file


def write_python_ism(folder: Path) -> Path:
    """As Zahner's Python tools save edited data: no date, empty texts, no parameters."""
    file = folder / "edited.ism"
    counts = np.arange(FREQUENCY_HZ.size, dtype=float)
    file.write_bytes(numbers(-2, FREQUENCY_HZ, Z_OHM, counts) + bytes(24))
    return file


_MEASURED = {
    "frequency_hertz": F_HZ,
    "impedance_real_ohm": Z.real,
    "impedance_imaginary_ohm": Z.imag,
    "test_time_second": STAMPS_S - STAMPS_S[0],
    "voltage_volt": VOLTAGE_V,
    "current_ampere": CURRENT_A,
}
_BARE = {
    "frequency_hertz": FREQUENCY_HZ,
    "impedance_real_ohm": Z_OHM.real,
    "impedance_imaginary_ohm": Z_OHM.imag,
    "test_time_second": None,
    "voltage_volt": None,
}
SAMPLES = (
    Sample(write_thales_ism, (Expected("impedance", _MEASURED),)),
    Sample(write_older_ism, (Expected("impedance", _BARE),)),
    Sample(write_python_ism, (Expected("impedance", _BARE),)),
)
