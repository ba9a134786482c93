"""Voltage against capacity without a time."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample

_VOLTAGE_V = np.linspace(3.0, 0.01, 12)
_CAPACITY_mAh = np.linspace(0.0, 1.1, 12)
_CYCLE = np.repeat([1, 2], 6)


def write_half_cell(folder: Path) -> Path:
    """Three columns, as half-cell exports of EC-Lab are shared."""
    file = folder / "halfcell.txt"
    rows = [f"{n}\t{v:.17g}\t{q:.17g}" for n, v, q in zip(_CYCLE, _VOLTAGE_V, _CAPACITY_mAh, strict=True)]
    file.write_text("\n".join(["cycle number\tEcell/V\tCapacity/mA.h", *rows]) + "\n", encoding="utf-8")
    return file


def write_specific_capacity(folder: Path) -> Path:
    file = folder / "figure.csv"
    rows = [f"{q:.12g};{1e3 * v:.12g}".replace(".", ",") for q, v in zip(100 * _CAPACITY_mAh, _VOLTAGE_V, strict=True)]
    file.write_text("\n".join(["Specific capacity (mAh g-1);Voltage (mV)", *rows]) + "\n", encoding="utf-8")
    return file


SAMPLES = (
    Sample(
        write_half_cell,
        (
            Expected(
                "voltage curve",
                {"voltage_volt": _VOLTAGE_V, "capacity_mAh": _CAPACITY_mAh, "cycle_count": _CYCLE},
            ),
        ),
    ),
    Sample(
        write_specific_capacity,
        (
            Expected(
                "voltage curve",
                {
                    "voltage_volt": _VOLTAGE_V,
                    "capacity_mAh": None,
                    "specific_capacity_mAh_g": 100 * _CAPACITY_mAh,
                    "cycle_count": None,
                },
            ),
        ),
    ),
)
