"""EC-Lab's columns as a spreadsheet leaves them: two cycles, a name lost."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import FREQUENCY_HZ, Z_OHM

_NAMES = "freq/Hz\tRe(Z)/Ohm\t#NAME?\t|Z|/Ohm\tPhase(Z)/deg\ttime/s\t<Ewe>/V\t<I>/mA\tCycle number\tRe(Z)/Ohm * Area\n"


def write_dahn(folder: Path) -> Path:
    """Two spectra, one a cycle."""
    rows = []
    for cycle, z in ((6, Z_OHM), (7, 2 * Z_OHM)):
        for k, (f, value) in enumerate(zip(FREQUENCY_HZ, z, strict=True)):
            numbers = (f, value.real, -value.imag, abs(value), np.angle(value, deg=True), 2800.0 + k, 3.81, -0.5, cycle,
                       69.9 * value.real)  # fmt: skip
            rows.append("\t".join(repr(float(number)) for number in numbers))
    file = folder / "dahn.txt"
    file.write_bytes((_NAMES + "\n".join(rows) + "\n").replace("\n", "\r\n").encode())
    return file


def eis(z) -> dict:
    """Columns of a spectrum."""
    return {
        "frequency_hertz": FREQUENCY_HZ,
        "impedance_real_ohm": z.real,
        "impedance_imaginary_ohm": z.imag,
        "test_time_second": 2800.0 + np.arange(z.size),
        "voltage_volt": np.full(z.size, 3.81),
        "current_ampere": np.full(z.size, -5e-4),
    }


SAMPLES = (
    Sample(
        write_dahn, (Expected("impedance", eis(Z_OHM), "cycle 6"), Expected("impedance", eis(2 * Z_OHM), "cycle 7"))
    ),
)
