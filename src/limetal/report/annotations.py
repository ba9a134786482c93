"""Words inside a picture: names of points, marked lines, a second scale above."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from limetal.exhibits import Axis, Panel, Plot
from limetal.report.labels import Box, Wish, place, rows_of, text_width
from limetal.report.styles import GREY, Style
from limetal.report.ticks import axis_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["add_lines", "add_names", "headroom", "mark_rows", "top_axis"]

#: Words inside a picture are a little smaller than those of the axes.
SMALLER = 0.88
#: Distance of the points that stand for a curve when words look for a free place.
_SAMPLING_PT = 2.0
_MOST_SAMPLES = 20_000
#: Curves that stand for a band.
_BAND_LINES = 9
#: Room above the data where points have names.
_HEADROOM = 0.16


def headroom(axes: Axes, panel: Panel) -> None:
    """Leave room for the names of points."""
    if any(series.names for series in panel.series):
        axes.margins(x=0.06, y=_HEADROOM)


def mark_rows(axes: Axes, plot: Plot, style: Style) -> tuple[int, list[tuple[float, int]]]:
    """Rows of words above the first field that its marked lines need, and the place of each in parts of the box."""
    from limetal.report.layout import BAR_RIGHT, LEFT, RIGHT

    lines = [line for line in plot.marks if line.axis == "x" and line.label]
    if not lines:
        return 0, []
    font, left = style.font_pt * SMALLER, LEFT * style.font_pt
    right = (BAR_RIGHT if plot.colour is not None else RIGHT) * style.font_pt
    whole = style.width_mm / 25.4 * 72
    width = whole - left - right
    at = [width * _part(axes, line.at * plot.x.factor) for line in lines]
    places = rows_of([line.label for line in lines], at, (0.3 * font - left, width + right - 0.3 * font), font)
    return max(row for _, row in places) + 1, [(centre / width, row) for centre, row in places]


def _part(axes: Axes, x: float) -> float:
    """Place along the x axis in parts of its length."""
    transform = axes.xaxis.get_transform()
    low, high, at = transform.transform(np.array([*axes.get_xlim(), x]))
    return float((at - low) / (high - low))


def add_lines(
    drawn: list[Axes], plot: Plot, fields: tuple[Panel, ...], places: list[tuple[float, int]], style: Style
) -> None:
    """Draw marked lines; words of those on the x axis stand above the picture, others beside their line."""
    from limetal.report.layout import MARK_ROW, TOP_AXIS

    looks: dict[str, Any] = {"color": GREY, "linewidth": 0.8 * style.line_pt, "linestyle": (0, (4, 2)), "zorder": 1.5}
    font = style.font_pt * SMALLER
    named = iter(places)
    limits = [(axes.get_xlim(), axes.get_ylim()) for axes in drawn]
    for number, (axes, panel) in enumerate(zip(drawn, fields, strict=True)):
        for line in panel.marks:
            if line.axis == "y":
                axes.axhline(line.at * panel.y.factor, **looks)
                continue
            x = _x_of_field(fields, number)
            sharing = [axes]
            for other, later in zip(drawn[number + 1 :], fields[number + 1 :], strict=True):
                if later.x is not None:
                    break
                sharing.append(other)
            for other in sharing:
                other.axvline(line.at * x.factor, **looks)
            if not line.label:
                continue
            centre, row = next(named) if number == 0 else (_part(axes, line.at * x.factor), -1)
            over = 0.25 * style.font_pt + row * MARK_ROW * style.font_pt
            if number == 0 and plot.x.top:
                over += TOP_AXIS * style.font_pt
            align = "bottom" if row >= 0 else "top"
            axes.annotate(
                line.label, (centre, 1.0), (0.0, over if row >= 0 else -2.0), xycoords="axes fraction",
                textcoords="offset points", ha="center", va=align, fontsize=font, annotation_clip=False,
            )  # fmt: skip
    for axes, (xlim, ylim) in zip(drawn, limits, strict=True):
        axes.set_xlim(xlim)
        axes.set_ylim(ylim)


def _x_of_field(fields: tuple[Panel, ...], number: int) -> Axis:
    return next(panel.x for panel in reversed(fields[: number + 1]) if panel.x is not None)


def add_names(axes: Axes, panel: Panel, x: Axis, style: Style, colours: list[Any]) -> None:
    """Mark and name points, and write the words of horizontal lines, where nothing lies beneath."""
    font = style.font_pt * SMALLER
    wishes: list[Wish] = []
    looks: list[tuple[float, float] | None] = []
    frame = _frame(axes)
    for series, colour in zip(panel.series, colours, strict=True):
        if not series.names:
            continue
        at = np.array([index for index, _ in series.names])
        xs, ys = series.x[at] * x.factor, series.y[at] * panel.y.factor
        axes.plot(xs, ys, marker="o", linestyle="none", color=colour, zorder=3)
        for (_, text), place_, point in zip(series.names, zip(xs, ys, strict=True), _points(axes, xs, ys), strict=True):
            if np.isfinite(point).all():
                wishes.append(Wish(text, (float(point[0]), float(point[1]))))
                looks.append((float(place_[0]), float(place_[1])))
    for line in panel.marks:
        if line.axis == "y" and line.label:
            height = float(_points(axes, np.array([axes.get_xlim()[0]]), np.array([line.at * panel.y.factor]))[0, 1])
            wishes.append(_beside(line.label, height, frame, font))
            looks.append(None)
    if not wishes:
        return
    # words may pass the right end of the axis, where there is a margin
    wide = Box(frame.left, frame.bottom, frame.right + 1.2 * font, frame.top)
    for wish, data, found in zip(wishes, looks, place(wishes, _obstacles(axes, panel, x), wide, font), strict=True):
        if found is None:
            continue
        leader = {"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "shrinkA": 0.0, "shrinkB": 2.0}
        offset = (found[0] - wish.anchor[0], found[1] - wish.anchor[1])
        halo = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.3} if data is None else None
        where = axes.transData.inverted().transform(_pixels(axes, np.array([wish.anchor])))[0] if data is None else data
        axes.annotate(
            wish.text, (float(where[0]), float(where[1])), offset, textcoords="offset points", ha="center",
            va="center", fontsize=font, arrowprops=leader if found[2] else None, annotation_clip=False, zorder=4,
            bbox=halo,
        )  # fmt: skip


def _beside(text: str, height: float, frame: Box, font: float) -> Wish:
    """Words above or below a horizontal line, at its right end, its left end or between."""
    half = text_width(text, font) / 2
    across = [frame.right - half, frame.left + half + 0.4 * font, (frame.left + frame.right) / 2]
    centres = tuple((x, height + sign * 0.75 * font) for sign in (1, -1) for x in across)
    return Wish(text, (frame.right - half, height), centres, needed=True)


def _points(axes: Axes, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places of data in points of the figure, (n, 2)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        pixels = axes.transData.transform(np.column_stack([x, y]))
    return np.asarray(pixels * 72.0 / axes.figure.dpi)


def _pixels(axes: Axes, points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(points * axes.figure.dpi / 72.0)


def _frame(axes: Axes) -> Box:
    left, bottom, right, top = np.array(axes.get_window_extent().extents) * 72.0 / axes.figure.dpi
    return Box(left, bottom, right, top)


def _obstacles(axes: Axes, panel: Panel, x: Axis) -> NDArray[np.float64]:
    """Points on all curves, error bars and marked lines of a field, close enough to be felt by words."""
    frame = _frame(axes)
    paths = []
    for series in panel.series:
        xs, y = series.x * x.factor, series.y * panel.y.factor
        ends = _points(axes, xs, y)
        paths.append(ends if series.mark == "points" else _filled(ends))
        if series.low is not None and series.high is not None:
            parts = np.linspace(0.0, 1.0, _BAND_LINES)
            edges = [(1 - part) * series.low + part * series.high for part in parts]
            paths += [_filled(_points(axes, xs, edge * panel.y.factor)) for edge in edges]
        if series.y_std is not None:
            std = series.y_std * panel.y.factor
            pairs = zip(_points(axes, xs, y - std), _points(axes, xs, y + std), strict=True)
            paths += [_filled(np.array(pair)) for pair in pairs]
    for line in panel.marks:
        if line.axis == "x":
            across = float(_points(axes, np.array([line.at * x.factor]), np.array([axes.get_ylim()[0]]))[0, 0])
            paths.append(_filled(np.array([[across, frame.bottom], [across, frame.top]])))
    points = np.concatenate(paths) if paths else np.empty((0, 2))
    return points[np.isfinite(points).all(axis=1)]


def _filled(ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points along a line through given points, two apart."""
    ends = ends[np.isfinite(ends).all(axis=1)]
    if len(ends) < 2 or len(ends) > _MOST_SAMPLES:
        return ends
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(ends, axis=0).T))])
    at = np.linspace(0.0, way[-1], min(_MOST_SAMPLES, int(way[-1] / _SAMPLING_PT) + 2))
    return np.column_stack([np.interp(at, way, ends[:, 0]), np.interp(at, way, ends[:, 1])])


def top_axis(axes: Axes, plot: Plot, style: Style) -> None:
    """Draw the second scale above a picture; of ticks too close to each other the later is left out."""
    top = plot.x.top
    assert top is not None  # the caller looked
    low, high = sorted(axes.get_xlim())
    frame = _frame(axes)
    taken: list[tuple[float, float]] = []
    kept = []
    for position, text in top.ticks:
        at = position * plot.x.factor
        if not low <= at <= high:
            continue
        centre = frame.left + (frame.right - frame.left) * _part(axes, at)
        half = text_width(text, style.font_pt) / 2 + 0.2 * style.font_pt
        if all(centre + half <= left or centre - half >= right for left, right in taken):
            taken.append((centre - half, centre + half))
            kept.append((at, text))
    scale = axes.secondary_xaxis("top")
    scale.set_xticks([at for at, _ in kept], [text for _, text in kept])
    scale.minorticks_off()
    scale.set_xlabel(axis_label(Axis(top.label, top.unit)))
