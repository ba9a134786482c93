"""Numbers along an axis: plain text, whole numbers where data are whole, powers of ten in the label of the axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from limetal.exhibits import Axis

if TYPE_CHECKING:
    from matplotlib.axis import Axis as DrawnAxis

__all__ = ["axis_label", "exponent_of", "number", "power_of_ten", "set_ticks", "tick_texts"]

#: Spellings of units on axes.
_PRETTY = {
    "1": "", "um": "µm", "mA/cm2": "mA cm⁻²", "mAh/cm2": "mAh cm⁻²", "mAh/g": "mAh g⁻¹", "mAh/cm3": "mAh cm⁻³",
    "ohm cm2": "Ω cm²", "ohm": "Ω", "g/cm3": "g cm⁻³", "angstrom": "Å", "deg": "°", "degC": "°C", "1/K": "K⁻¹",
}  # fmt: skip
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
#: Numbers of a log axis from here to there are written out, others as powers of ten.
_PLAIN = (1e-3, 1e5)
#: The same for the largest number of a linear axis.
_WRITTEN_OUT = (1e-2, 1e5)
_MOST_DECIMALS = 12


def axis_label(axis: Axis, exponent: int = 0) -> str:
    """Label of an axis with its unit, and the power of ten that its numbers leave out.

    Examples
    --------
    >>> axis_label(Axis("current density", "mA/cm2")), axis_label(Axis("cycle", "1"))
    ('current density (mA cm⁻²)', 'cycle')
    >>> axis_label(Axis("Re Z", "ohm"), 6)
    'Re Z (10⁶ Ω)'
    """
    unit = _PRETTY.get(axis.unit, axis.unit)
    words = " ".join(part for part in (power_of_ten(exponent) if exponent else "", unit) if part)
    return f"{axis.label} ({words})" if words else axis.label


def power_of_ten(exponent: int) -> str:
    """A power of ten with a raised exponent.

    Examples
    --------
    >>> power_of_ten(-3)
    '10⁻³'
    """
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def number(value: float, decimals: int) -> str:
    """A number with a true minus sign, and no minus before zero.

    Examples
    --------
    >>> number(-0.5, 1), number(-1e-17, 1)
    ('−0.5', '0.0')
    """
    text = f"{value:.{decimals}f}"
    return (text.removeprefix("-") if float(text) == 0 else text).replace("-", "−")


def set_ticks(drawn: DrawnAxis, axis: Axis, *, whole: bool = False, exponent: int | None = None) -> int:
    """Set the numbers along an axis whose limits are final; return the power of ten they leave out.

    ``whole`` keeps ticks at whole numbers; ``exponent`` is the power to leave out, if it is known already.
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

    if axis.scale == "log":
        _log_ticks(drawn)
        return 0
    if whole:
        drawn.set_major_locator(MaxNLocator(integer=True, nbins="auto", steps=[1, 2, 5, 10]))
    places = _visible(drawn)
    exponent = exponent_of(axis, drawn.get_view_interval()) if exponent is None else exponent
    shown = places / 10.0**exponent
    step = float(np.diff(shown).min()) if shown.size > 1 else 1.0
    decimals = next(
        (d for d in range(_MOST_DECIMALS) if np.abs(shown - shown.round(d)).max(initial=0.0) < 1e-3 * step), 0
    )
    drawn.set_major_formatter(FuncFormatter(lambda value, _: number(value / 10.0**exponent, decimals)))
    drawn.set_minor_formatter(NullFormatter())
    return exponent


def exponent_of(axis: Axis, limits: Sequence[float]) -> int:
    """Power of ten, a multiple of three, that the numbers of an axis of very large or small values leave out.

    Examples
    --------
    >>> ohm = Axis("Re Z", "ohm")
    >>> [exponent_of(ohm, (0.0, high)) for high in (120.0, 2.5e6, 1.2e-3)]
    [0, 6, -3]
    """
    largest = max(abs(float(limit)) for limit in limits)
    if axis.scale == "log" or largest == 0 or _WRITTEN_OUT[0] <= largest < _WRITTEN_OUT[1]:
        return 0
    return 3 * math.floor(math.log10(largest) / 3)


def tick_texts(drawn: DrawnAxis) -> list[str]:
    """Numbers that stand along an axis."""
    return list(drawn.get_major_formatter().format_ticks(_visible(drawn).tolist())) or [""]


def _visible(drawn: DrawnAxis) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    low, high = sorted(drawn.get_view_interval())
    places = np.asarray(drawn.get_majorticklocs(), dtype=float).reshape(-1)
    slack = 1e-9 * (high - low)
    return places[(places >= low - slack) & (places <= high + slack)]


def _log_ticks(drawn: DrawnAxis) -> None:
    """Decades; within less than two of them 1, 2, 5 as well, and within a part of one evenly spaced numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

    if _visible(drawn).size < 2:
        drawn.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    if _visible(drawn).size < 2:
        drawn.set_major_locator(MaxNLocator(5))
    places = _visible(drawn)
    plain = places.size == 0 or (places.min() >= _PLAIN[0] and places.max() < _PLAIN[1])
    decades = np.allclose(np.log10(places), np.round(np.log10(places)))
    if decades and not plain:
        drawn.set_major_formatter(FuncFormatter(lambda value, _: power_of_ten(round(math.log10(value)))))
    else:
        drawn.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    drawn.set_minor_formatter(NullFormatter())
