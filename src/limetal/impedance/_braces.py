"""What stands in braces behind an element: values, what is fixed, bounds, a label."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from limetal.impedance._cursor import Cursor, nearest
from limetal.impedance.circuit import misfit
from limetal.impedance.element import Element, Parameter

__all__ = ["Given", "nothing_given", "read_braces"]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_INFINITE = re.compile(r"[+-]?(?:inf|Inf|INF)(?![A-Za-z])")
_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_LABEL = re.compile(r"[^{}]*")
_FIXED = re.compile("[fF](?![A-Za-z0-9_])")
_PERCENT = re.compile(r"\s*%")
_LONGEST_LABEL = 80


@dataclass(frozen=True)
class Given:
    """Values, fixed flags and bounds of all parameters of an element, and its label, as in `Leaf`."""

    values: tuple[float | None, ...]
    fixed: tuple[bool, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    label: str = ""


@dataclass(frozen=True)
class _Number:
    """A number of the text, where it stands, and whether it is a part of the value in percent."""

    value: float
    at: int
    percent: bool = False


@dataclass(frozen=True)
class _Item:
    """One parameter as written: value, fixed, bounds, any of which may be missing."""

    at: int
    value: _Number | None
    fixed: bool
    low: _Number | None
    high: _Number | None


def nothing_given(kind: Element) -> Given:
    """What an element without braces is: no values, its own bounds."""
    n = len(kind.parameters)
    low, high = tuple(p.low for p in kind.parameters), tuple(p.high for p in kind.parameters)
    return Given((None,) * n, (False,) * n, low, high)


def read_braces(cursor: Cursor, kind: Element, name: str) -> Given:
    """Read from an opening brace to the closing one.

    Parameters
    ----------
    cursor
        Stands on the opening brace.
    kind, name
        The element, and how errors call it.
    """
    opened = cursor.at
    cursor.at += 1
    items: dict[int, tuple[_Item, Callable[[float], float] | None]] = {}
    named = False
    cursor.space()
    constant = False
    while cursor.next not in ("}", ":", ""):
        start = cursor.at
        if _constant(cursor, kind, name):
            constant = named = True
        else:
            k, convert, word = _which(cursor, kind, name, None if named else len(items))
            named = named or bool(word)
            if k in items:
                raise cursor.error(f"{kind.parameters[k].name} of {name} a second time", "each parameter once", start)
            items[k] = (_item(cursor, word or kind.parameters[k].name), convert)
        cursor.space()
        if cursor.next in ("}", ":", ""):
            break
        if not cursor.skip(","):
            raise cursor.error(cursor.shown(), "',' or '}' (numbers have no units and no prefixes here)")
        cursor.space()
        if cursor.next in ("}", ":"):
            raise cursor.error(cursor.shown(), "a parameter after ','")
    label = _label(cursor)
    if not cursor.skip("}"):
        raise cursor.error(cursor.shown(), f"'}}' for the '{{' of column {opened + 1}")
    if not items and not label and not constant:
        raise cursor.error("empty braces", "a value or a label, such as {R=50}, {50} or {:SEI}", opened)
    return _given(cursor, kind, items, label)


def _constant(cursor: Cursor, kind: Element, name: str) -> bool:
    """Read a parameter that another program writes and that is a number here; False if none stands there."""
    start = cursor.at
    word = cursor.take(_NAME)
    cursor.space()
    if word not in kind.constants or not cursor.skip("="):
        cursor.at = start
        return False
    wanted = kind.constants[word]
    item = _item(cursor, word)
    if item.value is None or item.value.value != wanted:
        found = "bounds" if item.value is None else f"{word} = {item.value.value:.12g}"
        raise cursor.error(f"{found} of {name}", f"{word} = {wanted:g}, which this element means", item.at)
    return True


def _label(cursor: Cursor) -> str:
    if cursor.next != ":":
        return ""
    cursor.at += 1
    start = cursor.at
    label = cursor.take(_LABEL).strip()
    if not label and cursor.next == "}":
        raise cursor.error("no label after ':'", "a word, such as :SEI", start)
    if len(label) > _LONGEST_LABEL:
        raise cursor.error(f"a label of {len(label)} characters", f"at most {_LONGEST_LABEL}", start)
    if not label.isprintable():
        raise cursor.error("a label with a line break or another control character", "printable characters", start)
    return label


def _which(
    cursor: Cursor, kind: Element, name: str, place: int | None
) -> tuple[int, Callable[[float], float] | None, str]:
    """Parameter the next item is of, how to convert its numbers, and its name as written (empty without one).

    ``place`` is how many came before without a name; None after one with a name.
    """
    own = [p.name for p in kind.parameters]
    start = cursor.at
    word = cursor.take(_NAME)
    cursor.space()
    if word and cursor.skip("="):
        if word in own:
            return own.index(word), None, word
        if word not in kind.aliases:
            known = nearest(word, [*own, *kind.aliases])
            raise cursor.error(f"the unknown parameter {word!r} of {name}", known, start)
        parameter, convert = kind.aliases[word]
        return own.index(parameter), convert, word
    if word in own or word in kind.aliases:
        raise cursor.error(f"{word!r} without a value", f"{word}=number", start)
    cursor.at = start
    if place is None:
        raise cursor.error("a number without a name after one with a name", f"a name: one of {', '.join(own)}")
    if place >= len(own):
        count = "1 parameter" if len(own) == 1 else f"{len(own)} parameters"
        raise cursor.error(f"more than {count} of {name}", f"only {', '.join(own)}")
    return place, None, ""


def _item(cursor: Cursor, word: str) -> _Item:
    cursor.space()
    at = cursor.at
    value, fixed = None, False
    low = high = None
    if cursor.next != "/":
        value = _number(cursor, f"a number for {word}", bound=False)
        cursor.space()
        fixed = bool(cursor.take(_FIXED))
        cursor.space()
    if cursor.skip("/"):
        low = _bound(cursor, word)
        if cursor.skip("/"):
            high = _bound(cursor, word)
    if value is None and low is None and high is None:
        raise cursor.error(f"neither value nor bounds of {word}", "a number, such as 5 or 5/0/10", at)
    return _Item(at, value, fixed, low, high)


def _bound(cursor: Cursor, word: str) -> _Number | None:
    """A bound; None for an empty or an infinite one."""
    cursor.space()
    if cursor.next in ("/", ",", "}", ":"):
        return None
    bound = _number(cursor, f"a bound of {word}", bound=True)
    cursor.space()
    return bound if math.isfinite(bound.value) else None


def _number(cursor: Cursor, wanted: str, *, bound: bool) -> _Number:
    at = cursor.at
    if infinite := cursor.take(_INFINITE):
        if not bound:
            raise cursor.error(repr(infinite), f"{wanted} that is finite", at)
        return _Number(math.inf, at)
    text = cursor.take(_NUMBER)
    if not text:
        raise cursor.error(cursor.shown(), wanted)
    value = float(text)
    if not math.isfinite(value):
        raise cursor.error("a number too large", f"{wanted} below 1e308", at)
    return _Number(value, at, percent=bound and bool(cursor.take(_PERCENT)))


def _given(
    cursor: Cursor, kind: Element, items: dict[int, tuple[_Item, Callable[[float], float] | None]], label: str
) -> Given:
    """Put the items in the order of the parameters, in the element's own convention, and check them."""
    bare = nothing_given(kind)
    values, fixed, low, high = list(bare.values), list(bare.fixed), list(bare.low), list(bare.high)
    for k, (item, convert) in sorted(items.items()):
        plain = _without_percent(cursor, item)
        own = _converted(cursor, plain, convert) if convert is not None else plain
        values[k] = None if own.value is None else own.value.value
        fixed[k] = own.fixed
        low[k], high[k] = _limits(cursor, kind.parameters[k], own)
    return Given(tuple(values), tuple(fixed), tuple(low), tuple(high), label)


def _without_percent(cursor: Cursor, item: _Item) -> _Item:
    bounds = []
    for bound in (item.low, item.high):
        if bound is None or not bound.percent:
            bounds.append(bound)
        elif item.value is None:
            raise cursor.error("a bound in percent without a value", "a value to take it of", bound.at)
        else:
            value = bound.value / 100.0 * item.value.value
            if not math.isfinite(value):
                raise cursor.error("a bound too large", "one below 1e308", bound.at)
            bounds.append(_Number(value, bound.at))
    return _Item(item.at, item.value, item.fixed, *bounds)


def _converted(cursor: Cursor, item: _Item, convert: Callable[[float], float]) -> _Item:
    """The item in the element's convention; where that runs the other way the bounds change places."""

    def converted(number: float) -> float:
        try:
            return float(convert(number))
        except (ArithmeticError, ValueError, TypeError):
            return math.nan

    def inside(number: _Number | None) -> _Number | None:
        return None if number is None else _Number(converted(number.value), number.at)

    value, low, high = inside(item.value), inside(item.low), inside(item.high)
    for source, number in ((item.value, value), (item.low, low), (item.high, high)):
        infinite_bound = number is not value and source is not None and source.value == 0.0
        if number is not None and not math.isfinite(number.value) and not infinite_bound:
            raise cursor.error("a number that cannot be converted", "one that another convention can say", number.at)
    if converted(0.25) > converted(0.5):
        low, high = high, low
    bounds = [b if b is not None and math.isfinite(b.value) else None for b in (low, high)]
    return _Item(item.at, value, item.fixed, *bounds)


def _limits(cursor: Cursor, parameter: Parameter, item: _Item) -> tuple[float, float]:
    """Bounds of one parameter, no wider than the element's own, after checking them and the value."""
    name, value = parameter.name, item.value
    if value is not None and (wanted := misfit(parameter, value.value, parameter.low, parameter.high)):
        raise cursor.error(f"{name} = {value.value:.12g}", wanted, value.at)
    for bound in (item.low, item.high):
        if bound is not None and parameter.logarithmic and bound.value < 0.0:
            raise cursor.error(f"the bound {bound.value:.12g} of {name}", "a bound that is not negative", bound.at)
    low = -math.inf if item.low is None else item.low.value
    high = math.inf if item.high is None else item.high.value
    if item.low is not None and item.high is not None and low >= high:
        raise cursor.error(
            f"bounds of {name} from {low:.12g} to {high:.12g}",
            "the lower one first; 'f' after a value fixes it",
            item.low.at,
        )
    for bound, outside in ((item.low, low >= parameter.high), (item.high, high <= parameter.low)):
        if bound is not None and outside:
            own = f"between {parameter.low:g} and {parameter.high:g}"
            raise cursor.error(
                f"the bound {bound.value:.12g} of {name}",
                "one above 0" if parameter.logarithmic else f"one {own}",
                bound.at,
            )
    low, high = max(low, parameter.low), min(high, parameter.high)
    if value is not None and (wanted := misfit(parameter, value.value, low, high)):
        raise cursor.error(f"{name} = {value.value:.12g} outside its bounds", wanted, value.at)
    return low, high
