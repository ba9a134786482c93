"""Stoe WinXPOW RAW_1.06: records of 512 bytes."""

import struct
from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.patterns import COUNTS, STEP_DEG, TWO_THETA_DEG


def write(folder: Path, *ranges: bytes, first: int = 5, scan_type: int = 3, version: bytes = b"RAW_1.06") -> Path:
    header = bytearray(512)
    header[:8], header[8:14], header[16:31] = version, b"Powdat", b"26-Nov-10 10:27"
    header[32:38], header[112:119] = b"LMZG 3", b"pressed"
    struct.pack_into("<9H", header, 304, 1, 100, 2, 3, 3, 120, 220, 40, 30)
    struct.pack_into("<2f", header, 322, 1.540598, 1.544426)
    struct.pack_into("<2H", header, 358, 1, scan_type)
    struct.pack_into("<3H", header, 376, len(ranges), len(ranges), 0)
    struct.pack_into("<I2H", header, 466, sum(len(r) for r in ranges), 1, 0)
    at = first
    for count, one in enumerate(ranges):
        struct.pack_into("<H", header, 480 + 2 * count, at)
        at += len(one) // 512
    file = folder / "scan.raw"
    file.write_bytes(bytes(header) + bytes(512 * (first - 2)) + b"".join(ranges))
    return file


def one_range(counts, start: float, *, short: bool = False, factor: float = 0.0, history: int = 0) -> bytes:
    header = bytearray(512)
    header[:15], header[16:31] = b"26-Nov-10 10:27", b"26-Nov-10 10:57"
    end = start + STEP_DEG * (len(counts) - 1)
    struct.pack_into("<4Hf", header, 32, 0, len(counts), 0, int(short), factor)
    struct.pack_into("<7f", header, 44, start, start / 2, end, end / 2, STEP_DEG, STEP_DEG / 2, 20.0)
    struct.pack_into("<2H2I", header, 116, 0, history, int(min(counts)), int(max(counts)))
    data = np.asarray(counts, "<u2" if short else "<i4").tobytes()
    return bytes(header) + data + bytes(-len(data) % 512)


def write_stoe(folder: Path) -> Path:
    """Two ranges, one of four bytes a point and one of two."""
    return write(folder, one_range(COUNTS, 10.0), one_range(COUNTS[::-1], 30.0, short=True))


_ONE = {"two_theta_degree": TWO_THETA_DEG, "intensity": COUNTS, "omega_degree": TWO_THETA_DEG / 2}
SAMPLES = (
    Sample(
        write_stoe,
        (
            Expected("diffraction", _ONE, "scan 1", rtol=1e-7),
            Expected(
                "diffraction", {"two_theta_degree": TWO_THETA_DEG + 20, "intensity": COUNTS[::-1]}, "scan 2", rtol=1e-7
            ),
        ),
    ),
)
