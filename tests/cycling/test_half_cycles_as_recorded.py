"""Half-cycles without current in made-up cells written as cyclers write them: triggers, rests, noise at zero."""

from itertools import pairwise

import numpy as np
import pytest

from limetal.cycling.half_cycle_numbers import half_cycle_numbers
from limetal.cycling.half_cycles import half_cycles
from limetal.records.cycling import CellContext
from limetal.simulate.recording import Cycler, record_as

CELL = CellContext("symmetric", 1.0)
VOLTS = {
    "5 mV trigger": Cycler(60.0, 5e-3, voltage_noise_volt=1e-4, voltage_digit_volt=1e-4, current=False),
    "60 s": Cycler(60.0, voltage_noise_volt=1e-4, voltage_digit_volt=1e-4, current=False),
    "30 s, one end": Cycler(30.0, voltage_noise_volt=1e-4, voltage_digit_volt=1e-4, current=False, both_ends=False),
    "60 s, 1 mV": Cycler(60.0, voltage_noise_volt=3e-4, voltage_digit_volt=1e-3, current=False),
    "30 s, slips": Cycler(
        30.0, voltage_noise_volt=2e-4, voltage_digit_volt=1e-4, lost=0.05, slips=2e-4, current=False
    ),
    "30 s, joined files": Cycler(
        30.0, voltage_noise_volt=1e-4, voltage_digit_volt=1e-4, files=3, between_files_second=30.0, current=False
    ),
}  # fmt: skip


def cycles(mA, hours, n, rest_s=0.0):
    steps = []
    for k in range(2 * n):
        steps.append(((-1) ** k * mA, 3600.0 * hours))
        if rest_s:
            steps.append((0.0, rest_s))
    return steps


TESTS = {
    "equal": cycles(1, 1, 15),
    "ladder of one capacity": cycles(0.5, 2, 5) + cycles(1, 1, 5) + cycles(2, 0.5, 5) + cycles(5, 0.2, 5)
    + cycles(10, 0.1, 5) + cycles(1, 1, 5),
    "ladder of one time": cycles(0.5, 1, 5) + cycles(2, 1, 5) + cycles(10, 1, 5) + cycles(0.5, 1, 5),
    "ladder with rests": cycles(0.5, 2, 5, 600) + cycles(1, 1, 5, 600) + cycles(5, 0.2, 5, 600),
    "rests": cycles(1, 1, 15, 600),
    "rests longer than half-cycles": cycles(1, 0.5, 15, 3600),
    "forming": cycles(0.1, 10, 3) + cycles(1, 1, 20),
    "unequal": [((-1) ** k * 1.0, 3600.0 if k % 2 == 0 else 1800.0) for k in range(30)],
}  # fmt: skip


def test_cell(steps, r_ohm):
    """Time, voltage, current, and of every half-cycle begin, end, sign and true mean."""
    t, v, i, truth, start, last = [], [], [], [], 0.0, 0.0
    for mA, seconds in steps:
        x = np.unique(np.concatenate([np.linspace(0, min(60.0, seconds), 61), np.linspace(0, seconds, 200)]))
        if mA:
            u = r_ohm * 1e-3 * abs(mA) * (1 - 0.3 * np.exp(-10 * x / seconds))
            last = np.sign(mA) * u[-1]
            v.append(np.sign(mA) * u)
            truth.append((start, start + seconds, int(np.sign(mA)), float(np.trapezoid(u, x) / seconds)))
        else:
            v.append(0.3 * last * np.exp(-x / 60.0))
        t.append(start + x)
        i.append(np.full(x.size, 1e-3 * mA))
        start += seconds
    return np.concatenate(t), np.concatenate(v), np.concatenate(i), truth


test_cell.__test__ = False


def found_in(steps, r_ohm, cycler):
    t, v, i, truth = test_cell(steps, r_ohm)
    rec = record_as(cycler, t, v, i, cell=CELL)
    found = half_cycles(rec)
    return rec, found, half_cycle_numbers(rec, found), truth


@pytest.mark.parametrize("how", VOLTS)
@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("r_ohm", [100.0, 10.0])
def test_every_half_cycle_is_found_with_its_mean(test, how, r_ohm):
    _, found, numbers, truth = found_in(TESTS[test], r_ohm, VOLTS[how])
    assert [half.sign for half in found.items] == [sign for _, _, sign, _ in truth]
    wanted = np.array([mean for _, _, _, mean in truth])
    np.testing.assert_allclose(numbers.mean_V, wanted, rtol=0.03, atol=3e-4)
    assert numbers.complete[:-1].all()


@pytest.mark.parametrize(
    ("how", "r_ohm"),
    [(how, r) for how in VOLTS for r in (100.0, 10.0, 2.0) if not (how == "60 s, 1 mV" and r == 2.0)],  # two digits
)
def test_noise_at_zero_before_and_after_the_cycles_makes_none(how, r_ohm):
    """Two hours of open circuit: noise reverses a hundred times. The first half-cycle may be lost, none is added."""
    steps = [(0.0, 7200.0), *cycles(1, 1, 15), (0.0, 7200.0)]
    rec, found, numbers, truth = found_in(steps, r_ohm, VOLTS[how])
    whole = [half for half, done in zip(found.items, numbers.complete, strict=True) if done]
    middles = [rec.test_time_second[half.rows].mean() for half in whole]
    assert min(middles) > 7200
    assert max(middles) < 7200 + 30 * 3600
    assert 28 <= len(whole) <= 30
    assert all(a.sign != b.sign for a, b in pairwise(whole))
    plateau = numbers.plateau_V[numbers.complete]
    np.testing.assert_allclose(plateau, 1e-3 * r_ohm, rtol=0.05, atol=5e-4)
    assert truth[0][0] == 7200


def test_a_shorted_cell_whose_voltage_is_clear_of_noise_keeps_its_half_cycles():
    """A twentieth of the voltage and eight times the noise: half-cycles, not noise about zero."""
    t, v, i, _ = test_cell(cycles(1, 1, 20), 20.0)
    v = np.where(t > 20.4 * 3600, 0.04, 1.0) * v
    rec = record_as(VOLTS["60 s"], t, v, i, cell=CELL)
    assert len(half_cycles(rec).items) == 40
