"""Binary files of PHI instruments (Quantum, Quantera, VersaProbe; Compass, SmartSoft, MultiPak): ``.spe`` and ``.pro``.

Text from SOFH to EOFH, then a directory of 96-byte entries, then the curves. Each entry gives the number of points,
the sizes of two further dimensions, their names (``pnt``, ``cyc``, ``sar``, ``reg``), the unit, the type of the
numbers (f4, f8) and where they stand; that is what is trusted, and the header must agree with it. A depth profile
(``.pro``) has one curve for each cycle, and tables of sputter time and area by cycle and region. Traps: energies
are binding energies for XPS and UPS and kinetic ones for AES; the order of regions in the directory is that of
``SpectralRegDef`` (not of ``SpectralRegDefFull``); a time of a region is that of all sweeps together.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.decode import split_lines
from limetal.readers._kit.spectra import (
    MAX_RECORDS,
    intensity_unit_of,
    is_sound,
    iso_time,
    number_or_none,
    seconds_of,
    with_distinct_labels,
)
from limetal.records.base import About
from limetal.records.photoelectrons import PhotoelectronRecord

Floats = NDArray[np.float64]
_BEGIN, _END = b"SOFH", b"EOFH"
_HEADER_MAX = 2**22
#: Group, entries, their size together, size of this.
_DIRECTORY = struct.Struct("<4I")
#: Number, 2 flags, region, kind, 3 sizes, name of the 1st dimension, -, name of the 2nd, 3 -, unit, 3 -, type of the
#: numbers, their bytes, where they begin (after EOFH), 2 -, where they end.
_ENTRY = struct.Struct("<8I4sI4s3I4s3I4s5I")
_NUMBERS = {"f4": "<f4", "f8": "<f8", "i2": "<i2", "i4": "<i4", "u2": "<u2", "u4": "<u4"}
_SCALES = {"XPS": "binding", "UPS": "binding", "AES": "kinetic"}
_SPECTRA = ("SPECTRUM", "DEPTHPRO", "ANGLE", "LINE")
_STEP_TOLERANCE = 0.5


@dataclass(frozen=True)
class _Region:
    """One ``SpectralRegDef``."""

    name: str
    points: int
    start_eV: float
    step_eV: float
    pass_energy_eV: float | None
    line: int

    @property
    def energy(self) -> Floats:
        return self.start_eV + self.step_eV * np.arange(self.points, dtype=np.float64)


@dataclass(frozen=True)
class _Entry:
    """One curve, or table of curves, of the directory."""

    region: int
    sizes: tuple[int, int, int]
    names: tuple[str, str]
    unit: str
    values: Floats


def looks_like(file: RawFile) -> bool:
    r"""Whether the file begins with SOFH and the keys of PHI.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.spe"
    >>> _ = path.write_bytes(b"SOFH\r\nPlatform: PC\r\nTechnique: XPS\r\nEOFH\r\n")
    >>> looks_like(RawFile(path))
    True
    """
    return file.head.startswith(_BEGIN) and b"Technique" in file.head[:2000]


def read(file: RawFile, options: ReadOptions) -> list[PhotoelectronRecord]:  # noqa: ARG001 - one signature for all
    r"""Read the curves, one record a region and cycle.

    Raises
    ------
    BadInputError
        If the file is cut, is a map or an image, its numbers are of another type, or header and curves disagree.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.spe"
    >>> head = "SOFH|Technique: XPS|FileType: SPECTRUM|NoSpectralReg: 1|"
    >>> head += "SpectralRegDef: 1 1 Li1s 3 3 -0.1 60.0 59.8 60.0 59.8 0.08 23.5 AREA|EOFH|"
    >>> words = (b"pnt", 0, b"sar", 0, 0, 0, b"c/s", 0, 0, 0, b"f8")
    >>> entry = _ENTRY.pack(1, 1, 1, 1, 1, 3, 1, 1, *words, 24, 112, 0, 0, 0)
    >>> curve = np.array([5.0, 7.0, 9.0]).tobytes()
    >>> _ = path.write_bytes(head.replace("|", "\n").encode() + _DIRECTORY.pack(1, 1, 96, 16) + entry + curve)
    >>> record = read(RawFile(path), ReadOptions())[0]
    >>> record.region, record.binding_energy_electronvolt.round(2).tolist(), record.intensity.tolist()
    ('Li1s', [60.0, 59.9, 59.8], [5.0, 7.0, 9.0])
    """
    where, data = file.where, file.data
    end = data.find(_END, 0, _HEADER_MAX)
    if not data.startswith(_BEGIN) or end < 0:
        raise BadInputError(where, "no header from SOFH to EOFH", "a PHI file")
    header = _Header(split_lines(data[:end].decode("cp1252", "replace")), where)
    begin = end + len(_END)
    begin += next((len(mark) for mark in (b"\r\n", b"\n", b"\r") if data.startswith(mark, begin)), 0)
    entries = _entries(data, begin, where)
    spectra = [e for e in entries if e.names[0] == "pnt"]
    if not spectra:
        raise BadInputError(where, f"curves over {', '.join({e.names[0] for e in entries})}", "spectra")
    times = _sputter_times(entries)
    records = []
    for entry in spectra:
        records += _records(entry, header, times)
        if len(records) > MAX_RECORDS:
            raise BadInputError(where, f"more than {MAX_RECORDS} spectra", "fewer")
    return with_distinct_labels(records)


class _Header:
    """The text before EOFH."""

    def __init__(self, lines: list[str], where: str) -> None:
        self.where = where
        self.entries: list[tuple[str, str, int]] = []
        for number, line in enumerate(lines, start=1):
            key, colon, value = line.partition(":")
            if colon:
                self.entries.append((key.strip(), value.strip(), number))
        self.values = {key: value for key, value, _ in reversed(self.entries)}
        kind = self.values.get("FileType", "SPECTRUM").upper()
        if not kind.startswith(_SPECTRA):
            raise BadInputError(where, f"a file of type {kind} (a map or an image)", "spectra or a depth profile")
        technique = self.values.get("Technique", "").upper()
        self.technique = self.values.get("TechniqueEx", "") or technique
        if technique not in _SCALES:
            found = f"the technique {technique or '?'}, whose energies may be binding or kinetic"
            raise BadInputError(where, found, f"one of {', '.join(_SCALES)}")
        self.scale = _SCALES[technique]
        self.regions = [self._region(value, line) for key, value, line in self.entries if key == "SpectralRegDef"]

    def _region(self, value: str, line: int) -> _Region:
        words = value.split()
        place = f"{self.where}, line {line}"
        # the name is the third word and may hold blanks; twelve or thirteen words stand around it
        extra = max(0, len(words) - 13) if len(words) > 3 else 0
        name, numbers = " ".join(words[2 : 3 + extra]), [number_or_none(w) for w in words[3 + extra :]]
        if len(numbers) < 5 or any(n is None for n in numbers[1:5]):
            raise BadInputError(place, repr(value[:60]), "a region with points, step, start and end")
        points, step, start, stop = (float(n or 0.0) for n in numbers[1:5])
        if points != int(points) or not 0 < points < 10**7 or step == 0:
            raise BadInputError(place, f"{points:g} points in steps of {step:g} eV", "a region that is possible")
        if abs(start + step * (points - 1) - stop) > _STEP_TOLERANCE * abs(step):
            found = f"{points:g} points from {start:g} in steps of {step:g} eV, which do not end at {stop:g} eV"
            raise BadInputError(place, found, "points, step, start and end that belong together")
        passing = numbers[8] if len(numbers) > 8 else None
        return _Region(name, int(points), start, step, passing, line)

    def about(self, region: int) -> About:
        """All keys; of the tables the line of the region."""
        settings: dict[str, str] = {}
        for key, value, _ in self.entries:
            if key.startswith("SpectralReg"):
                if key.endswith("Full") or value.split(None, 1)[0:1] != [str(region)]:
                    continue
            elif key.startswith("Channel Info"):
                continue
            if value:
                settings[key] = f"{settings[key]}; {value}" if key in settings else value
        date = settings.get("AcqFileDate") or settings.get("FileDate", "")
        day = iso_time(" ".join(date.split()), "%Y %m %d")
        area = settings.get("SpatialAreaDesc", "").split(None, 1)
        return About(
            instrument=settings.pop("InstrumentModel", ""),
            software=settings.pop("SoftwareVersion", ""),
            technique=self.technique,
            start_time=day[:10] if "T" in day else "",
            sample=area[1] if len(area) > 1 else settings.get("FileDesc", ""),
            comment=settings.get("FileDesc", ""),
            settings=settings,
        )

    @property
    def photon_energy_eV(self) -> float | None:
        words = self.values.get("XraySource", "").split()
        return (
            next((n for w in words if (n := number_or_none(w)) and n > 10), None) if self.scale == "binding" else None
        )

    def with_unit(self, key: str) -> float | None:
        """Number of a key such as ``4.506 eV``."""
        words = self.values.get(key, "").split()
        return number_or_none(words[0]) if words else None


def _entries(data: bytes, begin: int, where: str) -> list[_Entry]:
    """Read the directory and the numbers that it points to; everything is checked against the bytes there are."""
    length = len(data) - begin
    if length < _DIRECTORY.size:
        raise BadInputError(where, "a file that ends with its header", "curves after EOFH")
    _, count, size, own = _DIRECTORY.unpack_from(data, begin)
    if count == 0 or size != count * _ENTRY.size or own != _DIRECTORY.size:
        found = f"a directory of {count} entries in {size} bytes"
        raise BadInputError(f"{where}, byte {begin}", found, f"entries of {_ENTRY.size} bytes")
    if own + size > length:
        raise BadInputError(where, f"a file that ends within the directory of its {count} curves", "a whole file")
    entries = []
    for number in range(count):
        fields = _ENTRY.unpack_from(data, begin + own + number * _ENTRY.size)
        region, sizes, size, offset = fields[3], fields[5:8], fields[19], fields[20]
        names = (_word(fields[8]), _word(fields[10]))
        unit, kind = _word(fields[14]), _word(fields[18])
        place = f"{where}, curve {number + 1} of {count}"
        if kind not in _NUMBERS:
            raise BadInputError(place, f"numbers of type {kind!r}", f"one of {', '.join(_NUMBERS)}")
        points = int(sizes[0]) * int(sizes[1]) * int(sizes[2])
        dtype = np.dtype(_NUMBERS[kind])
        if points == 0 or points * dtype.itemsize != size:
            found = f"{' x '.join(map(str, sizes))} numbers of type {kind} in {size} bytes"
            raise BadInputError(place, found, "as many bytes as numbers need")
        if offset < own + count * _ENTRY.size or offset + size > length:
            raise BadInputError(place, f"bytes {offset} to {offset + size} of {length}", "bytes within the file")
        with np.errstate(invalid="ignore"):  # a garbled number may be a signalling one
            values = np.frombuffer(data, dtype, points, begin + offset).astype(np.float64)
        if names[0] == "pnt" and not is_sound(values):
            raise BadInputError(place, "values that are no numbers", "finite numbers")
        entries.append(_Entry(int(region), (sizes[0], sizes[1], sizes[2]), names, unit, values))
    return entries


def _word(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("latin-1").strip()


def _sputter_times(entries: Sequence[_Entry]) -> Floats | None:
    """Seconds by region and cycle, from the table of the file in a unit of time."""
    for entry in entries:
        if entry.names == ("cyc", "reg") and seconds_of(1.0, entry.unit) is not None:
            cycles, regions, rest = entry.sizes
            if rest == 1 and np.isfinite(entry.values).all():
                return np.abs(entry.values.reshape(regions, cycles) * (seconds_of(1.0, entry.unit) or 1.0))
    return None


def _records(entry: _Entry, header: _Header, times: Floats | None) -> list[PhotoelectronRecord]:
    if not 1 <= entry.region <= len(header.regions):
        found = f"a curve of region {entry.region} of {len(header.regions)}"
        raise BadInputError(header.where, found, "a SpectralRegDef for each curve")
    region = header.regions[entry.region - 1]
    points, curves = entry.sizes[0], entry.sizes[1] * entry.sizes[2]
    if points != region.points:
        place = f"{header.where}, line {region.line}"
        raise BadInputError(place, f"{region.points} points of {region.name}, and {points} in its curve", "as many")
    if curves > MAX_RECORDS:
        raise BadInputError(header.where, f"{curves} curves of {region.name}", f"at most {MAX_RECORDS}")
    about = header.about(entry.region)
    warnings = (
        [] if header.technique in ("XPS", "UPS") else [f"the technique is {header.technique}: not photoelectrons"]
    )
    etched = _etching(header, entry, times)
    word = {"cyc": "cycle", "ang": "angle", "sar": "area"}.get(entry.names[1], entry.names[1])
    records = []
    for number, values in enumerate(entry.values.reshape(curves, points)):
        records.append(
            PhotoelectronRecord(
                binding_energy_electronvolt=region.energy if header.scale == "binding" else None,
                kinetic_energy_electronvolt=region.energy if header.scale == "kinetic" else None,
                intensity=values,
                intensity_unit=intensity_unit_of(entry.unit),
                region=region.name,
                photon_energy_eV=header.photon_energy_eV,
                pass_energy_eV=region.pass_energy_eV,
                work_function_eV=header.with_unit("AnalyserWorkFcn"),
                etch_time_s=etched[number] if etched else None,
                source=header.where,
                label=region.name if curves == 1 else f"{region.name}, {word} {number + 1}",
                about=about,
                warnings=tuple(warnings),
            )
        )
    return records


def _etching(header: _Header, entry: _Entry, times: Floats | None) -> list[float] | None:
    """Sputter time before each curve: of a profile from its table, of a spectrum from the header."""
    curves = entry.sizes[1] * entry.sizes[2]
    if entry.names[1] == "cyc" and times is not None:
        if entry.region <= len(times) and times.shape[1] == curves:
            return [float(t) for t in times[entry.region - 1]]
        return None
    words = header.values.get("PreAcqSputterTime", "").split()
    before = number_or_none(words[0]) if len(words) == 2 else None
    seconds = seconds_of(before, words[1]) if before else None
    return [seconds] * curves if seconds else None


PLUGIN = Reader(
    title="PHI binary spectra and depth profiles",
    looks_like=looks_like,
    read=read,
    suffixes=(".spe", ".pro"),
    documented_at="https://fairmat-nfdi.github.io/pynxtools-xps/reference/phi.html",
    gives=("photoelectrons",),
    instruments=("PHI",),
)
