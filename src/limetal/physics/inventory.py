r"""Lithium inventory of a cell: how long lithium lasts at a Coulombic efficiency, and which one a test allows.

Everything is counted in capacities of the positive electrode. A cell holds

.. math:: L_0 = Q_c \left(\mathrm{N/P} + 1 + \left(\frac{1}{\mathrm{ICE}} - 1\right)\right)

if the positive electrode is built with its lithium (the foil, what the positive electrode takes back, and what it gives
once and never takes back), and :math:`L_0 = Q_c\,\mathrm{N/P}` if it is built without (sulfur). Every cycle loses
:math:`(1 - \mathrm{CE})\,Q_n` and delivers

.. math:: Q_n = \min(Q_c, L_n)

so nothing is seen in the capacity until the excess :math:`e = L_0/Q_c - 1` is used up after
:math:`e/(1 - \mathrm{CE})` cycles; then every cycle is CE times the one before. *CE* is the efficiency of the lithium
electrode. The efficiency of a full cell with excess lithium is another number: it tells what the positive electrode
took back of what it gave (Xiao et al. 2020).

The recursion is the balance itself, and the formulas are its solution for a constant CE; the tests hold them against
it.

References
----------
Xiao et al., Nat. Energy 5 (2020) 561, doi:10.1038/s41560-020-0648-z: Coulombic efficiency is "not necessarily
accurate" as a predictor of life in cells with lithium metal.
"""

from __future__ import annotations

import math

from limetal.errors import BadInputError

__all__ = [
    "cycles_to_retention",
    "efficiency_bound",
    "efficiency_for_cycles",
    "lithium_excess",
    "retention_after",
]


def lithium_excess(np_ratio: float, initial_efficiency: float = 1.0, *, positive_holds_lithium: bool = True) -> float:
    r"""Lithium beyond what one discharge needs, over the capacity of the positive electrode.

    .. math:: e = \mathrm{N/P} + \frac{1}{\mathrm{ICE}} - 1 \quad\text{or}\quad e = \mathrm{N/P} - 1

    Parameters
    ----------
    np_ratio
        Areal capacity of the fresh negative over that of the positive electrode; 0 for an anode-free cell.
    initial_efficiency
        Discharge over charge capacity of the first cycle of the positive electrode alone, as a fraction. That of an
        anode-free cell is lower: what its negative side loses in the first cycle is no excess.
    positive_holds_lithium
        False for a positive electrode that is built charged, as sulfur: the foil is then all lithium there is.

    Returns
    -------
    float
        Negative if the lithium limits the very first discharge.

    Raises
    ------
    BadInputError
        If N/P is negative or the efficiency is none.

    Examples
    --------
    >>> lithium_excess(1.9), lithium_excess(3.2, positive_holds_lithium=False)
    (1.9, 2.2)
    >>> round(lithium_excess(0.0, 0.9), 3)
    0.111
    """
    if not np_ratio >= 0:
        raise BadInputError("N/P", repr(np_ratio), "zero or more")
    if not 0 < initial_efficiency <= 1:
        raise BadInputError("initial Coulombic efficiency", repr(initial_efficiency), "more than 0, at most 1")
    return np_ratio + 1 / initial_efficiency - 1 if positive_holds_lithium else np_ratio - 1


def cycles_to_retention(excess: float, efficiency: float, retention: float = 0.8) -> float:
    r"""Cycles until the capacity has fallen to a retention, if nothing but lithium is lost.

    .. math:: n_r = \frac{e}{1 - \mathrm{CE}} + \frac{\ln r}{\ln \mathrm{CE}}

    Parameters
    ----------
    excess
        From `lithium_excess`; a negative one counts as zero, because retention is over the first discharge.
    efficiency
        Coulombic efficiency of the lithium electrode, as a fraction.
    retention
        Capacity over that of the first cycle, as a fraction.

    Raises
    ------
    BadInputError
        If the efficiency or the retention is none below one.

    Examples
    --------
    >>> round(cycles_to_retention(1.9, 0.99)), round(cycles_to_retention(0.0, 0.999))
    (212, 223)
    """
    _part("efficiency", efficiency)
    if not 0 < retention <= 1:
        raise BadInputError("retention", repr(retention), "more than 0, at most 1")
    return max(excess, 0.0) / (1 - efficiency) + math.log(retention) / math.log(efficiency)


def retention_after(excess: float, efficiency: float, cycles: float) -> float:
    r"""Retention after a number of cycles, if nothing but lithium is lost.

    .. math:: r = \mathrm{CE}^{\max(0,\; n - e/(1-\mathrm{CE}))}

    Without excess (anode-free) this is :math:`\mathrm{CE}^n`.

    Examples
    --------
    >>> round(retention_after(0.0, 0.995, 100), 4), retention_after(1.9, 0.995, 300)
    (0.6058, 1.0)
    """
    _part("efficiency", efficiency)
    return math.exp(math.log(efficiency) * max(0.0, cycles - max(excess, 0.0) / (1 - efficiency)))


def efficiency_for_cycles(excess: float, cycles: float, retention: float = 1.0) -> float:
    r"""Efficiency of the lithium electrode with which the capacity is at a retention after so many cycles.

    Solves :math:`n = e/(1-\mathrm{CE}) + \ln r/\ln \mathrm{CE}`, which is :math:`1 - e/n` for :math:`r = 1`: so much
    the foil needs to last. Of a measured retention it is what the efficiency would be if all the loss were loss of
    lithium; a cell whose positive electrode fades has a better one.

    Returns
    -------
    float
        A fraction; 0 if the excess lasts for these cycles without any lithium coming back.

    Raises
    ------
    BadInputError
        If there is no cycle, or the retention is none.

    Examples
    --------
    300 cycles at N/P 1.9, and the same with 91.7 % retention:

    >>> round(100 * efficiency_for_cycles(1.9, 300), 2), round(100 * efficiency_for_cycles(1.9, 300, 0.917), 2)
    (99.37, 99.34)
    """
    if not cycles > 0:
        raise BadInputError("cycles", repr(cycles), "more than zero")
    if not 0 < retention <= 1:
        raise BadInputError("retention", repr(retention), "more than 0, at most 1")
    excess = max(excess, 0.0)
    if cycles <= excess:
        return 0.0
    if retention == 1.0:
        return 1 - excess / cycles
    if excess == 0.0:
        return math.exp(math.log(retention) / cycles)
    low, high = 0.0, 1.0  # of the lithium lost per cycle, as -ln CE: the more, the fewer cycles
    while _reached(excess, high, retention) > cycles:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _reached(excess, middle, retention) > cycles else (low, middle)
    return math.exp(-(low + high) / 2)


def _reached(excess: float, lost: float, retention: float) -> float:
    return excess / -math.expm1(-lost) - math.log(retention) / lost


def efficiency_bound(lithium: float, delivered: float, last: float) -> float:
    r"""Lowest mean efficiency of the lithium electrode that the capacities of a test allow.

    Before its last cycle the cell still held what that cycle delivered, so it had lost no more than the rest:

    .. math:: (1 - \mathrm{CE}) \sum_{k<n} Q_k \le L_0 - Q_n
        \quad\Rightarrow\quad \mathrm{CE} \ge 1 - \frac{L_0 - Q_n}{\sum_{k<n} Q_k}

    It needs no assumption about why the capacity fades, and CE need not be constant (it is the mean weighted with
    charge). If the fade is loss of lithium it is an equation.

    Parameters
    ----------
    lithium
        :math:`L_0`, in the unit of the capacities.
    delivered
        Sum of the discharge capacities before the last cycle.
    last
        Discharge capacity of the last cycle.

    Returns
    -------
    float
        A fraction; zero or below where the lithium lasts even if none comes back.

    Raises
    ------
    BadInputError
        If nothing was delivered before, or the last cycle delivered more than all lithium.

    Examples
    --------
    300 cycles of 1 mAh before the last, N/P 1.9:

    >>> round(100 * efficiency_bound(2.9, 300.0, 1.0), 2)
    99.37
    """
    if not delivered > 0:
        raise BadInputError("charge delivered before the last cycle", repr(delivered), "more than zero")
    if last > lithium:
        raise BadInputError("capacity of the last cycle", f"{last:g}", f"at most the lithium in the cell, {lithium:g}")
    return 1 - (lithium - last) / delivered


def _part(what: str, value: float) -> None:
    if not 0 < value < 1:
        raise BadInputError(what, repr(value), "more than 0 and less than 1")
