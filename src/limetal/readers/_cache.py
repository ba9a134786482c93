"""What was read from a large file, kept as Parquet: the second reading of the same bytes takes a moment.

An entry is named by a digest of the content of the file, the reader, the columns a user named, and the code of
limetal's readers and records: a changed file or a changed reader is read anew, a renamed or copied file is not. An
entry is written beside its place and moved there in one step, so that a killed process, a full disk or two writers
leave an entry whole or none; one that cannot be read is thrown away. Where no folder can be written there is no cache,
and nothing else changes.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from limetal.readers._base import ColumnHint
from limetal.records.base import About, LazyColumns, ParquetColumns, Record, handed_over
from limetal.records.cycling import CyclingRecord

if TYPE_CHECKING:
    import polars as pl

__all__ = ["CACHE_VARIABLE", "cache_folder", "entries", "is_own", "kept", "throw_away"]

#: Names the folder of the cache; ``off`` for none.
CACHE_VARIABLE = "LIMETAL_CACHE"
#: Files smaller than this are read about as quickly as they are looked up.
SMALLEST_BYTES = 2**20
#: Entries that were not asked for longest go when all take more than this.
MOST_BYTES = 4 * 2**30
#: What is a table of columns already.
_AS_QUICK = frozenset({"bdf_parquet"})
_ENDING = ".limetal.parquet"
_STALE_SECONDS = 3600.0
_KEY = "limetal"
_MORE = "more: "


def cache_folder() -> Path | None:
    """Folder of the cache; None where the environment says ``LIMETAL_CACHE=off`` or there is no home.

    Examples
    --------
    >>> from unittest.mock import patch
    >>> with patch.dict(os.environ, {CACHE_VARIABLE: "somewhere"}):
    ...     cache_folder().as_posix()
    'somewhere'
    """
    said = os.environ.get(CACHE_VARIABLE, "")
    if said.lower() == "off":
        return None
    if said:
        return Path(said)
    base = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME", "")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "limetal"
    except RuntimeError:
        return None


def entries() -> list[Path]:
    """Files of the cache, the one asked for longest ago first."""
    folder = cache_folder()
    found: list[tuple[float, Path]] = []
    for path in folder.glob(f"*{_ENDING}") if folder is not None else ():
        try:
            found.append((path.stat().st_mtime, path))
        except OSError:
            continue  # another process took it away
    return [path for _, path in sorted(found)]


def throw_away() -> tuple[int, int]:
    """Empty the cache; returns the number of files and their bytes."""
    files = size = 0
    for path in entries():
        try:
            size += path.stat().st_size
            path.unlink()
        except OSError:
            continue
        files += 1
    return files, size


def is_own(reader: str) -> bool:
    """Whether a reader is limetal's own, whose code the names of entries know."""
    return (Path(__file__).parent / f"{reader}.py").is_file()


def kept(
    path: Path, reader: str, columns: Mapping[str, ColumnHint], read: Callable[[], tuple[Record, ...]]
) -> tuple[Record, ...]:
    """Records of a file: from the cache if these bytes were read before, else from ``read``, and kept.

    Only files above a megabyte that hold one cycling record are kept, and only what limetal's own readers read.
    """
    folder = cache_folder() if reader not in _AS_QUICK else None
    try:
        if folder is None or path.stat().st_size < SMALLEST_BYTES:
            return read()
        entry = folder / f"{_name(path, reader, columns)}{_ENDING}"
    except OSError:
        return read()
    found = _load(entry, path)
    if found is not None:
        return (found,)
    records = read()
    if len(records) == 1 and type(records[0]) is CyclingRecord:
        _save(records[0], entry, path)
    return records


@functools.cache
def _code() -> bytes:
    """Digest of the code that reads files and makes records."""
    digest = hashlib.sha256()
    for package in ("limetal", "fastnda", "polars"):
        digest.update(version(package).encode())
    root = Path(__file__).parents[1]
    for room in ("readers", "records"):
        for source in sorted((root / room).rglob("*.py")):
            digest.update(source.name.encode())
            digest.update(source.read_bytes())
    return digest.digest()


def _name(path: Path, reader: str, columns: Mapping[str, ColumnHint]) -> str:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
    hints = {key: asdict(hint) for key, hint in sorted(columns.items())}
    # the ending of a name may break a tie between formats, and readers look for companions beside a file
    digest.update(json.dumps([reader, hints, path.suffix.lower()]).encode())
    digest.update(_code())
    return digest.hexdigest()[:40]


def _sweep(folder: Path) -> None:
    """Throw away what killed processes left half-written long ago."""
    import time

    for part in folder.glob("*.part"):
        try:
            if time.time() - part.stat().st_mtime > _STALE_SECONDS:
                part.unlink()
        except OSError:
            continue


def _load(entry: Path, path: Path) -> CyclingRecord | None:
    import polars as pl

    if not entry.is_file():
        return None
    try:
        packed = entry.read_bytes()
        words = json.loads(pl.read_parquet_metadata(io.BytesIO(packed))[_KEY])
        names = list(pl.read_parquet_schema(io.BytesIO(packed)))
        own = [c.name for c in CyclingRecord.COLUMNS if c.name in names]
        further = [name.removeprefix(_MORE) for name in names if name.startswith(_MORE)]
        table = pl.read_parquet(io.BytesIO(packed), columns=own).rechunk()
        columns = {name: handed_over(table[name].to_numpy()) for name in own}
        about = About(**words["about"])
        own_types = not words["lazy"]
        more = ParquetColumns(packed, tuple(further), table.height, str(path), _MORE, own_types=own_types)
        os.utime(entry)
    except (pl.exceptions.PolarsError, OSError, ValueError, KeyError, TypeError):
        entry.unlink(missing_ok=True)
        return None
    here, there = str(path), words["path"]
    return CyclingRecord(
        **{c.name: columns.get(c.name) for c in CyclingRecord.COLUMNS},  # type: ignore[arg-type]
        source=words["source"].replace(there, here),
        origin=words["origin"],
        label=words["label"],
        about=about,
        more=more,
        warnings=tuple(text.replace(there, here) for text in words["warnings"]),
    )


def _save(record: CyclingRecord, entry: Path, path: Path) -> None:
    """Keep a record; where that fails there is no entry, and nothing else changes."""
    import polars as pl

    lazy = isinstance(record.more, LazyColumns)
    more = record.more.frame if isinstance(record.more, LazyColumns) else _frame(record.more)
    if more is None:
        return
    words: dict[str, Any] = {
        "path": str(path),
        "source": record.source,
        "origin": record.origin,
        "label": record.label,
        "about": asdict(record.about) | {"settings": dict(record.about.settings)},
        "warnings": list(record.warnings),
        "lazy": lazy,
    }
    temporary = None
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=entry.parent, suffix=".part")
        os.close(handle)
        table = pl.DataFrame(record.columns()).hstack(more.rename(lambda name: f"{_MORE}{name}"))
        table.write_parquet(temporary, compression="lz4", statistics=False, metadata={_KEY: json.dumps(words)})
        Path(temporary).replace(entry)
    except (pl.exceptions.PolarsError, OSError, TypeError):
        return
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
    _sweep(entry.parent)
    _make_room(entry)


def _frame(more: Mapping[str, NDArray[Any]]) -> pl.DataFrame | None:
    """Further columns as polars holds them; None where one cannot be kept as it is."""
    import polars as pl

    columns = {}
    for name, values in more.items():
        if values.dtype.kind not in "biufOU" or (values.dtype.kind == "O" and not all(type(v) is str for v in values)):
            return None
        columns[name] = pl.Series(values.tolist()) if values.dtype.kind in "OU" else pl.Series(values)
    return pl.DataFrame(columns)


def _make_room(newest: Path) -> None:
    """Throw the oldest entries away where all take too much."""
    sizes: list[tuple[Path, int]] = []
    for path in entries():
        try:
            sizes.append((path, path.stat().st_size))
        except OSError:
            continue
    total = sum(size for _, size in sizes)
    for path, size in sizes:
        if total <= MOST_BYTES:
            break
        if path != newest:
            try:
                path.unlink(missing_ok=True)
            except OSError:
                continue
            total -= size
