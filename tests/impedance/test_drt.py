"""Distribution of relaxation times against spectra whose distribution is known."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import nnls

from limetal.errors import BadInputError
from limetal.impedance import _drt_grid, _drt_solve
from limetal.impedance._drt_grid import MOST_GRIDS, grid_of
from limetal.impedance._drt_kernels import non_negative
from limetal.impedance._drt_solve import CurvaturePrior, compress, solve_hierarchical
from limetal.impedance.drt import Drt, DrtOptions, drt, drt_many, drt_map
from support.data_files import real

F = np.logspace(6, -1, 71)
HIERARCHICAL, RIDGE = DrtOptions(), DrtOptions(method="ridge")
BOTH = pytest.mark.parametrize("options", [HIERARCHICAL, RIDGE], ids=["hierarchical", "ridge"])


def arc(r, tau, n, f=F):
    """ZARC: R/(1 + (j omega tau)^n)."""
    return r / (1 + (2j * np.pi * f * tau) ** n)


def arc_gamma(r, tau, n, at):
    """Its distribution (Cole and Cole); `test_truth_of_these_tests` holds it to the impedance."""
    x = n * np.log(at / tau)
    return r / (2 * np.pi) * np.sin(n * np.pi) / (np.cosh(x) + np.cos(n * np.pi))


def noisy(z, part, seed=0):
    r = np.random.default_rng(seed)
    return z + part * np.abs(z) * (r.standard_normal(z.size) + 1j * r.standard_normal(z.size))


def misfit(found: Drt, truth):
    m = found.measured
    wanted = truth(found.tau_second[m])
    return float(np.linalg.norm(found.gamma_ohm[m] - wanted) / np.linalg.norm(wanted))


# --- what gamma is ---


def test_truth_of_these_tests():
    x = np.linspace(-60, 60, 100001)
    for n in (0.7, 0.9):
        z = np.trapezoid(arc_gamma(20.0, 1e-3, n, np.exp(x)) / (1 + 2j * np.pi * 50.0 * np.exp(x)), x)
        assert z == pytest.approx(arc(20.0, 1e-3, n, 50.0), rel=1e-6)


def test_distribution_of_an_arc_is_the_one_of_the_books():
    found = drt(F, noisy(4 + arc(20.0, 1e-3, 0.85), 1e-3))
    assert misfit(found, lambda t: arc_gamma(20.0, 1e-3, 0.85, t)) < 0.1
    assert found.polarisation_resistance_ohm == pytest.approx(20.0, rel=0.01)
    (peak,) = found.peaks
    assert peak.tau_second == pytest.approx(1e-3, rel=0.1)
    assert peak.frequency_hertz == pytest.approx(1 / (2 * np.pi * peak.tau_second), rel=1e-12)
    assert peak.resistance_ohm == pytest.approx(20.0, rel=0.01)
    assert peak.height_ohm == pytest.approx(arc_gamma(20.0, 1e-3, 0.85, 1e-3), rel=0.1)
    assert found.resistance_inf_ohm == pytest.approx(4.0, abs=4 * found.resistance_inf_std_ohm)


def test_kernel_is_the_integral_over_ln_tau():
    grid = grid_of(F, 10, 1.0, ("resistor",))

    def shape(x):
        return math.exp(-0.5 * ((x - math.log(1e-3)) / 0.7) ** 2)

    z = grid.basis @ (np.array([shape(x) for x in grid.log_tau]) @ grid.points)
    for k in (5, 35, 60):
        w = 2 * np.pi * F[k]
        for part, got in (("real", z[k]), ("imag", z[k + F.size])):
            wanted = quad(
                lambda x, part=part, w=w: getattr(shape(x) / (1 + 1j * w * np.exp(x)), part),
                grid.log_tau[0], grid.log_tau[-1], points=[math.log(1e-3)], limit=200,
            )[0]  # fmt: skip
            assert got == pytest.approx(wanted, abs=2e-6)


def test_splines_add_up_to_one_and_repeat():
    grid = grid_of(F, 10, 1.0, ("resistor",))
    assert grid.spline.sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    assert grid.spline[4:-4, 1:] == pytest.approx(grid.spline[:-8, :-1], abs=0.0)


@BOTH
def test_two_rc_elements(options):
    found = drt(F, 5 + arc(10.0, 1e-4, 1.0) + arc(30.0, 1e-1, 1.0), options)
    assert [p.resistance_ohm for p in found.peaks] == pytest.approx([10.0, 30.0], rel=0.01)
    assert [p.tau_second for p in found.peaks] == pytest.approx([1e-4, 1e-1], rel=0.02)
    assert all(p.measured and p.low_second < p.tau_second < p.high_second for p in found.peaks)
    assert all(p.valley < 0.01 for p in found.peaks)


@pytest.mark.parametrize(
    ("extra", "name", "value"),
    [
        (lambda jw: 2e-6 * jw, "inductance_henry", 2e-6),
        (lambda jw: 1 / (5e-3 * jw), "series_elastance_per_farad", 200.0),
    ],
)
def test_series_terms_in_their_units(extra, name, value):
    jw = 2j * np.pi * F
    z = noisy(5 + arc(10.0, 1e-4, 0.9) + extra(jw), 1e-3)
    found = drt(F, z, DrtOptions(low_frequency="capacitor", method="ridge"))
    assert getattr(found, name) == pytest.approx(value, rel=0.05)
    none = drt(F, z, DrtOptions(low_frequency="none", inductance=False))
    assert math.isnan(getattr(none, name))


def test_share_of_a_diffusion_in_the_warburg_term_is_uncertain_and_says_so():
    found = drt(F, noisy(5 + arc(10.0, 1e-4, 0.9) + 3 / np.sqrt(2j * np.pi * F), 1e-3))
    off = found.warburg_ohm_per_root_second - 3.0
    assert abs(off) < 3 * found.warburg_std_ohm_per_root_second
    # the sum of both is what was measured
    at = found.measured & (found.tau_second > 0.05) & (found.tau_second < 0.8)
    both = (found.gamma_ohm + found.series_gamma_ohm)[at]
    assert both == pytest.approx(3 * np.sqrt(found.tau_second[at]) / np.pi, rel=0.15)


def test_distribution_of_the_warburg_term():
    jw = 2j * np.pi * F
    found = drt(F, 5 + 3 / np.sqrt(jw), DrtOptions(low_frequency="warburg", method="ridge"))
    a = found.warburg_ohm_per_root_second
    assert a == pytest.approx(3.0, rel=0.01)
    # the integral of sqrt(tau)/pi/(1 + j omega tau) over ln(tau) is (j omega)^-1/2
    x = np.linspace(-60, 60, 200001)
    z = np.trapezoid(np.exp(x / 2) / np.pi / (1 + 2j * np.exp(x)), x)
    assert z == pytest.approx(2j**-0.5, rel=1e-4)
    assert found.series_gamma_ohm == pytest.approx(a * np.sqrt(found.tau_second) / np.pi, rel=1e-12)


def test_pure_resistor_has_no_process():
    found = drt(F, noisy(10 + 0 * F, 3e-3))
    assert found.peaks == ()
    assert found.polarisation_resistance_ohm < 0.05
    assert found.resistance_inf_ohm == pytest.approx(10.0, abs=0.05)


# --- laws ---


@BOTH
@given(ohm=st.floats(-6, 9), hertz=st.floats(-4, 4))
@settings(max_examples=5, deadline=None)
def test_scales_of_impedance_and_frequency(options, ohm, hertz):
    z = noisy(5 + arc(10.0, 1e-4, 0.9) + arc(20.0, 1e-2, 0.8), 3e-3)
    one, other = drt(F, z, options), drt(F * 10**hertz, z * 10**ohm, options)
    assert other.tau_second == pytest.approx(one.tau_second * 10**-hertz, rel=1e-9)
    assert other.gamma_ohm / 10**ohm == pytest.approx(one.gamma_ohm, abs=1e-3 * one.gamma_ohm.max())
    assert other.noise == pytest.approx(one.noise, rel=1e-3)


@BOTH
def test_order_of_the_points_does_not_matter(options):
    z = noisy(5 + arc(10.0, 1e-4, 0.9), 3e-3)
    mixed = np.random.default_rng(1).permutation(F.size)
    one, other = drt(F, z, options), drt(F[mixed], z[mixed], options)
    assert (other.gamma_ohm == one.gamma_ohm).all()
    assert (other.residual_ohm == one.residual_ohm[mixed]).all()


@BOTH
def test_residual_is_measured_minus_calculated(options):
    z = noisy(5 + arc(10.0, 1e-4, 0.9), 3e-3)
    found = drt(F, z, options)
    x = np.log(found.tau_second)
    part = np.trapezoid(found.gamma_ohm / (1 + 2j * np.pi * np.outer(F, found.tau_second)), x, axis=1)
    jw = 2j * np.pi * F
    a = found.warburg_ohm_per_root_second / np.sqrt(jw) + found.series_elastance_per_farad / jw
    model = found.resistance_inf_ohm + jw * found.inductance_henry + a + part
    assert found.residual_ohm == pytest.approx(z - model, abs=1e-4)
    spread = np.sqrt(np.mean(np.abs(found.residual_ohm / np.abs(z)) ** 2) / 2)
    assert spread == pytest.approx(3e-3, rel=0.15)


def test_gamma_is_never_negative_and_lies_in_its_band():
    for options in (HIERARCHICAL, RIDGE):
        found = drt(F, noisy(5 + arc(10.0, 1e-4, 0.9) + arc(3.0, 1e-3, 0.9), 1e-2), options)
        assert (found.gamma_low_ohm >= 0).all()
        assert (found.gamma_low_ohm <= found.gamma_ohm).all()
        assert (found.gamma_ohm <= found.gamma_high_ohm).all()
        narrow = drt(F, noisy(5 + arc(10.0, 1e-4, 0.9) + arc(3.0, 1e-3, 0.9), 1e-2), dataclasses.replace(
            options, credible_level=0.5
        ))  # fmt: skip
        assert (narrow.gamma_high_ohm <= found.gamma_high_ohm).all()


def test_result_is_a_maximum_of_the_posterior():
    z = noisy(5 + arc(10.0, 1e-4, 0.9) + arc(20.0, 1e-2, 0.8), 3e-3)
    grid = grid_of(F, 10, 1.0, ("resistor", "inductor"))
    spectrum = compress(grid, z, 1 / np.abs(z))
    prior = CurvaturePrior(1.0, 0.6, 0.15 * math.log(10))
    found = solve_hierarchical(spectrum, prior, known_noise=False)
    u0 = found.values - math.log(spectrum.scale)
    e0 = found.terms / spectrum.scale

    def minus_log(u, e):
        left = spectrum.data - np.exp(grid.spline @ u) @ spectrum.points - spectrum.terms @ e
        square = (np.diff(u, 2) / grid.step**2) ** 2
        offset = np.subtract.outer(np.arange(square.size), np.arange(square.size)) * grid.step / prior.shared
        window = np.where(np.abs(offset) <= 3 + grid.step / prior.shared, np.exp(-0.5 * offset**2), 0.0)
        shared = window @ square / window.sum(axis=1)
        bend = (prior.freedom + 1) / 2 * np.log1p(shared / (prior.freedom * prior.scale**2)).sum() * grid.step
        tilt = 0.5 * 0.05 * np.sum(np.diff(u) ** 2) / grid.step
        level = 0.5 * 0.002 * grid.step * np.sum((u + math.log(u.size * grid.step)) ** 2)
        return (left @ left + spectrum.rest) / 2 / found.noise**2 + bend + tilt + level

    best = minus_log(u0, e0)
    random = np.random.default_rng(2)
    for _ in range(50):
        du = np.convolve(random.standard_normal(u0.size), np.ones(5) / 5, mode="same") * 0.3
        assert minus_log(u0 + du, e0) > best - 0.05
    assert minus_log(u0 + 0.1, e0) > best


# --- the parts ---


@pytest.mark.parametrize("seed", range(5))
def test_non_negative_least_squares_against_scipy(seed):
    random = np.random.default_rng(seed)
    a, b = random.standard_normal((40, 25)), random.standard_normal(40)
    x, rounds = non_negative(a.T @ a, a.T @ b, np.ones(25, dtype=np.bool_), 200)
    assert rounds < 200
    assert x == pytest.approx(nnls(a, b)[0], abs=1e-8)


def test_kept_grids_are_few():
    for k in range(MOST_GRIDS + 5):
        grid_of(np.logspace(4, 0, 20) * (1 + k), 5, 0.5, ("resistor",))
    assert len(_drt_grid._kept) == MOST_GRIDS
    again = grid_of(np.logspace(4, 0, 20) * (MOST_GRIDS + 4), 5, 0.5, ("resistor",))
    assert again is grid_of(np.logspace(4, 0, 20) * (MOST_GRIDS + 4), 5, 0.5, ("resistor",))


def test_ways_to_choose_the_penalty():
    z = noisy(5 + arc(10.0, 1e-4, 0.9) + arc(20.0, 1e-2, 0.8), 3e-3)
    gcv, corner = drt(F, z, RIDGE), drt(F, z, DrtOptions(method="ridge", penalty_choice="l-curve"))
    assert gcv.penalty > 0
    assert corner.penalty > 0
    for found in (gcv, corner):
        assert sum(p.resistance_ohm for p in found.peaks) == pytest.approx(30.0, rel=0.1)
    assert drt(F, z, DrtOptions(method="ridge", penalty=gcv.penalty)).gamma_ohm == pytest.approx(gcv.gamma_ohm)
    stiff = drt(F, z, DrtOptions(method="ridge", penalty=1e3 * gcv.penalty))
    assert stiff.gamma_ohm.max() < gcv.gamma_ohm.max()
    assert math.isnan(drt(F, z).penalty)


def test_known_noise_is_used_as_given():
    random = np.random.default_rng(4)
    truth = 5 + arc(10.0, 1e-4, 0.9)
    std = np.where(F < 10, 1.0, 0.01)
    z = truth + std * (random.standard_normal(F.size) + 1j * random.standard_normal(F.size))
    known, unknown = drt(F, z, std_ohm=std), drt(F, z)
    assert known.noise == pytest.approx(1.0, rel=0.25)
    assert known.polarisation_resistance_ohm == pytest.approx(10.0, rel=0.02)
    assert abs(unknown.polarisation_resistance_ohm - 10) > abs(known.polarisation_resistance_ohm - 10)
    assert drt(F, z, std_ohm=std / 10).noise == pytest.approx(10 * known.noise, rel=0.15)


@pytest.mark.parametrize(
    ("top", "bottom", "n"),
    [(6, -1, 71), (5, -2, 30), (4, 0, 20), (3, -3, 50), (7, 2, 200), (5, 0, 17)],
)
def test_any_grid_of_frequencies(top, bottom, n):
    f = np.logspace(top, bottom, n)
    tau = 10 ** (-(top + bottom) / 2 - 0.8)
    found = drt(f, noisy(2 + arc(10.0, tau, 0.9, f) + 2e-1j * f / f[0], 2e-3))
    assert found.status == "computed"
    peak = max(found.peaks, key=lambda p: p.resistance_ohm)
    assert peak.resistance_ohm == pytest.approx(10.0, rel=0.05)
    assert math.log10(peak.tau_second / tau) == pytest.approx(0.0, abs=0.1)


# --- what cannot be told, and what is refused ---


@pytest.mark.parametrize(
    ("f", "word"),
    [
        (np.logspace(4, 1.2, 9), "9 frequencies over 2.8 decades"),
        (np.logspace(4, 2.5, 40), "2 decades"),
        (np.logspace(6, -2, 20), "per decade"),
        (np.repeat(np.logspace(4, 0, 8), 5), "8 frequencies"),
    ],
)
def test_too_few_points_is_an_answer(f, word):
    found = drt(f, 5 + arc(10.0, 1e-3, 0.9, f))
    assert found.status == "not enough points"
    assert word in found.reason
    assert found.tau_second.size == found.gamma_ohm.size == found.residual_ohm.size == 0
    assert math.isnan(found.polarisation_resistance_ohm)
    assert found.peaks == ()
    assert found.series_gamma_ohm.size == 0


def test_enough_points_is_a_distribution():
    f = np.logspace(4, 1.2, 17)
    found = drt(f, 5 + arc(10.0, 1e-3, 0.9, f))
    assert found.status == "computed"
    assert found.reason == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("method", "rigde"), ("low_frequency", "W"), ("penalty_choice", "aic"), ("points_per_decade", 1),
        ("curvature_scale", -1.0), ("credible_level", 95.0), ("penalty", 0.0),
    ],
)  # fmt: skip
def test_options_that_mean_nothing_are_refused(name, value):
    with pytest.raises(BadInputError, match=name):
        DrtOptions(**{name: value})


def test_bad_arrays_are_refused():
    z = 5 + arc(10.0, 1e-3, 0.9)
    with pytest.raises(BadInputError, match="std_ohm"):
        drt(F, z, std_ohm=np.ones(3))
    with pytest.raises(BadInputError, match="point 4"):
        drt(F, z, std_ohm=np.where(np.arange(F.size) == 3, 0.0, 1.0))
    with pytest.raises(BadInputError, match="finite"):
        drt(F, np.where(np.arange(F.size) == 3, np.nan, z))
    with pytest.raises(BadInputError, match="frequency"):
        drt(-F, z)
    assert drt(F, z, std_ohm=np.full(F.size, 0.01)).status == "computed"


def test_spectrum_nearly_without_noise_takes_longer_and_ends(monkeypatch):
    f = np.logspace(5, -2, 120)
    z = noisy(1 + arc(10.0, 1e-4, 0.8, f) + arc(5.0, 1e-2, 0.7, f) + arc(20.0, 1.0, 0.9, f), 3e-5)
    found = drt(f, z)
    assert (found.status, found.reason) == ("computed", "")
    assert found.noise == pytest.approx(3e-5, rel=0.5)
    monkeypatch.setattr(_drt_solve, "_MOST_ITERATIONS", 3)
    early = drt(f, z)
    assert early.status == "not converged"
    assert "3 iterations" in early.reason
    assert early.gamma_ohm.size == found.gamma_ohm.size


# --- series ---


def test_map_of_a_series():
    shorter, few = np.logspace(6, 1, 51), np.logspace(4, 1.2, 9)
    series = drt_many([(f, 5 + arc(r, 1e-3, 0.9, f)) for f, r in ((F, 10.0), (shorter, 20.0), (few, 30.0))])
    assert [d.status for d in series] == ["computed", "computed", "not enough points"]
    made = drt_map(series, np.array([0.0, 1.5, 3.0]), 20)
    assert made.along.tolist() == [0.0, 1.5, 3.0]
    assert made.gamma_ohm.shape == (3, made.tau_second.size)
    assert made.tau_second[[0, -1]] == pytest.approx([1 / (2 * np.pi * 1e6), 1 / (2 * np.pi * 0.1)], rel=0.06)
    assert not np.isnan(made.gamma_ohm[0]).any()
    assert np.isnan(made.gamma_ohm[1]).any()
    assert np.isnan(made.gamma_ohm[2]).all()
    at = int(np.argmin(np.abs(np.log(made.tau_second / 1e-3))))
    assert made.gamma_ohm[1, at] == pytest.approx(2 * made.gamma_ohm[0, at], rel=0.1)
    assert drt_map(series).along.tolist() == [0.0, 1.0, 2.0]
    assert drt_map(series[2:]).tau_second.size == 0
    with pytest.raises(BadInputError, match="along"):
        drt_map(series, np.array([0.0, 1.0]))


# --- quality and errors on made-up spectra ---


def made_up(count, seed):
    """Two arcs at least 1.5 decades apart: impedance, and (R, tau, n) of each."""
    random = np.random.default_rng(seed)
    for k in range(count):
        first = 10 ** random.uniform(-5.5, -3.5)
        taus = (first, first * 10 ** random.uniform(1.5, 3.0))
        arcs = [(np.exp(random.uniform(0, 3)), tau, random.uniform(0.78, 0.96)) for tau in taus]
        part = np.exp(random.uniform(np.log(1e-3), np.log(1e-2)))
        yield noisy(random.uniform(1, 20) + sum(arc(*a) for a in arcs), part, seed * 1000 + k), arcs


def test_errors_cover_the_truth():
    place, area, band = [], [], []
    for z, arcs in made_up(60, 7):
        found = drt(F, z)
        truth = sum(arc_gamma(*a, found.tau_second) for a in arcs)
        m = found.measured
        inside = (found.gamma_low_ohm <= truth) & (truth <= found.gamma_high_ohm)
        band.append(inside[m].mean())
        if len(found.peaks) < 2:
            continue
        for r, tau, _ in arcs:
            peak = min(found.peaks, key=lambda p: abs(math.log(p.tau_second / tau)))
            place.append(abs(math.log10(peak.tau_second / tau)) < 1.96 * peak.tau_std_decades)
            area.append(abs(peak.resistance_ohm - r) < 1.96 * peak.resistance_std_ohm)
    assert len(area) > 100
    assert np.mean(area) > 0.88
    assert np.mean(place) > 0.95
    assert 0.88 < np.mean(band) < 0.99


def test_quality_on_the_spectra_of_the_table():
    data = np.load(real("eis/synthetic_table_s1.npz"))
    off, place, area, peaks = [], [], [], []
    for i in range(0, 204, 6):
        rs = data["params"][i]
        arcs = [(rs[k], (rs[k] * rs[k + 1]) ** (1 / rs[k + 2]), rs[k + 2]) for k in (1, 4)]
        found = drt(data["f"], data["Z"][i])
        short = found.measured & (found.tau_second < 0.05)
        at = found.tau_second[short]
        truth = sum(arc_gamma(*a, at) for a in arcs) + np.sqrt(at) / (np.pi * rs[7])
        got = (found.gamma_ohm + found.series_gamma_ohm)[short]
        off.append(np.linalg.norm(got - truth) / np.linalg.norm(truth))
        peaks.append(len(found.peaks))
        for r, tau, _ in arcs:
            peak = min(found.peaks, key=lambda p: abs(math.log(p.tau_second / tau)))
            place.append(abs(math.log10(peak.tau_second / tau)))
            area.append(abs(peak.resistance_ohm / r - 1))
    assert np.median(off) < 0.12
    assert np.median(place) < 0.025
    assert np.median(area) < 0.04
    assert np.mean(peaks) == pytest.approx(2.0, abs=0.1)
