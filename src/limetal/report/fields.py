"""The fields of a picture with everything each needs: its axes, its series and their looks, its marked lines."""

from __future__ import annotations

from dataclasses import dataclass

from limetal.exhibits import Axis, Image, Line, Plot, Series, Span

__all__ = ["Field", "fields_of"]


@dataclass(frozen=True, eq=False)
class Field:
    """One field of a picture.

    Attributes
    ----------
    x, y
        Its axes; ``owns_x`` is false where the x axis is that of the field above.
    looks
        A number for each series, which gives its colour and marker: one label looks alike in all fields.
    lines
        All lines across it, those of the fields above on the same x axis included.
    words
        The lines whose words stand in this field.
    above
        The lines whose words stand above the picture.
    spans
        Named stretches of its x axis; their names stand above the first field.
    right, right_series, right_looks
        The second y axis of the first field, its series and their numbers, which go on after those of the left.
    """

    x: Axis
    y: Axis
    owns_x: bool
    series: tuple[Series, ...]
    looks: tuple[int, ...]
    lines: tuple[Line, ...]
    words: tuple[Line, ...]
    above: tuple[Line, ...] = ()
    image: Image | None = None
    spans: tuple[Span, ...] = ()
    right: Axis | None = None
    right_series: tuple[Series, ...] = ()
    right_looks: tuple[int, ...] = ()


def fields_of(plot: Plot) -> tuple[Field, ...]:
    """The first field of a plot and its panels.

    Examples
    --------
    >>> import numpy as np
    >>> from limetal.exhibits import Panel
    >>> one, fit = (Series(np.array([1.0]), np.array([1.0]), label) for label in ("measured", "fit"))
    >>> axis = Axis("f", "Hz")
    >>> plot = Plot("p", "P", axis, axis, (one, fit), panels=(Panel(axis, (fit,)),))
    >>> [field.looks for field in fields_of(plot)]
    [(0, 1), (1,)]
    """
    above = tuple(line for line in plot.marks if line.axis == "x" and line.label)
    words = tuple(line for line in plot.marks if line.axis == "y" and line.label)
    every = _looks((*plot.series, *plot.right_series))
    looks, right_looks = every[: len(plot.series)], every[len(plot.series) :]
    first = Field(
        plot.x, plot.y, True, plot.series, looks, plot.marks, words, above, plot.image,
        plot.spans, plot.right, plot.right_series, right_looks,
    )  # fmt: skip
    fields = [first]
    known: dict[str, int] = {}
    for series, look in zip((*plot.series, *plot.right_series), every, strict=True):
        known.setdefault(series.label, look)
    free = max(every, default=-1) + 1
    for panel in plot.panels:
        numbers: list[int] = []
        for index, series in enumerate(panel.series):
            if series.label and series.label not in known:
                known[series.label] = free
                free += 1
            follows = _follows(series) and numbers
            numbers.append(known[series.label] if series.label else numbers[-1] if follows else index)
        x = panel.x or fields[-1].x
        inherited = () if panel.x else tuple(line for line in fields[-1].lines if line.axis == "x")
        labelled = tuple(line for line in panel.marks if line.label)
        lines = (*inherited, *panel.marks)
        spans = () if panel.x else fields[-1].spans
        fields.append(
            Field(x, panel.y, panel.x is not None, panel.series, tuple(numbers), lines, labelled, spans=spans)
        )
    return tuple(fields)


def _looks(series: tuple[Series, ...]) -> tuple[int, ...]:
    """A number for each series; ticks without a label look like the series before them."""
    looks: list[int] = []
    for one in series:
        new = max(looks, default=-1) + 1
        looks.append(looks[-1] if looks and _follows(one) else new)
    return tuple(looks)


def _follows(series: Series) -> bool:
    """Whether a series has the colour of the one before it."""
    return series.mark == "ticks" and not series.label
