"""Profiles: intervals of straight models in closed form, coverage where arcs overlap, open sides, bounds, bad input."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import stdtrit

from limetal.errors import BadInputError
from limetal.impedance.fit import FitOptions, fit
from limetal.impedance.profile import profile_interval

F = np.logspace(6, -1, 71)
W = 2 * np.pi * F


def noisy(z, relative, seed):
    rng = np.random.default_rng(seed)
    return z + relative * np.abs(z) * (rng.normal(size=z.size) + 1j * rng.normal(size=z.size))


def arc(r, tau, n):
    return r / (1 + (1j * W * tau) ** n)


def two_arcs(ratio, seed, noise=0.003):
    slow = 1e-2
    fast = slow / ratio
    r1, n1, r2, n2 = 10.0, 0.85, 6.0, 0.8
    z = 3 + arc(r1, fast, n1) + arc(r2, slow, n2)
    truth = {"R0": 3.0, "R1": r1, "Q1.Y": fast**n1 / r1, "Q1.n": n1, "R2": r2, "Q2.Y": slow**n2 / r2, "Q2.n": n2}
    return noisy(z, noise, seed), truth


@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
def test_one_resistor_has_the_interval_of_a_mean(level):
    # unit weights, one parameter: S(R) = S_min + m (R - mean)^2, so the ends stand at t s / sqrt(m) exactly
    rng = np.random.default_rng(3)
    z = 7 + 0.05 * (rng.normal(size=F.size) + 1j * rng.normal(size=F.size))
    found = profile_interval(fit("R", F, z, FitOptions(weighting="unit")), "R0", level)
    mean = z.real.mean()
    dof = 2 * F.size - 1
    s2 = (np.sum((z.real - mean) ** 2) + np.sum(z.imag**2)) / dof
    half = stdtrit(dof, 0.5 + level / 2) * math.sqrt(s2 / F.size)
    assert found.low == pytest.approx(mean - half, rel=1e-5)
    assert found.high == pytest.approx(mean + half, rel=1e-5)
    assert (found.low_end, found.high_end, found.one_range, found.lower) == ("crossed", "crossed", True, None)


def test_a_well_known_parameter_has_the_linear_interval():
    z, _ = two_arcs(300, 0)
    found = fit("R(RQ)(RQ)", F, z)
    for name in found.names:
        low, high = found.interval(name)
        profile = found.profile(name)
        assert profile.high - profile.low == pytest.approx(high - low, rel=0.05)
        assert profile.low == pytest.approx(low, abs=0.05 * (high - low))


def test_the_ends_lie_where_a_fit_with_the_value_fixed_costs_the_limit():
    z, _ = two_arcs(5, 1)
    found = fit("R(RQ)(RQ)", F, z)
    names = {"R1": "R(R{{R={0}F}}Q)(RQ)", "Q1.Y": "R(RQ{{Y={0}F}})(RQ)", "Q2.n": "R(RQ)(RQ{{n={0}F}})"}
    for name, text in names.items():
        profile = found.profile(name)
        for end in (profile.low, profile.high):
            others = fit(text.format(f"{end:.15g}"), F, z)
            assert others.cost == pytest.approx(profile.limit, rel=2e-4), name


def test_the_curve_has_its_lowest_point_at_the_minimum_and_crosses_the_limit_at_the_ends():
    z, _ = two_arcs(4, 2)
    found = fit("R(RQ)(RQ)", F, z)
    profile = found.profile("R1")
    assert (np.diff(profile.values) > 0).all()
    assert profile.costs.min() == pytest.approx(found.cost, rel=1e-9)
    assert profile.values[profile.costs.argmin()] == pytest.approx(found.value("R1"))
    at_ends = np.interp([profile.low, profile.high], profile.values, profile.costs)
    assert at_ends == pytest.approx([profile.limit] * 2, rel=1e-3)
    inside = (profile.values > profile.low * 1.001) & (profile.values < profile.high * 0.999)
    assert (profile.costs[inside] < profile.limit).all()
    assert (profile.costs[~inside] >= profile.limit * 0.999).all()


@pytest.mark.slow
def test_profiles_cover_the_truth_where_arcs_overlap():
    # 120 spectra x 2 parameters at 95 %: the standard deviation of the count is 1.4 %
    hits = []
    for seed in range(120):
        z, truth = two_arcs(3 + 2 * (seed % 2), seed, noise=0.005)
        found = fit("R(RQ)(RQ)", F, z)
        for name in ("R1", "Q2.n"):
            profile = found.profile(name)
            hits.append(profile.low <= truth[name] <= profile.high)
    assert 0.91 <= np.mean(hits) <= 0.985


def test_a_wider_level_contains_a_narrower_one():
    z, _ = two_arcs(4, 3)
    found = fit("R(RQ)(RQ)", F, z)
    intervals = [found.profile("R2", level) for level in (0.5, 0.9, 0.99)]
    assert all(a.low > b.low and a.high < b.high for a, b in itertools.pairwise(intervals))


def test_a_part_that_may_be_absent_has_no_lower_limit():
    z = noisy(5 + arc(20, 1e-3, 0.9), 0.01, 4)
    profile = fit("R(RQ)W", F, z).profile("W1")
    assert profile.open_low
    assert profile.low == 0.0
    assert not profile.open_high
    assert "W1 is below" in profile.statement
    assert "not identified" in profile.statement
    present = fit("R(RQ)W", F, z + 3 * (1 - 1j) / np.sqrt(W)).profile("W1")
    assert not present.open_low
    assert present.low < 3 < present.high


def test_what_two_parts_share_is_open_on_the_lower_side_and_limited_by_their_sum():
    z = noisy(np.full(F.size, 10 + 0j) + 1 / (1j * W * 1e-3), 0.002, 5)
    found = fit("RRC", F, z)  # only the sum of the two resistors is seen
    profile = found.profile("R0")
    assert profile.open_low
    assert profile.high == pytest.approx(10, rel=0.01)


def test_a_bound_ends_an_interval_and_is_called_one():
    z = noisy(5 + arc(20, 1e-3, 1.0), 0.02, 6)
    profile = fit("R(RQ)", F, z).profile("Q1.n")
    assert profile.high == 1.0
    assert profile.high_end == "at bound"
    assert profile.low_end == "crossed"
    assert "(its bound)" in profile.statement
    own = fit("R{R=5/4.995/5.005}(RQ)", F, noisy(5 + arc(20, 1e-3, 0.8), 0.02, 7)).profile("R0")
    assert (own.low, own.high) == (pytest.approx(4.995), pytest.approx(5.005))
    assert (own.low_end, own.high_end) == ("at bound", "at bound")


def test_a_lower_minimum_on_the_way_is_gone_to_and_given_back():
    z, _ = two_arcs(30, 8)
    best = fit("R(RQ)(RQ)", F, z)
    held = fit("R(RQ)(RQ{n=0.5F})", F, z)  # a fit that is no minimum of the whole circuit
    poor = replace(best, cost=held.cost, values=held.values, _inner=best._program.coordinates(held.values))
    profile = poor.profile("R1")
    assert profile.lower is not None
    assert profile.lower.cost == pytest.approx(best.cost, rel=1e-6)
    assert profile.minimum == profile.lower.cost
    assert profile.low < 10 < profile.high
    assert "lower cost" in profile.statement
    assert best.profile("R1").lower is None


def test_measured_weights_take_the_noise_as_known():
    z, _ = two_arcs(100, 9)
    std = 0.003 * np.abs(z)
    found = fit("R(RQ)(RQ)", F, z, FitOptions(weighting="measured"), std_ohm=std)
    plain = fit("R(RQ)(RQ)", F, z).profile("R1")
    profile = found.profile("R1")
    scale = max(found.reduced_chi_squared, 1.0)
    assert profile.limit - profile.minimum == pytest.approx(scale * stdtrit(found.degrees_of_freedom, 0.975) ** 2)
    assert profile.low == pytest.approx(plain.low, rel=0.01)


def test_data_without_noise_have_no_width():
    z = 3 + arc(10, 1e-3, 0.9)
    profile = fit("R(RQ)", F, z).profile("R1")
    assert profile.low == pytest.approx(10, rel=1e-6)
    assert profile.high == pytest.approx(10, rel=1e-6)


def test_area_does_not_matter():
    z, _ = two_arcs(5, 10)
    small, large = fit("R(RQ)(RQ)", F, z).profile("R1"), fit("R(RQ)(RQ)", F, 1000 * z).profile("R1")
    assert large.low == pytest.approx(1000 * small.low, rel=2e-3)
    assert large.high == pytest.approx(1000 * small.high, rel=2e-3)


def test_an_interval_of_one_of_two_minima_is_called_that():
    z, _ = two_arcs(100, 12)
    found = fit("R(RQ)(RQ)", F, z)
    assert "of this minimum alone" not in found.profile("R1").statement
    doubtful = replace(found, status=("not identified",) * 7)
    assert doubtful.profile("R1").status == "not identified"
    assert "of this minimum alone" in doubtful.profile("R1").statement


def test_bad_input_is_said():
    z, _ = two_arcs(100, 11)
    found = fit("R{R=3F}(RQ)(RQ)", F, z)
    with pytest.raises(BadInputError, match=r"found R0, which is fixed, want one that was fitted"):
        found.profile("R0")
    with pytest.raises(BadInputError, match=r"found 'R9', want one of R0, R1"):
        found.profile("R9")
    with pytest.raises(BadInputError, match=r"found 95, want a number between 0 and 1"):
        found.profile("R1", 95)
    assert found.profile("R1", 0.95).low < 10.5
