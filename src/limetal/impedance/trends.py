"""Spectra of one cell in order: trends of what they say, and sudden falls that may be soft shorts.

A soft short is a thin bridge of lithium: it lets some current past the interfaces, so that the impedance falls from one
spectrum to the next, and it may burn off again. Menkin et al., doi:10.1039/D3FD00101F, saw such falls in spectra of
lithium cells and confirmed them by nuclear magnetic resonance. A fall is a sign and no proof: temperature, pressure and
a changed contact lower an impedance too, and forming does so in the first cycles. A decline that gets faster and faster
(spectra over a rising voltage or temperature) is no series of one state, and its steps will be called falls.

What is compared is the real-axis intercept and the low-frequency resistance of the spectra themselves, and the
resistances of any fit, without knowledge of the noise (`limetal.impedance._falls` has the rule).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limetal.errors import BadInputError
from limetal.impedance._trend import DEFAULT, Fall, Trend, TrendOptions, trend
from limetal.impedance.intercept import (
    Intercept,
    checked_spectrum,
    high_frequency_intercept,
    low_frequency_resistance,
    real_part,
)
from limetal.physics.arrhenius import Arrhenius, Form, arrhenius

__all__ = [
    "HIGH_FREQUENCY",
    "LOW_FREQUENCY",
    "Fall",
    "Resistance",
    "ResistanceArrhenius",
    "SeriesTrends",
    "ShortSign",
    "Trend",
    "TrendOptions",
    "high_frequency_intercept",
    "series_trends",
    "temperature_series",
    "trend",
]

Floats = NDArray[np.float64]

HIGH_FREQUENCY = "high-frequency intercept"
LOW_FREQUENCY = "low-frequency resistance"


@dataclass(frozen=True, eq=False)
class Resistance:
    """One resistance through a series, in the order of the spectra.

    Attributes
    ----------
    name
        ``"R_SEI"``.
    values : (n,) float
        Ohm, or ohm cm2; NaN where it is missing or not identified.
    std : (n,) float or None
        Standard errors; NaN where not identified, and such values are left out.
    """

    name: str
    values: ArrayLike
    std: ArrayLike | None = None


@dataclass(frozen=True)
class ShortSign:
    """Falls of a cell that come with the same spectrum.

    Attributes
    ----------
    verdict
        ``"possible soft short"`` where the spectrum itself fell (the intercept or the low-frequency resistance);
        ``"fit alone"`` where only fitted resistances did, which may be arcs that changed places.
    after
        Index of the first spectrum after the fall, counted from zero.
    at_before, at_after
        Between which places it happened.
    falls
        Name of each quantity that fell, with its fall.
    evidence
        All of it in a sentence.
    """

    verdict: str
    after: int
    at_before: float
    at_after: float
    falls: tuple[tuple[str, Fall], ...]
    evidence: str


@dataclass(frozen=True, eq=False)
class SeriesTrends:
    """What a series of spectra of one cell does.

    Attributes
    ----------
    trends
        Of the high-frequency intercept, the low-frequency resistance, and the fitted resistances, in this order.
    signs
        Sudden falls, those with the same spectrum together, in order.
    intercepts
        Of each spectrum.
    low_frequency_hertz
        Frequency of the low-frequency resistance; None if the spectra have none in common.
    options
        The choices used.
    notes
        What a reader has to know.
    """

    trends: tuple[Trend, ...]
    signs: tuple[ShortSign, ...]
    intercepts: tuple[Intercept, ...]
    low_frequency_hertz: float | None
    options: TrendOptions
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class ResistanceArrhenius:
    """Activation energy of one resistance, or the reason why there is none."""

    name: str
    fit: Arrhenius | None
    reason: str = ""


def series_trends(
    frequency_hertz: Sequence[ArrayLike],
    impedance: Sequence[ArrayLike],
    at: ArrayLike | None = None,
    resistances: Sequence[Resistance] = (),
    options: TrendOptions = DEFAULT,
) -> SeriesTrends:
    """Trends and sudden falls of a series of spectra of one cell.

    Parameters
    ----------
    frequency_hertz, impedance
        One array for each spectrum, in the order measured; grids may differ.
    at : (n,) or None
        Rising place of each spectrum (hours, cycles); counted from zero if not given.
    resistances
        Of a fit of these spectra.
    options
        What counts as a fall.

    Returns
    -------
    SeriesTrends

    Raises
    ------
    BadInputError
        If the numbers of spectra, places and resistances differ, or a spectrum is none.

    Examples
    --------
    >>> f = np.logspace(5, -1, 31)
    >>> ohm = [50, 51, 52, 53, 54, 55, 56, 20, 20, 21, 21, 22]
    >>> spectra = [5 + r / (1 + 2j * np.pi * f * 1e-3) + 1e-6j * 2 * np.pi * f for r in ohm]
    >>> (sign,) = series_trends([f] * 12, spectra).signs
    >>> sign.verdict, sign.after
    ('possible soft short', 7)
    >>> print(sign.evidence)  # doctest: +ELLIPSIS
    between 6 and 7: low-frequency resistance fell by 59 % (... times its scatter, stays low);
    high-frequency intercept did not fall
    """
    n = len(impedance)
    place = np.arange(n, dtype=float) if at is None else np.array(at, dtype=float, ndmin=1)
    sizes = {"frequencies": len(frequency_hertz), "places": place.size}
    sizes |= {f"values of {r.name}": np.size(r.values) for r in resistances}
    for what, size in sizes.items():
        if size != n:
            raise BadInputError("series_trends", f"{size} {what} for {n} spectra", "one for each spectrum")
    intercepts = tuple(high_frequency_intercept(f, z) for f, z in zip(frequency_hertz, impedance, strict=True))
    low = low_frequency_resistance(frequency_hertz, impedance)
    high, told = _of_one_kind(list(zip(frequency_hertz, impedance, strict=True)), intercepts)
    notes = list(told)
    rows = [
        Resistance(HIGH_FREQUENCY, high),
        Resistance(LOW_FREQUENCY, low.value_ohm),
        *resistances,
    ]
    lost = int(np.isnan(low.value_ohm).sum())
    if lost and low.frequency_hertz is not None:
        notes.append(f"{lost} of {n} spectra end above {low.frequency_hertz:.3g} Hz: no {LOW_FREQUENCY} of them")
    trends = tuple(trend(r.name, place, r.values, r.std, options, len(rows)) for r in rows)
    return SeriesTrends(trends, _signs(trends), intercepts, low.frequency_hertz, options, tuple(notes))


def _of_one_kind(
    spectra: Sequence[tuple[ArrayLike, ArrayLike]], intercepts: Sequence[Intercept]
) -> tuple[Floats, tuple[str, ...]]:
    """Intercepts of the commoner kind: a crossing beside a point that stands for one would look like a jump."""
    kinds = [i.status for i in intercepts]
    kind = max(("crossed", "not reached"), key=kinds.count)
    values = np.array([i.value_ohm if i.status == kind else math.nan for i in intercepts], dtype=float)
    notes = []
    if kinds.count(kind) < len(kinds):
        notes.append(
            f"{HIGH_FREQUENCY}: {kinds.count(kind)} of {len(kinds)} spectra {kind}; the others are left out "
            f"({kinds.count('not identified')} not identified)"
        )
    stand_in = [i.frequency_hertz for i in intercepts if i.status == kind and i.frequency_hertz is not None]
    if kind == "not reached" and stand_in:
        # one frequency for all: the point that stands in may differ from spectrum to spectrum
        common = float(np.median(stand_in))
        for k in np.flatnonzero(np.isfinite(values)):
            frequency, impedance = spectra[int(k)]
            values[k] = real_part(*checked_spectrum(frequency, impedance, f"spectrum {k + 1}"), common)
        notes.append(f"{HIGH_FREQUENCY}: the real axis is not reached; Re Z at {common:.3g} Hz stands in its place")
    return values, tuple(notes)


def _signs(trends: Sequence[Trend]) -> tuple[ShortSign, ...]:
    by_spectrum: dict[int, list[tuple[str, Fall]]] = {}
    for t in trends:
        for fall in t.falls:
            by_spectrum.setdefault(fall.after, []).append((t.name, fall))
    signs = []
    for after, falls in sorted(by_spectrum.items()):
        of_spectrum = [name for name, _ in falls if name in (HIGH_FREQUENCY, LOW_FREQUENCY)]
        start, end = max(f.at_before for _, f in falls), falls[0][1].at_after
        told = "; ".join(
            f"{name} fell by {100 * f.part:.0f} % ({f.size:.1f} times its scatter, {f.afterwards})" for name, f in falls
        )
        for t in trends[:2]:
            if t.name not in of_spectrum:
                judged = t.falls_status == "tested" and t.used[after]
                told += f"; {t.name} did not fall" if judged else f"; {t.name}: cannot tell"
        verdict = "possible soft short" if of_spectrum else "fit alone"
        signs.append(ShortSign(verdict, after, start, end, tuple(falls), f"between {start:g} and {end:g}: {told}"))
    return tuple(signs)


def temperature_series(
    temperature_K: ArrayLike,
    resistances: Sequence[Resistance] = (),
    form: Form = "ln(T/R)",
    frequency_hertz: Sequence[ArrayLike] = (),
    impedance: Sequence[ArrayLike] = (),
) -> tuple[ResistanceArrhenius, ...]:
    """Activation energy of each resistance of spectra at several temperatures.

    Parameters
    ----------
    temperature_K : (n,)
        Of each spectrum.
    resistances
        Of the fits, with their errors.
    form
        See `limetal.physics.arrhenius`; ``"ln(sigma T)"`` is refused, because these are resistances.
    frequency_hertz, impedance
        The spectra, if the real-axis intercept (electrolyte and separator) is wanted too.

    Returns
    -------
    tuple of ResistanceArrhenius
        One for each resistance, the intercept first; without a fit, and with the reason, for one that has no two
        values.

    Raises
    ------
    BadInputError
        If the temperatures are wrong, or columns differ in length.

    Examples
    --------
    >>> t = np.array([293.0, 313.0, 333.0])
    >>> (film,) = temperature_series(t, [Resistance("R_SEI", t * np.exp(60e3 / (8.314462618 * t)))])
    >>> film.name, round(film.fit.activation_energy_kJ_mol, 3)
    ('R_SEI', 60.0)
    """
    if form == "ln(sigma T)":
        raise BadInputError("temperature_series, form", repr(form), "ln(T/R) or ln(1/R), the forms for resistances")
    t = np.array(temperature_K, dtype=float, ndmin=1)
    rows = list(resistances)
    if len(impedance):
        pairs = list(zip(frequency_hertz, impedance, strict=True))
        high, _ = _of_one_kind(pairs, [high_frequency_intercept(f, z) for f, z in pairs])
        rows.insert(0, Resistance(HIGH_FREQUENCY, high))
    arrhenius(t, np.ones_like(t))  # temperatures that are wrong are so for all
    fits = []
    for row in rows:
        v = np.array(row.values, dtype=float, ndmin=1)
        e = None if row.std is None else np.array(row.std, dtype=float, ndmin=1)
        known = np.isfinite(v) if e is None or e.shape != v.shape else np.isfinite(v) & np.isfinite(e)
        if v.shape == t.shape and (known.sum() < 2 or np.ptp(t[known]) < 1.0):
            fits.append(
                ResistanceArrhenius(row.name, None, f"not identified: {known.sum()} of {t.size} values are there")
            )
        else:
            fits.append(ResistanceArrhenius(row.name, arrhenius(t, v, e, form)))
    return tuple(fits)
