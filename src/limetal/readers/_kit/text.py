"""From the bytes of a text file to lines, a delimiter and the row of headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from limetal.readers._base import ColumnHint
from limetal.readers._kit.columns import Header, read_header

__all__ = [
    "SPACES",
    "WIDE_SPACES",
    "Layout",
    "fields",
    "find_layout",
    "is_number",
    "likely_headers",
]

SPACES, WIDE_SPACES = "spaces", "wide spaces"
_DELIMITERS = ("\t", ";", "|", ",", WIDE_SPACES, SPACES)
_HEADER_WITHIN = 2000  # lines; metadata above a header is never longer in the files seen (Novonix: 20, EC-Lab: 103)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?")
_CLOCK = re.compile(r"(?:\d+\s*(?:d|days?|[-.,])?\s*)?\d+:\d{1,2}:\d{1,2}(?:[.,]\d*)?")


@dataclass(frozen=True)
class Layout:
    """Where the table of a text file is.

    Attributes
    ----------
    delimiter
        One character, or `SPACES` or `WIDE_SPACES` (two and more) for runs of blanks.
    headers
        Of the columns, from the left; empty if the file has none.
    header_line, first_line
        Index into the lines: of the header row (-1 if there is none) and of the first line that may be data.
    """

    delimiter: str
    headers: tuple[Header, ...]
    header_line: int
    first_line: int


def is_number(field: str) -> bool:
    """Whether a field is a number or a clock time, with a point or a comma."""
    field = field.strip().strip('"').strip()
    return bool(_NUMBER.fullmatch(field) or _CLOCK.fullmatch(field))


def fields(line: str, delimiter: str) -> list[str]:
    """Fields of one line without quotation marks."""
    if delimiter == SPACES:
        parts = line.split()
    elif delimiter == WIDE_SPACES:
        parts = re.split(r"\s{2,}", line.strip())
    elif '"' in line:
        parts = re.findall(rf'(?:^|{re.escape(delimiter)})((?:\s*"(?:[^"]|"")*"|[^{re.escape(delimiter)}])*)', line)
    else:
        parts = line.split(delimiter)
    if '"' not in line:  # of most lines, and hundreds are looked at before a file is known
        return [part.strip() for part in parts]
    return [re.sub(r'^"(.*)"$', r"\1", part.strip()).replace('""', '"').strip() for part in parts]


def find_layout(lines: list[str], hints: dict[str, ColumnHint]) -> Layout | None:
    """Find the header row: the first that names a time and a voltage and stands above numbers.

    Hints by name replace the names; hints by number make a file without headers readable.
    """
    wanted = [h.column for h in hints.values() if isinstance(h.column, str)]
    for at in range(min(len(lines), _HEADER_WITHIN)):
        best: Layout | None = None
        for delimiter, texts in _header_candidates(lines[at]):
            if best is not None and delimiter in (SPACES, WIDE_SPACES):
                break  # blanks part words too, so they only count where nothing else parts the line
            headers = tuple(read_header(text) for text in texts)
            if not _names_enough(headers, hints, wanted):
                continue
            if _stands_above_numbers(lines, at, delimiter, len(headers)) and (
                best is None or len(headers) > len(best.headers)
            ):
                best = Layout(delimiter, headers, at, at + 1)
        if best is not None:
            return best
    if hints and not wanted:
        return _table_of_numbers(lines, max(h.column for h in hints.values() if isinstance(h.column, int)))
    return None


def likely_headers(lines: list[str]) -> Layout | None:
    """Find the first row of words above numbers, to tell a user what the file has instead."""
    return _table_of_numbers(lines, 2)


def _header_candidates(line: str) -> Iterator[tuple[str, list[str]]]:
    """Ways to part a line into headers; blanks inside ``Time (h)`` or ``time / s`` are no delimiter."""
    line = line.strip("\n").lstrip("#~%") if line.lstrip().startswith(("#", "~", "%")) else line
    if not line.strip() or len(line) > 100_000:
        return
    for delimiter in _DELIMITERS:
        if delimiter in (SPACES, WIDE_SPACES):
            if "  " in line.strip() and delimiter == WIDE_SPACES:
                yield delimiter, fields(line, delimiter)
            elif delimiter == SPACES:
                glued = re.sub(r"\s+(?=[(\[{])", "", re.sub(r"\s*/\s*", "/", line))
                yield delimiter, fields(glued, delimiter)
        elif delimiter in line:
            yield delimiter, _without_empty_end(fields(line, delimiter))


def _names_enough(headers: tuple[Header, ...], hints: dict[str, ColumnHint], wanted: list[str]) -> bool:
    if len(headers) < 2 or all(is_number(h.text) for h in headers):
        return False
    texts = {h.text.strip() for h in headers}
    lowered = {text.lower() for text in texts}
    if any(isinstance(w, str) and w.strip() not in texts and w.strip().lower() not in lowered for w in wanted):
        return False
    for quantity in ("time", "voltage"):
        if quantity not in hints and not any(h.rank(quantity) is not None for h in headers):
            return False
    # numbers alone say nothing about the row of headers, unless they cover all that is needed
    return bool(wanted) or any(q not in hints for q in ("time", "voltage"))


def _stands_above_numbers(lines: list[str], at: int, delimiter: str, width: int) -> bool:
    """Whether one of the next lines (a row of units may come first) is a row of numbers this wide."""
    below = [line for line in lines[at + 1 : at + 12] if line.strip()][:3]
    if not below:
        return True
    for line in below:
        parts = fields(line, SPACES if delimiter == WIDE_SPACES else delimiter)
        if len(parts) >= min(width, 2) and sum(map(is_number, parts)) >= 2 * (len(parts) >= 2):
            return True
    # a header with broken numbers below is still the header: its full names leave no doubt
    return any(len(fields(line, delimiter)) == width and any(map(is_number, fields(line, delimiter))) for line in below)


def _table_of_numbers(lines: list[str], columns: int) -> Layout | None:
    """Find the first row of numbers with enough columns, and the words above it if they fit."""
    for at in range(min(len(lines), _HEADER_WITHIN)):
        line = lines[at]
        for delimiter in _DELIMITERS:
            if delimiter == WIDE_SPACES or (len(delimiter) == 1 and delimiter not in line):
                continue
            parts = fields(line, delimiter)
            kept = _without_empty_end(parts)
            if len(kept) < max(columns, 2) or sum(map(is_number, kept)) < max(2, (len(kept) + 1) // 3):
                continue
            above = at - 1
            while above >= 0 and not lines[above].strip():
                above -= 1
            if above >= 0:
                texts = _without_empty_end(fields(lines[above].lstrip("#~%"), delimiter))
                if len(texts) >= len(kept) - 1 and len(texts) >= 2 and not any(map(is_number, texts)):
                    return Layout(delimiter, tuple(map(read_header, texts)), above, at)
            return Layout(delimiter, (), -1, at)
    return None


def _without_empty_end(parts: list[str]) -> list[str]:
    while parts and not parts[-1]:
        parts = parts[:-1]
    return parts
