"""Resistance of the small currents of a rate ladder, and the kinetics its curve of voltage against current fits.

The voltage of a symmetric cell counts both interfaces and the electrolyte between them. Butler-Volmer kinetics with
equal transfer coefficients bends the curve of voltage against current, a resistance does not: only the bend tells one
from the other, and a surface film that conducts like a resistor, or bends of its own, is in neither. What comes out is
therefore called *effective*.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.physics.constants import MA_PER_A, ROOM_TEMPERATURE_K, thermal_voltage_V

__all__ = ["Kinetics", "LinearPolarisation", "kinetics", "linear_polarisation"]

Floats = NDArray[np.float64]

#: Range of the search for the exchange current: up to this many times the largest current, where kinetics is a
#: resistor to parts in 10^7; down to where kinetics alone would need this many times the largest voltage.
MOST_TIMES_CURRENT = 1e3
MOST_TIMES_VOLTAGE = 1.5
GRID = 600
#: No voltage is known better than this part of itself: data without noise have no interval of width zero.
LEAST_ERROR = 1e-6
CONFIDENCE = 0.95
#: Largest argument of an exponential.
_MOST = 600.0


@dataclass(frozen=True)
class LinearPolarisation:
    """Slope of cell voltage over current density through zero, from the smallest currents.

    Attributes
    ----------
    resistance_ohm_cm2, std_ohm_cm2
        Of the whole cell (both interfaces, electrolyte), per area of one electrode; std None if one step without
        spread is all there is.
    low_ohm_cm2, high_ohm_cm2
        Ends of the 95 % interval (Student's t); None for one step.
    exchange_current_mA_cm2, exchange_std_mA_cm2
        2RT/(F R): what one electrode would have if half of the resistance were its charge transfer.
    steps
        How many steps were small enough.
    largest_current_mA_cm2
        The largest of them.
    """

    resistance_ohm_cm2: float
    std_ohm_cm2: float | None
    low_ohm_cm2: float | None
    high_ohm_cm2: float | None
    exchange_current_mA_cm2: float
    exchange_std_mA_cm2: float | None
    steps: int
    largest_current_mA_cm2: float


def linear_polarisation(
    j_mA_cm2: Floats,
    voltage_V: Floats,
    relative_std: Floats,
    step_std_V: Floats,
    below_V: float,
    temperature_K: float = ROOM_TEMPERATURE_K,
) -> LinearPolarisation | None:
    r"""Linear-polarisation resistance of a symmetric cell, and the exchange current density in its limit.

    .. math:: R = U/j, \qquad j_0 = \frac{RT}{F}\,\frac{2}{R}

    because each of the two interfaces has half of the resistance. Weighted least squares through zero: the offset of
    the voltmeter cancels between plating and stripping.

    Parameters
    ----------
    j_mA_cm2, voltage_V
        Of every step; the voltage counts both interfaces.
    relative_std, step_std_V
        Standard error of every voltage as part of it, up to a common factor, and as the spread of the cycles tells it
        (NaN where unknown), which is used if only one step is small enough.
    below_V
        Steps count whose voltage per electrode, half of the cell's, is at most this.
    temperature_K
        Absolute temperature.

    Returns
    -------
    LinearPolarisation or None
        None if no step is small enough.

    References
    ----------
    Small-signal limit of the Butler-Volmer equation, j = j0 F eta/(RT): Newman & Balsara, Electrochemical Systems,
    4th ed., Wiley 2021, chapter 8.

    Examples
    --------
    Eight ohm cm2 of the whole cell are 6.4 mA/cm2 for each electrode:

    >>> j = np.array([0.5, 1.0, 10.0])
    >>> found = linear_polarisation(j, 8e-3 * j, np.full(3, 0.01), np.full(3, np.nan), 0.01)
    >>> found.steps, round(found.resistance_ohm_cm2, 3), round(found.exchange_current_mA_cm2, 2)
    (2, 8.0, 6.42)
    """
    from scipy.stats import t as student

    small = voltage_V / 2 <= below_V
    if not small.any():
        return None
    j, u, sd = j_mA_cm2[small], voltage_V[small], (relative_std * voltage_V)[small]
    information = float(np.sum((j / sd) ** 2))
    slope = float(np.sum(u * j / sd**2)) / information
    if j.size > 1:
        scale = float(np.sum(((u - slope * j) / sd) ** 2)) / (j.size - 1)
        std = math.sqrt(max(scale, (LEAST_ERROR / relative_std[small].min()) ** 2) / information)
    else:
        std = float(step_std_V[small][0] / j[0])
    resistance = MA_PER_A * slope
    exchange = 2 * MA_PER_A * thermal_voltage_V(temperature_K) / resistance
    known = math.isfinite(std)
    reach = float(student.ppf((1 + CONFIDENCE) / 2, j.size - 1)) * MA_PER_A * std if j.size > 1 else math.nan
    return LinearPolarisation(
        resistance_ohm_cm2=resistance,
        std_ohm_cm2=MA_PER_A * std if known else None,
        low_ohm_cm2=resistance - reach if j.size > 1 else None,
        high_ohm_cm2=resistance + reach if j.size > 1 else None,
        exchange_current_mA_cm2=exchange,
        exchange_std_mA_cm2=exchange * std / slope if known else None,
        steps=int(j.size),
        largest_current_mA_cm2=float(j.max()),
    )


@dataclass(frozen=True, eq=False)
class Kinetics:
    """Butler-Volmer kinetics of two equal electrodes and a resistance in series, fitted to a ladder.

    Attributes
    ----------
    exchange_current_mA_cm2, exchange_std_mA_cm2
        Effective exchange current density of one electrode and its standard error (infinite where it is not
        identified).
    exchange_low, exchange_high
        Ends of the 95 % profile interval; infinity where no largest value is excluded, because the pure resistance
        fits as well.
    resistance_ohm_cm2, resistance_std_ohm_cm2
        Of the whole cell in series: films and electrolyte; std None at zero.
    correlation
        Between the logarithm of the exchange current and the resistance; None at zero resistance.
    identified
        Whether the interval of the exchange current ends on both sides.
    voltage_V
        Of the fit at every step.
    ohmic_resistance_ohm_cm2
        Of the pure resistance, fitted alone.
    aicc, ohmic_aicc
        Corrected Akaike criteria of both; the kinetics needs a step more for each of its parameters (infinite where
        there are too few steps).
    relative_error
        Scale of the residuals over what was assumed of them.
    """

    exchange_current_mA_cm2: float
    exchange_std_mA_cm2: float
    exchange_low: float
    exchange_high: float
    resistance_ohm_cm2: float
    resistance_std_ohm_cm2: float | None
    correlation: float | None
    identified: bool
    voltage_V: Floats
    ohmic_resistance_ohm_cm2: float
    aicc: float
    ohmic_aicc: float
    relative_error: float


def kinetics(j_mA_cm2: Floats, voltage_V: Floats, std_V: Floats, temperature_K: float = ROOM_TEMPERATURE_K) -> Kinetics:
    r"""Fit of two Butler-Volmer electrodes in series with a resistance to the steps of a ladder.

    .. math:: U = \frac{4RT}{F} \operatorname{arsinh}\frac{j}{2 j_0} + R\,j, \qquad R \ge 0

    For every exchange current the best resistance is found in closed form, so the search runs over one number, finds
    the global minimum, and gives the profile of the exchange current on the way. Its interval takes every value whose
    sum of squares exceeds the least by no more than F(1, n - 2) at 95 % times the variance of the residuals; the
    standard errors are those of the linearised fit.

    Parameters
    ----------
    j_mA_cm2, voltage_V
        Of at least four steps with different currents; the voltage counts both interfaces.
    std_V
        Standard errors of the voltages up to a common factor, which is taken from the residuals.
    temperature_K
        Absolute temperature.

    Returns
    -------
    Kinetics
        Per geometric area.

    References
    ----------
    Butler-Volmer equation with both transfer coefficients 1/2: see `limetal.physics.kinetics.overpotential_V`.
    Profile interval: Bates & Watts, Nonlinear Regression Analysis and Its Applications, Wiley 1988, section 6.1.
    AICc: Hurvich & Tsai, Biometrika 76 (1989) 297, doi:10.1093/biomet/76.2.297.

    Examples
    --------
    >>> from limetal.physics.kinetics import symmetric_cell_voltage_V
    >>> j = np.array([0.5, 1.0, 2.0, 5.0, 10.0])
    >>> u = symmetric_cell_voltage_V(j, 1.0, 5.0, 2.0)
    >>> found = kinetics(j, u, 0.01 * u)
    >>> round(found.exchange_current_mA_cm2, 3), round(found.resistance_ohm_cm2, 3), found.identified
    (1.0, 12.0, True)
    """
    from scipy.stats import f as f_distribution

    cost = _Profile(j_mA_cm2, voltage_V, std_V, 4 * thermal_voltage_V(temperature_K))
    n = int(j_mA_cm2.size)
    grid = np.linspace(*cost.range, GRID)
    squares = cost(grid)
    best = _least(cost, grid, squares)
    floor = n * float(np.mean((LEAST_ERROR * voltage_V / std_V) ** 2))
    least = float(cost(np.array([best]))[0])
    variance = max(least, floor) / (n - 2)
    limit = least + float(f_distribution.ppf(CONFIDENCE, 1, n - 2)) * variance
    low, high = _crossings(cost, grid, squares, best, limit)
    resistance = float(cost.resistance(np.array([best]))[0])
    std_log, std_r, correlation = cost.errors(best, variance, at_zero=resistance <= 0)
    ohmic = float(np.sum(voltage_V * j_mA_cm2 / std_V**2) / np.sum((j_mA_cm2 / std_V) ** 2))
    ohmic_squares = float(np.sum(((voltage_V - ohmic * j_mA_cm2) / std_V) ** 2))
    identified = math.isfinite(high) and low > 0
    exchange = math.exp(best)
    return Kinetics(
        exchange_current_mA_cm2=exchange,
        exchange_std_mA_cm2=exchange * std_log if identified else math.inf,
        exchange_low=low,
        exchange_high=high,
        resistance_ohm_cm2=MA_PER_A * resistance,
        resistance_std_ohm_cm2=None if std_r is None else MA_PER_A * std_r,
        correlation=correlation,
        identified=identified,
        voltage_V=cost.voltage(best),
        ohmic_resistance_ohm_cm2=MA_PER_A * ohmic,
        aicc=_aicc(max(least, floor), n, 3),
        ohmic_aicc=_aicc(max(ohmic_squares, floor), n, 2),
        relative_error=math.sqrt(variance),
    )


class _Profile:
    """Least sum of squares at every logarithm of the exchange current; resistances in V cm2/mA here."""

    def __init__(self, j: Floats, u: Floats, sd: Floats, scale_V: float) -> None:
        self.j, self.u, self.sd, self.scale_V = j, u, sd, scale_V
        steepest = float(np.max(MOST_TIMES_VOLTAGE * u)) / scale_V
        log_sinh = steepest + math.log1p(-math.exp(-2 * steepest)) - math.log(2)
        largest = math.log(float(j.max()))
        lowest = largest - math.log(2) - log_sinh
        self.range = (lowest, max(largest, lowest) + math.log(MOST_TIMES_CURRENT))

    def _ratio(self, log_j0: Floats) -> Floats:
        """j/(2 j0), a row for every exchange current."""
        return np.asarray(np.exp(np.minimum(np.log(self.j / 2) - log_j0[:, None], _MOST)))

    def _kinetic(self, log_j0: Floats) -> Floats:
        return np.asarray(self.scale_V * np.arcsinh(self._ratio(log_j0)))

    def resistance(self, log_j0: Floats) -> Floats:
        """Best resistance at every exchange current."""
        left = self.u - self._kinetic(log_j0)
        slope: Floats = (left * self.j / self.sd**2).sum(axis=1) / float(np.sum((self.j / self.sd) ** 2))
        return np.asarray(np.maximum(slope, 0.0))

    def __call__(self, log_j0: Floats) -> Floats:
        left = self.u - self._kinetic(log_j0) - self.resistance(log_j0)[:, None] * self.j
        return np.asarray(((left / self.sd) ** 2).sum(axis=1))

    def voltage(self, log_j0: float) -> Floats:
        """Voltage of the best fit at one exchange current."""
        at = np.array([log_j0])
        return np.asarray(self._kinetic(at)[0] + self.resistance(at)[0] * self.j)

    def errors(self, log_j0: float, variance: float, *, at_zero: bool) -> tuple[float, float | None, float | None]:
        """Standard errors of the logarithm and of the resistance, and their correlation, of the linearised fit."""
        ratio = self._ratio(np.array([log_j0]))[0]
        slope = -self.scale_V * ratio / np.sqrt(1 + ratio**2) / self.sd
        if at_zero:
            return math.sqrt(variance / float(slope @ slope)), None, None
        along = self.j / self.sd
        a, b, c = float(slope @ slope), float(slope @ along), float(along @ along)
        determinant = a * c - b * b
        if determinant <= 1e-12 * a * c:
            return math.inf, math.inf, None
        return (
            math.sqrt(variance * c / determinant),
            math.sqrt(variance * a / determinant),
            -b / math.sqrt(a * c),
        )


def _least(cost: _Profile, grid: Floats, squares: Floats) -> float:
    """Logarithm of the exchange current with the least sum of squares: the grid, made finer round its best point."""
    at = int(np.argmin(squares))
    low, high = grid[max(at - 1, 0)], grid[min(at + 1, grid.size - 1)]
    for _ in range(5):
        finer = np.linspace(low, high, 41)
        at = int(np.argmin(cost(finer)))
        low, high = finer[max(at - 1, 0)], finer[min(at + 1, finer.size - 1)]
    return float(finer[at])


def _crossings(cost: _Profile, grid: Floats, squares: Floats, best: float, limit: float) -> tuple[float, float]:
    """Outermost exchange currents whose sum of squares is below a limit; 0 and infinity where the range ends first."""
    inside = np.append(grid[squares <= limit], best)
    ends = []
    for edge, away in ((float(inside.min()), -1), (float(inside.max()), 1)):
        beyond = grid[grid < edge] if away < 0 else grid[grid > edge]
        if not beyond.size:
            ends.append(0.0 if away < 0 else math.inf)
            continue
        near, far = edge, float(beyond[-1] if away < 0 else beyond[0])
        for _ in range(4):
            finer = np.linspace(near, far, 33)
            outside = np.flatnonzero(cost(finer[1:]) > limit)
            at = int(outside[0]) if outside.size else 31
            near, far = float(finer[at]), float(finer[at + 1])
        ends.append(math.exp(near))
    return ends[0], ends[1]


def _aicc(squares: float, n: int, parameters: int) -> float:
    """AICc of a least-squares fit; the variance counts among the parameters."""
    if n - parameters - 1 <= 0:
        return math.inf
    return n * math.log(squares / n) + 2 * parameters + 2 * parameters * (parameters + 1) / (n - parameters - 1)
