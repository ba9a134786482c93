"""What a fit of a circuit says: values, errors, status, residuals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.impedance.circuit import Circuit
from limetal.impedance.program import Program

if TYPE_CHECKING:
    from limetal.impedance.profile import Profile

__all__ = ["CircuitFit", "FitOptions", "Status"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Status = Literal["fitted", "fixed", "at bound", "not identified"]


@dataclass(frozen=True)
class FitOptions:
    """Choices that change the numbers of a fit.

    Attributes
    ----------
    weighting
        ``modulus``: every point counts by 1/|Z|, right where the noise is a part of |Z|; ``unit``: all alike;
        ``measured``: by the standard deviation of each point, as given to `fit` or found by the Kramers-Kronig test.
    starts
        Fewest starts from which the fit walks. None: 3 where the circuit is two arcs at most beside parts of one shape
        (R, L, C, W), else 8, because parts of different kinds can take each other's place. It goes on until two end at
        the best cost and the residuals do not run in waves along the frequencies.
    most_starts
        Where it stops.
    """

    weighting: Literal["modulus", "unit", "measured"] = "modulus"
    starts: int | None = None
    most_starts: int = 16

    def __post_init__(self) -> None:
        """Refuse what is no choice."""
        if self.weighting not in {"modulus", "unit", "measured"}:
            raise BadInputError("weighting", repr(self.weighting), "modulus, unit or measured")
        if not 1 <= (1 if self.starts is None else self.starts) <= self.most_starts:
            found = f"starts = {self.starts} and most_starts = {self.most_starts}"
            raise BadInputError("starts of a fit", found, "1 <= starts <= most_starts")


@dataclass(frozen=True, eq=False)
class CircuitFit:
    """A circuit with the values that describe a spectrum best.

    Attributes
    ----------
    frequency_hertz, impedance : (m,)
        The data.
    values, std : (n,)
        Of `names`; arcs of one kind stand in order of their time constants, the fastest first. ``std`` is one standard
        error, NaN where there is none: by linear propagation, widened along the cost where that is no parabola.
    status
        Per parameter: ``fitted``; ``fixed`` by the user; ``at bound`` (its error is that of an unbounded fit);
        ``not identified``: its error is above a factor of two (or a quarter of the range of an exponent), or the
        spectrum is described nearly as well without its part, or a second minimum within the noise gives another value.
    log_std : (n,)
        Standard errors of the logarithms (of the value itself for an exponent): from them `interval` is made.
    cost
        Sum of the squared weighted residuals.
    weights : (m,)
        1/ohm.
    starts, starts_agree
        How many starts were walked from, and how many ended at the best cost.
    converged
        Whether the walk ended because no step was worth taking.
    """

    frequency_hertz: Floats
    impedance: Complexes
    values: Floats
    std: Floats
    log_std: Floats
    status: tuple[Status, ...]
    cost: float
    weights: Floats
    starts: int
    starts_agree: int
    iterations: int
    converged: bool
    options: FitOptions
    _fitted: Circuit
    _program: Program
    _inner: Floats
    _covariance: Floats

    @cached_property
    def circuit(self) -> Circuit:
        """The circuit with the fitted values."""
        return self._fitted.with_values(self.values.tolist())

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters, in the order of the circuit's text."""
        return self._program.names

    def value(self, name: str) -> float:
        """Value of one parameter."""
        return float(self.values[self._at(name)])

    def std_of(self, name: str) -> float | None:
        """Standard error of one parameter; None where there is none."""
        std = float(self.std[self._at(name)])
        return None if math.isnan(std) else std

    def _at(self, name: str) -> int:
        if name not in self.names:
            raise BadInputError("parameter of a fit", repr(name), f"one of {', '.join(self.names)}")
        return self.names.index(name)

    @property
    def free_parameters(self) -> int:
        """Number of parameters that are not fixed."""
        return int(self._program.free.size)

    @property
    def degrees_of_freedom(self) -> int:
        """Real and imaginary parts minus free parameters."""
        return 2 * self.frequency_hertz.size - self.free_parameters

    @property
    def reduced_chi_squared(self) -> float:
        """Cost over degrees of freedom; its root is the relative noise with modulus weights, 1 with measured ones."""
        return self.cost / self.degrees_of_freedom

    @property
    def aicc(self) -> float:
        r"""Akaike's criterion for small samples, but for a constant: smaller is better on the same data and weights.

        :math:`N \ln(S/N) + 2k + 2k(k+1)/(N-k-1)` with N numbers, cost S and k parameters, the noise among them
        (Hurvich & Tsai, Biometrika 76 (1989) 297, doi:10.1093/biomet/76.2.297); infinite where N - k - 1 < 1.
        """
        return aicc(self.cost, 2 * self.frequency_hertz.size, self.free_parameters)

    @cached_property
    def model(self) -> Complexes:
        """Impedance of the fitted circuit at the measured frequencies, ``(m,)``."""
        return self.at(self.frequency_hertz)

    def at(self, frequency_hertz: Floats) -> Complexes:
        """Impedance of the fitted circuit at other frequencies."""
        from limetal.impedance.evaluate import evaluate_inner

        return evaluate_inner(self._program, self._inner, frequency_hertz)

    @property
    def residuals(self) -> Complexes:
        """Data minus model over |model|, ``(m,)``."""
        found: Complexes = (self.impedance - self.model) / np.abs(self.model)
        return found

    @cached_property
    def correlation(self) -> Floats:
        """Correlation of the parameters (logarithms where they have a dimension), ``(n, n)``; NaN where fixed."""
        with np.errstate(invalid="ignore", divide="ignore"):
            size = np.sqrt(np.diagonal(self._covariance))
            found: Floats = self._covariance / np.outer(size, size)
        return found

    def arc_times(self) -> tuple[tuple[str, float, float], ...]:
        """Of each arc (R beside Q or C): name of its resistor, time constant in s and its standard error (or NaN)."""
        p, found = self._program, []
        slopes = p.slopes(self._inner)
        outer = np.nan_to_num(self._covariance)
        back = np.linalg.inv(slopes)
        inner = back @ outer @ back.T
        for arc in p.arcs:
            tau = math.exp(float(self._inner[arc.y]))
            known = not (math.isnan(self.log_std[arc.r]) and math.isnan(self.log_std[arc.y]))
            found.append((self.names[arc.r], tau, tau * math.sqrt(float(inner[arc.y, arc.y])) if known else math.nan))
        return tuple(found)

    def sum_of(self, names: Sequence[str]) -> tuple[float, float]:
        """Sum of some parameters of one unit and its standard error, NaN if one of them has none."""
        where = [self._at(name) for name in names]
        slopes = np.where(self._program.logarithmic, self.values, 1.0)[where]
        if np.isnan(self.log_std[where]).any():
            return float(self.values[where].sum()), math.nan
        variance = slopes @ self._covariance[np.ix_(where, where)] @ slopes
        return float(self.values[where].sum()), math.sqrt(float(variance))

    def interval(self, name: str, level: float = 0.95) -> tuple[float, float]:
        """Confidence interval of one parameter by linear propagation in its logarithm; NaN where it has no error.

        `limetal.impedance.profile.profile_interval` follows the cost itself and costs some ten further fits.
        """
        from scipy.special import stdtrit

        if not 0.0 < level < 1.0:
            raise BadInputError("level of an interval", f"{level:g}", "a number between 0 and 1, such as 0.95")
        k = self._at(name)
        reach = float(stdtrit(self.degrees_of_freedom, 0.5 + level / 2)) * float(self.log_std[k])
        if self._program.logarithmic[k]:
            return float(self.values[k] * math.exp(-reach)), float(self.values[k] * math.exp(reach))
        return float(self.values[k] - reach), float(self.values[k] + reach)

    def profile(self, name: str, level: float = 0.95) -> Profile:
        """Confidence interval of one parameter along the cost itself; see `limetal.impedance.profile`."""
        from limetal.impedance.profile import profile_interval  # it is built on this module

        return profile_interval(self, name, level)


def aicc(cost: float, numbers: int, free_parameters: int) -> float:
    """`CircuitFit.aicc` of the cost that a circuit with so many free parameters leaves in so many numbers."""
    k = free_parameters + 1
    if numbers - k - 1 < 1:
        return math.inf
    return numbers * math.log(max(cost, 1e-300) / numbers) + 2 * k + 2 * k * (k + 1) / (numbers - k - 1)
