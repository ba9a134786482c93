"""Arbin .res: an Access database written page by page, in Jet 4 and Jet 3.

Only what a reader of tables needs: a definition page and data pages for each table, the map of their pages on page 1,
and the catalogue that names them; no indexes. mdbtools reads these files too.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from support.reader_samples import Expected, Sample
from support.samples.common import CURRENT_A, STEP, TIME_S, VOLTAGE_V

BOOL, BYTE, INT, LONG, FLOAT, DOUBLE, TEXT, OLE = 1, 2, 3, 4, 6, 7, 10, 11
_LONG_TYPES = (TEXT, OLE)
_PACK = {BYTE: "<B", INT: "<h", LONG: "<i", FLOAT: "<f", DOUBLE: "<d"}
_SIZES = {BOOL: 1, TEXT: 510, OLE: 0} | {kind: struct.calcsize(form) for kind, form in _PACK.items()}
_DELETED = 0xC000
_FROM_PAGE_0 = b"\0" * 4
#: The key of a database without encryption; the first page is always scrambled.
_NO_KEY = bytes.fromhex("fb8abc4e")
START_DAY = 45131.75  # 24 July 2023, 18:00
CATALOG = (("Id", LONG), ("Name", TEXT), ("Type", INT), ("Flags", LONG), ("LvProp", OLE))
NORMAL = (
    ("Test_ID", LONG), ("Data_Point", LONG), ("Test_Time", DOUBLE), ("Step_Time", DOUBLE), ("DateTime", DOUBLE),
    ("Step_Index", INT), ("Cycle_Index", INT), ("Is_FC_Data", BYTE), ("Current", FLOAT), ("Voltage", FLOAT),
    ("Charge_Capacity", DOUBLE), ("Discharge_Capacity", DOUBLE), ("Charge_Energy", DOUBLE),
    ("Discharge_Energy", DOUBLE), ("dV/dt", FLOAT), ("Internal_Resistance", FLOAT), ("AC_Impedance", FLOAT),
    ("ACI_Phase_Angle", FLOAT),
)  # fmt: skip
GLOBAL = (
    ("Test_ID", LONG), ("Test_Name", TEXT), ("Channel_Index", INT), ("Start_DateTime", DOUBLE), ("Creator", TEXT),
    ("Comments", TEXT), ("Schedule_File_Name", TEXT), ("Log_Aux_Data_Flag", BOOL), ("Item_ID", TEXT),
)  # fmt: skip
STATISTIC = (("Test_ID", LONG), ("Data_Point", LONG), ("Vmax_On_Cycle", FLOAT))
AUXILIARY = (("Test_ID", LONG), ("Data_Point", LONG), ("Auxiliary_Index", INT), ("Data_Type", INT), ("X", FLOAT))
AUXILIARY_NAMES = (
    ("Channel_Index", INT), ("Auxiliary_Index", INT), ("Data_Type", INT), ("Nickname", TEXT), ("Unit", TEXT)
)  # fmt: skip
EVENTS = (
    ("Test_ID", LONG), ("DateTime", DOUBLE), ("Test_Time", DOUBLE), ("Event_Type", INT), ("Event_Describe", TEXT)
)  # fmt: skip


@dataclass(frozen=True)
class MadeTable:
    """A table to be written; ``page_order`` says in which order its pages of ``per_page`` rows lie in the file."""

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: list[tuple[object, ...]]
    per_page: int = 1000
    page_order: tuple[int, ...] = ()
    deleted: tuple[int, ...] = ()


def jet(tables: list[MadeTable], *, version: int = 4) -> bytes:
    """An Access database of the version with these tables."""
    size = 4096 if version == 4 else 2048
    pages: list[bytes] = [b""] * 4
    maps: list[set[int]] = [{3}]
    catalog = []
    for table in tables:
        catalog.append((len(pages), table.name, 1, 0, None))
        _add_table(table, pages, maps, version)
    head = bytearray((b"\0\1\0\0Standard Jet DB\0" + bytes([version == 4])).ljust(size, b"\0"))
    head[0x3E:0x42] = _NO_KEY
    pages[0] = bytes(head)
    pages[1] = _data_page([b"\0" + _FROM_PAGE_0 + _bitmap(used) for used in maps], (), 0, version)
    pages[2] = _definition(MadeTable("MSysObjects", CATALOG, catalog), 0, version)
    pages[3] = _data_page([_row(row, CATALOG, version) for row in catalog], (), 2, version)
    return b"".join(pages)


def _bitmap(pages: set[int]) -> bytes:
    bits = np.zeros(512, dtype=np.uint8)
    bits[list(pages)] = 1
    return np.packbits(bits, bitorder="little").tobytes()


def _add_table(table: MadeTable, pages: list[bytes], maps: list[set[int]], version: int) -> None:
    """Put definition and data of a table behind the pages there are."""
    at = len(pages)
    pages.append(_definition(table, len(maps), version))
    groups = [table.rows[i : i + table.per_page] for i in range(0, len(table.rows), table.per_page)]
    used = set()
    for rank in table.page_order or range(len(groups)):
        used.add(len(pages))
        deleted = tuple(i - rank * table.per_page for i in table.deleted)
        pages.append(_data_page([_row(row, table.columns, version) for row in groups[rank]], deleted, at, version))
    maps.append(used)


def _definition(table: MadeTable, map_row: int, version: int) -> bytes:
    count, longs = len(table.columns), sum(kind in _LONG_TYPES for _, kind in table.columns)
    rows, used = len(table.rows) - len(table.deleted), 1 << 8 | map_row
    if version == 4:
        head = struct.pack("<HHII", 0x0102, 0, 0, 0) + struct.pack("<II", 1625, rows) + bytes(20)
        head += struct.pack("<BHHHIIII", 0x4E, count, longs, count, 0, 0, used, used)
    else:
        head = struct.pack("<H2sII", 0x0102, b"VC", 0, 0) + struct.pack("<II", rows, 0)
        head += struct.pack("<BHHHIIII", 0x4E, count, longs, count, 0, 0, used, used)
    fixed_at = long_rank = 0
    columns = names = b""
    for number, (name, kind) in enumerate(table.columns):
        flags = 2 if kind in _LONG_TYPES else 3
        if version == 4:
            columns += struct.pack("<BIHHHHHBBIHH", kind, 1625, number, long_rank, number, 0x409, 0, flags, 0, 0,
                                   fixed_at, _SIZES[kind])  # fmt: skip
            names += struct.pack("<H", 2 * len(name)) + name.encode("utf-16-le")
        else:
            columns += struct.pack("<BHHHHHHBHH", kind, number, long_rank, number, 0x409, 0x4E4, 0, flags, fixed_at,
                                   _SIZES[kind] // 2 if kind == TEXT else _SIZES[kind])  # fmt: skip
            names += struct.pack("<B", len(name)) + name.encode("cp1252")
        long_rank += kind in _LONG_TYPES
        fixed_at += _SIZES[kind] if kind in _PACK else 0
    return (head + columns + names + b"\xff\xff").ljust(4096 if version == 4 else 2048, b"\0")


def _row(values: tuple[object, ...], columns: tuple[tuple[str, int], ...], version: int) -> bytes:
    count = struct.pack("<H" if version == 4 else "<B", len(columns))
    present = 0
    fixed, longs, offsets = b"", b"", []
    for number, ((_, kind), value) in enumerate(zip(columns, values, strict=True)):
        present |= (value is not None and value is not False) << number
        if kind in _PACK:
            fixed += struct.pack(_PACK[kind], 0 if value is None else value)
    for (_, kind), value in zip(columns, values, strict=True):
        if kind in _LONG_TYPES:
            offsets.append(len(count) + len(fixed) + len(longs))
            longs += b"" if value is None else _text(str(value), version)
    mask = present.to_bytes((len(columns) + 7) // 8, "little")
    if not offsets:
        return count + fixed + mask
    offsets.append(len(count) + len(fixed) + len(longs))
    form = "<H" if version == 4 else "<B"
    table = b"".join(struct.pack(form, offset) for offset in reversed(offsets))
    return count + fixed + longs + table + struct.pack(form, len(offsets) - 1) + mask


def _text(text: str, version: int) -> bytes:
    if version == 3:
        return text.encode("cp1252")
    # plain letters are squeezed to one byte each, as Access does
    return b"\xff\xfe" + text.encode("latin-1") if text.isascii() and len(text) > 2 else text.encode("utf-16-le")


def _data_page(rows: list[bytes], deleted: tuple[int, ...], owner: int, version: int) -> bytes:
    size = 4096 if version == 4 else 2048
    head = struct.pack("<HHI", 0x0101, 0, owner) + (bytes(4) if version == 4 else b"") + struct.pack("<H", len(rows))
    end, body = size, b""
    for number, row in enumerate(rows):
        end -= len(row)
        body = row + body
        head += struct.pack("<H", end | (_DELETED if number in deleted else 0))
    assert len(head) + len(body) <= size
    return head + bytes(size - len(head) - len(body)) + body


def normal_rows(test: int = 1, first_time: float = 0.0) -> list[tuple[object, ...]]:
    """Rows of Channel_Normal_Table: rest, plating, stripping, with the capacities the instrument would count."""
    step_time = TIME_S - TIME_S[(STEP - 1) * 4]
    current = CURRENT_A.astype(np.float32)
    moved = np.concatenate([[0.0], current[1:] * np.diff(TIME_S)]) / 3600
    charge, discharge = np.cumsum(np.maximum(moved, 0)), np.cumsum(np.maximum(-moved, 0))
    return [
        (test, i + 1, first_time + TIME_S[i], step_time[i], START_DAY + TIME_S[i] / 86400, int(STEP[i]), 1, 0,
         float(current[i]), VOLTAGE_V[i], charge[i], discharge[i], 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for i in range(TIME_S.size)
    ]  # fmt: skip


def arbin_tables(rows: list[tuple[object, ...]], tests: tuple[int, ...] = (1,), **pages: object) -> list[MadeTable]:
    """Tables of a database of Arbin's around these rows."""
    about = [(t, f"Li|Li µ{t}", 12, START_DAY, "operator", None, "plate\\strip.sdu", True, None) for t in tests]
    return [
        MadeTable("Version_Table", (("Version_Schema_Field", TEXT),), [("Results File 5.23",)]),
        MadeTable("Global_Table", GLOBAL, about),
        MadeTable("Channel_Normal_Table", NORMAL, rows, **pages),
        MadeTable("Channel_Statistic_Table", STATISTIC, [(tests[0], 8, 0.041)]),
        MadeTable("Auxiliary_Table", AUXILIARY, [(tests[0], i, 1, 1, 25.0 + i) for i in (1, 2, 3)]),
        MadeTable("Aux_Global_Data_Table", AUXILIARY_NAMES, [(12, 1, 1, "chamber", "C")]),
        MadeTable("Event_Table", EVENTS, [(tests[0], START_DAY, 0.0, 0, "Test start")]),
    ]


def write_arbin_res(folder: Path) -> Path:
    """One test in Jet 4, whose pages lie in another order than its rows."""
    file = folder / "cell.res"
    file.write_bytes(jet(arbin_tables(normal_rows(), per_page=5, page_order=(2, 0, 1))))
    return file


def write_arbin_res_of_access_97(folder: Path) -> Path:
    """One test in Jet 3, as old versions of MITS Pro wrote it."""
    file = folder / "old.res"
    file.write_bytes(jet(arbin_tables(normal_rows(), per_page=5), version=3))
    return file


def write_arbin_res_of_two_tests(folder: Path) -> Path:
    """Two tests in one database, their rows mixed, and one deleted row."""
    file = folder / "two.res"
    both = [row for pair in zip(normal_rows(1), normal_rows(7, 10.0), strict=True) for row in pair]
    gone = (1, 99, *normal_rows()[0][2:])
    file.write_bytes(jet(arbin_tables([*both, gone], (1, 7), per_page=10, deleted=(24,))))
    return file


_CYCLING = {
    "test_time_second": TIME_S,
    "voltage_volt": VOLTAGE_V,
    "current_ampere": CURRENT_A,
    "step_count": STEP,
    "cycle_count": np.ones(12, dtype=np.int64),
}
_SINGLE = 1e-6  # current and voltage are stored in single precision
SAMPLES = (
    Sample(write_arbin_res, (Expected("cycling", _CYCLING, "", rtol=_SINGLE),)),
    Sample(write_arbin_res_of_access_97, (Expected("cycling", _CYCLING, "", rtol=_SINGLE),)),
    Sample(
        write_arbin_res_of_two_tests,
        (
            Expected("cycling", _CYCLING, "Li|Li µ1", rtol=_SINGLE),
            Expected("cycling", {**_CYCLING, "test_time_second": TIME_S + 10}, "Li|Li µ7", rtol=_SINGLE),
        ),
    ),
)
