"""Coordinates of a circuit from those of another one that has one part less, more, or of another kind."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from limetal.impedance._starts import shapes
from limetal.impedance._uncertainty import Data
from limetal.impedance.grammar import parse
from limetal.impedance.program import Program, program

__all__ = ["Entrant", "Inserted", "Part", "entrant", "inserted", "part", "without"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

#: Logarithm of the scale of a part that is not there.
_ABSENT = -50.0
#: Two shapes are one start if the cosine between what is left of them is above this; directions flatter than that part
#: of the steepest are not given way in.
_SAME, _FLAT = 0.9, 1e-9


@dataclass(frozen=True, eq=False)
class Entrant:
    """One circuit and one spectrum, ready to be walked."""

    program: Program
    data: Data
    re: Floats
    im: Floats


@dataclass(frozen=True, eq=False)
class Part:
    """Shapes of one part: inner coordinates for a scale of one ohm ``(k, parameters)``, impedance ``(k, 2m)``."""

    table: Floats
    columns: Floats


@dataclass(frozen=True, eq=False)
class Inserted:
    """Starts with a new part, ``(k, n)``, and how far the cost falls by the best, all else giving way linearly."""

    starts: Floats
    gain: float


def entrant(code: Program, f: Floats, z: Complexes, weight: Floats) -> Entrant:
    """Prepare a circuit for a spectrum."""
    from limetal.impedance import _around

    low, high = _around.limits(f, z, code.ohm, code.second, code.logarithmic, code.low, code.high)
    re, im = np.ascontiguousarray(z.real), np.ascontiguousarray(z.imag)
    return Entrant(code, Data(f, z, weight, 2 * np.pi * f, low, high), re, im)


@lru_cache(maxsize=128)
def _part(text: str, grid: bytes) -> Part:
    p = program(parse(f"R{text}"))
    shape = shapes(p, np.frombuffer(grid, dtype=np.float64))
    rows = [r for r in range(len(shape.own)) if shape.own[r, 0] == p.blocks[1].parameters[0]]
    first, end = (rows[0], rows[0] + 1) if rows[0] < shape.singles else shape.groups[rows[0] - shape.singles]
    return Part(shape.tables[first:end], shape.columns[first:end])


def part(text: str, omega: Floats, weight: Floats) -> Part:
    """Shapes of a part that stands in series, times the weights; the unweighted ones are kept."""
    from limetal.impedance import _around

    found = _part(text, omega.tobytes())
    return Part(found.table, _around.weighted(found.columns, weight))


def inserted(one: Entrant, block: int, new: Part, others: Floats, most: int) -> Inserted:
    """Starts with the part ``block`` of those shapes that lower the cost most, all other parts being at ``others``.

    The tangent space of the others is projected out of every shape and of the residual: what is left of their product
    says by how much the cost falls.
    """
    p = one.program
    own = list(p.blocks[block].parameters)
    table = new.table[:, : len(own)]
    rest = np.ones(len(p.names), dtype=np.bool_)
    rest[own] = False
    q = np.empty(rest.size)
    q[rest] = others
    q[own] = table[0] + p.ohm[own] * _ABSENT
    free = p.free[rest[p.free]]
    unit, r = _tangent(one, free, q)
    candidates = new.columns
    seen = candidates @ unit.T
    left = np.einsum("ij,ij->i", candidates, candidates)
    size = left.copy()
    left -= np.einsum("ij,ij->i", seen, seen)
    along = -(candidates @ r) + seen @ (unit @ r)
    score = np.where((along > 0) & (left > 1e-9 * size), along**2 / np.maximum(left, 1e-300), 0.0)
    chosen: list[int] = []
    for k in np.argsort(-score).tolist():
        if len(chosen) == most or not score[k] > 0:
            break
        inner = [candidates[k] @ candidates[j] - seen[k] @ seen[j] for j in chosen]
        if all(value <= _SAME * math.sqrt(left[k] * left[j]) for value, j in zip(inner, chosen, strict=True)):
            chosen.append(k)
    starts = np.tile(q, (len(chosen), 1))
    for start, k in zip(starts, chosen, strict=True):
        start[own] = table[k] + p.ohm[own] * math.log(along[k] / left[k])
    np.clip(starts, one.data.low, one.data.high, out=starts)
    return Inserted(starts, float(score.max()))


def _tangent(one: Entrant, free: NDArray[np.int64], q: Floats) -> tuple[Floats, Floats]:
    """Orthonormal rows that span the derivatives by the free coordinates, and the weighted residual."""
    from limetal.impedance import _machine

    numbers = 2 * one.re.size
    r, z = np.empty(numbers), np.empty(numbers // 2, dtype=np.complex128)
    jacobian = np.empty((free.size, numbers))
    _machine.normal_equations(
        one.program.code, free, one.data.omega, one.re, one.im, one.data.weight, q, r, jacobian, z
    )
    length = np.sqrt(np.einsum("ij,ij->i", jacobian, jacobian))
    scaled = jacobian[length > 0] / length[length > 0, None]
    values, vectors = np.linalg.eigh(scaled @ scaled.T)
    kept = values > _FLAT
    unit: Floats = (vectors[:, kept] / np.sqrt(values[kept])).T @ scaled
    return unit, r


def without(code: Program, blocks: Iterable[int], q: Floats) -> Floats:
    """Coordinates without those of some parts."""
    rest = np.ones(q.size, dtype=np.bool_)
    for block in blocks:
        rest[list(code.blocks[block].parameters)] = False
    found: Floats = q[rest]
    return found
