"""Charge as the counter of the instrument says it: units, signs and restarts understood.

Instruments integrate the current far more often than they log it, and write the charge beside it under many headers:
one signed column or one of magnitudes, or one column a direction; counted since the test, the cycle or the step
began. Here such columns become charge from row to row. Where a counter began anew at a change of step is told by the
integral of the logged current: of the two readings, went on or began anew, the nearer one is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.currents import directions
from limetal.cycling.pauses import pauses
from limetal.cycling.quantum import last_digit, quantum
from limetal.cycling.weights import time_weights
from limetal.physics.constants import MA_PER_A, SECONDS_PER_HOUR
from limetal.records.cycling import CyclingRecord

__all__ = ["Counted", "Header", "charge_header", "counted"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Side = Literal["charge", "discharge", "both", "rise"]

#: Counter and integral agree within this part, or the readings of another counter are tried.
ALIKE = 0.02
#: A unit is guessed only among these (mAh for one), and only where the guess agrees within this part.
UNITS = {"mAh": 1.0, "Ah": 1000.0, "C": 1 / 3.6}
SURE = 0.25
#: At most so many readings of counters are compared.
_MOST_READINGS = 6
#: Rises of one size, row after row, are those of a constant current and show no resolution: its digits are asked.
_EVEN = 0.8
_WIDE = str.maketrans("（）［］／：　·", "()[]/: .")
_UNIT = {
    "mah": 1.0, "ma.h": 1.0, "ma h": 1.0, "mamp-hr": 1.0, "ah": 1000.0, "a.h": 1000.0, "a h": 1000.0,
    "amp-hr": 1000.0, "uah": 1e-3, "µah": 1e-3, "μah": 1e-3, "µa.h": 1e-3, "μa.h": 1e-3, "ua.h": 1e-3,
    "as": 1 / 3.6, "a.s": 1 / 3.6, "c": 1 / 3.6, "mas": 1 / 3600, "ma.s": 1 / 3600, "mc": 1 / 3600,
    "ampere_hour": 1000.0, "milliampere_hour": 1.0, "coulomb": 1 / 3.6,
}  # fmt: skip
_OTHER_THINGS = re.compile(
    r"spec|/\s*g|\bper\b|wh\b|energy|watt|power|retention|effic|nominal|rated|design|theor|ratio|rate|soc|dod|\bwf|/dv|"
    r"capacitance|density|accum|schedule|loss|aux|temperature|time|voltage|比容|能量"
)
_DISCHARGE = re.compile(r"dis[- _]?charg(?:e|ing)|d[- _]?chg\.?|dischg?\.?|\bdch\b|\bdis\b|entlad\w*|放电|放電")
_CHARGE = re.compile(r"charg(?:e|ing)|chg\.?|\bcha?\b|laden|ladung|充电|充電")
_CAPACITY = re.compile(r"capacity|\bcap\b|\bq\b|\bah\b|容量|电量|charge")


@dataclass(frozen=True)
class Header:
    """What the header of a counter says.

    ``side``: it counts charge, discharge, both in one column, or (``rise``) what flowed since the row before.
    ``to_mAh`` is None where it names no unit; ``family`` is the same for the two columns of a pair.
    """

    side: Side
    to_mAh: float | None
    family: str


@dataclass(frozen=True, eq=False)
class Counted:
    """Charge of a counter from row to row.

    Attributes
    ----------
    header
        The column, or both of them.
    flow_mAh
        (rows,) what it counted since the row before, positive for charge; 0 in the first row.
    into_mAh, out_mAh
        (rows,) the same for charge and discharge apart, where the instrument has a counter for each; else None.
    restarts
        Rows in which it began anew: its value counts since somewhere between that row and the one before.
    resolution_mAh
        Its smallest step; 0 where none is seen.
    per_step
        Whether it began anew at some row.
    """

    header: str
    flow_mAh: Floats
    into_mAh: Floats | None
    out_mAh: Floats | None
    restarts: Integers
    resolution_mAh: float

    @property
    def per_step(self) -> bool:
        """Whether it began anew somewhere."""
        return bool(self.restarts.size)


def charge_header(text: str) -> Header | None:
    """What a header says of charge; None for a header of anything else, as charge per gram.

    Examples
    --------
    >>> charge_header("Charge_Capacity(Ah)")
    Header(side='charge', to_mAh=1000.0, family='* capacity')
    >>> [charge_header(t).side for t in ("(Q-Qo)/mA.h", "Amp-hr", "dq/mA.h", "DChg. Cap.(mAs)", "容量(mAh)")]
    ['both', 'both', 'rise', 'discharge', 'both']
    >>> [charge_header(t) for t in ("Spec. Cap.(mAh/g)", "Energy(Wh)", "dQ/dV(mAh/V)", "Voltage(V)", "State")]
    [None, None, None, None, None]
    """
    low = re.sub(r" \(column \d+\)$", "", text.translate(_WIDE).strip()).lower()
    name, factor = _parted(low)
    if _OTHER_THINGS.search(low) or (factor is None and "/" in low):
        return None
    name = re.sub(r"[\s_:,-]+", " ", name.replace("amp-hr", "ah")).strip()
    name = re.sub(r"^ah(?=[a-z])", "ah ", name)
    if name in {"dq", "delta q"}:
        return Header("rise", factor, "dq") if factor is not None else None
    if re.fullmatch(r"\(?q q[o0]\)?", name):
        return Header("both", factor, "q")
    if not _CAPACITY.search(name):
        return None
    out = _DISCHARGE.search(name)
    rest = _DISCHARGE.sub(" ", name)
    into = _CHARGE.search(rest)
    bare = _CHARGE.sub(" ", rest)
    if factor is None and not re.search(r"\bcap|容量|\bah\b", bare):
        return None
    family = re.sub(r"\s+", " ", _CHARGE.sub("*", _DISCHARGE.sub("*", name))).strip(" .")
    if (out is None) == (into is None):
        return Header("both", factor, family)
    return Header("discharge" if out else "charge", factor, family)


def _parted(low: str) -> tuple[str, float | None]:
    """Name and factor to mAh of a header in small letters."""
    bracket = re.fullmatch(r"(.*)[(\[]([^()\[\]]*)[)\]]\s*", low)
    if bracket and bracket[2].strip() in _UNIT:
        return bracket[1], _UNIT[bracket[2].strip()]
    slash = low.rpartition("/")
    if slash[1] and slash[2].strip() in _UNIT:
        return slash[0], _UNIT[slash[2].strip()]
    for unit in sorted(_UNIT, key=len, reverse=True):
        if low.endswith(f"_{unit}") and low != unit:
            return low.removesuffix(f"_{unit}"), _UNIT[unit]
    if low in {"amp-hr", "mamp-hr", "amp hr", "mamp hr"}:
        return "ah", 1.0 if low.startswith("m") else 1000.0
    return low, None


@dataclass(frozen=True, eq=False)
class _Test:
    """What the current says: direction and integral of each row (since the row before), rows where steps change."""

    way: NDArray[np.int8]
    flow_mAh: Floats
    turns: Integers


def counted(
    record: CyclingRecord, way: NDArray[np.int8] | None = None, flow_mAh: Floats | None = None
) -> Counted | None:
    """Charge by the counter of the instrument that agrees best with the integral of the current; None without one.

    Nothing is said here of whether it agrees well enough: `limetal.cycling.runs` asks that of every run.

    Parameters
    ----------
    record
        With current.
    way, flow_mAh
        (rows,) direction and integral of the current since the row before, if they are known already.

    Examples
    --------
    A counter in Ah for each direction that began anew with the second cycle:

    >>> t = 600.0 * np.arange(9)
    >>> current = np.array([0, 6, 6, -6, -6, 6, 6, -6, -6]) * 1e-3
    >>> into = np.array([0, 1, 2, 2, 2, 1, 2, 2, 2]) * 1e-3
    >>> out = np.array([0, 0, 0, 1, 2, 0, 0, 1, 2]) * 1e-3
    >>> more = {"Charge_Capacity(Ah)": into, "Discharge_Capacity(Ah)": out}
    >>> found = counted(CyclingRecord(t, np.full(9, 3.7), current, source="two cycles", more=more))
    >>> found.flow_mAh.round(9).tolist(), found.restarts.tolist()
    ([0.0, 1.0, 1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0], [5])
    """
    if record.current_ampere is None or not len(record.more):
        return None
    columns = [(name, header) for name in record.more if (header := charge_header(name)) is not None]
    if not columns:
        return None
    if way is None or flow_mAh is None:
        way, flow_mAh = _of_current(record)
    turned = way[1:] != way[:-1]
    if record.step_count is not None:
        turned |= record.step_count[1:] != record.step_count[:-1]
    test = _Test(way, flow_mAh, np.flatnonzero(turned) + 1)
    total = _totals(test.flow_mAh)
    best, least = None, np.inf
    for names in _readings(columns, way):
        found = _read(record, names, dict(columns), test)
        if found is None:
            continue
        off = _off(found, total)
        if off < least:
            best, least = found, off
        if off < ALIKE:
            break
    return best


def _of_current(record: CyclingRecord) -> tuple[NDArray[np.int8], Floats]:
    t, current = record.test_time_second, record.current_ampere
    assert current is not None  # asked before
    stops = pauses(t, record.voltage_volt, current)
    way = directions(current, time_weights(np.arange(t.size), t, stops)).direction.astype(np.int8)
    dt = np.diff(t)
    dt[stops] = 0.0
    before = np.where(way[1:] == way[:-1], current[:-1], current[1:])
    flow = np.zeros(t.size)
    flow[1:] = (before + current[1:]) * (way[1:] != 0) * dt * (MA_PER_A / SECONDS_PER_HOUR / 2)
    return way, flow


def _readings(columns: list[tuple[str, Header]], way: NDArray[np.int8]) -> Iterable[tuple[str, ...]]:
    """Columns that are a counter together: pairs first, then single ones of both directions."""
    pairs: list[tuple[str, ...]] = []
    for name, header in columns:
        if header.side == "charge":
            of_family = [n for n, h in columns if h.side == "discharge" and h.family == header.family]
            pairs += [(name, other) for other in of_family[:1]]
    alone = not pairs
    single = [(name,) for name, h in columns if h.side == "both" or (alone and h.family == "*")]
    rises = [(name,) for name, header in columns if header.side == "rise"]
    found = [*pairs, *single, *rises]
    if not pairs and (way.min() >= 0 or way.max() <= 0):
        side = "charge" if way.max() > 0 else "discharge"
        found += [(name,) for name, header in columns if header.side == side]
    return found[:_MOST_READINGS]


def _read(record: CyclingRecord, names: tuple[str, ...], headers: dict[str, Header], test: _Test) -> Counted | None:
    """Read one counter; None where it never moves, or its unit cannot be told."""
    values = [_numbers(record.more[name]) for name in names]
    if any(v is None for v in values):
        return None
    columns = [v for v in values if v is not None]
    factor = headers[names[0]].to_mAh
    if factor is None:
        factor = _unit_of(columns, names, headers, test)
        if factor is None:
            return None
    header = " and ".join(repr(name) for name in names)
    step = max(_resolution(column, test.way) for column in columns) * factor
    if len(names) == 2:
        return _paired(columns, factor, header, step, test)
    q = columns[0] * factor
    if headers[names[0]].side == "rise":
        flow, restarts = q.copy(), np.empty(0, dtype=np.int64)
        flow[0] = 0.0
    else:
        flow, restarts = _single(q, test)
    if np.dot(flow, test.flow_mAh) < 0:
        flow = -flow  # an instrument whose charge has the other sign
    return Counted(header, flow, None, None, restarts, step) if flow.any() else None


def _numbers(column: NDArray[np.generic]) -> Floats | None:
    """Values of a column, gaps filled with the one before; None where it holds words or nothing."""
    if column.dtype.kind not in "fiu":
        return None
    values = column.astype(np.float64)
    missing = ~np.isfinite(values)
    if missing.any():
        if missing.all():
            return None
        known = np.where(missing, 0, np.arange(values.size))
        known = np.maximum.accumulate(known)
        known[: int(np.argmin(missing))] = int(np.argmin(missing))
        values = values[known]
    return values


def _unit_of(columns: list[Floats], names: tuple[str, ...], headers: dict[str, Header], test: _Test) -> float | None:
    """Factor to mAh of a counter that names no unit, where one agrees with the integral of the current."""
    scale = float(max(np.ptp(c) for c in columns))
    if not scale > 0:
        return None
    if len(columns) == 2:
        found = _paired(columns, 1.0, "", 0.0, test)
        flow = None if found is None else found.flow_mAh
    else:
        flow = columns[0] if headers[names[0]].side == "rise" else _single(columns[0], test)[0]
    if flow is None:
        return None
    moved, wanted = float(np.abs(flow[test.way != 0]).sum()), float(np.abs(test.flow_mAh).sum())
    ratio = wanted / moved if moved > 0 else 0.0
    fits = [factor for factor in UNITS.values() if abs(ratio / factor - 1) < SURE]
    return fits[0] if fits else None


def _paired(columns: list[Floats], factor: float, header: str, step: float, test: _Test) -> Counted | None:
    """Counter of two columns, one for each direction; exchanged where the file calls charge what limetal does not."""
    first, second = columns[0] * factor, columns[1] * factor
    up, restarts = _rising(first, test, np.maximum(test.flow_mAh, 0.0))
    down, others = _rising(second, test, np.maximum(-test.flow_mAh, 0.0))
    if not (up.any() or down.any()):
        return None
    flow = up - down
    if np.dot(flow, test.flow_mAh) < 0:
        up, restarts = _rising(second, test, np.maximum(test.flow_mAh, 0.0))
        down, others = _rising(first, test, np.maximum(-test.flow_mAh, 0.0))
        flow = up - down
    return Counted(header, flow, up, down, np.union1d(restarts, others), step)


def _rising(q: Floats, test: _Test, wanted: Floats) -> tuple[Floats, Integers]:
    """Rises of a counter that only counts up, and rows where it began anew."""
    flow = np.empty(q.size)
    flow[0] = 0.0
    np.subtract(q[1:], q[:-1], out=flow[1:])
    fell = flow < 0
    at = np.flatnonzero(fell) if fell.any() else np.empty(0, dtype=np.int64)
    turns = test.turns[(flow[test.turns] >= 0) & (q[test.turns - 1] > 0)]
    anew = turns[np.abs(q[turns] - wanted[turns]) < np.abs(flow[turns] - wanted[turns])]
    value = np.maximum(q[at], 0.0)
    back = np.abs(value - wanted[at]) <= wanted[at]  # else it fell by rounding, or was set back, and counted nothing
    large = -flow[at] > 0.5 * q[at - 1]
    restarts = np.union1d(at[back | large], anew)
    flow[at] = 0.0
    flow[restarts] = np.maximum(q[restarts], 0.0)
    return flow, restarts


def _single(q: Floats, test: _Test) -> tuple[Floats, Integers]:
    """Charge of one column for both directions, signed or of magnitudes, positive as the column has it."""
    if _is_magnitude(q, test):
        flow, restarts = _rising(q, test, np.abs(test.flow_mAh))
        way = test.way
        rests = np.flatnonzero(way == 0)
        signed = flow * way
        if rests.size:
            signed[rests] = flow[rests] * np.where(rests > 0, way[np.maximum(rests - 1, 0)], 0)
        return signed, restarts
    flow = np.empty(q.size)
    flow[0] = 0.0
    np.subtract(q[1:], q[:-1], out=flow[1:])
    sign = -1.0 if _turned(flow, q, test) else 1.0
    wrong = ((flow > 0) & (test.way < 0)) | ((flow < 0) & (test.way > 0)) if sign > 0 else np.zeros(q.size, dtype=bool)
    at = np.union1d(np.flatnonzero(wrong), test.turns)
    wanted = sign * test.flow_mAh[at]
    anew = at[np.abs(q[at] - wanted) < np.abs(flow[at] - wanted)]
    flow[anew] = q[anew]
    return flow, anew


def _is_magnitude(q: Floats, test: _Test) -> bool:
    """Whether a column of both directions counts up in both."""
    if q.min() < 0 or test.way.min() >= 0:
        return False
    rows = np.flatnonzero(test.way < 0)
    rows = rows[rows > 0]
    steps = q[rows] - q[rows - 1]
    return bool(np.sum(steps > 0) > np.sum(steps < 0))


def _turned(flow: Floats, q: Floats, test: _Test) -> bool:
    """Whether a signed column has the other sign than the current, in most rows."""
    some = slice(None, None, max(1, q.size // 20_000))
    agree = np.sign(flow[some]) * test.way[some]
    return bool(np.sum(agree < 0) > np.sum(agree > 0))


def _resolution(q: Floats, way: NDArray[np.int8]) -> float:
    """Smallest step of a counter, in its unit; 0 where none is seen."""
    step = quantum(q)
    if step == 0.0:
        return 0.0
    some = np.unique(np.linspace(2, q.size - 1, 16).astype(np.int64)[:, None] + np.arange(-128, 128))
    some = some[(some > 1) & (some < q.size)]
    some = some[(way[some] != 0) & (way[some - 1] != 0)]
    rises, before = q[some] - q[some - 1], q[some - 1] - q[some - 2]
    counts = np.zeros(some.size, dtype=bool)
    for sign in (1, -1):  # the counter of one direction stands still in the other
        own = way[some] == sign
        counts |= own & bool(np.any(own) and np.mean(rises[own] != 0) > _EVEN)
    even = np.abs(rises - before)[counts] < 1e-3 * step
    return last_digit(q) if even.size > 10 and even.mean() > _EVEN else step


def _totals(flow: Floats) -> tuple[float, float]:
    """What flowed in each direction."""
    net, size = float(flow.sum()), float(np.abs(flow).sum())
    return (size + net) / 2, (size - net) / 2


def _off(found: Counted, total: tuple[float, float]) -> float:
    """How far a counter is from the integral, as a part of it, in the direction where it is farthest."""
    own = _totals(found.flow_mAh)
    largest = max(total)
    if not largest > 0:
        return np.inf
    return max(abs(a - b) / max(b, 0.01 * largest) for a, b in zip(own, total, strict=True))
