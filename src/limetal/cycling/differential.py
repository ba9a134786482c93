"""dQ/dV and dV/dQ of a half-cycle, robust to noise, to the steps of the voltmeter and to turning points.

The voltage is never sorted and never divided by its own noise. A smooth curve is put through the voltage along the
charge (`limetal.cycling.smooth`), in the order in which it was measured. Its slope is dV/dQ. dQ/dV is the charge that
passes in each interval of the smooth voltage, over the width of the interval: it is finite on any plateau, a stretch
in which the voltage turns back adds its charge where the voltage is, and the integral over the voltage is the charge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.profiles import Profile
from limetal.cycling.smooth import FEWEST_POINTS, Smooth, smooth
from limetal.cycling.voltage_steps import crossings, share_repeated, spikes, voltage_step_V

__all__ = ["DRAWS", "Differential", "Fitted", "charge_density", "differential", "fitted"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Rows whose current lies further from the usual one of the half-cycle do not belong to its curve.
SAME_CURRENT = 0.05
#: After an interrupt the voltage settles for this part of the charge of the half-cycle; more interrupts are pulses.
SETTLES = 0.01
MOST_INTERRUPTS = 5
#: A row at an end of a half-cycle has the voltage of another step if it is this many times as far from the next as the
#: largest of so many steps behind; at most so many rows.
JUMP_AT_END = 10.0
BESIDE_END = 5
MOST_AT_END = 2
#: Readings that repeat more often than this are replaced by the places where they change.
REPEATED = 0.5
FEWEST_LEVELS = 6
#: The noise of such places is not taken for less than this part of the step of the voltmeter.
LEAST_NOISE = 0.05
#: Curves drawn from what the data allow; errors are their spread.
DRAWS = 120
#: The interval of dQ/dV is at least this, a step of the voltmeter, and this many standard errors of the curve.
NARROWEST_V = 1e-3
STANDARD_ERRORS = 2.0
#: A turn of the voltage is real if medians of five readings at its ends differ by this many standard deviations of the
#: noise and two steps of the voltmeter.
REAL_TURN = 5.0
#: Points of the curve between two knots, and of dV/dQ in all.
BETWEEN_KNOTS = 12
SLOPES = 400


@dataclass(frozen=True, eq=False)
class Fitted:
    """The smooth voltage of one half-cycle, and what was left out.

    Attributes
    ----------
    cycle, sign
        Number of the cycle; +1 for charge, -1 for discharge.
    curve
        The smooth voltage; None where ``why_not`` says why.
    begin_mAh, end_mAh
        Charge between which the curve holds.
    gaps
        (k, 2) stretches of charge inside that are left out.
    noise_V, step_V
        Noise of the readings about the curve, and step of the voltmeter (0: too fine to be seen).
    curve_std_V
        Median standard error of the smooth voltage.
    all_mAh
        Charge of the whole half-cycle.
    slips
        Single wrong readings left out.
    turn_V, turn_at_mAh
        By how much the smooth voltage turns back at most, and where it begins to; 0 where that is no more than noise.
    by_levels
        Whether repeated readings were replaced by the places where they change.
    why_not
        Empty where there is a curve.
    """

    cycle: int
    sign: int
    curve: Smooth | None
    begin_mAh: float = 0.0
    end_mAh: float = 0.0
    gaps: Floats = field(default_factory=lambda: np.empty((0, 2)))
    noise_V: float = 0.0
    step_V: float = 0.0
    curve_std_V: float = 0.0
    all_mAh: float = 0.0
    slips: int = 0
    turn_V: float = 0.0
    turn_at_mAh: float = float("nan")
    by_levels: bool = False
    why_not: str = ""

    @property
    def half(self) -> str:
        """``charge`` or ``discharge``."""
        return "charge" if self.sign > 0 else "discharge"


@dataclass(frozen=True, eq=False)
class Differential:
    """dQ/dV and dV/dQ of one half-cycle.

    Attributes
    ----------
    fitted
        The curve they come from.
    edges_V : (n + 1,) float
        Ends of the intervals of dQ/dV, whole multiples of their width.
    dqdv_mAh_V, dqdv_std : (n,) float
        Charge in each interval over its width, positive in both directions, and its standard error.
    draws_mAh_V : (k, n) float
        dQ/dV of curves that the data allow as well.
    charge_mAh, volt : (m,) float
        Places of dV/dQ along the half-cycle, and the smooth voltage there.
    dvdq_V_mAh, dvdq_std : (m,) float
        Slope of the voltage, negative where it falls, and its standard error; NaN in gaps.
    counted_mAh
        Charge of the curve, gaps left out: the integral of dQ/dV.
    """

    fitted: Fitted
    edges_V: Floats
    dqdv_mAh_V: Floats
    dqdv_std: Floats
    draws_mAh_V: Floats
    charge_mAh: Floats
    volt: Floats
    dvdq_V_mAh: Floats
    dvdq_std: Floats
    counted_mAh: float

    @property
    def middles_V(self) -> Floats:
        """Middles of the intervals of dQ/dV."""
        return np.asarray((self.edges_V[1:] + self.edges_V[:-1]) / 2)

    @property
    def width_V(self) -> float:
        """Width of the intervals: dQ/dV shows nothing finer."""
        return float(self.edges_V[1] - self.edges_V[0])


def fitted(half: Profile, step_V: float | None = None) -> Fitted:
    """Smooth voltage of a half-cycle at its usual current: constant voltage, pulses and interrupts are left out.

    Parameters
    ----------
    half
        The half-cycle.
    step_V
        Step of the voltmeter; read from this half-cycle if not given.

    Examples
    --------
    >>> q = np.linspace(0.0, 2.0, 500)
    >>> half = Profile(1, 1, np.arange(500), q, 3.0 + 0.3 * q, np.full(500, 1.0), np.inf)
    >>> found = fitted(half)
    >>> round(float(found.curve.at(np.array([1.0]))[0][0]), 4), found.end_mAh
    (3.3, 2.0)
    """
    step = voltage_step_V(half.volt) if step_V is None else step_V
    total = float(half.charge_mAh[-1])
    keep, interrupts = _usual(half)
    keep[_ends_with_other_voltage(half.volt, np.flatnonzero(keep), step)] = False
    q, volt = half.charge_mAh[keep], half.volt[keep]
    if interrupts > MOST_INTERRUPTS:
        return Fitted(half.cycle, half.sign, None, why_not=f"it is interrupted {interrupts} times (pulses)")
    if q.size < FEWEST_POINTS or not q[-1] > q[0]:
        return Fitted(half.cycle, half.sign, None, why_not=f"only {q.size} rows at one current")
    slip = spikes(volt, step)
    q, volt = q[~slip], volt[~slip]
    different = int(np.count_nonzero(np.diff(q))) + 1
    if different < FEWEST_POINTS:
        words = f"rows at one current have only {different} different charges"
        return Fitted(half.cycle, half.sign, None, step_V=step, why_not=words)
    gaps = _gaps(half.charge_mAh, np.flatnonzero(keep))
    begin, end, weight, least = float(q[0]), float(q[-1]), None, 0.0
    rows, readings = q, volt
    if share_repeated(volt) > REPEATED:
        q, volt, weight = crossings(q, volt)
        least = LEAST_NOISE * step
        levels = int(np.count_nonzero(weight == 1.0)) + 1
        if levels < FEWEST_LEVELS:
            words = f"the voltmeter tells only {levels} levels apart"
            return Fitted(half.cycle, half.sign, None, step_V=step, why_not=words)
    curve = smooth(q, volt, weight, least)
    std = float(np.median(curve.at(np.linspace(begin, end, SLOPES))[1]))
    slips = int(slip.sum())
    turn = _turn(rows, readings, half.sign, curve, step)
    return Fitted(
        half.cycle,
        half.sign,
        curve,
        begin,
        end,
        gaps,
        curve.noise_V,
        step,
        std,
        total,
        slips,
        *turn,
        weight is not None,
    )


def _usual(half: Profile) -> tuple[NDArray[np.bool_], int]:
    """Rows at the usual current of a half-cycle, not at constant voltage and not just after an interrupt."""
    size, q = np.abs(half.current_mA), half.charge_mAh
    amount = np.diff(q, prepend=q[0])
    order = np.argsort(size)
    reached = np.cumsum(amount[order])
    usual = size[order][min(int(np.searchsorted(reached, reached[-1] / 2)), size.size - 1)]
    keep = (np.abs(size - usual) <= SAME_CURRENT * usual) & (q <= half.held_from_mAh)
    restart = np.flatnonzero(np.diff(half.rows) > 1) + 1
    for row in restart[: MOST_INTERRUPTS + 1]:
        keep &= (q < q[row]) | (q > q[row] + SETTLES * q[-1]) | (np.arange(q.size) < row)
    return keep, int(restart.size)


def _ends_with_other_voltage(volt: Floats, kept: Integers, step: float) -> list[int]:
    """First and last rows that an instrument logged with the voltage of the step beside: they stand apart by far."""
    found = []
    for rows in (kept, kept[::-1]):
        for k in range(min(MOST_AT_END, rows.size - FEWEST_POINTS)):
            apart = np.abs(np.diff(volt[rows[k : k + BESIDE_END + 2]]))
            if apart[0] <= JUMP_AT_END * max(float(apart[1:].max()), step):
                break
            found.append(int(rows[k]))
    return found


def _gaps(charge: Floats, kept: Integers) -> Floats:
    """Stretches of charge between kept rows in which rows were left out."""
    at = np.flatnonzero(np.diff(kept) > 1)
    pairs = np.column_stack([charge[kept[at]], charge[kept[at + 1]]])
    return np.asarray(pairs[pairs[:, 1] > pairs[:, 0]])


def differential(curves: Sequence[Fitted], width_V: float = 0.0, seed: int = 0) -> tuple[Differential, ...]:
    """dQ/dV on common intervals of the voltage, and dV/dQ, of several half-cycles.

    Parameters
    ----------
    curves
        Those without a curve are left out.
    width_V
        Width of the intervals; 0 takes the largest that any of the half-cycles needs: 1 mV, the step of the
        voltmeter, or two standard errors of the smooth voltage, rounded up to 1, 2 or 5 and a power of ten.
    seed
        Of the draws.

    Examples
    --------
    >>> q = np.linspace(0.0, 2.0, 500)
    >>> half = Profile(1, 1, np.arange(500), q, 3.0 + 0.3 * q, np.full(500, 1.0), np.inf)
    >>> (found,) = differential([fitted(half)])
    >>> middle = found.dqdv_mAh_V[found.middles_V.searchsorted(3.3)]
    >>> round(float(middle), 2), round(float(found.dqdv_mAh_V.sum() * found.width_V), 6)
    (3.33, 2.0)
    """
    there = [one for one in curves if one.curve is not None]
    width = width_V or max((_width(one) for one in there), default=NARROWEST_V)
    return tuple(_one(one, width, seed) for one in there)


def _width(one: Fitted) -> float:
    least = max(NARROWEST_V, one.step_V, STANDARD_ERRORS * one.curve_std_V)
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(f * power for f in (1, 2, 5, 10) if f * power >= least * (1 - 1e-9)))


def _one(one: Fitted, width: float, seed: int) -> Differential:
    assert one.curve is not None
    inner = one.curve.knots[3:-3]
    part = np.arange(BETWEEN_KNOTS) / BETWEEN_KNOTS
    q = (inner[:-1, None] + np.diff(inner)[:, None] * part).ravel()
    q = np.unique(np.concatenate([q[(q > one.begin_mAh) & (q < one.end_mAh)], one.gaps.ravel(), _ends(one)]))
    volt = one.curve.draws(q, DRAWS + 1, seed)
    amount = np.diff(q)
    amount[_within(one.gaps, (q[1:] + q[:-1]) / 2)] = 0.0
    low, high = float(volt[0].min()), float(volt[0].max())
    edges = width * np.arange(np.floor(low / width), np.ceil(high / width) + 1)
    density = charge_density(amount, volt, edges)
    places = np.linspace(one.begin_mAh, one.end_mAh, SLOPES)
    slope, slope_std = one.curve.at(places, 1)
    hidden = _within(one.gaps, places)
    return Differential(
        fitted=one,
        edges_V=edges,
        dqdv_mAh_V=density[0],
        dqdv_std=np.sqrt(np.mean((density[1:] - density[0]) ** 2, axis=0)),
        draws_mAh_V=density[1:],
        charge_mAh=places,
        volt=one.curve.at(places)[0],
        dvdq_V_mAh=np.where(hidden, np.nan, slope),
        dvdq_std=np.where(hidden, np.nan, slope_std),
        counted_mAh=float(amount.sum()),
    )


def _ends(one: Fitted) -> list[float]:
    return [one.begin_mAh, one.end_mAh]


def _within(gaps: Floats, q: Floats) -> NDArray[np.bool_]:
    inside = np.zeros(q.size, dtype=bool)
    for begin, end in gaps:
        inside |= (q > begin) & (q < end)
    return inside


def _turn(q: Floats, readings: Floats, sign: int, curve: Smooth, step: float) -> tuple[float, float]:
    """Largest turn of the curve against its direction, if the readings at both its ends show it too."""
    rising = sign * curve.at(q)[0]
    top = np.maximum.accumulate(rising)
    low = int(np.argmax(top - rising))
    high = int(np.argmax(rising[: low + 1]))

    def around(row: int) -> float:
        return float(np.median(sign * readings[max(row - 2, 0) : row + 3]))

    if around(high) - around(low) > max(REAL_TURN * curve.noise_V, 2 * step):
        return float(rising[high] - rising[low]), float(q[high])
    return 0.0, float("nan")


def charge_density(amount: Floats, volt: Floats, edges: Floats) -> Floats:
    """Charge per voltage of curves made of straight pieces: exact, also where they turn back.

    Parameters
    ----------
    amount : (n - 1,) float
        Charge of each piece.
    volt : (k, n) float
        Voltage at the ends of the pieces, of k curves.
    edges : (m + 1,) float
        Evenly spaced ends of the intervals. What lies outside goes to the first and the last.

    Returns
    -------
    (k, m) float
        Charge in each interval over its width.

    Examples
    --------
    One unit up and one half of it back:

    >>> volt = np.array([[0.0, 2.0, 1.0]])
    >>> charge_density(np.array([1.0, 0.5]), volt, np.array([0.0, 1.0, 2.0])).tolist()
    [[0.5, 1.0]]
    """
    count, bins = volt.shape[0], edges.size - 1
    width = (edges[-1] - edges[0]) / bins
    low = (np.minimum(volt[:, 1:], volt[:, :-1]) - edges[0]) / width
    high = (np.maximum(volt[:, 1:], volt[:, :-1]) - edges[0]) / width
    # a flat piece is given a thousandth of an interval: the charge stays, the arithmetic stays finite
    high = np.maximum(high, low + 1e-3)
    weight = amount / (high - low)

    def below(start: Floats) -> Floats:
        """Sum over pieces of weight times how far each edge lies above their start."""
        place = np.clip(np.floor(start).astype(np.int64) + 1, 0, bins + 1) + (bins + 2) * np.arange(count)[:, None]
        size = (bins + 2) * count
        slopes = np.bincount(place.ravel(), weight.ravel(), size).reshape(count, -1).cumsum(axis=1)
        offsets = np.bincount(place.ravel(), (weight * start).ravel(), size).reshape(count, -1).cumsum(axis=1)
        return np.asarray(np.arange(bins + 1) * slopes[:, :-1] - offsets[:, :-1])

    reached = below(low) - below(high)
    reached[:, 0], reached[:, -1] = 0.0, amount.sum()
    return np.asarray(np.diff(reached, axis=1) / width)
