"""Turn what is wrong in a study file into lines a user can act on.

Each problem shows file, line, column, the line itself, what was found, what was wanted, and the nearest known
key or name.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from limetal.study.models import StudyModel
from limetal.study.positions import Path, Position

__all__ = ["Problem", "Source", "from_validation", "nearest"]

#: Tables whose entries are tagged unions: pydantic puts the tag into the path of an error, TOML does not.
_TAGGED = {"cells", "tests", "electrodes"}


@dataclass(frozen=True)
class Problem:
    """One wrong place: the path of the key, what was found, what was wanted, the nearest right word."""

    path: Path
    found: str
    wanted: str
    near: str = ""


@dataclass(frozen=True)
class Source:
    """The text of a study file with the place of each key."""

    name: str
    text: str
    positions: Mapping[Path, Position]

    def position(self, path: Path) -> Position:
        """Return the place of a key; of the nearest key above it if it is not in the file."""
        while path and path not in self.positions:
            path = path[:-1]
        return self.positions.get(path, Position(1, 1, 1))

    def place(self, path: Path) -> str:
        """Return ``file:line`` of a key, for the source column of the ledger."""
        return f"{self.name}:{self.position(path).line}"

    def show(self, problem: Problem) -> str:
        """Render one problem as the three lines a user sees."""
        at = self.position(problem.path)
        lines = self.text.split("\n")
        line = lines[at.line - 1].rstrip("\r") if at.line <= len(lines) else ""
        indent = "".join("\t" if c == "\t" else " " for c in line[: at.column - 1])
        near = f"; did you mean {problem.near!r}?" if problem.near else ""
        dotted = ".".join(str(part) for part in problem.path)
        where = f" {dotted}:" if dotted else ""
        margin = " " * len(str(at.line))
        return (
            f"{self.name}:{at.line}:{at.column}:{where} found {problem.found}, want {problem.wanted}{near}\n"
            f"    {at.line} | {line}\n"
            f"    {margin} | {indent}{'^' * max(1, min(at.length, len(line) - at.column + 1))}"
        )


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the nearest known word, or an empty text.

    Examples
    --------
    >>> nearest("thicknes", ["label", "thickness"])
    'thickness'
    """
    known = list(known)
    folded = {k.lower(): k for k in known}
    if word.lower() in folded:
        return folded[word.lower()]
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.55)
    return near[0] if near else ""


def from_validation(error: ValidationError, raw: Mapping[str, Any]) -> list[Problem]:
    """Translate every pydantic error; a missing key that an unknown one nearly spells is told once."""
    problems: list[Problem] = []
    errors = error.errors(include_url=False)
    unknown = {_path(e["loc"]) for e in errors if e["type"] == "extra_forbidden"}
    for e in errors:
        path = _path(e["loc"])
        if e["type"] == "literal_error" and isinstance(e["input"], dict):
            continue  # the other member of the union, a table, is told by itself
        if e["type"] == "missing":
            siblings = [str(u[-1]) for u in unknown if u[:-1] == path[:-1]]
            if nearest(str(path[-1]), siblings):
                continue
            problems.append(Problem(path[:-1], f"no key {path[-1]!r}", f"a line {path[-1]} = ..."))
        elif e["type"] == "extra_forbidden":
            known = _known_keys(path[:-1], raw)
            near = nearest(str(path[-1]), known)
            wanted = f"one of {', '.join(known)}" if known else "a known key"
            problems.append(Problem(path, f"the unknown key {path[-1]!r}", wanted, near))
        else:
            problems.append(_value_problem(path, e))
    return _told_once(problems)


def _told_once(problems: list[Problem]) -> list[Problem]:
    """Unions report a wrong value once per member; keep the first for each place and finding."""
    seen: dict[tuple[Path, str], Problem] = {}
    for problem in problems:
        seen.setdefault((problem.path, problem.found), problem)
    told = list(seen.values())
    # a list whose elements are wrong also counts as too short: the elements say it better
    below = {p.path[:n] for p in told for n in range(len(p.path))}
    return [p for p in told if not (p.wanted.startswith("at least") and p.wanted.endswith("entry") and p.path in below)]


def _path(loc: tuple[int | str, ...]) -> Path:
    if len(loc) > 2 and loc[0] in _TAGGED:
        loc = (*loc[:2], *loc[3:])
    drop = {"float", "constrained-float", "Collector", "[key]"}
    return tuple(
        part
        for part in loc
        if not (isinstance(part, str) and (part in drop or part.startswith(("literal[", "function-"))))
    )


def _value_problem(path: Path, e: Any) -> Problem:  # noqa: ANN401 - pydantic's ErrorDetails
    context = e.get("ctx") or {}
    if "wanted" in context:
        key = (context["key"],) if "key" in context else ()
        return Problem((*path, *key), str(context["found"]), str(context["wanted"]))
    found = repr(e["input"]) if not isinstance(e["input"], dict) else "a table"
    kind = e["type"]
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        return _kind_problem(path, e["input"])
    if kind == "literal_error":
        expected = str(context.get("expected", ""))
        return Problem(
            path,
            found,
            f"one of {expected}",
            nearest(str(e["input"]), expected.replace("'", "").split(" or ")),
        )
    wanted = {
        "greater_than": f"more than {context.get('gt')}",
        "greater_than_equal": f"at least {context.get('ge')}",
        "less_than_equal": f"at most {context.get('le')}",
        "too_short": f"at least {context.get('min_length')} entry",
        "string_pattern_mismatch": "letters, digits, '.', '_' and '-' only",
        "string_type": "text in quotes",
    }.get(kind, str(e["msg"])[0].lower() + str(e["msg"])[1:])
    return Problem(path, found, wanted)


def _kind_problem(path: Path, table: object) -> Problem:
    """Say what is wrong with the key that decides which other keys are allowed."""
    tags = _tags(path)
    wanted = f"kind = one of {', '.join(repr(t) for t in tags)}"
    if not isinstance(table, dict):
        return Problem(path, repr(table), f"a table with {wanted}")
    if "kind" in table:
        tag = table["kind"]
        near = nearest(tag, tags) if isinstance(tag, str) else ""
        return Problem((*path, "kind"), f"kind = {tag!r}", wanted, near)
    misspelt = nearest("kind", [str(key) for key in table])
    if misspelt:
        return Problem((*path, misspelt), f"the unknown key {misspelt!r}", wanted, "kind")
    return Problem(path, "no key 'kind'", wanted)


def _tags(path: Path) -> list[str]:
    union = StudyModel.model_fields[str(path[0])].annotation if path else None
    members = get_args(get_args(get_args(union)[1])[0]) if union else ()
    return [str(get_args(m.model_fields["kind"].annotation)[0]) for m in members]


def _known_keys(path: Path, raw: Mapping[str, Any]) -> list[str]:
    """Keys allowed in the table at ``path``, found by walking the models beside the file."""
    found: Any = StudyModel
    here: Any = raw
    for part in path:
        here = _item(here, part)
        found = _step(found, part, here)
        if found is None:
            return []
    return list(found.model_fields) if isinstance(found, type) and issubclass(found, BaseModel) else []


def _item(container: Any, part: str | int) -> Any:  # noqa: ANN401 - a TOML value
    if isinstance(container, dict):
        return container.get(part, {})
    return container[part] if isinstance(container, list) and isinstance(part, int) and part < len(container) else {}


def _step(annotation: Any, part: str | int, value: Any) -> Any:  # noqa: ANN401 - type annotations
    """Return the model below ``part``, seen from a model or an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(part))
        annotation = field.annotation if field else None
        inner = list(_models(annotation))
        return _choose(inner, value) if not isinstance(value, list) and _is_model(annotation) else annotation
    return _choose(list(_models(annotation)), value)


def _is_model(annotation: Any) -> bool:  # noqa: ANN401
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    origin = str(annotation)
    return "dict[" not in origin and "tuple[" not in origin


def _models(annotation: Any) -> Iterable[Any]:  # noqa: ANN401
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _choose(models: list[Any], value: Any) -> Any:  # noqa: ANN401
    """Pick the member of a tagged union whose kind the file gives."""
    kind = value.get("kind") if isinstance(value, dict) else None
    for model in models:
        field = model.model_fields.get("kind")
        if field is None or kind in get_args(field.annotation):
            return model
    return models[0] if models else None
