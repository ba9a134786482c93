"""Shape of the voltage of every half-cycle of a symmetric cell, with the features behind it.

Peaked: the voltage begins high, while lithium must nucleate or leave a passivated surface, falls while fresh deposits
take over, and may rise again when they are used up (Wood et al. 2016). Arcing: it rises late, or comes to rise through
the half-cycle although it did not at the beginning of the test, as mass transport through a growing layer of dead
lithium makes it (Chen et al. 2017). Rectangular: at its level from the first moment and without any slope, which was
found to be a sign of soft short circuits (Menkin et al. 2024), and which an ohmic cell shows too. A smooth rise from
the beginning of the test on is concentration polarisation of the electrolyte itself and is called rising.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.time_bins import TimeBins

__all__ = ["SHAPES", "Features", "Limits", "arcing_by_history", "features", "shapes"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: The shapes, in the order in which they are asked for.
SHAPES = ("diverging", "peaked", "arcing", "rising", "rectangular", "flat", "unclear")

#: Parts of the half-cycle, in hundredths of its time: the first and last are the reversal and count nowhere.
PARTS = 100
INNER = slice(1, 99)
EARLY = 30  # a start peak lies before this
MIDDLE = slice(40, 60)
SETTLED = slice(20, 99)
QUARTER = slice(20, 25)
END = slice(94, 99)
HALF_WAY = (40, 65)
LATE = (75, 99)
#: A start peak has lost half of its height over the middle so many hundredths later; a steady fall has not.
PEAK_GONE = 20
#: Features are looked for in means over so many hundredths.
WIDTHS = (1, 2, 5)
#: A feature is one if it exceeds this many standard errors and half of the last digit.
SIGMAS = 4.0
#: A rise accelerates if its late slope is this many times its slope half way.
ACCELERATES = 1.3
REACHED = 0.9


@dataclass(frozen=True)
class Limits:
    """Where one shape ends and the next begins; all are parts of the voltage in the middle of the half-cycle.

    Attributes
    ----------
    peak_from
        A start peak is at least so much above the middle.
    rise_from
        A rise at the end is at least so much above the middle; a voltage that is still so much below the middle after
        a fifth of the time rises too.
    diverging_from
        A rise that accelerates to this is called diverging.
    flat_within
        After the first fifth a flat voltage stays so close to the middle.
    rectangular_within
        From the first hundredth on a rectangular voltage stays so close to the middle.
    fewest_rows
        With fewer rows a half-cycle has no shape.
    widest_gap
        With a longer interval without rows, as part of the half-cycle, it has none either.
    """

    peak_from: float = 0.10
    rise_from: float = 0.10
    diverging_from: float = 0.50
    flat_within: float = 0.10
    rectangular_within: float = 0.02
    fewest_rows: int = 8
    widest_gap: float = 0.2


@dataclass(frozen=True, eq=False)
class Features:
    """What the shapes are told from; one value per half-cycle, parts of the middle voltage where no unit is named.

    Attributes
    ----------
    middle_V
        Time-weighted mean over the fifth in the middle.
    start_peak
        Highest mean of the first three tenths over the middle, less one, in the narrowest of `WIDTHS` hundredths in
        which it stands out of the noise.
    peak_at
        When, as part of the half-cycle.
    peak_fades
        Whether half of the peak is gone a fifth of the half-cycle later.
    end_rise
        Mean of the last twentieth over the middle, less one.
    start_lack
        One less the mean between 20 and 25 % of the time over the middle.
    rise_time
        Part of the half-cycle until the voltage first reaches 90 % of the level of its second half.
    slope, curvature
        Of the middle three fifths: change over the whole half-cycle, and mean of both ends less the middle.
    late_slope, half_way_slope
        Slopes from 75 to 99 % and from 40 to 65 % of the time.
    spread
        Largest distance from the middle from the first to the last hundredth, beyond noise.
    settled_spread
        The same after the first fifth, in means over five hundredths.
    noise
        Standard deviation of a row.
    doubt
        What noise and resolution can do to a mean over five hundredths.
    slope_error
        Standard error of the late slope.
    """

    middle_V: Floats
    start_peak: Floats
    peak_at: Floats
    peak_fades: Flags
    end_rise: Floats
    start_lack: Floats
    rise_time: Floats
    slope: Floats
    curvature: Floats
    late_slope: Floats
    half_way_slope: Floats
    spread: Floats
    settled_spread: Floats
    noise: Floats
    doubt: Floats
    slope_error: Floats


def features(bins: TimeBins, resolution_V: float = 0.0, limits: Limits | None = None) -> Features:
    """Features of half-cycles from their means over hundredths of their time.

    ``resolution_V`` is the last digit of the voltage.

    Examples
    --------
    Half-cycles that begin 50 % above their level and fall within a twentieth of their time, and that rise by 30 %:

    >>> x = (np.arange(100) + 0.5) / 100
    >>> u = 0.05 * np.array([1 + 0.5 * np.exp(-x / 0.05), 0.85 + 0.3 * x])
    >>> bins = TimeBins(u, np.full((2, 100), 5), np.full(2, 1e-5), np.full(2, 0.002), np.full(2, 3600.0))
    >>> found = features(bins)
    >>> found.start_peak.round(2).tolist(), found.end_rise.round(2).tolist()
    ([0.37, -0.06], [-0.0, 0.14])
    """
    limits = limits or Limits()
    u = bins.mean_V
    middle = u[:, MIDDLE].mean(axis=1)
    scale = np.where(middle > 0, middle, np.nan)[:, None]
    x = u / scale
    noise = np.nan_to_num(bins.noise_V, nan=0.0) / scale[:, 0]
    digit = resolution_V / 2 / scale[:, 0]
    peak, at, fades = _start_peak(bins, scale, digit, limits.peak_from)
    wide, wide_error = bins.windows(5)
    doubt = SIGMAS * np.median(np.nan_to_num(wide_error), axis=1) / scale[:, 0] + digit
    rows = bins.rows.sum(axis=1)
    own = np.abs(x - 1) - SIGMAS * noise[:, None] / np.sqrt(np.maximum(bins.rows, 1)) - digit[:, None]
    settled = np.abs(wide[:, SETTLED.start : SETTLED.stop - 4] / scale - 1).max(axis=1)
    level = np.median(x[:, 50:99], axis=1)
    reached = x >= REACHED * level[:, None]
    lower, upper = x[:, 20:30].mean(axis=1), x[:, 70:80].mean(axis=1)
    return Features(
        middle_V=middle,
        start_peak=peak,
        peak_at=at,
        peak_fades=fades,
        end_rise=x[:, END].mean(axis=1) - 1,
        start_lack=1 - x[:, QUARTER].mean(axis=1),
        rise_time=np.where(reached.any(axis=1), np.argmax(reached, axis=1) / PARTS, np.nan),
        slope=_slope(x, 20, 80),
        curvature=(lower + upper) / 2 - x[:, 45:55].mean(axis=1),
        late_slope=_slope(x, *LATE),
        half_way_slope=_slope(x, *HALF_WAY),
        spread=np.maximum(own[:, INNER].max(axis=1), 0.0),
        settled_spread=settled,
        noise=noise,
        doubt=doubt,
        # a slope over a quarter of n evenly spaced rows: sd sqrt(12/(n/4)) over a width of 1/4
        slope_error=np.hypot(noise, digit / np.sqrt(3)) * np.sqrt(12 / np.maximum(rows / 4, 2.0)) * 4,
    )


def _start_peak(bins: TimeBins, scale: Floats, digit: Floats, least: float) -> tuple[Floats, Floats, Flags]:
    """Height over the middle, place, and whether it fades, of the highest mean near the start."""
    n = bins.mean_V.shape[0]
    height, at, known = np.full(n, np.nan), np.zeros(n), np.zeros(n, dtype=bool)
    fades = np.zeros(n, dtype=bool)
    for width in WIDTHS:
        means, errors = bins.windows(width)
        early = means[:, 1:EARLY] / scale
        best = np.argmax(np.nan_to_num(early, nan=-np.inf), axis=1)
        row = np.arange(n)
        over = early[row, best] - 1
        error = SIGMAS * np.nan_to_num(errors[row, best + 1]) / scale[:, 0] + digit
        clear = (over >= least) & (over >= error)
        later = means[row, np.minimum(best + 1 + PEAK_GONE, means.shape[1] - 1)] / scale[:, 0] - 1
        take = ~known & (clear | (width == WIDTHS[-1]))
        height[take], at[take] = over[take], (best[take] + 1 + width / 2) / PARTS
        fades[take] = later[take] <= over[take] / 2
        known |= clear
    return height, at, fades


def _slope(x: Floats, low: int, high: int) -> Floats:
    """Least-squares slope over some parts, as change over the whole half-cycle."""
    place = (np.arange(low, high) + 0.5) / PARTS
    place -= place.mean()
    slope: Floats = x[:, low:high] @ place / float(place @ place)
    return slope


def shapes(bins: TimeBins, found: Features, limits: Limits | None = None) -> tuple[list[str], list[str]]:
    """Shape of each half-cycle by itself, and, for those that are unclear, why.

    Examples
    --------
    >>> x = (np.arange(100) + 0.5) / 100
    >>> u = 0.05 * np.array([1 + 0.5 * np.exp(-x / 0.05), 1 + 0 * x, 1 - 0.2 * np.exp(-x / 0.04), 1 + 0.6 * x**6])
    >>> bins = TimeBins(u, np.full((4, 100), 5), np.full(4, 1e-5), np.full(4, 0.002), np.full(4, 3600.0))
    >>> shapes(bins, features(bins))[0]
    ['peaked', 'rectangular', 'flat', 'arcing']
    """
    limits = limits or Limits()
    rows = bins.rows.sum(axis=1)
    with np.errstate(invalid="ignore"):
        sparse = (rows < limits.fewest_rows) | (bins.widest > limits.widest_gap)
        against = ~(found.middle_V > 0)
        noisy = found.doubt > limits.flat_within
        rises = (found.end_rise >= limits.rise_from) & (found.end_rise >= found.doubt)
        lacks = (found.start_lack >= limits.rise_from) & (found.start_lack >= found.doubt)
        steeper = ACCELERATES * np.maximum(found.half_way_slope, 0.0) + SIGMAS * found.slope_error
        late = rises & (found.late_slope >= steeper)
        perhaps = rises & (found.late_slope >= ACCELERATES * np.maximum(found.half_way_slope, 0.0))
        peaked = (found.start_peak >= limits.peak_from) & (found.start_peak >= found.doubt) & found.peak_fades
        still = (found.spread <= limits.rectangular_within) & (found.doubt <= 2 * limits.rectangular_within)
        flat = found.settled_spread <= limits.flat_within + found.doubt
        falls = (found.end_rise <= -limits.flat_within) | (found.start_peak >= limits.peak_from)
    table = [
        (against, "unclear", "a voltage against its sign"),
        (sparse, "unclear", "too few rows, or a long interval without any"),
        (late & (found.end_rise >= limits.diverging_from), "diverging", ""),
        (peaked, "peaked", ""),
        (noisy, "unclear", "noise or a coarse last digit"),
        (late, "arcing", ""),
        (perhaps, "unclear", "it rises, but noise hides whether late"),
        (rises | lacks, "rising", ""),
        (still, "rectangular", ""),
        (flat, "flat", ""),
        (falls, "unclear", "it falls through the half-cycle, or in a step"),
    ]
    conditions = [condition for condition, _, _ in table]
    names = np.select(conditions, [np.full(rows.size, name) for _, name, _ in table], "unclear")
    reasons = np.select(conditions, [np.full(rows.size, why, dtype="U60") for _, _, why in table], "none of the shapes")
    return [str(name) for name in names], [str(why) for why in reasons]


def arcing_by_history(
    names: list[str], found: Features, level: Integers, limits: Limits | None = None, reference: int = 10
) -> tuple[list[str], Floats]:
    """Call a rise arcing where the half-cycles at the beginning of the test, in this direction, had none.

    Parameters
    ----------
    names
        Shapes of the half-cycles by themselves.
    found
        Their features.
    level
        Label of each: half-cycles of one current and direction are compared.
    limits
        See `Limits`: the rise must have grown by ``rise_from``.
    reference
        The first so many half-cycles of a level that have a shape are its beginning; at least three.

    Returns
    -------
    names : list of str
        With ``arcing`` in place of some ``rising``.
    grown : (n_halves,) float
        By how much the rise at the end has grown since the beginning; NaN where it has no beginning.
    """
    limits = limits or Limits()
    grown = np.full(len(names), np.nan)
    told = np.array([name != "unclear" for name in names])
    for label in np.unique(level):
        own = np.flatnonzero((level == label) & told)
        if own.size >= 3:
            grown[own] = found.end_rise[own] - float(np.median(found.end_rise[own[:reference]]))
            grown[own[:reference]] = 0.0
    later = grown >= np.maximum(limits.rise_from, found.doubt)
    return ["arcing" if name == "rising" and new else name for name, new in zip(names, later, strict=True)], grown
