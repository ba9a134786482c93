"""Numbers of a group for the ledger: means with intervals, lives with censoring, differences to another group."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.groups.members import LIVES, At, Group, Lives, PerCycle, Scalars, alike, lives_of, scalars_of
from limetal.ledger import Entry, Value
from limetal.quantities import quantity
from limetal.statistics.samples import Mean, cells_needed, difference_of_means, mean_of, ratio_of_means
from limetal.statistics.survival import (
    kaplan_meier,
    life_ratio,
    log_rank,
    median_life,
    restricted_mean,
    smallest_p,
)

__all__ = ["Told", "differences", "lives_told", "means_told", "scalars_told"]

Floats = NDArray[np.float64]

#: An interval is said to hold the truth in so many of a hundred cases.
PERCENT = 95
#: A spread below this part of the mean is rounding.
ROUNDING = 1e-9
#: Below this p-value a difference is not said to need more cells.
CLEAR = 0.05


@dataclass(frozen=True)
class Told:
    """Entries, warnings and what could not be computed."""

    entries: tuple[Entry, ...] = ()
    warnings: tuple[str, ...] = ()
    not_computed: tuple[tuple[str, str], ...] = ()

    def plus(self, other: Told) -> Told:
        """Both together."""
        return Told(
            (*self.entries, *other.entries),
            (*self.warnings, *other.warnings),
            (*self.not_computed, *other.not_computed),
        )


def source_of(group: Group) -> str:
    """Names of the tests, for the source of a number."""
    return f"tests {', '.join(group.names)}" if group.size > 1 else f"test {group.names[0]}"


def with_unit(name: str, value: float) -> str:
    """Number with the unit of its quantity, as notes print it.

    Examples
    --------
    >>> with_unit("hysteresis_mean", 0.0213), with_unit("cycle_life", 120.0)
    ('0.0213 V', '120')
    """
    unit = quantity(name).unit
    return f"{value:.4g}" if unit == "1" else f"{value:.4g} {unit}"


def _mean_entry(group: Group, name: str, at: At, found: Mean, names: list[str]) -> Entry:
    error = found.standard_error
    if found.sd is None or found.low is None or found.high is None:
        note = f"one cell ({names[0]}): no spread is known"
    elif found.sd <= ROUNDING * abs(found.mean):
        error = None
        note = f"mean of {found.n} cells ({', '.join(names)}), which give one and the same number"
    else:
        note = (
            f"mean of {found.n} cells ({', '.join(names)}); sd between cells {with_unit(name, found.sd)}; "
            f"{PERCENT} % t-interval of the mean {with_unit(name, found.low)} to {with_unit(name, found.high)}; std is "
            "that of the mean"
        )
    where = _at_words(at)
    return Entry(
        group.subject,
        name,
        found.mean,
        error,
        "derived",
        source_of(group),
        f"{where}; {note}" if where else note,
        at,
    )


def _at_words(at: At) -> str:
    words = [
        f"{q.replace('_', ' ')} {v:g} {quantity(q).unit}".removesuffix(" 1") for q, v in at if isinstance(v, float)
    ]
    return f"at {', '.join(words)}" if words else ""


def means_told(group: Group, found: PerCycle) -> Told:
    """Mean of one quantity at the first and at the last cycle that all cells reach.

    A mean over fewer cells is one of survivors: it is in the table and the picture, with a warning.
    """
    if not (found.last > 0).any():
        return Told()
    have = found.last > 0
    shared = np.flatnonzero(np.isfinite(found.values[have]).all(axis=0))
    entries = []
    for place in sorted({int(shared[0]), int(shared[-1])} if shared.size else set()):
        at: At = (("cycle", float(found.cycle[place])),)
        values = found.values[have, place]
        names = [name for name, own in zip(group.names, have, strict=True) if own]
        entries.append(_mean_entry(group, found.quantity, at, mean_of(values), names))
    warnings = []
    lost = [name for name, own in zip(group.names, have, strict=True) if not own]
    if lost:
        warnings.append(f"{found.quantity} is not in the tables of {', '.join(lost)}: their cells do not count")
    not_computed: tuple[tuple[str, str], ...] = ()
    if not shared.size:
        not_computed = ((f"{group.subject} {found.quantity}", "no cycle that all cells have"),)
    return Told(tuple(entries), tuple(warnings), not_computed)


def survivors_warning(group: Group, found: PerCycle) -> str:
    """Say from which cycle on the means are of survivors; empty if all cells reach the last."""
    have = np.flatnonzero(found.last > 0)
    if have.size < 2 or np.unique(found.last[have]).size == 1:
        return ""
    first = int(found.last[have].min())
    over = [
        f"{group.names[k]} after cycle {found.last[k]} ({'end of life' if found.ended[k] == 'life' else 'end of test'})"
        for k in have[np.argsort(found.last[have], kind="stable")]
        if found.last[k] < found.last.max()
    ]
    return (
        f"from cycle {first + 1} on means are of fewer than all {have.size} cells, those that still run: "
        f"{'; '.join(over)}; survivors may be better than the cells were at first"
    )


def scalars_told(group: Group, chosen: Scalars) -> Entry:
    """Mean of one number over the cells."""
    have = [(name, value) for name, value in zip(group.names, chosen.values, strict=True) if value is not None]
    found = mean_of(np.array([value for _, value in have]))
    entry = _mean_entry(group, chosen.quantity, chosen.at, found, [name for name, _ in have])
    lost = [name for name, value in zip(group.names, chosen.values, strict=True) if value is None]
    if not lost:
        return entry
    return _with_note(entry, f"{entry.note}; no such number of {', '.join(lost)}")


def _with_note(entry: Entry, note: str) -> Entry:
    return Entry(
        entry.subject, entry.quantity, entry.value, entry.std, entry.origin, entry.source, note, entry.at,
        bound=entry.bound,
    )  # fmt: skip


def lives_told(group: Group, lives: Lives) -> Told:
    """Median and restricted mean of the lives, with what so few cells can tell."""
    survival = kaplan_meier(lives.time, lives.ended)
    middle = median_life(survival)
    names = LIVES[lives.quantity]
    ended = int(lives.ended.sum())
    who = f"{lives.time.size} cells, {ended} ended, {lives.time.size - ended} outlived their test"
    if lives.time.size == 1:
        who = f"one cell, {'ended' if ended else 'outlived its test'}"
    where = _at_words(lives.at)
    head = f"{where}; {who}" if where else who
    value: Value = middle.value if middle.reached else "not reached"
    note = f"Kaplan-Meier, {head}; {_interval_words(lives.quantity, middle.low, middle.high, lives.time.size)}"
    entries = [Entry(group.subject, names[0], value, None, "derived", source_of(group), note, lives.at)]
    if lives.time.max() > 0:
        mean = restricted_mean(survival)
        error = mean.standard_error if mean.standard_error > 0 else None
        note = f"{head}; area below the Kaplan-Meier curve up to {with_unit(lives.quantity, mean.horizon)}"
        if lives.ended.all():
            note += ", the mean of all lives"
        entries.append(Entry(group.subject, names[1], mean.value, error, "derived", source_of(group), note, lives.at))
    warnings: tuple[str, ...] = ()
    if lives.missing:
        warnings = (f"no {lives.quantity} of {', '.join(lives.missing)}: their cells do not count",)
    return Told(tuple(entries), warnings)


def _interval_words(name: str, low: float, high: float, size: int) -> str:
    if low <= 0 and math.isinf(high):
        few = f" (fewer than six cells never bound it; here {size})" if size < 6 else ""
        return f"{PERCENT} % interval of the median not bounded on either side{few}"
    lower = with_unit(name, low) if low > 0 else "not bounded"
    upper = with_unit(name, high) if math.isfinite(high) else "not bounded"
    return f"{PERCENT} % interval of the median {lower} to {upper} (beta product)"


def differences(group: Group, other: Group, mine: dict[str, PerCycle], theirs: dict[str, PerCycle]) -> Told:
    """What this group differs by from another one: per-cycle quantities, single numbers, lives."""
    told = Told()
    for name in mine:
        if name in theirs:
            told = told.plus(_cycle_difference(group, other, mine[name], theirs[name]))
    for scalar in scalars_of(group):
        for twin in scalars_of(other):
            if twin.quantity == scalar.quantity and alike(twin.at, scalar.at):
                first = np.array([v for v in scalar.values if v is not None])
                second = np.array([v for v in twin.values if v is not None])
                told = told.plus(_difference(group, other, scalar.quantity, scalar.at, first, second))
    for lives in lives_of(group):
        for others in lives_of(other):
            if others.quantity == lives.quantity and alike(others.at, lives.at):
                told = told.plus(_life_difference(group, other, lives, others))
    return told


def _cycle_difference(group: Group, other: Group, mine: PerCycle, theirs: PerCycle) -> Told:
    """Difference at the last cycle that all cells of both groups reach."""
    a, b = mine.values[mine.last > 0], theirs.values[theirs.last > 0]
    if not (a.size and b.size):
        return Told()
    both = np.intersect1d(
        mine.cycle[np.isfinite(a).all(axis=0)], theirs.cycle[np.isfinite(b).all(axis=0)], assume_unique=True
    )
    what = f"{group.subject}.minus.{other.subject.split('.')[-1]} {mine.quantity}"
    if not both.size:
        return Told(not_computed=((what, "no cycle that all cells of both groups have"),))
    cycle = int(both[-1])
    at: At = (("cycle", float(cycle)),)
    first, second = a[:, cycle - mine.cycle[0]], b[:, cycle - theirs.cycle[0]]
    return _difference(group, other, mine.quantity, at, first, second)


def _difference(group: Group, other: Group, name: str, at: At, first: Floats, second: Floats) -> Told:
    subject = f"{group.subject}.minus.{other.subject.split('.')[-1]}"
    if min(first.size, second.size) < 2:
        why = f"{first.size} against {second.size} cells: the spread of a single one is not known"
        return Told(not_computed=((f"{subject} {name}", why),))
    if max(np.ptp(first), np.ptp(second)) <= ROUNDING * float(np.abs([*first, *second]).max()):
        return Told(not_computed=((f"{subject} {name}", "all cells of each group give one number: no spread"),))
    found = difference_of_means(first, second)
    note = (
        f"{group.label} minus {other.label}, {first.size} against {second.size} cells; {PERCENT} % interval "
        f"{with_unit(name, found.low)} to {with_unit(name, found.high)} (Welch), p = {found.p:.2g}"
    )
    if found.p > CLEAR and found.value != 0:
        sd = math.sqrt((float(first.var(ddof=1)) + float(second.var(ddof=1))) / 2)
        if 0 < sd < 20 * abs(found.value):
            note += (
                f"; to find a difference of this size in 4 of 5 trials {cells_needed(abs(found.value), sd)} cells each"
            )
    where = _at_words(at)
    entry = Entry(
        subject,
        name,
        found.value,
        found.standard_error,
        "derived",
        f"{source_of(group)} against {source_of(other)}",
        f"{where}; {note}" if where else note,
        at,
    )
    return Told((entry,))


def _life_difference(group: Group, other: Group, mine: Lives, theirs: Lives) -> Told:
    """Ratio of the lives with its interval, and the log-rank test."""
    subject = f"{group.subject}.over.{other.subject.split('.')[-1]}"
    source = f"{source_of(group)} against {source_of(other)}"
    first, second = (mine.time, mine.ended), (theirs.time, theirs.ended)
    n, m = mine.time.size, theirs.time.size
    at: At = (("definition", mine.quantity), *mine.at)
    counts = (
        f"{group.label} over {other.label}, {n} against {m} cells, {mine.ended.sum()} and {theirs.ended.sum()} ended"
    )
    told = Told()
    if not (mine.ended.any() or theirs.ended.any()):
        why = "no life of either group ended within its test"
        return Told(not_computed=((f"{subject} factor", why), (f"{subject} p_value", why)))
    test = log_rank(first, second)
    note = f"log-rank test of the {mine.quantity.replace('_', ' ')}; {counts}"
    if test.exact:
        note += (
            f"; exact over all divisions of the cells, of which {n} against {m} give {smallest_p(n, m):.2g} at least"
        )
    entries = [Entry(subject, "p_value", test.p, None, "derived", source, note, at)]
    ratio, low, high = life_ratio(first, second)
    bounds = f"{low:.3g}" if low > 0 else "not bounded", f"{high:.3g}" if math.isfinite(high) else "not bounded"
    note = (
        f"ratio of lives; {counts}; {PERCENT} % interval {bounds[0]} to {bounds[1]} (factors that the log-rank test "
        "allows)"
    )
    whole = mine.ended.all() and theirs.ended.all() and min(n, m) > 1 and min(mine.time.min(), theirs.time.min()) > 0
    if whole and (np.ptp(mine.time) > 0 or np.ptp(theirs.time) > 0):
        normal = ratio_of_means(mine.time, theirs.time)
        ratio = normal.value
        note += f"; {normal.low:.3g} to {normal.high:.3g} if lives are log-normal (Welch, geometric means)"
    value: Value = ratio if math.isfinite(ratio) else "not identified"
    entries.insert(0, Entry(subject, "factor", value, None, "derived", source, note, at))
    return told.plus(Told(tuple(entries)))
