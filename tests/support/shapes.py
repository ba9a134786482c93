"""Made-up half-cycles of a symmetric cell whose shape is known."""

import numpy as np

from limetal.records.cycling import CellContext
from limetal.simulate.recording import Cycler, record_as

FINE = np.concatenate([np.linspace(0, 0.05, 201), np.linspace(0.05, 1, 381)[1:]])


def profile(shape, rng, x=FINE):
    """|Voltage| over that of the middle against the part of the half-cycle, with random numbers of the shape."""
    onset = 1 - rng.uniform(0.1, 0.4) * np.exp(-x / rng.uniform(0.005, 0.02))  # double layer after the reversal
    if shape == "rectangular":
        return np.full(x.size, 1.0) + rng.uniform(-0.008, 0.008) * (x - 0.5)
    if shape == "flat":
        return onset * (1 + rng.uniform(-0.05, 0.05) * (x - 0.5) - rng.uniform(0.05, 0.3) * np.exp(-x / 0.04))
    if shape == "peaked":
        u = 1 + rng.uniform(0.3, 1.0) * np.exp(-x / rng.uniform(0.04, 0.12))
        return u + rng.uniform(0, 0.3) * np.clip((x - 0.6) / 0.4, 0, 1) ** 2
    if shape == "arcing":
        return onset * (1 + rng.uniform(0.2, 0.4) * np.clip((x - 0.4) / 0.6, 0, 1) ** rng.uniform(1.5, 3))
    if shape == "diverging":
        return onset * (1 + rng.uniform(0.9, 2.5) * np.clip((x - 0.5) / 0.5, 0, 1) ** rng.uniform(3, 6))
    if shape == "rising":
        if rng.random() < 0.5:
            return 0.3 + rng.uniform(0.8, 1.0) * np.sqrt(x)
        return 1.05 - rng.uniform(0.4, 0.7) * np.exp(-x / rng.uniform(0.2, 0.4))
    raise ValueError(shape)


def cell_of(shapes, rng, *, level_V=0.05, half_s=3600.0, cycler=None, seed=0, current_A=1e-3):
    """Record of one half-cycle of every shape, one after the other."""
    t, v, i = [], [], []
    for k, shape in enumerate(shapes):
        sign = 1.0 if k % 2 == 0 else -1.0
        t.append(half_s * (k + FINE))
        v.append(sign * level_V * profile(shape, rng))
        i.append(np.full(FINE.size, sign * current_A))
    columns = (np.concatenate(part) for part in (t, v, i))
    return record_as(cycler or Cycler(10.0), *columns, cell=CellContext("symmetric", 1.0), seed=seed)
