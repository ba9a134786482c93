"""Steps of a rate ladder: stretches of cycles at one current, and the returns to a current the test has had before."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.like import centre_and_std

__all__ = ["SAME_CURRENT", "LadderSteps", "ladder_steps"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Currents within this part of each other are one step.
SAME_CURRENT = 0.02


@dataclass(frozen=True, eq=False)
class LadderSteps:
    """Stretches of cycles at one current, in order of time; every attribute holds one value per step.

    Attributes
    ----------
    current_density_mA_cm2
        Median of its cycles.
    voltage_V
        Cell voltage, both interfaces: median of its cycles.
    std_V
        Standard error of that median; NaN for fewer than three cycles or no spread.
    first, stop
        Positions of its first cycle and after its last one.
    first_visit
        Position of the step at which the test first had this current: its own, or that of an earlier step if the
        ladder returns.
    """

    current_density_mA_cm2: Floats
    voltage_V: Floats
    std_V: Floats
    first: Integers
    stop: Integers
    first_visit: Integers

    @property
    def fresh(self) -> NDArray[np.bool_]:
        """Whether the step is the first at its current."""
        return np.asarray(self.first_visit == np.arange(self.first_visit.size))


def ladder_steps(current_density_mA_cm2: Floats, voltage_V: Floats) -> LadderSteps:
    """Steps of a ladder from current density and voltage of every cycle.

    Examples
    --------
    >>> steps = ladder_steps(np.array([0.5, 0.5, 1.0, 1.0, 0.5]), np.array([4.0, 4.2, 8.0, 8.0, 5.0]) / 1e3)
    >>> steps.current_density_mA_cm2.tolist(), steps.voltage_V.round(6).tolist(), steps.first_visit.tolist()
    ([0.5, 1.0, 0.5], [0.0041, 0.008, 0.005], [0, 1, 0])
    """
    j = current_density_mA_cm2
    starts = [0]
    for k in range(1, j.size):
        if abs(j[k] - j[starts[-1]]) > SAME_CURRENT * j[starts[-1]]:
            starts.append(k)
    first = np.array(starts)
    stop = np.append(first[1:], j.size)
    level = np.array([float(np.median(j[a:b])) for a, b in zip(first, stop, strict=True)])
    told = [centre_and_std(voltage_V[a:b]) for a, b in zip(first, stop, strict=True)]
    visit = [int(np.flatnonzero(np.abs(level[: k + 1] - j_k) <= SAME_CURRENT * j_k)[0]) for k, j_k in enumerate(level)]
    return LadderSteps(
        current_density_mA_cm2=level,
        voltage_V=np.array([centre for centre, _, _ in told]),
        std_V=np.array([math.nan if std is None else std for _, _, std in told]),
        first=first,
        stop=stop,
        first_visit=np.array(visit),
    )
