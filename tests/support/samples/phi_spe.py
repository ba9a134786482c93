"""PHI binary files: a spectrum of a Quantum 2000 (doubles, LF) and a depth profile of a VersaProbe (floats, CRLF)."""

import struct
from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample

SURVEY = np.array([13712.5, 14000, 13675.25, 13911, 13900, 14100.5, 14050, 13990, 13800, 13750, 13650])
FLUORINE = np.array([1793.75, 1381.25, 2400.0, 1900.5])
LEVELS = np.array(
    [[54300.0, 56000, 55025, 53375], [83066.5, 82041.5, 84058.25, 80791.5], [84708.5, 84741, 83041, 83625]]
)
SPUTTER_S = np.array([0.0, 30, 60])


def entry(
    region: int, sizes: tuple[int, int, int], names: tuple[bytes, bytes], unit: bytes, kind: bytes, at: int
) -> bytes:
    size = sizes[0] * sizes[1] * sizes[2] * int(kind[1:])
    begin = struct.pack("<8I", region, 1, 1, region, 1, *sizes)
    middle = names[0].ljust(4, b"\0") + struct.pack("<I", 258979770) + names[1].ljust(4, b"\0") + bytes(12)
    end = unit.ljust(4, b"\0") + bytes(12) + kind.ljust(4, b"\0") + struct.pack("<5I", size, at, 0, 0, at + size)
    return begin + middle + end


def binary(
    parts: list[tuple[tuple[int, int, int], tuple[bytes, bytes], bytes, np.ndarray]], kind: bytes, gap: int
) -> bytes:
    """Directory and curves; ``gap`` bytes of filling stand after each curve."""
    at = 16 + 96 * len(parts)
    entries, curves = b"", b""
    for number, (sizes, names, unit, values) in enumerate(parts, start=1):
        region = number if names[0] == b"pnt" else 0
        entries += entry(region, sizes, names, unit, kind, at)
        data = values.astype("<" + kind.decode()).tobytes() + bytes(gap)
        curves += data
        at += len(data)
    return struct.pack("<4I", 1, len(parts), 96 * len(parts), 16) + entries + curves


def spe_bytes() -> bytes:
    head = [
        *(
            "SOFH",
            "Platform: PC",
            "Technique: XPS",
            "FileType:  SPECTRUM",
            "FileDesc: film",
            "SoftwareVersion: Compass V6.4",
        ),
        *("InstrumentModel: PHI Quantum 2000", "FileDate:  2021 10 5", "AcqFileDate:  2021 10 5", "Operator: "),
        *("XraySource: Al 1486.6 mono", "AnalyserMode: FAT", "AnalyserWorkFcn: 4.700 eV", "PreAcqSputterTime: 30 s"),
        *("NoSpectralReg: 2", "SpectralRegDef: 1 1 1su 111 11 -0.4000 100.0 96.0 100.0 96.0    0.080000 93.90 AREA"),
        *("SpectralRegDef: 2 2 F1s 9 4 -0.1250 695.0 694.625 695.0 694.625    0.160000 29.35 AREA",),
        *("NoSpatialArea: 1", "SpatialAreaDesc: 1 film-pos1", "EOFH", ""),
    ]
    curves = [((11, 1, 1), (b"pnt", b"sar"), b"c/s", SURVEY), ((4, 1, 1), (b"pnt", b"sar"), b"c/s", FLUORINE)]
    return "\n".join(head).encode() + binary(curves, b"f8", 4)


def write_phi_spectrum(folder: Path) -> Path:
    file = folder / "film.spe"
    file.write_bytes(spe_bytes())
    return file


def pro_bytes() -> bytes:
    head = [
        *("SOFH", "Platform: PC", "Technique: XPS", "TechniqueEx: XPS", "FileType: DEPTHPRO", "FileDesc: (1, SnO2)"),
        *("SoftwareVersion: SS 3.3.3.2", "InstrumentModel: VersaProbe 4", "AcqFileDate: 2024 1 22"),
        *("AnalyserWorkFcn: 4.506 eV", "NoDPDataCyc: 3", "NoSpectralRegFull: 1"),
        *("SpectralRegDefFull: 1 1 Sn3d5 50 101 -0.2000 500.0000 480.0000 499.0000 481.0000 0.000000 55.00 AREA",),
        *(
            "NoSpectralReg: 1",
            "SpectralRegDef: 1 1 Sn3d5 50 4 -0.2000 490.0000 489.4000 490.0 489.4 0.800000 55.00 AREA",
        ),
        *("SpectralRegDef2: 1 20.0 10 0 4 180", "SpatialAreaDesc: 1 ", "XraySource: Al 1486.6 mono", "EOFH", ""),
    ]
    areas = LEVELS.sum(axis=1)
    curves = [
        ((4, 3, 1), (b"pnt", b"cyc"), b"c/s", LEVELS.ravel()),
        ((3, 1, 1), (b"cyc", b"reg"), b"s", SPUTTER_S),
        ((3, 1, 1), (b"cyc", b"reg"), b"c/s ", areas),
    ]
    return "\r\n".join(head).encode() + binary(curves, b"f4", 0)


def write_phi_profile(folder: Path) -> Path:
    file = folder / "profile.pro"
    file.write_bytes(pro_bytes())
    return file


def _spectrum(energy: np.ndarray, data: np.ndarray, label: str) -> Expected:
    columns = {"binding_energy_electronvolt": energy, "kinetic_energy_electronvolt": None, "intensity": data}
    return Expected("photoelectrons", columns, label, 1e-7)


SAMPLES = (
    Sample(
        write_phi_spectrum,
        (
            _spectrum(100 - 0.4 * np.arange(11), SURVEY, "1su"),
            _spectrum(695 - 0.125 * np.arange(4), FLUORINE, "F1s"),
        ),
    ),
    Sample(
        write_phi_profile,
        tuple(_spectrum(490 - 0.2 * np.arange(4), LEVELS[n], f"Sn3d5, cycle {n + 1}") for n in range(3)),
    ),
)
