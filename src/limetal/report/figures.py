"""Draw a `Plot` as SVG with matplotlib: no global state, the same bytes for the same data."""

from __future__ import annotations

import io
import re
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from limetal.exhibits import Axis, Plot, Series
from limetal.report.styles import COLOURS, STYLES, Style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["axis_label", "draw", "svg"]

#: Spellings of units on axes.
_PRETTY = {
    "1": "", "um": "µm", "mA/cm2": "mA cm⁻²", "mAh/cm2": "mAh cm⁻²", "mAh/g": "mAh g⁻¹", "mAh/cm3": "mAh cm⁻³",
    "ohm cm2": "Ω cm²", "ohm": "Ω", "g/cm3": "g cm⁻³", "angstrom": "Å", "deg": "°",
}  # fmt: skip
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_MOST_COLUMNS = 6
MM_PER_POINT = 25.4 / 72
#: Dashes that let curves be told apart where they lie on each other, or without colour.
_DASHES = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 1.5, 1.5, 1.5)))
_MOST_DASHED_POINTS = 1000


def axis_label(axis: Axis) -> str:
    """Label of an axis with its unit.

    Examples
    --------
    >>> axis_label(Axis("current density", "mA/cm2")), axis_label(Axis("cycle", "1"))
    ('current density (mA cm⁻²)', 'cycle')
    """
    unit = _PRETTY.get(axis.unit, axis.unit)
    return f"{axis.label} ({unit})" if unit else axis.label


def svg(plot: Plot, style: Style = STYLES["double"]) -> str:
    """Draw a plot as an SVG text without date, whose ids begin with the name of the plot."""
    import matplotlib as mpl

    with mpl.rc_context({**style.settings}):  # type: ignore[dict-item]
        figure = draw(plot, style)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return _own_ids(buffer.getvalue(), plot)


def draw(plot: Plot, style: Style) -> Figure:
    """Build the matplotlib figure of a plot."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=style.size_inch)
    FigureCanvasSVG(figure)
    has_legend = any(series.label for series in plot.series) and (len(plot.series) > 1 or bool(plot.categories))
    columns = min(len(plot.series), _columns(plot, style))
    rows = -(-len(plot.series) // columns) if has_legend else 0
    lines = max((label.count("\n") + 1 for label in _category_labels(plot, style)), default=0)
    axes = figure.add_axes(_margins(style, rows, lines))
    axes.set_xscale(plot.x.scale)
    axes.set_yscale(plot.y.scale)
    if plot.categories:
        _bars(axes, plot, style)
    else:
        for index, series in enumerate(plot.series):
            _series(axes, plot, series, index)
    axes.set_xlabel(axis_label(plot.x) if not plot.categories else "")
    axes.set_ylabel(axis_label(plot.y))
    if plot.equal_axes:
        axes.set_aspect("equal", adjustable="datalim")
    axes.margins(x=0.02)
    if plot.x.reverse:
        axes.invert_xaxis()
    if has_legend:
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.01), borderaxespad=0.0, ncols=columns, columnspacing=1.2)
    return figure


def _category_labels(plot: Plot, style: Style) -> list[str]:
    if not plot.categories:
        return []
    letters = int(0.85 * style.width_mm / len(plot.categories) / (0.6 * style.font_pt * MM_PER_POINT))
    return [textwrap.fill(words, max(letters, 4), break_long_words=False) for words in plot.categories]


def _columns(plot: Plot, style: Style) -> int:
    """Legend columns that fit the width: a letter is about half as wide as the font is high."""
    longest = max((len(series.label) for series in plot.series), default=1)
    letters = style.width_mm / (0.5 * style.font_pt * MM_PER_POINT)
    return max(1, min(_MOST_COLUMNS, int(letters / (longest + 6))))


def _margins(style: Style, legend_rows: int, label_lines: int) -> tuple[float, float, float, float]:
    """Left, bottom, width and height of the axes: margins in multiples of the font, so that nothing is cut off.

    Fixed margins, because the layout engines of matplotlib draw every picture three times.
    """
    font_mm = style.font_pt * MM_PER_POINT
    left, right = 6.5 * font_mm / style.width_mm, 1.5 * font_mm / style.width_mm
    bottom = max(4.3, 1.8 + 1.35 * label_lines) * font_mm / style.height_mm
    top = (1.0 + 1.7 * legend_rows) * font_mm / style.height_mm
    return left, bottom, 1 - left - right, 1 - bottom - top


def _series(axes: Axes, plot: Plot, series: Series, index: int) -> None:
    colour = COLOURS[index % len(COLOURS)]
    x, y = series.x * plot.x.factor, series.y * plot.y.factor
    looks: dict[str, Any] = {"color": colour, "label": series.label or None}
    if series.mark in {"points", "line+points"}:
        looks |= {"marker": _MARKERS[index % len(_MARKERS)], "markerfacecolor": "white"}
    if series.mark == "points":
        looks["linestyle"] = "none"
    elif series.mark == "line" and x.size <= _MOST_DASHED_POINTS:
        looks["linestyle"] = _DASHES[index % len(_DASHES)]
    if series.mark == "step":
        axes.step(x, y, where="post", **looks)
    elif series.y_std is not None:
        axes.errorbar(x, y, yerr=series.y_std * plot.y.factor, capsize=2, **looks)
    else:
        axes.plot(x, y, **looks)


def _bars(axes: Axes, plot: Plot, style: Style) -> None:
    """Stacked bars, one per category; long labels go on in further lines."""
    bottom = np.zeros(len(plot.categories))
    for index, series in enumerate(plot.series):
        height = series.y * plot.y.factor
        colour = COLOURS[index % len(COLOURS)]
        axes.bar(series.x, height, 0.7, bottom=bottom, color=colour, label=series.label)
        bottom += height
    axes.set_xticks(range(len(plot.categories)), _category_labels(plot, style))


def _own_ids(text: str, plot: Plot) -> str:
    """Give every id the name of the plot in front, because many pictures share one page."""
    prefix = re.sub(r"[^A-Za-z0-9_-]", "-", plot.name)
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r"url\(#", f"url(#{prefix}-", text)
    return re.sub(r'href="#', f'href="#{prefix}-', text)
