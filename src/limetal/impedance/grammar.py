"""Circuits as text: both notations in one grammar, and back.

::

    circuit   [!V=1!] series
    series    part {["-"] part}
    part      element | "[" series "]" | "(" group ")" | "p(" group ")"
    group     part part {part}                      branches of a parallel, not behind "p"
            | branch "," branch {"," branch}
    branch    part {"-" part}
    element   symbol [digits | "_" word] ["{" [item {"," item}] [":" label] "}"]
    item      [name "="] [number ["f"]] ["/" [bound] ["/" [bound]]]

White space may stand between any two of these. The first notation is the circuit description code of Boukamp as
pyimpspec extends it, the second that of impedance.py. Where the two together would leave two readings (``p(RW,Q)``),
the text is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import limetal.impedance.elements  # noqa: F401 - registers the elements
from limetal.errors import BadInputError
from limetal.impedance._braces import Given, nothing_given, read_braces
from limetal.impedance._cursor import Cursor, nearest
from limetal.impedance._writer import boukamp, dashes
from limetal.impedance.circuit import Circuit, Leaf, Node, Parallel, Series
from limetal.impedance.element import ELEMENTS, Element

__all__ = ["DEEPEST", "LONGEST_TEXT", "parse", "write"]

#: Longest text of a circuit, and how many brackets may be open at a time.
LONGEST_TEXT, DEEPEST = 20_000, 32

_MOST_DIGITS, _LONGEST_TAG = 6, 24
_MARK = re.compile(r"!\s*V\s*=\s*1\s*!")
_JOINT = re.compile("[-,]")
_BRACKET = re.compile(r"\[|\(|p\s*\(")
_LETTERS, _DIGITS, _TAG = re.compile("[A-Za-z]+"), re.compile("[0-9]+"), re.compile("_[A-Za-z0-9]*")
_CLOSING = {"[": "]", "(": ")"}


def parse(text: str) -> Circuit:
    """A circuit from its text, in either notation or a mixture.

    Elements without a number get one, counted for each symbol in the order of the text from 1; a resistor that opens
    the circuit in series is ``R0``. A name is the element's first symbol and the number (``CPE2`` is called ``Q2``),
    or the symbol and a word (``R_SEI``). Groups that a notation allows and the circuit does not need are taken apart.
    Bounds wider than an element's own become its own.

    Parameters
    ----------
    text
        Such as ``R(RQ)(RQ)W`` or ``R0-p(R1,CPE1)-W1``; values, ``f`` for fixed, bounds and a label in braces:
        ``R{R=5f}``, ``Q{Y=1e-3, n=0.9/0.5/1}``, ``R{50/1/200:SEI}``.

    Raises
    ------
    BadInputError
        With the column where the text stops making sense, what stands there and what would.

    References
    ----------
    B. A. Boukamp, *The circuit description code explained*, University of Twente; M. D. Murbach et al., J. Open Source
    Softw. 5 (2020) 2349, doi:10.21105/joss.02349.

    Examples
    --------
    >>> circuit = parse("R(RQ)(RQ)")
    >>> [leaf.name for leaf in circuit.leaves]
    ['R0', 'R1', 'Q1', 'R2', 'Q2']
    >>> circuit == parse("R0-p(R1,CPE1)-p(R2,CPE2)")
    True
    >>> leaf = parse("R_SEI{50/1/200:outer layer}").leaves[0]
    >>> leaf.name, leaf.values, leaf.low, leaf.high, leaf.label
    ('R_SEI', (50.0,), (1.0,), (200.0,), 'outer layer')
    >>> parse("R(RQ")
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: circuit "R(RQ", column 5: found the end of the text, want ')' for the '(' of column 2
    """
    if not isinstance(text, str):
        raise BadInputError("circuit", f"a {type(text).__name__}", "text, such as 'R(RQ)(RQ)W'")
    if len(text) > LONGEST_TEXT:
        raise BadInputError("circuit", f"{len(text)} characters", f"at most {LONGEST_TEXT}")
    reader = _Reader(text)
    tree = reader.circuit()
    leaves = iter(_named(reader.cursor, reader.elements, lone_first=_opens_in_series(tree)))
    return Circuit(_built(tree, leaves), text)


def write(circuit: Circuit, style: Literal["boukamp", "dash"] = "boukamp", *, values: bool = True) -> str:
    """A circuit as text that `parse` reads back as an equal circuit.

    Parameters
    ----------
    style
        ``"boukamp"`` for ``R0(R1Q1)``, ``"dash"`` for ``R0-p(R1,Q1)``.
    values
        Whether to write values, fixed flags, bounds and labels; numbers are written with all their digits.

    Raises
    ------
    BadInputError
        For an unknown style, or a circuit built by hand that no text can say: a group with one part, a name that is
        not an element's symbol with a number or a word, values outside bounds.

    Examples
    --------
    >>> circuit = parse("R{5f}-p(R_SEI{:SEI},CPE{n=0.9/0.5/})")
    >>> write(circuit)
    'R0{R=5f}(R_SEI{:SEI}Q1{n=0.9/0.5})'
    >>> write(circuit, "dash", values=False)
    'R0-p(R_SEI,Q1)'
    """
    if style not in ("boukamp", "dash"):
        raise BadInputError("style of a circuit", repr(style), "boukamp or dash")

    def written(*, values: bool) -> str:
        return boukamp(circuit.root, values=values) if style == "boukamp" else dashes(circuit.root, values=values)

    full = written(values=True)
    if parse(full) != circuit:
        raise BadInputError(f"circuit {full!r}", "a tree that no text can say", "one as parse makes it")
    return full if values else written(values=False)


# ---- reading -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Written:
    """An element as it stands in the text; its name is found when all are known."""

    kind: Element
    suffix: str
    given: Given
    at: int


@dataclass(frozen=True)
class _Group:
    """Parts of a series or a parallel as they stand in the text."""

    kind: type[Series | Parallel]
    parts: tuple[_Tree, ...]


_Tree = _Written | _Group


class _Reader:
    """Recursive descent over the text; ``elements`` fills up in the order of the text."""

    def __init__(self, text: str) -> None:
        self.cursor = Cursor(text)
        self.elements: list[_Written] = []
        self.open: list[tuple[str, int]] = []

    def circuit(self) -> _Tree:
        cursor = self.cursor
        cursor.space()
        start = cursor.at
        if cursor.next == "!" and not cursor.take(_MARK):
            raise cursor.error(cursor.shown(), "a circuit, or the mark '!V=1!' before it", start)
        parts, joints = self._parts()
        if not cursor.ended:
            raise cursor.error(f"{cursor.next!r} without an opening bracket", "an element, or the end", cursor.at)
        if not parts:
            raise cursor.error(
                "no element" if cursor.ended else cursor.shown(), "a circuit, such as R(RQ)(RQ)W or R0-p(R1,CPE1)-W1"
            )
        return self._series(parts, joints)

    def _parts(self) -> tuple[list[_Tree], list[tuple[str, int]]]:
        """Parts up to a closing bracket or the end, and what stands between each and the next with its place."""
        cursor = self.cursor
        parts: list[_Tree] = []
        joints: list[tuple[str, int]] = []
        while True:
            cursor.space()
            at = cursor.at
            joint = cursor.take(_JOINT) if parts else ""
            cursor.space()
            if cursor.ended or cursor.next in "])":
                if joint:
                    raise cursor.error(cursor.shown(), f"an element after {joint!r}")
                return parts, joints
            if parts:
                joints.append((joint, at))
            parts.append(self._part())

    def _part(self) -> _Tree:
        bracket = self.cursor.take(_BRACKET)
        if not bracket:
            return self._element()
        cursor = self.cursor
        at = cursor.at - 1
        if len(self.open) == DEEPEST:
            raise cursor.error(f"more than {DEEPEST} brackets inside each other", "a flatter circuit", at)
        self.open.append((bracket[-1], at))
        parts, joints = self._parts()
        self.open.pop()
        closing = _CLOSING[bracket[-1]]
        if cursor.next != closing:
            raise cursor.error(cursor.shown(), f"{closing!r} for the {bracket[-1]!r} of column {at + 1}")
        if not parts:
            raise cursor.error(f"nothing inside the {bracket[-1]!r} of column {at + 1}", "an element")
        cursor.at += 1
        if bracket == "[":
            return self._series(parts, joints)
        return self._parallel(parts, joints, at, behind_p=bracket != "(")

    def _series(self, parts: list[_Tree], joints: list[tuple[str, int]]) -> _Tree:
        for joint, at in joints:
            if joint == ",":
                raise self.cursor.error("',' between parts in series", "'-' or nothing; ',' stands in p(R1,Q1)", at)
        return _Group(Series, tuple(parts))

    def _parallel(self, parts: list[_Tree], joints: list[tuple[str, int]], at: int, *, behind_p: bool) -> _Tree:
        """Branches of a parallel: parted by commas, or each part its own."""
        commas = behind_p or any(joint == "," for joint, _ in joints)
        if not commas:
            branches: list[list[_Tree]] = [[part] for part in parts]
            for joint, place in joints:
                if joint == "-":
                    raise self.cursor.error("'-' between branches in parallel", "',' or nothing; series is [RW]", place)
        else:
            branches = [[parts[0]]]
            for (joint, place), part in zip(joints, parts[1:], strict=True):
                if joint == ",":
                    branches.append([part])
                elif joint == "-":
                    branches[-1].append(part)
                else:
                    found = "parts that nothing separates among branches with ','"
                    raise self.cursor.error(found, "'-' for series or ',' for parallel between them", place)
        if len(branches) == 1:
            raise self.cursor.error("a parallel with one branch", "two or more", at)
        return _Group(Parallel, tuple(_Group(Series, tuple(branch)) for branch in branches))

    def _element(self) -> _Written:
        cursor = self.cursor
        at = cursor.at
        symbol = _symbol(cursor.peek(_LETTERS))
        if not symbol:
            raise self._unknown()
        cursor.at += len(symbol)
        kind = ELEMENTS[symbol]
        suffix = cursor.take(_DIGITS)
        if len(suffix) > _MOST_DIGITS:
            raise cursor.error(f"a number of {len(suffix)} digits", f"at most {_MOST_DIGITS} behind {symbol}", at)
        if not suffix and cursor.next == "_":
            suffix = self._tag(symbol)
        cursor.space()
        name = symbol + suffix
        given = read_braces(cursor, kind, name) if cursor.next == "{" else nothing_given(kind)
        written = _Written(kind, suffix, given, at)
        self.elements.append(written)
        return written

    def _unknown(self) -> BadInputError:
        cursor = self.cursor
        word = cursor.peek(_LETTERS)
        if not word:
            return cursor.error(cursor.shown(), "an element, such as R, or a bracket")
        # "CPe" is C and an unknown "Pe", and CPE was meant
        start = cursor.at
        while start and cursor.text[start - 1].isascii() and cursor.text[start - 1].isalpha():
            start -= 1
        whole = nearest(cursor.text[start : cursor.at] + word, ELEMENTS, cutoff=0.8)
        known = whole if "did you mean" in whole else nearest(word, ELEMENTS)
        return cursor.error(f"the unknown element {word[:_LONGEST_TAG]!r}", known)

    def _tag(self, symbol: str) -> str:
        """The word of a name, with its underscore; refused where it may hide an element that follows."""
        cursor = self.cursor
        at = cursor.at
        word = cursor.take(_TAG)[1:]
        if not word:
            raise cursor.error(f"no word after '{symbol}_'", f"a word, such as {symbol}_SEI")
        if len(word) > _LONGEST_TAG:
            raise cursor.error(f"a word of {len(word)} characters", f"at most {_LONGEST_TAG}", at)
        for cut in range(1, len(word)):
            head, tail = word[:cut], word[cut:]
            if (len(head) > 1 or not head.isupper()) and _is_elements(tail):
                raise cursor.error(
                    f"'{symbol}_{word}', which may be {symbol}_{head} and {tail}",
                    f"a space between two elements, or the word as a label, {symbol}{{:{word}}}",
                    at,
                )
        return f"_{word}"


def _symbol(word: str) -> str:
    """The longest symbol of an element that a word begins with."""
    longest = max(map(len, ELEMENTS), default=0)
    return next((word[:n] for n in range(min(longest, len(word)), 0, -1) if word[:n] in ELEMENTS), "")


def _is_elements(word: str) -> bool:
    """Whether a word reads as elements one after another, each with a number or without."""
    while word:
        symbol = _symbol(word)
        if not symbol:
            return False
        word = word[len(symbol) :].lstrip("0123456789")
    return True


# ---- names and tree ----------------------------------------------------------------------------


def _opens_in_series(tree: _Tree) -> bool:
    """Whether the circuit begins with an element in series with all the rest."""
    while isinstance(tree, _Group) and tree.kind is Series:
        tree = tree.parts[0]
    return isinstance(tree, _Written)


def _named(cursor: Cursor, elements: list[_Written], *, lone_first: bool) -> Iterator[Leaf]:
    """The elements with their names."""
    taken = {(e.kind.symbol, int(e.suffix)) for e in elements if e.suffix.isdigit()}
    counters: dict[str, int] = {}
    first = elements[0]
    if lone_first and first.kind.symbol == "R" and not first.suffix:
        counters["R"] = 0
    places: dict[str, int] = {}
    for written in elements:
        symbol, suffix = written.kind.symbol, written.suffix
        if not suffix:
            number = counters.get(symbol, 1)
            while (symbol, number) in taken:
                number += 1
            counters[symbol] = number + 1
            suffix = str(number)
        name = symbol + suffix
        if name in places:
            found = f"the name {name} a second time (first in column {places[name] + 1})"
            raise cursor.error(found, "another number, or none", written.at)
        places[name] = written.at
        given = written.given
        yield Leaf(written.kind, name, given.values, given.fixed, given.low, given.high, given.label)


def _built(tree: _Tree, leaves: Iterator[Leaf]) -> Node:
    """The tree with named elements; no series in a series, no parallel in a parallel, no group of one."""
    if isinstance(tree, _Written):
        return next(leaves)
    parts: list[Node] = []
    for part in tree.parts:
        node = _built(part, leaves)
        parts += node.parts if isinstance(node, tree.kind) else [node]
    return parts[0] if len(parts) == 1 else tree.kind(tuple(parts))
