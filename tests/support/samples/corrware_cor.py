"""CorrWare's files and CorrTest's in the same form."""

from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import CURRENT_A, TIME_S, VOLTAGE_V

E_V = np.concatenate([np.linspace(-0.5, 0.5, 9), np.linspace(0.4, -0.5, 9)])
J_MA_CM2 = np.sinh(4 * E_V) + np.repeat([2e-2, -2e-2], 9)
_AREA = "  Begin Information:    Cell Information\n    Surface Area:         {area}\n    Density:    7.8\n"
_END = "  End Information:      Cell Information\n"


def _write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_bytes(text.replace("\n", "\r\n").encode())
    return file


def rows(e, j, t, mark: str = "\t") -> str:
    """Three columns."""
    return "".join(mark.join(repr(float(x)) for x in row) + "\n" for row in zip(e, j / 1e3, t, strict=True))


def write_potentiodynamic(folder: Path) -> Path:
    """A sweep of CorrWare."""
    text = "CORRW ASCII\n  CorrWare for Windows: Version 3.5a\n  Potentiodynamic\t[1][2]\tcell7.cor\n"
    text += (
        "  Date: 10-12-2018    Time: 11:04:34\n  Open Circuit Potential (V): -0.103\n" + _AREA.format(area=2.5) + _END
    )
    text += "  Data Points: 9\n  E(Volts)\tI(A/cm2)\tT(Seconds)\nEnd Comments\n"
    return _write(folder, "dynamic.cor", text + rows(E_V[:9], J_MA_CM2[:9], np.arange(9.0)))


def write_corrtest_cycles(folder: Path) -> Path:
    """A voltammogram of CorrTest, whose rows say where a cycle ends."""
    text = "CORRW ASCII\nCorrTest for Windows: SN CS3501410110  V5.1.21.5\nID_CV\nData:2017-04-22   Time:14:03:09\n"
    text += "Cyclic Voltammetry,Init E(V):-0.5,Scan Rate(mV/s):10,Cycles:2\n\n" + _AREA.format(area=1) + _END
    text += "E(V)\t\ti(A/cm^2)\t\tT(s)\nEnd Comments\n"
    body = rows(E_V, J_MA_CM2, np.arange(18.0)).split("\n")
    body[8] += "  0 CYCLE"
    body[17] += "  1 CYCLE"
    return _write(folder, "cycles.cor", text + "\n".join(body))


def write_galvanostatic(folder: Path) -> Path:
    """A run over time; the current follows from the area."""
    text = "CORRW ASCII\n  CorrWare for Windows: Version 3.5a\n  Galvanostatic\t[1][2]\tcell7.cor\n"
    text += _AREA.format(area=2) + _END + "  E(Volts)\tI(A/cm2)\tT(Seconds)\nEnd Comments\n"
    return _write(folder, "static.cor", text + rows(VOLTAGE_V, CURRENT_A * 1e3 / 2, TIME_S))


_SWEEP = {
    "potential_volt": E_V[:9],
    "current_density_mA_cm2": J_MA_CM2[:9],
    "current_ampere": None,
    "test_time_second": np.arange(9.0),
}
_CYCLES = {
    "potential_volt": E_V,
    "current_density_mA_cm2": J_MA_CM2,
    "test_time_second": np.arange(18.0),
    "cycle_count": np.repeat([0, 1], 9),
}
_RUN = {"test_time_second": TIME_S, "voltage_volt": VOLTAGE_V, "current_ampere": CURRENT_A}
SAMPLES = (
    Sample(write_potentiodynamic, (Expected("polarisation", _SWEEP),)),
    Sample(write_corrtest_cycles, (Expected("polarisation", _CYCLES),)),
    Sample(write_galvanostatic, (Expected("cycling", _RUN),)),
)
