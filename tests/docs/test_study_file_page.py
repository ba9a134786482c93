"""The page about the study file lists every key, whether it is needed, its default, and examples that are accepted."""

import dataclasses
import re
import tomllib
from typing import Annotated

import pytest
from page_session import CHECKOUT
from pydantic import BaseModel, TypeAdapter, ValidationError

from limetal import registry
from limetal.study import models

PAGE = (CHECKOUT / "docs" / "study_file.md").read_text(encoding="utf-8")
_TABLE = re.compile(r"^% (model|options): (.+)\n\n((?:\|.*\n)+)", re.MULTILINE)
_ROW = re.compile(r"\| `(\w+)` \| (\*needed\*|\*nothing\*|`(?:[^`]+)`) \| `([^`]+)` \| .+ \|")


def rows(word: str) -> dict[str, dict[str, tuple[str, str]]]:
    """Default and example of every key of every table of the page."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for kind, names, table in _TABLE.findall(PAGE):
        lines = table.splitlines()[2:]
        matches = [_ROW.fullmatch(line) for line in lines]
        assert all(matches), [line for line, match in zip(lines, matches, strict=True) if not match]
        for name in names.split() if kind == word else ():
            found.setdefault(name, {}).update({m[1]: (m[2], m[3].replace("\\|", "|")) for m in matches if m})
    return found


ON_PAGE = rows("model")
MODELS = {
    name: thing
    for name, thing in vars(models).items()
    if isinstance(thing, type)
    and issubclass(thing, BaseModel)
    and thing.__module__ == models.__name__
    and not name.startswith("_")
}
FIELDS = [(name, key) for name, model in MODELS.items() if name != "StudyModel" for key in model.model_fields]


def test_every_model_is_on_the_page_and_nothing_else():
    assert set(ON_PAGE) == set(MODELS) - {"StudyModel"}


def test_every_table_of_a_study_has_a_heading():
    for key in models.StudyModel.model_fields:
        assert re.search(rf"^## `\[+{key}\b", PAGE, re.MULTILINE), key


@pytest.mark.parametrize("name", sorted(set(MODELS) - {"StudyModel"}))
def test_every_key_is_on_the_page(name):
    assert set(ON_PAGE[name]) == set(MODELS[name].model_fields)


@pytest.mark.parametrize(("name", "key"), FIELDS)
def test_need_and_default_are_right(name, key):
    field = MODELS[name].model_fields[key]
    shown = ON_PAGE[name][key][0]
    if field.is_required():
        assert shown == "*needed*"
    elif (default := field.get_default(call_default_factory=True)) in (None, "", {}, ()):
        assert shown == "*nothing*"
    else:
        assert tomllib.loads(f"x = {shown.strip('`')}")["x"] == default


@pytest.mark.parametrize(("name", "key"), [f for f in FIELDS if f[1] != "kind"])  # one row serves several kinds
def test_example_is_accepted(name, key):
    field = MODELS[name].model_fields[key]
    value = tomllib.loads(f"x = {ON_PAGE[name][key][1]}")["x"]
    adapter = TypeAdapter(Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation)
    adapter.validate_python(value)


def test_an_example_of_another_dimension_is_refused():
    field = MODELS["LithiumElectrode"].model_fields["thickness"]
    with pytest.raises(ValidationError):
        TypeAdapter(field.annotation).validate_python("50 mg")


def test_every_option_of_every_analysis_is_on_the_page():
    on_page = rows("options")
    for name in registry.names("limetal.analyses"):
        options = dataclasses.fields(registry.load("limetal.analyses", name).options)
        shown = {key: tomllib.loads(f"x = {row[0].strip('`')}")["x"] for key, row in on_page.get(name, {}).items()}
        assert shown == {option.name: option.default for option in options}
        assert options or f"`{name}` has no options" in PAGE
