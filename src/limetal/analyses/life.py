"""Life of a lithium symmetric cell to a stated criterion, censored where the test ended first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings, Number
from limetal.cycling.half_cycle_voltages import half_cycle_voltages
from limetal.cycling.life import Criteria, Event, Life, life
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Line, Plot, Series, Table
from limetal.records.cycling import CyclingRecord

__all__ = ["SymmetricLife", "symmetric_life"]

Floats = NDArray[np.float64]

#: From this ratio of the largest to the smallest voltage on, the picture has a logarithmic scale.
WIDE = 20.0
MOST_POINTS = 150


@dataclass(frozen=True, eq=False)
class SymmetricLife:
    """Life of one cell, with its record."""

    life: Life
    record: CyclingRecord
    current_density_mA_cm2: float | None


def symmetric_life(record: CyclingRecord, options: Criteria | None = None) -> SymmetricLife:
    """Life of a lithium symmetric cell by the criterion that is met first.

    Cycles are compared with a reference of the same cell at the same current: the median over the cycles that the
    options name. Works without current; then all cycles are taken to be at one current.

    Parameters
    ----------
    record
        Of a symmetric cell.
    options
        See `limetal.cycling.life.Criteria`.

    Raises
    ------
    BadInputError
        If the record is not said to be of a symmetric cell, or it has no complete cycle.

    Examples
    --------
    Ten hourly cycles at 10 mV, then the voltage is five times as high:

    >>> from limetal.records.cells import CellContext
    >>> t = np.arange(0.0, 30 * 3600.0, 60.0)
    >>> v = np.where(t // 3600 % 2 == 0, 0.01, -0.01) * np.where(t < 20 * 3600, 1, 5)
    >>> record = CyclingRecord(t, v, None, source="made up", cell=CellContext("symmetric"))
    >>> [(n.quantity, n.bound, round(n.value, 1)) for n in tell(symmetric_life(record)).numbers]
    [('cycle_life', '=', 10.0), ('life', '=', 20.0)]
    """
    if record.cell is None or record.cell.kind != "symmetric":
        kind = "a cell nobody described" if record.cell is None else f"a cell of kind {record.cell.kind!r}"
        raise BadInputError(
            record.source, kind, "a symmetric cell (say so in the study, or with --cell kind=symmetric)"
        )
    found = life(half_cycle_voltages(record), options)
    density = None
    if found.current_mA is not None and record.cell.area_cm2 is not None:
        judged = np.isfinite(found.reference_V)
        used = found.current_mA[judged if judged.any() else slice(None)]
        middle = float(np.median(used))
        if np.ptp(used) <= 0.1 * middle:
            density = float(f"{middle / record.cell.area_cm2:.4g}")
    return SymmetricLife(found, record, density)


def criterion_words(event: Event, criteria: Criteria) -> str:
    """One criterion in words, with every choice that makes it.

    Examples
    --------
    >>> criterion_words(Event("limit", False, 3, 6.0), Criteria(limit_V=1.0))
    'mean |voltage| above 1 V in 3 cycles in a row'
    """
    which = "mean |voltage|" if criteria.voltage == "mean" else "|voltage| at the end of half-cycles"
    cycles = f"in {criteria.in_a_row} cycles in a row" if criteria.in_a_row > 1 else "in one cycle"
    halves = f"in {criteria.fall_in_a_row} half-cycles in a row" if criteria.fall_in_a_row > 1 else "in one half-cycle"
    return {
        "rise": f"{which} above {criteria.rise_factor:g} x its reference {cycles}",
        "limit": f"{which} above {criteria.limit_V:g} V {cycles}",
        "fall": f"{which} below {criteria.fall_factor:g} x its reference {halves} (a short circuit)",
    }[event.criterion]


def tell(result: SymmetricLife) -> Findings:
    """Say the result to the ledger and the report."""
    found = result.life
    warnings = found.warnings
    plots, tables = (_plot(result),), (_table(result),)
    if not found.judged and not found.criteria.limit_V:
        why = (
            f"{found.number.size} complete cycles, and none that follows two others at its current: nothing to compare "
            "the voltage with"
        )
        return Findings((), plots, tables, warnings, (("cycle_life", why), ("life", why)))
    if found.current_mA is None and found.first.met:
        warnings = (
            *warnings,
            "without current a change of the current looks like the end of life: the life holds only for a test at one "
            "current",
        )
    first = found.first
    note = _note(found)
    at: tuple[tuple[str, float | str], ...] = ()
    if result.current_density_mA_cm2 is not None:
        at = (("current_density", result.current_density_mA_cm2),)
    bound: dict[str, str] = {"bound": "=" if first.met else ">"}
    numbers = (
        Number("cycle_life", float(first.cycles), None, f"complete cycles before it; {note}", at, **bound),  # type: ignore[arg-type]
        Number("life", first.hours, None, note, at, **bound),  # type: ignore[arg-type]
    )
    return Findings(numbers, plots, tables, warnings)


def _note(found: Life) -> str:
    """Which criterion, what the others say, and how the reference was taken."""
    criteria, first = found.criteria, found.first
    others = [event for event in found.events if event is not first]
    if first.met:
        seen = "" if first.seen_V is None else f": {1e3 * first.seen_V:.4g} mV"
        against = "" if first.reference_V is None else f", reference {1e3 * first.reference_V:.4g} mV"
        parts = [f"first met: {criterion_words(first, criteria)}{seen}{against}"]
        for event in others:
            words = f"at {event.hours:.4g} h" if event.met else "not met"
            parts.append(f"{criterion_words(event, criteria)}: {words}")
    else:
        parts = ["no criterion met: " + "; ".join(criterion_words(event, criteria) for event in found.events)]
    if criteria.rise_factor or criteria.fall_factor:
        like = "" if found.current_mA is None else " at the same current"
        parts.append(
            f"reference: median of cycles {criteria.reference_first} to {criteria.reference_last}{like}; "
            f"{found.judged} of {found.number.size} cycles compared"
        )
    return "; ".join(parts)


def _plot(result: SymmetricLife) -> Plot:
    """Voltage of every cycle over time, reference, bounds and the end."""
    found, criteria = result.life, result.life.criteria
    hours, v, reference = found.start_hour, found.voltage_V, found.reference_V
    small = float(np.nanmax(np.abs(v))) < 1.0
    scale = "log" if float(v.min()) > 0 and float(v.max()) > WIDE * float(v.min()) else "linear"
    which = "time-weighted mean" if criteria.voltage == "mean" else "end of the half-cycle"
    axis = Axis("|cell voltage|", "mV", scale, 1e3) if small else Axis("|cell voltage|", "V", scale)  # type: ignore[arg-type]
    series = [Series(hours, v, which, "line" if v.size > MOST_POINTS else "line+points")]
    caption = f"Each point is one cycle, mean of both half-cycles ({which}), at its begin. "
    if np.isfinite(reference).any():
        low, high = _band(found)
        series.append(Series(hours, reference, "reference, with the range of its cycles", "line", low=low, high=high))
        if criteria.rise_factor:
            series.append(
                Series(hours, criteria.rise_factor * reference, f"{criteria.rise_factor:g} x reference", "line")
            )
        if criteria.fall_factor:
            series.append(
                Series(hours, criteria.fall_factor * reference, f"{criteria.fall_factor:g} x reference", "line")
            )
    marks = []
    if criteria.limit_V and (criteria.limit_V < 3 * float(v.max()) or found.first.criterion == "limit"):
        marks.append(Line(criteria.limit_V, f"limit {criteria.limit_V:g} V", "y"))
    first = found.first
    if first.met:
        marks.append(Line(first.hours, f"end of life ({first.criterion}), {first.hours:.4g} h"))
        caption += f"Life ends after {first.cycles} cycles: {criterion_words(first, criteria)}."
    elif found.judged or criteria.limit_V:
        marks.append(Line(first.hours, f"more than {first.hours:.4g} h"))
        caption += "No criterion was met before the end of the test."
    title = "Life of the symmetric cell"
    return Plot("life", title, Axis("time", "h"), axis, tuple(series), caption, marks=tuple(marks), overlay=0)


def _band(found: Life) -> tuple[Floats, Floats]:
    """Lowest and highest voltage of the reference cycles of each reference value; NaN where there is none."""
    reference = found.reference_V
    low, high = np.full(reference.size, np.nan), np.full(reference.size, np.nan)
    window = slice(found.criteria.reference_first - 1, found.criteria.reference_last)
    current = found.current_mA if found.current_mA is not None else np.zeros(reference.size)
    for value in np.unique(reference[np.isfinite(reference)]):
        at = np.flatnonzero(reference == value)
        like = np.flatnonzero(np.abs(current - current[at[0]]) <= 0.05 * np.abs(current[at[0]]))[window]
        own = np.append(found.voltage_V[like], value)
        low[at], high[at] = own.min(), own.max()
    return low, high


def _table(result: SymmetricLife) -> Table:
    found = result.life
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = {
        "cycle": ("1", found.number.tolist()),
        "begin": ("h", found.start_hour.tolist()),
        "end": ("h", found.end_hour.tolist()),
    }
    if found.current_mA is not None:
        columns["current"] = ("mA", found.current_mA.tolist())
    columns["voltage"] = ("V", found.voltage_V.tolist())
    columns["reference"] = ("V", [float(x) if np.isfinite(x) else "" for x in found.reference_V])
    return Table("life", columns)


PLUGIN = Analysis(
    title="life of a symmetric cell to a stated criterion, censored where the test ended first",
    takes=CyclingRecord,
    cells=("symmetric",),
    analyse=symmetric_life,
    tell=tell,
    options=Criteria,
    sources=(
        "criteria in use, made explicit: every choice is an option and printed in the note of the number",
        "hard short circuits: Menkin et al., Faraday Discuss. 2024, doi:10.1039/D3FD00101F",
    ),
    order=35,
)
