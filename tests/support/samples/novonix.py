"""Novonix UHPC files, as versions 2 of the program write them."""

from pathlib import Path

from support.reader_samples import Sample
from support.samples._cycler_tables import CYCLE, STEP_TIME_S, date, gives, number, write_lines
from support.samples.common import CURRENT_A, STEP, TIME_S, VOLTAGE_V

_SUMMARY = [
    "[Summary]", "Novonix UHPC data file", "Novonix", "Channel: 01", "Cell: A7_CH01.csv", "Serial Number: ",
    "Description: Li|Li", "Protocol:", "Mass (g): 1.000", "Capacity (Ah): 5", "Area (cm2): 1.000", "CellID: A7",
    "DC Offset Voltage (V): 0.00000", "Started: 2024-04-30 14:33:19", "Version: 2.13.0", "[End Summary]",
    "[Protocol]", '{"Version":"UHPC Control: 2.13.0","ProtocolStepList":[{"StepType":3}]}', "[End Protocol]",
]  # fmt: skip
_HEADERS = (
    "Date and Time,Cycle Number,Step Type,Run Time (h),Step Time (h),Current (A),Potential (V),Capacity (Ah),"
    "Temperature (°C),Circuit Temperature (°C),Energy (Wh),dVdt (V/h),dIdt (A/h),Step Number,Step position,Power(W)"
)


def _rows(steps: bool) -> list[str]:
    rows = []
    for k in range(TIME_S.size):
        fields = [
            date(TIME_S[k]), str(CYCLE[k]), "7", number(TIME_S[k] / 3600, decimals=12),
            number(STEP_TIME_S[k] / 3600, decimals=12), number(CURRENT_A[k]), number(VOLTAGE_V[k]), "0.00000000",
            "24.644", "25.268", "0.00000000", "0.00000000", "0.00000000",
        ]  # fmt: skip
        rows.append(",".join([*fields, str(STEP[k]), "0", "0.00000000"] if steps else fields))
    return rows


def write_novonix(folder: Path) -> Path:
    """With a protocol between summary and data."""
    return write_lines(folder / "a.csv", [*_SUMMARY, "[Data]", _HEADERS, *_rows(steps=True)])


def write_novonix_old(folder: Path) -> Path:
    """Older: no protocol, no step number, micro degree signs in Windows-1252, line feeds only."""
    headers = _HEADERS.partition(",Step Number")[0]
    lines = [*_SUMMARY[:15], "[End Summary]", "[Data]", headers, *_rows(steps=False)]
    return write_lines(folder / "a.csv", lines, encoding="cp1252", end="\n")


SAMPLES = (
    Sample(write_novonix, gives()),
    Sample(write_novonix_old, gives(step_count=None)),
)
