"""What the front matter says of the project is so."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest
import typer.main
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from page_session import CHECKOUT

import limetal
from limetal import registry
from limetal.cli import app
from limetal.ledger import ORIGINS

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CI = CHECKOUT / ".ci" / "run"
PAGES = {p.name: p.read_text(encoding="utf-8") for p in (CHECKOUT / "docs").glob("*.md")} | {"README.md": README}
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
FOR_DEVELOPERS = {"test", "docs"}
PINS = (CHECKOUT / "constraints.txt").read_text(encoding="utf-8").splitlines()


def name_of(requirement: str) -> str:
    return canonicalize_name(Requirement(requirement).name)


# ---- commands ----------------------------------------------------------------------------------


def command_names() -> set[str]:
    """All commands, and those of groups as two words."""
    found = set()
    top = typer.main.get_command(app)
    for name, command in top.commands.items():
        under = getattr(command, "commands", None)
        found |= {f"{name} {sub}" for sub in under} if under else {name}
    return found


def commands_named(page: str) -> set[str]:
    """Commands a page writes in code: after ``$``, in backticks, or at the end of an install line."""
    found = re.findall(r"(?:\$ |`|&& \S*|txt |Scripts\\)limetal (new \w+|[a-z]+)", page)
    return {name.strip() for name in found}


def test_help_lists_the_commands():
    text = typer.main.get_command(app).get_help(click.Context(typer.main.get_command(app)))
    for name in command_names():
        assert re.search(rf"^  {name.split()[0]}\b", text, re.MULTILINE), name


def test_readme_names_every_command_in_its_table():
    rows = re.findall(r"^\| `limetal (new \w+|[a-z]+)[^`]*` \|", README, re.MULTILINE)
    assert sorted(rows) == sorted(command_names())


@pytest.mark.parametrize("page", sorted(PAGES))
def test_no_page_names_a_command_that_is_not_there(page):
    assert commands_named(PAGES[page]) <= command_names() | {"new"}


def test_commands_of_pages_are_found():
    text = "`limetal run x` and\n$ limetal new study y\nlimetal talks"
    assert commands_named(text) == {"run", "new study"}
    assert commands_named("$ limetal cook\n") == {"cook"}


# ---- files and install lines -------------------------------------------------------------------


def test_readme_names_files_that_exist():
    for name in re.findall(r"(?:-r|--with-requirements) (\S+)", README):
        assert (CHECKOUT / name).is_file(), name
    for name in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (CHECKOUT / name).is_file(), name
    for name in re.findall(
        r"`((?:docs|examples|tests)/[\w/.]+\.\w+)`", README + CONTRIBUTING + "".join(PAGES.values())
    ):
        assert (CHECKOUT / name).is_file(), name


def test_readme_has_the_two_commands_and_ci_runs_the_second():
    commands = re.findall(r"^python3 -m pip install uv && python3 -m uv run .*$", README, re.MULTILINE)
    run, test = commands
    assert run.endswith("--with-requirements requirements.txt limetal run lznc")
    assert test.endswith("--with-requirements requirements-test.txt pytest")
    # .ci/run takes the line out of the README with this pattern
    pattern = re.search(r"readme_test_pattern='([^']+)'", CI.read_text(encoding="utf-8"))
    assert pattern is not None
    assert [line for line in README.splitlines() if re.search(pattern[1], line)] == [test]


def test_ci_is_executable_and_valid_shell():
    assert os.access(CI, os.X_OK)
    subprocess.run(["bash", "-n", str(CI)], check=True)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_requirements_are_the_checkout_under_the_constraints(name):
    lines = [ln for ln in (CHECKOUT / name).read_text(encoding="utf-8").splitlines() if not ln.startswith("#")]
    first, second = lines
    assert first == "-c constraints.txt"
    assert re.fullmatch(r"-e \.(\[test,docs\])?", second)


# ---- versions and licence ----------------------------------------------------------------------


def test_one_version_everywhere():
    citation = (CHECKOUT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (\S+)$", citation, re.MULTILINE)[1] == limetal.__version__
    assert PROJECT["version"] == limetal.__version__


def test_changelog_has_this_version_and_says_which_numbers_change():
    text = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
    entries = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    entry = next(e for e in entries if e.startswith(f"[{limetal.__version__}]"))
    assert re.search(r"^### Numbers that change\n\n- \S", entry, re.MULTILINE)


def test_licence():
    text = (CHECKOUT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("BSD 3-Clause License\n\nCopyright (c) 2026, The limetal developers\n")
    assert PROJECT["license"] == "BSD-3-Clause"
    assert "license: BSD-3-Clause" in (CHECKOUT / "CITATION.cff").read_text(encoding="utf-8")


# ---- dependencies ------------------------------------------------------------------------------


def imports() -> dict[str, Path]:
    """Top-level names of other packages that the source imports anywhere, with one file that does."""
    found = {}
    for path in (CHECKOUT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.append(node.module)
            found |= {name.partition(".")[0]: path for name in names}
    return {k: v for k, v in found.items() if k not in sys.stdlib_module_names and k != "limetal"}


def test_every_import_is_declared():
    declared = {name_of(r) for r in PROJECT["dependencies"]}
    declared |= {name_of(r) for extra in set(EXTRAS) - FOR_DEVELOPERS - {"all"} for r in EXTRAS[extra]}
    # each is a part of the other, which always installs it
    part_of = {"pydantic-core": "pydantic", "markupsafe": "jinja2", "llvmlite": "numba"}
    installed = packages_distributions()
    for module, path in imports().items():
        owners = {canonicalize_name(d) for d in installed.get(module, [module])}
        assert {part_of.get(o, o) for o in owners} & declared, f"{path} imports {module}"


def test_every_extra_that_the_source_asks_for_is_declared():
    for path in (CHECKOUT / "src").rglob("*.py"):
        for extra in re.findall(r'raise MissingExtraError\("(\w+)"', path.read_text(encoding="utf-8")):
            assert extra in EXTRAS, path


def test_all_is_the_union_of_the_extras():
    (requirement,) = EXTRAS["all"]
    assert Requirement(requirement).name == "limetal"
    assert Requirement(requirement).extras == set(EXTRAS) - FOR_DEVELOPERS - {"all"}


def test_readme_names_the_extras():
    words = re.search(r"## Extras\n\n(.+?)are declared", README, re.DOTALL)[1]
    assert set(re.findall(r"`(\w+)`", words)) == set(EXTRAS) - FOR_DEVELOPERS


def test_constraints_are_pins_of_everything_and_no_torch():
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9._-]*==[\w.+!]+", line) for line in PINS)
    names = [name_of(line) for line in PINS]
    assert names == sorted(set(names))
    assert "torch" not in names
    wanted = [*PROJECT["dependencies"], *(r for extra in EXTRAS.values() for r in extra)]
    assert {name_of(r) for r in wanted} - {"limetal"} <= set(names)


# ---- what pages say of the program -------------------------------------------------------------


def test_readme_has_the_five_origins():
    section = README.split("## Five origins")[1].split("\n## ")[0]
    assert dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", section, re.MULTILINE)) == ORIGINS


def test_readme_does_not_promise_more_formats_than_there_are():
    """The list itself is made from the program, on the page the README names."""
    row = re.search(r"^\| read \| (.+?) \|", README, re.MULTILINE)[1]
    promised = int(re.search(r"over (\d+) formats", row)[1])
    assert promised < len(registry.names("limetal.readers")) <= promised + 10
    page = (CHECKOUT / "docs" / "instruments.md").read_text(encoding="utf-8")
    assert "docs/instruments.md" in row
    assert "{limetal-table} readers" in page


def test_contributing_names_every_room():
    table = CONTRIBUTING.split("| room |")[1].split("\n\n")[0]
    named = set(re.findall(r"`(\w+)(?:\.py|/)`", table))
    source = CHECKOUT / "src" / "limetal"
    rooms = {p.stem for p in source.iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()}
    assert named == rooms - {"__init__", "__main__"}


# ---- nothing of one machine --------------------------------------------------------------------


def committed_files() -> list[Path]:
    """Files of the repository; in an unpacked source archive, all files there."""
    if (CHECKOUT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"],
            cwd=CHECKOUT,
            capture_output=True,
            check=True,
        )
        paths = [CHECKOUT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        paths = [p for p in CHECKOUT.rglob("*") if "__pycache__" not in p.parts]
    return [p for p in paths if p.is_file()]


def test_no_lock_file_is_committed():
    assert not [p for p in committed_files() if p.name in {"uv.lock", "poetry.lock", "Pipfile.lock"}]


# put together here so that this file does not contain what it looks for
_INDEX = re.compile(
    "|".join(["index" + "-url", "find" + "-links", r"pypi\.org" + "/simple", "files.python" + "hosted"])
)
_HOME = re.compile(r"(?<![\w.])/(?:home|root|Users|work)" + r"/\w|[A-Z]:\\+Users\\", re.IGNORECASE)


def test_no_address_of_an_index_and_no_path_of_one_machine_is_committed():
    wrong = []
    for path in committed_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if _INDEX.search(line) or _HOME.search(line):
                wrong.append(f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()[:120]}")
    assert not wrong, "\n".join(wrong)


def test_the_patterns_find_what_they_should():
    assert _INDEX.search("--extra-" + "index" + "-url http://x")
    assert _HOME.search('open("' + "/home" + '/me/x")')
    assert not _HOME.search("a/work/b and https://example.org/home/")
