"""Lithium inventory: which efficiency of the lithium electrode the capacities and N/P of a cell allow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings, Number
from limetal.cycling.cycles import Cycles, cycles
from limetal.cycling.rate_levels import levels
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Plot, Series, Table
from limetal.physics.inventory import efficiency_bound, efficiency_for_cycles
from limetal.records.cycling import CyclingRecord

__all__ = ["LithiumInventory", "Options", "lithium_inventory"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NOT_THE_CELL = (
    "the Coulombic efficiency of a full cell with excess lithium is that of its positive electrode and says nothing of "
    "the lithium electrode (Xiao 2020, doi:10.1038/s41560-020-0648-z)"
)


@dataclass(frozen=True)
class Options:
    """Choices that change the number.

    Attributes
    ----------
    positive_capacity
        Capacity that N/P counts: ``"measured"`` (the largest discharge capacity of the test), ``"nominal"`` (that of
        the cell, which C rates count), or ``"largest"``: the larger of both where both are known. More lithium makes
        the bound lower, so the largest is on the safe side.
    first_charge
        Whether the lithium of the positive electrode is the charge of the first cycle (all that it gave), or what it
        takes back, the capacity that N/P counts.
    same_current
        Currents within this part of each other are one level; the last cycle at the currents of most cycles is read.
    """

    positive_capacity: str = "largest"
    first_charge: bool = True
    same_current: float = 0.05

    def __post_init__(self) -> None:
        """Refuse what is no choice."""
        where = "analyses.lithium_inventory"
        if self.positive_capacity not in {"largest", "measured", "nominal"}:
            wanted = "'largest', 'measured' or 'nominal'"
            raise BadInputError(f"{where}.positive_capacity", repr(self.positive_capacity), wanted)
        if not 0 <= self.same_current < 0.5:
            raise BadInputError(f"{where}.same_current", repr(self.same_current), "a part from 0 to below 0.5")


@dataclass(frozen=True, eq=False)
class LithiumInventory:
    """The lithium of a cell, and what its capacities say of the lithium electrode.

    Attributes
    ----------
    why
        Why nothing is computed; empty if it is. The numbers are then zero.
    positive_mAh
        Capacity of the positive electrode that N/P counts.
    lithium_mAh
        Lithium in the cell at the beginning.
    np_ratio
        As given; 0 for an anode-free cell of which nothing else is said.
    last_cycle
        The cycle whose capacity is read.
    reference_cycle, retention
        The first regular cycle, and the capacity of the last one over it, as a fraction.
    delivered_mAh
        Sum of the discharge capacities before the last cycle, of complete cycles.
    bound
        Lowest mean efficiency of the lithium electrode, a fraction; zero or below: the test asks for none.
    if_limiting
        Efficiency of the lithium electrode if all loss is loss of lithium at a constant efficiency; None if the
        capacity has not fallen.
    lasted
        Cycles for which the excess lasts at ``if_limiting``, the capacity being full until then.
    """

    why: str
    positive_mAh: float
    lithium_mAh: float
    np_ratio: float
    last_cycle: int
    reference_cycle: int
    retention: float
    delivered_mAh: float
    bound: float
    if_limiting: float | None
    lasted: float
    number: Integers
    discharge_mAh: Floats
    found: Cycles | None
    record: CyclingRecord
    options: Options


def lithium_inventory(record: CyclingRecord, options: Options | None = None) -> LithiumInventory:
    r"""Which efficiency of the lithium electrode the capacities of a cell allow.

    The cell holds :math:`L_0 = \mathrm{N/P}\,Q_c + Q_\mathrm{charge,1}` (a charged positive electrode gives none).
    Before its last cycle it still held what that cycle delivered:

    .. math:: \mathrm{CE} \ge 1 - \frac{L_0 - Q_n}{\sum_{k<n} Q_k}

    This bound needs no reason for the fade. Unfinished cycles are not in the sum, which makes the bound lower, not
    wrong.

    Parameters
    ----------
    record
        Of a full or anode-free cell, with current; a full cell needs its N/P.
    options
        See `Options`.

    Raises
    ------
    BadInputError
        If nobody said what cell this is, or no cycle is complete.

    References
    ----------
    The balance is arithmetic (`limetal.physics.inventory`). That the efficiency of the cell is another number: Xiao et
    al., Nat. Energy 5 (2020) 561, doi:10.1038/s41560-020-0648-z.

    Examples
    --------
    101 cycles of 1 mAh at N/P 1.9: the foil must return at least 98.1 %:

    >>> from limetal.records.cells import CellContext
    >>> t = np.sort(np.concatenate([np.arange(0, 203), np.arange(1, 202) + 1e-6])) * 3600.0
    >>> sign = np.repeat(np.tile([1, -1], 101), 2)
    >>> cell = CellContext("full", np_ratio=1.9)
    >>> found = lithium_inventory(CyclingRecord(t, 3.8 + 0.2 * sign, 1e-3 * sign, source="101", cell=cell))
    >>> round(found.lithium_mAh, 3), round(100 * found.bound, 2)
    (2.9, 98.1)
    """
    options = options or Options()
    cell = record.cell
    if cell is not None and cell.kind == "full" and cell.np_ratio is None:
        return _nothing(record, options, "N/P is not given (np=1.9): full-cell cycling alone does not tell it")
    if options.positive_capacity == "nominal" and (cell is None or cell.nominal_capacity_mAh is None):
        return _nothing(record, options, "the nominal capacity is not given (capacity='2 mAh')")
    found = cycles(record)
    if cell is None or cell.kind not in {"full", "anode-free"}:
        raise BadInputError(record.source, "another cell", "a full or an anode-free cell")
    discharge = found.discharge_mAh()
    if not discharge.max() > 0:
        return _nothing(record, options, "no cycle delivered a charge")
    positive = _positive(float(discharge.max()), cell.nominal_capacity_mAh, options.positive_capacity)
    charged = found.first_sign < 0
    given = cell.np_ratio or 0.0
    lithium = given * positive
    if not charged:
        lithium += max(_first_charge(found), positive) if options.first_charge else positive
    label = levels(found, options.same_current)
    like = np.flatnonzero(label.label == label.usual)
    first, last = int(like[0]), int(like[-1])
    delivered, read = float(discharge[:last].sum()), float(discharge[last])
    if first == last or not min(delivered, float(discharge[first])) > 0:
        return _nothing(record, options, "fewer than two cycles at one current")
    if read > lithium:
        why = f"the last cycle delivered {read:.4g} mAh, more than all lithium by N/P, {lithium:.4g} mAh"
        return _nothing(record, options, why)
    retention = read / float(discharge[first])
    excess = lithium / positive - 1
    done = int(found.number[last]) - 1
    if_limiting = None
    if retention < 1 and given == 0 and not charged:  # anode-free: every cycle is CE times the one before
        if_limiting = float(retention ** (1 / (found.number[last] - found.number[first])))
    elif retention < 1:
        if_limiting = efficiency_for_cycles(excess, done, retention)
    return LithiumInventory(
        why="",
        positive_mAh=positive,
        lithium_mAh=lithium,
        np_ratio=given,
        last_cycle=int(found.number[last]),
        reference_cycle=int(found.number[first]),
        retention=retention,
        delivered_mAh=delivered,
        bound=efficiency_bound(lithium, delivered, read),
        if_limiting=if_limiting,
        lasted=max(excess, 0.0) / (1 - if_limiting) if if_limiting and given > 0 else 0.0,
        number=found.number,
        discharge_mAh=discharge,
        found=found,
        record=record,
        options=options,
    )


def _first_charge(found: Cycles) -> float:
    """Lithium that the positive electrode gave in the first charge of the record, less what came back just before."""
    runs = found.runs
    charges = np.flatnonzero(runs.sign > 0)[:1]
    if not charges.size:
        return 0.0
    return float(runs.charge_mAh[charges[0]]) - float(runs.charge_mAh[: charges[0]].sum())


def _positive(measured: float, nominal: float | None, which: str) -> float:
    if which == "nominal" and nominal is not None:
        return nominal
    return max(measured, nominal) if which == "largest" and nominal is not None else measured


def _nothing(record: CyclingRecord, options: Options, why: str) -> LithiumInventory:
    none: NDArray[np.int64] = np.empty(0, dtype=np.int64)
    return LithiumInventory(
        why, 0.0, 0.0, 0.0, 0, 0, 0.0, 0.0, 0.0, None, 0.0, none, np.empty(0), None, record, options
    )


def tell(result: LithiumInventory) -> Findings:
    """Say the result to the ledger and the report."""
    if result.why or result.found is None:
        return Findings(not_computed=(("lithium inventory", result.why),))
    numbers = [Number("lithium_excess", result.lithium_mAh / result.positive_mAh - 1, None, _lithium_words(result))]
    missing = []
    until = f"after {result.last_cycle - 1} cycles"
    if result.bound > 0:
        note = (
            f"{until}, {result.delivered_mAh:.4g} mAh delivered; charge-weighted mean, whatever the reason of the "
            f"fade; {_lithium_words(result)}"
        )
        if result.np_ratio > 0:
            note += f"; {NOT_THE_CELL}"
        numbers.append(Number("lithium_efficiency_bound", 100 * result.bound, None, note))
    else:
        why = f"{until} the excess lithium would last if none of it came back: the test says nothing of it"
        missing.append(("lithium_efficiency_bound", why))
    if result.if_limiting:
        numbers.append(Number("lithium_efficiency_if_limiting", 100 * result.if_limiting, None, _if_words(result)))
    else:
        why = f"the capacity has not fallen from cycle {result.reference_cycle} to {result.last_cycle}"
        missing.append(("lithium_efficiency_if_limiting", why if result.if_limiting is None else "no cycles enough"))
    return Findings(tuple(numbers), (_plot(result),), (_table(result),), tuple(_warnings(result)), tuple(missing))


def _lithium_words(result: LithiumInventory) -> str:
    nominal = result.positive_mAh > float(result.discharge_mAh.max()) or result.options.positive_capacity == "nominal"
    what = "the nominal capacity" if nominal else "the largest discharge capacity"
    words = (
        f"{result.lithium_mAh:.4g} mAh of lithium: N/P {result.np_ratio:g} times {what}, {result.positive_mAh:.4g} mAh"
    )
    from_positive = result.lithium_mAh - result.np_ratio * result.positive_mAh
    if from_positive > 0:
        words += f", and {from_positive:.4g} mAh from the positive electrode"
    return words


def _if_words(result: LithiumInventory) -> str:
    """Both readings of the loss."""
    assert result.if_limiting is not None  # asked before
    n, m = result.last_cycle, result.reference_cycle
    lost = f"{100 * result.retention:.4g} % of cycle {m} in cycle {n}"
    fade = 100 * (1 - result.retention ** (1 / (n - m)))
    if result.np_ratio == 0:
        return f"{lost}: the {n - m}th root; the other reading: the positive electrode fades by {fade:.3g} % a cycle"
    words = (
        f"{lost}, if nothing but lithium is lost, at a constant efficiency; the other reading: the positive electrode "
        f"fades by {fade:.3g} % a cycle and the lithium electrode is better than this"
    )
    early = (result.number >= m) & (result.number <= result.lasted)
    if early.any():
        at = int(np.flatnonzero(early)[-1])
        first = float(result.discharge_mAh[result.number == m][0])
        words += (
            f"; in the first reading the capacity is full until cycle {result.lasted:.0f}, measured in cycle "
            f"{result.number[at]} was {100 * result.discharge_mAh[at] / first:.4g} %"
        )
    return words


def _warnings(result: LithiumInventory) -> list[str]:
    assert result.found is not None  # asked before
    found = result.found
    gaps = int(result.number[-1] - result.number[0] + 1 - result.number.size)
    words = list(found.warnings)
    if gaps or result.number[0] > 1:
        words.append("unfinished cycles are not in the lithium balance: the bound is lower than it could be")
    charges = np.flatnonzero(found.runs.sign > 0)[:1]
    if result.options.first_charge and found.first_sign > 0 and not found.runs.complete[charges].all():
        words.append(
            "the first charge is not whole: lithium that the positive electrode gives once and never takes back may be "
            "missing from the balance, and the bound be higher than the data allow"
        )
    if found.counted_from > 1:
        words.append(
            f"N/P is of a fresh cell, and the record begins at the instrument's cycle {found.counted_from}: the cycles "
            "before are not counted: the bound is lower than it could be, the efficiency if lithium limits too low"
        )
    return words


def _left(result: LithiumInventory, efficiency: float) -> Floats:
    """Lithium in the cell before each discharge at an efficiency."""
    before = np.append(0.0, np.cumsum(result.discharge_mAh)[:-1])
    return np.asarray(result.lithium_mAh - (1 - efficiency) * before)


def _plot(result: LithiumInventory) -> Plot:
    x = result.number.astype(float)
    bound = max(result.bound, 0.0)
    series = [Series(x, result.discharge_mAh, "capacity", "points")]
    for efficiency in (bound, (1 + bound) / 2):
        left = _left(result, efficiency)
        shown = left >= 0
        series.append(Series(x[shown], left[shown], f"lithium, CE {100 * efficiency:.2f} %"))
    caption = (
        "Discharge capacity, and the lithium that the cell holds before each discharge: at the lowest efficiency of "
        "the lithium electrode that the test allows, and at half that loss."
    )
    return Plot(
        "lithium_inventory",
        "Lithium inventory",
        Axis("cycle", "1"),
        Axis("charge", "mAh", low=0.0),
        tuple(series),
        caption,
    )


def _table(result: LithiumInventory) -> Table:
    left = _left(result, max(result.bound, 0.0))
    return Table(
        "lithium_inventory",
        {
            "cycle": ("1", result.number.tolist()),
            "discharge_capacity": ("mAh", result.discharge_mAh.tolist()),
            "lithium_left_at_bound": ("mAh", left.tolist()),
        },
    )


PLUGIN = Analysis(
    title="lithium inventory: the efficiency of the lithium electrode that capacities and N/P allow",
    takes=CyclingRecord,
    cells=("full", "anode-free"),
    analyse=lithium_inventory,
    tell=tell,
    options=Options,
    sources=(
        "balance of lithium (docs: lithium inventory)",
        "Xiao et al., Nat. Energy 5 (2020) 561, doi:10.1038/s41560-020-0648-z: efficiency of the cell is not that of "
        "the lithium electrode",
    ),
)
