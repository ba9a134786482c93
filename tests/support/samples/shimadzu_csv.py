"""Trapezium csv: one specimen in quotes, two side by side in French, names of channels without a specimen."""

from pathlib import Path

from support.reader_samples import Expected, Sample
from support.samples._tensile import FORCE_N, TIME_S, TRAVEL_MM, rows, save


def write_one_in_quotes(folder: Path) -> Path:
    head = ['"C35",,', '"Time","Force","Stroke"', '"sec","N","mm"']
    return save(folder, "a.csv", [*head, *rows([TIME_S, FORCE_N, TRAVEL_MM], quoted=True)])


def write_two_of_unequal_length(folder: Path) -> Path:
    head = ["Brut 1,,,Recuit à 250°C,,", "Temps,Force,Course_Traverse," * 1 + "Temps,Force,Course_Traverse"]
    body = rows([TIME_S, FORCE_N, TRAVEL_MM])
    short = rows([TIME_S, FORCE_N / 2, TRAVEL_MM])[:5] + [",,"] * 3
    lines = [f"{a},{b}" for a, b in zip(body, short, strict=True)]
    return save(folder, "a.csv", [*head, "sec,N,mm,sec,N,mm", *lines])


def write_without_specimen_and_decimal_commas(folder: Path) -> Path:
    head = ["Time;Force;Stroke", "sec;kN;mm"]
    return save(folder, "a.csv", [*head, *rows([TIME_S, FORCE_N / 1000, TRAVEL_MM], ";", ",")], end="\n")


_ALL = {"test_time_second": TIME_S, "force_newton": FORCE_N, "displacement_millimetre": TRAVEL_MM}
_SHORT = {"test_time_second": TIME_S[:5], "force_newton": FORCE_N[:5] / 2, "displacement_millimetre": TRAVEL_MM[:5]}
SAMPLES = (
    Sample(write_one_in_quotes, (Expected("tensile", _ALL, "C35"),)),
    Sample(
        write_two_of_unequal_length,
        (Expected("tensile", _ALL, "Brut 1"), Expected("tensile", _SHORT, "Recuit à 250°C")),
    ),
    Sample(write_without_specimen_and_decimal_commas, (Expected("tensile", _ALL, ""),)),
)
