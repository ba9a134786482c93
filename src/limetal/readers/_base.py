"""What a reader is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from limetal.records.base import Record

if TYPE_CHECKING:
    from limetal.readers._file import RawFile

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

    ``columns`` maps a quantity (``time``, ``voltage``, ``current``, ...) to a `ColumnHint`. Readers of formats that
    name their columns themselves refuse it.
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
        Whether a file is of this format. Content decides; the name may only break a tie. It must be quick, look at
        ``file.head`` (64 KiB) before anything larger, and never raise.
    read
        Reads a file into a record, or into several where the file holds several measurements; raises
        `BadInputError` with file and place, and no other exception.
    suffixes
        Usual endings of the name.
    documented_at
        Where the format is described, or whose files it was learnt from.
    gives
        Kinds of records it can give.
    instruments
        Makers (and programs) whose files these are.
    rank
        0 for the format of an instrument, 1 for a format several kinds of program write and only its column names
        tell what it is (BDF), 2 for tables of any origin: asked only when no other reader knows the file.
    takes_columns
        Quantities whose column a user may name; empty where the format names its columns itself.
    """

    title: str
    looks_like: Callable[[RawFile], bool]
    read: Callable[[RawFile, ReadOptions], Record | Sequence[Record]]
    suffixes: tuple[str, ...]
    documented_at: str
    gives: tuple[str, ...] = ("cycling",)
    instruments: tuple[str, ...] = ()
    rank: int = 0
    takes_columns: tuple[str, ...] = ()
