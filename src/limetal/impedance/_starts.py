"""Starts without a guess: every part in series has one linear scale, so only its shape has to be searched.

For each part a set of shapes is laid out (time constants over the measured range, exponents, for a part of any kind
quasi-random ratios of its parameters). All combinations of shapes are ranked by the cost that is left when their scales
are the best ones (variable projection: Golub & Pereyra, SIAM J. Numer. Anal. 10 (1973) 413, doi:10.1137/0710036),
in closed form from one matrix of inner products; the best ones that differ from each other are the starts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from limetal.impedance import _machine
from limetal.impedance.program import Block, Program

__all__ = ["Shapes", "shapes"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Time constants per decade, and how many decades beyond the measured range they reach.
TIMES_PER_DECADE, DECADES_BEYOND = 4, 0.3
#: Shapes of a part with that many free shape coordinates.
QUASI_RANDOM = {2: 160, 3: 256}
MOST_QUASI_RANDOM = 384
#: Spread of ratios between the resistances of one part, in decades to each side.
RATIO_DECADES = 1.7
#: Two are enough: with three as many of thousands of fits to made-up spectra miss the best minimum, for more time.
ARC_EXPONENTS = (0.9, 0.75)
#: Fewest starts for two arcs at most, and for anything else (of 200 random spectra per circuit, 3 starts leave up to 27
#: % in a minimum that is not the best, 8 up to 3 %: tests/impedance/test_starts.py).
EASY_STARTS, HARD_STARTS = 3, 8
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53)


@dataclass(frozen=True, eq=False)
class Shapes:
    """Shapes of all parts of a circuit on one frequency grid.

    Attributes
    ----------
    columns : (s + c, 2m)
        Impedance of each shape, real parts first: the parts of one shape only, then the sets of candidates.
    singles
        How many parts have one shape.
    groups : (g, 2)
        Of each part that has many: first and end column of its set; parts of one kind share a set.
    tables : (s + c, w)
        Inner coordinates of each shape, in the order of the parameters of its part.
    own : (s + g, w)
        Parameters of each part, the single ones first; -1 behind the last.
    starts
        From how many a fit should walk at least: more where parts can take each other's place.
    """

    columns: Floats
    singles: int
    groups: Integers
    tables: Floats
    own: Integers
    starts: int


@lru_cache(maxsize=64)
def _shapes(program: Program, grid: bytes) -> Shapes:
    omega = np.frombuffer(grid, dtype=np.float64).copy()
    layouts = [_layout(program, block, omega) for block in program.blocks]
    single = [b for b, layout in enumerate(layouts) if len(layout) == 1]
    many = sorted((b for b, layout in enumerate(layouts) if len(layout) > 1), key=lambda b: len(layouts[b]))
    columns = [_columns(program, program.blocks[b], layouts[b], omega) for b in single]
    tables = [layouts[b] for b in single]
    count = len(single)
    sets: list[tuple[int, int, int]] = []
    groups: list[tuple[int, int, int]] = []
    for b in many:
        same = next((s for s in sets if np.array_equal(layouts[s[0]], layouts[b])), None)
        if same is None:
            columns.append(_columns(program, program.blocks[b], layouts[b], omega))
            tables.append(layouts[b])
            same = (b, count, count + len(layouts[b]))
            sets.append(same)
            count = same[2]
        groups.append((same[1], same[2], b))
    groups.sort()
    width = max(layout.shape[1] for layout in layouts)
    order = [*single, *(b for _, _, b in groups)]
    own = np.full((len(order), width), -1, dtype=np.int64)
    for row, b in enumerate(order):
        own[row, : layouts[b].shape[1]] = program.blocks[b].parameters
    wide = [np.pad(table, ((0, 0), (0, width - table.shape[1]))) for table in tables]
    bounds = np.array([g[:2] for g in groups], dtype=np.int64).reshape(-1, 2)
    easy = len(sets) < 2 and len(groups) < 3 and all(program.blocks[b].is_arc for _, _, b in groups)
    starts = EASY_STARTS if easy else HARD_STARTS
    return Shapes(np.ascontiguousarray(np.vstack(columns)), len(single), bounds, np.vstack(wide), own, starts)


def shapes(program: Program, omega: Floats) -> Shapes:
    """Shapes of a circuit on a frequency grid; kept for the grids used last."""
    return _shapes(program, omega.tobytes())


def _layout(program: Program, block: Block, omega: Floats) -> Floats:
    """Inner coordinates of the shapes of one part, for a scale of one ohm, ``(shapes, its parameters)``."""
    decades = math.log(10.0)
    first, last = -math.log(omega.max()) - DECADES_BEYOND * decades, -math.log(omega.min()) + DECADES_BEYOND * decades
    own = block.parameters
    inner = np.zeros(len(own))
    roles: list[str] = []
    scaled = False
    for position, k in enumerate(own):
        kind = program.kinds[k]
        inner[position] = program.given[k]
        if k not in program.free:
            roles.append("fixed")
            scaled = scaled or bool(kind.ohm)
        elif not kind.logarithmic:
            roles.append("exponent")
        elif kind.second:
            roles.append("time")
        elif not scaled:
            roles.append("scale")
            scaled = True
        else:
            roles.append("ratio")
    if not scaled:  # a lone C, L or Q: its size is the scale
        lone = next((i for i, role in enumerate(roles) if role == "time" and program.kinds[own[i]].ohm), None)
        if lone is not None:
            roles[lone] = "scale"
    searched = [i for i, role in enumerate(roles) if role in {"exponent", "time", "ratio"}]
    points = _points(program, block, roles, searched, (last - first) / decades)
    table = np.tile(inner, (len(points), 1))
    times = first + (last - first) * points
    for column, position in enumerate(searched):
        kind, share = program.kinds[own[position]], points[:, column]
        if roles[position] == "exponent":
            low, high = kind.typical or (kind.low, kind.high)
            low, high = max(low, program.low[own[position]]), min(high, program.high[own[position]])
            table[:, position] = low + (high - low) * share
        elif roles[position] == "ratio":
            table[:, position] = kind.ohm * RATIO_DECADES * decades * (2 * share - 1)
    for column, position in enumerate(searched):
        if roles[position] == "time":
            power = _time_power(program, own, position, table)
            table[:, position] = power * times[:, column]
    for position, role in enumerate(roles):
        if role == "scale":
            table[:, position] = 0.0
    return np.ascontiguousarray(table)


def _time_power(program: Program, own: tuple[int, ...], position: int, table: Floats) -> Floats | float:
    """Power of time of a parameter: a number, or the exponent of the same element (it stands beside it)."""
    kind = program.kinds[own[position]]
    if not isinstance(kind.second, str):
        return kind.second
    sign, name = (-1.0, kind.second[1:]) if kind.second.startswith("-") else (1.0, kind.second)
    names = program.names
    element = names[own[position]].rpartition(".")[0]
    other = own.index(names.index(f"{element}.{name}"))
    power: Floats = sign * table[:, other]
    return power


def _points(program: Program, block: Block, roles: list[str], searched: list[int], decades: float) -> Floats:
    """Points in the unit cube of the searched coordinates: a grid for one coordinate or an arc, else Halton points."""
    n_times = max(4, round(TIMES_PER_DECADE * decades) + 1)
    along = {"time": np.linspace(0, 1, n_times), "exponent": np.linspace(0, 1, 8), "ratio": np.linspace(0, 1, 12)}
    if not searched:
        return np.zeros((1, 0))
    if len(searched) == 1:
        return along[roles[searched[0]]][:, None]
    if block.is_arc and len(searched) == 2:
        kind = next(program.kinds[block.parameters[i]] for i in searched if roles[i] == "exponent")
        low, high = kind.typical or (kind.low, kind.high)
        exponents = (np.array(ARC_EXPONENTS) - low) / (high - low)
        times = along["time"]
        grid = np.stack(np.meshgrid(times, exponents, indexing="ij"), -1).reshape(-1, 2)
        return grid if roles[searched[0]] == "time" else grid[:, ::-1]
    count = QUASI_RANDOM.get(len(searched), MOST_QUASI_RANDOM)
    return np.stack([_halton(count, _PRIMES[i % len(_PRIMES)]) for i in range(len(searched))], -1)


def _halton(count: int, base: int) -> Floats:
    """First numbers of the van der Corput sequence of a base."""
    found = np.zeros(count)
    numbers = np.arange(1, count + 1)
    scale = 1.0 / base
    while numbers.any():
        found += scale * (numbers % base)
        numbers //= base
        scale /= base
    return found


def _columns(program: Program, block: Block, layout: Floats, omega: Floats) -> Floats:
    """Impedance of every shape of a part, ``(shapes, 2m)``."""
    m = omega.size
    q = np.zeros(len(program.names))
    p = np.empty(q.size + 1)
    zn = np.empty((len(program.nodes), m), dtype=np.complex128)
    dz = np.empty((program.addresses.size, program.slots.shape[1], m), dtype=np.complex128)
    found = np.empty((len(layout), 2 * m))
    own = list(block.parameters)
    others = [k for k in range(q.size) if not program.kinds[k].logarithmic]
    q[others] = [0.8 * program.kinds[k].high for k in others]
    for row, coordinates in enumerate(layout):
        q[own] = coordinates
        _machine.model(program.code, omega, q, p, zn, dz)
        found[row, :m] = zn[block.node].real
        found[row, m:] = zn[block.node].imag
    return found
