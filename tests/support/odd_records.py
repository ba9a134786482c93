"""Short and odd cycling records, as aborted tests, wrong exports and broken instruments leave them."""

import itertools

import numpy as np

from limetal.records.cells import CELL_KINDS, CellContext
from limetal.records.cycling import CyclingRecord

SECONDS_PER_HOUR = 3600.0


def _currents(rng, n):
    """Ways in which the current of a few rows goes, in ampere, one of them."""
    size = 10.0 ** rng.uniform(-6, 0)
    which = rng.integers(0, 12)
    if which == 0:
        return np.zeros(n)
    if which == 1:
        return np.full(n, size * rng.choice([-1, 1]))
    if which == 2:  # alternating from row to row
        return size * np.where(np.arange(n) % 2, 1.0, -1.0)
    if which == 3:
        return size * rng.standard_normal(n)
    if which == 4:  # one row of current
        i = np.zeros(n)
        i[rng.integers(0, n)] = size * rng.choice([-1, 1])
        return i
    if which == 5:  # huge and tiny magnitudes
        return rng.choice([-1.0, 1.0], n) * 10.0 ** rng.uniform(-15, 6, n)
    if which == 6:  # a decaying current
        return size * rng.choice([-1, 1]) * np.exp(-np.arange(n) / rng.uniform(1, n + 1))
    if which == 7:  # one spike
        i = np.full(n, size)
        i[rng.integers(0, n)] *= 10.0 ** rng.uniform(1, 6)
        return i
    if which == 8:  # one size for each direction
        return size * np.where(rng.random(n) < 0.5, 1.0, -rng.uniform(0.5, 2.0))
    half = int(rng.integers(1, max(2, n // 2 + 1)))  # half-cycles of equal numbers of rows, with rests or without
    pattern = [1.0, -1.0] if which == 9 else [1.0, 0.0, -1.0, 0.0] if which == 10 else [1.0, 2.0, -1.0, -2.0, 0.0]
    return size * np.array([pattern[(k // half) % len(pattern)] for k in range(n)])


def _voltages(rng, n, current):
    """Ways in which the voltage goes, one of them."""
    size = 10.0 ** rng.uniform(-6, 1)
    which = rng.integers(0, 10)
    sign = np.sign(current)
    if which == 0:
        return np.full(n, rng.choice([0.0, size, -size]))
    if which == 1:
        return size * rng.standard_normal(n)
    if which == 2:
        return size * sign
    if which == 3:  # a cell with a window
        return 3.7 + 0.4 * sign * (np.arange(n) % 7) / 7
    if which == 4:
        v = np.full(n, size)
        v[rng.integers(0, n)] = rng.choice([-1, 1]) * 10.0 ** rng.uniform(-3, 9)
        return v
    if which == 5:
        return rng.choice([-1.0, 1.0], n) * 10.0 ** rng.uniform(-12, 9, n)
    if which == 6:
        return np.cumsum(size * rng.standard_normal(n))
    if which == 7:  # a resistor with the last digit of a cheap voltmeter
        return np.round(current / (np.abs(current).max() or 1.0) * 0.05, 2)
    if which == 8:
        return size * np.where(np.arange(n) % 2, 1.0, -1.0)
    return 3.0 + np.sort(rng.random(n)) * rng.choice([-1, 1])


def _times(rng, n):
    """Ways in which time goes, one of them; rises at least once."""
    step = 10.0 ** rng.uniform(-3, 4)
    which = rng.integers(0, 6)
    if which == 0:
        t = step * np.arange(n, dtype=float)
    elif which == 1:  # equal times
        t = step * np.cumsum(rng.random(n) < 0.5).astype(float)
    elif which == 2:
        t = np.cumsum(step * 10.0 ** rng.uniform(-6, 6, n))
    elif which == 3:  # one long pause
        t = step * np.arange(n, dtype=float)
        t[rng.integers(1, n) :] += step * 10.0 ** rng.uniform(1, 6)
    elif which == 4:  # a clock that does not begin at zero
        t = 1.6e9 + step * np.arange(n, dtype=float)
    else:
        t = np.round(np.cumsum(step * rng.exponential(1.0, n)), 1)
    if t[-1] <= t[0]:
        t[-1] = t[0] + step
    return t


def _counter(rng, n):
    which = rng.integers(0, 5)
    if which == 0:
        return np.ones(n, dtype=np.int64)
    if which == 1:
        return np.sort(rng.integers(0, max(2, n // 3), n)).astype(np.int64)
    if which == 2:
        return rng.integers(-3, 4, n).astype(np.int64)
    if which == 3:
        return np.arange(n, dtype=np.int64)
    return np.full(n, 2**40, dtype=np.int64)


def odd_record(seed, kind=None, rows=(2, 60)):
    """A record of 2 to 60 rows and of the number ``seed``; its kind of cell goes round unless one is named."""
    rng = np.random.default_rng([seed, 71])
    n = int(rng.integers(rows[0], rows[1] + 1))
    current = _currents(rng, n)
    cell = CellContext(
        kind or CELL_KINDS[seed % len(CELL_KINDS)],
        area_cm2=rng.choice([None, 1.0, 1.54]),
        mass_mg=rng.choice([None, 12.0]),
        starts=str(rng.choice(["", "charge", "discharge"])),
        nominal_capacity_mAh=rng.choice([None, 2.0]),
        np_ratio=rng.choice([None, 2.0]),
    )
    voltage = _voltages(rng, n, current)
    return CyclingRecord(
        _times(rng, n),
        voltage,
        current if rng.random() < 0.75 else None,
        _counter(rng, n) if rng.random() < 0.4 else None,
        _counter(rng, n) if rng.random() < 0.3 else None,
        source=f"odd record {seed}",
        cell=cell,
        origin=str(rng.choice(["measured", "simulated"])),
    )


def odd_records(first, count):
    """Records of the numbers ``first`` on."""
    return (odd_record(seed) for seed in itertools.islice(itertools.count(first), count))
