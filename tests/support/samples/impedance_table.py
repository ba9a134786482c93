"""Impedance spectra in text and workbooks of any origin."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import FREQUENCY_HZ, Z_OHM

_SPECTRUM = {
    "frequency_hertz": FREQUENCY_HZ,
    "impedance_real_ohm": Z_OHM.real,
    "impedance_imaginary_ohm": Z_OHM.imag,
}
_ONE = (Expected("impedance", _SPECTRUM),)


def _write(folder, name, header, columns, sep=",", decimal="."):
    file = folder / name
    rows = [sep.join(repr(float(x)).replace(".", decimal) for x in row) for row in zip(*columns, strict=True)]
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


def write_minus_imaginary(folder: Path) -> Path:
    return _write(folder, "z.csv", "freq,Zre,-Zim", (FREQUENCY_HZ, Z_OHM.real, -Z_OHM.imag))


def write_units_and_decimal_comma(folder: Path) -> Path:
    columns = (FREQUENCY_HZ / 1e3, Z_OHM.real, -Z_OHM.imag)
    return _write(folder, "z.csv", "Cell: A7\nf (kHz);Z' (Ohm);-Z'' (Ohm)", columns, ";", ",")


def write_blanks(folder: Path) -> Path:
    return _write(folder, "z.txt", "f Z' Z''", (FREQUENCY_HZ, Z_OHM.real, Z_OHM.imag), " ")


def write_modulus_and_phase(folder: Path) -> Path:
    return _write(folder, "z.csv", "frequency,|Z|,-phase", (FREQUENCY_HZ, np.abs(Z_OHM), -np.angle(Z_OHM, deg=True)))


def write_two_sweeps(folder: Path) -> Path:
    columns = [np.tile(c, 2) for c in (FREQUENCY_HZ, Z_OHM.real, Z_OHM.imag)]
    return _write(folder, "z.csv", "f,Z',Z''", columns)


def write_workbook_of_two_sheets(folder: Path) -> Path:
    import xlsxwriter

    file = folder / "z.xlsx"
    with xlsxwriter.Workbook(file) as book:
        for name, scale in (("fresh", 1.0), ("aged", 2.0)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["Frequency (Hz)", "Re(Z)/Ohm", "-Im(Z)/Ohm"])
            for row, (f, z) in enumerate(zip(FREQUENCY_HZ, Z_OHM, strict=True), start=1):
                sheet.write_row(row, 0, [f, scale * z.real, -scale * z.imag])
    return file


def _scaled(scale):
    return {name: values * (scale if "ohm" in name else 1.0) for name, values in _SPECTRUM.items()}


SAMPLES = (
    Sample(write_minus_imaginary, _ONE),
    Sample(write_units_and_decimal_comma, _ONE),
    Sample(write_blanks, _ONE),
    Sample(write_modulus_and_phase, _ONE),
    Sample(
        write_two_sweeps,
        (Expected("impedance", _SPECTRUM, "spectrum 1"), Expected("impedance", _SPECTRUM, "spectrum 2")),
    ),
    Sample(
        write_workbook_of_two_sheets,
        (Expected("impedance", _scaled(1.0), "fresh"), Expected("impedance", _scaled(2.0), "aged")),
    ),
)
