"""Fade of made-up cells, from the record to the numbers."""

from dataclasses import replace

import numpy as np
import pytest

import limetal
from limetal.analyses.capacity_fade import Options, capacity_fade, tell
from limetal.errors import BadInputError
from limetal.records.cycling import CellContext, CyclingRecord
from support.data_files import real
from support.full_cells import LFP, SULFUR, geometric, kneed, ladder, linear, make, rate_test


def told(record, **options):
    return tell(capacity_fade(record, Options(**options)))


def number(findings, quantity, **at):
    found = [n for n in findings.numbers if n.quantity == quantity and at.items() <= dict(n.at).items()]
    assert len(found) == 1, findings.numbers
    return found[0]


@pytest.mark.parametrize(
    "kind",
    [
        {},
        {"held_part": 0.1},
        {"rest_s": 0.0},
        {"chemistry": LFP},
        {"chemistry": SULFUR, "starts": "discharge"},
        {"efficiency": 0.98},
        {"cell": CellContext("anode-free")},
        {"keep": 0.4},
    ],
)
def test_fade_of_every_kind_of_cell(kind):
    made = make(linear(41, 2.0, 0.1), rows=30, **kind)
    findings = told(made.record, at_cycles="31")
    assert number(findings, "capacity_retention", cycle=31.0).value == pytest.approx(97.0, abs=1e-6)
    assert number(findings, "fade_per_cycle").value == pytest.approx(0.1, rel=1e-6)
    life = number(findings, "cycle_life")
    assert (life.bound, life.value) == (">", 40 if "keep" in kind else 41)
    assert number(findings, "knee_cycle").value == "not identified"


def test_geometric_fade_of_an_anode_free_cell():
    findings = told(make(geometric(60, 2.0, 0.99), cell=CellContext("anode-free"), rows=20).record)
    assert number(findings, "relative_fade_per_cycle").value == pytest.approx(1.0, rel=1e-6)
    assert number(findings, "cycle_life").value == 23  # 0.99**22 = 0.8016 is cycle 23, 0.99**23 lies below


def test_forming_and_checks_are_not_compared():
    current = ladder((0.2, 3), (1, 20), (0.2, 1), (1, 20), (0.2, 1), (1, 20))
    capacity = np.where(current < 0.5, 2.2, 2.0) * (1 - 1e-3 * np.arange(current.size))
    result = capacity_fade(make(capacity, current_mA=current, rows=30).record)
    assert result.number[0] == 4
    assert result.retention == pytest.approx(100 * (1 - 1e-3 * (result.number - 1)) / (1 - 3e-3))
    findings = tell(result)
    assert any("cycles 24 and 45" in w and "left out" in w for w in findings.warnings)
    assert number(findings, "fade_per_cycle").value == pytest.approx(0.1 / 0.997, rel=1e-6)
    missing = dict(told(result.record, at_cycles="24").not_computed)
    assert "other currents" in missing["capacity_retention at cycle 24"]


def test_long_cycling_after_a_rate_test_counts_from_its_own_first_cycle():
    current, capacity = rate_test()
    made = make(
        np.concatenate([capacity, linear(60, 1.6, 0.1)]),
        current_mA=np.concatenate([current, np.full(60, 2.0)]),
        rows=20,
    )
    result = capacity_fade(made.record)
    assert (result.number[0], result.number[-1]) == (36, 95)
    assert capacity_fade(made.record, Options(reference_cycle=16)).number[0] == 16


def test_a_rate_test_alone_has_no_fade_unless_it_returns_long_enough():
    current, capacity = rate_test(each=3, back=0)
    findings = told(make(capacity, current_mA=current, rows=20).record)
    assert not findings.numbers
    assert "rate test" in findings.not_computed[0][1]
    current, capacity = rate_test(each=5)
    findings = told(make(capacity, current_mA=current, rows=20).record)
    assert number(findings, "fade_per_cycle").value == pytest.approx(0.02, rel=1e-6)


def test_asked_cycles_are_measured_ones():
    record = make(linear(30, 2.0, 0.1), current_mA=ladder((0.5, 4), (1, 26)), rows=20).record
    findings = told(record, at_cycles="10, 20,99, 2")
    assert number(findings, "capacity_retention", cycle=10.0).value == pytest.approx(100 * 0.991 / 0.996)
    missing = dict(findings.not_computed)
    assert missing["capacity_retention at cycle 99"] == "the last complete cycle is 30"
    assert missing["capacity_retention at cycle 2"] == "it comes before the reference, cycle 5"


def test_reference_that_is_chosen():
    made = make(linear(30, 2.0, 0.1), rows=20)
    result = capacity_fade(made.record, Options(reference_cycle=11))
    assert result.retention[-1] == pytest.approx(100 * 0.971 / 0.990)
    with pytest.raises(BadInputError, match=r"reference_cycle: found 31, want one of the complete cycles"):
        capacity_fade(made.record, Options(reference_cycle=31))


def test_life_to_a_limit_and_its_censoring():
    record = make(linear(60, 2.0, 0.5), rows=20).record
    life = number(told(record), "cycle_life", capacity_retention=80.0)
    assert (life.value, life.bound) == (41, "=")
    life = number(told(record, end_of_life=70.0), "cycle_life", capacity_retention=70.0)
    assert (life.value, life.bound) == (60, ">")
    findings = told(make(linear(43, 2.0, 0.5), rows=20).record)
    life = number(findings, "cycle_life")
    assert (life.value, life.bound) == (41, ">")
    assert any("ends with 2 like cycles below 80 %" in w for w in findings.warnings)


def test_knee_of_a_noisy_cell():
    rng = np.random.default_rng(1)
    made = make(kneed(200, 2.0, 140, 0.03, 0.3) * (1 + rng.normal(0, 1e-3, 200)), rows=15, step_A=1e-7)
    findings = told(made.record)
    knee = number(findings, "knee_cycle")
    assert knee.value == pytest.approx(140, abs=3)
    assert 0 < knee.std < 3
    assert [m.label for m in findings.plots[0].marks] == ["80 %", "knee"]
    retention = number(findings, "capacity_retention")
    truth = 100 * 1e-3 * np.hypot(1, retention.value / 100) * retention.value / 100
    assert retention.std == pytest.approx(truth, rel=0.4)


def test_half_cell_that_begins_with_discharge_returns_its_charge():
    made = make(linear(20, 2.0, 0.5), efficiency=1.02, starts="discharge", cell=CellContext("half", starts="discharge"))
    result = capacity_fade(made.record)
    assert result.way == "charge"
    assert result.capacity_mAh == pytest.approx(made.charge_mAh)
    assert capacity_fade(made.record, Options(of="discharge")).capacity_mAh == pytest.approx(made.discharge_mAh)


def test_activation_is_told():
    capacity = np.concatenate([np.linspace(1.8, 2.0, 10), linear(30, 2.0, 0.1)])
    assert any("rises to 111.1 %" in w for w in told(make(capacity, rows=20).record).warnings)
    assert not any("rises" in w for w in told(make(linear(30, 2.0, 0.1), rows=20).record).warnings)


def test_unit_of_capacity_does_not_matter():
    small, large = (
        capacity_fade(make(linear(30, q, 0.1), current_mA=q / 2, resistance_ohm=20 / q, rows=20).record)
        for q in (0.02, 2000.0)
    )
    assert small.retention == pytest.approx(large.retention)
    assert small.life == large.life


def test_one_cycle_has_no_fade():
    findings = told(make([2.0, 2.0], current_mA=[0.2, 1.0]).record)
    assert findings.not_computed == (("capacity fade", "no other complete cycle is like cycle 1"),)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"reference_cycle": -1}, "reference_cycle: found -1"),
        ({"end_of_life": 100.0}, "end_of_life: found 100"),
        ({"in_a_row": 0}, "in_a_row: found 0"),
        ({"of": "both"}, "of: found 'both'"),
        ({"same_current": 0.5}, "same_current: found 0.5"),
        ({"knee_evidence": -1.0}, "knee_evidence: found -1"),
        ({"at_cycles": "10;20"}, "at_cycles: found '10;20'"),
        ({"at_cycles": "0"}, "at_cycles: found '0'"),
    ],
)
def test_wrong_options_are_refused(options, words):
    with pytest.raises(BadInputError, match=words):
        Options(**options)


def test_cells_without_cycles_are_refused():
    record = make(linear(4, 2.0, 0.1)).record
    with pytest.raises(BadInputError, match="a cell nobody described"):
        capacity_fade(replace(record, cell=None))
    with pytest.raises(BadInputError, match="no current"):
        capacity_fade(CyclingRecord(record.test_time_second, record.voltage_volt, None, source="x", cell=record.cell))


def test_real_file_of_a_commercial_cell():
    record = limetal.read(real("cycling/maccor/beep_xTESLADIAG_000038.078"))
    findings = told(replace(record, cell=CellContext("full")))
    assert number(findings, "cycle_life").bound == ">"
    assert 90 < number(findings, "capacity_retention").value < 101


def test_error_of_the_retention_counts_both_cycles():
    """The reference scatters as much as the cycle that is held against it."""
    rng = np.random.default_rng(3)
    made = make(linear(60, 2.0, 0.8) * (1 + rng.normal(0, 2e-3, 60)), rows=15)
    result = capacity_fade(made.record)
    retention = number(tell(result), "capacity_retention")
    one = 100 * result.noise_mAh / result.capacity_mAh[0]
    assert retention.std == pytest.approx(one * np.sqrt(1 + (retention.value / 100) ** 2))


def test_error_of_the_knee_is_a_quarter_of_its_interval():
    rng = np.random.default_rng(1)
    result = capacity_fade(make(kneed(200, 2.0, 140, 0.03, 0.3) * (1 + rng.normal(0, 1e-3, 200)), rows=15).record)
    knee = number(tell(result), "knee_cycle")
    assert knee.std == pytest.approx((result.knee.high - result.knee.low) / (2 * 1.96), rel=1e-6)
