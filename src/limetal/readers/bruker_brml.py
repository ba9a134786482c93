"""Bruker ``.brml``: the zip file of DIFFRAC.MEASUREMENT.

``ExperimentN/RawDataM.xml`` holds one scan: a ``DataRoute`` with a ``Datum`` of comma-separated numbers for each point
and, in newer files, ``DataViews`` that say which number is what; older ones have time, absorber, the axes in order and
the counts. Traps: a route may be processed (only ``Measured`` ones are read); a datum may hold a whole detector frame;
the axis need not be 2θ; counts contain the factor of the absorber already (divided by it they are whole numbers);
the time is the effective one of a position-sensitive detector.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.diffraction import (
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

_RAW_DATA = re.compile(r"(?:.*/)?Experiment(\d{1,6})/RawData(\d{1,6})\.xml", re.IGNORECASE)
_DATUM_RUN = re.compile(rb"(?:<Datum>[^<]*</Datum>\s*)+")
_BETWEEN = re.compile(rb"\s*</Datum>\s*<Datum>\s*|\s*</?Datum>\s*")
_RUN = "DatumRun"
MAX_RAW_DATA_BYTES = 512 * 2**20
MAX_CONTAINER_BYTES = 8 * 2**20
MAX_SCANS = 5000
#: A drive for the temperature of the sample stage is called so; its unit is stated beside it.
_TEMPERATURE = re.compile(r"temperature|temp$", re.IGNORECASE)


@dataclass(frozen=True)
class _Columns:
    """Which number of a datum is what."""

    axes: dict[str, int]
    counts: int
    time: int | None
    absorber: int | None
    unit: str
    others: dict[str, int]


def looks_like(file: RawFile) -> bool:
    """Whether a zip holds raw data of DIFFRAC.MEASUREMENT.

    Examples
    --------
    >>> import pathlib, tempfile, zipfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.brml"
    >>> with zipfile.ZipFile(path, "w") as archive:
    ...     archive.writestr("Experiment0/RawData0.xml", "<RawData/>")
    >>> looks_like(RawFile(path))
    True
    """
    return any(_RAW_DATA.fullmatch(name) for name in file.members)


def read(file: RawFile, options: ReadOptions) -> list[DiffractionRecord]:  # noqa: ARG001 - one signature for all
    """Read every measured scan along 2θ.

    Raises
    ------
    BadInputError
        If the archive is broken or unpacks to too much, no scan is along 2θ, or the points are detector frames.

    Examples
    --------
    >>> import pathlib, tempfile, zipfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.brml"
    >>> axis = '<ScanInformation><ScanAxes><ScanAxisInfo AxisId="TwoTheta"/></ScanAxes></ScanInformation>'
    >>> data = "<Datum>1,1,10.00,5</Datum><Datum>1,1,10.02,7</Datum>"
    >>> route = f'<DataRoute RouteFlag="Measured">{axis}{data}</DataRoute>'
    >>> with zipfile.ZipFile(path, "w") as archive:
    ...     text = f"<RawData><DataRoutes>{route}</DataRoutes></RawData>"
    ...     archive.writestr("Experiment0/RawData0.xml", text)
    >>> read(RawFile(path), ReadOptions())[0].intensity.tolist()
    [5.0, 7.0]
    """
    if not file.is_zip:
        raise BadInputError(file.where, "no zip archive", "a BRML file")
    file.check_zip()
    matches = [match for name in file.members if (match := _RAW_DATA.fullmatch(name))]
    matches.sort(key=lambda match: (int(match[1]), int(match[2])))
    if not matches:
        raise BadInputError(file.where, "an archive without Experiment0/RawData0.xml", "a measured scan")
    if len(matches) > MAX_SCANS:
        raise BadInputError(file.where, f"{len(matches)} scans", f"at most {MAX_SCANS}")
    outcomes: list[DiffractionRecord | BadInputError] = []
    containers: dict[str, Element | None] = {}
    for match in matches:
        folder = match[0].rpartition("/")[0]
        if folder not in containers:
            containers[folder] = _container(file, f"{folder}/DataContainer.xml")
        outcomes += _scans(file, match[0], containers[folder])
    return patterns(outcomes, file.where)


def _container(file: RawFile, name: str) -> Element | None:
    """Root of the XML that names sample and instrument; None if it is not there or broken: only metadata is in it."""
    if not 0 < file.members.get(name, 0) <= MAX_CONTAINER_BYTES:
        return None
    try:
        return root_of(file, file.member(name), f"{file.where}, member {name}")
    except BadInputError:
        return None


def _scans(file: RawFile, name: str, container: Element | None) -> list[DiffractionRecord | BadInputError]:
    where = f"{file.where}, member {name}"
    if file.members[name] > MAX_RAW_DATA_BYTES:
        raise BadInputError(where, f"{file.members[name]} bytes", f"at most {MAX_RAW_DATA_BYTES}")
    data = file.member(name)
    runs: list[bytes] = []

    def cut_out(match: re.Match[bytes]) -> bytes:
        # a tree of all points would take fifty times their text
        runs.append(match[0])
        return f'<{_RUN} at="{len(runs) - 1}"/>'.encode()

    root = root_of(file, _DATUM_RUN.sub(cut_out, data), where)
    routes = children(child(root, "DataRoutes"), "DataRoute")
    measured = [r for r in routes if attribute(r, "RouteFlag") in {"", "Measured"}]
    if not measured:
        flags = ", ".join(sorted({attribute(r, "RouteFlag") for r in routes})[:4])
        found = f"only routes of kind {flags}" if routes else "no data route"
        return [BadInputError(where, found, "measured data")]
    return [_route(root, route, runs, container, where, file.where) for route in measured]


def _route(
    root: Element, route: Element, runs: list[bytes], container: Element | None, where: str, source: str
) -> DiffractionRecord | BadInputError:
    scan = child(route, "ScanInformation")
    axes = [
        attribute(e, "AxisId") or attribute(e, "AxisName") for e in children(child(scan, "ScanAxes"), "ScanAxisInfo")
    ]
    kind = attribute(scan, "VisibleName") or attribute(scan, "ScanName")
    if "TwoTheta" not in axes:
        return other_axis(where, axes[0] if axes else kind)
    parts = [part for e in children(route, _RUN) if (part := _run(runs, attribute(e, "at")))]
    table = _table(parts, where)
    if table.shape[0] < 2:
        links = child(route, "ExtLocations")
        held = "frames in another file" if links is not None and len(links) else f"{table.shape[0]} points"
        return BadInputError(where, held, "at least two points within the scan")
    columns = _columns(route, axes, table.shape[1], where)
    if isinstance(columns, BadInputError):
        return columns
    two_theta = table[:, columns.axes["TwoTheta"]]
    if np.ptp(two_theta) == 0:
        return BadInputError(where, f"2θ that stays at {two_theta[0]:g} deg", "a scan along 2θ")
    if along_two_theta(kind) is False:
        return other_axis(where, kind)
    omega = columns.axes.get("Theta")
    more: dict[str, NDArray[np.generic]] = {
        f"{name} (deg)": table[:, at] for name, at in columns.axes.items() if name not in {"TwoTheta", "Theta"}
    }
    more |= {name: table[:, at] for name, at in columns.others.items()}
    notes = _notes(root, route, table.shape[0])
    time = _time(table, columns, more)
    if columns.absorber is not None and np.any(table[:, columns.absorber] != 1.0):
        factor = table[:, columns.absorber]
        more["AbsorptionFactor"] = factor
        notes.append(f"intensities contain the factor of the absorber ({factor.min():g} to {factor.max():g})")
    tube = next((e for e in root.iter() if e.tag.rpartition("}")[2] == "Tube"), None)
    second, ratio = single_line_or_two(_value(tube, "WaveLengthAlpha2"), _value(tube, "WaveLengthRatio"))
    return DiffractionRecord(
        two_theta_degree=two_theta,
        intensity=table[:, columns.counts],
        omega_degree=table[:, omega] if omega is not None and np.ptp(table[:, omega]) > 0 else None,
        intensity_unit=columns.unit,
        wavelength_angstrom=positive(_value(tube, "WaveLengthAlpha1")),
        wavelength_2_angstrom=second,
        ratio_2_to_1=ratio,
        anode=text_of(tube, "TubeMaterial"),
        counting_time_s=time,
        temperature_K=_temperature(root),
        source=source,
        about=_about(root, scan, tube, container),
        more=more,
        warnings=tuple(notes),
    )


def _run(runs: list[bytes], at: str) -> bytes:
    """Return the points that stood at a place; empty if a file writes such a tag itself."""
    return runs[int(at)] if at.isdecimal() and len(at) < 9 and int(at) < len(runs) else b""


def _table(parts: list[bytes], where: str) -> Floats:
    """Rows of numbers of all points; they must be equally many in each."""
    rows = [row for part in parts for row in _BETWEEN.split(part) if row.strip()]
    if not rows:
        return np.empty((0, 0))
    width = rows[0].count(b",") + 1
    for at, row in enumerate(rows):
        if row.count(b",") + 1 != width:
            raise BadInputError(f"{where}, datum {at + 1}", f"{row.count(b',') + 1} numbers", f"{width} as before")
    joined = b",".join(rows)
    if b",," in joined or joined.startswith(b",") or joined.endswith(b","):
        raise BadInputError(where, "an empty place in a datum", "a number")
    values = numbers(joined.decode("latin-1").replace(",", " "), f"{where}, data")
    if values.size != width * len(rows):
        raise BadInputError(where, f"{values.size} numbers in {len(rows)} points", f"{width} in each")
    return values.reshape(-1, width)


def _columns(route: Element, axes: list[str], width: int, where: str) -> _Columns | BadInputError:
    views = children(child(route, "DataViews"), "RawDataView")
    if not views:
        if width != len(axes) + 3:  # time, absorber, axes, counts
            return BadInputError(where, f"{width} numbers a point with {len(axes)} axes and no views", "a known order")
        return _Columns({name: at + 2 for at, name in enumerate(axes)}, width - 1, 0, 1, "counts", {})
    found: dict[str, int] = {}
    others: dict[str, int] = {}
    fixed: dict[str, int] = {}
    recorded: list[tuple[int, int, str, str]] = []
    for view in views:
        start, length = number(attribute(view, "Start")), number(attribute(view, "Length"))
        if start is None or length is None or not (start >= 0 and length >= 1 and start + length <= width):
            return BadInputError(where, "a view of places that the points do not have", f"places up to {width}")
        first, many = int(start), int(length)
        kind = next((value for key, value in view.items() if key.rpartition("}")[2] == "type"), "")
        if kind.startswith("Fixed"):
            fixed[attribute(view, "LogicName")] = first
        elif kind.startswith("Varying"):
            names = [
                attribute(e, "AxisId") or attribute(e, "FieldName") for e in view.iter() if _is(e, "FieldDefinitions")
            ]
            is_axes = attribute(child(view, "Varying"), "LogicName") in {"", "ScanAxes"}
            for at, name in enumerate(names[:many]):
                (found if is_axes else others)[name] = first + at
        else:
            recording = child(view, "Recording")
            base = attribute(child(recording, "Unit"), "Base")
            recorded.append((first, many, base, attribute(recording, "VisibleName")))
    return _chosen(found, others, fixed, recorded, where)


def _chosen(
    axes: dict[str, int], others: dict[str, int], fixed: dict[str, int],
    recorded: list[tuple[int, int, str, str]], where: str,
) -> _Columns | BadInputError:  # fmt: skip
    if "TwoTheta" not in axes:
        return BadInputError(where, "points without 2θ", "a scan along 2θ")
    counters = [r for r in recorded if r[2].lower() in {"counts", "count", ""}] or recorded
    if not counters:
        return BadInputError(where, "points without intensity", "a recorded view")
    first, many, base, _ = counters[0]
    if many > 1:
        return BadInputError(where, f"a detector frame of {many} channels at each point", "one intensity a point")
    for at, length, _, name in recorded:
        if at != first and length == 1:
            others[name or f"datum {at + 1}"] = at
    unit = {"counts": "counts", "count": "counts", "cps": "counts/s", "countspersecond": "counts/s"}
    return _Columns(
        axes, first, fixed.get("MeasuredTime"), fixed.get("AbsorptionFactor"), unit.get(base.lower(), "a.u."), others
    )


def _is(element: Element, name: str) -> bool:
    return isinstance(element.tag, str) and element.tag.rpartition("}")[2] == name


def _time(table: Floats, columns: _Columns, more: dict[str, NDArray[np.generic]]) -> float | None:
    if columns.time is None:
        return None
    time = table[:, columns.time]
    if np.ptp(time) == 0:
        return float(time[0]) if time[0] > 0 else None
    more["MeasuredTime (s)"] = time
    return None


def _notes(root: Element, route: Element, points: int) -> list[str]:
    notes = []
    status = text_of(root, "MeasurementStatus")
    if status and status.lower() not in {"measured", "finished", "completed"}:
        notes.append(f"the scan is {status.lower()}")
    planned = number(text_of(route, "ScanInformation", "MeasurementPoints"))
    if planned is not None and planned != points:
        notes.append(f"the file announces {planned:g} points and holds {points}: the scan was cut short")
    if len(children(child(route, "SubScans"), "SubScanInfo")) > 1:
        notes.append("the scan is put together from several parts")
    return notes


def _value(element: Element | None, name: str) -> str:
    return attribute(child(element, name), "Value")


def _temperature(root: Element) -> float | None:
    """Temperature of the stage in kelvin, if a fixed drive says it with its unit."""
    for drive in children(child(root, "FixedInformation", "Drives"), "InfoData"):
        name = attribute(drive, "LogicName") or attribute(drive, "VisibleName")
        value = number(attribute(child(drive, "Position"), "Value"))
        unit = attribute(child(drive, "Position"), "Unit").lower()
        if _TEMPERATURE.search(name) and value is not None:
            if unit in {"°c", "c", "celsius"}:
                return value + ZERO_CELSIUS_K
            if unit in {"k", "kelvin"} and value > 0:
                return value
    return None


def _about(root: Element, scan: Element | None, tube: Element | None, container: Element | None) -> About:
    said = {attribute(e, "Name"): attribute(e, "Value") for e in root.iter() if _is(e, "InfoItem")}
    info = child(container, "MeasurementInfo")
    device = child(container, "ExperimentInfo", "InstrumentDescription")
    generator = child(tube, "Generator")
    settings = {
        "ScanName": attribute(scan, "ScanName"),
        "ScanMode": text_of(scan, "ScanModeVisibleName") or text_of(scan, "ScanMode"),
        "TimePerStep": text_of(scan, "TimePerStep"),
        "TimeStampFinished": text_of(root, "TimeStampFinished"),
        "InstrumentName": text_of(device, "InstrumentName"),
        "SerialNo": text_of(device, "SerialNo"),
        "UserName": attribute(info, "UserName") or said.get("User", ""),
        "WaveLengthBeta": _value(tube, "WaveLengthBeta"),
        "Voltage (kV)": _value(generator, "Voltage"),
        "Current (mA)": _value(generator, "Current"),
    }
    for drive in children(child(root, "FixedInformation", "Drives"), "InfoData"):
        position = child(drive, "Position")
        settings[f"{attribute(drive, 'LogicName')} ({attribute(position, 'Unit')})"] = attribute(position, "Value")
    return About(
        instrument=text_of(device, "DeviceTypeDesc") or "Bruker",
        software=f"DIFFRAC {text_of(container, 'CreatingVersion')}".strip(),
        technique=attribute(scan, "VisibleName") or attribute(scan, "ScanName"),
        start_time=text_of(root, "TimeStampStarted"),
        sample=attribute(info, "SampleName") or said.get("SampleName", ""),
        comment=attribute(info, "Comment") or said.get("Comment", ""),
        settings={key: value for key, value in settings.items() if value},
    )


PLUGIN = Reader(
    title="Bruker BRML",
    looks_like=looks_like,
    read=read,
    suffixes=(".brml",),
    documented_at="https://github.com/FAIRmat-NFDI/readers-xrd",
    gives=("diffraction",),
    instruments=("Bruker",),
)
