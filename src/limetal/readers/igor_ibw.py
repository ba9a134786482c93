"""Igor binary waves (``.ibw``), versions 1, 2, 3 and 5, of either byte order, as Scienta's SES stores spectra.

By WaveMetrics' public Technical Note 003: a binary header, a wave header, the numbers, then formula, note and long
units. A wave is a spectrum if its units or its note say kinetic or binding energy; other waves are refused,
because a wave alone does not say what it is. A wave of two dimensions gives a record for each slice.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.ses import ses_records, ses_settings
from limetal.readers._kit.spectra import energy_kind, is_sound, with_distinct_labels
from limetal.records.photoelectrons import PhotoelectronRecord

Floats = NDArray[np.float64]
#: Bytes of the binary header and of the wave header before the numbers, by version.
_HEADERS = {1: (8, 110), 2: (16, 110), 3: (20, 110), 5: (64, 320)}
_PADDING = {1: 16, 2: 16, 3: 16, 5: 0}
_NUMBERS = {0x02: "f4", 0x04: "f8", 0x08: "i1", 0x10: "i2", 0x20: "i4", 0x80: "i8"}
_COMPLEX, _UNSIGNED = 0x01, 0x40
_MOST_NUMBERS = 10**9


@dataclass(frozen=True)
class _Wave:
    """A wave: numbers, scale and unit of each dimension, note."""

    name: str
    values: NDArray[np.float64]
    starts: tuple[float, ...]
    steps: tuple[float, ...]
    units: tuple[str, ...]
    data_unit: str
    note: str
    warnings: tuple[str, ...]


def looks_like(file: RawFile) -> bool:
    r"""Whether version, sizes and type of the headers are those of a wave.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.ibw"
    >>> _ = path.write_bytes(struct.pack("<HH", 5, 9) + b"IGOR text")
    >>> looks_like(RawFile(path))
    False
    """
    try:
        order, version = _version(file.head)
        _, kind, dims, name = _shape(file.head, order, version)
    except (BadInputError, struct.error):
        return False
    sound = kind == 0 or (kind & ~(_COMPLEX | _UNSIGNED)) in _NUMBERS
    return sound and all(n >= 0 for n in dims) and dims[0] > 0 and (name.isprintable() and bool(name))


def read(file: RawFile, options: ReadOptions) -> list[PhotoelectronRecord]:  # noqa: ARG001 - one signature for all
    r"""Read a wave of one dimension, or of two as one record a slice.

    Raises
    ------
    BadInputError
        If the file is cut or garbled, holds text or complex numbers, or does not say which energy it has.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.ibw"
    >>> note = b"[SES]\rRegion Name=C1s\rEnergy Scale=Kinetic\r"
    >>> head = struct.pack("<hhiiii48x", 5, 0, 320 + 24, 0, len(note), 0)
    >>> wave = struct.pack("<12xih10x32s8x4i4d4d172x", 3, 4, b"C1s", 3, 0, 0, 0, 0.1, 1, 1, 1, 100, 0, 0, 0)
    >>> _ = path.write_bytes(head[:64] + wave[:320].ljust(320, bytes(1)) + np.array([5.0, 7.0, 9.0]).tobytes() + note)
    >>> record = read(RawFile(path), ReadOptions())[0]
    >>> record.region, record.kinetic_energy_electronvolt.round(2).tolist(), record.intensity.tolist()
    ('C1s', [100.0, 100.1, 100.2], [5.0, 7.0, 9.0])
    """
    wave = _wave(file.data, file.where)
    info = ses_settings(wave.note.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    at = next((i for i, unit in enumerate(wave.units) if energy_kind(unit)), 0)
    if not energy_kind(wave.units[at]) and not energy_kind(f"{info.get('Energy Scale', '')} energy"):
        found = f"a wave {wave.name!r} over {wave.units[0]!r}, which says neither kinetic nor binding energy"
        raise BadInputError(file.where, found, "a spectrum of Scienta's SES, or one with its axis named")
    if wave.values.ndim > 2:
        raise BadInputError(file.where, f"a wave of {wave.values.ndim} dimensions (a map)", "one or two dimensions")
    axes = [start + step * np.arange(n) for start, step, n in
            zip(wave.starts, wave.steps, wave.values.shape, strict=False)]  # fmt: skip
    values, slices = wave.values.reshape(wave.values.shape[0], -1), None
    if wave.values.ndim == 2:
        values = values if at == 0 else values.T
        slices = (wave.units[1 - at] or "slice", axes[1 - at])
    if len(values) < 2:
        raise BadInputError(file.where, f"a wave of {len(values)} points", "at least two")
    if wave.steps[at] == 0:
        raise BadInputError(file.where, "a wave whose energies do not change", "a scale with a step")
    info.setdefault("Region Name", wave.name)
    where = file.where
    records = ses_records(
        axes[at], values, wave.units[at], info, where, source=where, unit=wave.data_unit, slices=slices
    )
    return with_distinct_labels([record.warned(*wave.warnings) for record in records])


def _version(data: bytes) -> tuple[str, int]:
    """Byte order and version; of the two bytes of the version one is zero, which tells the order."""
    for order in "<>":
        if len(data) >= 2:
            version = struct.unpack_from(f"{order}h", data)[0]
            if version in _HEADERS:
                return order, version
    raise BadInputError("", "no version of a wave", "1, 2, 3 or 5")


def _shape(data: bytes, order: str, version: int) -> tuple[int, int, tuple[int, ...], str]:
    """Size of the wave as the binary header gives it, type, points of each dimension, name."""
    first, _ = _HEADERS[version]
    if version == 5:
        size = struct.unpack_from(f"{order}i", data, 4)[0]
        points, kind = struct.unpack_from(f"{order}ih", data, first + 12)
        dims = struct.unpack_from(f"{order}4i", data, first + 68)
        name = data[first + 28 : first + 60]
    else:
        size = struct.unpack_from(f"{order}i", data, 2)[0]
        kind = struct.unpack_from(f"{order}h", data, first)[0]
        points = struct.unpack_from(f"{order}i", data, first + 42)[0]
        dims, name = (points, 0, 0, 0), data[first + 6 : first + 26]
    used = tuple(dims[: dims.index(0)] if 0 in dims else dims) or (0,)
    total = 1
    for n in used:
        total *= n
    if total != points:
        raise BadInputError("", f"{points} points in dimensions {used}", "as many")
    return size, kind, used, name.split(b"\0", 1)[0].decode("cp1252", "replace")


def _wave(data: bytes, where: str) -> _Wave:
    try:
        order, version = _version(data)
        size, kind, dims, name = _shape(data, order, version)
        first, second = _HEADERS[version]
        scale = struct.unpack_from(f"{order}8d", data, first + 84) if version == 5 else ()
        short = struct.unpack_from(f"{order}2d", data, first + 48) if version != 5 else ()
    except struct.error as error:
        raise BadInputError(where, f"a file of {len(data)} bytes, which ends in its header", "a whole wave") from error
    except BadInputError as error:
        raise BadInputError(where, error.found, error.wanted) from error
    if kind == 0 or kind & _COMPLEX:
        raise BadInputError(where, f"a wave of {'complex numbers' if kind else 'text'}", "real numbers")
    code = _NUMBERS.get(kind & ~_UNSIGNED)
    if code is None or (kind & _UNSIGNED and code[0] == "f"):
        raise BadInputError(where, f"numbers of type {kind}", "a type of WaveMetrics' note 003")
    dtype = np.dtype(order + (code.replace("i", "u") if kind & _UNSIGNED else code))
    count = int(np.prod(dims, dtype=object))
    begin, length = first + second, count * dtype.itemsize
    if min(dims) < 1 or count > _MOST_NUMBERS or begin + length > len(data):
        raise BadInputError(where, f"{count} numbers in a file of {len(data)} bytes", "a whole wave")
    warnings = []
    if size not in (second + length, second + length + _PADDING[version]):
        warnings.append(f"the header gives the wave {size} bytes, its points need {second + length}")
    if int(np.frombuffer(data, f"{order}i2", begin // 2).sum(dtype=np.int64)) & 0xFFFF and version == 5:
        warnings.append("the check sum of the header is wrong: the file may be damaged")
    with np.errstate(invalid="ignore"):  # a garbled number may be a signalling one
        values = np.frombuffer(data, dtype, count, begin).astype(np.float64).reshape(dims, order="F")
    if not is_sound(values):
        raise BadInputError(where, "values that are no numbers", "finite numbers")
    # the wave header counts its first number in versions before 5, the padding follows the numbers
    rest = first + size if version == 5 else begin + length + _PADDING[version]
    note, data_unit, units = _texts(data, order, version, first, rest)
    if version == 5:
        steps, starts = scale[: len(dims)], scale[4 : 4 + len(dims)]
    else:
        steps, starts = short[:1], short[1:2]
    if not all(np.isfinite([*steps, *starts])) or max(map(abs, [*steps, *starts])) > 1e9:
        raise BadInputError(where, "a scale that is no number", "a start and a step for each dimension")
    return _Wave(name, values, starts, steps, units[: len(dims)], data_unit, note, tuple(warnings))


def _texts(data: bytes, order: str, version: int, first: int, rest: int) -> tuple[str, str, tuple[str, ...]]:
    """Note, unit of the numbers and of each dimension; long ones stand behind the numbers."""

    def text(begin: int, length: int) -> str:
        return data[max(0, begin) : max(0, begin) + max(0, length)].split(b"\0", 1)[0].decode("cp1252", "replace")

    if version != 5:
        length = struct.unpack_from(f"{order}i", data, 6)[0] if version > 1 else 0
        return text(rest, length), text(first + 34, 4), (text(first + 38, 4), "", "", "")
    formula, note, unit, *dims = struct.unpack_from(f"{order}7i", data, 8)
    begin = rest + max(0, formula)
    words = [text(begin, note)]
    begin += max(0, note)
    for index, length in enumerate((unit, *dims)):
        words.append(text(begin, length) if length > 0 else text(first + 148 + 4 * index, 4))
        begin += max(0, length)
    return words[0], words[1], tuple(words[2:])


PLUGIN = Reader(
    title="Igor binary wave",
    looks_like=looks_like,
    read=read,
    suffixes=(".ibw",),
    documented_at="https://www.wavemetrics.com/products/igorpro/dataaccess",
    gives=("photoelectrons",),
    instruments=("Scienta", "Igor Pro"),
)
