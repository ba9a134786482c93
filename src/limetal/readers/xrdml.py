"""PANalytical and Malvern Panalytical ``.xrdml``, schema 1.0 to 2.3.

The numbers of a scan are one list, its angles are start and end, a list, or one value for all points. Traps:

* The version is part of the name space, so names are matched without it.
* Schema 1.x stores ``intensities``, which are counts **already multiplied** by the factor of the beam attenuator;
  2.x stores ``counts`` as the detector gave them, and the factors beside them. Only the latter are multiplied here, and
  the list as it stands is kept in ``more``.
* A file may hold several scans (repeated, appended, meshes); each along 2θ is a record, ω scans are left out.
* An aborted scan has fewer points; its angles are those between the start and the end that the file gives.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.diffraction import (
    ANGSTROM_PER_NM,
    ZERO_CELSIUS_K,
    along_two_theta,
    attribute,
    child,
    children,
    number,
    numbers,
    other_axis,
    patterns,
    positive,
    root_of,
    single_line_or_two,
    text_of,
)
from limetal.records.base import About, Floats
from limetal.records.diffraction import DiffractionRecord

__all__ = ["PLUGIN", "looks_like", "read"]

_MARK = "xrdMeasurements"
_UNITS = {"counts": "counts", "cps": "counts/s", "counts per second": "counts/s"}
_FACTORS, _COMMON_FACTOR = "beamAttenuationFactors", "commonBeamAttenuationFactor"
_DIVERGENCE = ("divergenceCorrections", "commonDivergenceCorrection")


def looks_like(file: RawFile) -> bool:
    r"""Whether the first tag is that of an XRDML file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.xml"
    >>> _ = path.write_text('<?xml version="1.0"?>\n<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/1.5">')
    >>> looks_like(RawFile(path))
    True
    """
    head = file.head_text[:4096]
    return head.lstrip("\ufeff \t\r\n").startswith("<") and f"<{_MARK}" in head.replace("<xrdml:", "<")


def read(file: RawFile, options: ReadOptions) -> list[DiffractionRecord]:  # noqa: ARG001 - one signature for all
    r"""Read every scan along 2θ.

    Raises
    ------
    BadInputError
        If the XML is cut or garbled, no scan is along 2θ, or lists of one scan differ in length.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.xrdml"
    >>> _ = path.write_text('''<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/2.1"><xrdMeasurement>
    ... <scan scanAxis="Gonio" status="Completed"><dataPoints>
    ... <positions axis="2Theta" unit="deg"><startPosition>10</startPosition><endPosition>11</endPosition></positions>
    ... <counts unit="counts">5 7 6</counts></dataPoints></scan></xrdMeasurement></xrdMeasurements>''')
    >>> (record,) = read(RawFile(path), ReadOptions())
    >>> record.two_theta_degree.tolist(), record.intensity.tolist()
    ([10.0, 10.5, 11.0], [5.0, 7.0, 6.0])
    """
    root = root_of(file, None, file.where)
    if root.tag.rpartition("}")[2] != _MARK:
        raise BadInputError(file.where, f"XML of {root.tag[:60]!r}", "XRDML, which begins with xrdMeasurements")
    outcomes: list[DiffractionRecord | BadInputError] = []
    for measurement in children(root, "xrdMeasurement"):
        for scan in children(measurement, "scan"):
            where = f"{file.where}, scan {len(outcomes) + 1}"
            outcomes.append(_scan(root, measurement, scan, where, file.where))
    return patterns(outcomes, file.where)


@dataclass
class _Points:
    """What one scan holds, point by point."""

    intensity: Floats
    unit: str
    more: dict[str, NDArray[np.generic]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def _scan(
    root: Element, measurement: Element, scan: Element, where: str, source: str
) -> DiffractionRecord | BadInputError:
    axis = attribute(scan, "scanAxis")
    data = child(scan, "dataPoints")
    if data is None:
        return BadInputError(where, "no data points", "a measured scan")
    points = _intensities(data, where)
    n = points.intensity.size
    positions = {attribute(p, "axis"): p for p in children(data, "positions")}
    if n < 2:
        return BadInputError(where, f"{n} point{'s' * (n != 1)}", "at least two")
    two_theta = _moving(positions.get("2Theta"), n, f"{where}, positions of 2Theta")
    if along_two_theta(axis) is False or two_theta is None:
        return other_axis(where, axis)
    moved = {name: _moving(p, n, f"{where}, positions of {name}") for name, p in positions.items()}
    for name, values in moved.items():
        if values is not None and name not in {"2Theta", "Omega"}:
            points.more[f"{name} ({attribute(positions[name], 'unit')})"] = values
    wavelength = child(measurement, "usedWavelength")
    main, second, ratio = _wavelengths(wavelength, points.notes)
    _say_status(scan, two_theta, points.notes)
    return DiffractionRecord(
        two_theta_degree=two_theta,
        intensity=points.intensity,
        omega_degree=moved.get("Omega"),
        intensity_unit=points.unit,
        wavelength_angstrom=main,
        wavelength_2_angstrom=second,
        ratio_2_to_1=ratio,
        anode=text_of(measurement, "incidentBeamPath", "xRayTube", "anodeMaterial"),
        counting_time_s=_counting_time(data, n, points, where),
        temperature_K=_temperature(scan, points.notes),
        source=source,
        about=_about(root, measurement, scan, positions),
        more=points.more,
        warnings=tuple(points.notes),
    )


def _intensities(data: Element, where: str) -> _Points:
    """Intensities, counts multiplied by the factors of the attenuator where the file has not done it."""
    stored, counts = child(data, "intensities"), child(data, "counts")
    element = stored if stored is not None else counts
    if element is None:
        raise BadInputError(where, "neither intensities nor counts", "one of them")
    values = numbers(element.text or "", f"{where}, {element.tag.rpartition('}')[2]}")
    written = attribute(element, "unit")
    notes: list[str] = []
    unit = _UNITS.get(written.lower())
    if unit is None:
        unit = "a.u."
        notes.append(f"the unit of intensity is {written!r}, so it is kept as arbitrary units")
    points = _Points(values, unit, notes=notes)
    factors = _per_point(data, _FACTORS, values.size, where)
    common = number(text_of(data, _COMMON_FACTOR))
    if factors is None and common is not None:
        factors = np.full(values.size, common)
    if factors is not None and values.size:
        if not np.all(factors > 0):
            raise BadInputError(f"{where}, {_FACTORS}", f"a factor of {factors.min():g}", "factors above zero")
        if np.any(factors != 1.0):
            points.more[_FACTORS] = factors
            times = f"the factors of the beam attenuator ({factors.min():g} to {factors.max():g})"
            if stored is None:
                points.more["counts"] = values
                points.intensity = values * factors
                notes.append(f"counts were multiplied by {times}; they are kept as 'counts'")
            else:
                notes.append(f"intensities contain {times}, as this version of the format has it")
    if stored is None:
        notes += [f"{name} in the file were not applied" for name in _DIVERGENCE if child(data, name) is not None]
    return points


def _per_point(data: Element, name: str, n: int, where: str) -> Floats | None:
    element = child(data, name)
    if element is None:
        return None
    values = numbers(element.text or "", f"{where}, {name}")
    if values.size != n:
        raise BadInputError(f"{where}, {name}", f"{values.size} values", f"{n}, one for each point")
    return values


def _moving(positions: Element | None, n: int, where: str) -> Floats | None:
    """Positions of an axis at every point; None if it stood still or is not given."""
    if positions is None:
        return None
    unit = attribute(positions, "unit")
    values: Floats | None = None
    if (listed := child(positions, "listPositions")) is not None:
        values = numbers(listed.text or "", where)
        if values.size != n:
            raise BadInputError(where, f"{values.size} values", f"{n}, one for each point")
    else:
        ends = [text_of(positions, "startPosition"), text_of(positions, "endPosition")]
        if any(ends):
            start, end = (number(text) for text in ends)
            if start is None or end is None:
                raise BadInputError(where, f"start {ends[0]!r} and end {ends[1]!r}", "two numbers")
            values = np.linspace(start, end, n)
    if values is None or (values.size and np.ptp(values) == 0):
        return None
    if attribute(positions, "axis") in {"2Theta", "Omega"} and unit.lower() not in {"deg", "degree", "degrees"}:
        raise BadInputError(where, f"the unit {unit!r}", "deg")
    return values


def _counting_time(data: Element, n: int, points: _Points, where: str) -> float | None:
    """Seconds for each point, if they are the same for all; a list of them is kept."""
    common = child(data, "commonCountingTime")
    if common is not None:
        return positive(common.text) if attribute(common, "unit").lower() in {"", "seconds", "s"} else None
    listed = _per_point(data, "countingTimes", n, where)
    if listed is None:
        return None
    if np.ptp(listed) == 0 and listed[0] > 0:
        return float(listed[0])
    points.more["countingTimes (seconds)"] = listed
    points.notes.append(f"the counting time changes from {listed.min():g} to {listed.max():g} s within the scan")
    return None


def _wavelengths(used: Element | None, notes: list[str]) -> tuple[float | None, float | None, float | None]:
    """Wavelength of the line the scan was made with, that of Kα2 and its share."""
    lines = {name: _angstrom(child(used, name), notes) for name in ("kAlpha1", "kAlpha2", "kBeta")}
    intended = attribute(used, "intended")
    if "beta" in intended.lower():
        return lines["kBeta"], None, None
    return lines["kAlpha1"], *single_line_or_two(lines["kAlpha2"], text_of(used, "ratioKAlpha2KAlpha1"))


def _angstrom(element: Element | None, notes: list[str]) -> float | None:
    value = positive(element.text) if element is not None else None
    unit = attribute(element, "unit").lower()
    if value is None or unit in {"", "angstrom", "å", "a"}:
        return value
    if unit in {"nm", "nanometer", "nanometre"}:
        return value * ANGSTROM_PER_NM
    notes.append(f"a wavelength has the unit {unit!r}, so it is left out")
    return None


def _temperature(scan: Element, notes: list[str]) -> float | None:
    """Mean temperature of the sample in kelvin, if the file gives it with its unit."""
    points = child(scan, "nonAmbientPoints")
    if points is None or attribute(points, "type").lower() != "temperature":
        return None
    element = child(points, "nonAmbientValues")
    unit = (attribute(element, "unit") or attribute(points, "unit")).lower().lstrip("°")
    listed = [number(word) for word in text_of(element).split()]
    values = [value for value in listed if value is not None]
    if not values or len(values) != len(listed):
        return None
    if unit in {"", "k", "kelvin"}:  # the schema counts non-ambient temperatures in kelvin
        kelvin = np.array(values)
    elif unit in {"c", "celsius", "degc"}:
        kelvin = np.array(values) + ZERO_CELSIUS_K
    else:
        notes.append(f"the temperature has the unit {unit!r}, so it is left out")
        return None
    if np.ptp(kelvin) > 2.0:
        notes.append(
            f"the temperature goes from {kelvin[0]:.1f} to {kelvin[-1]:.1f} K within the scan; its mean is kept"
        )
    return float(kelvin.mean())


def _say_status(scan: Element, two_theta: Floats, notes: list[str]) -> None:
    status = attribute(scan, "status")
    if status and status.lower() != "completed":
        step = abs(two_theta[-1] - two_theta[0]) / (two_theta.size - 1)
        found = (
            f"the scan is {status.lower()}: {two_theta.size} points up to {two_theta[-1]:g} deg, step {step:.5g} deg"
        )
        notes.append(found)


def _about(root: Element, measurement: Element, scan: Element, positions: dict[str, Element]) -> About:
    header, software = child(scan, "header"), child(scan, "header", "source", "applicationSoftware")
    control = child(scan, "header", "source", "instrumentControlSoftware")
    comments = [text_of(e) for part in (root, measurement, scan) for e in children(child(part, "comment"), "entry")]
    tube = child(measurement, "incidentBeamPath", "xRayTube")
    settings = {
        "schema": root.tag.partition("}")[0].lstrip("{") if "}" in root.tag else "",
        "measurementType": attribute(measurement, "measurementType"),
        "sampleMode": attribute(measurement, "sampleMode"),
        "mode": attribute(scan, "mode"),
        "appendNumber": attribute(scan, "appendNumber"),
        "status": attribute(scan, "status"),
        "intended": attribute(child(measurement, "usedWavelength"), "intended"),
        "kBeta": text_of(measurement, "usedWavelength", "kBeta"),
        "tube": attribute(tube, "name"),
        "tension": " ".join([text_of(tube, "tension"), attribute(child(tube, "tension"), "unit")]).strip(),
        "current": " ".join([text_of(tube, "current"), attribute(child(tube, "current"), "unit")]).strip(),
        "radius (mm)": text_of(measurement, "incidentBeamPath", "radius"),
        "detector": attribute(child(measurement, "diffractedBeamPath", "detector"), "name"),
        "endTimeStamp": text_of(header, "endTimeStamp"),
        "author": text_of(header, "author", "name"),
        **{f"{name} ({attribute(p, 'unit')})": text_of(p, "commonPosition") for name, p in positions.items()},
    }
    sample = child(root, "sample")
    return About(
        instrument=text_of(control) or text_of(header, "source", "instrumentID"),
        software=" ".join(part for part in (text_of(software), attribute(software, "version")) if part),
        technique=attribute(scan, "scanAxis"),
        start_time=text_of(header, "startTimeStamp"),
        sample=text_of(sample, "name") or text_of(sample, "id"),
        comment="\n".join(text for text in comments if text),
        settings={key: value for key, value in settings.items() if value},
    )


PLUGIN = Reader(
    title="XRDML (PANalytical, Malvern Panalytical)",
    looks_like=looks_like,
    read=read,
    suffixes=(".xrdml",),
    documented_at="https://www.xrdml.com/XRDMeasurement/1.5/XRDMeasurement.xsd",
    gives=("diffraction",),
    instruments=("PANalytical", "Malvern Panalytical"),
)
