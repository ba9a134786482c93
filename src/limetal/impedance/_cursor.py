"""A place in the text of a circuit: what is read next, and errors that say where."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from limetal.errors import BadInputError

__all__ = ["Cursor", "nearest"]

_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[A-Za-z0-9_.]+")
#: Characters of a long text that an error shows on either side of the place.
_SHOWN = 30
#: No name of an element or parameter is longer; a longer word is cut before anything is compared with it.
_LONGEST_WORD = 24


class Cursor:
    """The text of a circuit and how far it is read.

    Examples
    --------
    >>> cursor = Cursor("R 1")
    >>> cursor.take(re.compile("R")), cursor.space(), cursor.take(re.compile("[0-9]+"))
    ('R', None, '1')
    >>> print(cursor.error("nothing more", "an element"))
    circuit "R 1", column 4: found nothing more, want an element
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    @property
    def next(self) -> str:
        """The next character; empty at the end."""
        return self.text[self.at : self.at + 1]

    @property
    def ended(self) -> bool:
        """Whether all is read."""
        return self.at >= len(self.text)

    def space(self) -> None:
        """Skip white space."""
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def peek(self, pattern: re.Pattern[str]) -> str:
        """What of the text ahead fits a pattern; empty if nothing does."""
        match = pattern.match(self.text, self.at)
        return match[0] if match else ""

    def skip(self, character: str) -> bool:
        """Read a character if it is the next; return whether it was."""
        there = self.text.startswith(character, self.at)
        self.at += there
        return there

    def take(self, pattern: re.Pattern[str]) -> str:
        """Read what fits a pattern; empty if nothing does."""
        found = self.peek(pattern)
        self.at += len(found)
        return found

    def shown(self) -> str:
        """The next word or character as an error shows it."""
        if self.ended:
            return "the end of the text"
        return repr(self.peek(_WORD)[:_LONGEST_WORD] or self.next)

    def error(self, found: str, wanted: str, at: int | None = None) -> BadInputError:
        """An error with the place, by default where the cursor is."""
        at = self.at if at is None else at
        start, end = max(at - _SHOWN, 0), at + _SHOWN
        if len(self.text) <= 2 * _SHOWN:
            start, end = 0, len(self.text)
        cut = ("…" if start else "") + self.text[start:end] + ("…" if end < len(self.text) else "")
        plain = "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in cut)
        return BadInputError(f'circuit "{plain}", column {at + 1}', found, wanted)


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Words for an error about an unknown name: which are known, and the one that was probably meant.

    Examples
    --------
    >>> nearest("r", ["R", "Q"]), nearest("xyz", ["R", "Q"])
    ("one of Q, R; did you mean 'R'?", 'one of Q, R')
    """
    names = sorted(known)
    by_lower: dict[str, str] = {}
    for name in names:
        by_lower.setdefault(name.lower(), name)
    near = difflib.get_close_matches(word[:_LONGEST_WORD].lower(), by_lower, n=1, cutoff=cutoff)
    hint = f"; did you mean {by_lower[near[0]]!r}?" if near else ""
    return f"one of {', '.join(names)}{hint}"
