"""Spectra of ZPlot in its versions, and of programs that write for ZView."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import FREQUENCY_HZ, Z_OHM

TIME_S = 2.5 + 0.7 * np.arange(FREQUENCY_HZ.size)
_HEAD = """ZPLOT2 ASCII
  Measured Data, ZPlot:       3.2c
  Experiment Type:            Sweep Frequency, Control Voltage
  Date:                       10-12-2018
  Time:                       11:04:34
  Open Circuit Potential (V): 0.0033
  Begin User Comments:        1
    symmetric cell 7
  End User Comments:          1
  Begin Experiment:           0
    Potential-DC:             0
    Potential-AC:             10
    vs Freq-Initial:          100000
    vs Freq-Final:            0.01
  End Experiment:             0
  Begin Information:          Cell Information
    Surface Area:             1.77
    Density:                  0
  End Information:            Cell Information
  Null Configuration:         0,3,0,1,50000,1
  Data Points:                15
"""
_NAMES = "  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange\n"


def rows(mark: str = "\t", time=TIME_S) -> str:
    """Nine columns."""
    return "".join(
        mark.join([repr(float(f)), "1.0000E-02", "0.0000E+00", repr(float(t)), repr(float(z.real)), repr(float(z.imag)),
                   "0.0000E+00", "0", "4"]) + "\n"
        for f, t, z in zip(FREQUENCY_HZ, time, Z_OHM, strict=True)
    )  # fmt: skip


def _write(folder: Path, name: str, text: str, ends: str = "\r\n") -> Path:
    file = folder / name
    file.write_bytes(text.replace("\n", ends).encode("cp1252"))
    return file


def write_zplot_3(folder: Path) -> Path:
    """All the comments."""
    return _write(folder, "cell.z", _HEAD + _NAMES + "End Comments\n" + rows())


def write_zplot_short(folder: Path) -> Path:
    """Few comments and a clock that stands at zero."""
    text = "ZPLOT2 ASCII\n  Measured Data, Software:    1.0.0\n" + _NAMES + "End Comments\n"
    return _write(folder, "short.z", text + rows(time=np.zeros(FREQUENCY_HZ.size)), ends="\n")


def write_blanks_and_decimal_commas(folder: Path) -> Path:
    """Columns parted by blanks, decimal commas, and no row of names."""
    return _write(folder, "blanks.z", "ZPLOT2 ASCII\nEnd Comments\n" + rows("  ").replace(".", ","))


def write_names_alone(folder: Path) -> Path:
    """The row of names and no comment at all."""
    return _write(folder, "names.z", _NAMES + rows())


def write_z60w(folder: Path) -> Path:
    """Quoted lines and commas, as a frequency analyser writes for ZView; a row of settings above the names."""
    head = '\ufeff"Z60W Data File: Version 1.1"\n' + '""\n' * 7 + "0,2,0,1,0.1,10000\n15\n"
    head += "\"  Freq (Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range\"\n"
    file = folder / "z60w.txt"
    file.write_text(head + rows(","), encoding="utf-8")
    return file


_EIS = {
    "frequency_hertz": FREQUENCY_HZ,
    "impedance_real_ohm": Z_OHM.real,
    "impedance_imaginary_ohm": Z_OHM.imag,
    "test_time_second": TIME_S,
}
_TIMELESS = {**_EIS, "test_time_second": None}
SAMPLES = (
    Sample(write_zplot_3, (Expected("impedance", _EIS),)),
    Sample(write_zplot_short, (Expected("impedance", _TIMELESS),)),
    Sample(write_blanks_and_decimal_commas, (Expected("impedance", _EIS),)),
    Sample(write_names_alone, (Expected("impedance", _EIS),)),
    Sample(write_z60w, (Expected("impedance", _EIS),)),
)
