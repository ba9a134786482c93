"""What a reader is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from limetal.records.cycling import CyclingRecord

__all__ = ["ColumnHint", "ReadOptions", "Reader"]


@dataclass(frozen=True)
class ColumnHint:
    """Which column of a file holds a quantity, said by the user.

    ``column`` is the header as it stands in the file, or the number of the column counted from 1; ``unit`` is the
    unit of its numbers where the header does not say it.
    """

    column: str | int
    unit: str | None = None


@dataclass(frozen=True)
class ReadOptions:
    """What a user may say about a file; everything else is read from the file itself.

    ``columns`` maps ``time``, ``voltage``, ``current``, ``cycle`` or ``step`` to a `ColumnHint`.
    """

    columns: Mapping[str, ColumnHint] = field(default_factory=dict)


@dataclass(frozen=True)
class Reader:
    """A way to read one instrument format.

    Attributes
    ----------
    title
        What the format is called, for people.
    looks_like
        Whether the first 64 KiB of a file, and its name in lower case, are of this format. Content decides; the
        name may only break a tie.
    read
        Reads a file into a record; raises `BadInputError` with file and place.
    suffixes
        Usual endings of the name.
    documented_at
        Where the format is described, or whose files it was learnt from.
    last_resort
        Asked only when no other reader recognises the file.
    """

    title: str
    looks_like: Callable[[bytes, str], bool]
    read: Callable[[Path, ReadOptions], CyclingRecord]
    suffixes: tuple[str, ...]
    documented_at: str
    last_resort: bool = False
