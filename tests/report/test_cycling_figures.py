"""Pictures of cycling: two y axes, zooms that hide nothing, names over stretches, zero in the middle, survival."""

from dataclasses import replace
from functools import cache

import matplotlib as mpl
import numpy as np
import pytest

from limetal.exhibits import Axis, Inset, Line, Panel, Plot, Series, Span, TopAxis
from limetal.report.figures import draw
from limetal.report.styles import COLOURS, STYLES
from support.cycling_gallery import LADDER, cycling_gallery, voltage_time

GALLERY = cycling_gallery()
ZOOMED = [name for name in GALLERY if GALLERY[name].insets]
TWO = np.array([1.0, 2.0])
X, Y = Axis("cycle", "1"), Axis("capacity", "mAh")


def figure_of(plot, style="double"):
    chosen = STYLES[style]
    with mpl.rc_context(chosen.settings):
        figure = draw(plot, chosen)
        figure.draw_without_rendering()
    return figure


@cache
def picture(name, style="double"):
    return figure_of(GALLERY[name], style)


def simple(**changes):
    return Plot(**({"name": "p", "title": "P", "x": X, "y": Y, "series": (Series(TWO, TWO),)} | changes))


def colour(line):
    return mpl.colors.to_hex(line.get_color()).upper()


# ---- two y axes --------------------------------------------------------------------------------


def test_the_right_axis_has_its_own_scale_unit_and_ends():
    figure = picture("capacity")
    left, right = figure.axes
    plot = GALLERY["capacity"]
    assert (left.get_ylabel(), right.get_ylabel()) == ("areal capacity (mAh cm⁻²)", "Coulombic efficiency (%)")
    assert left.get_ylim()[0] == 0.0
    assert right.get_ylim() == (80.0, 101.0)
    assert right.get_xlim() == left.get_xlim()
    assert right.lines[0].get_ydata().tolist() == plot.right_series[0].y.tolist()
    assert right.get_position().bounds == pytest.approx(left.get_position().bounds, rel=1e-12)


def test_the_right_axis_counts_in_its_unit():
    plot = simple(right=Axis("gap", "mV", factor=1e3, reverse=True), right_series=(Series(TWO, TWO),))
    right = figure_of(plot).axes[1]
    assert right.lines[0].get_ydata().tolist() == [1000.0, 2000.0]
    assert right.get_ylim()[0] > right.get_ylim()[1]


def test_colours_and_arrows_say_which_series_belongs_to_which_axis():
    left, right = picture("capacity").axes
    for axes in (left, right):
        assert axes.yaxis.label.get_color().upper() == colour(axes.lines[0])
        assert all(label.get_color().upper() == colour(axes.lines[0]) for label in axes.get_yticklabels())
    assert colour(left.lines[0]) != colour(right.lines[0])
    words = [text.get_text() for text in left.get_legend().get_texts()]
    assert words == ["← discharge capacity", "→ Coulombic efficiency"]
    handles = left.get_legend().legend_handles
    assert [colour(handle) for handle in handles] == [colour(left.lines[0]), colour(right.lines[0])]
    assert left.lines[0].get_marker() != right.lines[0].get_marker()


def test_an_axis_of_two_series_stays_black_and_the_arrows_remain():
    left, right = picture("capacity_both").axes
    assert left.yaxis.label.get_color() == "black"
    assert right.yaxis.label.get_color() == COLOURS[2]
    assert [t.get_text() for t in left.get_legend().get_texts()] == [
        "← charge",
        "← discharge",
        "→ Coulombic efficiency",
    ]


def test_one_y_axis_needs_no_colour_and_no_arrow():
    plot = replace(GALLERY["capacity_both"], right=None, right_series=())
    (axes,) = figure_of(plot).axes
    assert axes.yaxis.label.get_color() == "black"
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["charge", "discharge"]
    assert not axes.spines["right"].get_visible()


@pytest.mark.parametrize("style", STYLES)
def test_words_of_the_right_axis_stand_within_the_picture_for_long_numbers_and_labels(style):
    words = Axis(
        "areal capacity of the discharge over the areal capacity of the charge before", "%", low=99.975, high=100.0
    )
    figure = figure_of(simple(right=words, right_series=(Series(TWO, 99.98 + TWO / 1e3),)), style)
    right = figure.axes[1]
    renderer = figure._get_renderer()
    label = right.yaxis.label.get_window_extent(renderer)
    numbers = [t.label2.get_window_extent(renderer) for t in right.yaxis._update_ticks() if t.label2.get_text()]
    assert numbers
    assert label.x1 <= figure.bbox.x1
    assert max(box.x1 for box in numbers) <= label.x0


def test_a_named_point_gives_way_to_the_curve_of_the_other_axis():
    x = np.linspace(0.0, 1.0, 50)
    left = Series(x, np.full(50, 0.5), names=((25, "soft short"),))
    wall = Series(np.repeat(x, 20), np.tile(np.linspace(0.52, 1.0, 20), 50), mark="points")
    free = figure_of(simple(y=replace(Y, low=0.0, high=1.0), series=(left,))).axes[0]
    busy = figure_of(
        simple(
            y=replace(Y, low=0.0, high=1.0), series=(left,), right=replace(Y, low=0.0, high=1.0), right_series=(wall,)
        )
    ).axes[0]
    heights = [axes.texts[0].get_position()[1] for axes in (free, busy)]
    assert heights[0] > 0, "above its point where nothing lies"
    assert heights[1] < 0, "below it where the other axis has its points"


# ---- zero in the middle ------------------------------------------------------------------------


def test_zero_is_in_the_middle_whatever_the_data():
    for y in (np.array([-1.0, 5.0]), np.array([-7.0, -2.0]), np.array([2.0, 3.0])):
        low, high = (
            figure_of(simple(y=replace(Y, symmetric=True, factor=1e3), series=(Series(TWO, y),))).axes[0].get_ylim()
        )
        assert low == -high
        assert low <= 1e3 * y.min() <= 1e3 * y.max() <= high
    low, high = figure_of(simple(series=(Series(TWO, np.array([-1.0, 5.0])),))).axes[0].get_ylim()
    assert low != -high


@pytest.mark.parametrize("name", [n for n in ZOOMED if GALLERY[n].y.symmetric])
def test_zooms_leave_zero_in_the_middle(name):
    low, high = picture(name).axes[0].get_ylim()
    assert low == pytest.approx(-high, rel=1e-12)


# ---- zooms -------------------------------------------------------------------------------------


def zooms_of(figure, plot):
    """The axes of the zooms: white boxes within the first field."""
    return [axes for axes in figure.axes if axes.get_zorder() == 1][: len(plot.insets)]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ZOOMED)
def test_zooms_show_their_range_and_hide_no_data_of_the_field(name, style):
    plot, figure = GALLERY[name], picture(name, style)
    main, zooms = figure.axes[0], zooms_of(figure, plot)
    assert len(zooms) == len(plot.insets)
    boxes = [zoom.bbox for zoom in zooms]
    for inset, zoom, box in zip(plot.insets, zooms, boxes, strict=True):
        assert zoom.get_xlim() == (inset.low * plot.x.factor, inset.high * plot.x.factor)
        inside = [s.y[(s.x >= inset.low) & (s.x <= inset.high)] * plot.y.factor for s in inset.series or plot.series]
        low, high = zoom.get_ylim()
        assert low < np.concatenate(inside).min() <= np.concatenate(inside).max() < high
        assert main.bbox.x0 <= box.x0 < box.x1 <= main.bbox.x1
        assert main.bbox.y0 <= box.y0 < box.y1 <= main.bbox.y1
        for series in plot.series:
            at = main.transData.transform(np.column_stack([series.x * plot.x.factor, series.y * plot.y.factor]))
            assert not ((at > [box.x0, box.y0]) & (at < [box.x1, box.y1])).all(axis=1).any(), "data are hidden"
    for number, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ZOOMED)
def test_zooms_can_be_read(name, style):
    """At least 12 mm wide and 8 mm high, with at least two numbers on an axis of its own."""
    figure = picture(name, style)
    for zoom in zooms_of(figure, GALLERY[name]):
        width, height = np.array([zoom.bbox.width, zoom.bbox.height]) / figure.dpi * 25.4
        assert width >= 12.0
        assert height >= 8.0
        low, high = zoom.get_xlim()
        assert sum(low <= place <= high for place in zoom.xaxis.get_majorticklocs()) >= 2
        low, high = zoom.get_ylim()
        assert sum(low <= place <= high for place in zoom.yaxis.get_majorticklocs()) >= 2


def test_a_zoom_is_in_full_detail_though_the_field_is_thinned():
    plot, figure = GALLERY["voltage_time"], picture("voltage_time")
    for inset, zoom in zip(plot.insets, zooms_of(figure, plot), strict=True):
        (line,) = zoom.lines
        assert line.get_xydata().shape == (361, 2)
        assert line.get_ydata().tolist() == (inset.series[0].y * 1e3).tolist()
        assert zoom.lines[0].get_color() == figure.axes[0].lines[0].get_color()


def test_a_zoom_without_series_shows_those_of_the_field_and_their_neighbours_at_the_ends():
    x = np.arange(100.0)
    plot = simple(series=(Series(x, x**2, "a"), Series(x, -x, "b")), insets=(Inset(9.5, 12.5),))
    figure = figure_of(plot)
    (zoom,) = zooms_of(figure, plot)
    assert [line.get_xdata().tolist() for line in zoom.lines] == [[9.0, 10.0, 11.0, 12.0, 13.0]] * 2
    assert [line.get_color() for line in zoom.lines] == [line.get_color() for line in figure.axes[0].lines]


def test_the_part_that_is_zoomed_is_framed_and_two_lines_lead_to_the_zoom():
    plot = voltage_time(zooms=(500.0,))
    figure = figure_of(plot)
    main, (zoom,) = figure.axes[0], zooms_of(figure, plot)
    (frame,) = main.patches
    assert frame.get_x() == 500.0
    assert frame.get_width() == 6.0
    assert (frame.get_y(), frame.get_y() + frame.get_height()) == pytest.approx(zoom.get_ylim())
    ends = sorted(main.transAxes.transform(text.xy)[0] for text in main.texts)
    assert ends == pytest.approx(main.transData.transform([[500.0, 0.0], [506.0, 0.0]])[:, 0].tolist())
    starts = sorted(main.transAxes.transform(text.get_position())[0] for text in main.texts)
    assert starts == pytest.approx([zoom.bbox.x0, zoom.bbox.x1])


def test_the_y_axis_becomes_longer_only_where_a_zoom_would_hide_data():
    x = np.linspace(0.0, 10.0, 400)
    free, full = np.where(x < 2, x, 0.0), np.sin(50 * x)
    for y, grows in ((free, False), (full, True)):
        plain = figure_of(simple(series=(Series(x, y),))).axes[0].get_ylim()
        zoomed = figure_of(simple(series=(Series(x, y),), insets=(Inset(5.0, 6.0),))).axes[0].get_ylim()
        assert (zoomed[1] > plain[1]) == grows
        assert zoomed[0] == plain[0]


def test_given_ends_of_the_y_axis_stay():
    y = replace(Y, low=-1.0, high=1.0)
    x = np.linspace(0.0, 10.0, 400)
    plot = simple(y=y, series=(Series(x, np.sin(50 * x)),), insets=(Inset(5.0, 6.0, -0.5, 0.5),))
    figure = figure_of(plot)
    assert figure.axes[0].get_ylim() == (-1.0, 1.0)
    assert zooms_of(figure, plot)[0].get_ylim() == (-0.5, 0.5)


def test_an_upper_end_that_is_given_moves_the_lower():
    x = np.linspace(0.0, 10.0, 400)
    series = (Series(x, np.sin(50 * x)),)
    plain = figure_of(simple(y=replace(Y, high=1.0), series=series)).axes[0].get_ylim()
    low, high = figure_of(simple(y=replace(Y, high=1.0), series=series, insets=(Inset(5.0, 6.0),))).axes[0].get_ylim()
    assert high == 1.0
    assert low < plain[0]


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_zooms_on_reversed_and_log_axes(scale):
    x = np.linspace(1.0, 100.0, 500)
    plot = simple(
        x=Axis("frequency", "Hz", scale, reverse=True), y=Axis("Z", "ohm", scale, reverse=True),
        series=(Series(x, 1 + x + np.abs(np.sin(30 * x))),), insets=(Inset(5.0, 15.0),),
    )  # fmt: skip
    figure = figure_of(plot)
    (zoom,) = zooms_of(figure, plot)
    assert zoom.get_xlim() == (15.0, 5.0)
    assert zoom.get_ylim()[0] > zoom.get_ylim()[1] > 0
    assert zoom.get_xscale() == zoom.get_yscale() == scale


def test_a_zoom_has_the_power_of_ten_of_the_axis():
    """The label of the axis says what both leave out."""
    x = np.linspace(0.0, 10.0, 200)
    plot = simple(series=(Series(x, 4e6 * (2 + np.sin(x))),), insets=(Inset(2.0, 3.0),))
    figure = figure_of(plot)
    (zoom,) = zooms_of(figure, plot)
    places = zoom.yaxis.get_majorticklocs()
    texts = zoom.yaxis.get_major_formatter().format_ticks(places)
    assert figure.axes[0].get_ylabel() == "capacity (10⁶ mAh)"
    assert [float(text) * 1e6 for text in texts] == pytest.approx(places.tolist())


def test_a_flat_curve_can_be_zoomed():
    x = np.arange(10.0)
    plot = simple(series=(Series(x, np.zeros(10)),), insets=(Inset(2.0, 4.0),))
    low, high = zooms_of(figure_of(plot), plot)[0].get_ylim()
    assert low < 0 < high


# ---- names over stretches ----------------------------------------------------------------------


def test_names_stand_over_the_middle_of_their_stretch_and_lines_between():
    figure = picture("rates")
    main = figure.axes[0]
    assert [text.get_text() for text in main.texts] == list(LADDER)
    for number, text in enumerate(main.texts):
        box = text.get_window_extent()
        limits = main.get_xlim()
        middle = (max(5 * number + 1, limits[0]) + min(5 * number + 5, limits[1])) / 2
        assert (box.x0 + box.x1) / 2 == pytest.approx(main.transData.transform((middle, 0.0))[0], abs=1.0)
        assert box.y0 >= main.bbox.y1
    between = sorted(line.get_xdata()[0] for line in main.lines if len(line.get_xdata()) == 2)
    assert between == [5.5, 10.5, 15.5, 20.5, 25.5, 30.5]


def test_names_too_wide_for_their_stretch_go_up_a_row():
    rows = {round(text.get_window_extent().y0) for text in picture("rates", "single").axes[0].texts}
    assert len(rows) == 1
    rows = {round(text.get_window_extent().y0) for text in picture("rates_long", "single").axes[0].texts}
    assert len(rows) == 2


def test_words_of_events_stand_above_the_names_of_stretches():
    texts = {text.get_text(): text.get_window_extent().y0 for text in picture("band").axes[0].texts}
    assert texts["possible soft short"] > texts["1 mA cm⁻²"] == texts["3 mA cm⁻²"]


def test_a_stretch_out_of_sight_has_no_name_and_panels_have_the_lines():
    spans = (Span(1.0, 1.4, "0.1C"), Span(1.6, 1.8, "1C"), Span(5.0, 9.0, "5C"))
    plot = simple(spans=spans, panels=(Panel(Y, (Series(TWO, TWO),)), Panel(Y, (Series(TWO, TWO),), X)))
    first, second, third = figure_of(plot).axes
    assert [text.get_text() for text in first.texts] == ["0.1C", "1C"]
    assert [line.get_xdata()[0] for line in second.lines[:2]] == [1.5, 3.4]
    assert len(third.lines) == 1


def test_names_of_stretches_stand_above_a_second_scale():
    top = TopAxis("temperature", "degC", ((1.25, "60"), (1.75, "20")))
    axes = figure_of(simple(x=replace(X, top=top), spans=(Span(1.0, 2.0, "0.1C"),))).axes[0]
    (words,) = axes.texts
    assert words.get_window_extent().y0 >= axes.child_axes[0].xaxis.label.get_window_extent().y1


def test_stretches_on_a_log_axis_are_parted_in_the_logarithm():
    plot = simple(x=Axis("current density", "mA/cm2", "log"), spans=(Span(1.0, 1.1, "a"), Span(1.6, 2.0, "b")))
    line = figure_of(plot).axes[0].lines[0]
    assert line.get_xdata()[0] == pytest.approx(np.sqrt(1.1 * 1.6))


# ---- survival ----------------------------------------------------------------------------------


def test_a_step_and_its_band_keep_their_value_until_the_next_point():
    axes = picture("survival").axes[0]
    assert axes.lines[0].get_drawstyle() == "steps-post"
    corners = axes.collections[0].get_paths()[0].vertices
    before = corners[np.isclose(corners[:, 0], 300.0)][:, 1]
    assert {0.6, 1.0} <= set(before.round(9)), "the ends of the band just before the event"
    assert {0.48, 1.0} <= set(before.round(9)), "and just after it"


def test_a_band_of_a_line_runs_straight():
    series = Series(TWO, TWO, low=TWO / 2, high=2 * TWO)
    corners = figure_of(simple(series=(series,))).axes[0].collections[0].get_paths()[0].vertices
    assert len({tuple(corner) for corner in corners.tolist()}) == 4


def test_a_step_keeps_its_error_bars():
    axes = figure_of(simple(series=(Series(TWO, TWO, mark="step", y_std=TWO / 10),))).axes[0]
    (bars,) = axes.collections
    assert bars.get_segments()[0][:, 1].tolist() == pytest.approx([0.9, 1.1])
    assert axes.lines[0].get_drawstyle() == "steps-post"


def test_ticks_without_a_label_have_the_colour_of_the_series_before_them():
    one, ticks, two, other = picture("survival").axes[0].lines
    assert (ticks.get_marker(), ticks.get_linestyle()) == ("|", "None")
    assert colour(one) == colour(ticks) == COLOURS[0]
    assert colour(two) == colour(other) == COLOURS[1]
    labelled = figure_of(simple(series=(Series(TWO, TWO, "a"), Series(TWO, TWO, "censored", "ticks")))).axes[0]
    assert colour(labelled.lines[1]) == COLOURS[1]


def test_ticks_in_a_panel_follow_too():
    both = (Series(TWO, TWO, "a", "step"), Series(TWO, TWO, mark="ticks"))
    plot = simple(series=(Series(TWO, TWO, "b"),), panels=(Panel(Y, both),))
    first, second = figure_of(plot).axes[1].lines
    assert colour(first) == colour(second) == COLOURS[1]


def test_a_horizontal_line_writes_its_words_beside_a_zoom():
    x = np.linspace(0.0, 100.0, 3000)
    plot = simple(series=(Series(x, np.sin(6 * x)),), insets=(Inset(10.0, 20.0),))
    middle = figure_of(plot).axes[0].get_ylim()[1] * 0.8
    figure = figure_of(replace(plot, marks=(Line(middle, "cut-off", "y"),)))
    words = next(text for text in figure.axes[0].texts if text.get_text())
    box = mpl.text.Text.get_window_extent(words, figure._get_renderer())
    assert not any(box.overlaps(zoom.bbox) for zoom in zooms_of(figure, plot))
