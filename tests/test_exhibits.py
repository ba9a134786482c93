"""Plots as plain data refuse what could not be drawn, or would be drawn as something else."""

from dataclasses import replace

import numpy as np
import pytest

from limetal.errors import BadInputError
from limetal.exhibits import Axis, Image, Inset, Line, Panel, Plot, Series, Span, Table, TopAxis, overlay

TWO = np.array([1.0, 2.0])
NAN = np.array([1.0, np.nan])
X, Y = Axis("time", "h"), Axis("voltage", "V")
LOG = Axis("frequency", "Hz", "log")
SERIES = Series(TWO, TWO)
IMAGE = Image(TWO, TWO, np.ones((2, 2)))
COLOUR = Axis("cycle", "1")


def plot(**changes):
    return Plot(**({"name": "p", "title": "P", "x": X, "y": Y, "series": (SERIES,)} | changes))


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"y": np.array([1.0])}, "shapes"),
        ({"y_std": np.array([1.0])}, "y_std of shape"),
        ({"y_std": np.array([1.0, -0.1])}, "a y_std of -0.1"),
        ({"low": TWO}, "one end of a band"),
        ({"high": TWO}, "one end of a band"),
        ({"low": TWO, "high": np.array([1.0])}, "high of shape"),
        ({"low": TWO, "high": np.array([1.0, 1.5])}, "a band from 2 to 1.5"),
        ({"names": ((2, "x"),)}, "the name 'x' for point 2"),
        ({"names": ((-1, "x"),)}, "the name 'x' for point -1"),
        ({"value": float("nan")}, "a value of nan"),
    ],
)
def test_series_that_cannot_be_drawn(changes, found):
    with pytest.raises(BadInputError, match=found):
        replace(SERIES, **changes)


def test_series_that_can_be_drawn():
    """Gaps are gaps, a band may have no width, the last point may have a name."""
    series = Series(TWO, NAN, y_std=NAN, low=NAN, high=NAN, names=((0, "a"), (1, "b")), value=0.0)
    assert series.names[1] == (1, "b")
    assert Series(TWO, TWO, low=TWO, high=TWO, y_std=np.zeros(2)).low is TWO


@pytest.mark.parametrize(
    ("x", "y", "z", "found"),
    [
        (TWO[::-1], TWO, np.ones((2, 2)), "x that does not rise"),
        (TWO, np.array([1.0, 1.0]), np.ones((2, 2)), "y that does not rise"),
        (TWO, NAN, np.ones((2, 2)), "y that does not rise"),
        (np.array([1.0, 2.0, 3.0]), TWO, np.ones((3, 2)), r"z of shape \(3, 2\)"),
        (TWO, TWO, np.full((2, 2), np.nan), "no finite value"),
    ],
)
def test_maps_that_cannot_be_drawn(x, y, z, found):
    with pytest.raises(BadInputError, match=found):
        Image(x, y, z)


def test_a_map_has_rows_of_y_and_may_have_gaps():
    assert Image(np.array([1.0, 2.0, 9.0]), TWO, np.array([[1.0, np.nan, 2.0]] * 2)).z.shape == (2, 3)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"factor": 0.0}, "a factor of 0"),
        ({"factor": -1.0}, "a factor of -1"),
        ({"low": 2.0, "high": 1.0}, "ends 2 and 1"),
        ({"low": float("inf")}, "an end at inf"),
        ({"scale": "log", "low": 0.0}, "an end at 0"),
        ({"scale": "log", "symmetric": True}, "zero in the middle of a log scale"),
        ({"low": -1.0, "symmetric": True}, "zero in the middle and given ends"),
        ({"high": 1.0, "symmetric": True}, "zero in the middle and given ends"),
    ],
)
def test_axes_that_cannot_be_drawn(changes, found):
    with pytest.raises(BadInputError, match=found):
        replace(X, **changes)


def test_axes_that_can_be_drawn():
    assert replace(X, low=0.0, high=1.0).low == 0.0
    assert replace(LOG, low=1e-3).low == 1e-3
    assert replace(X, symmetric=True, reverse=True, factor=60.0).symmetric


def test_ticks_and_lines_stand_somewhere_and_panels_show_something():
    with pytest.raises(BadInputError, match="a tick '' at 1"):
        TopAxis("temperature", "degC", ((1.0, ""),))
    with pytest.raises(BadInputError, match="a tick '25' at nan"):
        TopAxis("temperature", "degC", ((float("nan"), "25"),))
    with pytest.raises(BadInputError, match="a place of nan"):
        Line(float("nan"), "event")
    with pytest.raises(BadInputError, match="no series"):
        Panel(Y, ())
    with pytest.raises(BadInputError, match="a share of 0"):
        Panel(Y, (SERIES,), share=0.0)


VALUED = replace(SERIES, value=1.0)
RIGHT = {"right": Y, "right_series": (SERIES,)}
ZOOM = Inset(1.0, 1.5)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"series": ()}, "neither series nor image"),
        ({"overlay": 1}, "overlay 1"),
        ({"series": (VALUED,)}, "colours without a scale"),
        ({"panels": (Panel(Y, (VALUED,)),)}, "colours without a scale"),
        ({"image": IMAGE}, "colours without a scale"),
        ({"colour": COLOUR}, "a colour scale without colours"),
        ({"series": (VALUED,), "image": IMAGE, "colour": COLOUR}, "an image and values"),
        ({"categories": ("a", "b"), "panels": (Panel(Y, (SERIES,)),)}, "words on the x axis"),
        ({"equal_axes": True, "x": LOG}, "equal axes on a log scale"),
        ({"equal_axes": True, "y": replace(Y, factor=1e3)}, "equal axes of different factors"),
        ({"image": Image(np.array([0.0, 1.0]), TWO, np.ones((2, 2))), "colour": COLOUR, "x": LOG}, "columns of a map"),
        ({"x": LOG, "marks": (Line(0.0),)}, "a line at or below zero"),
        ({"panels": (Panel(LOG, (SERIES,), marks=(Line(-1.0, axis="y"),)),)}, "a line at or below zero"),
        ({"x": replace(LOG, top=TopAxis("t", "s", ((-1.0, "x"),)))}, "a tick at or below zero"),
        ({"equal_axes": True, "y": replace(Y, symmetric=True)}, "equal axes with zero in the middle"),
        ({"right": Y}, "an axis on the right without series"),
        ({"right_series": (SERIES,)}, "series without an axis on the right"),
        ({**RIGHT, "image": IMAGE, "colour": COLOUR}, "a second y axis and a map"),
        ({**RIGHT, "equal_axes": True}, "a second y axis and equal axes"),
        ({**RIGHT, "series": (VALUED,), "colour": COLOUR}, "a second y axis and a colour scale"),
        ({"right": Y, "right_series": (VALUED,)}, "colours without a scale"),
        ({**RIGHT, "categories": ("a", "b")}, "a second y axis and words on the x axis"),
        ({**RIGHT, "insets": (ZOOM,)}, "a second y axis and zooms"),
        ({"right": Y, "right_series": (replace(SERIES, names=((0, "a"),)),)}, "a second y axis and names of points"),
        ({"spans": (Span(1.0, 2.0, "a"),), "categories": ("a", "b")}, "stretches or zooms of an x axis of words"),
        ({"insets": (ZOOM,), "categories": ("a", "b")}, "stretches or zooms of an x axis of words"),
        ({"spans": (Span(1.0, 2.0, "a"), Span(1.5, 3.0, "b"))}, "span 'b' from 1.5, before the end of 'a' at 2"),
        ({"spans": (Span(1.0, 2.0, "a"), Span(0.0, 1.0, "b"))}, "before the end of 'a'"),
        ({"spans": (Span(-1.0, 2.0, "a"),), "x": LOG}, "a span at or below zero"),
        ({"insets": (ZOOM,), "equal_axes": True}, "zooms into equal axes or a map"),
        ({"insets": (ZOOM,), "image": IMAGE, "colour": COLOUR}, "zooms into equal axes or a map"),
        ({"insets": (ZOOM,) * 5}, "5 zooms"),
        ({"insets": (Inset(5.0, 6.0),)}, "a zoom from 5 to 6 without data"),
        ({"insets": (Inset(1.5, 2.5),), "series": (Series(TWO, NAN),)}, "a zoom from 1.5 to 2.5 without data"),
        ({"insets": (Inset(-1.0, 2.0),), "x": LOG}, "a zoom at or below zero"),
        ({"insets": (Inset(1.0, 2.0, -1.0, 2.0),), "y": LOG}, "a zoom at or below zero"),
        ({"insets": (Inset(1.0, 2.0, series=(VALUED,)),)}, "colours without a scale"),
    ],
)
def test_parts_that_do_not_go_together(changes, found):
    with pytest.raises(BadInputError, match=found):
        plot(**changes)


def test_parts_that_go_together():
    assert plot(series=(VALUED,), colour=COLOUR).colour is COLOUR
    assert plot(series=(), image=IMAGE, colour=COLOUR).image is IMAGE
    assert plot(x=LOG, marks=(Line(0.0, axis="y"), Line(1.0)), panels=(Panel(Y, (SERIES,)),)).overlay is None
    assert plot(equal_axes=True, x=replace(X, factor=1e3), y=replace(Y, factor=1e3)).equal_axes
    assert plot(**RIGHT, panels=(Panel(Y, (SERIES,)),), marks=(Line(1.0),), spans=(Span(1.0, 2.0, "a"),)).right is Y
    assert plot(insets=(ZOOM,) * 4, y=replace(Y, symmetric=True)).insets[3] is ZOOM
    assert plot(spans=(Span(0.0, 1.5, "a"), Span(1.5, 9.0, "b"))).spans[1].label == "b"
    assert plot(insets=(ZOOM,), series=(VALUED,), colour=COLOUR).insets == (ZOOM,)


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda: Span(1.0, 1.0, "a"), "ends 1 and 1"),
        (lambda: Span(2.0, 1.0, "a"), "ends 2 and 1"),
        (lambda: Span(1.0, float("inf"), "a"), "ends 1 and inf"),
        (lambda: Span(1.0, 2.0, ""), "no name"),
        (lambda: Inset(2.0, 1.0), "without length"),
        (lambda: Inset(float("nan"), 1.0), "without length"),
        (lambda: Inset(1.0, 2.0, y_low=0.0), "one end of the y axis"),
        (lambda: Inset(1.0, 2.0, 1.0, 0.0), "y from 1 to 0"),
        (lambda: Inset(1.0, 2.0, float("nan"), 0.0), "y from nan to 0"),
        (lambda: Inset(3.0, 4.0, series=(SERIES,)), "series without a point there"),
        (lambda: Inset(1.5, 2.0, series=(Series(TWO, NAN),)), "series without a point there"),
    ],
)
def test_stretches_and_zooms_of_nothing(make, found):
    with pytest.raises(BadInputError, match=found):
        make()


def test_stretches_and_zooms_of_something():
    assert Inset(0.5, 1.0, -1.0, 1.0, (Series(TWO, NAN),)).shows((SERIES,))
    assert not Inset(2.5, 3.0).shows((SERIES,))
    assert Span(-1.0, 0.0, "rest").high == 0.0


def test_every_series_of_a_plot():
    named = [replace(SERIES, label=label) for label in "abcd"]
    whole = plot(series=(named[0],), insets=(Inset(1.0, 2.0, series=(named[1],)),), panels=(Panel(Y, (named[2],)),))
    assert [series.label for series in whole.every_series] == ["a", "b", "c"]
    both = plot(series=(named[0],), right=Y, right_series=(named[3],))
    assert [series.label for series in both.every_series] == ["a", "d"]


def test_a_table_has_columns_of_one_length_and_comments_on_them():
    with pytest.raises(BadInputError, match=r"columns of \[1, 2\] rows"):
        Table("t", {"a": ("V", [1.0]), "b": ("V", [1.0, 2.0])})
    with pytest.raises(BadInputError, match="a comment on 'c', want one of a"):
        Table("t", {"a": ("V", [1.0])}, comments={"c": "mean"})
    assert Table("t", {"a": ("V", [1.0])}, "Voltages", {"a": "mean"}).rows == 1


def test_an_overlay_shows_one_series_of_each_test_and_nothing_of_one_test_alone():
    named = replace(SERIES, names=((0, "a"),))
    one = plot(
        series=(named,), overlay=0, marks=(Line(1.0, "event"),), panels=(Panel(Y, (SERIES,)),), x=replace(X, low=0.0)
    )
    wide = replace(VALUED, y=10 * TWO, names=((1, "b"),))
    other = plot(series=(SERIES, wide), overlay=1, colour=COLOUR, x=replace(X, low=-1.0))
    laid = overlay((("one", one), ("two", other)))
    assert [series.label for series in laid.series] == ["two", "one"]
    assert [series.names for series in laid.series] == [((1, "b"),), ()]
    assert (laid.marks, laid.panels, laid.colour, laid.series[0].value) == ((), (), None, None)
    assert laid.x.low == -1.0
    assert overlay((("one", one), ("two", plot(overlay=0)))).x.low is None


def test_an_overlay_leaves_the_right_axis_and_zooms_and_keeps_names_of_stretches_that_all_share():
    spans = (Span(1.0, 1.5, "0.1C"), Span(1.5, 2.0, "1C"))
    first = plot(overlay=0, **RIGHT, spans=spans, y=replace(Y, symmetric=True))
    second = plot(overlay=0, insets=(ZOOM,), spans=spans, y=replace(Y, symmetric=True))
    laid = overlay((("one", first), ("two", second)))
    assert (laid.right, laid.right_series, laid.insets) == (None, (), ())
    assert len(laid.series) == 2
    assert laid.spans == spans
    assert laid.y.symmetric
    assert overlay((("one", first), ("two", replace(second, spans=())))).spans == ()
