"""VAMAS files (ISO 14976, .vms and .npl): Kratos, PHI MultiPak, SPECS, Thermo, and whatever CasaXPS saved.

Traps: values are counts, summed over the scans, for the collection time stated, unless the unit says ``c/s``;
several corresponding variables (counts, transmission) take turns line by line; the energy may be kinetic or binding
and an irregular scan keeps it as its first variable; 1E+37 means unknown; MultiPak writes NUL characters. How kinetic
and binding energy belong together is not said by the format, so a record has the one that the file has.
CasaXPS leaves the energies as measured and states its calibration in a comment: it is told, and not applied.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.casaxps import CasaNotes, read_casa_notes
from limetal.readers._kit.decode import decode, split_lines
from limetal.readers._kit.spectra import (
    distinct,
    energy_kind,
    intensity_unit_of,
    number_or_none,
    seconds_of,
    settings_of,
    with_distinct_labels,
)
from limetal.readers._kit.vamas import MARK, Block, Header, Variable, known, read_vamas
from limetal.records.base import About
from limetal.records.photoelectrons import PhotoelectronRecord, StoredPeak

Floats = NDArray[np.float64]
_EMPTY = {"", "none", "not specified", "unknown"}
_ETCH_TIME = re.compile(r"(?:etch|sputter)\w*\s*time", re.IGNORECASE)
_PHOTOELECTRONS = ("XPS", "UPS")
#: Items that a record tells elsewhere.
_TOLD = ("species", "transition", "block", "sample", "technique", "year", "month", "day", "hour", "minute",
                 "second", "gmt")  # fmt: skip
_LIMIT_TOLERANCE = 1e-3


def looks_like(file: RawFile) -> bool:
    r"""Whether the first line that is not empty is the mark of VAMAS, or a piece of such a file has its ending.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.vms"
    >>> _ = path.write_text("VAMAS Surface Chemical Analysis Standard Data Transfer Format 1988 May 4\n")
    >>> looks_like(RawFile(path))
    True
    """
    head = file.head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(MARK.encode()):
        return True
    # the comment of a block that was saved by itself: refused by name, in read
    first = head.split(b"\n", 1)[0].strip()
    return file.name.endswith((".vms", ".npl")) and first.isdigit() and len(first) < 6 and bool(file.head_text)


def read(file: RawFile, options: ReadOptions) -> list[PhotoelectronRecord]:  # noqa: ARG001 - one signature for all
    r"""Read the spectra of a VAMAS file, one record a block.

    Raises
    ------
    BadInputError
        With the line at which the file is not VAMAS, is cut in its first block, or holds no energy spectrum.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.vms"
    >>> block = "C 1s|film|2024|5|1|12|0|0|0|0|XPS|Al|1486.6|150|0|0|54|0|FAT|20|1|4.5|0|0|0|0|0|C|1s|-1"
    >>> axis = "Kinetic energy|eV|1200|0.1|1|Intensity|d|pulse counting|0.2|3|0|0|0|0|0"
    >>> head = MARK + " 1988 May 4|Lab|Axis|Me|film|0|NORM|REGULAR|1|0|0|0|0|0|1"
    >>> text = f"{head}|{block}|{axis}|3|5|9|5|7|9|end of experiment|"
    >>> _ = path.write_text(text.replace("|", "\n"))
    >>> spectrum = read(RawFile(path), ReadOptions())[0]
    >>> spectrum.kinetic_energy_electronvolt.round(3).tolist(), spectrum.intensity.tolist(), spectrum.intensity_unit
    ([1200.0, 1200.1, 1200.2], [5.0, 7.0, 9.0], 'counts')
    """
    where = file.where
    lines = split_lines(decode(file.data.replace(b"\0", b""), where))
    header, blocks, said = read_vamas(lines, where)
    records, other = [], []
    for number, block in enumerate(blocks, start=1):
        reason = _no_spectrum(header, block)
        if reason:
            other.append(f"block {number} ({block.items['block']}) was left out: {reason}")
        else:
            records.append(_record(header, block, where))
    if not records:
        raise BadInputError(f"{where}, line {blocks[0].line}", other[0], "an energy spectrum")
    records = [record.warned(*said, *other[:20]) for record in records]
    return with_distinct_labels(_told_apart(records))


def _no_spectrum(header: Header, block: Block) -> str:
    """Say why a block is no energy spectrum; empty if it is one."""
    axis = block.abscissa if header.scan == "REGULAR" else block.corresponding[0]
    if axis is None:
        return "it has no abscissa"
    if not energy_kind(axis.label):
        return f"its abscissa is {axis.label!r}, neither kinetic nor binding energy"
    if axis.unit.strip().lower() != "ev":
        return f"its abscissa is in {axis.unit!r}, not in eV"
    if header.scan != "REGULAR" and len(block.corresponding) < 2:
        return "it has energies and no intensity"
    if header.scan == "REGULAR" and (block.step == 0 or max(abs(block.step), abs(block.start)) > 1e6):
        return f"its energies begin at {block.start:g} eV with steps of {block.step:g} eV"
    return "" if len(block.values) > 1 else f"it has {len(block.values)} points"


def _record(header: Header, block: Block, where: str) -> PhotoelectronRecord:
    warnings: list[str] = []
    columns = list(zip(block.corresponding, block.values.T, strict=True))
    if header.scan == "REGULAR" and block.abscissa is not None:
        axis = block.abscissa
        energy: Floats = block.start + block.step * np.arange(len(block.values), dtype=np.float64)
    else:
        (axis, energy), columns = columns[0], columns[1:]
    at = next((i for i, (v, _) in enumerate(columns) if re.search("count|intens|c/s", v.label + v.unit, re.I)), 0)
    (signal, intensity), rest = columns[at], columns[:at] + columns[at + 1 :]
    warnings += _outside_limits(block)
    kind = energy_kind(axis.label)
    technique = block.items.get("technique", "")
    photon = known(block.items.get("source energy")) if technique in _PHOTOELECTRONS else None
    casa = read_casa_notes(block.comment)
    warnings += _casa_warnings(casa)
    if technique not in _PHOTOELECTRONS:
        warnings.append(f"the technique is {technique}: not photoelectrons")
    scans = known(block.items.get("scans"))
    return PhotoelectronRecord(
        binding_energy_electronvolt=energy if kind == "binding" else None,
        kinetic_energy_electronvolt=energy if kind == "kinetic" else None,
        intensity=intensity,
        intensity_unit=_unit(signal, block.items.get("signal mode", "")),
        region=_region(block),
        photon_energy_eV=photon if photon and photon > 0 else None,
        pass_energy_eV=known(block.items.get("pass energy")) if block.items.get("analyser mode") == "FAT" else None,
        dwell_time_s=known(block.items.get("collection time")),
        work_function_eV=known(block.items.get("work function")),
        scans=scans if scans and scans > 0 else None,
        etch_time_s=_etch_time(header, block),
        stored_peaks=_peaks(casa, kind, photon),
        source=where,
        label=block.items["block"],
        about=_about(header, block, casa),
        more=_more(rest),
        warnings=tuple(warnings),
    )


def _unit(signal: Variable, signal_mode: str) -> str:
    """Unit of the intensity: what label and unit say; a dimensionless pulse count is counts by the standard."""
    stated = intensity_unit_of(signal.label, signal.unit)
    if stated == "a.u." and signal.unit.strip().lower() == "d" and signal_mode.lower() == "pulse counting":
        return "counts"
    return stated


def _more(columns: list[tuple[Variable, Floats]]) -> dict[str, NDArray[np.generic]]:
    names = distinct([v.label if v.unit in ("d", "") else f"{v.label} / {v.unit}" for v, _ in columns])
    return {name: values for name, (_, values) in zip(names, columns, strict=True)}


def _outside_limits(block: Block) -> list[str]:
    """Say where values pass the limits that the file states: the columns may be mixed up."""
    said = []
    for variable, values, (low, high) in zip(block.corresponding, block.values.T, block.limits, strict=True):
        if block.cut or (low, high) == (0.0, 1.0) or low >= high or max(abs(low), abs(high)) > 1e30:
            continue  # CasaXPS writes 0 and 1 where it does not know
        room = _LIMIT_TOLERANCE * (high - low)
        if values.min() < low - room or values.max() > high + room:
            said.append(
                f"{variable.label} runs from {values.min():g} to {values.max():g}, "
                f"outside the {low:g} to {high:g} that the file states"
            )
    return said


def _casa_warnings(casa: CasaNotes) -> list[str]:
    if not casa.calibrations:
        return []
    shift = "by an amount it does not say" if casa.shift_eV is None else f"by {casa.shift_eV:+.4g} eV"
    lines = "; ".join(casa.calibrations)
    said = [f"CasaXPS shows these binding energies shifted {shift} ({lines}); the energies here are as measured"]
    if casa.peaks and casa.moved_eV is None:
        said.append("positions of the stored peaks were left out: they are on CasaXPS's shifted scale")
    elif casa.peaks and casa.moved_eV:
        said.append(
            f"positions of the stored peaks are on CasaXPS's shifted scale; {casa.moved_eV:+.4g} eV of kinetic "
            "energy brought them onto that of the file"
        )
    return said


def _peaks(casa: CasaNotes, kind: str, photon: float | None) -> tuple[StoredPeak, ...]:
    """Stored peaks on the energy scale of the record; CasaXPS keeps them as kinetic energies."""
    if kind == "kinetic":
        return casa.peaks
    return tuple(
        replace(p, position_eV=None if photon is None or p.position_eV is None else photon - p.position_eV)
        for p in casa.peaks
    )


def _region(block: Block) -> str:
    species, transition = block.items.get("species", ""), block.items.get("transition", "")
    words = [w for w in (species, transition) if w.lower() not in _EMPTY]
    return " ".join(words) or block.items["block"]


def _etch_time(header: Header, block: Block) -> float | None:
    for variable, value in zip(header.variables, block.conditions, strict=False):
        number = known(value)
        if _ETCH_TIME.search(variable.label) and number is not None:
            return seconds_of(number, variable.unit)
    return None


def _about(header: Header, block: Block, casa: CasaNotes) -> About:
    notes, words = settings_of(header.comment)
    more, lines = settings_of(line for line in block.comment if not line.startswith(("CASA ", "Calib ", "annot ")))
    lines = [line for line in lines if not re.fullmatch(r"-?\d+|Casa Info Follows", line)]
    settings = {**notes, **more}
    settings |= {name: v for name, v in block.items.items() if name not in _TOLD and _says_something(v)}
    for variable, value in zip(header.variables, block.conditions, strict=False):
        settings[variable.label] = f"{value} {'' if variable.unit == 'd' else variable.unit}".strip()
    for variable, value in block.additional:
        settings[variable.label] = f"{value} {'' if variable.unit == 'd' else variable.unit}".strip()
    if casa.calibrations:
        settings["CasaXPS calibration"] = "; ".join(casa.calibrations)
    people = {"institution": header.institution, "operator": header.operator}
    settings |= {name: value for name, value in people.items() if value.lower() not in _EMPTY}
    programs = [w for w in (*words, *notes.values()) if re.search(r"CasaXPS|SpecsLab|MultiPak|Avantage", w, re.I)]
    return About(
        instrument=header.instrument if header.instrument.lower() not in _EMPTY else "",
        software="; ".join(programs),
        technique=block.items.get("technique", ""),
        start_time=_start_time(block),
        sample=block.items["sample"] if block.items["sample"].lower() not in _EMPTY else "",
        comment="\n".join([*(w for w in words if w not in programs and not re.fullmatch(r"\d+", w)), *lines]),
        settings=settings,
    )


def _says_something(value: str) -> bool:
    number = number_or_none(value)
    return bool(value) and (number is None or known(value) not in (0, None))


def _start_time(block: Block) -> str:
    """ISO 8601, with hours in advance of Greenwich only where they are not the 0 that every program writes."""
    parts = [known(block.items.get(name)) for name in ("year", "month", "day", "hour", "minute", "second", "gmt")]
    year, month, day, hour, minute, second, ahead = parts
    if year is None or month is None or day is None:
        return ""
    try:
        moment = datetime(int(year), int(month), int(day))
        if None in (hour, minute, second) or min(hour or 0, minute or 0, second or 0) < 0:
            return moment.date().isoformat()
        moment += timedelta(hours=hour or 0, minutes=minute or 0, seconds=second or 0)
        if ahead and abs(ahead) <= 14:
            moment = moment.replace(tzinfo=timezone(timedelta(hours=ahead)))
    except (ValueError, OverflowError):
        return ""
    return moment.isoformat()


def _told_apart(records: list[PhotoelectronRecord]) -> list[PhotoelectronRecord]:
    """Where blocks share a name, add what tells them apart: region, sample, etching."""
    for extra in (
        lambda r: r.region,
        lambda r: r.about.sample,
        lambda r: "" if r.etch_time_s is None else f"etched {r.etch_time_s:g} s",
    ):
        labels = [r.label for r in records]
        if len(set(labels)) == len(labels):
            break
        words = [extra(r) for r in records]
        if len(set(words)) > 1:
            twice = {label for label in labels if labels.count(label) > 1}
            records = [
                replace(r, label=f"{r.label}, {word}") if word and r.label in twice and word != r.label else r
                for r, word in zip(records, words, strict=True)
            ]
    return records


PLUGIN = Reader(
    title="VAMAS (ISO 14976)",
    looks_like=looks_like,
    read=read,
    suffixes=(".vms", ".npl"),
    documented_at="https://doi.org/10.1002/sia.740130202",
    gives=("photoelectrons",),
    instruments=("Kratos", "PHI", "SPECS", "Thermo", "CasaXPS"),
)
