"""Short circuits of a cell, hard and soft: when, by which sign, and how sure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings, Number
from limetal.analyses._decimate import min_max
from limetal.cycling.shorts import ShortFinding, ShortLimits, Shorts, find_shorts
from limetal.cycling.shorts_charged import ChargedLimits, ChargedShorts, find_charged_shorts
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Line, Panel, Plot, Series, Table
from limetal.physics.constants import SECONDS_PER_HOUR
from limetal.records.cycling import CyclingRecord

__all__ = ["Options", "ShortCircuit", "short_circuit"]

Floats = NDArray[np.float64]

#: Findings below this confidence are doubts.
SURE = 0.5
#: So many findings are named in the verdict, marked in the pictures, and drawn in detail.
MOST_NAMED = 3
MOST_MARKED = 12
MOST_ZOOMS = 3
#: Half-cycles on each side of a finding that its picture shows.
AROUND = 2.5


@dataclass(frozen=True)
class Options:
    """Choices that decide what is called a short circuit.

    Attributes
    ----------
    smallest_drop
        Symmetric cells: part of the voltage below which a sudden drop is not looked at.
    sigmas
        Standard deviations of the record's own scatter that a sudden drop must exceed.
    hard_left
        Symmetric cells: a hard short leaves at most this part of |voltage| over current.
    grown_loss
        Symmetric cells: part of the voltage that must be missing before a slow loss is read as a leak.
    smallest_fall_V
        Other cells: a fall of the voltage during plating below this is not looked at.
    excess_charge
        Other cells: charge of a cycle over that before it, less one, from which on it may be lost to a leak.
    excess_efficiency
        Li|Cu and anode-free: percent above 100 from which on a Coulombic efficiency is looked at.
    """

    smallest_drop: float = 0.04
    sigmas: float = 6.0
    hard_left: float = 0.25
    grown_loss: float = 0.08
    smallest_fall_V: float = 0.005
    excess_charge: float = 0.15
    excess_efficiency: float = 1.0

    def __post_init__(self) -> None:
        """Refuse limits that find everything or nothing."""
        for name in ("smallest_drop", "hard_left", "grown_loss"):
            value = getattr(self, name)
            if not 0 < value < 1:
                raise BadInputError(f"analyses.short_circuit.{name}", repr(value), "a part above 0 and below 1")
        for name in ("sigmas", "smallest_fall_V", "excess_charge", "excess_efficiency"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise BadInputError(f"analyses.short_circuit.{name}", repr(value), "a number above 0")


@dataclass(frozen=True, eq=False)
class ShortCircuit:
    """What was found in one test; ``traces`` is what it was read from."""

    verdict: str
    findings: tuple[ShortFinding, ...]
    doubts: tuple[str, ...]
    why_not: str
    traces: Shorts | ChargedShorts | None
    record: CyclingRecord
    options: Options


def short_circuit(record: CyclingRecord, options: Options | None = None) -> ShortCircuit:
    """Short circuits of a cell, against its own history.

    Parameters
    ----------
    record
        Of a cell whose kind is known. Symmetric cells need no current.
    options
        See `Options`.

    Returns
    -------
    ShortCircuit
        The verdict is ``none found``, ``soft short ...``, ``hard short ...`` or ``cannot tell`` with the reason.

    Raises
    ------
    BadInputError
        If nobody said what cell this is.

    References
    ----------
    Hard and soft shorts of symmetric cells: Menkin et al., Faraday Discuss. 2024, doi:10.1039/D3FD00101F. Voltage
    noise: Stolz et al., Mater. Adv. 2021, doi:10.1039/D1MA00009H.

    Examples
    --------
    A cell of 40 ohm that loses 95 % of its voltage:

    >>> from limetal.records.cells import CellContext
    >>> t = np.arange(0.0, 72000.0, 60.0)
    >>> i = np.where(t % 7200 < 3600, 1e-3, -1e-3)
    >>> v = i * np.where(t < 41000, 40.0, 2.0)
    >>> short_circuit(CyclingRecord(t, v, i, source="made", cell=CellContext("symmetric"))).verdict
    'hard short at 11.38 h (confidence 0.99)'
    """
    options = options or Options()
    if record.cell is None:
        raise BadInputError(
            record.source, "a cell nobody described", "its kind (--cell kind=symmetric): signs of a short differ"
        )
    traces: Shorts | ChargedShorts
    try:
        if record.cell.kind == "symmetric":
            limits = ShortLimits(options.smallest_drop, options.sigmas, options.hard_left, options.grown_loss)
            traces = find_shorts(record, limits)
        else:
            charged = ChargedLimits(
                options.smallest_fall_V, options.sigmas, options.excess_charge, options.excess_efficiency
            )
            traces = find_charged_shorts(record, charged)
    except BadInputError as error:
        return ShortCircuit(f"cannot tell: {error.found}", (), (), f"{error}", None, record, options)
    sure = tuple(f for f in traces.findings if f.confidence >= SURE)
    unsure = tuple(f"{f.evidence} (confidence {f.confidence:.2g})" for f in traces.findings if f.confidence < SURE)
    halves = traces.start_second.size
    why_not = ""
    if not sure and halves < _fewest(record):
        why_not = f"{halves} half-cycles are too few to compare any with its own history"
    elif not sure and isinstance(traces, Shorts):
        why_not = traces.unclear
    verdict = _verdict(sure, why_not)
    return ShortCircuit(verdict, sure, (*traces.doubts, *unsure), why_not, traces, record, options)


def _fewest(record: CyclingRecord) -> int:
    return 6 if record.cell is not None and record.cell.kind == "symmetric" else 2


def _verdict(findings: tuple[ShortFinding, ...], why_not: str) -> str:
    if not findings:
        return f"cannot tell: {why_not}" if why_not else "none found"
    hard = [f for f in findings if f.kind == "hard"]
    soft = [f for f in findings if f.kind == "soft"]
    parts = []
    if hard:
        parts.append(f"hard short at {hard[0].start_second / SECONDS_PER_HOUR:.4g} h")
    if soft:
        times = ", ".join(f"{f.start_second / SECONDS_PER_HOUR:.4g} h" for f in soft[:MOST_NAMED])
        many = f" and {len(soft) - MOST_NAMED} more" if len(soft) > MOST_NAMED else ""
        before = hard and soft[0].start_second < hard[0].start_second
        parts.append(f"{'before it soft' if before else 'soft'} short{'s' * (len(soft) > 1)} at {times}{many}")
    surest = (hard or soft)[0] if hard else max(soft, key=lambda f: f.confidence)
    return f"{'; '.join(parts)} (confidence {surest.confidence:.2g})"


def tell(result: ShortCircuit) -> Findings:
    """Say the verdict, time, loss and confidence of what was found to the ledger and the report."""
    if result.traces is None:
        return Findings(not_computed=(("short_circuit", result.why_not),))
    numbers = [Number("short_circuit", result.verdict, note=_note(result))]
    for k, finding in enumerate(result.findings[:MOST_MARKED]):
        at: tuple[tuple[str, float | str], ...] = (("cycle", float(finding.cycle)),)
        words = f"{finding.kind} short, by {finding.indicator}: {finding.evidence}"
        numbers.append(Number("short_circuit_time", finding.start_second / SECONDS_PER_HOUR, None, words, at))
        note = f"of the {finding.kind} short at {finding.start_second / SECONDS_PER_HOUR:.4g} h"
        numbers.append(
            Number("short_circuit_confidence", finding.confidence, None, f"{note}; calibrated on made-up cells", at)
        )
        if math.isfinite(finding.drop):
            numbers.append(Number("short_circuit_voltage_loss", 100 * finding.drop, None, note, at))
        if k == 0 and len(result.findings) > MOST_MARKED:
            numbers.append(
                Number("short_circuit_count", float(len(result.findings)), None, "all of them; see the table")
            )
    warnings = [
        *result.traces.warnings,
        *(f"may be a short circuit, and cannot be told: {d}" for d in result.doubts[:6]),
    ]
    if len(result.doubts) > 6:
        warnings.append(f"{len(result.doubts) - 6} more doubts of this kind")
    plots = [_plot_time(result)] if _marks(result) else []  # without an event it would be the picture others draw
    if isinstance(result.traces, Shorts) and result.traces.start_second.size > 2:
        plots.append(_plot_halves(result, result.traces))
    plots += _zooms(result)
    return Findings(tuple(numbers), tuple(plots), (_table(result),), tuple(warnings))


def _note(result: ShortCircuit) -> str:
    o = result.options
    if isinstance(result.traces, Shorts):
        return (
            f"sudden drops above {100 * o.smallest_drop:.3g} % and {o.sigmas:.3g} sigma, collapse to below "
            f"{100 * o.hard_left:.3g} %, slow losses above {100 * o.grown_loss:.3g} %"
        )
    return (
        f"falls above {1e3 * o.smallest_fall_V:.3g} mV and {o.sigmas:.3g} sigma, excess charge above "
        f"{100 * o.excess_charge:.3g} %, efficiency above {100 + o.excess_efficiency:.4g} %, decay of rests"
    )


def _marks(result: ShortCircuit) -> tuple[Line, ...]:
    return tuple(
        Line(f.start_second / SECONDS_PER_HOUR, f"{f.kind} short" if k < MOST_NAMED else "")
        for k, f in enumerate(result.findings[:MOST_MARKED])
    )


def _voltage_axis(result: ShortCircuit) -> Axis:
    small = float(np.abs(result.record.voltage_volt).max()) < 1.0
    return Axis("cell voltage", "mV", factor=1e3) if small else Axis("cell voltage", "V")


def _plot_time(result: ShortCircuit) -> Plot:
    t, v = min_max(result.record.test_time_second / SECONDS_PER_HOUR, result.record.voltage_volt)
    caption = f"Verdict: {result.verdict}. Lines mark the begin of what was found."
    return Plot(
        "short_voltage_time",
        "Short circuits: voltage against time",
        Axis("time", "h"),
        _voltage_axis(result),
        (Series(t, v),),
        caption,
        marks=_marks(result),
    )


def _plot_halves(result: ShortCircuit, traces: Shorts) -> Plot:
    hours = traces.start_second / SECONDS_PER_HOUR
    area = result.record.cell.area_cm2 if result.record.cell is not None else None
    if np.isfinite(traces.ohm).any():
        level, axis = traces.ohm, Axis("|V|/I", "ohm")
        if area is not None:
            level, axis = traces.ohm * area, Axis("|V|/I times area", "ohm cm2")
    else:
        level, axis = traces.level_V, Axis("mean |V|", "mV", factor=1e3)
    known = np.isfinite(level)
    rise = Series(hours, 100 * traces.rise)
    return Plot(
        "short_half_cycles",
        "Short circuits: what half-cycles show",
        Axis("time", "h"),
        axis,
        (Series(hours[known], level[known], mark="line" if known.sum() > 60 else "line+points"),),
        "Mean of the settled part of every half-cycle, and the rise of the voltage in it over its last value (median "
        "of six half-cycles): a hard short lets the first collapse, a leak lowers both.",
        panels=(Panel(Axis("rise within", "%"), (rise,)),) if np.isfinite(traces.rise).any() else (),
        marks=_marks(result),
    )


def _zooms(result: ShortCircuit) -> list[Plot]:
    """One picture of each of the first findings, with the half-cycles around it in full detail."""
    t, v = result.record.test_time_second, result.record.voltage_volt
    starts = result.traces.start_second if result.traces is not None else t
    length = float(np.median(np.diff(starts))) if starts.size > 1 else float(t[-1] - t[0])
    plots = []
    for k, finding in enumerate(result.findings[:MOST_ZOOMS]):
        low, high = np.searchsorted(t, finding.start_second + AROUND * length * np.array([-1.0, 1.0]))
        part = slice(max(int(low) - 1, 0), int(high) + 1)
        x, y = min_max(t[part] / SECONDS_PER_HOUR, v[part])
        plots.append(
            Plot(
                f"short_event_{k + 1}",
                f"The {finding.kind} short in cycle {finding.cycle}",
                Axis("time", "h"),
                _voltage_axis(result),
                (Series(x, y, mark="line+points" if x.size < 300 else "line"),),
                f"By {finding.indicator}, confidence {finding.confidence:.2g}: {finding.evidence}.",
                marks=(Line(finding.start_second / SECONDS_PER_HOUR, f"{finding.kind} short"),),
            )
        )
    return plots


def _table(result: ShortCircuit) -> Table:
    found = result.findings
    return Table(
        "short_circuits",
        {
            "kind": ("", [str(f.kind) for f in found]),
            "indicator": ("", [str(f.indicator) for f in found]),
            "start": ("h", [f.start_second / SECONDS_PER_HOUR for f in found]),
            "end": ("h", [f.end_second / SECONDS_PER_HOUR for f in found]),
            "half_cycle": ("1", [f.half_cycle for f in found]),
            "cycle": ("1", [f.cycle for f in found]),
            "voltage_loss": ("%", [100 * f.drop for f in found]),
            "confidence": ("1", [f.confidence for f in found]),
            "evidence": ("", [f.evidence for f in found]),
        },
    )


PLUGIN = Analysis(
    title="short circuits, hard and soft, with time, evidence and confidence",
    takes=CyclingRecord,
    cells=("symmetric", "half", "full", "copper", "anode-free"),
    analyse=short_circuit,
    tell=tell,
    options=Options,
    sources=(
        "hard and soft shorts of symmetric cells: Menkin et al. 2024, doi:10.1039/D3FD00101F, abstract",
        "soft shorts as a leak beside the ionic current: Counihan et al., Joule, 6 December 2023, abstract",
        "voltage noise as short circuits: Stolz et al. 2021, doi:10.1039/D1MA00009H, abstract",
    ),
    order=20,
)
