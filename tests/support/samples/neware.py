"""Neware .nda, version 22."""

import struct
from pathlib import Path

from support.reader_samples import Expected, Sample
from support.samples.common import CURRENT_A, STEP, TIME_S, VOLTAGE_V

_NDA_BEGIN = 1024  # of the records; the header fields before it are pointers
_NDA_RANGE = 10  # a 10 mA range has steps of 1 uA


def write_neware(folder: Path) -> Path:
    """An .nda of version 22: pointers at 16 and 64, then records of 86 bytes, as fastnda reads them."""
    file = folder / "cell.nda"
    records = b""
    for index in range(TIME_S.size):
        in_step = index % 4 + (STEP[index] > 1)  # steps after the first begin one interval late
        step_time_ms = int(in_step * 60_000)
        records += struct.pack(
            "<BxIIHBBQii8xqqqqQi4x",
            85,
            index + 1,
            0,
            STEP[index],
            (4, 1, 2)[STEP[index] - 1],
            STEP[index] % 256,
            step_time_ms,
            round(VOLTAGE_V[index] * 1e4),
            round(CURRENT_A[index] * 1e6),
            0,
            0,
            0,
            0,
            1_700_000_000 + int(TIME_S[index]),
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


_CYCLING = {"test_time_second": TIME_S, "voltage_volt": VOLTAGE_V, "current_ampere": CURRENT_A}
SAMPLES = (Sample(write_neware, (Expected("cycling", _CYCLING, rtol=1e-6),)),)
