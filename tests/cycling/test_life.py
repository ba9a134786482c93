"""Life of made-up symmetric cells whose end is known: by rise, by limit, by short circuit, and not at all."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.cycling.half_cycle_voltages import alternates, half_cycle_voltages
from limetal.cycling.life import Criteria, first_in_a_row, life, references
from limetal.errors import BadInputError
from limetal.readers import read
from limetal.records.cycling import CyclingRecord
from support.cells import record, triggered, uniform
from support.data_files import real

HALF_H = 0.5  # of `uniform`


def cell(levels_V, *, current_mA=None, offset_V=0.0, noise_V=0.0, seed=0):
    """Record with one level a half-cycle; with current where it is given, one value or one a half-cycle."""
    t, v = uniform(levels_V)
    i = None
    if current_mA is not None:
        i = (
            1e-3
            * np.repeat(np.broadcast_to(current_mA, len(levels_V)), 60)
            * np.repeat(np.where(np.arange(len(levels_V)) % 2 == 0, 1, -1), 60)
        )
    noise = np.random.default_rng(seed).normal(0, noise_V, t.size) if noise_V else 0.0
    return record(t, v + offset_V + noise, i)


def life_of(rec, **choices):
    return life(half_cycle_voltages(rec), Criteria(**choices))


def cycles(*pairs):
    """Levels of half-cycles from (level, cycles)."""
    return np.concatenate([np.full(2 * n, level) for level, n in pairs]).tolist()


BOTH = pytest.mark.parametrize("current_mA", [None, 1.0], ids=["voltage only", "with current"])


@BOTH
def test_a_cell_that_stays_is_censored_at_its_last_complete_cycle(current_mA):
    found = life_of(cell(cycles((0.02, 30)), current_mA=current_mA))
    assert not found.first.met
    assert found.first.cycles == 30
    assert found.first.hours == pytest.approx(30, abs=0.02)
    assert found.judged == 26  # from the fifth on


@BOTH
@pytest.mark.parametrize(("level", "kind"), [(0.05, "rise"), (0.002, "fall")])
def test_the_end_is_where_the_level_changes(level, kind, current_mA):
    found = life_of(cell(cycles((0.02, 25), (level, 10)), current_mA=current_mA))
    assert (found.first.criterion, found.first.met, found.first.cycles) == (kind, True, 25)
    assert found.first.hours == pytest.approx(25, abs=0.02)
    assert found.first.reference_V == pytest.approx(found.voltage_V[5], rel=1e-6)
    assert [e.met for e in found.events] == [kind == "rise", kind == "fall"]


@BOTH
def test_an_absolute_limit_needs_no_reference(current_mA):
    rec = cell(cycles((0.02, 1), (0.3, 9)), current_mA=current_mA)
    found = life_of(rec, limit_V=0.2, rise_factor=0, fall_factor=0)
    assert (found.first.criterion, found.first.met, found.first.cycles) == ("limit", True, 1)
    assert not life_of(rec, limit_V=0.31, rise_factor=0, fall_factor=0).first.met


def test_the_criterion_met_first_is_said_and_the_other_too():
    found = life_of(cell(cycles((0.02, 20), (0.1, 5), (0.3, 10)), current_mA=1.0), limit_V=0.2)
    assert [(e.criterion, e.met, e.cycles) for e in found.events] == [
        ("rise", True, 20),
        ("limit", True, 25),
        ("fall", False, 35),
    ]
    assert found.first.criterion == "rise"


def test_fewer_cycles_in_a_row_than_asked_are_no_end_but_as_many_are():
    levels = cycles((0.02, 20), (0.1, 2), (0.02, 20))
    assert not life_of(cell(levels, current_mA=1.0)).first.met
    assert life_of(cell(levels, current_mA=1.0), in_a_row=2).first.cycles == 20
    shorted = cycles((0.02, 20), (0.002, 1), (0.02, 20))
    assert not life_of(cell(shorted, current_mA=1.0)).first.met
    assert life_of(cell(shorted, current_mA=1.0), fall_in_a_row=2).first.cycles == 20


@pytest.mark.parametrize(("level", "count"), [(0.1, 2), (0.002, 1)])
def test_last_cycles_beyond_the_bound_but_too_few_bound_life_from_below(level, count):
    found = life_of(cell(cycles((0.02, 20), (level, count)), current_mA=1.0))
    assert not found.first.met
    assert found.first.cycles == 20
    assert found.first.hours == pytest.approx(20, abs=0.02)
    assert any("not " in w and "in a row" in w for w in found.warnings)


def test_a_short_in_the_middle_of_a_cycle_counts_the_cycles_before():
    found = life_of(cell([0.02] * 31 + [0.001] * 20, current_mA=1.0))
    assert (found.first.criterion, found.first.cycles) == ("fall", 15)
    assert found.first.hours == pytest.approx(31 * HALF_H, abs=0.02)


@BOTH
def test_a_cell_that_dies_among_the_reference_cycles_is_not_its_own_reference(current_mA):
    rise = life_of(cell(cycles((0.02, 4), (0.2, 40)), current_mA=current_mA))
    assert (rise.first.criterion, rise.first.met, rise.first.cycles) == ("rise", True, 4)
    fall = life_of(cell(cycles((0.02, 4), (0.002, 40)), current_mA=current_mA))
    assert (fall.first.criterion, fall.first.met, fall.first.cycles) == ("fall", True, 4)


def test_a_film_that_settles_in_the_first_cycles_is_no_short():
    levels = np.repeat([0.2, 0.12, 0.09, 0.07, 0.06, 0.055, 0.05, 0.05, *[0.048] * 30], 2)
    assert not life_of(cell(levels.tolist(), current_mA=1.0)).first.met


def test_a_rate_ladder_compares_only_like_currents():
    currents = np.repeat([0.5, 1.0, 2.0, 5.0, 0.5], 20)
    levels = (0.01 * currents).tolist()
    found = life_of(cell(levels, current_mA=currents))
    assert not found.first.met
    assert found.judged == 50 - 4 * 4  # four of each new current have nothing to be compared with
    dies = levels[:90] + [0.03] * 10
    ends = life_of(cell(dies, current_mA=currents))
    assert (ends.first.met, ends.first.cycles) == (True, 45)
    # the same without current cannot be told, and says so
    blind = life_of(cell(levels))
    assert blind.first.met
    assert any("came back" in w for w in blind.warnings)


@settings(max_examples=25, deadline=None)
@given(st.floats(-0.015, 0.015), st.sampled_from([None, 1.0]))
def test_an_offset_of_the_voltmeter_changes_nothing(offset, current_mA):
    levels = cycles((0.02, 20), (0.05, 8))
    a, b = life_of(cell(levels, current_mA=current_mA)), life_of(cell(levels, current_mA=current_mA, offset_V=offset))
    assert (a.first.criterion, a.first.cycles) == (b.first.criterion, b.first.cycles)
    np.testing.assert_allclose(b.voltage_V, a.voltage_V, rtol=1e-9)


def test_swapped_leads_change_nothing():
    rec = cell(cycles((0.02, 20), (0.002, 8)), current_mA=1.0)
    both = dataclasses.replace(rec, voltage_volt=-rec.voltage_volt, current_ampere=-rec.current_ampere)
    only = dataclasses.replace(rec, voltage_volt=-rec.voltage_volt)
    for other in (both, only):
        found = life_of(other)
        assert (found.first.criterion, found.first.cycles) == ("fall", 20)
    assert any("leads swapped" in w for w in life_of(only).warnings)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.1, 10))
def test_life_depends_on_ratios_only(factor):
    levels = np.array(cycles((0.02, 15), (0.05, 8)))
    a, b = life_of(cell(levels.tolist(), current_mA=1.0)), life_of(cell((factor * levels).tolist(), current_mA=1.0))
    assert a.first.cycles == b.first.cycles == 15


def test_thinning_the_points_changes_nothing():
    rec = cell(cycles((0.02, 20), (0.05, 8)), current_mA=1.0)
    keep = np.random.default_rng(1).random(rec.rows) < 0.5
    keep[::60] = keep[59::60] = True
    thin = CyclingRecord(
        rec.test_time_second[keep], rec.voltage_volt[keep], rec.current_ampere[keep], source="thin", cell=rec.cell
    )
    assert life_of(thin).first.cycles == life_of(rec).first.cycles == 20


def test_time_counts_from_the_first_row():
    rec = cell(cycles((0.02, 20), (0.05, 8)), current_mA=1.0)
    later = dataclasses.replace(rec, test_time_second=rec.test_time_second + 5e5)
    assert life_of(later).first.hours == pytest.approx(life_of(rec).first.hours)


def test_points_on_a_voltage_trigger_are_weighted_by_time():
    t, v = triggered(cycles((0.2, 12), (0.45, 5)))
    found = life_of(record(t, v))
    assert (found.first.criterion, found.first.cycles) == ("rise", 12)


# ------------------------------------------------------------------------------ shorts that hide their reversals


@pytest.mark.parametrize("level", [2e-4, 1e-6, 0.0])
def test_with_current_a_short_is_seen_however_low_the_voltage(level):
    found = life_of(cell(cycles((0.1, 20), (level, 10)), current_mA=1.0, noise_V=1e-5))
    assert (found.first.criterion, found.first.met, found.first.cycles) == ("fall", True, 20)


def test_without_current_a_short_below_the_dead_band_is_seen_by_its_alternation():
    found = life_of(cell(cycles((0.1, 20), (0.001, 12)), noise_V=1e-5))
    assert (found.first.criterion, found.first.met) == ("fall", True)
    assert found.first.hours == pytest.approx(20, abs=HALF_H)
    assert abs(found.first.cycles - 20) <= 1


def test_without_current_a_long_rest_at_the_end_is_no_short():
    t, v = uniform(cycles((0.1, 20)))
    rest = np.arange(60.0, 12 * 3600, 60.0)
    t, v = np.append(t, t[-1] + rest), np.append(v, -0.02 * np.exp(-rest / 300))
    noise = np.random.default_rng(2).normal(0, 1e-5, t.size)
    found = life_of(record(t, v + noise))
    assert not found.first.met
    assert found.first.cycles in {19, 20}
    assert any("cannot be told without the current" in w for w in found.warnings)


@pytest.mark.parametrize("pieces", [6, 8, 15])
def test_noise_seldom_alternates_and_a_small_square_wave_does(pieces):
    rng = np.random.default_rng(pieces)
    white = rng.normal(0, 1, (1000, pieces))
    assert np.mean([alternates(row) for row in white]) < 0.02
    assert np.mean([alternates(np.cumsum(row)) for row in white]) < 0.02
    wave = np.where(np.arange(pieces) % 2 == 0, 12.0, -12.0)
    assert np.mean([alternates(row + wave) for row in white]) > 0.9


def test_a_test_stopped_by_the_voltage_limit_of_the_instrument():
    levels = cycles((0.05, 20))
    t, v = uniform(levels)
    part = np.linspace(0, 600, 20)
    t, v = np.append(t, t[-1] + part), np.append(v, 0.05 + part / 600 * 4.95)
    i = 1e-3 * np.append(np.repeat(np.where(np.arange(40) % 2 == 0, 1, -1), 60), np.ones(20))
    found = life_of(record(t, v, i))
    assert (found.first.criterion, found.first.met, found.first.cycles) == ("rise", True, 20)
    assert found.first.hours == pytest.approx(20, abs=0.02)
    assert any("stopped_counts" in w for w in found.warnings)
    assert not life_of(record(t, v, i), stopped_counts=False).first.met
    # cut within an ordinary half-cycle: no end of life
    calm = np.append(v[: len(levels) * 60], np.full(20, 0.04))
    assert not life_of(record(t, calm, i)).first.met


# --------------------------------------------------------------------------------------------- parts and errors


def test_reference_needs_two_before():
    free = (0.0, np.inf)
    assert np.isnan(references(np.ones(4), np.zeros(4, int), (2, 10), free, 1)).all()
    assert references(np.arange(6.0), np.zeros(6, int), (1, 4), free, 1)[5] == 2.0


def test_reference_of_each_group_is_its_own():
    values, groups = np.tile([1.0, 10.0], 6), np.tile([0, 1], 6)
    found = references(values, groups, (0, 3), (0.0, np.inf), 1)
    np.testing.assert_array_equal(found[4:], values[4:])


def test_a_jump_before_the_reference_is_told_and_not_judged():
    found = life_of(cell(cycles((0.005, 2), (0.05, 30)), current_mA=1.0))
    assert not found.first.met
    assert any("before the reference" in w for w in found.warnings)
    assert not any("before the reference" in w for w in life_of(cell(cycles((0.05, 30)), current_mA=1.0)).warnings)


@given(st.lists(st.booleans(), max_size=30), st.integers(1, 5))
def test_first_in_a_row_is_the_naive_search(bad, count):
    naive = next((i for i in range(len(bad) - count + 1) if all(bad[i : i + count])), -1)
    assert first_in_a_row(np.array(bad, bool), count) == naive


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"voltage": "peak"}, "life.voltage: found 'peak', want 'mean' or 'end'"),
        ({"rise_factor": 0.9}, "life.rise_factor"),
        ({"limit_V": -1.0}, "life.limit_V"),
        ({"fall_factor": 1.0}, "life.fall_factor"),
        ({"rise_factor": 0, "fall_factor": 0}, "no criterion"),
        ({"in_a_row": 0}, "life.in_a_row"),
        ({"reference_first": 0}, "life.reference_first"),
        ({"reference_first": 10}, "life.reference_last"),
    ],
)
def test_choices_that_cannot_be_are_refused(choices, words):
    with pytest.raises(BadInputError, match=words):
        Criteria(**choices)


def test_a_cell_that_never_reverses_is_refused():
    t = np.arange(100.0)
    with pytest.raises(BadInputError, match="one direction"):
        half_cycle_voltages(record(t, np.full(100, 0.01), np.full(100, 1e-3)))
    with pytest.raises(BadInputError, match="never reverses"):
        half_cycle_voltages(record(t, np.full(100, 0.01)))


@pytest.mark.parametrize(("file", "hours"), [("NickAlba_Data_Figure_3bc_PHJ_13_201.csv", 700)])
def test_a_real_cell_without_a_short_is_censored(file, hours):
    found = life_of(read(real(f"cycling/limetal_symmetric/{file}")))
    assert not found.first.met
    assert found.first.hours == pytest.approx(hours, abs=1)
    assert found.first.cycles == hours


# ----------------------------------------------------------------------------------- many cells with known ends

FACTORS = {"lives": 1.0, "rises": 4.0, "shorted": 0.1, "hard shorted": 0.003}
EXPECTED = {"lives": "", "rises": "rise", "shorted": "fall", "hard shorted": "fall"}


def made(rng, kind, with_current):
    """Cell with noise, resolution, offset, dropped rows and pauses, and the cycles and hours to its end."""
    n = int(rng.integers(30, 90))
    end = int(rng.integers(8, n - 6))
    base = 10 ** rng.uniform(-2.0, -0.7)
    levels = base * (1 + 0.03 * rng.normal(size=2 * n))
    levels[:4] *= rng.uniform(1, 2)
    levels[2 * end :] *= FACTORS[kind]
    half_s, points = float(rng.choice([600.0, 1800.0])), int(rng.choice([10, 40]))
    t, v = uniform(levels.tolist(), half_s, points, rise=float(rng.choice([0, 0.1, 0.5])))
    v = v + rng.normal(0, rng.choice([0, 2e-5]), v.size) + rng.choice([0, 0.1 * base])
    resolution = float(rng.choice([0, 1e-5, 1e-4]))
    v = np.round(v / resolution) * resolution if resolution else v
    i = 1e-3 * np.repeat(np.where(np.arange(2 * n) % 2 == 0, 1, -1), points) * (1 + 1e-3 * rng.normal(size=v.size))
    keep = rng.random(v.size) < 0.97
    if rng.random() < 0.3:
        begin = int(rng.integers(0, v.size - 4 * points))
        keep[begin : begin + 2 * points] = False
    lasts = n if kind == "lives" else end
    return record(t[keep], v[keep], i[keep] if with_current else None), lasts, 2 * lasts * half_s / 3600, half_s / 3600


@pytest.mark.slow
@pytest.mark.parametrize("kind", FACTORS)
@pytest.mark.parametrize("with_current", [True, False], ids=["current", "voltage only"])
def test_no_life_of_many_made_up_cells_is_wrong(kind, with_current):
    rng, right, count = np.random.default_rng(11), 0, 25
    for _ in range(count):
        rec, lasts, hours, half_h = made(rng, kind, with_current)
        found = life_of(rec).first
        if found.met:
            assert found.criterion == EXPECTED[kind]
            assert found.hours == pytest.approx(hours, abs=2.1 * half_h)
            assert abs(found.cycles - lasts) <= 3  # a pause hides up to two
            right += 1
        else:
            assert found.hours <= hours + 2.1 * half_h  # more than this: true
            right += kind == "lives"
    assert right == count if with_current else right >= 0.6 * count


def test_voltage_of_a_cycle_is_the_mean_of_both_half_cycles():
    """One direction alone rises threefold: the cycle twofold."""
    levels = [0.02] * 40 + [0.06, 0.02] * 10
    found = life(half_cycle_voltages(cell(levels, current_mA=1.0)), Criteria(rise_factor=1.5))
    assert found.voltage_V[-2] / found.voltage_V[5] == pytest.approx(2.0, rel=0.05)
    assert found.first.met
    assert not life(half_cycle_voltages(cell(levels, current_mA=1.0)), Criteria(rise_factor=2.5)).first.met


def test_a_short_before_the_rise_ends_the_life():
    found = life_of(cell(cycles((0.02, 20), (0.002, 5), (0.1, 10)), current_mA=1.0))
    assert [(e.criterion, e.met, e.cycles) for e in found.events] == [("rise", True, 25), ("fall", True, 20)]
    assert (found.first.criterion, found.first.cycles) == ("fall", 20)


def test_end_voltage_is_of_the_last_fiftieth():
    t = np.arange(0.0, 20 * 3600.0, 36.0)
    ramp = (t % 3600) / 3600 * 0.1
    sign = np.where(t // 3600 % 2 == 0, 1, -1)
    found = half_cycle_voltages(record(t, sign * ramp, 1e-3 * sign))
    assert found.end_V[2:-1] == pytest.approx(0.099, abs=1.5e-3)
    assert found.mean_V[2:-1] == pytest.approx(0.05, abs=1e-3)
