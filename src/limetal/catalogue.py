"""Lists of what limetal knows, as lines of text for `limetal list`."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator

from limetal import registry
from limetal.errors import BadInputError

__all__ = ["catalogue"]


def catalogue(what: str) -> Iterator[str]:
    """Lines that list studies, readers, analyses, relations, quantities, units, materials or elements.

    Raises
    ------
    BadInputError
        If there is no such list.

    Examples
    --------
    >>> [line.split()[0] for line in catalogue("studies")]
    ['lmzg', 'lznc']
    """
    if what not in _LISTS:
        near = difflib.get_close_matches(what, _LISTS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise BadInputError("limetal list", repr(what), f"one of {', '.join(_LISTS)}{hint}")
    return _LISTS[what]()


def _studies() -> Iterator[str]:
    from limetal.study import bundled_studies, read_study

    for name in bundled_studies():
        yield f"{name:<8} {read_study(name).model.study.title}"


def _readers() -> Iterator[str]:
    for name in registry.names("limetal.readers"):
        reader = registry.load("limetal.readers", name)
        yield f"{name:<19} {reader.title} ({', '.join(reader.suffixes)})"


def _analyses() -> Iterator[str]:
    for name in registry.names("limetal.analyses"):
        plugin = registry.load("limetal.analyses", name)
        yield f"{name:<12} {plugin.title} [{', '.join(plugin.cells) or 'any cell'}]"


def _relations() -> Iterator[str]:
    for name in registry.names("limetal.claims.relations"):
        relation = registry.load("limetal.claims.relations", name)
        first = (relation.check.__doc__ or "").strip().splitlines()[0]
        yield f"{relation.name:<34} {first}"


def _quantities() -> Iterator[str]:
    from limetal.quantities import QUANTITIES

    for q in QUANTITIES.values():
        yield f"{q.name:<30} {q.unit:<9} {q.symbol:<8} {q.meaning}"


def _units() -> Iterator[str]:
    from limetal.units import FIELD_UNITS

    for unit, (_, example) in FIELD_UNITS.items():
        yield f'{unit:<10} for example "{example}"'


def _materials() -> Iterator[str]:
    from limetal.materials import all_facts

    for room, name, field, fact in all_facts():
        spread = f" ± {fact.std:.2g}" if fact.std else ""
        word = "assumed: " if fact.assumed and not fact.source.startswith("assumed") else ""
        yield f"{room} {name}: {field} {fact.value:.5g}{spread} {fact.unit} ({word}{fact.source})"


def _elements() -> Iterator[str]:
    from limetal.impedance.elements import table

    for symbol, synonyms, title, parameters, *_ in table():
        names = f"{symbol}, {synonyms}" if synonyms else symbol
        yield f"{names:<12} {title} [{parameters}]"


_LISTS: dict[str, Callable[[], Iterator[str]]] = {
    "studies": _studies,
    "readers": _readers,
    "analyses": _analyses,
    "relations": _relations,
    "quantities": _quantities,
    "units": _units,
    "materials": _materials,
    "elements": _elements,
}
