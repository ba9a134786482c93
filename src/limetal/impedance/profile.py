"""Interval of one parameter along the cost itself: how far it can go until the spectrum says no.

Linear errors take the cost for a parabola. Where it is none (arcs that overlap, a part that may be absent, a time
constant at the end of the measured range) they are too narrow on one side and too wide on the other. A profile holds
the parameter at one value after another, fits all others anew, and ends where the cost has risen by as much as noise
lets it rise in one of twenty measurements [1]_ [2]_. A side on which it never rises so far is open: the data do not
limit the parameter there [3]_.

.. [1] D. M. Bates, D. G. Watts, Nonlinear Regression Analysis and Its Applications, Wiley 1988, chapter 6.
.. [2] D. J. Venzon, S. H. Moolgavkar, Appl. Stat. 37 (1988) 87, doi:10.2307/2347496.
.. [3] A. Raue et al., Bioinformatics 25 (2009) 1923, doi:10.1093/bioinformatics/btp358.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.impedance._trees import with_fixed
from limetal.impedance.fit import refitted, search_limits
from limetal.impedance.program import Program, program
from limetal.impedance.result import CircuitFit, Status

__all__ = ["End", "Profile", "profile_interval"]

Floats = NDArray[np.float64]
End = Literal["crossed", "at bound", "open"]

#: A cost lower than the minimum by this part is another minimum, not rounding.
_LOWER = 1e-6
#: The walk goes on to this many times the wanted rise (of the root of the cost), for the picture and for dips behind.
_BEYOND = 1.5
#: Aim of one step, as a part of the root of the wanted rise; first step without an error; longest steps.
_AIM, _FIRST_STEP, _LONGEST_LOG, _LONGEST = 0.35, 0.05, 2.0, 0.1
_STEPS, _ROOT_STEPS, _NEAR = 60, 12, 2e-3
_ITERATIONS, _TOLERANCE = 60, 1e-8
#: Noise below this part of |Z| is rounding.
_ROUNDING = 1e-10
#: How often a lower minimum is gone to.
_AGAIN = 3


@dataclass(frozen=True, eq=False)
class Profile:
    """Interval of one parameter by the cost at the best of all others.

    Attributes
    ----------
    name, unit
        Of the parameter.
    level
        Part of repeated measurements whose interval holds the truth.
    value
        At the minimum.
    low, high
        Ends of the interval; 0 (or minus infinity) and infinity where a side is open, the bound where the circuit's
        bound ends it.
    low_end, high_end
        ``crossed``: the cost rises beyond the limit there; ``at bound``: the parameter's bound comes first; ``open``:
        the cost never rises so far, within the range in which a fit searches.
    values, costs : (k,)
        The profile for a picture, from the lowest value to the highest.
    minimum, limit
        Cost at the minimum and at the ends of the interval.
    status
        Of the parameter in the fit. Where it is ``not identified`` although both ends are crossed, another minimum or a
        circuit without the part describes the spectrum nearly as well, and the interval is that of this minimum alone.
    one_range
        False if the cost rises beyond the limit and falls below it again inside the interval.
    lower
        A fit of lower cost than the one asked about, if the walk came upon one. The profile is then that fit's.
    """

    name: str
    unit: str
    level: float
    value: float
    low: float
    high: float
    low_end: End
    high_end: End
    values: Floats
    costs: Floats
    minimum: float
    limit: float
    status: Status
    one_range: bool
    lower: CircuitFit | None

    @property
    def open_low(self) -> bool:
        """Whether the data set no lower limit."""
        return self.low_end == "open"

    @property
    def open_high(self) -> bool:
        """Whether the data set no upper limit."""
        return self.high_end == "open"

    @property
    def statement(self) -> str:
        """The interval in one sentence.

        Examples
        --------
        >>> from limetal.impedance.fit import fit
        >>> f = np.logspace(5, -1, 61)
        >>> z = 4 + 20 / (1 + 20 * 1e-4 * (2j * np.pi * f) ** 0.9)
        >>> profile_interval(fit("R(RQ)", f, z * (1 + 0.01 * np.sin(9 * f))), "R1").statement
        'R1 = 20.04 ohm, 95 % between 19.99 and 20.09 ohm'
        """
        unit = "" if self.unit in {"", "1"} else f" {self.unit}"
        share = f"{100 * self.level:.3g} %"
        digits = _digits(self.value, self.low, self.high)
        value, low, high = (f"{x:.{digits}g}" for x in (self.value, self.low, self.high))
        if self.open_low and self.open_high:
            said = f"{self.name} is not identified: no value of it is excluded at {share}"
        elif self.open_low:
            said = f"{self.name} is below {high}{unit} ({share}); how far below is not identified"
        elif self.open_high:
            said = f"{self.name} is above {low}{unit} ({share}); how far above is not identified"
        else:
            low += " (its bound)" * (self.low_end == "at bound")
            high_unit = f"{high}{unit}" + " (its bound)" * (self.high_end == "at bound")
            said = f"{self.name} = {value}{unit}, {share} between {low} and {high_unit}"
        if self.status == "not identified" and not (self.open_low or self.open_high):
            said += "; of this minimum alone: another one, or a circuit without this part, is nearly as good"
        if not self.one_range:
            said += "; values inside are excluded, for there are two minima"
        if self.lower is not None:
            said += f"; a fit of lower cost was found on the way ({self.minimum:.6g}), and this is its interval"
        return said


def profile_interval(fit: CircuitFit, name: str, level: float = 0.95) -> Profile:
    r"""The interval of one parameter in which the cost, at the best of all others, stays below a limit.

    The limit is :math:`S_{min} + s^2 F_{1,\nu}(level)` with the cost S, the degrees of freedom :math:`\nu` and
    :math:`s^2 = S_{min}/\nu` (at least one with measured weights, whose unit is the noise). On a straight model it is
    the same as `CircuitFit.interval`.

    Parameters
    ----------
    fit
        What `limetal.impedance.fit.fit` found.
    name
        A parameter that is not fixed.
    level
        Between 0 and 1.

    Returns
    -------
    Profile
        Ends, whether each was reached, the curve, a sentence.

    Raises
    ------
    BadInputError
        For an unknown or fixed parameter, or a level that is none.

    Notes
    -----
    The walk goes outwards from the minimum and back, so that a second branch found outside is followed inwards. Arcs
    keep their names by continuity: on the way one may become faster than the next.

    References
    ----------
    Bates & Watts, Nonlinear Regression Analysis and Its Applications, Wiley 1988, chapter 6; Venzon & Moolgavkar,
    doi:10.2307/2347496.

    Examples
    --------
    A capacitor that the spectrum does not reach has a lower limit, and no upper one:

    >>> from limetal.impedance.fit import fit as fit_circuit
    >>> f = np.logspace(4, 0, 41)
    >>> noise = np.random.default_rng(0).normal(size=(41, 2)) @ [1, 1j]
    >>> z = 10 + 1 / (2j * np.pi * f * 5.0) + 0.05 * noise
    >>> found = profile_interval(fit_circuit("RC", f, z), "C1")
    >>> found.low_end, found.high_end, 1 < found.low < 5
    ('crossed', 'open', True)
    """
    if not 0.0 < level < 1.0:
        raise BadInputError("level of an interval", f"{level:g}", "a number between 0 and 1, such as 0.95")
    if name not in fit.names:
        raise BadInputError("parameter of a profile", repr(name), f"one of {', '.join(fit.names)}")
    k = fit.names.index(name)
    if fit.status[k] == "fixed":
        raise BadInputError("parameter of a profile", f"{name}, which is fixed", "one that was fitted")
    lower = None
    for again in range(_AGAIN + 1):
        walker = _Walker(fit, k, level)
        below, above = walker.side(-1.0), walker.side(1.0)
        best = min((*below.points, *above.points), key=lambda point: point.cost)
        if again == _AGAIN or not best.cost < fit.cost * (1 - _LOWER) - walker.rounding:
            break
        fit = lower = refitted(fit, walker.values(best.q))
    return _profile(walker, fit, name, level, below, above, lower)


@dataclass(frozen=True, eq=False)
class _Point:
    """One value of the coordinate with the best of all others."""

    x: float
    cost: float
    q: Floats


@dataclass(frozen=True, eq=False)
class _Side:
    """One side of a profile: points outwards from the minimum, and where the interval ends."""

    points: list[_Point]
    x: float
    end: End
    one_range: bool


class _Walker:
    """Moves one coordinate away from the minimum while all others follow."""

    def __init__(self, fit: CircuitFit, k: int, level: float) -> None:
        from scipy.special import stdtrit

        self.k = k
        self.code = _straight(fit._program, k, fit.value(fit.names[k]))
        self.others = np.array([c for c in self.code.free if c != k], dtype=np.int64)
        self.low, self.high = search_limits(self.code, fit.frequency_hertz, fit.impedance)
        self.data = (
            np.ascontiguousarray(2 * np.pi * fit.frequency_hertz),
            np.ascontiguousarray(fit.impedance.real),
            np.ascontiguousarray(fit.impedance.imag),
            np.ascontiguousarray(fit.weights),
        )
        size = float(np.sum((fit.weights * np.abs(fit.impedance)) ** 2))
        self.rounding = _ROUNDING**2 * size
        scale = max(fit.cost, self.rounding) / fit.degrees_of_freedom
        self.scale = max(scale, 1.0) if fit.options.weighting == "measured" else scale
        self.reach = float(stdtrit(fit.degrees_of_freedom, 0.5 + level / 2))
        q = fit._inner if self.code is fit._program else self.code.coordinates(fit.values)
        self.minimum = fit.cost
        self.best = _Point(float(q[k]), fit.cost, np.array(q))
        self.direction, self.std = self._tangent()

    def values(self, q: Floats) -> Floats:
        """Values of the circuit's parameters."""
        return self.code.values(q)

    def zeta(self, point: _Point) -> float:
        """Root of the rise of the cost, in units of the noise: two where a parabola has two standard errors."""
        return math.sqrt(max(point.cost - self.minimum, 0.0) / self.scale)

    def side(self, sign: float) -> _Side:
        """Walk to one side until the cost has risen, a bound is reached, or nothing is left to see."""
        limit = float(self.high[self.k] if sign > 0 else self.low[self.k])
        points = self._outwards(sign, limit)
        self._backwards(points)
        inside = [i for i, point in enumerate(points) if self.zeta(point) < self.reach]
        last = inside[-1] if inside else 0
        one_range = inside == list(range(len(inside)))
        if last == len(points) - 1:
            bound = float(self.code.high[self.k] if sign > 0 else self.code.low[self.k])
            return _Side(points, limit, "at bound" if limit == bound else "open", one_range)
        x = self._crossing(points, last)
        return _Side(points, x, "crossed", one_range)

    def _outwards(self, sign: float, limit: float) -> list[_Point]:
        longest = _LONGEST_LOG if self.code.logarithmic[self.k] else _LONGEST
        step = min(_AIM * self.reach * self.std, longest / 4)
        points = [self.best]
        while len(points) < _STEPS and points[-1].x != limit:
            last = points[-1]
            x = last.x + sign * step
            x = min(x, limit) if sign > 0 else max(x, limit)
            if len(points) == 1:
                ahead = last.q + self.direction * (x - last.x)
            else:
                ahead = last.q + (last.q - points[-2].q) * ((x - last.x) / (last.x - points[-2].x))
            points.append(self._at(x, ahead, last.q))
            reached = self.zeta(points[-1])
            if reached >= _BEYOND * self.reach:
                break
            slope = (reached - self.zeta(last)) / step
            step *= min(max(_AIM * self.reach / max(slope * step, 1e-12), 0.4), 2.0)
            step = min(step, longest)
        return points

    def _backwards(self, points: list[_Point]) -> None:
        """From every point to the one before it: a lower branch found outside is followed inwards."""
        for i in range(len(points) - 2, -1, -1):
            found = self._at(points[i].x, points[i + 1].q)
            if found.cost < points[i].cost * (1 - _TOLERANCE):
                points[i] = found

    def _crossing(self, points: list[_Point], last: int) -> float:
        """Where the cost reaches the limit, after the point ``last``; new points join the others."""
        a, b = points[last], points[last + 1]
        weight_a = weight_b = 1.0
        for _ in range(_ROOT_STEPS):
            short, long = self.reach - self.zeta(a), self.zeta(b) - self.reach
            if min(short, long) < _NEAR * self.reach or abs(b.x - a.x) < 1e-12:
                break
            share = short * weight_a / (short * weight_a + long * weight_b)
            share = min(max(share, 0.05), 0.95)
            x = a.x + (b.x - a.x) * share
            new = self._at(x, a.q + (b.q - a.q) * share, a.q)
            points.insert(points.index(b), new)
            if self.zeta(new) < self.reach:
                a, weight_a, weight_b = new, 1.0, weight_b / 2  # the end that stays counts less (Illinois rule)
            else:
                b, weight_a, weight_b = new, weight_a / 2, 1.0
        short, long = self.reach - self.zeta(a), self.zeta(b) - self.reach
        return a.x + (b.x - a.x) * short / max(short + long, 1e-300)

    def _at(self, x: float, *starts: Floats) -> _Point:
        """The best of all others with the coordinate at ``x``, from each of the starts."""
        from limetal.impedance import _machine

        found = []
        hessian = np.empty((self.others.size, self.others.size))
        for start in starts:
            q = np.clip(start, self.low, self.high)
            fixed = ~self.code.is_free
            q[fixed] = start[fixed]
            q[self.k] = x
            cost, _, _ = _machine.levenberg_marquardt(
                self.code.code, self.others, self.low, self.high, *self.data, q, _ITERATIONS, _TOLERANCE, hessian
            )
            found.append(_Point(x, float(cost), q))
        return min(found, key=lambda point: point.cost)

    def _tangent(self) -> tuple[Floats, float]:
        """How all coordinates move when this one moves by one, and its standard error, from the slopes at the best."""
        from limetal.impedance import _machine

        omega = self.data[0]
        free = np.append(self.others, self.k)
        r, z = np.empty(2 * omega.size), np.empty(omega.size, dtype=np.complex128)
        jacobian = np.empty((free.size, 2 * omega.size))
        _machine.normal_equations(self.code.code, free, *self.data, self.best.q, r, jacobian, z)
        own = jacobian[-1]
        answer, *_ = np.linalg.lstsq(jacobian[:-1].T, own, rcond=1e-10)
        left = own - answer @ jacobian[:-1]
        direction = np.zeros(self.best.q.size)
        direction[self.others] = -answer
        direction[self.k] = 1.0
        size = float(left @ left)
        return direction, math.sqrt(self.scale / size) if size > 0 else math.inf


def _straight(code: Program, k: int, value: float) -> Program:
    """A program in which coordinate ``k`` is a parameter of the circuit, and not the time constant of an arc."""
    if all(arc.y != k for arc in code.arcs):
        return code
    return program(with_fixed(code.circuit, {code.names[k]: value}), needs_free=False)


def _profile(
    walker: _Walker, fit: CircuitFit, name: str, level: float, below: _Side, above: _Side, lower: CircuitFit | None
) -> Profile:
    points = [*below.points[:0:-1], *above.points]
    logarithmic = bool(walker.code.logarithmic[walker.k])
    x = np.array([point.x for point in points])
    low = _outer(below.x, logarithmic) if below.end != "open" else (0.0 if logarithmic else -math.inf)
    high = _outer(above.x, logarithmic) if above.end != "open" else math.inf
    units = [parameter.unit for leaf in fit.circuit.leaves for parameter in leaf.kind.parameters]
    return Profile(
        name=name,
        unit=units[walker.k],
        level=level,
        value=fit.value(name),
        low=low,
        high=high,
        low_end=below.end,
        high_end=above.end,
        values=np.exp(x) if logarithmic else x,
        costs=np.array([point.cost for point in points]),
        minimum=fit.cost,
        limit=walker.minimum + walker.scale * walker.reach**2,
        status=fit.status[fit.names.index(name)],
        one_range=below.one_range and above.one_range,
        lower=lower,
    )


def _outer(x: float, logarithmic: bool) -> float:
    return math.exp(x) if logarithmic else x


def _digits(value: float, low: float, high: float) -> int:
    """Digits that show the width of an interval."""
    width = min((abs(end - value) for end in (low, high) if math.isfinite(end) and end != value), default=0.0)
    if not width or not value:
        return 3
    return min(max(math.ceil(math.log10(abs(value) / width)) + 1, 2), 8)
