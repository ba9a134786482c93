"""Shapes from a record to numbers: laws, a soft short circuit, ladders, one real file, and bad input."""

import dataclasses
from collections import Counter

import numpy as np
import pytest

from limetal.analyses.voltage_shape import Options, tell, voltage_shape
from limetal.errors import BadInputError
from limetal.readers import read
from limetal.records.cycling import CellContext, CyclingRecord
from limetal.simulate import Block, PlanarSymmetricCell, simulate
from limetal.simulate.recording import CYCLERS
from support.cells import SYMMETRIC, record, triggered, uniform
from support.data_files import real
from support.shapes import cell_of

HISTORY = ["peaked"] * 10 + ["flat"] * 14 + ["arcing"] * 10 + ["diverging"] * 2


def history(seed=0, cycler="10 s, 0.1 mV"):
    return cell_of(HISTORY, np.random.default_rng(seed), cycler=CYCLERS[cycler], seed=seed)


def values(findings, quantity):
    return {dict(n.at)["definition"]: n.value for n in findings.numbers if n.quantity == quantity}


def moved(rec, **columns):
    return dataclasses.replace(rec, **columns)


def test_shares_and_first_cycles_are_those_of_the_made_up_cell():
    result = voltage_shape(history())
    assert list(result.shape) == HISTORY
    findings = tell(result)
    assert values(findings, "voltage_shape_share") == pytest.approx(
        {"peaked": 100 * 10 / 36, "flat": 100 * 14 / 36, "arcing": 100 * 10 / 36, "diverging": 100 * 2 / 36}
    )
    assert values(findings, "first_cycle_of_voltage_shape") == {"peaked": 1, "flat": 6, "arcing": 13, "diverging": 18}


def test_with_and_without_current_say_the_same():
    rec = history()
    assert voltage_shape(moved(rec, current_ampere=None)).shape == voltage_shape(rec).shape
    assert voltage_shape(moved(rec, current_ampere=None)).current_density_mA_cm2 is None
    np.testing.assert_allclose(voltage_shape(rec).current_density_mA_cm2, 1.0)


def test_swapped_leads_and_the_area_change_no_shape():
    rec = history(1)
    swapped = moved(rec, voltage_volt=-rec.voltage_volt, current_ampere=-rec.current_ampere)
    assert voltage_shape(swapped).shape == voltage_shape(rec).shape
    double = voltage_shape(moved(rec, cell=CellContext("symmetric", 2.0)))
    assert double.shape == voltage_shape(rec).shape
    np.testing.assert_allclose(double.current_density_mA_cm2, 0.5)


@pytest.mark.parametrize("seed", [0, 1])
def test_thinned_rows_change_hardly_any_shape(seed):
    rec = history(seed)
    keep = np.random.default_rng(seed).random(rec.rows) < 0.4
    keep[[0, -1]] = True
    kept = {name: getattr(rec, name)[keep] for name in ("test_time_second", "voltage_volt", "current_ampere")}
    thin = voltage_shape(CyclingRecord(**kept, source="thinned", cell=SYMMETRIC))
    assert sum(a != b for a, b in zip(thin.shape, voltage_shape(rec).shape, strict=True)) <= 1


def test_two_halves_of_a_file_say_what_the_whole_says():
    rec = history()
    cut = int(np.searchsorted(rec.test_time_second, 18 * 3600.0, "right"))
    parts = [
        CyclingRecord(*(getattr(rec, n)[at] for n in ("test_time_second", "voltage_volt", "current_ampere")),
                      source="part", cell=SYMMETRIC)
        for at in (slice(None, cut), slice(cut, None))
    ]  # fmt: skip
    joined = [name for part in parts for name in voltage_shape(part).shape]
    assert joined == list(voltage_shape(rec).shape)


def test_concentration_polarisation_on_a_trigger_is_neither_peaked_nor_arcing():
    t, v = triggered([0.2] * 20)
    assert set(voltage_shape(record(t, v)).shape) <= {"rising", "flat"}


def test_a_growing_rise_is_arcing_only_against_its_own_beginning():
    part = np.linspace(0, 1, 80)
    sizes = np.repeat(np.concatenate([np.full(10, 0.05), np.linspace(0.05, 1.0, 20)]), 2)
    t = np.concatenate([1800 * (k + part) for k in range(sizes.size)])
    v = np.concatenate([(-1) ** k * 0.05 * (1 + a * np.sqrt(part)) for k, a in enumerate(sizes)])
    grown = voltage_shape(record(t, v))
    assert "arcing" not in grown.shape[:20]
    assert set(grown.shape[-6:]) == {"arcing"}
    same = np.concatenate([(-1) ** k * 0.05 * (1 + 0.6 * np.sqrt(part)) for k in range(sizes.size)])
    assert set(voltage_shape(record(t, same)).shape) == {"rising"}


@pytest.mark.parametrize("with_current", [True, False])
def test_a_ladder_that_rises_more_at_more_current_is_not_arcing(with_current):
    part = np.linspace(0, 1, 80)
    t, v, i, start = [], [], [], 0.0
    for j in (0.5, 1.0, 2.0, 4.0):
        for k in range(24):
            t.append(start + 3600 / j * part)
            start += 3600 / j
            v.append((-1) ** k * 0.02 * j * (1 + 0.15 * j * np.sqrt(part)))
            i.append(np.full(80, (-1) ** k * 1e-3 * j))
    rec = record(np.concatenate(t), np.concatenate(v), np.concatenate(i) if with_current else None)
    assert "arcing" not in voltage_shape(rec).shape


def test_a_cell_that_became_rectangular_and_low_is_suspicious():
    shapes = ["flat"] * 20 + ["rectangular"] * 10
    rec = cell_of(shapes, np.random.default_rng(0), cycler=CYCLERS["10 s, 0.1 mV"])
    late = rec.test_time_second > 20 * 3600
    shorted = moved(rec, voltage_volt=np.where(late, 0.5, 1.0) * rec.voltage_volt)
    assert any("soft short circuit" in w for w in tell(voltage_shape(shorted)).warnings)
    assert not tell(voltage_shape(rec)).warnings  # rectangular at its former voltage
    flat = cell_of(["flat"] * 30, np.random.default_rng(0), cycler=CYCLERS["10 s, 0.1 mV"])
    assert not tell(voltage_shape(moved(flat, voltage_volt=np.where(late, 0.5, 1.0)[: flat.rows] * flat.voltage_volt))
                    ).warnings  # fmt: skip


def test_a_simulated_ohmic_cell_is_rectangular_and_the_note_says_what_that_may_be():
    rec = simulate(PlanarSymmetricCell(2.0, 1.0, 1.0), (Block(1.0, 1.0, 5),), CellContext("symmetric", 1.0))
    findings = tell(voltage_shape(rec))
    assert values(findings, "voltage_shape_share") == {"rectangular": 100.0}
    assert "the voltage alone cannot tell" in findings.numbers[0].note
    assert not findings.warnings


def test_unclear_half_cycles_say_why():
    t, v = uniform([0.05] * 10, points=4)
    findings = tell(voltage_shape(record(t, v)))
    assert values(findings, "voltage_shape_share") == {"unclear": 100.0}
    assert "10 too few rows" in findings.numbers[0].note
    assert not values(findings, "first_cycle_of_voltage_shape")


def test_unfinished_half_cycles_have_no_shape():
    rec = history()
    cut = rec.rows - 150
    short = {n: getattr(rec, n)[:cut] for n in ("test_time_second", "voltage_volt", "current_ampere")}
    assert len(voltage_shape(CyclingRecord(**short, source="cut", cell=SYMMETRIC)).shape) == len(HISTORY) - 1


def test_table_and_pictures_hold_every_half_cycle():
    result = voltage_shape(history())
    findings = tell(result)
    assert findings.tables[0].rows == 36
    assert findings.tables[0].columns["shape"][1] == list(result.shape)
    assert {s.label for s in findings.plots[0].series} == {"peaked", "flat", "arcing", "diverging"}
    assert sum(s.x.size for s in findings.plots[0].series) == 36
    assert len(findings.plots[1].series) == 4
    cycles = np.sort(np.concatenate([s.x for s in findings.plots[0].series]))
    np.testing.assert_allclose(cycles, np.arange(2, 38) / 2)


def test_options_move_the_limits():
    rec = history()
    assert "peaked" not in voltage_shape(rec, Options(peak_from=3.0)).shape
    assert "arcing" not in voltage_shape(rec, Options(rise_from=0.9, diverging_from=0.9)).shape


@pytest.mark.parametrize("cell", [None, CellContext("full"), CellContext("copper")])
def test_only_symmetric_cells(cell):
    with pytest.raises(BadInputError, match="want a symmetric cell"):
        voltage_shape(moved(history(), cell=cell))


@pytest.mark.parametrize(
    "bad",
    [{"peak_from": 0.0}, {"flat_within": float("nan")}, {"diverging_from": 0.01}, {"fewest_rows": 2}, {"reference": 1}],
)
def test_limits_that_mean_nothing_are_refused(bad):
    with pytest.raises(BadInputError, match=f"analyses.voltage_shape.{next(iter(bad))}"):
        Options(**bad)


def test_real_symmetric_cell_rises_by_concentration_polarisation():
    """700 h of a polymer cell: every half-cycle rises smoothly and ever more slowly; not peaked, not arcing."""
    file = real("cycling/limetal_symmetric/NickAlba_Data_Figure_3bc_PHJ_13_201.csv")
    result = voltage_shape(read(file).in_cell(SYMMETRIC))
    assert Counter(result.shape) == {"rising": 1400}
    assert np.mean(result.features.late_slope < result.features.half_way_slope) > 0.99
    assert np.nanmax(result.features.noise) < 0.01  # the trigger is 5 mV of 200
