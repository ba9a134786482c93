"""What no file tells about a cell, and a user must say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["CELL_KINDS", "CellContext", "CellKind"]

CellKind = Literal["symmetric", "half", "full", "copper", "anode-free"]
CELL_KINDS: tuple[str, ...] = get_args(CellKind)


@dataclass(frozen=True)
class CellContext:
    """What a user must say about the cell, because no file tells it.

    Attributes
    ----------
    kind
        ``symmetric`` (Li|Li), ``half`` (any electrode against lithium), ``full``, ``copper`` (Li|Cu) or
        ``anode-free``. It decides what a cycle is and is never guessed.
    area_cm2
        Area of one face; None if unknown, then nothing is given per area.
    name
        Path of the cell in the study.
    working_electrode
        The electrode at the negative terminal: positive current plates lithium on it.
    """

    kind: CellKind
    area_cm2: float | None = None
    name: str = ""
    working_electrode: str = "the electrode at the negative terminal"
