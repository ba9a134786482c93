"""Steps of made-up tests whose steps are known, and of real files whose instruments say what they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.cycling.runs import runs
from limetal.cycling.steps import KINDS, steps
from limetal.errors import BadInputError
from limetal.readers import read_all
from limetal.records.base import About
from limetal.records.cells import CellContext
from limetal.records.cycling import CyclingRecord
from support.cells import SYMMETRIC, rested, uniform
from support.data_files import real

HOUR = 3600.0
#: kind, current (mA), hours
CCCV = [("rest", 0, 1.0), ("cc", 1, 2.0), ("cv", 1, 1.0), ("rest", 0, 0.5), ("cc", -0.5, 3.0), ("rest", 0, 0.5)]
WORDS = {
    "Neware": {"rest": "Rest", "cc": "CCCV_Chg", "cv": "CCCV_Chg", "-cc": "CC_DChg"},
    "Neware two": {"rest": "Rest", "cc": "CC_Chg", "cv": "CV_Chg", "-cc": "CC_DChg"},
    "Landt": {"rest": "rest", "cc": "charge CC", "cv": "charge CV", "-cc": "discharge CC"},
    "Chinese": {"rest": "静置", "cc": "恒流充电", "cv": "恒压充电", "-cc": "恒流放电"},
    "Maccor": {"rest": "R", "cc": "C", "cv": "C", "-cc": "D"},
}


def made(plan=CCCV, every_s=30.0, *, numbers=True, words=None, noise_A=0.0, seed=0, numbered_cv=False, biologic=False):
    """Record of a plan; programmed steps have numbers, a constant voltage that of the current before it."""
    rng = np.random.default_rng(seed)
    t, i, v, number, word, mode, start, count, low = [], [], [], [], [], [], 0.0, 0, 3.5
    for kind, current, hours in plan:
        s = np.append(np.arange(0.01, hours * HOUR, every_s), hours * HOUR)
        part = s / s[-1]
        size, sign = abs(current), np.sign(current)
        count += kind != "cv" or numbered_cv
        flow = {"rest": 0.0, "cc": size, "cv": size * np.exp(-3 * part), "wave": size * (0.5 + part)}[kind]
        volt = {
            "rest": low + 0.02 * sign_of(low) * np.exp(-20 * part),
            "cc": (3.5 + 0.7 * part) if sign > 0 else 4.2 - 1.2 * part,
            "cv": 4.2 + 0 * part,
            "wave": 3.6 + 0.2 * part,
        }[kind]
        low = float(volt[-1])
        t.append(start + s)
        i.append(1e-3 * sign * flow * np.ones(s.size) + noise_A * rng.standard_normal(s.size))
        v.append(volt)
        number.append(np.full(s.size, count))
        key = "-cc" if kind == "cc" and sign < 0 else kind
        word += [(words or {}).get(key, "")] * s.size
        mode.append(np.full(s.size, {"rest": 3, "cc": 1, "cv": 2}.get(kind, 9)))
        start += hours * HOUR
    more = {"Step Type": np.array(word, dtype=object)} if words else {}
    more |= {"mode": np.concatenate(mode).astype(np.uint8)} if biologic else {}
    return CyclingRecord(
        *(np.concatenate(x) for x in (t, v, i)),
        step_count=np.concatenate(number) if numbers else None,
        source="made up",
        more=more,
        about=About(instrument="BioLogic") if biologic else About(),
    )


def sign_of(volt):
    return 1 if volt > 3.8 else -1


NAMES = {"rest": "rest", "cc": "constant current", "cv": "constant voltage", "wave": "other"}


def check(found, plan=CCCV, rows=2):
    assert found.kind.tolist() == [NAMES[kind] for kind, _, _ in plan]
    np.testing.assert_allclose(found.seconds, [h * HOUR for _, _, h in plan], atol=30.1 * rows)
    np.testing.assert_array_equal(found.sign, [np.sign(i) for _, i, _ in plan])


@pytest.mark.parametrize("words", [None, *WORDS])
@pytest.mark.parametrize("numbers", [True, False])
def test_rest_constant_current_and_constant_voltage(words, numbers):
    record = made(words=WORDS.get(words), numbers=numbers)
    found = steps(record)
    check(found)
    assert found.said is (words is not None)
    np.testing.assert_allclose(found.charge_mAh, [0, 2.0, (1 - np.exp(-3)) / 3, 0, 1.5, 0], rtol=0.02)
    np.testing.assert_allclose(found.mean_current_mA[[1, 4]], [1.0, -0.5], rtol=1e-9)
    np.testing.assert_allclose(found.last_volt[[1, 2, 4]], [4.2, 4.2, 3.0], atol=2e-3)
    np.testing.assert_allclose(found.drop_volt[[3, 5]], [0.0, 0.0], atol=1e-3)
    assert np.isnan(found.drop_volt[[0, 1, 2, 4]]).all()
    assert (found.number >= 0).all() is np.bool_(numbers)


def test_modes_of_biologic_are_read_and_numbers_of_others_are_not():
    found = steps(made(biologic=True))
    check(found, rows=1)
    assert found.said
    other = made(biologic=True)
    stranger = CyclingRecord(
        other.test_time_second, other.voltage_volt, other.current_ampere, source="x", more={"mode": other.more["mode"]}
    )
    assert not steps(stranger).said


@pytest.mark.parametrize("seed", range(5))
def test_noise_changes_nothing(seed):
    check(steps(made(noise_A=1e-7, seed=seed)))
    check(steps(made(noise_A=1e-6, seed=seed, words=WORDS["Neware two"])))


def test_levels_of_current_without_step_numbers():
    plan = [("cc", 1, 1.0), ("cc", 2, 0.5), ("cc", 0.2, 1.0), ("cc", -1, 1.0)]
    found = steps(made(plan, numbers=False))
    check(found, plan, rows=1)
    np.testing.assert_allclose(found.mean_current_mA, [1, 2, 0.2, -1], rtol=0.01)


def test_a_current_that_is_neither():
    plan = [("cc", 1, 1.0), ("rest", 0, 0.5), ("wave", -1, 1.0), ("rest", 0, 0.5)]
    t = made(plan)
    found = steps(t)
    assert found.kind.tolist()[:2] == ["constant current", "rest"]
    assert found.kind[2] in {"ramp", "other"}


def test_a_voltage_that_is_linear_in_time_is_a_ramp():
    t = np.arange(0.0, 2000.0, 1.0)
    v = 3.0 + 5e-4 * np.where(t < 1000, t, 2000 - t)
    current = 1e-3 * (0.2 + np.exp(-(((v - 3.3) / 0.05) ** 2))) * np.where(t < 1000, 1, -1)
    found = steps(CyclingRecord(t, v, current, source="voltammogram"))
    assert found.kind.tolist() == ["ramp", "ramp"]
    assert found.sign.tolist() == [1, -1]


def test_short_steps_beside_rests_are_pulses():
    plan = [("cc", 1, 2.0), ("rest", 0, 0.5), ("cc", -3, 1 / 360), ("rest", 0, 0.1), ("cc", 3, 1 / 360), ("rest", 0, 1)]
    found = steps(made(plan, every_s=2.0))
    names = ["constant current", "rest", "pulse", "rest", "pulse", "rest"]
    assert found.kind.tolist() == names
    np.testing.assert_allclose(found.seconds[[2, 4]], 10.0, atol=0.1)
    np.testing.assert_allclose(found.mean_current_mA[[2, 4]], [-3, 3], rtol=1e-6)
    equal = [("cc", 1, 1 / 360), ("rest", 0, 0.1)] * 20
    assert set(steps(made(equal, every_s=2.0)).kind) == {"constant current", "rest"}


@settings(max_examples=20, deadline=None)
@given(st.floats(0.05, 20.0), st.floats(0.2, 3.0), st.booleans())
def test_kinds_do_not_depend_on_the_size_of_the_current_or_the_scale_of_time(factor, slower, turned):
    one = made()
    sign = -1 if turned else 1
    other = CyclingRecord(
        slower * one.test_time_second,
        one.voltage_volt,
        sign * factor * one.current_ampere,
        step_count=one.step_count,
        source="x",
    )
    found, again = steps(one), steps(other)
    assert found.kind.tolist() == again.kind.tolist()
    np.testing.assert_array_equal(found.sign, sign * again.sign)
    np.testing.assert_allclose(again.charge_mAh, factor * slower * found.charge_mAh, rtol=1e-9)


def test_charges_of_steps_are_those_of_runs():
    record = made()
    found, whole = steps(record), runs(record)
    assert found.charge_mAh[found.sign > 0].sum() == pytest.approx(whole.charge_mAh[0], rel=1e-12)
    assert found.charge_mAh[found.sign < 0].sum() == pytest.approx(whole.charge_mAh[1], rel=1e-12)
    assert found.seconds.sum() == pytest.approx(np.ptp(record.test_time_second), rel=1e-12)


def test_steps_follow_each_other_and_cover_the_record():
    found = steps(made(noise_A=1e-7))
    assert found.first[0] == 0
    np.testing.assert_array_equal(found.first[1:], found.stop[:-1])
    assert found.stop[-1] == made().rows
    assert set(found.kind) <= set(KINDS)


# ----------------------------------------------------------------------------------------------- without current


def test_half_cycles_of_a_symmetric_cell_without_current():
    t, v = uniform([0.01] * 8)
    found = steps(CyclingRecord(t, v, None, source="x", cell=SYMMETRIC))
    assert found.kind.tolist() == ["half-cycle"] * 8
    assert not found.from_current
    np.testing.assert_allclose(found.seconds, 1800.0, atol=40)
    assert np.isnan(found.charge_mAh).all()


def test_rests_of_a_symmetric_cell_without_current():
    t, v, _ = rested(12, 600, 60, 1e-5, 0.0)
    found = steps(CyclingRecord(t, v, None, source="x", cell=SYMMETRIC))
    assert found.kind.tolist()[:4] == ["half-cycle", "rest", "half-cycle", "rest"]
    np.testing.assert_allclose(found.seconds[found.kind == "rest"], 600.0, atol=21)
    np.testing.assert_allclose(found.seconds[found.kind == "half-cycle"], HOUR, atol=21)


def test_no_current_of_another_cell_is_refused():
    t, v = uniform([0.01] * 8)
    for cell in (None, CellContext("full")):
        with pytest.raises(BadInputError, match="no current, want a current, or a symmetric cell"):
            steps(CyclingRecord(t, v, None, source="x", cell=cell))


# -------------------------------------------------------------------------------------------------- real files


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("neware/TESTCELL0001-B2-2025-M50T_NewareNDA_Investigation.ndax", (17, 15, 7)),
        pytest.param("neware/BTS85-36-6-5-110-20240424.ndax", (2, 43, 0), marks=pytest.mark.slow),
        ("neware/navani_test.ndax", (2, 2, 2)),
        ("neware/unz/SINTEF__G20M7_BTS91.nda", (3, 2, 1)),
        ("bdf/SINTEF__G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv", (3, 2, 1)),
        ("biologic/jdb11-1_c3_gcpl_5cycles_2V-3p8V_C-24_data_C09.mpr", (1, 13, 0)),
        ("biologic/yadg_gcpl.issue_175.mpr", (11, 10, 0)),
        ("maccor/cellpy_maccor_001.txt", (11, 9, 4)),
        ("landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv", (1, 3, 0)),
    ],
)
def test_steps_of_real_files(file, counts):
    path = f"cycling/{file}"
    (made_,) = [r for r in read_all(real(path)) if isinstance(r, CyclingRecord)]
    found = steps(made_)
    kinds = ("rest", "constant current", "constant voltage")
    assert tuple(int(np.sum(found.kind == kind)) for kind in kinds) == counts
