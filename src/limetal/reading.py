"""What files are: one by one or many at once, and one that cannot be read does not stop the others."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from limetal import registry
from limetal.errors import BadInputError, MissingExtraError
from limetal.file_content import content_of
from limetal.readers import ColumnHint, read_all, recognise
from limetal.records.base import Record
from limetal.report import Content

__all__ = ["Failure", "Seen", "expand", "look_at", "look_at_many", "table"]

#: Files that lie beside data and are no measurement: a folder is searched without them.
_NO_DATA = {".md", ".py", ".ini", ".log", ".html", ".pdf", ".svg", ".png", ".jpg", ".toml", ".docx", ".ipynb"}


@dataclass(frozen=True, eq=False)
class Seen:
    """A file that was read."""

    path: str
    reader: str
    records: tuple[Record, ...]
    content: Content


@dataclass(frozen=True)
class Failure:
    """A file that could not be read, and why."""

    path: str
    why: str


def expand(names: Iterable[str]) -> list[str]:
    """Files behind names: a folder stands for what lies in it and below, a pattern for what it matches.

    Raises
    ------
    BadInputError
        If a folder holds no file or a pattern matches none.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("b.csv", "a.mpt", "readme.md"):
    ...     _ = (folder / name).write_text("x")
    >>> [Path(f).name for f in expand([str(folder)])], [Path(f).name for f in expand([f"{folder}/*.csv"])]
    (['a.mpt', 'b.csv'], ['b.csv'])
    """
    files: list[str] = []
    for name in names:
        path = Path(name)
        if path.is_dir():
            found = [str(p) for p in sorted(path.rglob("*")) if _is_data(p, path)]
            wanted = "a folder with data files"
        elif not path.exists() and glob.has_magic(name):
            found = sorted(f for f in glob.glob(name, recursive=True) if Path(f).is_file())  # noqa: PTH207 - a pattern of a user
            wanted = "a pattern that matches files"
        else:
            found, wanted = [name], ""
        if not found:
            raise BadInputError(name, "no file", wanted)
        files += found
    return list(dict.fromkeys(files))


def _is_data(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.is_file() and not hidden and path.suffix.lower() not in _NO_DATA


def look_at(
    file: str,
    *,
    reader: str | None = None,
    columns: Mapping[str, ColumnHint] | None = None,
    subject: str | None = None,
) -> Seen:
    """Read one file and say what it is.

    Raises
    ------
    BadInputError
        If it cannot be read.
    """
    name = reader or recognise(file, columns)
    records = read_all(file, reader=name, columns=columns)
    content = content_of(records, name, subject or Path(file).name, analyses=["overview"], described=True)
    return Seen(file, name, records, content)


def look_at_many(
    files: Sequence[str],
    *,
    reader: str | None = None,
    columns: Mapping[str, ColumnHint] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[list[Seen], list[Failure]]:
    """Read files one after the other; those that cannot be read are listed with the reason.

    Only what is said of the records stays in memory, not their numbers.
    """
    seen: list[Seen] = []
    failed: list[Failure] = []
    names = [Path(file).name for file in files]
    for done, file in enumerate(files):
        if progress:
            progress(file, done, len(files))
        subject = file if names.count(Path(file).name) > 1 else None
        try:
            one = look_at(file, reader=reader, columns=columns, subject=subject)
        except (BadInputError, MissingExtraError) as error:
            failed.append(Failure(file, str(error)))
            continue
        seen.append(replace(one, records=(), content=replace(one.content, sections=())))
    return seen, failed


def table(seen: Sequence[Seen]) -> list[tuple[str, ...]]:
    """Rows for people, one a record: file, kind, format, rows, technique, start, sample, warnings; the head first.

    Examples
    --------
    >>> table([])
    [('file', 'kind', 'format', 'rows', 'technique', 'start', 'sample', 'warnings')]
    """
    rows: list[tuple[str, ...]] = [("file", "kind", "format", "rows", "technique", "start", "sample", "warnings")]
    for one in seen:
        title = registry.load("limetal.readers", one.reader).title
        for subject in dict.fromkeys(entry.subject for entry in one.content.ledger):
            said = {e.quantity: e.value for e in one.content.ledger.find(subject)}
            warnings = sum(w.startswith(f"{subject}: ") for w in one.content.warnings)
            points = said.get("number_of_points", said.get("voxels", ""))
            points = f"{points:.0f}" if isinstance(points, float) else str(points)
            words = [str(said.get(q, "")) for q in ("technique", "start_time", "sample")]
            rows.append((subject, str(said["record_kind"]), title, points, *words, str(warnings or "")))
    return rows
