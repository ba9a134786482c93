"""What a cycling file says twice: charge and energy its instrument counted, dates, labels of charge and discharge.

Each is compared with the record's own time, current and voltage by a factor that is 1 where they belong together.
Everything is computed once a whole column, and on few rows where few will do, because every record passes here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limetal.records.cycling import CyclingRecord

__all__ = ["Counter", "Dates", "Evidence", "Labels", "counter_of"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Unit without blanks, dots and hyphens, in small letters -> ampere hours, watt hours.
_CHARGE_UNITS = {
    "ah": 1.0, "mah": 1e-3, "uah": 1e-6, "nah": 1e-9, "amphr": 1.0, "amphrs": 1.0, "amphour": 1.0, "amphours": 1.0,
    "amperehour": 1.0, "milliamperehour": 1e-3, "mamphr": 1e-3, "mamphrs": 1e-3, "as": 1 / 3600, "mas": 1e-3 / 3600,
    "uas": 1e-6 / 3600, "coulomb": 1 / 3600, "kah": 1e3,
}  # fmt: skip
_ENERGY_UNITS = {
    "wh": 1.0, "mwh": 1e-3, "uwh": 1e-6, "watthr": 1.0, "watthrs": 1.0, "watthour": 1.0, "watthours": 1.0,
    "mwatthr": 1e-3, "ws": 1 / 3600, "mws": 1e-3 / 3600, "uws": 1e-6 / 3600, "j": 1 / 3600, "joule": 1 / 3600,
    "kwh": 1e3,
}  # fmt: skip
#: Columns in these units that do not count what flows.
_NO_COUNTER = re.compile(
    r"spec|nominal|rated|theor|design|remain|range|limit|rate|alarm|full|\bwf\b|loss|^[dδ∆]\s*q|delta|d[qv]\s*/\s*d",
    re.I,
)
_DISCHARGE = re.compile(r"d(?:is|is-|is )?[_ .-]?ch(?:g|ar|$)|\bdch|_dis\b|-dis(?:ch|-|$)|entlad|放电|放電|^d$", re.I)
_CHARGE = re.compile(r"ch(?:g|ar)|\bcha?$|ladung|laden|充电|充電|^c$", re.I)
_LABELS = {
    "step type", "step name", "state", "status", "mode", "command", "step", "md", "操作", "工步类型", "状态",
    "protocol name",
}  # fmt: skip
_DATE_NAME = re.compile(r"date|dpt|absolute|abs\.? time|real ?time|unix|epoch|time ?stamp|clock|datum|绝对时间", re.I)
_NUMBER_NAME = {"data point", "datapoint", "index", "rec#", "record id", "record number", "record", "rec", "point"}
_MOMENT = re.compile(
    r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}(?:[.,]\d+)?))?\s*([ap])?\.?m?\.?.*", re.I
)
_MAX_COUNTERS = 4
_LABEL_ROWS = 1000
_LEAST_ROWS = 4
_MANY_SEGMENTS = 1000
_S_PER_H = 3600.0
#: Rows further apart than this show more than the resistance of the cell.
_SOON_S = 60.0
_DATE_ROWS = 17
#: A current below this share of the largest is none: rests log noise.
_NO_CURRENT = 1e-4
#: Ratios of two segments within a fifth are the same reading.
_SAME = np.log(1.2)
_QUANTA = 5
_SAMPLE_ROWS = 20_000


@dataclass(frozen=True)
class Counter:
    """A column in which the instrument counted: ``factor`` makes ampere hours or watt hours of it.

    ``way`` is 1 where it counts charging only, -1 discharging, 0 both or unsaid.
    """

    name: str
    quantity: str
    factor: float
    way: int


@dataclass(frozen=True)
class Dates:
    """A column of dates: seconds it says for one second of test time, and whether all parts of the test agree."""

    name: str
    seconds_a_second: float
    span_s: float
    steady: bool


@dataclass(frozen=True)
class Labels:
    """A column that calls rows charge and discharge, and the share of their currents that is positive (None: none)."""

    name: str
    charge: float | None
    discharge: float | None


@lru_cache(maxsize=4096)
def counter_of(name: str) -> Counter | None:
    """Return what a column counts, by its header; None if it is no counter, or its unit is not said.

    Examples
    --------
    >>> for header in ("Capacity(Ah)", "(Q-Qo)/mA.h", "Amp-hr", "discharging_capacity_ah", "DChg. Cap.(mAs)"):
    ...     counter = counter_of(header)
    ...     print(counter.quantity, f"{counter.factor:.3g}", counter.way)
    charge 1 0
    charge 0.001 0
    charge 1 0
    charge 1 -1
    charge 2.78e-07 -1
    >>> counter_of("Ah-Cyc-Charge").way, counter_of("Watt-hr").quantity, counter_of("charge_energy_Wh").way
    (1, 'energy', 1)
    >>> [counter_of(n) for n in ("Spec. Cap.(mAh/g)", "dQ/dV(mAh/V)", "Capacity", "Temperature (C)", "dQ/mA.h")]
    [None, None, None, None, None]
    """
    if _NO_COUNTER.search(name):
        return None
    for text, unit in _readings(name):
        plain = re.sub(r"[\s.\-·*^_]+", "", unit.replace("µ", "u").replace("μ", "u")).lower()
        way = -1 if _DISCHARGE.search(text) else 1 if _CHARGE.search(text) else 0
        if re.search(r"charge\s*/\s*discharge", text, re.I):
            way = 0
        if plain in _CHARGE_UNITS or (plain == "c" and re.search(r"\bq\b|q-q", text, re.I)):
            return Counter(name, "charge", _CHARGE_UNITS.get(plain, 1 / 3600), way)
        if plain in _ENERGY_UNITS:
            return Counter(name, "energy", _ENERGY_UNITS[plain], way)
    return None


def _readings(name: str) -> list[tuple[str, str]]:
    """Ways to part a header into name and unit, the likeliest first."""
    name = name.strip()
    bracket = re.fullmatch(r"(.*?)\s*[(\[]\s*([^()\[\]]*?)\s*[)\]]", name)
    if bracket:
        return [(bracket[1], bracket[2])]
    found = [("", name)]
    if "/" in name:
        found.append((name.rpartition("/")[0], name.rpartition("/")[2]))
    tail = re.fullmatch(r"(.+?)[\s_]+([^\s_]+)", name)
    found += [(tail[1], tail[2])] if tail else []
    head = re.match(r"([aw]h)[-_ ](.+)", name, re.I)
    return [*found, (head[2], head[1])] if head else found


class Evidence:
    """What the columns of one record say about each other; every part is computed when it is asked for.

    Examples
    --------
    A current of 1 A for an hour, counted by the instrument as 1 Ah:

    >>> t = np.arange(0.0, 3601.0, 60.0)
    >>> more = {"Capacity(Ah)": t / 3600}
    >>> record = CyclingRecord(t, np.full(t.size, 3.7), np.ones(t.size), source="x", more=more)
    >>> {name: round(ratio, 3) for name, ratio in Evidence(record).ratios("charge").items()}
    {'Capacity(Ah)': 1.0}
    """

    def __init__(self, record: CyclingRecord) -> None:
        self.record = record
        self.time, self.voltage, self.current = record.test_time_second, record.voltage_volt, record.current_ampere
        #: Seconds from row to row.
        self.steps: Floats = np.diff(self.time)
        self._ratios: dict[str, dict[str, float]] = {}
        self._moved: dict[str, Floats] = {}

    @cached_property
    def counters(self) -> list[Counter]:
        """Columns of numbers in which the instrument counted charge or energy."""
        found = [
            counter
            for name, values in self.record.more.items()
            if values.dtype.kind in "fiu" and (counter := counter_of(name)) is not None
        ]
        charge = [c for c in found if c.quantity == "charge"][:_MAX_COUNTERS]
        return charge + [c for c in found if c.quantity == "energy"][:_MAX_COUNTERS]

    @cached_property
    def largest_current(self) -> float:
        """Largest magnitude of current, in amperes."""
        return 0.0 if self.current is None else float(max(self.current.max(), -self.current.min()))

    @cached_property
    def middle_voltage(self) -> float:
        """Median magnitude of voltage, of rows evenly taken."""
        return float(np.median(np.abs(self.voltage[:: max(1, self.voltage.size // _SAMPLE_ROWS)])))

    @cached_property
    def direction(self) -> NDArray[np.int8]:
        """1 where current charges, -1 where it discharges, 0 where none flows."""
        assert self.current is not None
        least = _NO_CURRENT * self.largest_current
        return (self.current > least).view(np.int8) - (self.current < -least).view(np.int8)

    @cached_property
    def turns(self) -> NDArray[np.intp]:
        """Rows before a change of direction, step or cycle."""
        turns = self.direction[1:] != self.direction[:-1]
        for count in (self.record.step_count, self.record.cycle_count):
            if count is not None:
                turns |= count[1:] != count[:-1]
        if self.record.step_count is None:
            for counter in self.counters[:2]:
                # a counter that falls to less than half was set to zero
                values = np.abs(np.asarray(self.record.more[counter.name], dtype=np.float64))
                turns |= values[1:] < 0.5 * values[:-1]
        return np.flatnonzero(turns)

    @cached_property
    def segments(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """First and last rows of the stretches of one direction, step and cycle in which current flows.

        Of stretches of fewer than four rows the ends are most, where a row may hold the current of either side.
        """
        first = np.concatenate([[0], self.turns + 1])
        last = np.concatenate([self.turns, [self.time.size - 1]])
        flows = (self.direction[first] != 0) & (last - first >= _LEAST_ROWS - 1)
        return first[flows], last[flows]

    @cached_property
    def charge(self) -> Floats:
        """Ampere hours that flowed in each segment, by the record's own current and time; NaN where it is unsteady."""
        assert self.current is not None
        return self._integral(self.current, None)

    @cached_property
    def energy(self) -> Floats:
        """Watt hours that flowed in each segment, by the record's own current, voltage and time."""
        assert self.current is not None
        return self._integral(self.current, self.voltage)

    def _integral(self, flow: Floats, times: Floats | None) -> Floats:
        """Sum over each segment with the value before each step of time, and after; the middle where they are near."""
        first, last = self.segments
        if first.size > _MANY_SEGMENTS:
            flow = flow if times is None else flow * times
            before, after = (_sums(side * self.steps, first, last) for side in (flow[:-1], flow[1:]))
        else:
            # without any array as long as the column: large ones cost more than the sum
            each = [(slice(a, b), slice(a + 1, b + 1)) for a, b in zip(first.tolist(), last.tolist(), strict=True)]
            before, after = (
                np.array([_product(flow[rows[k]], self.steps[rows[0]], times, rows[k]) for rows in each])
                for k in (0, 1)
            )
        middle = (before + after) / 2
        # where current jumps from row to row, nobody knows when
        middle[np.abs(before - after) > 0.5 * np.abs(middle)] = np.nan
        return middle / _S_PER_H

    def ratios(self, quantity: str) -> dict[str, float]:
        """What each counter of a quantity counted, over what flowed by the record's own columns.

        Only of counters that say clearly: most of what flowed has one ratio.
        """
        if self.current is None or not self.largest_current:
            return {}
        if quantity not in self._ratios:
            found = self._ratios[quantity] = {}
            for counter in self.counters:
                if counter.quantity == quantity:
                    ratio = self._ratio(counter, self.charge if quantity == "charge" else self.energy)
                    if ratio is not None:
                        found[counter.name] = ratio
        return self._ratios[quantity]

    def moved(self, counter: Counter) -> Floats:
        """What a counter counted in each segment."""
        if counter.name not in self._moved:
            self._moved[counter.name] = self._change(counter)
        return self._moved[counter.name]

    def _change(self, counter: Counter) -> Floats:
        values = self.record.more[counter.name]
        first, last = self.segments
        change = values[last].astype(np.float64) - values[first].astype(np.float64)
        # a change of a few of the smallest steps it can show says nothing
        change[np.abs(change) < _QUANTA * self._resolution(values)] = 0.0
        return np.asarray(np.where(np.isfinite(change), change, 0.0) * counter.factor, dtype=np.float64)

    def _resolution(self, values: NDArray[np.generic]) -> float:
        first, last = self.segments
        if not first.size:
            return 0.0
        longest = int(np.argmax(last - first))
        some = np.asarray(values[first[longest] : min(last[longest], first[longest] + 2000) + 1], dtype=np.float64)
        steps = np.abs(np.diff(some))
        steps = steps[steps > 0]
        return float(steps.min()) if steps.size else 0.0

    def _ratio(self, counter: Counter, flowed: Floats) -> float | None:
        if not flowed.size:
            return None
        counted, flowed = np.abs(self.moved(counter)), np.abs(flowed)
        ways = self.direction[self.segments[0]]
        found = []
        for way in (1, -1):
            rows = (ways == way) & (counted > 0) & (flowed > 0)  # false where flowed is NaN
            if not rows.any():
                continue
            ratio, weight = counted[rows] / flowed[rows], flowed[rows]
            order = np.argsort(ratio)
            summed = np.cumsum(weight[order])
            middle = float(ratio[order][np.searchsorted(summed, summed[-1] / 2)])
            same = float(weight[np.abs(np.log(ratio / middle)) < _SAME].sum() / summed[-1])
            if same > 0.6 and summed[-1] > 0.02 * np.nansum(flowed):
                found.append(middle)
        # a counter of one direction creeps in the other one, by noise
        return max(found) if found else None

    @cached_property
    def dates(self) -> Dates | None:
        """What dates of the file say about its test time; None if it has none that move."""
        for name, values in self.record.more.items():
            if not _DATE_NAME.search(name):
                continue
            found = _dates(name, values, self.time)
            if found is not None:
                return found
        return None

    @cached_property
    def labels(self) -> Labels | None:
        """Rows the file calls charge and discharge."""
        if self.current is None:
            return None
        for name, values in self.record.more.items():
            plain = re.sub(r"[\s_]+", " ", re.sub(r"[/(\[].*", "", name)).strip().lower()
            if plain not in _LABELS or values.dtype.kind not in "OUT":
                continue
            ways = ways_of(values[self._label_rows].astype(str))
            current = self.current[self._label_rows]
            shares = {}
            for way in (1, -1):
                flowing = current[(ways == way) & (current != 0)]
                shares[way] = float(np.mean(flowing > 0)) if flowing.size else None
            if shares != {1: None, -1: None}:
                return Labels(name, shares[1], shares[-1])
        return None

    @cached_property
    def _label_rows(self) -> NDArray[np.intp]:
        """Rows whose labels are read: the middle of segments, and some of all."""
        first, last = self.segments
        middle = (first + last) // 2
        middle = middle[:: max(1, middle.size // _LABEL_ROWS)]
        some = np.linspace(0, self.time.size - 1, min(self.time.size, _LABEL_ROWS)).astype(np.intp)
        return np.unique(np.concatenate([middle, some]))

    @cached_property
    def response(self) -> tuple[int, int]:
        """Current steps at which voltage followed (a cell resists), and at which it went the other way."""
        assert self.current is not None
        at = self.turns
        change = self.current[at + 1] - self.current[at]
        clear = (np.abs(change) > 0.2 * self.largest_current) & (self.steps[at] < _SOON_S)
        at, change = at[clear], change[clear]
        product = (self.voltage[at + 1] - self.voltage[at]) * change
        return int(np.sum(product > 0)), int(np.sum(product < 0))

    @cached_property
    def drift(self) -> tuple[int, int]:
        """Segments in which voltage rose with charging or fell with discharging, and the others."""
        first, last = self.segments
        if not first.size or self.middle_voltage < 0.5:
            return 0, 0
        amount = np.nan_to_num(np.abs(self.charge))
        long = amount > 0.1 * amount.max()
        product = (self.voltage[last] - self.voltage[first])[long] * self.charge[long]
        return int(np.sum(product > 0)), int(np.sum(product < 0))

    def ways_counted(self) -> dict[str, float]:
        """For counters of one direction: share of what they counted during that direction of current."""
        found = {}
        for counter in self.counters:
            if counter.way and self.charge.size:
                counted = np.abs(self.moved(counter))
                if counted.sum() > 0:
                    ways = self.direction[self.segments[0]]
                    found[counter.name] = float(counted[ways == counter.way].sum() / counted.sum())
        return found

    @cached_property
    def repeated_rows(self) -> int:
        """Rows that are the row before them once more, in every column."""
        same = np.flatnonzero(self.steps == 0)
        for values in (*self.record.columns().values(), *self.record.more.values()):
            if not same.size:
                return 0
            after, before = values[same + 1], values[same]
            equal = np.asarray(after == before)
            if values.dtype.kind == "f":
                equal |= np.isnan(after.astype(np.float64)) & np.isnan(before.astype(np.float64))
            same = same[equal]
        return int(same.size)

    @cached_property
    def repeated_numbers(self) -> tuple[str, int] | None:
        """Column of row numbers in which some come again, and how many."""
        for name, values in self.record.more.items():
            plain = re.sub(r"[\s_]+", " ", name).strip(" .").lower()
            if plain in _NUMBER_NAME and values.dtype.kind in "fiu":
                again = int(np.sum(values[1:] == values[:-1]))
                return (name, again) if again else None
        return None


def _product(flow: Floats, steps: Floats, times: Floats | None, rows: slice) -> float:
    if times is None:
        return float(np.einsum("i,i->", flow, steps))
    return float(np.einsum("i,i,i->", flow, times[rows], steps))


def _sums(parts: Floats, first: NDArray[np.intp], last: NDArray[np.intp]) -> Floats:
    """Sums of the parts from each first row to its last."""
    ends = np.stack([first, last], axis=1).ravel()
    return np.asarray(np.add.reduceat(np.append(parts, 0.0), ends)[::2], dtype=np.float64)


def ways_of(labels: NDArray[Any]) -> NDArray[np.int8]:
    """1 where a label says charge, -1 where it says discharge, 0 where neither.

    Examples
    --------
    >>> ways_of(np.array(["CC Chg", "CC DChg", "Rest", "CCCV_Chg", "D", "discharge"])).tolist()
    [1, -1, 0, 1, -1, -1]
    """
    kinds, inverse = np.unique(labels, return_inverse=True)
    of_kind = [-1 if _DISCHARGE.search(kind) else 1 if _CHARGE.search(kind) else 0 for kind in map(str, kinds)]
    return np.array(of_kind, dtype=np.int8)[inverse]


def _dates(name: str, values: NDArray[Any], time: Floats) -> Dates | None:
    rows = np.unique(np.linspace(0, time.size - 1, _DATE_ROWS).astype(np.intp))
    best = None
    for seconds in _moments(name, values[rows]):
        past, passed = np.diff(seconds), np.diff(time[rows])
        told = np.isfinite(past) & (passed > 0)
        if not told.any() or not np.nansum(past) > 0:
            continue
        ratio = float(np.median(past[told] / passed[told]))
        steady = ratio > 0 and float(np.mean(np.abs(past[told] / passed[told] / ratio - 1) < 0.05)) > 0.7
        finite = seconds[np.isfinite(seconds)]
        found = Dates(name, ratio, float(finite[-1] - finite[0]), steady)
        # of two readings of day and month the one that fits is meant
        if best is None or abs(np.log(max(ratio, 1e-12))) < abs(np.log(max(best.seconds_a_second, 1e-12))):
            best = found
    return best


def _moments(name: str, values: NDArray[Any]) -> list[Floats]:
    """Seconds of dates, in every reading they have."""
    if values.dtype.kind in "fiu":
        numbers = values.astype(np.float64)
        size = float(np.nanmedian(np.abs(numbers))) if np.isfinite(numbers).any() else 0.0
        for low, high, scale in ((3e8, 5e9, 1.0), (3e11, 5e12, 1e-3), (3e14, 5e15, 1e-6), (2e4, 8e4, 86_400.0)):
            if low < size < high and (scale != 86_400.0 or "date" in name.lower()):
                return [numbers * scale]
        return []
    if values.dtype.kind == "M":
        return [values.astype("datetime64[us]").astype(np.float64) * 1e-6]
    return [np.array([_moment(str(v), day_first) for v in values]) for day_first in (False, True)]


def _moment(text: str, day_first: bool) -> float:
    """Seconds of one date; NaN if it is none."""
    match = _MOMENT.match(text.strip())
    if match is None:
        return float("nan")
    one, two, three = int(match[1]), int(match[2]), int(match[3])
    year, month, day = (
        (one, two, three) if len(match[1]) == 4 else (three, two, one) if day_first else (three, one, two)
    )
    hour = int(match[4])
    if match[7]:
        hour = hour % 12 + (12 if match[7].lower() == "p" else 0)
    try:
        moment = datetime(year + 2000 if year < 100 else year, month, day, hour, int(match[5]), tzinfo=UTC)
    except ValueError:
        return float("nan")
    return moment.timestamp() + float((match[6] or "0").replace(",", "."))
