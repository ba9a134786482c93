"""A loss of voltage from one half-cycle to the next, seen in neither of them: at the reversal, or in a rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling._short_noise import NORMAL_MAD
from limetal.cycling._short_profiles import GRID, Profiles

__all__ = ["Shift", "shifts"]

Floats = NDArray[np.float64]

#: Standard deviations of the ordinary change from one half-cycle to the next that a shift exceeds.
SIGMAS = 10.0
#: At most this part of the shift is there before the reversal, ...
BEFORE = 0.12
#: ... the loss in the first minutes of the next half-cycle and that at its end are alike within this part, and at least
#: this part of it is there in the one after that.
ALIKE = 0.75
AFTER = 0.6
#: A rest of more than this part of a half-cycle at the reversal may have changed the cell, or its temperature.
LONGEST_GAP = 0.03


@dataclass(frozen=True)
class Shift:
    """Half-cycle that is the first lower one, part of the voltage lost, and its size over the ordinary change."""

    half: int
    drop: float
    sigmas: float


def shifts(p: Profiles, t: Floats, smallest: float) -> list[Shift]:
    """Losses between half-cycles of one current that are there from the reversal on."""
    if p.count < 12:
        return []
    # what one conductance beside the cell changes by the same amount from begin to end, over the voltage of the cell
    with np.errstate(invalid="ignore", divide="ignore"):
        away = np.maximum(p.levels(), 1e-12)[:, None] * (1 / p.expected - 1 / p.grid_u)
        away = np.where((p.expected > 0) & (p.grid_u > 0), away, np.nan)
    former = _former_level(p)[:, None]
    away = np.where(np.isfinite(away) & np.isfinite(former) & (p.seen[:, None] >= 3), away, np.nan)
    away *= np.where(np.isfinite(former), former, 1.0)
    early = _middle(away[:, (GRID > 0.012) & (GRID < 0.06)])  # a change of temperature is not there yet
    last = _middle(away[:, GRID > 0.88])
    late = _middle(away[:, GRID > 0.75])
    whole = _middle(away[:, GRID > 0.05])
    change = whole[1:] - whole[:-1]
    known = change[np.isfinite(change)]
    if known.size < 8:
        return []
    scatter = NORMAL_MAD * float(np.median(np.abs(known - np.median(known))))
    end = t[p.rows[np.append(p.first[1:], p.u.size) - 1]]
    gap = p.start_second[1:] - end[:-1]
    found = []
    for k in range(1, p.count - 1):
        loss = min(-early[k], -late[k])
        if not (np.isfinite(loss) and loss > 0 and np.isfinite(last[k - 1])):
            continue
        loss = -late[k]
        drop = loss / (1 + loss)
        fresh = abs(last[k - 1]) <= BEFORE * loss and abs(whole[k - 1]) <= BEFORE * loss
        stays = np.isfinite(whole[k + 1]) and -whole[k + 1] >= AFTER * loss
        alike = ALIKE <= early[k] / late[k] <= 1 / ALIKE
        short = gap[k - 1] <= LONGEST_GAP * p.seconds[k]
        sigmas = loss / max(scatter, 1e-4)
        same = p.group[k] == p.group[k - 1] == p.group[k + 1]
        if drop >= smallest and sigmas >= SIGMAS and fresh and stays and alike and short and same:
            found.append(Shift(k, float(drop), float(sigmas)))
    return found


def _former_level(p: Profiles) -> Floats:
    """Level that is expected of every half-cycle over the one it has."""
    with np.errstate(invalid="ignore", divide="ignore"):
        part = GRID > 0.3
        return _middle(p.expected[:, part]) / _middle(p.grid_u[:, part])


def _middle(values: Floats) -> Floats:
    known = np.isfinite(values).sum(axis=1) >= 3
    middle = np.full(values.shape[0], np.nan)
    middle[known] = np.nanmedian(values[known], axis=1)
    return middle
