"""ZIVE spectra, made up."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import FREQUENCY_HZ, Z_OHM

_HEAD = (
    b"\xfe\xabZ11\r\nOPERATOR\r\nPot. EIS (Impedance)\r\n11|free|0|20|Auto|0|100|kHz|10|mHz|10|Nyquist\r\n"
    b"  1.000\r\n  1.000\r\n0|1.000\r\n/2024/3/5/2/11/22/33/44\r\n"
)


def crv(announced: int = Z_OHM.size) -> bytes:
    rows = [
        "\t".join(f"{x:.12E}" for x in (f, abs(z), np.degrees(np.angle(z)), 0, 0, 0, z.real, -z.imag, 0))
        for f, z in zip(FREQUENCY_HZ, Z_OHM, strict=True)
    ]
    return _HEAD + f"{announced}                  \r\n".encode() + "\r\n".join([*rows, ""]).encode()


def write_crv(folder: Path) -> Path:
    """One spectrum."""
    path = folder / "cell.crv"
    path.write_bytes(crv())
    return path


def write_crv_with_line_feeds(folder: Path) -> Path:
    """The same without carriage returns and without an end of the last line."""
    path = folder / "other.crv"
    path.write_bytes(crv().replace(b"\r\n", b"\n").rstrip())
    return path


_SPECTRUM = {"frequency_hertz": FREQUENCY_HZ, "impedance_real_ohm": Z_OHM.real, "impedance_imaginary_ohm": Z_OHM.imag}
SAMPLES = (
    Sample(write_crv, (Expected("impedance", _SPECTRUM),)),
    Sample(write_crv_with_line_feeds, (Expected("impedance", _SPECTRUM),)),
)
