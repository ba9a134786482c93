"""Three journal styles: a column of 85 mm, a page of 180 mm, a slide."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COLOURS", "STYLES", "Style"]

MM_PER_INCH = 25.4

#: Okabe and Ito's palette, safe for colour-blind readers (https://jfly.uni-koeln.de/color/).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#7F7F7F")


@dataclass(frozen=True)
class Style:
    """Size and weight of a figure: millimetres, points."""

    name: str
    width_mm: float
    height_mm: float
    font_pt: float
    line_pt: float
    marker_pt: float

    @property
    def size_inch(self) -> tuple[float, float]:
        """Width and height for matplotlib."""
        return self.width_mm / MM_PER_INCH, self.height_mm / MM_PER_INCH

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
        Style("single", 85.0, 64.0, 7.0, 0.9, 3.0),
        Style("double", 180.0, 95.0, 8.0, 1.1, 4.0),
        Style("slide", 280.0, 158.0, 16.0, 2.2, 7.0),
    )
}
