"""Mean coulombic efficiency over a lithium reservoir: plate much, cycle part of it, strip the rest once.

Plating Q_T on bare copper makes a reservoir; n cycles strip and plate Q_C of it; a last stripping to the cut-off takes
what is left, Q_S. All that was stripped over all that was plated is the mean efficiency::

    CE = (n Q_C + Q_S) / (n Q_C + Q_T)

It counts the plating of the reservoir too: Q_T weighs Q_T / (n Q_C + Q_T) of the mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.cycling.plating import Plating
from limetal.errors import BadInputError

__all__ = ["Reservoir", "reservoir_efficiency", "reservoir_std", "reservoirs"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: The partial cycles are regular if their charges differ by less than this part of the median, or 3 resolutions.
REGULAR = 0.02
#: A conditioning cycle plates at least this part of what a partial cycle does; less is a forming pulse.
CONDITIONS = 0.5


@dataclass(frozen=True, eq=False)
class Reservoir:
    """One reservoir protocol of a record.

    Attributes
    ----------
    block
        Index in ``Plating.blocks``.
    runs
        Index of its runs, from the plating of the reservoir to the last stripping.
    conditioning
        Index of the block of the conditioning cycle before it; -1 if there is none.
    n
        Partial strippings between.
    reservoir_mAh, cycled_mAh, last_mAh
        Q_T, the mean of the partial strippings Q_C, and Q_S.
    plated_mAh, stripped_mAh
        Charge of all platings and of all strippings.
    efficiency, std
        Mean coulombic efficiency as a fraction, and its standard uncertainty from charge resolution.
    loss_per_cycle_mAh, loss_std_mAh
        Lithium lost in one cycle of Q_C: (1 - CE) Q_C.
    regular
        Whether all partial cycles move the same charge.
    exhausted
        Whether the last stripping took less than a partial one: the reservoir was used up before the protocol ended.
    """

    block: int
    runs: Integers
    conditioning: int
    n: int
    reservoir_mAh: float
    cycled_mAh: float
    last_mAh: float
    plated_mAh: float
    stripped_mAh: float
    efficiency: float
    std: float
    loss_per_cycle_mAh: float
    loss_std_mAh: float
    regular: bool
    exhausted: bool

    @property
    def reservoir_weight(self) -> float:
        """Share of the plating of the reservoir in all plated charge, and so in the mean."""
        return self.reservoir_mAh / self.plated_mAh


def reservoir_efficiency(n: float, cycled_mAh: float, reservoir_mAh: float, last_mAh: float) -> float:
    """Mean coulombic efficiency of a reservoir protocol, (n Q_C + Q_S) / (n Q_C + Q_T), as a fraction.

    Parameters
    ----------
    n
        Cycles of part of the reservoir.
    cycled_mAh, reservoir_mAh, last_mAh
        Q_C, Q_T and Q_S, in mAh or all in mAh/cm2.

    Raises
    ------
    BadInputError
        If n or a charge is below zero, or nothing was plated.

    References
    ----------
    Total stripped over total plated charge, as laboratories script the protocol of Adams et al., Adv. Energy Mater. 8,
    1702097 (2018), doi:10.1002/aenm.201702097, and of Xiao et al., Nat. Energy 5, 561 (2020),
    doi:10.1038/s41560-020-0648-z. The equation was checked against such a script and by its balance of charge (test),
    not against the printed equations.

    Examples
    --------
    5 mAh of lithium, ten cycles of 1 mAh, and 4.85 mAh are left: 0.15 mAh were lost of 15 mAh plated:

    >>> reservoir_efficiency(10, 1.0, 5.0, 4.85)
    0.99
    """
    values = {"n": n, "Q_C": cycled_mAh, "Q_T": reservoir_mAh, "Q_S": last_mAh}
    for name, value in values.items():
        if not (np.isfinite(value) and value >= 0):
            raise BadInputError("reservoir protocol", f"{name} of {value:g}", "zero or more")
    plated = n * cycled_mAh + reservoir_mAh
    if plated <= 0:
        raise BadInputError("reservoir protocol", "nothing plated", "a charge above zero")
    return (n * cycled_mAh + last_mAh) / plated


def reservoir_std(
    n: float, cycled_mAh: float, reservoir_mAh: float, last_mAh: float, run_std_mAh: float, part: float = 0.0
) -> float:
    """Standard uncertainty of the mean efficiency where every charge has the same one; falls as n grows.

    Parameters
    ----------
    run_std_mAh
        Random standard uncertainty of the charge of one run.
    part
        Standard uncertainty, as a part, of the ratio of stripping to plating current, common to all runs.

    Examples
    --------
    Random errors fall with many cycles; a wrong ratio of stripping to plating current stays:

    >>> [round(1e4 * reservoir_std(n, 1.0, 5.0, 4.9, 0.005), 2) for n in (1, 10, 100)]
    [16.53, 15.58, 6.76]
    >>> [round(1e4 * reservoir_std(n, 1.0, 5.0, 4.9, 0.0, 1e-4), 2) for n in (1, 10, 100)]
    [0.98, 0.99, 1.0]
    """
    ce = reservoir_efficiency(n, cycled_mAh, reservoir_mAh, last_mAh)
    plated = n * cycled_mAh + reservoir_mAh
    random = run_std_mAh * np.sqrt((n + 1) * (1 + ce**2)) / plated
    return float(np.hypot(random, ce * part))


def reservoirs(result: Plating) -> tuple[Reservoir, ...]:
    """Reservoir protocols of a record, recognised from the charges of its runs.

    A protocol is a finished block with partial strippings. A finished cycle just before it conditions the copper,
    whatever its charge: one of Q_T (Adams), or of another (variants).

    Examples
    --------
    A record of 10 rows a step: 2 mAh plated, twice 0.5 mAh stripped and plated, then 1.9 mAh to the cut-off:

    >>> from limetal.cycling.plating import plating
    >>> from limetal.records.cycling import CellContext, CyclingRecord
    >>> hours, sign = [2.0, 0.5, 0.5, 0.5, 0.5, 1.9], [1, -1, 1, -1, 1, -1]
    >>> t = np.concatenate([[0.0], *[3600 * (sum(hours[:k]) + h * np.arange(1, 11) / 10) for k, h in enumerate(hours)]])
    >>> current = np.append(1e-3, np.repeat(np.array(sign) * 1e-3, 10))
    >>> volt = np.append(0.05, np.repeat(np.array(sign) * 0.05, 10)); volt[-1] = -1.0
    >>> record = CyclingRecord(t, volt, current, source="reservoir", cell=CellContext("copper"))
    >>> [(r.n, round(r.reservoir_mAh, 3), round(r.last_mAh, 3), round(r.efficiency, 4)) for r in
    ...  reservoirs(plating(record))]
    [(2, 2.0, 1.9, 0.9667)]
    """
    blocks, found, resolution = result.blocks, result.runs, result.resolution
    items = []
    for k in np.flatnonzero(blocks.finished & (blocks.partial > 0) & ~blocks.forming):
        rows = np.arange(blocks.first[k], blocks.last[k] + 1)
        charge = found.charge_mAh[rows]
        strips = found.sign[rows] == -result.sign
        parts = np.concatenate([charge[strips][:-1], charge[~strips][1:]])
        middle = float(np.median(parts))
        limit = np.maximum(REGULAR * middle, 3 * float(resolution.total_mAh[rows].max()))
        cycled = float(charge[strips][:-1].mean())
        efficiency = float(blocks.stripped_mAh[k] / blocks.plated_mAh[k])
        std = float(np.hypot(blocks.std_random[k], blocks.std_common[k]))
        before = k - 1
        conditions = before >= 0 and blocks.cycles[before] and blocks.plated_mAh[before] >= CONDITIONS * cycled
        items.append(
            Reservoir(
                block=int(k),
                runs=rows,
                conditioning=int(before) if conditions else -1,
                n=int(blocks.partial[k]),
                reservoir_mAh=float(charge[0]),
                cycled_mAh=cycled,
                last_mAh=float(charge[-1]),
                plated_mAh=float(blocks.plated_mAh[k]),
                stripped_mAh=float(blocks.stripped_mAh[k]),
                efficiency=efficiency,
                std=std,
                loss_per_cycle_mAh=(1 - efficiency) * cycled,
                loss_std_mAh=std * cycled,
                regular=bool(np.all(np.abs(parts - middle) <= limit)),
                exhausted=bool(charge[-1] < cycled - 3 * float(resolution.total_mAh[rows[-1]])),
            )
        )
    return tuple(items)
