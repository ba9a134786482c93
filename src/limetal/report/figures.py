"""Draw a `Plot` as SVG with matplotlib: no global state, the same bytes for the same data."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from limetal.exhibits import Axis, Image, Panel, Plot, Series
from limetal.report.annotations import add_lines, add_names, headroom, mark_rows, top_axis
from limetal.report.layout import (
    MARK_ROW,
    TOP_AXIS,
    Y_LABEL,
    Layout,
    Legend,
    category_labels,
    lay_out,
    legend_of,
    wrapped,
)
from limetal.report.styles import BRIGHTEST_LINE, COLOURS, MISSING, SEQUENTIAL, STYLES, Style
from limetal.report.ticks import axis_label, exponent_of, set_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.collections import QuadMesh
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

__all__ = ["axis_label", "draw", "svg"]

_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
#: Dashes that let curves be told apart where they lie on each other, or without colour.
_DASHES = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 1.5, 1.5, 1.5)))
_MOST_DASHED_POINTS = 1000
#: Fineness of maps and colour bars, which are pictures within the picture.
_DOTS_PER_INCH = 300
_BAND_OPACITY = 0.25


def svg(plot: Plot, style: Style = STYLES["double"], ids: str = "") -> str:
    """Draw a plot as an SVG text without date, whose ids begin with ``ids`` (the name of the plot if empty).

    Pictures that share a page need different ``ids``.
    """
    import matplotlib as mpl

    with mpl.rc_context({**style.settings}):  # type: ignore[dict-item]
        figure = draw(plot, style)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", dpi=_DOTS_PER_INCH, metadata={"Date": None, "Creator": None})
    return _own_ids(buffer.getvalue(), ids or plot.name)


def draw(plot: Plot, style: Style) -> Figure:
    """Build the matplotlib figure of a plot."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure()
    FigureCanvasSVG(figure)
    colours = _colour_scale(plot)
    fields = _fields(plot)
    drawn: list[Axes] = []
    handles = []
    for number, panel in enumerate(fields):
        axes = figure.add_axes((0.1, 0.1, 0.8, 0.8), sharex=drawn[-1] if number and panel.x is None else None)
        drawn.append(axes)
        handles.append(_field(axes, plot, fields, number, style, colours))
    for number, (axes, panel) in enumerate(zip(drawn, fields, strict=True)):
        _limits(axes, _x_of(fields, number), panel.y)
        if plot.x.reverse and _x_of(fields, number) is plot.x and (number == 0 or panel.x is not None):
            axes.invert_xaxis()

    legends = _legends(plot, fields, style)
    rows, places = mark_rows(drawn[0], plot, style)
    spans = np.diff(drawn[0].get_xlim())[0], np.diff(drawn[0].get_ylim())[0]
    ratio = abs(float(spans[1] / spans[0])) if plot.equal_axes else None
    layout = lay_out(plot, style, legends, rows, ratio, 1)
    lines = _label_lines(drawn, fields, layout, style)
    if lines > 1:
        layout = lay_out(plot, style, legends, rows, ratio, lines)
    _put(figure, drawn, layout)
    if plot.equal_axes:
        _equalise(drawn[0], layout)
    _label(drawn, plot, fields, layout, style)
    if plot.x.top is not None:
        top_axis(drawn[0], plot, style)
    _add_legends(drawn, handles, legends, plot, style, layout, rows)
    add_lines(drawn, plot, fields, places, style)
    for axes, panel, number in zip(drawn, fields, range(len(fields)), strict=True):
        add_names(
            axes,
            panel,
            _x_of(fields, number),
            style,
            [_colour(plot, s, i, colours) for s, i in _numbered(fields, number)],
        )
    if colours is not None and plot.colour is not None and layout.bar is not None:
        _colour_bar(figure, plot, plot.colour, colours, layout, style)
    return figure


def _fields(plot: Plot) -> tuple[Panel, ...]:
    """The first field of a plot and its panels, all alike."""
    return (Panel(plot.y, plot.series, plot.x, plot.marks, 1.0) if plot.series else _mapped(plot), *plot.panels)


def _mapped(plot: Plot) -> Panel:
    """A field without series: a point that is not drawn stands for the map."""
    nothing = np.empty(0)
    return Panel(plot.y, (Series(nothing, nothing),), plot.x, plot.marks, 1.0)


def _x_of(fields: tuple[Panel, ...], number: int) -> Axis:
    """The x axis of a field: its own, or that of the fields above."""
    return next(panel.x for panel in reversed(fields[: number + 1]) if panel.x is not None)


def _field(
    axes: Axes, plot: Plot, fields: tuple[Panel, ...], number: int, style: Style, colours: ScalarMappable | None
) -> list[Any]:
    """Draw the data of one field; return what stands for each labelled series in the legend, in their order."""
    panel, x = fields[number], _x_of(fields, number)
    axes.set_xscale(x.scale)
    axes.set_yscale(panel.y.scale)
    axes.margins(x=0.02, y=0.05)
    if number == 0 and plot.image is not None:
        _image(axes, plot, plot.image, colours)
    if plot.categories:
        return _bars(axes, plot, style)
    lines, handles = 0, []
    for series, index in _numbered(fields, number):
        handle = _series(axes, series, x, panel.y, _colour(plot, series, index, colours), index, lines)
        handles += [handle] if series.label else []
        lines += series.mark == "line"
    headroom(axes, panel)
    return handles


def _numbered(fields: tuple[Panel, ...], number: int) -> list[tuple[Series, int]]:
    """Series of a field with the number that gives each its looks: one label looks alike in all fields."""
    first = fields[0].series
    if number == 0:
        return [(series, index) for index, series in enumerate(first)]
    known: dict[str, int] = {}
    for index, series in enumerate(first):
        known.setdefault(series.label or f"\n{index}", index)
    found = []
    for index, series in enumerate(fields[number].series):
        look = known.setdefault(series.label, len(known)) if series.label else index
        found.append((series, look))
    return found


def _colour(plot: Plot, series: Series, index: int, colours: ScalarMappable | None) -> Any:  # noqa: ANN401 - matplotlib's
    if series.value is not None and colours is not None and plot.colour is not None:
        return colours.to_rgba(np.array([series.value * plot.colour.factor]))[0]
    return COLOURS[index % len(COLOURS)]


def _series(axes: Axes, series: Series, x_axis: Axis, y_axis: Axis, colour: Any, index: int, lines: int) -> Any:  # noqa: ANN401
    x, y = series.x * x_axis.factor, series.y * y_axis.factor
    looks: dict[str, Any] = {"color": colour}
    if series.mark in {"points", "line+points"}:
        marker = "o" if series.value is not None else _MARKERS[index % len(_MARKERS)]
        looks |= {"marker": marker, "markerfacecolor": "white"}
    if series.mark == "points":
        looks["linestyle"] = "none"
    elif series.mark == "line" and series.value is None and x.size <= _MOST_DASHED_POINTS:
        looks["linestyle"] = _DASHES[lines % len(_DASHES)]
    if series.low is not None and series.high is not None:
        low, high = series.low * y_axis.factor, series.high * y_axis.factor
        axes.fill_between(x, low, high, color=colour, alpha=_BAND_OPACITY, linewidth=0)
    if series.mark == "step":
        return axes.step(x, y, where="post", **looks)[0]
    if series.y_std is not None:
        return axes.errorbar(x, y, yerr=series.y_std * y_axis.factor, capsize=2, **looks)
    return axes.plot(x, y, **looks)[0]


def _bars(axes: Axes, plot: Plot, style: Style) -> list[Any]:
    """Stacked bars, one per category; long labels go on in further lines."""
    bottom, handles = np.zeros(len(plot.categories)), []
    for index, series in enumerate(plot.series):
        height = series.y * plot.y.factor
        colour = COLOURS[index % len(COLOURS)]
        bars = axes.bar(series.x, height, 0.7, bottom=bottom, color=colour)
        handles += [bars] if series.label else []
        bottom += height
    axes.set_xticks(range(len(plot.categories)), category_labels(plot, style))
    return handles


def _colour_scale(plot: Plot) -> ScalarMappable | None:
    """The scale of the colours: from the lowest to the highest value."""
    if plot.colour is None:
        return None
    import matplotlib as mpl
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, LogNorm, Normalize

    colours = mpl.colormaps[SEQUENTIAL]
    if plot.image is not None:
        values = plot.image.z * plot.colour.factor
    else:
        every = (*plot.series, *(s for panel in plot.panels for s in panel.series))
        values = np.array([s.value for s in every if s.value is not None]) * plot.colour.factor
        colours = ListedColormap(colours(np.linspace(0.0, BRIGHTEST_LINE, 256)))
    log = plot.colour.scale == "log"
    shown = values[np.isfinite(values) & ((values > 0) | (not log))]
    low = float(shown.min(initial=np.inf)) if plot.colour.low is None else plot.colour.low * plot.colour.factor
    high = float(shown.max(initial=-np.inf)) if plot.colour.high is None else plot.colour.high * plot.colour.factor
    if not low < high:
        low, high = (low / 2, low * 2) if log else (low - 0.5, low + 0.5)
    return ScalarMappable((LogNorm if log else Normalize)(low, high), colours.with_extremes(bad=MISSING))


def _image(axes: Axes, plot: Plot, image: Image, colours: ScalarMappable | None) -> None:
    assert colours is not None  # a plot with an image has a colour scale
    assert plot.colour is not None
    edges = [
        _edges(places * axis.factor, log=axis.scale == "log") for places, axis in ((image.x, plot.x), (image.y, plot.y))
    ]
    z = np.ma.masked_invalid(image.z * plot.colour.factor)
    axes.pcolormesh(*edges, z, norm=cast("Normalize", colours.norm), cmap=colours.cmap, rasterized=True, zorder=0)
    axes.margins(0)
    axes.set_facecolor(MISSING)


def _edges(places: np.ndarray[Any, np.dtype[np.float64]], *, log: bool) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Borders of cells halfway between their places, on a log scale halfway in the logarithm."""
    at = np.log(places) if log else places
    if at.size == 1:
        edges = at[0] + np.array([-0.5, 0.5])
    else:
        inner = (at[1:] + at[:-1]) / 2
        edges = np.concatenate(([2 * at[0] - inner[0]], inner, [2 * at[-1] - inner[-1]]))
    return np.asarray(np.exp(edges) if log else edges)


def _colour_bar(figure: Figure, plot: Plot, axis: Axis, colours: ScalarMappable, layout: Layout, style: Style) -> None:
    assert layout.bar is not None  # the caller looked
    cax = figure.add_axes(layout.bar)
    bar = figure.colorbar(colours, cax=cax)
    cast("QuadMesh", bar.solids).set_rasterized(True)
    bar.outline.set_visible(False)
    bar.minorticks_off()
    values = [s.value for s in plot.series if s.value is not None]
    whole = bool(values) and all(value == round(value) for value in values) and axis.factor == 1
    exponent = set_ticks(cax.yaxis, axis, whole=whole)
    cax.set_ylabel(wrapped(axis_label(axis, exponent), layout.bar[3] * layout.height_mm, style))


def _limits(axes: Axes, x: Axis, y: Axis) -> None:
    """Take the limits as the data give them, with the ends that an axis asks for."""
    for axis, get, put in ((x, axes.get_xlim, axes.set_xlim), (y, axes.get_ylim, axes.set_ylim)):
        low, high = get()
        asked = [None if end is None else end * axis.factor for end in (axis.low, axis.high)]
        low = low if asked[0] is None else asked[0]
        high = high if asked[1] is None else asked[1]
        put(low, high if high > low else low + abs(low) + 1.0)


def _equalise(axes: Axes, layout: Layout) -> None:
    """Give both axes one scale by room at their upper ends: nothing moves below zero that was above."""
    width, height = layout.boxes[0][2] * layout.width_mm, layout.boxes[0][3] * layout.height_mm
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    per_mm = max(abs(right - left) / width, (high - low) / height)
    if right > left:
        axes.set_xlim(left, left + per_mm * width)
    else:
        axes.set_xlim(right + per_mm * width, right)
    axes.set_ylim(low, low + per_mm * height)
    axes.set_aspect("equal", adjustable="datalim")


def _put(figure: Figure, drawn: list[Axes], layout: Layout) -> None:
    figure.set_size_inches(layout.width_mm / 25.4, layout.height_mm / 25.4)
    for axes, box in zip(drawn, layout.boxes, strict=True):
        axes.set_position(box)


def _label_lines(drawn: list[Axes], fields: tuple[Panel, ...], layout: Layout, style: Style) -> int:
    """Lines of text of the longest label of a y axis."""
    lines = 1
    for axes, panel, box in zip(drawn, fields, layout.boxes, strict=True):
        label = axis_label(panel.y, exponent_of(panel.y, axes.get_ylim()))
        lines = max(lines, wrapped(label, box[3] * layout.height_mm, style).count("\n") + 1)
    return lines


def _label(drawn: list[Axes], plot: Plot, fields: tuple[Panel, ...], layout: Layout, style: Style) -> None:
    """Numbers and words along the axes; equal axes leave out the same power of ten."""
    shared = None
    if plot.equal_axes:
        shared = exponent_of(plot.x, (*drawn[0].get_xlim(), *drawn[0].get_ylim()))
    for number, (axes, panel, shown) in enumerate(zip(drawn, fields, layout.shows_x, strict=True)):
        x = _x_of(fields, number)
        if not plot.categories:
            xs = [s.x for s in panel.series] + ([plot.image.x] if plot.image is not None and number == 0 else [])
            whole = x.unit == "1" and x.factor == 1 and all((places == places.round()).all() for places in xs)
            exponent = set_ticks(axes.xaxis, x, whole=whole, exponent=shared if number == 0 else None)
            axes.set_xlabel(axis_label(x, exponent) if shown else "")
        axes.tick_params(axis="x", labelbottom=shown, which="both")
        exponent = set_ticks(axes.yaxis, panel.y, exponent=shared if number == 0 else None)
        height = layout.boxes[number][3] * layout.height_mm
        axes.set_ylabel(wrapped(axis_label(panel.y, exponent), height, style))
    if len(drawn) > 1:  # labels of the y axes stand below each other
        for axes, box in zip(drawn, layout.boxes, strict=True):
            axes.yaxis.set_label_coords(-Y_LABEL * style.font_mm / layout.width_mm / box[2], 0.5)


def _legends(plot: Plot, fields: tuple[Panel, ...], style: Style) -> list[Legend | None]:
    known = tuple(series.label for series in plot.series)
    return [
        legend_of(panel.series, style, known if number else (), alone=bool(plot.categories))
        for number, panel in enumerate(fields)
    ]


def _add_legends(
    drawn: list[Axes],
    handles: list[list[Any]],
    legends: list[Legend | None],
    plot: Plot,
    style: Style,
    layout: Layout,
    rows: int,
) -> None:
    for number, (axes, legend) in enumerate(zip(drawn, legends, strict=True)):
        if legend is None:
            continue
        over = 1.01
        if number == 0:
            height_mm = layout.boxes[0][3] * layout.height_mm
            over += (MARK_ROW * rows + (TOP_AXIS if plot.x.top else 0.0)) * style.font_mm / height_mm
        axes.legend(
            handles[number], legend.labels, loc="lower left", bbox_to_anchor=(0.0, over), borderaxespad=0.0,
            ncols=legend.columns, columnspacing=1.2,
        )  # fmt: skip


def _own_ids(text: str, ids: str) -> str:
    """Give every id a name in front, because many pictures share one page; letters of the picture stay as they are."""
    prefix = re.sub(r"[^A-Za-z0-9_.-]", "-", ids)
    prefix = prefix if re.match(r"[A-Za-z_]", prefix) else f"_{prefix}"
    text = re.sub(r'(<[^<>]*?\s)id="', rf'\g<1>id="{prefix}-', text)
    text = re.sub(r"url\(#", f"url(#{prefix}-", text)
    return re.sub(r'href="#', f'href="#{prefix}-', text)
