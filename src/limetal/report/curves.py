"""Curves, bars, maps and the colours of their scale, drawn into the axes of matplotlib."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from limetal.exhibits import Image, Plot, Series
from limetal.report.fields import Field
from limetal.report.layout import category_labels
from limetal.report.styles import BRIGHTEST_LINE, COLOURS, GREY, MISSING, SEQUENTIAL, Style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

__all__ = ["colour_of", "colour_scale", "draw_field", "draw_right", "draw_series", "span_borders", "stairs"]

_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
#: Dashes that let curves be told apart where they lie on each other, or without colour.
_DASHES = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 1.5, 1.5, 1.5)))
_MOST_DASHED_POINTS = 1000
_BAND_OPACITY = 0.25
#: Length of the strokes of censored tests over the size of a marker.
_TICK_SIZE = 1.8
#: Room beside the data, in parts of their span; more where points have names.
_ROOM, _ROOM_FOR_NAMES = (0.02, 0.05), (0.06, 0.16)


def draw_field(axes: Axes, plot: Plot, field: Field, style: Style, colours: ScalarMappable | None) -> list[Any]:
    """Draw the data of one field; return what stands for each labelled series in the legend, in their order."""
    axes.set_xscale(field.x.scale)
    axes.set_yscale(field.y.scale)
    across, up = _room(field)
    axes.margins(x=across, y=up)
    if field.image is not None:
        _image(axes, plot, field.image, colours)
    for line in field.lines:
        looks: dict[str, Any] = {"color": GREY, "linewidth": 0.8 * style.line_pt, "linestyle": (0, (4, 2))}
        if line.axis == "x":
            axes.axvline(line.at * field.x.factor, zorder=1.5, **looks)
        else:
            axes.axhline(line.at * field.y.factor, zorder=1.5, **looks)
    for at in span_borders(field):
        axes.axvline(at, zorder=1.4, color=MISSING, linewidth=0.8 * style.line_pt)
    if plot.categories:
        return _bars(axes, plot, style)
    lines, handles = 0, []
    for series, look in zip(field.series, field.looks, strict=True):
        handle = draw_series(axes, field, series, colour_of(plot, series, look, colours), look, lines, style)
        handles += [handle] if series.label else []
        lines += series.mark == "line"
    return handles


def draw_right(axes: Axes, plot: Plot, field: Field, style: Style) -> list[Any]:
    """Draw the series of the second y axis; return what stands for each labelled one in the legend."""
    assert field.right is not None  # the caller looked
    axes.set_yscale(field.right.scale)
    axes.margins(x=_room(field)[0], y=_ROOM[1])
    axes.spines["right"].set_visible(True)
    handles = []
    lines = sum(series.mark == "line" for series in field.series)
    right = replace(field, y=field.right)
    for series, look in zip(field.right_series, field.right_looks, strict=True):
        handle = draw_series(axes, right, series, colour_of(plot, series, look, None), look, lines, style)
        handles += [handle] if series.label else []
        lines += series.mark == "line"
    return handles


def _room(field: Field) -> tuple[float, float]:
    """Room beside the data, across and up, in parts of their span."""
    return _ROOM_FOR_NAMES if any(series.names for series in field.series) else _ROOM


def span_borders(field: Field) -> list[float]:
    """Places between named stretches of the x axis, in the unit of the axis: halfway, on a log scale in the logarithm.

    Examples
    --------
    >>> from limetal.exhibits import Axis, Span
    >>> axis = Axis("cycle", "1")
    >>> span_borders(Field(axis, axis, True, (), (), (), (), spans=(Span(1, 5, "0.1C"), Span(6, 10, "1C"))))
    [5.5]
    """
    pairs = zip(field.spans, field.spans[1:], strict=False)
    log = field.x.scale == "log"
    middles = [math.sqrt(a.high * b.low) if log else (a.high + b.low) / 2 for a, b in pairs]
    return [middle * field.x.factor for middle in middles]


def colour_of(plot: Plot, series: Series, look: int, colours: ScalarMappable | None) -> Any:  # noqa: ANN401 - matplotlib's
    """Colour of a series: that of its value on the colour scale, else one of the palette."""
    if series.value is not None and colours is not None and plot.colour is not None:
        return colours.to_rgba(np.array([series.value * plot.colour.factor]))[0]
    return COLOURS[look % len(COLOURS)]


def colour_scale(plot: Plot) -> ScalarMappable | None:
    """The scale of the colours, from the lowest to the highest value unless its axis says otherwise."""
    if plot.colour is None:
        return None
    import matplotlib as mpl
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, LogNorm, Normalize

    colours = mpl.colormaps[SEQUENTIAL]
    factor = plot.colour.factor
    if plot.image is not None:
        values = plot.image.z * factor
    else:
        values = np.array([s.value for s in plot.every_series if s.value is not None]) * factor
        colours = ListedColormap(colours(np.linspace(0.0, BRIGHTEST_LINE, 256)))
    log = plot.colour.scale == "log"
    shown = values[np.isfinite(values) & ((values > 0) | (not log))]
    low = float(shown.min(initial=np.inf)) if plot.colour.low is None else plot.colour.low * factor
    high = float(shown.max(initial=-np.inf)) if plot.colour.high is None else plot.colour.high * factor
    if not low < high:
        middle = low if np.isfinite(low) else 1.0
        low, high = (middle / 2, middle * 2) if log else (middle - 1.0, middle + 1.0)
    return ScalarMappable((LogNorm if log else Normalize)(low, high), colours.with_extremes(bad=MISSING))


def draw_series(
    axes: Axes,
    field: Field,
    series: Series,
    colour: Any,  # noqa: ANN401 - matplotlib's
    look: int,
    lines: int,
    style: Style,
) -> Any:  # noqa: ANN401
    """Draw one series; ``lines`` counts the plain lines before it, which gives its dashes."""
    x, y = series.x * field.x.factor, series.y * field.y.factor
    looks: dict[str, Any] = {"color": colour}
    if series.mark in {"points", "line+points"}:
        marker = "o" if series.value is not None else _MARKERS[look % len(_MARKERS)]
        looks |= {"marker": marker, "markerfacecolor": "white"}
    if series.mark == "points":
        looks["linestyle"] = "none"
    elif series.mark == "ticks":
        size = _TICK_SIZE * style.marker_pt
        looks |= {"linestyle": "none", "marker": "|", "markersize": size, "markeredgewidth": style.line_pt}
    elif series.mark == "step":
        looks["drawstyle"] = "steps-post"
    elif series.mark == "line" and series.value is None and x.size <= _MOST_DASHED_POINTS:
        looks["linestyle"] = _DASHES[lines % len(_DASHES)]
    if series.low is not None and series.high is not None:
        low, high = series.low * field.y.factor, series.high * field.y.factor
        step: Literal["post"] | None = "post" if series.mark == "step" else None
        axes.fill_between(x, low, high, step=step, color=colour, alpha=_BAND_OPACITY, linewidth=0)
    if series.y_std is not None:
        return axes.errorbar(x, y, yerr=series.y_std * field.y.factor, capsize=2, **looks)
    return axes.plot(x, y, **looks)[0]


def stairs(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Corners of a line that keeps its value until the next point.

    Examples
    --------
    >>> [c.tolist() for c in stairs(np.array([0.0, 2.0]), np.array([1.0, 0.5]))]
    [[0.0, 2.0, 2.0], [1.0, 1.0, 0.5]]
    """
    return np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]


def _bars(axes: Axes, plot: Plot, style: Style) -> list[Any]:
    """Stacked bars, one per category; long labels go on in further lines."""
    bottom, handles = np.zeros(len(plot.categories)), []
    for index, series in enumerate(plot.series):
        height = series.y * plot.y.factor
        bars = axes.bar(series.x, height, 0.7, bottom=bottom, color=COLOURS[index % len(COLOURS)])
        handles += [bars] if series.label else []
        bottom += height
    axes.set_xticks(range(len(plot.categories)), category_labels(plot, style))
    return handles


def _image(axes: Axes, plot: Plot, image: Image, colours: ScalarMappable | None) -> None:
    """Cells of a map, as one picture of dots: cells of their own would show seams, and a large file."""
    assert colours is not None  # a plot with an image has a colour scale
    assert plot.colour is not None
    x = _edges(image.x * plot.x.factor, log=plot.x.scale == "log")
    y = _edges(image.y * plot.y.factor, log=plot.y.scale == "log")
    z = np.ma.masked_invalid(image.z * plot.colour.factor)
    norm = cast("Normalize", colours.norm)
    axes.pcolormesh(x, y, z, norm=norm, cmap=colours.cmap, rasterized=True, zorder=0)
    axes.margins(0)
    axes.set_facecolor(MISSING)


def _edges(places: NDArray[np.float64], *, log: bool) -> NDArray[np.float64]:
    """Borders of cells halfway between their places, on a log scale halfway in the logarithm."""
    at = np.log(places) if log else places
    if at.size == 1:
        edges = at[0] + np.array([-0.5, 0.5])
    else:
        inner = (at[1:] + at[:-1]) / 2
        edges = np.concatenate(([2 * at[0] - inner[0]], inner, [2 * at[-1] - inner[-1]]))
    return np.asarray(np.exp(edges) if log else edges)
