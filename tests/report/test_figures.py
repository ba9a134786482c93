"""Pictures: what is drawn stands where the data say, in the unit the axis says, and no words are cut or covered."""

import re
from dataclasses import replace
from functools import cache

import matplotlib as mpl
import numpy as np
import pytest

from limetal.analyses._impedance_plots import arrhenius_plot, bode, drt_map, nyquist, series_nyquist, trend_plot
from limetal.exhibits import Axis, Image, Line, Panel, Plot, Series, TopAxis
from limetal.report.figures import draw, svg
from limetal.report.styles import COLOURS, STYLES
from support.cycling_gallery import cycling_gallery
from support.impedance_gallery import F, cell, gallery

GALLERY = {**gallery(), **cycling_gallery()}
TWO = np.array([1.0, 2.0])
X, Y = Axis("time", "h"), Axis("voltage", "V")


@cache
def picture(name, style):
    return figure_of(GALLERY[name], style)


def figure_of(plot, style="double"):
    """The figure, drawn once so that every text knows its place."""
    chosen = STYLES[style]
    with mpl.rc_context(chosen.settings):
        figure = draw(plot, chosen)
        figure.draw_without_rendering()
    return figure


def simple(**changes):
    return Plot(**({"name": "p", "title": "P", "x": X, "y": Y, "series": (Series(TWO, TWO),)} | changes))


def texts_of(figure):
    """Every visible text with its rectangle; numbers outside the limits of their axis are not drawn."""
    found = []
    for axes in figure.axes:
        scales = [axes, *axes.child_axes]
        for scale in scales:
            for axis in (axis for axis in (scale.xaxis, scale.yaxis) if axis.get_visible()):
                ticks = [label for tick in axis._update_ticks() for label in (tick.label1, tick.label2)]
                found += [axis.label, *ticks, axis.offsetText]
        legend = axes.get_legend()
        found += [*axes.texts, *(legend.get_texts() if legend else [])]
    renderer = figure.canvas.get_renderer() if hasattr(figure.canvas, "get_renderer") else figure._get_renderer()
    shown = [text for text in found if text.get_visible() and text.get_text()]
    # Text.get_window_extent leaves the leader of an annotation out
    boxes = [mpl.text.Text.get_window_extent(text, renderer) for text in shown]
    return [(text.get_text(), box) for text, box in zip(shown, boxes, strict=True)]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", GALLERY)
def test_no_words_are_cut_off_or_lie_on_others(name, style):
    figure = picture(name, style)
    frame = figure.bbox
    texts = texts_of(figure)
    assert len(texts) > 5
    for text, box in texts:
        assert box.x0 >= frame.x0, f"{text!r} is cut off at the left"
        assert box.x1 <= frame.x1, f"{text!r} is cut off at the right"
        assert box.y0 >= frame.y0, f"{text!r} is cut off below"
        assert box.y1 <= frame.y1, f"{text!r} is cut off above"
    for index, (text, box) in enumerate(texts):
        for other, second in texts[index + 1 :]:
            wide = min(box.x1, second.x1) - max(box.x0, second.x0)
            high = min(box.y1, second.y1) - max(box.y0, second.y0)
            assert min(wide, high) <= 0.5, f"{text!r} lies on {other!r}"


@pytest.mark.parametrize("style", STYLES.values(), ids=lambda s: s.name)
@pytest.mark.parametrize("name", GALLERY)
def test_pictures_keep_the_width_of_the_journal_and_fit_a_page(name, style):
    width, height = picture(name, style.name).get_size_inches() * 25.4
    assert width == pytest.approx(style.width_mm)
    assert 0.3 * style.height_mm < height <= style.most_height_mm + 1e-9


@pytest.mark.parametrize(
    "name", ["nyquist_fit", "series", "drt", "drt_map", "arrhenius", "voltage_time", "capacity", "rates", "survival"]
)
def test_the_same_plot_gives_the_same_bytes_and_changes_no_setting(name):
    before = dict(mpl.rcParams)
    assert svg(GALLERY[name]) == svg({**gallery(), **cycling_gallery()}[name])
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", [n for n in GALLERY if GALLERY[n].equal_axes])
def test_equal_axes_are_equal_and_show_all_data(name, style):
    axes = picture(name, style).axes[0]
    origin, right, up = axes.transData.transform([[0, 0], [1, 0], [0, 1]])
    assert right[0] - origin[0] == pytest.approx(up[1] - origin[1], rel=1e-6)
    for series in GALLERY[name].series:
        assert axes.get_xlim()[0] <= series.x.min() <= series.x.max() <= axes.get_xlim()[1]
        assert axes.get_ylim()[0] <= series.y.min() <= series.y.max() <= axes.get_ylim()[1]


def test_room_of_equal_axes_is_added_above_and_not_below_zero():
    axes = figure_of(nyquist(F, cell())).axes[0]
    assert axes.get_xlim()[0] == 0.0
    assert axes.get_ylim()[0] > -0.2 * (-cell().imag).max()


def test_a_legend_names_each_series_though_one_has_error_bars():
    """matplotlib lists lines before error bars, whatever the order of drawing."""
    plot = arrhenius_plot(np.array([280.0, 300.0]), TWO, TWO / 10, (-1.0, 2.0))
    legend = figure_of(plot).axes[0].get_legend()
    bars, line = legend.legend_handles
    assert [text.get_text() for text in legend.get_texts()] == ["measured", "straight line"]
    assert [mpl.colors.to_hex(handle.get_color()) for handle in (bars, line)] == [c.lower() for c in COLOURS[:2]]


def test_error_bars_and_bands_have_the_factor_of_the_axis():
    plot = simple(y=Axis("v", "mV", factor=1e3), series=(Series(TWO, TWO, y_std=TWO / 10, low=TWO / 2, high=TWO * 3),))
    axes = figure_of(plot).axes[0]
    band, bars = axes.collections
    assert band.get_paths()[0].vertices[:, 1].min() == 500.0
    assert band.get_paths()[0].vertices[:, 1].max() == 6000.0
    assert bars.get_segments()[1][:, 1].tolist() == pytest.approx([1800.0, 2200.0])


def test_names_stand_at_their_points():
    plot = simple(series=(Series(np.arange(5.0), np.arange(5.0) ** 2, names=((3, "nine"),)),), y=replace(Y, factor=10))
    axes = figure_of(plot).axes[0]
    (words,) = axes.texts
    assert words.get_text() == "nine"
    assert words.xy == pytest.approx((3.0, 90.0))
    assert axes.lines[-1].get_xydata().tolist() == [[3.0, 90.0]]


def test_values_are_coloured_in_order_and_the_bar_says_so():
    plot = series_nyquist([(F, cell(film=r)) for r in (60, 70, 80)], [3.0, 1.0, 2.0], label="time", unit="h")
    figure = figure_of(plot)
    lightness = [
        np.dot(mpl.colors.to_rgb(line.get_color()), (0.2126, 0.7152, 0.0722)) for line in figure.axes[0].lines[:3]
    ]
    assert lightness[1] < lightness[2] < lightness[0]
    bar = figure.axes[-1]
    assert bar.get_ylim() == (1.0, 3.0)
    assert bar.get_ylabel() == "time (h)"
    assert figure.axes[0].get_legend() is None


def test_a_colour_scale_counts_in_the_unit_it_shows():
    series = tuple(Series(TWO, TWO * value, value=value) for value in (0.001, 0.003))
    figure = figure_of(simple(series=series, colour=Axis("charge", "mAh", factor=1e3)))
    assert figure.axes[-1].get_ylim() == (1.0, 3.0)
    first, last = (line.get_color() for line in figure.axes[0].lines)
    assert np.abs(np.array(first) - np.array(last)).max() > 0.3


def test_a_map_has_each_value_in_its_cell_and_borders_between_places():
    plot = simple(
        series=(), y=Axis("τ", "s", "log"), colour=Axis("γ", "ohm", factor=2.0),
        image=Image(np.array([1.0, 2.0, 4.0]), np.array([0.01, 1.0]), np.array([[1.0, 2.0, 3.0], [4.0, np.nan, 6.0]])),
    )  # fmt: skip
    figure = figure_of(plot)
    mesh = figure.axes[0].collections[0]
    assert mesh.get_array().filled(-1).tolist() == [[2.0, 4.0, 6.0], [8.0, -1.0, 12.0]]
    corners = mesh.get_coordinates()
    assert corners[0, :, 0].tolist() == [0.5, 1.5, 3.0, 5.0]
    assert corners[:, 0, 1].tolist() == pytest.approx([1e-3, 0.1, 10.0])
    assert figure.axes[-1].get_ylim() == (2.0, 12.0)
    assert figure.axes[-1].get_ylabel() == "γ (Ω)"
    text = svg(plot)
    assert re.search(r'href="data:image/png;base64,', text)


def test_panels_share_the_axis_and_only_the_last_one_writes_it():
    figure = figure_of(bode(F, cell(), fit=1.01 * cell()))
    size, phase, residual = figure.axes
    assert size.get_xlim() == phase.get_xlim() == residual.get_xlim()
    assert [axes.get_xlabel() for axes in figure.axes] == ["", "", "frequency (Hz)"]
    assert size.get_position().y0 > phase.get_position().y1 > residual.get_position().y1
    assert [axes.get_ylabel() for axes in figure.axes] == ["|Z| (Ω)", "−phase (°)", "residual (%)"]
    assert phase.get_legend() is None, "the same labels as above need no second legend"
    assert [t.get_text() for t in residual.get_legend().get_texts()] == ["Re Z", "Im Z"]
    assert size.lines[0].get_color() == phase.lines[0].get_color() == COLOURS[0]
    assert (
        len({size.lines[0].get_color(), size.lines[1].get_color(), *(x.get_color() for x in residual.lines[1:])}) == 4
    )


def test_a_panel_of_its_own_axis_leaves_the_axis_above_written():
    figure = figure_of(nyquist(F, cell(), fit=1.01 * cell()))
    assert [axes.get_xlabel() for axes in figure.axes] == ["Re Z (Ω)", "frequency (Hz)"]
    assert figure.axes[1].get_xscale() == "log"


def test_ends_and_direction_of_axes():
    axes = figure_of(simple(x=replace(X, low=0.5, factor=60.0, reverse=True), y=replace(Y, high=9.0))).axes[0]
    assert axes.get_xlim()[1] == 30.0
    assert axes.get_xlim()[0] > 120.0
    assert axes.get_ylim()[1] == 9.0
    figure = picture("reverse", "double")
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim()
    assert figure.axes[0].get_xlim()[0] > figure.axes[0].get_xlim()[1]


def test_a_second_scale_stands_over_the_same_places():
    top = TopAxis("temperature", "degC", ((1.25, "60"), (1.75, "20"), (9.0, "outside"), (1.2501, "too close")))
    axes = figure_of(simple(x=replace(X, factor=10.0, top=top))).axes[0]
    (scale,) = axes.child_axes
    assert [(tick.get_loc(), tick.label2.get_text()) for tick in scale.xaxis.get_major_ticks()] == [
        (12.5, "60"), (17.5, "20"),
    ]  # fmt: skip
    assert scale.get_xlabel() == "temperature (°C)"
    assert scale.get_xlim() == axes.get_xlim()


def test_marked_lines_stand_at_their_place_in_all_panels_of_their_axis():
    other = Panel(Y, (Series(TWO, TWO),), X)
    plot = simple(
        x=replace(X, factor=60.0), marks=(Line(5.0, "soft short"), Line(1.5, "limit", "y")),
        panels=(Panel(Y, (Series(TWO, TWO),)), other),
    )  # fmt: skip
    first, second, third = figure_of(plot).axes
    assert [line.get_xdata() for line in (first.lines[0], second.lines[0])] == [[300.0, 300.0], [300.0, 300.0]]
    assert first.lines[1].get_ydata() == [1.5, 1.5]
    assert len(second.lines) == 2, "a horizontal line stays in its field"
    assert len(third.lines) == 1, "an axis of its own has lines of its own"
    assert first.get_xlim()[1] > 300.0, "an event after the last point is shown"
    assert [text.get_text() for text in first.texts] == ["soft short", "limit"]


def test_words_of_events_stand_over_their_line():
    plot = trend_plot(np.arange(10.0), [("R", np.arange(10.0), None)], events=[(4.0, "fall")])
    figure = figure_of(plot)
    (words,) = figure.axes[0].texts
    box = words.get_window_extent()
    at = figure.axes[0].transData.transform((4.0, 0.0))[0]
    assert (box.x0 + box.x1) / 2 == pytest.approx(at, abs=0.5)
    assert box.y0 > figure.axes[0].bbox.y1


@pytest.mark.parametrize("largest", [3e-9, 4e-3, 0.5, 120.0, 9e4, 2.5e5, 7e11])
def test_numbers_on_an_axis_times_its_power_of_ten_are_the_data(largest):
    axes = figure_of(simple(series=(Series(TWO, np.array([0.0, largest])),), y=Axis("Z", "ohm"))).axes[0]
    axis = axes.yaxis
    power = re.fullmatch(r"Z \((?:10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+) )?Ω\)", axes.get_ylabel())[1] or "0"
    exponent = int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    places = axis.get_majorticklocs()
    written = [float(text.replace("−", "-")) for text in axis.get_major_formatter().format_ticks(places)]
    assert np.array(written) * 10.0**exponent == pytest.approx(places, rel=1e-9, abs=1e-12 * largest)
    assert max(len(f"{value:g}") for value in written) <= 6


def test_log_axes_write_decades_and_more_where_less_than_two_are_seen():
    def numbers(low, high):
        axes = figure_of(simple(series=(Series(TWO, np.array([low, high])),), y=Axis("|Z|", "ohm", "log"))).axes[0]
        low, high = axes.get_ylim()
        places = [p for p in axes.yaxis.get_majorticklocs() if low <= p <= high]
        return axes.yaxis.get_major_formatter().format_ticks(places)

    assert numbers(0.1, 1e3) == ["0.1", "1", "10", "100", "1000"]
    assert numbers(1e-6, 1e-2)[0] == "10⁻⁶"
    assert numbers(15.0, 60.0) == ["20", "50"]
    assert len(numbers(12.0, 18.0)) >= 2


def test_cycles_are_counted_in_whole_numbers():
    series = Series(np.array([1.0, 2.0, 3.0]), np.arange(3.0))
    axes = figure_of(simple(x=Axis("cycle", "1"), series=(series,))).axes[0]
    assert all(place == round(place) for place in axes.xaxis.get_majorticklocs())


def test_ids_begin_with_a_name_of_ones_own_and_words_stay():
    words = 'a "id=" b id="x" c'
    text = svg(simple(series=(Series(TWO, TWO, words), Series(TWO, TWO, "b"))), ids="7 of/them")
    ids = re.findall(r'<[^<>]*\sid="([^"]*)"', text)
    assert ids
    assert all(name.startswith("_7-of-them-") for name in ids)
    assert 'b id="x" c' in re.sub("&quot;", '"', text)
    targets = re.findall(r'url\(#([^)]*)\)|href="#([^"]*)"', text)
    assert {a or b for a, b in targets} <= set(ids)


def test_fit_and_measured_look_alike_in_every_style():
    """Points are open marks without line, the fit is an unbroken line."""
    points, line = figure_of(nyquist(F, cell(), fit=cell())).axes[0].lines[:2]
    assert (points.get_linestyle(), points.get_marker()) == ("None", "o")
    assert (line.get_linestyle(), line.get_marker()) == ("-", "None")


def test_a_map_of_one_spectrum_and_a_series_of_one_can_be_drawn():
    tau = np.array([0.1, 1.0])
    figure = figure_of(drt_map(tau, np.array([[1.0, 2.0]]), np.array([7.0])))
    assert figure.axes[0].get_xlim() == (6.5, 7.5)
    one = figure_of(series_nyquist([(F, cell())], [3]))
    assert one.axes[-1].get_ylim() == (2.0, 4.0)
