"""PEC exports: units of the headers differ from file to file."""

from pathlib import Path

from support.reader_samples import Sample
from support.samples._cycler_tables import CYCLE, STEP_TIME_S, clock, date, gives, write_lines
from support.samples.common import CURRENT_A, STEP, TIME_S, VOLTAGE_V

_ABOVE = ["Request Year:,2024", "Test:,187", "Test Description:,", "TestRegime Name:,plating", "Number Of Cells:,1",
          "Parameter names:,C-Rate (mAh),Mass (kg)", "Parameter values:,64000,1.161", "LotID:,839",
          "Start Time:,04/30/2024 14:33:19", "Start Time Format:,G", "Operator Instructions:,"]  # fmt: skip
_CHECK = ["#RESULTS CHECK", "ReqYear,Test,CellNr,Type,Value,Reason,", "2024,187,1,1,3272,3,", "#END RESULTS CHECK"]


def _row(k: int, cell: int, time: str, volts: float, amperes: float) -> str:
    charged = max(0.0, (k - 4) * 60 / 3600) if k < 8 else 4 * 60 / 3600
    discharged = max(0.0, (k - 8) * 60 / 3600)
    return (
        f"187,{cell},SBT0550,001,1,A{cell},{STEP[k]},{CYCLE[k]},{time},0,{STEP_TIME_S[k]:g},0,0,"
        f"{date(TIME_S[k], '%m/%d/%Y %H:%M:%S')},{date(0, '%m/%d/%Y %H:%M:%S')},{float(volts)!r},{float(amperes)!r},"
        f"{charged:.6f},{discharged:.6f},0,0,30,"
    )


def _head(time: str, volts: str, amperes: str) -> str:
    return (
        f"Test,Cell,Rack,Shelf,Position,Cell ID,Step,Cycle,Total Time ({time}),Load On Time (Seconds),"
        "Step Time (Seconds),Cycle Charge Time (Seconds),Cycle Discharge Time (Seconds),Real Time,"
        f"Position Start Time,Voltage ({volts}),Current ({amperes}),Charge Capacity (mAh),Discharge Capacity (mAh),"
        "Charge Capacity (mWh),Discharge Capacity (mWh),ReasonCode,"
    )


def write_pec_millivolts(folder: Path) -> Path:
    rows = [_row(k, 1, f"{TIME_S[k]:g}", VOLTAGE_V[k] * 1e3, CURRENT_A[k] * 1e3) for k in range(TIME_S.size)]
    return write_lines(folder / "a.csv", [*_ABOVE, *_CHECK, _head("Seconds", "mV", "mA"), *rows])


def write_pec_clock(folder: Path) -> Path:
    """Volts, amperes, a clock."""
    rows = [_row(k, 1, clock(TIME_S[k], millis=True), VOLTAGE_V[k], CURRENT_A[k]) for k in range(TIME_S.size)]
    return write_lines(folder / "a.csv", [*_ABOVE, _head("Hours in hh:mm:ss.xxx", "V", "A"), *rows], end="\n")


def write_pec_two_cells(folder: Path) -> Path:
    """Two cells, rows in turn."""
    rows = []
    for k in range(TIME_S.size):
        hours = f"{TIME_S[k] / 3600:.12f}"
        rows += [_row(k, 1, hours, VOLTAGE_V[k], CURRENT_A[k] * 1e3),
                 _row(k, 2, hours, 2 * VOLTAGE_V[k], CURRENT_A[k] * 1e3)]  # fmt: skip
    return write_lines(folder / "a.csv", [*_ABOVE, *_CHECK, _head("Decimal Hours", "V", "mA"), *rows])


_PLACE = "rack SBT0550, shelf 1, position 1"
SAMPLES = (
    Sample(write_pec_millivolts, gives()),
    Sample(write_pec_clock, gives()),
    Sample(
        write_pec_two_cells,
        gives(f"test 187, cell 1, {_PLACE}") + gives(f"test 187, cell 2, {_PLACE}", voltage_volt=2 * VOLTAGE_V),
    ),
)
