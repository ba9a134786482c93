"""What the text files of potentiostats share: blocks of fields, headers with units, dates, signs of current.

A block is read into `Grid`, whose columns stay text until a reader asks for numbers; so a column nobody needs may hold
anything, and an error names the line of the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.readers._kit.open_end import NO_END, is_cut_row

__all__ = [
    "WHITESPACE",
    "Grid",
    "Role",
    "grid_of",
    "iso_time",
    "others",
    "polarity",
    "role_of",
    "same_names",
    "scaled",
    "separator_of",
    "take",
    "without_cut_row",
]

Floats = NDArray[np.float64]
#: Runs of blanks and tabs as a separator.
WHITESPACE = ""
_MOST = 1e60  # no instrument measures more; a garbled exponent may give it
_HELD_V = 1e-3  # a potential that moves less is held, and its noise tells nothing
_COMPARED = 200  # numbers above the last one
_MAX_WIDTH = 2000  # fields of a line; no instrument writes more, a garbled file may


@dataclass(frozen=True)
class Grid:
    """A block of text fields.

    Attributes
    ----------
    frame
        Columns of text named ``0``, ``1``, ... from the left.
    line : (n,) int
        Line of the file of each row, counted from 1.
    headers
        Of the columns as they stand in the file, with their unit; may be fewer than columns.
    where
        The file, for messages.
    open_end
        Whether the block ends the file within a line, so that its last number may be cut.
    warnings
        What was left out, in sentences.
    """

    frame: pl.DataFrame
    line: NDArray[np.int64]
    headers: tuple[str, ...]
    where: str
    open_end: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.frame.height

    def texts(self, index: int) -> pl.Series:
        """Text of a column without blanks around it.

        Raises
        ------
        BadInputError
            If the rows have fewer fields.
        """
        if index >= self.frame.width:
            header = self.headers[index] if index < len(self.headers) else f"column {index + 1}"
            place = f"{self.where}, line {self.line[0]}" if self.rows else self.where
            raise BadInputError(place, f"{self.frame.width} fields", f"one for column {header!r}")
        return self.frame[str(index)]

    def numbers(self, index: int, decimal_comma: bool = False) -> Floats:
        """Numbers of a column, not-a-number where a field holds none."""
        texts = self.texts(index)
        if decimal_comma:
            texts = texts.str.replace(",", ".", literal=True)
        return texts.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().astype(np.float64)

    def slice(self, first: int, end: int) -> Grid:
        """Rows from ``first`` to before ``end``."""
        last = end >= self.rows
        return replace(self, frame=self.frame[first:end], line=self.line[first:end], open_end=self.open_end and last)

    def keep(self, mask: NDArray[np.bool_]) -> Grid:
        """Rows where the mask is true."""
        return replace(self, frame=self.frame.filter(pl.Series(mask)), line=self.line[mask])


def separator_of(line: str) -> str:
    r"""Separator of a line of several fields: tab, semicolon, comma, or runs of blanks.

    Examples
    --------
    >>> [separator_of(line) for line in ("a\tb", "1,5;2,5", "a, b", "1  2")]
    ['\t', ';', ',', '']
    """
    line = line.strip()
    return next((mark for mark in ("\t", ";", ",") if mark in line), WHITESPACE)


def grid_of(lines: Sequence[str], first: int, end: int, separator: str, headers: Sequence[str], where: str) -> Grid:
    r"""Part the lines from ``first`` to before ``end`` (indices) into columns; empty lines are skipped.

    Raises
    ------
    BadInputError
        If there are no rows, or a row has another number of fields than most; a last row that the end of the file
        cut is left out.

    Examples
    --------
    >>> grid = grid_of(["f\tZ", "1\t2", "3\t4", ""], 1, 4, "\t", ("f", "Z"), "x.txt")
    >>> grid.numbers(1).tolist(), grid.line.tolist()
    ([2.0, 4.0], [2, 3])
    """
    body = pl.Series("line", list(lines[first:end]), dtype=pl.String)
    filled = body.str.strip_chars() != ""
    line = filled.arg_true().to_numpy().astype(np.int64) + first + 1
    body = body.filter(filled)
    if not len(body):
        raise BadInputError(f"{where}, line {first + 1}", "headers and no rows of data", "at least two rows")
    open_end = end >= len(lines) and bool(lines[-1].strip())
    if separator == WHITESPACE:
        body = body.str.strip_chars().str.replace_all(r"\s+", "\t")
    mark = separator or "\t"
    counts = body.str.count_matches(mark, literal=True).to_numpy().astype(np.int64) + 1
    width = _usual_width(counts, len(headers))
    if width > _MAX_WIDTH:
        raise BadInputError(f"{where}, line {line[0]}", f"{counts[0]} fields", f"at most {_MAX_WIDTH}")
    warnings: tuple[str, ...] = ()
    if open_end and counts.size > 1 and counts[-1] < width:
        warnings = (f"line {line[-1]} was left out: the file ends within it",)
        body, line, counts = body[:-1], line[:-1], counts[:-1]
    body = _of_one_width(body, line, counts, width, mark, where)
    frame = body.str.split_exact(mark, width - 1).struct.rename_fields([str(i) for i in range(width)]).struct.unnest()
    frame = frame.select(pl.all().fill_null("").str.strip_chars(' "\t'))
    _refuse_other_names(frame, headers, f"{where}, line {line[0]}", mark)
    return Grid(frame, line, tuple(headers), where, open_end and not warnings, warnings)


def _usual_width(counts: NDArray[np.int64], named: int) -> int:
    """Fields that most rows have; of equals as many as there are names, else the larger: a cut row has fewer."""
    table = np.bincount(np.minimum(counts, _MAX_WIDTH + 1))
    if 0 < named < table.size and table[named] == table.max():
        return named
    return int(table.size - 1 - np.argmax(table[::-1]))


def _refuse_other_names(frame: pl.DataFrame, headers: Sequence[str], place: str, mark: str) -> None:
    """Refuse rows with more or fewer fields than there are names, unless what is beyond is empty."""
    names, width = len(headers), frame.width
    if any(header.strip() for header in headers[width:]):
        raise BadInputError(place, f"{width} fields under {names} names", "a field for each name")
    if names and any((frame[str(index)] != "").any() for index in range(names, width)):
        comma = ": is the comma also the decimal mark?" if mark == "," else ""
        raise BadInputError(place, f"{width} fields under {names} names{comma}", "a name for each field")


def _of_one_width(
    body: pl.Series, line: NDArray[np.int64], counts: NDArray[np.int64], width: int, mark: str, where: str
) -> pl.Series:
    """Return the rows cut to the usual width; empty fields beyond it are a habit of writers, all else is an error."""
    other = np.flatnonzero(counts != width)
    for at in other[:10_000]:
        fields = str(body[int(at)]).split(mark)
        if len(fields) < width or any(field.strip() for field in fields[width:]):
            comma = ": is the comma also the decimal mark?" if mark == "," and len(fields) > width else ""
            raise BadInputError(f"{where}, line {line[at]}", f"{len(fields)} fields{comma}", f"{width} as in most rows")
    if other.size > 10_000:
        raise BadInputError(f"{where}, line {line[0]}", f"{other.size} rows of other widths", f"{width} fields in each")
    return body


def take(grid: Grid, columns: Mapping[str, tuple[int, float]]) -> tuple[Grid, dict[str, Floats]]:
    """Numbers of the needed columns, each times its factor; the rows are those of the grid returned.

    Parameters
    ----------
    grid
        The block.
    columns
        Name of the quantity -> index of its column and factor to limetal's unit.

    Raises
    ------
    BadInputError
        If a field is no number; a last row that the end of the file cut is left out instead.
    """
    comma = _decimal_comma(grid, [index for index, _ in columns.values()])
    with np.errstate(over="ignore"):  # what is too large is refused below, with its line
        values = {name: scaled(grid.numbers(index, comma), factor) for name, (index, factor) in columns.items()}
    broken = np.zeros(grid.rows, dtype=bool)
    for numbers in values.values():
        broken |= ~(np.abs(numbers) < _MOST)
    at = np.flatnonzero(broken)
    if at.size:
        row = int(at[0])
        if row == grid.rows - 1 and grid.rows > 1 and grid.open_end:
            said = f"line {grid.line[row]} was left out: the file ends within it"
            shorter = replace(grid.slice(0, row), open_end=False, warnings=(*grid.warnings, said))
            return shorter, {name: numbers[:-1] for name, numbers in values.items()}
        name = next(name for name, numbers in values.items() if not abs(numbers[row]) < _MOST)
        index = columns[name][0]
        header = grid.headers[index] if index < len(grid.headers) else f"column {index + 1}"
        text = str(grid.texts(index)[row])
        found = f"{text[:40]!r} in column {header!r}" if text else f"an empty field in column {header!r}"
        raise BadInputError(f"{grid.where}, line {grid.line[row]}", found, "a number")
    if any(index == grid.frame.width - 1 for index, _ in columns.values()):
        grid = without_cut_row(grid, [grid.frame.width - 1])
    return grid, {name: numbers[: grid.rows] for name, numbers in values.items()}


def without_cut_row(grid: Grid, used: Sequence[int]) -> Grid:
    """Leave out a last row whose last number the end of the file cut, or say that it may be cut.

    ``used`` are the columns that a record has; another column never costs a row. A row is left out, or spoken of,
    once: the grid that comes back then has no open end any more.
    """
    last = grid.frame.width - 1
    if not grid.open_end or grid.rows < 2:
        return grid
    is_used = last in used
    texts = grid.texts(last).tail(_COMPARED).to_list()
    verdict = is_cut_row(texts[-1], texts[:-1], is_used=is_used)
    if verdict:
        said = f"line {grid.line[-1]} was left out: the file ends within its last number"
        return replace(grid.slice(0, grid.rows - 1), open_end=False, warnings=(*grid.warnings, said))
    if verdict is None:
        said = f"line {grid.line[-1]} {NO_END}"
        return replace(grid, open_end=False, warnings=(*grid.warnings, said))
    return grid


def scaled(numbers: Floats, factor: float) -> Floats:
    """Multiply, by division where that is exact in decimal (12.3 mV is 0.0123 V and nothing after it)."""
    if abs(factor) >= 1 or factor == 0:
        return numbers * factor
    return numbers / float(f"{1 / factor:.12g}")


def _decimal_comma(grid: Grid, indices: Sequence[int]) -> bool:
    """Whether the comma is the decimal mark; a block that uses comma and point is refused."""
    comma_at: tuple[int, int] | None = None
    point = False
    for index in indices:
        texts = grid.texts(index)
        commas = texts.str.contains(",", literal=True)
        if commas.any() and comma_at is None:
            comma_at = (index, int(commas.arg_max() or 0))
        point = point or bool(texts.str.contains(".", literal=True).any())
    if comma_at is None:
        return False
    index, row = comma_at
    text = str(grid.texts(index)[row])
    if point or text.count(",") > 1:
        found = f"{text[:40]!r}, where the comma may be decimal or part thousands"
        raise BadInputError(f"{grid.where}, line {grid.line[row]}", found, "one decimal mark in the whole table")
    return True


def others(grid: Grid, used: Sequence[int], prefix: str = "") -> dict[str, NDArray[np.generic]]:
    """Every other column under its own header: numbers where all its fields are numbers, else text."""
    more: dict[str, NDArray[np.generic]] = {}
    for index in range(grid.frame.width):
        header = grid.headers[index].strip() if index < len(grid.headers) else ""
        if index in used:
            continue
        texts = grid.texts(index)
        filled = (texts != "").to_numpy()
        if not filled.any():
            continue
        name = prefix + (header or f"column {index + 1}")
        name = f"{name} (column {index + 1})" if name in more else name
        comma = bool(texts.str.contains(r"^[+-]?\d*,\d+(?:[eE][+-]?\d+)?$").any())
        numbers = grid.numbers(index, comma)
        more[name] = texts.to_numpy() if np.isnan(numbers[filled]).any() else numbers
    return more


def same_names(grid: Grid, used: Sequence[int]) -> list[str]:
    """Sentences about columns of a record that share their header with a column that is not read.

    Examples
    --------
    >>> grid = grid_of(["E/V;I/A;I/A", "1;2;3", ""], 1, 3, ";", ("E/V", "I/A", "I/A"), "x.txt")
    >>> same_names(grid, [0, 1])
    ["columns 2 and 3 are both called 'I/A': column 2 was read, the other is kept beside the record"]
    """
    said = []
    names = [header.strip() for header in grid.headers[: grid.frame.width]]
    for index in used:
        same = [i for i, name in enumerate(names) if index < len(names) and name and name == names[index]]
        if len(same) > 1 and not all(i in used for i in same):
            numbers = " and ".join(str(i + 1) for i in same[:6])
            both, rest = ("both", "other is") if len(same) == 2 else ("all", "others are")
            said.append(
                f"columns {numbers} are {both} called {names[index]!r}: column {index + 1} was read, the {rest} kept"
                " beside the record"
            )
    return said


# ---------------------------------------------------------------------------------------------- headers

#: Unit as `_unit` writes it -> kind and factor to Hz, ohm, V, A, s, mA/cm2, degrees.
_UNITS: dict[str, tuple[str, float]] = {
    "Hz": ("frequency", 1.0), "kHz": ("frequency", 1e3), "MHz": ("frequency", 1e6), "mHz": ("frequency", 1e-3),
    "ohm": ("impedance", 1.0), "kohm": ("impedance", 1e3), "Mohm": ("impedance", 1e6), "mohm": ("impedance", 1e-3),
    "uohm": ("impedance", 1e-6),
    "ohmcm2": ("areal impedance", 1.0), "kohmcm2": ("areal impedance", 1e3), "mohmcm2": ("areal impedance", 1e-3),
    "V": ("voltage", 1.0), "mV": ("voltage", 1e-3), "uV": ("voltage", 1e-6),
    "A": ("current", 1.0), "mA": ("current", 1e-3), "uA": ("current", 1e-6), "nA": ("current", 1e-9),
    "pA": ("current", 1e-12),
    "s": ("time", 1.0), "ms": ("time", 1e-3), "min": ("time", 60.0), "h": ("time", 3600.0),
    "A/cm2": ("current density", 1e3), "mA/cm2": ("current density", 1.0), "uA/cm2": ("current density", 1e-3),
    "nA/cm2": ("current density", 1e-6), "A/m2": ("current density", 0.1),
    "deg": ("angle", 1.0), "rad": ("angle", 180.0 / np.pi),
}  # fmt: skip
_UNIT_WORDS = {
    "hz": "Hz", "khz": "kHz", "ohms": "ohm", "ohm": "ohm", "kohms": "kohm",
    "v": "V", "volt": "V", "volts": "V", "mv": "mV", "a": "A", "amp": "A", "amps": "A", "ampere": "A", "ma": "mA",
    "ua": "uA", "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s", "°": "deg", "degree": "deg",
    "degrees": "deg", "h": "h", "hr": "h", "min": "min", "a/cm2": "A/cm2", "ma/cm2": "mA/cm2", "ua/cm2": "uA/cm2",
    "acm-2": "A/cm2", "macm-2": "mA/cm2",
}  # fmt: skip
_NAMES: dict[str, str] = {
    **dict.fromkeys(("freq", "frequency", "f"), "frequency"),
    **dict.fromkeys(("z'", "zre", "zreal", "re(z)", "rez", "re z", "z real", "z re", "zr", "z'(a)"), "real"),
    **dict.fromkeys(
        ("z''", "zim", "zimg", "zimag", "im(z)", "imz", "im z", "z imag", "z im", "zi", "z''(b)"), "imaginary"
    ),
    **dict.fromkeys(("z", "|z|", "zmod", "z mod"), "modulus"),
    **dict.fromkeys(("phase", "phase(z)", "zphz", "theta", "theta (z)", "phase angle"), "phase"),
    **dict.fromkeys(("time", "t", "elapsed time", "corrected time"), "time"),
    **dict.fromkeys(("potential", "e", "we(1).potential", "vf", "voltage", "ewe", "<ewe>", "vdc"), "potential"),
    **dict.fromkeys(("current", "i", "we(1).current", "im", "i1", "<i>", "idc"), "current"),
}
_KIND_OF = {
    "frequency": ("frequency",), "real": ("impedance", "areal impedance"), "modulus": ("impedance", "areal impedance"),
    "imaginary": ("impedance", "areal impedance"), "phase": ("angle",), "time": ("time",),
    "potential": ("voltage",), "current": ("current", "current density"),
}  # fmt: skip


@dataclass(frozen=True)
class Role:
    """What a column holds.

    ``quantity`` is frequency, real, imaginary, modulus, phase, time, potential, current or current density;
    ``factor`` brings its numbers to Hz, ohm, degrees, s, V, A or mA/cm2, with the sign (-1 for ``-Z''``); None where
    the header gives no unit. ``per_area``: an impedance times area.
    """

    quantity: str
    factor: float | None
    sign: float = 1.0
    per_area: bool = False

    @property
    def times(self) -> float:
        """Factor with sign, with the unit the format fixes where the header has none."""
        return (1.0 if self.factor is None else self.factor) * self.sign


def role_of(header: str, unit: str | None = None) -> Role | None:
    """What a header says; None for anything else than a whole known name with a fitting unit.

    Examples
    --------
    >>> role_of("-Z'' (Ω)")
    Role(quantity='imaginary', factor=1.0, sign=-1.0, per_area=False)
    >>> role_of("Freq/kHz").factor, role_of("Zre (ohms)").quantity, role_of("WE(1).Current (A)").quantity
    (1000.0, 'real', 'current')
    >>> role_of("Z'/mA") is None, role_of("Frequency").factor is None
    (True, True)
    """
    name, found = _split(_plain(header)) if unit is None else (_plain(header), unit)
    sign = 1.0
    if name.startswith(("-", "−")):
        name, sign = name[1:].strip(), -1.0
    quantity = _NAMES.get(name.lower())
    if quantity is None:
        return None
    if not found:
        return Role(quantity, None, sign)
    kind, factor = _UNITS.get(_unit(found), ("", 0.0))
    if kind not in _KIND_OF[quantity]:
        return None
    if kind == "current density":
        quantity = kind
    return Role(quantity, factor, sign, kind == "areal impedance")


def _plain(header: str) -> str:
    header = header.strip().strip('"').strip() if header.count('"') != 1 else header.strip()
    header = re.sub("[’′‘]", "'", header).replace("″", "''").replace('"', "''").replace("”", "''")
    return re.sub(r"\s+", " ", header)


def _split(header: str) -> tuple[str, str]:
    """Name and unit of ``name (unit)``, ``name [unit]`` or ``name/unit``."""
    match = re.fullmatch(r"(.+?)\s*[(\[]([^()\[\]]*)[)\]]", header)
    if match and _unit(match[2]) in _UNITS:
        return match[1].strip(), match[2].strip()
    match = re.fullmatch(r"([^/]+?)\s*/\s*(.+)", header)
    if match and _unit(match[2]) in _UNITS:
        return match[1].strip(), match[2].strip()
    return header, ""


def _unit(text: str) -> str:
    """Spelling of a unit as the table above has it.

    Only the case of whole words is forgiven: ``mHz`` and ``MHz``, ``mΩ`` and ``MΩ`` differ by nine decades.
    """
    text = re.sub(r"\s*vs\.?\s.*$", "", text.strip())
    text = (
        re.sub("[ΩΩ]", "ohm", re.sub("[µμ]", "u", text)).replace("²", "2").replace("Ohm", "ohm").replace("OHM", "ohm")
    )
    text = re.sub(r"[\^*·.\s]", "", text).replace("ohm-cm2", "ohmcm2").replace("ohms", "ohm")
    text = re.sub(r"^ohmcm2$", "ohmcm2", text)
    return text if text in _UNITS else _UNIT_WORDS.get(text.lower(), text)


# ---------------------------------------------------------------------------------------------- small things


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def iso_time(date: str, time: str = "", order: str = "") -> str:
    """Date and time as ISO 8601; empty where a reader could take day for month.

    Parameters
    ----------
    date, time
        As the file has them; ``time`` with AM or PM or without.
    order
        ``"mdy"`` or ``"dmy"`` where the program fixes it.

    Examples
    --------
    >>> iso_time("4/23/2018", "16:43:15"), iso_time("23.04.2018", "16:43:15"), iso_time("4/5/2018", "1:00:00")
    ('2018-04-23T16:43:15', '2018-04-23T16:43:15', '')
    >>> iso_time("Thursday, July 19, 2018", "9:40:30 AM"), iso_time("10-12-2018", "11:04:34", "mdy")
    ('2018-07-19T09:40:30', '2018-10-12T11:04:34')
    """
    day = _iso_date(date.strip(), order)
    clock = re.match(r"(\d{1,2})[:.](\d{2})[:.](\d{2})(?:[.,]\d+)?\s*([AaPp])?\.?[Mm]?", time.strip())
    if not day or clock is None:
        return day
    hour = int(clock[1])
    if clock[4]:
        hour = hour % 12 + 12 * (clock[4] in "Pp")
    if hour > 23 or int(clock[2]) > 59 or int(clock[3]) > 59:
        return day
    return f"{day}T{hour:02d}:{clock[2]}:{clock[3]}"


def _iso_date(text: str, order: str) -> str:
    named = re.search(r"([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})", text)
    if named and named[1][:3].lower() in _MONTHS:
        return _valid(int(named[3]), _MONTHS.index(named[1][:3].lower()) + 1, int(named[2]))
    match = re.match(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})", text)
    if not match:
        return ""
    first, second, third = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4:
        return _valid(first, second, third)
    if len(match[4]) != 4:
        return ""
    if order == "mdy":
        return _valid(third, first, second)
    if order == "dmy" or match[2] == "." or first > 12 or first == second:
        return _valid(third, second, first)
    return _valid(third, first, second) if second > 12 else ""


def _valid(year: int, month: int, day: int) -> str:
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


def polarity(potential: Floats, current: Floats) -> int:
    """Which sign an anodic current has, from the data alone: 1 positive, -1 negative, 0 where they do not tell.

    A current driven by a potential rises with it (every electrode without passivation), and that of a rising scan
    lies above that of the falling scan at the same potential (charging and diffusion). Both hold only where anodic
    currents are positive.

    Examples
    --------
    >>> e = np.concatenate([np.linspace(0, 1, 50), np.linspace(1, 0, 50)])
    >>> i = np.repeat([1.0, -1.0], 50) + 0.1 * e
    >>> polarity(e, i), polarity(e, -i), polarity(e, np.ones(100))
    (1, -1, 0)
    """
    if potential.size < 5 or np.ptp(potential) < _HELD_V or not np.ptp(current):
        return 0
    e = (potential - potential.mean()) / np.ptp(potential)
    i = (current - current.mean()) / np.ptp(current)
    slope = float(np.sum(e * i) / np.sqrt(np.sum(e * e) * np.sum(i * i)))
    turns = _share_back(e)
    loop = float(np.sum(np.diff(e) * (i[1:] + i[:-1]) / 2)) if turns > 0.3 else 0.0
    chance = abs(slope) * np.sqrt((e.size - 2) / max(1 - slope * slope, 1e-12))  # Student's t: few noisy points agree
    votes = [
        int(np.sign(slope)) if abs(slope) > 0.35 and chance > 4 else 0,
        int(np.sign(loop)) if abs(loop) > 0.03 and e.size > 9 else 0,
    ]
    if votes[0] and votes[1] and votes[0] != votes[1]:
        return 0
    return votes[0] or votes[1]


def _share_back(e: Floats) -> float:
    """Share of the path of a scan that leads back."""
    steps = np.diff(e)
    up, down = float(steps[steps > 0].sum()), float(-steps[steps < 0].sum())
    return min(up, down) / max(up, down) if max(up, down) else 0.0
