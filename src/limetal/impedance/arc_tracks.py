"""Arcs of a series of fits under one name each, also where one overtakes another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.impedance.fit import orderings
from limetal.impedance.result import CircuitFit

__all__ = ["ArcTracks", "match_arcs"]

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

#: Where an exponent moves by this, ln tau moves by one.
_EXPONENT_STEP = 0.2


@dataclass(frozen=True, eq=False)
class ArcTracks:
    """Arcs of one kind followed through a series.

    Attributes
    ----------
    names
        Resistor of each arc in the first spectrum.
    order : (n, k) int
        ``order[i, a]``: which arc of spectrum i (counted by time constant within its kind) continues arc a.
    time_second, resistance_ohm : (n, k)
        Of the arcs as followed.
    crossings
        ``(i, a, b)``: between spectrum i - 1 and i (counted from zero) arc a became slower than arc b.
    coordinates : (n, parameters) int
        Which parameter of the single fit each parameter of the followed one is.
    """

    names: tuple[str, ...]
    order: Integers
    time_second: Floats
    resistance_ohm: Floats
    crossings: tuple[tuple[int, str, str], ...]
    coordinates: Integers


def match_arcs(fits: Sequence[CircuitFit]) -> ArcTracks:
    """Which arc of each spectrum continues which arc of the first, by time constant, size and exponent.

    Parameters
    ----------
    fits
        Of one circuit, in the order of the series.

    Returns
    -------
    ArcTracks
        Assignment, tracks, and where one arc overtakes another.

    Raises
    ------
    BadInputError
        Without fits, or if they are of different circuits.

    Examples
    --------
    >>> from limetal.impedance.fit import fit_many
    >>> f = np.logspace(5, -2, 71)
    >>> def arc(r, tau):
    ...     return r / (1 + (2j * np.pi * f * tau) ** 0.9)
    >>> spectra = [(f, 1 + arc(9.0, 10 ** (-3.0 + 0.5 * i)) + arc(4.0, 1e-2)) for i in range(5)]
    >>> tracks = match_arcs(fit_many("R(RQ)(RQ)", spectra))
    >>> tracks.resistance_ohm[[0, 1, 3, 4]].round(2).tolist(), tracks.crossings[0][1:]
    ([[9.0, 4.0], [9.0, 4.0], [9.0, 4.0], [9.0, 4.0]], ('R1', 'R2'))
    """
    from limetal.impedance._arc_tracks import followed

    if not fits:
        raise BadInputError("fits of a series", "none", "one fit or more")
    p = fits[0]._program
    if any(fit.names != p.names for fit in fits):
        raise BadInputError("fits of a series", "fits of different circuits", "fits of one circuit")
    n, size = len(fits), len(p.names)
    coordinates = np.tile(np.arange(size), (n, 1))
    inner = np.array([fit._inner for fit in fits])
    std = np.array([_inner_std(fit) for fit in fits])
    resistor = {arc.y: arc.r for arc in p.arcs}
    exponent = {arc.y: arc.n for arc in p.arcs}
    names: list[str] = []
    orders, times = [], []
    for taus, parts in orderings(p):
        columns = [taus, np.array([resistor[int(t)] for t in taus])]
        stretch = [1.0, 1.0]
        if exponent[int(taus[0])] >= 0:
            columns.append(np.array([exponent[int(t)] for t in taus]))
            stretch.append(_EXPONENT_STEP)
        where = np.stack(columns, axis=1)
        order = followed(inner[:, where] / stretch, std[:, where] / stretch)
        coordinates[:, parts.ravel()] = parts[order].reshape(n, -1)
        names += [p.names[resistor[int(t)]] for t in taus]
        orders.append(order)
        times.append(taus)
    tracked = np.take_along_axis(inner, coordinates, axis=1)
    taus = np.concatenate(times) if times else np.empty(0, dtype=np.intp)
    resistors = np.array([resistor[int(t)] for t in taus], dtype=np.intp)
    crossings = [
        (i, p.names[resistor[int(a)]], p.names[resistor[int(b)]])
        for group in times
        for a in group
        for b in group
        for i in range(1, n)
        if tracked[i - 1, a] <= tracked[i - 1, b] and tracked[i, a] > tracked[i, b]
    ]
    return ArcTracks(
        names=tuple(names),
        order=np.concatenate(orders, axis=1) if orders else np.empty((n, 0), dtype=np.intp),
        time_second=np.exp(tracked[:, taus]),
        resistance_ohm=np.exp(tracked[:, resistors]),
        crossings=tuple(sorted(crossings)),
        coordinates=coordinates,
    )


def _inner_std(fit: CircuitFit) -> Floats:
    """Standard errors of the inner coordinates; infinite where the resistance of an arc is not identified."""
    back = np.linalg.inv(fit._program.slopes(fit._inner))
    variance = np.diagonal(back @ np.nan_to_num(fit._covariance) @ back.T)
    std: Floats = np.sqrt(np.maximum(variance, 0.0))
    for arc in fit._program.arcs:
        if math.isnan(fit.log_std[arc.r]):
            std[[k for k in (arc.r, arc.y, arc.n) if k >= 0]] = math.inf
    return std
