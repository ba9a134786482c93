"""Activation energies: against the law they are made from, other ways to compute them, and their own errors."""

import functools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import constants, optimize, stats

from limetal.errors import BadInputError
from limetal.physics.arrhenius import FORMS, Arrhenius, arrhenius

T5 = np.array([293.15, 303.15, 313.15, 323.15, 333.15])
T9 = np.linspace(263.15, 343.15, 9)
ENERGY = st.floats(5, 150)
FORM = st.sampled_from(FORMS)


def law(temperature, energy_kJ, form="ln(T/R)", ln_prefactor=10.0):
    """Values that follow one form exactly."""
    y = ln_prefactor - 1e3 * energy_kJ / (constants.R * temperature)
    return {"ln(T/R)": temperature * np.exp(-y), "ln(1/R)": np.exp(-y), "ln(sigma T)": np.exp(y) / temperature}[form]


@functools.cache
def fits_of(noise, stated, count, points=5):
    """Fits of made-up series of 60 kJ/mol; kept, because several tests look at the same ones."""
    rng = np.random.default_rng(3)
    temperature = T5 if points == 5 else T9
    clean = law(temperature, 60.0)
    made = [clean * np.exp(noise * rng.normal(size=points)) for _ in range(count)]
    return [arrhenius(temperature, values, None if stated is None else stated * values) for values in made]


def coverage(fits, truth=60.0):
    return float(np.mean([f.interval_kJ_mol[0] <= truth <= f.interval_kJ_mol[1] for f in fits]))


@given(ENERGY, FORM, st.floats(-20, 40))
def test_an_exact_law_gives_its_own_energy_and_prefactor(energy, form, ln_prefactor):
    fit = arrhenius(T5, law(T5, energy, form, ln_prefactor), form=form)
    assert fit.activation_energy_kJ_mol == pytest.approx(energy, rel=1e-9)
    assert fit.activation_energy_eV == pytest.approx(1e3 * energy / constants.N_A / constants.e, rel=1e-9)
    assert fit.ln_prefactor == pytest.approx(ln_prefactor, abs=1e-8)
    assert fit.r_squared == pytest.approx(1.0)
    assert not fit.outlying.any()
    assert np.allclose(fit.value(T5), law(T5, energy, form, ln_prefactor), rtol=1e-8)
    assert np.allclose(fit.line(T5), fit.ordinate, atol=1e-8)


@pytest.mark.parametrize(("energy", "ratio"), [(54.8, 13.1), (72.5, 31.4)])
def test_ratio_of_resistances_that_published_energies_need(energy, ratio):
    """Ea of doi:10.1038/s41467-026-69155-z between 293 and 333 K, eq. 1; the ratios are a separate hand calculation."""
    fit = arrhenius([293.0, 333.0], [ratio, 1.0])
    assert fit.activation_energy_kJ_mol == pytest.approx(energy, abs=0.15)


@given(ENERGY, st.floats(250, 360))
def test_forms_differ_by_gas_constant_times_temperature(energy, middle):
    t = middle + np.array([-20.0, -10, 0, 10, 20])
    r = law(t, energy)
    over, plain = arrhenius(t, r), arrhenius(t, r, form="ln(1/R)")
    gap = over.activation_energy_kJ_mol - plain.activation_energy_kJ_mol
    assert gap == pytest.approx(over.form_difference_kJ_mol, rel=1e-9)
    assert gap == pytest.approx(plain.form_difference_kJ_mol, rel=1e-9)
    assert gap == pytest.approx(constants.R * middle / 1e3, rel=5e-3)


@given(ENERGY, st.floats(1e-6, 1e6))
def test_geometry_does_not_change_the_energy_of_a_conductivity(energy, factor):
    r = law(T5, energy)
    sigma = arrhenius(T5, factor / r, form="ln(sigma T)")
    assert sigma.activation_energy_kJ_mol == pytest.approx(arrhenius(T5, r).activation_energy_kJ_mol, rel=1e-9)


@given(st.lists(st.floats(0.5, 2), min_size=5, max_size=5), FORM)
def test_order_of_points_and_unit_of_values_do_not_matter(factors, form):
    values = law(T5, 50.0, form) * np.array(factors)
    one, other = arrhenius(T5, values, form=form), arrhenius(T5[::-1], 1e3 * values[::-1], form=form)
    assert other.activation_energy_kJ_mol == pytest.approx(one.activation_energy_kJ_mol, rel=1e-9, abs=1e-9)
    assert other.std_kJ_mol == pytest.approx(one.std_kJ_mol, rel=1e-6, abs=1e-9)


def test_unweighted_numbers_agree_with_scipy():
    (fit,) = fits_of(0.1, None, 1, 9)
    other = stats.linregress(1 / T9, fit.ordinate)
    scale = constants.R / 1e3
    assert fit.activation_energy_kJ_mol == pytest.approx(-scale * other.slope)
    assert fit.std_kJ_mol == pytest.approx(scale * other.stderr)
    assert fit.ln_prefactor_std == pytest.approx(other.intercept_stderr)
    assert fit.r_squared == pytest.approx(other.rvalue**2)
    low, high = fit.interval_kJ_mol
    assert high - low == pytest.approx(2 * stats.t(7).ppf(0.975) * fit.std_kJ_mol)
    assert (fit.std_from, fit.reduced_chi2, fit.degrees_of_freedom) == ("scatter", None, 7)


@pytest.mark.parametrize("scale", [0.2, 5.0])
def test_weighted_numbers_agree_with_scipy_and_use_the_larger_error(scale):
    rng = np.random.default_rng(8)
    sigma = rng.uniform(0.02, 0.2, 9)
    values = law(T9, 60.0) * np.exp(sigma * rng.normal(size=9))
    fit = arrhenius(T9, values, scale * sigma * values)
    found, covariance = optimize.curve_fit(
        lambda x, a, b: a - b * x * 1e3 / constants.R,
        1 / T9,
        fit.ordinate,
        p0=(1.0, 60.0),
        sigma=scale * sigma,
        absolute_sigma=True,
        xtol=1e-14,
        ftol=1e-14,
    )
    assert fit.activation_energy_kJ_mol == pytest.approx(found[1], rel=1e-6)
    stated = math.sqrt(covariance[1, 1])
    assert fit.std_from == ("scatter" if scale < 1 else "stated errors")
    assert fit.std_kJ_mol == pytest.approx(stated * max(1.0, math.sqrt(fit.reduced_chi2)), rel=1e-5)
    assert fit.std_from in fit.notes[-1]


def test_interval_covers_the_truth_without_stated_errors():
    """2,000 made-up series of five points: 95 % within three standard errors of the share."""
    assert coverage(fits_of(0.05, None, 2000)) == pytest.approx(0.95, abs=0.015)


def test_interval_covers_the_truth_when_stated_errors_are_too_small():
    assert coverage(fits_of(0.05, 0.01, 1200)) == pytest.approx(0.95, abs=0.019)


def test_interval_covers_no_less_when_stated_errors_are_right():
    assert 0.95 <= coverage(fits_of(0.05, 0.05, 1200)) <= 0.995


def test_standard_error_is_the_spread_of_many_fits():
    fits = fits_of(0.05, None, 2000)
    spread = np.std([f.activation_energy_kJ_mol for f in fits])
    assert math.sqrt(np.mean([f.std_kJ_mol**2 for f in fits])) == pytest.approx(spread, rel=0.06)


def test_two_points_have_a_value_and_no_error():
    fit = arrhenius([293.15, 333.15], law(np.array([293.15, 333.15]), 60.0))
    assert fit.activation_energy_kJ_mol == pytest.approx(60.0)
    assert (fit.std_kJ_mol, fit.interval_kJ_mol, fit.std_from, fit.std_eV) == (None, None, "", None)
    assert "two points" in fit.reason
    assert fit.curvature.verdict == "cannot tell"


def test_two_points_with_stated_errors_have_theirs():
    t = np.array([293.15, 333.15])
    r = law(t, 60.0)
    fit = arrhenius(t, r, 0.05 * r)
    expected = constants.R / 1e3 * 0.05 * math.sqrt(2) / (1 / t[0] - 1 / t[1])
    assert fit.std_kJ_mol == pytest.approx(expected)
    assert "cannot be checked" in fit.notes[-1]


def test_repeats_at_two_temperatures_have_an_error_and_no_curvature():
    t = np.array([298.0, 298.0, 333.0, 333.0])
    fit = arrhenius(t, [100.0, 104.0, 20.0, 19.6])
    assert fit.std_kJ_mol is not None
    assert fit.curvature == fit.curvature.__class__("cannot tell", reason=fit.curvature.reason)
    assert "2 temperatures" in fit.curvature.reason


def test_missing_values_and_errors_are_left_out_and_counted():
    r = law(T5, 60.0)
    r[1] = np.nan
    error = 0.01 * law(T5, 60.0)
    error[3] = np.nan
    fit = arrhenius(T5, r, error)
    assert fit.used.tolist() == [True, False, True, False, True]
    assert fit.activation_energy_kJ_mol == pytest.approx(60.0)
    assert fit.notes[0].startswith("2 of 5 points left out")


def test_a_resistance_that_rises_with_temperature_is_told():
    fit = arrhenius(T5, [1.0, 2, 3, 4, 5], form="ln(1/R)")
    assert fit.activation_energy_kJ_mol < 0
    assert "resistance rises" in fit.notes[0]
    assert not arrhenius(T5, [5.0, 4, 3, 2, 1], form="ln(1/R)").notes


def test_a_constant_resistance_has_no_r_squared():
    fit = arrhenius(T5, np.full(5, 7.0), form="ln(1/R)")
    assert fit.r_squared is None
    assert fit.activation_energy_kJ_mol == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("wrong", range(9))
def test_one_wrong_point_is_found(wrong):
    rng = np.random.default_rng(wrong)
    values = law(T9, 60.0) * np.exp(0.02 * rng.normal(size=9))
    values[wrong] *= 1.6
    assert np.flatnonzero(arrhenius(T9, values).outlying).tolist() == [wrong]


def test_clean_points_are_rarely_called_outlying():
    share = np.mean([f.outlying.any() for f in fits_of(0.03, None, 1500, 9)])
    assert 0.02 <= share <= 0.07


def test_a_point_that_alone_fixes_the_slope_is_not_judged():
    t = np.array([298.0, 298.0, 298.0, 298.0, 333.0])
    assert not arrhenius(t, [100.0, 101, 99, 100.5, 3.0]).outlying.any()
    assert arrhenius([*t[:-1].tolist(), 333.0, 333.0], [100.0, 101, 99, 150.0, 30.0, 30.2]).outlying[3]


def test_vogel_behaviour_is_curved_upward_in_the_cold():
    """Apparent Ea of exp(-B/(T - T0)) is R B (T/(T - T0))^2: its change over the range is what the test returns."""
    b, t0 = 800.0, 180.0
    values = np.exp(b / (T9 - t0)) * np.exp(0.01 * np.random.default_rng(1).normal(size=9))
    bend = arrhenius(T9, values, form="ln(1/R)").curvature
    local = constants.R / 1e3 * b * (T9 / (T9 - t0)) ** 2
    assert bend.verdict == "curved"
    assert bend.change_kJ_mol == pytest.approx(local[0] - local[-1], rel=0.15)


def test_a_straight_line_is_rarely_called_curved():
    bends = [f.curvature for f in fits_of(0.03, None, 1500, 9)]
    assert np.mean([b.verdict == "curved" for b in bends]) == pytest.approx(0.05, abs=0.02)
    assert stats.kstest([b.p_value for b in bends], "uniform").pvalue > 1e-3
    assert np.std([b.change_kJ_mol for b in bends]) == pytest.approx(
        math.sqrt(np.mean([b.std_kJ_mol**2 for b in bends])), rel=0.08
    )


def test_curvature_respects_stated_errors_that_explain_it():
    values = law(T9, 60.0) * np.exp(0.4 * np.linspace(-1, 1, 9) ** 2)
    assert arrhenius(T9, values).curvature.verdict == "curved"
    assert arrhenius(T9, values, values).curvature.verdict == "no curvature seen"


@pytest.mark.parametrize(
    ("temperature", "values", "std", "message"),
    [
        ([20.0, 40, 60], [3.0, 2, 1], None, "degrees Celsius"),
        ([-20.0, 298, 333], [3.0, 2, 1], None, "degrees Celsius"),
        ([293.0, 313, 333], [3.0, 0, 1], None, "resistance of 0"),
        ([293.0, 313, 333], [3.0, -2, 1], None, "resistance of -2"),
        ([293.0, 313, 333], [3.0, np.inf, 1], None, "resistance of inf"),
        ([293.0, 313, 333], [3.0, 2, 1], [0.1, 0.0, 0.1], "standard error of 0"),
        ([298.0, 298.2, 298.4], [3.0, 2, 1], None, "1 K apart"),
        ([293.0, 313, 333], [np.nan, np.nan, 1], None, "1 values from 333"),
        ([], [], None, "0 values"),
        ([293.0, np.nan, 333], [3.0, 2, 1], None, "missing temperature"),
        ([293.0, 333], [3.0, 2, 1], None, "columns of one length"),
        ([[293.0, 333]], [[3.0, 2]], None, "columns of one length"),
    ],
)
def test_bad_input_is_refused(temperature, values, std, message):
    with pytest.raises(BadInputError, match=message):
        arrhenius(temperature, values, std)


def test_the_same_input_put_right_is_taken():
    assert isinstance(arrhenius([293.0, 313, 333], [3.0, 2, 1], [0.1, 0.1, 0.1]), Arrhenius)
    with pytest.raises(BadInputError, match=r"one of ln\(T/R\)"):
        arrhenius(T5, law(T5, 60.0), form="ln(R)")


def test_inputs_stay_as_they_were():
    t, r = T5.copy(), law(T5, 60.0)
    before = r.copy()
    arrhenius(t, r)
    assert np.array_equal(t, T5)
    assert np.array_equal(r, before)
