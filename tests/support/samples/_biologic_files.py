"""Files as EC-Lab writes them, made on the spot: modules of .mpr and text of .mpt."""

import struct
from pathlib import Path

import numpy as np

#: Number of a column -> type; 0 is the byte of flags.
KINDS = {
    0: "u1", 4: "<f8", 5: "<f4", 6: "<f4", 7: "<f8", 8: "<f4", 9: "<f4", 11: "<f8", 13: "<f8", 19: "<f4", 24: "<f8",
    32: "<f4", 35: "<f4", 36: "<f4", 37: "<f4", 38: "<f4", 39: "<u2", 76: "<f4", 77: "<f4", 131: "<u2", 434: "<f4",
    467: "<f8", 468: "<u4", 469: "<u4", 471: "<f4",
}  # fmt: skip
FLAG_NUMBERS = {1, 2, 3, 21, 31, 65}
OLE_DAY = 45805.5  # 28 May 2025, noon


def module(name: str, data: bytes, version: int = 0, *, long: bool = False, date: str = "05/28/25") -> bytes:
    head = b"MODULE" + name.encode().ljust(10) + name.encode().ljust(25)
    if long:
        return head + struct.pack("<IIII8s", 0xFFFFFFFF, len(data), 0, version, date.encode()) + data
    return head + struct.pack("<II8s", len(data), version, date.encode()) + data


def pascal(text: str) -> bytes:
    return bytes([len(text)]) + text.encode("cp1252")


def settings(technique: int, *, area: float = 0.5, area_unit: int = 2, comment: str = "made by a test") -> bytes:
    data = bytearray(6700)
    data[0] = technique
    for offset, text in ((0x07, comment), (0x11E, "Li"), (0x1C0, "1 M LiPF6"), (0x215, "(unspecified)")):
        data[offset : offset + len(text) + 1] = pascal(text)
    struct.pack_into("<f", data, 0x211, area)
    struct.pack_into("<fBB", data, 0x24C, 1.5, area_unit, 2)
    return bytes(data)


def log() -> bytes:
    data = bytearray(8000)
    data[9] = 2
    struct.pack_into("<H", data, 0xAB, 4711)
    struct.pack_into("<d", data, 0x249, OLE_DAY)
    for offset, text in ((0x251, "C:\\cell.mpr"), (0x3B7, "11.61"), (0x3CF, "0858")):
        data[offset : offset + len(text) + 1] = pascal(text)
    return bytes(data)


def data_module(numbers: list[int], columns: dict[int, np.ndarray], *, long: bool, version: int = 3) -> bytes:
    """Rows of the columns; ``columns`` is by number, flags under 0, in the order of the record."""
    kind = np.dtype([(str(n), KINDS.get(n, c.dtype.str)) for n, c in columns.items()])
    rows = np.zeros(len(next(iter(columns.values()))), kind)
    for number, values in columns.items():
        rows[str(number)] = values
    if long:
        head = struct.pack(f"<IH{len(numbers)}H", rows.size, len(numbers), *numbers).ljust(1006, b"\0") + b"\1"
        return module("VMP data", head + rows.tobytes(), 11, long=True)
    size = {2: 405, 3: 406}[version]
    head = struct.pack(f"<IB{len(numbers)}H", rows.size, len(numbers), *numbers).ljust(405, b"\0")
    return module("VMP data", head.ljust(size, b"\1") + rows.tobytes(), version)


def mpr(*modules: bytes) -> bytes:
    return b"BIO-LOGIC MODULAR FILE\x1a".ljust(48) + bytes(4) + b"".join(modules)


def exponent(value: float, digits: int = 7, mark: str = ".") -> str:
    """A number as EC-Lab writes it: three digits of exponent."""
    mantissa, power = f"{value:.{digits}E}".split("E")
    return f"{mantissa}E{int(power):+04d}".replace(".", mark)


def mpt(
    folder: Path,
    technique: str,
    names: list[str],
    columns: list[np.ndarray],
    *,
    name: str = "cell.mpt",
    settings: tuple[str, ...] = (),
    mark: str = ".",
    end: str = "\r\n",
    encoding: str = "cp1252",
    program: str = "EC-Lab",
) -> Path:
    """Write a text export; whole numbers stand as such, others with 15 digits."""
    lines = [
        "",
        technique,
        "",
        "Run on channel : 3 (SN 4711)",
        "User : ",
        "Acquisition started on : 05/28/2025 12:00:00.000",
        "Saved on :",
        "\tFile : cell.mpr",
        "Device : VMP3 (SN 0858)",
        f"{program} for windows v11.61 (software)",
        "Comments : made by a test",
        "Electrode surface area : 0.500 cm²".replace(".", mark),
        *settings,
        "",
    ]
    head = [f"{program} ASCII FILE", f"Nb header lines : {len(lines) + 3}                          "]
    rows = [
        "\t".join(v if isinstance(v, str) else str(v) if isinstance(v, int) else exponent(v, 15, mark) for v in row)
        for row in zip(*(column.tolist() for column in columns), strict=True)
    ]
    text = end.join([*head, *lines, "\t".join(names) + "\t", *rows, ""])
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path
