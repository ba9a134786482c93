"""What the pictures of impedance say: signs, units, factors and words, checked against values known by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limetal.analyses._impedance_plots import (
    arrhenius_plot,
    bode,
    drt_map,
    drt_plot,
    nyquist,
    residual_percent,
    residuals,
    series_nyquist,
    trend_plot,
)
from limetal.analyses._impedance_scales import decade_names, quantity_text
from limetal.analyses._ranges import picture
from limetal.errors import BadInputError
from limetal.exhibits import Plot
from limetal.records.impedance import ImpedanceRecord

F = np.array([1e3, 1e2, 10.0, 1.0])
Z = np.array([10 - 1j, 12 - 3j, 18 - 4j, 20 - 1j])
FIT = Z + np.array([0.1, 0.2j, -0.1, -0.2j])
SHUFFLED = [2, 0, 3, 1]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e3, "1 kHz"), (999.9, "1 kHz"), (994.0, "990 Hz"), (0.0316, "32 mHz"), (1.26e6, "1.3 MHz"), (1e-3, "1 mHz"),
     (2e-5, "20 µHz"), (10.0, "10 Hz"), (5e9, "5e+03 MHz")],
)  # fmt: skip
def test_frequencies_in_words(value, text):
    assert quantity_text(value, "Hz") == text


@given(st.floats(1e-8, 9e8))
def test_words_are_right_to_two_digits(value):
    number, unit = quantity_text(value, "Hz").split(" ")
    factor = {"nHz": 1e-9, "µHz": 1e-6, "mHz": 1e-3, "Hz": 1.0, "kHz": 1e3, "MHz": 1e6}[unit]
    assert float(number) * factor == pytest.approx(value, rel=0.051)


def test_whole_decades_are_named_and_others_are_not():
    f = np.logspace(5, -1, 61)
    assert decade_names(f) == (
        (0, "100 kHz"), (10, "10 kHz"), (20, "1 kHz"), (30, "100 Hz"), (40, "10 Hz"), (50, "1 Hz"), (60, "100 mHz"),
    )  # fmt: skip
    assert decade_names(f[::-1])[0] == (60, "100 kHz")


def test_a_point_beside_a_decade_says_its_own_frequency_or_nothing():
    assert decade_names(np.array([1200.0, 300.0])) == ((0, "1.2 kHz"),)
    assert decade_names(np.array([800.0])) == ((0, "800 Hz"),)
    assert decade_names(np.array([3e3, 300.0, 30.0])) == ()


def test_no_point_is_named_twice():
    assert len(decade_names(np.array([950.0, 1050.0]))) == 1


def test_nyquist_has_minus_im_up_and_frequencies_at_their_points():
    plot = nyquist(F, Z)
    (series,) = plot.series
    assert (series.x.tolist(), series.y.tolist()) == ([10.0, 12.0, 18.0, 20.0], [1.0, 3.0, 4.0, 1.0])
    assert dict(series.names) == {0: "1 kHz", 1: "100 Hz", 2: "10 Hz", 3: "1 Hz"}
    assert (plot.x.label, plot.y.label, plot.equal_axes) == ("Re Z", "−Im Z", True)
    assert (plot.x.unit, plot.y.unit) == ("ohm", "ohm")
    assert (plot.x.factor, plot.y.factor) == (1.0, 1.0)
    assert nyquist(F, Z, areal=True).y.unit == nyquist(F, Z, areal=True).x.unit == "ohm cm2"
    assert "4 points from 1 kHz to 1 Hz" in plot.caption


def test_nyquist_with_fit_joins_the_fit_and_not_the_points():
    plot = nyquist(F[SHUFFLED], Z[SHUFFLED], fit=FIT[SHUFFLED])
    measured, fit = plot.series
    assert (measured.mark, fit.mark) == ("points", "line")
    assert measured.x.tolist() == Z.real[SHUFFLED].tolist()
    assert fit.x.tolist() == FIT.real[::-1].tolist(), "a line in order of frequency, whatever the order of points"
    assert fit.y.tolist() == (-FIT.imag[::-1]).tolist()
    (panel,) = plot.panels
    assert panel.x is not None
    assert (panel.x.unit, panel.x.scale, panel.y.unit) == ("Hz", "log", "%")


def test_a_smooth_curve_is_drawn_in_its_own_order_and_residuals_stay():
    curve = np.array([5 - 5j, 6 - 1j, 7 - 2j])
    plot = nyquist(F, Z, fit=FIT, curve=curve)
    assert plot.series[1].x.tolist() == [5.0, 6.0, 7.0]
    assert plot.series[1].y.tolist() == [5.0, 1.0, 2.0]
    assert plot.panels[0].series[0].x.size == 4


@pytest.mark.parametrize(
    ("impedance", "low_x", "low_y"),
    [
        (np.array([10 - 1j, 100 - 30j]), 0.0, 0.0),
        (np.array([60 - 1e-3j, 100 - 30j]), None, None),
        (np.array([10 + 5j, 100 - 30j]), 0.0, None),
        (np.array([-10 - 5j, 100 - 30j]), None, 0.0),
    ],
)
def test_axes_begin_at_zero_where_that_wastes_no_room_and_hides_no_point(impedance, low_x, low_y):
    plot = nyquist(np.array([1e3, 1.0]), impedance)
    assert (plot.x.low, plot.y.low) == (low_x, low_y)


def test_residuals_are_measured_minus_fit_in_percent_of_measured():
    percent = residual_percent(np.array([3 + 4j, -2j]), np.array([2 + 4j, -1j]))
    assert percent.tolist() == [20 + 0j, -50j]
    plot = residuals(F[SHUFFLED], Z[SHUFFLED], FIT[SHUFFLED])
    real, imaginary = plot.series
    assert [real.label, imaginary.label] == ["Re Z", "Im Z"]
    assert real.x.tolist() == F[::-1].tolist()
    size = np.abs(Z)
    assert real.y == pytest.approx(100 * np.array([0, 0.1 / size[2], 0, -0.1 / size[0]]), abs=1e-12)
    assert imaginary.y == pytest.approx(100 * np.array([0.2 / size[3], 0, -0.2 / size[1], 0]), abs=1e-12)
    assert [(line.at, line.axis) for line in plot.marks] == [(0.0, "y")]


def test_bode_has_size_above_and_minus_phase_below_in_order_of_frequency():
    plot = bode(np.array([1.0, 1e3]), np.array([3 - 4j, 2 + 2j]), fit=np.array([3 - 3j, 2 + 0j]), areal=True)
    assert (plot.x.unit, plot.x.scale, plot.y.unit, plot.y.scale) == ("Hz", "log", "ohm cm2", "log")
    assert plot.series[0].y.tolist() == pytest.approx([5.0, math.sqrt(8)])
    phase, residual = plot.panels
    assert phase.x is residual.x is None, "one axis of frequency"
    assert phase.series[0].y.tolist() == pytest.approx([math.degrees(math.atan2(4, 3)), -45.0])
    assert phase.series[1].y.tolist() == pytest.approx([45.0, 0.0])
    assert [s.label for s in plot.series] == [s.label for s in phase.series] == ["measured", "fit"]
    assert residual.series[1].y.tolist() == pytest.approx([-20.0, 100 * 2 / math.sqrt(8)])
    assert len(bode(F, Z).panels) == 1


def test_bode_sorts_frequencies_with_their_values():
    one, other = bode(F, Z, fit=FIT), bode(F[SHUFFLED], Z[SHUFFLED], fit=FIT[SHUFFLED])
    for first, second in zip((one, *one.panels), (other, *other.panels), strict=True):
        for a, b in zip(first.series, second.series, strict=True):
            assert (a.x.tolist(), a.y.tolist()) == (b.x.tolist(), b.y.tolist())
    assert one.series[0].x.tolist() == sorted(F)


def test_a_series_is_coloured_by_its_values_and_only_the_widest_is_named():
    plot = series_nyquist([(F, Z), (F, 3 * Z), (F, 2 * Z)], [10.0, 30.0, 20.0], label="time", unit="h", areal=True)
    assert [s.value for s in plot.series] == [10.0, 30.0, 20.0]
    assert [s.y.max() for s in plot.series] == [4.0, 12.0, 8.0]
    assert [bool(s.names) for s in plot.series] == [False, True, False]
    assert (plot.colour.label, plot.colour.unit, plot.x.unit) == ("time", "h", "ohm cm2")
    assert plot.equal_axes
    assert "3 spectra" in plot.caption
    assert "coloured by time" in plot.caption


def test_fits_of_a_series_have_the_colour_of_their_spectrum():
    plot = series_nyquist([(F, Z), (F, 2 * Z)], [1, 2], fits=[FIT, None])
    assert [(s.value, s.mark) for s in plot.series] == [(1.0, "points"), (1.0, "line"), (2.0, "line+points")]
    assert plot.series[1].y.tolist() == (-FIT.imag[::-1]).tolist()


def test_many_spectra_are_lines():
    assert {s.mark for s in series_nyquist([(F, Z)] * 30, range(30)).series} == {"line"}


@pytest.mark.parametrize(
    ("spectra", "values", "fits"), [([], [], []), ([(F, Z)], [1, 2], []), ([(F, Z), (F, Z)], [1, 2], [None])]
)
def test_a_series_needs_one_value_for_each_spectrum(spectra, values, fits):
    with pytest.raises(BadInputError, match="want one or more spectra with one value each"):
        series_nyquist(spectra, values, fits=fits)


def test_drt_names_its_peaks_and_has_frequency_on_top():
    tau = np.logspace(-5, 1, 61)
    gamma = np.exp(-(np.log(tau / 1e-2) ** 2))
    plot = drt_plot(tau, gamma, 0.5 * gamma, 2 * gamma, [(1e-2, ""), (0.105, "charge transfer")], coverage=0.9)
    (series,) = plot.series
    assert series.names == ((30, "10 ms"), (40, "charge transfer"))
    assert series.low is not None
    assert series.low[30] == 0.5
    assert series.high[30] == 2.0
    assert (plot.x.scale, plot.x.unit, plot.y.unit, plot.y.low) == ("log", "s", "ohm", 0.0)
    assert "90 % credible interval" in plot.caption
    ticks = {text: at for at, text in plot.x.top.ticks}
    assert ticks["1 kHz"] == pytest.approx(1 / (2 * math.pi * 1000))
    assert ticks["100 mHz"] == pytest.approx(1.5915494)
    assert set(ticks) == {"10 kHz", "1 kHz", "100 Hz", "10 Hz", "1 Hz", "100 mHz"}
    assert drt_plot(tau, gamma - 0.1, areal=True).y.low is None
    assert drt_plot(tau, gamma, areal=True).y.unit == "ohm cm2"


def test_a_map_has_relaxation_times_up_and_sorts_its_columns():
    tau = np.array([1e-3, 1e-2, 1e-1])
    plot = drt_map(tau, np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([9.0, 4.0]), label="charge", unit="mAh/cm2")
    assert plot.image.x.tolist() == [4.0, 9.0]
    assert plot.image.y.tolist() == tau.tolist()
    assert plot.image.z.tolist() == [[4.0, 1.0], [5.0, 2.0], [6.0, 3.0]]
    assert (plot.x.label, plot.x.unit, plot.y.scale, plot.colour.unit) == ("charge", "mAh/cm2", "log", "ohm")
    with pytest.raises(BadInputError, match=r"gamma of shape \(3, 2\)"):
        drt_map(tau, np.ones((3, 2)), np.array([9.0, 4.0]))
    with pytest.raises(BadInputError, match="x that does not rise"):
        drt_map(tau, np.ones((2, 3)), np.array([4.0, 4.0]))


def test_arrhenius_has_a_thousand_over_t_below_and_celsius_above():
    kelvin = np.array([273.15, 298.15, 333.15])
    std = np.array([0.1, 0.2, 0.3])
    plot = arrhenius_plot(kelvin, 14 - 5000 / kelvin, std, (-5000.0, 14.0), label="ln(T/R)", words="Ea = 42 kJ/mol.")
    points, line = plot.series
    assert points.x.tolist() == pytest.approx([3.6609921, 3.3540164, 3.0016509])
    assert points.y_std is std
    assert points.mark == "points"
    assert line.y == pytest.approx(14 - 5 * line.x), "the slope in kelvin over 1000/T"
    assert (line.x.min(), line.x.max()) == (points.x.min(), points.x.max())
    assert (plot.x.label, plot.x.unit, plot.y.label) == ("1000/T", "1/K", "ln(T/R)")
    assert (plot.x.top.label, plot.x.top.unit) == ("temperature", "degC")
    ticks = plot.x.top.ticks
    for at, text in ticks:
        assert 1000 / at - 273.15 == pytest.approx(float(text.replace("−", "-")), abs=1e-9)
    assert {"0", "20", "40", "60"} <= {text for _, text in ticks}
    assert "Ea = 42 kJ/mol." in plot.caption
    with pytest.raises(BadInputError, match="above absolute zero"):
        arrhenius_plot(np.array([0.0, 300.0]), kelvin[:2])


@given(st.floats(220.0, 500.0), st.floats(1.0, 150.0))
def test_celsius_ticks_lie_within_the_data_and_are_few(coldest, span):
    plot = arrhenius_plot(np.array([coldest, coldest + span]), np.zeros(2))
    x = plot.series[0].x
    inside = [text for at, text in plot.x.top.ticks if x.min() <= at <= x.max()]
    assert len(inside) <= 7
    assert len(inside) >= 2 or span < 10
    assert len(plot.x.top.ticks) <= 10


def test_a_trend_marks_its_events():
    std = np.array([0.1, 0.1])
    resistances = [("R_s", np.array([5.0, 2.0]), std), ("R_SEI", np.array([9.0, 9.0]), None)]
    plot = trend_plot(np.array([0.0, 1.0]), resistances, events=[(0.5, "possible soft short")], areal=True)
    assert [(m.at, m.label, m.axis) for m in plot.marks] == [(0.5, "possible soft short", "x")]
    assert [s.label for s in plot.series] == ["R_s", "R_SEI"]
    assert plot.series[0].y_std is std
    assert plot.y.unit == "ohm cm2"


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(BadInputError, match=r"impedance of shape \(3,\), want one value for each of 4 frequencies"):
        nyquist(F, Z[:3])
    with pytest.raises(BadInputError, match=r"fit of shape \(3,\)"):
        bode(F, Z, fit=FIT[:3])
    with pytest.raises(BadInputError, match="frequencies above zero"):
        residuals(np.array([0.0, 1.0]), Z[:2], Z[:2])


def test_no_function_changes_what_it_is_given():
    frequency, impedance, fit = F.copy(), Z.copy(), FIT.copy()
    for array in (frequency, impedance, fit):
        array.flags.writeable = False
    plots = [nyquist(frequency, impedance, fit=fit), bode(frequency, impedance, fit=fit)]
    plots.append(series_nyquist([(frequency, impedance)], [1.0], fits=[fit]))
    assert all(isinstance(plot, Plot) for plot in plots)


def test_the_picture_of_a_record_names_its_decades():
    record = ImpedanceRecord(F, Z.real, Z.imag, source="x", per_area=True)
    (plot,) = picture(record)
    assert plot.y.unit == "ohm cm2"
    assert plot.series[0].y.tolist() == [1.0, 3.0, 4.0, 1.0]
    assert plot.series[0].names[0] == (0, "1 kHz")
    assert plot.overlay == 0
