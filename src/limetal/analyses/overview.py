"""What a record holds: length, points, ranges, charge passed and cycles counted; and its picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limetal.analyses._base import Analysis, Findings, Number
from limetal.analyses._decimate import min_max
from limetal.analyses._ranges import picture, ranges
from limetal.cycling.pauses import pauses, pauses_in_words
from limetal.cycling.runs import runs
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Plot, Series
from limetal.physics.constants import MA_PER_A, SECONDS_PER_HOUR
from limetal.records.base import Record
from limetal.records.cycling import CyclingRecord

__all__ = ["Options", "Overview", "overview"]


#: The instrument's counter is named where it differs from the integral by this part.
COUNTER_APART = 0.01


@dataclass(frozen=True)
class Options:
    """No choice changes these numbers."""


@dataclass(frozen=True, eq=False)
class Overview:
    """Range and length of a record; currents and charges are None where the file has no current."""

    record: CyclingRecord
    points: int
    duration_h: float
    voltage_min_V: float
    voltage_max_V: float
    current_max_mA: float | None
    charge_positive_mAh: float | None
    charge_negative_mAh: float | None
    cycles: int | None
    steps: int | None = None
    warnings: tuple[str, ...] = ()


def overview(record: CyclingRecord, options: Options | None = None) -> Overview:  # noqa: ARG001 - one signature for all
    """Range and length of a cycling record.

    Charges are trapezoid integrals of the current over time, positive and negative parts apart. No charge is
    counted for a pause of the recording, of which nobody knows whether the current flowed.

    Examples
    --------
    One hour at 2 mA, then one hour at -1 mA:

    >>> t = np.array([0.0, 3600.0, 3600.0, 7200.0])
    >>> record = CyclingRecord(t, np.full(4, 3.7), np.array([2e-3, 2e-3, -1e-3, -1e-3]), source="steps")
    >>> seen = overview(record)
    >>> seen.duration_h, round(seen.charge_positive_mAh, 6), round(seen.charge_negative_mAh, 6)
    (2.0, 2.0, 1.0)
    """
    t, i = record.test_time_second, record.current_ampere
    positive = negative = None
    warnings: tuple[str, ...] = ()
    if i is not None:
        to_mAh = MA_PER_A / SECONDS_PER_HOUR
        stops = pauses(t, record.voltage_volt, i)
        dt = np.diff(t)
        dt[stops] = 0.0
        flows = [np.maximum(s * i, 0.0) for s in (1.0, -1.0)]
        positive, negative = (float(dt @ (flow[1:] + flow[:-1])) / 2 * to_mAh for flow in flows)
        if stops.size:
            warnings = (f"the recording pauses, {pauses_in_words(stops, t)}: no charge is counted for it",)
    cycles = None if record.cycle_count is None else int(np.unique(record.cycle_count).size)
    return Overview(
        record=record,
        points=record.rows,
        duration_h=float(t[-1] - t[0]) / SECONDS_PER_HOUR,
        voltage_min_V=float(record.voltage_volt.min()),
        voltage_max_V=float(record.voltage_volt.max()),
        current_max_mA=None if i is None else float(np.abs(i).max()) * MA_PER_A,
        charge_positive_mAh=positive,
        charge_negative_mAh=negative,
        cycles=cycles,
        steps=None if record.step_count is None else int(np.unique(record.step_count).size),
        warnings=warnings,
    )


def look(record: Record, options: Options | None = None) -> Overview | Record:
    """`overview` of a cycling record; a record of another kind is looked at as it is."""
    return overview(record, options) if isinstance(record, CyclingRecord) else record


def tell(result: Overview | Record) -> Findings:
    """Say the result to the ledger and the report."""
    if isinstance(result, Record):
        return Findings(ranges(result), picture(result))
    numbers = [
        Number("number_of_points", float(result.points)),
        Number("duration", result.duration_h),
        Number("voltage_min", result.voltage_min_V),
        Number("voltage_max", result.voltage_max_V),
    ]
    not_computed: list[tuple[str, str]] = []
    if result.current_max_mA is None:
        not_computed.append(("charge_passed_positive", "the record has no current"))
    else:
        note = "trapezoid integral over test time" + _counted_words(result)
        numbers += [
            Number("current_max", result.current_max_mA),
            Number("charge_passed_positive", result.charge_positive_mAh or 0.0, note=note),
            Number("charge_passed_negative", result.charge_negative_mAh or 0.0, note=note),
        ]
    if result.cycles is not None:
        numbers.append(Number("cycles", float(result.cycles), note="distinct cycle counts in the file"))
    if result.steps is not None:
        numbers.append(Number("steps", float(result.steps), note="distinct step counts in the file"))
    return Findings(tuple(numbers), _plots(result), warnings=result.warnings, not_computed=tuple(not_computed))


def _counted_words(result: Overview) -> str:
    """What the instrument's own counter says, where it differs: currents may be logged with few digits."""
    try:
        found = runs(result.record)
    except BadInputError:
        return ""
    by_counter = [float(found.charge_mAh[found.sign == sign].sum()) for sign in (1, -1)]
    integral = (result.charge_positive_mAh or 0.0, result.charge_negative_mAh or 0.0)
    apart = max((abs(a - b) / b for a, b in zip(by_counter, integral, strict=True) if b > 0), default=0.0)
    if not found.counted.all() or apart < COUNTER_APART:
        return ""
    return f"; the instrument's counter gives {by_counter[0]:.5g} mAh in and {by_counter[1]:.5g} mAh out"


def _plots(result: Overview) -> tuple[Plot, ...]:
    if result.record.cell is not None and result.record.cell.kind == "symmetric":
        return ()  # the hysteresis analysis draws the same curve with its own scale
    t, v = min_max(result.record.test_time_second / SECONDS_PER_HOUR, result.record.voltage_volt)
    time, volts = Axis("time", "h"), Axis("voltage", "V")
    caption = "Where points are dense, the lowest and highest of each stretch are drawn."
    return (Plot("record_voltage", "Voltage of the record", time, volts, (Series(t, v),), caption, overlay=0),)


PLUGIN = Analysis(
    title="range and length of a record; charge and cycles of a cycling record",
    takes=Record,
    cells=(),
    analyse=look,
    tell=tell,
    options=Options,
    sources=("Battery Data Format 1.3.0 for names and sign; trapezoid rule for charges",),
    order=90,
)
