"""Laws that every analysis of cycling obeys, whatever it computes.

The ledger is walked by units: a unit says how a number goes with the area, the mass, the current and the voltage, so
that a quantity that is new is covered without being named. What a law leaves out is named here, with the reason.
"""

import re
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.analyses import apply
from limetal.cycling.runs import runs
from limetal.quantities import quantity
from limetal.records.cells import CellContext
from limetal.simulate.recording import CYCLERS, record_as
from limetal.simulate.shorted_symmetric_cell import Leak, ShortableCell, Stage, make_cell
from limetal.simulate.symmetric_cell import Block, PlanarSymmetricCell, simulate
from support import copper_cells, full_cells, shapes

ONE = CellContext("symmetric", 1.0)
SYMMETRIC = ("ladder", "shorted", "volts", "shapes")
CHARGED = ("full", "rates", "sulfur")
ALL = (*SYMMETRIC, *CHARGED, "copper", "reservoir", "anode_free")
#: Peaks of dQ/dV come from a fit whose weight of the penalty is chosen; where two weights fit equally well the last
#: digit of a charge chooses, and a peak moves by some of its standard errors.
CHOSEN = ("differential_capacity", "sulfur_plateaus")


@lru_cache
def cell(name):
    """A made-up cell of every kind, as small as its analyses allow."""
    if name == "ladder":
        model = PlanarSymmetricCell(0.5, 20.0, 10.0)
        blocks = tuple(Block(j, 1.0, 3) for j in (0.2, 0.5, 1.0, 2.0, 5.0, 0.2))
        return simulate(model, blocks, ONE, points_per_half_cycle=30)
    if name in ("shorted", "volts"):
        made = make_cell(ShortableCell(area_cm2=1.0), (Stage(1.0, 1.0, 14, 0.1),), (Leak(70_000.0, 0.4),))
        how = CYCLERS["10 s, 0.1 mV" if name == "shorted" else "60 s, volts only"]
        return record_as(how, made.time_second, made.voltage_volt, made.current_ampere, cell=ONE)
    if name == "shapes":
        return shapes.cell_of(["flat"] * 6 + ["peaked"] * 6 + ["arcing"] * 6, np.random.default_rng(1))
    if name == "full":
        told = CellContext("full", 1.0, mass_mg=10.0, np_ratio=2.0)
        capacity = full_cells.linear(12, 2.0, 0.4)
        return full_cells.make(capacity, efficiency=0.995, held_part=0.1, noise_V=1e-4, cell=told, counted=True).record
    if name == "rates":
        current, capacity = full_cells.rate_test(rates=(0.1, 0.5, 2.0), each=3)
        return full_cells.make(capacity, current_mA=current, cell=CellContext("half", 1.0, mass_mg=10.0)).record
    if name == "sulfur":
        told = CellContext("half", 1.0, mass_mg=10.0, starts="discharge")
        capacity = full_cells.linear(4, 2.0, 1.0)
        return full_cells.make(
            capacity, efficiency=0.97, chemistry=full_cells.SULFUR, starts="discharge", cell=told, rows=120
        ).record
    if name == "copper":
        return copper_cells.made(copper_cells.cycling(8), log=copper_cells.Logging(resolution_V=1e-4)).record
    if name == "reservoir":
        return copper_cells.made(copper_cells.reservoir(6), rest_s=300.0).record
    return copper_cells.anode_free(8)


def told(record):
    return apply(record, "cell", "made up", (), {})


@lru_cache
def as_it_is(name):
    return told(cell(name))


def taken(record, rows):
    """The record with these rows of all columns."""
    columns = ("test_time_second", "voltage_volt", "current_ampere", "cycle_count", "step_count")
    old = {c: getattr(record, c) for c in columns}
    return replace(record, **{c: None if v is None else v[rows] for c, v in old.items()})


def with_cell(record, **changes):
    return replace(record, cell=replace(record.cell, **changes))


# ------------------------------------------------------------------------------------------ comparing two ledgers


def _split(unit):
    over, _, under = unit.partition("/")
    return over.split(), under.split()


def with_area(unit):
    """Power of the area in a number of this unit, where the current stays the same."""
    over, under = _split(unit)
    return ("cm2" in over) - ("cm2" in under)


def with_mass(unit):
    """Power of the active mass."""
    over, under = _split(unit)
    return ("mg" in over) - ("g" in under)


def with_current(unit):
    """Power of the current at the same voltages and times."""
    over, _ = _split(unit)
    return -1 if "ohm" in over else int(over[0] in ("A", "mA", "Ah", "mAh", "mWh"))


def with_voltage(unit):
    """Power of the voltage at the same currents and times."""
    over, under = _split(unit)
    return int(over[0] in ("V", "mWh", "ohm")) - ("V" in under)


def never(_unit):
    return 0


def _key(entry, power, factor):
    """Analysis, quantity and conditions of an entry, as they were before the change."""
    at = tuple(
        (q, re.sub(r"[\d.]+", "#", x) if isinstance(x, str) else f"{x / factor ** power(quantity(q).unit):.3g}")
        for q, x in entry.at
    )
    return re.search("; analysis ([a-z_]+)", entry.source)[1], entry.quantity, at


def _left_out(entry, names):
    return any(entry.quantity.startswith(name) or f"analysis {name}" in entry.source for name in names)


def check(before, after, power=never, factor=1.0, rel=1e-6, but=(), words=True):
    """Every number after a change is the one before times the factor to the power of its unit, and none is new."""
    kept = [[e for e in found.entries if not _left_out(e, but)] for found in (before, after)]
    old, new = defaultdict(list), defaultdict(list)
    for entry in kept[0]:
        old[_key(entry, never, 1.0)].append(entry)
    for entry in kept[1]:
        new[_key(entry, power, factor)].append(entry)
    assert set(old) == set(new)
    count = 0
    for key, entries in old.items():
        assert len(entries) == len(new[key]), key
        for one, two in zip(entries, new[key], strict=True):
            if one.number is None:
                assert not words or one.value == two.value, key
                continue
            grows = factor ** power(one.unit)
            scale = abs(one.number * grows) + 1e-9
            assert two.number == pytest.approx(one.number * grows, rel=rel, abs=rel * scale), key
            assert one.bound == two.bound, key
            assert (one.std is None) == (two.std is None), key
            if one.std is not None:  # an error is known to some parts of itself, and none is below rounding
                assert two.std == pytest.approx(one.std * grows, rel=0.01, abs=1e-9 * scale), key
            count += 1
    return count


@pytest.mark.parametrize("name", ALL)
def test_ledgers_are_compared_at_all(name):
    assert check(as_it_is(name), as_it_is(name)) > 15
    with pytest.raises(AssertionError):
        check(as_it_is(name), as_it_is(name), with_voltage, 2.0)


@pytest.mark.parametrize(
    ("unit", "powers"),
    [
        ("mAh", (0, 0, 1, 0)), ("mAh/cm2", (-1, 0, 1, 0)), ("mA/cm2", (-1, 0, 1, 0)), ("mAh/g", (0, -1, 1, 0)),
        ("ohm", (0, 0, -1, 1)), ("ohm cm2", (1, 0, -1, 1)), ("V", (0, 0, 0, 1)), ("mWh", (0, 0, 1, 1)),
        ("mAh/V", (0, 0, 1, -1)), ("%", (0, 0, 0, 0)), ("h", (0, 0, 0, 0)), ("1", (0, 0, 0, 0)), ("mg", (0, 1, 0, 0)),
    ],
)  # fmt: skip
def test_powers_of_units(unit, powers):
    assert tuple(power(unit) for power in (with_area, with_mass, with_current, with_voltage)) == powers


# ------------------------------------------------------------------------------------------------- size of the cell


@pytest.mark.parametrize("name", ALL)
def test_doubling_the_area_halves_areal_numbers(name):
    after = told(with_cell(cell(name), area_cm2=2.0))
    assert check(as_it_is(name), after, with_area, 2.0, words=False) > 15
    areal = [e for e in after.entries if "cm2" in e.unit]
    assert areal or name == "volts"


@pytest.mark.parametrize("name", CHARGED)
def test_doubling_the_mass_halves_numbers_per_gram(name):
    after = told(with_cell(cell(name), mass_mg=20.0))
    assert check(as_it_is(name), after, with_mass, 2.0) > 15
    assert sum(e.unit.endswith("/g") for e in after.entries) >= 4


@pytest.mark.parametrize("name", ["ladder", "shorted", *CHARGED, "copper", "reservoir", "anode_free"])
def test_charge_goes_with_the_current_and_ratios_and_voltages_do_not(name):
    record = cell(name)
    after = told(replace(record, current_ampere=4.0 * record.current_ampere))
    assert check(as_it_is(name), after, with_current, 4.0, but=CHOSEN, words=False) > 15


@pytest.mark.parametrize("name", ["full", "rates"])
def test_capacities_do_not_know_the_voltage(name):
    """Intervals of dQ/dV are a fixed number of millivolt."""
    record = cell(name)
    after = told(replace(record, voltage_volt=1.5 * record.voltage_volt))
    assert check(as_it_is(name), after, with_voltage, 1.5, rel=1e-4, but=CHOSEN, words=False) > 15


# ------------------------------------------------------------------------------------------------ leads and voltmeter


@pytest.mark.parametrize("name", SYMMETRIC)
@pytest.mark.parametrize("offset_mV", [-3.0, 1.0])
def test_an_offset_of_the_voltmeter_cancels(name, offset_mV):
    record = cell(name)
    after = told(replace(record, voltage_volt=record.voltage_volt + 1e-3 * offset_mV))
    limits = ("voltage_min", "voltage_max")
    assert check(as_it_is(name), after, but=limits, rel=1e-4) > 10
    for quantity_name in limits:
        moved = [next(e.number for e in o.entries if e.quantity == quantity_name) for o in (as_it_is(name), after)]
        assert moved[1] - moved[0] == pytest.approx(1e-3 * offset_mV)


@pytest.mark.parametrize("name", SYMMETRIC)
def test_swapped_leads_change_nothing_in_symmetric_cells(name):
    """But the names of directions: a step to negative current is then one to positive current."""
    record = cell(name)
    current = None if record.current_ampere is None else -record.current_ampere
    after = told(replace(record, voltage_volt=-record.voltage_volt, current_ampere=current))
    named = ("voltage_min", "voltage_max", "direct_current_resistance", "areal_direct_current_resistance")
    assert check(as_it_is(name), after, but=named) > 10
    one, two = ({e.quantity: e.number for e in o.entries} for o in (as_it_is(name), after))
    assert (one["voltage_min"], one["voltage_max"]) == (-two["voltage_max"], -two["voltage_min"])
    resistances = [
        sorted(round(e.number, 6) for e in o.entries if e.quantity == "direct_current_resistance")
        for o in (as_it_is(name), after)
    ]
    assert resistances[0] == resistances[1]


# --------------------------------------------------------------------------------------------------- rows of the file


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=1, deadline=None, derandomize=True)
@given(part=st.floats(0.0, 1.0))
def test_splitting_a_file_at_any_row_and_rejoining_it_changes_nothing(name, part):
    record = cell(name)
    at = 2 + int(part * (record.rows - 4))
    one, two = taken(record, slice(None, at)), taken(record, slice(at, None))
    columns = ("test_time_second", "voltage_volt", "current_ampere", "cycle_count")
    joined = {
        c: None if getattr(one, c) is None else np.concatenate([getattr(one, c), getattr(two, c)]) for c in columns
    }
    assert check(as_it_is(name), told(replace(record, **joined)), rel=1e-12) > 15


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("part", [0.0, 0.37, 0.5, 1.0])
def test_a_row_written_twice_changes_nothing(name, part):
    """As where the second file of a test begins with the last row of the first."""
    record = cell(name)
    at = int(part * (record.rows - 1))
    after = told(taken(record, np.insert(np.arange(record.rows), at, at)))
    assert check(as_it_is(name), after, but=("number_of_points", *CHOSEN), rel=1e-4) > 10


@pytest.mark.parametrize("name", ALL)
def test_a_clock_that_started_before_the_test_changes_nothing(name):
    """But the time of a short circuit, which is that of the clock."""
    record = cell(name)
    after = told(replace(record, test_time_second=record.test_time_second + 50_000.0))
    but = (*CHOSEN, "short_circuit_time", "short_time")
    assert check(as_it_is(name), after, but=but, rel=1e-5, words=name not in ("shorted", "volts")) > 10


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("counts", ["none", "renumbered", "steps", "other steps"])
def test_counters_of_the_instrument_change_no_number(name, counts):
    """But those of cycles and steps that it counted, and the words of the protocol, which follow steps.

    Of a record that begins with the fifth cycle none is the initial efficiency.
    """
    record = cell(name)
    rows = np.arange(record.rows, dtype=np.int64)
    number = rows if record.cycle_count is None else record.cycle_count
    changes = {
        "none": {"cycle_count": None},
        "renumbered": {"cycle_count": None if record.cycle_count is None else 3 * number + 4},
        "steps": {"step_count": np.cumsum(np.diff(record.voltage_volt, prepend=0.0) < 0)},
        "other steps": {"step_count": rows // 37},
    }
    after = told(replace(record, **changes[counts]))
    own = ("cycles", "steps", "initial_coulombic_efficiency")
    assert check(as_it_is(name), after, but=own, words="steps" not in counts) > 10


@pytest.mark.parametrize("name", ["full", "rates", "sulfur", "copper", "reservoir", "anode_free", "shorted"])
@pytest.mark.parametrize("every", [2, 3])
def test_charge_of_fewer_rows_is_that_of_all_within_the_stated_resolution(name, every):
    record = cell(name)
    rows = np.union1d(np.arange(0, record.rows, every), [record.rows - 1])
    few, all_rows = runs(taken(record, rows)), runs(record)
    assert few.sign.tolist() == all_rows.sign.tolist()
    off = np.abs(few.charge_mAh - all_rows.charge_mAh)
    assert (off <= few.charge_resolution_mAh + all_rows.charge_resolution_mAh + 1e-9).all()
    assert np.median(few.charge_resolution_mAh) < 0.1 * every * np.median(all_rows.charge_mAh)


@pytest.mark.parametrize("name", ["ladder", "shorted", "volts", "shapes"])
@pytest.mark.parametrize("first", [0, 1])
def test_hysteresis_and_life_of_every_second_row_are_those_of_all(name, first):
    record = cell(name)
    after = told(taken(record, np.arange(first, record.rows, 2)))
    for e, f in zip(
        *(_of(o, ("hysteresis_", "areal_resistance", "life")) for o in (as_it_is(name), after)), strict=True
    ):
        assert e.quantity == f.quantity
        assert f.number == pytest.approx(e.number, rel=0.01, abs=0.02 if e.unit == "h" else 2e-4)


def _of(found, names):
    return [e for e in found.entries if e.quantity.startswith(names)]


# --------------------------------------------------------------------------------------------- numbers of one another


@pytest.mark.parametrize("name", [*CHARGED, "anode_free"])
def test_efficiency_times_charge_is_discharge_in_every_cycle(name):
    table = next(t for t in as_it_is(name).tables if t.name == "cycles")
    charge, discharge, percent = (
        np.array(table.columns[c][1], float) for c in ("charge_capacity", "discharge_capacity", "coulombic_efficiency")
    )
    shown = np.isfinite(percent)
    assert shown.sum() >= charge.size - 1
    if name == "sulfur":  # a half cell that is discharged first: what came back is the charge
        charge, discharge = discharge, charge
    assert percent[shown] * charge[shown] / 100 == pytest.approx(discharge[shown], rel=1e-9)


@pytest.mark.parametrize("name", ["copper", "reservoir", "anode_free"])
def test_efficiency_times_plated_is_stripped_in_every_cycle(name):
    table = next(t for t in as_it_is(name).tables if t.name == "plating_cycles")
    plated, stripped, percent = (
        np.array(table.columns[c][1], float) for c in ("plated_capacity", "stripped_capacity", "coulombic_efficiency")
    )
    told_of = np.isfinite(percent)
    assert told_of.any()
    assert percent[told_of] * plated[told_of] / 100 == pytest.approx(stripped[told_of], rel=1e-9)


@pytest.mark.parametrize("name", ALL)
def test_areal_and_specific_numbers_are_those_of_the_cell_over_area_and_mass(name):
    """Twins: areal_x beside x, specific_x beside x, with the same conditions."""
    context, entries = cell(name).cell, as_it_is(name).entries
    whole = {_key(e, never, 1.0): e.number for e in entries}
    pairs = 0
    for (analysis, what, at), number in whole.items():
        for prefix, size in (("areal_", context.area_cm2), ("specific_", (context.mass_mg or 0) / 1e3)):
            twin = whole.get((analysis, what.removeprefix(prefix), at)) if what.startswith(prefix) else None
            if twin is not None:
                grows = size if quantity(what).unit.startswith("ohm") else 1 / size
                assert number == pytest.approx(twin * grows, rel=1e-9)
                pairs += 1
    assert pairs or name in ("ladder", "volts", "shapes")
