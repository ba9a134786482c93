r"""Zahner's binary impedance spectra (``.ism``) of Thales and Zahner Analysis.

Big-endian throughout: a version and the index of the last point (6 bytes each), then column after column: frequency
in Hz, magnitude in ohm, phase in radians, time stamp in seconds since 1980 (8-byte floats), significance in thousandths
(2 bytes). A description of counted texts follows, in swapped case, and with newer versions the mean voltage and
current of every point.

Traps: the phase is in radians and already has the sign of Z; a sweep often begins in the middle of the range, goes up
and comes back, so frequencies occur twice, and the points stay here in the order measured; files written by Zahner's
Python tools count 0, 1, 2 where the time stamps belong, and have no description.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.records.base import About
from limetal.records.impedance import ImpedanceRecord

Floats = NDArray[np.float64]

_HEAD = 12
_VERSION_START = b"\x00\x00\xff\xff\xff"
_KNOWN_VERSIONS = {0xFFFFFFFE, 0xFFFFFFFF}
_MAX_POINTS = 10_000_000
_PER_POINT = 34  # four floats and a short
_STAMPS_FROM = datetime(1980, 1, 1)
_DAY_S = 86_400.0
_MAX_PHASE_RAD = 7.0  # a little more than one turn; degrees would be far beyond
_SIGNIFICANCE_UNIT = 1000.0
_PARAMETERS = 32  # floats after the texts
_AMPLITUDE, _FLAGS = 25, 27
_ACQUISITION_FLAG, _TRACKS_FLAG = 256, 32768
_TEXTS = (
    "date", "system", "potential", "current", "temperature", "time",
    "comment 1", "comment 2", "comment 3", "comment 4", "electrode area", "serial quantity",
)  # fmt: skip


@dataclass
class _Description:
    """What follows the numbers."""

    texts: dict[str, str] = field(default_factory=dict)
    voltage: Floats | None = None
    current: Floats | None = None
    amplitude: str = ""
    warnings: list[str] = field(default_factory=list)


def looks_like(file: RawFile) -> bool:
    r"""Whether the bytes begin as Thales writes them: its version, a count, and a first frequency.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.ism"
    >>> _ = path.write_bytes(bytes.fromhex("0000fffffffe" "000000000001") + struct.pack(">d", 1e3))
    >>> looks_like(RawFile(path))
    True
    """
    head = file.head
    if len(head) < _HEAD or not head.startswith(_VERSION_START):
        return False
    if not 0 <= int.from_bytes(head[6:12], "big") < _MAX_POINTS:
        return False
    if len(head) < _HEAD + 8:
        return True
    first = struct.unpack(">d", head[_HEAD : _HEAD + 8])[0]
    return bool(1e-9 < first < 1e12)


def read(file: RawFile, options: ReadOptions) -> ImpedanceRecord:  # noqa: ARG001 - one signature for all
    """Read one spectrum; points stay in the order measured.

    Raises
    ------
    BadInputError
        If the file is cut before the end of its phases, or holds numbers that are no impedance.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.ism"
    >>> columns = struct.pack(">8d", 1e3, 1.0, 10.0, 20.0, 0.0, -np.pi / 2, 0.0, 1.0) + struct.pack(">2h", 1000, 999)
    >>> _ = path.write_bytes(bytes.fromhex("0000fffffffe" "000000000001") + columns)
    >>> record = read(RawFile(path), ReadOptions())
    >>> record.impedance_real_ohm.round(9).tolist(), record.impedance_imaginary_ohm.round(9).tolist()
    ([10.0, 0.0], [0.0, -20.0])
    """
    data, where = file.data, file.where
    if len(data) < _HEAD:
        raise BadInputError(where, f"{len(data)} bytes", "a head of 12 bytes and a spectrum")
    points = int.from_bytes(data[6:12], "big") + 1
    if points > _MAX_POINTS or _HEAD + 24 * points > len(data):
        found = f"a count of {points} points and room for {max(0, len(data) - _HEAD) // 24}"
        raise BadInputError(where, found, "all of frequency, magnitude and phase: the file is cut or garbled")
    frequency, magnitude, phase = (_floats(data, _HEAD + 8 * points * k, points) for k in range(3))
    _refuse_nonsense(frequency, magnitude, phase, where)
    warnings = _version_notes(data)
    stamps, significance = _stamps(data, points, warnings)
    description = _describe(data, _HEAD + _PER_POINT * points, points, bool(significance is not None))
    time, start = _clock(stamps, warnings)
    more: dict[str, NDArray[np.generic]] = {"impedance (ohm)": magnitude, "phase (rad)": phase}
    if significance is not None:
        more["significance"] = significance
    if stamps is not None and time is None:
        more["time stamp"] = stamps
    return ImpedanceRecord(
        frequency_hertz=frequency,
        impedance_real_ohm=magnitude * np.cos(phase),
        impedance_imaginary_ohm=magnitude * np.sin(phase),
        test_time_second=time,
        voltage_volt=description.voltage,
        current_ampere=description.current,
        area_cm2=_area(description.texts.get("electrode area", "")),
        source=where,
        about=_about(description, start),
        more=more,
        warnings=(*warnings, *description.warnings, *_sweep_notes(frequency), *_model_notes(description)),
    )


def _floats(data: bytes, at: int, count: int) -> Floats:
    return np.frombuffer(data, dtype=">f8", count=count, offset=at).astype(np.float64)


def _refuse_nonsense(frequency: Floats, magnitude: Floats, phase: Floats, where: str) -> None:
    checks = (
        (frequency, np.isfinite(frequency) & (frequency > 0), "frequency", "Hz", "more than zero"),
        (magnitude, np.isfinite(magnitude) & (magnitude >= 0), "magnitude", "ohm", "a number, zero or more"),
        (phase, np.abs(phase) <= _MAX_PHASE_RAD, "phase", "rad", "an angle in radians"),
    )
    for values, good, name, unit, wanted in checks:
        if not good.all():
            row = int(np.argmin(good))
            raise BadInputError(f"{where}, data row {row + 1}", f"a {name} of {values[row]:g} {unit}", wanted)


def _version_notes(data: bytes) -> list[str]:
    version = int.from_bytes(data[:6], "big")
    if version in _KNOWN_VERSIONS:
        return []
    return [f"the file has the version {version - 2**32}, which was never seen: its numbers were read as those of -2"]


def _stamps(data: bytes, points: int, warnings: list[str]) -> tuple[Floats | None, Floats | None]:
    """Time stamps and significance; None, with a warning, where the file ends before them."""
    if len(data) < _HEAD + 32 * points:
        warnings.append("the file is cut after the phases: there is no time, no significance and no description")
        return None, None
    stamps = np.abs(_floats(data, _HEAD + 24 * points, points))  # Thales marks some with a minus
    if len(data) < _HEAD + _PER_POINT * points:
        warnings.append("the file is cut after the times: there is no significance and no description")
        return stamps, None
    raw = np.frombuffer(data, dtype=">i2", count=points, offset=_HEAD + 32 * points)
    return stamps, raw / _SIGNIFICANCE_UNIT


def _clock(stamps: Floats | None, warnings: list[str]) -> tuple[Floats | None, str]:
    """Test time and start; neither where the stamps are only counted."""
    if stamps is None:
        return None, ""
    if not np.isfinite(stamps).all():
        warnings.append("a time stamp is no number, so the times are left out")
        return None, ""
    if stamps[0] < _DAY_S:
        warnings.append("the time stamps only count the points (0, 1, 2, ...), so there is no time")
        return None, ""
    try:
        start = (_STAMPS_FROM + timedelta(seconds=float(stamps[0]))).isoformat(timespec="milliseconds")
    except OverflowError:
        warnings.append(f"the first time stamp ({stamps[0]:g} s since 1980) is no date, so the times are left out")
        return None, ""
    return stamps - stamps[0], start


def _describe(data: bytes, at: int, points: int, whole: bool) -> _Description:
    """Read the texts and tracks that follow the numbers; whatever is missing is said, never refused."""
    found = _Description()
    if not whole:
        return found
    for name in _TEXTS:
        length = int.from_bytes(data[at : at + 2], "big", signed=True)
        if at + 2 > len(data) or length < 0 or at + 2 + length > len(data):
            found.warnings.append(f"the description ends before its {name!r}: an edited, cut or very old file")
            return found
        text = _unswapped(data[at + 2 : at + 2 + length]).strip()
        if text:
            found.texts[name] = text
        at += 2 + length
    if at + 2 + 8 * _PARAMETERS > len(data):
        if len(data) > at + 2 and any(data[at:]):
            found.warnings.append("the parameters after the description are cut")
        return found
    flag = int.from_bytes(data[at : at + 2], "big", signed=True)
    parameters = _floats(data, at + 2, _PARAMETERS)
    at += 2 + 8 * _PARAMETERS
    if np.isfinite(parameters[_AMPLITUDE]) and parameters[_AMPLITUDE]:
        found.amplitude = f"{parameters[_AMPLITUDE] / 1000:.9g}"
    flags = parameters[_FLAGS]
    has_tracks = flag > _ACQUISITION_FLAG and 0 <= flags < 2**31 and bool(int(flags) & _TRACKS_FLAG)
    if has_tracks:
        if at + 16 * points > len(data):
            found.warnings.append("the file is cut before the end of its voltages and currents, which are left out")
            return found
        tracks = _floats(data, at, 2 * points).reshape(points, 2)
        found.voltage, found.current = tracks[:, 0].copy(), tracks[:, 1].copy()
        at += 16 * points
    if any(data[at:]):
        found.warnings.append(f"{len(data) - at} bytes at the end of the file are not understood and left out")
    return found


def _unswapped(text: bytes) -> str:
    """Text as typed: Thales stores the case of letters swapped."""
    return "".join(c.swapcase() if c.isascii() else c for c in text.decode("latin-1"))


def _area(text: str) -> float | None:
    """Electrode area, only where the operator typed its unit too."""
    number, _, unit = text.replace(",", ".").partition(" ")
    for name in ("cm2", "cm^2", "cm²", "qcm"):
        if number.lower().endswith(name):
            number, unit = number[: -len(name)], name
    if unit.strip().lower() not in {"cm2", "cm^2", "cm²", "qcm"}:
        return None
    try:
        area = float(number)
    except ValueError:
        return None
    return area if np.isfinite(area) and area > 0 else None


def _about(description: _Description, start: str) -> About:
    texts = dict(description.texts)
    comments = [texts.pop(name) for name in _TEXTS if name.startswith("comment") and name in texts]
    sample = texts.pop("system", "")
    date = texts.get("date", "")
    if not start and len(date) >= 6 and date[:6].isdecimal():
        century = "20" if date[4:6] < "70" else "19"
        start = f"{century}{date[4:6]}-{date[2:4]}-{date[:2]}"
    if description.amplitude:
        texts["amplitude (V or A)"] = description.amplitude
    return About(
        instrument="Zahner",
        software=next((c for c in comments if c.startswith("Zahner Analysis")), ""),
        technique="EIS",
        start_time=start,
        sample=sample,
        comment="\n".join(comments),
        settings=texts,
    )


def _sweep_notes(frequency: Floats) -> list[str]:
    """Say that a sweep turns, because the same frequency then occurs twice."""
    steps = np.sign(np.diff(frequency))
    turns = int(np.count_nonzero(np.diff(steps[steps != 0])))
    if not turns:
        return []
    times = "once" if turns == 1 else f"{turns} times"
    return [
        f"the sweep turns {times} (from {frequency[0]:.4g} Hz between {frequency.min():.4g} and "
        f"{frequency.max():.4g} Hz), so frequencies occur twice; the points are in the order measured"
    ]


def _model_notes(description: _Description) -> list[str]:
    comments = " ".join(v for k, v in description.texts.items() if k.startswith("comment"))
    if "simulation created with" in comments.lower():
        return ["the file calls itself a simulation: it holds a computed or smoothed spectrum, not a measured one"]
    return []


PLUGIN = Reader(
    title="Zahner impedance (.ism)",
    looks_like=looks_like,
    read=read,
    suffixes=(".ism",),
    documented_at="https://github.com/Zahner-elektrik/Zahner-Analysis-Python",
    gives=("impedance",),
    instruments=("Zahner",),
)
