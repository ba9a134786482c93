"""MAT-files of level 5: names with units, packed and bare, and a structure; of a thickness series."""

from pathlib import Path

import numpy as np
import scipy.io

from support.reader_samples import Expected, Sample
from support.samples._tensile import FORCE_N, STRAIN_PERCENT, TIME_S, TRAVEL_MM


def write_names_with_units(folder: Path) -> Path:
    variables = {
        "time_s": TIME_S[:, None],
        "force_kN": FORCE_N[:, None] / 1000,
        "displacement_mm": TRAVEL_MM[:, None],
        "A0": np.array([[5.0]]),
        "note": "foil 3",
    }
    scipy.io.savemat(folder / "a.mat", variables)
    return folder / "a.mat"


def write_packed_structure(folder: Path) -> Path:
    test = {"stress_MPa": FORCE_N / 5, "strain_pct": STRAIN_PERCENT, "operator": "NN"}
    scipy.io.savemat(folder / "a.mat", {"test": test, "other": np.eye(3)}, do_compression=True)
    return folder / "a.mat"


def write_thickness(folder: Path) -> Path:
    variables = {"time_h": TIME_S.astype(np.float32), "thickness_um": np.arange(8, dtype=np.uint8) + 50}
    scipy.io.savemat(folder / "a.mat", variables)
    return folder / "a.mat"


SAMPLES = (
    Sample(
        write_names_with_units,
        (
            Expected(
                "tensile", {"test_time_second": TIME_S, "force_newton": FORCE_N, "displacement_millimetre": TRAVEL_MM}
            ),
        ),
    ),
    Sample(
        write_packed_structure,
        (Expected("tensile", {"stress_megapascal": FORCE_N / 5, "strain_percent": STRAIN_PERCENT}),),
    ),
    Sample(
        write_thickness,
        (Expected("thickness", {"test_time_second": TIME_S * 3600, "thickness_micrometre": np.arange(8) + 50.0}),),
    ),
)
