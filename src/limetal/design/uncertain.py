"""Numbers with uncertainty: `uncertainties` carries them through formulas, correlations included.

A number without spread stays a float, because a zero spread is not the same as an unknown one.
"""

from __future__ import annotations

from typing import Any

from uncertainties import UFloat, ufloat

__all__ = ["Uncertain", "split", "uncertain"]

#: A float, or a number with uncertainty.
Uncertain = Any


def uncertain(value: float, std: float | None, tag: str = "") -> Uncertain:
    """Return a number with uncertainty, or the plain value where no spread is known.

    Examples
    --------
    >>> uncertain(2.1, 0.2).std_dev
    0.2
    >>> uncertain(2.1, None)
    2.1
    """
    return ufloat(value, std, tag) if std else float(value)


def split(number: Uncertain) -> tuple[float, float | None]:
    """Return value and standard uncertainty; None where none is known.

    Examples
    --------
    >>> split(uncertain(2.0, 0.5) * 2)
    (4.0, 1.0)
    """
    if isinstance(number, UFloat):
        return float(number.nominal_value), float(number.std_dev) or None
    return float(number), None
