"""Where the fields of a picture stand: margins in multiples of the font, so that nothing is cut off.

Fixed margins, because the layout engines of matplotlib draw every picture three times.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from limetal.exhibits import Plot, Series
from limetal.report.labels import LETTER_WIDTH
from limetal.report.styles import Style

__all__ = [
    "Fraction",
    "Layout",
    "Legend",
    "Need",
    "category_labels",
    "lay_out",
    "legend_of",
    "over_legend_mm",
    "right_margin",
    "wrapped",
]

#: Left, bottom, width, height in parts of the figure.
Fraction = tuple[float, float, float, float]

_MOST_COLUMNS = 6
#: A space that no line ends at.
_UNBROKEN = "\N{NO-BREAK SPACE}"
#: All in multiples of the font: ticks and their axis label, rows of a legend, the scale above a picture.
LEFT, RIGHT, BOTTOM, TOP = 6.5, 1.5, 4.3, 1.0
#: Beside a y axis on the right: its ticks and the space before and after its label; letters that numbers there have.
RIGHT_TICKS, RIGHT_LETTERS = 2.0, 3
#: A field with zooms is so much higher.
INSET_HEIGHT = 1.35
#: From the y axis to its label; numbers of so many letters fit between.
Y_LABEL, TICK_LETTERS = 4.9, 6
LEGEND_ROW, TOP_AXIS, MARK_ROW, GAP = 1.7, 3.6, 1.35, 1.0
BAR_RIGHT, BAR_GAP, BAR_WIDTH = 8.0, 0.9, 1.1
LABEL_LINE = 1.25
#: A picture of equal axes follows its data, between these heights over the usual one.
LEAST_HEIGHT, MOST_HEIGHT = 0.5, 1.6


@dataclass(frozen=True)
class Legend:
    """Labels of a legend, long ones in several lines, and its columns; ``rows`` counts lines of text."""

    labels: tuple[str, ...]
    columns: int
    rows: int


@dataclass(frozen=True)
class Need:
    """What the words along the y axes ask for: lines of their labels, letters of their longest number."""

    lines: int = 1
    letters: int = TICK_LETTERS
    right_lines: int = 1
    right_letters: int = RIGHT_LETTERS

    @property
    def label_away(self) -> float:
        """Distance of the label of a y axis from the axis, in fonts."""
        return Y_LABEL + LETTER_WIDTH * max(0, self.letters - TICK_LETTERS)

    @property
    def margin(self) -> float:
        """Margin left of the fields, in fonts."""
        return LEFT + self.label_away - Y_LABEL + LABEL_LINE * (self.lines - 1)

    @property
    def right_margin(self) -> float:
        """Margin right of a second y axis, in fonts."""
        return RIGHT_TICKS + LETTER_WIDTH * self.right_letters + LABEL_LINE * self.right_lines

    def fits(self, other: Need) -> bool:
        """Whether what another need made room for is enough for this one."""
        return self.and_(other) == other

    def and_(self, other: Need) -> Need:
        """Both needs together."""
        return Need(
            max(self.lines, other.lines),
            max(self.letters, other.letters),
            max(self.right_lines, other.right_lines),
            max(self.right_letters, other.right_letters),
        )


@dataclass(frozen=True)
class Layout:
    """Size of a picture and the places of its fields, from top to bottom."""

    width_mm: float
    height_mm: float
    boxes: tuple[Fraction, ...]
    bar: Fraction | None
    shows_x: tuple[bool, ...]


def lay_out(
    plot: Plot, style: Style, legends: list[Legend | None], mark_rows: int, ratio: float | None, need: Need
) -> Layout:
    """Find the places of the fields.

    Parameters
    ----------
    plot, style
        What to draw and how large.
    legends
        Of every field; None for no legend.
    mark_rows
        Rows of words above the first field.
    ratio
        Height over width that the data of equal axes want; None for unequal axes.
    need
        What the words along the y axes ask for.
    """
    font = style.font_mm
    left = need.margin * font
    right = right_margin(plot, need) * font
    width = style.width_mm - left - right
    lines = max((label.count("\n") + 1 for label in category_labels(plot, style)), default=0)
    bottom = max(BOTTOM, 1.8 + 1.35 * lines) * font
    above = [LEGEND_ROW * legend.rows * font if legend else 0.0 for legend in legends]
    above[0] += TOP * font + over_legend_mm(plot, style, mark_rows)
    main = (style.height_mm - above[0] - bottom) * (INSET_HEIGHT if plot.insets else 1.0)
    shows_x = (*(panel.x is not None for panel in plot.panels), True)
    gaps = [(BOTTOM if shown else 0.0) * font + GAP * font for shown in shows_x[:-1]]
    usual = style.height_mm - above[0] - bottom
    if ratio is not None:
        main = min(max(width * ratio, LEAST_HEIGHT * usual), MOST_HEIGHT * usual)
    heights = [main, *(panel.share * usual for panel in plot.panels)]
    fixed = sum(above) + sum(gaps) + bottom
    shrink = min(1.0, (style.most_height_mm - fixed) / sum(heights))
    heights = [height * shrink for height in heights]
    total = fixed + sum(heights)
    boxes, top = [], total
    for height, over, gap in zip(heights, above, [*gaps, 0.0], strict=True):
        top -= over + height
        boxes.append((left / style.width_mm, top / total, width / style.width_mm, height / total))
        top -= gap
    bar = None
    if plot.colour is not None:
        start = (left + width + BAR_GAP * font) / style.width_mm
        bar = (start, boxes[0][1], BAR_WIDTH * font / style.width_mm, boxes[0][3])
    return Layout(style.width_mm, total, tuple(boxes), bar, shows_x)


def right_margin(plot: Plot, need: Need) -> float:
    """Room right of the fields for a colour scale or a second y axis, in fonts."""
    if plot.colour is not None:
        return BAR_RIGHT
    return need.right_margin if plot.right is not None else RIGHT


def over_legend_mm(plot: Plot, style: Style, mark_rows: int) -> float:
    """Room between the first field and its legend, for a second scale and rows of words above the picture."""
    return (MARK_ROW * mark_rows + (TOP_AXIS if plot.x.top else 0.0)) * style.font_mm


def legend_of(series: tuple[Series, ...], style: Style, known: tuple[str, ...], *, alone: bool) -> Legend | None:
    """Legend of a field; None if no label needs one: none is there, only one curve is, or ``known`` says them all.

    ``alone`` keeps the legend of a single curve.
    """
    labels = [s.label for s in series if s.label]
    if not labels or (len(series) == 1 and not alone) or (known and set(labels) <= set(known)):
        return None
    letters = style.width_mm / (0.5 * style.font_mm)
    wrap = max(8, int(letters) - 8)
    folded = tuple(textwrap.fill(label, wrap) for label in labels)
    longest = max(len(line) for label in folded for line in label.split("\n"))
    columns = max(1, min(_MOST_COLUMNS, len(labels), int(letters / (longest + 6))))
    # matplotlib fills column by column
    per_column = -(-len(folded) // columns)
    rows = max(
        sum(label.count("\n") + 1 for label in folded[i : i + per_column]) for i in range(0, len(folded), per_column)
    )
    return Legend(folded, columns, rows)


def category_labels(plot: Plot, style: Style) -> list[str]:
    """Words of the x axis, long ones in several lines."""
    if not plot.categories:
        return []
    letters = int(0.85 * style.width_mm / len(plot.categories) / (0.6 * style.font_mm))
    return [textwrap.fill(words, max(letters, 4), break_long_words=False) for words in plot.categories]


def wrapped(label: str, length_mm: float, style: Style) -> str:
    """A label of an axis in as many lines as the length of the axis asks for; a unit stays whole."""
    letters = max(6, int(length_mm / (0.85 * LETTER_WIDTH * style.font_mm)))
    words, bracket, unit = label.rpartition(" (")
    if not bracket:
        return textwrap.fill(label, letters, break_long_words=False)
    kept = f"{words} ({unit.replace(' ', _UNBROKEN)}"
    return textwrap.fill(kept, letters, break_long_words=False).replace(_UNBROKEN, " ")
