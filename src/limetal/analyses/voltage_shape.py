"""Shape of the voltage of every half-cycle: flat, peaked, arcing, rising, rectangular, diverging, or unclear."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings, Number
from limetal.cycling.half_cycle_numbers import half_cycle_numbers, pairs_of
from limetal.cycling.half_cycles import HalfCycle, half_cycles
from limetal.cycling.ladder import SAME_CURRENT
from limetal.cycling.quantum import quantum
from limetal.cycling.shape import PARTS, SHAPES, Features, Limits, arcing_by_history, features, shapes
from limetal.cycling.time_bins import TimeBins, time_bins
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Panel, Plot, Series, Table
from limetal.records.cycling import CyclingRecord

__all__ = ["Options", "VoltageShape", "tell", "voltage_shape"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Columns = TypeVar("Columns", Features, TimeBins)

#: Without current, half-cycles whose middle voltage or length differs from the one before in their direction by more
#: than this part are taken to be at another current.
OTHER_LEVEL = 0.2
#: Half-cycles that became rectangular are suspicious if the voltage is so much lower than at the beginning.
LOWER = 0.1
MEANINGS = {
    "flat": "level after the first fifth of the time",
    "peaked": "a peak at the start that fades (nucleation, passivated surface: Wood et al. 2016)",
    "arcing": "a rise late, or one that has grown since the beginning (mass transport: Chen et al. 2017)",
    "rising": "a smooth rise from the beginning of the test on (concentration polarisation)",
    "rectangular": "level from the first moment: an ohmic cell or a soft short circuit (Menkin et al. 2024), "
    "the voltage alone cannot tell",
    "diverging": "a rise at the end that accelerates (depletion, or the end of the lithium)",
    "unclear": "none of the shapes, or hidden by noise or sparse rows",
}


@dataclass(frozen=True)
class Options(Limits):
    """Choices that change the shapes.

    The limits between the shapes are parts of the voltage in the middle of the half-cycle.

    Attributes
    ----------
    peak_from
        A start peak is at least so much above the middle.
    rise_from
        A rise at the end is at least so much above the middle, or the voltage after a fifth of the time below it.
    diverging_from
        A rise that accelerates to this is called diverging.
    flat_within, rectangular_within
        How close a flat voltage stays to the middle after the first fifth, a rectangular one from the first hundredth.
    fewest_rows, widest_gap
        A half-cycle with fewer rows, or a longer interval (part of it) without rows, is unclear.
    reference
        So many half-cycles at the beginning of each current say which rise a cell had from the start.
    """

    reference: int = 10

    def __post_init__(self) -> None:
        """Refuse limits that mean nothing."""
        where = "analyses.voltage_shape"
        for name in ("peak_from", "rise_from", "diverging_from", "flat_within", "rectangular_within", "widest_gap"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise BadInputError(f"{where}.{name}", repr(value), "a number more than zero")
        if self.diverging_from < self.rise_from:
            raise BadInputError(f"{where}.diverging_from", repr(self.diverging_from), "at least rise_from")
        for name, least in (("fewest_rows", 5), ("reference", 3)):
            if getattr(self, name) < least:
                raise BadInputError(f"{where}.{name}", repr(getattr(self, name)), f"at least {least}")


@dataclass(frozen=True, eq=False)
class VoltageShape:
    """Shape of every complete half-cycle.

    Attributes
    ----------
    shape : tuple of str
        One of `limetal.cycling.shape.SHAPES` for each.
    why : tuple of str
        Why it is unclear; empty otherwise.
    features
        Numbers behind the shapes.
    grown
        By how much the rise at the end has grown since the beginning of the test at this current.
    bins
        Voltage over hundredths of the time.
    cycle, sign, start_second
        Cycle, counted from 1; direction; test time of the first row.
    """

    shape: tuple[str, ...]
    why: tuple[str, ...]
    features: Features
    grown: Floats
    bins: TimeBins
    cycle: Integers
    sign: Integers
    start_second: Floats
    current_density_mA_cm2: Floats | None
    record: CyclingRecord
    options: Options
    warnings: tuple[str, ...] = ()


def voltage_shape(record: CyclingRecord, options: Options | None = None) -> VoltageShape:
    """Shape of every complete half-cycle of a symmetric cell.

    Everything is read from means over hundredths of the half-cycle's time, between rows in straight lines, so rows on
    a voltage trigger do not count more than others; noise is read against time, not from steps between rows.

    Parameters
    ----------
    record
        Of a symmetric cell; current is not needed.
    options
        See `Options`.

    Raises
    ------
    BadInputError
        If the record is not said to be of a symmetric cell, or never reverses.

    References
    ----------
    Wood et al., ACS Cent. Sci. 2 (2016) 790, doi:10.1021/acscentsci.6b00260 (peaks); Chen et al., J. Mater. Chem. A 5
    (2017) 11671, doi:10.1039/C7TA00371D (from peaking to arcing); Menkin et al., Faraday Discuss. 248 (2024),
    doi:10.1039/D3FD00101F (rectangular). Abstracts were read, the first two through one of the same group (233rd ECS
    Meeting, 2018, paper 109055); the limits in numbers are limetal's own.

    Examples
    --------
    >>> from limetal.records.cycling import CellContext
    >>> x = np.linspace(0, 1, 200)
    >>> u = 0.02 * np.array([1 + 0.5 * np.exp(-x / 0.05), -(1 + 0.5 * np.exp(-x / 0.05))] * 2).ravel()
    >>> t = (1800 * (np.arange(4)[:, None] + x)).ravel()
    >>> voltage_shape(CyclingRecord(t, u, None, source="peaks", cell=CellContext("symmetric"))).shape
    ('peaked', 'peaked', 'peaked', 'peaked')
    """
    options = options or Options()
    if record.cell is None or record.cell.kind != "symmetric":
        kind = "a cell nobody described" if record.cell is None else f"a cell of kind {record.cell.kind!r}"
        raise BadInputError(
            record.source, kind, "a symmetric cell (say so in the study, or with --cell kind=symmetric)"
        )
    found = half_cycles(record)
    bins = time_bins(record, found, PARTS)
    halves = half_cycle_numbers(record, found)
    told = features(bins, quantum(record.voltage_volt), options)
    names, why = shapes(bins, told, options)
    area = record.cell.area_cm2
    current = None
    if found.from_current:
        current = halves.mean_current_A
    levels = _levels(current, told.middle_V, bins.seconds, halves.sign)
    names, grown = arcing_by_history(names, told, levels, options, options.reference)
    keep = halves.complete
    result = VoltageShape(
        shape=tuple(name for name, kept in zip(names, keep, strict=True) if kept),
        why=tuple(reason for reason, kept in zip(why, keep, strict=True) if kept),
        features=_kept(told, keep),
        grown=grown[keep],
        bins=_kept(bins, keep),
        cycle=_cycles(found.items)[keep],
        sign=halves.sign[keep],
        start_second=halves.start_second[keep],
        current_density_mA_cm2=1e3 * current[keep] / area if current is not None and area else None,
        record=record,
        options=options,
    )
    return _with_warnings(result, levels[keep])


def _kept(columns: Columns, keep: NDArray[np.bool_]) -> Columns:
    return type(columns)(**{column.name: getattr(columns, column.name)[keep] for column in fields(columns)})


def _levels(current: Floats | None, middle: Floats, seconds: Floats, sign: Integers) -> Integers:
    """Label of the half-cycles that may be compared: one direction, one current, or what looks like it."""
    label = np.zeros(sign.size, dtype=np.int64)
    for n, direction in enumerate((1, -1)):
        own = np.flatnonzero(sign == direction)
        if not own.size:
            continue
        if current is not None:
            order = np.argsort(current[own])
            steps = np.diff(current[own][order]) > SAME_CURRENT * current[own][order][:-1]
            label[own[order]] = np.concatenate([[0], np.cumsum(steps)])
        else:
            jumps = np.zeros(own.size, dtype=bool)
            for values in (middle[own], seconds[own]):
                size = np.minimum(np.abs(values[1:]), np.abs(values[:-1]))
                jumps[1:] |= ~(np.abs(np.diff(values)) <= OTHER_LEVEL * size)
            label[own] = np.cumsum(jumps)
        label[own] = 2 * label[own] + n
    return label


def _cycles(items: tuple[HalfCycle, ...]) -> Integers:
    """Cycle of each half-cycle as `hysteresis` counts them; a half-cycle between two belongs to the one before."""
    pairs = pairs_of(items)
    begun = np.searchsorted(pairs[:, 0], np.arange(len(items)), "right")
    return np.maximum(begun, 1)


def _with_warnings(result: VoltageShape, levels: Integers) -> VoltageShape:
    """Warn where half-cycles became rectangular and lower than at the beginning."""
    names = np.array(result.shape)
    middle = result.features.middle_V
    words = []
    for label in np.unique(levels):
        own = np.flatnonzero(levels == label)
        begin = own[: result.options.reference]
        if (names[begin] == "rectangular").mean() > 0.5 or not (middle[begin] > 0).any():
            continue
        before = float(np.nanmedian(middle[begin]))
        lower = own[(names[own] == "rectangular") & (middle[own] < (1 - LOWER) * before)]
        if lower.size:
            k = int(lower[0])
            words.append(
                f"from cycle {result.cycle[k]} on {lower.size} half-cycles became rectangular and lower than at the "
                f"beginning ({1e3 * middle[k]:.3g} mV, before {1e3 * before:.3g} mV): a sign of a soft short circuit"
            )
    return replace(result, warnings=tuple(words))


def tell(result: VoltageShape) -> Findings:
    """Say the result to the ledger and the report."""
    n = len(result.shape)
    if not n:
        return Findings(not_computed=(("shape of the voltage", "no complete half-cycle"),))
    names = np.array(result.shape)
    numbers = []
    for name in SHAPES:
        own = np.flatnonzero(names == name)
        if not own.size:
            continue
        at = (("definition", name),)
        note = f"{name}, {own.size} of {n} half-cycles: {MEANINGS[name]}"
        if name == "unclear":
            reasons, counts = np.unique(np.array(result.why)[own], return_counts=True)
            note += "; " + ", ".join(f"{c} {r}" for r, c in zip(reasons, counts, strict=True))
        numbers.append(Number("voltage_shape_share", 100 * own.size / n, None, note, at))
        if own.size < n and name != "unclear":
            k = int(own[0])
            when = f"half-cycle of {'positive' if result.sign[k] > 0 else 'negative'} voltage"
            numbers.append(Number("first_cycle_of_voltage_shape", float(result.cycle[k]), None, f"{name}, {when}", at))
    return Findings(tuple(numbers), (_plot_cycles(result), _plot_examples(result)), (_table(result),), result.warnings)


def _plot_cycles(result: VoltageShape) -> Plot:
    names, told = np.array(result.shape), result.features
    cycle = result.cycle.astype(np.float64) + _second(result.cycle)
    small = float(np.nanmax(np.abs(told.middle_V), initial=0.0)) < 1.0
    series = tuple(
        Series(cycle[names == name], told.middle_V[names == name], name, "points")
        for name in SHAPES
        if (names == name).any()
    )
    return Plot(
        "voltage_shape",
        "Shape of the voltage over the cycles",
        Axis("cycle", "1"),
        Axis("voltage in the middle", "mV", factor=1e3) if small else Axis("voltage in the middle", "V"),
        series,
        "Each point is a half-cycle, its colour the shape; below, how far the start peak and the end lie above the "
        "middle of the half-cycle.",
        panels=(
            Panel(
                Axis("over the middle", "%", factor=100.0),
                (
                    Series(cycle, told.start_peak, "start peak", "points"),
                    Series(cycle, told.end_rise, "end rise", "points"),
                ),
            ),
        ),
    )


def _second(cycle: Integers) -> Floats:
    """Half a cycle for the second half-cycle of each."""
    again = np.zeros(cycle.size)
    again[1:] = 0.5 * (np.diff(cycle) == 0)
    return again


def _plot_examples(result: VoltageShape) -> Plot:
    names = np.array(result.shape)
    series = []
    for name in SHAPES:
        own = np.flatnonzero((names == name) & (result.features.middle_V > 0))
        if own.size:
            k = int(own[own.size // 2])
            place = (np.arange(1, PARTS - 1) + 0.5) / PARTS
            values = result.bins.mean_V[k, 1:-1] / result.features.middle_V[k]
            series.append(Series(place, values, f"{name}, cycle {result.cycle[k]}"))
    place = np.array([0.0, 1.0])
    return Plot(
        "voltage_shape_examples",
        "One half-cycle of each shape",
        Axis("part of the half-cycle", "1"),
        Axis("voltage over that in the middle", "1"),
        tuple(series) or (Series(place, place),),
        "The half-cycle in the middle of those of one shape; the reversals at both ends are left out.",
    )


def _table(result: VoltageShape) -> Table:
    told, n = result.features, len(result.shape)
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = {
        "half_cycle": ("1", list(range(1, n + 1))),
        "cycle": ("1", result.cycle.tolist()),
        "sign": ("1", result.sign.tolist()),
        "start": ("s", result.start_second.tolist()),
    }
    if result.current_density_mA_cm2 is not None:
        columns["current_density"] = ("mA/cm2", result.current_density_mA_cm2.tolist())
    columns |= {"shape": ("", list(result.shape)), "why_unclear": ("", list(result.why))}
    columns["middle_voltage"] = ("V", told.middle_V.tolist())
    parts = (
        ("start_peak", told.start_peak), ("start_peak_at", told.peak_at), ("end_rise", told.end_rise),
        ("end_rise_grown", result.grown), ("rise_time", told.rise_time), ("slope", told.slope),
        ("curvature", told.curvature), ("noise", told.noise),
    )  # fmt: skip
    for name, values in parts:
        columns[name] = ("%", (100 * values).tolist())
    return Table("voltage_shape", columns)


PLUGIN = Analysis(
    title="shape of the voltage of every half-cycle of a symmetric cell, with the features behind it",
    takes=CyclingRecord,
    cells=("symmetric",),
    analyse=voltage_shape,
    tell=tell,
    options=Options,
    sources=(
        "peaks: Wood et al., ACS Cent. Sci. 2 (2016) 790, doi:10.1021/acscentsci.6b00260",
        "peaking to arcing: Chen et al., J. Mater. Chem. A 5 (2017) 11671, doi:10.1039/C7TA00371D (not read in full)",
        "rectangular: Menkin et al., Faraday Discuss. 2024, doi:10.1039/D3FD00101F",
    ),
)
