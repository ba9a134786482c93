"""testXpert .TRA in French with commas, in German with semicolons and decimal commas, in English with tabs."""

from pathlib import Path

from support.reader_samples import Expected, Sample
from support.samples._tensile import EXTENSION_MM, FORCE_N, STRAIN_PERCENT, TIME_S, TRAVEL_MM, rows, save

ABSOLUTE_MM = TRAVEL_MM - 750.5


def write_tra_french(folder: Path) -> Path:
    head = [
        '"Épaisseur éprouvette",1,"mm"',
        '"Largeur éprouvette",5,"mm"',
        '"Section",5,"mm²"',
        '"L0 - course standard",25,"mm"',
        '"Capteur de course",""',
        '"Date/heure",43173.4,""',
        '"v1",1,"mm/min"',
        '"Temps","Traverse absolue","Force standard","Course standard"',
        '"s","mm","N","mm"',
    ]
    return save(folder, "a.TRA", [*head, *rows([TIME_S, ABSOLUTE_MM, FORCE_N, EXTENSION_MM])])


def write_tra_german(folder: Path) -> Path:
    head = [
        "Probendicke;1;mm",
        "Probenbreite;5;mm",
        "Probenbezeichnung;Folie 3;",
        "Rm;192;MPa",
        "Prüfzeit;Standardkraft;Standardweg;Dehnung;Werkzeugabstand",
        "s;kN;mm;%;mm",
    ]
    columns = [TIME_S, FORCE_N / 1000, TRAVEL_MM, STRAIN_PERCENT, TRAVEL_MM + 40]
    return save(folder, "a.tra", [*head, *rows(columns, ";", ",")], end="\n")


def write_tra_units_behind_names(folder: Path) -> Path:
    head = ["Test time [s]\tStandard force [N]\tNominal strain [mm]"]
    return save(folder, "a.txt", [*head, *rows([TIME_S, FORCE_N, EXTENSION_MM], "\t")], encoding="utf-8-sig")


_BASE = {"test_time_second": TIME_S, "force_newton": FORCE_N}
SAMPLES = (
    Sample(
        write_tra_french,
        (
            Expected(
                "tensile",
                {**_BASE, "displacement_millimetre": TRAVEL_MM, "extension_millimetre": EXTENSION_MM},
                rtol=1e-8,
            ),
        ),
    ),
    Sample(
        write_tra_german,
        (
            Expected(
                "tensile",
                {**_BASE, "displacement_millimetre": TRAVEL_MM, "strain_percent": STRAIN_PERCENT},
                rtol=1e-8,
            ),
        ),
    ),
    Sample(
        write_tra_units_behind_names,
        (Expected("tensile", {**_BASE, "displacement_millimetre": None, "extension_millimetre": EXTENSION_MM}),),
    ),
)
