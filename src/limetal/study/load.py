"""Read a study: a path or the name of a bundled one; every error at once, each with its line."""

from __future__ import annotations

import codecs
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from limetal.errors import BadInputError, StudyFileError
from limetal.quantities import QUANTITIES
from limetal.study.models import StudyModel
from limetal.study.positions import Path, Position, key_positions
from limetal.study.problems import Problem, Source, from_validation, nearest

__all__ = ["Known", "Study", "bundled_studies", "find_study", "read_study"]


@dataclass(frozen=True)
class Known:
    """Names a study may use that live above this room: materials, plug-ins and their options.

    An empty tuple means: do not check. ``columns`` is asked only where a test names columns: gathering them is slow.
    """

    phases: tuple[str, ...] = ()
    cathodes: tuple[str, ...] = ()
    additives: tuple[str, ...] = ()
    separators: tuple[str, ...] = ()
    electrolytes: tuple[str, ...] = ()
    collectors: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    columns: Callable[[], tuple[str, ...]] = tuple
    analyses: tuple[str, ...] = ()
    analysis_options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Study:
    """A study as read: its name, its folder, what it says, and where each key stands."""

    name: str
    folder: FilePath
    model: StudyModel
    source: Source

    def place(self, *path: str | int) -> str:
        """``file:line`` of a key, for the source column of the ledger."""
        return self.source.place(path)

    def error(self, *problems: Problem) -> StudyFileError:
        """Return an error that shows wrong places found after reading."""
        return StudyFileError(self.source.name, tuple(self.source.show(p) for p in problems))


def bundled_studies() -> tuple[str, ...]:
    """Names of the studies that come with limetal.

    Examples
    --------
    >>> bundled_studies()
    ('lmzg', 'lznc')
    """
    folder = resources.files("limetal.study") / "studies"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def find_study(study: str | os.PathLike[str]) -> FilePath:
    """Path of a study given by path or bundled name.

    Raises
    ------
    BadInputError
        If there is neither a file nor a bundled study of that name.
    """
    path = FilePath(study)
    kind = file_kind(path)
    if kind == "folder":
        raise BadInputError(str(path), "a folder", "a study file (.toml)")
    if kind == "file":
        return path
    name = str(study)
    if name in bundled_studies():
        return FilePath(str(resources.files("limetal.study") / "studies" / f"{name}.toml"))
    near = nearest(name.removesuffix(".toml"), bundled_studies())
    hint = f"; did you mean {near!r}?" if near else ""
    wanted = f"a study file or one of the bundled studies {', '.join(bundled_studies())}{hint}"
    raise BadInputError(name, "no such file or study", wanted)


def read_study(study: str | os.PathLike[str], known: Known | None = None) -> Study:
    """Read and check a study file.

    Parameters
    ----------
    study
        A path, or the name of a bundled study.
    known
        Names of materials and plug-ins to check against.

    Raises
    ------
    StudyFileError
        With every wrong place at once.
    BadInputError
        If there is no such study, or the file is no text.
    """
    path = find_study(study)
    text = _text(path)
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _syntax_error(path, text, error) from error
    source = Source(path.name, text, key_positions(text))
    problems: list[Problem] = []
    model: StudyModel | None = None
    try:
        model = StudyModel.model_validate(raw)
    except ValidationError as error:
        problems += from_validation(error, raw)
    problems += _references(raw, known or Known(), path.parent)
    if problems or model is None:
        problems.sort(key=lambda p: source.position(p.path).line)
        raise StudyFileError(source.name, tuple(source.show(p) for p in problems))
    return Study(path.stem, path.parent, model, source)


def _text(path: FilePath) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInputError(str(path), f"a file that cannot be opened ({error.strerror})", "a study file") from error
    if not data.removeprefix(codecs.BOM_UTF8).strip():
        raise BadInputError(str(path), "an empty file", "a study file; limetal new study NAME writes one")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(str(path), "bytes that are no UTF-8 text", "a study file in UTF-8") from error


def _syntax_error(path: FilePath, text: str, error: ValueError | RecursionError) -> StudyFileError:
    """Show where TOML ends; what is no error of TOML (a number of thousands of digits) is shown at the top."""
    words, _, at = str(error).partition(" (at ")
    if isinstance(error, RecursionError):
        words = "brackets nested too deeply"
    lines = text.removesuffix("\n").split("\n")
    place = re.match(r"line (\d+), column (\d+)", at)
    line, column = (int(place[1]), int(place[2])) if place else (len(lines) if at else 1, 1)
    found = words[:1].lower() + words[1:]
    source = Source(path.name, text, {(): Position(min(line, len(lines)), column, 1)})
    return StudyFileError(path.name, (source.show(Problem((), found, "valid TOML")),))


def file_kind(path: FilePath) -> str:
    """Return ``file``, ``folder`` or an empty text; also for names no file system takes."""
    try:
        return "folder" if path.is_dir() else "file" if path.is_file() else ""
    except (OSError, ValueError):
        return ""


def _references(raw: Mapping[str, Any], known: Known, folder: FilePath) -> list[Problem]:
    """Check names that point to other parts of the study or to limetal itself."""
    problems: list[Problem] = []
    for check in (_electrode_names, _cell_names, _test_names, _group_names, _claim_names, _analysis_names):
        problems += check(raw, known, folder)
    return problems


def _table(raw: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    for part in path:
        raw = raw.get(part, {}) if isinstance(raw, dict) else {}
    return raw if isinstance(raw, dict) else {}


def _name(path: Path, word: object, names: Iterator[str] | tuple[str, ...], what: str) -> list[Problem]:
    names = tuple(names)
    if not isinstance(word, str) or word in names:
        return []
    wanted = f"{what}: {', '.join(names)}" if names else f"{what}, of which the study has none"
    return [Problem(path, f"{word!r}", wanted, nearest(word, names))]


def _electrode_names(raw: Mapping[str, Any], known: Known, _: FilePath) -> list[Problem]:
    problems: list[Problem] = []
    own = tuple(_table(raw, "materials"))
    for name, electrode in _table(raw, "electrodes").items():
        recipe = _table(_table(raw, "electrodes", name), "recipe")
        for key in ("parts", "added"):
            for part in _table(recipe, key):
                if known.phases:
                    where: Path = ("electrodes", name, "recipe", key, part)
                    problems += _name(where, part, (*known.phases, *own), "a phase of the library or of [materials]")
        if isinstance(electrode, dict) and electrode.get("kind") == "positive":
            if known.cathodes:
                where = ("electrodes", name, "active")
                problems += _name(where, electrode.get("active"), (*known.cathodes, *own), "an active material")
            for part in _table(electrode, "formulation") if known.additives else ():
                names = (*known.cathodes, *known.additives, *own)
                problems += _name(("electrodes", name, "formulation", part), part, names, "a material")
    return problems


def _cell_names(raw: Mapping[str, Any], known: Known, _: FilePath) -> list[Problem]:
    problems: list[Problem] = []
    electrodes = _table(raw, "electrodes")
    lithium = tuple(n for n, e in electrodes.items() if isinstance(e, dict) and e.get("kind") != "positive")
    positive = tuple(n for n, e in electrodes.items() if isinstance(e, dict) and e.get("kind") != "lithium")
    own = tuple(_table(raw, "materials"))
    for name, cell in _table(raw, "cells").items():
        if not isinstance(cell, dict):
            continue
        for key, names, what in (
            ("electrode", lithium, "a lithium electrode of the study"),
            ("negative", lithium, "a lithium electrode of the study"),
            ("positive", positive, "a positive electrode of the study"),
        ):
            problems += _name(("cells", name, key), cell.get(key), names, what)
        for key, library in (("separator", known.separators), ("electrolyte", known.electrolytes)):
            if library and cell.get(key):
                what = f"a known {key}"
                problems += _name(("cells", name, key), cell.get(key), (*library, *own), what)
        collector = cell.get("negative_collector")
        if known.collectors and isinstance(collector, dict):
            path = ("cells", name, "negative_collector", "material")
            problems += _name(path, collector.get("material"), known.collectors, "a collector metal")
    return problems


def _test_names(raw: Mapping[str, Any], known: Known, folder: FilePath) -> list[Problem]:
    problems: list[Problem] = []
    cells = tuple(_table(raw, "cells"))
    for name, test in _table(raw, "tests").items():
        if not isinstance(test, dict):
            continue
        problems += _name(("tests", name, "cell"), test.get("cell"), cells, "a cell of the study")
        if known.readers and test.get("reader") is not None:
            problems += _name(("tests", name, "reader"), test["reader"], known.readers, "a reader")
        named = _table(test, "columns")
        for key in named if named and known.columns() else ():
            problems += _name(("tests", name, "columns", key), key, known.columns(), "a column")
        analyses = test.get("analyses")
        for index, analysis in enumerate(analyses if known.analyses and isinstance(analyses, list) else ()):
            problems += _name(("tests", name, "analyses", index), analysis, known.analyses, "an analysis")
        problems += _simulated_cell(raw, name, test)
        problems += _symmetric_test(raw, name, test)
        problems += _data_file(("tests", name, "file"), test.get("file"), folder)
        files = test.get("files")
        for index, file in enumerate(files if isinstance(files, list) else ()):
            problems += _data_file(("tests", name, "files", index), file, folder)
    return problems


def _data_file(path: Path, file: object, folder: FilePath) -> list[Problem]:
    """Problem of a data file that is not there."""
    if not isinstance(file, str):
        return []
    place = _expanded(folder, file)
    found = {"file": "", "folder": "a folder"}.get(file_kind(place), "no such file")
    if not found:
        return []
    beside = [p.name for p in place.parent.iterdir()] if file_kind(place.parent) == "folder" else []
    near = nearest(place.name, beside)
    return [Problem(path, f"{found} as {file!r}", "a data file, from the study's folder", near)]


def _simulated_cell(raw: Mapping[str, Any], name: str, test: Mapping[str, Any]) -> list[Problem]:
    kind = _table(raw, "cells", str(test.get("cell"))).get("kind")
    if test.get("kind") == "simulated" and kind in ("half", "copper", "full", "anode-free"):
        return [Problem(("tests", name, "cell"), f"a cell of kind {kind!r}", "a symmetric cell to simulate")]
    return []


def _group_names(raw: Mapping[str, Any], _: Known, __: FilePath) -> list[Problem]:
    """Tests of groups: known, each once, two or more, of cells of one kind; and the group they are held against."""
    problems: list[Problem] = []
    tests, groups = tuple(_table(raw, "tests")), _table(raw, "groups")
    kinds = {name: _kinds_of(raw, group) for name, group in groups.items()}
    for name, group in groups.items():
        members = group.get("tests") if isinstance(group, dict) else None
        if not isinstance(members, list):
            continue
        where: Path = ("groups", name, "tests")
        for index, test in enumerate(members):
            problems += _name((*where, index), test, tests, "a test of the study")
            if isinstance(test, str) and test in members[:index]:
                problems.append(Problem((*where, index), f"the test {test!r} a second time", "every test once"))
        if len(members) < 2:
            found = "one test" if members else "no test"
            problems.append(Problem(where, found, "two or more tests, replicates of one electrode"))
        if len(kinds[name]) > 1:
            problems.append(Problem(where, f"cells of kind {' and '.join(kinds[name])}", "cells of one kind"))
        against = group.get("against")
        if against:
            others = tuple(n for n in groups if n != name)
            problems += _name(("groups", name, "against"), against, others, "another group of the study")
            if against in others and len({*kinds[name], *kinds[against]}) > 1 and len(kinds[name]) == 1:
                found = f"a group of cells of kind {' and '.join(kinds[against])}"
                wanted = f"one of cells of kind {kinds[name][0]}, as this one"
                problems.append(Problem(("groups", name, "against"), found, wanted))
        quantities = group.get("quantities")
        for index, word in enumerate(quantities if isinstance(quantities, list) else ()):
            problems += _name(("groups", name, "quantities", index), word, tuple(QUANTITIES), "a quantity")
    return [_shortened(p) for p in problems]


def _kinds_of(raw: Mapping[str, Any], group: object) -> list[str]:
    """Kinds of the cells of the tests of a group, those that are known."""
    members = group.get("tests") if isinstance(group, dict) else None
    cells = [_table(raw, "tests", str(test)).get("cell") for test in members] if isinstance(members, list) else []
    kinds = {_table(raw, "cells", str(cell)).get("kind") for cell in cells}
    return sorted(kind for kind in kinds if isinstance(kind, str))


def _symmetric_test(raw: Mapping[str, Any], name: str, test: Mapping[str, Any]) -> list[Problem]:
    partner = test.get("symmetric")
    if not isinstance(partner, str):
        return []
    tests, cells = _table(raw, "tests"), _table(raw, "cells")
    fit = tuple(n for n in tests if _table(cells, str(_table(tests, n).get("cell"))).get("kind") == "symmetric")
    return _name(("tests", name, "symmetric"), partner, fit, "a test of a symmetric cell")


def _claim_names(raw: Mapping[str, Any], _: Known, __: FilePath) -> list[Problem]:
    problems: list[Problem] = []
    claims = raw.get("claims", [])
    subjects = {
        f"{room}.{name}"
        for room in ("electrodes", "cells", "tests", "groups", "materials")
        for name in _table(raw, room)
    }
    seen: dict[str, int] = {}
    for index, claim in enumerate(claims if isinstance(claims, list) else []):
        if not isinstance(claim, dict):
            continue
        where: Path = ("claims", index)
        ident = claim.get("id")
        if isinstance(ident, str) and seen.setdefault(ident, index) != index:
            problems.append(Problem((*where, "id"), f"the id {ident!r} a second time", "an id of its own"))
        subject = claim.get("subject")
        if isinstance(subject, str) and ".".join(subject.split(".")[:2]) not in subjects:
            wanted = "electrodes.NAME, cells.NAME, tests.NAME, groups.NAME or materials.NAME of this study"
            problems.append(Problem((*where, "subject"), repr(subject), wanted, nearest(subject, subjects)))
        problems += _name((*where, "quantity"), claim.get("quantity"), tuple(QUANTITIES), "a quantity")
        for key in _table(claim, "at"):
            problems += _name((*where, "at", key), key, tuple(QUANTITIES), "a quantity")
        document = claim.get("document")
        if document:
            problems += _name((*where, "document"), document, tuple(_table(raw, "documents")), "a document")
    return [_shortened(p) for p in problems]


def _shortened(problem: Problem) -> Problem:
    """The vocabulary is long: name the nearest word and the command that shows all."""
    if not problem.wanted.startswith("a quantity:"):
        return problem
    return Problem(problem.path, problem.found, "a quantity (limetal list quantities shows all)", problem.near)


def _analysis_names(raw: Mapping[str, Any], known: Known, _: FilePath) -> list[Problem]:
    problems: list[Problem] = []
    for name in _table(raw, "analyses") if known.analyses else ():
        problems += _name(("analyses", name), name, known.analyses, "an analysis")
        for option in _table(raw, "analyses", name):
            if name in known.analysis_options:
                names = known.analysis_options[name]
                problems += _name(("analyses", name, option), option, names, f"an option of {name}")
    return problems


def data_path(study: Study, file: str) -> FilePath:
    """Path of a data file of a test, counted from the folder of the study."""
    return _expanded(study.folder, file)


def _expanded(folder: FilePath, file: str) -> FilePath:
    try:
        return folder / FilePath(file).expanduser()
    except RuntimeError:  # nobody of that name has a home
        return folder / file
