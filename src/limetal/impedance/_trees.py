"""Circuits changed in one parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from limetal.impedance.circuit import Circuit, Leaf, Node

__all__ = ["with_fixed"]


def with_fixed(circuit: Circuit, values: Mapping[str, float]) -> Circuit:
    """The same circuit with some parameters fixed at a value, which their bounds hold.

    Examples
    --------
    >>> from limetal.impedance.grammar import parse
    >>> with_fixed(parse("R(RQ)"), {"Q1.n": 0.9}).free
    ('R0', 'R1', 'Q1.Y')
    """
    return Circuit(_fixed(circuit.root, values), circuit.text)


def _fixed(node: Node, given: Mapping[str, float]) -> Node:
    if not isinstance(node, Leaf):
        return type(node)(tuple(_fixed(part, given) for part in node.parts))
    named = [given.get(name) for name in node.parameters]
    if all(value is None for value in named):
        return node
    values = tuple(old if value is None else value for old, value in zip(node.values, named, strict=True))
    fixed = tuple(old or value is not None for old, value in zip(node.fixed, named, strict=True))
    return replace(node, values=values, fixed=fixed)
