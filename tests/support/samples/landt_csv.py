"""LANDT exports, new and of LANDdt."""

from pathlib import Path

from support.reader_samples import Sample
from support.samples._cycler_tables import CYCLE, STEP_TIME_S, date, gives, write_book, write_lines
from support.samples.common import CURRENT_A, STEP, TIME_S, VOLTAGE_V

_NAMES = ["rest"] * 4 + ["charge CC"] * 4 + ["discharge CC"] * 4
_OLD = ["Record", "Cycle-Index", "Step-Index", "StepTime/Sec", "TestTime/Sec", "Voltage/V", "Current/mA",
        "Capacity/mAh", "Mode", "SysTime"]  # fmt: skip


def write_landt_new(folder: Path) -> Path:
    """Snake case with lines above, a comma at each end."""
    above = ["cell model:" + "," * 16, "cell id: A7" + "," * 16, "test: plating" + "," * 16, "checkpoint: " + "," * 16,
             "Nominal capacity used to define the C rate:Ah" + "," * 16]  # fmt: skip
    head = ("channel_index,cycle_index,step_index,date_time_iso_string,test_time_s,step_time_s,current_A,voltage_V,"
            "discharge_capacity_Ah,charge_capacity_Ah,discharge_energy_Wh,charge_energy_Wh,Pressure_Psi,"
            "temperature_1_C,temperature_2_C,temperature_3_C,step_name,")  # fmt: skip
    rows = [
        f"{k + 1},{CYCLE[k]},{STEP[k]},{date(TIME_S[k], '%m/%d/%Y %H:%M:%S')},{TIME_S[k]:.3f},{STEP_TIME_S[k]:.3f},"
        f"{CURRENT_A[k]:.4f},{VOLTAGE_V[k]:.4f},0,0,0,0,0,0,0,0,{_NAMES[k]},"
        for k in range(TIME_S.size)
    ]
    return write_lines(folder / "a.csv", [*above, head, *rows])


def _old_rows() -> list[list[object]]:
    modes = ["Rest"] * 4 + ["C_CC"] * 4 + ["D_CC"] * 4
    return [
        [k + 1, int(CYCLE[k]), int(STEP[k]), STEP_TIME_S[k], TIME_S[k], VOLTAGE_V[k], CURRENT_A[k] * 1e3, 0.0, modes[k],
         date(TIME_S[k])]
        for k in range(TIME_S.size)
    ]  # fmt: skip


def write_landt_old_text(folder: Path) -> Path:
    lines = ["\t".join(_OLD), *("\t".join(str(cell) for cell in row) for row in _old_rows())]
    return write_lines(folder / "a.txt", lines)


def write_landt_book(folder: Path) -> Path:
    return write_book(folder / "a.xlsx", {"Cycle": [["Cycle", "Capacity"], [1, 2.0]], "Record": [_OLD, *_old_rows()]})


SAMPLES = (
    Sample(write_landt_new, gives()),
    Sample(write_landt_old_text, gives()),
    Sample(write_landt_book, gives("Record")),
)
