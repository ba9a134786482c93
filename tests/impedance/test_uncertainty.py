"""Errors held by coverage: how often the truth lies inside 95 % intervals, on spectra whose truth is known."""

import numpy as np
import pytest
from scipy.special import stdtrit

from limetal.impedance._uncertainty import inverse
from limetal.impedance.fit import fit, fit_many
from limetal.impedance.grammar import parse
from limetal.impedance.program import program
from limetal.impedance.result import FitOptions
from support.from_truth import from_truth
from support.spectra import F, drawn, impedance, made, noisy, random_set, table_s1

TEXT, VALUES = "R(RQ)(RQ)W", np.array([4.0, 20.0, 2e-5, 0.9, 60.0, 3e-4, 0.8, 6.0])


def pulls(found, truth):
    """Deviations from the truth in standard errors; NaN where there is none."""
    away = np.where(found._program.logarithmic, np.log(found.values / truth), found.values - truth)
    return away / found.log_std


def two_arcs(found, truth):
    """`pulls`, with the arcs the other way round where only one is identified and lies nearer to the other truth.

    An arc that cannot be told takes a time constant on either side of the one that can.
    """
    swapped = truth[[0, 4, 5, 6, 1, 2, 3, 7]]
    if np.isfinite(found.log_std[[1, 4]]).all():
        return pulls(found, truth)
    told = [k for k in (1, 4) if np.isfinite(found.log_std[k])]
    nearer = min((truth, swapped), key=lambda t: sum(abs(np.log(found.values[k] / t[k])) for k in told))
    return pulls(found, nearer)


def coverage(fits, truths, of=pulls):
    """Part of all identified parameters whose 95 % interval holds the truth; per parameter; parts identified."""
    z = np.array([of(found, truth) for found, truth in zip(fits, truths, strict=True)])
    known = np.isfinite(z)
    inside = np.abs(z) < stdtrit(fits[0].degrees_of_freedom, 0.975)
    return inside[known].mean(), [inside[known[:, k], k].mean() for k in range(z.shape[1])], known.mean(axis=0)


def test_coverage_on_the_published_cells():
    made_up = table_s1()
    fits = fit_many(TEXT, [(m.frequency_hertz, m.impedance) for m in made_up])
    whole, each, known = coverage(fits, [m.values for m in made_up], two_arcs)
    assert 0.93 <= whole <= 0.97
    # of 204 the binomial deviation is 1.5 %; eight parameters, so 3 of them
    assert min(each) >= 0.95 - 0.046
    assert known.min() > 0.97


@pytest.mark.parametrize(("count", "seed"), [(300, 20261125), pytest.param(2000, 20261126, marks=pytest.mark.slow)])
def test_coverage_on_random_circuits(count, seed):
    made_up = random_set(count, seed)
    fits = fit_many(TEXT, [(m.frequency_hertz, m.impedance) for m in made_up])
    whole, each, known = coverage(fits, [m.values for m in made_up], two_arcs)
    # 8 correlated parameters of a spectrum count as some four: deviation 0.6 % of 300, 0.25 % of 2000
    room = 0.012 if count < 1000 else 0.0
    assert 0.93 - room <= whole <= 0.97 + room
    assert min(each) > 0.95 - (0.06 if count < 1000 else 0.03)
    assert 0.6 < known.mean() < 0.8
    # and none is far from the fit that started at the truth
    ratio = np.array([found.cost / from_truth(one) for found, one in zip(fits, made_up, strict=True)])
    assert np.mean(ratio > 1 + 1e-6) < 0.01
    assert ratio.max() < 1.1


@pytest.mark.parametrize("weighting", ["modulus", "unit", "measured"])
def test_coverage_with_noise_that_matches_the_weights(weighting):
    rng = np.random.default_rng(8)
    z = impedance(TEXT, VALUES)
    std = {"modulus": 0.01 * np.abs(z), "unit": np.full(71, 0.1), "measured": 0.003 * np.abs(z) * (1 + (F < 10) * 4)}
    data = [(F, noisy(z, std[weighting], rng)) for _ in range(250)]
    known_std = [std[weighting]] * 250 if weighting == "measured" else None
    fits = fit_many(TEXT, data, FitOptions(weighting=weighting), std_ohm=known_std)
    whole, each, known = coverage(fits, [VALUES] * 250)
    assert 0.935 <= whole <= 0.97  # measured noise may not make errors smaller than it is: a little wide
    assert min(each) > 0.95 - 3 * 0.0138
    assert known.min() > 0.98
    # and the errors are no wider than the scatter
    scatter = np.std([pulls(found, VALUES) for found in fits], axis=0)
    assert (scatter > 0.87).all()


@pytest.mark.parametrize(
    "text",
    [
        "R(RQ)",
        "R(RC)(RC)",
        "R0-p(R1-W1,CPE1)",
        "R([RWs]Q)",
        "R(RQ)Wo",
        "R(RQ)Ws",
        "RG",
        "RHa",
        "RTlmbo",
        "R(RQ)W",
        "R(C[R(RC)])",
    ],
)
def test_coverage_of_other_circuits(text):
    made_up = drawn(text, 150, 31)
    fits = fit_many(text, [(m.frequency_hertz, m.impedance) for m in made_up])
    whole, _, known = coverage(fits, [m.values for m in made_up])
    count = known.sum() * 150
    spread = 3 * np.sqrt(0.05 * 0.95 / (count / 2))  # parameters of a spectrum go together: half of them count
    assert 0.95 - spread - 0.005 <= whole <= 0.95 + spread + 0.005


def test_errors_scale_as_the_noise():
    z = impedance(TEXT, VALUES)
    noise = noisy(z, np.abs(z), np.random.default_rng(2)) - z
    fits = [fit(TEXT, F, z + size * noise) for size in (1e-5, 1e-4, 1e-3)]
    for k in range(8):
        stds = [found.log_std[k] for found in fits]
        assert stds[1] / stds[0] == pytest.approx(10, rel=0.01)
        assert stds[2] / stds[1] == pytest.approx(10, rel=0.1)


def test_errors_are_those_of_the_cramer_rao_bound():
    """By derivatives of the equations in plain numpy."""
    noise = 1e-4
    found = fit(TEXT, F, made(TEXT, VALUES, noise, np.random.default_rng(5)).impedance)
    z = impedance(TEXT, VALUES)
    slopes = []
    for k, logarithmic in enumerate(found._program.logarithmic):
        up, down = VALUES.copy(), VALUES.copy()
        step = 1e-5
        up[k] = VALUES[k] * np.exp(step) if logarithmic else VALUES[k] + step
        down[k] = VALUES[k] * np.exp(-step) if logarithmic else VALUES[k] - step
        change = (impedance(TEXT, up) - impedance(TEXT, down)) / (2 * step) / (noise * np.abs(z))
        slopes.append(np.r_[change.real, change.imag])
    bound = np.linalg.inv(np.array(slopes) @ np.array(slopes).T)
    scale = np.sqrt(found.reduced_chi_squared) / noise  # the noise as this spectrum has it
    np.testing.assert_allclose(found.log_std, scale * np.sqrt(np.diagonal(bound)), rtol=0.01)
    deviation = np.sqrt(np.diagonal(bound))
    np.testing.assert_allclose(found.correlation, bound / np.outer(deviation, deviation), atol=0.01)
    assert found.std == pytest.approx(np.where(found._program.logarithmic, found.values, 1) * found.log_std)


def test_errors_of_measured_noise_do_not_shrink_with_luck():
    z = impedance(TEXT, VALUES)
    data = noisy(z, 0.002 * np.abs(z), np.random.default_rng(1))
    measured = FitOptions(weighting="measured")
    wide, honest, narrow = (fit(TEXT, F, data, measured, std_ohm=part * np.abs(z)) for part in (0.02, 0.002, 0.0002))
    assert wide.reduced_chi_squared == pytest.approx(0.01, rel=0.3)
    np.testing.assert_allclose(wide.log_std[:4] / honest.log_std[:4], 10, rtol=0.15)  # believed
    np.testing.assert_allclose(
        narrow.log_std[:4] / honest.log_std[:4], 1, rtol=0.15
    )  # not believed: chi squared is 100


def test_sums_and_time_constants_have_their_errors():
    rng = np.random.default_rng(9)
    z = impedance(TEXT, VALUES)
    fits = fit_many(TEXT, [(F, noisy(z, 0.01 * np.abs(z), rng)) for _ in range(200)])
    sums = np.array([found.sum_of(["R0", "R1", "R2"]) for found in fits])
    away = (sums[:, 0] - 84.0) / sums[:, 1]
    assert np.mean(np.abs(away) < 1.978) == pytest.approx(0.95, abs=0.046)
    assert fits[0].sum_of(["R1"]) == pytest.approx((fits[0].value("R1"), fits[0].std_of("R1")))
    times = np.array([[(tau, std) for _, tau, std in found.arc_times()] for found in fits])
    truth = np.array([(20 * 2e-5) ** (1 / 0.9), (60 * 3e-4) ** (1 / 0.8)])
    away = np.log(times[..., 0] / truth) / (times[..., 1] / times[..., 0])
    assert np.mean(np.abs(away) < 1.978) == pytest.approx(0.95, abs=0.035)


def test_intervals_are_of_the_level_asked_for():
    found = fit(TEXT, F, made(TEXT, VALUES, 0.01, np.random.default_rng(7)).impedance)
    for name in ("R1", "Q1.n"):
        narrow, wide = found.interval(name, 0.5), found.interval(name)
        assert wide[0] < narrow[0] < found.value(name) < narrow[1] < wide[1]
    low, high = found.interval("R1")
    assert low * high == pytest.approx(found.value("R1") ** 2)
    low, high = found.interval("Q1.n")
    assert low + high == pytest.approx(2 * found.value("Q1.n"))
    assert (high - low) / 2 == pytest.approx(1.978 * found.std_of("Q1.n"), rel=1e-3)


def plain_errors(found):
    """Standard errors of a parabola, by derivatives of the equations in plain numpy."""
    p = program(parse(found.circuit.text))
    slopes = []
    for k in range(found.values.size):
        q = p.coordinates(found.values)
        q[k] += 1e-5
        change = (impedance(found.circuit, p.values(q)) - found.model) / 1e-5 / np.abs(found.impedance)
        slopes.append(np.r_[change.real, change.imag])
    inner = np.linalg.inv(np.array(slopes) @ np.array(slopes).T) * found.reduced_chi_squared
    turn = p.slopes(p.coordinates(found.values))
    return np.sqrt(np.diagonal(turn @ inner @ turn.T))


def test_where_the_cost_is_no_parabola_errors_are_wider_than_the_parabola():
    ratios = []
    for one in drawn("R(RQ)(RQ)", 40, 17, noise=(0.005, 0.02)):
        found = fit(one.text, F, one.impedance)
        if "at bound" in found.status:
            continue
        known = np.isfinite(found.log_std)
        ratios.append((found.log_std / plain_errors(found))[known])
    ratios = np.concatenate(ratios)
    assert ratios.min() > 0.999
    assert ratios.max() > 1.1
    assert np.median(ratios) == pytest.approx(1, abs=1e-3)


def test_inverse_of_a_singular_matrix_is_large_and_no_error():
    h = np.array([[4.0, 2.0], [2.0, 3.0]])
    np.testing.assert_allclose(inverse(h), np.linalg.inv(h))
    scaled = np.diag([1e-8, 1e8])
    np.testing.assert_allclose(inverse(scaled @ h @ scaled), np.linalg.inv(scaled @ h @ scaled), rtol=1e-9)
    for bad in (np.zeros((2, 2)), np.array([[1.0, 1.0], [1.0, 1.0]]), np.diag([1.0, 0.0])):
        found = inverse(bad)
        assert np.isfinite(found).all()
        assert np.diagonal(found).max() > 1e12
