"""What a fit that started at the truth would have found: the measure of a search without a guess."""

import numpy as np

from limetal.impedance import _machine
from limetal.impedance.fit import search_limits
from limetal.impedance.grammar import parse
from limetal.impedance.program import program


def from_truth(one):
    """Cost where a walk from the truth ends."""
    p = program(parse(one.text))
    low, high = search_limits(p, one.frequency_hertz, one.impedance)
    q = np.clip(p.coordinates(one.values), low, high)
    z = one.impedance
    return _machine.levenberg_marquardt(
        p.code, p.free, low, high, 2 * np.pi * one.frequency_hertz, np.ascontiguousarray(z.real),
        np.ascontiguousarray(z.imag), 1 / np.abs(z), q, 500, 1e-10, np.empty((p.free.size, p.free.size)),
    )[0]  # fmt: skip
