"""Igor binary waves by Technical Note 003: version 5 of both byte orders and of two dimensions, version 2."""

import struct
from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample

VALUES = np.array([148.95027, 146.68657, 145.6596, 146.22309])
START_EV, STEP_EV = 600.0, -0.5
IMAGE = np.array([[5.0, 8.0], [6.5, 9.5], [7.25, 3.25]])
NOTE = (
    "[SES]\rVersion=1.2.5\rRegion Name=survey\rPass Energy=200\rNumber of Sweeps=2\rExcitation Energy=700\r"
    "Energy Scale=Binding\rEnergy Unit=Kinetic\rLow Energy=100\rHigh Energy=101.5\rInstrument=R3000\rLocation=Scienta\r"
    "Sample=Cu-HHTP\rComments=;\rDate=2023-03-08\rTime=11:17:15\r"
)


def version_5(values: np.ndarray, starts: tuple[float, ...], steps: tuple[float, ...], units: tuple[str, ...],
              *, order: str = "<", kind: int = 4, note: str = NOTE,
              data_unit: str = "Counts [a.u.]") -> bytes:  # fmt: skip
    numbers = values.astype(order + {4: "f8", 2: "f4", 0x10: "i2"}[kind]).tobytes(order="F")
    dims = [*values.shape, *[0] * (4 - values.ndim)]
    fill = [1.0] * (4 - values.ndim)
    wave = struct.pack(f"{order}3I i 2h 6x h 32s 2i 4i 4d 4d", 0, 3760000000, 3760000000, values.size, kind, 0, 0,
                       b"wave0", 0, 0, *dims, *steps, *fill, *starts, *[0.0] * (4 - values.ndim))  # fmt: skip
    wave = wave.ljust(320, b"\0")
    texts = [note.encode(), data_unit.encode(), *(unit.encode() for unit in units)]
    sizes = [len(t) for t in texts] + [0] * (6 - len(texts))

    def header(check: int) -> bytes:
        return struct.pack(f"{order}hh7i", 5, check, 320 + len(numbers), 0, *sizes[:5]).ljust(64, b"\0")

    total = int(np.frombuffer(header(0) + wave, f"{order}i2").sum(dtype=np.int64))
    check = (-total) & 0xFFFF
    return header(check - 0x10000 if check > 0x7FFF else check) + wave + numbers + b"".join(texts)


def write_igor_scienta(folder: Path) -> Path:
    file = folder / "survey.ibw"
    file.write_bytes(version_5(VALUES, (START_EV,), (STEP_EV,), ("Binding Energy [eV]",)))
    return file


def write_igor_big_endian(folder: Path) -> Path:
    """A Macintosh's wave of floats."""
    file = folder / "mac.ibw"
    file.write_bytes(version_5(VALUES, (START_EV,), (STEP_EV,), ("Binding Energy [eV]",), order=">", kind=2))
    return file


def write_igor_slices(folder: Path) -> Path:
    """Energies along the first dimension, angles along the second."""
    note = "[SES]\rRegion Name=VB\rEnergy Scale=Kinetic\rExcitation Energy=150\r"
    file = folder / "angles.ibw"
    units = ("Kinetic Energy [eV]", "Y-Scale [deg]")
    file.write_bytes(version_5(IMAGE, (100.0, -1.5), (0.1, 3.0), units, note=note))
    return file


def write_igor_version_2(folder: Path) -> Path:
    numbers, note = VALUES.astype("<f4").tobytes(), NOTE.encode()
    wave = bytearray(110)
    struct.pack_into("<h", wave, 0, 2)
    wave[6:11] = b"wave0"
    wave[34:38], wave[38:40] = b"a.u.", b"eV"
    struct.pack_into("<i", wave, 42, VALUES.size)
    struct.pack_into("<2d", wave, 48, STEP_EV, START_EV)
    file = folder / "old.ibw"
    head = struct.pack("<hiiih", 2, 110 + len(numbers) + 16, len(note), 0, 0)
    file.write_bytes(head + bytes(wave) + numbers + bytes(16) + note)
    return file


_BINDING = START_EV + STEP_EV * np.arange(4)
_SURVEY = {"binding_energy_electronvolt": _BINDING, "kinetic_energy_electronvolt": 700 - _BINDING, "intensity": VALUES}


def _slice(column: int, label: str) -> Expected:
    axis = {"kinetic_energy_electronvolt": 100 + 0.1 * np.arange(3), "binding_energy_electronvolt": None}
    return Expected("photoelectrons", {**axis, "intensity": IMAGE[:, column]}, label)


SAMPLES = (
    Sample(write_igor_scienta, (Expected("photoelectrons", _SURVEY, "survey"),)),
    Sample(write_igor_big_endian, (Expected("photoelectrons", _SURVEY, "survey", 1e-6),)),
    Sample(write_igor_slices, (_slice(0, "VB, Y-Scale [deg] -1.5"), _slice(1, "VB, Y-Scale [deg] 1.5"))),
    Sample(write_igor_version_2, (Expected("photoelectrons", _SURVEY, "survey", 1e-6),)),
)
