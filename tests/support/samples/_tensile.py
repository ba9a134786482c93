"""A tensile curve that several samples hold, and how files write it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

LBF_N, INCH_MM = 4.4482216152605, 25.4

TIME_S = np.arange(8) * 0.5
#: Elastic, then flat, then broken; every number has few digits, so that texts hold it exactly.
FORCE_N = np.array([0.0, 250.0, 500.0, 750.0, 900.0, 950.0, 960.0, 12.5])
TRAVEL_MM = np.array([0.0, 0.02, 0.04, 0.06, 0.09, 0.15, 0.25, 0.27])
EXTENSION_MM = TRAVEL_MM / 2
AREA_MM2, GAUGE_MM = 5.0, 25.0
STRESS_MPA = FORCE_N / AREA_MM2
STRAIN_PERCENT = 100 * EXTENSION_MM / GAUGE_MM


def number(value: float, mark: str = ".") -> str:
    return f"{value:.12g}".replace(".", mark)


def rows(columns: Sequence[np.ndarray], delimiter: str = ",", mark: str = ".", *, quoted: bool = False) -> list[str]:
    quote = '"' if quoted else ""
    return [delimiter.join(f"{quote}{number(v, mark)}{quote}" for v in row) for row in zip(*columns, strict=True)]


def save(folder: Path, name: str, lines: Sequence[str], *, end: str = "\r\n", encoding: str = "cp1252") -> Path:
    path = folder / name
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path
