"""Where one spectrum of a table ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["spectra_rows"]

_SAME = 1e-3  # natural logarithm: frequencies this near are one frequency
_JUMP = np.log(2.0)  # against the direction of the sweep: more than an instrument's choice of frequencies wobbles


def spectra_rows(
    frequency: NDArray[np.float64],
    usable: NDArray[np.bool_],
    mark: NDArray[np.float64] | None = None,
    loops: Sequence[int] = (),
) -> list[NDArray[np.intp]]:
    """Rows of every spectrum: parted by other rows, by a count that changes, by loops, or where the sweep restarts.

    Examples
    --------
    >>> f = np.array([100.0, 10, 1, 100, 10, 1])
    >>> [rows.tolist() for rows in spectra_rows(f, f > 0)]
    [[0, 1, 2], [3, 4, 5]]
    """
    rows = np.flatnonzero(usable)
    if not rows.size:
        return []
    begins = np.zeros(frequency.size + 1, dtype=bool)
    begins[[row for row in loops if 0 <= row < frequency.size]] = True
    parted = np.diff(rows) > 1
    # several unusable rows inside a spectrum part nothing; a row of another measurement does
    between = np.concatenate([[0], np.cumsum(frequency <= 0)])
    parted &= between[rows[1:]] > between[rows[:-1] + 1]
    starts = np.cumsum(begins)
    parted |= starts[rows[1:]] > starts[rows[:-1]]
    if mark is not None:
        parted |= mark[rows[1:]] != mark[rows[:-1]]
    parts: list[NDArray[np.intp]] = []
    for part in np.split(rows, np.flatnonzero(parted) + 1):
        parts += _restarts(part, np.log(frequency[part]))
    return parts


def _restarts(rows: NDArray[np.intp], logarithm: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Part rows where the frequency jumps against its direction."""
    steps = np.diff(logarithm)
    moving = steps[np.abs(steps) > _SAME]
    if not moving.size:
        return [rows]
    direction = 1.0 if np.sum(moving > 0) > np.sum(moving < 0) else -1.0
    return list(np.split(rows, np.flatnonzero(-direction * steps > _JUMP) + 1))
