"""A circuit as a tree: elements in series and in parallel, with values, fixed flags, bounds and labels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from limetal.errors import BadInputError
from limetal.impedance.element import Element, Parameter

__all__ = ["Circuit", "Leaf", "Node", "Parallel", "Series", "misfit"]


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

#: A value this part of itself beyond a bound is on it: what rounding of logarithms leaves.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Circuit:
    """A circuit as parsed from ``text``; `limetal.impedance.grammar.parse` makes it.

    The tree is flat where it can be: no series stands directly in a series, no parallel in a parallel, and neither
    has a single part.

    Attributes
    ----------
    root
        The tree.
    text
        What the user wrote. Values set later are not in it (``str(circuit)`` has them), and two circuits are equal
        if their trees are.
    """

    root: Node
    text: str = field(compare=False)

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

    def with_values(self, values: Sequence[float] | Mapping[str, float]) -> Circuit:
        """The same circuit with other values; what is fixed, bounds and labels stay.

        Parameters
        ----------
        values
            One number for each of `parameters`, or a mapping from names to numbers that leaves the others as they
            are. NaN takes a value away.

        Raises
        ------
        BadInputError
            For another number of values, an unknown name, a value outside its bounds or without one where it is fixed.

        Examples
        --------
        >>> from limetal.impedance.grammar import parse
        >>> circuit = parse("R(RQ)").with_values([5, 80, 2e-4, 0.85])
        >>> str(circuit)
        'R0{R=5}(R1{R=80}Q1{Y=0.0002,n=0.85})'
        >>> str(circuit.with_values({"R1": 90}))
        'R0{R=5}(R1{R=90}Q1{Y=0.0002,n=0.85})'
        """
        if isinstance(values, Mapping):
            names = self.parameters
            for name in values:
                if name not in names:
                    raise BadInputError("values of a circuit", f"the name {name!r}", f"one of {', '.join(names)}")
            numbers = [float(values.get(name, old)) for name, old in zip(names, self.values(), strict=True)]
        else:
            numbers = [float(value) for value in values]
            if len(numbers) != sum(len(leaf.values) for leaf in self.leaves):
                wanted = f"{len(self.parameters)}: {', '.join(self.parameters)}"
                raise BadInputError("values of a circuit", f"{len(numbers)} numbers", wanted)
        return Circuit(_with_values(self.root, iter(numbers)), self.text)

    def __str__(self) -> str:
        from limetal.impedance._writer import boukamp  # it is built on this module

        return boukamp(self.root, values=True)


def _leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
        return
    for part in node.parts:
        yield from _leaves(part)


def _with_values(node: Node, given: Iterator[float]) -> Node:
    if not isinstance(node, Leaf):
        return type(node)(tuple(_with_values(part, given) for part in node.parts))
    values = tuple(_checked(node, k, next(given)) for k in range(len(node.values)))
    return Leaf(node.kind, node.name, values, node.fixed, node.low, node.high, node.label)


def _checked(leaf: Leaf, k: int, value: float) -> float | None:
    """One new value, moved onto a bound that it misses by rounding."""
    low, high = leaf.low[k], leaf.high[k]
    if math.isnan(value):
        if leaf.fixed[k]:
            raise BadInputError(
                f"values of a circuit, {leaf.parameters[k]}", "none", "a number for a parameter that is fixed"
            )
        return None
    for bound in (low, high):
        if math.isfinite(bound) and abs(value - bound) <= _ROUNDING * abs(bound):
            value = bound
    wanted = misfit(leaf.kind.parameters[k], value, low, high)
    if wanted:
        raise BadInputError(f"values of a circuit, {leaf.parameters[k]}", f"{value:.12g}", wanted)
    return value


def misfit(parameter: Parameter, value: float, low: float, high: float) -> str:
    """What a value of a parameter must be, if it is not that; empty if it is.

    Examples
    --------
    >>> from limetal.impedance.elements import constant_phase
    >>> y, n = constant_phase.parameters
    >>> misfit(y, 0.0, 0.0, math.inf), misfit(n, 1.2, 0.3, 1.0), misfit(n, 0.9, 0.3, 1.0)
    ('a number above 0', 'a number between 0.3 and 1', '')
    """
    if math.isfinite(value) and low <= value <= high and (value > 0.0 or not parameter.logarithmic):
        return ""
    if math.isinf(high):
        return "a number above 0" if parameter.logarithmic and low == 0.0 else f"a number of at least {low:g}"
    return f"a number between {low:g} and {high:g}"
