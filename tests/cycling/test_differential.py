"""DQ/dV and dV/dQ against curves in closed form: charge is kept, errors cover the truth, noise makes no peaks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.cycling.differential import charge_density, differential, fitted
from limetal.cycling.peaks import peaks, tracks
from limetal.cycling.profiles import Profile
from limetal.cycling.smooth import smooth
from limetal.cycling.voltage_steps import crossings, share_repeated, spikes, voltage_step_V
from support.known_curves import LAYERED, PHOSPHATE, half

#: Noise in V, step of the voltmeter in V, rows: what real files are like.
REAL = [(1e-4, 1e-4, 800), (5e-4, 1e-3, 800), (2e-3, 1e-4, 2000), (1e-4, 5e-3, 2000)]
#: Tops of the layered curve, of its density on a fine grid.
TOPS = (3.6223, 3.7492, 4.0000, 4.1800)


def one(q, volt, sign=1, current=None, held=np.inf, rows=None):
    return Profile(
        1,
        sign,
        np.arange(q.size) if rows is None else rows,
        q,
        volt,
        np.ones(q.size) if current is None else current,
        held,
    )


def known(curve, noise=0.0, step=0.0, rows=800, seed=0, falls=False, width=0.0):
    q, volt, _ = half(curve, rows, noise, step, seed, falls)
    return differential([fitted(one(q, volt, -1 if falls else 1))], width)[0]


def true_density(curve, found):
    charge = curve.charge(np.clip(found.edges_V, curve.low, curve.high))
    return np.diff(charge) / found.width_V


def misplaced(curve, found):
    """Part of the charge that stands at a wrong voltage."""
    return np.abs(found.dqdv_mAh_V - true_density(curve, found)).sum() * found.width_V / curve.capacity_mAh


@pytest.mark.parametrize("falls", [False, True])
@pytest.mark.parametrize(("noise", "step", "rows"), REAL)
def test_the_integral_is_the_charge(noise, step, rows, falls):
    for curve in (LAYERED, PHOSPHATE):
        found = known(curve, noise, step, rows, falls=falls)
        assert found.dqdv_mAh_V.sum() * found.width_V == pytest.approx(3.0, rel=1e-9)
        assert found.counted_mAh == pytest.approx(3.0, rel=1e-9)


@pytest.mark.parametrize(
    ("noise", "step", "rows", "most"), [(*REAL[0], 0.02), (*REAL[1], 0.05), (*REAL[2], 0.08), (*REAL[3], 0.03)]
)
def test_little_charge_is_misplaced(noise, step, rows, most):
    assert np.mean([misplaced(LAYERED, known(LAYERED, noise, step, rows, seed)) for seed in range(2)]) < most


def test_the_width_of_a_plateau_is_found_where_the_voltmeter_sees_it():
    (peak,) = peaks(known(PHOSPHATE, 1e-4, 1e-4, 3000))
    assert peak.volt == pytest.approx(3.43, abs=1e-3)
    assert peak.width_V == pytest.approx(2.355 * 0.003, rel=0.1)
    assert peak.height_mAh_V == pytest.approx(float(PHOSPHATE.density(3.43)), rel=0.1)
    (coarse,) = peaks(known(PHOSPHATE, 1e-4, 5e-3, 3000))
    assert coarse.volt == pytest.approx(3.43, abs=2.5e-3)
    assert coarse.width_V < 0.015


def test_a_plateau_within_the_noise_is_one_peak_with_all_its_charge():
    for seed in range(3):
        (peak,) = peaks(known(PHOSPHATE, 5e-3, 1e-4, 1000, seed))
        assert abs(peak.volt - 3.43) < 3 * peak.volt_std
        assert peak.area_mAh == pytest.approx(3.0)


@pytest.mark.parametrize(("noise", "step", "rows"), REAL)
def test_two_standard_errors_cover_the_truth(noise, step, rows):
    inside, slopes = [], []
    for seed in range(4):
        found = known(LAYERED, noise, step, rows, seed)
        true = true_density(LAYERED, found)
        high = true > 0.05 * true.max()
        inside.append(np.mean(np.abs(found.dqdv_mAh_V - true)[high] < 2 * found.dqdv_std[high]))
        slope = 1 / LAYERED.density(LAYERED.volt(found.charge_mAh / 3.0))
        within = slice(10, -10)
        slopes.append(np.mean(np.abs(found.dvdq_V_mAh - slope)[within] < 2 * found.dvdq_std[within]))
    assert 0.88 < np.mean(inside) <= 1
    assert 0.88 < np.mean(slopes) <= 1


@pytest.mark.parametrize(("noise", "step", "rows"), [REAL[0], REAL[3]])
def test_peaks_stand_where_they_were_put(noise, step, rows):
    z = []
    for seed in range(3):
        found = peaks(known(LAYERED, noise, step, rows, seed))
        assert len(found) == 4
        z += [(peak.volt - top) / peak.volt_std for peak, top in zip(found, TOPS, strict=True)]
        assert sum(peak.area_mAh for peak in found) == pytest.approx(3.0, rel=1e-9)
        for peak, top in zip(found, TOPS, strict=True):
            assert abs(peak.height_mAh_V - LAYERED.density(top)) < 4 * peak.height_std
    assert np.mean(np.abs(z) < 2) > 0.88


@pytest.mark.parametrize(("noise", "step", "rows"), [*REAL, (5e-3, 1e-4, 400)])
@pytest.mark.parametrize("shape", [lambda x: 3.3 + x, lambda x: 3.3 + 0.8 * x**2 + 0.1 * x])
def test_a_curve_without_plateaus_has_no_peaks(shape, noise, step, rows):
    x = np.linspace(0, 1, rows)
    for seed in range(2):
        volt = np.round((shape(x) + noise * np.random.default_rng(seed).standard_normal(rows)) / step) * step
        assert peaks(differential([fitted(one(3 * x, volt))])[0]) == ()


def test_a_turn_of_the_voltage_is_told_and_its_charge_is_kept():
    """Navani issue 15: a voltage that turns back must not be sorted."""
    q = np.linspace(0, 3, 900)
    volt = (
        2.1 - 0.02 * q - 0.03 * np.exp(-(((q - 1) / 0.06) ** 2)) + 1e-4 * np.random.default_rng(0).standard_normal(900)
    )
    found = differential([fitted(one(q, volt, -1))])[0]
    assert found.fitted.turn_V == pytest.approx(0.0295, rel=0.1)
    assert found.fitted.turn_at_mAh == pytest.approx(1.0, abs=0.02)
    assert found.dqdv_mAh_V.sum() * found.width_V == pytest.approx(3.0, rel=1e-9)
    assert (found.dvdq_V_mAh > 0).any()
    straight = differential([fitted(one(q, 2.1 - 0.02 * q, -1))])[0]
    assert straight.fitted.turn_V == 0
    assert (straight.dvdq_V_mAh < 0).all()


@pytest.mark.parametrize(("noise", "step", "rows"), [*REAL, (5e-3, 5e-3, 400)])
def test_noise_and_steps_are_no_turn(noise, step, rows):
    for curve in (LAYERED, PHOSPHATE):
        assert known(curve, noise, step, rows).fitted.turn_V == 0


@given(st.floats(-2.0, 2.0), st.floats(0.2, 5.0))
@settings(max_examples=5, deadline=None)
def test_an_offset_moves_it_and_a_larger_cell_scales_it(offset, larger):
    q, volt, _ = half(LAYERED, 400, 5e-4, 0.0)
    base = fitted(one(q, volt))
    moved = fitted(one(larger * q, volt + offset))
    x = np.linspace(0.1, 2.9, 50)
    np.testing.assert_allclose(moved.curve.at(larger * x)[0], base.curve.at(x)[0] + offset, atol=2e-5)
    np.testing.assert_allclose(larger * moved.curve.at(larger * x, 1)[0], base.curve.at(x, 1)[0], rtol=0.02, atol=2e-3)


def test_logging_on_a_trigger_gives_the_same_curve():
    """Rows on 5 mV or 60 s instead of every 2 s: the same dQ/dV within its errors."""
    q, volt, _ = half(LAYERED, 6000, 1e-4, 1e-4)
    keep, last = [0], 0
    for k in range(1, q.size):
        if abs(volt[k] - volt[last]) >= 5e-3 or k - last >= 60:
            keep.append(k)
            last = k
    dense, sparse = (differential([fitted(one(*pair))], 2e-3)[0] for pair in ((q, volt), (q[keep], volt[keep])))
    assert len(keep) < 400
    assert misplaced(LAYERED, sparse) < 0.06
    np.testing.assert_allclose(
        [p.volt for p in peaks(sparse)], [p.volt for p in peaks(dense)][: len(peaks(sparse))], atol=8e-3
    )


def test_constant_voltage_pulses_and_interrupts_are_left_out():
    q, volt, _ = half(LAYERED, 800, 1e-4, 1e-4)
    held_q, held_v = np.linspace(3.0, 3.5, 200), np.full(200, volt[-1])
    current = np.concatenate([np.ones(800), np.linspace(1, 0.1, 200)])
    found = differential([fitted(one(np.append(q, held_q), np.append(volt, held_v), current=current, held=3.0))])[0]
    assert found.counted_mAh == pytest.approx(3.0, rel=1e-3)
    pulse = (np.arange(800) > 300) & (np.arange(800) < 330)
    pulsed = differential([fitted(one(q, volt + 0.1 * pulse, current=1 + 2.0 * pulse))])[0]
    assert pulsed.fitted.gaps.shape == (1, 2)
    assert pulsed.counted_mAh == pytest.approx(3.0 * (1 - 30 / 799), rel=1e-3)
    assert np.isnan(pulsed.dvdq_V_mAh).sum() == pytest.approx(400 * 30 / 799, abs=2)
    assert pulsed.fitted.noise_V < 2e-4


def test_a_half_cycle_of_pulses_has_no_curve():
    q, volt, _ = half(LAYERED, 800)
    rows = np.arange(800) + 20 * (np.arange(800) // 50)
    assert fitted(one(q, volt, rows=rows)).why_not == "it is interrupted 15 times (pulses)"
    twice = fitted(one(q, volt, rows=np.arange(800) + 20 * (np.arange(800) // 300)))
    assert twice.curve is not None
    assert len(twice.gaps) == 2


def test_too_little_is_said():
    q = np.linspace(0, 1, 8)
    assert fitted(one(q, 3 + q)).why_not == "only 8 rows at one current"
    x = np.linspace(0, 1, 500)
    assert "levels apart" in fitted(one(x, np.round(3.3 + 0.02 * x, 2))).why_not
    assert differential([fitted(one(q, 3 + q))]) == ()


def test_a_single_wrong_reading_changes_nothing():
    q, volt, _ = half(LAYERED, 800, 2e-4, 1e-4)
    wrong = volt.copy()
    wrong[400] += 0.5
    a, b = (differential([fitted(one(q, v))], 2e-3)[0] for v in (volt, wrong))
    assert (a.fitted.slips, b.fitted.slips) == (0, 1)
    np.testing.assert_allclose(b.dqdv_mAh_V, a.dqdv_mAh_V, atol=1.5 * float(a.dqdv_std.max()))


def test_density_of_straight_pieces_is_exact():
    volt = np.array([[3.0, 3.5, 3.25, 4.0]])
    edges = np.array([3.0, 3.25, 3.5, 3.75, 4.0])
    found = charge_density(np.array([1.0, 2.0, 3.0]), volt, edges)
    np.testing.assert_allclose(found[0] * 0.25, [0.5, 0.5 + 2.0 + 1.0, 1.0, 1.0])
    flat = charge_density(np.array([1.0]), np.array([[3.3, 3.3]]), edges)
    np.testing.assert_allclose(flat[0] * 0.25, [0, 1, 0, 0])


def test_a_first_row_with_the_voltage_of_the_rest_before_is_left_out():
    q, volt, _ = half(LAYERED, 800, 1e-4, 1e-4)
    jumped = volt.copy()
    jumped[0] -= 0.4
    clean, found = fitted(one(q, volt)), fitted(one(q, jumped))
    assert clean.begin_mAh == 0
    assert found.begin_mAh == q[1]
    assert found.noise_V == pytest.approx(clean.noise_V, rel=0.05)
    for end in (2.5, 3.9):  # a steep end that was logged is kept
        steep = np.append(volt, np.linspace(volt[-1], end, 12)[1:])
        assert fitted(one(np.linspace(0, 3, steep.size), steep)).end_mAh == 3.0


def test_what_the_voltmeter_resolves():
    rng = np.random.default_rng(0)
    for step in (1e-4, 1e-3, 5e-3):
        volt = np.round((3.3 + rng.random(3000)) / step) * step
        assert voltage_step_V(volt) == pytest.approx(step)
    assert voltage_step_V(rng.random(3000)) == 0
    assert share_repeated(np.repeat([1.0, 2.0], 5)) == pytest.approx(8 / 9)
    assert not spikes(np.exp(-np.arange(50.0) / 3), 1e-4).any()


def test_places_of_passage_lie_on_the_curve():
    q = np.linspace(0, 1, 4000)
    true = 3.0 + 0.3 * q**2
    x, y, weight = crossings(q, np.round(true / 5e-3) * 5e-3)
    np.testing.assert_allclose(y[weight == 1], 3.0 + 0.3 * x[weight == 1] ** 2, atol=2e-4)
    assert (np.diff(x) >= 0).all()
    assert crossings(q, np.full(4000, 3.3))[0].size == 1


def test_the_noise_is_estimated():
    q, volt, _ = half(LAYERED, 2000, 1e-3)
    assert smooth(q, volt).noise_V == pytest.approx(1e-3, rel=0.1)


def test_peaks_are_followed_by_their_place():
    halves = []
    for k in range(5):
        q, volt, _ = half(LAYERED, 800, 2e-4, 1e-4, seed=k, shift=0.004 * k)
        profile = Profile(1 + 10 * k, 1, np.arange(800), q, volt, np.ones(800), np.inf)
        halves.append(peaks(differential([fitted(profile)])[0]))
    found = [track for track in tracks(halves, 0.05) if len(track.peaks) == 5]
    assert len(found) >= 3
    for track in found:
        assert abs(track.shift_V - 4e-4) < 4 * track.shift_std
    assert np.mean([track.shift_V for track in found]) == pytest.approx(4e-4, rel=0.2)
    apart = tracks([halves[0], halves[4]], 1e-3)
    assert all(len(track.peaks) == 1 and np.isnan(track.shift_V) for track in apart)
