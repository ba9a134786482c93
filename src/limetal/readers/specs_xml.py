"""Files of SPECS' SpecsLab 2 in XML (``CORBA XML document``, XMLSerializer 1.3 to 1.6).

Regions hold cycles, cycles hold scans, scans hold counts. A record is one cycle of one region: its scans added up, in
counts; the single scans stand in ``more``. With several channels (MCD) a scan has ``head + values + tail`` points
of each channel, point by point; channel k lies ``shift`` times the pass energy away from the nominal energy. Their
counts are brought to the nominal energies, to the nearest step, and added up, as SpecsLab does; this is said.
The axis is kinetic energy; the file does not say how binding energies follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.specs import no_energy_scan, photon_energy
from limetal.readers._kit.spectra import MAX_RECORDS, is_sound, number_or_none, with_distinct_labels
from limetal.records.base import About
from limetal.records.photoelectrons import PhotoelectronRecord

Floats = NDArray[np.float64]
_MOST_POINTS = 10_000_000
_MOST_SCANS_KEPT = 500
_SETTINGS = ("analyzer_lens", "analyzer_slit", "bias_voltage", "detector_voltage", "detector_dataset")


def looks_like(file: RawFile) -> bool:
    r"""Whether it is XML with the types of SPECS.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.xml"
    >>> _ = path.write_text('<any><sequence type_id="IDL:specs.de/Serializer/RegionGroupSeq:1.0"/></any>')
    >>> looks_like(RawFile(path))
    True
    """
    return file.head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<") and b"IDL:specs.de/" in file.head


def read(file: RawFile, options: ReadOptions) -> list[PhotoelectronRecord]:  # noqa: ARG001 - one signature for all
    r"""Read every cycle of every region as a record.

    Raises
    ------
    BadInputError
        If the XML is cut, or no region scans an energy.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.xml"
    >>> numbers = {"values_per_curve": 3, "scan_delta": 0.1, "kinetic_energy": 1200, "dwell_time": 0.2}
    >>> _ = path.write_text(
    ...     '<any><sequence type_id="IDL:specs.de/Serializer/RegionGroupSeq:1.0"><struct type_name="RegionGroup">'
    ...     '<string name="name">G</string><struct type_name="RegionData"><string name="name">C 1s</string>'
    ...     '<struct name="region">' + "".join(f'<double name="{k}">{v}</double>' for k, v in numbers.items()) +
    ...     '</struct><sequence name="cycles"><struct type_name="Cycle"><struct type_name="ScanData">'
    ...     '<sequence name="counts"><ulong>5 7 9</ulong></sequence></struct></struct></sequence></struct></struct>'
    ...     '</sequence></any>'
    ... )
    >>> record = read(RawFile(path), ReadOptions())[0]
    >>> record.kinetic_energy_electronvolt.round(3).tolist(), record.intensity.tolist(), record.label
    ([1200.0, 1200.1, 1200.2], [5.0, 7.0, 9.0], 'C 1s')
    """
    root = file.xml()
    groups = list(_structs(root, "RegionGroup"))
    records: list[PhotoelectronRecord] = []
    left_out: list[str] = []
    for group in groups:
        name = _text(group, "name")
        for region in _structs(group, "RegionData"):
            for record in _records(region, name, file.where, left_out):
                records.append(record if len(groups) == 1 or not name else _renamed(record, name))
                if len(records) > MAX_RECORDS:
                    raise BadInputError(file.where, f"more than {MAX_RECORDS} spectra", "fewer")
    if not records:
        raise BadInputError(file.where, left_out[0] if left_out else "no region", "an energy spectrum")
    return with_distinct_labels([r.warned(*left_out[:20]) for r in records])


def _records(region: Element, group: str, where: str, left_out: list[str]) -> Iterator[PhotoelectronRecord]:
    """Yield the cycles of a region; what is no spectrum goes into ``left_out`` with the reason."""
    name = _text(region, "name")
    definition = _child(region, "region")
    place = f"{where}, region {name}"
    if definition is None:
        raise BadInputError(place, "no definition of the region", "one")
    mode = _text(_child(definition, "scan_mode"), "name")
    reason = no_energy_scan(mode)
    cycles = list(_structs(region, "Cycle"))
    if not cycles and next(_structs(region, "CompactCycle"), None) is not None:
        reason = reason or "its cycles are stored in SpecsLab's compact way, which is not read"
    elif not cycles:
        reason = reason or "nothing was measured"
    elif number_or_none(_text(definition, "values_per_curve")) in (0.0, 1.0):
        reason = reason or f"it has {_text(definition, 'values_per_curve')} points"
    if reason:
        left_out.append(f"region {name} was left out: {reason}")
        return
    setup = _Setup(region, definition, place)
    for number, cycle in enumerate(cycles):
        scans, said = setup.scans(cycle)
        if not scans:
            left_out.append(f"region {name}, cycle {number} was left out: {said[0] if said else 'it has no scan'}")
            continue
        label = name if len(cycles) == 1 else f"{name}, cycle {number}"
        yield setup.record(scans, said, label, group, where, _text(cycle, "time"))


class _Setup:
    """How a region was measured."""

    def __init__(self, region: Element, definition: Element, place: str) -> None:
        self.region, self.definition, self.place = region, definition, place
        self.name = _text(region, "name")
        self.values = self._whole(definition, "values_per_curve", least=2)
        self.curves = self._whole(definition, "curves_per_scan", default=1)
        self.head, self.tail = self._whole(region, "mcd_head", default=0), self._whole(region, "mcd_tail", default=0)
        self.start, self.delta = self._number("kinetic_energy"), self._number("scan_delta")
        if self.delta == 0 or max(abs(self.delta), abs(self.start)) > 1e6:
            raise BadInputError(place, f"energies from {self.start:g} eV in steps of {self.delta:g} eV", "a scan")
        detectors = list(_structs(region, "Detector"))
        self.shifts = [number_or_none(_text(d, "shift")) or 0.0 for d in detectors] or [0.0]
        self.gains = [number_or_none(_text(d, "gain")) for d in detectors]
        self.pass_energy = number_or_none(_text(definition, "pass_energy"))
        self.mode = _text(_child(definition, "scan_mode"), "name")

    def scans(self, cycle: Element) -> tuple[list[Floats], list[str]]:
        """Counts of every scan at the nominal energies, channels added up."""
        points = self.head + self.values + self.tail
        wanted = points * len(self.shifts) * self.curves
        found, said = [], []
        for number, scan in enumerate(_structs(cycle, "ScanData")):
            counts = _numbers(_child(scan, "counts"), f"{self.place}, scan {number}")
            if counts.size == self.values * self.curves == wanted or counts.size == wanted:
                if self.curves > 1:
                    return [], [f"it has {self.curves} curves a scan (angles or positions), which are not read"]
                found.append(self._added(counts.reshape(points, len(self.shifts))))
            elif counts.size:
                said.append(f"scan {number} was left out: it has {counts.size} counts of {wanted}")
            scaling = _numbers(_child(scan, "scaling_factors"), f"{self.place}, scan {number}")
            if scaling.size and not np.all(scaling == 1):
                said.append(f"scan {number} has scaling factors, which are not applied")
        if len(self.shifts) > 1 and found:
            said.append(
                f"counts of {len(self.shifts)} channels were brought to one energy scale (shift times pass energy, to "
                "the nearest step) and added up"
            )
        if any(gain not in (None, 1.0) for gain in self.gains):
            said.append(f"channels have gains {self.gains}, which are not applied")
        return found, said

    def _added(self, counts: Floats) -> Floats:
        """Counts of all channels at the nominal energies; a channel off by more than head and tail is refused."""
        total = np.zeros(self.values)
        for channel, shift in enumerate(self.shifts):
            moved = shift * (self.pass_energy or 0.0) / self.delta
            if abs(moved) > _MOST_POINTS:
                raise BadInputError(self.place, f"channel {channel} shifted by {moved:.3g} points", "a small shift")
            first = self.head - round(moved)
            if first < 0 or first + self.values > len(counts):
                found = f"channel {channel} shifted by {moved:.3g} points, beyond the {self.head} before the scan"
                raise BadInputError(self.place, found, "a shift within the points measured")
            total += counts[first : first + self.values, channel]
        return total

    def record(
        self, scans: list[Floats], said: list[str], label: str, group: str, where: str, time: str
    ) -> PhotoelectronRecord:
        """One cycle."""
        definition = self.definition
        more: dict[str, NDArray[np.generic]] = {}
        if 1 < len(scans) <= _MOST_SCANS_KEPT:
            more = {f"scan {number}": counts for number, counts in enumerate(scans)}
        transmission = _numbers(_child(self.region, "transmission"), self.place)
        if transmission.size == self.values:
            more["transmission"] = transmission
        stated = number_or_none(_text(definition, "num_scans"))
        if stated and stated != len(scans):
            said.append(f"{len(scans)} scans of {stated:g}")
        method = _text(definition, "analysis_method")
        if method in ("ISS", "AES", "EELS", "ELS"):
            said.append(f"the method is {method}: not photoelectrons")
        total: Floats = np.sum(scans, axis=0)
        return PhotoelectronRecord(
            binding_energy_electronvolt=None,
            kinetic_energy_electronvolt=self.start + self.delta * np.arange(self.values, dtype=np.float64),
            intensity=total,
            intensity_unit="counts",
            region=self.name,
            photon_energy_eV=photon_energy(method, number_or_none(_text(definition, "excitation_energy"))),
            pass_energy_eV=self.pass_energy if self.mode != "FixedRetardingRatio" else None,
            dwell_time_s=number_or_none(_text(definition, "dwell_time")),
            work_function_eV=number_or_none(_text(definition, "effective_workfunction")),
            scans=float(len(scans)),
            source=where,
            label=label,
            about=self._about(method, group, time),
            more=more,
            warnings=tuple(said),
        )

    def _about(self, method: str, group: str, time: str) -> About:
        settings = {key: _text(self.definition, key) for key in _SETTINGS}
        settings["scan_mode"], settings["group"] = self.mode, group
        source = _child(self.region, "source_info")
        settings["source"] = _text(source, "name")
        for parameter in _structs(self.region, "Parameter"):
            value = "".join(parameter.itertext()).replace(_text(parameter, "name"), "", 1).strip()
            if _text(parameter, "name") and value and len(value) < 200:
                settings.setdefault(_text(parameter, "name"), value)
        comment = settings.pop("Comment", "")
        return About(
            instrument=_text(_child(self.region, "analyzer_info"), "name"),
            software="SpecsLab",
            technique=method,
            start_time=_moment(time),
            sample=group,
            comment=comment,
            settings={key: value for key, value in settings.items() if value},
        )

    def _number(self, name: str) -> float:
        value = number_or_none(_text(self.definition, name))
        if value is None:
            raise BadInputError(self.place, f"{name} {_text(self.definition, name)!r}", "a number")
        return value

    def _whole(self, parent: Element, name: str, default: int | None = None, least: int = 0) -> int:
        text = _text(parent, name)
        value = number_or_none(text)
        if value is None and not text and default is not None:
            return default
        if value is None or value != int(value) or not least <= value <= _MOST_POINTS:
            raise BadInputError(self.place, f"{name} {text!r}", "a whole number that is possible")
        return int(value)


def _structs(parent: Element, kind: str) -> Iterator[Element]:
    return (e for e in parent.iter("struct") if e.get("type_name") == kind)


def _child(parent: Element | None, name: str) -> Element | None:
    return None if parent is None else next((e for e in parent if e.get("name") == name), None)


def _text(parent: Element | None, name: str) -> str:
    child = _child(parent, name)
    return "" if child is None else (child.text or "").strip()


def _numbers(parent: Element | None, place: str) -> Floats:
    """Numbers of a sequence, whether in one element or in one each."""
    words = " ".join(parent.itertext()).split() if parent is not None else []
    try:
        values = np.array(words, dtype="U").astype(np.float64) if words else np.empty(0)
    except ValueError as error:
        bad = next((w for w in words if number_or_none(w) is None), "")
        raise BadInputError(place, repr(bad[:40]), "numbers") from error
    if not is_sound(values) or any("_" in w for w in words):
        raise BadInputError(place, "values that are no numbers", "finite numbers")
    return values


def _moment(time: str) -> str:
    seconds = number_or_none(time)
    if seconds is None or not 0 < seconds < 4e9:
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _renamed(record: PhotoelectronRecord, group: str) -> PhotoelectronRecord:
    return replace(record, label=f"{group}, {record.label}")


PLUGIN = Reader(
    title="SPECS SpecsLab XML",
    looks_like=looks_like,
    read=read,
    suffixes=(".xml",),
    documented_at="https://fairmat-nfdi.github.io/pynxtools-xps/reference/specs.html",
    gives=("photoelectrons",),
    instruments=("SPECS",),
)
