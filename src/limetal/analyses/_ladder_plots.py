"""Pictures and table of a rate ladder."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._decimate import min_max
from limetal.exhibits import Axis, Panel, Plot, Series, Span, Table
from limetal.physics.constants import MA_PER_A, SECONDS_PER_HOUR, thermal_voltage_V

if TYPE_CHECKING:
    from limetal.analyses.polarisation_ladder import PolarisationLadder

__all__ = ["ladder_table", "plot_currents", "plot_time"]

Floats = NDArray[np.float64]


def plot_currents(result: PolarisationLadder) -> Plot:
    """Overpotential against current density with the fits, and what they leave."""
    steps = result.steps
    assert steps is not None  # the analysis found a ladder
    fresh, j, eta = steps.fresh, steps.current_density_mA_cm2, steps.voltage_V / 2
    order = np.flatnonzero(fresh)[np.argsort(j[fresh])]
    series = [Series(j[order], eta[order], "first visit", "points", y_std=_std(steps.std_V[order]))]
    if (~fresh).any():
        series.append(Series(j[~fresh], eta[~fresh], "return", "points", y_std=_std(steps.std_V[~fresh])))
    fine = np.linspace(0.0, float(j.max()), 200)
    panels: tuple[Panel, ...] = ()
    if result.fit is not None and result.used is not None and result.misses is not None:
        fit = result.fit
        volts = (
            4 * thermal_voltage_V(result.options.temperature_K) * np.arcsinh(fine / (2 * fit.exchange_current_mA_cm2))
        )
        volts = volts + fit.resistance_ohm_cm2 * fine / MA_PER_A
        series.append(Series(fine, volts / 2, "kinetics and resistance"))
        series.append(Series(fine, fit.ohmic_resistance_ohm_cm2 * fine / (2 * MA_PER_A), "resistance alone"))
        used = np.flatnonzero(result.used)[np.argsort(j[result.used])]
        ohmic = steps.voltage_V[used] / (fit.ohmic_resistance_ohm_cm2 * j[used] / MA_PER_A) - 1
        panels = (
            Panel(
                Axis("deviation", "%", factor=100.0),
                (
                    Series(j[used], result.misses[used], "kinetics and resistance", "line+points"),
                    Series(j[used], ohmic, "resistance alone", "line+points"),
                ),
            ),
        )
    if result.linear is not None:
        short = np.array([0.0, min(2 * result.linear.largest_current_mA_cm2, float(j.max()))])
        series.append(Series(short, result.linear.resistance_ohm_cm2 * short / (2 * MA_PER_A), "small currents"))
    return Plot(
        "polarisation_ladder",
        "Overpotential against current density",
        Axis("current density", "mA/cm2"),
        Axis("overpotential", "mV", factor=1e3),
        tuple(series),
        "Half of the cell voltage at each current; below, measured over fitted voltage less one.",
        overlay=0,
        panels=panels,
    )


def plot_time(result: PolarisationLadder) -> Plot:
    """Cell voltage against time with the currents of the steps above."""
    steps = result.steps
    assert steps is not None  # the analysis found a ladder
    assert result.start_second is not None
    assert result.stop_second is not None
    t, v = min_max(result.record.test_time_second / SECONDS_PER_HOUR, result.record.voltage_volt)
    begin, end = result.start_second / SECONDS_PER_HOUR, result.stop_second / SECONDS_PER_HOUR
    level = steps.current_density_mA_cm2
    spans = tuple(Span(float(a), float(b), f"{j:.3g}") for a, b, j in zip(begin, end, level, strict=True) if a < b)
    return Plot(
        "polarisation_ladder_time",
        "Voltage of the rate ladder",
        Axis("time", "h"),
        Axis("cell voltage", "mV", factor=1e3),
        (Series(t, v),),
        "Cell voltage against time; above, the current density of each step in mA/cm2.",
        spans=spans,
    )


def ladder_table(result: PolarisationLadder) -> Table:
    """One row per step."""
    steps = result.steps
    assert steps is not None  # the analysis found a ladder
    assert result.cycles is not None
    assert result.start_second is not None
    misses = result.misses if result.misses is not None else np.full(steps.voltage_V.size, math.nan)
    return Table(
        "polarisation_ladder",
        {
            "current_density": ("mA/cm2", steps.current_density_mA_cm2.tolist()),
            "overpotential": ("V", (steps.voltage_V / 2).tolist()),
            "overpotential_std": ("V", (steps.std_V / 2).tolist()),
            "cell_voltage": ("V", steps.voltage_V.tolist()),
            "first_cycle": ("1", (result.cycles[steps.first] + 1).tolist()),
            "last_cycle": ("1", (result.cycles[steps.stop - 1] + 1).tolist()),
            "start": ("s", result.start_second.tolist()),
            "visit": ("", ["first" if fresh else "return" for fresh in steps.fresh]),
            "over_fit": ("%", (100 * misses).tolist()),
        },
    )


def _std(values: Floats) -> Floats | None:
    """Error bars of half the cell voltage, none where no step has one."""
    return None if np.isnan(values).all() else np.nan_to_num(values / 2)
