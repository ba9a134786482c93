"""Compiled: how far a parameter can move until the cost, at the best of all others, has risen by a given amount."""

from __future__ import annotations

import math

import numpy as np
from numba import types

from limetal.impedance._compile import compiled
from limetal.impedance._machine import CODE, FLOAT, INTEGER, levenberg_marquardt

__all__ = ["reach"]

#: Iterations and tolerance of the other parameters; how near to the wanted rise is near enough; most steps.
_ITERATIONS, _TOLERANCE, _NEAR, _STEPS = 30, 1e-5, 0.05, 8
#: Most a step may change from one trial to the next.
_MOST_CHANGE = 2.5


@compiled(
    types.Tuple((FLOAT, FLOAT))(
        CODE,
        INTEGER[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT[::1],
        FLOAT,
        INTEGER,
        FLOAT[::1],
        FLOAT,
        FLOAT,
        FLOAT,
    ),
)
def reach(code, free, low, high, omega, re, im, weight, best, cost, k, direction, first, farthest, rise):
    """Distance of coordinate ``k`` from its best at which the cost has risen by ``rise``, and the lowest cost seen.

    Parameters
    ----------
    best, cost
        The minimum.
    direction
        How all coordinates move when ``k`` moves by one, near the minimum; its sign is the side.
    first, farthest
        First step to try; steps beyond ``farthest`` are not tried, and the answer is then infinite.
    """
    others = np.empty(free.size - 1, dtype=np.int64)
    count = 0
    for a in range(free.size):
        if free[a] != k:
            others[count] = free[a]
            count += 1
    sign = 1.0 if direction[k] > 0.0 else -1.0
    room = (high[k] - best[k]) if sign > 0.0 else (best[k] - low[k])
    hessian = np.empty((count, count))
    q = best.copy()
    inside, outside, inside_rise, outside_rise = 0.0, math.inf, 0.0, math.inf
    step, lowest = min(first, farthest), cost
    for _ in range(_STEPS):
        clipped = min(step, room)
        for c in range(q.size):
            q[c] = best[c]
        q[k] = best[k] + sign * clipped
        for a in range(count):
            c = others[a]
            q[c] = min(max(best[c] + direction[c] * clipped, low[c]), high[c])
        if count:
            found, _, _ = levenberg_marquardt(
                code, others, low, high, omega, re, im, weight, q, _ITERATIONS, _TOLERANCE, hessian
            )
        else:
            break
        lowest = min(lowest, found)
        risen = found - cost
        if abs(risen / rise - 1.0) < _NEAR:
            return clipped, lowest
        if risen < rise:
            if clipped >= room or clipped >= farthest:
                return (math.inf if clipped >= farthest else clipped), lowest
            inside, inside_rise = clipped, max(risen, 0.0)
        else:
            outside, outside_rise = clipped, risen
        if outside < math.inf:  # the root of the rise runs nearly straight
            a, b, t = math.sqrt(inside_rise), math.sqrt(outside_rise), math.sqrt(rise)
            share = min(max((t - a) / max(b - a, 1e-300), 0.1), 0.9)
            step = inside + (outside - inside) * share
        else:
            step = clipped * min(math.sqrt(rise / max(risen, 1e-300)) * 1.05, _MOST_CHANGE)
            step = min(step, farthest)
    return (outside if outside < math.inf else math.inf), lowest
