"""What can be imported, what importing costs, and that every module says what it is."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import limetal

MODULES = ["limetal", *(m.name for m in pkgutil.walk_packages(limetal.__path__, "limetal."))]
#: Libraries that take long to import and have no business in a help text.
HEAVY = {
    "numpy", "scipy", "polars", "matplotlib", "pint", "pydantic", "rich", "pandas", "numba", "fastnda", "jinja2",
    "uncertainties",
}  # fmt: skip


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=60, check=True)


def test_all_is_what_can_be_got():
    assert limetal.__all__ == sorted(limetal.__all__)
    assert len(set(limetal.__all__)) == len(limetal.__all__)
    assert dir(limetal) == sorted(limetal.__all__)
    for name in limetal.__all__:
        assert getattr(limetal, name) is not None


def test_type_checkers_see_the_same_names():
    """What mypy imports, what is loaded on first use, and `__all__` are three lists of one thing."""
    code = ast.parse(Path(limetal.__file__).read_text(encoding="utf-8"))
    guarded = next(node for node in code.body if isinstance(node, ast.If))
    seen = {alias.name: line.module for line in guarded.body for alias in line.names}
    assert seen == limetal._HOMES
    assert set(seen) | {"__version__"} == set(limetal.__all__)


def test_public_functions_stay_functions_after_use():
    """A module of the name of a function would take its place on second use."""
    for _ in range(2):
        for name in limetal.__all__:
            thing = getattr(limetal, name)
            assert isinstance(thing, str) if name == "__version__" else callable(thing), name
            assert not isinstance(thing, type(sys)), f"limetal.{name} is a module"


def test_what_is_not_public_cannot_be_got():
    with pytest.raises(AttributeError, match="module 'limetal' has no attribute 'reed'"):
        limetal.reed  # noqa: B018


def test_every_public_name_is_documented():
    for name in set(limetal.__all__) - {"__version__"}:
        assert getattr(limetal, name).__doc__


def test_star_import_gives_the_public_names():
    answer = python("-W", "error", "-c", "from limetal import *\nprint(sorted(n for n in dir() if n[:2] != '__'))")
    assert answer.stdout.strip() == str(sorted(set(limetal.__all__) - {"__version__"}))


def test_importing_limetal_loads_nothing_heavy():
    answer = python("-c", "import sys, limetal\nprint(*sorted({m.partition('.')[0] for m in sys.modules}))")
    loaded = set(answer.stdout.split())
    assert "limetal" in loaded
    assert loaded & (HEAVY | {"typer", "click"}) == set()


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [(["--help"], set()), (["--version"], set()), (["run", "--help"], {"pydantic"})],  # typer's, for defaults
)
def test_help_loads_nothing_heavy(arguments, allowed):
    answer = python("-X", "importtime", "-m", "limetal", *arguments)
    assert "limetal" in answer.stdout
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in answer.stderr.splitlines()}
    assert "typer" in loaded
    assert loaded & HEAVY <= allowed


@pytest.mark.parametrize("name", MODULES)
def test_module_imports_and_says_what_it_is(name):
    module = importlib.import_module(name)
    assert module.__doc__
    assert module.__doc__.strip().splitlines()[0].rstrip().endswith((".", ":", "``"))


@pytest.mark.parametrize("name", MODULES)
def test_names_in_all_exist(name):
    module = importlib.import_module(name)
    names = getattr(module, "__all__", [])
    assert len(set(names)) == len(names)
    assert [n for n in names if not hasattr(module, n)] == []


def test_modules_with_public_names_say_so():
    """Plug-ins are found by their PLUGIN, packages may be empty; every other module lists what it offers."""
    silent = []
    for name in MODULES:
        module = importlib.import_module(name)
        own = [
            n
            for n, thing in vars(module).items()
            if not n.startswith("_") and getattr(thing, "__module__", "") == name and callable(thing)
        ]
        if own and not hasattr(module, "__all__") and not hasattr(module, "PLUGIN"):
            silent.append(name)
    assert silent == []
