"""A leak that grew: the voltage fell as one conductance beside the cell takes it, its rise within a half-cycle most.

Many things lower a voltage: warmth and a film that heals lower it by a factor, a contact that gets better by a
constant, faster diffusion lowers its rise alone. An electronic path takes most where the voltage is highest: the
reciprocal of the voltage grows by one constant, and the trace becomes rectangular. The four are held against each
other; only a cell whose voltage rises within the half-cycle can tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling._short_profiles import GRID, Profiles

__all__ = ["GrownLeak", "Likeness", "grown_leak", "likeness"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Half-cycles, of both directions, whose median is one profile.
SMOOTH = 6
#: Profiles are held against those so many half-cycles earlier.
LAGS = (10, 20, 40, 80)
#: A rise within the half-cycle below this part of its last voltage tells nothing.
LEAST_RISE = 0.13
#: Places with less than this part of the highest voltage are left out.
LOWEST = 0.25
#: The deviation from a conductance must be below this part of that from every other reading, ...
CLEARLY = 0.5
#: ... in so many profiles in a row.
IN_A_ROW = 6


@dataclass(frozen=True, eq=False)
class Likeness:
    """For every half-cycle: loss of voltage against earlier ones, and how well each reading describes it.

    Attributes
    ----------
    loss : (halves,) float
        Part of the voltage that is missing, mean over the half-cycle.
    ratio : (halves,) float
        Deviation of the reading as a leak over that of the best other reading; small where it is a leak.
    rise, rise_before : (halves,) float
        Rise within the half-cycle over its last voltage, now and earlier.
    """

    loss: Floats
    ratio: Floats
    rise: Floats
    rise_before: Floats


@dataclass(frozen=True)
class GrownLeak:
    """First half-cycle in which it shows, first in which it does so fully, loss, likeness and rises there."""

    begin_half: int
    half: int
    loss: float
    ratio: float
    rise: float
    rise_before: float


def likeness(p: Profiles) -> Likeness:
    """How every half-cycle differs from the ones of the same current before it."""
    smooth = _smooth(p)
    part = GRID >= 0.05
    n = p.count
    loss, ratio = np.zeros(n), np.full(n, np.inf)
    rise = _rise(smooth[:, part])
    rise_before = np.full(n, np.nan)
    for lag in LAGS:
        if n <= lag + SMOOTH:
            break
        now, then = smooth[lag:, part], smooth[:-lag, part]
        same = p.group[lag:] == p.group[:-lag]
        lost, like = _readings(now, then)
        good = same & (lost > loss[lag:]) & np.isfinite(like)
        loss[lag:][good], ratio[lag:][good] = lost[good], like[good]
        rise_before[lag:][good] = rise[:-lag][good]
    return Likeness(loss, ratio, rise, rise_before)


def grown_leak(found: Likeness, smallest: float) -> GrownLeak | None:
    """The first stretch of half-cycles that reads as a leak of at least a part of the voltage."""
    tells = (found.rise_before >= LEAST_RISE) & (found.rise < found.rise_before)
    reads = tells & (found.loss >= smallest) & (found.ratio <= CLEARLY)
    runs = np.convolve(reads, np.ones(IN_A_ROW), "valid") if reads.size >= IN_A_ROW else np.zeros(0)
    full = np.flatnonzero(runs == IN_A_ROW)
    if not full.size:
        return None
    half = int(full[0])
    later = np.arange(half, reads.size)[reads[half:]]
    best = int(later[np.argmax(found.loss[later])])
    begin = half
    while begin > 0 and found.loss[begin - 1] > 0.25 * smallest:
        begin -= 1
    return GrownLeak(
        begin,
        half,
        float(found.loss[best]),
        float(np.median(found.ratio[half : half + IN_A_ROW])),
        float(found.rise[best]),
        float(found.rise_before[best]),
    )


def _smooth(p: Profiles) -> Floats:
    """Median of the last half-cycles of one group, both directions averaged first: offsets drop out."""
    u = p.grid_u
    both = np.full(u.shape, np.nan)
    pair = (p.sign[1:] != p.sign[:-1]) & (p.group[1:] == p.group[:-1])
    both[1:] = np.where(pair[:, None], (u[1:] + u[:-1]) / 2, np.nan)
    padded = np.concatenate([np.full((SMOOTH - 1, u.shape[1]), np.nan), both])
    windows = np.lib.stride_tricks.sliding_window_view(padded, SMOOTH, axis=0)
    ordered = np.sort(windows, axis=-1)
    count = np.isfinite(ordered).sum(axis=-1)
    middle = np.take_along_axis(ordered, np.maximum(count // 2, 0)[..., None].clip(0, SMOOTH - 1), -1)[..., 0]
    return np.where(count >= SMOOTH // 2, middle, np.nan)


def _rise(profile: Floats) -> Floats:
    """Part of the voltage at the end that was gained within the half-cycle, from its twentieth on."""
    ends, begins = _mean_of_known(profile[:, -8:]), _mean_of_known(profile[:, :5])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(ends > 0, 1 - begins / ends, np.nan)


def _mean_of_known(values: Floats) -> Floats:
    known = np.isfinite(values)
    count = known.sum(axis=1)
    return np.where(count > 2, np.where(known, values, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)


def _readings(now: Floats, then: Floats) -> tuple[Floats, Floats]:
    """Part lost, and the deviation from a leak over the smallest from a factor, a constant, or a smaller rise."""
    with np.errstate(invalid="ignore"):
        known = (now > 0) & (then > 0)
        high = np.where(np.isfinite(then), then, 0.0).max(axis=1)[:, None]
        known &= then > LOWEST * high  # near zero, after a reversal, a reciprocal says nothing
    whole = known.mean(axis=1) > 0.6
    a, b = np.where(known, now, 1.0), np.where(known, then, 1.0)
    count = np.maximum(known.sum(axis=1), 1)

    def mean(values: Floats) -> Floats:
        return np.asarray((values * known).sum(axis=1) / count)

    def away(model: Floats) -> Floats:
        return np.sqrt(mean((model / a - 1) ** 2))

    lost = 1 - mean(a / b)
    conductance = mean(1 / a - 1 / b)
    leak = away(b / np.maximum(1 + conductance[:, None] * b, 1e-3))
    factor = away(b * (1 - lost)[:, None])
    constant = away(b - mean(b - a)[:, None])
    start = np.where(known, b, np.inf).min(axis=1)[:, None]
    start = np.where(np.isfinite(start), start, 0.0)
    rise = b - start
    part = mean((b - a) * rise) / np.maximum(mean(rise**2), 1e-30)
    slower = away(b - part[:, None] * rise)
    others = np.minimum(np.minimum(factor, constant), slower)
    floor = 0.003  # what a profile can be known to
    ratio = np.where(whole & (lost > 0), np.hypot(leak, floor) / np.hypot(others, floor), np.inf)
    return np.where(whole, lost, -np.inf), ratio
