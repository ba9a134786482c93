"""Shapes of half-cycles whose shape is known, recorded as cyclers record; means over parts of the time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.cycling.half_cycles import half_cycles
from limetal.cycling.quantum import quantum
from limetal.cycling.shape import SHAPES, Limits, arcing_by_history, features, shapes
from limetal.cycling.time_bins import TimeBins, time_bins
from limetal.simulate.recording import CYCLERS, Cycler
from support.cells import record
from support.shapes import cell_of

KINDS = ("flat", "peaked", "arcing", "rectangular", "diverging", "rising")
X = (np.arange(100) + 0.5) / 100


def of(*profiles, noise=1e-6, rows=10):
    """Bins of profiles given at the middle of every hundredth."""
    u = np.array(profiles, dtype=float)
    n = len(profiles)
    return TimeBins(u, np.full((n, 100), rows), np.full(n, noise), np.full(n, 0.002), np.full(n, 3600.0))


def named(*profiles, limits=None, **more):
    bins = of(*profiles, **more)
    return shapes(bins, features(bins, 0.0, limits), limits)[0]


def matrix(cycler, level_V, halves=60, seed=0):
    """Confusion matrix: rows are the true shapes, columns what was found."""
    rng = np.random.default_rng(seed)
    truth = [*KINDS, *rng.choice(KINDS, halves - len(KINDS))]
    cell = cell_of(truth, rng, level_V=level_V, cycler=cycler, seed=seed)
    found = half_cycles(cell)
    assert len(found.items) == halves
    bins = time_bins(cell, found)
    names, _ = shapes(bins, features(bins, quantum(cell.voltage_volt)))
    counts = np.zeros((len(KINDS), len(SHAPES)), dtype=int)
    for true, name in zip(truth, names, strict=True):
        counts[KINDS.index(true), SHAPES.index(name)] += 1
    return counts


def rates(counts):
    right = sum(counts[k, SHAPES.index(kind)] for k, kind in enumerate(KINDS))
    unclear = counts[:, SHAPES.index("unclear")].sum()
    return right / counts.sum(), (counts.sum() - right - unclear) / counts.sum()


# the confusion matrix


@pytest.mark.parametrize("level", [0.2, 0.02])
@pytest.mark.parametrize("cycler", ["10 s, 0.1 mV", "60 s, 0.1 mV", "5 mV trigger", "5 mV trigger, volts only"])
def test_every_shape_is_found_however_it_was_recorded(cycler, level):
    right, wrong = rates(matrix(CYCLERS[cycler], level))
    assert right >= 0.96
    assert wrong <= 0.02


@pytest.mark.parametrize(("noise", "least"), [(0.005, 0.97), (0.02, 0.9), (0.05, 0.6)])
def test_noise_makes_shapes_unclear_before_it_makes_them_wrong(noise, least):
    """Rectangular and flat are one where noise hides 2 %, and are counted as one here."""
    level = 0.05
    counts = matrix(Cycler(20.0, voltage_noise_volt=noise * level), level, halves=120)
    flat, still = SHAPES.index("flat"), SHAPES.index("rectangular")
    counts[KINDS.index("rectangular"), still] += counts[KINDS.index("rectangular"), flat]
    counts[KINDS.index("rectangular"), flat] = 0
    right, wrong = rates(counts)
    assert right >= least
    assert wrong <= 0.05


@pytest.mark.parametrize("level", [0.05, 0.015])
def test_a_last_digit_of_a_millivolt_makes_shapes_unclear_before_it_makes_them_wrong(level):
    right, wrong = rates(matrix(CYCLERS["60 s, 1 mV"], level))
    assert wrong <= 0.06
    assert right >= (0.95 if level > 0.02 else 0.6)


def test_single_wrong_rows_and_lost_rows_change_few_shapes():
    right, wrong = rates(matrix(CYCLERS["30 s, lost rows"], 0.05))
    assert right >= 0.95
    assert wrong <= 0.03


# one shape against the next


def test_a_peak_needs_its_height_and_must_fade():
    def peak(height, tau):
        return 1 + height * np.exp(-X / tau)

    names = named(peak(0.5, 0.05), peak(0.06, 0.05), 1.3 - 0.6 * X, 1.05 - 0.1 * X)
    assert names == ["peaked", "flat", "unclear", "flat"]
    assert named(peak(0.2, 0.05), limits=Limits(peak_from=0.3)) != ["peaked"]


def test_a_peak_with_a_rise_at_the_end_is_peaked():
    """Maximum, minimum, maximum: bulk dissolution after the fresh deposits are gone."""
    assert named(1 + 0.6 * np.exp(-X / 0.08) + 0.3 * np.clip(X - 0.6, 0, 1)) == ["peaked"]


def test_a_late_rise_is_arcing_and_a_slowing_one_is_rising():
    late, root, saturating, line = 1 + 0.4 * X**4, np.sqrt(X), 1 - 0.9 * np.exp(-X / 0.3), 0.5 + X
    assert named(late, root, saturating, line) == ["arcing", "rising", "rising", "rising"]


def test_a_rise_that_runs_away_diverges():
    assert named(1 + 2 * X**6, 1 + 0.3 * X**6) == ["diverging", "arcing"]
    assert named(1 + 2 * X**6, limits=Limits(diverging_from=3.0)) == ["arcing"]


def test_any_transient_makes_a_rectangle_flat():
    assert named(1 + 0 * X, 1 - 0.2 * np.exp(-X / 0.02)) == ["rectangular", "flat"]
    assert named(1 + 0 * X, noise=0.3, rows=20) != ["rectangular"]


def test_a_step_down_has_no_shape():
    bins = of(np.where(X < 0.6, 1.0, 0.6))
    names, why = shapes(bins, features(bins))
    assert names == ["unclear"]
    assert "falls" in why[0]


def test_few_rows_long_gaps_and_wrong_signs_are_unclear():
    fine = of(1 + 0 * X)
    sparse = TimeBins(fine.mean_V, fine.rows // 10 * (X < 0.05), fine.noise_V, fine.widest, fine.seconds)
    gap = TimeBins(fine.mean_V, fine.rows, fine.noise_V, np.array([0.3]), fine.seconds)
    below = of(-1 + 0 * X)
    for bins, words in ((sparse, "too few rows"), (gap, "too few rows"), (below, "against its sign")):
        names, why = shapes(bins, features(bins))
        assert names == ["unclear"]
        assert words in why[0]
    assert shapes(fine, features(fine))[0] == ["rectangular"]


@settings(max_examples=30, deadline=None)
@given(st.floats(1e-4, 1e3), st.integers(0, 2**32 - 1))
def test_shapes_do_not_depend_on_the_scale_of_the_voltage(scale, seed):
    rng = np.random.default_rng(seed)
    u = 1 + rng.normal(0, 0.3) * np.exp(-X / 0.1) + rng.normal(0, 0.3) * X**3
    one, two = of(u), of(scale * u, noise=scale * 1e-6)
    assert shapes(one, features(one)) == shapes(two, features(two))
    np.testing.assert_allclose(features(two).start_peak, features(one).start_peak, rtol=1e-9)


def test_features_are_those_of_their_formulas():
    found = features(of(0.5 + X, 1 + (X - 0.5) ** 2))
    assert found.middle_V == pytest.approx([1.0, 1.0], abs=4e-3)
    assert found.slope[0] == pytest.approx(1.0, rel=1e-9)
    assert found.late_slope[0] == pytest.approx(1.0, rel=1e-9)
    assert found.end_rise[0] == pytest.approx(0.465, abs=1e-9)
    assert found.start_lack[0] == pytest.approx(0.275, abs=1e-9)
    assert found.curvature[1] == pytest.approx(0.25**2, rel=0.05)
    assert found.rise_time[0] == pytest.approx(0.9 * 1.245 - 0.5, abs=0.011)


# history


def test_a_rise_that_grew_is_arcing_and_one_from_the_start_is_not():
    grows = [1 + a * np.sqrt(X) for a in (*[0.05] * 10, 0.1, 0.3, 0.6, 0.9)]
    constant = [0.3 + np.sqrt(X)] * 14
    for profiles, wanted in ((grows, "arcing"), (constant, "rising")):
        bins = of(*profiles)
        found = features(bins)
        names, grown = arcing_by_history(shapes(bins, found)[0], found, np.zeros(14, dtype=int))
        assert names[-1] == wanted
        assert "arcing" not in names[:10]
        assert grown[-1] == pytest.approx(found.end_rise[-1] - np.median(found.end_rise[:10]))


def test_other_currents_are_not_compared():
    bins = of(*[1 + 0.05 * np.sqrt(X)] * 10, *[1 + 0.9 * np.sqrt(X)] * 10)
    found = features(bins)
    names = shapes(bins, found)[0]
    assert arcing_by_history(names, found, np.repeat([0, 1], 10))[0] == names
    assert arcing_by_history(names, found, np.zeros(20, dtype=int))[0][-1] == "arcing"


# means over parts of the time


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 80))
def test_means_are_integrals_of_straight_lines(seed, rows):
    rng = np.random.default_rng(seed)
    t = np.sort(rng.uniform(0, 100, rows))
    t[[0, -1]] = 0.0, 100.0
    u = np.sort(rng.uniform(1, 2, rows))  # no row stands out of its neighbours
    cell = record(np.concatenate([t, t + 100]), np.concatenate([u, -u]))
    found = half_cycles(cell)
    bins = time_bins(cell, found, 20)
    at, value = cell.test_time_second[found.items[0].rows], cell.voltage_volt[found.items[0].rows]
    fine = np.linspace(at[0], at[-1], 20 * 400 + 1)
    exact = np.interp((fine[:-1] + fine[1:]) / 2, at, value).reshape(20, 400).mean(axis=1)
    np.testing.assert_allclose(bins.mean_V[0], exact, rtol=2e-4)
    assert bins.rows[0].sum() == at.size
    assert bins.mean_V[0].mean() == pytest.approx(np.trapezoid(value, at) / (at[-1] - at[0]), rel=1e-9)


def test_noise_is_read_against_time_not_from_a_trigger():
    """Rows 5 mV apart on a smooth curve show hardly any; the same rows with 0.5 mV of noise show that."""
    x = np.linspace(0, 1, 60) ** 2
    t = np.concatenate([1800 * x, 1800 * (1 + x)])
    u = 0.05 + 0.3 * np.sqrt(x)
    smooth = record(t, np.concatenate([u, -u]))
    assert np.median(np.abs(np.diff(u))) == pytest.approx(5.1e-3, rel=0.01)
    assert time_bins(smooth, half_cycles(smooth)).noise_V.max() < 5e-3 / 40
    noisy = record(t, np.concatenate([u, -u]) + np.random.default_rng(0).normal(0, 5e-4, t.size))
    assert time_bins(noisy, half_cycles(noisy)).noise_V.mean() == pytest.approx(5e-4, rel=0.3)


def test_rests_inside_and_wrong_rows_take_no_part():
    t = np.arange(0.0, 400.0)
    v = np.where(t < 200, 1.0, -1.0)
    v[50] = 30.0
    bins = time_bins(record(t, v, 1e-3 * np.sign(v)), half_cycles(record(t, v, 1e-3 * np.sign(v))))
    assert bins.mean_V[0].max() == pytest.approx(1.0)
    i = np.where((t > 60) & (t < 140), 0.0, np.where(t < 200, 1e-3, -1e-3))
    v = np.where(i == 0, 0.2, 1000 * i)
    rested = record(t, v, i)
    bins = time_bins(rested, half_cycles(rested))
    assert bins.seconds[0] < 125
    np.testing.assert_allclose(bins.mean_V[0], 1.0)


def test_rows_at_one_time_make_no_number_out_of_nothing():
    t = np.repeat(np.arange(0.0, 100.0), 2)
    v = np.where(t < 50, 0.01, -0.01)
    bins = time_bins(record(t, v), half_cycles(record(t, v)))
    assert np.isfinite(bins.mean_V).all()
    np.testing.assert_allclose(bins.mean_V, 0.01)


def test_many_half_cycles_are_worked_on_in_pieces(monkeypatch):
    t, v = np.arange(400.0), 0.01 * np.where(np.arange(400) % 40 < 20, 1, -1) * (1 + np.arange(400) / 400)
    cell = record(t, v)
    found = half_cycles(cell)
    whole = time_bins(cell, found)
    monkeypatch.setattr("limetal.cycling.time_bins._AT_ONCE", 3)
    pieces = time_bins(cell, found)
    for name in ("mean_V", "rows", "noise_V", "widest", "seconds"):
        np.testing.assert_allclose(getattr(pieces, name), getattr(whole, name), rtol=1e-9)
