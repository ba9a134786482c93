"""What an analysis or a design shows beside its numbers: plots and tables as plain data.

Nothing here draws. `limetal.report` turns a `Plot` into a picture and a `Table` into a file, so that a new
analysis is one file and needs no knowledge of a drawing library.
"""

from limetal.exhibits.axes import Axis, TopAxis
from limetal.exhibits.parts import Image, Inset, Line, Series, Span
from limetal.exhibits.plots import Panel, Plot, overlay
from limetal.exhibits.tables import Table

__all__ = [
    "Axis",
    "Image",
    "Inset",
    "Line",
    "Panel",
    "Plot",
    "Series",
    "Span",
    "Table",
    "TopAxis",
    "overlay",
]
