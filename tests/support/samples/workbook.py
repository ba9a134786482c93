"""A workbook with a table of cycling below some words, and a sheet of notes."""

from pathlib import Path

from support.reader_samples import Expected, Sample
from support.samples.common import CURRENT_A, STEP, TIME_S, VOLTAGE_V


def write_workbook(folder: Path) -> Path:
    import xlsxwriter

    file = folder / "cell.xlsx"
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("notes").write_row(0, 0, ["made by nobody"])
        sheet = book.add_worksheet("data")
        sheet.write_row(0, 0, ["Cell", "Li|Li 7"])
        sheet.write_row(1, 0, ["Test Time (h)", "Voltage (mV)", "I (mA)", "Step Index"])
        for row, cells in enumerate(zip(TIME_S / 3600, VOLTAGE_V * 1e3, CURRENT_A * 1e3, STEP, strict=True), start=2):
            sheet.write_row(row, 0, [float(cell) for cell in cells])
    return file


SAMPLES = (
    Sample(
        write_workbook,
        (
            Expected(
                "cycling", {"test_time_second": TIME_S, "voltage_volt": VOLTAGE_V, "current_ampere": CURRENT_A}, ""
            ),
        ),
    ),
)
