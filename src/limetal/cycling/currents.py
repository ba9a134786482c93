"""Runs of one direction from the current column: what is current, what is noise, what is a slip of the logging."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.weights import plain_quantile, time_weights, weighted_median, weighted_quantile
from limetal.physics.constants import MA_PER_A, SECONDS_PER_HOUR

__all__ = ["Directions", "Run", "current_runs", "directions", "join_same_sign", "noise_of_low", "runs_of"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Run = tuple[Integers, int]

#: The scale of the current is this quantile, by time, of |current| above `SCALE_ABOVE` of its largest value (single
#: rows apart), so that rests, forming and one wrong row do not shift it.
SCALE_QUANTILE = 0.95
SCALE_ABOVE = 0.05
#: |Current| below this part of the scale, or this many standard deviations of the noise in rests, has no direction.
DEAD_BAND_CURRENT = 0.002
DEAD_BAND_NOISE = 4.0
#: Rows below this part of the scale may be rests: the noise is read from them, if they are this many.
LOW_CURRENT = 0.2
FEWEST_NOISE_ROWS = 10
#: Of independent noise a step has sqrt(2), a bend sqrt(6) of its standard deviation.
STEP_OVER_BEND = 3**-0.5
#: From so many rows on scale and noise are taken from every so many-th of them.
MOST_SAMPLED = 100_000
#: A single row of more than this many times the largest current of all others is a slip.
SPIKE = 3.0
#: More of them than this number, and this part of all rows, are no slips but pulses.
FEW_SPIKES = 10
FEW_SPIKES_SHARE = 0.01
#: A run with less than this part of the charge and the time of both its neighbours is no half-cycle.
SMALL_CHARGE = 0.02
SMALL_TIME = 0.2
#: Within a half-cycle, rows below this part of its current are a rest with an offset of the current sensor.
REST_CURRENT = 0.05


@dataclass(frozen=True)
class Directions:
    """Direction of every row (+1, -1, 0 at rest), and how it was told.

    ``spikes`` are single rows of current far above all others (slips of the logging, at rest here); ``band_A`` is the
    current below which a row is at rest, ``noise_A`` the noise of the rests.
    """

    direction: Integers
    spikes: Integers
    band_A: float
    noise_A: float

    def spiked(self) -> NDArray[np.bool_]:
        """Whether a row is a slip of the logging."""
        spiked = np.zeros(self.direction.size, dtype=bool)
        spiked[self.spikes] = True
        return spiked


def current_runs(t: Floats, current: Floats, v: Floats, pauses: Integers) -> tuple[list[Run], list[str]]:
    """Runs of one sign of the current with that sign, rests left out, and warnings of all that was dropped."""
    seconds = time_weights(np.arange(t.size), t, pauses)
    told = directions(current, seconds)
    words: list[str] = []
    if np.sum(np.where(told.spiked(), 0.0, current * v)) < 0:
        told = replace(told, direction=-told.direction)
        words.append("current and voltage have opposite signs throughout: leads swapped; current was negated")
    if told.spikes.size:
        k = told.spikes[0]
        words.append(
            f"{_rows(told.spikes.size)} of current far above all others left out as slips of the logging: "
            f"{MA_PER_A * current[k]:.3g} mA at {t[k] / SECONDS_PER_HOUR:.4g} h"
            + (" first" if told.spikes.size > 1 else "")
        )
    runs = runs_of(told.direction, pauses)
    runs, dropped = _without_small(runs, seconds, np.abs(current), pauses)
    if dropped:
        words.append(_dropped_words(dropped, t, seconds))
    runs = [(_without_low(rows, seconds, current), sign) for rows, sign in join_same_sign(runs, pauses)]
    words += _taken_for_rest(told, t, seconds, current, runs)
    return runs, words


def runs_of(direction: Integers, pauses: Integers) -> list[Run]:
    """Runs of one direction, parted by pauses of the recording; rest (0) is left out."""
    edges = np.union1d(np.flatnonzero(np.diff(direction)), pauses) + 1
    pieces = np.split(np.arange(direction.size), edges)
    return [(rows, int(direction[rows[0]])) for rows in pieces if rows.size and direction[rows[0]] != 0]


def join_same_sign(runs: list[Run], pauses: Integers) -> list[Run]:
    """Join pieces of one direction that a rest or a removed blip has parted, but not over a pause."""
    joined: list[Run] = []
    for rows, sign in runs:
        if joined and joined[-1][1] == sign and not _pause_between(joined[-1][0], rows, pauses):
            joined[-1] = (np.concatenate([joined[-1][0], rows]), sign)
        else:
            joined.append((rows, sign))
    return joined


def _pause_between(before: Integers, after: Integers, pauses: Integers) -> bool:
    return bool(np.any((pauses >= before[-1]) & (pauses < after[0])))


def directions(current: Floats, seconds: Floats) -> Directions:
    """Direction of the current in every row; ``seconds`` are the time weights of the rows.

    Examples
    --------
    >>> directions(np.array([0.0, 1e-3, 1e-3, 1e-9, -1e-3, -1e-3]), np.ones(6)).direction.tolist()
    [0, 1, 1, 0, -1, -1]
    """
    size = np.abs(current)
    calm = _calm(size)
    largest = float(calm.max())
    spikes = np.empty(0, dtype=np.int64)
    if 0 < SPIKE * largest < size.max():
        spikes = np.flatnonzero(size > SPIKE * largest)
        if spikes.size > max(FEW_SPIKES, FEW_SPIKES_SHARE * size.size):  # so many are pulses of one row, no slips
            spikes, calm = spikes[:0], size
            largest = float(size.max())
    scale = _scale(size, calm, spikes, seconds, largest)
    noise = noise_of_low(size, LOW_CURRENT * scale)
    band = max(DEAD_BAND_CURRENT * scale, DEAD_BAND_NOISE * noise)
    direction = ((current > band).view(np.int8) - (current < -band).view(np.int8)).astype(np.int64)
    direction[spikes] = 0
    return Directions(direction, spikes, band, noise)


def _calm(size: Floats) -> Floats:
    """|Current| of each row, or the larger one beside it where that is smaller: a single row does not count."""
    calm = np.zeros(size.size)
    np.maximum(size[:-2], size[2:], out=calm[1:-1])
    if size.size > 1:
        calm[0], calm[-1] = size[1], size[-2]
    return np.minimum(calm, size, out=calm)


def _scale(size: Floats, calm: Floats, spikes: Integers, seconds: Floats, largest: float) -> float:
    """`SCALE_QUANTILE` by time of the current of rows above a part of the largest."""
    every = max(size.size // MOST_SAMPLED, 1) | 1  # odd, so that it is no habit of the logging
    if every > 1 and not spikes.size:
        size, calm, seconds = size[::every], calm[::every], seconds[::every]
    flows = size > SCALE_ABOVE * largest
    weights = np.maximum(seconds, 1e-12)
    if not spikes.size:
        share = float(np.dot(flows.astype(np.float64), weights)) / float(weights.sum())
        # rows that do not flow are all below: among all rows the quantile is another part, with no copy of the others
        scale = weighted_quantile(calm, weights, 1 - (1 - SCALE_QUANTILE) * share) if share > 0 else 0.0
        if scale > SCALE_ABOVE * largest:
            return scale
    flows[spikes] = False
    return weighted_quantile(calm[flows], weights[flows], SCALE_QUANTILE) if flows.any() else 0.0


def noise_of_low(size: Floats, below: float) -> float:
    """Noise in rests (1.8 standard deviations), from the bends of |current| or |voltage| of three low rows in a row.

    Bends, not steps: the tail of a current at constant voltage is low and steep, but straight from row to row. Of the
    size, not of the value, because a small forming current steps at every reversal.
    """
    low = size < below
    three = low[2:] & low[1:-1] & low[:-2]
    few = int(np.count_nonzero(three))
    if few < FEWEST_NOISE_ROWS:
        return 0.0
    if few < three.size // 8 or few > MOST_SAMPLED:
        at = np.flatnonzero(three)
        at = at[:: max(few // MOST_SAMPLED, 1) | 1]
        bends = size[at + 2] - size[at + 1] - (size[at + 1] - size[at])
    else:
        bends = np.diff(size, 2)[three]
    return STEP_OVER_BEND * plain_quantile(np.abs(bends), 0.8)


def _without_small(
    runs: list[Run], seconds: Floats, size: Floats, pauses: Integers
) -> tuple[list[Run], list[Integers]]:
    """Drop runs that are small in charge and in time against both neighbours, until none is."""
    dropped: list[Integers] = []
    while len(runs) > 2:
        joined = join_same_sign(runs, pauses)
        charge = np.array([float(seconds[rows] @ size[rows]) for rows, _ in joined])
        length = np.array([float(seconds[rows].sum()) for rows, _ in joined])
        small = (charge < SMALL_CHARGE * _least_beside(charge)) & (length < SMALL_TIME * _least_beside(length))
        for k, (rows, _) in enumerate(joined):  # a piece beside a pause is unfinished, not small
            small[k] &= not np.any((pauses >= rows[0] - 1) & (pauses <= rows[-1]))
        if not small.any():
            break
        dropped += [rows for (rows, _), is_small in zip(joined, small, strict=True) if is_small]
        runs = [run for run, is_small in zip(joined, small, strict=True) if not is_small]
    return runs, dropped


def _least_beside(values: Floats) -> Floats:
    beside: Floats = np.minimum(np.append(np.inf, values[:-1]), np.append(values[1:], np.inf))
    return beside


def _without_low(rows: Integers, seconds: Floats, current: Floats) -> Integers:
    size = np.abs(current[rows])
    if size.min() >= REST_CURRENT * size.max():
        return rows
    usual = weighted_median(size, np.maximum(seconds[rows], 1e-12) * size)
    return rows[size >= REST_CURRENT * usual]


def _taken_for_rest(told: Directions, t: Floats, seconds: Floats, current: Floats, runs: list[Run]) -> list[str]:
    """Warn of long runs of both signs below the dead band: perhaps forming, perhaps half-cycles."""
    if not runs or told.noise_A * DEAD_BAND_NOISE >= told.band_A:
        return []
    rest = np.where(told.direction == 0, np.sign(current), 0.0).astype(np.int64)
    rest[told.spikes] = 0
    usual = float(np.median([seconds[rows].sum() for rows, _ in runs]))
    long = [(rows, sign) for rows, sign in runs_of(rest, np.empty(0, np.int64)) if seconds[rows].sum() > 0.25 * usual]
    if len({sign for _, sign in long}) < 2:
        return []
    hours = sum(float(seconds[rows].sum()) for rows, _ in long) / SECONDS_PER_HOUR
    return [
        f"a current of both directions below {MA_PER_A * told.band_A:.3g} mA flows for {hours:.3g} h in all, "
        f"first at {t[long[0][0][0]] / SECONDS_PER_HOUR:.4g} h; it is so small beside the others that it was taken "
        "for rest"
    ]


def _dropped_words(dropped: list[Integers], t: Floats, seconds: Floats) -> str:
    lengths = [float(seconds[rows].sum()) for rows in dropped]
    when = ", ".join(f"{t[rows[0]] / SECONDS_PER_HOUR:.4g} h" for rows in sorted(dropped, key=lambda r: int(r[0]))[:4])
    more = "" if len(dropped) <= 4 else ", ..."
    few = f"{len(dropped)} runs of current" if len(dropped) > 1 else "1 run of current"
    return (
        f"{few} far shorter and smaller in charge than the neighbours left out (longest {max(lengths):.3g} s; "
        f"at {when}{more})"
    )


def _rows(n: int) -> str:
    return f"{n} rows" if n > 1 else "1 row"
