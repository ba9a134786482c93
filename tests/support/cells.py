"""Made-up lithium symmetric cells whose truth is known."""

import numpy as np

from limetal.records.cycling import CellContext, CyclingRecord

SYMMETRIC = CellContext("symmetric", 1.0)


def polarisation(part, level_V, rise):
    """|Voltage| within a half-cycle: from (1 - rise) level to level, as concentration polarisation does."""
    return level_V * (1 - rise * np.exp(-5 * part))


def uniform(levels_V, half_s=1800.0, points=60, rise=0.4):
    """Record with equal half-cycles sampled evenly; the true time-weighted mean of each level is returned too."""
    t, v = [], []
    part = np.linspace(0, 1, points)
    for k, level in enumerate(levels_V):
        sign = 1 if k % 2 == 0 else -1
        t.append(half_s * (k + part))
        v.append(sign * polarisation(part, level, rise))
    return np.concatenate(t), np.concatenate(v)


def true_mean(level_V, rise=0.4):
    """Time average of `polarisation` over the half-cycle."""
    return level_V * (1 - rise * (1 - np.exp(-5)) / 5)


def triggered(levels_V, trigger_V=0.005, longest_s=60.0, half_s=1800.0, rise=0.6):
    """Record a point whenever the voltage has moved by the trigger, or after the longest gap: as real cyclers do."""
    t, v = [], []
    fine = np.linspace(0, 1, 18001)
    for k, level in enumerate(levels_V):
        sign = 1 if k % 2 == 0 else -1
        u = sign * polarisation(fine, level, rise)
        last_v, last_t = np.inf, -np.inf
        for part, value in zip(fine, u, strict=True):
            now = half_s * (k + part)
            if abs(value - last_v) >= trigger_V or now - last_t >= longest_s or part == 1:
                t.append(now)
                v.append(value)
                last_v, last_t = value, now
    return np.array(t), np.array(v)


def record(t, v, current=None, cell=SYMMETRIC, **more):
    """Record of a symmetric cell without a file."""
    return CyclingRecord(np.array(t, float), np.array(v, float), current, source="made up", cell=cell, **more)
