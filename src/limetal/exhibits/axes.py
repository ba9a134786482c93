"""Axes of a picture: what they show, in which unit, from where to where."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from limetal.errors import BadInputError

__all__ = ["Axis", "TopAxis"]

Scale = Literal["linear", "log"]


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
    ends in the unit of the data (None: as the data need); ``symmetric`` puts zero in the middle, as the field draws
    the voltage of symmetric cells; ``top`` is a second scale above the picture.
    """

    label: str
    unit: str
    scale: Scale = "linear"
    factor: float = 1.0
    reverse: bool = False
    low: float | None = None
    high: float | None = None
    symmetric: bool = False
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
        if self.symmetric and (self.scale == "log" or self.low is not None or self.high is not None):
            found = "zero in the middle of a log scale" if self.scale == "log" else "zero in the middle and given ends"
            raise BadInputError(where, found, "a linear scale without ends, or symmetric=False")
