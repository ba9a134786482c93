"""What every record is: named columns of numbers, where they came from, and what a reader noticed.

One kind of measurement is one subclass in a file of its own. Columns carry names with their unit, in the pattern of
the Battery Data Format (``test_time_second``); what a format has beyond them is kept in ``more`` under its own header.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from limetal.errors import BadInputError
from limetal.records.cells import CellContext

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "About",
    "Column",
    "Floats",
    "Integers",
    "LazyColumns",
    "ParquetColumns",
    "Record",
    "handed_over",
    "words_in_runs",
]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_ROWS_A_RUN = 10


@dataclass(frozen=True)
class About:
    """What a file says about itself, word for word; empty where it says nothing. No number of limetal rests on it.

    Attributes
    ----------
    instrument
        Maker and model.
    software
        Program and version that wrote the file.
    technique
        As the file calls it: ``"GCPL"``, ``"PEIS"``, ``"2theta/omega"``.
    start_time
        ISO 8601; with an offset only if the file gives one.
    sample
        Name of cell or sample as the operator typed it.
    comment
        Words of the operator.
    settings
        Everything else, by the file's own keys.
    """

    instrument: str = ""
    software: str = ""
    technique: str = ""
    start_time: str = ""
    sample: str = ""
    comment: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


class LazyColumns(Mapping[str, NDArray[np.generic]]):
    """Columns of a polars table that become arrays when they are asked for.

    Few analyses look at the columns a format has beyond the known ones, and words in a million rows are costly.

    Examples
    --------
    >>> import polars as pl
    >>> columns = LazyColumns(pl.DataFrame({"Aux (degC)": [25.0, 25.1], "remark": ["a", None]}))
    >>> list(columns), columns.rows, columns["remark"].tolist()
    (['Aux (degC)', 'remark'], 2, ['a', ''])
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self._words: dict[str, NDArray[np.generic]] = {}

    def __getitem__(self, name: str) -> NDArray[np.generic]:
        import polars as pl

        if name not in self._frame.columns:
            raise KeyError(name)
        column = self._frame[name]
        if column.dtype == pl.Float64 and not column.null_count():
            plain: NDArray[np.generic] = column.to_numpy()
            return plain
        if column.dtype.is_numeric():
            values: NDArray[np.generic] = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
            return values
        if name not in self._words:
            column = column.cast(pl.String).fill_null("")
            words = words_in_runs(column)
            if words is None:
                return column.to_numpy()  # an object a row is too much to keep
            words.flags.writeable = False
            self._words[name] = words
        return self._words[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._frame.columns)

    def __len__(self) -> int:
        return int(self._frame.width)

    def __reduce__(self) -> tuple[type[LazyColumns], tuple[pl.DataFrame]]:
        return LazyColumns, (self._frame,)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self._frame.height)

    @property
    def frame(self) -> pl.DataFrame:
        """The table itself."""
        return self._frame


class ParquetColumns(Mapping[str, NDArray[np.generic]]):
    """Columns of a Parquet table in memory, each unpacked when it is asked for; many are asked for by nobody.

    ``prefix`` stands before every name inside; ``where`` is the file, for messages. With ``own_types`` numbers keep
    the type they have inside, else all are floats.

    Examples
    --------
    >>> import io
    >>> import polars as pl
    >>> file = io.BytesIO()
    >>> pl.DataFrame({"remark": ["a", None], "n": [1, 2]}).write_parquet(file)
    >>> columns = ParquetColumns(file.getvalue(), ("n", "remark"), 2)
    >>> list(columns), columns.rows, columns["n"].tolist(), columns["remark"].tolist()
    (['n', 'remark'], 2, [1.0, 2.0], ['a', ''])
    """

    def __init__(
        self,
        packed: bytes,
        names: tuple[str, ...],
        rows: int,
        where: str = "",
        prefix: str = "",
        *,
        own_types: bool = False,
    ) -> None:
        self._packed, self._names, self.rows = packed, names, rows
        self._where, self._prefix, self._own_types = where, prefix, own_types
        self._asked: dict[str, NDArray[np.generic]] = {}

    def __getitem__(self, name: str) -> NDArray[np.generic]:
        import io

        import polars as pl

        if name not in self._names:
            raise KeyError(name)
        if name not in self._asked:
            inside = f"{self._prefix}{name}"
            try:
                table = pl.read_parquet(io.BytesIO(self._packed), columns=[inside])
            except pl.exceptions.PolarsError as error:
                reason = str(error).splitlines()[0]
                raise BadInputError(self._where, f"a damaged column {name!r} ({reason})", "a whole one") from error
            column = table[inside].rechunk()
            plain = self._own_types and column.dtype != pl.String
            values = column.to_numpy() if plain else LazyColumns(pl.DataFrame({name: column}))[name]
            values.flags.writeable = False
            self._asked[name] = values
        return self._asked[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_asked": {}}


def words_in_runs(column: pl.Series) -> NDArray[np.generic] | None:
    """Words of a column as objects, equal ones the same; None where few stand in several rows one below the other.

    States of a cycler repeat a million times, and are found by their runs in a tenth of the time.

    Examples
    --------
    >>> import polars as pl
    >>> words_in_runs(pl.Series(["R"] * 12 + ["C"] * 12)).tolist()[10:14]
    ['R', 'R', 'C', 'C']
    >>> words_in_runs(pl.Series(["R", "C"])) is None
    True
    """
    runs = column.rle().struct.unnest()
    if runs.height > len(column) // _ROWS_A_RUN:
        return None
    shared: dict[str, str] = {}
    words = np.array([shared.setdefault(text, text) for text in runs["value"].to_list()], dtype=object)
    return np.repeat(words, runs["len"].to_numpy())


@dataclass(frozen=True)
class Column:
    """One column a kind of record may have.

    ``needed``: every record has it. ``gaps``: values may be missing (NaN). ``count``: whole numbers.
    """

    name: str
    unit: str
    label: str
    needed: bool = False
    gaps: bool = False
    count: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Record:
    """Base of all records.

    Attributes
    ----------
    source
        File or model the record came from.
    origin
        ``measured`` or ``simulated``.
    label
        Which of several records of one file it is (``"spectrum 3"``, ``"C 1s"``); empty if there is one.
    about
        What the file says about itself.
    cell
        What is known about the cell; None until a study or ``--cell`` says it.
    more
        Further columns of the file under their own headers, as long as the record.
    warnings
        What a reader noticed and a user should know.
    """

    source: str
    origin: Literal["measured", "simulated"] = "measured"
    label: str = ""
    about: About = field(default_factory=About)
    cell: CellContext | None = None
    more: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    #: What kind of measurement it is, in one word.
    kind: ClassVar[str] = ""
    #: Columns it may have, in the order of a table.
    COLUMNS: ClassVar[tuple[Column, ...]] = ()
    #: Fewest rows that make sense.
    MIN_ROWS: ClassVar[int] = 2

    def __post_init__(self) -> None:
        """Refuse columns of unequal length, missing numbers, and too few rows; keep read-only copies."""
        n = self.rows
        if n < self.MIN_ROWS:
            words = {1: "one row", 2: "two rows"}.get(self.MIN_ROWS, f"{self.MIN_ROWS} rows")
            raise BadInputError(self.source, f"{n} row{'s' * (n != 1)} of data", f"at least {words}")
        for column in self.COLUMNS:
            values = getattr(self, column.name)
            if values is None:
                if column.needed:
                    raise BadInputError(self.source, f"no {column.name}", f"{column.name}")
                continue
            values = np.asarray(values)
            if values.shape != (n,):
                shape = f" in shape {values.shape}" if values.ndim != 1 else ""
                found = f"{column.name} with {values.size} rows{shape}"
                wanted = f"{n} rows as in {self._first().name}" if values.ndim == 1 else "one column"
                raise BadInputError(self.source, found, wanted)
            if not column.gaps and values.dtype.kind not in "iu" and not (finite := np.isfinite(values)).all():
                raise BadInputError(
                    f"{self.source}, data row {int(np.argmin(finite)) + 1}",
                    f"no number in {column.name} ({int(n - finite.sum())} of {n} rows)",
                    "a number in every row",
                )
            object.__setattr__(self, column.name, _own(values, np.int64 if column.count else np.float64))
        more = self.more
        for name in more:
            length = more.rows if isinstance(more, LazyColumns | ParquetColumns) else len(more[name])
            if length != n:
                raise BadInputError(self.source, f"column {name!r} with {length} rows", f"{n} rows")

    def _first(self) -> Column:
        """Return the first column that is there."""
        return next((c for c in self.COLUMNS if getattr(self, c.name) is not None), self.COLUMNS[0])

    @property
    def rows(self) -> int:
        """Number of rows."""
        values = getattr(self, self._first().name)
        return 0 if values is None else int(np.size(values))

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return the columns that are there, by name, in the order of a table; ``more`` is not among them."""
        return {c.name: getattr(self, c.name) for c in self.COLUMNS if getattr(self, c.name) is not None}

    def at_rows(self, rows: NDArray[np.intp] | slice, label: str) -> Self:
        """Return the record of some rows, under a label of its own."""
        columns: dict[str, Any] = {name: values[rows] for name, values in self.columns().items()}
        more = {name: values[rows] for name, values in self.more.items()}
        return replace(self, **columns, more=more, label=label)

    def in_cell(self, cell: CellContext) -> Self:
        """Return the same record with what is known about the cell."""
        return self._same_but(cell=cell)

    def warned(self, *warnings: str) -> Self:
        """Return the same record with more warnings at the end."""
        return self._same_but(warnings=(*self.warnings, *warnings)) if warnings else self

    def _same_but(self, **words: object) -> Self:
        """Return the same record with other words; its numbers were checked when it was made."""
        same = copy(self)
        for name, value in words.items():
            object.__setattr__(same, name, value)
        return same


#: Arrays whose memory nobody but records holds, by identity.
_GIVEN: WeakValueDictionary[int, NDArray[Any]] = WeakValueDictionary()


def handed_over(values: NDArray[Any]) -> NDArray[Any]:
    """Mark an array whose maker keeps no other way to its memory, so that records hold it and not a copy.

    It becomes read-only. For readers of large files, also of memory that is not numpy's own (a view of a polars
    column that was made for this array alone); an array somebody else may change must not be handed over.

    Examples
    --------
    >>> given, kept = handed_over(np.zeros(3)), np.zeros(3)
    >>> _own(given, np.float64) is given, _own(kept, np.float64) is kept
    (True, False)
    """
    values.flags.writeable = False
    _GIVEN[id(values)] = values
    return values


def _own(values: NDArray[Any], wanted: type[np.generic]) -> NDArray[Any]:
    """Return a read-only array nobody else can change; the caller's stays as it is."""
    if values.dtype == wanted and _GIVEN.get(id(values)) is values and not values.flags.writeable:
        return values
    return handed_over(values.astype(wanted))
