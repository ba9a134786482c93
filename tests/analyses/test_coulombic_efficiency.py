"""The analysis of plating and stripping: what it tells, what it refuses to tell, and laws."""

import dataclasses

import numpy as np
import pytest

from limetal.analyses.capacity import capacity
from limetal.analyses.capacity import tell as tell_capacity
from limetal.analyses.coulombic_efficiency import Options, coulombic_efficiency, tell
from limetal.errors import BadInputError
from limetal.quantities import QUANTITIES
from limetal.records.cycling import CellContext, CyclingRecord
from limetal.report.figures import svg
from support.copper_cells import Cell, Logging, anode_free, cycling, made, reservoir

LONG_FILM = Cell(film_mAh=0.0)
LOG = Logging(every_s=60, trigger_V=0.005, noise_V=2e-4, resolution_V=1e-4, noise_mA=2e-4, resolution_mA=1e-4)


def findings(record, **options):
    return tell(coulombic_efficiency(record, Options(**options)))


def number(found, quantity, **at):
    """The one number of this quantity and these conditions."""
    hits = [n for n in found.numbers if n.quantity == quantity and at.items() <= dict(n.at).items()]
    assert len(hits) == 1, [(n.quantity, n.at) for n in found.numbers]
    return hits[0]


def test_numbers_of_a_made_up_cell():
    rng = np.random.default_rng(1)
    ce = 0.98 + rng.normal(0, 0.002, 30)
    ce[0] = 0.9
    found = findings(made(cycling(30, 2.0), ce, log=LOG, copper="positive", area_cm2=2.0).record)
    assert number(found, "initial_coulombic_efficiency").value == pytest.approx(90, abs=0.02)
    assert number(found, "complete_cycles").value == 30
    assert number(found, "cutoff_voltage").value == pytest.approx(1.0, abs=0.01)
    assert "negative current plates" in number(found, "plating_direction").value
    assert number(found, "plated_capacity", cycle=1.0).value == pytest.approx(2.0, rel=1e-3)
    assert number(found, "areal_plated_capacity", cycle=1.0).value == pytest.approx(1.0, rel=1e-3)
    assert number(found, "areal_stripped_capacity", cycle=30.0).value == pytest.approx(ce[-1], rel=1e-3)
    mean = number(found, "mean_coulombic_efficiency", definition="arithmetic")
    assert mean.value == pytest.approx(100 * ce[1:].mean(), abs=0.01)
    assert mean.std == pytest.approx(100 * ce[1:].std(ddof=1) / np.sqrt(29), rel=0.1)
    assert "the spread dominates" in mean.note
    assert "cycles 2 to 30" in mean.note
    geometric = number(found, "mean_coulombic_efficiency", definition="geometric").value
    assert geometric == pytest.approx(100 * np.exp(np.log(ce[1:]).mean()), abs=0.01)
    total = number(found, "mean_coulombic_efficiency", definition="total").value
    assert total == pytest.approx(100 * ce[1:].mean(), abs=0.01)
    assert dict(mean.at)["current_density"] == pytest.approx(0.5, rel=1e-3)
    assert {n.quantity for n in found.numbers} <= set(QUANTITIES)


def test_twice_the_area_halves_areal_numbers_and_leaves_the_efficiency():
    record = made(reservoir(), 0.98, log=LOG).record
    one = findings(record)
    two = findings(dataclasses.replace(record, cell=CellContext("copper", 2.0)))
    none = findings(dataclasses.replace(record, cell=CellContext("copper")))
    for name in ("areal_reservoir_capacity", "areal_lithium_loss_per_cycle"):
        assert number(two, name).value == pytest.approx(number(one, name).value / 2)
    shown = [
        tell(coulombic_efficiency(made(cycling(3), area_cm2=a).record)).plots[0].panels[0].series[0].y for a in (1, 2)
    ]
    np.testing.assert_allclose(shown[1], shown[0] / 2)
    for name in ("reservoir_capacity", "mean_coulombic_efficiency"):
        assert number(two, name).value == number(one, name).value == number(none, name).value
    assert not [n for n in none.numbers if n.quantity.startswith("areal")]


def test_exchanged_terminals_change_no_number():
    one, two = (findings(made(cycling(8), 0.97, log=LOG, copper=c).record) for c in ("negative", "positive"))
    for a, b in zip(one.numbers, two.numbers, strict=True):
        if a.quantity != "plating_direction":
            assert (a.quantity, a.value, a.std) == (b.quantity, b.value, b.std)


def test_capacity_stripped_is_efficiency_times_capacity_plated():
    blocks = coulombic_efficiency(made(cycling(6), [0.9, 0.95, 0.97, 0.98, 0.96, 0.97], log=LOG).record).found.blocks
    np.testing.assert_allclose(blocks.efficiency * blocks.plated_mAh, blocks.stripped_mAh, rtol=1e-12)


def test_splitting_and_rejoining_a_file_changes_nothing():
    record = made(cycling(5), 0.96, log=LOG).record
    cut = record.rows // 2
    names = ("test_time_second", "voltage_volt", "current_ampere")
    joined = CyclingRecord(
        *(np.concatenate([getattr(record, n)[:cut], getattr(record, n)[cut:]]) for n in names),
        source="joined",
        cell=record.cell,
    )
    for a, b in zip(findings(record).numbers, findings(joined).numbers, strict=True):
        assert (a.quantity, a.value, a.std) == (b.quantity, b.value, b.std)


def test_resampling_changes_nothing_beyond_the_stated_resolution():
    """Every second row within the steps, their ends kept."""
    record = made(cycling(6), 0.97, log=Logging(every_s=10, noise_mA=5e-4)).record
    edge = np.flatnonzero(np.diff(np.sign(record.current_ampere)))
    keep = np.arange(record.rows) % 2 == 0
    keep[np.concatenate([edge, edge + 1, [0, record.rows - 1]])] = True
    names = ("test_time_second", "voltage_volt", "current_ampere")
    thin = dataclasses.replace(record, **{n: getattr(record, n)[keep] for n in names})
    one, two = (coulombic_efficiency(r).found.blocks for r in (record, thin))
    allowed = 3 * np.hypot(two.std_random, two.std_common) + 1e-9
    assert np.all(np.abs(one.efficiency - two.efficiency) <= allowed)


def test_reservoir_numbers():
    truth = made(reservoir(10, 1.0, 5.0, 5.0), [0.93, *[0.99] * 11], log=LOG)
    found = findings(truth.record)
    mean = number(found, "mean_coulombic_efficiency", definition="reservoir protocol")
    assert mean.value == pytest.approx(99.0, abs=0.02)
    assert abs(mean.value - 99.0) < 4 * mean.std + 0.002
    assert "(n Q_C + Q_S)/(n Q_C + Q_T), n = 10: Q_C = 1, Q_T = 5, Q_S = 4.85 mAh" in mean.note
    assert "weighs 33 %" in mean.note
    assert "conditioning cycle of 5 mAh with 93 %" in mean.note
    assert number(found, "initial_coulombic_efficiency").value == pytest.approx(93, abs=0.02)
    assert number(found, "lithium_loss_per_cycle").value == pytest.approx(0.01, abs=2e-4)
    assert [s.label for s in next(p for p in found.plots if p.name == "reservoir_protocol").spans] == [
        "conditioning", "reservoir", "10 cycles", "last stripping",
    ]  # fmt: skip


def test_loss_per_cycle_is_that_of_the_cycled_charge():
    found = findings(made(reservoir(8, 0.5, 3.0, 3.0), 0.98, log=LOG).record)
    assert number(found, "lithium_loss_per_cycle").value == pytest.approx(0.02 * 0.5, abs=2e-4)
    assert "in all 0.14 mAh of 7 mAh plated" in number(found, "lithium_loss_per_cycle").note


def test_a_counter_of_the_instrument_counts_before_the_current():
    """A current logged 5 % too small in one direction; the counter beside it has the truth, rounded to 1e-4 mAh."""
    record = made(cycling(4), 0.9, log=Logging(every_s=60, noise_mA=1e-3)).record
    t, i = record.test_time_second, record.current_ampere
    flow = np.concatenate([[0.0], np.diff(t) * i[1:] * 1e3 / 3600])
    up = np.round(np.cumsum(np.maximum(flow, 0)), 4)
    down = np.round(np.cumsum(np.maximum(-flow, 0)), 4)
    wrong = np.where(i < 0, 0.99 * i, i)
    more = {"Charge Capacity (mAh)": up, "Discharge Capacity (mAh)": down}
    counted = dataclasses.replace(record, current_ampere=wrong, more=more)
    with_it, without = findings(counted), findings(dataclasses.replace(record, current_ampere=wrong))
    one, two = (number(f, "coulombic_efficiency", cycle=4.0) for f in (with_it, without))
    assert one.value == pytest.approx(90.0, abs=0.05)
    assert two.value == pytest.approx(89.1, abs=0.05)
    assert 1e-3 < one.std < 0.05


def test_reservoir_without_conditioning_has_no_initial_efficiency():
    found = findings(made(reservoir(5, 1.0, 3.0, 0.0), 0.98).record)
    assert ("initial_coulombic_efficiency", "the first plating is the reservoir: no cycle conditions the copper") in [
        (what, why.removesuffix(" before it")) for what, why in found.not_computed
    ]


def test_what_cannot_be_told_is_said_and_nothing_else():
    steps = [("plate", 3.0), ("strip", 1.0), *[("plate", 1.0), ("strip", 1.0)] * 8]
    record = made(steps, 1.0, copper="positive").record
    found = findings(record)
    assert found.numbers == ()
    assert "cannot tell" in found.not_computed[0][1]
    assert "plating=positive or plating=negative" in found.not_computed[0][1]
    said = findings(record, plating="negative")
    assert not [n for n in said.numbers if "efficiency" in n.quantity]
    assert "limited by charge" in dict(said.not_computed)["coulombic_efficiency"]
    assert number(said, "plated_capacity", cycle=1.0).value == pytest.approx(3.0)
    assert "not identified" in said.tables[0].columns["coulombic_efficiency"][1]


def test_more_than_all_is_warned_of():
    truth = made(cycling(8), [0.98, 0.98, 0.9, 0.98, 1.06, 0.98, 0.98, 0.98], log=LOG)
    above = [w for w in findings(truth.record).warnings if "above 100 % by more than 3" in w]
    assert len(above) == 1
    assert "in cycle 5 (up to 106 %)" in above[0]
    assert "soft short circuit" in above[0]
    plain = findings(made(cycling(8), 0.9995, log=LOG).record)
    assert not [w for w in plain.warnings if "above 100 %" in w]


def test_resolution_hides_what_is_just_above_all():
    """102 % with the ends of steps between rows a minute apart is not beyond the resolution."""
    log = Logging(every_s=60, grid=True, ends=False)
    coarse = made([("rest", 90.0), *cycling(6)], [0.98, 0.98, 1.01, 0.98, 0.98, 0.98], log=log).record
    found = findings(coarse, plating="positive")
    assert number(found, "complete_cycles").value == 6
    assert not [w for w in found.warnings if "above 100 %" in w]
    assert any("ends of steps lie between two rows" in w for w in found.warnings)


def test_cycles_that_are_unlike_have_no_mean():
    found = findings(made(cycling(12), [0.98] * 6 + [0.5, 0.4, 0.3, 0.2, 0.15, 0.1]).record)
    assert not [n for n in found.numbers if n.quantity == "mean_coulombic_efficiency"]
    assert "unlike, from 10 to 98 %" in dict(found.not_computed)["mean_coulombic_efficiency"]


def test_one_bad_cycle_is_told_with_the_mean_that_lacks_it():
    found = findings(made(cycling(12), [0.98] * 7 + [0.6] + [0.98] * 4).record)
    mean = number(found, "mean_coulombic_efficiency", definition="arithmetic")
    assert mean.value == pytest.approx((10 * 98 + 60) / 11, abs=0.02)
    assert any("without them the arithmetic mean of cycles 2 to 12 is 98 %" in w for w in found.warnings)


def test_means_are_given_for_every_current_and_capacity():
    one = made(cycling(4, 1.0), 0.98, Cell(current_mA=1.0)).record
    two = made(cycling(4, 2.0), 0.96, Cell(current_mA=2.0, film_mAh=0.0)).record
    record = CyclingRecord(
        np.concatenate([one.test_time_second, two.test_time_second + one.test_time_second[-1]]),
        np.concatenate([one.voltage_volt, two.voltage_volt]),
        np.concatenate([one.current_ampere, two.current_ampere]),
        source="two",
        cell=one.cell,
    )
    found = findings(record)
    for density, ce in ((1.0, 98.0), (2.0, 96.0)):
        at = {"current_density": density, "cycled_capacity": density, "definition": "arithmetic"}
        assert number(found, "mean_coulombic_efficiency", **at).value == pytest.approx(ce, abs=0.1)


def test_anode_free_efficiency_says_that_it_is_of_the_whole_cell():
    found = findings(anode_free(10, 0.985))
    mean = number(found, "mean_coulombic_efficiency", definition="arithmetic")
    assert mean.value == pytest.approx(98.5, abs=0.1)
    assert "losses of the positive electrode included" in mean.note


def test_options_matter_and_wrong_ones_are_refused():
    record = made(cycling(10), [0.8, 0.9, *[0.98] * 8]).record
    late = findings(record, settled_from=3)
    assert number(late, "mean_coulombic_efficiency", definition="arithmetic").value == pytest.approx(98, abs=0.05)
    early = findings(record, settled_from=1)
    assert number(early, "mean_coulombic_efficiency", definition="arithmetic").value == pytest.approx(95.4, abs=0.05)
    for wrong, words in (
        ({"plating": "up"}, "analyses.coulombic_efficiency.plating"),
        ({"cutoff_V": -1.0}, "cutoff_V"),
        ({"cutoff_V": float("inf")}, "cutoff_V"),
        ({"settled_from": 0}, "settled_from"),
    ):
        with pytest.raises(BadInputError, match=words):
            Options(**wrong)
    with pytest.raises(BadInputError, match="a cell of kind 'symmetric'"):
        coulombic_efficiency(dataclasses.replace(record, cell=CellContext("symmetric")))


@pytest.mark.parametrize("steps", [cycling(6), reservoir(), cycling(1), [("plate", 1.0)]], ids=lambda s: str(len(s)))
@pytest.mark.parametrize("kind", ["copper", "anode-free"])
def test_every_record_gives_findings_that_can_be_drawn(steps, kind):
    record = made(steps, 0.97, log=LOG).record
    found = findings(dataclasses.replace(record, cell=CellContext(kind, 1.0)), plating="positive")
    for plot in found.plots:
        assert svg(plot).startswith("<?xml")
    for table in found.tables:
        assert table.rows > 0


def test_efficiency_of_an_anode_free_cell_is_told_once():
    """Two analyses look at the same cycles: one tells the efficiency with its error, the other the capacities."""
    record = anode_free(10, 0.985)
    capacities = tell_capacity(capacity(record))
    efficiencies = findings(record)
    names = [{n.quantity for n in told.numbers} for told in (capacities, efficiencies)]
    assert names[0] & names[1] == {"complete_cycles"}
    assert {"discharge_capacity", "energy_efficiency"} <= names[0]
    assert {"coulombic_efficiency", "initial_coulombic_efficiency", "mean_coulombic_efficiency"} <= names[1]
    assert "coulombic_efficiency" in capacities.tables[0].columns  # the table of cycles keeps it
    full = dataclasses.replace(record, cell=CellContext("full", 1.0))
    assert "coulombic_efficiency" in {n.quantity for n in tell_capacity(capacity(full)).numbers}


def test_errors_of_a_reservoir_are_in_the_unit_of_their_number():
    """The error of the loss is that of the efficiency times the cycled charge, per area where the loss is."""
    log = Logging(every_s=60, grid=True, ends=False)
    steps = [("rest", 90.0), *reservoir(8, 0.503, 3.017, 3.0)]
    found = findings(made(steps, 0.98, log=log, area_cm2=2.0).record)
    mean = number(found, "mean_coulombic_efficiency", definition="reservoir protocol")
    loss, areal = number(found, "lithium_loss_per_cycle"), number(found, "areal_lithium_loss_per_cycle")
    assert mean.std > 0
    assert loss.std / mean.std == pytest.approx(loss.value / (100 - mean.value))
    assert (areal.value, areal.std) == (pytest.approx(loss.value / 2), pytest.approx(loss.std / 2))


def test_a_test_that_begins_with_stripping_has_no_initial_efficiency():
    record = made([("plate", 0.3), *cycling(3)[1:], *cycling(2)], 0.98, LONG_FILM).record
    begins = int(np.flatnonzero(record.current_ampere < 0)[0])
    late = CyclingRecord(
        record.test_time_second[begins:], record.voltage_volt[begins:], record.current_ampere[begins:],
        source="late", cell=record.cell,
    )  # fmt: skip
    assert "begins with stripping" in dict(findings(late).not_computed)["initial_coulombic_efficiency"]
    assert not [n for n in findings(late).numbers if n.quantity == "initial_coulombic_efficiency"]
    assert [n for n in findings(record).numbers if n.quantity == "initial_coulombic_efficiency"]


def test_currents_a_fifth_apart_are_two_levels():
    one = made(cycling(4), 0.98, Cell(current_mA=1.0)).record
    two = made(cycling(4), 0.97, Cell(current_mA=1.2, film_mAh=0.0)).record
    record = CyclingRecord(
        np.concatenate([one.test_time_second, two.test_time_second + one.test_time_second[-1]]),
        np.concatenate([one.voltage_volt, two.voltage_volt]),
        np.concatenate([one.current_ampere, two.current_ampere]),
        source="two",
        cell=one.cell,
    )
    told = [n for n in findings(record).numbers if dict(n.at).get("definition") == "arithmetic"]
    assert [dict(n.at)["current_density"] for n in told] == pytest.approx([1.0, 1.2], rel=1e-3)


def test_two_of_five_far_cycles_make_no_mean():
    found = findings(made(cycling(6), [0.98, 0.98, 0.6, 0.98, 0.6, 0.98]).record)
    assert "mean_coulombic_efficiency" in dict(found.not_computed)


def test_a_record_that_goes_on_with_a_test_has_no_initial_efficiency():
    record = made(cycling(8, 2.0), 0.98, copper="positive").record
    count = 1 + np.cumsum(np.append(0, np.diff(np.sign(record.current_ampere)) < 0))  # one more at each plating
    fresh = findings(dataclasses.replace(record, cycle_count=count))
    assert number(fresh, "initial_coulombic_efficiency").value == pytest.approx(98, abs=0.1)
    later = findings(dataclasses.replace(record, cycle_count=count + 50))
    assert not [n for n in later.numbers if n.quantity == "initial_coulombic_efficiency"]
    assert any("goes on with a test" in why for _, why in later.not_computed)
