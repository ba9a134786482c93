"""Polarisation curves in text and workbooks of any origin."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample

_ETA_V = np.linspace(-0.15, 0.15, 13)
_J = 2.0 * np.sinh(_ETA_V / 0.0514)


def write_pairs_side_by_side(folder: Path) -> Path:
    """As a digitised figure is stored: names of the curves above, the second curve shorter."""
    file = folder / "tafel.csv"
    lines = ["DEC,,PC,", '"Overpotential,V","Current Density, mA/cm^2","Overpotential,V","Current Density, mA/cm^2"']
    for row, (eta, j) in enumerate(zip(_ETA_V, _J, strict=True)):
        second = f"{float(eta)!r},{float(j / 2)!r}" if row < 10 else ","
        lines.append(f"{float(eta)!r},{float(j)!r},{second}")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def write_potential_and_current(folder: Path) -> Path:
    file = folder / "lsv.txt"
    rows = [f"{1e3 * e:.12g}\t{j:.12g}".replace(".", ",") for e, j in zip(_ETA_V, _J, strict=True)]
    file.write_text("\n".join(["operator: nobody", "Potential (mV)\tCurrent (µA)", *rows]) + "\n", encoding="utf-8")
    return file


SAMPLES = (
    Sample(
        write_pairs_side_by_side,
        (
            Expected("polarisation", {"potential_volt": _ETA_V, "current_density_mA_cm2": _J}, "DEC"),
            Expected("polarisation", {"potential_volt": _ETA_V[:10], "current_density_mA_cm2": _J[:10] / 2}, "PC"),
        ),
    ),
    Sample(
        write_potential_and_current,
        (
            Expected(
                "polarisation",
                {"potential_volt": _ETA_V, "current_ampere": 1e-6 * _J, "current_density_mA_cm2": None},
            ),
        ),
    ),
)
