"""Siemens and Bruker RAW1.01 and RAW4.00."""

import struct
from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.patterns import COUNTS, STEP_DEG, TWO_THETA_DEG


def v3_header(ranges: int, status: int = 1) -> bytes:
    header = bytearray(712)
    header[:7] = b"RAW1.01"
    struct.pack_into("<II", header, 8, status, ranges)
    header[16:24], header[26:34] = b"03/04/10", b"20:59:14"
    header[36:43], header[326:332], header[386:393] = b"Chemist", b"LMZG 3", b"pressed"
    header[608:610], header[656:657] = b"Cu", b"A"
    struct.pack_into("<5d", header, 616, 1.54184, 1.5406, 1.54439, 1.39222, 0.5)
    return bytes(header)


def v3_range(counts, start: float, *, kind: int = 0, measured=None, extra: int = 0, step: float = STEP_DEG) -> bytes:
    header = bytearray(304)
    struct.pack_into("<II", header, 0, 304, len(counts))
    struct.pack_into("<2d", header, 8, start / 2, start)
    struct.pack_into("<d", header, 176, step)
    struct.pack_into("<fI", header, 192, 0.5, kind)
    struct.pack_into("<f", header, 212, -1.0)
    struct.pack_into("<II", header, 224, 45, 40)
    struct.pack_into("<d", header, 240, 1.5406)
    struct.pack_into("<III", header, 248, 0 if measured is None else 1, 4 if measured is None else 12, extra)
    if measured is None:
        data = np.asarray(counts, "<f4").tobytes()
    else:
        data = b"".join(struct.pack("<fd", y, x) for y, x in zip(counts, measured, strict=True))
    return bytes(header) + bytes(extra) + data


def write_raw_1_01(folder: Path) -> Path:
    """Two ranges: equal steps behind extra records, and measured angles."""
    file = folder / "scan.raw"
    measured = TWO_THETA_DEG + 30.0005
    parts = v3_range(COUNTS, 10.0, extra=40), v3_range(COUNTS[::-1], 40.0, kind=2, measured=measured)
    file.write_bytes(v3_header(2) + b"".join(parts))
    return file


def segment(kind: int, name: str, value: bytes) -> bytes:
    body = bytes(4) + name.encode().ljust(24, b"\0") + value
    return struct.pack("<II", kind, 8 + len(body)) + body


def drive(name: str, flag: int, position: float) -> bytes:
    body = (
        struct.pack("<I", flag) + name.encode().ljust(24, b"\0") + bytes(20) + struct.pack("<d", position) + bytes(28)
    )
    return struct.pack("<II", 50, 8 + len(body)) + body


def v4_header() -> bytes:
    header = bytearray(61)
    header[:7], header[12:22], header[24:32] = b"RAW4.00", b"05/19/2025", b"14:24:14"
    struct.pack_into("<III", header, 36, 1, 1, 1)
    texts = segment(10, "USER", b"Lab") + segment(10, "SAMPLEID", b"LMZG 3") + segment(10, "CREATOR", b"DIFFRAC.EVA")
    tube = bytearray(136)
    struct.pack_into("<II", tube, 0, 30, 136)
    struct.pack_into("<5d", tube, 72, 1.5418, 1.5406, 1.54439, 1.39222, 0.5)
    tube[116:118] = b"Cu"
    return bytes(header) + texts + bytes(tube)


def v4_range(
    counts, start: float, *, scan="Locked Coupled", scanned="2Theta", width=4, step=STEP_DEG, mark=0, stands=None
) -> bytes:
    header = bytearray(160)
    drives = drive(scanned, 2, start if stands is None else stands) + drive("Phi", 0, 7.7)
    n = len(counts)
    struct.pack_into("<III", header, 0, mark, n, n)
    header[32 : 32 + len(scan)] = scan.encode()
    struct.pack_into("<2dIf", header, 72, start, step, n, 76.8)
    struct.pack_into("<3f", header, 96, 0.0, 40.0, 40.0)
    struct.pack_into("<d", header, 112, 1.5418)
    struct.pack_into("<II", header, 136, width, len(drives))
    rest = bytes(width - 4)
    return bytes(header) + drives + b"".join(struct.pack("<f", y) + rest for y in counts)


def write_raw_4_00(folder: Path) -> Path:
    """Two ranges, one with eight bytes a point."""
    file = folder / "scan.raw"
    file.write_bytes(v4_header() + v4_range(COUNTS, 10.0) + v4_range(COUNTS, 40.0, width=8, mark=160))
    return file


_ONE = {"two_theta_degree": TWO_THETA_DEG, "intensity": COUNTS}
SAMPLES = (
    Sample(
        write_raw_1_01,
        (
            Expected("diffraction", _ONE, "scan 1"),
            Expected("diffraction", {"two_theta_degree": TWO_THETA_DEG + 30.0005, "intensity": COUNTS[::-1]}, "scan 2"),
        ),
    ),
    Sample(
        write_raw_4_00,
        (
            Expected("diffraction", _ONE, "scan 1"),
            Expected("diffraction", {**_ONE, "two_theta_degree": TWO_THETA_DEG + 30}, "scan 2"),
        ),
    ),
)
