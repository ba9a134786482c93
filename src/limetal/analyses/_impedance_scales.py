"""Numbers along the scales of impedance: frequencies in words, frequency over relaxation time, degC over 1000/T."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from limetal.exhibits import TopAxis

__all__ = ["PER_THOUSAND", "celsius_scale", "decade_names", "frequency_scale", "quantity_text"]

Floats = NDArray[np.float64]

ZERO_CELSIUS_K = 273.15
#: The field plots 1000/T, so that the axis reads 2.8 to 3.6 and not 0.0028.
PER_THOUSAND = 1e3
_PREFIXES = {-9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M"}
#: A measured point stands for a decade if it is at most this far from it, in decades (half of five per decade).
_NEAR_DECADE = 0.11
#: Steps of temperature that people count in, and about how many ticks a scale carries.
_STEPS_DEGC = (1.0, 2.0, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0, 200.0)
_TICKS = 6


def quantity_text(value: float, unit: str) -> str:
    """A quantity in two digits with the prefix that keeps it short.

    Examples
    --------
    >>> [quantity_text(v, "Hz") for v in (1e6, 1003.0, 1260.0, 0.1, 99.6)]
    ['1 MHz', '1 kHz', '1.3 kHz', '100 mHz', '100 Hz']
    """
    rounded = float(f"{value:.1e}")
    power = 3 * math.floor(math.log10(abs(rounded)) / 3 + 1e-9) if rounded else 0
    power = min(max(power, min(_PREFIXES)), max(_PREFIXES))
    return f"{rounded / 10.0**power:.3g} {_PREFIXES[power]}{unit}"


def decade_names(frequency_hertz: Floats) -> tuple[tuple[int, str], ...]:
    """Points nearest to whole decades of frequency, with their own frequency as text, the highest decade first.

    A decade without a point close by is left out; a point that is not quite at the decade says so.

    Examples
    --------
    >>> decade_names(np.array([1e3, 316.0, 126.0, 31.6]))
    ((0, '1 kHz'), (2, '130 Hz'))
    """
    logs = np.log10(frequency_hertz)
    names = []
    for decade in range(math.floor(logs.max()) + 1, math.ceil(logs.min()) - 2, -1):
        index = int(np.argmin(np.abs(logs - decade)))
        if abs(logs[index] - decade) <= _NEAR_DECADE:
            names.append((index, quantity_text(float(frequency_hertz[index]), "Hz")))
    return tuple(names)


def frequency_scale(tau_second: Floats) -> TopAxis:
    """Whole decades of 1/(2πτ) over relaxation times."""
    highest, lowest = (1.0 / (2.0 * math.pi * float(t)) for t in (tau_second.min(), tau_second.max()))
    decades = range(math.ceil(math.log10(lowest)), math.floor(math.log10(highest)) + 1)
    step = 1 if len(decades) <= 9 else 2
    ticks = tuple((1.0 / (2.0 * math.pi * 10.0**d), quantity_text(10.0**d, "Hz")) for d in decades if d % step == 0)
    return TopAxis("frequency 1/(2πτ)", "", ticks)


def celsius_scale(temperature_K: Floats) -> TopAxis:
    """Round temperatures in degC over 1000/T, from the coldest to the hottest."""
    low, high = float(temperature_K.min()) - ZERO_CELSIUS_K, float(temperature_K.max()) - ZERO_CELSIUS_K
    step = next((s for s in _STEPS_DEGC if (high - low) / s <= _TICKS), _STEPS_DEGC[-1])
    # one step further on both ends: the axis is a little wider than the data
    celsius = np.arange(math.floor(low / step), math.ceil(high / step) + 1) * step
    places = [(PER_THOUSAND / (t + ZERO_CELSIUS_K), f"{t:g}".replace("-", "−")) for t in celsius if t > -ZERO_CELSIUS_K]
    return TopAxis("temperature", "degC", tuple(places))
