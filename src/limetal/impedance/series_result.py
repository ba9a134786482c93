"""What a fit of a series says: values through the series, errors from all spectra, whether the tie is supported."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.impedance.arc_tracks import ArcTracks
from limetal.impedance.circuit import Circuit
from limetal.impedance.result import CircuitFit, FitOptions, Status

__all__ = ["SeriesFit", "SeriesOptions", "Tie"]

Floats = NDArray[np.float64]
Tie = Literal["supported", "not supported", "cannot tell"]


@dataclass(frozen=True)
class SeriesOptions:
    """Choices that change the numbers of a fit of a series.

    Attributes
    ----------
    fit
        Of the single fits: weighting, starts.
    ordered
        True: in every spectrum arcs stand in the order of their time constants, the fastest first, and the walk keeps
        them so. False: arcs keep the names they have in the first spectrum as they move, also past each other
        (`match_arcs`).
    noise
        ``each``: every spectrum counts by its own noise, as its single fit found it; ``one``: the noise is the same
        part of |Z| (or the same, with unit weights) in all. With measured weights the noise is given.
    """

    fit: FitOptions = field(default_factory=FitOptions)
    ordered: bool = True
    noise: Literal["each", "one"] = "each"

    def __post_init__(self) -> None:
        """Refuse what is no choice."""
        if self.noise not in {"each", "one"}:
            raise BadInputError("SeriesOptions.noise", repr(self.noise), "each or one")


@dataclass(frozen=True, eq=False)
class SeriesFit:
    """A circuit fitted to a series of spectra with parameters in common.

    Attributes
    ----------
    fits
        Per spectrum, with errors from all spectra together; shared parameters are equal in all.
    separate
        The same spectra fitted one by one (arcs named as in `fits`).
    shared
        Names of the parameters in common.
    noise : (n,)
        What every spectrum's residuals were divided by: the noise as a part of |Z| with modulus weights, in ohm with
        unit weights, one with measured ones.
    chi_squared, degrees_of_freedom
        Of all spectra, in units of the noise.
    chi_squared_separate, degrees_of_freedom_separate
        The same of the single fits.
    f_value, p_value
        How much worse the joint fit is, per parameter saved; how often chance makes it so bad where the parameters in
        common *are* in common. NaN where nothing is tied.
    aicc, aicc_separate
        Akaike's criterion of the joint and of the single fits together: the smaller one is the better description.
    tie
        ``supported``: both say so; ``not supported``: both deny it; ``cannot tell``.
    tracks
        How arcs move through the series, from the single fits.
    singles_bettered
        Spectra whose single fit was found to be better when started from the joint one.
    """

    circuit: Circuit
    fits: tuple[CircuitFit, ...]
    separate: tuple[CircuitFit, ...]
    shared: tuple[str, ...]
    noise: Floats
    chi_squared: float
    degrees_of_freedom: int
    chi_squared_separate: float
    degrees_of_freedom_separate: int
    f_value: float
    p_value: float
    aicc: float
    aicc_separate: float
    tie: Tie
    tracks: ArcTracks
    singles_bettered: int
    iterations: int
    converged: bool
    options: SeriesOptions

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all parameters."""
        return self.fits[0].names

    def values(self, name: str) -> Floats:
        """One parameter through the series, ``(n,)``."""
        return np.array([fit.value(name) for fit in self.fits])

    def stds(self, name: str) -> Floats:
        """Its standard errors, ``(n,)``; NaN where it is not identified."""
        k = self._at(name)
        return np.array([fit.std[k] for fit in self.fits])

    def statuses(self, name: str) -> tuple[Status, ...]:
        """What is known of it in each spectrum."""
        k = self._at(name)
        return tuple(fit.status[k] for fit in self.fits)

    def interval(self, name: str, level: float = 0.95) -> tuple[float, float]:
        """Confidence interval of a parameter in common; NaN where it is not identified."""
        from scipy.special import stdtrit

        if name not in self.shared:
            raise BadInputError(
                "interval of a series", f"{name!r}, which every spectrum has its own of", f"one of {self.shared}"
            )
        fit, k = self.fits[0], self._at(name)
        reach = float(stdtrit(self.degrees_of_freedom, 0.5 + level / 2)) * float(fit.log_std[k])
        value = float(fit.values[k])
        if fit._program.logarithmic[k]:
            return value * math.exp(-reach), value * math.exp(reach)
        return value - reach, value + reach

    def _at(self, name: str) -> int:
        if name not in self.names:
            raise BadInputError("parameter of a series", repr(name), f"one of {', '.join(self.names)}")
        return self.names.index(name)

    @property
    def delta_aicc(self) -> float:
        """AICc of the joint fit minus that of the single ones: below zero where the data are for the tie."""
        return self.aicc - self.aicc_separate

    @cached_property
    def statement(self) -> str:
        """What the data say of the tie, in one sentence."""
        if math.isnan(self.p_value):
            return f"nothing is tied: {len(self.fits)} spectra fitted one by one"
        names = ", ".join(self.shared)
        said = {
            "supported": f"that {names} are the same in all {len(self.fits)} spectra is supported",
            "not supported": f"that {names} are the same in all {len(self.fits)} spectra is not supported",
            "cannot tell": f"the data do not tell whether {names} are the same in all {len(self.fits)} spectra",
        }[self.tie]
        if len(self.shared) == 1:
            said = said.replace(f"{names} are", f"{names} is")
        return f"{said} (F = {self.f_value:.3g}, p = {self.p_value:.2g}, AICc {self.delta_aicc:+.4g})"
