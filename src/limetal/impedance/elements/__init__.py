"""The circuit elements limetal knows; importing this registers them all, entry points of other packages included.

Another package adds elements by an entry point of the group ``limetal.elements`` that names an `Element` or a module
that registers some.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from types import ModuleType

from limetal.errors import LimetalError
from limetal.impedance.element import ELEMENTS, Element
from limetal.impedance.elements.diffusion import (
    finite_gerischer,
    generalised_gerischer,
    gerischer,
    open_warburg,
    short_warburg,
    warburg,
)
from limetal.impedance.elements.distributed import (
    constant_phase,
    debye,
    dielectric_havriliak_negami,
    havriliak_negami,
    zarc,
)
from limetal.impedance.elements.lines import (
    absorbing_line,
    absorbing_reacting_line,
    reflecting_line,
    reflecting_reacting_line,
    two_phase_line,
)
from limetal.impedance.elements.lumped import capacitor, inductor, modified_inductor, resistor

__all__ = [
    "absorbing_line",
    "absorbing_reacting_line",
    "capacitor",
    "constant_phase",
    "debye",
    "dielectric_havriliak_negami",
    "finite_gerischer",
    "generalised_gerischer",
    "gerischer",
    "havriliak_negami",
    "inductor",
    "modified_inductor",
    "open_warburg",
    "reflecting_line",
    "reflecting_reacting_line",
    "resistor",
    "short_warburg",
    "table",
    "two_phase_line",
    "warburg",
    "zarc",
]

#: Entry points of other packages.
GROUP = "limetal.elements"


def table() -> list[tuple[str, str, str, str, str, str, str]]:
    """Every element: symbol, synonyms, title, parameters with units, equation, limits, source.

    Examples
    --------
    >>> [row[3] for row in table() if row[0] == "Wo"]
    ['R (ohm), tau (s)']
    """
    rows = []
    for symbol, kind in sorted(ELEMENTS.items(), key=lambda item: (item[0].lower(), item[0])):
        if symbol == kind.symbol:
            parameters = ", ".join(p.name if p.unit == "1" else f"{p.name} ({p.unit})" for p in kind.parameters)
            limits = f"low frequency: {kind.limits[0]}; high: {kind.limits[1]}"
            synonyms = ", ".join(kind.synonyms)
            rows.append((symbol, synonyms, kind.title, parameters, kind.equation, limits, kind.source))
    return rows


def _load_entry_points() -> None:
    """Let other packages register their elements."""
    for entry in entry_points(group=GROUP):
        package = entry.dist.name if entry.dist else "another package"
        try:
            found = entry.load()
        except Exception as error:
            raise LimetalError(
                f"elements {entry.name!r} of {package} ({entry.value}) cannot be loaded: {error}"
            ) from error
        if not isinstance(found, Element | ModuleType):
            raise LimetalError(
                f"elements {entry.name!r} of {package} ({entry.value}): found {type(found).__name__}, want an element "
                "or a module that registers elements"
            )


_load_entry_points()
