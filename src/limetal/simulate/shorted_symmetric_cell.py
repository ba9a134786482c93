"""A lithium symmetric cell with short circuits of known time and severity, and with disturbances that are none.

What it is for: a detector of short circuits can only be judged where the truth is known. The cell is an ohmic
electrolyte, two equal Butler-Volmer interfaces with a film that forms, ages and wanders, and concentration
polarisation by diffusion between two electrodes. A short circuit is an electronic path beside the ionic one: part
of the current goes through it, and the ionic part, and with it every overpotential, falls.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.physics.constants import MA_PER_A, ROOM_TEMPERATURE_K, SECONDS_PER_HOUR, thermal_voltage_V

__all__ = ["Disturbance", "Leak", "MadeCell", "MadeShort", "ShortableCell", "Stage", "make_cell"]

Floats = NDArray[np.float64]
_Stretch = tuple[float, float, float, int]
#: Voltage and its slope at an ionic current density.
_Ionic = Callable[[float], tuple[float, float]]

#: Odd modes of diffusion between two electrodes that are followed in time; faster ones are in step with the current.
MODES = np.array([1.0, 3.0, 5.0])
#: Seconds after every event at which the cell is computed beside its ordinary grid.
AFTER_EVENT = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0)
#: Below this part of its steady value a voltage is that of a reversal.
SETTLED = 0.4
#: A permanent leak that takes this part of the voltage is called hard.
HARD_DROP = 0.8


@dataclass(frozen=True)
class ShortableCell:
    """Parameters of the model, per cm2 of one face; the ones of the interfaces count both electrodes together.

    Attributes
    ----------
    area_cm2
        Of one face.
    electrolyte_ohm_cm2, film_ohm_cm2, exchange_current_mA_cm2
        Separator, the films of both electrodes, and the exchange current of one electrode.
    concentration_ohm_cm2
        Concentration polarisation over current density after a long time, in the limit of small currents.
    diffusion_second
        Slowest time constant of diffusion between the electrodes, L^2/(pi^2 D).
    limiting_mA_cm2
        Current density at which the salt would be used up at one electrode.
    peak, peak_second
        Further part of the film resistance at the begin of every half-cycle, and how fast it goes (nucleation).
    arc
        Further part of the film resistance at the end of half-cycles after 100 cycles (pitting, dead lithium).
    forming, forming_cycles
        Further part of the film resistance of the fresh cell, and how fast it goes.
    ageing_per_cycle
        Relative growth of the film in a cycle; negative for one that heals.
    wander
        Standard deviation of the film resistance between half-cycles (relative; correlated over about ten).
    """

    area_cm2: float = 1.13
    electrolyte_ohm_cm2: float = 20.0
    film_ohm_cm2: float = 60.0
    exchange_current_mA_cm2: float = 1.0
    concentration_ohm_cm2: float = 60.0
    diffusion_second: float = 400.0
    limiting_mA_cm2: float = 10.0
    peak: float = 0.0
    peak_second: float = 120.0
    arc: float = 0.0
    forming: float = 0.0
    forming_cycles: float = 10.0
    ageing_per_cycle: float = 0.0
    wander: float = 0.0


@dataclass(frozen=True)
class Stage:
    """Equal cycles: current density, hours of a half-cycle, how many cycles, hours of rest after each half-cycle."""

    current_density_mA_cm2: float
    half_cycle_hours: float
    cycles: int
    rest_hours: float = 0.0


@dataclass(frozen=True)
class Leak:
    """An electronic path through the cell.

    Attributes
    ----------
    start_second
        When it opens.
    drop
        Part of the cell voltage that it takes at that moment (grown ones: that it would take); of the steady voltage
        where the cell has just turned round or rests.
    duration_second
        How long it stays; infinite for a permanent one.
    left
        Part of its conductance that stays afterwards.
    growth_second
        Time over which the conductance grows from nothing; 0: at once.
    """

    start_second: float
    drop: float
    duration_second: float = math.inf
    left: float = 0.0
    growth_second: float = 0.0


@dataclass(frozen=True)
class Disturbance:
    """What is no short circuit and may look like one.

    ``contact`` adds the part ``size`` of the film and electrolyte resistance in series; ``temperature`` divides
    resistances by 1 + size over half an hour and back after ``duration_second``; ``interrupt`` stops the current;
    ``reverse`` turns it round.
    """

    kind: Literal["contact", "temperature", "interrupt", "reverse"]
    start_second: float
    duration_second: float
    size: float = 0.0


@dataclass(frozen=True)
class MadeShort:
    """Truth: when a leak opened and closed, the part of the voltage it took, ``hard`` or ``soft``, sudden or grown."""

    kind: Literal["hard", "soft"]
    start_second: float
    end_second: float
    drop: float
    sudden: bool


@dataclass(frozen=True, eq=False)
class MadeCell:
    """A computed test, before any instrument has recorded it.

    Times may be equal in two rows, where current, or a leak, jumps; between rows the voltage is a straight line.
    """

    time_second: Floats
    voltage_volt: Floats
    current_ampere: Floats
    shorts: tuple[MadeShort, ...]
    area_cm2: float


def make_cell(
    cell: ShortableCell,
    stages: tuple[Stage, ...],
    leaks: tuple[Leak, ...] = (),
    disturbances: tuple[Disturbance, ...] = (),
    *,
    seed: int = 0,
) -> MadeCell:
    r"""Voltage of a symmetric cell, with its leaks.

    The ionic current density :math:`j_i` and the leak share the current: :math:`j = j_i + U/R_s` with

    .. math::
        U = (R_E + R_f) j_i + \frac{4RT}{F} \operatorname{arsinh}\frac{j_i}{2 j_0}
            + R_c j_{lim} \operatorname{artanh}\frac{x}{j_{lim}}

    and :math:`x` the ionic current density as diffusion between two electrodes with fluxes at both walls passes it
    on: :math:`x = \sum_{k\,odd} \frac{8}{\pi^2 k^2} x_k`, :math:`\dot x_k = k^2 (j_i - x_k)/\tau`. The artanh is the
    logarithm of the concentrations at both electrodes in a dilute solution.

    Parameters
    ----------
    cell, stages, leaks, disturbances
        What is made. Positive current comes first.
    seed
        Of the wandering of the film.

    Raises
    ------
    BadInputError
        If the current exceeds the limiting one, or a leak lies outside of the test.

    References
    ----------
    Butler-Volmer as in `limetal.physics.kinetics`; diffusion derived here from Fick's second law and held against
    finite differences in the tests. Leak beside the ionic path: Counihan et al., Joule,
    6 December 2023, abstract (ionic and electronic current at one time).

    Examples
    --------
    A leak that takes 40 % of the voltage at once:

    >>> made = make_cell(ShortableCell(), (Stage(1.0, 1.0, 2),), (Leak(9000.0, 0.4),))
    >>> row = int(np.searchsorted(made.time_second, 9000.0))
    >>> round(float(made.voltage_volt[row + 1] / made.voltage_volt[row]), 6), made.shorts[0].kind
    (0.6, 'soft')
    """
    if max(s.current_density_mA_cm2 for s in stages) >= cell.limiting_mA_cm2:
        raise BadInputError("stages", "a current above the limiting one", f"less than {cell.limiting_mA_cm2:g} mA/cm2")
    segments = _segments(stages, disturbances)
    end = segments[-1][1]
    for leak in leaks:
        if not (0 < leak.start_second < end and 0 < leak.drop < 1):
            raise BadInputError("leaks", str(leak), f"a start between 0 and {end:g} s and a drop between 0 and 1")
    items: list[Leak | Disturbance] = [*leaks, *disturbances]
    events = np.array([e for item in items for e in _times_of(item) if 0 < e < end])
    t, j, number, length = _grid(segments, np.unique(events))
    interface, electrolyte = _factors(cell, t, number, length, segments, disturbances, seed)
    series = cell.electrolyte_ohm_cm2 * electrolyte + cell.film_ohm_cm2 * interface
    for d in disturbances:
        if d.kind == "contact":
            on = _between(t, d.start_second, d.start_second + d.duration_second)
            series = series + np.where(on, d.size * (cell.electrolyte_ohm_cm2 + cell.film_ohm_cm2), 0.0)
    voltage = _solve(cell, t, j, series / MA_PER_A, electrolyte, interface, leaks)
    shorts = tuple(
        MadeShort(
            "hard" if leak.drop >= HARD_DROP and leak.start_second + leak.duration_second >= end else "soft",
            leak.start_second,
            min(end, leak.start_second + leak.duration_second),
            leak.drop,
            leak.growth_second == 0,
        )
        for leak in leaks
    )
    return MadeCell(t, voltage, j * cell.area_cm2 / MA_PER_A, shorts, cell.area_cm2)


def _times_of(item: Leak | Disturbance) -> list[float]:
    begin, end = item.start_second, item.start_second + item.duration_second
    times = [begin] + ([end] if math.isfinite(end) else [])
    if isinstance(item, Leak) and item.growth_second:
        times += list(begin + item.growth_second * np.linspace(0.1, 1.0, 10))
    if isinstance(item, Disturbance) and item.kind == "temperature":
        times += list(np.concatenate([x + np.linspace(60, 7200, 40) for x in times]))
    return times


def _segments(stages: tuple[Stage, ...], disturbances: tuple[Disturbance, ...]) -> list[_Stretch]:
    """Begin, end, current density and number of the half-cycle of every stretch of constant current."""
    plain: list[tuple[float, float, int]] = []
    number = 0
    for stage in stages:
        for k in range(2 * stage.cycles):
            plain.append((SECONDS_PER_HOUR * stage.half_cycle_hours, (-1) ** k * stage.current_density_mA_cm2, number))
            if stage.rest_hours:
                plain.append((SECONDS_PER_HOUR * stage.rest_hours, 0.0, number))
            number += 1
    inserts = sorted((d for d in disturbances if d.kind in ("interrupt", "reverse")), key=lambda d: d.start_second)
    found: list[_Stretch] = []
    now = 0.0
    for seconds, j, number in plain:
        left = seconds
        while inserts and now < inserts[0].start_second < now + left and j:
            d = inserts.pop(0)
            found.append((now, d.start_second, j, number))
            left -= d.start_second - now
            now = d.start_second + d.duration_second
            found.append((d.start_second, now, 0.0 if d.kind == "interrupt" else -j, number))
        found.append((now, now + left, j, number))
        now += left
    return found


def _grid(segments: list[_Stretch], events: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Times, current density, number of the half-cycle, and time since its begin; two rows at every jump."""
    times, currents, numbers, inside = [], [], [], []
    since: dict[int, float] = {}
    for begin, end, j, number in segments:
        length = end - begin
        own = np.concatenate([np.geomspace(min(0.5, 0.01 * length), 0.999 * length, 30), np.linspace(0.0, length, 40)])
        near = events[(events > begin) & (events < end)] - begin
        after = (near[:, None] + np.asarray(AFTER_EVENT)).ravel()
        tau = np.concatenate([np.unique(np.concatenate([own, after[after < length], near])), near])
        tau.sort()
        times.append(begin + tau)
        currents.append(np.full(tau.size, j))
        numbers.append(np.full(tau.size, number))
        inside.append(begin - since.setdefault(number, begin) + tau)
    return np.concatenate(times), np.concatenate(currents), np.concatenate(numbers), np.concatenate(inside)


def _between(t: Floats, begin: float, end: float) -> NDArray[np.bool_]:
    """Rows from the second one at the begin up to the first one at the end."""
    on = (t > begin) & (t < end)
    for at, last in ((begin, True), (end, False)):
        rows = np.flatnonzero(t == at)
        if rows.size:
            on[rows[-1] if last else rows[0]] = True
    return on


def _factors(
    cell: ShortableCell,
    t: Floats,
    number: Floats,
    inside: Floats,
    segments: list[_Stretch],
    disturbances: tuple[Disturbance, ...],
    seed: int,
) -> tuple[Floats, Floats]:
    """Factors on the resistance of the film, and on those of electrolyte and diffusion."""
    rng = np.random.default_rng(seed)
    halves = int(number.max()) + 1
    noise = rng.normal(0.0, 1.0, halves)
    wander = np.empty(halves)
    wander[0] = noise[0]
    for k in range(1, halves):
        wander[k] = 0.9 * wander[k - 1] + math.sqrt(1 - 0.81) * noise[k]
    cycle = number / 2
    which = number.astype(int)
    seconds = np.zeros(halves)
    for begin, end, j, k in segments:
        if j:
            seconds[k] += end - begin
    part = np.clip(inside / seconds[which], 0, 1)
    film = (1 + cell.wander * wander)[which] * np.maximum(1 + cell.ageing_per_cycle * cycle, 0.2)
    film = film * (1 + cell.forming * np.exp(-cycle / cell.forming_cycles))
    film = film * (1 + cell.peak * np.exp(-inside / cell.peak_second))
    film = film * (1 + cell.arc * cycle / 100 / (1 + np.exp(-(part - 0.8) / 0.05)))
    warmth = np.zeros(t.size)
    for d in disturbances:
        if d.kind == "temperature":
            up = 1 - np.exp(-np.clip(t - d.start_second, 0, None) / 1200)
            down = 1 - np.exp(-np.clip(t - d.start_second - d.duration_second, 0, None) / 1200)
            warmth += d.size * (up - down)
    return film / (1 + warmth), 1 / (1 + 0.5 * warmth)


def _solve(
    cell: ShortableCell,
    t: Floats,
    j: Floats,
    series: Floats,
    electrolyte: Floats,
    interface: Floats,
    leaks: tuple[Leak, ...],
) -> Floats:
    """Cell voltage; rows between leaks at once, rows with a leak one after the other."""
    kinetic = 4 * thermal_voltage_V(ROOM_TEMPERATURE_K)
    weights = 8 / (np.pi * MODES) ** 2
    rates = MODES**2 / cell.diffusion_second
    quick = 1 - float(weights.sum())
    exchange = 2 * cell.exchange_current_mA_cm2 / interface
    scale = cell.concentration_ohm_cm2 * electrolyte / MA_PER_A * cell.limiting_mA_cm2
    active = np.zeros(t.size, dtype=bool)
    for leak in leaks:
        active |= _between(t, leak.start_second, math.inf if leak.left else leak.start_second + leak.duration_second)
    voltage = np.empty(t.size)
    state = np.zeros(MODES.size)
    edges = np.flatnonzero((np.diff(j) != 0) | (np.diff(active.astype(int)) != 0)) + 1
    path = _Path(leaks)
    before = 0.0
    for first, stop in zip(np.append(0, edges), np.append(edges, t.size), strict=True):
        rows = slice(first, stop)
        if active[first]:
            for k in range(first, stop):
                step = t[k] - t[max(k - 1, 0)]
                state = before + (state - before) * np.exp(-rates * step)
                slow = float(weights @ state)

                def ionic(current: float, k: int = k, slow: float = slow) -> tuple[float, float]:
                    x = min(max((slow + quick * current) / cell.limiting_mA_cm2, -0.9999), 0.9999)
                    u = series[k] * current + kinetic * math.asinh(current / exchange[k]) + scale[k] * math.atanh(x)
                    slope = series[k] + kinetic / math.hypot(exchange[k], current)
                    return u, slope + scale[k] * quick / cell.limiting_mA_cm2 / (1 - x * x)

                def steady(current: float, k: int = k) -> tuple[float, float]:
                    return ionic(current, k, (1 - quick) * current)

                before = path.share(float(t[k]), float(j[k]), before, (ionic, steady))
                voltage[k] = ionic(before)[0]
        else:
            tau = t[rows] - t[max(first - 1, 0)]
            modes = j[first] + (state - j[first]) * np.exp(-np.outer(tau, rates))
            x = np.clip((modes @ weights + quick * j[first]) / cell.limiting_mA_cm2, -0.9999, 0.9999)
            voltage[rows] = series[rows] * j[rows] + kinetic * np.arcsinh(j[rows] / exchange[rows])
            voltage[rows] += scale[rows] * np.arctanh(x)
            state, before = modes[-1], float(j[first])
    return voltage


class _Path:
    """Conductance of all leaks as they open, grow and close, and how it shares the current with the cell."""

    def __init__(self, leaks: tuple[Leak, ...]) -> None:
        self.leaks = leaks
        self.full: dict[int, float] = {}
        self.last = 1.0

    def share(self, now: float, j: float, guess: float, cell: tuple[_Ionic, _Ionic]) -> float:
        """Ionic current density where cell and leak have one voltage; ``cell``: as it is, and in steady state."""
        conductance = 0.0
        self.last = j or self.last
        for k, leak in enumerate(self.leaks):
            if now < leak.start_second:
                continue
            if k not in self.full:
                self.full[k] = self._open(leak.drop, conductance, cell)
            ended = now > leak.start_second + leak.duration_second
            grown = min(1.0, (now - leak.start_second) / leak.growth_second) if leak.growth_second else 1.0
            conductance += self.full[k] * (leak.left if ended else grown)
        return _newton(j, conductance, guess, cell[0])

    def _open(self, drop: float, conductance: float, cell: tuple[_Ionic, _Ionic]) -> float:
        """Conductance that takes a part of the voltage at once; of the steady one just after a reversal."""
        now, steady = (ionic(_newton(self.last, conductance, self.last, ionic))[0] for ionic in cell)
        ionic, u = (cell[0], now) if now / steady > SETTLED else (cell[1], steady)
        target = (1 - drop) * u
        low, high = sorted((-abs(self.last), abs(self.last)))
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if ionic(middle)[0] < target else (low, middle)
        return max((self.last - (low + high) / 2) / target - conductance, 0.0)


def _newton(j: float, conductance: float, guess: float, ionic: _Ionic) -> float:
    """Ionic current density beside a conductance."""
    current = min(max(guess, -abs(j) - 1), abs(j) + 1)
    for _ in range(30):
        u, slope = ionic(current)
        step = (current + conductance * u - j) / (1 + conductance * slope)
        current -= step
        if abs(step) < 1e-9:
            break
    return current
