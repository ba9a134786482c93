"""testXpert workbooks: one specimen in English; two specimens on one sheet in French; the curve without results."""

from pathlib import Path

import xlsxwriter

from support.reader_samples import Expected, Sample
from support.samples._tensile import EXTENSION_MM, FORCE_N, TIME_S, TRAVEL_MM


def _write(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value not in ("", None):
                        sheet.write(at, column, value)
    return path


def write_one_specimen(folder: Path) -> Path:
    results = [
        ["", "Specimen designation", "Date/Clock time", "Fmax", "a0", "b0", "S0", "L0"],
        ["", "", "", "N", "mm", "mm", "mm²", "mm"],
        ["", "AlMgZr20", 45407.397210648145, 960.0, 1.0, 5.0, 5.0, 25.0],
    ]
    names = ["Time", "Standard force", "Strain", "Grip to grip separation"]
    body = [list(r) for r in zip(TIME_S, FORCE_N, EXTENSION_MM, TRAVEL_MM + 40, strict=True)]
    values = [["AlMgZr20"] * 4, names, ["s", "N", "mm", "mm"], *body]
    return _write(folder / "a.xlsx", {"Results AlMgZr20": results, "Values AlMgZr20": values})


def write_two_specimens_side_by_side(folder: Path) -> Path:
    names = ["Temps d'essai", "Force standard", "Course standard", "Ecartement entre outils"]
    body = [
        [*r, *([t, f / 2, e, g] if k < 6 else ["", "", "", ""])]
        for k, (r, t, f, e, g) in enumerate(
            zip(
                zip(TIME_S, FORCE_N, EXTENSION_MM, TRAVEL_MM + 40, strict=True),
                TIME_S, FORCE_N, EXTENSION_MM, TRAVEL_MM + 40, strict=True,
            )
        )
    ]  # fmt: skip
    values = [["A"] * 4 + ["B"] * 4, names * 2, ["s", "N", "mm", "mm"] * 2, *body]
    return _write(folder / "a.xlsx", {"Valeurs série": values})


_ONE = {
    "test_time_second": TIME_S,
    "force_newton": FORCE_N,
    "displacement_millimetre": TRAVEL_MM,
    "extension_millimetre": EXTENSION_MM,
}
_TWO = {name: values[:6] for name, values in _ONE.items()} | {"force_newton": FORCE_N[:6] / 2}
SAMPLES = (
    Sample(write_one_specimen, (Expected("tensile", _ONE, "AlMgZr20", rtol=1e-8),)),
    Sample(
        write_two_specimens_side_by_side,
        (Expected("tensile", _ONE, "A", rtol=1e-8), Expected("tensile", _TWO, "B", rtol=1e-8)),
    ),
)
