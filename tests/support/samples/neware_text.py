"""Neware exports: flat ones of several versions and languages, the three-level one, workbooks."""

import datetime
from pathlib import Path

import numpy as np

from support.reader_samples import Sample
from support.samples._cycler_tables import CYCLE, STEP_TIME_S, clock, date, gives, write_book, write_lines
from support.samples.common import CURRENT_A, STEP, TIME_S, VOLTAGE_V

_KINDS = ["Rest"] * 4 + ["CC Chg"] * 4 + ["CC DChg"] * 4
_FLAT = ("DataPoint,Cycle Index,Step Index,Step Type,Time,{total},Current({amperes}),Voltage({volts}),Capacity(Ah),"
         "Spec. Cap.(mAh/g),Chg. Cap.(Ah),DChg. Cap.(Ah),Energy(Wh),Date,Power({watts}),dQ/dV(mAh/V),"
         "Contact resistance(mO),Module start-stop switch")  # fmt: skip


def _flat(k: int, amperes: float, volts: float, watts: float) -> str:
    return (
        f"{k + 1},{CYCLE[k]},{STEP[k]},{_KINDS[k]},{clock(STEP_TIME_S[k])},{clock(TIME_S[k])},"
        f"{amperes:.8f},{volts:.6f},0,0.00,0.00000000,0.00000000,0.00000000,{date(TIME_S[k])},{watts:.8f},0.0000,0,Close"
    )


def write_neware_flat(folder: Path) -> Path:
    """BTS 8: cumulative time, no end of the last line."""
    head = _FLAT.format(total="Cumulative Time", amperes="A", volts="V", watts="W")
    rows = [_flat(k, CURRENT_A[k], VOLTAGE_V[k], CURRENT_A[k] * VOLTAGE_V[k]) for k in range(TIME_S.size)]
    return write_lines(folder / "a.csv", [head, *rows], end="\n", last=False)


def write_neware_micro(folder: Path) -> Path:
    """Microamperes in Windows-1252, millivolts, total time, a comma at each end."""
    head = _FLAT.format(total="Total Time", amperes="µA", volts="mV", watts="mW") + ","
    rows = [
        _flat(k, CURRENT_A[k] * 1e6, VOLTAGE_V[k] * 1e3, CURRENT_A[k] * VOLTAGE_V[k] * 1e3) + "," for k in range(12)
    ]
    return write_lines(folder / "a.csv", [head, *rows], encoding="cp1252")


def write_neware_lost_micro(folder: Path) -> Path:
    """A micro sign that a program replaced by a question mark: power tells the unit."""
    head = _FLAT.format(total="Total Time", amperes="?A", volts="V", watts="mW")
    rows = [_flat(k, CURRENT_A[k] * 1e6, VOLTAGE_V[k], CURRENT_A[k] * VOLTAGE_V[k] * 1e3) for k in range(12)]
    return write_lines(folder / "a.csv", [head, *rows])


def write_neware_step_time(folder: Path) -> Path:
    """BTS 5 and 7: time within a step only, magnitudes, tabs."""
    head = ["Record number", "State", "Jump", "Cycle", "Steps", "Current(mA)", "Voltage(V)", "Capacity(mAh)",
            "Energy(mWh)", "Relative Time(h:min:s.ms)", "Date(h:min:s.ms)"]  # fmt: skip
    kinds = ["Rest"] * 4 + ["CC_Chg"] * 4 + ["CC_DChg"] * 4
    rows = [
        [str(k + 1), kinds[k], "0", str(CYCLE[k]), str(STEP[k]), f"{abs(CURRENT_A[k]) * 1e3:.4f}",
         f"{VOLTAGE_V[k]:.4f}", "0", "0", clock(60.0 * (k % 4), millis=True), date(TIME_S[k])]
        for k in range(12)
    ]  # fmt: skip
    return write_lines(folder / "a.txt", ["\t".join(row) for row in [head, *rows]])


_SUMMED = np.concatenate([np.arange(4), 3 + np.arange(4), 6 + np.arange(4)]) * 60.0


def write_neware_chinese(folder: Path) -> Path:
    """Chinese headers in GB18030, as an export on a Chinese computer."""
    head = ("数据序号,循环号,工步号,工步类型,时间,总时间,电流(mA),电压(V),容量(mAh),比容量(mAh/g),"
            "充电容量(mAh),放电容量(mAh),能量(mWh),绝对时间,功率(mW)")  # fmt: skip
    kinds = ["搁置"] * 4 + ["恒流充电"] * 4 + ["恒流放电"] * 4
    rows = [
        f"{k + 1},{CYCLE[k]},{STEP[k]},{kinds[k]},{clock(STEP_TIME_S[k])},{clock(TIME_S[k])},{CURRENT_A[k] * 1e3:.4f},"
        f"{VOLTAGE_V[k]:.4f},0,0,0,0,0,{date(TIME_S[k])},0"
        for k in range(12)
    ]
    return write_lines(folder / "a.csv", [head, *rows], encoding="gb18030")


def write_neware_levels(folder: Path) -> Path:
    """Three levels, the row of a cycle joined with that of its first step."""
    lines = [
        "Cycle Index,Chg. Cap.(Ah),DChg. Cap.(Ah),Chg.-DChg. Eff(%),Chg. Energy(Wh),DChg. Energy(Wh),Chg. Time,"
        "DChg. Time",
        ",Step Index,Step Number,Step Type,Step Time,Capacity(Ah),Energy(Wh),Oneset Volt.(V),End Voltage(V)",
        ",,DataPoint,Time,Total Time,Current(A),Voltage(V),Capacity(Ah),Energy(Wh),Date,Power(W),V1(V),T1(?)",
    ]
    for k in range(12):
        step = f",{STEP[k]},{STEP[k]},{_KINDS[k]},00:04:00,0.0,0.0,0.0,0.0"
        if k % 4 == 0:
            first = k == 0 or CYCLE[k] != CYCLE[k - 1]
            lines.append((f"{CYCLE[k]},0.02,0.33,1465.46,0.10,1.34,00:04:00,00:04:00" if first else "") + step)
        lines.append(
            f",,{k + 1},{clock(STEP_TIME_S[k])},{clock(TIME_S[k])},{CURRENT_A[k]:.5f},{VOLTAGE_V[k]:.4f},0.000000000,"
            f"0.00000,{date(TIME_S[k])},0.00000,0.0000,26.61"
        )
    return write_lines(folder / "a.csv", lines, end="\n")


def write_neware_levels_old(folder: Path) -> Path:
    """Three levels of BTS 5: rows of cycles and steps as wide as those of records, step time only."""
    lines = [
        "Cycle ID,,,,,,,,", ",Step ID,Step Name,,,,,,DCIR(O)",
        ",,Record ID,Time(h:min:s.ms),Voltage(V),Current(mA),Temperature(C),Capacity(mAh),Realtime",
    ]  # fmt: skip
    for k in range(12):
        if k == 0 or CYCLE[k] != CYCLE[k - 1]:
            lines.append(f"{CYCLE[k]},,,,,,,,")
        if k % 4 == 0:
            lines.append(f",{STEP[k]},{_KINDS[k].replace(' ', '_')},,,,,,0.015")
        lines.append(
            f",,{k + 1},{clock(60.0 * (k % 4), millis=True)},{VOLTAGE_V[k]:.4f},{CURRENT_A[k] * 1e3:.4f},25,0,"
            f"{date(TIME_S[k])}"
        )
    return write_lines(folder / "a.csv", lines)


def write_neware_book(folder: Path) -> Path:
    """Workbook of BTS 8 whose records have no step: the sheet of steps numbers them; times as a spreadsheet's."""
    second = datetime.timedelta(seconds=1)
    record = [["DataPoint", "Step Type", "Time", "Total Time", "Current(A)", "Voltage(V)", "Capacity(Ah)", "Date"]]
    record += [
        [k + 1, _KINDS[k], clock(STEP_TIME_S[k]), float(TIME_S[k]) * second, float(CURRENT_A[k]),
         float(VOLTAGE_V[k]), 0.0, date(TIME_S[k])]
        for k in range(12)
    ]  # fmt: skip
    steps = [["Cycle Index", "Step Index", "Step Number", "Step Type", "Step Time", "Oneset Date", "End Date"]]
    steps += [[int(CYCLE[k]), int(STEP[k]), int(STEP[k]), _KINDS[k], "00:04:00", "", ""] for k in (0, 4, 8)]
    test = [["Test information"], ["", "Start Step ID", "1", "", "Barcode", "A7"], ["", "Remarks", "lithium"]]
    return write_book(folder / "a.xlsx", {"unit": [["x"]], "test": test, "step": steps, "record": record})


def write_neware_book_details(folder: Path) -> Path:
    """Workbook of BTS 7: the records go on from sheet to sheet."""
    head = ["Record Index", "Status", "JumpTo", "Cycle", "Step", "Cur(mA)", "Voltage(V)", "CapaCity(mAh)",
            "Energy(mWh)", "Relative Time(h:min:s.ms)", "Absolute Time"]  # fmt: skip
    rows = [
        [k + 1, _KINDS[k].replace(" ", "_"), 0, int(CYCLE[k]), int(STEP[k]), float(CURRENT_A[k]) * 1e3,
         float(VOLTAGE_V[k]), 0.0, 0.0, clock(60.0 * (k % 4)), date(TIME_S[k])]
        for k in range(12)
    ]  # fmt: skip
    sheets = {"Info": [["a"]], "Detail_67_4_5_1": [head, *rows[:6]], "Detail_67_4_5_2": [head, *rows[6:]]}
    return write_book(folder / "a.xlsx", sheets)


SAMPLES = (
    Sample(write_neware_flat, gives()),
    Sample(write_neware_micro, gives()),
    Sample(write_neware_lost_micro, gives()),
    Sample(write_neware_step_time, gives(test_time_second=_SUMMED)),
    Sample(write_neware_chinese, gives()),
    Sample(write_neware_levels, gives()),
    Sample(write_neware_levels_old, gives()),
    Sample(write_neware_book, gives()),
    Sample(write_neware_book_details, gives()),
)
