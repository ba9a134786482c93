"""What a test did, recognised from its steps: forming, rate ladder, plain cycling, titration, pulses, rests, reservoir.

Nothing here changes a number of another analysis. What is recognised is said with the thresholds by which it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.plating import plating
from limetal.cycling.reservoir import Reservoir, reservoirs
from limetal.cycling.steps import Steps, steps
from limetal.errors import BadInputError
from limetal.records.cycling import CyclingRecord

__all__ = ["Halves", "Intermittent", "Protocol", "Stretch", "protocol"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: A half-cycle with less than this part of the charge and of the time of both neighbours is a pulse, as in `runs`.
SMALL_CHARGE = 0.02
SMALL_TIME = 0.2
#: A half-cycle of at least so many pieces of current with rests between is intermittent; their lengths spread by at
#: most this part.
FEWEST_PIECES = 5
ALIKE = 0.2
#: A ladder has at least so many levels, ...
FEWEST_LEVELS = 3
#: ... each with as many cycles as the others, but for this factor, and at most so many.
LIKE_COUNT = 2.0
MOST_CYCLES_A_LEVEL = 30
#: A reservoir protocol plates, strips and plates a part, and strips the rest: at least so many half-cycles.
FEWEST_OF_RESERVOIR = 4
#: Forming cycles flow at less than this part of the current of the cycles after them.
LOWER = 0.9


@dataclass(frozen=True, eq=False)
class Halves:
    """Half-cycles of a record: arrays with one value for each.

    Attributes
    ----------
    sign, seconds, charge_mAh
        Direction, time under current, charge; charge is NaN without current.
    current_mA
        |Current| of its constant-current step of most charge, else charge over time; NaN without current.
    held
        Whether it ends, or is, at constant voltage.
    held_volt
        Voltage there, NaN else.
    pieces
        Steps under current, with rests between, that it consists of; on and off: their usual lengths in seconds.
    rest_second
        Rest after it, 0 for none.
    """

    sign: Integers
    seconds: Floats
    charge_mAh: Floats
    current_mA: Floats
    held: NDArray[np.bool_]
    held_volt: Floats
    pieces: Integers
    on_second: Floats
    off_second: Floats
    rest_second: Floats

    @property
    def count(self) -> int:
        """Number of half-cycles."""
        return int(self.sign.size)


@dataclass(frozen=True)
class Stretch:
    """Cycles in a row at one current: first one, counted from 1, how many, and the current of both half-cycles."""

    first: int
    count: int
    first_mA: float
    second_mA: float


@dataclass(frozen=True)
class Intermittent:
    """Half-cycles of pieces with rests between (GITT): how many of them, pieces in each, usual lengths."""

    half_cycles: int
    pieces: int
    on_second: float
    off_second: float


@dataclass(frozen=True, eq=False)
class Protocol:
    """What was recognised.

    Attributes
    ----------
    steps, halves
        What it was recognised from.
    first_sign
        Direction in which a cycle begins.
    cycles
        Pairs of half-cycles; ``before`` half-cycles lie before the first, and ``unpaired`` after the last.
    stretches
        Cycles in a row at one current; none without current.
    forming
        So many stretches at the beginning are forming.
    ladder
        Stretches that are a rate ladder; ``returns``: index of those after it at a current it had.
    intermittent
        Half-cycles with rests between pieces, None without.
    reservoirs
        Reservoir protocols of a Li|Cu or anode-free cell.
    """

    steps: Steps
    halves: Halves
    first_sign: int
    cycles: int
    before: int
    unpaired: int
    stretches: tuple[Stretch, ...]
    forming: int
    ladder: tuple[int, ...]
    returns: tuple[int, ...]
    intermittent: Intermittent | None
    reservoirs: tuple[Reservoir, ...] = field(default=())

    @property
    def forming_cycles(self) -> int:
        """Number of forming cycles."""
        return sum(s.count for s in self.stretches[: self.forming])


def protocol(record: CyclingRecord, *, same_current: float = 0.05, most_forming: int = 5) -> Protocol:
    """Recognise what a test did.

    Parameters
    ----------
    record
        Of any cell, also of one that nobody described.
    same_current
        Currents within this part of each other are one level.
    most_forming
        At most so many cycles at the beginning, at less than 90 % of the current after them, are forming.

    Raises
    ------
    BadInputError
        If the record has no current and its cell is not symmetric.

    Examples
    --------
    Two cycles at 0.1 mA, then eight at 1 mA, with a rest of ten minutes after each half-cycle:

    >>> t, i = [0.0], [0.0]
    >>> for current, seconds in [(0.1, 7200)] * 2 + [(1.0, 3600)] * 8:
    ...     for part, length in ((current, seconds), (0.0, 600), (-current, seconds), (0.0, 600)):
    ...         t += list(t[-1] + np.arange(60, length + 1, 60)); i += [1e-3 * part] * (length // 60)
    >>> found = protocol(CyclingRecord(np.array(t), 50 * np.array(i), np.array(i), source="forming"))
    >>> [(s.count, round(s.first_mA, 3)) for s in found.stretches], found.forming_cycles
    ([(2, 0.1), (8, 1.0)], 2)
    """
    made = steps(record)
    halves = _halves(made)
    sign = _first_sign(record, halves)
    before = int(halves.count > 0 and halves.sign[0] != sign)
    n = (halves.count - before) // 2
    stretches = _stretches(halves, before, n, same_current)
    ladder, returns = _ladder(stretches, same_current)
    return Protocol(
        steps=made,
        halves=halves,
        first_sign=sign,
        cycles=n,
        before=before,
        unpaired=halves.count - before - 2 * n,
        stretches=stretches,
        forming=_forming(stretches, ladder, most_forming),
        ladder=ladder,
        returns=returns,
        intermittent=_intermittent(halves),
        reservoirs=_reservoirs(record) if halves.count >= FEWEST_OF_RESERVOIR else (),
    )


def _halves(made: Steps) -> Halves:
    """Half-cycles: steps of one direction that follow each other, with the rests between them."""
    works = np.flatnonzero((made.sign != 0) & (made.kind != "pulse"))
    if not works.size:
        works = np.flatnonzero(made.sign != 0)
    while True:
        sign = made.sign[works]
        starts = np.flatnonzero(np.append(True, sign[1:] != sign[:-1])) if works.size else np.empty(0, np.int64)
        if starts.size < 3:
            break
        length = np.add.reduceat(made.seconds[works], starts)
        charge = np.add.reduceat(made.charge_mAh[works], starts)
        small = (charge < SMALL_CHARGE * _least_beside(charge)) & (length < SMALL_TIME * _least_beside(length))
        if not small.any():
            break
        works = works[~np.repeat(small, np.diff(np.append(starts, works.size)))]
    return _of_groups(made, works, starts)


def _least_beside(values: Floats) -> Floats:
    beside: Floats = np.minimum(np.append(np.inf, values[:-1]), np.append(values[1:], np.inf))
    return beside


def _of_groups(made: Steps, works: Integers, starts: Integers) -> Halves:
    stops = np.append(starts[1:], works.size)
    n = starts.size
    sums = {
        name: np.add.reduceat(getattr(made, name)[works], starts) if n else np.empty(0)
        for name in ("seconds", "charge_mAh")
    }
    current, held_volt, on, off = (np.full(n, np.nan) for _ in range(4))
    held, pieces = np.zeros(n, dtype=bool), np.zeros(n, dtype=np.int64)
    rest = np.zeros(n)
    for k in range(n):
        own = works[starts[k] : stops[k]]
        constant = own[made.kind[own] == "constant current"]
        if made.from_current:
            of = constant if constant.size else own
            current[k] = abs(float(made.mean_current_mA[of[np.argmax(made.charge_mAh[of])]]))
        steady = own[made.kind[own] == "constant voltage"]
        held[k] = steady.size > 0
        if steady.size:
            held_volt[k] = made.mean_volt[steady[-1]]
        inside = np.arange(own[0], own[-1])
        rests = inside[made.sign[inside] == 0]
        pieces[k] = 1 + rests.size
        if rests.size:
            on[k], off[k] = float(np.median(made.seconds[own])), float(np.median(made.seconds[rests]))
            uneven = np.median(np.abs(made.seconds[own] - on[k])) > ALIKE * on[k]
            uneven |= np.median(np.abs(made.seconds[rests] - off[k])) > ALIKE * off[k]
            pieces[k] = 1 if uneven else pieces[k]
        until = works[stops[k]] if k + 1 < n else made.count
        after = np.arange(own[-1] + 1, until)
        rest[k] = float(made.seconds[after[made.sign[after] == 0]].sum())
    return Halves(
        sign=made.sign[works[starts]],
        seconds=sums["seconds"],
        charge_mAh=sums["charge_mAh"],
        current_mA=current,
        held=held,
        held_volt=held_volt,
        pieces=pieces,
        on_second=on,
        off_second=off,
        rest_second=rest,
    )


def _first_sign(record: CyclingRecord, halves: Halves) -> int:
    """Direction in which a cycle begins: by the kind of the cell, else as the test does."""
    cell = record.cell
    if cell is not None and cell.starts:
        return 1 if cell.starts == "charge" else -1
    if cell is not None and cell.kind == "full":
        return 1
    return int(halves.sign[0]) if halves.count else 1


def _stretches(halves: Halves, before: int, n: int, same: float) -> tuple[Stretch, ...]:
    """Cycles in a row whose currents are those of the first of them."""
    found: list[Stretch] = []
    for k in range(n):
        one, two = (float(x) for x in halves.current_mA[before + 2 * k : before + 2 * k + 2])
        if not np.isfinite(one + two):
            return ()
        if found and _alike(one, found[-1].first_mA, same) and _alike(two, found[-1].second_mA, same):
            last = found[-1]
            found[-1] = Stretch(last.first, last.count + 1, last.first_mA, last.second_mA)
        else:
            found.append(Stretch(k + 1, 1, one, two))
    return tuple(found)


def _alike(one: float, two: float, same: float) -> bool:
    return abs(one - two) <= same * max(one, two)


def _ladder(stretches: tuple[Stretch, ...], same: float) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The longest row of stretches whose current rises, or falls, from each to the next; and returns after it."""
    size = [max(s.first_mA, s.second_mA) for s in stretches]
    best: tuple[int, ...] = ()
    for way in (1, -1):
        row: list[int] = []
        for k, stretch in enumerate(stretches):
            goes_on = row and way * (size[k] - size[k - 1]) > 0
            goes_on = goes_on and _like_counts([*(stretches[j].count for j in row), stretch.count])
            row = [*row, k] if goes_on else [k]
            if len(row) > len(best):
                best = tuple(row)
    fewest = FEWEST_LEVELS + (len(best) > 0 and stretches[best[0]].count == 1)
    if len(best) < fewest or max(stretches[k].count for k in best) > MOST_CYCLES_A_LEVEL:
        return (), ()
    after = range(best[-1] + 1, len(stretches))
    returns = tuple(k for k in after if any(_alike(size[k], size[j], same) for j in best))
    return best, returns


def _like_counts(counts: list[int]) -> bool:
    """Whether levels have about as many cycles each; the last may be cut."""
    return max(counts[:-1]) <= LIKE_COUNT * min(counts[:-1]) and counts[-1] <= LIKE_COUNT * max(counts[:-1])


def _forming(stretches: tuple[Stretch, ...], ladder: tuple[int, ...], most: int) -> int:
    """Number of stretches at the beginning that are forming: few cycles at lower currents than those after them."""
    if len(stretches) < 2:
        return 0
    main = ladder[0] if ladder else int(np.argmax([s.count for s in stretches]))
    size = [max(s.first_mA, s.second_mA) for s in stretches]
    lead = stretches[:main]
    if not lead or sum(s.count for s in lead) > most:
        return 0
    return main if all(x < LOWER * size[main] for x in size[:main]) else 0


def _intermittent(halves: Halves) -> Intermittent | None:
    many = halves.pieces >= FEWEST_PIECES
    if not many.any():
        return None
    return Intermittent(
        half_cycles=int(many.sum()),
        pieces=int(np.median(halves.pieces[many])),
        on_second=float(np.median(halves.on_second[many])),
        off_second=float(np.median(halves.off_second[many])),
    )


def _reservoirs(record: CyclingRecord) -> tuple[Reservoir, ...]:
    if record.cell is None or record.cell.kind not in {"copper", "anode-free"} or record.current_ampere is None:
        return ()
    try:
        return reservoirs(plating(record))
    except BadInputError:
        return ()  # no plating or no stripping: then there is no such protocol
