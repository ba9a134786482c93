"""Series fitted together: laws that hold exactly, coverage on made-up series, arcs that cross, ties that are wrong."""

import math

import numpy as np
import pytest
from scipy.optimize import least_squares

from limetal.errors import BadInputError
from limetal.impedance._arc_tracks import followed
from limetal.impedance.evaluate import circuit_impedance
from limetal.impedance.fit import FitOptions, fit, fit_many
from limetal.impedance.grammar import parse
from limetal.impedance.joint import SeriesOptions, fit_series, match_arcs

F = np.logspace(5, -1, 49)
TWO = "R(RQ)(RQ)"
FOLLOWED = SeriesOptions(ordered=False)


def arc(f, r, tau, n):
    return r / (1 + (2j * np.pi * f * tau) ** n)


def noisy(z, relative, rng):
    return z + relative * np.abs(z) * (rng.normal(size=z.size) + 1j * rng.normal(size=z.size))


def series(count, seed, noise=0.005, ratio=50.0, grids=(F,)):
    """Spectra of R0 = 3, n = 0.85 and 0.8, resistances that differ; and the values of each."""
    rng = np.random.default_rng(seed)
    spectra, truth = [], []
    for i in range(count):
        f = grids[i % len(grids)]
        r1, r2 = 10 * math.exp(0.3 * rng.normal()), 15 * math.exp(0.3 * rng.normal())
        fast, slow = 2e-2 / ratio, 2e-2
        z = 3 + arc(f, r1, fast, 0.85) + arc(f, r2, slow, 0.8)
        spectra.append((f, noisy(z, noise, rng)))
        truth.append([3, r1, fast**0.85 / r1, 0.85, r2, slow**0.8 / r2, 0.8])
    return spectra, np.array(truth)


def crossing(seed, count=12, noise=0.003):
    """One arc gets slower by a factor of 1.8 a spectrum and overtakes the other; exponents tell them apart."""
    rng = np.random.default_rng(seed)
    times = 10 ** (-3.5 + 0.25 * np.arange(count))
    return [(F, noisy(2 + arc(F, 9, t, 0.9) + arc(F, 5, 10**-2.2, 0.75), noise, rng)) for t in times], times


# --- laws -------------------------------------------------------------------------------------------------------------


def test_nothing_in_common_is_the_single_fits():
    spectra, _ = series(4, 0)
    found = fit_series(TWO, spectra)
    alone = fit_many(TWO, spectra)
    for a, b in zip(found.fits, alone, strict=True):
        np.testing.assert_array_equal(a.values, b.values)
        np.testing.assert_array_equal(a.std, b.std)
    assert found.chi_squared == pytest.approx(found.degrees_of_freedom)  # in units of the noise of each
    assert math.isnan(found.p_value)
    assert found.tie == "cannot tell"
    assert found.delta_aicc == 0
    assert "nothing is tied" in found.statement


def test_followed_arcs_with_nothing_in_common_cost_the_same_as_single_fits():
    spectra, _ = series(3, 1)
    found, alone = fit_series(TWO, spectra, options=FOLLOWED), fit_many(TWO, spectra)
    for a, b in zip(found.fits, alone, strict=True):
        assert a.cost == pytest.approx(b.cost, rel=1e-9)
        np.testing.assert_allclose(a.values, b.values, rtol=1e-4)
        np.testing.assert_allclose(a.std, b.std, rtol=1e-2)


def test_one_spectrum_is_its_fit():
    spectra, _ = series(1, 2)
    found, alone = fit_series(TWO, spectra, ("R0", "Q1.n")), fit(TWO, *spectra[0])
    np.testing.assert_allclose(found.fits[0].values, alone.values, rtol=1e-4)
    np.testing.assert_allclose(found.fits[0].std, alone.std, rtol=1e-2)
    assert found.degrees_of_freedom == alone.degrees_of_freedom
    assert found.tie == "cannot tell"


@pytest.mark.parametrize("count", [2, 9])
def test_the_same_spectrum_n_times_has_errors_smaller_by_the_root_of_n(count):
    spectra, _ = series(1, 3)
    names = parse(TWO).parameters
    single = fit(TWO, *spectra[0])
    found = fit_series(TWO, spectra * count, tuple(n for n in names if not n.endswith("Y")))
    every = fit_series(TWO, spectra * count, names)
    # the noise is as before, but for the degrees of freedom that are left
    rows, free = 2 * F.size, len(names)
    tied = math.sqrt(count * (rows - free) / (count * rows - free))
    mixed = math.sqrt(count * (rows - free) / (count * rows - (free - 2) - 2 * count))
    np.testing.assert_allclose(every.fits[0].values, single.values, rtol=1e-4)
    np.testing.assert_allclose(every.fits[0].std, single.std * tied / math.sqrt(count), rtol=1e-2)
    shared = [k for k, name in enumerate(names) if not name.endswith("Y")]
    np.testing.assert_allclose(found.fits[0].std[shared], single.std[shared] * mixed / math.sqrt(count), rtol=1e-2)
    own = [k for k, name in enumerate(names) if name.endswith("Y")]
    assert (found.fits[0].std[own] < single.std[own]).all()
    assert every.tie == "supported"


def test_shared_parameters_are_equal_and_no_other_is():
    spectra, _ = series(4, 4)
    found = fit_series(TWO, spectra, ("R0", "Q2.n"))
    assert np.ptp(found.values("R0")) == 0
    assert np.ptp(found.stds("R0")) == pytest.approx(0, abs=1e-12)
    assert np.ptp(found.values("Q2.n")) == 0
    assert np.ptp(found.values("R1")) > 1
    assert found.degrees_of_freedom == 4 * 2 * F.size - 2 - 4 * 5


def test_the_joint_minimum_and_its_errors_are_those_of_a_plain_solver():
    # everything at once by scipy, in R, Y, n and finite differences: the same cost and the same covariance
    spectra, truth = series(3, 5, ratio=20)
    shared = ("R0", "Q1.n", "Q2.n")
    found = fit_series(TWO, spectra, shared)
    names, tree = parse(TWO).parameters, parse(TWO)
    common = [names.index(n) for n in shared]
    own = [k for k in range(7) if k not in common]
    exponent = np.array([name.endswith(".n") for name in names])

    def residual(x):
        parts = []
        for i, (f, z) in enumerate(spectra):
            p = np.empty(7)
            p[common], p[own] = x[:3], x[3 + 4 * i : 7 + 4 * i]
            values = np.where(exponent, p, np.exp(np.where(exponent, 0, p)))
            miss = (circuit_impedance(tree.with_values(values.tolist()), f) - z) / np.abs(z) / found.noise[i]
            parts += [miss.real, miss.imag]
        return np.concatenate(parts)

    def packed(rows):
        q = np.where(exponent, rows, np.log(np.where(exponent, 1, rows)))
        return np.concatenate((q[0, common], q[:, own].ravel()))

    ended = least_squares(residual, packed(truth), x_scale="jac", xtol=1e-12, ftol=1e-13, gtol=1e-12)
    assert found.chi_squared == pytest.approx(2 * ended.cost, rel=1e-7)
    np.testing.assert_allclose(packed(np.array([f.values for f in found.fits])), ended.x, rtol=2e-4, atol=1e-5)
    variance = np.diagonal(np.linalg.inv(ended.jac.T @ ended.jac)) * found.chi_squared / found.degrees_of_freedom
    log_std = np.array([f.log_std for f in found.fits])
    np.testing.assert_allclose(
        np.concatenate((log_std[0, common], log_std[:, own].ravel())), np.sqrt(variance), rtol=2e-2
    )


def test_one_shared_resistance_is_the_weighted_mean_of_straight_fits():
    # R in series with an inductance and unit weights: linear, so the shared R is the mean over all points
    rng = np.random.default_rng(6)
    omega = 2 * np.pi * F
    spectra = [(F, 5 + 1j * omega * h + 0.05 * (rng.normal(size=(2, F.size)).T @ [1, 1j])) for h in (1e-5, 3e-5, 2e-5)]
    options = SeriesOptions(fit=FitOptions(weighting="unit"), noise="one")
    found = fit_series("RL", spectra, ("R0",), options)
    every = np.concatenate([z.real for _, z in spectra])
    assert found.values("R0")[0] == pytest.approx(every.mean(), rel=1e-7)
    rest = sum(
        np.sum((z.real - every.mean()) ** 2) + np.sum((z.imag - omega * (z.imag @ omega) / (omega @ omega)) ** 2)
        for _, z in spectra
    )
    std = math.sqrt(rest / (2 * every.size - 4) / every.size)
    assert found.fits[0].std_of("R0") == pytest.approx(std, rel=1e-3)
    assert found.stds("R0")[2] == pytest.approx(std, rel=1e-3)


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_errors_of_shared_and_own_parameters_cover_the_truth():
    own, common, refused = [], [], 0
    for seed in range(80):
        spectra, truth = series(4, 100 + seed, noise=0.004, grids=(F, F[::2], F[5:]))
        found = fit_series(TWO, spectra, ("R0", "Q1.n", "Q2.n"))
        for name, value in (("R0", 3.0), ("Q1.n", 0.85), ("Q2.n", 0.8)):
            low, high = found.interval(name)
            common.append(low <= value <= high)
        for result, values in zip(found.fits, truth, strict=True):
            for name, value in zip(found.names, values, strict=True):
                low, high = result.interval(name)
                own.append(low <= value <= high)
        refused += found.tie == "not supported"
    assert 0.935 <= np.mean(own) <= 0.965
    assert 0.90 <= np.mean(common) <= 0.985
    assert refused <= 4  # one in a hundred by chance


def test_a_wrong_tie_is_refused_and_a_right_one_is_not():
    rng = np.random.default_rng(7)
    spectra = [(F, noisy(r0 + arc(F, 20, 1e-3, 0.9), 0.005, rng)) for r0 in (5.0, 5.1, 5.2, 5.3)]
    found = fit_series("R(RQ)", spectra, ("R0",))
    assert found.tie == "not supported"
    assert found.p_value < 1e-6
    assert found.delta_aicc > 0
    assert "is not supported" in found.statement
    right = fit_series("R(RQ)", spectra, ("Q1.n",))
    assert right.tie == "supported"
    assert "Q1.n is the same in all 4 spectra is supported" in right.statement


def test_the_chance_of_a_true_tie_is_spread_evenly():
    chances = [fit_series(TWO, series(3, 300 + seed)[0], ("R0", "Q2.n")).p_value for seed in range(60)]
    assert 0.35 < np.mean(chances) < 0.65  # 0.5 with a standard deviation of 0.037
    assert np.mean(np.array(chances) < 0.1) < 0.22


def test_a_noisy_spectrum_counts_less():
    rng = np.random.default_rng(8)
    clean, poor = (noisy(5 + arc(F, 20, 1e-3, 0.9), noise, rng) for noise in (0.001, 0.05))
    found = fit_series("R(RQ)", [(F, clean), (F, poor)], ("R0", "Q1.n"))
    single = fit("R(RQ)", F, clean)
    assert found.fits[0].std_of("R0") == pytest.approx(single.std_of("R0"), rel=0.05)
    assert abs(found.values("R0")[0] - single.value("R0")) < 0.3 * single.std_of("R0")
    assert found.noise == pytest.approx([0.001, 0.05], rel=0.25)


# --- arcs -------------------------------------------------------------------------------------------------------------


def test_an_arc_that_overtakes_another_keeps_its_name():
    spectra, times = crossing(9)
    found = fit_series(TWO, spectra, ("R0", "Q1.n", "Q2.n"), FOLLOWED)
    assert found.tie == "supported"
    np.testing.assert_allclose(found.values("R1"), 9, rtol=0.1)
    np.testing.assert_allclose(found.values("R2"), 5, rtol=0.15)
    assert found.values("Q1.n")[0] == pytest.approx(0.9, abs=0.01)
    taus = np.array([[tau for _, tau, _ in result.arc_times()] for result in found.fits])
    np.testing.assert_allclose(taus[:, 0], times, rtol=0.1)
    after = int(np.argmax(times > 10**-2.2))
    assert [(name, other) for _, name, other in found.tracks.crossings] == [("R1", "R2")]
    assert abs(found.tracks.crossings[0][0] - after) <= 1


def test_ordered_time_constants_stay_in_order_and_cost_more_where_arcs_cross():
    spectra, _ = crossing(10)
    shared = ("R0", "Q1.n", "Q2.n")
    ordered, free = fit_series(TWO, spectra, shared), fit_series(TWO, spectra, shared, FOLLOWED)
    taus = np.array([[tau for _, tau, _ in result.arc_times()] for result in ordered.fits])
    assert (taus[:, 0] <= taus[:, 1] * (1 + 1e-12)).all()
    assert ordered.chi_squared > 2 * free.chi_squared
    assert ordered.tie == "not supported"
    # twin: without a crossing the order costs nothing
    spectra, _ = series(4, 11)
    ordered, free = fit_series(TWO, spectra, shared), fit_series(TWO, spectra, shared, FOLLOWED)
    assert ordered.chi_squared == pytest.approx(free.chi_squared, rel=1e-8)


def test_match_arcs_of_sorted_fits():
    spectra, times = crossing(12)
    fits = fit_many(TWO, spectra)
    tracks = match_arcs(fits)
    assert tracks.names == ("R1", "R2")
    far = np.abs(np.log(times / 10**-2.2)) > 1.5  # nearer to each other, single fits cannot part them
    np.testing.assert_allclose(tracks.time_second[far, 0], times[far], rtol=0.2)
    np.testing.assert_allclose(tracks.resistance_ohm[far], np.tile([9, 5], (far.sum(), 1)), rtol=0.3)
    assert (tracks.order[far & (times > 10**-2.2)] == [1, 0]).all()
    alone = match_arcs(fits[:1])
    assert alone.order.tolist() == [[0, 1]]
    assert alone.crossings == ()


@pytest.mark.parametrize("arcs", [2, 3, 4, 6])
def test_bodies_that_pass_each_other_are_followed(arcs):
    rng = np.random.default_rng(20 + arcs)
    step = np.arange(25)[:, None]
    place = np.stack(
        (rng.uniform(-6, 0, arcs) + rng.normal(0, 0.15, arcs) * step, np.linspace(0, 3, arcs) + 0 * step), -1
    )
    std = np.full_like(place, 0.03)
    seen = place + std * rng.normal(size=place.shape)
    by_time = np.argsort(seen[:, :, 0], axis=1)
    order = followed(np.take_along_axis(seen, by_time[:, :, None], 1), std)
    expected = np.argsort(by_time, axis=1)[:, by_time[0]]
    np.testing.assert_array_equal(order, expected)
    assert (by_time != by_time[0]).any()  # they do pass each other


def test_arcs_of_two_kinds_are_followed_among_their_kind():
    rng = np.random.default_rng(13)
    spectra = [
        (F, noisy(1 + arc(F, 8, 1e-4 * 3**i, 1.0) + arc(F, 4, 1e-2, 0.7) + arc(F, 5, 0.3, 1.0), 0.001, rng))
        for i in range(4)
    ]
    tracks = match_arcs(fit_many("R(RC)(RQ)(RC)", spectra))
    assert set(tracks.names) == {"R1", "R3"}
    np.testing.assert_allclose(tracks.resistance_ohm, np.tile([8, 5], (4, 1)), rtol=0.1)


# --- what the circuit says --------------------------------------------------------------------------------------------


def test_fixed_values_and_bounds_hold():
    spectra, _ = series(3, 14)
    found = fit_series("R{R=3F}(RQ{n=0.85/0.84/0.852})(RQ)", spectra, ("Q1.n", "Q2.n"))
    np.testing.assert_allclose(found.values("R0"), 3, rtol=1e-12)
    assert found.statuses("R0") == ("fixed",) * 3
    assert 0.84 <= found.values("Q1.n")[0] <= 0.852
    tight = fit_series("R(RQ{n=0.9/0.88/0.95})(RQ)", spectra, ("Q1.n",))
    assert tight.values("Q1.n")[0] == pytest.approx(0.88, abs=1e-6)
    assert set(tight.statuses("Q1.n")) == {"at bound"}
    shared = fit_series("R{R=3.5/3.2/4}(RQ)(RQ)", spectra, ("R0",))
    assert shared.values("R0")[1] == pytest.approx(3.2, rel=1e-9)


def test_the_capacitance_of_an_arc_may_be_shared():
    rng = np.random.default_rng(15)
    spectra = [(F, noisy(2 + r / (1 + 2j * np.pi * F * 1e-4 * r), 0.005, rng)) for r in (5.0, 20.0, 80.0)]
    found = fit_series("R(RC)", spectra, ("C1", "R0"))
    assert np.ptp(found.values("C1")) == 0
    assert found.tie == "supported"
    low, high = found.interval("C1", 0.999)
    assert low < 1e-4 < high
    assert found.stds("C1")[0] < min(result.std_of("C1") for result in found.separate)
    q = [(F, noisy(2 + r / (1 + r * 1e-4 * (2j * np.pi * F) ** 0.9), 0.005, rng)) for r in (5.0, 20.0)]
    admittance = fit_series("R(RQ)", q, ("Q1.Y", "Q1.n"))
    assert admittance.values("Q1.Y")[0] == pytest.approx(1e-4, rel=0.05)
    assert admittance.tie == "supported"


def test_measured_weights_have_chi_squared_of_about_their_number():
    spectra, _ = series(3, 16)
    std = [0.005 * np.abs(z) for _, z in spectra]
    options = SeriesOptions(fit=FitOptions(weighting="measured"))
    found = fit_series(TWO, spectra, ("R0",), options, std_ohm=std)
    assert (found.noise == 1).all()
    assert found.chi_squared == pytest.approx(found.degrees_of_freedom, rel=0.3)
    twice = fit_series(TWO, spectra, ("R0",), options, std_ohm=[2 * s for s in std])
    assert twice.chi_squared == pytest.approx(found.chi_squared / 4, rel=1e-4)
    assert twice.fits[0].std_of("R0") == pytest.approx(
        2 * found.fits[0].std_of("R0") / math.sqrt(max(found.chi_squared / found.degrees_of_freedom, 1)), rel=0.01
    )


def test_data_without_noise_are_described_wholly():
    f = F
    spectra = [(f, 3 + arc(f, r, 1e-3, 0.9)) for r in (5.0, 7.0)]
    found = fit_series("R(RQ)", spectra, ("R0", "Q1.n"))
    np.testing.assert_allclose(found.values("R1"), [5, 7], rtol=1e-6)
    assert found.tie != "not supported"


def test_a_long_series_with_a_missing_arc_does_not_lose_its_way():
    # in some spectra the second arc is nearly gone: the tied exponent and neighbours keep the others
    rng = np.random.default_rng(17)
    sizes = [6.0, 3.0, 0.02, 0.02, 3.0, 6.0]
    spectra = [(F, noisy(3 + arc(F, 10, 1e-4, 0.9) + arc(F, r, 2e-2, 0.85), 0.003, rng)) for r in sizes]
    found = fit_series(TWO, spectra, ("R0", "Q1.n", "Q2.n"))
    np.testing.assert_allclose(found.values("R1"), 10, rtol=0.05)
    big = np.array(sizes) > 1
    np.testing.assert_allclose(found.values("R2")[big], np.array(sizes)[big], rtol=0.05)
    assert set(found.statuses("R2")[2:4]) == {"not identified"}
    assert np.isnan(found.stds("R2")[2:4]).all()


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shared", "sentence"),
    [
        (("R7",), r"found 'R7', want one of R0, R1, Q1.Y"),
        (("R0",), r"found R0, which is fixed, want one that is fitted"),
        (("R1", "R1"), r"found a name twice"),
        ("R1", r"found the text 'R1', want a sequence of names, \('R1',\)"),
    ],
)
def test_bad_names_are_said(shared, sentence):
    spectra, _ = series(2, 18)
    with pytest.raises(BadInputError, match=sentence):
        fit_series("R{R=3F}(RQ)(RQ)", spectra, shared)


def test_bad_series_are_said():
    spectra, _ = series(2, 19)
    with pytest.raises(BadInputError, match=r"spectra of a series: found none"):
        fit_series(TWO, [], ("R0",))
    with pytest.raises(BadInputError, match=r"spectrum 2"):
        fit_series(TWO, [spectra[0], (F, np.zeros(F.size, dtype=complex))], ("R0",))
    with pytest.raises(BadInputError, match=r"found 1 for 2 spectra"):
        fit_series(TWO, spectra, ("R0",), std_ohm=[np.ones(F.size)])
    with pytest.raises(BadInputError, match=r"found 'both', want each or one"):
        SeriesOptions(noise="both")
    with pytest.raises(BadInputError, match=r"fits of a series: found none"):
        match_arcs([])
    with pytest.raises(BadInputError, match=r"different circuits"):
        match_arcs([fit(TWO, *spectra[0]), fit("R(RQ)", *spectra[0])])
    found = fit_series(TWO, spectra, ("R0",))
    with pytest.raises(BadInputError, match=r"every spectrum has its own of"):
        found.interval("R1")
    with pytest.raises(BadInputError, match=r"found 'R9'"):
        found.stds("R9")
    assert found.interval("R0")[0] < 3.1
