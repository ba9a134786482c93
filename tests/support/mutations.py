"""Ways a file gets damaged: what a fuzz test does to a sample, as a hypothesis strategy."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from hypothesis import strategies as st

#: A place in a file, as parts of a million of its length.
_PLACE = st.integers(0, 10**6)
_NUMBERS = ["0", "-1", "1e308", "9" * 40, "nan", "inf", "-0", "", "1,5", "0x10", "1_000", "٣", "1e-320", "−2"]
_WORDS = [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFF]

Change = Callable[[bytearray], None]


def _at(place: int, data: bytearray) -> int:
    return min(len(data) - 1, place * len(data) // 10**6) if data else 0


def _flip(place: int, value: int) -> Change:
    def change(data: bytearray) -> None:
        if data:
            data[_at(place, data)] = value

    return change


def _word(place: int, value: int, size: int) -> Change:
    """Overwrite what may be a count or an offset."""

    def change(data: bytearray) -> None:
        at = _at(place, data) // 4 * 4
        raw = struct.pack("<Q", value)[:size]
        data[at : at + size] = raw

    return change


def _delete(place: int, length: int) -> Change:
    def change(data: bytearray) -> None:
        at = _at(place, data)
        del data[at : at + length]

    return change


def _repeat(place: int, length: int, to: int) -> Change:
    def change(data: bytearray) -> None:
        at = _at(place, data)
        piece = data[at : at + length]
        at = _at(to, data)
        data[at:at] = piece

    return change


def _insert(place: int, piece: bytes) -> Change:
    def change(data: bytearray) -> None:
        at = _at(place, data)
        data[at:at] = piece

    return change


def _cut(place: int) -> Change:
    def change(data: bytearray) -> None:
        del data[_at(place, data) :]

    return change


def _number(place: int, text: str) -> Change:
    """Replace the next number in a text."""

    def change(data: bytearray) -> None:
        found = re.compile(rb"[-+]?\d+(?:[.,]\d+)?").search(data, _at(place, data))
        if found:
            data[found.start() : found.end()] = text.encode()

    return change


def _line(place: int, *, twice: bool) -> Change:
    def change(data: bytearray) -> None:
        begin = data.rfind(b"\n", 0, _at(place, data)) + 1
        end = data.find(b"\n", begin) + 1 or len(data)
        data[begin:end] = data[begin:end] * 2 if twice else b""

    return change


CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(_flip, _PLACE, st.integers(0, 255)),
    st.builds(_word, _PLACE, st.sampled_from(_WORDS), st.sampled_from([1, 2, 4, 8])),
    st.builds(_delete, _PLACE, st.integers(1, 300)),
    st.builds(_repeat, _PLACE, st.integers(1, 300), _PLACE),
    st.builds(_insert, _PLACE, st.binary(min_size=1, max_size=20)),
    st.builds(_cut, _PLACE),
    st.builds(_number, _PLACE, st.sampled_from(_NUMBERS)),
    st.builds(_line, _PLACE, twice=st.booleans()),
)


def damaged(data: bytes, changes: list[Change]) -> bytes:
    """The bytes after all changes; never empty."""
    made = bytearray(data)
    for change in changes:
        change(made)
    return bytes(made) or b"\0"
