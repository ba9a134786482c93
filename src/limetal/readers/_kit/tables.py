"""Tables of impedance or polarisation in text and workbooks of any origin: where they stand and what heads them.

A table is a row of known names above rows of numbers. What the names do not say is never assumed, but for the units
the whole field leaves out: frequency in Hz, impedance in ohm, phase in degrees; that is said in a warning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from limetal.errors import BadInputError
from limetal.readers._base import ColumnHint
from limetal.readers._file import RawFile
from limetal.readers._kit.potentiostat import WHITESPACE, Grid, Role, grid_of, role_of
from limetal.readers._kit.sheets import CellValue, cell_text, is_workbook
from limetal.readers._kit.text import SPACES, fields, is_number

__all__ = [
    "Block", "Found", "blocks", "hinted_block", "lines_of", "names_overpotential", "numbered_table", "roles_of",
]  # fmt: skip

#: Quantity and index of its column -> how it is to be read.
Found = tuple[tuple[int, Role], ...]
_HEADER_WITHIN = 2000  # lines
_GLANCE = 400  # lines of a sheet that tell what it holds
_WIDEST = 400  # columns; more is no table of a spectrum
_DELIMITERS = ("\t", ";", ",", SPACES)
#: Further spellings, as `role_of` knows them; only whole names count.
_IMPEDANCE_ALIASES = {
    "real": "Z'", "re": "Z'", "zreal": "Z'", "z_real": "Z'", "z_re": "Z'", "re z": "Z'", "re[z]": "Z'", "rz": "Z'",
    "real(z)": "Z'", "real z": "Z'", "real part": "Z'", "z prime": "Z'", "z_prime": "Z'", "zprime": "Z'",
    "impedance real": "Z'", "impedance_real": "Z'", "real impedance": "Z'", "z real": "Z'", "re_z": "Z'",
    "re(z)": "Z'", "resistance": "Z'", "z1": "Z'", "real_z": "Z'", "data real": "Z'",
    "imaginary": "Z''", "imag": "Z''", "im": "Z''", "zimag": "Z''", "z_imag": "Z''", "z_im": "Z''", "im z": "Z''",
    "im[z]": "Z''", "imag(z)": "Z''", "imaginary(z)": "Z''", "imag z": "Z''", "imaginary part": "Z''",
    "z double prime": "Z''", "z_double_prime": "Z''", "zdoubleprime": "Z''", "impedance imaginary": "Z''",
    "impedance_imaginary": "Z''", "imaginary impedance": "Z''", "im_z": "Z''", "reactance": "Z''", "z2": "Z''",
    "imag_z": "Z''", "data imag": "Z''",
    "mod(z)": "|Z|", "mod": "|Z|", "modulus": "|Z|", "abs(z)": "|Z|", "mag": "|Z|", "magnitude": "|Z|",
    "impedance": "|Z|", "z magnitude": "|Z|", "impedance magnitude": "|Z|", "absolute impedance": "|Z|",
    "z_abs": "|Z|", "zabs": "|Z|", "z_mod": "|Z|",
    "phi": "phase", "φ": "phase", "ϕ": "phase", "arg(z)": "phase", "phase z": "phase", "phase_z": "phase",
    "phase shift": "phase", "θ": "phase", "angle": "phase", "phi(z)": "phase", "zphase": "phase",
    "impedance_real_ohm": "Z' (ohm)", "impedance_imaginary_ohm": "Z'' (ohm)",
}  # fmt: skip
_FREQUENCY_ALIASES = {
    "freq.": "f", "frequency f": "f", "ν": "f", "freq_hz": "f (Hz)", "frequency_hertz": "f (Hz)",
    "frequency_hz": "f (Hz)",
}  # fmt: skip
_POTENTIAL_ALIASES = {
    "overpotential": "potential", "over-potential": "potential", "over potential": "potential", "η": "potential",
    "eta": "potential", "electrode potential": "potential", "ewe": "potential", "e applied": "potential",
    "working electrode potential": "potential", "we potential": "potential", "u": "potential", "v": "potential",
    "current density": "current", "j": "current", "i density": "current", "areal current": "current",
    "current_density": "current", "test_time_second": "time (s)", "voltage_volt": "potential (V)",
    "current_ampere": "current (A)", "potential_volt": "potential (V)",
    "current_density_ma_cm2": "current (mA/cm2)",
}  # fmt: skip
_EQUILIBRIUM = {"overpotential", "over-potential", "over potential", "η", "eta"}
_ANGULAR = re.compile(r"(?:ω|omega|angular frequency)\s*[(\[/]\s*rad\s*(?:/\s*s|s-1|s\^-1)\s*[)\]]?", re.IGNORECASE)
_NAME_COMMA_UNIT = re.compile(r"(.+?)\s*,\s*([^,]+)")
_MINUS = re.compile(r"(?:minus|neg(?:ative|\.)?)\s+(.*)", re.IGNORECASE)
_UNIT_AT_END = re.compile(r"(.+?)(?:\s+in)?[\s_]+(\S+)")


@dataclass(frozen=True)
class Block:
    """One table: its columns of text with their headers, and what heads them.

    ``above`` is the line above the headers, ``label`` the sheet it stands in; ``end`` the line after it.
    """

    grid: Grid
    roles: tuple[Role | None, ...]
    header_line: int
    end: int
    above: tuple[str, ...] = ()
    label: str = ""


def names_overpotential(header: str) -> bool:
    """Whether a header says that potentials are counted from equilibrium."""
    return _bare(header).split(",")[0].split("(")[0].split("/")[0].strip().lower() in _EQUILIBRIUM


def roles_of(headers: Sequence[str], units: Sequence[str] | None = None) -> tuple[Role | None, ...]:
    """What each header says; the current of an impedance table may be written ``Im``, as Im Z is where f is.

    Examples
    --------
    >>> [r and (r.quantity, r.times) for r in roles_of(("freq", "Zre", "-Zim", "remark"))]
    [('frequency', 1.0), ('real', 1.0), ('imaginary', -1.0), None]
    >>> [r.quantity for r in roles_of(("Overpotential,V", "Current Density, mA/cm^2")) if r]
    ['potential', 'current density']
    """
    padded = [*(units or ()), *("" for _ in headers)]
    plain = {**_POTENTIAL_ALIASES, **_FREQUENCY_ALIASES}
    roles = tuple(_role(h, u, plain) for h, u in zip(headers, padded, strict=False))
    if not any(role is not None and role.quantity == "frequency" for role in roles):
        return roles
    return tuple(_role(h, u, {**plain, **_IMPEDANCE_ALIASES}) for h, u in zip(headers, padded, strict=False))


def _role(header: str, unit: str, aliases: Mapping[str, str]) -> Role | None:
    text = _bare(header)
    if _ANGULAR.fullmatch(text):
        return Role("frequency", 1 / (2 * np.pi))
    sign = 1.0
    if (match := _MINUS.fullmatch(text)) or (match := re.fullmatch(r"[-−–]\s*(.*)", text)):
        text, sign = match[1], -1.0
    for name, own in _spellings(text):
        plain = aliases.get(name.lower(), name)
        said = "" if plain != name and " (" in plain else own or unit
        found = role_of(f"{plain} ({said})" if said else plain)
        if found is not None:
            return replace(found, sign=found.sign * sign)
    return None


def _spellings(text: str) -> Iterator[tuple[str, str]]:
    """Ways to part a header into name and unit."""
    yield text, ""
    for pattern in (
        re.compile(r"(.+?)\s*[(\[]\s*([^()\[\]]*?)\s*[)\]]"),
        re.compile(r"([^/]+?)\s*/\s*(.+)"),
        _NAME_COMMA_UNIT,
        _UNIT_AT_END,
    ):
        match = pattern.fullmatch(text)
        if match:
            yield match[1].strip(), match[2].strip()


def _bare(header: str) -> str:
    text = header.strip().lstrip("#%~").strip()
    text = re.sub("[’′‘`´]", "'", text).replace("″", "''").replace("”", "''")
    return text.replace('"', "''") if not (text.startswith('"') and text.endswith('"')) else text.strip('"')


def lines_of(file: RawFile, *, whole: bool) -> list[tuple[str, list[str]]]:
    """Lines of a text, or of each sheet of a workbook (fields parted by tabs), with the name of the sheet."""
    if is_workbook(file):
        most = None if whole else _GLANCE
        # an empty line at the end: a sheet has no last line that may be cut
        return [(sheet.name, [*map(_sheet_line, sheet.rows[:most]), ""]) for sheet in file.sheets]
    lines = file.lines if whole else file.head_lines
    return [("", [line.replace("\N{MINUS SIGN}", "-") for line in lines] if lines else [])]


def _sheet_line(row: list[CellValue]) -> str:
    return "\t".join(cell_text(cell).replace("\t", " ").replace("\n", " ") for cell in row)


def blocks(
    lines: list[str], enough: Callable[[tuple[Role | None, ...]], bool], where: str, label: str = ""
) -> Iterator[Block]:
    """Every table of a text whose headers are enough, from the top.

    Raises
    ------
    BadInputError
        If rows of numbers go on after one that is none.
    """
    at = 0
    while at < len(lines):
        found = _next_headers(lines, at, enough)
        if found is None:
            return
        header_line, delimiter, headers, roles, first = found
        end = _end(lines, first, delimiter, roles, where)
        above = (
            tuple(fields(lines[header_line - 1], delimiter)) if header_line and lines[header_line - 1].strip() else ()
        )
        grid = _grid(lines, first, end, delimiter, headers, where)
        yield Block(grid, roles, header_line, end, above, label)
        at = end


def _next_headers(
    lines: list[str], start: int, enough: Callable[[tuple[Role | None, ...]], bool]
) -> tuple[int, str, tuple[str, ...], tuple[Role | None, ...], int] | None:
    for at in range(start, min(len(lines), start + _HEADER_WITHIN)):
        line = lines[at]
        if not line.strip() or len(line) > 20_000:
            continue
        for delimiter in _DELIMITERS:
            if delimiter != SPACES and delimiter not in line:
                continue
            headers = tuple(fields(_glued(line) if delimiter == SPACES else line, delimiter))
            if not 2 <= len(headers) <= _WIDEST or sum(map(is_number, headers)) > len(headers) // 2:
                continue
            first = _below(lines, at)
            if first is None:
                continue
            units = fields(lines[first], delimiter)
            roles = roles_of(headers)
            if not any(map(is_number, units)):
                first_numbers = _below(lines, first)
                roles, first = roles_of(headers, units), first if first_numbers is None else first_numbers
            if enough(roles) and sum(map(is_number, fields(lines[first], delimiter))) >= 2:
                return at, delimiter, headers, roles, first
    return None


def _glued(line: str) -> str:
    """Blanks inside ``Z' (ohm)`` or ``f / Hz`` part no columns."""
    return re.sub(r"\s+(?=[(\[])", "", re.sub(r"\s*/\s*", "/", line.lstrip("#%~ ")))


def _below(lines: list[str], at: int) -> int | None:
    return next((i for i in range(at + 1, min(len(lines), at + 4)) if lines[i].strip()), None)


def _end(lines: list[str], first: int, delimiter: str, roles: tuple[Role | None, ...], where: str) -> int:
    """Line after the last row: where words begin again. Numbers further down, without headers, are an error."""
    needed = next(i for i, role in enumerate(roles) if role is not None)
    at = first
    while at < len(lines):
        line = lines[at]
        if line.strip() and not _is_row(line, delimiter, needed):
            break
        at += 1
    if at == len(lines):
        return at
    following = [line for line in lines[at + 1 : at + 4] if line.strip()]
    if following and _is_row(following[0], delimiter, needed) and len(fields(lines[at], delimiter)) == len(roles):
        texts = fields(lines[at], delimiter)
        if any(map(is_number, texts)):
            found = f"{texts[needed][:40]!r}" if needed < len(texts) else "a row that is cut"
            raise BadInputError(f"{where}, line {at + 1}", found, "a number")
    return at


def _is_row(line: str, delimiter: str, needed: int) -> bool:
    parts = fields(line, delimiter)
    return needed < len(parts) and (is_number(parts[needed]) or (not parts[needed] and any(map(is_number, parts))))


def _grid(lines: list[str], first: int, end: int, delimiter: str, headers: tuple[str, ...], where: str) -> Grid:
    """Part the lines into columns; quotation marks may hold the delimiter."""
    body = lines
    separator = WHITESPACE if delimiter == SPACES else delimiter
    if delimiter != SPACES and any('"' in line for line in lines[first:end]):
        body = list(lines)
        for at in range(first, end):
            body[at] = "\t".join(fields(lines[at], delimiter))
        separator = "\t"
    return grid_of(body, first, end, separator, headers, where)


def numbered_table(lines: list[str], where: str) -> Grid | None:
    """The first table of numbers with the headers above it (``column 1``, ... where it has none); None without one.

    Raises
    ------
    BadInputError
        If rows of numbers go on after one that is none.
    """
    for at, line in enumerate(lines[:_HEADER_WITHIN]):
        for delimiter in _DELIMITERS:
            parts = fields(line, delimiter) if delimiter == SPACES or delimiter in line else []
            filled = [part for part in parts if part]
            if not 2 <= len(filled) <= _WIDEST or sum(map(is_number, filled)) < max(2, len(filled) // 2):
                continue
            above = next((i for i in range(at - 1, -1, -1) if lines[i].strip()), None)
            words: list[str] = []
            if above is not None:
                words = fields(_glued(lines[above]) if delimiter == SPACES else lines[above], delimiter)
            while words and not words[-1]:
                words.pop()
            while not parts[-1]:
                parts.pop()
            named = len(words) == len(parts) and not any(map(is_number, words))
            headers = tuple(words) if named else tuple(f"column {i + 1}" for i in range(len(parts)))
            role = Role("number", None)
            end = _end(lines, at, delimiter, tuple(role for _ in parts), where)
            return _grid(lines, at, end, delimiter, headers, where)
    return None


def hinted_block(
    lines: list[str], hints: Mapping[str, ColumnHint], names: Mapping[str, Role], where: str, label: str = ""
) -> Block:
    """The table whose columns a user named, by number or by header.

    Raises
    ------
    BadInputError
        If there is no table of numbers, a column is not there, or a unit is none of its quantity.
    """
    for at, line in enumerate(lines[:_HEADER_WITHIN]):
        for delimiter in _DELIMITERS:
            parts = fields(line, delimiter) if delimiter == SPACES or delimiter in line else []
            filled = [part for part in parts if part]
            if len(filled) < max(2, len(hints)) or sum(map(is_number, filled)) < max(2, len(filled) // 2):
                continue
            above = next((i for i in range(at - 1, -1, -1) if lines[i].strip()), None)
            words = (
                fields(_glued(lines[above]) if delimiter == SPACES else lines[above], delimiter)
                if above is not None
                else []
            )
            headers = tuple(words) if len(words) >= len(filled) - 1 and not any(map(is_number, words)) else ()
            roles = _hinted_roles(hints, names, headers, len(parts), f"{where}, line {at + 1}")
            end = _end(lines, at, delimiter, roles, where)
            grid = _grid(
                lines, at, end, delimiter, headers or tuple(f"column {i + 1}" for i in range(len(parts))), where
            )
            return Block(grid, roles, at - 1, end, (), label)
    raise BadInputError(where, "no table of numbers", f"rows with columns of {', '.join(hints)}")


def _hinted_roles(
    hints: Mapping[str, ColumnHint], names: Mapping[str, Role], headers: tuple[str, ...], width: int, where: str
) -> tuple[Role | None, ...]:
    roles: list[Role | None] = [None] * width
    for key, hint in hints.items():
        if isinstance(hint.column, int):
            index = hint.column - 1
            if not 0 <= index < width:
                raise BadInputError(
                    f"{where}, columns.{key}", f"column {hint.column}", f"a column between 1 and {width}"
                )
        else:
            texts = [h.strip().lower() for h in headers]
            if hint.column.strip().lower() not in texts:
                known = ", ".join(map(repr, headers)) or "none"
                raise BadInputError(f"{where}, columns.{key}", repr(hint.column), f"a header of the file: {known}")
            index = texts.index(hint.column.strip().lower())
        role = names[key]
        if hint.unit:
            said = role_of(f"{_PLAIN_NAMES[role.quantity]} ({hint.unit})")
            if said is None:
                raise BadInputError(f"{where}, columns.{key}", f"the unit {hint.unit!r}", f"a unit of {role.quantity}")
            role = replace(
                said, quantity=said.quantity if role.quantity == "current" else role.quantity, sign=role.sign
            )
        elif (
            headers
            and index < len(headers)
            and (said := _role(headers[index], "", {**_FREQUENCY_ALIASES, **_IMPEDANCE_ALIASES})) is not None
        ):
            role = replace(role, factor=said.factor, per_area=said.per_area)
        roles[index] = role
    return tuple(roles)


_PLAIN_NAMES = {
    "frequency": "f", "real": "Z'", "imaginary": "Z''", "modulus": "|Z|", "phase": "phase", "time": "time",
    "potential": "potential", "current": "current", "current density": "current",
}  # fmt: skip
