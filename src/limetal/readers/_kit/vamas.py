"""The grammar of VAMAS files (ISO 14976; Dench, Hazell, Seah, Surf. Interface Anal. 13 (1988) 63).

One value a line and no keys: what a line means follows from the lines before it. The 40 numbered items of a block may
be thinned out by a list of items included or excluded. By the standard the first block is complete and the items
that later blocks leave out are those of the first; some programs leave them out of the first block too, so that
is tried if the first way does not lead to the end of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._kit.spectra import MAX_RECORDS, column_of, number_or_none

__all__ = ["MARK", "Block", "Header", "Variable", "known", "read_vamas"]

Floats = NDArray[np.float64]
MARK = "VAMAS Surface Chemical Analysis Standard Data Transfer Format"
_END = "end of experiment"
_MODES = ("MAP", "MAPDP", "MAPSV", "MAPSVDP", "NORM", "SDP", "SDPSV", "SEM", "NOEXP")
_SCANS = ("REGULAR", "IRREGULAR", "MAPPING")
_MAPS, _DEPTHS = ("MAP", "MAPDP"), ("MAPDP", "MAPSVDP", "SDP", "SDPSV")
_FRAMES = ("MAPSV", "MAPSVDP", "SEM")
_ION_TECHNIQUES = ("FABMS", "FABMS energy spec", "ISS", "SIMS", "SIMS energy spec", "SNMS", "SNMS energy spec")
_PHOTON_TECHNIQUES = ("AES diff", "AES dir", "EDX", "ELS", "UPS", "XPS", "XRF")
_TECHNIQUES = (*_PHOTON_TECHNIQUES, *_ION_TECHNIQUES)
#: Programs write this, or more, where they know no value.
_UNKNOWN = 9.9e36
_ALL = frozenset(range(1, 41))


@dataclass(frozen=True)
class Variable:
    """A label and a unit."""

    label: str
    unit: str


@dataclass(frozen=True)
class Header:
    """What stands before the blocks."""

    institution: str
    instrument: str
    operator: str
    experiment: str
    comment: tuple[str, ...]
    mode: str
    scan: str
    variables: tuple[Variable, ...]
    listed: frozenset[int]  # items that blocks hold
    later_lines: int  # of future upgrades in each block
    blocks: int


@dataclass(frozen=True)
class Block:
    """One block.

    Attributes
    ----------
    line
        Where it begins, counted from 1.
    items
        Text of each item of one line by its name.
    comment
        Its lines.
    conditions
        Values of the experimental variables, as text.
    abscissa, start, step
        Of a REGULAR scan.
    corresponding
        What the columns are.
    additional
        Label, unit and value of additional numerical parameters.
    values : (n, len(corresponding)) float
        The data.
    limits
        Smallest and largest value of each column as the file states them.
    cut
        Whether the file ends before the block does.
    """

    line: int
    items: Mapping[str, str]
    comment: tuple[str, ...]
    conditions: tuple[str, ...]
    abscissa: Variable | None
    start: float
    step: float
    corresponding: tuple[Variable, ...]
    additional: tuple[tuple[Variable, str], ...]
    values: Floats
    limits: tuple[tuple[float, float], ...]
    cut: bool = False


class _EndOfFileError(Exception):
    """The lines are used up."""


@dataclass
class _Cursor:
    """Hands out lines one by one."""

    lines: list[str]
    where: str
    at: int = 0

    @property
    def place(self) -> str:
        return f"{self.where}, line {self.at}"

    @property
    def left(self) -> int:
        return len(self.lines) - self.at

    def text(self) -> str:
        if self.at >= len(self.lines):
            raise _EndOfFileError
        self.at += 1
        return self.lines[self.at - 1].strip()

    def texts(self, count: int) -> list[str]:
        if count > self.left:
            raise _EndOfFileError
        self.at += count
        return self.lines[self.at - count : self.at]

    def number(self, what: str) -> float:
        found = self.text()
        value = number_or_none(found)
        if value is None:
            raise BadInputError(self.place, repr(found[:60]), f"a number ({what})")
        return value

    def whole(self, what: str) -> int:
        found = self.text()
        value = number_or_none(found)
        if value is None or value != int(value):
            raise BadInputError(self.place, repr(found[:60]), f"a whole number ({what})")
        return int(value)

    def count(self, what: str, lines_each: int = 1) -> int:
        value = self.whole(what)
        if value < 0 or value > MAX_RECORDS:
            raise BadInputError(self.place, f"{value} for the {what}", "a count that is possible")
        if value * lines_each > self.left:
            raise _EndOfFileError
        return value

    def one_of(self, words: tuple[str, ...], what: str) -> str:
        found = self.text()
        if found not in words:
            raise BadInputError(self.place, repr(found[:60]), f"the {what}: {', '.join(words)}")
        return found


def known(text: str | None) -> float | None:
    """Number of an item; None where the program wrote that it knows none.

    Examples
    --------
    >>> known("1486.69"), known("1E+37"), known("Al")
    (1486.69, None, None)
    """
    value = None if text is None else number_or_none(text)
    return None if value is None or abs(value) >= _UNKNOWN else value


def read_vamas(lines: list[str], where: str) -> tuple[Header, list[Block], list[str]]:
    """Read the header and the blocks, and what should be said about them.

    Raises
    ------
    BadInputError
        With the line at which the file is not what the standard says, or ends.
    """
    ends = not lines[-1].strip() if lines else True
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    cursor = _Cursor(lines, where)
    try:
        header = _header(cursor)
    except _EndOfFileError as error:
        found = f"a file that ends at line {len(lines)}, within its header"
        raise BadInputError(where, found, "a VAMAS file with its blocks") from error
    if header.scan == "MAPPING":
        found = f"maps ({header.mode}, MAPPING) with one value for each point of the sample"
        raise BadInputError(where, found, "spectra (REGULAR or IRREGULAR)")
    at = cursor.at
    if header.listed == _ALL:
        return (header, *_blocks(cursor, header, _ALL, ends))
    try:
        return (header, *_blocks(cursor, header, _ALL, ends))
    except BadInputError as error:
        cursor.at = at
        try:
            return (header, *_blocks(cursor, header, header.listed, ends))
        except BadInputError:
            raise error from None


def _header(cursor: _Cursor) -> Header:
    while not (first := cursor.text()):
        continue
    if not first.startswith(MARK):
        raise BadInputError(cursor.place, repr(first[:60]), f"{MARK!r}, with which a VAMAS file begins")
    institution, instrument, operator, experiment = (cursor.text() for _ in range(4))
    comment = cursor.texts(cursor.count("number of lines of the comment"))
    mode = cursor.one_of(_MODES, "experiment mode")
    if mode == "NOEXP":
        raise BadInputError(cursor.place, "NOEXP, a file without an experiment", "one with spectra")
    scan = cursor.one_of(_SCANS, "scan mode")
    if mode in ("MAP", "MAPDP", "NORM", "SDP"):
        cursor.whole("number of spectral regions")
    if mode in _MAPS:
        for what in ("analysis positions", "x coordinates", "y coordinates"):
            cursor.whole(f"number of {what}")
    variables = _variables(cursor, "number of experimental variables")
    listed = cursor.whole("number of items included or excluded")
    if abs(listed) > len(_ALL):
        raise BadInputError(cursor.place, f"a list of {abs(listed)} items", f"at most {len(_ALL)}")
    items = frozenset(cursor.whole("item of the list") for _ in range(abs(listed)))
    if not items <= _ALL:
        raise BadInputError(cursor.place, "a list with items that blocks do not have", "items from 1 to 40")
    cursor.texts(cursor.count("number of items entered by hand"))
    later, later_in_block = cursor.count("number of future entries"), cursor.count("number of future block entries")
    cursor.texts(later)
    blocks = cursor.count("number of blocks")
    if blocks == 0:
        raise BadInputError(cursor.place, "no blocks", "at least one")
    held = items if listed > 0 else _ALL - items
    return Header(institution, instrument, operator, experiment, tuple(comment), mode, scan, variables, held,
                  later_in_block, blocks)  # fmt: skip


def _variables(cursor: _Cursor, what: str) -> tuple[Variable, ...]:
    return tuple(Variable(cursor.text(), cursor.text()) for _ in range(cursor.count(what, 2)))


def _blocks(cursor: _Cursor, header: Header, first: frozenset[int], ends: bool) -> tuple[list[Block], list[str]]:
    """Read every block; the last one of a cut file may be shorter, or missing."""
    blocks: list[Block] = []
    for number in range(1, header.blocks + 1):
        begin = cursor.at + 1
        try:
            blocks.append(_Reading(cursor, header, first if number == 1 else header.listed, blocks).block(ends))
        except _EndOfFileError as error:
            found = f"a file that ends at line {len(cursor.lines)}, within block {number} of {header.blocks}"
            if not blocks:
                raise BadInputError(f"{cursor.where}, line {begin}", found, "at least one whole block") from error
            return blocks, [f"{found}, which was left out"]
        if blocks[-1].cut:
            found = f"the file ends at line {len(cursor.lines)}, within block {number} of {header.blocks}"
            return blocks, [f"{found}, which is shorter than it was"]
    if not cursor.left:
        return blocks, [f"the line {_END!r} is missing at the end of the file"]
    found = cursor.text()
    if not found.lower().startswith(_END) and not (_END.startswith(found.lower()) and not cursor.left):
        raise BadInputError(cursor.place, repr(found[:60]), f"{_END!r} after {header.blocks} blocks")
    return blocks, []


#: Items of one line each: number, names, and when a file has them (experiment mode, technique).
_Needed = Callable[[str, str], bool]


def _always(mode: str, technique: str) -> bool:  # noqa: ARG001 - one signature for all
    return True


_ITEMS: tuple[tuple[int, tuple[str, ...], _Needed], ...] = (
    *((n, (name,), _always) for n, name in enumerate(("year", "month", "day", "hour", "minute", "second", "gmt"), 1)),
    (8, (), _always),
    (9, ("technique",), _always),
    (10, ("x coordinate", "y coordinate"), lambda mode, _: mode in _MAPS),
    (11, (), _always),
    (12, ("analysis source",), _always),
    (13, ("sputtering ion", "atoms in sputtering ion", "charge of sputtering ion"),
     lambda mode, technique: mode in _DEPTHS or technique in _ION_TECHNIQUES),
    (14, ("source energy",), _always),
    (15, ("source strength",), _always),
    (16, ("source width x", "source width y"), _always),
    (17, ("field of view x", "field of view y"), lambda mode, _: mode in (*_MAPS, *_FRAMES)),
    (18, ("first linescan start x", "first linescan start y", "first linescan finish x", "first linescan finish y",
          "last linescan finish x", "last linescan finish y"), lambda mode, _: mode in _FRAMES),
    (19, ("source polar angle",), _always),
    (20, ("source azimuth",), _always),
    (21, ("analyser mode",), _always),
    (22, ("pass energy",), _always),
    (23, ("differential width",), lambda _, technique: technique == "AES diff"),
    (24, ("magnification",), _always),
    (25, ("work function",), _always),
    (26, ("target bias",), _always),
    (27, ("analysis width x", "analysis width y"), _always),
    (28, ("take-off polar angle", "take-off azimuth"), _always),
    (29, ("species",), _always),
    (30, ("transition", "charge of detected particle"), _always),
    (31, (), _always),
    (32, (), _always),
    (33, ("signal mode",), _always),
    (34, ("collection time",), _always),
    (35, ("scans",), _always),
    (36, ("time correction",), _always),
    (37, ("sputtering energy", "sputtering current", "sputtering width x", "sputtering width y",
          "sputtering polar angle", "sputtering azimuth", "sputtering mode"),
     lambda mode, technique: mode in _DEPTHS and technique in _PHOTON_TECHNIQUES),
    (38, ("tilt polar angle", "tilt azimuth"), _always),
    (39, ("rotation angle",), _always),
    (40, (), _always),
)  # fmt: skip


class _Reading:
    """One block being read; what it leaves out is that of the first block."""

    def __init__(self, cursor: _Cursor, header: Header, listed: frozenset[int], before: list[Block]) -> None:
        self.cursor, self.header, self.listed = cursor, header, listed
        first = before[0] if before else None
        self.items = dict(first.items) if first else {}
        self.comment = first.comment if first else ()
        self.conditions = first.conditions if first else ()
        self.abscissa, self.start, self.step = (first.abscissa, first.start, first.step) if first else (None, 0.0, 0.0)
        self.corresponding = first.corresponding if first else ()
        self.additional = first.additional if first else ()

    def block(self, ends: bool) -> Block:
        """Read the items, then the data."""
        line = self.cursor.at + 1
        self.items["block"], self.items["sample"] = self.cursor.text(), self.cursor.text()
        special = {8: self._comment, 11: self._conditions, 31: self._abscissa, 32: self._corresponding,
                   40: self._additional}  # fmt: skip
        for number, names, needed in _ITEMS:
            if number not in self.listed:
                continue
            if number in special:
                special[number]()
            elif number == 9:
                self.items["technique"] = self.cursor.one_of(_TECHNIQUES, "technique")
            elif needed(self.header.mode, self.items.get("technique", "")):
                self.items.update((name, self.cursor.text()) for name in names)
        self.cursor.texts(self.header.later_lines)
        if not self.corresponding:
            raise BadInputError(self.cursor.place, "a block without a variable", "at least one column of values")
        limits, values, cut = self._data(ends)
        return Block(line, self.items, self.comment, self.conditions, self.abscissa, self.start, self.step,
                     self.corresponding, self.additional, values, limits, cut)  # fmt: skip

    def _comment(self) -> None:
        self.comment = tuple(self.cursor.texts(self.cursor.count("number of lines of the comment of the block")))

    def _conditions(self) -> None:
        self.conditions = tuple(self.cursor.text() for _ in self.header.variables)

    def _abscissa(self) -> None:
        if self.header.scan != "REGULAR":
            return
        self.abscissa = Variable(self.cursor.text(), self.cursor.text())
        self.start = self.cursor.number("start of the abscissa")
        self.step = self.cursor.number("increment of the abscissa")

    def _corresponding(self) -> None:
        self.corresponding = _variables(self.cursor, "number of corresponding variables")

    def _additional(self) -> None:
        count = self.cursor.count("number of additional numerical parameters", 3)
        self.additional = tuple((Variable(self.cursor.text(), self.cursor.text()), self.cursor.text())
                                for _ in range(count))  # fmt: skip

    def _data(self, ends: bool) -> tuple[tuple[tuple[float, float], ...], Floats, bool]:
        cursor, columns = self.cursor, len(self.corresponding)
        count = cursor.whole("number of ordinate values")
        if count < 0 or count % columns:
            raise BadInputError(cursor.place, f"{count} ordinate values", f"a multiple of the {columns} columns")
        limits = tuple((cursor.number("smallest value"), cursor.number("largest value")) for _ in self.corresponding)
        cut = count > cursor.left
        if count == cursor.left and not ends:
            cut = True  # the last number may have lost digits
        if cut:
            count = max(0, cursor.left - (not ends))
            count -= count % columns
            if count // columns < 2:
                raise _EndOfFileError
        first = cursor.at + 1
        values = column_of(cursor.texts(count), cursor.where, first).reshape(-1, columns)
        return limits, values, cut
