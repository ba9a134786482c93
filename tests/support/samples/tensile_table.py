"""Tables of any origin: csv with units behind names, a row of units, German semicolons, a workbook, groups."""

from pathlib import Path

import xlsxwriter

from support.reader_samples import Expected, Sample
from support.samples._tensile import FORCE_N, STRAIN_PERCENT, STRESS_MPA, TIME_S, TRAVEL_MM, rows, save

MPA_PER_KSI = 6.894757293168361


def write_stress_in_ksi(folder: Path) -> Path:
    lines = ["Sample: foil 3", "Gauge length (mm),25", "Strain (in/in),Stress (ksi)"]
    return save(folder, "a.csv", [*lines, *rows([STRAIN_PERCENT / 100, STRESS_MPA])], end="\n")


def write_german_semicolons(folder: Path) -> Path:
    lines = ["Zeit;Weg;Kraft", "s;µm;kN", *rows([TIME_S, TRAVEL_MM * 1000, FORCE_N / 1000], ";", ",")]
    return save(folder, "a.txt", lines)


def write_workbook(folder: Path) -> Path:
    with xlsxwriter.Workbook(str(folder / "datos.xlsx")) as book:
        book.add_worksheet("Notas").write(0, 0, "nada")
        sheet = book.add_worksheet("Hoja1")
        sheet.write_row(0, 0, ["Carga [kN]", "Longitud [mm]"])
        for at, row in enumerate(zip(FORCE_N / 1000, TRAVEL_MM + 50, strict=True), 1):
            sheet.write_row(at, 0, row)
    return folder / "datos.xlsx"


def write_two_specimens(folder: Path) -> Path:
    lines = ["A\t\tB\t", "Force (N)\tDisplacement (mm)\tForce (N)\tDisplacement (mm)"]
    return save(folder, "a.dat", [*lines, *rows([FORCE_N, TRAVEL_MM, FORCE_N / 2, TRAVEL_MM], "\t")])


_TABLE = {"force_newton": FORCE_N, "displacement_millimetre": TRAVEL_MM}
SAMPLES = (
    Sample(
        write_stress_in_ksi,
        (
            Expected(
                "tensile",
                {"stress_megapascal": STRESS_MPA * MPA_PER_KSI, "strain_percent": STRAIN_PERCENT, "force_newton": None},
            ),
        ),
    ),
    Sample(write_german_semicolons, (Expected("tensile", {**_TABLE, "test_time_second": TIME_S}),)),
    Sample(write_workbook, (Expected("tensile", _TABLE, rtol=1e-8),)),
    Sample(
        write_two_specimens,
        (Expected("tensile", _TABLE, "A"), Expected("tensile", {**_TABLE, "force_newton": FORCE_N / 2}, "B")),
    ),
)
