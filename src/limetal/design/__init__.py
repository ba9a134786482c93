"""From a recipe to a composition, an electrode and a cell: arithmetic with its uncertainty."""

from limetal.design.library import Library, library
from limetal.design.outline import Design, design
from limetal.design.recipe import Composition, PhaseShare, compose

__all__ = ["Composition", "Design", "Library", "PhaseShare", "compose", "design", "library"]
