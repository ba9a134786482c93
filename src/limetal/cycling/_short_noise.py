"""What an instrument cannot see: last digit, noise, and the step of a trigger on the voltage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.charge_resolution import rounding_step

__all__ = ["RecordNoise", "record_noise"]

Floats = NDArray[np.float64]

#: 1.4826 times the median deviation is the standard deviation of a normal distribution.
NORMAL_MAD = 1.4826
#: Steps of the voltage are those of a trigger if this part of them lies within this part above their usual size.
TRIGGER_SHARE = 0.3
TRIGGER_WIDTH = 0.12
#: Fewer steps say nothing.
FEWEST_STEPS = 30


@dataclass(frozen=True)
class RecordNoise:
    """Volts: standard deviation of the noise against time, last digit, and voltage trigger (0 for none)."""

    noise_volt: float
    digit_volt: float
    trigger_volt: float

    @property
    def floor_volt(self) -> float:
        """Step that two rows may differ by without the cell having done anything, several times over."""
        return max(6 * self.noise_volt, 3 * self.digit_volt, 1.5 * self.trigger_volt)


def record_noise(t: Floats, v: Floats, same: NDArray[np.bool_]) -> RecordNoise:
    """Noise of a record within half-cycles.

    The plain difference of neighbouring rows is the trigger where there is one. Noise is therefore what a row
    deviates from the straight line in time between its neighbours, which a trigger does not make.

    Parameters
    ----------
    t, v : (n,) float
        Time and voltage.
    same : (n - 1,) bool
        Whether a row and the next belong to one half-cycle.

    Examples
    --------
    A slow ramp that is written on a trigger of 5 mV has no noise:

    >>> v = np.arange(0, 0.2, 0.005)
    >>> found = record_noise(np.arange(v.size) ** 2.0, v, np.ones(v.size - 1, dtype=bool))
    >>> round(found.trigger_volt, 6), found.noise_volt < 1e-3
    (0.005, True)
    """
    dt, dv = np.diff(t), np.abs(np.diff(v))
    inner = same[1:] & same[:-1] & (dt[1:] > 0) & (dt[:-1] > 0)
    noise = 0.0
    if inner.sum() >= FEWEST_STEPS:
        share = (dt[:-1] / np.maximum(dt[:-1] + dt[1:], 1e-12))[inner]
        away = v[1:-1][inner] - (v[:-2][inner] * (1 - share) + v[2:][inner] * share)
        noise = NORMAL_MAD * float(np.median(np.abs(away / np.sqrt(1 + share**2 + (1 - share) ** 2))))
    return RecordNoise(noise, rounding_step(v), _trigger(dt, dv, same))


def _trigger(dt: Floats, dv: Floats, same: NDArray[np.bool_]) -> float:
    """Step that rows are written after: usual where rows come before the longest interval is over, and never far less.

    Its lowest usual size is the trigger: the instrument looks some time apart and sees a little more.
    """
    if dt.size < FEWEST_STEPS:
        return 0.0
    early = same & (dt > 0) & (dt < 0.8 * float(np.quantile(dt, 0.99)))
    steps = dv[early]
    if steps.size < FEWEST_STEPS or steps.size < 0.1 * dt.size:
        return 0.0
    usual = float(np.median(steps))
    alike = np.abs(steps - usual) <= TRIGGER_WIDTH * usual
    return usual if usual > 0 and float(np.mean(alike)) >= TRIGGER_SHARE else 0.0
