"""Arbin exports: csv with and without units, workbooks of one and several channels."""

import datetime
from pathlib import Path

from support.reader_samples import Sample
from support.samples._cycler_tables import CYCLE, START, STEP_TIME_S, date, gives, write_book, write_lines
from support.samples.common import CURRENT_A, STEP, TIME_S, VOLTAGE_V

_BOOK = ["Date_Time", "Test_Time(s)", "Step_Time(s)", "Step_Index", "Cycle_Index", "Voltage(V)", "Current(A)",
         "Charge_Capacity(Ah)", "Discharge_Capacity(Ah)", "Charge_Energy(Wh)", "Discharge_Energy(Wh)",
         "Internal Resistance(Ohm)", "dV/dt(V/s)"]  # fmt: skip
_GLOBAL = [
    ["", "", "", "TEST REPORT"],
    ["", "", "", "plating_A7", "Serial Number", "", "C:\\ArbinSoftware\\plating_A7"],
    ["", "", "", datetime.datetime(2024, 5, 5), 206951.0],
    ["Channel", "Start DateTime", "Schedule File Name", "Creator", "Comments", "Software Version", "Item ID"],
    [11.0, START, "plating.sdu", "ben", "lithium", "PV7.0 Build: 180508USB", "A7"],
]


def write_arbin_csv(folder: Path) -> Path:
    """Words parted by blanks; a tab in front of each date."""
    head = ("Data Point,Date Time,Test Time (s),Step Time (s),Cycle Index,Step Index,TC_Counter1,Current (A),"
            "Voltage (V),Power (W),Charge Capacity (Ah),Discharge Capacity (Ah),Charge Energy (Wh),"
            "Discharge Energy (Wh),mAh/g,dV/dt (V/s),Internal Resistance (Ohm),Aux_Temperature_1 (C)")  # fmt: skip
    rows = [
        f"{k + 1},\t{date(TIME_S[k], '%m/%d/%Y %H:%M:%S.000')},{TIME_S[k]:.4f},{STEP_TIME_S[k]:.4f},{CYCLE[k]},"
        f"{STEP[k]},0,{float(CURRENT_A[k])!r},{float(VOLTAGE_V[k])!r},0,0,0,0,0,0,0,,25.1"
        for k in range(TIME_S.size)
    ]
    return write_lines(folder / "a.csv", [head, *rows])


def write_arbin_without_units(folder: Path) -> Path:
    """As programs around Arbin's database write it: its column names, its units unsaid."""
    head = ("Data_Point,Test_Time,DateTime,Step_Time,Step_Index,Cycle_Index,Current,Voltage,Charge_Capacity,"
            "Discharge_Capacity,Charge_Energy,Discharge_Energy,dV/dt,Internal_Resistance,Temperature")  # fmt: skip
    rows = [
        f"{k},{TIME_S[k]},{1714487599.0 + TIME_S[k]},{STEP_TIME_S[k]},{STEP[k]},{CYCLE[k]},{float(CURRENT_A[k])!r},"
        f"{float(VOLTAGE_V[k])!r},0,0,0,0,0,0,25.1"
        for k in range(TIME_S.size)
    ]
    return write_lines(folder / "a.csv", [head, *rows], end="\n")


def write_arbin_german(folder: Path) -> Path:
    """Semicolons and decimal commas of a spreadsheet."""
    head = "Data_Point;Test_Time(s);Step_Time(s);Step_Index;Cycle_Index;Current(A);Voltage(V);Charge_Capacity(Ah)"
    rows = [
        f"{k};{TIME_S[k]:.3f};{STEP_TIME_S[k]:.3f};{STEP[k]};{CYCLE[k]};{CURRENT_A[k]:.6f};{VOLTAGE_V[k]:.6f};"
        "0,0".replace(".", ",")
        for k in range(TIME_S.size)
    ]
    return write_lines(folder / "a.csv", [head, *(row.replace(".", ",") for row in rows)])


def _rows(first: int, last: int, volts: float = 1.0) -> list[list[object]]:
    return [
        [START + datetime.timedelta(seconds=float(TIME_S[k])), float(TIME_S[k]), float(STEP_TIME_S[k]), int(STEP[k]),
         int(CYCLE[k]), volts * float(VOLTAGE_V[k]), float(CURRENT_A[k]), 0.0, 0.0, 0.0, 0.0, "", 0.0]
        for k in range(first, last)
    ]  # fmt: skip


def write_arbin_book(folder: Path) -> Path:
    """One test over two sheets, with statistics and an empty sheet of a chart."""
    statistics = [["Cycle_Index", "Test_Time(s)", "Date_Time", "Current(A)", "Voltage(V)", "Charge_Capacity(Ah)",
                   "Charge_Time(s)", "Vmax_On_Cycle(V)"], [1, 1.0, START, 0.0, 3.0, 0.0, 1.0, 3.0]]  # fmt: skip
    sheets = {
        "Global_Info": _GLOBAL,
        "Channel_11_1": [_BOOK, *_rows(0, 7)],
        "Channel_11_2": [_BOOK, *_rows(7, 12)],
        "Statistics_11": statistics,
        "Channel_Chart": [],
    }
    return write_book(folder / "a.xlsx", sheets)


def write_arbin_book_two_channels(folder: Path) -> Path:
    sheets = {
        "Info": _GLOBAL,
        "Channel_1-008_1": [_BOOK, *_rows(0, 12)],
        "Channel_1-009_1": [_BOOK, *_rows(0, 12, volts=2.0)],
    }
    return write_book(folder / "a.xlsx", sheets)


SAMPLES = (
    Sample(write_arbin_csv, gives()),
    Sample(write_arbin_without_units, gives()),
    Sample(write_arbin_german, gives()),
    Sample(write_arbin_book, gives()),
    Sample(
        write_arbin_book_two_channels,
        gives("Channel_1-008") + gives("Channel_1-009", voltage_volt=2 * VOLTAGE_V),
    ),
)
