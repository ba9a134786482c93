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


def stepped(steps, dt=10.0, r_ohm=10.0):
    """Time, voltage and current of a resistor under (mA, seconds) steps, each logged from its first to its last row."""
    t, i, start = [], [], 0.0
    for current_mA, seconds in steps:
        rows = max(round(seconds / dt), 1) + 1
        t.append(start + np.linspace(0, seconds, rows))
        i.append(np.full(rows, 1e-3 * current_mA))
        start += seconds
    t, i = np.concatenate(t), np.concatenate(i)
    return t, r_ohm * i, i


def cycles(current_mA, hours, n):
    """Steps of n cycles for `stepped`."""
    return [(current_mA, 3600 * hours), (-current_mA, 3600 * hours)] * n


def rested(n, rest_s=600.0, decay_s=60.0, noise_V=2e-5, offset_V=0.0, levels_V=None, after_stripping=True, dt=10.0):
    """Half-cycles of an hour near 10 mV, each followed by a rest in which 0.4 of the voltage decays; no current.

    The true time-weighted mean of each half-cycle comes with time and voltage.
    """
    rng = np.random.default_rng(3)
    t, v, truth, start = [], [], [], 0.0
    for k in range(n):
        sign, level = (1 if k % 2 == 0 else -1), 0.01 if levels_V is None else levels_V[k]
        on = np.arange(0, 3600, dt)
        t.append(start + on)
        v.append(sign * level * (1 + 0.3 * np.exp(-on / 300)))
        truth.append(level * (1 + 0.3 * 300 * (1 - np.exp(-12)) / 3600))
        start += 3600
        if sign > 0 or after_stripping:
            off = np.arange(0, rest_s, dt)
            t.append(start + off)
            v.append(sign * 0.4 * level * np.exp(-off / decay_s))
            start += rest_s
    v = np.concatenate(v)
    return np.concatenate(t), v + offset_V + rng.normal(0, noise_V, v.size), np.array(truth)


def record(t, v, current=None, cell=SYMMETRIC, **more):
    """Record of a symmetric cell without a file."""
    return CyclingRecord(np.array(t, float), np.array(v, float), current, source="made up", cell=cell, **more)
