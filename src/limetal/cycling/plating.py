"""Plating and stripping on a current collector: which direction plates, which strippings took all lithium, and CE.

A stripping is finished if it ended at the cut-off voltage, where no lithium is left that can be stripped. Between two
finished strippings lies one *block*: a plating and the stripping after it are a cycle, and a block with partial
strippings in it is a reservoir protocol. Only of blocks can a coulombic efficiency be told: stripped over plated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.charge_resolution import ChargeResolution, charge_resolution
from limetal.cycling.pauses import pauses
from limetal.cycling.runs import Runs, runs
from limetal.cycling.weights import time_weights, weighted_median
from limetal.errors import BadInputError
from limetal.physics.constants import MA_PER_A
from limetal.records.cycling import CyclingRecord

__all__ = ["Blocks", "Plating", "PlatingDirection", "plating"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
PlatingDirection = Literal["auto", "positive", "negative"]

#: A run rises to a cut-off if it ends at this |voltage| or above, and at this many times its own plateau (median).
CUTOFF_LEAST_V = 0.1
CUTOFF_OVER_PLATEAU = 2.0
#: A stripping ended at the cut-off if it ended within the first part of it, or rose and ended within the second part.
AT_CUTOFF = 0.9
NEAR_CUTOFF = 0.5
#: A direction strips if this many times more runs of it rise to a cut-off than of the other.
TIMES_MORE = 3
#: A discharge of an anode-free cell ended at the limit if it ended within this part of the range of the voltage of it.
NEAR_LIMIT = 0.05
#: Discharges of an anode-free cell that end within this part of the range of each other end at a limit.
ALIKE_LIMIT = 0.01
#: Rows of the other direction within a plating, at this part of the usual current or above and at the cut-off, are a
#: stripping that was taken for a pulse.
HIDDEN_CURRENT = 0.2
#: Stripping is limited by charge if in this part of the cycles it equals the plating before within its resolution.
LIMITED_SHARE = 0.8
SAME_CHARGE = 1e-4
FEWEST_LIMITED = 3
#: Plating and stripping are of one set current within this part.
SAME_SET = 1e-6
#: A plating that never comes this far below 0 V of lithium plated none: a forming cycle.
BELOW_LITHIUM_V = 0.001


@dataclass(frozen=True, eq=False)
class Blocks:
    """Stretches from one finished stripping to the next; arrays with one value a block.

    Attributes
    ----------
    first, last
        Index of the first plating and of the last run, in ``runs``.
    number
        Number of the first plating, counted from 1 over all platings of the record.
    partial
        Strippings inside the block that did not take all lithium; 0 for an ordinary cycle.
    plated_mAh, stripped_mAh
        Charge of all platings and of all strippings of the block.
    finished
        False where the record ends, or is cut by a pause, before a stripping reaches the cut-off.
    forming
        True where the voltage stayed above that of lithium: nothing was plated.
    above_mAh
        Charge of the first plating before the voltage reached that of lithium: films, oxides, alloys.
    std_random, std_common
        Standard uncertainty of stripped over plated from charge resolution; the second is the same for all blocks of
        one current.
    """

    first: Integers
    last: Integers
    number: Integers
    partial: Integers
    plated_mAh: Floats
    stripped_mAh: Floats
    finished: Booleans
    forming: Booleans
    above_mAh: Floats
    std_random: Floats
    std_common: Floats

    @property
    def count(self) -> int:
        """Number of blocks."""
        return int(self.first.size)

    @property
    def efficiency(self) -> Floats:
        """Stripped over plated, as a fraction; NaN where the block is not finished or nothing was plated."""
        told = self.finished & (self.plated_mAh > 0)
        return np.where(told, self.stripped_mAh / np.where(told, self.plated_mAh, 1.0), np.nan)

    @property
    def cycles(self) -> Booleans:
        """Whether a block is an ordinary finished cycle in which lithium was plated."""
        return np.asarray(self.finished & (self.partial == 0) & ~self.forming)


@dataclass(frozen=True, eq=False)
class Plating:
    """Platings and strippings of one cell.

    Attributes
    ----------
    sign
        Sign of the current that plates: +1, -1, or 0 where it cannot be told.
    how
        How it was told, or why it cannot be, in words.
    polarity
        -1 where voltage and current have opposite signs throughout (leads of one of them swapped), else +1: current
        sign times polarity times voltage is positive where the cell works against its resistances.
    cutoff_V
        |Voltage| at which finished strippings end (of an anode-free cell the lower limit); None if none ends so.
    end_V, plateau_V
        (n_runs,) |voltage| of the last row, and its time-weighted median, of every run.
    finished
        (n_runs,) whether a run is a stripping that took all lithium.
    limited
        Why strippings are taken to be limited by charge; empty if they are not.
    """

    record: CyclingRecord
    runs: Runs
    resolution: ChargeResolution
    sign: int
    how: str
    polarity: int
    cutoff_V: float | None
    end_V: Floats
    plateau_V: Floats
    finished: Booleans
    limited: str
    blocks: Blocks
    warnings: tuple[str, ...]

    @property
    def platings(self) -> Integers:
        """Index of the plating runs; empty where the direction cannot be told."""
        return np.flatnonzero(self.runs.sign == self.sign) if self.sign else np.empty(0, np.int64)

    @property
    def strippings(self) -> Integers:
        """Index of the stripping runs; empty where the direction cannot be told."""
        return np.flatnonzero(self.runs.sign == -self.sign) if self.sign else np.empty(0, np.int64)


def plating(record: CyclingRecord, direction: PlatingDirection = "auto", cutoff_V: float = 0.0) -> Plating:
    """Platings and strippings of a Li|Cu or anode-free cell.

    In Li|Cu files some laboratories connect the copper to the negative terminal (positive current plates, as limetal's
    sign rule has it), many to the positive one (negative current plates). Voltage and current have the same sign in
    both, but only stripping ends at a large |voltage|, the cut-off: that tells. In anode-free cells charging plates.

    Parameters
    ----------
    record
        Of a cell of kind copper or anode-free, with current.
    direction
        Sign of the current that plates; ``auto`` finds it.
    cutoff_V
        |Voltage| at which stripping ends; 0 finds it.

    Raises
    ------
    BadInputError
        If the cell is of another kind, the record has no current, or an option is none.

    Examples
    --------
    One hour of plating at 50 mV, then stripping that rises to 1 V, copper at the positive terminal:

    >>> from limetal.records.cells import CellContext
    >>> t = np.arange(0.0, 7100.0, 10.0)
    >>> strips = t >= 3600
    >>> v = np.where(strips, np.where(t > 7050, 1.0, 0.05), -0.05)
    >>> cell = CellContext("copper", 1.0)
    >>> found = plating(CyclingRecord(t, v, np.where(strips, 1e-3, -1e-3), source="one cycle", cell=cell))
    >>> found.sign, found.cutoff_V, found.blocks.efficiency.round(3).tolist()
    (-1, 1.0, [0.975])
    """
    kind = record.cell.kind if record.cell is not None else None
    if kind not in {"copper", "anode-free"}:
        words = "a cell nobody described" if kind is None else f"a cell of kind {kind!r}"
        raise BadInputError(record.source, words, "a Li|Cu or anode-free cell (--cell kind=copper or kind=anode-free)")
    if direction not in get_args(PlatingDirection):
        raise BadInputError("plating", repr(direction), f"one of {', '.join(get_args(PlatingDirection))}")
    if not (np.isfinite(cutoff_V) and cutoff_V >= 0):
        raise BadInputError("cutoff_V", f"{cutoff_V:g}", "a |voltage|, or 0 to find it")
    found = runs(record)
    resolution = charge_resolution(record, found)
    end, plateau = _levels(record, found, size=kind == "copper")
    if kind == "copper":
        sign, how, cutoff, warnings = _copper(found, end, plateau, direction, cutoff_V)
        reached = _reached(found, end, plateau, sign, cutoff, given=cutoff_V > 0)
    else:
        sign, how, warnings = _anode_free(record, direction)
        cutoff, reached = _at_limit(record, found, end, sign, cutoff_V)
    polarity, swapped = _polarity(found, kind)
    result = Plating(
        record=record,
        runs=found,
        resolution=resolution,
        sign=sign,
        how=how,
        polarity=polarity,
        cutoff_V=cutoff,
        end_V=end,
        plateau_V=plateau,
        finished=reached,
        limited="",
        blocks=_no_blocks(),
        warnings=(*found.warnings, *swapped, *warnings),
    )
    if not sign:
        return result
    limited = _limited_by_charge(result)
    if limited:
        result = replace(result, limited=limited, finished=np.zeros(found.count, dtype=bool))
    return replace(result, blocks=_blocks(result), warnings=(*result.warnings, *_odd_ends(result)))


def _levels(record: CyclingRecord, found: Runs, *, size: bool) -> tuple[Floats, Floats]:
    """Voltage (its size, if wanted) of the last row of every run, and its time-weighted median."""
    v = np.abs(record.voltage_volt) if size else record.voltage_volt
    plateau = np.empty(found.count)
    for k, (a, b) in enumerate(zip(found.first, found.stop, strict=True)):
        rows = np.arange(a, b)[found.direction[a:b] != 0]
        weights = np.maximum(time_weights(rows, record.test_time_second), 1e-12)
        plateau[k] = weighted_median(v[rows], weights)
    return np.asarray(v[found.stop - 1]), plateau


def _copper(
    found: Runs, end: Floats, plateau: Floats, direction: PlatingDirection, cutoff_V: float
) -> tuple[int, str, float | None, tuple[str, ...]]:
    """Sign that plates, how it was told, the cut-off, and warnings."""
    least = max(CUTOFF_LEAST_V, AT_CUTOFF * cutoff_V)
    rises = (end >= least) & ((end >= CUTOFF_OVER_PLATEAU * plateau) | (cutoff_V > 0))
    by_sign = {s: rises & (found.sign == s) for s in (1, -1)}
    if direction != "auto":
        sign = 1 if direction == "positive" else -1
        how = f"{direction} current plates, as the option plating says"
        strips = by_sign[-sign]
        cutoff = cutoff_V or (float(np.median(end[strips])) if strips.any() else None)
        return sign, how, cutoff, _begins_with_stripping(found, sign)
    up, down = int(by_sign[1].sum()), int(by_sign[-1].sum())
    if max(up, down) == 0:
        how = (
            f"cannot tell: no half-cycle rises to a cut-off (ends at {CUTOFF_LEAST_V:g} V or more and at "
            f"{CUTOFF_OVER_PLATEAU:g} times its plateau), as stripping that takes all lithium does"
        )
        return 0, how, None, ()
    if max(up, down) < TIMES_MORE * min(up, down):
        how = f"cannot tell: half-cycles of both directions rise to a cut-off ({up} of positive, {down} of negative)"
        return 0, how, None, ()
    sign = -1 if up > down else 1
    if found.sign[0] != sign and max(up, down) < 2:
        way = _way(-sign)
        how = f"cannot tell: the only half-cycle that rises to a cut-off is of {way} current, but so is the first one"
        return 0, f"{how}, and bare copper has nothing to strip", None, ()
    strips = by_sign[-sign]
    cutoff = cutoff_V or float(np.median(end[strips]))
    terminal = "negative" if sign > 0 else "positive"
    how = (
        f"{_way(sign)} current plates: {int(strips.sum())} of {int(np.sum(found.sign == -sign))} half-cycles of "
        f"{_way(-sign)} current end near {cutoff:.3g} V, so those strip; the copper is at the {terminal} terminal"
    )
    return sign, how, cutoff, _begins_with_stripping(found, sign)


def _begins_with_stripping(found: Runs, sign: int) -> tuple[str, ...]:
    if found.sign[0] == sign:
        return ()
    return (
        f"the test begins with {found.charge_mAh[0]:.3g} mAh of stripping: the copper held lithium before, or the "
        "plating direction is wrong (option plating)",
    )


def _reached(found: Runs, end: Floats, plateau: Floats, sign: int, cutoff: float | None, *, given: bool) -> Booleans:
    """Whether a run is a stripping that ended at the cut-off."""
    if not sign or cutoff is None:
        return np.zeros(found.count, dtype=bool)
    rises = (end >= CUTOFF_LEAST_V) & (end >= CUTOFF_OVER_PLATEAU * plateau) & (end >= NEAR_CUTOFF * cutoff)
    return np.asarray((found.sign == -sign) & ((rises & (not given)) | (end >= AT_CUTOFF * cutoff)))


def _anode_free(record: CyclingRecord, direction: PlatingDirection) -> tuple[int, str, tuple[str, ...]]:
    if direction != "auto":
        return (1 if direction == "positive" else -1), f"{direction} current plates, as the option plating says", ()
    if float(np.median(record.voltage_volt)) >= 0:
        return 1, "positive current charges the anode-free cell, and charging plates", ()
    how = "negative current plates: the voltage is negative, so the terminals are exchanged"
    return -1, how, ()


def _at_limit(
    record: CyclingRecord, found: Runs, end: Floats, sign: int, cutoff_V: float
) -> tuple[float | None, Booleans]:
    """Lower limit of the voltage of an anode-free cell, and which discharges ended at it."""
    strips = found.sign == -sign
    if not strips.any():
        return None, np.zeros(found.count, dtype=bool)
    side = 1.0 if float(np.median(record.voltage_volt)) >= 0 else -1.0
    ends = side * end
    limit = cutoff_V or float(ends[strips].min())
    span = float(np.ptp(record.voltage_volt))
    return limit, np.asarray(strips & (ends <= limit + NEAR_LIMIT * span))


def _polarity(found: Runs, kind: str) -> tuple[int, tuple[str, ...]]:
    """-1 where voltage and current have opposite signs in most runs of a Li|Cu cell."""
    if kind != "copper":
        return 1, ()
    against = found.sign * found.last_volt < 0
    if np.sum(against * np.abs(found.last_volt)) <= np.sum(~against * np.abs(found.last_volt)):
        return 1, ()
    return -1, (
        "voltage and current have opposite signs at the ends of most half-cycles: the leads of one of them are "
        "swapped; plating and stripping were told from the size of the voltage",
    )


def _limited_by_charge(result: Plating) -> str:
    """Say so where strippings end because they have moved the charge of the plating, not because lithium ran out."""
    found = result.runs
    strips = result.strippings
    strips = strips[(strips > 0) & found.complete[strips]]
    strips = strips[strips > 0]
    if strips.size < FEWEST_LIMITED:
        return ""
    plated, stripped = found.charge_mAh[strips - 1], found.charge_mAh[strips]
    total = result.resolution.total_mAh
    at_end = result.finished[strips]
    # where all rise to a cut-off, charge limits them only if it is the same far within a coarse resolution
    coarse = 0.0 if at_end.all() else 2 * np.hypot(total[strips], total[strips - 1])
    same = np.abs(stripped - plated) <= np.maximum(coarse, SAME_CHARGE * plated)
    anode_free = result.record.cell is not None and result.record.cell.kind == "anode-free"
    span = float(np.ptp(result.record.voltage_volt) if anode_free else np.max(result.end_V[strips]))
    unlike = np.ptp(result.end_V[strips]) > (ALIKE_LIMIT if anode_free else 1 - AT_CUTOFF) * span
    if at_end.any() and not unlike:
        return ""  # ends alike at the cut-off: voltage limits, and the CE is as near to 100 % as that
    if np.mean(same) < LIMITED_SHARE or (at_end.any() and np.mean(same[at_end]) < LIMITED_SHARE):
        return ""
    return (
        f"stripping is limited by charge: in {int(same.sum())} of {strips.size} cycles it moves the charge of the "
        "plating before it and ends at no common voltage"
    )


def _odd_ends(result: Plating) -> tuple[str, ...]:
    """Warn of finished strippings that end far from each other, and of platings that rise to a cut-off."""
    words = []
    copper = result.record.cell is not None and result.record.cell.kind == "copper"
    ends = result.end_V[result.finished]
    if copper and ends.size and ends.min() < AT_CUTOFF * ends.max():
        words.append(
            f"finished strippings end between {ends.min():.3g} and {ends.max():.3g} V: the cut-off was changed, or the "
            "last rows of the steps are missing"
        )
    rising = result.runs.sign == result.sign
    rising &= (result.end_V >= CUTOFF_LEAST_V) & (result.end_V >= CUTOFF_OVER_PLATEAU * result.plateau_V)
    if copper and rising.any():
        words.append(
            f"{int(rising.sum())} platings end at a |voltage| of {float(np.median(result.end_V[rising])):.3g} V, far "
            "above their plateau: they were ended by a voltage limit, or plated no lithium"
        )
    return tuple(words)


def _no_blocks() -> Blocks:
    whole, number, truth = np.empty(0, np.int64), np.empty(0), np.empty(0, dtype=bool)
    return Blocks(whole, whole, whole, whole, number, number, truth, truth, number, number, number)


def _blocks(result: Plating) -> Blocks:
    """Stretches from one finished stripping to the next."""
    found, finished, resolution = result.runs, result.finished, result.resolution
    platings = result.platings
    if platings.size == 0:
        return _no_blocks()
    begin = int(platings[0])  # what was stripped before any plating belongs to no block
    # where charge limits stripping no block has an end: each plating stands with the stripping after it
    ends = found.sign == -result.sign if result.limited else finished
    after = np.flatnonzero(ends[begin:]) + begin + 1
    first = np.concatenate([[begin], after])
    first = first[first < found.count]
    last = np.append(first[1:], found.count) - 1
    strips = found.sign == -result.sign
    plates = ~strips

    def of(values: Floats, which: Booleans) -> Floats:
        cumulated = np.concatenate([[0.0], np.cumsum(np.where(which, values, 0.0))])
        return np.asarray(cumulated[last + 1] - cumulated[first])

    plated, stripped = of(found.charge_mAh, plates), of(found.charge_mAh, strips)
    ones = np.ones(found.count)
    every = np.ones(found.count, dtype=bool)
    whole = of((_cut(result) | _hides_stripping(result)).astype(float), every) == 0
    ended = finished[last] & whole & (plated > 0)
    forming, above = _above_lithium(result, first)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = stripped / plated
        random = np.sqrt(of(resolution.random_mAh**2, strips) + ratio**2 * of(resolution.random_mAh**2, plates))
        own, other = of(resolution.common_mAh, strips), ratio * of(resolution.common_mAh, plates)
        # one set current in both directions, written with few digits, is off by the same part in both
        currents = found.mean_current_mA[first], found.mean_current_mA[last]
        one = resolution.set_values & (np.abs(currents[0] - currents[1]) <= SAME_SET * currents[0])
        common = np.where(one, np.abs(own - other), np.hypot(own, other))
        random, common = (np.where(plated > 0, x / plated, np.nan) for x in (random, common))
    return Blocks(
        first=first,
        last=last,
        number=np.searchsorted(platings, first) + 1,
        partial=np.asarray(of(ones, strips) - ends[last], dtype=np.int64),
        plated_mAh=plated,
        stripped_mAh=stripped,
        finished=np.asarray(ended),
        forming=forming,
        above_mAh=above,
        std_random=random,
        std_common=common,
    )


def _cut(result: Plating) -> Booleans:
    """Whether the charge of a run is not known: a pause lies in it, or the record ends before its end."""
    found, record = result.runs, result.record
    cut = ~found.complete
    if cut[-1] and result.finished[-1]:  # it reached the cut-off, whatever the run before it did: only a pause cuts it
        a, b = max(int(found.first[-1]) - 1, 0), int(found.stop[-1])
        stops = pauses(record.test_time_second, record.voltage_volt, record.current_ampere)
        cut[-1] = bool(np.any((stops >= a) & (stops < b)))
    return cut


def _hides_stripping(result: Plating) -> Booleans:
    """Whether a plating holds a stripping to the cut-off that is so small beside it that it was taken for a pulse."""
    found, record = result.runs, result.record
    hides = np.zeros(found.count, dtype=bool)
    current = record.current_ampere
    if result.cutoff_V is None or current is None or record.cell is None or record.cell.kind != "copper":
        return hides
    usual = float(np.median(found.mean_current_mA)) / MA_PER_A
    inside = (found.direction == 0) & (-result.sign * current > HIDDEN_CURRENT * usual)
    rows = np.flatnonzero(inside & (np.abs(record.voltage_volt) >= AT_CUTOFF * result.cutoff_V))
    run = np.searchsorted(found.first, rows, side="right") - 1
    run = run[(run >= 0) & (rows < found.stop[run])]
    hides[run[found.sign[run] == result.sign]] = True
    return hides


def _above_lithium(result: Plating, first: Integers) -> tuple[Booleans, Floats]:
    """Whether the plating that begins a block never passes 0 V of lithium, and its charge before it does."""
    record, found = result.record, result.runs
    forming, above = np.zeros(first.size, dtype=bool), np.zeros(first.size)
    if record.cell is None or record.cell.kind != "copper":
        return forming, above
    v = result.polarity * result.sign * record.voltage_volt
    for k, run in enumerate(first):
        a, b = int(found.first[run]), int(found.stop[run])
        below = np.flatnonzero((v[a:b] > BELOW_LITHIUM_V) & (found.direction[a:b] != 0))
        if below.size == 0:
            forming[k], above[k] = True, found.charge_mAh[run]
        elif below[0] > 0:
            hours = record.test_time_second[a + below[0]] - found.start_second[run]
            span = record.test_time_second[b - 1] - found.start_second[run]
            above[k] = found.charge_mAh[run] * hours / span if span > 0 else 0.0
    return forming, above


def _way(sign: int) -> str:
    return "positive" if sign > 0 else "negative"
