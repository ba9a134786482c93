"""Series of spectra: intercepts against known crossings, falls that are there and falls that are not, slopes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from limetal.errors import BadInputError
from limetal.impedance import _falls
from limetal.impedance._slope import robust_slope
from limetal.impedance._trend import find_falls
from limetal.impedance.intercept import high_frequency_intercept, low_frequency_resistance
from limetal.impedance.trends import (
    HIGH_FREQUENCY,
    LOW_FREQUENCY,
    Resistance,
    TrendOptions,
    series_trends,
    temperature_series,
    trend,
)
from limetal.readers import read_all
from support.data_files import real

F = np.logspace(6, -1, 71)
CYCLES = np.arange(30.0)


def cell(f, series=5.0, film=40.0, transfer=30.0, inductance=1e-6, shunt=math.inf):
    w = 2j * np.pi * np.asarray(f)
    inside = series + film / (1 + (w * film * 1e-6) ** 0.9) + transfer / (1 + (w * transfer * 1e-3) ** 0.8)
    return inductance * w + 1 / (1 / inside + 1 / shunt)


def noisy(z, relative, rng):
    return z + relative * np.abs(z) * (rng.normal(size=z.size) + 1j * rng.normal(size=z.size))


def falls(values, **kwargs):
    return [f.after for f in trend("R", np.arange(len(values), dtype=float), values, **kwargs).falls]


# --- intercept ------------------------------------------------------------------------------------------------------


@given(st.floats(0.5, 50), st.floats(1, 100), st.floats(-7, -5.5), st.booleans())
@settings(max_examples=40)
def test_a_smooth_spectrum_gives_its_crossing(series, film, log_inductance, backwards):
    z = cell(F, series, film, inductance=10**log_inductance)
    crossed = np.flatnonzero((z.imag[:-1] > 0) & (z.imag[1:] <= 0))
    found = high_frequency_intercept(F[::-1], z[::-1]) if backwards else high_frequency_intercept(F, z)
    if not crossed.size:
        assert found.status == "not reached"
        return
    i = crossed[0]

    def imaginary(f):
        return cell(f, series, film, inductance=10**log_inductance).imag

    truth = cell(brentq(imaginary, F[i + 1], F[i]), series, film, inductance=10**log_inductance).real
    assert found.value_ohm == pytest.approx(truth, rel=2e-3)
    assert abs(found.value_ohm - truth) < 4 * found.std_ohm + 1e-6


@pytest.mark.parametrize(("noise", "known"), [(1e-3, False), (1e-2, False), (1e-3, True)])
def test_error_of_the_crossing_covers_the_truth(noise, known):
    rng = np.random.default_rng(4)
    inside = []
    for _ in range(400):
        args = (rng.uniform(1, 20), 10 ** rng.uniform(0, 2), 10 ** rng.uniform(0, 2), 10 ** rng.uniform(-7, -5.5))
        z = cell(F, *args)
        i = int(np.flatnonzero(z.imag <= 0)[0])
        truth = cell(brentq(lambda f, a=args: cell(f, *a).imag, F[i], F[i - 1]), *args).real
        found = high_frequency_intercept(F, noisy(z, noise, rng), noise if known else None)
        inside.append(abs(found.value_ohm - truth) < 1.96 * found.std_ohm)
    assert 0.915 <= np.mean(inside) <= 0.985


def test_without_inductance_the_smallest_real_part_is_an_upper_bound():
    f = np.logspace(5, -1, 61)
    found = high_frequency_intercept(f, cell(f, inductance=0))
    assert found.status == "not reached"
    assert found.std_ohm is None
    assert 5.0 < found.value_ohm == pytest.approx(cell(f, inductance=0).real.min())
    assert "upper bound" in found.how
    assert found.frequency_hertz == pytest.approx(1e5)


def test_a_steep_spectrum_has_no_intercept():
    f = np.logspace(4, 0, 41)
    found = high_frequency_intercept(f, 0.1 + 1 / (2j * np.pi * f * 1e-6))
    assert (found.status, found.std_ohm, found.frequency_hertz) == ("not identified", None, None)
    assert math.isnan(found.value_ohm)


def test_a_loop_at_low_frequency_is_no_crossing():
    f = np.logspace(4, -2, 61)
    w = 2j * np.pi * f
    z = 5 + 50 / (1 + w * 1e-2) + w * 30 / (1 + w) + 1 / w
    assert np.any((z.imag[:-1] > 0) & (z.imag[1:] <= 0))
    assert high_frequency_intercept(f, z).status == "not reached"
    assert high_frequency_intercept(f, z + 1e-4 * w).status == "crossed"


def test_an_inductor_throughout_is_told():
    f = np.logspace(5, 2, 31)
    found = high_frequency_intercept(f, 0.2 + 1e-8j * f)
    assert found.value_ohm == pytest.approx(0.2)
    assert found.how.startswith("inductive at all frequencies")


def test_repeated_frequencies_do_not_break_the_crossing():
    f = np.repeat(F, 2)
    assert high_frequency_intercept(f, cell(f)).value_ohm == high_frequency_intercept(F, cell(F)).value_ohm


def test_too_few_points_leave_no_error():
    found = high_frequency_intercept([1e5, 1e4], [5 + 1j, 6 - 1j])
    assert (found.value_ohm, found.std_ohm) == (pytest.approx(5.5), None)


@pytest.mark.parametrize(
    ("f", "z", "message"),
    [
        ([], [], "0 frequencies"),
        ([1.0, 2.0], [1j], "2 frequencies and 1"),
        ([1.0, np.nan], [1, 1], "missing number"),
        ([1.0, -2.0], [1, 1], "frequency of -2"),
    ],
)
def test_what_is_no_spectrum_is_refused(f, z, message):
    with pytest.raises(BadInputError, match=message):
        high_frequency_intercept(f, z)


def test_one_aborted_sweep_does_not_move_the_common_frequency():
    f = [F] * 9 + [F[:20]]
    low = low_frequency_resistance(f, [cell(a) for a in f])
    assert low.frequency_hertz == pytest.approx(0.1)
    assert np.isnan(low.value_ohm).tolist() == [False] * 9 + [True]
    assert low.value_ohm[0] == pytest.approx(cell(F).real[-1])


def test_other_grids_are_interpolated():
    f = [np.logspace(5, -1, 61), np.logspace(5, -2, 50)]
    low = low_frequency_resistance(f, [cell(a) for a in f])
    assert low.frequency_hertz == pytest.approx(0.1)
    assert low.value_ohm[1] == pytest.approx(low.value_ohm[0], rel=1e-3)
    assert low_frequency_resistance([], []).frequency_hertz is None


# --- falls ----------------------------------------------------------------------------------------------------------


def clean(kind, size, rng):
    noise = size * rng.normal(size=30)
    if kind == "growth":
        return 50 * (1 + rng.uniform(0, 2) * (CYCLES / 29) ** rng.uniform(0.3, 1.5)) * np.exp(noise)
    if kind == "forming":
        decay = 10 ** rng.uniform(-0.3, 1.3) * np.exp(-CYCLES / 10 ** rng.uniform(-0.5, 1.3))
        return 20 * (1 + decay) * np.exp(noise)
    return 50 * np.exp(np.cumsum(noise))


@pytest.mark.parametrize("kind", ["growth", "forming", "walk"])
@pytest.mark.parametrize("size", [0.003, 0.01, 0.03, 0.1])
def test_false_alarms_of_clean_series(kind, size):
    """At most 2 % of series: 3 of 150."""
    rng = np.random.default_rng(17)
    at = np.arange(30)
    flagged = 0
    for _ in range(150):
        flagged += bool(falls_alone(at, clean(kind, size, rng)))
    assert flagged <= 3


def falls_alone(at, values):
    """The falls of a trend without its slope, which takes most of the time."""
    return find_falls(np.arange(at.size), at.astype(float), values, None, TrendOptions(), 1)[0]


@pytest.mark.parametrize(
    ("part", "size", "least"), [(0.5, 0.003, 1.0), (0.5, 0.03, 0.97), (0.2, 0.01, 0.9), (0.1, 0.003, 0.9)]
)
def test_power(part, size, least):
    """Measured on 2,000 series by benchmarks/impedance_trends.py; here 100 and a margin for chance."""
    rng = np.random.default_rng(23)
    hits = 0
    for _ in range(100):
        place = int(rng.integers(2, 30))
        values = clean("growth", size, rng)
        values[place:] *= 1 - part
        hits += place in [f.after for f in falls_alone(np.arange(30), values)]
    assert hits >= 100 * least


def test_the_fastest_forming_is_no_fall_and_the_same_step_later_is():
    rng = np.random.default_rng(3)
    start = 20 * (1 + 10 * np.exp(-CYCLES / 0.3)) * np.exp(0.005 * rng.normal(size=30))
    assert falls(start) == []
    assert falls(np.concatenate([start[0] * np.exp(0.005 * rng.normal(size=12)), start])) == [13]


def test_a_fall_tells_how_deep_where_and_what_came_after():
    rng = np.random.default_rng(5)
    values = 50 * np.exp(0.01 * rng.normal(size=30))
    values[12:15] *= 0.4
    values[25:] *= 0.5
    hours = 10 * CYCLES + 5
    first, second = trend("R", hours, values).falls
    assert (first.before, first.after, first.at_before, first.at_after) == (11, 12, 115.0, 125.0)
    assert first.part == pytest.approx(0.6, abs=0.03)
    assert first.found == values[12]
    assert first.expected == pytest.approx(50, rel=0.05)
    assert (first.afterwards, first.recovered, first.lowest_so_far) == ("recovers", 15, True)
    assert (second.after, second.afterwards, second.recovered, second.lowest_so_far) == (25, "stays low", None, False)
    assert first.size > first.needed
    assert first.stated_size is None
    values[-1] *= 0.3
    assert trend("R", hours, values).falls[-1].afterwards == "last value"


def test_the_return_of_one_high_value_is_no_fall():
    values = 50 * np.exp(0.01 * np.random.default_rng(5).normal(size=30))
    values[14] *= 1.8
    assert falls(values) == []
    values[15:] *= 0.7
    assert falls(values) == [15]


def test_missing_values_are_carried_through_and_counted_by_spectrum():
    values = 50 * np.exp(0.01 * np.random.default_rng(5).normal(size=30))
    values[18:] *= 0.4
    values[[3, 16, 17]] = np.nan
    found = trend("R", CYCLES, values)
    assert [(f.before, f.after) for f in found.falls] == [(15, 18)]
    assert found.used.sum() == 27
    assert np.array_equal(found.values, values, equal_nan=True)


def test_stated_errors_can_only_take_a_fall_away():
    values = 50 * np.exp(0.01 * np.random.default_rng(5).normal(size=30))
    values[18:] *= 0.7
    small, large = 0.01 * values, 0.01 * values
    large[18] = values[18]
    assert falls(values, std=small) == [18]
    assert falls(values, std=large) == []
    assert trend("R", CYCLES, values, small).falls[0].stated_size > 5
    small[18] = np.nan
    (fall,) = trend("R", CYCLES, values, small).falls
    assert (fall.before, fall.after) == (17, 19)


def test_falls_share_the_false_alarms_of_all_quantities():
    values = 50 * np.exp(0.01 * np.random.default_rng(5).normal(size=30))
    values[18:] *= 0.4
    one, many = trend("R", CYCLES, values), trend("R", CYCLES, values, quantities=10)
    assert many.falls[0].needed > one.falls[0].needed
    assert many.falls[0].size == one.falls[0].size


def test_rounded_values_that_do_not_change_have_no_falls_below_the_smallest():
    values = np.full(30, 50.0)
    values[20] = 49.0
    assert falls(values) == []
    values[20] = 40.0
    assert falls(values) == [20]


def test_a_dead_short_is_a_fall():
    values = 50 * np.exp(0.01 * np.random.default_rng(5).normal(size=12))
    values[9:] = [0.0, -0.1, 0.02]
    (fall,) = trend("R", np.arange(12), values).falls
    assert (fall.after, fall.found) == (9, 0.0)
    assert fall.part > 0.99


@pytest.mark.parametrize(
    ("values", "reason"),
    [([1.0, 2, 3, 4, 5], "5 values; 6"), ([1.0, np.nan, np.nan, 1, 1, 1, 1], "5 values"), ([-1.0] * 8, "above zero")],
)
def test_what_cannot_be_told_is_said(values, reason):
    found = trend("R", np.arange(len(values)), values)
    assert (found.falls, found.falls_status) == ((), "cannot tell")
    assert reason in found.reason


def test_nothing_at_all():
    found = trend("R", np.arange(4), [np.nan] * 4)
    assert (found.level, found.spread, found.slope, found.direction) == (None, None, None, "cannot tell")


@given(st.floats(0.01, 100), st.floats(0.01, 1000), st.floats(-1000, 1000))
@settings(max_examples=30)
def test_units_do_not_matter(ohm, unit, start):
    values = 50 * np.exp(0.02 * np.random.default_rng(5).normal(size=20))
    values[12:] *= 0.4
    one, other = trend("R", np.arange(20), values), trend("R", start + unit * np.arange(20), ohm * values)
    assert [f.after for f in other.falls] == [f.after for f in one.falls] == [12]
    assert other.falls[0].size == pytest.approx(one.falls[0].size, rel=1e-6)
    assert other.slope == pytest.approx(one.slope * ohm / unit, rel=1e-6)
    assert other.slope_std == pytest.approx(one.slope_std * ohm / unit, rel=1e-6)
    assert other.step_scatter == pytest.approx(one.step_scatter, rel=1e-6)


def test_uneven_places_make_no_false_alarms():
    rng = np.random.default_rng(9)
    flagged = 0
    for _ in range(150):
        at = np.cumsum(rng.choice([1.0, 1.0, 1.0, 5.0, 20.0], size=30))
        decay = 20 * (1 + 5 * np.exp(-at / 15)) * np.exp(0.01 * rng.normal(size=30))
        walk = 50 * np.exp(np.cumsum(0.02 * np.sqrt(np.append(1.0, np.diff(at))) * rng.normal(size=30)))
        flagged += bool(falls_alone(at, decay)) + bool(falls_alone(at, walk))
    assert flagged <= 6


def test_pair_scale_is_a_standard_deviation_and_robust():
    x = np.random.default_rng(1).normal(3.0, 2.0, 3000)
    assert _falls.pair_scale(x) == pytest.approx(2.0, rel=0.05)
    x[:900] = 1e6
    assert _falls.pair_scale(x) < 4.5


@given(st.integers(6, 2000), st.floats(1e-4, 0.2))
def test_thresholds_fall_with_the_level(count, level):
    assert _falls.threshold(count, level) >= _falls.threshold(count, min(0.2, 1.5 * level))
    assert 2.0 < _falls.threshold(count, level) < 60


@pytest.mark.parametrize(
    ("at", "values", "std", "message"),
    [
        ([0.0, 1.0, 1.0], [1.0, 2, 3], None, "do not rise"),
        ([0.0, np.nan, 1.0], [1.0, 2, 3], None, "do not rise"),
        ([0.0, 1.0], [1.0, 2, 3], None, "one length"),
        ([0.0, 1.0, 2.0], [1.0, 2, np.inf], None, "infinite"),
        ([0.0, 1.0, 2.0], [1.0, 2, 3], [0.1, -0.1, 0.1], "below zero"),
    ],
)
def test_bad_series_are_refused(at, values, std, message):
    with pytest.raises(BadInputError, match=message):
        trend("R", at, values, std)


@pytest.mark.parametrize("options", [{"false_alarm": 0.0}, {"false_alarm": 0.5}, {"smallest_fall": 0.0}])
def test_bad_options_are_refused(options):
    with pytest.raises(BadInputError, match=next(iter(options))):
        TrendOptions(**options)


# --- slope ----------------------------------------------------------------------------------------------------------


def test_slope_of_a_line_is_exact_and_jumps_do_not_move_it():
    line = 3.0 + 0.25 * CYCLES
    assert robust_slope(CYCLES, line).value == pytest.approx(0.25)
    line[7] = 500.0
    assert robust_slope(CYCLES, line).value == pytest.approx(0.25, rel=1e-6)


@pytest.mark.parametrize(("kind", "least"), [("noise", 0.97), ("walk", 0.88)])
def test_slope_interval_covers_the_truth(kind, least):
    rng = np.random.default_rng(6)
    inside = []
    for _ in range(200):
        y = rng.normal(size=30)
        found = robust_slope(CYCLES, (np.cumsum(y) if kind == "walk" else y) + 0.7 * CYCLES)
        inside.append(found.interval[0] <= 0.7 <= found.interval[1])
    assert np.mean(inside) >= least


@pytest.mark.parametrize(
    ("values", "direction"),
    [
        (50 + 10 * np.sqrt(CYCLES), "rises"),
        (20 + 80 * np.exp(-CYCLES / 10), "falls"),
        (1e4 * np.exp(-CYCLES), "falls"),
        (50 + np.cos(CYCLES * 2.7), "no trend seen"),
    ],
)
def test_direction(values, direction):
    assert trend("R", CYCLES, values).direction == direction
    assert trend("R", CYCLES[:4], values[:4]).direction == "cannot tell"


# --- cells ----------------------------------------------------------------------------------------------------------


def spectra_of(transfer, rng, shunt=None):
    shunts = np.full(len(transfer), math.inf) if shunt is None else shunt
    return [noisy(cell(F, transfer=r, shunt=s), 2e-3, rng) for r, s in zip(transfer, shunts, strict=True)]


def test_a_shunt_over_the_cell_is_a_sign_with_its_evidence():
    rng = np.random.default_rng(2)
    transfer = 30 + np.arange(16.0)
    shunt = np.where((np.arange(16) >= 9) & (np.arange(16) < 12), 15.0, math.inf)
    found = series_trends([F] * 16, spectra_of(transfer, rng, shunt), 5 * np.arange(16.0))
    (sign,) = found.signs
    assert (sign.verdict, sign.after, sign.at_before, sign.at_after) == ("possible soft short", 9, 40.0, 45.0)
    assert [name for name, _ in sign.falls] == [HIGH_FREQUENCY, LOW_FREQUENCY]
    assert "recovers" in sign.evidence
    assert series_trends([F] * 16, spectra_of(transfer, rng)).signs == ()


def test_a_fit_that_falls_alone_is_no_short():
    rng = np.random.default_rng(2)
    film = 40 * np.exp(0.01 * rng.normal(size=16))
    film[9:] *= 0.4
    found = series_trends([F] * 16, spectra_of(np.full(16, 30.0), rng), resistances=[Resistance("R_SEI", film)])
    (sign,) = found.signs
    assert (sign.verdict, sign.falls[0][0]) == ("fit alone", "R_SEI")
    assert f"{LOW_FREQUENCY} did not fall" in sign.evidence


def test_intercepts_of_two_kinds_are_not_mixed():
    rng = np.random.default_rng(2)
    spectra = spectra_of(np.full(12, 30.0), rng)
    spectra[4] = cell(F, inductance=0.0)
    found = series_trends([F] * 12, spectra)
    assert np.flatnonzero(np.isnan(found.trends[0].values)).tolist() == [4]
    assert "11 of 12 spectra crossed" in found.notes[0]
    without = series_trends([F[20:]] * 12, [cell(F[20:], inductance=0.0)] * 12)
    assert "stands in its place" in without.notes[0]
    assert np.isfinite(without.trends[0].values).all()


def test_numbers_of_spectra_must_agree():
    with pytest.raises(BadInputError, match="2 places for 3 spectra"):
        series_trends([F] * 3, [cell(F)] * 3, [0.0, 1.0])
    with pytest.raises(BadInputError, match="2 values of R for 3 spectra"):
        series_trends([F] * 3, [cell(F)] * 3, resistances=[Resistance("R", [1.0, 2.0])])
    with pytest.raises(BadInputError, match="2 frequencies for 3"):
        series_trends([F] * 2, [cell(F)] * 3)
    assert series_trends([], []).signs == ()


def test_temperature_series_gives_each_resistance_its_energy():
    t = np.array([283.0, 293.0, 303.0, 313.0, 323.0])
    film, transfer = (40 * np.exp(e / 8.314462618 * (1 / t - 1 / 298)) * t / 298 for e in (55e3, 65e3))
    spectra = [cell(F, series=5 * 298 / a, film=b, transfer=c) for a, b, c in zip(t, film, transfer, strict=True)]
    rows = [
        Resistance("R_SEI", film, 0.01 * film),
        Resistance("R_ct", transfer),
        Resistance("R_x", [np.nan, 5.0, np.nan, np.nan, np.nan]),
    ]
    first, *others, last = temperature_series(t, rows, frequency_hertz=[F] * 5, impedance=spectra)
    assert [o.fit.activation_energy_kJ_mol for o in others] == pytest.approx([55.0, 65.0])
    assert first.name == HIGH_FREQUENCY
    assert first.fit.activation_energy_kJ_mol < 10
    assert (last.fit, last.reason) == (None, "not identified: 1 of 5 values are there")
    with pytest.raises(BadInputError, match="degrees Celsius"):
        temperature_series(t - 273.15, rows)
    with pytest.raises(BadInputError, match="forms for resistances"):
        temperature_series(t, rows, form="ln(sigma T)")


# --- real series ----------------------------------------------------------------------------------------------------


def real_series(name):
    records = [r for r in read_all(real(f"eis/yadg/{name}")) if r.kind == "impedance"]
    hours = [r.test_time_second[0] / 3600 for r in records]
    return series_trends([r.frequency_hertz for r in records], [r.impedance for r in records], hours)


def test_a_real_cell_of_32_spectra_rises_without_falls():
    """One spectrum (the 27th) lies 20 % high and comes back: no fall."""
    found = real_series("vsp_peis_with.mpr")
    assert [t.direction for t in found.trends] == ["rises", "rises"]
    assert found.signs == ()
    assert {i.status for i in found.intercepts} == {"crossed"}


def test_a_real_series_whose_leads_spoil_the_top_says_so():
    found = real_series("geis.mpr")
    assert len(found.intercepts) == 61
    assert "stands in its place" in found.notes[0]
    assert found.trends[1].direction == "rises"


def test_a_real_series_of_four_cannot_tell():
    found = real_series("geis.issue_149.mpr")
    assert [t.falls_status for t in found.trends] == ["cannot tell"] * 2
    assert found.low_frequency_hertz == pytest.approx(100, rel=1e-3)


def test_a_real_series_over_voltage_has_a_resistance_everywhere():
    """Thirteen spectra of a diode under rising bias: from 8.6 kohm to 0.2 ohm."""
    name = "eis/Zahner-Analysis-Python/ImpedanceVsVoltageSeriesFit_measured_spectras_{:03d}_mvdc.ism"
    records = [read_all(real(name.format(mV)))[0] for mV in range(0, 301, 25)]
    found = series_trends([r.frequency_hertz for r in records], [r.impedance for r in records], np.arange(13) * 0.025)
    assert found.trends[1].direction == "falls"
    assert found.trends[1].values[[0, -1]] == pytest.approx([8635.5, 0.198], rel=1e-3)
    assert any("not identified" in note for note in found.notes)
