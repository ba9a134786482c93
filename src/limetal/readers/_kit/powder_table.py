"""Columns of a powder pattern in a text file: where the numbers begin, what parts them, and what headers call them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from limetal.readers._kit.diffraction import number

__all__ = ["Table", "find_table", "is_angle_like", "role_of", "split_header", "to_blanks"]

_COMMENT = ("#", "'", ";", "!", "%", "/*", "*/", "*", "//", '"')
_TWO_THETA = re.compile(
    r"2[\s_\-*]*(?:theta|θ|ϑ|th\b|th\.|thet\b)|two[\s_\-]*theta|\btth\b|\b2t\b|°\s*2\s*t", re.IGNORECASE
)
_THETA = re.compile(r"^(?:theta|θ|ϑ|th)$", re.IGNORECASE)
_ANGLE = re.compile(r"^(?:angle|position|pos\.?)$", re.IGNORECASE)
_INTENSITY = re.compile(
    r"^(?:intensity|intensities|int\.?|i|i ?obs|y ?obs|counts?|cps|psd|lin|det\d+disc\d+|signal|observed|obs)$",
    re.IGNORECASE,
)
_STD = re.compile(
    r"^(?:e\.?s\.?d\.?|errors?|err|sigma\w*|σ|std\w*|uncertainty|i ?err\w*|d ?i|intensity[ _]?err\w*)$", re.I
)
_UNIT = re.compile(r"\s*[(\[]\s*([^)\]]*?)\s*[)\]]\s*$|\s*/\s*(deg\w*|°|counts?|cps|a\.?\s?u\.?|rad)$", re.IGNORECASE)
_PIECE = re.compile(r"[^\s(\[]+\s*(?:[(\[][^)\]]*[)\]])?|[(\[][^)\]]*[)\]]")
_NUMERIC = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?")
_LOOKED_AT = 4000
_NEEDED_ROWS = 3
_BLANKS = " "


@dataclass(frozen=True)
class Table:
    """Where the numbers of a text begin and how they are parted.

    ``delimiter`` is a blank for any white space; ``comma`` says that commas are decimal marks.
    """

    first: int
    width: int
    delimiter: str
    comma: bool
    header: tuple[str, ...] = ()
    above: tuple[str, ...] = field(default=())

    @property
    def roles(self) -> tuple[str, ...]:
        """What each header is called among the columns of a pattern; empty for others."""
        return tuple(role_of(name)[0] for name in self.header)


def find_table(lines: list[str], begin: int = 0) -> Table | None:
    """First place from which on lines are rows of equally many numbers; None if there is none.

    Examples
    --------
    >>> find_table(["# 2theta I", "10,0; 5", "10,1; 6", "10,2; 7"])
    Table(first=1, width=2, delimiter=';', comma=True, header=('2theta', 'I'), above=('2theta I',))
    """
    limit = min(len(lines), begin + _LOOKED_AT)
    for at in range(begin, limit):
        bare = lines[at].strip()
        if not bare or not (bare[0].isdigit() or bare[0] in "+-."):
            continue
        found = _delimiter(bare)
        if found is None:
            continue
        delimiter, comma, width = found
        below = [row for line in lines[at + 1 : at + 12] if (row := line.strip())][: _NEEDED_ROWS - 1]
        if not below or any(_fields(row, delimiter, comma) != width for row in below):
            continue
        above = tuple(text for line in lines[begin:at] if (text := _uncommented(line)))
        return Table(at, width, delimiter, comma, _header(above, delimiter, width), above)
    return None


def _delimiter(row: str) -> tuple[str, bool, int] | None:
    """What parts the numbers of a row, whether commas are decimal marks, and how many there are."""
    trials: list[tuple[str, bool]]
    if ";" in row:
        trials = [(";", "," in row)]
    elif "\t" in row:
        trials = [("\t", "," in row), (_BLANKS, "," in row)]
    elif "," in row and "." not in row:
        # 10,02 345 has decimal commas; 10, 345 and 10,345 are parted by them
        trials = [(_BLANKS, True), (",", False)] if len(row.split()) > 1 else [(",", False)]
    elif "," in row:
        trials = [(",", False)]
    else:
        trials = [(_BLANKS, False)]
    for delimiter, comma in trials:
        width = _fields(row, delimiter, comma)
        if width >= 2:
            return delimiter, comma, width
    return None


def _fields(row: str, delimiter: str, comma: bool) -> int:
    """How many numbers a row has; 0 if one of its fields is none."""
    parts = (
        row.split()
        if delimiter == _BLANKS
        else [part.strip() for part in row.strip().rstrip(delimiter).split(delimiter)]
    )
    good = all(_NUMERIC.fullmatch(part) and (comma or "," not in part) for part in parts)
    return len(parts) if good else 0


def to_blanks(line: str, table: Table) -> str:
    """Return a row with points for decimal marks and blanks between its fields.

    Examples
    --------
    >>> to_blanks("10,0;5", Table(0, 2, ";", True))
    '10.0 5'
    """
    if table.delimiter == ",":
        return line.replace(",", " ")
    text = line.replace(",", ".") if table.comma else line
    return text if table.delimiter == _BLANKS else text.replace(table.delimiter, " ")


def _uncommented(line: str) -> str:
    bare = line.strip().lstrip("\ufeff")
    while bare.startswith(_COMMENT):
        shorter = bare[2:] if bare.startswith(("/*", "*/", "//")) else bare[1:]
        bare = shorter.strip()
    return bare


def _header(above: tuple[str, ...], delimiter: str, width: int) -> tuple[str, ...]:
    """Names of the columns in the lines above them, if one of the last two has a name of an angle or an intensity."""
    for text in above[:-3:-1]:
        names = split_header(text, delimiter)
        roles = [role_of(name)[0] for name in names]
        if any(roles) and len(names) >= min(width, 2) and roles[0] in {"two_theta", "theta", "angle"}:
            return tuple(names)
        if "two_theta" in roles and "intensity" in roles and len(names) >= width:
            return tuple(names)
    return ()


def split_header(text: str, delimiter: str) -> list[str]:
    """Names of columns in a line.

    Examples
    --------
    >>> split_header("2 theta (deg)  Intensity [counts] esd", " ")
    ['2theta (deg)', 'Intensity [counts]', 'esd']
    """
    for other in (delimiter, ";", "\t", ","):
        if other != _BLANKS and other in text:
            return [part.strip().strip("\"'") for part in text.rstrip(other).split(other)]
    joined = re.sub(r"(?:2\s*-?\s*|two[\s_\-]+)(theta|θ)", r"2\1", text, flags=re.IGNORECASE)
    return [piece.strip().strip("\"'") for piece in _PIECE.findall(joined)]


def role_of(name: str) -> tuple[str, str]:
    """What a header is among the columns of a pattern, and its unit as written; empty where it says none.

    Examples
    --------
    >>> role_of("2Theta (deg)"), role_of("Pos. [°2Th.]"), role_of("I [cps]"), role_of("theta"), role_of("Voltage")
    (('two_theta', 'deg'), ('two_theta', '°2Th.'), ('intensity', 'cps'), ('theta', ''), ('', ''))
    """
    text = name.strip().strip("\"'").strip()
    match = _UNIT.search(text)
    unit = (match[1] or match[2] or "") if match else ""
    plain = text[: match.start()].strip() if match else text
    if len(text) > 40:
        return "", unit
    if _STD.match(plain):
        return "std", unit
    if _TWO_THETA.search(plain) or (_TWO_THETA.search(unit) and _ANGLE.match(plain)):
        return "two_theta", unit
    if _THETA.match(plain):
        return "theta", unit
    if _ANGLE.match(plain):
        return "angle", unit
    if _INTENSITY.match(plain):
        return "intensity", unit or (plain if plain.lower() in {"counts", "count", "cps"} else "")
    return "", unit


def is_angle_like(lines: list[str], table: Table) -> bool:
    """Whether the first column rises in equal steps within the angles that a diffractometer has.

    Examples
    --------
    >>> rows = [f"{10 + 0.02 * i:.2f} {i % 7}" for i in range(20)]
    >>> is_angle_like(rows, find_table(rows)), is_angle_like([r.replace("0.", "90.") for r in rows], find_table(rows))
    (True, False)
    """
    words = []
    for line in lines[table.first : table.first + _LOOKED_AT]:
        parts = to_blanks(line, table).split()
        if len(parts) != table.width:
            break
        words.append(parts[0])
    values = [number(word) for word in words]
    if len(values) < 10 or any(value is None for value in values):
        return False
    angles = np.array(values, dtype=np.float64)
    digits = max(len(word.partition(".")[2]) for word in words)
    steps = np.diff(angles)
    middle = float(np.median(steps))
    in_range = angles[0] > -20.0 and angles[-1] < 180.0
    # printed angles are off by half a unit of the last digit each
    return bool(
        in_range and 0 < middle < 1.0 and np.all(np.abs(steps - middle) <= max(0.05 * middle, 1.5 * 10.0**-digits))
    )
