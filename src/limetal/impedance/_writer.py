"""A circuit as text, in either notation."""

from __future__ import annotations

from itertools import pairwise

from limetal.impedance.circuit import Leaf, Node, Parallel, Series

__all__ = ["boukamp", "dashes"]


def boukamp(node: Node, *, values: bool, within: type[Series | Parallel] = Series) -> str:
    """Square brackets for series, round ones for parallel."""
    if isinstance(node, Leaf):
        return _leaf(node, values=values)
    parts = [boukamp(part, values=values, within=type(node)) for part in node.parts]
    inner = "".join(parts[:1])
    for before, after in pairwise(parts):
        # a tag (R_SEI) ends at the first character that no word has
        runs_on = "_" in before and before[-1].isalnum() and after[0].isalpha()
        inner += f" {after}" if runs_on else after
    if isinstance(node, Parallel):
        return f"({inner})"
    return inner if within is Series else f"[{inner}]"


def dashes(node: Node, *, values: bool) -> str:
    """``-`` for series, ``p(a,b)`` for parallel."""
    if isinstance(node, Leaf):
        return _leaf(node, values=values)
    parts = [dashes(part, values=values) for part in node.parts]
    return "-".join(parts) if isinstance(node, Series) else f"p({','.join(parts)})"


def _leaf(leaf: Leaf, *, values: bool) -> str:
    said = [item for k in range(len(leaf.values)) if (item := _item(leaf, k))] if values else []
    label = f":{leaf.label}" if values and leaf.label else ""
    return f"{leaf.name}{{{','.join(said)}{label}}}" if said or label else leaf.name


def _item(leaf: Leaf, k: int) -> str:
    """``Y=0.001f/0/1``, or nothing where nothing is said of the parameter."""
    parameter, value = leaf.kind.parameters[k], leaf.values[k]
    low = "" if leaf.low[k] == parameter.low else _number(leaf.low[k])
    high = "" if leaf.high[k] == parameter.high else _number(leaf.high[k])
    bounds = f"/{low}/{high}" if high else f"/{low}" if low else ""
    number = "" if value is None else _number(value)
    fixed = "f" if leaf.fixed[k] else ""
    return f"{parameter.name}={number}{fixed}{bounds}" if number or bounds else ""


def _number(value: float) -> str:
    """All digits of a number, and none more."""
    return repr(float(value)).removesuffix(".0")
