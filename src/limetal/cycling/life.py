"""Life of a symmetric cell: how far its test got before the voltage left the bounds that its own past sets.

The voltage of every cycle (or half-cycle) is compared with a reference of the same cell at the same current, the
median over stated cycles. Life ends with the first of several cycles in a row beyond a bound; where the test ended
first, life is *censored*: only more than a number is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.half_cycle_voltages import HalfCycleVoltages
from limetal.errors import BadInputError

__all__ = ["CRITERIA", "Criteria", "Event", "Life", "life"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: The criteria, in the order in which they are told where several are met at one time.
CRITERIA = ("rise", "limit", "fall")
#: Currents within this part of each other are alike.
SAME_CURRENT = 0.05
#: A reference needs this many cycles.
FEWEST_REFERENCE = 2
#: Half-cycles whose lengths differ by more than this part are not alike in depth: told, not corrected.
SAME_LENGTH = 0.2
#: If more than this part of the cycles after the end of life are within the bound again, it is told.
CAME_BACK = 0.2


@dataclass(frozen=True)
class Criteria:
    """When a symmetric cell counts as dead. A bound of 0 is not looked at.

    Attributes
    ----------
    voltage
        Which voltage of a half-cycle counts: ``mean``, time-weighted, or ``end``, of its last 2 %.
    rise_factor
        Voltage of a cycle above this many times its reference ...
    limit_V
        ... or above this voltage, ...
    in_a_row
        ... in so many cycles in a row.
    fall_factor
        Voltage of a half-cycle below this part of its reference (a hard short circuit) ...
    fall_in_a_row
        ... in so many half-cycles in a row.
    reference_first, reference_last
        The reference is the median over these cycles at the same current, counted from 1. A cycle among them is
        compared with the median of those before it that were within the bounds; cycles before them are not compared.
    stopped_counts
        Whether a test that ends within a half-cycle, beyond the bound, counts as dead though not enough cycles in
        a row are there to see: instruments stop at their own voltage limit.

    Raises
    ------
    BadInputError
        If a choice cannot be.
    """

    voltage: str = "mean"
    rise_factor: float = 2.0
    limit_V: float = 0.0
    in_a_row: int = 3
    fall_factor: float = 0.3
    fall_in_a_row: int = 4
    reference_first: int = 3
    reference_last: int = 10
    stopped_counts: bool = True

    def __post_init__(self) -> None:
        """Refuse choices that mean nothing."""
        where = "analyses.life"
        if self.voltage not in {"mean", "end"}:
            raise BadInputError(f"{where}.voltage", repr(self.voltage), "'mean' or 'end'")
        if not (self.rise_factor == 0 or self.rise_factor > 1):
            raise BadInputError(f"{where}.rise_factor", repr(self.rise_factor), "a factor above 1, or 0 for none")
        if not self.limit_V >= 0:
            raise BadInputError(f"{where}.limit_V", repr(self.limit_V), "a voltage above 0, or 0 for none")
        if not 0 <= self.fall_factor < 1:
            raise BadInputError(f"{where}.fall_factor", repr(self.fall_factor), "a part below 1, or 0 for none")
        if not (self.rise_factor or self.limit_V or self.fall_factor):
            raise BadInputError(where, "no criterion", "at least one of rise_factor, limit_V and fall_factor above 0")
        for name in ("in_a_row", "fall_in_a_row", "reference_first"):
            if getattr(self, name) < 1:
                raise BadInputError(f"{where}.{name}", repr(getattr(self, name)), "1 or more")
        if self.reference_last <= self.reference_first:
            wanted = f"more than reference_first, {self.reference_first}"
            raise BadInputError(f"{where}.reference_last", repr(self.reference_last), wanted)


@dataclass(frozen=True)
class Event:
    """What one criterion says.

    Attributes
    ----------
    criterion
        ``rise``, ``limit`` or ``fall``.
    met
        Whether the cell met it; else ``cycles`` and ``hours`` are bounds from below.
    cycles
        Complete cycles before the first one beyond the bound.
    hours
        Test time when that one began; for a cell that never met it, when its last complete cycle ended.
    seen_V, reference_V
        Voltage and reference of the first cycle beyond the bound; None where it was not met.
    words
        What else must be known of it.
    """

    criterion: str
    met: bool
    cycles: int
    hours: float
    seen_V: float | None = None
    reference_V: float | None = None
    words: str = ""


@dataclass(frozen=True, eq=False)
class Life:
    """Life of one cell.

    Attributes
    ----------
    first
        The criterion met first; one that was not met where none was.
    events
        Every criterion asked for, by itself.
    number, start_hour, end_hour, voltage_V : (n_cycles,)
        Complete cycles: number counted from 1 (a cycle that a pause broke keeps its number), when they begin and
        end, and the mean over both half-cycles of the chosen voltage.
    reference_V : (n_cycles,)
        What each is compared with; NaN where nothing of like current is known.
    current_mA : (n_cycles,) or None
        Mean |current|.
    judged
        How many cycles could be compared.
    """

    first: Event
    events: tuple[Event, ...]
    number: Integers
    start_hour: Floats
    end_hour: Floats
    voltage_V: Floats
    reference_V: Floats
    current_mA: Floats | None
    judged: int
    criteria: Criteria
    warnings: tuple[str, ...]


def life(halves: HalfCycleVoltages, criteria: Criteria | None = None) -> Life:
    """Life by the criterion that is met first.

    Parameters
    ----------
    halves
        Voltages of the half-cycles (`limetal.cycling.half_cycle_voltages`).
    criteria
        See `Criteria`.

    Raises
    ------
    BadInputError
        If there is no complete cycle.

    Examples
    --------
    Forty hourly half-cycles at 10 mV, then 30 mV:

    >>> from limetal.cycling.half_cycle_voltages import half_cycle_voltages
    >>> from limetal.records.cycling import CyclingRecord
    >>> t = np.arange(0.0, 60 * 3600.0, 60.0)
    >>> v = np.where(t // 3600 % 2 == 0, 0.01, -0.01) * np.where(t < 40 * 3600, 1, 3)
    >>> found = life(half_cycle_voltages(CyclingRecord(t, v, None, source="made up")))
    >>> found.first.criterion, found.first.met, found.first.cycles, round(found.first.hours, 1)
    ('rise', True, 20, 40.0)
    """
    criteria = criteria or Criteria()
    first, second, number = _cycles(halves)
    if first.size == 0:
        raise BadInputError(halves.source, "no complete cycle", "at least one plating and one stripping half-cycle")
    chosen = halves.mean_V if criteria.voltage == "mean" else halves.end_V
    voltage = (chosen[first] + chosen[second]) / 2
    current = None if halves.current_mA is None else (halves.current_mA[first] + halves.current_mA[second]) / 2
    window = (criteria.reference_first - 1, criteria.reference_last)
    bounds = (0.0, criteria.rise_factor or np.inf)
    reference = references(voltage, _like_currents(current, first.size), window, bounds, criteria.in_a_row)
    found = Life(
        first=Event("", met=False, cycles=0, hours=0.0),
        events=(),
        number=number,
        start_hour=halves.start_hour[first],
        end_hour=halves.end_hour[second],
        voltage_V=voltage,
        reference_V=reference,
        current_mA=current,
        judged=int(np.isfinite(reference).sum()),
        criteria=criteria,
        warnings=halves.warnings,
    )
    events = []
    if criteria.rise_factor:
        events.append(_rise(found, halves, chosen, "rise", criteria.rise_factor * reference))
    if criteria.limit_V:
        events.append(_rise(found, halves, chosen, "limit", np.full(first.size, criteria.limit_V)))
    if criteria.fall_factor:
        events.append(_fall(found, halves, chosen))
    met = [event for event in events if event.met]
    # of those not met the nearest bound is the one that all of them allow
    one = min(met, key=lambda e: e.hours) if met else min(events, key=lambda e: e.hours)
    words = [event.words for event in events if event.words]
    words += _odd_lengths(halves, one) + _came_back(found, one) + _odd_begin(found)
    return replace(found, first=one, events=tuple(events), warnings=(*halves.warnings, *words))


def references(
    values: Floats, groups: Integers, window: tuple[int, int], bounds: tuple[float, float], count: int
) -> Floats:
    """What each value is compared with: the median of the places of a window (begin, stop) in its own group.

    A value at such a place is compared with the median of those before it that were within the bounds: a cell that
    dies among its reference cycles would else be its own reference. After ``count`` values in a row beyond a bound
    the reference stays. NaN where there are not two to compare with.

    Parameters
    ----------
    bounds
        Lowest and highest part of the reference that is within; 0 and infinity for none.

    Examples
    --------
    >>> none = np.zeros(6, int)
    >>> references(np.array([9.0, 5.0, 5.0, 5.0, 6.0, 20.0]), none, (1, 4), (0.0, 2.0), 3).tolist()
    [nan, nan, nan, 5.0, 5.0, 5.0]
    """
    begin, stop = window
    found = np.full(values.size, np.nan)
    for group in np.unique(groups):
        at = np.flatnonzero(groups == group)
        own, beyond = values[at], 0
        good: list[float] = []
        for place in range(begin, min(stop, at.size)):
            if len(good) >= FEWEST_REFERENCE:
                reference = float(np.median(good))
                found[at[place]] = reference
                if not bounds[0] * reference <= own[place] <= bounds[1] * reference:
                    beyond += 1
                    if beyond == count:
                        found[at[place:]] = reference
                        break
                    continue
            beyond = 0
            good.append(float(own[place]))
        else:
            if len(good) >= FEWEST_REFERENCE:
                found[at[stop:]] = np.median(good)
    return found


def first_in_a_row(bad: Flags, count: int) -> int:
    """Where the first stretch of so many begins; -1 if there is none.

    Examples
    --------
    >>> first_in_a_row(np.array([True, False, True, True, True]), 3), first_in_a_row(np.array([True, False]), 2)
    (2, -1)
    """
    if bad.size < count:
        return -1
    summed = np.concatenate([[0], np.cumsum(bad)])
    whole = np.flatnonzero(summed[count:] - summed[:-count] == count)
    return int(whole[0]) if whole.size else -1


def _cycles(halves: HalfCycleVoltages) -> tuple[Integers, Integers, Integers]:
    """First and second half-cycle of every complete cycle, and its number counted over reversals."""
    whole = halves.complete
    pairs = whole[:-1] & whole[1:] & (halves.sign[:-1] != halves.sign[1:])
    first, at = [], 0
    while at < pairs.size:
        if pairs[at]:
            first.append(at)
            at += 1
        at += 1
    firsts = np.array(first, dtype=np.int64)
    turns = np.concatenate([[0], np.cumsum(halves.sign[1:] != halves.sign[:-1])])
    number = 1 + (turns[firsts] - turns[firsts[:1]]) // 2
    return firsts, firsts + 1, np.asarray(number, dtype=np.int64)


def _like_currents(current: Floats | None, count: int) -> Integers:
    """Number of the group of like currents; one group where no current is known."""
    if current is None:
        return np.zeros(count, dtype=np.int64)
    order = np.argsort(current, kind="stable")
    steps = np.diff(current[order]) > SAME_CURRENT * current[order][:-1]
    groups = np.empty(count, dtype=np.int64)
    groups[order] = np.concatenate([[0], np.cumsum(steps)])
    return groups


def _rise(found: Life, halves: HalfCycleVoltages, chosen: Floats, name: str, bound_V: Floats) -> Event:
    """Voltage of cycles above a bound."""
    criteria = found.criteria
    bad = found.voltage_V > np.where(np.isnan(bound_V), np.inf, bound_V)
    at = first_in_a_row(bad, criteria.in_a_row)
    if at >= 0:
        return _met(found, name, at)
    trailing = _trailing(bad)
    stopped = _stopped_above(halves, chosen, name, criteria)
    if stopped is not None and criteria.stopped_counts:
        seen, reference = stopped
        if trailing:
            return replace(_met(found, name, bad.size - trailing), words=_stopped_words(name, seen))
        cycles, hours = int(found.number[-1]), float(halves.start_hour[-1])
        return Event(name, True, cycles, hours, seen, reference, _stopped_words(name, seen))
    return _not_met(found, name, trailing, f"{criteria.in_a_row} cycles")


def _fall(found: Life, halves: HalfCycleVoltages, chosen: Floats) -> Event:
    """Voltage of half-cycles below a part of their reference, both directions together."""
    criteria = found.criteria
    whole = np.flatnonzero(halves.complete)
    values = chosen[whole]
    current = None if halves.current_mA is None else halves.current_mA[whole]
    window = (2 * (criteria.reference_first - 1), 2 * criteria.reference_last)
    bounds, count = (criteria.fall_factor, np.inf), criteria.fall_in_a_row
    reference = references(values, _like_currents(current, whole.size), window, bounds, count)
    bad = values < criteria.fall_factor * np.where(np.isnan(reference), -np.inf, reference)
    at = first_in_a_row(bad, criteria.fall_in_a_row)
    if at < 0:
        trailing = _trailing(bad)
        event = _not_met(found, "fall", 0, "")
        if not trailing:
            return event
        began = float(halves.start_hour[whole[-trailing]])
        words = _unconfirmed(trailing, "half-cycle", f"{criteria.fall_in_a_row} half-cycles", "fall", began)
        return replace(event, cycles=_cycles_before(found, began), hours=began, words=words)
    began = float(halves.start_hour[whole[at]])
    return Event("fall", True, _cycles_before(found, began), began, float(values[at]), float(reference[at]))


def _met(found: Life, name: str, at: int) -> Event:
    reference = float(found.reference_V[at])
    return Event(
        name,
        True,
        int(found.number[at]) - 1,
        float(found.start_hour[at]),
        float(found.voltage_V[at]),
        None if np.isnan(reference) else reference,
    )


def _not_met(found: Life, name: str, trailing: int, needed: str) -> Event:
    """Bound from below; up to the first of some last cycles that were beyond the bound, but too few."""
    if not trailing:
        return Event(name, False, int(found.number[-1]), float(found.end_hour[-1]))
    at = found.number.size - trailing
    began = float(found.start_hour[at])
    return Event(
        name, False, int(found.number[at]) - 1, began, words=_unconfirmed(trailing, "cycle", needed, name, began)
    )


def _unconfirmed(count: int, what: str, needed: str, name: str, began: float) -> str:
    many = f"last {count} {what}s are" if count > 1 else f"last {what} is"
    return (
        f"the {many} beyond the bound ({name}), from {began:.4g} h on, but not {needed} in a row: life is given as "
        "more than what was before"
    )


def _stopped_words(name: str, seen: float) -> str:
    return (
        f"the test ends within a half-cycle at {1e3 * seen:.4g} mV, beyond the bound ({name}): taken as the end of "
        "life (stopped_counts)"
    )


def _stopped_above(
    halves: HalfCycleVoltages, chosen: Floats, name: str, criteria: Criteria
) -> tuple[float, float | None] | None:
    """Voltage of the last, unfinished half-cycle if it is beyond the bound, with its reference.

    The end of it is compared with ends of half-cycles, its mean with means: like with like.
    """
    if halves.complete[-1] or not halves.cut_by_end:
        return None
    groups = _like_currents(halves.current_mA, halves.sign.size)
    like = np.flatnonzero(halves.complete & (groups == groups[-1]))
    for values in (halves.end_V, chosen):
        seen = float(values[-1])
        if name == "limit":
            if seen > criteria.limit_V:
                return seen, None
            continue
        own = values[like][2 * (criteria.reference_first - 1) : 2 * criteria.reference_last]
        if own.size >= 2 * FEWEST_REFERENCE and seen > criteria.rise_factor * float(np.median(own)):
            return seen, float(np.median(own))
    return None


def _trailing(bad: Flags) -> int:
    """How many at the end are beyond the bound."""
    good = np.flatnonzero(~bad)
    return int(bad.size - 1 - good[-1]) if good.size else int(bad.size)


def _cycles_before(found: Life, hour: float) -> int:
    done = np.flatnonzero(found.end_hour <= hour * (1 + 1e-12) + 1e-9)
    return int(found.number[done[-1]]) if done.size else 0


def _odd_lengths(halves: HalfCycleVoltages, event: Event) -> list[str]:
    """Say if the half-cycles at the end of life are not as long as those before: their depth differs too."""
    if not event.met or halves.current_mA is None:
        return []
    length = halves.end_hour - halves.start_hour
    groups = _like_currents(halves.current_mA, halves.sign.size)
    at = int(np.searchsorted(halves.start_hour, event.hours - 1e-9))
    if at >= length.size:
        return []
    before = np.flatnonzero(halves.complete[:at] & (groups[:at] == groups[at]))
    if not before.size or not halves.complete[at]:
        return []
    usual = float(np.median(length[before]))
    if length[at] <= (1 + SAME_LENGTH) * usual:
        return []  # shorter ones are cut by a limit of the instrument, which belongs to the end of life
    return [
        f"half-cycles at the end of life last {length[at]:.3g} h, those before at this current {usual:.3g} h: they "
        "move more charge, and their voltages are not strictly alike"
    ]


def _odd_begin(found: Life) -> list[str]:
    """Say if the cycles before the reference differ from it by more than the bounds: they are not compared."""
    known, criteria = np.flatnonzero(np.isfinite(found.reference_V)), found.criteria
    early = found.voltage_V[: criteria.reference_first - 1]
    reference = float(found.reference_V[known[0]]) if known.size else 0.0
    if not reference > 0 or not early.size:
        return []
    like = np.ones(early.size, dtype=bool)
    if found.current_mA is not None:
        now = found.current_mA[known[0]]
        like = np.abs(found.current_mA[: early.size] - now) <= SAME_CURRENT * now
    ratio = early[like] / reference
    low, high = 1 / criteria.rise_factor if criteria.rise_factor else 0.0, 1 / (criteria.fall_factor or 1e-300)
    if not ratio.size or (ratio.min() >= low and ratio.max() <= high):
        return []
    return [
        f"cycles before the reference lie at {ratio.min():.3g} to {ratio.max():.3g} of it: forming, or the cell "
        "changed before its reference was taken; they are not compared"
    ]


def _came_back(found: Life, event: Event) -> list[str]:
    """Say if most later cycles are within the bound again."""
    if not event.met:
        return []
    later = (found.start_hour >= event.hours - 1e-9) & np.isfinite(found.reference_V)
    criteria = found.criteria
    if event.criterion == "fall":
        bad = found.voltage_V < criteria.fall_factor * found.reference_V
    elif event.criterion == "rise":
        bad = found.voltage_V > criteria.rise_factor * found.reference_V
    else:
        bad = found.voltage_V > criteria.limit_V
    good = int((later & ~bad).sum())
    if good <= max(2, CAME_BACK * int(later.sum())):
        return []
    why = "a change of the current, which this record does not hold" if found.current_mA is None else "a passing event"
    return [
        f"after the end of life ({event.criterion}) the voltage came back: {good} of {int(later.sum())} later cycles "
        f"are within the bound; {why} would look the same"
    ]
