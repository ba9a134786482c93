"""The pictures the field draws of impedance, from plain arrays: spectra, fits, relaxation times, Arrhenius.

Sign: every function takes Im Z itself (a capacitive arc is negative) and draws −Im Z upwards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._impedance_scales import (
    PER_THOUSAND,
    celsius_scale,
    decade_names,
    frequency_scale,
    quantity_text,
)
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Image, Line, Panel, Plot, Series

__all__ = [
    "arrhenius_plot",
    "bode",
    "drt_map",
    "drt_plot",
    "nyquist",
    "residual_percent",
    "residuals",
    "series_nyquist",
    "trend_plot",
]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

PERCENT = 100.0
#: Spectra of a series with at most this many keep the marks of their points.
_MOST_MARKED = 6
#: A point closer to zero than this part of the largest keeps room below it for its mark.
_CLOSE_TO_ZERO = 0.03


def residual_percent(impedance: Complexes, fit: Complexes) -> Complexes:
    """Measured minus fitted impedance over the measured |Z|, in percent; real and imaginary part are those of Z.

    Examples
    --------
    >>> residual_percent(np.array([3.0 - 4.0j]), np.array([3.0 - 4.5j])).tolist()
    [10j]
    """
    return np.asarray(PERCENT * (impedance - fit) / np.abs(impedance))


def nyquist(
    frequency_hertz: Floats,
    impedance: Complexes,
    *,
    fit: Complexes | None = None,
    curve: Complexes | None = None,
    areal: bool = False,
    name: str = "nyquist",
) -> Plot:
    """The Nyquist plot of one spectrum: equal axes, −Im Z up, whole decades named, residuals of a fit below.

    Parameters
    ----------
    frequency_hertz : (n,) float
        In any order; points are joined in this order where there is no fit.
    impedance : (n,) complex
        Z in ohm, or ohm cm2 if ``areal``.
    fit : (n,) complex or None
        Fitted Z at the same frequencies: the line, and the residuals below.
    curve : (m,) complex or None
        Fitted Z at more frequencies, in their order, for a smooth line in place of the points of ``fit``.
    areal
        Whether Z is multiplied by the area.
    name
        Of the file.

    Examples
    --------
    >>> plot = nyquist(np.array([1e3, 1.0]), np.array([10 - 1j, 20 - 5j]))
    >>> plot.series[0].y.tolist(), plot.series[0].names
    ([1.0, 5.0], ((0, '1 kHz'), (1, '1 Hz')))
    """
    _check(frequency_hertz, impedance, fit)
    x, y = _nyquist_axes(impedance, areal)
    measured = Series(
        impedance.real, -impedance.imag, "measured" if fit is not None else "",
        "points" if fit is not None else "line+points", names=decade_names(frequency_hertz),
    )  # fmt: skip
    caption = f"Nyquist plot of {_spectrum(frequency_hertz)}; numbers at points are frequencies."
    if fit is None:
        return Plot(name, "Nyquist plot", x, y, (measured,), caption, equal_axes=True, overlay=0)
    line = _in_order(frequency_hertz, fit) if curve is None else curve
    panel = Panel(
        _RESIDUAL, _residual_series(frequency_hertz, impedance, fit), _FREQUENCY, (Line(0.0, axis="y"),), 0.35
    )
    return Plot(
        name, "Nyquist plot with fit", x, y, (measured, Series(line.real, -line.imag, "fit")),
        f"{caption} Points are measured, the line is the fit. {_RESIDUAL_WORDS}",
        equal_axes=True, overlay=0, panels=(panel,),
    )  # fmt: skip


def bode(
    frequency_hertz: Floats,
    impedance: Complexes,
    *,
    fit: Complexes | None = None,
    areal: bool = False,
    name: str = "bode",
) -> Plot:
    """The Bode plot: |Z| on a log scale, the negative phase below, residuals of a fit below that.

    Parameters are those of `nyquist`; the phase is that of Z times −1, in degrees, so a capacitor stands at +90.

    Examples
    --------
    >>> plot = bode(np.array([1e3, 1.0]), np.array([1 - 1j, -1j]))
    >>> plot.panels[0].series[0].y.round(6).tolist()
    [90.0, 45.0]
    """
    _check(frequency_hertz, impedance, fit)
    order = np.argsort(frequency_hertz, kind="stable")
    f, z = frequency_hertz[order], impedance[order]
    spectra = [(z, "measured" if fit is not None else "", "points" if fit is not None else "line+points")]
    if fit is not None:
        spectra.append((fit[order], "fit", "line"))
    above = tuple(Series(f, np.abs(w), label, mark) for w, label, mark in spectra)  # type: ignore[arg-type]
    below = tuple(Series(f, -_phase_degree(w), label, mark) for w, label, mark in spectra)  # type: ignore[arg-type]
    panels = [Panel(Axis("−phase", "deg"), below, share=0.7)]
    caption = f"Bode plot of {_spectrum(frequency_hertz)}: |Z| above, −phase below."
    if fit is not None:
        series = _residual_series(f, z, fit[order])
        panels.append(Panel(_RESIDUAL, series, marks=(Line(0.0, axis="y"),), share=0.4))
        caption = f"{caption} Points are measured, lines are the fit. {_RESIDUAL_WORDS}"
    size = Axis("|Z|", _unit(areal), "log")
    return Plot(name, "Bode plot", _FREQUENCY, size, above, caption, overlay=0, panels=tuple(panels))


def residuals(frequency_hertz: Floats, impedance: Complexes, fit: Complexes, *, name: str = "residuals") -> Plot:
    """Residuals of a fit, or of a Kramers–Kronig test, against frequency in percent of |Z|; see `residual_percent`.

    Examples
    --------
    >>> plot = residuals(np.array([1e3, 1.0]), np.array([1 - 1j, -2j]), np.array([1 - 1j, -1j]))
    >>> [(s.label, s.y.tolist()) for s in plot.series]
    [('Re Z', [0.0, 0.0]), ('Im Z', [-50.0, 0.0])]
    """
    _check(frequency_hertz, impedance, fit)
    series = _residual_series(frequency_hertz, impedance, fit)
    caption = f"Residuals of {_spectrum(frequency_hertz)}. {_RESIDUAL_WORDS}"
    return Plot(name, "Residuals", _FREQUENCY, _RESIDUAL, series, caption, marks=(Line(0.0, axis="y"),))


def series_nyquist(
    spectra: Sequence[tuple[Floats, Complexes]],
    values: Sequence[float],
    *,
    label: str = "cycle",
    unit: str = "1",
    fits: Sequence[Complexes | None] = (),
    areal: bool = False,
    name: str = "nyquist_series",
) -> Plot:
    """Nyquist plots of the spectra of one cell, coloured by cycle, time or charge.

    Parameters
    ----------
    spectra
        Pairs of frequency (hertz) and Z, as for `nyquist`.
    values
        Where each stands on the colour scale.
    label, unit
        Of the colour scale.
    fits
        Fitted Z of each at the same frequencies, or None; drawn as lines. Empty for none.
    areal, name
        As for `nyquist`.

    Raises
    ------
    BadInputError
        If there is no spectrum, or not one value (and fit) for each.

    Examples
    --------
    >>> f = np.array([1e3, 1.0])
    >>> plot = series_nyquist([(f, np.array([1 - 1j, 2 - 1j])), (f, np.array([1 - 1j, 4 - 3j]))], [1, 50])
    >>> [s.value for s in plot.series]
    [1.0, 50.0]
    """
    if not spectra or len(values) != len(spectra) or (fits and len(fits) != len(spectra)):
        found = f"{len(spectra)} spectra, {len(values)} values, {len(fits)} fits"
        raise BadInputError(f"plot {name}", found, "one or more spectra with one value each")
    for (f, z), fit in zip(spectra, fits or [None] * len(spectra), strict=True):
        _check(f, z, fit)
    widest = int(np.argmax([np.abs(z).max() for _, z in spectra]))
    series = []
    for index, ((f, z), value) in enumerate(zip(spectra, values, strict=True)):
        fit = fits[index] if fits else None
        names = decade_names(f) if index == widest else ()
        mark = "points" if fit is not None else "line+points" if len(spectra) <= _MOST_MARKED else "line"
        series.append(Series(z.real, -z.imag, "", mark, names=names, value=float(value)))  # type: ignore[arg-type]
        if fit is not None:
            line = _in_order(f, fit)
            series.append(Series(line.real, -line.imag, value=float(value)))
    x, y = _nyquist_axes(np.concatenate([z for _, z in spectra]), areal)
    caption = (
        f"Nyquist plots of {len(spectra)} spectra of one cell, coloured by {label}; numbers at points are frequencies."
    )
    if any(fit is not None for fit in fits):
        caption += " Points are measured, lines are the fits."
    colour = Axis(label, unit)
    return Plot(name, "Spectra of a series", x, y, tuple(series), caption, equal_axes=True, colour=colour)


def drt_plot(
    tau_second: Floats,
    gamma: Floats,
    low: Floats | None = None,
    high: Floats | None = None,
    peaks: Sequence[tuple[float, str]] = (),
    *,
    areal: bool = False,
    coverage: float | None = None,
    name: str = "drt",
) -> Plot:
    """Distribution of relaxation times with its credible band and named peaks; frequency 1/(2πτ) on top.

    Parameters
    ----------
    tau_second : (n,) float
        Relaxation times, rising.
    gamma : (n,) float
        Resistance per unit of ln τ, ohm (ohm cm2 if ``areal``), so that its integral over ln τ is a resistance.
    low, high : (n,) float or None
        Ends of the band.
    peaks
        Pairs of relaxation time (second) and words; empty words give the time itself.
    coverage
        Probability that the band is meant to hold, for the caption (0.95).

    Examples
    --------
    >>> tau = np.array([1e-3, 1e-2, 1e-1])
    >>> drt_plot(tau, np.array([0.0, 5.0, 1.0]), peaks=[(0.011, "")]).series[0].names
    ((1, '11 ms'),)
    """
    logs = np.log(tau_second)
    names = tuple((int(np.argmin(np.abs(logs - math.log(t)))), text or quantity_text(t, "s")) for t, text in peaks)
    series = Series(tau_second, gamma, low=low, high=high, names=names)
    caption = "Distribution of relaxation times: resistance per unit of ln τ; its area is a resistance."
    if low is not None:
        chance = f" {PERCENT * coverage:g} %" if coverage is not None else ""
        caption += f" The shaded band is the{chance} credible interval at each τ."
    if peaks:
        caption += " Words stand at peaks."
    x = Axis("relaxation time τ", "s", "log", top=frequency_scale(tau_second))
    y = Axis("γ(ln τ)", _unit(areal), low=0.0 if (gamma >= 0).all() and (low is None or (low >= 0).all()) else None)
    return Plot(name, "Distribution of relaxation times", x, y, (series,), caption, overlay=0)


def drt_map(
    tau_second: Floats,
    gamma: Floats,
    values: Floats,
    *,
    label: str = "cycle",
    unit: str = "1",
    areal: bool = False,
    name: str = "drt_map",
) -> Plot:
    """Distributions of relaxation times of a series as a map over cycle, time or charge.

    Parameters
    ----------
    tau_second : (m,) float
        Relaxation times, rising, the same for all spectra.
    gamma : (n, m) float
        One distribution a row; a row of NaN for a spectrum without one.
    values : (n,) float
        Cycle, time or charge of each row, in any order, no two alike.
    label, unit
        Of ``values``.

    Raises
    ------
    BadInputError
        If shapes do not fit or two values are alike.

    Examples
    --------
    >>> plot = drt_map(np.array([0.1, 1.0]), np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 2.0]))
    >>> plot.image.x.tolist(), plot.image.z.tolist()
    ([2.0, 5.0], [[3.0, 1.0], [4.0, 2.0]])
    """
    if gamma.shape != (values.size, tau_second.size):
        wanted = f"one row for each of {values.size} values, one column for each of {tau_second.size} times"
        raise BadInputError(f"plot {name}", f"gamma of shape {gamma.shape}", wanted)
    order = np.argsort(values, kind="stable")
    image = Image(values[order], tau_second, gamma[order].T)
    x, y = Axis(label, unit), Axis("relaxation time τ", "s", "log")
    caption = f"Distribution of relaxation times over {label}: colour is resistance per unit of ln τ; grey is missing."
    colour = Axis("γ(ln τ)", _unit(areal))
    return Plot(name, "Map of relaxation times", x, y, (), caption, image=image, colour=colour)


def arrhenius_plot(
    temperature_K: Floats,
    values: Floats,
    std: Floats | None = None,
    line: tuple[float, float] | None = None,
    *,
    label: str = "ln(1/R)",
    unit: str = "1",
    words: str = "",
    name: str = "arrhenius",
) -> Plot:
    """Arrhenius plot: a logarithm against 1000/T, with the temperature in degC on top.

    Parameters
    ----------
    temperature_K : (n,) float
        Absolute temperatures.
    values, std : (n,) float
        The logarithm, for example ln(T/R), and its standard uncertainty.
    line
        Slope in kelvin (−Ea/R for ln(1/R)) and intercept at 1/T = 0 of the fitted line.
    label, unit
        Of ``values``.
    words
        What the fit says, for the caption: the activation energy with its error.

    Raises
    ------
    BadInputError
        If a temperature is not above absolute zero.

    Examples
    --------
    >>> plot = arrhenius_plot(np.array([250.0, 500.0]), np.array([1.0, 2.0]), line=(-500.0, 3.0))
    >>> plot.series[0].x.tolist(), plot.series[1].x.tolist(), plot.series[1].y.tolist()
    ([4.0, 2.0], [2.0, 4.0], [2.0, 1.0])
    """
    if not (temperature_K > 0).all():
        raise BadInputError(f"plot {name}", f"a temperature of {np.nanmin(temperature_K):g} K", "above absolute zero")
    x = PER_THOUSAND / temperature_K
    series = [Series(x, values, "measured" if line is not None else "", "points", y_std=std)]
    if line is not None:
        ends = np.array([x.min(), x.max()])
        series.append(Series(ends, line[1] + line[0] / PER_THOUSAND * ends, "straight line"))
    bars = " Bars are standard uncertainties." if std is not None else ""
    caption = f"Arrhenius plot, {label} against 1000/T.{bars}{f' {words}' if words else ''}"
    axis = Axis("1000/T", "1/K", top=celsius_scale(temperature_K))
    return Plot(name, "Arrhenius plot", axis, Axis(label, unit), tuple(series), caption, overlay=0)


def trend_plot(
    x: Floats,
    resistances: Sequence[tuple[str, Floats, Floats | None]],
    *,
    label: str = "time",
    unit: str = "h",
    events: Sequence[tuple[float, str]] = (),
    areal: bool = False,
    name: str = "resistance_trend",
) -> Plot:
    """Resistances of a series of spectra over time, charge or cycle, with events as marked lines.

    Parameters
    ----------
    x : (n,) float
        Time, charge or cycle of each spectrum.
    resistances
        Label, values (n,) and standard uncertainties (n,) or None of each resistance.
    events
        Place on x and words of each event, for example "possible soft short".

    Examples
    --------
    >>> plot = trend_plot(np.array([0.0, 1.0]), [("R_s", np.array([5.0, 2.0]), None)], events=[(1.0, "fall")])
    >>> plot.marks[0].label
    'fall'
    """
    series = tuple(Series(x, values, text, "line+points", y_std=std) for text, values, std in resistances)
    marks = tuple(Line(at, text) for at, text in events)
    bars = " Bars are standard uncertainties." if any(std is not None for _, _, std in resistances) else ""
    said = " Dashed lines mark events." if events else ""
    caption = f"Resistances from the spectra of one cell against {label}.{bars}{said}"
    title = "Resistances of a series"
    return Plot(name, title, Axis(label, unit), Axis("resistance", _unit(areal)), series, caption, marks=marks)


_FREQUENCY = Axis("frequency", "Hz", "log")
_RESIDUAL = Axis("residual", "%")
_RESIDUAL_WORDS = "Residuals are measured minus fitted Re Z and Im Z, in percent of the measured |Z|."


def _unit(areal: bool) -> str:
    return "ohm cm2" if areal else "ohm"


def _nyquist_axes(impedance: Complexes, areal: bool) -> tuple[Axis, Axis]:
    """Axes of a Nyquist plot, from zero unless that would leave most of the picture empty."""
    ends = [_from_zero(part, emptiest) for part, emptiest in ((impedance.real, 0.5), (-impedance.imag, 1.0))]
    return Axis("Re Z", _unit(areal), low=ends[0]), Axis("−Im Z", _unit(areal), low=ends[1])


def _from_zero(values: Floats, emptiest: float) -> float | None:
    """Zero if all values lie above it, not too far and not so close that their marks would be cut; else None."""
    lowest, highest = float(values.min()), float(values.max())
    return 0.0 if _CLOSE_TO_ZERO * highest < lowest <= emptiest * highest else None


def _check(frequency_hertz: Floats, impedance: Complexes, fit: Complexes | None) -> None:
    if frequency_hertz.size == 0 or not (frequency_hertz > 0).all():
        raise BadInputError("impedance plot", "a frequency that is not above zero, or none", "frequencies above zero")
    for what, values in (("impedance", impedance), ("fit", fit)):
        if values is not None and values.shape != frequency_hertz.shape:
            wanted = f"one value for each of {frequency_hertz.size} frequencies"
            raise BadInputError("impedance plot", f"{what} of shape {values.shape}", wanted)


def _in_order(frequency_hertz: Floats, values: Complexes) -> Complexes:
    return np.asarray(values[np.argsort(frequency_hertz, kind="stable")])


def _phase_degree(impedance: Complexes) -> Floats:
    return np.asarray(np.degrees(np.angle(impedance)))


def _residual_series(frequency_hertz: Floats, impedance: Complexes, fit: Complexes) -> tuple[Series, Series]:
    order = np.argsort(frequency_hertz, kind="stable")
    percent = residual_percent(impedance, fit)[order]
    f = frequency_hertz[order]
    return Series(f, percent.real, "Re Z", "line+points"), Series(f, percent.imag, "Im Z", "line+points")


def _spectrum(frequency_hertz: Floats) -> str:
    low, high = (quantity_text(float(v), "Hz") for v in (frequency_hertz.min(), frequency_hertz.max()))
    return f"{frequency_hertz.size} points from {high} to {low}"
