"""Free places for words inside a picture: beside their point, on no curve, on no other words, inside the frame.

Lengths are in points (1/72 inch). The width of a text is estimated from its letters, because the letters of an
SVG are drawn by the reader's fonts anyway.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Box", "Wish", "place", "rows_of", "text_width"]

#: Mean width and height of a line of text over the height of the font; a little more than DejaVu Sans needs.
LETTER_WIDTH = 0.62
LINE_HEIGHT = 1.2
#: Directions from a point to its words, the preferred first, and distances of the edge in fonts.
_DIRECTIONS = tuple(math.radians(angle) for angle in (90, 45, 135, 0, 180, -45, -90, -135, 67, 112, 22, 158))
_DISTANCES = (0.7, 1.6, 2.6, 3.8)
#: From this distance on a thin line leads from the words to their point.
LEADER_FROM = 1.5
#: Room between words and curves, in fonts: about the half of a marker.
_PADDING = 0.3
#: What a curve under the leader costs, compared with one step away from the preferred place.
_CROSSING = 3.0


@dataclass(frozen=True)
class Box:
    """A rectangle, in points or in parts of a field."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def centre(self) -> float:
        """Middle between left and right."""
        return (self.left + self.right) / 2

    def touches(self, other: Box) -> bool:
        """Whether two rectangles share any place."""
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.top <= other.bottom or other.top <= self.bottom)

    def inside(self, frame: Box) -> bool:
        """Whether the rectangle lies within a frame."""
        wide = frame.left <= self.left and self.right <= frame.right
        return wide and frame.bottom <= self.bottom and self.top <= frame.top

    def holds(self, points: NDArray[np.float64]) -> int:
        """Number of points, (n, 2), inside."""
        x, y = points[:, 0], points[:, 1]
        return int(np.count_nonzero((x > self.left) & (x < self.right) & (y > self.bottom) & (y < self.top)))


@dataclass(frozen=True)
class Wish:
    """Words that want a place: near ``anchor``, or at one of ``centres`` if given; ``needed`` words never vanish."""

    text: str
    anchor: tuple[float, float]
    centres: tuple[tuple[float, float], ...] = ()
    needed: bool = False


def text_width(text: str, font_pt: float) -> float:
    """Width of a text in points, estimated.

    Examples
    --------
    >>> text_width("1 kHz", 10.0)
    31.0
    """
    return max((len(line) for line in text.split("\n")), default=0) * LETTER_WIDTH * font_pt


def place(
    wishes: Sequence[Wish], obstacles: NDArray[np.float64], frame: Box, font_pt: float
) -> list[tuple[float, float, bool] | None]:
    """Centre of every text and whether it needs a leader; None where no place is free.

    Parameters
    ----------
    wishes
        The most important first: later ones give way.
    obstacles : (n, 2) float
        Points of curves and lines.
    frame
        Where words may stand.
    font_pt
        Height of the font.

    Examples
    --------
    >>> nothing = np.empty((0, 2))
    >>> place([Wish("10", (50.0, 50.0))], nothing, Box(0, 0, 100, 100), 10.0)
    [(50.0, 63.0, False)]
    """
    taken: list[Box] = []
    anchors = np.array([w.anchor for w in wishes], dtype=float).reshape(-1, 2)
    found: list[tuple[float, float, bool] | None] = []
    for wish in wishes:
        best: tuple[float, float, float, bool] | None = None
        for cost, x, y, leader in _candidates(wish, font_pt):
            box = _box(wish.text, x, y, font_pt)
            if not box.inside(frame) or any(box.touches(other) for other in taken):
                continue
            hits = box.holds(anchors) + _padded(box, font_pt).holds(obstacles)
            if hits and not wish.needed:
                continue
            total = cost + 100.0 * hits
            if leader:
                path = _path(wish.anchor, (x, y))
                if any(other.holds(path) for other in taken):
                    continue
                total += _CROSSING * _crossings(path, obstacles, font_pt)
            if best is None or total < best[0]:
                best = (total, x, y, leader)
        found.append(None if best is None else best[1:])
        if best is not None:
            taken.append(_box(wish.text, best[1], best[2], font_pt))
    return found


def _candidates(wish: Wish, font_pt: float) -> Iterable[tuple[float, float, float, bool]]:
    """Cost, centre and leader of the places a text would take."""
    if wish.centres:
        yield from ((float(i), x, y, False) for i, (x, y) in enumerate(wish.centres))
        return
    half_width, half_height = text_width(wish.text, font_pt) / 2, LINE_HEIGHT * font_pt / 2
    for step, distance in enumerate(_DISTANCES):
        for rank, angle in enumerate(_DIRECTIONS):
            across, up = math.cos(angle), math.sin(angle)
            x = wish.anchor[0] + across * (half_width + distance * font_pt)
            y = wish.anchor[1] + up * (half_height + distance * font_pt)
            yield 0.3 * rank + 5.0 * step, x, y, distance >= LEADER_FROM


def _box(text: str, x: float, y: float, font_pt: float) -> Box:
    lines = text.count("\n") + 1
    half_width, half_height = text_width(text, font_pt) / 2, lines * LINE_HEIGHT * font_pt / 2
    return Box(x - half_width, y - half_height, x + half_width, y + half_height)


def _padded(box: Box, font_pt: float) -> Box:
    pad = _PADDING * font_pt
    return Box(box.left - pad, box.bottom - pad, box.right + pad, box.top + pad)


def _path(start: tuple[float, float], end: tuple[float, float]) -> NDArray[np.float64]:
    part = np.linspace(0.0, 1.0, 24)[:, None]
    return np.asarray(np.array(start) * (1 - part) + np.array(end) * part)


def _crossings(path: NDArray[np.float64], obstacles: NDArray[np.float64], font_pt: float) -> int:
    """Number of obstacles close to a leader, its beginning at the point itself left out."""
    if not obstacles.size:
        return 0
    far = path[np.hypot(*(path - path[0]).T) > 0.6 * font_pt]
    box = Box(*(far.min(axis=0) - 2), *(far.max(axis=0) + 2))
    x, y = obstacles.T
    near = obstacles[(x > box.left) & (x < box.right) & (y > box.bottom) & (y < box.top)]
    if not near.size:
        return 0
    distance = np.hypot(near[:, None, 0] - far[None, :, 0], near[:, None, 1] - far[None, :, 1])
    return int(np.count_nonzero(distance.min(axis=1) < 0.15 * font_pt))


def rows_of(
    texts: Sequence[str], centres: Sequence[float], frame: tuple[float, float], font_pt: float
) -> list[tuple[float, int]]:
    """Centre and row of words that stand above a picture, each over its place, in as many rows as they need.

    Examples
    --------
    >>> rows_of(["first", "second"], [50.0, 52.0], (0.0, 200.0), 10.0)
    [(50.0, 0), (52.0, 1)]
    """
    ends: list[float] = []
    found: dict[int, tuple[float, int]] = {}
    for index in sorted(range(len(texts)), key=lambda i: centres[i]):
        half = text_width(texts[index], font_pt) / 2
        centre = min(max(centres[index], frame[0] + half), max(frame[1] - half, frame[0] + half))
        row = next((r for r, end in enumerate(ends) if end < centre - half), len(ends))
        if row == len(ends):
            ends.append(0.0)
        ends[row] = centre + half + 0.8 * font_pt
        found[index] = (centre, row)
    return [found[i] for i in range(len(texts))]
