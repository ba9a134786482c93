"""Tables for a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass, field

from limetal.errors import BadInputError

__all__ = ["Table"]


@dataclass(frozen=True, eq=False)
class Table:
    """One table for a spreadsheet: columns of one length, a unit each (``"1"`` for pure numbers, ``""`` for words).

    Attributes
    ----------
    name
        The file name without ending.
    columns
        Unit and values under the name of each column.
    title
        What the table is, for the page.
    comments
        A few words on some of the columns, by their names.

    Raises
    ------
    BadInputError
        If columns differ in length, or a comment belongs to no column.

    Examples
    --------
    >>> Table("capacity", {"cycle": ("1", [1, 2]), "areal_capacity": ("mAh/cm2", [1.0, 0.9])}).rows
    2
    """

    name: str
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = field(
        default_factory=dict
    )
    title: str = ""
    comments: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse columns of different length and comments on nothing."""
        lengths = {len(values) for _, values in self.columns.values()}
        if len(lengths) > 1:
            raise BadInputError(f"table {self.name}", f"columns of {sorted(lengths)} rows", "columns of one length")
        for name in self.comments:
            if name not in self.columns:
                raise BadInputError(f"table {self.name}", f"a comment on {name!r}", f"one of {', '.join(self.columns)}")

    @property
    def rows(self) -> int:
        """Number of rows."""
        return next((len(values) for _, values in self.columns.values()), 0)
