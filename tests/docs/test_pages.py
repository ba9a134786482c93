"""The pages of the documentation do what they say."""

import os
import shutil
import tomllib

import numpy as np
import pytest
from page_session import CHECKOUT, blocks, commands, environment, fits, run_page

from limetal.records.cycling import CellContext
from limetal.records.files import write_record
from limetal.simulate import Block, PlanarSymmetricCell, simulate

SOURCE = CHECKOUT / "src"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the commands of the pages are written for a POSIX shell")


def test_blocks_are_found_with_caption_and_output():
    page = "text\n```{code-block} toml\n:caption: a.toml\n\nx = 1\n```\n```console\n$ ls\na.toml\n$ pwd\n```\n"
    first, second = blocks(page)
    assert (first.kind, first.caption, first.text, first.line) == ("toml", "a.toml", "x = 1\n", 2)
    assert commands(second.text) == [("ls", "a.toml\n"), ("pwd", "")]


@pytest.mark.parametrize(
    ("wanted", "got", "verdict"),
    [
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a ...\n", "a 1 + 2\n", True),
        ("a\n", "a\nb\n", False),
        ("a.c\n", "abc\n", False),
        ("a  \n", "a\n", True),
        ("a\n...\n", "a\n", True),
        ("a ... c\n", "a\nb c\n", False),
    ],
)
def test_output_is_compared_with_gaps(wanted, got, verdict):
    assert fits(wanted, got) is verdict


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("$ false\n", "ended with status 1"),
        ("$ echo a\nb\n", "printed:\na"),
        ("$ false\n$ echo $?\n2\n", "status 1 after"),
    ],
)
def test_a_page_that_lies_fails(text, message, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"```console\n{text}```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match=message):
        run_page(page, tmp_path, environment(tmp_path, SOURCE))


def test_python_that_lies_fails(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\n>>> 1 + 1\n3\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="Got:"):
        run_page(page, tmp_path, environment(tmp_path, SOURCE))


def test_readme(tmp_path):
    """The README's reader has a file of a symmetric cell; here a simulated one with an offset and noise."""
    folder = tmp_path / "session"
    folder.mkdir()
    record = simulate(PlanarSymmetricCell(2.0, 5.0, 0.6), (Block(1.0, 1.0, 6),), CellContext("symmetric", 1.131))
    noise = np.random.default_rng(7).normal(0.0, 1e-5, record.rows)
    voltage = record.voltage_volt + 1e-4 + noise
    write_record(
        type(record)(record.test_time_second, voltage, record.current_ampere, source="x"), folder / "cell7.csv"
    )
    assert run_page(CHECKOUT / "README.md", folder, environment(tmp_path, SOURCE)) >= 5
    files = {p.name for p in (folder / "limetal-lznc").iterdir()}
    assert {"report.html", "results.json", "tables", "figures"} <= files


USER_PAGES = [
    "getting_started.md", "study_file.md", "impedance.md", "hysteresis.md", "circuits.md", "claims_and_relations.md",
    "materials.md", "impedance_series.md", "impedance_checks.md", "validity.md", "drt.md",
    "polarisation_ladder.md", "life.md", "replicates.md",
    "voltage_shape.md", "steps.md",
    "coulombic_efficiency.md",
    "nucleation.md",
    "capacity.md",
    "short_circuits.md",
    "voltage_profiles.md",
    "differential_capacity.md",
    "step_resistance.md",
    "sulfur.md",
    "capacity_fade.md", "rate_capability.md", "lithium_inventory.md",
]  # fmt: skip


@pytest.mark.parametrize("page", USER_PAGES)
def test_page_of_a_user(page, tmp_path):
    folder = tmp_path / "session"
    folder.mkdir()
    assert run_page(CHECKOUT / "docs" / page, folder, environment(tmp_path, SOURCE)) >= 1


@pytest.fixture
def checkout_copy(tmp_path):
    """A copy of the checkout that a contributor may change, in which limetal is installed."""
    folder = tmp_path / "limetal"
    trash = shutil.ignore_patterns("__pycache__", "_build")
    for name in ("src", "tests", "docs", "examples"):
        shutil.copytree(CHECKOUT / name, folder / name, ignore=trash)
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"):
        shutil.copy(CHECKOUT / name, folder)
    env = environment(tmp_path, folder / "src")
    _pretend_pip(tmp_path / "tools", tmp_path / "site")
    env["PYTHONPATH"] += f":{tmp_path / 'site'}"
    return folder, env


def _pretend_pip(tools, site):
    """``pip install -e FOLDER`` for the page about another package: no network, nothing installed for good.

    It does what an editable install does: puts the package on the path and writes down its entry points.
    """
    site.mkdir()
    (tools / "pip").write_text(f'#!/bin/sh\nexec python "{tools / "pip.py"}" "$@"\n', encoding="utf-8")
    (tools / "pip").chmod(0o755)
    (tools / "pip.py").write_text(
        f"""\
import pathlib, shutil, sys, tomllib

command, editable, folder = sys.argv[1:]
assert (command, editable) == ("install", "-e")
project = tomllib.loads(pathlib.Path(folder, "pyproject.toml").read_text(encoding="utf-8"))["project"]
info = pathlib.Path({str(site)!r}, project["name"].replace("-", "_") + "-" + project["version"] + ".dist-info")
info.mkdir()
(info / "METADATA").write_text("Metadata-Version: 2.1\\nName: " + project["name"] + "\\nVersion: 1\\n")
lines = []
for group, names in project["entry-points"].items():
    lines += ["[" + group + "]", *(k + " = " + v for k, v in names.items())]
(info / "entry_points.txt").write_text("\\n".join(lines) + "\\n")
for module in pathlib.Path(folder).glob("*.py"):
    shutil.copy(module, info.parent)
""",
        encoding="utf-8",
    )


def test_add_a_reader(checkout_copy):
    folder, env = checkout_copy
    assert run_page(CHECKOUT / "docs" / "add_a_reader.md", folder, env) >= 6


def test_contributing(checkout_copy):
    folder, env = checkout_copy
    assert run_page(CHECKOUT / "CONTRIBUTING.md", folder, env) >= 1


def test_the_package_of_the_page_is_one_that_pip_would_build():
    text = next(
        b.text
        for b in blocks((CHECKOUT / "docs" / "add_a_reader.md").read_text(encoding="utf-8"))
        if b.caption.endswith("pyproject.toml")
    )
    project = tomllib.loads(text)
    assert project["build-system"]["build-backend"]
    assert project["project"]["entry-points"]["limetal.readers"]
