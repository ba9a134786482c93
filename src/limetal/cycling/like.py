"""What may be said of several cycles at once: a median where they are alike, single cycles where they are not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["centre_and_std", "cycles_in_words", "like_cycles", "like_stretches", "unlike_few", "unlike_words"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Cycles are unlike if the spread between them exceeds this part of their median. A cycle lies outside if it
#: differs from the median by more than this part; more outsiders than the first share make the cycles unlike too,
#: more than the second are told.
UNLIKE = 0.2
UNLIKE_SHARE = 0.25
OUTSIDE_SHARE = 0.1
#: 1.4826 times the median deviation from the median is the standard deviation of a normal distribution.
NORMAL_MAD = 1.4826
#: A spread below this part of the median is rounding.
ROUNDING = 1e-6


def centre_and_std(values: Floats) -> tuple[float, float, float | None]:
    """Median, spread between the values (1.4826 MAD), and the standard error of the median that follows from it.

    Of values that scatter normally, the median scatters by sqrt(pi/2) times what their mean does (many values; van der
    Vaart, Asymptotic Statistics, 1998, section 21.3, not verified here), and the median deviation of few values is
    too small on average. Both are made good here, the second by a fit to simulated normal values (tests), so that the
    standard error is right on average, within 2 %, from three values on. It is None for fewer than three values and
    for values without spread.

    Examples
    --------
    >>> centre, spread, std = centre_and_std(np.array([1.0, 2.0, 3.0, 4.0]))
    >>> centre, round(spread, 4), round(std, 4)
    (2.5, 1.4826, 1.0917)
    """
    centre = float(np.median(values))
    spread = _spread(values)
    if values.size < 3 or spread <= ROUNDING * abs(centre):
        return centre, spread, None
    return centre, spread, spread * _error_of_median(int(values.size))


def _error_of_median(n: int) -> float:
    """Standard error of the median of n normal values over the expected 1.4826 MAD of them."""
    few = 2.8 / n**2 if n % 2 == 0 else 0.5 / n + 1.7 / n**2
    return float(np.sqrt(np.pi / 2 / n)) * (1 + few)


def like_cycles(values: Floats) -> bool:
    """Whether one median may stand for all values.

    Examples
    --------
    >>> like_cycles(np.array([5.0, 5.1, 5.2])), like_cycles(np.array([5.0, 10.0, 50.0]))
    (True, False)
    """
    if values.size == 2:
        return bool(np.ptp(values) <= UNLIKE * abs(float(values.mean())))
    outside = _outside(values).size > max(1.0, UNLIKE_SHARE * values.size)
    return not outside and _spread(values) <= UNLIKE * abs(float(np.median(values)))


def unlike_few(values: Floats) -> str:
    """Words for the few cycles far from the median of like ones; empty if there are hardly any."""
    centre = float(np.median(values))
    outside = _outside(values)
    if outside.size <= max(1, OUTSIDE_SHARE * values.size):
        return ""
    return (
        f"{outside.size} of {values.size} cycles differ from the median by more than {100 * UNLIKE:.0f} %: they lie "
        f"from {1e3 * outside.min():.4g} to {1e3 * outside.max():.4g} mV, the median is {1e3 * centre:.4g} mV"
    )


def unlike_words(cycles: Integers, values: Floats) -> str:
    """Range of the values and, if they are few, the stretches of like cycles."""
    words = f"from {1e3 * values.min():.4g} to {1e3 * values.max():.4g} mV"
    stretches = like_stretches(cycles, values)
    if 1 < len(stretches) <= 6:
        parts = [f"{1e3 * float(np.median(values[s])):.4g} mV in {cycles_in_words(cycles[s])}" for s in stretches]
        words += " (" + ", ".join(parts) + ")"
    return words


def like_stretches(cycles: Integers, values: Floats) -> list[Integers]:
    """Positions of cycles in a row that do not differ from the one before by more than a part.

    Examples
    --------
    >>> [s.tolist() for s in like_stretches(np.arange(5), np.array([5.0, 5.0, 10.0, 10.0, 5.0]))]
    [[0, 1], [2, 3], [4]]
    """
    steps = np.abs(np.diff(values)) > UNLIKE * np.minimum(np.abs(values[1:]), np.abs(values[:-1]))
    return np.split(np.arange(values.size), np.flatnonzero(steps | (np.diff(cycles) > 1)) + 1)


def cycles_in_words(cycles: Integers) -> str:
    """Name cycles, counted from one, by their runs.

    Examples
    --------
    >>> cycles_in_words(np.array([0, 1, 2, 9, 10, 11])), cycles_in_words(np.array([4]))
    ('cycles 1 to 3 and 10 to 12', 'cycle 5')
    """
    runs = np.split(cycles, np.flatnonzero(np.diff(cycles) > 1) + 1)
    words = [f"{r[0] + 1} to {r[-1] + 1}" if r.size > 1 else f"{r[0] + 1}" for r in runs]
    if len(words) > 6:
        words = [*words[:5], f"{len(words) - 5} more runs"]
    listed = words[0] if len(words) == 1 else ", ".join(words[:-1]) + f" and {words[-1]}"
    return f"cycle{'s' if cycles.size > 1 else ''} {listed}"


def _outside(values: Floats) -> Floats:
    centre = float(np.median(values))
    outside: Floats = values[np.abs(values - centre) > UNLIKE * abs(centre)]
    return outside


def _spread(values: Floats) -> float:
    return NORMAL_MAD * float(np.median(np.abs(values - np.median(values))))
