"""Arcs followed through a series: which arc of a spectrum continues which arc of the spectrum before.

Every arc is a body that moves steadily in ln tau, ln R and n: position and speed are estimated on the way (Kalman
filter with constant speed [1]_), and an assignment is as good as it makes what is found next expected. Several
assignments are kept until later spectra decide between them [2]_: where two arcs meet, one spectrum tells nothing.

.. [1] R. E. Kalman, J. Basic Eng. 82 (1960) 35, doi:10.1115/1.3662552.
.. [2] D. B. Reid, IEEE Trans. Autom. Control 24 (1979) 843, doi:10.1109/TAC.1979.1102177.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

__all__ = ["followed"]

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

#: Up to so many arcs all assignments of a step are tried, beyond that only the best one.
_MOST_ARCS = 4
#: Assignments kept, and how much more surprising than the best they may be.
_HYPOTHESES, _HOPELESS = 30, 40.0
#: Smallest step that counts as movement; part of it that comes without notice, in place and in speed; doubt of the
#: first speed in steps.
_LEAST_STEP, _UNSTEADY, _SPEED_CHANGE, _FIRST_SPEED = 0.03, 0.5, 0.33, 2.0
#: What the errors of a fit are taken for, at the least and at the most.
_LEAST_STD, _MOST_STD = 0.01, 3.0


@dataclass(frozen=True, eq=False)
class _Hypothesis:
    """An assignment of all spectra so far, with where every arc is expected: arrays ``(arcs, features)``."""

    surprise: float
    orders: tuple[tuple[int, ...], ...]
    place: Floats
    speed: Floats
    place_var: Floats
    both_var: Floats
    speed_var: Floats


def followed(features: Floats, std: Floats) -> Integers:
    """Which arc of each spectrum continues the arcs of the first.

    Parameters
    ----------
    features : (n, k, d)
        Of k arcs in n spectra: ln tau, ln R and the like, each of about the same size of steps.
    std : (n, k, d)
        Their standard errors; NaN or infinite where not identified.

    Returns
    -------
    order : (n, k) int
        ``order[i, a]`` is the arc of spectrum i that continues arc a of the first.
    """
    n, k, _ = features.shape
    error = np.clip(np.nan_to_num(std, nan=_MOST_STD, posinf=_MOST_STD), _LEAST_STD, _MOST_STD)
    known = error < 0.5
    step = _LEAST_STEP
    if n > 1:
        moves = np.abs(np.diff(features, axis=0))[known[1:] & known[:-1]]
        step = max(float(np.median(moves)) if moves.size else 0.0, _LEAST_STEP)
    noise = ((_UNSTEADY * step) ** 2, (_SPEED_CHANGE * step) ** 2)
    first = features[0]
    kept = [
        _Hypothesis(
            0.0, (tuple(range(k)),), first, np.zeros_like(first), error[0] ** 2, np.zeros_like(first),
            np.full_like(first, (_FIRST_SPEED * step) ** 2),
        )
    ]  # fmt: skip
    every = list(permutations(range(k))) if k <= _MOST_ARCS else None
    for i in range(1, n):
        grown = [new for old in kept for new in _continued(old, features[i], error[i] ** 2, noise, every)]
        least = min(hypothesis.surprise for hypothesis in grown) + _HOPELESS
        grown = [hypothesis for hypothesis in grown if hypothesis.surprise <= least]
        kept = sorted(grown, key=lambda hypothesis: hypothesis.surprise)[:_HYPOTHESES]
    return np.array(kept[0].orders, dtype=np.intp)


def _continued(
    old: _Hypothesis,
    found: Floats,
    variance: Floats,
    noise: tuple[float, float],
    every: list[tuple[int, ...]] | None,
) -> list[_Hypothesis]:
    """The assignments of one more spectrum to the arcs of a hypothesis."""
    from scipy.optimize import linear_sum_assignment

    place = old.place + old.speed
    place_var = old.place_var + 2 * old.both_var + old.speed_var + noise[0]
    both_var = old.both_var + old.speed_var
    speed_var = old.speed_var + noise[1]
    # surprise of every arc of the hypothesis (rows) by every arc found (columns): minus twice the log likelihood
    total = place_var[:, None, :] + variance[None, :, :]
    surprise = ((found[None, :, :] - place[:, None, :]) ** 2 / total + np.log(total)).sum(axis=-1)
    rows = np.arange(found.shape[0])
    orders = every if every is not None else [tuple(int(c) for c in linear_sum_assignment(surprise)[1])]
    grown = []
    for order in orders:
        columns = np.array(order)
        gain = place_var / (place_var + variance[columns])
        speed_gain = both_var / (place_var + variance[columns])
        away = found[columns] - place
        grown.append(
            _Hypothesis(
                old.surprise + float(surprise[rows, columns].sum()), (*old.orders, order),
                place + gain * away, old.speed + speed_gain * away,
                (1 - gain) * place_var, (1 - gain) * both_var, speed_var - speed_gain * both_var,
            )
        )  # fmt: skip
    return grown
