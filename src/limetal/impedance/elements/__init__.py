"""The circuit elements limetal knows; importing this registers them all, entry points of other packages included."""

from __future__ import annotations

from limetal.impedance.elements.diffusion import open_warburg, short_warburg, warburg
from limetal.impedance.elements.distributed import constant_phase
from limetal.impedance.elements.lumped import capacitor, inductor, resistor

__all__ = [
    "capacitor",
    "constant_phase",
    "inductor",
    "open_warburg",
    "resistor",
    "short_warburg",
    "warburg",
]
