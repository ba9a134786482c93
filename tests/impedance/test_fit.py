"""Fits of circuits: laws they keep, what they refuse, what they say of each parameter."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.impedance.evaluate import circuit_impedance
from limetal.impedance.fit import fit, fit_many
from limetal.impedance.grammar import parse, write
from limetal.impedance.program import program
from limetal.impedance.result import FitOptions
from support.spectra import DRAWS, F, drawn, impedance, made, noisy, random_set

#: A cell whose arcs are far apart, and what W leaves of the second.
TEXT, VALUES = "R(RQ)(RQ)W", [4.0, 20.0, 2e-5, 0.9, 60.0, 3e-4, 0.8, 6.0]


def cell(noise=0.005, seed=1):
    return made(TEXT, VALUES, noise, np.random.default_rng(seed)).impedance


def same(a, b, rel=1e-6):
    np.testing.assert_allclose(a.values, b.values, rtol=rel)
    np.testing.assert_allclose(a.std, b.std, rtol=1e-3)
    assert a.status == b.status
    assert a.cost == pytest.approx(b.cost, rel=1e-8)


# ------------------------------------------------------------------------------------------- exact data


@pytest.mark.parametrize("text", sorted(DRAWS))
def test_a_spectrum_without_noise_gives_its_circuit_back(text):
    one = next(m for m in drawn(text, 400, 11, noise=(1e-9, 2e-9)) if _visible(m))
    found = fit(text, one.frequency_hertz, one.impedance)
    np.testing.assert_allclose(found.model, one.impedance, rtol=1e-6, atol=1e-6 * np.abs(one.impedance).max())
    assert found.reduced_chi_squared**0.5 < 1e-8


def _visible(one):
    """Whether the spectrum tells its parameters: it moves when any of them does, by more than the others can follow."""
    p = program(parse(one.text))
    q = p.coordinates(one.values)
    base = np.log(impedance(one.text, one.values))
    slopes = []
    for k in range(q.size):
        moved = q.copy()
        moved[k] += 1e-4
        change = (np.log(impedance(one.text, p.values(moved))) - base) / 1e-4
        slopes.append(np.r_[change.real, change.imag])
    slopes = np.array(slopes)
    errors = np.sqrt(np.diagonal(np.linalg.pinv(slopes @ slopes.T)))
    return errors.max() < 30


def test_the_circuit_of_the_result_parses_back_and_is_the_model():
    found = fit("R0-p(R1,CPE1)-p(R2,CPE2)-W1", F, cell())
    for style in ("boukamp", "dash"):
        text = write(found.circuit, style)
        np.testing.assert_allclose(circuit_impedance(text, F), found.model, rtol=1e-5)
    np.testing.assert_allclose(circuit_impedance(found.circuit, F), found.model, rtol=1e-12)
    np.testing.assert_allclose(impedance(found.circuit, found.values), found.model, rtol=1e-9)
    np.testing.assert_allclose(found.at(F[:5]), found.model[:5], rtol=1e-12)
    assert found.circuit.values() == pytest.approx(found.values.tolist())
    assert found.value("R1") == found.values[1]


def test_residuals_and_cost_are_those_of_the_model():
    found = fit(TEXT, F, cell())
    np.testing.assert_allclose(found.residuals, (found.impedance - found.model) / np.abs(found.model))
    assert found.cost == pytest.approx(np.sum(np.abs((found.impedance - found.model) / np.abs(found.impedance)) ** 2))
    assert found.degrees_of_freedom == 2 * 71 - 8
    assert found.reduced_chi_squared == pytest.approx(found.cost / 134)
    n, k = 142, 9
    assert found.aicc == pytest.approx(n * math.log(found.cost / n) + 2 * k + 2 * k * (k + 1) / (n - k - 1))
    assert np.diagonal(found.correlation) == pytest.approx(np.ones(8))
    assert np.abs(found.correlation).max() <= 1 + 1e-12


# ------------------------------------------------------------------------------------------- laws


@settings(max_examples=10, deadline=None)
@given(st.floats(-9, 9))
def test_scaled_impedance_scales_resistances_only(power):
    k = 10.0**power
    z = cell()
    one, other = fit(TEXT, F, z), fit(TEXT, F, k * z)
    p = program(parse(TEXT))
    powers = np.array([kind.ohm for leaf in p.circuit.leaves for kind in leaf.kind.parameters])
    np.testing.assert_allclose(other.values, one.values * k**powers, rtol=1e-5)
    np.testing.assert_allclose(other.log_std, one.log_std, rtol=1e-3)
    assert other.status == one.status
    assert other.cost == pytest.approx(one.cost, rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.floats(-6, 6))
def test_scaled_frequency_scales_times_only(power):
    c = 10.0**power
    z = cell()
    one, other = fit(TEXT, F, z), fit(TEXT, c * F, z)
    n1, n2 = one.values[[3, 6]]
    np.testing.assert_allclose(other.values / one.values, [1, 1, c**-n1, 1, 1, c**-n2, 1, c**0.5], rtol=1e-4)
    assert other.cost == pytest.approx(one.cost, rel=1e-6)
    # the error of Y is one at 1 rad/s, which is elsewhere now; those of R and n are the same
    np.testing.assert_allclose(other.log_std[[0, 1, 3, 4, 6, 7]], one.log_std[[0, 1, 3, 4, 6, 7]], rtol=1e-2)


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_points_says_nothing(random):
    order = list(range(71))
    random.shuffle(order)
    z = cell()
    same(fit(TEXT, F[order], z[order]), fit(TEXT, F, z), rel=1e-5)


def test_arcs_stand_in_the_order_of_their_times_whatever_the_text():
    z = cell()
    found = fit("W(RQ)R(RQ)", F, z)
    given = fit(TEXT, F, z)
    np.testing.assert_allclose(found.values[[4, 1, 2, 3, 5, 6, 7, 0]], given.values, rtol=1e-5)
    times = [tau for _, tau, _ in found.arc_times()]
    assert times == sorted(times)
    assert times == pytest.approx([(20 * 2e-5) ** (1 / 0.9), (60 * 3e-4) ** (1 / 0.8)], rel=0.1)


def test_arcs_that_the_user_tells_apart_stay_where_they_are():
    z = cell()
    found = fit("R(RQ{n=0.8F})(RQ{n=0.9F})W", F, z)
    assert found.value("Q1.n") == 0.8
    assert found.value("Q2.n") == 0.9
    assert found.value("R1") == pytest.approx(60, rel=0.1)  # the slow one, which has n = 0.8
    assert found.value("R2") == pytest.approx(20, rel=0.1)


def test_values_in_the_text_are_a_start_and_no_more():
    z = cell()
    near = str(parse(TEXT).with_values(VALUES))
    same(fit(near, F, z), fit(TEXT, F, z))
    far = str(parse(TEXT).with_values([1e3, 1.0, 1e-9, 0.5, 1e3, 10.0, 0.99, 1e-3]))
    same(fit(far, F, z), fit(TEXT, F, z))


def test_a_batch_is_one_by_one():
    spectra = [(m.frequency_hertz, m.impedance) for m in random_set(5, 2)]
    spectra.append((F[::2].copy(), cell()[::2].copy()))  # another grid
    for found, (f, z) in zip(fit_many(TEXT, spectra), spectra, strict=True):
        alone = fit(TEXT, f, z)
        np.testing.assert_array_equal(found.values, alone.values)
        np.testing.assert_array_equal(found.std, alone.std)
        assert found.status == alone.status
        assert found.frequency_hertz.size == f.size


def test_a_batch_of_nothing_is_nothing():
    assert fit_many(TEXT, []) == []


def test_data_are_neither_changed_nor_need_they_be_writable():
    f, z = F.copy(), cell()
    kept = f.copy(), z.copy()
    f.setflags(write=False)
    z.setflags(write=False)
    found = fit(TEXT, f, z)
    np.testing.assert_array_equal(f, kept[0])
    np.testing.assert_array_equal(z, kept[1])
    same(found, fit(TEXT, kept[0], kept[1]))
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.cost = 0.0


def test_strided_and_integer_arrays_are_data_too():
    z = cell()
    both = np.column_stack([F, F])
    same(fit(TEXT, both[:, 0], np.column_stack([z, z])[:, 1]), fit(TEXT, F, z))
    whole = np.array([100000, 30000, 10000, 3000, 1000, 300, 100, 30, 10, 3, 1])
    answer = impedance("R(RC)", [1.0, 5.0, 1e-4], whole)
    assert fit("R(RC)", whole, answer).values == pytest.approx([1.0, 5.0, 1e-4], rel=1e-6)


# ------------------------------------------------------------------------------------------- weights


def test_weights_are_what_they_are_called():
    z = cell()
    assert fit(TEXT, F, z, FitOptions(weighting="unit")).weights == pytest.approx(np.ones(71))
    assert fit(TEXT, F, z).weights == pytest.approx(1 / np.abs(z))
    std = 0.01 * np.abs(z) ** 0.5
    given = fit(TEXT, F, z, FitOptions(weighting="measured"), std_ohm=std)
    assert given.weights == pytest.approx(1 / std)
    found = fit(TEXT, F, z, FitOptions(weighting="measured"))
    assert found.weights == pytest.approx(1 / (0.005 * np.abs(z)), rel=0.5)
    assert found.reduced_chi_squared == pytest.approx(1, abs=0.35)


def test_weights_decide_which_points_count():
    z = cell(noise=1e-6)
    wrong = z.copy()
    wrong[F > 1e5] *= 1.1
    std = np.where(F > 1e5, 1e3, 1e-3) * np.abs(z)
    found = fit(TEXT, F, wrong, FitOptions(weighting="measured"), std_ohm=std)
    assert found.values == pytest.approx(VALUES, rel=1e-2)
    assert fit(TEXT, F, wrong).value("R0") != pytest.approx(4.0, rel=1e-2)


def test_each_spectrum_of_a_batch_has_its_own_noise():
    z = cell()
    stds = [0.005 * np.abs(z), 0.05 * np.abs(z)]
    found = fit_many(TEXT, [(F, z), (F, z)], FitOptions(weighting="measured"), std_ohm=stds)
    assert found[0].weights == pytest.approx(1 / stds[0])
    assert found[1].weights == pytest.approx(1 / stds[1])


# ------------------------------------------------------------------------------------------- bounds, fixed values


def test_fixed_values_stay_to_the_last_bit():
    z = cell()
    n, r = 0.8123456789012345, 4.012345678901234
    found = fit(f"R{{R={r!r}F}}(RQ)(RQ{{n={n!r}F}})W", F, z)
    assert found.value("Q2.n") == n
    assert found.value("R0") == pytest.approx(r, rel=1e-15)
    assert found.circuit.values()[6] == n
    assert [found.status[k] for k in (0, 6)] == ["fixed", "fixed"]
    assert found.std_of("R0") is None
    assert found.std_of("Q2.n") is None
    assert math.isnan(found.correlation[0, 1])
    assert found.degrees_of_freedom == 142 - 6
    assert found.std_of("R1") > 0


def test_a_fixed_capacitance_stays_and_its_arc_is_fitted():
    z = impedance("R(RC)", [2.0, 30.0, 1e-4])
    found = fit("R(RC{C=1e-4F})", F, z)
    assert found.value("C1") == pytest.approx(1e-4, rel=1e-15)
    assert found.values[:2] == pytest.approx([2.0, 30.0], rel=1e-6)


@pytest.mark.parametrize(
    ("text", "name", "bound"),
    [
        ("R(R{R=10/1/15}Q)(RQ)W", "R1", 15.0),
        ("R{R=5/4.5/10}(RQ)(RQ)W", "R0", 4.5),
        ("R(RQ{n=0.9/0.85/1})(RQ{n=0.9/0.85/1})W", "Q2.n", 0.85),
        ("R(RQ{Y=1e-5/1e-6/1.5e-5})(RQ)W", "Q1.Y", 1.5e-5),
    ],
)
def test_bounds_hold_and_the_parameter_on_one_is_said(text, name, bound):
    found = fit(text, F, cell())
    tree = parse(text)
    for leaf in tree.leaves:
        for key, low, high in zip(leaf.parameters, leaf.low, leaf.high, strict=True):
            assert low <= found.circuit.values()[tree.parameters.index(key)] <= high
    assert found.value(name) == pytest.approx(bound, rel=1e-6)
    assert found.status[found.names.index(name)] == "at bound"


def test_bounds_that_do_not_bind_change_nothing():
    z = cell()
    found = fit("R{R=5/1/10}(R{R=10/1/100}Q{n=0.8/0.5/1})(R{R=10/1/100}Q{n=0.8/0.5/1})W", F, z)
    free = fit(TEXT, F, z)
    np.testing.assert_allclose(found.values, free.values, rtol=1e-5)
    np.testing.assert_allclose(found.std, free.std, rtol=1e-3)


def test_bounds_far_from_what_was_measured_count():
    found = fit("R{R=1e9/1e8/1e10}(RQ)", F, impedance("R(RQ)", [1.0, 5.0, 1e-4, 0.9]))
    assert found.value("R0") >= 1e8


def test_an_exponent_on_its_natural_bound_is_said():
    z = made("R(RQ)", [2.0, 30.0, 1e-4, 1.0], 1e-3, np.random.default_rng(4)).impedance
    on = [fit("R(RQ)", F, noisy(z, 1e-3 * np.abs(z), np.random.default_rng(s))) for s in range(8)]
    said = [found.status[3] for found in on]
    assert set(said) == {"at bound", "fitted"}
    for found in on:
        assert found.value("Q1.n") <= 1.0
        assert (found.status[3] == "at bound") == (found.value("Q1.n") > 1 - 1e-6)


# ------------------------------------------------------------------------------------------- what data cannot tell


def test_an_arc_that_is_not_there_is_not_identified():
    said = []
    for seed in range(10):
        z = made("R(RQ)", [4.0, 60.0, 3e-4, 0.8], 0.005, np.random.default_rng(seed)).impedance
        found = fit("R(RQ)(RQ)", F, z)
        missing = "R1" if abs(math.log(found.value("R2") / 60)) < abs(math.log(found.value("R1") / 60)) else "R2"
        k = found.names.index(missing)
        said.append(found.status[k])
        if said[-1] == "not identified":
            assert found.std_of(missing) is None
            assert math.isnan(found.std[k])
            assert all(math.isnan(v) for v in found.interval(missing))
            assert math.isnan(found.sum_of(["R1", "R2"])[1])
    assert said.count("not identified") >= 9
    assert said.count("at bound") == 0


def test_the_same_arc_where_it_is_there_is_fitted():
    found = fit("R(RQ)(RQ)", F, made("R(RQ)(RQ)", VALUES[:7], 0.005, np.random.default_rng(0)).impedance)
    assert set(found.status) == {"fitted"}
    assert found.values == pytest.approx(VALUES[:7], rel=0.3)


def test_one_resistance_given_twice_is_not_identified():
    found = fit("RR(RC)", F, impedance("R(RC)", [5.0, 30.0, 1e-4]) * (1 + 1e-3 * np.cos(np.arange(71))))
    assert found.value("R0") + found.value("R1") == pytest.approx(5.0, rel=1e-2)
    assert found.status[0] == found.status[1] == "not identified"
    assert found.status[2] == found.status[3] == "fitted"


def test_an_inductance_that_nobody_can_see_is_not_identified():
    rng = np.random.default_rng(3)
    slow = np.logspace(2, -1, 31)
    z = made("LR(RC)", [1e-9, 5.0, 30.0, 1e-3], 0.01, rng, slow).impedance
    found = fit("LR(RC)", slow, z)
    assert found.status[0] == "not identified"
    assert fit("LR(RC)", F, made("LR(RC)", [1e-6, 5.0, 30.0, 1e-3], 0.01, rng).impedance).status[0] == "fitted"


def test_few_points_more_than_parameters_are_enough_to_answer():
    f = np.logspace(4, 0, 5)
    found = fit("R(RQ)(RQ)W", f, impedance(TEXT, VALUES, f))
    assert found.degrees_of_freedom == 2
    assert found.aicc == math.inf
    assert np.isfinite(found.values).all()


# ------------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("f", "z", "what"),
    [
        (F, cell()[:-1], "one frequency and one complex impedance per point"),
        (F[:4], cell()[:4], "4 points for 8 parameters"),
        (np.array([]), np.array([], dtype=complex), "spectrum"),
        (np.where(F[3] == F, np.nan, F), cell(), "spectrum"),
        (np.where(F[3] == F, 0.0, F), cell(), "spectrum"),
        (-F, cell(), "spectrum"),
        (F, np.where(F[3] == F, np.inf, cell()), "spectrum"),
        (F, np.where(F[3] == F, np.nan, cell()), "spectrum"),
        (F, np.where(F[3] == F, 0, cell()), "spectrum"),
        (F[:, None], cell()[:, None], "spectrum"),
    ],
)
def test_data_that_are_none_are_refused(f, z, what):
    with pytest.raises(BadInputError, match=what):
        fit(TEXT, f, z)


def test_the_name_of_the_data_is_in_the_error():
    with pytest.raises(BadInputError, match=r"cell_7\.mpt"):
        fit(TEXT, F, np.full(71, np.nan + 0j), where="cell_7.mpt")
    with pytest.raises(BadInputError, match="spectrum 2"):
        fit_many(TEXT, [(F, cell()), (F, cell()[:3])])


@pytest.mark.parametrize(
    ("std", "what"),
    [
        (np.ones(70), "std_ohm that is not one number"),
        (np.ones((71, 1)), "std_ohm that is not one number"),
        (np.zeros(71), "above zero"),
        (np.full(71, np.nan), "above zero"),
        (0.1, "std_ohm that is not one number"),
    ],
)
def test_noise_that_is_none_is_refused(std, what):
    with pytest.raises(BadInputError, match=what):
        fit(TEXT, F, cell(), FitOptions(weighting="measured"), std_ohm=std)


def test_noise_with_weights_that_ignore_it_is_refused():
    with pytest.raises(BadInputError, match="std_ohm with modulus weights"):
        fit(TEXT, F, cell(), std_ohm=np.ones(71))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_noise_for_another_number_of_spectra_is_refused(count):
    with pytest.raises(BadInputError, match=f"std_ohm of {count} spectra"):
        fit_many(TEXT, [(F, cell())] * 2, FitOptions(weighting="measured"), std_ohm=[np.ones(71)] * count)


@pytest.mark.parametrize(
    "bad", [{"weighting": "modulos"}, {"starts": 0}, {"starts": 9, "most_starts": 8}, {"most_starts": 0}]
)
def test_options_that_are_none_are_refused(bad):
    with pytest.raises(BadInputError):
        FitOptions(**bad)
    assert FitOptions(starts=8, most_starts=8).starts == 8


def test_unknown_names_are_refused():
    found = fit("R(RC)", F, impedance("R(RC)", [5.0, 30.0, 1e-4]))
    for call in (found.value, found.std_of, found.interval):
        with pytest.raises(BadInputError, match="one of R0, R1, C1"):
            call("R9")


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.5, math.nan])
def test_a_level_is_a_part_of_one(level):
    found = fit("R(RC)", F, impedance("R(RC)", [5.0, 30.0, 1e-4]))
    with pytest.raises(BadInputError, match="level"):
        found.interval("R1", level)


def test_a_circuit_that_is_none_is_refused():
    with pytest.raises(BadInputError):
        fit("R(RQ", F, cell())
    with pytest.raises(BadInputError, match="no parameter to fit"):
        fit("R{R=1F}", F, cell())


# ------------------------------------------------------------------------------------------- what a fit starts from


def test_more_starts_are_walked_when_asked_for():
    z = cell()
    assert fit(TEXT, F, z).starts < 8
    many = fit(TEXT, F, z, FitOptions(starts=12, most_starts=16))
    assert 12 <= many.starts <= 16
    assert 1 <= many.starts_agree <= many.starts
    one = fit(TEXT, F, z, FitOptions(starts=1, most_starts=1))
    assert (one.starts, one.starts_agree) == (1, 1)
    same(many, fit(TEXT, F, z))


def test_the_search_goes_on_where_residuals_run_in_waves():
    z = made(
        "R(RQ)(RQ)(RQ)", [1, 20, 1e-5, 0.9, 20, 1e-3, 0.9, 20, 5e-2, 0.9], 1e-3, np.random.default_rng(0)
    ).impedance
    assert fit("R(RQ)(RQ)", F, z).starts > 8  # an arc too few
    assert fit("R(RQ)(RQ)(RQ)", F, z).starts == 8
