"""Half-cycles and cells whose dQ/dV is known in closed form: sums of normal distributions over a constant."""

from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from scipy.special import erf

from limetal.records.cycling import CellContext, CyclingRecord

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Known:
    """Charge against voltage: parts (share, centre V, sigma V) over a share spread evenly from low to high."""

    parts: tuple[tuple[float, float, float], ...]
    even: float
    low: float
    high: float
    capacity_mAh: float = 3.0

    def charge(self, volt, shift=0.0):
        """Charge in mAh at and below a voltage of the rising curve (``shift`` moves the parts)."""
        below = self._sum(np.asarray(volt, float), shift) - self._sum(self.low, shift)
        return self.capacity_mAh * below / self._total(shift)

    def density(self, volt, shift=0.0):
        """DQ/dV in mAh/V."""
        volt = np.asarray(volt, float)
        bells = sum(a * np.exp(-0.5 * ((volt - m - shift) / s) ** 2) / (s * sqrt(2 * pi)) for a, m, s in self.parts)
        inside = (volt >= self.low) & (volt <= self.high)
        return self.capacity_mAh * inside * (bells + self.even / (self.high - self.low)) / self._total(shift)

    def volt(self, part, shift=0.0):
        """Voltage of the rising curve where this part of the capacity has flowed."""
        fine = np.linspace(self.low, self.high, 40001)
        return np.interp(np.asarray(part) * self.capacity_mAh, self.charge(fine, shift), fine)

    def _sum(self, volt, shift):
        bells = sum(a * (1 + erf((np.asarray(volt) - m - shift) / (s * sqrt(2)))) / 2 for a, m, s in self.parts)
        return bells + self.even * (np.asarray(volt) - self.low) / (self.high - self.low)

    def _total(self, shift):
        return float(self._sum(self.high, shift) - self._sum(self.low, shift))


#: Layered oxide: four bells; iron phosphate: one narrow one.
LAYERED = Known(((0.35, 3.62, 0.035), (0.30, 3.75, 0.06), (0.2, 4.0, 0.05), (0.1, 4.18, 0.018)), 0.05, 3.3, 4.3)
PHOSPHATE = Known(((0.93, 3.43, 0.003),), 0.07, 2.5, 3.9)


def half(known, rows, noise_V=0.0, step_V=0.0, seed=0, falls=False, shift=0.0):
    """Charge, voltage as logged, and true voltage of one half-cycle at constant current with even rows."""
    part = np.linspace(0.0, 1.0, rows)
    true = known.volt(1 - part if falls else part, shift)
    logged = true + noise_V * np.random.default_rng(seed).standard_normal(rows)
    if step_V:
        logged = np.round(logged / step_V) * step_V
    return part * known.capacity_mAh, logged, true


def cell(known, cycles=3, rows=400, noise_V=0.0, step_V=0.0, gap_V=0.05, shift_V=0.0, fade=0.0, seed=0, **context):
    """Record of a cell that is charged and discharged in an hour; charge lies gap_V/2 above, discharge below.

    Each cycle moves the parts of the charge by ``shift_V`` and loses ``fade`` of the capacity.
    """
    t, v, i, start = [], [], [], 0.0
    part = np.linspace(0.0, 1.0, rows)
    for k in range(cycles):
        amount = known.capacity_mAh * (1 - fade * k)
        for sign in (1, -1):
            true = known.volt(part if sign > 0 else 1 - part, k * shift_V if sign > 0 else 0.0) + sign * gap_V / 2
            t.append(start + part * SECONDS_PER_HOUR)
            v.append(true)
            i.append(np.full(rows, 1e-3 * sign * amount))
            start += SECONDS_PER_HOUR
    v = np.concatenate(v)
    v = v + noise_V * np.random.default_rng(seed).standard_normal(v.size)
    if step_V:
        v = np.round(v / step_V) * step_V
    context.setdefault("kind", "full")
    return CyclingRecord(np.concatenate(t), v, np.concatenate(i), source="known curve", cell=CellContext(**context))
