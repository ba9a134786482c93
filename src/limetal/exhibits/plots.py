"""Pictures: axes and what stands in them, refused where the parts do not go together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.exhibits.axes import Axis
from limetal.exhibits.parts import Image, Inset, Line, Series, Span

__all__ = ["Panel", "Plot", "overlay"]

#: More zooms than this cannot be read in a column of a journal.
MOST_INSETS = 4


@dataclass(frozen=True, eq=False)
class Panel:
    """A further field below the first one of a plot, on the same x axis or, where ``x`` is given, on its own.

    ``share`` is its height over that of the first field.
    """

    y: Axis
    series: tuple[Series, ...]
    x: Axis | None = None
    marks: tuple[Line, ...] = ()
    share: float = 0.5

    def __post_init__(self) -> None:
        """Refuse a panel that nobody could read."""
        if not 0.1 <= self.share <= 3.0:
            raise BadInputError(f"panel {self.y.label!r}", f"a share of {self.share:g}", "a share from 0.1 to 3")
        if not self.series:
            raise BadInputError(f"panel {self.y.label!r}", "no series", "at least one")


@dataclass(frozen=True, eq=False)
class Plot:
    """One picture: axes with units, one or more series, and a caption that stands alone.

    Attributes
    ----------
    name
        The file name without ending.
    categories
        Words in place of the numbers of the x axis.
    overlay
        The series to draw when several tests are compared in one picture (None: not compared).
    panels
        Further fields below the first, from top to bottom.
    marks
        Lines across the first field; those on the x axis go on through all panels of the same x axis.
    image
        A map behind the series.
    colour
        The scale of the colours of the image, or of the `Series.value` of the series.
    right, right_series
        A second y axis on the right of the first field and the series that belong to it, as Coulombic
        efficiency beside capacity. Arrows in the legend say which side each belongs to; an axis with one series
        has the colour of that series. Names of points belong on the left.
    spans
        Names above stretches of the x axis, as the currents of a rate test, in rising order.
    insets
        Zooms within the first field, at most four.

    Raises
    ------
    BadInputError
        If the parts do not go together.
    """

    name: str
    title: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    caption: str = ""
    equal_axes: bool = False
    categories: tuple[str, ...] = ()
    overlay: int | None = None
    panels: tuple[Panel, ...] = ()
    marks: tuple[Line, ...] = ()
    image: Image | None = None
    colour: Axis | None = None
    right: Axis | None = None
    right_series: tuple[Series, ...] = ()
    spans: tuple[Span, ...] = ()
    insets: tuple[Inset, ...] = ()

    def __post_init__(self) -> None:
        """Refuse parts that do not go together."""
        where = f"plot {self.name}"
        if not self.series and self.image is None:
            raise BadInputError(where, "neither series nor image", "something to draw")
        if self.overlay is not None and not 0 <= self.overlay < len(self.series):
            raise BadInputError(where, f"overlay {self.overlay}", f"one of its {len(self.series)} series")
        valued = any(s.value is not None for s in self.every_series)
        if (valued or self.image is not None) != (self.colour is not None):
            found = "colours without a scale" if self.colour is None else "a colour scale without colours"
            raise BadInputError(where, found, "an image or values of series together with the axis of their colours")
        if valued and self.image is not None:
            raise BadInputError(where, "an image and values of series", "one meaning of colour")
        if self.categories and (self.panels or self.image is not None):
            raise BadInputError(where, "words on the x axis of panels or of a map", "numbers")
        if self.equal_axes and "log" in {self.x.scale, self.y.scale}:
            raise BadInputError(where, "equal axes on a log scale", "linear axes")
        if self.equal_axes and self.x.factor != self.y.factor:
            raise BadInputError(where, "equal axes of different factors", "one factor")
        if self.equal_axes and (self.x.symmetric or self.y.symmetric):
            raise BadInputError(where, "equal axes with zero in the middle", "one of the two")
        _refuse_right(self, where)
        _refuse_spans_and_insets(self, where)
        for name, axis, places in _places_of(self):
            if axis.scale == "log" and not (places > 0).all():
                raise BadInputError(where, f"{name} at or below zero on a log scale", "places more than zero")

    @property
    def every_series(self) -> tuple[Series, ...]:
        """All series: of the first field, of its right axis, of its zooms, of the panels."""
        zoomed = (s for inset in self.insets for s in inset.series)
        return (*self.series, *self.right_series, *zoomed, *(s for p in self.panels for s in p.series))


def _refuse_right(plot: Plot, where: str) -> None:
    """Refuse a second y axis without series, series without it, and what would share its place or its meaning."""
    if (plot.right is None) != (not plot.right_series):
        found = "series without an axis on the right" if plot.right is None else "an axis on the right without series"
        raise BadInputError(where, found, "both or none")
    if plot.right is None:
        return
    others = {
        "a map": plot.image is not None,
        "equal axes": plot.equal_axes,
        "a colour scale": plot.colour is not None,
        "words on the x axis": bool(plot.categories),
        "zooms": bool(plot.insets),
        "no series on the left": not plot.series,
        "names of points on it": any(series.names for series in plot.right_series),
    }
    for words, there in others.items():
        if there:
            raise BadInputError(where, f"a second y axis and {words}", "one of the two")


def _refuse_spans_and_insets(plot: Plot, where: str) -> None:
    """Refuse names over each other, and zooms that cannot be drawn or show nothing."""
    if (plot.spans or plot.insets) and plot.categories:
        raise BadInputError(where, "stretches or zooms of an x axis of words", "numbers")
    for before, after in zip(plot.spans, plot.spans[1:], strict=False):
        if after.low < before.high:
            found = f"span {after.label!r} from {after.low:g}, before the end of {before.label!r} at {before.high:g}"
            raise BadInputError(where, found, "spans in rising order that do not overlap")
    if plot.insets and (plot.equal_axes or plot.image is not None):
        raise BadInputError(where, "zooms into equal axes or a map", "a plain field")
    if len(plot.insets) > MOST_INSETS:
        raise BadInputError(where, f"{len(plot.insets)} zooms", f"at most {MOST_INSETS}: more cannot be read")
    for inset in plot.insets:
        if not inset.shows(inset.series or plot.series):
            raise BadInputError(where, f"a zoom from {inset.low:g} to {inset.high:g} without data", "data there")


def _places_of(plot: Plot) -> list[tuple[str, Axis, NDArray[np.float64]]]:
    """Places that a log scale would lose without a word: of a map, of marked lines, of ticks."""
    found = []
    if plot.image is not None:
        found += [("columns of a map", plot.x, plot.image.x), ("rows of a map", plot.y, plot.image.y)]
    fields = [(plot.x, plot.y, plot.marks), *((p.x or plot.x, p.y, p.marks) for p in plot.panels)]
    for x, y, marks in fields:
        found += [("a line", x if line.axis == "x" else y, np.array([line.at])) for line in marks]
    found += [("a span", plot.x, np.array([span.low for span in plot.spans]))]
    found += [("a zoom", plot.x, np.array([inset.low for inset in plot.insets]))]
    found += [("a zoom", plot.y, np.array([inset.y_low])) for inset in plot.insets if inset.y_low is not None]
    if plot.x.top is not None:
        found.append(("a tick", plot.x, np.array([position for position, _ in plot.x.top.ticks])))
    return found


def overlay(plots: tuple[tuple[str, Plot], ...]) -> Plot:
    """Lay one series of several plots over each other, the widest first so that none hides another.

    Panels, marked lines, zooms, colour scales and the axis on the right belong to one test and stay behind; names
    above stretches of the x axis stay if they are the same in all tests. Only the first series keeps the names of its
    points.

    Parameters
    ----------
    plots
        Pairs of legend text and plot; all of one name with `Plot.overlay` set.

    Examples
    --------
    >>> line = Series(np.array([0.0, 1.0]), np.array([0.0, 2.0]))
    >>> plot = Plot("voltage", "Voltage", Axis("time", "h"), Axis("voltage", "V"), (line,), overlay=0)
    >>> [s.label for s in overlay((("a", plot), ("b", plot))).series]
    ['a', 'b']
    """
    first = plots[0][1]
    chosen = [(label, plot.series[plot.overlay or 0]) for label, plot in plots]
    chosen.sort(key=lambda item: -float(np.abs(item[1].y).max(initial=0.0)))
    which = chosen[0][1].label
    title = f"{first.title}: comparison" + (f" ({which})" if which else "")
    y = min((plot.y for _, plot in plots), key=lambda axis: axis.factor)
    series = tuple(
        replace(series, label=label, value=None, names=() if index else series.names)
        for index, (label, series) in enumerate(chosen)
    )
    return replace(
        first,
        title=title,
        x=_widest(first.x, [plot.x for _, plot in plots]),
        y=_widest(y, [plot.y for _, plot in plots]),
        caption=f"The {which} of each test." if which else first.caption,
        series=series,
        panels=(),
        marks=(),
        image=None,
        colour=None,
        right=None,
        right_series=(),
        spans=first.spans if all(plot.spans == first.spans for _, plot in plots) else (),
        insets=(),
    )


def _widest(axis: Axis, axes: list[Axis]) -> Axis:
    """Give an axis the ends that show what every one of the axes shows."""
    lows = [a.low for a in axes if a.low is not None]
    highs = [a.high for a in axes if a.high is not None]
    return replace(
        axis,
        low=min(lows) if len(lows) == len(axes) else None,
        high=max(highs) if len(highs) == len(axes) else None,
    )
