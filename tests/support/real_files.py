"""What reading every real file gives, as a table: ``python tests/support/real_files.py`` writes it anew.

The table (``real_files.csv``) is checked by tests/readers/test_real_files.py, and docs/instruments.md is made from it.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from limetal import readers
from limetal.errors import BadInputError, MissingExtraError

TABLE = Path(__file__).with_name("real_files.csv")
_NO_MEASUREMENT = {"INDEX.md", "sample_info.txt"}


@dataclass(frozen=True)
class Outcome:
    """One real file: which reader read it into what, or the sentence (without the path) that refused it."""

    path: str
    reader: str
    kinds: str
    records: int
    rows: int
    warnings: int
    refused: str

    @classmethod
    def of(cls, data: Path, path: Path) -> Outcome:
        name = path.relative_to(data).as_posix()
        try:
            reader = readers.recognise(path)
        except BadInputError as error:
            return cls(name, "", "", 0, 0, 0, _sentence(error, path))
        try:
            records = readers.read_all(path, reader=reader)
        except MissingExtraError as error:
            return cls(name, reader, "", 0, 0, 0, str(error))
        except BadInputError as error:
            return cls(name, reader, "", 0, 0, 0, _sentence(error, path))
        kinds = " ".join(sorted({r.kind for r in records}))
        warnings = sum(len(r.warnings) for r in records)
        return cls(name, reader, kinds, len(records), sum(r.rows for r in records), warnings, "")


def _sentence(error: BadInputError, path: Path) -> str:
    return str(error).replace(str(path), "FILE")


def files(data: Path) -> list[Path]:
    return sorted(p for p in data.rglob("*") if p.is_file() and p.name not in _NO_MEASUREMENT)


def outcomes() -> dict[str, Outcome]:
    """The table as it was written."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    numbers = {"records", "rows", "warnings"}
    return {
        row["path"]: Outcome(**{key: int(value) if key in numbers else value for key, value in row.items()})
        for row in rows
    }


def write(data: Path) -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(f.name for f in fields(Outcome))
        writer.writerows(astuple(Outcome.of(data, path)) for path in files(data))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
