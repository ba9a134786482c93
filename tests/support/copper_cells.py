"""Made-up Li|Cu cells whose plated and stripped charge, cut-off and nucleation dip are known, logged as cyclers log."""

from dataclasses import dataclass, field

import numpy as np

from limetal.records.cycling import CellContext, CyclingRecord

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Cell:
    """The physics: voltages in the direction of the current, the dip, and how stripping ends.

    ``dip_V`` is how far the start of each plating on bare copper lies above the plateau; it rises within ``rise_s``
    and decays with ``decay_s``. ``film_mAh`` flows in the first plating before the voltage has come down from
    ``rest_V`` to zero.
    """

    current_mA: float = 1.0
    plateau_V: float = 0.05
    strip_V: float = 0.04
    cutoff_V: float = 1.0
    dip_V: float = 0.08
    rise_s: float = 20.0
    decay_s: float = 120.0
    film_mAh: float = 0.02
    rest_V: float = 2.5
    knee_mAh: float = 0.01


@dataclass(frozen=True)
class Logging:
    """How the cycler wrote it down.

    A row every ``every_s`` from the start of each step (``grid``: of the test, so that the ends of steps fall between
    rows), or when the voltage has moved by ``trigger_V``; ends of steps are logged unless ``ends`` is False. Then
    noise, and rounding to the resolution of the columns.
    """

    every_s: float = 30.0
    trigger_V: float = 0.0
    ends: bool = True
    grid: bool = False
    first_row_s: float = 0.0
    noise_V: float = 0.0
    noise_mA: float = 0.0
    resolution_V: float = 0.0
    resolution_mA: float = 0.0
    resolution_s: float = 0.0


@dataclass
class Made:
    """A made-up record and its truth: charge of every plating and stripping in order, and which strippings ended so."""

    record: CyclingRecord
    plated_mAh: np.ndarray = field(default_factory=lambda: np.empty(0))
    stripped_mAh: np.ndarray = field(default_factory=lambda: np.empty(0))
    to_cutoff: np.ndarray = field(default_factory=lambda: np.empty(0, bool))


def cycling(n, q_mAh=1.0):
    """Steps of n cycles: plate, strip to the cut-off."""
    return [("plate", q_mAh), ("strip", None)] * n


def reservoir(n=10, q_mAh=1.0, reservoir_mAh=5.0, conditioning_mAh=5.0):
    """Steps of the reservoir protocol; no conditioning if it is 0."""
    first = [("plate", conditioning_mAh), ("strip", None)] if conditioning_mAh else []
    return [*first, ("plate", reservoir_mAh), *[("strip", q_mAh), ("plate", q_mAh)] * n, ("strip", None)]


def _plating(cell, q, film, bare):
    """|Voltage| against time of a plating of charge q, as a function and its length."""
    seconds = q / cell.current_mA * SECONDS_PER_HOUR
    t_film = film / cell.current_mA * SECONDS_PER_HOUR

    def u(t):
        since = np.maximum(t - t_film, 0.0)
        dip = cell.dip_V * (1 - np.exp(-since / cell.rise_s)) * np.exp(-since / cell.decay_s) if bare else 0.0
        works = cell.plateau_V * (1 - np.exp(-since / 1.0)) + dip
        if t_film <= 0:
            return works + 0 * t
        return np.where(t < t_film, -cell.rest_V * (1 - t / t_film), works)

    return u, seconds


def _stripping(cell, q, left_after):
    seconds = q / cell.current_mA * SECONDS_PER_HOUR

    def u(t):
        remains = left_after + np.maximum(q - cell.current_mA * t / SECONDS_PER_HOUR, 0.0)
        return cell.strip_V + (cell.cutoff_V - cell.strip_V) * np.exp(-remains / cell.knee_mAh)

    return u, seconds


def _rows(u, seconds, start, log):
    """Times within a step at which a row is written."""
    if log.trigger_V:
        fine = np.concatenate([np.geomspace(1e-2, seconds, 2500), np.linspace(0, seconds, 2500)])
        fine = np.unique(fine)
        values, keep = u(fine), [0]
        for k in range(1, fine.size):
            if abs(values[k] - values[keep[-1]]) >= log.trigger_V or fine[k] - fine[keep[-1]] >= log.every_s:
                keep.append(k)
        t = fine[keep]
        t = t[t >= log.first_row_s] if log.first_row_s else t
        return np.unique(np.append(t, seconds)) if log.ends else t[t < seconds]
    if log.grid:
        first = np.ceil(start / log.every_s) * log.every_s
        t = np.arange(first, start + seconds, log.every_s) - start
    else:
        t = np.arange(log.first_row_s, seconds, log.every_s)
    return np.append(t[t < seconds], seconds) if log.ends else t[t < seconds]


def made(
    steps, ce=0.98, cell=Cell(), log=Logging(), *, copper="negative", area_cm2=1.0, seed=0, rest_s=0.0, kind="copper"
):
    """A record of these steps; ``ce`` is one number or one for each plating. Positive current plates if copper is at
    the negative terminal."""
    rng = np.random.default_rng(seed)
    n_plate = sum(what == "plate" for what, _ in steps)
    efficiency = np.broadcast_to(np.asarray(ce, float), (n_plate,))
    ts, us, currents = [], [], []
    plated, stripped, to_cutoff = [], [], []
    start, inventory, k = 0.0, 0.0, 0
    for number, (what, q) in enumerate(steps):
        if what == "rest" or (rest_s and number):
            length = q if what == "rest" else rest_s
            t = _rows(lambda t: 0 * t, length, start, log)
            ts.append(start + t)
            us.append(np.zeros(t.size))
            currents.append(np.zeros(t.size))
            start += length
            if what == "rest":
                continue
        if what == "plate":
            bare = inventory < 1e-9
            u, seconds = _plating(cell, q, cell.film_mAh if not plated else 0.0, bare)
            inventory += efficiency[k] * q
            plated.append(q)
            k += 1
            sign = 1
        else:
            full = q is None or q >= inventory
            charge = inventory if full else q
            inventory = 0.0 if full else inventory - charge
            u, seconds = _stripping(cell, charge, inventory)
            stripped.append(charge)
            to_cutoff.append(full)
            sign = -1
        t = _rows(u, seconds, start, log)
        ts.append(start + t)
        us.append(sign * u(t))
        currents.append(np.full(t.size, sign * cell.current_mA))
        start += seconds
    t, v, i = np.concatenate(ts), np.concatenate(us), np.concatenate(currents)
    v = v + rng.normal(0, log.noise_V, v.size) if log.noise_V else v
    i = i + rng.normal(0, log.noise_mA, i.size) * (i != 0) if log.noise_mA else i
    for step, values in ((log.resolution_s, t), (log.resolution_V, v), (log.resolution_mA, i)):
        if step:
            values[:] = np.round(values / step) * step
    if copper == "positive":
        v, i = -v, -i
    record = CyclingRecord(t, v, 1e-3 * i, source="made up", cell=CellContext(kind, area_cm2))
    return Made(record, np.array(plated), np.array(stripped), np.array(to_cutoff))


def anode_free(n, ce=0.99, q_mAh=2.0, window_V=(3.0, 4.3), current_mA=1.0, every_s=30.0, limited=False):
    """Charge to the upper limit, discharge to the lower one; each cycle loses (1 - ce) of its charge."""
    ts, vs, currents = [], [], []
    low, high = window_V
    start, available = 0.0, q_mAh
    for number in range(n):
        for sign in (1, -1):
            charge = available if sign > 0 else available * (1.0 if limited else ce)
            seconds = charge / current_mA * SECONDS_PER_HOUR
            t = np.append(np.arange(0.0, seconds, every_s), seconds)
            part = t / seconds
            ramp = low + (high - low) * (0.1 + 0.9 * part) if sign > 0 else high - (high - low) * part
            if limited and sign < 0:
                ramp = high - (0.5 + 0.04 * number) * (high - low) * part
            ts.append(start + t)
            vs.append(ramp)
            currents.append(np.full(t.size, sign * current_mA))
            start += seconds
            if sign < 0:
                available = charge
    t, v, i = (np.concatenate(x) for x in (ts, vs, currents))
    return CyclingRecord(t, v, 1e-3 * i, source="made up", cell=CellContext("anode-free", 1.0))
