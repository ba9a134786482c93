"""A circuit as flat arrays that compiled code walks: nodes after their parts, elements by the address of their code.

An arc, R beside Q or C, is fitted as resistance, time constant and exponent instead of R, Y and n: the three are far
less correlated, which is why such a fit needs no guess (a fit in R, Y, n of the same arcs fails in every sixth case
from a general guess). `Program.outside` turns the inner coordinates into the parameters of the circuit, and
`Program.slopes` gives the derivatives that carry errors along.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.impedance.circuit import Circuit, Leaf, Node, Parallel
from limetal.impedance.element import ELEMENTS, Parameter

__all__ = ["Arc", "Block", "Program", "program"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LEAF, SERIES, PARALLEL, ARC = 0, 1, 2, 3
#: Breadth of a parameter without dimension over the range of its starts: 0.7 for an exponent that starts at 0.6 to 1.
_TYPICAL_PART = 1.75


@dataclass(frozen=True)
class Arc:
    """An arc that is fitted by its time constant: where R, Y (or C) and n stand among the parameters.

    ``n`` is -1 for a capacitor.
    """

    r: int
    y: int
    n: int


@dataclass(frozen=True)
class Block:
    """One part in series at the top: its parameters, and the node it ends at."""

    parameters: tuple[int, ...]
    node: int
    is_arc: bool


@dataclass(frozen=True, eq=False)
class Program:
    """What compiled code needs of a circuit.

    Attributes
    ----------
    names
        Of the parameters, in the order of the circuit's text.
    kinds
        `Parameter` of each inner coordinate: that of tau where an arc is rewritten.
    logarithmic : (n,) bool
        Inner coordinates that are logarithms.
    low, high : (n,)
        Bounds of the inner coordinates as the circuit gives them; infinite where it gives none.
    given : (n,)
        Inner coordinates of the values in the text, NaN without one.
    free : (m,) int
        Inner coordinates a fit changes; ``is_free`` (n,) says the same of each.
    ohm : (n,)
        Power of the resistance of each inner coordinate: what it gains where the impedance is scaled.
    breadth : (n,)
        Of inner coordinates that are no logarithms: over what they usually range (0.7 for an exponent), infinite
        without bounds; 1 for logarithms. What is a long step, and what is a large error, is measured by it.
    nodes : (k, 2) int
        Kind and element of each node; parts before what they are part of.
    parts, part_offset
        Nodes that each node is made of.
    addresses, slots, slot_counts
        Code of each element and which parameters it takes; the coordinate after the last is the number one.
    """

    circuit: Circuit
    names: tuple[str, ...]
    kinds: tuple[Parameter, ...]
    logarithmic: NDArray[np.bool_]
    low: Floats
    high: Floats
    given: Floats
    free: Integers
    is_free: NDArray[np.bool_]
    ohm: Floats
    breadth: Floats
    nodes: Integers
    parts: Integers
    part_offset: Integers
    addresses: Integers
    slots: Integers
    slot_counts: Integers
    arcs: tuple[Arc, ...]
    blocks: tuple[Block, ...]

    @property
    def code(self) -> tuple[Integers, Integers, Integers, Integers, Integers, Integers, NDArray[np.bool_], Floats]:
        """What the compiled functions walk."""
        return (
            self.nodes,
            self.parts,
            self.part_offset,
            self.addresses,
            self.slots,
            self.slot_counts,
            self.logarithmic,
            self.breadth,
        )

    @cached_property
    def arc_rows(self) -> Integers:
        """`arcs` as numbers, ``(k, 3)``."""
        return np.array([(arc.r, arc.y, arc.n) for arc in self.arcs], dtype=np.int64).reshape(-1, 3)

    @cached_property
    def second(self) -> Floats:
        """Power of the time of each inner coordinate, as `ohm`; where it is an exponent of the circuit, its sign."""
        powers = [kind.second for kind in self.kinds]
        signed = [(-1.0 if s.startswith("-") else 1.0) if isinstance(s, str) else s for s in powers]
        return np.array(signed, dtype=np.float64)

    @cached_property
    def sized_blocks(self) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
        """Of the parts in series that could be left out: their free parameters, and those that are their size."""
        found = []
        for block in self.blocks if len(self.blocks) > 1 else ():
            own = tuple(k for k in block.parameters if self.is_free[k])
            sizes = tuple(k for k in own if self.ohm[k] and self.kinds[k].second == 0)
            if len(own) > 1 and sizes and len(own) < self.free.size:
                found.append((own, sizes))
        return tuple(found)

    def outside(self, inner: Floats) -> Floats:
        """Logarithms (exponents as they are) of the circuit's parameters from the inner coordinates, ``(..., n)``."""
        q = np.array(inner, dtype=np.float64)
        for arc in self.arcs:
            n = q[..., arc.n] if arc.n >= 0 else 1.0
            q[..., arc.y] = n * q[..., arc.y] - q[..., arc.r]
        return q

    def inside(self, outer: Floats) -> Floats:
        """Inner coordinates from the logarithms of the circuit's parameters: the inverse of `outside`."""
        q = np.array(outer, dtype=np.float64)
        for arc in self.arcs:
            n = q[..., arc.n] if arc.n >= 0 else 1.0
            q[..., arc.y] = (q[..., arc.y] + q[..., arc.r]) / n
        return q

    def slopes(self, inner: Floats) -> Floats:
        """Derivatives of `outside` by the inner coordinates, ``(n, n)``."""
        jacobian = np.eye(inner.size)
        for arc in self.arcs:
            jacobian[arc.y, arc.r] = -1.0
            jacobian[arc.y, arc.y] = inner[arc.n] if arc.n >= 0 else 1.0
            if arc.n >= 0:
                jacobian[arc.y, arc.n] = inner[arc.y]
        return jacobian

    def values(self, inner: Floats) -> Floats:
        """Values of the circuit's parameters."""
        q = self.outside(inner)
        return np.where(self.logarithmic, np.exp(np.where(self.logarithmic, q, 0.0)), q)

    def coordinates(self, values: Floats) -> Floats:
        """Inner coordinates of values of the circuit's parameters."""
        with np.errstate(divide="ignore"):
            q = np.where(self.logarithmic, np.log(np.where(self.logarithmic, values, 1.0)), values)
        return self.inside(q)


@lru_cache(maxsize=256)
def program(circuit: Circuit, *, needs_free: bool = True) -> Program:
    """Flatten a circuit; the same circuit gives the same program.

    Raises
    ------
    BadInputError
        If a fixed parameter has no value, or nothing is left to fit while ``needs_free``.
    """
    return _Builder(circuit).build(needs_free=needs_free)


class _Builder:
    """Walks the tree once."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        leaves = circuit.leaves
        self.first: dict[int, int] = {}
        count = 0
        for leaf in leaves:
            self.first[id(leaf)] = count
            count += len(leaf.values)
        self.count = count
        self.kinds = [p for leaf in leaves for p in leaf.kind.parameters]
        self.fixed = np.array([f for leaf in leaves for f in leaf.fixed], dtype=bool)
        self.low = np.array([v for leaf in leaves for v in leaf.low], dtype=np.float64)
        self.high = np.array([v for leaf in leaves for v in leaf.high], dtype=np.float64)
        self.nodes: list[tuple[int, int]] = []
        self.parts: list[int] = []
        self.offsets = [0]
        self.addresses: list[int] = []
        self.slots: list[list[int]] = []
        self.arcs: list[Arc] = []
        self.blocks: list[Block] = []

    def build(self, *, needs_free: bool) -> Program:
        circuit = self.circuit
        given = np.array(circuit.values(), dtype=np.float64)
        for name, fixed, value in zip(circuit.parameters, self.fixed, given, strict=True):
            if fixed and math.isnan(value):
                raise BadInputError(f"circuit {circuit.text!r}", f"{name} fixed without a value", f"a value of {name}")
        if needs_free and self.fixed.all():
            raise BadInputError(f"circuit {circuit.text!r}", "no parameter to fit", "one that is not fixed")
        ends = []
        for block in circuit.blocks:
            arcs = len(self.arcs)
            end = self._node(block)
            ends.append(end)
            taken = tuple(i for leaf in _leaves_of(block) for i in self._indices(leaf))
            self.blocks.append(Block(taken, end, len(self.arcs) > arcs and self.nodes[end][0] == ARC))
        if len(ends) > 1:
            self._add(SERIES, 0, ends)
        logarithmic = np.array([k.logarithmic for k in self.kinds], dtype=bool)
        with np.errstate(divide="ignore"):
            low = np.where(logarithmic, np.log(np.maximum(self.low, 0.0)), self.low)
            high = np.where(logarithmic, np.log(np.maximum(self.high, 0.0)), self.high)
        made = Program(
            circuit=circuit,
            names=circuit.parameters,
            kinds=tuple(self.kinds),
            logarithmic=logarithmic,
            low=low,
            high=high,
            given=given,
            free=np.flatnonzero(~self.fixed),
            is_free=~self.fixed,
            ohm=np.array([kind.ohm for kind in self.kinds], dtype=np.float64),
            breadth=np.array([_breadth(kind) for kind in self.kinds], dtype=np.float64),
            nodes=np.array(self.nodes, dtype=np.int64),
            parts=np.array(self.parts or [0], dtype=np.int64),
            part_offset=np.array(self.offsets, dtype=np.int64),
            addresses=np.array(self.addresses, dtype=np.int64),
            slots=_padded(self.slots),
            slot_counts=np.array([len(s) for s in self.slots], dtype=np.int64),
            arcs=tuple(self.arcs),
            blocks=tuple(self.blocks),
        )
        made.given[:] = made.coordinates(made.given)
        return made

    def _indices(self, leaf: Leaf) -> list[int]:
        start = self.first[id(leaf)]
        return list(range(start, start + len(leaf.values)))

    def _node(self, node: Node) -> int:
        if isinstance(node, Leaf):
            return self._leaf(node.kind.address, self._indices(node))
        arc = self._arc(node)
        if arc is not None:
            return arc
        parts = [self._node(part) for part in node.parts]
        return self._add(PARALLEL if isinstance(node, Parallel) else SERIES, 0, parts)

    def _arc(self, node: Node) -> int | None:
        """Rewrite R beside Q or C, if nothing is said of Y or C that its time constant could not keep."""
        if not isinstance(node, Parallel) or len(node.parts) != 2:
            return None
        if not all(isinstance(part, Leaf) for part in node.parts):
            return None
        by_symbol = {part.kind.symbol: part for part in node.parts if isinstance(part, Leaf)}
        other = by_symbol.get("Q") or by_symbol.get("C")
        if "R" not in by_symbol or other is None:
            return None
        r = self._indices(by_symbol["R"])[0]
        y, *rest = self._indices(other)
        said = self.fixed[y] or self.low[y] > other.kind.parameters[0].low or self.high[y] < math.inf
        if said:
            return None
        n = rest[0] if rest else -1
        self.arcs.append(Arc(r, y, n))
        zarc = ELEMENTS["Zarc"]
        self.kinds[y] = zarc.parameters[1]
        return self._leaf(zarc.address, [r, y, n if rest else self.count], ARC)

    def _leaf(self, address: int, slots: list[int], kind: int = LEAF) -> int:
        self.addresses.append(address)
        self.slots.append(slots)
        return self._add(kind, len(self.addresses) - 1, [])

    def _add(self, kind: int, leaf: int, parts: list[int]) -> int:
        self.nodes.append((kind, leaf))
        self.parts += parts
        self.offsets.append(len(self.parts))
        return len(self.nodes) - 1


def _breadth(kind: Parameter) -> float:
    if kind.logarithmic:
        return 1.0
    whole = kind.high - kind.low
    return whole if kind.typical is None else min(whole, _TYPICAL_PART * (kind.typical[1] - kind.typical[0]))


def _leaves_of(node: Node) -> tuple[Leaf, ...]:
    return Circuit(node, "").leaves


def _padded(rows: list[list[int]]) -> Integers:
    width = max(len(row) for row in rows)
    return np.array([row + [0] * (width - len(row)) for row in rows], dtype=np.int64)
