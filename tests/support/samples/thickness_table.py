"""Tables of thickness: a dilatometer beside a cycler, a German micrometer, strain gauges in microstrain, a workbook."""

from pathlib import Path

import numpy as np
import xlsxwriter

from support.reader_samples import Expected, Sample
from support.samples._tensile import rows, save

TIME_S = np.arange(6) * 1800.0
THICKNESS_UM = np.array([5020.0, 5021.5, 5023.0, 5024.5, 5023.0, 5021.0])
CHANGE_UM = THICKNESS_UM - 5020.0
VOLTAGE_V = np.array([3.0, 3.2, 3.4, 3.6, 3.5, 3.3])
CURRENT_A = np.array([0.1, 0.1, 0.1, 0.1, -0.1, -0.1])


def write_expansion_beside_a_cell(folder: Path) -> Path:
    lines = ["Cell: A7", "Time (h),Voltage (V),Current (mA),Expansion (um),Temperature (degC),Cycle,Force (N)"]
    columns = [TIME_S / 3600, VOLTAGE_V, CURRENT_A * 1000, CHANGE_UM, TIME_S * 0 + 25, TIME_S * 0 + 1, TIME_S * 0 + 90]
    return save(folder, "a.csv", [*lines, *rows(columns)])


def write_german_thickness(folder: Path) -> Path:
    lines = [
        "Zeit;Zelldicke;Druck",
        "min;mm;kPa",
        *rows([TIME_S / 60, THICKNESS_UM / 1000, TIME_S * 0 + 350], ";", ","),
    ]
    return save(folder, "a.txt", lines, end="\n")


def write_hoop_strain(folder: Path) -> Path:
    return save(folder, "a.csv", ["Time [s]\tHoop strain [µε]", *rows([TIME_S, CHANGE_UM], "\t")], encoding="utf-8")


def write_workbook(folder: Path) -> Path:
    with xlsxwriter.Workbook(str(folder / "a.xlsx")) as book:
        sheet = book.add_worksheet("Data")
        for at, row in enumerate(
            [["Time / s", "Thickness / µm", "Capacity / mAh"], *zip(TIME_S, THICKNESS_UM, VOLTAGE_V, strict=True)]
        ):
            sheet.write_row(at, 0, row)
    return folder / "a.xlsx"


SAMPLES = (
    Sample(
        write_expansion_beside_a_cell,
        (
            Expected(
                "thickness",
                {
                    "test_time_second": TIME_S,
                    "thickness_micrometre": CHANGE_UM,
                    "voltage_volt": VOLTAGE_V,
                    "current_ampere": CURRENT_A,
                    "temperature_kelvin": TIME_S * 0 + 298.15,
                    "cycle_count": np.ones(6, dtype=int),
                },
            ),
        ),
    ),
    Sample(
        write_german_thickness,
        (
            Expected(
                "thickness",
                {
                    "test_time_second": TIME_S,
                    "thickness_micrometre": THICKNESS_UM,
                    "pressure_megapascal": TIME_S * 0 + 0.35,
                },
            ),
        ),
    ),
    Sample(
        write_hoop_strain,
        (
            Expected(
                "thickness",
                {"test_time_second": TIME_S, "strain_percent": CHANGE_UM * 1e-4, "thickness_micrometre": None},
            ),
        ),
    ),
    Sample(
        write_workbook,
        (
            Expected(
                "thickness",
                {
                    "test_time_second": TIME_S,
                    "thickness_micrometre": THICKNESS_UM,
                    "capacity_ampere_hour": VOLTAGE_V / 1000,
                },
            ),
        ),
    ),
)
