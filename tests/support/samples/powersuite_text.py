"""PowerSuite's exported spectra."""

from pathlib import Path

from support.reader_samples import Expected, Sample
from support.samples.common import FREQUENCY_HZ, Z_OHM


def write_powersuite(folder: Path) -> Path:
    """Names without units, low frequencies first, lines that end twice."""
    rows = zip(FREQUENCY_HZ[::-1], Z_OHM[::-1], strict=True)
    text = "Frequency\t Zre\t Zimg\t\n" + "".join(
        f"{float(f)!r}\t {float(z.real)!r}\t {float(z.imag)!r}\t\n" for f, z in rows
    )
    file = folder / "power.txt"
    file.write_bytes(text.replace("\n", "\r\r\n").encode())
    return file


_EIS = {
    "frequency_hertz": FREQUENCY_HZ[::-1],
    "impedance_real_ohm": Z_OHM.real[::-1],
    "impedance_imaginary_ohm": Z_OHM.imag[::-1],
}
SAMPLES = (Sample(write_powersuite, (Expected("impedance", _EIS),)),)
