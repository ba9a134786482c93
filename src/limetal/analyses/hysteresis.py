"""Voltage hysteresis of a lithium symmetric cell, cycle by cycle, in the four definitions that papers use."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings, Number
from limetal.analyses._decimate import min_max
from limetal.analyses._zooms import zooms
from limetal.cycling.half_cycle_numbers import half_cycle_numbers, pairs_of
from limetal.cycling.half_cycles import HalfCycle, half_cycles
from limetal.cycling.like import (
    centre_and_std,
    cycles_in_words,
    like_cycles,
    like_stretches,
    unlike_few,
    unlike_words,
)
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Plot, Series, Table
from limetal.physics.constants import MA_PER_A, SECONDS_PER_HOUR
from limetal.records.cycling import CyclingRecord

__all__ = ["DEFINITIONS", "Hysteresis", "Options", "hysteresis"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: The four definitions: name of the quantity, and words for legends and notes.
DEFINITIONS = {
    "hysteresis_end": "cell voltage at the end of the half-cycle",
    "hysteresis_mean": "time-weighted mean",
    "hysteresis_plateau": "plateau median",
    "hysteresis_full_gap": "full gap V+ - V-",
}
#: Currents within this part of each other are one step of a rate ladder.
SAME_CURRENT = 0.02
#: With fewer rows in the usual half-cycle its course is not known.
FEWEST_ROWS = 5
#: The end voltage is not told if in most cycles it is below this part of the plateau.
END_BELOW = 0.5
#: Where cycles are unlike, at most this many stretches of like cycles are given by their first and last.
MOST_STRETCHES = 8


@dataclass(frozen=True)
class Options:
    """Choices that change the number.

    Attributes
    ----------
    settled_from
        The plateau begins at this part of the half-cycle's time: before it the voltage still settles.
    end_fraction
        The end voltage is the median of the points in this last part of the half-cycle's time.
    """

    settled_from: float = 0.2
    end_fraction: float = 0.02

    def __post_init__(self) -> None:
        """Refuse fractions that select nothing."""
        for name in ("settled_from", "end_fraction"):
            value = getattr(self, name)
            if not (isinstance(value, float | int) and 0 <= value < 1):
                raise BadInputError(f"analyses.hysteresis.{name}", repr(value), "a number from 0 to below 1")


@dataclass(frozen=True, eq=False)
class Hysteresis:
    """Hysteresis of every complete cycle, both interfaces together.

    Attributes
    ----------
    end_V, mean_V, plateau_V, full_gap_V : (n_cycles,) float
        The four definitions. The first three are the mean of plating and stripping; the full gap is about twice
        the mean. Papers that print half a full gap, or one electrode's share, call it overpotential.
    start_second : (n_cycles,) float
        When each cycle begins.
    current_density_mA_cm2 : (n_cycles,) float or None
        Time-weighted mean of |current| over area; None without current or area.
    unweighted_mean_V : (n_cycles,) float
        What the plain mean over points would give: wrong where points were recorded on a voltage trigger.
    half_cycles, incomplete, dropped_points
        How many half-cycles were found, left out as unfinished, and how many points of reversals were dropped.
    usual_rows
        Median number of rows in a half-cycle.
    """

    end_V: Floats
    mean_V: Floats
    plateau_V: Floats
    full_gap_V: Floats
    start_second: Floats
    current_density_mA_cm2: Floats | None
    unweighted_mean_V: Floats
    half_cycles: int
    incomplete: int
    dropped_points: int
    record: CyclingRecord
    options: Options
    profiles: tuple[tuple[int, HalfCycle, HalfCycle], ...] = field(default=(), repr=False)
    warnings: tuple[str, ...] = ()
    usual_rows: int = 0


def hysteresis(record: CyclingRecord, options: Options | None = None) -> Hysteresis:
    """Hysteresis of every complete cycle of a lithium symmetric cell.

    Each half-cycle is weighted by time, because instruments record on a voltage trigger: the plain mean over
    points was 10 to 25 % too low in real files. A constant offset of the voltmeter cancels in all but the end
    and plateau values of one direction, and in their mean over both directions.

    Parameters
    ----------
    record
        Of a symmetric cell; current is not needed.
    options
        See `Options`.

    Returns
    -------
    Hysteresis
        ``(n_cycles,)`` volts in four definitions.

    Raises
    ------
    BadInputError
        If the record is not said to be of a symmetric cell, or it has no complete cycle.

    References
    ----------
    The definitions are those in use; Wang et al., Nat. Commun. 2026, doi:10.1038/s41467-026-69155-z, print
    "voltage hysteresis" without saying which.

    Examples
    --------
    A cell that is a pure 4 ohm at 2 mA stands at 8 mV and opens by 16 mV:

    >>> from limetal.records.cycling import CellContext
    >>> i = np.repeat([2e-3, -2e-3, 2e-3, -2e-3], 50)
    >>> cell = CyclingRecord(np.arange(200.0), 4 * i, i, source="resistor", cell=CellContext("symmetric"))
    >>> result = hysteresis(cell)
    >>> result.mean_V.round(6).tolist(), result.full_gap_V.round(6).tolist()
    ([0.008, 0.008], [0.016, 0.016])
    """
    options = options or Options()
    if record.cell is None or record.cell.kind != "symmetric":
        kind = "a cell nobody described" if record.cell is None else f"a cell of kind {record.cell.kind!r}"
        raise BadInputError(
            record.source, kind, "a symmetric cell (say so in the study, or with --cell kind=symmetric)"
        )
    found = half_cycles(record)
    pairs = pairs_of(found.items)
    if not pairs.size:
        raise BadInputError(record.source, "no complete cycle", "at least one plating and one stripping half-cycle")
    halves = half_cycle_numbers(record, found, options.settled_from, options.end_fraction)
    one, two = pairs.T
    current = MA_PER_A * (halves.mean_current_A[one] + halves.mean_current_A[two]) / 2
    area = record.cell.area_cm2 if found.from_current else None
    n = one.size
    shown = sorted({0, n // 4, n // 2, (3 * n) // 4, n - 1})
    return Hysteresis(
        end_V=(halves.end_V[one] + halves.end_V[two]) / 2,
        mean_V=(halves.mean_V[one] + halves.mean_V[two]) / 2,
        plateau_V=(halves.plateau_V[one] + halves.plateau_V[two]) / 2,
        full_gap_V=halves.mean_V[one] + halves.mean_V[two],
        unweighted_mean_V=(halves.plain_mean_V[one] + halves.plain_mean_V[two]) / 2,
        current_density_mA_cm2=current / area if area else None,
        start_second=halves.start_second[one],
        half_cycles=len(found.items),
        incomplete=sum(not h.complete for h in found.items),
        dropped_points=found.dropped_points,
        record=record,
        options=options,
        profiles=tuple((k, found.items[one[k]], found.items[two[k]]) for k in shown),
        warnings=(*found.warnings, *_odd_for_symmetric(record)),
        usual_rows=int(np.median([half.rows.size for half in found.items])),
    )


def _odd_for_symmetric(record: CyclingRecord) -> tuple[str, ...]:
    """Say when the voltage is not that of two equal electrodes, whatever the study calls the cell."""
    low, high = float(record.voltage_volt.min()), float(record.voltage_volt.max())
    if low < 0 < high:
        return ()
    words = f"the voltage never changes its sign ({low:.3g} to {high:.3g} V): this does not look like a symmetric cell"
    return (words,)


def tell(result: Hysteresis) -> Findings:
    """Say the result to the ledger and the report."""
    levels, told = _levels(result), _end_is_told(result)
    findings = [_level_numbers(result, level, told=told) for level in levels]
    numbers = [
        Number("half_cycles", float(result.half_cycles), note=f"{result.incomplete} unfinished left out"),
        *(n for found in findings for n in found.numbers),
    ]
    warnings = [*result.warnings, *(w for found in findings for w in found.warnings)]
    some = result.mean_V != 0
    bias = float(np.median(result.unweighted_mean_V[some] / result.mean_V[some] - 1)) if some.any() else 0.0
    if abs(bias) > 0.05:
        warnings.append(
            f"points are unevenly spaced in time: a plain mean over points would be {100 * bias:+.0f} % off; "
            "all values here are weighted by time"
        )
    if result.usual_rows < FEWEST_ROWS:
        warnings.append(
            f"a half-cycle usually has {result.usual_rows} rows: between them the voltage is taken as a straight line, "
            "and what it did there no definition of the hysteresis can know"
        )
    not_computed = [n for found in findings for n in found.not_computed]
    if not told:
        why = "in most cycles the voltage at the end of the half-cycle is below half the plateau: a rest, or a short"
        warnings.append(f"{why} circuit, lies in the half-cycles, and the mean may be too low as well")
        not_computed.append(("hysteresis_end", f"{why} circuit"))
    if result.current_density_mA_cm2 is None:
        current = result.record.current_ampere
        flows = current is not None and bool(np.any(current != 0))
        why = "the electrode area is not given" if flows else "the record has no current"
        not_computed.append(("areal_resistance", why))
    plots = [_plot_time(result), _plot_profiles(result), _plot_cycles(result)]
    if sum(like_cycles(result.mean_V[level]) for level in levels) > 1:
        plots.append(_plot_currents(result))
    return Findings(tuple(numbers), tuple(plots), (_table(result),), tuple(warnings), tuple(not_computed))


def _levels(result: Hysteresis) -> list[NDArray[np.int64]]:
    """Cycles grouped by current density, in order of appearance; all in one group without current."""
    j = result.current_density_mA_cm2
    if j is None:
        return [np.arange(result.mean_V.size)]
    groups: list[list[int]] = []
    for k, value in enumerate(j):
        for group in groups:
            if abs(value - j[group[0]]) <= SAME_CURRENT * abs(j[group[0]]):
                group.append(k)
                break
        else:
            groups.append([k])
    return [np.array(group) for group in groups]


def _end_is_told(result: Hysteresis) -> bool:
    """Whether the end of the half-cycle is at its plateau, not in a rest that could not be left out."""
    return bool(np.mean(result.end_V < END_BELOW * result.plateau_V) <= 0.5)


def _level_numbers(result: Hysteresis, level: Integers, *, told: bool) -> Findings:
    """Medians of the cycles at one current, or, where cycles are unlike, the values of single cycles only."""
    j = result.current_density_mA_cm2
    at: tuple[tuple[str, float | str], ...] = ()
    if j is not None:
        at = (("current_density", float(f"{np.median(j[level]):.4g}")),)
    where = "" if j is None else f" at {at[0][1]:g} mA/cm2"
    mean = result.mean_V[level]
    alike = like_cycles(mean)
    numbers: list[Number] = []
    warnings: list[str] = []
    not_computed: list[tuple[str, str]] = []
    if alike:
        numbers += _medians(result, level, at, told=told)
        if outside := unlike_few(mean):
            warnings.append(f"{outside}{where}")
    else:
        words = unlike_words(level, mean)
        warnings.append(f"the cycles{where} are unlike, {words}: no median is given, see single cycles")
        not_computed.append((f"hysteresis (medians of all cycles{where})", f"the cycles are unlike, {words}"))
    if level.size > 2 or not alike:
        for k, note in _telling(level, mean, "at this current" if j is not None else "of the test", alike=alike):
            note = f"time-weighted mean of cycle {level[k] + 1}, {note}"
            numbers.append(Number("hysteresis_mean", float(mean[k]), None, note, (*at, ("cycle", float(level[k] + 1)))))
    if j is not None and alike:
        resistance = float(np.median(MA_PER_A * mean / j[level]))
        note = f"time-weighted mean voltage over current density, both interfaces; median of {cycles_in_words(level)}"
        numbers.append(Number("areal_resistance", resistance, None, note, at))
    return Findings(tuple(numbers), warnings=tuple(warnings), not_computed=tuple(not_computed))


def _medians(
    result: Hysteresis, level: Integers, at: tuple[tuple[str, float | str], ...], *, told: bool
) -> list[Number]:
    numbers = []
    for name, words in DEFINITIONS.items():
        if name == "hysteresis_end" and not told:
            continue
        values = getattr(result, name.removeprefix("hysteresis_") + "_V")[level]
        centre, spread, std = centre_and_std(values)
        note = f"{words}; median of {cycles_in_words(level)}"
        note += f"; spread between cycles {1e3 * spread:.2g} mV" if std is not None else ""
        numbers.append(Number(name, centre, std, note, at))
    return numbers


def _telling(level: Integers, mean: Floats, where: str, *, alike: bool) -> list[tuple[int, str]]:
    """Cycles that are given singly: the first and last at this current, or of every stretch of like cycles."""
    ends = {0: f"the first {where}", level.size - 1: f"the last {where}"}
    stretches = [] if alike else like_stretches(level, mean)
    if len(stretches) <= MOST_STRETCHES:
        for stretch in stretches:
            words = f"of {cycles_in_words(level[stretch])}, alike among themselves"
            for k, which in ((stretch[0], "the first"), (stretch[-1], "the last")):
                ends.setdefault(int(k), f"{which} {words}")
    return sorted(ends.items())


def _voltage_axis(result: Hysteresis, label: str) -> Axis:
    small = float(np.abs(result.record.voltage_volt).max()) < 1.0
    return Axis(label, "mV", factor=1e3) if small else Axis(label, "V")


def _plot_time(result: Hysteresis) -> Plot:
    """Voltage against time as the field draws it: zero in the middle, zooms of a few cycles in full detail."""
    hours, volt = result.record.test_time_second / SECONDS_PER_HOUR, result.record.voltage_volt
    t, v = min_max(hours, volt)
    last = max(int(half.rows[-1]) for half in result.profiles[-1][1:])
    insets = zooms(hours, volt, result.start_second / SECONDS_PER_HOUR, float(hours[last]))
    caption = "Cell voltage against time; where points are dense, the lowest and highest of each stretch are drawn."
    axis = _voltage_axis(result, "cell voltage")
    return Plot(
        "voltage_time",
        "Voltage of the symmetric cell",
        Axis("time", "h"),
        replace(axis, symmetric=bool(volt.min() < 0 < volt.max())),
        (Series(t, v),),
        caption + (" Each zoom shows three cycles in more detail." if insets else ""),
        overlay=0,
        insets=insets,
    )


def _plot_profiles(result: Hysteresis) -> Plot:
    series = []
    for k, first, second in result.profiles:
        rows = np.sort(np.concatenate([first.rows, second.rows]))
        t = result.record.test_time_second[rows]
        x, y = min_max((t - t[0]) / SECONDS_PER_HOUR, result.record.voltage_volt[rows], 400)
        series.append(Series(x, y, f"cycle {k + 1}"))
    return Plot(
        "voltage_profiles",
        "Voltage profiles of selected cycles",
        Axis("time in the cycle", "h"),
        _voltage_axis(result, "cell voltage"),
        tuple(series),
        "One plating and one stripping half-cycle each.",
    )


def _plot_cycles(result: Hysteresis) -> Plot:
    cycles = np.arange(1.0, result.mean_V.size + 1)
    series = tuple(
        Series(
            cycles,
            getattr(result, name.removeprefix("hysteresis_") + "_V"),
            words,
            "line" if cycles.size > 60 else "line+points",
        )
        for name, words in DEFINITIONS.items()
    )
    return Plot(
        "hysteresis_cycles",
        "Hysteresis per cycle in four definitions",
        Axis("cycle", "1"),
        _voltage_axis(result, "hysteresis"),
        series,
        "The full gap counts plating and stripping together and is about twice the others.",
        overlay=1,
    )


def _plot_currents(result: Hysteresis) -> Plot:
    j = result.current_density_mA_cm2
    levels = [level for level in _levels(result) if like_cycles(result.mean_V[level])]
    x = np.array([float(np.median(j[level])) for level in levels]) if j is not None else np.zeros(len(levels))
    order = np.argsort(x)
    series = tuple(
        Series(
            x[order],
            np.array([float(np.median(getattr(result, n.removeprefix("hysteresis_") + "_V")[lv])) for lv in levels])[
                order
            ],
            words,
            "line+points",
        )
        for n, words in DEFINITIONS.items()
    )
    return Plot(
        "hysteresis_current",
        "Hysteresis against current density",
        Axis("current density", "mA/cm2"),
        _voltage_axis(result, "hysteresis"),
        series,
        "Median of the cycles at each current density where they are alike.",
        overlay=1,
    )


def _table(result: Hysteresis) -> Table:
    n = result.mean_V.size
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = {
        "cycle": ("1", list(range(1, n + 1))),
        "start": ("s", result.start_second.tolist()),
    }
    if result.current_density_mA_cm2 is not None:
        columns["current_density"] = ("mA/cm2", result.current_density_mA_cm2.tolist())
    for name in DEFINITIONS:
        columns[name] = ("V", getattr(result, name.removeprefix("hysteresis_") + "_V").tolist())
    return Table("hysteresis", columns)


PLUGIN = Analysis(
    title="voltage hysteresis of a symmetric cell, per cycle, in four definitions",
    takes=CyclingRecord,
    cells=("symmetric",),
    analyse=hysteresis,
    tell=tell,
    options=Options,
    sources=(
        "definitions in use; Wang et al. 2026, doi:10.1038/s41467-026-69155-z, Results, print hysteresis undefined",
        "time weighting: points of real files are recorded on a voltage trigger (docs: hysteresis)",
    ),
    order=30,
)
