"""Binders and conductive carbons of a coating."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from limetal.materials.facts import Fact
from limetal.materials.phases import PHASES

__all__ = ["ADDITIVES", "Additive"]


@dataclass(frozen=True)
class Additive:
    """A binder or a conductive carbon.

    Examples
    --------
    >>> ADDITIVES["PVDF"].role, ADDITIVES["PVDF"].density.value
    ('binder', 1.78)
    """

    name: str
    role: Literal["binder", "carbon"]
    density: Fact


def _row(name: str, role: Literal["binder", "carbon"], density: float, std: float, source: str) -> Additive:
    convention = "solid density: without the pores of the powder"
    return Additive(name, role, Fact(density, std, "g/cm3", source, assumed=True, convention=convention))


_HANDBOOK = "handbook value, not verified"

ADDITIVES: dict[str, Additive] = {
    additive.name: additive
    for additive in (
        _row("PVDF", "binder", 1.78, 0.02, _HANDBOOK),
        _row("CMC", "binder", 1.6, 0.05, _HANDBOOK),
        _row("SBR", "binder", 0.94, 0.02, _HANDBOOK),
        _row(
            "Super P",
            "carbon",
            2.0,
            0.1,
            "handbook value, not verified; apparent densities are ten times smaller",
        ),
        Additive("CNT", "carbon", PHASES["CNT"].density),
    )
}
