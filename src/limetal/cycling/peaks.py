"""Peaks of dQ/dV: where they stand, how much charge they hold, whether they are more than noise, how they move.

The intervals of the voltage are shared out among the peaks at the lowest place between two of them, so that the areas
of all peaks add up to the charge of the curve. Errors are the spread over curves that the data allow as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.differential import Differential

__all__ = ["Peak", "Track", "peaks", "tracks"]

Floats = NDArray[np.float64]

#: A peak that rises above its feet by less than this part of the highest is none.
SMALLEST = 0.03
#: Peaks are looked for in single intervals, and in means of so many: a plateau within the noise stands out only there.
TOGETHER = (1, 3, 9)
#: A peak of fewer steps of the voltmeter is placed to an interval only, and where readings repeat there is one
#: peak within so many.
NARROW_STEPS = 4.0
#: The top of a peak is that of a cubic through what lies above one of these parts of its height.
UPPER = (0.7, 0.8, 0.9)


@dataclass(frozen=True)
class Peak:
    """One peak of dQ/dV of one half-cycle.

    Attributes
    ----------
    cycle, sign
        Number of the cycle; +1 for charge, -1 for discharge.
    volt, volt_std
        Top of a cubic through the upper part of the peak.
    height_mAh_V, height_std
        dQ/dV there.
    width_V, width_std
        Full width at half height, as wide as seen (the interval of dQ/dV widens it); NaN where a neighbour hides it.
    area_mAh, area_std
        Charge between the lowest places on both sides; no baseline is taken off.
    significance
        Height above the higher foot over its standard error.
    """

    cycle: int
    sign: int
    volt: float
    volt_std: float
    height_mAh_V: float
    height_std: float
    width_V: float
    width_std: float
    area_mAh: float
    area_std: float
    significance: float


@dataclass(frozen=True)
class Track:
    """One peak through the cycles.

    Attributes
    ----------
    peaks
        One for each cycle in which it was found, in order.
    shift_V, shift_std
        Change of its position per cycle by weighted least squares; NaN for one cycle.
    """

    peaks: tuple[Peak, ...]
    shift_V: float
    shift_std: float


def peaks(curve: Differential, significance: float = 4.0) -> tuple[Peak, ...]:
    """Peaks of dQ/dV that stand out of the noise, from low voltage to high.

    Parameters
    ----------
    curve
        dQ/dV of a half-cycle.
    significance
        Height above the higher foot that a peak must have, in its standard errors.

    Examples
    --------
    A voltage that rises slowly around 3.5 V has one peak there:

    >>> from limetal.cycling.differential import differential, fitted
    >>> from limetal.cycling.profiles import Profile
    >>> q = np.linspace(-0.999, 0.999, 800)
    >>> half = Profile(1, 1, np.arange(800), q + 0.999, 3.5 + 0.02 * np.arctanh(q), np.ones(800), np.inf)
    >>> (found,) = peaks(differential([fitted(half)])[0])
    >>> round(found.volt, 3), round(found.area_mAh, 2)
    (3.5, 2.0)
    """
    # the first and the last interval are filled in part only: a foot there would be none
    y, many = curve.dqdv_mAh_V[1:-1], curve.draws_mAh_V[:, 1:-1]
    # where readings repeat, what lies within a few steps of the voltmeter is drawn by straight lines
    apart = NARROW_STEPS * curve.fitted.step_V / curve.width_V if curve.fitted.by_levels else 1.0
    known: dict[int, float] = {}
    for together in TOGETHER:
        if y.size >= 3 * together:
            wide, off = np.ones(together) / together, together // 2
            rows = np.array([np.convolve(row, wide, "valid") for row in (y, *many)])
            for top, begin, end, ratio in _standing_out(rows, apart, significance):
                if not any(begin <= other - off <= end for other in known):
                    known[top + off] = ratio
    tops = sorted(known)
    valleys = [a + 1 + int(np.argmin(y[a:b])) for a, b in pairwise(tops)]
    cuts = [0, *valleys, y.size + 2]
    return tuple(_peak(curve, slice(cuts[k], cuts[k + 1]), known[top]) for k, top in enumerate(tops))


def _standing_out(rows: Floats, apart: float, significance: float) -> list[tuple[int, int, int, float]]:
    """Top, both ends at half height, and significance of the peaks of the first row; the others are draws."""
    from scipy.signal import find_peaks, peak_widths

    y, many = rows[0], rows[1:]
    at, found = find_peaks(y, prominence=SMALLEST * float(y.max()), distance=max(apart, 1.0))
    above = many[:, at] - np.maximum(many[:, found["left_bases"]], many[:, found["right_bases"]])
    # a plateau within the noise may be far higher than drawn, never far lower: the lower side tells whether it is one
    short = np.minimum(above - found["prominences"], 0.0)
    error = np.sqrt(np.sum(short**2, axis=0) / np.maximum(np.count_nonzero(short, axis=0), 1))
    ratio = found["prominences"] / np.maximum(error, 1e-12 * float(y.max()))
    inside = (found["prominences"], found["left_bases"], found["right_bases"])
    _, _, begin, end = peak_widths(y, at, rel_height=0.5, prominence_data=inside)
    return [
        (int(at[k]), int(begin[k]), int(np.ceil(end[k])), float(ratio[k]))
        for k in np.flatnonzero(ratio >= significance)
    ]


def _peak(curve: Differential, part: slice, ratio: float) -> Peak:
    x, width = curve.middles_V[part], curve.width_V
    many = np.vstack([curve.dqdv_mAh_V[part], curve.draws_mAh_V[:, part]])
    volts, heights = _tops(x, many)
    areas = many.sum(axis=1) * width
    widths = np.array([_half_width(x, row) for row in many])
    # a plateau of few steps of the voltmeter may stand anywhere within an interval
    place = width if not widths[0] > NARROW_STEPS * curve.fitted.step_V else 0.0
    return Peak(
        cycle=curve.fitted.cycle,
        sign=curve.fitted.sign,
        volt=float(volts[0]),
        volt_std=float(np.hypot(_std(volts), place / np.sqrt(12.0))),
        height_mAh_V=float(heights[0]),
        height_std=_std(heights),
        width_V=float(widths[0]),
        width_std=_std(widths),
        area_mAh=float(areas[0]),
        area_std=_std(areas),
        significance=ratio,
    )


def _std(values: Floats) -> float:
    """Spread of the draws about the first value."""
    rest = values[1:][np.isfinite(values[1:])]
    if not np.isfinite(values[0]) or rest.size < 10:
        return float("nan")
    return float(np.sqrt(np.mean((rest - values[0]) ** 2)))


def _tops(x: Floats, many: Floats) -> tuple[Floats, Floats]:
    """Places and heights of the tops of all rows, of cubics through the upper part of the peak.

    The mean of all rows is free of the wiggles of each: its upper part is the same stretch for all of them. Where it
    begins is a choice, so several are tried: (choices * rows,) values, the means over the choices first.
    """
    mean = many.mean(axis=0)
    top = int(np.argmax(mean))
    foot = max(float(mean[: top + 1].min()), float(mean[top:].min()))
    found = [_cubic_tops(x, many, mean, top, max(part * mean[top], (mean[top] + foot) / 2)) for part in UPPER]
    places, heights = (np.array(values) for values in zip(*found, strict=True))
    return tuple(  # type: ignore[return-value]
        np.concatenate([[values[:, 0].mean()], values[:, 1:].ravel()]) for values in (places, heights)
    )


def _cubic_tops(x: Floats, many: Floats, mean: Floats, top: int, above: float) -> tuple[Floats, Floats]:
    low = np.flatnonzero(mean < above)
    begin = int(low[low < top].max(initial=-1)) + 1
    end = int(low[low > top].min(initial=x.size))
    begin, end = max(min(begin, top - 3), 0), min(max(end, top + 4), x.size)
    at = np.argmax(many[:, begin:end], axis=1) + begin
    places, heights = x[at].copy(), many[np.arange(at.size), at]
    if end - begin < 5:
        return places, heights
    half = (x[end - 1] - x[begin]) / 2
    u = (x[begin:end] - x[begin]) / half - 1
    level, slope, bend, skew = np.polynomial.polynomial.polyfit(u, many[:, begin:end].T, 3)
    # the top of level + slope u + bend u^2 + skew u^3: the root of its derivative where it curves down
    inside = bend**2 - 3 * skew * slope
    below = -bend + np.sqrt(np.maximum(inside, 0.0))
    move = np.divide(slope, below, out=np.full(at.size, 9.0), where=(inside > 0) & (below > 0))
    good = np.abs(move) <= 1
    places[good] = (x[begin] + half * (1 + move))[good]
    heights[good] = (level + move * (slope + move * (bend + move * skew)))[good]
    return places, heights


def _half_width(x: Floats, y: Floats) -> float:
    """Full width at half height; NaN if one side does not fall so low."""
    top = int(np.argmax(y))
    low = y < y[top] / 2
    left, right = np.flatnonzero(low[:top]), np.flatnonzero(low[top:])
    if not left.size or not right.size:
        return float("nan")
    a, b = int(left[-1]), top + int(right[0])
    step, half = x[1] - x[0], y[top] / 2
    begin = x[a] + step * (half - y[a]) / (y[a + 1] - y[a])
    end = x[b] - step * (half - y[b]) / (y[b - 1] - y[b])
    return float(end - begin)


def tracks(found: Sequence[Sequence[Peak]], within_V: float) -> tuple[Track, ...]:
    """The same peaks in several half-cycles of one direction.

    Each peak goes to the nearest one of the cycle before, if no other is nearer and both lie within a distance.

    Parameters
    ----------
    found
        Peaks of each half-cycle, in order of the cycles.
    within_V
        Furthest that a peak moves from one of these half-cycles to the next.

    Examples
    --------
    >>> def at(cycle, volt):
    ...     return Peak(cycle, 1, volt, 1e-3, 1.0, 0.1, 0.03, 1e-3, 1.0, 0.01, 9.0)
    >>> both = tracks([(at(1, 3.6), at(1, 4.0)), (at(11, 3.62), at(11, 4.0))], 0.05)
    >>> [(len(track.peaks), round(1e3 * track.shift_V, 3)) for track in both]
    [(2, 2.0), (2, 0.0)]
    """
    rows: list[list[Peak]] = []
    for one in found:
        pairs = sorted(
            (abs(peak.volt - row[-1].volt), i, k)
            for i, row in enumerate(rows)
            for k, peak in enumerate(one)
            if abs(peak.volt - row[-1].volt) <= within_V
        )
        used_rows: set[int] = set()
        used: set[int] = set()
        for _, i, k in pairs:
            if i not in used_rows and k not in used:
                rows[i].append(one[k])
                used_rows.add(i)
                used.add(k)
        rows += [[peak] for k, peak in enumerate(one) if k not in used]
    return tuple(_track(row) for row in sorted(rows, key=lambda row: row[0].volt))


def _track(row: list[Peak]) -> Track:
    """Weighted straight line; its error grows with the scatter where that exceeds the errors of the positions."""
    if len(row) < 2:
        return Track(tuple(row), float("nan"), float("nan"))
    x = np.array([peak.cycle for peak in row], dtype=float)
    y = np.array([peak.volt for peak in row])
    weight = 1.0 / np.maximum(np.array([peak.volt_std for peak in row]), 1e-6) ** 2
    centre = np.average(x, weights=weight)
    spread = float(weight @ (x - centre) ** 2)
    shift = float(weight @ ((x - centre) * y)) / spread
    off = y - np.average(y, weights=weight) - shift * (x - centre)
    scatter = float(weight @ off**2) / (x.size - 2) if x.size > 2 else 1.0
    return Track(tuple(row), shift, float(np.sqrt(max(scatter, 1.0) / spread)))
