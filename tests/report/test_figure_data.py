"""The data beside each picture are what is drawn: checked against what matplotlib holds, in the units of the axes."""

import csv
import io
from dataclasses import replace
from functools import cache

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from limetal.exhibits import Axis, Line, Panel, Plot, Series, Span, TopAxis
from limetal.ledger import Ledger
from limetal.report import Content, Section, write_report
from limetal.report.figure_data import figure_columns
from limetal.report.figures import draw
from limetal.report.sheets import HEADER_ROWS, sheet_text
from limetal.report.styles import STYLES
from support.cycling_gallery import cycling_gallery
from support.impedance_gallery import gallery

GALLERY = {**gallery(), **cycling_gallery()}
TWO = np.array([1.0, 2.0])
X, MILLI = Axis("time", "h"), Axis("voltage", "mV", factor=1e3)


@cache
def figure_of(name):
    style = STYLES["double"]
    with mpl.rc_context(style.settings):
        return draw(GALLERY[name], style)


def columns_of(plot):
    """Name, unit, comment and cells of every column of the file."""
    rows = list(csv.reader(io.StringIO(sheet_text(figure_columns(plot)))))
    return [
        (*labels, list(cells))
        for *labels, cells in zip(*rows[:HEADER_ROWS], zip(*rows[HEADER_ROWS:], strict=True), strict=True)
    ]


def numbers(cells):
    """Numbers of a column; empty cells are missing values."""
    return np.array([float(cell) if cell else np.nan for cell in cells])


def curves(plot):
    """Pairs of x and y with the comment; the x of a column is the nearest on its left named like an x axis."""
    xs = {plot.x.label, *(panel.x.label for panel in plot.panels if panel.x)}
    ys = {plot.y.label, *(panel.y.label for panel in plot.panels), *([plot.right.label] if plot.right else [])}
    pairs, x = [], None
    for name, _, comment, cells in columns_of(plot):
        if name in xs:
            x = numbers(cells)
        elif name in ys and comment != "map":
            pairs.append((x, numbers(cells), comment))
    return pairs


def alike(one, other):
    """Whether points are the same but for the last digit, empty cells at the end left out."""
    kept = np.isfinite(one).any(axis=1).nonzero()[0]
    one = one[: kept[-1] + 1] if kept.size else one[:0]
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-14, atol=0.0, equal_nan=True)


@pytest.mark.parametrize("name", GALLERY)
def test_every_curve_of_a_picture_is_in_its_file_with_the_numbers_that_are_drawn(name):
    plot = GALLERY[name]
    drawn = [line.get_xydata() for axes in figure_of(name).axes for line in axes.lines]
    pairs = curves(plot)
    assert len(pairs) == len(plot.every_series)
    for x, y, comment in pairs:
        points = np.column_stack([x, y])
        assert any(alike(points, line) for line in drawn), f"{comment!r} is not drawn so"


def test_a_map_is_written_cell_by_cell():
    plot = GALLERY["drt_map"]
    mesh = figure_of("drt_map").axes[0].collections[0].get_array()
    by_name = {name: numbers(cells) for name, _, comment, cells in columns_of(plot) if comment == "map"}
    x, y, z = (by_name[axis.label] for axis in (plot.x, plot.y, plot.colour))
    assert np.allclose(z, mesh.filled(np.nan).ravel(), rtol=1e-14, equal_nan=True)
    assert np.isnan(z).any()
    assert x[: plot.image.x.size].tolist() == plot.image.x.tolist()
    assert np.allclose(np.unique(y), plot.image.y, rtol=1e-14, atol=0.0)


def test_bands_errors_names_and_values_are_columns_of_their_own():
    series = Series(TWO, TWO, "a", y_std=TWO / 10, low=TWO / 2, high=2 * TWO, names=((1, "end"),), value=5.0)
    plot = Plot("p", "P", X, MILLI, (series,), colour=Axis("cycle", "1"))
    assert columns_of(plot) == [
        ("time", "h", "", ["1.0", "2.0"]),
        ("voltage", "mV", "a; cycle 5", ["1000.0", "2000.0"]),
        ("voltage, standard uncertainty", "mV", "a; cycle 5", ["100.0", "200.0"]),
        ("voltage, low end of the band", "mV", "a; cycle 5", ["500.0", "1000.0"]),
        ("voltage, high end of the band", "mV", "a; cycle 5", ["2000.0", "4000.0"]),
        ("name of the point", "", "a; cycle 5", ["", "end"]),
    ]


def test_lines_stretches_and_the_scale_above_are_written():
    x = replace(X, factor=60.0, top=TopAxis("temperature", "degC", ((1.5, "60"),)))
    plot = Plot(
        "p", "P", x, MILLI, (Series(TWO, TWO),), spans=(Span(1, 1.5, "0.1C"), Span(1.5, 2, "1C")),
        marks=(Line(1.25, "event"), Line(1.5, "limit", "y")),
        panels=(Panel(X, (Series(TWO, TWO),), marks=(Line(0.5, "", "y"),)),),
    )  # fmt: skip
    filled = {(n, u, c): [cell for cell in cells if cell] for n, u, c, cells in columns_of(plot)}
    assert filled["time of a marked line", "h", ""] == ["75.0"]
    assert filled["voltage of a marked line", "mV", ""] == ["1500.0"]
    assert filled["time of a marked line", "h", "field 2"] == ["0.5"]
    assert filled["time, from", "h", "named stretch"] == ["60.0", "90.0"]
    assert filled["time, to", "h", "named stretch"] == ["90.0", "120.0"]
    assert filled["name of the stretch", "", "named stretch"] == ["0.1C", "1C"]
    assert filled["time of the scale above", "h", "scale above"] == ["90.0"]
    assert filled["temperature", "degC", "scale above"] == ["60"]


def test_bars_have_their_words_in_place_of_places():
    bars = tuple(Series(np.arange(2.0), TWO * k, label, "bars") for k, label in ((1, "Li"), (2, "Zn")))
    plot = Plot("p", "P", Axis("foil", ""), Axis("mass", "mg"), bars, categories=("A", "B"))
    assert columns_of(plot) == [
        ("foil", "", "", ["A", "B"]), ("mass", "mg", "Li", ["1.0", "2.0"]), ("mass", "mg", "Zn", ["2.0", "4.0"]),
    ]  # fmt: skip


def test_the_side_of_an_axis_and_the_zoom_are_said_and_one_x_is_written_once():
    names = [(name, comment) for name, _, comment, _ in columns_of(GALLERY["capacity_both"])]
    assert names == [
        ("cycle", ""), ("areal capacity", "charge"), ("areal capacity", "discharge"), ("cycle", "right axis"),
        ("Coulombic efficiency", "Coulombic efficiency; right axis"),
    ]  # fmt: skip
    comments = [comment for name, _, comment, _ in columns_of(GALLERY["voltage_time"]) if name == "cell voltage"]
    assert comments == ["", "zoom 1", "zoom 2", "zoom 3"]


@given(
    arrays(float, st.integers(1, 30), elements=st.floats(-1e9, 1e9) | st.just(np.nan)),
    st.sampled_from([1.0, 1e3, 60.0]),
)
def test_numbers_are_the_data_times_the_factor_of_the_axis(y, factor):
    plot = Plot("p", "P", X, replace(MILLI, factor=factor), (Series(np.arange(float(y.size)), y),))
    column = figure_columns(plot)[1]
    assert np.allclose(column.values, y * factor, rtol=1e-14, atol=0.0, equal_nan=True)
    if factor == 1.0:
        assert np.array_equal(column.values, y, equal_nan=True)


def test_the_factor_of_an_axis_leaves_no_noise():
    assert 0.0041 * 1e3 != 4.1
    plot = Plot("p", "P", X, MILLI, (Series(TWO, np.array([0.0041, 1 / 3])),))
    assert columns_of(plot)[1][3] == ["4.1", "333.333333333333"]


def test_a_report_has_the_data_of_each_of_its_pictures(tmp_path):
    plots = tuple(replace(GALLERY["capacity"], name=name) for name in ("a", "b"))
    sections = (Section("tests.t", "T", "", plots), Section("", "All", "", plots[:1]))
    out = write_report(Content("n", "t", "", Ledger(), (), {}, sections, (), (), {}), tmp_path / "out")
    pictures = {path.stem for path in (out / "figures").iterdir()}
    assert pictures == {path.stem for path in (out / "tables" / "figures").iterdir()} == {"tests.t.a", "tests.t.b", "a"}
    text = (out / "tables" / "figures" / "a.csv").read_text(encoding="utf-8")
    assert text == sheet_text(figure_columns(plots[0]))
