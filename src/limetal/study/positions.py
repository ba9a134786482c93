"""Where each key of a TOML text stands, for error messages.

`tomllib` gives values without positions. This scanner walks a text that `tomllib` has already accepted and
notes the line and column of every key, array element and table header; it never produces values.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

__all__ = ["Path", "Position", "key_positions"]

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Position:
    """Line and column (both from 1) where a key begins, and how many characters it has."""

    line: int
    column: int
    length: int


def key_positions(text: str) -> dict[Path, Position]:
    r"""Positions of all keys of a valid TOML text.

    Examples
    --------
    >>> where = key_positions('[cells.a]\nkind = "half"\n[[claims]]\nid = "x"\nat = { cycle = "1" }\n')
    >>> where["cells", "a", "kind"]
    Position(line=2, column=1, length=4)
    >>> where["claims", 0, "at", "cycle"].column
    8
    """
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, Position] = {}
        self.counts: dict[Path, int] = {}

    def scan(self) -> dict[Path, Position]:
        table: Path = ()
        while self._skip_blank():
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.found

    def _skip_blank(self) -> bool:
        """Move past white space, commas and comments; False at the end of the text."""
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif character in " \t\r\n,":
                self.at += 1
            else:
                return True
        return False

    def _header(self) -> Path:
        array = self.text.startswith("[[", self.at)
        self.at += 2 if array else 1
        begin = self.at
        path: Path = ()
        for key, end in self._dotted_key("]"):
            path = self._last_element((*path, key))
            self._note(path, begin, end - begin)
        length = self.at - begin
        self.at += 2 if array else 1
        if array:
            plain = path[:-1] if path and isinstance(path[-1], int) else path
            index = self.counts.get(plain, -1) + 1
            self.counts[plain] = index
            path = (*plain, index)
            self._note(plain, begin, length)
        self._note(path, begin, length)
        return path

    def _last_element(self, path: Path) -> Path:
        return (*path, self.counts[path]) if path in self.counts else path

    def _pair(self, table: Path) -> None:
        begin = self.at
        path = table
        for key, end in self._dotted_key("="):
            path = (*path, key)
            self._note(path, begin, end - begin)
        self.at += 1
        self._value(path)

    def _dotted_key(self, stop: str) -> list[tuple[str, int]]:
        """Return the parts of a key, each with the place where it ends."""
        keys: list[tuple[str, int]] = []
        while self.text[self.at] != stop:
            if self.text[self.at] in "\"'":
                begin = self.at
                self._string()
                keys.append((str(tomllib.loads(f"key = {self.text[begin : self.at]}")["key"]), self.at))
            elif self.text[self.at] in " \t.":
                self.at += 1
            else:
                begin = self.at
                while self.text[self.at] not in f" \t.{stop}":
                    self.at += 1
                keys.append((self.text[begin : self.at], self.at))
        return keys

    def _value(self, path: Path) -> None:
        while self.text[self.at] in " \t":
            self.at += 1
        opening = self.text[self.at]
        if opening in "\"'":
            self._string()
        elif opening == "[":
            self._array(path)
        elif opening == "{":
            self.at += 1
            while self._skip_blank() and self.text[self.at] != "}":
                self._pair(path)
            self.at += 1
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}\r\n#":
                self.at += 1

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while self._skip_blank() and self.text[self.at] != "]":
            self._note((*path, index), self.at, 1)
            self._value((*path, index))
            index += 1
        self.at += 1

    def _string(self) -> None:
        quote = self.text[self.at]
        if self.text.startswith(quote * 3, self.at):
            end = self.text.index(quote * 3, self.at + 3)
            while quote == '"' and self._escaped(end):
                end = self.text.index(quote * 3, end + 1)
            self.at = end + 3
            while self.at < len(self.text) and self.text[self.at] == quote:
                self.at += 1
            return
        end = self.text.index(quote, self.at + 1)
        while quote == '"' and self._escaped(end):
            end = self.text.index(quote, end + 1)
        self.at = end + 1

    def _escaped(self, at: int) -> bool:
        slashes = 0
        while self.text[at - 1 - slashes] == "\\":
            slashes += 1
        return slashes % 2 == 1

    def _note(self, path: Path, begin: int, length: int) -> None:
        line_start = self.text.rfind("\n", 0, begin) + 1
        line = self.text.count("\n", 0, begin) + 1
        self.found.setdefault(path, Position(line, begin - line_start + 1, max(length, 1)))
