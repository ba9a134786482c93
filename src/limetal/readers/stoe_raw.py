"""Stoe ``.raw`` of WinXPOW (``RAW_1.05``, ``RAW_1.06``): records of 512 bytes.

The header has the record numbers of up to eight ranges; each range is one record of conditions and records of counts,
whole numbers of two or four bytes. Traps: which of the two is a flag; counts may be scaled (``CntFactor``); the header
before the first range may be of any length, so the record numbers decide; an ω scan has a 2θ too.
"""

from __future__ import annotations

import numpy as np

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.diffraction import evenly, iso_time, other_axis, patterns, positive
from limetal.readers._kit.diffraction_bytes import Fields, plain_32
from limetal.records.base import About
from limetal.records.diffraction import DiffractionRecord

__all__ = ["PLUGIN", "looks_like", "read"]

_RECORD = 512
_MAX_RANGES = 8
_VERSIONS = (b"RAW_1.06", b"RAW_1.05")
_ANODES = {1: "Ag", 2: "Mo", 3: "Cu", 4: "Co", 5: "Fe", 6: "Cr"}
_MODES = {1: "transmission", 2: "reflection", 3: "Debye-Scherrer (capillary)"}
_SCANS = {1: "2Theta", 2: "Omega", 3: "2Theta/Omega", 4: "free"}
_OMEGA_SCAN = 2
_THEORY = 2
_SHORT, _LONG = 1, 0
_HISTORY = {
    0: "PSD correction", 1: "calibration", 4: "a change of the 2θ scale", 5: "smoothing", 6: "background subtraction",
    7: "Kα2 stripping", 8: "other changes", 9: "absorption correction",
}  # fmt: skip
_TIMES = ("%d-%b-%y %H:%M", "%d-%b-%Y %H:%M")


def looks_like(file: RawFile) -> bool:
    """Whether the first bytes are those of a Stoe raw file of any version.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.raw"
    >>> _ = path.write_bytes(b"RAW_1.06Powdat")
    >>> looks_like(RawFile(path))
    True
    """
    return file.head.startswith(b"RAW_1.")


def read(file: RawFile, options: ReadOptions) -> list[DiffractionRecord]:  # noqa: ARG001 - one signature for all
    """Read every measured range along 2θ.

    Raises
    ------
    BadInputError
        If the version is another one, the file is cut, no range is along 2θ, or counts are not those announced.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.raw"
    >>> _ = path.write_bytes(b"RAW_1.03Powdat" + bytes(1000))
    >>> read(RawFile(path), ReadOptions())  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: ...scan.raw: found 'RAW_1.03' at its beginning, want RAW_1.05 or RAW_1.06
    """
    data = file.data
    fields = Fields(data, file.where)
    if not data.startswith(_VERSIONS):
        raise BadInputError(file.where, f"{data[:8].decode('latin-1')!r} at its beginning", "RAW_1.05 or RAW_1.06")
    if fields.size < 2 * _RECORD:
        raise BadInputError(file.where, f"{fields.size} bytes", "a header and a range of 512 bytes each")
    planned, done = fields.u16(376), fields.u16(378)
    if not 1 <= done <= _MAX_RANGES:
        raise BadInputError(file.where, f"{done} measured ranges", f"1 to {_MAX_RANGES}")
    notes = [f"{done} of {planned} ranges were measured"] if done < planned <= _MAX_RANGES else []
    if fields.u16(470) == _THEORY:
        notes.append("the pattern was calculated, not measured (type of data: theory)")
    outcomes = [_range(fields, count, notes) for count in range(1, done + 1)]
    return patterns(outcomes, file.where)


def _range(fields: Fields, count: int, file_notes: list[str]) -> DiffractionRecord | BadInputError:
    where = f"{fields.where}, range {count}"
    at = (fields.u16(480 + 2 * (count - 1)) - 1) * _RECORD
    if at < _RECORD or at + _RECORD > fields.size:
        raise BadInputError(where, f"a range at byte {at}", f"a place within the {fields.size} bytes of the file")
    points, form = fields.u16(at + 34), fields.u16(at + 38)
    if form not in (_SHORT, _LONG):
        raise BadInputError(f"{where}, byte {at + 38}", f"data format {form}", "0 (four bytes) or 1 (two bytes)")
    kind = fields.u16(360)
    begin, end = (fields.angle(at + place, "2θ", double=False) for place in (44, 52))
    step = fields.angle(at + 60, "step", double=False)
    if kind == _OMEGA_SCAN or (step == 0 and begin == end):
        return other_axis(where, "Omega")
    width = 2 if form == _SHORT else 4
    there = (fields.size - at - _RECORD) // width
    notes = list(file_notes)
    if there < points:
        notes.append(f"the file ends after {there} of {points} points: it is cut off")
    n = min(points, there)
    if n < 2:
        return BadInputError(where, f"{n} points", "at least two")
    if abs((end - begin) - step * (points - 1)) > 1.5 * abs(step):
        notes.append(f"the range was planned up to {end:g} deg and was left at {begin + step * (n - 1):g} deg")
    counts = np.frombuffer(fields.data, f"<u{width}" if width == 2 else "<i4", count=n, offset=at + _RECORD)
    least, most = fields.u32(at + 120), fields.u32(at + 124)
    if n == points and most and (int(counts.min()), int(counts.max())) != (least, most):
        found = f"counts from {counts.min()} to {counts.max()} where the header says {least} to {most}"
        raise BadInputError(where, found, "the counts that the header announces")
    factor = fields.f32(at + 40)
    scale = factor if np.isfinite(factor) and factor > 1.0 else 1.0
    if scale != 1.0:
        notes.append(f"counts were divided by their scaling factor {scale:g}")
    changed = [name for bit, name in _HISTORY.items() if (fields.u16(472) | fields.u16(at + 118)) >> bit & 1]
    if changed:
        notes.append(f"the data were changed before: {', '.join(changed)}")
    moved = fields.angle(at + 64, "step of omega", double=False)
    return DiffractionRecord(
        two_theta_degree=evenly(plain_32(begin), plain_32(step), n),
        intensity=counts / scale,
        omega_degree=evenly(plain_32(fields.f32(at + 48)), plain_32(moved), n) if moved else None,
        wavelength_angstrom=_angstrom(fields, 322),
        wavelength_2_angstrom=_angstrom(fields, 326),
        anode=_ANODES.get(fields.u16(310), ""),
        counting_time_s=positive(plain_32(fields.f32(at + 68))),
        source=fields.where,
        about=_about(fields, at, kind),
        warnings=tuple(notes),
    )


def _angstrom(fields: Fields, at: int) -> float | None:
    value = positive(plain_32(fields.f32(at)))
    return value if value is not None and value < 1e3 else None


def _about(fields: Fields, at: int, kind: int) -> About:
    started = fields.text(at, 16) or fields.text(16, 16)
    average = fields.f32(at + 84)
    settings = {
        "date": started,
        "end": fields.text(at + 16, 16),
        "tube (kV)": str(fields.u16(318)),
        "tube (mA)": str(fields.u16(320)),
        "scan mode": _MODES.get(fields.u16(358), ""),
        "average temperature (unit not stated)": f"{average:g}" if np.isfinite(average) and average else "",
    }
    return About(
        instrument="Stoe",
        software=f"{fields.text(8, 8)} ({fields.text(0, 8)})",
        technique=_SCANS.get(kind, ""),
        start_time=iso_time(started, *_TIMES),
        sample=fields.text(32, 80),
        comment=fields.text(112, 192),
        settings={key: value for key, value in settings.items() if value},
    )


PLUGIN = Reader(
    title="Stoe RAW",
    looks_like=looks_like,
    read=read,
    suffixes=(".raw",),
    documented_at="https://github.com/ComPlat/chemotion_saurus",
    gives=("diffraction",),
    instruments=("Stoe",),
)
