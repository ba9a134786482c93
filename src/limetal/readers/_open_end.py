"""Whether the last number of a file that does not end its last line was cut: one rule for all readers of text.

Many programs end a file without ending its line, so such a row is kept unless its number shows the cut: it lacks the
exponent, or decimals, that every number above it has. What cannot be seen is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["NO_END", "looks_cut"]

#: What is said of a last row without an end whose number shows no cut.
NO_END = "has no end: if the file was cut there, its last number has lost digits"
_SHAPE = re.compile(r"[+-]?\d*(?:[.,](\d*))?(?:[eE]([+-]?\d*))?")
_COMPARED = 200


def looks_cut(last: str, above: Sequence[str]) -> bool:
    """Whether a number lacks digits that every number above it in its column has.

    Parameters
    ----------
    last
        Field at the end of the file.
    above
        Fields above it, the nearest last; empty ones are skipped.

    Examples
    --------
    >>> looks_cut("3", ["1.5e-06", "2.5e-06"]), looks_cut("1.0e-", ["1.5e-06", "2.5e-06"])
    (True, True)
    >>> looks_cut("0.09", ["0.0986", "0.0991"]), looks_cut("0.5", ["0.25", "0.5"]), looks_cut("7", ["5", "12"])
    (True, False, False)
    """
    shapes = [shape for text in above[-_COMPARED:] if text.strip() and (shape := _shape(text)) is not None]
    own = _shape(last)
    if own is None:
        return True
    if not shapes:
        return False
    decimals, exponent = own
    if exponent < min(e for _, e in shapes):
        return True
    return decimals < min(d for d, _ in shapes)


def _shape(text: str) -> tuple[int, int] | None:
    """Decimals and digits of the exponent (0 for none); None for what is no number."""
    match = _SHAPE.fullmatch(text.strip())
    if match is None or not any(c.isdigit() for c in text):
        return None
    return len(match[1] or ""), len((match[2] or "").lstrip("+-")) if match[2] is not None else 0
