"""Functions that elements share, safe from 1e-12 to 1e12: no overflow, and no digits lost where terms cancel.

They are plain Python; an element that calls them has them compiled with it.
"""

from __future__ import annotations

import cmath
import math

__all__ = ["coth_ratio", "csch_ratio", "imaginary_power", "log1p", "tanh_ratio"]

_QUARTER_TURN = 0.5 * math.pi


def imaginary_power(x: float, n: float) -> complex:
    """(jx)^n for positive x; the real part is exactly 0 for n = 1, where cos(π/2) would leave 6e-17 x."""
    size = math.exp(n * math.log(x))
    return complex(size * math.sin(_QUARTER_TURN * (1.0 - n)), size * math.sin(_QUARTER_TURN * n))


def log1p(u: complex) -> complex:
    """ln(1 + u) for u in the right half plane, exact for small u too."""
    return complex(0.5 * math.log1p(u.real * (2.0 + u.real) + u.imag * u.imag), math.atan2(u.imag, 1.0 + u.real))


def coth_ratio(u: complex) -> tuple[complex, complex]:
    """coth(√u)/√u and u times its derivative, for u anywhere but on the negative real axis and at 0.

    Small u by the series of sinh and cosh, because 1/u would swallow the 1/3 that is a resistance; large u by
    exp(-2√u), which cannot overflow.
    """
    if abs(u) < 1.0:
        sinh, cosh, sinh_slope, cosh_slope = _hyperbolic(u)
        ratio = cosh / (u * sinh)
        return ratio, (cosh_slope * sinh - cosh * sinh_slope) / (sinh * sinh) - ratio
    root = cmath.sqrt(u)
    decay = cmath.exp(-2.0 * root)
    ratio = (1.0 + decay) / ((1.0 - decay) * root)
    return ratio, -0.5 * ratio - 2.0 * decay / ((1.0 - decay) * (1.0 - decay))


def tanh_ratio(u: complex) -> tuple[complex, complex]:
    """tanh(√u)/√u and u times its derivative, as `coth_ratio`."""
    if abs(u) < 1.0:
        sinh, cosh, sinh_slope, cosh_slope = _hyperbolic(u)
        return sinh / cosh, u * (sinh_slope * cosh - sinh * cosh_slope) / (cosh * cosh)
    root = cmath.sqrt(u)
    decay = cmath.exp(-2.0 * root)
    ratio = (1.0 - decay) / ((1.0 + decay) * root)
    return ratio, -0.5 * ratio + 2.0 * decay / ((1.0 + decay) * (1.0 + decay))


def csch_ratio(u: complex) -> tuple[complex, complex]:
    """1/(√u sinh(√u)) and u times its derivative, as `coth_ratio`."""
    if abs(u) < 1.0:
        sinh, cosh, _, _ = _hyperbolic(u)
        ratio = 1.0 / (u * sinh)
        return ratio, -0.5 * ratio * (1.0 + cosh / sinh)
    root = cmath.sqrt(u)
    decay = cmath.exp(-root)
    ratio = 2.0 * decay / ((1.0 - decay * decay) * root)
    return ratio, -0.5 * ratio * (1.0 + root * (1.0 + decay * decay) / (1.0 - decay * decay))


def _hyperbolic(u: complex) -> tuple[complex, complex, complex, complex]:
    """sinh(√u)/√u and cosh(√u), and their derivatives by u, for |u| up to 1 (ten terms: 1/19! is below rounding)."""
    sinh = cosh = 1.0 + 0.0j
    sinh_slope = cosh_slope = 0.0j
    for k in range(9, 0, -1):
        inner, outer = 1.0 / (2 * k * (2 * k + 1)), 1.0 / (2 * k * (2 * k - 1))
        sinh_slope = inner * (sinh + u * sinh_slope)
        cosh_slope = outer * (cosh + u * cosh_slope)
        sinh = 1.0 + u * inner * sinh
        cosh = 1.0 + u * outer * cosh
    return sinh, cosh, sinh_slope, cosh_slope
