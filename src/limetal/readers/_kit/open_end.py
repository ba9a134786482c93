"""Whether the last number of a file that does not end its last line was cut: one rule for all readers of text.

Many programs end a file without ending its line, so such a row is kept unless its number shows the cut: it lacks the
exponent, or decimals, that every number above it has. What cannot be seen is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

__all__ = ["NO_END", "has_open_end", "is_cut_row", "looks_cut", "settled"]

#: What is said of a last row without an end whose number shows no cut.
NO_END = "has no end: if the file was cut there, its last number has lost digits"
_SHAPE = re.compile(r"[+-]?\d*(?:[.,](\d*))?(?:[eEdD]([+-]?\d*))?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?:,\d{3})+(?:\.(\d*))?|(?:\.\d{3})+(?:,(\d*))?)")
_COMPARED = 200
_FORM_FROM = 3  # numbers above
Row = TypeVar("Row", bound=Sequence[str])


def looks_cut(last: str, above: Sequence[str]) -> bool:
    """Whether a field lacks characters that every field above it in its column has.

    A number whose exponent is whole is whole; other words (clock times, names) are whole if they are as long as the
    shortest above, or stand above in full. An empty field has lost nothing that can be misread.

    Parameters
    ----------
    last
        Field at the end of the file, as it stands there.
    above
        Fields above it, the nearest last; empty ones are skipped.

    Examples
    --------
    >>> looks_cut("3", ["1.5e-06", "2.5e-06"]), looks_cut("1.0e-", ["1.5e-06", "2.5e-06"])
    (True, True)
    >>> looks_cut("0.09", ["0.0986", "0.0991"]), looks_cut("0.5", ["0.25", "0.5"]), looks_cut("7", ["5", "12"])
    (True, False, False)
    >>> looks_cut("1E-06", ["1.5E-06"]), looks_cut("", ["1.5"]), looks_cut("00:0", ["00:01", "00:02"])
    (False, False, True)
    """
    last = _bare(last)
    others = [bare for text in above[-_COMPARED:] if (bare := _bare(text))]
    if not last:
        return False
    own = _shape(last)
    shapes = [shape for text in others if (shape := _shape(text)) is not None]
    if own is None:
        return bool(shapes and len(shapes) == len(others)) or (
            last not in others and (not others or len(last) < min(map(len, others)))
        )
    if not shapes:
        return bool(others)  # all above have more than a number: a prefix of SI, colons
    decimals, exponent = own
    fewest = min(e for _, e in shapes)
    if fewest:
        return exponent < fewest  # digits before a whole exponent are whole too
    return decimals < min(d for d, _ in shapes)


def is_cut_row(last: str, above: Sequence[str], *, is_used: bool) -> bool | None:
    """What to do with a last row without a line end: True to leave it out, None to say `NO_END`, False for nothing.

    ``is_used``: whether the record has the column; a field that it has not never costs a row. Nothing has to be said
    where all numbers above have as many decimals, or as long an exponent, as the last.

    Examples
    --------
    >>> is_cut_row("3", ["1.5", "2.5"], is_used=True), is_cut_row("3.5", ["1.5", "2.5"], is_used=True)
    (True, None)
    >>> is_cut_row("3", ["1.5", "2.5"], is_used=False), is_cut_row("3.5", ["1.5", "2.5"], is_used=False)
    (None, False)
    >>> is_cut_row("3.50", ["1.25", "2.75", "3.00"], is_used=True)
    False
    """
    cut = looks_cut(last, above)
    if is_used and last.strip():
        return True if cut else False if _is_of_fixed_form(last, above) else None
    return None if cut else False


def has_open_end(lines: Sequence[str]) -> bool:
    """Whether the last line of a text ends within a field: not with a line end, nor with a blank or tab.

    Examples
    --------
    >>> has_open_end(["1 2", "3 4"]), has_open_end(["1 2", "3 4", ""]), has_open_end(["1 2", "3 4 "])
    (True, False, False)
    """
    return bool(lines) and bool(lines[-1].strip()) and not lines[-1][-1].isspace()


def settled(
    rows: Sequence[Row],
    line: int,
    *,
    width: int,
    is_used: bool = True,
    is_known_cut: bool = False,
    is_open: bool = True,
) -> tuple[list[Row], list[str]]:
    """Rows at the open end of a file without the last one if that is cut, and what to say of it.

    Parameters
    ----------
    rows
        Fields of each row, as they stand in the file.
    line
        Line of the last row, counted from 1.
    width
        Fields of a whole row.
    is_used
        Whether the record has the last column.
    is_known_cut
        Whether the file says that there were more rows.
    is_open
        Whether the last field may be cut, as `has_open_end` says; else only fields may be missing.

    Examples
    --------
    >>> settled([["1", "0.5"], ["2", "0."]], 9, width=2)
    ([['1', '0.5']], ['line 9 was left out: the file ends within it'])
    >>> settled([["1", "0.5"], ["2", "0.7"]], 9, width=2)[1]
    ['line 9 has no end: if the file was cut there, its last number has lost digits']
    """
    rows = list(rows)
    if not rows:
        return rows, []
    last = rows[-1]
    above = [row[-1] for row in rows[-_COMPARED - 1 : -1] if row]
    is_missing = is_used and bool(last) and not last[-1].strip() and all(text.strip() for text in above)
    verdict: bool | None = len(last) < width or is_missing
    if not verdict and last and is_open:
        verdict = (is_known_cut and is_used) or is_cut_row(last[-1], above, is_used=is_used)
    if verdict:
        return rows[:-1], [f"line {line} was left out: the file ends within it"]
    return rows, [f"line {line} {NO_END}"] if verdict is None else []


def _is_of_fixed_form(last: str, above: Sequence[str]) -> bool:
    """Whether numbers have one form, which the last one has too: then it has lost nothing."""
    own = _shape(_bare(last))
    others = {_shape(bare) for text in above[-_COMPARED:] if (bare := _bare(text))}
    if own is None or others != {own} or len(above) < _FORM_FROM:
        return False
    decimals, exponent = own
    return exponent > 1 or (decimals > 0 and not exponent)


def _bare(text: str) -> str:
    return text.strip().strip('"').strip().replace("\N{MINUS SIGN}", "-")


def _shape(text: str) -> tuple[int, int] | None:
    """Decimals and digits of the exponent (0 for none); None for what is no number."""
    grouped = _GROUPED.fullmatch(text)
    if grouped and (grouped[1] is not None or grouped[2] is not None):
        return len(grouped[1] or grouped[2] or ""), 0
    match = _SHAPE.fullmatch(text)
    if match is None or not any(c.isdigit() for c in text):
        return None
    return len(match[1] or ""), len((match[2] or "").lstrip("+-")) if match[2] is not None else 0
