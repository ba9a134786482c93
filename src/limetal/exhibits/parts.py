"""What stands in a picture: points, maps, marked lines, stretches with a name, zooms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError

__all__ = ["Image", "Inset", "Line", "Series", "Span"]

Mark = Literal["line", "points", "line+points", "step", "ticks", "bars"]


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
        ``line``, ``points``, ``line+points``, ``step``, ``ticks`` or ``bars``. A ``step`` keeps its value until the
        next point, and so does its band. ``ticks`` are short upright strokes, as on a Kaplan-Meier curve where
        a test ended before the event; without a label they have the colour of the series before them.
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


@dataclass(frozen=True)
class Span:
    """A stretch of the x axis with its name above, as the rates of a rate test: ``0.1C``, ``0.2C``, ...

    A faint line stands halfway between two stretches.

    Examples
    --------
    >>> Span(1.0, 5.0, "0.1C").label
    '0.1C'
    """

    low: float
    high: float
    label: str

    def __post_init__(self) -> None:
        """Refuse a stretch of no length or without a name."""
        where = f"span {self.label!r}"
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise BadInputError(where, f"ends {self.low:g} and {self.high:g}", "finite ends, low below high")
        if not self.label:
            raise BadInputError(where, "no name", "a name, or no span")


@dataclass(frozen=True, eq=False)
class Inset:
    """A zoom into a part of the first field, drawn as a small picture within it where it hides the least data.

    Attributes
    ----------
    low, high
        The part of the x axis, in the unit of the data.
    y_low, y_high
        The part of the y axis; both None: as the data between ``low`` and ``high`` need.
    series
        What the zoom shows, in full detail where the field shows thinned data; empty: the series of the field.
        One with the label and place of a series of the field has its colour.

    Raises
    ------
    BadInputError
        If a range is empty or half given, or its own series have no point in the range.

    Examples
    --------
    >>> Inset(500.0, 506.0).high
    506.0
    """

    low: float
    high: float
    y_low: float | None = None
    y_high: float | None = None
    series: tuple[Series, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a zoom into nothing."""
        where = f"inset from {self.low:g} to {self.high:g}"
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise BadInputError(where, "a part of the x axis without length", "finite ends, low below high")
        if (self.y_low is None) != (self.y_high is None):
            raise BadInputError(where, "one end of the y axis", "both or none")
        if self.y_low is not None and self.y_high is not None and not self.y_low < self.y_high:
            raise BadInputError(where, f"y from {self.y_low:g} to {self.y_high:g}", "finite ends, low below high")
        if self.series and not self.shows(self.series):
            raise BadInputError(where, "series without a point there", "data within the range")

    def shows(self, series: tuple[Series, ...]) -> bool:
        """Whether any point of the series lies in the part of the x axis."""
        return any(((s.x >= self.low) & (s.x <= self.high) & np.isfinite(s.y)).any() for s in series)
