"""Battery Data Format as text, new and old."""

import math
from pathlib import Path

from support.reader_samples import Sample
from support.samples._cycler_tables import CYCLE, gives, write_lines
from support.samples.common import CURRENT_A, STEP, TIME_S, VOLTAGE_V


def write_bdf_machine_names(folder: Path) -> Path:
    head = "test_time_second,voltage_volt,current_ampere,unix_time_second,cycle_count,step_count,step_index"
    rows = [
        f"{TIME_S[k]},{float(VOLTAGE_V[k])!r},{float(CURRENT_A[k])!r},{1714487599.0 + TIME_S[k]},{CYCLE[k]},{STEP[k]},9"
        for k in range(TIME_S.size)
    ]
    return write_lines(folder / "a.bdf.csv", [head, *rows], end="\n")


def write_bdf_labels(folder: Path) -> Path:
    """Preferred labels, other units than the preferred ones."""
    head = "Test Time / s,Voltage / mV,Current / mA,Cycle Count / 1,Step Index / 1,Ambient Temperature / degC"
    rows = [
        f"{TIME_S[k]},{VOLTAGE_V[k] * 1e3:.9f},{CURRENT_A[k] * 1e3:.9f},{CYCLE[k]},{STEP[k]},25"
        for k in range(TIME_S.size)
    ]
    return write_lines(folder / "a.bdf.csv", [head, *rows])


def write_bdf_battmo(folder: Path) -> Path:
    """Old form of BattMo: hours, and positive currents discharge."""
    head = "Test Time / h,Current / A,Voltage / V,Step Type / 1,Cycle Count / 1,Step Index / 1,Discharge Capacity / Ah"
    kinds = ["rest"] * 4 + ["charge"] * 4 + ["discharge"] * 4
    rows = [
        f"{TIME_S[k] / 3600:.15g},{-float(CURRENT_A[k])!r},{float(VOLTAGE_V[k])!r},{kinds[k]},{CYCLE[k]},{STEP[k]},0"
        for k in range(TIME_S.size)
    ]
    return write_lines(folder / "a.csv", [head, *rows], end="\n")


def write_bdf_turns(folder: Path) -> Path:
    """Counts times 2 pi, as a converter wrote them."""
    turns = (2 * math.pi * CYCLE).tolist()
    head = "test_time_second;voltage_volt;current_ampere;cycle_count;step_count"
    rows = [
        f"{TIME_S[k]};{float(VOLTAGE_V[k])!r};{float(CURRENT_A[k])!r};{turns[k]!r};{STEP[k]}".replace(".", ",")
        for k in range(TIME_S.size)
    ]
    return write_lines(folder / "a.csv", [head, *rows], end="\n")


SAMPLES = tuple(
    Sample(write, gives()) for write in (write_bdf_machine_names, write_bdf_labels, write_bdf_battmo, write_bdf_turns)
)
