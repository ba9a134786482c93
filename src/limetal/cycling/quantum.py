"""The smallest step of logged values: how finely an instrument, or an export, wrote them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["last_digit", "quantum"]

Floats = NDArray[np.float64]

#: Looked at: so many stretches of so many rows, spread over the record.
_STRETCHES = 16
_ROWS = 256
#: Fewer different values than this show no steps between them; their digits are asked instead.
_FEW_LEVELS = 8
#: A value with more digits than this is not rounded to digits.
_MOST_DIGITS = 5
#: Part of the gaps that must contradict a step before a finer one is looked for: single odd rows do not.
_ODD = 0.02
#: A step below this many times the rounding of the numbers themselves is that rounding.
_ABOVE_ROUNDING = 64
_SINGLE = float(np.finfo(np.float32).eps)
_DOUBLE = float(np.finfo(np.float64).eps)


def quantum(values: NDArray[np.generic]) -> float:
    """Step of which logged values are multiples, in their unit; 0 where there is none to be seen.

    With many different values it is the greatest common step of the gaps between them (Euclid's algorithm, against
    the rounding of single precision where the values are of it). With few, as those of a constant current, it is the
    last decimal digit, if the values have at most five.

    Examples
    --------
    A current rounded to 0.1 mA, a counter of 2 uAh, numbers with all their digits:

    >>> rng = np.random.default_rng(0)
    >>> round(quantum(np.array([0.0, 2e-4, -2e-4, 2e-4])), 9)
    0.0001
    >>> round(quantum(0.002 * np.floor(rng.uniform(0, 5000, 3000))), 9)
    0.002
    >>> quantum(rng.normal(size=3000)), quantum(np.array([0.0, np.pi]))
    (0.0, 0.0)
    """
    sample = _sample(np.asarray(values))
    single = np.array_equal(sample, sample.astype(np.float32).astype(np.float64))
    levels = np.unique(sample)
    largest = float(np.abs(levels).max(initial=0.0))
    if not 0 < largest < np.inf:
        return 0.0
    if levels.size < _FEW_LEVELS:
        return _digit(levels, largest, 4 * _SINGLE)
    return _common_step(np.diff(levels), (2 * _SINGLE if single else 8 * _DOUBLE) * largest)


def last_digit(values: NDArray[np.generic]) -> float:
    """Place of the last decimal digit of all values, at most the fifth; 0 where they have more.

    Examples
    --------
    >>> last_digit(np.array([0.2, 0.35])), last_digit(np.array([1 / 3]))
    (0.01, 0.0)
    """
    levels = _sample(np.asarray(values))
    largest = float(np.abs(levels).max(initial=0.0))
    return _digit(levels, largest, 4 * _SINGLE) if 0 < largest < np.inf else 0.0


def _sample(values: NDArray[np.generic]) -> Floats:
    """Values of some stretches: neighbours differ by single steps."""
    n = values.size
    if n > 2 * _STRETCHES * _ROWS:
        begins = np.linspace(0, n - _ROWS, _STRETCHES).astype(np.int64)
        values = values[(begins[:, None] + np.arange(_ROWS)).ravel()]
    numbers = values.astype(np.float64)
    return numbers[np.isfinite(numbers)]


def _digit(levels: Floats, largest: float, tolerance: float) -> float:
    """Place of the last decimal digit of all values; 0 where they have too many."""
    first = int(np.floor(np.log10(largest)))
    for place in range(first, first - _MOST_DIGITS, -1):
        step = 10.0**place
        multiples = levels / step
        if np.abs(multiples - np.round(multiples)).max() <= tolerance * largest / step:
            return step
    return 0.0


def _common_step(gaps: Floats, error: float) -> float:
    """Greatest common step of gaps that are known within an error."""
    gaps = gaps[gaps > 2 * error]
    if gaps.size < 2:
        return 0.0
    for _ in range(60):
        step = float(np.quantile(gaps, 0.0 if gaps.size < 1 / _ODD else _ODD / 2))
        near = gaps[gaps < 50 * step]
        times = np.maximum(np.round(near / step), 1.0)
        step = float(np.median(near / times))
        left = np.abs(near - times * step)
        odd = left > 2 * error * (1 + times) + 1e-3 * step
        if odd.sum() <= _ODD * near.size:
            return step if step > _ABOVE_ROUNDING * error else 0.0
        rest = left[odd]
        gaps = np.concatenate([near[~odd], rest])
        if min(float(np.median(rest)), step) < _ABOVE_ROUNDING * error:
            return 0.0
    return 0.0
