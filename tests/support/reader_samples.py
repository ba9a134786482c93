"""One small valid file of every format that limetal reads, and what reading it must give."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

_NDA_BEGIN = 1024  # of the records; the header fields before it are pointers
_NDA_RANGE = 10  # a 10 mA range has steps of 1 uA


@dataclass(frozen=True)
class Truth:
    """What a sample file says, in seconds, volts and amperes."""

    time_s: NDArray[np.float64]
    voltage_V: NDArray[np.float64]
    current_A: NDArray[np.float64] | None


_TIME_S = np.arange(12) * 60.0
_CURRENT_A = np.repeat([0.0, 1e-3, -1e-3], 4)
_VOLTAGE_V = 40.0 * _CURRENT_A + 0.001
_STEP = np.repeat([1, 2, 3], 4)

TRUTH = {
    "bdf_parquet": Truth(_TIME_S, _VOLTAGE_V, _CURRENT_A),
    "delimited": Truth(_TIME_S, _VOLTAGE_V, _CURRENT_A),
    "neware": Truth(_TIME_S, _VOLTAGE_V, _CURRENT_A),
}


def write_delimited(folder: Path) -> Path:
    """Semicolons, decimal commas, lines above the header."""
    file = folder / "cell.csv"
    rows = zip(_TIME_S / 3600, _VOLTAGE_V * 1e3, _CURRENT_A * 1e3, _STEP, strict=True)
    lines = ["Cell: Li|Li 7", "Operator: nobody", "Test Time / h;Voltage (mV);I [mA];Step Index"]
    lines += [";".join(repr(float(x)).replace(".", ",") for x in row) for row in rows]
    file.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
    return file


def write_neware(folder: Path) -> Path:
    """An .nda of version 22: pointers at 16 and 64, then records of 86 bytes, as fastnda reads them."""
    file = folder / "cell.nda"
    records = b""
    for index in range(_TIME_S.size):
        in_step = index % 4 + (_STEP[index] > 1)  # steps after the first begin one interval late
        step_time_ms = int(in_step * 60_000)
        records += struct.pack(
            "<BxIIHBBQii8xqqqqQi4x",
            85,
            index + 1,
            0,
            _STEP[index],
            (4, 1, 2)[_STEP[index] - 1],
            _STEP[index] % 256,
            step_time_ms,
            round(_VOLTAGE_V[index] * 1e4),
            round(_CURRENT_A[index] * 1e6),
            0,
            0,
            0,
            0,
            1_700_000_000 + int(_TIME_S[index]),
            _NDA_RANGE,
        )
    header = bytearray(_NDA_BEGIN)
    header[:6] = b"NEWARE"
    header[14] = 22
    struct.pack_into("<I", header, 16, 512)
    struct.pack_into("<i", header, 512 + 26, _NDA_RANGE)
    struct.pack_into("<II", header, 64, _NDA_BEGIN, len(records))
    file.write_bytes(bytes(header) + records)
    return file


def write_bdf_parquet(folder: Path) -> Path:
    """Write a Battery Data Format table in Parquet."""
    path = folder / "sample.bdf.parquet"
    columns = {"test_time_second": _TIME_S, "voltage_volt": _VOLTAGE_V, "current_ampere": _CURRENT_A}
    pl.DataFrame(columns).write_parquet(path)
    return path


WRITERS: dict[str, Callable[[Path], Path]] = {
    "bdf_parquet": write_bdf_parquet,
    "delimited": write_delimited,
    "neware": write_neware,
}
