"""What an analysis or a design shows beside its numbers: plots and tables as plain data.

Nothing here draws. `limetal.report` turns a `Plot` into a picture and a `Table` into a file, so that a new
analysis is one file and needs no knowledge of a drawing library.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError

__all__ = ["Axis", "Image", "Line", "Panel", "Plot", "Series", "Table", "TopAxis", "overlay"]

Scale = Literal["linear", "log"]
Mark = Literal["line", "points", "line+points", "step", "bars"]


@dataclass(frozen=True)
class TopAxis:
    """A second scale above a picture: the same positions in other words, as degC over 1000/T.

    ``ticks`` are pairs of a position, in the unit of the data of the x axis, and the text that stands there.

    Examples
    --------
    >>> TopAxis("temperature", "degC", ((1000 / 298.15, "25"), (1000 / 333.15, "60"))).label
    'temperature'
    """

    label: str
    unit: str
    ticks: tuple[tuple[float, str], ...]

    def __post_init__(self) -> None:
        """Refuse ticks that stand nowhere or say nothing."""
        for position, text in self.ticks:
            if not math.isfinite(position) or not text:
                raise BadInputError(
                    f"top axis {self.label!r}", f"a tick {text!r} at {position:g}", "a place and a text"
                )


@dataclass(frozen=True)
class Axis:
    """One axis: what it shows and in which unit.

    ``scale`` is ``linear`` or ``log``; ``factor`` multiplies the data for display (1000 to show V in mV);
    ``reverse`` lets it run from high to low, as the field draws binding energies; ``low`` and ``high`` are its
    ends in the unit of the data (None: as the data need); ``top`` is a second scale above the picture.
    """

    label: str
    unit: str
    scale: Scale = "linear"
    factor: float = 1.0
    reverse: bool = False
    low: float | None = None
    high: float | None = None
    top: TopAxis | None = None

    def __post_init__(self) -> None:
        """Refuse an axis that cannot be drawn."""
        where = f"axis {self.label!r}"
        if not (math.isfinite(self.factor) and self.factor > 0):
            raise BadInputError(where, f"a factor of {self.factor:g}", "a factor more than zero")
        for end in (self.low, self.high):
            if end is not None and not (math.isfinite(end) and (end > 0 or self.scale == "linear")):
                raise BadInputError(where, f"an end at {end:g}", f"an end that a {self.scale} scale can show")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise BadInputError(where, f"ends {self.low:g} and {self.high:g}", "low below high")


@dataclass(frozen=True, eq=False)
class Series:
    """One set of points of a plot, and how it is drawn.

    Attributes
    ----------
    x, y : (n,) float
        The points.
    label
        What the legend says; empty for none.
    mark
        ``line``, ``points``, ``line+points``, ``step`` or ``bars``.
    y_std : (n,) float or None
        Standard uncertainty of ``y``, drawn as error bars.
    low, high : (n,) float or None
        Ends of a band about ``y``, drawn as a shaded area; both or none.
    names : tuple of (int, str)
        Points to be marked and named in the picture: index and text, the most important first. A text that
        finds no free place is left out, its point stays marked.
    value
        Place on the colour scale of the plot (a cycle, a time); None: a colour of its own.

    Raises
    ------
    BadInputError
        If lengths differ, a name belongs to no point, or a band is upside down.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    label: str = ""
    mark: Mark = "line"
    y_std: NDArray[np.float64] | None = None
    low: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None
    names: tuple[tuple[int, str], ...] = ()
    value: float | None = None

    def __post_init__(self) -> None:
        """Refuse points that cannot be drawn."""
        where = f"series {self.label!r}"
        if self.x.shape != self.y.shape or self.x.ndim != 1:
            raise BadInputError(where, f"shapes {self.x.shape} and {self.y.shape}", "x, y alike")
        for what, values in (("y_std", self.y_std), ("low", self.low), ("high", self.high)):
            if values is not None and values.shape != self.x.shape:
                raise BadInputError(where, f"{what} of shape {values.shape}", f"the shape of x, {self.x.shape}")
        if self.y_std is not None and (self.y_std < 0).any():
            raise BadInputError(where, f"a y_std of {np.nanmin(self.y_std):g}", "y_std of zero or more")
        if (self.low is None) != (self.high is None):
            raise BadInputError(where, "one end of a band", "low and high")
        if self.low is not None and self.high is not None and (self.low > self.high).any():
            row = int(np.flatnonzero(self.low > self.high)[0])
            raise BadInputError(where, f"a band from {self.low[row]:g} to {self.high[row]:g}", "low at or below high")
        for index, text in self.names:
            if not 0 <= index < self.x.size:
                raise BadInputError(
                    where, f"the name {text!r} for point {index}", f"a point from 0 to {self.x.size - 1}"
                )
        if self.value is not None and not math.isfinite(self.value):
            raise BadInputError(where, f"a value of {self.value:g}", "a finite number for the colour scale")


@dataclass(frozen=True, eq=False)
class Image:
    """A map: ``z`` at the crossings of ``x`` and ``y``, drawn in colour. A missing value (NaN) stays grey.

    Attributes
    ----------
    x : (n,) float
        Places of the columns, rising; they need not be evenly spaced.
    y : (m,) float
        Places of the rows, rising.
    z : (m, n) float
        The values.

    Raises
    ------
    BadInputError
        If the shapes do not fit, places do not rise, or there is no finite value.

    Examples
    --------
    >>> Image(np.array([1.0, 2.0, 5.0]), np.array([0.1, 1.0]), np.zeros((2, 3))).z.shape
    (2, 3)
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    z: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse what is no map."""
        for what, places in (("x", self.x), ("y", self.y)):
            if places.ndim != 1 or not np.isfinite(places).all() or not (np.diff(places) > 0).all():
                raise BadInputError("image", f"{what} that does not rise everywhere", f"rising, finite {what}")
        if self.z.shape != (self.y.size, self.x.size):
            wanted = f"rows of y and columns of x, {(self.y.size, self.x.size)}"
            raise BadInputError("image", f"z of shape {self.z.shape}", wanted)
        if not np.isfinite(self.z).any():
            raise BadInputError("image", "no finite value", "at least one")


@dataclass(frozen=True)
class Line:
    """A marked place on an axis: a line across the picture with a few words, as the time of an event.

    Examples
    --------
    >>> Line(12.5, "possible soft short").axis
    'x'
    """

    at: float
    label: str = ""
    axis: Literal["x", "y"] = "x"

    def __post_init__(self) -> None:
        """Refuse a line that stands nowhere."""
        if not math.isfinite(self.at):
            raise BadInputError(f"line {self.label!r}", f"a place of {self.at:g}", "a finite place")


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

    def __post_init__(self) -> None:
        """Refuse parts that do not go together."""
        where = f"plot {self.name}"
        if not self.series and self.image is None:
            raise BadInputError(where, "neither series nor image", "something to draw")
        if self.overlay is not None and not 0 <= self.overlay < len(self.series):
            raise BadInputError(where, f"overlay {self.overlay}", f"one of its {len(self.series)} series")
        valued = any(s.value is not None for s in (*self.series, *(s for p in self.panels for s in p.series)))
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
        for name, axis, places in _places_of(self):
            if axis.scale == "log" and not (places > 0).all():
                raise BadInputError(where, f"{name} at or below zero on a log scale", "places more than zero")


def _places_of(plot: Plot) -> list[tuple[str, Axis, NDArray[np.float64]]]:
    """Places that a log scale would lose without a word: of a map, of marked lines, of ticks."""
    found = []
    if plot.image is not None:
        found += [("columns of a map", plot.x, plot.image.x), ("rows of a map", plot.y, plot.image.y)]
    fields = [(plot.x, plot.y, plot.marks), *((p.x or plot.x, p.y, p.marks) for p in plot.panels)]
    for x, y, marks in fields:
        found += [("a line", x if line.axis == "x" else y, np.array([line.at])) for line in marks]
    if plot.x.top is not None:
        found.append(("a tick", plot.x, np.array([position for position, _ in plot.x.top.ticks])))
    return found


@dataclass(frozen=True, eq=False)
class Table:
    """One table for a spreadsheet: columns of one length, with a unit each (``""`` for words).

    Examples
    --------
    >>> Table("capacity", {"cycle": ("1", [1, 2]), "areal_capacity": ("mAh/cm2", [1.0, 0.9])}).rows
    2
    """

    name: str
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        """Refuse columns of different length."""
        lengths = {len(values) for _, values in self.columns.values()}
        if len(lengths) > 1:
            raise BadInputError(f"table {self.name}", f"columns of {sorted(lengths)} rows", "columns of one length")

    @property
    def rows(self) -> int:
        """Number of rows."""
        return next((len(values) for _, values in self.columns.values()), 0)


def overlay(plots: tuple[tuple[str, Plot], ...]) -> Plot:
    """Lay one series of several plots over each other, the widest first so that none hides another.

    Panels, marked lines and colour scales belong to one test and stay behind; only the first series keeps the
    names of its points.

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
