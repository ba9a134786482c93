"""A circuit as a tree: elements in series and in parallel, with values, fixed flags, bounds and labels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from limetal.impedance.element import Element

__all__ = ["Circuit", "Leaf", "Node", "Parallel", "Series"]


@dataclass(frozen=True)
class Leaf:
    """One element of a circuit.

    Attributes
    ----------
    kind
        What it is.
    name
        What it is called: symbol and number (``"R1"``), unique in the circuit.
    values
        Of its parameters; None where a fit has to find it.
    fixed
        Parameters a fit does not change (they have a value).
    low, high
        Bounds of its parameters.
    label
        The user's word for it (``"SEI"``), or empty.
    """

    kind: Element
    name: str
    values: tuple[float | None, ...]
    fixed: tuple[bool, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    label: str = ""

    @classmethod
    def of(cls, kind: Element, name: str) -> Leaf:
        """Build an element without values, with its own bounds."""
        n = len(kind.parameters)
        return cls(
            kind,
            name,
            (None,) * n,
            (False,) * n,
            tuple(p.low for p in kind.parameters),
            tuple(p.high for p in kind.parameters),
        )

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters in the circuit: ``("R1",)``, ``("Q1.Y", "Q1.n")``."""
        if len(self.kind.parameters) == 1:
            return (self.name,)
        return tuple(f"{self.name}.{p.name}" for p in self.kind.parameters)


@dataclass(frozen=True)
class Series:
    """Parts one after another: impedances add."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Parallel:
    """Parts beside each other: admittances add."""

    parts: tuple[Node, ...]


Node = Leaf | Series | Parallel


@dataclass(frozen=True)
class Circuit:
    """A circuit as parsed from ``text``; `limetal.impedance.grammar.parse` makes it.

    The tree is flat where it can be: no series stands directly in a series, no parallel in a parallel, and neither
    has a single part.
    """

    root: Node
    text: str

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Elements in the order of the text."""
        return tuple(_leaves(self.root))

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of all parameters in the order of the text."""
        return tuple(name for leaf in self.leaves for name in leaf.parameters)

    @property
    def free(self) -> tuple[str, ...]:
        """Names of the parameters a fit changes."""
        return tuple(
            name for leaf in self.leaves for name, fixed in zip(leaf.parameters, leaf.fixed, strict=True) if not fixed
        )

    @property
    def blocks(self) -> tuple[Node, ...]:
        """Parts in series at the top."""
        return self.root.parts if isinstance(self.root, Series) else (self.root,)

    def values(self) -> tuple[float, ...]:
        """Values of all parameters, NaN where none is given."""
        return tuple(math.nan if v is None else v for leaf in self.leaves for v in leaf.values)


def _leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
        return
    for part in node.parts:
        yield from _leaves(part)
