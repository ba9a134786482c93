"""TIFF images of microscopes and scanners (.tif, .tiff): a slice, or a stack of pages of one size.

Grey values are kept in the type of the file; a page of red, green and blue is read only if all three are the same,
and refused otherwise, because a weighting of colours is nobody's measurement. The size of a pixel is read from what
states it: OME-XML, ImageJ, FEI and Zeiss tags, or a resolution in cm. Traps: 72, 96 and 300 dots per inch are what
programs write when they know nothing, and no pixel size; where 0 is white, values are kept as stored; microscopes print
a bar of data below the image; what a page claims to be is checked against the bytes before it is unpacked.
"""

from __future__ import annotations

import io
import logging
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, SupportsFloat, cast

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError, MissingExtraError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.records.base import About
from limetal.records.image import ImageRecord

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

__all__ = ["PLUGIN", "looks_like", "read"]

_MARKS = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_MAX_BYTES = 4 * 2**30
_MAX_PAGES = 100_000
#: Packed grey values of real scans reach 1000 where a page is black.
_MAX_RATIO = 2000
_SMALL = 64 * 2**20
_UM = {
    "um": 1.0, "\u00b5m": 1.0, "\u03bcm": 1.0, "\\u00B5m": 1.0, "micron": 1.0, "microns": 1.0, "micrometer": 1.0,
    "nm": 1e-3, "mm": 1e3, "cm": 1e4, "m": 1e6, "inch": 25400.0, "pm": 1e-6, "\u00c5": 1e-4,
}  # fmt: skip
_UM_PER_CM, _UM_PER_INCH, _UM_PER_M = 1e4, 25400.0, 1e6
_DPI_OF_PROGRAMS = {72, 75, 90, 96, 100, 120, 144, 150, 200, 300, 400, 600, 1200}
_INCH, _CENTIMETRE = 2, 3
_WHITE_IS_ZERO, _PALETTE = 0, 3
_PACKBITS, _LZW = 32773, 5
_ANISOTROPY = 0.01
_Floats = NDArray[np.generic]


def looks_like(file: RawFile) -> bool:
    r"""Whether a file begins as TIFF or BigTIFF does.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.tif"
    >>> _ = path.write_bytes(b"II*\x00" + bytes(20))
    >>> looks_like(RawFile(path))
    True
    """
    return file.head.startswith(_MARKS)


def read(file: RawFile, options: ReadOptions) -> ImageRecord:  # noqa: ARG001 - one signature for all
    """Read an image or a stack.

    Raises
    ------
    BadInputError
        If the file is cut or garbled, its pages are unlike, it is in colour, or it would unpack to too much.
    MissingExtraError
        If tifffile is not installed.

    Examples
    --------
    >>> import pathlib, tempfile, tifffile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.tif"
    >>> tifffile.imwrite(path, np.arange(6, dtype=np.uint8).reshape(2, 3))
    >>> read(RawFile(path), ReadOptions()).voxels.tolist()
    [[[0, 1, 2], [3, 4, 5]]]
    """
    try:
        import tifffile
    except ImportError as error:
        raise MissingExtraError("images", "TIFF images") from error
    with _quiet() as said:
        try:
            with tifffile.TiffFile(io.BytesIO(file.data)) as tiff:
                return _record(file, tiff, said)
        except (BadInputError, MissingExtraError):
            raise
        except Exception as error:
            raise _cut(file, error) from error


def _cut(file: RawFile, error: BaseException) -> BadInputError:
    """Say in one line what tifffile stumbled over, whichever of its many errors it raised."""
    lines = str(error).strip().splitlines()
    text = f"{type(error).__name__}: {lines[0][:100]}" if lines else type(error).__name__
    if "imagecodecs" in text:
        wanted = "an uncompressed, PackBits or deflate TIFF (save it again without compression)"
        return BadInputError(file.where, "a compression that needs another library", wanted)
    return BadInputError(file.where, f"a TIFF that is cut or garbled ({text})", "a whole one")


@contextmanager
def _quiet() -> Iterator[list[str]]:
    """Collect what tifffile logs instead of letting it reach the terminal."""
    import warnings

    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage().splitlines()[0][:200] if record.getMessage() else "")

    logger = logging.getLogger("tifffile")
    listener, propagates = Listener(logging.WARNING), logger.propagate
    logger.addHandler(listener)
    logger.propagate = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield said
    finally:
        logger.removeHandler(listener)
        logger.propagate = propagates


def _record(file: RawFile, tiff: TiffFile, said: list[str]) -> ImageRecord:
    where = file.where
    if len(tiff.pages) > _MAX_PAGES:
        raise BadInputError(where, f"more than {_MAX_PAGES} pages", "a stack of slices")
    first = tiff.pages.first
    warnings: list[str] = []
    voxels = _one_block(file, tiff) if _is_one_block(tiff, first) else _pages(file, tiff, warnings)
    if first.photometric == _WHITE_IS_ZERO:
        warnings.append("the file says that 0 is white; values are as stored, so that bright may be small")
    if voxels.dtype.kind == "f" and not np.isfinite(voxels).all():
        warnings.append(f"{int((~np.isfinite(voxels)).sum())} pixels hold no number")
    pixel, distance = _sizes(tiff, first, warnings)
    settings, about = _settings(tiff, first)
    bar = _bar_below(tiff, voxels.shape[1])
    if bar:
        warnings.append(f"the lowest {bar} rows are the microscope's bar of data, and no image")
    if any("invalid page offset" in text for text in said):
        said = []
        warnings.append(f"the file is cut: pages after the first {len(voxels)} are lost")
    stated = _stated_slices(tiff)
    if len(voxels) < stated:
        warnings.append(f"the file is cut: it states {stated} slices and has {len(voxels)}")
    lost = [text for text in said if re.search(r"corrupt|truncat|missing|invalid|shape|out of", text, re.IGNORECASE)]
    if lost:
        warnings.append(f"the file is not in order: {lost[0]}")
    return ImageRecord(
        voxels=voxels,
        pixel_size_um=pixel,
        slice_distance_um=distance,
        source=where,
        about=About(**about, settings=settings),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _stated_slices(tiff: TiffFile) -> int:
    """Slices that ImageJ, or tifffile itself, says a file holds; 0 if neither wrote it."""
    if tiff.is_imagej:
        images = _float((tiff.imagej_metadata or {}).get("images"))
        return int(images) if images and images < _MAX_PAGES else 0
    described = re.search(r'"shape": \[(\d{1,6}), \d+, \d+\]', _tag_text(tiff.pages.first, "ImageDescription"))
    return int(described[1]) if described else 0


def _is_one_block(tiff: TiffFile, first: TiffPage) -> bool:
    """Whether one page is followed by bare slices, as ImageJ writes large stacks."""
    known = tiff.is_imagej or tiff.is_shaped
    if not known or len(tiff.pages) != 1 or len(first.shape) != 2 or len(tiff.series) != 1:
        return False
    return len(tiff.series[0].shape) == 3


def _one_block(file: RawFile, tiff: TiffFile) -> _Floats:
    shape, dtype = tuple(int(n) for n in tiff.series[0].shape), np.dtype(tiff.series[0].dtype)
    _refuse_large(file, math.prod(shape) * dtype.itemsize, 0, file.where)
    return _checked_array(tiff.series[0].asarray(maxworkers=1), shape, file.where)


def _pages(file: RawFile, tiff: TiffFile, warnings: list[str]) -> _Floats:
    """Stack the pages; every page is held against the first and against the bytes of the file."""
    every = [cast("TiffPage", page) for page in tiff.pages]
    pages = [page for page in every if not _is_thumbnail(page)] or every[:1]
    first = pages[0]
    kind = (tuple(first.shape), first.dtype)
    packed = total = 0
    for number, page in enumerate(pages, 1):
        place = f"{file.where}, page {number}"
        if page.dtype is None:
            raise BadInputError(place, f"{page.bitspersample} bits a pixel", "8, 16, 32 or 64")
        if (tuple(page.shape), page.dtype) != kind:
            found = f"a page of {_size(page.shape)} {page.dtype}"
            raise BadInputError(place, found, f"{_size(kind[0])} {kind[1]} as page 1: slices of one size")
        if len(page.dataoffsets) != len(page.databytecounts):
            raise BadInputError(place, "strips without lengths", "a whole file")
        packed += sum(int(n) for n in page.databytecounts)
        total += math.prod(int(n) for n in page.shape) * np.dtype(page.dtype).itemsize
        ends = [o + n for o, n in zip(page.dataoffsets, page.databytecounts, strict=True) if n]
        if ends and max(ends) > len(file.data):
            raise BadInputError(place, f"image data up to byte {max(ends)} of {len(file.data)}", "a whole file")
    _refuse_large(file, total, packed, file.where)
    slices = [_grey(page, file, f"{file.where}, page {number}", warnings) for number, page in enumerate(pages, 1)]
    return np.stack(slices)


def _is_thumbnail(page: TiffPage) -> bool:
    return bool(getattr(page, "is_reduced", False))


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def _refuse_large(file: RawFile, total: int, packed: int, where: str) -> None:
    bytes_there = packed or len(file.data)
    if total > _MAX_BYTES:
        raise BadInputError(where, f"images of {total / 2**30:.3g} GiB", f"at most {_MAX_BYTES // 2**30} GiB")
    if total > max(_SMALL, _MAX_RATIO * min(bytes_there, len(file.data))):
        raise BadInputError(where, f"{len(file.data)} bytes that claim {total} bytes of image", "an honest file")


def _grey(page: TiffPage, file: RawFile, place: str, warnings: list[str]) -> _Floats:
    """Grey values of one page; colours only if they are no colours."""
    expected = tuple(int(n) for n in page.shape)
    array = _checked_array(_decoded(page, file), expected, place)
    if page.photometric == _PALETTE:
        warnings.append("values are numbers of colours in a palette, as in the file")
    if array.ndim == 2:
        return array
    if array.ndim == 3 and array.shape[-1] in (3, 4) and page.planarconfig == 1:
        red = array[..., 0]
        if (array[..., 1] == red).all() and (array[..., 2] == red).all():
            warnings.append("the file is in colour, but red, green and blue are the same: they were read as grey")
            return np.ascontiguousarray(red)
        raise BadInputError(place, "an image in colour", "grey values (convert it, and say how)")
    if array.ndim == 3 and array.shape[-1] == 2 and page.planarconfig == 1 and page.photometric == 1:
        warnings.append("a second channel (transparency) was left out")
        return np.ascontiguousarray(array[..., 0])
    raise BadInputError(place, f"a page of {_size(expected)}", "height and width of grey values")


def _decoded(page: TiffPage, file: RawFile) -> _Floats:
    """Pixels of a page; PackBits and LZW through Pillow, which tifffile alone unpacks slowly or not at all."""
    if page.compression not in (_PACKBITS, _LZW) or page.is_tiled or page.samplesperpixel != 1:
        return page.asarray(maxworkers=1)
    from PIL import Image

    if page.compression == _LZW:
        with Image.open(io.BytesIO(file.data)) as image:
            image.seek(page.index if isinstance(page.index, int) else page.index[-1])
            array = np.asarray(image)
        dtype = np.dtype(page.dtype)
        if array.shape != page.shape or array.dtype.newbyteorder("=") != dtype.newbyteorder("="):
            return page.asarray(maxworkers=1)
        return array.astype(dtype)
    if page.bitspersample not in (8, 16, 32, 64):
        return page.asarray(maxworkers=1)
    dtype = np.dtype(page.dtype).newbyteorder(page.parent.byteorder)
    height, width = page.shape
    strips, row = [], width * dtype.itemsize
    for at, (offset, size) in enumerate(zip(page.dataoffsets, page.databytecounts, strict=True)):
        rows = min(page.rowsperstrip, height - at * page.rowsperstrip)
        if rows < 1:
            break
        packed = file.data[offset : offset + size]
        strips.append(np.asarray(Image.frombytes("L", (row, rows), packed, "packbits", "L")))
    pixels = np.ascontiguousarray(np.concatenate(strips)).view(dtype)
    return pixels.astype(np.dtype(page.dtype))


def _checked_array(array: _Floats, shape: tuple[int, ...], place: str) -> _Floats:
    if array is None or tuple(array.shape) != shape or array.dtype.kind not in "uifb":
        raise BadInputError(place, "pixels that are no grey values of the size it states", "a whole image")
    return array


def _sizes(tiff: TiffFile, first: TiffPage, warnings: list[str]) -> tuple[float | None, float | None]:
    """Pixel size and slice distance in um; None where the file does not state them."""
    for found in (_ome_size(tiff), _imagej_size(tiff, first), _microscope_size(tiff)):
        if found is not None:
            x, y, z = found
            if x > 0 and y > 0 and abs(x / y - 1) > _ANISOTROPY:
                warnings.append(f"pixels are {x:.6g} um wide and {y:.6g} um high, so no one size is given")
                return None, z if z and z > 0 else None
            return (x if _plausible(x) else None), (z if z and _plausible(z) else None)
    return _resolution_size(first, warnings), None


def _plausible(size: float) -> bool:
    return math.isfinite(size) and 1e-6 < size < 1e6


def _ome_size(tiff: TiffFile) -> tuple[float, float, float | None] | None:
    if not tiff.is_ome:
        return None
    text = tiff.ome_metadata or ""
    pixels = re.search(r"<(?:\w+:)?Pixels\b[^>]*>", text)
    if pixels is None:
        return None
    sizes: list[float | None] = []
    for axis in "XYZ":
        value = re.search(rf'\bPhysicalSize{axis}="([^"]+)"', pixels[0])
        unit = re.search(rf'\bPhysicalSize{axis}Unit="([^"]+)"', pixels[0])
        factor = _UM.get(unit[1] if unit else "\u00b5m")  # micrometres, where OME says no unit
        number = _float(value[1]) if value else None
        sizes.append(number * factor if number is not None and factor is not None else None)
    if sizes[0] is None:
        return None
    return sizes[0], sizes[1] if sizes[1] is not None else sizes[0], sizes[2]


def _imagej_size(tiff: TiffFile, first: TiffPage) -> tuple[float, float, float | None] | None:
    if not tiff.is_imagej:
        return None
    metadata = tiff.imagej_metadata or {}
    factor = _UM.get(str(metadata.get("unit", "")).strip())
    per_unit = _per_unit(first, "XResolution"), _per_unit(first, "YResolution")
    if factor is None or not per_unit[0]:
        return None
    y = per_unit[1] or per_unit[0]
    spacing = _float(metadata.get("spacing"))
    return factor / per_unit[0], factor / y, None if spacing is None else abs(spacing) * factor


def _microscope_size(tiff: TiffFile) -> tuple[float, float, float | None] | None:
    """Pixel size that an electron microscope wrote: FEI in metres, Zeiss with its unit."""
    fei = getattr(tiff, "fei_metadata", None) or {}
    scan = fei.get("Scan", {}) if isinstance(fei, dict) else {}
    width, height = _float(scan.get("PixelWidth")), _float(scan.get("PixelHeight"))
    if width and height:
        return width * _UM_PER_M, height * _UM_PER_M, None
    sem = getattr(tiff, "sem_metadata", None) or {}
    entry = sem.get("ap_image_pixel_size") or sem.get("ap_pixel_size") if isinstance(sem, dict) else None
    if isinstance(entry, tuple) and len(entry) > 2:
        size, factor = _float(entry[1]), _UM.get(str(entry[2]).strip())
        if size and factor:
            return size * factor, size * factor, None
    return None


def _resolution_size(first: TiffPage, warnings: list[str]) -> float | None:
    """Pixel size from dots per cm or inch; not from the numbers that programs write without knowing."""
    unit = first.tags.get("ResolutionUnit")
    kind = int(unit.value) if unit is not None else _INCH
    x, y = _per_unit(first, "XResolution"), _per_unit(first, "YResolution")
    if kind not in (_INCH, _CENTIMETRE) or not x or not y or x <= 1:
        return None
    per_inch = x if kind == _INCH else x * 2.54
    if abs(per_inch - round(per_inch)) < 0.02 and round(per_inch) in _DPI_OF_PROGRAMS:
        warnings.append(f"a resolution of {per_inch:.4g} dots per inch is of the program and no pixel size")
        return None
    if abs(x / y - 1) > _ANISOTROPY:
        warnings.append("pixels are not square, so no one size is given")
        return None
    size = (_UM_PER_INCH if kind == _INCH else _UM_PER_CM) / x
    return size if _plausible(size) else None


def _per_unit(page: TiffPage, name: str) -> float | None:
    tag = page.tags.get(name)
    value = getattr(tag, "value", None)
    if isinstance(value, tuple) and len(value) == 2 and value[1]:
        return float(value[0]) / float(value[1])
    return _float(value)


def _float(value: object) -> float | None:
    try:
        number = float(cast(SupportsFloat, value))
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _settings(tiff: TiffFile, first: TiffPage) -> tuple[dict[str, str], dict[str, str]]:
    """Words of the file: description, program, date; never a reason to fail."""
    about: dict[str, str] = {}
    settings: dict[str, str] = {}
    for tag, key in (("Software", "software"), ("ImageDescription", "comment")):
        text = _tag_text(first, tag)
        if text:
            about[key] = text[:500]
    maker = " ".join(filter(None, (_tag_text(first, "Make"), _tag_text(first, "Model"))))
    if maker:
        about["instrument"] = maker
    date = re.match(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)", _tag_text(first, "DateTime"))
    if date:
        about["start_time"] = "{}-{}-{}T{}:{}:{}".format(*date.groups())
    fei = getattr(tiff, "fei_metadata", None)
    if isinstance(fei, dict):
        for section, entries in fei.items():
            for key, value in entries.items() if isinstance(entries, dict) else ():
                settings[f"{section}.{key}"] = str(value)[:200]
        about.setdefault("instrument", f"FEI {settings.get('System.SystemType', '')}".strip())
    sem = getattr(tiff, "sem_metadata", None)
    if isinstance(sem, dict):
        for key, value in sem.items():
            if isinstance(value, tuple) and key:
                settings[str(key)] = " ".join(str(v) for v in value[1:])[:200]
        about.setdefault("instrument", "Zeiss")
    return settings, about


def _tag_text(page: TiffPage, name: str) -> str:
    tag = page.tags.get(name)
    value = getattr(tag, "value", "")
    return value.strip() if isinstance(value, str) else ""


def _bar_below(tiff: TiffFile, height: int) -> int:
    """Rows of an FEI image below what the beam scanned."""
    fei = getattr(tiff, "fei_metadata", None) or {}
    image = fei.get("Image", {}) if isinstance(fei, dict) else {}
    scanned = _float(image.get("ResolutionY"))
    return int(height - scanned) if scanned and 0 < scanned < height else 0


PLUGIN = Reader(
    title="TIFF image or stack",
    looks_like=looks_like,
    read=read,
    suffixes=(".tif", ".tiff"),
    documented_at="https://www.loc.gov/preservation/digital/formats/fdd/fdd000022.shtml",
    gives=("image",),
    instruments=("ImageJ", "OME", "FEI", "Zeiss"),
)
