"""Rigaku ``.rasx``: the zip file of SmartLab Studio II.

``Data0/Profile0.txt`` holds rows of angle, intensity and factor of the attenuator; ``Data0/MesurementConditions0.xml``
(so spelt) says what they are. A file may hold several such folders: scans, or a map. Traps: the profile begins with a
byte order mark; the axis need not be 2θ; ``counts`` are often no whole numbers; the decimal mark may be a comma.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.decode import decode, split_lines
from limetal.readers._kit.diffraction import attribute, child, children, lines_to_columns, patterns, root_of, text_of
from limetal.readers._kit.rigaku import Conditions, scan_record
from limetal.records.base import About
from limetal.records.diffraction import DiffractionRecord

__all__ = ["PLUGIN", "looks_like", "read"]

_PROFILE = re.compile(r"(?:.*/)?Data(\d{1,6})/Profile(\d{1,6})\.txt", re.IGNORECASE)
_CONDITIONS = re.compile(r"(?:.*/)?Data(\d{1,6})/Mea?surementConditions\d{0,6}\.xml", re.IGNORECASE)
#: Text of a profile and XML of its conditions: real ones have 0.1 MB.
MAX_PROFILE_BYTES = 128 * 2**20
MAX_CONDITIONS_BYTES = 8 * 2**20
MAX_SCANS = 5000
_NO_TIME = "0001-01-01"


def looks_like(file: RawFile) -> bool:
    """Whether a zip holds profiles of Rigaku.

    Examples
    --------
    >>> import pathlib, tempfile, zipfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.rasx"
    >>> with zipfile.ZipFile(path, "w") as archive:
    ...     archive.writestr("Data0/Profile0.txt", "10 5 1")
    >>> looks_like(RawFile(path))
    True
    """
    return any(_PROFILE.fullmatch(name) for name in file.members)


def read(file: RawFile, options: ReadOptions) -> list[DiffractionRecord]:  # noqa: ARG001 - one signature for all
    r"""Read every scan along 2θ.

    Raises
    ------
    BadInputError
        If the archive is broken or unpacks to too much, no scan is along 2θ, or a row is no row of numbers.

    Examples
    --------
    >>> import pathlib, tempfile, zipfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.rasx"
    >>> conditions = "<C><ScanInformation><AxisName>TwoTheta</AxisName><IntensityUnit>counts</IntensityUnit>"
    >>> with zipfile.ZipFile(path, "w") as archive:
    ...     archive.writestr("Data0/Profile0.txt", "\ufeff10.00\t5\t1\r\n10.02\t7\t1\r\n")
    ...     archive.writestr("Data0/MesurementConditions0.xml", conditions + "</ScanInformation></C>")
    >>> read(RawFile(path), ReadOptions())[0].two_theta_degree.tolist()
    [10.0, 10.02]
    """
    if not file.is_zip:
        raise BadInputError(file.where, "no zip archive", "a RASX file")
    file.check_zip()
    profiles = [match for name in file.members if (match := _PROFILE.fullmatch(name))]
    profiles.sort(key=lambda match: (int(match[1]), int(match[2])))
    if not profiles:
        raise BadInputError(file.where, "an archive without Data0/Profile0.txt", "a profile measured along one axis")
    if len(profiles) > MAX_SCANS:
        raise BadInputError(file.where, f"{len(profiles)} scans", f"at most {MAX_SCANS}")
    described = {int(match[1]): match[0] for name in file.members if (match := _CONDITIONS.fullmatch(name))}
    outcomes = [_scan(file, match[0], described.get(int(match[1]))) for match in profiles]
    return patterns(outcomes, file.where)


def _scan(file: RawFile, profile: str, described: str | None) -> DiffractionRecord | BadInputError:
    where = f"{file.where}, member {profile}"
    if described is None:
        return BadInputError(where, "a profile without its measurement conditions", "XML that names its axis")
    place = f"{file.where}, member {described}"
    root = root_of(file, _limited(file, described, MAX_CONDITIONS_BYTES), place)
    text = decode(_limited(file, profile, MAX_PROFILE_BYTES), where).replace("\0", " ")
    lines = split_lines(text)
    if "," in text and "." not in text:
        lines = [line.replace(",", ".") for line in lines]
    rows, notes = lines_to_columns(lines, 1, where, ended=True)
    return scan_record(rows, _conditions(root), _about(root), where, file.where, notes)


def _limited(file: RawFile, name: str, limit: int) -> bytes:
    if file.members.get(name, 0) > limit:
        raise BadInputError(f"{file.where}, member {name}", f"{file.members[name]} bytes", f"at most {limit}")
    return file.member(name)


def _conditions(root: Element) -> Conditions:
    scan = child(root, "ScanInformation")
    generator = child(root, "HWConfigurations", "XrayGenerator")
    if generator is None:
        generator = next((e for e in root.iter() if e.tag.rpartition("}")[2] == "XrayGenerator"), None)
    axes = {attribute(e, "Name"): e for e in root.iter() if e.tag.rpartition("}")[2] == "Axis"}
    heater = axes.get("Temp", axes.get("Temperature"))
    rows = _pairs(root)
    return Conditions(
        axis=text_of(scan, "AxisName"),
        unit_x=text_of(scan, "PositionUnit"),
        unit_y=text_of(scan, "IntensityUnit"),
        mode=text_of(scan, "Mode"),
        step=text_of(scan, "Step"),
        speed=text_of(scan, "Speed"),
        speed_unit=text_of(scan, "SpeedUnit"),
        points=text_of(scan, "DataCount"),
        anode=text_of(generator, "TargetName"),
        alpha_1=text_of(generator, "WavelengthKalpha1"),
        alpha_2=text_of(generator, "WavelengthKalpha2"),
        beta=text_of(generator, "WavelengthKbeta"),
        line=rows.get("MEAS_COND_XG_WAVE_TYPE", ""),
        temperature=attribute(heater, "Position"),
        temperature_unit=attribute(heater, "Unit"),
    )


def _pairs(root: Element) -> dict[str, str]:
    """Header of the older text format, which the XML repeats as pairs of strings."""
    pairs = {}
    for pair in children(child(root, "RASHeader"), "Pair"):
        words = [text_of(word) for word in children(pair, "string")]
        if len(words) == 2:
            pairs[words[0].lstrip("*")] = words[1]
    return pairs


def _about(root: Element) -> About:
    general, scan = child(root, "GeneralInformation"), child(root, "ScanInformation")
    started = text_of(scan, "StartTime")
    settings = {f"{part.tag.rpartition('}')[2]}": text_of(part) for part in (scan if scan is not None else ())}
    settings |= {
        f"{attribute(e, 'Name')} ({attribute(e, 'Unit')})": attribute(e, "Position")
        for e in root.iter()
        if e.tag.rpartition("}")[2] == "Axis" and attribute(e, "Name")
    }
    settings["Operator"] = text_of(general, "Operator")
    system = text_of(general, "SystemName")
    return About(
        instrument=f"Rigaku {system}".strip(),
        software=text_of(general, "PackageName"),
        technique=text_of(scan, "AxisName"),
        start_time="" if started.startswith(_NO_TIME) else started,
        sample=text_of(general, "SampleName"),
        comment=text_of(general, "Comment") or text_of(general, "Memo"),
        settings={key: value for key, value in settings.items() if value},
    )


PLUGIN = Reader(
    title="Rigaku RASX",
    looks_like=looks_like,
    read=read,
    suffixes=(".rasx",),
    documented_at="https://github.com/FAIRmat-NFDI/readers-xrd",
    gives=("diffraction",),
    instruments=("Rigaku",),
)
