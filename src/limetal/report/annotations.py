"""Words in and above a picture: names of points, of marked lines, of stretches of an axis; a second scale above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from limetal.exhibits import Axis, Line, Plot, Series
from limetal.report.curves import stairs
from limetal.report.fields import Field
from limetal.report.labels import Box, Wish, place, rows_of, text_width
from limetal.report.layout import LEFT, MARK_ROW, TOP_AXIS, Need, right_margin
from limetal.report.styles import GREY, MM_PER_POINT, Style
from limetal.report.ticks import axis_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "POINTS_PER_INCH",
    "SMALLER",
    "Above",
    "add_words",
    "add_words_above",
    "frame_of",
    "obstacles",
    "top_axis",
    "words_above",
]

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


@dataclass(frozen=True)
class Above:
    """Words above the picture: text, centre in parts of the box, row; and how many rows they need."""

    words: tuple[tuple[str, float, int], ...]
    rows: int


def words_above(axes: Axes, plot: Plot, field: Field, style: Style) -> Above:
    """Places of the names of stretches, each over the part of it that is seen, and above them the words of lines."""
    font, left = style.font_pt * SMALLER, LEFT * style.font_pt
    right = right_margin(plot, Need()) * style.font_pt
    width = style.width_mm / MM_PER_POINT - left - right
    ends = (0.3 * font - left, width + right - 0.3 * font)
    names = []
    for span in field.spans:
        first, last = sorted(_part(axes, at * field.x.factor) for at in (span.low, span.high))
        if first < 1.0 and last > 0.0:
            names.append((span.label, (max(first, 0.0) + min(last, 1.0)) / 2))
    lines = [(line.label, _part(axes, line.at * field.x.factor)) for line in field.above]
    words: list[tuple[str, float, int]] = []
    rows = 0
    for texts in (names, lines):
        places = rows_of([text for text, _ in texts], [width * at for _, at in texts], ends, font)
        words += [(text, at / width, rows + row) for (text, _), (at, row) in zip(texts, places, strict=True)]
        rows += max((row + 1 for _, row in places), default=0)
    return Above(tuple(words), rows)


def add_words_above(axes: Axes, plot: Plot, above: Above, style: Style) -> None:
    """Write the names of stretches and the words of lines above the picture."""
    start = 0.25 + (TOP_AXIS if plot.x.top else 0.0)
    for text, centre, row in above.words:
        over = (start + row * MARK_ROW) * style.font_pt
        looks: dict[str, Any] = {"ha": "center", "va": "bottom", "fontsize": style.font_pt * SMALLER}
        axes.annotate(
            text, (centre, 1.0), (0.0, over), xycoords="axes fraction", textcoords="offset points",
            annotation_clip=False, **looks,
        )  # fmt: skip


def add_words(
    axes: Axes, field: Field, style: Style, colours: list[Any], taken: NDArray[np.float64] | None = None
) -> None:
    """Mark and name points, and write the words of lines, where nothing lies beneath; ``taken`` are further places."""
    font = style.font_pt * SMALLER
    frame = frame_of(axes)
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
    under = obstacles(axes, field)
    under = under if taken is None else np.concatenate([under, taken])
    found = place([w.wish for w in words], under, wide, font)
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


def frame_of(axes: Axes) -> Box:
    """The frame of a field, in points of the figure."""
    left, bottom, right, top = np.array(axes.get_window_extent().extents) * POINTS_PER_INCH / axes.figure.dpi
    return Box(float(left), float(bottom), float(right), float(top))


def obstacles(axes: Axes, field: Field) -> NDArray[np.float64]:
    """Points on all curves, bands, error bars and vertical lines of a field, close enough to be felt by words."""
    frame = frame_of(axes)
    paths = [path for series in field.series for path in _paths(axes, field, series)]
    for line in field.lines:
        if line.axis == "x":
            at = float(_points(axes, np.array([line.at * field.x.factor]), np.array([axes.get_ylim()[0]]))[0, 0])
            paths.append(_filled(np.array([[at, frame.bottom], [at, frame.top]])))
    points = np.concatenate(paths) if paths else np.empty((0, 2))
    return points[np.isfinite(points).all(axis=1)]


def _paths(axes: Axes, field: Field, series: Series) -> list[NDArray[np.float64]]:
    """Points along the curve, the band and the error bars of one series."""
    xs, ys = series.x * field.x.factor, series.y * field.y.factor

    def curve(y: NDArray[np.float64]) -> NDArray[np.float64]:
        return _filled(_points(axes, *(stairs(xs, y) if series.mark == "step" else (xs, y))))

    paths = [_points(axes, xs, ys) if series.mark in {"points", "ticks"} else curve(ys)]
    if series.low is not None and series.high is not None:
        parts = np.linspace(0.0, 1.0, _BAND_LINES)
        paths += [curve(((1 - part) * series.low + part * series.high) * field.y.factor) for part in parts]
    if series.y_std is not None:
        std = series.y_std * field.y.factor
        pairs = zip(_points(axes, xs, ys - std), _points(axes, xs, ys + std), strict=True)
        paths += [_filled(np.array(pair)) for pair in pairs]
    return paths


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
    frame = frame_of(axes)
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
