"""Neutron patterns of ILL (D1A) and PSI (DMC, HRPT): start, step and end, then all intensities, then all deviations."""

from __future__ import annotations

import re

import numpy as np

from limetal.errors import BadInputError
from limetal.readers._file import RawFile
from limetal.readers._kit.diffraction import evenly, iso_time, number, positive
from limetal.readers._kit.open_end import NO_END, has_open_end, looks_cut
from limetal.records.base import About, Floats
from limetal.records.diffraction import DiffractionRecord

__all__ = ["bank_kind", "read_bank"]

_PSI = re.compile(r"\s*lambda\s*=\s*([\d.]+)", re.IGNORECASE)
_PSI_RANGE = re.compile(r"\s*(-?[\d.]+)\s+([\d.]+)\s+(-?[\d.]+)\s+[\d.eE+]+\s*,\s*sample\s*=", re.IGNORECASE)
_ILL = re.compile(r"D1A\d?\s+Title:", re.IGNORECASE)
_THREE = re.compile(r"\s*(-?[\d.]+)\s+([\d.]+)\s+(-?[\d.]+)\s*$")
_KEY = re.compile(r"(\w+)\s*=\s*(\"[^\"]*\"|'[^']*'|[^,;]*)")
_FIELD = 8  # characters of a number
_MOST = 1_000_000


def bank_kind(lines: list[str]) -> str:
    """``"PSI"``, ``"ILL"`` or nothing, by the first lines.

    Examples
    --------
    >>> bank_kind(["HRPT, x", "lambda=  1.494, T= 0.0", '  2.9 0.05 162.9 18., sample="x"', " 7444."])
    'PSI'
    """
    if len(lines) > 3 and _PSI.match(lines[1]) and _PSI_RANGE.match(lines[2]):
        return "PSI"
    if len(lines) > 5 and _ILL.match(lines[0]) and _THREE.match(lines[4]):
        return "ILL"
    return ""


def read_bank(file: RawFile) -> DiffractionRecord:
    """Read a pattern whose first lines are those of PSI or ILL.

    Raises
    ------
    BadInputError
        If the range is none, or the intensities are fewer than two.
    """
    lines = file.lines
    kind = bank_kind(lines)
    at = 2 if kind == "PSI" else 4
    match = (_PSI_RANGE if kind == "PSI" else _THREE).match(lines[at])
    ends = [number(text) for text in match.groups()] if match else []
    where = f"{file.where}, line {at + 1}"
    if len(ends) != 3 or None in ends:
        raise BadInputError(where, f"{lines[at].strip()[:60]!r}", "start, step and end of 2θ")
    start, step, end = (float(value) for value in ends if value is not None)
    points = (end - start) / step + 1 if step > 0 else 0.0
    n = round(points)
    if not 2 <= n <= _MOST or abs(points - n) > 0.02:
        raise BadInputError(where, f"{points:g} points from {start:g} to {end:g} in steps of {step:g}", "whole steps")
    values, whole = _values(lines, at + 1, 2 * n, file.where)
    notes: list[str] = []
    if values.size < n:
        notes.append(f"the file ends after {values.size} of {n} points: it is cut off")
    elif values.size < 2 * n:
        notes.append(f"the file ends after {values.size - n} of {n} deviations, so they are left out")
    if not whole:
        notes.append(f"line {len(lines)} {NO_END}")
    m = min(n, values.size)
    header = {m[1]: m[2].strip(" \"'") for line in lines[1:3] for m in _KEY.finditer(line)} if kind == "PSI" else {}
    wavelength = positive(_PSI.match(lines[1])[1]) if kind == "PSI" else None  # type: ignore[index]
    kelvin = positive(header.get("T"))
    return DiffractionRecord(
        two_theta_degree=evenly(start, step, m),
        intensity=values[:m],
        intensity_std=values[n : 2 * n] if values.size == 2 * n else None,
        intensity_unit="a.u.",  # scaled to a monitor
        wavelength_angstrom=wavelength,
        temperature_K=kelvin,
        source=file.where,
        about=About(
            instrument="ILL D1A" if kind == "ILL" else f"PSI {lines[0].partition(',')[0]}",
            start_time=iso_time(header.get("Date", ""), "%Y-%m-%d %H:%M:%S"),
            sample=header.get("sample", ""),
            comment=lines[0].strip(),
            settings={key: value for key, value in header.items() if value},
        ),
        warnings=tuple(notes),
    )


def _values(lines: list[str], first: int, most: int, where: str) -> tuple[Floats, bool]:
    """Return up to so many numbers below a line, and whether the last line ends."""
    found: list[float] = []
    texts: list[str] = []
    last = first
    for at in range(first, len(lines)):
        if len(found) >= most or not lines[at].strip():
            break
        line = lines[at]
        words = line.split()
        values = [number(word) for word in words]
        if None in values:  # numbers may touch each other in their fields
            words = [line[i : i + _FIELD] for i in range(0, len(line.rstrip()), _FIELD)]
            values = [number(word) for word in words]
        if None in values:
            if at == len(lines) - 1 and found:
                break
            raise BadInputError(f"{where}, line {at + 1}", repr(line.strip()[:60]), "a row of numbers")
        found += [value for value in values if value is not None]
        texts += words
        last = at
    whole = not has_open_end(lines) or last < len(lines) - 1
    if not whole and texts and looks_cut(texts[-1], texts[:-1]):
        found.pop()
    if len(found) > most:
        raise BadInputError(where, f"{len(found)} numbers", f"{most}: intensities and their deviations")
    return np.array(found, dtype=np.float64), whole
