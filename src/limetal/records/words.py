"""What a user says about a cell in words: ``kind=symmetric area='1.13 cm2'``."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from typing import Literal, cast

from limetal.errors import BadInputError
from limetal.records.cycling import CELL_KINDS, CellContext, CellKind
from limetal.units import read_quantity

__all__ = ["cell_from_words"]

_KEYS = ("kind", "area", "diameter", "mass", "starts", "capacity", "np", "temperature", "name")


def cell_from_words(words: Mapping[str, str], *, where: str = "--cell") -> CellContext:
    """Build what is known about a cell from words.

    Parameters
    ----------
    words
        ``kind`` (needed), ``area`` or ``diameter`` with a unit, ``mass`` (active mass), ``starts`` (``charge`` or
        ``discharge``), ``capacity`` (that C rates count), ``np`` (N/P ratio), ``temperature``,
        ``name``.
    where
        Place of the words, for messages.

    Raises
    ------
    BadInputError
        For an unknown key or kind, a missing kind, or a quantity that cannot be read.

    Examples
    --------
    >>> cell_from_words({"kind": "symmetric", "diameter": "12 mm"}).area_cm2
    1.1309733552923256
    """
    for key in words:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise BadInputError(where, repr(key), f"one of {', '.join(_KEYS)}{hint}")
    kind = words.get("kind", "")
    if kind not in CELL_KINDS:
        near = difflib.get_close_matches(kind, CELL_KINDS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        found = f"kind={kind}" if kind else "no kind"
        raise BadInputError(where, found, f"kind=one of {', '.join(CELL_KINDS)}{hint}")
    if "area" in words and "diameter" in words:
        raise BadInputError(where, "both area and diameter", "one of them")
    area = read_quantity(words["area"], "cm2", where=f"{where} area") if "area" in words else None
    if "diameter" in words:
        diameter = read_quantity(words["diameter"], "cm", where=f"{where} diameter")
        if diameter < 0:
            raise BadInputError(where, f"diameter={words['diameter']}", "more than zero")
        area = math.pi * diameter**2 / 4
    if area is not None and area <= 0:
        raise BadInputError(where, f"an area of {area:g} cm2", "more than zero")
    starts = words.get("starts", "")
    if starts not in {"", "charge", "discharge"}:
        raise BadInputError(where, f"starts={starts}", "starts=charge or starts=discharge")
    return CellContext(
        cast("CellKind", kind),
        area,
        words.get("name", ""),
        mass_mg=_more_than_zero(words, "mass", "mg", where),
        starts=cast("Literal['', 'charge', 'discharge']", starts),
        nominal_capacity_mAh=_more_than_zero(words, "capacity", "mAh", where),
        np_ratio=_more_than_zero(words, "np", "1", where),
        temperature_K=_more_than_zero(words, "temperature", "K", where),
    )


def _more_than_zero(words: Mapping[str, str], key: str, unit: str, where: str) -> float | None:
    if key not in words:
        return None
    value = read_quantity(words[key], unit, where=f"{where} {key}")
    if value <= 0:
        raise BadInputError(where, f"{key}={words[key]}", "more than zero")
    return value
