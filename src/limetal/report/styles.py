"""Three journal styles: a column of 85 mm, a page of 180 mm, a slide."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COLOURS", "GREY", "MM_PER_POINT", "SEQUENTIAL", "STYLES", "Style"]

MM_PER_INCH = 25.4
MM_PER_POINT = MM_PER_INCH / 72

#: Okabe and Ito's palette, safe for colour-blind readers (https://jfly.uni-koeln.de/color/).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#7F7F7F")

#: A colour map of even steps in lightness, readable in grey and by colour-blind readers.
SEQUENTIAL = "viridis"
#: Its last part is too bright for a thin line on white.
BRIGHTEST_LINE = 0.88
#: Marked lines and missing values.
GREY = "#7F7F7F"
MISSING = "#D9D9D9"


@dataclass(frozen=True)
class Style:
    """Size and weight of a figure: millimetres, points. Panels make it higher, up to ``most_height_mm``."""

    name: str
    width_mm: float
    height_mm: float
    font_pt: float
    line_pt: float
    marker_pt: float
    most_height_mm: float

    @property
    def font_mm(self) -> float:
        """Height of the font in millimetres, the measure of all margins."""
        return self.font_pt * MM_PER_POINT

    @property
    def settings(self) -> dict[str, object]:
        """Settings of matplotlib; fonts stay text, and output does not depend on the day."""
        return {
            "font.size": self.font_pt,
            "font.family": ["DejaVu Sans"],
            "axes.titlesize": self.font_pt,
            "axes.labelsize": self.font_pt,
            "legend.fontsize": self.font_pt * 0.9,
            "legend.frameon": False,
            "lines.linewidth": self.line_pt,
            "lines.markersize": self.marker_pt,
            "axes.linewidth": 0.6 * self.line_pt,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "svg.fonttype": "none",
            "svg.hashsalt": "limetal",
        }


STYLES = {
    style.name: style
    for style in (
        Style("single", 85.0, 64.0, 7.0, 0.9, 3.0, 130.0),
        Style("double", 180.0, 95.0, 8.0, 1.1, 4.0, 210.0),
        Style("slide", 280.0, 158.0, 16.0, 2.2, 7.0, 158.0),
    )
}
