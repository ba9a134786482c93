"""Signs of a short circuit in cells that are charged and discharged: full, half, Li|Cu and anode-free cells.

Four signs, each beside the cell's own history: the voltage falls at once while lithium is plated at constant current
("voltage noise"); more charge flows in than is ever stored; more lithium is stripped than was plated; the voltage of
a rest decays faster than before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling._short_noise import NORMAL_MAD, record_noise
from limetal.cycling.charge_resolution import charge_resolution
from limetal.cycling.plating import plating
from limetal.cycling.runs import Runs, runs
from limetal.cycling.shorts import Indicator, ShortFinding
from limetal.errors import BadInputError
from limetal.physics.constants import SECONDS_PER_HOUR
from limetal.records.cycling import CyclingRecord

__all__ = ["ChargedLimits", "ChargedShorts", "find_charged_shorts"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: The begin of a run, as part of its time, in which nucleation and the settling of the voltage are no falls.
SETTLING = 0.1
#: Rows on each side whose median is the voltage before and after.
SIDE = 3
#: Currents within this part of each other are constant; rates within the second part are one rate.
CONSTANT = 0.02
SAME_RATE = 0.05
#: Runs of the same direction and rate before one, that say what is usual, and the fewest of them.
HISTORY = 8
FEWEST = 3
#: Places in a run, by its time, at which the voltage has its usual shape; and jumps there, the fewest that tell it.
PLACES = 40
FEWEST_AT_A_PLACE = 12
#: Falls in one run that make a verdict by themselves; fewer may be a contact.
SEVERAL = 3
#: Charge that was not stored is still missing, by this part, in the balance of so many runs before and after.
AROUND = 20
STILL_MISSING = 0.6
#: Rests are compared from this many seconds and rows on, with those of lengths within this part.
SHORTEST_REST = 600.0
FEWEST_REST_ROWS = 5
SAME_REST = 0.2


@dataclass(frozen=True)
class ChargedLimits:
    """Choices that decide what is found.

    Attributes
    ----------
    smallest_fall_V
        A fall of the voltage within a charge below this is not looked at.
    sigmas
        Standard deviations, of the scatter of this record or of the charge resolution, that a sign must exceed.
    excess_charge
        Charge of a cycle over that of the cycles before, less one, from which on charge is called lost to a leak.
    excess_efficiency
        Percent above 100 from which on a Coulombic efficiency is looked at.
    """

    smallest_fall_V: float = 0.005
    sigmas: float = 6.0
    excess_charge: float = 0.15
    excess_efficiency: float = 1.0


@dataclass(frozen=True, eq=False)
class ChargedShorts:
    """Findings, doubts, and the traces they were read from.

    Attributes
    ----------
    findings, doubts, warnings
        As in `limetal.cycling.shorts.Shorts`.
    start_second, falls, fallen_V : (n,) float
        Of every run that plates lithium: begin, number of sudden falls, and their sum.
    charge_mAh
        Charge of these runs.
    rest_second, rest_loss_V_h
        Of every rest after one of them: begin, and loss of voltage per hour in its second half.
    """

    findings: tuple[ShortFinding, ...]
    doubts: tuple[str, ...]
    start_second: Floats
    falls: Floats
    fallen_V: Floats
    charge_mAh: Floats
    rest_second: Floats
    rest_loss_V_h: Floats
    warnings: tuple[str, ...]


def find_charged_shorts(record: CyclingRecord, limits: ChargedLimits | None = None) -> ChargedShorts:
    """Signs of a short circuit of a cell whose kind is known, with current.

    Raises
    ------
    BadInputError
        If nobody said what cell this is, it is symmetric, or there is no current.

    References
    ----------
    Falls of the voltage while charging are short circuits: Stolz et al., Mater. Adv. 2021,
    doi:10.1039/D1MA00009H. Leak beside the ionic current, in full cells too: Counihan et al., Joule,
    6 December 2023 (abstracts seen).

    Examples
    --------
    Six charges of one hour; in the last one the voltage falls three times by 30 mV:

    >>> from limetal.records.cells import CellContext
    >>> t = np.arange(0.0, 6 * 7200.0, 30.0)
    >>> i = np.where(t % 7200 < 3600, 1e-3, -1e-3)
    >>> v = np.where(i > 0, 3.5 + 0.5 * (t % 3600) / 3600, 4.0 - 0.5 * (t % 3600) / 3600)
    >>> for begin in (37500, 38100, 38700):
    ...     v -= np.where((t >= begin) & (t < begin + 300), 0.03, 0.0)
    >>> record = CyclingRecord(t, v, i, source="made", cell=CellContext("full"))
    >>> [(f.kind, f.indicator, f.cycle) for f in find_charged_shorts(record).findings]
    [('soft', 'voltage noise', 6)]
    """
    limits = limits or ChargedLimits()
    if record.cell is None or record.cell.kind == "symmetric":
        kind = "a cell nobody described" if record.cell is None else "a symmetric cell"
        raise BadInputError(record.source, kind, "a full, half, copper or anode-free cell")
    found = runs(record)
    words: list[str] = []
    sign, side = 1, 1
    if record.cell.kind == "copper":
        sign, side, how = _copper(record)
        words += [how] if how else []
    which = np.flatnonzero(found.sign == sign)
    begins, number, fallen, first_rows = _falls(record, found, which, side, limits)
    findings: list[ShortFinding] = []
    doubts: list[str] = []
    _tell_falls(record, (begins, number, fallen, first_rows), findings, doubts)
    if record.cell.kind != "copper":
        _tell_excess(record, found, which, limits, findings, doubts)
    if record.cell.kind in ("copper", "anode-free"):
        _tell_efficiency(record, found, which, limits, findings, doubts)
    rest_second, loss = _rests(record, found, which, findings, limits)
    return ChargedShorts(
        tuple(sorted(findings, key=lambda f: f.start_second)),
        tuple(doubts),
        begins,
        number,
        fallen,
        found.charge_mAh[which],
        rest_second,
        loss,
        (*found.warnings, *words),
    )


def _copper(record: CyclingRecord) -> tuple[int, int, str]:
    """Sign of the current that plates, and that of the voltage meanwhile."""
    try:
        told = plating(record)
    except BadInputError as error:
        return 1, 1, f"positive current was taken to plate lithium ({error.found})"
    if not told.platings.size:
        return 1, 1, f"positive current was taken to plate lithium ({told.how})"
    rows = np.concatenate([np.arange(told.runs.first[k], told.runs.stop[k]) for k in told.platings[:4]])
    level = float(np.median(record.voltage_volt[rows])) if rows.size else 1.0
    return told.sign, 1 if level >= 0 else -1, ""


def _falls(
    record: CyclingRecord, found: Runs, which: Integers, side: int, limits: ChargedLimits
) -> tuple[Floats, Floats, Floats, Integers]:
    """Begin, number and sum of sudden falls of every plating run, and the row of the first fall (-1 for none)."""
    t, current = record.test_time_second, record.current_ampere
    assert current is not None  # runs() has asked
    v = side * record.voltage_volt
    run = np.zeros(v.size, dtype=np.int64)
    run[found.first] = 1
    run = np.cumsum(run) - 1
    inside = (run >= 0) & (found.direction != 0)
    inside &= found.direction == found.sign[np.maximum(run, 0)]
    same = inside[1:] & inside[:-1] & (run[1:] == run[:-1])
    with np.errstate(invalid="ignore", divide="ignore"):
        same &= np.abs(current[1:] / np.where(current[:-1] == 0, np.nan, current[:-1]) - 1) <= CONSTANT
    noise = record_noise(t, v, same)
    n = v.size
    middle = np.full(n, np.nan)
    middle[:-2] = np.where(same[1:] & same[:-1], _median3(v), np.nan)
    jump = np.full(n, np.nan)  # of the interval after each row
    k = np.arange(SIDE - 1, n - SIDE)
    whole = same[k - 2] & same[k - 1] & same[k] & same[k + 1] & same[k + 2] if n >= 2 * SIDE else np.zeros(0, bool)
    jump[k] = np.where(whole, middle[k + 1] - middle[k - SIDE + 1], np.nan)
    part = (t - found.start_second[np.maximum(run, 0)]) / np.maximum(
        (found.end_second - found.start_second)[np.maximum(run, 0)], 1e-9
    )
    jump[part < SETTLING] = np.nan
    jump -= _slope(jump)
    plates = np.isin(run, which)
    jump[~plates] = np.nan
    scatter = _usual_shape(jump, part)
    least = np.maximum(max(limits.smallest_fall_V, noise.floor_volt), limits.sigmas * scatter)
    return _counted(found, which, run, v, jump, least)


def _median3(v: Floats) -> Floats:
    a, b, c = v[:-2], v[1:-1], v[2:]
    return np.asarray(np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c)))


def _slope(jump: Floats) -> Floats:
    """Mean jump of the rows on both sides, not too near: what the voltage does there anyway."""
    known = np.isfinite(jump)
    most = 4 * float(np.median(np.abs(jump[known]))) if known.any() else 0.0
    filled, count = np.clip(np.nan_to_num(jump), -most, most), known.astype(float)
    sums = []
    for values in (filled, count):
        total = np.concatenate([[0.0], np.cumsum(values)])
        k = np.arange(values.size)

        def between(low: int, high: int, total: Floats = total, k: Integers = k) -> Floats:
            first, stop = np.clip(k + low, 0, k.size), np.clip(k + high, 0, k.size)
            return np.asarray(total[stop] - total[first])

        sums.append(between(-5 * SIDE, 5 * SIDE + 1) - between(-SIDE, SIDE + 1))
    return np.asarray(sums[0] / np.maximum(sums[1], 1.0))


def _usual_shape(jump: Floats, part: Floats) -> Floats:
    """Take from every jump the median of those at its place in all runs (in place); the scatter of what is left."""
    known = np.flatnonzero(np.isfinite(jump))
    if not known.size:
        return np.full(jump.size, np.inf)
    place = np.minimum((part[known] * PLACES).astype(np.int64), PLACES - 1)
    spread = np.full(PLACES, np.nan)
    for k in range(PLACES):
        rows = known[place == k]
        if rows.size >= FEWEST_AT_A_PLACE:
            jump[rows] -= float(np.median(jump[rows]))
            spread[k] = NORMAL_MAD * float(np.median(np.abs(jump[rows])))
    told = spread[np.isfinite(spread)]
    usual = float(np.median(told)) if told.size else NORMAL_MAD * float(np.median(np.abs(jump[known])))
    scatter = np.full(jump.size, np.inf)
    scatter[known] = np.maximum(np.where(np.isfinite(spread), spread, 2 * usual), 0.3 * usual)[place]
    return scatter


def _counted(
    found: Runs, which: Integers, run: Integers, v: Floats, jump: Floats, least: Floats
) -> tuple[Floats, Floats, Floats, Integers]:
    """Falls of every plating run. A fall that only takes back an earlier rise (a contact that had failed) is none."""
    number, fallen = np.zeros(which.size), np.zeros(which.size)
    row = np.full(which.size, -1, dtype=np.int64)
    risen, down = np.zeros(which.size), np.zeros(which.size)
    place = np.full(found.count, -1)
    place[which] = np.arange(which.size)
    large = np.flatnonzero(np.isfinite(jump) & (np.abs(jump) > least))
    for group in np.split(
        large,
        np.flatnonzero((np.diff(large) > SIDE) | (np.diff(run[large]) > 0) | (np.diff(np.sign(jump[large])) != 0)) + 1,
    ):
        at = place[run[group[0]]] if group.size else -1
        if at < 0:
            continue
        peak = int(group[np.argmax(np.abs(jump[group]))])
        size = float(jump[peak])
        steps = np.diff(v[max(group[0] - 1, 0) : group[-1] + 3])
        if size > 0:
            back = min(size, down[at])
            down[at] -= back
            risen[at] += size - back if back < 0.5 * size else 0.0
        elif np.min(steps) <= 0.5 * size:  # at once, within one interval
            back = min(-size, risen[at])
            risen[at] -= back
            if back < 0.5 * -size:
                number[at] += 1
                fallen[at] -= size
                down[at] -= size
                row[at] = row[at] if row[at] >= 0 else max(int(group[0]) - 1, 0) + int(np.argmin(steps))
    return found.start_second[which], number, fallen, row


def _finding(
    record: CyclingRecord, indicator: Indicator, row: int, cycle: int, drop: float, confidence: float, words: str
) -> ShortFinding:
    start = float(record.test_time_second[row])
    return ShortFinding(
        "soft",
        indicator,
        start,
        float("nan"),
        2 * cycle,
        cycle,
        drop,
        confidence,
        words,
        row,
    )


def _tell_falls(
    record: CyclingRecord,
    falls: tuple[Floats, Floats, Floats, Integers],
    findings: list[ShortFinding],
    doubts: list[str],
) -> None:
    _, number, fallen, rows = falls
    usual = float(np.median(number)) if number.size else 0.0
    for k in np.flatnonzero(number > 0):
        hours = record.test_time_second[rows[k]] / SECONDS_PER_HOUR
        several = f"{int(number[k])} times" if number[k] > 1 else "once"
        words = (
            f"the voltage falls at once {several}, by {1e3 * fallen[k]:.3g} mV in all, while lithium is plated at "
            f"constant current, first at {hours:.4g} h (cycle {k + 1})"
        )
        if usual >= 1:
            doubts.append(f"{words}; it does so in most cycles: perhaps it belongs to the electrode")
        elif number[k] >= SEVERAL:
            findings.append(_finding(record, "voltage noise", int(rows[k]), int(k) + 1, float("nan"), 0.9, words))
        else:
            doubts.append(f"{words}; a single fall may be a contact")


def _history(found: Runs, which: Integers, k: int) -> Integers:
    """Runs of this direction and rate before one."""
    rate = found.mean_current_mA[which]
    like = np.abs(rate[:k] / rate[k] - 1) <= SAME_RATE if rate[k] > 0 else np.zeros(k, dtype=bool)
    return np.asarray(which[:k][like & found.complete[which[:k]]][-HISTORY:])


def _same_rate(found: Runs, run: int, before: Integers) -> bool:
    """Whether a run has the rate of other ones; those outside of the test do not count."""
    before = before[(before >= 0) & (before < found.count)]
    if run < 0 or run >= found.count or not before.size:
        return True
    usual = float(np.median(found.mean_current_mA[before]))
    return abs(found.mean_current_mA[run] / usual - 1) <= SAME_RATE if usual > 0 else False


def _tell_excess(
    record: CyclingRecord,
    found: Runs,
    which: Integers,
    limits: ChargedLimits,
    findings: list[ShortFinding],
    doubts: list[str],
) -> None:
    """More charge flows in than in the cycles before, and no more comes back."""
    for k in range(which.size):
        before = _history(found, which, k)
        run = int(which[k])
        if before.size < FEWEST or run + 1 >= found.count or not found.complete[run]:
            continue
        if found.sign[run + 1] == found.sign[run] or not found.complete[run + 1]:
            continue
        if not all(_same_rate(found, run + step, before + step) for step in (-1, 1)):
            continue  # a discharge at another rate leaves another amount to be charged
        usual = float(np.median(found.charge_mAh[before]))
        if not usual > 0:
            continue
        spread = NORMAL_MAD * float(np.median(np.abs(found.charge_mAh[before] - usual)))
        back = float(np.median(found.charge_mAh[np.minimum(before + 1, found.count - 1)]))
        extra = found.charge_mAh[run] / usual - 1
        if extra <= limits.excess_charge or extra * usual <= limits.sigmas * spread:
            continue
        if found.charge_mAh[run + 1] > back * (1 + 0.25 * extra):
            continue
        near = slice(max(run - AROUND, 0), run + AROUND + 1)
        net = found.charge_mAh * np.where(found.sign == found.sign[run], 1.0, -1.0)
        ordinary = net[before] + net[np.minimum(before + 1, found.count - 1)]
        lost = float(net[near].sum()) - float(np.median(ordinary)) * (net[near].size / 2)
        if lost < STILL_MISSING * extra * usual:
            continue  # it was refilled, or taken out later
        words = (
            f"charge {k + 1} takes {found.charge_mAh[run]:.4g} mAh, {100 * extra:.3g} % more than the {before.size} "
            f"before it at this rate, and the discharge after it gives {found.charge_mAh[run + 1]:.4g} mAh, no more "
            f"than before ({back:.4g} mAh): {found.charge_mAh[run] - usual:.3g} mAh were not stored"
        )
        if extra > 2 * limits.excess_charge:
            findings.append(
                _finding(record, "charge not stored", int(found.first[run]), k + 1, extra / (1 + extra), 0.8, words)
            )
        else:
            doubts.append(f"{words}; a side reaction looks the same")


def _tell_efficiency(
    record: CyclingRecord,
    found: Runs,
    which: Integers,
    limits: ChargedLimits,
    findings: list[ShortFinding],
    doubts: list[str],
) -> None:
    """More lithium is stripped than was plated: impossible in sum, doubtful in one cycle (lithium left from before)."""
    error = charge_resolution(record, found).total_mAh
    put = back = variance = 0.0
    told = False
    for k, run in enumerate(which.tolist()):
        put += float(found.charge_mAh[run])
        variance += float(error[run]) ** 2
        if run + 1 >= found.count or found.sign[run + 1] == found.sign[run]:
            continue
        back += float(found.charge_mAh[run + 1])
        variance += float(error[run + 1]) ** 2
        if not (found.complete[run] and found.complete[run + 1]) or found.charge_mAh[run : run + 2].min() <= 0:
            continue
        percent = 100 * float(found.charge_mAh[run + 1] / found.charge_mAh[run])
        sigma = percent * float(
            np.hypot(error[run] / found.charge_mAh[run], error[run + 1] / found.charge_mAh[run + 1])
        )
        above = percent - 100
        if above <= max(limits.excess_efficiency, limits.sigmas / 2 * sigma):
            continue
        words = f"Coulombic efficiency of {percent:.4g} % in cycle {k + 1}, known to {sigma:.2g} %"
        excess = back - put
        if excess > max(limits.sigmas / 2 * variance**0.5, 0.01 * put / (k + 1)) and not told:
            words += f"; {excess:.3g} mAh more were stripped than plated since the begin of the test"
            row = int(found.first[run + 1])
            findings.append(_finding(record, "coulombic efficiency", row, k + 1, above / 100, 0.95, words))
            told = True
        elif not told:
            doubts.append(f"{words}; lithium left from earlier cycles that is stripped now looks the same")


def _rests(
    record: CyclingRecord, found: Runs, which: Integers, findings: list[ShortFinding], limits: ChargedLimits
) -> tuple[Floats, Floats]:
    """Begin of the rests after plating, and loss of |voltage| per hour in their second half; tells what is new."""
    t, v = record.test_time_second, record.voltage_volt
    begins, losses, lengths, cycles, rows = [], [], [], [], []
    for k, run in enumerate(which.tolist()):
        begin = int(found.stop[run])
        end = int(found.first[run + 1]) if run + 1 < found.count else t.size
        if end - begin < FEWEST_REST_ROWS or t[end - 1] - t[begin] < SHORTEST_REST:
            continue
        half = begin + int(np.searchsorted(t[begin:end], (t[begin] + t[end - 1]) / 2))
        part = slice(min(half, end - 3), end)
        slope = np.polyfit(t[part] - t[part.start], np.abs(v[part]), 1)[0] if t[end - 1] > t[part.start] else 0.0
        begins.append(float(t[begin]))
        losses.append(-float(slope) * SECONDS_PER_HOUR)
        lengths.append(float(t[end - 1] - t[begin]))
        cycles.append(k + 1)
        rows.append(begin)
    loss, length = np.array(losses), np.array(lengths)
    for k in range(loss.size):
        like = np.abs(length[:k] / length[k] - 1) <= SAME_REST
        before = loss[:k][like][-HISTORY:]
        if before.size < FEWEST:
            continue
        usual = float(np.median(before))
        spread = NORMAL_MAD * float(np.median(np.abs(before - usual)))
        lost = (loss[k] - usual) * length[k] / 2 / SECONDS_PER_HOUR
        if loss[k] - usual > max(limits.sigmas * spread, 2 * abs(usual)) and lost > limits.smallest_fall_V:
            words = (
                f"in the rest of {length[k] / SECONDS_PER_HOUR:.3g} h after charge {cycles[k]} the voltage falls by "
                f"{1e3 * loss[k]:.3g} mV/h, in the {before.size} rests before it by {1e3 * usual:.3g} mV/h"
            )
            findings.append(_finding(record, "rest decay", rows[k], cycles[k], float("nan"), 0.8, words))
    return np.array(begins), loss
