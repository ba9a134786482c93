"""Eco Chemie FRA data: one number a line, -Z'' as its program stores it."""

from pathlib import Path

from support.reader_samples import Expected, Sample
from support.samples.common import FREQUENCY_HZ, Z_OHM

SPECTRUM = {"frequency_hertz": FREQUENCY_HZ, "impedance_real_ohm": Z_OHM.real, "impedance_imaginary_ohm": Z_OHM.imag}


def dfr(rest: tuple[float, ...] = (0.0,) * 6, mark: str = ".", end: str = "\r\n", points: int = Z_OHM.size) -> bytes:
    """Text of a whole file, with the numbers and dates that follow the last point."""
    lines = ["VERSION8.0", f" {Z_OHM.size}", " 1"]
    for f, z in zip(FREQUENCY_HZ[:points], Z_OHM[:points], strict=True):
        lines += [f" {float(x)!r}" for x in (f, z.real, -z.imag, *rest)]
    if points == Z_OHM.size:
        lines += [" 1.0", " 1.0", " 1.0", "13.07.2022 22:32:00", "12.11.2018 22:33:00", *[" 2.0"] * 5]
    numbers = [line if line[0] != " " else line.replace(".", mark) for line in lines]
    return (end.join(numbers) + end).encode("latin-1")


def write_dfr(folder: Path) -> Path:
    """As the FRA program saves it."""
    file = folder / "cell.dfr"
    file.write_bytes(dfr())
    return file


def write_comma_dfr(folder: Path) -> Path:
    """Decimal commas, line feeds only, mean values in the further numbers."""
    file = folder / "comma.dfr"
    file.write_bytes(dfr((0.5, 1e-6, 59.3, 0.0, 1.0, 2.0), ",", "\n"))
    return file


def write_aborted_dfr(folder: Path) -> Path:
    """A run that was stopped: fewer points than announced."""
    file = folder / "aborted.dfr"
    file.write_bytes(dfr(points=5))
    return file


SAMPLES = (
    Sample(write_dfr, (Expected("impedance", SPECTRUM),)),
    Sample(write_comma_dfr, (Expected("impedance", SPECTRUM),)),
    Sample(write_aborted_dfr, (Expected("impedance", {name: column[:5] for name, column in SPECTRUM.items()}),)),
)
