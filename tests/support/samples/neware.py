"""Neware .nda of version 22, and .ndax with all in one member (version 5) or in three (version 11)."""

import struct
import zipfile
from pathlib import Path

import numpy as np

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


_NDC_PAGE, _NDC_RECORDS_AT = 4096, 132
_STEP_TYPES = (4, 1, 2)  # rest, constant current charge, constant current discharge
_START = 1_770_000_000
_TEST_INFO = """<?xml version="1.0" encoding="GB2312"?>
<root>
  <config type="Test Info File" version="1" SortVersion="BTSDA BTS Client 8.0.0.478(2024.06.24)" date="20260302093531">
    <TestInfo SvrIP="127.0.0.1" DevType="27" DevID="21" UnitID="0" ChlID="79" TestID="85" CurrRange="10" VoltRange="5"
      SN="2026-02-02 02-40-00" StepName="plate_strip.xml" StartTime="2026-02-02 02:40:00" Barcode="Li-Li \u9502 7"
      ModifyCount="0" ModifyIndex="-2" Remark="second foil" AuxCount="0" />
  </config>
</root>
"""
_VERSION_INFO = """<?xml version="1.0" encoding="GB2312"?>
<root>
  <config type="Version Info File" version="1" date="20260302093531">
    <ZwjVersion SvrVer="BTSServer(R3)-8.0.0.390 (2024.06.24)" CurrClientVer="BTS Client 8.0.0.478(2024.06.24)" />
  </config>
</root>
"""
_STEP = """<?xml version="1.0" encoding="GB2312"?>
<root>
  <config type="Step File" version="17">
    <Head_Info><Creator Value="nobody" /><PN Value="2026-02-02 02-40-00" /><SCQ Value="4000" /></Head_Info>
  </config>
</root>
"""


def _ndc(kind: int, version: int, records: list[bytes]) -> bytes:
    """A member of an .ndax: a page of header, then pages that begin with one bit for each record there is."""
    page = bytearray(_NDC_PAGE)
    head = bytes([kind, 0, version]).ljust(_NDC_PAGE, b"\0")
    page[4 : 4 + (len(records) + 7) // 8] = np.packbits([1] * len(records), bitorder="little").tobytes()
    body = b"".join(records)
    page[_NDC_RECORDS_AT : _NDC_RECORDS_AT + len(body)] = body
    return head + bytes(page)


def _zip(file: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("Step", _STEP), ("TestInfo", _TEST_INFO), ("VersionInfo", _VERSION_INFO)):
            archive.writestr(f"{name}.xml", text.encode("gb2312"))
        for name, data in members.items():
            archive.writestr(f"{name}.ndc", data)
    return file


def _step_time_s() -> np.ndarray:
    return np.arange(TIME_S.size) % 4 * 60.0 + np.where(STEP > 1, 60.0, 0.0)


def _counted_mAs() -> tuple[np.ndarray, np.ndarray]:
    """Charge the instrument counts in each step: what flowed since its first moment."""
    amount = np.abs(CURRENT_A) * 1e3 * _step_time_s()
    return np.where(CURRENT_A > 0, amount, 0.0), np.where(CURRENT_A < 0, amount, 0.0)


def write_neware_ndax_of_one_member(folder: Path) -> Path:
    """An .ndax of version 5: whole numbers in steps of a current range, dates as a calendar."""
    into, out = _counted_mAs()
    records = [
        struct.pack(
            "<BIIBB5xQii4xqqqqHBBBBBi8x", 85, i + 1, 0, STEP[i], _STEP_TYPES[STEP[i] - 1],
            int(_step_time_s()[i] * 1e3), round(VOLTAGE_V[i] * 1e4), round(CURRENT_A[i] * 1e6),
            round(into[i] * 1e3), round(out[i] * 1e3), 0, 0, 2026, 2, 2, 2, 40 + i, 0, _NDA_RANGE,
        )
        for i in range(TIME_S.size)
    ]  # fmt: skip
    return _zip(folder / "one.ndax", data=_ndc(1, 5, records))


def write_neware_ndax_of_three_members(folder: Path) -> Path:
    """An .ndax of version 11: values, times and steps apart; every row has its time here."""
    into, out = _counted_mAs()
    values = [struct.pack("<ff", VOLTAGE_V[i] * 1e4, CURRENT_A[i] * 1e3) for i in range(TIME_S.size)]
    times = [
        struct.pack(
            "<IBffff8xiIIIH", int(_step_time_s()[i] * 1e3), 0, into[i], out[i], 0, 0, 60_000,
            _START + int(TIME_S[i]), STEP[i], i + 1, 0,
        )
        for i in range(TIME_S.size)
    ]  # fmt: skip
    steps = [struct.pack("<II16xB12x", 0, i + 1, kind) for i, kind in enumerate(_STEP_TYPES)]
    return _zip(
        folder / "three.ndax", data=_ndc(1, 11, values), data_runInfo=_ndc(18, 11, times), data_step=_ndc(7, 11, steps)
    )


_CYCLING = {
    "test_time_second": TIME_S,
    "voltage_volt": VOLTAGE_V,
    "current_ampere": CURRENT_A,
    "cycle_count": np.ones(12, dtype=np.int64),
    "step_count": STEP,
}
SAMPLES = tuple(
    Sample(write, (Expected("cycling", _CYCLING, rtol=1e-6),))
    for write in (write_neware, write_neware_ndax_of_one_member, write_neware_ndax_of_three_members)
)
