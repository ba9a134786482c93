"""dQ/dV and dV/dQ of chosen cycles, with the peaks of dQ/dV and how they move."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings, Number
from limetal.cycling.cycles import Cycles, cycles
from limetal.cycling.differential import Differential, Fitted, differential, fitted
from limetal.cycling.peaks import Peak, Track, peaks, tracks
from limetal.cycling.profiles import AUTO, chosen_cycles, cycle_profiles, read_cycles
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Plot, Series, Table
from limetal.records.cells import CellContext
from limetal.records.cycling import CyclingRecord

__all__ = ["DifferentialCapacity", "Options", "differential_capacity"]

Floats = NDArray[np.float64]
Columns = dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]]
NAME = "analyses.differential_capacity"
KINDS = ("full", "half", "anode-free")
MG_PER_G = 1e3
#: So many peaks of each half-cycle are given as numbers, those with the most charge; the table has all.
MOST_PEAKS = 4
#: Currents within this part of each other are alike: peaks are followed through cycles at one current only.
ALIKE = 0.05
#: The picture of dV/dQ shows this part of its points; the steep ends would hide the rest.
SHOWN = 0.94


@dataclass(frozen=True)
class Options:
    """Choices that change the number.

    Attributes
    ----------
    cycles
        Numbers of cycles, as ``"1,10,50"``; ``auto`` takes the first, the last and a few between.
    width_mV
        Width of the voltage intervals of dQ/dV; 0 takes what the noisiest of the chosen half-cycles needs.
    significance
        Height of a peak above its higher foot, in standard errors, from which it counts.
    match_within_mV
        Furthest that a peak moves from one chosen cycle to the next.
    """

    cycles: str = AUTO
    width_mV: float = 0.0
    significance: float = 4.0
    match_within_mV: float = 60.0

    def __post_init__(self) -> None:
        """Refuse what selects nothing."""
        read_cycles(self.cycles, f"{NAME}.cycles")
        for name, least, words in (
            ("width_mV", 0.0, "zero or more"),
            ("significance", 1.0, "one or more"),
            ("match_within_mV", 0.0, "zero or more"),
        ):
            value = getattr(self, name)
            if not (isinstance(value, float | int) and least <= value < float("inf")):
                raise BadInputError(f"{NAME}.{name}", repr(value), f"a number of {words}")


@dataclass(frozen=True, eq=False)
class DifferentialCapacity:
    """dQ/dV and dV/dQ of the chosen half-cycles, and the peaks.

    Attributes
    ----------
    curves
        One for each half-cycle that has a curve, in the order of the test.
    without
        Half-cycles that have none, with the reason.
    found
        Peaks of each of ``curves``.
    charge, discharge
        The same peaks through the cycles.
    """

    curves: tuple[Differential, ...]
    without: tuple[Fitted, ...]
    found: tuple[tuple[Peak, ...], ...]
    charge: tuple[Track, ...]
    discharge: tuple[Track, ...]
    cell: CellContext
    options: Options
    why_not: str = ""
    warnings: tuple[str, ...] = field(default=())


def differential_capacity(record: CyclingRecord, options: Options | None = None) -> DifferentialCapacity:
    """dQ/dV and dV/dQ of chosen half-cycles, with standard errors, and the peaks of dQ/dV.

    Both come from a smooth curve through the voltage along the charge, never from quotients of neighbouring readings.
    The integral of dQ/dV over the voltage is the charge of the curve, and the charges of all peaks add up to it.

    Raises
    ------
    BadInputError
        If nobody said what cell this is, or it is symmetric or Li|Cu.

    References
    ----------
    Smoothing: Eilers and Marx 1996, doi:10.1214/ss/1038425655.

    Examples
    --------
    A voltage that rises slowly around 3.5 V has a peak there:

    >>> part = np.tile(np.linspace(-0.999, 0.999, 400), 2)
    >>> sign = np.repeat([1.0, -1.0], 400)
    >>> volt = 3.5 + 0.02 * np.arctanh(sign * part)
    >>> record = CyclingRecord(9.0 * np.arange(800.0), volt, 2e-3 * sign, source="one", cell=CellContext("full"))
    >>> result = differential_capacity(record)
    >>> [(peak.cycle, peak.sign, round(peak.volt, 3)) for half in result.found for peak in half]
    [(1, 1, 3.5), (1, -1, 3.5)]
    """
    options = options or Options()
    if record.cell is None or record.cell.kind not in KINDS:
        kind = "a cell nobody described" if record.cell is None else f"a cell of kind {record.cell.kind!r}"
        raise BadInputError(record.source, kind, f"a cell of kind {' or '.join(KINDS)} (--cell kind=full)")
    try:
        every = cycles(record)
    except BadInputError as error:
        why = f"found {error.found}, want {error.wanted}"
        return DifferentialCapacity((), (), (), (), (), record.cell, options, why)
    numbers, words = chosen_cycles(options.cycles, every, f"{NAME}.cycles")
    fits = [fitted(half) for half in cycle_profiles(record, every, numbers)]
    curves = differential(fits, options.width_mV / 1e3)
    found = tuple(peaks(curve, options.significance) for curve in curves)
    charge, discharge = (
        tracks(
            [p for p, c in zip(found, curves, strict=True) if c.fitted.sign == s and c.fitted.cycle in like],
            options.match_within_mV / 1e3,
        )
        for s, like in ((s, _like(every, curves, s)) for s in (1, -1))
    )
    without = tuple(one for one in fits if one.curve is None)
    why = ""
    if not curves:
        why = "no chosen half-cycle has a curve" if numbers else "none of the cycles asked for is there and complete"
    words = (*every.warnings, *words)
    return DifferentialCapacity(curves, without, found, charge, discharge, record.cell, options, why, words)


def _like(every: Cycles, curves: tuple[Differential, ...], sign: int) -> set[int]:
    """Cycles of the curves of one direction at the current that most of them have: another rate moves every peak."""
    chosen = [c.fitted.cycle for c in curves if c.fitted.sign == sign]
    runs_of = every.charge if sign > 0 else every.discharge
    current = dict(zip(every.number.tolist(), every.runs.mean_current_mA[runs_of].tolist(), strict=True))
    groups = [{n for n in chosen if abs(current[n] - current[k]) <= ALIKE * current[k]} for k in chosen]
    return max(groups, key=len, default=set())


def tell(result: DifferentialCapacity) -> Findings:
    """Say the result to the ledger and the report."""
    not_computed = [(f"dQ/dV of the {one.half} of cycle {one.cycle}", one.why_not) for one in result.without]
    if result.why_not:
        return Findings(warnings=result.warnings, not_computed=(*not_computed, ("dQ/dV and dV/dQ", result.why_not)))
    numbers = [*_peak_numbers(result), *_shift_numbers(result)]
    if not any(result.found):
        not_computed.append(("peaks of dQ/dV", f"none stands out by {result.options.significance:g} standard errors"))
    tables = [_capacity_table(result), _slope_table(result)]
    if any(result.found):
        tables.append(_peak_table(result))
    plots = (_capacity_plot(result), _slope_plot(result))
    return Findings(
        tuple(numbers), plots, tuple(tables), (*result.warnings, *_left_out(result.curves)), tuple(not_computed)
    )


def _left_out(curves: tuple[Differential, ...]) -> list[str]:
    """What of the chosen half-cycles is in no curve, and where the voltage turns."""
    words = []
    for what, rows in (
        ("charge at constant voltage, in pulses or after interrupts is left out of dQ/dV", [
            f"{100 * (1 - c.counted_mAh / c.fitted.all_mAh):.2g} % of the {c.fitted.half} of cycle {c.fitted.cycle}"
            for c in curves if c.counted_mAh < 0.995 * c.fitted.all_mAh
        ]),
        ("the voltage turns back; dQ/dV counts the charge there as positive", [
            f"by {1e3 * c.fitted.turn_V:.3g} mV at {c.fitted.turn_at_mAh:.4g} mAh of the {c.fitted.half} of cycle "
            f"{c.fitted.cycle}" for c in curves if c.fitted.turn_V > 0
        ]),
        ("single readings far from their neighbours are left out of dQ/dV", [
            f"{c.fitted.slips} in the {c.fitted.half} of cycle {c.fitted.cycle}" for c in curves if c.fitted.slips
        ]),
    ):  # fmt: skip
        if rows:
            words.append(f"{what}: {', '.join(rows[:4])}{', ...' if len(rows) > 4 else ''}")
    return words


def _at(peak: Peak) -> tuple[tuple[str, float | str], ...]:
    return (("cycle", float(peak.cycle)), ("definition", "charge" if peak.sign > 0 else "discharge"))


def _std(value: float) -> float | None:
    return value if np.isfinite(value) and value > 0 else None


def _peak_numbers(result: DifferentialCapacity) -> list[Number]:
    """The largest peaks of the first and the last chosen cycle; the table has all."""
    ends = {result.curves[0].fitted.cycle, result.curves[-1].fitted.cycle}
    width = f"intervals of {1e3 * result.curves[0].width_V:.3g} mV"
    numbers = []
    for peak in (p for half in result.found for p in _largest(half) if p.cycle in ends):
        where = f"{'charge' if peak.sign > 0 else 'discharge'} of cycle {peak.cycle}, peak at {peak.volt:.3f} V"
        note = f"{where}; stands out by {peak.significance:.3g} standard errors; {width}"
        numbers += [
            Number("dqdv_peak_voltage", peak.volt, _std(peak.volt_std), note, _at(peak)),
            Number("dqdv_peak_height", peak.height_mAh_V, _std(peak.height_std), f"{where}; {width}", _at(peak)),
            Number(
                "dqdv_peak_charge",
                peak.area_mAh,
                None,
                f"{where}; whole charge between the feet, no baseline; no error: where the feet lie is not in any",
                _at(peak),
            ),
        ]
        if np.isfinite(peak.width_V):
            numbers.append(
                Number("dqdv_peak_width", peak.width_V, _std(peak.width_std), f"{where}; {width}", _at(peak))
            )
    return numbers


def _largest(half: tuple[Peak, ...]) -> list[Peak]:
    """Peaks with the most charge, from low voltage to high."""
    return sorted(sorted(half, key=lambda peak: -peak.area_mAh)[:MOST_PEAKS], key=lambda peak: peak.volt)


def _shift_numbers(result: DifferentialCapacity) -> list[Number]:
    numbers = []
    shown = {id(peak) for half in result.found for peak in _largest(half)}
    for track in (*result.charge, *result.discharge):
        if len(track.peaks) < 2 or id(track.peaks[0]) not in shown:
            continue
        first, last = track.peaks[0], track.peaks[-1]
        half = "charge" if first.sign > 0 else "discharge"
        note = (
            f"{half}, peak at {first.volt:.3f} V in cycle {first.cycle} and {last.volt:.3f} V in cycle {last.cycle}; "
            f"straight line through {len(track.peaks)} cycles at one current"
        )
        numbers.append(Number("dqdv_peak_shift", track.shift_V, _std(track.shift_std), note, (("definition", half),)))
    return numbers


def _scale(cell: CellContext) -> tuple[str, float]:
    """Unit of capacity to draw, and mAh over it."""
    if cell.mass_mg is not None:
        return "mAh/g", cell.mass_mg / MG_PER_G
    return ("mAh/cm2", cell.area_cm2) if cell.area_cm2 is not None else ("mAh", 1.0)


def _capacity_plot(result: DifferentialCapacity) -> Plot:
    unit, over = _scale(result.cell)
    series = []
    for curve in result.curves:
        y, std = curve.fitted.sign * curve.dqdv_mAh_V / over, curve.dqdv_std / over
        series.append(Series(curve.middles_V, y, low=y - std, high=y + std, value=float(curve.fitted.cycle)))
    width = 1e3 * result.curves[0].width_V
    return Plot(
        "differential_capacity",
        "Differential capacity",
        Axis("cell voltage", "V"),
        Axis("dQ/dV", {"mAh": "mAh/V", "mAh/g": "mAh/(g V)", "mAh/cm2": "mAh/(cm2 V)"}[unit]),
        tuple(series),
        f"Charge upwards, discharge downwards, in intervals of {width:.3g} mV; bands are one standard error.",
        colour=Axis("cycle", "1"),
    )


def _slope_plot(result: DifferentialCapacity) -> Plot:
    unit, over = _scale(result.cell)
    series, values = [], []
    mark: Literal["line"] = "line"
    for curve in result.curves:
        y = curve.fitted.sign * curve.dvdq_V_mAh * over
        good = np.isfinite(y)
        series.append(Series(curve.charge_mAh[good] / over, y[good], mark=mark, value=float(curve.fitted.cycle)))
        values.append(y[good])
    low, high = np.quantile(np.concatenate(values), [(1 - SHOWN) / 2, (1 + SHOWN) / 2])
    room = 0.1 * (high - low) or 1.0
    return Plot(
        "differential_voltage",
        "Differential voltage",
        Axis("capacity", unit),
        Axis("dV/dQ", {"mAh": "V/mAh", "mAh/g": "V g/mAh", "mAh/cm2": "V cm2/mAh"}[unit],
             low=float(low - room), high=float(high + room)),
        tuple(series),
        "Slope of the smooth voltage, counted positive where the voltage goes its way; the steep ends are cut off.",
        colour=Axis("cycle", "1"),
    )  # fmt: skip


def _capacity_table(result: DifferentialCapacity) -> Table:
    curves = result.curves
    columns: Columns = {
        "cycle": ("1", [c.fitted.cycle for c in curves for _ in range(c.dqdv_mAh_V.size)]),
        "half_cycle": ("", [c.fitted.half for c in curves for _ in range(c.dqdv_mAh_V.size)]),
        "voltage": ("V", np.concatenate([c.middles_V for c in curves]).tolist()),
        "dq_dv": ("mAh/V", np.concatenate([c.dqdv_mAh_V for c in curves]).tolist()),
        "dq_dv_std": ("mAh/V", np.concatenate([c.dqdv_std for c in curves]).tolist()),
    }
    return Table("differential_capacity", columns)


def _slope_table(result: DifferentialCapacity) -> Table:
    curves = result.curves
    there = [np.isfinite(c.dvdq_V_mAh) for c in curves]
    columns: Columns = {
        "cycle": ("1", [c.fitted.cycle for c, ok in zip(curves, there, strict=True) for _ in range(int(ok.sum()))]),
        "half_cycle": ("", [c.fitted.half for c, ok in zip(curves, there, strict=True) for _ in range(int(ok.sum()))]),
    }
    for name, unit, values in (
        ("capacity", "mAh", [c.charge_mAh for c in curves]),
        ("voltage", "V", [c.volt for c in curves]),
        ("dv_dq", "V/mAh", [c.dvdq_V_mAh for c in curves]),
        ("dv_dq_std", "V/mAh", [c.dvdq_std for c in curves]),
    ):
        columns[name] = (unit, np.concatenate([v[ok] for v, ok in zip(values, there, strict=True)]).tolist())
    return Table("differential_voltage", columns)


def _peak_table(result: DifferentialCapacity) -> Table:
    every = [peak for half in result.found for peak in half]
    columns: Columns = {
        "cycle": ("1", [peak.cycle for peak in every]),
        "half_cycle": ("", ["charge" if peak.sign > 0 else "discharge" for peak in every]),
    }
    for name, unit in (
        ("volt", "V"), ("volt_std", "V"), ("height_mAh_V", "mAh/V"), ("height_std", "mAh/V"), ("width_V", "V"),
        ("width_std", "V"), ("area_mAh", "mAh"), ("significance", "1"),
    ):  # fmt: skip
        columns[name.removesuffix("_mAh_V").removesuffix("_V").removesuffix("_mAh")] = (
            unit,
            [float(getattr(peak, name)) for peak in every],
        )
    return Table("differential_capacity_peaks", columns)


PLUGIN = Analysis(
    title="dQ/dV and dV/dQ of chosen cycles, with peaks",
    takes=CyclingRecord,
    cells=KINDS,
    analyse=differential_capacity,
    tell=tell,
    options=Options,
    sources=(
        "penalised splines: Eilers and Marx 1996, doi:10.1214/ss/1038425655",
        "dQ/dV as charge per interval of the smooth voltage; errors by draws (docs: differential_capacity)",
    ),
)
