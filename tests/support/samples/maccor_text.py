"""Maccor exports: signed and unsigned currents, clocks, seconds, bare minutes, millivolts, commas."""

from pathlib import Path

import numpy as np

from support.reader_samples import Sample
from support.samples._cycler_tables import CYCLE, STEP_TIME_S, clock, date, gives, number, write_lines
from support.samples.common import CURRENT_A, STEP, TIME_S, VOLTAGE_V

_STATES = ["R"] * 4 + ["C"] * 4 + ["D"] * 4
_AH = np.where(CURRENT_A == 0, 0.0, STEP_TIME_S * np.abs(CURRENT_A) / 3600)


def write_maccor_seconds(folder: Path) -> Path:
    """Signed current, seconds, four keys in one line, as MIMS writes .078."""
    above = ("Today's Date 05/15/2024  Date of Test:\t04/30/2024\t Filename:\tD:\\Tests\\A7.078 "
             "Procedure: plating.000\tComment/Barcode: A7")  # fmt: skip
    head = "Rec#\tCyc#\tStep\tTest (Sec)\tStep (Sec)\tAmp-hr\tWatt-hr\tAmps\tVolts\tState\tES\tDPt Time\tLoop1\tRange"
    rows = [
        f"{k + 1}\t{CYCLE[k]}\t{STEP[k]}\t{TIME_S[k]:.4f}\t{STEP_TIME_S[k]:.4f}\t{_AH[k]:.10f}\t0.0000000000\t"
        f"{CURRENT_A[k]:.10f}\t{VOLTAGE_V[k]:.8f}\t{_STATES[k]}\t0\t{date(TIME_S[k], '%m/%d/%Y %H:%M:%S')}\t0\t1"
        for k in range(TIME_S.size)
    ]
    return write_lines(folder / "a.078", [above, head, *rows])


def write_maccor_clock(folder: Path) -> Path:
    """Magnitudes, clocks with days, units of auxiliary channels in columns of one name."""
    above = ["Today's Date:\t14 December 2024\tDate of Test:\t30 April 2024, 02:33:19 PM",
             "    Filename:\tA7_01\tTester Channel:\t1", "Procedure:\tplating.000\tDescription:"]  # fmt: skip
    head = (
        "Rec#\tCyc#\tStep\tTestTime\tStepTime\tAmp-hr\tWatt-hr\tAmps\tVolts\tState\tES\tAux #1\t Units\tAux #2\t Units"
    )
    rows = [
        f"{k + 1}\t{CYCLE[k]}\t{STEP[k]}\t  0d {clock(TIME_S[k])}.05000019073486\t  0d {clock(STEP_TIME_S[k])}\t"
        f"0.0\t0.0\t{abs(CURRENT_A[k]):.5f}\t{VOLTAGE_V[k]:.5f}\t{_STATES[k]}\t0\t-2501.71411\t C  \t-2526.14868\t C  "
        for k in range(TIME_S.size)
    ]
    return write_lines(folder / "a.txt", [*above, head, *rows], end="\n")


def write_maccor_european(folder: Path) -> Path:
    """Decimal commas, minutes that only the dates tell, a blank line below the headers, a tab at each end."""
    above = ["Name:\tA7", "Channel:\t81", "Tester\tMaccor #4", "Procedure\tplating.000", "Started\t04/30/2024 14:33:19",
             "SCap\t0,017", "Ch. max. V\t6,00 V", ""]  # fmt: skip
    head = ("Rec\tCycle P\tCycle C\tStep\tTestTime\tStepTime\tCap. [Ah]\tEner. [Wh]\tCurrent [A]\tVoltage [V]\tMd\tES\t"
            "DPT Time\tVAR1")  # fmt: skip
    rows = [
        "\t".join([str(k + 1), "0", str(CYCLE[k]), str(STEP[k]), number(TIME_S[k] / 60, comma=True, decimals=6),
                   number(STEP_TIME_S[k] / 60, comma=True, decimals=6), number(_AH[k], comma=True), "0,00000000",
                   number(abs(CURRENT_A[k]), comma=True), number(VOLTAGE_V[k], comma=True, decimals=4), _STATES[k], "0",
                   date(TIME_S[k], "%m/%d/%Y %H:%M:%S"), "0,0000", ""])
        for k in range(TIME_S.size)
    ]  # fmt: skip
    return write_lines(folder / "a.txt", [*above, head, "", *rows], encoding="cp1252")


_MV = np.where(np.arange(12) < 4, 3000.0, np.where(np.arange(12) < 8, 3100.0, 2900.0))


def write_maccor_millivolts(folder: Path) -> Path:
    """Volts that are millivolts, as exports in milliamperes have them; energy over capacity shows it."""
    head = "Rec#\tCyc#\tStep\tTestTime\tStepTime\tmAmp-hr\tmWatt-hr\tmAmps\tVolts\tState\tES\tDPt Time\tUnnamed: 12"
    rows = [
        f"{k + 1}\t{CYCLE[k]}\t{STEP[k]}\t  0d {clock(TIME_S[k])}.00\t  0d {clock(STEP_TIME_S[k])}.00\t"
        f"{_AH[k] * 1e3:.8f}\t{_AH[k] * _MV[k]:.8f}\t{abs(CURRENT_A[k]) * 1e3:.4f}\t{_MV[k]:.4f}\t{_STATES[k]}\t1\t"
        f"{date(TIME_S[k], '%m/%d/%Y %I:%M:%S %p')}\t"
        for k in range(TIME_S.size)
    ]
    above = ["Today''s Date\t03/28/2024 12:50:27 PM", "", "Date of Test:\t04/30/2024 2:33:19 PM", ""]
    return write_lines(folder / "a.txt", [*above, head, *rows])


def write_maccor_thousands(folder: Path) -> Path:
    """Commas between thousands, in quotation marks where commas part columns; hours."""
    head = "Rec#,Cyc#,Step,Test (Hr),Step (Hr),Amp-hr,Watt-hr,Amps,Volts,State,ES,DPt Time"
    rows = [
        f'"{k + 995:,}",{CYCLE[k]},{STEP[k]},{TIME_S[k] / 3600:.14f},{STEP_TIME_S[k] / 3600:.14f},0.000,0.000,'
        f"{CURRENT_A[k]:.6f},{VOLTAGE_V[k]:.6f},{_STATES[k]},0,{date(TIME_S[k], '%d-%b-%y %I:%M:%S %p')}"
        for k in range(TIME_S.size)
    ]
    return write_lines(folder / "a.csv", ["Today's Date ,28-Nov-24", "Date of Test:,30-Apr-24 2:33:19 PM", head, *rows])


def write_maccor_without_state(folder: Path) -> Path:
    """No state, no unit and no sign of the current: it stays outside the record."""
    head = "Rec,Cycle C,Step,Test Time (sec),Step Time (sec),Capacity,Energy,Current,Voltage,DPT Time,Temp 1"
    rows = [
        f"{k + 1},{CYCLE[k]},{STEP[k]},{TIME_S[k]:.4f},{STEP_TIME_S[k]:.4f},0,0,{abs(CURRENT_A[k])},"
        f"{float(VOLTAGE_V[k])!r},{date(TIME_S[k], '%d-%b-%y %I:%M:%S %p')},22.2591"
        for k in range(TIME_S.size)
    ]
    return write_lines(folder / "a.csv", ["Today's Date ,28-Nov-24", "Date of Test:,30-Apr-24 2:33:19 PM", head, *rows])


SAMPLES = (
    Sample(write_maccor_seconds, gives()),
    Sample(write_maccor_clock, gives(test_time_second=TIME_S + 0.05000019073486)),
    Sample(write_maccor_european, gives()),
    Sample(write_maccor_millivolts, gives(voltage_volt=_MV / 1e3)),
    Sample(write_maccor_thousands, gives()),
    Sample(write_maccor_without_state, gives(current_ampere=None)),
)
