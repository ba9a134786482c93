"""Workbooks: Avantage with a fit and with a profile, KherveFitting with raw and corrected data."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xlsxwriter

from support.reader_samples import Expected, Sample

ENERGY_EV = np.array([298.08, 297.98, 297.88, 297.78])
RATE = np.array([5951.92, 6095.35, 5928.65, 6010.47])
SURVEY_EV = np.array([1350.08, 1349.58, 1349.08])
SURVEY = np.array([123177.0, 122826.0, 123562.0])
ETCH_S = (0.0, 30.0)


def save(file: Path, sheets: dict[str, list[Sequence[object]]]) -> Path:
    book = xlsxwriter.Workbook(str(file))
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, ["" if cell is None else cell for cell in row])
    book.close()
    return file


def avantage_head(points: int, second: Sequence[object] = ()) -> list[Sequence[object]]:
    empty: list[Sequence[object]] = [[]]
    head = [
        ["", "", "", "", "", "", "", "Acquisition Parameters :"],
        [],
        ["", "", "", "", "", "", "", "Parameter", " "],
    ]
    head += [["", "", "", "", "", "", "", "Number of Scans", 5]]
    head += [["", "", "", "", "", "", "", "Analyser Mode", "CAE : Pass Energy 20.0 eV"]]
    head += [["\ufeff"], ["Axis", "Energy", "Elements=", points], list(second), ["C:\\data\\film.DATA\\C1s Scan.VGD"]]
    return head + empty * 5


def write_avantage_fit(folder: Path) -> Path:
    residual = "Counts / s  (Residuals \u00d7 4)"
    scan = [
        *avantage_head(4),
        ["Binding Energy (E)", "", "", "", "C1s C-C", "C1s C=O", "Backgnd.", "Envelope", "Residuals"],
        ["eV", "", "Counts / s", "", *["Counts / s"] * 4, residual],
        *([e, "", r, "", 1.5, 0.5, 3.0, r - 1, 1.0] for e, r in zip(ENERGY_EV, RATE, strict=True)),
    ]
    survey = [
        *avantage_head(3),
        ["Binding Energy (E)"],
        ["eV", "", "Counts / s"],
        *([e, "", r] for e, r in zip(SURVEY_EV, SURVEY, strict=True)),
    ]
    peaks = [[" ", "Name ", "Peak BE", "FWHM eV", "Area (P) CPS.eV"], ["", "C1s C-C", 297.83, 1.83, 14670.27]]
    titles = [["22:56:55  Thursday, November 14, 2024"], ["Data Files :", "Title", "File Name"]]
    return save(folder / "film.xlsx", {"Survey": survey, "C1s Scan": scan, "Titles": titles, "Quantifications": peaks})


def write_avantage_profile(folder: Path) -> Path:
    """Two etch levels: two columns of counts under one unit, and the etch times above them."""
    rows = [
        *avantage_head(4, ["Axis", "Etch Time", "Elements=", 2])[:-1],
        ["Etch Time", "s", *ETCH_S],
        ["Binding Energy (E)"],
        ["eV", "", "Counts / s"],
        *([e, "", r, 2 * r] for e, r in zip(ENERGY_EV, RATE, strict=True)),
    ]
    return save(folder / "profile.xlsx", {"C1s Scan": rows})


def write_khervefitting(folder: Path) -> Path:
    """Raw beside corrected data, and the table of peaks with its constraints below each peak."""
    table = [
        "ID",
        "Peak\nLabel",
        "Position\n(eV)",
        "Height\n(CPS)",
        "FWHM\n(eV)",
        "L/G \n\u03c3/\u03b3 (%)",
        "Area\n(CPS.eV)",
    ]
    table += ["Fitting Model", "Bkg Type"]
    right: list[list[object]] = [
        ["A", "C1s C-C", "297.90", "140689", "0.64", "44.99", "127566", "GL (Area)", "Smart"],
        ["", "", "279.08,298.08", "0", "0.3:3.5", "30:45", "1:1e7"],
        [],
        [],
    ]
    rows: list[Sequence[object]] = [
        ["Binding Energy", "Corrected Data", "Raw Data", "Transmission", "", "BE", "Background", "", *table]
    ]
    for at, (e, r) in enumerate(zip(ENERGY_EV, RATE, strict=True)):
        rows.append([float(e), r / 0.8, r, 0.8, "", float(e), 5900.0, "", *right[at]])
    return save(folder / "fit.xlsx", {"C1s": rows, "Results Table": [["", "Peak\nLabel", "Position\n(eV)"]]})


def _spectrum(energy: np.ndarray, data: np.ndarray, label: str) -> Expected:
    columns = {"binding_energy_electronvolt": energy, "kinetic_energy_electronvolt": None, "intensity": data}
    return Expected("photoelectrons", columns, label)


SAMPLES = (
    Sample(write_avantage_fit, (_spectrum(SURVEY_EV, SURVEY, "Survey"), _spectrum(ENERGY_EV, RATE, "C1s Scan"))),
    Sample(
        write_avantage_profile,
        (
            _spectrum(ENERGY_EV, RATE, "C1s Scan, Etch Time 0 s"),
            _spectrum(ENERGY_EV, 2 * RATE, "C1s Scan, Etch Time 30 s"),
        ),
    ),
    Sample(write_khervefitting, (_spectrum(ENERGY_EV, RATE, "C1s"),)),
)
