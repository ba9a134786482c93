"""One quantity of a cell through a series of spectra: level, slope and sudden falls."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limetal.errors import BadInputError
from limetal.impedance._falls import FEWEST, steps, threshold
from limetal.impedance._slope import Slope, robust_slope

__all__ = ["DEFAULT", "Fall", "Trend", "TrendOptions", "trend"]

Floats = NDArray[np.float64]

#: Values below this part of the median (and those below zero) count as this part: a dead short has no logarithm.
_LEAST_PART = 1e-3


@dataclass(frozen=True)
class TrendOptions:
    """Choices that change what is called a fall.

    Attributes
    ----------
    false_alarm
        Part of clean series (all quantities of a cell together) in which a fall may be called.
    smallest_fall
        Falls by a smaller part than this are none, however regular the series is.
    """

    false_alarm: float = 0.01
    smallest_fall: float = 0.05

    def __post_init__(self) -> None:
        """Refuse what is no probability or no part."""
        for name, value, most in (("false_alarm", self.false_alarm, 0.2), ("smallest_fall", self.smallest_fall, 0.99)):
            if not 0 < value <= most:
                raise BadInputError(f"TrendOptions.{name}", f"{value:g}", f"a number above 0 and up to {most:g}")


DEFAULT = TrendOptions()


@dataclass(frozen=True)
class Fall:
    """A value far below what those before it let expect.

    Attributes
    ----------
    before, after
        Index of the last spectrum before and the first after the fall, counted from zero. They are neighbours unless
        values between them are missing.
    at_before, at_after
        Where they stand (time, cycle).
    expected, found
        Lowest value the ones before let expect, and the value found.
    part
        Fall as a part of the expected value, 0 to 1.
    size
        Fall (logarithmic) over its standard deviation in a clean series.
    needed
        Least ``size`` that counts.
    stated_size
        The same over the stated errors of the values; None without such errors.
    recovered
        Index of the first later spectrum that makes up for half of the fall; None if none does.
    afterwards
        ``"recovers"``, ``"stays low"`` or ``"last value"``.
    lowest_so_far
        Whether the value lies below all before it: a return from a rise does not.
    """

    before: int
    after: int
    at_before: float
    at_after: float
    expected: float
    found: float
    part: float
    size: float
    needed: float
    stated_size: float | None
    recovered: int | None
    afterwards: str
    lowest_so_far: bool


@dataclass(frozen=True, eq=False)
class Trend:
    """One quantity through a series.

    Attributes
    ----------
    name
        What it is.
    at, values : (n,) float
        Places and values, NaN where missing.
    std : (n,) float or None
        Their standard errors, as given.
    used : (n,) bool
        Values that are there (with an error, where errors were given).
    level, spread
        Median, and 1.4826 times the median deviation from it; None without a value.
    slope, slope_std, slope_interval
        Median of the slopes of all pairs of values, its standard error, 95 % interval, in ohm per unit of ``at``.
        None below three values, and the error below five. The error allows for a walk (`robust_slope`).
    direction
        ``"rises"``, ``"falls"``, ``"no trend seen"`` or ``"cannot tell"``; from the interval of the slope, or that of
        the slope of the logarithms.
    step_scatter
        Standard deviation of the change from one spectrum to the next, as a part of the value, robust (of independent
        noise, 1.22 times that); None if not told.
    falls
        Sudden falls, in order.
    falls_status
        ``"tested"``, or ``"cannot tell"`` with the reason in ``reason``. The first two values are never judged.
    reason
        Why falls cannot be told, or empty.
    """

    name: str
    at: Floats
    values: Floats
    std: Floats | None
    used: NDArray[np.bool_]
    level: float | None
    spread: float | None
    slope: float | None
    slope_std: float | None
    slope_interval: tuple[float, float] | None
    direction: str
    step_scatter: float | None
    falls: tuple[Fall, ...]
    falls_status: str
    reason: str = ""


def trend(
    name: str,
    at: ArrayLike,
    values: ArrayLike,
    std: ArrayLike | None = None,
    options: TrendOptions = DEFAULT,
    quantities: int = 1,
) -> Trend:
    """Level, slope and sudden falls of one quantity through a series.

    Parameters
    ----------
    name
        What it is.
    at : (n,)
        Rising places of the spectra (hours, cycles).
    values : (n,)
        Resistances; NaN is missing.
    std : (n,) or None
        Standard errors. A fall then has to be large against them too; the scatter is used in any case, because stated
        errors seldom hold all that changes between two spectra.
    options
        What counts as a fall.
    quantities
        How many quantities of the cell are tested: the false alarms are shared out among them.

    Returns
    -------
    Trend

    Raises
    ------
    BadInputError
        If the columns differ in length, or the places do not rise.

    Examples
    --------
    >>> ohm = np.array([80.0, 60, 52, 49, 48, 48.5, 47.6, 48.2, 47.9, 24.0, 24.5, 47.0])
    >>> (fall,) = trend("R", np.arange(12), ohm).falls
    >>> fall.before, fall.after, round(fall.part, 2), fall.afterwards
    (8, 9, 0.5, 'recovers')

    The 25 % of the first step are forming.
    """
    place, value, error = _checked_series(name, at, values, std)
    used = np.isfinite(value)
    if error is not None:
        used &= np.isfinite(error)
    t, v = place[used], value[used]
    level = float(np.median(v)) if v.size else None
    spread = 1.4826 * float(np.median(np.abs(v - level))) if level is not None else None
    slope = robust_slope(t, v) if v.size >= 3 else None
    direction = "cannot tell" if slope is None else _direction(t, v, slope)
    reason = ""
    if v.size < FEWEST:
        reason = f"{v.size} values; {FEWEST} are needed"
    elif level is not None and level <= 0:
        reason = "half of the values or more are not above zero"
    found: tuple[Fall, ...] = ()
    scatter = None
    if not reason:
        e = None if error is None else error[used]
        found, scatter = find_falls(np.flatnonzero(used), t, v, e, options, quantities)
    return Trend(
        name=name,
        at=place,
        values=value,
        std=error,
        used=used,
        level=level,
        spread=spread,
        slope=None if slope is None else slope.value,
        slope_std=None if slope is None else slope.std,
        slope_interval=None if slope is None else slope.interval,
        direction=direction,
        step_scatter=scatter,
        falls=found,
        falls_status="cannot tell" if reason else "tested",
        reason=reason,
    )


def _direction(t: Floats, v: Floats, slope: Slope) -> str:
    """Which way it goes, in ohm or, where that cannot be seen because the values span decades, in logarithms."""
    if slope.interval is None:
        return "cannot tell"
    intervals = [slope.interval]
    if v.min() > 0:
        intervals.append(robust_slope(t, np.log(v)).interval or slope.interval)
    for low, high in intervals:
        if low > 0 or high < 0:
            return "rises" if low > 0 else "falls"
    return "no trend seen"


def _checked_series(
    name: str, at: ArrayLike, values: ArrayLike, std: ArrayLike | None
) -> tuple[Floats, Floats, Floats | None]:
    place, value = (np.array(a, dtype=float, ndmin=1) for a in (at, values))
    error = None if std is None else np.array(std, dtype=float, ndmin=1)
    sizes = [a.shape for a in (place, value, error) if a is not None]
    if place.ndim != 1 or len(set(sizes)) > 1:
        found = " and ".join("x".join(map(str, s)) for s in sizes)
        raise BadInputError(f"trend of {name}", f"columns of shape {found}", "columns of one length")
    if not np.all(np.isfinite(place)) or np.any(np.diff(place) <= 0):
        raise BadInputError(f"trend of {name}", "places that do not rise", "times or cycles that rise throughout")
    if np.any(np.isinf(value)) or (error is not None and np.any(error[~np.isnan(error)] < 0)):
        raise BadInputError(f"trend of {name}", "an infinite value or an error below zero", "numbers, NaN if missing")
    return place, value, error


def find_falls(
    index: NDArray[np.intp], t: Floats, v: Floats, error: Floats | None, options: TrendOptions, quantities: int
) -> tuple[tuple[Fall, ...], float]:
    """Sudden falls of the values that are there, and the scatter of a step."""
    raised = np.maximum(v, _LEAST_PART * float(np.median(v)))
    y = np.log(raised)
    seen = steps(t, y, None if error is None else error / raised)
    level = options.false_alarm / quantities
    needed = threshold(v.size, level)
    least = max(-math.log1p(-options.smallest_fall), 1e-9)
    size = seen.depth / np.maximum(seen.scale, np.finfo(float).tiny)
    counts = (size > needed) & (seen.depth >= least)
    stated = None
    if seen.stated is not None:
        from scipy.special import ndtri

        stated = seen.depth / np.maximum(seen.stated, np.finfo(float).tiny)
        counts &= stated > -float(ndtri(level / seen.depth.size))
    falls = []
    for k in np.flatnonzero(counts):
        j = int(k) + 2
        later = np.flatnonzero(y[j + 1 :] >= y[j] + 0.5 * seen.depth[k])
        recovered = int(index[j + 1 + later[0]]) if later.size else None
        afterwards = "recovers" if later.size else "stays low" if j + 1 < v.size else "last value"
        falls.append(
            Fall(
                before=int(index[j - 1]),
                after=int(index[j]),
                at_before=float(t[j - 1]),
                at_after=float(t[j]),
                expected=float(np.exp(seen.expected[k])),
                found=float(v[j]),
                part=float(-np.expm1(-seen.depth[k])),
                size=float(size[k]),
                needed=needed,
                stated_size=None if stated is None else float(stated[k]),
                recovered=recovered,
                afterwards=afterwards,
                lowest_so_far=bool(v[j] < v[:j].min()),
            )
        )
    return tuple(falls), seen.step
