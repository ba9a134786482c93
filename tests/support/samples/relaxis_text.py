"""Spectra exported by RelaxIS: one, two below each other, two beside each other."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import FREQUENCY_HZ, Z_OHM

_HEAD = "RelaxIS 3.0 Spectrum export\nDate: 12/16/2025 2:29:15 PM\n"
_NAMES = "Data: Frequency\tData: Z'\tData: Z''\tData: |Z|\tData: Theta (Z)"
_SAID = "DC=-0.080042, TM=25.1, FV2=1\tModel: Unassigned Spectra\t(WE/RE Spectrum) {name}\t\t"


def row(f, z) -> str:
    """Five fields."""
    numbers = (f, z.real, z.imag, abs(z), np.angle(z, deg=True))
    return "\t".join(repr(float(number)) for number in numbers)


def block(name: str, z=Z_OHM) -> str:
    """A description and its rows."""
    rows = "\n".join(row(f, value) for f, value in zip(FREQUENCY_HZ, z, strict=True))
    return _SAID.format(name=name) + "\n" + rows + "\n"


def _write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    return file


def write_one(folder: Path) -> Path:
    """One spectrum."""
    return _write(folder, "one.txt", _HEAD + _NAMES + "\n" + block("cell 7.mpr"))


def write_below(folder: Path) -> Path:
    """Two spectra below each other, with decimal commas."""
    text = block("a") + block("b", 2 * Z_OHM)
    return _write(folder, "below.txt", _HEAD + _NAMES + "\n" + text.replace(".", ","))


def write_beside(folder: Path) -> Path:
    """Two spectra beside each other, the second shorter."""
    short = Z_OHM.size - 3
    text = _HEAD + _NAMES + "\t" + _NAMES + "\n" + _SAID.format(name="a") + "\t" + _SAID.format(name="b") + "\n"
    for k, (f, z) in enumerate(zip(FREQUENCY_HZ, Z_OHM, strict=True)):
        text += row(f, z) + "\t" + (row(f, 2 * z) if k < short else "\t\t\t\t") + "\n"
    return _write(folder, "beside.txt", text)


def eis(z=Z_OHM) -> dict:
    """Columns of a spectrum."""
    return {
        "frequency_hertz": FREQUENCY_HZ[: z.size],
        "impedance_real_ohm": z.real,
        "impedance_imaginary_ohm": z.imag,
    }


_A, _B = "(WE/RE Spectrum) a", "(WE/RE Spectrum) b"
SAMPLES = (
    Sample(write_one, (Expected("impedance", eis(), ""),)),
    Sample(write_below, (Expected("impedance", eis(), _A), Expected("impedance", eis(2 * Z_OHM), _B))),
    Sample(write_beside, (Expected("impedance", eis(), _A), Expected("impedance", eis(2 * Z_OHM[:-3]), _B))),
)
