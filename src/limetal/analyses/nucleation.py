"""Nucleation overpotential: the dip in which plating begins, the plateau it settles on, and their difference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast, get_args

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings, Number
from limetal.analyses._decimate import min_max
from limetal.cycling.half_cycles import half_cycles
from limetal.cycling.like import centre_and_std
from limetal.cycling.nucleation import Dip, dip
from limetal.cycling.plating import PlatingDirection, plating
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Line, Plot, Series, Table
from limetal.physics.constants import MA_PER_A, SECONDS_PER_HOUR
from limetal.records.cycling import CyclingRecord

__all__ = ["Nucleation", "Options", "Start", "nucleation"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: From so many dips on a median has a standard error.
FEWEST = 3
#: Dip and plateau are of one current if it differs by less than this part.
SAME_CURRENT = 0.05
#: The picture shows this many times the time of the dip, at most the time before the settled part.
SHOWN_DIPS = 8.0


@dataclass(frozen=True)
class Options:
    """Choices that change the number.

    Attributes
    ----------
    platings
        ``first``: of the first plating (of a symmetric cell, the first half-cycle of each direction); ``all``: of
        every one.
    settled_from, settled_to
        The plateau lies between these parts of the time of a plating, the dip before it.
    plating
        Sign of the current that plates in a Li|Cu cell: ``positive``, ``negative``, or ``auto``.
    """

    platings: str = "first"
    settled_from: float = 0.2
    settled_to: float = 1.0
    plating: str = "auto"

    def __post_init__(self) -> None:
        """Refuse what is no choice."""
        if self.platings not in {"first", "all"}:
            raise BadInputError("analyses.nucleation.platings", repr(self.platings), "'first' or 'all'")
        if not 0 < self.settled_from < self.settled_to <= 1:
            found = f"settled_from {self.settled_from:g} and settled_to {self.settled_to:g}"
            raise BadInputError("analyses.nucleation", found, "0 < settled_from < settled_to <= 1")
        if self.plating not in get_args(PlatingDirection):
            wanted = f"one of {', '.join(get_args(PlatingDirection))}"
            raise BadInputError("analyses.nucleation.plating", repr(self.plating), wanted)


@dataclass(frozen=True, eq=False)
class Start:
    """One plating: which, in which direction, at which current, and its dip.

    ``number`` counts the platings of one direction from 1; ``rows`` are those under current; ``bare`` is True where
    lithium nucleates on a collector that holds none.
    """

    number: int
    sign: int
    way: str
    rows: Integers
    start_second: float
    current_mA: float | None
    bare: bool
    dip: Dip


@dataclass(frozen=True, eq=False)
class Nucleation:
    """Starts of platings of one record; ``why`` says why there is none."""

    starts: tuple[Start, ...]
    why: str
    polarity: int
    record: CyclingRecord
    options: Options
    warnings: tuple[str, ...]


def nucleation(record: CyclingRecord, options: Options | None = None) -> Nucleation:
    """Dip, plateau and their difference of the first plating, or of all.

    Parameters
    ----------
    record
        Of a Li|Cu, anode-free or symmetric cell; a symmetric one needs no current.
    options
        See `Options`.

    Raises
    ------
    BadInputError
        If the record is of another cell, or a symmetric cell never reverses.

    References
    ----------
    Pei et al., Nano Lett. 17, 1132 (2017), doi:10.1021/acs.nanolett.6b04755.

    Examples
    --------
    An hour of plating that begins with a dip of 30 mV, then stripping to 1 V, copper at the positive terminal:

    >>> from limetal.records.cells import CellContext
    >>> t = np.arange(0.0, 7100.0, 5.0)
    >>> plates = t < 3600
    >>> u = 0.05 + 0.03 * (t / 60) * np.exp(1 - t / 60)
    >>> v = np.where(plates, -u, np.where(t > 7050, 1.0, 0.05))
    >>> current = np.where(plates, -1e-3, 1e-3)
    >>> result = nucleation(CyclingRecord(t, v, current, source="cell", cell=CellContext("copper", 1.0)))
    >>> [(round(s.dip.dip_V, 3), round(s.dip.difference_V, 3)) for s in result.starts]
    [(0.08, 0.03)]
    """
    options = options or Options()
    kind = record.cell.kind if record.cell is not None else None
    if kind == "symmetric":
        return _symmetric(record, options)
    if kind in {"copper", "anode-free"}:
        return _on_collector(record, options)
    words = "a cell nobody described" if kind is None else f"a cell of kind {kind!r}"
    raise BadInputError(record.source, words, "a Li|Cu, anode-free or symmetric cell (--cell kind=copper)")


def _on_collector(record: CyclingRecord, options: Options) -> Nucleation:
    found = plating(record, cast("PlatingDirection", options.plating))
    if not found.sign:
        return Nucleation((), found.how, 1, record, options, found.warnings)
    runs = found.runs
    chosen = found.platings if options.platings == "all" else found.platings[:1]
    begins_block = np.isin(chosen, found.blocks.first) & (not found.limited)
    way = "positive current" if found.sign > 0 else "negative current"
    starts = []
    for number, (run, bare) in enumerate(zip(chosen, begins_block, strict=True), 1):
        a, b = int(runs.first[run]), int(runs.stop[run])
        rows = np.arange(a, b)[runs.direction[a:b] != 0]
        held = bool(bare) and not (run > 0 and number == 1)
        starts.append(
            _start(
                record,
                options,
                number=number,
                sign=found.sign * found.polarity,
                way=f"plating at {way}",
                rows=rows,
                start=float(runs.start_second[run]),
                current_mA=float(runs.mean_current_mA[run]),
                bare=held,
            )
        )
    why = "" if starts else "no plating in the record"
    return Nucleation(tuple(starts), why, found.polarity, record, options, found.warnings)


def _symmetric(record: CyclingRecord, options: Options) -> Nucleation:
    found = half_cycles(record)
    t, current = record.test_time_second, record.current_ampere
    what = "current" if found.from_current else "voltage"
    starts: list[Start] = []
    numbers = {1: 0, -1: 0}
    for half in found.items:
        numbers[half.sign] += 1
        if options.platings == "first" and numbers[half.sign] > 1:
            continue
        a = int(half.rows[0])
        mean = None
        if current is not None and found.from_current:
            mean = float(np.median(np.abs(current[half.rows]))) * MA_PER_A
        starts.append(
            _start(
                record,
                options,
                number=numbers[half.sign],
                sign=half.sign,
                way=("positive " if half.sign > 0 else "negative ") + what,
                rows=half.rows,
                start=float(t[max(a - 1, 0)]),
                current_mA=mean,
                bare=False,
            )
        )
    return Nucleation(tuple(starts), "", 1, record, options, found.warnings)


def _start(
    record: CyclingRecord,
    options: Options,
    *,
    number: int,
    sign: int,
    way: str,
    rows: Integers,
    start: float,
    current_mA: float | None,
    bare: bool,
) -> Start:
    t, u = record.test_time_second[rows], sign * record.voltage_volt[rows]
    found = dip(t, u, start, options.settled_from, options.settled_to)
    if record.current_ampere is not None and found.verdict in {"identified", "at least"}:
        found = _of_one_current(found, t, np.abs(record.current_ampere[rows]))
    return Start(number, sign, way, rows, start, current_mA, bare, found)


def _of_one_current(found: Dip, t: Floats, size: Floats) -> Dip:
    """The dip, or none where the current before the settled part is not that of the settled part."""
    early = (t >= found.zero_second) & (t < found.zero_second + found.early_second)
    late = t >= found.zero_second + found.early_second
    if not early.any() or not late.any():
        return found
    one, two = float(np.median(size[early])), float(np.median(size[late]))
    peak = float(size[int(np.argmin(np.abs(t - found.zero_second - found.dip_second)))])
    if max(abs(one - two), abs(peak - two)) <= SAME_CURRENT * two:
        return found
    why = f"the current changes from {MA_PER_A * peak:.3g} to {MA_PER_A * two:.3g} mA, and the voltage with it"
    nan = float("nan")
    return replace(
        found, verdict="not identified", why=why, dip_V=nan, difference_V=nan, dip_std_V=nan, difference_std_V=nan
    )


def tell(result: Nucleation) -> Findings:
    """Say the result to the ledger and the report."""
    if not result.starts:
        return Findings(warnings=result.warnings, not_computed=(("nucleation_overpotential", result.why),))
    numbers: list[Number] = []
    missing: list[tuple[str, str]] = []
    for way in dict.fromkeys(s.way for s in result.starts):
        first = next(s for s in result.starts if s.way == way)
        if first.dip.verdict in {"identified", "at least"}:
            numbers += _numbers(result, first)
        else:
            missing.append((f"nucleation_overpotential ({_which(result, first)})", _why(first.dip)))
        if result.options.platings == "all":
            numbers += _median([s for s in result.starts if s.way == way])
    if len(missing) > 1 and len({why for _, why in missing}) == 1:
        missing = [("nucleation_overpotential (first half-cycle of both directions)", missing[0][1])]
    told = any(s.dip.verdict in {"identified", "at least"} for s in result.starts)
    cell = result.record.cell
    whole = cell is not None and cell.kind == "anode-free" and not told  # the positive electrode's curve, no plating
    plots = (*(() if whole else (_plot(result),)), *_plot_cycles(result))
    return Findings(tuple(numbers), plots, (_table(result),), result.warnings, tuple(missing))


def _why(found: Dip) -> str:
    smallest = "" if np.isnan(found.smallest_V) else f" (smallest that could be told: {1e3 * found.smallest_V:.2g} mV)"
    return f"{found.verdict}: {found.why}{smallest}"


def _which(result: Nucleation, start: Start) -> str:
    cell = result.record.cell
    if cell is not None and cell.kind == "symmetric":
        return f"half-cycle {start.number} of {start.way}"
    bare = " on the bare collector" if start.bare else ""
    return f"plating {start.number}{bare}, {start.way.removeprefix('plating at ')}"


def _at(result: Nucleation, start: Start) -> tuple[tuple[str, float | str], ...]:
    cell = result.record.cell
    at: tuple[tuple[str, float | str], ...] = (("cycle", float(start.number)), ("definition", start.way))
    if cell is not None and cell.area_cm2 is not None and start.current_mA is not None:
        at = (("current_density", float(f"{start.current_mA / cell.area_cm2:.4g}")), *at)
    return at


def _numbers(result: Nucleation, start: Start) -> list[Number]:
    found, at = start.dip, _at(result, start)
    least = found.verdict == "at least"
    cell = result.record.cell
    which = _which(result, start)
    if start.current_mA is not None and (cell is None or cell.area_cm2 is None):
        which += f" of {start.current_mA:.4g} mA"
    if cell is not None and cell.kind == "anode-free":
        which += "; voltages of the whole cell, not against lithium"
    smallest = f"smallest difference that could be told {1e3 * found.smallest_V:.2g} mV"
    logged = f"{start.sign * found.dip_V:.4g} V as logged, {found.dip_second:.3g} s after the start"
    bound = f"; {found.why}" if least else ""
    part = f"median between {result.options.settled_from:g} and {result.options.settled_to:g} of the time"
    dips = ("nucleation_dip", found.dip_V, found.dip_std_V, f"{which}: {logged}{bound}")
    difference = ("nucleation_overpotential", found.difference_V, found.difference_std_V)
    numbers = [
        Number(name, value, None if least else std, note, at, ">" if least else "=")
        for name, value, std, note in (
            dips,
            (*difference, f"{which}: dip minus plateau; {smallest}{bound}"),
        )
    ]
    numbers.insert(1, Number("nucleation_plateau", found.plateau_V, found.plateau_std_V, f"{which}: {part}", at))
    return numbers


def _median(starts: list[Start]) -> list[Number]:
    told = [s for s in starts if s.dip.verdict == "identified"]
    if len(told) < FEWEST:
        return []
    values = np.array([s.dip.difference_V for s in told])
    centre, spread, std = centre_and_std(values)
    which = f"{len(told)} of {len(starts)} ({starts[0].way}) in which it was identified"
    note = f"median of {which}; spread {1e3 * spread:.2g} mV"
    return [Number("nucleation_overpotential", centre, std, note, (("definition", f"{starts[0].way}, median"),))]


def _plot(result: Nucleation) -> Plot:
    """Starts of the first plating of each direction, in the direction of the current."""
    series, marks = [], []
    firsts = [next(s for s in result.starts if s.way == way) for way in dict.fromkeys(s.way for s in result.starts)]
    for start in firsts:
        found = start.dip
        t, u = result.record.test_time_second[start.rows], start.sign * result.record.voltage_volt[start.rows]
        zero = found.zero_second if np.isfinite(found.zero_second) else start.start_second
        shown = found.early_second if np.isfinite(found.early_second) else float(t[-1]) - zero
        if np.isfinite(found.dip_second) and found.dip_second > 0:
            shown = min(shown, SHOWN_DIPS * found.dip_second)
        keep = (t >= zero) & (t <= zero + shown)
        keep[:2] |= not keep.any()
        x, y = min_max(t[keep] - zero, u[keep])
        series.append(Series(x, y, start.way, "line+points" if x.size <= 80 else "line"))
        if len(firsts) == 1 and np.isfinite(found.plateau_V):
            marks.append(Line(found.plateau_V, "plateau", "y"))
            marks += [Line(found.dip_V, "dip", "y")] if np.isfinite(found.dip_V) else []
    caption = (
        "Voltage in the direction of the current after it is switched on (in a first plating on copper, after 0 V of "
        "lithium is reached); a dip of copper against lithium points up."
    )
    return Plot(
        "nucleation",
        "Start of plating",
        Axis("time since the start of plating", "s"),
        Axis("|voltage|", "mV", factor=1e3),
        tuple(series),
        caption,
        marks=tuple(marks),
    )


def _plot_cycles(result: Nucleation) -> tuple[Plot, ...]:
    series = []
    for way in dict.fromkeys(s.way for s in result.starts):
        told = [s for s in result.starts if s.way == way and s.dip.verdict == "identified"]
        if len(told) >= FEWEST:
            x = np.array([float(s.number) for s in told])
            y = np.array([s.dip.difference_V for s in told])
            std = np.array([s.dip.difference_std_V for s in told])
            series.append(Series(x, y, way, "points", y_std=std))
    if not series:
        return ()
    caption = "Dip minus plateau of every plating in which it stands out of noise and resolution."
    y_axis = Axis("nucleation overpotential", "mV", factor=1e3)
    title = "Nucleation overpotential of every plating"
    return (Plot("nucleation_cycles", title, Axis("plating", "1"), y_axis, tuple(series), caption, overlay=0),)


def _table(result: Nucleation) -> Table:
    def told(values: list[float]) -> list[float | str]:
        return [float(v) if np.isfinite(v) else "not identified" for v in values]

    starts = result.starts
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = {
        "cycle": ("1", [s.number for s in starts]),
        "direction": ("", [s.way for s in starts]),
        "start": ("h", [s.start_second / SECONDS_PER_HOUR for s in starts]),
    }
    if all(s.current_mA is not None for s in starts):
        columns["current"] = ("mA", [float(s.current_mA or 0.0) for s in starts])
    columns |= {
        "nucleation_dip": ("V", told([s.dip.dip_V for s in starts])),
        "nucleation_plateau": ("V", told([s.dip.plateau_V for s in starts])),
        "nucleation_overpotential": ("V", told([s.dip.difference_V for s in starts])),
        "std": ("V", told([s.dip.difference_std_V for s in starts])),
        "smallest_that_could_be_told": ("V", told([s.dip.smallest_V for s in starts])),
        "verdict": ("", [str(s.dip.verdict) for s in starts]),
        "why": ("", [s.dip.why for s in starts]),
    }
    return Table("nucleation", columns)


PLUGIN = Analysis(
    title="nucleation overpotential: dip, plateau and their difference at the start of plating",
    takes=CyclingRecord,
    cells=("copper", "anode-free", "symmetric"),
    analyse=nucleation,
    tell=tell,
    options=Options,
    sources=("Pei et al., Nano Lett. 17, 1132 (2017), doi:10.1021/acs.nanolett.6b04755",),
)
