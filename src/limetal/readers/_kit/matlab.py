"""Variables of MATLAB's MAT-files of level 5 (version 5 to 7.2): numbers and text, with limits on every size.

The format is documented by MathWorks ("MAT-File Format"). Only what measurements are kept in is read: numeric arrays,
text, and the fields of a single structure; cells, sparse arrays and objects are named and left out. Every count is
held against the bytes there are before anything is made of it.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._file import PACK_ERRORS

__all__ = ["HEADER_BYTES", "Variables", "read_variables"]

HEADER_BYTES = 128
_COMPRESSED, _MATRIX, _UINT32, _INT32, _INT8 = 15, 14, 6, 5, 1
_TYPES = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8", 16: "u1", 17: "u2",
    18: "u4",
}  # fmt: skip
_STRUCT, _CHAR, _FIRST_NUMBER, _LAST_NUMBER = 2, 4, 6, 15
_CLASSES = {1: "cell", 3: "object", 5: "sparse", 16: "function", 17: "object"}
_COMPLEX_FLAG = 0x08
_MAX_UNPACKED = 512 * 2**20
_MAX_RATIO = 1100  # of zlib
_MAX_VARIABLES = 5000
_MAX_DEPTH = 4


@dataclass
class Variables:
    """Arrays and texts by name (``structure.field`` for fields), and names with the kind of what was left out."""

    arrays: dict[str, NDArray[np.generic]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False


@dataclass(frozen=True)
class _Element:
    kind: int
    data: memoryview


class _CutError(Exception):
    """The bytes end before an element does."""


class _GarbledError(Exception):
    """An element is none that the format knows."""


def read_variables(data: bytes, where: str) -> Variables:
    """Return the variables of a file; those before a cut if it is cut.

    Raises
    ------
    BadInputError
        If the file is garbled, or cut before its first variable.

    Examples
    --------
    >>> import io, scipy.io
    >>> stream = io.BytesIO()
    >>> scipy.io.savemat(stream, {"F": [1.0, 2.0]})
    >>> read_variables(stream.getvalue(), "a.mat").arrays["F"].tolist()
    [[1.0, 2.0]]
    """
    order = {b"IM": "<", b"MI": ">"}.get(data[126:128])
    if order is None:
        raise BadInputError(where, "no mark of byte order in the header", "a MAT-file of level 5")
    found = Variables()
    budget = _MAX_UNPACKED
    try:
        for element in _elements(memoryview(data)[HEADER_BYTES:], order):
            matrix = element
            if element.kind == _COMPRESSED:
                unpacked = _unpacked(element.data, budget)
                budget -= len(unpacked)
                matrix = next(_elements(memoryview(unpacked), order), element)
            if matrix.kind == _MATRIX:
                _add_matrix(matrix.data, order, found, "", 0)
            if len(found.arrays) + len(found.texts) > _MAX_VARIABLES:
                raise BadInputError(where, f"more than {_MAX_VARIABLES} variables", "a file of measurements")
    except _CutError as error:
        if not found.arrays:
            raise BadInputError(where, "a file that is cut within its first variable", "a whole file") from error
        found.is_cut = True
    except _GarbledError as error:
        raise BadInputError(where, f"a garbled MAT-file ({error})", "a whole one") from error
    return found


def _elements(data: memoryview, order: str) -> Iterator[_Element]:
    """Elements of a run of bytes: tag, data, and bytes that fill up to eight."""
    at = 0
    while at < len(data):
        if at + 8 > len(data):
            raise _CutError
        first, size = struct.unpack_from(order + "II", data, at)
        if first >> 16:  # a small element keeps its data in the tag
            kind, size = first & 0xFFFF, first >> 16
            if size > 4:
                raise _GarbledError("a small element of more than four bytes")
            yield _Element(kind, data[at + 4 : at + 4 + size])
            at += 8
            continue
        if at + 8 + size > len(data):
            raise _CutError
        yield _Element(first, data[at + 8 : at + 8 + size])
        at += 8 + size + (0 if first == _COMPRESSED else -size % 8)


def _unpacked(data: memoryview, budget: int) -> bytes:
    limit = min(budget, max(2**20, _MAX_RATIO * len(data)))
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data, limit)
    except PACK_ERRORS as error:
        raise _GarbledError(f"packed data: {error}") from error
    if unpacker.unconsumed_tail:
        raise _GarbledError("packed data of more than a file of measurements holds")
    if not unpacker.eof:
        raise _CutError
    return unpacked


def _add_matrix(data: memoryview, order: str, found: Variables, prefix: str, depth: int) -> None:
    """Add one variable, or the fields of a structure."""
    parts = _elements(data, order)
    flags = next(parts, None)
    if flags is None:
        return  # an empty cell
    if flags.kind != _UINT32 or len(flags.data) != 8:
        raise _GarbledError("a variable without flags")
    word = struct.unpack_from(order + "I", flags.data)[0]
    kind, is_complex = word & 0xFF, bool(word >> 8 & _COMPLEX_FLAG)
    if kind in _CLASSES and kind != 1 and kind != 5:
        found.left_out[prefix or f"variable {len(found.left_out) + 1}"] = _CLASSES[kind]
        return
    shape = tuple(int(n) for n in _numbers(_next(parts), order))
    name = bytes(_next(parts).data).decode("latin-1")
    name = f"{prefix}.{name}".strip(".") if name else prefix
    if kind == _STRUCT:
        _add_fields(parts, order, found, name, shape, depth)
    elif kind == _CHAR:
        letters = next(parts, None)
        found.texts[name] = "" if letters is None else _text(letters, order, shape)
    elif _FIRST_NUMBER <= kind <= _LAST_NUMBER and not is_complex:
        values = _numbers(_next(parts), order)
        if any(n < 0 for n in shape) or math.prod(shape) != values.size:
            raise _GarbledError(f"{name} of shape {shape} with {values.size} numbers")
        found.arrays[name] = values.reshape(shape, order="F")
    else:
        found.left_out[name] = "complex numbers" if is_complex else _CLASSES.get(kind, f"class {kind}")


def _next(parts: Iterator[_Element]) -> _Element:
    element = next(parts, None)
    if element is None:
        raise _GarbledError("a variable without its parts")
    return element


def _numbers(element: _Element, order: str) -> NDArray[np.generic]:
    """Return numbers of any type; a file keeps whole doubles in as few bytes as they need."""
    if element.kind not in _TYPES:
        raise _GarbledError(f"data of type {element.kind}")
    dtype = np.dtype(order + _TYPES[element.kind])
    return np.frombuffer(element.data[: len(element.data) // dtype.itemsize * dtype.itemsize], dtype)


def _text(element: _Element, order: str, shape: tuple[int, ...]) -> str:
    """Text of one line; of several lines, which stand in columns, only if they are few."""
    if element.kind == 16:
        return bytes(element.data).decode("utf-8", "replace")
    codes = _numbers(element, order).astype(np.int64)
    codes = codes[(codes >= 0) & (codes < 0x110000) & ~((codes >= 0xD800) & (codes < 0xE000))]
    if len(shape) == 2 and shape[0] > 1 and math.prod(shape) == codes.size:
        return " | ".join("".join(map(chr, row)).strip() for row in codes.reshape(shape, order="F")[:50])
    return "".join(map(chr, codes[:10_000]))


def _add_fields(
    parts: Iterator[_Element], order: str, found: Variables, name: str, shape: tuple[int, ...], depth: int
) -> None:
    if depth >= _MAX_DEPTH or math.prod(shape) != 1:
        found.left_out[name] = "array of structures" if math.prod(shape) != 1 else "structure within structures"
        return
    width = _numbers(_next(parts), order)
    names = bytes(_next(parts).data)
    length = int(width[0]) if width.size == 1 else 0
    if length <= 0 or len(names) % length:
        raise _GarbledError(f"names of fields of {name}")
    for at in range(0, len(names), length):
        own = names[at : at + length].split(b"\0")[0].decode("latin-1")
        element = _next(parts)
        if element.kind != _MATRIX:
            raise _GarbledError(f"{name}.{own} that is no variable")
        _add_matrix(element.data, order, found, f"{name}.{own}".strip("."), depth + 1)
