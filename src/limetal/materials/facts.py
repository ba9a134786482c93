"""One fact about a material: the number, how sure it is, where it comes from and what exactly it counts."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from limetal.errors import BadInputError
from limetal.units import FIELD_UNITS

__all__ = ["Fact"]


@dataclass(frozen=True)
class Fact:
    """A number of a material with its spread, its source and its convention.

    A field that holds a `Fact` has no unit in its name, because the fact carries it; fields and properties
    that are plain floats end in their unit (``density`` and ``density_g_cm3``).

    Attributes
    ----------
    value
        In ``unit``.
    std
        Standard uncertainty in ``unit``, or None where nothing is known about the spread. For a product
        family (CNTs, laminates) it is the spread between products, not of one measurement.
    unit
        One of `limetal.units.FIELD_UNITS`.
    source
        Where the value was seen; for an assumed value, why it is believed.
    assumed
        True if no source was seen that prints this value: reports must say so.
    convention
        What exactly the number counts, where people mean different things (solid or apparent density).

    Raises
    ------
    BadInputError
        If the value is not finite, the spread is negative, the unit is unknown or the source is empty.

    Examples
    --------
    >>> Fact(0.94, 0.01, "g/cm3", "handbook value, not verified", assumed=True).value
    0.94
    >>> Fact(0.94, None, "g/cm3", "")
    Traceback (most recent call last):
    ...
    limetal.errors.BadInputError: fact: found no source, want where the value comes from, or why it is assumed
    """

    value: float
    std: float | None
    unit: str
    source: str
    assumed: bool = field(default=False, kw_only=True)
    convention: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise BadInputError("fact", f"the value {self.value}", "a finite number")
        if self.std is not None and not (math.isfinite(self.std) and self.std >= 0):
            raise BadInputError("fact", f"the standard uncertainty {self.std}", "zero, a positive number or None")
        if self.unit not in FIELD_UNITS:
            raise BadInputError("fact", f"the unit {self.unit!r}", f"one of {', '.join(FIELD_UNITS)}")
        if not self.source.strip():
            raise BadInputError("fact", "no source", "where the value comes from, or why it is assumed")
