"""BioLogic's binary files ``.mpr`` of EC-Lab and BT-Lab: modules with settings, data, log and loops.

No description is public; what is known comes from comparing files with their text exports. Traps: galvanostatic
techniques store no current but the charge between rows; numbers of columns take two bytes, and programs that read
one of them see other columns since EC-Lab 11.50; six columns share one byte; the size of a row tells whether all
widths are known, and a file whose sizes do not add up is refused.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._base import Reader, ReadOptions
from limetal.readers._file import RawFile
from limetal.readers._kit.biologic import Table, records_of
from limetal.readers._kit.biologic_columns import FLAGS, Field, as_unknown, record_fields
from limetal.readers._kit.biologic_settings import about_of, cell_of, loops_of
from limetal.records.base import Record

MAGIC = b"BIO-LOGIC MODULAR FILE"
_FIRST_MODULE = 52
_MODULE = b"MODULE"
_LONG = 0xFFFFFFFF  # stands where the length was, since EC-Lab 11.50
_MAX_MODULES = 1000
_POTENTIOSTATIC = 2
_BLOCK_ROWS = 4096


@dataclass(frozen=True)
class _Layout:
    """Where the parts of a data module are."""

    count: str  # struct format of the number of columns
    number: str  # ... of the number of a column
    data: int  # first byte of the rows

    @property
    def numbers(self) -> int:
        """First byte of the numbers of the columns."""
        return 4 + struct.calcsize(f"<{self.count}")


#: (layout of module headers is the long one, version of the data module) -> layout of the data module.
_LAYOUTS = {
    (False, 0): _Layout("B", "B", 100),
    (False, 2): _Layout("B", "H", 405),
    (False, 3): _Layout("B", "H", 406),
    (True, 11): _Layout("H", "H", 1007),
}


@dataclass(frozen=True)
class _Module:
    """One module: its bytes as far as they are there, and how many it says it has."""

    name: str
    data: memoryview
    length: int
    version: int
    is_long: bool
    date: str


@dataclass
class _Rows:
    """The rows of the data module before they are parted into columns."""

    fields: list[Field]
    numbers: list[int]
    values: NDArray[np.void]
    warnings: list[str] = field(default_factory=list)


def looks_like(file: RawFile) -> bool:
    r"""Whether the bytes begin a modular file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.mpr"
    >>> _ = path.write_bytes(b"BIO-LOGIC MODULAR FILE\x1a" + bytes(100))
    >>> looks_like(RawFile(path))
    True
    """
    return file.head.startswith(MAGIC)


def read(file: RawFile, options: ReadOptions) -> list[Record]:  # noqa: ARG001 - one signature for all
    """Read a modular file of any technique: cycling, polarisation, and one record for each spectrum.

    Raises
    ------
    BadInputError
        If the file is cut before its data, its sizes do not add up, or it holds nothing that makes a record.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> def module(name, version, data):
    ...     return b"MODULE" + name.ljust(35) + struct.pack("<II8s", len(data), version, b"01/31/24") + data
    >>> head = struct.pack("<IB3H", 2, 3, 4, 6, 8).ljust(406, bytes(1))
    >>> rows = struct.pack("<dff", 0.0, 3.0, 1.0) + struct.pack("<dff", 1.0, 3.1, 1.0)
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "cell.mpr"
    >>> _ = path.write_bytes(MAGIC.ljust(52) + module(b"VMP data", 3, head + rows))
    >>> read(RawFile(path), ReadOptions())[0].current_ampere.tolist()
    [0.001, 0.001]
    """
    where = file.where
    if not looks_like(file):
        raise BadInputError(where, "another beginning", "'BIO-LOGIC MODULAR FILE'")
    modules, warnings = _modules(file.data, where)
    data = [module for module in modules if module.name == "VMP data"]
    if not data:
        names = ", ".join(module.name for module in modules) or "no module"
        raise BadInputError(where, f"no data ({names})", "a module 'VMP data'")
    if len(data) > 1:
        raise BadInputError(where, f"{len(data)} modules of data", "one")
    rows = _rows(data[0], where)
    columns = _columns(rows)
    small = {m.name: bytes(m.data) for m in modules if m.name != "VMP data"}
    dates = {m.name: m.date for m in modules if m.date}
    settings = small.get("VMP Set", b"")
    technique = settings[0] if settings else None
    table = Table(
        where,
        columns,
        about_of(small, dates, technique),
        cell_of(settings, technique, _sweep_rate(columns)),
        loops_of(small.get("VMP loop", b""), rows.values.size),
        (*warnings, *rows.warnings),
    )
    return records_of(table)


def _modules(data: bytes, where: str) -> tuple[list[_Module], list[str]]:
    """Modules of the file as far as they follow one another."""
    modules: list[_Module] = []
    warnings: list[str] = []
    view, at = memoryview(data), _FIRST_MODULE
    while at < len(data) and len(modules) < _MAX_MODULES:
        if data[at : at + 6] != _MODULE:
            if any(module.name == "VMP data" for module in modules):
                return modules, [*warnings, f"what follows byte {at} is no module and was not read"]
            raise BadInputError(f"{where}, byte {at}", "no module", "the word MODULE")
        is_long = data[at + 41 : at + 45] == _LONG.to_bytes(4, "little")
        begin = at + (65 if is_long else 57)
        if begin > len(data):
            break
        if is_long:
            length, old, version = struct.unpack_from("<III", data, at + 45)
            version = version or old
        else:
            length, version = struct.unpack_from("<II", data, at + 41)
        name = data[at + 6 : at + 16].decode("latin-1").strip(" \0")
        date = data[begin - 8 : begin].decode("latin-1").strip(" \0")
        following = data[begin + length : begin + length + 6]
        if name == "VMP data" and following and following != _MODULE[: len(following)]:
            end = data.find(_MODULE + b"VMP ", begin)
            length = (len(data) if end < 0 else end) - begin
            warnings.append("the length of the module of data is wrong; it was taken to end where the next begins")
        modules.append(_Module(name, view[begin : begin + length], length, version, is_long, date))
        at = begin + length
    if at > len(data) and any(module.name == "VMP data" for module in modules):
        warnings.append(f"the file is cut in module {modules[-1].name!r}")
    return modules, warnings


def _rows(module: _Module, where: str) -> _Rows:
    """Rows of the data module by the layout of its version; those of unknown versions are tried until one fits."""
    known = _LAYOUTS.get((module.is_long, module.version))
    if known is not None:
        return _rows_in(module, known, where)
    fitting = []
    for layout in _LAYOUTS.values():
        try:
            fitting.append(_rows_in(module, layout, where, exact=True))
        except BadInputError:
            continue
    if len(fitting) != 1:
        raise BadInputError(where, f"data of unknown version {module.version}", "version 0, 2, 3 or 11")
    rows = fitting[0]
    rows.warnings.append(f"version {module.version} of the data module is not known; its sizes fit a known one")
    return rows


def _rows_in(module: _Module, layout: _Layout, where: str, *, exact: bool = False) -> _Rows:
    """Rows by one layout; ``exact`` where only sizes that add up tell that it is the one."""
    data = module.data
    if len(data) < layout.data:
        raise BadInputError(where, "a file cut before its rows", "a whole file")
    (said,) = struct.unpack_from("<I", data)
    (count,) = struct.unpack_from(f"<{layout.count}", data, 4)
    end = layout.numbers + count * struct.calcsize(f"<{layout.number}")
    if count < 1 or end > layout.data:
        raise BadInputError(where, f"{count} columns", f"between 1 and {(layout.data - layout.numbers) // 2}")
    numbers = list(struct.unpack_from(f"<{count}{layout.number}", data, layout.numbers))
    body = module.length - layout.data
    size = body // said if said and body >= said and body % said == 0 else None
    warnings: list[str] = []
    fields, size, notes = record_fields(numbers, size, where)
    there = (len(data) - layout.data) // size
    if said * size != body:
        if exact:
            raise BadInputError(where, f"{said} rows of {size} bytes in {body} bytes", "sizes that add up")
        warnings.append(f"the file says it has {said} rows, but has room for {body // size}: it was not closed")
    rows = min(there, said) if said else there
    if rows < said:
        warnings.append(f"the file is cut: {rows} of {said} rows are there")
    if rows == 0:
        raise BadInputError(where, "no rows of data", "at least two")
    # what lies behind the last field could not be divided
    used = {f"f{i}": (field.kind or f"V{field.width}", field.offset) for i, field in enumerate(fields)}
    kind = np.dtype({"names": list(used), "formats": [u[0] for u in used.values()],
                     "offsets": [u[1] for u in used.values()], "itemsize": size})  # fmt: skip
    values = np.frombuffer(data, kind, rows, layout.data)
    return _Rows(fields, numbers, values, [*warnings, *notes])


def _columns(rows: _Rows) -> dict[str, NDArray[np.generic]]:
    """Columns by name, flags parted, in the order in which the file lists them."""
    place = {field.number: parted for field, parted in zip(rows.fields, _parted(rows), strict=True)}
    known = {field.number: field for field in rows.fields}
    columns: dict[str, NDArray[np.generic]] = {}
    for number in rows.numbers:
        values: NDArray[np.generic]
        if number in FLAGS:
            name, mask = FLAGS[number]
            masked = place[0].astype(np.uint8, copy=False) & np.uint8(mask)
            values = masked if name == "mode" else (masked != 0).view(np.uint8)
        elif number in place:
            name, values = known[number].name, place[number]
            values = values if known[number].kind else as_unknown(values)
        else:
            continue
        columns[f"{name} (column {number})" if name in columns else name] = values
    return columns


def _parted(rows: _Rows) -> list[NDArray[Any]]:
    """Fields one by one; in blocks that stay in the processor's cache, because each field passes over all rows."""
    count = rows.values.size
    parted: list[NDArray[Any]] = [np.empty(count, rows.values.dtype[i]) for i in range(len(rows.fields))]
    for start in range(0, count, _BLOCK_ROWS):
        block = rows.values[start : start + _BLOCK_ROWS]
        for i, one in enumerate(parted):
            one[start : start + _BLOCK_ROWS] = block[f"f{i}"]
    return parted


def _sweep_rate(columns: dict[str, NDArray[np.generic]]) -> float | None:
    """Rate at which the controlled potential changed, volts per second; None if it did not."""
    time, control, mode = columns.get("time/s"), columns.get("control/V"), columns.get("mode")
    if time is None or control is None or len(time) < 3:
        return None
    with np.errstate(all="ignore"):
        rate = np.abs(np.diff(control.astype(np.float64)) / np.diff(time.astype(np.float64)))
    if mode is not None:
        rate = rate[(mode == _POTENTIOSTATIC)[1:]]
    rate = rate[np.isfinite(rate) & (rate > 0)]
    return float(np.median(rate)) if rate.size else None


PLUGIN = Reader(
    title="BioLogic EC-Lab binary",
    looks_like=looks_like,
    read=read,
    suffixes=(".mpr",),
    documented_at="https://www.biologic.net/support-software/ec-lab-software/",
    gives=("cycling", "impedance", "polarisation"),
    instruments=("BioLogic",),
)
