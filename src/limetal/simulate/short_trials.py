"""Made-up tests of symmetric cells with and without short circuits, as cyclers record them, with the truth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from limetal.errors import BadInputError
from limetal.physics.constants import SECONDS_PER_HOUR
from limetal.records.cells import CellContext
from limetal.records.cycling import CyclingRecord
from limetal.simulate.recording import CYCLERS, record_as
from limetal.simulate.shorted_symmetric_cell import (
    Disturbance,
    Leak,
    MadeShort,
    ShortableCell,
    Stage,
    make_cell,
)

__all__ = ["ELECTROLYTES", "HEALTHY", "SHORTED", "Trial", "make_trial"]

#: Tests without a short circuit: an undisturbed cell, and what may look like a short.
HEALTHY = (
    "plain",
    "forming",
    "healing film",
    "ladder",
    "rests",
    "contact",
    "contact spikes",
    "temperature",
    "interrupt",
    "reverse pulses",
)
#: Cells: low resistance; strong concentration polarisation; mostly ohmic.
ELECTROLYTES = ("liquid", "polymer", "solid")
#: Tests with one: permanent and large, a step that stays, one that recovers in part, many short ones, a slow one.
SHORTED = ("hard", "step", "recovering", "dynamic", "growing")


@dataclass(frozen=True, eq=False)
class Trial:
    """One made-up test: what it is, the instrument, the record and the truth."""

    what: str
    cycler: str
    record: CyclingRecord
    shorts: tuple[MadeShort, ...]


def make_trial(
    what: str, seed: int, *, drop: float = 0.3, cycler: str = "", electrolyte: str = "", cycles: int = 60
) -> Trial:
    """Record of a cell drawn at random, with what is asked for at a random time.

    Parameters
    ----------
    what
        One of `HEALTHY` or `SHORTED`.
    seed
        Of cell, instrument, time and noise.
    drop
        Part of the voltage that a soft short takes at its begin; hard ones take 0.85 to 0.99.
    cycler
        One of `limetal.simulate.recording.CYCLERS`; empty: drawn at random.
    electrolyte
        One of `ELECTROLYTES`; empty: drawn at random. Only polymers have a strong concentration polarisation.
    cycles
        About how many.

    Raises
    ------
    BadInputError
        For another word, instrument or electrolyte.

    Examples
    --------
    >>> trial = make_trial("hard", 3, cycles=20)
    >>> len(trial.shorts), trial.shorts[0].kind
    (1, 'hard')
    """
    if what not in HEALTHY + SHORTED:
        raise BadInputError("trial", repr(what), f"one of {', '.join(HEALTHY + SHORTED)}")
    for word, known in ((cycler, tuple(CYCLERS)), (electrolyte, ELECTROLYTES)):
        if word and word not in known:
            raise BadInputError("trial", repr(word), f"one of {', '.join(known)}")
    rng = np.random.default_rng([seed, (HEALTHY + SHORTED).index(what), round(1000 * drop)])
    cell, current, hours = _cell(rng, what, electrolyte or str(rng.choice(ELECTROLYTES)))
    stages = _stages(rng, what, current, hours, cycles)
    total = sum(2 * s.cycles * (s.half_cycle_hours + s.rest_hours) for s in stages) * SECONDS_PER_HOUR
    half = hours * SECONDS_PER_HOUR
    start = float(rng.uniform(0.2, 0.85)) * total
    leaks = _leaks(rng, what, drop, start, total, half)
    made = make_cell(cell, stages, leaks, _disturbances(rng, what, start, total, half), seed=int(rng.integers(2**31)))
    name = cycler or str(rng.choice(list(CYCLERS)))
    context = CellContext("symmetric", cell.area_cm2 if CYCLERS[name].current else None)
    record = record_as(
        CYCLERS[name],
        made.time_second,
        made.voltage_volt,
        made.current_ampere,
        cell=context,
        seed=int(rng.integers(2**31)),
        source=f"{what}, seed {seed}",
    )
    return Trial(what, name, record, made.shorts)


def _cell(rng: np.random.Generator, what: str, sort: str) -> tuple[ShortableCell, float, float]:
    """Parameters, current density and hours of a half-cycle of a liquid, polymer or solid electrolyte."""
    peak, arc = float(rng.choice([0.0, 0.3, 0.8])), float(rng.choice([0.0, 0.0, 0.3, 0.8]))
    wander = float(rng.choice([0.003, 0.01, 0.03]))
    if sort == "liquid":
        current, electrolyte, film = rng.choice([0.5, 1.0, 2.0]), rng.uniform(3, 12), rng.uniform(10, 120)
        spread, seconds = rng.uniform(2, 15), rng.uniform(30, 200)
    elif sort == "polymer":
        current, electrolyte, film = rng.choice([0.1, 0.2]), rng.uniform(60, 200), rng.uniform(80, 400)
        spread, seconds, arc = rng.uniform(300, 1000), rng.uniform(200, 1200), 0.0
    else:
        current, electrolyte, film = rng.choice([0.1, 0.3]), rng.uniform(100, 400), rng.uniform(5, 60)
        spread, seconds, peak = rng.uniform(0, 10), rng.uniform(30, 100), 0.0
    forming = float(rng.choice([0.0, 0.3, 1.0])) if what != "forming" else float(rng.uniform(1, 4))
    ageing = float(rng.uniform(-0.001, 0.004)) if what != "healing film" else float(rng.uniform(-0.012, -0.005))
    cell = ShortableCell(
        electrolyte_ohm_cm2=float(electrolyte),
        film_ohm_cm2=float(film),
        exchange_current_mA_cm2=float(current * rng.uniform(0.5, 5)),
        concentration_ohm_cm2=float(spread),
        diffusion_second=float(seconds),
        limiting_mA_cm2=float(current * rng.uniform(2.5, 10)),
        peak=peak,
        peak_second=float(rng.uniform(30, 300)),
        arc=arc,
        forming=forming,
        forming_cycles=float(rng.uniform(2, 15)),
        ageing_per_cycle=ageing,
        wander=wander,
    )
    return cell, float(current), float(rng.choice([0.5, 1.0, 2.0]))


def _stages(rng: np.random.Generator, what: str, current: float, hours: float, cycles: int) -> tuple[Stage, ...]:
    if what == "ladder":
        steps = [0.25, 0.5, 1.0, 1.5, 0.5]
        same_time = bool(rng.random() < 0.5)
        each = max(cycles // len(steps), 3)
        return tuple(Stage(s * current, hours if same_time else min(hours / s, 4 * hours), each) for s in steps)
    rest = float(rng.choice([0.1, 0.25]) * hours) if what == "rests" or rng.random() < 0.15 else 0.0
    first = (Stage(0.2 * current, hours, 3, rest),) if rng.random() < 0.25 else ()
    return (*first, Stage(current, hours, cycles, rest))


def _leaks(
    rng: np.random.Generator, what: str, drop: float, start: float, total: float, half: float
) -> tuple[Leak, ...]:
    if what == "hard":
        return (Leak(start, float(rng.choice([0.85, 0.9, 0.95, 0.99]))),)
    if what == "step":
        return (Leak(start, drop),)
    if what == "recovering":
        return (Leak(start, drop, half * float(rng.uniform(0.15, 6)), float(rng.choice([0.0, 0.2, 0.5]))),)
    if what == "growing":
        return (Leak(start, max(drop, 0.2), math.inf, 0.0, min(half * float(rng.uniform(4, 40)), total - start)),)
    if what == "dynamic":
        begins = start + np.sort(rng.uniform(0, min(30 * half, 0.95 * total - start), 8))
        gaps = np.diff(np.append(begins, begins[-1] + half))
        lengths = np.minimum(half * rng.uniform(0.1, 0.6, 8), 0.6 * gaps)
        return tuple(Leak(float(b), drop, float(n)) for b, n in zip(begins, lengths, strict=True) if n > 0.05 * half)
    return ()


def _disturbances(
    rng: np.random.Generator, what: str, start: float, total: float, half: float
) -> tuple[Disturbance, ...]:
    if what == "contact spikes":
        begins = start + np.sort(rng.uniform(0, 0.95 * total - start, 40))
        return tuple(
            Disturbance("contact", float(b), float(rng.uniform(1, 30)), float(rng.uniform(0.2, 3))) for b in begins
        )
    if what == "reverse pulses":
        return tuple(Disturbance("reverse", start + 2 * half * k, float(rng.uniform(5, 30))) for k in range(6))
    if what == "interrupt":
        return (Disturbance("interrupt", start, half * float(rng.uniform(0.1, 1.0))),)
    if what in ("contact", "temperature"):
        length, size = half * float(np.exp(rng.uniform(-2, 3.5))), float(rng.uniform(0.15, 1.0))
        if what == "contact":
            return (Disturbance("contact", start, length, size),)
        return (Disturbance("temperature", start, length, size if rng.random() < 0.7 else max(-size, -0.4)),)
    return ()
