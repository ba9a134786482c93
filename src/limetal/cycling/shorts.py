"""Short circuits of lithium symmetric cells: hard and soft ones, when, why, and how sure.

A hard short: the voltage over the current collapses within a half-cycle and stays. A soft short: the voltage drops at
once, below what the cell's own history lets expect, and may come back in part; or the voltage falls over many cycles
as one conductance beside the cell takes it, so that its rise within the half-cycle is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.cycling._between_halves import Shift, shifts
from limetal.cycling._collapse import Collapse, collapse
from limetal.cycling._grown_leak import GrownLeak, Likeness, grown_leak, likeness
from limetal.cycling._short_noise import RecordNoise, record_noise
from limetal.cycling._short_profiles import Profiles, profiles
from limetal.cycling._soft_steps import Drop, sudden_drops
from limetal.cycling.half_cycles import HalfCycles, half_cycles
from limetal.physics.constants import SECONDS_PER_HOUR
from limetal.records.cycling import CyclingRecord

__all__ = ["Indicator", "ShortFinding", "ShortLimits", "Shorts", "find_shorts"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Indicator = Literal[
    "collapse",
    "sudden drop",
    "drop at a reversal",
    "loss of slope",
    "voltage noise",
    "charge not stored",
    "coulombic efficiency",
    "rest decay",
]


#: A lasting drop of more than this part starts the history anew.
LASTING = 0.6
#: Half-cycles of the same kind before it that a verdict needs.
FEWEST_SEEN = 2
#: Confidence: drops that are large in both ways, drops that are not small, and a history that is complete.
LARGE_DROP, MANY_SIGMAS = 0.08, 10.0
SMALL_DROP = 0.05
FULL_HISTORY = 4
#: ... and an interval so short that warmth does not come in it.
AT_ONCE_SECOND = 90.0
#: A loss at a reversal is looked at from this part of the voltage on.
SMALLEST_SHIFT = 0.12
#: Without current, the record ends for the search of half-cycles behind the last of so many blocks that is still as
#: high as this part of the highest.
BLOCKS = 200
HIGH_BLOCK = 0.25
#: A sudden rise is looked for in so many half-cycles before a drop: what falls back from it is no short.
LONG_HISTORY = 200


@dataclass(frozen=True)
class ShortLimits:
    """Choices that decide what is found.

    Attributes
    ----------
    smallest_drop
        Part of the voltage below which a sudden drop is not looked at.
    sigmas
        Standard deviations of the record's own scatter that a sudden drop must exceed.
    hard_left
        A hard short leaves at most this part of |voltage|/current.
    grown_loss
        Part of the voltage that must be missing before a slow loss is read as a leak.
    """

    smallest_drop: float = 0.04
    sigmas: float = 6.0
    hard_left: float = 0.25
    grown_loss: float = 0.08


@dataclass(frozen=True)
class ShortFinding:
    """One verdict.

    Attributes
    ----------
    kind
        ``hard`` or ``soft``.
    indicator
        What gave it away.
    start_second, end_second
        When; the end is NaN where the voltage did not come back before the half-cycle, or the test, ended.
    half_cycle, cycle
        Counted from 1.
    drop
        Part of the voltage that was lost.
    confidence
        Chance that it is a short circuit, from made-up cells (docs: short circuits).
    evidence
        In words, with numbers.
    row
        Last row of the record before it.
    """

    kind: Literal["hard", "soft"]
    indicator: Indicator
    start_second: float
    end_second: float
    half_cycle: int
    cycle: int
    drop: float
    confidence: float
    evidence: str
    row: int


@dataclass(frozen=True, eq=False)
class Shorts:
    """All findings of a test, in order of time, and what they were read from.

    Attributes
    ----------
    findings
        See `ShortFinding`.
    doubts
        What may be a short and cannot be told from something else, with the reason.
    unclear
        The one of them by which the whole verdict is open: a collapse that may be a rest or a smaller current.
    start_second, level_V, ohm, rise : (halves,) float
        Of every half-cycle: begin, mean voltage, the same over the current (NaN without), and the rise of the voltage
        within it over its last voltage.
    drops
        The sudden drops behind the findings.
    noise
        What the instrument cannot see.
    warnings
        Of the search for half-cycles.
    """

    findings: tuple[ShortFinding, ...]
    doubts: tuple[str, ...]
    unclear: str
    start_second: Floats
    level_V: Floats
    ohm: Floats
    rise: Floats
    drops: tuple[Drop, ...]
    noise: RecordNoise
    warnings: tuple[str, ...]


def find_shorts(record: CyclingRecord, limits: ShortLimits | None = None, halves: HalfCycles | None = None) -> Shorts:
    """Short circuits of a symmetric cell, with or without a current column.

    Raises
    ------
    BadInputError
        If the cell never reverses.

    References
    ----------
    Hard and soft shorts: Menkin et al., Faraday Discuss. 2024, doi:10.1039/D3FD00101F; Counihan et al., The phantom
    menace of dynamic soft-shorts in solid-state battery research, Joule, 6 December 2023 (abstracts seen).

    Examples
    --------
    A cell of 40 ohm at 1 mA that loses 95 % of its voltage in the 12th half-cycle:

    >>> t = np.arange(0.0, 72000.0, 60.0)
    >>> i = np.where(t % 7200 < 3600, 1e-3, -1e-3)
    >>> record = CyclingRecord(t, i * np.where(t < 41000, 40.0, 2.0), i, source="made")
    >>> [(f.kind, f.start_second, f.half_cycle, round(f.drop, 2)) for f in find_shorts(record).findings]
    [('hard', 40980.0, 12, 0.95)]
    """
    limits = limits or ShortLimits()
    halves = halves or _halves(record)
    t, v = record.test_time_second, record.voltage_volt
    p = profiles(record, halves)
    noise = record_noise(t[p.rows], p.u, np.diff(p.owner) == 0)
    hard = collapse(p, t, v, noise, limits.hard_left)
    last = hard.half if hard else p.count
    drops = sudden_drops(p, t, noise, limits.smallest_drop, limits.sigmas)
    lasting = _lasting(p, drops, last)
    if lasting.size:
        p = profiles(record, halves, lasting)
        drops = _merged(drops, sudden_drops(p, t, noise, limits.smallest_drop, limits.sigmas), lasting)
    like = likeness(p if not lasting.size else profiles(record, halves))
    findings: list[ShortFinding] = []
    doubts: list[str] = []
    _tell_hard(hard, p, t, findings, doubts)
    unclear = doubts[0] if doubts else ""
    _tell_drops([d for d in drops if d.half < last], p, record, halves, findings, doubts)
    _tell_shifts([x for x in shifts(p, t, SMALLEST_SHIFT) if x.half < last], p, t, findings, doubts)
    grown = grown_leak(like, limits.grown_loss)
    if grown is not None and grown.half < last:
        _tell_grown(grown, p, t, findings)
    levels = p.levels()
    return Shorts(
        findings=tuple(sorted(findings, key=lambda f: f.start_second)),
        doubts=tuple(doubts),
        unclear=unclear,
        start_second=p.start_second,
        level_V=levels,
        ohm=levels / p.current_A,
        rise=_rises(p, like),
        drops=tuple(drops),
        noise=noise,
        warnings=halves.warnings,
    )


def _halves(record: CyclingRecord) -> HalfCycles:
    """Half-cycles; without current only of what comes before the voltage has collapsed, noise has none."""
    current, v = record.current_ampere, record.voltage_volt
    if current is None or not np.any(current != 0):
        size = np.abs(v - (v.max() + v.min()) / 2)
        edges = np.unique(np.linspace(0, v.size, BLOCKS + 1).astype(int))[:-1]
        top = np.maximum.reduceat(size, edges)
        if top.size >= 3:
            top[1:-1] = np.sort(np.stack([top[:-2], top[1:-1], top[2:]]), axis=0)[1]  # no single wrong rows
        last = int(np.flatnonzero(top >= HIGH_BLOCK * top.max())[-1])
        if last + 1 < edges.size:
            stop = int(edges[last + 1])
            logged = None if current is None else current[:stop]
            part = CyclingRecord(
                record.test_time_second[:stop], v[:stop], logged, source=record.source, cell=record.cell
            )
            return half_cycles(part)
    return half_cycles(record)


def _rises(p: Profiles, like: Likeness) -> Floats:
    return like.rise if like.rise.size == p.count else np.full(p.count, np.nan)


def _lasting(p: Profiles, drops: list[Drop], last: int) -> Integers:
    """Half-cycles with a drop after which the level stays down for the next half-cycles of the test."""
    levels = p.levels()
    found = []
    for drop in drops:
        after = levels[drop.half + 1 : drop.half + 9]
        usual = _usual(levels, drop.half)
        after = after[np.isfinite(after)]
        if drop.half < last and after.size >= 2 and np.median(after) < usual * (1 - LASTING * drop.drop):
            found.append(drop.half)
    return np.array(sorted(set(found)), dtype=np.int64)


def _merged(first: list[Drop], second: list[Drop], lasting: Integers) -> list[Drop]:
    """Drops of the first look up to the first lasting one, of the second look after it."""
    begin = int(lasting[0])
    return [d for d in first if d.half <= begin] + [d for d in second if d.half > begin]


def _tell_hard(hard: Collapse | None, p: Profiles, t: Floats, findings: list[ShortFinding], doubts: list[str]) -> None:
    if hard is None:
        return
    hours = t[hard.row] / SECONDS_PER_HOUR
    known = bool(np.isfinite(p.current_A).all())
    unit = ("ohm", 1.0) if known else ("mV", 1e3)
    what = "|V|/I" if known else "|V|"
    words = (
        f"{what} falls from {hard.before * unit[1]:.3g} to {hard.after * unit[1]:.3g} {unit[0]} at {hours:.4g} h and "
        f"stays for the {hard.halves_after:.3g} half-cycles that follow"
    )
    if not known and hard.follows is None:
        doubts.append(f"{words}: what remains is below the noise; a rest would look the same without the current")
        return
    if not known and not hard.follows:
        doubts.append(f"{words}: it does not reverse any more; the current seems to have stopped")
        return
    if not known and not hard.inside and not hard.flatter < 0.5:
        doubts.append(f"{words}: it fell between two half-cycles; a smaller current would look the same")
        return
    if np.isfinite(hard.proportional):
        words += f"; |V| is proportional to the current within {100 * hard.proportional:.2g} %"
    if hard.flatter < 0.5:
        words += f"; the voltage within half-cycles varies {1 / max(hard.flatter, 1e-3):.2g} times less than before"
    confidence = 0.99 if known or hard.inside else 0.8
    findings.append(
        ShortFinding(
            "hard",
            "collapse",
            float(t[hard.row]),
            float("nan"),
            hard.half + 1,
            hard.half // 2 + 1,
            1 - hard.left,
            confidence,
            words,
            hard.row,
        )
    )


def _tell_drops(
    drops: list[Drop],
    p: Profiles,
    record: CyclingRecord,
    halves: HalfCycles,
    findings: list[ShortFinding],
    doubts: list[str],
) -> None:
    t, known, levels = record.test_time_second, halves.from_current, p.levels()
    low = np.zeros(p.count, dtype=bool)  # half-cycles under a short that was found
    for drop in drops:
        words = (
            f"{100 * drop.drop:.3g} % of the voltage lost within {t[drop.row_after] - t[drop.row]:.3g} s at "
            f"{t[drop.row] / SECONDS_PER_HOUR:.4g} h, {drop.sigmas:.3g} times the scatter of this record there"
        )
        usual = _usual(levels, drop.half)
        stays = _stays(levels[drop.half + 1 :], usual * (1 - 0.5 * drop.drop))
        back = not np.isnan(drop.until_second)
        why = _why_not(drop, levels, low, p.group, known=known, returned=back or stays == 0)
        if why:
            doubts.append(f"{words}{why}")
            continue
        low[drop.half : drop.half + 1 + stays] = True
        findings.append(
            ShortFinding(
                "soft",
                "sudden drop",
                float(t[drop.row]),
                drop.until_second,
                drop.half + 1,
                drop.half // 2 + 1,
                drop.drop,
                _confidence(drop, float(t[drop.row_after] - t[drop.row])),
                words + _afterwards(drop, t, stays, back=back),
                drop.row,
            )
        )


def _usual(levels: Floats, half: int) -> float:
    """Median level of the half-cycles before one."""
    before = levels[max(half - 8, 0) : half]
    before = before[np.isfinite(before)]
    return float(np.median(before)) if before.size else float("nan")


def _stays(levels: Floats, below: float) -> int:
    """Number of half-cycles that follow with a level below a limit."""
    above = np.flatnonzero(~(levels < below))
    return int(above[0]) if above.size else int(levels.size)


def _why_not(
    drop: Drop, levels: Floats, low: NDArray[np.bool_], group: Integers, *, known: bool, returned: bool
) -> str:
    """Reason why a drop is no verdict; empty if it is one. After a first short a rise is its end, no bad contact."""
    if drop.seen < FEWEST_SEEN:
        return f", in a half-cycle without {FEWEST_SEEN} of its kind before it to compare with"
    if not known and drop.lowest < 0.12 and returned:
        return ", to nearly nothing, and regained: an interruption of the current looks the same"
    if not low.any() and (drop.rose or _falls_back(drop, levels, group)):
        return ", back to what it was before it had risen as suddenly: a contact that had failed looks the same"
    return ""


def _falls_back(drop: Drop, levels: Floats, group: Integers) -> bool:
    """Whether the voltage had risen by about as much, at one current, and is now where it was before that."""
    first = max(drop.half - LONG_HISTORY, 0)
    part = slice(first, drop.half)
    before = np.where(group[part] != group[drop.half], np.nan, levels[part])
    known = before[np.isfinite(before)]
    if known.size < 3:
        return False
    size = drop.drop / (1 - drop.drop)
    with np.errstate(invalid="ignore", divide="ignore"):
        rise = before[2:] / before[:-2] - 1
        now = float(np.median(known[-3:])) * (1 - drop.drop) / before[:-2]
    like = (rise > 0.5 * size) & (rise < 1.5 * size) & (now > 1 - 0.9 * drop.drop) & (now < 1 + 0.25 * drop.drop)
    return bool(like.any())


def _afterwards(drop: Drop, t: Floats, stays: int, *, back: bool) -> str:
    if back:
        return f"; regained after {drop.until_second - t[drop.row_after]:.3g} s"
    if drop.back > 0.15:
        return f"; {100 * min(drop.back, 1):.2g} % of it regained by the end of the half-cycle"
    if stays == 0:
        return "; regained in the half-cycle that follows"
    return f"; {stays} half-cycle{'s' * (stays > 1)} that follow{'s' * (stays == 1)} stay{'s' * (stays == 1)} low"


def _tell_shifts(found: list[Shift], p: Profiles, t: Floats, findings: list[ShortFinding], doubts: list[str]) -> None:
    """Tell losses at a reversal: only with current, because a smaller current looks the same."""
    known, levels = bool(np.isfinite(p.current_A).all()), p.levels()
    for shift in found:
        if any(abs(f.half_cycle - 1 - shift.half) <= 1 for f in findings):
            continue
        row = int(p.rows[p.first[shift.half]])
        words = (
            f"{100 * shift.drop:.3g} % of the voltage lost at the reversal at {t[row] / SECONDS_PER_HOUR:.4g} h, "
            f"{shift.sigmas:.3g} times the ordinary change between half-cycles"
        )
        as_drop = Drop(
            shift.half, row, row, shift.drop, shift.sigmas, 1.0, float("nan"), 0.0, 1 - shift.drop, 8, rose=False
        )
        why = _why_not(as_drop, levels, np.zeros(p.count, dtype=bool), p.group, known=True, returned=False)
        if not known:
            why = ": a smaller current would look the same"
        if why:
            doubts.append(words + why)
            continue
        stays = _stays(levels[shift.half :], _usual(levels, shift.half) * (1 - 0.5 * shift.drop))
        findings.append(
            ShortFinding(
                "soft",
                "drop at a reversal",
                float(t[row]),
                float("nan"),
                shift.half + 1,
                shift.half // 2 + 1,
                shift.drop,
                0.9,
                f"{words}; {stays} half-cycles are low",
                row,
            )
        )


def _confidence(drop: Drop, seconds: float) -> float:
    """Part of such drops that were shorts, in made-up tests half of which had none (docs: short circuits)."""
    if drop.seen < FULL_HISTORY or seconds > AT_ONCE_SECOND:
        return 0.95
    if drop.drop >= LARGE_DROP and drop.sigmas >= MANY_SIGMAS:
        return 0.99
    return 0.97 if drop.drop >= SMALL_DROP else 0.95


def _tell_grown(grown: GrownLeak, p: Profiles, t: Floats, findings: list[ShortFinding]) -> None:
    row = int(p.rows[p.first[grown.half]])
    if any(f.indicator != "loss of slope" and f.half_cycle - 1 <= grown.half for f in findings):
        return  # the same loss, seen when it came
    begin = p.start_second[grown.begin_half] / SECONDS_PER_HOUR
    words = (
        f"{100 * grown.loss:.3g} % of the voltage lost between {begin:.4g} and {t[row] / SECONDS_PER_HOUR:.4g} h, most "
        f"where it is highest: the rise within the half-cycle went from {100 * grown.rise_before:.3g} to "
        f"{100 * grown.rise:.3g} %; one conductance beside the cell describes it {1 / grown.ratio:.2g} times better "
        "than a factor (warmth), a constant (contact) or faster diffusion"
    )
    findings.append(
        ShortFinding(
            "soft",
            "loss of slope",
            float(p.start_second[grown.half]),
            float("nan"),
            grown.half + 1,
            grown.half // 2 + 1,
            grown.loss,
            0.95,
            words,
            row,
        )
    )
