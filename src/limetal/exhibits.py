"""What an analysis or a design shows beside its numbers: plots and tables as plain data.

Nothing here draws. `limetal.report` turns a `Plot` into a picture and a `Table` into a file, so that a new
analysis is one file and needs no knowledge of a drawing library.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError

__all__ = ["Axis", "Plot", "Series", "Table", "overlay"]

Scale = Literal["linear", "log"]
Mark = Literal["line", "points", "line+points", "step", "bars"]


@dataclass(frozen=True)
class Axis:
    """One axis: what it shows and in which unit.

    ``scale`` is ``linear`` or ``log``; ``factor`` multiplies the data for display (1000 to show V in mV);
    ``reverse`` lets it run from high to low, as the field draws binding energies.
    """

    label: str
    unit: str
    scale: Scale = "linear"
    factor: float = 1.0
    reverse: bool = False


@dataclass(frozen=True, eq=False)
class Series:
    """One set of points of a plot: ``x`` and ``y`` of one length, an optional ``y_std``, and how it is drawn."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    label: str = ""
    mark: Mark = "line"
    y_std: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        """Refuse points that cannot be drawn."""
        if self.x.shape != self.y.shape or self.x.ndim != 1:
            raise BadInputError(f"series {self.label!r}", f"shapes {self.x.shape} and {self.y.shape}", "x, y alike")


@dataclass(frozen=True, eq=False)
class Plot:
    """One picture: axes with units, one or more series, and a caption that stands alone.

    ``name`` is the file name without ending; ``categories`` replaces the numbers of the x axis by words;
    ``overlay`` is the series to draw when several tests are compared in one picture (None: not compared).
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
    factor = min((plot.y for _, plot in plots), key=lambda axis: axis.factor)
    return replace(
        first,
        title=title,
        y=factor,
        caption=f"The {which} of each test." if which else first.caption,
        series=tuple(replace(series, label=label) for label, series in chosen),
    )
