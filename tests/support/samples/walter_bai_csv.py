"""Walter+Bai csv in French with and without a semicolon at the end, and in German with decimal commas."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples._tensile import EXTENSION_MM, FORCE_N, TIME_S, TRAVEL_MM, rows, save

_NUMBER = np.arange(1, 9)


def write_french(folder: Path) -> Path:
    head = "S/No;C_1_Temps[s];C_1_Force[kN];C_1_Déform1[mm];C_1_Déplacement[mm];"
    body = [line + ";" for line in rows([_NUMBER, TIME_S, FORCE_N / 1000, EXTENSION_MM, TRAVEL_MM], ";")]
    return save(folder, "a.csv", [head, *body], encoding="utf-8", end="\n")


def write_german_with_channels_without_unit(folder: Path) -> Path:
    head = "S/No;C_1_Zeit[s];C_1_Kraft[N];C_1_Sollwert[];C_1_Weg[mm]"
    body = rows([_NUMBER * 10.0 - 9, TIME_S, FORCE_N, TIME_S, TRAVEL_MM], ";", ",")
    return save(folder, "a.csv", [head, *body])


_BASE = {"test_time_second": TIME_S, "force_newton": FORCE_N, "displacement_millimetre": TRAVEL_MM}
SAMPLES = (
    Sample(write_french, (Expected("tensile", {**_BASE, "extension_millimetre": EXTENSION_MM}),)),
    Sample(
        write_german_with_channels_without_unit,
        (Expected("tensile", {**_BASE, "extension_millimetre": None, "strain_percent": None}),),
    ),
)
