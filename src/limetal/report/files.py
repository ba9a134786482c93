"""Write a report: into a temporary folder first, then moved in one step, so that nothing is half-written."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from limetal.errors import BadInputError
from limetal.exhibits import Table
from limetal.records.files import file_mask
from limetal.report.content import Content
from limetal.report.figure_data import figure_columns
from limetal.report.page import page
from limetal.report.sheets import Column, sheet_text, table_columns
from limetal.report.styles import STYLES, Style

__all__ = ["MANIFEST", "json_text", "table_text", "write_report"]

#: Lists the files limetal wrote, so that a later run replaces those and nothing else.
MANIFEST = ".limetal-files"


def write_report(
    content: Content,
    out: Path,
    *,
    style: Style = STYLES["double"],
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Write ``report.html``, ``results.json``, ``tables/*.csv`` and ``figures/*.svg`` into a folder.

    The data of each figure are in ``tables/figures/*.csv``, under the name of the figure. An earlier report in the
    folder is replaced; other files there are kept.

    Raises
    ------
    BadInputError
        If ``out`` is a file, cannot be written, or a file of another origin stands where one of ours should go.
    """
    out = out.absolute()
    if out.exists() and not out.is_dir():
        raise BadInputError(str(out), "a file", "a folder for the report")
    from limetal.report.figures import svg

    files: dict[str, str] = {"results.json": json_text(content)}
    pictures: dict[str, str] = {}
    for section, names in zip(content.sections, content.picture_names(), strict=True):
        for plot, name in zip(section.plots, names, strict=True):
            if progress:
                progress(f"drawing {name}")
            pictures[name] = svg(plot, style, name)
            files[f"figures/{name}.svg"] = pictures[name]
            files[f"tables/figures/{name}.csv"] = sheet_text(figure_columns(plot))
    for section, names in zip(content.sections, content.table_names(), strict=True):
        for table, name in zip(section.tables, names, strict=True):
            files[f"tables/{name}.csv"] = table_text(table)
    files["tables/ledger.csv"] = _ledger_text(content)
    files["tables/verdicts.csv"] = _verdicts_text(content)
    files["report.html"] = page(content, pictures)
    try:
        _swap_in(files, out)
    except OSError as error:
        raise BadInputError(
            str(out), f"a folder that cannot be written ({error.strerror})", "a writable folder"
        ) from error
    return out


def json_text(content: Content) -> str:
    """Return the results as JSON text; the same for the same results."""
    return json.dumps(content.as_json(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def table_text(table: Table) -> str:
    """Return a table as CSV with rows of names, units and comments above the values."""
    return sheet_text(table_columns(table))


_LEDGER_COMMENTS = {
    "subject": "what it is a number of",
    "quantity": "word of the vocabulary",
    "value": "in the unit of its row",
    "std": "standard uncertainty in the unit of its row; empty if not identified",
    "unit": "1 for a pure number, text for words",
    "origin": "stated, measured, derived, simulated or assumed",
    "source": "place in a document, file or formula",
    "note": "conditions and caveats",
}
_VERDICT_COMMENTS = {
    "verdict": "agrees, disagrees or cannot tell",
    "relation": "what was compared",
    "claims": "ids of claims",
    "stated": "in the unit of its row",
    "computed": "in the unit of its row",
    "std": "standard uncertainty of the difference, in the unit of its row",
    "unit": "1 for a pure number",
    "explanation": "why",
}


def _ledger_text(content: Content) -> str:
    return _rows_text([entry.as_json() for entry in content.ledger], _LEDGER_COMMENTS)


def _verdicts_text(content: Content) -> str:
    rows = [{**verdict.as_json(), "claims": " ".join(verdict.claims)} for verdict in content.verdicts]
    return _rows_text(rows, _VERDICT_COMMENTS)


def _rows_text(rows: list[dict[str, Any]], comments: dict[str, str]) -> str:
    return sheet_text(Column(key, "", [row[key] for row in rows], words) for key, words in comments.items())


def _swap_in(files: dict[str, str], out: Path) -> None:
    """Write everything beside ``out``, then take its place in one step; with foreign files there, file by file."""
    out.parent.mkdir(parents=True, exist_ok=True)
    ours = _earlier_files(out)
    foreign = [p for p in sorted(out.rglob("*")) if _is_foreign(p, out, ours)] if out.exists() else []
    for path in foreign:
        name = path.relative_to(out).as_posix()
        if name in files or any(other.startswith(f"{name}/") for other in files):
            wanted = "another folder for the report, or that file moved away"
            raise BadInputError(str(path), "a file that is not from an earlier report", wanted)
    new = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        names = [*files, MANIFEST]
        for name, text in {**files, MANIFEST: "\n".join(sorted(names)) + "\n"}.items():
            target = new / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        new.chmod(0o777 & ~file_mask())
        if not out.exists():
            new.rename(out)
        elif foreign:
            _replace_files(new, out, names, ours - set(names))
        else:
            old = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
            out.rename(old / "was")
            new.rename(out)
            shutil.rmtree(old)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _is_foreign(path: Path, out: Path, ours: set[str]) -> bool:
    """Whether a file, a link or an empty folder in ``out`` is not from an earlier report."""
    if path.is_symlink() or not path.is_dir():
        return path.relative_to(out).as_posix() not in ours
    return not any(path.iterdir())


def _replace_files(new: Path, out: Path, names: list[str], gone: set[str]) -> None:
    for name in names:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (new / name).replace(out / name)
    for name in gone:
        (out / name).unlink(missing_ok=True)


def _earlier_files(out: Path) -> set[str]:
    manifest = out / MANIFEST
    return set(manifest.read_text(encoding="utf-8").split()) if manifest.is_file() else set()
