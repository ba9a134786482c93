r"""PalmSens sessions (``.pssession`` of PSTrace, PStouch, MultiTrace): JSON in UTF-16 with many measurements.

Every measurement has a method (text), a data set of arrays, and curves for the plot; spectra have a data set each.
Traps: a byte order mark may also *follow* the JSON; texts hold raw control characters; currents are in microamperes
though the unit's symbol is ``A``; imaginary impedances are stored as -Z'' and phases as -phase, as the unit's quantity
says; the time array of a voltammogram belongs to its first scan only; files of PSTrace 5.0 have curves and no data
set. Currents are positive when anodic.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit import palmsens as ps
from limetal.readers._kit.decode import decode
from limetal.readers._kit.echem_text import blocks_of, distinct, free_name, lone_point
from limetal.readers._kit.palmsens import Array, Method, arrays_of, get, items
from limetal.records.base import About, Record
from limetal.records.cycling import CyclingRecord
from limetal.records.impedance import ImpedanceRecord
from limetal.records.polarisation import PolarisationRecord

Floats = NDArray[np.float64]

_MARK = "palmsens.datafiles.sessionfile"
_SPECTRA = {"eis", "geis", "fis", "fgis"}
_PULSES = {"dpv", "swv", "npv"}
_SWEEPS = {"lsv", "cv", "fcv", "acv", "lsp", *_PULSES}
_IN_TIME = {"ad", "fam", "mamp", "pad", "mpad", "cc", "pot", "mpot", "scp", "ocp", "mm", "ca", "cp"}
_RATED = {"lsv", "cv", "fcv", "dpv", "npv"}
_MAX_MEASUREMENTS = 10_000


@dataclass
class _Measurement:
    """One measurement on its way to records."""

    bag: object
    title: str
    method: Method
    where: str
    source: str
    notes: list[str]

    def about(self) -> About:
        """What the file says about it."""
        settings = dict(self.method.settings)
        settings.pop("NOTES", None)
        for key in ("DeviceUsed", "DeviceSerial", "DeviceFW"):
            value = get(self.bag, key.lower())
            if value not in (None, ""):
                settings[key] = str(value)
        return About(
            instrument="PalmSens",
            software=self.method.software,
            technique=self.title,
            start_time=ps.start_of(self.bag),
            comment=self.method.notes,
            settings=settings,
        )


def looks_like(file: RawFile) -> bool:
    r"""Whether the first bytes hold the name of PalmSens' session class, in UTF-16 or UTF-8.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.pssession"
    >>> _ = path.write_text('{"Type":"PalmSens.DataFiles.SessionFile"}', encoding="utf-16")
    >>> looks_like(RawFile(path))
    True
    """
    head = file.head[:8192].lower()
    return any(_MARK.encode(encoding) in head for encoding in ("utf-16-le", "utf-8", "utf-16-be"))


def read(file: RawFile, options: ReadOptions) -> list[Record]:  # noqa: ARG001 - one signature for all
    """Read every measurement: a record for each spectrum, scan and run in time.

    Voltammograms become polarisation records, spectra impedance records, and runs in time cycling records. A
    measurement that cannot be read is named in the warnings of the first record.

    Raises
    ------
    BadInputError
        If the JSON is cut or garbled, or no measurement can be read.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> volt, ampere = ({"Type": f"PalmSens.Units.{u}", "S": u[0], "Q": ""} for u in ("Volt", "MicroAmpere"))
    >>> arrays = [
    ...     {"ArrayType": 1, "Description": "potential", "Unit": volt, "DataValues": [{"V": 0.0}, {"V": 0.1}]},
    ...     {"ArrayType": 2, "Description": "current", "Unit": ampere, "DataValues": [{"V": 0.0}, {"V": 5.0}]},
    ... ]
    >>> session = {
    ...     "Type": "PalmSens.DataFiles.SessionFile",
    ...     "Measurements": [{"Title": "LSV", "Method": "METHOD_ID=lsv", "DataSet": {"Values": arrays}}],
    ... }
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.pssession"
    >>> _ = path.write_text(json.dumps(session), encoding="utf-16")
    >>> [record] = read(RawFile(path), ReadOptions())
    >>> record.potential_volt.tolist(), record.current_ampere.tolist()
    ([0.0, 0.1], [0.0, 5e-06])
    """
    session, remarks = _session(file)
    bags = items(session, "measurements")
    if len(bags) > _MAX_MEASUREMENTS:
        raise BadInputError(file.where, f"{len(bags)} measurements", f"at most {_MAX_MEASUREMENTS}")
    records: list[Record] = []
    failures: list[BadInputError] = []
    for number, bag in enumerate(bags, start=1):
        measurement = _measurement(bag, number, file.where)
        try:
            records += _records(measurement)
        except BadInputError as error:
            failures.append(error)
    if not records:
        if failures:
            raise failures[0]
        raise BadInputError(file.where, f"a session with {len(bags)} measurements and no data", "a measurement")
    remarks += [f"left out: {error.where.removeprefix(file.where).lstrip(', ')}: {error.found}" for error in failures]
    return _labelled(records, remarks)


def _session(file: RawFile) -> tuple[object, list[str]]:
    """Decode the JSON, whatever follows it."""
    where = file.where
    data = file.data
    try:
        text = data.decode("utf-16-le") if data[1:2] == b"\0" else decode(data, where)
    except UnicodeDecodeError as error:
        raise BadInputError(where, "bytes that are not UTF-16", "a session as PSTrace writes it") from error
    text = text.lstrip("\ufeff \t\r\n")
    try:
        session, end = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0][:80]
        raise BadInputError(where, f"JSON that is cut or garbled ({reason})", "a whole session") from error
    rest = text[end:].strip("\ufeff\ufffe\0 \t\r\n")
    return session, [f"{len(rest)} characters after the session are left out"] if rest else []


def _measurement(bag: object, number: int, source: str) -> _Measurement:
    title = str(get(bag, "title") or "").strip() or f"measurement {number}"
    method = Method.of(get(bag, "method"))
    return _Measurement(bag, title, method, f"{source}, {title!r}", source, [])


def _records(measurement: _Measurement) -> list[Record]:
    """Records of one measurement.

    Raises
    ------
    BadInputError
        If it holds nothing that can be read.
    """
    technique = measurement.method.id
    if technique and technique not in _SPECTRA | _SWEEPS | _IN_TIME:
        measurement.notes.append(
            f"the technique {technique!r} is not known: potential and current are read as they are"
        )
    spectra = [
        (str(get(bag, "title") or ""), items(get(bag, "dataset"), "values"))
        for bag in items(measurement.bag, "eisdatalist")
    ]
    values = items(get(measurement.bag, "dataset"), "values")
    if spectra:
        return [r for title, bags in spectra for r in _spectra(measurement, title, bags)]
    arrays = arrays_of(values, measurement.notes, measurement.where)
    kinds = {array.kind for array in arrays}
    if {ps.FREQUENCY, ps.Z_REAL, ps.Z_IMAGINARY} <= kinds:
        return list(_spectra(measurement, "", values))
    groups = _groups(arrays) or _groups_of_curves(measurement)
    if not groups:
        held = ", ".join(f"{a.description} ({a.rows})" for a in arrays[:6]) or "no values"
        raise BadInputError(
            measurement.where, f"arrays that make no record ({held})", "potentials with currents or times"
        )
    make: Callable[[_Measurement, list[Array], int, int], Record] = _in_time if technique in _IN_TIME else _sweep
    return [make(measurement, group, number, len(groups)) for number, group in enumerate(groups, start=1)]


def _groups(arrays: list[Array]) -> list[list[Array]]:
    """Arrays that were measured together: each potential begins a scan. Empty if that cannot be told."""
    potentials = [a for a in arrays if a.kind == ps.POTENTIAL]
    currents = [a for a in arrays if a.kind == ps.CURRENT]
    if not potentials or (currents and len(currents) != len(potentials)):
        return []
    if len(potentials) == 1:
        return [arrays]
    groups: list[list[Array]] = []
    before: list[Array] = []
    for array in arrays:
        if array.kind == ps.POTENTIAL:
            groups.append(before)
            before = []
        (groups[-1] if groups else before).append(array)
    if any(sum(a.kind == ps.CURRENT for a in group) != bool(currents) for group in groups):
        return []
    return groups


def _groups_of_curves(measurement: _Measurement) -> list[list[Array]]:
    """Arrays of the curves, where the data set is empty or does not say which belong together."""
    groups: list[list[Array]] = []
    for curve in items(measurement.bag, "curves"):
        bags = [get(curve, "xaxisdataarray"), get(curve, "yaxisdataarray")]
        pair = arrays_of(bags, measurement.notes, measurement.where)
        kinds = [array.kind for array in pair]
        if kinds == [ps.POTENTIAL, ps.CURRENT]:
            groups.append(
                [replace(a, description=f"{str(get(curve, 'title') or '').strip()} {a.description}") for a in pair]
            )
        elif kinds[:1] == [ps.TIME] and kinds[1:] in ([ps.POTENTIAL], [ps.CURRENT]):
            _join_in_time(groups, pair)
        else:
            title = str(get(curve, "title") or "")
            measurement.notes.append(f"the curve {title!r} is left out: it shows {_axes(pair)}")
    whole = [group for group in groups if any(a.kind == ps.POTENTIAL for a in group)]
    if len(whole) < len(groups):
        measurement.notes.append("a current against time is left out: the file has no potential to it")
    return whole


def _axes(pair: Sequence[Array]) -> str:
    return " against ".join(array.header for array in reversed(pair)) or "nothing"


def _join_in_time(groups: list[list[Array]], pair: list[Array]) -> None:
    """Add potential or current against time to the group with the same times that lacks it."""
    for group in groups:
        same = group[0].kind == ps.TIME and np.array_equal(group[0].stored, pair[0].stored)
        if same and all(array.kind != pair[1].kind for array in group):
            group.append(pair[1])
            return
    groups.append(pair)


def _sweep(measurement: _Measurement, group: list[Array], number: int, count: int) -> PolarisationRecord:
    """One scan of potential and current."""
    potential, current, rest, notes = _paired(measurement, group)
    if current is None:
        raise BadInputError(measurement.where, "a potential and no current", "a current")
    time, more = _others(rest, potential.size, measurement, notes, timed=number == 1)
    if count > 1 and number == 1 and time is not None:
        notes.append("the file has times for the first scan only")
    technique = measurement.method.id
    if technique in _PULSES:
        notes.append(f"{technique.upper()}: the current is the difference of two samples, not the current of the cell")
    rate = measurement.method.number("SCAN_RATE") if technique in _RATED else None
    return PolarisationRecord(
        potential_volt=potential,
        current_ampere=current,
        test_time_second=time,
        cycle_count=np.full(potential.size, number) if technique in {"cv", "fcv"} else None,
        scan_rate_V_s=rate if rate and rate > 0 else None,
        reference=measurement.method.settings.get("REF_ELECTRODE_NAME", ""),
        source=measurement.source,
        label=measurement.title if count == 1 else f"{measurement.title}: scan {number}",
        about=measurement.about(),
        more=more,
        warnings=(*measurement.notes, *notes) if number == 1 else tuple(notes),
    )


def _in_time(measurement: _Measurement, group: list[Array], number: int, count: int) -> CyclingRecord:
    """One run of potential, and current where it is stored, in time."""
    potential, current, rest, notes = _paired(measurement, group)
    time, more = _others(rest, potential.size, measurement, notes, timed=True)
    if time is None:
        raise BadInputError(measurement.where, "a run in time without as many times as potentials", "times")
    return CyclingRecord(
        test_time_second=time,
        voltage_volt=potential,
        current_ampere=current,
        source=measurement.source,
        label=measurement.title if count == 1 else f"{measurement.title}: curve {number}",
        about=measurement.about(),
        more=more,
        warnings=(*measurement.notes, *notes) if number == 1 else tuple(notes),
    )


def _paired(measurement: _Measurement, group: list[Array]) -> tuple[Floats, Floats | None, list[Array], list[str]]:
    """Potential and current of a group at equal length, the other arrays, and what was noticed."""
    notes: list[str] = []
    first = next(a for a in group if a.kind == ps.POTENTIAL)
    second = next((a for a in group if a.kind == ps.CURRENT), None)
    rest = [a for a in group if a is not first and a is not second]
    potential = first.values(measurement.where)
    if second is None:
        return potential, None, rest, notes
    current = second.values(measurement.where)
    if second.overloads:
        notes.append(f"{second.overloads} currents are marked as overloads of their range")
    rows = min(potential.size, current.size)
    if max(potential.size, current.size) > rows + 1:
        found = f"{potential.size} potentials and {current.size} currents"
        raise BadInputError(measurement.where, found, "as many of one as of the other")
    if max(potential.size, current.size) > rows:
        notes.append(
            f"{potential.size} potentials and {current.size} currents: the last was not finished and is left out"
        )
    return potential[:rows], current[:rows], rest, notes


def _others(
    arrays: Sequence[Array], rows: int, measurement: _Measurement, notes: list[str], *, timed: bool
) -> tuple[Floats | None, dict[str, NDArray[np.generic]]]:
    """Times, and the other arrays of the same length; those of another length are named."""
    time: Floats | None = None
    more: dict[str, NDArray[np.generic]] = {}
    for array in arrays:
        if array.rows != rows:
            notes.append(f"{array.header} has {array.rows} values for {rows} points and is left out")
        elif array.kind == ps.TIME and timed and time is None:
            time = array.values(measurement.where)
        else:
            more[free_name(array.header, more)] = array.stored
    if time is not None and not np.isfinite(time).all():
        notes.append("a time is no number, so the times are left out")
        time = None
    return time, more


def _spectra(measurement: _Measurement, title: str, bags: Sequence[object]) -> list[ImpedanceRecord]:
    """Spectra of one data set: one, or as many as its frequencies begin anew."""
    notes: list[str] = []
    where = f"{measurement.where}, {title!r}" if title else measurement.where
    arrays = arrays_of(bags, notes, where)
    by_kind: dict[int, Array] = {}
    for array in arrays:
        by_kind.setdefault(array.kind, array)
    missing = [
        n for n, k in (("frequency", ps.FREQUENCY), ("Z'", ps.Z_REAL), ("Z''", ps.Z_IMAGINARY)) if k not in by_kind
    ]
    if missing:
        raise BadInputError(where, f"no {' and no '.join(missing)}", "frequency, Z' and Z''")
    needed = [by_kind[k] for k in (ps.FREQUENCY, ps.Z_REAL, ps.Z_IMAGINARY)]
    rows = min(a.rows for a in needed)
    if any(a.rows != rows for a in needed):
        lengths = ", ".join(f"{a.rows} of {a.description}" for a in needed)
        if max(a.rows for a in needed) > rows + 1:
            raise BadInputError(where, f"arrays of unequal length ({lengths})", "one length")
        notes.append(f"the last point was not finished and is left out ({lengths})")
    frequency, real = (a.values(where)[:rows] for a in needed[:2])
    imaginary = _im_sign(needed[2], by_kind.get(ps.PHASE), where) * needed[2].values(where)[:rows]
    voltage = _first(by_kind, (ps.DC_POTENTIAL, ps.POTENTIAL), rows)
    current = _first(by_kind, (ps.DC_CURRENT, ps.CURRENT), rows)
    used = {id(a) for a in (*needed, voltage, current)}
    time, more = _others([a for a in arrays if id(a) not in used], rows, measurement, notes, timed=True)
    label = f"{measurement.title}: {title}" if title else measurement.title
    overloads = sum(a.overloads for a in arrays if a.unit in {"MicroAmpere", "Ampere"})
    if overloads:
        notes.append(f"{overloads} currents are marked as overloads of their range")
    parts = blocks_of(frequency)
    notes += lone_point(parts, rows)
    records = []
    for number, part in enumerate(parts, start=1):
        records.append(
            ImpedanceRecord(
                frequency_hertz=frequency[part],
                impedance_real_ohm=real[part],
                impedance_imaginary_ohm=imaginary[part],
                test_time_second=None if time is None else time[part],
                voltage_volt=None if voltage is None else voltage.values(where)[part],
                current_ampere=None if current is None else current.values(where)[part],
                source=measurement.source,
                label=label if len(parts) == 1 else f"{label}, spectrum {number}",
                about=measurement.about(),
                more={name: values[part] for name, values in more.items()},
                warnings=(*measurement.notes, *notes) if number == 1 else (),
            )
        )
    return records


def _im_sign(imaginary: Array, phase: Array | None, where: str) -> float:
    """Factor from what is stored to Im Z, told by the quantity of the unit and confirmed by the phase.

    Raises
    ------
    BadInputError
        If quantity and phase do not agree, or neither says.
    """
    said = {"-Z''": -1.0, "Z''": 1.0}.get(imaginary.quantity.replace(" ", "").replace('"', "''"))
    turned = {"-Phase": -1.0, "Phase": 1.0}.get(phase.quantity.replace(" ", "")) if phase is not None else None
    if phase is not None and turned is not None and phase.rows == imaginary.rows:
        product = np.sign(phase.stored) * np.sign(imaginary.stored)
        product = product[np.isfinite(product) & (product != 0)]
        if product.size:
            shown = turned * (1.0 if np.median(product) > 0 else -1.0)
            if said is not None and said != shown:
                found = f"an imaginary part called {imaginary.quantity!r} of the other sign than {phase.quantity!r}"
                raise BadInputError(where, found, "one sign of Z''")
            said = shown
    if said is None:
        raise BadInputError(where, f"an imaginary part called {imaginary.quantity!r}", "-Z'' or Z''")
    return said


def _first(by_kind: dict[int, Array], kinds: Sequence[int], rows: int) -> Array | None:
    """First of several kinds of array that is there for every point: as measured, else as applied."""
    return next((by_kind[k] for k in kinds if k in by_kind and by_kind[k].rows == rows), None)


def _labelled(records: list[Record], remarks: list[str]) -> list[Record]:
    """Give labels that differ, none to a lone record, and the remarks about the file to the first."""
    first = records[0].warned(*remarks)
    records = [first, *records[1:]]
    if len(records) == 1:
        return [replace(first, label="")]
    labels = distinct([record.label for record in records], "record")
    return [replace(record, label=label) for record, label in zip(records, labels, strict=True)]


PLUGIN = Reader(
    title="PalmSens session",
    looks_like=looks_like,
    read=read,
    suffixes=(".pssession",),
    documented_at="https://github.com/PalmSens/PalmSens_SDK",
    gives=("polarisation", "impedance", "cycling"),
    instruments=("PalmSens",),
)
