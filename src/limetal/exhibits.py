"""What an analysis or a design shows beside its numbers: plots and tables as plain data.

Nothing here draws. `limetal.report` turns a `Plot` into a picture and a `Table` into a file, so that a new
analysis is one file and needs no knowledge of a drawing library.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError

__all__ = ["Axis", "Plot", "Series", "Table"]

Scale = Literal["linear", "log"]
Mark = Literal["line", "points", "line+points", "step", "bars"]


@dataclass(frozen=True)
class Axis:
    """One axis: what it shows and in which unit.

    ``scale`` is ``linear`` or ``log``; ``factor`` multiplies the data for display (1000 to show V in mV).
    """

    label: str
    unit: str
    scale: Scale = "linear"
    factor: float = 1.0


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

    ``name`` is the file name without ending; ``categories`` replaces the numbers of the x axis by words.
    """

    name: str
    title: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    caption: str = ""
    equal_axes: bool = False
    categories: tuple[str, ...] = ()


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
