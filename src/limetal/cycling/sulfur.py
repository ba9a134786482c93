"""The two plateaus in the discharge of a sulfur cell: how much charge each holds, where they stand, the dip between.

Sulfur goes to Li2S4 in the upper plateau (half an electron for each S) and on to Li2S in the lower one (one and a
half): a quarter and three quarters of the charge (Shen, Andrei and Zheng 2019, doi:10.1021/acsaem.9b00524: "solid
deposition accounts for three-quarters of the theoretical capacity").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.differential import Differential, Fitted, differential, fitted
from limetal.cycling.profiles import Profile
from limetal.materials.masses import capacity_mAh_g

__all__ = ["LOWER_THEORY_MAH_G", "UPPER_THEORY_MAH_G", "Plateaus", "plateaus"]

Floats = NDArray[np.float64]

#: S8 to Li2S4 and Li2S4 to Li2S: 418 and 1254 mAh/g. Papers that print 419 and 1256 take 32.0 g/mol for sulfur.
UPPER_THEORY_MAH_G = capacity_mAh_g("S", 0.5)
LOWER_THEORY_MAH_G = capacity_mAh_g("S", 1.5)
#: Both plateaus lie in these windows, and this far apart at least.
UPPER_V = (2.15, 2.6)
LOWER_V = (1.7, 2.25)
APART_V = 0.1
#: Between them dQ/dV falls below this part of the lower of both maxima.
VALLEY = 0.5
#: A plateau holds this part of the charge at least.
SMALLEST = 0.03


@dataclass(frozen=True)
class Plateaus:
    """The plateaus of one discharge.

    Attributes
    ----------
    cycle
        Number of the cycle.
    upper_mAh, lower_mAh
        Charge before and after the boundary between them.
    boundary_mAh_std
        Standard error of where the boundary lies: of both charges, with opposite signs.
    upper_V, lower_V
        Charge-weighted mean voltages.
    dip_V, dip_depth_V
        Lowest voltage between them, and how far it lies below the highest of the lower plateau; NaN where the
        voltage does not turn back.
    by_dip
        Whether the boundary is the dip; else it is where the voltage falls steepest between the plateaus.
    why_not
        Why there are no plateaus: all numbers are NaN then.
    """

    cycle: int
    upper_mAh: float = float("nan")
    lower_mAh: float = float("nan")
    boundary_mAh_std: float = float("nan")
    upper_V: float = float("nan")
    lower_V: float = float("nan")
    dip_V: float = float("nan")
    dip_depth_V: float = float("nan")
    by_dip: bool = False
    why_not: str = ""


def plateaus(half: Profile, significance: float = 4.0) -> Plateaus:
    """Upper and lower plateau of a discharge.

    The boundary is the dip between them where the voltage turns back, else the steepest fall. All charge after it
    counts for the lower plateau, to the end of the discharge.

    Parameters
    ----------
    half
        A discharge.
    significance
        How far dQ/dV rises from the valley to the upper plateau at least, in standard errors.

    Examples
    --------
    >>> q = np.linspace(0.0, 4.0, 800)
    >>> volt = 2.1 + 0.115 * (1 - np.tanh((q - 1.0) / 0.05)) - 0.005 * q - 0.2 * np.exp((q - 4.0) / 0.05)
    >>> found = plateaus(Profile(1, -1, np.arange(800), q, volt, np.full(800, -1.0), np.inf))
    >>> round(found.upper_mAh, 2), round(found.lower_mAh, 2), found.by_dip
    (1.0, 3.0, False)
    """
    fit = fitted(half)
    if fit.curve is None:
        return Plateaus(half.cycle, why_not=fit.why_not)
    (curve,) = differential([fit])
    pair = _pair(curve, significance)
    if isinstance(pair, str):
        return Plateaus(half.cycle, why_not=pair)
    return _between(half, fit, *pair)


def _pair(curve: Differential, significance: float) -> tuple[float, float] | str:
    """Voltage of the lower and of the upper plateau, or why there are not both.

    Two maxima of dQ/dV with a valley of less than half their height between them; the upper one may be the very
    beginning of the discharge.
    """
    x, y, width = curve.middles_V, curve.dqdv_mAh_V, curve.width_V
    window = (x >= LOWER_V[0]) & (x <= LOWER_V[1])
    if not window.any():
        return f"not identified: the discharge has no voltage between {LOWER_V[0]:g} and {LOWER_V[1]:g} V"
    low = int(np.argmax(np.where(window, y, -1.0)))
    window = (x >= max(x[low] + APART_V, UPPER_V[0])) & (x <= UPPER_V[1])
    if not window.any():
        return f"not identified: a plateau at {x[low]:.3g} V and nothing above"
    high = int(np.argmax(np.where(window, y, -1.0)))
    valley = low + int(np.argmin(y[low : high + 1]))
    rise = curve.draws_mAh_V[:, high] - curve.draws_mAh_V[:, valley]
    error = float(np.sqrt(np.mean((rise - (y[high] - y[valley])) ** 2)))
    deep = y[valley] < VALLEY * min(y[low], y[high]) and y[high] - y[valley] > significance * error
    charge = float(y[valley:].sum()) * width, float(y[:valley].sum()) * width
    if not deep or min(charge) < SMALLEST * sum(charge):
        return f"not identified: one plateau, at {x[low]:.3g} V, and no second one that stands out above it"
    return float(x[low]), float(x[high])


def _between(half: Profile, fit: Fitted, low_V: float, high_V: float) -> Plateaus:
    """Boundary between two plateaus, and what lies on its sides."""
    assert fit.curve is not None
    q = np.linspace(fit.begin_mAh, fit.end_mAh, 4001)
    volt = fit.curve.at(q)[0]
    above = np.flatnonzero(volt >= high_V)
    begin = int(above[-1]) if above.size else 0
    end = int(np.flatnonzero(volt >= low_V)[-1])
    if end - begin < 3:
        return Plateaus(half.cycle, why_not="not identified: the plateaus follow each other within the resolution")
    inside = slice(begin, end + 1)
    dip = _dip(volt[inside], fit)
    slope = fit.curve.at(q[inside], 1)[0]
    at = begin + (int(np.argmin(slope)) if dip is None else dip[0])
    draws = fit.curve.draws(q[inside], 60)
    places = draws.argmin(axis=1) if dip is not None else np.diff(draws, axis=1).argmin(axis=1)
    if dip is not None:
        near = slice(max(dip[0] - 200, 0), dip[0] + 200)
        places = draws[:, near].argmin(axis=1) + near.start
    std = float(np.std(places) * (q[1] - q[0]))
    boundary = float(q[at])
    weight = np.diff(half.charge_mAh, prepend=half.charge_mAh[0])
    first = half.charge_mAh <= boundary
    return Plateaus(
        cycle=half.cycle,
        upper_mAh=boundary,
        lower_mAh=float(half.charge_mAh[-1]) - boundary,
        boundary_mAh_std=max(std, float(q[1] - q[0])),
        upper_V=float(np.average(half.volt[first], weights=weight[first])),
        lower_V=float(np.average(half.volt[~first], weights=weight[~first])),
        dip_V=float(volt[at]) if dip is not None else float("nan"),
        dip_depth_V=dip[1] if dip is not None else float("nan"),
        by_dip=dip is not None,
    )


def _dip(volt: Floats, fit: Fitted) -> tuple[int, float] | None:
    """Place and depth of the lowest voltage before a higher one follows; None if that is no more than noise."""
    after = np.maximum.accumulate(volt[::-1])[::-1]
    depth = after - volt
    at = int(np.argmax(depth))
    if depth[at] > max(5 * fit.noise_V, 2 * fit.step_V, 5 * fit.curve_std_V):
        return at, float(depth[at])
    return None
