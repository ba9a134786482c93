"""Text exports of SPECS programs (SpecsLab 2, SpecsLab Prodigy): ``.xy`` with comments before each curve.

A file holds groups, their regions, the cycles of each, and their curves, scans or detector channels as the export was
set; each curve becomes a record, and external channels become columns of it. Traps: the energy axis is kinetic or
binding by a setting of the export and some regions do not scan the energy at all (photon energies, fixed energies):
a first energy that is not the one of the region's header is refused; kinetic energies of SPECS files count from
the Fermi level, so binding is photon minus kinetic energy without the work function (both exports of one measurement
in the samples agree on that), but a file says only one of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.open_end import has_open_end, settled
from limetal.readers._kit.specs import no_energy_scan, photon_energy
from limetal.readers._kit.spectra import (
    intensity_unit_of,
    is_sound,
    iso_time,
    number_or_none,
    with_distinct_labels,
)
from limetal.records.base import About
from limetal.records.photoelectrons import PhotoelectronRecord

Floats = NDArray[np.float64]
_FIRST = re.compile(r"^([#%;!/*]{1,3})\s*Created by:\s*(SpecsLab.*)$")
_CURVE = re.compile(r"Cycle:\s*(\d+)\s*,\s*Curve:\s*(\d+)\s*(?:,\s*(Scan|Channel):\s*(\d+))?(?:\s*,\s*(.*))?")
_CYCLE = re.compile(r"Cycle:\s*(\d+)")
_EXTERNAL = re.compile(r"External Channel Data Cycle:\s*(\d+)\s*,\s*(.*)")
_AXIS = re.compile(r"values in (kinetic|binding) energy", re.IGNORECASE)
_PARAMETER = re.compile(r'Parameter:\s*"\s*(.*?)\s*"\s*=\s*(.*)')
_ENTRY = re.compile(r"([^:]{1,60}?):\s*(.*)")
_DATES = ("%m/%d/%y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S")
_KNOWN_COLUMNS = ("energy", "index", "time")


@dataclass
class _Curve:
    """One curve of the file, while it is being read."""

    region: dict[str, str]
    group: str
    axis: str
    place: dict[str, int]  # cycle, curve, scan, channel
    more: dict[str, str] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    external: str = ""
    lines: list[int] = field(default_factory=list)


def looks_like(file: RawFile) -> bool:
    r"""Whether the first line is that of an export of SpecsLab.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.xy"
    >>> _ = path.write_text("# Created by:        SpecsLab Prodigy, Version 4.100\n#\n")
    >>> looks_like(RawFile(path))
    True
    """
    return any(_FIRST.match(line) for line in file.head_lines[:3])


def read(file: RawFile, options: ReadOptions) -> list[PhotoelectronRecord]:  # noqa: ARG001 - one signature for all
    r"""Read every curve of the export as a record.

    Raises
    ------
    BadInputError
        With the line of a row that does not fit, or if no region scans an energy.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.xy"
    >>> text = "# Created by: SpecsLab2, Version 2.79\n# values in binding energy\n# Region: P 2p\n"
    >>> text += "# Cycle: 0, Curve: 0\n# ColumnLabels: energy counts/s\n139.9  661.8\n139.8  660.7\n"
    >>> _ = path.write_text(text)
    >>> record = read(RawFile(path), ReadOptions())[0]
    >>> record.region, record.binding_energy_electronvolt.tolist(), record.intensity_unit
    ('P 2p', [139.9, 139.8], 'counts/s')
    """
    lines = file.lines
    first = next((match for line in lines[:3] if (match := _FIRST.match(line))), None)
    if first is None:
        raise BadInputError(f"{file.where}, line 1", repr(lines[0][:60]), "'# Created by: SpecsLab ...'")
    export, curves = _curves(lines, first[1])
    records: list[PhotoelectronRecord] = []
    left_out: dict[str, int] = {}
    ends = not lines[-1].strip()
    for curve in curves:
        if not curve.lines:
            continue
        is_last = curve is curves[-1]
        if curve.external:
            records[-1:] = [_with_channel(r, curve, lines, file.where) for r in records[-1:]]
            continue
        result = _record(curve, lines, file.where, first[2].strip(), export, is_last and not ends)
        if isinstance(result, str):
            left_out[result] = left_out.get(result, 0) + 1
        else:
            records.append(result)
    said = [f"{count} curve{'s' * (count > 1)} left out: {reason}" for reason, count in left_out.items()]
    if not records:
        raise BadInputError(file.where, said[0] if said else "headers and no curve", "an energy spectrum")
    return with_distinct_labels([r.warned(*said[:20]) for r in _labelled(records)])


def _curves(lines: list[str], prefix: str) -> tuple[dict[str, str], list[_Curve]]:
    """Part the lines into curves, each with the headers that hold for it."""
    export: dict[str, str] = {}
    region: dict[str, str] = {}
    cycle: dict[str, str] = {}
    group, axis, curves = "", "", list[_Curve]()
    for at, line in enumerate(lines):
        if not line.startswith(prefix):
            if curves and line.strip():
                curves[-1].lines.append(at)
            continue
        text = line[len(prefix) :].strip()
        if not text:
            continue
        open_curve = curves[-1] if curves and not curves[-1].lines else None
        if match := _CURVE.fullmatch(text):
            place = {"cycle": int(match[1][:9]), "curve": int(match[2][:9])}
            if match[3]:
                place[match[3].lower()] = int(match[4][:9])
            curves.append(_Curve(region, group, axis or _export_axis(export), place, dict(cycle)))
        elif match := _EXTERNAL.fullmatch(text):
            curves.append(_Curve(region, group, axis, {"cycle": int(match[1][:9])}, external=match[2].strip()))
        elif match := _CYCLE.fullmatch(text):
            cycle = {}
        elif match := _AXIS.fullmatch(text):
            axis = match[1].lower()
        elif match := _PARAMETER.fullmatch(text):
            (open_curve.more if open_curve else cycle if region else export)[match[1]] = match[2].strip()
        elif match := _ENTRY.fullmatch(text):
            key, value = match[1].strip(), match[2].strip()
            if key == "Group":
                group, region, cycle = value, {}, {}
            elif key == "Region":
                region, cycle = {"Region": value}, {}
            elif key == "ColumnLabels" and curves:
                curves[-1].columns = value.split(None, 1) if curves[-1].external else value.split()
            elif open_curve is not None:
                open_curve.more[key] = value
            else:
                (region if region else export)[key] = value
    return export, curves


def _export_axis(export: dict[str, str]) -> str:
    """Kinetic or binding, as the settings of the export say; SpecsLab 2 asks yes or no, Prodigy names it."""
    if named := re.match(r"(kinetic|binding)", export.get("Energy Axis", ""), re.IGNORECASE):
        return named[1].lower()
    return {"yes": "kinetic", "no": "binding"}.get(export.get("Kinetic Energy Axis", "").lower(), "")


def _record(
    curve: _Curve, lines: list[str], where: str, software: str, export: dict[str, str], unsure: bool
) -> PhotoelectronRecord | str:
    """One curve as a record, or why it is none."""
    region, mode = curve.region, curve.region.get("Scan Mode", "")
    reason = no_energy_scan(mode)
    columns = curve.columns or ["energy", "counts"]
    if reason or columns[0].lower() != "energy":
        return reason or f"its points are counted by {columns[0]}, not by energy"
    table, said = _table(curve, lines, where, unsure)
    if len(table) < 2:
        return f"it has {len(table)} points"
    axis = _axis(curve, table[:, 0], mode, where)
    intensity_at = next((i for i, c in enumerate(columns) if i and "count" in c.lower()), 1)
    names = [*columns, *(f"column {i + 1}" for i in range(len(columns), table.shape[1]))]
    number = {key: number_or_none(value) for key, value in {**region, **curve.more}.items()}
    method = region.get("Analysis Method", "")
    if method in ("ISS", "AES", "EELS", "ELS"):
        said.append(f"the method is {method}: not photoelectrons")
    return PhotoelectronRecord(
        binding_energy_electronvolt=table[:, 0] if axis == "binding" else None,
        kinetic_energy_electronvolt=table[:, 0] if axis == "kinetic" else None,
        intensity=table[:, intensity_at],
        intensity_unit=intensity_unit_of(names[intensity_at]) if curve.columns else _export_unit(export),
        region=region.get("Region", ""),
        photon_energy_eV=photon_energy(method or "XPS", number.get("Excitation Energy")),
        pass_energy_eV=number.get("Pass Energy") if mode != "FixedRetardingRatio" else None,
        dwell_time_s=number.get("Dwell Time"),
        work_function_eV=number.get("Eff. Workfunction"),
        scans=1.0 if "scan" in curve.place else number.get("Number of Scans"),
        source=where,
        label=" | ".join(f"{key} {value}" for key, value in curve.place.items()),
        about=_about(curve, software),
        more={names[i]: table[:, i] for i in range(1, table.shape[1]) if i != intensity_at},
        warnings=tuple(said),
    )


def _export_unit(export: dict[str, str]) -> str:
    if export.get("Counts Per Second", "").lower() == "yes":
        return "counts/s"
    return intensity_unit_of(export.get("Count Rate", ""))


def _table(curve: _Curve, lines: list[str], where: str, unsure: bool) -> tuple[Floats, list[str]]:
    """Numbers of a curve; a last row that the end of the file may have cut is left out, and said."""
    rows = [lines[at].replace(",", ".").split() for at in curve.lines]
    said: list[str] = []
    width = len(curve.columns) or len(rows[0])
    wanted = number_or_none(curve.region.get("Values/Curve", ""))
    if unsure:
        is_short = wanted is not None and len(rows) < wanted
        is_used = width <= 2 or not curve.columns or "count" in curve.columns[-1].lower()
        rows, said = settled(
            rows, curve.lines[-1] + 1, width=width, is_used=is_used, is_known_cut=is_short, is_open=has_open_end(lines)
        )
    for at, row in zip(curve.lines, rows, strict=False):
        if len(row) != width:
            raise BadInputError(f"{where}, line {at + 1}", f"{len(row)} numbers", f"{width} as its ColumnLabels say")
    try:
        table = np.array(rows, dtype="U").astype(np.float64).reshape(-1, width)
        sound = np.isfinite(table).all(axis=1) & is_sound(table)
    except ValueError:
        sound = np.array([all(number_or_none(t) is not None for t in row) for row in rows])
    if not sound.all() or any("_" in lines[at] for at in curve.lines):
        bad = curve.lines[int(np.argmin(sound))]
        raise BadInputError(f"{where}, line {bad + 1}", repr(lines[bad].strip()[:60]), f"{width} numbers")
    if wanted and len(table) < wanted and not unsure:
        said.append(f"{len(table)} points of {wanted:g}: the measurement or the file was cut short")
    elif wanted and len(table) > wanted:
        place = f"{where}, line {curve.lines[int(wanted)] + 1}"
        raise BadInputError(place, f"point {int(wanted) + 1} of a curve of {wanted:g} points", "the next curve")
    return table, said


def _axis(curve: _Curve, energy: Floats, mode: str, where: str) -> str:
    """Kinetic or binding, checked against the first energy that the header of the region states."""
    stated = {kind: number_or_none(curve.region.get(f"{kind.title()} Energy", "")) for kind in ("kinetic", "binding")}
    given = [kind for kind, value in stated.items() if value is not None]
    axis = curve.axis or (given[0] if len(given) == 1 else "")
    place = f"{where}, line {curve.lines[0] + 1}"
    if not axis:
        raise BadInputError(place, "energies that the file calls neither kinetic nor binding", "one of them")
    first, step = stated.get(axis), abs(float(energy[1] - energy[0]))
    if first is None and given and mode.startswith("Fixed"):
        found = f"{axis} energies under a header with a {given[0]} energy only"
        raise BadInputError(place, found, "one kind of energy")
    if first is not None and mode.startswith("Fixed") and abs(energy[0] - first) > max(step, 1e-3):
        found = f"energies from {energy[0]:g} eV under a header that begins at {first:g} eV"
        raise BadInputError(place, found, "one beginning")
    return axis


def _with_channel(record: PhotoelectronRecord, curve: _Curve, lines: list[str], where: str) -> PhotoelectronRecord:
    """Add an external channel measured beside a curve, where it has the same energies."""
    try:
        table, _ = _table(replace(curve, columns=["energy", "value"]), lines, where, unsure=False)
    except BadInputError:
        table = np.empty((0, 2))
    energy = record.binding_energy_electronvolt
    energy = record.kinetic_energy_electronvolt if energy is None else energy
    if energy is None or len(table) != record.rows or not np.allclose(table[:, 0], energy, atol=1e-6):
        return record.warned(f"the channel {curve.external} was left out: it has other energies than the curve")
    return replace(record, more={**record.more, curve.external: table[:, 1]})


def _about(curve: _Curve, software: str) -> About:
    region = {**curve.region, **curve.more}
    date = region.get("Acquisition Date", "")
    start = iso_time(date.removesuffix(" UTC"), *_DATES)
    if start == date.removesuffix(" UTC"):
        start = ""
    return About(
        instrument=region.get("Analyzer", ""),
        software=software,
        technique=region.get("Analysis Method", ""),
        start_time=f"{start}+00:00" if start and date.endswith(" UTC") else start,
        sample=curve.group,
        comment=region.get("Comment", ""),
        settings={key: value for key, value in region.items() if value and key not in ("Region", "Comment")},
    )


def _labelled(records: list[PhotoelectronRecord]) -> list[PhotoelectronRecord]:
    """Name records by group and region, and by cycle, curve, scan or channel where a region has several."""
    groups = {r.about.sample for r in records}
    base = [f"{r.about.sample}, {r.region}" if len(groups) > 1 and r.about.sample else r.region for r in records]
    same: dict[str, list[dict[str, str]]] = {}
    places = [dict(part.rsplit(" ", 1) for part in r.label.split(" | ")) for r in records]
    for name, place in zip(base, places, strict=True):
        same.setdefault(name, []).append(place)
    named = []
    for record, name, place in zip(records, base, places, strict=True):
        telling = [k for k in place if len({p.get(k) for p in same[name]}) > 1 or k == "channel"]
        words = [name, *(f"{key} {place[key]}" for key in telling)]
        named.append(replace(record, label=", ".join(w for w in words if w)))
    return named


PLUGIN = Reader(
    title="SPECS text export (.xy)",
    looks_like=looks_like,
    read=read,
    suffixes=(".xy",),
    documented_at="https://fairmat-nfdi.github.io/pynxtools-xps/reference/specs.html",
    gives=("photoelectrons",),
    instruments=("SPECS",),
)
