"""Many spectra of one circuit walked downhill together while some coordinates are the same in all of them.

Only the shared coordinates are walked. At every trial each spectrum's own coordinates are walked to their best, every
spectrum with its own damping, so that one awkward spectrum does not hold up the others; the slopes of the cost along
the shared coordinates then are those of the joint normal equations with the own coordinates eliminated (Schur
complement), one small matrix per spectrum. The work grows with the number of spectra and not with its cube.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.impedance.program import Program

__all__ = ["Group", "JointCovariance", "JointWalk", "Spectra", "Walked"]

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

_ITERATIONS, _OWN_ITERATIONS, _TOLERANCE, _OWN_TOLERANCE = 60, 100, 1e-9, 1e-10
_FIRST_DAMPING, _MOST_DAMPING = 1e-4, 1e8
_LONGEST_LOG_STEP, _LONGEST_STEP, _FARTHEST_FOLLOWED = 2.0, 0.25, 1.0
#: Directions weaker than this part of the strongest one are none.
_WEAKEST = 1e-7

#: Inner coordinates of the time constants of arcs that have to stay in order, the fastest first.
Group = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Spectra:
    """Data of all spectra; weights are those of the joint fit, limits ``(n, coordinates)``."""

    omega: Sequence[Floats]
    re: Sequence[Floats]
    im: Sequence[Floats]
    weight: Sequence[Floats]
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Walked:
    """Where the walk stands: coordinates ``(n, coordinates)`` and cost of every spectrum."""

    q: Floats
    costs: Floats
    iterations: int = 0
    converged: bool = True

    @property
    def cost(self) -> float:
        """Cost of all spectra."""
        return float(self.costs.sum())


@dataclass(frozen=True, eq=False)
class JointCovariance:
    """Inverse of the joint J'J in its parts: of the shared coordinates; per spectrum how its own follow them.

    ``shared`` (s, s); ``own`` (n, o, o): covariance of the own coordinates with the shared ones held; ``follow``
    (n, o, s): derivative of the own by the shared.
    """

    shared: Floats
    own: Floats
    follow: Floats


class JointWalk:
    """One program, many spectra, some coordinates shared."""

    def __init__(self, p: Program, spectra: Spectra, shared: Integers, ordered: Sequence[Group]) -> None:
        self.p = p
        self.spectra = spectra
        self.shared = shared
        self.own = np.array([k for k in p.free if k not in shared], dtype=np.int64)
        self.order = np.concatenate((shared, self.own)).astype(np.int64)
        self.count = len(spectra.omega)
        self.groups = [tuple(group) for group in ordered]
        self.shared_low = spectra.low[:, shared].min(axis=0)
        self.shared_high = spectra.high[:, shared].max(axis=0)
        spectra.low[:, shared], spectra.high[:, shared] = self.shared_low, self.shared_high

    # --- one spectrum -----------------------------------------------------------------------------------------------

    def own_best(self, i: int, start: Floats) -> tuple[Floats, float]:
        """Walk the own coordinates of one spectrum downhill; arcs that have to stay in order do."""
        from limetal.impedance import _machine

        s = self.spectra
        q = np.array(start)
        q[self.own] = np.clip(q[self.own], s.low[i, self.own], s.high[i, self.own])
        inside = q.copy()
        data = (s.omega[i], s.re[i], s.im[i], s.weight[i])
        if not self.own.size:
            return q, self._equations(i, q)[0]
        hessian = np.empty((self.own.size, self.own.size))
        cost, _, _ = _machine.levenberg_marquardt(
            self.p.code, self.own, s.low[i], s.high[i], *data, q, _OWN_ITERATIONS, _OWN_TOLERANCE, hessian
        )
        if self._in_order(q):
            return q, float(cost)
        return self._own_in_order(i, inside)

    def _in_order(self, q: Floats) -> bool:
        return all(bool((np.diff(q[list(group)]) >= 0).all()) for group in self.groups)

    def _own_in_order(self, i: int, start: Floats) -> tuple[Floats, float]:
        """The best own coordinates with arcs in order, by differences of their ln tau, which stay above zero."""
        s, q = self.spectra, np.array(start)
        for group in self.groups:
            q[list(group)] = np.sort(q[list(group)])
        back = self._differences()
        low, high = s.low[i, self.own].copy(), s.high[i, self.own].copy()
        for group in self.groups:
            where = self._own_places(group[1:])
            low[where], high[where] = 0.0, high[where] - low[where]
        x = np.clip(np.linalg.solve(back, q[self.own]), low, high)
        q[self.own] = back @ x
        cost, r, jacobian = self._equations(i, q)
        damping = 1e-3
        for _ in range(_OWN_ITERATIONS):
            j = back.T @ jacobian[self.shared.size :]
            hessian, slope = j @ j.T, -(j @ r)
            held = ((x <= low) & (slope < 0)) | ((x >= high) & (slope > 0))
            move = np.flatnonzero(~held)
            if not move.size:
                break
            small = hessian[np.ix_(move, move)]
            diagonal = np.diagonal(small) + 1e-300
            moved = False
            while damping < _MOST_DAMPING:
                step = np.linalg.solve(small + np.diag(damping * diagonal), slope[move])
                gain = float(step @ (slope[move] + damping * diagonal * step))
                if gain < _OWN_TOLERANCE * cost:
                    break
                trial = x.copy()
                trial[move] = np.clip(x[move] + np.clip(step, -1.0, 1.0), low[move], high[move])
                new = q.copy()
                new[self.own] = back @ trial
                found = self._equations(i, new)
                if found[0] < cost:
                    x, q, (cost, r, jacobian), moved = trial, new, found, True
                    damping = max(damping * 0.1, 1e-12)
                    break
                damping *= 5.0
            if not moved:
                break
        return q, cost

    def _own_places(self, coordinates: Sequence[int]) -> Integers:
        return np.array([int(np.flatnonzero(self.own == k)[0]) for k in coordinates], dtype=np.intp)

    def _differences(self) -> Floats:
        """Own coordinates from those in which every ln tau of a group but the first is its distance to the last."""
        back = np.eye(self.own.size)
        for group in self.groups:
            places = self._own_places(group)
            for a, place in enumerate(places):
                back[place, places[:a]] = 1.0
        return back

    def _equations(self, i: int, q: Floats) -> tuple[float, Floats, Floats]:
        """Cost, residual ``(2m,)`` and Jacobian ``(shared + own, 2m)`` of one spectrum."""
        from limetal.impedance import _machine

        s = self.spectra
        m = s.omega[i].size
        r, z, jacobian = np.empty(2 * m), np.empty(m, dtype=np.complex128), np.empty((self.order.size, 2 * m))
        cost = _machine.normal_equations(
            self.p.code, self.order, s.omega[i], s.re[i], s.im[i], s.weight[i], q, r, jacobian, z
        )
        return float(cost), r, jacobian

    # --- all spectra ------------------------------------------------------------------------------------------------

    def settled(self, q: Floats, shared: Floats) -> Walked:
        """All spectra at their best with the shared coordinates held, from starts ``(n, coordinates)``."""
        ends, costs = np.array(q), np.empty(self.count)
        ends[:, self.shared] = shared
        for i in range(self.count):
            ends[i], costs[i] = self.own_best(i, ends[i])
        return Walked(ends, costs)

    def from_neighbours(self, walked: Walked) -> Walked:
        """Every spectrum tried from the coordinates of the one before and the one after it; the better stays."""
        q, costs = walked.q.copy(), walked.costs.copy()
        for order in (range(1, self.count), range(self.count - 2, -1, -1)):
            for i in order:
                other = i - order.step
                found, cost = self.own_best(i, q[other])
                if cost < costs[i] * (1 - 1e-7):
                    q[i], costs[i] = found, cost
        return Walked(q, costs, walked.iterations, walked.converged)

    def downhill(self, walked: Walked) -> Walked:
        """Walk the shared coordinates to the lowest joint cost."""
        if not self.shared.size:
            return walked
        damping, converged, iterations = _FIRST_DAMPING, False, 0
        longest = np.where(self.p.logarithmic[self.shared], _LONGEST_LOG_STEP, _LONGEST_STEP)
        while iterations < _ITERATIONS and not converged:
            hessian, slope, follow = self._reduced(walked)
            here = walked.q[0, self.shared]
            held = ((here <= self.shared_low) & (slope < 0)) | ((here >= self.shared_high) & (slope > 0))
            move = np.flatnonzero(~held)
            if not move.size:
                converged = True
                break
            small = hessian[np.ix_(move, move)]
            diagonal = np.maximum(np.diagonal(small), 1e-300)
            moved = False
            while damping < _MOST_DAMPING:
                iterations += 1
                step = np.zeros(here.size)
                step[move] = np.linalg.solve(small + np.diag(damping * diagonal), slope[move])
                gain = float(step[move] @ (slope[move] + damping * diagonal * step[move]))
                if gain < _TOLERANCE * walked.cost:
                    break
                new = np.clip(here + np.clip(step, -longest, longest), self.shared_low, self.shared_high)
                start = walked.q.copy()
                start[:, self.own] += np.clip(follow @ (new - here), -_FARTHEST_FOLLOWED, _FARTHEST_FOLLOWED)
                trial = self.settled(start, new)
                if trial.cost < walked.cost:
                    walked, moved = trial, True
                    damping = max(damping * 0.1, 1e-10)
                    break
                damping *= 8.0
            converged = not moved
        return Walked(walked.q, walked.costs, iterations, converged)

    def _reduced(self, walked: Walked) -> tuple[Floats, Floats, Floats]:
        """J'J and slope downhill of the shared coordinates with the own ones following, and how they follow."""
        s = self.shared.size
        hessian, slope = np.zeros((s, s)), np.zeros(s)
        follow = np.zeros((self.count, self.own.size, s))
        for i in range(self.count):
            _, r, jacobian = self._equations(i, walked.q[i])
            free, back = self._free_own(i, walked.q[i])
            outer, inner = jacobian[:s], free @ jacobian[s:]
            left, how = _projected(outer, inner)
            hessian += left @ left.T
            slope -= left @ r
            follow[i] = -back @ how
        return hessian, slope, follow

    def _free_own(self, i: int, q: Floats) -> tuple[Floats, Floats]:
        """Directions ``(d, own)`` in which the own coordinates can move (not against a bound), and its transpose."""
        low, high = self.spectra.low[i, self.own], self.spectra.high[i, self.own]
        inside = (q[self.own] > low) & (q[self.own] < high)
        directions = self._differences().T
        for group in self.groups:
            together = np.diff(q[list(group)]) <= 0
            inside[self._own_places(group[1:])] &= ~together
        directions = directions[inside]
        return directions, directions.T

    def covariance(self, walked: Walked) -> JointCovariance:
        """Inverse of the joint J'J; a coordinate on a bound is not held, for a bound tells nothing of the others."""
        s, o = self.shared.size, self.own.size
        hessian = np.zeros((s, s))
        own, follow = np.empty((self.count, o, o)), np.empty((self.count, o, s))
        for i in range(self.count):
            _, _, jacobian = self._equations(i, walked.q[i])
            left, how = _projected(jacobian[:s], jacobian[s:])
            hessian += left @ left.T
            own[i], follow[i] = _inverse_square(jacobian[s:]), -how
        return JointCovariance(_inverse(hessian), own, follow)


def _inverse(h: Floats) -> Floats:
    """Inverse of a small J'J; directions that are not seen get an enormous variance."""
    size = np.sqrt(np.maximum(np.diagonal(h), 1e-300))
    values, vectors = np.linalg.eigh(h / np.outer(size, size))
    found: Floats = (vectors / np.maximum(values, _WEAKEST**2)) @ vectors.T / np.outer(size, size)
    return found


def _inverse_square(jacobian: Floats) -> Floats:
    """Inverse of J J' for ``jacobian`` (k, m)."""
    return _inverse(jacobian @ jacobian.T)


def _projected(outer: Floats, inner: Floats) -> tuple[Floats, Floats]:
    """What of the rows of ``outer`` (s, m) the rows of ``inner`` (k, m) cannot follow, and how they follow (k, s)."""
    size = np.sqrt(np.maximum((inner * inner).sum(axis=1), 1e-300))
    u, values, vt = np.linalg.svd(inner / size[:, None], full_matrices=False)
    seen = values > _WEAKEST * values.max(initial=0.0)
    along = vt[seen] @ outer.T
    left = outer - along.T @ vt[seen]
    how = (u[:, seen] / values[seen]) @ along / size[:, None]
    return left, how
