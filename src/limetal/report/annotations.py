"""Words inside a picture: names of points, words of marked lines, a second scale above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from limetal.exhibits import Axis, Line, Plot
from limetal.report.fields import Field
from limetal.report.labels import Box, Wish, place, rows_of, text_width
from limetal.report.layout import BAR_RIGHT, LEFT, MARK_ROW, RIGHT, TOP_AXIS
from limetal.report.styles import GREY, MM_PER_POINT, Style
from limetal.report.ticks import axis_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["add_words", "add_words_above", "rows_above", "top_axis"]

#: Words inside a picture are a little smaller than those of the axes.
SMALLER = 0.88
#: Distance of the points that stand for a curve when words look for a free place.
_SAMPLING_PT = 2.0
_MOST_SAMPLES = 20_000
#: Curves that stand for a band.
_BAND_LINES = 9
POINTS_PER_INCH = 72.0


@dataclass(frozen=True)
class _Words:
    """A wish with what the drawing needs: the point in the data, and a background for words that must stand."""

    wish: Wish
    halo: bool


def rows_above(axes: Axes, plot: Plot, field: Field, style: Style) -> tuple[int, list[tuple[float, int]]]:
    """Rows of words above the picture that its marked lines need; place of each in parts of the box, and its row."""
    if not field.above:
        return 0, []
    font, left = style.font_pt * SMALLER, LEFT * style.font_pt
    right = (BAR_RIGHT if plot.colour is not None else RIGHT) * style.font_pt
    width = style.width_mm / MM_PER_POINT - left - right
    at = [width * _part(axes, line.at * field.x.factor) for line in field.above]
    ends = (0.3 * font - left, width + right - 0.3 * font)
    places = rows_of([line.label for line in field.above], at, ends, font)
    return max(row for _, row in places) + 1, [(centre / width, row) for centre, row in places]


def add_words_above(axes: Axes, plot: Plot, field: Field, places: list[tuple[float, int]], style: Style) -> None:
    """Write the words of lines at places on the x axis above the picture."""
    start = 0.25 + (TOP_AXIS if plot.x.top else 0.0)
    for line, (centre, row) in zip(field.above, places, strict=True):
        over = (start + row * MARK_ROW) * style.font_pt
        looks: dict[str, Any] = {"ha": "center", "va": "bottom", "fontsize": style.font_pt * SMALLER}
        axes.annotate(
            line.label, (centre, 1.0), (0.0, over), xycoords="axes fraction", textcoords="offset points",
            annotation_clip=False, **looks,
        )  # fmt: skip


def add_words(axes: Axes, field: Field, style: Style, colours: list[Any]) -> None:
    """Mark and name points, and write the words of lines, where nothing lies beneath."""
    font = style.font_pt * SMALLER
    frame = _frame(axes)
    words: list[_Words] = []
    for series, colour in zip(field.series, colours, strict=True):
        if not series.names:
            continue
        at = np.array([index for index, _ in series.names])
        xs, ys = series.x[at] * field.x.factor, series.y[at] * field.y.factor
        axes.plot(xs, ys, marker="o", linestyle="none", color=colour, zorder=3)
        for (_, text), (x, y) in zip(series.names, _points(axes, xs, ys).tolist(), strict=True):
            if np.isfinite([x, y]).all():
                words.append(_Words(Wish(text, (x, y)), halo=False))
    words += [_Words(_beside(axes, field, line, frame, font), halo=True) for line in field.words]
    if not words:
        return
    # words may pass the right end of the axis, where there is a margin
    wide = Box(frame.left, frame.bottom, frame.right + 1.2 * font, frame.top)
    found = place([w.wish for w in words], _obstacles(axes, field), wide, font)
    for word, where in zip(words, found, strict=True):
        if where is not None:
            _write(axes, word, where, font)


def _write(axes: Axes, word: _Words, where: tuple[float, float, bool], font: float) -> None:
    """Write words beside the point of the data they belong to, with a thin line to it if they stand far off."""
    to_data = axes.transData.inverted()
    point = to_data.transform(np.array([word.wish.anchor]) * axes.figure.dpi / POINTS_PER_INCH)[0]
    looks: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": font, "zorder": 4}
    if where[2]:
        looks["arrowprops"] = {"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "shrinkA": 0.0, "shrinkB": 2.0}
    if word.halo:
        looks["bbox"] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.3}
    axes.annotate(
        word.wish.text, (float(point[0]), float(point[1])),
        (where[0] - word.wish.anchor[0], where[1] - word.wish.anchor[1]),
        textcoords="offset points", annotation_clip=False, **looks,
    )  # fmt: skip


def _beside(axes: Axes, field: Field, line: Line, frame: Box, font: float) -> Wish:
    """Words along a horizontal line, or at the upper end of a vertical one."""
    half = text_width(line.label, font) / 2
    if line.axis == "y":
        height = _points(axes, np.array([axes.get_xlim()[0]]), np.array([line.at * field.y.factor]))[0, 1]
        first, last = frame.left + half + 0.4 * font, frame.right - half
        across = [last + part * (first - last) for part in (0.0, 1.0, 0.5, 0.25, 0.75, 0.125, 0.375, 0.625, 0.875)]
        centres = tuple((x, float(height) + sign * 0.75 * font) for sign in (1, -1) for x in across)
    else:
        at = float(_points(axes, np.array([line.at * field.x.factor]), np.array([axes.get_ylim()[0]]))[0, 0])
        heights = (frame.top - 0.7 * font, frame.top - 2.0 * font, frame.bottom + 0.7 * font)
        centres = tuple((at + sign * (half + 0.4 * font), y) for y in heights for sign in (1, -1))
    return Wish(line.label, centres[0], centres, needed=True)


def _points(axes: Axes, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places of data in points of the figure, (n, 2); what a log scale cannot show is NaN or infinite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        pixels = axes.transData.transform(np.column_stack([x, y]))
    return np.asarray(pixels * POINTS_PER_INCH / axes.figure.dpi)


def _frame(axes: Axes) -> Box:
    left, bottom, right, top = np.array(axes.get_window_extent().extents) * POINTS_PER_INCH / axes.figure.dpi
    return Box(float(left), float(bottom), float(right), float(top))


def _obstacles(axes: Axes, field: Field) -> NDArray[np.float64]:
    """Points on all curves, bands, error bars and vertical lines of a field, close enough to be felt by words."""
    frame = _frame(axes)
    paths = []
    for series in field.series:
        xs, ys = series.x * field.x.factor, series.y * field.y.factor
        ends = _points(axes, xs, ys)
        paths.append(ends if series.mark == "points" else _filled(ends))
        if series.low is not None and series.high is not None:
            parts = np.linspace(0.0, 1.0, _BAND_LINES)
            edges = [(1 - part) * series.low + part * series.high for part in parts]
            paths += [_filled(_points(axes, xs, edge * field.y.factor)) for edge in edges]
        if series.y_std is not None:
            std = series.y_std * field.y.factor
            pairs = zip(_points(axes, xs, ys - std), _points(axes, xs, ys + std), strict=True)
            paths += [_filled(np.array(pair)) for pair in pairs]
    for line in field.lines:
        if line.axis == "x":
            at = float(_points(axes, np.array([line.at * field.x.factor]), np.array([axes.get_ylim()[0]]))[0, 0])
            paths.append(_filled(np.array([[at, frame.bottom], [at, frame.top]])))
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


def top_axis(axes: Axes, x: Axis, style: Style) -> None:
    """Draw the second scale above a picture; of ticks too close to each other the later is left out."""
    assert x.top is not None  # the caller looked
    low, high = sorted(axes.get_xlim())
    frame = _frame(axes)
    taken: list[tuple[float, float]] = []
    kept = []
    for position, text in x.top.ticks:
        at = position * x.factor
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
    scale.set_xlabel(axis_label(Axis(x.top.label, x.top.unit)))


def _part(axes: Axes, x: float) -> float:
    """Place along the x axis in parts of its length."""
    low, high, at = axes.xaxis.get_transform().transform(np.array([*axes.get_xlim(), x]))
    return float((at - low) / (high - low))
