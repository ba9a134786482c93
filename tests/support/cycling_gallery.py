"""Pictures of cycling from made-up cells: two y axes, zooms, stretches with names, survival, many curves."""

import numpy as np

from limetal.exhibits import Axis, Inset, Line, Panel, Plot, Series, Span

HOUR, CYCLE = Axis("time", "h"), Axis("cycle", "1")
LADDER = ("0.1C", "0.2C", "0.5C", "1C", "2C", "5C", "0.1C")


def voltage_time(hours=1000.0, growth=2.0, *, symmetric=True, ends=0.05, thin=True, zooms=(100.0, 500.0, 900.0)):
    """A symmetric cell of half-cycles of one hour whose plateau grows, with zooms of three cycles."""
    t = np.arange(0.0, hours, 1 / 60)
    sign = np.where(t % 2 < 1, 1.0, -1.0)
    arc = 1 + 0.5 * np.exp(-(t % 1) / 0.08)
    v = sign * ends * arc * (1 + growth * (t / hours) ** 4)
    whole = Series(t[::7], v[::7]) if thin else Series(t, v)
    insets = []
    for start in zooms:
        rows = (t >= start) & (t <= start + 6)
        insets.append(Inset(start, start + 6, series=(Series(t[rows], v[rows]),)))
    return Plot(
        "voltage_time", "Voltage", HOUR, Axis("cell voltage", "mV", factor=1e3, symmetric=symmetric), (whole,),
        overlay=0, insets=tuple(insets),
    )  # fmt: skip


def capacity_efficiency(cycles=120, *, both=False):
    """Capacity on the left, Coulombic efficiency on the right."""
    n = np.arange(1.0, cycles + 1)
    discharge = 3.9 - 0.004 * n - 0.6 / (1 + np.exp(-(n - 90) / 6))
    efficiency = 99.6 - 0.2 * np.sin(n) - 12 * (n == 1) - 0.9 / (1 + np.exp(-(n - 90) / 6))
    left = (Series(n, discharge, "discharge capacity", "points"),)
    if both:
        left = (
            Series(n, discharge / efficiency * 100, "charge", "points"),
            Series(n, discharge, "discharge", "points"),
        )
    return Plot(
        "capacity", "Capacity and Coulombic efficiency", CYCLE, Axis("areal capacity", "mAh/cm2", low=0.0), left,
        right=Axis("Coulombic efficiency", "%", low=80.0, high=101.0),
        right_series=(Series(n, efficiency, "Coulombic efficiency", "points"),), overlay=0,
    )  # fmt: skip


def rate_capability(labels=LADDER, each=5):
    """Five cycles at each rate."""
    n = np.arange(1.0, each * len(labels) + 1)
    level = (n.astype(int) - 1) // each
    capacity = 160 - 14.0 * np.where(level == len(labels) - 1, 0.2, level) - 0.2 * ((n - 1) % each)
    spans = tuple(Span(each * k + 1.0, each * (k + 1.0), text) for k, text in enumerate(labels))
    return Plot(
        "rate_capability", "Rate capability", CYCLE, Axis("specific capacity", "mAh/g", low=0.0),
        (Series(n, capacity, "LZNC", "points"), Series(n, 0.8 * capacity, "Li", "points")), spans=spans, overlay=0,
        right=Axis("Coulombic efficiency", "%"), right_series=(Series(n, 99 + np.cos(n) / 3, "CE", "points"),),
    )  # fmt: skip


def survival():
    """Two groups of cells, some of which were stopped before they failed."""
    x = np.array([0.0, 300.0, 420.0, 600.0, 800.0])
    y = np.array([1.0, 0.8, 0.6, 0.3, 0.3])
    censored = np.array([500.0, 800.0])
    one = Series(x, y, "LZNC", "step", low=0.6 * y, high=np.minimum(1.0, 1.3 * y))
    two = Series(x * 0.5, y * 0.9 + 0.1, "Li", "step", low=0.5 * y, high=np.minimum(1.0, 1.2 * y + 0.1))
    return Plot(
        "life", "Cells without a short circuit", HOUR, Axis("part that survives", "1", low=0.0, high=1.05),
        (one, Series(censored, np.array([0.6, 0.3]), mark="ticks"), two,
         Series(np.array([330.0]), np.array([0.37]), mark="ticks")),
    )  # fmt: skip


def profiles():
    """Voltage profiles coloured by cycle."""
    q = np.linspace(0.0, 1.0, 60)
    series = tuple(
        Series(4 * q * (1 - 0.003 * n), 3.6 + 0.5 * q + 0.001 * n * q, value=float(n)) for n in (1, 10, 50, 100, 150)
    )
    return Plot("profiles", "Profiles", Axis("areal capacity", "mAh/cm2"), Axis("voltage", "V"), series, colour=CYCLE)


def cycling_gallery():
    """Every kind of picture, with some that are hard to lay out."""
    n = np.arange(1.0, 60.0)
    band = Series(n, 50 + n / 4, "mean of 4 cells", low=45 + n / 5, high=55 + n / 3)
    long = ("0.5 mA cm⁻²", "1 mA cm⁻²", "2 mA cm⁻²", "3 mA cm⁻²", "5 mA cm⁻²", "8 mA cm⁻²", "0.5 mA cm⁻²")
    current = Panel(Axis("current density", "mA/cm2"), (Series(n, np.sign(np.sin(n)), "current", "step"),), share=0.4)
    return {
        "voltage_time": voltage_time(),
        "voltage_time_flat": voltage_time(growth=0.0, ends=0.012),
        "voltage_time_funnel": voltage_time(growth=40.0, thin=False),
        "voltage_time_late": voltage_time(3200.0, zooms=(2900.0, 2950.0, 3100.0, 3190.0)),
        "voltage_time_one": voltage_time(zooms=(500.0,), symmetric=False),
        "capacity": capacity_efficiency(),
        "capacity_both": capacity_efficiency(both=True),
        "rates": rate_capability(),
        "rates_long": rate_capability(long),
        "survival": survival(),
        "profiles": profiles(),
        "band": Plot(
            "band", "Hysteresis", CYCLE, Axis("hysteresis", "mV"), (band,), panels=(current,),
            spans=(Span(1, 20, "1 mA cm⁻²"), Span(21, 59, "3 mA cm⁻²")), insets=(Inset(21.0, 26.0),),
            marks=(Line(33.0, "possible soft short"), Line(62.0, "limit", "y")),
        ),
    }  # fmt: skip
