"""Counters of charge: headers, units, signs, restarts, resolution; and when one is not believed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.cycling.counters import charge_header, counted
from limetal.cycling.quantum import quantum
from limetal.cycling.runs import runs
from limetal.readers import read_all
from limetal.records.cycling import CyclingRecord
from support.data_files import real

MA, HOUR = 1e-3, 3600.0
#: Charge (mAh) and current (mA) of the steps of `measured`; 0 mAh is a rest of an hour.
STEPS = [(0.0, 0.0), (2.0, 1.0), (0.0, 0.0), (1.5, -0.5), (1.9, 1.0), (1.7, -1.0), (0.0, 0.0), (0.4, 0.2)]


def measured(every_s=30.0, noise=2e-4, seed=0, lead=1.0):
    """Time, current, voltage, step number, and the exact charge since the start of the step and of the test (mAh)."""
    rng = np.random.default_rng(seed)
    t, i, step, since_step, net, start, done = [], [], [], [], [], 0.0, 0.0
    for number, (charge, current) in enumerate(STEPS, 1):
        length = abs(charge / current) * HOUR if current else HOUR
        s = np.unique(np.append(np.arange(lead, length, every_s), length))
        sign = np.sign(current)
        t.append(start + s)
        i.append(np.full(s.size, current) * (1 + noise * rng.standard_normal(s.size)))
        step.append(np.full(s.size, number))
        since_step.append(abs(current) * s / HOUR)
        net.append(done + sign * since_step[-1])
        start, done = start + length, float(net[-1][-1])
    t, i, step, since_step, net = (np.concatenate(x) for x in (t, i, step, since_step, net))
    return t, MA * i, 3.7 + 0.1 * np.sign(i), step, since_step, net


def truth():
    return np.array([charge for charge, current in STEPS if current])


def sides(current, since_step, step):
    """Rising counters of charge and discharge since the start of the test, mAh."""
    rise = np.diff(since_step, prepend=0.0)
    new = np.diff(step, prepend=0) != 0
    rise[new] = since_step[new]
    return np.cumsum(np.where(current > 0, rise, 0.0)), np.cumsum(np.where(current < 0, rise, 0.0))


def counters():
    """The same charge as instruments write it: header(s) and values."""
    _, i, _, step, since, net = measured()
    sign = np.sign(np.round(1e3 * i, 2))
    into, out = sides(i, since, step)
    cycle = (step >= 6).astype(int)
    first = np.flatnonzero(cycle)[0]
    into_cycle, out_cycle = (x - np.where(cycle, x[first - 1], 0.0) for x in (into, out))
    magnitude = np.where(sign != 0, since, 0.0)
    return {
        "signed a step": {"capacity_mAh": sign * since},
        "magnitude a step": {"Amp-hr": magnitude / 1e3},
        "magnitude a step in As": {"Capacity(mAs)": 3600 * magnitude},
        "signed since the test": {"(Q-Qo)/mA.h": net},
        "the other sign": {"Capacity (Ah)": -net / 1e3},
        "pair since the test": {"Charge_Capacity(Ah)": into / 1e3, "Discharge_Capacity(Ah)": out / 1e3},
        "pair a cycle": {"charge_capacity_Ah": into_cycle / 1e3, "discharge_capacity_Ah": out_cycle / 1e3},
        "pair without unit": {"Charge_Capacity": into / 1e3, "Discharge_Capacity": out / 1e3},
        "pair in coulombs": {"Chg. Cap.(As)": 3.6 * into, "DChg. Cap.(As)": 3.6 * out},
        "exchanged": {"Discharge Capacity (mAh)": into, "Charge Capacity (mAh)": out},
        "rises": {"dq/mA.h": np.diff(net, prepend=0.0)},
        "Chinese": {"容量(mAh)": magnitude, "比容量(mAh/g)": 77 * magnitude},
        "BDF": {"charging_capacity_ah": into / 1e3, "discharging_capacity_ah": out / 1e3},
        "beside energy": {
            "Energy(Wh)": 3.7 * magnitude,
            "Spec. Cap.(mAh/g)": 9 * magnitude,
            "Cap. [Ah]": magnitude / 1e3,
        },
    }


def record(more, *, steps=True, **kwargs):
    t, i, v, step, _, _ = measured(**kwargs)
    return CyclingRecord(t, v, i, step_count=step if steps else None, source="made up", more=more)


@pytest.mark.parametrize("kind", counters())
@pytest.mark.parametrize("steps", [True, False])
def test_every_way_of_counting_gives_the_charge_that_flowed(kind, steps):
    found = runs(record(counters()[kind], steps=steps))
    assert found.counted.all()
    assert found.charge_from.startswith("counter '")
    np.testing.assert_allclose(found.charge_mAh, truth(), rtol=1e-9)
    assert found.warnings == ()


def test_without_a_counter_the_integral_is_as_good_as_the_noise():
    found = runs(record({}))
    assert found.charge_from == "integral of the current"
    assert not found.counted.any()
    np.testing.assert_allclose(found.charge_mAh, truth(), rtol=2e-3)


@pytest.mark.parametrize(
    "more",
    [
        {"Energy(mWh)": 1.0},
        {"Spec. Cap.(mAh/g)": 1.0},
        {"Temperature": 25.0},
        {"Capacity(mAh)": 0.0},
        {"Capacity": 1.0},
        {"nominal capacity (Ah)": 3.0},
    ],
)
def test_columns_that_count_no_charge_are_no_counters(more):
    size = measured()[0].size
    assert counted(record({name: np.full(size, value) for name, value in more.items()})) is None


@pytest.mark.parametrize("factor", [3.6, 1000.0, 1.1, 0.9])
def test_counter_that_disagrees_is_named_and_not_believed(factor):
    _, _, _, _, _, net = measured()
    found = runs(record({"(Q-Qo)/mA.h": factor * net}))
    assert found.charge_from == "integral of the current"
    np.testing.assert_allclose(found.charge_mAh, truth(), rtol=2e-3)
    (words,) = found.warnings
    assert "counter '(Q-Qo)/mA.h' disagrees" in words
    assert "all half-cycles" in words
    assert f"{factor * 2:.4g} mAh" in words
    assert "integral 2 mAh" in words or "integral 1.99" in words or "integral 2.00" in words
    assert runs(record({"(Q-Qo)/mA.h": net})).warnings == ()


def test_counter_that_misses_one_step_is_believed_in_the_others():
    _, i, _, step, since, _ = measured()
    count = np.sign(i) * since
    count[step == 4] = 0.0
    found = runs(record({"capacity_mAh": count}))
    assert found.counted.tolist() == [True, False, True, True, True]
    np.testing.assert_allclose(found.charge_mAh, truth(), rtol=2e-3)
    assert "integral of the current in 1 of 5 half-cycles" in found.charge_from
    assert "in 1 of 5 half-cycles" in found.warnings[0]


def test_current_logged_in_coarse_steps_leaves_the_counter_in_charge():
    t = np.arange(0.0, 40 * HOUR + 1, 15.0)
    true = np.where(t <= 20 * HOUR, 0.176e-3, -0.176e-3)
    hours = np.minimum(t, 20 * HOUR) / HOUR, np.maximum(t - 20 * HOUR, 0.0) / HOUR
    charge, discharge = (np.floor(0.176 * h / 0.01) * 1e-5 for h in hours)
    more = {"charge_capacity_Ah": charge, "discharge_capacity_Ah": discharge}
    found = runs(CyclingRecord(t, 3 + true, np.round(true, 4), source="coarse", more=more))
    np.testing.assert_allclose(found.charge_mAh, 3.52, atol=0.0101)
    np.testing.assert_array_less(np.abs(found.charge_mAh - 3.52), found.charge_resolution_mAh + 1e-9)
    assert "current is logged in steps of 0.1 mA" in found.warnings[0]
    assert "+14 % off" in found.warnings[0]
    alone = runs(CyclingRecord(t, 3 + true, np.round(true, 4), source="coarse", more={"T": 0 * t}))
    np.testing.assert_allclose(alone.charge_mAh, 4.0, rtol=1e-3)
    np.testing.assert_array_less(np.abs(alone.charge_mAh - 3.52), alone.charge_resolution_mAh)


def test_coarse_counter_gives_way_to_a_fine_current():
    _, _, _, _, _, net = measured()
    more = {"(Q-Qo)/mA.h": np.round(net, 1)}
    found = runs(record(more, noise=1e-5))
    assert found.charge_from == "integral of the current"
    np.testing.assert_allclose(found.charge_mAh, truth(), rtol=1e-3)


def test_what_flowed_between_the_last_row_and_the_rest_is_counted():
    """Rows every 10 min: the integral misses up to one interval at the end of a step, a counter does not."""
    t = np.arange(0.0, 3 * HOUR, 600.0)
    end = 4300.0
    current = np.where((t > 0) & (t <= end), 1e-3, 0.0)
    into = np.clip(t, 0, end) / HOUR
    later = t >= 2 * HOUR + 600
    current[later] = -1e-3
    out = np.clip(t - 2 * HOUR, 0, None) / HOUR
    more = {"Charge Capacity (mAh)": into, "Discharge Capacity (mAh)": out}
    found = runs(CyclingRecord(t, 3 + current, current, source="sparse", more=more))
    np.testing.assert_allclose(found.charge_mAh, [end / HOUR, out[-1]], rtol=1e-9)
    bare = runs(CyclingRecord(t, 3 + current, current, source="sparse"))
    np.testing.assert_array_less(np.abs(bare.charge_mAh - found.charge_mAh), bare.charge_resolution_mAh + 1e-9)
    assert bare.charge_mAh[0] < end / HOUR - 0.01


def test_gaps_in_a_counter_are_bridged():
    _, _, _, _, _, net = measured()
    holes = net.copy()
    holes[5:400:7] = np.nan
    found = runs(record({"(Q-Qo)/mA.h": holes}))
    np.testing.assert_allclose(found.charge_mAh, truth(), atol=0.0085)  # one row at an end of a step
    assert found.counted.all()


def test_words_and_empty_columns_count_nothing():
    size = measured()[0].size
    assert counted(record({"Capacity(mAh)": np.array(["N/A"] * size, dtype=object)})) is None
    assert counted(record({"Capacity(mAh)": np.full(size, np.nan)})) is None


def test_mean_voltage_is_the_integrals_and_energy_follows_the_charge():
    more = counters()["pair a cycle"]
    found, bare = runs(record(more)), runs(record({}))
    np.testing.assert_allclose(found.mean_volt, bare.mean_volt, rtol=1e-12)
    np.testing.assert_allclose(found.energy_mWh, found.mean_volt * found.charge_mAh, rtol=1e-12)


def test_counters_can_be_left_aside():
    more = counters()["signed a step"]
    np.testing.assert_array_equal(runs(record(more), counters=False).charge_mAh, runs(record({})).charge_mAh)


@pytest.mark.parametrize(
    ("text", "side", "to_mAh"),
    [
        ("Capacity/mAh", "both", 1.0),
        ("Q charge/mA.h", "charge", 1.0),
        ("Q charge/discharge/mA.h", "both", 1.0),
        ("Discharging Capacity / Ah", "discharge", 1000.0),
        ("Ah-Cyc-Discharge", "discharge", None),
        ("Ah[Ah]", "both", 1000.0),
        ("放电容量(mAh)", "discharge", 1.0),
        ("电压(V)", None, None),
        ("Charge Capacity (mWh)", None, None),
        ("Capacitance charge/µF", None, None),
        ("Charge_Time(s)", None, None),
        ("ox/red", None, None),
        ("cycle", None, None),
        ("", None, None),
    ],
)
def test_headers(text, side, to_mAh):
    found = charge_header(text)
    assert (found.side if found else None) == side
    assert (found.to_mAh if found else None) == (pytest.approx(to_mAh) if to_mAh else None)


@given(st.text(max_size=40))
def test_any_header_is_answered(text):
    found = charge_header(text)
    assert found is None or found.side in {"charge", "discharge", "both", "rise"}


# ------------------------------------------------------------------------------------------- smallest step of values


@given(
    st.floats(1e-8, 10.0),
    st.integers(20, 20_000),
    st.integers(0, 1000),
)
def test_smallest_step_of_rounded_values_is_found(step, levels, seed):
    rng = np.random.default_rng(seed)
    values = step * np.round(rng.uniform(0, levels, 3000))
    assert quantum(values) == pytest.approx(step, rel=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_numbers_with_all_their_digits_have_no_step(seed):
    values = np.random.default_rng(seed).normal(1.0, 1e-3, 5000)
    assert quantum(values) == 0.0
    assert quantum(values.astype(np.float32)) == 0.0


def test_single_odd_rows_do_not_change_the_step():
    values = 1e-3 * np.round(np.random.default_rng(0).uniform(0, 500, 5000))
    values[1234] += 2.3e-5
    assert quantum(values) == pytest.approx(1e-3, rel=1e-6)


@pytest.mark.parametrize(
    ("values", "step"),
    [([0.0, 2e-4, -2e-4], 1e-4), ([1.0, -1.0], 1.0), ([0.0505, 0.0], 1e-4), ([0.0], 0.0), ([np.pi, 0.0], 0.0)],
)
def test_few_values_tell_their_last_digit(values, step):
    assert quantum(np.array(values)) == pytest.approx(step)


# -------------------------------------------------------------------------------------------------- real files


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("cycling/arbin/bs542_004_gr_li_50ua_50mv_1v_191020_Channel_11.xlsx", 1e-4),
        ("cycling/arbin/navani_arbin_example.res", 1e-4),
        ("cycling/biologic/jdb11-1_c3_gcpl_5cycles_2V-3p8V_C-24_data_C09.mpr", 1e-5),
        ("cycling/biologic/yadg_gcpl.issue_211.mpr", 1e-5),
        ("cycling/biologic/aurora_250116_kigr_gen6_01_02_GCPL_CD8.mpr", 1e-3),
        ("cycling/maccor/cellpy_maccor_001.txt", 1e-5),
        ("cycling/neware/46_1_5_60_bts16.ndax", 1e-5),
        ("cycling/neware/neware_uio.csv", 1e-4),
        ("cycling/neware/TESTCELL0001-B2-2025-M50T_NewareNDA_Investigation.ndax", 1e-4),
        ("cycling/novonix/sample_data_novonix.csv", 1e-4),
    ],
)
def test_counters_of_real_files_agree_with_the_current(file, part):
    (made,) = [r for r in read_all(real(file)) if isinstance(r, CyclingRecord)]
    found, bare = runs(made), runs(made, counters=False)
    assert found.counted.all()
    np.testing.assert_allclose(found.charge_mAh, bare.charge_mAh, rtol=part)


@pytest.mark.parametrize(
    "file",
    [
        "cycling/landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv",
        "cycling/bdf/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.bdf.csv",
    ],
)
def test_real_file_with_a_coarse_current_says_its_counter(file):
    (made,) = read_all(real(file))
    found = runs(made)
    np.testing.assert_allclose(found.charge_mAh, [6.3, 3.2, 1.3], atol=1e-9)
    np.testing.assert_allclose(found.charge_mAh / found.seconds * HOUR, 0.177, atol=0.01)
    assert "steps of 0.1 mA" in found.warnings[0]
