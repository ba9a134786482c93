"""Pictures and tables of a group: each quantity with a band over the cells, and the Kaplan-Meier curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limetal.exhibits import Axis, Panel, Plot, Series, Table
from limetal.groups.members import Group, Lives, PerCycle
from limetal.quantities import quantity
from limetal.statistics.samples import columns_mean
from limetal.statistics.survival import kaplan_meier

__all__ = ["cycles_plot", "cycles_table", "lives_table", "survival_plot", "survival_table"]

Floats = NDArray[np.float64]
Columns = dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]]

#: At most so many cells are drawn one by one.
MOST_CELLS = 8
WORDS = {"life": "time", "cycle_life": "cycle"}


def _axis(name: str, largest: float) -> Axis:
    known = quantity(name)
    label = name.replace("_", " ")
    return Axis(label, "mV", factor=1e3) if known.unit == "V" and largest < 1 else Axis(label, known.unit)


def _mean_series(group: Group, found: PerCycle) -> Series:
    """Mean of the cells with a band of one standard deviation between them."""
    mean = columns_mean(found.values)
    label = f"{group.label}: mean of {int((found.last > 0).sum())}" if group.size > 1 else group.label
    return Series(
        found.cycle.astype(float), mean.mean, label, "line", low=mean.mean - mean.sd, high=mean.mean + mean.sd
    )


def _cells(found: PerCycle, label: str) -> Series:
    running = np.isfinite(found.values).sum(axis=0).astype(float)
    return Series(found.cycle.astype(float), running, label, "step")


def cycles_plot(groups: list[tuple[Group, PerCycle]], efficiency: list[tuple[Group, PerCycle]] | None = None) -> Plot:
    """One quantity against the cycle: of one group with its cells, of two with their bands only.

    ``efficiency`` is drawn below, and the number of cells that still run at the bottom.
    """
    name = groups[0][1].quantity
    largest = max(float(np.nanmax(np.abs(found.values))) for _, found in groups)
    series = [_mean_series(group, found) for group, found in groups]
    if len(groups) == 1 and 1 < groups[0][0].size <= MOST_CELLS:
        group, found = groups[0]
        series += [
            Series(found.cycle.astype(float), row, cell, "line")
            for cell, row in zip(group.names, found.values, strict=True)
            if np.isfinite(row).any()
        ]
    panels = []
    if efficiency:
        label = quantity(efficiency[0][1].quantity).symbol
        panels.append(Panel(Axis(label, "%"), tuple(_mean_series(group, found) for group, found in efficiency)))
    many = max(group.size for group, _ in groups)
    if many > 1:
        running = tuple(_cells(found, series[k].label) for k, (_, found) in enumerate(groups))
        panels.append(Panel(Axis("cells", "1", low=0.0, high=many + 0.5), running, share=0.25))
    who = " and ".join(group.label for group, _ in groups)
    caption = (
        "Mean over the cells that still run, at the bottom how many; the band is one standard deviation between them."
    )
    if many == 1:
        caption = "One cell: no spread is known."
    return Plot(
        f"replicates_{name}" + ("_compared" if len(groups) > 1 else ""),
        f"{name.replace('_', ' ').capitalize()} of {who}",
        Axis("cycle", "1"),
        _axis(name, largest),
        tuple(series),
        caption,
        panels=tuple(panels),
    )


def survival_plot(groups: list[tuple[Group, Lives]]) -> Plot:
    """Kaplan-Meier curve with its band; tests that ended first are marked."""
    series: list[Series] = []
    for group, lives in groups:
        survival = kaplan_meier(lives.time, lives.ended)
        x = np.concatenate([[0.0], survival.time])
        y = np.concatenate([[1.0], survival.surviving])
        low = np.concatenate([[survival.low_before], survival.low])
        high = np.concatenate([[survival.high_before], survival.high])
        label = f"{group.label}: {lives.time.size} cells, {int(lives.ended.sum())} ended"
        series.append(Series(x, 100 * y, label, "step", low=100 * low, high=100 * high))
        if survival.censored.size:
            height = np.array([survival.at(float(t)) for t in survival.censored])
            series.append(Series(survival.censored, 100 * height, "", "ticks"))
    name = groups[0][1].quantity
    caption = (
        "Kaplan-Meier: part of the cells that live on, with the pointwise 95 % interval (beta product, holds for few "
        "cells); strokes are cells that outlived their test."
    )
    axis = Axis("time", "h", low=0.0) if quantity(name).unit == "h" else Axis("cycle", "1", low=0.0)
    return Plot(
        f"survival_{name}" + ("_compared" if len(groups) > 1 else ""),
        f"Cells of {' and '.join(group.label for group, _ in groups)} that live on",
        axis,
        Axis("living on", "%", low=0.0, high=105.0),
        tuple(series),
        caption,
    )


def cycles_table(group: Group, found: dict[str, PerCycle]) -> Table:
    """Number of cells, mean, standard deviation and t-interval of every quantity, and every cell, by cycle."""
    first = min(int(one.cycle[0]) for one in found.values())
    last = max(int(one.cycle[-1]) for one in found.values())
    cycle = np.arange(first, last + 1)
    columns: Columns = {"cycle": ("1", cycle.tolist())}
    for name, one in found.items():
        values = np.full((group.size, cycle.size), np.nan)
        values[:, one.cycle - first] = one.values
        mean, unit = columns_mean(values), quantity(name).unit
        columns[f"{name} cells"] = ("1", mean.n.tolist())
        columns[name] = (unit, _words(mean.mean))
        columns[f"{name} sd"] = (unit, _words(mean.sd))
        columns[f"{name} low"] = (unit, _words(mean.low))
        columns[f"{name} high"] = (unit, _words(mean.high))
        for test, row in zip(group.names, values, strict=True):
            columns[f"{name} {test}"] = (unit, _words(row))
    return Table("per_cycle", columns, title="Mean, spread and 95 % t-interval of every cycle, and every cell")


def lives_table(group: Group, every: list[Lives]) -> Table:
    """Life of every cell, and whether it ended."""
    columns: Columns = {"test": ("", list(group.names))}
    for lives in every:
        own = {name: (float(t), bool(e)) for name, t, e in zip(lives.names, lives.time, lives.ended, strict=True)}
        where = "".join(f" {q} {v:g}" for q, v in lives.at if isinstance(v, float))
        columns[f"{lives.quantity}{where}"] = (
            quantity(lives.quantity).unit,
            [own[name][0] if name in own else "" for name in group.names],
        )
        ended = ["" if name not in own else "yes" if own[name][1] else "no" for name in group.names]
        columns[f"{lives.quantity}{where} ended"] = ("", ended)
    return Table("lives", columns, title="Life of every cell; not ended: the test ended first")


def survival_table(lives: Lives) -> Table:
    """Kaplan-Meier curve as numbers."""
    found = kaplan_meier(lives.time, lives.ended)
    columns: Columns = {
        WORDS[lives.quantity]: (quantity(lives.quantity).unit, found.time.tolist()),
        "at_risk": ("1", found.at_risk.tolist()),
        "ended": ("1", found.ended.tolist()),
        "surviving": ("%", (100 * found.surviving).tolist()),
        "greenwood_std": ("%", (100 * found.standard_error).tolist()),
        "low": ("%", (100 * found.low).tolist()),
        "high": ("%", (100 * found.high).tolist()),
    }
    return Table(f"survival_{lives.quantity}", columns, title="Kaplan-Meier curve with 95 % interval (beta product)")


def _words(values: Floats) -> list[float | str]:
    return [float(v) if np.isfinite(v) else "" for v in values]
