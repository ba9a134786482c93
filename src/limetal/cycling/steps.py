"""Steps of a test: what it did, one after the other, and what each step was.

A step ends where the direction of the current changes, where the step number or the mode of the instrument changes,
and, in a record without step numbers, where the current jumps to another level. A constant current that turns into a
constant voltage within one programmed step is parted there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.charges import Charges, charges_of_pieces
from limetal.cycling.currents import directions
from limetal.cycling.half_cycles import half_cycles
from limetal.cycling.held import held_from
from limetal.cycling.pauses import pauses
from limetal.errors import BadInputError
from limetal.physics.constants import MA_PER_A, SECONDS_PER_HOUR
from limetal.records.cycling import CyclingRecord

__all__ = ["KINDS", "Steps", "steps"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Words = NDArray[np.str_]

#: What a step may be; ``half-cycle``: of a record without current, where nothing else can be told.
KINDS = ("rest", "constant current", "constant voltage", "pulse", "ramp", "other", "half-cycle")
#: The current of a step is constant if it stays within this part of its mean (root mean square over time).
CONSTANT = 0.02
#: A pulse is a step at constant current of at most so many seconds and this part of the largest charge of a step.
PULSE_SECOND = 60.0
PULSE_CHARGE = 0.02
#: Without step numbers, a new level of current begins at a change of more than this part that stays: the rows before
#: and after change by less than a part of it.
JUMP = 0.05
STAYS = 0.2
#: A voltage that is linear in time with at most this part of its variance left is a ramp.
LINEAR = 2e-4
#: A step of fewer rows is not looked at closely; a constant voltage has at least so many.
FEWEST_ROWS = 3
FEWEST_HELD = 2
#: A rest between two half-cycles of a record without current is longer than this part of them.
SHORTEST_REST = 0.01
#: Columns in which instruments say what a step is, in small letters without signs.
_STATE = (
    "mode",
    "steptype",
    "stepname",
    "state",
    "status",
    "command",
    "md",
    "workmode",
    "工步类型",
    "工步状态",
    "状态",
)
_SPLIT = -2
_NONE = 9
_BIOLOGIC = {1: "constant current", 2: "constant voltage", 3: "rest"}
_WORDS = (
    ("rest", r"^r$|rest|pause|idle|ocv|open.?circuit|静置|搁置|^o$"),
    ("split", r"cc.?cv|cccv|恒流恒压"),
    ("constant voltage", r"(?:^|\b|_)cv|const\w*[ _-]*v|potentiostat|恒压"),
    ("pulse", r"pulse|脉冲"),
    ("constant current", r"(?:^|\b|_)cc|const\w*[ _-]*c|galvanostat|恒流"),
)


@dataclass(frozen=True, eq=False)
class Steps:
    """Steps in order of time; every attribute but the last three is an array with one value for each.

    Attributes
    ----------
    kind
        One of `KINDS`.
    sign
        Direction of the current, 0 at rest; of a record without current that of the voltage.
    first, stop
        First row, and the row after the last one.
    number
        Step number of the instrument, -1 without.
    start_second, seconds
        Test time where it begins, which is the row before it, and how long it lasts.
    charge_mAh
        What flowed, counted positive, as `limetal.cycling.runs` counts; NaN without current.
    mean_current_mA
        Charge over time, with its sign; NaN without current.
    first_volt, last_volt, mean_volt
        Voltage of the first and last row, and its mean over time.
    drop_volt
        Of a rest after a step under current: voltage at its end minus that of the last row before it; else NaN.
    from_current
        Whether the record has a current.
    said
        Whether the instrument said what the steps are; else their kind is told by current and voltage.
    warnings
        What cannot be told.
    """

    kind: Words
    sign: Integers
    first: Integers
    stop: Integers
    number: Integers
    start_second: Floats
    seconds: Floats
    charge_mAh: Floats
    mean_current_mA: Floats
    first_volt: Floats
    last_volt: Floats
    mean_volt: Floats
    drop_volt: Floats
    from_current: bool
    said: bool
    warnings: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Number of steps."""
        return int(self.kind.size)


def steps(record: CyclingRecord) -> Steps:
    """Steps of a record.

    Raises
    ------
    BadInputError
        If the record has no current, and is not of a symmetric cell whose half-cycles the voltage shows.

    Examples
    --------
    An hour of rest, a charge at 1 mA to 4.2 V that is held until 0.1 mA, an hour of rest:

    >>> t = 60.0 * np.arange(300)
    >>> fade = np.exp(-np.arange(90) / 39)
    >>> current = 1e-3 * np.concatenate([np.zeros(60), np.ones(90), fade, np.zeros(60)])
    >>> v = np.concatenate([np.full(60, 3.5), np.linspace(3.6, 4.2, 90), np.full(90, 4.2), np.full(60, 4.15)])
    >>> found = steps(CyclingRecord(t, v, current, source="CCCV"))
    >>> found.kind.tolist()
    ['rest', 'constant current', 'constant voltage', 'rest']
    >>> found.seconds.tolist(), found.charge_mAh.round(2).tolist(), found.drop_volt.round(3).tolist()[-1]
    ([3540.0, 5460.0, 5340.0, 3600.0], [0.0, 1.52, 0.58, 0.0], -0.05)
    """
    current = record.current_ampere
    if current is None:
        return _without_current(record)
    t, v = record.test_time_second, record.voltage_volt
    stops = pauses(t, v, current)
    dt = np.diff(t)
    dt[stops] = 0.0
    seconds = np.zeros(t.size)
    seconds[:-1] = dt / 2
    seconds[1:] += dt / 2
    told = directions(current, seconds)
    direction = told.direction
    if told.spikes.size:  # a slip of the logging ends no step
        direction = direction.copy()
        direction[told.spikes] = direction[np.maximum(told.spikes - 1, 0)]
    numbers = record.step_count
    if numbers is not None and numbers.min() == numbers.max():
        numbers = None
    column = _state_column(record)
    begins = _begins(direction, numbers, column)
    kinds = _said(column, begins, t.size)
    said = bool((kinds >= 0).any())
    direction, begins, kinds = _without_crumbs(direction, begins, kinds, numbers)
    begins, kinds = _continued(begins, kinds, direction, numbers)
    begins, kinds = _parted(v, current, direction, begins, kinds)
    if numbers is None:
        begins, kinds = _at_levels(current, direction, begins, kinds)
    found = charges_of_pieces(record, direction, dt, seconds, stops, cuts=begins)
    return _measured(record, direction, begins, kinds, found, dt, seconds, said=said)


def _begins(direction: Integers, numbers: Integers | None, column: NDArray[np.generic] | None) -> Integers:
    """Rows at which the direction, the step number or the mode changes."""
    turns = direction[1:] != direction[:-1]
    if numbers is not None:
        turns |= numbers[1:] != numbers[:-1]
    if column is not None:
        turns |= np.asarray(column[1:] != column[:-1], dtype=bool)
    return np.concatenate([[0], np.flatnonzero(turns) + 1])


def _state_column(record: CyclingRecord) -> NDArray[np.generic] | None:
    """The column in which the instrument says what a step is: words, or the modes of BioLogic."""
    for name in record.more:
        key = re.sub(r"/\s*1$|[\s_()\[\]/.-]", "", name.lower())
        if key not in _STATE:
            continue
        column = record.more[name]
        if column.dtype.kind in "OUS" or (key == "mode" and "biologic" in record.about.instrument.lower()):
            return column
    return None


def _said(column: NDArray[np.generic] | None, begins: Integers, rows: int) -> Integers:
    """Kind of each step by the words of the instrument: index in `KINDS`, `_SPLIT` for two in one, -1 if unsaid."""
    if column is None:
        return np.full(begins.size, -1)
    middle = (begins + np.append(begins[1:], rows)) // 2
    known: dict[object, int] = {}
    for state in column[middle].tolist():
        if state not in known:
            known[state] = _kind_of(state)
    return np.array([known[state] for state in column[middle].tolist()], dtype=np.int64)


def _kind_of(state: object) -> int:
    if isinstance(state, int | float):
        return KINDS.index(_BIOLOGIC[int(state)]) if int(state) in _BIOLOGIC else -1
    for kind, pattern in _WORDS:
        if re.search(pattern, str(state).strip().lower()):
            return _SPLIT if kind == "split" else KINDS.index(kind)
    return -1


def _without_crumbs(
    direction: Integers, begins: Integers, kinds: Integers, numbers: Integers | None
) -> tuple[Integers, Integers, Integers]:
    """Give the few rows in which a mode flickers while a step is switched off to the rest behind it."""
    if numbers is None or begins.size < 3:
        return direction, begins, kinds
    rows, sign = np.diff(np.append(begins, direction.size)), direction[begins]
    crumb = np.zeros(begins.size, dtype=bool)
    crumb[1:-1] = (sign[1:-1] == sign[:-2]) & (sign[1:-1] != 0) & (sign[2:] == 0)
    crumb[1:-1] &= (numbers[begins[1:-1]] == numbers[begins[:-2]]) & (rows[1:-1] <= FEWEST_ROWS)
    crumb[1:-1] &= rows[:-2] > 10 * FEWEST_ROWS
    if not crumb.any():
        return direction, begins, kinds
    direction = direction.copy()
    for k in np.flatnonzero(crumb):
        direction[begins[k] : begins[k + 1]] = 0
    kinds = kinds.copy()
    kinds[crumb] = KINDS.index("rest")
    after = np.append(False, crumb[:-1])
    return direction, begins[~after], kinds[~after]


def _continued(
    begins: Integers, kinds: Integers, direction: Integers, numbers: Integers | None
) -> tuple[Integers, Integers]:
    """Join what the instrument calls one step: a decay too small to have a direction, a first row at zero.

    The rows of the end go to the step, those of the beginning to the rest before it.
    """
    if begins.size < 2 or numbers is None:
        return begins, kinds
    zero, works = direction[begins] == 0, kinds > 0
    same = (numbers[begins[1:]] == numbers[begins[1:] - 1]) & (kinds[1:] == kinds[:-1])
    joins = np.zeros(begins.size, dtype=bool)
    joins[1:] = same & works[1:] & zero[1:]
    rows = np.diff(np.append(begins, direction.size))
    head = zero & works & np.append(same, False) & (rows <= FEWEST_ROWS)
    joins[1:] |= head[1:] & zero[:-1]
    return begins[~joins], kinds[~joins]


def _parted(
    v: Floats, current: Floats, direction: Integers, begins: Integers, kinds: Integers
) -> tuple[Integers, Integers]:
    """Part a constant voltage at the end of a step from what came before."""
    size = np.abs(current)
    stop = np.append(begins[1:], v.size)
    largest = np.maximum.reduceat(size, begins)
    may = (direction[begins] != 0) & ((kinds < 0) | (kinds == _SPLIT)) & (stop - begins > FEWEST_ROWS)
    some = np.flatnonzero(may)
    if not some.size:
        return begins, np.where(kinds == _SPLIT, -1, kinds)
    held = held_from(v, current, begins[some], stop[some], largest[some])
    falls = held < stop[some] - FEWEST_HELD
    some, held = some[falls], held[falls]
    kinds = np.where(kinds == _SPLIT, -1, kinds)
    whole = held - begins[some] < FEWEST_HELD
    kinds[some[whole]] = KINDS.index("constant voltage")
    cut = held[~whole] + 1
    order = np.argsort(np.concatenate([begins, cut]), kind="stable")
    both = np.concatenate([kinds, np.full(cut.size, KINDS.index("constant voltage"))])
    return np.concatenate([begins, cut])[order], both[order]


def _at_levels(current: Floats, direction: Integers, begins: Integers, kinds: Integers) -> tuple[Integers, Integers]:
    """Begin a step where the current jumps to a level and stays, in steps of which nobody said what they are."""
    if current.size < 4:
        return begins, kinds
    change = np.abs(np.diff(current))
    jump = change[1:-1] > JUMP * np.maximum(np.abs(current[1:-2]), np.abs(current[2:-1]))
    jump &= (change[:-2] < STAYS * change[1:-1]) & (change[2:] < STAYS * change[1:-1])
    cut = np.flatnonzero(jump) + 2
    cut = cut[(direction[cut] != 0) & (direction[cut] == direction[cut - 1])]
    owner = np.searchsorted(begins, cut, "right") - 1
    cut = cut[(kinds[owner] < 0) & (begins[owner] != cut)]
    order = np.argsort(np.concatenate([begins, cut]), kind="stable")
    return np.concatenate([begins, cut])[order], np.concatenate([kinds, np.full(cut.size, -1)])[order]


def _measured(
    record: CyclingRecord,
    direction: Integers,
    begins: Integers,
    kinds: Integers,
    found: Charges,
    dt: Floats,
    seconds: Floats,
    *,
    said: bool,
) -> Steps:
    t, v, current = record.test_time_second, record.voltage_volt, record.current_ampere
    assert current is not None  # asked before
    stop, sign = np.append(begins[1:], t.size), direction[begins]
    length = np.add.reduceat(np.append(0.0, dt), begins)
    charge = np.zeros(begins.size)
    charge[sign != 0] = found.charge(np.arange(found.sign.size), t)[0]
    kinds = _told(record, kinds, sign, (begins, stop), seconds)
    kinds[_pulsed(kinds, sign, length, charge)] = KINDS.index("pulse")
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(length > 0, sign * charge * SECONDS_PER_HOUR / length, current[begins] * MA_PER_A)
    mean[sign == 0] = 0.0
    weight = np.add.reduceat(seconds, begins)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_volt = np.where(weight > 0, np.add.reduceat(seconds * v, begins) / weight, v[begins])
    after = (sign == 0) & np.append(False, sign[:-1] != 0)
    drop = np.where(after, v[stop - 1] - v[np.maximum(begins - 1, 0)], np.nan)
    return Steps(
        kind=np.array(KINDS)[kinds],
        sign=sign,
        first=begins,
        stop=stop,
        number=np.full(begins.size, -1) if record.step_count is None else record.step_count[begins],
        start_second=t[stop - 1] - length,
        seconds=length,
        charge_mAh=charge,
        mean_current_mA=mean,
        first_volt=v[begins],
        last_volt=v[stop - 1],
        mean_volt=mean_volt,
        drop_volt=drop,
        from_current=True,
        said=said,
    )


def _pulsed(kinds: Integers, sign: Integers, length: Floats, charge: Floats) -> NDArray[np.bool_]:
    """Whether a step at constant current is a pulse: short, small, and beside a rest or within a longer step."""
    short = (length <= PULSE_SECOND) & (charge < PULSE_CHARGE * charge.max(initial=0.0))
    short &= kinds == KINDS.index("constant current")
    before, after = np.append(_NONE, sign[:-1]), np.append(sign[1:], _NONE)
    next_kind = np.append(kinds[1:], 0)
    goes_on = (after == sign) & (next_kind == KINDS.index("constant voltage"))
    within = (before == after) & (before != 0) & np.append(False, ~short[:-1])
    return np.asarray(short & ~goes_on & ((before == 0) | (after == 0) | within))


def _told(
    record: CyclingRecord, kinds: Integers, sign: Integers, ends: tuple[Integers, Integers], seconds: Floats
) -> Integers:
    """Kinds of all steps: those unsaid by their current and voltage."""
    current = record.current_ampere
    assert current is not None  # asked before
    first, stop = ends
    decayed = kinds == KINDS.index("constant voltage")
    kinds = np.where((sign == 0) & ~decayed, KINDS.index("rest"), kinds)
    kinds[(sign != 0) & (kinds == KINDS.index("rest"))] = -1
    unsaid = np.flatnonzero(kinds < 0)
    if not unsaid.size:
        return kinds
    begin = first[unsaid] + (stop[unsaid] - first[unsaid] > FEWEST_ROWS)  # the current may still rise in the first
    spans = np.stack([begin, stop[unsaid]], axis=1).ravel()
    sums = [
        np.add.reduceat(np.append(x, 0.0), spans)[::2]
        for x in (seconds, seconds * current, seconds * current * current)
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = sums[1] / sums[0]
        spread = np.sqrt(np.maximum(sums[2] / sums[0] - mean**2, 0.0))
        constant = (spread <= CONSTANT * np.abs(mean)) | ~(sums[0] > 0)
    kinds[unsaid[constant]] = KINDS.index("constant current")
    for k in unsaid[~constant]:
        rows = slice(first[k], stop[k])
        linear = _is_linear(record.test_time_second[rows], record.voltage_volt[rows])
        kinds[k] = KINDS.index("ramp" if linear else "other")
    return kinds


def _is_linear(t: Floats, v: Floats) -> bool:
    """Whether a voltage is linear in time."""
    if t.size < FEWEST_ROWS or not np.ptp(t) > 0 or not np.ptp(v) > 0:
        return False
    x, y = t - t.mean(), v - v.mean()
    slope = float(x @ y) / float(x @ x)
    left = y - slope * x
    return bool(float(left @ left) <= LINEAR * float(y @ y))


def _without_current(record: CyclingRecord) -> Steps:
    """Half-cycles of a symmetric cell by its voltage, and the rests between them."""
    if record.cell is None or record.cell.kind != "symmetric":
        raise BadInputError(record.source, "no current", "a current, or a symmetric cell whose voltage shows its steps")
    t, v = record.test_time_second, record.voltage_volt
    halves = half_cycles(record)
    if not halves.items:
        raise BadInputError(record.source, "no half-cycle of two rows", "half-cycles of a symmetric cell")
    first = np.array([h.rows[0] for h in halves.items])
    stop = np.array([h.rows[-1] + 1 for h in halves.items])
    sign = np.array([h.sign for h in halves.items])
    usual = float(np.median(t[stop - 1] - t[first]))
    behind, before = stop, np.append(first[1:], t.size)
    waits = t[before - 1] - t[np.minimum(behind, t.size - 1)]
    waits[np.isin(before - 1, halves.pauses)] = 0.0
    rests = (before - behind >= 2) & (waits > SHORTEST_REST * usual)
    first, stop = np.concatenate([first, behind[rests]]), np.concatenate([stop, before[rests]])
    sign = np.concatenate([sign, np.zeros(int(rests.sum()), dtype=np.int64)])
    order = np.argsort(first, kind="stable")
    first, stop, sign = first[order], stop[order], sign[order]
    start = np.where(first > 0, t[np.maximum(first - 1, 0)], t[first])
    start = np.where(np.isin(first - 1, halves.pauses), t[first], start)
    none = np.full(first.size, np.nan)
    weights = np.zeros(t.size)
    weights[:-1] = np.diff(t) / 2
    weights[1:] += np.diff(t) / 2
    ends = np.stack([first, stop], axis=1).ravel()
    area, weight = (np.add.reduceat(np.append(x, 0.0), ends)[::2] for x in (weights * v, weights))
    after = (sign == 0) & np.append(False, sign[:-1] != 0)
    return Steps(
        kind=np.where(sign == 0, "rest", "half-cycle"),
        sign=sign,
        first=first,
        stop=stop,
        number=np.full(first.size, -1) if record.step_count is None else record.step_count[first],
        start_second=start,
        seconds=t[stop - 1] - start,
        charge_mAh=none,
        mean_current_mA=none,
        first_volt=v[first],
        last_volt=v[stop - 1],
        mean_volt=np.where(weight > 0, area / np.where(weight > 0, weight, 1.0), v[first]),
        drop_volt=np.where(after, v[stop - 1] - v[np.maximum(first - 1, 0)], np.nan),
        from_current=False,
        said=False,
        warnings=halves.warnings,
    )
