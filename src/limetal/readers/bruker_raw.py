"""Siemens and Bruker binary ``.raw``: RAW1.01 (the third version, DIFFRAC plus) and RAW4.00 (DIFFRAC.SUITE).

Several ranges follow each other, each with a header of its own. Traps: RAW1.01 stores the start of θ before that of
2θ; every point may carry measured angles beside its intensity; the kind of scan is a number (RAW1.01) or a text
(RAW4.00), and a rocking curve has a 2θ too. RAW4.00 is a chain of segments in which a range begins at kind 0 or 160; a
point may have more than its four bytes of intensity; the step time is in seconds and, for a position-sensitive
detector, the effective one. RAW1 (``RAW ``) and RAW2 are refused: no sample of known content was at hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.diffraction import (
    ANGSTROM_PER_NM,
    along_two_theta,
    evenly,
    is_whole,
    iso_time,
    other_axis,
    patterns,
    positive,
    single_line_or_two,
)
from limetal.readers._kit.diffraction_bytes import Fields, plain_32
from limetal.records.base import About, Floats
from limetal.records.diffraction import DiffractionRecord

__all__ = ["PLUGIN", "looks_like", "read"]

_V3, _V4, _V2, _V1 = b"RAW1.01", b"RAW4.00", b"RAW2", b"RAW "
MAX_RANGES = 20_000
_NO_VALUE = 9999.0  # Bruker writes it for a setting that is not known

# --- RAW1.01 ---
_V3_HEADER, _V3_RANGE = 712, 304
_V3_STATUS = {0: "not measured", 2: "still active", 3: "aborted", 4: "interrupted"}
#: Kind of scan -> what moves; 2θ itself in those named "2theta".
_V3_SCANS = {
    0: "locked coupled", 1: "unlocked coupled", 2: "detector scan", 3: "omega", 4: "chi", 5: "phi", 6: "x", 7: "y",
    8: "z", 9: "aux1", 10: "aux2", 11: "aux3", 12: "psi", 13: "hkl", 14: "reciprocal space", 20: "unlocked coupled",
    129: "PSD fixed scan", 130: "PSD fast scan",
}  # fmt: skip
_PSD_FIXED = 129
#: Values that may be stored at each point behind its intensity, in the order of their bits.
_V3_VARYING = ("2theta", "theta", "chi", "phi", "x", "y", "z", "aux1", "aux2", "aux3", "time", "temperature")

# --- RAW4.00 ---
_V4_HEADER, _V4_RANGE = 61, 160
_RANGE_MARKS = (0, 160)
_TEXT, _TUBE, _DRIVE = 10, 30, 50
_SCANNED = 2  # flag of the drive that gives the angle; 1 is moved along with it
_WIDEST_POINT = 16


def looks_like(file: RawFile) -> bool:
    r"""Whether the first bytes are those of a Siemens or Bruker file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.raw"
    >>> _ = path.write_bytes(b"RAW4.00\0" + bytes(60))
    >>> looks_like(RawFile(path))
    True
    """
    return file.head.startswith((_V3, _V4)) or (file.head.startswith((_V1, _V2)) and b"\0" in file.head[:256])


def read(file: RawFile, options: ReadOptions) -> list[DiffractionRecord]:  # noqa: ARG001 - one signature for all
    r"""Read every range along 2θ.

    Raises
    ------
    BadInputError
        If the version is another one, the file is cut before its points, or no range is along 2θ.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.raw"
    >>> _ = path.write_bytes(b"RAW2" + bytes(300))
    >>> read(RawFile(path), ReadOptions())  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: ...scan.raw: found version RAW2 of the format, want RAW1.01 or RAW4.00; DIFFRAC can
    save it as such, or as UXD
    """
    data = file.data
    fields = Fields(data, file.where)
    if data.startswith(_V4):
        return patterns(_read_v4(fields), file.where)
    if data.startswith(_V3):
        return patterns(_read_v3(fields), file.where)
    if data.startswith((_V1, _V2)):
        version = data[:4].decode().strip()
        wanted = "RAW1.01 or RAW4.00; DIFFRAC can save it as such, or as UXD"
        raise BadInputError(file.where, f"version {'RAW1' if version == 'RAW' else version} of the format", wanted)
    raise BadInputError(file.where, "neither RAW1.01 nor RAW4.00 at its beginning", "a Siemens or Bruker RAW file")


def _read_v3(fields: Fields) -> list[DiffractionRecord | BadInputError]:
    if fields.size < _V3_HEADER:
        raise BadInputError(fields.where, f"{fields.size} bytes", f"the {_V3_HEADER} of its header at least")
    announced = fields.u32(12)
    notes = [f"the measurement is {_V3_STATUS[s]}"] if (s := fields.u32(8)) in _V3_STATUS else []
    outcomes: list[DiffractionRecord | BadInputError] = []
    at = _V3_HEADER
    while at < fields.size and len(outcomes) < min(announced, MAX_RANGES):
        outcome, at = _range_v3(fields, at, len(outcomes) + 1, notes)
        outcomes.append(outcome)
    if len(outcomes) < announced:
        return _all_warned(outcomes, f"the file announces {announced} ranges and holds {len(outcomes)}: it is cut off")
    if at < fields.size:
        return _all_warned(outcomes, f"{fields.size - at} bytes behind the last range were left out")
    return outcomes


def _all_warned(
    outcomes: list[DiffractionRecord | BadInputError], note: str
) -> list[DiffractionRecord | BadInputError]:
    return [one.warned(note) if isinstance(one, DiffractionRecord) else one for one in outcomes]


def _range_v3(
    fields: Fields, at: int, count: int, file_notes: list[str]
) -> tuple[DiffractionRecord | BadInputError, int]:
    where = f"{fields.where}, range {count}"
    length, points = fields.u32(at), fields.u32(at + 4)
    if not _V3_RANGE <= length <= 4096 or at + length > fields.size:
        raise BadInputError(f"{where}, byte {at}", f"a range header of {length} bytes", "304 bytes or a few more")
    kind, varying, width = fields.u32(at + 196), fields.u32(at + 248), fields.u32(at + 252) or 4
    stored = [name for bit, name in enumerate(_V3_VARYING) if varying >> bit & 1]
    if width != 4 + 8 * len(stored) or varying >> len(_V3_VARYING):
        found = f"points of {width} bytes with {len(stored)} values beside the intensity"
        raise BadInputError(f"{where}, byte {at + 252}", found, "four bytes and eight for each value")
    begin = at + length + fields.u32(at + 256)
    there = max(fields.size - begin, 0) // width
    notes = list(file_notes)
    if there < points:
        notes.append(f"the file ends after {there} of {points} points: it is cut off")
    n = min(points, there)
    end = begin + points * width
    axis = _V3_SCANS.get(kind, f"scan type {kind}")
    if "2theta" not in stored and not (along_two_theta(axis) or kind == _PSD_FIXED):
        return other_axis(where, axis), end
    if n < 2:
        return BadInputError(where, f"{n} points", "at least two"), end
    table = np.frombuffer(
        fields.data, np.dtype([("i", "<f4"), *((name, "<f8") for name in stored)]), count=n, offset=begin
    )
    start, step = fields.angle(at + 16, "2θ", double=True), fields.angle(at + 176, "step", double=True)
    two_theta = np.asarray(table["2theta"], dtype=np.float64) if "2theta" in stored else evenly(start, step, n)
    if step == 0 and "2theta" not in stored:
        return BadInputError(where, "a step of 0 deg", "a scan along 2θ"), end
    if kind == _PSD_FIXED:
        notes.append("the position-sensitive detector stood still; its channels are taken as points along 2θ")
    temperature = fields.f32(at + 212)
    tube = _Tube(fields.f64(624), fields.f64(632), fields.f64(648), fields.text(608, 4), fields.text(656, 4))
    about = _about_v3(fields, at, axis)
    more: dict[str, NDArray[np.generic]] = {name: table[name].copy() for name in stored if name not in {"2theta"}}
    return _record(
        fields.where, two_theta, table["i"], tube, fields.f32(at + 192), about, more, notes,
        temperature if 1.0 < temperature < 5000.0 else None,
    ), end  # fmt: skip


def _about_v3(fields: Fields, at: int, axis: str) -> About:
    date, time = fields.text(16, 10), fields.text(26, 10)
    settings = {
        "date": f"{date} {time}".strip(),
        "user": fields.text(36, 72),
        "site": fields.text(108, 218),
        "theta start (deg)": f"{fields.f64(at + 8):g}",
        "chi (deg)": f"{fields.f64(at + 24):g}",
        "phi (deg)": f"{fields.f64(at + 32):g}",
        "generator (kV)": str(fields.u32(at + 224)),
        "generator (mA)": str(fields.u32(at + 228)),
        "goniometer radius (mm)": f"{fields.f32(564):g}" if 0 < fields.f32(564) < _NO_VALUE else "",
        "mode": {0: "step scan", 1: "continuous"}.get(fields.u32(at + 168), ""),
    }
    return About(
        instrument="Siemens or Bruker",
        software="DIFFRAC plus (RAW1.01)",
        technique=axis,
        start_time=iso_time(f"{date} {time}", "%m/%d/%y %H:%M:%S", "%m/%d/%Y %H:%M:%S"),
        sample=fields.text(326, 60),
        comment=fields.text(386, 160),
        settings={key: value for key, value in settings.items() if value},
    )


@dataclass(frozen=True)
class _Tube:
    """Wavelengths and anode as the header has them."""

    alpha_1: float = 0.0
    alpha_2: float = 0.0
    ratio: float = 0.0
    anode: str = ""
    unit: str = "A"


def _record(
    source: str, two_theta: Floats, intensity: NDArray[np.float32], tube: _Tube, time_s: float, about: About,
    more: dict[str, NDArray[np.generic]], notes: list[str], temperature_K: float | None,
) -> DiffractionRecord:  # fmt: skip
    scale = ANGSTROM_PER_NM if tube.unit.lower() == "nm" and tube.alpha_1 < 0.3 else 1.0
    second, ratio = single_line_or_two(tube.alpha_2 * scale, tube.ratio)
    main = positive(tube.alpha_1 * scale)
    with np.errstate(invalid="ignore"):  # of a garbled file; the record refuses what is no number
        values = np.asarray(intensity, dtype=np.float64)
    unit = "counts" if np.all(np.isfinite(values)) and is_whole(values) and values.min() >= 0 else "a.u."
    said = (
        [] if unit == "counts" else ["intensities are no whole counts and the format states no unit: arbitrary units"]
    )
    return DiffractionRecord(
        two_theta_degree=two_theta,
        intensity=values,
        intensity_unit=unit,
        wavelength_angstrom=main if main is not None and main < 1e3 else None,
        wavelength_2_angstrom=second if second is not None and second < 1e3 else None,
        ratio_2_to_1=ratio if second is not None and second < 1e3 else None,
        anode=tube.anode,
        counting_time_s=plain_32(time_s) if 0.0 < time_s < 1e7 else None,
        temperature_K=temperature_K,
        source=source,
        about=about,
        more=more,
        warnings=(*notes, *said),
    )


def _segments(fields: Fields, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and length of the segments between two places.

    Raises
    ------
    BadInputError
        If one does not fit.
    """
    while at < end:
        kind, length = fields.u32(at), fields.u32(at + 4)
        if length < 8 or at + length > end:
            found = f"a segment of {length} bytes with {end - at} left"
            raise BadInputError(f"{fields.where}, byte {at}", found, "a segment that fits")
        yield kind, at, length
        at += length


def _read_v4(fields: Fields) -> list[DiffractionRecord | BadInputError]:
    texts: dict[str, str] = {}
    tube = _Tube()
    outcomes: list[DiffractionRecord | BadInputError] = []
    at = _V4_HEADER
    while at + 4 <= fields.size and len(outcomes) < MAX_RANGES:
        if fields.u32(at) in _RANGE_MARKS:
            if outcomes and not any(fields.data[at : at + _V4_RANGE]):
                break  # padding
            outcome, at = _range_v4(fields, at, len(outcomes) + 1, texts, tube)
            outcomes.append(outcome)
            continue
        try:
            kind, place, length = next(_segments(fields, at, fields.size))
        except BadInputError as error:
            if not outcomes:
                raise
            return _all_warned(outcomes, f"bytes behind the last range were left out ({error.found})")
        if kind == _TEXT and length >= 36:
            texts[fields.text(place + 12, 24)] = fields.text(place + 36, length - 36)
        elif kind == _TUBE and length >= 120:
            tube = _Tube(
                fields.f64(place + 80), fields.f64(place + 88), fields.f64(place + 104), fields.text(place + 116, 4)
            )
        at += length
    if not outcomes:
        raise BadInputError(fields.where, "a header without any range", "at least one range of points")
    return outcomes


def _range_v4(
    fields: Fields, at: int, count: int, texts: dict[str, str], tube: _Tube
) -> tuple[DiffractionRecord | BadInputError, int]:
    where = f"{fields.where}, range {count}"
    if at + _V4_RANGE > fields.size:
        raise BadInputError(where, "the end of the file within the header of the range", "a whole file")
    scan, points = fields.text(at + 32, 24), fields.u32(at + 88)
    width, extra = fields.u32(at + 136), fields.u32(at + 140)
    begin = at + _V4_RANGE + extra
    if width < 4 or width % 4 or begin > fields.size:
        raise BadInputError(where, f"points of {width} bytes behind {extra} bytes of header", "a range that fits")
    there = (fields.size - begin) // width
    notes = []
    if there < points:
        notes.append(f"the file ends after {there} of {points} points: it is cut off")
    n, end = min(points, there), min(begin + points * width, fields.size)
    drives, settings = _drives(fields, at + _V4_RANGE, begin)
    scanned = next((name for name, flag, _ in drives if flag == _SCANNED), "")
    axis = scanned or scan
    if not along_two_theta(axis) or along_two_theta(scan) is False:
        return other_axis(where, f"{scan}, {scanned}" if scanned and scan else axis), end
    if width > _WIDEST_POINT:
        return BadInputError(where, f"a detector frame of {width // 4} channels at each point", "one intensity"), end
    if n < 2:
        return BadInputError(where, f"{n} points", "at least two"), end
    start, step = fields.angle(at + 72, "2θ", double=True), fields.angle(at + 80, "step", double=True)
    if step == 0:
        return BadInputError(where, "a step of 0 deg", "a scan along 2θ"), end
    stands = next((place for name, flag, place in drives if flag == _SCANNED), start)
    if abs(stands - start) > 1e-3:
        found = f"a scan from {start:g} deg whose drive {scanned} begins at {stands:g} deg"
        raise BadInputError(where, found, "one angle to begin at")
    table = np.frombuffer(fields.data, "<i4", count=n * (width // 4), offset=begin).reshape(n, width // 4)
    more: dict[str, NDArray[np.generic]] = {
        f"value {i + 1} of a point": table[:, i].copy() for i in range(1, width // 4)
    }
    settings |= {
        "generator (kV)": f"{fields.f32(at + 100):g}",
        "generator (mA)": f"{fields.f32(at + 104):g}",
        "used wavelength (angstrom)": f"{fields.f64(at + 112):.6g}",
    }
    return _record(
        fields.where, evenly(start, step, n), table[:, 0].copy().view("<f4"), tube, fields.f32(at + 92),
        _about_v4(fields, scan, texts, settings), more, notes, None,
    ), end  # fmt: skip


def _drives(fields: Fields, at: int, end: int) -> tuple[list[tuple[str, int, float]], dict[str, str]]:
    """Name, flag and position of the drives of a range, and what else its header says."""
    drives, settings = [], {}
    for kind, place, length in _segments(fields, at, end):
        if kind == _DRIVE and length >= 64:
            name, flag = fields.text(place + 12, 24), fields.u32(place + 8)
            position = fields.angle(place + 56, name, double=True) if flag == _SCANNED else fields.f64(place + 56)
            drives.append((name, flag, position))
            settings[f"{name} at the start"] = f"{position:g}"
        elif kind == _TEXT and 36 <= length <= 512:
            settings[fields.text(place + 12, 24)] = fields.text(place + 36, length - 36)
    return drives, settings


def _about_v4(fields: Fields, scan: str, texts: dict[str, str], settings: dict[str, str]) -> About:
    date, time = fields.text(12, 12), fields.text(24, 10)
    known = {"SAMPLEID", "COMMENT", "CREATOR", "CREATOR_VERSION"}
    settings = {"date": f"{date} {time}".strip(), **{k: v for k, v in texts.items() if k not in known}, **settings}
    return About(
        instrument="Bruker",
        software=f"{texts.get('CREATOR', '')} {texts.get('CREATOR_VERSION', '')}".strip(),
        technique=scan,
        start_time=iso_time(f"{date} {time}", "%m/%d/%Y %H:%M:%S", "%m/%d/%y %H:%M:%S"),
        sample=texts.get("SAMPLEID", ""),
        comment=texts.get("COMMENT", ""),
        settings={key: value for key, value in settings.items() if value},
    )


PLUGIN = Reader(
    title="Siemens and Bruker RAW",
    looks_like=looks_like,
    read=read,
    suffixes=(".raw",),
    documented_at="https://github.com/wojdyr/xylib/blob/main/xylib/bruker_raw.cpp",
    gives=("diffraction",),
    instruments=("Siemens", "Bruker"),
)
