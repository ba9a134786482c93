"""Pictures and tables of plating and stripping on a collector."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._decimate import min_max
from limetal.cycling.plating import Plating
from limetal.cycling.reservoir import Reservoir
from limetal.exhibits import Axis, Panel, Plot, Series, Span, Table
from limetal.physics.constants import MA_PER_A, SECONDS_PER_HOUR

__all__ = ["cycle_table", "plot_cycles", "plot_profiles", "plot_reservoir", "reservoir_table"]

Floats = NDArray[np.float64]

#: Cycles whose voltage profiles are drawn.
PROFILES = 8
#: Rows of one profile that are drawn.
PROFILE_ROWS = 300


def _area(result: Plating) -> tuple[str, str, float]:
    """Beginning of the name, unit and divisor of capacities: per area where it is known."""
    cell = result.record.cell
    if cell is None or cell.area_cm2 is None:
        return "", "mAh", 1.0
    return "areal_", "mAh/cm2", cell.area_cm2


def plot_cycles(result: Plating) -> Plot:
    """Efficiency of every cycle with its band from charge resolution; below, plated and stripped capacity."""
    blocks = result.blocks
    plain = blocks.partial == 0
    told = blocks.cycles
    name, unit, divisor = _area(result)
    x = blocks.number.astype(float)
    mark: Literal["points", "line+points"] = "points" if x.size > 60 else "line+points"
    capacity = (
        Series(x[plain], blocks.plated_mAh[plain] / divisor, "plated", mark),
        Series(x[plain], blocks.stripped_mAh[plain] / divisor, "stripped", mark),
    )
    axis = Axis(f"{name.replace('_', ' ')}capacity", unit)
    caption = "Charge plated and stripped in every cycle."
    if not told.any():
        return Plot("plated_stripped", "Plating and stripping", Axis("cycle", "1"), axis, capacity, caption)
    efficiency = 100 * blocks.efficiency[told]
    std = 100 * np.hypot(blocks.std_random, blocks.std_common)[told]
    series = Series(x[told], efficiency, "", mark, low=efficiency - std, high=efficiency + std)
    return Plot(
        "plating_efficiency",
        "Coulombic efficiency of plating and stripping",
        Axis("cycle", "1"),
        Axis("Coulombic efficiency", "%"),
        (series,),
        "Stripped over plated charge of every cycle that ended at the cut-off; the band is the standard uncertainty "
        f"from charge resolution. {caption}",
        overlay=0,
        panels=(Panel(axis, capacity),),
    )


def plot_profiles(result: Plating) -> Plot | None:
    """Voltage of selected cycles against the capacity moved, coloured by cycle."""
    blocks, record = result.blocks, result.record
    choice = np.flatnonzero(blocks.partial == 0)
    choice = choice[blocks.last[choice] > blocks.first[choice]]
    if choice.size == 0 or record.current_ampere is None:
        return None
    if choice.size > PROFILES:
        choice = choice[np.unique(np.linspace(0, choice.size - 1, PROFILES).round().astype(int))]
    name, unit, divisor = _area(result)
    copper = record.cell is not None and record.cell.kind == "copper"
    sign = -result.polarity * result.sign if copper else 1
    series = []
    for k in choice:
        for run in (int(blocks.first[k]), int(blocks.last[k])):
            q, v = _against_charge(result, run)
            x, y = min_max(q / divisor, sign * v, PROFILE_ROWS)
            series.append(Series(x, y, value=float(blocks.number[k])))
    what = "copper against lithium" if copper else "cell voltage"
    high = 1.1 * result.cutoff_V if copper and result.cutoff_V is not None else None
    caption = f"Plating and stripping of selected cycles ({what}) against the charge moved in the half-cycle."
    return Plot(
        "plating_profiles",
        "Voltage profiles of plating and stripping",
        Axis(f"{name.replace('_', ' ')}capacity", unit),
        Axis("voltage of copper" if copper else "cell voltage", "V", high=high),
        tuple(series),
        caption,
        colour=Axis("cycle", "1"),
    )


def _against_charge(result: Plating, run: int) -> tuple[Floats, Floats]:
    """Charge moved since the beginning of a run in mAh, and voltage, of its rows under current."""
    found, record = result.runs, result.record
    a, b = int(found.first[run]), int(found.stop[run])
    assert record.current_ampere is not None  # runs need it
    works = found.direction[a:b] != 0
    size = np.where(works, np.abs(record.current_ampere[a:b]), 0.0)
    dt = np.diff(record.test_time_second[a:b])
    moved = np.concatenate([[0.0], np.cumsum((size[1:] + size[:-1]) / 2 * dt)]) * MA_PER_A / SECONDS_PER_HOUR
    if moved[-1] > 0:
        moved *= found.charge_mAh[run] / moved[-1]  # a counter may know it better than the current
    return moved[works], record.voltage_volt[a:b][works]


def plot_reservoir(result: Plating, found: Reservoir) -> Plot:
    """Voltage against time of a reservoir protocol, with its phases named."""
    runs, record = result.runs, result.record
    first = int(found.runs[0])
    begin = int(result.blocks.first[found.conditioning]) if found.conditioning >= 0 else first
    start = runs.start_second[begin]
    a, b = max(int(runs.first[begin]) - 1, 0), int(runs.stop[found.runs[-1]])
    copper = record.cell is not None and record.cell.kind == "copper"
    sign = -result.polarity * result.sign if copper else 1
    hours = (record.test_time_second[a:b] - start) / SECONDS_PER_HOUR
    t, v = min_max(hours, sign * record.voltage_volt[a:b])

    def at(second: float) -> float:
        return float((second - start) / SECONDS_PER_HOUR)

    edges = [at(runs.start_second[r]) for r in (first, found.runs[1], found.runs[-1])]
    edges.append(at(runs.end_second[found.runs[-1]]))
    names = ["reservoir", f"{found.n} cycles", "last stripping"]
    if found.conditioning >= 0:
        edges.insert(0, 0.0)
        names.insert(0, "conditioning")
    spans = tuple(Span(lo, hi, name) for lo, hi, name in zip(edges[:-1], edges[1:], names, strict=True) if hi > lo)
    return Plot(
        "reservoir_protocol",
        "Reservoir protocol",
        Axis("time", "h"),
        Axis("voltage of copper" if copper else "cell voltage", "V"),
        (Series(t, v),),
        f"Voltage of {'copper against lithium' if copper else 'the cell'}: {found.reservoir_mAh:.3g} mAh are plated, "
        f"{found.n} times {found.cycled_mAh:.3g} mAh stripped and plated, then {found.last_mAh:.3g} mAh stripped.",
        spans=spans,
    )


def cycle_table(result: Plating) -> Table:
    """One row for every block: a cycle, a reservoir protocol, or an unfinished stretch."""
    blocks, runs = result.blocks, result.runs
    name, unit, divisor = _area(result)
    efficiency = 100 * blocks.efficiency
    std = 100 * np.hypot(blocks.std_random, blocks.std_common)
    kinds = np.where(blocks.partial > 0, "with partial stripping", "cycle").astype(object)
    kinds[blocks.forming] = "above lithium: nothing plated"
    kinds[~blocks.finished] = "cut-off not reached"
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = {
        "cycle": ("1", blocks.number.tolist()),
        "start": ("h", (runs.start_second[blocks.first] / SECONDS_PER_HOUR).tolist()),
        "plated_capacity": ("mAh", blocks.plated_mAh.tolist()),
        "stripped_capacity": ("mAh", blocks.stripped_mAh.tolist()),
    }
    if name:
        columns["areal_plated_capacity"] = (unit, (blocks.plated_mAh / divisor).tolist())
        columns["areal_stripped_capacity"] = (unit, (blocks.stripped_mAh / divisor).tolist())
    columns["coulombic_efficiency"] = ("%", [float(v) if np.isfinite(v) else "not identified" for v in efficiency])
    columns["std_from_resolution"] = (
        "%",
        [float(s) if np.isfinite(v) else "not identified" for s, v in zip(std, efficiency, strict=True)],
    )
    columns["plating_current"] = ("mA", runs.mean_current_mA[blocks.first].tolist())
    columns["stripping_current"] = ("mA", runs.mean_current_mA[blocks.last].tolist())
    columns["end_voltage"] = ("V", result.end_V[blocks.last].tolist())
    columns["partial_strippings"] = ("1", blocks.partial.tolist())
    columns["kind"] = ("", [str(k) for k in kinds])
    return Table("plating_cycles", columns)


def reservoir_table(result: Plating, found: Reservoir) -> Table:
    """Charge of every run of a reservoir protocol."""
    runs = result.runs
    rows = found.runs
    names = ["plating of the reservoir", *["stripping of a part", "plating of a part"] * found.n, "last stripping"]
    return Table(
        "reservoir_protocol",
        {
            "step": ("", names[: rows.size]),
            "start": ("h", (runs.start_second[rows] / SECONDS_PER_HOUR).tolist()),
            "capacity": ("mAh", runs.charge_mAh[rows].tolist()),
            "std_from_resolution": ("mAh", result.resolution.total_mAh[rows].tolist()),
            "end_voltage": ("V", result.end_V[rows].tolist()),
        },
    )
