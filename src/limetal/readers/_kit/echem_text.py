"""What the readers of electrochemical text and JSON share: numbers as written, labels that differ, ranges of counts."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from datetime import datetime, timedelta
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError

__all__ = [
    "blocks_of", "count_of", "distinct", "free_name", "iso_time", "lone_point", "number_of", "settings_of", "table_of",
    "ticks_to_iso",
]  # fmt: skip

Floats = NDArray[np.float64]
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eEdD][+-]?\d{1,4})?")
_COUNT = re.compile(r"\d{1,9}")
_LONGEST = 60  # characters of a number
_PLAIN = re.compile(r"[0-9eE+\-. ]*")
_SETTING = re.compile(r"([^=:]{1,60}?)\s*[=:]\s*(.*)")
#: .NET counts tenths of a microsecond from here.
_TICKS_FROM = datetime(1, 1, 1)
_TICKS_PER_US = 10


def number_of(text: str) -> float | None:
    """A finite number written with a point or a comma, and nothing else; None for anything but that.

    Examples
    --------
    >>> number_of(" 1,5E-03"), number_of("2.0 V"), number_of("nan"), number_of("1_000"), number_of("1e999")
    (0.0015, None, None, None, None)
    """
    text = text.strip()
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", ".").replace("d", "e").replace("D", "e"))
    return value if isfinite(value) else None


def count_of(text: str) -> int | None:
    """A whole number without sign, and nothing else.

    Examples
    --------
    >>> count_of(" 29 "), count_of("29.0"), count_of("-1")
    (29, None, None)
    """
    text = text.strip()
    return int(text) if _COUNT.fullmatch(text) and text.isascii() else None


def table_of(rows: Sequence[Sequence[str]], lines: Sequence[int], where: str) -> Floats:
    """Numbers of rows of one width; ``lines`` are the lines they stand in, counted from 1.

    Raises
    ------
    BadInputError
        With the line, for a field that is no number.

    Examples
    --------
    >>> table_of([["1,5", "2"], ["3", "4e1"]], [7, 8], "a.idf").tolist()
    [[1.5, 2.0], [3.0, 40.0]]
    >>> table_of([["1,5", "two"]], [7], "a.idf")
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: a.idf, line 7: found 'two', want a number
    """
    width = len(rows[0]) if rows else 0
    flat = [text for row in rows for text in row]
    plain = " ".join(flat).replace(",", ".")
    if flat and _PLAIN.fullmatch(plain) and max(map(len, flat)) <= _LONGEST:
        parts = plain.split(" ")
        try:
            with np.errstate(over="ignore"):  # what is too large is refused below, with its line
                quick = np.array(parts, dtype="U").astype(np.float64) if len(parts) == len(flat) else np.array([np.nan])
        except ValueError:
            quick = np.array([np.nan])
        if np.isfinite(quick).all():
            return quick.reshape(len(rows), width)
    values = np.empty((len(rows), width))
    for index, (row, line) in enumerate(zip(rows, lines, strict=True)):
        for column, text in enumerate(row):
            value = number_of(text)
            if value is None:
                raise BadInputError(f"{where}, line {line}", repr(text[:40]), "a number")
            values[index, column] = value
    return values


def distinct(labels: Sequence[str], what: str) -> list[str]:
    """Labels that differ: a second of the same name is numbered, an empty one is called by its number.

    Examples
    --------
    >>> distinct(["a", "", "a"], "curve")
    ['a', 'curve 2', 'a (2)']
    """
    taken: set[str] = set()
    given = []
    for number, label in enumerate(labels, start=1):
        name = label.strip() or f"{what} {number}"
        candidate, copy = name, 1
        while candidate in taken:
            copy += 1
            candidate = f"{name} ({copy})"
        taken.add(candidate)
        given.append(candidate)
    return given


def iso_time(text: str, *patterns: str) -> str:
    """A date and time as ISO 8601 if it is written in one of the patterns, else the text itself.

    Examples
    --------
    >>> iso_time("16/06/2022 13:02:28", "%d/%m/%Y %H:%M:%S"), iso_time("noon", "%H:%M")
    ('2022-06-16T13:02:28', 'noon')
    """
    text = text.strip()
    for pattern in patterns:
        try:
            return datetime.strptime(text, pattern).isoformat()
        except ValueError:
            continue
    return text


def ticks_to_iso(ticks: object) -> str:
    """A .NET time stamp as ISO 8601, to the second; empty if it is none or before 1970.

    Examples
    --------
    >>> ticks_to_iso(638895739666773365), ticks_to_iso(0), ticks_to_iso("x")
    ('2025-07-31T15:52:46', '', '')
    """
    if isinstance(ticks, bool) or not isinstance(ticks, int) or not 0 < ticks < 10**19:
        return ""
    try:
        moment = _TICKS_FROM + timedelta(microseconds=ticks // _TICKS_PER_US)
    except OverflowError:
        return ""
    return moment.replace(microsecond=0).isoformat() if moment.year >= 1970 else ""


def settings_of(lines: Sequence[str]) -> tuple[dict[str, str], str]:
    """Lines such as ``Potential: 1 V`` or ``E start=0`` by their key, and the other words.

    Examples
    --------
    >>> settings_of(["Potential: 1 V", "E start=0", "as delivered", ""])
    ({'Potential': '1 V', 'E start': '0'}, 'as delivered')
    """
    settings: dict[str, str] = {}
    words = []
    for line in lines:
        match = _SETTING.fullmatch(line.strip())
        if match and match[1].strip():
            if match[2]:
                settings[match[1].strip()] = match[2].strip()
        elif line.strip():
            words.append(line.strip())
    return settings, "\n".join(words)


def free_name(name: str, taken: Container[str]) -> str:
    """The name, numbered if it is taken.

    Examples
    --------
    >>> free_name("Z", ["Y"]), free_name("Z", ["Z", "Z [2]"])
    ('Z', 'Z [3]')
    """
    candidate, number = name, 2
    while candidate in taken:
        candidate = f"{name} [{number}]"
        number += 1
    return candidate


def blocks_of(frequency: Floats) -> list[slice]:
    """Spectra in a row: one ends where exactly the same frequencies begin again.

    A last one of a single point is no spectrum and has no slice.

    Examples
    --------
    >>> blocks_of(np.array([100.0, 10.0, 1.0, 100.0, 10.0, 1.0, 100.0]))
    [slice(0, 3, None), slice(3, 6, None)]
    >>> blocks_of(np.array([10.0, 100.0, 10.0, 1.0]))
    [slice(0, 4, None)]
    """
    again = np.flatnonzero(frequency == frequency[0]) if frequency.size else np.empty(0, dtype=np.int64)
    length = int(again[1]) if again.size > 1 else 0
    if length < 2 or frequency.size <= length + 1:  # one turn at most: nothing shows that the frequencies repeat
        return [slice(0, frequency.size)]
    tiled = np.tile(frequency[:length], frequency.size // length + 1)[: frequency.size]
    if not np.array_equal(tiled, frequency):
        return [slice(0, frequency.size)]
    starts = [at for at in range(0, frequency.size, length) if frequency.size - at > 1]
    return [slice(at, min(at + length, frequency.size)) for at in starts]


def lone_point(parts: Sequence[slice], rows: int) -> list[str]:
    """Sentence about a last point that `blocks_of` gives to no spectrum.

    Examples
    --------
    >>> lone_point([slice(0, 3), slice(3, 6)], 7)
    ['the last point begins another spectrum of which nothing follows, and is left out']
    """
    said = "the last point begins another spectrum of which nothing follows, and is left out"
    return [said] if parts[-1].stop < rows else []
