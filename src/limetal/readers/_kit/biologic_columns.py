"""The numbers by which EC-Lab and BT-Lab files know their columns, and how wide each is in a record of a .mpr file.

Numbers and names follow the makers' list of variables, as other open programs quote it. Files before EC-Lab 11.50 and
after it use the same numbers; programs that read one byte of the two take 471 for 215. Of the hundred widths called
known 65 were seen in real files, most beside their text exports; the rest are those other open programs use, and are
believed only because the size of a record must come out. Widths that are only listed, or unknown, are inferred from
that size, or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError

__all__ = ["FLAGS", "Field", "as_unknown", "name_of", "record_fields"]

#: Columns that share one byte of the record: number -> name, mask.
FLAGS: dict[int, tuple[str, int]] = {
    1: ("mode", 0x03),
    2: ("ox/red", 0x04),
    3: ("error", 0x08),
    21: ("control changes", 0x10),
    31: ("Ns changes", 0x20),
    65: ("counter inc.", 0x80),
}

_HARMONICS = range(2, 8)
_CELLS = range(1, 31)
#: Number before the first -> name of a quantity of each cell of a stack.
_OF_CELLS = (
    (240, "|E{}|/V"),
    (270, "Phase(Z{})/deg"),
    (300, "|Z{}|/Ohm"),
    (330, "Re(Z{})/Ohm"),
    (360, "-Im(Z{})/Ohm"),
    (390, "<E{}>/V"),
)
#: Number -> name and type: seen in files, or used alike by programs that read such files.
_KNOWN: dict[int, tuple[str, str]] = {
    4: ("time/s", "<f8"),
    5: ("control/V/mA", "<f4"),
    6: ("Ewe/V", "<f4"),
    7: ("dq/mA.h", "<f8"),
    8: ("I/mA", "<f4"),
    9: ("Ece/V", "<f4"),
    11: ("<I>/mA", "<f8"),
    13: ("(Q-Qo)/mA.h", "<f8"),
    16: ("Analog IN 1/V", "<f4"),
    17: ("Analog IN 2/V", "<f4"),
    19: ("control/V", "<f4"),
    20: ("control/mA", "<f4"),
    23: ("dQ/mA.h", "<f8"),
    24: ("cycle number", "<f8"),
    26: ("Rapp/Ohm", "<f4"),
    27: ("Ewe-Ece/V", "<f4"),
    32: ("freq/Hz", "<f4"),
    33: ("|Ewe|/V", "<f4"),
    34: ("|I|/A", "<f4"),
    35: ("Phase(Z)/deg", "<f4"),
    36: ("|Z|/Ohm", "<f4"),
    37: ("Re(Z)/Ohm", "<f4"),
    38: ("-Im(Z)/Ohm", "<f4"),
    39: ("I Range", "<u2"),
    69: ("R/Ohm", "<f4"),
    70: ("P/W", "<f4"),
    74: ("|Energy|/W.h", "<f8"),
    75: ("Analog OUT/V", "<f4"),
    76: ("<I>/mA", "<f4"),
    77: ("<Ewe>/V", "<f4"),
    78: ("Cs-2/µF-2", "<f4"),
    96: ("|Ece|/V", "<f4"),
    98: ("Phase(Zce)/deg", "<f4"),
    99: ("|Zce|/Ohm", "<f4"),
    100: ("Re(Zce)/Ohm", "<f4"),
    101: ("-Im(Zce)/Ohm", "<f4"),
    123: ("Energy charge/W.h", "<f8"),
    124: ("Energy discharge/W.h", "<f8"),
    125: ("Capacitance charge/µF", "<f8"),
    126: ("Capacitance discharge/µF", "<f8"),
    131: ("Ns", "<u2"),
    163: ("|Estack|/V", "<f4"),
    168: ("Rcmp/Ohm", "<f4"),
    169: ("Cs/µF", "<f4"),
    172: ("Cp/µF", "<f4"),
    173: ("Cp-2/µF-2", "<f4"),
    174: ("<Ewe>/V", "<f4"),
    430: ("Phase(Zwe-ce)/deg", "<f4"),
    431: ("|Zwe-ce|/Ohm", "<f4"),
    432: ("Re(Zwe-ce)/Ohm", "<f4"),
    433: ("-Im(Zwe-ce)/Ohm", "<f4"),
    434: ("(Q-Qo)/C", "<f4"),
    435: ("dQ/C", "<f4"),
    438: ("step time/s", "<f8"),
    441: ("<Ece>/V", "<f4"),
    462: ("Temperature/°C", "<f4"),
    467: ("Q charge/discharge/mA.h", "<f8"),
    468: ("half cycle", "<u4"),
    469: ("z cycle", "<u4"),
    471: ("<Ece>/V", "<f4"),
    473: ("THD Ewe/%", "<f4"),
    474: ("THD I/%", "<f4"),
    475: ("THD Ece/%", "<f4"),
    476: ("NSD Ewe/%", "<f4"),
    477: ("NSD I/%", "<f4"),
    478: ("NSD Ece/%", "<f4"),
    479: ("NSR Ewe/%", "<f4"),
    480: ("NSR I/%", "<f4"),
    481: ("NSR Ece/%", "<f4"),
    505: ("Rdc/Ohm", "<f4"),
    509: ("Acir/Dcir Control", "|u1"),
    **{484 + n: (f"|Ewe h{n}|/V", "<f4") for n in _HARMONICS},
    **{490 + n: (f"|I h{n}|/A", "<f4") for n in _HARMONICS},
    **{first + n: (name.format(n), "<f4") for first, name in _OF_CELLS for n in (1, 2)},
    422: ("Phase(Zstack)/deg", "<f4"),
    423: ("|Zstack|/Ohm", "<f4"),
    424: ("Re(Zstack)/Ohm", "<f4"),
    425: ("-Im(Zstack)/Ohm", "<f4"),
    426: ("<Estack>/V", "<f4"),
}

#: Numbers that files of different programs use for different things; the size of the record tells which.
_EITHER: dict[int, tuple[tuple[str, str], tuple[str, str]]] = {
    498: (("|Ece h2|/V", "<f4"), ("Q charge/mA.h", "<f8")),
    499: (("|Ece h3|/V", "<f4"), ("Q discharge/mA.h", "<f8")),
    500: (("|Ece h4|/V", "<f4"), ("step time/s", "<f8")),
    501: (("|Ece h5|/V", "<f4"), ("Efficiency/%", "<f8")),
    502: (("|Ece h6|/V", "<f4"), ("Capacity/mA.h", "<f8")),
}

#: Number -> name and the width it should have; the size of the record must confirm it.
_LISTED: dict[int, tuple[str, int]] = {
    10: ("Aux/V", 4),
    12: ("log(|<I>/A|)", 4),
    14: ("x", 4),
    18: ("Analog IN 3/V", 4),
    22: ("log(|I/A|)", 4),
    25: ("DQ/mA.h", 8),
    28: ("control/°C", 4),
    29: ("T/°C", 4),
    30: ("rotation rate/rpm", 4),
    40: ("Q charge/mA.h", 8),
    41: ("Q discharge/mA.h", 8),
    66: ("I forward/mA", 4),
    67: ("I reverse/mA", 4),
    68: ("I delta/µA", 4),
    71: ("control/°C", 4),
    72: ("T/°C", 4),
    73: ("rotation rate/rpm", 4),
    79: ("E step/V", 4),
    80: ("Rp/Ohm", 4),
    81: ("Ecorr/V", 4),
    82: ("Icorr/mA", 4),
    97: ("|Ice|/A", 4),
    103: ("Estack/V", 4),
    104: ("Istack/A", 4),
    119: ("Re(Y)/Ohm-1", 4),
    120: ("Im(Y)/Ohm-1", 4),
    121: ("|Y|/Ohm-1", 4),
    122: ("Phase(Y)/deg", 4),
    132: ("dI/dt/mA/s", 4),
    170: ("sin ampl/V", 4),
    175: ("Efficiency/%", 8),
    427: ("<Istack>/mA", 4),
    436: ("Ece dc/V", 4),
    437: ("cycle time/s", 8),
    439: ("charge time/s", 8),
    440: ("discharge time/s", 8),
    443: ("Capacity/mA.h", 8),
    451: ("cycle number", 4),
    460: ("<time>/s", 8),
    463: ("Ramp upwards", 1),
    470: ("It/mA", 4),
    482: ("ShuntIsChanging", 1),
    483: ("ModeIsChanging", 1),
    503: ("|Ece h7|/V", 4),
    504: ("Rac/Ohm", 4),
    506: ("TCU control/°C", 4),
    507: ("TCU meas. /°C", 4),
    508: ("Regulation", 1),
    510: ("LTime/s", 8),
    536: ("Ewe initial/V", 4),
    537: ("Ewe final/V", 4),
    538: ("I initial/mA", 4),
    539: ("I final/mA", 4),
    540: ("P min/W", 4),
    541: ("P max/W", 4),
    542: ("T min/°C", 4),
    543: ("T max/°C", 4),
    **{210 + n: (f"E{n}/V", 4) for n in _CELLS},
    **{first + n: (name.format(n), 4) for first, name in _OF_CELLS for n in _CELLS if n > 2},
}
_WIDTHS = (1, 2, 4, 8)


@dataclass(frozen=True)
class Field:
    """One value of a record: ``kind`` is a numpy type, or empty where only the width is known."""

    number: int
    name: str
    kind: str
    offset: int
    width: int


def name_of(number: int) -> str:
    """Name of a column as EC-Lab writes it; its number where the name is not known.

    Examples
    --------
    >>> name_of(467), name_of(9999)
    ('Q charge/discharge/mA.h', 'column 9999')
    """
    if number in FLAGS:
        return FLAGS[number][0]
    if number in _EITHER:
        return _EITHER[number][0][0]
    known = _KNOWN.get(number) or _LISTED.get(number)
    return known[0] if known else f"column {number}"


def record_fields(numbers: Sequence[int], size: int | None, where: str) -> tuple[list[Field], int, list[str]]:
    """Where each column lies in a record of ``size`` bytes, that size, and what to warn about.

    All flags share one byte, which stands where the first of them is listed (``number`` 0). ``size`` None: the file
    does not tell, so every width must be known.

    Raises
    ------
    BadInputError
        If the widths do not add up, or can be divided in several ways that move a known column.

    Examples
    --------
    >>> [(f.name, f.offset) for f in record_fields([1, 2, 4, 9999, 6], 17, "a.mpr")[0]]
    [('flags', 0), ('time/s', 1), ('column 9999', 9), ('Ewe/V', 13)]
    """
    slots = _slots(numbers, where)
    for choice in (0, 1):
        widths = [_width(number, choice) for number in slots]
        if size is None and None not in widths:
            size = sum(width or 0 for width in widths)
        if size is not None and None not in widths and sum(width or 0 for width in widths) == size:
            return _fields(slots, [w or 0 for w in widths], choice), size, []
        if not any(number in _EITHER for number in slots):
            break
    open_slots = [i for i, number in enumerate(slots) if _width(number, 0) is None]
    open_names = ", ".join(f"{slots[i]}" for i in open_slots)
    if size is None:
        raise BadInputError(where, f"columns of unknown width ({open_names}) and no number of rows", "known columns")
    if not open_slots:
        needed = sum(_width(number, 0) or 0 for number in slots)
        raise BadInputError(where, f"records of {size} bytes, where its columns need {needed}", "a file that adds up")
    return _divided(slots, size, open_slots, open_names, where)


def _slots(numbers: Sequence[int], where: str) -> list[int]:
    """Numbers in the order of the record, with one 0 for the byte of flags."""
    slots: list[int] = []
    for number in numbers:
        slot = 0 if number in FLAGS else number
        if slot == 0 and 0 in slots:
            continue
        if slot in slots:
            raise BadInputError(where, f"column {number} ({name_of(number)}) twice", "every column once")
        slots.append(slot)
    return slots


def _width(number: int, choice: int) -> int | None:
    if number == 0:
        return 1
    if number in _EITHER:
        return int(_EITHER[number][choice][1][-1])
    return int(_KNOWN[number][1][-1]) if number in _KNOWN else None


def _fields(slots: list[int], widths: list[int], choice: int = 0) -> list[Field]:
    fields, offset = [], 0
    for number, width in zip(slots, widths, strict=True):
        name, kind = ("flags", "|u1") if number == 0 else (name_of(number), "")
        if number in _EITHER:
            name, kind = _EITHER[number][choice]
        elif number in _KNOWN:
            kind = _KNOWN[number][1]
        fields.append(Field(number, name, kind, offset, width))
        offset += width
    return fields


def _divided(
    slots: list[int], size: int, open_slots: list[int], open_names: str, where: str
) -> tuple[list[Field], int, list[str]]:
    """Fields where some widths follow from the size of the record alone."""
    rest = size - sum(_width(number, 0) or 0 for number in slots)
    plural = "s" * (len(open_slots) > 1)
    usual = [_LISTED[slots[i]][1] if slots[i] in _LISTED else 0 for i in open_slots]
    found, warnings = _division(rest, len(open_slots)), []
    if all(usual) and sum(usual) == rest:
        found = usual
    elif found is None and open_slots == list(range(len(slots) - len(open_slots), len(slots))) and rest > 0:
        warnings.append(f"column{plural} {open_names}: {rest} bytes that could not be divided were left out")
        return _fields(slots[: open_slots[0]], [_width(n, 0) or 0 for n in slots[: open_slots[0]]]), size, warnings
    if found is None:
        raise BadInputError(
            where,
            f"column{plural} {open_names} of unknown width, in {rest} bytes of each record",
            "columns limetal knows, or one unknown column of 1, 2, 4 or 8 bytes",
        )
    widths = [_width(number, 0) or 0 for number in slots]
    for i, width in zip(open_slots, found, strict=True):
        widths[i] = width
        if slots[i] not in _LISTED:
            warnings.append(f"column {slots[i]} has no known name; it was kept under its number ({width} bytes a row)")
    return _fields(slots, widths), size, warnings


def _division(total: int, parts: int) -> list[int] | None:
    """Divide a total into widths, if there is one way only."""
    if parts == 1:
        return [total] if total in _WIDTHS else None
    if parts > 8:  # no total but the least and the greatest has one way
        return [1] * parts if total == parts else [8] * parts if total == 8 * parts else None
    ways: list[list[int]] = []

    def extend(head: list[int], left: int) -> None:
        if len(ways) > 1 or left < parts - len(head) or left > 8 * (parts - len(head)):
            return
        if len(head) == parts:
            ways.append(head)
            return
        for width in _WIDTHS:
            extend([*head, width], left - width)

    extend([], total)
    return ways[0] if len(ways) == 1 else None


def as_unknown(values: NDArray[Any]) -> NDArray[np.generic]:
    """Numbers of a column of which only the width is known: floating point if they look like it, else counts.

    Examples
    --------
    >>> as_unknown(np.array([1.5, 2.0], dtype="<f4").view("V4")).tolist()
    [1.5, 2.0]
    >>> as_unknown(np.array([1, 2], dtype="<u4").view("V4")).tolist()
    [1, 2]
    """
    width = values.dtype.itemsize
    data = np.ascontiguousarray(values)
    if width in (4, 8):
        floats = data.view(f"<f{width}")
        with np.errstate(all="ignore"):
            size = np.abs(floats[np.isfinite(floats) & (floats != 0)])
        if size.size and float(size.min()) > 1e-30 and float(size.max()) < 1e30:
            return floats
        if not size.size:
            return floats
    return data.view(f"<u{width}" if width > 1 else "|u1")
