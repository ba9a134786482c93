"""What readers of diffraction files share: which axes are 2θ, numbers, tables and dates as such files write them.

A scan that does not move 2θ (a rocking curve along ω, a pole figure along φ) looks exactly like a powder pattern once
its axis is forgotten, so every reader asks `along_two_theta` and refuses or leaves out what is none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime
from xml.etree.ElementTree import Element

import numpy as np
import polars as pl

from limetal.errors import BadInputError
from limetal.readers._file import RawFile
from limetal.readers._kit.open_end import has_open_end, settled
from limetal.records.base import Floats
from limetal.records.diffraction import DiffractionRecord

__all__ = [
    "ANGSTROM_PER_NM", "ZERO_CELSIUS_K", "along_two_theta", "attribute", "child", "children", "evenly", "is_whole",
    "iso_time", "lines_to_columns", "lines_were_cut", "number", "numbers", "other_axis", "patterns", "positive",
    "root_of", "single_line_or_two", "text_of",
]  # fmt: skip

ANGSTROM_PER_NM = 10.0
ZERO_CELSIUS_K = 273.15
_MOST_NAMED = 4
#: No count, angle or factor is larger; beyond it sums and products would overflow.
MOST = 1e15

#: Names (letters and digits only, lower case) of axes and scans along which the scattering angle itself moves.
_TWO_THETA = {
    "2theta", "twotheta", "2th", "tth", "2θ", "gonio", "coupled", "lockedcoupled", "unlockedcoupled", "detectorscan",
    "detscan", "thetatheta", "psdfastscan", "2thetaomega", "omega2theta", "twothetaomega", "omegatwotheta", "2thetaθ",
    "theta2theta", "2thetatheta", "twothetatheta", "thetatwotheta", "2thetainplane", "inplane2theta", "twothetachi",
    "2thetachi", "twothetachiphi", "2thetachiphi", "twothetascan", "twothetaomegascan", "omegatwothetascan",
    "coupledtwothetatheta", "coupled2thetatheta", "unlockedcoupledtwothetatheta", "2thetascan", "2θθ", "2θω", "ω2θ",
    "θ2θ", "2thetaomegascan", "omega2thetascan", "unlockedcoupledscan", "lockedcoupledscan", "coupledtwotheta",
    "unlockedcoupled2thetatheta", "psdfast", "thetathetascan", "coupledtwothetathetawl", "2thetaw",
}  # fmt: skip
#: ... and of axes that leave it where it is.
_OTHERS = {
    "omega", "theta", "phi", "chi", "khi", "psi", "x", "y", "z", "zdrive", "rockingcurve", "rocking", "om", "th",
    "phiscan", "chiscan", "thetas", "thetad", "thetascan", "omegascan", "rx", "ry", "zs", "zd", "aux1", "aux2", "aux3",
    "eulerianphi", "alpha", "beta", "ω", "φ", "χ", "θ", "energy", "temp", "temperature", "time", "reciprocalspace",
    "divergenceslit", "beamtranslation", "xscan", "yscan", "zscan", "psiscan", "khiscan", "h", "k", "l", "hkl",
}  # fmt: skip


def along_two_theta(axis: str) -> bool | None:
    """Whether 2θ moves along an axis (or in a kind of scan) of this name; None if the name is not known.

    Examples
    --------
    >>> [along_two_theta(name) for name in ("Gonio", "2Theta-Omega", "Theta/2-Theta", "Omega", "Rocking Curve", "Q")]
    [True, True, True, False, False, None]
    """
    plain = re.sub(r"[\W_]+", "", axis.strip().lower())
    if plain in _TWO_THETA:
        return True
    return False if plain in _OTHERS else None


def other_axis(where: str, axis: str) -> BadInputError:
    """Return what to say of a scan that is no pattern, to be raised, or given to `patterns` beside others.

    Examples
    --------
    >>> print(other_axis("a.raw, range 2", "Omega"))
    a.raw, range 2: found a scan along 'Omega', want a scan along 2θ
    """
    if along_two_theta(axis) is None:
        found = f"a scan along {axis!r}, which may not be 2θ" if axis.strip() else "a scan that does not say its axis"
    else:
        found = f"a scan along {axis!r}"
    return BadInputError(where, found, "a scan along 2θ")


def patterns(outcomes: Sequence[DiffractionRecord | BadInputError], where: str) -> list[DiffractionRecord]:
    """Records of the scans that are patterns, labelled by their number in the file; what was left out is said.

    Raises
    ------
    BadInputError
        If none of the scans is a pattern: what the first of them is.
    """
    from dataclasses import replace

    found = [(at + 1, scan) for at, scan in enumerate(outcomes) if isinstance(scan, DiffractionRecord)]
    left_out = [(at + 1, scan) for at, scan in enumerate(outcomes) if isinstance(scan, BadInputError)]
    if not found:
        raise left_out[0][1] if left_out else BadInputError(where, "no scan", "at least one scan along 2θ")
    notes = [f"scan {at} was left out: {error.found}" for at, error in left_out[:_MOST_NAMED]]
    if len(left_out) > _MOST_NAMED:
        notes.append(f"{len(left_out) - _MOST_NAMED} more scans were left out")
    several = len(outcomes) > 1
    return [
        replace(scan, label=scan.label or (f"scan {at}" if several else ""), warnings=(*scan.warnings, *notes))
        for at, scan in found
    ]


def number(text: object) -> float | None:
    """Return the finite number a text is, else None; one decimal comma is understood.

    Examples
    --------
    >>> number(" 1.5406 "), number("0,5"), number("1,540,6"), number("nan"), number("1_0"), number(None)
    (1.5406, 0.5, None, None, None, None)
    """
    if text is None:
        return None
    plain = str(text).strip().strip("\"'").strip()
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", plain):
        return None
    value = float(plain)
    return value if math.isfinite(value) and abs(value) <= MOST else None


def positive(text: object) -> float | None:
    """Return the number a text is if it is above zero, else None.

    Examples
    --------
    >>> positive("1.5"), positive("0.0"), positive(-1.0)
    (1.5, None, None)
    """
    value = number(text)
    return value if value is not None and value > 0 else None


def numbers(text: str, where: str) -> Floats:
    r"""Numbers of a text, parted by blanks.

    Raises
    ------
    BadInputError
        Naming the first that is none.

    Examples
    --------
    >>> numbers("1 2.5\n3e2", "x").tolist()
    [1.0, 2.5, 300.0]
    """
    words = pl.Series("words", text.split(), dtype=pl.String)
    values = words.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().astype(np.float64)
    bad = np.flatnonzero(~(np.abs(values) <= MOST))
    if bad.size:
        raise BadInputError(where, f"{words[int(bad[0])][:40]!r} as value {int(bad[0]) + 1}", "a number")
    return values


def evenly(start: float, step: float, n: int) -> Floats:
    """Return ``n`` angles of equal step.

    Examples
    --------
    >>> evenly(10.0, 0.5, 3).tolist()
    [10.0, 10.5, 11.0]
    """
    return np.asarray(start + step * np.arange(n), dtype=np.float64)


def lines_were_cut(text: str) -> bool:
    r"""Whether the last line of a text does not end, so that its last number may be a part of one.

    Examples
    --------
    >>> lines_were_cut("1 2\n3 4"), lines_were_cut("1 2\n3 4\n")
    (True, False)
    """
    return not text.endswith(("\n", "\r"))


def lines_to_columns(
    lines: Sequence[str],
    first_line: int,
    where: str,
    *,
    ended: bool,
    last_is_cut: bool = False,
    open_end: Sequence[str] = (),
    used: int = 2,
) -> tuple[Floats, list[str]]:
    """Rows of numbers as an array ``(rows, columns)``; ``lines[0]`` is line ``first_line`` of the file.

    ``ended``: the file says where the rows end; else a last row that is cut is left out, and said. ``last_is_cut``
    leaves it out even though it looks whole; without it, ``open_end`` are the lines of a file whose last may have no
    end, and ``used`` is the number of columns that the record has.

    Raises
    ------
    BadInputError
        Naming the line that has another number of fields, or a field that is no number.

    Examples
    --------
    >>> lines_to_columns(["1 2", "", "3 4", "5"], 1, "a.ras", ended=False)
    (array([[1., 2.],
           [3., 4.]]), ['line 4 was left out: it is cut off'])
    """
    split = [line.split() for line in lines]
    places = [at for at, fields in enumerate(split) if fields]
    rows = [split[at] for at in places]
    notes: list[str] = []
    if not rows:
        return np.empty((0, 0)), notes
    width = len(rows[0])
    short = len(rows[-1]) < width
    if rows and not ended and (short or last_is_cut or any(number(word) is None for word in rows[-1])):
        notes.append(f"line {places[-1] + first_line} was left out: it is cut off")
        rows, places = rows[:-1], places[:-1]
        if not rows:
            return np.empty((0, width)), notes
    elif not ended and open_end and open_end[-1].strip():
        is_open = has_open_end(open_end)
        kept, notes = settled(rows, places[-1] + first_line, width=width, is_used=width <= used, is_open=is_open)
        rows, places = kept, places[: len(kept)]
    for at, fields in zip(places, rows, strict=True):
        if len(fields) != width:
            raise BadInputError(f"{where}, line {at + first_line}", f"{len(fields)} fields", f"{width} as before")
    words = pl.Series("words", [word for fields in rows for word in fields], dtype=pl.String)
    values = words.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().astype(np.float64)
    bad = np.flatnonzero(~(np.abs(values) <= MOST))
    if bad.size:
        at = places[int(bad[0]) // width] + first_line
        raise BadInputError(f"{where}, line {at}", repr(words[int(bad[0])][:40]), "a number")
    return values.reshape(-1, width), notes


def is_whole(values: Floats) -> bool:
    """Whether all values are whole numbers, as counts are.

    Examples
    --------
    >>> is_whole(np.array([1.0, 5.0])), is_whole(np.array([1.0, 5.5]))
    (True, False)
    """
    return bool(np.all(values == np.rint(values)))


def single_line_or_two(alpha_2: object, ratio: object) -> tuple[float | None, float | None]:
    """Wavelength of Kα2 and its share, both None where the file says that the beam has one line.

    Examples
    --------
    >>> single_line_or_two("1.54443", "0.5"), single_line_or_two("1.54443", "0"), single_line_or_two("1.54443", "")
    ((1.54443, 0.5), (None, None), (1.54443, None))
    """
    length, share = positive(alpha_2), number(ratio)
    if length is None or (share is not None and share <= 0):
        return None, None
    return length, share


def iso_time(text: str, *formats: str) -> str:
    """Return a date and time in ISO 8601; empty if it is in none of the formats.

    Examples
    --------
    >>> iso_time("03/04/10 20:59:14", "%m/%d/%y %H:%M:%S"), iso_time("32/13/10", "%m/%d/%y")
    ('2010-03-04T20:59:14', '')
    """
    for pattern in formats:
        try:
            return datetime.strptime(text.strip(), pattern).isoformat()
        except ValueError:
            continue
    return ""


def root_of(file: RawFile, data: bytes | None, where: str) -> Element:
    """Root of an XML file or member, within limits.

    Raises
    ------
    BadInputError
        If it has more tags than any instrument writes, or is no plain XML.
    """
    try:
        return file.xml(data)
    except BadInputError as error:
        raise BadInputError(where, error.found, error.wanted) from error


def children(element: Element | None, name: str) -> list[Element]:
    """Children of a name in any name space, because its version number is part of it."""
    if element is None:
        return []
    return [part for part in element if isinstance(part.tag, str) and part.tag.rpartition("}")[2] == name]


def child(element: Element | None, *path: str) -> Element | None:
    """First child, or child of a child, by name; None if there is none."""
    for name in path:
        found = children(element, name)
        element = found[0] if found else None
    return element


def text_of(element: Element | None, *path: str) -> str:
    """Text of an element or of its child; empty if it has none."""
    element = child(element, *path) if path else element
    return (element.text or "").strip() if element is not None else ""


def attribute(element: Element | None, name: str) -> str:
    """Return an attribute of an element; empty if it has none."""
    return (element.get(name) or "").strip() if element is not None else ""
