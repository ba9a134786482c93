"""What CasaXPS writes into the comment of a VAMAS block: energy calibrations, regions, components of a fit.

The spectrum itself stays as it was measured. A line ``Calib M = 281.2 A = 284.8 BE ADD`` says that CasaXPS shows
binding energies 3.6 eV higher than the file; several such lines add up. Limits of regions and positions of
components are kinetic energies on the *shown* scale (so 3.6 eV below those of the file), unless the line also
says ``Regions`` or ``Comps``: then they were moved along. Areas are in counts/s eV.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from limetal.readers._kit.spectra import number_or_none
from limetal.records.photoelectrons import StoredPeak

__all__ = ["CasaNotes", "read_casa_notes"]

_TAG = r"\(\*(.*?)\*\)"
_CALIB = re.compile(r"Calib\s+M\s*=\s*(\S+)\s+A\s*=\s*(\S+)(.*)")
_REGION = re.compile(rf"CASA region {_TAG} {_TAG}\s*(.*)")
_COMP = re.compile(rf"CASA comp {_TAG} {_TAG}\s*(.*)")


@dataclass(frozen=True)
class CasaNotes:
    """What one block says.

    Attributes
    ----------
    calibrations
        Lines ``Calib ...``, word for word.
    shift_eV
        What they add to binding energies together; None if one of them does not say.
    peaks
        Components, with kinetic energies on the scale of the file; positions None where that scale is not known.
    moved_eV
        What was added to stored positions to bring them onto the scale of the file.
    """

    calibrations: tuple[str, ...] = ()
    shift_eV: float | None = 0.0
    peaks: tuple[StoredPeak, ...] = ()
    moved_eV: float | None = 0.0


@dataclass(frozen=True)
class _Region:
    name: str
    background: str
    low_eV: float
    high_eV: float


def read_casa_notes(lines: Iterable[str]) -> CasaNotes:
    """Read the lines of a comment; what is garbled is passed over, because comments never make a read fail.

    Examples
    --------
    >>> notes = read_casa_notes([
    ...     "Calib M = 281.0 A = 284.8 BE ADD",
    ...     "CASA region (*C 1s*) (*Shirley*) 1190 1206 1 2 0 0 392 -450 0 0 (*C 1s*) 12.011 0 1",
    ...     "CASA comp (*C-C*) (*GL(30)*) Area 120.5 1e-20 9e9 -1 1 MFWHM 1.2 0.3 6 -1 1 Position 1201.8 1190 1206 "
    ...     "-1 1 RSF 1 MASS 12.011 INDEX -1 (*C 1s*)",
    ... ])
    >>> round(notes.shift_eV, 3), round(notes.peaks[0].position_eV, 3), notes.peaks[0].background
    (3.8, 1205.6, 'Shirley')
    """
    calibrations, shifts, moved = [], [], []
    regions: list[_Region] = []
    components: list[re.Match[str]] = []
    for line in map(str.strip, lines):
        if match := _CALIB.match(line):
            calibrations.append(line)
            measured, assigned = number_or_none(match[1]), number_or_none(match[2])
            comma = "," in match[1] or "," in match[2]  # a range in which CasaXPS looks for the peak, or a decimal
            known = measured is not None and assigned is not None and not comma and " BE" in match[3]
            shifts.append(assigned - measured if known and assigned is not None and measured is not None else None)
            moved.append(0.0 if re.search(r"\bComps\b", match[3], re.IGNORECASE) else shifts[-1])
        elif match := _REGION.match(line):
            limits = [number_or_none(t) for t in match[3].split()[:2]]
            if len(limits) == 2 and limits[0] is not None and limits[1] is not None:
                regions.append(_Region(match[1], match[2], min(limits[0], limits[1]), max(limits[0], limits[1])))
        elif match := _COMP.match(line):
            components.append(match)
    add = _total(moved)
    peaks = tuple(_peak(match, regions, add) for match in components)
    return CasaNotes(tuple(calibrations), _total(shifts), peaks, add)


def _total(values: list[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known, 0.0) if len(known) == len(values) else None


def _peak(match: re.Match[str], regions: list[_Region], add: float | None) -> StoredPeak:
    words = match[3]
    position = _after("Position", words)
    tag = re.search(rf"INDEX\s+\S+\s+{_TAG}", words)
    named = [r for r in regions if tag and r.name == tag[1]]
    around = [r for r in regions if position is not None and r.low_eV <= position <= r.high_eV]
    fitting = [r for r in named if r in around] or named or around or (regions if len(regions) == 1 else [])
    return StoredPeak(
        name=match[1].strip(),
        position_eV=None if position is None or add is None else position + add,
        fwhm_eV=_after("MFWHM", words),
        area=_after("Area", words),
        shape=match[2].strip(),
        background=fitting[0].background if len({r.background for r in fitting}) == 1 else "",
    )


def _after(key: str, words: str) -> float | None:
    match = re.search(rf"\b{key}\s+(\S+)", words)
    return number_or_none(match[1]) if match else None
