"""Zooms within a field: small pictures where they hide the least data, and lines from each to the part it shows.

All stand in a row at the upper end, at the lower end, or in turn at both. Where there is no free room the y axis
is made longer, up to a limit, unless its ends are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from limetal.exhibits import Axis, Inset, Plot, Series
from limetal.report.annotations import POINTS_PER_INCH, frame_of, obstacles
from limetal.report.curves import colour_of, draw_series
from limetal.report.fields import Field
from limetal.report.labels import Box, text_width
from limetal.report.styles import GREY, Style
from limetal.report.ticks import exponent_of, set_ticks, tick_texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.figure import Figure

__all__ = ["Place", "add_insets", "make_room"]

#: The numbers of a zoom over the font of the picture.
FONT = 0.8
#: Room left of the frame of a zoom for its numbers, and right of it, in fonts; above or below it for numbers.
_LEFT, _RIGHT, _NUMBERS, _GAP = 3.4, 1.1, 1.5, 0.4
#: Height of the frame over that of the field; its greatest width over that of the field.
_HEIGHT, _MOST_WIDTH = 0.18, 0.4
#: How much longer the y axis may become for zooms.
_LONGER = (1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.65, 1.8, 2.0, 2.25, 2.5, 2.8, 3.2)
#: Parts of the field from left to right that zooms may share, the preferred first: data often grow to one side.
_PARTS = ((0.0, 1.0), (0.0, 0.78), (0.22, 1.0))
#: Least width of a zoom in only a part of the field, in fonts.
_LEAST_WIDTH = 5.0
#: Least distance of a zoom from what it shows, over the height of what it shows.
_AWAY = 0.08
#: Room above and below the data of a zoom, over their span.
_ROOM = 0.08
_MOST_TICKS = 3
#: Distance of the points that stand for a zoom when words look for a free place.
_SAMPLING_PT = 3.0

Row = Literal["top", "bottom"]


@dataclass(frozen=True)
class Place:
    """Where a zoom stands: its frame in parts of the field, the row, and all it covers with its numbers."""

    frame: Box
    row: Row
    covered: Box


def make_room(axes: Axes, field: Field, insets: tuple[Inset, ...], style: Style) -> tuple[Place, ...]:
    """Find the places of zooms in a field of final size; its y axis becomes longer if all places hide data.

    Returns
    -------
    tuple of Place
        In the order of the zooms.
    """
    frame = frame_of(axes)
    size = np.array([frame.right - frame.left, frame.top - frame.bottom])
    at = (obstacles(axes, replace(field, lines=())) - [frame.left, frame.bottom]) / size
    shown = [_shown(axes, field, inset) for inset in insets]
    away = [_AWAY * (box.top - box.bottom) for box in shown]
    around = [[box.centre, y] for box, d in zip(shown, away, strict=True) for y in (box.bottom - d, box.top + d)]
    at = np.concatenate([at, around])
    ends = _free_ends(field.y)
    best: tuple[int, float, tuple[Place, ...]] | None = None
    for longer in _LONGER if any(ends) else _LONGER[:1]:
        seen = np.column_stack([at[:, 0], _shortened(at[:, 1], longer, ends)])
        boxes = [
            replace(box, bottom=low, top=high)
            for box in shown
            for low, high in [_shortened(np.array([box.bottom, box.top]), longer, ends).tolist()]
        ]
        for rows, part in product(_arrangements(len(insets), ends), _PARTS):
            places = _places([box.centre for box in shown], rows, part, size, style.font_pt)
            hidden = sum(place.covered.holds(seen) for place in places) + _crossings(places, boxes)
            if places and (best is None or hidden < best[0]):
                best = (hidden, longer, places)
        if best is not None and best[0] == 0:
            break
    assert best is not None  # one row over the whole width always fits
    _lengthen(axes, best[1], ends)
    return best[2]


def _shown(axes: Axes, field: Field, inset: Inset) -> Box:
    """What a zoom shows, in parts of the field."""
    low, high = _y_ends(inset, inset.series or field.series, field.y)
    corners = np.array([[inset.low * field.x.factor, low], [inset.high * field.x.factor, high]])
    (x0, y0), (x1, y1) = np.sort(axes.transAxes.inverted().transform(axes.transData.transform(corners)), axis=0)
    return Box(float(x0), float(y0), float(x1), float(y1))


def _lines(place: Place, shown: Box) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Two lines from corners of a zoom to the near corners of what it shows; none if it stands on it."""
    frame = place.frame
    top = place.row == "top"
    side, far, near = (frame.bottom, frame.top, shown.top) if top else (frame.top, frame.bottom, shown.bottom)
    if near <= side if top else near >= side:
        return [((frame.left, side), (shown.left, near)), ((frame.right, side), (shown.right, near))]
    if shown.left >= frame.right:
        return [((frame.right, side), (shown.left, near)), ((frame.right, far), (shown.right, near))]
    if shown.right <= frame.left:
        return [((frame.left, side), (shown.right, near)), ((frame.left, far), (shown.left, near))]
    return []


def _crossings(places: tuple[Place, ...], shown: Sequence[Box]) -> int:
    """How much of the lines of all zooms lies under other zooms."""
    found = 0
    along = np.linspace(0.0, 1.0, 24)[:, None]
    for number, (place, box) in enumerate(zip(places, shown, strict=False)):
        for start, end in _lines(place, box):
            path = np.array(start) * (1 - along) + np.array(end) * along
            found += sum(other.covered.holds(path) for index, other in enumerate(places) if index != number)
    return found


def _free_ends(y: Axis) -> tuple[bool, bool]:
    """Whether the lower and the upper end of the picture move to make room: both only if zero is in the middle."""
    lower, upper = (y.high, y.low) if y.reverse else (y.low, y.high)
    return lower is None and (y.symmetric or upper is not None), upper is None


def _arrangements(count: int, ends: tuple[bool, bool]) -> list[list[Row]]:
    """Rows of the zooms from left to right, the preferred first: in turn where room is made at both ends."""
    top: list[Row] = ["top"] * count
    bottom: list[Row] = ["bottom"] * count
    in_turn = [(top if number % 2 == 0 else bottom)[number] for number in range(count)]
    if ends == (True, True):
        return [in_turn, top, bottom]
    return [bottom, top, in_turn] if ends == (True, False) else [top, bottom, in_turn]


def _shortened(up: NDArray[np.float64], longer: float, ends: tuple[bool, bool]) -> NDArray[np.float64]:
    """Places along a y axis, in parts of it, after it became longer."""
    fixed = _fixed(ends)
    return np.asarray(fixed + (up - fixed) / longer)


def _fixed(ends: tuple[bool, bool]) -> float:
    """The place that stays where it is: the middle if both ends may move."""
    return {(True, True): 0.5, (False, True): 0.0, (True, False): 1.0}.get(ends, 0.0)


def _lengthen(axes: Axes, longer: float, ends: tuple[bool, bool]) -> None:
    if longer == 1.0:
        return
    transform = axes.yaxis.get_transform()
    low, high = transform.transform(np.array(axes.get_ylim()))
    fixed = low + _fixed(ends) * (high - low)
    new = transform.inverted().transform(np.array([fixed + (end - fixed) * longer for end in (low, high)]))
    axes.set_ylim(*new.tolist())


def _places(
    own: Sequence[float], rows: Sequence[Row], part: tuple[float, float], size: NDArray[np.float64], font: float
) -> tuple[Place, ...]:
    """Places of zooms in a field of so many points: side by side in each row, each as near to its data as it can be.

    ``part`` is the part of the field from left to right that they share; no places if they became too narrow in it.
    """
    width, height = size.tolist()
    order = sorted(range(len(own)), key=lambda index: own[index])
    row_of = dict(zip(order, rows, strict=True))
    most = max(rows.count("top"), rows.count("bottom"))
    across = min(_MOST_WIDTH, (part[1] - part[0]) / most - (_LEFT + _RIGHT) * font / width)
    left, right = _LEFT * font / width, _RIGHT * font / width
    if part != _PARTS[0] and across * width < _LEAST_WIDTH * font:
        return ()
    numbers, gap = _NUMBERS * font / height, _GAP * font / height
    found: dict[int, Place] = {}
    for row in ("top", "bottom"):
        members = [index for index in order if row_of[index] == row]
        for number, index in enumerate(members):
            slot = [part[0] + (part[1] - part[0]) * n / len(members) for n in (number, number + 1)]
            start = min(max(own[index] - across / 2, slot[0] + left), slot[1] - right - across)
            bottom = 1.0 - gap - numbers - _HEIGHT if row == "top" else gap + numbers
            box = Box(start, bottom, start + across, bottom + _HEIGHT)
            lower, upper = (gap, gap + numbers) if row == "top" else (gap + numbers, gap)
            covered = Box(start - left, bottom - lower, box.right + right, box.top + upper)
            found[index] = Place(box, row, covered)
    return tuple(found[index] for index in range(len(own)))


def add_insets(
    figure: Figure,
    axes: Axes,
    plot: Plot,
    field: Field,
    places: tuple[Place, ...],
    style: Style,
    colours: ScalarMappable | None,
) -> NDArray[np.float64]:
    """Draw the zooms at their places; return points, (n, 2), all over what they cover."""
    left, bottom, width, height = axes.get_position().bounds
    frame = frame_of(axes)
    size = np.array([frame.right - frame.left, frame.top - frame.bottom])
    taken = [np.empty((0, 2))]
    for inset, place in zip(plot.insets, places, strict=True):
        box = place.frame
        at = (left + box.left * width, bottom + box.bottom * height)
        zoom = figure.add_axes((*at, (box.right - box.left) * width, (box.top - box.bottom) * height))
        _draw(zoom, axes, plot, field, inset, place, style, colours)
        _connect(axes, zoom, field, inset, place, style)
        corners = np.array([[place.covered.left, place.covered.bottom], [place.covered.right, place.covered.top]])
        (x0, y0), (x1, y1) = corners * size + [frame.left, frame.bottom]
        grid = np.meshgrid(np.arange(x0, x1, _SAMPLING_PT), np.arange(y0, y1, _SAMPLING_PT))
        taken.append(np.column_stack([part.ravel() for part in grid]))
    return np.concatenate(taken)


def _draw(
    zoom: Axes,
    axes: Axes,
    plot: Plot,
    field: Field,
    inset: Inset,
    place: Place,
    style: Style,
    colours: ScalarMappable | None,
) -> None:
    """Draw the data of one zoom, its numbers on the side away from the lines that lead to it."""
    from matplotlib.ticker import MaxNLocator

    zoom.set_xscale(field.x.scale)
    zoom.set_yscale(field.y.scale)
    thin = replace(style, line_pt=0.8 * style.line_pt, marker_pt=0.7 * style.marker_pt)
    lines = 0
    for number, series in enumerate(inset.series or field.series):
        look = _look(field, series, number)
        draw_series(zoom, field, _within(series, inset), colour_of(plot, series, look, colours), look, lines, thin)
        lines += series.mark == "line"
    for line in zoom.lines:
        line.set_linewidth(thin.line_pt)
        line.set_markersize(min(line.get_markersize(), thin.marker_pt))
    ends = sorted((inset.low * field.x.factor, inset.high * field.x.factor), reverse=field.x.reverse)
    zoom.set_xlim(*ends)
    low, high = _y_ends(inset, inset.series or field.series, field.y)
    zoom.set_ylim(*((high, low) if field.y.reverse else (low, high)))
    zoom.set_facecolor("white")
    zoom.set_zorder(1)
    for spine in zoom.spines.values():
        spine.set_visible(True)
        spine.set_color(GREY)
    font = style.font_pt
    zoom.tick_params(which="major", color=GREY, labelsize=FONT * font, length=0.25 * font, pad=0.2 * font)
    zoom.minorticks_off()
    if place.row == "top":
        zoom.xaxis.tick_top()
    frame = zoom.get_window_extent()
    points = np.array([frame.width, frame.height]) * POINTS_PER_INCH / zoom.figure.dpi
    for drawn, axis, limits, length in (
        (zoom.xaxis, field.x, axes.get_xlim(), points[0]),
        (zoom.yaxis, field.y, axes.get_ylim(), points[1]),
    ):
        for most in range(_MOST_TICKS, 0, -1):
            if axis.scale == "linear":
                drawn.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))
            set_ticks(drawn, axis, exponent=exponent_of(axis, limits))
            texts = tick_texts(drawn)
            room = [text_width(text, FONT * font) if drawn is zoom.xaxis else FONT * font for text in texts]
            if sum(room) + 0.5 * font * (len(room) - 1) <= length:
                break


def _look(field: Field, series: Series, number: int) -> int:
    """Look of the series of the field with the same label, else of the one at the same place."""
    labels = [s.label for s in field.series]
    if series.label and series.label in labels:
        return field.looks[labels.index(series.label)]
    return field.looks[number] if number < len(field.looks) else number


def _within(series: Series, inset: Inset) -> Series:
    """A series without the points that the zoom does not show, but for those next to its ends."""
    if series.x.size == 0 or not (np.diff(series.x) >= 0).all():
        return series
    first = max(int(np.searchsorted(series.x, inset.low)) - 1, 0)
    last = int(np.searchsorted(series.x, inset.high, side="right")) + 1
    part = slice(first, last)
    return replace(
        series,
        x=series.x[part],
        y=series.y[part],
        y_std=None if series.y_std is None else series.y_std[part],
        low=None if series.low is None else series.low[part],
        high=None if series.high is None else series.high[part],
        names=(),
    )


def _y_ends(inset: Inset, series: tuple[Series, ...], y: Axis) -> tuple[float, float]:
    """Ends of the y axis of a zoom, in the unit of the axis."""
    if inset.y_low is not None and inset.y_high is not None:
        return inset.y_low * y.factor, inset.y_high * y.factor
    found = []
    for one in series:
        rows = (one.x >= inset.low) & (one.x <= inset.high)
        found += [values[rows] for values in (one.y, one.low, one.high) if values is not None]
        if one.y_std is not None:
            found += [(one.y - one.y_std)[rows], (one.y + one.y_std)[rows]]
    values = np.concatenate(found) * y.factor
    values = values[np.isfinite(values) & ((values > 0) | (y.scale == "linear"))]
    if y.scale == "log":
        low, high = np.log10([values.min(), values.max()])
        room = _ROOM * (high - low) or 0.1
        return float(10 ** (low - room)), float(10 ** (high + room))
    low, high = float(values.min()), float(values.max())
    if y.symmetric and low < 0 < high:
        low, high = -max(-low, high), max(-low, high)
    room = _ROOM * (high - low) or 0.1 * abs(high) or 1.0
    return low - room, high + room


def _connect(axes: Axes, zoom: Axes, field: Field, inset: Inset, place: Place, style: Style) -> None:
    """Frame the part that a zoom shows, and lead two lines from it to the frame of the zoom."""
    from matplotlib.patches import Rectangle

    (left, right), (low, high) = zoom.get_xlim(), zoom.get_ylim()
    looks: dict[str, Any] = {"linewidth": 0.5 * style.line_pt, "color": GREY}
    axes.add_patch(Rectangle((left, low), right - left, high - low, fill=False, zorder=2.6, **looks))
    for corner, end in _lines(place, _shown(axes, field, inset)):
        axes.annotate(
            "", end, corner, xycoords="axes fraction", textcoords="axes fraction", zorder=2.6,
            arrowprops={"arrowstyle": "-", "shrinkA": 0.0, "shrinkB": 0.0, **looks},
        )  # fmt: skip
