"""Pictures of impedance from a made-up cell: two arcs and a diffusion tail, in every kind the library draws."""

import numpy as np

from limetal.analyses._impedance_plots import (
    arrhenius_plot,
    bode,
    drt_map,
    drt_plot,
    nyquist,
    series_nyquist,
    trend_plot,
)
from limetal.exhibits import Axis, Line, Panel, Plot, Series

F = np.logspace(6, -2, 57)


def cell(f=F, film=60.0, transfer=35.0, tail=8.0):
    """Z of a made-up cell in ohm."""
    s = 2j * np.pi * f
    return 6 + film / (1 + (s * 1e-4) ** 0.85) + transfer / (1 + (s * 3e-2) ** 0.9) + tail / np.sqrt(s)


def measured(z, seed=1):
    """Z with half a percent of noise."""
    noise = np.random.default_rng(seed).normal(size=(2, z.size))
    return z * (1 + 0.005 * (noise[0] + 1j * noise[1]))


def gallery():
    """Every kind of picture, with some that are hard to lay out."""
    z = cell()
    tau = np.logspace(-6.5, 1.5, 60)
    gamma = 30 * np.exp(-((np.log(tau / 1e-4) / 1.2) ** 2)) + 20 * np.exp(-((np.log(tau / 3e-2)) ** 2))
    hours = np.arange(0.0, 300.0, 10.0)
    film = 40 + 0.1 * hours - 25 * (hours >= 220)
    kelvin = np.array([263.15, 273.15, 283.15, 293.15, 303.15, 313.15, 333.15])
    log_t_r = 14 - 45e3 / 8.314 / kelvin
    spectra = [(F, cell(film=60.0 + 6 * n)) for n in range(8)]
    events = [(220.0, "possible soft short"), (235.0, "current raised"), (292.0, "end of the test by the operator")]
    flat = 12.3 + 0.2j * np.sin(F)
    current = Series(hours, np.sign(np.sin(hours / 10)), "current", "step")
    return {
        "nyquist": nyquist(F, measured(z)),
        "nyquist_fit": nyquist(F, measured(z), fit=z),
        "nyquist_tail": nyquist(F, cell(film=0, transfer=0), areal=True),
        "nyquist_offset": nyquist(F, z + 1000),
        "nyquist_resistor": nyquist(F, np.full(F.size, 100 + 0j)),
        "nyquist_inductive": nyquist(F, z + 2j * np.pi * F * 1e-6),
        "bode": bode(F, measured(z), fit=z),
        "bode_flat": bode(F, flat),
        "series": series_nyquist(spectra, [1, 5, 10, 20, 30, 40, 50, 60]),
        "series_fit": series_nyquist(
            [(f, measured(w)) for f, w in spectra[::3]],
            [0, 2.5, 7.5],
            label="time",
            unit="h",
            fits=[w for _, w in spectra[::3]],
        ),
        "drt": drt_plot(tau, gamma, 0.8 * gamma, 1.2 * gamma, [(1e-4, ""), (3e-2, "charge transfer")], coverage=0.95),
        "drt_map": drt_map(tau, np.array([gamma, gamma * np.nan, 2e6 * gamma]), np.array([1.0, 5.0, 20.0])),
        "arrhenius": arrhenius_plot(kelvin, log_t_r, np.full(7, 0.07), (-45e3 / 8.314, 14.0), label="ln(T/R)"),
        "trend": trend_plot(
            hours,
            [("resistance of the surface film of both electrodes", film, 0.02 * film), ("R_s", film / 9, None)],
            events=events,
        ),
        "reverse": Plot(
            "reverse", "R", Axis("time", "h", reverse=True), Axis("voltage", "V"),
            (Series(hours, film / 50, "voltage"),),
            panels=(Panel(Axis("current density", "mA/cm2"), (current,), marks=(Line(0.5, "limit", "y"),), share=0.4),),
            marks=(Line(220.0, "possible soft short"), Line(1.1, "cut-off", "y")),
        ),
    }  # fmt: skip
