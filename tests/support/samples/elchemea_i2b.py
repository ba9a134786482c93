"""Elchemea spectra: five lines of description, a count, rows of three numbers; Im Z has its own sign."""

from pathlib import Path

from support.reader_samples import Expected, Sample
from support.samples.common import FREQUENCY_HZ, Z_OHM

SPECTRUM = {"frequency_hertz": FREQUENCY_HZ, "impedance_real_ohm": Z_OHM.real, "impedance_imaginary_ohm": Z_OHM.imag}


def i2b(
    mark: str = ".", end: str = "\n", description: tuple[str, ...] = ("Some words", "of the", "operator", "")
) -> bytes:
    """Text of a whole file."""
    rows = [
        " ".join(repr(float(x)) for x in (f, z.real, z.imag)).replace(".", mark)
        for f, z in zip(FREQUENCY_HZ, Z_OHM, strict=True)
    ]
    return (end.join([*description, str(Z_OHM.size), *rows]) + end).encode("latin-1")


def write_i2b(folder: Path) -> Path:
    """Points and line feeds."""
    file = folder / "cell.i2b"
    file.write_bytes(i2b())
    return file


def write_comma_i2b(folder: Path) -> Path:
    """Decimal commas, carriage returns, another number of lines above."""
    file = folder / "comma.i2b"
    file.write_bytes(i2b(",", "\r\n", ("Zelle 7", "400 °C", "", "", "bar: 1", "", "")))
    return file


SAMPLES = (
    Sample(write_i2b, (Expected("impedance", SPECTRUM),)),
    Sample(write_comma_i2b, (Expected("impedance", SPECTRUM),)),
)
