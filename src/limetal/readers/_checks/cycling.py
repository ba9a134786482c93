"""Whether the numbers of a cycling record belong together: units, time, signs, repeated rows.

A file says many things twice: charge that flowed is current times time, and a column of its own; hours stand in the
dates too; labels name charge and discharge. Where two such statements together contradict time, voltage or current by
a factor of units, the record is repaired and says so. Where only one does, the file has two readings and is refused
with both. What is merely odd is a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from limetal.errors import BadInputError
from limetal.readers._checks.cycling_evidence import Dates, Evidence, ways_of
from limetal.records.cycling import CyclingRecord

__all__ = ["checked"]

_YEAR_S = 365.25 * 86_400
#: Voltages of one cell end here; above the second, volts can only be millivolts (or a stack).
_CELL_V, _STACK_V = 6.0, 50.0
_SURELY_MILLIVOLTS_V = 20.0
_LARGEST_CURRENT_A = 1000.0
_LEAST_VOLTAGE_V = 2e-4
#: A ratio within these is agreement: currents may be logged with few digits, decays with few points.
_AGREES = 1.5
_NEAR_FACTOR = 0.1
_NEAR_DATES = 0.02
_PREFIXES = (1e3, 1e-3, 1e6, 1e-6)
#: Seconds in a unit of time that time may be in, for one it is called.
_TIMES = {3600.0: "h", 60.0: "min", 86_400.0: "d", 1e-3: "ms", 1 / 3600: "s", 1 / 60: "s"}
_CLEAR_STEPS = 3
#: Shares of rows or steps that must agree.
_MOST, _ALL = 0.8, 0.9
_REPEATED_SHARE = 0.002
#: A step of time is a jump from this many usual steps on, in records of more than a few rows.
_JUMP, _FEW_ROWS, _SAMPLE = 1000, 20, 20_000
#: Clocks are read to the minute, set by an hour in summer, and go on while a test is paused.
_CLOCK_S, _SUMMER_S, _PAUSE_S = 120.0, 3600.0, 600.0
#: Between rows this far apart a time in milliseconds would be likelier than one in seconds.
_SLOW_S = 600.0


def checked(record: CyclingRecord) -> CyclingRecord:
    """Return the record with what was noticed, repaired where that is certain.

    Raises
    ------
    BadInputError
        If the file contradicts itself by a factor of units, and it cannot be told which side is right.

    Examples
    --------
    Milliamperes called amperes: charge and energy that the instrument counted both say so.

    >>> t = np.arange(0.0, 7200.0, 60.0)
    >>> more = {"Capacity(Ah)": 2e-3 * t / 3600, "Energy(Wh)": 7.4e-3 * t / 3600}
    >>> record = CyclingRecord(t, np.full(t.size, 3.7), np.full(t.size, 2.0), source="x.csv", more=more)
    >>> checked(record).current_ampere.max(), len(checked(record).warnings)
    (np.float64(0.002), 1)
    >>> checked(replace(record, more={"Capacity(Ah)": more["Capacity(Ah)"]}))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: x.csv: found a charge of 1000 times the file's own 'Capacity(Ah)', want one reading:
    the current is in mA, not A (then it reaches 0.002 A), or 'Capacity(Ah)' is 1000 times larger than its unit says
    """
    # files of damaged numbers may hold any value, and a ratio of two of them any other
    with np.errstate(all="ignore"):
        evidence = Evidence(record)
        units = _time_unit(evidence) or _current_unit(evidence) or _voltage_unit(evidence)
        if units is not None:
            evidence = Evidence(units.apply(record))
        signs = _sign(evidence)
        if signs is not None:
            evidence = Evidence(signs.apply(evidence.record))
        said = [*_of_magnitudes(evidence), *_of_time(evidence), *_of_counters(evidence), *_of_rows(evidence)]
        if signs is None:
            said += _of_signs(evidence)
    return evidence.record.warned(*(s for s in dict.fromkeys(said) if s not in record.warnings))


@dataclass(frozen=True)
class _Repair:
    """A change of a record that is certain, and the sentence that says so."""

    change: Callable[[CyclingRecord], CyclingRecord]
    sentence: str

    def apply(self, record: CyclingRecord) -> CyclingRecord:
        """Return the record changed, and saying so."""
        return self.change(record).warned(self.sentence)


def _time_unit(evidence: Evidence) -> _Repair | None:
    """Repair time in another unit than it is called, if dates and charge both say so; refuse if the dates alone do."""
    dates = evidence.dates
    ratio = _ratio(evidence.ratios("charge"))
    if dates is None or not dates.steady or dates.span_s < 10:
        return None
    factor = _known(dates.seconds_a_second, _TIMES, _NEAR_DATES)
    if factor is None or (ratio is not None and _agrees(ratio)):
        return None
    record, unit = evidence.record, _TIMES[factor]
    span = float(record.test_time_second[-1] - record.test_time_second[0])
    told = f"dates ({dates.name!r}) that go {dates.seconds_a_second:.4g} s in each second of test time"
    if ratio is None or _known(ratio, (factor,), _NEAR_FACTOR) is None:
        raise _refused(
            evidence,
            told,
            f"time is in {unit}, not {_called(unit)} (then the test lasts {_duration(span * factor)}), "
            f"or {dates.name!r} is wrong (then it lasts {_duration(span)})",
        )
    return _Repair(
        lambda r: replace(r, test_time_second=r.test_time_second * factor),
        f"time is in {unit}, not {_called(unit)}: dates and the file's own capacity both say so, so it was converted",
    )


def _current_unit(evidence: Evidence) -> _Repair | None:
    """Repair current in another unit than it is called; refuse where charge does not belong to current and time."""
    ratios = evidence.ratios("charge")
    ratio = _ratio(ratios)
    if ratio is None or _agrees(ratio):
        return None
    name = next(name for name, value in ratios.items() if value == ratio)
    time_is_right = evidence.dates is not None and abs(evidence.dates.seconds_a_second - 1) < 0.05
    times = f"a charge of {1 / ratio:.4g} times the file's own {name!r}"
    largest = evidence.largest_current
    prefix = _known(ratio, _PREFIXES, _NEAR_FACTOR)
    if prefix is not None:
        unit, other = {1e-3: ("mA", "A"), 1e-6: ("uA", "A"), 1e3: ("A", "mA"), 1e6: ("A", "uA")}[prefix]
        energy = _ratio(evidence.ratios("energy"))
        second = energy is not None and _known(energy, (prefix,), _NEAR_FACTOR) is not None
        impossible = prefix < 1 and largest > _LARGEST_CURRENT_A
        slow = prefix == 1e-3 and not time_is_right and float(np.median(evidence.steps[:1000])) > _SLOW_S
        if (second or impossible) and not slow:
            why = "the energy it counted" if second else "its size"
            return _Repair(
                lambda r: replace(r, current_ampere=_scaled(r, prefix)),
                f"current is in {unit}, not {other}: the charge the file counted ({name!r}) and {why} both say so, "
                "so it was converted",
            )
        raise _refused(
            evidence,
            times,
            f"the current is in {unit}, not {other} (then it reaches {largest * prefix:.4g} A), or {name!r} is "
            f"{max(prefix, 1 / prefix):.4g} times {'larger' if prefix < 1 else 'smaller'} than its unit says",
        )
    factor = _known(ratio, _TIMES, _NEAR_FACTOR)
    if factor is None or time_is_right:
        return None
    unit, span = _TIMES[factor], float(evidence.time[-1] - evidence.time[0])
    raise _refused(
        evidence,
        times,
        f"time is in {unit}, not {_called(unit)} (then the test lasts {_duration(span * factor)}, not "
        f"{_duration(span)}), or {name!r} is {max(factor, 1 / factor):.4g} times "
        f"{'smaller' if factor > 1 else 'larger'} than its unit says",
    )


def _voltage_unit(evidence: Evidence) -> _Repair | None:
    """Repair millivolts called volts, if energy says so of a voltage no cell has; refuse volts that may be either."""
    charge, energy = _ratio(evidence.ratios("charge")), None
    if charge is not None and _agrees(charge):
        energy = _ratio(evidence.ratios("energy"))
    if energy is None or _agrees(energy):
        return None
    factor, middle = _known(energy, (1e-3, 1e3), 0.3), evidence.middle_voltage
    if factor is None or middle * factor > _SURELY_MILLIVOLTS_V:
        return None
    if factor < 1 and middle > _SURELY_MILLIVOLTS_V:
        return _Repair(
            lambda r: replace(r, voltage_volt=r.voltage_volt * factor),
            f"voltage is in mV, not V: no cell has {middle:.4g} V, and the energy the file counted says so too, "
            "so it was converted",
        )
    if factor < 1:
        return None
    raise _refused(
        evidence,
        f"an energy of {1 / energy:.4g} times the file's own, of a charge that agrees",
        f"the voltage is in V, not mV (then its median is {middle * factor:.4g} V, not {middle:.4g} V), or the energy "
        "is 1000 times smaller than its unit says",
    )


def _scaled(record: CyclingRecord, factor: float) -> np.ndarray:
    assert record.current_ampere is not None
    # 12.3 mA is 0.0123 A and nothing after it: division by a whole number rounds once
    return record.current_ampere / round(1 / factor) if factor < 1 else record.current_ampere * factor


def _ratio(ratios: Mapping[str, float]) -> float | None:
    """Return the ratio nearest to agreement: one column that agrees is enough."""
    return min(ratios.values(), key=lambda r: abs(np.log(r))) if ratios else None


def _agrees(ratio: float) -> bool:
    return 1 / _AGREES < ratio < _AGREES


def _known(ratio: float, factors: Mapping[float, str] | tuple[float, ...], near: float) -> float | None:
    return next((f for f in factors if abs(ratio / f - 1) < near), None)


def _called(unit: str) -> str:
    """Return the unit that time is called where it is in this one."""
    return "h or min" if unit == "s" else "s"


def _duration(seconds: float) -> str:
    for size, unit in ((_YEAR_S, "years"), (86_400.0, "days"), (3600.0, "h")):
        if seconds > 2 * size:
            return f"{seconds / size:.4g} {unit}"
    return f"{seconds:.4g} s"


def _refused(evidence: Evidence, found: str, readings: str) -> BadInputError:
    record = evidence.record
    where = f"{record.source}, {record.label}" if record.label else record.source
    return BadInputError(where, found, f"one reading: {readings}")


def _sign(evidence: Evidence) -> _Repair | None:
    """Give or turn the sign of current, if the file's words (or its counters) and the voltage both say so."""
    current, record, labels = evidence.current, evidence.record, evidence.labels
    if current is None or not evidence.largest_current:
        return None
    if labels is not None and _without_sign(evidence):
        signed = current * np.where(ways_of(record.more[labels.name].astype(str)) < 0, -1.0, 1.0)
        other = Evidence(replace(record, current_ampere=signed))
        if _follows(other) < 0 or (_follows(other) == 0 and _counted(other) <= 0):
            return None
        why = "voltage follows it so" if _follows(other) > 0 else "the file's counters of charge and discharge agree"
        return _Repair(
            lambda r: replace(r, current_ampere=signed),
            f"current is a magnitude in the file: its sign was taken from column {labels.name!r}, and {why}",
        )
    if _follows(evidence) >= 0:
        return None
    if labels is not None and _contradict(evidence):
        said = f"column {labels.name!r} calls discharge what it has as charge"
    elif labels is None and _counted(evidence) < 0:
        said = "the file's counters of charge and discharge say the other one"
    else:
        return None
    return _Repair(
        lambda r: replace(r, current_ampere=-current),
        f"the sign of current was turned: {said}, and voltage falls when it rises",
    )


def _without_sign(evidence: Evidence) -> bool:
    """Whether rows called charge and rows called discharge both have positive current."""
    labels, current = evidence.labels, evidence.current
    if labels is None or current is None or labels.charge is None or labels.discharge is None:
        return False
    return labels.charge > _ALL and labels.discharge > _ALL and float(current.min()) >= 0


def _contradict(evidence: Evidence) -> bool:
    """Whether rows called charge have negative current, and rows called discharge positive."""
    labels = evidence.labels
    if labels is None:
        return False
    wrong = [1 - labels.charge] if labels.charge is not None else []
    wrong += [labels.discharge] if labels.discharge is not None else []
    return bool(wrong) and min(wrong) > _ALL


def _follows(evidence: Evidence) -> int:
    """1 where voltage rises with current, as of all that resists; -1 where it falls, 0 where it cannot be told."""
    for (with_it, against), least in ((evidence.response, _CLEAR_STEPS), (evidence.drift, 2)):
        if with_it + against >= least and max(with_it, against) > _MOST * (with_it + against):
            return 1 if with_it > against else -1
    return 0


def _counted(evidence: Evidence) -> int:
    """1 where counters of charge and of discharge both count in their own direction of current; -1 in the other."""
    shares = evidence.ways_counted()
    ways = {counter.way for counter in evidence.counters if counter.name in shares}
    if ways != {1, -1}:
        return 0
    return 1 if min(shares.values()) > _ALL else -1 if max(shares.values()) < 1 - _ALL else 0


def _of_signs(evidence: Evidence) -> list[str]:
    """Sentences about currents without sign, or with the other one."""
    current, labels = evidence.current, evidence.labels
    if current is None or not evidence.largest_current:
        return []
    if labels is not None:
        if labels.discharge is not None and labels.discharge > _ALL:
            said = f"current is positive in rows that column {labels.name!r} calls discharge"
            return [f"{said}: it has no sign, or the other sign"]
        if labels.charge is not None and labels.charge < 1 - _ALL:
            return [f"current is negative in rows that column {labels.name!r} calls charge: it has the other sign"]
    elif _counted(evidence) < 0:
        return ["the file's counters of charge and discharge count while current has the other sign"]
    with_it, against = evidence.response
    if _follows(evidence) < 0 and against >= 2 * _CLEAR_STEPS:
        steps = f"{against} of {with_it + against} steps"
        return [f"voltage falls when current rises ({steps}): one of them has the other sign"]
    cycle = evidence.record.cycle_count
    # counts rise, so their ends say how many there are
    if float(current.min()) >= 0 and cycle is not None and int(cycle.max()) - int(cycle.min()) > 1:
        return ["current is never negative over several cycles: it may be a magnitude without sign"]
    return []


def _of_magnitudes(evidence: Evidence) -> list[str]:
    """Sentences about voltages and currents that no cell has."""
    said, middle = [], evidence.middle_voltage
    if middle > _CELL_V:
        what = "it looks like millivolts" if middle > _STACK_V else "more than a cell has"
        said.append(f"median |voltage| is {middle:.4g} V: {what}")
    elif middle < _LEAST_VOLTAGE_V and (evidence.current is None or evidence.largest_current):
        # without a current either, it is a channel without a cell
        highest = float(max(evidence.voltage.max(), -evidence.voltage.min()))
        if 0 < highest < _LEAST_VOLTAGE_V:
            said.append(f"no voltage above {highest:.2g} V: is the unit right?")
    if evidence.largest_current > _LARGEST_CURRENT_A:
        said.append(f"current reaches {evidence.largest_current:.4g} A: it looks like milliamperes")
    return said


def _of_time(evidence: Evidence) -> list[str]:
    """Sentences about test times that are too long, too short, or not those of the dates."""
    time, said = evidence.time, []
    span = float(time[-1] - time[0])
    if span > 20 * _YEAR_S:
        said.append(f"the test lasts {span / _YEAR_S:.3g} years: is the unit of time right?")
    elif span < 1.0:
        said.append(f"the test lasts {span:.3g} s: is the unit of time right?")
    if float(time[0]) > 10 * _YEAR_S:
        said.append("time begins decades after zero: it looks like a date, not test time")
    jump = int(np.argmax(evidence.steps))
    usual = float(np.median(evidence.steps[:: max(1, evidence.steps.size // _SAMPLE)]))
    if evidence.steps[jump] > max(0.5 * span, _JUMP * usual) and usual > 0 and time.size > _FEW_ROWS:
        where = f"from {time[jump]:.6g} s to {time[jump + 1]:.6g} s at data row {jump + 2}"
        said.append(f"time jumps {where}, more than half of the test: a pause, or a wrong number")
    return said + (_of_dates(evidence.dates, span) if evidence.dates is not None else [])


def _of_dates(dates: Dates, span: float) -> list[str]:
    told = f"its dates ({dates.name!r}) go over {_duration(dates.span_s)}"
    beyond = span - dates.span_s
    if beyond > max(0.1 * dates.span_s, _CLOCK_S) and abs(beyond - _SUMMER_S) > _CLOCK_S:
        return [f"the test lasts {_duration(span)}, but {told}: is the unit of time right?"]
    if -beyond > max(0.5 * span, _PAUSE_S):
        lasts = f"the test lasts {_duration(span)} and {told}"
        return [f"{lasts}: it was paused, or time is not the time of the whole test"]
    return []


def _of_counters(evidence: Evidence) -> list[str]:
    """Sentences about counters that do not count what flows, or do so in another unit than they say."""
    ratios = evidence.ratios("charge")
    near = _ratio(ratios)
    if near is None:
        return []
    told = "times the charge that current and time give"
    if _agrees(near):
        factors = (*_PREFIXES, *_TIMES, 3.6, 1 / 3.6)
        odd = {name: ratio for name, ratio in ratios.items() if _known(ratio, factors, _NEAR_FACTOR) is not None}
        return [f"column {name!r} counts {ratio:.4g} {told}: is its unit right?" for name, ratio in odd.items()]
    name = next(name for name, ratio in ratios.items() if ratio == near)
    return [f"column {name!r} counts {near:.4g} {told}: one of them is wrong"]


def _of_rows(evidence: Evidence) -> list[str]:
    """Sentences about rows that come twice."""
    numbered = evidence.repeated_numbers
    if numbered is not None:
        name, again = numbered
        return [f"{again} rows have the {name!r} of the row before them"]
    again, rows = evidence.repeated_rows, evidence.time.size
    if again > _REPEATED_SHARE * rows:
        return [f"{again} of {rows} rows are the row before them once more"]
    return []
