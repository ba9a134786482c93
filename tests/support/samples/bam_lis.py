"""BAM .lis: the header of 2022, tabs, decimal commas; with and without an extensometer; an aborted test."""

from pathlib import Path

from support.reader_samples import Expected, Sample
from support.samples._tensile import (
    AREA_MM2,
    FORCE_N,
    STRAIN_PERCENT,
    STRESS_MPA,
    TIME_S,
    TRAVEL_MM,
    number,
    rows,
    save,
)


def header(results: dict[str, tuple[str, str]]) -> list[str]:
    keys = {
        "Versuchsbezeichnung": ("", "ZUG-Versuch"),
        "Versuchs-Datum": ("", "09.08.2022"),
        "Projekt": ("", "VH5204"),
        "Werkstoff": ("", "CuNiSi"),
        "Prüfmaschine": ("", "M33"),
        "Probenbezeichnung": ("", "C_08"),
        "Probenquerschnitt": ("mm²", number(AREA_MM2, ",")),
        "Prüftemperatur": ("°C", "26"),
        "Prüfgeschwindigkeit 2": ("mm/min", "12"),
        "Anfangsmesslänge": ("mm", "25"),
        **results,
    }
    lines = [
        f"{key:36}\t\t\t\t{value}" if not unit else f"{key:36}\t\t\t{unit}\t{value}"
        for key, (unit, value) in keys.items()
    ]
    return ["BAM 5.2 *ZUG01-V03* VH5204_C_08.lis", "-" * 35, "", *lines, "-", "", "", "", "-", "[Daten]"]


RESULTS = {
    "Steigung des elastischen Teils (mE) ": ("GPa", "64,9"),
    "Dehngrenze (Rp0,2)": ("MPa", "180,5"),
    "Zugfestigkeit": ("MPa", "192"),
    "Bruchdehnung": ("%", "0,5"),
}


def write_lis(folder: Path) -> Path:
    body = rows([TIME_S, TRAVEL_MM, FORCE_N / 1000, STRAIN_PERCENT, STRESS_MPA], "\t", ",")
    names = ["Zeit\tWeg\tKraft\tDehnung\tSpannung", "sec\tmm\tkN\t%\tMPa"]
    return save(folder, "a.lis", [*header(RESULTS), *names, *body])


def write_lis_without_extensometer_or_results(folder: Path) -> Path:
    body = rows([TIME_S, TRAVEL_MM, FORCE_N], "\t", ",")
    return save(folder, "a.lis", [*header({}), "Zeit\tWeg\tKraft", "sec\tmm\tN", *body], end="\n")


_BASE = {"test_time_second": TIME_S, "force_newton": FORCE_N, "displacement_millimetre": TRAVEL_MM}
SAMPLES = (
    Sample(
        write_lis,
        (Expected("tensile", {**_BASE, "strain_percent": STRAIN_PERCENT, "stress_megapascal": STRESS_MPA}),),
    ),
    Sample(
        write_lis_without_extensometer_or_results,
        (Expected("tensile", {**_BASE, "strain_percent": None, "stress_megapascal": None}),),
    ),
)
