"""Basytec result files."""

from pathlib import Path

from support.reader_samples import Sample
from support.samples._cycler_tables import CYCLE, STEP_TIME_S, date, gives, number, write_lines
from support.samples.common import CURRENT_A, STEP, TIME_S, VOLTAGE_V

_ABOVE = [
    "~Resultfile from Basytec Battery Test System", "~Date and Time of Data Converting: 07.07.2023 10:55:58", "~",
    "~Name of Test: plating", "~Battery: A7", "~Testplan: plan.pln", "~Testchannel: 1814 CH14 XCTS_40",
    "~Start of Test: 30.04.2024 14:33:19", "~End of Test: 30.04.2024 15:05:04", "~Operator (Test): basytec",
    "~Operator (Data converting): basytec", "~",
]  # fmt: skip
_COMMANDS = ["Pause"] * 4 + ["Charge"] * 4 + ["Discharge"] * 4


def write_basytec_seconds(folder: Path) -> Path:
    """Tabs, seconds, no end of the last line."""
    head = "~Time[s]\tDataSet\tt-Step[s]\tLine\tCommand\tU[V]\tI[A]\tP[W]\tAh[Ah]\tT1[°C]\tCyc-Count\tCount\tState"
    rows = [
        f"{TIME_S[k]:.0f}\t{k + 1}\t{STEP_TIME_S[k]:.0f}\t{STEP[k]}\t{_COMMANDS[k]}\t{VOLTAGE_V[k]:.9f}\t"
        f"{CURRENT_A[k]:.9f}\t0\t0\t25.47953\t{CYCLE[k]}\t1\t1"
        for k in range(TIME_S.size)
    ]
    return write_lines(folder / "a.txt", [*_ABOVE, head, *rows], end="\n", last=False)


def write_basytec_hours_in_blanks(folder: Path) -> Path:
    """Blanks, hours, a date of two fields under one header."""
    head = "~Time[h] DataSet DateTime t-Set[h] Line Command U[V] I[mA] T1[°C] Cyc-Count State"
    rows = [
        f"{TIME_S[k] / 3600:.12f} {k + 1} {date(TIME_S[k], '%d.%m.%Y %H:%M:%S')} 0 {STEP[k]} {_COMMANDS[k]} "
        f"{VOLTAGE_V[k]:.9f} {CURRENT_A[k] * 1e3:.6f} 25 {CYCLE[k]} 1"
        for k in range(TIME_S.size)
    ]
    return write_lines(folder / "a.txt", [*_ABOVE, head, *rows], encoding="cp1252")


def write_basytec_german(folder: Path) -> Path:
    """Decimal commas and minutes; discharge and charge spelled by the program."""
    head = "~Time[min]\tDataSet\tLine\tCommand\tU[V]\tI[A]\tCyc-Count\tState"
    rows = [
        "\t".join([number(TIME_S[k] / 60, comma=True), str(k + 1), str(STEP[k]), _COMMANDS[k],
                   number(VOLTAGE_V[k], comma=True), number(CURRENT_A[k], comma=True), str(CYCLE[k]), "1"])
        for k in range(TIME_S.size)
    ]  # fmt: skip
    return write_lines(folder / "a.txt", [*_ABOVE, head, *rows])


SAMPLES = tuple(
    Sample(write, gives()) for write in (write_basytec_seconds, write_basytec_hours_in_blanks, write_basytec_german)
)
