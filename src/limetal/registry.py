"""Find plug-ins: a file dropped into a room of limetal, or an entry point of another package.

A plug-in is one file whose last line is ``PLUGIN = Reader(...)`` (or ``Analysis``, ``Relation``). Listing names
imports none of them. Other packages join through entry points of the group that has the room's name, for
example ``limetal.readers``.
"""

from __future__ import annotations

import difflib
import pkgutil
import re
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from limetal.errors import BadInputError, LimetalError

__all__ = ["ROOMS", "load", "names", "said"]

#: The rooms that hold plug-ins, with what one of them is.
ROOMS = {
    "limetal.readers": "reader",
    "limetal.analyses": "analysis",
    "limetal.claims.relations": "relation",
}


@cache
def names(room: str) -> tuple[str, ...]:
    """Names of all plug-ins of a room, sorted, without importing them.

    Examples
    --------
    >>> "neware" in names("limetal.readers")
    True
    """
    spec = find_spec(room)
    paths = list(spec.submodule_search_locations or []) if spec else []
    inside = {m.name for m in pkgutil.iter_modules(paths) if not m.name.startswith("_")}
    outside = {e.name for e in entry_points(group=room)}
    return tuple(sorted(inside | outside))


@cache
def load(room: str, name: str) -> Any:  # noqa: ANN401 - the room decides the type
    """Import one plug-in and return its ``PLUGIN``; a file of limetal wins over an entry point of the same name.

    Raises
    ------
    BadInputError
        If the room has no plug-in of that name.
    LimetalError
        If the file has no ``PLUGIN``.
    """
    known = names(room)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" (nearest: {near[0]!r})" if near else ""
        raise BadInputError(ROOMS.get(room, room), repr(name), f"one of {', '.join(known)}{hint}")
    if find_spec(f"{room}.{name}") is not None:
        plugin = getattr(import_module(f"{room}.{name}"), "PLUGIN", None)
    else:
        plugin = _load_entry_point(room, name)
    if plugin is None:
        raise LimetalError(f"{room}.{name} has no PLUGIN: its last line should be PLUGIN = ...")
    return plugin


@cache
def said(room: str, name: str, key: str) -> str:
    """Word that a plug-in of limetal gives for a key of its last lines (``takes=CyclingRecord``), without importing it.

    Empty where it cannot be read there, as for plug-ins of other packages. Plug-ins can be heavy: those of impedance
    load a compiler, which an analysis of cycling need not wait for.

    Examples
    --------
    >>> said("limetal.analyses", "hysteresis", "takes")
    'CyclingRecord'
    """
    spec = find_spec(room)
    for folder in list(spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / f"{name}.py"
        if path.is_file():
            _, _, end = path.read_text(encoding="utf-8").rpartition("\nPLUGIN = ")
            found = re.search(rf"\b{key}=(\w+)", end)
            return found[1] if found else ""
    return ""


def _load_entry_point(room: str, name: str) -> Any:  # noqa: ANN401 - the room decides the type
    entry = next(e for e in entry_points(group=room) if e.name == name)
    try:
        return entry.load()
    except Exception as error:
        package = entry.dist.name if entry.dist else "another package"
        raise LimetalError(f"plug-in {name!r} of {package} ({entry.value}) cannot be loaded: {error}") from error
