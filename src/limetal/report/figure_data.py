"""The data of a picture as columns, in the units of its axes, so that anybody can draw it again.

For each series its x (once for neighbours of the same x), its y, and where there are any the standard uncertainty, the
ends of the band and the names of points. The comment says what a legend, a colour scale or the place in the
picture says. Then marked lines, stretches, and the second scale above.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.exhibits import Axis, Image, Line, Plot, Series
from limetal.report.sheets import Column

__all__ = ["figure_columns"]


@dataclass(frozen=True, eq=False)
class _Group:
    """Series on one pair of axes, and words on where in the picture they are."""

    x: Axis
    y: Axis
    series: tuple[Series, ...]
    where: str


def figure_columns(plot: Plot) -> list[Column]:
    """Columns of everything that a picture shows, in the units of its axes.

    Examples
    --------
    >>> line = Series(np.array([1.0, 2.0]), np.array([0.25, 0.5]), "plating")
    >>> plot = Plot("v", "Voltage", Axis("cycle", "1"), Axis("voltage", "mV", factor=1e3), (line,))
    >>> [(c.name, c.unit, list(c.values), c.comment) for c in figure_columns(plot)]
    [('cycle', '1', [1.0, 2.0], ''), ('voltage', 'mV', [250.0, 500.0], 'plating')]
    """
    columns: list[Column] = []
    if plot.image is not None:
        columns += _map(plot, plot.image)
    for group in _groups(plot):
        shared: NDArray[np.float64] | None = None
        for series in group.series:
            if shared is None or not np.array_equal(series.x, shared, equal_nan=True):
                columns.append(_x_column(plot, group, series))
                shared = series.x
            columns += _series_columns(plot, group, series)
    return [*columns, *_marks(plot)]


def _shown(values: NDArray[np.float64], axis: Axis) -> list[float]:
    """Values in the unit of an axis."""
    shown: list[float] = (values * axis.factor).tolist()
    return shown


def _groups(plot: Plot) -> list[_Group]:
    """The fields of a picture, its right axis and its zooms."""
    groups = [_Group(plot.x, plot.y, plot.series, "")]
    if plot.right is not None:
        groups.append(_Group(plot.x, plot.right, plot.right_series, "right axis"))
    for number, inset in enumerate(plot.insets, 1):
        if inset.series:
            groups.append(_Group(plot.x, plot.y, inset.series, f"zoom {number}"))
    x = plot.x
    for number, panel in enumerate(plot.panels, 2):
        x = panel.x or x
        groups.append(_Group(x, panel.y, panel.series, f"field {number}"))
    return groups


def _x_column(plot: Plot, group: _Group, series: Series) -> Column:
    if plot.categories:
        names: list[object] = [plot.categories[round(place)] for place in series.x.tolist()]
        return Column(group.x.label, "", names, group.where)
    return Column(group.x.label, group.x.unit, _shown(series.x, group.x), group.where)


def _series_columns(plot: Plot, group: _Group, series: Series) -> list[Column]:
    """The y of a series and what is drawn about it."""
    axis, words = group.y, _comment(plot, group, series)
    columns = [Column(axis.label, axis.unit, _shown(series.y, axis), words)]
    for values, what in (
        (series.y_std, "standard uncertainty"),
        (series.low, "low end of the band"),
        (series.high, "high end of the band"),
    ):
        if values is not None:
            columns.append(Column(f"{axis.label}, {what}", axis.unit, _shown(values, axis), words))
    if series.names:
        named = dict(series.names)
        columns.append(Column("name of the point", "", [named.get(row) for row in range(series.x.size)], words))
    return columns


def _comment(plot: Plot, group: _Group, series: Series) -> str:
    """Words of the legend, the value on the colour scale, and where in the picture."""
    value = ""
    if series.value is not None and plot.colour is not None:
        unit = "" if plot.colour.unit == "1" else f" {plot.colour.unit}"
        value = f"{plot.colour.label} {series.value * plot.colour.factor:.10g}{unit}"
    return "; ".join(part for part in (series.label, value, group.where) if part)


def _map(plot: Plot, image: Image) -> list[Column]:
    """A map as three columns, row by row; where a value is missing the cell is empty."""
    assert plot.colour is not None  # a plot with an image has a colour scale
    across, up = np.meshgrid(image.x, image.y)
    return [
        Column(axis.label, axis.unit, _shown(values.ravel(), axis), "map")
        for axis, values in ((plot.x, across), (plot.y, up), (plot.colour, image.z))
    ]


def _marks(plot: Plot) -> list[Column]:
    """Places and words of lines, stretches and the scale above."""
    columns: list[Column] = []
    x = plot.x
    fields: list[tuple[Axis, Axis, tuple[Line, ...], str]] = [(plot.x, plot.y, plot.marks, "")]
    for number, panel in enumerate(plot.panels, 2):
        x = panel.x or x
        fields.append((x, panel.y, panel.marks, f"field {number}"))
    for across, up, marks, where in fields:
        for axis, direction in ((across, "x"), (up, "y")):
            chosen = [mark for mark in marks if mark.axis == direction]
            if chosen:
                places = _shown(np.array([mark.at for mark in chosen]), axis)
                columns.append(Column(f"{axis.label} of a marked line", axis.unit, places, where))
                columns.append(Column("words at the line", "", [mark.label for mark in chosen], where))
    if plot.spans:
        for name, ends in (("from", [s.low for s in plot.spans]), ("to", [s.high for s in plot.spans])):
            places = _shown(np.array(ends), plot.x)
            columns.append(Column(f"{plot.x.label}, {name}", plot.x.unit, places, "named stretch"))
        columns.append(Column("name of the stretch", "", [s.label for s in plot.spans], "named stretch"))
    if plot.x.top is not None:
        top = plot.x.top
        places = _shown(np.array([position for position, _ in top.ticks]), plot.x)
        columns.append(Column(f"{plot.x.label} of the scale above", plot.x.unit, places, "scale above"))
        columns.append(Column(top.label, top.unit, [text for _, text in top.ticks], "scale above"))
    return columns
