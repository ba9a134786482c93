"""The analysis of nucleation: which platings, both directions, and why there is no number."""

import dataclasses

import numpy as np
import pytest

from limetal.analyses.nucleation import Options, nucleation, tell
from limetal.errors import BadInputError
from limetal.quantities import QUANTITIES
from limetal.readers import read
from limetal.records.cycling import CellContext, CyclingRecord
from limetal.report.figures import svg
from support.cells import record as symmetric_record
from support.copper_cells import Cell, Logging, anode_free, cycling, made, reservoir
from support.data_files import real

LOG = Logging(every_s=5, noise_V=2e-4, resolution_V=1e-4)


def findings(record, **options):
    return tell(nucleation(record, Options(**options)))


def value(found, quantity, **at):
    hits = [n for n in found.numbers if n.quantity == quantity and at.items() <= dict(n.at).items()]
    assert len(hits) == 1, [(n.quantity, n.at) for n in found.numbers]
    return hits[0]


@pytest.mark.parametrize("copper", ["negative", "positive"])
def test_dip_and_plateau_of_both_connections_are_alike(copper):
    found = findings(made(cycling(2), 0.95, log=LOG, copper=copper).record)
    dip = value(found, "nucleation_dip", cycle=1.0)
    plateau = value(found, "nucleation_plateau", cycle=1.0)
    difference = value(found, "nucleation_overpotential", cycle=1.0)
    assert dip.value == pytest.approx(0.0996, abs=1e-3)
    assert plateau.value == pytest.approx(0.05, abs=1e-3)
    assert difference.value == pytest.approx(dip.value - plateau.value, abs=1e-12)
    assert abs(difference.value - 0.0496) < 3 * difference.std
    assert ("-0.09" in dip.note) == (copper == "positive")  # as logged
    assert dict(dip.at)["current_density"] == 1.0
    assert {n.quantity for n in found.numbers} <= set(QUANTITIES)


def test_swapped_leads_of_the_voltage_change_no_dip():
    record = made(cycling(2), 0.95, log=LOG).record
    one, two = findings(record), findings(dataclasses.replace(record, voltage_volt=-record.voltage_volt))
    assert value(two, "nucleation_dip").value == value(one, "nucleation_dip").value
    assert any("swapped" in w for w in two.warnings)


def test_all_platings_on_request():
    record = made(cycling(5), 0.95, log=LOG).record
    found = findings(record, platings="all")
    assert found.tables[0].rows == 5
    assert len(findings(record).tables[0].columns["cycle"][1]) == 1
    median = value(found, "nucleation_overpotential", definition="plating at positive current, median")
    assert "median of 5 of 5" in median.note
    assert median.value == pytest.approx(0.0465, abs=5e-3)
    assert {p.name for p in found.plots} == {"nucleation", "nucleation_cycles"}


def test_lithium_nucleates_on_bare_copper_only():
    result = nucleation(made(reservoir(4), 0.98, log=LOG).record, Options(platings="all"))
    assert [s.bare for s in result.starts] == [True, True, False, False, False, False]
    assert [s.dip.verdict for s in result.starts[2:]] == ["not identified"] * 4


def test_no_dip_is_said_with_the_smallest_that_would_be_seen():
    found = findings(made(cycling(2), 0.95, Cell(dip_V=0.0), LOG).record)
    assert found.numbers == ()
    ((what, why),) = found.not_computed
    assert what == "nucleation_overpotential (plating 1 on the bare collector, positive current)"
    assert why.startswith("not identified: no 3 rows stand out")
    smallest = float(why.partition("smallest that could be told: ")[2].split()[0])
    assert smallest == pytest.approx(4 * 0.2, rel=0.3)  # four standard deviations of a row


def test_sparse_logging_is_said():
    found = findings(made(cycling(2), 0.95, log=Logging(every_s=300)).record)
    assert found.not_computed[0][1].startswith("too sparse")
    assert "log faster after the switch" in found.not_computed[0][1]


def test_a_lower_bound_is_marked_as_one():
    found = findings(made(cycling(2), 0.95, Cell(rise_s=0.5), Logging(every_s=10, noise_V=1e-4)).record)
    dip = value(found, "nucleation_dip")
    assert (dip.bound, dip.std) == (">", None)
    assert value(found, "nucleation_overpotential").bound == ">"
    assert value(found, "nucleation_plateau").bound == "="


def test_unknown_direction_is_not_guessed():
    record = made([("plate", 3.0), *[("strip", 1.0), ("plate", 1.0)] * 3], 1.0, log=LOG).record
    found = findings(record)
    assert found.numbers == ()
    assert "cannot tell" in found.not_computed[0][1]
    assert value(findings(record, plating="positive"), "nucleation_dip", cycle=1.0).value > 0.09


def test_a_change_of_current_is_no_dip():
    record = made(cycling(2), 0.95, Cell(dip_V=0.0), LOG).record
    v, i = record.voltage_volt.copy(), record.current_ampere.copy()
    fast = (record.test_time_second > 80) & (record.test_time_second < 300)
    v[fast], i[fast] = 0.1, 2e-3
    found = findings(dataclasses.replace(record, voltage_volt=v, current_ampere=i))
    assert found.numbers == ()
    assert "the current changes from 2 to 1 mA" in found.not_computed[0][1]


def peaked(heights=(0.03, 0.02), half_s=3600.0, n=4, plateau=0.05, dt=5.0):
    """Symmetric cell whose half-cycles begin with a peak, another one in each direction."""
    t, v, i = [], [], []
    part = np.arange(0.0, half_s, dt)
    for k in range(n):
        sign, height = (1, heights[0]) if k % 2 == 0 else (-1, heights[1])
        t.append(part + k * half_s)
        v.append(sign * (plateau + height * (part / 60) * np.exp(1 - part / 60)))
        i.append(np.full(part.size, sign * (1e-3 if sign > 0 else 2e-3)))
    return np.concatenate(t), np.concatenate(v), np.concatenate(i)


@pytest.mark.parametrize("with_current", [True, False])
def test_symmetric_cells_have_two_directions_and_the_rate_of_each(with_current):
    t, v, i = peaked()
    found = findings(symmetric_record(t, v, i if with_current else None))
    what = "current" if with_current else "voltage"
    for sign, height, density in (("positive", 0.03, 1.0), ("negative", 0.02, 2.0)):
        n = value(found, "nucleation_overpotential", definition=f"{sign} {what}")
        assert n.value == pytest.approx(height, abs=5e-4)
        assert dict(n.at).get("current_density") == (density if with_current else None)
    swapped = findings(symmetric_record(t, -v, -i if with_current else None))
    assert value(swapped, "nucleation_overpotential", definition=f"positive {what}").value == pytest.approx(
        0.02, abs=5e-4
    )


def test_flat_symmetric_cells_have_no_dip_in_one_line():
    t, v, i = peaked((0.0, 0.0))
    found = findings(symmetric_record(t, v, i))
    assert found.numbers == ()
    assert [what for what, _ in found.not_computed] == [
        "nucleation_overpotential (first half-cycle of both directions)"
    ]


def test_a_real_polymer_cell_that_rises_has_no_dip():
    """Concentration polarisation: the voltage rises through the half-cycle; nothing stands out at its start."""
    record = read(real("cycling/limetal_symmetric/NickAlba_Data_Figure_3bc_PHJ_13_201.csv"))
    found = findings(dataclasses.replace(record, cell=CellContext("symmetric")), platings="all")
    verdicts = found.tables[0].columns["verdict"][1]
    assert len(verdicts) > 1000
    assert set(verdicts) <= {"not identified", "too sparse"}


def test_a_record_that_is_no_plating_is_not_an_error():
    t = np.arange(0.0, 3600.0, 10.0)
    record = CyclingRecord(t, 4 - t / 3600, np.full(t.size, -1e-3), source="down", cell=CellContext("anode-free"))
    assert findings(record).not_computed == (("nucleation_overpotential", "no plating in the record"),)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"platings": "some"}, "'first' or 'all'"),
        ({"settled_from": 0.0}, "0 < settled_from"),
        ({"settled_from": 0.9, "settled_to": 0.5}, "0 < settled_from"),
        ({"plating": "down"}, "analyses.nucleation.plating"),
    ],
)
def test_wrong_options_are_refused(options, words):
    with pytest.raises(BadInputError, match=words):
        Options(**options)


@pytest.mark.parametrize("kind", ["full", None])
def test_other_cells_are_refused(kind):
    record = dataclasses.replace(made(cycling(1)).record, cell=CellContext(kind) if kind else None)
    with pytest.raises(BadInputError, match="anode-free or symmetric cell"):
        nucleation(record)


@pytest.mark.parametrize("platings", ["first", "all"])
def test_everything_can_be_drawn(platings):
    records = [made(cycling(4), log=LOG).record, anode_free(3), symmetric_record(*peaked())]
    for record in records:
        for plot in findings(record, platings=platings).plots:
            assert svg(plot).startswith("<?xml")


def test_current_density_is_current_over_area():
    found = findings(made(cycling(2), 0.95, log=LOG, area_cm2=2.0).record)
    assert dict(value(found, "nucleation_dip", cycle=1.0).at)["current_density"] == pytest.approx(0.5, rel=1e-3)


def test_time_of_the_dip_counts_from_the_start_of_plating():
    """The test rests for an hour first; the dip stands within minutes of the current."""
    steps = [("rest", 3600.0), *cycling(2)]
    early = nucleation(made(cycling(2), 0.95, log=LOG).record).starts[0].dip.dip_second
    late = nucleation(made(steps, 0.95, log=LOG).record).starts[0].dip.dip_second
    assert late == pytest.approx(early, abs=10)
    assert 0 < late < 200
