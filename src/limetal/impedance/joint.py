"""Several spectra of one cell fitted together: what does not change is fitted once, arcs keep their names.

A resistance of the electrolyte or an exponent of an arc that is the same in all spectra is known better from all of
them than from each, and with it everything that it was mixed up with. Whether it *is* the same is asked of the data:
the tied fit is compared with the single ones (F test [1]_, AICc [2]_).

.. [1] D. M. Bates, D. G. Watts, Nonlinear Regression Analysis and Its Applications, Wiley 1988, section 3.10.
.. [2] C. M. Hurvich, C.-L. Tsai, Biometrika 76 (1989) 297, doi:10.1093/biomet/76.2.297.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.impedance._joint_walk import JointCovariance, JointWalk, Spectra, Walked
from limetal.impedance._trees import with_fixed
from limetal.impedance._uncertainty import Data, Walk, needless, outside_covariance, widened, with_errors
from limetal.impedance.arc_tracks import ArcTracks, match_arcs
from limetal.impedance.circuit import Circuit, Leaf, Node
from limetal.impedance.fit import fit_many, orderings, parsed, refitted, search_limits
from limetal.impedance.program import program
from limetal.impedance.result import CircuitFit
from limetal.impedance.series_result import SeriesFit, SeriesOptions, Tie

__all__ = ["SeriesFit", "SeriesOptions", "Tie", "fit_series", "match_arcs"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

#: The tie is not supported if chance gives so bad a joint fit less often than the first, supported if more often than
#: the second, both with the consent of AICc.
_REFUSED, _ACCEPTED = 0.01, 0.05
#: Noise below this part of |Z| is rounding.
_ROUNDING = 1e-10
_LOWER = 1e-7
#: How often all spectra are searched again from where the walk ended, while that helps.
_AGAIN = 3
#: A bound that leaves every value possible, but keeps Y of an arc a coordinate of its own.
_BEYOND_ALL = 1e300


def fit_series(
    circuit: Circuit | str,
    spectra: Sequence[tuple[Floats, Complexes]],
    shared: Sequence[str] = (),
    options: SeriesOptions | None = None,
    *,
    std_ohm: Sequence[Floats] | None = None,
) -> SeriesFit:
    """A circuit fitted to several spectra at once, some of its parameters the same in all.

    Every spectrum is fitted alone first, without a guess; from there the parameters in common are walked to the lowest
    cost of all spectra together, each spectrum's own parameters following at their best.

    Parameters
    ----------
    circuit
        As for `limetal.impedance.fit.fit`; fixed values and bounds hold in every spectrum.
    spectra
        Frequencies in hertz and impedances in ohm of each; frequencies may differ.
    shared
        Names of the parameters in common: ``("R0", "Q1.n")``.
    options
        `SeriesOptions`.
    std_ohm
        Per spectrum the standard deviations of its points, for measured weights.

    Returns
    -------
    SeriesFit
        Fits with errors from the joint covariance, and whether the data support the tie.

    Raises
    ------
    BadInputError
        Without spectra, for data that are no spectrum, or names that cannot be in common.

    Notes
    -----
    Where Y of an arc is in common its time constant is not, and the order of the arcs is not kept for it.

    Examples
    --------
    >>> f = np.logspace(5, 0, 40)
    >>> spectra = [(f, 2 + r / (1 + 2j * np.pi * f * 1e-4 * r)) for r in (5.0, 8.0, 12.0)]
    >>> series = fit_series("R(RC)", spectra, shared=("R0", "C1"))
    >>> series.values("R0").round(6).tolist(), series.values("R1").round(6).tolist()
    ([2.0, 2.0, 2.0], [5.0, 8.0, 12.0])
    """
    tree = parsed(circuit) if isinstance(circuit, str) else circuit
    options = options or SeriesOptions()
    data = list(spectra)
    names = _checked_names(tree, data, shared, std_ohm)
    separate = fit_many(tree, data, options.fit, std_ohm=std_ohm)
    tracks = match_arcs(separate)
    joint = _Joint(tree, names, separate, tracks, options)
    return joint.result()


def _checked_names(
    tree: Circuit, data: Sequence[object], shared: Sequence[str], std_ohm: Sequence[Floats] | None
) -> tuple[str, ...]:
    if not data:
        raise BadInputError("spectra of a series", "none", "one spectrum or more")
    if std_ohm is not None and len(std_ohm) != len(data):
        raise BadInputError("std_ohm of a series", f"{len(std_ohm)} for {len(data)} spectra", "one array per spectrum")
    if isinstance(shared, str):
        raise BadInputError("parameters in common", f"the text {shared!r}", f"a sequence of names, ({shared!r},)")
    for name in shared:
        if name not in tree.parameters:
            raise BadInputError("parameters in common", f"{name!r}", f"one of {', '.join(tree.parameters)}")
        if name not in tree.free:
            raise BadInputError("parameters in common", f"{name}, which is fixed", "one that is fitted")
    if len(set(shared)) != len(shared):
        raise BadInputError("parameters in common", "a name twice", "each name once")
    return tuple(name for name in tree.parameters if name in shared)


class _Joint:
    """One series on its way from single fits to the result."""

    def __init__(
        self,
        tree: Circuit,
        names: tuple[str, ...],
        separate: list[CircuitFit],
        tracks: ArcTracks,
        options: SeriesOptions,
    ) -> None:
        self.tree, self.names, self.options = tree, names, options
        self.tracks = tracks
        self.p = program(Circuit(_plain(tree.root, names), tree.text))
        self.separate = separate if options.ordered else _renamed(separate, tracks)
        self.measured = options.fit.weighting == "measured"
        self.shared = np.array([self.p.names.index(name) for name in names], dtype=np.intp)
        limits = [search_limits(self.p, fit.frequency_hertz, fit.impedance) for fit in separate]
        self.low = np.array([low for low, _ in limits])
        self.high = np.array([high for _, high in limits])
        self.noise = self._noise()
        groups = orderings(self.p) if options.ordered else ()
        self.tied = [
            tuple(int(t) for t in taus) for taus, parts in groups if np.isin(parts, self.shared).any()
        ]  # others change places without a change of cost, and did so in the single fits
        self.walk = JointWalk(
            self.p,
            Spectra(
                [np.ascontiguousarray(2 * np.pi * fit.frequency_hertz) for fit in separate],
                [np.ascontiguousarray(fit.impedance.real) for fit in separate],
                [np.ascontiguousarray(fit.impedance.imag) for fit in separate],
                [fit.weights / s for fit, s in zip(separate, self.noise, strict=True)],
                self.low,
                self.high,
            ),
            self.shared,
            self.tied,
        )
        free = np.isin(np.arange(len(self.p.names)), self.walk.own)
        self.alone = replace(self.p, free=self.walk.own, is_free=free)  # one spectrum with the common ones held

    def _noise(self) -> Floats:
        """Root of the reduced chi squared of every single fit."""
        if self.measured:
            return np.ones(len(self.separate))
        costs = _costs(self.separate)
        dof = np.array([fit.degrees_of_freedom for fit in self.separate], dtype=np.float64)
        if self.options.noise == "one":
            return np.full(dof.size, math.sqrt(float(costs.sum() / dof.sum())))
        found: Floats = np.sqrt(costs / dof)
        return found

    def _starts(self) -> tuple[Floats, list[Floats]]:
        """Coordinates of the single fits, and what the parameters in common may start from."""
        q = np.array([self.p.coordinates(fit.values) for fit in self.separate])
        std = np.array([fit.log_std[self.shared] for fit in self.separate])
        values = q[:, self.shared]
        median = np.median(values, axis=0)
        weight = np.where(np.isfinite(std), 1 / np.maximum(np.nan_to_num(std, nan=1.0), 1e-12) ** 2, 0.0)
        total = weight.sum(axis=0)
        mean = np.where(total > 0, (weight * values).sum(axis=0) / np.where(total > 0, total, 1.0), median)
        low, high = self.walk.shared_low, self.walk.shared_high
        return q, [np.clip(mean, low, high), np.clip(median, low, high)]

    def _walked(self) -> Walked:
        q, starts = self._starts()
        walk = self.walk
        ends = []
        for start in starts if self.shared.size else starts[:1]:
            settled = walk.from_neighbours(walk.settled(q, start)) if self.shared.size else walk.settled(q, start)
            ends.append(walk.downhill(settled))
        best = min(ends, key=lambda end: end.cost)
        if not self.shared.size:
            return best
        for _ in range(_AGAIN):
            again = walk.from_neighbours(self._searched(best))
            if not again.cost < best.cost * (1 - _LOWER):
                break
            best = walk.downhill(again)
        return best

    def _searched(self, walked: Walked) -> Walked:
        """Every spectrum searched again, without a guess, with the parameters in common held; the better stays."""
        if not self.walk.own.size:
            return walked
        values = self.p.values(walked.q[0])
        held = with_fixed(self.tree, {name: float(values[k]) for name, k in zip(self.names, self.shared, strict=True)})
        data = [(fit.frequency_hertz, fit.impedance) for fit in self.separate]
        std = [1 / fit.weights for fit in self.separate] if self.measured else None
        q, costs = walked.q.copy(), walked.costs.copy()
        for i, found in enumerate(fit_many(held, data, self.options.fit, std_ohm=std)):
            if found.cost / self.noise[i] ** 2 < costs[i] * (1 - _LOWER):
                start = self.p.coordinates(found.values)
                start[self.shared] = walked.q[i, self.shared]
                end, cost = self.walk.own_best(i, start)
                if cost < costs[i]:
                    q[i], costs[i] = end, cost
        return Walked(q, costs, walked.iterations, walked.converged)

    def result(self) -> SeriesFit:
        if not self.shared.size and self.options.ordered:
            return self._made(tuple(self.separate), None, 0)
        walked = self._walked()
        bettered = 0
        if self.shared.size:
            for i, fit in enumerate(self.separate):
                if walked.costs[i] * self.noise[i] ** 2 < fit.cost * (1 - _LOWER):
                    self.separate[i] = self._single(i, walked.q[i])
                    bettered += 1
        parts = self.walk.covariance(walked)
        fits = tuple(self._fit(i, walked, parts) for i in range(len(self.separate)))
        return self._made(fits, walked, bettered)

    def _single(self, i: int, q: Floats) -> CircuitFit:
        return refitted(self.separate[i], self.p.values(q))

    def _scale(self, walked: Walked) -> float:
        scale = walked.cost / self._dof()
        return max(scale, 1.0) if self.measured else scale

    def _dof(self) -> int:
        rows = sum(2 * fit.frequency_hertz.size for fit in self.separate)
        return rows - self.shared.size - len(self.separate) * self.walk.own.size

    def _fit(self, i: int, walked: Walked, parts: JointCovariance) -> CircuitFit:
        """One spectrum of the joint fit, errors from all."""
        single, p, s, o = self.separate[i], self.p, self.shared.size, self.walk.own.size
        q, scale = walked.q[i], self._scale(walked)
        original = self.noise[i] ** 2
        data = Data(
            single.frequency_hertz, single.impedance, single.weights, self.walk.spectra.omega[i], self.low[i],
            self.high[i],
        )  # fmt: skip
        walk = Walk(q, float(walked.costs[i]) * original, np.empty((0, 0)), single.starts, single.starts_agree,
                    walked.iterations, walked.converged)  # fmt: skip
        factor = np.ones(s + o)
        doubtful = np.zeros(q.size, dtype=bool)
        alone = self.alone
        if o:
            own = parts.own[i] * scale
            factor[s:] = np.sqrt(np.diagonal(widened(alone, data, walk, own, scale * original)) / np.diagonal(own))
        covariance = np.empty((s + o, s + o))
        follow = parts.follow[i]
        covariance[:s, :s] = parts.shared
        covariance[s:, :s] = follow @ parts.shared
        covariance[:s, s:] = covariance[s:, :s].T
        covariance[s:, s:] = parts.own[i] + follow @ parts.shared @ follow.T
        covariance *= scale * np.outer(factor, factor)
        column = np.empty(q.size, dtype=np.intp)
        column[self.walk.order] = np.arange(s + o)
        free = column[p.free]
        outside = outside_covariance(p, q, covariance[np.ix_(free, free)])
        if o:
            doubtful |= needless(alone, data, walk, np.sqrt(np.diagonal(outside)), scale * original)
        return with_errors(p, self.tree, self.options.fit, data, walk, outside, doubtful)

    def _made(self, fits: tuple[CircuitFit, ...], walked: Walked | None, bettered: int) -> SeriesFit:
        dof = np.array([fit.degrees_of_freedom for fit in self.separate])
        apart, together = _costs(self.separate) / self.noise**2, _costs(fits) / self.noise**2
        saved = self.shared.size * (len(fits) - 1)
        f_value, p_value = self._f_test(apart, together, dof, saved)
        own = len(fits) * self.walk.own.size + self.shared.size
        aicc, aicc_separate = self._aicc(fits, own), self._aicc(self.separate, own + saved)
        tie: Tie = "cannot tell"
        if saved and p_value < _REFUSED and aicc > aicc_separate:
            tie = "not supported"
        elif saved and p_value > _ACCEPTED and aicc < aicc_separate:
            tie = "supported"
        return SeriesFit(
            circuit=self.tree,
            fits=fits,
            separate=tuple(self.separate),
            shared=self.names,
            noise=self.noise,
            chi_squared=float(together.sum()),
            degrees_of_freedom=self._dof(),
            chi_squared_separate=float(apart.sum()),
            degrees_of_freedom_separate=int(dof.sum()),
            f_value=f_value,
            p_value=p_value,
            aicc=aicc,
            aicc_separate=aicc_separate,
            tie=tie,
            tracks=self.tracks,
            singles_bettered=bettered,
            iterations=walked.iterations if walked else 0,
            converged=walked.converged if walked else all(fit.converged for fit in fits),
            options=self.options,
        )

    def _f_test(self, apart: Floats, together: Floats, dof: NDArray[np.int_], saved: int) -> tuple[float, float]:
        """F of the parameters saved by the tie; the noise of each spectrum is only as well known as its points say."""
        from scipy.special import fdtrc

        if not saved:
            return math.nan, math.nan
        rise = together - apart
        noise = float(apart.sum() / dof.sum())
        if self.options.noise == "each" and not self.measured:
            rise = rise * np.where(dof > 2, (dof - 2) / np.maximum(dof, 1), 1.0)  # the mean of 1/s2 is not 1/sigma2
        if self.measured:
            noise = max(noise, 1.0)
        f_value = max(float(rise.sum()), 0.0) / saved / max(noise, 1e-300)
        return f_value, float(fdtrc(saved, int(dof.sum()), f_value))

    def _aicc(self, fits: Sequence[CircuitFit], parameters: int) -> float:
        rows = np.array([2.0 * fit.frequency_hertz.size for fit in fits])
        costs = _costs(fits)
        if self.measured:
            k, misfit = parameters, float(costs.sum())
        elif self.options.noise == "each":
            k, misfit = parameters + len(fits), float((rows * np.log(costs / rows)).sum())
        else:
            k, misfit = parameters + 1, float(rows.sum() * math.log(float(costs.sum() / rows.sum())))
        left = float(rows.sum()) - k - 1
        return misfit + 2 * k + 2 * k * (k + 1) / left if left >= 1 else math.inf


def _costs(fits: Sequence[CircuitFit]) -> Floats:
    """Costs, none below that of rounding: of data computed from the circuit itself the rest says nothing."""
    found: Floats = np.array(
        [max(fit.cost, _ROUNDING**2 * float(np.sum((fit.weights * np.abs(fit.impedance)) ** 2))) for fit in fits]
    )
    return found


def _plain(node: Node, names: tuple[str, ...]) -> Node:
    """The same tree in which Y (or C) of an arc, where it is in common, stays a coordinate of its own."""
    if not isinstance(node, Leaf):
        return type(node)(tuple(_plain(part, names) for part in node.parts))
    if node.kind.symbol not in {"Q", "C"} or node.parameters[0] not in names:
        return node
    return replace(node, high=(min(node.high[0], _BEYOND_ALL), *node.high[1:]))


def _renamed(fits: list[CircuitFit], tracks: ArcTracks) -> list[CircuitFit]:
    """Single fits with their arcs named as followed."""
    found = []
    for fit, take in zip(fits, tracks.coordinates, strict=True):
        found.append(
            replace(
                fit,
                values=fit.values[take],
                std=fit.std[take],
                log_std=fit.log_std[take],
                status=tuple(fit.status[k] for k in take),
                _inner=fit._inner[take],
                _covariance=fit._covariance[np.ix_(take, take)],
            )
        )
    return found
