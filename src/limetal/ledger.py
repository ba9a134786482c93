"""The ledger: every number of a study, with its origin.

Five origins exist. ``stated``: somebody wrote it down. ``measured``: computed from an instrument's file.
``derived``: arithmetic on a recipe or on other entries. ``simulated``: a physical model made the record and the
same analysis read it. ``assumed``: a prior or a library default.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from limetal.errors import BadInputError
from limetal.quantities import quantity

__all__ = ["ORIGINS", "SCHEMA", "Entry", "Ledger", "Origin", "Value"]

#: Name of the JSON schema of every ``--json`` output and of ``results.json``.
SCHEMA = "limetal/1"

Origin = Literal["stated", "measured", "derived", "simulated", "assumed"]
ORIGINS: dict[str, str] = {
    "stated": "somebody wrote it down",
    "measured": "computed from an instrument's file",
    "derived": "arithmetic on a recipe or on other entries",
    "simulated": "a physical model made the record, the same analysis read it",
    "assumed": "a prior or a library default, not verified here",
}
Value = float | str | tuple[float | str, ...]


@dataclass(frozen=True)
class Entry:
    """One number with its origin.

    Attributes
    ----------
    subject
        What it is a number of: the path in the study, for example ``electrodes.LZNC``.
    quantity
        A word of the vocabulary (`limetal.quantities.QUANTITIES`).
    value
        A number in the unit of the quantity, words, or a tuple of either. Never NaN: what cannot be known is
        the text ``"unknown"`` or ``"not identified"``.
    std
        Standard uncertainty in the same unit; None when it is not identified.
    origin
        One of the five.
    source
        Where the number comes from: a place in a document, a file, a formula, a reference.
    note
        Conditions and caveats, for people.
    at
        The conditions as quantities and numbers, for relations; printed in the note.
    claim
        The id of the claim that stated it, if one did.
    rounding, loose_rounding, bound
        For stated numbers: half a unit of the last printed digit, the same when zeros at the end of a whole
        number are only fill, and ``=``, ``~``, ``<`` or ``>``.
    """

    subject: str
    quantity: str
    value: Value
    std: float | None
    origin: Origin
    source: str
    note: str = ""
    at: tuple[tuple[str, float | str], ...] = ()
    claim: str = ""
    rounding: float = 0.0
    loose_rounding: float = 0.0
    bound: str = "="

    def __post_init__(self) -> None:
        """Refuse what would be a wrong number that looks right."""
        where = f"{self.subject} {self.quantity}"
        quantity(self.quantity, where=where)
        if self.origin not in ORIGINS:
            raise BadInputError(where, f"origin {self.origin!r}", f"one of {', '.join(ORIGINS)}")
        if not self.source:
            raise BadInputError(where, "no source", "a source for every number")
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        for value in (*values, self.std):
            if isinstance(value, float | int) and not math.isfinite(value):
                raise BadInputError(where, repr(value), 'a finite number, or the words "not identified"')
        if self.std is not None and self.std < 0:
            raise BadInputError(where, f"the standard uncertainty {self.std:g}", "zero or more, or None")

    @property
    def unit(self) -> str:
        """Field unit of the value."""
        return quantity(self.quantity).unit

    @property
    def number(self) -> float | None:
        """The value if it is one number, else None."""
        return float(self.value) if isinstance(self.value, int | float) else None

    def as_json(self) -> dict[str, Any]:
        """Return the entry with the eight keys of the published schema.

        Examples
        --------
        >>> Entry("cells.a", "np_ratio", 1.9, None, "stated", "Results, p. 8").as_json()["unit"]
        '1'
        """
        return {
            "subject": self.subject,
            "quantity": self.quantity,
            "value": list(self.value) if isinstance(self.value, tuple) else self.value,
            "std": self.std,
            "unit": self.unit,
            "origin": self.origin,
            "source": self.source,
            "note": self.note,
        }


@dataclass(frozen=True)
class Ledger:
    """The table of entries; adding returns a new ledger.

    Examples
    --------
    >>> ledger = Ledger().plus([Entry("electrodes.Li", "thickness", 50.0, None, "stated", "Results")])
    >>> ledger.number("electrodes.Li", "thickness")
    50.0
    """

    entries: tuple[Entry, ...] = ()

    def plus(self, entries: Iterable[Entry]) -> Ledger:
        """Return a ledger with more entries at the end."""
        return Ledger((*self.entries, *entries))

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def find(
        self, subject: str | None = None, quantity: str | None = None, origin: Origin | None = None
    ) -> tuple[Entry, ...]:
        """Return all entries of a subject, quantity and origin; None means any."""
        return tuple(
            e
            for e in self.entries
            if (subject is None or e.subject == subject)
            and (quantity is None or e.quantity == quantity)
            and (origin is None or e.origin == origin)
        )

    def number(self, subject: str, quantity: str) -> float | None:
        """Return the first number of a quantity that is not a claim, or None."""
        for entry in self.find(subject, quantity):
            if not entry.claim and entry.number is not None:
                return entry.number
        return None

    def claims(self, quantity: str, subject: str | None = None) -> tuple[Entry, ...]:
        """Return the stated numbers that are claims to be audited."""
        return tuple(e for e in self.find(subject, quantity, "stated") if e.claim and e.number is not None)

    def subjects(self, room: str) -> tuple[str, ...]:
        """Return the subjects directly in one table of the study (``electrodes``, ``cells``), in order of entry."""
        seen = dict.fromkeys(e.subject for e in self.entries)
        return tuple(s for s in seen if s.startswith(f"{room}.") and s.count(".") == 1)
