"""Capacity, Coulombic and energy efficiency, and mean voltages of every cycle of a full or half cell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from limetal.analyses._base import Analysis, Findings, Number
from limetal.cycling.cycles import Cycles, cycles
from limetal.cycling.like import centre_and_std, cycles_in_words, like_cycles
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Panel, Plot, Series, Table
from limetal.physics.constants import MG_PER_G, SECONDS_PER_HOUR
from limetal.records.cycling import CyclingRecord

__all__ = ["Capacity", "Options", "capacity"]

Floats = NDArray[np.float64]

#: A half-width is this many standard deviations of an even distribution.
ROOT_OF_THREE = 3**0.5
#: Currents within this part of each other are one rate.
SAME_CURRENT = 0.05
#: With fewer cycles the axis of the efficiency shows all of them.
FEW_CYCLES = 20


@dataclass(frozen=True)
class Options:
    """Choices that change the number.

    Attributes
    ----------
    efficiency
        ``"same cycle"``: discharge over charge of the same cycle, as cyclers print it. ``"charge before"``: discharge
        over the charge that came before it, which differs where a cycle begins with discharge (sulfur): the first
        cycle then has none.
    settled_from
        The median efficiency counts cycles from this one on: the first ones form films.
    """

    efficiency: str = "same cycle"
    settled_from: int = 4

    def __post_init__(self) -> None:
        """Refuse what is no choice."""
        if self.efficiency not in {"same cycle", "charge before"}:
            raise BadInputError(
                "analyses.capacity.efficiency", repr(self.efficiency), "'same cycle' or 'charge before'"
            )
        if self.settled_from < 1:
            raise BadInputError("analyses.capacity.settled_from", repr(self.settled_from), "a cycle, from 1 on")


@dataclass(frozen=True, eq=False)
class Capacity:
    """What every complete cycle gave; arrays of one value a cycle.

    Attributes
    ----------
    number
        Cycles as counted, from 1.
    charge_mAh, discharge_mAh, charge_mWh, discharge_mWh
        Charge and energy in both directions.
    charge_std_mAh, discharge_std_mAh
        Standard uncertainties of the charges from their resolution (`Runs.charge_resolution_mAh` over the root of
        three): digits of current and counter, instants of switching between rows. Calibration is not in them.
    coulombic_efficiency, energy_efficiency
        In percent; NaN where the convention gives none.
    coulombic_efficiency_std
        From the resolution of both charges.
    mean_charge_volt, mean_discharge_volt
        Energy over charge.
    charge_mA, discharge_mA
        Mean currents under current.
    held_percent
        Part of the charge that flowed at constant voltage at the end of charging.
    start_hour
        When the cycle begins.
    """

    number: NDArray[np.int64]
    charge_mAh: Floats
    discharge_mAh: Floats
    charge_mWh: Floats
    discharge_mWh: Floats
    charge_std_mAh: Floats
    discharge_std_mAh: Floats
    coulombic_efficiency: Floats
    coulombic_efficiency_std: Floats
    energy_efficiency: Floats
    mean_charge_volt: Floats
    mean_discharge_volt: Floats
    charge_mA: Floats
    discharge_mA: Floats
    held_percent: Floats
    start_hour: Floats
    found: Cycles
    record: CyclingRecord
    options: Options
    returned: Literal["discharge", "charge"]


def capacity(record: CyclingRecord, options: Options | None = None) -> Capacity:
    """Charge and energy of every complete cycle.

    Charge is the integral of the current over time of one direction, energy that of current times voltage, rests left
    out (`limetal.cycling.runs`). Mean voltages are energy over charge. The Coulombic efficiency is discharge over
    charge; of a half cell that is discharged first it is charge over discharge: what came back over what was put in.

    Parameters
    ----------
    record
        Of a cell whose kind is known (full, half, anode-free), with current.
    options
        See `Options`.

    Raises
    ------
    BadInputError
        If nobody said what cell this is, there is no current, or no cycle is complete.

    References
    ----------
    Mean voltage as energy over charge and efficiencies per cycle: Linden, Reddy, Handbook of Batteries (not verified
    here).

    Examples
    --------
    An hour at 1 mA and 3.9 V, then 0.98 h back at 3.7 V:

    >>> from limetal.records.cells import CellContext
    >>> t = np.arange(0.0, 7129.0, 36.0)
    >>> current = np.where(t <= 3600, 1e-3, -1e-3)
    >>> cell = CellContext("full", mass_mg=5.0)
    >>> found = capacity(CyclingRecord(t, np.where(t <= 3600, 3.9, 3.7), current, source="one cycle", cell=cell))
    >>> found.discharge_mAh.round(4).tolist(), found.coulombic_efficiency.round(2).tolist()
    ([0.98], [98.0])
    >>> found.energy_efficiency.round(2).tolist(), found.mean_discharge_volt.round(3).tolist()
    ([92.97], [3.7])
    """
    options = options or Options()
    found = cycles(record)
    runs, up, down = found.runs, found.charge, found.discharge
    charge, discharge = runs.charge_mAh[up], runs.charge_mAh[down]
    half_discharged_first = record.cell is not None and record.cell.kind == "half" and found.first_sign < 0
    returned: Literal["discharge", "charge"] = "charge" if half_discharged_first else "discharge"
    put_in = discharge if half_discharged_first else charge
    back = charge if half_discharged_first else discharge
    std = runs.charge_resolution_mAh / ROOT_OF_THREE
    put_in_std, back_std = (std[down], std[up]) if half_discharged_first else (std[up], std[down])
    spent_in, spent_back = runs.energy_mWh[up], runs.energy_mWh[down]
    if options.efficiency == "charge before" and found.first_sign < 0 and not half_discharged_first:
        follows = np.append(False, np.diff(found.number) == 1)
        put_in = np.where(follows, np.append(np.nan, charge[:-1]), np.nan)
        put_in_std = np.append(np.nan, put_in_std[:-1])
    with np.errstate(invalid="ignore", divide="ignore"):
        efficiency = 100 * np.where(put_in > 0, back / put_in, np.nan)
        efficiency_std = efficiency * np.hypot(back_std / back, put_in_std / put_in)
        energy = 100 * np.where(spent_in > 0, spent_back / spent_in, np.nan)
        held = 100 * np.where(charge > 0, runs.held_charge_mAh[up] / charge, 0.0)
    return Capacity(
        number=found.number,
        charge_mAh=charge,
        discharge_mAh=discharge,
        charge_mWh=spent_in,
        discharge_mWh=spent_back,
        charge_std_mAh=std[up],
        discharge_std_mAh=std[down],
        coulombic_efficiency=efficiency,
        coulombic_efficiency_std=efficiency_std,
        energy_efficiency=energy,
        mean_charge_volt=runs.mean_volt[up],
        mean_discharge_volt=runs.mean_volt[down],
        charge_mA=runs.mean_current_mA[up],
        discharge_mA=runs.mean_current_mA[down],
        held_percent=held,
        start_hour=runs.start_second[found.first] / SECONDS_PER_HOUR,
        found=found,
        record=record,
        options=options,
        returned=returned,
    )


def tell(result: Capacity) -> Findings:
    """Say the result to the ledger and the report."""
    numbers = [Number("complete_cycles", float(result.number.size), note="unfinished ones are left out")]
    own_efficiency = not _of_collector(result)
    last = result.number.size - 1
    for k, which in {0: "the first complete cycle", last: "the last complete cycle"}.items():
        numbers += _of_cycle(result, k, which)
    begins = result.number[0] == 1 and result.found.counted_from == 1
    if own_efficiency and begins and np.isfinite(result.coulombic_efficiency[0]):
        note = _ratio_words(result)
        if result.found.before >= 0:
            before = float(result.found.runs.charge_mAh[result.found.before])
            way = "discharge" if result.found.first_sign > 0 else "charge"
            note += f"; the test begins with a {way} of {before:.4g} mAh, which is in no cycle"
        numbers.append(Number("initial_coulombic_efficiency", float(result.coulombic_efficiency[0]), None, note))
    settled, not_settled = _settled(result) if own_efficiency else ([], [])
    numbers += settled
    cell = result.record.cell
    missing = []
    if own_efficiency and not begins:
        why = f"the first complete cycle here is {result.number[0]}"
        if result.found.counted_from > 1:
            why = f"the instrument counts {result.found.counted_from} in the first cycle of the record"
        missing.append(("initial_coulombic_efficiency", why))
    if cell is None or cell.mass_mg is None:
        missing.append(("specific capacity", "the active mass is not given (mass='12 mg')"))
    if cell is None or cell.area_cm2 is None:
        missing.append(("areal capacity", "the electrode area is not given (area='1.13 cm2')"))
    warnings = [*result.found.warnings, *_doubts(result)]
    return Findings(
        tuple(numbers),
        (_plot_capacity(result), _plot_voltages(result)),
        (_table(result),),
        tuple(warnings),
        (*missing, *not_settled),
    )


def _of_collector(result: Capacity) -> bool:
    """Whether `coulombic_efficiency` tells the efficiency, with the charge resolution in its error: told once."""
    cell = result.record.cell
    return cell is not None and cell.kind == "anode-free"


def _rooms(result: Capacity) -> list[tuple[str, str, float]]:
    """Beginning of the name, unit and divisor of every way in which capacity can be told."""
    cell = result.record.cell
    rooms = [("", "mAh", 1.0)]
    if cell is not None and cell.mass_mg is not None:
        rooms.append(("specific_", "mAh/g", cell.mass_mg / MG_PER_G))
    if cell is not None and cell.area_cm2 is not None:
        rooms.append(("areal_", "mAh/cm2", cell.area_cm2))
    return rooms


def _of_cycle(result: Capacity, k: int, which: str) -> list[Number]:
    at = (("cycle", float(result.number[k])),)
    note = f"cycle {result.number[k]}, {which}"
    numbers = []
    for name, _, divisor in _rooms(result):
        for way, values, std in (
            ("charge", result.charge_mAh, result.charge_std_mAh),
            ("discharge", result.discharge_mAh, result.discharge_std_mAh),
        ):
            error = float(std[k] / divisor) or None
            numbers.append(Number(f"{name}{way}_capacity", float(values[k] / divisor), error, note, at))
    efficiency, error = float(result.coulombic_efficiency[k]), float(result.coulombic_efficiency_std[k])
    if np.isfinite(efficiency) and not _of_collector(result):
        words = f"{note}; {_ratio_words(result)}"
        words += "; std from the resolution of both charges" if error > 0 else "; the charges show no resolution"
        numbers.append(Number("coulombic_efficiency", efficiency, error if error > 0 else None, words, at))
    for quantity, values, words in (
        ("energy_efficiency", result.energy_efficiency, ""),
        ("mean_charge_voltage", result.mean_charge_volt, ""),
        ("mean_discharge_voltage", result.mean_discharge_volt, ""),
        ("mean_voltage_gap", result.mean_charge_volt - result.mean_discharge_volt, ""),
    ):
        if np.isfinite(values[k]):
            numbers.append(Number(quantity, float(values[k]), None, note + words, at))
    return numbers


def _ratio_words(result: Capacity) -> str:
    if result.returned == "charge":
        return "charge over discharge: a half cell that is discharged first"
    before = result.options.efficiency == "charge before" and result.found.first_sign < 0
    return "discharge over the charge before it" if before else "discharge over charge of the same cycle"


def _settled(result: Capacity) -> tuple[list[Number], list[tuple[str, str]]]:
    """Median Coulombic efficiency of the cycles at the current of most, from the settled ones on."""
    what = "mean_coulombic_efficiency"
    use = (result.number >= result.options.settled_from) & np.isfinite(result.coulombic_efficiency)
    if use.sum() < 3:
        why = f"fewer than three cycles from cycle {result.options.settled_from} on"
        return [], [(f"{what} (median of settled cycles)", why)]
    usual = float(np.median(result.discharge_mA[use]))
    use &= np.abs(result.discharge_mA - usual) <= SAME_CURRENT * usual
    values = result.coulombic_efficiency[use]
    if values.size < 3 or not like_cycles(values):
        return [], [
            ("mean_coulombic_efficiency (median of settled cycles)", "the cycles are unlike, or at many currents")
        ]
    centre, spread, std = centre_and_std(values)
    note = (
        f"median of {cycles_in_words(result.number[use] - 1)}; spread between cycles {spread:.2g} %; std from that "
        "spread alone: an error of the current that all cycles share is not in it"
    )
    return [Number(what, centre, std, note)], []


def _doubts(result: Capacity) -> list[str]:
    words = []
    above = (result.coulombic_efficiency > 100.5) & (result.number > 1)
    if above.any():
        words.append(
            f"the Coulombic efficiency is above 100.5 % in {int(above.sum())} of {above.size} cycles (first in cycle "
            f"{result.number[above][0]}): a slow discharge after a fast charge, a counter that is off, or a short "
            "circuit"
        )
    crossed = result.mean_charge_volt < result.mean_discharge_volt
    if crossed.mean() > 0.5:
        words.append("the mean charge voltage lies below the mean discharge voltage: signs of the current swapped?")
    return words


def _shown(result: Capacity) -> tuple[str, float, Axis]:
    """Capacity as the field draws it: per gram, else per area, else of the cell."""
    rooms = _rooms(result)
    name, unit, divisor = next((r for r in rooms if r[0] == "specific_"), rooms[-1])
    label = {"": "capacity", "specific_": "specific capacity", "areal_": "areal capacity"}[name]
    return name, divisor, Axis(label, unit, low=0.0)


def _plot_capacity(result: Capacity) -> Plot:
    _, divisor, axis = _shown(result)
    x = result.number.astype(float)
    mark: Literal["points", "line+points"] = "points" if x.size > 60 else "line+points"
    series = (
        Series(x, result.discharge_mAh / divisor, "discharge", mark),
        Series(x, result.charge_mAh / divisor, "charge", mark),
    )
    finite = np.isfinite(result.coulombic_efficiency)
    caption = "Capacity (left) and Coulombic efficiency (right) of every complete cycle."
    plot = Plot("capacity", "Capacity", Axis("cycle", "1"), axis, series, caption, overlay=0)
    if not finite.any():
        return replace(plot, caption="Capacity of every complete cycle.")
    shown = result.coulombic_efficiency[finite]
    low, high = _efficiency_range(shown)
    below, above = int((shown < low).sum()), int((shown > high).sum())
    if below or above:
        out = " and ".join(f"{n} {where}" for n, where in ((below, "below"), (above, "above")) if n)
        caption = f"{caption} Efficiencies outside the right axis: {out} (see the table)."
    efficiency = Series(x[finite], shown, "Coulombic efficiency", mark)
    axis = Axis("Coulombic efficiency", "%", low=low, high=high)
    return replace(plot, caption=caption, right=axis, right_series=(efficiency,))


def _efficiency_range(percent: Floats) -> tuple[float, float]:
    """Ends of an axis on which most cycles can be told apart and noise is no feature: at least one percentage point.

    A few forming or cut cycles far away would press all others into one line.
    """
    low, high = (float(v) for v in np.percentile(percent, (5, 95)))
    middle, half = (low + high) / 2, max(0.75 * (high - low), 0.5)
    few = percent.size < FEW_CYCLES
    lowest = float(percent.min()) if few else max(float(percent.min()), middle - 4 * half)
    highest = float(percent.max()) if few else min(float(percent.max()), middle + 4 * half)
    return min(lowest, middle - half) - 0.1 * half, max(highest, middle + half) + 0.1 * half


def _plot_voltages(result: Capacity) -> Plot:
    x = result.number.astype(float)
    mark: Literal["line", "line+points"] = "line" if x.size > 60 else "line+points"
    series = (
        Series(x, result.mean_charge_volt, "charge", mark),
        Series(x, result.mean_discharge_volt, "discharge", mark),
    )
    gap = Series(x, result.mean_charge_volt - result.mean_discharge_volt, "", mark)
    caption = "Mean voltages (energy over charge) of every complete cycle; below, their gap."
    panel = Panel(Axis("gap", "mV", factor=1e3), (gap,))
    return Plot(
        "mean_voltages",
        "Mean voltages",
        Axis("cycle", "1"),
        Axis("mean voltage", "V"),
        series,
        caption,
        panels=(panel,),
    )


def _table(result: Capacity) -> Table:
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = {
        "cycle": ("1", result.number.tolist()),
        "start": ("h", result.start_hour.tolist()),
    }
    for name, unit, divisor in _rooms(result):
        columns[f"{name}charge_capacity"] = (unit, (result.charge_mAh / divisor).tolist())
        columns[f"{name}discharge_capacity"] = (unit, (result.discharge_mAh / divisor).tolist())
    efficiencies = {"coulombic_efficiency": result.coulombic_efficiency, "energy_efficiency": result.energy_efficiency}
    for name, values in efficiencies.items():
        columns[name] = ("%", [float(v) if np.isfinite(v) else "not identified" for v in values])
    columns["charge_energy"] = ("mWh", result.charge_mWh.tolist())
    columns["discharge_energy"] = ("mWh", result.discharge_mWh.tolist())
    columns["mean_charge_voltage"] = ("V", result.mean_charge_volt.tolist())
    columns["mean_discharge_voltage"] = ("V", result.mean_discharge_volt.tolist())
    columns["mean_voltage_gap"] = ("V", (result.mean_charge_volt - result.mean_discharge_volt).tolist())
    columns["charge_current"] = ("mA", result.charge_mA.tolist())
    columns["discharge_current"] = ("mA", result.discharge_mA.tolist())
    cell = result.record.cell
    if cell is not None and cell.nominal_capacity_mAh is not None:
        columns["charge_c_rate"] = ("1/h", (result.charge_mA / cell.nominal_capacity_mAh).tolist())
        columns["discharge_c_rate"] = ("1/h", (result.discharge_mA / cell.nominal_capacity_mAh).tolist())
    columns["charge_at_constant_voltage"] = ("%", result.held_percent.tolist())
    return Table("cycles", columns)


PLUGIN = Analysis(
    title="capacity, Coulombic and energy efficiency and mean voltages of every cycle",
    takes=CyclingRecord,
    cells=("full", "half", "anode-free"),
    analyse=capacity,
    tell=tell,
    options=Options,
    sources=(
        "definitions in use: charge as integral of current, mean voltage as energy over charge (docs: full cells)",
    ),
    order=30,
)
