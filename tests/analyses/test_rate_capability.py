"""Rate tests of made-up cells, from the record to the table."""

import numpy as np
import pytest

from limetal.analyses.rate_capability import Options, rate_capability, tell
from limetal.errors import BadInputError
from limetal.records.cycling import CellContext
from support.full_cells import ladder, linear, make, rate_test

CELL = CellContext("full", area_cm2=1.13, mass_mg=10.0, nominal_capacity_mAh=2.0)


def made_test(cell=CELL, **kind):
    current, capacity = rate_test()
    return make(capacity, current_mA=current, cell=cell, rows=30, **kind), capacity


@pytest.mark.parametrize(
    "kind", [{}, {"held_part": 0.05, "step_A": 1e-8}, {"starts": "discharge"}, {"efficiency": 0.99}]
)
def test_table_of_a_rate_test(kind):
    made, capacity = made_test(**kind)
    result = rate_capability(made.record)
    medians = np.median(capacity.reshape(7, 5), axis=1)
    assert [b.number[0] for b in result.blocks] == [1, 6, 11, 16, 21, 26, 31]
    assert [b.capacity_mAh for b in result.blocks] == pytest.approx(medians)
    assert [b.rate_retention for b in result.blocks] == pytest.approx(100 * medians / medians[0])
    assert [b.recovery for b in result.blocks[:-1]] == [None] * 6
    assert result.blocks[-1].recovery == pytest.approx(100 * medians[-1] / medians[0])
    assert result.varies == "charge and discharge"
    table = tell(result).tables[0].columns
    assert table["discharge_c_rate"][1] == pytest.approx([0.1, 0.2, 0.5, 1, 2, 5, 0.1])
    assert table["discharge_current_density"][1] == pytest.approx(np.array([0.2, 0.4, 1, 2, 4, 10, 0.2]) / 1.13)
    assert table["specific_discharge_capacity"][1] == pytest.approx(medians / 0.01)
    assert table["areal_discharge_capacity"][1] == pytest.approx(medians / 1.13)


def test_numbers_carry_the_rate():
    findings = tell(rate_capability(made_test()[0].record))
    rates = [dict(n.at)["c_rate"] for n in findings.numbers if n.quantity == "rate_retention"]
    assert rates == [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 0.1]
    assert findings.not_computed == ()
    assert [span.label for span in findings.plots[0].spans] == ["0.1C", "0.2C", "0.5C", "1C", "2C", "5C", "0.1C"]


def test_without_area_and_capacity_rates_are_currents():
    findings = tell(rate_capability(made_test(CellContext("full"))[0].record))
    assert dict(findings.not_computed).keys() == {"C rates", "current densities"}
    assert findings.plots[0].spans[0].label == "0.2 mA"
    assert not any("c_rate" in dict(n.at) or "current_density" in dict(n.at) for n in findings.numbers)
    assert findings.plots[1].x.unit == "mA"
    assert "charge_c_rate" not in findings.tables[0].columns


def test_doubling_the_area_halves_areal_numbers():
    one, two = (
        tell(rate_capability(made_test(CellContext("full", area_cm2=a))[0].record)).tables[0].columns
        for a in (1.0, 2.0)
    )
    for name in ("areal_discharge_capacity", "discharge_current_density"):
        assert one[name][1] == pytest.approx(2 * np.array(two[name][1]))
    assert one["rate_retention"][1] == two["rate_retention"][1]


def test_fast_charge_test_varies_the_charge():
    charge = ladder((0.5, 3), (1, 3), (2, 3), (4, 3), (0.5, 3))
    capacity = ladder((2.0, 3), (1.9, 3), (1.7, 3), (1.2, 3), (1.98, 3))
    result = rate_capability(make(capacity, current_mA=0.5, charge_current_mA=charge, rows=30).record)
    assert result.varies == "charge"
    assert [result.rate_mA(b) for b in result.blocks] == pytest.approx([0.5, 1, 2, 4, 0.5])
    assert result.blocks[3].rate_retention == pytest.approx(60.0)
    assert any("charge at 4 mA, discharge at 0.5 mA" in n.note for n in tell(result).numbers)


def test_rates_in_any_order_are_held_against_the_lowest():
    current = ladder((2, 3), (0.2, 3), (1, 3), (2, 3))
    capacity = ladder((1.6, 3), (2.0, 3), (1.8, 3), (1.5, 3))
    blocks = rate_capability(make(capacity, current_mA=current, rows=30).record).blocks
    assert [b.rate_retention for b in blocks] == pytest.approx([80, 100, 90, 75])
    assert blocks[-1].recovery == pytest.approx(100 * 1.5 / 1.6)


def test_spread_of_a_block():
    current, capacity = rate_test(fade_percent=0.0)
    capacity[:5] *= np.array([0.99, 1.0, 1.0, 1.02, 1.01])
    block = rate_capability(make(capacity, current_mA=current, rows=30).record).blocks[0]
    assert block.capacity_mAh == pytest.approx(2.0)
    assert block.spread_mAh == pytest.approx(1.4826 * 0.02)
    assert block.std_mAh == pytest.approx(1.4826 * 0.02 / np.sqrt(5) * 1.2533 * (1 + 0.5 / 5 + 1.7 / 25), rel=1e-4)


@pytest.mark.parametrize(
    ("capacity", "current"),
    [(linear(40, 2.0, 0.1), 1.0), (linear(40, 2.0, 0.1), ladder((0.2, 3), (1, 37)))],
)
def test_plain_cycling_is_no_rate_test(capacity, current):
    findings = tell(rate_capability(make(capacity, current_mA=current, rows=20).record))
    assert not findings.numbers
    assert not findings.plots
    assert findings.not_computed[0][1].startswith("no rate test")


def test_charge_limits_and_pulses_are_told():
    current = ladder((0.5, 3), (1, 3), (2, 3))
    words = tell(rate_capability(make(np.full(9, 1.0), current_mA=current, rows=30).record)).warnings
    assert any("all rates move the same charge" in w for w in words)
    words = tell(rate_capability(make(ladder((1, 3), (1.1, 3), (1, 3)), current_mA=current, rows=30).record)).warnings
    assert any("cycles 4 to 6 give 110 %" in w for w in words)
    short = make(ladder((0.3, 3), (2, 3), (1, 3)), current_mA=current, rows=30).record
    assert "no full cycles" in tell(rate_capability(short)).not_computed[0][1]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"same_current": -0.1}, "same_current: found -0.1"),
        ({"fewest_rates": 1}, "fewest_rates: found 1"),
        ({"fewest_cycles": 0}, "fewest_cycles: found 0"),
        ({"longest_block": 0}, "longest_block: found 0"),
        ({"fewest_cycles": 5, "longest_block": 4}, "longest_block: found 4"),
        ({"of": "x"}, "of: found 'x'"),
    ],
)
def test_wrong_options_are_refused(options, words):
    with pytest.raises(BadInputError, match=words):
        Options(**options)


def test_a_return_counts_from_the_first_block_at_its_own_rate():
    capacity = ladder((2.0, 3), (1.8, 3), (1.2, 3), (1.62, 3), (1.9, 3))
    current = ladder((0.5, 3), (1, 3), (4, 3), (1, 3), (0.5, 3))
    blocks = rate_capability(make(capacity, current_mA=current, rows=30).record).blocks
    assert [b.recovery for b in blocks] == [None, None, None, pytest.approx(90.0), pytest.approx(95.0)]
    assert blocks[3].rate_retention == pytest.approx(81.0)


def test_error_of_a_capacity_per_gram_is_per_gram():
    current, capacity = rate_test()
    rng = np.random.default_rng(0)
    made = make(capacity * (1 + rng.normal(0, 1e-3, capacity.size)), current_mA=current, cell=CELL, rows=30)
    found = [n for n in tell(rate_capability(made.record)).numbers if n.quantity.endswith("discharge_capacity")]
    for n, divisor in zip(found, [1.0, 0.01, 1.13] * 7, strict=True):
        assert n.std / n.value == pytest.approx(found[3 * (found.index(n) // 3)].std / (n.value * divisor))


def test_both_currents_are_said_where_both_vary():
    discharge, capacity = ladder((0.5, 3), (1, 3), (2, 3), (4, 3)), ladder((2.0, 3), (1.9, 3), (1.7, 3), (1.2, 3))
    notes = [n.note for n in tell(rate_capability(make(capacity, current_mA=discharge, rows=30).record)).numbers]
    assert any("charge and discharge at 4 mA" in note for note in notes)
    unlike = make(capacity, current_mA=discharge, charge_current_mA=discharge / 2, rows=30)
    notes = [n.note for n in tell(rate_capability(unlike.record)).numbers]
    assert any("discharge at 4 mA, charge at 2 mA" in note for note in notes)
    assert not any("charge and discharge at" in note for note in notes)
