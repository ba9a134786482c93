"""Bluehill csv: bending in inches and pounds, Bluehill Universal in kN, decimal commas, two specimens in one file."""

from pathlib import Path

from support.reader_samples import Expected, Sample
from support.samples._tensile import (
    FORCE_N,
    INCH_MM,
    LBF_N,
    STRAIN_PERCENT,
    STRESS_MPA,
    TIME_S,
    TRAVEL_MM,
    rows,
    save,
)


def write_bending_in_pounds(folder: Path) -> Path:
    head = [
        'Specimen properties : Specimen label,"80_NA_3ptbnd_run1"',
        'Maximum Load : Flexure extension at Maximum Load,"0.00984",in',
        'Maximum Load : Maximum Load,"960.00000",lbf',
        "",
        "Time,Extension,Load",
        "(s),(in),(lbf)",
    ]
    return save(folder, "a.csv", [*head, *rows([TIME_S, TRAVEL_MM, FORCE_N], quoted=True)])


def write_results_table_and_kilonewtons(folder: Path) -> Path:
    head = [
        "Results Table 1",
        ",Maximum Force,Tensile stress at Maximum Force,Width,Thickness",
        ",(kN),(MPa),(mm),(mm)",
        '1,"0.96","192","5","1"',
        "Mean,0.96,192,,",
        "",
        "Results Table 2",
        "",
        "Time,Displacement,Force,Tensile strain (Strain 1),Tensile stress",
        "(s),(mm),(kN),(mm/mm),(MPa)",
    ]
    columns = [TIME_S, TRAVEL_MM, FORCE_N / 1000, STRAIN_PERCENT / 100, STRESS_MPA]
    return save(folder, "Specimen_RawData_1.csv", [*head, *rows(columns, quoted=True)])


def write_decimal_commas_in_quotes(folder: Path) -> Path:
    head = ["Time,Extension,Load", "(s),(mm),(N)"]
    return save(folder, "a.csv", [*head, *rows([TIME_S, TRAVEL_MM, FORCE_N], mark=",", quoted=True)], end="\n")


def write_two_specimens(folder: Path) -> Path:
    head = ["Results Table 1", ",Width,Thickness", ",(mm),(mm)", '"1","5","1"', '"2","4","2"', ""]
    first = ["1,Time,Displacement,Force", ",(s),(mm),(N)"]
    body = ["," + line for line in rows([TIME_S, TRAVEL_MM, FORCE_N], quoted=True)]
    second = ["," + line for line in rows([TIME_S, TRAVEL_MM, FORCE_N * 2], quoted=True)]
    lines = [*head, *first, *body, "", first[0].replace("1", "2", 1), first[1], *second]
    return save(folder, "a.csv", lines)


_BASE = {"test_time_second": TIME_S, "force_newton": FORCE_N, "displacement_millimetre": TRAVEL_MM}
_POUNDS = {**_BASE, "force_newton": FORCE_N * LBF_N, "displacement_millimetre": TRAVEL_MM * INCH_MM}
SAMPLES = (
    Sample(write_bending_in_pounds, (Expected("tensile", _POUNDS),)),
    Sample(
        write_results_table_and_kilonewtons,
        (Expected("tensile", {**_BASE, "strain_percent": STRAIN_PERCENT, "stress_megapascal": STRESS_MPA}),),
    ),
    Sample(write_decimal_commas_in_quotes, (Expected("tensile", _BASE),)),
    Sample(
        write_two_specimens,
        (
            Expected("tensile", _BASE, "specimen 1"),
            Expected("tensile", {**_BASE, "force_newton": FORCE_N * 2}, "specimen 2"),
        ),
    ),
)
