"""What a Neware file says about itself; whatever of it cannot be read is left empty, and never an error.

An ``.ndax`` says it in three small XML files, an ``.nda`` in fields of its header, which fastnda knows.
"""

from __future__ import annotations

import re
import struct
import warnings
from pathlib import Path
from xml.etree.ElementTree import Element

from limetal.errors import BadInputError
from limetal.readers._file import RawFile
from limetal.records.base import About

__all__ = ["about_neware"]

_NDA = b"NEWARE"
_MAX_XML_BYTES = 4 * 2**20
_MAX_VALUE = 500
_UG_PER_MG = 1000
#: BTS writes the time of the start where the operator typed no name.
_A_DATE = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d[-:]\d\d[-:]\d\d")
_MOMENT = re.compile(r"(\d{4})[-.](\d\d)[-.](\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d:?\d\d|Z)?")
#: Where the header says how long a block is that fastnda looks through byte by byte, for BTS 9.
_TEST_INFO_BYTES, _LOG_BEGIN, _LOG_BYTES, _HEADER = (42, 50), (242, 250), (250, 258), 258
_BTS9_VERSIONS = {129, 130}
_MAX_BLOCK_BYTES = 64 * 1024
_DAMAGE = (
    ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, OSError, StopIteration,
    NotImplementedError, struct.error,
)  # fmt: skip


def about_neware(file: RawFile) -> About:
    """Start, cell, words of the operator, device, channel and versions.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.nda"
    >>> _ = path.write_bytes(b"NEWARE" + bytes(100))
    >>> about_neware(RawFile(path)).instrument
    'Neware'
    """
    settings = _of_nda(file) if file.head.startswith(_NDA) else _of_ndax(file)
    name = settings.get("Barcode") or settings.get("barcode") or ""
    serial = settings.get("SN") or settings.get("sn") or ""
    versions = [settings.get(key, "") for key in ("SvrVer", "server_version", "bts_version")]
    clients = [settings.get(key, "") for key in ("CurrClientVer", "client_version")]
    return About(
        instrument="Neware",
        software=", ".join(v for v in (*versions, *clients) if v),
        technique=settings.get("StepName") or settings.get("step_name") or "",
        start_time=_moment(settings.get("StartTime") or settings.get("start_time") or ""),
        sample=name or ("" if _A_DATE.fullmatch(serial) else serial),
        comment=settings.get("Remark") or settings.get("remarks") or "",
        settings=settings,
    )


def _of_nda(file: RawFile) -> dict[str, str]:
    if not _blocks_are_small(file):
        return {}
    from fastnda import read_metadata

    try:
        with file.on_disk(".nda") as path, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            said = read_metadata(Path(path))
        # fields fastnda knows by place only carry numbers without meaning
        return {key: _text(v) for key, v in said.items() if _text(v) and not key.startswith("UNKNOWN")}
    except (*_DAMAGE, BadInputError):
        return {}


def _blocks_are_small(file: RawFile) -> bool:
    """Whether the header names blocks of the size they have; a damaged one may name the whole file."""
    head = file.head
    if len(head) < _HEADER or head[14] not in _BTS9_VERSIONS:
        return True
    info, begin, log = (int.from_bytes(head[a:b], "little") for a, b in (_TEST_INFO_BYTES, _LOG_BEGIN, _LOG_BYTES))
    # fastnda passes over a log that would reach beyond the file, which is what old builds have there
    return info <= _MAX_BLOCK_BYTES and (log <= _MAX_BLOCK_BYTES or begin + log > len(file.data))


def _of_ndax(file: RawFile) -> dict[str, str]:
    settings: dict[str, str] = {}
    for name, path in (("TestInfo.xml", "TestInfo"), ("VersionInfo.xml", "ZwjVersion")):
        root = _xml(file, name)
        found = root.find(f"config/{path}") if root is not None else None
        if found is not None:
            settings |= {key: _text(value) for key, value in found.attrib.items() if _text(value)}
    root = _xml(file, "Step.xml")
    head = root.find("config/Head_Info") if root is not None else None
    for entry in head if head is not None else ():
        value = _text(entry.get("Value", ""))
        if value:
            settings.setdefault(entry.tag, value)
    # BTS keeps the active mass of "specific capacity" in micrograms
    if settings.get("SCQ", "").isdecimal() and int(settings["SCQ"][:15]):
        settings["active_mass_mg"] = f"{int(settings['SCQ'][:15]) / _UG_PER_MG:g}"
    return settings


def _xml(file: RawFile, name: str) -> Element | None:
    """Root of one XML file of the archive; None if there is none or it is damaged."""
    if not 0 < file.members.get(name, 0) <= _MAX_XML_BYTES:
        return None
    try:
        data = file.member(name)
        declared = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([\w-]+)", data)
        # GB2312 is what BTS says, and expat reads no encoding of several bytes
        encoding = "utf-8" if declared and declared[1].lower() == b"utf-8" else "gb18030"
        text = data.decode(encoding, "replace")
        return file.xml(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode())
    except BadInputError:
        return None


def _text(value: object) -> str:
    return str(value).replace("\0", "").strip()[:_MAX_VALUE]


def _moment(text: str) -> str:
    """ISO 8601 of a time BTS wrote; empty if it is none."""
    match = _MOMENT.fullmatch(text)
    return f"{match[1]}-{match[2]}-{match[3]}T{match[4]}{match[5] or ''}" if match else ""
