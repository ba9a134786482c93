"""Text tables of any origin."""

from pathlib import Path

from support.reader_samples import Expected, Sample
from support.samples.common import CURRENT_A, STEP, TIME_S, VOLTAGE_V


def write_delimited(folder: Path) -> Path:
    """Semicolons, decimal commas, lines above the header."""
    file = folder / "cell.csv"
    rows = zip(TIME_S / 3600, VOLTAGE_V * 1e3, CURRENT_A * 1e3, STEP, strict=True)
    lines = ["Cell: Li|Li 7", "Operator: nobody", "Test Time / h;Voltage (mV);I [mA];Step Index"]
    lines += [";".join(repr(float(x)).replace(".", ",") for x in row) for row in rows]
    file.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
    return file


_CYCLING = {"test_time_second": TIME_S, "voltage_volt": VOLTAGE_V, "current_ampere": CURRENT_A}
SAMPLES = (Sample(write_delimited, (Expected("cycling", _CYCLING),)),)
