"""Columns of the linear Kramers-Kronig test on one grid of frequencies, in an order of which every beginning is good.

R, L and C in series come first, then RC elements of fixed time constant. A test that tries 4, 5, 7 ... columns would
need a decomposition for each; here each set contains the one before, so that one decomposition serves all. The order
is that of a pivoted Gram-Schmidt elimination on a dense ladder of time constants: the next element is the one that
those before it describe worst, so the first m of them are spread evenly over the logarithm of time for every m.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["RcBasis", "rc_basis"]

Floats = NDArray[np.float64]

SERIES_COLUMNS = 3  # R, L, C
_ELEMENTS_PER_DECADE = 8  # of the ladder that the order draws from; a spectrum never needs them all
_MOST_COLUMNS = 60
_GRIDS_KEPT = 64
_MANY_POINTS = 40
#: Steps between the sizes tried: finer steps fit the noise rather than the spectrum.
_SIZE_STEP = 1.17


@dataclass(frozen=True, eq=False)
class RcBasis:
    """Columns on one grid.

    Attributes
    ----------
    columns : (k, 2 n) float
        A row each: R, L, C, then RC elements; real parts of all points before imaginary parts. The largest number of
        each is near one.
    sizes : (m,) int
        Numbers of columns that a test tries, rising; limited by the points and by the decades.
    knots : (q, n) float
        Hat functions over the logarithm of frequency, about one a decade, which sum to one.
    coarse : (3 or 5, n) float
        The same with fewer knots.
    """

    columns: Floats
    sizes: NDArray[np.int64]
    knots: Floats
    coarse: Floats


def rc_basis(frequency_hertz: Floats) -> RcBasis:
    """Columns for frequencies in falling order; those of the last 64 grids are kept.

    Examples
    --------
    >>> basis = rc_basis(np.logspace(5, -1, 61))
    >>> basis.columns.shape, basis.sizes.tolist()
    ((53, 122), [4, 5, 6, 7, 8, 9, 11, 13, 15, 18, 21, 25, 29, 34, 40, 47])
    """
    return _made(np.ascontiguousarray(frequency_hertz, dtype=np.float64).tobytes())


@lru_cache(maxsize=_GRIDS_KEPT)
def _made(frequencies: bytes) -> RcBasis:
    f = np.frombuffer(frequencies)
    omega = 2 * np.pi * f
    low, high = -np.log(omega[0]), -np.log(omega[-1])
    decades = float(high - low) / np.log(10)
    tau = np.exp(np.linspace(low, high, round(decades * _ELEMENTS_PER_DECADE) + 2))
    jw = 1j * omega[:, None]
    series = np.hstack([np.ones_like(jw), jw / omega[0], omega[-1] / jw])
    elements = 1 / (1 + jw * tau)
    # columns are compared as a spectrum between a resistance and a Warburg impedance weighs its points
    weight = 1 / (1 + (np.sqrt(omega[0] * omega[-1]) / omega) ** 0.5)
    most = min(_MOST_COLUMNS - SERIES_COLUMNS, tau.size, max(1, int(1.2 * f.size) - SERIES_COLUMNS))
    order = _spread(_stacked(series * weight[:, None]), _stacked(elements * weight[:, None]), most)
    columns = np.ascontiguousarray(_stacked(np.hstack([series, elements[:, order]])).T)
    knots = _hats(np.log(f), int(np.clip(np.round(decades), 3, 8)))
    coarse = _hats(np.log(f), 5 if f.size >= _MANY_POINTS else 3)
    for array in (columns, knots, coarse):
        array.flags.writeable = False
    return RcBasis(columns, _sizes(columns.shape[0]), knots, coarse)


def _stacked(z: NDArray[np.complex128]) -> Floats:
    return np.vstack([z.real, z.imag])


def _spread(first: Floats, candidates: Floats, count: int) -> list[int]:
    """Indices of candidates, each the one least described by ``first`` and those before it."""
    q, _ = np.linalg.qr(first)
    rest = candidates / np.linalg.norm(candidates, axis=0)
    rest = rest - q @ (q.T @ rest)
    chosen: list[int] = []
    for _ in range(count):
        length = np.sqrt(np.einsum("ij,ij->j", rest, rest))
        length[chosen] = -1.0
        best = int(np.argmax(length))
        chosen.append(best)
        if length[best] > 1e-13:  # below, what is left is rounding, and any order does
            direction = rest[:, best] / length[best]
            rest = rest - np.outer(direction, direction @ rest)
    return chosen


def _sizes(most: int) -> NDArray[np.int64]:
    sizes = [SERIES_COLUMNS + 1]
    while (following := max(sizes[-1] + 1, round(sizes[-1] * _SIZE_STEP))) <= most:
        sizes.append(following)
    return np.array(sizes, dtype=np.int64)


def _hats(x: Floats, count: int) -> Floats:
    """Piecewise linear functions ``(count, x.size)`` that sum to one, their knots spread evenly over the points."""
    knots = np.unique(np.quantile(x, np.linspace(0, 1, count)))
    return np.stack([np.interp(x, knots, row) for row in np.eye(knots.size)])
