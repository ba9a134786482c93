"""What an analysis is, and what it tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from limetal.exhibits import Plot, Table
from limetal.ledger import Value

__all__ = ["Analysis", "Findings", "Number"]


@dataclass(frozen=True)
class Number:
    """One result; the subject and the origin come from the record it was computed from.

    ``at`` holds conditions as quantities and numbers (``("current_density", 1.0)``) for the relations; ``bound`` is
    ``>`` for a number that was not reached when the test ended (a censored life), else ``=``.
    """

    quantity: str
    value: Value
    std: float | None = None
    note: str = ""
    at: tuple[tuple[str, float | str], ...] = ()
    bound: Literal["=", ">"] = "="


@dataclass(frozen=True)
class Findings:
    """What an analysis says of one record: numbers, pictures, tables, doubts, and what it could not compute."""

    numbers: tuple[Number, ...] = ()
    plots: tuple[Plot, ...] = ()
    tables: tuple[Table, ...] = ()
    warnings: tuple[str, ...] = ()
    not_computed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Analysis:
    """A way to get numbers out of one kind of record.

    Attributes
    ----------
    title
        What it computes, in a few words.
    takes
        The record type.
    cells
        Kinds of cells it makes sense for; empty for any, also for a cell nobody described.
    analyse
        ``analyse(record, options) -> result``: the computation, a pure function.
    tell
        ``tell(result) -> Findings``: the result for the ledger and the report.
    options
        Frozen dataclass of the choices that change a number, each with a default.
    sources
        References of definition and method.
    order
        Where what it says stands among the others: what a reader looks for first has the lowest number.
    """

    title: str
    takes: type
    cells: tuple[str, ...]
    analyse: Callable[[Any, Any], Any]
    tell: Callable[[Any], Findings]
    options: type
    sources: tuple[str, ...]
    order: int = 50
