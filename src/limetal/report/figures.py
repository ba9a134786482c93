"""Draw a `Plot` as SVG with matplotlib: no global state, the same bytes for the same data.

The parts: `fields` says what each field of a picture holds, `curves` draws it, `layout` finds the places of the
fields, `ticks` writes the numbers, `annotations` the words inside, `labels` finds their places, `insets` draws zooms.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from limetal.exhibits import Axis, Plot
from limetal.report.annotations import add_words, add_words_above, obstacles, top_axis, words_above
from limetal.report.curves import colour_of, colour_scale, draw_field, draw_right
from limetal.report.fields import Field, fields_of
from limetal.report.insets import add_insets, make_room
from limetal.report.layout import Layout, Legend, Need, lay_out, legend_of, over_legend_mm, wrapped
from limetal.report.styles import COLOURS, MM_PER_INCH, STYLES, Style
from limetal.report.ticks import axis_label, exponent_of, set_ticks, tick_texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.collections import QuadMesh
    from matplotlib.figure import Figure

__all__ = ["axis_label", "draw", "svg"]

#: Fineness of maps and colour bars, which are pictures within the picture.
_DOTS_PER_INCH = 300
#: Wider margins can change the ticks; after this many rounds they stay as they are.
_MOST_PASSES = 3
#: What a legend says of series of the left and of the right axis.
_SIDES = ("\N{LEFTWARDS ARROW} ", "\N{RIGHTWARDS ARROW} ")


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
    colours = colour_scale(plot)
    fields = fields_of(plot)
    drawn: list[Axes] = []
    handles = []
    for field in fields:
        axes = figure.add_axes((0.1, 0.1, 0.8, 0.8), sharex=None if field.owns_x else drawn[-1])
        drawn.append(axes)
        handles.append(draw_field(axes, plot, field, style, colours))
    right = None
    if plot.right is not None:
        right = drawn[0].twinx()
        handles[0] += draw_right(right, plot, fields[0], style)
    _limits(drawn, right, fields)

    legends = _legends(plot, fields, style)
    above = words_above(drawn[0], plot, fields[0], style)
    layout = _arrange(figure, plot, drawn, right, fields, style, legends, above.rows)
    zooms = make_room(drawn[0], fields[0], plot.insets, style) if plot.insets else ()
    if zooms:  # the y axis may have become longer, and its numbers others
        layout = _arrange(figure, plot, drawn, right, fields, style, legends, above.rows)
    if plot.x.top is not None:
        top_axis(drawn[0], plot.x, style)
    _add_legends(drawn, handles, legends, plot, layout, style, above.rows)
    add_words_above(drawn[0], plot, above, style)
    taken = add_insets(figure, drawn[0], plot, fields[0], zooms, style, colours)
    if right is not None and plot.right is not None:
        _colour_sides(drawn[0], right, fields[0])
        other = replace(fields[0], y=plot.right, series=plot.right_series, lines=())
        taken = np.concatenate([taken, obstacles(right, other)])
    for number, (axes, field) in enumerate(zip(drawn, fields, strict=True)):
        looks = zip(field.series, field.looks, strict=True)
        words = [colour_of(plot, series, look, colours) for series, look in looks]
        add_words(axes, field, style, words, None if number else taken)
    if colours is not None and plot.colour is not None:
        _colour_bar(figure, plot, plot.colour, colours, layout, style)
    return figure


def _limits(drawn: list[Axes], right: Axes | None, fields: tuple[Field, ...]) -> None:
    """Take the limits as the data give them, with the ends and the direction that an axis asks for."""
    for axes, field in zip(drawn, fields, strict=True):
        if field.owns_x:
            axes.set_xlim(*_ends(axes.get_xlim(), field.x))
            if field.x.reverse:
                axes.invert_xaxis()
        for scale, axis in ((axes, field.y), (right, field.right)):
            if scale is not None and axis is not None:
                scale.set_ylim(*_ends(scale.get_ylim(), axis))
                if axis.reverse:
                    scale.invert_yaxis()


def _ends(found: tuple[float, float], axis: Axis) -> tuple[float, float]:
    low = found[0] if axis.low is None else axis.low * axis.factor
    high = found[1] if axis.high is None else axis.high * axis.factor
    if axis.symmetric:
        high = max(abs(low), abs(high))
        return -high, high
    return low, high if high > low else low + max(abs(low), 1.0)


def _legends(plot: Plot, fields: tuple[Field, ...], style: Style) -> list[Legend | None]:
    """The legend of each field; of two y axes it says which series belongs to which."""
    known = tuple(series.label for series in plot.series)
    series = [field.series for field in fields]
    if plot.right is not None:
        sides = zip(_SIDES, (plot.series, plot.right_series), strict=True)
        series[0] = tuple(
            replace(one, label=side + one.label if one.label else "") for side, both in sides for one in both
        )
    return [
        legend_of(shown, style, known if number else (), alone=bool(plot.categories) or plot.right is not None)
        for number, shown in enumerate(series)
    ]


def _colour_sides(left: Axes, right: Axes, field: Field) -> None:
    """Give each of two y axes the colour of its series, if that is one colour."""
    for axes, looks in ((left, field.looks), (right, field.right_looks)):
        colours = {COLOURS[look % len(COLOURS)] for look in looks}
        if len(colours) == 1:
            colour = colours.pop()
            axes.yaxis.label.set_color(colour)
            axes.tick_params(axis="y", which="both", colors=colour)
            axes.spines["left" if axes is left else "right"].set_color(colour)


def _arrange(
    figure: Figure,
    plot: Plot,
    drawn: list[Axes],
    right_axis: Axes | None,
    fields: tuple[Field, ...],
    style: Style,
    legends: list[Legend | None],
    rows: int,
) -> Layout:
    """Put every field in its place, once more where its numbers or the label of its y axis need a wider margin."""
    (left, right), (low, high) = drawn[0].get_xlim(), drawn[0].get_ylim()
    ratio = abs((high - low) / (right - left)) if plot.equal_axes else None
    need = Need()
    for _ in range(_MOST_PASSES):
        layout = lay_out(plot, style, legends, rows, ratio, need)
        figure.set_size_inches(layout.width_mm / MM_PER_INCH, layout.height_mm / MM_PER_INCH)
        for axes, box in zip(drawn, layout.boxes, strict=True):
            axes.set_position(box)
        if plot.equal_axes:
            drawn[0].set_xlim(left, right)
            drawn[0].set_ylim(low, high)
            _equalise(drawn[0], layout)
        _label(drawn, plot, fields, layout, style)
        found = Need(
            max(axes.get_ylabel().count("\n") + 1 for axes in drawn),
            max(len(text) for axes in drawn for text in tick_texts(axes.yaxis)),
        )
        if right_axis is not None and plot.right is not None:
            exponent = set_ticks(right_axis.yaxis, plot.right)
            words = wrapped(axis_label(plot.right, exponent), layout.boxes[0][3] * layout.height_mm, style)
            right_axis.set_ylabel(words)
            letters = max(len(text) for text in tick_texts(right_axis.yaxis))
            found = replace(found, right_lines=words.count("\n") + 1, right_letters=letters)
        if found.fits(need):
            break
        need = found.and_(need)
    for axes, box in zip(drawn, layout.boxes, strict=True):  # labels of the y axes stand below each other
        if len(drawn) > 1:
            axes.yaxis.set_label_coords(-need.label_away * style.font_mm / layout.width_mm / box[2], 0.5)
    return layout


def _equalise(axes: Axes, layout: Layout) -> None:
    """Give both axes one scale by room at their upper ends: the lower ends stay where they are."""
    width, height = layout.boxes[0][2] * layout.width_mm, layout.boxes[0][3] * layout.height_mm
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    per_mm = max(abs(right - left) / width, abs(high - low) / height)
    across, up = per_mm * width, per_mm * height
    axes.set_xlim((left, left + across) if right > left else (right + across, right))
    axes.set_ylim((low, low + up) if high > low else (high + up, high))
    axes.set_aspect("equal", adjustable="datalim")


def _label(drawn: list[Axes], plot: Plot, fields: tuple[Field, ...], layout: Layout, style: Style) -> None:
    """Numbers and words along the axes; equal axes leave out the same power of ten."""
    shared = None
    if plot.equal_axes:
        shared = exponent_of(plot.x, (*drawn[0].get_xlim(), *drawn[0].get_ylim()))
    for number, (axes, field, shown) in enumerate(zip(drawn, fields, layout.shows_x, strict=True)):
        common = shared if number == 0 else None
        if not plot.categories:
            exponent = set_ticks(axes.xaxis, field.x, whole=_counts(field), exponent=common)
            axes.set_xlabel(axis_label(field.x, exponent) if shown else "")
        axes.tick_params(axis="x", labelbottom=shown, which="both")
        exponent = set_ticks(axes.yaxis, field.y, exponent=common)
        axes.set_ylabel(wrapped(axis_label(field.y, exponent), layout.boxes[number][3] * layout.height_mm, style))


def _counts(field: Field) -> bool:
    """Whether the x axis counts: whole numbers without a unit, as cycles."""
    if field.x.unit != "1" or field.x.factor != 1:
        return False
    places = [series.x for series in field.series] + ([field.image.x] if field.image is not None else [])
    return all((x == x.round()).all() for x in places)


def _add_legends(
    drawn: list[Axes],
    handles: list[list[Any]],
    legends: list[Legend | None],
    plot: Plot,
    layout: Layout,
    style: Style,
    rows: int,
) -> None:
    for number, (axes, legend) in enumerate(zip(drawn, legends, strict=True)):
        if legend is None:
            continue
        over = over_legend_mm(plot, style, rows) if number == 0 else 0.0
        anchor = (0.0, 1.01 + over / (layout.boxes[number][3] * layout.height_mm))
        looks: dict[str, Any] = {"borderaxespad": 0.0, "ncols": legend.columns, "columnspacing": 1.2}
        axes.legend(handles[number], legend.labels, loc="lower left", bbox_to_anchor=anchor, **looks)


def _colour_bar(figure: Figure, plot: Plot, axis: Axis, colours: ScalarMappable, layout: Layout, style: Style) -> None:
    assert layout.bar is not None  # a plot with a colour scale has a place for its bar
    axes = figure.add_axes(layout.bar)
    bar = figure.colorbar(colours, cax=axes)
    cast("QuadMesh", bar.solids).set_rasterized(True)
    cast("Any", bar.outline).set_visible(False)
    bar.minorticks_off()
    values = [s.value for s in plot.series if s.value is not None]
    whole = bool(values) and axis.unit == "1" and axis.factor == 1 and all(v == round(v) for v in values)
    exponent = set_ticks(axes.yaxis, axis, whole=whole)
    axes.set_ylabel(wrapped(axis_label(axis, exponent), layout.bar[3] * layout.height_mm, style))


def _own_ids(text: str, ids: str) -> str:
    """Give every id a name in front, because many pictures share one page; words of the picture stay as they are."""
    prefix = re.sub(r"[^A-Za-z0-9_.-]", "-", ids)
    prefix = prefix if re.match(r"[A-Za-z_]", prefix) else f"_{prefix}"

    def own(tag: re.Match[str]) -> str:
        found = re.sub(r'(\s)id="', rf'\g<1>id="{prefix}-', tag[0])
        found = re.sub(r"url\(#", f"url(#{prefix}-", found)
        return re.sub(r'href="#', f'href="#{prefix}-', found)

    return re.sub(r"<[^<>]*>", own, text)
