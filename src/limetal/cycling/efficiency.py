"""Mean coulombic efficiency over cycles: three kinds of mean, each with its standard error and what causes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["MeanEfficiency", "alike", "mean_efficiency", "outliers"]

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

#: From so many cycles on a spread tells an error.
FEWEST_CYCLES = 3
#: A cycle lies outside if its efficiency differs from the median by more than this; cycles are unlike if more than
#: this share lies outside.
OUTSIDE = 0.1
OUTSIDE_SHARE = 0.25


@dataclass(frozen=True)
class MeanEfficiency:
    """Means of the efficiency of several cycles, as fractions.

    Attributes
    ----------
    arithmetic
        Mean of the efficiencies of the cycles: what papers call average CE.
    geometric
        N-th root of their product: what is left after N cycles of one reservoir is its N-th power.
    total
        All that was stripped over all that was plated.
    arithmetic_std, geometric_std, total_std
        Standard errors, from the spread between cycles or from charge resolution where that is larger, and from what
        resolution has in common in all cycles; None for fewer than three cycles.
    spread
        Standard deviation between cycles.
    resolution
        Standard uncertainty of one cycle from charge resolution, the random part.
    common
        Standard uncertainty of all cycles together from rounding of the current.
    dominant
        ``"spread"`` or ``"resolution"``: which of both makes the larger part of the error.
    """

    n: int
    arithmetic: float
    geometric: float
    total: float
    arithmetic_std: float | None
    geometric_std: float | None
    total_std: float | None
    spread: float
    resolution: float
    common: float
    dominant: str


def mean_efficiency(plated: Floats, stripped: Floats, std_random: Floats, std_common: Floats) -> MeanEfficiency:
    """Three means of stripped over plated charge of cycles.

    Parameters
    ----------
    plated, stripped
        (n,) charge of every cycle, above zero.
    std_random, std_common
        (n,) standard uncertainty of the efficiency of every cycle from charge resolution; the second is the same error
        in all cycles.

    Examples
    --------
    >>> found = mean_efficiency(np.ones(4), np.array([0.97, 0.98, 0.99, 0.98]), np.full(4, 1e-3), np.zeros(4))
    >>> round(found.arithmetic, 4), round(found.geometric, 6), round(found.total, 4), round(found.arithmetic_std, 5)
    (0.98, 0.979974, 0.98, 0.00408)
    >>> found.dominant
    'spread'
    """
    ratio = stripped / plated
    n = int(ratio.size)
    total = float(stripped.sum() / plated.sum())
    spread = float(np.std(ratio, ddof=1)) if n > 1 else 0.0
    resolution = float(np.sqrt(np.mean(std_random**2)))
    common = float(np.mean(std_common))
    ratio_logs = np.log(np.maximum(ratio, 1e-12))  # a cycle that gave nothing back makes the product vanish
    arithmetic, geometric = float(ratio.mean()), float(np.exp(np.mean(ratio_logs)))
    stds: list[float | None] = [None, None, None]
    if n >= FEWEST_CYCLES:
        logs = float(np.std(ratio_logs, ddof=1)) * geometric
        # residuals of a ratio of sums: Cochran, Sampling Techniques, chapter 6
        rest = (stripped - total * plated) / plated.mean()
        spreads = (spread, logs, float(np.sqrt(np.sum(rest**2) / (n - 1))))
        stds = [float(np.hypot(max(s, resolution) / np.sqrt(n), common)) for s in spreads]
    own = max(spread**2 - resolution**2, 0.0) / n
    return MeanEfficiency(
        n=n,
        arithmetic=arithmetic,
        geometric=geometric,
        total=total,
        arithmetic_std=stds[0],
        geometric_std=stds[1],
        total_std=stds[2],
        spread=spread,
        resolution=resolution,
        common=common,
        dominant="spread" if own >= resolution**2 / n + common**2 else "resolution",
    )


def outliers(ratio: Floats) -> Booleans:
    """Cycles whose efficiency is far from the median of all.

    Examples
    --------
    >>> outliers(np.array([0.98, 0.99, 0.6, 0.98])).tolist()
    [False, False, True, False]
    """
    return np.asarray(np.abs(ratio - np.median(ratio)) > OUTSIDE)


def alike(ratio: Floats) -> bool:
    """Whether one mean may stand for all cycles.

    Examples
    --------
    >>> alike(np.array([0.98, 0.99, 0.6, 0.98, 0.98])), alike(np.array([0.98, 0.99, 0.6, 0.3]))
    (True, False)
    """
    return bool(outliers(ratio).sum() <= OUTSIDE_SHARE * ratio.size)
