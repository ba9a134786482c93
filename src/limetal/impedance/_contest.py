"""Fits of the circuits that compete for a spectrum, each started from fits of those with one part less or more.

Upwards: a circuit is entered from the fits of those that it contains, with the new part inserted where it lowers the
cost most. A circuit to which no part can be added that lowers the cost by more than noise does is complete; whatever
contains it would not be needed and is not entered. Downwards: from the best circuits each part is taken out or replaced
in turn, which frees simpler ones from minima of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from limetal.impedance._grow import Entrant, Inserted, Part, entrant, inserted, part, without
from limetal.impedance._uncertainty import Walk
from limetal.impedance.evaluate import evaluate_inner
from limetal.impedance.fit import Searched, _Fitter
from limetal.impedance.program import Block
from limetal.impedance.result import FitOptions, aicc

__all__ = ["Contest", "Kind"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

#: Starts from each smaller circuit, and from each larger one where a part is replaced.
_FROM_EACH, _REPLACED = 2, 1
#: First iterations of a walk, those of one that is not behind the best by that factor, and their tolerances.
_FIRST, _BEHIND, _LAST = 10, 1.5, 60
_TOLERANCE, _FINE, _FINEST = 1e-5, 1e-9, 150
#: A part that lowers the cost by less than so many variances of the noise is not tried: AICc asks for 2 per parameter,
#: need for 10 more.
_WORTH = 5.0
#: Residuals are like noise if their variance is below that of the noise times this, and the correlation of neighbours
#: below so many of its standard deviations.
_LIKE_NOISE, _WAVES = 1.15, 1.5
#: From circuits whose AICc lies above the lowest by less, others are started downwards, and theirs is made exact.
_NEAR, _EXACT = 12.0, 30.0
#: From so many of them; a cost that lies above theirs by fewer variances of the noise is not tried to be lowered.
_FROM_BEST, _CLOSE = 4, 4.0
_ROUNDS = 3
#: A cost that falls by this part is lower.
_LOWER = 1e-4
#: Limits of a tail: with others at zero or infinity it is one of these.
_LIMITS = {"Wo": ("W", "C"), "Ws": ("W",), "Q": ("W", "C")}
_ARC_LIMITS = ("Q", "W", "C")
#: Tails that can take the place of an arc: beside so many arcs they get some starts of their own.
_MISTAKEN, _MISTAKEN_ARCS, _OWN_STARTS = ("Wo", "Ws"), 1, 3


@dataclass(frozen=True)
class Kind:
    """R and a number of arcs, a tail in series, an inductor or not."""

    arcs: int
    tail: str
    inductor: bool

    @property
    def text(self) -> str:
        """The circuit."""
        return f"R{'(RQ)' * self.arcs}{self.tail}{'L' if self.inductor else ''}"

    def contains(self, other: Kind) -> bool:
        """Whether the other circuit is this one with parts absent or at a limit.

        An arc with a vast resistance is a Q, which for n = 1/2 is a W and for n = 1 a C.
        """
        if self == other or (other.inductor and not self.inductor):
            return False
        if other.tail in {"", self.tail, *_LIMITS.get(self.tail, ())}:
            return other.arcs <= self.arcs
        return other.tail in _ARC_LIMITS and other.arcs < self.arcs

    def parts_beyond(self, other: Kind) -> int:
        """How many parts a contained circuit lacks; an element at a limit (W of a Wo, or of an arc) lacks one."""
        arcs = self.arcs - other.arcs
        tail = self.tail != other.tail and not (other.tail and not self.tail)  # else an arc at a limit
        return max(1, arcs + tail + (self.inductor - other.inductor))


@lru_cache(maxsize=256)
def fitter_of(text: str, options: FitOptions) -> _Fitter:
    """Kept for the circuits used last."""
    return _Fitter(text, options)


class Contest:
    """One spectrum, and the fits of circuits to it.

    ``noise`` is that of a number in units of the weights, as far as it is known; without it the lowest residual counts.
    """

    def __init__(
        self, f: Floats, z: Complexes, std_ohm: Floats | None, options: FitOptions, where: str, noise: float
    ) -> None:
        self.f, self.z, self.std, self.where = f, z, std_ohm, where
        self.noise = noise
        self.variance = noise**2 if math.isfinite(noise) and noise > 0 else math.inf
        self.weight: Floats | None = None
        self.options = options
        self.found: dict[Kind, Searched] = {}
        self.complete: list[Kind] = []
        self.searched: set[Kind] = set()
        self.entrants: dict[Kind, Entrant] = {}
        self.parts: dict[str, Part] = {}
        self.moved: dict[Kind, float] = {}

    def hold(self, kinds: list[Kind]) -> None:
        """Fit those that can win."""
        for kind in kinds:
            if not any(kind.contains(one) and not _refines(kind, one) for one in self.complete):
                self._enter(kind)
                if kind in self.found and self._is_complete(kind, kinds):
                    self.complete.append(kind)
        self._all_downwards()

    def lowest(self) -> float:
        """Of all AICc."""
        return min((one.aicc for one in self.found.values()), default=math.inf)

    def search(self, kind: Kind) -> None:
        """Search a circuit as `fit` does, and from where it is; if that is lower, the others start from there again."""
        one = self.found[kind]
        again = one.fitter.search(self.f, self.z, self.std, self.where, one.walk.q[None, :])
        self.found[kind] = again
        self.searched.add(kind)
        if again.walk.cost < one.walk.cost * (1 - _LOWER):
            before = dict(self.found)
            self._all_downwards()
            self.searched -= {k for k, was in before.items() if self.found[k] is not was}

    def enter(self, kinds: list[Kind]) -> None:
        """Fit further circuits, whether they can win or not."""
        for kind in kinds:
            if kind not in self.found:
                self._enter(kind, always=True)

    def _enter(self, kind: Kind, *, always: bool = False) -> None:
        """Fit a circuit from those that it contains; one that has too few points, or gains nothing, is left out."""
        fitter = fitter_of(kind.text, self.options)
        if math.isinf(aicc(1.0, 2 * self.f.size, int(fitter.program.free.size))):
            return
        starts = []
        for one, block in self._smaller(kind, fitter):
            if one in self.found:
                new = self._inserted(kind, block, self.found[one].walk.q, _FROM_EACH)
                if not always and new.gain < _WORTH * self._variance(one) and self._leaves_noise(one):
                    return
                starts.append(new.starts)
        every = np.vstack(starts) if starts else np.empty((0, 0))
        if not len(every):
            self.found[kind] = fitter.search(self.f, self.z, self.std, self.where)
            self.weight = self.found[kind].data.weight
            return
        if kind.tail in _MISTAKEN and kind.arcs <= _MISTAKEN_ARCS:
            count = len(every) + _OWN_STARTS
            self.found[kind] = fitter.search(self.f, self.z, self.std, self.where, every, (count, count))
            return
        self._walk(kind, every)

    def _is_complete(self, kind: Kind, kinds: list[Kind]) -> bool:
        """Whether a circuit leaves noise, and no part lowers its cost by more than noise does."""
        if not self._leaves_noise(kind):
            return False
        for larger in kinds:
            if larger in self.found or not larger.contains(kind):
                continue
            for one, block in self._smaller(larger, fitter_of(larger.text, self.options)):
                if one == kind:
                    new = self._inserted(larger, block, self.found[kind].walk.q, _REPLACED)
                    if new.gain >= _WORTH * self._variance(kind):
                        return False
        return True

    def _leaves_noise(self, kind: Kind) -> bool:
        """Whether the residual is about as large as the noise: only then a part that lowers it not at all tells."""
        one = self.found[kind]
        left = one.walk.cost / (2 * self.f.size - one.fitter.program.free.size)
        least = self.variance
        if math.isinf(least):
            least = min(o.walk.cost / (2 * self.f.size - o.fitter.program.free.size) for o in self.found.values())
        return left < _LIKE_NOISE * least and _waves(one) < _WAVES

    def _variance(self, kind: Kind) -> float:
        """Of the noise of one number, by the residual of a circuit or less."""
        one = self.found[kind]
        return min(self.variance, one.walk.cost / (2 * self.f.size - one.fitter.program.free.size))

    def _smaller(self, kind: Kind, fitter: _Fitter) -> Iterator[tuple[Kind, int]]:
        """Circuits with one part less, and where it stands in the circuit."""
        last, tail = len(fitter.program.blocks) - 1, kind.arcs + 1
        if kind.inductor:
            yield Kind(kind.arcs, kind.tail, False), last
        if kind.tail and last == tail + kind.inductor:  # a tail of one part
            yield Kind(kind.arcs, "", kind.inductor), tail
        if kind.arcs:
            yield Kind(kind.arcs - 1, kind.tail, kind.inductor), kind.arcs

    def _entrant(self, kind: Kind) -> Entrant:
        if kind not in self.entrants:
            assert self.weight is not None  # the first circuit is searched
            program = fitter_of(kind.text, self.options).program
            self.entrants[kind] = entrant(program, self.f, self.z, self.weight)
        return self.entrants[kind]

    def _inserted(self, kind: Kind, block: int, others: Floats, most: int) -> Inserted:
        one = self._entrant(kind)
        text = "(RQ)" if block <= kind.arcs else kind.tail if kind.tail and block == kind.arcs + 1 else "L"
        if text not in self.parts:
            self.parts[text] = part(text, one.data.omega, one.data.weight)
        return inserted(one, block, self.parts[text], others, most)

    def _walk(self, kind: Kind, starts: Floats, *, fine: bool = False) -> bool:
        """Walk downhill from starts; whether the circuit has become better."""
        from limetal.impedance import _around, _machine

        one, fitter = self._entrant(kind), fitter_of(kind.text, self.options)
        p, data = one.program, one.data
        before = self.found.get(kind)
        best = math.inf if before is None else before.walk.cost
        top = None
        hessian = np.empty((p.free.size, p.free.size))
        for start in starts:
            q = np.clip(start, data.low, data.high)
            for most in (_FINEST,) if fine else (_FIRST, _LAST):
                cost, steps, done = _machine.levenberg_marquardt(
                    p.code, p.free, data.low, data.high, data.omega, one.re, one.im, data.weight, q, most,
                    _FINE if fine else _TOLERANCE, hessian,
                )  # fmt: skip
                if done or not cost < _BEHIND * best:
                    break
            if cost < best * (1 if fine else 1 - _LOWER) or (top is None and before is None):
                best = min(cost, best)
                top = q, float(cost), hessian.copy(), steps, done
        if top is None:
            return False
        q, cost, hessian, steps, done = top
        _, q, hessian = _around.best_of(q[None, :], np.array([cost]), 1, hessian, p.free, *fitter.arcs)
        self.found[kind] = Searched(fitter, data, Walk(q, cost, hessian, len(starts), 1, steps, bool(done)), [])
        return True

    def _all_downwards(self) -> None:
        for _ in range(_ROUNDS):
            if not self._downwards():
                break
        self._exact()

    def _downwards(self) -> bool:
        """Start circuits from the best ones with parts taken out or replaced; whether any became better."""
        better = False
        limit = self.lowest() + _NEAR
        near = sorted((k for k, one in self.found.items() if one.aicc < limit), key=lambda k: self.found[k].aicc)
        for large in near[:_FROM_BEST]:
            cost = self.found[large].walk.cost
            if cost >= self.moved.get(large, math.inf) * (1 - _LOWER):
                continue
            self.moved[large] = cost
            for small, starts in self._fewer(large):
                better |= self._walk(small, starts)
        return better

    def _fewer(self, large: Kind) -> Iterator[tuple[Kind, Floats]]:
        """Circuits with a part less or another tail, and their starts from a larger circuit."""
        fitter, q = self.found[large].fitter, self.found[large].walk.q
        p, arcs = fitter.program, range(1, large.arcs + 1)
        for small, block in self._smaller(large, fitter):
            if small in self.found and self._can_fall(small, large):
                blocks = arcs if small.arcs < large.arcs else (block,)
                yield small, np.array([without(p, [b], q) for b in blocks])
        tail = [large.arcs + 1] if large.tail else []
        if large.tail and len(p.blocks) != large.arcs + 2 + large.inductor:
            return  # a tail of several parts
        for other in list(self.found):
            if not other.tail or other.inductor != large.inductor or len(_blocks(other, self.options)) > len(p.blocks):
                continue
            if not self._can_fall(other, large):
                continue
            if other.arcs == large.arcs and other.tail != large.tail and large.tail:
                taken = [tail]
            elif other.arcs == large.arcs - 1:  # an arc, or an arc and the tail, did the work of the tail
                taken = [[b, *tail] for b in arcs]
            else:
                continue
            rest = [without(p, blocks, q) for blocks in taken]
            new = [self._inserted(other, other.arcs + 1, one, _REPLACED).starts for one in rest]
            yield other, np.vstack(new)

    def _can_fall(self, small: Kind, large: Kind) -> bool:
        """Whether a circuit is worse than another one by more than noise."""
        a, b = self.found[small], self.found[large]
        return a.walk.cost - b.walk.cost > _CLOSE * self._variance(large)

    def _exact(self) -> None:
        """Walk those near the best to the end."""
        limit = self.lowest() + _EXACT
        for kind, one in list(self.found.items()):
            if one.aicc < limit:
                self._walk(kind, one.walk.q[None, :], fine=True)


def _waves(one: Searched) -> float:
    """Correlation of the residuals of neighbouring frequencies, in its standard deviations for noise (about 0)."""
    data = one.data
    order = np.argsort(data.f)
    r = ((evaluate_inner(one.fitter.program, one.walk.q, data.f) - data.z) * data.weight)[order]
    square = max(float(np.vdot(r, r).real), 1e-300)
    return float(np.vdot(r[1:], r[:-1]).real) / square * math.sqrt(2 * r.size)


def _refines(kind: Kind, other: Kind) -> bool:
    """Whether a circuit differs from another one by the kind of its tail alone."""
    return kind.arcs == other.arcs and kind.inductor == other.inductor and bool(other.tail)


def _blocks(kind: Kind, options: FitOptions) -> tuple[Block, ...]:
    return fitter_of(kind.text, options).program.blocks
